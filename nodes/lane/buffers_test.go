package lane

import "testing"

func TestBuffers(t *testing.T) {
	var b Buffers
	for _, n := range []int{0, 1, 4096, 4097, 1 << 20, 1<<20 + 1, 1 << 27} {
		p := b.Get(n)
		if len(p) != 0 || cap(p) < n {
			t.Errorf("%d bytes: length %d, room %d", n, len(p), cap(p))
		}
		b.Put(p)
		if n >= 4096 && n <= 1<<26 {
			if q := b.Get(n); cap(q) != cap(p) {
				t.Errorf("%d bytes: room %d, then %d", n, cap(p), cap(q))
			}
		}
	}
	// No packet takes more than a quarter more room than it needs, and each size has its own place.
	taken := map[int]int{}
	for n := 4097; n <= 1<<26; n += 1 + n/100 {
		class, size := sizeClass(n)
		if class < 0 || class >= len(b.free) || size < n || size > n+n/4 {
			t.Errorf("%d bytes: class %d of %d bytes", n, class, size)
		}
		if c, s := sizeClass(size); c != class || s != size {
			t.Errorf("size %d of class %d is of class %d, size %d", size, class, c, s)
		}
		if old, known := taken[class]; known && old != size {
			t.Errorf("class %d has sizes %d and %d", class, old, size)
		}
		taken[class] = size
	}
	for range 100 {
		b.Put(make([]byte, 0, 1<<20))
	}
	if b.held > heldBytes {
		t.Errorf("%d bytes are held, at most %d", b.held, heldBytes)
	}
}
