package tilesplit

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOverlapFinds compares the sweep with looking at all pairs.
func TestOverlapFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	found := 0
	for range 20000 {
		rects := make([]image.Rectangle, 1+rng.IntN(12))
		for i := range rects {
			at := image.Pt(rng.IntN(20), rng.IntN(20))
			rects[i] = image.Rectangle{Min: at, Max: at.Add(image.Pt(1+rng.IntN(6), 1+rng.IntN(6)))}
		}
		want := false
		for i := range rects {
			for _, o := range rects[:i] {
				want = want || o.Overlaps(rects[i])
			}
		}
		list := fmt.Sprint(rects)
		a, b, got := overlap(rects)
		if got != want || got && !a.Overlaps(b) {
			t.Fatalf("%s: %v %v %v, want %v", list, a, b, got, want)
		}
		if got {
			found++
		}
	}
	if found < 1000 || found > 19000 {
		t.Errorf("%d of 20000 overlap: not much of a test", found)
	}
}

func TestValidateModes(t *testing.T) {
	whole := image.Rect(0, 0, 4, 4)
	left, right := image.Rect(0, 0, 2, 4), image.Rect(2, 0, 4, 4)
	share := func(r image.Rectangle) Share { return Share{Scissor: r, Tiles: []image.Rectangle{r}} }
	wall := Plan{Width: 4, Height: 4, Mode: Wall, Tiles: []Tile{{left, 0}}, Nodes: []Share{share(left), {}}, Hidden: []image.Rectangle{right}, Views: []View{{Node: 0, Source: left}}}
	turns := Plan{Width: 4, Height: 4, Mode: Interleave, Nodes: []Share{{Scissor: whole}, {Scissor: whole}}, Turns: []int{0, 1}}
	sum := Plan{Width: 4, Height: 4, Mode: Subpixel, Nodes: []Share{{Scissor: whole}, {Scissor: whole}}, Samples: []Sample{{0, -0.25, 0.25, 1}, {1, 0.25, -0.25, 2}}}
	for name, p := range map[string]Plan{"wall": wall, "interleave": turns, "subpixel": sum} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		name string
		from Plan
		to   func(p *Plan)
		want string
	}{
		{"UnknownMode", wall, func(p *Plan) { p.Mode = 9 }, "mode 9 is not known"},
		{"HiddenWithoutWall", wall, func(p *Plan) { p.Mode = Tiled }, "1 hidden rectangles in a plan of mode tiled"},
		{"TurnsInWall", wall, func(p *Plan) { p.Turns = []int{0} }, "1 turns in a plan of mode wall"},
		{"TilesInTurns", turns, func(p *Plan) { p.Tiles = []Tile{{left, 0}} }, "1 tiles in a plan of mode interleave"},
		{"WallWithAHole", wall, func(p *Plan) { p.Hidden = nil }, "cover 8 of 16"},
		{"HiddenTwice", wall, func(p *Plan) { p.Hidden = []image.Rectangle{right, right} }, "overlap"},
		{"HiddenButShown", wall, func(p *Plan) {
			p.Views = []View{{Node: 0, Source: whole}}
			p.Nodes = []Share{{Scissor: whole, Tiles: []image.Rectangle{left}}, {}}
		}, "of which (2,0)-(4,4) is hidden"},
		{"ViewOfNobody", wall, func(p *Plan) { p.Views = []View{{Node: 2, Source: left}} }, "node 2 of 2"},
		{"ViewNotDrawn", wall, func(p *Plan) { p.Views = []View{{Node: 1, Source: left}} }, "cut to (0,0)-(0,0)"},
		{"ViewOutside", wall, func(p *Plan) { p.Views = []View{{Node: 0, Source: image.Rect(0, 0, 5, 4)}} }, "outside"},
		{"FadeNegative", wall, func(p *Plan) { p.Views = []View{{Node: 0, Source: left, Fade: Edges{Top: -1}}} }, "fades"},
		{"TileInNoView", wall, func(p *Plan) { p.Views = []View{{Node: 0, Source: image.Rect(0, 0, 1, 4)}} }, "is in no view of node 0"},
		{"TargetTooSmall", wall, func(p *Plan) {
			p.Nodes = []Share{{Scissor: left, Tiles: []image.Rectangle{left}, Target: image.Rect(0, 0, 1, 4)}, {}}
		}, "into a target"},
		{"ScissorOutside", turns, func(p *Plan) { p.Nodes = []Share{{Scissor: image.Rect(0, 0, 4, 9)}, {}} }, "outside"},
		{"NoTurns", turns, func(p *Plan) { p.Turns = nil }, "no node's turn ever comes"},
		{"TurnOfNobody", turns, func(p *Plan) { p.Turns = []int{0, -1} }, "turn 1 is given to node -1 of 2"},
		{"TurnOfAPart", turns, func(p *Plan) { p.Nodes = []Share{{Scissor: left}, {Scissor: whole}} }, "node 0 draws whole frames but is cut"},
		{"NoSamples", sum, func(p *Plan) { p.Samples = nil }, "no samples"},
		{"SampleOfNobody", sum, func(p *Plan) { p.Samples = []Sample{{2, 0, 0, 1}} }, "node 2 of 2"},
		{"TwoSamples", sum, func(p *Plan) { p.Samples = []Sample{{0, 0, 0, 1}, {0, 0.1, 0, 1}} }, "several samples"},
		{"ShiftTooFar", sum, func(p *Plan) { p.Samples = []Sample{{0, 0.5, 0, 1}} }, "shifted by (0.5, 0)"},
		{"NoWeight", sum, func(p *Plan) { p.Samples = []Sample{{0, 0, 0, 0}} }, "weight 0"},
		{"OffscreenTurns", turns, func(p *Plan) { p.Offscreen = true }, "shifted in a plan of mode interleave"},
		{"MuchWeight", sum, func(p *Plan) { p.Samples = []Sample{{0, 0, 0, 200}, {1, 0, 0, 57}} }, "come to 257, 256 is the most"},
		{"SampleOfAPart", sum, func(p *Plan) { p.Nodes = []Share{{Scissor: whole}, {Scissor: left}} }, "node 1 draws whole frames but is cut"},
	} {
		p := c.from
		c.to(&p)
		if err := p.Validate(); !errors.Is(err, ErrPlan) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want ErrPlan with %q", c.name, err, c.want)
		}
	}
	if p := wall.Frame(7); p != &wall {
		t.Error("a frame of a wall is not its plan")
	}
}

func TestWeights(t *testing.T) {
	w := Weights{2, 0, 3, 2, 1}
	for _, c := range []struct {
		w    Weights
		room int
		want []int
	}{{w, 9, []int{0, 2, 3, 4}}, {w, 4, []int{0, 2, 3, 4}}, {w, 2, []int{0, 2}}, {w, 1, []int{2}}, {nil, 3, []int{0, 1, 2}}} {
		if d := cmp.Diff(c.want, c.w.Busy(5, c.room)); d != "" {
			t.Errorf("%v with room for %d (-want +got):\n%s", c.w, c.room, d)
		}
	}
}

func TestBorders(t *testing.T) {
	b := Borders{Snap: 4, Min: 10}
	if b.Least() != 12 || b.Room(35) != 2 || b.Room(5) != 1 {
		t.Errorf("least %d, room %d and %d", b.Least(), b.Room(35), b.Room(5))
	}
	for _, c := range []struct {
		lo, hi int
		ideal  []float64
		want   []int
	}{
		{0, 100, []float64{30.1, 61}, []int{32, 60}},
		{0, 100, []float64{-5, -5, -5}, []int{12, 24, 36}},
		{0, 100, []float64{500, 2, 90}, []int{64, 76, 88}},
		{8, 47, []float64{0, 0}, []int{20, 32}},
		{0, 50, []float64{49}, []int{36}},
	} {
		if d := cmp.Diff(c.want, b.Line(c.lo, c.hi, c.ideal)); d != "" {
			t.Errorf("%v in %d to %d (-want +got):\n%s", c.ideal, c.lo, c.hi, d)
		}
	}
}

func TestMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(25, 26))
	for range 200 {
		columns, rows, nodes := 1+rng.IntN(9), 1+rng.IntN(9), 1+rng.IntN(4)
		var tiles []Tile
		for i := range columns * rows {
			x, y := i%columns*3, i/columns*2
			tiles = append(tiles, Tile{image.Rect(x, y, x+3, y+2), rng.IntN(nodes)})
		}
		rng.Shuffle(len(tiles), func(i, j int) { tiles[i], tiles[j] = tiles[j], tiles[i] })
		merged := Merge(tiles)
		if len(merged) > len(tiles) {
			t.Errorf("%d tiles became %d", len(tiles), len(merged))
		}
		p, err := Make(columns*3, rows*2, nodes, tiles)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := p.Merged(); err != nil || cmp.Diff(merged, q.Tiles) != "" || q.Validate() != nil {
			t.Errorf("merged plan: %v\n%s", err, cmp.Diff(merged, q.Tiles))
		}
		for _, tl := range tiles {
			inside := false
			for _, m := range merged {
				inside = inside || m.Node == tl.Node && tl.Rect.In(m.Rect)
			}
			if !inside {
				t.Errorf("%v is lost in %v", tl, merged)
			}
		}
	}
	turns := Plan{Width: 4, Height: 4, Mode: Interleave, Nodes: []Share{{Scissor: image.Rect(0, 0, 4, 4)}}, Turns: []int{0}}
	if q, err := turns.Merged(); err != nil || cmp.Diff(turns, q) != "" {
		t.Errorf("a plan without tiles, merged: %v\n%s", err, cmp.Diff(turns, q))
	}
	all := Merge([]Tile{{image.Rect(1, 1, 2, 2), 0}, {image.Rect(0, 0, 1, 1), 0}, {image.Rect(0, 1, 1, 2), 0}, {image.Rect(1, 0, 2, 1), 0}, {image.Rect(2, 0, 3, 1), 0}})
	if d := cmp.Diff([]Tile{{image.Rect(0, 0, 2, 1).Union(image.Rect(2, 0, 3, 1)), 0}, {image.Rect(0, 1, 2, 2), 0}}, all); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func BenchmarkValidate(b *testing.B) {
	for _, n := range []int{32, 510, 8160} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var tiles []Tile
			for i := range n {
				x, y := i%30*64, i/30*64
				tiles = append(tiles, Tile{image.Rect(x, y, x+64, y+64).Intersect(image.Rect(0, 0, 1920, 1<<20)), i % 32})
			}
			for n%30 != 0 && len(tiles)%30 != 0 {
				i := len(tiles)
				x, y := i%30*64, i/30*64
				tiles = append(tiles, Tile{image.Rect(x, y, x+64, y+64), i % 32})
			}
			p, err := Make(1920, (len(tiles)+29)/30*64, 32, tiles)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Validate(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
