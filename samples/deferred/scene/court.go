package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/dice"
	"github.com/prismgl/prism/samples/internal/view"
)

const (
	// FramesPerSecond turns frame numbers into the scene's time.
	FramesPerSecond = 30
	// FramesPerLap is how long the camera takes to come back.
	FramesPerLap = 3600
	// DefaultLamps is how many lamps fly about.
	DefaultLamps = 22
	// ShadowReach is how far from the middle things throw shadows.
	ShadowReach = 17
)

var lens = view.Lens{FovY: 50 * math.Pi / 180, Near: 0.5, Far: 160}

// Moon is where its light comes from, not of length 1; common.glsl has it, too.
var Moon = mgl32.Vec3{-0.52, 0.66, 0.54}

// Court is all that is drawn.
type Court struct {
	Geometry Geometry
	Parts    []Range // what stands still
	Knot     Range   // the sculpture; it turns about the y axis through the origin
	Ball     Range   // a lamp, or its reach, of radius 1
	Lamps    int

	flights []flight
}

// flight of a lamp: around the court, in and out between the columns, up and down.
type flight struct {
	colour              mgl32.Vec3
	radius, sway, lift  float32
	laps, bends         float64 // in the camera's time
	start, phase, climb float64
}

// Lamp is one lamp of a frame.
type Lamp struct {
	Pos    mgl32.Vec3
	Colour mgl32.Vec3
	Reach  float32 // beyond which it gives no light
}

// LampRadius is how large a lamp is.
const LampRadius = 0.09

const (
	columnRing   = 9.5
	columns      = 20
	columnHeight = 5.2
)

// New builds the court with so many lamps.
func New(seed uint64, lamps int) *Court {
	c := &Court{Lamps: lamps}
	g := &c.Geometry
	for i := range columns {
		a := 2 * math.Pi * float64(i) / columns
		x, z := columnRing*float32(math.Cos(a)), columnRing*float32(math.Sin(a))
		c.Parts = append(c.Parts, g.mesh(func(b *builder) { column(b, x, z) }))
		c.Parts = append(c.Parts, g.mesh(func(b *builder) { lintel(b, a, a+2*math.Pi/columns) }))
	}
	for i := range 16 {
		r := dice.New(7, uint64(i))
		a := 2*math.Pi*(float64(i)+0.5)/16 + float64(r.Between(-0.1, 0.1))
		d := r.Between(14, 18)
		x, z := d*float32(math.Cos(a)), d*float32(math.Sin(a))
		h := r.Between(2.6, 4.8)
		c.Parts = append(c.Parts, g.mesh(func(b *builder) { cypress(b, x, z, h) }))
	}
	c.Parts = append(c.Parts, g.mesh(fountain))
	c.floor() // the last: most of what is drawn hides some of it
	c.Knot = g.mesh(func(b *builder) {
		b.tube(func(t float64) mgl32.Vec3 {
			a := 2 * math.Pi * t
			r := 0.95 + 0.42*math.Cos(3*a)
			return mgl32.Vec3{float32(r * math.Cos(2*a)), float32(3.25 + 0.62*math.Sin(3*a)), float32(r * math.Sin(2*a))}
		}, 0.2, 260, 18, bronze)
	})
	c.Ball = g.mesh(func(b *builder) { b.ball(mgl32.Vec3{}, 1, 8, 12, 0, stuff{255, 255, 255, 0}) })
	for i := range lamps {
		r := dice.New(seed, 'l', uint64(i))
		c.flights = append(c.flights, flight{
			colour: hue(r.Unit()).Mul(r.Between(2.0, 3.2)),
			radius: r.Between(3.0, 10.2), sway: r.Between(0.3, 1.6), lift: r.Between(0.5, 3.6),
			laps: float64(6+r.N(9)) * float64(1-2*r.N(2)), bends: float64(20 + r.N(30)),
			start: float64(r.Between(0, 2*math.Pi)), phase: float64(r.Between(0, 2*math.Pi)), climb: float64(12 + r.N(20)),
		})
	}
	return c
}

// hue gives a full, light colour.
func hue(t float32) mgl32.Vec3 {
	var c mgl32.Vec3
	for i := range c {
		f := math.Cos(2 * math.Pi * (float64(t) - float64(i)/3))
		c[i] = float32(0.42 + 0.48*f)
		c[i] *= c[i] * 1.6
	}
	return c
}

// floor is laid in rings of slabs, with grass around it.
func (c *Court) floor() {
	const sectors = 8
	polar := func(r float32, a float64, y float32) mgl32.Vec3 {
		return mgl32.Vec3{r * float32(math.Cos(a)), y, r * float32(math.Sin(a))}
	}
	for s := range sectors {
		from, to := 2*math.Pi*float64(s)/sectors, 2*math.Pi*float64(s+1)/sectors
		c.Parts = append(c.Parts, c.Geometry.mesh(func(b *builder) {
			for ring := range 10 {
				r0, r1 := 1.9+float32(ring)*0.98, 1.9+float32(ring+1)*0.98
				n := 1 + ring/2
				for k := range n {
					a0, a1 := from+(to-from)*float64(k)/float64(n), from+(to-from)*float64(k+1)/float64(n)
					st := slab
					if (ring+k+s)%2 == 0 {
						st = slabDark
					}
					gap := 0.012 / float64(r0)
					b.quad(polar(r0+0.012, a0+gap, 0), polar(r0+0.012, a1-gap, 0), polar(r1-0.012, a1-gap, 0), polar(r1-0.012, a0+gap, 0), st)
				}
			}
			// Under the joints, the edge of the court, and what lies around it.
			b.quad(polar(1.7, from, -0.02), polar(1.7, to, -0.02), polar(11.7, to, -0.02), polar(11.7, from, -0.02), stuff{60, 56, 54, 10})
			b.quad(polar(11.7, from, 0), polar(11.7, to, 0), polar(12.2, to, 0), polar(12.2, from, 0), limestone)
			b.quad(polar(12.2, from, 0), polar(12.2, to, 0), polar(12.2, to, -0.4), polar(12.2, from, -0.4), limestone)
			b.quad(polar(12.2, from, -0.4), polar(12.2, to, -0.4), polar(90, to, -0.4), polar(90, from, -0.4), grass)
		}))
	}
}

func column(b *builder, x, z float32) {
	b.box(mgl32.Vec3{x - 0.62, 0, z - 0.62}, mgl32.Vec3{x + 0.62, 0.22, z + 0.62}, limestone)
	b.lathe(x, z, []mgl32.Vec2{{0.58, 0.22}, {0.6, 0.32}, {0.52, 0.42}, {0.46, 0.5}}, 28, 0, 0, marble)
	b.lathe(x, z, []mgl32.Vec2{{0.45, 0.5}, {0.45, 1.8}, {0.42, 3.4}, {0.37, columnHeight - 0.55}}, 80, 16, 0.05, marble)
	b.lathe(x, z, []mgl32.Vec2{{0.36, columnHeight - 0.55}, {0.40, columnHeight - 0.5}, {0.42, columnHeight - 0.4}, {0.58, columnHeight - 0.22}}, 28, 0, 0, marble)
	b.box(mgl32.Vec3{x - 0.6, columnHeight - 0.22, z - 0.6}, mgl32.Vec3{x + 0.6, columnHeight, z + 0.6}, marble)
}

// lintel lies on two columns, a bow of the ring.
func lintel(b *builder, from, to float64) {
	const in, out, y0, y1 = columnRing - 0.5, columnRing + 0.5, columnHeight, columnHeight + 0.6
	at := func(r float32, a float64, y float32) mgl32.Vec3 {
		return mgl32.Vec3{r * float32(math.Cos(a)), y, r * float32(math.Sin(a))}
	}
	const pieces = 4
	for i := range pieces {
		a, e := from+(to-from)*float64(i)/pieces, from+(to-from)*float64(i+1)/pieces
		b.quad(at(in, e, y0), at(in, e, y1), at(in, a, y1), at(in, a, y0), marble)
		b.quad(at(out, a, y0), at(out, a, y1), at(out, e, y1), at(out, e, y0), marble)
		b.quad(at(in, a, y0), at(out, a, y0), at(out, e, y0), at(in, e, y0), limestone)
		// A cornice that stands out.
		b.quad(at(in-0.2, e, y1), at(in-0.2, e, y1+0.25), at(in-0.2, a, y1+0.25), at(in-0.2, a, y1), marble)
		b.quad(at(out+0.2, a, y1), at(out+0.2, a, y1+0.25), at(out+0.2, e, y1+0.25), at(out+0.2, e, y1), marble)
		b.quad(at(in-0.2, a, y1), at(out+0.2, a, y1), at(out+0.2, e, y1), at(in-0.2, e, y1), limestone)
		b.quad(at(in-0.2, a, y1+0.25), at(in-0.2, e, y1+0.25), at(out+0.2, e, y1+0.25), at(out+0.2, a, y1+0.25), limestone)
	}
}

func cypress(b *builder, x, z, h float32) {
	b.lathe(x, z, []mgl32.Vec2{{0.16, -0.4}, {0.14, 0.4}}, 10, 0, 0, stuff{92, 72, 54, 0})
	for i := range 5 {
		t := float32(i) / 5
		r := 0.75 * (1 - 0.75*t) * (0.85 + 0.15*h/4)
		b.ball(mgl32.Vec3{x, 0.5 + t*h + r*0.8, z}, r, 9, 13, 0.12, leaf)
	}
}

func fountain(b *builder) {
	b.lathe(0, 0, []mgl32.Vec2{{1.9, -0.02}, {1.9, 0.5}, {1.95, 0.55}, {1.95, 0.62}, {1.65, 0.62}, {1.65, 0.4}}, 64, 0, 0, marble)
	b.lathe(0, 0, []mgl32.Vec2{{1.66, 0.45}, {0, 0.451}}, 64, 0, 0, water)
	b.lathe(0, 0, []mgl32.Vec2{{0.8, 0.4}, {0.62, 0.7}, {0.5, 1.0}, {0.42, 1.7}, {0.62, 1.95}, {0.7, 2.05}, {0, 2.06}}, 48, 0, 0, limestone)
}

// View holds what one frame shows; it is reused from frame to frame.
type View struct {
	Camera view.Camera
	Parts  []int // those of Court.Parts that are seen
	Lamps  []Lamp
	Turn   mgl32.Mat4 // of the sculpture
	Shadow mgl32.Mat4 // from the world into the moon's view
}

// Pick fills v for a frame and a picture of width × height pixels.
func (v *View) Pick(c *Court, frame, width, height int) {
	lap := 2 * math.Pi * float64(frame%FramesPerLap) / FramesPerLap
	d := 7.2 + 0.9*math.Sin(2*lap+1)
	eye := mgl32.Vec3{float32(d * math.Cos(lap)), float32(2.9 + 1.1*math.Sin(3*lap)), float32(d * math.Sin(lap))}
	v.Camera = lens.Look(eye, mgl32.Vec3{0, 2.2, 0}, width, height)
	v.Turn = mgl32.HomogRotate3DY(float32(9 * lap))
	v.Shadow = mgl32.Ortho(-ShadowReach, ShadowReach, -ShadowReach, ShadowReach, 1, 4*ShadowReach).
		Mul4(mgl32.LookAtV(Moon.Normalize().Mul(2*ShadowReach), mgl32.Vec3{}, mgl32.Vec3{0, 1, 0}))
	v.Parts, v.Lamps = v.Parts[:0], v.Lamps[:0]
	for i := range c.Parts {
		if p := &c.Parts[i]; v.Camera.Sees(p.Centre, p.Radius) {
			v.Parts = append(v.Parts, i)
		}
	}
	for i := range c.flights {
		if l := c.flights[i].at(lap); v.Camera.Sees(l.Pos, l.Reach) {
			v.Lamps = append(v.Lamps, l)
		}
	}
}

// at gives a lamp at a share of the camera's lap, 0 to 2π.
func (f *flight) at(lap float64) Lamp {
	a := f.start + f.laps*lap
	r := float64(f.radius) + float64(f.sway)*math.Sin(f.bends*lap+f.phase)
	y := float64(f.lift) + 0.35*math.Sin(f.climb*lap+f.phase)
	return Lamp{mgl32.Vec3{float32(r * math.Cos(a)), float32(max(0.2, y)), float32(r * math.Sin(a))}, f.colour, 2.15}
}
