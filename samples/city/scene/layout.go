package scene

import (
	"math"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/dice"
)

// The plan of the town: square blocks with streets between them, each block cut into lots.
const (
	Pitch     = 90 // from the middle of a street to the middle of the next
	Street    = 20 // width of a street with its pavements
	blockSide = Pitch - Street
)

// DefaultBlocks is how many blocks a town has along each side.
const DefaultBlocks = 22

// Options of a City.
type Options struct {
	Seed   uint64
	Blocks int // along each side; 0: DefaultBlocks
}

// Object is one placed mesh.
type Object struct {
	Mesh    int
	Texture int
	Pos     mgl32.Vec3
	Cos     float32 // of the turn about y
	Sin     float32
	Tint    mgl32.Vec3
	Seed    float32 // in [0, 1): which windows are lit
	Centre  mgl32.Vec3
	Radius  float32
}

// Slab is the ground of one block.
type Slab struct {
	Texture int
	X, Z    float32 // middle
	Tint    mgl32.Vec3
}

// car drives along a street for ever.
type car struct {
	alongX        bool
	lane, at, mps float32
	tint          mgl32.Vec3
}

// City is a town ready to be drawn.
type City struct {
	Geometry  Geometry
	Meshes    []Mesh
	Buildings []Object
	Trees     []Object
	Slabs     []Slab
	// SlabMesh is a flat square of blockSide, CarMesh and TreeMesh what their names say.
	SlabMesh, CarMesh, TreeMesh int

	cars []car
	half float32 // of the town's side
}

// New builds the town.
func New(o Options) *City {
	if o.Blocks <= 0 {
		o.Blocks = DefaultBlocks
	}
	c := &City{half: float32(o.Blocks) * Pitch / 2}
	for _, k := range kinds {
		for step := range heightSteps {
			floors := k.floors[0] + (k.floors[1]-k.floors[0])*step/(heightSteps-1)
			w, d := float32(k.cells[0]*CellWidth), float32(k.cells[1]*CellWidth)
			c.Meshes = append(c.Meshes, c.Geometry.mesh(func(b *builder) { k.build(b, w, d, floors) }))
		}
	}
	add := func(build func(*builder)) int {
		c.Meshes = append(c.Meshes, c.Geometry.mesh(build))
		return len(c.Meshes) - 1
	}
	c.TreeMesh = add(buildTree)
	c.CarMesh = add(buildCar)
	c.SlabMesh = add(func(b *builder) {
		const s = float32(blockSide) / 2
		b.box(-s, 0, -s, s, 0.2, s, concrete, facade)
	})
	for bz := range o.Blocks {
		for bx := range o.Blocks {
			c.block(o.Seed, bx, bz)
		}
	}
	c.traffic(o.Seed, o.Blocks)
	return c
}

// density is 1 in the middle of the town and falls to 0 at its rim, with a second centre and some noise.
func density(seed uint64, x, z float32) float32 {
	bump := func(cx, cz, r float32) float32 {
		d2 := ((x-cx)*(x-cx) + (z-cz)*(z-cz)) / (r * r)
		return float32(math.Exp(-float64(d2)))
	}
	n := dice.Lattice(seed+17, int(math.Floor(float64(x/240))), int(math.Floor(float64(z/240))))
	return min(1, max(bump(0, 0, 420), 0.8*bump(-620, 480, 260))*0.85+0.3*n-0.1)
}

func (c *City) block(seed uint64, bx, bz int) {
	r := dice.Rand(dice.Mix(seed ^ uint64(bx)<<20 ^ uint64(bz)<<40))
	x := (float32(bx)+0.5)*Pitch - c.half
	z := (float32(bz)+0.5)*Pitch - c.half
	d := density(seed, x, z)
	shade := r.Between(0.85, 1.05)
	slab := Slab{Texture: Plaza, X: x, Z: z, Tint: mgl32.Vec3{shade, shade, shade}}
	if r.Unit() < 0.07 {
		slab.Texture = Grass
		c.Slabs = append(c.Slabs, slab)
		for range 26 + r.N(20) {
			c.tree(&r, x+r.Between(-31, 31), z+r.Between(-31, 31), r.Between(0.9, 1.3))
		}
		return
	}
	c.Slabs = append(c.Slabs, slab)
	lots := 3
	if d > 0.4 || (d > 0.2 && r.Unit() < 0.5) {
		lots = 2
	}
	side := float32(blockSide) / float32(lots)
	for i := range lots * lots {
		// The middle lot of nine is a yard.
		lx := x + (float32(i%lots)+0.5)*side - blockSide/2
		lz := z + (float32(i/lots)+0.5)*side - blockSide/2
		if lots == 3 && i == 4 {
			for range 3 {
				c.tree(&r, lx+r.Between(-8, 8), lz+r.Between(-8, 8), r.Between(0.6, 0.9))
			}
			continue
		}
		if r.Unit() < 0.03 {
			c.tree(&r, lx, lz, 1.2)
			continue
		}
		c.building(&r, lots, d, lx, lz)
	}
	for i := range 8 {
		t := (float32(i)+0.5)*blockSide/8 - blockSide/2
		if r.Unit() < 0.5 {
			c.tree(&r, x+t, z+blockSide/2+2.5, r.Between(0.6, 0.95))
		}
		if r.Unit() < 0.5 {
			c.tree(&r, x+blockSide/2+2.5, z+t, r.Between(0.6, 0.95))
		}
	}
}

func (c *City) building(r *dice.Rand, lots int, d, x, z float32) {
	var k int
	switch {
	case lots == 3 && d < 0.15:
		k = r.N(2)
	case lots == 3:
		k = 1 + r.N(smallKinds-1)
	case d < 0.35 || r.Unit() > d+0.35:
		k = smallKinds + r.N(2)
	default:
		k = smallKinds + 2 + r.N(len(kinds)-smallKinds-2)
	}
	// Taller towards the centre, kept under the camera's flight.
	t := min(0.999, max(0, d*r.Between(0.5, 1.15)))
	step := int(t * heightSteps)
	limit := ceiling(x, z)
	for step > 0 && c.Meshes[k*heightSteps+step].Height > limit {
		step--
	}
	if c.Meshes[k*heightSteps].Height > limit {
		k, step = smallKinds+r.N(2), 0
		if lots == 3 {
			k = 1
		}
	}
	tint := r.Between(0.78, 1.08)
	o := Object{
		Mesh: k*heightSteps + step, Texture: kinds[k].facades[r.N(len(kinds[k].facades))],
		Pos:  mgl32.Vec3{x, 0.2, z},
		Tint: mgl32.Vec3{tint * r.Between(0.94, 1.06), tint, tint * r.Between(0.92, 1.04)},
		Seed: r.Unit(),
	}
	turn := [4][2]float32{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}[r.N(4)]
	o.Cos, o.Sin = turn[0], turn[1]
	c.Buildings = append(c.Buildings, c.bounded(o))
}

func (c *City) tree(r *dice.Rand, x, z, warm float32) {
	a := float64(r.Unit()) * 2 * math.Pi
	s, co := math.Sincos(a)
	c.Trees = append(c.Trees, c.bounded(Object{
		Mesh: c.TreeMesh, Texture: Paint, Pos: mgl32.Vec3{x, r.Between(-0.4, 0.2), z}, Cos: float32(co), Sin: float32(s),
		Tint: mgl32.Vec3{warm, 1, 0.9}, Seed: r.Unit(),
	}))
}

// bounded fills in the sphere around a placed object.
func (c *City) bounded(o Object) Object {
	m := &c.Meshes[o.Mesh]
	p := m.Centre
	o.Centre = o.Pos.Add(mgl32.Vec3{o.Cos*p[0] + o.Sin*p[2], p[1], o.Cos*p[2] - o.Sin*p[0]})
	o.Radius = m.Radius
	return o
}

func (c *City) traffic(seed uint64, blocks int) {
	r := dice.Rand(dice.Mix(seed + 99))
	paints := []mgl32.Vec3{{0.9, 0.75, 0.15}, {0.8, 0.8, 0.82}, {0.15, 0.16, 0.2}, {0.6, 0.1, 0.1}, {0.15, 0.25, 0.5}, {0.85, 0.85, 0.8}}
	for s := 0; s <= blocks; s++ {
		line := float32(s)*Pitch - c.half
		for _, alongX := range []bool{true, false} {
			for _, dir := range []float32{-1, 1} {
				for at := r.Between(0, 60); at < 2*c.half; at += r.Between(14, 110) {
					c.cars = append(c.cars, car{alongX, line + dir*3, at, dir * r.Between(8, 12), paints[r.N(len(paints))]})
				}
			}
		}
	}
}

// HalfSide is half of the length of the town.
func (c *City) HalfSide() float32 { return c.half }

// Cars gives the cars that are nearer than reach to the eye at a frame, appended to to.
func (c *City) Cars(to []Object, frame int, eye mgl32.Vec3, reach float32) []Object {
	t := float32(frame) / FramesPerSecond
	for _, k := range c.cars {
		at := float32(math.Mod(float64(k.at+k.mps*t), float64(2*c.half)))
		if at < 0 {
			at += 2 * c.half
		}
		at -= c.half
		// A car's own mesh looks along z. Those that drive on the right of an x street turn by 90°.
		o := Object{Mesh: c.CarMesh, Texture: Paint, Tint: k.tint}
		s := float32(1)
		if k.mps < 0 {
			s = -1
		}
		if k.alongX {
			o.Pos, o.Sin = mgl32.Vec3{at, 0, k.lane}, s
		} else {
			o.Pos, o.Cos = mgl32.Vec3{2*streetLine(k.lane) - k.lane, 0, at}, s
		}
		dx, dz := o.Pos[0]-eye[0], o.Pos[2]-eye[2]
		if dx*dx+dz*dz < reach*reach {
			to = append(to, c.bounded(o))
		}
	}
	return to
}

// streetLine is the middle of the street that a lane belongs to.
func streetLine(lane float32) float32 {
	return float32(math.Round(float64(lane/(Pitch/2)))) * (Pitch / 2)
}
