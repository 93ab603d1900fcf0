package replay

import (
	"slices"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/wire"
)

const (
	samplesPassed       = 0x8914
	primitivesGenerated = 0x8C87
	mergeSum            = 0
	mergeLead           = 3
)

// told gives all results of r.
func told(t *testing.T, r *Replay, wait bool) []proto.Result {
	t.Helper()
	b, err := r.Results(wait)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) == 0 {
		return nil
	}
	out, err := proto.ParseResults(b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// count draws a rectangle of so many pixels of a window of 64×64, counted by query.
func count(s *workertest.Script, target, query, x, y, w, h int) {
	s.Do("glBeginQuery", target, query)
	f := func(v int) float64 { return float64(v)/32 - 1 }
	s.Do("glRectf", f(x), f(y), f(x+w), f(y+h))
	s.Do("glEndQuery", target)
}

// Results are told in the stream's order, whatever context they are of, once each; what is used again before it was told is nothing.
func TestResultsAreToldInOrder(t *testing.T) {
	on(t, false, func(r *Replay) {
		r.SetLead(true)
		s := workertest.New(t).Window(64, 64).Context(2, 1, 0, 1, 0)
		s.Do("glGenQueries", 3, []uint32{11, 12, 13})
		count(s, samplesPassed, 11, 0, 0, 16, 8)
		s.Do("prismQueryPush", 11, 5, 1, mergeSum).Do("prismFence", 6, 1)
		s.Bind(2, 1, 1)
		s.Do("glGenQueries", 1, []uint32{21})
		count(s, primitivesGenerated, 21, 0, 0, 8, 8)
		s.Do("prismQueryPush", 21, 7, 1, mergeLead).Do("prismFence", 8, 1)
		s.Bind(1, 1, 1)
		count(s, samplesPassed, 12, 0, 0, 8, 8)
		s.Do("prismQueryPush", 12, 9, 1, mergeSum)
		count(s, samplesPassed, 12, 0, 0, 4, 4) // the same query again: the result before is lost
		s.Do("prismQueryPush", 12, 9, 2, mergeSum)
		count(s, samplesPassed, 13, 0, 0, 4, 4)
		s.Do("prismQueryPush", 13, 10, 1, mergeSum).Do("glDeleteQueries", 1, []uint32{13})
		play(t, r, s.Batch())
		if !r.Pending() {
			t.Error("nothing is under way")
		}
		got := append(told(t, r, false), told(t, r, true)...)
		want := []proto.Result{{Place: 5, Use: 1, Value: 128}, {Place: 6, Use: 1}, {Place: 7, Use: 1, Value: 1}, {Place: 8, Use: 1},
			{Place: 9, Use: 1}, {Place: 9, Use: 2, Value: 16}, {Place: 10, Use: 1}}
		if !slices.Equal(got, want) {
			t.Errorf("told %v\nwant %v", got, want)
		}
		if r.Pending() || told(t, r, true) != nil {
			t.Error("something is under way yet")
		}
		// The context that was current is so again: what comes is drawn with it.
		play(t, r, workertest.New(t).Bind(1, 1, 1).Do("glClear", glColor).Batch())
	})
}

// A node that does not lead says 0 where the leading one counts for all, and a context that ends tells what it knows.
func TestResultsOfOneThatDoesNotLead(t *testing.T) {
	on(t, false, func(r *Replay) {
		r.SetPlan(&proto.Plan{Drawable: 1, Width: 64, Height: 64, Scissor: proto.Rect{W: 32, H: 64}, Tiles: []proto.Rect{{W: 32, H: 64}}})
		s := workertest.New(t).Window(64, 64).Context(2, 1, 0, 1, 0).Bind(2, 1, 1)
		s.Do("glGenQueries", 2, []uint32{11, 12})
		count(s, samplesPassed, 11, 16, 0, 32, 8) // half of it is another's
		s.Do("prismQueryPush", 11, 1, 1, mergeSum)
		count(s, primitivesGenerated, 12, 0, 0, 32, 8)
		s.Do("prismQueryPush", 12, 2, 1, mergeLead).Do("prismFence", 3, 9)
		s.Bind(1, 1, 1).Do("prismContextDestroy", 2)
		play(t, r, s.Batch())
		if got, want := told(t, r, false), []proto.Result{{Place: 1, Use: 1, Value: 128}, {Place: 2, Use: 1}, {Place: 3, Use: 9}}; !slices.Equal(got, want) {
			t.Errorf("told %v\nwant %v", got, want)
		}
	})
}

// A result for a buffer and a decision are carried out as the session has filled them in; the end of a condition that was none is nothing.
func TestWhatResultsDecide(t *testing.T) {
	on(t, false, func(r *Replay) {
		r.SetLead(true)
		s := workertest.New(t).Window(64, 64)
		s.Do("glGenQueries", 1, []uint32{11})
		clear(s, 0, 0, 0, 1)
		s.Do("prismConditionalOf", 1, 1, 1, 0)
		clear(s, 1, 0, 0, 1) // discarded
		s.Do("prismConditional", 0).Do("prismConditional", 0)
		s.Do("prismConditionalOf", 0, 1, 1, 0)
		s.Do("glRectf", -1.0, -1.0, 0.0, 0.0)
		s.Do("prismConditional", 0)
		s.Do("glGenBuffers", 1, []uint32{31}).Do("glBindBuffer", 0x8892, 31).Do("glBufferData", 0x8892, 16, make([]byte, 16), 0x88E4)
		s.Do("prismResultStore", 31, 4, 8, 0x1234567890, 0, 1, 1)
		s.Do("prismBufferRead", 5, 31, 0, 16)
		s.Swap(1, 1)
		batch := s.Batch()
		n, stop, err := r.Run(batch)
		if err != nil || n != len(batch) || stop.GLError != 0 {
			t.Fatalf("%d of %d bytes, %+v, %v", n, len(batch), stop, err)
		}
		pix := readback(t, r, 1, proto.Rect{W: 64, H: 64})
		if a, b := pixel(pix, 64, 10, 10), pixel(pix, 64, 40, 40); a != [4]byte{255, 255, 255, 255} || b != [4]byte{0, 0, 0, 255} {
			t.Errorf("pixels %v, %v", a, b)
		}
		var got []byte
		if err := r.Replies(func(b []byte) error { got = b; return nil }); err != nil {
			t.Fatal(err)
		}
		it := (&wire.Reply{Arrays: got[wire.ReplyHeaderBytes:]}).Walk()
		if !it.Next() || !slices.Equal(it.Data(), []byte{0, 0, 0, 0, 0, 0, 0, 0, 0x90, 0x78, 0x56, 0x34, 0, 0, 0, 0}) {
			t.Errorf("the buffer has %x", it.Data())
		}
	})
}
