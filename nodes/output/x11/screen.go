package x11

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/jezek/xgb/xproto"

	"github.com/prismgl/prism/nodes/output"
)

// ErrPlace says that a window does not fit on its screen.
var ErrPlace = errors.New("x11: window does not fit on the screen")

// Place is where a Screen's window stands on an X server's screen: its upper left corner and its size in pixels.
type Place struct {
	X, Y, Width, Height int
	// Cover: the window covers all of the screen, which has to be at least Width × Height; X and Y count for nothing.
	Cover bool
}

// Screen is a window of prism's own, black and without borders, that no window manager touches, for pictures that are shown in two steps: Stage
// brings one to the server, Flip shows it. What other windows uncover again the server itself paints. It is used by one goroutine at a
// time. Its connection is cut when the context of one of its methods ends, and then it shows nothing any more (output.ErrEnded).
type Screen struct {
	out          *Output
	place        Place
	outer, inner xproto.Window // the window, and in it the picture
	pixmaps      [2]xproto.Pixmap
	size         image.Point     // of the pixmaps
	back         int             // which of them is not shown
	staged       image.Rectangle // of the picture, in the window
	shown        image.Rectangle
}

// NewScreen connects and makes the window.
func NewScreen(c Config, p Place) (*Screen, error) {
	out, err := New(c)
	if err != nil {
		return nil, err
	}
	s := &Screen{out: out, place: p}
	if err := s.open(); err != nil {
		_ = out.Close()
		return nil, fmt.Errorf("x11: display %s: %w", out.display, err)
	}
	return s, nil
}

func (s *Screen) open() error {
	conn, screen := s.out.conn, xproto.Setup(s.out.conn).DefaultScreen(s.out.conn)
	whole := image.Rect(0, 0, int(screen.WidthInPixels), int(screen.HeightInPixels))
	window := image.Rect(s.place.X, s.place.Y, s.place.X+s.place.Width, s.place.Y+s.place.Height)
	if s.place.Cover {
		window = image.Rect(0, 0, s.place.Width, s.place.Height)
	}
	if window.Empty() || !window.In(whole) {
		return fmt.Errorf("%w: %d×%d pixels at %d, %d of a screen of %d×%d", ErrPlace, window.Dx(), window.Dy(), window.Min.X, window.Min.Y, whole.Dx(), whole.Dy())
	}
	if s.place.Cover {
		window = whole
	}
	create := func(id *xproto.Window, parent xproto.Window, r image.Rectangle, mask uint32, values ...uint32) error {
		var err error
		if *id, err = xproto.NewWindowId(conn); err != nil {
			return err
		}
		return xproto.CreateWindowChecked(conn, 0, *id, parent, int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0,
			xproto.WindowClassInputOutput, 0, mask, values).Check()
	}
	if err := create(&s.outer, screen.Root, window, xproto.CwBackPixel|xproto.CwOverrideRedirect, screen.BlackPixel, 1); err != nil {
		return err
	}
	if err := create(&s.inner, s.outer, image.Rect(0, 0, 1, 1), xproto.CwBackPixel, screen.BlackPixel); err != nil {
		return err
	}
	return xproto.MapWindowChecked(conn, s.outer).Check()
}

// Stage brings f to the server, to be shown with its upper left corner at a place of the window. f's Drawable and XID count for nothing.
func (s *Screen) Stage(ctx context.Context, f *output.Frame, at image.Point) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("x11: %w", err)
	}
	if size := image.Pt(f.Width, f.Height); size != s.size {
		if err := s.guarded(ctx, func() error { return s.resize(size) }); err != nil {
			return err
		}
	}
	to := *f
	to.XID = uint32(s.pixmaps[s.back])
	to.Drawable = to.XID
	if err := s.out.Present(ctx, &to); err != nil {
		if errors.Is(err, output.ErrWindowGone) {
			return output.Ended(fmt.Errorf("x11: display %s has lost its picture: %w", s.out.display, err))
		}
		return err
	}
	s.staged = image.Rectangle{Min: at, Max: at.Add(s.size)}
	return nil
}

// resize makes new pixmaps; the one that is shown stays the window's until the next Flip.
func (s *Screen) resize(size image.Point) error {
	for i, old := range s.pixmaps {
		if old != 0 {
			k := key{uint32(old), uint32(old)}
			if w := s.out.windows[k]; w != nil {
				s.out.drop(w)
				delete(s.out.windows, k)
			}
			xproto.FreePixmap(s.out.conn, old)
		}
		id, err := xproto.NewPixmapId(s.out.conn)
		if err == nil {
			err = xproto.CreatePixmapChecked(s.out.conn, xproto.Setup(s.out.conn).DefaultScreen(s.out.conn).RootDepth, id, xproto.Drawable(s.outer), uint16(size.X), uint16(size.Y)).Check()
		}
		if err != nil {
			return err
		}
		s.pixmaps[i] = id
	}
	s.size = size
	return nil
}

// Flip shows what was staged last and comes back when the server has done so.
func (s *Screen) Flip(ctx context.Context) error {
	if s.staged.Empty() {
		return nil
	}
	return s.guarded(ctx, func() error {
		conn := s.out.conn
		if r := s.staged; r != s.shown {
			xproto.ConfigureWindow(conn, s.inner, xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
				[]uint32{uint32(r.Min.X), uint32(r.Min.Y), uint32(r.Dx()), uint32(r.Dy())})
		}
		picture := xproto.ChangeWindowAttributesChecked(conn, s.inner, xproto.CwBackPixmap, []uint32{uint32(s.pixmaps[s.back])})
		if s.shown.Empty() {
			xproto.MapWindow(conn, s.inner)
		}
		err := xproto.ClearAreaChecked(conn, false, s.inner, 0, 0, 0, 0).Check()
		if err == nil {
			err = picture.Check()
		}
		if err != nil {
			return err
		}
		s.shown, s.staged = s.staged, image.Rectangle{}
		s.back = 1 - s.back
		return nil
	})
}

// guarded asks the server something, until ctx ends.
func (s *Screen) guarded(ctx context.Context, f func() error) error {
	if s.out.lost {
		return output.Ended(fmt.Errorf("%w: display %s", ErrLost, s.out.display))
	}
	stop := context.AfterFunc(ctx, func() { _ = s.out.net.Close() })
	defer stop()
	s.out.drain()
	err := f()
	if err == nil {
		return nil
	}
	s.out.lost = true
	if ctx.Err() != nil {
		return output.Ended(context.Cause(ctx))
	}
	return output.Ended(fmt.Errorf("%w: display %s: %v", ErrLost, s.out.display, err))
}

// Close takes the window away.
func (s *Screen) Close() error { return s.out.Close() }
