package auto

import (
	"math"
	"math/rand/v2"
	"testing"
)

// curve is the time of a frame by a choice, in milliseconds.
type curve func(c Choice) float64

// sim is an app that draws frames by what an Auto says, some of which are in flight.
type sim struct {
	frames   int
	inFlight int
	noise    float64 // ±
	spikes   float64 // part of frames that take four times as long
	limit    Limit
	curve    func(frame int) curve
	// warmup: after a change of choice, times begin at (1 + warm) times what they will be and approach it within some frames.
	warm float64
	seed uint64
}

type result struct {
	total   float64        // time of all frames
	changes int            // of Choice
	share   map[Choice]int // frames by each
	last    Choice
	at      []int // frames of changes
}

func (s sim) run(t *testing.T, o Options) result {
	t.Helper()
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(s.seed, 77))
	r := result{share: map[Choice]int{}}
	var waiting []Frame
	since := 0
	for i := range s.frames {
		c := a.Choice()
		x := s.curve(i)(c) * (1 + s.warm*math.Exp(-float64(since)/4)) * (1 + s.noise*(2*rng.Float64()-1))
		if rng.Float64() < s.spikes {
			x *= 4
		}
		since++
		r.total += x
		r.share[c]++
		waiting = append(waiting, Frame{Number: uint64(i), Choice: c, Seconds: x / 1000, Limit: s.limit})
		if len(waiting) <= s.inFlight {
			continue
		}
		changed, err := a.Observe(waiting[0])
		if err != nil {
			t.Fatal(err)
		}
		waiting = waiting[1:]
		if changed != (a.Choice() != c) {
			t.Fatalf("frame %d: changed is %v, from %v to %v", i, changed, c, a.Choice())
		}
		if changed {
			r.changes++
			r.at = append(r.at, i)
			since = 0
		}
	}
	r.last, _ = a.Best()
	return r
}

// byNodes is a curve of the number of nodes alone.
func byNodes(f func(k float64) float64) curve {
	return func(c Choice) float64 { return f(float64(c.Nodes)) }
}

func always(c curve) func(int) curve { return func(int) curve { return c } }

var curves = map[string]struct {
	curve curve
	// from, to: numbers of nodes that are right with 32 to choose from.
	from, to int
}{
	// Nearly all is divided.
	"Scales": {byNodes(func(k float64) float64 { return 2 + 200/k }), 32, 32},
	// A fixed part of each node's work and a cost for each node: least at 6.3, within 5 % of it from 5 to 9.
	"Knee": {byNodes(func(k float64) float64 { return 10 + 60/k + 1.5*k }), 4, 8},
	// Chromium's with 56 million triangles, 1 to 12 nodes: 0.69 frames a second, 1.65 at 4, 0.98 at 12.
	"Chromium": {byNodes(func(k float64) float64 {
		if k <= 4 {
			return 1450 * math.Pow(k, -0.63)
		}
		return 606 * math.Pow(k/4, 0.47)
	}), 3, 4},
	// Splitting costs as much as a node draws.
	"Bypass": {byNodes(func(k float64) float64 {
		if k == 1 {
			return 5
		}
		return 6 + 5/k + 0.1*k
	}), 1, 1},
	// Each node more makes it worse, by much.
	"Falls": {byNodes(func(k float64) float64 { return 10 * k }), 1, 1},
	// Each node more makes it worse, by little.
	"FallsSlowly": {byNodes(func(k float64) float64 { return 10 + 0.3*k }), 1, 1},
	// Splitting at all costs much, but then it pays.
	"Hump": {byNodes(func(k float64) float64 {
		if k == 1 {
			return 40
		}
		return 24 + 40/k
	}), 6, 32},
	// The app or the display is what limits.
	"Flat": {byNodes(func(k float64) float64 { return 16.7 }), 1, 1},
	// Two are worth it, three are not.
	"Two": {byNodes(func(k float64) float64 {
		if k == 2 {
			return 12
		}
		return 20
	}), 2, 2},
}
