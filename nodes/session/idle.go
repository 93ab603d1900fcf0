package session

import (
	"context"
	"fmt"
	"image"

	"github.com/prismgl/prism/nodes/session/repeat"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// Idle nodes: they have nothing of any window, and are to cost next to nothing until they have. What they are sent waits in their batches.

// drawing counts the nodes that have something of a window, the lead node always among them, and notes the others in k.idle.
func (k *culler) drawing() (n int) {
	k.p.findIdle(k.idle)
	for _, idle := range k.idle {
		if !idle {
			n++
		}
	}
	return n
}

// owed is a swap that an idle node was spared and gets, if it is the last one, when its batch is sent: so that what it does is counted to a frame of then.
type owed struct {
	rec []byte // empty: none
	of  swapOf
}

// spared says which nodes need not be sent a swap, or what waits for them to have drawn: idle ones whose batch will wait. A swap shows what a node has drawn, and changes nothing
// else as long as the front buffer is not an image of its own. nil: all are to have it.
func (k *culler) spared() []bool {
	if k != nil && k.repeats.on {
		k.p.findIdle(k.idle)
		return k.idle
	}
	if k == nil || !k.dealing || k.urgent || k.behind >= behindFlushes || k.p.clears.Front() || k.p.onWall != 0 {
		return nil
	}
	k.p.findIdle(k.idle)
	some := false
	for peer := range k.idle {
		k.idle[peer] = k.idle[peer] && k.deal.Pending(peer) < behindBytes
		some = some || k.idle[peer]
	}
	if !some {
		return nil
	}
	return k.idle
}

// swapped is called when a swap goes to all.
func (k *culler) swapped() {
	if k != nil {
		for i := range k.owed {
			k.owed[i].rec = k.owed[i].rec[:0]
		}
	}
}

// destroyed is called when a drawable goes: a swap of it that is owed is no more.
func (k *culler) destroyed(drawable uint32) {
	if k != nil {
		for i := range k.owed {
			if k.owed[i].of.drawable == drawable {
				k.owed[i].rec = k.owed[i].rec[:0]
			}
		}
	}
}

// swap sends a swap to all but those that are spared it.
func (k *culler) swap(ctx context.Context, rec []byte, of swapOf, spared []bool) error {
	for peer, is := range spared {
		if o := &k.owed[peer]; is {
			o.rec, o.of = append(o.rec[:0], rec...), of
		} else {
			o.rec = o.rec[:0]
		}
	}
	return k.putBut(ctx, rec, spared)
}

// putBut sends a record that needs nothing before it to all but some.
func (k *culler) putBut(ctx context.Context, rec []byte, spared []bool) error {
	if err := k.settle(ctx); err != nil {
		return err
	}
	to := k.all
	for peer, is := range spared {
		if is {
			to.Remove(peer)
		}
	}
	k.deal.Only(&to, rec, 1)
	return nil
}

// pay sends a peer the swap that it is owed, behind what its batch has.
func (k *culler) pay(peer int) {
	o := &k.owed[peer]
	if len(o.rec) > 0 && k.deal.Pending(peer) > 0 {
		to := bounds.Mask{}
		to.Add(peer)
		k.p.owe(peer, o.of)
		k.deal.Only(&to, o.rec, 1)
	}
	o.rec = o.rec[:0]
}

// call deals the call of a display list that is not bounded where nodes are idle: to these goes what it sets, without what it draws.
func (k *culler) call(ctx context.Context, raw []byte, h *wire.ChunkHeader, emit func()) (taken bool, err error) {
	states, ok := k.track.Flattened(h, word(raw, wire.RecordHeaderBytes))
	if !ok {
		return false, nil
	}
	to := k.target(h, 1, raw, "", func(image.Rectangle) (image.Rectangle, string) {
		return image.Rectangle{}, "display lists of more than vertices and plain state"
	})
	if to == k.all {
		return false, nil
	}
	emit()
	if err := k.settle(ctx); err != nil {
		return false, err
	}
	k.deal.Sync()
	k.deal.Only(&to, raw, 1)
	rest := k.all.Without(&to)
	for i := range states {
		k.deal.Only(&rest, states[i].Raw, 1)
	}
	k.after(uint16(gl.OpGlCallList), raw, h)
	return true, nil
}

// asksLead tells whether questions that only the lead node answers, and that leave nothing (prismGet), need go to no other.
func (k *culler) asksLead(h *wire.ChunkHeader) bool {
	return k != nil && k.dealing && !k.passed() && k.holding(h.Thread) == nil
}

// question sends the lead node such a question. The others go on as if it had not been: those that are idle need not hurry for it.
func (k *culler) question(ctx context.Context, raw []byte, emit func()) error {
	emit()
	if err := k.settle(ctx); err != nil {
		return err
	}
	k.deal.Ask(&k.repeats.lead, raw, 1)
	return nil
}

// sendFirst sends the node that draws alone a chunk for whose end the app waits, as it is, before its records are dealt, so that the app does not wait for that.
// There may be only questions to this node in it (prismGet), and records that go to it unchanged and with nothing in between: those of which frames that
// repeat may have, before there is any framebuffer object. sent: it has the chunk and is left out (Dealer.Mute) until the chunk's end (over).
func (k *culler) sendFirst(ctx context.Context, h *wire.ChunkHeader, c []byte) (sent bool, err error) {
	if k == nil || !k.dealing || !k.alone || !h.Urgent() || k.repeats.on || !k.undisturbed(h) || k.p.passes != nil && !k.p.passes.track.Unused() {
		return false, nil
	}
	if k.drawing() > 1 { // by a plan since the last frame
		return false, nil
	}
	recs, n := c[wire.ChunkHeaderBytes:], uint32(0)
	w := wire.WalkRecords(recs)
	for ; w.Next(); n++ {
		op := w.Op()
		cmd := k.p.ops.at(op)
		if cmd == nil || !cmd.fits(&w) ||
			op != opGet && (cmd.kind != kindPlain && cmd.kind != kindCallsList || !repeat.Follows(op)) {
			return false, nil
		}
	}
	if w.Err() != nil || n == 0 {
		return false, nil
	}
	get := k.p.ops.at(opGet)
	for w = wire.WalkRecords(recs); w.Next(); {
		if w.Op() != opGet {
			continue
		}
		if err := k.p.ask(get, &w); err != nil {
			return false, fmt.Errorf("%w: chunk %d: record %d: %s: %w", ErrStream, h.Seq, w.Index(), get.name, err)
		}
	}
	if err := k.settle(ctx); err != nil {
		return false, err
	}
	k.deal.Ask(&k.repeats.lead, recs, n)
	if err := k.sendBatch(ctx, k.p.Lead); err != nil {
		return false, err
	}
	k.deal.Mute(k.p.Lead, true)
	k.first = true
	return true, nil
}

// hurry says that somebody will wait for all nodes, the idle ones, too.
func (k *culler) hurry() {
	if k != nil {
		k.urgent = true
	}
}
