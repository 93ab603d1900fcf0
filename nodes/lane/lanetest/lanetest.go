package lanetest

import (
	"context"
	"fmt"
	"sync"

	"github.com/prismgl/prism/nodes/lane"
)

// Pair is a Hub with its Spokes.
type Pair struct {
	// Tamper, if set before the first message, may change each message or drop it by giving false. up: from a Spoke.
	Tamper func(m *lane.Message, up bool) bool

	mu     sync.Mutex // held while a message is put into queues, so that all peers see one order
	up     *queue
	spokes []*spoke
	hub    *hub
}

// New makes lanes to n peers.
func New(n int) *Pair {
	p := &Pair{up: newQueue()}
	p.hub = &hub{p: p}
	for i := range n {
		p.spokes = append(p.spokes, &spoke{p: p, peer: i, in: newQueue()})
	}
	return p
}

// Pipe is New for tests that need no faults.
func Pipe(n int) (lane.Hub, []lane.Spoke) {
	p := New(n)
	return p.Hub(), p.Spokes()
}

// Hub is the session's end.
func (p *Pair) Hub() lane.Hub { return p.hub }

// Spokes are the peers' ends.
func (p *Pair) Spokes() []lane.Spoke {
	s := make([]lane.Spoke, len(p.spokes))
	for i := range s {
		s[i] = p.spokes[i]
	}
	return s
}

// Kill cuts a peer off, as if its process had died for the reason given.
func (p *Pair) Kill(peer int, reason string) {
	p.gone(peer, fmt.Errorf("%w: peer %d: %s", lane.ErrPeerGone, peer, reason))
}

func (p *Pair) gone(peer int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.spokes[peer]
	if s.gone != nil {
		return
	}
	s.gone = err
	s.in.end(err)
	p.up.push(entry{m: lane.Message{Peer: peer}, err: err})
}

func count(n *uint64, bytes *uint64, payload []byte) {
	*n++
	*bytes += uint64(len(payload))
}

type hub struct {
	p     *Pair
	stats lane.Stats
}

func (h *hub) Peers() int { return len(h.p.spokes) }

func (h *hub) Broadcast(ctx context.Context, kind lane.Kind, payload []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	count(&h.stats.SentMessages, &h.stats.SentBytes, payload)
	for _, s := range h.p.spokes {
		if s.gone == nil {
			h.p.put(s.in, lane.Message{Peer: s.peer, Kind: kind, Payload: payload}, false)
		}
	}
	return nil
}

func (h *hub) Send(ctx context.Context, peer int, kind lane.Kind, payload []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	if peer < 0 || peer >= len(h.p.spokes) {
		return fmt.Errorf("lanetest: peer %d of %d", peer, len(h.p.spokes))
	}
	s := h.p.spokes[peer]
	if s.gone != nil {
		return s.gone
	}
	count(&h.stats.SentMessages, &h.stats.SentBytes, payload)
	h.p.put(s.in, lane.Message{Peer: peer, Kind: kind, Payload: payload}, false)
	return nil
}

// put needs mu.
func (p *Pair) put(q *queue, m lane.Message, up bool) {
	m.Payload = append([]byte(nil), m.Payload...)
	if p.Tamper != nil && !p.Tamper(&m, up) {
		return
	}
	if !up {
		m.Peer = 0
	}
	q.push(entry{m: m})
}

func (h *hub) Recv(ctx context.Context) (lane.Message, error) {
	m, err := h.p.up.pop(ctx)
	if err == nil {
		h.p.mu.Lock()
		count(&h.stats.ReceivedMessages, &h.stats.ReceivedBytes, m.Payload)
		h.p.mu.Unlock()
	}
	return m, err
}

func (h *hub) Route(int) lane.Route { return lane.RouteMemory }

func (h *hub) Stats() lane.Stats {
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	return h.stats
}

func (h *hub) Close() error {
	for i := range h.p.spokes {
		h.p.gone(i, fmt.Errorf("%w: the session's end was closed", lane.ErrPeerGone))
	}
	h.p.up.end(lane.ErrClosed)
	return nil
}

type spoke struct {
	p     *Pair
	peer  int
	in    *queue
	gone  error // under p.mu
	stats lane.Stats
}

func (s *spoke) Send(ctx context.Context, kind lane.Kind, payload []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.gone != nil {
		return s.gone
	}
	count(&s.stats.SentMessages, &s.stats.SentBytes, payload)
	s.p.put(s.p.up, lane.Message{Peer: s.peer, Kind: kind, Payload: payload}, true)
	return nil
}

func (s *spoke) Recv(ctx context.Context) (lane.Message, error) {
	m, err := s.in.pop(ctx)
	if err == nil {
		s.p.mu.Lock()
		count(&s.stats.ReceivedMessages, &s.stats.ReceivedBytes, m.Payload)
		s.p.mu.Unlock()
	}
	return m, err
}

func (s *spoke) Stats() lane.Stats {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.stats
}

func (s *spoke) Close() error {
	s.p.gone(s.peer, fmt.Errorf("%w: peer %d said goodbye", lane.ErrPeerGone, s.peer))
	return nil
}

type entry struct {
	m   lane.Message
	err error // delivered once, with m.Peer
}

// queue is unbounded; after end, what was pushed before still comes out, then err for ever.
type queue struct {
	mu      sync.Mutex
	entries []entry
	err     error
	wake    chan struct{} // holds one token when there may be something
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) push(e entry) {
	q.mu.Lock()
	if q.err == nil {
		q.entries = append(q.entries, e)
	}
	q.mu.Unlock()
	q.signal()
}

func (q *queue) end(err error) {
	q.mu.Lock()
	if q.err == nil {
		q.err = err
	}
	q.mu.Unlock()
	q.signal()
}

func (q *queue) pop(ctx context.Context) (lane.Message, error) {
	for {
		q.mu.Lock()
		if len(q.entries) > 0 {
			e := q.entries[0]
			q.entries = q.entries[1:]
			q.mu.Unlock()
			q.signal()
			return e.m, e.err
		}
		err := q.err
		q.mu.Unlock()
		if err != nil {
			q.signal()
			return lane.Message{}, err
		}
		select {
		case <-q.wake:
		case <-ctx.Done():
			return lane.Message{}, ctx.Err()
		}
	}
}
