package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
)

// transport is what lanes need of a network: at most once, in any order, up to maxPayload bytes. Tests put a lossy one here.
type transport interface {
	// publish copies data or sends it before it returns.
	publish(subject string, data []byte) error
	// subscribe gives every message of the subjects to ch, in order of arrival. A message that finds ch full is lost.
	// reconnected is called after the network was away, refused when it does not let us speak or listen in the session of the
	// subjects. cancel ends it; ch is not used after cancel has returned.
	subscribe(ch chan *nats.Msg, reconnected func(), refused func(error), subjects ...string) (cancel func(), err error)
	// flush returns when all that was published has left and all that was sent to us before has arrived.
	flush(ctx context.Context) error
	maxPayload() int
	// window is what may be in flight to one more end on this network, in bytes, until release; 0: whatever the end likes.
	window() (bytes int, release func())
	connected() bool
	reconnect()     // gives up a connection that is none any more
	server() string // for messages
}

// errDown: publish could not send now, but may later.
var errDown = errors.New("bus: not connected")

type natsTransport struct{ c *Conn }

func (t natsTransport) maxPayload() int                 { return t.c.MaxPayload() }
func (t natsTransport) window() (int, func())           { return t.c.windows.take(t.c.cfg.InProcess != nil) }
func (t natsTransport) connected() bool                 { return t.c.Connected() }
func (t natsTransport) reconnect()                      { _ = t.c.nc.ForceReconnect() } // closed: publish says so
func (t natsTransport) server() string                  { return t.c.Server() }
func (t natsTransport) flush(ctx context.Context) error { return t.c.Flush(ctx) }

func (t natsTransport) publish(subject string, data []byte) error {
	err := t.c.nc.Publish(subject, data)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrMaxPayload):
		select {
		case <-t.c.Done():
			if t.c.Err() != nil {
				return t.c.Err()
			}
		default:
		}
		return classify(err)
	}
	return errDown
}

func (t natsTransport) subscribe(ch chan *nats.Msg, reconnected func(), refused func(error), subjects ...string) (func(), error) {
	var subs []*nats.Subscription
	remove := t.c.hooks.add(reconnected)
	heed := t.c.refused.add(refused, sessionOf(subjects[0]))
	cancel := func() {
		remove()
		heed()
		for _, s := range subs {
			_ = s.Unsubscribe()
		}
	}
	for _, s := range subjects {
		sub, err := t.c.nc.ChanSubscribe(s, ch)
		if err != nil {
			cancel()
			return nil, fmt.Errorf("bus: subscribe to %s: %w", s, classify(err))
		}
		subs = append(subs, sub)
	}
	return cancel, nil
}

// windows shares out what may be in flight to one connection among the ends that it has, so that all together stay below what a
// server keeps for a slow client: half of what is left for each.
type windows struct {
	mu    sync.Mutex
	taken int
}

const (
	// pendingBytes is below a server's max_pending by default, 64 MiB; that of the embedded one is four times as large.
	pendingBytes         = 60 << 20
	pendingBytesEmbedded = 4 * pendingBytes
)

func (w *windows) take(embedded bool) (bytes int, release func()) {
	all := pendingBytes
	if embedded {
		all = pendingBytesEmbedded
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	bytes = max(min((all-w.taken)/2, defaultWindowBytes), leastWindowBytes)
	w.taken += bytes
	return bytes, sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.taken -= bytes
	})
}

// hooks are functions to be called after a reconnect.
type hooks struct {
	mu   sync.Mutex
	next int
	fns  map[int]func()
}

func (h *hooks) add(fn func()) (remove func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fns == nil {
		h.fns = map[int]func(){}
	}
	id := h.next
	h.next++
	h.fns[id] = fn
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.fns, id)
	}
}

func (h *hooks) run() {
	h.mu.Lock()
	fns := make([]func(), 0, len(h.fns))
	for _, fn := range h.fns {
		fns = append(fns, fn)
	}
	h.mu.Unlock()
	for _, fn := range fns {
		fn()
	}
}
