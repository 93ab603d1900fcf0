package proto

import (
	"fmt"
	"regexp"
)

// A worker with displays (Plan.Views) stages its part of each frame, after it has told of the frame, and tells that (Staged). When all workers
// with displays have staged a frame the session lets them show it (Show), and they tell when they have (Shown): a software swap barrier.

// Display is a window that covers a part of an X server's screen.
type Display struct {
	Name string `json:"name"` // for people
	X11  string `json:"x11"`  // an X server of the worker's machine: ":0", ":0.1"
	// Width, Height of the window. Cover: it covers all of the screen, and a picture that is smaller stands in the upper left corner; else
	// its upper left corner is at X, Y.
	Width  int  `json:"width"`
	Height int  `json:"height"`
	Cover  bool `json:"cover,omitempty"`
	X      int  `json:"x,omitempty"`
	Y      int  `json:"y,omitempty"`
}

// View is a part of the picture that a display shows.
type View struct {
	Display Display `json:"display"`
	Source  Rect    `json:"source"`
	// AtX, AtY is where Source's lower left corner stands in the window, from its lower left corner.
	AtX int `json:"at_x"`
	AtY int `json:"at_y"`
}

// Staged says that a worker is ready to show a frame.
type Staged struct {
	Drawable uint32 `json:"drawable"`
	Number   uint64 `json:"number"`
	// Lost are the displays that were lost since the last frame, and why; the worker goes on with the others, or with none.
	Lost []LostDisplay `json:"lost,omitempty"`
}

// LostDisplay is a display that shows nothing any more.
type LostDisplay struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Show lets a worker show a frame.
type Show struct {
	Drawable uint32 `json:"drawable"`
	Number   uint64 `json:"number"`
}

// Shown says that a worker has shown a frame; Lost as in Staged.
type Shown struct {
	Drawable uint32        `json:"drawable"`
	Number   uint64        `json:"number"`
	Lost     []LostDisplay `json:"lost,omitempty"`
}

// MaxViews bounds the displays of one worker, MaxDisplaySide the sides of a window and its place: what X can name.
const (
	MaxViews       = 64
	MaxDisplaySide = 32767
)

// maxDisplayName bounds a display's name in bytes.
const maxDisplayName = 200

var localDisplay = regexp.MustCompile(`^(unix)?:[0-9]{1,5}(\.[0-9]{1,3})?$`)

// LocalDisplay tells whether text names an X server of this machine: a session must not make its nodes connect elsewhere.
func LocalDisplay(text string) bool { return localDisplay.MatchString(text) }

func (d *Display) check() error {
	switch {
	case len(d.Name) > maxDisplayName:
		return fmt.Errorf("a name of %d bytes, %d is the most", len(d.Name), maxDisplayName)
	case !LocalDisplay(d.X11):
		return fmt.Errorf("%q is no X server of this machine; want :NUMBER or :NUMBER.SCREEN", d.X11)
	case d.Width < 1 || d.Height < 1 || d.Width > MaxDisplaySide || d.Height > MaxDisplaySide || abs(d.X) > MaxDisplaySide || abs(d.Y) > MaxDisplaySide:
		return fmt.Errorf("a window of %d×%d pixels at %d, %d", d.Width, d.Height, d.X, d.Y)
	}
	return nil
}

func (p *Plan) checkViews(bad func(format string, args ...any) error) error {
	if len(p.Views) > MaxViews {
		return bad("%d views, %d is the most", len(p.Views), MaxViews)
	}
	seen := map[string]bool{}
	for i := range p.Views {
		v := &p.Views[i]
		if err := v.Display.check(); err != nil {
			return bad("view %d: %v", i, err)
		}
		if seen[v.Display.Name] {
			return bad("view %d: a second one of display %q", i, v.Display.Name)
		}
		seen[v.Display.Name] = true
		if !v.Source.within(p.Width, p.Height) || v.Source.W < 1 || v.Source.H < 1 {
			return bad("view %d, %+v, is empty or outside of %d×%d", i, v.Source, p.Width, p.Height)
		}
		if p.Target != (Rect{}) && !v.Source.in(p.Target) {
			return bad("view %d, %+v, is outside of its target %+v", i, v.Source, p.Target)
		}
		if v.AtX < 0 || v.AtY < 0 || v.AtX > v.Display.Width-v.Source.W || v.AtY > v.Display.Height-v.Source.H {
			return bad("view %d: %d×%d pixels at %d, %d of a window of %d×%d", i, v.Source.W, v.Source.H, v.AtX, v.AtY, v.Display.Width, v.Display.Height)
		}
	}
	return nil
}

func checkLost(lost []LostDisplay) error {
	if len(lost) > MaxViews {
		return fmt.Errorf("%w: %d displays are lost, %d is the most", ErrControl, len(lost), MaxViews)
	}
	return nil
}

func abs(v int) int { return max(v, -v) }
