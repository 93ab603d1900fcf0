package interleave

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/internal/plantest"
)

func TestTurns(t *testing.T) {
	for _, c := range []struct {
		name    string
		nodes   int
		weights tilesplit.Weights
		want    []int
	}{
		{"One", 1, nil, []int{0}},
		{"OddNodeCount", 3, nil, []int{0, 1, 2}},
		{"Twice", 2, tilesplit.Weights{2, 1}, []int{0, 1, 0}},
		{"Spread", 3, tilesplit.Weights{4, 1, 1}, []int{0, 0, 1, 0, 2, 0}},
		{"Idle", 3, tilesplit.Weights{0.5, 0, 0.5}, []int{0, 2}},
		{"HalfMore", 2, tilesplit.Weights{1.5, 1}, []int{0, 1, 0, 1, 0}},
	} {
		if d := cmp.Diff(c.want, Turns(c.nodes, c.weights)); d != "" {
			t.Errorf("%s: turns (-want +got):\n%s", c.name, d)
		}
	}
}

// TestEachInTurn: over any stretch of frames a node has its part of the turns, give or take what rounding one makes.
func TestEachInTurn(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	for range 200 {
		nodes := 1 + rng.IntN(64)
		w, sum := make(tilesplit.Weights, nodes), 0.0
		for i := range w {
			w[i] = 1 + 3*rng.Float64()
			sum += w[i]
		}
		turns := Turns(nodes, w)
		got := make([]float64, nodes)
		for _, n := range turns {
			got[n]++
		}
		for n := range w {
			if due := w[n] / sum * float64(len(turns)); math.Abs(got[n]-due) > 1 || got[n] == 0 {
				t.Errorf("node %d has %v of %d turns, want %.1f", n, got[n], len(turns), due)
			}
		}
	}
}

func TestFrames(t *testing.T) {
	p, err := (Interleave{Weights: tilesplit.Weights{1, 0, 1}}).Plan(5, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 2, 0, 2} {
		f := p.Frame(uint64(i))
		if err := f.Validate(); err != nil {
			t.Errorf("frame %d: %v", i, err)
		}
		if none, several := plantest.Covers(5, 3, plantest.Rects(*f)); none+several != 0 || f.Mode != tilesplit.Tiled {
			t.Errorf("frame %d in mode %v: %d pixels by nobody, %d several times", i, f.Mode, none, several)
		}
		for n, a := range plantest.Areas(*f) {
			if (a == 15) != (n == want) {
				t.Errorf("frame %d: node %d draws %d pixels; it is node %d's turn", i, n, a, want)
			}
		}
	}
	for _, bad := range []Interleave{{Weights: tilesplit.Weights{1}}, {Weights: tilesplit.Weights{0, 0, 0}}} {
		if _, err := bad.Plan(5, 3, 3); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
