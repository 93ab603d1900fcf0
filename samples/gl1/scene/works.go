package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/dice"
	"github.com/prismgl/prism/samples/internal/view"
)

const (
	// FramesPerSecond turns frame numbers into the clock's time.
	FramesPerSecond = 30
	// FramesPerLap is how long the camera takes to come back.
	FramesPerLap = 3600
	// module is the pitch diameter of a wheel by its teeth; a tooth stands out as far.
	module = 0.05
	// FramesPerTick is half a swing of the pendulum.
	FramesPerTick = 30
)

// Layers are the heights over the wall at which wheels turn; one is thick.
var layers = [...]float32{0.34, 0.68, 1.02}

const thick = 0.16

// Wheel is one wheel of the works.
type Wheel struct {
	X, Y, Z float32 // its middle
	Teeth   int     // 0: a balance, which swings
	Radius  float32 // of its pitch circle
	Spokes  int
	Metal   int // a number in Works.Metals

	driver    int     // the wheel that drives it, -1: the works' own speed
	onAxle    bool    // it sits on its driver's axle
	direction float64 // in which it lies, seen from its driver
}

// SharesAxle tells whether the wheel sits on the axle of the one that drives it.
func (k *Wheel) SharesAxle() bool { return k.onAxle }

// Metal is how a wheel shines: its colours in light.
type Metal struct {
	Ambient, Diffuse, Specular [4]float32
	Shininess                  float32
}

// Works is all of it.
type Works struct {
	Wheels []Wheel
	Metals []Metal
	Wood   [2]mgl32.Vec3 // dark and light
	Seed   uint64

	start float64 // the hour, in seconds
}

// train lists the wheels: each after the wheel that drives it.
var train = []struct {
	driver    int
	onAxle    bool
	direction float64 // degrees
	teeth     int
	layer     int
	spokes    int
}{
	{-1, false, 0, 72, 1, 6},  // 0: the great wheel
	{0, false, 35, 36, 1, 5},  // 1
	{1, true, 0, 60, 2, 6},    // 2
	{2, false, -40, 24, 2, 4}, // 3
	{3, true, 0, 48, 0, 5},    // 4
	{4, false, 20, 40, 0, 5},  // 5: behind the dial
	{0, false, 110, 28, 1, 4}, // 6
	{6, true, 0, 0, 2, 3},     // 7: the balance
	{5, false, 60, 24, 0, 4},  // 8
	{5, false, -70, 32, 0, 5}, // 9
	{0, false, -35, 20, 1, 3}, // 10
	{10, true, 0, 44, 0, 5},   // 11
}

// DialWheel is the wheel around whose axle the dial lies, Balance the one that swings.
const (
	DialWheel = 5
	Balance   = 7
)

// New makes the works of a seed.
func New(seed uint64) *Works {
	r := dice.New(seed, 'g')
	brass := Metal{[4]float32{0.34, 0.23, 0.08, 1}, [4]float32{0.92, 0.62, 0.24, 1}, [4]float32{0.95, 0.85, 0.55, 1}, 48}
	copper := Metal{[4]float32{0.28, 0.13, 0.08, 1}, [4]float32{0.86, 0.46, 0.30, 1}, [4]float32{0.90, 0.65, 0.50, 1}, 36}
	steel := Metal{[4]float32{0.20, 0.21, 0.23, 1}, [4]float32{0.62, 0.65, 0.70, 1}, [4]float32{0.95, 0.97, 1.00, 1}, 70}
	woods := [][2]mgl32.Vec3{
		{{0.30, 0.16, 0.08}, {0.66, 0.42, 0.24}},
		{{0.22, 0.12, 0.08}, {0.52, 0.31, 0.19}},
		{{0.36, 0.24, 0.14}, {0.76, 0.56, 0.36}},
	}
	w := &Works{Metals: []Metal{brass, copper, steel}, Wood: woods[r.N(len(woods))], Seed: seed, start: float64(r.Between(0, 12*3600))}
	for i, t := range train {
		k := Wheel{
			Teeth: t.teeth, Radius: module / 2 * float32(t.teeth), Spokes: t.spokes, Z: layers[t.layer],
			driver: t.driver, onAxle: t.onAxle, direction: t.direction * math.Pi / 180,
		}
		k.Metal = [...]int{0, 0, 1, 2}[r.N(4)]
		switch {
		case i == Balance:
			k.Radius = 0.85
			k.Metal = 0
			fallthrough
		case t.onAxle:
			k.X, k.Y = w.Wheels[t.driver].X, w.Wheels[t.driver].Y
		case t.driver < 0:
			k.X, k.Y = -3.3, -0.6
			k.Metal = 0
		default:
			d := &w.Wheels[t.driver]
			k.X = d.X + (d.Radius+k.Radius)*float32(math.Cos(k.direction))
			k.Y = d.Y + (d.Radius+k.Radius)*float32(math.Sin(k.direction))
		}
		w.Wheels = append(w.Wheels, k)
	}
	return w
}

// State is one frame.
type State struct {
	Camera   view.Camera
	Angles   []float64 // of each wheel, radians
	Pendulum float64   // radians
	Hour     float64   // of the hands, radians from the top, clockwise
	Minute   float64
	Second   float64
	Coil     float64 // how tight the balance's spring is, -1 to 1
}

// ticks is how many ticks have passed: the works stand still, and step quickly.
func ticks(frame int) float64 {
	n, at := float64(frame/FramesPerTick), float64(frame%FramesPerTick)/FramesPerTick
	t := min(1, at/0.3)
	return n + t*t*(3-2*t)
}

// At fills s for a frame and a picture of width × height pixels.
func (w *Works) At(s *State, frame, width, height int) {
	lap := 2 * math.Pi * float64(frame%FramesPerLap) / FramesPerLap
	eye := mgl32.Vec3{float32(2.6*math.Sin(lap) - 0.3), float32(0.7 + 0.9*math.Sin(2*lap)), float32(9.4 + 0.6*math.Cos(3*lap))}
	s.Camera = lens.Look(eye, mgl32.Vec3{-0.1 + 0.25*float32(math.Sin(lap)), -0.05, 0.4}, width, height)

	seconds := float64(frame) / FramesPerSecond
	swing := math.Pi * float64(frame%(2*FramesPerTick)) / FramesPerTick
	s.Pendulum = 0.16 * math.Sin(swing)
	s.Coil = math.Sin(2 * swing)
	now := w.start + seconds
	s.Minute = 2 * math.Pi * math.Mod(now, 3600) / 3600
	s.Hour = 2 * math.Pi * math.Mod(now, 12*3600) / (12 * 3600)
	s.Second = 2 * math.Pi * math.Mod(w.start+ticks(frame), 60) / 60
	s.Angles = s.Angles[:0]
	for i := range w.Wheels {
		s.Angles = append(s.Angles, w.angle(i, frame, s))
	}
}

var lens = view.Lens{FovY: 38 * math.Pi / 180, Near: 1, Far: 60}

// angle of a wheel: a tooth's middle lies there. Those before it in the train are known.
func (w *Works) angle(i, frame int, s *State) float64 {
	k := &w.Wheels[i]
	switch {
	case i == Balance:
		return 2.4 * s.Coil
	case k.driver < 0:
		return ticks(frame) * 2 * math.Pi / float64(k.Teeth)
	case k.onAxle:
		return s.Angles[k.driver]
	}
	d := &w.Wheels[k.driver]
	// Where the driver has a tooth this wheel has a gap; both see the place of contact from opposite sides.
	return k.direction + math.Pi - math.Pi/float64(k.Teeth) + (k.direction-s.Angles[k.driver])*float64(d.Teeth)/float64(k.Teeth)
}
