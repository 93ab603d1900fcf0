// Package view is a sample's camera: the matrix of a look, the rays through the picture's corners, and what is seen.
// It is plain arithmetic without OpenGL; y points up.
package view

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// Lens says how a camera projects.
type Lens struct {
	FovY      float32 // radians from the bottom to the top of the picture
	Near, Far float32
}

// Camera is the eye at one frame.
type Camera struct {
	Eye      mgl32.Vec3
	View     mgl32.Mat4
	Proj     mgl32.Mat4
	ViewProj mgl32.Mat4
	// Corner rays of the picture, not normalised: lower left, and what to add for its full width and height.
	Ray, RayRight, RayUp mgl32.Vec3

	planes [5]mgl32.Vec4 // left, right, bottom, top, far; normals point inwards
}

// Look places a camera at eye that looks to a point, for a picture of width × height pixels.
func (l Lens) Look(eye, to mgl32.Vec3, width, height int) Camera {
	up := mgl32.Vec3{0, 1, 0}
	aspect := float32(max(width, 1)) / float32(max(height, 1))
	c := Camera{Eye: eye, View: mgl32.LookAtV(eye, to, up), Proj: mgl32.Perspective(l.FovY, aspect, l.Near, l.Far)}
	c.ViewProj = c.Proj.Mul4(c.View)

	forward := to.Sub(eye).Normalize()
	right := forward.Cross(up).Normalize()
	top := right.Cross(forward)
	th := float32(math.Tan(float64(l.FovY) / 2))
	c.RayRight, c.RayUp = right.Mul(2*th*aspect), top.Mul(2*th)
	c.Ray = forward.Sub(c.RayRight.Mul(0.5)).Sub(c.RayUp.Mul(0.5))

	m := c.ViewProj
	w := m.Row(3)
	for i, p := range []mgl32.Vec4{w.Add(m.Row(0)), w.Sub(m.Row(0)), w.Add(m.Row(1)), w.Sub(m.Row(1)), w.Sub(m.Row(2))} {
		c.planes[i] = p.Mul(1 / p.Vec3().Len())
	}
	return c
}

// Sees tells whether any of a sphere can be in the picture.
func (c *Camera) Sees(centre mgl32.Vec3, radius float32) bool {
	for i := range c.planes {
		p := &c.planes[i]
		if p[0]*centre[0]+p[1]*centre[1]+p[2]*centre[2]+p[3] < -radius {
			return false
		}
	}
	return true
}

// SeesBox tells whether any of a box can be in the picture.
func (c *Camera) SeesBox(lo, hi mgl32.Vec3) bool {
	for i := range c.planes {
		p := &c.planes[i]
		d := p[3]
		for k := range 3 {
			d += max(p[k]*lo[k], p[k]*hi[k]) // the corner farthest along the normal
		}
		if d < 0 {
			return false
		}
	}
	return true
}
