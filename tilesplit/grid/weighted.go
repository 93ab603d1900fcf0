package grid

import (
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/queue"
)

// Weighted is a grid whose tiles are dealt by the nodes' weights: a node of weight 2 gets twice as many as one of weight 1, as nearly as
// whole tiles allow. It wants a few times more tiles than nodes; of fewer, those of the greatest weights get one each.
type Weighted struct {
	Grid
	Weights tilesplit.Weights
}

var _ tilesplit.Policy = Weighted{}

// Plan implements tilesplit.Policy.
func (g Weighted) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if len(g.Weights) == 0 {
		return g.Grid.Plan(width, height, nodes)
	}
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	if err := g.Weights.Check(nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	tiles, err := g.tiles(width, height)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	return queue.Deal(width, height, nodes, tiles, queue.Runs(len(tiles), nodes, g.Weights))
}
