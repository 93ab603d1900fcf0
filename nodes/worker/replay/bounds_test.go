package replay

import (
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// TestElementsBehindBuffers: what is compiled into a display list, and glArrayElement, is read by the CPU in Mesa, which does not look where
// a buffer ends. Such draws are left out and the rest goes on.
func TestElementsBehindBuffers(t *testing.T) {
	const far = 1 << 28
	makes(t, func(t *testing.T, fbo bool) {
		for name, wrong := range map[string]func(s *workertest.Script){
			"DrawArrays": func(s *workertest.Script) { s.Do("glDrawArrays", glTriangles, far, 3) },
			"DrawElements": func(s *workertest.Script) {
				s.Do("glDrawElements", glTriangles, 3, 0x1405, []uint32{0, far, 1})
			},
			"BaseVertex": func(s *workertest.Script) {
				s.Do("glDrawElementsBaseVertex", glTriangles, 3, 0x1405, []uint32{0, 1, 2}, -far)
			},
			"ElementBuffer": func(s *workertest.Script) {
				s.Do("glBindBuffer", 0x8893, 2).Do("glBufferData", 0x8893, 12, []uint32{far, 0, 1}, 0x88E4)
				s.Do("glDrawElements", glTriangles, 3, 0x1405, workertest.Offset(0)).Do("glBindBuffer", 0x8893, 0)
			},
			"ArrayElement": func(s *workertest.Script) {
				s.Do("glBegin", glTriangles).Do("glArrayElement", far).Do("glArrayElement", 0).Do("glArrayElement", -far).Do("glEnd")
			},
			"Shrunk": func(s *workertest.Script) {
				s.Do("glBegin", glTriangles).Do("glEnd").Do("glBufferData", 0x8892, 0, []byte{}, 0x88E4)
				s.Do("glBegin", glTriangles).Do("glArrayElement", 2).Do("glEnd")
				s.Do("glBufferData", 0x8892, 24, []float32{-1, -1, 3, -1, -1, 3}, 0x88E4)
			},
		} {
			for _, list := range []bool{false, true} {
				t.Run(name, func(t *testing.T) {
					on(t, fbo, func(r *Replay) {
						s := workertest.New(t).Window(20, 20)
						s.Do("glGenBuffers", 2, []uint32{1, 2}).Do("glBindBuffer", 0x8892, 1)
						s.Do("glBufferData", 0x8892, 24, []float32{-1, -1, 3, -1, -1, 3}, 0x88E4)
						s.Do("glVertexPointer", 2, 0x1406, 0, workertest.Offset(0)).Do("glEnableClientState", 0x8074)
						clear(s, 0, 0, 0, 0)
						s.Do("glColor4f", 1.0, 1.0, 1.0, 1.0)
						if list {
							s.Do("glNewList", 5, 0x1300)
						}
						wrong(s)
						if list {
							s.Do("glEndList").Do("glCallList", 5)
						}
						s.Do("glNewList", 6, 0x1300).Do("glDrawArrays", glTriangles, 0, 3).Do("glEndList").Do("glCallList", 6)
						play(t, r, s.Swap(1, 1).Batch())
						if p := pixel(readback(t, r, 1, proto.Rect{W: 20, H: 20}), 20, 10, 10); p != [4]byte{255, 255, 255, 255} {
							t.Errorf("what is inside is not drawn: %v", p)
						}
					})
				})
			}
		}
	})
}
