package tilesplit

import (
	"fmt"
	"image"
	"slices"
	"sort"
)

// Validate checks that the plan is what its mode promises, and that Nodes says the same as the rest. It takes n·log n steps
// for n tiles as long as they are not all side by side.
func (p *Plan) Validate() error {
	if err := Check(p.Width, p.Height, len(p.Nodes)); err != nil {
		return err
	}
	if int(p.Mode) >= len(modeNames) {
		return fmt.Errorf("%w: %v is not known", ErrPlan, p.Mode)
	}
	for _, part := range []struct {
		what string
		n    int
		mode []Mode
	}{
		{"tiles", len(p.Tiles), []Mode{Tiled, Wall}},
		{"hidden rectangles", len(p.Hidden), []Mode{Wall}},
		{"views", len(p.Views), []Mode{Wall}},
		{"turns", len(p.Turns), []Mode{Interleave}},
		{"samples", len(p.Samples), []Mode{Subpixel}},
	} {
		if part.n > 0 && !slices.Contains(part.mode, p.Mode) {
			return fmt.Errorf("%w: %d %s in a plan of mode %v", ErrPlan, part.n, part.what, p.Mode)
		}
	}
	if p.Offscreen && p.Mode != Subpixel {
		return fmt.Errorf("%w: framebuffer objects are to be shifted in a plan of mode %v", ErrPlan, p.Mode)
	}
	whole := image.Rect(0, 0, p.Width, p.Height)
	for n, s := range p.Nodes {
		if !s.Scissor.In(whole) {
			return fmt.Errorf("%w: node %d is cut to %v, outside %v", ErrPlan, n, s.Scissor, whole)
		}
		if !s.Target.Empty() && (!s.Target.In(whole) || !s.Scissor.In(s.Target)) {
			return fmt.Errorf("%w: node %d draws %v into a target that holds %v of %v", ErrPlan, n, s.Scissor, s.Target, whole)
		}
	}
	var err error
	switch p.Mode {
	case Tiled:
		err = p.cover(whole)
	case Wall:
		if err = p.cover(whole); err == nil {
			err = p.views(whole)
		}
	case Interleave:
		err = p.turns(whole)
	case Subpixel:
		err = p.samples(whole)
	}
	if err != nil {
		return err
	}
	return p.shares()
}

// cover checks that tiles and hidden rectangles cover each pixel exactly once.
func (p *Plan) cover(whole image.Rectangle) error {
	rects := make([]image.Rectangle, 0, len(p.Tiles)+len(p.Hidden))
	for _, t := range p.Tiles {
		rects = append(rects, t.Rect)
		if t.Node < 0 || t.Node >= len(p.Nodes) {
			return fmt.Errorf("%w: tile %v is given to node %d of %d", ErrPlan, t.Rect, t.Node, len(p.Nodes))
		}
	}
	rects = append(rects, p.Hidden...)
	area := 0
	for i, r := range rects {
		if r.Empty() || !r.In(whole) {
			return fmt.Errorf("%w: tile %v is empty or outside %v", ErrPlan, rects[i], whole)
		}
		area += r.Dx() * r.Dy()
	}
	if a, b, ok := overlap(rects); ok {
		return fmt.Errorf("%w: tiles %v and %v overlap", ErrPlan, a, b)
	}
	// Disjoint and inside: equal areas mean that nothing is left out.
	if area != p.Width*p.Height {
		return fmt.Errorf("%w: tiles cover %d of %d pixels", ErrPlan, area, p.Width*p.Height)
	}
	return nil
}

// overlap finds two rectangles, none of them empty, that share a pixel. It reorders rects. A line sweeps upwards over the picture
// and keeps, sorted by x, those that it crosses; they are disjoint, so a new one can only meet its neighbours.
func overlap(rects []image.Rectangle) (a, b image.Rectangle, found bool) {
	slices.SortFunc(rects, func(a, b image.Rectangle) int {
		if a.Min.Y != b.Min.Y {
			return a.Min.Y - b.Min.Y
		}
		return a.Min.X - b.Min.X
	})
	var row []image.Rectangle
	for _, r := range rects {
		i := sort.Search(len(row), func(i int) bool { return row[i].Max.X > r.Min.X })
		j := i
		for ; j < len(row) && row[j].Min.X < r.Max.X; j++ {
			if row[j].Max.Y > r.Min.Y {
				return row[j], r, true
			}
		}
		// What ended below r is in its way no more.
		if j > i {
			row[i] = r
			row = slices.Delete(row, i+1, j)
		} else {
			row = slices.Insert(row, i, r)
		}
	}
	return a, b, false
}

func (p *Plan) views(whole image.Rectangle) error {
	for i, v := range p.Views {
		switch {
		case v.Node < 0 || v.Node >= len(p.Nodes):
			return fmt.Errorf("%w: view %d (%s) is shown by node %d of %d", ErrPlan, i, v.Display, v.Node, len(p.Nodes))
		case v.Source.Empty() || !v.Source.In(whole):
			return fmt.Errorf("%w: view %d (%s) shows %v, which is empty or outside %v", ErrPlan, i, v.Display, v.Source, whole)
		case !v.Source.In(p.Nodes[v.Node].Scissor):
			return fmt.Errorf("%w: view %d (%s) shows %v, but node %d is cut to %v", ErrPlan, i, v.Display, v.Source, v.Node, p.Nodes[v.Node].Scissor)
		case v.Fade.Left < 0 || v.Fade.Right < 0 || v.Fade.Bottom < 0 || v.Fade.Top < 0:
			return fmt.Errorf("%w: view %d (%s) fades over %+v pixels", ErrPlan, i, v.Display, v.Fade)
		}
		for _, h := range p.Hidden {
			if h.Overlaps(v.Source) {
				return fmt.Errorf("%w: view %d (%s) shows %v, of which %v is hidden", ErrPlan, i, v.Display, v.Source, h)
			}
		}
	}
	for _, t := range p.Tiles {
		own := func(v View) bool { return v.Node == t.Node && t.Rect.In(v.Source) }
		if slices.ContainsFunc(p.Views, func(v View) bool { return t.Rect.Overlaps(v.Source) }) && !slices.ContainsFunc(p.Views, own) {
			return fmt.Errorf("%w: tile %v is shown, but is in no view of node %d", ErrPlan, t.Rect, t.Node)
		}
	}
	return nil
}

func (p *Plan) turns(whole image.Rectangle) error {
	if len(p.Turns) == 0 {
		return fmt.Errorf("%w: no node's turn ever comes", ErrPlan)
	}
	for i, n := range p.Turns {
		if n < 0 || n >= len(p.Nodes) {
			return fmt.Errorf("%w: turn %d is given to node %d of %d", ErrPlan, i, n, len(p.Nodes))
		}
		if p.Nodes[n].Scissor != whole {
			return fmt.Errorf("%w: node %d draws whole frames but is cut to %v", ErrPlan, n, p.Nodes[n].Scissor)
		}
	}
	return nil
}

func (p *Plan) samples(whole image.Rectangle) error {
	if len(p.Samples) == 0 {
		return fmt.Errorf("%w: no samples", ErrPlan)
	}
	seen := make([]bool, len(p.Nodes))
	for i, s := range p.Samples {
		switch {
		case s.Node < 0 || s.Node >= len(p.Nodes):
			return fmt.Errorf("%w: sample %d is given to node %d of %d", ErrPlan, i, s.Node, len(p.Nodes))
		case seen[s.Node]:
			return fmt.Errorf("%w: node %d has several samples", ErrPlan, s.Node)
		case !(s.X >= -0.5 && s.X < 0.5 && s.Y >= -0.5 && s.Y < 0.5):
			return fmt.Errorf("%w: sample %d is shifted by (%v, %v) pixels", ErrPlan, i, s.X, s.Y)
		case s.Weight < 1 || s.Weight > MaxWeight:
			return fmt.Errorf("%w: sample %d has weight %d", ErrPlan, i, s.Weight)
		case p.Nodes[s.Node].Scissor != whole:
			return fmt.Errorf("%w: node %d draws whole frames but is cut to %v", ErrPlan, s.Node, p.Nodes[s.Node].Scissor)
		}
		seen[s.Node] = true
	}
	if w := p.Weight(); w > MaxWeight {
		return fmt.Errorf("%w: the samples' weights come to %d, %d is the most", ErrPlan, w, MaxWeight)
	}
	return nil
}

// shares checks that each tile is in the share of its node, and that shares have nothing else.
func (p *Plan) shares() error {
	// As Make deals them, shares have their tiles in the plan's order.
	next, inOrder := make([]int, len(p.Nodes)), true
	for _, t := range p.Tiles {
		s, i := &p.Nodes[t.Node], next[t.Node]
		if inOrder = i < len(s.Tiles) && s.Tiles[i] == t.Rect && t.Rect.In(s.Scissor); !inOrder {
			break
		}
		next[t.Node]++
	}
	for n, s := range p.Nodes {
		inOrder = inOrder && next[n] == len(s.Tiles)
	}
	if inOrder {
		return nil
	}
	left := make(map[Tile]bool, len(p.Tiles))
	for _, t := range p.Tiles {
		left[t] = true
	}
	for n, s := range p.Nodes {
		var box image.Rectangle
		for _, r := range s.Tiles {
			if !left[Tile{r, n}] {
				return fmt.Errorf("%w: node %d draws %v, which is not its tile", ErrPlan, n, r)
			}
			delete(left, Tile{r, n})
			box = box.Union(r)
		}
		if !box.In(s.Scissor) {
			return fmt.Errorf("%w: node %d is cut to %v but owns %v", ErrPlan, n, s.Scissor, box)
		}
	}
	for t := range left {
		return fmt.Errorf("%w: tile %v of node %d is missing in its share", ErrPlan, t.Rect, t.Node)
	}
	return nil
}
