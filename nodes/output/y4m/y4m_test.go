package y4m

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/video"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func noise(drawable uint32, number uint64, w, h int) *output.Frame {
	f := &output.Frame{Drawable: drawable, Number: number, Width: w, Height: h, Pix: make([]byte, w*h*4)}
	rng := rand.New(rand.NewPCG(number, uint64(drawable)))
	for i := range f.Pix {
		f.Pix[i] = byte(rng.Uint32())
	}
	return f
}

// clip is a file read back.
type clip struct {
	head   string
	w, h   int
	frames [][]byte // planes
}

func read(t *testing.T, r io.Reader, half bool) clip {
	t.Helper()
	b := bufio.NewReader(r)
	head, err := b.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	c := clip{head: strings.TrimSuffix(head, "\n")}
	if _, err := fmt.Sscanf(head, "YUV4MPEG2 W%d H%d ", &c.w, &c.h); err != nil {
		t.Fatalf("%q: %v", head, err)
	}
	for {
		line, err := b.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return c
		}
		if err != nil || line != "FRAME\n" {
			t.Fatalf("frame %d begins with %q, %v", len(c.frames)+1, line, err)
		}
		p := make([]byte, sizeBytes(c.w, c.h, half))
		if _, err := io.ReadFull(b, p); err != nil {
			t.Fatalf("frame %d: %v", len(c.frames)+1, err)
		}
		c.frames = append(c.frames, p)
	}
}

func readFile(t *testing.T, path string, half bool) clip {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, bytes.NewReader(b), half)
}

// ycc is BT.601 as the standard writes it.
func ycc(b, g, r float64) [3]float64 {
	y := 0.299*r + 0.587*g + 0.114*b
	return [3]float64{16 + 219*y/255, 128 + 112*(b-y)/(1-0.114)/255, 128 + 112*(r-y)/(1-0.299)/255}
}

func TestSamplesAreTheStandards(t *testing.T) {
	tab := newTables()
	for _, size := range [][2]int{{1, 1}, {2, 2}, {7, 5}, {64, 33}, {1, 9}, {8, 1}} {
		w, h := size[0], size[1]
		f := noise(1, uint64(w), w, h)
		if w == 64 { // the corners of the cube
			for i := range 8 {
				copy(f.Pix[4*i:], []byte{byte(i&1) * 255, byte(i>>1&1) * 255, byte(i>>2&1) * 255})
			}
		}
		at := func(x, y int) [3]float64 { // y from above
			p := f.Pix[((h-1-y)*w+x)*4:]
			return ycc(float64(p[0]), float64(p[1]), float64(p[2]))
		}
		near := func(what string, x, y int, got byte, want float64) {
			t.Helper()
			if math.Abs(float64(got)-want) > 0.502 {
				t.Fatalf("%d×%d: %s at %d,%d is %d, want %.2f", w, h, what, x, y, got, want)
			}
		}
		full, half := make([]byte, sizeBytes(w, h, false)), make([]byte, sizeBytes(w, h, true))
		tab.full(full, f.Pix, w, h)
		tab.half(half, f.Pix, w, h)
		for y := range h {
			for x := range w {
				want := at(x, y)
				for i, what := range []string{"Y", "Cb", "Cr"} {
					near(what, x, y, full[i*w*h+y*w+x], want[i])
				}
				near("Y of 4:2:0", x, y, half[y*w+x], want[0])
			}
		}
		cw, ch := (w+1)/2, (h+1)/2
		for y := range ch {
			for x := range cw {
				var mean [3]float64
				for i := range 4 {
					v := at(min(2*x+i&1, w-1), min(2*y+i>>1, h-1))
					for c := range mean {
						mean[c] += v[c] / 4
					}
				}
				near("Cb of 4:2:0", x, y, half[w*h+y*cw+x], mean[1])
				near("Cr of 4:2:0", x, y, half[w*h+cw*ch+y*cw+x], mean[2])
			}
		}
	}
}

func TestFile(t *testing.T) {
	for _, half := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "run.y4m")
		if err := os.WriteFile(path, bytes.Repeat([]byte("old"), 10000), 0o644); err != nil {
			t.Fatal(err)
		}
		o, err := New(path, Options{Rate: output.Rate{Num: 30000, Den: 1001}, Half: half})
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint64(3) {
			if err := o.Present(t.Context(), noise(1, n+1, 17, 9)); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		c := readFile(t, path, half)
		want := "YUV4MPEG2 W17 H9 F30000:1001 Ip A1:1 C444 XCOLORRANGE=LIMITED"
		if half {
			want = strings.Replace(want, "C444", "C420jpeg", 1)
		}
		if c.head != want || len(c.frames) != 3 {
			t.Errorf("header %q, %d frames; want %q, 3", c.head, len(c.frames), want)
		}
		planes := make([]byte, sizeBytes(17, 9, half))
		if tab := newTables(); half {
			tab.half(planes, noise(1, 2, 17, 9).Pix, 17, 9)
		} else {
			tab.full(planes, noise(1, 2, 17, 9).Pix, 17, 9)
		}
		if !bytes.Equal(c.frames[1], planes) {
			t.Error("the second frame is another one")
		}
	}
}

func TestNoFrameLeavesTheFileAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.y4m")
	o, err := New(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

func TestAnotherSizeAndWindowGoToPartsOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	var notes []string
	o, err := New(filepath.Join(dir, "a.b.y4m"), Options{Note: func(s string) { notes = append(notes, s) }})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range []*output.Frame{
		noise(1, 1, 8, 8), noise(1, 2, 8, 8), noise(2, 1, 4, 4), noise(1, 3, 10, 6), noise(2, 2, 4, 4), noise(1, 4, 8, 8),
	} {
		if err := o.Present(t.Context(), f); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][3]int{"a.b.y4m": {8, 8, 2}, "a.b-2.y4m": {4, 4, 2}, "a.b-3.y4m": {10, 6, 1}, "a.b-4.y4m": {8, 8, 1}} {
		c := readFile(t, filepath.Join(dir, name), false)
		if got := [3]int{c.w, c.h, len(c.frames)}; got != want {
			t.Errorf("%s: width, height, frames %v, want %v", name, got, want)
		}
	}
	if len(notes) != 3 || !strings.Contains(notes[1], "10×6") || !strings.Contains(notes[1], "a.b-3.y4m") {
		t.Errorf("said: %q", notes)
	}
}

// More windows than files may be open at once.
func TestManyWindows(t *testing.T) {
	dir := t.TempDir()
	o, err := New(filepath.Join(dir, "w.y4m"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint64(2) {
		for d := range uint32(7) {
			if err := o.Present(t.Context(), noise(d+1, n+1, 4, 4)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "w*.y4m"))
	frames := 0
	for _, f := range files {
		frames += len(readFile(t, f, false).frames)
	}
	if frames != 14 {
		t.Errorf("%d frames in %d files, want 14", frames, len(files))
	}
}

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe.y4m")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPipe(t *testing.T) {
	path := fifo(t)
	o, err := New(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan clip, 1)
	go func() {
		defer close(got)
		f, err := os.Open(path)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		got <- read(t, f, false)
	}()
	for n := range uint64(4) {
		if err := o.Present(t.Context(), noise(1, n+1, 200, 150)); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Present(t.Context(), noise(2, 1, 200, 150)); err == nil || !strings.Contains(err.Error(), "one window") || errors.Is(err, output.ErrEnded) {
		t.Errorf("a second window: %v", err)
	}
	if err := o.Present(t.Context(), noise(2, 2, 200, 150)); err != nil {
		t.Errorf("said twice: %v", err)
	}
	if err := o.Present(t.Context(), noise(1, 5, 100, 150)); !errors.Is(err, output.ErrEnded) || !strings.Contains(err.Error(), "100×150") {
		t.Errorf("another size: %v", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if c := <-got; len(c.frames) != 4 || c.w != 200 {
		t.Errorf("%d frames of width %d came out", len(c.frames), c.w)
	}
}

func TestReaderOfAPipeGoesAway(t *testing.T) {
	path := fifo(t)
	o, err := New(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Present(t.Context(), noise(1, 1, 8, 8)); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := o.Present(t.Context(), noise(1, 2, 8, 8)); !errors.Is(err, video.ErrReaderGone) || !errors.Is(err, output.ErrEnded) {
		t.Errorf("error %v, want ErrReaderGone and ErrEnded", err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

// Nobody reads: Present hears the end of its context, before there is a reader and while the pipe is full.
func TestPipeThatNobodyReads(t *testing.T) {
	for _, reader := range []bool{false, true} {
		path := fifo(t)
		o, err := New(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if reader {
			r, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
		}
		ctx, cancel := context.WithCancel(t.Context())
		said := make(chan error, 1)
		go func() { said <- o.Present(ctx, noise(1, 1, 300, 300)) }()
		if reader { // until it has begun: the pipe holds less than a frame
			until := time.Now().Add(10 * time.Second)
			for o.Progress() == 0 && time.Now().Before(until) {
				runtime.Gosched()
			}
		}
		cancel()
		if err := <-said; !errors.Is(err, context.Canceled) || !errors.Is(err, output.ErrEnded) {
			t.Errorf("reader %v: error %v", reader, err)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFullDiskLeavesWholeFrames(t *testing.T) {
	o, err := New("/dev/full", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Present(t.Context(), noise(1, 1, 8, 8)); !errors.Is(err, unix.ENOSPC) || !errors.Is(err, output.ErrEnded) {
		t.Errorf("error %v", err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}

	path := filepath.Join(t.TempDir(), "cut.y4m")
	if o, err = New(path, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := o.Present(t.Context(), noise(1, 1, 700, 700)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Present(ctx, noise(1, 2, 700, 700)); !errors.Is(err, context.Canceled) { // after its first step
		t.Errorf("error %v", err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if c := readFile(t, path, false); len(c.frames) != 1 {
		t.Errorf("%d frames", len(c.frames))
	}
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	locked := filepath.Join(dir, "none", "x.y4m")
	for path, want := range map[string]string{dir: "is a directory", locked: "no such file"} {
		if _, err := New(path, Options{}); !errors.Is(err, video.ErrTarget) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestFillAllocatesNothing(t *testing.T) {
	for _, half := range []bool{false, true} {
		null, err := os.OpenFile("/dev/null", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		e := &encoder{w: video.NewWriter(null), tables: newTables(), half: half, buf: frameBuffer(640, 480, half)}
		f := noise(1, 1, 640, 480)
		if n := testing.AllocsPerRun(10, func() {
			if err := e.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("half %v: %v allocations a frame", half, n)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkConvert1080p(b *testing.B) {
	for name, half := range map[string]bool{"444": false, "420": true} {
		b.Run(name, func(b *testing.B) {
			e := &encoder{tables: newTables(), half: half, buf: frameBuffer(1920, 1080, half)}
			f := noise(1, 1, 1920, 1080)
			b.SetBytes(int64(len(f.Pix)))
			b.ReportAllocs()
			for b.Loop() {
				e.fill(f)
			}
		})
	}
}
