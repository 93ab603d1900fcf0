package bus

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/prismgl/prism/nodes/lane"
)

// end is one end of a session's lanes: a hub with several peers, or a spoke whose only peer is the hub.
type end struct {
	tr    transport
	opt   Options
	log   *slog.Logger
	epoch uint32
	self  int // a spoke's own number in the tables of broadcasts; -1: a hub
	all   string
	chunk int // bytes of a message in one packet

	sending chan struct{} // holds one token; who has it sends

	mu        sync.Mutex
	peers     []*peer
	live      int          // peers that are not gone
	elsewhere int          // peers that another lane serves and whose process has not ended; they are gone here
	outAll    outbox       // broadcasts
	sentAll   uint64       // the last that was published
	buf       lane.Buffers // for packets of both kinds of outbox
	queue     []item       // for Recv
	stats     lane.Stats
	moved     chan struct{} // closed and made anew when credit came or a peer went, if waiters > 0
	waiters   int
	isClose   bool
	fatal     error // the connection is closed: why

	ready   chan struct{} // holds a token while queue may not be empty
	closing chan struct{}
	in      chan *nats.Msg
	nudge   chan struct{} // after a reconnect
	stop    chan struct{}
	stopped chan struct{}
	cancel  func()
	started time.Time
	outage  outage

	eventSaid bool // one bad event was logged
}

// peer is the other end of one lane. All under end.mu.
type peer struct {
	index   int
	name    string
	subject string // to it
	out     outbox
	sent    uint64 // the last single that was published
	in      inbox
	epoch   uint32
	seen    bool
	heard   time.Time
	told    time.Time // when it got our last state
	burst   burst
	// what we send it
	cost, taken, window uint64
	hasAll              uint64 // broadcasts that it has received
	// what it sends us
	pace                  pace
	most                  uint64 // bound of grant
	grant, took, tookTold uint64
	granted               uint64 // the most that it was ever told: what is on its way may have been sent by that
	wanted                bool   // it waits for credit
	queued                int    // messages of it in queue
	// its end
	gone     error
	away     bool  // it is gone because another lane serves it
	bye      error // it said goodbye, but something of it is still missing
	byeUntil time.Time
	exit     string // its process has ended
	exitAt   time.Time
	badSaid  bool
}

// item is a message or the end of a peer, for Recv.
type item struct {
	msg  lane.Message
	cost uint64
	err  error
}

// post is a packet that is to be published once mu is free.
type post struct {
	subject string
	data    []byte
}

const (
	// lateData is how long what a worker sent may still be on its way when its agent has reported its end.
	lateData = 250 * time.Millisecond
	// stuckSilences is for how many silences what is missing may be asked for in vain: the answer can stand behind a whole window.
	stuckSilences = 3
)

func newEnd(tr transport, opt Options, self int, all string, names, subjects, listen []string) (*end, error) {
	release := func() {}
	if opt.WindowBytes <= 0 {
		opt.WindowBytes, release = tr.window()
	}
	opt.fill(tr.maxPayload())
	head := envelopeBytes + 8*len(names)
	if opt.PacketBytes <= head {
		release()
		return nil, fmt.Errorf("bus: packets of %d bytes have no room for a header of %d", opt.PacketBytes, head)
	}
	now := time.Now()
	e := &end{
		tr: tr, opt: opt, log: opt.Log, epoch: rand.Uint32() | 1, self: self, all: all,
		chunk:   opt.PacketBytes - head,
		sending: make(chan struct{}, 1), moved: make(chan struct{}), ready: make(chan struct{}, 1),
		closing: make(chan struct{}), nudge: make(chan struct{}, 1),
		stop: make(chan struct{}), stopped: make(chan struct{}), started: now, live: len(names),
	}
	grant := max(opt.WindowBytes/len(names), leastWindowBytes)
	for i, name := range names {
		e.peers = append(e.peers, &peer{
			index: i, name: name, subject: subjects[i], in: newInbox(), heard: now,
			window: firstWindowBytes, most: uint64(grant), grant: min(uint64(grant), leastPacedBytes),
		})
	}
	// No packet costs less than 4096, so what is in flight finds room; the rest is for states.
	e.in = make(chan *nats.Msg, (grant*len(names)+firstWindowBytes*len(names))/4096+1024)
	e.outage.heard = now
	cancel, err := tr.subscribe(e.in, e.reconnected, e.fail, listen...)
	if err != nil {
		release()
		return nil, err
	}
	e.cancel = func() { cancel(); release() }
	go e.run()
	return e, nil
}

func (e *end) reconnected() {
	select {
	case e.nudge <- struct{}{}:
	default:
	}
}

func (e *end) publish(posts []post) {
	for _, p := range posts {
		if err := e.tr.publish(p.subject, p.data); err != nil && !errors.Is(err, errDown) {
			e.fail(err)
			return
		}
	}
}

// fail ends everything: the connection was closed under the lane.
func (e *end) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fatal == nil && !e.isClose {
		e.fatal = fmt.Errorf("bus: %w: %w", lane.ErrClosed, err)
		e.wake()
		e.signal()
	}
}

// wake lets those who wait for credit look again. mu is held.
func (e *end) wake() {
	if e.waiters > 0 {
		close(e.moved)
		e.moved = make(chan struct{})
		e.waiters = 0
	}
}

func (e *end) signal() {
	select {
	case e.ready <- struct{}{}:
	default:
	}
}

// run receives, repeats and watches until stop is closed.
func (e *end) run() {
	defer close(e.stopped)
	defer e.forget()
	tick := time.NewTicker(e.opt.tick())
	defer tick.Stop()
	e.mu.Lock()
	var hello []post
	for _, p := range e.peers {
		hello = append(hello, e.state(p, flagHello|flagAnswer, time.Now()))
	}
	e.mu.Unlock()
	e.publish(hello)
	last := time.Now()
	for {
		select {
		case <-e.stop:
			return
		case m := <-e.in:
			e.handle(m, time.Now())
		case <-e.nudge:
			e.mu.Lock()
			var posts []post
			for _, p := range e.peers {
				if p.gone == nil {
					p.burst.out = false // what was on its way may be lost
					posts = append(posts, e.state(p, flagAnswer, time.Now()))
				}
			}
			e.mu.Unlock()
			e.publish(posts)
		case now := <-tick.C:
			e.answered(now)
			for n := len(e.in); n > 0; n-- { // what has arrived counts before any silence does
				e.handle(<-e.in, now)
			}
			now = time.Now()
			e.tick(now, now.Sub(last))
			last = now
		}
	}
}

// handle takes one packet from the network.
func (e *end) handle(m *nats.Msg, now time.Time) {
	e.outage.heard = now
	p, isEvent := e.sender(m.Subject)
	if isEvent {
		e.event(m.Data, now)
		return
	}
	if p == nil {
		return
	}
	v, err := parseEnvelope(m.Data)
	e.mu.Lock()
	var posts []post
	if err != nil {
		e.bad(p, err)
	} else {
		posts = e.packet(p, &v, len(m.Data), now)
	}
	e.mu.Unlock()
	e.publish(posts)
}

// bad notes a packet that no end of ours has made; it is dropped. mu is held.
func (e *end) bad(p *peer, err error) {
	if !p.badSaid {
		p.badSaid = true
		e.log.Warn("bus: packet dropped", "peer", p.name, "error", err)
	}
}

// packet is called with mu held.
func (e *end) packet(p *peer, v *envelope, size int, now time.Time) (posts []post) {
	if p.gone != nil {
		return nil
	}
	if p.epoch == 0 {
		p.epoch = v.epoch
	}
	if v.epoch != p.epoch {
		if e.self < 0 && v.flags&flagHello != 0 {
			return e.lost(p, e.goneError(p, "it was started again"))
		}
		return nil
	}
	p.seen, p.heard = true, now
	switch v.typ {
	case packetData:
		a := arrived{envelope: *v, cost: packetCost(size)}
		p.pace.cost += a.cost
		if v.stream() == broadcast {
			after, ok := v.followsFor(e.self)
			if !ok {
				e.bad(p, fmt.Errorf("%w: broadcast without a number for peer %d", ErrEnvelope, e.self))
				return nil
			}
			a.after = after
		} else if e.self >= 0 {
			a.after = v.follows
		}
		if p.in.overdraws(&a, p.took, max(p.granted, firstWindowBytes)) {
			return e.lost(p, fmt.Errorf("bus: peer %d (%s): %w: %w: it sends more than its window", p.index, p.name, lane.ErrPeerGone, ErrEnvelope))
		}
		err := p.in.accept(a, func(c complete) {
			p.queued++
			e.stats.ReceivedMessages++
			e.stats.ReceivedBytes += uint64(len(c.payload))
			e.queue = append(e.queue, item{msg: lane.Message{Peer: p.index, Kind: c.kind, Payload: c.payload}, cost: c.cost})
			e.signal()
		}, func(cost uint64) { p.took += cost })
		if err != nil {
			return e.lost(p, fmt.Errorf("bus: peer %d (%s): %w: %w", p.index, p.name, lane.ErrPeerGone, err))
		}
		posts = e.giveBack(p, posts, now)
	case packetState:
		st := parseState(v.body)
		posts = e.received(p, st, posts)
		p.in.heard([streams]uint64{v.number, v.follows})
		switch {
		case v.flags&(flagAnswer|flagHello) == 0:
			p.burst.back(v.index, now, e.opt.leastHold())
		default:
			wanted := p.wanted || v.index == 0
			posts = append(posts, e.fenced(p, 0, v.index, now))
			p.wanted = wanted
			if v.index != 0 {
				p.in.fence(now)
			}
		}
	case packetNak:
		posts = e.resend(p, int(v.kind), v.number, v.follows, posts, now)
	case packetGap:
		for n := max(v.number, p.in.next[v.kind]); n <= min(v.follows, p.in.known[v.kind]); n++ {
			if _, here := p.in.waiting[v.kind][n]; !here {
				return e.lost(p, fmt.Errorf("bus: peer %d (%s): %w: %w: number %d of stream %d cannot be sent again",
					p.index, p.name, lane.ErrPeerGone, lane.ErrGap, n, v.kind))
			}
		}
	case packetBye:
		reason := "it said goodbye"
		if len(v.body) > 0 {
			reason += ": " + lane.Printable(v.body)
		}
		p.in.heard([streams]uint64{v.number, v.follows})
		p.bye, p.byeUntil = e.goneError(p, reason), now.Add(min(time.Second, e.opt.Silence))
	}
	for _, sp := range p.in.ask(now, e.opt.Resend) {
		posts = append(posts, post{p.subject, e.small(&envelope{typ: packetNak, kind: lane.Kind(sp.stream), number: sp.first, follows: sp.last}, nil)})
	}
	if p.bye != nil && !p.in.missing() {
		posts = append(posts, e.lost(p, p.bye)...)
	}
	return posts
}

// received takes what a peer says that it has, and the credit that it returns. mu is held.
func (e *end) received(p *peer, st state, posts []post) []post {
	p.out.release(min(st.received[single], p.sent), e.buf.Put)
	p.hasAll = max(p.hasAll, min(st.received[broadcast], e.sentAll))
	e.releaseAll()
	p.taken = max(p.taken, min(st.taken, p.cost))
	p.window = max(min(st.window, maxWindowBytes), leastWindowBytes)
	e.wake()
	return posts
}

func (e *end) releaseAll() {
	if e.self >= 0 {
		return
	}
	least := e.outAll.last
	for _, p := range e.peers {
		if p.gone == nil {
			least = min(least, p.hasAll)
		}
	}
	e.outAll.release(least, e.buf.Put)
}

// giveBack returns credit for what is taken, if it is worth a packet. mu is held.
func (e *end) giveBack(p *peer, posts []post, now time.Time) []post {
	if p.in.building && p.queued == 0 && p.in.cost > p.grant/4 {
		p.took += p.in.cost // the consumer has nothing to take before this message is whole
		p.in.cost = 0
	}
	owed := p.took - p.tookTold
	if owed >= p.grant/8 || p.wanted && owed > 0 {
		posts = append(posts, e.state(p, 0, now))
	}
	return posts
}

// small makes a packet that is not data.
func (e *end) small(v *envelope, body []byte) []byte {
	v.epoch = e.epoch
	return append(appendEnvelope(make([]byte, 0, envelopeBytes+len(body)), v, 0), body...)
}

// state makes a packet that tells p where we are. mu is held.
func (e *end) state(p *peer, flags uint8, now time.Time) post { return e.fenced(p, flags, 0, now) }

// fenced is state with the number of a fence.
func (e *end) fenced(p *peer, flags uint8, fence uint32, now time.Time) post {
	p.told, p.tookTold = now, p.took
	if flags == 0 {
		p.wanted = false
	}
	p.granted = max(p.granted, p.grant)
	st := state{taken: p.took, window: p.grant}
	for s := range st.received {
		st.received[s] = p.in.next[s] - 1
	}
	v := envelope{typ: packetState, flags: flags, number: p.sent, follows: e.sentAll, index: fence}
	return post{p.subject, e.small(&v, st.append(make([]byte, 0, stateBytes)))}
}

func (e *end) goneError(p *peer, reason string) error {
	if e.self >= 0 {
		return fmt.Errorf("bus: the session: %w: %s", lane.ErrPeerGone, reason)
	}
	return fmt.Errorf("bus: peer %d (%s): %w: %s", p.index, p.name, lane.ErrPeerGone, reason)
}

// lost makes p gone and tells it so, if it is there after all. mu is held.
func (e *end) lost(p *peer, err error) []post {
	if p.gone != nil {
		return nil
	}
	e.out(p, err)
	e.report(p, err)
	if p.bye != nil {
		return nil
	}
	return []post{{p.subject, e.small(&envelope{typ: packetBye, number: p.sent, follows: e.sentAll}, []byte("given up: "+err.Error()))}}
}

// out takes p from those that are served. mu is held.
func (e *end) out(p *peer, why error) {
	p.gone = why
	e.live--
	p.out.release(p.out.last, e.buf.Put)
	e.releaseAll()
	p.in = newInbox()
}

// report tells Recv that p has ended. mu is held.
func (e *end) report(p *peer, err error) {
	e.queue = append(e.queue, item{msg: lane.Message{Peer: p.index}, err: err})
	e.signal()
	e.wake()
	e.log.Debug("bus: peer gone", "peer", p.name, "error", err)
}

// errAway is why a peer is gone that another lane serves; nobody is told.
var errAway = errors.New("bus: another lane serves this peer")

// without takes a peer out.
func (e *end) without(peer int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.peers[peer]
	if p.gone != nil {
		return
	}
	p.away = true
	e.elsewhere++
	e.out(p, errAway)
	e.wake()
}

// tick looks at all clocks; since is the time from the last tick, which is long when this process was stopped.
func (e *end) tick(now time.Time, since time.Duration) {
	if e.away(now) {
		return
	}
	if since > 8*e.opt.tick() {
		e.outage.heard = e.outage.heard.Add(since)
	}
	if now.Sub(e.outage.heard) > e.opt.Silence/3 {
		e.ask(now)
	}
	e.mu.Lock()
	var posts []post
	for _, p := range e.peers {
		if p.away && p.exit != "" && !now.Before(p.exitAt) {
			p.away = false
			e.elsewhere--
			e.report(p, e.goneError(p, p.exit))
		}
		if p.gone != nil {
			continue
		}
		if since > 8*e.opt.tick() {
			p.heard = p.heard.Add(since)
		}
		switch {
		case p.bye != nil && !now.Before(p.byeUntil):
			posts = append(posts, e.lost(p, fmt.Errorf("%w; %w before that", p.bye, lane.ErrGap))...)
			continue
		case p.exit != "" && !now.Before(p.exitAt):
			posts = append(posts, e.lost(p, e.goneError(p, p.exit))...)
			continue
		case p.seen && e.silent(p.heard, now):
			posts = append(posts, e.lost(p, e.goneError(p, fmt.Sprintf("nothing was heard of it for %v", e.opt.Silence)))...)
			continue
		case !p.seen && now.Sub(e.started) > e.opt.Start:
			posts = append(posts, e.lost(p, e.goneError(p, fmt.Sprintf("it did not come within %v", e.opt.Start)))...)
			continue
		case p.in.stuck(now) > stuckSilences*e.opt.Silence:
			posts = append(posts, e.lost(p, fmt.Errorf("bus: peer %d (%s): %w: %w: asked in vain for %v", p.index, p.name, lane.ErrPeerGone, lane.ErrGap, stuckSilences*e.opt.Silence))...)
			continue
		}
		p.grant = p.pace.grant(now, p.most)
		if now.Sub(p.told) >= e.opt.Heartbeat {
			posts = append(posts, e.state(p, 0, now))
		}
		for _, sp := range p.in.ask(now, e.opt.Resend) {
			posts = append(posts, post{p.subject, e.small(&envelope{typ: packetNak, kind: lane.Kind(sp.stream), number: sp.first, follows: sp.last}, nil)})
		}
	}
	e.mu.Unlock()
	e.publish(posts)
}

// send sends one message to a peer, or to all when target is -1.
func (e *end) send(ctx context.Context, target int, kind lane.Kind, payload []byte) error {
	if len(payload) > lane.MaxMessage {
		return fmt.Errorf("bus: message of %d bytes, at most %d", len(payload), lane.MaxMessage)
	}
	select {
	case e.sending <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("bus: send: %w", ctx.Err())
	case <-e.closing:
		return fmt.Errorf("bus: send: %w", lane.ErrClosed)
	}
	defer func() { <-e.sending }()
	count := max(1, (len(payload)+e.chunk-1)/e.chunk)
	for i := range count {
		part := payload[i*e.chunk : min((i+1)*e.chunk, len(payload))]
		v := envelope{typ: packetData, kind: kind, epoch: e.epoch, index: uint32(i), count: uint32(count), total: uint64(len(payload))}
		subject, pkt, err := e.reserve(ctx, target, &v, part)
		if err != nil {
			return err
		}
		// pkt may be released now, but only the next send can use it again.
		if err := e.tr.publish(subject, pkt); err != nil && !errors.Is(err, errDown) {
			e.fail(err)
			return fmt.Errorf("bus: send: %w: %w", lane.ErrClosed, err)
		}
		e.mu.Lock()
		if target < 0 {
			e.sentAll = v.number
		} else {
			e.peers[target].sent = v.number
		}
		if i == count-1 {
			e.stats.SentMessages++
			e.stats.SentBytes += uint64(len(payload))
		}
		e.mu.Unlock()
	}
	return nil
}

// reserve waits for credit, numbers a packet, builds it and keeps it.
func (e *end) reserve(ctx context.Context, target int, v *envelope, part []byte) (subject string, pkt []byte, err error) {
	to := e.peers
	size := envelopeBytes + len(part)
	if target >= 0 {
		to = e.peers[target : target+1]
	} else {
		v.flags = flagBroadcast
		size += 8 * len(e.peers)
	}
	cost := packetCost(size)
	asked := false
	e.mu.Lock()
	for {
		switch {
		case e.fatal != nil:
			err = e.fatal
		case e.isClose:
			err = fmt.Errorf("bus: send: %w", lane.ErrClosed)
		case target >= 0 && to[0].gone != nil:
			err = to[0].gone
		case e.live == 0:
			err = fmt.Errorf("bus: send: %w: all of them", lane.ErrPeerGone)
		}
		if err != nil {
			e.mu.Unlock()
			return "", nil, err
		}
		var posts []post
		full := false
		for _, p := range to {
			if inFlight := p.cost - p.taken; p.gone == nil && inFlight != 0 && inFlight+cost > p.window {
				full = true
				if !asked {
					posts = append(posts, e.state(p, flagAnswer, time.Now()))
				}
			}
		}
		if !full {
			break
		}
		if !asked {
			e.stats.CreditWaits++
			asked = true
		}
		e.waiters++
		moved := e.moved
		e.mu.Unlock()
		e.publish(posts)
		select {
		case <-moved:
		case <-e.closing:
		case <-ctx.Done():
			return "", nil, fmt.Errorf("bus: send: no credit: %w", ctx.Err())
		}
		e.mu.Lock()
	}
	defer e.mu.Unlock()
	for _, p := range to {
		p.cost += cost
	}
	pkt = e.buf.Get(size)
	if target >= 0 {
		p := to[0]
		v.number, v.follows = p.out.last+1, e.outAll.last
		pkt = append(appendEnvelope(pkt, v, 0), part...)
		p.out.add(pkt)
		return p.subject, pkt, nil
	}
	v.number = e.outAll.last + 1
	pkt = appendEnvelope(pkt, v, len(e.peers))
	for _, p := range e.peers {
		pkt = binary.LittleEndian.AppendUint64(pkt, p.out.last)
	}
	pkt = append(pkt, part...)
	e.outAll.add(pkt)
	return e.all, pkt, nil
}

// recv gives the next item of the queue.
func (e *end) recv(ctx context.Context) (lane.Message, error) {
	for {
		e.mu.Lock()
		switch {
		case e.isClose:
			e.mu.Unlock()
			return lane.Message{}, fmt.Errorf("bus: recv: %w", lane.ErrClosed)
		case len(e.queue) > 0:
			it := e.queue[0]
			e.queue[0] = item{}
			e.queue = e.queue[1:]
			if len(e.queue) > 0 || e.fatal != nil {
				e.signal()
			}
			var posts []post
			if p := e.peers[it.msg.Peer]; it.err == nil {
				p.queued--
				p.took += it.cost
				if p.gone == nil {
					posts = e.giveBack(p, nil, time.Now())
				}
			}
			e.mu.Unlock()
			e.publish(posts)
			return it.msg, it.err
		case e.fatal != nil:
			e.signal()
			err := e.fatal
			e.mu.Unlock()
			return lane.Message{}, err
		case e.live == 0 && e.self >= 0:
			e.signal()
			err := e.peers[0].gone
			e.mu.Unlock()
			return lane.Message{}, err
		case e.live == 0 && e.elsewhere == 0:
			e.signal()
			e.mu.Unlock()
			return lane.Message{}, fmt.Errorf("bus: recv: %w: all peers are gone", lane.ErrClosed)
		}
		e.mu.Unlock()
		select {
		case <-e.ready:
		case <-e.closing:
		case <-ctx.Done():
			return lane.Message{}, fmt.Errorf("bus: recv: %w", ctx.Err())
		}
	}
}

func (e *end) snapshot() lane.Stats {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stats
}

// close waits until the peers have what was sent, at most Linger, says goodbye and ends the goroutine.
func (e *end) close() error {
	e.mu.Lock()
	if e.isClose {
		e.mu.Unlock()
		<-e.stopped
		return nil
	}
	e.isClose = true
	close(e.closing)
	e.mu.Unlock()
	e.sending <- struct{}{} // whoever was sending has seen closing

	until := time.Now().Add(e.opt.Linger)
	for {
		e.mu.Lock()
		var posts []post
		for _, p := range e.peers {
			if p.gone == nil && p.seen && (p.out.head < len(p.out.packets) || p.hasAll < e.sentAll) {
				posts = append(posts, e.state(p, flagAnswer, time.Now()))
			}
		}
		e.waiters++
		moved := e.moved
		fatal := e.fatal
		e.mu.Unlock()
		left := time.Until(until)
		if len(posts) == 0 || fatal != nil || left <= 0 {
			break
		}
		e.publish(posts)
		timer := time.NewTimer(min(left, e.opt.Resend))
		select {
		case <-moved:
		case <-timer.C:
		}
		timer.Stop()
	}
	e.mu.Lock()
	failed := e.fatal != nil
	var posts []post
	for _, p := range e.peers {
		if p.gone == nil {
			posts = append(posts, post{p.subject, e.small(&envelope{typ: packetBye, number: p.sent, follows: e.sentAll}, nil)})
		}
	}
	e.mu.Unlock()
	e.publish(posts)
	if e.tr.connected() && !failed { // else nobody can be told
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		_ = e.tr.flush(ctx)
		cancel()
	}
	close(e.stop)
	<-e.stopped
	e.cancel()
	return nil
}
