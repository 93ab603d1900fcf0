package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/view"
)

// FramesPerSecond turns frame numbers into the town's time.
const FramesPerSecond = 30

// FramesPerLap is how long the camera's flight takes to close.
const FramesPerLap = 3600

var lens = view.Lens{FovY: 52 * math.Pi / 180, Near: 2, Far: 3200}

func path(a float64) mgl32.Vec3 {
	return mgl32.Vec3{
		float32(math.Cos(a) * (500 + 70*math.Cos(3*a))),
		float32(92 + 38*math.Sin(2*a+0.6)),
		float32(math.Sin(a) * (440 + 60*math.Cos(2*a))),
	}
}

func angle(frame int) float64 { return 2*math.Pi*float64(frame)/FramesPerLap - 0.9 }

// ceiling is the height up to which a house at a place may be built without standing in the camera's way.
func ceiling(x, z float32) float32 {
	limit := float32(math.Inf(1))
	const steps = 360
	for i := range steps {
		p := path(2 * math.Pi * float64(i) / steps)
		dx, dz := p[0]-x, p[2]-z
		if dx*dx+dz*dz < 55*55 {
			limit = min(limit, p[1]-30)
		}
	}
	return limit
}

// At gives the camera of a frame for a picture of width × height pixels.
func At(frame, width, height int) view.Camera {
	a := angle(frame)
	ahead := path(a + 0.3)
	// Look ahead, drawn somewhat to the centre, where the towers are.
	to := mgl32.Vec3{ahead[0] * 0.62, 62 + 14*float32(math.Sin(3*a)), ahead[2] * 0.62}
	return lens.Look(path(a), to, width, height)
}
