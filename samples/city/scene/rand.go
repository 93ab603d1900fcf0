package scene

// rng is splitmix64: our own, because a picture must not change with Go's generators.
type rng uint64

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit gives a number in [0, 1).
func (r *rng) unit() float32 { return float32(r.next()>>40) / (1 << 24) }

// between gives a number in [lo, hi).
func (r *rng) between(lo, hi float32) float32 { return lo + (hi-lo)*r.unit() }

// n gives an integer in [0, n).
func (r *rng) n(n int) int { return int(r.next() >> 33 % uint64(n)) }

// hash2 gives a number in [0, 1) for a lattice point.
func hash2(seed uint64, x, y int) float32 {
	return float32(mix(seed^uint64(uint32(x))<<32^uint64(uint32(y))*0x9e3779b97f4a7c15)>>40) / (1 << 24)
}
