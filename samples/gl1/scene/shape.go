package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// Corner is a quad's corner.
type Corner struct{ Pos, Normal mgl32.Vec3 }

// Quad has its corners counter-clockwise seen from outside.
type Quad [4]Corner

// Shape is a list of quads, around the z axis.
type Shape []Quad

func polar(r float32, a float64) mgl32.Vec2 {
	return mgl32.Vec2{r * float32(math.Cos(a)), r * float32(math.Sin(a))}
}

// flat adds a quad in a plane z, seen from the side to which up points.
func (s *Shape) flat(z, up float32, p [4]mgl32.Vec2) {
	var q Quad
	for i := range q {
		k := i
		if up < 0 {
			k = 3 - i
		}
		q[i] = Corner{p[k].Vec3(z), mgl32.Vec3{0, 0, up}}
	}
	*s = append(*s, q)
}

// wall adds a quad that stands over the line from a to b, whose right side is outside; na and nb are the normals there.
func (s *Shape) wall(a, b mgl32.Vec2, z0, z1 float32, na, nb mgl32.Vec2) {
	*s = append(*s, Quad{
		{a.Vec3(z0), na.Vec3(0)}, {b.Vec3(z0), nb.Vec3(0)}, {b.Vec3(z1), nb.Vec3(0)}, {a.Vec3(z1), na.Vec3(0)},
	})
}

// straight is a wall with its own normal.
func (s *Shape) straight(a, b mgl32.Vec2, z0, z1 float32) {
	d := b.Sub(a).Normalize()
	n := mgl32.Vec2{d[1], -d[0]}
	s.wall(a, b, z0, z1, n, n)
}

// Ring adds a ring from r0 to r1 between z0 and z1, in so many pieces; the rims are rounded by their normals.
func (s *Shape) Ring(r0, r1, z0, z1 float32, pieces int) {
	for i := range pieces {
		a, b := 2*math.Pi*float64(i)/float64(pieces), 2*math.Pi*float64(i+1)/float64(pieces)
		face := [4]mgl32.Vec2{polar(r0, a), polar(r1, a), polar(r1, b), polar(r0, b)}
		s.flat(z1, 1, face)
		s.flat(z0, -1, face)
		s.wall(polar(r1, a), polar(r1, b), z0, z1, polar(1, a), polar(1, b))
		if r0 > 0 {
			s.wall(polar(r0, b), polar(r0, a), z0, z1, polar(-1, b), polar(-1, a))
		}
	}
}

// box adds a box without a bottom.
func (s *Shape) box(x0, y0, x1, y1, z0, z1 float32) {
	p := [4]mgl32.Vec2{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
	s.flat(z1, 1, p)
	for i := range p {
		s.straight(p[i], p[(i+1)%4], z0, z1)
	}
}

// spokes adds n bars from r0 to r1.
func (s *Shape) spokes(n int, r0, r1, half, z0, z1 float32) {
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		out, side := polar(1, a), polar(1, a+math.Pi/2)
		at := func(r, w float32) mgl32.Vec2 { return out.Mul(r).Add(side.Mul(w)) }
		p := [4]mgl32.Vec2{at(r0, -half), at(r1, -0.7*half), at(r1, 0.7*half), at(r0, half)}
		s.flat(z1, 1, p)
		s.flat(z0, -1, p)
		s.straight(p[0], p[1], z0, z1)
		s.straight(p[2], p[3], z0, z1)
	}
}

// teeth are shares of the pitch, from a tooth's middle: where it meets the root, and where its tip begins.
const (
	rootShare = 0.29
	tipShare  = 0.11
)

// Shape of the wheel, its middle at the origin.
func (k *Wheel) Shape() Shape {
	var s Shape
	const z0, z1 = -thick / 2, thick / 2
	if k.Teeth == 0 {
		s.Ring(k.Radius-0.1, k.Radius, z0, z1, 72)
		s.spokes(k.Spokes, 0.1, k.Radius-0.09, 0.045, z0*0.6, z1*0.6)
		s.Ring(0.04, 0.16, z0, z1*1.5, 24)
		for i := range 12 { // its screws
			a := 2 * math.Pi * (float64(i) + 0.5) / 12
			p := polar(k.Radius+0.03, a)
			s.box(p[0]-0.04, p[1]-0.04, p[0]+0.04, p[1]+0.04, z0*0.7, z1*0.7)
		}
		return s
	}
	root, tip := k.Radius-1.2*module, k.Radius+0.95*module
	inner := max(0.6*root, root-0.24)
	pitch := 2 * math.Pi / float64(k.Teeth)
	for i := range k.Teeth {
		c := float64(i) * pitch
		a, b, e := c-rootShare*pitch, c+rootShare*pitch, c+(1-rootShare)*pitch
		ta, tb := c-tipShare*pitch, c+tipShare*pitch
		for _, f := range []struct{ z, up float32 }{{z1, 1}, {z0, -1}} {
			s.flat(f.z, f.up, [4]mgl32.Vec2{polar(inner, a), polar(root, a), polar(root, b), polar(inner, b)})
			s.flat(f.z, f.up, [4]mgl32.Vec2{polar(inner, b), polar(root, b), polar(root, e), polar(inner, e)})
			s.flat(f.z, f.up, [4]mgl32.Vec2{polar(root, a), polar(tip, ta), polar(tip, tb), polar(root, b)})
		}
		s.straight(polar(root, a), polar(tip, ta), z0, z1)
		s.straight(polar(tip, ta), polar(tip, tb), z0, z1)
		s.straight(polar(tip, tb), polar(root, b), z0, z1)
		s.straight(polar(root, b), polar(root, e), z0, z1)
		s.wall(polar(inner, b), polar(inner, a), z0, z1, polar(-1, b), polar(-1, a))
		s.wall(polar(inner, e), polar(inner, b), z0, z1, polar(-1, e), polar(-1, b))
	}
	hub := max(0.12, 0.16*k.Radius)
	s.Ring(0.04, hub, z0, z1*1.35, 32)
	s.spokes(k.Spokes, hub*0.9, inner+0.02, 0.035+0.02*k.Radius, z0*0.7, z1*0.7)
	return s
}

// Axle is what a wheel turns on, from the wall up to a bit over it.
func (k *Wheel) Axle() Shape {
	var s Shape
	s.Ring(0, 0.06, 0, k.Z+thick, 16)
	s.Ring(0, 0.03, k.Z+thick, k.Z+thick+0.05, 12)
	return s
}

// Radii of the dial.
const (
	DialInner = 1.28
	DialOuter = 1.72
)

// Dial is the ring with the hours, without them; its middle at the origin.
func Dial() Shape {
	var s Shape
	s.Ring(DialInner, DialOuter, -0.03, 0.03, 120)
	return s
}

// DialRims are the metal edges of the dial with the marks of the minutes.
func DialRims() Shape {
	var s Shape
	s.Ring(DialInner-0.05, DialInner, -0.05, 0.07, 96)
	s.Ring(DialOuter, DialOuter+0.07, -0.05, 0.09, 96)
	return s
}

// Hand is a clock hand that points up, so long.
func Hand(long, half float32) Shape {
	var s Shape
	p := [4]mgl32.Vec2{{0, -0.22 * long}, {half, 0.72 * long}, {0, long}, {-half, 0.72 * long}}
	s.flat(0.02, 1, p)
	for i := range p {
		s.straight(p[i], p[(i+1)%4], -0.02, 0.02)
	}
	s.Ring(0, 2.2*half, -0.02, 0.04, 24)
	return s
}

// Pendulum hangs from the origin, so long.
func Pendulum(long float32) Shape {
	var s Shape
	s.box(-0.035, -long, 0.035, 0.1, -0.03, 0.03)
	bob := Shape{}
	bob.Ring(0, 0.40, -0.05, 0.05, 64)
	bob.Ring(0, 0.30, 0.05, 0.09, 48)
	bob.Ring(0, 0.14, 0.09, 0.12, 32)
	for _, q := range bob {
		for i := range q {
			q[i].Pos[1] -= long
		}
		s = append(s, q)
	}
	return s
}

// Letter gives the boxes of the roman digits I, V and X, a unit high, with how far the next one is.
func Letter(c byte) (s Shape, advance float32) {
	bar := func(x0, x1, half float32) {
		a, b := mgl32.Vec2{x0, 0}, mgl32.Vec2{x1, 1}
		p := [4]mgl32.Vec2{{a[0] - half, 0}, {a[0] + half, 0}, {b[0] + half, 1}, {b[0] - half, 1}}
		s.flat(0, 1, p)
	}
	serif := func(x, y, half float32) {
		s.flat(0, 1, [4]mgl32.Vec2{{x - half, y}, {x + half, y}, {x + half, y + 0.07}, {x - half, y + 0.07}})
	}
	switch c {
	case 'I':
		bar(0.16, 0.16, 0.075)
		serif(0.16, 0, 0.15)
		serif(0.16, 0.93, 0.15)
		return s, 0.34
	case 'V':
		bar(0.38, 0.12, 0.085)
		bar(0.38, 0.64, 0.045)
		serif(0.12, 0.93, 0.13)
		serif(0.64, 0.93, 0.11)
		return s, 0.78
	default: // X
		bar(0.64, 0.12, 0.085)
		bar(0.12, 0.64, 0.045)
		for _, x := range []float32{0.12, 0.64} {
			serif(x, 0, 0.13)
			serif(x, 0.93, 0.13)
		}
		return s, 0.78
	}
}

// Hours are the dial's numerals from one o'clock on.
var Hours = [12]string{"I", "II", "III", "IIII", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}

// Spring appends the middle line of the balance's spring, from its inner to its outer end; coil goes from -1 (wide) to 1
// (tight). The next to each point is one normal away.
func Spring(to []Corner, coil float64) []Corner {
	const turns, points = 7, 420
	for i := range points {
		t := float64(i) / (points - 1)
		a := 2*math.Pi*turns*t + 2.4*coil*(1-t)
		r := 0.10 + 0.46*t + 0.03*coil*math.Sin(math.Pi*t)
		p, n := polar(float32(r), a), polar(1, a)
		to = append(to, Corner{p.Vec3(0), n.Vec3(0)})
	}
	return to
}

// Links of the chain that hangs from the great wheel: how many, how far apart, and the radius of its drum.
const (
	Links     = 44
	LinkPitch = 0.13
	DrumEdge  = 0.34
)

// ChainLink gives the middle of a link and whether it is turned sideways; the left side of the chain comes up as the right
// side, with the weight, goes down.
func (w *Works) ChainLink(i int, angle float64) (x, y float32, sideways bool) {
	k := &w.Wheels[0]
	side, n := float32(1), i/2
	if i%2 == 1 {
		side = -1
	}
	down := -angle / (2 * math.Pi) * 4
	at := math.Mod(float64(n)*LinkPitch+float64(side)*down, Links/2*LinkPitch)
	if at < 0 {
		at += Links / 2 * LinkPitch
	}
	// Which way a link is turned goes with the link, not with its place.
	return k.X + side*DrumEdge, k.Y - float32(at), n%2 == 1
}

// LinkShape is one link: a torus of radius 1 around z, thin, with few sides.
var LinkShape = func() Shape {
	var s Shape
	const around, across, thin = 10, 5, 0.26
	at := func(i, j int) Corner {
		a, b := 2*math.Pi*float64(i)/around, 2*math.Pi*float64(j)/across
		out := polar(1, a)
		n := out.Mul(float32(math.Cos(b))).Vec3(float32(math.Sin(b)))
		return Corner{out.Vec3(0).Add(n.Mul(thin)), n}
	}
	for i := range around {
		for j := range across {
			s = append(s, Quad{at(i, j), at(i+1, j), at(i+1, j+1), at(i, j+1)})
		}
	}
	return s
}()
