package session

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/interleave"
	"github.com/prismgl/prism/tilesplit/queue"
	"github.com/prismgl/prism/tilesplit/subpixel"
	"github.com/prismgl/prism/tilesplit/wander"
)

// Whatever the app does, frames are those of one node while tiles move at each frame's border; what has to be exchanged for that, and
// whether they move at all, depends on what it clears.
func TestTilesMove(t *testing.T) {
	const w, h, frames = 24, 10, 12
	clear := func(a *app, mask uint32) { a.b.Record(op(t, "glClear"), 0).U32(mask) }
	color := func(a *app, seed uint32) {
		a.b.Record(op(t, "glClearColor"), 0).F32(float32(seed)).F32(0).F32(0).F32(1)
	}
	enable := func(a *app, what string, capability uint32) { a.b.Record(op(t, what), 0).U32(capability) }
	box := func(a *app, seed uint32, x, y, w, h int32) {
		color(a, seed)
		enable(a, "glEnable", glScissorTest)
		a.b.Record(op(t, "glScissor"), 0).I32(x).I32(y).I32(w).I32(h)
		clear(a, 0x4100)
		enable(a, "glDisable", glScissorTest)
	}
	drawWith := func(a *app, test uint32) {
		enable(a, "glEnable", test)
		a.b.Record(op(t, "glDrawArrays"), 0).U32(4).I32(0).I32(3)
		enable(a, "glDisable", test)
	}
	draw := func(a *app) { drawWith(a, glDepthTest) }
	accum := func(a *app, frame uint32, does uint32) {
		if frame == 0 {
			a.b.Record(op(t, "prismDrawableAccum"), 0).U32(1)
		}
		a.b.Record(op(t, "glAccum"), 0).U32(does).F32(1)
	}
	little := func(a *app, f uint32) { box(a, f, int32(f*2%20), int32(f%7), 4, 3) }
	for _, c := range []struct {
		name      string
		do        func(a *app, frame uint32)
		cannot    uint32
		policy    func() tilesplit.Policy
		exchanges [2]int // at least, at most
		moves     int    // at least
		still     bool   // tiles never move
	}{
		{name: "ClearsAll", do: func(a *app, f uint32) { color(a, f); clear(a, 0x4500); little(a, f); draw(a) }, moves: frames / 2},
		{name: "OneAfterTheOther", do: func(a *app, f uint32) { color(a, f); clear(a, 0x4000); clear(a, 0x500); little(a, f) }, exchanges: [2]int{1, 2}, moves: frames / 2},
		{name: "DepthFirst", do: func(a *app, f uint32) { color(a, f); clear(a, 0x100); clear(a, 0x4400); draw(a) }, exchanges: [2]int{1, 2}, moves: frames / 2},
		{name: "ByBuffers", do: func(a *app, f uint32) {
			color(a, f)
			clear(a, 0x4100)
			a.b.Record(op(t, "glClearBufferfi"), 0).U32(glDepthStencil).I32(0).F32(1).I32(0)
		}, exchanges: [2]int{1, 2}, moves: frames / 2},
		{name: "WithoutStencil", do: func(a *app, f uint32) { color(a, f); clear(a, 0x4100); little(a, f); draw(a) }, moves: frames / 2},
		{name: "StencilLiesApart", do: func(a *app, f uint32) {
			color(a, f)
			if f%5 == 0 {
				clear(a, 0x400)
			}
			clear(a, 0x4100)
			little(a, f)
			if f%3 == 2 {
				drawWith(a, glStencilTest)
			}
			draw(a)
		}, exchanges: [2]int{2, frames}, moves: frames / 2},
		{name: "DepthLiesApart", do: func(a *app, f uint32) {
			color(a, f)
			if f%4 == 0 {
				clear(a, 0x100)
			}
			clear(a, 0x4400)
			drawWith(a, glStencilTest)
			if f%3 == 2 {
				draw(a)
			}
		}, exchanges: [2]int{2, frames}, moves: frames / 2},
		{name: "NeverClears", do: func(a *app, f uint32) { little(a, f) }, exchanges: [2]int{frames / 2, 3 * frames}, moves: frames / 2},
		{name: "DepthStays", do: func(a *app, f uint32) {
			color(a, f)
			if f == 0 {
				clear(a, 0x4500)
			}
			clear(a, 0x4000)
			little(a, f)
			draw(a)
		}, exchanges: [2]int{frames / 2, 3 * frames}, moves: frames / 2},
		{name: "Reads", do: func(a *app, f uint32) {
			a.ask("glReadPixels", 0, 0, w, h, 0x1908, 0x1401)
			little(a, f)
		}, exchanges: [2]int{frames / 2, 3 * frames}, moves: frames / 2},
		{name: "MaskedIsNotCleared", do: func(a *app, f uint32) {
			color(a, f)
			a.b.Record(op(t, "glColorMask"), 0).U32(1).U32(1).U32(1).U32(0)
			clear(a, 0x4500)
			a.b.Record(op(t, "glColorMask"), 0).U32(1).U32(1).U32(1).U32(1)
		}, exchanges: [2]int{frames / 2, 3 * frames}, moves: frames / 2},
		{name: "OnlyDepthIsCleared", do: func(a *app, f uint32) {
			if f < 3 {
				little(a, f)
			}
			clear(a, 0x500)
		}, exchanges: [2]int{frames / 2, 3 * frames}, moves: frames / 2},
		{name: "AttributesComeBack", do: func(a *app, f uint32) {
			color(a, f)
			a.b.Record(op(t, "glPushAttrib"), 0).U32(glScissorBit)
			little(a, f)
			enable(a, "glEnable", glScissorTest)
			a.b.Record(op(t, "glPopAttrib"), 0)
			enable(a, "glDisable", glScissorTest) // the fake has no stack
			clear(a, 0x4500)
		}, exchanges: [2]int{frames / 2, 3 * frames}, moves: frames / 2},
		{name: "AccumulatesAFrame", do: func(a *app, f uint32) {
			color(a, f)
			clear(a, 0x4500)
			accum(a, f, glLoad)
			little(a, f+5)
			accum(a, f, glReturn)
		}, moves: frames / 2},
		{name: "AccumulatesOverFrames", do: func(a *app, f uint32) {
			color(a, f)
			clear(a, 0x4500)
			if f%4 == 0 {
				accum(a, f, glLoad)
				little(a, f+5)
			} else {
				accum(a, f, glReturn)
				little(a, f)
			}
		}, exchanges: [2]int{frames / 2, 2 * frames}, moves: frames / 2},
		{name: "NodesThatCannotGive", cannot: bufferDepth, do: func(a *app, f uint32) { little(a, f) }, exchanges: [2]int{1, 3}, still: true},
		{name: "ThatCannotGiveAndNeedNot", cannot: bufferDepth, do: func(a *app, f uint32) { color(a, f); clear(a, 0x4500); little(a, f) }, moves: frames / 2},
		{name: "FrontIsUsed", do: func(a *app, f uint32) {
			if f == 0 {
				a.b.Record(op(t, "glReadBuffer"), 0).U32(0x404)
			}
			color(a, f)
			clear(a, 0x4500)
		}, still: true},
		{name: "Interleave", policy: func() tilesplit.Policy { return interleave.Interleave{} }, do: func(a *app, f uint32) { color(a, f); clear(a, 0x4500); draw(a) }, moves: frames - 1},
		{name: "InterleaveWithHistory", policy: func() tilesplit.Policy { return interleave.Interleave{} }, do: little, exchanges: [2]int{frames - 1, 3 * frames}, moves: frames - 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, w, h)
			for i := range uint32(frames) {
				c.do(a, i)
				a.finish() // so that costs are told in time
				a.swap(1)
			}
			one, _ := cluster(t, 1, nil)
			want, _, err := play(t, &source{chunks: bytesOf(a.chunks)}, one.Hub(), grid.Grid{Columns: 1, Rows: 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			policy := c.policy
			if policy == nil {
				policy = func() tilesplit.Policy { return wander.New(7, tilesplit.Borders{}) }
			}
			pair, _ := cluster(t, 3, func(n *worker) { n.cannot = c.cannot })
			shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), nil, func(c *Config) { c.PolicyFor, c.FramesInFlight = policy, 1 })
			if err != nil || len(shots) != frames || len(want) != frames {
				t.Fatalf("%d frames, %d of one node, notes %q, %v", len(shots), len(want), stats.Notes, err)
			}
			for i, s := range shots {
				if !bytes.Equal(s.pix, want[i].pix) {
					t.Errorf("frame %d is not one node's", i+1)
				}
			}
			if n := int(stats.Exchanges); n < c.exchanges[0] || n > c.exchanges[1] {
				t.Errorf("%d exchanges, want %d to %d", n, c.exchanges[0], c.exchanges[1])
			}
			if n := int(stats.Moves); n < c.moves || c.still && n > 0 {
				t.Errorf("tiles moved %d times, want %d or more; never: %v", n, c.moves, c.still)
			}
		})
	}
}

// Another policy comes into force at a frame's border; one that cannot be carried out leaves all as it is.
func TestPolicyChanges(t *testing.T) {
	const w, h = 24, 12
	changes := make(chan func() tilesplit.Policy, 1)
	a := newApp(t)
	a.window(1, w, h)
	for i := range uint32(9) {
		a.fill(i)
		a.swap(1)
	}
	var seen []string
	shotsOf := func(c *Config) {
		c.FramesInFlight, c.Changes = 1, changes
		c.Outputs = nil
	}
	pair, _ := cluster(t, 4, func(n *worker) {
		n.swapped = func(frame uint64) bool {
			if n.peer == 3 {
				seen = append(seen, fmt.Sprint(n.plans[1].Tiles))
			}
			if n.peer == 0 {
				switch frame {
				case 3:
					changes <- func() tilesplit.Policy { return grid.Grid{Columns: 1, Rows: 4} }
				case 6:
					changes <- func() tilesplit.Policy { return subpixel.Subpixel{Samples: 99} }
				}
			}
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 2, Rows: 2}, shotsOf)
	if err != nil || len(shots) != 9 {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	pair.end()
	for i, s := range shots {
		if !bytes.Equal(s.pix, pattern(uint32(i), w, h)) {
			t.Errorf("frame %d is not the picture", i+1)
		}
	}
	if first, last := "[{12 6 12 6}]", "[{0 9 24 3}]"; len(seen) != 9 || seen[0] != first || seen[8] != last {
		t.Errorf("tiles of peer 3: %v", seen)
	}
	if len(stats.Notes) != 1 {
		t.Errorf("notes %q, want one about samples that cannot be had", stats.Notes)
	}
}

func bytesOf(chunks [][]byte) [][]byte {
	out := make([][]byte, len(chunks))
	for i := range chunks {
		out[i] = bytes.Clone(chunks[i])
	}
	return out
}

// Queries that count fragments make the nodes draw all where their boxes overlap, so that one of them can count for all; and only there.
func TestCountingWithManyTiles(t *testing.T) {
	const w, h = 24, 12
	for _, c := range []struct {
		name   string
		policy tilesplit.Policy
		target uint32
		whole  bool
	}{
		{"Boxes", queue.Queue{TileWidth: 4, TileHeight: 3}, 0x8914, true},
		{"Primitives", queue.Queue{TileWidth: 4, TileHeight: 3}, 0x8C87, false},
		{"Disjoint", grid.Grid{Columns: 3, Rows: 1}, 0x8914, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, w, h)
			a.b.Record(op(t, "glBeginQuery"), 0).U32(c.target).U32(5)
			a.fill(3)
			a.b.Record(op(t, "glEndQuery"), 0).U32(c.target)
			a.swap(1)
			pair, workers := cluster(t, 3, nil)
			shots, _, err := play(t, &source{chunks: a.chunks}, pair.Hub(), c.policy, nil)
			if err != nil || len(shots) != 1 || !bytes.Equal(shots[0].pix, pattern(3, w, h)) {
				t.Fatalf("%d frames, %v", len(shots), err)
			}
			pair.end()
			for _, n := range workers {
				if whole := n.plans[1].Scissor == (proto.Rect{W: w, H: h}); whole != c.whole {
					t.Errorf("peer %d draws %+v: all %v, want %v", n.peer, n.plans[1].Scissor, whole, c.whole)
				}
			}
		})
	}
}
