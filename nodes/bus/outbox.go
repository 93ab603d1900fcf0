package bus

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

// buffers is a small store of packet buffers, so that steady sending allocates nothing.
type buffers struct {
	size int
	free [][]byte
}

const keptBuffers = 64

func (b *buffers) get(n int) []byte {
	if k := len(b.free); k > 0 && n > b.size/8 {
		p := b.free[k-1]
		b.free[k-1] = nil
		b.free = b.free[:k-1]
		return p[:0]
	}
	if n > b.size/8 {
		return make([]byte, 0, b.size)
	}
	return make([]byte, 0, n)
}

func (b *buffers) put(p []byte) {
	if cap(p) == b.size && len(b.free) < keptBuffers {
		b.free = append(b.free, p)
	}
}
