package replay

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// windowScene draws with all that names places of the window, each moved by (-x, -y): what a node does itself that holds a part from (x, y) on.
func windowScene(s *workertest.Script, rng *rand.Rand, w, h, x, y int) {
	pixels := make([]byte, 6*5*4)
	for i := range pixels {
		pixels[i] = byte(rng.IntN(256))
	}
	image := func() { s.Do("glDrawPixels", 6, 5, 0x80E1, 0x1401, pixels) }
	scissor := func() {
		s.Do("glScissor", rng.IntN(w)-4-x, rng.IntN(h)-4-y, rng.IntN(w), rng.IntN(h))
	}
	s.Do("glViewport", -x, -y, w, h).Do("glScissor", -x, -y, w, h)
	clear(s, 0.25, 0.5, 0.75, 1)
	for i := range 4 {
		triangle(s, rng)
		s.Do("glEnable", 0x0C11)
		scissor()
		s.Do("glClearColor", float64(i)/4, 0.5, 0.0, 1.0).Do("glClear", glColor|glDepth)
		triangle(s, rng)
		s.Do("glPushAttrib", glViewportBit|0x80000)
		s.Do("glViewport", rng.IntN(w)-x, rng.IntN(h)-y, w/2, h/2)
		scissor()
		triangle(s, rng)
		s.Do("glPopAttrib")
		triangle(s, rng)
		s.Do("glDisable", 0x0C11)
		switch i {
		case 0:
			s.Do("glWindowPos2i", 20-x, 15-y)
		case 1:
			s.Do("glWindowPos3f", 30.0-float64(x), 20.0-float64(y), 0.25)
		case 2:
			s.Do("glNewList", 7, glCompile).Do("glWindowPos2dv", []float64{25 - float64(x), 31 - float64(y)}).Do("glViewport", 3-x, 4-y, w, h-7).Do("glEndList")
			s.Do("glCallList", 7)
		case 3:
			s.Do("glRasterPos2f", 0.1, -0.1)
		}
		image()
	}
	// From an object into the window.
	s.Do("glGenFramebuffers", 1, []uint32{500}).Do("glGenRenderbuffers", 1, []uint32{501}).Do("glBindRenderbuffer", 0x8D41, 501)
	s.Do("glRenderbufferStorage", 0x8D41, 0x8058, w, h).Do("glBindFramebuffer", glFramebuffer, 500).Do("glFramebufferRenderbuffer", glFramebuffer, 0x8CE0, 0x8D41, 501)
	s.Do("glViewport", 0, 0, w, h)
	clear(s, 0.9, 0.1, 0.2, 1)
	triangle(s, rng)
	s.Do("glBindFramebuffer", 0x8CA9, 0)
	s.Do("glBlitFramebuffer", 3, 2, 33, 22, 12-x, 8-y, 42-x, 28-y, glColor, 0x2600)
	s.Do("glBindFramebuffer", glFramebuffer, 0).Do("glViewport", -x, -y, w, h)
	triangle(s, rng)
}

// TestPartOfTheFramebuffer: a node that holds a part draws there what one draws whose app has moved everything itself.
func TestPartOfTheFramebuffer(t *testing.T) {
	const w, h = 64, 48
	part := proto.Rect{X: 16, Y: 8, W: 40, H: 30}
	makes(t, func(t *testing.T, fbo bool) {
		for seed := range uint64(8) {
			var got, want []byte
			on(t, fbo, func(r *Replay) {
				r.SetPlan(&proto.Plan{Drawable: 1, Width: w, Height: h, Scissor: part, Target: part, Tiles: []proto.Rect{part}})
				s := workertest.New(t).Window(w, h)
				windowScene(s, rand.New(rand.NewPCG(seed, 9)), w, h, 0, 0)
				stop := play(t, r, s.Swap(1, 1).Batch())[0]
				if stop.GLError != 0 || stop.Width != w || stop.Height != h {
					t.Fatalf("%+v", stop)
				}
				got = readback(t, r, 1, part)
				if err := r.Readback(1, proto.Rect{W: 4, H: 4}, make([]byte, 64)); err == nil || !strings.Contains(err.Error(), "4×4 at 0,0 of 40×30 at 16,8") {
					t.Errorf("what it does not hold: %v", err)
				}
				app, real := r.viewport()
				if app != [4]float32{0, 0, w, h} || real != [4]float32{-16, -8, w, h} {
					t.Errorf("viewport %v, GL's %v", app, real)
				}
			})
			on(t, fbo, func(r *Replay) {
				s := workertest.New(t).Window(part.W, part.H)
				windowScene(s, rand.New(rand.NewPCG(seed, 9)), w, h, part.X, part.Y)
				play(t, r, s.Swap(1, 1).Batch())
				want = readback(t, r, 1, proto.Rect{W: part.W, H: part.H})
			})
			samePictures(t, part.W, got, want, fmt.Sprint("seed ", seed))
		}
	})
}

// TestPartIsOfASize: what is held follows the window's size, by the plan that comes before it, and is not another part of the same size.
func TestPartIsOfASize(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			plan := proto.Plan{Drawable: 1, Width: 32, Height: 32, Scissor: proto.Rect{X: 16, W: 16, H: 32}, Target: proto.Rect{X: 16, W: 16, H: 32}}
			r.SetPlan(&plan)
			s := workertest.New(t).Window(32, 32)
			clear(s, 1, 0, 0, 1)
			play(t, r, s.Swap(1, 1).Batch())
			plan.Width, plan.Target.X, plan.Scissor.X = 40, 24, 24
			r.SetPlan(&plan)
			s.Reset().Bind(1, 1, 1).Do("prismDrawableResize", 1, 40, 32)
			clear(s, 0, 1, 0, 1)
			if stop := play(t, r, s.Swap(1, 2).Batch())[0]; stop.Width != 40 {
				t.Errorf("%+v", stop)
			}
			if got := readback(t, r, 1, proto.Rect{X: 24, W: 16, H: 32}); !bytes.Equal(got[:4], []byte{0, 255, 0, 255}) {
				t.Errorf("pixel %v", got[:4])
			}
			plan.Target.X, plan.Scissor.X = 20, 20
			r.SetPlan(&plan)
			s.Reset().Bind(1, 1, 1)
			clear(s, 0, 0, 1, 1)
			if _, _, err := r.Run(s.Swap(1, 3).Batch()); !errors.Is(err, ErrDevice) || !strings.Contains(err.Error(), "cannot become another one") {
				t.Errorf("error %v", err)
			}
		})
	})
}
