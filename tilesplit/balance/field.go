package balance

import (
	"image"
	"math"
	"sort"

	"github.com/prismgl/prism/tilesplit"
)

// field is a map of work over a picture: for each cell the work in it, thought to be even inside. Work is seconds on a node of speed 1.
// Its sums over rectangles come from a summed-area table (Crow, "Summed-area tables for texture mapping", SIGGRAPH 1984).
type field struct {
	size image.Point
	// Cells are dx × dy pixels, those of the last column and row what is left.
	dx, dy  float64
	columns int
	rows    int
	cells   []float64
	sums    []float64 // (columns+1) × (rows+1): work to the left of and below each corner
}

// newField makes a map without work, of cells as near to dx × dy pixels as is given.
func newField(size image.Point, dx, dy float64) *field {
	f := &field{size: size, dx: dx, dy: dy}
	// The subtraction keeps a rounded quotient from making a column of no width.
	f.columns = max(int(math.Ceil(float64(size.X)/dx-1e-9)), 1)
	f.rows = max(int(math.Ceil(float64(size.Y)/dy-1e-9)), 1)
	f.cells = make([]float64, f.columns*f.rows)
	f.sums = make([]float64, (f.columns+1)*(f.rows+1))
	return f
}

// resampled is the same work on a picture of another size, in cells of dx × dy pixels.
func (f *field) resampled(size image.Point, dx, dy float64) *field {
	g := newField(size, dx, dy)
	sx, sy := float64(f.size.X)/float64(size.X), float64(f.size.Y)/float64(size.Y)
	for j := range g.rows + 1 {
		y := min(float64(j)*g.dy, float64(size.Y)) * sy
		for i := range g.columns + 1 {
			g.sums[j*(g.columns+1)+i] = f.below(min(float64(i)*g.dx, float64(size.X))*sx, y)
		}
	}
	for j := range g.rows {
		low, high := g.sums[j*(g.columns+1):], g.sums[(j+1)*(g.columns+1):]
		for i := range g.columns {
			g.cells[j*g.columns+i] = max(high[i+1]-high[i]-low[i+1]+low[i], 0)
		}
	}
	return g
}

// locate is the cell of a coordinate, and the part of that cell that lies before it.
func locate(x, d float64, n, size int) (cell int, part float64) {
	if cell = int(x / d); cell < n-1 {
		return cell, x/d - float64(cell)
	}
	cell = n - 1
	start := float64(cell) * d
	return cell, min(max((x-start)/(float64(size)-start), 0), 1)
}

// below is the work at coordinates less than (x, y).
func (f *field) below(x, y float64) float64 {
	i, u := locate(x, f.dx, f.columns, f.size.X)
	j, v := locate(y, f.dy, f.rows, f.size.Y)
	low, high := f.left(i, j, u), f.left(i, j+1, u)
	return low + v*(high-low)
}

// left is the work to the left of the part u of column i, and below row j.
func (f *field) left(i, j int, u float64) float64 {
	s := f.sums[j*(f.columns+1)+i:]
	return s[0] + u*(s[1]-s[0])
}

// in is the work in a rectangle.
func (f *field) in(r image.Rectangle) float64 {
	i0, u0 := locate(float64(r.Min.X), f.dx, f.columns, f.size.X)
	i1, u1 := locate(float64(r.Max.X), f.dx, f.columns, f.size.X)
	below := func(y int) float64 {
		j, v := locate(float64(y), f.dy, f.rows, f.size.Y)
		low, high := f.left(i1, j, u1)-f.left(i0, j, u0), f.left(i1, j+1, u1)-f.left(i0, j+1, u0)
		return low + v*(high-low)
	}
	return max(below(r.Max.Y)-below(r.Min.Y), 0)
}

// find is where r is to be cut so that its low part has so much work.
func (f *field) find(axis tilesplit.Axis, r image.Rectangle, work float64) float64 {
	lo, hi := axis.Range(r)
	c0, c1 := (1 - axis).Range(r)
	d, n, size := f.dx, f.columns, f.size.X
	if axis == tilesplit.AlongY {
		d, n, size = f.dy, f.rows, f.size.Y
	}
	before := func(x float64) float64 {
		if axis == tilesplit.AlongY {
			return f.below(float64(c1), x) - f.below(float64(c0), x)
		}
		return f.below(x, float64(c1)) - f.below(x, float64(c0))
	}
	base := before(float64(lo))
	// The edges of cells between lo and hi: the work grows evenly from one to the next.
	first, _ := locate(float64(lo), d, n, size)
	last, _ := locate(float64(hi), d, n, size)
	k := sort.Search(last-first, func(k int) bool { return before(float64(first+1+k)*d)-base >= work })
	x0, x1 := max(float64(first+k)*d, float64(lo)), min(float64(first+k+1)*d, float64(hi))
	w0, w1 := before(x0)-base, before(x1)-base
	if w1 <= w0 {
		return (x0 + x1) / 2
	}
	return x0 + (x1-x0)*min(max((work-w0)/(w1-w0), 0), 1)
}

// fit scales the work in rectangles that are disjoint so that it becomes work, of which the part even is spread evenly over them: all,
// where next to nothing is there to scale.
// The sums are old until sum is called.
func (f *field) fit(rects []image.Rectangle, has, work, even float64) {
	area := 0.0
	for _, r := range rects {
		area += float64(r.Dx()) * float64(r.Dy())
	}
	scale := 0.0
	if has > 1e-9*work {
		scale = (1 - even) * work / has
	} else {
		even = 1
	}
	level := even * work / area
	for _, r := range rects {
		f.fitRect(r, scale, level)
	}
}

// fitRect makes each cell, as far as it lies in r, scale times what it was and level for each pixel more.
func (f *field) fitRect(r image.Rectangle, scale, level float64) {
	i0, u0 := locate(float64(r.Min.X), f.dx, f.columns, f.size.X)
	i1, u1 := locate(float64(r.Max.X), f.dx, f.columns, f.size.X)
	j0, v0 := locate(float64(r.Min.Y), f.dy, f.rows, f.size.Y)
	j1, v1 := locate(float64(r.Max.Y), f.dy, f.rows, f.size.Y)
	for j := j0; j <= j1; j++ {
		high, tall := 1.0, min(f.dy, float64(f.size.Y)-float64(j)*f.dy)
		if j == j1 {
			high = v1
		}
		if j == j0 {
			high -= v0
		}
		if high <= 0 {
			continue
		}
		row := f.cells[j*f.columns : (j+1)*f.columns]
		for i := i0; i <= i1; i++ {
			part, wide := high, f.dx
			if i == f.columns-1 {
				wide = float64(f.size.X) - float64(i)*f.dx
			}
			if i == i0 || i == i1 {
				across := 1.0
				if i == i1 {
					across = u1
				}
				if i == i0 {
					across -= u0
				}
				part *= across
			}
			if part > 0 {
				row[i] += part * (row[i]*(scale-1) + level*wide*tall)
			}
		}
	}
}

// sum makes the sums anew.
func (f *field) sum() {
	for j := range f.rows {
		low, high := f.sums[j*(f.columns+1):], f.sums[(j+1)*(f.columns+1):]
		row := 0.0
		for i := range f.columns {
			row += f.cells[j*f.columns+i]
			high[i+1] = low[i+1] + row
		}
	}
}

// total is all work.
func (f *field) total() float64 { return f.sums[len(f.sums)-1] }
