package main

import (
	"embed"
	"fmt"

	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/glsl"
	"github.com/prismgl/prism/samples/internal/view"
	"github.com/prismgl/prism/samples/terrain/scene"
)

//go:embed shaders
var shaders embed.FS

// painter owns all OpenGL objects. Its methods belong to the thread of the context.
type painter struct {
	land *scene.Land
	view scene.View

	ground, water   surface
	sky             glsl.Rays
	buffers, arrays []uint32 // one a chunk
	indices, plane  uint32
	count           int32 // of indices of a chunk
	planeArray      uint32
	noise           uint32

	width, height int
}

// surface is a program for what lies in the world.
type surface struct {
	id            uint32
	viewProj, eye int32
}

func newSurface(name string) (surface, error) {
	id, loc, err := glsl.Link(shaders, name, name, "u_view_proj", "u_eye")
	if err != nil {
		return surface{}, err
	}
	return surface{id, loc[0], loc[1]}, nil
}

func (s *surface) use(c *view.Camera) {
	gl.UseProgram(s.id)
	gl.UniformMatrix4fv(s.viewProj, 1, false, &c.ViewProj[0])
	gl.Uniform3fv(s.eye, 1, &c.Eye[0])
}

func newPainter(l *scene.Land, seed uint64) (*painter, error) {
	p := &painter{land: l}
	var err error
	if p.ground, err = newSurface("ground"); err != nil {
		return nil, err
	}
	if p.water, err = newSurface("water"); err != nil {
		return nil, err
	}
	if p.sky, _, err = glsl.NewRays(shaders, "sky"); err != nil {
		return nil, err
	}
	p.chunks()
	p.lake()
	p.noise = glsl.Noise(256, seed)

	gl.Enable(gl.DEPTH_TEST)
	gl.Enable(gl.CULL_FACE)
	gl.DepthFunc(gl.LEQUAL)
	gl.ClearColor(0, 0, 0, 1)
	return p, glsl.Ready()
}

// chunks makes a vertex buffer for each chunk of each level; all share their indices.
func (p *painter) chunks() {
	n := int32(len(p.land.Chunks))
	p.buffers, p.arrays = make([]uint32, n), make([]uint32, n)
	gl.GenBuffers(n, &p.buffers[0])
	gl.GenVertexArrays(n, &p.arrays[0])
	gl.GenBuffers(1, &p.indices)
	indices := scene.Indices()
	p.count = int32(len(indices))
	var vertices []byte
	for i, array := range p.arrays {
		gl.BindVertexArray(array)
		gl.BindBuffer(gl.ELEMENT_ARRAY_BUFFER, p.indices)
		if i == 0 {
			gl.BufferData(gl.ELEMENT_ARRAY_BUFFER, 2*len(indices), gl.Ptr(indices), gl.STATIC_DRAW)
		}
		vertices = p.land.Vertices(vertices[:0], i)
		gl.BindBuffer(gl.ARRAY_BUFFER, p.buffers[i])
		gl.BufferData(gl.ARRAY_BUFFER, len(vertices), gl.Ptr(vertices), gl.STATIC_DRAW)
		gl.EnableVertexAttribArray(0)
		gl.VertexAttribPointerWithOffset(0, 3, gl.FLOAT, false, scene.VertexBytes, 0)
		gl.EnableVertexAttribArray(1)
		gl.VertexAttribPointerWithOffset(1, 3, gl.BYTE, true, scene.VertexBytes, 12)
		gl.EnableVertexAttribArray(2)
		gl.VertexAttribPointerWithOffset(2, 3, gl.UNSIGNED_BYTE, true, scene.VertexBytes, 16)
	}
}

// lake makes the water's plane, as wide as one sees.
func (p *painter) lake() {
	const w = 2 * scene.Side
	corners := []float32{-w, scene.Lake, w, w, scene.Lake, w, -w, scene.Lake, -w, w, scene.Lake, -w}
	gl.GenVertexArrays(1, &p.planeArray)
	gl.BindVertexArray(p.planeArray)
	gl.GenBuffers(1, &p.plane)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.plane)
	gl.BufferData(gl.ARRAY_BUFFER, 4*len(corners), gl.Ptr(corners), gl.STATIC_DRAW)
	gl.EnableVertexAttribArray(0)
	gl.VertexAttribPointerWithOffset(0, 3, gl.FLOAT, false, 12, 0)
}

// Frame implements show.Painter.
func (p *painter) Frame(number, width, height int) int {
	if width != p.width || height != p.height {
		gl.Viewport(0, 0, int32(width), int32(height))
		p.width, p.height = width, height
	}
	v := &p.view
	v.Pick(p.land, number, width, height)
	c := &v.Camera
	gl.Clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)

	p.ground.use(c)
	for _, chunk := range v.Chunks {
		gl.BindVertexArray(p.arrays[chunk])
		gl.DrawElementsWithOffset(gl.TRIANGLES, p.count, gl.UNSIGNED_SHORT, 0)
	}
	p.water.use(c)
	gl.BindVertexArray(p.planeArray)
	gl.DrawArrays(gl.TRIANGLE_STRIP, 0, 4)
	p.sky.Use(c)
	p.sky.Draw()
	return len(v.Chunks) + 2
}

// Scene implements show.Painter.
func (p *painter) Scene() string {
	n := len(p.arrays)
	return fmt.Sprintf("%.1f million triangles in %d chunks", float64(n)*float64(p.count)/3e6, n)
}

// Release implements show.Painter.
func (p *painter) Release() {
	n := int32(len(p.arrays))
	gl.DeleteVertexArrays(n, &p.arrays[0])
	gl.DeleteBuffers(n, &p.buffers[0])
	gl.DeleteVertexArrays(1, &p.planeArray)
	gl.DeleteBuffers(1, &p.indices)
	gl.DeleteBuffers(1, &p.plane)
	gl.DeleteTextures(1, &p.noise)
	gl.DeleteProgram(p.ground.id)
	gl.DeleteProgram(p.water.id)
	p.sky.Release()
}
