package repeat

import (
	"fmt"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/gl/gltest"
	"github.com/prismgl/prism/stream/wire"
)

// call is a command with its arguments.
type call struct {
	op   gl.Op
	args []any
}

func do(op gl.Op, args ...any) call { return call{op, args} }

// records makes what the driver sends of calls.
func records(t *testing.T, calls ...call) []byte {
	t.Helper()
	b := (&wire.Builder{}).Chunk(wire.ChunkHeader{})
	for _, c := range calls {
		b.Record(uint16(c.op), 0)
		for _, a := range c.args {
			switch v := a.(type) {
			case int:
				b.U32(uint32(v))
			case float32:
				b.F32(v)
			case int64:
				b.U64(uint64(v))
			case []byte:
				b.Inline(v)
			default:
				t.Fatalf("%T", a)
			}
		}
	}
	chunk, err := b.End().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for w := wire.WalkRecords(chunk[wire.ChunkHeaderBytes:]); w.Next(); {
		if _, err := gl.Decode(w.Raw()); err != nil {
			t.Fatal(err)
		}
	}
	recs, _ := gltest.InSpans(chunk[wire.ChunkHeaderBytes:])
	return recs
}

var enough = Matrices{Mode: modelview, Modelview: 8, Projection: 2}

// learnt says whether a frame repeats.
func learnt(f *Frames, recs []byte, at Matrices) bool {
	f.Learn()
	for w := wire.WalkRecords(recs); w.Next(); {
		f.Record(w.Op(), w.Raw())
	}
	return f.Repeats(at)
}

// repeats says how many records of a frame are as in the frame that was learnt; all: so many are all, and none is missing.
func repeats(f *Frames, recs []byte) (n int, all bool) {
	for w := wire.WalkRecords(recs); w.Next(); n++ {
		if !f.Match(w.Op(), w.Raw()) {
			return n, false
		}
	}
	return n, f.Swap()
}

var f4 = make([]byte, 16)

// TestLearns: frames that repeat, and frames that may not.
func TestLearns(t *testing.T) {
	const texture, light0, front = 0x1702, 0x4000, 0x0404
	mode := func(m int) call { return do(gl.OpGlMatrixMode, m) }
	loadIt, turn := do(gl.OpGlLoadIdentity), do(gl.OpGlRotatef, float32(1), float32(0), float32(0), float32(1))
	pushIt, popIt := do(gl.OpGlPushMatrix), do(gl.OpGlPopMatrix)
	bound := do(gl.OpGlBindBuffer, 0x8892, 7)
	lit := do(gl.OpGlLightfv, light0, position, f4)
	for name, c := range map[string]struct {
		calls []call
		want  bool
	}{
		"Nothing":          {nil, true},
		"Draws":            {[]call{do(gl.OpGlClear, 0x4000), do(gl.OpGlDrawArrays, 4, 0, 3)}, true},
		"Absolute":         {[]call{do(gl.OpGlEnable, 0x0B71), do(gl.OpGlUseProgram, 3), do(gl.OpGlBindTexture, 0x0DE1, 4)}, true},
		"ColorMaterial":    {[]call{do(gl.OpGlEnable, colorMaterial)}, false},
		"Framebuffer":      {[]call{do(gl.OpGlBindFramebuffer, 0x8D40, 1), do(gl.OpGlFramebufferTexture2D, 0x8D40, 0x8CE0, 0x0DE1, 4, 0)}, true},
		"Mipmaps":          {[]call{do(gl.OpGlBindTexture, 0x0DE1, 4), do(gl.OpGlGenerateMipmap, 0x0DE1), do(gl.OpGlGenerateTextureMipmap, 4)}, true},
		"Upload":           {[]call{bound, do(gl.OpGlBufferSubData, 0x8892, 0, int64(0), int64(4), f4[:4])}, true},
		"UploadUnbound":    {[]call{do(gl.OpGlBufferSubData, 0x8892, 0, int64(0), int64(4), f4[:4]), bound}, false},
		"UploadNamed":      {[]call{do(gl.OpPrismBufferWrite, 7, 0, int64(0), f4[:4]), do(gl.OpGlNamedBufferSubData, 7, 0, int64(0), int64(4), f4[:4])}, true},
		"Contents":         {[]call{bound, do(gl.OpGlBufferData, 0x8892, 0, int64(4), f4[:4], 0x88E4)}, true},
		"ContentsUnbound":  {[]call{do(gl.OpGlBufferData, 0x8892, 0, int64(4), f4[:4], 0x88E4)}, false},
		"ContentsTwice":    {[]call{bound, do(gl.OpGlBufferData, 0x8892, 0, int64(4), f4[:4], 0x88E4), do(gl.OpGlBufferData, 0x8892, 0, int64(4), f4[:4], 0x88E4)}, true},
		"ContentsResized":  {[]call{bound, do(gl.OpGlBufferData, 0x8892, 0, int64(4), f4[:4], 0x88E4), do(gl.OpGlBufferData, 0x8892, 0, int64(8), f4[:8], 0x88E4)}, false},
		"Elements":         {[]call{do(gl.OpGlBindBuffer, elements, 7), do(gl.OpGlBufferSubData, elements, 0, int64(0), int64(4), f4[:4])}, true},
		"ElementsOfOther":  {[]call{do(gl.OpGlBindBuffer, elements, 7), do(gl.OpGlBindVertexArray, 2), do(gl.OpGlBufferSubData, elements, 0, int64(0), int64(4), f4[:4])}, false},
		"Storage":          {[]call{bound, do(gl.OpGlBufferStorage, 0x8892, 0, int64(4), f4[:4], 0)}, false},
		"AttribStack":      {[]call{do(gl.OpGlPushAttrib, 1), do(gl.OpGlPopAttrib)}, false},
		"Accumulates":      {[]call{turn}, false},
		"Loaded":           {[]call{loadIt, turn}, true},
		"LoadedLate":       {[]call{turn, loadIt}, false},
		"Pushed":           {[]call{pushIt, turn, popIt}, true},
		"PushedOnly":       {[]call{pushIt, turn}, false},
		"PoppedOnly":       {[]call{popIt}, false},
		"PopFirst":         {[]call{popIt, pushIt}, false},
		"Deep":             {[]call{pushIt, pushIt, pushIt, pushIt, pushIt, pushIt, pushIt, pushIt, popIt, popIt, popIt, popIt, popIt, popIt, popIt, popIt}, true},
		"TooDeep":          {[]call{mode(projection), pushIt, pushIt, pushIt, popIt, popIt, popIt, mode(modelview)}, false},
		"OtherStack":       {[]call{mode(projection), loadIt, turn, mode(modelview), pushIt, turn, popIt}, true},
		"OtherModeAtEnd":   {[]call{mode(projection), loadIt}, false},
		"TextureMatrix":    {[]call{mode(texture), loadIt, mode(modelview)}, false},
		"LightStays":       {[]call{lit, pushIt, loadIt, turn, popIt}, true},
		"LightMoves":       {[]call{loadIt, turn, lit}, true},
		"LightLags":        {[]call{lit, loadIt, turn}, false},
		"LightLagsPushed":  {[]call{pushIt, turn, lit, popIt, loadIt}, false},
		"LightOwn":         {[]call{pushIt, loadIt, lit, popIt, loadIt}, true},
		"LightColour":      {[]call{do(gl.OpGlLightfv, light0, diffuse, f4), loadIt}, true},
		"ClipPlane":        {[]call{do(gl.OpGlClipPlane, 0x3000, make([]byte, 32))}, false},
		"Span":             {[]call{do(gl.OpGlBegin, 4), do(gl.OpGlColor3f, float32(1), float32(1), float32(1)), do(gl.OpGlVertex2f, float32(0), float32(0)), do(gl.OpGlEnd)}, true},
		"SpanOfUnits":      {[]call{do(gl.OpGlBegin, 4), do(gl.OpGlMultiTexCoord2f, 0x84C0, float32(0), float32(0)), do(gl.OpGlEnd)}, false},
		"Material":         {[]call{do(gl.OpGlMaterialfv, front, ambient, f4), do(gl.OpGlMaterialf, front, 0x1601, float32(3))}, true},
		"Reads":            {[]call{do(gl.OpGlReadBuffer, 0x0405)}, false},
		"UnknownToAll":     {[]call{do(gl.OpGlAccum, 0x0100, float32(1))}, false},
		"ListOfUnknown":    {[]call{do(gl.OpGlCallLists, 1, 0x1401, f4[:1])}, false},
		"RasterPositions":  {[]call{do(gl.OpGlRasterPos2f, float32(0), float32(0))}, false},
		"ObjectParameters": {[]call{do(gl.OpGlBindTexture, 0x0DE1, 4), do(gl.OpGlTexParameteri, 0x0DE1, 0x2802, 0x2901)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := learnt(&Frames{}, records(t, c.calls...), enough); got != c.want {
				t.Errorf("repeats: %v", got)
			}
		})
	}
	if learnt(&Frames{}, records(t, pushIt, popIt), Matrices{Mode: modelview}) {
		t.Error("repeats with a stack that is full")
	}
}

// TestLists: what a list sets counts.
func TestLists(t *testing.T) {
	list := do(gl.OpGlCallList, 1)
	for name, c := range map[string]struct {
		of   call
		want bool
	}{
		"State":    {do(gl.OpGlColor3f, float32(1), float32(1), float32(1)), true},
		"Multiply": {do(gl.OpGlTranslatef, float32(1), float32(1), float32(1)), false},
		"Attribs":  {do(gl.OpGlPushAttrib, 1), false},
		"Begin":    {do(gl.OpGlBegin, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			var f Frames
			f.Learn()
			recs := records(t, list)
			f.Record(uint16(list.op), recs)
			f.Called(uint16(c.of.op), records(t, c.of))
			if got := f.Repeats(enough); got != c.want {
				t.Errorf("repeats: %v", got)
			}
		})
	}
}

// TestMatch: what may differ in a frame that repeats, and what may not.
func TestMatch(t *testing.T) {
	f := func(v float32) []any { return []any{v, v, v} }
	vec := func(v byte) []byte { b := append([]byte(nil), f4...); b[2] = v; return b }
	span := func(v float32, calls ...call) []call {
		return append(append([]call{do(gl.OpGlBegin, 4)}, calls...), do(gl.OpGlVertex2f, v, v), do(gl.OpGlEnd))
	}
	frame := []call{do(gl.OpGlClear, 0x4000), do(gl.OpGlLoadIdentity), do(gl.OpGlTranslatef, f(1)...), do(gl.OpGlColor3f, f(1)...), do(gl.OpGlDrawArrays, 4, 0, 3),
		do(gl.OpGlUseProgram, 1), do(gl.OpGlUniform4fv, 2, 1, vec(1)), do(gl.OpGlMaterialfv, 0x404, ambient, vec(1)), do(gl.OpGlMaterialf, 0x404, 0x1601, float32(3))}
	with := func(i int, c ...call) []call {
		return append(append(append([]call(nil), frame[:i]...), c...), frame[i+1:]...)
	}
	end := len(frame)
	for name, c := range map[string]struct {
		calls []call
		n     int // that match
		all   bool
	}{
		"Same":           {frame, end, true},
		"Values":         {with(2, do(gl.OpGlTranslatef, f(7)...)), end, true},
		"Colour":         {with(3, do(gl.OpGlColor3f, f(0)...)), end, true},
		"Uniform":        {with(6, do(gl.OpGlUniform4fv, 2, 1, vec(9))), end, true},
		"Material":       {with(7, do(gl.OpGlMaterialfv, 0x404, ambient, vec(5))), end, true},
		"DrawsMore":      {with(4, do(gl.OpGlDrawArrays, 4, 0, 99), do(gl.OpGlDrawArrays, 1, 0, 2)), end + 1, true},
		"DrawsLess":      {with(4), end - 1, true},
		"Location":       {with(6, do(gl.OpGlUniform4fv, 3, 1, vec(1))), 6, false},
		"Array":          {with(6, do(gl.OpGlUniform4fv, 2, 2, append(vec(1), f4...))), 6, false},
		"Program":        {with(5, do(gl.OpGlUseProgram, 2)), 5, false},
		"OtherCommand":   {with(3, do(gl.OpGlColor4f, append(f(1), float32(1))...)), 3, false},
		"OtherParameter": {with(7, do(gl.OpGlMaterialfv, 0x404, diffuse, vec(1))), 7, false},
		"Limits":         {with(8, do(gl.OpGlMaterialf, 0x404, 0x1601, float32(4))), 8, false},
		"Less":           {frame[:end-1], end - 1, false},
		"More":           {append(append([]call(nil), frame...), do(gl.OpGlUseProgram, 1)), end, false},
		"DrawsElsewhere": {with(6, frame[6], do(gl.OpGlDrawArrays, 4, 0, 3)), 7, false},
		"Unknown":        {with(3, do(gl.OpGlAccum, 0x100, float32(1))), 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			var fr Frames
			if !learnt(&fr, records(t, frame...), enough) {
				t.Fatal("it is not learnt")
			}
			n, all := repeats(&fr, records(t, c.calls...))
			if n != c.n || all != c.all {
				t.Errorf("%d records match, all: %v; want %d, %v", n, all, c.n, c.all)
			}
		})
	}
	colour, coord := do(gl.OpGlColor3f, f(0)...), do(gl.OpGlTexCoord2f, float32(0), float32(0))
	for name, c := range map[string]struct {
		calls []call
		all   bool
	}{
		"Vertices": {span(9, colour, do(gl.OpGlVertex2f, float32(1), float32(2)), colour), true}, "Colours": {span(9, do(gl.OpGlColor4f, append(f(3), float32(1))...)), true},
		"NoColour": {span(1), false}, "Coordinates": {span(1, colour, coord), false},
	} {
		t.Run("Span/"+name, func(t *testing.T) {
			var fr Frames
			if !learnt(&fr, records(t, span(1, colour)...), enough) {
				t.Fatal("it is not learnt")
			}
			if _, all := repeats(&fr, records(t, c.calls...)); all != c.all {
				t.Errorf("all match: %v", all)
			}
		})
	}
}

// TestTake: nodes that were not sent the frames get the latest whole one, and what there is of the next.
func TestTake(t *testing.T) {
	frame := func(v float32) []byte {
		return records(t, do(gl.OpGlClear, 0x4000), do(gl.OpGlClearColor, v, v, v, v), do(gl.OpGlDrawArrays, 4, 0, 3), do(gl.OpGlColor3f, v, v, v))
	}
	kept := func(v float32, n int) string {
		recs := records(t, []call{do(gl.OpGlClearColor, v, v, v, v), do(gl.OpGlColor3f, v, v, v)}[:n]...)
		return fmt.Sprintf("%x", recs)
	}
	var f Frames
	if !learnt(&f, frame(1), enough) {
		t.Fatal("it is not learnt")
	}
	took := func(first, second string) {
		t.Helper()
		r := f.Take()
		if got := fmt.Sprintf("%x", r[0]); got != first {
			t.Errorf("the frame: %s, want %s", got, first)
		}
		if got := fmt.Sprintf("%x", r[1]); got != second {
			t.Errorf("the next one: %s, want %s", got, second)
		}
	}
	took("", "")
	for v := range 3 {
		if _, all := repeats(&f, frame(float32(v+2))); !all {
			t.Fatal("it does not repeat")
		}
	}
	took(kept(4, 2), "")
	if n, _ := repeats(&f, frame(5)[:64]); n == 0 {
		t.Fatal("nothing matches")
	}
	took(kept(4, 2), kept(5, 1))
	if !learnt(&f, frame(6), enough) {
		t.Fatal("it is not learnt again")
	}
	took("", "")
}

// TestBounds: what is kept of a frame has an end.
func TestBounds(t *testing.T) {
	var f Frames
	f.Learn()
	rec := records(t, do(gl.OpGlLoadIdentity))
	for range maxItems + 1 {
		f.Record(uint16(gl.OpGlLoadIdentity), rec)
	}
	if f.Repeats(enough) || len(f.now.recs) > MaxBytes {
		t.Errorf("a frame of %d commands repeats", maxItems+1)
	}
}

// TestMipmaps: which texture they are made of is compared, and nothing of it is left to be done later.
func TestMipmaps(t *testing.T) {
	made := do(gl.OpGlGenerateTextureMipmap, 4)
	f := &Frames{}
	if !learnt(f, records(t, made), enough) {
		t.Fatal("does not repeat")
	}
	if n, all := repeats(f, records(t, made)); n != 1 || !all {
		t.Errorf("the same: %d, %v", n, all)
	}
	if n, all := repeats(f, records(t, do(gl.OpGlGenerateTextureMipmap, 5))); n != 0 || all {
		t.Errorf("another texture: %d, %v", n, all)
	}
	for op, want := range map[gl.Op]bool{gl.OpGlGenerateMipmap: true, gl.OpGlGenerateTextureMipmap: true, gl.OpGlBufferSubData: true, gl.OpGlBindTexture: false, gl.OpGlEnable: false} {
		if Compared(uint16(op)) != want {
			t.Errorf("%s is only compared: %v", gl.At(uint16(op)).Name, !want)
		}
	}
}
