package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/grid"
)

// What queries count on the nodes is put together and comes to the app's places in the stream's order, and nobody asked.
func TestResults(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 6)
	for i, how := range []uint32{mergeSum, mergeOr, mergeMax, mergeLead} {
		a.push(uint32(10+i), 1, how)
	}
	a.fence(20, 1)
	a.chunk(0)
	a.push(10, 2, mergeLead) // the place again, before the first result may have come
	a.fence(4095, 0xffffffff)
	a.swap(1)
	counts := []uint64{5, 9, 2}
	hub, _ := cluster(t, 3, func(w *worker) { w.count = counts[w.peer] })
	src := &source{chunks: a.chunks}
	_, stats, err := play(t, src, hub.Hub(), grid.Grid{Columns: 3, Rows: 1}, func(c *Config) { c.Lead = 1 })
	if err != nil {
		t.Fatal(err)
	}
	want := []proto.Result{{Place: 10, Use: 1, Value: 16}, {Place: 11, Use: 1, Value: 15}, {Place: 12, Use: 1, Value: 9}, {Place: 13, Use: 1, Value: 9},
		{Place: 20, Use: 1}, {Place: 10, Use: 2, Value: 9}, {Place: 4095, Use: 0xffffffff}}
	src.mu.Lock()
	defer src.mu.Unlock()
	if !slices.Equal(src.results, want) {
		t.Errorf("results %v\nwant    %v", src.results, want)
	}
	if stats.RoundTrips != 0 || stats.Results != uint64(len(want)) {
		t.Errorf("%d round trips, %d results", stats.RoundTrips, stats.Results)
	}
}

// Sums that do not fit are the greatest that do.
func TestResultsSaturate(t *testing.T) {
	d := due{how: mergeSum}
	for range 3 {
		d.merge(1<<63, false)
	}
	if d.value != ^uint64(0) {
		t.Errorf("%#x", d.value)
	}
}

// What the stream decides by a result is the same for all nodes, whatever each has counted.
func TestDecidedByResults(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 6)
	a.push(1, 1, mergeSum)
	a.conditional(1, 1, 0)
	a.conditional(1, 1, 1)
	a.push(2, 1, mergeLead) // the leading node has counted nothing
	a.conditional(2, 1, 0)
	a.conditional(2, 1, 1)
	a.store(1, 1, 1<<31-1)
	a.store(1, 1, 4)
	a.fence(1, 2)
	a.chunk(0)
	a.push(1, 3, mergeMax)
	a.store(1, 3, ^uint64(0))
	a.swap(1)
	hub, workers := cluster(t, 3, func(w *worker) { w.count = []uint64{0, 7, 3}[w.peer] })
	src := &source{chunks: a.chunks}
	_, stats, err := play(t, src, hub.Hub(), grid.Grid{Columns: 3, Rows: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	hub.end()
	for i, w := range workers {
		if want := []uint64{0, 1, 1, 0, 10, 4, 7}; !slices.Equal(w.decided, want) {
			t.Errorf("node %d was told %v, want %v", i, w.decided, want)
		}
	}
	if stats.RoundTrips != 0 {
		t.Errorf("%d round trips", stats.RoundTrips)
	}
}

// More results than the session keeps make the splitter wait, and nothing else.
func TestManyResultsWait(t *testing.T) {
	const over = 1000
	a := newApp(t)
	a.window(1, 8, 6)
	for i := range uint32(maxDue + over) {
		a.fence(i%4096, i/4096+1)
		if i%5000 == 0 {
			a.chunk(0)
		}
	}
	a.swap(1)
	hub, _ := cluster(t, 1, func(w *worker) {
		var held []byte
		n := 0
		w.onTell = func(r []proto.Result) []byte { // nothing before the session must wait
			held = proto.AppendResult(held, r[0])
			if n++; n < maxDue || n%100 != 0 && n < maxDue+over {
				if n != maxDue {
					return nil
				}
			}
			b := held
			held = nil
			return b
		}
	})
	src := &source{chunks: a.chunks}
	if _, _, err := play(t, src, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, nil); err != nil {
		t.Fatal(err)
	}
	src.mu.Lock()
	defer src.mu.Unlock()
	if len(src.results) != maxDue+over {
		t.Errorf("%d results, want %d", len(src.results), maxDue+over)
	}
}

// A node that tells what was not asked, or in another order, is at fault.
func TestResultsThatWereNotAsked(t *testing.T) {
	encode := func(all ...proto.Result) []byte {
		var b []byte
		for _, r := range all {
			b = proto.AppendResult(b, r)
		}
		return b
	}
	for _, c := range []struct {
		name string
		tell func(r proto.Result) []byte
		want string
	}{
		{"TooMany", func(r proto.Result) []byte { return encode(r, r, r, r, r) }, "use 1 of place 3, but use 1 of place 4 is next"},
		{"TooHigh", func(r proto.Result) []byte { r.Use += 1000; return encode(r) }, "use 1001 of place 3, but use 1 of place 3 is next"},
		{"AnotherPlace", func(r proto.Result) []byte { r.Place = 1 << 31; return encode(r) }, "use 1 of place 2147483648, but use 1 of place 3 is next"},
		{"AfterTheLast", func(r proto.Result) []byte {
			if r.Place == 3 {
				return encode(r)
			}
			return encode(r, proto.Result{Place: 5, Use: 1})
		}, "use 1 of place 5, which was not asked for"},
		{"Nothing", func(proto.Result) []byte { return []byte{} }, "0 bytes"},
		{"HalfAResult", func(r proto.Result) []byte { return encode(r)[:8] }, "8 bytes, a result has 16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, 8, 6)
			a.push(3, 1, mergeSum)
			a.fence(4, 1)
			a.swap(1)
			hub, _ := cluster(t, 2, func(w *worker) {
				if w.peer == 1 {
					w.onTell = func(r []proto.Result) []byte { return c.tell(r[0]) }
				}
			})
			src := &source{chunks: a.chunks, hang: true}
			_, _, err := play(t, src, hub.Hub(), grid.Grid{Columns: 2, Rows: 1}, nil)
			if !errors.Is(err, ErrProtocol) || errors.Is(err, wire.ErrCorrupt) || !strings.Contains(fmt.Sprint(err), c.want) || !strings.Contains(fmt.Sprint(err), "node 1") {
				t.Errorf("error %v, want node 1 and %s", err, c.want)
			}
		})
	}
}
