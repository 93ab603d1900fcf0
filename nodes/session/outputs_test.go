package session

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/tilesplit/grid"
)

// gate is an output that takes nothing until it is opened.
type gate struct {
	open  chan struct{}
	began chan struct{} // closed at its first frame
	once  sync.Once

	mu    sync.Mutex
	shots []shot
}

func newGate() *gate { return &gate{open: make(chan struct{}), began: make(chan struct{})} }

func (*gate) Name() string { return "gate" }
func (g *gate) Present(ctx context.Context, f *output.Frame) error {
	g.once.Do(func() { close(g.began) })
	select {
	case <-g.open:
	case <-ctx.Done():
		return output.Ended(ctx.Err())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shots = append(g.shots, shot{f.Drawable, f.Number, f.Width, f.Height, bytes.Clone(f.Pix)})
	return nil
}
func (*gate) Close() error { return nil }

const gateFrames = 40

// startGated plays frames into a gate; hang: the app stays alive after them.
func startGated(t *testing.T, g *gate, frames int, hang bool, change func(*Config)) (src *source, stop func(), ended <-chan error, stats *Stats) {
	t.Helper()
	a := newApp(t)
	a.window(1, 16, 8)
	for i := range uint32(frames) {
		a.fill(i)
		a.swap(1)
	}
	src = &source{chunks: a.chunks, hang: hang}
	pair, _ := cluster(t, 2, nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	stats = new(Stats)
	done := make(chan error, 1)
	go func() {
		c := Config{Hub: pair.Hub(), Source: src, Policy: grid.Grid{Columns: 2, Rows: 1}, Log: quiet, Outputs: []output.Output{g}}
		change(&c)
		var err error
		*stats, err = Run(ctx, c)
		done <- err
	}()
	return src, cancel, done, stats
}

func (s *source) credits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frames
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	until := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(until) {
			t.Fatalf("%s did not come about", what)
		}
		<-tick.C
	}
}

func TestStalledOutputDoesNotStallTheApp(t *testing.T) {
	const room = 5
	g := newGate()
	src, _, ended, stats := startGated(t, g, gateFrames, false, func(c *Config) { c.OutputQueueBytes = room * 16 * 8 * 4 })
	eventually(t, "the credit of each frame", func() bool { return src.credits() == gateFrames })
	close(g.open)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if stats.Frames != gateFrames || stats.Dropped != 0 || len(stats.Outputs) != 1 {
		t.Fatalf("%+v", stats)
	}
	o := stats.Outputs[0]
	if o.Presented+o.Dropped != gateFrames || int(o.Presented) != len(g.shots) || len(g.shots) > room+1 {
		t.Errorf("%d presented, %d dropped, %d came", o.Presented, o.Dropped, len(g.shots))
	}
	for _, s := range g.shots {
		if !bytes.Equal(s.pix, pattern(uint32(s.number-1), 16, 8)) {
			t.Errorf("frame %d has other pixels: its memory was used again too early", s.number)
		}
	}
	if last := g.shots[len(g.shots)-1]; last.number != gateFrames {
		t.Errorf("the last frame shown is %d", last.number)
	}
	if len(stats.Notes) != 1 || !strings.Contains(stats.Notes[0], "gate cannot keep up") {
		t.Errorf("said %q", stats.Notes)
	}
	var b strings.Builder
	if err := stats.Write(&b); err != nil || !strings.Contains(b.String(), "output gate: ") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestLosslessOutputSlowsTheApp(t *testing.T) {
	g := newGate()
	src, _, ended, stats := startGated(t, g, gateFrames, true, func(c *Config) { c.LosslessOutputs, c.MaxFrames = true, gateFrames })
	<-g.began
	eventually(t, "the frames that have room", func() bool { return src.credits() == 3 }) // one is under way, two wait
	close(g.open)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if o := stats.Outputs[0]; o.Presented != gateFrames || o.Dropped != 0 || len(g.shots) != gateFrames {
		t.Errorf("%+v, %d came", o, len(g.shots))
	}
}

// Stuck outputs end with the run, whichever way it ends, and make it fail.
func TestStuckOutputDoesNotHangTheEnd(t *testing.T) {
	for _, tc := range []struct {
		name     string
		lossless bool
		cancel   bool
		frames   int
		lost     string
	}{
		{"Ended", false, false, 40, "40 frames are lost"}, {"EndedLossless", true, false, 5, "3 frames are lost"}, // two are still in flight
		{"Interrupted", false, true, 40, ""}, {"InterruptedLossless", true, true, 40, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := newGate()
			src, stop, ended, stats := startGated(t, g, tc.frames, tc.cancel, func(c *Config) {
				c.LosslessOutputs, c.OutputPatience = tc.lossless, 200*time.Millisecond
			})
			<-g.began
			if tc.cancel {
				eventually(t, "a frame", func() bool { return src.credits() > 0 })
				stop()
			}
			err := <-ended
			if err == nil || !tc.cancel && !(strings.Contains(err.Error(), "gate: no progress for 200ms at the end: ") && strings.Contains(err.Error(), tc.lost)) {
				t.Errorf("error %v", err)
			}
			if o := stats.Outputs[0]; o.Presented != 0 || o.Dropped == 0 || o.Error == "" || !strings.Contains(stats.OutputError, "frames are lost") {
				t.Errorf("%+v, output error %q", o, stats.OutputError)
			}
			if !tc.cancel && stats.Frames != uint64(tc.frames) {
				t.Errorf("%d frames", stats.Frames)
			}
		})
	}
}
