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
