package bounds

import "encoding/binary"

// Indices are what a draw by elements reads.
type Indices struct {
	Data    []byte // of the element buffer, from the first index on
	Type    uint32 // UnsignedByte, UnsignedShort or UnsignedInt
	Count   int
	Base    int // is added to each
	Restart uint32
	// Restarts: the index Restart begins a new primitive and stands for no vertex. Where there is such a vertex it counts all the same.
	Restarts bool
}

// IndexBytes of an index of a type; 0: it is none of those.
func IndexBytes(typ uint32) int {
	switch typ {
	case UnsignedByte:
		return 1
	case UnsignedShort:
		return 2
	case UnsignedInt:
		return 4
	}
	return 0
}

// at gives an index as it stands.
func (x *Indices) at(i int) uint32 {
	switch x.Type {
	case UnsignedByte:
		return uint32(x.Data[i])
	case UnsignedShort:
		return uint32(binary.LittleEndian.Uint16(x.Data[2*i:]))
	}
	return binary.LittleEndian.Uint32(x.Data[4*i:])
}

// whole tells whether the indices lie in Data.
func (x *Indices) whole() bool {
	n := IndexBytes(x.Type)
	return n != 0 && x.Count >= 0 && x.Count <= len(x.Data)/n
}

// Span gives the least and the largest vertex that is drawn; none: low > high. ok: the indices are all there.
func (x *Indices) Span() (low, high int, ok bool) {
	if !x.whole() {
		return 0, 0, false
	}
	lo, hi := uint32(1<<32-1), uint32(0)
	some := false
	for i := range x.Count {
		v := x.at(i)
		if x.Restarts && v == x.Restart {
			continue
		}
		lo, hi, some = min(lo, v), max(hi, v), true
	}
	if !some {
		return 1, 0, true
	}
	return int(lo) + x.Base, int(hi) + x.Base, true
}

// Elements bounds the positions that the indices name. ok: all are known and finite.
func (a *Array) Elements(data []byte, x *Indices) (b Box, ok bool) {
	low, high, ok := x.Span()
	if !ok {
		return b, false
	}
	if low > high {
		return Empty(), true
	}
	if !a.Reach(len(data), low, high-low+1) {
		return b, false
	}
	b = Empty()
	if at := int(x.Restart) + x.Base; x.Restarts && a.Reach(len(data), at, 1) {
		if b, ok = a.Range(data, at, 1); !ok {
			return b, false
		}
	}
	if high-low < x.Count { // nearly always all between are meant
		all, ok := a.Range(data, low, high-low+1)
		b.Union(&all)
		return b, ok
	}
	for i := range x.Count {
		v := x.at(i)
		if x.Restarts && v == x.Restart {
			continue
		}
		one, ok := a.Range(data, int(v)+x.Base, 1)
		if !ok {
			return b, false
		}
		b.Union(&one)
	}
	return b, b.finite()
}
