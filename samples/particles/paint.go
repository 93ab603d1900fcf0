package main

import (
	"embed"
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v3.3-core/gl"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/internal/glsl"
	"github.com/prismgl/prism/samples/particles/scene"
)

//go:embed shaders
var shaders embed.FS

// painter owns all OpenGL objects. Its methods belong to the thread of the context.
type painter struct {
	volcano *scene.Volcano
	view    scene.View

	sky                     glsl.Rays
	mountain, sea, particle program

	land, landIndices, water, stream   uint32
	landArray, waterArray, streamArray uint32
	landCount                          int32
	noise                              uint32

	width, height int
}

// program is one with the places of its uniforms, in the order of their names.
type program struct {
	id       uint32
	uniforms []int32
}

func (p *program) link(name string, uniforms ...string) (err error) {
	p.id, p.uniforms, err = glsl.Link(shaders, name, name, uniforms...)
	return err
}

func newPainter(v *scene.Volcano, seed uint64) (*painter, error) {
	p := &painter{volcano: v}
	var err error
	if p.sky, _, err = glsl.NewRays(shaders, "sky"); err != nil {
		return nil, err
	}
	if err := p.mountain.link("mountain", "u_view_proj", "u_glow"); err != nil {
		return nil, err
	}
	if err := p.sea.link("sea", "u_view_proj", "u_glow", "u_eye", "u_time"); err != nil {
		return nil, err
	}
	if err := p.particle.link("particle", "u_view_proj", "u_right", "u_up"); err != nil {
		return nil, err
	}
	p.noise = glsl.Noise(256, seed)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_NEAREST) // there is much to fill
	p.meshes()
	gl.Enable(gl.CULL_FACE)
	gl.DepthFunc(gl.LEQUAL)
	gl.BlendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
	gl.ClearColor(0, 0, 0, 1)
	return p, glsl.Ready()
}

func (p *painter) meshes() {
	vertices, indices := p.volcano.Mountain()
	p.landCount = int32(len(indices))
	gl.GenVertexArrays(1, &p.landArray)
	gl.BindVertexArray(p.landArray)
	gl.GenBuffers(1, &p.land)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.land)
	gl.BufferData(gl.ARRAY_BUFFER, len(vertices)*int(unsafe.Sizeof(vertices[0])), gl.Ptr(vertices), gl.STATIC_DRAW)
	gl.GenBuffers(1, &p.landIndices)
	gl.BindBuffer(gl.ELEMENT_ARRAY_BUFFER, p.landIndices)
	gl.BufferData(gl.ELEMENT_ARRAY_BUFFER, 4*len(indices), gl.Ptr(indices), gl.STATIC_DRAW)
	for i, parts := range []int32{3, 3, 1} {
		gl.EnableVertexAttribArray(uint32(i))
		gl.VertexAttribPointerWithOffset(uint32(i), parts, gl.FLOAT, false, int32(unsafe.Sizeof(vertices[0])), uintptr(12*i))
	}

	const far = 260
	corners := []float32{-far, 0, far, far, 0, far, -far, 0, -far, far, 0, -far}
	gl.GenVertexArrays(1, &p.waterArray)
	gl.BindVertexArray(p.waterArray)
	gl.GenBuffers(1, &p.water)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.water)
	gl.BufferData(gl.ARRAY_BUFFER, 4*len(corners), gl.Ptr(corners), gl.STATIC_DRAW)
	gl.EnableVertexAttribArray(0)
	gl.VertexAttribPointerWithOffset(0, 3, gl.FLOAT, false, 12, 0)

	gl.GenVertexArrays(1, &p.streamArray)
	gl.BindVertexArray(p.streamArray)
	gl.GenBuffers(1, &p.stream)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.stream)
	for i := range uint32(3) {
		gl.EnableVertexAttribArray(i)
		gl.VertexAttribPointerWithOffset(i, 4, gl.FLOAT, false, scene.ParticleBytes, uintptr(16*i))
		gl.VertexAttribDivisor(i, 1)
	}
}

// Frame implements show.Painter.
func (p *painter) Frame(number, width, height int) int {
	if width != p.width || height != p.height {
		gl.Viewport(0, 0, int32(width), int32(height))
		p.width, p.height = width, height
	}
	v := &p.view
	v.Fill(p.volcano, number, width, height)
	c := &v.Camera
	gl.Clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
	gl.Enable(gl.DEPTH_TEST)
	gl.UseProgram(p.mountain.id)
	gl.UniformMatrix4fv(p.mountain.uniforms[0], 1, false, &c.ViewProj[0])
	gl.Uniform3fv(p.mountain.uniforms[1], 1, &v.Glow[0])
	gl.BindVertexArray(p.landArray)
	gl.DrawElementsWithOffset(gl.TRIANGLES, p.landCount, gl.UNSIGNED_INT, 0)
	gl.UseProgram(p.sea.id)
	gl.UniformMatrix4fv(p.sea.uniforms[0], 1, false, &c.ViewProj[0])
	gl.Uniform3fv(p.sea.uniforms[1], 1, &v.Glow[0])
	gl.Uniform3fv(p.sea.uniforms[2], 1, &c.Eye[0])
	gl.Uniform1f(p.sea.uniforms[3], float32(number)/scene.FramesPerSecond)
	gl.BindVertexArray(p.waterArray)
	gl.DrawArrays(gl.TRIANGLE_STRIP, 0, 4)
	p.sky.Use(c)
	p.sky.Draw()
	p.particles(c.ViewProj, c.RayRight.Normalize(), c.RayUp.Normalize())
	return 4
}

// particles blends them over the picture in their order, without writing depth.
func (p *painter) particles(viewProj mgl32.Mat4, right, up mgl32.Vec3) {
	n := len(p.view.Particles)
	if n == 0 {
		return
	}
	gl.BindBuffer(gl.ARRAY_BUFFER, p.stream)
	gl.BufferData(gl.ARRAY_BUFFER, n*scene.ParticleBytes, gl.Ptr(p.view.Particles), gl.STREAM_DRAW)
	gl.Enable(gl.BLEND)
	gl.DepthMask(false)
	gl.UseProgram(p.particle.id)
	gl.UniformMatrix4fv(p.particle.uniforms[0], 1, false, &viewProj[0])
	gl.Uniform3fv(p.particle.uniforms[1], 1, &right[0])
	gl.Uniform3fv(p.particle.uniforms[2], 1, &up[0])
	gl.BindVertexArray(p.streamArray)
	gl.DrawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, int32(n))
	gl.DepthMask(true)
	gl.Disable(gl.BLEND)
}

// Scene implements show.Painter.
func (p *painter) Scene() string { return fmt.Sprintf("%d particles", p.volcano.Count) }

// Release implements show.Painter.
func (p *painter) Release() {
	for _, b := range []uint32{p.land, p.landIndices, p.water, p.stream} {
		gl.DeleteBuffers(1, &b)
	}
	for _, a := range []uint32{p.landArray, p.waterArray, p.streamArray} {
		gl.DeleteVertexArrays(1, &a)
	}
	for _, k := range []program{p.mountain, p.sea, p.particle} {
		gl.DeleteProgram(k.id)
	}
	gl.DeleteTextures(1, &p.noise)
	p.sky.Release()
}
