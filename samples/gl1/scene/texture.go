package scene

import (
	"math"

	"github.com/prismgl/prism/samples/internal/dice"
)

// WoodSize and RoomSize are the textures' sides in pixels.
const (
	WoodSize = 512
	RoomSize = 128
)

// WoodImage is the wall: boards with grain, RGB.
func (w *Works) WoodImage() []byte {
	const boards = 4
	pix := make([]byte, 0, 3*WoodSize*WoodSize)
	for y := range WoodSize {
		for x := range WoodSize {
			board := x * boards / WoodSize
			across := float64(x%(WoodSize/boards)) / (WoodSize / boards)
			bend := float64(dice.Fractal((x+board*97)%WoodSize, (y/4+board*61)%WoodSize, WoodSize, 5, w.Seed))
			rings := math.Mod(across*3.1+bend*7.5+float64(board)*0.37, 1)
			grain := float64(dice.Fractal((x*4+board*31)%WoodSize, (y/8)%WoodSize, WoodSize, 7, w.Seed+9))
			t := float32(0.25 + 0.45*math.Abs(2*rings-1)*0.8 + 0.35*(grain-0.5))
			k := 0.86 + 0.28*dice.Lattice(w.Seed+3, board, 0)
			if edge := min(across, 1-across); edge < 0.025 {
				k *= float32(0.35 + edge*20)
			}
			for i := range 3 {
				f := (w.Wood[0][i]*(1-t) + w.Wood[1][i]*t) * k
				pix = append(pix, byte(255*max(0, min(1, f))))
			}
		}
	}
	return pix
}

// RoomImage is what polished metal mirrors, as a sphere map, RGB: a dim room with a window and a lamp.
func RoomImage() []byte {
	pix := make([]byte, 0, 3*RoomSize*RoomSize)
	soft := func(a, b, x float64) float64 {
		t := max(0, min(1, (x-a)/(b-a)))
		return t * t * (3 - 2*t)
	}
	for j := range RoomSize {
		for i := range RoomSize {
			x, y := (float64(i)+0.5)/RoomSize*2-1, (float64(j)+0.5)/RoomSize*2-1
			r := math.Hypot(x, y)
			light := 0.42 + 0.30*soft(-0.9, 0.9, y)
			window := soft(0.10, 0.22, x+0.62) * soft(0.10, 0.22, 0.02-x) * soft(0.08, 0.2, y-0.05) * soft(0.05, 0.2, 0.75-y)
			lamp := soft(0.34, 0.16, math.Hypot(x-0.52, y-0.36))
			floor := 0.18 * soft(-0.2, -0.7, y)
			rim := soft(0.75, 1, r)
			for c := range 3 {
				f := light - floor + 0.62*window*[3]float64{0.9, 0.97, 1}[c] + 0.55*lamp*[3]float64{1, 0.86, 0.6}[c] - 0.2*rim
				pix = append(pix, byte(255*max(0, min(1, f))))
			}
		}
	}
	return pix
}
