package replay

import (
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/egl"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// TestElementsBehindBuffers: what is compiled into a display list, and glArrayElement, is read by the CPU in Mesa, which does not look where
// a buffer ends, nor does any driver without robust access. Such draws are left out, and the rest goes on.
func TestElementsBehindBuffers(t *testing.T) {
	const (
		far                = 1 << 28
		glInvalidOperation = 0x0502
	)
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
			"BaseInstance": func(s *workertest.Script) {
				s.Do("glVertexAttribPointer", 3, 2, 0x1406, 0, 0, workertest.Offset(0)).Do("glVertexAttribDivisor", 3, 1).Do("glEnableVertexAttribArray", 3)
				s.Do("glDrawArraysInstancedBaseInstance", glTriangles, 0, 3, 1, far)
				s.Do("glDisableVertexAttribArray", 3)
			},
			"MultiDrawArrays": func(s *workertest.Script) {
				s.Do("glMultiDrawArrays", glTriangles, []uint32{0, far}, []uint32{3, 3}, 2)
			},
			"MultiDrawElements": func(s *workertest.Script) {
				s.Do("prismMultiDrawElements", glTriangles, 0x1405, 2, []uint32{3, 3}, []uint64{0, 12}, nil, []uint32{0, 1, 2, 0, far, 1})
			},
			"Indirect": func(s *workertest.Script) {
				s.Do("glDrawArraysIndirect", glTriangles, []uint32{3, 1, far, 0})
			},
			"IndirectBuffer": func(s *workertest.Script) {
				s.Do("glBindBuffer", 0x8F3F, 2).Do("glBufferData", 0x8F3F, 40, []uint32{3, 1, 0, 0, 3, 1, far, 0, 0, 0}, 0x88E4)
				s.Do("glMultiDrawArraysIndirect", glTriangles, workertest.Offset(0), 2, 0)
				s.Do("glBindBuffer", 0x8893, 2).Do("glDrawElementsIndirect", glTriangles, 0x1405, workertest.Offset(16))
				s.Do("glBindBuffer", 0x8893, 0).Do("glBindBuffer", 0x8F3F, 0)
			},
			"Binding": func(s *workertest.Script) { // far is behind the end by the binding's offset and stride
				s.Do("glEnableVertexAttribArray", 0).Do("glVertexAttribFormat", 0, 2, 0x1406, 0, 16).Do("glVertexAttribBinding", 0, 5).Do("glBindVertexBuffer", 5, 1, 8, 8)
				s.Do("glDrawArrays", glTriangles, 0, 3).Do("glBindVertexBuffer", 5, 0, far, 8).Do("glDrawArrays", glTriangles, far, 3).Do("glDisableVertexAttribArray", 0)
			},
			"Pointer": func(s *workertest.Script) { // far is behind the end by where the array begins
				s.Do("glVertexAttribPointer", 0, 2, 0x1406, 0, 0, workertest.Offset(1<<30)).Do("glEnableVertexAttribArray", 0)
				s.Do("glDrawArrays", glTriangles, 0, 3).Do("glDisableVertexAttribArray", 0)
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
			for _, mode := range []string{"Robust", "List", "NotRobust"} {
				list := mode == "List"
				change := func(dev *egl.Device) {
					if mode == "NotRobust" {
						dev.DropRobust()
					}
				}
				t.Run(name+mode, func(t *testing.T) {
					onDevice(t, fbo, change, func(r *Replay) {
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
						stops := play(t, r, s.Swap(1, 1).Batch())
						if e := stops[0].GLError; mode != "Robust" && e != glInvalidOperation {
							t.Errorf("GL error %#x, want %#x: nobody looked where the buffer ends", e, glInvalidOperation)
						}
						if p := pixel(readback(t, r, 1, proto.Rect{W: 20, H: 20}), 20, 10, 10); p != [4]byte{255, 255, 255, 255} {
							t.Errorf("what is inside is not drawn: %v", p)
						}
					})
				})
			}
		}
	})
}

// TestIndirectDraws: of a driver without robust access the commands that lie in a buffer are looked at, and all are left out where one reaches too
// far. (Mesa compiles none of them into a list.)
func TestIndirectDraws(t *testing.T) {
	const far, left, right = 1 << 28, 3, 0 // vertices
	makes(t, func(t *testing.T, fbo bool) {
		for _, tc := range []struct {
			name     string
			elements bool
			commands []uint32
			draws    int32
			err      uint32
			drawn    [2]bool // in the left half, in the right one
		}{
			{"BothInside", false, []uint32{3, 1, left, 0, 3, 1, right, 0}, 2, 0, [2]bool{true, true}},
			{"SecondBehind", false, []uint32{3, 1, left, 0, 3, 1, far, 0}, 2, 0x0502, [2]bool{}},
			{"FirstBehind", false, []uint32{3, 1, far, 0, 3, 1, right, 0}, 2, 0x0502, [2]bool{}},
			{"CommandsBehind", false, []uint32{3, 1, left, 0}, 2, 0x0502, [2]bool{}},
			{"ElementsInside", true, []uint32{3, 1, 0, left, 0, 3, 1, 3, right, 0}, 2, 0, [2]bool{true, true}},
			{"ElementsBehind", true, []uint32{3, 1, 0, left, 0, 3, 1, 3, far, 0}, 2, 0x0502, [2]bool{}},
			{"IndicesBehind", true, []uint32{3, 1, 0, left, 0, 3, 1, far, right, 0}, 2, 0x0502, [2]bool{}},
		} {
			t.Run(tc.name, func(t *testing.T) {
				onDevice(t, fbo, (*egl.Device).DropRobust, func(r *Replay) {
					s := workertest.New(t).Window(20, 20)
					s.Do("glGenBuffers", 3, []uint32{1, 2, 3}).Do("glBindBuffer", 0x8892, 1)
					s.Do("glBufferData", 0x8892, 48, []float32{0, -1, 1, -1, 1, 3, 0, -1, -1, -1, -1, 3}, 0x88E4)
					s.Do("glVertexPointer", 2, 0x1406, 0, workertest.Offset(0)).Do("glEnableClientState", 0x8074)
					s.Do("glBindBuffer", 0x8893, 2).Do("glBufferData", 0x8893, 24, []uint32{0, 1, 2, 0, 1, 2}, 0x88E4)
					s.Do("glBindBuffer", 0x8F3F, 3).Do("glBufferData", 0x8F3F, len(tc.commands)*4, tc.commands, 0x88E4)
					clear(s, 0, 0, 0, 0)
					s.Do("glColor4f", 1.0, 1.0, 1.0, 1.0)
					if tc.elements {
						s.Do("glMultiDrawElementsIndirect", glTriangles, 0x1405, workertest.Offset(0), tc.draws, 0)
					} else {
						s.Do("glMultiDrawArraysIndirect", glTriangles, workertest.Offset(0), tc.draws, 0)
					}
					stops := play(t, r, s.Swap(1, 1).Batch())
					if e := stops[0].GLError; e != tc.err {
						t.Errorf("GL error %#x, want %#x", e, tc.err)
					}
					image := readback(t, r, 1, proto.Rect{W: 20, H: 20})
					for side, x := range []int{2, 17} {
						if drawn := pixel(image, 20, x, 2) == [4]byte{255, 255, 255, 255}; drawn != tc.drawn[side] {
							t.Errorf("at %d it is drawn: %v, want %v", x, drawn, tc.drawn[side])
						}
					}
				})
			})
		}
	})
}
