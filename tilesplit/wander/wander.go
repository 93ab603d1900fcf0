package wander

import (
	"image"
	"math/rand/v2"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
)

// Wander is a policy; make it with New. Each observed frame moves it on by one plan. The same seed gives the same plans.
type Wander struct {
	seed    uint64
	borders tilesplit.Borders
	frames  uint64
}

var _ tilesplit.Policy = (*Wander)(nil)

// New makes one for a drawable; borders say where tiles may end.
func New(seed uint64, borders tilesplit.Borders) *Wander {
	return &Wander{seed: seed, borders: borders}
}

// Observe learns nothing; the next plan is another.
func (w *Wander) Observe(balance.Frame) (moved bool, err error) {
	w.frames++
	return true, nil
}

// Plan implements tilesplit.Policy: the picture is cut in two at random, and each part again, until there is a tile for each node; these
// are dealt at random. Some plans leave nodes idle, and some give one node several tiles.
func (w *Wander) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	if err := w.borders.Check(); err != nil {
		return tilesplit.Plan{}, err
	}
	rng := rand.New(rand.NewPCG(w.seed, w.frames))
	parts := []image.Rectangle{image.Rect(0, 0, width, height)}
	for tries := 4 * nodes; len(parts) < nodes+int(w.frames%3) && tries > 0; tries-- {
		i, axis := rng.IntN(len(parts)), tilesplit.Axis(rng.IntN(2))
		lo, hi := axis.Range(parts[i])
		if w.borders.Room(hi-lo) < 2 {
			continue
		}
		least, step := w.borders.Least(), w.borders.Step()
		at := w.borders.Clamp(float64(lo)+rng.Float64()*float64(hi-lo), lo+least, (hi-least)/step*step)
		low, high := axis.Cut(parts[i], at)
		parts[i] = low
		parts = append(parts, high)
	}
	tiles := make([]tilesplit.Tile, len(parts))
	for i, node := range rng.Perm(max(nodes, len(parts)))[:len(parts)] {
		tiles[i] = tilesplit.Tile{Rect: parts[i], Node: node % nodes}
	}
	return tilesplit.Make(width, height, nodes, tiles)
}
