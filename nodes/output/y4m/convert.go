package y4m

import (
	"encoding/binary"
	"math"
)

// A pixel's three samples are computed at once, as a sum of one table entry a channel. A sum holds, in fixed point with 12 bits
// behind the point and a half for rounding:
//
//	63        42 41        20 19         0
//	┌───────────┬────────────┬────────────┐
//	│ Cr: 10.12 │ Cb: 10.12  │ Y: 8.12    │
//	└───────────┴────────────┴────────────┘
//
// Single entries may be negative in a field; the sums are not, so what they borrow from the next field is given back. The fields of
// Cb and Cr have room for the sum of four pixels.
const (
	point   = 12
	cbShift = 20
	crShift = 42
)

type tables struct{ b, g, r [256]uint64 }

// newTables has BT.601's matrix in limited range.
func newTables() *tables {
	const kr, kb = 0.299, 0.114
	const kg = 1 - kr - kb
	t := new(tables)
	fix := func(v float64) uint64 { return uint64(int64(math.Round(v * (1 << point)))) }
	for i := range 256 {
		v := float64(i) / 255
		entry := func(k, cb, cr float64) uint64 {
			return fix(219*k*v) + fix(224*cb*v)<<cbShift + fix(224*cr*v)<<crShift
		}
		t.b[i] = entry(kb, 0.5, -kb/(2*(1-kr)))
		t.g[i] = entry(kg, -kg/(2*(1-kb)), -kg/(2*(1-kr)))
		t.r[i] = entry(kr, -kr/(2*(1-kb)), 0.5)
		t.g[i] += fix(16.5) + fix(128.5)<<cbShift + fix(128.5)<<crShift
	}
	return t
}

// at gives the sum for a pixel in BGRA, little-endian.
func (t *tables) at(p uint32) uint64 { return t.b[byte(p)] + t.g[byte(p>>8)] + t.r[byte(p>>16)] }

// full writes the planes of a picture with a chroma sample a pixel. pix has rows bottom first, to 3*w*h bytes.
func (t *tables) full(to, pix []byte, w, h int) {
	n := w * h
	for y := range h {
		src := pix[(h-1-y)*w*4:][:w*4]
		luma, cb, cr := to[y*w:][:w], to[n+y*w:][:w], to[2*n+y*w:][:w]
		for x := range luma {
			v := t.at(binary.LittleEndian.Uint32(src[4*x:]))
			luma[x], cb[x], cr[x] = byte(v>>point), byte(v>>(cbShift+point)), byte(v>>(crShift+point))
		}
	}
}

// half writes the planes of a picture with a chroma sample for two by two pixels; at odd sizes the last ones count twice.
func (t *tables) half(to, pix []byte, w, h int) {
	cw, ch := (w+1)/2, (h+1)/2
	cbPlane, crPlane := to[w*h:][:cw*ch], to[w*h+cw*ch:][:cw*ch]
	const mask = 1<<(crShift-cbShift) - 1
	for y := range ch {
		upper, lower := 2*y, min(2*y+1, h-1)
		srcU, srcL := pix[(h-1-upper)*w*4:][:w*4], pix[(h-1-lower)*w*4:][:w*4]
		lumaU, lumaL := to[upper*w:][:w], to[lower*w:][:w]
		cb, cr := cbPlane[y*cw:][:cw], crPlane[y*cw:][:cw]
		for i := range cb {
			x := 2 * i
			z := min(x+1, w-1)
			a, b := t.at(binary.LittleEndian.Uint32(srcU[4*x:])), t.at(binary.LittleEndian.Uint32(srcU[4*z:]))
			c, d := t.at(binary.LittleEndian.Uint32(srcL[4*x:])), t.at(binary.LittleEndian.Uint32(srcL[4*z:]))
			lumaU[x], lumaU[z], lumaL[x], lumaL[z] = byte(a>>point), byte(b>>point), byte(c>>point), byte(d>>point)
			sum := a>>cbShift + b>>cbShift + c>>cbShift + d>>cbShift
			cb[i], cr[i] = byte(sum&mask>>(point+2)), byte(sum>>(crShift-cbShift+point+2))
		}
	}
}

// sizeBytes of a picture's planes.
func sizeBytes(w, h int, half bool) int {
	if half {
		return w*h + 2*((w+1)/2)*((h+1)/2)
	}
	return 3 * w * h
}
