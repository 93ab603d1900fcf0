package tilesplit

import (
	"errors"
	"fmt"
	"image"
)

// ErrPlan is the class of errors in plans and in what policies are asked.
var ErrPlan = errors.New("tilesplit: bad plan")

// Mode says how frames come about from what nodes draw.
type Mode uint8

// The modes; what each means stands at the package.
const (
	Tiled Mode = iota
	Wall
	Interleave
	Subpixel
)

var modeNames = [...]string{Tiled: "tiled", Wall: "wall", Interleave: "interleave", Subpixel: "subpixel"}

func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode %d", uint8(m))
}

// Tile is a rectangle of the picture and the node that draws it. Rect is never empty.
type Tile struct {
	Rect image.Rectangle
	Node int
}

// Share is what one node draws: its tiles, which are the pieces that it sends when its pixels are asked for, and the box
// to which its drawing is cut, around them and around what it shows. Empty for a node that draws nothing.
type Share struct {
	Scissor image.Rectangle
	Tiles   []image.Rectangle
	// Target is the part of the picture that the node's framebuffer holds: its pixel (0, 0) is the picture's Target.Min.
	// Empty: all of it. Anything else asks for an offset viewport; it contains Scissor.
	Target image.Rectangle
}

// View is what one display shows: pixels that its node has drawn itself.
type View struct {
	Node    int
	Display string // as the node's output names it
	// Source is the part of the picture that is shown, with its lower left corner at At on the display.
	Source image.Rectangle
	At     image.Point
	// Fade says how many pixels along each edge are shown by a neighbour too, so that projectors can be blended.
	Fade Edges
}

// Edges are pixels along the four edges of a rectangle.
type Edges struct{ Left, Right, Bottom, Top int }

// MaxWeight bounds the sum of a frame's weights: means of 8-bit channels are exact in 16 bits.
const MaxWeight = 256

// Sample is one node's share of a Subpixel frame.
type Sample struct {
	Node int
	// X, Y is what to add to window coordinates before rasterising, in pixels, each at least -0.5 and below 0.5.
	X, Y float64
	// Weight of this node's picture, at least 1: a frame is Σ Weight · picture / Σ Weight.
	Weight int
}

// Plan says who draws what of a picture of Width × Height pixels. Nodes has one entry a node, also for idle ones.
type Plan struct {
	Width, Height int
	Mode          Mode
	Tiles         []Tile // Tiled, Wall: disjoint
	Nodes         []Share
	// Hidden are the pixels of a wall that no display shows and no node draws, each once: like those of a window that lies
	// behind another, they have no defined contents.
	Hidden  []image.Rectangle
	Views   []View   // Wall
	Turns   []int    // Interleave: frame i is node Turns[i mod len]'s
	Samples []Sample // Subpixel: at most one a node
	// Offscreen, of Subpixel: what is drawn into framebuffer objects by viewports of the picture's size is shifted, too.
	Offscreen bool
}

// Sole tells whether one of several nodes draws all of the picture, and sends it.
func (p *Plan) Sole() bool {
	area := 0
	for _, t := range p.Tiles {
		if t.Node != p.Tiles[0].Node {
			return false
		}
		area += t.Rect.Dx() * t.Rect.Dy()
	}
	return p.Mode == Tiled && len(p.Nodes) > 1 && area == p.Width*p.Height
}

// Policy makes plans.
type Policy interface {
	// Plan divides width × height pixels (at least 1 × 1) over nodes 0 … nodes-1.
	Plan(width, height, nodes int) (Plan, error)
}

// Check refuses pictures without pixels and plans without nodes; policies begin with it.
func Check(width, height, nodes int) error {
	switch {
	case width < 1 || height < 1:
		return fmt.Errorf("%w: a picture of %d×%d pixels", ErrPlan, width, height)
	case nodes < 1:
		return fmt.Errorf("%w: no nodes", ErrPlan)
	}
	return nil
}

// Make builds a plan of mode Tiled: it drops empty tiles, gathers the nodes' shares and checks the whole.
func Make(width, height, nodes int, tiles []Tile) (Plan, error) {
	p := Plan{Width: width, Height: height, Nodes: make([]Share, max(nodes, 0))}
	if err := p.Deal(tiles); err != nil {
		return Plan{}, err
	}
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// Deal gives tiles that are not empty to their nodes, in p.Tiles and p.Nodes, whose boxes it widens.
func (p *Plan) Deal(tiles []Tile) error {
	counts := make([]int, len(p.Nodes))
	all := 0
	for _, t := range tiles {
		if t.Rect.Empty() {
			continue
		}
		if t.Node < 0 || t.Node >= len(p.Nodes) {
			return fmt.Errorf("%w: tile %v is given to node %d of %d", ErrPlan, t.Rect, t.Node, len(p.Nodes))
		}
		counts[t.Node]++
		all++
	}
	// One array for all shares: plans are made while frames wait.
	rects := make([]image.Rectangle, all)
	p.Tiles = append(make([]Tile, 0, len(p.Tiles)+all), p.Tiles...)
	for n, c := range counts {
		if c == 0 {
			continue
		}
		s := &p.Nodes[n]
		if len(s.Tiles) == 0 {
			s.Tiles, rects = rects[:0:c], rects[c:]
		}
	}
	for _, t := range tiles {
		if t.Rect.Empty() {
			continue
		}
		p.Tiles = append(p.Tiles, t)
		s := &p.Nodes[t.Node]
		s.Scissor = s.Scissor.Union(t.Rect)
		s.Tiles = append(s.Tiles, t.Rect)
	}
	return nil
}

// Frame is the plan by which frame i is drawn: p itself, or, of an Interleave plan, a Tiled one that gives the whole picture to
// the node whose turn it is.
func (p *Plan) Frame(i uint64) *Plan {
	if p.Mode != Interleave || len(p.Turns) == 0 {
		return p
	}
	whole := image.Rect(0, 0, p.Width, p.Height)
	node := p.Turns[i%uint64(len(p.Turns))]
	f := &Plan{Width: p.Width, Height: p.Height, Tiles: []Tile{{whole, node}}, Nodes: make([]Share, len(p.Nodes))}
	f.Nodes[node] = Share{Scissor: whole, Tiles: []image.Rectangle{whole}}
	return f
}

// Pieces are the parts of the picture that a node sends of each frame: its tiles, or, of a Subpixel plan, the whole if it draws a sample.
func (p *Plan) Pieces(node int) []image.Rectangle {
	if p.Mode != Subpixel {
		return p.Nodes[node].Tiles
	}
	if p.SampleOf(node) == nil {
		return nil
	}
	return []image.Rectangle{image.Rect(0, 0, p.Width, p.Height)}
}

// SampleOf gives the sample that a node draws, nil: none.
func (p *Plan) SampleOf(node int) *Sample {
	for i := range p.Samples {
		if p.Samples[i].Node == node {
			return &p.Samples[i]
		}
	}
	return nil
}

// Weight is the sum of the samples' weights.
func (p *Plan) Weight() (sum int) {
	for _, s := range p.Samples {
		sum += s.Weight
	}
	return sum
}
