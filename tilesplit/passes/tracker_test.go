package passes

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/track"
)

// app makes a stream; what its draws read is what next says.
type app struct {
	t    testing.TB
	keep func(rec []byte) // if set, is given each record
	tr   *Tracker
	h    wire.ChunkHeader
	plan *tilesplit.Plan
	next track.Sampled
	log  []string // what was to be done
	more bool     // what is drawn is seen not in pixels only
	try  int      // times that it was to be tried whether images can be exchanged
	not  bool     // they cannot
	got  []string // passes
}

func (a *app) Samples(*wire.ChunkHeader, uint16, []byte, int, int) *track.Sampled { return &a.next }

func plan(t testing.TB, columns, rows int) *tilesplit.Plan {
	g, err := grid.New(columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	p, err := g.Plan(100, 60, columns*rows)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

func newApp(t testing.TB, mode Mode) *app {
	a := &app{t: t, h: wire.ChunkHeader{Thread: 1, Ctx: 1, Draw: 1, Read: 1}, plan: plan(t, 2, 1)}
	a.tr = NewTracker(mode, a, func(p *Pass) { a.got = append(a.got, fmt.Sprintf("%d %s", p.Framebuffer, p.Choice)) })
	// Framebuffer 10 with texture 1 and renderbuffer 5, framebuffer 11 with texture 2 at half the size.
	for i, size := range []int{1, 2} {
		a.do(gl.OpGlBindTexture, texture2D, 1+i)
		a.do(gl.OpGlTexImage2D, texture2D, 0, 0x8058, 100/size, 60/size, 0, 0x1908, 0x1401, nil)
		for _, p := range [][2]int{{0x2801, nearest}, {0x2800, nearest}, {0x2802, clampToEdge}, {0x2803, clampToEdge}} {
			a.do(gl.OpGlTexParameteri, texture2D, p[0], p[1])
		}
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 10+i)
		a.do(gl.OpGlFramebufferTexture2D, 0x8D40, firstColour, texture2D, 1+i, 0)
	}
	a.do(gl.OpGlBindTexture, texture2D, 0)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
	a.do(gl.OpGlBindRenderbuffer, 0x8D41, 5)
	a.do(gl.OpGlRenderbufferStorage, 0x8D41, 0x88F0, 100, 60)
	a.do(gl.OpGlFramebufferRenderbuffer, 0x8D40, bothAttachments, 0x8D41, 5)
	return a
}

// do has a record followed: ints are u32, int64 u64, nil an array that is not there, []byte one.
func (a *app) do(op gl.Op, args ...any) {
	a.t.Helper()
	var b wire.Builder
	if b.Chunk(a.h); gl.At(uint16(op)).Asked() {
		b.Ask(uint16(op), 1)
	} else {
		b.Record(uint16(op), 0)
	}
	for _, x := range args {
		switch v := x.(type) {
		case int:
			b.U32(uint32(v))
		case int64:
			b.U64(uint64(v))
		case []byte:
			b.Inline(v)
		default:
			b.Null()
		}
	}
	rec, err := b.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	rec = append([]byte(nil), rec[wire.ChunkHeaderBytes:]...)
	if _, err := gl.Decode(rec); err != nil {
		a.t.Fatal(err)
	}
	if a.keep != nil {
		a.keep(rec)
	}
	act := a.tr.Before(&a.h, uint16(op), rec, Window{Plan: a.plan, Sole: a.plan != nil && a.plan.Sole() && !a.more})
	if act == nil {
		return
	}
	heals := slices.Clone(act.Heal)
	if act.Try {
		a.try++
		if a.not {
			heals = append(heals, a.tr.Refuse(a.h.Ctx, "they cannot")...)
		} else {
			a.tr.Tried(a.h.Ctx)
		}
	}
	for _, h := range heals {
		area := 0
		for i, p := range h.Parts {
			area += p.Rect.Dx() * p.Rect.Dy()
			for _, o := range h.Parts[:i] {
				if p.Rect.Overlaps(o.Rect) {
					a.t.Errorf("parts %v and %v overlap", p, o)
				}
			}
		}
		if area != h.Image.Width*h.Image.Height {
			a.t.Errorf("parts of %d pixels of an image of %d×%d", area, h.Image.Width, h.Image.Height)
		}
		a.log = append(a.log, fmt.Sprintf("heal %d/%d", h.Image.Texture, h.Image.Renderbuffer))
		if h.Smaller > 0 {
			a.log[len(a.log)-1] += fmt.Sprintf(" and %d smaller levels", h.Smaller)
		}
	}
	if act.Change {
		a.log = append(a.log, fmt.Sprintf("cut %v", act.Regions))
	}
	if act.Lone {
		a.log = append(a.log, fmt.Sprintf("for node %d alone", act.Node))
	}
}

// said gives what was to be done since it was asked last.
func (a *app) said() string {
	s := strings.Join(a.log, "; ")
	a.log = nil
	return s
}

func (a *app) wants(what, want string) {
	a.t.Helper()
	if got := a.said(); got != want {
		a.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func (a *app) draw(s track.Sampled) {
	a.t.Helper()
	a.next = s
	a.do(gl.OpGlDrawArrays, 4, 0, 3)
}

func (a *app) swap() { a.do(gl.OpPrismSwap, 1, 1, int64(1), int64(0)) }

// surfaces draws into framebuffer 10 and binds its texture and the window.
func (a *app) surfaces() {
	a.t.Helper()
	a.do(gl.OpGlBindTexture, texture2D, 0)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
	a.do(gl.OpGlEnable, 0x0B71)
	a.do(gl.OpGlClear, 0x4500)
	a.draw(track.Sampled{})
	a.do(gl.OpGlDisable, 0x0B71)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
	a.do(gl.OpGlBindTexture, texture2D, 1)
}

func fetch(dx, dy float64) track.Sampled {
	return track.Sampled{Reads: []track.Read{{Fetch: true, Low: [2]float64{dx, dy}, High: [2]float64{dx, dy}}}}
}

var anywhere = track.Sampled{Reads: []track.Read{{Why: "elsewhere"}}}

func (a *app) frame(s track.Sampled) {
	a.t.Helper()
	a.surfaces()
	a.draw(s)
	a.swap()
}

const halves = "cut [(0,0)-(50,60) (50,0)-(100,60)]"

// tiled has the app draw until its pass is tiled.
func (a *app) tiled() {
	a.t.Helper()
	a.frame(fetch(0, 0))
	a.wants("the first frame", "")
	a.surfaces()
	a.wants("the second frame", halves)
	a.draw(fetch(0, 0))
	a.swap()
	a.wants("its own pixel", "")
}

func TestTiled(t *testing.T) {
	a := newApp(t, Auto)
	a.tiled()
	if len(a.got) != 2 || a.got[0] != "10 replicated: it is new, and what is read of it is not known yet" || !strings.HasPrefix(a.got[1], "10 tiled: ") {
		t.Errorf("passes %q", a.got)
	}
	a.frame(fetch(0, 0))
	a.wants("the third frame", "")
}

// What is read in a way that was not foreseen is whole before, and from then on.
func TestReadElsewhere(t *testing.T) {
	a := newApp(t, Auto)
	a.tiled()
	a.surfaces()
	a.draw(anywhere)
	a.wants("elsewhere", "heal 1/0")
	a.draw(anywhere)
	a.swap()
	a.frame(fetch(0, 0))
	a.wants("afterwards", "cut []")
	if got := a.got[len(a.got)-1]; got != "10 replicated: elsewhere" {
		t.Errorf("the pass is %q", got)
	}
}

func TestMargin(t *testing.T) {
	a := newApp(t, Auto)
	a.tiled()
	a.surfaces()
	a.draw(fetch(-3, 2)) // more than was foreseen
	a.wants("a neighbour", "heal 1/0")
	a.swap()
	a.surfaces()
	a.wants("the next frame", "cut [(0,0)-(53,60) (47,0)-(100,60)]")
	a.draw(fetch(-3, 2))
	a.wants("a neighbour again", "")
}

// Tiles that move: what is not cleared must be whole, what is cleared need not.
func TestMoves(t *testing.T) {
	a := newApp(t, Auto)
	a.tiled()
	a.plan = plan(t, 1, 2)
	a.frame(fetch(0, 0))
	a.wants("after a clear", "cut [(0,0)-(100,30) (0,30)-(100,60)]")
	a.plan = plan(t, 2, 1)
	a.do(gl.OpGlBindTexture, texture2D, 0)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
	a.draw(track.Sampled{})
	a.wants("without one", "heal 1/0; "+halves)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
	a.do(gl.OpGlBindTexture, texture2D, 1)
	a.plan = plan(t, 1, 2)
	a.draw(fetch(0, 0))
	a.wants("moved before it is read", "heal 1/0")
	for _, mode := range []Mode{Auto, Tile} {
		a := newApp(t, mode)
		a.tiled()
		heals := 0
		for i := range 10 {
			a.plan = plan(t, 1+i%2, 2-i%2)
			a.do(gl.OpGlBindTexture, texture2D, 0)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.draw(track.Sampled{})
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
			a.do(gl.OpGlBindTexture, texture2D, 1)
			a.draw(fetch(0, 0))
			a.swap()
			heals += strings.Count(a.said(), "heal 1/0")
		}
		if (heals == 10) != (mode == Tile) || heals < 4 {
			t.Errorf("%v: %d heals in 10 frames", mode, heals)
		}
	}
}

// Where one pass reads another that is read itself, margins add up; what covers all of it begins anew.
func TestChain(t *testing.T) {
	a := newApp(t, Auto)
	a.tr.textures[2].filters.min = linear
	chain := func() {
		a.surfaces()
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 11)
		s := track.Sampled{Covers: true, Front: true, Reads: []track.Read{{Low: [2]float64{-0.02, 0}, High: [2]float64{0.02, 0}}}}
		a.draw(s)
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
		a.do(gl.OpGlBindTexture, texture2D, 2)
		a.draw(track.Sampled{Reads: []track.Read{{}}})
		a.swap()
	}
	chain()
	a.wants("the first frame", "")
	chain()
	// The window reads 2 with a linear filter at half the size; 11 reads texture 1 in twice its own, and 2 pixels beyond.
	a.wants("the second frame", "cut [(0,0)-(59,60) (41,0)-(100,60)]; cut [(0,0)-(27,30) (23,0)-(50,30)]")
	chain()
	a.wants("the third frame", "cut [(0,0)-(59,60) (41,0)-(100,60)]; cut [(0,0)-(27,30) (23,0)-(50,30)]")
}

// What makes images whole, each after frames in which they were tiled.
func TestHeals(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(a *app)
		want string
	}{
		{"ReadPixels", func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.do(gl.OpGlReadPixels, 0, 0, 1, 1, 0x1908, 0x1401)
		}, "heal 0/5; heal 1/0"},
		{"GetTexImage", func(a *app) { a.do(gl.OpPrismGetTexImage, texture2D, 0, 0x1908, 0x1401) }, "heal 1/0"},
		{"Mipmap", func(a *app) { a.do(gl.OpGlGenerateMipmap, texture2D) }, "heal 1/0"},
		{"Image", func(a *app) { a.do(gl.OpGlBindImageTexture, 0, 1, 0, 0, 0, 0x88B8, 0x8058) }, "heal 1/0"},
		{"Deleted", func(a *app) { a.do(gl.OpGlDeleteTextures, 1, []byte{1, 0, 0, 0}) }, "heal 1/0"},
		{"SubImage", func(a *app) { a.do(gl.OpGlTexSubImage2D, texture2D, 0, 0, 0, 1, 1, 0x1908, 0x1401, nil) }, "heal 1/0"},
		{"Blit", func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8CA8, 10)
			a.do(gl.OpGlBlitFramebuffer, 0, 0, 50, 60, 50, 0, 100, 60, 0x4000, nearest)
		}, "heal 0/5; heal 1/0"},
		{"BlitInPlace", func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8CA8, 10)
			a.do(gl.OpGlBlitFramebuffer, 0, 0, 50, 60, 0, 0, 50, 60, 0x4000, nearest)
		}, ""},
		{"FixedFunctions", func(a *app) { a.draw(track.Sampled{Why: "fixed functions"}) }, "heal 1/0"},
		{"Begin", func(a *app) { a.do(gl.OpGlBegin, 4) }, "heal 1/0"},
		{"Compute", func(a *app) { a.do(gl.OpGlDispatchCompute, 1, 1, 1) }, "heal 1/0"},
		{"Filter", func(a *app) {
			a.do(gl.OpGlTexParameteri, texture2D, 0x2801, 0x2703)
			a.draw(track.Sampled{Reads: []track.Read{{}}})
		}, "heal 1/0"},
		{"Sampler", func(a *app) {
			a.do(gl.OpGlSamplerParameteri, 3, 0x2801, 0x2703)
			a.do(gl.OpGlBindSampler, 0, 3)
			a.draw(track.Sampled{Reads: []track.Read{{}}})
		}, "heal 1/0"},
		{"OtherSize", func(a *app) { // of the target
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 11)
			a.draw(fetch(0, 0))
		}, "heal 1/0; cut []"},
		{"Feedback", func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.draw(fetch(0, 0))
		}, "heal 1/0; cut []"},
		{"WholeWindow", func(a *app) {
			a.plan = nil
			a.draw(fetch(0, 0))
		}, "heal 1/0"},
		{"List", func(a *app) { a.do(gl.OpGlNewList, 1, 0x1300) }, "heal 1/0; heal 0/5; cut []"},
		{"Counting", func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.do(gl.OpGlBeginQuery, 0x8914, 1)
		}, "cut []"},
		{"Unit", func(a *app) { // of a texture that no pass draws to
			a.do(gl.OpGlBindTexture, texture2D, 7)
			a.draw(anywhere)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t, Auto)
			a.tiled()
			a.surfaces()
			a.said()
			c.do(a)
			got := a.said()
			if c.want == "heal 0/5; heal 1/0" || c.name == "List" { // maps have no order
				got = strings.Replace(got, "heal 1/0; heal 0/5", "heal 0/5; heal 1/0", 1)
				c.want = strings.Replace(c.want, "heal 1/0; heal 0/5", "heal 0/5; heal 1/0", 1)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// needs holds each texel that a pixel of any node's region reads, for random tiles, sizes and footprints.
func TestNeedsHoldsWhatIsRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	checked := 0
	for range 20000 {
		width := 20 + r.IntN(200)
		p := &tilesplit.Plan{Width: width, Height: 8}
		from := r.IntN(width)
		to := from + 1 + r.IntN(width-from)
		p.Nodes = []tilesplit.Share{{Scissor: image.Rect(from, 0, to, 8)}}
		target, texels := 10+r.IntN(200), 10+r.IntN(200)
		if r.IntN(3) == 0 {
			texels = target
		}
		i := &Image{Width: texels, Height: 8}
		low := (r.Float64() - 0.5) * 0.1
		f := footprint{image: i, linear: r.IntN(2) == 0, low: [2]float64{low, 0}, high: [2]float64{low + r.Float64()*0.05, 0}, clamps: [2]bool{true, true}, quads: r.IntN(4) == 0}
		if r.IntN(4) == 0 {
			d := float64(r.IntN(9) - 4)
			f.fetch, f.low[0], f.high[0] = true, d, d
		}
		m := margin{x: r.IntN(12)}
		need := f.needs(m, target, 8)
		if need.whole() {
			continue
		}
		checked++
		drawn, has := regions(p, target, 8, m)[0], regions(p, texels, 8, margin{x: need.x})[0]
		grow := 0
		if f.quads {
			grow = 1
		}
		for x := max(drawn.Min.X-grow, 0); x < min(drawn.Max.X+grow, target); x++ {
			first, last := x+int(f.low[0]), x+int(f.high[0])
			if !f.fetch {
				spread := 0.0
				if f.linear {
					spread = 0.5
				}
				u := (float64(x) + 0.5) / float64(target) * float64(texels)
				first = int(math.Floor(u + f.low[0]*float64(texels) - spread))
				last = int(math.Floor(u + f.high[0]*float64(texels) + spread))
			}
			for _, k := range []int{first, last} {
				if f.fetch && (k < 0 || k >= texels) {
					continue // nothing is there
				}
				if k = min(max(k, 0), texels-1); k < has.Min.X || k >= has.Max.X {
					t.Fatalf("%+v, margin %d, tile %d to %d of %d, target %d (%v): pixel %d reads texel %d of %d, there are %v", f, m.x, from, to, width, target, drawn, x, k, texels, has)
				}
			}
		}
	}
	if checked < 5000 {
		t.Errorf("only %d were looked at", checked)
	}
}

func TestRegionsHoldParts(t *testing.T) {
	p := plan(t, 3, 2)
	for _, size := range []image.Point{{100, 60}, {50, 30}, {33, 17}, {200, 121}, {1, 1}} {
		i := &Image{Width: size.X, Height: size.Y, split: p}
		list := regions(p, size.X, size.Y, margin{})
		area := 0
		for _, part := range i.Parts() {
			area += part.Rect.Dx() * part.Rect.Dy()
			if !part.Rect.In(list[part.Node]) {
				t.Errorf("%v: part %v of node %d, which has %v", size, part.Rect, part.Node, list[part.Node])
			}
		}
		if area != size.X*size.Y {
			t.Errorf("%v: parts of %d pixels", size, area)
		}
	}
}

func TestParseMode(t *testing.T) {
	for _, m := range []Mode{ReplicateAll, Auto, Tile} {
		if got, ok := ParseMode(m.String()); !ok || got != m {
			t.Errorf("%v becomes %v", m, got)
		}
	}
	if _, ok := ParseMode("often"); ok {
		t.Error("a word that is none is taken")
	}
}

// frameRecords are those of a steady frame, with what each draw reads.
func frameRecords(a *app, draws int) (recs [][]byte, reads []track.Sampled) {
	a.keep = func(rec []byte) { recs, reads = append(recs, rec), append(reads, a.next) }
	defer func() { a.keep = nil }()
	a.do(gl.OpGlBindTexture, texture2D, 0)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
	a.do(gl.OpGlEnable, 0x0B71)
	a.do(gl.OpGlClear, 0x4500)
	for range draws {
		a.draw(track.Sampled{})
	}
	a.do(gl.OpGlDisable, 0x0B71)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
	a.do(gl.OpGlBindTexture, texture2D, 1)
	for range draws {
		a.draw(fetch(0, 0))
	}
	a.swap()
	return recs, reads
}

func (a *app) play(recs [][]byte, reads []track.Sampled) {
	for i, rec := range recs {
		a.next = reads[i]
		a.tr.Before(&a.h, uint16(rec[4])|uint16(rec[5])<<8, rec, Window{Plan: a.plan})
	}
}

func TestSteadyFramesAllocateNothing(t *testing.T) {
	a := newApp(t, Auto)
	a.tr.ended = nil
	recs, reads := frameRecords(a, 20)
	a.play(recs, reads)
	if n := testing.AllocsPerRun(50, func() { a.play(recs, reads) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkDraw(b *testing.B) {
	a := newApp(b, Auto)
	a.tr.ended = nil
	const draws = 500
	recs, reads := frameRecords(a, draws)
	b.ReportAllocs()
	for b.Loop() {
		a.play(recs, reads)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(2*draws), "ns/draw")
}
