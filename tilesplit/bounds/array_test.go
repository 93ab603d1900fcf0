package bounds

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

func TestArrayFormats(t *testing.T) {
	le := binary.LittleEndian
	floats := func(v ...float32) (d []byte) {
		for _, f := range v {
			d = le.AppendUint32(d, math.Float32bits(f))
		}
		return d
	}
	for _, c := range []struct {
		name string
		a    Array
		data []byte
		want [4]float64
	}{
		{"Float3", Array{Type: Float, Size: 3}, floats(1, -2, 3.5), [4]float64{1, -2, 3.5, 1}},
		{"Float2", Array{Type: Float, Size: 2}, floats(1, -2), [4]float64{1, -2, 0, 1}},
		{"Float4", Array{Type: Float, Size: 4}, floats(1, -2, 3, 0.5), [4]float64{1, -2, 3, 0.5}},
		{"Double1", Array{Type: Double, Size: 1}, le.AppendUint64(nil, math.Float64bits(-7.25)), [4]float64{-7.25, 0, 0, 1}},
		{"Byte", Array{Type: Byte, Size: 3}, []byte{0x80, 1, 0x7f}, [4]float64{-128, 1, 127, 1}},
		{"UByteNorm", Array{Type: UnsignedByte, Size: 4, Normalized: true}, []byte{0, 255, 51, 255}, [4]float64{0, 1, 0.2, 1}},
		{"BGRA", Array{Type: UnsignedByte, Size: BGRA, Normalized: true}, []byte{255, 0, 51, 255}, [4]float64{0.2, 0, 1, 1}},
		{"Short", Array{Type: Short, Size: 2}, []byte{0, 0x80, 0xff, 0x7f}, [4]float64{-32768, 32767, 0, 1}},
		{"UShort", Array{Type: UnsignedShort, Size: 2}, []byte{0, 0x80, 0xff, 0x7f}, [4]float64{32768, 32767, 0, 1}},
		{"Int", Array{Type: Int, Size: 1}, []byte{0xfe, 0xff, 0xff, 0xff}, [4]float64{-2, 0, 0, 1}},
		{"UInt", Array{Type: UnsignedInt, Size: 1}, []byte{0xfe, 0xff, 0xff, 0xff}, [4]float64{math.MaxUint32 - 1, 0, 0, 1}},
		{"Fixed", Array{Type: Fixed, Size: 2}, []byte{0, 0x80, 1, 0, 0, 0, 0xff, 0xff}, [4]float64{1.5, -1, 0, 1}},
		{"Half", Array{Type: HalfFloat, Size: 4}, []byte{0, 0x3c, 0, 0xc0, 1, 0, 0xff, 0x7b}, [4]float64{1, -2, math.Ldexp(1, -24), 65504}},
		{"Packed", Array{Type: Int2101010, Size: 4}, le.AppendUint32(nil, 0x3ff|0x1ff<<10|0x200<<20|1<<30), [4]float64{-1, 511, -512, 1}},
		{"PackedUnsigned", Array{Type: Uint2101010, Size: 4, Normalized: true}, le.AppendUint32(nil, 0x3ff|3<<30), [4]float64{1, 0, 0, 1}},
		{"PackedFloats", Array{Type: Uint10f11f11f, Size: 3}, le.AppendUint32(nil, 0x3c0|0x400<<11|0x1e0<<22), [4]float64{1, 2, 1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := c.a
			a.Stride = a.StrideOr(0)
			b, ok := a.Range(append(make([]byte, len(c.data)), c.data...), 1, 1)
			if a.Stride != len(c.data) || !ok {
				t.Fatalf("stride %d of %d bytes, ok %v", a.Stride, len(c.data), ok)
			}
			if b.Min != c.want || b.Max != c.want {
				t.Errorf("%v … %v, want %v", b.Min, b.Max, c.want)
			}
		})
	}
}

// Both ways in which OpenGL has read signed normalised values lie in the box.
func TestArraySignedNormalized(t *testing.T) {
	for v := -128; v < 128; v++ {
		a := Array{Type: Byte, Size: 1, Normalized: true, Stride: 1}
		b, ok := a.Range([]byte{byte(v)}, 0, 1)
		for _, x := range []float64{max(float64(v)/127, -1), (2*float64(v) + 1) / 255} {
			if !ok || x < b.Min[0] || x > b.Max[0] {
				t.Errorf("%d: %v is not in %v … %v", v, x, b.Min[0], b.Max[0])
			}
		}
	}
}

func TestArrayRefuses(t *testing.T) {
	data := make([]byte, 100)
	inf := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.Inf(1))))
	copy(data[40:], inf)
	nan := append([]byte(nil), data...)
	copy(nan[40:], binary.LittleEndian.AppendUint32(nil, 0x7fc00000))
	a := Array{Type: Float, Size: 3, Stride: 12}
	for _, c := range []struct {
		name         string
		a            Array
		data         []byte
		first, count int
		want         bool
	}{
		{"Fits", a, data, 4, 4, true},
		{"Behind", a, data, 4, 5, false},
		{"Negative", a, data, -1, 2, false},
		{"Huge", a, data, 1, math.MaxInt - 1, false},
		{"None", a, data, 0, 0, false},
		{"Infinite", a, data, 0, 4, false},
		{"NotANumber", a, nan, 3, 1, false},
		{"Offset", Array{Type: Float, Size: 3, Stride: 12, Offset: 1 << 63}, data, 0, 1, false},
		{"NoStride", Array{Type: Float, Size: 3}, data, 0, 1, false},
		{"UnknownType", Array{Type: 7, Size: 3, Stride: 12}, data, 0, 1, false},
		{"Size5", Array{Type: Float, Size: 5, Stride: 20}, data, 0, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, ok := c.a.Range(c.data, c.first, c.count); ok != c.want {
				t.Errorf("ok is %v", ok)
			}
		})
	}
}

func TestElements(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	le := binary.LittleEndian
	for range 500 {
		n := 1 + rng.IntN(200)
		var data []byte
		for range n * 3 {
			data = le.AppendUint32(data, math.Float32bits(float32(rng.NormFloat64())))
		}
		a := Array{Type: Float, Size: 3, Stride: 12}
		x := Indices{Type: []uint32{UnsignedByte, UnsignedShort, UnsignedInt}[rng.IntN(3)], Count: rng.IntN(300), Restarts: rng.IntN(2) == 0}
		x.Base = rng.IntN(3) - 1
		x.Restart = map[uint32]uint32{UnsignedByte: 255, UnsignedShort: 65535, UnsignedInt: 1<<32 - 1}[x.Type]
		want := Empty()
		inside := true
		from := rng.IntN(n)
		for range x.Count {
			v := from + rng.IntN(n-from) - x.Base
			if v < 0 {
				v = 0
			}
			if x.Restarts && rng.IntN(5) == 0 {
				v = int(x.Restart)
			} else if at := v + x.Base; at < 0 || at >= n {
				inside = false
			} else {
				b, _ := a.Range(data, at, 1)
				want.Union(&b)
			}
			switch x.Type {
			case UnsignedByte:
				x.Data = append(x.Data, byte(v))
			case UnsignedShort:
				x.Data = le.AppendUint16(x.Data, uint16(v))
			default:
				x.Data = le.AppendUint32(x.Data, uint32(v))
			}
		}
		b, ok := a.Elements(data, &x)
		if ok != inside {
			t.Fatalf("ok is %v, want %v: %+v of %d", ok, inside, x, n)
		}
		if !ok {
			continue
		}
		// It may hold vertices between those that are named.
		if u := want; !want.IsEmpty() {
			u.Union(&b)
			if u != b {
				t.Fatalf("%+v, want at least %+v", b, want)
			}
		} else if !b.IsEmpty() {
			t.Fatalf("%+v of no vertex", b)
		}
		x.Count = len(x.Data) + 1
		if _, ok := a.Elements(data, &x); ok {
			t.Fatal("indices behind the data's end are taken")
		}
	}
}

func BenchmarkArray(b *testing.B) {
	data := make([]byte, 32*100000)
	a := Array{Type: Float, Size: 3, Stride: 32}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := a.Range(data, 0, 100000); !ok {
			b.Fatal("not bounded")
		}
	}
}
