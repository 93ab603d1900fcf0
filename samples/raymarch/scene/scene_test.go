package scene

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

func TestFrameFollowsFromItsNumber(t *testing.T) {
	used := New(1)
	for _, f := range []int{7, 3000, 0} {
		used.At(f, 640, 480)
	}
	for _, f := range []int{0, 1, 1800, 7207} {
		if a, b := used.At(f, 640, 480), New(1).At(f, 640, 480); a != b {
			t.Errorf("frame %d differs with what was drawn before", f)
		}
	}
	if a, b := used.At(0, 640, 480), used.At(30, 640, 480); a.Camera == b.Camera || a.Orbs == b.Orbs || a.Turn == b.Turn {
		t.Error("something stands still")
	}
	if used.At(5, 64, 48) != used.At(5+FramesPerLap, 64, 48) {
		t.Error("the lap does not close")
	}
	if *New(1) != *New(1) || *New(1) == *New(2) {
		t.Error("want one scene a seed")
	}
}

// From frame to frame nothing jumps, also where a lap ends.
func TestNoJumps(t *testing.T) {
	s := New(3)
	for f := range FramesPerLap {
		a, b := s.At(f, 16, 9), s.At(f+1, 16, 9)
		if d := a.Camera.Eye.Sub(b.Camera.Eye).Len(); d > 0.05 {
			t.Fatalf("frame %d: the eye jumps %g", f, d)
		}
		for i := range a.Orbs {
			if d := a.Orbs[i].Sub(b.Orbs[i]).Len(); d > 0.1 {
				t.Fatalf("frame %d: orb %d jumps %g", f, i, d)
			}
		}
	}
}

// The parts stay in the sphere that the shader looks in, over the sea; the eye stays outside of it and sees it.
func TestInItsSphere(t *testing.T) {
	centre := mgl32.Vec3{0, Height, 0}
	left, right := 0, 0
	for seed := range uint64(40) {
		s := New(seed)
		for f := 0; f < FramesPerLap; f += 30 {
			st := s.At(f, 16, 9)
			for i, o := range st.Orbs {
				if d := o.Len() + s.Carve[2]; d > Reach {
					t.Fatalf("seed %d frame %d: orb %d reaches %g", seed, f, i, d)
				}
				if y := Height + st.Turn.Transpose().Mul3x1(o)[1]; y-s.Carve[2] < 0.2 {
					t.Fatalf("seed %d frame %d: orb %d touches the sea", seed, f, i)
				}
			}
			c := &st.Camera
			if d := c.Eye.Sub(centre).Len(); d < Reach+1 || c.Eye[1] < 1 || !c.Sees(centre, 0.1) {
				t.Fatalf("seed %d frame %d: the eye at %v, %g from the middle", seed, f, c.Eye, d)
			}
			q := c.ViewProj.Mul4x1(centre.Vec4(1))
			switch x := q[0] / q[3]; {
			case x < -0.2:
				left++
			case x > 0.2:
				right++
			}
			if d := st.Turn.Det(); math.Abs(float64(d-1)) > 1e-4 {
				t.Fatalf("frame %d: the turn is none, determinant %g", f, d)
			}
		}
	}
	if left == 0 || right == 0 {
		t.Errorf("left of the middle in %d frames, right of it in %d", left, right)
	}
}

// The shader has these numbers of its own.
func TestShaderAgrees(t *testing.T) {
	b, err := os.ReadFile("../shaders/march.frag")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("middle = vec3(0.0, %g, 0.0);", Height), fmt.Sprintf("reach = %g;", Reach), fmt.Sprintf("u_orbs[%d];", Orbs), fmt.Sprintf("i < %d; i++) {\n\t\tvec3 o = p - u_orbs[i];", Orbs),
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("march.frag has no %q", want)
		}
	}
}
