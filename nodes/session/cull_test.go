package session

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"syscall"
	"testing"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/gl/gltest"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/track"
)

// scene makes an app that draws with fixed functions from one buffer: squares of two corners each, at the places that are given in
// clip space.
func (a *app) scene(places ...[2]float32) {
	a.window(1, 100, 100)
	op := func(o gl.Op) uint16 { return uint16(o) }
	a.b.Record(op(gl.OpPrismContextCreate), 0).U32(1).U32(0).U32(0).U32(2).U32(4).U32(5).U32(0).U32(0).U32(0).U32(8).U32(24).U32(8).U32(1)
	a.chunk(0)
	var data []byte
	for _, p := range places {
		for _, d := range []float32{-0.1, 0.1} {
			for _, v := range []float32{p[0] + d, p[1] + d, 0} {
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
			}
		}
	}
	a.b.Record(op(gl.OpGlBindBuffer), 0).U32(0x8892).U32(7)
	a.b.Record(op(gl.OpGlBufferData), 0).U32(0x8892).U64(uint64(len(data))).Inline(data).U32(0x88E4)
	a.b.Record(op(gl.OpGlVertexPointer), 0).U32(3).U32(0x1406).U32(12).Offset(0)
	a.b.Record(op(gl.OpGlEnableClientState), 0).U32(0x8074)
}

func (a *app) color(v float32) {
	a.b.Record(uint16(gl.OpGlColor4f), 0).F32(v).F32(0).F32(0).F32(1)
}

func (a *app) square(i int) {
	a.b.Record(uint16(gl.OpGlDrawArrays), 0).U32(4).U32(uint32(2 * i)).U32(2)
}

// drawn is what a worker has drawn: the square's number and the colour that was current.
type drawn struct {
	square int
	color  float32
}

func TestDrawsGoWhereTheyCanBeSeen(t *testing.T) {
	a := newApp(t)
	a.scene([2]float32{-0.5, -0.5}, [2]float32{0.5, -0.5}, [2]float32{-0.5, 0.5}, [2]float32{0.5, 0.5}, [2]float32{0, 0}, [2]float32{5, 0})
	const frames = 5
	for frame := range frames {
		a.fill(uint32(frame))
		for i := range 6 {
			a.color(float32(10*frame + i))
			a.square(i)
		}
		if frame == 3 { // moved out to the right by a half: what was left is right
			a.b.Record(uint16(gl.OpGlTranslatef), 0).F32(1).F32(0).F32(0)
			a.color(77)
			a.square(0)
			a.b.Record(uint16(gl.OpGlLoadIdentity), 0)
		}
		a.swap(1)
	}
	got := make([][]drawn, 4)
	hub, _ := cluster(t, 4, func(w *worker) {
		color := float32(0)
		w.onRecord = func(op uint16, p []byte) bool {
			switch gl.Op(op) {
			case gl.OpGlColor4f:
				color = f32(binary.LittleEndian.Uint32(p))
			case gl.OpGlDrawArrays:
				got[w.peer] = append(got[w.peer], drawn{int(binary.LittleEndian.Uint32(p[4:]) / 2), color})
			}
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil || len(shots) != frames {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	hub.end()
	for peer := range 4 {
		var want []drawn
		for frame := range frames {
			want = append(want, drawn{peer, float32(10*frame + peer)}, drawn{4, float32(10*frame + 4)})
			if frame == 3 && peer == 1 {
				want = append(want, drawn{0, 77})
			}
		}
		if len(got[peer]) != len(want) {
			t.Errorf("node %d drew %v, want %v", peer, got[peer], want)
			continue
		}
		for i := range want {
			if got[peer][i] != want[i] {
				t.Errorf("node %d drew %v, want %v", peer, got[peer], want)
				break
			}
		}
	}
	c := stats.Culling
	if c == nil || c.Draws != 6*frames+1 || c.Bounded != c.Draws || len(c.Unbounded) != 0 || c.Held == 0 || c.Merged == 0 {
		t.Errorf("figures: %+v", c)
	}
	for peer, n := range c.Nodes {
		if want := uint64(len(got[peer])); n.Sent != want || n.Needed != want {
			t.Errorf("figures say that node %d got %d draws and needed %d, want %d", peer, n.Sent, n.Needed, want)
		}
	}
}

// Indices that are staged go where their draw goes: they wait on no other node for a draw that does not come.
func TestStagedIndicesGoWithTheirDraw(t *testing.T) {
	const most = 40 // indices of a draw
	data := op(t, "prismData")
	a := newApp(t)
	a.scene([2]float32{-0.5, -0.5}, [2]float32{0.5, -0.5}, [2]float32{-0.5, 0.5}, [2]float32{0.5, 0.5})
	elements := func(indices int) {
		a.b.Record(uint16(gl.OpGlDrawElements), 0).U32(4).U32(uint32(indices)).U32(0x1401).Staged(indices)
	}
	of := func(square, n int) []byte { return bytes.Repeat([]byte{byte(2 * square), byte(2*square + 1)}, n/2) }
	for frame := range 3 {
		a.fill(uint32(frame))
		for i := range 4 {
			a.color(float32(i))
			a.b.Data(data, of(i, most-10)).Data(data, of(i, 10)) // in two pieces
			elements(most)
		}
		a.b.Data(data, of(0, 10)) // what ends the chunk may come between
		a.chunk(0)
		elements(10)
		a.b.Data(data, make([]byte, 100)) // another command's
		a.b.Record(uint16(gl.OpGlBufferData), 0).U32(0x88EC).U64(100).Staged(100).U32(0x88E4)
		a.swap(1)
	}
	type draw struct {
		indices string
		color   float32
	}
	got := make([][]draw, 4)
	hub, _ := cluster(t, 4, func(w *worker) {
		color, waiting := float32(0), []byte(nil)
		w.onRecord = func(op uint16, p []byte) bool {
			switch gl.Op(op) {
			case gl.OpPrismData:
				waiting = append(waiting, p[8:8+binary.LittleEndian.Uint32(p)]...)
				return true
			case gl.OpGlColor4f:
				color = f32(binary.LittleEndian.Uint32(p))
			case gl.OpGlDrawElements:
				got[w.peer] = append(got[w.peer], draw{string(waiting), color})
			case gl.OpGlBufferData:
				if binary.LittleEndian.Uint32(p) == 0x88EC && len(waiting) != 100 {
					t.Errorf("node %d: %d bytes for a buffer of 100", w.peer, len(waiting))
				}
			}
			waiting = waiting[:0]
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil || len(shots) != 3 {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	hub.end()
	for peer := range 4 {
		var want []draw
		for range 3 {
			if want = append(want, draw{string(of(peer, most)), float32(peer)}); peer == 0 {
				want = append(want, draw{string(of(0, 10)), 3})
			}
		}
		if !slices.Equal(got[peer], want) {
			t.Errorf("node %d drew %v, want %v", peer, got[peer], want)
		}
	}
	if c := stats.Culling; c.Draws != 15 || c.Bounded != 15 || len(c.Unbounded) != 0 {
		t.Errorf("figures: %+v", c)
	}
}

// Pictures do not depend on whether draws are culled, with plain records, large ones, questions and several windows between them.
func TestCullingChangesNoPicture(t *testing.T) {
	a := newApp(t)
	a.scene([2]float32{-0.5, -0.5}, [2]float32{0.5, 0.5})
	for i := range uint32(80) {
		a.color(float32(i))
		a.square(int(i % 2))
		a.color(float32(i) + 0.5) // is held when the data comes
		if i%7 == 0 {
			a.b.Data(op(t, "prismData"), make([]byte, 100<<10))
			a.chunk(0)
			a.b.Record(uint16(gl.OpGlBufferData), 0).U32(0x88EC).U64(100 << 10).Staged(100 << 10).U32(0x88E4)
		}
		if i%11 == 0 {
			a.ask("glReadPixels", 10, 10, 50, 50, 0x80E1, 0x8367)
		}
		a.square(int(i % 2))
		a.fill(i) // last: draws show the depth buffer there
		a.swap(1)
	}
	hub, workers := cluster(t, 4, func(w *worker) {
		staged := false
		w.onRecord = func(op uint16, _ []byte) bool {
			if data := gl.Op(op) == gl.OpPrismData; !data && staged && gl.Op(op) != gl.OpGlBufferData {
				t.Errorf("node %d: %v came between staged data and its command", w.peer, gl.Op(op))
			} else {
				staged = data
			}
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil || len(shots) != 80 {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	for i, s := range shots {
		if string(s.pix) != string(pattern(uint32(i), 100, 100)) {
			t.Fatalf("frame %d is not the picture: %d×%d, %v", i, s.w, s.h, s.pix[:40])
		}
	}
	if stats.Culling.Bounded != 160 || workers[0].seed != 79 {
		t.Errorf("%+v, node 0 is at %d", stats.Culling, workers[0].seed)
	}
}

// Where nothing is saved, dealing ends, and begins again when something may be.
func TestDealingEndsWhereItSavesNothing(t *testing.T) {
	a := newApp(t)
	a.scene([2]float32{0, 0}, [2]float32{-0.5, -0.5})
	const all = littleFrames + pauseFrames + 5
	for range all {
		a.square(0)
		a.swap(1)
	}
	a.square(1)
	a.swap(1)
	a.square(1)
	a.swap(1)
	counts := make([]int, 4)
	hub, _ := cluster(t, 4, func(w *worker) {
		w.onRecord = func(op uint16, _ []byte) bool {
			if gl.Op(op) == gl.OpGlDrawArrays {
				counts[w.peer]++
			}
			return true
		}
	})
	_, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil {
		t.Fatal(err)
	}
	hub.end()
	if counts[0] != all+2 || counts[1] != all || counts[3] != all {
		t.Errorf("draws: %v, want %d more on node 0 than %d", counts, 2, all)
	}
	if d := stats.Culling.Draws; d >= all || d < littleFrames+2 {
		t.Errorf("%d draws were bounded of %d: dealing did not pause", d, all+2)
	}
}

// nowhere is a hub whose peers take all.
type nowhere struct{ lane.Hub }

func (nowhere) Peers() int                                         { return 4 }
func (nowhere) Broadcast(context.Context, lane.Kind, []byte) error { return nil }
func (nowhere) Send(context.Context, int, lane.Kind, []byte) error { return nil }

// BenchmarkSplitDraws is what the splitter does with a frame of draws, for each draw: a colour, a matrix and a draw; cpu-ns/draw is what
// counts on a machine that others use.
func BenchmarkSplitDraws(b *testing.B) {
	for name, culling := range map[string]*Culling{"All": nil, "Culled": {}} {
		b.Run(name, func(b *testing.B) {
			const draws = 500
			a := newApp(b)
			a.scene([2]float32{-0.5, -0.5}, [2]float32{0.5, -0.5}, [2]float32{-0.5, 0.5}, [2]float32{0.5, 0.5})
			a.chunk(0)
			head := len(a.chunks)
			for i := range draws {
				a.color(float32(i))
				a.b.Record(uint16(gl.OpGlBindTexture), 0).U32(0x0DE1).U32(0)
				a.b.Record(uint16(gl.OpGlBlendFunc), 0).U32(1).U32(0)
				a.square(i % 4)
			}
			a.chunk(0)
			s := &session{Config: Config{Hub: nowhere{}, Policy: grid.Grid{Columns: 2, Rows: 2}, Log: quiet, Culling: culling}, ops: newCommands(), peers: 4, said: map[string]bool{}}
			s.Names = []string{"a", "b", "c", "d"}
			s.split.init(s)
			s.split.cull = newCuller(b.Context(), &s.split)
			for _, c := range a.chunks[:head] {
				if _, err := s.split.chunk(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			before := cpu()
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				for _, c := range a.chunks[head:] {
					if _, err := s.split.chunk(b.Context(), c); err != nil {
						b.Fatal(err)
					}
				}
				n++
			}
			b.ReportMetric(float64(cpu()-before)/float64(n*draws), "cpu-ns/draw")
			s.split.cull.end()
		})
	}
}

// cpu is this process's time so far, in nanoseconds.
func cpu() int64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return r.Utime.Nano() + r.Stime.Nano()
}

// What stands between glBegin and glEnd, and display lists, go where they can be seen too; the state in them reaches whom it concerns.
func TestPrimitivesGoWhereTheyCanBeSeen(t *testing.T) {
	t.Run("Records", func(t *testing.T) { primitivesGoWhereTheyCanBeSeen(t, slices.Clone) })
	t.Run("Spans", func(t *testing.T) { primitivesGoWhereTheyCanBeSeen(t, gltest.ChunkInSpans) })
}

func primitivesGoWhereTheyCanBeSeen(t *testing.T, packed func(chunk []byte) []byte) {
	a := newApp(t)
	a.scene([2]float32{0, 0})
	rec := func(o gl.Op) *wire.Builder { return a.b.Record(uint16(o), 0) }
	corner := func(x, y float32) {
		rec(gl.OpGlBegin).U32(7)
		a.color(x)
		for _, d := range [][2]float32{{-0.1, -0.1}, {0.1, -0.1}, {0.1, 0.1}, {-0.1, 0.1}} {
			rec(gl.OpGlVertex2f).F32(x + d[0]).F32(y + d[1])
		}
		rec(gl.OpGlEnd)
	}
	corner(-0.5, -0.5)
	a.square(0) // all nodes; its colour is that of the group
	corner(0.5, 0.5)
	a.square(0)
	rec(gl.OpGlNewList).U32(1).U32(0x1300)
	corner(0.25, 0.5)
	rec(gl.OpGlEndList)
	rec(gl.OpGlCallList).U32(1)
	rec(gl.OpGlCallList).U32(1)
	a.square(0)
	a.swap(1)
	for i := range a.chunks {
		a.chunks[i] = packed(a.chunks[i])
	}
	type seen struct {
		begins, calls int
		colors        []float32 // at the squares
	}
	got := make([]seen, 4)
	hub, _ := cluster(t, 4, func(w *worker) {
		color, list, compiling := float32(0), float32(0), false
		w.onRecord = func(op uint16, p []byte) bool {
			s := &got[w.peer]
			switch gl.Op(op) {
			case gl.OpGlNewList, gl.OpGlEndList:
				compiling = gl.Op(op) == gl.OpGlNewList
			case gl.OpGlBegin:
				if !compiling {
					s.begins++
				}
			case gl.OpPrismVertices:
				for it := gl.WalkItems(p[wire.BlobBytes:][:binary.LittleEndian.Uint32(p)]); it.Next(); {
					w.onRecord(uint16(it.Op()), gl.AppendRecord(nil, it.Raw())[wire.RecordHeaderBytes:])
				}
			case gl.OpGlColor4f:
				if v := f32(binary.LittleEndian.Uint32(p)); compiling {
					list = v
				} else {
					color = v
				}
			case gl.OpGlCallList:
				s.calls++
				color = list
			case gl.OpGlDrawArrays:
				s.colors = append(s.colors, color)
			}
			return true
		}
	})
	_, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil {
		t.Fatal(err)
	}
	hub.end()
	for peer, want := range []seen{{begins: 1}, {}, {}, {begins: 1, calls: 2}} {
		if g := got[peer]; g.begins != want.begins || g.calls != want.calls || len(g.colors) != 3 || g.colors[0] != -0.5 || g.colors[1] != 0.5 || g.colors[2] != 0.25 {
			t.Errorf("node %d: %+v, want %+v and the colours -0.5, 0.5, 0.25", peer, g, want)
		}
	}
	if c := stats.Culling; c.Draws != 7 || c.Bounded != 7 {
		t.Errorf("figures: %+v", c)
	}
}

func TestReduceKeepsTheLastOfEachSlot(t *testing.T) {
	a := newApp(t)
	a.begin()
	a.b.Record(uint16(gl.OpGlBegin), 0).U32(7)
	a.color(1)
	a.b.Record(uint16(gl.OpGlNormal3f), 0).F32(0).F32(0).F32(1)
	a.color(2)
	a.color(3)
	a.b.Record(uint16(gl.OpGlMultiTexCoord2f), 0).U32(0x84C0).F32(0).F32(1)
	a.b.Record(uint16(gl.OpGlMultiTexCoord2f), 0).U32(0x84C1).F32(0).F32(1)
	a.b.Record(uint16(gl.OpGlEnd), 0)
	a.chunk(0)
	h, recs, err := wire.WalkChunk(a.chunks[0])
	if err != nil || !recs.Next() {
		t.Fatal(err)
	}
	l, n, _ := track.New(0, nil).Group(&h, recs.Raw(), recs.Rest())
	if n != 8 {
		t.Fatalf("%d records", n)
	}
	k := &culler{}
	if !k.reduce(l) {
		t.Fatal("it cannot be held")
	}
	want := []gl.Op{gl.OpGlNormal3f, gl.OpGlColor4f, gl.OpGlMultiTexCoord2f, gl.OpGlMultiTexCoord2f}
	if len(l.States) != len(want) || len(k.slots) != len(want) {
		t.Fatalf("%d records of %d slots are left, want %d", len(l.States), len(k.slots), len(want))
	}
	for i, s := range l.States {
		if gl.Op(s.Op) != want[i] {
			t.Errorf("record %d is %v, want %v", i, gl.Op(s.Op), want[i])
		}
	}
	if c := f32(binary.LittleEndian.Uint32(l.States[1].Raw[8:])); c != 3 {
		t.Errorf("colour %v, want the last one", c)
	}
}
