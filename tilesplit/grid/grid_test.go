package grid

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
)

// count paints each tile into a plane and reports pixels that do not belong to exactly one.
func count(p tilesplit.Plan) (bad int) {
	hits := make([]int, p.Width*p.Height)
	for _, s := range p.Nodes {
		for _, r := range s.Tiles {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					hits[y*p.Width+x]++
				}
			}
		}
	}
	for _, h := range hits {
		if h != 1 {
			bad++
		}
	}
	return bad
}

func TestEachPixelOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		w, h, nodes := 1+rng.IntN(97), 1+rng.IntN(83), 1+rng.IntN(17)
		g := Grid{1 + rng.IntN(15), 1 + rng.IntN(15)}
		name := fmt.Sprintf("%v of %d×%d over %d", g, w, h, nodes)
		p, err := g.Plan(w, h, nodes)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if bad := count(p); bad != 0 {
			t.Errorf("%s: %d pixels are not drawn exactly once", name, bad)
		}
		if len(p.Nodes) != nodes {
			t.Errorf("%s: %d shares", name, len(p.Nodes))
		}
		last := 0
		for _, tl := range p.Tiles {
			if tl.Node < last {
				t.Errorf("%s: tiles are not dealt in order: %v", name, p.Tiles)
				break
			}
			last = tl.Node
		}
		if again, _ := g.Plan(w, h, nodes); cmp.Diff(p, again) != "" {
			t.Errorf("%s: a second plan differs", name)
		}
	}
}

// share is a node's share with the box around its tiles.
func share(tiles ...image.Rectangle) (s tilesplit.Share) {
	for _, r := range tiles {
		s.Scissor = s.Scissor.Union(r)
	}
	s.Tiles = tiles
	return s
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name       string
		grid       Grid
		w, h, node int
		want       []tilesplit.Share
	}{
		{"Whole", Grid{1, 1}, 8, 4, 1, []tilesplit.Share{share(image.Rect(0, 0, 8, 4))}},
		{"OddImageSize", Grid{2, 2}, 5, 3, 4, []tilesplit.Share{
			share(image.Rect(0, 0, 2, 1)),
			share(image.Rect(2, 0, 5, 1)),
			share(image.Rect(0, 1, 2, 3)),
			share(image.Rect(2, 1, 5, 3)),
		}},
		{"OddNodeCount", Grid{2, 2}, 4, 4, 3, []tilesplit.Share{
			share(image.Rect(0, 0, 2, 2), image.Rect(2, 0, 4, 2)),
			share(image.Rect(0, 2, 2, 4)),
			share(image.Rect(2, 2, 4, 4)),
		}},
		{"EmptyTile", Grid{3, 1}, 2, 1, 3, []tilesplit.Share{
			{},
			share(image.Rect(0, 0, 1, 1)),
			share(image.Rect(1, 0, 2, 1)),
		}},
		{"MoreNodesThanTiles", Grid{2, 1}, 4, 1, 4, []tilesplit.Share{
			share(image.Rect(0, 0, 2, 1)),
			share(image.Rect(2, 0, 4, 1)),
			{}, {},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := c.grid.Plan(c.w, c.h, c.node)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, p.Nodes); d != "" {
				t.Errorf("shares (-want +got):\n%s", d)
			}
		})
	}
	for _, c := range []struct{ w, h, nodes int }{{0, 4, 1}, {4, 0, 1}, {4, 4, 0}, {4, 4, -1}} {
		if _, err := (Grid{2, 2}).Plan(c.w, c.h, c.nodes); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%+v: error %v, want ErrPlan", c, err)
		}
	}
	if _, err := (Grid{}).Plan(4, 4, 1); !errors.Is(err, ErrGrid) {
		t.Errorf("zero grid: error %v", err)
	}
}

func TestChoose(t *testing.T) {
	for nodes, want := range map[int]Grid{-1: {1, 1}, 1: {1, 1}, 2: {2, 1}, 3: {3, 1}, 4: {2, 2}, 5: {5, 1}, 6: {3, 2}, 8: {4, 2}, 9: {3, 3}, 12: {4, 3}, 300: {17, 15}} {
		if g := Choose(nodes); g != want {
			t.Errorf("Choose(%d) = %v, want %v", nodes, g, want)
		}
	}
}

func TestParseGrid(t *testing.T) {
	for in, want := range map[string]Grid{"2x2": {2, 2}, " 3X1 ": {3, 1}, "1×5": {1, 5}, "17x15": {17, 15}} {
		if g, err := ParseGrid(in); err != nil || g != want {
			t.Errorf("ParseGrid(%q) = %v, %v; want %v", in, g, err, want)
		}
	}
	for in, want := range map[string]string{
		"":      `grid: not a grid: ""; want COLUMNSxROWS, for example 2x2 or 3x1`,
		"4":     `grid: not a grid: "4"; want COLUMNSxROWS, for example 2x2 or 3x1`,
		"axb":   `grid: not a grid: "axb" has "a" columns; want a whole number, for example 2x2`,
		"2x":    `grid: not a grid: "2x" has "" rows; want a whole number, for example 2x2`,
		"0x1":   `grid: not a grid: 0 columns and 1 rows; at least 1 of each, at most 255 tiles in all`,
		"16x16": `grid: not a grid: 16 columns and 16 rows; at least 1 of each, at most 255 tiles in all`,
	} {
		_, err := ParseGrid(in)
		if !errors.Is(err, ErrGrid) || err.Error() != want {
			t.Errorf("ParseGrid(%q): %v\nwant %s", in, err, want)
		}
	}
}

func FuzzParseGrid(f *testing.F) {
	for _, s := range []string{"2x2", "×", "9999999999x1", "-1x-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := ParseGrid(s)
		if err != nil {
			return
		}
		if again, err := ParseGrid(g.String()); err != nil || again != g {
			t.Fatalf("%q → %v → %v, %v", s, g, again, err)
		}
	})
}
