package output

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults of a StageConfig.
const (
	DefaultQueueBytes = 256 << 20
	DefaultPatience   = 5 * time.Second
)

const (
	queueFrames    = 4096        // that wait for an output at most, however small
	losslessFrames = 2           // that wait for an output at most where none is dropped
	stallAfter     = time.Second // an output that has not got on for so long while frames wait for it is spoken of
	afterCancel    = time.Second // for a Present whose context has ended
)

// StageConfig says how a Stage treats outputs that cannot keep up.
type StageConfig struct {
	// Lossless: no frame is dropped; Take waits for the slowest output.
	Lossless bool
	// QueueBytes bounds what waits for one output; 0: DefaultQueueBytes. One frame may wait whatever its size.
	QueueBytes int
	// Patience is how long an output may take without any progress once no more frames come; 0: DefaultPatience.
	Patience time.Duration
	// Free is given each frame's memory back, from any goroutine; may be nil.
	Free func(pix []byte)
	// Failed is told each error of an output, Note once a word for the user. They are called by several goroutines and may be nil.
	Failed func(o Output, err error)
	Note   func(text string)
}

// OutputStats says what came of the frames for one output.
type OutputStats struct {
	Name      string
	Presented uint64
	Dropped   uint64 // came too fast, or were left when it failed
	// Present sums the times of Present; Delay those from Take to Present's end.
	Present, PresentMax time.Duration
	Delay, DelayMax     time.Duration
	Err                 error // the first
}

// Stage runs each of its outputs on a goroutine of its own, with a queue before it, so that one which is slow or stuck holds up
// neither the others nor who draws.
//
// Where a queue is full, the oldest frame that a newer one of the same drawable replaces is dropped, so that each drawable's last
// frame stays. For a Live output that is so from the second waiting frame of a drawable on: it shows the newest. Nothing is
// copied: a frame's memory is shared, and freed after the last output.
//
// Take, Ending and Finish are for one goroutine each; Steps and Stats are for any. Lock order: Stage.mu alone; of the outputs only Progress
// is called with it.
type Stage struct {
	c      StageConfig
	feeds  []*feed
	cancel context.CancelFunc
	ending sync.Once
	done   sync.WaitGroup

	mu    sync.Mutex
	spare []*item
}

// item is a frame under way.
type item struct {
	frame Frame
	taken time.Time
	refs  atomic.Int32
}

// feed is an output and what waits for it.
type feed struct {
	out    Output
	live   bool
	ctx    context.Context
	cancel context.CancelFunc
	wake   chan struct{} // a token: something came, or nothing more will
	room   chan struct{} // a token: something has left
	ended  chan struct{} // closed when its goroutine has ended

	// Of Stage.mu.
	queue  []*item
	bytes  int
	busy   bool
	closed bool // nothing more comes
	dead   bool // it takes nothing more
	steps  uint64
	moved  watch
	noted  bool
	stats  OutputStats
}

// NewStage starts the outputs' goroutines; Finish ends them. The outputs stay the caller's to close. ctx gives values only: its end
// ends nothing.
func NewStage(ctx context.Context, outs []Output, c StageConfig) *Stage {
	if c.QueueBytes == 0 {
		c.QueueBytes = DefaultQueueBytes
	}
	if c.Patience == 0 {
		c.Patience = DefaultPatience
	}
	s := &Stage{c: c}
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for _, o := range outs {
		f := &feed{out: o, wake: make(chan struct{}, 1), room: make(chan struct{}, 1), ended: make(chan struct{})}
		_, f.live = o.(Live)
		f.ctx, f.cancel = context.WithCancel(ctx)
		f.stats.Name = o.Name()
		f.moved = watch{patience: stallAfter, moved: func() uint64 { return f.steps + progress(o) }}
		s.feeds = append(s.feeds, f)
		s.done.Go(func() { s.serve(f) })
	}
	return s
}

// Take hands f to each output. f.Pix belongs to the Stage from then on, f itself stays the caller's. It waits only with Lossless;
// the end of ctx ends that wait.
func (s *Stage) Take(ctx context.Context, f *Frame) error {
	it := s.item(f)
	defer s.release(it)
	for _, fd := range s.feeds {
		if s.c.Lossless {
			if err := s.awaitRoom(ctx, fd, len(f.Pix)); err != nil {
				return err
			}
		}
		s.offer(fd, it)
	}
	return nil
}

// item takes a frame over, with one reference.
func (s *Stage) item(f *Frame) *item {
	s.mu.Lock()
	var it *item
	if n := len(s.spare); n > 0 {
		it, s.spare = s.spare[n-1], s.spare[:n-1]
	}
	s.mu.Unlock()
	if it == nil {
		it = new(item)
	}
	tiles := append(it.frame.Tiles[:0], f.Tiles...)
	it.frame, it.taken = *f, time.Now()
	it.frame.Tiles = tiles
	it.refs.Store(1)
	return it
}

func (s *Stage) release(it *item) {
	if it.refs.Add(-1) > 0 {
		return
	}
	if s.c.Free != nil {
		s.c.Free(it.frame.Pix)
	}
	it.frame.Pix = nil
	s.mu.Lock()
	if len(s.spare) < 64 {
		s.spare = append(s.spare, it)
	}
	s.mu.Unlock()
}

func (s *Stage) awaitRoom(ctx context.Context, f *feed, n int) error {
	for {
		s.mu.Lock()
		full := !f.dead && (len(f.queue) >= losslessFrames || len(f.queue) > 0 && f.bytes+n > s.c.QueueBytes)
		note := full && s.stalled(f, time.Now())
		s.mu.Unlock()
		if note {
			s.note(f.out.Name() + " does not get on: the app waits for it, as lossless outputs want")
		}
		if !full {
			return nil
		}
		again := time.NewTimer(stallAfter)
		select {
		case <-f.room:
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return ctx.Err()
		}
		again.Stop()
	}
}

// offer queues it, and drops what has no place.
func (s *Stage) offer(f *feed, it *item) {
	var few [4]*item
	out := few[:0]
	n := len(it.frame.Pix)
	s.mu.Lock()
	if f.dead {
		f.stats.Dropped++
		s.mu.Unlock()
		return
	}
	it.refs.Add(1)
	if !s.c.Lossless {
		if f.live {
			out = f.drop(out, it, func(old *item) bool { return old.frame.Drawable == it.frame.Drawable })
		}
		for len(f.queue) > 0 && f.bytes+n > s.c.QueueBytes || len(f.queue) >= queueFrames {
			out = f.drop(out, it, nil)
		}
	}
	f.queue = append(f.queue, it)
	f.bytes += n
	text := ""
	switch {
	case f.noted || s.c.Lossless:
	case !f.live && len(out) > 0:
		text, f.noted = f.out.Name()+" cannot keep up: frames are dropped for it (lossless outputs would slow the app instead)", true
	case f.live && s.stalled(f, time.Now()):
		text = f.out.Name() + " does not get on: the app goes on, and is seen again when it wakes"
	}
	s.mu.Unlock()
	poke(f.wake)
	s.releaseAll(out)
	if text != "" {
		s.note(text)
	}
}

// drop takes a frame out of the queue: the oldest for which which is true, or without which the oldest that a newer one, it among
// them, replaces, or the oldest of all. mu held.
func (f *feed) drop(out []*item, it *item, which func(*item) bool) []*item {
	if which == nil {
		which = func(old *item) bool {
			d, newer := old.frame.Drawable, 0
			for _, q := range f.queue {
				if q.frame.Drawable == d {
					newer++
				}
			}
			return newer > 1 || it.frame.Drawable == d
		}
		if !slices.ContainsFunc(f.queue, which) {
			which = func(*item) bool { return true }
		}
	}
	i := slices.IndexFunc(f.queue, which)
	if i < 0 {
		return out
	}
	old := f.queue[i]
	f.queue = slices.Delete(f.queue, i, i+1)
	f.bytes -= len(old.frame.Pix)
	f.stats.Dropped++
	return append(out, old)
}

// stalled tells, once, that f has not got on for a while although something waits. mu held.
func (s *Stage) stalled(f *feed, now time.Time) bool {
	if f.noted || !f.busy || len(f.queue) == 0 {
		f.moved.since = time.Time{}
		return false
	}
	f.noted = f.moved.stuck(now)
	return f.noted
}

func (s *Stage) note(text string) {
	if s.c.Note != nil {
		s.c.Note(text)
	}
}

func (s *Stage) failed(f *feed, err error) {
	s.mu.Lock()
	if f.stats.Err == nil && !errors.Is(err, ErrWindowGone) {
		f.stats.Err = err
	}
	s.mu.Unlock()
	if s.c.Failed != nil {
		s.c.Failed(f.out, err)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// serve gives one output its frames until there will be none.
func (s *Stage) serve(f *feed) {
	defer close(f.ended)
	defer f.cancel()
	for {
		it := s.next(f)
		if it == nil {
			return
		}
		began := time.Now()
		err := f.out.Present(f.ctx, &it.frame)
		now := time.Now()
		var left []*item
		s.mu.Lock()
		f.busy = false
		f.steps++
		switch {
		case f.dead: // given up meanwhile, and counted
			err = nil
		case errors.Is(err, ErrEnded):
			f.stats.Dropped++
			left = f.bury()
		default:
			st := &f.stats
			st.Presented++
			took, delay := now.Sub(began), now.Sub(it.taken)
			st.Present += took
			st.PresentMax = max(st.PresentMax, took)
			st.Delay += delay
			st.DelayMax = max(st.DelayMax, delay)
		}
		s.mu.Unlock()
		s.release(it)
		s.releaseAll(left)
		poke(f.room)
		if err != nil {
			s.failed(f, err)
		}
	}
}

// next waits for a frame; nil: there will be none.
func (s *Stage) next(f *feed) *item {
	for {
		s.mu.Lock()
		if len(f.queue) > 0 {
			it := f.queue[0]
			f.queue = slices.Delete(f.queue, 0, 1)
			f.bytes -= len(it.frame.Pix)
			f.busy = true
			s.mu.Unlock()
			poke(f.room)
			return it
		}
		over := f.closed || f.dead
		s.mu.Unlock()
		if over {
			return nil
		}
		<-f.wake
	}
}

// bury gives up what waits for f; the caller releases it. mu held.
func (f *feed) bury() []*item {
	f.dead = true
	left := f.queue
	f.queue, f.bytes = nil, 0
	f.stats.Dropped += uint64(len(left))
	return left
}

func (s *Stage) releaseAll(items []*item) {
	for _, it := range items {
		s.release(it)
	}
}

// Steps counts what the outputs have done so far: while it changes, they get on.
func (s *Stage) Steps() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := uint64(0)
	for _, f := range s.feeds {
		n += f.steps + progress(f.out)
	}
	return n
}

// Ending says that the app is gone, though frames of it may still come: from now on an output that has something to do must get on.
// One that does not for the configured patience is given up, which also ends a Take that waits for it.
func (s *Stage) Ending() {
	s.ending.Do(func() {
		for _, f := range s.feeds {
			s.done.Go(func() { s.guard(f) })
		}
	})
}

// guard gives f up when it is stuck.
func (s *Stage) guard(f *feed) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	w := watch{patience: s.c.Patience, moved: func() uint64 { return f.steps + progress(f.out) }}
	for {
		select {
		case <-f.ended:
			return
		case now := <-ticker.C:
			s.mu.Lock()
			if !f.busy && len(f.queue) == 0 {
				w.since = time.Time{}
			}
			stuck := w.stuck(now)
			s.mu.Unlock()
			if stuck {
				s.giveUp(f, fmt.Sprintf("no progress for %v at the end", s.c.Patience))
				return
			}
		}
	}
}

// giveUp ends an output that still has work to do.
func (s *Stage) giveUp(f *feed, why string) {
	s.mu.Lock()
	if f.dead {
		s.mu.Unlock()
		return
	}
	queued := f.bury()
	left := len(queued)
	if f.busy {
		left++
		f.stats.Dropped++
	}
	s.mu.Unlock()
	s.releaseAll(queued)
	f.cancel()
	poke(f.wake)
	poke(f.room)
	if left > 0 {
		s.failed(f, Ended(fmt.Errorf("%s: %s: %d frames are lost", f.out.Name(), why, left)))
	}
}

// Finish waits until the outputs have all frames, or are stuck, as Ending says. After ctx's end they have the patience in all, progress
// or not. An output that does not even hear the end of its context is abandoned. No Take may come after it.
func (s *Stage) Finish(ctx context.Context) {
	s.mu.Lock()
	for _, f := range s.feeds {
		f.closed = true
	}
	s.mu.Unlock()
	for _, f := range s.feeds {
		poke(f.wake)
	}
	s.Ending()
	defer s.cancel()
	all := make(chan struct{})
	go func() {
		s.done.Wait()
		close(all)
	}()
	late := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(s.c.Patience)
		defer timer.Stop()
		select {
		case <-all:
		case <-timer.C:
			close(late)
		}
	})
	defer stop()
	select {
	case <-all:
		return
	case <-late:
		for _, f := range s.feeds {
			select {
			case <-f.ended:
			default:
				s.giveUp(f, fmt.Sprintf("not done %v after the run was ended", s.c.Patience))
			}
		}
	case <-s.allGivenUp():
	}
	timer := time.NewTimer(afterCancel)
	defer timer.Stop()
	select {
	case <-all:
	case <-timer.C:
	}
}

// allGivenUp is closed when each output has ended or was given up.
func (s *Stage) allGivenUp() <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		for _, f := range s.feeds {
			<-f.ctx.Done() // serve ends it, and so does giveUp
		}
	}()
	return c
}

// Stats are the figures so far, an entry an output.
func (s *Stage) Stats() []OutputStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]OutputStats, len(s.feeds))
	for i, f := range s.feeds {
		all[i] = f.stats
	}
	return all
}
