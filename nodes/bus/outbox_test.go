package bus

import "testing"

func TestOutbox(t *testing.T) {
	var o outbox
	var freed []byte
	free := func(p []byte) { freed = append(freed, p[0]) }
	for round := range 3 {
		base := o.last
		for i := range 200 {
			o.add([]byte{byte(i)})
		}
		for _, tt := range []struct{ number, want int }{{0, -1}, {1, 0}, {100, 99}, {200, 199}, {201, -1}} {
			p := o.get(base + uint64(tt.number))
			if tt.number == 0 && round > 0 {
				continue // released in the round before
			}
			if got := p != nil; got != (tt.want >= 0) || got && p[0] != byte(tt.want) {
				t.Errorf("round %d: number %d: %v, want %d", round, tt.number, p, tt.want)
			}
		}
		o.release(base+150, free)
		if o.get(base+150) != nil || o.get(base+151) == nil || len(freed) != 150 {
			t.Errorf("round %d: %d were released, want 150", round, len(freed))
		}
		o.release(base+10, free) // again, and of old
		o.release(o.last+5, free)
		if len(freed) != 200 || o.get(o.last) != nil {
			t.Errorf("round %d: %d were released, want 200", round, len(freed))
		}
		for i, b := range freed {
			if b != byte(i) {
				t.Fatalf("round %d: released %d at %d", round, b, i)
			}
		}
		freed = freed[:0]
	}
}

func TestOutboxSteadyAllocatesNothing(t *testing.T) {
	var o outbox
	var b buffers
	step := func() {
		o.add(append(b.get(100_000), 1))
		if o.last > 8 {
			o.release(o.last-8, b.put)
		}
	}
	for range 1000 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func TestBuffers(t *testing.T) {
	var b buffers
	for _, n := range []int{0, 1, 4096, 4097, 1 << 20, 1<<20 + 1, 1 << 27} {
		p := b.get(n)
		if len(p) != 0 || cap(p) < n {
			t.Errorf("%d bytes: length %d, room %d", n, len(p), cap(p))
		}
		b.put(p)
		if n >= 4096 && n <= 1<<26 {
			if q := b.get(n); cap(q) != cap(p) {
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
		b.put(make([]byte, 0, 1<<20))
	}
	if b.held > heldBytes {
		t.Errorf("%d bytes are held, at most %d", b.held, heldBytes)
	}
}
