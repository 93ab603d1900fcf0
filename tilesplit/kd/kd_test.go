package kd

import (
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/internal/plantest"
)

func TestEachPixelOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, size := range plantest.Sizes {
		for _, nodes := range plantest.NodeCounts {
			for _, b := range []tilesplit.Borders{{}, {Snap: 4}, {Snap: 64, Min: 100}, {Min: 9}} {
				k := KD{Axes: Axes(rng.IntN(2)), Borders: b, Weights: plantest.Weights(rng, nodes, 5)}
				name := fmt.Sprintf("%+v of %v over %d", k, size, nodes)
				p := plantest.Partition(t, name, k, size, nodes, b)
				// As many nodes draw as there is room for.
				areas, busy, want := plantest.Areas(p), 0, 0
				for n, a := range areas {
					if a > 0 {
						busy++
					}
					if k.Weights.Of(n) > 0 {
						want++
					} else if a > 0 {
						t.Errorf("%s: node %d of weight 0 draws", name, n)
					}
				}
				if want = min(want, b.Room(size.X)*b.Room(size.Y)); busy != want {
					t.Errorf("%s: %d nodes draw, want %d", name, busy, want)
				}
			}
		}
	}
}

// TestAnyCuts moves all cuts to wherever and sees the least sizes kept.
func TestAnyCuts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		size := image.Pt(1+rng.IntN(700), 1+rng.IntN(500))
		nodes := 1 + rng.IntN(64)
		k := KD{Axes: Axes(rng.IntN(2)), Borders: tilesplit.Borders{Snap: 1 + rng.IntN(8), Min: rng.IntN(30)}}
		plantest.Partition(t, fmt.Sprintf("%+v of %v over %d", k, size, nodes), cutAnywhere{k, rng.Uint64()}, size, nodes, k.Borders)
	}
}

type cutAnywhere struct {
	KD
	seed uint64
}

func (c cutAnywhere) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	t, err := c.Tree(width, height, nodes)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	rng := rand.New(rand.NewPCG(c.seed, 0))
	seen := make([]bool, t.Cuts)
	tiles := c.Tiles(t, image.Rect(0, 0, width, height), func(_ *Tree, _ image.Rectangle, cut int) float64 {
		if seen[cut] {
			return math.NaN()
		}
		seen[cut] = true
		return float64(rng.IntN(1000) - 100)
	})
	for _, s := range seen {
		if !s {
			return tilesplit.Plan{}, errors.New("a cut was left out or has another's number")
		}
	}
	return tilesplit.Make(width, height, nodes, tiles)
}

func TestWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		nodes := 1 + rng.IntN(64)
		w, sum := make(tilesplit.Weights, nodes), 0.0
		for i := range w {
			w[i] = 1 + 3*rng.Float64()
			sum += w[i]
		}
		p, err := KD{Axes: Axes(rng.IntN(2)), Weights: w}.Plan(8192, 4320, nodes)
		if err != nil {
			t.Fatal(err)
		}
		for n, a := range plantest.Areas(p) {
			ideal := 8192 * 4320 * w[n] / sum
			// Each of at most 12 cuts is rounded by half a pixel of an edge that has at least some 250.
			if got := float64(a); math.Abs(got/ideal-1) > 0.02 {
				t.Errorf("node %d of %d, weight %.2f of %.2f: %v pixels, want %.0f", n, nodes, w[n], sum, got, ideal)
			}
		}
	}
}

func TestPlan(t *testing.T) {
	tile := func(node, x0, y0, x1, y1 int) tilesplit.Tile {
		return tilesplit.Tile{Rect: image.Rect(x0, y0, x1, y1), Node: node}
	}
	for _, c := range []struct {
		name  string
		kd    KD
		w, h  int
		nodes int
		want  []tilesplit.Tile
	}{
		{"Longest", KD{}, 16, 4, 4, []tilesplit.Tile{tile(0, 0, 0, 4, 4), tile(1, 4, 0, 8, 4), tile(2, 8, 0, 12, 4), tile(3, 12, 0, 16, 4)}},
		{"Alternating", KD{Axes: Alternating}, 16, 4, 4, []tilesplit.Tile{tile(0, 0, 0, 8, 2), tile(1, 0, 2, 8, 4), tile(2, 8, 0, 16, 2), tile(3, 8, 2, 16, 4)}},
		{"OddNodeCount", KD{}, 9, 8, 3, []tilesplit.Tile{tile(0, 0, 0, 3, 8), tile(1, 3, 0, 9, 4), tile(2, 3, 4, 9, 8)}},
		{"Weights", KD{Weights: tilesplit.Weights{3, 0, 1}}, 8, 2, 3, []tilesplit.Tile{tile(0, 0, 0, 6, 2), tile(2, 6, 0, 8, 2)}},
		{"MoreNodesThanPixels", KD{}, 2, 2, 9, []tilesplit.Tile{tile(0, 0, 0, 1, 1), tile(1, 0, 1, 1, 2), tile(2, 1, 0, 2, 1), tile(3, 1, 1, 2, 2)}},
	} {
		p, err := c.kd.Plan(c.w, c.h, c.nodes)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(c.want, p.Tiles); d != "" {
			t.Errorf("%s: tiles (-want +got):\n%s", c.name, d)
		}
	}
	if _, err := (KD{Axes: 7}).Plan(4, 4, 1); !errors.Is(err, tilesplit.ErrPlan) {
		t.Errorf("unknown axes: %v", err)
	}
}

// Tiles of many equal nodes are no slivers.
func TestShapes(t *testing.T) {
	for _, nodes := range plantest.NodeCounts {
		p, err := KD{}.Plan(1920, 1080, nodes)
		if err != nil {
			t.Fatal(err)
		}
		for _, tl := range p.Tiles {
			w, h := float64(tl.Rect.Dx()), float64(tl.Rect.Dy())
			if r := max(w/h, h/w); r > 3 {
				t.Errorf("%d nodes: tile %v is %.1f times as long as wide", nodes, tl.Rect, r)
			}
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (KD{}).Plan(1920, 1080, 32); err != nil {
			b.Fatal(err)
		}
	}
}
