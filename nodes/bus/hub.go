package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/prismgl/prism/nodes/lane"
)

// Hub is the session's end of its lanes over NATS. It implements lane.Hub.
type Hub struct{ end *end }

var _ lane.Hub = (*Hub)(nil)

// NewHub makes a session's end; peers are the names of its workers, for messages. It is ready at once: what is sent before a
// worker has come waits for it.
func NewHub(c *Conn, session string, peers []string, opt Options) (*Hub, error) {
	return newHub(natsTransport{c}, session, peers, opt.of(c))
}

func newHub(tr transport, session string, peers []string, opt Options) (*Hub, error) {
	if err := CheckName("session", session); err != nil {
		return nil, err
	}
	if len(peers) == 0 || len(peers) > maxPeers {
		return nil, fmt.Errorf("bus: a hub with %d peers, want 1 to %d", len(peers), maxPeers)
	}
	subjects := make([]string, len(peers))
	for i := range peers {
		subjects[i] = subjectTo(session, i)
	}
	e, err := newEnd(tr, opt, -1, subjectAll(session), peers, subjects, []string{subjectUps(session), SubjectEvent(session), SubjectPresence(session)})
	if err != nil {
		return nil, err
	}
	return &Hub{e}, nil
}

// Peers tells how many peers there are, gone or not.
func (h *Hub) Peers() int { return len(h.end.peers) }

// Broadcast sends to all peers that are not gone; with none left it is an ErrPeerGone.
func (h *Hub) Broadcast(ctx context.Context, kind lane.Kind, payload []byte) error {
	return h.end.send(ctx, -1, kind, payload)
}

// Send sends to one peer.
func (h *Hub) Send(ctx context.Context, peer int, kind lane.Kind, payload []byte) error {
	if peer < 0 || peer >= len(h.end.peers) {
		return fmt.Errorf("bus: send to peer %d of %d", peer, len(h.end.peers))
	}
	return h.end.send(ctx, peer, kind, payload)
}

// Recv gives the next message of any peer, and once for each peer its end (lane.ErrPeerGone, Message.Peer is set). When all
// have gone and were reported, it is lane.ErrClosed.
func (h *Hub) Recv(ctx context.Context) (lane.Message, error) { return h.end.recv(ctx) }

// Route is lane.RouteNATS.
func (h *Hub) Route(int) lane.Route { return lane.RouteNATS }

// Without says that a peer is spoken to by another lane: it is left out of broadcasts and of what is waited for, and no silence
// of it counts. Only its agent's word that its process has ended is passed on, as ErrPeerGone of Recv.
func (h *Hub) Without(peer int) { h.end.without(peer) }

// Stats tells what was moved so far.
func (h *Hub) Stats() lane.Stats { return h.end.snapshot() }

// Close waits until the peers have what was sent (at most Options.Linger), says goodbye and ends.
func (h *Hub) Close() error { return h.end.close() }

// Spoke is a worker's end of its lane over NATS. It implements lane.Spoke.
type Spoke struct{ end *end }

var _ lane.Spoke = (*Spoke)(nil)

// NewSpoke makes the end of peer number peer, as the session counts; name is for messages.
func NewSpoke(c *Conn, session string, peer int, name string, opt Options) (*Spoke, error) {
	return newSpoke(natsTransport{c}, session, peer, name, opt.of(c))
}

func newSpoke(tr transport, session string, peer int, name string, opt Options) (*Spoke, error) {
	if err := CheckName("session", session); err != nil {
		return nil, err
	}
	if peer < 0 || peer >= maxPeers {
		return nil, fmt.Errorf("bus: a spoke with number %d, want 0 to %d", peer, maxPeers-1)
	}
	e, err := newEnd(tr, opt, peer, "", []string{"session of " + name}, []string{subjectUp(session, peer)},
		[]string{subjectAll(session), subjectTo(session, peer)})
	if err != nil {
		return nil, err
	}
	return &Spoke{e}, nil
}

// Send sends to the session.
func (s *Spoke) Send(ctx context.Context, kind lane.Kind, payload []byte) error {
	return s.end.send(ctx, 0, kind, payload)
}

// Recv gives the session's next message; when the session is gone, each call gives lane.ErrPeerGone.
func (s *Spoke) Recv(ctx context.Context) (lane.Message, error) { return s.end.recv(ctx) }

// Stats tells what was moved so far.
func (s *Spoke) Stats() lane.Stats { return s.end.snapshot() }

// Close waits until the session has what was sent (at most Options.Linger), says goodbye and ends.
func (s *Spoke) Close() error { return s.end.close() }

// sender finds the peer that a subject belongs to; nil: none.
func (e *end) sender(subject string) (p *peer, isEvent bool) {
	if e.self >= 0 {
		return e.peers[0], false
	}
	last := subject[strings.LastIndexByte(subject, '.')+1:]
	if last == "event" {
		return nil, true
	}
	n, err := strconv.Atoi(last)
	if err != nil || n < 0 || n >= len(e.peers) {
		return nil, false
	}
	return e.peers[n], false
}

// event takes an agent's word that a worker has ended. What the worker sent before may still arrive for a moment.
func (e *end) event(data []byte, now time.Time) {
	var ev PeerEvent
	if err := json.Unmarshal(data, &ev); err != nil || ev.Peer < 0 || ev.Peer >= len(e.peers) {
		if !e.eventSaid { // of run's goroutine alone
			e.eventSaid = true
			e.log.Warn("bus: event dropped", "error", err, "peer", ev.Peer)
		}
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.peers[ev.Peer]; (p.gone == nil || p.away) && p.exit == "" {
		p.exit, p.exitAt = ev.Reason(), now.Add(lateData)
	}
}
