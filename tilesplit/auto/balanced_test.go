package auto

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/kd"
	"github.com/prismgl/prism/tilesplit/strips"
)

// TestWithBalance lets auto choose while equalizers learn: of a scene whose work lies mostly in a corner, where static tiles would
// end the climb early.
func TestWithBalance(t *testing.T) {
	size := image.Pt(960, 540)
	// Work in 8×8 pixels, 100 ms in all on one node.
	const columns, rows = 120, 68
	sums := make([]float64, (columns+1)*(rows+1))
	for j := range rows {
		row := 0.0
		for i := range columns {
			x, y := float64(i)/columns-0.8, float64(j)/rows-0.25
			row += 1 + 40*math.Exp(-(x*x+y*y)/(2*0.1*0.1))
			sums[(j+1)*(columns+1)+i+1] = sums[j*(columns+1)+i+1] + row
		}
	}
	below := func(x, y int) float64 {
		i, j := min(x/8, columns), min(y/8, rows)
		return sums[j*(columns+1)+i]
	}
	work := func(r image.Rectangle) float64 {
		return 0.1 * (below(r.Max.X, r.Max.Y) - below(r.Min.X, r.Max.Y) - below(r.Max.X, r.Min.Y) + below(r.Min.X, r.Min.Y)) / sums[len(sums)-1]
	}
	b := tilesplit.Borders{Snap: 8, Min: 8}
	x, err := balance.NewStrips(strips.Strips{Borders: b}, balance.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	k, err := balance.NewKD(kd.KD{Borders: b}, balance.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	policies := map[string]balance.Equalizer{"strips": x, "kd": k}
	a, err := New(DefaultOptions(16, "strips", "kd"))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	total, last := 0.0, 0.0
	const frames = 1500
	for i := range uint64(frames) {
		c := a.Choice()
		p, err := policies[c.Tiling].Plan(size.X, size.Y, c.Nodes)
		if err != nil {
			t.Fatal(err)
		}
		nodes, slowest := make([]float64, c.Nodes), 0.0
		for n, s := range p.Nodes {
			for _, r := range s.Tiles {
				nodes[n] += work(r)
			}
			nodes[n] = (nodes[n] + 0.002) * (0.97 + 0.06*rng.Float64())
			slowest = max(slowest, nodes[n])
		}
		seconds := slowest
		if c.Nodes > 1 {
			seconds += 0.003 + 0.0002*float64(c.Nodes) // pieces put together
		}
		total += seconds
		if i >= frames-200 {
			last += seconds / 200
		}
		if _, err := policies[c.Tiling].Observe(balance.Frame{Number: i, Plan: &p, Nodes: nodes}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Observe(Frame{Number: i, Choice: c, Seconds: seconds, Limit: Stages{Nodes: slowest, Compose: seconds - slowest}.Slowest()}); err != nil {
			t.Fatal(err)
		}
	}
	best, _ := a.Best()
	// 16 nodes in step would take 14.5 ms; static strips take 29 ms, static k-d tiles 36.
	if best.Nodes < 12 || last > 0.018 {
		t.Errorf("ends with %v and %.1f ms a frame; trials %v", best, last*1000, a.Trials())
	}
	if mean := total / frames; mean > 0.023 {
		t.Errorf("%.1f ms a frame from the first on", mean*1000)
	}
}

func TestStages(t *testing.T) {
	for want, s := range map[Limit]Stages{
		Unknown: {}, App: {App: 2, Nodes: 1}, Nodes: {App: 1, Nodes: 2, Split: 1}, Split: {Split: 3, Link: 2}, Link: {Link: 1}, Compose: {Nodes: 1, Compose: 1.5},
	} {
		if got := s.Slowest(); got != want {
			t.Errorf("%+v: %v, want %v", s, got, want)
		}
	}
}

// TestNearTies: one node is left for a clear gain only, however busy the machine is with other things meanwhile.
func TestNearTies(t *testing.T) {
	const seeds = 100
	for _, c := range []struct {
		two   float64 // times what one node takes
		least int     // seeds of seeds that hold two nodes in the end
		most  int
	}{{0.8, 80, seeds}, {0.97, 0, 10}, {1, 0, 5}, {1.05, 0, 5}} {
		held := 0
		for seed := range uint64(seeds) {
			s := noisy(seed)
			s.frames, s.bursts = 200, 1
			s.curve = always(func(choice Choice) float64 {
				if choice.Nodes == 1 {
					return 40
				}
				return 40 * c.two
			})
			if r := s.run(t, DefaultOptions(2, "kd", "columns", "queue")); r.last.Nodes == 2 {
				held++
			}
		}
		if held < c.least || held > c.most {
			t.Errorf("two nodes take %v times as long as one: %d of %d hold two, want %d to %d", c.two, held, seeds, c.least, c.most)
		}
	}
}
