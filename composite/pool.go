package composite

import (
	"math/bits"
	"sync"
)

// Pool keeps buffers for frames and pieces. Get gives exactly the size asked for, contents undefined. It keeps at most
// poolBuffers, of sizes that were asked for lately: after a resize the old sizes leave.
type Pool struct {
	mu   sync.Mutex
	free [][]byte
}

const poolBuffers = 16

// Get gives a buffer of n bytes.
func (p *Pool) Get(n int) []byte {
	p.mu.Lock()
	for i := len(p.free) - 1; i >= 0; i-- {
		// A buffer far larger than asked for would keep a big frame's memory alive under a small one.
		if c := cap(p.free[i]); c >= n && c <= 2*n+4096 {
			b := p.free[i]
			p.free = append(p.free[:i], p.free[i+1:]...)
			p.mu.Unlock()
			return b[:n]
		}
	}
	p.mu.Unlock()
	if n < 1<<20 {
		// Rounded up, so that sizes which vary a little share buffers.
		return make([]byte, 1<<bits.Len(uint(n)))[:n]
	}
	return make([]byte, n)
}

// Put gives a buffer back; the caller must not touch it again.
func (p *Pool) Put(b []byte) {
	if cap(b) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == poolBuffers {
		copy(p.free, p.free[1:])
		p.free = p.free[:poolBuffers-1]
	}
	p.free = append(p.free, b)
}
