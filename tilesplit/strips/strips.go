package strips

import (
	"image"

	"github.com/prismgl/prism/tilesplit"
)

// Strips is a policy. Its zero value makes equal upright strips.
type Strips struct {
	Axis    tilesplit.Axis
	Weights tilesplit.Weights
	Borders tilesplit.Borders
}

var _ tilesplit.Policy = Strips{}

// Plan implements tilesplit.Policy. Nodes for which there is no room stay idle, those of the least weight first.
func (s Strips) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	busy, ideal, err := s.Ideal(width, height, nodes)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	_, extent := s.Axis.Range(image.Rect(0, 0, width, height))
	return s.Place(width, height, nodes, busy, s.Borders.Line(0, extent, ideal))
}

// Ideal says which nodes get a strip, in their order along the axis, and where the borders between them should be by their weights.
func (s Strips) Ideal(width, height, nodes int) (busy []int, borders []float64, err error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return nil, nil, err
	}
	if err := s.Weights.Check(nodes); err != nil {
		return nil, nil, err
	}
	if err := s.Borders.Check(); err != nil {
		return nil, nil, err
	}
	_, extent := s.Axis.Range(image.Rect(0, 0, width, height))
	busy = s.Weights.Busy(nodes, s.Borders.Room(extent))
	sum := 0.0
	for _, n := range busy {
		sum += s.Weights.Of(n)
	}
	borders = make([]float64, len(busy)-1)
	part := 0.0
	for i := range borders {
		part += s.Weights.Of(busy[i])
		borders[i] = float64(extent) * (part / sum)
	}
	return busy, borders, nil
}

// Place makes the plan with these borders between the strips of these nodes.
func (s Strips) Place(width, height, nodes int, busy, borders []int) (tilesplit.Plan, error) {
	rest := image.Rect(0, 0, width, height)
	tiles := make([]tilesplit.Tile, len(busy))
	for i, n := range busy {
		tiles[i] = tilesplit.Tile{Rect: rest, Node: n}
		if i < len(borders) {
			tiles[i].Rect, rest = s.Axis.Cut(rest, borders[i])
		}
	}
	return tilesplit.Make(width, height, nodes, tiles)
}
