package tilesplit

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Weights say how much each node is to do beside the others: one of weight 2 gets twice as much as one of weight 1, one of
// weight 0 nothing. None at all (nil): all the same.
type Weights []float64

// Check refuses weights that are negative, not finite, all zero, or not one for each node.
func (w Weights) Check(nodes int) error {
	if len(w) == 0 {
		return nil
	}
	if len(w) != nodes {
		return fmt.Errorf("%w: %d weights for %d nodes; one for each, or none", ErrPlan, len(w), nodes)
	}
	sum := 0.0
	for n, x := range w {
		if !(x >= 0) || math.IsInf(x, 1) {
			return fmt.Errorf("%w: node %d has weight %v; at least 0", ErrPlan, n, x)
		}
		sum += x
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return fmt.Errorf("%w: the weights' sum is %v", ErrPlan, sum)
	}
	return nil
}

// Of is a node's weight.
func (w Weights) Of(node int) float64 {
	if len(w) == 0 {
		return 1
	}
	return w[node]
}

// Busy lists in their order the nodes that get something where there is room for so many: those of the greatest weight, the
// first ones among equals. Nodes of weight 0 are never among them.
func (w Weights) Busy(nodes, room int) []int {
	busy := make([]int, 0, nodes)
	for n := range nodes {
		if w.Of(n) > 0 {
			busy = append(busy, n)
		}
	}
	if len(busy) > room {
		slices.SortStableFunc(busy, func(a, b int) int { return cmp.Compare(w.Of(b), w.Of(a)) })
		busy = busy[:max(room, 0)]
		slices.Sort(busy)
	}
	return busy
}

// Borders says where borders may lie. Its zero value lets them lie anywhere.
type Borders struct {
	// Snap: borders inside the picture have coordinates that are multiples of it; 0 is 1. llvmpipe counts samples wrongly at
	// scissor edges that are no multiples of 4, and rasterises blocks of 64.
	Snap int
	// Min is the least width and height of a tile, in pixels; 0 is 1. It is rounded up to a multiple of Snap. Where a picture
	// has no room for so many such tiles, nodes stay idle; a picture smaller than Min is one tile.
	Min int
}

// Check refuses negative values.
func (b Borders) Check() error {
	if b.Snap < 0 || b.Min < 0 {
		return fmt.Errorf("%w: borders at multiples of %d with at least %d pixels between; neither can be negative", ErrPlan, b.Snap, b.Min)
	}
	return nil
}

// Step is Snap, at least 1.
func (b Borders) Step() int { return max(b.Snap, 1) }

// Least is Min as a multiple of Step.
func (b Borders) Least() int {
	s := b.Step()
	return max((b.Min+s-1)/s, 1) * s
}

// Room is how many tiles have room along an edge of so many pixels, at least 1.
func (b Borders) Room(extent int) int { return max(extent/b.Least(), 1) }

// Clamp is the allowed place nearest to x for a border in [lo, hi], which are allowed places themselves or an edge of the
// picture.
func (b Borders) Clamp(x float64, lo, hi int) int {
	s := float64(b.Step())
	at := lo
	if r := math.Round(x/s) * s; r > float64(lo) { // also false for NaN
		at = hi
		if r < float64(hi) {
			at = int(r)
		}
	}
	return at
}

// Line puts the borders between n = len(ideal)+1 tiles side by side from lo to hi: each at the allowed place nearest to its
// ideal one, as far as the tiles before and after it leave room. lo is an allowed place, and n at most Room(hi - lo).
func (b Borders) Line(lo, hi int, ideal []float64) []int {
	least := b.Least()
	last := hi
	if r := hi % b.Step(); r > 0 {
		last -= r
	}
	at := make([]int, len(ideal))
	for i, x := range ideal {
		lo += least
		at[i] = b.Clamp(x, lo, last-(len(ideal)-i)*least)
		lo = at[i]
	}
	return at
}
