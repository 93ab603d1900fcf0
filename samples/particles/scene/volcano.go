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
	// DefaultCount is how many particles there are.
	DefaultCount = 12_000
	// Summit is the height of the crater's rim.
	Summit = 5
)

// lens of the camera.
var lens = view.Lens{FovY: 46 * math.Pi / 180, Near: 0.5, Far: 400}

// Kinds of particles.
const (
	Smoke = iota
	Spark
	Ember
	kinds
)

// Volcano is the mountain and the particles' fixed properties.
type Volcano struct {
	Count int

	seed  uint64
	wind  mgl32.Vec2
	seeds []source
}

// source is what one particle keeps over all of its lives.
type source struct {
	kind   int
	period float32 // seconds that a life takes
	phase  float32 // how much of it has passed at frame 0
}

// New makes the volcano of a seed.
func New(seed uint64, count int) *Volcano {
	r := dice.New(seed, 'p')
	a := float64(r.Between(0, 2*math.Pi))
	w := r.Between(0.25, 0.45)
	v := &Volcano{Count: count, seed: seed, wind: mgl32.Vec2{w * float32(math.Cos(a)), w * float32(math.Sin(a))}}
	v.seeds = make([]source, count)
	for i := range v.seeds {
		s := source{kind: Spark, period: r.Between(2.2, 4.2), phase: r.Unit()}
		switch { // an even mix, however many there are
		case i%75 == 0:
			s.kind, s.period = Smoke, r.Between(9, 15)
		case i%4 == 1:
			s.kind, s.period = Ember, r.Between(5, 10)
		}
		v.seeds[i] = s
	}
	return v
}

// At gives the camera of a frame for a picture of width × height pixels.
func (v *Volcano) At(frame, width, height int) view.Camera {
	lap := 2 * math.Pi * float64(frame%FramesPerLap) / FramesPerLap
	d := 17 + 2.5*math.Sin(2*lap)
	eye := mgl32.Vec3{float32(d * math.Cos(lap)), float32(3.4 + 1.6*math.Sin(3*lap+1)), float32(d * math.Sin(lap))}
	return lens.Look(eye, mgl32.Vec3{0, 5.2, 0}, width, height)
}

// Height of the mountain at a place, below 0 in the sea.
func (v *Volcano) Height(x, z float32) float32 {
	r := float32(math.Hypot(float64(x), float64(z)))
	a := float32(math.Atan2(float64(z), float64(x)))
	// Ravines run down its sides, deeper where they are wider apart.
	ravines := float32(0)
	for k, n := range []float32{5, 11, 23} {
		phase := 6.28 * dice.Lattice(v.seed, k, 17)
		ravines += float32(math.Abs(math.Sin(float64(n/2*(a+phase)+0.25*r)))) / float32(k+2)
	}
	n := float32(dice.Fractal(wrap(x), wrap(z), 256, 6, v.seed))
	// As steep at the top as loose ash lies, flat at the shore.
	slope := Summit * float32(math.Exp(-0.27*float64(r-0.9)))
	h := slope - 0.55 - ravines*min(0.55, 0.13*r) + (n-0.5)*0.5*min(1, r)
	if r < 0.9 {
		h -= 1.9 * (0.81 - r*r) // the crater
	}
	return h
}

// wrap turns a place into a pixel of a noise that repeats after 256.
func wrap(f float32) int { return int(math.Floor(float64(f)*11)) & 255 }

// Mountain side: the mesh covers the land from -Reach to Reach.
const (
	Reach = 10.5
	Steps = 168
)

// Vertex is one point of the mountain; Hot is how much it glows by itself.
type Vertex struct {
	Pos, Normal mgl32.Vec3
	Hot         float32
}

// hot tells where lava runs down in a few streams, and that the crater glows.
func (v *Volcano) hot(x, z float32) float32 {
	r := float32(math.Hypot(float64(x), float64(z)))
	a := math.Atan2(float64(z), float64(x))/(2*math.Pi) + 0.5
	// A stream keeps to its direction, and winds a little.
	along := dice.Fractal(int(a*4*255.99)&255, int(r*10)&255, 256, 4, v.seed+5)
	along += 0.3 * (dice.Fractal(int(a*255.99), 0, 256, 2, v.seed+8) - 0.5) // not on all sides alike
	streams := step(0.58, 0.70, along) * step(7, 0.8, r)
	return streams*(0.4+1.1*dice.Fractal(wrap(x*1.3), wrap(z*1.3), 256, 6, v.seed+6)) + step(0.95, 0.55, r)
}

// step goes smoothly from 0 at a to 1 at b; a may be the greater one.
func step(a, b, x float32) float32 {
	t := max(0, min(1, (x-a)/(b-a)))
	return t * t * (3 - 2*t)
}

// Mountain gives the mesh: (Steps+1)² vertices by rows, and its triangles, counter-clockwise seen from above.
func (v *Volcano) Mountain() ([]Vertex, []uint32) {
	const row = Steps + 1
	place := func(i int) float32 { // closer together in the middle
		t := 2*float32(i)/Steps - 1
		return Reach * t * (0.45 + 0.55*t*t)
	}
	vertices := make([]Vertex, 0, row*row)
	for j := range row {
		for i := range row {
			x, z := place(i), place(j)
			const e = 0.06
			n := mgl32.Vec3{v.Height(x-e, z) - v.Height(x+e, z), 2 * e, v.Height(x, z-e) - v.Height(x, z+e)}
			vertices = append(vertices, Vertex{mgl32.Vec3{x, v.Height(x, z), z}, n.Normalize(), v.hot(x, z)})
		}
	}
	var indices []uint32
	for j := range uint32(Steps) {
		for i := range uint32(Steps) {
			a := j*row + i
			indices = append(indices, a, a+row, a+row+1, a, a+row+1, a+1)
		}
	}
	return vertices, indices
}
