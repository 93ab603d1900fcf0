package track

import (
	"encoding/binary"
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// app makes a stream and has it followed.
type app struct {
	t  testing.TB
	tr *Tracker
	h  wire.ChunkHeader
	b  wire.Builder
}

var picture = image.Rect(0, 0, 200, 100)

func newApp(t testing.TB, profile int, analyse Analyse) *app {
	a := &app{t: t, tr: New(1<<20, analyse), h: wire.ChunkHeader{Thread: 1, Ctx: 1, Seq: 1}}
	a.do(gl.OpPrismContextCreate, 1, 0, 0, profile, 4, 5, 0, 0, 0, 8, 24, 8, 1)
	a.tr.Context(&a.h, 200, 100, true)
	return a
}

type staged []byte
type null struct{}

// record encodes one: ints are u32, float32 and float64 themselves, int64 u64, []byte an inline array, uint64 an offset.
func (a *app) record(op gl.Op, args ...any) []byte {
	a.t.Helper()
	a.b.Reset()
	a.b.Chunk(wire.ChunkHeader{Thread: 1, Ctx: 1}).Record(uint16(op), 0)
	for _, x := range args {
		switch v := x.(type) {
		case int:
			a.b.U32(uint32(v))
		case float32:
			a.b.F32(v)
		case float64:
			a.b.F64(v)
		case int64:
			a.b.U64(uint64(v))
		case uint64:
			a.b.Offset(v)
		case []byte:
			a.b.Inline(v)
		case staged:
			a.b.Staged(len(v))
		case null:
			a.b.Null()
		}
	}
	rec, err := a.b.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	rec = append([]byte(nil), rec[wire.ChunkHeaderBytes:]...)
	if _, err := gl.Decode(rec); err != nil {
		a.t.Fatal(err)
	}
	return rec
}

func (a *app) do(op gl.Op, args ...any) {
	a.t.Helper()
	a.tr.Record(&a.h, uint16(op), a.record(op, args...))
}

func (a *app) draw(op gl.Op, args ...any) (image.Rectangle, string) {
	a.t.Helper()
	rec := a.record(op, args...)
	r, why := a.tr.Draw(&a.h, uint16(op), rec, picture)
	a.tr.Record(&a.h, uint16(op), rec)
	return r, why
}

// upload makes a buffer of floats.
func (a *app) upload(serial, target int, data []byte) {
	a.t.Helper()
	a.do(gl.OpGlBindBuffer, target, serial)
	if len(data) > 4096 {
		for d := data; len(d) > 0; d = d[min(len(d), 4096):] {
			a.do(gl.OpPrismData, d[:min(len(d), 4096)])
		}
		a.do(gl.OpGlBufferData, target, int64(len(data)), staged(data), 0x88E4)
		return
	}
	a.do(gl.OpGlBufferData, target, int64(len(data)), data, 0x88E4)
}

func floats(v ...float32) (b []byte) {
	for _, x := range v {
		b = le.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// square is two corners of a square around (x, y) in clip space, as positions of three.
func square(x, y, s float32) []byte { return floats(x-s, y-s, 0, x+s, y+s, 0) }

// fixedArray points GL_VERTEX_ARRAY at the buffer that is bound.
func (a *app) fixedArray() {
	a.do(gl.OpGlVertexPointer, 3, bounds.Float, 12, uint64(0))
	a.do(gl.OpGlEnableClientState, vertexArray)
}

// near tells whether r is want, give or take what rounding and widths add.
func near(r, want image.Rectangle) bool {
	want = want.Intersect(picture)
	return want.In(r) && r.In(want.Inset(-4))
}

func TestFixedFunction(t *testing.T) {
	const array, elements = 0x8892, 0x8893
	left := image.Rect(40, 45, 60, 55) // of square(-0.5, 0, …0.1) on 200×100
	for _, c := range []struct {
		name string
		do   func(a *app)
		want image.Rectangle
		why  string
	}{
		{"Plain", func(*app) {}, left, ""},
		{"Translated", func(a *app) { a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0)) }, image.Rect(140, 45, 160, 55), ""},
		{"Popped", func(a *app) {
			a.do(gl.OpGlPushMatrix)
			a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0))
			a.do(gl.OpGlPopMatrix)
		}, left, ""},
		{"OtherMatrix", func(a *app) {
			a.do(gl.OpGlMatrixMode, 0x1702)
			a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0))
		}, left, ""},
		{"Projection", func(a *app) {
			a.do(gl.OpGlMatrixMode, modeProjection)
			a.do(gl.OpGlOrtho, -2.0, 2.0, -1.0, 1.0, -1.0, 1.0)
		}, image.Rect(70, 45, 80, 55), ""},
		{"Away", func(a *app) { a.do(gl.OpGlTranslatef, float32(9), float32(0), float32(0)) }, image.Rectangle{}, ""},
		{"Transposed", func(a *app) {
			a.do(gl.OpGlLoadTransposeMatrixf, floats(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1))
		}, image.Rect(140, 45, 160, 55), ""},
		{"Viewport", func(a *app) { a.do(gl.OpGlViewport, 100, 0, 100, 100) }, image.Rect(120, 45, 130, 55), ""},
		{"ViewportRestored", func(a *app) {
			a.do(gl.OpGlPushAttrib, bitViewport)
			a.do(gl.OpGlViewport, 100, 0, 100, 100)
			a.do(gl.OpGlPopAttrib)
		}, left, ""},
		{"ViewportOfAnError", func(a *app) { a.do(gl.OpGlViewport, 100, 0, -1, 100) }, left, ""},
		{"Rewritten", func(a *app) { a.do(gl.OpGlBufferSubData, array, int64(0), int64(24), square(0.5, 0, 0.1)) }, image.Rect(140, 45, 160, 55), ""},
		{"RewrittenBehindEnd", func(a *app) { a.do(gl.OpGlBufferSubData, array, int64(4), int64(24), square(0.5, 0, 0.1)) }, left, ""},
		{"Mapped", func(a *app) { a.do(gl.OpPrismBufferWrite, 7, int64(0), square(0.5, 0, 0.1)) }, image.Rect(140, 45, 160, 55), ""},
		{"InAList", func(a *app) {
			a.do(gl.OpGlNewList, 1, compileOnly)
			a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0))
			a.do(gl.OpGlEndList)
		}, left, ""},
		{"HarmlessListCalled", func(a *app) {
			a.do(gl.OpGlNewList, 1, compileOnly)
			a.do(gl.OpGlShadeModel, 0x1D00)
			a.do(gl.OpGlEndList)
			a.do(gl.OpGlCallList, 1)
		}, left, ""},
		{"ListCalled", func(a *app) {
			a.do(gl.OpGlNewList, 1, compileOnly)
			a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0))
			a.do(gl.OpGlEndList)
			a.do(gl.OpGlCallList, 1)
		}, image.Rect(140, 45, 160, 55), ""},
		{"Framebuffer", func(a *app) { a.do(gl.OpGlBindFramebuffer, 0x8D40, 5) }, image.Rectangle{}, "a framebuffer object"},
		{"ReadFramebuffer", func(a *app) { a.do(gl.OpGlBindFramebuffer, 0x8CA8, 5) }, left, ""},
		{"FramebufferDeleted", func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 5)
			a.do(gl.OpGlDeleteFramebuffers, 1, []byte{5, 0, 0, 0})
		}, left, ""},
		{"Counted", func(a *app) { a.do(gl.OpGlBeginQuery, 0x8C87, 1) }, image.Rectangle{}, "what counts primitives"},
		{"CountedBefore", func(a *app) {
			a.do(gl.OpGlBeginQuery, 0x8C87, 1)
			a.do(gl.OpGlEndQuery, 0x8C87)
		}, left, ""},
		{"SamplesCounted", func(a *app) { a.do(gl.OpGlBeginQuery, 0x8914, 1) }, left, ""},
		{"WrittenByGPU", func(a *app) { a.do(gl.OpGlBindBufferBase, 0x90D2, 0, 7) }, image.Rectangle{}, "a buffer that is not known"},
		{"CopiedInto", func(a *app) { a.do(gl.OpGlCopyBufferSubData, 0x8892, 0x8892, int64(0), int64(0), int64(4)) }, image.Rectangle{}, "a buffer that is not known"},
		{"Deleted", func(a *app) { a.do(gl.OpGlDeleteBuffers, 1, []byte{7, 0, 0, 0}) }, image.Rectangle{}, "a buffer that is not known"},
		{"NoArray", func(a *app) { a.do(gl.OpGlDisableClientState, vertexArray) }, image.Rectangle{}, "positions that are not in an array"},
		{"Attribute0", func(a *app) { a.do(gl.OpGlEnableVertexAttribArray, 0) }, image.Rectangle{}, "positions by attribute 0"},
		{"NoProgram", func(a *app) { a.do(gl.OpGlUseProgram, 3) }, left, ""},
		{"UnlinkedProgram", func(a *app) {
			a.do(gl.OpGlAttachShader, 3, 4)
			a.do(gl.OpGlUseProgram, 3)
		}, left, ""},
		{"ProgramNotYetKnown", func(a *app) {
			a.do(gl.OpGlLinkProgram, 3)
			a.do(gl.OpGlUseProgram, 3)
		}, image.Rectangle{}, "a program without one vertex shader"},
		{"LargeViewport", func(a *app) { a.do(gl.OpGlViewport, 0, 0, 20000, 100) }, image.Rectangle{}, "a viewport that is not known"},
		{"OddMatrixMode", func(a *app) { a.do(gl.OpGlMatrixMode, 0x1800) }, image.Rectangle{}, "a matrix mode that is not followed"},
		{"StateAfterGlBegin", func(a *app) {
			a.do(gl.OpGlBegin, 4)
			a.do(gl.OpGlLoadIdentity)
		}, image.Rectangle{}, "state between glBegin and glEnd"},
		{"ClipControl", func(a *app) { a.do(gl.OpGlClipControl, 0x8CA2, 0x935E) }, image.Rectangle{}, "glClipControl"},
		{"TooLarge", func(a *app) { a.do(gl.OpGlBufferData, array, int64(1<<30), null{}, 0x88E4) }, image.Rectangle{}, "a buffer that is not known"},
		{"ErrorInData", func(a *app) { a.do(gl.OpGlBufferData, array, int64(24), square(0.5, 0, 0.1), 5) }, image.Rectangle{}, "a buffer that is not known"},
		{"Begun", func(a *app) { a.do(gl.OpGlBegin, 4) }, image.Rectangle{}, "between glBegin and glEnd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t, 2, nil)
			a.upload(7, array, square(-0.5, 0, 0.1))
			a.fixedArray()
			if r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != "" || !near(r, left) {
				t.Fatalf("before: %v, %q", r, why)
			}
			c.do(a)
			r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2)
			if why != c.why || why == "" && !near(r, c.want) {
				t.Errorf("%v, %q; want %v, %q", r, why, c.want, c.why)
			}
			_ = elements
		})
	}
}

func TestDrawCommands(t *testing.T) {
	left, right := image.Rect(40, 45, 60, 55), image.Rect(140, 45, 160, 55)
	both := left.Union(right)
	for _, c := range []struct {
		name string
		do   func(a *app)
		op   gl.Op
		args []any
		want image.Rectangle
		why  string
	}{
		{"First", nil, gl.OpGlDrawArrays, []any{4, 2, 2}, right, ""},
		{"Instanced", nil, gl.OpGlDrawArraysInstanced, []any{4, 0, 2, 9}, left, ""},
		{"NoInstance", nil, gl.OpGlDrawArraysInstanced, []any{4, 0, 2, 0}, image.Rectangle{}, ""},
		{"None", nil, gl.OpGlDrawArrays, []any{4, 0, 0}, image.Rectangle{}, ""},
		{"Negative", nil, gl.OpGlDrawArrays, []any{4, 0, -1}, image.Rectangle{}, "arguments or primitives that are not followed"},
		{"Patches", nil, gl.OpGlDrawArrays, []any{14, 0, 2}, image.Rectangle{}, "arguments or primitives that are not followed"},
		{"Behind", nil, gl.OpGlDrawArrays, []any{4, 3, 2}, image.Rectangle{}, "positions outside of the buffer, or not finite"},
		{"Elements", nil, gl.OpGlDrawElements, []any{4, 2, 0x1403, uint64(0)}, left, ""},
		{"ElementsAt", nil, gl.OpGlDrawElements, []any{4, 2, 0x1403, uint64(4)}, right, ""},
		{"ElementsAll", nil, gl.OpGlDrawElements, []any{4, 4, 0x1403, uint64(0)}, both, ""},
		{"ElementsBase", nil, gl.OpGlDrawElementsBaseVertex, []any{4, 2, 0x1403, uint64(0), 2}, right, ""},
		{"ElementsRange", nil, gl.OpGlDrawRangeElements, []any{4, 2, 3, 2, 0x1403, uint64(4)}, right, ""},
		{"ElementsWrongRange", nil, gl.OpGlDrawRangeElements, []any{4, 3, 2, 2, 0x1403, uint64(4)}, image.Rectangle{}, "arguments or primitives that are not followed"},
		{"ElementsBehind", nil, gl.OpGlDrawElements, []any{4, 9, 0x1403, uint64(0)}, image.Rectangle{}, "positions outside of the buffer, or not finite"},
		{"ElementsRestart", func(a *app) {
			a.do(gl.OpGlEnable, 0x8F9D)
			a.do(gl.OpGlPrimitiveRestartIndex, 0xFFFF)
			a.do(gl.OpPrismBufferWrite, 8, int64(4), []byte{255, 255})
		}, gl.OpGlDrawElements, []any{5, 3, 0x1403, uint64(0)}, left, ""},
		{"ElementsInTheRecord", nil, gl.OpGlDrawElements, []any{4, 2, 0x1401, []byte{2, 3}}, right, ""},
		{"ElementsStaged", func(a *app) { a.do(gl.OpPrismData, []byte{2, 3}) }, gl.OpGlDrawElements, []any{4, 2, 0x1401, staged{2, 3}}, right, ""},
		{"ElementsNotStaged", nil, gl.OpGlDrawElements, []any{4, 2, 0x1401, staged{2, 3}}, image.Rectangle{}, "indices that are not known"},
		{"ElementsRewritten", func(a *app) { a.do(gl.OpPrismBufferWrite, 8, int64(0), []byte{2, 0, 3, 0}) }, gl.OpGlDrawElements, []any{4, 2, 0x1403, uint64(0)}, right, ""},
		{"ElementsOfAnotherArray", func(a *app) { a.do(gl.OpGlBindVertexArray, 1) }, gl.OpGlDrawElements, []any{4, 2, 0x1403, uint64(0)}, image.Rectangle{}, "positions that are not in an array"},
		{"Lines", func(a *app) { a.do(gl.OpGlLineWidth, float32(20)) }, gl.OpGlDrawArrays, []any{1, 0, 2}, left.Inset(-11), ""},
		{"Points", func(a *app) { a.do(gl.OpGlPointSize, float32(30)) }, gl.OpGlDrawArrays, []any{0, 0, 2}, left.Inset(-16), ""},
		{"SizedPoints", func(a *app) { a.do(gl.OpGlEnable, 0x8642) }, gl.OpGlDrawArrays, []any{0, 0, 2}, image.Rectangle{}, "points whose size is not known"},
		{"Wireframe", func(a *app) {
			a.do(gl.OpGlLineWidth, float32(20))
			a.do(gl.OpGlPolygonMode, 0x408, 0x1B01)
		}, gl.OpGlDrawArrays, []any{4, 0, 2}, left.Inset(-11), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t, 2, nil)
			a.upload(7, arrayTarget, append(square(-0.5, 0, 0.1), square(0.5, 0, 0.1)...))
			a.fixedArray()
			a.upload(8, elementTarget, []byte{0, 0, 1, 0, 2, 0, 3, 0})
			if c.do != nil {
				c.do(a)
			}
			if r, why := a.draw(c.op, c.args...); why != c.why || why == "" && !near(r, c.want) {
				t.Errorf("%v, %q; want %v, %q", r, why, c.want, c.why)
			}
		})
	}
}

// Arrays in the app's memory come right before their draw.
func TestClientArrays(t *testing.T) {
	a := newApp(t, 2, nil)
	a.do(gl.OpGlEnableClientState, vertexArray)
	entry := le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, clientVertex), 3), bounds.Float), 0), 0)
	a.do(gl.OpPrismClientBlock, 2, 2, 4, 12, entry, square(0.5, 0, 0.1))
	if r, why := a.draw(gl.OpGlDrawArrays, 4, 2, 2); why != "" || !near(r, image.Rect(140, 45, 160, 55)) {
		t.Errorf("%v, %q", r, why)
	}
	if _, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why == "" {
		t.Error("elements that were not sent are bounded")
	}
}

// Each vertex of random draws through random matrices lands in the rectangle, computed in float32 by the commands that were sent.
func TestRandomMatrices(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	f := func(s float64) float32 { return float32((rng.Float64()*2 - 1) * s) }
	landed, bounded := 0, 0
	for range 400 {
		a := newApp(t, 2, nil)
		var vertices []float32
		for range 30 {
			vertices = append(vertices, f(3))
		}
		a.upload(7, arrayTarget, floats(vertices...))
		a.fixedArray()
		mul := func(m, n [16]float32) (o [16]float32) {
			for c := range 4 {
				for r := range 4 {
					for k := range 4 {
						o[4*c+r] += m[4*k+r] * n[4*c+k]
					}
				}
			}
			return o
		}
		id := [16]float32{0: 1, 5: 1, 10: 1, 15: 1}
		stack, projection := [][16]float32{id}, id
		a.do(gl.OpGlMatrixMode, modeProjection)
		if rng.IntN(2) == 0 {
			a.do(gl.OpGlFrustum, -1.0, 1.0, -1.0, 1.0, 1.0, 50.0)
			projection = [16]float32{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -51.0 / 49, -1, 0, 0, -100.0 / 49, 0}
		}
		a.do(gl.OpGlMatrixMode, modeModelview)
		top := func() *[16]float32 { return &stack[len(stack)-1] }
		for range rng.IntN(12) {
			switch rng.IntN(6) {
			case 0, 1:
				x, y, z := f(5), f(5), f(8)
				a.do(gl.OpGlTranslatef, x, y, z)
				m := id
				m[12], m[13], m[14] = x, y, z
				*top() = mul(*top(), m)
			case 2:
				angle := f(180)
				a.do(gl.OpGlRotated, float64(angle), 0.0, 3.0, 0.0)
				s, c := math.Sincos(float64(angle) * math.Pi / 180)
				m := id
				m[0], m[2], m[8], m[10] = float32(c), float32(-s), float32(s), float32(c)
				*top() = mul(*top(), m)
			case 3:
				x := f(2)
				a.do(gl.OpGlScalef, x, x, x)
				m := id
				m[0], m[5], m[10] = x, x, x
				*top() = mul(*top(), m)
			case 4:
				a.do(gl.OpGlPushMatrix)
				stack = append(stack, *top())
			default:
				a.do(gl.OpGlPopMatrix)
				if len(stack) > 1 {
					stack = stack[:len(stack)-1]
				}
			}
		}
		r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 10)
		if why != "" {
			t.Fatal(why)
		}
		if r != picture {
			bounded++
		}
		m := mul(projection, *top())
		for i := range 10 {
			var p [4]float32
			for row := range 4 {
				p[row] = m[row]*vertices[3*i] + m[4+row]*vertices[3*i+1] + m[8+row]*vertices[3*i+2] + m[12+row]
			}
			x, y, z, w := p[0], p[1], p[2], p[3]
			if w <= 0 || x < -w || x > w || y < -w || y > w || z < -w || z > w {
				continue
			}
			landed++
			at := image.Pt(int((x/w+1)*100), int((y/w+1)*50))
			if at.In(picture) && !at.In(r) {
				t.Fatalf("vertex %v lands on %v, not in %v", vertices[3*i:3*i+3], at, r)
			}
		}
	}
	if landed < 200 || bounded < 100 {
		t.Errorf("%d vertices landed, %d rectangles are smaller than the picture", landed, bounded)
	}
}

// reflection encodes what a node answers; uniforms have locations 10, 11, …, arrays one for each element.
func reflect(attribs map[string]int, uniforms []reflectedUniform, blocks ...reflectedBlock) []byte {
	var list, text, pool []byte
	name := func(n string) uint32 { at := len(text); text = append(append(text, n...), 0); return uint32(at) }
	name("")
	ints := 0
	for _, u := range uniforms {
		list = le.AppendUint32(list, name(u.name))
		list = le.AppendUint32(list, u.kind)
		list = le.AppendUint32(list, uint32(len(u.locations)))
		if len(u.locations) > 0 {
			list = le.AppendUint32(list, uint32(u.locations[0]))
		} else {
			list = le.AppendUint32(list, 1<<32-1)
		}
		for _, v := range []int{0, u.offset, 0, u.matrixStride, 0, 0, ints} {
			list = le.AppendUint32(list, uint32(v))
		}
		for _, l := range u.locations {
			pool = le.AppendUint32(pool, uint32(l))
			ints++
		}
	}
	for n, l := range attribs {
		list = le.AppendUint32(le.AppendUint32(le.AppendUint32(le.AppendUint32(list, name(n)), 0x8B51), 1), uint32(l))
	}
	for _, b := range blocks {
		list = le.AppendUint32(le.AppendUint32(list, name(b.name)), b.binding)
		list = append(list, make([]byte, reflectBlock-8)...)
	}
	total := reflectHead + len(list) + len(pool) + len(text)
	var b []byte
	for _, v := range []int{reflectMagic, total, 1, 0, 0, 0, 0, 0, 0, 0, len(uniforms), len(attribs), len(blocks), 0, ints, len(text)} {
		b = le.AppendUint32(b, uint32(v))
	}
	return append(append(append(b, list...), pool...), text...)
}

func TestReflection(t *testing.T) {
	b := reflect(map[string]int{"a_pos": 3}, []reflectedUniform{{name: "u", kind: 0x8B5C, locations: []int32{7}}, {name: "v[0]", kind: 0x8B52, locations: []int32{8, 9}}})
	r, ok := parseReflection(b)
	if !ok || !r.linked || r.attribs["a_pos"] != 3 || len(r.uniforms) != 2 || r.uniforms[1].name != "v[0]" || r.uniforms[1].locations[1] != 9 {
		t.Fatalf("%+v, %v", r, ok)
	}
	// Cut or altered anywhere it is refused or read, never more.
	for i := range b {
		parseReflection(b[:i])
		for _, v := range []byte{0, 1, 0x7f, 0xff} {
			c := append([]byte(nil), b...)
			c[i] = v
			parseReflection(c)
		}
	}
}

const frontEnd = "../../bin/lib/" + shader.Program

// analyser analyses at once, where a session would do it beside.
func analyser(t testing.TB) Analyse {
	a, err := shader.New(shader.Config{Program: frontEnd})
	if err != nil {
		t.Fatalf("%v (make glsl builds it)", err)
	}
	return func(src shader.Source, done func(*shader.Position)) {
		p, err := a.Position(t.Context(), src)
		if err != nil {
			t.Error(err)
		}
		done(p)
	}
}

// oneText is a list of one string as records have it.
func oneText(text string) []byte {
	return append(le.AppendUint32(le.AppendUint32(nil, 1), uint32(len(text))), text...)
}

// program makes and links one: serials 20 (vertex shader), 21 (fragment shader), 22.
func (a *app) program(source string, attribs map[string]int, uniforms ...reflectedUniform) {
	a.do(gl.OpGlCreateShader, vertexShader, 20)
	a.do(gl.OpGlShaderSource, 20, 1, oneText(source))
	a.do(gl.OpGlCreateShader, fragmentShader, 21)
	a.do(gl.OpGlAttachShader, 22, 20)
	a.do(gl.OpGlAttachShader, 22, 21)
	a.do(gl.OpGlLinkProgram, 22)
	a.tr.Reflect(22, a.tr.Links(22), reflect(attribs, uniforms))
	a.tr.Context(&a.h, 200, 100, true)
	a.do(gl.OpGlUseProgram, 22)
}

func TestPrograms(t *testing.T) {
	const source = "#version 330\nin vec3 a_pos; uniform mat4 u_m; uniform vec2 u_move[2]; void main() { gl_Position = u_m * vec4(a_pos, 1.0) + vec4(u_move[1], 0.0, 0.0); }"
	uniforms := []reflectedUniform{{name: "u_m", kind: 0x8B5C, locations: []int32{7}}, {name: "u_move[0]", kind: 0x8B50, locations: []int32{8, 9}}}
	attribs := map[string]int{"a_pos": 3}
	identity := floats(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
	left, right := image.Rect(40, 45, 60, 55), image.Rect(140, 45, 160, 55)
	prepare := func(t *testing.T, source string) *app {
		a := newApp(t, 1, analyser(t))
		a.do(gl.OpGlBindVertexArray, 5)
		a.upload(7, arrayTarget, square(-0.5, 0, 0.1))
		a.do(gl.OpGlVertexAttribPointer, 3, 3, bounds.Float, 0, 12, uint64(0))
		a.do(gl.OpGlEnableVertexAttribArray, 3)
		a.program(source, attribs, uniforms...)
		return a
	}
	for _, c := range []struct {
		name, source string
		do           func(a *app)
		want         image.Rectangle
		why          string
	}{
		{"Plain", source, func(*app) {}, left, ""},
		{"Element", source, func(a *app) { a.do(gl.OpGlUniform2f, 9, float32(1), float32(0)) }, right, ""},
		{"ElementOfMany", source, func(a *app) { a.do(gl.OpGlUniform2fv, 8, 2, floats(9, 9, 1, 0)) }, right, ""},
		{"OtherElement", source, func(a *app) { a.do(gl.OpGlUniform2f, 8, float32(1), float32(0)) }, left, ""},
		{"WrongType", source, func(a *app) { a.do(gl.OpGlUniform1f, 9, float32(1)) }, left, ""},
		{"Transposed", source, func(a *app) {
			a.do(gl.OpGlUniformMatrix4fv, 7, 1, 1, floats(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1))
		}, right, ""},
		{"ByName", source, func(a *app) { a.do(gl.OpGlProgramUniform2f, 22, 9, float32(1), float32(0)) }, image.Rectangle{}, "uniforms that are not known"},
		{"NoOtherProgram", source, func(a *app) { a.do(gl.OpGlUseProgram, 23) }, left, ""},
		{"LinkedAgain", source, func(a *app) { a.do(gl.OpGlLinkProgram, 22) }, image.Rectangle{}, "a program that is not known"},
		{"Geometry", source, func(a *app) {
			a.do(gl.OpGlCreateShader, 0x8DD9, 24)
			a.do(gl.OpGlAttachShader, 22, 24)
			a.do(gl.OpGlLinkProgram, 22)
		}, image.Rectangle{}, "a program with other stages than vertices and fragments"},
		{"Divisor", source, func(a *app) { a.do(gl.OpGlVertexAttribDivisor, 3, 1) }, image.Rectangle{}, "a buffer that is not known"},
		{"Binding", source, func(a *app) {
			a.upload(9, arrayTarget, append(make([]byte, 8), square(0.5, 0, 0.1)...))
			a.do(gl.OpGlBindVertexBuffer, 2, 9, int64(4), 12)
			a.do(gl.OpGlVertexAttribFormat, 3, 3, bounds.Float, 0, 4)
			a.do(gl.OpGlVertexAttribBinding, 3, 2)
		}, right, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := prepare(t, c.source)
			a.do(gl.OpGlUniformMatrix4fv, 7, 1, 0, identity)
			a.do(gl.OpGlUniform2f, 9, float32(0), float32(0))
			if r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != "" || !near(r, left) {
				t.Fatalf("before: %v, %q", r, why)
			}
			c.do(a)
			a.tr.Context(&a.h, 200, 100, true)
			if r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != c.why || why == "" && !near(r, c.want) {
				t.Errorf("%v, %q; want %v, %q", r, why, c.want, c.why)
			}
		})
	}
	t.Run("Unset", func(t *testing.T) {
		if _, why := prepare(t, source).draw(gl.OpGlDrawArrays, 4, 0, 2); why != "uniforms that are not known" {
			t.Error(why)
		}
	})
	t.Run("NotFollowed", func(t *testing.T) {
		a := prepare(t, "#version 330\nuniform mat4 u_m; in vec3 a_pos; void main() { gl_Position = u_m * vec4(a_pos, 1.0) * float(gl_VertexID); }")
		if _, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); !strings.HasPrefix(why, "vertex shader: ") {
			t.Error(why)
		}
	})
	t.Run("SetBeforeTheReflection", func(t *testing.T) {
		a := newApp(t, 1, analyser(t))
		a.do(gl.OpGlBindVertexArray, 5)
		a.upload(7, arrayTarget, square(-0.5, 0, 0.1))
		a.do(gl.OpGlVertexAttribPointer, 3, 3, bounds.Float, 0, 12, uint64(0))
		a.do(gl.OpGlEnableVertexAttribArray, 3)
		a.do(gl.OpGlCreateShader, vertexShader, 20)
		a.do(gl.OpGlShaderSource, 20, 1, oneText(source))
		a.do(gl.OpGlAttachShader, 22, 20)
		a.do(gl.OpGlLinkProgram, 22)
		a.do(gl.OpGlUseProgram, 22)
		a.do(gl.OpGlUniformMatrix4fv, 7, 1, 0, identity)
		a.do(gl.OpGlUniform2f, 9, float32(5), float32(0))
		a.do(gl.OpGlUniform2f, 9, float32(1), float32(0))
		if _, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != "a program that is not known" {
			t.Error(why)
		}
		a.tr.Reflect(22, 1, reflect(attribs, uniforms))
		a.tr.Context(&a.h, 200, 100, true)
		if r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != "" || !near(r, right) {
			t.Errorf("%v, %q", r, why)
		}
	})
	t.Run("FixedMatrices", func(t *testing.T) {
		a := newApp(t, 2, analyser(t))
		a.upload(7, arrayTarget, square(-0.5, 0, 0.1))
		a.fixedArray()
		a.program("void main() { gl_Position = gl_ModelViewProjectionMatrix * gl_Vertex; }", nil)
		a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0))
		if r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != "" || !near(r, right) {
			t.Errorf("%v, %q", r, why)
		}
	})
}

// Matrices in uniform blocks are read from the buffers that are bound.
func TestUniformBlocks(t *testing.T) {
	left, right := image.Rect(40, 45, 60, 55), image.Rect(140, 45, 160, 55)
	identity := floats(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
	moved := floats(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1)
	const unknown = "uniforms that are not known"
	for _, layout := range []string{"std140", "shared"} {
		for _, c := range []struct {
			name string
			do   func(a *app)
			want image.Rectangle
			why  string
		}{
			{"Base", func(a *app) { a.do(gl.OpGlBindBufferBase, uniformTarget, 2, 31) }, left, ""},
			{"Range", func(a *app) { a.do(gl.OpGlBindBufferRange, uniformTarget, 2, 31, int64(256), int64(80)) }, right, ""},
			{"ShortRange", func(a *app) { a.do(gl.OpGlBindBufferRange, uniformTarget, 2, 31, int64(256), int64(64)) }, image.Rectangle{}, unknown},
			{"Unbound", func(a *app) {}, image.Rectangle{}, unknown},
			{"OtherBinding", func(a *app) {
				a.do(gl.OpGlBindBufferRange, uniformTarget, 3, 31, int64(256), int64(80))
				a.do(gl.OpGlUniformBlockBinding, 22, 0, 3)
			}, right, ""},
			{"Rewritten", func(a *app) {
				a.do(gl.OpGlBindBufferBase, uniformTarget, 2, 31)
				a.do(gl.OpGlBufferSubData, uniformTarget, int64(16), int64(64), moved)
			}, right, ""},
			{"Deleted", func(a *app) {
				a.do(gl.OpGlBindBufferBase, uniformTarget, 2, 31)
				a.do(gl.OpGlDeleteBuffers, 1, []byte{31, 0, 0, 0})
			}, image.Rectangle{}, unknown},
			{"WrittenByGPU", func(a *app) {
				a.do(gl.OpGlBindBufferBase, uniformTarget, 2, 31)
				a.do(gl.OpGlBindBufferBase, 0x90D2, 0, 31)
			}, image.Rectangle{}, unknown},
		} {
			t.Run(layout+"/"+c.name, func(t *testing.T) {
				a := newApp(t, 1, analyser(t))
				a.do(gl.OpGlBindVertexArray, 5)
				a.upload(7, arrayTarget, square(-0.5, 0, 0.1))
				a.do(gl.OpGlVertexAttribPointer, 3, 3, bounds.Float, 0, 12, uint64(0))
				a.do(gl.OpGlEnableVertexAttribArray, 3)
				data := make([]byte, 336)
				copy(data[16:], identity)
				copy(data[256+16:], moved)
				a.upload(31, uniformTarget, data)
				source := "#version 330\nlayout(" + layout + ") uniform Camera { vec4 eye; mat4 m; } cam; in vec3 a_pos; void main() { gl_Position = cam.m * vec4(a_pos, 1.0); }"
				a.do(gl.OpGlCreateShader, vertexShader, 20)
				a.do(gl.OpGlShaderSource, 20, 1, oneText(source))
				a.do(gl.OpGlAttachShader, 22, 20)
				a.do(gl.OpGlLinkProgram, 22)
				a.tr.Reflect(22, 1, reflect(map[string]int{"a_pos": 3}, []reflectedUniform{{name: "Camera.eye", kind: 0x8B52}, {name: "Camera.m", kind: 0x8B5C, offset: 16, matrixStride: 16}},
					reflectedBlock{"Camera", 2}))
				a.tr.Context(&a.h, 200, 100, true)
				a.do(gl.OpGlUseProgram, 22)
				c.do(a)
				if r, why := a.draw(gl.OpGlDrawArrays, 4, 0, 2); why != c.why || why == "" && !near(r, c.want) {
					t.Errorf("%v, %q; want %v, %q", r, why, c.want, c.why)
				}
			})
		}
	}
}

// Buffers beyond the limit are not mirrored, and the memory of deleted ones is given back.
func TestMirrorIsBounded(t *testing.T) {
	a := newApp(t, 2, nil)
	for i := range 100 {
		a.upload(100+i, arrayTarget, make([]byte, 64<<10))
	}
	if a.tr.mirrored > 1<<20 || a.tr.mirrored < 1<<19 {
		t.Errorf("%d bytes are mirrored, at most %d may be", a.tr.mirrored, 1<<20)
	}
	for i := range 100 {
		a.do(gl.OpGlDeleteBuffers, 1, binary.LittleEndian.AppendUint32(nil, uint32(100+i)))
	}
	if a.tr.mirrored != 0 || len(a.tr.buffers) != 0 {
		t.Errorf("%d bytes of %d buffers are left", a.tr.mirrored, len(a.tr.buffers))
	}
}

// BenchmarkDraw is a draw as samples/city makes it: four uniforms and a draw by elements.
func BenchmarkDraw(b *testing.B) {
	a := newApp(b, 1, analyser(b))
	a.do(gl.OpGlBindVertexArray, 5)
	a.upload(7, arrayTarget, make([]byte, 12*1000))
	a.upload(8, elementTarget, make([]byte, 2*3000))
	a.do(gl.OpGlVertexAttribPointer, 0, 3, bounds.Float, 0, 12, uint64(0))
	a.do(gl.OpGlEnableVertexAttribArray, 0)
	a.program(`#version 330
in vec3 a_pos; uniform mat4 u_view_proj; uniform vec4 u_place; uniform vec2 u_turn;
void main() {
	vec3 p = vec3(u_turn.x * a_pos.x + u_turn.y * a_pos.z, a_pos.y, u_turn.x * a_pos.z - u_turn.y * a_pos.x) + u_place.xyz;
	gl_Position = u_view_proj * vec4(p, 1.0);
}`, map[string]int{"a_pos": 0}, reflectedUniform{name: "u_view_proj", kind: 0x8B5C, locations: []int32{1}}, reflectedUniform{name: "u_place", kind: 0x8B52, locations: []int32{2}}, reflectedUniform{name: "u_turn", kind: 0x8B50, locations: []int32{3}},
		reflectedUniform{name: "u_tint", kind: 0x8B51, locations: []int32{4}})
	a.do(gl.OpGlUniformMatrix4fv, 1, 1, 0, floats(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1))
	recs := [][]byte{a.record(gl.OpGlUniform4f, 2, float32(0), float32(0), float32(0), float32(0)), a.record(gl.OpGlUniform2f, 3, float32(1), float32(0)),
		a.record(gl.OpGlUniform3fv, 4, 1, floats(1, 2, 3))}
	ops := []gl.Op{gl.OpGlUniform4f, gl.OpGlUniform2f, gl.OpGlUniform3fv}
	draw := a.record(gl.OpGlDrawElements, 4, 300, 0x1403, uint64(600))
	b.ReportAllocs()
	for b.Loop() {
		for i := range recs {
			a.tr.Record(&a.h, uint16(ops[i]), recs[i])
		}
		if _, why := a.tr.Draw(&a.h, uint16(gl.OpGlDrawElements), draw, picture); why != "" {
			b.Fatal(why)
		}
	}
}
