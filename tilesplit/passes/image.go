package passes

import (
	"fmt"
	"image"
	"math"
	"math/bits"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/track"
)

// Image is a texture's first level or a renderbuffer, which passes draw to and read.
type Image struct {
	Texture, Renderbuffer uint32 // its serial; the other is 0
	Width, Height         int
	Multisampled          bool // then Transfer is of one sample
	Transfer              Transfer

	finer   bool   // clears leave depths that drawing does not make, and those cannot be exchanged
	target  uint32 // of a texture
	filters filters
	usable  bool   // two-dimensional, of a size and format that are followed
	never   string // why it is whole on all nodes from here on
	used    bool   // and one node does not do either
	drawn   bool   // it has been attached to a framebuffer object
	tried   bool   // nodes can exchange it
	begun   bool   // a pass has drawn to it
	stored  int    // levels that its storage has; 0: as many as are made
	most    int    // GL_TEXTURE_MAX_LEVEL; -1: not known

	// Where its contents lie: all of them everywhere (nil), or with each node what its tile in split needs and so many pixels around.
	split *tilesplit.Plan
	has   margin
	// So many levels below the first are there on all nodes; of them so many lie with the one node that draws all of split.
	made, smaller int

	least  margin // that has been too little before
	before margin // what is needed of it at a frame's beginning
	need   margin // while a frame is looked at from its end
	seen   uint64 // frame in which need was set
	group  uint32 // share group of contexts
	rests  uint64 // until this frame it is whole, because its tiles moved often
	moves  int    // times that it was made whole because tiles moved, of late
	moved  uint64 // frame of the last
}

// below gives how many levels below the first glGenerateMipmap makes; known: that is so.
func (i *Image) below() (levels int, known bool) {
	levels = min(bits.Len(uint(max(i.Width, i.Height)))-1, i.most)
	if i.stored > 0 {
		levels = min(levels, i.stored-1)
	}
	return levels, i.usable && i.target == texture2D && !i.filters.base && i.most >= 0
}

// margin is what is needed of an image besides a node's own part.
type margin struct {
	x, y    int
	why     string // not "": all of it
	passing bool   // and that may be over in the next frame
}

func (m *margin) whole() bool { return m.why != "" }

// join makes m large enough for o, too.
func (m *margin) join(o margin) {
	if m.why == "" || m.passing && o.why != "" {
		m.why, m.passing = o.why, o.passing
	}
	m.x, m.y = max(m.x, o.x), max(m.y, o.y)
}

func (m *margin) holds(o margin) bool { return !o.whole() && m.x >= o.x && m.y >= o.y }

// filters are the parameters of a texture or sampler that say which texels are read.
type filters struct {
	min, mag   uint32
	wrap       [2]uint32
	base       bool // another base level than 0
	comparison bool
}

const (
	nearest, linear            = 0x2600, 0x2601
	repeat                     = 0x2901
	clampToEdge, clampToBorder = 0x812F, 0x812D
)

// initialMost is GL_TEXTURE_MAX_LEVEL of a new texture.
const initialMost = 1000

// initial filters of an object: level 0 alone is not complete with them.
var initialFilters = filters{min: 0x2702, mag: linear, wrap: [2]uint32{repeat, repeat}}

// footprint is how an image is read, as seen from the pixel that is drawn.
type footprint struct {
	image   *Image
	why     string // anywhere
	passing bool
	fetch   bool
	linear  bool
	low     [2]float64
	high    [2]float64
	shift   [2]int
	clamps  [2]bool
	quads   bool
}

func newFootprint(r *track.Read, i *Image, f *filters) footprint {
	p := footprint{image: i, why: r.Why, fetch: r.Fetch, low: r.Low, high: r.High, shift: r.Offset}
	if p.why != "" || r.Fetch {
		return p
	}
	if f.min != nearest && f.min != linear {
		p.why = "its smaller levels are read"
	}
	p.linear = r.Gather || f.min == linear || f.mag == linear
	for k := range 2 {
		p.clamps[k] = f.wrap[k] == clampToEdge || f.wrap[k] == clampToBorder
	}
	return p
}

// maxShare of a picture is the most that a margin is worth.
const maxShare = 3

// needs gives the margin that the image must have where a target of width × height is drawn with margin m.
func (p *footprint) needs(m margin, width, height int) (need margin) {
	if m.whole() {
		return margin{why: m.why, passing: m.passing}
	}
	if p.why != "" {
		return margin{why: p.why, passing: p.passing}
	}
	if p.quads {
		m.x, m.y = m.x+1, m.y+1
	}
	x, why := p.axis(0, m.x, width, p.image.Width)
	y, why2 := p.axis(1, m.y, height, p.image.Height)
	if why == "" {
		why = why2
	}
	if why == "" && (x > p.image.Width/maxShare || y > p.image.Height/maxShare) {
		why = fmt.Sprintf("it is read %d × %d pixels around", x, y)
	}
	return margin{x: x, y: y, why: why}
}

// axis does it along one axis: n pixels of the target, of texels.
func (p *footprint) axis(k, m, n, texels int) (need int, why string) {
	if p.fetch {
		if n != texels {
			return 0, "it is of another size and fetched by pixel"
		}
		return m + int(max(-p.low[k]-float64(p.shift[k]), p.high[k]+float64(p.shift[k]), 0)), ""
	}
	w := float64(texels)
	spread := 1.0/32 + w*2e-6
	if p.linear {
		spread += 0.5
	}
	low, high := p.low[k]*w+float64(p.shift[k])-spread, p.high[k]*w+float64(p.shift[k])+spread
	scale := w / float64(n)
	if !p.clamps[k] && (0.5*scale+low < 0 || w-0.5*scale+high >= w) {
		return 0, "it is read over its edge"
	}
	if n == texels {
		return m + int(max(-math.Floor(0.5+low), math.Floor(0.5+high), 0)), ""
	}
	return int(math.Ceil((float64(m)+0.5)*scale+max(-low, high, 0))) + 1, ""
}

// Regions are what each node draws of a picture of width × height pixels: its part, scaled, and the margin around.
func regions(plan *tilesplit.Plan, width, height int, m margin) []image.Rectangle {
	list := make([]image.Rectangle, len(plan.Nodes))
	all := image.Rect(0, 0, width, height)
	for i := range plan.Nodes {
		s := plan.Nodes[i].Scissor
		if s.Empty() {
			continue
		}
		r := image.Rect(s.Min.X*width/plan.Width-m.x, s.Min.Y*height/plan.Height-m.y,
			(s.Max.X*width+plan.Width-1)/plan.Width+m.x, (s.Max.Y*height+plan.Height-1)/plan.Height+m.y)
		list[i] = r.Intersect(all)
	}
	return list
}

// At gives a level's size.
func (i *Image) At(level int) image.Point {
	return image.Pt(max(i.Width>>level, 1), max(i.Height>>level, 1))
}

// Part is one rectangle of an image and the node that has it.
type Part struct {
	Node int
	Rect image.Rectangle
}

// Parts cuts a split image into disjoint rectangles, of which each lies with a node.
func (i *Image) Parts() (parts []Part) {
	p := i.split
	cut := func(at, n, of int) int { return (2*at*n + of - 1) / (2 * of) } // the first pixel whose middle is not before at
	for _, t := range p.Tiles {
		r := image.Rect(cut(t.Rect.Min.X, i.Width, p.Width), cut(t.Rect.Min.Y, i.Height, p.Height),
			cut(t.Rect.Max.X, i.Width, p.Width), cut(t.Rect.Max.Y, i.Height, p.Height))
		if !r.Empty() {
			parts = append(parts, Part{t.Node, r})
		}
	}
	return parts
}
