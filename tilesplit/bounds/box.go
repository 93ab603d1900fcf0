package bounds

import "math"

// Box holds positions: x, y, z, w of each lie between Min and Max. The zero value holds the origin with w = 0; use Empty.
type Box struct{ Min, Max [4]float64 }

// Empty is the box without a position.
func Empty() Box {
	i := math.Inf(1)
	return Box{[4]float64{i, i, i, i}, [4]float64{-i, -i, -i, -i}}
}

// IsEmpty tells whether b holds no position.
func (b *Box) IsEmpty() bool { return b.Min[0] > b.Max[0] }

// Add widens b to hold a position.
func (b *Box) Add(p [4]float64) {
	for i, v := range p {
		b.Min[i] = min(b.Min[i], v)
		b.Max[i] = max(b.Max[i], v)
	}
}

// Union widens b to hold o.
func (b *Box) Union(o *Box) {
	for i := range b.Min {
		b.Min[i] = min(b.Min[i], o.Min[i])
		b.Max[i] = max(b.Max[i], o.Max[i])
	}
}

// finite tells whether arithmetic on b means something.
func (b *Box) finite() bool {
	for i := range b.Min {
		// False for NaN and infinities, which the differences are then.
		if d := b.Max[i] - b.Min[i]; !(d >= 0 && d <= math.MaxFloat64) {
			return false
		}
	}
	return true
}
