package queue

import (
	"fmt"
	"image"

	"github.com/prismgl/prism/tilesplit"
)

// MaxTiles bounds the tiles of a picture.
const MaxTiles = 16384

// Queue is a policy. Its zero value has tiles of 64×64 pixels.
type Queue struct {
	TileWidth, TileHeight int // of a tile in pixels, less at the right and upper edge; 0: 64
	Weights               tilesplit.Weights
}

var _ tilesplit.Policy = Queue{}

// Size is a tile's size.
func (q Queue) Size() (width, height int) {
	width, height = q.TileWidth, q.TileHeight
	if width == 0 {
		width = 64
	}
	if height == 0 {
		height = 64
	}
	return width, height
}

// Tiles lists the tiles in the order in which they are neighbours: row by row from below, from left to right and back.
func (q Queue) Tiles(width, height int) ([]image.Rectangle, error) {
	if err := tilesplit.Check(width, height, 1); err != nil {
		return nil, err
	}
	tw, th := q.Size()
	if tw < 1 || th < 1 {
		return nil, fmt.Errorf("%w: queue: tiles of %d×%d pixels", tilesplit.ErrPlan, tw, th)
	}
	columns, rows := (width-1)/tw+1, (height-1)/th+1
	if columns > MaxTiles/rows {
		return nil, fmt.Errorf("%w: queue: %d×%d pixels make %d×%d tiles of %d×%d pixels; at most %d, so take larger ones",
			tilesplit.ErrPlan, width, height, columns, rows, tw, th, MaxTiles)
	}
	tiles := make([]image.Rectangle, 0, columns*rows)
	for r := range rows {
		for i := range columns {
			c := i
			if r%2 == 1 {
				c = columns - 1 - i
			}
			tiles = append(tiles, image.Rect(c*tw, r*th, min((c+1)*tw, width), min((r+1)*th, height)))
		}
	}
	return tiles, nil
}

// Plan implements tilesplit.Policy: each node gets a run of neighbours.
func (q Queue) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	tiles, err := q.Tiles(width, height)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	if err := q.Weights.Check(nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	return Deal(width, height, nodes, tiles, Runs(len(tiles), nodes, q.Weights))
}

// Runs deals tiles that are neighbours in the list in runs as long as the nodes' weights say: owner of each.
func Runs(tiles, nodes int, w tilesplit.Weights) []int {
	busy := w.Busy(nodes, tiles)
	sum := 0.0
	for _, n := range busy {
		sum += w.Of(n)
	}
	owner := make([]int, tiles)
	at, part := 0, 0.0
	for i, n := range busy {
		part += w.Of(n)
		end := int(float64(tiles)*(part/sum) + 0.5)
		end = min(max(end, at+1), tiles-(len(busy)-1-i)) // one for each at least
		if i == len(busy)-1 {
			end = tiles
		}
		for ; at < end; at++ {
			owner[at] = n
		}
	}
	return owner
}

// Deal makes the plan in which tile i is owner[i]'s.
func Deal(width, height, nodes int, tiles []image.Rectangle, owner []int) (tilesplit.Plan, error) {
	if len(owner) != len(tiles) {
		return tilesplit.Plan{}, fmt.Errorf("%w: queue: %d owners of %d tiles", tilesplit.ErrPlan, len(owner), len(tiles))
	}
	out := make([]tilesplit.Tile, len(tiles))
	for i, r := range tiles {
		out[i] = tilesplit.Tile{Rect: r, Node: owner[i]}
	}
	return tilesplit.Make(width, height, nodes, out)
}
