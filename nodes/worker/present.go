package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/prismgl/prism/nodes/proto"
)

// Displays show parts of frames in two steps. They are used by one goroutine at a time.
type Displays interface {
	// Stage brings each view's picture (BGRA8, bottom row first) to its display. lost: displays that show nothing any more, each once. An error
	// ends the worker: a display cannot be opened.
	Stage(ctx context.Context, views []proto.View, pictures [][]byte) (lost []proto.LostDisplay, err error)
	// Flip shows what was staged.
	Flip(ctx context.Context) (lost []proto.LostDisplay)
	Close()
}

// framesStaged bounds how many frames may wait to be shown; a session has fewer in flight.
const framesStaged = 32

// presenter shows frames when the session lets it, beside the replay, which goes on with the next one. Its goroutine begins with the first frame
// that has views and ends with the worker.
type presenter struct {
	w        *worker
	displays Displays
	jobs     chan job
	allowed  chan proto.Show
	ended    chan struct{}

	mu   sync.Mutex
	free [][]byte // memory of pictures
}

// job is a frame to show.
type job struct {
	drawable uint32
	number   uint64
	views    []proto.View
	pictures [][]byte
	none     bool // the plan is for another size: the displays stay as they are
}

// present queues a frame that has been drawn and told of.
func (w *worker) present(ctx context.Context, j job) error {
	p := w.presenter
	if p.ended == nil {
		p.ended = make(chan struct{})
		go func() {
			defer close(p.ended)
			if err := p.run(ctx); err != nil {
				w.fail(err)
			}
		}()
	}
	select {
	case p.jobs <- j:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// views gives what displays show of a frame of this size, and pictures to read it back into.
func (w *worker) views(plan *proto.Plan, width, height int) (j job, err error) {
	if plan == nil || len(plan.Views) == 0 {
		return j, nil
	}
	if w.presenter == nil {
		return j, errors.New("worker: this worker has no displays to show a wall on")
	}
	if plan.Width != width || plan.Height != height {
		j.none = true
		return j, nil
	}
	j.views = plan.Views
	for _, v := range plan.Views {
		j.pictures = append(j.pictures, w.presenter.picture(v.Source.W*v.Source.H*4))
	}
	return j, nil
}

func (p *presenter) picture(n int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, b := range p.free {
		if cap(b) >= n {
			p.free[i] = p.free[len(p.free)-1]
			p.free = p.free[:len(p.free)-1]
			return b[:n]
		}
	}
	p.free = nil // of smaller windows
	return make([]byte, n)
}

func (p *presenter) run(ctx context.Context) error {
	defer p.displays.Close()
	for {
		select {
		case j := <-p.jobs:
			if err := p.show(ctx, &j); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (p *presenter) show(ctx context.Context, j *job) error {
	var lost []proto.LostDisplay
	var err error
	if !j.none {
		lost, err = p.displays.Stage(ctx, j.views, j.pictures)
	}
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return p.w.fault(ctx, proto.FaultDevice, err)
	}
	p.mu.Lock()
	p.free = append(p.free, j.pictures...)
	p.mu.Unlock()
	if err := p.w.control(ctx, proto.Control{Staged: &proto.Staged{Drawable: j.drawable, Number: j.number, Lost: lost}}); err != nil {
		return err
	}
	select {
	case s := <-p.allowed:
		if s.Drawable != j.drawable || s.Number != j.number {
			return p.w.fault(ctx, proto.FaultCorrupt, fmt.Errorf("worker: frame %d of drawable %d may be shown, but frame %d of drawable %d is next", s.Number, s.Drawable, j.number, j.drawable))
		}
	case <-ctx.Done():
		return nil
	}
	lost = nil
	if !j.none {
		lost = p.displays.Flip(ctx)
	}
	if ctx.Err() != nil {
		return nil
	}
	return p.w.control(ctx, proto.Control{Shown: &proto.Shown{Drawable: j.drawable, Number: j.number, Lost: lost}})
}

// allow passes the session's word on.
func (p *presenter) allow(s proto.Show) error {
	if p != nil {
		select {
		case p.allowed <- s:
			return nil
		default:
		}
	}
	return fmt.Errorf("worker: frame %d of drawable %d may be shown, which nobody asked for", s.Number, s.Drawable)
}

// end waits for the presenter, whose context has ended.
func (p *presenter) end() {
	if p != nil && p.ended != nil {
		<-p.ended
	}
}
