package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/stream/shm"
)

// Far is the lane behind a Hub, for peers of other machines.
type Far interface {
	lane.Hub
	// Without says that a peer is served here. Of such a one Far passes on only that its process has ended, and why.
	Without(peer int)
}

// Options of a Hub; the zero value of a field means the default.
type Options struct {
	// RingBytes of each direction of a lane, a power of two; 0: 4 MiB.
	RingBytes int
	// Silence is how long a peer that is there may not beat before it is gone: it was stopped. 0: 4 s.
	Silence time.Duration
	// Linger bounds how long Close waits until the peers have everything. 0: 2 s.
	Linger time.Duration
	Log    *slog.Logger // nil: nothing is logged
}

const (
	defaultRingBytes = 4 << 20
	defaultSilence   = 4 * time.Second
	// lateWord is how long an agent's word may take that says why a process has ended.
	lateWord = time.Second
	// farAhead is how many messages of far peers wait for Recv beside those that Far holds against credit.
	farAhead    = 4
	acceptPause = 50 * time.Millisecond
	// maxGreets bounds connections that have not said yet who they are.
	maxGreets = 64
)

// Hub is a session's end. It implements lane.Hub.
type Hub struct {
	far   Far
	ln    *Listener
	opt   Options
	log   *slog.Logger
	names []string

	links  []atomic.Pointer[link] // by peer; nil: far, or not here yet. Never taken back
	turn   chan struct{}          // holds one token; who has it sends, or lets a peer in
	heard  bell
	coming chan item       // of Far
	ctx    context.Context // of the hub's own goroutines, and of what is sent by Far
	stop   context.CancelFunc
	work   sync.WaitGroup
	beats  sync.WaitGroup // watch, which looks into the links' memory

	mu      sync.Mutex
	byFar   []bool // something went to the peer, or came, by Far: it is too late to come here
	closing bool
	greets  map[*net.UnixConn]bool
	stats   lane.Stats // what was sent

	receiving sync.Mutex // guards what follows; held by Recv, also while it waits
	from      int        // the link that is looked at first
	words     []shm.Word
	fates     []fate
	left      int   // peers whose end was not reported
	farErr    error // Far has ended
}

// fate is how a peer ends.
type fate struct {
	word     error // its agent said that its process has ended
	overAt   time.Time
	reported bool
}

type item struct {
	m   lane.Message
	err error
}

var _ lane.Hub = (*Hub)(nil)

// NewHub makes a session's end for all of far's peers, whose names are for messages; peers that come to ln are served by shared
// memory. Close closes both.
func NewHub(ln *Listener, far Far, names []string, opt Options) (*Hub, error) {
	if opt.RingBytes == 0 {
		opt.RingBytes = defaultRingBytes
	}
	if n := opt.RingBytes; n < leastRingBytes || n > mostRingBytes || n&(n-1) != 0 {
		return nil, fmt.Errorf("local: rings of %d bytes, want a power of two from %d to %d", n, leastRingBytes, mostRingBytes)
	}
	if opt.Silence == 0 {
		opt.Silence = defaultSilence
	}
	if opt.Linger == 0 {
		opt.Linger = lingerTime
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	n := far.Peers()
	h := &Hub{
		far: far, ln: ln, opt: opt, log: opt.Log, turn: make(chan struct{}, 1), coming: make(chan item, farAhead),
		links: make([]atomic.Pointer[link], n), byFar: make([]bool, n), fates: make([]fate, n), left: n,
		greets: map[*net.UnixConn]bool{}, words: make([]shm.Word, 0, n+1),
	}
	for i := range n {
		name := fmt.Sprintf("peer %d", i)
		if i < len(names) {
			name += " (" + names[i] + ")"
		}
		h.names = append(h.names, name)
	}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.work.Go(h.accept)
	h.work.Go(func() { h.pump(h.ctx) })
	h.beats.Go(func() { h.watch(h.ctx) })
	return h, nil
}

// accept lets peers in until the listener is closed.
func (h *Hub) accept() {
	for {
		c, err := h.ln.ln.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, or who came has gone again
			h.log.Warn("local: accept", "error", err)
			select {
			case <-h.ctx.Done():
			case <-time.After(acceptPause):
			}
			continue
		}
		h.mu.Lock()
		ok := !h.closing && len(h.greets) < maxGreets
		if ok {
			h.greets[c] = true
		}
		h.mu.Unlock()
		if !ok {
			c.Close()
			continue
		}
		h.work.Go(func() {
			err := h.admit(c)
			h.mu.Lock()
			delete(h.greets, c)
			h.mu.Unlock()
			if err != nil {
				level := slog.LevelWarn
				if hungUp(err) { // it died; that is told where its end is
					level = slog.LevelDebug
				}
				h.log.Log(context.Background(), level, "local: a process did not get shared memory", "reason", err)
				c.Close()
			}
		})
	}
}

// hungUp tells whether the other side of a handshake has gone away in the middle of it.
func hungUp(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET) || errors.Is(err, unix.EPIPE)
}

// admit carries out a handshake. While the memory is handed over nobody sends, so that nothing goes two ways.
func (h *Hub) admit(c *net.UnixConn) error {
	i, err := h.ln.greet(c)
	if err != nil {
		return err
	}
	h.turn <- struct{}{}
	defer func() { <-h.turn }()
	h.mu.Lock()
	switch {
	case i < 0 || i >= len(h.links):
		err = fmt.Errorf("it is peer %d of %d", i, len(h.links))
	case h.closing:
		err = errors.New("the session ends")
	case h.links[i].Load() != nil:
		err = fmt.Errorf("%s is here already", h.names[i])
	case h.byFar[i]:
		err = fmt.Errorf("%s has another lane already", h.names[i])
	}
	h.mu.Unlock()
	if err != nil {
		refuse(c, err)
		return err
	}
	k, err := hand(c, h.opt.RingBytes)
	if err != nil {
		return err
	}
	h.links[i].Store(k)
	h.far.Without(i)
	h.work.Go(func() { k.watch(h.heard.ring) })
	h.log.Debug("local: a peer shares memory", "peer", h.names[i], "bytes", h.opt.RingBytes)
	h.heard.ring()
	return nil
}

// pump brings what comes over Far.
func (h *Hub) pump(ctx context.Context) {
	for {
		m, err := h.far.Recv(ctx)
		if ctx.Err() != nil {
			return
		}
		select {
		case h.coming <- item{m, err}:
			h.heard.ring()
		case <-ctx.Done():
			return
		}
		if err != nil && !errors.Is(err, lane.ErrPeerGone) {
			return
		}
	}
}

// watch gives up peers that do not beat.
func (h *Hub) watch(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	last := time.Now()
	pulse := make([]beats, len(h.links))
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		stalled := now.Sub(last) // this process may have been stopped itself
		last = now
		for i := range h.links {
			k, b := h.links[i].Load(), &pulse[i]
			if k == nil || k.over.Load() != nil {
				continue
			}
			if stalled > 4*beat {
				b.excuse(stalled)
			}
			if b.silent(k.in.ctl.beat.Load(), now) > h.opt.Silence {
				k.giveUp(&ending{bye: true, reason: fmt.Sprintf("nothing was heard of it for %v: it is stopped or hangs", h.opt.Silence)})
				h.heard.ring()
			}
		}
	}
}

// Peers tells how many peers there are, gone or not.
func (h *Hub) Peers() int { return len(h.links) }

// Route tells how a peer is reached. A peer that has not come yet counts as far.
func (h *Hub) Route(peer int) lane.Route {
	if peer >= 0 && peer < len(h.links) && h.links[peer].Load() != nil {
		return lane.RouteShm
	}
	return h.far.Route(peer)
}

// takeTurn takes the turn to send.
func (h *Hub) takeTurn(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("local: send: %w", ctx.Err())
	}
}

func (h *Hub) isClosing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closing
}

// linkOf gives a peer's link, nil: it is far, and from now on cannot come here. The turn is held.
func (h *Hub) linkOf(i int) (*link, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return nil, fmt.Errorf("local: send: %w", lane.ErrClosed)
	}
	k := h.links[i].Load()
	h.byFar[i] = k == nil
	return k, nil
}

// deliver sends by a link. The turn is held.
func (h *Hub) deliver(ctx context.Context, i int, k *link, kind lane.Kind, payload []byte) error {
	err := k.send(ctx, kind, payload, func() error {
		if h.isClosing() {
			return lane.ErrClosed
		}
		return k.gone()
	})
	if err != nil {
		return fmt.Errorf("local: send to %s: %w", h.names[i], err)
	}
	return nil
}

// Send sends to one peer.
func (h *Hub) Send(ctx context.Context, to int, kind lane.Kind, payload []byte) error {
	if to < 0 || to >= len(h.links) {
		return fmt.Errorf("local: send to peer %d of %d", to, len(h.links))
	}
	if err := checkLength(payload); err != nil {
		return err
	}
	if err := h.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-h.turn }()
	k, err := h.linkOf(to)
	switch {
	case err != nil:
	case k != nil:
		err = h.deliver(ctx, to, k, kind, payload)
	default:
		err = h.byFarLane(ctx, func(ctx context.Context) error { return h.far.Send(ctx, to, kind, payload) })
	}
	if err == nil {
		h.sent(payload)
	}
	return err
}

// Broadcast sends to all peers that are not gone, first to the far ones; with none left it is an ErrPeerGone. When ctx ends it in the
// middle, some have the message and some have not.
func (h *Hub) Broadcast(ctx context.Context, kind lane.Kind, payload []byte) error {
	if err := checkLength(payload); err != nil {
		return err
	}
	if err := h.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-h.turn }()
	far, reached := false, false
	for i := range h.links {
		k, err := h.linkOf(i)
		if err != nil {
			return err
		}
		far = far || k == nil
	}
	var farErr error // the near ones get it all the same
	if far {
		farErr = h.byFarLane(ctx, func(ctx context.Context) error { return h.far.Broadcast(ctx, kind, payload) })
		reached = farErr == nil
	}
	for i := range h.links {
		k, err := h.linkOf(i)
		if err == nil && k != nil {
			err = h.deliver(ctx, i, k, kind, payload)
			reached = reached || err == nil
		}
		if err != nil && !errors.Is(err, lane.ErrPeerGone) {
			return err
		}
	}
	if farErr != nil && !errors.Is(farErr, lane.ErrPeerGone) {
		return farErr
	}
	if !reached {
		return fmt.Errorf("local: send: %w: all of them", lane.ErrPeerGone)
	}
	h.sent(payload)
	return nil
}

// byFarLane sends by Far, until Close at the latest.
func (h *Hub) byFarLane(ctx context.Context, send func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.ctx, cancel)()
	err := send(ctx)
	if err != nil && h.isClosing() {
		return fmt.Errorf("local: send: %w", lane.ErrClosed)
	}
	return err
}

func checkLength(payload []byte) error {
	if len(payload) > lane.MaxMessage {
		return fmt.Errorf("local: message of %d bytes, at most %d", len(payload), lane.MaxMessage)
	}
	return nil
}

func (h *Hub) sent(payload []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stats.SentMessages++
	h.stats.SentBytes += uint64(len(payload))
}

// Recv gives the next message of any peer, and once for each peer its end (lane.ErrPeerGone, Message.Peer is set). When all
// have gone and were reported, it is lane.ErrClosed.
func (h *Hub) Recv(ctx context.Context) (lane.Message, error) {
	h.receiving.Lock()
	defer h.receiving.Unlock()
	slept := false
	for {
		rung := h.heard.word()
		if m, ok, err := h.poll(); ok || err != nil {
			return m, err
		}
		if err := ctx.Err(); err != nil {
			return lane.Message{}, fmt.Errorf("local: recv: %w", err)
		}
		if h.spin(rung) {
			continue
		}
		if !slept {
			slept = true
			defer context.AfterFunc(ctx, h.heard.ring)()
		}
		h.sleep(rung)
	}
}

// poll takes what is there, or tells of one peer's end.
func (h *Hub) poll() (m lane.Message, ok bool, err error) {
	if h.isClosing() {
		return m, false, fmt.Errorf("local: recv: %w", lane.ErrClosed)
	}
	select {
	case it := <-h.coming:
		if m, ok, err = h.arrived(it); ok || err != nil {
			return m, ok, err
		}
	default:
	}
	far := false
	for n := range h.links {
		i := (h.from + n) % len(h.links)
		k := h.links[i].Load()
		if k == nil || h.fates[i].reported {
			far = far || !h.fates[i].reported
			continue
		}
		over := k.over.Load()                                    // before the ring is looked at: what came before the end counts
		if word := h.fates[i].word; over == nil && word != nil { // the socket may be kept open by somebody else
			k.giveUp(&ending{reason: "its agent says that its process has ended"})
			over = k.over.Load()
		}
		if m, ok := k.take(over != nil); ok {
			m.Peer = i
			h.from = i + 1
			return m, true, nil
		}
		if over != nil {
			if err := h.ended(i, over); err != nil {
				return lane.Message{Peer: i}, false, err
			}
		}
	}
	switch {
	case h.left == 0:
		return m, false, fmt.Errorf("local: recv: %w: all peers are gone", lane.ErrClosed)
	case h.farErr != nil && far:
		return m, false, h.farErr
	}
	return m, false, nil
}

// arrived sorts what came from Far.
func (h *Hub) arrived(it item) (m lane.Message, ok bool, err error) {
	if it.err != nil && !errors.Is(it.err, lane.ErrPeerGone) {
		h.farErr = it.err
		return m, false, nil
	}
	i := it.m.Peer
	if it.err != nil && h.links[i].Load() != nil {
		h.fates[i].word = it.err
		return m, false, nil
	}
	h.mu.Lock()
	h.byFar[i] = true
	h.mu.Unlock()
	if it.err != nil {
		h.report(i)
	}
	return it.m, it.err == nil, it.err
}

func (h *Hub) report(i int) {
	h.fates[i].reported = true
	h.left--
}

// ended gives the error that reports a peer whose ring is empty and whose process has gone; nil: its agent may still say why.
func (h *Hub) ended(i int, over *ending) error {
	f := &h.fates[i]
	now := time.Now()
	if f.overAt.IsZero() {
		f.overAt = now
	}
	if !over.bye && f.word == nil && now.Sub(f.overAt) < lateWord {
		return nil
	}
	h.report(i)
	if f.word != nil && !over.bye {
		return f.word
	}
	return fmt.Errorf("local: %s: %w: %s", h.names[i], lane.ErrPeerGone, over.reason)
}

// spin looks for a moment whether something comes.
func (h *Hub) spin(rung shm.Word) bool {
	for range spins {
		if len(h.coming) > 0 || rung.Addr.Load() != rung.Val {
			return true
		}
		for i := range h.links {
			if k := h.links[i].Load(); k != nil && !h.fates[i].reported && k.in.pending() {
				return true
			}
		}
	}
	return false
}

// sleep waits until something may have come.
func (h *Hub) sleep(rung shm.Word) {
	h.words = append(h.words[:0], rung)
	pending := len(h.coming) > 0
	for i := range h.links {
		if k := h.links[i].Load(); k != nil && k.over.Load() == nil {
			h.words = append(h.words, k.in.arm())
			pending = pending || k.in.pending()
		}
	}
	if !pending {
		shm.WaitAny(h.words, shm.Tick)
	}
	for i := range h.links {
		if k := h.links[i].Load(); k != nil {
			k.in.disarm()
		}
	}
}

// Stats tells what was moved so far.
func (h *Hub) Stats() lane.Stats {
	s := h.far.Stats()
	h.mu.Lock()
	defer h.mu.Unlock()
	s.SentMessages, s.SentBytes = h.stats.SentMessages, h.stats.SentBytes
	for i := range h.links {
		if k := h.links[i].Load(); k != nil {
			t := k.snapshot()
			s.ReceivedMessages += t.ReceivedMessages
			s.ReceivedBytes += t.ReceivedBytes
			s.CreditWaits += t.CreditWaits
		}
	}
	return s
}

// Close waits until the peers have what was sent, at most Options.Linger, says goodbye and ends. It closes the listener and the lane
// behind.
func (h *Hub) Close() error {
	h.mu.Lock()
	if h.closing {
		h.mu.Unlock()
		h.work.Wait()
		return nil
	}
	h.closing = true
	for c := range h.greets {
		c.Close()
	}
	h.mu.Unlock()
	h.stop()
	h.beats.Wait()
	err := h.ln.Close()
	h.heard.ring()
	for i := range h.links {
		if k := h.links[i].Load(); k != nil {
			k.bell.ring()
		}
	}
	h.turn <- struct{}{} // whoever was sending has seen closing
	h.receiving.Lock()
	until := time.Now().Add(h.opt.Linger)
	for i := range h.links {
		if k := h.links[i].Load(); k != nil {
			k.linger(until)
		}
	}
	for i := range h.links {
		if k := h.links[i].Load(); k != nil {
			k.close("")
		}
	}
	h.receiving.Unlock()
	<-h.turn
	err = errors.Join(err, h.far.Close())
	h.work.Wait()
	return err
}
