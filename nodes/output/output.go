package output

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
)

// ErrWindowGone says that the window of a frame no longer exists. An output reports it once a window and is silent about that
// window from then on.
var ErrWindowGone = errors.New("output: window gone")

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
	Present(ctx context.Context, f *Frame) error
	// Close finishes what is being written and frees everything.
	Close() error
}

// Multi gives each frame to each of its outputs in order. One that fails does not keep the others from their frame.
type Multi []Output

// Name lists the names.
func (m Multi) Name() string {
	names := make([]string, len(m))
	for i, o := range m {
		names[i] = o.Name()
	}
	return strings.Join(names, "+")
}

// Present joins the errors.
func (m Multi) Present(ctx context.Context, f *Frame) error {
	var errs []error
	for _, o := range m {
		if err := o.Present(ctx, f); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Close closes all and joins the errors.
func (m Multi) Close() error {
	var errs []error
	for _, o := range m {
		if err := o.Close(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
