package scene

import (
	"encoding/binary"
	"math"

	"github.com/go-gl/mathgl/mgl32"
)

const (
	// Side is the length of the land.
	Side = 6144
	// Quads is how many quads a chunk has along each side.
	Quads = 32
	// DefaultLevels is how many levels of detail there are.
	DefaultLevels = 6
	// Lake is the height of the water.
	Lake = 96
)

// VertexBytes is the size of an encoded vertex:
//
//	+----------------+--------------+--------------+
//	| position 3×f32 | normal 4×i8  | colour 4×u8  |
//	+----------------+--------------+--------------+
const VertexBytes = 20

const (
	row = Quads + 1
	// gridVertices is how many a chunk has without its skirt, rimVertices how many the skirt has: the rim's once more.
	gridVertices = row * row
	rimVertices  = 4 * Quads
	// ChunkVertices is how many vertices a chunk has.
	ChunkVertices = gridVertices + rimVertices
)

// Chunk is a square of the land at one level of detail.
type Chunk struct {
	Level  int // 0: the coarsest
	Lo, Hi mgl32.Vec3
	// Children are the numbers of its quarters in Land.Chunks, all 0 on the finest level.
	Children [4]int

	x, z int // its place on its level
}

// Land is all chunks. The first is the root.
type Land struct {
	Chunks []Chunk
	Levels int

	seed    uint64
	heights []float32 // of the finest grid, side × side
	side    int
	flight  [flightSteps]float32
}

// New makes the land of a seed with 1 to 8 levels of detail.
func New(seed uint64, levels int) *Land {
	l := &Land{Levels: levels, seed: seed}
	l.side = Quads<<(levels-1) + 1
	l.heights = make([]float32, l.side*l.side)
	for z := range l.side {
		for x := range l.side {
			l.heights[z*l.side+x] = height(seed, l.metres(x), l.metres(z))
		}
	}
	l.add(0, 0, 0)
	l.plan()
	return l
}

// metres is where a line of the finest grid lies.
func (l *Land) metres(i int) float32 { return (float32(i)/float32(l.side-1) - 0.5) * Side }

// add appends a chunk and all that lies below it, and gives its number.
func (l *Land) add(level, x, z int) int {
	at := len(l.Chunks)
	c := Chunk{Level: level, x: x, z: z}
	step, x0, z0 := l.grid(&c)
	lo, hi := float32(math.Inf(1)), float32(math.Inf(-1))
	for j := range row {
		for i := range row {
			h := l.heights[(z0+j*step)*l.side+x0+i*step]
			lo, hi = min(lo, h), max(hi, h)
		}
	}
	lo -= l.skirt(&c)
	c.Lo = mgl32.Vec3{l.metres(x0), lo, l.metres(z0)}
	c.Hi = mgl32.Vec3{l.metres(x0 + Quads*step), hi, l.metres(z0 + Quads*step)}
	l.Chunks = append(l.Chunks, c)
	if level+1 < l.Levels {
		var children [4]int
		for i := range children {
			children[i] = l.add(level+1, 2*x+i%2, 2*z+i/2)
		}
		l.Chunks[at].Children = children
	}
	return at
}

// grid tells which lines of the finest grid a chunk has: every step-th, from x0 and z0 on.
func (l *Land) grid(c *Chunk) (step, x0, z0 int) {
	step = 1 << (l.Levels - 1 - c.Level)
	return step, c.x * Quads * step, c.z * Quads * step
}

// skirt is how far a chunk's rim hangs down.
func (l *Land) skirt(c *Chunk) float32 {
	step, _, _ := l.grid(c)
	return 2.2 * Side / float32(l.side-1) * float32(step)
}

// at is the height at a point of the finest grid, with its nearest neighbour outside of it.
func (l *Land) at(x, z int) float32 {
	x, z = max(0, min(x, l.side-1)), max(0, min(z, l.side-1))
	return l.heights[z*l.side+x]
}

// normal at a point of the finest grid; a coarse chunk has the normals of a grid half as coarse, so that slopes keep
// their light when the level changes.
func (l *Land) normal(x, z, step int) mgl32.Vec3 {
	step = max(1, step/2)
	d := 2 * float32(step) * Side / float32(l.side-1)
	return mgl32.Vec3{l.at(x-step, z) - l.at(x+step, z), d, l.at(x, z-step) - l.at(x, z+step)}.Normalize()
}

// Vertices appends a chunk's vertices to to: the grid by rows, then the skirt's lower rim.
func (l *Land) Vertices(to []byte, chunk int) []byte {
	c := &l.Chunks[chunk]
	step, x0, z0 := l.grid(c)
	vertex := func(i, j int, down float32) {
		x, z := x0+i*step, z0+j*step
		n := l.normal(x, z, step)
		for _, f := range []float32{l.metres(x), l.at(x, z) - down, l.metres(z)} {
			to = binary.LittleEndian.AppendUint32(to, math.Float32bits(f))
		}
		for _, f := range n {
			to = append(to, byte(int8(math.Round(float64(f)*127))))
		}
		rgb := encoded(colour(l.seed, l.metres(x), l.at(x, z), l.metres(z), n[1]))
		to = append(to, 0, rgb[0], rgb[1], rgb[2], 255)
	}
	for j := range row {
		for i := range row {
			vertex(i, j, 0)
		}
	}
	for k := range rimVertices {
		i, j := rim(k)
		vertex(i, j, l.skirt(c))
	}
	return to
}

// rim goes once around a chunk's grid, so that the land lies on the left.
func rim(k int) (i, j int) {
	k %= rimVertices
	switch side, at := k/Quads, k%Quads; side {
	case 0:
		return 0, at
	case 1:
		return at, Quads
	case 2:
		return Quads, Quads - at
	default:
		return Quads - at, 0
	}
}

// Indices are the triangles of each chunk, counter-clockwise seen from above and from outside.
func Indices() []uint16 {
	var out []uint16
	quad := func(a, b, c, d int) {
		out = append(out, uint16(a), uint16(b), uint16(c), uint16(a), uint16(c), uint16(d))
	}
	for j := range Quads {
		for i := range Quads {
			a := j*row + i
			quad(a, a+row, a+row+1, a+1)
		}
	}
	top := func(k int) int {
		i, j := rim(k)
		return j*row + i
	}
	for k := range rimVertices {
		next := (k + 1) % rimVertices
		quad(gridVertices+k, gridVertices+next, top(next), top(k))
	}
	return out
}
