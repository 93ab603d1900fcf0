package x11

import (
	"context"
	"errors"
	"fmt"
	"image"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"github.com/prismgl/prism/nodes/output"
)

// region reads a part of the default screen, top row first.
func (a *app) region(r image.Rectangle) []byte {
	a.t.Helper()
	root := xproto.Setup(a.conn).DefaultScreen(a.conn).Root
	got, err := xproto.GetImage(a.conn, xproto.ImageFormatZPixmap, xproto.Drawable(root), int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0xffffffff).Reply()
	a.do(err)
	return got.Data
}

func black(pix []byte) bool {
	for i, b := range pix {
		if i%4 != 3 && b != 0 {
			return false
		}
	}
	return true
}

func TestScreen(t *testing.T) {
	for _, noShm := range []bool{false, true} {
		t.Run(fmt.Sprintf("NoShm=%v", noShm), func(t *testing.T) {
			a := newApp(t)
			window := image.Rect(901, 702, 1001, 782)
			s, err := NewScreen(Config{NoShm: noShm}, Place{X: 901, Y: 702, Width: 100, Height: 80})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if !black(a.region(window)) {
				t.Error("the window does not begin black")
			}
			var before []byte
			for i, c := range []struct {
				w, h int
				at   image.Point
			}{{100, 80, image.Point{}}, {100, 80, image.Point{}}, {60, 50, image.Pt(3, 30)}, {60, 50, image.Pt(40, 0)}, {61, 50, image.Pt(0, 0)}} {
				f := pattern(0, uint64(i+1), c.w, c.h)
				if err := s.Stage(t.Context(), f, c.at); err != nil {
					t.Fatal(err)
				}
				if before != nil && string(a.region(window)) != string(before) {
					t.Errorf("frame %d is seen before it is to be shown", i+1)
				}
				if err := s.Flip(t.Context()); err != nil {
					t.Fatal(err)
				}
				part := image.Rectangle{Min: window.Min.Add(c.at), Max: window.Min.Add(c.at).Add(image.Pt(c.w, c.h))}
				if !same(a.region(part), f, c.w, c.h, false) {
					t.Errorf("frame %d: something else is seen", i+1)
				}
				if c.at.Y > 0 && !black(a.region(image.Rect(window.Min.X, window.Min.Y, window.Max.X, part.Min.Y))) {
					t.Errorf("frame %d: above the picture it is not black", i+1)
				}
				before = a.region(window)
			}
			// What covers the window and goes away leaves no hole.
			cover := a.window(1200, 900, 24)
			a.show(cover)
			a.do(xproto.DestroyWindowChecked(a.conn, xproto.Window(cover)).Check())
			if string(a.region(window)) != string(before) {
				t.Error("the picture is gone where another window was")
			}
		})
	}
}

func TestScreenPlaces(t *testing.T) {
	newApp(t)
	for _, p := range []Place{{X: -1, Width: 10, Height: 10}, {X: 20000, Width: 10, Height: 10}, {Width: 0, Height: 10}, {Width: 20000, Height: 10, Cover: true}} {
		if s, err := NewScreen(Config{}, p); !errors.Is(err, ErrPlace) {
			t.Errorf("%+v: %v, %v", p, s, err)
		}
	}
}

// A server that stops holds up neither step, once its context ends.
func TestScreenOfAStoppedServer(t *testing.T) {
	for name, step := range map[string]func(ctx context.Context, s *Screen) error{
		"Stage":  func(ctx context.Context, s *Screen) error { return s.Stage(ctx, pattern(0, 2, 16, 16), image.Point{}) },
		"Larger": func(ctx context.Context, s *Screen) error { return s.Stage(ctx, pattern(0, 2, 17, 16), image.Point{}) },
		"Flip":   func(ctx context.Context, s *Screen) error { return s.Flip(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			newApp(t)
			display, stop, _ := stopped(t)
			s, err := NewScreen(Config{Display: display}, Place{X: 1100, Y: 900, Width: 20, Height: 20})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Stage(t.Context(), pattern(0, 1, 16, 16), image.Point{}); err != nil {
				t.Fatal(err)
			}
			stop()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if err := step(ctx, s); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, output.ErrEnded) {
				t.Errorf("error %v", err)
			}
			if err := s.Flip(t.Context()); !errors.Is(err, output.ErrEnded) {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
