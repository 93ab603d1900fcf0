package video

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/prismgl/prism/nodes/output"
)

// openParts bounds how many drawables have a part open at once: the one that had no frame for longest is finished.
const openParts = 4

// Encoder writes one part.
type Encoder interface {
	// Write writes f, which has the part's size.
	Write(ctx context.Context, f *output.Frame) error
	// Close finishes the part.
	Close() error
	// Progress changes while Write or Close gets on; any goroutine may ask.
	Progress() uint64
}

// Config of an Output.
type Config struct {
	Kind   string // "y4m", for names and messages
	Target Target
	// Begin begins a part in a file.
	Begin func(ctx context.Context, t Target, width, height int) (Encoder, error)
	// Note is told when a part after the first begins; may be nil.
	Note func(text string)
}

// Output gives each frame to the part that it belongs to.
type Output struct {
	c     Config
	one   sync.Mutex      // of Present and Close, before mu: a Present that was abandoned may still be at work when Close comes
	begun int             // parts so far
	err   error           // after which nothing is written
	said  map[uint32]bool // drawables for which there is no room
	clock uint64

	mu    sync.Mutex // never held while an encoder works
	parts []*part
	done  uint64 // progress of the parts that are finished
}

var _ output.Progress = (*Output)(nil)

type part struct {
	drawable      uint32
	width, height int
	used          uint64
	enc           Encoder
}

// New makes an Output; nothing is opened before the first frame.
func New(c Config) *Output { return &Output{c: c, said: map[uint32]bool{}} }

// Name is the kind and the path.
func (o *Output) Name() string { return o.c.Kind + ":" + o.c.Target.Path }

// Progress implements output.Progress.
func (o *Output) Progress() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.done
	for _, p := range o.parts {
		n += p.enc.Progress()
	}
	return n
}

// Present writes f.
func (o *Output) Present(ctx context.Context, f *output.Frame) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("%s: %w", o.c.Kind, err)
	}
	o.one.Lock()
	defer o.one.Unlock()
	if o.err != nil {
		return o.err
	}
	p, err := o.part(ctx, f)
	if err != nil || p == nil {
		return err
	}
	o.clock++
	p.used = o.clock
	if err := p.enc.Write(ctx, f); err != nil {
		return o.end(fmt.Errorf("%s, frame %d: %w", o.Name(), f.Number, err))
	}
	return nil
}

// end keeps err as the reason why nothing is written any more.
func (o *Output) end(err error) error {
	o.err = output.Ended(err)
	return o.err
}

// part finds or begins the part of f; nil: there is none for its drawable, which was said.
func (o *Output) part(ctx context.Context, f *output.Frame) (*part, error) {
	var old *part
	for _, p := range o.parts {
		if p.drawable == f.Drawable {
			old = p
		}
	}
	if old != nil && old.width == f.Width && old.height == f.Height {
		return old, nil
	}
	if o.c.Target.Stream && o.begun > 0 {
		if old != nil {
			return nil, o.end(fmt.Errorf("%s: frame %d has %d×%d pixels, those before it %d×%d: a stream cannot change its size; a file can take them (%s)",
				o.Name(), f.Number, f.Width, f.Height, old.width, old.height, o.c.Kind+":FILE"))
		}
		if o.said[f.Drawable] {
			return nil, nil
		}
		o.said[f.Drawable] = true
		return nil, fmt.Errorf("%s: a stream takes one window: drawable %d is left out", o.Name(), f.Drawable)
	}
	if old != nil {
		if err := o.finish(old); err != nil {
			return nil, o.end(err)
		}
	} else if len(o.parts) == openParts {
		oldest := o.parts[0]
		for _, p := range o.parts {
			if p.used < oldest.used {
				oldest = p
			}
		}
		if err := o.finish(oldest); err != nil {
			return nil, o.end(err)
		}
	}
	t := o.c.Target
	t.Path = partPath(t.Path, o.begun+1)
	enc, err := o.c.Begin(ctx, t, f.Width, f.Height)
	if err != nil {
		return nil, o.end(fmt.Errorf("%s: %w", o.Name(), err))
	}
	o.begun++
	p := &part{drawable: f.Drawable, width: f.Width, height: f.Height, enc: enc}
	o.mu.Lock()
	o.parts = append(o.parts, p)
	o.mu.Unlock()
	if o.begun > 1 && o.c.Note != nil {
		o.c.Note(fmt.Sprintf("%s: drawable %d has %d×%d pixels from frame %d on: it goes to %s", o.Name(), f.Drawable, f.Width, f.Height, f.Number, t.Path))
	}
	return p, nil
}

// finish closes a part.
func (o *Output) finish(p *part) error {
	err := p.enc.Close()
	o.mu.Lock()
	for i, q := range o.parts {
		if q == p {
			o.parts = append(o.parts[:i:i], o.parts[i+1:]...)
			break
		}
	}
	o.done += p.enc.Progress() + 1
	o.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", o.Name(), err)
	}
	return nil
}

// Close finishes all parts.
func (o *Output) Close() error {
	o.one.Lock()
	defer o.one.Unlock()
	var errs []error
	for len(o.parts) > 0 {
		errs = append(errs, o.finish(o.parts[0]))
	}
	return errors.Join(errs...)
}

// partPath is the file of the n-th part.
func partPath(path string, n int) string {
	if n == 1 {
		return path
	}
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ext), n, ext)
}
