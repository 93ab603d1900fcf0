package clears

import (
	"encoding/binary"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// Buffers is a set of a drawable's buffers.
type Buffers uint8

// The buffers.
const (
	Color Buffers = 1 << iota
	Depth
	Stencil
	Accum // the accumulation buffer
	All   = Color | Depth | Stencil | Accum
)

// Target says of a record's context what others follow already.
type Target struct {
	Drawn, Read bool // the window is drawn to and read from, not a framebuffer object
	Same        bool // it is one window that is drawn to and read from
	Compiling   bool // a display list is made
	Only        bool // Compiling: it is not carried out besides
}

// Follower follows a session's stream. The zero value is one that has seen nothing.
type Follower struct {
	contexts map[uint32]*state
	listed   bool // a display list has commands that decide what clears clear
	front    bool
	used     Buffers
}

// Used are depth, stencil and accumulation where the app has used them so far: until then they are the same on all nodes, which all have made them alike.
func (f *Follower) Used() Buffers { return f.used }

// Front tells whether the app draws to or reads a front buffer, whose contents no clear of the back buffer replaces.
func (f *Follower) Front() bool { return f.front }

// Bits of glClear and glPushAttrib, and names, as in the specification.
const (
	glDepthBufferBit, glStencilBufferBit, glColorBufferBit = 0x100, 0x400, 0x4000
	glEnableBit, glScissorBit, glPixelModeBit              = 0x2000, 0x80000, 0x20
	glAccumBufferBit, glLoad                               = 0x200, 0x101
	glRender, glFeedback, glSelect                         = 0x1C00, 0x1C01, 0x1C02
	glScissorTest, glRasterizerDiscard                     = 0x0C11, 0x8C89
	glDepthTest, glStencilTest                             = 0x0B71, 0x0B90
	glBackLeft, glBack                                     = 0x402, 0x405
	glColor, glDepth, glStencil, glDepthStencil            = 0x1800, 0x1801, 0x1802, 0x84F9
	glFrontAndBack                                         = 0x408
)

// state is what decides in one context how far a clear of the window goes; the zero value is a new context's.
type state struct {
	scissor, discard, conditional bool
	depthTest, stencilTest        bool
	colorOff, depthOff            bool // some of the bits are masked
	stencilOff                    [2]bool
	elsewhere                     bool // the window's colour is drawn to no buffer, or to another than the back
	fromElsewhere                 bool // likewise, of reading it
	measures                      bool // glRenderMode: nothing is drawn
	unknown                       bool // a display list may have changed any of it

	stack []pushed // glPushAttrib
}

type pushed struct {
	mask  uint32
	state state // without stack
}

// maxPushed bounds what an app can make a Follower keep; GL promises 16.
const maxPushed = 64

// clearing are the commands that clear what is bound.
var clearing = map[gl.Op]bool{gl.OpGlClear: true, gl.OpGlClearBufferfv: true, gl.OpGlClearBufferiv: true, gl.OpGlClearBufferuiv: true, gl.OpGlClearBufferfi: true}

// follows are the commands that Record takes.
var follows = map[gl.Op]bool{
	gl.OpGlEnable: true, gl.OpGlDisable: true, gl.OpGlColorMask: true, gl.OpGlColorMaski: true, gl.OpGlDepthMask: true, gl.OpGlStencilMask: true,
	gl.OpGlStencilMaskSeparate: true, gl.OpGlDrawBuffer: true, gl.OpGlDrawBuffers: true, gl.OpGlReadBuffer: true, gl.OpGlNamedFramebufferDrawBuffer: true,
	gl.OpGlNamedFramebufferDrawBuffers: true, gl.OpGlNamedFramebufferReadBuffer: true, gl.OpGlPushAttrib: true, gl.OpGlPopAttrib: true,
	gl.OpPrismConditional: true, gl.OpPrismConditionalOf: true, gl.OpPrismRenderMode: true, gl.OpGlAccum: true,
	gl.OpGlEnablei: true, gl.OpGlDisablei: true, gl.OpGlClear: true, gl.OpGlClearBufferfv: true, gl.OpGlClearBufferiv: true, gl.OpGlClearBufferfi: true,
	gl.OpGlDrawPixels: true, gl.OpGlCopyPixels: true, gl.OpGlBlitFramebuffer: true, gl.OpGlBlitNamedFramebuffer: true,
	gl.OpGlClearNamedFramebufferfv: true, gl.OpGlClearNamedFramebufferiv: true, gl.OpGlClearNamedFramebufferfi: true,
}

// Follows tells whether Record has anything to do for a command.
func Follows(op gl.Op) bool { return follows[op] }

func (f *Follower) of(ctx uint32) *state {
	c := f.contexts[ctx]
	if c == nil {
		if f.contexts == nil {
			f.contexts = map[uint32]*state{}
		}
		c = &state{}
		f.contexts[ctx] = c
	}
	return c
}

// Called is told that a context calls display lists. They are not looked into: one that holds any of this makes it unknown.
func (f *Follower) Called(ctx uint32) {
	if f.listed {
		f.of(ctx).unknown = true
	}
}

// Record follows a record of the context ctx, of a command that Follows names. It gives what the app has not used before.
func (f *Follower) Record(op gl.Op, raw []byte, ctx uint32, to Target) (used Buffers) {
	c := f.of(ctx)
	v, err := gl.Decode(raw)
	if err != nil {
		c.unknown = true // the nodes will say what is wrong
		return 0
	}
	used = uses(&v) &^ f.used
	f.used |= used
	if to.Compiling {
		f.listed = true
		if to.Only {
			return used
		}
	}
	switch op {
	case gl.OpGlEnable, gl.OpGlDisable, gl.OpGlEnablei, gl.OpGlDisablei:
		on := op == gl.OpGlEnable || op == gl.OpGlEnablei
		switch v.Uint(0) {
		case glScissorTest: // one of several viewports' counts for all: clears look at the first
			c.scissor = on || c.scissor && op == gl.OpGlDisablei
		case glRasterizerDiscard:
			c.discard = on
		case glDepthTest:
			c.depthTest = on
		case glStencilTest:
			c.stencilTest = on
		}
	case gl.OpGlColorMask:
		c.colorOff = v.Uint(0) == 0 || v.Uint(1) == 0 || v.Uint(2) == 0 || v.Uint(3) == 0
	case gl.OpGlColorMaski:
		c.colorOff = c.colorOff || v.Uint(1) == 0 || v.Uint(2) == 0 || v.Uint(3) == 0 || v.Uint(4) == 0
	case gl.OpGlDepthMask:
		c.depthOff = v.Uint(0) == 0
	case gl.OpGlStencilMask:
		off := v.Uint(0)&0xff != 0xff
		c.stencilOff = [2]bool{off, off}
	case gl.OpGlStencilMaskSeparate:
		off := v.Uint(1)&0xff != 0xff
		for i, face := range [2]uint64{0x404, 0x405} {
			if f := v.Uint(0); f == face || f == glFrontAndBack {
				c.stencilOff[i] = off
			}
		}
	case gl.OpGlDrawBuffer:
		if to.Drawn {
			f.draws(c, uint32(v.Uint(0)))
		}
	case gl.OpGlDrawBuffers:
		if to.Drawn {
			f.drawsAll(c, v.Array(1), int(v.Uint(0)))
		}
	case gl.OpGlReadBuffer:
		if to.Read {
			f.reads(c, uint32(v.Uint(0)))
		}
	case gl.OpGlNamedFramebufferDrawBuffer:
		if v.Uint(0) == 0 {
			f.draws(c, uint32(v.Uint(1)))
		}
	case gl.OpGlNamedFramebufferDrawBuffers:
		if v.Uint(0) == 0 {
			f.drawsAll(c, v.Array(2), int(v.Uint(1)))
		}
	case gl.OpGlNamedFramebufferReadBuffer:
		if v.Uint(0) == 0 {
			f.reads(c, uint32(v.Uint(1)))
		}
	case gl.OpGlPushAttrib:
		if len(c.stack) < maxPushed {
			s := pushed{uint32(v.Uint(0)), *c}
			s.state.stack = nil
			c.stack = append(c.stack, s)
		} else {
			c.unknown = true
		}
	case gl.OpGlPopAttrib:
		c.pop()
	case gl.OpPrismRenderMode:
		if mode := v.Uint(0); mode == glRender || mode == glFeedback || mode == glSelect {
			c.measures = mode != glRender
		}
	case gl.OpPrismConditional: // 0 ends it
		c.conditional = v.Uint(0) != 0
	case gl.OpPrismConditionalOf:
		c.conditional = true
	}
	return used
}

// pop undoes glPushAttrib. Which draw buffers come back depends on what is bound, so that they are unknown unless nothing changed.
func (c *state) pop() {
	n := len(c.stack)
	if n == 0 {
		return // GL_STACK_UNDERFLOW
	}
	s := c.stack[n-1]
	c.stack = c.stack[:n-1]
	if s.mask&(glEnableBit|glScissorBit) != 0 {
		c.scissor = s.state.scissor
	}
	if s.mask&glEnableBit != 0 {
		c.discard = s.state.discard
	}
	if s.mask&glColorBufferBit != 0 {
		c.colorOff = s.state.colorOff
		c.elsewhere = c.elsewhere || s.state.elsewhere
	}
	if s.mask&glPixelModeBit != 0 {
		c.fromElsewhere = c.fromElsewhere || s.state.fromElsewhere
	}
	if s.mask&(glEnableBit|glDepthBufferBit) != 0 {
		c.depthTest = s.state.depthTest
	}
	if s.mask&(glEnableBit|glStencilBufferBit) != 0 {
		c.stencilTest = s.state.stencilTest
	}
	if s.mask&glDepthBufferBit != 0 {
		c.depthOff = s.state.depthOff
	}
	if s.mask&glStencilBufferBit != 0 {
		c.stencilOff = s.state.stencilOff
	}
	c.unknown = c.unknown || s.state.unknown
}

// draws notes where colour goes in the window.
func (f *Follower) draws(c *state, buffer uint32) {
	f.names(buffer)
	c.elsewhere = buffer != glBack && buffer != glBackLeft
}

func (f *Follower) drawsAll(c *state, a gl.Array, n int) {
	c.elsewhere = n != 1 // colour of a window has one buffer that counts
	if a.Mode != wire.BlobInline || len(a.Data) < 4*n || n < 0 {
		c.unknown = true
		return
	}
	for i := range n {
		b := binary.LittleEndian.Uint32(a.Data[4*i:])
		f.names(b)
		c.elsewhere = c.elsewhere || b != glBack && b != glBackLeft
	}
}

// reads notes where colour is read from in the window.
func (f *Follower) reads(c *state, buffer uint32) {
	f.names(buffer)
	c.fromElsewhere = buffer != glBack && buffer != glBackLeft
}

// names notes whether the app uses a front buffer.
func (f *Follower) names(buffer uint32) {
	switch buffer {
	case 0, glBack, glBackLeft:
	default:
		if buffer < 0x8CE0 || buffer > 0x8CFF { // GL_COLOR_ATTACHMENTn: an error for windows
			f.front = true
		}
	}
}

// uses says which of depth, stencil and accumulation a record uses. Every command that can change or read them, or lets draws do so, comes by here, also on its
// way into a display list.
func uses(v *gl.View) (b Buffers) {
	switch v.Op {
	case gl.OpGlEnable:
		switch v.Uint(0) {
		case glDepthTest:
			b = Depth
		case glStencilTest:
			b = Stencil
		}
	case gl.OpGlClear:
		if v.Uint(0)&glDepthBufferBit != 0 {
			b |= Depth
		}
		if v.Uint(0)&glStencilBufferBit != 0 {
			b |= Stencil
		}
		if v.Uint(0)&glAccumBufferBit != 0 {
			b |= Accum
		}
	case gl.OpGlAccum:
		b = Accum
	case gl.OpGlClearBufferfv:
		if v.Uint(0) != glColor {
			b = Depth
		}
	case gl.OpGlClearBufferiv:
		if v.Uint(0) != glColor {
			b = Stencil
		}
	case gl.OpGlDrawPixels, gl.OpGlCopyPixels, gl.OpGlBlitFramebuffer, gl.OpGlBlitNamedFramebuffer, gl.OpGlClearBufferfi,
		gl.OpGlClearNamedFramebufferfv, gl.OpGlClearNamedFramebufferiv, gl.OpGlClearNamedFramebufferfi:
		b = Depth | Stencil
	}
	return b
}

// Clears says which buffers of the window a record clears wholly, and which others it may change or read: of a draw, those that tests
// are on for.
func (f *Follower) Clears(op gl.Op, raw []byte, ctx uint32, to Target) (b, others Buffers) {
	c := f.of(ctx)
	v, err := gl.Decode(raw)
	if err != nil || c.unknown || to.Compiling || !to.Drawn {
		return 0, All
	}
	switch op {
	case gl.OpGlClear:
		m := v.Uint(0)
		if m&glColorBufferBit != 0 {
			b |= Color
		}
		if m&glDepthBufferBit != 0 {
			b |= Depth
		}
		if m&glStencilBufferBit != 0 {
			b |= Stencil
		}
		if m&glAccumBufferBit != 0 {
			b |= Accum
		}
	case gl.OpGlAccum:
		if v.Uint(0) != glLoad || !to.Read || !to.Same || c.fromElsewhere || c.scissor || c.discard || c.conditional || c.measures {
			return 0, Color | Accum
		}
		return Accum, Color
	case gl.OpGlClearBufferfv, gl.OpGlClearBufferiv, gl.OpGlClearBufferfi:
		switch buffer := v.Uint(0); {
		case v.Int(1) != 0:
		case buffer == glColor && op == gl.OpGlClearBufferfv:
			b = Color
		case buffer == glDepth && op == gl.OpGlClearBufferfv:
			b = Depth
		case buffer == glStencil && op == gl.OpGlClearBufferiv:
			b = Stencil
		case buffer == glDepthStencil && op == gl.OpGlClearBufferfi:
			b = Depth | Stencil
		}
	}
	switch {
	case b != 0:
	case clearing[op]: // a buffer that a window has not, or with integers
		return 0, All
	default:
		others = Color
		if c.depthTest {
			others |= Depth
		}
		if c.stencilTest {
			others |= Stencil
		}
		return 0, others
	}
	others = b
	if c.scissor || c.discard || c.conditional || c.measures {
		return 0, others
	}
	if c.colorOff || c.elsewhere {
		b &^= Color
	}
	if c.depthOff {
		b &^= Depth
	}
	if c.stencilOff[0] || c.stencilOff[1] { // glClear takes the front's mask; which is which has been seen wrong in drivers
		b &^= Stencil
	}
	return b, others &^ b
}
