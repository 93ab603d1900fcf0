package bus

import (
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	const most = 32 << 20
	for _, tt := range []struct {
		name     string
		perTick  uint64 // arriving in each 50 ms
		ticks    int
		most     uint64
		least    uint64
		atMost   uint64
		afterOff bool // and then nothing for a minute
	}{
		{"Nothing", 0, 40, most, leastPacedBytes, leastPacedBytes, false},
		{"20MbitPerSecond", 125_000, 100, most, 4_900_000, 5_300_000, false},
		{"6MBPerSecond", 300_000, 100, most, 11_900_000, 12_600_000, false},
		{"Fast", 20 << 20, 10, most, most, most, false},
		{"FastThenIdle", 20 << 20, 10, most, leastPacedBytes, leastPacedBytes, true},
		{"SmallWindow", 20 << 20, 10, 1 << 20, 1 << 20, 1 << 20, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p pace
			now := time.Unix(1, 0)
			var got uint64
			for range tt.ticks {
				p.cost += tt.perTick
				got = p.grant(now, tt.most)
				now = now.Add(50 * time.Millisecond)
			}
			if tt.afterOff {
				for range 1200 {
					got = p.grant(now, tt.most)
					now = now.Add(50 * time.Millisecond)
				}
			}
			if got < tt.least || got > tt.atMost {
				t.Errorf("granted %d, want %d to %d", got, tt.least, tt.atMost)
			}
		})
	}
}
