package replay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/egl"
	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

func TestMain(m *testing.M) {
	os.Setenv("LP_NUM_THREADS", "0")
	os.Exit(m.Run())
}

// on carries f out on a locked thread with a new replay.
func on(t testing.TB, fbo bool, f func(r *Replay)) {
	t.Helper()
	onDevice(t, fbo, func(*egl.Device) {}, f)
}

// onDevice is on with a device that change has changed.
func onDevice(t testing.TB, fbo bool, change func(dev *egl.Device), f func(r *Replay)) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dev, err := egl.Open(-1)
	if errors.Is(err, egl.ErrNoDevice) && !strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
		t.Skipf("no device: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	change(dev)
	r, err := New(dev)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	r.UseFBO(fbo)
	r.SetLead(true)
	f(r)
}

// hasFBO tells whether nodes would use the make fbo here. On Mesa they do (TestSelfTest), on NVIDIA not.
func hasFBO(t *testing.T) (has bool) {
	on(t, false, func(r *Replay) { has = r.SelfTest().FBODiffPixels == 0 })
	return has
}

// makes runs a test with the makes of the default framebuffer that nodes may use here.
func makes(t *testing.T, f func(t *testing.T, fbo bool)) {
	t.Run("pbuffer", func(t *testing.T) { f(t, false) })
	if hasFBO(t) {
		t.Run("fbo", func(t *testing.T) { f(t, true) })
	}
}

// play carries out a batch and gives the stops.
func play(t testing.TB, r *Replay, batch []byte) []Stop {
	t.Helper()
	var stops []Stop
	for len(batch) > 0 {
		n, stop, err := r.Run(batch)
		if err != nil {
			t.Fatal(err)
		}
		if stop.Op != 0 {
			stops = append(stops, stop)
		}
		batch = batch[n:]
	}
	return stops
}

func readback(t testing.TB, r *Replay, drawable uint32, rect proto.Rect) []byte {
	t.Helper()
	pix := make([]byte, rect.W*rect.H*4)
	if err := r.Readback(drawable, rect, pix); err != nil {
		t.Fatal(err)
	}
	return pix
}

// pixel is B G R A at x, y of a picture w wide.
func pixel(pix []byte, w, x, y int) [4]byte { return [4]byte(pix[(y*w+x)*4:]) }

const (
	glColor       = 0x4000
	glDepth       = 0x0100
	glTriangles   = 4
	glScissorTest = 0x0C11
	glTexture2D   = 0x0DE1
	glFramebuffer = 0x8D40
	glRGBA        = 0x1908
	glUByte       = 0x1401
)

func clear(s *workertest.Script, r, g, b, a float64) {
	s.Do("glClearColor", r, g, b, a).Do("glClear", glColor|glDepth)
}

func triangle(s *workertest.Script, rng *rand.Rand) {
	s.Do("glBegin", glTriangles)
	for range 3 {
		s.Do("glColor4f", rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64())
		s.Do("glVertex3f", rng.Float64()*2.4-1.2, rng.Float64()*2.4-1.2, rng.Float64()*2-1)
	}
	s.Do("glEnd")
}

// tilings of w × h.
func tiling(w, h, cols, rows int) []proto.Rect {
	var out []proto.Rect
	for y := range rows {
		for x := range cols {
			x0, y0, x1, y1 := w*x/cols, h*y/rows, w*(x+1)/cols, h*(y+1)/rows
			out = append(out, proto.Rect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0})
		}
	}
	return out
}

// assemble puts pieces together that replays with one tile each draw.
func assemble(t *testing.T, fbo bool, w, h int, tiles []proto.Rect, batch []byte) []byte {
	t.Helper()
	whole := make([]byte, w*h*4)
	for _, tile := range tiles {
		on(t, fbo, func(r *Replay) {
			r.SetPlan(&proto.Plan{Drawable: 1, Width: w, Height: h, Scissor: tile, Tiles: []proto.Rect{tile}})
			play(t, r, batch)
			paste(whole, w, tile, readback(t, r, 1, tile))
		})
	}
	return whole
}

// paste puts a tile into a picture of width w.
func paste(whole []byte, w int, tile proto.Rect, pix []byte) {
	for y := range tile.H {
		copy(whole[((tile.Y+y)*w+tile.X)*4:], pix[y*tile.W*4:(y+1)*tile.W*4])
	}
}

func samePictures(t *testing.T, w int, got, want []byte, what string) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	n, first := 0, -1
	for i := 0; i < len(want); i += 4 {
		if !bytes.Equal(got[i:i+4], want[i:i+4]) {
			n++
			if first < 0 {
				first = i / 4
			}
		}
	}
	t.Errorf("%s: %d of %d pixels differ, first at %d,%d: got %v, want %v", what, n, len(want)/4, first%w, first/w, got[first*4:first*4+4], want[first*4:first*4+4])
}

func TestClearIsRead(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			s := workertest.New(t).Window(40, 30)
			clear(s, 1, 0.5, 0.25, 0.75)
			stops := play(t, r, s.Swap(1, 7).Batch())
			if len(stops) != 1 || stops[0].Op != gl.OpPrismSwap || stops[0].Frame != 7 || stops[0].Width != 40 || stops[0].Height != 30 || stops[0].Draws != 1 || stops[0].GLError != 0 {
				t.Fatalf("stops: %+v", stops)
			}
			pix := readback(t, r, 1, proto.Rect{W: 40, H: 30})
			// A half may be rounded to either side: Mesa's 128 is 127 on NVIDIA.
			if p := pixel(pix, 40, 39, 29); p != [4]byte{64, 128, 255, 191} && p != [4]byte{64, 127, 255, 191} {
				t.Errorf("pixel: %v", p)
			}
		})
	})
}

func TestTilesMakeTheWhole(t *testing.T) {
	const w, h = 97, 61 // OddImageSize
	makes(t, func(t *testing.T, fbo bool) {
		rng := rand.New(rand.NewPCG(1, 2))
		s := workertest.New(t).Window(w, h)
		clear(s, 0.1, 0.2, 0.3, 1)
		s.Do("glEnable", 0x0B71)
		for range 40 {
			triangle(s, rng)
		}
		batch := s.Swap(1, 1).Batch()
		var want []byte
		on(t, false, func(r *Replay) {
			play(t, r, batch)
			want = readback(t, r, 1, proto.Rect{W: w, H: h})
		})
		samePictures(t, w, assemble(t, fbo, w, h, tiling(w, h, 3, 3), batch), want, "3×3")
	})
}

// EmptyTile: a node without a tile draws nothing, whatever the app's scissor.
func TestEmptyTileDrawsNothing(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			r.SetPlan(&proto.Plan{Drawable: 1, Width: 20, Height: 20})
			s := workertest.New(t).Window(20, 20)
			clear(s, 1, 1, 1, 1)
			s.Do("glEnable", glScissorTest).Do("glScissor", 0, 0, 20, 20)
			clear(s, 1, 1, 1, 1)
			play(t, r, s.Swap(1, 1).Batch())
			for i, b := range readback(t, r, 1, proto.Rect{W: 20, H: 20}) {
				if b != 0 {
					t.Fatalf("byte %d is %d", i, b)
				}
			}
		})
	})
}

// program writes random commands that move the scissor in every way, with drawing between.
func program(s *workertest.Script, rng *rand.Rand, w, h, steps int) {
	depth, list := 0, uint32(0)
	inList := false
	scissor := func() {
		s.Do("glScissor", rng.IntN(w+20)-10, rng.IntN(h+20)-10, rng.IntN(w)-2, rng.IntN(h)-2)
	}
	s.Do("glGenFramebuffers", 1, []uint32{500})
	s.Do("glGenRenderbuffers", 1, []uint32{501})
	s.Do("glBindRenderbuffer", 0x8D41, 501).Do("glRenderbufferStorage", 0x8D41, 0x8058, w, h)
	s.Do("glBindFramebuffer", glFramebuffer, 500).Do("glFramebufferRenderbuffer", glFramebuffer, 0x8CE0, 0x8D41, 501)
	clear(s, 0, 0, 0, 0)
	s.Do("glBindFramebuffer", glFramebuffer, 0)
	masks := []int{0x00080000, 0x00002000, 0x00004000, 0x000FFFFF, 0x00000800}
	for range steps {
		switch rng.IntN(15) {
		case 0:
			s.Do("glEnable", glScissorTest)
		case 1:
			s.Do("glDisable", glScissorTest)
		case 2, 3:
			scissor()
		case 4:
			if depth < 8 && !inList {
				s.Do("glPushAttrib", masks[rng.IntN(len(masks))])
				depth++
			}
		case 5:
			if depth > 0 && !inList {
				s.Do("glPopAttrib")
				depth--
			}
		case 6:
			s.Do("glViewport", rng.IntN(w)-w/2, rng.IntN(h)-h/2, w, h)
		case 7:
			if !inList {
				list++
				s.Do("glNewList", list, 0x1300+rng.IntN(2))
				inList = true
			} else {
				s.Do("glEndList")
				inList = false
			}
		case 8:
			if list > 1 {
				s.Do("glCallList", 1+rng.IntN(int(list)-1))
			}
		case 9:
			if list > 2 {
				s.Do("glCallLists", 2, 0x1401, []byte{byte(1 + rng.IntN(int(list)-1)), byte(1 + rng.IntN(int(list)-1))})
			}
		case 10:
			if inList {
				continue // not compiled, and Mesa carries it out before the drawing that it has not yet put into the list
			}
			// Into an object of the app's, where no tile cuts; what lands there is seen only through later draws, so it is blitted over.
			s.Do("glBindFramebuffer", 0x8CA9, 500)
			triangle(s, rng)
			s.Do("glBindFramebuffer", 0x8CA9, 0).Do("glBindFramebuffer", 0x8CA8, 500)
			s.Do("glBlitFramebuffer", 0, 0, w, h, rng.IntN(w), rng.IntN(h), w, h, glColor, 0x2600)
			s.Do("glBindFramebuffer", 0x8CA8, 0)
		case 11:
			s.Do("glClearColor", rng.Float64(), rng.Float64(), rng.Float64(), 1).Do("glClear", glColor)
		case 12:
			s.Do("glEnablei", glScissorTest, rng.IntN(3))
		default:
			triangle(s, rng)
		}
	}
	if inList {
		s.Do("glEndList")
	}
}

func TestAnyScissorProgramInTilesIsTheWhole(t *testing.T) {
	const w, h = 64, 48
	makes(t, func(t *testing.T, fbo bool) {
		for seed := range uint64(12) {
			rng := rand.New(rand.NewPCG(seed, 99))
			s := workertest.New(t).Window(w, h)
			clear(s, 0.5, 0.5, 0.5, 1)
			program(s, rng, w, h, 120)
			batch := s.Swap(1, 1).Batch()
			var want []byte
			on(t, false, func(r *Replay) {
				if e := play(t, r, batch)[0].GLError; e != 0 && e != 0x0501 && e != 0x0500 { // negative sizes are part of the game
					t.Fatalf("seed %d: GL error %#x", seed, e)
				}
				want = readback(t, r, 1, proto.Rect{W: w, H: h})
			})
			samePictures(t, w, assemble(t, fbo, w, h, tiling(w, h, 2, 2), batch), want, fmt.Sprintf("seed %d", seed))
			if t.Failed() {
				return
			}
		}
	})
}

func TestScissorQuestionsAnswerAsTheAppSetIt(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			r.SetPlan(&proto.Plan{Drawable: 1, Width: 32, Height: 32, Scissor: proto.Rect{X: 16, W: 16, H: 32}, Lead: true})
			s := workertest.New(t).Window(32, 32)
			play(t, r, s.Do("glScissor", 1, 2, 30, 20).Swap(1, 1).Batch())
			box, on, real := r.scissor()
			if box != [4]int32{1, 2, 30, 20} || on {
				t.Errorf("the app sees box %v, test %v", box, on)
			}
			if real != [5]int32{16, 0, 16, 32, 1} {
				t.Errorf("GL has %v", real)
			}
			s.Reset().Do("glEnable", glScissorTest)
			play(t, r, s.Batch())
			if box, on, real = r.scissor(); !on || real != [5]int32{16, 2, 15, 20, 1} {
				t.Errorf("enabled: app %v %v, GL %v", box, on, real)
			}
		})
	})
}

func TestListWithScissorKeepsItsOrder(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			r.SetPlan(&proto.Plan{Drawable: 1, Width: 16, Height: 16, Scissor: proto.Rect{W: 8, H: 16}, Tiles: []proto.Rect{{W: 8, H: 16}}})
			s := workertest.New(t).Window(16, 16)
			clear(s, 0, 0, 0, 1)
			s.Do("glNewList", 5, 0x1300).Do("glEnable", glScissorTest).Do("glScissor", 2, 2, 4, 4).Do("glClearColor", 1, 0, 0, 1).Do("glClear", glColor)
			s.Do("glScissor", 4, 4, 8, 8).Do("glClearColor", 0, 1, 0, 1).Do("glClear", glColor).Do("glDisable", glScissorTest).Do("glEndList")
			s.Do("glNewList", 6, 0x1300).Do("glCallList", 5).Do("glEndList")
			play(t, r, s.Swap(1, 1).Batch())
			if p := pixel(readback(t, r, 1, proto.Rect{W: 16, H: 16}), 16, 3, 3); p != [4]byte{0, 0, 0, 255} {
				t.Fatalf("compiling drew: %v", p)
			}
			play(t, r, s.Reset().Do("glCallList", 6).Swap(1, 2).Batch())
			pix := readback(t, r, 1, proto.Rect{W: 16, H: 16})
			for _, c := range []struct {
				x, y int
				want [4]byte
			}{{3, 3, [4]byte{0, 0, 255, 255}}, {5, 5, [4]byte{0, 255, 0, 255}}, {1, 1, [4]byte{0, 0, 0, 255}}, {9, 9, [4]byte{0, 0, 0, 255}}} {
				if p := pixel(pix, 16, c.x, c.y); p != c.want {
					t.Errorf("%d,%d: got %v, want %v", c.x, c.y, p, c.want)
				}
			}
			play(t, r, s.Reset().Do("glDeleteLists", 5, 1).Do("glClearColor", 0, 0, 1, 1).Do("glClear", glColor).Do("glCallList", 6).Swap(1, 3).Batch())
			if p := pixel(readback(t, r, 1, proto.Rect{W: 16, H: 16}), 16, 3, 3); p != [4]byte{255, 0, 0, 255} {
				t.Errorf("a deleted list was called: %v", p)
			}
		})
	})
}

func TestResize(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			s := workertest.New(t).Window(10, 10)
			clear(s, 1, 0, 0, 1)
			play(t, r, s.Swap(1, 1).Batch())
			r.SetPlan(&proto.Plan{Drawable: 1, Width: 30, Height: 20, Scissor: proto.Rect{W: 15, H: 20}, Tiles: []proto.Rect{{W: 15, H: 20}}})
			s.Reset().Do("prismDrawableResize", 1, 30, 20).Do("glViewport", 0, 0, 30, 20)
			clear(s, 0, 0, 0, 0)
			s.Do("glColor4f", 0.0, 1.0, 0.0, 1.0).Do("glRectf", -1.0, -1.0, 1.0, 1.0)
			stops := play(t, r, s.Swap(1, 2).Batch())
			if stops[0].Width != 30 || stops[0].Height != 20 {
				t.Fatalf("%+v", stops[0])
			}
			pix := readback(t, r, 1, proto.Rect{W: 30, H: 20})
			if in, out := pixel(pix, 30, 14, 19), pixel(pix, 30, 15, 19); in != [4]byte{0, 255, 0, 255} || out != [4]byte{} {
				t.Errorf("inside %v, outside %v", in, out)
			}
		})
	})
}

func TestTwoContextsShareATexture(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			s := workertest.New(t).Window(8, 8)
			s.Context(2, 1, 0, 0, 0).Drawable(2, 8, 8).Bind(1, 1, 1)
			s.Do("glGenTextures", 1, []uint32{77}).Do("glBindTexture", glTexture2D, 77)
			s.Do("glTexParameteri", glTexture2D, 0x2801, 0x2600).Do("glTexParameteri", glTexture2D, 0x2800, 0x2600)
			s.Do("glTexImage2D", glTexture2D, 0, 0x8058, 1, 1, 0, glRGBA, glUByte, []byte{10, 20, 30, 255}).Do("prismFinish", 1)
			s.Thread(2).Bind(2, 2, 2)
			clear(s, 0, 0, 0, 0)
			s.Do("glEnable", glTexture2D).Do("glBindTexture", glTexture2D, 77).Do("glBegin", 7)
			for _, v := range [][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
				s.Do("glTexCoord2f", 0.5, 0.5).Do("glVertex2f", v[0], v[1])
			}
			s.Do("glEnd").Swap(2, 1)
			stops := play(t, r, s.Batch())
			if len(stops) != 2 || stops[0].Op != gl.OpPrismFinish || stops[0].Count != 1 || stops[1].GLError != 0 {
				t.Fatalf("stops: %+v", stops)
			}
			if p := pixel(readback(t, r, 2, proto.Rect{W: 8, H: 8}), 8, 4, 4); p != [4]byte{30, 20, 10, 255} {
				t.Errorf("pixel: %v", p)
			}
		})
	})
}

func TestReadPixelsAnswersItsTiles(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			r.SetPlan(&proto.Plan{Drawable: 1, Width: 16, Height: 16, Scissor: proto.Rect{W: 16, H: 8}, Tiles: []proto.Rect{{W: 8, H: 8}, {X: 8, W: 8, H: 8}}})
			s := workertest.New(t).Window(16, 16)
			clear(s, 1, 0, 1, 1)
			s.Do("glReadPixels", uint64(4711), 5, 6, 5, 5, 0x1907 /* RGB */, glUByte)
			play(t, r, s.Batch())
			var replies []wire.Reply
			err := r.Replies(func(b []byte) error {
				rep, err := wire.ParseReply(b)
				replies = append(replies, rep)
				return err
			})
			if err != nil || len(replies) != 1 || replies[0].ID != 4711 || replies[0].Ret != 2 {
				t.Fatalf("%v, replies %+v", err, replies)
			}
			a := replies[0].Walk()
			if !a.Next() {
				t.Fatal("no array")
			}
			tiles, err := proto.ParseTiles(a.Data(), 2)
			if err != nil {
				t.Fatal(err)
			}
			if tiles[0].Rect != (proto.Rect{X: 5, Y: 6, W: 3, H: 2}) || tiles[1].Rect != (proto.Rect{X: 8, Y: 6, W: 2, H: 2}) {
				t.Errorf("rectangles %v and %v", tiles[0].Rect, tiles[1].Rect)
			}
			if want := bytes.Repeat([]byte{255, 0, 255}, 6); !bytes.Equal(tiles[0].Pix, want) {
				t.Errorf("pixels %v", tiles[0].Pix)
			}
		})
	})
}

func TestStagedArrays(t *testing.T) {
	on(t, false, func(r *Replay) {
		const side = 128
		pix := make([]byte, side*side*4)
		for i := range pix {
			pix[i] = byte(i * 7)
		}
		s := workertest.New(t).Window(side, side)
		s.Do("glRasterPos2f", -1, -1).Do("glDrawPixels", side, side, glRGBA, glUByte, pix)
		play(t, r, s.Swap(1, 1).Batch())
		got := readback(t, r, 1, proto.Rect{W: side, H: side})
		for i := 0; i < len(pix); i += 4 {
			if got[i] != pix[i+2] || got[i+1] != pix[i+1] || got[i+2] != pix[i] {
				t.Fatalf("pixel %d: got %v, want %v", i/4, got[i:i+4], pix[i:i+4])
			}
		}
	})
}

func TestCorruptRecords(t *testing.T) {
	rec := func(op gl.Op, size uint32, payload ...byte) []byte {
		b := []byte{byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24), byte(op), byte(op >> 8), 0, 0}
		return append(b, payload...)
	}
	for _, c := range []struct {
		name  string
		write func(s *workertest.Script)
		cut   int
		want  string
	}{
		{"unknown op", func(s *workertest.Script) { s.Raw(rec(0xfff0, 8)) }, 0, "op 65520 is not one"},
		{"short fixed part", func(s *workertest.Script) { s.Raw(rec(gl.OpGlViewport, 8)) }, 0, "glViewport: length 8, its fixed part has"},
		{"unknown texture", func(s *workertest.Script) {
			s.Do("glBindTexture", glTexture2D, 1).Do("glDeleteTextures", 1, []uint32{12345})
		}, 0, "serial 12345 is not known"},
		{"short array", func(s *workertest.Script) { s.Do("glUniform4fv", 0, 3, make([]float32, 11)) }, 0, "record 1: glUniform4fv: value: 44 bytes, GL would read 48"},
		{"null array", func(s *workertest.Script) { s.Do("glUniform4fv", 0, 3, nil) }, 0, "value: NULL"},
		{"offset without room for one", func(s *workertest.Script) { s.Do("glUniform4fv", 0, 1, workertest.Offset(64)) }, 0, "an offset cannot stand here"},
		{"nothing staged", func(s *workertest.Script) {
			s.Raw(append(rec(gl.OpGlLoadMatrixf, 16), 64, 0, 0, 0, wire.BlobStaged, 0, 0, 0))
		}, 0, "64 staged bytes, thread 1 has 0"},
		{"unknown drawable", func(s *workertest.Script) { s.Swap(44, 1) }, 0, "prismSwap: drawable: 44 is not known"},
		{"context twice", func(s *workertest.Script) { s.Context(1, 0, 0, 0, 0) }, 0, "ctx: 1 is known already"},
		{"arena block", func(s *workertest.Script) { s.Do("prismDataRef", 1, 0, 1) }, 0, "blocks of the arena"},
		{"no context", func(s *workertest.Script) { s.Bind(0, 0, 0).Do("glLoadIdentity") }, 0, "no context is current"},
		{"context that is not there", func(s *workertest.Script) { s.Bind(9, 1, 1).Do("glLoadIdentity") }, 0, "record 0: glLoadIdentity: ctx: context 9 is not known"},
		{"array that is kept", func(s *workertest.Script) { s.Do("glVertexPointer", 2, 0x1406, 0, make([]byte, 64)) }, 0, "pointer: mode 1, want an offset"},
		{"array at NULL", func(s *workertest.Script) { s.Do("glVertexPointer", 2, 0x1406, 0, nil) }, 0, "pointer: mode 0, want an offset"},
		{"pixels beyond 64 bits", func(s *workertest.Script) {
			s.Do("glDrawPixels", 0x7fffffff, 0x7fffffff, glRGBA, 0x1406, make([]byte, 64))
		}, 0, "pixels: 64 bytes, GL would read 4611686018427387903"},
		{"answer beyond 64 bits", func(s *workertest.Script) {
			s.Do("glReadPixels", uint64(1), 0, 0, 0x7fffffff, 0x7fffffff, glRGBA, 0x1406)
		}, 0, "an answer of"},
		{"map that only a driver knows", func(s *workertest.Script) { s.Do("glMap1f", 0x8660, 0.0, 1.0, 1000, 30, make([]float32, 4)) }, 0, "points: 16 bytes, GL would read"},
		{"cut chunk", func(s *workertest.Script) { s.Do("glLoadIdentity") }, 8, "exceeds the"},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, false, func(r *Replay) {
				s := workertest.New(t).Window(8, 8)
				s.Do("glLoadIdentity")
				c.write(s)
				b := s.Batch()
				_, _, err := r.Run(b[:len(b)-c.cut])
				if e := r.Replies(func(b []byte) error { return fmt.Errorf("half an answer: % x", b) }); e != nil {
					t.Error(e)
				}
				if !errors.Is(err, wire.ErrCorrupt) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "chunk ") {
					t.Errorf("got %v, want %q with its place", err, c.want)
				}
			})
		})
	}
}

// A pixel format that only a driver knows: nobody can tell how much it reads, so the command is left out, as GL leaves it out where it knows no better.
func TestUnknownPixelFormat(t *testing.T) {
	const ycbcr, short88 = 0x85B9, 0x85BA
	on(t, false, func(r *Replay) {
		s := workertest.New(t).Window(8, 8)
		s.Do("glTexImage2D", glTexture2D, 0, ycbcr, 1024, 1024, 0, ycbcr, short88, make([]byte, 8))
		stops := play(t, r, s.Swap(1, 1).Batch())
		if len(stops) != 1 || stops[0].GLError != 0x0500 {
			t.Errorf("stops %+v, want GL_INVALID_ENUM", stops)
		}
	})
}

// TestUnalignedBatch: records are read as they lie, whatever memory a lane has them in.
func TestUnalignedBatch(t *testing.T) {
	on(t, false, func(r *Replay) {
		s := workertest.New(t).Window(8, 8)
		clear(s, 1, 0, 0, 1)
		b := append(make([]byte, 3), s.Swap(1, 1).Batch()...)
		if stops := play(t, r, b[3:]); len(stops) != 1 || stops[0].Frame != 1 {
			t.Errorf("stops %+v", stops)
		}
	})
}

func TestSelfTest(t *testing.T) {
	on(t, false, func(r *Replay) {
		st := r.SelfTest()
		if st.Pixels == 0 || st.FBODiffPixels < 0 {
			t.Errorf("%+v", st)
		}
		if st.FlipY && st.FBODiffPixels != 0 {
			t.Errorf("flipped, yet %d pixels differ", st.FBODiffPixels)
		}
	})
}

// A span that is none ends the session with a reason, and what stands in it before is carried out.
func TestSpansAreChecked(t *testing.T) {
	item := func(op gl.Op, bytes int, values ...byte) []byte {
		return append([]byte{byte(op), byte(op >> 8), byte(bytes), byte(bytes >> 8)}, values...)
	}
	vertex := item(gl.OpGlVertex2f, 12, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, c := range []struct {
		name  string
		items []byte
		want  string // "": it is carried out
	}{
		{"None", nil, ""},
		{"Whole", slices.Concat(vertex, item(gl.OpGlColor3ub, 8, 1, 2, 3, 0), vertex), ""},
		{"CutHeader", append(slices.Clone(vertex), 1, 2, 3), "items: byte 12: an item of op "},
		{"CutValue", vertex[:8], "items: byte 0: an item of op 150 with 12 bytes, 8 are left"},
		{"TooLong", item(gl.OpGlVertex2f, 16, make([]byte, 12)...), "with 16 bytes, 16 are left"},
		{"TooShort", item(gl.OpGlVertex2f, 4), "with 4 bytes, 4 are left"},
		{"NotOfSpans", item(gl.OpGlEnd, 4), "stands in no span"},
		{"NoCommand", []byte{0xff, 0xff, 4, 0}, "items: byte 0: op 65535 stands in no span"},
		{"Itself", item(gl.OpPrismVertices, 16, make([]byte, 12)...), "stands in no span"},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, false, func(r *Replay) {
				s := workertest.New(t).Window(8, 8)
				play(t, r, s.Do("glBegin", glTriangles).Batch())
				_, _, err := r.Run(s.Reset().Do("prismVertices", c.items).Batch())
				if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, wire.ErrCorrupt) || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("%v, want %q", err, c.want)
				}
			})
		})
	}
}

// The stub stands in GL's place, so what is measured is the walk, the checks and the call.
func BenchmarkUnpack(b *testing.B) {
	value := make([]float32, 4)
	item := binary.LittleEndian.AppendUint32(nil, uint32(gl.OpGlVertex3f)|16<<16)
	span := bytes.Repeat(append(item, make([]byte, 12)...), 1024)
	for _, c := range []struct {
		name, command string
		args          []any
		calls         int // of a record
	}{
		{"glVertex3f", "glVertex3f", []any{0.1, 0.2, 0.3}, 1},
		{"glVertex3f in spans", "prismVertices", []any{span}, 1024},
		{"glUniform4fv", "glUniform4fv", []any{1, 1, value}, 1},
		{"glDrawArrays", "glDrawArrays", []any{glTriangles, 0, 3}, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			on(b, false, func(r *Replay) {
				s := workertest.New(b).Window(8, 8)
				play(b, r, s.Do("glLoadIdentity").Batch())
				r.stub()
				const n = 4096
				s.Reset()
				for range n / c.calls {
					s.Do(c.command, c.args...)
				}
				batch := s.Batch()
				b.ReportAllocs()
				began := threadTime()
				for b.Loop() {
					if _, _, err := r.Run(batch); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(threadTime()-began)/float64(b.N)/n, "cpu-ns/record")
			})
		})
	}
}

func threadTime() int64 {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return t.Nano()
}

func TestRunAllocatesNothing(t *testing.T) {
	on(t, false, func(r *Replay) {
		s := workertest.New(t).Window(8, 8)
		play(t, r, s.Do("glLoadIdentity").Batch())
		batch := s.Reset().Do("glColor3f", 1, 1, 1).Do("glLoadIdentity").Batch()
		if n := testing.AllocsPerRun(100, func() {
			if _, _, err := r.Run(batch); err != nil {
				t.Error(err)
			}
		}); n != 0 {
			t.Errorf("%v allocations a batch", n)
		}
	})
}
