package balance

import (
	"fmt"
	"image"
	"slices"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/kd"
)

// KD moves the cuts of a k-d tree. Make it with NewKD.
type KD struct {
	policy kd.KD
	model  model
	mover  mover

	tree  *kd.Tree
	order []int   // nodes from the first to the last tile
	spans []below // of each cut
	cuts  []float64
	times []float64
	tiles []tilesplit.Tile // by the present cuts
}

var _ Equalizer = (*KD)(nil)

// below are the nodes below a cut, as places in KD.order: those of the low part, and those of the high one.
type below struct{ from, middle, to int }

// planeCells is the largest number of cells along each edge.
const planeCells = 64

// NewKD makes an equalizer that begins with what policy says.
func NewKD(policy kd.KD, options Options) (*KD, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	e := &KD{policy: policy, mover: mover{options: options, snap: float64(policy.Borders.Step())}}
	e.model = model{options: options, weights: policy.Weights, cell: func(size image.Point) (dx, dy float64) {
		return max(float64(size.X)/planeCells, 1), max(float64(size.Y)/planeCells, 1)
	}}
	return e, nil
}

// Plan implements tilesplit.Policy.
func (e *KD) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if size := image.Pt(width, height); e.tree == nil || size != e.model.size || nodes != e.model.nodes {
		tree, err := e.policy.Tree(width, height, nodes)
		if err != nil {
			return tilesplit.Plan{}, err
		}
		known := e.model.reset(size, nodes)
		e.tree, e.cuts, e.times = tree, make([]float64, tree.Cuts), make([]float64, nodes)
		e.order, e.spans = e.order[:0], make([]below, tree.Cuts)
		e.span(tree, 0)
		e.mover.reset(tree.Cuts)
		at := kd.Even
		if known {
			at = e.best
		}
		e.tiles = e.policy.Tiles(tree, image.Rectangle{Max: size}, func(t *kd.Tree, r image.Rectangle, cut int) float64 {
			return e.put(t, r, cut, at(t, r, cut))
		})
	}
	return tilesplit.Make(width, height, nodes, e.tiles)
}

// span lists the nodes below each cut of a part whose cuts are numbered from cut on, and returns them.
func (e *KD) span(t *kd.Tree, cut int) []int {
	if t.Low == nil {
		e.order = append(e.order, t.Node)
		return e.order[len(e.order)-1:]
	}
	from := len(e.order)
	low := len(e.span(t.Low, cut+1))
	e.span(t.High, cut+1+t.Low.Cuts)
	e.spans[cut] = below{from, from + low, len(e.order)}
	return e.order[from:]
}

// best is where r is to be cut so that all nodes below would end together.
func (e *KD) best(t *kd.Tree, r image.Rectangle, cut int) float64 {
	m, s := &e.model, e.spans[cut]
	level, part := m.level(m.field.in(r), e.order[s.from:s.to]), 0.0
	for _, n := range e.order[s.from:s.middle] {
		part += m.share(n, level)
	}
	return m.field.find(t.Axis, r, part)
}

// put remembers where a cut goes, which is the allowed place next to at.
func (e *KD) put(t *kd.Tree, r image.Rectangle, cut int, at float64) float64 {
	lo, hi := t.Allowed(r, e.policy.Borders)
	e.cuts[cut] = float64(e.policy.Borders.Clamp(at, lo, hi))
	return e.cuts[cut]
}

// Observe implements Equalizer.
func (e *KD) Observe(f Frame) (moved bool, err error) {
	if e.tree == nil {
		return false, fmt.Errorf("%w: frame %d comes before a plan was asked for", ErrCosts, f.Number)
	}
	if used, err := e.model.learn(f); err != nil || !used {
		return false, err
	}
	whole := image.Rectangle{Max: e.model.size}
	now := slices.Max(e.model.expected(e.tiles, e.times))
	best := e.policy.Tiles(e.tree, whole, e.best)
	if slices.Max(e.model.expected(best, e.times)) > now*(1-e.mover.options.Resistance) {
		return false, nil
	}
	next := e.policy.Tiles(e.tree, whole, func(t *kd.Tree, r image.Rectangle, cut int) float64 {
		return e.put(t, r, cut, e.mover.move(cut, e.cuts[cut], e.best(t, r, cut)))
	})
	moved = !slices.Equal(next, e.tiles)
	e.tiles = next
	return moved, nil
}

// Expected implements Equalizer.
func (e *KD) Expected() []float64 {
	if !e.model.seen {
		return nil
	}
	return slices.Clone(e.model.expected(e.tiles, e.times))
}
