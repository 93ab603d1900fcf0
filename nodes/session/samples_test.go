package session

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/subpixel"
)

// samplesOf are what n nodes draw where one draws pattern(seed, w, h); its mean is worked out as GL people would.
func samplesOf(seed uint32, w, h, n int) (own [][]byte, mean []byte) {
	mean = make([]byte, w*h*4)
	sums := make([]float64, len(mean))
	for _, at := range subpixel.Pattern(n) {
		p := pattern(shifted(seed, proto.Shift{X: at[0], Y: at[1]}), w, h)
		own = append(own, p)
		for i, v := range p {
			sums[i] += float64(v)
		}
	}
	for i, s := range sums {
		mean[i] = byte(s/float64(n) + 0.5)
	}
	return own, mean
}

func meanOf(seed uint32, w, h, n int) []byte {
	_, mean := samplesOf(seed, w, h, n)
	return mean
}

// A frame is the mean of its samples, also after a resize and with nodes that have nothing to do.
func TestSubpixel(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4} {
		a := newApp(t)
		a.window(1, 9, 7)
		a.fill(1)
		a.swap(1)
		a.fill(2)
		a.swap(1)
		a.resize(1, 20, 3)
		a.fill(3)
		a.swap(1)
		pair, _ := cluster(t, 4, nil)
		shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), subpixel.Subpixel{Samples: n}, nil)
		if err != nil || len(shots) != 3 {
			t.Fatalf("%d frames, %v", len(shots), err)
		}
		for i, want := range [][]byte{meanOf(1, 9, 7, n), meanOf(2, 9, 7, n), meanOf(3, 20, 3, n)} {
			if !bytes.Equal(shots[i].pix, want) {
				t.Errorf("%d samples: frame %d is not their mean", n, i+1)
			}
		}
		if stats.Exchanges != 0 {
			t.Errorf("%d exchanges", stats.Exchanges)
		}
	}
}

// What an app reads is the mean, whoever leads; what stays on the nodes is each one's own, also after that.
func TestSubpixelReads(t *testing.T) {
	const w, h, n = 12, 10, 3
	for lead := range 2 {
		a := newApp(t)
		a.window(1, w, h)
		a.fill(5)
		read := a.ask("glReadPixels", 2, 3, 5, 4, 0x1908, 0x1401)
		depth := a.ask("glReadPixels", 0, 0, 2, 2, 0x1902, 0x1405)
		a.b.Record(op(t, "glCopyTexImage2D"), 0).U32(0x0DE1).I32(0).U32(0x1908).I32(0).I32(0).I32(w).I32(h).I32(0)
		a.swap(1)
		own, mean := samplesOf(5, w, h, n)
		copied := make([]int, n)
		pair, workers := cluster(t, n, func(wk *worker) {
			wk.onCopy = func(s *surface, _ proto.Rect) {
				if bytes.Equal(s.pix, own[wk.peer]) {
					copied[wk.peer]++
				}
			}
		})
		src := &source{chunks: a.chunks}
		shots, stats, err := play(t, src, pair.Hub(), subpixel.Subpixel{}, func(c *Config) { c.Lead = lead })
		if err != nil || len(shots) != 1 || !bytes.Equal(shots[0].pix, mean) {
			t.Fatalf("%d frames, or another picture, %v", len(shots), err)
		}
		pair.end()
		for i, c := range copied {
			if c != 1 {
				t.Errorf("node %d copied its own picture %d times", i, c)
			}
		}
		got := func(id uint64) []byte {
			r, err := wire.ParseReply(src.replies[id])
			if err != nil {
				t.Fatal(err)
			}
			it := r.Walk()
			it.Next()
			return it.Data()
		}
		s := surface{w: w, h: h, pix: mean}
		if !bytes.Equal(got(read), s.part(proto.Rect{X: 2, Y: 3, W: 5, H: 4})) {
			t.Errorf("lead %d: what was read is not the mean", lead)
		}
		s.pix = own[lead] // the fake has no depth to read
		if !bytes.Equal(got(depth), s.part(proto.Rect{W: 2, H: 2})) {
			t.Errorf("lead %d: depth is not that of one sample", lead)
		}
		if stats.Exchanges != 1 || workers[0].gathered != 1 {
			t.Errorf("%d exchanges", stats.Exchanges)
		}
	}
}

// An app whose nodes cannot give their samples reads the lead's, and the user is told.
func TestSubpixelReadsWhatCannotBeGathered(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 8)
	a.fill(5)
	read := a.ask("glReadPixels", 0, 0, 8, 8, 0x1908, 0x1401)
	a.swap(1)
	own, mean := samplesOf(5, 8, 8, 2)
	pair, _ := cluster(t, 2, func(w *worker) { w.cannot = bufferColor })
	src := &source{chunks: a.chunks}
	shots, stats, err := play(t, src, pair.Hub(), subpixel.Subpixel{}, nil)
	if err != nil || len(shots) != 1 || !bytes.Equal(shots[0].pix, mean) {
		t.Fatalf("%d frames, or another picture, %v", len(shots), err)
	}
	r, err := wire.ParseReply(src.replies[read])
	if err != nil {
		t.Fatal(err)
	}
	if it := r.Walk(); !it.Next() || !bytes.Equal(it.Data(), own[0]) {
		t.Error("what was read is not the lead's picture")
	}
	if len(stats.Notes) != 1 || !strings.Contains(stats.Notes[0], "the lead node's picture") {
		t.Errorf("notes %q", stats.Notes)
	}
}

// Modes change at a frame's border: each frame is one or the other, whole. What is not cleared then becomes the mean, or stays.
func TestSubpixelComesAndGoes(t *testing.T) {
	const w, h, n = 24, 12, 4
	for _, c := range []struct {
		name      string
		frame     func(a *app, i uint32)
		want      func(i uint32, sampled map[uint64]bool) []byte // by the frame's number, i+1
		exchanges [2]int                                         // least, most
	}{
		{"Cleared", func(a *app, i uint32) { a.fill(i) }, func(i uint32, sampled map[uint64]bool) []byte {
			if sampled[uint64(i+1)] {
				return meanOf(i, w, h, n)
			}
			return pattern(i, w, h)
		}, [2]int{}},
		// Where fragments are counted, tiles' boxes may not overlap; samples may.
		{"Counting", func(a *app, i uint32) {
			a.b.Record(op(a.t, "glBeginQuery"), 0).U32(0x8914).U32(5)
			a.fill(i)
			a.b.Record(op(a.t, "glEndQuery"), 0).U32(0x8914)
		}, func(i uint32, sampled map[uint64]bool) []byte {
			if sampled[uint64(i+1)] {
				return meanOf(i, w, h, n)
			}
			return pattern(i, w, h)
		}, [2]int{}},
		// The picture of the first frame stays: plain in all samples, and so is their mean.
		{"NeverCleared", func(a *app, i uint32) {
			if i == 0 {
				a.fill(9)
			}
			a.b.Record(op(a.t, "glDrawArrays"), 0).U32(4).I32(0).I32(3)
		}, func(uint32, map[uint64]bool) []byte { return pattern(9, w, h) }, [2]int{2, 2}},
		// It is cleared only under samples, and stays when these have gone.
		{"ClearedOnce", func(a *app, i uint32) {
			if i == 0 || i == 4 {
				a.fill(i)
			} else {
				a.b.Record(op(a.t, "glDrawArrays"), 0).U32(4).I32(0).I32(3)
			}
		}, func(i uint32, _ map[uint64]bool) []byte {
			if i < 4 {
				return pattern(0, w, h)
			}
			return meanOf(4, w, h, n)
		}, [2]int{2, 2}},
		// All nodes draw all from the first frame on, and are alike only while there are no samples.
		{"Whole", func(a *app, i uint32) {
			if i == 0 {
				a.b.Record(op(a.t, "prismWhole"), 0)
			}
			if i == 0 || i == 4 {
				a.fill(i)
			} else {
				a.b.Record(op(a.t, "glDrawArrays"), 0).U32(4).I32(0).I32(3)
			}
		}, func(i uint32, _ map[uint64]bool) []byte {
			if i < 4 {
				return pattern(0, w, h)
			}
			return meanOf(4, w, h, n)
		}, [2]int{3, 3}},
		// Depth that is shown when samples have gone is the first one's.
		{"Depth", func(a *app, i uint32) {
			switch {
			case i == 0:
				a.b.Record(op(a.t, "glEnable"), 0).U32(glDepthTest)
				fallthrough
			case i < 7:
				a.b.Record(op(a.t, "glClearColor"), 0).F32(float32(i)).F32(0).F32(0).F32(1)
				a.b.Record(op(a.t, "glClear"), 0).U32(glColorBufferBit | glDepthBufferBit)
			default:
				a.fill(20)
				a.b.Record(op(a.t, "glDrawArrays"), 0).U32(4).I32(0).I32(3)
			}
		}, func(i uint32, sampled map[uint64]bool) []byte {
			switch {
			case i >= 7:
				deep := pattern(6, w, h)
				if sampled[7] {
					own, _ := samplesOf(6, w, h, n)
					deep = own[0]
				}
				want := pattern(20, w, h)
				for at := 0; at < len(want); at += 4 {
					copy(want[at+1:at+4], deep[at+1:at+4])
				}
				return want
			case sampled[uint64(i+1)]:
				return meanOf(i, w, h, n)
			}
			return pattern(i, w, h)
		}, [2]int{0, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := make(chan func() tilesplit.Policy, 1)
			a := newApp(t)
			a.window(1, w, h)
			for i := range uint32(9) {
				c.frame(a, i)
				a.swap(1)
			}
			sampled := map[uint64]bool{}
			pair, _ := cluster(t, n, func(wk *worker) {
				wk.onSwap = func(frame uint64) bool { // before its pieces, without which the session does not go on
					if wk.peer == 0 {
						sampled[frame] = wk.plans[1].Shift != proto.Shift{}
						switch frame {
						case 2:
							changes <- func() tilesplit.Policy { return subpixel.Subpixel{} }
						case 6:
							changes <- func() tilesplit.Policy { return grid.Grid{Columns: 2, Rows: 2} }
						}
					}
					return true
				}
			})
			shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 4, Rows: 1}, func(c *Config) {
				c.FramesInFlight, c.Changes, c.Outputs = 1, changes, nil
			})
			if err != nil || len(shots) != 9 {
				t.Fatalf("%d frames, %v", len(shots), err)
			}
			pair.end()
			for i, s := range shots {
				if !bytes.Equal(s.pix, c.want(uint32(i), sampled)) {
					t.Errorf("frame %d (samples: %v) is not the picture", i+1, sampled[uint64(i+1)])
				}
			}
			if !sampled[4] || sampled[1] || sampled[9] {
				t.Errorf("frames of samples: %v", sampled)
			}
			if e := int(stats.Exchanges); e < c.exchanges[0] || e > c.exchanges[1] || stats.Moves != 2 {
				t.Errorf("%d exchanges and %d moves, want %v and 2", e, stats.Moves, c.exchanges)
			}
		})
	}
}

// Samples are compared with those that one node draws each; a wrong shift of one of them is found, and one that is left out.
func TestVerifySubpixel(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*worker)
		want    string
	}{
		{name: "Equal"},
		{"WrongShift", func(w *worker) {
			w.onRecord = func(uint16, []byte) bool {
				if p := w.plans[1]; w.peer == 2 && p != nil {
					p.Shift.X += 1.0 / 16
				}
				return true
			}
		}, "frame 1 of"},
		{"NoShift", func(w *worker) {
			w.onRecord = func(uint16, []byte) bool {
				if p := w.plans[1]; w.peer == 1 && p != nil {
					p.Shift = proto.Shift{}
				}
				return true
			}
		}, "frame 1 of"},
		{"OnePixelByMuch", func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, pix []byte) bool {
				if w.peer == 1 && h.Frame == 2 {
					pix[0] ^= 128
				}
				return true
			}
		}, "frame 2 of drawable 1: 1 pixels differ by up to 32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, 16, 16)
			for i := range uint32(3) {
				a.fill(i + 1)
				a.swap(1)
			}
			var want []Weighted
			for _, at := range subpixel.Pattern(4) {
				one, _ := cluster(t, 1, nil)
				want = append(want, Weighted{Config{Hub: one.Hub(), Source: NewTrace(Chunks(a.chunks), false), Policy: subpixel.Alone{X: at[0], Y: at[1]}, Log: quiet}, 1})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			four, _ := cluster(t, 4, c.prepare)
			r, err := VerifyMean(ctx, want, Config{Hub: four.Hub(), Source: NewTrace(Chunks(a.chunks), false), Policy: subpixel.Subpixel{}, Log: quiet}, "")
			if err != nil {
				t.Fatal(err)
			}
			verdict := r.Err()
			if c.want == "" && (verdict != nil || r.Frames != 3) || c.want != "" && (!errors.Is(verdict, ErrVerify) || !strings.Contains(verdict.Error(), c.want)) {
				t.Errorf("%d frames, verdict %v, want %q", r.Frames, verdict, c.want)
			}
		})
	}
}

// Nodes that have nothing to do stay so where queries count fragments, and draw all where programs write; samples stay what they are.
func TestSubpixelOfNodesThatDrawAll(t *testing.T) {
	const w, h, n = 12, 10, 3
	for _, c := range []struct {
		name  string
		begin func(a *app)
		idle  proto.Rect
	}{
		{"Counting", func(a *app) { a.b.Record(op(a.t, "glBeginQuery"), 0).U32(0x8914).U32(5) }, proto.Rect{}},
		{"Writing", func(a *app) { a.b.Record(op(a.t, "prismWhole"), 0) }, proto.Rect{W: w, H: h}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, w, h)
			a.fill(5)
			c.begin(a)
			a.b.Record(op(t, "glDrawArrays"), 0).U32(4).I32(0).I32(3)
			a.swap(1)
			pair, workers := cluster(t, n+1, nil)
			shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), subpixel.Subpixel{Samples: n}, nil)
			if err != nil || len(shots) != 1 || !bytes.Equal(shots[0].pix, meanOf(5, w, h, n)) {
				t.Fatalf("%d frames, or another picture, %v", len(shots), err)
			}
			pair.end()
			if got := workers[n].plans[1].Scissor; got != c.idle || stats.Exchanges != 0 {
				t.Errorf("the idle node draws %+v, want %+v; %d exchanges", got, c.idle, stats.Exchanges)
			}
		})
	}
}

// Another shift alone is another plan.
func TestSubpixelShiftChanges(t *testing.T) {
	const w, h = 8, 8
	changes := make(chan func() tilesplit.Policy, 1)
	a := newApp(t)
	a.window(1, w, h)
	for i := range uint32(8) {
		a.fill(i)
		a.swap(1)
	}
	var last proto.Shift
	pair, _ := cluster(t, 2, func(wk *worker) {
		wk.swapped = func(frame uint64) bool {
			if wk.peer != 0 {
				return true
			}
			if frame == 2 || frame == 5 {
				changes <- func() tilesplit.Policy { return subpixel.Alone{X: -0.25, Offscreen: frame == 5} }
			}
			last = wk.plans[1].Shift
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), subpixel.Alone{X: 0.25}, func(c *Config) {
		c.FramesInFlight, c.Changes, c.Outputs = 1, changes, nil
	})
	pair.end()
	if err != nil || len(shots) != 8 || stats.Moves != 2 || last != (proto.Shift{X: -0.25, Offscreen: true}) {
		t.Fatalf("%d frames, %d moves, %v", len(shots), stats.Moves, err)
	}
	for i, x := range map[int]float64{0: 0.25, 4: -0.25, 7: -0.25} {
		if !bytes.Equal(shots[i].pix, pattern(shifted(uint32(i), proto.Shift{X: x}), w, h)) {
			t.Errorf("frame %d is not shifted by %v", i+1, x)
		}
	}
}
