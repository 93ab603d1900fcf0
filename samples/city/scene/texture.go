package scene

import (
	"math"

	"github.com/prismgl/prism/samples/internal/dice"
)

// Textures by number. The first eight are facades.
const (
	Brick = iota
	Grid
	Curtain
	Mullion
	Sandstone
	Ribbon
	Clinker
	Panel
	Roads // the whole of one Pitch × Pitch square: streets at its rim
	Grass
	Plaza
	Paint // plain, a little glossy
	Noise // clouds, in all channels
	Textures
)

// FacadeCells is how many windows a facade's texture shows in each direction.
const FacadeCells = 8

// Image is RGBA, rows bottom first, tight. Alpha tells how much of the surface is glass.
type Image struct {
	Width, Height int
	Pix           []byte
}

// style of a facade: sizes are shares of a cell.
type style struct {
	wall, joint [3]float32
	glass       [3]float32
	frame       [3]float32
	x0, x1      float32 // the window in its cell
	y0, y1      float32
	bar         float32 // width of the frame
	cross       bool    // a sash bar in the middle
	pattern     func(x, y int, seed uint64) float32
}

var styles = [...]style{
	Brick: {[3]float32{0.55, 0.30, 0.23}, [3]float32{0.66, 0.60, 0.54}, [3]float32{0.30, 0.36, 0.42}, [3]float32{0.86, 0.84, 0.80},
		0.28, 0.72, 0.24, 0.80, 0.045, true, bricks},
	Grid: {[3]float32{0.66, 0.64, 0.60}, [3]float32{0.48, 0.47, 0.45}, [3]float32{0.26, 0.34, 0.40}, [3]float32{0.30, 0.31, 0.33},
		0.14, 0.86, 0.22, 0.84, 0.03, false, panels},
	Curtain: {[3]float32{0.34, 0.44, 0.54}, [3]float32{0.26, 0.32, 0.38}, [3]float32{0.32, 0.46, 0.58}, [3]float32{0.60, 0.64, 0.68},
		0.03, 0.97, 0.16, 0.98, 0.025, false, plain},
	Mullion: {[3]float32{0.20, 0.20, 0.22}, [3]float32{0.14, 0.14, 0.16}, [3]float32{0.22, 0.27, 0.31}, [3]float32{0.40, 0.36, 0.30},
		0.05, 0.95, 0.10, 0.96, 0.05, true, plain},
	Sandstone: {[3]float32{0.74, 0.66, 0.52}, [3]float32{0.60, 0.52, 0.40}, [3]float32{0.28, 0.31, 0.34}, [3]float32{0.46, 0.38, 0.30},
		0.30, 0.70, 0.14, 0.86, 0.04, true, ashlar},
	Ribbon: {[3]float32{0.80, 0.79, 0.76}, [3]float32{0.66, 0.65, 0.62}, [3]float32{0.24, 0.31, 0.36}, [3]float32{0.36, 0.37, 0.39},
		0, 1, 0.34, 0.80, 0.03, false, panels},
	Clinker: {[3]float32{0.46, 0.33, 0.27}, [3]float32{0.54, 0.48, 0.43}, [3]float32{0.29, 0.33, 0.36}, [3]float32{0.20, 0.24, 0.22},
		0.12, 0.88, 0.28, 0.78, 0.035, true, bricks},
	Panel: {[3]float32{0.50, 0.58, 0.55}, [3]float32{0.36, 0.42, 0.40}, [3]float32{0.25, 0.33, 0.36}, [3]float32{0.74, 0.75, 0.74},
		0.20, 0.80, 0.20, 0.76, 0.04, false, panels},
}

// NewImage makes a texture; size is its side in pixels, a power of two of at least 64.
func NewImage(texture, size int, seed uint64) Image {
	m := Image{size, size, make([]byte, size*size*4)}
	seed += uint64(texture) * 7919
	var f func(x, y int) (r, g, b, a float32)
	scale := float32(size)
	switch texture {
	case Roads:
		f = func(x, y int) (float32, float32, float32, float32) { return roads(x, y, scale, seed) }
	case Grass:
		f = func(x, y int) (float32, float32, float32, float32) {
			n := dice.Fractal(x, y, size, 5, seed)
			k := 0.75 + 0.35*n + 0.12*(dice.Lattice(seed, x, y)-0.5)
			return 0.34 * k, 0.47 * k, 0.22 * k, 0
		}
	case Plaza:
		f = func(x, y int) (float32, float32, float32, float32) {
			k := 0.9 + 0.25*(dice.Fractal(x, y, size, 5, seed)-0.5)
			g := size / 16
			if x%g < 1 || y%g < 1 {
				k *= 0.8
			}
			k *= 0.94 + 0.12*dice.Lattice(seed, x/g, y/g)
			return 0.60 * k, 0.58 * k, 0.54 * k, 0
		}
	case Paint:
		f = func(int, int) (float32, float32, float32, float32) { return 1, 1, 1, 0.12 }
	case Noise:
		f = func(x, y int) (float32, float32, float32, float32) {
			n := dice.Fractal(x, y, size, 6, seed)
			return n, n, n, n
		}
	default:
		s := &styles[texture]
		f = func(x, y int) (float32, float32, float32, float32) { return s.at(x, y, size, seed) }
	}
	i := 0
	for y := range size {
		for x := range size {
			r, g, b, a := f(x, y)
			m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = byte8(r), byte8(g), byte8(b), byte8(a)
			i += 4
		}
	}
	return m
}

func byte8(f float32) byte { return byte(min(255, max(0, f*255+0.5))) }

func (s *style) at(px, py, size int, seed uint64) (r, g, b, a float32) {
	cell := size / FacadeCells
	cx, cy := px/cell, py/cell
	x, y := (float32(px%cell)+0.5)/float32(cell), (float32(py%cell)+0.5)/float32(cell)
	h := dice.Lattice(seed, cx, cy)
	if x > s.x0 && x < s.x1 && y > s.y0 && y < s.y1 {
		edge := min(min(x-s.x0, s.x1-x), min(y-s.y0, s.y1-y))
		mid := float32(math.Abs(float64(x - 0.5)))
		if (edge < s.bar && (s.x0 > 0 || y-s.y0 < s.bar || s.y1-y < s.bar)) || (s.cross && mid < s.bar/2) || (s.x0 == 0 && x < s.bar) {
			return s.frame[0], s.frame[1], s.frame[2], 0
		}
		// Blinds hang from the top of some windows.
		if drop := s.y1 - (s.y1-s.y0)*(h*1.6-0.9); y > drop {
			k := 0.75 + 0.1*float32(math.Mod(float64(y)*40, 1))
			return k, k * 0.96, k * 0.88, 0.45
		}
		k := 0.7 + 0.5*dice.Lattice(seed+1, cx, cy) + 0.25*(y-s.y0)
		return s.glass[0] * k, s.glass[1] * k, s.glass[2] * k, 1
	}
	k := s.pattern(px, py, seed)
	c := s.wall
	if k < 0 {
		c, k = s.joint, -k
	}
	// A sill throws a little shade on the wall below it, and dirt runs down.
	if x > s.x0 && x < s.x1 && y < s.y0 && y > s.y0-0.06 {
		k *= 1.18
	} else if x > s.x0 && x < s.x1 && y < s.y0-0.06 && y > s.y0-0.14 {
		k *= 0.8
	}
	k *= 0.92 + 0.16*dice.Fractal(px, py, size, 4, seed+2)
	return c[0] * k, c[1] * k, c[2] * k, 0
}

// Patterns give a wall's brightness at a pixel; negative: a joint.
func plain(x, y int, seed uint64) float32 { return 0.97 + 0.06*dice.Lattice(seed, x, y) }

func bricks(x, y int, seed uint64) float32 {
	row := y / 4
	bx := x + row%2*5
	if y%4 == 0 || bx%10 == 0 {
		return -0.92
	}
	return 0.82 + 0.36*dice.Lattice(seed, bx/10, row)
}

func ashlar(x, y int, seed uint64) float32 {
	row := y / 8
	bx := x + row%2*8
	if y%8 == 0 || bx%16 == 0 {
		return -0.95
	}
	return 0.9 + 0.2*dice.Lattice(seed, bx/16, row)
}

func panels(x, y int, seed uint64) float32 {
	if x%32 == 0 || y%64 == 0 {
		return -1
	}
	return 0.95 + 0.07*dice.Lattice(seed, x/32, y/64) + 0.03*dice.Lattice(seed+3, x, y)
}

// roads paints a crossing's four quarters at the corners and half a street along each edge.
func roads(px, py int, size float32, seed uint64) (r, g, b, a float32) {
	const half = float32(Street) / 2
	mx, my := float32(px)/size*Pitch, float32(py)/size*Pitch
	dx, dy := min(mx, Pitch-mx), min(my, Pitch-my) // metres from the middle of the nearest streets
	n := 0.86 + 0.28*dice.Fractal(px, py, int(size), 6, seed) + 0.1*(dice.Lattice(seed, px, py)-0.5)
	const kerb = half - 3.2
	asphalt, pave, line := [3]float32{0.25, 0.25, 0.27}, [3]float32{0.56, 0.54, 0.51}, [3]float32{0.86, 0.84, 0.76}
	c := pave
	d := min(dx, dy)
	switch {
	case d < kerb:
		c = asphalt
		along, across := my, dx
		if dy < dx {
			along, across = mx, dy
		}
		end := min(along, Pitch-along) // from the crossing's middle
		switch {
		case dx < half && dy < half:
		case end < half+4 && end > half+0.8:
			if math.Mod(float64(across), 1.4) < 0.7 {
				c = line
			}
		case across < 0.16 && end > half+5:
			c = [3]float32{0.84, 0.70, 0.28}
		case across > kerb-0.35 && across < kerb-0.15:
			c = line
		}
	case d < kerb+0.3:
		c = [3]float32{0.66, 0.65, 0.62}
	default:
		if math.Mod(float64(mx), 1.5) < 0.1 || math.Mod(float64(my), 1.5) < 0.1 {
			n *= 0.86
		}
	}
	return c[0] * n, c[1] * n, c[2] * n, 0
}
