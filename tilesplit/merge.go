package tilesplit

import (
	"cmp"
	"image"
	"slices"
)

// Merge puts tiles of one node together where they make a rectangle: first side by side, then one above the other. Fewer pieces cost
// less to read back and to send. The tiles must be disjoint; the answer is sorted by node, then from below.
func Merge(tiles []Tile) []Tile {
	out := slices.Clone(tiles)
	slices.SortFunc(out, func(a, b Tile) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Rect.Min.Y, b.Rect.Min.Y), cmp.Compare(a.Rect.Max.Y, b.Rect.Max.Y), cmp.Compare(a.Rect.Min.X, b.Rect.Min.X))
	})
	out = fuse(out, func(a, b image.Rectangle) bool {
		return a.Min.Y == b.Min.Y && a.Max.Y == b.Max.Y && a.Max.X == b.Min.X
	})
	slices.SortFunc(out, func(a, b Tile) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Rect.Min.X, b.Rect.Min.X), cmp.Compare(a.Rect.Max.X, b.Rect.Max.X), cmp.Compare(a.Rect.Min.Y, b.Rect.Min.Y))
	})
	out = fuse(out, func(a, b image.Rectangle) bool {
		return a.Min.X == b.Min.X && a.Max.X == b.Max.X && a.Max.Y == b.Min.Y
	})
	slices.SortFunc(out, func(a, b Tile) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Rect.Min.Y, b.Rect.Min.Y), cmp.Compare(a.Rect.Min.X, b.Rect.Min.X))
	})
	return out
}

// fuse joins each tile with the one before it where both are one node's and meet.
func fuse(tiles []Tile, meet func(a, b image.Rectangle) bool) []Tile {
	out := tiles[:0]
	for _, t := range tiles {
		if n := len(out); n > 0 && out[n-1].Node == t.Node && meet(out[n-1].Rect, t.Rect) {
			out[n-1].Rect = out[n-1].Rect.Union(t.Rect)
			continue
		}
		out = append(out, t)
	}
	return out
}

// Merged is a Tiled plan with each node's tiles put together as Merge does; of other plans the plan itself. Who counts pieces asks for it,
// who measures tiles singly does not.
func (p *Plan) Merged() (Plan, error) {
	if p.Mode != Tiled {
		return *p, nil
	}
	return Make(p.Width, p.Height, len(p.Nodes), Merge(p.Tiles))
}
