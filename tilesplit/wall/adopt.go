package wall

import (
	"image"

	"github.com/prismgl/prism/tilesplit"
)

// adopt deals hidden pixels: first each display takes what lies between it and its neighbours to the right and above, as far as the bezel
// reaches, then what lies to its left and below; what is left then goes to the first node that draws something. So the boxes to which nodes
// are cut grow by no more than the bezels, in a wall without gaps in its rows.
func (w Wall) adopt(whole image.Rectangle, tiles []tilesplit.Tile, hidden []image.Rectangle) []tilesplit.Tile {
	var own []tilesplit.Tile
	take := func(node int, box image.Rectangle) {
		var rest []image.Rectangle
		for _, h := range hidden {
			part := h.Intersect(box)
			if part.Empty() {
				rest = append(rest, h)
				continue
			}
			own = append(own, tilesplit.Tile{Rect: part, Node: node})
			rest = appendRest(rest, h, part)
		}
		hidden = rest
	}
	for _, low := range []bool{false, true} {
		for _, d := range w.Displays {
			if r := d.Rect.Intersect(whole); !r.Empty() {
				take(d.Node, w.reach(r, whole, low))
			}
		}
	}
	for _, h := range hidden {
		node := w.Displays[0].Node
		if len(tiles) > 0 {
			node = tiles[0].Node
		}
		own = append(own, tilesplit.Tile{Rect: h, Node: node})
	}
	return append(tiles, tilesplit.Merge(own)...)
}

// reach extends r to where the next displays begin or the picture ends: to the right and upwards, or, low, to the left and downwards.
func (w Wall) reach(r, whole image.Rectangle, low bool) image.Rectangle {
	box := r
	if low {
		box.Min = whole.Min
	} else {
		box.Max = whole.Max
	}
	for _, d := range w.Displays {
		o := d.Rect
		beside, stacked := o.Min.Y < r.Max.Y && o.Max.Y > r.Min.Y, o.Min.X < r.Max.X && o.Max.X > r.Min.X
		switch {
		case low && beside && o.Max.X <= r.Min.X:
			box.Min.X = max(box.Min.X, o.Max.X)
		case low && stacked && o.Max.Y <= r.Min.Y:
			box.Min.Y = max(box.Min.Y, o.Max.Y)
		case !low && beside && o.Min.X >= r.Max.X:
			box.Max.X = min(box.Max.X, o.Min.X)
		case !low && stacked && o.Min.Y >= r.Max.Y:
			box.Max.Y = min(box.Max.Y, o.Min.Y)
		}
	}
	return box
}
