package lane

import "math/bits"

// Buffers is a store of buffers by size, four sizes to a power of two, so that steady traffic allocates nothing. The zero value is
// empty and ready. It is not safe for concurrent use.
type Buffers struct {
	free [4 * (maxShift - minShift)][][]byte
	held int // bytes in free
}

const (
	minShift  = 12 // up to 4 KiB is left to the collector
	maxShift  = 26
	heldBytes = 96 << 20
)

// sizeClass gives the smallest size of the store that holds n bytes, and its place; -1: the store has none.
func sizeClass(n int) (class, size int) {
	if n <= 1<<minShift || n > 1<<maxShift {
		return -1, n
	}
	shift := bits.Len(uint(n-1)) - 1 // 1<<shift < n <= 2<<shift
	step := 1 << (shift - 2)
	steps := (n - 1<<shift + step - 1) / step // 1 to 4
	return 4*(shift-minShift) + steps - 1, 1<<shift + steps*step
}

// Get gives an empty buffer with room for n bytes.
func (b *Buffers) Get(n int) []byte {
	class, size := sizeClass(n)
	if class < 0 {
		return make([]byte, 0, n)
	}
	if free := b.free[class]; len(free) > 0 {
		p := free[len(free)-1]
		free[len(free)-1] = nil
		b.free[class] = free[:len(free)-1]
		b.held -= cap(p)
		return p[:0]
	}
	return make([]byte, 0, size)
}

// Put takes a buffer of Get back.
func (b *Buffers) Put(p []byte) {
	class, size := sizeClass(cap(p))
	if class < 0 || cap(p) != size || b.held+cap(p) > heldBytes {
		return
	}
	b.free[class] = append(b.free[class], p)
	b.held += cap(p)
}
