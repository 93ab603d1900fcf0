// Package scene is what the raymarch sample shows, without any OpenGL: where the sculpture's parts are at a frame, its
// colours and the camera. The distance field itself is written in the fragment shader.
//
// A unit is about a metre, y points up, the sea is at y = 0 and the sculpture floats over the origin.
package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/dice"
	"github.com/prismgl/prism/samples/internal/view"
)

// FramesPerSecond turns frame numbers into the scene's time.
const FramesPerSecond = 30

// FramesPerLap is how long the camera takes to come back.
const FramesPerLap = 3600

// Orbs is how many polished orbs go around the sculpture.
const Orbs = 4

// Height of the sculpture's centre over the sea, and radius of the sphere that holds its parts, as in the shader.
const (
	Height = 2.2
	Reach  = 3.1
)

var lens = view.Lens{FovY: 44 * math.Pi / 180, Near: 0.1, Far: 400}

// Scene is what the seed chooses.
type Scene struct {
	Carve                mgl32.Vec3 // width of the holes, radius of the core, radius of the orbs
	Stone, Inside, Metal mgl32.Vec3

	orbits [Orbs]orbit
}

type orbit struct {
	radius      float32
	tilt, start float64
	laps        float64 // in the time of the camera's one
}

// State is one frame.
type State struct {
	Camera  view.Camera
	Orbs    [Orbs]mgl32.Vec3 // their centres, as the sculpture sees them
	Turn    mgl32.Mat3       // from the world to the sculpture, about its middle
	Seconds float32
}

// New makes the scene of a seed.
func New(seed uint64) *Scene {
	r := dice.New(seed, 'r')
	stones := []mgl32.Vec3{{0.80, 0.74, 0.64}, {0.70, 0.72, 0.74}, {0.78, 0.62, 0.52}, {0.62, 0.70, 0.64}}
	glows := []mgl32.Vec3{{1.00, 0.36, 0.10}, {0.95, 0.50, 0.08}, {0.16, 0.62, 0.90}, {0.85, 0.18, 0.30}}
	metals := []mgl32.Vec3{{1.00, 0.78, 0.42}, {0.95, 0.93, 0.90}, {0.98, 0.64, 0.50}}
	s := &Scene{
		Carve: mgl32.Vec3{r.Between(0.92, 1.08), r.Between(0.50, 0.72), r.Between(0.24, 0.32)},
		Stone: stones[r.N(len(stones))], Inside: glows[r.N(len(glows))], Metal: metals[r.N(len(metals))],
	}
	for i := range s.orbits {
		s.orbits[i] = orbit{
			radius: r.Between(2.25, 2.7),
			tilt:   float64(r.Between(-0.4, 0.4)), start: 2*math.Pi*float64(i)/Orbs + float64(r.Between(-0.3, 0.3)),
			laps: float64(9 + r.N(6)),
		}
	}
	return s
}

// At gives a frame for a picture of width × height pixels. The sculpture wanders from side to side of the picture, near
// and far, so that the costly part of it is now here, now there.
func (s *Scene) At(frame, width, height int) State {
	lap := 2 * math.Pi * float64(frame%FramesPerLap) / FramesPerLap
	sin := func(a float64) float32 { return float32(math.Sin(a)) }
	cos := func(a float64) float32 { return float32(math.Cos(a)) }
	distance := 8.3 + 1.4*sin(3*lap+0.4)
	eye := mgl32.Vec3{distance * cos(lap), 2.5 + 0.9*sin(2*lap+0.5), distance * sin(lap)}
	// Look past the sculpture, to the left and to the right of it by turns.
	aside := 1.9 * sin(5*lap)
	to := mgl32.Vec3{-aside * sin(lap), 1.5 + 0.3*sin(4*lap), aside * cos(lap)}
	st := State{
		Camera:  lens.Look(eye, to, width, height),
		Turn:    mgl32.Rotate3DY(float32(5 * lap)).Mul3(mgl32.Rotate3DX(float32(3*lap) + 0.5)),
		Seconds: float32(frame%FramesPerLap) / FramesPerSecond,
	}
	for i, o := range s.orbits {
		a := o.start + o.laps*lap
		x, z := o.radius*cos(a), o.radius*sin(a)
		st.Orbs[i] = st.Turn.Mul3x1(mgl32.Vec3{x * cos(o.tilt), x * sin(o.tilt), z})
	}
	return st
}
