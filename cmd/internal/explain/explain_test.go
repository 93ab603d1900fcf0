package explain

import (
	"bytes"
	"flag"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/passes"
)

var update = flag.Bool("update", false, "write the golden texts")

// script tells a collector what a session would.
type script struct {
	t *testing.T
	c *Collector
	h wire.ChunkHeader
	// last is the last record.
	last []byte
}

func (s *script) record(op gl.Op, fill func(b *wire.Builder)) {
	s.t.Helper()
	b := new(wire.Builder).Chunk(wire.ChunkHeader{}).Record(uint16(op), 0)
	if fill != nil {
		fill(b)
	}
	batch, err := b.Bytes()
	if err != nil {
		s.t.Fatal(err)
	}
	s.last = batch[wire.ChunkHeaderBytes:]
	s.c.Record(&s.h, op, s.last)
}

func (s *script) u32(op gl.Op, args ...uint32) {
	s.t.Helper()
	s.record(op, func(b *wire.Builder) {
		for _, a := range args {
			b.U32(a)
		}
	})
}

func (s *script) draw(object uint32, d observe.Draw) {
	d.Target = observe.Target{Drawable: 3, Width: 64, Height: 48, Framebuffer: object, Division: observe.Tiled, Why: "each its own"}
	if object != 0 {
		d.Target.Division, d.Target.Why = observe.Replicated, "objects are"
	}
	d.Command = s.last
	if d.Records == 0 {
		d.Records = 1
	}
	s.c.Draw(&d)
}

func only(nodes ...int) (m bounds.Mask) {
	for _, n := range nodes {
		m.Add(n)
	}
	return m
}

// play tells of three frames; the second has all that a report can show.
func play(t *testing.T, c *Collector) {
	t.Helper()
	s := &script{t: t, c: c, h: wire.ChunkHeader{Ctx: 1}}
	plan, err := grid.Grid{Columns: 2, Rows: 1}.Plan(64, 48, 2)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(n uint64) {
		s.c.Sent(observe.Everyone, 100)
		s.c.Sent(1, 20)
		s.record(gl.OpPrismSwap, func(b *wire.Builder) { b.U32(3).I32(1).U64(n).U64(0) })
		s.c.Frame(&observe.Frame{Drawable: 3, Number: n, Plan: &plan, Held: 10 * n, Merged: 3 * n})
	}
	// Before the frame: a texture, a renderbuffer, an object of both, and lists.
	s.u32(gl.OpGlBindTexture, 0x0DE1, 5)
	s.u32(gl.OpGlTexStorage2D, 0x0DE1, 1, 0x8058, 32, 16)
	s.u32(gl.OpGlBindRenderbuffer, 0x8D41, 6)
	s.u32(gl.OpGlRenderbufferStorage, 0x8D41, 0x81A6, 40, 16)
	s.u32(gl.OpGlBindFramebuffer, 0x8D40, 7)
	s.u32(gl.OpGlFramebufferTexture2D, 0x8D40, 0x8CE0, 0x0DE1, 5, 0)
	s.u32(gl.OpGlFramebufferRenderbuffer, 0x8D40, 0x8D00, 0x8D41, 6)
	primitive := func(mode uint32, n int) {
		s.u32(gl.OpGlBegin, mode)
		for range n {
			s.record(gl.OpGlVertex2f, func(b *wire.Builder) { b.F32(0).F32(0) })
		}
		s.u32(gl.OpGlEnd)
	}
	s.u32(gl.OpGlNewList, 1, 0x1300)
	primitive(7, 8) // 4 triangles
	s.u32(gl.OpGlEndList)
	s.u32(gl.OpGlNewList, 2, 0x1300)
	s.u32(gl.OpGlCallList, 1)
	s.u32(gl.OpGlBegin, 6) // 3 triangles, in a span
	vertex := []byte{byte(gl.OpGlVertex2f), 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	s.record(gl.OpPrismVertices, func(b *wire.Builder) { b.Inline(bytes.Repeat(vertex, 5)) })
	s.u32(gl.OpGlEnd)
	s.u32(gl.OpGlEndList)
	swap(1)

	s.u32(gl.OpGlClear, 0x4100)
	s.draw(7, observe.Draw{Nodes: bounds.All(2), Unbounded: "it clears"})
	s.u32(gl.OpGlDrawArrays, 5, 0, 10) // a strip of 8
	s.draw(7, observe.Draw{Nodes: bounds.All(2), Unbounded: "an object", Program: 4})
	s.u32(gl.OpGlDrawArraysInstanced, 4, 0, 6, 10)
	s.draw(0, observe.Draw{Nodes: only(1), Bounded: true, Rect: image.Rect(40, 0, 50, 10), Program: 4, Position: "attribute a by m"})
	s.u32(gl.OpGlBegin, 4)
	s.draw(0, observe.Draw{Nodes: only(0), Bounded: true, Rect: image.Rect(0, 0, 5, 6), Records: 5, Position: "fixed functions"})
	for range 3 {
		s.record(gl.OpGlVertex2f, func(b *wire.Builder) { b.F32(0).F32(0) })
	}
	s.u32(gl.OpGlEnd)
	s.u32(gl.OpGlCallList, 2)
	s.draw(0, observe.Draw{Bounded: true})
	s.u32(gl.OpGlDrawArraysIndirect, 4, 0, 0)
	s.draw(0, observe.Draw{Nodes: bounds.All(2), Unbounded: "not followed", Program: 9})
	s.u32(gl.OpGlDrawArrays, 4, 0, 3)
	s.draw(0, observe.Draw{Nodes: bounds.All(2), Bounded: true, Rect: image.Rect(0, 0, 64, 48), Program: 4, Position: "attribute a by m"})
	swap(2)
	c.Measured(session.Measure{Drawable: 3, Number: 2, Nodes: []session.NodeMeasure{{Cost: 2 * time.Millisecond, Draws: 5}, {Cost: 4 * time.Millisecond, Draws: 6}}})
	s.u32(gl.OpGlDrawArrays, 4, 0, 3)
	s.draw(0, observe.Draw{Nodes: bounds.All(2), Unbounded: "not followed"})
	swap(3)
}

func collector(first, last uint64, draws bool) *Collector {
	c := &Collector{First: first, Last: last, Draws: draws, Names: []string{"a", "b"}}
	c.Begin()
	return c
}

// TestText: what is printed of a made-up frame, as testdata/frame.txt has it.
func TestText(t *testing.T) {
	c := collector(2, 2, true)
	play(t, c)
	r := Report{Recording: "made-up.prism", Recorded: 3, Tiling: "grid 2x1", Culling: true, Frames: c.Frames()}
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "frame.txt")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestFigures: what a frame's figures are made of.
func TestFigures(t *testing.T) {
	c := collector(2, 3, false)
	play(t, c)
	frames := c.Frames()
	if len(frames) != 2 || frames[0].Frame != 2 || frames[1].Frame != 3 {
		t.Fatalf("frames: %+v", frames)
	}
	f := &frames[0]
	if f.Draws != 7 || f.Bounded != 4 || f.Triangles != 8+20+1+7+1 || f.Unknown != 1 || f.Held != 10 || f.Merged != 3 {
		t.Errorf("%+v", f)
	}
	if n := f.Nodes; n[0].Draws != 5 || n[0].Triangles != 8+1+1 || n[1].Draws != 5 || n[1].Triangles != 8+20+1 || n[0].Bytes != 100 || n[1].Bytes != 120 ||
		n[0].Cost != 2 || n[1].Drawn != 6 || f.CostBalance != 0.75 || f.DrawBalance != 1 {
		t.Errorf("nodes %+v, balance %g %g", n, f.DrawBalance, f.CostBalance)
	}
	if len(f.Passes) != 2 || f.Passes[0].Width != 32 || f.Passes[0].Height != 16 || len(f.Passes[0].Attached) != 2 || f.Passes[0].Draws != nil || f.Passes[1].Least != 0 || f.Passes[1].Most != 2 {
		t.Errorf("passes %+v", f.Passes)
	}
	if frames[1].Draws != 1 || frames[1].Nodes[1].Cost != 0 || frames[1].CostBalance != 0 || len(frames[1].ToAll) != 1 {
		t.Errorf("the last frame: %+v", frames[1])
	}
}

// TestPasses: what was chosen for passes into objects is that of the right ones.
func TestPasses(t *testing.T) {
	c := collector(1, 1, false)
	s := &script{t: t, c: c, h: wire.ChunkHeader{Ctx: 1}}
	for _, object := range []uint32{7, 8, 7, 0, 7} {
		s.u32(gl.OpGlDrawArrays, 4, 0, 3)
		s.draw(object, observe.Draw{Nodes: bounds.All(2), Unbounded: "an object"})
	}
	c.Pass(&passes.Pass{Framebuffer: 7, Ordinal: 1, Choice: passes.Choice{Tiled: true, MarginX: 2, MarginY: 3, Reason: "each pixel reads around its own"}})
	c.Pass(&passes.Pass{Framebuffer: 8, Choice: passes.Replicate("something")})
	c.Pass(&passes.Pass{Framebuffer: 7, Ordinal: 3, Choice: passes.Replicate("there is no such pass")})
	c.Frame(&observe.Frame{Drawable: 3, Number: 1})
	var got []string
	for _, p := range c.Frames()[0].Passes {
		got = append(got, p.division()+": "+p.Why)
	}
	want := []string{"replicated: objects are", "replicated: something", "tiled, 2 × 3 pixels more on each side: each pixel reads around its own", "tiled: each its own", "replicated: objects are"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestTriangles(t *testing.T) {
	for _, c := range []struct {
		mode  uint32
		n, x  int
		want  uint64
		known bool
	}{{0, 5, 1, 0, true}, {4, 7, 1, 2, true}, {5, 5, 3, 9, true}, {6, 1, 1, 0, true}, {7, 11, 1, 4, true}, {8, 7, 1, 4, true}, {9, 5, 1, 3, true}, {12, 12, 1, 2, true},
		{13, 8, 1, 2, true}, {14, 8, 1, 0, false}, {4, -1, 1, 0, true}, {4, 3, -1, 0, true}, {4, 0, 1, 0, true}} {
		if got, known := (&shape{c.mode, c.n, c.x}).triangles(); got != c.want || known != c.known {
			t.Errorf("mode %d, %d vertices %d times: %d %v, want %d %v", c.mode, c.n, c.x, got, known, c.want, c.known)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		first, last, frames uint64
		want                string
	}{{1, 1, 1, ""}, {3, 7, 7, ""}, {1, 1, 0, "has not swapped"}, {0, 0, 5, "count from 1"}, {4, 3, 5, "the first comes first"}, {6, 6, 5, "there are frames 1 to 5"}} {
		err := Check(c.first, c.last, c.frames)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
