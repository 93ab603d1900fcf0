package open

import (
	"fmt"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/null"
	"github.com/prismgl/prism/nodes/output/png"
	"github.com/prismgl/prism/nodes/output/x11"
)

// Environment is what outputs need from around them.
type Environment struct {
	Display string // X display, as in $DISPLAY
}

// One opens a single output.
func One(s output.Spec, e Environment) (output.Output, error) {
	switch s.Kind {
	case "null":
		return new(null.Output), nil
	case "png":
		return png.New(s.Path, png.Options{Borders: s.Borders, Last: s.Last})
	case "x11":
		return x11.New(x11.Config{Display: e.Display})
	}
	return nil, fmt.Errorf("open: %w: kind %q; allowed are %s", output.ErrSpec, s.Kind, output.Allowed)
}

// All parses and opens several; none is left open when one fails.
func All(texts []string, e Environment) (output.Multi, error) {
	var m output.Multi
	for _, t := range texts {
		s, err := output.Parse(t)
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
