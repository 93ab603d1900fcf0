package output

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate is an output that waits at each frame for a token, or not at all once it is open.
type gate struct {
	name   string
	tokens chan struct{} // closed: open
	deaf   bool          // does not hear its context
	fails  error
	steps  atomic.Uint64

	mu  sync.Mutex
	got []string // "drawable/number" in order
}

func newGate(name string, open bool) *gate {
	g := &gate{name: name, tokens: make(chan struct{})}
	if open {
		close(g.tokens)
	}
	return g
}

func (g *gate) Name() string { return g.name }
func (g *gate) Present(ctx context.Context, f *Frame) error {
	if g.deaf {
		<-g.tokens
	} else {
		select {
		case <-g.tokens:
		case <-ctx.Done():
			return Ended(ctx.Err())
		}
	}
	if g.fails != nil {
		return g.fails
	}
	if n := binary.LittleEndian.Uint64(f.Pix); n != f.Number {
		return fmt.Errorf("frame %d has the pixels of %d", f.Number, n)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = append(g.got, fmt.Sprintf("%d/%d", f.Drawable, f.Number))
	return nil
}
func (g *gate) Close() error     { return nil }
func (g *gate) Progress() uint64 { return g.steps.Load() }
func (g *gate) frames() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.got)
}

// screen is a gate at which somebody looks.
type screen struct{ *gate }

func (screen) Live() {}

// bench is a stage with what it says, and the frames' memory.
type bench struct {
	t     *testing.T
	stage *Stage

	mu     sync.Mutex
	out    int // buffers that the stage has
	most   int
	errs   []error
	notes  []string
	number map[uint32]uint64
}

const testFrame = 4 * 4 * 4 // bytes

func newBench(t *testing.T, c StageConfig, outs ...Output) *bench {
	b := &bench{t: t, number: map[uint32]uint64{}}
	c.Free = func(pix []byte) {
		clear(pix) // whoever still looks at it sees that
		b.mu.Lock()
		b.out--
		b.mu.Unlock()
	}
	c.Failed = func(o Output, err error) {
		b.mu.Lock()
		b.errs = append(b.errs, fmt.Errorf("%s: %w", o.Name(), err))
		b.mu.Unlock()
	}
	c.Note = func(s string) {
		b.mu.Lock()
		b.notes = append(b.notes, s)
		b.mu.Unlock()
	}
	b.stage = NewStage(t.Context(), outs, c)
	return b
}

func (b *bench) take(ctx context.Context, drawable uint32) error {
	b.mu.Lock()
	b.number[drawable]++
	f := Frame{Drawable: drawable, Number: b.number[drawable], Width: 4, Height: 4, Pix: make([]byte, testFrame)}
	b.out++
	b.most = max(b.most, b.out)
	b.mu.Unlock()
	binary.LittleEndian.PutUint64(f.Pix, f.Number)
	return b.stage.Take(ctx, &f)
}

func (b *bench) takeAll(drawables ...uint32) {
	b.t.Helper()
	for _, d := range drawables {
		if err := b.take(b.t.Context(), d); err != nil {
			b.t.Fatal(err)
		}
	}
}

// finish ends the stage; all memory must have come back.
func (b *bench) finish(ctx context.Context) (errs []error, notes []string) {
	b.t.Helper()
	b.stage.Finish(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out != 0 {
		b.t.Errorf("%d buffers were not given back", b.out)
	}
	return b.errs, b.notes
}

func poll(t *testing.T, what string, ok func() bool) {
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

func many(n int, drawables ...uint32) []uint32 { return slices.Repeat(drawables, n) }

// The app goes on, in bounded memory, and what is stuck has each drawable's last frame once it wakes.
func TestStalledOutputStallsNobody(t *testing.T) {
	for _, live := range []bool{false, true} {
		stuck, good := newGate("stuck", false), newGate("good", true)
		var out Output = stuck
		if live {
			out = screen{stuck}
		}
		const room = 10
		b := newBench(t, StageConfig{QueueBytes: room * testFrame}, out, good)
		for i := range 500 {
			b.takeAll(1)
			if i%50 == 10 {
				b.takeAll(2)
			}
			poll(t, "the good output's frame", func() bool { return len(good.frames()) == int(b.number[1]+b.number[2]) })
		}
		if most := room + 2; b.most > most {
			t.Errorf("live %v: %d buffers at once, want %d at most", live, b.most, most)
		}
		before := b.stage.Stats()
		close(stuck.tokens)
		errs, notes := b.finish(t.Context())
		if len(errs) != 0 {
			t.Errorf("errors %v", errs)
		}
		if said := strings.Join(notes, "; "); !live && (len(notes) != 1 || !strings.Contains(said, "stuck cannot keep up")) {
			t.Errorf("said %q", said)
		}
		st := b.stage.Stats()
		if st[0].Presented+st[0].Dropped != 510 || before[0].Dropped < 490 || st[1].Presented != 510 || st[1].Dropped != 0 {
			t.Errorf("live %v: %+v", live, st)
		}
		got := stuck.frames()
		if !slices.Contains(got, "1/500") || !slices.Contains(got, "2/10") || got[0] != "1/1" {
			t.Errorf("live %v: the last frames are not among %v", live, got)
		}
		if live && len(got) > 3 {
			t.Errorf("a window was shown old frames: %v", got)
		}
		if len(good.frames()) != 510 {
			t.Errorf("the good output has %d frames", len(good.frames()))
		}
	}
}

func TestQuickOutputsGetAll(t *testing.T) {
	a, w := newGate("a", true), newGate("window", true)
	b := newBench(t, StageConfig{}, a, screen{w})
	b.takeAll(many(300, 1)...)
	errs, notes := b.finish(t.Context())
	got := a.frames()
	if len(errs) != 0 || len(notes) != 0 || len(got) != 300 || !slices.IsSortedFunc(got, byNumber) {
		t.Errorf("%v, %q, %v", errs, notes, got)
	}
	if got := w.frames(); got[len(got)-1] != "1/300" {
		t.Errorf("the window ends with %s", got[len(got)-1])
	}
}

func byNumber(a, b string) int {
	var d, n, m int
	_, _ = fmt.Sscanf(a, "%d/%d", &d, &n)
	_, _ = fmt.Sscanf(b, "%d/%d", &d, &m)
	return n - m
}

func TestMoreDrawablesThanRoom(t *testing.T) {
	stuck := newGate("stuck", false)
	b := newBench(t, StageConfig{QueueBytes: 3 * testFrame}, screen{stuck})
	for d := range uint32(9) {
		b.takeAll(d + 1)
	}
	if b.most > 6 {
		t.Errorf("%d buffers at once", b.most)
	}
	close(stuck.tokens)
	b.finish(t.Context())
	if got := stuck.frames(); got[len(got)-1] != "9/1" {
		t.Errorf("got %v", got)
	}
}

func TestLosslessWaits(t *testing.T) {
	slow, quick := newGate("slow", false), newGate("quick", true)
	b := newBench(t, StageConfig{Lossless: true}, screen{slow}, quick)
	b.takeAll(many(losslessFrames+1, 1)...) // one is being presented
	taken := make(chan error, 1)
	go func() { taken <- b.take(t.Context(), 1) }()
	poll(t, "the other's frames", func() bool { return len(quick.frames()) >= losslessFrames+1 })
	select {
	case err := <-taken:
		t.Fatalf("a frame was taken without room for it: %v", err)
	default:
	}
	for range losslessFrames + 2 {
		slow.tokens <- struct{}{}
	}
	if err := <-taken; err != nil {
		t.Fatal(err)
	}
	close(slow.tokens)
	b.takeAll(many(50, 1, 2)...)
	b.finish(t.Context())
	for _, s := range b.stage.Stats() {
		if s.Dropped != 0 || s.Presented != losslessFrames+2+100 {
			t.Errorf("%+v", s)
		}
	}

	// The wait has a way out.
	stuck := newGate("stuck", false)
	b = newBench(t, StageConfig{Lossless: true, Patience: 50 * time.Millisecond}, stuck)
	b.takeAll(many(losslessFrames+1, 1)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.take(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	go func() { taken <- b.take(t.Context(), 1) }()
	b.stage.Ending()
	if err := <-taken; err != nil {
		t.Errorf("after the stuck output was given up: %v", err)
	}
	if errs, _ := b.finish(t.Context()); len(errs) != 1 || !errors.Is(errs[0], ErrEnded) {
		t.Errorf("errors %v", errs)
	}
}

func TestStuckAtTheEndIsGivenUp(t *testing.T) {
	stuck, good := newGate("stuck", false), newGate("good", true)
	b := newBench(t, StageConfig{Patience: 100 * time.Millisecond}, stuck, good)
	b.takeAll(many(5, 1)...)
	poll(t, "the good output's frames", func() bool { return len(good.frames()) == 5 })
	errs, _ := b.finish(t.Context())
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "stuck: no progress for 100ms at the end: 5 frames are lost") {
		t.Errorf("errors %v", errs)
	}
	st := b.stage.Stats()
	if st[0].Dropped != 5 || st[0].Presented != 0 || st[0].Err == nil || st[1].Presented != 5 {
		t.Errorf("%+v", st)
	}
}

// A long queue on a slow disk is written: what counts is that it gets on, also within a frame.
func TestSlowAtTheEndIsNotGivenUp(t *testing.T) {
	slow := newGate("slow", false)
	const patience = 400 * time.Millisecond
	b := newBench(t, StageConfig{Patience: patience}, slow)
	b.takeAll(many(2, 1)...)
	go func() {
		tick := time.NewTicker(patience / 20)
		defer tick.Stop()
		for range 40 { // twice the patience without a frame
			<-tick.C
			slow.steps.Add(1)
		}
		close(slow.tokens)
	}()
	if errs, _ := b.finish(t.Context()); len(errs) != 0 || len(slow.frames()) != 2 {
		t.Errorf("errors %v, frames %v", errs, slow.frames())
	}
}

// After an interrupt even progress has its end.
func TestInterruptedFinishIsBounded(t *testing.T) {
	slow := newGate("slow", false)
	b := newBench(t, StageConfig{Patience: 100 * time.Millisecond}, slow)
	b.takeAll(many(3, 1)...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	stop := make(chan struct{})
	var moving sync.WaitGroup
	moving.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				slow.steps.Add(1)
			case <-stop:
				return
			}
		}
	})
	errs, _ := b.finish(ctx)
	close(stop)
	moving.Wait()
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "3 frames are lost") {
		t.Errorf("errors %v", errs)
	}
}

func TestDeafOutputIsAbandoned(t *testing.T) {
	deaf := newGate("deaf", false)
	deaf.deaf = true
	b := newBench(t, StageConfig{Patience: 50 * time.Millisecond}, deaf)
	b.takeAll(1)
	b.stage.Finish(t.Context())
	b.mu.Lock()
	if len(b.errs) != 1 || b.out != 1 { // its frame stays with it
		t.Errorf("errors %v, %d buffers out", b.errs, b.out)
	}
	b.mu.Unlock()
	close(deaf.tokens)
	<-b.stage.feeds[0].ended
}

func TestEndedOutputTakesNoMore(t *testing.T) {
	bad, good := newGate("bad", true), newGate("good", true)
	bad.fails = Ended(errors.New("pipe burst"))
	b := newBench(t, StageConfig{Lossless: true}, bad, good)
	b.takeAll(many(20, 1)...)
	errs, _ := b.finish(t.Context())
	st := b.stage.Stats()
	if len(errs) != 1 || errs[0].Error() != "bad: pipe burst" || st[0].Dropped != 20 || st[0].Presented != 0 || st[1].Presented != 20 {
		t.Errorf("%v, %+v", errs, st)
	}

	// An error that is not the end is told each time.
	bad = newGate("bad", true)
	bad.fails = fmt.Errorf("x: %w", ErrWindowGone)
	b = newBench(t, StageConfig{}, bad)
	b.takeAll(1, 1)
	if errs, _ := b.finish(t.Context()); len(errs) != 2 || !errors.Is(errs[0], ErrWindowGone) || b.stage.Stats()[0].Err != nil {
		t.Errorf("%v, %+v", errs, b.stage.Stats())
	}
}

func TestTakeAllocatesNothing(t *testing.T) {
	pix := make(chan []byte, 1)
	pix <- make([]byte, testFrame)
	s := NewStage(t.Context(), []Output{counting{}, counting{}}, StageConfig{Lossless: true, Free: func(p []byte) { pix <- p }})
	defer s.Finish(t.Context())
	f := Frame{Drawable: 1, Width: 4, Height: 4}
	if n := testing.AllocsPerRun(200, func() {
		f.Pix = <-pix
		if err := s.Take(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// counting takes all frames and keeps nothing.
type counting struct{}

func (counting) Name() string                          { return "counting" }
func (counting) Present(context.Context, *Frame) error { return nil }
func (counting) Close() error                          { return nil }

func BenchmarkTake(b *testing.B) {
	pix := make(chan []byte, 1)
	pix <- make([]byte, testFrame)
	s := NewStage(b.Context(), []Output{counting{}}, StageConfig{Free: func(p []byte) { pix <- p }})
	defer s.Finish(b.Context())
	f := Frame{Drawable: 1, Width: 4, Height: 4}
	b.ReportAllocs()
	for b.Loop() {
		f.Pix = <-pix
		if err := s.Take(b.Context(), &f); err != nil {
			b.Fatal(err)
		}
	}
}
