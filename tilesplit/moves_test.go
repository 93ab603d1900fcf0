package tilesplit_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/internal/plantest"
	"github.com/prismgl/prism/tilesplit/kd"
	"github.com/prismgl/prism/tilesplit/queue"
	"github.com/prismgl/prism/tilesplit/strips"
)

// TestMoves compares with a look at each pixel.
func TestMoves(t *testing.T) {
	rng := rand.New(rand.NewPCG(27, 28))
	for range 200 {
		w, h, nodes := 1+rng.IntN(60), 1+rng.IntN(50), 1+rng.IntN(9)
		plan := func() *tilesplit.Plan {
			var policy tilesplit.Policy
			switch rng.IntN(3) {
			case 0:
				policy = strips.Strips{Axis: tilesplit.Axis(rng.IntN(2)), Weights: plantest.Weights(rng, nodes, 5)}
			case 1:
				policy = kd.KD{Weights: plantest.Weights(rng, nodes, 5)}
			default:
				policy = queue.Queue{TileWidth: 1 + rng.IntN(9), TileHeight: 1 + rng.IntN(9), Weights: plantest.Weights(rng, nodes, 5)}
			}
			p, err := policy.Plan(w, h, nodes)
			if err != nil {
				t.Fatal(err)
			}
			return &p
		}
		owners := func(p *tilesplit.Plan) []int {
			out := make([]int, w*h)
			for _, tl := range p.Tiles {
				for y := tl.Rect.Min.Y; y < tl.Rect.Max.Y; y++ {
					for x := tl.Rect.Min.X; x < tl.Rect.Max.X; x++ {
						out[y*w+x] = tl.Node
					}
				}
			}
			return out
		}
		a, b := plan(), plan()
		got, want := owners(a), owners(b)
		moved := make([]bool, w*h)
		for _, m := range tilesplit.Moves(a, b) {
			for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
				for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
					if at := y*w + x; got[at] != m.From || moved[at] {
						t.Fatalf("%+v: pixel (%d, %d) is node %d's, has moved already: %v", m, x, y, got[at], moved[at])
					} else {
						got[at], moved[at] = m.To, true
					}
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("owners (-want +got):\n%s", d)
		}
		if n := len(tilesplit.Moves(a, a)); n != 0 {
			t.Errorf("%d moves between equal plans", n)
		}
	}
	a, b := tilesplit.Plan{Width: 4, Height: 4}, tilesplit.Plan{Width: 4, Height: 5}
	if m := tilesplit.Moves(&a, &b); m != nil {
		t.Errorf("between plans without tiles: %v", m)
	}
}

func BenchmarkMoves(b *testing.B) {
	one, err := (queue.Queue{TileWidth: 32, TileHeight: 32}).Plan(1920, 1080, 32)
	if err != nil {
		b.Fatal(err)
	}
	two, err := (kd.KD{}).Plan(1920, 1080, 32)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(tilesplit.Moves(&one, &two)) == 0 {
			b.Fatal("nothing moves")
		}
	}
}

// TestFrameOfWhole: a plan of whole frames has each frame's moves.
func TestFrameOfWhole(t *testing.T) {
	p := tilesplit.Plan{Width: 4, Height: 2, Mode: tilesplit.Interleave, Nodes: make([]tilesplit.Share, 2), Turns: []int{0, 1}}
	want := []tilesplit.Move{{Rect: image.Rect(0, 0, 4, 2), From: 0, To: 1}}
	if d := cmp.Diff(want, tilesplit.Moves(p.Frame(0), p.Frame(1))); d != "" {
		t.Errorf("moves (-want +got):\n%s", d)
	}
}
