package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/view"
)

// FramesPerLap is how long the camera's flight takes to close.
const FramesPerLap = 3600

const (
	flightSteps = 720 // of the flight's table of heights
	clearance   = 150 // metres over the land
	nearby      = 18  // steps: a mountain is felt so much ahead and behind
)

var lens = view.Lens{FovY: 50 * math.Pi / 180, Near: 4, Far: 9000}

// track is the flight's way over the ground; a lap is 2π.
func track(a float64) (x, z float32) {
	r := 1150 + 260*math.Cos(3*a+0.4)
	return float32(r * math.Cos(a)), float32(r * math.Sin(a) * 0.9)
}

// plan finds how high the flight must be: over all that is near, and smooth.
func (l *Land) plan() {
	var need, most [flightSteps]float32
	for i := range need {
		x, z := track(2 * math.Pi * float64(i) / flightSteps)
		need[i] = max(height(l.seed, x, z), Lake) + clearance
	}
	for i := range most {
		for d := -nearby; d <= nearby; d++ {
			most[i] = max(most[i], need[(i+d+flightSteps)%flightSteps])
		}
	}
	// A mean over what is near of what is the most near by is never less than what is needed.
	for i := range l.flight {
		var sum float32
		for d := -nearby; d <= nearby; d++ {
			sum += most[(i+d+flightSteps)%flightSteps]
		}
		l.flight[i] = sum / (2*nearby + 1)
	}
}

// eye is where the flight is; a lap is 2π.
func (l *Land) eye(a float64) mgl32.Vec3 {
	at := math.Mod(a/(2*math.Pi)+1, 1) * flightSteps
	i := int(at)
	f := float32(at - float64(i))
	x, z := track(a)
	return mgl32.Vec3{x, l.flight[i%flightSteps]*(1-f) + l.flight[(i+1)%flightSteps]*f, z}
}

// At gives the camera of a frame for a picture of width × height pixels.
func (l *Land) At(frame, width, height int) view.Camera {
	a := 2 * math.Pi * float64(frame%FramesPerLap) / FramesPerLap
	eye, ahead := l.eye(a), l.eye(a+0.35)
	// Look ahead, drawn somewhat to the valley in the middle.
	to := mgl32.Vec3{ahead[0] * 0.75, (eye[1]+ahead[1])/2 - 120, ahead[2] * 0.75}
	return lens.Look(eye, to, width, height)
}
