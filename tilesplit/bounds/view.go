package bounds

import (
	"image"
	"math"
)

// Matrix is 4×4 in OpenGL's order, column by column: m[4*c+r] is row r of column c.
type Matrix [16]float64

// Identity is the matrix that changes nothing.
func Identity() Matrix { return Matrix{0: 1, 5: 1, 10: 1, 15: 1} }

// Mul gives a·b: b is applied first.
func Mul(a, b *Matrix) (m Matrix) {
	for c := range 4 {
		for r := range 4 {
			m[4*c+r] = a[r]*b[4*c] + a[4+r]*b[4*c+1] + a[8+r]*b[4*c+2] + a[12+r]*b[4*c+3]
		}
	}
	return m
}

// Abs gives the matrix of magnitudes.
func (m *Matrix) Abs() (a Matrix) {
	for i, v := range m {
		a[i] = math.Abs(v)
	}
	return a
}

// View says how clip coordinates become pixels.
type View struct {
	X, Y, Width, Height float64 // of the viewport, in pixels from the lower left
	// DepthClamp: nothing is clipped by the near and far planes.
	DepthClamp bool
	// Margin is how far from its geometry a primitive reaches, in pixels: half a line's width or a point's size; 0 for filled ones.
	Margin float64
	// Picture is what there is to be drawn to.
	Picture image.Rectangle
}

const (
	// Relative bounds what a GPU's float32 arithmetic may be wrong by, as a share of the sums of magnitudes: 32 roundings of half
	// a unit in the last place.
	Relative = 1.0 / (1 << 19)
	// around is what a rectangle is widened by on each side, in pixels: for rounding to subpixels and of the viewport's transform,
	// the rules for lines and points of width 1, and samples of a pixel beside its centre.
	around = 1.5
)

// Rect bounds the pixels that primitives touch whose vertices' clip coordinates are m · p for p in b. size has the magnitudes
// that rounding is relative to: the product of the factors' Abs where m is a product whose terms cancel; nil: m.Abs().
func (v *View) Rect(b *Box, m, size *Matrix) image.Rectangle {
	if b.IsEmpty() || v.Picture.Empty() {
		return image.Rectangle{}
	}
	if !b.finite() {
		return v.all()
	}
	var abs Matrix
	if size == nil {
		abs = m.Abs()
		size = &abs
	}
	var reach [4]float64 // the largest magnitudes in b
	for i := range reach {
		reach[i] = max(math.Abs(b.Min[i]), math.Abs(b.Max[i]))
	}
	var e [4]float64
	for r := range e {
		e[r] = Relative * (size[r]*reach[0] + size[4+r]*reach[1] + size[8+r]*reach[2] + size[12+r]*reach[3])
		if !(e[r] <= math.MaxFloat32) {
			return v.all()
		}
	}
	// Corners of the box in clip space: corner i has Max of dimension d where bit d is set.
	dims := 4
	if b.Min[3] == b.Max[3] {
		dims = 3
	}
	corners := 1 << dims
	var c [16][4]float64
	for r := range 4 {
		c[0][r] = m[r]*b.Min[0] + m[4+r]*b.Min[1] + m[8+r]*b.Min[2] + m[12+r]*b.Min[3]
	}
	for d := range dims {
		side := b.Max[d] - b.Min[d]
		x, y, z, w := m[4*d]*side, m[4*d+1]*side, m[4*d+2]*side, m[4*d+3]*side
		for i := range 1 << d {
			from := &c[i]
			c[i|1<<d] = [4]float64{from[0] + x, from[1] + y, from[2] + z, from[3] + w}
		}
	}
	if v.outside(c[:corners], &e) {
		return image.Rectangle{}
	}
	// Where w may be 0 or less, only what lies before the near plane counts.
	safe := true
	for i := range corners {
		safe = safe && c[i][3] > e[3]
	}
	var r extent
	r.init()
	if safe {
		for i := range corners {
			r.add(&c[i], &e)
		}
		return v.pixels(&r)
	}
	if v.DepthClamp {
		return v.all()
	}
	ok := true
	point := func(p *[4]float64) {
		if ok = ok && p[3] > e[3]; ok {
			r.add(p, &e)
		}
	}
	near := func(p *[4]float64) float64 { return p[2] + p[3] + e[2] + e[3] }
	for i := range corners {
		ni := near(&c[i])
		if ni >= 0 {
			point(&c[i])
		}
		for d := 1; d < corners; d <<= 1 {
			if i&d != 0 {
				continue
			}
			nj := near(&c[i|d])
			if (ni < 0) == (nj < 0) {
				continue
			}
			t := ni / (ni - nj)
			var p [4]float64
			for k := range p {
				p[k] = c[i][k] + t*(c[i|d][k]-c[i][k])
			}
			point(&p)
		}
	}
	if !ok {
		return v.all()
	}
	return v.pixels(&r)
}

// outside tells whether all corners lie beyond one plane of the clip volume. Wide lines and points count at the sides with what they
// cover: OpenGL clips them by their middle, but drivers with a guard band do not.
func (v *View) outside(c [][4]float64, e *[4]float64) bool {
	for a := range 3 {
		if a < 2 && v.Margin > 0 || a == 2 && v.DepthClamp {
			continue
		}
		below, above := true, true
		slack := e[a] + e[3]
		for i := range c {
			x, w := c[i][a], c[i][3]
			below = below && x+w < -slack
			above = above && x-w > slack
		}
		if below || above {
			return true
		}
	}
	behind := true
	for i := range c {
		behind = behind && c[i][3] < -e[3]
	}
	return behind
}

// extent is an area in normalised device coordinates.
type extent struct{ x0, x1, y0, y1 float64 }

func (r *extent) init() {
	i := math.Inf(1)
	*r = extent{i, -i, i, -i}
}

// add widens r by a point whose w is surely positive.
func (r *extent) add(p, e *[4]float64) {
	least, most := 1/(p[3]+e[3]), 1/(p[3]-e[3])
	low := func(x float64) float64 {
		if x < 0 {
			return x * most
		}
		return x * least
	}
	r.x0 = min(r.x0, low(p[0]-e[0]))
	r.x1 = max(r.x1, -low(-p[0]-e[0]))
	r.y0 = min(r.y0, low(p[1]-e[1]))
	r.y1 = max(r.y1, -low(-p[1]-e[1]))
}

// all is what can be drawn to at most. Clipping leaves nothing outside of the viewport but for widths.
func (v *View) all() image.Rectangle {
	i := math.Inf(1)
	return v.pixels(&extent{-i, i, -i, i})
}

// pixels turns an area into pixels of the picture.
func (v *View) pixels(r *extent) image.Rectangle {
	x0, x1 := v.span(r.x0, r.x1, v.X, v.Width)
	y0, y1 := v.span(r.y0, r.y1, v.Y, v.Height)
	if x0 > x1 || y0 > y1 {
		return image.Rectangle{}
	}
	return image.Rect(x0, y0, x1, y1).Intersect(v.Picture)
}

// span gives the pixels [a, b) of low … high along one side of the viewport; a > b: none.
func (v *View) span(low, high, at, size float64) (a, b int) {
	const most = 1 << 30
	begin, end := at+(low+1)/2*size-v.Margin, at+(high+1)/2*size+v.Margin
	// Written so that what is no number counts as everything.
	if !(begin > at-v.Margin) {
		begin = at - v.Margin
	}
	if !(end < at+size+v.Margin) {
		end = at + size + v.Margin
	}
	if begin > end {
		return 1, 0
	}
	return int(math.Floor(max(begin-around, -most))), int(math.Ceil(min(end+around, most)))
}
