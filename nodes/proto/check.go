package proto

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrControl is the class of errors in a received control message.
var ErrControl = errors.New("proto: bad control message")

// Limits of what control messages and records may claim; later code allocates by them.
const (
	MaxSide   = 1 << 16 // pixels of a drawable's side
	MaxPixels = 1 << 28 // of a drawable: a frame of 1 GiB
	MaxTiles  = 255     // of one worker: what PieceHeader can count
	MaxShift  = 0.5     // pixels
)

// CheckSize says whether a drawable may have this size; 0 is a size, of a window that shows nothing.
func CheckSize(width, height uint32) error {
	if width > MaxSide || height > MaxSide || uint64(width)*uint64(height) > MaxPixels {
		return fmt.Errorf("%d×%d pixels: at most %d a side and %d in all", width, height, MaxSide, MaxPixels)
	}
	return nil
}

// ParseControl decodes a control message and checks it: exactly one member is set, and a plan is one that can be carried out.
func ParseControl(b []byte) (c Control, err error) {
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrControl, err)
	}
	n := 0
	for _, set := range []bool{c.Plan != nil, c.End != nil, c.Ready != nil, c.Frame != nil, c.Fault != nil, c.Notes != nil, c.Done != nil, c.Debug != nil,
		c.Show != nil, c.Staged != nil, c.Shown != nil} {
		if set {
			n++
		}
	}
	if n != 1 {
		return c, fmt.Errorf("%w: it says %d things, want one", ErrControl, n)
	}
	if c.Plan != nil {
		if err := c.Plan.Validate(); err != nil {
			return c, err
		}
	}
	if c.Debug != nil {
		if err := c.Debug.check(); err != nil {
			return c, err
		}
	}
	if c.Staged != nil {
		if err := checkLost(c.Staged.Lost); err != nil {
			return c, err
		}
	}
	if c.Shown != nil {
		if err := checkLost(c.Shown.Lost); err != nil {
			return c, err
		}
	}
	if f := c.Frame; f != nil && (f.ReplayWall < 0 || f.ReplayCPU < 0 || f.Readback < 0 || f.Cost < 0 || f.Sent < 0) {
		return c, fmt.Errorf("%w: frame %d: a time is negative", ErrControl, f.Number)
	}
	return c, nil
}

// Validate checks that tiles lie within the drawable and hold no more than it does, so that what a worker reads back is bounded by one frame.
func (p *Plan) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: plan of drawable %d: %s", ErrControl, p.Drawable, fmt.Sprintf(format, args...))
	}
	if p.Width < 0 || p.Height < 0 || p.Width > MaxSide || p.Height > MaxSide {
		return bad("%d×%d pixels: want 0 to %d a side", p.Width, p.Height, MaxSide)
	}
	if err := CheckSize(uint32(p.Width), uint32(p.Height)); err != nil {
		return bad("%v", err)
	}
	if len(p.Tiles) > MaxTiles {
		return bad("%d tiles, %d is the most", len(p.Tiles), MaxTiles)
	}
	if !p.Scissor.within(p.Width, p.Height) {
		return bad("scissor %+v is outside of %d×%d", p.Scissor, p.Width, p.Height)
	}
	for _, v := range []float64{p.Shift.X, p.Shift.Y} {
		if !(v >= -MaxShift && v <= MaxShift) {
			return bad("it is shifted by (%v, %v) pixels: want -%v to %v", p.Shift.X, p.Shift.Y, MaxShift, MaxShift)
		}
	}
	held := Rect{W: p.Width, H: p.Height}
	if p.Target != (Rect{}) {
		if held = p.Target; !held.within(p.Width, p.Height) || held.W < 1 || held.H < 1 {
			return bad("its target %+v is empty or outside of %d×%d", held, p.Width, p.Height)
		}
		if p.Scissor.W > 0 && p.Scissor.H > 0 && !p.Scissor.in(held) {
			return bad("scissor %+v is outside of its target %+v", p.Scissor, held)
		}
	}
	area := 0
	for i, t := range p.Tiles {
		if !t.within(p.Width, p.Height) {
			return bad("tile %d, %+v, is outside of %d×%d", i, t, p.Width, p.Height)
		}
		if !t.in(held) {
			return bad("tile %d, %+v, is outside of its target %+v", i, t, held)
		}
		area += t.W * t.H
	}
	if area > p.Width*p.Height {
		return bad("tiles of %d pixels in all, it has %d", area, p.Width*p.Height)
	}
	return p.checkViews(bad)
}

// within tells whether r lies in a drawable of w × h; it may be empty.
func (r Rect) within(w, h int) bool {
	return r.X >= 0 && r.Y >= 0 && r.W >= 0 && r.H >= 0 && r.X <= w && r.Y <= h && r.W <= w-r.X && r.H <= h-r.Y
}

func (r Rect) in(o Rect) bool {
	return r.X >= o.X && r.Y >= o.Y && r.X+r.W <= o.X+o.W && r.Y+r.H <= o.Y+o.H
}
