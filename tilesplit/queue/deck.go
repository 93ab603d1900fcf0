package queue

import (
	"cmp"
	"fmt"
	"image"
	"slices"

	"github.com/prismgl/prism/tilesplit"
)

// Deck hands out one frame's tiles to nodes that ask for them. Each tile is handed out once. Not for concurrent use.
type Deck struct {
	width, height int
	tiles         []image.Rectangle
	costs         []float64
	hands         [][]int // tiles of each node that nobody has taken, the costliest first
	left          []float64
	owner         []int // who took it, -1: nobody yet
	out           int
}

// NewDeck lays out tiles, each first for owner[i]. costs are what is thought that they cost (nil: all the same): they decide the order
// and from whom others take.
func NewDeck(width, height, nodes int, tiles []image.Rectangle, owner []int, costs []float64) (*Deck, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return nil, err
	}
	if len(owner) != len(tiles) || costs != nil && len(costs) != len(tiles) {
		return nil, fmt.Errorf("%w: queue: %d owners and %d costs of %d tiles", tilesplit.ErrPlan, len(owner), len(costs), len(tiles))
	}
	d := &Deck{width: width, height: height, tiles: tiles, hands: make([][]int, nodes), left: make([]float64, nodes), owner: make([]int, len(tiles))}
	d.costs = slices.Clone(costs)
	if costs == nil {
		d.costs = slices.Repeat([]float64{1}, len(tiles))
	}
	for i, n := range owner {
		if n < 0 || n >= nodes {
			return nil, fmt.Errorf("%w: queue: tile %d is laid out for node %d of %d", tilesplit.ErrPlan, i, n, nodes)
		}
		if !(d.costs[i] >= 0) {
			return nil, fmt.Errorf("%w: queue: cost %d is %v; at least 0", tilesplit.ErrPlan, i, d.costs[i])
		}
		d.owner[i] = -1
		d.hands[n] = append(d.hands[n], i)
		d.left[n] += d.costs[i]
	}
	for _, h := range d.hands {
		slices.SortStableFunc(h, func(a, b int) int { return cmp.Compare(d.costs[b], d.costs[a]) })
	}
	return d, nil
}

// Next gives a node its next tile: the costliest that is laid out for it, else the cheapest of the node that has most left, for that
// one begins with its costliest. False: nothing is left.
func (d *Deck) Next(node int) (tile int, ok bool) {
	if node < 0 || node >= len(d.hands) {
		return 0, false
	}
	from := node
	if len(d.hands[node]) == 0 {
		from = -1
		for n, h := range d.hands {
			if len(h) > 0 && (from < 0 || d.left[n] > d.left[from]) {
				from = n
			}
		}
		if from < 0 {
			return 0, false
		}
	}
	h := d.hands[from]
	if from == node {
		tile, d.hands[from] = h[0], h[1:]
	} else {
		tile, d.hands[from] = h[len(h)-1], h[:len(h)-1]
	}
	d.left[from] -= d.costs[tile]
	d.owner[tile] = node
	d.out++
	return tile, true
}

// Rect is a tile's place.
func (d *Deck) Rect(tile int) image.Rectangle { return d.tiles[tile] }

// Left is how many tiles nobody has taken.
func (d *Deck) Left() int { return len(d.tiles) - d.out }

// Owners says who took each tile, -1: nobody. Valid until the next Next.
func (d *Deck) Owners() []int { return d.owner }

// Plan is what was drawn by whom, once all tiles are taken.
func (d *Deck) Plan() (tilesplit.Plan, error) {
	if n := d.Left(); n > 0 {
		return tilesplit.Plan{}, fmt.Errorf("%w: queue: nobody has taken %d of %d tiles", tilesplit.ErrPlan, n, len(d.tiles))
	}
	return Deal(d.width, d.height, len(d.hands), d.tiles, d.owner)
}
