package session

import (
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// What a clear of a window clears, as far as the stream tells: a buffer counts as cleared when each of its pixels and bits is. What is
// not known for sure does not count, which costs an exchange and never a pixel.

// cleared is a set of a drawable's buffers.
type cleared uint8

const (
	clearedColor cleared = 1 << iota
	clearedDepth
	clearedStencil
	allBuffers = clearedColor | clearedDepth | clearedStencil
)

// Bits of glClear and glPushAttrib, and names, as in the specification.
const (
	glDepthBufferBit, glStencilBufferBit, glColorBufferBit = 0x100, 0x400, 0x4000
	glEnableBit, glScissorBit                              = 0x2000, 0x80000
	glScissorTest, glRasterizerDiscard                     = 0x0C11, 0x8C89
	glDepthTest, glStencilTest                             = 0x0B71, 0x0B90
	glBackLeft, glBack                                     = 0x402, 0x405
	glColor, glDepth, glStencil, glDepthStencil            = 0x1800, 0x1801, 0x1802, 0x84F9
	glFrontAndBack                                         = 0x408
)

// clearState is what decides in one context how far a clear of the window goes; the zero value is a new context's.
type clearState struct {
	scissor, discard, conditional bool
	depthTest, stencilTest        bool
	colorOff, depthOff            bool // some of the bits are masked
	stencilOff                    [2]bool
	elsewhere                     bool // the window's colour is drawn to no buffer, or to another than the back
	unknown                       bool // a display list may have changed any of it

	saved []savedClear // glPushAttrib
}

type savedClear struct {
	mask  uint32
	state clearState // without saved
}

// maxSaved bounds what an app can make the session keep; GL promises 16.
const maxSaved = 64

// clears are the commands that clear what is bound.
var clears = map[gl.Op]bool{gl.OpGlClear: true, gl.OpGlClearBufferfv: true, gl.OpGlClearBufferiv: true, gl.OpGlClearBufferuiv: true, gl.OpGlClearBufferfi: true}

// follows are the commands that change a clearState.
var follows = map[gl.Op]bool{
	gl.OpGlEnable: true, gl.OpGlDisable: true, gl.OpGlColorMask: true, gl.OpGlColorMaski: true, gl.OpGlDepthMask: true, gl.OpGlStencilMask: true,
	gl.OpGlStencilMaskSeparate: true, gl.OpGlDrawBuffer: true, gl.OpGlDrawBuffers: true, gl.OpGlReadBuffer: true, gl.OpGlNamedFramebufferDrawBuffer: true,
	gl.OpGlNamedFramebufferDrawBuffers: true, gl.OpGlNamedFramebufferReadBuffer: true, gl.OpGlPushAttrib: true, gl.OpGlPopAttrib: true,
	gl.OpPrismConditional: true, gl.OpPrismConditionalOf: true, gl.OpGlBeginConditionalRender: true, gl.OpGlEndConditionalRender: true,
	gl.OpGlEnablei: true, gl.OpGlDisablei: true, gl.OpGlClear: true, gl.OpGlClearBufferfv: true, gl.OpGlClearBufferiv: true, gl.OpGlClearBufferfi: true,
	gl.OpGlDrawPixels: true, gl.OpGlCopyPixels: true, gl.OpGlBlitFramebuffer: true, gl.OpGlBlitNamedFramebuffer: true,
	gl.OpGlClearNamedFramebufferfv: true, gl.OpGlClearNamedFramebufferiv: true, gl.OpGlClearNamedFramebufferfi: true,
}

// clearsOf gives a context's state.
func (p *splitter) clearsOf(ctx uint32) *clearState {
	c := p.clears[ctx]
	if c == nil {
		c = &clearState{}
		p.clears[ctx] = c
	}
	return c
}

// follow keeps the state of the record's context. Display lists are not looked into: one that holds any of this makes it unknown.
func (p *splitter) follow(op gl.Op, raw []byte, ctx uint32) {
	c := p.clearsOf(ctx)
	v, err := gl.Decode(raw)
	if err != nil {
		c.unknown = true // the nodes will say what is wrong
		return
	}
	p.use(&v)
	if mode, compiling := p.compiling[ctx]; compiling {
		p.listClears = true
		if mode == compileOnly {
			return
		}
	}
	window := p.drawFramebuffer[ctx] == 0
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
		if window {
			c.draws(p, uint32(v.Uint(0)))
		}
	case gl.OpGlDrawBuffers:
		if window {
			c.drawsAll(p, v.Array(1), int(v.Uint(0)))
		}
	case gl.OpGlReadBuffer:
		if p.readFramebuffer[ctx] == 0 {
			p.names(uint32(v.Uint(0)))
		}
	case gl.OpGlNamedFramebufferDrawBuffer:
		if v.Uint(0) == 0 {
			c.draws(p, uint32(v.Uint(1)))
		}
	case gl.OpGlNamedFramebufferDrawBuffers:
		if v.Uint(0) == 0 {
			c.drawsAll(p, v.Array(2), int(v.Uint(1)))
		}
	case gl.OpGlNamedFramebufferReadBuffer:
		if v.Uint(0) == 0 {
			p.names(uint32(v.Uint(1)))
		}
	case gl.OpGlPushAttrib:
		if len(c.saved) < maxSaved {
			s := savedClear{uint32(v.Uint(0)), *c}
			s.state.saved = nil
			c.saved = append(c.saved, s)
		} else {
			c.unknown = true
		}
	case gl.OpGlPopAttrib:
		c.pop()
	case gl.OpPrismConditional, gl.OpPrismConditionalOf, gl.OpGlBeginConditionalRender:
		c.conditional = true
	case gl.OpGlEndConditionalRender:
		c.conditional = false
	}
}

// pop undoes glPushAttrib. Which draw buffers come back depends on what is bound, so that they are unknown unless nothing changed.
func (c *clearState) pop() {
	n := len(c.saved)
	if n == 0 {
		return // GL_STACK_UNDERFLOW
	}
	s := c.saved[n-1]
	c.saved = c.saved[:n-1]
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
func (c *clearState) draws(p *splitter, buffer uint32) {
	p.names(buffer)
	c.elsewhere = buffer != glBack && buffer != glBackLeft
}

func (c *clearState) drawsAll(p *splitter, a gl.Array, n int) {
	c.elsewhere = n != 1 // colour of a window has one buffer that counts
	if a.Mode != wire.BlobInline || len(a.Data) < 4*n || n < 0 {
		c.unknown = true
		return
	}
	for i := range n {
		b := word(a.Data, 4*i)
		p.names(b)
		c.elsewhere = c.elsewhere || b != glBack && b != glBackLeft
	}
}

// names notes that the app uses a front buffer, whose contents no clear of the back buffer replaces.
func (p *splitter) names(buffer uint32) {
	switch buffer {
	case 0, glBack, glBackLeft:
	default:
		if buffer < 0x8CE0 || buffer > 0x8CFF { // GL_COLOR_ATTACHMENTn: an error for windows
			p.usesFront = true
		}
	}
}

// use notes which of depth and stencil the app uses: until then they are the same on all nodes, which all have made them alike. Every
// command that can change or read them, or lets draws do so, comes by here, also on its way into a display list.
func (p *splitter) use(v *gl.View) {
	b := cleared(0)
	switch v.Op {
	case gl.OpGlEnable:
		switch v.Uint(0) {
		case glDepthTest:
			b = clearedDepth
		case glStencilTest:
			b = clearedStencil
		}
	case gl.OpGlClear:
		if v.Uint(0)&glDepthBufferBit != 0 {
			b |= clearedDepth
		}
		if v.Uint(0)&glStencilBufferBit != 0 {
			b |= clearedStencil
		}
	case gl.OpGlClearBufferfv:
		if v.Uint(0) != glColor {
			b = clearedDepth
		}
	case gl.OpGlClearBufferiv:
		if v.Uint(0) != glColor {
			b = clearedStencil
		}
	case gl.OpGlDrawPixels, gl.OpGlCopyPixels, gl.OpGlBlitFramebuffer, gl.OpGlBlitNamedFramebuffer, gl.OpGlClearBufferfi,
		gl.OpGlClearNamedFramebufferfv, gl.OpGlClearNamedFramebufferiv, gl.OpGlClearNamedFramebufferfi:
		b = clearedDepth | clearedStencil
	}
	if b &^= p.used; b == 0 {
		return
	}
	p.used |= b
	for _, d := range p.drawables {
		d.lie(b, d.plan)
	}
}

// clearing says which buffers of the window a record clears wholly, and which others it may change or read: of a draw, those that tests
// are on for.
func (p *splitter) clearing(op gl.Op, raw []byte, ctx uint32) (b, others cleared) {
	c := p.clearsOf(ctx)
	_, compiling := p.compiling[ctx]
	v, err := gl.Decode(raw)
	if err != nil || c.unknown || compiling || p.drawFramebuffer[ctx] != 0 {
		return 0, allBuffers
	}
	switch op {
	case gl.OpGlClear:
		m := v.Uint(0)
		if m&glColorBufferBit != 0 {
			b |= clearedColor
		}
		if m&glDepthBufferBit != 0 {
			b |= clearedDepth
		}
		if m&glStencilBufferBit != 0 {
			b |= clearedStencil
		}
	case gl.OpGlClearBufferfv, gl.OpGlClearBufferiv, gl.OpGlClearBufferfi:
		switch buffer := v.Uint(0); {
		case v.Int(1) != 0:
		case buffer == glColor && op == gl.OpGlClearBufferfv:
			b = clearedColor
		case buffer == glDepth && op == gl.OpGlClearBufferfv:
			b = clearedDepth
		case buffer == glStencil && op == gl.OpGlClearBufferiv:
			b = clearedStencil
		case buffer == glDepthStencil && op == gl.OpGlClearBufferfi:
			b = clearedDepth | clearedStencil
		}
	}
	switch {
	case b != 0:
	case clears[op]: // a buffer that a window has not, or with integers
		return 0, allBuffers
	default:
		others = clearedColor
		if c.depthTest {
			others |= clearedDepth
		}
		if c.stencilTest {
			others |= clearedStencil
		}
		return 0, others
	}
	others = b
	if c.scissor || c.discard || c.conditional {
		return 0, others
	}
	if c.colorOff || c.elsewhere {
		b &^= clearedColor
	}
	if c.depthOff {
		b &^= clearedDepth
	}
	if c.stencilOff[0] || c.stencilOff[1] { // glClear takes the front's mask; which is which has been seen wrong in drivers
		b &^= clearedStencil
	}
	return b, others &^ b
}
