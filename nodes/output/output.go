package output

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"
)

// ErrWindowGone says that the window of a frame no longer exists. An output reports it once a window and is silent about that
// window from then on.
var ErrWindowGone = errors.New("output: window gone")

// ErrEnded is the class of errors after which an output takes no frame any more. Ended makes one.
var ErrEnded = errors.New("output: ended")

// Ended puts err into the class ErrEnded; its text stays.
func Ended(err error) error { return ended{err} }

type ended struct{ error }

func (e ended) Unwrap() error      { return e.error }
func (ended) Is(target error) bool { return target == ErrEnded }

// Frame is one composed picture. Its memory is valid until Present returns.
type Frame struct {
	Drawable      uint32 // the session's serial of the drawable
	XID           uint32 // the X window behind it, 0: none
	Number        uint64 // counts the frames of the drawable from 1
	Width, Height int    // pixels
	Pix           []byte // Width*Height*4 bytes, BGRA8, bottom row first
	Tiles         []image.Rectangle
}

// Check tells whether the sizes of f agree.
func (f *Frame) Check() error {
	if f.Width < 1 || f.Height < 1 || len(f.Pix) != f.Width*f.Height*4 {
		return fmt.Errorf("output: frame %d: %d bytes for %d×%d pixels", f.Number, len(f.Pix), f.Width, f.Height)
	}
	return nil
}

// Output takes frames.
type Output interface {
	Name() string
	// Present shows or writes f. The end of ctx ends it soon, whatever it waits for.
	Present(ctx context.Context, f *Frame) error
	// Close finishes what is being written and frees everything.
	Close() error
}

// Live is an Output at which somebody looks: of each drawable only the newest frame matters.
type Live interface {
	Output
	Live()
}

// Blind is an Output that does nothing with frames: where no other is, they need not be put together.
type Blind interface {
	Output
	Blind()
}

// Progress is an Output whose Present or Close may take long for one frame: the count changes while that gets on. It may be
// called by any goroutine at any time.
type Progress interface {
	Output
	Progress() uint64
}

// Multi is several outputs that are closed together.
type Multi []Output

// Name lists the names.
func (m Multi) Name() string {
	names := make([]string, len(m))
	for i, o := range m {
		names[i] = o.Name()
	}
	return strings.Join(names, "+")
}

// Close closes all at once and joins the errors. One that does not get on for DefaultPatience is left alone and reported.
func (m Multi) Close() error { return m.close(DefaultPatience) }

func (m Multi) close(patience time.Duration) error {
	done := make([]chan error, len(m))
	for i, o := range m {
		done[i] = make(chan error, 1)
		go func() { done[i] <- o.Close() }() // ends with Close; abandoned only with an output that hangs
	}
	errs := make([]error, len(m))
	for i, o := range m {
		w := watch{patience: patience, moved: func() uint64 { return progress(o) }}
		ticker := time.NewTicker(watchEvery)
		for waiting := true; waiting; {
			select {
			case errs[i] = <-done[i]:
				waiting = false
			case now := <-ticker.C:
				if w.stuck(now) {
					errs[i] = fmt.Errorf("%s does not end: no progress for %v", o.Name(), patience)
					waiting = false
				}
			}
		}
		ticker.Stop()
	}
	return errors.Join(errs...)
}

func progress(o Output) uint64 {
	if p, ok := o.(Progress); ok {
		return p.Progress()
	}
	return 0
}

// watch finds out that something has not moved for a while.
type watch struct {
	patience time.Duration
	moved    func() uint64
	last     uint64
	since    time.Time
}

// watchEvery is how often one looks.
const watchEvery = 50 * time.Millisecond

func (w *watch) stuck(now time.Time) bool {
	if n := w.moved(); w.since.IsZero() || n != w.last {
		w.last, w.since = n, now
	}
	return now.Sub(w.since) >= w.patience
}
