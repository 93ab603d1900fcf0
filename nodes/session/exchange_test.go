package session

import (
	"bytes"
	"image"
	"sync"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit/grid"
)

// copied is what a node had when it carried out a command that reads, and where it drew.
type copied struct {
	peer  int
	pix   []byte
	tiled bool
}

// TestReadersFindTheWhole: commands that read the window find one GPU's picture on each node, and the window stays split.
func TestReadersFindTheWhole(t *testing.T) {
	const w, h = 16, 12
	all := image.Rect(0, 0, w, h)
	copyAll := func(a *app) {
		a.b.Record(op(t, "glCopyTexImage2D"), 0).U32(0x0DE1).I32(0).U32(0x1908).I32(0).I32(0).I32(w).I32(h).I32(0)
	}
	copyPixels := func(a *app, kind uint32) {
		a.b.Record(op(t, "glCopyPixels"), 0).I32(2).I32(1).I32(9).I32(5).U32(kind)
	}
	blit := func(a *app, from, to uint32) {
		a.b.Record(op(t, "glBlitNamedFramebuffer"), 0).U32(from).U32(to).I32(0).I32(0).I32(w).I32(h).I32(0).I32(0).I32(w).I32(h).U32(0x4000).U32(0x2600)
	}
	bindRead := func(a *app, fb uint32) { a.b.Record(op(t, "glBindFramebuffer"), 0).U32(0x8CA8).U32(fb) }
	for _, c := range []struct {
		name     string
		do       func(a *app, frame uint32)
		cannot   uint32
		copies   int // in a frame
		gathered int // in all
		part     image.Rectangle
		tiled    bool
		notes    int
		samples  uint32
	}{
		{name: "Copy", do: func(a *app, _ uint32) { copyAll(a) }, copies: 1, gathered: 3, part: all, tiled: true},
		{name: "UnchangedOnce", do: func(a *app, _ uint32) { copyAll(a); copyAll(a); copyAll(a) }, copies: 3, gathered: 3, part: all, tiled: true},
		{name: "Part", do: func(a *app, _ uint32) { copyPixels(a, 0x1800) }, copies: 1, gathered: 3, part: image.Rect(1, 0, 12, 7), tiled: true},
		{name: "WithinTheWhole", do: func(a *app, _ uint32) { copyAll(a); copyPixels(a, 0x1800) }, copies: 2, gathered: 3, part: all, tiled: true},
		{name: "AfterDrawing", do: func(a *app, f uint32) { copyAll(a); a.fill(f + 10); copyAll(a) }, copies: 2, gathered: 6, part: all, tiled: true},
		{name: "Samples", samples: 4, do: func(a *app, _ uint32) { copyPixels(a, 0x1800) }, copies: 1, gathered: 2 * 4, part: all},
		{name: "SamplesThatAreNotGivenBack", samples: 4, cannot: bufferColor, do: func(a *app, _ uint32) { copyPixels(a, 0x1800) }, copies: 1, gathered: 1, notes: 1},
		{name: "Depth", do: func(a *app, _ uint32) { copyPixels(a, 0x1801) }, copies: 1, gathered: 3, tiled: true},
		{name: "DepthThatIsNotGivenBack", cannot: bufferDepth, do: func(a *app, _ uint32) { copyPixels(a, 0x1801) }, copies: 1, gathered: 1, notes: 1},
		{name: "Object", do: func(a *app, _ uint32) {
			a.b.Record(op(t, "glBindFramebuffer"), 0).U32(0x8CA8).U32(5)
			copyAll(a)
			a.b.Record(op(t, "glBindFramebuffer"), 0).U32(0x8CA8).U32(0)
		}, copies: 1, tiled: true},
		{name: "SideEffects", do: func(a *app, f uint32) {
			if f == 0 {
				a.b.Record(op(t, "prismWhole"), 0)
			}
			copyAll(a)
		}, copies: 1, gathered: 2, part: all},
		{name: "SideEffectsOnAPbuffer", cannot: bufferDepth, do: func(a *app, f uint32) {
			if f == 0 {
				a.b.Record(op(t, "prismWhole"), 0)
			}
			copyAll(a)
		}, copies: 1, gathered: 2, part: all, notes: 1},
		{name: "WindowByName", do: func(a *app, _ uint32) { bindRead(a, 5); blit(a, 0, 6); bindRead(a, 0) }, copies: 1, gathered: 3, part: all, tiled: true},
		{name: "ObjectByName", do: func(a *app, _ uint32) { blit(a, 5, 0) }, copies: 1, tiled: true},
		{name: "DrawnIntoByName", do: func(a *app, f uint32) { // whatever is bound
			a.b.Record(op(t, "glBindFramebuffer"), 0).U32(0x8CA9).U32(5)
			copyAll(a)
			a.b.Record(op(t, "glClearNamedFramebufferfi"), 0).U32(0).U32(0x84F9).I32(0).F32(1).I32(0)
			copyAll(a)
			a.b.Record(op(t, "glBindFramebuffer"), 0).U32(0x8CA9).U32(0)
		}, copies: 2, gathered: 6, part: all, tiled: true},
		{name: "ByNameWhileAListIsCompiled", do: func(a *app, _ uint32) { // carried out at once
			a.b.Record(op(t, "glNewList"), 0).U32(1).U32(0x1300)
			blit(a, 0, 6)
			a.b.Record(op(t, "glEndList"), 0)
		}, copies: 1, gathered: 3, part: all, tiled: true},
		{name: "MightHaveSideEffects", do: func(a *app, f uint32) {
			a.b.Record(op(t, "prismMayWrite"), 0) // of no account for a window of single samples
			copyAll(a)
		}, copies: 1, gathered: 3, part: all, tiled: true},
		{name: "List", do: func(a *app, f uint32) {
			if f == 0 {
				a.b.Record(op(t, "glNewList"), 0).U32(1).U32(0x1300)
				copyAll(a)
				a.b.Record(op(t, "glEndList"), 0)
			}
			a.b.Record(op(t, "glCallList"), 0).U32(1)
		}, copies: 1, gathered: 2, part: all},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.smooth(1, w, h, c.samples)
			for i := range uint32(3) {
				a.fill(i)
				c.do(a, i)
				a.fill(i + 20)
				a.swap(1)
			}
			var mu sync.Mutex
			var got []copied
			pair, workers := cluster(t, 4, func(n *worker) {
				n.cannot = c.cannot
				n.onCopy = func(s *surface, scissor proto.Rect) {
					mu.Lock()
					got = append(got, copied{n.peer, s.part(proto.Rect{W: w, H: h}), rectangle(scissor) != all})
					mu.Unlock()
				}
			})
			shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 2, Rows: 2}, nil)
			if err != nil || len(shots) != 3 || len(stats.Notes) != c.notes || stats.RoundTrips != 0 {
				t.Fatalf("%d frames, notes %q, %d round trips, %v", len(shots), stats.Notes, stats.RoundTrips, err)
			}
			pair.end()
			for i, s := range shots {
				if !bytes.Equal(s.pix, pattern(uint32(i+20), w, h)) {
					t.Errorf("frame %d is not the picture", i+1)
				}
			}
			if stats.Exchanges != uint64(c.gathered) || workers[0].gathered != c.gathered {
				t.Errorf("%d exchanges, the node counts %d, want %d", stats.Exchanges, workers[0].gathered, c.gathered)
			}
			seen := map[int]int{}
			compiled := 0
			if c.name == "List" {
				compiled = 1 // this fake knows nothing of compiling
			}
			for _, k := range got {
				n := seen[k.peer] - compiled
				seen[k.peer]++
				if n < 0 {
					continue
				}
				frame, nth := n/c.copies, n%c.copies
				seed := frame
				if c.name == "AfterDrawing" {
					seed += 10 * nth
				}
				whole := surface{w: w, h: h, pix: pattern(uint32(seed), w, h)}
				have := surface{w: w, h: h, pix: k.pix}
				if r := rect(c.part); !bytes.Equal(have.part(r), whole.part(r)) {
					t.Errorf("peer %d, copy %d of frame %d: not the whole picture", k.peer, nth, frame)
				}
				if k.tiled != c.tiled {
					t.Errorf("peer %d, frame %d: drawing by tiles is %v, want %v", k.peer, frame, k.tiled, c.tiled)
				}
			}
			if len(seen) != 4 || seen[0] != 3*c.copies+compiled {
				t.Errorf("copies by peer: %v", seen)
			}
		})
	}
}

func TestReadingRects(t *testing.T) {
	payload := func(v ...int32) []byte {
		var b []byte
		for _, x := range v {
			b = append(b, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
		}
		return b
	}
	for _, c := range []struct {
		name    string
		payload []byte
		depth   bool
		rect    image.Rectangle
		buffers uint32
	}{
		{"glBlitFramebuffer", payload(20, 30, 5, 10, 0, 0, 1, 1, 0x4100, 0x2600), false, image.Rect(4, 9, 21, 31), 3},
		{"glBlitFramebuffer", payload(0, 0, 8, 8, 0, 0, 8, 8, 0x400, 0x2600), false, image.Rect(-1, -1, 9, 9), 2},
		{"glBlitNamedFramebuffer", payload(7, 0, 20, 30, 5, 10, 0, 0, 1, 1, 0x4000, 0x2600), false, image.Rect(4, 9, 21, 31), 1},
		{"glCopyTextureSubImage2D", payload(9, 0, 0, 0, 1, 2, 3, 4), true, image.Rect(0, 1, 5, 7), 3},
		{"glCopyPixels", payload(3, 4, 5, 6, 0x1802), false, image.Rect(2, 3, 9, 11), 2},
		{"glCopyPixels", payload(3, 4, -5, 6, 0x1800), false, image.Rectangle{}, 1},
		{"glCopyTexImage1D", payload(0x0DE0, 0, 0x1902, 7, 8, 9, 0), false, image.Rect(6, 7, 17, 10), 2},
		{"glCopyTexSubImage2D", payload(0x0DE1, 0, 0, 0, 1, 2, 3, 4), false, image.Rect(0, 1, 5, 7), 1},
		{"glCopyTexSubImage2D", payload(0x0DE1, 0, 0, 0, 1, 2, 3, 4), true, image.Rect(0, 1, 5, 7), 3},
		{"glCopyTexSubImage3D", payload(0x806F, 0, 0, 0, 0, 1, 2, 3, 4), false, image.Rect(0, 1, 5, 7), 1},
	} {
		r := newCommandsOnce()[op(t, c.name)].reading
		if got := r.rect(c.payload); got != c.rect {
			t.Errorf("%s reads %v, want %v", c.name, got, c.rect)
		}
		if got := r.buffers(c.payload, c.depth); got != c.buffers {
			t.Errorf("%s reads buffers %d, want %d", c.name, got, c.buffers)
		}
	}
}
