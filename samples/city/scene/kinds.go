package scene

// Colours of parts without windows.
var (
	gravel   = rgba{112, 106, 98, 255}
	concrete = rgba{150, 146, 140, 255}
	steel    = rgba{120, 128, 136, 255}
	dark     = rgba{58, 60, 66, 255}
	copper   = rgba{96, 148, 128, 255}
	tiles    = rgba{142, 74, 54, 255}
	slate    = rgba{84, 88, 100, 255}
	plaster  = rgba{196, 182, 160, 255}
	white    = rgba{206, 206, 202, 255}
	wood     = rgba{110, 82, 56, 255}
	red      = rgba{190, 40, 32, 255}
)

// A kind of building: how to build it, how high it may be, which facades suit it.
type kind struct {
	name    string
	cells   [2]int // footprint in cells: width, depth
	floors  [2]int // least and most
	facades []int
	build   func(b *builder, w, d float32, floors int)
}

// Steps of height that each kind comes in.
const heightSteps = 6

// The kinds on a small lot come first.
const smallKinds = 4

var kinds = []kind{
	{"house", [2]int{5, 4}, [2]int{2, 4}, []int{0, 4, 6}, buildHouse},
	{"walkup", [2]int{6, 6}, [2]int{4, 7}, []int{0, 4, 6}, buildWalkup},
	{"slab", [2]int{6, 5}, [2]int{6, 13}, []int{1, 5, 7, 4}, buildSlab},
	{"slim", [2]int{5, 5}, [2]int{12, 24}, []int{1, 2, 3, 5}, buildSlim},
	{"block", [2]int{11, 10}, [2]int{6, 14}, []int{1, 5, 0, 6}, buildSlab},
	{"court", [2]int{11, 11}, [2]int{5, 9}, []int{4, 0, 6}, buildCourt},
	{"setback", [2]int{10, 10}, [2]int{22, 52}, []int{1, 4, 6, 7}, buildSetback},
	{"fins", [2]int{10, 9}, [2]int{18, 46}, []int{2, 3}, buildFins},
	{"round", [2]int{10, 10}, [2]int{16, 42}, []int{2, 5, 3}, buildRound},
	{"deco", [2]int{10, 10}, [2]int{28, 56}, []int{4, 6, 1}, buildDeco},
}

func parapet(b *builder, w, d, y float32, c rgba) {
	if b.detail < 2 {
		return
	}
	const t, h = 0.5, 1.1
	b.box(-w/2, y, d/2-t, w/2, y+h, d/2, c, c)
	b.box(-w/2, y, -d/2, w/2, y+h, -d/2+t, c, c)
	b.box(-w/2, y, -d/2, -w/2+t, y+h, d/2, c, c)
	b.box(w/2-t, y, -d/2, w/2, y+h, d/2, c, c)
}

// plant is what stands on a flat roof: machine boxes, fans, a water tank.
func plant(b *builder, w, d, y float32) {
	b.box(-w*0.3, y, -d*0.25, w*0.05, y+3.2, d*0.1, concrete, gravel)
	if b.detail < 2 {
		return
	}
	for i := range 3 {
		x := w*0.15 + float32(i)*w*0.09
		b.box(x, y, d*0.12, x+1.8, y+1.4, d*0.12+1.8, steel, dark)
		b.cylinder(x+0.9, d*0.12+0.9, 0.7, 0.7, y+1.4, y+1.9, 8, steel, dark)
	}
	x, z := w*0.22, -d*0.2
	for _, o := range [][2]float32{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		b.box(x+o[0]-0.12, y, z+o[1]-0.12, x+o[0]+0.12, y+2, z+o[1]+0.12, dark, dark)
	}
	b.tube(x, z, 1.7, 1.7, y+2, y+5, 12, wood)
	b.tube(x, z, 1.8, 0, y+5, y+6.2, 12, slate)
}

func antenna(b *builder, x, z, y, h float32) {
	if b.detail == 0 {
		b.box(x-0.25, y, z-0.25, x+0.25, y+h, z+0.25, steel, red)
		return
	}
	b.tube(x, z, 0.45, 0.12, y, y+h, 5, steel)
	if b.detail == 2 {
		for i := range 4 {
			t := y + h*(0.35+0.15*float32(i))
			b.box(x-1.2+0.2*float32(i), t, z-0.08, x+1.2-0.2*float32(i), t+0.16, z+0.08, steel, steel)
		}
		b.box(x-0.3, y+h, z-0.3, x+0.3, y+h+0.6, z+0.3, red, red)
	}
}

// plinth is a foot a little wider than the house, with a canopy over the door.
func plinth(b *builder, w, d float32) {
	if b.detail == 0 {
		return
	}
	b.block(w+0.5, d+0.5, 0, 0.9, concrete, concrete)
	b.block(w+0.3, d+0.3, CellHeight-0.4, CellHeight, concrete, concrete)
	if b.detail == 2 {
		b.box(-2.2, CellHeight-0.9, d/2, 2.2, CellHeight-0.6, d/2+2, dark, steel)
	}
}

func buildHouse(b *builder, w, d float32, floors int) {
	h := float32(floors) * CellHeight
	b.block(w, d, 0, h, facade, gravel)
	b.gable(w, d, h, h+d*0.42, tiles, plaster)
	if b.detail == 0 {
		return
	}
	b.box(w*0.2, h, 0.8, w*0.2+1.2, h+d*0.42+1.2, 2, wood, dark)
	if b.detail == 2 {
		for i := range 3 {
			x := -w/2 + 2 + float32(i)*w*0.3
			b.box(x, h+0.3, d*0.18, x+2, h+2.4, d*0.42, plaster, slate)
		}
		plinth(b, w, d)
	}
}

func buildWalkup(b *builder, w, d float32, floors int) {
	h := float32(floors) * CellHeight
	b.block(w, d, 0, h, facade, gravel)
	plinth(b, w, d)
	if b.detail >= 1 {
		b.block(w+1.2, d+1.2, h, h+0.7, concrete, gravel)
		plant(b, w, d, h+0.7)
	}
	if b.detail == 2 {
		// A fire escape: a landing and a ladder for each floor.
		for f := 1; f < floors; f++ {
			y := float32(f) * CellHeight
			b.box(-w/2+CellWidth, y, d/2, -w/2+3*CellWidth, y+0.12, d/2+1.3, dark, dark)
			b.box(-w/2+CellWidth, y+0.9, d/2+1.25, -w/2+3*CellWidth, y+1, d/2+1.3, dark, dark)
			b.box(-w/2+CellWidth+0.4, y-CellHeight, d/2+0.7, -w/2+CellWidth+0.8, y, d/2+0.8, dark, dark)
		}
	}
}

func buildSlab(b *builder, w, d float32, floors int) {
	h := float32(floors) * CellHeight
	b.block(w, d, 0, h, facade, gravel)
	plinth(b, w, d)
	if b.detail >= 1 {
		parapet(b, w, d, h, concrete)
		plant(b, w, d, h)
	}
	if b.detail == 2 && w > 20 {
		// Pilasters between every second window.
		for x := -w / 2; x <= w/2+0.1; x += 2 * CellWidth {
			b.box(x-0.25, 0, d/2, x+0.25, h, d/2+0.35, concrete, concrete)
			b.box(x-0.25, 0, -d/2-0.35, x+0.25, h, -d/2, concrete, concrete)
		}
	}
}

func buildSlim(b *builder, w, d float32, floors int) {
	h := float32(floors) * CellHeight
	b.block(w, d, 0, h, facade, gravel)
	b.block(w*0.6, d*0.6, h, h+CellHeight, facade, gravel)
	plinth(b, w, d)
	if b.detail >= 1 {
		parapet(b, w, d, h, white)
		antenna(b, w*0.1, 0, h+CellHeight, 9)
	}
	if b.detail == 2 {
		// Balconies on one side.
		for f := 1; f < floors; f++ {
			y := float32(f) * CellHeight
			b.box(-w/2+CellWidth, y, d/2, w/2-CellWidth, y+0.25, d/2+1.4, white, concrete)
			b.box(-w/2+CellWidth, y+0.25, d/2+1.3, w/2-CellWidth, y+1.2, d/2+1.4, steel, steel)
		}
	}
}

func buildCourt(b *builder, w, d float32, floors int) {
	h := float32(floors) * CellHeight
	const t = 3 * CellWidth
	b.box(-w/2, 0, d/2-t, w/2, h, d/2, facade, gravel)
	b.box(-w/2, 0, -d/2, w/2, h, -d/2+t, facade, gravel)
	b.box(-w/2, 0, -d/2+t, -w/2+t, h, d/2-t, facade, gravel)
	b.box(w/2-t, 0, -d/2+t, w/2, h, d/2-t, facade, gravel)
	plinth(b, w, d)
	if b.detail >= 1 {
		parapet(b, w, d, h, concrete)
	}
	if b.detail == 2 {
		for f := 1; f < floors; f += 2 {
			y := float32(f) * CellHeight
			for x := -w/2 + CellWidth; x < w/2-CellWidth; x += 3 * CellWidth {
				b.box(x, y, d/2, x+CellWidth, y+0.9, d/2+1.1, white, concrete)
				b.box(x, y, -d/2-1.1, x+CellWidth, y+0.9, -d/2, white, concrete)
			}
		}
	}
}

func buildSetback(b *builder, w, d float32, floors int) {
	f1, f2 := floors*5/10, floors*8/10
	tiers := []struct {
		shrink   int
		from, to int
	}{{0, 0, f1}, {2, f1, f2}, {4, f2, floors}}
	for _, t := range tiers {
		tw, td := w-float32(t.shrink)*CellWidth, d-float32(t.shrink)*CellWidth
		y0, y1 := float32(t.from)*CellHeight, float32(t.to)*CellHeight
		b.block(tw, td, y0, y1, facade, gravel)
		if b.detail >= 1 {
			parapet(b, tw, td, y1, concrete)
		}
	}
	plinth(b, w, d)
	h := float32(floors) * CellHeight
	if b.detail >= 1 {
		plant(b, w-4*CellWidth, d-4*CellWidth, h)
	}
	antenna(b, -2, 2, h, float32(floors)*0.7)
	if b.detail == 2 {
		antenna(b, 3, -2, h, float32(floors)*0.4)
	}
}

func buildFins(b *builder, w, d float32, floors int) {
	h := float32(floors) * CellHeight
	b.block(w, d, 0, h, facade, gravel)
	b.block(w-3, d-3, h, h+2*CellHeight, steel, dark)
	plinth(b, w, d)
	if b.detail == 0 {
		return
	}
	step := float32(CellWidth)
	if b.detail == 1 {
		step *= 3
	}
	for x := -w / 2; x <= w/2+0.1; x += step {
		b.box(x-0.15, CellHeight, d/2, x+0.15, h+3, d/2+0.7, white, white)
		b.box(x-0.15, CellHeight, -d/2-0.7, x+0.15, h+3, -d/2, white, white)
	}
	for z := -d / 2; z <= d/2+0.1; z += step {
		b.box(w/2, CellHeight, z-0.15, w/2+0.7, h+3, z+0.15, white, white)
		b.box(-w/2-0.7, CellHeight, z-0.15, -w/2, h+3, z+0.15, white, white)
	}
}

func buildRound(b *builder, w, _ float32, floors int) {
	h := float32(floors) * CellHeight
	sides := []int{10, 18, 36}[b.detail]
	r := w/2 - 0.5
	b.cylinder(0, 0, r, r, 0, h, sides, facade, gravel)
	b.cylinder(0, 0, r*0.7, r*0.7, h, h+CellHeight, sides, white, gravel)
	if b.detail >= 1 {
		// Ledges, and a dome of three rings.
		for f := 6; f < floors; f += 6 {
			y := float32(f) * CellHeight
			b.cylinder(0, 0, r+0.4, r+0.4, y-0.3, y+0.3, sides, white, white)
		}
		y := h + CellHeight
		b.tube(0, 0, r*0.7, r*0.6, y, y+2, sides, copper)
		b.tube(0, 0, r*0.6, r*0.38, y+2, y+4, sides, copper)
		b.tube(0, 0, r*0.38, 0, y+4, y+5.5, sides, copper)
		antenna(b, 0, 0, y+5, 10)
	}
}

func buildDeco(b *builder, w, d float32, floors int) {
	const tiers = 5
	var h float32
	for i := range tiers {
		f0, f1 := 0, floors*(12+4*i)/28
		if i > 0 {
			f0 = floors * (8 + 4*i) / 28
		}
		s := float32(2*i) * CellWidth * 0.75
		y0, y1 := float32(f0)*CellHeight, float32(f1)*CellHeight
		b.block(w-s, d-s, y0, y1, facade, gravel)
		if b.detail >= 1 {
			b.block(w-s+0.5, d-s+0.5, y1-0.8, y1+0.4, plaster, gravel)
		}
		if b.detail == 2 {
			for x := -(w - s) / 2; x <= (w-s)/2+0.1; x += 2 * CellWidth * 0.75 {
				b.box(x-0.3, y0, (d-s)/2, x+0.3, y1+1.4, (d-s)/2+0.4, plaster, plaster)
				b.box(x-0.3, y0, -(d-s)/2-0.4, x+0.3, y1+1.4, -(d-s)/2, plaster, plaster)
			}
		}
		h = y1
	}
	sides := []int{4, 6, 12}[b.detail]
	b.tube(0, 0, 4.5, 3, h, h+6, sides, copper)
	b.tube(0, 0, 3, 0.3, h+6, h+22, sides, copper)
	antenna(b, 0, 0, h+21, 12)
}

func buildTree(b *builder) {
	sides := []int{4, 5, 7}[b.detail]
	leaf, leaf2 := rgba{70, 104, 48, 255}, rgba{88, 120, 56, 255}
	if b.detail == 2 {
		b.tube(0, 0, 0.3, 0.25, 0, 2.4, 4, wood)
		b.tube(0, 0, 0.9, 2.4, 1.9, 3.4, sides, leaf)
	} else {
		b.tube(0, 0, 0.5, 2.4, 0.5, 3.4, sides, leaf)
	}
	if b.detail == 0 {
		b.tube(0, 0, 2.4, 0, 3.4, 7.2, sides, leaf2)
		return
	}
	b.tube(0, 0, 2.4, 2.0, 3.4, 5.2, sides, leaf)
	b.tube(0, 0, 2.0, 0, 5.2, 7.2, sides, leaf2)
}

// buildCar: what is painted has the colour facade, so that the texture (Paint) and the car's tint show.
func buildCar(b *builder) {
	paint := facade
	b.box(-0.9, 0.35, -2.1, 0.9, 0.95, 2.1, paint, paint)
	b.box(-0.75, 0.95, -1.3, 0.75, 1.5, 1.0, dark, paint)
	if b.detail == 2 {
		b.box(-0.8, 0.6, 2.1, 0.8, 0.8, 2.14, rgba{255, 244, 214, 255}, white)
		b.box(-0.8, 0.6, -2.14, 0.8, 0.8, -2.1, red, red)
		for _, z := range []float32{-1.3, 1.3} {
			b.box(-0.95, 0, z-0.35, 0.95, 0.7, z+0.35, dark, dark)
		}
	}
}
