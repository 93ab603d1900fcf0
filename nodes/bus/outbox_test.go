package bus

import (
	"testing"

	"github.com/prismgl/prism/nodes/lane"
)

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
	var b lane.Buffers
	step := func() {
		o.add(append(b.Get(100_000), 1))
		if o.last > 8 {
			o.release(o.last-8, b.Put)
		}
	}
	for range 1000 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}
