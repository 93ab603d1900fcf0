package show

import (
	"flag"
	"fmt"
)

// Options are the flags that all samples have.
type Options struct {
	Frames        int // 0: until the window is closed
	First         int // number of the first frame
	Width, Height int
	Seed          uint64
	PNG           string // directory, "": none
	FPSFree       bool
}

// maxSide is the greatest side of a window in pixels.
const maxSide = 16384

// parse reads the arguments of s, its own flags included.
func (s *Sample) parse(args []string) (Options, error) {
	var o Options
	var size string
	fs := flag.NewFlagSet(s.Name, flag.ContinueOnError)
	fs.IntVar(&o.Frames, "frames", 0, "end after so many frames; 0: when the window is closed")
	fs.IntVar(&o.First, "first", 0, "number of the first frame")
	fs.StringVar(&size, "size", "1280x720", "size of the window, `WxH`")
	fs.Uint64Var(&o.Seed, "seed", 1, s.Seed)
	fs.StringVar(&o.PNG, "png", "", "write each frame, as read by glReadPixels, into this `directory`")
	fs.BoolVar(&o.FPSFree, "fps-free", false, "don't wait for the screen (swap interval 0)")
	for _, n := range s.Numbers {
		fs.IntVar(n.Value, n.Name, n.Default, fmt.Sprintf("%s (%d to %d)", n.Usage, n.Least, n.Most))
	}
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("%s: argument %q is not expected", s.Name, fs.Arg(0))
	}
	var rest string
	n, _ := fmt.Sscanf(size+" ", "%dx%d%s", &o.Width, &o.Height, &rest)
	if n != 2 || o.Width < 1 || o.Height < 1 || o.Width > maxSide || o.Height > maxSide {
		return o, fmt.Errorf("%s: --size %q: want WxH in pixels, as 1920x1080", s.Name, size)
	}
	if o.Frames < 0 || o.First < 0 {
		return o, fmt.Errorf("%s: --frames and --first count from 0", s.Name)
	}
	for _, n := range s.Numbers {
		if *n.Value < n.Least || *n.Value > n.Most {
			return o, fmt.Errorf("%s: --%s %d: want %d to %d", s.Name, n.Name, *n.Value, n.Least, n.Most)
		}
	}
	return o, nil
}
