package session

import (
	"context"

	"github.com/prismgl/prism/nodes/session/repeat"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
	"github.com/prismgl/prism/tilesplit/track"
)

// Frames that repeat while one node draws alone: it gets them as they come, and what the others need of them waits until something else comes. Then only
// the latest one is dealt, for it replaces those before it (package repeat). Neither they nor the tracker are told of the others.

// repeating is the culler's part of it.
type repeating struct {
	frames   repeat.Frames
	learning bool // the frame under way, which is dealt
	on       bool // frames are compared with the one before
	header   wire.ChunkHeader
	begun    bool            // header is that of the frame which is learnt
	swap     []byte          // the last one
	contents repeat.Contents // of buffers, that the others lack
	lead     bounds.Mask
	pause    int // frames until one is learnt
	pauses   int // how often it was for nothing
	same     int // frames in a row
}

const (
	repeatPause  = 4  // frames, and each time that it was for nothing twice as many, up to
	repeatPauses = 6  // doublings
	repeatLong   = 32 // frames that repeat: it was worth it
)

// repeatsIn is called with each chunk's header.
func (k *culler) repeatsIn(ctx context.Context, h *wire.ChunkHeader) error {
	r := &k.repeats
	switch {
	case !r.on && !r.learning:
	case !r.begun:
		r.header, r.begun = *h, true
	case h.Thread == r.header.Thread && h.Ctx == r.header.Ctx && h.Draw == r.header.Draw && h.Read == r.header.Read:
	case r.on:
		return k.catchUp(ctx, func() {})
	default:
		r.frames.Odd()
	}
	return nil
}

// mayRepeat is called when a frame is over that was dealt.
func (k *culler) mayRepeat() {
	r := &k.repeats
	can := k.alone && k.err == nil
	switch {
	case r.learning:
		r.learning = false
		if r.on = can && r.begun && k.undisturbed(&r.header) && r.frames.Repeats(k.matrices()); r.on {
			k.deal.Sync()
			return
		}
		r.rest()
	case !can || k.p.Observer != nil:
	case r.pause > 0 && !k.p.Culling.Eager:
		r.pause--
	default:
		r.frames.Learn()
		r.learning, r.begun = true, false
	}
}

// rest puts off the next try.
func (r *repeating) rest() {
	r.pause, r.same = repeatPause<<r.pauses, 0
	r.pauses = min(r.pauses+1, repeatPauses)
}

// goesOn is called when a frame is over that was not dealt.
func (k *culler) goesOn() {
	k.stats.Repeated++
	r := &k.repeats
	if r.same++; r.same >= repeatLong {
		r.pauses = 0
	}
}

// undisturbed tells whether what frames draw in h's context is drawn by one node alone, and nothing is under way.
func (k *culler) undisturbed(h *wire.ChunkHeader) bool {
	p := k.p
	return p.moving == 0 && p.onWall == 0 && !p.clears.Front() && !p.effects && !p.counting && p.listReads == "" && len(k.held) == 0 && k.together(h) &&
		k.track.Plain(h) && p.drawFramebuffer[h.Ctx] == 0 && (p.passes == nil || p.passes.track.Alone())
}

func (k *culler) matrices() (m repeat.Matrices) {
	m.Mode, m.Modelview, m.Projection = k.track.Matrices(&k.repeats.header)
	return m
}

// learn notes what has become of a record of the frame that is learnt.
func (k *culler) learn(op uint16, raw []byte, next *staged, rest []byte, h *wire.ChunkHeader, taken bool) {
	f := &k.repeats.frames
	if next.open > 0 { // what it is for comes in another chunk
		return
	}
	switch gl.Op(op) {
	case gl.OpPrismSwap:
		k.repeats.swap = append(k.repeats.swap[:0], raw...)
	case gl.OpGlBindFramebuffer: // what becomes of images must be followed
		if k.p.passes == nil || k.p.passes.track.Off() != "" {
			f.Odd()
			return
		}
		f.Record(op, raw)
	case gl.OpGlBegin:
		if !taken {
			f.Odd()
			return
		}
		w := wire.WalkRecords(rest)
		for n := 0; n <= k.skip && w.Next(); n++ {
			f.Record(w.Op(), w.Raw())
		}
	case gl.OpGlCallList:
		if !taken {
			f.Odd()
			return
		}
		f.Record(op, raw)
		var states []track.State
		if l := k.track.List(h, word(raw, wire.RecordHeaderBytes)); l != nil {
			states = l.States
		} else if states, taken = k.track.Flattened(h, word(raw, wire.RecordHeaderBytes)); !taken {
			f.Odd()
		}
		for i := range states {
			f.Called(states[i].Op, states[i].Raw)
		}
	case gl.OpGlEnd, gl.OpPrismVertices: // of no group
		f.Odd()
	default:
		if repeat.Makes(op) && !taken { // all nodes have done so
			f.Odd()
			return
		}
		if next.n > 0 {
			op, raw = next.op, next.draw
		}
		f.Record(op, raw)
	}
}

// repeating tells whether records are compared with the frame before.
func (k *culler) repeating() bool { return k != nil && k.repeats.on }

// repeated compares a record with the frame before. is: it is as there, and goes to the node that draws alone. Data whose command comes in a later chunk does
// so, too, and is held back from the others.
func (k *culler) repeated(ctx context.Context, recs *wire.Records, next *staged, rest []byte, h *wire.ChunkHeader, emit func()) (is bool, err error) {
	op, raw := recs.Op(), recs.Raw()
	f, held := &k.repeats.frames, k.holding(h.Thread)
	draws := next.n > 0 || track.Draws(op)
	switch {
	case k.p.moving > 0:
	case next.open > 0:
		if k.together(h) && (held == nil || held.bytes < maxHolding) {
			k.hold(h, piece{rest[:next.bytes], uint32(next.open), true})
			k.pass = next.open - 1
			return true, nil
		}
	case repeat.Uploads(op) || op == uint16(gl.OpPrismData) && next.n == 0:
		if up := lead(*recs, repeat.Uploads); up.n > 0 {
			if is = k.uploaded(held, &up, rest[:up.bytes]); is {
				k.pass = up.n - 1
			}
		}
	case held != nil && !draws:
	case op == opSwap:
		if is = f.Swap(); is {
			k.repeats.swap = append(k.repeats.swap[:0], raw...)
		}
	case next.n > 0:
		if is = f.Match(next.op, next.draw); is {
			k.pass = next.n - 1
		}
	default:
		is = f.Match(op, raw)
	}
	if !is {
		return false, k.catchUp(ctx, emit)
	}
	if held != nil {
		k.drop(held)
	}
	if draws || op == uint16(gl.OpGlCallList) || op == uint16(gl.OpGlBegin) {
		n := &k.stats.Nodes[k.p.Lead]
		k.stats.Draws++
		k.stats.Bounded++
		n.Sent++
		n.Needed++
	}
	return true, nil
}

// catchUp deals what the other nodes lack of frames that have repeated, and goes on without.
func (k *culler) catchUp(ctx context.Context, emit func()) error {
	if k == nil || !k.repeats.on {
		return nil
	}
	emit() // to the one node
	r := &k.repeats
	r.on = false
	r.rest()
	stats, lead := k.stats, k.stats.Nodes[k.p.Lead]
	draws, sent, toAll := k.draws, k.sent, k.toAll
	k.deal.Mute(k.p.Lead, true)
	defer func() {
		k.deal.Mute(k.p.Lead, false)
		k.stats.Draws, k.stats.Bounded, k.stats.Nodes[k.p.Lead] = stats.Draws, stats.Bounded, lead
		k.draws, k.sent, k.toAll = draws, sent, toAll
	}()
	if k.p.passes != nil {
		k.p.passes.track.Redrawn()
	}
	held := k.held // leads to what comes behind them
	k.held = map[uint32]*holding{}
	if err := k.bringContents(ctx); err != nil {
		return err
	}
	for i, recs := range r.frames.Take() {
		at := 0
		for w := wire.WalkRecords(recs); w.Next(); at += len(w.Raw()) {
			if repeat.Compared(w.Op()) {
				continue
			}
			if err := k.redo(ctx, &w, recs[at:]); err != nil {
				return err
			}
		}
		if i == 0 && len(recs) > 0 && k.p.passes != nil {
			for w := wire.WalkRecords(r.swap); w.Next(); {
				if err := k.p.passes.before(ctx, &w, &staged{}, &r.header, func() {}); err != nil {
					return err
				}
			}
		}
	}
	k.held = held
	return nil
}

// redo deals one record of a frame that has repeated.
func (k *culler) redo(ctx context.Context, w *wire.Records, rest []byte) error {
	h, emit := &k.repeats.header, func() {}
	cmd, none := k.p.ops.at(w.Op()), &staged{} // no draws are kept
	if k.p.passes != nil && cmd.passes && !k.passed() {
		if err := k.p.passes.before(ctx, w, none, h, emit); err != nil {
			return err
		}
	}
	taken, err := k.record(ctx, cmd, w, none, rest, h, emit)
	if err == nil && !taken {
		k.deal.All(w.Raw(), 1)
	}
	return err
}
