package png

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/prismgl/prism/nodes/output"
)

// frame makes a picture in which every pixel is different.
func frame(drawable uint32, number uint64, w, h int) *output.Frame {
	f := &output.Frame{Drawable: drawable, Number: number, Width: w, Height: h, Pix: make([]byte, w*h*4)}
	for y := range h {
		for x := range w {
			copy(f.Pix[(y*w+x)*4:], []byte{byte(x), byte(y), byte(number), 0})
		}
	}
	return f
}

func read(t *testing.T, file string) image.Image {
	t.Helper()
	r, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	img, err := png.Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func check(t *testing.T, file string, f *output.Frame) {
	t.Helper()
	img := read(t, file)
	if img.Bounds() != image.Rect(0, 0, f.Width, f.Height) {
		t.Fatalf("%s: %v", file, img.Bounds())
	}
	for y := range f.Height {
		for x := range f.Width {
			p := f.Pix[((f.Height-1-y)*f.Width+x)*4:]
			want := color.NRGBA{p[2], p[1], p[0], 255}
			if got := color.NRGBAModel.Convert(img.At(x, y)); got != want {
				t.Fatalf("%s: pixel %d,%d is %v, want %v", file, x, y, got, want)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	o, err := New(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	frames := map[string]*output.Frame{
		"frame-000001.png":            frame(3, 1, 7, 5),
		"frame-000002.png":            frame(3, 2, 9, 4), // OddImageSize: resized between frames
		"drawable-4-frame-000002.png": frame(4, 2, 1, 1),
	}
	for _, name := range []string{"frame-000001.png", "frame-000002.png", "drawable-4-frame-000002.png"} {
		if err := o.Present(t.Context(), frames[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for name, f := range frames {
		check(t, filepath.Join(dir, name), f)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != len(frames) {
		t.Errorf("%d files, want %d: %v", len(entries), len(frames), entries)
	}
}

func TestLast(t *testing.T) {
	dir := t.TempDir()
	o, err := New(dir, Options{Last: true})
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint64(3) {
		if err := o.Present(t.Context(), frame(1, n+1, 6, 6)); err != nil {
			t.Fatal(err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Fatalf("files before Close: %v", entries)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, filepath.Join(dir, "last.png"), frame(1, 3, 6, 6))
}

func TestBorders(t *testing.T) {
	dir := t.TempDir()
	o, err := New(dir, Options{Borders: true})
	if err != nil {
		t.Fatal(err)
	}
	f := frame(1, 1, 20, 20)
	f.Tiles = []image.Rectangle{image.Rect(0, 0, 10, 20), image.Rect(10, 0, 20, 20)}
	if err := o.Present(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	img := read(t, filepath.Join(dir, "frame-000001.png"))
	for _, c := range []struct {
		x, y   int
		border bool
	}{{0, 0, true}, {1, 10, true}, {2, 10, false}, {5, 5, false}, {9, 10, true}, {10, 10, true}, {12, 10, false}, {19, 19, true}} {
		r, g, b, _ := img.At(c.x, c.y).RGBA()
		p := f.Pix[((19-c.y)*20+c.x)*4:]
		same := byte(r>>8) == p[2] && byte(g>>8) == p[1] && byte(b>>8) == p[0]
		if same == c.border {
			t.Errorf("pixel %d,%d: border drawn %v, want %v", c.x, c.y, !same, c.border)
		}
	}
}

func TestRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(file, Options{}); err == nil {
		t.Error("a file was taken as directory")
	}
	o, err := New(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := frame(1, 1, 4, 4)
	f.Pix = f.Pix[:10]
	if err := o.Present(t.Context(), f); err == nil {
		t.Error("a frame with too few bytes was taken")
	}
}

// TestOrder: however long each takes to encode, files appear in the order of the frames, none before one that comes earlier.
func TestOrder(t *testing.T) {
	dir := t.TempDir()
	o, err := New(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const frames = 20
	done := make(chan struct{})
	watched := make(chan error, 1)
	go func() {
		for over := false; !over; {
			select {
			case <-done:
				over = true
			default:
			}
			runtime.Gosched()
			entries, err := os.ReadDir(dir)
			if err != nil {
				watched <- err
				return
			}
			newest := 0
			for _, e := range entries {
				var n int
				if _, err := fmt.Sscanf(e.Name(), "frame-%06d.png", &n); err == nil {
					newest = max(newest, n)
				}
			}
			for n := 1; n <= newest; n++ { // whatever has appeared since is no matter
				if _, err := os.Stat(filepath.Join(dir, fmt.Sprintf("frame-%06d.png", n))); err != nil {
					watched <- fmt.Errorf("frame %d is there: %w", newest, err)
					return
				}
			}
		}
		watched <- nil
	}()
	for n := uint64(1); n <= frames; n++ {
		size := 300
		if n%3 != 0 {
			size = 3
		}
		if err := o.Present(t.Context(), frame(1, n, size, size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	close(done)
	if err := <-watched; err != nil {
		t.Error(err)
	}
	for n := uint64(1); n <= frames; n++ {
		size := 300
		if n%3 != 0 {
			size = 3
		}
		if n < 7 {
			check(t, filepath.Join(dir, fmt.Sprintf("frame-%06d.png", n)), frame(1, n, size, size))
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != frames {
		t.Errorf("%d files, want %d", len(entries), frames)
	}
}

// TestWriteFails: an error that comes after Present has returned is told by a later Present or by Close.
func TestWriteFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	o, err := New(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	first := o.Present(t.Context(), frame(1, 1, 4, 4))
	if err := errors.Join(first, o.Close()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if err := o.Close(); err != nil {
		t.Errorf("said twice: %v", err)
	}
}

// TestFullPresentEndsWithContext: while all writers are at work Present waits, but not longer than its context.
func TestFullPresentEndsWithContext(t *testing.T) {
	o, err := New(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for len(o.free) > 0 {
		<-o.free
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Present(ctx, frame(1, 1, 4, 4)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkPresent1080p(b *testing.B) {
	o, err := New(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	f := frame(1, 1, 1920, 1080)
	b.ReportAllocs()
	for b.Loop() {
		if err := o.Present(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	if err := o.Close(); err != nil {
		b.Fatal(err)
	}
}
