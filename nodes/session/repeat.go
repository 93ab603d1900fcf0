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
	begun    bool // header is that of the frame which is learnt
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

// undisturbed tells whether frames that are drawn in h's context go to the window and nowhere else, and nothing is under way.
func (k *culler) undisturbed(h *wire.ChunkHeader) bool {
	p := k.p
	return p.moving == 0 && p.onWall == 0 && !p.clears.Front() && !p.effects && !p.counting && p.listReads == "" && len(k.held) == 0 && k.together(h) &&
		k.track.Plain(h) && p.drawFramebuffer[h.Ctx] == 0 && (p.passes == nil || p.passes.track.Quiet())
}

func (k *culler) matrices() (m repeat.Matrices) {
	m.Mode, m.Modelview, m.Projection = k.track.Matrices(&k.repeats.header)
	return m
}

// learn notes what has become of a record of the frame that is learnt.
func (k *culler) learn(op uint16, raw []byte, next *staged, rest []byte, h *wire.ChunkHeader, taken bool) {
	f := &k.repeats.frames
	switch gl.Op(op) {
	case gl.OpPrismSwap:
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
		switch {
		case next.open > 0:
			f.Odd()
		case next.n > 0:
			f.Record(next.op, next.draw)
		default:
			f.Record(op, raw)
		}
	}
}

// repeated compares a record with the frame before. is: it is as there, and goes to the node that draws alone.
func (k *culler) repeated(ctx context.Context, op uint16, raw []byte, next *staged, emit func()) (is bool, err error) {
	f := &k.repeats.frames
	switch {
	case k.p.moving > 0 || next.open > 0:
	case op == opSwap:
		is = f.Swap()
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
	if next.n > 0 || track.Draws(op) || op == uint16(gl.OpGlCallList) || op == uint16(gl.OpGlBegin) {
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
	stats, draws, sent, toAll, skip := k.stats.Draws, k.draws, k.sent, k.toAll, k.skip
	bounded, lead := k.stats.Bounded, k.stats.Nodes[k.p.Lead]
	k.deal.Mute(k.p.Lead, true)
	defer k.deal.Mute(k.p.Lead, false)
	for _, recs := range r.frames.Take() {
		at := 0
		for w := wire.WalkRecords(recs); w.Next(); at += len(w.Raw()) {
			taken, err := k.record(ctx, k.p.ops.at(w.Op()), &w, &staged{}, recs[at:], &r.header, func() {})
			if err != nil {
				return err
			}
			if !taken {
				k.deal.All(w.Raw(), 1)
			}
		}
	}
	k.stats.Draws, k.draws, k.sent, k.toAll, k.skip = stats, draws, sent, toAll, skip
	k.stats.Bounded, k.stats.Nodes[k.p.Lead] = bounded, lead
	return nil
}
