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
	// reconnected is called after the network was away. cancel ends it; ch is not used after cancel has returned.
	subscribe(ch chan *nats.Msg, reconnected func(), subjects ...string) (cancel func(), err error)
	flush(ctx context.Context) error
	maxPayload() int
}

// errDown: publish could not send now, but may later.
var errDown = errors.New("bus: not connected")

type natsTransport struct{ c *Conn }

func (t natsTransport) maxPayload() int                 { return t.c.MaxPayload() }
func (t natsTransport) flush(ctx context.Context) error { return t.c.Flush(ctx) }

func (t natsTransport) publish(subject string, data []byte) error {
	err := t.c.nc.Publish(subject, data)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrMaxPayload):
		return classify(err)
	}
	return errDown
}

func (t natsTransport) subscribe(ch chan *nats.Msg, reconnected func(), subjects ...string) (func(), error) {
	var subs []*nats.Subscription
	remove := t.c.hooks.add(reconnected)
	cancel := func() {
		remove()
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
