package balance

import (
	"fmt"
	"image"
	"slices"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/queue"
)

// Queue deals the small tiles of a queue anew. Make it with NewQueue. Where only nodes' times are known, and not those of single tiles,
// it learns what tiles cost from dealing them.
type Queue struct {
	policy queue.Queue
	model  model

	rects []image.Rectangle
	tiles []tilesplit.Tile
	owner []int
	costs []float64
	times []float64
}

var _ Equalizer = (*Queue)(nil)

// NewQueue makes an equalizer that begins with what policy says. Options.Damping and MinMove have no meaning for it.
func NewQueue(policy queue.Queue, options Options) (*Queue, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	e := &Queue{policy: policy}
	e.model = model{options: options, weights: policy.Weights, cell: func(image.Point) (dx, dy float64) {
		w, h := policy.Size() // a cell is a tile
		return float64(w), float64(h)
	}}
	return e, nil
}

// Plan implements tilesplit.Policy.
func (e *Queue) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if size := image.Pt(width, height); e.rects == nil || size != e.model.size || nodes != e.model.nodes {
		rects, err := e.policy.Tiles(width, height)
		if err != nil {
			return tilesplit.Plan{}, err
		}
		if err := tilesplit.Check(width, height, nodes); err != nil {
			return tilesplit.Plan{}, err
		}
		if err := e.policy.Weights.Check(nodes); err != nil {
			return tilesplit.Plan{}, err
		}
		was := e.model.size
		known := e.model.reset(size, nodes)
		owner := queue.Runs(len(rects), nodes, e.policy.Weights)
		if known {
			e.inherit(rects, owner, was)
		}
		e.rects, e.owner, e.times = rects, owner, make([]float64, nodes)
		e.tiles, e.costs = make([]tilesplit.Tile, len(rects)), make([]float64, len(rects))
		if known {
			if next, err := e.assign(); err == nil {
				e.owner = next
			}
		}
		e.deal()
	}
	return tilesplit.Make(width, height, nodes, e.tiles)
}

// inherit gives tiles of another picture to whom that part of the last one, of size was, belonged, as far as there is such a node: nodes'
// times are known for what they have drawn, and those of single tiles often not.
func (e *Queue) inherit(rects []image.Rectangle, owner []int, was image.Point) {
	w, h := e.policy.Size()
	columns := (was.X-1)/w + 1
	for i, r := range rects {
		middle := r.Min.Add(r.Max).Div(2)
		column, row := middle.X*was.X/e.model.size.X/w, middle.Y*was.Y/e.model.size.Y/h
		if row%2 == 1 { // as queue.Tiles goes
			column = columns - 1 - column
		}
		if n := e.owner[row*columns+column]; n < e.model.nodes && e.model.speed[n] > 0 {
			owner[i] = n
		}
	}
}

func (e *Queue) deal() {
	for i, r := range e.rects {
		e.tiles[i] = tilesplit.Tile{Rect: r, Node: e.owner[i]}
	}
}

// assign deals by what tiles cost now.
func (e *Queue) assign() ([]int, error) {
	e.price()
	return queue.Assign(e.model.nodes, queue.Costs{
		Tiles: e.costs, Speeds: e.model.speed, Fixed: e.model.fixed, Owner: e.owner, Slack: e.model.options.Resistance / 2,
	})
}

func (e *Queue) price() {
	for i, r := range e.rects {
		e.costs[i] = e.model.field.in(r)
	}
}

// slowest is how long the slowest node is thought to take if tiles belong to owner; e.times has all.
func (e *Queue) slowest(owner []int) float64 {
	clear(e.times)
	for i, n := range owner {
		if e.times[n] == 0 {
			e.times[n] = e.model.fixed[n]
		}
		e.times[n] += e.costs[i] / e.model.speed[n]
	}
	return slices.Max(e.times)
}

// Observe implements Equalizer.
func (e *Queue) Observe(f Frame) (moved bool, err error) {
	if e.rects == nil {
		return false, fmt.Errorf("%w: frame %d comes before a plan was asked for", ErrCosts, f.Number)
	}
	if used, err := e.model.learn(f); err != nil || !used {
		return false, err
	}
	next, err := e.assign()
	if err != nil {
		return false, err
	}
	if e.slowest(next) > e.slowest(e.owner)*(1-e.model.options.Resistance) || slices.Equal(next, e.owner) {
		return false, nil
	}
	e.owner = next
	e.deal()
	return true, nil
}

// Expected implements Equalizer.
func (e *Queue) Expected() []float64 {
	if !e.model.seen {
		return nil
	}
	e.price()
	e.slowest(e.owner)
	return slices.Clone(e.times)
}

// Costs are what each tile is thought to cost on a node of speed 1, in the order of the queue's tiles: for a queue.Deck, whose nodes pull.
// Valid until the next Observe or Plan.
func (e *Queue) Costs() []float64 {
	if e.model.seen {
		e.price()
	}
	return e.costs
}
