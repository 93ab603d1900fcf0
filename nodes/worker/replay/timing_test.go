package replay

import (
	"slices"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// work draws n rectangles over the whole window, each blended, so that a driver cannot leave any out. llvmpipe takes times that mean
// anything only where what stands before a timestamp has been flushed, which a fence does.
func work(s *workertest.Script, n int) {
	s.Do("prismFence", 1, 1)
	defer func() { s.Do("prismFence", 1, 1) }()
	s.Do("glEnable", 0x0BE2).Do("glBlendFunc", 0x0302, 0x0303).Do("glColor4f", 0.5, 0.25, 0.125, 0.5)
	for range n {
		s.Do("glRectf", -1.0, -1.0, 1.0, 1.0)
	}
}

// A frame's time is that of its own work, in however many batches it came, and not of the waiting between them.
func TestFrameTime(t *testing.T) {
	on(t, false, func(r *Replay) {
		if _, ok := r.FrameTime(true); ok {
			t.Error("a time though nobody wanted one")
		}
		r.Time(true)
		frame := uint64(0)
		took := func(batches ...func(s *workertest.Script)) (ns, wall time.Duration) {
			t.Helper()
			s := workertest.New(t)
			began := time.Now()
			for i, b := range batches {
				s.Reset().Bind(1, 1, 1)
				b(s)
				if frame++; i == len(batches)-1 {
					s.Swap(1, frame)
				}
				play(t, r, s.Batch())
			}
			n, ok := r.FrameTime(true)
			if !ok {
				t.Fatal("no time")
			}
			return time.Duration(n), time.Since(began)
		}
		play(t, r, workertest.New(t).Window(512, 512).Do("glClear", glColor).Swap(1, 1).Batch())
		if _, ok := r.FrameTime(true); !ok {
			t.Fatal("no time of the first frame")
		}
		heavy := func(s *workertest.Script) { work(s, 40) }
		light := func(s *workertest.Script) { work(s, 2) }
		took(heavy) // shaders are compiled
		const pause = 100 * time.Millisecond
		wait := func(s *workertest.Script) {
			timer := time.NewTimer(pause)
			<-timer.C
			light(s)
		}
		// The shortest of several: what else runs here makes times longer, and never shorter. Light and heavy ones come by turns, so that a time
		// that is told with another frame is seen.
		shortest := func(batches ...func(s *workertest.Script)) time.Duration {
			best := time.Hour
			for range 4 {
				took(heavy)
				ns, wall := took(batches...)
				if ns <= 0 || ns > wall {
					t.Errorf("%v of %v", ns, wall)
				}
				best = min(best, ns)
				took(light)
			}
			return best
		}
		one, few := shortest(heavy), shortest(light)
		if few*5 > one {
			t.Errorf("a light frame took %v, a heavy one %v", few, one)
		}
		if ns := shortest(light, wait, wait); ns > pause {
			t.Errorf("three light batches with %v between them took %v", pause, ns)
		}
		if ns := shortest(light, heavy, light); ns < 5*few {
			t.Errorf("a heavy batch between light ones took %v, a light frame %v", ns, few)
		}
		// Forgotten times do not come with the next frame.
		s := workertest.New(t).Bind(1, 1, 1)
		heavy(s)
		play(t, r, s.Swap(1, 1000).Batch())
		if _, ok := r.FrameTime(false); ok {
			t.Error("a time that was not waited for")
		}
		if ns, wall := took(light); ns > wall {
			t.Errorf("%v of %v after a frame that was forgotten", ns, wall)
		}
		// Nothing drawn is no time.
		if ns, ok := r.FrameTime(true); !ok || ns != 0 {
			t.Errorf("no record took %d ns, %v", ns, ok)
		}
	})
}

// The app's own queries count what they should, whatever is open while times are taken; what cannot be told is not told, and the next frame is.
func TestFrameTimeDisturbsNothing(t *testing.T) {
	const timeElapsed, timestamp = 0x88BF, 0x8E28
	on(t, false, func(r *Replay) {
		r.Time(true)
		next := func(s *workertest.Script, want bool, what string) {
			t.Helper()
			stops := play(t, r, s.Swap(1, 1).Batch())
			if stops[len(stops)-1].GLError != 0 {
				t.Errorf("%s: GL error %#x", what, stops[len(stops)-1].GLError)
			}
			if ns, ok := r.FrameTime(true); ok != want || ok && ns <= 0 {
				t.Errorf("%s: %d ns, %v, want %v", what, ns, ok, want)
			}
		}
		next(workertest.New(t).Window(64, 64).Do("glClear", glColor), true, "the first frame")
		s := workertest.New(t).Bind(1, 1, 1).Do("glGenQueries", 3, []uint32{11, 12, 13})
		s.Do("glQueryCounter", 12, timestamp).Do("glBeginQuery", timeElapsed, 11)
		work(s, 20)
		play(t, r, s.Batch())
		s = workertest.New(t).Bind(1, 1, 1)
		work(s, 20)
		s.Do("glEndQuery", timeElapsed).Do("glQueryCounter", 13, timestamp)
		s.Do("prismQueryPush", 11, 5, 1, mergeLead).Do("prismQueryPush", 12, 6, 1, mergeLead).Do("prismQueryPush", 13, 7, 1, mergeLead)
		next(s, true, "with queries of its own")
		results := told(t, r, true)
		results = slices.DeleteFunc(results, func(r proto.Result) bool { return r.Place == 1 }) // work's fences
		if len(results) != 3 || results[0].Value == 0 || results[1].Value == 0 || results[2].Value-results[1].Value < results[0].Value {
			t.Errorf("the app's queries: %+v", results)
		}
		// A list and a primitive that are open at a batch's end.
		s = workertest.New(t).Bind(1, 1, 1).Do("glNewList", 3, 0x1300)
		play(t, r, s.Do("glColor4f", 1.0, 0.0, 0.0, 1.0).Batch())
		next(workertest.New(t).Bind(1, 1, 1).Do("glEndList").Do("glCallList", 3), true, "with a list from one batch to the next")
		play(t, r, workertest.New(t).Bind(1, 1, 1).Do("glBegin", 4).Do("glVertex2f", 0.0, 0.0).Batch())
		next(workertest.New(t).Bind(1, 1, 1).Do("glVertex2f", 1.0, 0.0).Do("glVertex2f", 1.0, 1.0).Do("glEnd"), true, "with a primitive from one batch to the next")
		play(t, r, workertest.New(t).Bind(1, 1, 1).Do("glNewList", 4, 0x1300).Swap(1, 1).Batch())
		if _, ok := r.FrameTime(true); ok {
			t.Error("the time of a frame that ends in a list")
		}
		next(workertest.New(t).Bind(1, 1, 1).Do("glEndList"), false, "that begins in a list")
		next(workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor), true, "after it")
		// Two contexts.
		s = workertest.New(t).Context(2, 1, 0, 1, 0).Bind(1, 1, 1).Do("glClear", glColor).Bind(2, 1, 1).Do("glClear", glColor)
		next(s, false, "of two contexts")
		next(workertest.New(t).Bind(2, 1, 1).Do("glClear", glColor), true, "of the second one")
		next(workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor), true, "of the first one")
		play(t, r, workertest.New(t).Bind(2, 1, 1).Do("glClear", glColor).Bind(1, 1, 1).Do("prismContextDestroy", 2).Batch())
		next(workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor), false, "whose context is gone")
		next(workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor), true, "after it")
		// More batches than there is room for.
		for range 600 {
			play(t, r, workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor).Batch())
		}
		next(workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor), false, "of too many batches")
		next(workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor), true, "after it")
		if r.Note() != "" {
			t.Error("something was noted")
		}
	})
}
