package scene

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

var works = New(1)

func at(w *Works, frame int) State {
	var s State
	w.At(&s, frame, 640, 480)
	return s
}

func TestFrameFollowsFromItsNumber(t *testing.T) {
	var used State
	for _, f := range []int{7, 3000, 0} {
		works.At(&used, f, 640, 480)
	}
	for _, f := range []int{0, 1, 1800, 7207} {
		works.At(&used, f, 640, 480)
		if fresh := at(New(1), f); !reflect.DeepEqual(used, fresh) {
			t.Errorf("frame %d differs with what was drawn before", f)
		}
	}
	a, b := at(works, 0), at(works, 5)
	if a.Camera == b.Camera || a.Pendulum == b.Pendulum || a.Second == b.Second || slices.Equal(a.Angles, b.Angles) {
		t.Error("something stands still")
	}
	if a.Camera != at(works, FramesPerLap).Camera {
		t.Error("the camera's lap does not close")
	}
	if reflect.DeepEqual(New(1), New(2)) {
		t.Error("seeds 1 and 2 give the same works")
	}
}

// Wheels that drive each other touch at their pitch circles, all others of a layer keep clear of each other.
func TestLayout(t *testing.T) {
	for i := range works.Wheels {
		a := &works.Wheels[i]
		for j := range i {
			b := &works.Wheels[j]
			d := math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) - float64(a.Radius+b.Radius)
			switch {
			case a.driver == j && a.onAxle:
				if a.X != b.X || a.Y != b.Y || a.Z == b.Z {
					t.Errorf("wheels %d and %d: not one over the other", i, j)
				}
			case a.driver == j:
				if math.Abs(d) > 1e-5 || a.Z != b.Z {
					t.Errorf("wheels %d and %d do not touch: %g apart", i, j, d)
				}
			case a.Z == b.Z && d < 2*module:
				t.Errorf("wheels %d and %d are in each other's way: %g apart", i, j, d)
			}
		}
	}
}

// Where two wheels meet, one has a tooth when the other has a gap, at every moment.
func TestTeethMesh(t *testing.T) {
	for f := 0; f < 4000; f += 3 {
		s := at(works, f)
		for i := range works.Wheels {
			a := &works.Wheels[i]
			if a.driver < 0 || a.Teeth == 0 {
				continue
			}
			if a.onAxle {
				if s.Angles[i] != s.Angles[a.driver] {
					t.Fatalf("frame %d: wheel %d turns on its axle", f, i)
				}
				continue
			}
			b := &works.Wheels[a.driver]
			share := func(k *Wheel, angle, from float64) float64 { return (from - angle) * float64(k.Teeth) / (2 * math.Pi) }
			own := share(a, s.Angles[i], a.direction+math.Pi)
			other := share(b, s.Angles[a.driver], a.direction)
			// Seen from opposite sides, teeth go past in opposite directions.
			if d := math.Abs(math.Remainder(own+other-0.5, 1)); d > 1e-6 {
				t.Fatalf("frame %d: wheels %d and %d are %g of a tooth off", f, i, a.driver, d)
			}
		}
	}
}

// The works step: they move in the first third of a tick, stand still after it, and never go back.
func TestTicks(t *testing.T) {
	for f := range 10 * FramesPerTick {
		d := ticks(f+1) - ticks(f)
		if still := f%FramesPerTick >= FramesPerTick/3; d < 0 || still && d != 0 {
			t.Errorf("frame %d: a step of %g", f, d)
		}
	}
	if d := ticks(7*FramesPerTick) - ticks(6*FramesPerTick); d != 1 {
		t.Errorf("a tick is a step of %g", d)
	}
}

// A minute later the hands have moved by a minute.
func TestHands(t *testing.T) {
	a, b := at(works, 300), at(works, 300+60*FramesPerSecond)
	for name, d := range map[string]float64{
		"hour": b.Hour - a.Hour - 2*math.Pi/720, "minute": b.Minute - a.Minute - 2*math.Pi/60, "second": b.Second - a.Second,
	} {
		if math.Abs(math.Remainder(d, 2*math.Pi)) > 1e-9 {
			t.Errorf("the %s hand is off by %g", name, d)
		}
	}
}

// Quads look to where their normals point, and are flat.
func TestShapes(t *testing.T) {
	shapes := map[string]Shape{"dial": Dial(), "rims": DialRims(), "hand": Hand(1, 0.05), "pendulum": Pendulum(3), "link": LinkShape}
	for i := range works.Wheels {
		shapes["wheel"+string(rune('a'+i))] = works.Wheels[i].Shape()
		shapes["axle"+string(rune('a'+i))] = works.Wheels[i].Axle()
	}
	for _, c := range []byte("IVX") {
		s, advance := Letter(c)
		shapes[string(c)] = s
		if advance <= 0 {
			t.Errorf("letter %c is %g wide", c, advance)
		}
	}
	for name, s := range shapes {
		if len(s) == 0 {
			t.Errorf("%s has no quads", name)
		}
		for i, q := range s {
			p := func(k int) mgl32.Vec3 { return q[k].Pos }
			// By the diagonals: a quad's corner may lie on the one before it.
			face := p(2).Sub(p(0)).Cross(p(3).Sub(p(1)))
			if face.Len() < 1e-7 {
				t.Fatalf("%s: quad %d has no area", name, i)
			}
			for k := range q {
				if n := q[k].Normal.Len(); math.Abs(float64(n-1)) > 1e-4 {
					t.Fatalf("%s: quad %d has a normal of length %g", name, i, n)
				}
				if face.Dot(q[k].Normal) <= 0 {
					t.Fatalf("%s: quad %d is turned inside out", name, i)
				}
			}
		}
	}
}

// Teeth of wheels that mesh are narrower than the gaps that they go into.
func TestTeethFit(t *testing.T) {
	if rootShare >= 0.5 || tipShare >= rootShare || rootShare+tipShare > 0.5 {
		t.Errorf("a tooth takes %g of its pitch at the root and %g at the tip", 2*rootShare, 2*tipShare)
	}
}

func TestSpringAndChain(t *testing.T) {
	for _, coil := range []float64{-1, 0, 1} {
		s := Spring(nil, coil)
		last := float32(0)
		for i, c := range s {
			if r := c.Pos.Len(); r < last {
				t.Fatalf("coil %g: the spring goes inwards at point %d", coil, i)
			} else {
				last = r
			}
		}
		if end := s[len(s)-1].Pos; end.Sub(Spring(nil, 0)[len(s)-1].Pos).Len() > 1e-4 {
			t.Errorf("coil %g: the spring's outer end moves", coil)
		}
	}
	a := map[[2]float32]bool{}
	for i := range Links {
		x, y, _ := works.ChainLink(i, 0)
		k := &works.Wheels[0]
		if y > k.Y || y < k.Y-Links/2*LinkPitch || math.Abs(math.Abs(float64(x-k.X))-DrumEdge) > 1e-5 {
			t.Errorf("link %d is at %g,%g", i, x, y)
		}
		a[[2]float32{x, y}] = true
	}
	if len(a) != Links {
		t.Errorf("%d places for %d links", len(a), Links)
	}
}

func TestTextures(t *testing.T) {
	for name, pix := range map[string][]byte{"wood": works.WoodImage(), "room": RoomImage()} {
		want := 3 * WoodSize * WoodSize
		if name == "room" {
			want = 3 * RoomSize * RoomSize
		}
		if len(pix) != want {
			t.Fatalf("%s: %d bytes, want %d", name, len(pix), want)
		}
		if lo, hi := slices.Min(pix), slices.Max(pix); hi-lo < 80 {
			t.Errorf("%s is flat: %d to %d", name, lo, hi)
		}
	}
	if slices.Equal(works.WoodImage(), New(2).WoodImage()) {
		t.Error("seeds 1 and 2 have the same wood")
	}
}
