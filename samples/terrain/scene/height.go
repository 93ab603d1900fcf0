package scene

import (
	"math"

	"github.com/prismgl/prism/samples/internal/dice"
)

// octaves of the land's noise; the finest is some 12 m wide.
const octaves = 8

// height of the land at a place: hills and ridges around a valley that the flight goes through.
func height(seed uint64, x, z float32) float32 {
	// Bend the place, so that ridges wind.
	const bend = 320
	wx, _, _ := noise(seed+1, x/1700, z/1700)
	wz, _, _ := noise(seed+2, x/1700, z/1700)
	px, pz := (x+bend*(wx-0.5)*2)/1500, (z+bend*(wz-0.5)*2)/1500
	var sum, total, dx, dz float32
	amp, ridge := float32(1), float32(1)
	for o := range octaves {
		n, gx, gz := noise(seed+16*uint64(o), px, pz)
		// Slopes take less of the finer octaves, as if rain had washed them; ridges take more.
		dx, dz = dx+gx*amp, dz+gz*amp
		n = 1 - float32(math.Abs(float64(2*n-1)))
		n *= n
		sum += amp * n * ridge / (1 + 0.35*(dx*dx+dz*dz))
		total += amp
		ridge = min(1, 0.25+n*1.3)
		amp *= 0.47
		// Turned, so that the lattices do not lie on each other.
		px, pz = 1.62*px-1.18*pz+7.3, 1.18*px+1.62*pz-3.1
	}
	h := sum / total
	far := float64(x)*float64(x) + float64(z)*float64(z)
	valley := float32(1 - 0.55*math.Exp(-far/(900*900)))
	return 900*h*valley*(0.6+0.9*h) + 40
}

// noise is value noise with its slope: a number in [0, 1) and how it changes along x and z.
func noise(seed uint64, x, z float32) (n, dx, dz float32) {
	fx, fz := floor(x), floor(z)
	ix, iz := int(fx), int(fz)
	u, v := x-fx, z-fz
	a, b := dice.Lattice(seed, ix, iz), dice.Lattice(seed, ix+1, iz)
	c, d := dice.Lattice(seed, ix, iz+1), dice.Lattice(seed, ix+1, iz+1)
	su, sv := u*u*u*(u*(u*6-15)+10), v*v*v*(v*(v*6-15)+10)
	du, dv := 30*u*u*(u*(u-2)+1), 30*v*v*(v*(v-2)+1)
	k := a - b - c + d
	return a + (b-a)*su + (c-a)*sv + k*su*sv, du * (b - a + k*sv), dv * (c - a + k*su)
}

func floor(f float32) float32 { return float32(math.Floor(float64(f))) }
