package wall

import (
	"fmt"
	"image"

	"github.com/prismgl/prism/tilesplit"
)

// MaxDisplays bounds a wall.
const MaxDisplays = 256

// MaxExtent bounds a wall's width and height in pixels.
const MaxExtent = 1 << 20

// Display is one screen or projector.
type Display struct {
	Node int
	Name string // as the node's output names it
	Rect image.Rectangle
}

// Wall is a policy. Displays' rectangles are in the wall's pixels.
type Wall struct {
	Displays []Display
	// Target is the largest framebuffer that every node can have; zero: large enough for any picture.
	Target image.Point
	// Align: the corner of an offset viewport is a multiple of it, so that rasterisers that work in blocks (64 pixels for
	// llvmpipe) divide the picture as they would without it; 0 is 64.
	Align int
	// Whole gives the hidden pixels to nodes too, each to one whose displays are near, so that who reads the picture finds all of it.
	Whole bool
}

var _ tilesplit.Policy = Wall{}

// Matrix lays out columns × rows displays of one size, row by row from the lower left, for nodes 0, 1, …, with so many pixels between
// neighbours: hidden ones (bezels), or with a minus shared ones (overlapping projectors). Their names are "0", "1", ….
func Matrix(columns, rows int, size, gap image.Point) (Wall, error) {
	if columns < 1 || rows < 1 || columns > MaxDisplays || rows > MaxDisplays || columns*rows > MaxDisplays {
		return Wall{}, fmt.Errorf("%w: wall: %d columns and %d rows of displays; at least 1 of each, at most %d displays in all", tilesplit.ErrPlan, columns, rows, MaxDisplays)
	}
	if size.X < 1 || size.Y < 1 || gap.X <= -size.X || gap.Y <= -size.Y {
		return Wall{}, fmt.Errorf("%w: wall: displays of %d×%d pixels with gaps of %d and %d", tilesplit.ErrPlan, size.X, size.Y, gap.X, gap.Y)
	}
	var w Wall
	for i := range columns * rows {
		at := image.Pt(i%columns*(size.X+gap.X), i/columns*(size.Y+gap.Y))
		w.Displays = append(w.Displays, Display{Node: i, Name: fmt.Sprint(i), Rect: image.Rectangle{Min: at, Max: at.Add(size)}})
	}
	return w, nil
}

// Size is the picture that fills the wall, from (0, 0) to the uppermost and rightmost display's edge.
func (w Wall) Size() (width, height int) {
	for _, d := range w.Displays {
		width, height = max(width, d.Rect.Max.X), max(height, d.Rect.Max.Y)
	}
	return width, height
}

// Validate checks the displays; nodes is how many there are.
func (w Wall) Validate(nodes int) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: wall: %s", tilesplit.ErrPlan, fmt.Sprintf(format, args...))
	}
	if len(w.Displays) == 0 || len(w.Displays) > MaxDisplays {
		return bad("%d displays; at least 1, at most %d", len(w.Displays), MaxDisplays)
	}
	if w.Target.X < 0 || w.Target.Y < 0 || w.Align < 0 || (w.Target.X == 0) != (w.Target.Y == 0) {
		return bad("framebuffers of at most %d×%d pixels at multiples of %d", w.Target.X, w.Target.Y, w.Align)
	}
	type place struct {
		node int
		name string
	}
	seen := map[place]int{}
	for i, d := range w.Displays {
		switch r := d.Rect; {
		case r.Empty() || r.Min.X < 0 || r.Min.Y < 0:
			return bad("display %d (%s) shows %v; a wall begins at (0, 0), and a display has pixels", i, d.Name, r)
		case r.Max.X > MaxExtent || r.Max.Y > MaxExtent:
			return bad("display %d (%s) shows %v; a wall ends at %d", i, d.Name, r, MaxExtent)
		case d.Node < 0 || d.Node >= nodes:
			return bad("display %d (%s) belongs to node %d of %d", i, d.Name, d.Node, nodes)
		}
		if j, ok := seen[place{d.Node, d.Name}]; ok {
			return bad("displays %d and %d are both node %d's %q", j, i, d.Node, d.Name)
		}
		seen[place{d.Node, d.Name}] = i
	}
	return nil
}

// Plan implements tilesplit.Policy. Of a picture that is smaller than the wall, displays show what there is of it; of a larger one, what
// lies beyond them is hidden.
func (w Wall) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	if err := w.Validate(nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	whole := image.Rect(0, 0, width, height)
	p := tilesplit.Plan{Width: width, Height: height, Mode: tilesplit.Wall, Nodes: make([]tilesplit.Share, nodes)}
	var tiles []tilesplit.Tile
	free, still := []image.Rectangle{whole}, []image.Rectangle(nil) // that no display has shown yet
	for i, d := range w.Displays {
		r := d.Rect.Intersect(whole)
		if r.Empty() {
			continue
		}
		p.Views = append(p.Views, tilesplit.View{Node: d.Node, Display: d.Name, Source: r, At: r.Min.Sub(d.Rect.Min), Fade: w.fade(i)})
		s := &p.Nodes[d.Node]
		s.Scissor = s.Scissor.Union(r)
		still = still[:0]
		var own []tilesplit.Tile
		for _, f := range free {
			part := f.Intersect(r)
			if part.Empty() {
				still = append(still, f)
				continue
			}
			own = append(own, tilesplit.Tile{Rect: part, Node: d.Node})
			still = appendRest(still, f, part)
		}
		free, still = still, free
		if len(own) > 1 {
			own = tilesplit.Merge(own) // by display, for a tile is part of one view
		}
		tiles = append(tiles, own...)
	}
	if w.Whole {
		tiles, free = w.adopt(whole, tiles, free), nil
	}
	if len(free) > 0 {
		p.Hidden = free
	}
	if err := p.Deal(tiles); err != nil {
		return tilesplit.Plan{}, err
	}
	if err := w.offset(&p); err != nil {
		return tilesplit.Plan{}, err
	}
	return p, p.Validate()
}

// appendRest appends what is left of r without part, which lies in it.
func appendRest(out []image.Rectangle, r, part image.Rectangle) []image.Rectangle {
	for _, rest := range [4]image.Rectangle{
		{Min: r.Min, Max: image.Pt(r.Max.X, part.Min.Y)},                            // below
		{Min: image.Pt(r.Min.X, part.Min.Y), Max: image.Pt(part.Min.X, part.Max.Y)}, // left
		{Min: image.Pt(part.Max.X, part.Min.Y), Max: image.Pt(r.Max.X, part.Max.Y)}, // right
		{Min: image.Pt(r.Min.X, part.Max.Y), Max: r.Max},                            // above
	} {
		if !rest.Empty() {
			out = append(out, rest)
		}
	}
	return out
}

// fade says how far display i's neighbours reach over its edges. What is shared is an edge's if it is longer than it is deep: displays that
// touch at a corner only share that corner with neighbours that reach over the edges too.
func (w Wall) fade(i int) (e tilesplit.Edges) {
	r := w.Displays[i].Rect
	for j, d := range w.Displays {
		o := d.Rect
		s := o.Intersect(r)
		if j == i || s.Empty() {
			continue
		}
		switch tall := s.Dy() >= s.Dx(); {
		case tall && o.Min.X < r.Min.X && o.Max.X < r.Max.X:
			e.Left = max(e.Left, s.Dx())
		case tall && o.Min.X > r.Min.X && o.Max.X > r.Max.X:
			e.Right = max(e.Right, s.Dx())
		case !tall && o.Min.Y < r.Min.Y && o.Max.Y < r.Max.Y:
			e.Bottom = max(e.Bottom, s.Dy())
		case !tall && o.Min.Y > r.Min.Y && o.Max.Y > r.Max.Y:
			e.Top = max(e.Top, s.Dy())
		}
	}
	return e
}

// offset gives nodes targets of their own where the picture has no room in one.
func (w Wall) offset(p *tilesplit.Plan) error {
	if !w.tooLarge(p.Width, p.Height) {
		return nil
	}
	align := w.Align
	if align == 0 {
		align = 64
	}
	for n := range p.Nodes {
		s := &p.Nodes[n]
		if s.Scissor.Empty() {
			s.Target = image.Rect(0, 0, 1, 1) // it draws nothing, and needs no room for all
			continue
		}
		t := s.Scissor
		t.Min.X -= t.Min.X % align
		t.Min.Y -= t.Min.Y % align
		if t.Dx() > w.Target.X || t.Dy() > w.Target.Y {
			return fmt.Errorf("%w: wall: node %d's displays reach over %v, which needs a framebuffer of %d×%d pixels; nodes have at most %d×%d, so share these displays among more nodes",
				tilesplit.ErrPlan, n, s.Scissor, t.Dx(), t.Dy(), w.Target.X, w.Target.Y)
		}
		s.Target = t
	}
	return nil
}

// tooLarge tells whether a picture has no room in one target.
func (w Wall) tooLarge(width, height int) bool {
	return w.Target != (image.Point{}) && (width > w.Target.X || height > w.Target.Y)
}
