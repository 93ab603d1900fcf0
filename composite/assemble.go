package composite

import (
	"errors"
	"fmt"
	"image"
)

// Classes of errors of Put.
var (
	ErrPiece   = errors.New("composite: bad piece") // outside the frame, or its bytes do not fit its rectangle
	ErrOverlap = errors.New("composite: pieces overlap")
	ErrLate    = errors.New("composite: late piece") // the frame was complete, or given up, before it came
)

// PixelBytes is the size of a BGRA8 pixel.
const PixelBytes = 4

// Assembler puts the pieces of one frame together. Its zero value takes no piece; call Reset first.
type Assembler struct {
	width, height int
	pix           []byte
	put           []image.Rectangle
	left          int // pixels
	open          bool
}

// Reset begins a frame of width × height pixels in pix, which the Assembler holds until Take or the next Reset.
// len(pix) must be width*height*PixelBytes.
func (a *Assembler) Reset(width, height int, pix []byte) error {
	if width < 0 || height < 0 || len(pix) != width*height*PixelBytes {
		return fmt.Errorf("%w: a buffer of %d bytes for a frame of %d×%d", ErrPiece, len(pix), width, height)
	}
	a.width, a.height, a.pix = width, height, pix
	a.put = a.put[:0]
	a.left = width * height
	a.open = a.left > 0
	return nil
}

// Check tells whether a piece for r may still come, without its pixels.
func (a *Assembler) Check(r image.Rectangle) error {
	if !a.open {
		return fmt.Errorf("%w: %v", ErrLate, r)
	}
	if !r.In(image.Rect(0, 0, a.width, a.height)) || r.Min.X > r.Max.X || r.Min.Y > r.Max.Y {
		return fmt.Errorf("%w: %v is outside the frame of %d×%d", ErrPiece, r, a.width, a.height)
	}
	for _, o := range a.put {
		if o.Overlaps(r) {
			return fmt.Errorf("%w: %v and %v", ErrOverlap, o, r)
		}
	}
	return nil
}

// Put copies a piece to its place. r has its origin at the lower left; pix holds its rows bottom first, tight, and is not
// retained. After an error the frame is as before.
func (a *Assembler) Put(r image.Rectangle, pix []byte) error {
	if err := a.Check(r); err != nil {
		return err
	}
	w, h := r.Dx(), r.Dy()
	if len(pix) != w*h*PixelBytes {
		return fmt.Errorf("%w: %d bytes for %v", ErrPiece, len(pix), r)
	}
	if w == 0 || h == 0 {
		return nil
	}
	row, stride := w*PixelBytes, a.width*PixelBytes
	to := a.pix[(r.Min.Y*a.width+r.Min.X)*PixelBytes:]
	if w == a.width {
		copy(to, pix)
	} else {
		for y := range h {
			copy(to[y*stride:y*stride+row], pix[y*row:])
		}
	}
	a.put = append(a.put, r)
	a.left -= w * h
	return nil
}

// Complete tells whether each pixel of the frame has been put.
func (a *Assembler) Complete() bool { return a.left == 0 }

// Missing gives those of the wanted rectangles that no piece has touched.
func (a *Assembler) Missing(want []image.Rectangle) (missing []image.Rectangle) {
next:
	for _, w := range want {
		for _, p := range a.put {
			if p.Overlaps(w) {
				continue next
			}
		}
		if !w.Empty() {
			missing = append(missing, w)
		}
	}
	return missing
}

// Take ends the frame and hands its buffer to the caller. Pieces that come later are ErrLate.
func (a *Assembler) Take() []byte {
	pix := a.pix
	a.pix, a.open = nil, false
	return pix
}
