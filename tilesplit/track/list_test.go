package track

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/gl/gltest"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// chunk gives records as they stand in a chunk.
func (a *app) chunk(records ...[]byte) wire.Records {
	var all []byte
	for _, r := range records {
		all = append(all, r...)
	}
	return wire.WalkRecords(all)
}

func TestGroups(t *testing.T) {
	left, right := image.Rect(40, 45, 60, 55), image.Rect(140, 45, 160, 55)
	f := func(v float32) any { return v }
	for _, c := range []struct {
		name   string
		before func(a *app)
		group  func(a *app) [][]byte // glBegin and what follows
		n      int                   // 0: not taken for one
		states int
		want   image.Rectangle
		why    string
	}{
		{"Plain", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlColor3f, f(1), f(0), f(0)), a.record(gl.OpGlVertex3f, f(-0.6), f(-0.1), f(0)),
				a.record(gl.OpGlNormal3f, f(0), f(0), f(1)), a.record(gl.OpGlVertex2f, f(-0.4), f(0.1)), a.record(gl.OpGlEnd), a.record(gl.OpGlVertex2f, f(9), f(9))}
		}, 6, 2, left, ""},
		{"Arrays", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlVertex3fv, floats(0.6, -0.1, 0)), a.record(gl.OpGlVertex2sv, []byte{0, 0, 0, 0}),
				a.record(gl.OpGlVertex4d, 0.8, 0.2, 0.0, 2.0), a.record(gl.OpGlEnd)}
		}, 5, 0, image.Rect(100, 45, 180, 60), ""}, // each with the least w,
		{"Moved", func(a *app) { a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0)) }, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlVertex2f, f(-0.6), f(-0.1)), a.record(gl.OpGlVertex2f, f(-0.4), f(0.1)), a.record(gl.OpGlEnd)}
		}, 4, 0, right, ""},
		{"Lines", func(a *app) { a.do(gl.OpGlLineWidth, float32(20)) }, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 1), a.record(gl.OpGlVertex2f, f(-0.6), f(-0.1)), a.record(gl.OpGlVertex2f, f(-0.4), f(0.1)), a.record(gl.OpGlEnd)}
		}, 4, 0, left.Inset(-11), ""},
		{"Empty", nil, func(a *app) [][]byte { return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlEnd)} }, 2, 0, image.Rectangle{}, ""},
		{"Unended", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlVertex2f, f(1), f(1))}
		}, 0, 0, left, ""},
		{"NoMode", nil, func(a *app) [][]byte { return [][]byte{a.record(gl.OpGlBegin, 10), a.record(gl.OpGlEnd)} }, 0, 0, left, ""},
		{"ListCalledIn", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlCallList, 1), a.record(gl.OpGlEnd)}
		}, 0, 0, left, ""},
		{"StateThatIsAnError", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlShadeModel, 0x1D00), a.record(gl.OpGlEnd)}
		}, 0, 0, left, ""},
		{"MatrixThatIsAnError", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlLoadIdentity), a.record(gl.OpGlEnd)}
		}, 0, 0, left, ""},
		{"Attribute0", nil, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlVertexAttrib2f, 0, f(1), f(1)), a.record(gl.OpGlEnd)}
		}, 0, 0, left, ""},
		{"Framebuffer", func(a *app) { a.do(gl.OpGlBindFramebuffer, 0x8D40, 5) }, func(a *app) [][]byte {
			return [][]byte{a.record(gl.OpGlBegin, 4), a.record(gl.OpGlVertex2f, f(1), f(1)), a.record(gl.OpGlEnd)}
		}, 3, 0, left, "a framebuffer object"},
	} {
		check := func(t *testing.T, spans bool) {
			a := newApp(t, 2, nil)
			if c.before != nil {
				c.before(a)
			}
			records, want := c.group(a), c.n
			if spans {
				in := a.spans(records)
				if want > 0 {
					want -= len(records) - len(in)
				}
				records = in
			}
			l, n, bytes := a.tr.Group(&a.h, records[0], a.chunk(records[1:]...))
			if n != want {
				t.Fatalf("%d records, want %d", n, want)
			}
			if n == 0 {
				return
			}
			length := 0
			for _, r := range records[:n] {
				length += len(r)
			}
			if bytes != length || len(l.States) != c.states {
				t.Errorf("%d bytes and %d records of state, want %d and %d", bytes, len(l.States), length, c.states)
			}
			if r, why := a.tr.DrawPrimitives(&a.h, l, picture); why != c.why || why == "" && !near(r, c.want) {
				t.Errorf("%v, %q; want %v, %q", r, why, c.want, c.why)
			}
		}
		t.Run(c.name, func(t *testing.T) { check(t, false) })
		t.Run(c.name+"InSpans", func(t *testing.T) { check(t, true) })
	}
}

// spans gives records as they stand in a chunk whose calls between glBegin and glEnd stand in spans.
func (a *app) spans(records [][]byte) (out [][]byte) {
	in, _ := gltest.InSpans(slices.Concat(records...))
	for it := wire.WalkRecords(in); it.Next(); {
		out = append(out, it.Raw())
	}
	return out
}

// Of what spans set the last value of each kind is left, in the order in which these came.
func TestStateOfSpans(t *testing.T) {
	a := newApp(t, 2, nil)
	f := func(v float32) any { return v }
	records := [][]byte{a.record(gl.OpGlBegin, 4),
		a.record(gl.OpGlColor3f, f(1), f(0), f(0)), a.record(gl.OpGlNormal3f, f(1), f(0), f(0)), a.record(gl.OpGlMultiTexCoord2f, 0x84C0, f(1), f(1)), a.record(gl.OpGlVertex2f, f(0), f(0)),
		a.record(gl.OpGlMultiTexCoord2f, 0x84C1, f(2), f(2)), a.record(gl.OpGlNormal3f, f(0), f(0), f(1)), a.record(gl.OpGlVertex2f, f(0), f(1)),
		a.record(gl.OpGlColor3f, f(0), f(1), f(0)), a.record(gl.OpGlVertexAttrib2f, 3, f(1), f(1)), a.record(gl.OpGlVertex2f, f(1), f(1)), a.record(gl.OpGlEnd)}
	want := [][]byte{records[3], records[5], records[6], records[8], records[9]}
	in := a.spans(records)
	l, n, _ := a.tr.Group(&a.h, in[0], a.chunk(in[1:]...))
	if n != 3 || len(l.States) != len(want) {
		t.Fatalf("%d records, %d of state, want 3 and %d", n, len(l.States), len(want))
	}
	for i, s := range l.States {
		if !bytes.Equal(s.Raw, want[i]) {
			t.Errorf("state %d: %s, want %s", i, gl.Print(s.Raw), gl.Print(want[i]))
		}
	}
	for name, items := range map[string][]byte{
		"Cut":       {byte(gl.OpGlVertex2f), 0, 12, 0, 0, 0},
		"Length":    {byte(gl.OpGlVertex2f), 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"NotInSpan": {byte(gl.OpGlBegin), 0, 8, 0, 0, 0, 0, 0},
		"Evaluated": append([]byte{byte(gl.OpGlEvalCoord1f & 0xff), byte(gl.OpGlEvalCoord1f >> 8), 8, 0}, 0, 0, 0, 0),
	} {
		if _, n, _ := a.tr.Group(&a.h, in[0], a.chunk(a.record(gl.OpPrismVertices, items), in[2])); n != 0 {
			t.Errorf("%s: taken for a group of %d records", name, n)
		}
	}
}

func TestLists(t *testing.T) {
	left, right := image.Rect(40, 45, 60, 55), image.Rect(140, 45, 160, 55)
	f := func(v float32) any { return v }
	square := func(a *app) {
		a.do(gl.OpGlBegin, 7)
		a.do(gl.OpGlNormal3f, f(0), f(0), f(1))
		for _, v := range [][2]float32{{-0.6, -0.1}, {-0.4, -0.1}, {-0.4, 0.1}, {-0.6, 0.1}} {
			a.do(gl.OpGlVertex2f, v[0], v[1])
		}
		a.do(gl.OpGlEnd)
	}
	move := func(a *app) { a.do(gl.OpGlTranslatef, float32(1), float32(0), float32(0)) }
	list := func(a *app, name int, f func(*app)) {
		a.do(gl.OpGlNewList, name, compileOnly)
		f(a)
		a.do(gl.OpGlEndList)
	}
	for _, c := range []struct {
		name string
		do   func(a *app)
		want image.Rectangle // of list 1
		ok   bool            // it is bounded
	}{
		{"Square", func(a *app) { list(a, 1, square) }, left, true},
		{"SquareOfSpans", func(a *app) {
			list(a, 1, func(a *app) {
				f := func(v float32) any { return v }
				in := a.spans([][]byte{a.record(gl.OpGlBegin, 7), a.record(gl.OpGlNormal3f, f(0), f(0), f(1)), a.record(gl.OpGlVertex2f, f(-0.6), f(-0.1)),
					a.record(gl.OpGlVertex2f, f(-0.4), f(0.1)), a.record(gl.OpGlEnd)})
				for _, r := range in {
					a.tr.Record(&a.h, le.Uint16(r[4:]), r)
				}
			})
		}, left, true},
		{"SquareWithState", func(a *app) {
			list(a, 1, func(a *app) {
				a.do(gl.OpGlShadeModel, 0x1D00)
				square(a)
			})
		}, left, true},
		{"Moved", func(a *app) {
			list(a, 1, square)
			move(a)
		}, right, true},
		{"MovedByAList", func(a *app) {
			list(a, 1, square)
			list(a, 2, move)
			a.do(gl.OpGlCallList, 2)
		}, right, true},
		{"MovedByAListInAList", func(a *app) {
			list(a, 1, square)
			list(a, 2, move)
			list(a, 3, func(a *app) { a.do(gl.OpGlCallList, 2) })
			a.do(gl.OpGlCallList, 3)
		}, right, true},
		{"MovedByLists", func(a *app) {
			list(a, 1, square)
			list(a, 12, move)
			a.do(gl.OpGlListBase, 10)
			a.do(gl.OpGlCallLists, 1, bounds.UnsignedByte, []byte{2})
		}, right, true},
		{"DeletedListMovesNothing", func(a *app) {
			list(a, 1, square)
			list(a, 2, move)
			a.do(gl.OpGlDeleteLists, 2, 1)
			a.do(gl.OpGlCallList, 2)
		}, left, true},
		{"ItMoves", func(a *app) {
			list(a, 1, func(a *app) {
				move(a)
				square(a)
			})
		}, left, false},
		{"ItDrawsArrays", func(a *app) { list(a, 1, func(a *app) { a.do(gl.OpGlDrawArrays, 4, 0, 3) }) }, left, false},
		{"ItDrawsManyElements", func(a *app) {
			list(a, 1, func(a *app) {
				a.do(gl.OpPrismMultiDrawElements, 4, bounds.UnsignedByte, 0, []byte{}, []byte{}, null{}, []byte{})
			})
		}, left, false},
		{"ItCallsItself", func(a *app) {
			list(a, 1, func(a *app) { a.do(gl.OpGlCallList, 1) })
			a.do(gl.OpGlCallList, 1)
		}, left, false},
		{"Unended", func(a *app) { list(a, 1, func(a *app) { a.do(gl.OpGlBegin, 7) }) }, left, false},
		{"Deleted", func(a *app) {
			list(a, 1, square)
			a.do(gl.OpGlDeleteLists, 1, 1)
		}, left, false},
		{"MadeAnew", func(a *app) {
			list(a, 1, square)
			list(a, 1, move)
		}, left, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t, 2, nil)
			c.do(a)
			l := a.tr.List(&a.h, 1)
			if (l != nil) != c.ok {
				t.Fatalf("bounded: %v", l != nil)
			}
			if l == nil {
				return
			}
			if r, why := a.tr.DrawPrimitives(&a.h, l, picture); why != "" || !near(r, c.want) {
				t.Errorf("%v, %q; want %v", r, why, c.want)
			}
		})
	}
}

// What a list of arrays leaves, of which a node that shows nothing of it needs no vertices.
func TestFlattenedArrays(t *testing.T) {
	draw := func(a *app) {
		a.do(gl.OpGlEnableClientState, 0x8075)
		a.do(gl.OpGlClientActiveTexture, 0x84C0)
		a.do(gl.OpPrismClientBlock, 0, 2, 2, 24, []byte{}, floats(0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1))
		a.do(gl.OpGlDrawArrays, 4, 0, 2)
	}
	normal := func(x float32) func(a *app) {
		return func(a *app) { a.do(gl.OpGlNormal3f, x, float32(0), float32(1)) }
	}
	one := func(op gl.Op, args ...any) func(a *app) { return func(a *app) { a.do(op, args...) } }
	for name, c := range map[string]struct {
		list []func(a *app)
		want []string // nil: it is not known
	}{
		"Draw":  {[]func(a *app){draw, draw}, []string{}},
		"State": {[]func(a *app){normal(1), draw}, []string{"glNormal3f(nx = 1, ny = 0, nz = 1)"}},
		"Moved": {[]func(a *app){normal(1), draw, one(gl.OpGlPushMatrix), one(gl.OpGlLoadIdentity), draw, one(gl.OpGlPopMatrix), normal(2), draw},
			[]string{"glNormal3f(nx = 1, ny = 0, nz = 1)", "glNormal3f(nx = 2, ny = 0, nz = 1)"}},
		"Units": {[]func(a *app){one(gl.OpGlMultiTexCoord1f, 0x84C1, float32(1)), draw, one(gl.OpGlMultiTexCoord1f, 0x84C2, float32(2))},
			[]string{"glMultiTexCoord1f(target = GL_TEXTURE1, s = 1)", "glMultiTexCoord1f(target = GL_TEXTURE2, s = 2)"}},
		"NeededBefore": {[]func(a *app){normal(1), one(gl.OpGlPushAttrib, 1), draw, normal(2)},
			[]string{"glNormal3f(nx = 1, ny = 0, nz = 1)", "glPushAttrib(mask = GL_CURRENT_BIT)", "glNormal3f(nx = 2, ny = 0, nz = 1)"}},
		"InBegin":  {[]func(a *app){one(gl.OpGlBegin, 4), draw, one(gl.OpGlEnd)}, nil},
		"Feedback": {[]func(a *app){one(gl.OpPrismFeedbackBuffer, 5, 0x601), draw}, nil},
		"Rects":    {[]func(a *app){one(gl.OpGlRectf, float32(0), float32(0), float32(1), float32(1))}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, 2, nil)
			a.do(gl.OpGlNewList, 1, compileOnly)
			for _, f := range c.list {
				f(a)
			}
			a.do(gl.OpGlEndList)
			states, ok := a.tr.Flattened(&a.h, 1)
			if ok != (c.want != nil) {
				t.Fatalf("known: %v", ok)
			}
			got := []string{}
			for i := range states {
				got = append(got, gl.Print(states[i].Raw))
			}
			if ok && !slices.Equal(got, c.want) {
				t.Errorf("it leaves %q, want %q", got, c.want)
			}
		})
	}
}
