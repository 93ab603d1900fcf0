package session

import (
	"encoding/binary"
	"image"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
)

// witness takes down what a session tells.
type witness struct {
	peers  int
	seen   map[gl.Op]int
	draws  []told
	got    []map[gl.Op]int // per node, by command
	bytes  []int
	frames []observe.Frame
}

type told struct {
	op gl.Op
	observe.Draw
}

func newWitness(peers int) *witness {
	w := &witness{peers: peers, seen: map[gl.Op]int{}, bytes: make([]int, peers)}
	for range peers {
		w.got = append(w.got, map[gl.Op]int{})
	}
	return w
}

func (w *witness) Record(_ *wire.ChunkHeader, op gl.Op, _ []byte) { w.seen[op]++ }
func (w *witness) Draw(d *observe.Draw) {
	op := gl.Op(binary.LittleEndian.Uint16(d.Command[4:]))
	w.draws = append(w.draws, told{op, *d})
	for i := range w.peers {
		if d.Nodes.Has(i) {
			w.got[i][op]++
		}
	}
}
func (w *witness) Sent(peer, bytes int) {
	for i := range w.bytes {
		if peer == observe.Everyone || peer == i {
			w.bytes[i] += bytes
		}
	}
}
func (w *witness) Frame(f *observe.Frame) { w.frames = append(w.frames, *f) }

// What an observer is told is what the nodes get: of all draws, dealt or not.
func TestObserverIsToldWhatIsDone(t *testing.T) {
	a := newApp(t)
	a.scene([2]float32{-0.5, -0.5}, [2]float32{0.5, -0.5}, [2]float32{0, 0}, [2]float32{5, 0})
	frames := littleFrames + 4
	for frame := range frames {
		a.fill(uint32(frame))
		a.square(2)
		for _, square := range []byte{2, 0} { // by indices that come before: to all, and to one
			a.b.Data(uint16(gl.OpPrismData), []byte{2 * square, 2*square + 1})
			a.b.Record(uint16(gl.OpGlDrawElements), 0).U32(4).U32(2).U32(0x1401).Staged(2)
			if frame >= 2 && frame < frames-2 {
				break // else nothing is saved, and dealing pauses
			}
		}
		if frame < 2 || frame >= frames-2 {
			a.square(0)
			a.square(1)
			a.square(3)
		}
		a.swap(1)
	}
	for _, c := range []struct {
		name    string
		nodes   grid.Grid
		culling *Culling
		why     string // of draws that go to all
	}{
		{"Culled", grid.Grid{Columns: 2, Rows: 2}, &Culling{}, "culling pauses, for it has saved little"},
		{"NotCulled", grid.Grid{Columns: 2, Rows: 2}, nil, "culling is off"},
		{"OneNode", grid.Grid{Columns: 1, Rows: 1}, &Culling{}, "one node draws all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			peers := c.nodes.Columns * c.nodes.Rows
			got, w := make([]map[gl.Op]int, peers), newWitness(peers)
			for i := range got {
				got[i] = map[gl.Op]int{}
			}
			hub, _ := cluster(t, peers, func(w *worker) {
				w.onRecord = func(op uint16, _ []byte) bool {
					got[w.peer][gl.Op(op)]++
					return true
				}
			})
			_, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), c.nodes, func(cfg *Config) { cfg.Culling, cfg.Observer = c.culling, w })
			if err != nil {
				t.Fatal(err)
			}
			hub.end()
			for _, op := range []gl.Op{gl.OpGlClear, gl.OpGlDrawArrays, gl.OpGlDrawElements} {
				for i := range peers {
					if w.got[i][op] != got[i][op] || got[i][op] == 0 {
						t.Errorf("%v: the observer was told of %d on node %d, which got %d", op, w.got[i][op], i, got[i][op])
					}
				}
			}
			if w.seen[gl.OpGlDrawArrays]+w.seen[gl.OpGlDrawElements] != len(w.draws)-frames || w.seen[gl.OpPrismSwap] != frames {
				t.Errorf("%d draws and %d swaps were shown, of them decided %d", w.seen[gl.OpGlDrawArrays], w.seen[gl.OpPrismSwap], len(w.draws))
			}
			whys := map[string]int{}
			for _, d := range w.draws {
				whys[d.Why]++
				whys[d.Unbounded]++
				if d.op == gl.OpGlClear && d.Unbounded != "it clears" || d.Target.Division != observe.Tiled || d.Target.Width != 100 || d.Records != 1 && (d.Records != 2 || d.op != gl.OpGlDrawElements) {
					t.Fatalf("%v: %+v", d.op, d.Draw)
				}
			}
			if whys[c.why] == 0 {
				t.Errorf("reasons %v, want %q among them", whys, c.why)
			}
			if c.name == "Culled" {
				first := w.draws[4]
				if !first.Bounded || first.Rect.Empty() || !first.Rect.In(image.Rect(0, 0, 50, 50)) || first.Position != "fixed functions" || first.Nodes.Count() != 1 {
					t.Errorf("the first square: %+v", first.Draw)
				}
				for _, d := range w.draws { // also while culling pauses
					if d.op == gl.OpGlDrawArrays && !d.Bounded {
						t.Errorf("not bounded: %+v", d.Draw)
					}
				}
			}
			sum := 0
			for _, n := range w.bytes {
				sum += n
			}
			if len(w.frames) != frames || w.frames[frames-1].Number != uint64(frames) || w.frames[0].Plan == nil || sum < int(stats.BatchBytes) {
				t.Errorf("%d frames, %d bytes; the session sent %d", len(w.frames), sum, stats.BatchBytes)
			}
		})
	}
}

// Passes into framebuffer objects, also those that commands name, and windows that nodes draw whole are told with their reason.
func TestObserverIsToldOfTargets(t *testing.T) {
	a := newApp(t)
	a.scene([2]float32{-0.5, -0.5})
	bind := func(fb uint32) { a.b.Record(uint16(gl.OpGlBindFramebuffer), 0).U32(0x8D40).U32(fb) }
	bind(9)
	a.square(0)
	a.b.Record(uint16(gl.OpGlClearNamedFramebufferfi), 0).U32(12).U32(0x84F9).I32(0).F32(1).I32(0)
	bind(0)
	a.square(0)
	a.b.Record(uint16(gl.OpGlNewList), 0).U32(3).U32(0x1300)
	a.square(0) // is not drawn
	a.b.Record(uint16(gl.OpGlEndList), 0)
	a.b.Record(uint16(gl.OpGlCallList), 0).U32(3)
	a.b.Record(uint16(gl.OpGlDispatchCompute), 0).U32(1).U32(1).U32(1)
	a.swap(1)
	a.b.Record(uint16(gl.OpPrismWhole), 0)
	a.chunk(0)
	a.square(0)
	a.swap(1)
	w := newWitness(4)
	hub, _ := cluster(t, 4, nil)
	_, _, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(cfg *Config) { cfg.Culling, cfg.Observer = &Culling{}, w })
	if err != nil {
		t.Fatal(err)
	}
	hub.end()
	want := []struct {
		op        gl.Op
		object    uint32
		division  observe.Division
		why       string
		unbounded string
	}{
		{gl.OpGlDrawArrays, 9, observe.Replicated, "passes into framebuffer objects are drawn by all nodes", "a framebuffer object"},
		{gl.OpGlClearNamedFramebufferfi, 12, observe.Replicated, "passes into framebuffer objects are drawn by all nodes", "it clears"},
		{gl.OpGlDrawArrays, 0, observe.Tiled, "each node draws the pixels of its tiles", ""},
		{gl.OpGlCallList, 0, observe.Tiled, "each node draws the pixels of its tiles", "display lists of more"},
		{gl.OpGlDispatchCompute, 0, observe.Replicated, "computing is done by all nodes", "it computes"},
		{gl.OpGlDrawArrays, 0, observe.Replicated, "programs write buffers or images", "a window that each node draws whole"},
	}
	if len(w.draws) != len(want) {
		t.Fatalf("%d draws were told of, want %d: %+v", len(w.draws), len(want), w.draws)
	}
	for i, x := range want {
		d := w.draws[i]
		if d.op != x.op || d.Target.Framebuffer != x.object || d.Target.Division != x.division || d.Target.Why != x.why || !strings.HasPrefix(d.Unbounded, x.unbounded) || (x.unbounded == "") != d.Bounded {
			t.Errorf("draw %d: %v %+v, want %+v", i, d.op, d.Draw, x)
		}
	}
}

func TestTargetsOfPlans(t *testing.T) {
	for _, c := range []struct {
		name  string
		peers int
		d     *drawable
		want  observe.Division
		why   string
	}{
		{"NoWindow", 2, nil, observe.Nowhere, "no window"},
		{"NoPixels", 2, &drawable{}, observe.Nowhere, "without pixels"},
		{"Tiled", 2, &drawable{plan: &tilesplit.Plan{}}, observe.Tiled, "its tiles"},
		{"OneNode", 1, &drawable{plan: &tilesplit.Plan{}}, observe.Tiled, "one node"},
		{"Subpixel", 2, &drawable{plan: &tilesplit.Plan{Mode: tilesplit.Subpixel}}, observe.Replicated, "shifted"},
		{"Whole", 2, &drawable{plan: &tilesplit.Plan{}, whole: true, wholeBecause: "so"}, observe.Replicated, "so"},
	} {
		p := &splitter{session: &session{peers: c.peers}, drawables: map[uint32]*drawable{}}
		if c.d != nil {
			p.drawables[7] = c.d
		}
		if got := p.targetOf(&wire.ChunkHeader{Draw: 7}, 0); got.Division != c.want || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
