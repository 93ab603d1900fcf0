package session

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/grid"
)

// Nodes without tiles hold up nobody: frames are over while they have not begun, and they catch up.
func TestIdleNodesAreNotAwaited(t *testing.T) {
	for name, culling := range map[string]*Culling{"Broadcast": nil, "Dealt": {}} {
		t.Run(name, func(t *testing.T) {
			const frames = 12
			a := newApp(t)
			a.window(1, 50, 40)
			for i := range uint32(frames) {
				a.fill(i)
				a.swap(1)
			}
			shown := make(chan struct{})
			var once sync.Once
			hub, workers := cluster(t, 3, func(w *worker) {
				w.onRecord = func(op uint16, _ []byte) bool {
					if w.peer > 0 && gl.Op(op) == gl.OpPrismSwap {
						select {
						case <-shown:
						case <-time.After(10 * time.Second):
							once.Do(func() { t.Error("the frames waited for nodes without tiles") })
						}
					}
					return true
				}
			})
			seen := 0
			shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) {
				c.Culling = culling
				take := c.OnFrame
				c.OnFrame = func(f *output.Frame) error {
					if seen++; seen == frames {
						close(shown)
					}
					return take(f)
				}
			})
			if err != nil || len(shots) != frames {
				t.Fatalf("%d frames, %v", len(shots), err)
			}
			hub.end()
			for i, s := range shots {
				if string(s.pix) != string(pattern(uint32(i), 50, 40)) {
					t.Errorf("frame %d is not the picture", i)
				}
			}
			for _, w := range workers {
				if w.seed != frames-1 {
					t.Errorf("node %d ended at frame %d", w.peer, w.seed)
				}
			}
			if n := stats.Nodes[0].Frames; n != frames {
				t.Errorf("the node that draws told of %d frames", n)
			}
		})
	}
}

// What idle nodes are sent is gathered over several frames, but not when their answer is waited for: a fence is passed when all are there.
func TestIdleNodesGetSeveralFramesAtOnce(t *testing.T) {
	const frames, fenced = 3 * behindFlushes, 10
	a := newApp(t)
	a.scene([2]float32{0, 0})
	for i := range uint32(frames) {
		a.square(0)
		a.fill(i)
		if i == fenced {
			a.fence(3, 1)
		}
		a.swap(1)
	}
	a.finish()
	batches, fence := make([]int, 2), 0
	hub, workers := cluster(t, 2, func(w *worker) {
		w.onBatch = func() { batches[w.peer]++ }
		w.onRecord = func(op uint16, _ []byte) bool {
			if w.peer == 1 && gl.Op(op) == gl.OpPrismFence {
				fence = batches[1]
			}
			return true
		}
	})
	src := &source{chunks: a.chunks}
	shots, _, err := play(t, src, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil || len(shots) != frames || src.finishes != 1 {
		t.Fatalf("%d frames, %d finishes, %v", len(shots), src.finishes, err)
	}
	hub.end()
	if batches[0] < frames || batches[1] > frames/4 || fence == 0 || workers[1].seed != frames-1 {
		t.Errorf("%d batches for the node that draws, %d for the idle one, the fence in its %d.; it ended at frame %d", batches[0], batches[1], fence, workers[1].seed)
	}
}

// What waits until all is drawn waits for no idle node; one that has got tiles is waited for again.
func TestIdleNodesAreNotFinished(t *testing.T) {
	const frames, each = 90, 15
	a := newApp(t)
	a.window(1, 24, 10)
	for i := range uint32(frames) {
		a.fill(i)
		a.finish()
		a.swap(1)
	}
	var finished [3]int
	hub, _ := cluster(t, 3, func(w *worker) {
		w.onRecord = func(op uint16, _ []byte) bool {
			if gl.Op(op) == gl.OpPrismFinish {
				finished[w.peer]++
			}
			return true
		}
	})
	src := &source{chunks: a.chunks}
	shots, _, err := play(t, src, hub.Hub(), nil, func(c *Config) {
		c.Culling = &Culling{}
		c.PolicyFor = func() tilesplit.Policy { return &phased{frames: each} }
	})
	if err != nil || len(shots) != frames || src.finishes != frames {
		t.Fatalf("%d frames, %d finishes, %v", len(shots), src.finishes, err)
	}
	hub.end()
	if finished[0] != frames || finished[1] > frames*3/4 || finished[1] < frames/4 || finished[2] > frames/10 {
		t.Errorf("nodes were to finish %v times, in %d frames", finished, frames)
	}
}

// Of a list that is more than vertices and plain state an idle node gets what it sets, not what it draws.
func TestIdleNodesGetListsWithoutVertices(t *testing.T) {
	const frames = 3
	do := func(a *app, op gl.Op, words ...uint32) {
		r := a.b.Record(uint16(op), 0)
		for _, w := range words {
			r.U32(w)
		}
	}
	one := math.Float32bits(1)
	a := newApp(t)
	a.scene([2]float32{0, 0})
	do(a, gl.OpGlNewList, 5, 0x1300)
	do(a, gl.OpGlColor4f, one, one, one, one)
	do(a, gl.OpGlEndList)
	do(a, gl.OpGlNewList, 7, 0x1300)
	do(a, gl.OpGlPushMatrix)
	do(a, gl.OpGlTranslatef, one, 0, 0)
	do(a, gl.OpGlBindTexture, 0x0DE1, 3)
	do(a, gl.OpGlCallList, 5)
	do(a, gl.OpGlBegin, 0)
	do(a, gl.OpGlVertex3f, 0, 0, 0)
	do(a, gl.OpGlEnd)
	do(a, gl.OpGlPopMatrix)
	do(a, gl.OpGlEndList)
	do(a, gl.OpGlNewList, 8, 0x1300) // a list that draws by other means
	do(a, gl.OpGlRectf, 0, 0, one, one)
	do(a, gl.OpGlEndList)
	for i := range uint32(frames) {
		a.fill(i)
		a.swap(1)
		do(a, gl.OpGlCallList, 7)
		do(a, gl.OpGlCallList, 8)
	}
	a.b.Record(uint16(gl.OpGlDeleteTextures), 0).U32(1).Inline([]byte{9, 0, 0, 0}) // perhaps the one that the list binds
	do(a, gl.OpGlCallList, 7)
	a.swap(1)
	var got [2][]string
	hub, _ := cluster(t, 2, func(w *worker) {
		compiling := false
		w.onRecord = func(op uint16, p []byte) bool {
			switch o := gl.Op(op); o {
			case gl.OpGlNewList, gl.OpGlEndList:
				compiling = o == gl.OpGlNewList
			case gl.OpGlCallList:
				if !compiling {
					got[w.peer] = append(got[w.peer], fmt.Sprint("list ", p[0]))
				}
			case gl.OpGlPushMatrix, gl.OpGlTranslatef, gl.OpGlBindTexture, gl.OpGlColor4f, gl.OpGlBegin, gl.OpGlVertex3f, gl.OpGlEnd, gl.OpGlPopMatrix:
				if !compiling {
					got[w.peer] = append(got[w.peer], gl.Info[op].Name)
				}
			}
			return true
		}
	})
	shots, _, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil || len(shots) != frames+1 {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	hub.end()
	var want [2][]string
	for range frames {
		want[0] = append(want[0], "list 7", "list 8")
		want[1] = append(want[1], "glPushMatrix", "glTranslatef", "glBindTexture", "glColor4f", "glPopMatrix", "list 8")
	}
	for i := range want {
		want[i] = append(want[i], "list 7")
	}
	for i := range got {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("node %d was sent %q, want %q", i, got[i], want[i])
		}
	}
}

// Draws go to no node without tiles, wherever they are seen; but those that are counted go to all.
func TestIdleNodesGetNoDraws(t *testing.T) {
	for name, columns := range map[string]int{"OneDraws": 1, "TwoDraw": 2} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			a.scene([2]float32{0, 0})
			for i := range uint32(3) {
				a.fill(i)
				a.square(0)
				a.b.Record(uint16(gl.OpGlDrawArrays), 0).U32(14).U32(0).U32(2) // patches, which are not bounded
				if i == 2 {
					a.b.Record(uint16(gl.OpGlBeginQuery), 0).U32(0x8C87).U32(1)
					a.square(0)
					a.b.Record(uint16(gl.OpGlEndQuery), 0).U32(0x8C87)
				}
				a.swap(1)
			}
			counts := make([]int, 3)
			hub, _ := cluster(t, 3, func(w *worker) {
				w.onRecord = func(op uint16, _ []byte) bool {
					if gl.Op(op) == gl.OpGlDrawArrays {
						counts[w.peer]++
					}
					return true
				}
			})
			_, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: columns, Rows: 1}, func(c *Config) { c.Culling = &Culling{} })
			if err != nil {
				t.Fatal(err)
			}
			hub.end()
			want := []int{7, 1, 1}
			if columns == 2 {
				want[1] = 7
			}
			if !slices.Equal(counts, want) {
				t.Errorf("draws: %v, want %v", counts, want)
			}
			for i, n := range stats.Culling.Nodes {
				if int(n.Sent) != want[i] {
					t.Errorf("%d draws are said to have been sent to node %d, want %d", n.Sent, i, want[i])
				}
			}
		})
	}
}

// Where one node draws alone it gets what comes before a question as it is, each record once; the idle one gets what it sets, and no questions.
func TestQuestionsOfTheNodeThatDrawsAlone(t *testing.T) {
	const frames = 20
	a := newApp(t)
	a.scene([2]float32{0, 0})
	var want []float32 // colours that are set, and -1 for each question
	var asked []uint64
	for i := range uint32(frames) {
		a.fill(i)
		for k := range 2 + i%3 { // so that frames do not repeat
			c := float32(10*i + k)
			a.color(c)
			a.square(0)
			asked = append(asked, a.ask("prismGet", 1, 1, 0x0B00, 0))
			want = append(want, c, -1)
		}
		a.swap(1)
	}
	got := make([][]float32, 2)
	hub, _ := cluster(t, 2, func(w *worker) {
		w.onRecord = func(op uint16, payload []byte) bool {
			switch gl.Op(op) {
			case gl.OpGlColor4f:
				got[w.peer] = append(got[w.peer], math.Float32frombits(word(payload, 0)))
			case gl.OpPrismGet:
				got[w.peer] = append(got[w.peer], -1)
			case gl.OpGlDrawArrays:
				if w.peer > 0 {
					t.Error("the idle node was sent a draw")
				}
			}
			return true
		}
	})
	src := &source{chunks: a.chunks}
	shots, stats, err := play(t, src, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) { c.Culling = &Culling{} })
	if err != nil || len(shots) != frames {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	hub.end()
	if !slices.Equal(got[0], want) {
		t.Errorf("the node that draws was sent %v, want %v", got[0], want)
	}
	last := want[len(want)-2]
	if n := len(got[1]); n == 0 || got[1][n-1] != last || slices.Contains(got[1], -1) {
		t.Errorf("the idle node was sent %v, want colours up to %v", got[1], last)
	}
	for _, id := range asked {
		if src.replies[id] == nil {
			t.Errorf("question %d has no answer", id)
		}
	}
	if n := stats.Culling.Nodes[0].Sent; int(n) != len(asked) {
		t.Errorf("%d draws are said to have been sent to the node that draws, want %d", n, len(asked))
	}
}

// phased gives the picture to the first node, for so many frames each time, and then to two.
type phased struct{ frames, seen int }

func (p *phased) Plan(w, h, nodes int) (tilesplit.Plan, error) {
	return grid.Grid{Columns: 1 + p.seen/p.frames%2, Rows: 1}.Plan(w, h, nodes)
}

func (p *phased) Observe(balance.Frame) (moved bool, err error) {
	p.seen++
	return p.seen%p.frames == 0, nil
}

// A node without tiles is spared swaps, and tells of those that it gets; when it gets tiles again, and while it has two windows to choose from, each
// frame is the picture and each frame that it tells of is one that it was sent.
func TestIdleNodesAreSparedSwaps(t *testing.T) {
	const frames, each, w, h = 120, 15, 24, 10
	a := newApp(t)
	a.window(1, w, h)
	a.window(2, w, h)
	window := func(frame uint32) uint32 { return 1 + frame%5/4 } // the second now and then
	a.draw = window(0)
	a.chunk(0)
	for i := range uint32(frames) {
		a.fill(i)
		a.draw = window(i + 1)
		a.swap(window(i))
	}
	var swaps [3]uint64
	hub, _ := cluster(t, 3, func(w *worker) {
		w.onRecord = func(op uint16, _ []byte) bool {
			if gl.Op(op) == gl.OpPrismSwap {
				swaps[w.peer]++
			}
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), nil, func(c *Config) {
		c.Culling = &Culling{}
		c.PolicyFor = func() tilesplit.Policy { return &phased{frames: each} }
	})
	if err != nil || len(shots) != frames {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	hub.end()
	for i, s := range shots {
		if string(s.pix) != string(pattern(uint32(i), w, h)) {
			t.Errorf("frame %d is not the picture", i)
		}
	}
	if swaps[0] != frames || swaps[1] > frames*3/4 || swaps[1] < frames/4 || swaps[2] > frames/10 {
		t.Errorf("%v swaps of %d frames", swaps, frames)
	}
	for i, n := range stats.Nodes {
		if n.Frames > swaps[i] || i == 0 && n.Frames != frames {
			t.Errorf("node %d told of %d frames and was sent %d", i, n.Frames, swaps[i])
		}
	}
}
