package barrier

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func at(ms int) time.Time { return time.Unix(1000, 0).Add(time.Duration(ms) * time.Millisecond) }

func TestReleasedTogether(t *testing.T) {
	var b Barrier
	one, two := Frame{1, 1}, Frame{1, 2}
	b.Expect(one, []int{0, 2})
	b.Expect(two, []int{0, 2})
	b.Drawn(0, one, at(0))
	b.Drawn(1, one, at(0)) // has no display
	if r, err := b.Staged(0, one, at(5)); r != nil || err != nil {
		t.Fatalf("released to %v while one is not ready, %v", r, err)
	}
	if err := b.Shown(0, one, at(6)); !errors.Is(err, ErrOrder) {
		t.Errorf("shown before the others are ready: %v", err)
	}
	b.Drawn(0, two, at(7)) // a frame ahead
	b.Drawn(2, one, at(10))
	r, err := b.Staged(2, one, at(15))
	if err != nil || !slices.Equal(r, []int{0, 2}) {
		t.Fatalf("released to %v, %v", r, err)
	}
	if b.Over(one) {
		t.Error("over before anybody has shown it")
	}
	for i, p := range []int{2, 0} {
		if err := b.Shown(p, one, at(16+3*i)); err != nil {
			t.Error(err)
		}
	}
	if !b.Over(one) || b.Over(two) {
		t.Errorf("over: %v, %v", b.Over(one), b.Over(two))
	}
	want := Stats{Frames: 1, Wait: 10 * time.Millisecond, WaitMax: 10 * time.Millisecond, Skew: 3 * time.Millisecond, SkewMax: 3 * time.Millisecond}
	if got := b.Stats(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestOutOfOrder(t *testing.T) {
	f := Frame{3, 9}
	for name, say := range map[string]func(b *Barrier) error{
		"StagedUndrawn": func(b *Barrier) error { _, err := b.Staged(0, f, at(1)); return err },
		"StagedTwice": func(b *Barrier) error {
			b.Drawn(0, f, at(1))
			b.Staged(0, f, at(2))
			_, err := b.Staged(0, f, at(3))
			return err
		},
		"OfNobody":        func(b *Barrier) error { _, err := b.Staged(1, f, at(1)); return err },
		"UnknownFrame":    func(b *Barrier) error { return b.Shown(0, Frame{3, 8}, at(1)) },
		"ShownUnreleased": func(b *Barrier) error { b.Drawn(0, f, at(1)); b.Staged(0, f, at(2)); return b.Shown(0, f, at(3)) },
	} {
		b := new(Barrier)
		b.Expect(f, []int{0, 2})
		if err := say(b); !errors.Is(err, ErrOrder) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := new(Barrier)
	b.Expect(f, nil)
	if !b.Over(f) {
		t.Error("a frame that nobody shows is waited for")
	}
}

func TestOverdue(t *testing.T) {
	var b Barrier
	f := Frame{1, 1}
	b.Expect(f, []int{0, 1})
	late := func(ms, want int) {
		t.Helper()
		peer, of, late := b.Overdue(at(ms), time.Second)
		if late != (want >= 0) || late && (peer != want || of != f) {
			t.Errorf("after %d ms: peer %d, %+v, %v; want %d", ms, peer, of, late, want)
		}
	}
	late(100000, -1) // drawing takes as long as it takes
	b.Drawn(1, f, at(0))
	late(900, -1)
	late(1100, 1)
	b.Staged(1, f, at(1200))
	late(90000, -1) // it is not to blame that the other one draws
	b.Drawn(0, f, at(90000))
	b.Staged(0, f, at(90001))
	late(90500, -1)
	b.Shown(0, f, at(90600))
	late(91200, 1)
}

// TestAnyOrder: whatever the order in which peers say their steps, all are released once and at the last one's being ready.
func TestAnyOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 42))
	for range 200 {
		var b Barrier
		peers := 1 + rng.IntN(5)
		all := make([]int, peers)
		for i := range all {
			all[i] = i
		}
		const frames = 4
		for n := range uint64(frames) {
			b.Expect(Frame{1, n}, all)
		}
		next := make([]int, peers) // frame·3 + step
		released, ready := map[uint64]bool{}, map[uint64]int{}
		for clock, left := 0, peers*frames*3; left > 0; clock++ {
			p := rng.IntN(peers)
			n, f := uint64(next[p]/3), Frame{1, uint64(next[p] / 3)}
			if n == frames {
				continue
			}
			switch next[p] % 3 {
			case 0:
				b.Drawn(p, f, at(clock))
			case 1:
				ready[n]++
				r, err := b.Staged(p, f, at(clock))
				if err != nil || (len(r) == peers) != (ready[n] == peers) || len(r) > 0 && released[n] {
					t.Fatalf("frame %d, %d of %d are ready: released to %v, %v", n, ready[n], peers, r, err)
				}
				released[n] = released[n] || len(r) > 0
			case 2:
				if !released[n] {
					continue
				}
				if err := b.Shown(p, f, at(clock)); err != nil {
					t.Fatal(err)
				}
			}
			next[p]++
			left--
		}
		if b.Stats().Frames != frames || len(b.frames) != 0 {
			t.Fatalf("%+v, %d frames are left", b.Stats(), len(b.frames))
		}
	}
}
