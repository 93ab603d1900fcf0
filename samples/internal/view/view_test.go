package view

import (
	"math"
	"testing"

	"github.com/go-gl/mathgl/mgl32"
)

var lens = Lens{FovY: 1, Near: 1, Far: 500}

// inside tells by the matrix whether a point is in the picture.
func inside(c *Camera, p mgl32.Vec3) bool {
	q := c.ViewProj.Mul4x1(p.Vec4(1))
	return q[3] > lens.Near && max(math.Abs(float64(q[0])), math.Abs(float64(q[1]))) < float64(q[3]) && q[2] < q[3]
}

// A point is seen exactly when the matrix puts it into the picture; a box when any of its points is.
func TestSees(t *testing.T) {
	for _, size := range [][2]int{{1920, 1080}, {333, 777}, {1, 1}, {0, 0}} {
		c := lens.Look(mgl32.Vec3{10, 20, 30}, mgl32.Vec3{-50, 0, 90}, size[0], size[1])
		in, boxes := 0, 0
		for i := range 20 * 20 * 20 {
			p := mgl32.Vec3{float32(i%20)*40 - 400, float32(i/20%20)*20 - 200, float32(i/400)*40 - 400}
			is := inside(&c, p)
			if is {
				in++
				if !c.Sees(p, 0.01) {
					t.Errorf("%v is in the picture but not seen", p)
				}
			} else if d := p.Sub(c.Eye); d.Len() > 10 && c.Sees(p, 0) && c.Sees(c.Eye.Sub(d), 0) {
				t.Errorf("%v is seen, and what is opposite, too", p)
			}
			half := mgl32.Vec3{30, 10, 30}
			if c.SeesBox(p.Sub(half), p.Add(half)) {
				boxes++
			} else if is {
				t.Errorf("the box around %v is in the picture but not seen", p)
			}
		}
		if in == 0 || boxes <= in || boxes > 20*20*20/2 {
			t.Errorf("%v: %d points and %d boxes are seen", size, in, boxes)
		}
	}
}

// The corner rays lead to the picture's corners.
func TestRays(t *testing.T) {
	c := lens.Look(mgl32.Vec3{1, 2, 3}, mgl32.Vec3{40, -5, 60}, 160, 90)
	for x := range 3 {
		for y := range 3 {
			dir := c.Ray.Add(c.RayRight.Mul(float32(x) / 2)).Add(c.RayUp.Mul(float32(y) / 2))
			q := c.ViewProj.Mul4x1(c.Eye.Add(dir.Mul(100)).Vec4(1))
			got := mgl32.Vec2{q[0] / q[3], q[1] / q[3]}
			if want := (mgl32.Vec2{float32(x) - 1, float32(y) - 1}); got.Sub(want).Len() > 1e-4 {
				t.Errorf("the ray at %d,%d goes to %v, want %v", x, y, got, want)
			}
		}
	}
}
