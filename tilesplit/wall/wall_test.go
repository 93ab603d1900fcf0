package wall

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/internal/plantest"
)

func matrix(t *testing.T, columns, rows int, size, gap image.Point) Wall {
	t.Helper()
	w, err := Matrix(columns, rows, size, gap)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestBezels(t *testing.T) {
	w := matrix(t, 2, 1, image.Pt(1920, 1080), image.Pt(40, 0))
	if width, height := w.Size(); width != 3880 || height != 1080 {
		t.Fatalf("a wall of %d×%d", width, height)
	}
	p, err := w.Plan(3880, 1080, 2)
	if err != nil {
		t.Fatal(err)
	}
	left, right := image.Rect(0, 0, 1920, 1080), image.Rect(1960, 0, 3880, 1080)
	want := tilesplit.Plan{
		Width: 3880, Height: 1080, Mode: tilesplit.Wall,
		Tiles:  []tilesplit.Tile{{Rect: left, Node: 0}, {Rect: right, Node: 1}},
		Nodes:  []tilesplit.Share{{Scissor: left, Tiles: []image.Rectangle{left}}, {Scissor: right, Tiles: []image.Rectangle{right}}},
		Hidden: []image.Rectangle{image.Rect(1920, 0, 1960, 1080)},
		Views:  []tilesplit.View{{Node: 0, Display: "0", Source: left}, {Node: 1, Display: "1", Source: right}},
	}
	if d := cmp.Diff(want, p); d != "" {
		t.Errorf("plan (-want +got):\n%s", d)
	}
}

func TestOverlap(t *testing.T) {
	w := matrix(t, 3, 2, image.Pt(100, 80), image.Pt(-20, -10))
	p, err := w.Plan(260, 150, 6)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []tilesplit.Edges{
		{Right: 20, Top: 10}, {Left: 20, Right: 20, Top: 10}, {Left: 20, Top: 10},
		{Right: 20, Bottom: 10}, {Left: 20, Right: 20, Bottom: 10}, {Left: 20, Bottom: 10},
	} {
		if v := p.Views[i]; v.Fade != want || v.Source.Dx() != 100 || v.Source.Dy() != 80 {
			t.Errorf("view %d shows %v and fades %+v, want %+v", i, v.Source, v.Fade, want)
		}
	}
	// What two show is the first one's to send, but both draw it.
	if shared := image.Rect(80, 0, 100, 70); !shared.In(p.Nodes[0].Scissor) || !shared.In(p.Nodes[1].Scissor) {
		t.Errorf("%v is not drawn by both", shared)
	}
	if areas := plantest.Areas(p); areas[0] != 8000 || areas[1] != 80*80 {
		t.Errorf("nodes own %v pixels", areas)
	}
	if len(p.Hidden) != 0 {
		t.Errorf("%v is hidden", p.Hidden)
	}
}

// TestWhole: hidden pixels are drawn where their neighbours are.
func TestWhole(t *testing.T) {
	w := matrix(t, 3, 2, image.Pt(100, 80), image.Pt(10, 20))
	w.Whole = true
	p, err := w.Plan(340, 190, 6) // more than the wall has
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Hidden) != 0 {
		t.Errorf("%v is hidden", p.Hidden)
	}
	for i, want := range []image.Rectangle{
		image.Rect(0, 0, 110, 100), image.Rect(110, 0, 220, 100), image.Rect(220, 0, 340, 100),
		image.Rect(0, 100, 110, 190), image.Rect(110, 100, 220, 190), image.Rect(220, 100, 340, 190),
	} {
		if got := p.Nodes[i].Scissor; got != want {
			t.Errorf("node %d draws %v, want %v", i, got, want)
		}
	}
	// A wall that no display shows a pixel of is somebody's all the same.
	far := Wall{Whole: true, Displays: []Display{{Node: 1, Name: "far", Rect: image.Rect(500, 0, 600, 80)}}}
	if p, err = far.Plan(40, 30, 2); err != nil || p.Nodes[1].Scissor != image.Rect(0, 0, 40, 30) {
		t.Errorf("%+v, %v", p.Nodes, err)
	}
}

// TestOffsetViewport: a wall larger than a GPU's framebuffer.
func TestOffsetViewport(t *testing.T) {
	w := matrix(t, 4, 3, image.Pt(8192, 4320), image.Pt(30, 50))
	w.Target = image.Pt(16384, 16384)
	width, height := w.Size()
	p, err := w.Plan(width, height, 12)
	if err != nil {
		t.Fatal(err)
	}
	for n, s := range p.Nodes {
		if s.Target.Empty() || !s.Scissor.In(s.Target) || s.Target.Dx() > 8192+64 || s.Target.Min.X%64 != 0 || s.Target.Min.Y%64 != 0 {
			t.Errorf("node %d draws %v into a target of %v", n, s.Scissor, s.Target)
		}
	}
	// A small picture on the same wall fits.
	p, err = w.Plan(16384, 5000, 12)
	if err != nil {
		t.Fatal(err)
	}
	for n, s := range p.Nodes {
		if !s.Target.Empty() {
			t.Errorf("node %d has a target of %v", n, s.Target)
		}
	}
	// One node for the first and the last column has too much.
	w.Displays[3].Node, w.Displays[3].Name = 0, "b"
	_, err = w.Plan(width, height, 12)
	want := "tilesplit: bad plan: wall: node 0's displays reach over (0,0)-(32858,4320), which needs a framebuffer of 32858×4320 pixels; nodes have at most 16384×16384, so share these displays among more nodes"
	if !errors.Is(err, tilesplit.ErrPlan) || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

// TestAnyWall: of displays thrown anywhere each shown pixel has one owner, who shows it, and all others are hidden.
func TestAnyWall(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	for range 300 {
		nodes := 1 + rng.IntN(8)
		var w Wall
		for i := range 1 + rng.IntN(12) {
			at := image.Pt(rng.IntN(80), rng.IntN(60))
			w.Displays = append(w.Displays, Display{Node: rng.IntN(nodes), Name: fmt.Sprint(i), Rect: image.Rectangle{Min: at, Max: at.Add(image.Pt(1+rng.IntN(50), 1+rng.IntN(40)))}})
		}
		width, height := 1+rng.IntN(130), 1+rng.IntN(100)
		if rng.IntN(2) == 0 {
			w.Target, w.Align = image.Pt(100, 90), 1+rng.IntN(8)
		}
		w.Whole = rng.IntN(2) == 0
		p, err := w.Plan(width, height, nodes)
		if err != nil {
			if w.Target.X > 0 && errors.Is(err, tilesplit.ErrPlan) {
				continue // too far apart for one framebuffer
			}
			t.Fatalf("%+v at %d×%d: %v", w, width, height, err)
		}
		if none, several := plantest.Covers(width, height, append(plantest.Rects(p), p.Hidden...)); none+several != 0 {
			t.Errorf("%+v at %d×%d: %d pixels by nobody, %d several times", w, width, height, none, several)
		}
		for y := range height {
			for x := range width {
				at, shown, hidden := image.Pt(x, y), false, false
				for _, d := range w.Displays {
					shown = shown || at.In(d.Rect)
				}
				for _, h := range p.Hidden {
					hidden = hidden || at.In(h)
				}
				if shown == hidden && !w.Whole || hidden && w.Whole {
					t.Fatalf("%+v at %d×%d: pixel %v is shown: %v, hidden: %v", w, width, height, at, shown, hidden)
				}
			}
		}
		for _, v := range p.Views {
			d := w.Displays[0]
			for _, o := range w.Displays {
				if o.Name == v.Display {
					d = o
				}
			}
			if v.Node != d.Node || v.Source != d.Rect.Intersect(image.Rect(0, 0, width, height)) || v.At != v.Source.Min.Sub(d.Rect.Min) {
				t.Errorf("%+v: view %+v", w, v)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	ok := Display{Name: "a", Rect: image.Rect(0, 0, 4, 4)}
	for _, c := range []struct {
		name string
		wall Wall
		want string
	}{
		{"Nothing", Wall{}, "0 displays; at least 1, at most 256"},
		{"Left", Wall{Displays: []Display{{Rect: image.Rect(-1, 0, 4, 4)}}}, "display 0 () shows (-1,0)-(4,4); a wall begins at (0, 0), and a display has pixels"},
		{"EmptyDisplay", Wall{Displays: []Display{ok, {Name: "b"}}}, "display 1 (b) shows (0,0)-(0,0); a wall begins at (0, 0), and a display has pixels"},
		{"TooFar", Wall{Displays: []Display{{Rect: image.Rect(0, 0, 4, MaxExtent+1)}}}, "display 0 () shows (0,0)-(4,1048577); a wall ends at 1048576"},
		{"NoSuchNode", Wall{Displays: []Display{{Node: 2, Name: "x", Rect: ok.Rect}}}, "display 0 (x) belongs to node 2 of 2"},
		{"Twice", Wall{Displays: []Display{ok, ok}}, `displays 0 and 1 are both node 0's "a"`},
		{"Target", Wall{Displays: []Display{ok}, Target: image.Pt(4, 0)}, "framebuffers of at most 4×0 pixels at multiples of 0"},
	} {
		_, err := c.wall.Plan(8, 8, 2)
		if !errors.Is(err, tilesplit.ErrPlan) || err.Error() != "tilesplit: bad plan: wall: "+c.want {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		columns, rows int
		size, gap     image.Point
	}{{0, 1, image.Pt(1, 1), image.Point{}}, {17, 16, image.Pt(1, 1), image.Point{}}, {2, 2, image.Point{}, image.Point{}}, {2, 2, image.Pt(4, 4), image.Pt(-4, 0)}} {
		if _, err := Matrix(c.columns, c.rows, c.size, c.gap); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	w, err := Matrix(8, 4, image.Pt(1920, 1080), image.Pt(40, -60))
	if err != nil {
		b.Fatal(err)
	}
	width, height := w.Size()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Plan(width, height, 32); err != nil {
			b.Fatal(err)
		}
	}
}
