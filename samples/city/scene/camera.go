package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// FramesPerSecond turns frame numbers into the town's time.
const FramesPerSecond = 30

// FramesPerLap is how long the camera's flight takes to close.
const FramesPerLap = 3600

// Near and far planes.
const (
	Near = 2
	Far  = 3200
)

// Camera is the eye at one frame.
type Camera struct {
	Eye      mgl32.Vec3
	ViewProj mgl32.Mat4
	// Corner rays of the picture, not normalised: lower left, and what to add for its full width and height.
	Ray, RayRight, RayUp mgl32.Vec3

	planes [5]mgl32.Vec4 // left, right, bottom, top, far; normals point inwards
}

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
func At(frame, width, height int) Camera {
	a := angle(frame)
	eye := path(a)
	ahead := path(a + 0.3)
	// Look ahead, drawn somewhat to the centre, where the towers are.
	to := mgl32.Vec3{ahead[0] * 0.62, 62 + 14*float32(math.Sin(3*a)), ahead[2] * 0.62}
	up := mgl32.Vec3{0, 1, 0}
	aspect := float32(max(width, 1)) / float32(max(height, 1))
	const fovY = 52 * math.Pi / 180
	c := Camera{Eye: eye}
	c.ViewProj = mgl32.Perspective(fovY, aspect, Near, Far).Mul4(mgl32.LookAtV(eye, to, up))

	forward := to.Sub(eye).Normalize()
	right := forward.Cross(up).Normalize()
	top := right.Cross(forward)
	th := float32(math.Tan(fovY / 2))
	c.RayRight, c.RayUp = right.Mul(2*th*aspect), top.Mul(2*th)
	c.Ray = forward.Sub(c.RayRight.Mul(0.5)).Sub(c.RayUp.Mul(0.5))

	m := c.ViewProj
	row := func(i int) mgl32.Vec4 { return m.Row(i) }
	w := row(3)
	for i, p := range []mgl32.Vec4{w.Add(row(0)), w.Sub(row(0)), w.Add(row(1)), w.Sub(row(1)), w.Sub(row(2))} {
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
