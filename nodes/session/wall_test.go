package session

import (
	"bytes"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/null"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/wall"
)

// testWall has three displays on two nodes: two overlap, the third stands behind a bezel.
func testWall() (wall.Wall, map[string]proto.Display) {
	w := wall.Wall{Whole: true, Displays: []wall.Display{
		{Node: 0, Name: "a", Rect: image.Rect(0, 0, 16, 20)},
		{Node: 2, Name: "b", Rect: image.Rect(12, 0, 28, 20)},
		{Node: 2, Name: "c", Rect: image.Rect(31, 4, 47, 20)},
	}}
	displays := map[string]proto.Display{}
	for _, d := range w.Displays {
		displays[d.Name] = proto.Display{Name: d.Name, X11: ":0", Width: d.Rect.Dx(), Height: d.Rect.Dy()}
	}
	return w, displays
}

// wallApp swaps two drawables by turns, the second of which is not shown on the wall.
func wallApp(t *testing.T, frames int) *app {
	a := newApp(t)
	a.window(8, 30, 10)
	a.window(7, 48, 24)
	a.chunk(0)
	for i := range uint32(frames) {
		a.fill(i)
		a.draw = 8 // of the next chunk
		a.swap(7)
		a.fill(100 + i)
		a.draw = 7
		a.swap(8)
	}
	return a
}

// cutOf is a part of a picture.
func cutOf(pix []byte, w int, r image.Rectangle) []byte {
	return (&surface{w: w, pix: pix}).part(rect(r))
}

func TestWall(t *testing.T) {
	for _, c := range []struct {
		name  string
		looks bool // something wants the whole picture
	}{{"ShownByNodesAlone", false}, {"AlsoWanted", true}} {
		t.Run(c.name, func(t *testing.T) {
			const frames = 8
			w, displays := testWall()
			src := &source{chunks: wallApp(t, frames).chunks}
			pair, workers := cluster(t, 3, nil)
			var blind null.Output
			shots, stats, err := play(t, src, pair.Hub(), w, func(cfg *Config) {
				cfg.Displays, cfg.Outputs, cfg.FramesInFlight = displays, []output.Output{&blind}, 3
				if !c.looks {
					cfg.OnFrame = nil
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			pair.end()
			if src.frames != 2*frames || stats.Frames != 2*frames || stats.Dropped != 0 {
				t.Errorf("%d credits, %d frames, %d dropped", src.frames, stats.Frames, stats.Dropped)
			}
			if b := stats.Barrier; b == nil || b.Frames != frames || b.Lost != 0 {
				t.Errorf("barrier %+v", b)
			}
			if c.looks {
				for _, s := range shots {
					want := pattern(uint32(s.number-1), 48, 24)
					if s.drawable == 8 {
						want = pattern(100+uint32(s.number-1), 30, 10)
					}
					if !bytes.Equal(s.pix, want) {
						t.Errorf("frame %d of drawable %d is not the picture", s.number, s.drawable)
					}
				}
			}
			pieces := uint64(0)
			for _, n := range stats.Nodes {
				pieces += n.Pieces
			}
			if got := len(shots) == 2*frames && pieces > 0 && blind.Frames == 2*frames; got != c.looks {
				t.Errorf("%d pictures, %d pieces, the output saw %d frames", len(shots), pieces, blind.Frames)
			}
			for peer, views := range [][]image.Rectangle{{w.Displays[0].Rect}, nil, {w.Displays[1].Rect, w.Displays[2].Rect}} {
				got := workers[peer].pictures
				if views == nil {
					if len(got) != 0 || len(workers[peer].shown) != 0 {
						t.Errorf("node %d has no display and shows %d frames", peer, len(got))
					}
					continue
				}
				if len(got) != frames || !slices.Equal(workers[peer].shown, []uint64{1, 2, 3, 4, 5, 6, 7, 8}) {
					t.Fatalf("node %d has staged %d frames and shown %v", peer, len(got), workers[peer].shown)
				}
				for i, parts := range got {
					for j, part := range parts {
						if !bytes.Equal(part, cutOf(pattern(uint32(i), 48, 24), 48, views[j])) {
							t.Errorf("node %d, frame %d: display %d is given something else", peer, i+1, j)
						}
					}
				}
			}
		})
	}
}

// TestWallReadBack: who reads the window finds what no display shows, too.
func TestWallReadBack(t *testing.T) {
	w, displays := testWall()
	a := newApp(t)
	a.window(7, 48, 24)
	a.fill(3)
	id := a.ask("glReadPixels", 0, 0, 48, 24, 0x80E1, 0x1401, 0)
	a.swap(7)
	src := &source{chunks: a.chunks}
	pair, _ := cluster(t, 3, nil)
	if _, _, err := play(t, src, pair.Hub(), w, func(cfg *Config) { cfg.Displays, cfg.OnFrame = displays, nil }); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(src.replies[id], pattern(3, 48, 24)) {
		t.Errorf("a reply of %d bytes without the picture", len(src.replies[id]))
	}
}

func TestLostDisplays(t *testing.T) {
	lose := func(at map[uint64][]string) func(*worker) {
		return func(w *worker) {
			if w.peer != 2 && at[0] == nil {
				return
			}
			w.lose = func(frame uint64) (lost []proto.LostDisplay) {
				for _, name := range at[frame] {
					if (name == "a") == (w.peer == 0) {
						lost = append(lost, proto.LostDisplay{Name: name, Text: "gone\nnow"})
					}
				}
				return lost
			}
		}
	}
	for _, c := range []struct {
		name  string
		at    map[uint64][]string
		looks bool
		want  string // of the error
		notes int
	}{
		{"OthersGoOn", map[uint64][]string{2: {"b"}, 4: {"c"}}, false, "", 2},
		{"Last", map[uint64][]string{0: {}, 2: {"b"}, 3: {"a"}, 5: {"c"}}, false, `node 2: display "c" of the wall is lost at frame 5: gone?now; nothing shows the picture any more`, 2},
		{"LastButSomebodyLooks", map[uint64][]string{0: {}, 2: {"b"}, 3: {"a"}, 5: {"c"}}, true, "", 3},
		{"Twice", map[uint64][]string{2: {"b"}, 3: {"b"}}, false, `display "b" is lost, which it does not have`, 1},
		{"Unknown", map[uint64][]string{2: {"x"}}, false, `display "x" is lost, which it does not have`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, displays := testWall()
			src := &source{chunks: wallApp(t, 6).chunks}
			pair, _ := cluster(t, 3, lose(c.at))
			_, stats, err := play(t, src, pair.Hub(), w, func(cfg *Config) {
				cfg.Displays = displays
				if !c.looks {
					cfg.OnFrame = nil
				}
			})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if len(stats.Notes) != c.notes {
				t.Errorf("notes %q", stats.Notes)
			}
			if err == nil && stats.Barrier.Lost != c.notes {
				t.Errorf("%+v", stats.Barrier)
			}
		})
	}
}

// TestWallNodeThatDoesNotShow ends the run, with its name.
func TestWallNodeThatDoesNotShow(t *testing.T) {
	w, displays := testWall()
	src := &source{chunks: wallApp(t, 6).chunks}
	pair, _ := cluster(t, 3, func(w *worker) {
		if w.peer == 2 {
			w.onShow = func(frame uint64) bool { return frame < 3 }
		}
	})
	_, _, err := play(t, src, pair.Hub(), w, func(cfg *Config) {
		cfg.Displays, cfg.OnFrame, cfg.ShowTimeout = displays, nil, 200*time.Millisecond
	})
	if !errors.Is(err, ErrDisplays) || !strings.Contains(err.Error(), "node 2 has drawn frame 3 and has not shown it for 200ms") {
		t.Errorf("%v", err)
	}
}

// TestWallOfParts: nodes are told which part they hold, give it to who wants the picture, and are not asked to hold more.
func TestWallOfParts(t *testing.T) {
	w := wall.Wall{Whole: true, Target: image.Pt(28, 24), Align: 1, Displays: []wall.Display{
		{Node: 0, Name: "a", Rect: image.Rect(0, 0, 22, 24)}, {Node: 2, Name: "b", Rect: image.Rect(26, 0, 48, 24)},
	}}
	a := newApp(t)
	a.window(7, 48, 24)
	a.fill(3)
	a.swap(7)
	pair, workers := cluster(t, 3, nil)
	shots, _, err := play(t, &source{chunks: a.chunks}, pair.Hub(), w, nil)
	if err != nil || len(shots) != 1 || !bytes.Equal(shots[0].pix, pattern(3, 48, 24)) {
		t.Fatalf("%d pictures, %v", len(shots), err)
	}
	pair.end()
	for i, want := range []proto.Rect{{W: 26, H: 24}, {W: 1, H: 1}, {X: 26, W: 22, H: 24}} {
		plan := workers[i].plans[7]
		if plan.Target != want || plan.Validate() != nil {
			t.Errorf("node %d holds %+v, want %+v; %v", i, plan.Target, want, plan.Validate())
		}
	}
	a = newApp(t)
	a.window(7, 48, 24)
	a.fill(3)
	a.b.Record(op(t, "glShaderSource"), 0).U32(1).U32(1).Inline([]byte("void main() { gl_FragColor = gl_FragCoord; }"))
	a.b.Record(op(t, "glCopyTexImage2D"), 0).U32(0x0DE1).I32(0).U32(0x1908).I32(0).I32(0).I32(40).I32(20).I32(0)
	a.swap(7)
	pair, _ = cluster(t, 3, nil)
	_, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), w, nil)
	if !errors.Is(err, ErrDisplays) || !strings.Contains(err.Error(), "glCopyTexImage2D reads the window on the nodes, for which each node would have to hold all of drawable 7") {
		t.Errorf("error %v", err)
	}
	if len(stats.Notes) != 1 || !strings.Contains(stats.Notes[0], "gl_FragCoord") {
		t.Errorf("notes %q", stats.Notes)
	}
}

func TestWallsThatCannotBe(t *testing.T) {
	w, displays := testWall()
	delete(displays, "b")
	hidden := w
	hidden.Whole = false
	large := w
	large.Target, large.Align = image.Pt(30, 24), 1
	for _, c := range []struct {
		name   string
		policy tilesplit.Policy
		want   string
	}{
		{"UnknownDisplay", w, `display "b" is not known`},
		{"Hidden", hidden, "is drawn by nobody"},
		{"TargetTooSmall", large, "which needs a framebuffer of"},
	} {
		a := newApp(t)
		a.window(7, 48, 24)
		a.chunk(0)
		pair, _ := cluster(t, 3, nil)
		_, _, err := play(t, &source{chunks: a.chunks}, pair.Hub(), c.policy, func(cfg *Config) { cfg.Displays = displays })
		if !errors.Is(err, tilesplit.ErrPlan) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
