package clears

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// window is what a context draws to that has bound nothing.
var window = Target{Drawn: true, Read: true, Same: true}

// record makes one of command op; put writes its fields.
func record(t testing.TB, op gl.Op, put func(b *wire.Builder)) []byte {
	t.Helper()
	b := (&wire.Builder{}).Chunk(wire.ChunkHeader{Thread: 1}).Record(uint16(op), 0)
	if put != nil {
		put(b)
	}
	chunk, err := b.End().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return chunk[wire.ChunkHeaderBytes:]
}

// stream is a Follower and what its only context does.
type stream struct {
	testing.TB
	f  Follower
	to Target
}

// do has a record followed whose fixed part is words, and gives what it uses for the first time.
func (s *stream) do(op gl.Op, words ...uint32) Buffers {
	s.Helper()
	if !Follows(op) {
		s.Fatalf("%v is not followed", op)
	}
	return s.f.Record(op, s.record(op, words...), 1, s.to)
}

func (s *stream) record(op gl.Op, words ...uint32) []byte {
	s.Helper()
	return record(s, op, func(b *wire.Builder) {
		for _, w := range words {
			b.U32(w)
		}
	})
}

// asks does it of a record with a reply id.
func (s *stream) asks(op gl.Op, words ...uint32) { s.do(op, append([]uint32{1, 0}, words...)...) }

// buffers does it of glDrawBuffers, n of which the app says.
func (s *stream) buffers(n uint32, list ...uint32) {
	var data []byte
	for _, b := range list {
		data = binary.LittleEndian.AppendUint32(data, b)
	}
	s.f.Record(gl.OpGlDrawBuffers, record(s, gl.OpGlDrawBuffers, func(b *wire.Builder) { b.U32(n).Inline(data) }), 1, s.to)
}

const (
	front, none = 0x404, 0
	everything  = glColorBufferBit | glDepthBufferBit | glStencilBufferBit | glAccumBufferBit
)

func TestClears(t *testing.T) {
	for name, c := range map[string]struct {
		before        func(s *stream)
		clear         func(s *stream) (gl.Op, []byte) // nil: glClear of everything
		want, besides Buffers
	}{
		"All":     {want: All},
		"OneMask": {clear: glClear(glDepthBufferBit), want: Depth},
		"Scissor": {before: func(s *stream) { s.do(gl.OpGlEnable, glScissorTest) }, besides: All},
		"ScissorIsOff": {before: func(s *stream) {
			s.do(gl.OpGlEnable, glScissorTest)
			s.do(gl.OpGlDisable, glScissorTest)
		}, want: All},
		"OneScissorOfSeveralIsOff": {before: func(s *stream) {
			s.do(gl.OpGlEnable, glScissorTest)
			s.do(gl.OpGlDisablei, glScissorTest, 1)
		}, besides: All},
		"Discard":       {before: func(s *stream) { s.do(gl.OpGlEnable, glRasterizerDiscard) }, besides: All},
		"ColourMask":    {before: func(s *stream) { s.do(gl.OpGlColorMask, 1, 1, 1, 0) }, want: Depth | Stencil | Accum, besides: Color},
		"OneColourMask": {before: func(s *stream) { s.do(gl.OpGlColorMaski, 0, 1, 0, 1, 1) }, want: Depth | Stencil | Accum, besides: Color},
		"DepthMask":     {before: func(s *stream) { s.do(gl.OpGlDepthMask, 0) }, want: Color | Stencil | Accum, besides: Depth},
		"StencilMask":   {before: func(s *stream) { s.do(gl.OpGlStencilMask, 0x7f) }, want: Color | Depth | Accum, besides: Stencil},
		"StencilMaskOfTheBack": {before: func(s *stream) { s.do(gl.OpGlStencilMaskSeparate, 0x405, 0) },
			want: Color | Depth | Accum, besides: Stencil},
		"StencilMaskOfAllBits": {before: func(s *stream) { s.do(gl.OpGlStencilMask, math.MaxUint32) }, want: All},
		"FrontBuffer":          {before: func(s *stream) { s.do(gl.OpGlDrawBuffer, front) }, want: Depth | Stencil | Accum, besides: Color},
		"BackBufferAgain": {before: func(s *stream) {
			s.do(gl.OpGlDrawBuffer, none)
			s.do(gl.OpGlDrawBuffer, glBack)
		}, want: All},
		"DrawBuffers":        {before: func(s *stream) { s.buffers(1, glBackLeft) }, want: All},
		"DrawBuffersOfNone":  {before: func(s *stream) { s.buffers(1, none) }, want: Depth | Stencil | Accum, besides: Color},
		"DrawBuffersOfTwo":   {before: func(s *stream) { s.buffers(2, none, glBack) }, want: Depth | Stencil | Accum, besides: Color},
		"DrawBuffersMissing": {before: func(s *stream) { s.buffers(2, glBack) }, besides: All},
		"NamedWindow":        {before: func(s *stream) { s.do(gl.OpGlNamedFramebufferDrawBuffer, 0, front) }, want: Depth | Stencil | Accum, besides: Color},
		"NamedObject":        {before: func(s *stream) { s.do(gl.OpGlNamedFramebufferDrawBuffer, 7, 0x8CE0) }, want: All},
		"DrawBufferOfAnObject": {before: func(s *stream) {
			s.to.Drawn = false
			s.do(gl.OpGlDrawBuffer, none)
			s.to.Drawn = true
		}, want: All},
		"Object":      {before: func(s *stream) { s.to.Drawn = false }, besides: All},
		"Conditional": {before: func(s *stream) { s.do(gl.OpPrismConditional, 1) }, besides: All},
		"ConditionalEnded": {before: func(s *stream) {
			s.do(gl.OpPrismConditionalOf, 0, 3, 1, 0)
			s.do(gl.OpPrismConditional, 0)
		}, want: All},
		"Corrupt": {before: func(s *stream) {
			s.f.Record(gl.OpGlEnable, s.record(gl.OpGlEnable, glDepthTest, 0, 0, 0), 1, s.to)
		}, besides: All},
		"OtherContext": {before: func(s *stream) { s.f.Record(gl.OpGlEnable, s.record(gl.OpGlEnable, glScissorTest), 2, s.to) }, want: All},
		"PopAttrib": {before: func(s *stream) {
			s.do(gl.OpGlPushAttrib, math.MaxUint32)
			s.do(gl.OpGlEnable, glScissorTest)
			s.do(gl.OpGlColorMask, 0, 0, 0, 0)
			s.do(gl.OpGlDepthMask, 0)
			s.do(gl.OpGlStencilMask, 0)
			s.do(gl.OpGlPopAttrib)
		}, want: All},
		"PopAttribOfTheScissor": {before: func(s *stream) {
			s.do(gl.OpGlPushAttrib, glScissorBit)
			s.do(gl.OpGlEnable, glScissorTest)
			s.do(gl.OpGlDepthMask, 0)
			s.do(gl.OpGlPopAttrib)
		}, want: Color | Stencil | Accum, besides: Depth},
		"PopAttribOfNothing": {before: func(s *stream) { s.do(gl.OpGlPopAttrib) }, want: All},
		"DeepStack": {before: func(s *stream) {
			for range maxPushed + 1 {
				s.do(gl.OpGlPushAttrib, 0)
			}
		}, besides: All},
		"BufferOfColour": {clear: clearBuffer(gl.OpGlClearBufferfv, glColor, 0, 4), want: Color},
		"OtherColour":    {clear: clearBuffer(gl.OpGlClearBufferfv, glColor, 1, 4), besides: All},
		"BufferOfDepth":  {clear: clearBuffer(gl.OpGlClearBufferfv, glDepth, 0, 1), want: Depth},
		"BufferOfStencil": {before: func(s *stream) { s.do(gl.OpGlDepthMask, 0) },
			clear: clearBuffer(gl.OpGlClearBufferiv, glStencil, 0, 1), want: Stencil},
		"Integers":           {clear: clearBuffer(gl.OpGlClearBufferuiv, glColor, 0, 4), besides: All},
		"BufferOfBoth":       {clear: clearBoth, want: Depth | Stencil},
		"BufferOfMaskedBoth": {before: func(s *stream) { s.do(gl.OpGlDepthMask, 0) }, clear: clearBoth, want: Stencil, besides: Depth},
		"Draw":               {clear: draw, besides: Color},
		"DrawWithTests": {before: func(s *stream) {
			s.do(gl.OpGlEnable, glDepthTest)
			s.do(gl.OpGlEnable, glStencilTest)
		}, clear: draw, besides: Color | Depth | Stencil},
		"DrawWithOneTest": {before: func(s *stream) {
			s.do(gl.OpGlEnable, glDepthTest)
			s.do(gl.OpGlEnable, glStencilTest)
			s.do(gl.OpGlDisable, glDepthTest)
		}, clear: draw, besides: Color | Stencil},
		"Measures":       {before: func(s *stream) { s.asks(gl.OpPrismRenderMode, glSelect) }, besides: All},
		"Load":           {clear: accum(glLoad), want: Accum, besides: Color},
		"LoadOfAPart":    {before: func(s *stream) { s.do(gl.OpGlEnable, glScissorTest) }, clear: accum(glLoad), besides: Color | Accum},
		"LoadOfTheFront": {before: func(s *stream) { s.do(gl.OpGlReadBuffer, front) }, clear: accum(glLoad), besides: Color | Accum},
		"LoadOfNothing": {before: func(s *stream) {
			s.do(gl.OpGlPushAttrib, glPixelModeBit)
			s.do(gl.OpGlReadBuffer, none)
			s.do(gl.OpGlPopAttrib)
			s.do(gl.OpGlNamedFramebufferReadBuffer, 0, none)
		}, clear: accum(glLoad), besides: Color | Accum},
		"LoadOfAnotherWindow": {before: func(s *stream) { s.to.Same = false }, clear: accum(glLoad), besides: Color | Accum},
		"Accumulate":          {clear: accum(0x100), besides: Color | Accum},
		"ListIsCompiled":      {before: func(s *stream) { s.to.Compiling = true }, besides: All},
		"ListThatClearsIsCalled": {before: func(s *stream) {
			s.to.Compiling, s.to.Only = true, true
			s.do(gl.OpGlDepthMask, 0)
			s.to = window
			s.f.Called(1)
		}, besides: All},
		"ListThatClearsIsNotCalled": {before: func(s *stream) {
			s.to.Compiling, s.to.Only = true, true
			s.do(gl.OpGlDepthMask, 0)
			s.to = window
		}, want: All},
		"ListIsCarriedOutToo": {before: func(s *stream) {
			s.to.Compiling = true
			s.do(gl.OpGlDepthMask, 0)
			s.to = window
		}, want: Color | Stencil | Accum, besides: Depth},
		"OtherListIsCalled": {before: func(s *stream) { s.f.Called(1) }, want: All},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stream{TB: t, to: window}
			if c.before != nil {
				c.before(s)
			}
			if c.clear == nil {
				c.clear = glClear(everything)
			}
			op, raw := c.clear(s)
			if got, others := s.f.Clears(op, raw, 1, s.to); got != c.want || others != c.besides {
				t.Errorf("clears %04b and touches %04b, want %04b and %04b", got, others, c.want, c.besides)
			}
		})
	}
}

func glClear(mask uint32) func(s *stream) (gl.Op, []byte) {
	return func(s *stream) (gl.Op, []byte) { return gl.OpGlClear, s.record(gl.OpGlClear, mask) }
}

func clearBuffer(op gl.Op, buffer uint32, index int32, values int) func(s *stream) (gl.Op, []byte) {
	return func(s *stream) (gl.Op, []byte) {
		return op, record(s, op, func(b *wire.Builder) { b.U32(buffer).I32(index).Inline(make([]byte, 4*values)) })
	}
}

func clearBoth(s *stream) (gl.Op, []byte) {
	return gl.OpGlClearBufferfi, s.record(gl.OpGlClearBufferfi, glDepthStencil, 0, 0, 0)
}

func accum(operation uint32) func(s *stream) (gl.Op, []byte) {
	return func(s *stream) (gl.Op, []byte) { return gl.OpGlAccum, s.record(gl.OpGlAccum, operation, 0) }
}

func draw(s *stream) (gl.Op, []byte) { return gl.OpGlDrawArrays, s.record(gl.OpGlDrawArrays, 4, 0, 3) }

// Depth and stencil are used from the first command on that can change or read them, also one that only goes into a display list.
func TestUsed(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(s *stream) Buffers
		want Buffers
	}{
		"DepthTest":   {func(s *stream) Buffers { return s.do(gl.OpGlEnable, glDepthTest) }, Depth},
		"StencilTest": {func(s *stream) Buffers { return s.do(gl.OpGlEnable, glStencilTest) }, Stencil},
		"NoTest":      {func(s *stream) Buffers { return s.do(gl.OpGlDisable, glDepthTest) }, 0},
		"ColourClear": {func(s *stream) Buffers { return s.do(gl.OpGlClear, glColorBufferBit) }, 0},
		"Clear":       {func(s *stream) Buffers { return s.do(gl.OpGlClear, everything) }, Depth | Stencil | Accum},
		"PixelsAreOf": {func(s *stream) Buffers { return s.do(gl.OpGlCopyPixels, 0, 0, 4, 4, glDepth) }, Depth | Stencil},
		"Accumulates": {func(s *stream) Buffers { return s.do(gl.OpGlAccum, 0x100, 0) }, Accum},
		"IntoAList": {func(s *stream) Buffers {
			s.to = Target{Compiling: true, Only: true}
			return s.do(gl.OpGlEnable, glDepthTest)
		}, Depth},
		"OfAnObject":   {func(s *stream) Buffers { s.to.Drawn = false; return s.do(gl.OpGlClear, glDepthBufferBit) }, Depth},
		"OnlyTheFirst": {func(s *stream) Buffers { s.do(gl.OpGlClear, glDepthBufferBit); return s.do(gl.OpGlClear, everything) }, Stencil | Accum},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stream{TB: t, to: window}
			if got := c.do(s); got != c.want {
				t.Errorf("used for the first time: %04b, want %04b", got, c.want)
			}
			if got := s.f.Used(); got&c.want != c.want || got&Color != 0 {
				t.Errorf("used: %04b", got)
			}
		})
	}
}

func TestFront(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(s *stream)
		want bool
	}{
		"Nothing":      {func(*stream) {}, false},
		"Back":         {func(s *stream) { s.do(gl.OpGlDrawBuffer, glBack); s.do(gl.OpGlReadBuffer, glBackLeft) }, false},
		"Drawn":        {func(s *stream) { s.do(gl.OpGlDrawBuffer, front) }, true},
		"Read":         {func(s *stream) { s.do(gl.OpGlReadBuffer, front) }, true},
		"ReadByName":   {func(s *stream) { s.do(gl.OpGlNamedFramebufferReadBuffer, 0, front) }, true},
		"OfSeveral":    {func(s *stream) { s.buffers(2, glBack, front) }, true},
		"FrontAndBack": {func(s *stream) { s.do(gl.OpGlDrawBuffer, glFrontAndBack) }, true},
		"OfAnObject":   {func(s *stream) { s.to.Read = false; s.do(gl.OpGlReadBuffer, front) }, false},
		"Attachment":   {func(s *stream) { s.do(gl.OpGlDrawBuffer, 0x8CE0) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stream{TB: t, to: window}
			c.do(s)
			if got := s.f.Front(); got != c.want {
				t.Errorf("a front buffer is used: %v", got)
			}
		})
	}
}

// Whatever is in a record, it is followed, and what is cleared is never said to be touched besides.
func TestAnyRecord(t *testing.T) {
	s := &stream{TB: t, to: window}
	for op := range gl.Op(gl.Ops) {
		info := gl.At(uint16(op))
		if info == nil {
			continue
		}
		for _, fill := range []byte{0, 1, 0xff} {
			raw := make([]byte, info.Fixed)
			for i := range raw {
				raw[i] = fill
			}
			binary.LittleEndian.PutUint32(raw, uint32(len(raw)))
			binary.LittleEndian.PutUint16(raw[4:], uint16(op))
			binary.LittleEndian.PutUint16(raw[6:], 0)
			if Follows(op) {
				s.f.Record(op, raw, uint32(fill), s.to)
			}
			if b, others := s.f.Clears(op, raw, uint32(fill), s.to); b&others != 0 || (b|others)&^All != 0 {
				t.Errorf("%v of %#x: clears %04b, touches %04b", op, fill, b, others)
			}
		}
	}
}
