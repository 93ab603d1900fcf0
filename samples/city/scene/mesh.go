package scene

import (
	"encoding/binary"
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// Size of a window with its share of the wall, in metres. Facades are made of whole cells, so that no window is cut.
const (
	CellWidth  = 3
	CellHeight = 3.5
)

// VertexBytes is the size of an encoded vertex:
//
//	+---------------+---------------+------------------+---------------+
//	| position 3×f32| normal 4×i8   | colour 4×u8      | uv 2×f32      |
//	+---------------+---------------+------------------+---------------+
//
// uv counts cells of the facade. A colour with alpha 255 replaces the facade, with alpha 0 the facade shows.
const VertexBytes = 28

// LODs is the number of levels of detail of each mesh; 0 has the most.
const LODs = 3

// Range is a run of indices in the common index buffer.
type Range struct {
	First, Count int
}

// Mesh is one kind of thing, in LODs levels of detail.
type Mesh struct {
	Levels [LODs]Range
	// Radius of a sphere around Centre that holds the mesh.
	Centre mgl32.Vec3
	Radius float32
	Height float32
}

// Geometry is the common storage of all meshes.
type Geometry struct {
	Vertices []byte // VertexBytes each
	Indices  []uint32
}

// VertexCount tells how many vertices there are.
func (g *Geometry) VertexCount() int { return len(g.Vertices) / VertexBytes }

type rgba = [4]uint8

var facade = rgba{255, 255, 255, 0}

// builder appends one mesh at a time to a Geometry. detail goes from LODs-1 (all) down to 0 (a box or two).
type builder struct {
	g      *Geometry
	detail int
	lo, hi mgl32.Vec3
}

func (b *builder) vertex(p, n mgl32.Vec3, c rgba, u, v float32) uint32 {
	g := b.g
	le := binary.LittleEndian
	at := uint32(g.VertexCount())
	for i := range 3 {
		g.Vertices = le.AppendUint32(g.Vertices, math.Float32bits(p[i]))
		b.lo[i], b.hi[i] = min(b.lo[i], p[i]), max(b.hi[i], p[i])
	}
	g.Vertices = append(g.Vertices, signed(n[0]), signed(n[1]), signed(n[2]), 0, c[0], c[1], c[2], c[3])
	g.Vertices = le.AppendUint32(g.Vertices, math.Float32bits(u))
	g.Vertices = le.AppendUint32(g.Vertices, math.Float32bits(v))
	return at
}

func signed(f float32) byte { return byte(int8(math.Round(float64(f) * 127))) }

// quad adds a b c d, counter-clockwise seen from outside; uv runs from (u0,v0) at a to (u1,v1) at c.
func (b *builder) quad(p0, p1, p2, p3 mgl32.Vec3, c rgba, u0, v0, u1, v1 float32) {
	n := p1.Sub(p0).Cross(p3.Sub(p0)).Normalize()
	i := b.vertex(p0, n, c, u0, v0)
	b.vertex(p1, n, c, u1, v0)
	b.vertex(p2, n, c, u1, v1)
	b.vertex(p3, n, c, u0, v1)
	b.g.Indices = append(b.g.Indices, i, i+1, i+2, i, i+2, i+3)
}

func (b *builder) triangle(p0, p1, p2 mgl32.Vec3, c rgba) {
	n := p1.Sub(p0).Cross(p2.Sub(p0)).Normalize()
	i := b.vertex(p0, n, c, 0, 0)
	b.vertex(p1, n, c, 1, 0)
	b.vertex(p2, n, c, 0, 1)
	b.g.Indices = append(b.g.Indices, i, i+1, i+2)
}

// box adds the sides and the top of a box; its bottom is never seen. Sides with the colour facade get whole cells.
func (b *builder) box(x0, y0, z0, x1, y1, z1 float32, side, top rgba) {
	v := func(x, y, z float32) mgl32.Vec3 { return mgl32.Vec3{x, y, z} }
	du, dw := (x1-x0)/CellWidth, (z1-z0)/CellWidth
	v0, v1 := y0/CellHeight, y1/CellHeight
	b.quad(v(x0, y0, z1), v(x1, y0, z1), v(x1, y1, z1), v(x0, y1, z1), side, 0, v0, du, v1)
	b.quad(v(x1, y0, z1), v(x1, y0, z0), v(x1, y1, z0), v(x1, y1, z1), side, du, v0, du+dw, v1)
	b.quad(v(x1, y0, z0), v(x0, y0, z0), v(x0, y1, z0), v(x1, y1, z0), side, du+dw, v0, 2*du+dw, v1)
	b.quad(v(x0, y0, z0), v(x0, y0, z1), v(x0, y1, z1), v(x0, y1, z0), side, 2*du+dw, v0, 2*du+2*dw, v1)
	b.quad(v(x0, y1, z1), v(x1, y1, z1), v(x1, y1, z0), v(x0, y1, z0), top, 0, 0, du, dw)
}

// block is a box around the middle: w and d wide, from y0 to y1.
func (b *builder) block(w, d, y0, y1 float32, side, top rgba) {
	b.box(-w/2, y0, -d/2, w/2, y1, d/2, side, top)
}

// cylinder adds an upright (or, with r1 < r0, tapering) tube with a lid.
func (b *builder) cylinder(cx, cz, r0, r1, y0, y1 float32, sides int, side, top rgba) {
	at := b.tube(cx, cz, r0, r1, y0, y1, sides, side)
	for i := range sides {
		p2, _ := at(i+1, r1, y1)
		p3, _ := at(i, r1, y1)
		b.triangle(mgl32.Vec3{cx, y1, cz}, p3, p2, top)
	}
}

// tube adds the wall of a cylinder or cone; at gives the points (and normals) of its rim.
func (b *builder) tube(cx, cz, r0, r1, y0, y1 float32, sides int, side rgba) (at func(i int, r, y float32) (mgl32.Vec3, mgl32.Vec3)) {
	at = func(i int, r, y float32) (mgl32.Vec3, mgl32.Vec3) {
		s, c := math.Sincos(2 * math.Pi * float64(i%sides) / float64(sides))
		n := mgl32.Vec3{float32(c), 0, float32(-s)}
		return mgl32.Vec3{cx + r*n[0], y, cz + r*n[2]}, n
	}
	// Whole cells around the wall.
	cells := float32(math.Max(1, math.Round(2*math.Pi*float64(r0)/CellWidth)))
	for i := range sides {
		u0, u1 := cells*float32(i)/float32(sides), cells*float32(i+1)/float32(sides)
		p0, n0 := at(i, r0, y0)
		p1, n1 := at(i+1, r0, y0)
		p2, _ := at(i+1, r1, y1)
		p3, _ := at(i, r1, y1)
		k := b.vertex(p0, n0, side, u0, y0/CellHeight)
		b.vertex(p1, n1, side, u1, y0/CellHeight)
		b.vertex(p2, n1, side, u1, y1/CellHeight)
		b.vertex(p3, n0, side, u0, y1/CellHeight)
		b.g.Indices = append(b.g.Indices, k, k+1, k+2)
		if r1 > 0 {
			b.g.Indices = append(b.g.Indices, k, k+2, k+3)
		}
	}
	return at
}

// gable adds a pitched roof over w × d, the ridge along x.
func (b *builder) gable(w, d, y0, y1 float32, tiles, wall rgba) {
	x, z, o := w/2, d/2, float32(0.6)
	v := func(x, y, z float32) mgl32.Vec3 { return mgl32.Vec3{x, y, z} }
	b.quad(v(-x-o, y0, z+o), v(x+o, y0, z+o), v(x+o, y1, 0), v(-x-o, y1, 0), tiles, 0, 0, w, d)
	b.quad(v(x+o, y0, -z-o), v(-x-o, y0, -z-o), v(-x-o, y1, 0), v(x+o, y1, 0), tiles, 0, 0, w, d)
	b.triangle(v(x, y0, z), v(x, y0, -z), v(x, y1-0.3, 0), wall)
	b.triangle(v(-x, y0, -z), v(-x, y0, z), v(-x, y1-0.3, 0), wall)
}

// mesh builds all levels of one thing.
func (g *Geometry) mesh(build func(b *builder)) Mesh {
	var m Mesh
	b := &builder{g: g}
	inf := float32(math.Inf(1))
	b.lo, b.hi = mgl32.Vec3{inf, inf, inf}, mgl32.Vec3{-inf, -inf, -inf}
	for l := range LODs {
		b.detail = LODs - 1 - l
		first := len(g.Indices)
		build(b)
		m.Levels[l] = Range{first, len(g.Indices) - first}
	}
	m.Centre = b.lo.Add(b.hi).Mul(0.5)
	m.Radius = b.hi.Sub(b.lo).Len() / 2
	m.Height = b.hi[1]
	return m
}
