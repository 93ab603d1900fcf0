package barrier

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrOrder is the class of errors of peers that say what cannot be.
var ErrOrder = errors.New("barrier: out of order")

// Frame names a frame.
type Frame struct {
	Drawable uint32
	Number   uint64
}

// step is how far a peer has come with a frame.
type step uint8

const (
	asked step = iota
	drawn
	staged
	shown
)

type member struct {
	peer int
	at   step
	when time.Time // of the last step
}

type waiting struct {
	frame    Frame
	members  []member
	released time.Time // zero: not yet
}

// Stats are the figures of a barrier.
type Stats struct {
	Frames uint64 // shown by all
	// Wait is from the first node's being ready to the last one's, Skew from the first node's word that it shows the frame to the last one's, as
	// they come in.
	Wait, WaitMax, Skew, SkewMax time.Duration
}

// Barrier is one session's; the zero value is ready.
type Barrier struct {
	frames []*waiting
	stats  Stats
}

// Expect begins a frame that these peers are to show; none: it is over at once.
func (b *Barrier) Expect(f Frame, peers []int) {
	if len(peers) == 0 {
		return
	}
	w := &waiting{frame: f}
	for _, p := range peers {
		w.members = append(w.members, member{peer: p})
	}
	b.frames = append(b.frames, w)
}

// Over tells whether all have shown a frame, or nobody is to.
func (b *Barrier) Over(f Frame) bool { return b.find(f) == nil }

func (b *Barrier) find(f Frame) *waiting {
	for _, w := range b.frames {
		if w.frame == f {
			return w
		}
	}
	return nil
}

// step notes that a peer has done the next thing.
func (b *Barrier) step(peer int, f Frame, to step, now time.Time) (*waiting, error) {
	w := b.find(f)
	if w == nil {
		return nil, fmt.Errorf("%w: frame %d of drawable %d is not waited for", ErrOrder, f.Number, f.Drawable)
	}
	for i := range w.members {
		m := &w.members[i]
		if m.peer != peer {
			continue
		}
		if m.at != to-1 || to == shown && w.released.IsZero() {
			return nil, fmt.Errorf("%w: frame %d of drawable %d: step %d after step %d", ErrOrder, f.Number, f.Drawable, to, m.at)
		}
		m.at, m.when = to, now
		return w, nil
	}
	return nil, fmt.Errorf("%w: frame %d of drawable %d is not this peer's to show", ErrOrder, f.Number, f.Drawable)
}

// all tells whether all members have come so far, and how long after the first of them.
func (w *waiting) all(at step) (bool, time.Duration) {
	first, last := w.members[0].when, w.members[0].when
	for _, m := range w.members {
		if m.at < at {
			return false, 0
		}
		if m.when.Before(first) {
			first = m.when
		}
		if m.when.After(last) {
			last = m.when
		}
	}
	return true, last.Sub(first)
}

// Drawn notes that a peer has drawn a frame, which it is to stage now. Of a frame that it is not to show it says nothing.
func (b *Barrier) Drawn(peer int, f Frame, now time.Time) {
	_, _ = b.step(peer, f, drawn, now)
}

// Staged notes that a peer is ready to show a frame; release lists the peers that may show it now: all, or nobody yet.
func (b *Barrier) Staged(peer int, f Frame, now time.Time) (release []int, err error) {
	w, err := b.step(peer, f, staged, now)
	if err != nil {
		return nil, err
	}
	ready, wait := w.all(staged)
	if !ready {
		return nil, nil
	}
	w.released = now
	b.stats.Wait += wait
	b.stats.WaitMax = max(b.stats.WaitMax, wait)
	for _, m := range w.members {
		release = append(release, m.peer)
	}
	return release, nil
}

// Shown notes that a peer has shown a frame.
func (b *Barrier) Shown(peer int, f Frame, now time.Time) error {
	w, err := b.step(peer, f, shown, now)
	if err != nil {
		return err
	}
	if over, skew := w.all(shown); over {
		b.stats.Frames++
		b.stats.Skew += skew
		b.stats.SkewMax = max(b.stats.SkewMax, skew)
		b.frames = slices.DeleteFunc(b.frames, func(o *waiting) bool { return o == w })
	}
	return nil
}

// Overdue finds a peer that has drawn a frame and not staged it, or that may show one and has not, for longer than patience.
func (b *Barrier) Overdue(now time.Time, patience time.Duration) (peer int, f Frame, late bool) {
	for _, w := range b.frames {
		for _, m := range w.members {
			since := m.when
			if m.at == staged && !w.released.IsZero() {
				since = w.released
			} else if m.at != drawn {
				continue
			}
			if now.Sub(since) > patience {
				return m.peer, w.frame, true
			}
		}
	}
	return 0, Frame{}, false
}

// Stats gives the figures so far.
func (b *Barrier) Stats() Stats { return b.stats }
