package show

import (
	"fmt"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"unsafe"
)

// OpenGL's rows come bottom first, a picture's top first; alpha is not shown.
func TestPicturesStandUpright(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	p, err := newPictures(dir, API{ReadPixels: func(x, y, w, h int32, format, xtype uint32, to unsafe.Pointer) {
		if x != 0 || y != 0 || format != rgba || xtype != unsignedByte {
			t.Errorf("ReadPixels from %d,%d, format %#x, type %#x", x, y, format, xtype)
		}
		pix := unsafe.Slice((*byte)(to), 4*w*h)
		for i := range int(w * h) {
			copy(pix[4*i:], []byte{byte(i % int(w)), byte(i / int(w)), 77, 0})
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{0, 0}, {3, 2}, {5, 4}} { // an iconified window, and one that changes
		w, h := size[0], size[1]
		if err := p.take(41+w, w, h); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(dir, fmt.Sprintf("frame-%06d.png", 41+w)))
		if w == 0 {
			if err == nil {
				t.Error("a picture without pixels was written")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds().Dx() != w || img.Bounds().Dy() != h {
			t.Fatalf("%v, want %d×%d", img.Bounds(), w, h)
		}
		for y := range h {
			for x := range w {
				want := color.NRGBA{uint8(x), uint8(h - 1 - y), 77, 255}
				if got := color.NRGBAModel.Convert(img.At(x, y)); got != want {
					t.Fatalf("pixel %d,%d is %v, want %v", x, y, got, want)
				}
			}
		}
	}
}

func TestText(t *testing.T) {
	s := []byte("llvmpipe\x00more")
	if got := text(&s[0]); got != "llvmpipe" {
		t.Errorf("%q", got)
	}
	if got := text(nil); got == "" {
		t.Error("no renderer is an empty word")
	}
}
