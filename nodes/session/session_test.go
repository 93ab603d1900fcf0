package session

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/trace"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
)

var newCommandsOnce = sync.OnceValue(newCommands)

func f32(bits uint32) float32 { return math.Float32frombits(bits) }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// cluster runs fake workers until the test ends.
func cluster(t testing.TB, n int, prepare func(*worker)) (*lanes, []*worker) {
	t.Helper()
	p := newLanes(t, n)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var workers []*worker
	for i, s := range p.spokes {
		w := &worker{spoke: s, peer: i}
		if prepare != nil {
			prepare(w)
		}
		workers = append(workers, w)
		wg.Go(func() {
			if err := w.run(ctx); err != nil && !errors.Is(err, lane.ErrPeerGone) && ctx.Err() == nil {
				t.Errorf("worker %d: %v", i, err)
			}
		})
	}
	p.end = sync.OnceFunc(func() {
		p.Hub().Close() // while the workers still take what was sent
		cancel()
		wg.Wait()
	})
	t.Cleanup(p.end)
	return p, workers
}

// shot is a frame that was composed.
type shot struct {
	drawable uint32
	number   uint64
	w, h     int
	pix      []byte
}

func play(t *testing.T, src Source, hub lane.Hub, g tilesplit.Policy, change func(*Config)) ([]shot, Stats, error) {
	t.Helper()
	var shots []shot
	c := Config{Hub: hub, Source: src, Policy: g, Log: quiet, EndTimeout: 5 * time.Second, DrainTimeout: 5 * time.Second,
		OnFrame: func(f *output.Frame) error {
			shots = append(shots, shot{f.Drawable, f.Number, f.Width, f.Height, bytes.Clone(f.Pix)})
			return nil
		}}
	if change != nil {
		change(&c)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	stats, err := Run(ctx, c)
	return shots, stats, err
}

// Any grid over any number of nodes gives the pictures that one node gives.
func TestAnySplit(t *testing.T) {
	for _, c := range []struct {
		name  string
		nodes int
		grid  grid.Grid
		w, h  int
	}{
		{"One", 1, grid.Grid{Columns: 1, Rows: 1}, 40, 30},
		{"TwoByTwo", 4, grid.Grid{Columns: 2, Rows: 2}, 64, 48},
		{"OddImageSize", 6, grid.Grid{Columns: 3, Rows: 2}, 41, 23},
		{"OddNodeCount", 3, grid.Grid{Columns: 1, Rows: 5}, 20, 33},
		{"EmptyTile", 5, grid.Grid{Columns: 5, Rows: 1}, 3, 7},
		{"MoreNodesThanTiles", 4, grid.Grid{Columns: 2, Rows: 1}, 9, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(7, c.w, c.h)
			const frames = 9
			for i := range uint32(frames) {
				a.fill(i * 5)
				if i%3 == 0 {
					a.finish()
				}
				a.swap(7)
			}
			src := &source{chunks: a.chunks}
			pair, _ := cluster(t, c.nodes, nil)
			shots, stats, err := play(t, src, pair.Hub(), c.grid, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(shots) != frames || src.frames != frames || src.finishes != 3 || src.lost {
				t.Fatalf("%d frames composed, %d credits, %d finishes, lost %v", len(shots), src.frames, src.finishes, src.lost)
			}
			for i, s := range shots {
				if s.number != uint64(i+1) || !bytes.Equal(s.pix, pattern(uint32(i*5), c.w, c.h)) {
					t.Fatalf("frame %d (number %d) is not the picture", i+1, s.number)
				}
			}
			if stats.Frames != frames || stats.Draws != frames || stats.App.Mean != time.Millisecond || stats.Node.Mean != time.Millisecond {
				t.Errorf("figures: %+v", stats)
			}
			var area int
			for _, n := range stats.Nodes {
				for _, r := range n.Tiles {
					area += r.W * r.H
				}
			}
			if area != c.w*c.h {
				t.Errorf("figures name tiles of %d pixels, want %d", area, c.w*c.h)
			}
		})
	}
}

func TestResizeAndTwoWindows(t *testing.T) {
	a := newApp(t)
	a.window(1, 20, 10)
	a.fill(1)
	a.swap(1)
	a.fill(2)
	a.resize(1, 33, 17)
	a.fill(3) // the same chunk: it must be cut at the resize
	a.swap(1)
	a.resize(1, 33, 17) // no change, no plan
	a.window(2, 8, 8)
	a.chunk(0)
	a.fill(4)
	a.swap(2)
	a.draw = 1
	a.chunk(0)
	a.begin()
	a.fill(5)
	a.swap(1)
	pair, _ := cluster(t, 4, nil)
	shots, _, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 2, Rows: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []shot{{1, 1, 20, 10, pattern(1, 20, 10)}, {1, 2, 33, 17, pattern(3, 33, 17)}, {2, 1, 8, 8, pattern(4, 8, 8)}, {1, 3, 33, 17, pattern(5, 33, 17)}}
	if len(shots) != len(want) {
		t.Fatalf("%d frames, want %d", len(shots), len(want))
	}
	for i, w := range want {
		g := shots[i]
		if g.drawable != w.drawable || g.number != w.number || g.w != w.w || g.h != w.h || !bytes.Equal(g.pix, w.pix) {
			t.Errorf("frame %d: drawable %d number %d %d×%d, same pixels %v", i, g.drawable, g.number, g.w, g.h, bytes.Equal(g.pix, w.pix))
		}
	}
}

func TestQuestions(t *testing.T) {
	a := newApp(t)
	a.window(1, 30, 20)
	a.fill(9)
	sum := a.ask("prismQuerySum", 1)
	lead := a.ask("prismProgramInfo", 3)
	read := a.ask("glReadPixels", 7, 5, 20, 11, 0x80E1, 0x8367)
	outside := a.ask("glReadPixels", 25, 15, 10, 10, 0x80E1, 0x8367)
	a.swap(1)
	src := &source{chunks: a.chunks}
	pair, _ := cluster(t, 4, func(w *worker) { w.count = uint64(10 + w.peer) })
	_, stats, err := play(t, src, pair.Hub(), grid.Grid{Columns: 2, Rows: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func(id uint64) (wire.Reply, []byte) {
		r, err := wire.ParseReply(src.replies[id])
		if err != nil {
			t.Fatalf("reply %d: %v", id, err)
		}
		if r.ID != id {
			t.Errorf("reply %d says that it is for %d", id, r.ID)
		}
		it := r.Walk()
		if !it.Next() {
			return r, nil
		}
		return r, it.Data()
	}
	if _, d := get(sum); binary.LittleEndian.Uint32(d) != 10+11+12+13 {
		t.Errorf("sum over nodes: %v", d)
	}
	if r, _ := get(lead); r.Ret != 100 {
		t.Errorf("the lead's answer: %d, want 100", r.Ret)
	}
	whole := surface{w: 30, h: 20, pix: pattern(9, 30, 20)}
	if _, d := get(read); !bytes.Equal(d, whole.part(proto.Rect{X: 7, Y: 5, W: 20, H: 11})) {
		t.Error("glReadPixels over all tiles is not the picture")
	}
	if _, d := get(outside); len(d) != 400 || !bytes.Equal(d[:20], whole.part(proto.Rect{X: 25, Y: 15, W: 5, H: 1})) || !bytes.Equal(d[20:40], make([]byte, 20)) {
		t.Errorf("glReadPixels beyond the edge: %d bytes", len(d))
	}
	if stats.RoundTrips != 4 || stats.SteadyRoundTrips != 0 {
		t.Errorf("%d round trips, %d steady", stats.RoundTrips, stats.SteadyRoundTrips)
	}
}

func TestFaultsEndTheSession(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*worker)
		want    error
		text    string
		columns int // of the grid; 0: 2
	}{
		{"NodeDies", func(w *worker) {
			w.onSwap = func(f uint64) bool { return w.peer != 2 || f < 3 }
		}, ErrNodeGone, "node 2 (peer 2)", 0},
		{"ShiftedTile", func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, _ []byte) bool {
				if w.peer == 1 {
					h.Rect.Y++
				}
				return true
			}
		}, ErrProtocol, "none of its tiles", 0},
		{"Overlap", func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, pix []byte) bool {
				_ = w.spoke.Send(context.Background(), lane.KindPiece, append(h.Append(nil), pix...))
				return true
			}
		}, ErrProtocol, "overlap", 4},
		{"MiscountedPieces", func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, _ []byte) bool {
				h.Count = 9 // the session must not wait for eight more
				return true
			}
		}, ErrProtocol, "the plan gave it 1 tiles", 0},
		{"MissingNode", func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, _ []byte) bool { return w.peer != 3 || h.Frame != 2 }
		}, ErrProtocol, "nobody sent", 0},
		{"Garbage", func(w *worker) {
			w.onSwap = func(uint64) bool {
				_ = w.spoke.Send(context.Background(), lane.KindPiece, []byte("garbage"))
				return true
			}
		}, ErrProtocol, "bad piece", 0},
		{"AnswerNobodyAsked", func(w *worker) {
			w.onSwap = func(uint64) bool {
				_ = w.spoke.Send(context.Background(), lane.KindReply, (&wire.Reply{ID: 99}).Append(nil))
				return true
			}
		}, ErrProtocol, "not asked", 0},
		{"Fault", func(w *worker) {
			w.onSwap = func(f uint64) bool {
				if w.peer == 1 && f == 2 {
					_ = w.fault(context.Background(), errors.New("record 7: too short"))
				}
				return true
			}
		}, ErrFault, "node 1 (peer 1): corrupt: record 7: too short", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, 16, 16)
			for i := range uint32(6) {
				a.fill(i)
				a.swap(1)
			}
			src := &source{chunks: a.chunks, hang: true}
			pair, _ := cluster(t, 4, c.prepare)
			_, stats, err := play(t, src, pair.Hub(), grid.Grid{Columns: cmp.Or(c.columns, 2), Rows: 2}, nil)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Fatalf("error %v\nwant %v with %q", err, c.want, c.text)
			}
			if !src.lost || stats.Ended != err.Error() {
				t.Errorf("the source was told: %v; ended: %s", src.lost, stats.Ended)
			}
		})
	}
}

func TestOldSizeIsDroppedAndCredited(t *testing.T) {
	a := newApp(t)
	a.window(1, 16, 16)
	for i := range uint32(5) {
		a.fill(i)
		a.swap(1)
	}
	src := &source{chunks: a.chunks}
	pair, _ := cluster(t, 2, func(w *worker) {
		w.onPiece = func(h *proto.PieceHeader, _ []byte) bool {
			if h.Frame == 3 {
				h.FullW, h.FullH = 17, 17
			}
			return true
		}
	})
	shots, stats, err := play(t, src, pair.Hub(), grid.Grid{Columns: 2, Rows: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(shots) != 4 || stats.Dropped != 1 || src.frames != 5 {
		t.Errorf("%d shown, %d dropped, %d credits", len(shots), stats.Dropped, src.frames)
	}
}

func TestLatePiece(t *testing.T) {
	a := newApp(t)
	a.window(1, 16, 16)
	a.fill(1)
	a.swap(1)
	pair, _ := cluster(t, 1, func(w *worker) {
		w.onPiece = func(h *proto.PieceHeader, pix []byte) bool {
			ctx := context.Background()
			_ = w.spoke.Send(ctx, lane.KindPiece, append(h.Append(nil), pix...))
			return true // again: the frame is over by then
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 1, Rows: 1}, nil)
	if err != nil || len(shots) != 1 || stats.LatePieces != 1 {
		t.Fatalf("%d frames, %d late pieces, %v", len(shots), stats.LatePieces, err)
	}
}

func TestCompressedPieces(t *testing.T) {
	a := newApp(t)
	a.window(1, 50, 40)
	a.fill(3)
	a.swap(1)
	bad := false
	prepare := func(w *worker) {
		w.onPiece = func(h *proto.PieceHeader, pix []byte) bool {
			h.Codec = proto.S2
			data := s2.Encode(nil, pix)
			if bad {
				data = s2.Encode(nil, pix[4:])
			}
			_ = w.spoke.Send(context.Background(), lane.KindPiece, append(h.Append(nil), data...))
			return false
		}
	}
	pair, _ := cluster(t, 2, prepare)
	shots, _, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 1, Rows: 2}, nil)
	if err != nil || len(shots) != 1 || !bytes.Equal(shots[0].pix, pattern(3, 50, 40)) {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	pair.end()
	bad = true
	pair, _ = cluster(t, 2, prepare)
	if _, _, err = play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 1, Rows: 2}, nil); !errors.Is(err, proto.ErrPiece) {
		t.Fatalf("a piece that is too short: %v", err)
	}
}

func TestMaxFramesAndRecord(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 8)
	for i := range uint32(20) {
		a.fill(i)
		a.swap(1)
	}
	src := &source{chunks: a.chunks, hang: true}
	pair, _ := cluster(t, 2, nil)
	file := filepath.Join(t.TempDir(), "trace")
	w, err := trace.Create(file, gl.SpecHash, trace.Info{Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	shots, stats, err := play(t, src, pair.Hub(), grid.Grid{Columns: 2, Rows: 1}, func(c *Config) {
		c.MaxFrames, c.FramesInFlight, c.Record = 7, 1, RecordTo(w)
	})
	if err != nil || len(shots) != 7 || stats.Ended != "7 frames were drawn" {
		t.Fatalf("%d frames, %q, %v", len(shots), stats.Ended, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	// What was recorded plays to the same pictures.
	r, err := trace.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, known := r.Frames(); n != 7 || !known {
		t.Errorf("the trace has %d frames, %v", n, known)
	}
	pair, _ = cluster(t, 3, nil)
	again, _, err := play(t, NewTrace(FromTrace(r), true), pair.Hub(), grid.Grid{Columns: 1, Rows: 3}, nil)
	if err != nil || len(again) != 7 {
		t.Fatalf("played: %d frames, %v", len(again), err)
	}
	for i := range again {
		if !bytes.Equal(again[i].pix, shots[i].pix) {
			t.Errorf("frame %d differs when played", i+1)
		}
	}
}

func TestStreamErrors(t *testing.T) {
	bad := func(mutate func(c []byte) []byte) [][]byte {
		a := newApp(t)
		a.window(1, 8, 8)
		a.fill(1)
		a.swap(1)
		return [][]byte{mutate(a.chunks[0])}
	}
	for name, chunks := range map[string][][]byte{
		"Truncated":      bad(func(c []byte) []byte { return c[:len(c)-8] }),
		"UnknownCommand": bad(func(c []byte) []byte { binary.LittleEndian.PutUint16(c[44:], 0xffff); return c }),
		"Empty":          {{}},
		"NoSuchDrawable": func() [][]byte {
			a := newApp(t)
			a.window(1, 8, 8)
			a.resize(2, 9, 9)
			a.chunk(0)
			return a.chunks
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			pair, _ := cluster(t, 1, nil)
			_, _, err := play(t, &source{chunks: chunks}, pair.Hub(), grid.Grid{Columns: 1, Rows: 1}, nil)
			if !errors.Is(err, ErrStream) {
				t.Fatalf("error %v, want ErrStream", err)
			}
		})
	}
}

func TestUnsupportedIsSaidOnce(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 8)
	a.unsupported("glFoo")
	a.unsupported("glBar")
	a.unsupported("glFoo")
	a.fill(1)
	a.swap(1)
	pair, _ := cluster(t, 1, func(w *worker) {
		w.onRecord = func(o uint16, _ []byte) bool {
			if newCommandsOnce()[o].kind == kindClient {
				t.Error("a record of class client reached a node")
			}
			return true
		}
	})
	shots, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 1, Rows: 1}, nil)
	if err != nil || len(shots) != 1 || fmt.Sprint(stats.Unsupported) != "[glFoo glBar]" {
		t.Fatalf("%d frames, unsupported %v, %v", len(shots), stats.Unsupported, err)
	}
}

// failing is an output of which every frame goes wrong.
type failing struct{ err error }

func (failing) Name() string                                   { return "failing" }
func (f failing) Present(context.Context, *output.Frame) error { return f.err }
func (failing) Close() error                                   { return nil }

func TestOutputErrors(t *testing.T) {
	chunks := func() [][]byte {
		a := newApp(t)
		a.window(1, 8, 8)
		for i := range uint32(3) {
			a.fill(i)
			a.swap(1)
		}
		return a.chunks
	}
	src := &source{chunks: chunks()}
	pair, _ := cluster(t, 1, nil)
	shots, _, err := play(t, src, pair.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) {
		c.Outputs = []output.Output{failing{fmt.Errorf("x11: window 1: %w", output.ErrWindowGone)}}
	})
	if err != nil || !src.gone || len(shots) != 3 {
		t.Errorf("window gone: %v, told %v, %d frames", err, src.gone, len(shots))
	}
	src = &source{chunks: chunks()}
	pair, _ = cluster(t, 1, nil)
	shots, _, err = play(t, src, pair.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) {
		c.Outputs = []output.Output{failing{fmt.Errorf("x11: %w", output.ErrWindowGone)}, failing{errors.New("png: disk full")}}
	})
	if err == nil || !strings.Contains(err.Error(), "disk full") || len(shots) != 3 || src.lost {
		t.Errorf("disk full: %v, %d frames, lost %v", err, len(shots), src.lost)
	}
}

func TestCanceled(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 8)
	a.fill(1)
	a.swap(1)
	src := &source{chunks: a.chunks, hang: true}
	pair, _ := cluster(t, 2, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, Config{Hub: pair.Hub(), Source: src, Policy: grid.Grid{Columns: 2, Rows: 1}, Log: quiet,
		OnFrame: func(*output.Frame) error { cancel(); return nil }})
	if !errors.Is(err, context.Canceled) || !src.lost {
		t.Fatalf("error %v, lost %v", err, src.lost)
	}
}

func TestConfig(t *testing.T) {
	hub, _ := lanetest.Pipe(2)
	for name, c := range map[string]Config{
		"Nothing": {},
		"Lead":    {Hub: hub, Source: &source{}, Policy: grid.Grid{Columns: 1, Rows: 1}, Lead: 2},
		"Flight":  {Hub: hub, Source: &source{}, Policy: grid.Grid{Columns: 1, Rows: 1}, FramesInFlight: -1},
	} {
		if _, err := Run(t.Context(), c); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStatsTable(t *testing.T) {
	s := Stats{Frames: 2, Wall: time.Second, Ended: "the app has ended", SentBytes: 300, RoundTrips: 1, Asked: []Asked{{"glGetString", 3, 2}}, Unsupported: []string{"glFoo"},
		Nodes: []NodeStats{{Name: "node 0", Tiles: []proto.Rect{{X: 0, Y: 0, W: 4, H: 4}}, Frames: 2, ReplayWall: 3 * time.Millisecond}, {Name: "node 1"}}}
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 frames in 1.00 s, 2.0 frames/s", "150 bytes sent", "glGetString: 3, 2", "not covered by prism: glFoo", "0 0 4 4", "1.500", "none"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestQuestionsAreNamed(t *testing.T) {
	get := func(what, a uint32) []byte {
		b := make([]byte, 24)
		binary.LittleEndian.PutUint32(b[8:], what)
		binary.LittleEndian.PutUint32(b[16:], a)
		return b
	}
	c := newCommands()
	for want, payload := range map[string][]byte{
		"glGet(GL_VIEWPORT)": get(1, 0x0BA2), "glIsEnabled(GL_BLEND)": get(2, 0x0BE2), "glGet(0xabcdef)": get(1, 0xabcdef), "prismGet": get(3, 0x1F00),
	} {
		if got := asks(opGet, c.at(opGet), payload); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := asks(opSwap, c.at(opSwap), get(1, 0x0BA2)); got != "prismSwap" {
		t.Errorf("%q, want prismSwap", got)
	}
}

// longChunk gives an app whose second chunk has 2000 records, and a session that sends nothing.
func longChunk(tb testing.TB) (*app, *session) {
	a := newApp(tb)
	a.window(1, 8, 8)
	a.chunk(0)
	for range 1000 {
		a.fill(1)
	}
	a.chunk(0)
	hub, _ := lanetest.Pipe(1)
	s := &session{Config: Config{Hub: discard{hub}, Log: quiet, Policy: grid.Grid{Columns: 1, Rows: 1}}, ops: newCommands(), peers: 1, said: map[string]bool{}}
	s.split.init(s)
	return a, s
}

func BenchmarkSplit(b *testing.B) {
	a, s := longChunk(b)
	if _, err := s.split.chunk(b.Context(), a.chunks[0]); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.split.chunk(b.Context(), a.chunks[1]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2000, "ns/record")
}

// discard is a hub that sends nothing.
type discard struct{ lane.Hub }

func (discard) Broadcast(context.Context, lane.Kind, []byte) error { return nil }

func TestSplitAllocatesNothing(t *testing.T) {
	a, s := longChunk(t)
	for _, c := range a.chunks {
		if _, err := s.split.chunk(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 { // until the batch has its full size
		if _, err := s.split.chunk(t.Context(), a.chunks[1]); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = s.split.chunk(t.Context(), a.chunks[1]) }); n > 1 {
		t.Errorf("%v allocations for a chunk of 2000 records", n)
	}
}
