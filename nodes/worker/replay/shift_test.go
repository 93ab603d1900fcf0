package replay

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

const (
	glViewportBit = 0x800
	glCompile     = 0x1300
)

// shifted writes a random program that sets viewports in every way, with drawing between. by nil: the program as an app has it, which a
// plan shifts. Else the program itself moves its viewports, for the window and, if by says so, for its framebuffer object, which is as large: what
// a plan that shifts must come to.
func shifted(s *workertest.Script, rng *rand.Rand, w, h int, by *proto.Shift) {
	type views [16][4]float64
	var now views
	set := func(v views, window bool) {
		if by != nil && (window || by.Offscreen) {
			for i := range v {
				v[i][0] += by.X
				v[i][1] += by.Y
			}
		}
		flat := make([]float32, 0, 64)
		for _, one := range v {
			for _, x := range one {
				flat = append(flat, float32(x))
			}
		}
		s.Do("glViewportArrayv", 0, 16, flat)
	}
	all := func(x, y, w, h float64) (v views) {
		for i := range v {
			v[i] = [4]float64{x, y, w, h}
		}
		return v
	}
	now = all(0, 0, float64(w), float64(h))
	s.Do("glGenFramebuffers", 1, []uint32{500}).Do("glGenRenderbuffers", 1, []uint32{501})
	s.Do("glBindRenderbuffer", 0x8D41, 501).Do("glRenderbufferStorage", 0x8D41, 0x8058, w, h)
	s.Do("glBindFramebuffer", glFramebuffer, 500).Do("glFramebufferRenderbuffer", glFramebuffer, 0x8CE0, 0x8D41, 501)
	clear(s, 0, 0, 0, 0)
	s.Do("glBindFramebuffer", glFramebuffer, 0)
	if by != nil {
		set(now, true)
	}
	// viewport is one of the app's commands; in a list it changes what now will be, which is the caller's to say.
	viewport := func(v views) views {
		x, y, n := rng.IntN(w)-w/2, rng.IntN(h)-h/2, rng.IntN(4)
		fx, fy, index := float64(x)+float64(rng.IntN(4))/4, float64(y)+0.5, rng.IntN(3)
		switch n {
		case 0, 1:
			v = all(float64(x), float64(y), float64(w), float64(h))
			if by == nil {
				s.Do("glViewport", x, y, w, h)
			}
		case 2:
			v[index] = [4]float64{fx, fy, float64(w), float64(h)}
			if by == nil {
				s.Do("glViewportIndexedf", index, fx, fy, w, h)
			}
		default:
			v[index], v[index+1] = [4]float64{fx, fy, float64(w), float64(h)}, [4]float64{fy, fx, float64(w), float64(h)}
			if by == nil {
				s.Do("glViewportArrayv", index, 2, []float32{float32(fx), float32(fy), float32(w), float32(h), float32(fy), float32(fx), float32(w), float32(h)})
			}
		}
		if by != nil {
			set(v, true)
		}
		return v
	}
	type pushed struct {
		mask int
		was  views
	}
	var stack []pushed
	var lists []views // what each sets last; those here begin with a whole set
	for range 60 {
		switch rng.IntN(10) {
		case 0, 1:
			now = viewport(now)
		case 2:
			if len(stack) < 8 {
				mask := []int{glViewportBit, 0x2000, 0xFFFFF}[rng.IntN(3)]
				s.Do("glPushAttrib", mask)
				stack = append(stack, pushed{mask, now})
			}
		case 3:
			if n := len(stack); n > 0 {
				s.Do("glPopAttrib")
				if stack[n-1].mask&glViewportBit != 0 {
					now = stack[n-1].was
				}
				stack = stack[:n-1]
			}
		case 4:
			mode := rng.IntN(2)
			s.Do("glNewList", len(lists)+1, glCompile+mode)
			v := all(1, 2, float64(w), float64(h))
			if by == nil {
				s.Do("glViewport", 1, 2, w, h)
			} else {
				set(v, true)
			}
			triangle(s, rng)
			v = viewport(v)
			triangle(s, rng)
			s.Do("glEndList")
			lists = append(lists, v)
			if mode == 1 { // GL_COMPILE_AND_EXECUTE
				now = v
			}
		case 5:
			if n := len(lists); n > 0 {
				i := rng.IntN(n)
				s.Do("glCallList", i+1)
				now = lists[i]
			}
		case 6:
			// Into an object of the app's; blitted over, which is not shifted.
			if by != nil {
				set(now, false)
			}
			s.Do("glBindFramebuffer", 0x8CA9, 500)
			triangle(s, rng)
			s.Do("glBindFramebuffer", 0x8CA9, 0).Do("glBindFramebuffer", 0x8CA8, 500)
			s.Do("glBlitFramebuffer", 0, 0, w, h, rng.IntN(w), rng.IntN(h), w, h, glColor, 0x2600)
			s.Do("glBindFramebuffer", 0x8CA8, 0)
			if by != nil {
				set(now, true)
			}
		default:
			triangle(s, rng)
		}
	}
}

func TestShiftIsThatOfTheViewports(t *testing.T) {
	const w, h = 64, 48
	whole := proto.Rect{W: w, H: h}
	makes(t, func(t *testing.T, fbo bool) {
		moved := 0
		for seed := range uint64(16) {
			by := proto.Shift{X: float64(int(seed%7)-3) / 8, Y: float64(int(seed%5)-2) / 16, Offscreen: seed%2 == 1}
			draw := func(own *proto.Shift, plan *proto.Plan) (pix []byte) {
				s := workertest.New(t).Window(w, h)
				clear(s, 0.5, 0.5, 0.5, 1)
				shifted(s, rand.New(rand.NewPCG(seed, 7)), w, h, own)
				batch := s.Swap(1, 1).Batch()
				on(t, fbo, func(r *Replay) {
					if plan != nil {
						r.SetPlan(plan)
					}
					if e := play(t, r, batch)[0].GLError; e != 0 {
						t.Fatalf("seed %d: GL error %#x", seed, e)
					}
					pix = readback(t, r, 1, whole)
				})
				return pix
			}
			got := draw(nil, &proto.Plan{Drawable: 1, Width: w, Height: h, Scissor: whole, Tiles: []proto.Rect{whole}, Shift: by})
			samePictures(t, w, got, draw(&by, nil), fmt.Sprintf("seed %d, shifted by %+v", seed, by))
			if !bytes.Equal(got, draw(nil, nil)) {
				moved++
			}
			// A plan for another size holds for nothing.
			if seed == 1 && !bytes.Equal(draw(nil, &proto.Plan{Drawable: 1, Width: w + 1, Height: h, Shift: by}), draw(nil, nil)) {
				t.Error("a plan of another size shifts")
			}
			if t.Failed() {
				return
			}
		}
		if moved < 12 {
			t.Errorf("only %d of 16 pictures are other ones than without a shift", moved)
		}
	})
}

func TestViewportQuestionsAnswerAsTheAppSetIt(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			plan := proto.Plan{Drawable: 1, Width: 32, Height: 32, Scissor: proto.Rect{W: 32, H: 32}, Lead: true, Shift: proto.Shift{X: 0.25, Y: -0.375}}
			r.SetPlan(&plan)
			s := workertest.New(t).Window(32, 32)
			play(t, r, s.Swap(1, 1).Batch())
			for _, c := range []struct {
				name      string
				do        func()
				app, real [4]float32
			}{
				{"First", func() {}, [4]float32{0, 0, 32, 32}, [4]float32{0.25, -0.375, 32, 32}},
				{"Set", func() { s.Do("glViewport", 1, 2, 30, 20) }, [4]float32{1, 2, 30, 20}, [4]float32{1.25, 1.625, 30, 20}},
				{"Fractions", func() { s.Do("glViewportIndexedf", 0, 1.5, 2.0, 3.0, 4.0) }, [4]float32{1.5, 2, 3, 4}, [4]float32{1.75, 1.625, 3, 4}},
				{"Bounded", func() { s.Do("glViewport", -1<<30, 0, 1<<30, 5) }, [4]float32{-32768, 0, 16384, 5}, [4]float32{-32767.75, -0.375, 16384, 5}},
				{"Wrong", func() { s.Do("glViewport", 0, 0, -1, 5) }, [4]float32{-32768, 0, 16384, 5}, [4]float32{-32767.75, -0.375, 16384, 5}},
				// What is asked for in window coordinates is the app's own.
				{"Feedback", func() {
					s.Do("glViewport", 1, 2, 30, 20).Do("prismFeedbackBuffer", 16, 0x600).Do("prismRenderMode", uint64(1), 0x1C01)
				}, [4]float32{1, 2, 30, 20}, [4]float32{1, 2, 30, 20}},
				{"Render", func() { s.Do("prismRenderMode", uint64(2), 0x1C00) }, [4]float32{1, 2, 30, 20}, [4]float32{1.25, 1.625, 30, 20}},
				// In objects of the app's only where the plan says so, and by viewports of the window's size.
				{"Object", func() {
					s.Do("glGenFramebuffers", 1, []uint32{500}).Do("glBindFramebuffer", glFramebuffer, 500).Do("glViewport", 0, 0, 32, 32)
				}, [4]float32{0, 0, 32, 32}, [4]float32{0, 0, 32, 32}},
				{"ObjectToo", func() { plan.Shift.Offscreen = true; r.SetPlan(&plan) }, [4]float32{0, 0, 32, 32}, [4]float32{0.25, -0.375, 32, 32}},
				{"SmallObject", func() { s.Do("glViewport", 0, 0, 31, 32) }, [4]float32{0, 0, 31, 32}, [4]float32{0, 0, 31, 32}},
				{"WindowAgain", func() { s.Do("glBindFramebuffer", glFramebuffer, 0) }, [4]float32{0, 0, 31, 32}, [4]float32{0.25, -0.375, 31, 32}},
				{"Back", func() { s.Do("glViewport", 1, 2, 30, 20) }, [4]float32{1, 2, 30, 20}, [4]float32{1.25, 1.625, 30, 20}},
				{"AnotherPlan", func() { plan.Shift = proto.Shift{}; r.SetPlan(&plan) }, [4]float32{1, 2, 30, 20}, [4]float32{1, 2, 30, 20}},
			} {
				s.Reset()
				c.do()
				play(t, r, s.Swap(1, 1).Batch())
				app, real := r.viewport()
				if strings.HasPrefix(c.name, "Bounded") || c.name == "Wrong" { // bounds are the driver's
					if app[0] <= -1<<30 || real[0] != app[0]+0.25 || real[2] != app[2] {
						t.Errorf("%s: the app sees %v, GL has %v", c.name, app, real)
					}
					continue
				}
				if app != c.app || real != c.real {
					t.Errorf("%s: the app sees %v, GL has %v; want %v and %v", c.name, app, real, c.app, c.real)
				}
			}
		})
	})
}

// A GL that cannot shift says so, and nothing is drawn that looks right and is not. Mesa takes from the environment what to leave out, once a
// process, so this is another one.
func TestContextsThatCannotShiftSaySo(t *testing.T) {
	const without = "PRISM_TEST_WITHOUT_VIEWPORT_ARRAYS"
	if os.Getenv(without) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestContextsThatCannotShiftSaySo$")
		cmd.Env = append(os.Environ(), without+"=1", "MESA_GL_VERSION_OVERRIDE=3.3COMPAT", "MESA_EXTENSION_OVERRIDE=-GL_ARB_viewport_array")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	on(t, false, func(r *Replay) {
		if info, err := r.Describe(0, 0, 0, nil); err != nil || !strings.Contains(info.Version, "Mesa") {
			t.Skipf("only Mesa can be told to leave an extension out; this is %q, %v", info.Version, err)
		}
		plan := proto.Plan{Drawable: 1, Width: 8, Height: 8, Scissor: proto.Rect{W: 8, H: 8}}
		r.SetPlan(&plan)
		s := workertest.New(t).Window(8, 8)
		clear(s, 1, 1, 1, 1)
		play(t, r, s.Swap(1, 1).Batch())
		plan.Shift.X = 0.25
		r.SetPlan(&plan)
		s.Reset().Bind(1, 1, 1)
		clear(s, 0, 0, 0, 1)
		_, _, err := r.Run(s.Swap(1, 2).Batch())
		if !errors.Is(err, ErrDevice) || !strings.Contains(err.Error(), "GL_ARB_viewport_array") {
			t.Errorf("error %v", err)
		}
	})
}
