package main

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/gl1/gl"
	"github.com/prismgl/prism/samples/gl1/scene"
)

// painter owns the textures and display lists. Its methods belong to the thread of the context.
type painter struct {
	works  *scene.Works
	state  scene.State
	spring []scene.Corner

	wood, room uint32
	lists      uint32 // the first of all

	width, height int
}

// Display lists, after the first; wheels and their axles come last. Letters are found by their code.
const (
	listWall = iota
	listMetal
	listDial = listMetal + 3 + iota
	listRims
	listNumerals
	listHour
	listMinute
	listSecond
	listPendulum
	listDrum
	listLetters
	listWheels = listLetters + 128
)

// The lamp: over the left shoulder, close enough that shadows spread.
var lamp = [4]float32{-3.2, 4.6, 9.5, 1}

const (
	dialZ   = 1.42
	springZ = 1.16
)

func newPainter(w *scene.Works) (*painter, error) {
	p := &painter{works: w}
	p.wood = texture(w.WoodImage(), scene.WoodSize)
	p.room = texture(scene.RoomImage(), scene.RoomSize)
	p.record()

	gl.Enable(gl.DEPTH_TEST)
	gl.Enable(gl.CULL_FACE)
	gl.Enable(gl.LIGHTING)
	gl.Enable(gl.NORMALIZE)
	gl.ClearColor(0.03, 0.025, 0.02, 1)
	gl.ClearStencil(0)
	gl.LightModelfv(gl.LIGHT_MODEL_AMBIENT, &[]float32{0.46, 0.44, 0.46, 1}[0])
	gl.LightModeli(gl.LIGHT_MODEL_COLOR_CONTROL, gl.SEPARATE_SPECULAR_COLOR)
	for i, l := range []struct{ diffuse, specular [4]float32 }{
		{[4]float32{1.22, 1.12, 0.96, 1}, [4]float32{1.10, 1.04, 0.92, 1}},
		{[4]float32{0.26, 0.32, 0.46, 1}, [4]float32{0.40, 0.46, 0.60, 1}},
	} {
		id := uint32(gl.LIGHT0 + i)
		gl.Enable(id)
		gl.Lightfv(id, gl.DIFFUSE, &l.diffuse[0])
		gl.Lightfv(id, gl.SPECULAR, &l.specular[0])
	}
	gl.Lightf(gl.LIGHT0, gl.SPOT_CUTOFF, 42)
	gl.Lightf(gl.LIGHT0, gl.SPOT_EXPONENT, 7)
	gl.TexGeni(gl.S, gl.TEXTURE_GEN_MODE, gl.SPHERE_MAP)
	gl.TexGeni(gl.T, gl.TEXTURE_GEN_MODE, gl.SPHERE_MAP)
	gl.TexEnvi(gl.TEXTURE_ENV, gl.TEXTURE_ENV_MODE, gl.MODULATE)
	gl.BlendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA)
	gl.ListBase(p.lists + listLetters)
	if e := gl.GetError(); e != gl.NO_ERROR {
		return nil, fmt.Errorf("OpenGL error %#x while setting up", e)
	}
	return p, nil
}

// texture uploads an RGB image without mipmaps, which OpenGL 1 did not make by itself.
func texture(pix []byte, size int32) uint32 {
	var id uint32
	gl.GenTextures(1, &id)
	gl.BindTexture(gl.TEXTURE_2D, id)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
	gl.PixelStorei(gl.UNPACK_ALIGNMENT, 1)
	gl.TexImage2D(gl.TEXTURE_2D, 0, gl.RGB8, size, size, 0, gl.RGB, gl.UNSIGNED_BYTE, unsafe.Pointer(&pix[0]))
	return id
}

// record makes the display lists.
func (p *painter) record() {
	wheels := uint32(len(p.works.Wheels))
	p.lists = gl.GenLists(int32(listWheels + 2*wheels))
	list := func(n uint32, draw func()) {
		gl.NewList(p.lists+n, gl.COMPILE)
		draw()
		gl.EndList()
	}
	list(listWall, wall)
	for i, m := range p.works.Metals {
		list(listMetal+uint32(i), func() { material(m) })
	}
	for n, s := range map[uint32]scene.Shape{
		listDial: scene.Dial(), listRims: scene.DialRims(), listPendulum: scene.Pendulum(2.9),
		listHour: scene.Hand(0.85, 0.06), listMinute: scene.Hand(1.32, 0.045), listSecond: scene.Hand(1.42, 0.015),
	} {
		list(n, func() { quads(s) })
	}
	for _, c := range []byte("IVX") {
		s, advance := scene.Letter(c)
		list(listLetters+uint32(c), func() {
			quads(s)
			gl.Translatef(advance, 0, 0)
		})
	}
	list(listNumerals, numerals)
	var drum scene.Shape
	drum.Ring(0.2, scene.DrumEdge-0.03, -0.1, 0.1, 48)
	list(listDrum, func() { quads(drum) })
	for i := range p.works.Wheels {
		k := &p.works.Wheels[i]
		list(listWheels+uint32(i), func() { quads(k.Shape()) })
		list(listWheels+wheels+uint32(i), func() { quads(k.Axle()) })
	}
}

func quads(s scene.Shape) {
	gl.Begin(gl.QUADS)
	for i := range s {
		for k := range s[i] {
			corner(&s[i][k])
		}
	}
	gl.End()
}

func corner(c *scene.Corner) {
	gl.Normal3f(c.Normal[0], c.Normal[1], c.Normal[2])
	gl.Vertex3f(c.Pos[0], c.Pos[1], c.Pos[2])
}

func material(m scene.Metal) {
	gl.Materialfv(gl.FRONT, gl.AMBIENT, &m.Ambient[0])
	gl.Materialfv(gl.FRONT, gl.DIFFUSE, &m.Diffuse[0])
	gl.Materialfv(gl.FRONT, gl.SPECULAR, &m.Specular[0])
	gl.Materialf(gl.FRONT, gl.SHININESS, m.Shininess)
}

// wall is cut into squares, because each corner is lit by itself.
func wall() {
	const w, h, n, m = 9, 6, 36, 24
	material(scene.Metal{
		Ambient: [4]float32{0.9, 0.9, 0.9, 1}, Diffuse: [4]float32{1, 1, 1, 1}, Specular: [4]float32{0.12, 0.11, 0.1, 1}, Shininess: 12,
	})
	gl.Normal3f(0, 0, 1)
	for j := range m {
		gl.Begin(gl.QUAD_STRIP)
		for i := range n + 1 {
			for _, k := range []int{1, 0} {
				s, t := float32(i)/n, float32(j+k)/m
				gl.TexCoord2f(3*s, t)
				gl.Vertex2f((2*s-1)*w, (2*t-1)*h)
			}
		}
		gl.End()
	}
}

// numerals draws the hours around the dial, and the marks of the minutes.
func numerals() {
	gl.Normal3f(0, 0, 1)
	for h, hour := range scene.Hours {
		long := float32(0)
		for i := range len(hour) {
			_, advance := scene.Letter(hour[i])
			long += advance
		}
		gl.PushMatrix()
		gl.Rotatef(-30*float32(h+1), 0, 0, 1)
		gl.Translatef(0, scene.DialInner+0.10, 0.035)
		gl.Scalef(0.21, 0.22, 1)
		gl.Translatef(-long/2, 0, 0)
		gl.CallLists(int32(len(hour)), gl.UNSIGNED_BYTE, unsafe.Pointer(&[]byte(hour)[0]))
		gl.PopMatrix()
	}
	for i := range 60 {
		gl.PushMatrix()
		gl.Rotatef(6*float32(i), 0, 0, 1)
		half := float32(0.006)
		if i%5 == 0 {
			half = 0.014
		}
		gl.Begin(gl.QUADS)
		gl.Vertex3f(-half, scene.DialOuter-0.07, 0.035)
		gl.Vertex3f(half, scene.DialOuter-0.07, 0.035)
		gl.Vertex3f(half, scene.DialOuter-0.01, 0.035)
		gl.Vertex3f(-half, scene.DialOuter-0.01, 0.035)
		gl.End()
		gl.PopMatrix()
	}
}

// Frame implements show.Painter.
func (p *painter) Frame(number, width, height int) int {
	if width != p.width || height != p.height {
		gl.Viewport(0, 0, int32(width), int32(height))
		p.width, p.height = width, height
	}
	s := &p.state
	p.works.At(s, number, width, height)
	p.spring = scene.Spring(p.spring[:0], s.Coil)
	gl.Clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT | gl.STENCIL_BUFFER_BIT)
	gl.MatrixMode(gl.PROJECTION)
	gl.LoadMatrixf(&s.Camera.Proj[0])
	gl.MatrixMode(gl.MODELVIEW)
	gl.LoadMatrixf(&s.Camera.View[0])
	gl.Lightfv(gl.LIGHT0, gl.POSITION, &lamp[0])
	gl.Lightfv(gl.LIGHT0, gl.SPOT_DIRECTION, &[]float32{0.33, -0.46, -1}[0])
	gl.Lightfv(gl.LIGHT1, gl.POSITION, &[]float32{1, 0.2, 0.8, 0}[0])

	gl.Enable(gl.TEXTURE_2D)
	gl.BindTexture(gl.TEXTURE_2D, p.wood)
	gl.CallList(p.lists + listWall)
	p.shadows()

	gl.BindTexture(gl.TEXTURE_2D, p.room)
	gl.Enable(gl.TEXTURE_GEN_S)
	gl.Enable(gl.TEXTURE_GEN_T)
	p.metal()
	gl.Disable(gl.TEXTURE_GEN_S)
	gl.Disable(gl.TEXTURE_GEN_T)
	gl.Disable(gl.TEXTURE_2D)
	p.dial()
	return 2*(2*len(p.works.Wheels)+8+scene.Links) + 6
}

// shadows darkens the wall once wherever the works are before the lamp.
func (p *painter) shadows() {
	gl.PushAttrib(gl.ENABLE_BIT | gl.STENCIL_BUFFER_BIT | gl.DEPTH_BUFFER_BIT | gl.POLYGON_BIT | gl.CURRENT_BIT)
	gl.Disable(gl.LIGHTING)
	gl.Disable(gl.TEXTURE_2D)
	gl.Disable(gl.CULL_FACE)
	gl.Enable(gl.BLEND)
	gl.Enable(gl.STENCIL_TEST)
	gl.StencilFunc(gl.EQUAL, 0, 0xff)
	gl.StencilOp(gl.KEEP, gl.KEEP, gl.INCR)
	gl.DepthMask(false)
	gl.Enable(gl.POLYGON_OFFSET_FILL)
	gl.PolygonOffset(-1, -2)
	gl.Color4f(0.02, 0.01, 0.03, 0.55)
	// Onto the plane z = 0, seen from the lamp.
	m := mgl32.Ident4().Mul(lamp[2])
	for row := range 4 {
		m.Set(row, 2, m.At(row, 2)-lamp[row])
	}
	gl.PushMatrix()
	gl.MultMatrixf(&m[0])
	p.metal()
	d := &p.works.Wheels[scene.DialWheel]
	gl.Translatef(d.X, d.Y, dialZ)
	gl.CallList(p.lists + listDial)
	p.hands()
	gl.PopMatrix()
	gl.PopAttrib()
}

// metal draws all that is polished.
func (p *painter) metal() {
	wheels := uint32(len(p.works.Wheels))
	for i := range p.works.Wheels {
		k := &p.works.Wheels[i]
		gl.PushMatrix()
		gl.Translatef(k.X, k.Y, 0)
		if !k.SharesAxle() {
			gl.CallList(p.lists + listMetal + 2)
			gl.CallList(p.lists + listWheels + wheels + uint32(i))
		}
		gl.CallList(p.lists + listMetal + uint32(k.Metal))
		gl.Translatef(0, 0, k.Z)
		gl.Rotated(p.state.Angles[i]*degrees, 0, 0, 1)
		gl.CallList(p.lists + listWheels + uint32(i))
		gl.PopMatrix()
	}
	p.balanceSpring()
	p.chain()
	gl.CallList(p.lists + listMetal)
	gl.PushMatrix()
	gl.Translatef(0.35, 2.3, 1.3)
	gl.Rotated(p.state.Pendulum*degrees, 0, 0, 1)
	gl.CallList(p.lists + listPendulum)
	gl.PopMatrix()
	d := &p.works.Wheels[scene.DialWheel]
	gl.PushMatrix()
	gl.Translatef(d.X, d.Y, dialZ)
	gl.CallList(p.lists + listRims)
	gl.PopMatrix()
}

const degrees = 57.29577951308232

// balanceSpring breathes, so it is drawn anew each frame.
func (p *painter) balanceSpring() {
	k := &p.works.Wheels[scene.Balance]
	gl.CallList(p.lists + listMetal + 2)
	gl.PushMatrix()
	gl.Translatef(k.X, k.Y, springZ)
	const half, high = 0.008, 0.05
	for _, side := range []float32{1, -1} {
		gl.Begin(gl.QUAD_STRIP)
		for i := range p.spring {
			c := &p.spring[i]
			gl.Normal3f(side*c.Normal[0], side*c.Normal[1], 0)
			x, y := c.Pos[0]+side*half*c.Normal[0], c.Pos[1]+side*half*c.Normal[1]
			gl.Vertex3f(x, y, high*(0.5+0.5*side))
			gl.Vertex3f(x, y, high*(0.5-0.5*side))
		}
		gl.End()
	}
	gl.Begin(gl.QUAD_STRIP)
	gl.Normal3f(0, 0, 1)
	for i := range p.spring {
		c := &p.spring[i]
		gl.Vertex3f(c.Pos[0]-half*c.Normal[0], c.Pos[1]-half*c.Normal[1], high)
		gl.Vertex3f(c.Pos[0]+half*c.Normal[0], c.Pos[1]+half*c.Normal[1], high)
	}
	gl.End()
	gl.PopMatrix()
}

// chain hangs from the drum on the great wheel.
func (p *painter) chain() {
	k := &p.works.Wheels[0]
	gl.PushMatrix()
	gl.Translatef(k.X, k.Y, k.Z+0.24)
	gl.CallList(p.lists + listMetal)
	gl.CallList(p.lists + listDrum)
	gl.PopMatrix()
	for i := range scene.Links {
		x, y, sideways := p.works.ChainLink(i, p.state.Angles[0])
		gl.PushMatrix()
		gl.Translatef(x, y, k.Z+0.24)
		if sideways {
			gl.Rotatef(90, 0, 1, 0)
		}
		gl.Scalef(0.055, 0.1, 0.055)
		gl.Begin(gl.QUADS)
		for q := range scene.LinkShape {
			for c := range scene.LinkShape[q] {
				corner(&scene.LinkShape[q][c])
			}
		}
		gl.End()
		gl.PopMatrix()
	}
}

// dial draws the enamel, the numerals and the hands.
func (p *painter) dial() {
	d := &p.works.Wheels[scene.DialWheel]
	gl.PushMatrix()
	gl.Translatef(d.X, d.Y, dialZ)
	material(scene.Metal{
		Ambient: [4]float32{0.62, 0.61, 0.57, 1}, Diffuse: [4]float32{0.64, 0.62, 0.56, 1}, Specular: [4]float32{0.3, 0.3, 0.3, 1}, Shininess: 60,
	})
	gl.CallList(p.lists + listDial)
	ink := scene.Metal{Ambient: [4]float32{0.05, 0.05, 0.09, 1}, Diffuse: [4]float32{0.05, 0.05, 0.10, 1}, Specular: [4]float32{0.3, 0.3, 0.4, 1}, Shininess: 40}
	material(ink)
	gl.CallList(p.lists + listNumerals)
	ink.Diffuse = [4]float32{0.07, 0.09, 0.22, 1}
	material(ink)
	p.hands()
	gl.PopMatrix()
}

// hands draws the three hands, each a little over the one before.
func (p *painter) hands() {
	for i, angle := range []float64{p.state.Hour, p.state.Minute, p.state.Second} {
		gl.PushMatrix()
		gl.Translatef(0, 0, 0.12+0.07*float32(i))
		gl.Rotated(-angle*degrees, 0, 0, 1)
		gl.CallList(p.lists + listHour + uint32(i))
		gl.PopMatrix()
	}
}

// Scene implements show.Painter.
func (p *painter) Scene() string { return fmt.Sprintf("%d wheels", len(p.works.Wheels)) }

// Release implements show.Painter.
func (p *painter) Release() {
	gl.DeleteLists(p.lists, int32(listWheels+2*len(p.works.Wheels)))
	gl.DeleteTextures(2, &[]uint32{p.wood, p.room}[0])
}
