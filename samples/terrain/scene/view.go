package scene

import (
	"cmp"
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/view"
)

// A chunk is fine enough when it is so many of its own sides away.
const fineEnough = 3.4

// View holds what one frame shows; it is reused from frame to frame.
type View struct {
	Camera view.Camera
	Chunks []int // numbers in Land.Chunks, near ones first

	dist2 []float32 // of each of the land's chunks that was looked at
}

// Pick fills v for a frame.
func (v *View) Pick(l *Land, frame, width, height int) {
	v.Camera = l.At(frame, width, height)
	v.Chunks = v.Chunks[:0]
	if len(v.dist2) != len(l.Chunks) {
		v.dist2 = make([]float32, len(l.Chunks))
	}
	v.pick(l, 0)
	// Chunks at the same distance come by number, so that the order does not depend on the sort.
	slices.SortFunc(v.Chunks, func(a, b int) int {
		return cmp.Or(cmp.Compare(v.dist2[a], v.dist2[b]), cmp.Compare(a, b))
	})
}

func (v *View) pick(l *Land, chunk int) {
	c := &l.Chunks[chunk]
	if !v.Camera.SeesBox(c.Lo, c.Hi) {
		return
	}
	d2 := distance2(v.Camera.Eye, c)
	side := c.Hi[0] - c.Lo[0]
	if c.Children[0] == 0 || d2 > fineEnough*fineEnough*side*side {
		v.dist2[chunk] = d2
		v.Chunks = append(v.Chunks, chunk)
		return
	}
	for _, k := range c.Children {
		v.pick(l, k)
	}
}

// distance2 is the square of the distance from a point to a chunk's box.
func distance2(p mgl32.Vec3, c *Chunk) float32 {
	var sum float32
	for i := range 3 {
		d := max(c.Lo[i]-p[i], p[i]-c.Hi[i], 0)
		sum += d * d
	}
	return sum
}
