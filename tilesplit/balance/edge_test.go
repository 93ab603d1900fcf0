package balance

import (
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/internal/plantest"
	"github.com/prismgl/prism/tilesplit/kd"
	"github.com/prismgl/prism/tilesplit/queue"
	"github.com/prismgl/prism/tilesplit/strips"
)

// TestAnyTimes tells equalizers any times at all, of pictures from 1×1 to 8192×4320, and sees plans stay partitions.
func TestAnyTimes(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	odd := []float64{0, -1, 1e-300, 1e6, 1, 1, 1, math.SmallestNonzeroFloat64}
	for round, size := range plantest.Sizes {
		for _, nodes := range []int{1, 2, 5, 16, 64} {
			b := tilesplit.Borders{Snap: 1 + rng.IntN(8), Min: rng.IntN(40)}
			o := Options{Damping: rng.Float64() * 0.9, Smoothing: rng.Float64() * 0.9, Resistance: rng.Float64() * 0.1, MinMove: rng.IntN(5)}
			w := plantest.Weights(rng, nodes, 4)
			x, err := NewStrips(strips.Strips{Axis: tilesplit.Axis(rng.IntN(2)), Weights: w, Borders: b}, o)
			if err != nil {
				t.Fatal(err)
			}
			k, err := NewKD(kd.KD{Axes: kd.Axes(rng.IntN(2)), Weights: w, Borders: b}, o)
			if err != nil {
				t.Fatal(err)
			}
			q, err := NewQueue(queue.Queue{TileWidth: 128, TileHeight: 96, Weights: w}, o)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range []Equalizer{x, k, q} {
				borders := b
				if e == Equalizer(q) {
					borders = tilesplit.Borders{}
				}
				for i := range 8 {
					name := fmt.Sprintf("%T, %v, %d nodes, %+v %+v, frame %d", e, size, nodes, b, o, i)
					p := plantest.Partition(t, name, e, size, nodes, borders)
					f := Frame{Number: uint64(i), Plan: &p, Nodes: make([]float64, nodes)}
					for n := range f.Nodes {
						f.Nodes[n] = rng.Float64()
						if rng.IntN(3) == 0 {
							f.Nodes[n] = odd[rng.IntN(len(odd))]
						}
					}
					if round%2 == 0 {
						f.Tiles = make([]float64, len(p.Tiles))
						for j := range f.Tiles {
							f.Tiles[j] = odd[rng.IntN(len(odd))]
						}
						f.Fixed = slices.Clone(f.Nodes)
					}
					if _, err := e.Observe(f); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					for n, x := range e.Expected() {
						if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
							t.Fatalf("%s: node %d is expected to take %v", name, n, x)
						}
					}
				}
			}
		}
	}
}

// TestLateAndStrange: frames out of order, of other pictures and without times change nothing; impossible ones are refused.
func TestLateAndStrange(t *testing.T) {
	for kind, e := range makeEqualizers(t, DefaultOptions()) {
		if _, err := e.Observe(Frame{}); !errors.Is(err, ErrCosts) {
			t.Errorf("%s: a frame before any plan: %v", kind, err)
		}
		if e.Expected() != nil {
			t.Errorf("%s expects something before the first frame", kind)
		}
		if _, err := e.Plan(0, 5, 2); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%s: a picture without pixels: %v", kind, err)
		}
		if _, err := e.Plan(640, 480, 0); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%s: no nodes: %v", kind, err)
		}
		small, err := e.Plan(320, 240, 2)
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Plan(640, 480, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []Frame{
			{Number: 1, Plan: &small, Nodes: []float64{1, 9}},
			{Number: 2, Plan: &p, Nodes: []float64{-1, -1}},
			{Number: 3, Plan: &p, Nodes: []float64{0, 0}},
		} {
			if moved, err := e.Observe(f); moved || err != nil || e.Expected() != nil {
				t.Errorf("%s: frame %d: moved %v, %v", kind, f.Number, moved, err)
			}
		}
		if moved, err := e.Observe(Frame{Number: 10, Plan: &p, Nodes: []float64{1, 9}}); !moved || err != nil {
			t.Errorf("%s: a frame whose second node takes 9 times as long: moved %v, %v", kind, moved, err)
		}
		was := e.Expected()
		for _, number := range []uint64{10, 9, 0} {
			if moved, err := e.Observe(Frame{Number: number, Plan: &p, Nodes: []float64{9, 1}}); moved || err != nil || !slices.Equal(was, e.Expected()) {
				t.Errorf("%s: frame %d after frame 10: moved %v, %v", kind, number, moved, err)
			}
		}
		if _, err := e.Observe(Frame{Number: 11, Plan: &p, Nodes: []float64{1}}); !errors.Is(err, ErrCosts) {
			t.Errorf("%s: one time for two nodes: %v", kind, err)
		}
		// One time is unknown: the other is learnt of.
		q, err := e.Plan(640, 480, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Observe(Frame{Number: 12, Plan: &q, Nodes: []float64{-1, 0.5}}); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestOtherPicture: what was learnt serves for another size and for more nodes.
func TestOtherPicture(t *testing.T) {
	for kind, e := range makeEqualizers(t, DefaultOptions()) {
		s := newScene(hd, scenes["Corner"])
		cl := &cluster{speeds: slices.Repeat([]float64{1}, 8), rng: rand.New(rand.NewPCG(1, 2))}
		run{size: hd, nodes: 4, frames: 40, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
		for _, c := range []struct {
			size  image.Point
			nodes int
			limit float64
		}{{image.Pt(1280, 720), 4, 1.25}, {image.Pt(1280, 720), 2, 1.2}, {image.Pt(2560, 1440), 8, 1.8}} {
			s := newScene(c.size, scenes["Corner"])
			p, err := e.Plan(c.size.X, c.size.Y, c.nodes)
			if err != nil {
				t.Fatal(err)
			}
			times, _ := cl.times(s, &p)
			if got := Imbalance(times); got > c.limit {
				t.Errorf("%s: max/mean is %.3f at once at %v on %d nodes, more than %v", kind, got, c.size, c.nodes, c.limit)
			}
		}
	}
}

// TestNotAdopted: a caller that goes on with the old plan for long spoils nothing.
func TestNotAdopted(t *testing.T) {
	s := newScene(hd, scenes["Corner"])
	for kind, e := range makeEqualizers(t, DefaultOptions()) {
		cl := &cluster{speeds: []float64{1, 1, 1, 1}, rng: rand.New(rand.NewPCG(1, 2))}
		old, err := e.Plan(hd.X, hd.Y, 4)
		if err != nil {
			t.Fatal(err)
		}
		before, measured := cl.times(s, &old)
		for i := range 100 {
			if _, err := e.Observe(Frame{Number: uint64(i + 1), Plan: &old, Nodes: measured}); err != nil {
				t.Fatal(err)
			}
		}
		uneven, _ := run{size: hd, nodes: 4, frames: 30, from: 101, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
		if got := mean(uneven[20:]); got > 1.08 {
			t.Errorf("%s: max/mean from %.3f to %.3f", kind, Imbalance(before), got)
		}
	}
}

// TestTileTimes: a queue whose tiles are timed singly is even after the first frame.
func TestTileTimes(t *testing.T) {
	s := newScene(hd, scenes["Corner"])
	e := makeEqualizers(t, DefaultOptions())["queue"].(*Queue)
	cl := &cluster{speeds: slices.Repeat([]float64{1}, 12), rng: rand.New(rand.NewPCG(1, 2))}
	p, err := e.Plan(hd.X, hd.Y, 12)
	if err != nil {
		t.Fatal(err)
	}
	_, measured := cl.times(s, &p)
	f := Frame{Number: 1, Plan: &p, Nodes: measured}
	for _, tl := range p.Tiles {
		f.Tiles = append(f.Tiles, s.cost(tl.Rect))
	}
	if moved, err := e.Observe(f); !moved || err != nil {
		t.Fatalf("moved %v, %v", moved, err)
	}
	for i, c := range e.Costs() {
		if math.Abs(c-f.Tiles[i]) > 1e-6 {
			t.Fatalf("tile %d is thought to cost %v, not %v", i, c, f.Tiles[i])
		}
	}
	if p, err = e.Plan(hd.X, hd.Y, 12); err != nil {
		t.Fatal(err)
	}
	if times, _ := cl.times(s, &p); Imbalance(times) > 1.03 {
		t.Errorf("max/mean is %.3f", Imbalance(times))
	}
}

func BenchmarkObserve(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, kind := range kinds {
		b.Run(kind, func(b *testing.B) {
			x, _ := NewStrips(strips.Strips{}, DefaultOptions())
			y, _ := NewStrips(strips.Strips{Axis: tilesplit.AlongY}, DefaultOptions())
			k, _ := NewKD(kd.KD{}, DefaultOptions())
			q, _ := NewQueue(queue.Queue{}, DefaultOptions())
			e := map[string]Equalizer{"strips x": x, "strips y": y, "kd": k, "queue": q}[kind]
			p, err := e.Plan(1920, 1080, 32)
			if err != nil {
				b.Fatal(err)
			}
			f := Frame{Plan: &p, Nodes: make([]float64, 32)}
			b.ReportAllocs()
			for b.Loop() {
				f.Number++
				for n := range f.Nodes {
					f.Nodes[n] = 1 + rng.Float64()
				}
				moved, err := e.Observe(f)
				if err != nil {
					b.Fatal(err)
				}
				if moved {
					if p, err = e.Plan(1920, 1080, 32); err != nil {
						b.Fatal(err)
					}
					next := p
					f.Plan = &next
				}
			}
		})
	}
}
