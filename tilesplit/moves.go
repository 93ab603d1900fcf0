package tilesplit

import (
	"image"
	"math"
)

// Move is a part of the picture that another node draws from now on.
type Move struct {
	Rect     image.Rectangle
	From, To int
}

// Moves says which parts of the picture change their owner between two plans of one size: what has to be sent before the new one holds, where
// a frame does not begin by clearing. Pixels that belong to nobody in one of them are left out. The order is that of new's tiles.
func Moves(old, new *Plan) []Move {
	if len(old.Tiles) == 0 || len(new.Tiles) == 0 || old.Width != new.Width || old.Height != new.Height {
		return nil
	}
	// Old tiles lie in the boxes of a coarse grid, about one in each; a pair is found in the box where it begins to overlap.
	side := int(math.Ceil(math.Sqrt(float64(len(old.Tiles)))))
	w, h := (old.Width+side-1)/side, (old.Height+side-1)/side
	boxes := make([][]int32, side*side)
	each := func(r image.Rectangle, visit func(box int)) {
		for y := r.Min.Y / h; y <= (r.Max.Y-1)/h; y++ {
			for x := r.Min.X / w; x <= (r.Max.X-1)/w; x++ {
				visit(y*side + x)
			}
		}
	}
	for i, t := range old.Tiles {
		each(t.Rect, func(box int) { boxes[box] = append(boxes[box], int32(i)) })
	}
	var moves []Move
	for _, t := range new.Tiles {
		each(t.Rect, func(box int) {
			for _, i := range boxes[box] {
				o := old.Tiles[i]
				if o.Node == t.Node {
					continue
				}
				if r := o.Rect.Intersect(t.Rect); !r.Empty() && r.Min.Y/h*side+r.Min.X/w == box {
					moves = append(moves, Move{r, o.Node, t.Node})
				}
			}
		})
	}
	return moves
}
