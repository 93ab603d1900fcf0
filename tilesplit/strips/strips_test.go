package strips

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
	rng := rand.New(rand.NewPCG(3, 4))
	for _, size := range plantest.Sizes {
		for _, nodes := range plantest.NodeCounts {
			for _, b := range []tilesplit.Borders{{}, {Snap: 4}, {Snap: 64, Min: 100}, {Min: 9}} {
				s := Strips{Axis: tilesplit.Axis(rng.IntN(2)), Borders: b, Weights: plantest.Weights(rng, nodes, 5)}
				name := fmt.Sprintf("%+v of %v over %d", s, size, nodes)
				p := plantest.Partition(t, name, s, size, nodes, b)
				areas := plantest.Areas(p)
				_, extent := s.Axis.Range(image.Rect(0, 0, size.X, size.Y))
				busy, sum := 0, 0.0
				for n := range nodes {
					if s.Weights.Of(n) == 0 && areas[n] > 0 {
						t.Errorf("%s: node %d of weight 0 draws", name, n)
					}
					if s.Weights.Of(n) > 0 {
						busy++
						sum += s.Weights.Of(n)
					}
				}
				// Where nothing is in the way, each is as wide as its weight says, but for the rounding of its two borders.
				if float64(extent)/sum < float64(b.Least()) || busy > b.Room(extent) {
					continue
				}
				across := size.X * size.Y / extent
				for n, a := range areas {
					ideal := float64(extent) * s.Weights.Of(n) / sum
					if got := float64(a / across); math.Abs(got-ideal) > float64(b.Step()) {
						t.Errorf("%s: node %d is %v wide, want %v", name, n, got, ideal)
					}
				}
			}
		}
	}
}

func TestPlan(t *testing.T) {
	tile := func(node, x0, y0, x1, y1 int) tilesplit.Tile {
		return tilesplit.Tile{Rect: image.Rect(x0, y0, x1, y1), Node: node}
	}
	for _, c := range []struct {
		name   string
		strips Strips
		w, h   int
		nodes  int
		want   []tilesplit.Tile
	}{
		{"OddImageSize", Strips{}, 7, 3, 2, []tilesplit.Tile{tile(0, 0, 0, 4, 3), tile(1, 4, 0, 7, 3)}},
		{"Lying", Strips{Axis: tilesplit.AlongY}, 2, 9, 3, []tilesplit.Tile{tile(0, 0, 0, 2, 3), tile(1, 0, 3, 2, 6), tile(2, 0, 6, 2, 9)}},
		{"Weights", Strips{Weights: tilesplit.Weights{1, 2, 0, 1}}, 8, 1, 4, []tilesplit.Tile{tile(0, 0, 0, 2, 1), tile(1, 2, 0, 6, 1), tile(3, 6, 0, 8, 1)}},
		{"Snap", Strips{Borders: tilesplit.Borders{Snap: 4}}, 30, 1, 3, []tilesplit.Tile{tile(0, 0, 0, 12, 1), tile(1, 12, 0, 20, 1), tile(2, 20, 0, 30, 1)}},
		{"MoreNodesThanPixels", Strips{}, 2, 1, 5, []tilesplit.Tile{tile(0, 0, 0, 1, 1), tile(1, 1, 0, 2, 1)}},
		{"NoRoomForTheLightest", Strips{Weights: tilesplit.Weights{1, 3, 2}, Borders: tilesplit.Borders{Min: 10}}, 25, 1, 3, []tilesplit.Tile{tile(1, 0, 0, 15, 1), tile(2, 15, 0, 25, 1)}},
		{"SmallerThanMin", Strips{Borders: tilesplit.Borders{Min: 64, Snap: 16}}, 5, 5, 3, []tilesplit.Tile{tile(0, 0, 0, 5, 5)}},
	} {
		p, err := c.strips.Plan(c.w, c.h, c.nodes)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(c.want, p.Tiles); d != "" {
			t.Errorf("%s: tiles (-want +got):\n%s", c.name, d)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		strips Strips
		w      int
		nodes  int
		want   string
	}{
		{Strips{}, 0, 1, "tilesplit: bad plan: a picture of 0×4 pixels"},
		{Strips{}, 4, 0, "tilesplit: bad plan: no nodes"},
		{Strips{Weights: tilesplit.Weights{1}}, 4, 2, "tilesplit: bad plan: 1 weights for 2 nodes; one for each, or none"},
		{Strips{Weights: tilesplit.Weights{1, -1}}, 4, 2, "tilesplit: bad plan: node 1 has weight -1; at least 0"},
		{Strips{Weights: tilesplit.Weights{math.NaN()}}, 4, 1, "tilesplit: bad plan: node 0 has weight NaN; at least 0"},
		{Strips{Weights: tilesplit.Weights{0, 0}}, 4, 2, "tilesplit: bad plan: the weights' sum is 0"},
		{Strips{Borders: tilesplit.Borders{Snap: -4}}, 4, 2, "tilesplit: bad plan: borders at multiples of -4 with at least 0 pixels between; neither can be negative"},
	} {
		if _, err := c.strips.Plan(c.w, 4, c.nodes); !errors.Is(err, tilesplit.ErrPlan) || err.Error() != c.want {
			t.Errorf("%+v: %v\nwant %s", c.strips, err, c.want)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Strips{}).Plan(1920, 1080, 32); err != nil {
			b.Fatal(err)
		}
	}
}
