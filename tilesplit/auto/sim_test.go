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
	move float64 // milliseconds that the first frame after a change takes longer: tiles move, a node catches up
	// bursts are how often a second the machine is busy with something else: for up to 300 ms all takes 1.2 to 2.2 times as long.
	bursts float64
	scene  func(ms float64) curve // in place of curve: at a time
	held   Choice                 // result.lost compares with it
	from   float64                // milliseconds after which result.lost counts
	seed   uint64
}

type result struct {
	total   float64        // time of all frames
	changes int            // of Choice
	share   map[Choice]int // frames by each
	last    Choice
	at      []int     // frames of changes
	ms      []float64 // their times
	to      []Choice  // what they are to
	lost    float64   // part of the time after from that sim.held would not have taken
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
	after, held := 0.0, 0.0
	burst, until := 1.0, 0.0
	for i := range s.frames {
		c := a.Choice()
		at := s.curve
		if s.scene != nil {
			at = func(int) curve { return s.scene(r.total) }
		}
		noise := 1 + s.noise*(2*rng.Float64()-1)
		if rng.Float64() < s.spikes {
			noise *= 4
		}
		if s.bursts > 0 {
			if r.total > until {
				burst = 1
			}
			if burst == 1 && rng.Float64() < s.bursts*at(i)(c)/1000 {
				burst, until = 1.2+rng.Float64(), r.total+300*rng.Float64()
			}
			noise *= burst
		}
		x := at(i)(c) * (1 + s.warm*math.Exp(-float64(since)/4)) * noise
		if since == 0 && i > 0 {
			x += s.move
		}
		since++
		r.total += x
		if s.held.Nodes > 0 && r.total > s.from {
			after += x
			held += at(i)(s.held) * noise
		}
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
			r.at, r.ms, r.to = append(r.at, i), append(r.ms, r.total), append(r.to, a.Choice())
			since = 0
		}
	}
	r.last, _ = a.Best()
	if after > 0 {
		r.lost = 1 - held/after
	}
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
