package queue

import (
	"fmt"
	"math"
	"slices"

	"github.com/prismgl/prism/tilesplit"
)

// Costs is what Assign knows.
type Costs struct {
	// Tiles has what each tile costs on a node of speed 1.
	Tiles []float64
	// Speeds of the nodes; none: all 1. A node of speed 0 gets nothing.
	Speeds tilesplit.Weights
	// Fixed is what each node spends whatever it draws, in the tiles' unit of time; none: nothing.
	Fixed []float64
	// Owner of each tile in the last frame, -1: nobody; none: nobody's.
	Owner []int
	// Slack is how much later than the mean a node may end, as part of the mean, before it gives tiles away: tiles do not
	// wander for less.
	Slack float64
}

// Assign gives each tile a node. With Owner, each node keeps its tiles, the costliest first, until it would end later than
// (1 + Slack) times the best possible mean; what is left goes to whom would end it soonest, the costliest first. Equal arguments give
// equal answers.
func Assign(nodes int, c Costs) ([]int, error) {
	if err := c.check(nodes); err != nil {
		return nil, err
	}
	fixed := func(n int) float64 {
		if len(c.Fixed) == 0 {
			return 0
		}
		return c.Fixed[n]
	}
	order := make([]int, len(c.Tiles))
	total := 0.0
	for i, x := range c.Tiles {
		order[i] = i
		total += x
	}
	slices.SortFunc(order, func(a, b int) int {
		switch x, y := c.Tiles[a], c.Tiles[b]; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return a - b
	})
	var workers []int
	equal := true
	for n := range nodes {
		if c.Speeds.Of(n) > 0 {
			workers = append(workers, n)
			equal = equal && c.Speeds.Of(n) == c.Speeds.Of(workers[0])
		}
	}
	limit := Level(total, workers, c.Speeds, c.Fixed) * (1 + c.Slack)
	ends := make([]float64, nodes)
	for n := range ends {
		ends[n] = fixed(n)
	}
	owner := make([]int, len(c.Tiles))
	rest := order
	if len(c.Owner) > 0 {
		rest = rest[:0]
		for _, i := range order {
			n := c.Owner[i]
			owner[i] = -1
			if n >= 0 && n < nodes && c.Speeds.Of(n) > 0 {
				if end := ends[n] + c.Tiles[i]/c.Speeds.Of(n); end <= limit {
					ends[n], owner[i] = end, n
					continue
				}
			}
			rest = append(rest, i)
		}
	}
	if equal {
		// Who ends now soonest ends the next tile soonest: the root of a heap.
		for i := len(workers) / 2; i >= 0; i-- {
			sink(workers, ends, i)
		}
		for _, i := range rest {
			n := workers[0]
			owner[i] = n
			ends[n] += c.Tiles[i] / c.Speeds.Of(n)
			sink(workers, ends, 0)
		}
		return owner, nil
	}
	for _, i := range rest {
		best, end := -1, math.Inf(1)
		for _, n := range workers {
			if e := ends[n] + c.Tiles[i]/c.Speeds.Of(n); best < 0 || e < end {
				best, end = n, e
			}
		}
		owner[i], ends[best] = best, end
	}
	return owner, nil
}

func (c Costs) check(nodes int) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: queue: %s", tilesplit.ErrPlan, fmt.Sprintf(format, args...))
	}
	if nodes < 1 {
		return fmt.Errorf("%w: no nodes", tilesplit.ErrPlan)
	}
	if err := c.Speeds.Check(nodes); err != nil {
		return err
	}
	if len(c.Owner) > 0 && len(c.Owner) != len(c.Tiles) {
		return bad("%d owners of %d tiles", len(c.Owner), len(c.Tiles))
	}
	if len(c.Fixed) > 0 && len(c.Fixed) != nodes {
		return bad("%d fixed costs for %d nodes", len(c.Fixed), nodes)
	}
	if !(c.Slack >= 0) {
		return bad("slack %v; at least 0", c.Slack)
	}
	for _, list := range [][]float64{c.Tiles, c.Fixed} {
		for i, x := range list {
			if !(x >= 0) || math.IsInf(x, 1) {
				return bad("cost %d is %v; at least 0", i, x)
			}
		}
	}
	return nil
}

// Level is when all of some nodes would end together if work could be divided at will: a node that takes fixed[n] whatever it does (none:
// nothing), and does speeds.Of(n) of work a second. Those that take longer without any work get none. 0 if nobody works.
func Level(work float64, among []int, speeds tilesplit.Weights, fixed []float64) float64 {
	of := func(n int) float64 {
		if len(fixed) == 0 {
			return 0
		}
		return fixed[n]
	}
	level := math.Inf(1)
	// Leaving out nodes that would end after the level lowers it; at most one round a node.
	for {
		speed, ahead, out := 0.0, 0.0, false
		for _, n := range among {
			if s := speeds.Of(n); s > 0 && of(n) <= level {
				speed += s
				ahead += s * of(n)
			}
		}
		if speed == 0 {
			return 0
		}
		next := (work + ahead) / speed
		for _, n := range among {
			out = out || speeds.Of(n) > 0 && of(n) <= level && of(n) > next
		}
		if level = next; !out {
			return level
		}
	}
}

// sink restores the heap of nodes by their ends (then by number) after the end of the one at i has grown.
func sink(heap []int, ends []float64, i int) {
	sooner := func(a, b int) bool { return ends[a] < ends[b] || ends[a] == ends[b] && a < b }
	for {
		first := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(heap); c++ {
			if sooner(heap[c], heap[first]) {
				first = c
			}
		}
		if first == i {
			return
		}
		heap[i], heap[first] = heap[first], heap[i]
		i = first
	}
}
