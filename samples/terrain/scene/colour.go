package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

// What the ground is made of, in linear light.
var (
	rockDark  = mgl32.Vec3{0.19, 0.17, 0.16}
	rockLight = mgl32.Vec3{0.36, 0.31, 0.26}
	meadow    = mgl32.Vec3{0.20, 0.24, 0.07}
	pasture   = mgl32.Vec3{0.11, 0.18, 0.05}
	woods     = mgl32.Vec3{0.035, 0.075, 0.030}
	scree     = mgl32.Vec3{0.31, 0.28, 0.23}
	sand      = mgl32.Vec3{0.46, 0.40, 0.29}
	snow      = mgl32.Vec3{0.84, 0.88, 0.94}
)

// colour of the ground at a height where the ground's normal has an upward part of up; x and z move its borders.
func colour(seed uint64, x, h, z, up float32) mgl32.Vec3 {
	coarse, _, _ := noise(seed+71, x/310, z/310)
	fine, _, _ := noise(seed+72, x/37, z/37)
	finer, _, _ := noise(seed+73, x/14, z/14)
	at := h + (coarse-0.5)*190 + (fine-0.5)*70
	level := up + (fine-0.5)*0.10 + (finer-0.5)*0.08

	c := blend(pasture, meadow, coarse)
	c = blend(c, woods, step(0.46, 0.56, coarse+0.3*(finer-0.5))*step(430, 330, at))
	c = blend(c, scree, step(380, 520, at))
	c = blend(blend(rockDark, rockLight, 0.6*fine+0.4*finer), c, step(0.66, 0.76, level))
	c = blend(c, sand, step(Lake+12, Lake+3, h))
	return blend(c, snow, step(500, 600, at)*step(0.55, 0.68, level))
}

func blend(a, b mgl32.Vec3, t float32) mgl32.Vec3 { return a.Mul(1 - t).Add(b.Mul(t)) }

// step goes smoothly from 0 at a to 1 at b; a may be the greater one.
func step(a, b, x float32) float32 {
	t := max(0, min(1, (x-a)/(b-a)))
	return t * t * (3 - 2*t)
}

// encoded is a colour as the vertices have it: the root of each part, which the shader squares.
func encoded(c mgl32.Vec3) [3]byte {
	var out [3]byte
	for i, f := range c {
		out[i] = byte(255*math.Sqrt(float64(f)) + 0.5)
	}
	return out
}
