package grid

import (
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"

	"github.com/prismgl/prism/tilesplit"
)

// MaxTiles is the largest columns × rows: a piece's number on the wire has 8 bits.
const MaxTiles = 255

// ErrGrid is the class of errors in a grid's description.
var ErrGrid = errors.New("grid: not a grid")

// Grid is a policy; make it with New, Choose or ParseGrid. Its zero value divides nothing and fails.
type Grid struct{ Columns, Rows int }

var _ tilesplit.Policy = Grid{}

// New checks the numbers.
func New(columns, rows int) (Grid, error) {
	if columns < 1 || rows < 1 || columns > MaxTiles || rows > MaxTiles || columns*rows > MaxTiles {
		return Grid{}, fmt.Errorf("%w: %d columns and %d rows; at least 1 of each, at most %d tiles in all", ErrGrid, columns, rows, MaxTiles)
	}
	return Grid{columns, rows}, nil
}

// Choose gives the grid of exactly so many tiles that is nearest to a square, not higher than wide. Above MaxTiles nodes the
// rest stays idle.
func Choose(nodes int) Grid {
	nodes = min(max(nodes, 1), MaxTiles)
	rows := 1
	for r := 2; r*r <= nodes; r++ {
		if nodes%r == 0 {
			rows = r
		}
	}
	return Grid{nodes / rows, rows}
}

// ParseGrid reads "2x2": columns, x, rows.
func ParseGrid(s string) (Grid, error) {
	cols, rows, ok := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "×", "x"), "x")
	if !ok {
		return Grid{}, fmt.Errorf("%w: %q; want COLUMNSxROWS, for example 2x2 or 3x1", ErrGrid, s)
	}
	c, err := strconv.Atoi(cols)
	if err != nil {
		return Grid{}, fmt.Errorf("%w: %q has %q columns; want a whole number, for example 2x2", ErrGrid, s, cols)
	}
	r, err := strconv.Atoi(rows)
	if err != nil {
		return Grid{}, fmt.Errorf("%w: %q has %q rows; want a whole number, for example 2x2", ErrGrid, s, rows)
	}
	return New(c, r)
}

// String gives the form that ParseGrid reads.
func (g Grid) String() string { return fmt.Sprintf("%dx%d", g.Columns, g.Rows) }

// Plan implements tilesplit.Policy. Tiles that have no pixel because the picture is smaller than the grid are left out.
func (g Grid) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if nodes < 1 {
		return tilesplit.Plan{}, fmt.Errorf("%w: %d nodes for grid %v", tilesplit.ErrPlan, nodes, g)
	}
	rects, err := g.tiles(width, height)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	tiles := make([]tilesplit.Tile, len(rects))
	for i, r := range rects {
		node := i
		if len(rects) > nodes {
			node = i * nodes / len(rects)
		}
		tiles[i] = tilesplit.Tile{Rect: r, Node: node}
	}
	return tilesplit.Make(width, height, nodes, tiles)
}

// tiles lists the tiles row by row from the lower left, also those without pixels.
func (g Grid) tiles(width, height int) ([]image.Rectangle, error) {
	if _, err := New(g.Columns, g.Rows); err != nil {
		return nil, err
	}
	out := make([]image.Rectangle, 0, g.Columns*g.Rows)
	for i := range g.Columns * g.Rows {
		c, r := i%g.Columns, i/g.Columns
		out = append(out, image.Rect(c*width/g.Columns, r*height/g.Rows, (c+1)*width/g.Columns, (r+1)*height/g.Rows))
	}
	return out, nil
}
