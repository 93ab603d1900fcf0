package main

import (
	"embed"
	"fmt"

	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/city/scene"
	"github.com/prismgl/prism/samples/internal/glsl"
)

//go:embed shaders
var shaders embed.FS

// painter owns all OpenGL objects. Its methods belong to the thread of the context.
type painter struct {
	city     *scene.City
	view     scene.View
	textures [scene.Textures]uint32
	solid    solidProgram
	ground   groundProgram
	sky      glsl.Rays

	skyClock                   int32
	vertices, indices, corners uint32
	solidArray, planeArray     uint32

	width, height int
	bound         int // the texture of unit 0, -1: unknown
}

type solidProgram struct {
	id                                       uint32
	viewProj, place, turn, eye, tint, facade int32
}

type groundProgram struct {
	id                           uint32
	viewProj, plane, eye, ground int32
}

func newPainter(city *scene.City, seed uint64) (*painter, error) {
	p := &painter{city: city, bound: -1}
	for i := range p.textures {
		p.textures[i] = upload(i, seed)
	}
	p.meshes()

	id, loc, err := glsl.Link(shaders, "solid", "solid", "u_view_proj", "u_place", "u_turn", "u_eye", "u_tint", "u_facade")
	if err != nil {
		return nil, err
	}
	p.solid = solidProgram{id, loc[0], loc[1], loc[2], loc[3], loc[4], loc[5]}
	if id, loc, err = glsl.Link(shaders, "ground", "ground", "u_view_proj", "u_plane", "u_eye", "u_ground"); err != nil {
		return nil, err
	}
	p.ground = groundProgram{id, loc[0], loc[1], loc[2], loc[3]}
	if p.sky, loc, err = glsl.NewRays(shaders, "sky", "u_time"); err != nil {
		return nil, err
	}
	p.skyClock = loc[0]

	gl.Enable(gl.DEPTH_TEST)
	gl.Enable(gl.CULL_FACE)
	gl.DepthFunc(gl.LEQUAL)
	gl.ClearColor(0, 0, 0, 1)
	gl.ActiveTexture(gl.TEXTURE0)
	return p, glsl.Ready()
}

// upload makes one texture with its mipmaps.
func upload(texture int, seed uint64) uint32 {
	size := 512
	switch texture {
	case scene.Roads:
		size = 1024
	case scene.Paint:
		size = 64
	case scene.Grass, scene.Noise:
		size = 256
	}
	img := scene.NewImage(texture, size, seed)
	var id uint32
	gl.GenTextures(1, &id)
	gl.BindTexture(gl.TEXTURE_2D, id)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.REPEAT)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.REPEAT)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR)
	least := int32(gl.LINEAR_MIPMAP_NEAREST)
	if texture == scene.Roads || texture == scene.Grass {
		least = gl.LINEAR_MIPMAP_LINEAR // the ground is seen at a slant, where levels would show
	}
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, least)
	gl.TexImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, int32(img.Width), int32(img.Height), 0, gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(img.Pix))
	gl.GenerateMipmap(gl.TEXTURE_2D)
	return id
}

func (p *painter) meshes() {
	g := &p.city.Geometry
	gl.GenVertexArrays(1, &p.solidArray)
	gl.BindVertexArray(p.solidArray)
	gl.GenBuffers(1, &p.vertices)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.vertices)
	gl.BufferData(gl.ARRAY_BUFFER, len(g.Vertices), gl.Ptr(g.Vertices), gl.STATIC_DRAW)
	gl.GenBuffers(1, &p.indices)
	gl.BindBuffer(gl.ELEMENT_ARRAY_BUFFER, p.indices)
	gl.BufferData(gl.ELEMENT_ARRAY_BUFFER, 4*len(g.Indices), gl.Ptr(g.Indices), gl.STATIC_DRAW)
	for i, a := range []struct {
		size   int32
		kind   uint32
		norm   bool
		offset uintptr
	}{{3, gl.FLOAT, false, 0}, {3, gl.BYTE, true, 12}, {4, gl.UNSIGNED_BYTE, true, 16}, {2, gl.FLOAT, false, 20}} {
		gl.EnableVertexAttribArray(uint32(i))
		gl.VertexAttribPointerWithOffset(uint32(i), a.size, a.kind, a.norm, scene.VertexBytes, a.offset)
	}

	gl.GenVertexArrays(1, &p.planeArray)
	gl.BindVertexArray(p.planeArray)
	corners := []float32{-1, 1, 1, 1, -1, -1, 1, -1}
	gl.GenBuffers(1, &p.corners)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.corners)
	gl.BufferData(gl.ARRAY_BUFFER, 4*len(corners), gl.Ptr(corners), gl.STATIC_DRAW)
	gl.EnableVertexAttribArray(0)
	gl.VertexAttribPointerWithOffset(0, 2, gl.FLOAT, false, 8, 0)
}

// Frame implements show.Painter.
func (p *painter) Frame(number, width, height int) int {
	v := &p.view
	v.Pick(p.city, number, width, height)
	if width != p.width || height != p.height {
		gl.Viewport(0, 0, int32(width), int32(height))
		p.width, p.height = width, height
	}
	c := &v.Camera
	gl.Clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
	p.solids(v)

	gl.UseProgram(p.ground.id)
	gl.UniformMatrix4fv(p.ground.viewProj, 1, false, &c.ViewProj[0])
	gl.Uniform3fv(p.ground.eye, 1, &c.Eye[0])
	gl.BindVertexArray(p.planeArray)
	half := p.city.HalfSide()
	p.texture(scene.Roads)
	gl.Uniform3f(p.ground.plane, half, 0, 1.0/scene.Pitch)
	gl.DrawArrays(gl.TRIANGLE_STRIP, 0, 4)
	p.texture(scene.Grass)
	gl.Uniform3f(p.ground.plane, 4*half, -1, 1.0/64)
	gl.DrawArrays(gl.TRIANGLE_STRIP, 0, 4)

	p.sky.Use(c)
	gl.Uniform1f(p.skyClock, float32(number)/scene.FramesPerSecond)
	p.texture(scene.Noise)
	p.sky.Draw()
	return len(v.Draws) + len(v.Slabs) + 3
}

// Scene implements show.Painter.
func (p *painter) Scene() string { return fmt.Sprintf("%d buildings", len(p.city.Buildings)) }

// solids draws all meshes, near ones first.
func (p *painter) solids(v *scene.View) {
	c := &v.Camera
	gl.UseProgram(p.solid.id)
	gl.UniformMatrix4fv(p.solid.viewProj, 1, false, &c.ViewProj[0])
	gl.Uniform3fv(p.solid.eye, 1, &c.Eye[0])
	gl.BindVertexArray(p.solidArray)
	for i := range v.Draws {
		d := &v.Draws[i]
		o := d.Object
		p.texture(o.Texture)
		gl.Uniform4f(p.solid.place, o.Pos[0], o.Pos[1], o.Pos[2], o.Seed)
		gl.Uniform2f(p.solid.turn, o.Cos, o.Sin)
		gl.Uniform3fv(p.solid.tint, 1, &o.Tint[0])
		p.elements(p.city.Meshes[o.Mesh].Levels[d.Level])
	}
	gl.Uniform2f(p.solid.turn, 1, 0)
	slab := p.city.Meshes[p.city.SlabMesh].Levels[0]
	for _, s := range v.Slabs {
		p.texture(s.Texture)
		gl.Uniform4f(p.solid.place, s.X, 0, s.Z, 0)
		gl.Uniform3fv(p.solid.tint, 1, &s.Tint[0])
		p.elements(slab)
	}
}

func (p *painter) elements(r scene.Range) {
	gl.DrawElementsWithOffset(gl.TRIANGLES, int32(r.Count), gl.UNSIGNED_INT, uintptr(4*r.First))
}

func (p *painter) texture(t int) {
	if p.bound != t {
		gl.BindTexture(gl.TEXTURE_2D, p.textures[t])
		p.bound = t
	}
}

// Release implements show.Painter.
func (p *painter) Release() {
	gl.DeleteTextures(int32(len(p.textures)), &p.textures[0])
	buffers := []uint32{p.vertices, p.indices, p.corners}
	gl.DeleteBuffers(int32(len(buffers)), &buffers[0])
	arrays := []uint32{p.solidArray, p.planeArray}
	gl.DeleteVertexArrays(int32(len(arrays)), &arrays[0])
	gl.DeleteProgram(p.solid.id)
	gl.DeleteProgram(p.ground.id)
	p.sky.Release()
}
