// Package dice has the samples' random numbers. They are our own, because a picture must not change with Go's generators.
package dice

// Rand is splitmix64.
type Rand uint64

// New gives a generator for a seed and further numbers that set it apart.
func New(seed uint64, apart ...uint64) *Rand {
	for _, a := range apart {
		seed = Mix(seed ^ a*0x9e3779b97f4a7c15)
	}
	r := Rand(Mix(seed))
	return &r
}

// Next gives 64 random bits.
func (r *Rand) Next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return Mix(uint64(*r))
}

// Mix scatters the bits of z.
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Unit gives a number in [0, 1).
func (r *Rand) Unit() float32 { return float32(r.Next()>>40) / (1 << 24) }

// Between gives a number in [lo, hi).
func (r *Rand) Between(lo, hi float32) float32 { return lo + (hi-lo)*r.Unit() }

// N gives an integer in [0, n).
func (r *Rand) N(n int) int { return int(r.Next() >> 33 % uint64(n)) }

// Lattice gives a number in [0, 1) for a lattice point.
func Lattice(seed uint64, x, y int) float32 {
	return float32(Mix(seed^uint64(uint32(x))<<32^uint64(uint32(y))*0x9e3779b97f4a7c15)>>40) / (1 << 24)
}

// Fractal is value noise that repeats after size pixels, a power of two: octaves lattices, each twice as fine, the
// coarsest of 4 × 4 cells. In [0, 1).
func Fractal(x, y, size, octaves int, seed uint64) float32 {
	var sum, weight float32
	amp := float32(1)
	cells := 4
	for o := range octaves {
		if cells > size {
			break
		}
		step := size / cells
		ix, iy := x/step, y/step
		fx, fy := float32(x%step)/float32(step), float32(y%step)/float32(step)
		fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
		s := seed + uint64(o)*31
		jx, jy := (ix+1)%cells, (iy+1)%cells
		lo := Lattice(s, ix, iy)*(1-fx) + Lattice(s, jx, iy)*fx
		hi := Lattice(s, ix, jy)*(1-fx) + Lattice(s, jx, jy)*fx
		sum += amp * (lo*(1-fy) + hi*fy)
		weight += amp
		amp *= 0.55
		cells *= 2
	}
	return sum / weight
}
