package replay

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/wire"
)

// What reads the default framebuffer, or writes it by other ways than drawing, must not see which make it is.
func TestMakesAreEqual(t *testing.T) {
	if !hasFBO(t) {
		t.Skip("nodes use one make only here: the self-test says so")
	}
	const w, h = 48, 40
	script := func() []byte {
		rng := rand.New(rand.NewPCG(5, 6))
		s := workertest.New(t).Window(w, h)
		clear(s, 0.2, 0.4, 0.6, 1)
		s.Do("glEnable", 0x0B71)
		for range 10 {
			triangle(s, rng)
		}
		s.Do("glDisable", 0x0B71)
		pix := make([]byte, 12*9*4)
		for i := range pix {
			pix[i] = byte(rng.Uint32())
		}
		s.Do("glRasterPos2f", -0.9, 0.2).Do("glDrawPixels", 12, 9, glRGBA, glUByte, pix)
		s.Do("glRasterPos2f", 0.1, -0.8).Do("glBitmap", 8, 5, 0, 0, 0, 0, []byte{0xF1, 0x3C, 0x55, 0xAA, 0x0F})
		s.Do("glRasterPos2f", 0, 0).Do("glCopyPixels", 2, 3, 17, 11, 0x1800)
		// Accumulated, and given back in part.
		s.Do("prismDrawableAccum", 1).Do("glAccum", 0x101 /* load */, 0.7).Do("glAccum", 0x104 /* add */, 0.05)
		s.Do("glScissor", 5, 7, 30, 22).Do("glEnable", 0x0C11).Do("glColorMask", true, false, true, true).Do("glAccum", 0x102 /* return */, 1.1)
		s.Do("glDisable", 0x0C11).Do("glColorMask", true, true, true, true)
		// Part of the picture becomes a texture and is drawn again.
		s.Do("glGenTextures", 1, []uint32{9}).Do("glBindTexture", glTexture2D, 9)
		s.Do("glTexParameteri", glTexture2D, 0x2801, 0x2600).Do("glTexParameteri", glTexture2D, 0x2800, 0x2600)
		s.Do("glCopyTexImage2D", glTexture2D, 0, glRGBA, 1, 2, 32, 32, 0)
		s.Do("glEnable", glTexture2D).Do("glBegin", 7)
		for _, v := range [][4]float64{{0, 0, -0.5, -1}, {1, 0, 1, -1}, {1, 1, 1, 0.3}, {0, 1, -0.5, 0.3}} {
			s.Do("glTexCoord2f", v[0], v[1]).Do("glVertex2f", v[2], v[3])
		}
		s.Do("glEnd").Do("glDisable", glTexture2D)
		// Within the framebuffer, and out of it into an object and back.
		s.Do("glReadBuffer", 0x0405).Do("glDrawBuffer", 0x0405)
		s.Do("glGenRenderbuffers", 1, []uint32{3}).Do("glBindRenderbuffer", 0x8D41, 3).Do("glRenderbufferStorage", 0x8D41, 0x8058, w, h)
		s.Do("glGenFramebuffers", 1, []uint32{4}).Do("glBindFramebuffer", 0x8CA9, 4).Do("glFramebufferRenderbuffer", 0x8CA9, 0x8CE0, 0x8D41, 3)
		s.Do("glBlitFramebuffer", 0, 0, w, h, 0, 0, w, h, glColor, 0x2600)
		s.Do("glBindFramebuffer", 0x8CA8, 4).Do("glBindFramebuffer", 0x8CA9, 0)
		s.Do("glBlitFramebuffer", 0, 0, 20, 13, 5, 25, 25, 38, glColor, 0x2600)
		s.Do("glBindFramebuffer", glFramebuffer, 4).Do("glDeleteFramebuffers", 1, []uint32{4})
		s.Do("glColor3f", 1, 0, 0).Do("glRectf", 0.9, 0.9, 1, 1)
		s.Do("glReadPixels", uint64(1), 0, 0, w, h, 0x1902 /* depth */, 0x1406 /* float */)
		// Not for readback: what the app does to pixels that it reads.
		s.Do("glPixelTransferf", 0x0D14 /* red scale */, 0.5).Do("glPixelTransferi", 0x0D10 /* map colour */, 1)
		return s.Swap(1, 1).Batch()
	}()
	var pictures, depths [2][]byte
	for i := range 2 {
		on(t, i == 1, func(r *Replay) {
			for batch := script; len(batch) > 0; {
				n, stop, err := r.Run(batch)
				if err != nil {
					t.Fatal(err)
				}
				if stop.GLError != 0 {
					t.Errorf("make %d: GL error %#x", i, stop.GLError)
				}
				if err := r.Replies(func(b []byte) error {
					rep, err := wire.ParseReply(b)
					depths[i] = bytes.Clone(rep.Arrays)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				batch = batch[n:]
			}
			pictures[i] = readback(t, r, 1, proto.Rect{W: w, H: h})
		})
	}
	samePictures(t, w, pictures[1], pictures[0], "fbo against pbuffer")
	if len(depths[0]) < w*h*4 || !bytes.Equal(depths[0], depths[1]) {
		t.Errorf("depths differ, %d and %d bytes", len(depths[0]), len(depths[1]))
	}
}

// A multisampled window is cut into tiles as others are, and one context may draw to it and to a plain one in turn.
func TestMultisampledWindows(t *testing.T) {
	const w, h, plain, smooth = 97, 61, 1, 2
	draw := func(s *workertest.Script, drawable uint32) {
		rng := rand.New(rand.NewPCG(3, 4))
		s.Bind(1, drawable, drawable)
		clear(s, 0.1, 0.2, 0.3, 1)
		s.Do("glColor3f", 1, 0.5, 0).Do("glBegin", 4)
		for range 30 {
			s.Do("glVertex2f", 2*rng.Float64()-1, 2*rng.Float64()-1)
		}
		s.Do("glEnd")
	}
	s := workertest.New(t).Context(1, 0, 0, 0, 0).Drawable(plain, w, h).Multisampled(smooth, w, h, 4)
	draw(s, plain)
	draw(s, smooth)
	draw(s, plain) // again, after the other
	batch := s.Swap(plain, 1).Swap(smooth, 1).Batch()
	whole := proto.Rect{W: w, H: h}
	makes(t, func(t *testing.T, fbo bool) {
		var got [2][]byte
		on(t, fbo, func(r *Replay) {
			for _, stop := range play(t, r, batch) {
				if stop.GLError != 0 {
					t.Errorf("GL error %#x", stop.GLError)
				}
			}
			got[0], got[1] = readback(t, r, plain, whole), readback(t, r, smooth, whole)
		})
		if plain, smooth := len(colours(got[0])), len(colours(got[1])); plain != 2 || smooth <= 2 {
			t.Errorf("%d colours without multisampling, %d with 4 samples, want 2 and more: edges are not smoothed", plain, smooth)
		}
		tiled := make([]byte, w*h*4)
		for _, tile := range tiling(w, h, 3, 3) {
			on(t, fbo, func(r *Replay) {
				for _, d := range []uint32{plain, smooth} {
					r.SetPlan(&proto.Plan{Drawable: d, Width: w, Height: h, Scissor: tile, Tiles: []proto.Rect{tile}})
				}
				play(t, r, batch)
				paste(tiled, w, tile, readback(t, r, smooth, tile))
			})
		}
		samePictures(t, w, tiled, got[1], "3×3")
	})
}

func colours(pix []byte) map[[4]byte]bool {
	out := map[[4]byte]bool{}
	for i := 0; i < len(pix); i += 4 {
		out[[4]byte(pix[i:])] = true
	}
	return out
}

// What the session asks of a node takes no error from the app.
func TestGatherLeavesErrors(t *testing.T) {
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			s := workertest.New(t).Context(1, 0, 1, 3, 3).Drawable(1, 8, 8).Bind(1, 1, 1)
			clear(s, 1, 1, 1, 1)
			s.Do("glNewList", 1, glCompile) // in a core context
			s.Do("prismGather", uint64(1), 0, 0, 8, 8, 1, 1)
			if e := play(t, r, s.Swap(1, 1).Batch())[0].GLError; e != 0x502 {
				t.Errorf("error %#x, want GL_INVALID_OPERATION", e)
			}
		})
	})
}
