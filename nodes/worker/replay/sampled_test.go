package replay

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/wire"
)

// answers carries out a script and gives what each question of it is answered.
func answers(t *testing.T, r *Replay, s *workertest.Script) (list [][]byte) {
	t.Helper()
	for batch := s.Batch(); len(batch) > 0; {
		n, _, err := r.Run(batch)
		if err == nil {
			err = r.Replies(func(b []byte) error {
				rep, err := wire.ParseReply(b)
				if err != nil {
					return err
				}
				var all []byte
				for arrays := rep.Walk(); arrays.Next(); {
					all = append(all, arrays.Data()...)
				}
				list = append(list, all)
				return nil
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		batch = batch[n:]
	}
	return list
}

// The samples of images that passes draw to, as a node tells of them, are what they were once they are given back: told again, they are the same, and what
// they hold is found equal by the depth test when it is told.
func TestSampledImagesComeBack(t *testing.T) {
	const (
		w, h, samples         = 83, 61, 4
		texture, renderbuffer = 0x9100, 0x8D41
		rgba, integer, depth  = glRGBA, 0x8D99, 0x1902
		both                  = 0x84F9
		float, unsigned       = 0x1406, 0x1405
	)
	parts := []uint32{0, 0, 0, 40, h, 0, 40, 0, w - 40, h} // of node 0
	for _, c := range []struct {
		name                   string
		internal, format, kind int
		bytes                  int
	}{
		{"RGBA8", 0x8058, rgba, glUByte, 4},
		{"RGB10_A2", 0x8059, rgba, 0x8368, 4},
		{"R11F_G11F_B10F", 0x8C3A, 0x1907, 0x8C3B, 4},
		{"RGBA16F", 0x881A, rgba, 0x140B, 8},
		{"RG16", 0x822C, rgba, 0x1403, 8},
		{"RGBA32F", 0x8814, rgba, float, 16},
		{"R8", 0x8229, rgba, glUByte, 4},
		{"RGBA32UI", 0x8D70, integer, unsigned, 16},
		{"RG16I", 0x8239, integer, 0x1404, 16},
		{"DEPTH16", 0x81A5, depth, float, 4},
		{"DEPTH24", 0x81A6, depth, float, 4},
		{"DEPTH32", 0x81A7, depth, float, 4},
		{"DEPTH32F", 0x8CAC, depth, float, 4},
		{"DEPTH24_STENCIL8", 0x88F0, both, 0x8DAD, 8},
		{"DEPTH32F_STENCIL8", 0x8CAD, both, 0x8DAD, 8},
	} {
		for _, where := range []int{texture, renderbuffer} {
			t.Run(fmt.Sprintf("%s/%#x", c.name, where), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(c.internal), uint64(where)))
				clearDepth := 0.9999999
				if c.internal == 0x81A7 { // it keeps such a depth more exactly than drawing can make it: tilesplit/passes does not tile it then
					clearDepth = 1
				}
				// What is looked at is attached to framebuffer object 5, which has another image, so that it can be drawn to.
				at, other, otherFormat := 0x8CE0, 0x8D00, 0x81A6
				if c.format == depth || c.format == both {
					other, otherFormat = at, 0x8058
					at = map[int]int{depth: 0x8D00, both: 0x821A}[c.format]
				}
				s := workertest.New(t).Context(1, 0, 0, 0, 0).Drawable(1, w, h).Bind(1, 1, 1).Do("glGenFramebuffers", 1, []uint32{5}).Do("glBindFramebuffer", glFramebuffer, 5)
				image := func(serial, where, at, internal int) {
					if where == texture {
						s.Do("glGenTextures", 1, []uint32{uint32(serial)}).Do("glBindTexture", texture, serial)
						s.Do("glTexImage2DMultisample", texture, samples, internal, w, h, 1).Do("glFramebufferTexture2D", glFramebuffer, at, texture, serial, 0)
						return
					}
					s.Do("glGenRenderbuffers", 1, []uint32{uint32(serial)}).Do("glBindRenderbuffer", renderbuffer, serial)
					s.Do("glRenderbufferStorageMultisample", renderbuffer, samples, internal, w, h).Do("glFramebufferRenderbuffer", glFramebuffer, at, renderbuffer, serial)
				}
				const serial = 6
				image(serial, where, at, c.internal)
				image(7, renderbuffer, other, otherFormat)
				names := []int{serial, 0}
				if where == renderbuffer {
					names = []int{0, serial}
				}
				ask := func() { s.Do("prismImageGather", 1, names[0], names[1], 0, 1, c.format, c.kind, parts) }
				s.Do("glClearColor", 0.1, 0.2, 0.3, 0.4).Do("glClearDepth", clearDepth).Do("glClearStencil", 0x5a).Do("glClear", 0x4500)
				s.Do("glEnable", 0x0B71).Do("glDepthFunc", 0x0203).Do("glEnable", 0x0B90).Do("glStencilOp", 0x1E00, 0x1E02, 0x150A)
				switch {
				case c.format == integer:
					for range 60 {
						name := map[int]string{unsigned: "glClearBufferuiv", 0x1404: "glClearBufferiv"}[c.kind]
						s.Do("glEnable", glScissorTest).Do("glScissor", rng.IntN(w), rng.IntN(h), 30, 20)
						s.Do(name, 0x1800, 0, []uint32{rng.Uint32() >> 18, rng.Uint32() >> 18, rng.Uint32(), 7})
					}
					s.Do("glDisable", glScissorTest)
				default:
					for range 60 {
						triangle(s, rng)
					}
					// Small depths, of which some formats tell many apart.
					s.Do("glDepthRange", 0.0, 1e-4)
					for range 10 {
						triangle(s, rng)
					}
					s.Do("glDepthRange", 0.0, 1.0)
				}
				s.Do("glDisable", 0x0B71).Do("glDisable", 0x0B90)
				ask()
				s.Do("glClearColor", 1, 1, 1, 1).Do("glClearDepth", 0.25).Do("glClearStencil", 0xff)
				if c.format == integer {
					s.Do(map[int]string{unsigned: "glClearBufferuiv", 0x1404: "glClearBufferiv"}[c.kind], 0x1800, 0, []uint32{1, 2, 3, 4})
				} else {
					s.Do("glClear", 0x4500)
				}
				ask()
				on(t, true, func(r *Replay) {
					told := answers(t, r, s.Swap(1, 1))
					const head = 24
					px := c.bytes * samples
					pad := func(n int) int { return (n + 7) &^ 7 }
					left, right := 40*h*px, (w-40)*h*px
					if len(told) != 2 || len(told[0]) != 2*head+pad(left)+pad(right) {
						t.Fatalf("%d answers, the first of %d bytes: the image does not travel", len(told), len(told[0]))
					}
					// pixels puts the two parts together.
					pixels := func(b []byte) []byte {
						l, r := b[head:], b[2*head+pad(left):]
						var all []byte
						for y := range h {
							all = append(all, l[y*40*px:(y+1)*40*px]...)
							all = append(all, r[y*(w-40)*px:(y+1)*(w-40)*px]...)
						}
						return all
					}
					first, wrecked := pixels(told[0]), pixels(told[1])
					if bytes.Equal(first, wrecked) {
						t.Fatal("what was cleared is as before")
					}
					apart, values := 0, map[string]bool{}
					for p := 0; p < len(first); p += px {
						values[string(first[p:p+c.bytes])] = true
						if !bytes.Equal(first[p:p+c.bytes], first[p+c.bytes:p+2*c.bytes]) {
							apart++
						}
					}
					if len(values) < 20 || apart == 0 && c.format != integer {
						t.Fatalf("%d values, %d pixels whose samples differ: hardly anything was drawn", len(values), apart)
					}
					s = workertest.New(t).Bind(1, 1, 1).Do("prismImageExchange", names[0], names[1], 0, 1, w, h, c.format, c.kind, first)
					ask()
					told = answers(t, r, s.Swap(1, 2))
					if again := pixels(told[0]); !bytes.Equal(again, first) {
						n := 0
						for p := 0; p < len(first); p += c.bytes {
							if !bytes.Equal(first[p:p+c.bytes], again[p:p+c.bytes]) {
								if n++; n < 4 {
									t.Logf("sample %d: % x, was % x", p/c.bytes, again[p:p+c.bytes], first[p:p+c.bytes])
								}
							}
						}
						t.Errorf("%d samples of %d are others", n, len(first)/c.bytes)
					}
				})
			})
		}
	}
}
