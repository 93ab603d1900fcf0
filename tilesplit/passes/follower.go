package passes

import (
	"encoding/binary"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// Follower cuts a stream into passes.
type Follower struct {
	ended    func(*Pass)
	open     map[uint32]*Pass // by context: what is drawn to, if that is an object
	ordinals map[uint32]int   // of this frame, by framebuffer object
}

// Follow makes a Follower; ended is called with each pass that had draws, when it ends. The Pass is valid during the call.
func Follow(ended func(*Pass)) *Follower {
	return &Follower{ended: ended, open: map[uint32]*Pass{}, ordinals: map[uint32]int{}}
}

// everywhere is the reason where nothing is analysed.
const everywhere = "each node draws all of what is not the window"

// Record follows a record whose fixed part is whole.
func (f *Follower) Record(h *wire.ChunkHeader, op uint16, raw []byte) {
	info := gl.At(op)
	if info == nil || len(raw) < info.Fixed {
		return
	}
	switch gl.Op(op) {
	case gl.OpGlBindFramebuffer:
		const readTarget = 0x8CA8 // GL_READ_FRAMEBUFFER
		if binary.LittleEndian.Uint32(raw[8:]) == readTarget {
			return
		}
		f.end(h.Ctx)
		if serial := binary.LittleEndian.Uint32(raw[12:]); serial != 0 {
			f.open[h.Ctx] = &Pass{Context: h.Ctx, Framebuffer: serial, Choice: Replicate(everywhere)}
		}
	case gl.OpPrismSwap:
		for ctx := range f.open {
			p := *f.open[ctx]
			f.end(ctx)
			f.open[ctx] = &Pass{Context: ctx, Framebuffer: p.Framebuffer, Choice: p.Choice}
		}
		clear(f.ordinals)
	case gl.OpPrismContextDestroy:
		f.end(binary.LittleEndian.Uint32(raw[8:]))
	default:
		if p := f.open[h.Ctx]; p != nil && info.Draws() {
			p.Draws++
		}
	}
}

func (f *Follower) end(ctx uint32) {
	p := f.open[ctx]
	if p == nil {
		return
	}
	delete(f.open, ctx)
	if p.Draws == 0 {
		return
	}
	p.Ordinal = f.ordinals[p.Framebuffer]
	f.ordinals[p.Framebuffer]++
	f.ended(p)
}
