package replay

import (
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
)

// A window's new size and a new plan may come between glBegin and glEnd, for the driver sends what it has packed by length. Nothing of what the node
// does then may get into the primitive, nor into the list that is being compiled; what is drawn after it is in the new tile.
func TestPlanInAPrimitive(t *testing.T) {
	const triangles = 4
	for _, c := range []struct {
		name   string
		list   bool
		resize bool
	}{{"Plain", false, false}, {"PlainResized", false, true}, {"List", true, false}, {"ListResized", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			makes(t, func(t *testing.T, fbo bool) {
				on(t, fbo, func(r *Replay) {
					size := 8
					whole := proto.Rect{W: 8, H: 8}
					r.SetPlan(&proto.Plan{Drawable: 1, Width: 8, Height: 8, Scissor: whole, Tiles: []proto.Rect{whole}})
					s := workertest.New(t).Window(8, 8)
					clear(s, 0, 0, 0, 1)
					if c.list {
						s.Do("glNewList", 1, glCompile)
					}
					s.Do("glBegin", triangles).Do("glColor3f", 1.0, 0.0, 0.0).Do("glVertex2f", -1.0, -1.0)
					play(t, r, s.Batch())
					if c.resize {
						size = 16
						play(t, r, workertest.New(t).Bind(1, 1, 1).Do("prismDrawableResize", 1, size, size).Batch())
					}
					half := proto.Rect{W: size / 2, H: size}
					r.SetPlan(&proto.Plan{Drawable: 1, Width: size, Height: size, Scissor: half, Tiles: []proto.Rect{half}})
					s = workertest.New(t).Bind(1, 1, 1).Do("glVertex2f", 3.0, -1.0).Do("glVertex2f", -1.0, 3.0).Do("glEnd")
					if c.list {
						s.Do("glEndList")
					}
					if c.resize { // what a window holds then is undefined
						s.Do("glViewport", 0, 0, size, size)
					}
					clear(s, 0, 0, 1, 1)
					if c.list {
						s.Do("glCallList", 1)
					} else {
						s.Do("glRectf", -1.0, -1.0, 1.0, 1.0) // red still
					}
					if stop := play(t, r, s.Swap(1, 1).Batch())[0]; stop.GLError != 0 || stop.Width != size {
						t.Errorf("GL error %#x, %d pixels wide", stop.GLError, stop.Width)
					}
					pix := readback(t, r, 1, half)
					for i := range half.W * half.H {
						if got := pixel(pix, half.W, i%half.W, i/half.W); got != [4]byte{0, 0, 255, 255} {
							t.Fatalf("pixel %d is %v", i, got)
						}
					}
				})
			})
		})
	}
}
