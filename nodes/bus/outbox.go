package bus

import "math/bits"

// outbox keeps the packets of one stream until all receivers have them. Not safe for concurrent use.
type outbox struct {
	first uint64 // number of the oldest kept packet; packets[head] is it
	last  uint64 // number given to the newest packet, 0: none yet
	// packets[head:] are kept; packets[:head] were released
	packets [][]byte
	head    int
}

// add keeps a packet, whose number must be last+1.
func (o *outbox) add(p []byte) {
	if o.head == len(o.packets) {
		o.packets, o.head = o.packets[:0], 0
	} else if o.head > 64 && o.head > len(o.packets)/2 {
		n := copy(o.packets, o.packets[o.head:])
		clear(o.packets[n:])
		o.packets, o.head = o.packets[:n], 0
	}
	o.last++
	if o.head == len(o.packets) {
		o.first = o.last
	}
	o.packets = append(o.packets, p)
}

// get gives a kept packet or nil.
func (o *outbox) get(number uint64) []byte {
	if o.head == len(o.packets) || number < o.first || number > o.last {
		return nil
	}
	return o.packets[o.head+int(number-o.first)]
}

// release forgets all packets up to number and gives each to free.
func (o *outbox) release(number uint64, free func([]byte)) {
	for o.head < len(o.packets) && o.first <= number {
		free(o.packets[o.head])
		o.packets[o.head] = nil
		o.head++
		o.first++
	}
}

// buffers is a store of packet buffers by size, four sizes to a power of two, so that steady sending allocates nothing.
type buffers struct {
	free [4 * (maxShift - minShift)][][]byte
	held int // bytes in free
}

const (
	minShift  = 12 // up to 4 KiB is left to the collector
	maxShift  = 26
	heldBytes = 32 << 20
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

// get gives an empty buffer with room for n bytes.
func (b *buffers) get(n int) []byte {
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

// put takes a buffer of get back.
func (b *buffers) put(p []byte) {
	class, size := sizeClass(cap(p))
	if class < 0 || cap(p) != size || b.held+cap(p) > heldBytes {
		return
	}
	b.free[class] = append(b.free[class], p)
	b.held += cap(p)
}
