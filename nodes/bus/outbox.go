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
