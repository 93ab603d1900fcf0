package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// seen is a Displays that notes what it is told.
type seen struct {
	steps  []string
	lose   []proto.LostDisplay // at the next Flip
	broken error
}

func (s *seen) Stage(_ context.Context, views []proto.View, pictures [][]byte) ([]proto.LostDisplay, error) {
	for i, v := range views {
		s.steps = append(s.steps, fmt.Sprintf("%s %d bytes %v…%v", v.Display.Name, len(pictures[i]), pictures[i][:4], pictures[i][len(pictures[i])-4:]))
	}
	return nil, s.broken
}

func (s *seen) Flip(context.Context) []proto.LostDisplay {
	s.steps = append(s.steps, "flip")
	lost := s.lose
	s.lose = nil
	return lost
}

func (s *seen) Close() { s.steps = append(s.steps, "close") }

// wallPlan shows the left half and the upper right quarter of a window.
func wallPlan(noPieces bool) *proto.Plan {
	display := func(name string) proto.Display { return proto.Display{Name: name, X11: ":0", Width: 16, Height: 16} }
	return &proto.Plan{Drawable: 1, Width: 32, Height: 16, Scissor: proto.Rect{W: 32, H: 16}, Tiles: []proto.Rect{{W: 32, H: 16}}, Lead: true, NoPieces: noPieces,
		Views: []proto.View{{Display: display("left"), Source: proto.Rect{W: 16, H: 16}}, {Display: display("right"), Source: proto.Rect{X: 16, Y: 8, W: 16, H: 8}, AtY: 8}}}
}

// halves clears a window's left half to red and its right half to blue, and swaps.
func halves(s *workertest.Script, frame uint64) []byte {
	s.Do("glEnable", 0x0C11).Do("glScissor", 0, 0, 16, 16).Do("glClearColor", 1, 0, 0, 1).Do("glClear", 0x4000)
	s.Do("glScissor", 16, 0, 16, 16).Do("glClearColor", 0, 0, 1, 1).Do("glClear", 0x4000)
	return s.Swap(1, frame).Batch()
}

func TestDisplaysWaitForTheSession(t *testing.T) {
	var d seen
	r := start(t, func(_ *proto.WorkerConfig, o *Options) { o.Displays = &d })
	r.control()
	s := workertest.New(t).Window(32, 16)
	r.send(proto.Control{Plan: wallPlan(true)})
	r.batch(halves(s, 1))
	r.batch(halves(s.Reset(), 2))
	var frames, staged []uint64
	for len(frames) < 2 || len(staged) < 1 {
		switch c := r.control(); {
		case c.Frame != nil:
			frames = append(frames, c.Frame.Number)
		case c.Staged != nil:
			staged = append(staged, c.Staged.Number)
		default:
			t.Fatalf("%+v", c)
		}
	}
	// The replay is a frame ahead of what is shown.
	if !slices.Equal(frames, []uint64{1, 2}) || !slices.Equal(staged, []uint64{1}) {
		t.Fatalf("frames %v, ready to show %v", frames, staged)
	}
	d.lose = []proto.LostDisplay{{Name: "right", Text: "unplugged"}} // before the presenter goes on
	r.send(proto.Control{Show: &proto.Show{Drawable: 1, Number: 1}})
	if c := r.control(); c.Shown == nil || c.Shown.Number != 1 || len(c.Shown.Lost) != 1 {
		t.Fatalf("%+v", c)
	}
	if c := r.control(); c.Staged == nil || c.Staged.Number != 2 {
		t.Fatalf("%+v", c)
	}
	r.send(proto.Control{Show: &proto.Show{Drawable: 1, Number: 2}})
	if c := r.control(); c.Shown == nil || c.Shown.Number != 2 || len(c.Shown.Lost) != 0 {
		t.Fatalf("%+v", c)
	}
	r.send(proto.Control{End: &proto.End{}})
	if err := r.ended(); err != nil {
		t.Error(err)
	}
	frame := []string{"left 1024 bytes [0 0 255 255]…[0 0 255 255]", "right 512 bytes [255 0 0 255]…[255 0 0 255]", "flip"}
	if want := append(append(frame, frame...), "close"); !slices.Equal(d.steps, want) {
		t.Errorf("%q\nwant %q", d.steps, want)
	}
}

// TestDisplaysBesidePieces: who wants the picture gets it all the same; a frame of another size than the plan's shows nothing and holds nobody up.
func TestDisplaysBesidePieces(t *testing.T) {
	var d seen
	r := start(t, func(_ *proto.WorkerConfig, o *Options) { o.Displays = &d })
	r.control()
	plan := wallPlan(false)
	r.send(proto.Control{Plan: plan})
	s := workertest.New(t).Window(32, 16)
	r.batch(halves(s, 1))
	pieces := 0
	var told proto.Control
	for pieces == 0 || told.Staged == nil {
		m, err := r.hub.Recv(r.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if m.Kind == lane.KindPiece {
			pieces++
		} else if told, err = proto.ParseControl(m.Payload); err != nil {
			t.Fatal(err)
		}
	}
	r.send(proto.Control{Show: &proto.Show{Drawable: 1, Number: 1}})
	if c := r.control(); c.Shown == nil {
		t.Fatalf("%+v", c)
	}
	plan.Width, plan.NoPieces = 40, true
	r.send(proto.Control{Plan: plan})
	r.batch(halves(s.Reset(), 2))
	if c := r.control(); c.Frame == nil {
		t.Fatalf("%+v", c)
	}
	if c := r.control(); c.Staged == nil || c.Staged.Number != 2 {
		t.Fatalf("%+v", c)
	}
	r.send(proto.Control{Show: &proto.Show{Drawable: 1, Number: 2}})
	if c := r.control(); c.Shown == nil {
		t.Fatalf("%+v", c)
	}
	r.send(proto.Control{End: &proto.End{}})
	if err := r.ended(); err != nil || len(d.steps) != 4 {
		t.Errorf("%v, %q", err, d.steps)
	}
}

func TestDisplayFaults(t *testing.T) {
	for _, c := range []struct {
		name     string
		displays *seen
		show     *proto.Show
		class    string
		want     string
	}{
		{"None", nil, nil, proto.FaultCorrupt, "this worker has no displays"},
		{"Broken", &seen{broken: errors.New("no such display")}, nil, proto.FaultDevice, "no such display"},
		{"Other", &seen{}, &proto.Show{Drawable: 1, Number: 7}, proto.FaultCorrupt, "frame 7 of drawable 1 may be shown, but frame 1 of drawable 1 is next"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, func(_ *proto.WorkerConfig, o *Options) {
				if c.displays != nil {
					o.Displays = c.displays
				}
			})
			r.control()
			r.send(proto.Control{Plan: wallPlan(true)})
			r.batch(halves(workertest.New(t).Window(32, 16), 1))
			if c.show != nil {
				r.send(proto.Control{Show: c.show})
			}
			var fault *proto.Fault
			for fault == nil {
				fault = r.control().Fault
			}
			if fault.Class != c.class || !strings.Contains(fault.Text, c.want) {
				t.Errorf("%+v, want %s", fault, c.want)
			}
			if err := r.ended(); !errors.Is(err, ErrFault) {
				t.Errorf("ended with %v", err)
			}
		})
	}
	r := start(t, nil)
	r.control()
	r.send(proto.Control{Show: &proto.Show{Drawable: 1, Number: 1}})
	if f := r.control().Fault; f == nil || !strings.Contains(f.Text, "which nobody asked for") {
		t.Errorf("%+v", f)
	}
	if err := r.ended(); !errors.Is(err, ErrFault) {
		t.Errorf("ended with %v", err)
	}
}
