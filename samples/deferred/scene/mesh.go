package scene

import (
	"encoding/binary"
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// VertexBytes is the size of an encoded vertex:
//
//	+----------------+--------------+-----------------------------+
//	| position 3×f32 | normal 4×i8  | colour 3×u8, gloss u8       |
//	+----------------+--------------+-----------------------------+
const VertexBytes = 20

// Range is a run of indices in the common index buffer, with a sphere that holds what it draws.
type Range struct {
	First, Count int
	Centre       mgl32.Vec3
	Radius       float32
}

// Geometry is the common storage of all meshes.
type Geometry struct {
	Vertices []byte // VertexBytes each
	Indices  []uint32
}

// stuff is what a surface is made of: its colour as the root of its share of light, and how it shines.
type stuff [4]uint8

var (
	marble    = stuff{214, 206, 194, 90}
	limestone = stuff{176, 164, 146, 30}
	slab      = stuff{132, 126, 124, 150}
	slabDark  = stuff{92, 86, 90, 170}
	bronze    = stuff{196, 132, 70, 220}
	water     = stuff{30, 44, 54, 255}
	grass     = stuff{62, 86, 44, 0}
	leaf      = stuff{52, 92, 48, 20}
)

// builder appends one mesh at a time to a Geometry.
type builder struct {
	g      *Geometry
	lo, hi mgl32.Vec3
}

func (b *builder) vertex(p, n mgl32.Vec3, s stuff) uint32 {
	at := uint32(len(b.g.Vertices) / VertexBytes)
	v := b.g.Vertices
	for i, f := range p {
		v = binary.LittleEndian.AppendUint32(v, math.Float32bits(f))
		b.lo[i], b.hi[i] = min(b.lo[i], f), max(b.hi[i], f)
	}
	for _, f := range n {
		v = append(v, byte(int8(math.Round(float64(f)*127))))
	}
	b.g.Vertices = append(v, 0, s[0], s[1], s[2], s[3])
	return at
}

func (b *builder) triangles(i ...uint32) { b.g.Indices = append(b.g.Indices, i...) }

// quad is counter-clockwise seen from outside.
func (b *builder) quad(p0, p1, p2, p3 mgl32.Vec3, s stuff) {
	n := p1.Sub(p0).Cross(p3.Sub(p0)).Normalize()
	i := b.vertex(p0, n, s)
	b.vertex(p1, n, s)
	b.vertex(p2, n, s)
	b.vertex(p3, n, s)
	b.triangles(i, i+1, i+2, i, i+2, i+3)
}

func (b *builder) box(lo, hi mgl32.Vec3, s stuff) {
	at := func(x, y, z int) mgl32.Vec3 {
		p := lo
		for i, up := range []int{x, y, z} {
			if up != 0 {
				p[i] = hi[i]
			}
		}
		return p
	}
	b.quad(at(0, 0, 1), at(1, 0, 1), at(1, 1, 1), at(0, 1, 1), s)
	b.quad(at(1, 0, 0), at(0, 0, 0), at(0, 1, 0), at(1, 1, 0), s)
	b.quad(at(1, 0, 1), at(1, 0, 0), at(1, 1, 0), at(1, 1, 1), s)
	b.quad(at(0, 0, 0), at(0, 0, 1), at(0, 1, 1), at(0, 1, 0), s)
	b.quad(at(0, 1, 1), at(1, 1, 1), at(1, 1, 0), at(0, 1, 0), s)
	b.quad(at(0, 0, 0), at(1, 0, 0), at(1, 0, 1), at(0, 0, 1), s)
}

// lathe turns a profile of (radius, height) about an upright axis; flutes: how many hollows run down it, so deep.
func (b *builder) lathe(x, z float32, profile []mgl32.Vec2, sides, flutes int, depth float32, s stuff) {
	ring := func(p mgl32.Vec2, slope mgl32.Vec2) uint32 {
		var first uint32
		for i := range sides + 1 {
			a := 2 * math.Pi * float64(i%sides) / float64(sides)
			c, si := float32(math.Cos(a)), float32(math.Sin(a))
			r, tilt := p[0], float32(0)
			if flutes > 0 {
				f := float64(flutes) * a
				hollow := float32(math.Abs(math.Sin(f / 2)))
				r -= depth * hollow
				tilt = depth * float32(flutes) / 2 * float32(math.Cos(f/2)) / p[0]
				if math.Sin(f/2) < 0 {
					tilt = -tilt
				}
			}
			n := mgl32.Vec3{c*slope[1] - si*tilt, -slope[0], si*slope[1] + c*tilt}
			if v := b.vertex(mgl32.Vec3{x + r*c, p[1], z + r*si}, n.Normalize(), s); i == 0 {
				first = v
			}
		}
		return first
	}
	for k := 1; k < len(profile); k++ {
		slope := profile[k].Sub(profile[k-1]).Normalize()
		lower, upper := ring(profile[k-1], slope), ring(profile[k], slope)
		for i := range uint32(sides) {
			b.triangles(lower+i, upper+i, upper+i+1, lower+i, upper+i+1, lower+i+1)
		}
	}
}

// tube runs along a closed curve.
func (b *builder) tube(curve func(t float64) mgl32.Vec3, radius float32, along, around int, s stuff) {
	first := uint32(len(b.g.Vertices) / VertexBytes)
	for i := range along {
		t := float64(i) / float64(along)
		p := curve(t)
		way := curve(t + 1e-3).Sub(curve(t - 1e-3)).Normalize()
		u := way.Cross(mgl32.Vec3{0.31, 0.87, 0.12}).Normalize()
		v := way.Cross(u)
		for j := range around {
			a := 2 * math.Pi * float64(j) / float64(around)
			n := u.Mul(float32(math.Cos(a))).Add(v.Mul(float32(math.Sin(a))))
			b.vertex(p.Add(n.Mul(radius)), n, s)
		}
	}
	for i := range uint32(along) {
		for j := range uint32(around) {
			k, l := (i+1)%uint32(along), (j+1)%uint32(around)
			at := func(i, j uint32) uint32 { return first + i*uint32(around) + j }
			b.triangles(at(i, j), at(i, l), at(k, l), at(i, j), at(k, l), at(k, j))
		}
	}
}

// ball is a sphere; rough moves its surface in and out.
func (b *builder) ball(centre mgl32.Vec3, radius float32, rings, sides int, rough float32, s stuff) {
	first := uint32(len(b.g.Vertices) / VertexBytes)
	for i := range rings + 1 {
		for j := range sides {
			t, a := math.Pi*float64(i)/float64(rings), 2*math.Pi*float64(j)/float64(sides)
			n := mgl32.Vec3{float32(math.Sin(t) * math.Cos(a)), float32(math.Cos(t)), float32(math.Sin(t) * math.Sin(a))}
			r := radius * (1 + rough*float32(math.Sin(5*a+3*t)*math.Sin(7*t)))
			b.vertex(centre.Add(n.Mul(r)), n, s)
		}
	}
	for i := range uint32(rings) {
		for j := range uint32(sides) {
			l := (j + 1) % uint32(sides)
			at := func(i, j uint32) uint32 { return first + i*uint32(sides) + j }
			if i > 0 {
				b.triangles(at(i, j), at(i, l), at(i+1, l))
			}
			if i+1 < uint32(rings) {
				b.triangles(at(i, j), at(i+1, l), at(i+1, j))
			}
		}
	}
}

// mesh builds one range.
func (g *Geometry) mesh(build func(b *builder)) Range {
	inf := float32(math.Inf(1))
	b := &builder{g: g, lo: mgl32.Vec3{inf, inf, inf}, hi: mgl32.Vec3{-inf, -inf, -inf}}
	first := len(g.Indices)
	build(b)
	return Range{first, len(g.Indices) - first, b.lo.Add(b.hi).Mul(0.5), b.hi.Sub(b.lo).Len() / 2}
}
