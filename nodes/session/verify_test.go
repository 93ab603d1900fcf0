package session

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit/grid"
)

// Mutations are found, and nothing is found where there is nothing.
func TestVerify(t *testing.T) {
	clearColor, clearOp := op(t, "glClearColor"), op(t, "glClear")
	lead := func(w *worker, f func(op uint16, p []byte) bool) {
		if w.peer == 2 {
			w.onRecord = f
		}
	}
	for _, c := range []struct {
		name    string
		prepare func(*worker)
		app     func(*app)
		want    string // in the verdict; empty: equal
		frame   uint64
		rect    image.Rectangle
	}{
		{name: "Equal"},
		{name: "DroppedRecord", want: "frame 3 ", frame: 3, rect: image.Rect(0, 10, 10, 20), prepare: func(w *worker) {
			n := 0
			lead(w, func(op uint16, _ []byte) bool {
				if op == clearOp {
					n++
				}
				return op != clearOp || n != 3
			})
		}},
		{name: "SwappedUniform", want: "frame 2 ", frame: 2, rect: image.Rect(0, 10, 10, 20), prepare: func(w *worker) {
			n := 0
			lead(w, func(op uint16, p []byte) bool {
				if op == clearColor {
					if n++; n == 2 {
						binary.LittleEndian.PutUint32(p, 0x42c80000) // 100.0
					}
				}
				return true
			})
		}},
		{name: "ShiftedTile", want: "frame 4 ", frame: 4, rect: image.Rect(0, 10, 10, 20), prepare: func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, pix []byte) bool {
				if w.peer == 2 && h.Frame == 4 {
					copy(pix, pix[h.Rect.W*4:]) // by a row
				}
				return true
			}
		}},
		{name: "OnePixelByOne", want: "1 pixels differ by up to 1", frame: 5, rect: image.Rect(10, 0, 11, 1), prepare: func(w *worker) {
			w.onPiece = func(h *proto.PieceHeader, pix []byte) bool {
				if w.peer == 1 && h.Frame == 5 {
					pix[0] ^= 1
				}
				return true
			}
		}},
		{name: "NothingDrawn", want: "nothing was drawn", app: func(a *app) { a.window(1, 20, 20); a.swap(1) }},
		{name: "NoFrame", want: "no frame came", app: func(a *app) { a.window(1, 20, 20); a.fill(1); a.chunk(0) }},
		{name: "Unsupported", want: "glFoo", app: func(a *app) { a.window(1, 20, 20); a.unsupported("glFoo"); a.fill(1); a.swap(1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			if c.app != nil {
				c.app(a)
			} else {
				a.window(1, 20, 20)
				for i := range uint32(6) {
					a.fill(i + 1)
					a.swap(1)
				}
			}
			one, _ := cluster(t, 1, nil)
			four, _ := cluster(t, 4, c.prepare)
			dir := filepath.Join(t.TempDir(), "diff")
			r, err := verify(t, Config{Hub: one.Hub(), Source: NewTrace(Chunks(a.chunks), false), Policy: grid.Grid{Columns: 1, Rows: 1}},
				Config{Hub: four.Hub(), Source: NewTrace(Chunks(a.chunks), false), Policy: grid.Grid{Columns: 2, Rows: 2}}, dir)
			if err != nil {
				t.Fatal(err)
			}
			verdict := r.Err()
			if c.want == "" {
				if verdict != nil || r.Frames != 6 {
					t.Fatalf("%d frames, %v", r.Frames, verdict)
				}
				return
			}
			if !errors.Is(verdict, ErrVerify) || !strings.Contains(verdict.Error(), c.want) {
				t.Fatalf("verdict %v\nwant %q", verdict, c.want)
			}
			if c.frame == 0 {
				return
			}
			d := r.FirstDiff
			if d.Frame != c.frame || !d.Rect.In(c.rect) || d.Pixels == 0 || r.Frames != c.frame-1 || len(d.Files) != 3 {
				t.Fatalf("%d frames equal, difference %+v", r.Frames, d)
			}
			for _, f := range d.Files {
				if _, err := os.Stat(f); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func verify(t *testing.T, want, got Config, dir string) (Result, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	want.Log, got.Log = quiet, quiet
	return Verify(ctx, want, got, dir)
}

func TestVerifyFindsAMissingNode(t *testing.T) {
	a := newApp(t)
	a.window(1, 20, 20)
	for i := range uint32(6) {
		a.fill(i + 1)
		a.swap(1)
	}
	one, _ := cluster(t, 1, nil)
	two, _ := cluster(t, 2, func(w *worker) { w.onSwap = func(f uint64) bool { return w.peer == 0 || f < 4 } })
	_, err := verify(t, Config{Hub: one.Hub(), Source: NewTrace(Chunks(a.chunks), false), Policy: grid.Grid{Columns: 1, Rows: 1}},
		Config{Hub: two.Hub(), Source: NewTrace(Chunks(a.chunks), false), Policy: grid.Grid{Columns: 2, Rows: 1}}, "")
	if !errors.Is(err, ErrNodeGone) {
		t.Fatalf("error %v, want ErrNodeGone", err)
	}
}

func TestVerifyFindsMissingFrames(t *testing.T) {
	a := newApp(t)
	a.window(1, 20, 20)
	for i := range uint32(6) {
		a.fill(i + 1)
		a.swap(1)
	}
	for _, short := range []bool{false, true} {
		one, _ := cluster(t, 1, nil)
		two, _ := cluster(t, 2, nil)
		w, g := a.chunks, a.chunks[:4]
		if short {
			w, g = g, w
		}
		r, err := verify(t, Config{Hub: one.Hub(), Source: NewTrace(Chunks(w), false), Policy: grid.Grid{Columns: 1, Rows: 1}},
			Config{Hub: two.Hub(), Source: NewTrace(Chunks(g), false), Policy: grid.Grid{Columns: 2, Rows: 1}}, "")
		if err != nil || r.FirstDiff == nil || r.FirstDiff.Frame != 5 || !strings.Contains(r.Err().Error(), "only") {
			t.Fatalf("short %v: %v, verdict %v", short, err, r.Err())
		}
	}
}

func TestCompareSizes(t *testing.T) {
	a := &output.Frame{Drawable: 1, Number: 2, Width: 2, Height: 1, Pix: make([]byte, 8)}
	b := &output.Frame{Drawable: 1, Number: 2, Width: 1, Height: 2, Pix: make([]byte, 8)}
	if d := Compare(a, b); d == nil || !strings.Contains(d.String(), "1×2 pixels, not 2×1") {
		t.Errorf("%v", d)
	}
	b.Number = 3
	if d := Compare(a, b); d == nil || !strings.Contains(d.String(), "frame 3 of drawable 1") {
		t.Errorf("%v", d)
	}
	if files, err := writeDiff(t.TempDir(), a, b); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
}
