package plantest

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
)

// Sizes are pictures from the smallest to the largest, odd ones among them.
var Sizes = []image.Point{{1, 1}, {1, 7}, {5, 1}, {3, 3}, {17, 13}, {97, 83}, {640, 480}, {1, 4320}, {8192, 1}, {1919, 1081}, {1920, 1080}, {8192, 4320}}

// NodeCounts are numbers of nodes.
var NodeCounts = []int{1, 2, 3, 4, 5, 7, 8, 13, 16, 31, 32, 64}

// Weights are none half of the time, else whole numbers below so much, not all of them 0.
func Weights(rng *rand.Rand, nodes, below int) tilesplit.Weights {
	if rng.IntN(2) == 0 {
		return nil
	}
	w := make(tilesplit.Weights, nodes)
	for i := range w {
		w[i] = float64(rng.IntN(below))
	}
	w[rng.IntN(nodes)] = 1
	return w
}

// Covers counts how many pixels of the picture are in no rectangle, and how many in more than one.
func Covers(width, height int, rects []image.Rectangle) (none, several int) {
	// Between neighbouring coordinates of edges all pixels are in the same rectangles.
	xs, ys := []int{0, width}, []int{0, height}
	for _, r := range rects {
		xs, ys = append(xs, r.Min.X, r.Max.X), append(ys, r.Min.Y, r.Max.Y)
	}
	slices.Sort(xs)
	slices.Sort(ys)
	xs, ys = slices.Compact(xs), slices.Compact(ys)
	hits := make([]int, len(xs)*len(ys))
	at := func(list []int, x int) int { i, _ := slices.BinarySearch(list, x); return i }
	for _, r := range rects {
		x0, x1 := at(xs, r.Min.X), at(xs, r.Max.X)
		for y := at(ys, r.Min.Y); y < at(ys, r.Max.Y); y++ {
			for x := x0; x < x1; x++ {
				hits[y*len(xs)+x]++
			}
		}
	}
	for y := range len(ys) - 1 {
		for x := range len(xs) - 1 {
			area := (xs[x+1] - xs[x]) * (ys[y+1] - ys[y])
			inside := xs[x] >= 0 && ys[y] >= 0 && xs[x+1] <= width && ys[y+1] <= height
			switch n := hits[y*len(xs)+x]; {
			case inside && n == 0:
				none += area
			case n > 1 || n == 1 && !inside:
				several += area
			}
		}
	}
	return none, several
}

// Rects are the tiles of all shares.
func Rects(p tilesplit.Plan) (out []image.Rectangle) {
	for _, s := range p.Nodes {
		out = append(out, s.Tiles...)
	}
	return out
}

// Areas are the pixels that each node draws.
func Areas(p tilesplit.Plan) []int {
	out := make([]int, len(p.Nodes))
	for n, s := range p.Nodes {
		for _, r := range s.Tiles {
			out[n] += r.Dx() * r.Dy()
		}
	}
	return out
}

// Partition plans and checks what holds for all policies of mode Tiled: each pixel exactly once, a share for each node, no tile smaller
// than least along an edge that has room for it, no border off the multiples of snap, and the same answer twice.
func Partition(t *testing.T, name string, policy tilesplit.Policy, size image.Point, nodes int, b tilesplit.Borders) tilesplit.Plan {
	t.Helper()
	p, err := policy.Plan(size.X, size.Y, nodes)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if none, several := Covers(size.X, size.Y, Rects(p)); none != 0 || several != 0 {
		t.Fatalf("%s: %d pixels are drawn by nobody, %d several times", name, none, several)
	}
	if err := p.Validate(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if len(p.Nodes) != nodes || p.Mode != tilesplit.Tiled {
		t.Errorf("%s: %d shares in mode %v", name, len(p.Nodes), p.Mode)
	}
	least, step := b.Least(), b.Step()
	for _, tl := range p.Tiles {
		r := tl.Rect
		if r.Dx() < min(least, size.X) || r.Dy() < min(least, size.Y) {
			t.Errorf("%s: tile %v is smaller than %d", name, r, least)
		}
		if r.Min.X%step != 0 || r.Min.Y%step != 0 || r.Max.X%step != 0 && r.Max.X != size.X || r.Max.Y%step != 0 && r.Max.Y != size.Y {
			t.Errorf("%s: tile %v has borders off the multiples of %d", name, r, step)
		}
	}
	again, err := policy.Plan(size.X, size.Y, nodes)
	if d := cmp.Diff(p, again); err != nil || d != "" {
		t.Errorf("%s: a second plan differs: %v\n%s", name, err, d)
	}
	return p
}
