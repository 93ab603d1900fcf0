package session

import (
	"encoding/binary"
	"image"

	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// What an observer is told (Config.Observer). Nothing here decides anything.

// drawsAlone tells whether a command draws by itself: not the parts of a primitive, nor what stands around draws.
func drawsAlone(info *gl.Command, op gl.Op) bool {
	switch op {
	case gl.OpGlBegin, gl.OpGlCallList, gl.OpGlCallLists:
		return true
	case gl.OpGlEnd, gl.OpGlBeginTransformFeedback, gl.OpGlEndTransformFeedback, gl.OpGlPauseTransformFeedback, gl.OpGlResumeTransformFeedback,
		gl.OpGlBlendBarrier, gl.OpGlFramebufferFetchBarrierEXT, gl.OpGlPassThrough:
		return false
	}
	return info.Draws() && !info.Has(gl.FlagInBegin)
}

// targetOf says what is drawn to by a context that draws to framebuffer.
func (p *splitter) targetOf(h *wire.ChunkHeader, framebuffer uint32) observe.Target {
	t := observe.Target{Drawable: h.Draw, Framebuffer: framebuffer}
	d := p.drawables[h.Draw]
	if d != nil {
		t.Width, t.Height = d.width, d.height
	}
	switch {
	case framebuffer != 0:
		if cut := p.passes.cut(h.Ctx); cut != nil {
			t.Width, t.Height = cut.Width, cut.Height
		}
		t.Division, t.Why = p.passes.division(h.Ctx, framebuffer)
	case d == nil || d.plan == nil:
		t.Division, t.Why = observe.Nowhere, "no window, or one without pixels"
	case d.whole:
		t.Why = d.wholeBecause
	case p.peers == 1:
		t.Division, t.Why = observe.Tiled, "one node draws all"
	case d.plan.Mode == tilesplit.Subpixel:
		t.Why = "sub-pixel frames: each node draws the whole picture, shifted"
	default:
		t.Division, t.Why = observe.Tiled, "each node draws the pixels of its tiles"
	}
	return t
}

// observeDraw tells of n records that begin with the one in hand, and are a draw by the command cmd.
func (p *splitter) observeDraw(h *wire.ChunkHeader, cmd []byte, n int, to *bounds.Mask, r image.Rectangle, unbounded, why string) {
	p.told = true
	if p.compiling[h.Ctx] == compileOnly {
		return
	}
	d := observe.Draw{Command: cmd, Records: n, Target: p.targetOf(h, p.drawFramebuffer[h.Ctx]), Nodes: *to, Unbounded: unbounded, Why: why}
	if d.Bounded = unbounded == ""; d.Bounded {
		d.Rect = r.Intersect(image.Rect(0, 0, d.Target.Width, d.Target.Height))
	}
	if p.cull != nil {
		d.Program, d.Position = p.cull.track.Placing(h)
	}
	p.Observer.Draw(&d)
}

// observe tells of a draw that goes to all because the dealing pauses.
func (k *culler) observe(op uint16, raw []byte, h *wire.ChunkHeader) {
	_, r, why := k.find(h, "", func(picture image.Rectangle) (image.Rectangle, string) { return k.track.Draw(h, op, raw, picture) })
	k.p.observeDraw(h, raw, 1, &k.all, r, why, k.pausing())
}

// pausing says why nothing is dealt.
func (k *culler) pausing() string {
	if k.p.effects {
		return writingPrograms
	}
	return "culling pauses, for it has saved little"
}

// observeUncut tells of a draw that goes to all nodes without having been looked at.
func (p *splitter) observeUncut(h *wire.ChunkHeader, op gl.Op, raw []byte) {
	p.told = true
	if p.compiling[h.Ctx] == compileOnly && gl.Info[op].Has(gl.FlagListable) {
		return
	}
	d := observe.Draw{Command: raw, Records: 1, Target: p.targetOf(h, p.drawFramebuffer[h.Ctx]), Nodes: bounds.All(min(p.peers, bounds.MaxNodes))}
	for _, name := range []string{"framebuffer", "drawFramebuffer"} { // commands that name what they draw to
		if i := gl.Info[op].Field(name); i >= 0 {
			d.Target = p.targetOf(h, binary.LittleEndian.Uint32(raw[gl.Info[op].Fields[i].Offset:]))
		}
	}
	switch {
	case p.peers == 1:
		d.Why = "one node draws all"
	case p.Culling == nil:
		d.Why = "culling is off"
	case p.cull == nil:
		d.Why = "more nodes than culling knows"
	case !p.cull.dealing:
		d.Why = p.cull.pausing()
	}
	if op == gl.OpGlDispatchCompute || op == gl.OpGlDispatchComputeIndirect {
		d.Target = observe.Target{Why: "computing is done by all nodes"}
	}
	switch op {
	case gl.OpGlClear, gl.OpGlClearBufferfi, gl.OpGlClearBufferfv, gl.OpGlClearBufferiv, gl.OpGlClearBufferuiv,
		gl.OpGlClearNamedFramebufferfi, gl.OpGlClearNamedFramebufferfv, gl.OpGlClearNamedFramebufferiv, gl.OpGlClearNamedFramebufferuiv:
		d.Unbounded = "it clears"
	case gl.OpGlAccum:
		d.Unbounded = "it accumulates"
	case gl.OpGlBegin:
		d.Unbounded = "glBegin … glEnd with more than vertices and plain state"
	case gl.OpGlCallList, gl.OpGlCallLists:
		d.Unbounded = "display lists of more than vertices and plain state"
	case gl.OpGlDispatchCompute, gl.OpGlDispatchComputeIndirect:
		d.Unbounded = "it computes"
	default:
		d.Unbounded = "a command whose vertices are not followed"
		if p.cull != nil {
			d.Program, d.Position = p.cull.track.Placing(h)
		}
	}
	if d.Why != "" && d.Unbounded != "it clears" { // it was not looked at
		d.Unbounded, d.Why = d.Why, ""
	}
	p.Observer.Draw(&d)
}

// observeFrame tells of a swap.
func (p *splitter) observeFrame(payload []byte, d *drawable) {
	f := observe.Frame{Drawable: binary.LittleEndian.Uint32(payload), Number: binary.LittleEndian.Uint64(payload[8:])}
	if d != nil {
		f.Plan = d.plan
	}
	if p.cull != nil {
		s := p.cull.deal.Stats()
		f.Held, f.Merged = s.Held, s.Merged
	}
	p.Observer.Frame(&f)
}
