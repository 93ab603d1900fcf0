package turns

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

const (
	// patience is how long messages wait for the end of their turn.
	patience = 10 * time.Millisecond
	// Of a node's queue: from turnBytes on it is handed on without an end, up to mostBytes the session may go ahead.
	turnBytes = 64 << 20
	mostBytes = 256 << 20
)

// Traffic is what one frame's messages to the nodes hold, plans and the like included.
type Traffic struct {
	Broadcast uint64   // bytes for all nodes
	Single    []uint64 // for one, a node each
}

// Hub is a lane.Hub over another.
type Hub struct {
	lane.Hub
	alone  bool
	ctx    context.Context
	cancel context.CancelFunc
	pump   sync.WaitGroup
	news   chan struct{} // a token when there is something to look at

	mu      sync.Mutex
	room    *sync.Cond // of mu: the pump has taken something, or has ended
	peers   []peer
	now     Traffic // of the frame under way
	frames  []Traffic
	swaps   []int // by peer: frames whose swap was sent
	last    time.Time
	failed  error
	stopped bool
}

// peer is what is known of one node.
type peer struct {
	queue []message
	ends  int  // of turns in queue
	bytes int  // in queue
	gone  bool // no more is heard of it
	tiles map[uint32]int
	// What it has to send before its turn is over.
	frames, pieces, dones int
}

type message struct {
	kind         lane.Kind
	payload      []byte
	swaps, syncs int
	plan         *proto.Plan
}

// Count passes everything on as it comes.
func Count(inner lane.Hub) *Hub { return newHub(inner, false) }

// Alone lets one node draw after the other.
func Alone(inner lane.Hub) *Hub {
	h := newHub(inner, true)
	h.pump.Go(h.run)
	return h
}

func newHub(inner lane.Hub, alone bool) *Hub {
	n := inner.Peers()
	h := &Hub{Hub: inner, alone: alone, news: make(chan struct{}, 1), peers: make([]peer, n), swaps: make([]int, n)}
	h.room = sync.NewCond(&h.mu)
	h.now.Single = make([]uint64, n)
	for i := range h.peers {
		h.peers[i].tiles = map[uint32]int{}
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Stop ends the pump; what still waits is dropped.
func (h *Hub) Stop() {
	h.mu.Lock()
	h.stopped = true
	h.room.Broadcast()
	h.mu.Unlock()
	h.cancel()
	h.pump.Wait()
}

// Frames is the traffic of each frame whose swap all nodes were sent, in order.
func (h *Hub) Frames() []Traffic {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.frames)
}

// Broadcast implements lane.Hub.
func (h *Hub) Broadcast(ctx context.Context, kind lane.Kind, payload []byte) error {
	m := look(kind, payload)
	h.mu.Lock()
	h.now.Broadcast += uint64(len(payload))
	for i := range h.swaps {
		h.swaps[i] += m.swaps
	}
	h.border()
	if !h.alone {
		h.mu.Unlock()
		return h.Hub.Broadcast(ctx, kind, payload)
	}
	m.payload = slices.Clone(payload)
	for i := range h.peers {
		h.peers[i].put(m)
	}
	return h.queued()
}

// Send implements lane.Hub.
func (h *Hub) Send(ctx context.Context, to int, kind lane.Kind, payload []byte) error {
	m := look(kind, payload)
	if to < 0 || to >= len(h.peers) {
		return h.Hub.Send(ctx, to, kind, payload) // says what is wrong with it
	}
	h.mu.Lock()
	h.now.Single[to] += uint64(len(payload))
	h.swaps[to] += m.swaps
	h.border()
	if !h.alone {
		h.mu.Unlock()
		return h.Hub.Send(ctx, to, kind, payload)
	}
	m.payload = slices.Clone(payload)
	h.peers[to].put(m)
	return h.queued()
}

// queued wakes the pump and waits while too much stands before it. mu is held on entry and not after.
func (h *Hub) queued() error {
	defer h.mu.Unlock()
	h.last = time.Now()
	h.wake()
	for h.failed == nil && !h.stopped && slices.ContainsFunc(h.peers, func(p peer) bool { return p.bytes > mostBytes }) {
		h.room.Wait()
	}
	if h.stopped {
		return lane.ErrClosed
	}
	return h.failed
}

// border notes the end of a frame: all nodes have been sent its swap. mu held.
func (h *Hub) border() {
	for slices.Min(h.swaps) > len(h.frames) {
		h.frames = append(h.frames, h.now)
		h.now = Traffic{Single: make([]uint64, len(h.peers))}
	}
}

func (h *Hub) wake() {
	select {
	case h.news <- struct{}{}:
	default:
	}
}

// look finds in a message what a turn goes by. What cannot be read is left for the node to complain about.
func look(kind lane.Kind, payload []byte) message {
	m := message{kind: kind}
	switch kind {
	case lane.KindBatch:
		for it := wire.WalkChunks(payload); it.Next(); {
			for r := it.Records(); r.Next(); {
				c := gl.At(r.Op())
				switch {
				case c == nil:
				case c.Class == gl.ClassSwap:
					m.swaps++
				case c.Class == gl.ClassSync && !c.Asked():
					m.syncs++
				}
			}
		}
	case lane.KindControl:
		if c, err := proto.ParseControl(payload); err == nil {
			m.plan = c.Plan
		}
	}
	return m
}

func (m *message) end() bool { return m.swaps+m.syncs > 0 }

func (p *peer) put(m message) {
	if p.gone {
		return
	}
	p.queue = append(p.queue, m)
	p.bytes += len(m.payload)
	if m.end() {
		p.ends++
	}
}

// take removes the first messages of the queue: one turn, or all if none ends there.
func (p *peer) take() []message {
	n := len(p.queue)
	if i := slices.IndexFunc(p.queue, func(m message) bool { return m.end() }); i >= 0 {
		n = i + 1
		p.ends--
	}
	turn := p.queue[:n:n]
	p.queue = p.queue[n:]
	for i := range turn {
		p.bytes -= len(turn[i].payload)
	}
	return turn
}

// leave forgets a node of which nothing more is heard.
func (p *peer) leave() {
	*p = peer{gone: true, tiles: p.tiles}
}

// run is the pump.
func (h *Hub) run() {
	for at := 0; ; {
		next, turn := h.next(at)
		if turn == nil {
			return
		}
		at = next + 1
		if err := h.deliver(next, turn); err != nil {
			h.mu.Lock()
			h.failed = err
			h.room.Broadcast()
			h.mu.Unlock()
			return
		}
	}
}

// next waits for a turn, of the node at or of the first after it that has one.
func (h *Hub) next(at int) (int, []message) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		h.mu.Lock()
		late := time.Since(h.last) >= patience
		any := false
		for i := range h.peers {
			n := (at + i) % len(h.peers)
			p := &h.peers[n]
			any = any || len(p.queue) > 0
			if p.ends > 0 || len(p.queue) > 0 && (late || p.bytes > turnBytes) {
				turn := p.take()
				h.room.Broadcast()
				h.mu.Unlock()
				return n, turn
			}
		}
		h.mu.Unlock()
		wait := time.Hour
		if any {
			wait = patience
		}
		timer.Reset(wait)
		select {
		case <-h.news:
		case <-timer.C:
		case <-h.ctx.Done():
			return 0, nil
		}
	}
}

// deliver hands a node its turn and waits until it has done what it was told to.
func (h *Hub) deliver(to int, turn []message) error {
	p := &h.peers[to]
	for _, m := range turn {
		h.mu.Lock()
		p.frames += m.swaps
		p.dones += m.syncs
		if m.plan != nil {
			p.tiles[m.plan.Drawable] = len(m.plan.Tiles)
		}
		gone := p.gone
		h.mu.Unlock()
		if gone {
			return nil
		}
		switch err := h.Hub.Send(h.ctx, to, m.kind, m.payload); {
		case errors.Is(err, lane.ErrPeerGone):
			h.mu.Lock()
			p.leave()
			h.mu.Unlock()
			return nil
		case err != nil:
			return err
		}
	}
	for {
		h.mu.Lock()
		over := p.gone || p.frames <= 0 && p.pieces <= 0 && p.dones <= 0
		h.mu.Unlock()
		if over {
			return nil
		}
		select {
		case <-h.news:
		case <-h.ctx.Done():
			return nil
		}
	}
}

// Recv implements lane.Hub.
func (h *Hub) Recv(ctx context.Context) (lane.Message, error) {
	m, err := h.Hub.Recv(ctx)
	if h.alone && m.Peer >= 0 && m.Peer < len(h.peers) {
		h.heard(&m, err)
	}
	return m, err
}

// heard notes what a node has done of its turn.
func (h *Hub) heard(m *lane.Message, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &h.peers[m.Peer]
	switch {
	case errors.Is(err, lane.ErrPeerGone):
		p.leave()
	case err != nil:
		return
	case m.Kind == lane.KindPiece:
		p.pieces--
	case m.Kind == lane.KindControl:
		c, err := proto.ParseControl(m.Payload)
		switch {
		case err != nil:
			return // the session says what is wrong with it
		case c.Frame != nil:
			p.frames--
			p.pieces += p.tiles[c.Frame.Drawable]
		case c.Done != nil:
			p.dones--
		case c.Fault != nil:
			p.leave()
		}
	default:
		return
	}
	h.wake()
}

// Stats implements lane.Hub: a broadcast counts once here, too.
func (h *Hub) Stats() lane.Stats {
	s := h.Hub.Stats()
	if !h.alone {
		return s
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s.SentBytes = 0
	for _, t := range append(h.frames[:len(h.frames):len(h.frames)], h.now) {
		s.SentBytes += t.Broadcast
		for _, n := range t.Single {
			s.SentBytes += n
		}
	}
	return s
}
