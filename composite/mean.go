package composite

import (
	"encoding/binary"
	"fmt"
)

// MaxWeight is the most that the weights of a Mean's pictures may come to: sums of 8-bit channels stay within 16 bits.
const MaxWeight = 256

// Mean sums whole pictures of one size and gives their weighted mean: each channel is Σ weight · value / Σ weight, rounded to the nearest
// integer and a half upwards. It is computed in integers, so that the order of the pictures does not matter. Its zero value takes no
// picture; call Reset first.
type Mean struct {
	n     int    // bytes of a picture
	sums  []byte // 16 bits a channel: of eight bytes of a picture first the even ones, then the odd ones
	total int    // weights that are to come in all
	left  int    // of these
}

// SumBytes is the size of the memory that Reset is given for pictures of so many pixels: two channels' sums in four bytes, and each eight
// bytes of a picture take sixteen.
func SumBytes(pixels int) int { return (pixels + 1) / 2 * 16 }

// Reset begins a frame of width × height pixels for pictures whose weights come to total, 1 … MaxWeight. sums has SumBytes(width*height)
// bytes of any contents, which the Mean holds until the next Reset; Sums gives it back.
func (m *Mean) Reset(width, height, total int, sums []byte) error {
	if width < 0 || height < 0 || len(sums) != SumBytes(width*height) {
		return fmt.Errorf("%w: sums of %d bytes for a frame of %d×%d", ErrPiece, len(sums), width, height)
	}
	if total < 1 || total > MaxWeight {
		return fmt.Errorf("%w: weights of %d in all, want 1 to %d", ErrPiece, total, MaxWeight)
	}
	m.n, m.sums, m.total, m.left = width*height*PixelBytes, sums, total, total
	return nil
}

const lanes = 0x00ff00ff00ff00ff

// Put adds a picture: rows bottom first, tight. pix is not retained. After an error the sums are as before.
func (m *Mean) Put(pix []byte, weight int) error {
	switch {
	case weight < 1 || weight > m.left:
		return fmt.Errorf("%w: a picture of weight %d, %d is left of %d", ErrLate, weight, m.left, m.total)
	case len(pix) != m.n:
		return fmt.Errorf("%w: %d bytes for a picture of %d", ErrPiece, len(pix), m.n)
	}
	first := m.left == m.total
	m.left -= weight
	le, w := binary.LittleEndian, uint64(weight)
	sums := m.sums
	if tail := len(pix) &^ 7; tail < len(pix) { // an odd number of pixels
		var last [8]byte
		copy(last[:], pix[tail:])
		add(sums[2*tail:], last[:], w, first)
		pix, sums = pix[:tail], sums[:2*tail]
	}
	if !first && w == 1 { // most are so
		for len(pix) >= 8 && len(sums) >= 16 {
			v := le.Uint64(pix)
			le.PutUint64(sums, le.Uint64(sums)+v&lanes)
			le.PutUint64(sums[8:], le.Uint64(sums[8:])+v>>8&lanes)
			pix, sums = pix[8:], sums[16:]
		}
		return nil
	}
	add(sums, pix, w, first)
	return nil
}

// add adds pix, a multiple of eight bytes, w times to sums, which count as zero if it is the first.
func add(sums, pix []byte, w uint64, first bool) {
	le, keep := binary.LittleEndian, ^uint64(0)
	if first {
		keep = 0
	}
	for len(pix) >= 8 && len(sums) >= 16 {
		v := le.Uint64(pix)
		le.PutUint64(sums, le.Uint64(sums)&keep+v&lanes*w)
		le.PutUint64(sums[8:], le.Uint64(sums[8:])&keep+v>>8&lanes*w)
		pix, sums = pix[8:], sums[16:]
	}
}

// Complete tells whether all pictures have been put.
func (m *Mean) Complete() bool { return m.left == 0 }

// Finish writes the mean to pix, which has the bytes of a picture. All pictures must have been put.
func (m *Mean) Finish(pix []byte) error {
	if m.left != 0 || len(pix) != m.n {
		return fmt.Errorf("%w: a mean in %d bytes of %d, weights of %d are missing", ErrPiece, len(pix), m.n, m.left)
	}
	sums := m.sums
	if tail := len(pix) &^ 7; tail < len(pix) {
		var last [8]byte
		divide(last[:], sums[2*tail:], m.total)
		copy(pix[tail:], last[:])
		pix, sums = pix[:tail], sums[:2*tail]
	}
	divide(pix, sums, m.total)
	return nil
}

// divide writes rounded quotients of sums by n to pix, a multiple of eight bytes.
func divide(pix, sums []byte, n int) {
	le := binary.LittleEndian
	const ones = 0x0001000100010001
	half := uint64(n/2) * ones // sums are at most 255·256, so that nothing is carried into the next lane
	if n&(n-1) == 0 {
		shift := 0
		for 1<<shift < n {
			shift++
		}
		for len(pix) >= 8 && len(sums) >= 16 {
			even := (le.Uint64(sums) + half) >> shift & lanes
			odd := (le.Uint64(sums[8:]) + half) >> shift & lanes
			le.PutUint64(pix, even|odd<<8)
			pix, sums = pix[8:], sums[16:]
		}
		return
	}
	// v / n is v·by >> 24 for all v of 16 bits and n up to 256: by·n exceeds 2^24 by less than n (Granlund and Montgomery, 1994).
	by := uint64(1<<24+n-1) / uint64(n)
	quotients := func(v uint64) uint64 {
		v += half
		return v&0xffff*by>>24 | v>>16&0xffff*by>>24<<16 | v>>32&0xffff*by>>24<<32 | v>>48*by>>24<<48
	}
	for len(pix) >= 8 && len(sums) >= 16 {
		le.PutUint64(pix, quotients(le.Uint64(sums))|quotients(le.Uint64(sums[8:]))<<8)
		pix, sums = pix[8:], sums[16:]
	}
}

// Sums gives the memory back that Reset was given.
func (m *Mean) Sums() []byte {
	sums := m.sums
	m.sums, m.n, m.left = nil, 0, 0
	return sums
}
