package bounds

import (
	"encoding/binary"
	"math"
)

// OpenGL's names of the types of vertex arrays.
const (
	Byte          = 0x1400
	UnsignedByte  = 0x1401
	Short         = 0x1402
	UnsignedShort = 0x1403
	Int           = 0x1404
	UnsignedInt   = 0x1405
	Float         = 0x1406
	Double        = 0x140A
	HalfFloat     = 0x140B
	Fixed         = 0x140C
	Int2101010    = 0x8D9F // GL_INT_2_10_10_10_REV
	Uint2101010   = 0x8368 // GL_UNSIGNED_INT_2_10_10_10_REV
	Uint10f11f11f = 0x8C3B // GL_UNSIGNED_INT_10F_11F_11F_REV
	BGRA          = 0x80E1 // as a size: four, the first and the third swapped
)

// Array says how positions lie in a buffer.
type Array struct {
	Type       uint32
	Size       int // components, or BGRA
	Normalized bool
	Stride     int    // from one element to the next, not 0
	Offset     uint64 // of element 0
}

// elementBytes of an array's element; 0: not a format of OpenGL's.
func (a *Array) elementBytes() int {
	n := a.Size
	if n == BGRA {
		n = 4
	}
	if n < 1 || n > 4 || a.Size == BGRA && !a.Normalized {
		return 0
	}
	switch a.Type {
	case Int2101010, Uint2101010:
		if n != 4 {
			return 0
		}
		return 4
	case Uint10f11f11f:
		if n != 3 {
			return 0
		}
		return 4
	case UnsignedByte:
		return n
	}
	if a.Size == BGRA {
		return 0
	}
	switch a.Type {
	case Byte:
		return n
	case Short, UnsignedShort, HalfFloat:
		return 2 * n
	case Int, UnsignedInt, Float, Fixed:
		return 4 * n
	case Double:
		return 8 * n
	}
	return 0
}

// StrideOr gives what a stride of 0 stands for.
func (a *Array) StrideOr(stride int) int {
	if stride != 0 {
		return stride
	}
	return a.elementBytes()
}

// Reach tells whether elements first … first+count-1 lie within size bytes.
func (a *Array) Reach(size, first, count int) bool {
	n := a.elementBytes()
	if n == 0 || a.Stride <= 0 || first < 0 || count < 1 || a.Offset > uint64(size) {
		return false
	}
	last := uint64(first) + uint64(count) - 1
	return last < 1<<32 && a.Offset+last*uint64(a.Stride)+uint64(n) <= uint64(size)
}

// Range bounds elements first … first+count-1 of data. ok: they lie within it and are finite.
func (a *Array) Range(data []byte, first, count int) (b Box, ok bool) {
	if !a.Reach(len(data), first, count) {
		return b, false
	}
	b = Empty()
	at := int(a.Offset) + first*a.Stride
	if a.Type == Float && a.Size <= 4 {
		a.floats(data[at:], count, &b)
	} else {
		for range count {
			b.Add(a.read(data[at:]))
			at += a.Stride
		}
	}
	if a.Normalized {
		a.loosen(&b)
	}
	return b, b.finite()
}

// loosen makes room for the other way to read signed normalised values, (2c + 1) / (2ⁿ - 1), which OpenGL had before 4.2.
func (a *Array) loosen(b *Box) {
	var most float64
	switch a.Type {
	case Byte:
		most = 255
	case Short:
		most = 65535
	case Int:
		most = math.MaxUint32
	case Int2101010:
		most = 3 // of w; nothing is lost where x, y and z get it too
	default:
		return
	}
	for i := range b.Min {
		if b.Min[i] != b.Max[i] || i < a.Size {
			b.Min[i] -= 2 / most
			b.Max[i] += 2 / most
		}
	}
}

// floats is the short way for what nearly all arrays are.
func (a *Array) floats(data []byte, count int, b *Box) {
	le := binary.LittleEndian
	low, high := [4]float32{}, [4]float32{}
	for i := range a.Size {
		low[i] = math.Float32frombits(le.Uint32(data[4*i:]))
		high[i] = low[i]
	}
	bad := float32(0) // becomes NaN with the first value that is none or infinite
	for k := 0; k < count; k++ {
		e := data[k*a.Stride:]
		for i := range a.Size {
			x := math.Float32frombits(le.Uint32(e[4*i:]))
			low[i] = min(low[i], x)
			high[i] = max(high[i], x)
			bad += x - x
		}
	}
	for i := range 4 {
		b.Min[i], b.Max[i] = float64(low[i]), float64(high[i])
		if i >= a.Size {
			b.Min[i], b.Max[i] = rest[i], rest[i]
		}
	}
	if bad != 0 {
		b.Max[0] = math.NaN()
	}
}

// rest is what components have that an array does not.
var rest = [4]float64{0, 0, 0, 1}

// read gives one position.
func (a *Array) read(d []byte) [4]float64 {
	p := rest
	le := binary.LittleEndian
	scaled := func(v, most float64) float64 {
		if a.Normalized {
			return max(v/most, -1)
		}
		return v
	}
	switch a.Type {
	case Int2101010, Uint2101010:
		w := le.Uint32(d)
		n := a.Size
		if n == BGRA {
			n = 4
		}
		for i := range n {
			width := uint(10)
			if i == 3 {
				width = 2
			}
			f := w >> (10 * i) & (1<<width - 1)
			if a.Type == Uint2101010 {
				p[i] = scaled(float64(f), float64(uint(1)<<width-1))
			} else {
				s := int32(f<<(32-width)) >> (32 - width)
				p[i] = scaled(float64(s), float64(uint(1)<<(width-1)-1))
			}
		}
	case Uint10f11f11f:
		w := le.Uint32(d)
		p[0], p[1], p[2] = small(w&0x7ff, 6), small(w>>11&0x7ff, 6), small(w>>22, 5)
	default:
		n := a.Size
		if n == BGRA {
			n = 4
		}
		for i := range n {
			switch a.Type {
			case Byte:
				p[i] = scaled(float64(int8(d[i])), 127)
			case UnsignedByte:
				p[i] = scaled(float64(d[i]), 255)
			case Short:
				p[i] = scaled(float64(int16(le.Uint16(d[2*i:]))), 32767)
			case UnsignedShort:
				p[i] = scaled(float64(le.Uint16(d[2*i:])), 65535)
			case HalfFloat:
				p[i] = half(le.Uint16(d[2*i:]))
			case Int:
				p[i] = scaled(float64(int32(le.Uint32(d[4*i:]))), math.MaxInt32)
			case UnsignedInt:
				p[i] = scaled(float64(le.Uint32(d[4*i:])), math.MaxUint32)
			case Float:
				p[i] = float64(math.Float32frombits(le.Uint32(d[4*i:])))
			case Fixed:
				p[i] = float64(int32(le.Uint32(d[4*i:]))) / 65536
			case Double:
				p[i] = math.Float64frombits(le.Uint64(d[8*i:]))
			}
		}
	}
	if a.Size == BGRA {
		p[0], p[2] = p[2], p[0]
	}
	return p
}

// half is a float of 1, 5 and 10 bits.
func half(h uint16) float64 {
	v := small(uint32(h&0x7fff), 10)
	if h&0x8000 != 0 {
		return -v
	}
	return v
}

// small is a float without sign: 5 bits of exponent above so many of mantissa.
func small(w uint32, mantissa uint) float64 {
	m, e := float64(w&(1<<mantissa-1))/float64(uint(1)<<mantissa), int(w>>mantissa)
	switch e {
	case 0:
		return math.Ldexp(m, -14)
	case 31:
		if m != 0 {
			return math.NaN()
		}
		return math.Inf(1)
	}
	return math.Ldexp(1+m, e-15)
}
