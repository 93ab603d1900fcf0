package composite

import (
	"bytes"
	"errors"
	"image"
	"math/rand/v2"
	"testing"
)

// cut copies a rectangle out of a picture, as a node would send it.
func cut(pix []byte, width int, r image.Rectangle) []byte {
	var b []byte
	for y := r.Min.Y; y < r.Max.Y; y++ {
		b = append(b, pix[(y*width+r.Min.X)*PixelBytes:(y*width+r.Max.X)*PixelBytes]...)
	}
	return b
}

func noise(n int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// Any cutting, put together in any order, is the picture.
func TestAnyCutting(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var a Assembler
	for range 200 {
		w, h := 1+rng.IntN(40), 1+rng.IntN(40)
		want := noise(w*h*PixelBytes, rng.Uint64())
		tiles := []image.Rectangle{image.Rect(0, 0, w, h)}
		for range rng.IntN(9) {
			i := rng.IntN(len(tiles))
			r := tiles[i]
			l, u := r, r
			if rng.IntN(2) == 0 {
				l.Max.X = r.Min.X + rng.IntN(r.Dx()+1)
				u.Min.X = l.Max.X
			} else {
				l.Max.Y = r.Min.Y + rng.IntN(r.Dy()+1)
				u.Min.Y = l.Max.Y
			}
			if l.Empty() || u.Empty() {
				continue
			}
			tiles[i] = l
			tiles = append(tiles, u)
		}
		rng.Shuffle(len(tiles), func(i, j int) { tiles[i], tiles[j] = tiles[j], tiles[i] })
		if err := a.Reset(w, h, make([]byte, w*h*PixelBytes)); err != nil {
			t.Fatal(err)
		}
		for i, r := range tiles {
			if a.Complete() {
				t.Fatalf("complete with %d of %d pieces", i, len(tiles))
			}
			if m := a.Missing(tiles); len(m) != len(tiles)-i {
				t.Fatalf("missing %v after %d of %d pieces", m, i, len(tiles))
			}
			if err := a.Put(r, cut(want, w, r)); err != nil {
				t.Fatal(err)
			}
		}
		if !a.Complete() || !bytes.Equal(a.Take(), want) {
			t.Fatalf("%d×%d from %v: not the picture", w, h, tiles)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	px := func(n int) []byte { return make([]byte, n*PixelBytes) }
	for _, c := range []struct {
		name string
		r    image.Rectangle
		pix  []byte
		want error
	}{
		{"Outside", image.Rect(2, 0, 5, 1), px(3), ErrPiece},
		{"Negative", image.Rect(-1, 0, 1, 1), px(2), ErrPiece},
		{"TooFewBytes", image.Rect(2, 2, 4, 4), px(3), ErrPiece},
		{"TooManyBytes", image.Rect(2, 2, 4, 4), px(5), ErrPiece},
		{"Overlap", image.Rect(1, 1, 3, 3), px(4), ErrOverlap},
		{"Twice", image.Rect(0, 0, 2, 2), px(4), ErrOverlap},
		{"EmptyTile", image.Rect(4, 4, 4, 4), nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var a Assembler
			if err := a.Reset(4, 4, px(16)); err != nil {
				t.Fatal(err)
			}
			if err := a.Put(image.Rect(0, 0, 2, 2), px(4)); err != nil {
				t.Fatal(err)
			}
			if err := a.Put(c.r, c.pix); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if a.Complete() || a.left != 12 {
				t.Errorf("%d pixels left, want 12", a.left)
			}
		})
	}
}

func TestLatePiece(t *testing.T) {
	var a Assembler
	if err := a.Put(image.Rect(0, 0, 1, 1), make([]byte, 4)); !errors.Is(err, ErrLate) {
		t.Errorf("before the first frame: %v", err)
	}
	if err := a.Reset(1, 1, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	a.Take()
	if err := a.Put(image.Rect(0, 0, 1, 1), make([]byte, 4)); !errors.Is(err, ErrLate) {
		t.Errorf("after Take: %v", err)
	}
	if err := a.Reset(1, 1, make([]byte, 3)); !errors.Is(err, ErrPiece) {
		t.Errorf("buffer too small: %v", err)
	}
}

func TestPool(t *testing.T) {
	var p Pool
	a := p.Get(100)
	p.Put(a)
	if b := p.Get(90); &b[0] != &a[0] || len(b) != 90 {
		t.Error("a buffer that fits was not used again")
	}
	p.Put(make([]byte, 1<<20))
	if b := p.Get(16); cap(b) > 1<<19 {
		t.Errorf("16 bytes asked, capacity %d", cap(b))
	}
	for range 50 {
		p.Put(make([]byte, 8))
	}
	if len(p.free) > poolBuffers {
		t.Errorf("%d buffers kept", len(p.free))
	}
}

func TestPutAllocatesNothing(t *testing.T) {
	pix := make([]byte, 64*64*PixelBytes)
	tile := make([]byte, 32*64*PixelBytes)
	var a Assembler
	n := testing.AllocsPerRun(100, func() {
		_ = a.Reset(64, 64, pix)
		_ = a.Put(image.Rect(0, 0, 32, 64), tile)
		_ = a.Put(image.Rect(32, 0, 64, 64), tile)
	})
	if n != 0 || !a.Complete() {
		t.Errorf("%v allocations a frame, complete %v", n, a.Complete())
	}
}

func BenchmarkAssemble1080p(b *testing.B) {
	const w, h = 1920, 1080
	pix, tile := make([]byte, w*h*PixelBytes), make([]byte, w/2*h/2*PixelBytes)
	var a Assembler
	b.SetBytes(w * h * PixelBytes)
	b.ReportAllocs()
	for b.Loop() {
		_ = a.Reset(w, h, pix)
		for i := range 4 {
			x, y := i%2*w/2, i/2*h/2
			if err := a.Put(image.Rect(x, y, x+w/2, y+h/2), tile); err != nil {
				b.Fatal(err)
			}
		}
	}
}
