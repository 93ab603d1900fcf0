package balance

import (
	"errors"
	"fmt"
	"math"

	"github.com/prismgl/prism/tilesplit"
)

// ErrCosts is the class of errors in what an equalizer is told.
var ErrCosts = errors.New("balance: bad costs")

// Frame is what one frame cost.
type Frame struct {
	Number uint64
	// Plan by which it was drawn, of mode Tiled; not changed any more by anyone.
	Plan *tilesplit.Plan
	// Nodes: the seconds that each node took for the frame in all, of whatever kind as long as it is the same for all; below 0:
	// not known.
	Nodes []float64
	// Tiles: the seconds that each of Plan.Tiles took by itself, below 0: not known. None: not known singly; then a node's time
	// without Fixed is its tiles'.
	Tiles []float64
	// Fixed: the seconds in Nodes that a node spends whatever its tiles are (state, offscreen passes, geometry outside). None:
	// not known; then they are estimated.
	Fixed []float64
}

// Equalizer is a policy that learns from frames.
type Equalizer interface {
	tilesplit.Policy
	// Observe learns from a frame and says whether Plan now gives another answer than before. Frames drawn by a plan of another
	// size or number of nodes than was last asked for are left out, and so are those that come after a later one. What is wrong
	// with a frame is an error of class ErrCosts; nothing has been learnt of it then.
	Observe(Frame) (moved bool, err error)
	// Expected is how long each node is thought to take by the present plan, in seconds; nil before the first frame.
	Expected() []float64
}

// Options tune an equalizer.
type Options struct {
	// Damping is the part of the way to the best place that a border stays behind: 0 goes there at once. At least 0, below 1.
	Damping float64
	// Smoothing is the part of a deviation that is taken for noise: 0 believes each frame. At least 0, below 1.
	Smoothing float64
	// Resistance is the gain below which all stays as it is: the part by which the slowest node would take less.
	Resistance float64
	// MinMove is the least number of pixels by which a border moves.
	MinMove int
}

// DefaultOptions suit frames whose times vary by some percent.
func DefaultOptions() Options {
	return Options{Damping: 0.3, Smoothing: 0.3, Resistance: 0.04, MinMove: 2}
}

// Validate checks the options.
func (o Options) Validate() error {
	for _, part := range []struct {
		name  string
		value float64
	}{{"damping", o.Damping}, {"smoothing", o.Smoothing}, {"resistance", o.Resistance}} {
		if !(part.value >= 0 && part.value < 1) {
			return fmt.Errorf("%w: balance: %s is %v; at least 0 and below 1", tilesplit.ErrPlan, part.name, part.value)
		}
	}
	if o.MinMove < 0 {
		return fmt.Errorf("%w: balance: borders move by at least %d pixels; at least 0", tilesplit.ErrPlan, o.MinMove)
	}
	return nil
}

// Imbalance is how much longer the slowest node takes than all do on average, as a ratio: 1 is even. Unknown times (below 0) do not count.
func Imbalance(times []float64) float64 {
	most, sum, n := 0.0, 0.0, 0
	for _, t := range times {
		if t >= 0 {
			most, sum, n = max(most, t), sum+t, n+1
		}
	}
	if sum == 0 {
		return 1
	}
	return most * float64(n) / sum
}

// maxSeconds bounds times, far above any frame's and far below where squares have no room in a number.
const maxSeconds = 1e6

// check refuses what cannot be: numbers that are not finite, lists that do not fit the plan.
func (f *Frame) check() error {
	if f.Plan == nil || f.Plan.Mode != tilesplit.Tiled {
		return fmt.Errorf("%w: frame %d was not drawn by a tiled plan", ErrCosts, f.Number)
	}
	for _, list := range []struct {
		what  string
		times []float64
		want  int
	}{{"nodes", f.Nodes, len(f.Plan.Nodes)}, {"tiles", f.Tiles, len(f.Plan.Tiles)}, {"fixed costs", f.Fixed, len(f.Plan.Nodes)}} {
		if list.what != "nodes" && len(list.times) == 0 {
			continue
		}
		if len(list.times) != list.want {
			return fmt.Errorf("%w: frame %d: times of %d %s, the plan has %d", ErrCosts, f.Number, len(list.times), list.what, list.want)
		}
		for i, t := range list.times {
			if math.IsNaN(t) || t > maxSeconds {
				return fmt.Errorf("%w: frame %d: time %d of %s is %v s; at most %v", ErrCosts, f.Number, i, list.what, t, maxSeconds)
			}
		}
	}
	return nil
}
