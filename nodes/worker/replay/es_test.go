package replay

import (
	"bytes"
	"math"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/wire"
)

const glNone, glFloat = 0, 0x1406

// esProgram makes program 12, which draws attribute 0 in the colours of its places.
func esProgram(s *workertest.Script) {
	for i, text := range []string{
		"#version 100\nattribute vec2 pos; varying mediump vec2 c; void main() { gl_Position = vec4(pos, 0.0, 1.0); c = pos; }\n",
		"#version 100\nprecision mediump float; varying vec2 c; void main() { gl_FragColor = vec4(abs(c), 0.5, 1.0); }\n",
	} {
		s.Do("glCreateShader", 0x8B31-i, 10+i).Do("glShaderSource", 10+i, 1, workertest.Strings(text)).Do("glCompileShader", 10+i)
	}
	s.Do("glCreateProgram", 12).Do("glAttachShader", 12, 10).Do("glAttachShader", 12, 11)
	s.Do("glBindAttribLocation", 12, 0, []byte("pos\x00")).Do("glLinkProgram", 12).Do("glUseProgram", 12)
}

func esTriangle(s *workertest.Script) {
	var at []byte
	for _, v := range []float32{-0.9, -0.8, 0.95, -0.3, 0.1, 0.9} {
		b := math.Float32bits(v)
		at = append(at, byte(b), byte(b>>8), byte(b>>16), byte(b>>24))
	}
	arrays := []byte{0, 0, 0, 0, 2, 0, 0, 0, glFloat & 0xff, glFloat >> 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} // array 0: two floats at 0
	s.Do("glEnableVertexAttribArray", 0).Do("prismClientBlock", 0, 3, 3, 8, arrays, at).Do("glDrawArrays", glTriangles, 0, 3)
}

// OpenGL ES draws in both makes, into a multisampled window too, and in tiles, and leaves no errors of prism's own.
func TestESMakesAndTiles(t *testing.T) {
	const w, h, plain, smooth, red = 61, 43, 1, 2, 3
	s := workertest.New(t).Context(1, 0, 4, 2, 0).Drawable(plain, w, h).Multisampled(smooth, w, h, 4)
	s.Bind(1, plain, plain)
	esProgram(s)
	for _, d := range []uint32{plain, smooth, plain} {
		s.Bind(1, d, d)
		clear(s, 0.1, 0.2, 0.3, 1)
		esTriangle(s)
	}
	// What a window holds, in a texture: by words that ES has.
	s.Do("glGenTextures", 1, []uint32{red}).Do("glBindTexture", glTexture2D, red).Do("glCopyTexImage2D", glTexture2D, 0, glRGBA, 0, 0, 16, 16, 0)
	batch := s.Swap(plain, 1).Swap(smooth, 1).Batch()
	whole := proto.Rect{W: w, H: h}
	var first []byte
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
		if n := len(colours(got[0])); n < 100 {
			t.Errorf("%d colours: the program draws more", n)
		}
		if first == nil {
			first = got[0]
		}
		samePictures(t, w, got[0], first, "the other make")
		tiled := [2][]byte{make([]byte, w*h*4), make([]byte, w*h*4)}
		for _, tile := range tiling(w, h, 2, 3) {
			on(t, fbo, func(r *Replay) {
				for _, d := range []uint32{plain, smooth} {
					r.SetPlan(&proto.Plan{Drawable: d, Width: w, Height: h, Scissor: tile, Tiles: []proto.Rect{tile}})
				}
				play(t, r, batch)
				paste(tiled[0], w, tile, readback(t, r, plain, tile))
				paste(tiled[1], w, tile, readback(t, r, smooth, tile))
			})
		}
		samePictures(t, w, tiled[0], got[0], "2×3")
		samePictures(t, w, tiled[1], got[1], "2×3 with samples")
	})
}

// Without a drawable, and where there is nothing to read: errors, and the app's own drawing goes on. Mesa's glReadPixels would crash.
func TestESWithoutDrawable(t *testing.T) {
	const w, h = 8, 6
	s := workertest.New(t).Context(1, 0, 4, 3, 0)
	s.Bind(1, 0, 0)
	esProgram(s)
	s.Do("glClear", glColor).Do("glReadPixels", uint64(1), 0, 0, w, h, glRGBA, glUByte)
	s.Do("glGenRenderbuffers", 1, []uint32{5}).Do("glBindRenderbuffer", 0x8D41, 5).Do("glRenderbufferStorage", 0x8D41, 0x8058 /* RGBA8 */, w, h)
	s.Do("glGenFramebuffers", 1, []uint32{6}).Do("glBindFramebuffer", glFramebuffer, 6)
	s.Do("glFramebufferRenderbuffer", glFramebuffer, 0x8CE0, 0x8D41, 5).Do("glViewport", 0, 0, w, h)
	esTriangle(s)
	s.Do("glReadPixels", uint64(2), 0, 0, w, h, glRGBA, glUByte)
	s.Do("glReadBuffer", glNone).Do("glReadPixels", uint64(3), 0, 0, w, h, glRGBA, glUByte)
	s.Do("glReadPixels", uint64(4), 0, 0, w, h, 0x1902 /* depth */, glFloat)
	s.Do("prismGet", uint64(5), 1, 0x1404 /* int */, 0x0C10 /* scissor box */, uint32(0xffffffff))
	batch := s.Batch()
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			play(t, r, batch)
			want := map[uint64]struct{ err, bytes int }{1: {0x506, 0}, 2: {0, w*h*4 + 24}, 3: {0x502, 0}, 4: {0x502, 0}, 5: {0, 16}}
			if err := r.Replies(func(b []byte) error {
				rep, err := wire.ParseReply(b)
				if err != nil {
					return err
				}
				q := want[rep.ID]
				if n := len(bytes.TrimRight(rep.Arrays, "\x00")); int(rep.Error) != q.err || (q.bytes == 0) != (n == 0) && rep.ID != 5 {
					t.Errorf("reply %d: error %#x and %d bytes, want %#x and %d", rep.ID, rep.Error, n, q.err, q.bytes)
				}
				delete(want, rep.ID)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if len(want) > 0 {
				t.Errorf("no answers: %v", want)
			}
		})
	})
}
