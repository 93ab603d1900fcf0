package wall

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"time"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/x11"
)

// DefaultPatience is how long a display may take for one step.
const DefaultPatience = 2 * time.Second

// ErrSilent says that a display has not answered in time.
var ErrSilent = errors.New("wall: display does not answer")

// Display is a window on an X server's screen.
type Display struct {
	Name  string // by which it is known
	X11   string // the X server
	Place x11.Place
}

// View is what a display shows of a frame.
type View struct {
	Display Display
	At      image.Point  // of the picture's lower left corner, from the window's
	Frame   output.Frame // its memory is the caller's again when Stage returns
}

// Lost is a display that shows nothing any more.
type Lost struct {
	Name string
	Err  error
}

// Wall is the displays of one machine. It is used by one goroutine at a time.
type Wall struct {
	Patience time.Duration // 0: DefaultPatience
	screens  map[string]*screen
}

type screen struct {
	*x11.Screen
	display Display
	dead    bool
}

// Stage brings views to their displays, which it opens when they come for the first time; displays without a view are closed.
func (w *Wall) Stage(ctx context.Context, views []View) ([]Lost, error) {
	if w.screens == nil {
		w.screens = map[string]*screen{}
	}
	keep := map[string]bool{}
	for _, v := range views {
		keep[v.Display.Name] = true
	}
	for name, s := range w.screens {
		if !keep[name] {
			_ = s.close()
			delete(w.screens, name)
		}
	}
	for _, v := range views {
		s := w.screens[v.Display.Name]
		if s != nil && s.display == v.Display {
			continue
		}
		if s != nil {
			_ = s.close()
		}
		opened, err := x11.NewScreen(x11.Config{Display: v.Display.X11}, v.Display.Place)
		if err != nil {
			delete(w.screens, v.Display.Name)
			return nil, fmt.Errorf("wall: display %q: %w", v.Display.Name, err)
		}
		w.screens[v.Display.Name] = &screen{Screen: opened, display: v.Display}
	}
	return w.all(ctx, len(views), func(ctx context.Context, i int) (*screen, error) {
		v := &views[i]
		s := w.screens[v.Display.Name]
		height := v.Display.Place.Height
		at := image.Pt(v.At.X, height-v.At.Y-v.Frame.Height)
		if s.dead {
			return s, nil
		}
		return s, s.Stage(ctx, &v.Frame, at)
	}), nil
}

// Flip shows what was staged.
func (w *Wall) Flip(ctx context.Context) []Lost {
	screens := make([]*screen, 0, len(w.screens))
	for _, s := range w.screens {
		screens = append(screens, s)
	}
	return w.all(ctx, len(screens), func(ctx context.Context, i int) (*screen, error) {
		s := screens[i]
		if s.dead {
			return s, nil
		}
		return s, s.Flip(ctx)
	})
}

// all does one step with n displays at once.
func (w *Wall) all(ctx context.Context, n int, step func(ctx context.Context, i int) (*screen, error)) []Lost {
	patience := w.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, ErrSilent)
	defer cancel()
	var mu sync.Mutex
	var lost []Lost
	one := func(i int) {
		s, err := step(ctx, i)
		if err == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if errors.Is(context.Cause(ctx), ErrSilent) {
			err = fmt.Errorf("%w: %s, for %v", ErrSilent, s.display.X11, patience)
		}
		_ = s.close()
		lost = append(lost, Lost{s.display.Name, err})
	}
	var wg sync.WaitGroup
	for i := 1; i < n; i++ {
		wg.Go(func() { one(i) })
	}
	if n > 0 {
		one(0)
	}
	wg.Wait()
	return lost
}

func (s *screen) close() error {
	if s.dead {
		return nil
	}
	s.dead = true
	return s.Close()
}

// Close takes all windows away.
func (w *Wall) Close() {
	for _, s := range w.screens {
		_ = s.close()
	}
	w.screens = nil
}
