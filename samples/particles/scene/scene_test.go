package scene

import (
	"math"
	"slices"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

var volcano = New(1, DefaultCount)

func filled(k *Volcano, frame int) *View {
	var v View
	v.Fill(k, frame, 640, 480)
	return &v
}

func TestFrameFollowsFromItsNumber(t *testing.T) {
	var used View
	for _, f := range []int{7, 3000, 0} {
		used.Fill(volcano, f, 640, 480)
	}
	for _, f := range []int{0, 1, 1800, 7207} {
		used.Fill(volcano, f, 640, 480)
		fresh := filled(New(1, DefaultCount), f)
		if used.Camera != fresh.Camera || used.Glow != fresh.Glow || !slices.Equal(used.Particles, fresh.Particles) {
			t.Errorf("frame %d differs with what was drawn before", f)
		}
	}
	a, b := filled(volcano, 0), filled(volcano, 1)
	if a.Camera == b.Camera || slices.Equal(a.Particles, b.Particles) {
		t.Error("something stands still")
	}
	if volcano.At(3, 64, 48) != volcano.At(3+FramesPerLap, 64, 48) {
		t.Error("the camera's lap does not close")
	}
	if slices.Equal(a.Particles, filled(New(2, DefaultCount), 0).Particles) {
		t.Error("seeds 1 and 2 give the same particles")
	}
}

// Far ones come first, and those at the same depth in the order of their numbers.
func TestOrder(t *testing.T) {
	for f := 0; f < FramesPerLap; f += 400 {
		v := filled(volcano, f)
		last := float32(math.Inf(-1))
		for i := range v.Particles {
			z := v.Camera.View.Mul4x1(v.Particles[i].Pos.Vec4(1))[2]
			if z < last-1e-4 {
				t.Fatalf("frame %d: particle %d lies behind the one before it", f, i)
			}
			last = z
		}
		for i := 1; i < len(v.order); i++ {
			if a, b := v.order[i-1], v.order[i]; a.depth > b.depth || a.depth == b.depth && a.index >= b.index {
				t.Fatalf("frame %d: %+v comes before %+v", f, a, b)
			}
		}
	}
}

// There is some of everything, where it belongs, and blending can work with it.
func TestParticles(t *testing.T) {
	for f := 0; f < FramesPerLap; f += 400 {
		v := filled(volcano, f)
		if n := len(v.Particles); n < DefaultCount/2 || n > DefaultCount {
			t.Errorf("frame %d: %d particles", f, n)
		}
		smoke, light := 0, 0
		for _, p := range v.Particles {
			if p.Look[0] == 0 {
				smoke++
			} else {
				light++
			}
			if p.Size <= 0 || p.Size > 3 || p.Colour[3] < 0 || p.Colour[3] > 1 {
				t.Fatalf("frame %d: %+v", f, p)
			}
			for k, c := range p.Colour {
				if !(c >= 0 && c < 8) {
					t.Fatalf("frame %d: colour %d of %+v", f, k, p)
				}
			}
			if d := p.Turn.Len(); math.Abs(float64(d-1)) > 1e-4 {
				t.Fatalf("frame %d: the turn is none: %+v", f, p)
			}
			if p.Pos[1] < -0.1 || p.Pos.Len() > 40 {
				t.Fatalf("frame %d: %v is out of place", f, p.Pos)
			}
		}
		if smoke < 50 || light < 1000 {
			t.Errorf("frame %d: %d of smoke, %d of light", f, smoke, light)
		}
	}
}

// From frame to frame a particle moves a little, or begins a new life.
func TestLivesAreSmooth(t *testing.T) {
	jumps := 0
	for i := range 400 {
		for f := range 60 {
			a, okA := volcano.particle(i, float32(f)/FramesPerSecond)
			b, okB := volcano.particle(i, float32(f+1)/FramesPerSecond)
			if okA && okB && a.Pos.Sub(b.Pos).Len() > 0.4 {
				jumps++
			}
		}
	}
	// 400 particles live some 5 s each: in 2 s about 160 begin anew.
	if jumps == 0 || jumps > 300 {
		t.Errorf("%d jumps", jumps)
	}
}

func TestMountain(t *testing.T) {
	vertices, indices := volcano.Mountain()
	if len(vertices) != (Steps+1)*(Steps+1) || len(indices) != 6*Steps*Steps {
		t.Fatalf("%d vertices, %d indices", len(vertices), len(indices))
	}
	top := float32(0)
	for i := 0; i < len(indices); i += 3 {
		a, b, c := vertices[indices[i]], vertices[indices[i+1]], vertices[indices[i+2]]
		if face := b.Pos.Sub(a.Pos).Cross(c.Pos.Sub(a.Pos)); face[1] <= 0 || face.Dot(a.Normal) <= 0 {
			t.Fatalf("triangle %d is turned inside out", i/3)
		}
		top = max(top, a.Pos[1])
	}
	if top < Summit-1 || top > Summit+1 {
		t.Errorf("the summit is %g high", top)
	}
	// The mesh ends below the sea, so that nothing hangs in the air.
	for _, v := range vertices {
		if edge := max(math.Abs(float64(v.Pos[0])), math.Abs(float64(v.Pos[2]))); edge > Reach-0.01 && v.Pos[1] > 0 {
			t.Errorf("the land ends at %v", v.Pos)
		}
		if v.Hot < 0 || v.Hot > 3 {
			t.Errorf("%v glows by %g", v.Pos, v.Hot)
		}
	}
}

// The eye is never in the mountain or in the sea, and sees the summit.
func TestWayIsFree(t *testing.T) {
	for f := 0; f < FramesPerLap; f += 5 {
		c := volcano.At(f, 16, 9)
		if c.Eye[1] < max(0, volcano.Height(c.Eye[0], c.Eye[2]))+1 || !c.Sees(mgl32.Vec3{0, Summit, 0}, 0.01) {
			t.Fatalf("frame %d: the eye is at %v", f, c.Eye)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	b.ReportAllocs()
	var v View
	f := 0
	for b.Loop() {
		v.Fill(volcano, f, 1920, 1080)
		f++
	}
}
