package session

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// Results that nobody asks for: each node tells in the stream's order that it has passed a fence, and what a query has counted. When all
// have, the result is put together and written to where the app's process looks (ring.Ring.Result): an app that polls makes no round
// trip. What the stream itself decides by a result (conditional rendering, a result for a buffer) waits here, not in the app.

// How a result is put together of what the nodes say: prismQueryPush.how.
const (
	mergeSum uint32 = iota
	mergeOr
	mergeMax
	mergeLead // one node culls nothing and counts all
	merges
)

// maxDue bounds the results under way; then the splitter waits.
const maxDue = 1 << 16

// due is a result that has been asked of the nodes.
type due struct {
	place, use uint32
	how        uint32 // merge…; of a fence mergeOr
	missing    int
	value      uint64
}

// results is what the session knows of them. Guarded by session.mu, but for news.
type results struct {
	due    []due    // in the stream's order
	first  uint64   // ordinal of due[0]
	cursor []uint64 // per peer: ordinal of the result that it tells next
	known  []known64
	news   chan struct{} // a token whenever some have come
}

type known64 struct {
	use   uint32
	value uint64
}

func (r *results) init(peers int) {
	r.cursor, r.known, r.news = make([]uint64, peers), make([]known64, ring.Results), make(chan struct{}, 1)
}

// Payloads: prismFence {place, use}; prismQueryPush {query, place, use, how}.
func parseDue(op uint16, payload []byte, peers int) (due, error) {
	fence := op == uint16(gl.OpPrismFence)
	n := 4
	if fence {
		n = 2
	}
	w, err := words(payload, n)
	if err != nil {
		return due{}, err
	}
	d := due{how: mergeOr, missing: peers}
	if fence {
		d.place, d.use = w[0], w[1]
	} else {
		d.place, d.use, d.how = w[1], w[2], w[3]
	}
	if d.place >= ring.Results || d.how >= merges {
		return due{}, wire.Corruptf("place %d of %d, put together in way %d of %d", d.place, ring.Results, d.how, merges)
	}
	return d, nil
}

// expect notes a result before the batch that asks for it is sent.
func (p *splitter) expect(ctx context.Context, op uint16, payload []byte, emit func()) error {
	d, err := parseDue(op, payload, p.peers)
	if err != nil {
		return err
	}
	p.mu.Lock()
	full := len(p.results.due) >= maxDue
	p.mu.Unlock()
	if full {
		emit()
		if err := p.flush(ctx); err != nil {
			return err
		}
		if err := p.until(ctx, func() bool { return len(p.results.due) < maxDue }); err != nil {
			return err
		}
	}
	p.mu.Lock()
	p.results.due = append(p.results.due, d)
	p.stats.Results++
	p.mu.Unlock()
	return nil
}

// until waits for results until ok, which is called with mu held.
func (p *splitter) until(ctx context.Context, ok func() bool) error {
	for {
		p.mu.Lock()
		done := ok()
		p.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-p.results.news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// await gives a result that the stream itself needs; what stands before it goes out.
func (p *splitter) await(ctx context.Context, place, use uint32, emit func()) (value uint64, err error) {
	if place >= ring.Results {
		return 0, wire.Corruptf("place %d of %d", place, ring.Results)
	}
	sent, found := false, false
	look := func() bool {
		k := p.results.known[place]
		value, found = k.value, k.use == use
		if found || !sent {
			return true
		}
		for _, d := range p.results.due {
			if d.place == place && d.use == use {
				return false
			}
		}
		return true // nobody will tell
	}
	if err := p.until(ctx, look); err != nil || found {
		return value, err
	}
	emit()
	if err := p.flush(ctx); err != nil {
		return 0, err
	}
	sent = true
	if err := p.until(ctx, look); err != nil {
		return 0, err
	}
	if !found {
		return 0, wire.Corruptf("use %d of place %d is not under way", use, place)
	}
	return value, nil
}

// decide fills in what a command needs of a result; payload is the session's own copy.
func (p *splitter) decide(ctx context.Context, op uint16, payload []byte, emit func()) error {
	le := binary.LittleEndian
	switch gl.Op(op) {
	case gl.OpPrismConditionalOf: // discard, place, use, inverted
		w, err := words(payload, 4)
		if err != nil {
			return err
		}
		v, err := p.await(ctx, w[1], w[2], emit)
		if err != nil {
			return err
		}
		discard := uint32(0)
		if (v == 0) != (w[3] != 0) {
			discard = 1
		}
		le.PutUint32(payload, discard)
	case gl.OpPrismResultStore: // buffer, bytes, offset u64, value u64, most u64, place, use
		if len(payload) < 40 {
			return wire.Corruptf("a fixed part of %d bytes, want 40", len(payload))
		}
		v, err := p.await(ctx, le.Uint32(payload[32:]), le.Uint32(payload[36:]), emit)
		if err != nil {
			return err
		}
		le.PutUint64(payload[16:], min(v, le.Uint64(payload[24:])))
	}
	return nil
}

var errResult = errors.New("bad result")

// told takes what a peer says of results, in the stream's order.
func (s *session) told(peer int, payload []byte) error {
	all, err := proto.ParseResults(payload)
	if err != nil {
		return err
	}
	var whole []due
	s.mu.Lock()
	r := &s.results
	for _, t := range all {
		n := r.cursor[peer]
		if n >= r.first+uint64(len(r.due)) {
			err = fmt.Errorf("%w: use %d of place %d, which was not asked for", errResult, t.Use, t.Place)
			break
		}
		d := &r.due[n-r.first]
		if d.place != t.Place || d.use != t.Use {
			err = fmt.Errorf("%w: use %d of place %d, but use %d of place %d is next", errResult, t.Use, t.Place, d.use, d.place)
			break
		}
		r.cursor[peer]++
		d.merge(t.Value, peer == s.Lead)
		d.missing--
		for len(r.due) > 0 && r.due[0].missing == 0 {
			d := r.due[0]
			whole = append(whole, d)
			r.due = r.due[1:]
			r.first++
			r.known[d.place] = known64{d.use, d.value}
		}
	}
	if len(r.due) == 0 {
		r.due = nil // what was cut off in front is given back
	}
	s.mu.Unlock()
	for _, d := range whole {
		s.Source.Result(d.place, d.use, d.value)
	}
	if len(whole) > 0 {
		select {
		case s.results.news <- struct{}{}:
		default:
		}
	}
	return err
}

// merge adds one peer's value; sums saturate.
func (d *due) merge(v uint64, lead bool) {
	switch d.how {
	case mergeSum:
		if d.value+v < v {
			d.value = ^uint64(0)
		} else {
			d.value += v
		}
	case mergeOr:
		d.value |= v
	case mergeMax:
		d.value = max(d.value, v)
	default:
		if lead {
			d.value = v
		}
	}
}
