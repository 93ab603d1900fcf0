package scene

import (
	"cmp"
	"slices"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/view"
)

// Distances at which a mesh goes down a level, and beyond which small things are not drawn.
var lodDistance = [LODs - 1]float32{170, 460}

const (
	treeReach  = 420
	carReach   = 360
	houseReach = 1550
	// What is smaller than this share of its distance covers a pixel or two.
	leastAngle = 0.0045
	// Small things lose their detail sooner.
	smallRadius = 6
	smallFactor = 2.2
)

// Draw is one object of a frame at one level of detail.
type Draw struct {
	Object *Object
	Level  int
	dist2  float32
}

// View holds what one frame shows; it is reused from frame to frame.
type View struct {
	Camera view.Camera
	Draws  []Draw // near ones first
	Slabs  []*Slab

	cars []Object
}

// Pick fills v for a frame. The draws point into the city and into v.
func (v *View) Pick(c *City, frame, width, height int) {
	v.Camera = At(frame, width, height)
	eye := v.Camera.Eye
	v.Draws, v.Slabs = v.Draws[:0], v.Slabs[:0]
	v.cars = c.Cars(v.cars[:0], frame, eye, carReach)
	v.pick(c.Buildings, eye, houseReach)
	v.pick(c.Trees, eye, treeReach)
	v.pick(v.cars, eye, carReach)
	// The order of equals must not depend on the sort.
	slices.SortStableFunc(v.Draws, func(a, b Draw) int { return cmp.Compare(a.dist2, b.dist2) })
	r := float32(blockSide) * 0.7072
	for i := range c.Slabs {
		s := &c.Slabs[i]
		if v.Camera.Sees(mgl32.Vec3{s.X, 0, s.Z}, r) {
			v.Slabs = append(v.Slabs, s)
		}
	}
}

func (v *View) pick(objects []Object, eye mgl32.Vec3, reach float32) {
	for i := range objects {
		o := &objects[i]
		d := o.Centre.Sub(eye)
		d2 := d.Dot(d)
		if d2 > reach*reach || o.Radius*o.Radius < leastAngle*leastAngle*d2 || !v.Camera.Sees(o.Centre, o.Radius) {
			continue
		}
		level, seen := 0, d2
		if o.Radius < smallRadius {
			seen *= smallFactor * smallFactor
		}
		for level < LODs-1 && seen > lodDistance[level]*lodDistance[level] {
			level++
		}
		v.Draws = append(v.Draws, Draw{o, level, d2})
	}
}
