package balance

import (
	"fmt"
	"image"
	"slices"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/strips"
)

// Strips moves the borders of strips. Make it with NewStrips.
type Strips struct {
	policy strips.Strips
	model  model
	mover  mover

	busy    []int
	borders []int
	ideal   []float64
	times   []float64
}

var _ Equalizer = (*Strips)(nil)

// lineCells is the largest number of cells along the axis of strips.
const lineCells = 1024

// polishRounds bounds the rounds of polish.
const polishRounds = 4

// NewStrips makes an equalizer that begins with what policy says.
func NewStrips(policy strips.Strips, options Options) (*Strips, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	e := &Strips{policy: policy, mover: mover{options: options, snap: float64(policy.Borders.Step())}}
	e.model = model{options: options, weights: policy.Weights, cell: func(size image.Point) (dx, dy float64) {
		dx, dy = float64(size.X), float64(size.Y)
		if policy.Axis == tilesplit.AlongY {
			return dx, max(dy/lineCells, 1)
		}
		return max(dx/lineCells, 1), dy
	}}
	return e, nil
}

// Plan implements tilesplit.Policy.
func (e *Strips) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if size := image.Pt(width, height); e.busy == nil || size != e.model.size || nodes != e.model.nodes {
		busy, ideal, err := e.policy.Ideal(width, height, nodes)
		if err != nil {
			return tilesplit.Plan{}, err
		}
		known := e.model.reset(size, nodes)
		e.busy, e.ideal, e.times = busy, ideal, make([]float64, nodes)
		if known {
			e.best()
		}
		_, extent := e.policy.Axis.Range(image.Rect(0, 0, width, height))
		e.borders = e.policy.Borders.Line(0, extent, e.ideal)
		e.mover.reset(len(e.borders))
	}
	return e.policy.Place(width, height, nodes, e.busy, e.borders)
}

// best sets ideal to where all would end together.
func (e *Strips) best() {
	m := &e.model
	whole := image.Rectangle{Max: m.size}
	level, part := m.level(m.field.total(), e.busy), 0.0
	for i := range e.ideal {
		part += m.share(e.busy[i], level)
		e.ideal[i] = m.field.find(e.policy.Axis, whole, part)
	}
}

// polish moves borders of a line by Snap as long as that makes the slower of the two strips beside them faster: rounding one by one
// makes thin strips uneven.
func (e *Strips) polish(borders []int) {
	m, step, least := &e.model, e.policy.Borders.Step(), e.policy.Borders.Least()
	whole := image.Rectangle{Max: m.size}
	_, extent := e.policy.Axis.Range(whole)
	before := func(at int) float64 {
		low, _ := e.policy.Axis.Cut(whole, at)
		return m.field.in(low)
	}
	total := m.field.total()
	for range polishRounds {
		moved, lo, below := false, 0, 0.0 // of the border before
		for i, at := range borders {
			hi, above := extent, total
			if i+1 < len(borders) {
				hi, above = borders[i+1], before(borders[i+1])
			}
			slower := func(at int) float64 {
				w := before(at)
				return max(m.expect(e.busy[i], w-below), m.expect(e.busy[i+1], above-w))
			}
			now := slower(at)
			for _, next := range [2]int{at - step, at + step} {
				if next-lo >= least && hi-next >= least {
					if then := slower(next); then < now*(1-1e-6) {
						borders[i], now, moved = next, then, true
					}
				}
			}
			lo, below = borders[i], before(borders[i])
		}
		if !moved {
			return
		}
	}
}

// slowest is how long the slowest node is thought to take with these borders.
func (e *Strips) slowest(borders []int) float64 {
	rest := image.Rectangle{Max: e.model.size}
	tiles := make([]tilesplit.Tile, len(e.busy))
	for i, n := range e.busy {
		tiles[i] = tilesplit.Tile{Rect: rest, Node: n}
		if i < len(borders) {
			tiles[i].Rect, rest = e.policy.Axis.Cut(rest, borders[i])
		}
	}
	return slices.Max(e.model.expected(tiles, e.times))
}

// Observe implements Equalizer.
func (e *Strips) Observe(f Frame) (moved bool, err error) {
	if e.busy == nil {
		return false, fmt.Errorf("%w: frame %d comes before a plan was asked for", ErrCosts, f.Number)
	}
	if used, err := e.model.learn(f); err != nil || !used {
		return false, err
	}
	e.best()
	_, extent := e.policy.Axis.Range(image.Rectangle{Max: e.model.size})
	best := e.policy.Borders.Line(0, extent, e.ideal)
	e.polish(best)
	if now := e.slowest(e.borders); e.slowest(best) > now*(1-e.mover.options.Resistance) {
		return false, nil
	}
	for i, at := range e.borders {
		e.ideal[i] = e.mover.move(i, float64(at), float64(best[i]))
	}
	next := e.policy.Borders.Line(0, extent, e.ideal)
	moved = !slices.Equal(next, e.borders)
	e.borders = next
	return moved, nil
}

// Expected implements Equalizer.
func (e *Strips) Expected() []float64 {
	if !e.model.seen {
		return nil
	}
	e.slowest(e.borders)
	return slices.Clone(e.times)
}
