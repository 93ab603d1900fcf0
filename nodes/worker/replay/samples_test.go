package replay

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// The samples of a multisampled window, each as a node told of it, are what they were once they are given back.
func TestSamplesComeBack(t *testing.T) {
	const w, h, samples = 97, 61, 4
	whole := proto.Rect{W: w, H: h}
	draw := func() *workertest.Script {
		rng := rand.New(rand.NewPCG(3, 4))
		s := workertest.New(t).Context(1, 0, 0, 0, 0).Multisampled(1, w, h, samples).Bind(1, 1, 1)
		s.Do("glClearDepth", 0.70001).Do("glClearStencil", 0x5a).Do("glClearColor", 0.1, 0.2, 0.3, 0.4).Do("glClear", 0x4500)
		s.Do("glEnable", 0x0B71).Do("glEnable", 0x0B90).Do("glStencilOp", 0x1E00, 0x1E02 /* increments where depth refuses */, 0x150A /* and inverts */)
		for range 30 {
			triangle(s, rng)
		}
		return s.Do("glDisable", 0x0B71).Do("glDisable", 0x0B90)
	}
	// told gives what the node says of each sample of both buffers.
	told := func(r *Replay, s *workertest.Script) [][]byte {
		for i := range 2 * samples {
			s.Do("prismGather", uint64(1+i), 0, 0, w, h, 1, i%2+1|i/2<<8)
		}
		return answers(t, r, s.Swap(1, 1))
	}
	makes(t, func(t *testing.T, fbo bool) {
		on(t, fbo, func(r *Replay) {
			r.SetPlan(&proto.Plan{Drawable: 1, Width: w, Height: h, Scissor: whole, Tiles: []proto.Rect{whole}})
			first := told(r, draw())
			picture := readback(t, r, 1, whole)
			if len(colours(picture)) < 30 {
				t.Fatalf("%d colours: hardly anything was drawn", len(colours(picture)))
			}
			s := workertest.New(t).Bind(1, 1, 1).Do("glClearDepth", 0.3).Do("glClearStencil", 3).Do("glClearColor", 1, 1, 0, 1).Do("glClear", 0x4500)
			for i, b := range first {
				if len(b) < 24+w*h*4 {
					t.Fatalf("sample %d of buffer %d: %d bytes: this node cannot give samples", i/2, i%2+1, len(b))
				}
				s.Do("prismExchange", 0, 0, w, h, 1, i%2+1|i/2<<8, b[24:24+w*h*4])
			}
			for i, b := range told(r, s) {
				if !bytes.Equal(b, first[i]) {
					t.Errorf("sample %d of buffer %d is another one", i/2, i%2+1)
				}
			}
			if bytes.Equal(first[0], first[2]) || bytes.Equal(first[1], first[3]) {
				t.Error("all samples are one")
			}
			samePictures(t, w, readback(t, r, 1, whole), picture, "given back")
		})
	})
}
