package open

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/mp4"
	"github.com/prismgl/prism/nodes/output/null"
	"github.com/prismgl/prism/nodes/output/png"
	"github.com/prismgl/prism/nodes/output/video"
	"github.com/prismgl/prism/nodes/output/x11"
	"github.com/prismgl/prism/nodes/output/y4m"
)

// Environment is what outputs need from around them.
type Environment struct {
	Display string // X display, as in $DISPLAY
	// Process numbers the processes of a run whose frames are kept apart: those of the second go to DIR/2 or NAME.2.EXT. 0 is the first.
	Process int
	// Note is told what a user should know; may be nil.
	Note func(text string)
}

// One opens a single output.
func One(s output.Spec, e Environment) (output.Output, error) {
	if e.Process > 1 && s.Kind == "y4m" {
		if t, err := video.Look(s.Path); err == nil && t.Stream {
			if e.Note != nil {
				e.Note(fmt.Sprintf("y4m:%s is a stream and takes the frames of one process: those of process number %d go elsewhere only", s.Path, e.Process))
			}
			return new(null.Output), nil
		}
	}
	s = s.Numbered(e.Process)
	switch s.Kind {
	case "null":
		return new(null.Output), nil
	case "png":
		return png.New(s.Path, png.Options{Borders: s.Borders, Last: s.Last})
	case "y4m":
		return made(y4m.New(s.Path, y4m.Options{Rate: s.Rate, Half: s.Half, Note: e.Note}))
	case "mp4":
		return made(mp4.New(s.Path, mp4.Options{Rate: s.Rate, Note: e.Note}))
	case "x11":
		return x11.New(x11.Config{Display: e.Display})
	}
	return nil, fmt.Errorf("open: %w: kind %q; allowed are %s", output.ErrSpec, s.Kind, output.Allowed)
}

// made keeps a nil out of the interface.
func made(o *video.Output, err error) (output.Output, error) {
	if err != nil {
		return nil, err
	}
	return o, nil
}

// All parses and opens several; none is left open when one fails. No two may write to one place.
func All(texts []string, e Environment) (output.Multi, error) {
	var m output.Multi
	paths := map[string]string{}
	for _, t := range texts {
		s, err := output.Parse(t)
		if err == nil && s.Path != "" {
			path := place(s.Path)
			if before, twice := paths[path]; twice {
				err = fmt.Errorf("open: %w: %q writes to the place that %q writes to", output.ErrSpec, t, before)
			}
			paths[path] = t
		}
		if err == nil {
			var o output.Output
			if o, err = One(s, e); err == nil {
				m = append(m, o)
				continue
			}
		}
		m.Close()
		return nil, err
	}
	return m, nil
}

// place is one name for a file that has several.
func place(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

// WritesTo tells whether one of the outputs goes to the open file f, as y4m:/dev/stdout does to os.Stdout, so that others keep off it.
func WritesTo(texts []string, f *os.File) bool {
	info, err := f.Stat()
	if err != nil || os.SameFile(info, devNull()) {
		return false
	}
	for _, t := range texts {
		if s, err := output.Parse(t); err == nil && s.Path != "" {
			if to, err := os.Stat(s.Path); err == nil && os.SameFile(info, to) {
				return true
			}
		}
	}
	return false
}

func devNull() os.FileInfo {
	info, err := os.Stat(os.DevNull)
	if err != nil {
		return nil
	}
	return info
}
