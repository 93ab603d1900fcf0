package tilesplit

import (
	"errors"
	"fmt"
	"image"
)

// ErrPlan is the class of errors in plans and in what policies are asked.
var ErrPlan = errors.New("tilesplit: bad plan")

// Tile is a rectangle of the picture and the node that draws it. Rect is never empty.
type Tile struct {
	Rect image.Rectangle
	Node int
}

// Share is what one node draws: its tiles, and the box around them to which drawing is cut. Empty for a node without
// tiles.
type Share struct {
	Scissor image.Rectangle
	Tiles   []image.Rectangle
}

// Plan says who draws what of a picture of Width × Height pixels. Nodes has one entry a node, also for idle ones.
type Plan struct {
	Width, Height int
	Tiles         []Tile
	Nodes         []Share
}

// Policy makes plans.
type Policy interface {
	// Plan divides width × height pixels (at least 1 × 1) over nodes 0 … nodes-1.
	Plan(width, height, nodes int) (Plan, error)
}

// Make builds a plan from tiles: it drops empty ones, gathers the nodes' shares and checks the whole.
func Make(width, height, nodes int, tiles []Tile) (Plan, error) {
	p := Plan{Width: width, Height: height, Tiles: make([]Tile, 0, len(tiles)), Nodes: make([]Share, max(nodes, 0))}
	for _, t := range tiles {
		if t.Rect.Empty() {
			continue
		}
		if t.Node < 0 || t.Node >= nodes {
			return Plan{}, fmt.Errorf("%w: tile %v is given to node %d of %d", ErrPlan, t.Rect, t.Node, nodes)
		}
		p.Tiles = append(p.Tiles, t)
		s := &p.Nodes[t.Node]
		s.Scissor = s.Scissor.Union(t.Rect)
		s.Tiles = append(s.Tiles, t.Rect)
	}
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// Validate checks that the tiles cover the picture exactly once and that Nodes says the same as Tiles.
func (p *Plan) Validate() error {
	if p.Width < 1 || p.Height < 1 {
		return fmt.Errorf("%w: a picture of %d×%d pixels", ErrPlan, p.Width, p.Height)
	}
	if len(p.Nodes) == 0 {
		return fmt.Errorf("%w: no nodes", ErrPlan)
	}
	whole := image.Rect(0, 0, p.Width, p.Height)
	area := 0
	for i, t := range p.Tiles {
		if t.Rect.Empty() || !t.Rect.In(whole) {
			return fmt.Errorf("%w: tile %v is empty or outside %v", ErrPlan, t.Rect, whole)
		}
		for _, o := range p.Tiles[:i] {
			if o.Rect.Overlaps(t.Rect) {
				return fmt.Errorf("%w: tiles %v and %v overlap", ErrPlan, o.Rect, t.Rect)
			}
		}
		area += t.Rect.Dx() * t.Rect.Dy()
	}
	// Disjoint and inside: equal areas mean that nothing is left out.
	if area != p.Width*p.Height {
		return fmt.Errorf("%w: tiles cover %d of %d pixels", ErrPlan, area, p.Width*p.Height)
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
