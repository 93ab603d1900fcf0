package main

import (
	"embed"
	"fmt"

	"github.com/go-gl/gl/v3.3-core/gl"
	"github.com/go-gl/mathgl/mgl32"

	"github.com/prismgl/prism/samples/deferred/scene"
	"github.com/prismgl/prism/samples/internal/glsl"
	"github.com/prismgl/prism/samples/internal/view"
)

//go:embed shaders
var shaders embed.FS

// shadowSide is the shadow map's side in texels.
const shadowSide = 1024

// painter owns all OpenGL objects. Its methods belong to the thread of the context.
type painter struct {
	court *scene.Court
	view  scene.View

	shadow  *target // the moon's view, depth only
	surface *target // the G-buffer: colour and gloss, normal, how far; depth
	light   *target // what the eye gets, in light; the G-buffer's depth
	bloom   [2]*target

	shadowDraw, surfaceDraw, lampDraw, glowDraw, bright, blur, final program
	sky, moon                                                        glsl.Rays
	moonUniforms                                                     []int32

	vertices, indices, array, noArray uint32
	width, height                     int
}

// program is one with the places of its uniforms, in the order of their names.
type program struct {
	id       uint32
	uniforms []int32
}

func (p *program) link(vert, frag string, uniforms ...string) (err error) {
	p.id, p.uniforms, err = glsl.Link(shaders, vert, frag, uniforms...)
	return err
}

func newPainter(c *scene.Court, width, height int) (*painter, error) {
	p := &painter{court: c}
	var err error
	for _, k := range []struct {
		to         *program
		vert, frag string
		uniforms   []string
	}{
		{&p.shadowDraw, "shadow", "shadow", []string{"u_view_proj", "u_model"}},
		{&p.surfaceDraw, "surface", "surface", []string{"u_view_proj", "u_model"}},
		{&p.lampDraw, "lamp", "lamp", []string{"u_view_proj", "u_lamp", "u_colour", "u_ray", "u_right", "u_up", "u_eye", "u_albedo", "u_normal", "u_far"}},
		{&p.glowDraw, "lamp", "glow", []string{"u_view_proj", "u_lamp", "u_colour"}},
		{&p.bright, "screen", "bright", []string{"u_from"}},
		{&p.blur, "screen", "blur", []string{"u_from", "u_step"}},
		{&p.final, "screen", "final", []string{"u_light", "u_bloom"}},
	} {
		if err = k.to.link(k.vert, k.frag, k.uniforms...); err != nil {
			return nil, err
		}
	}
	if p.sky, _, err = glsl.NewRays(shaders, "sky"); err != nil {
		return nil, err
	}
	if p.moon, p.moonUniforms, err = glsl.NewRays(shaders, "moon", "u_eye", "u_shadow_view", "u_albedo", "u_normal", "u_far", "u_shadow"); err != nil {
		return nil, err
	}
	// Each sampler has a texture unit for ever.
	gl.UseProgram(p.moon.Program)
	for unit, loc := range p.moonUniforms[2:] {
		gl.Uniform1i(loc, int32(unit))
	}
	gl.UseProgram(p.lampDraw.id)
	for unit, loc := range p.lampDraw.uniforms[7:] {
		gl.Uniform1i(loc, int32(unit))
	}
	gl.UseProgram(p.final.id)
	gl.Uniform1i(p.final.uniforms[1], 1)

	p.meshes()
	p.shadow = newTarget(0, true, gl.LINEAR)
	p.shadow.size(shadowSide, shadowSide, formatDepth)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_COMPARE_MODE, gl.COMPARE_REF_TO_TEXTURE)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_COMPARE_FUNC, gl.LEQUAL)
	p.surface = newTarget(3, true, gl.NEAREST)
	p.light = newTarget(1, false, gl.LINEAR)
	p.light.share(p.surface)
	p.bloom = [2]*target{newTarget(1, false, gl.LINEAR), newTarget(1, false, gl.LINEAR)}
	p.resize(width, height)
	for what, t := range map[string]*target{"shadows": p.shadow, "surfaces": p.surface, "light": p.light, "bloom": p.bloom[0]} {
		if err := t.complete(what); err != nil {
			return nil, err
		}
	}
	gl.Enable(gl.CULL_FACE)
	gl.DepthFunc(gl.LEQUAL)
	gl.BlendFunc(gl.ONE, gl.ONE)
	gl.PolygonOffset(2, 4)
	gl.ClearColor(0, 0, 0, 0)
	return p, glsl.Ready()
}

func (p *painter) meshes() {
	g := &p.court.Geometry
	gl.GenVertexArrays(1, &p.array)
	gl.BindVertexArray(p.array)
	gl.GenBuffers(1, &p.vertices)
	gl.BindBuffer(gl.ARRAY_BUFFER, p.vertices)
	gl.BufferData(gl.ARRAY_BUFFER, len(g.Vertices), gl.Ptr(g.Vertices), gl.STATIC_DRAW)
	gl.GenBuffers(1, &p.indices)
	gl.BindBuffer(gl.ELEMENT_ARRAY_BUFFER, p.indices)
	gl.BufferData(gl.ELEMENT_ARRAY_BUFFER, 4*len(g.Indices), gl.Ptr(g.Indices), gl.STATIC_DRAW)
	gl.EnableVertexAttribArray(0)
	gl.VertexAttribPointerWithOffset(0, 3, gl.FLOAT, false, scene.VertexBytes, 0)
	gl.EnableVertexAttribArray(1)
	gl.VertexAttribPointerWithOffset(1, 3, gl.BYTE, true, scene.VertexBytes, 12)
	gl.EnableVertexAttribArray(2)
	gl.VertexAttribPointerWithOffset(2, 4, gl.UNSIGNED_BYTE, true, scene.VertexBytes, 16)
	gl.GenVertexArrays(1, &p.noArray)
}

// resize gives the targets the window's size.
func (p *painter) resize(width, height int) {
	p.width, p.height = width, height
	w, h := int32(width), int32(height)
	p.surface.size(w, h, formatByte, formatByte, formatFar, formatDepth)
	p.light.size(w, h, formatLight)
	for _, b := range p.bloom {
		b.size(w/4, h/4, formatByte)
	}
}

// Frame implements show.Painter.
func (p *painter) Frame(number, width, height int) int {
	if width != p.width || height != p.height {
		p.resize(width, height)
	}
	v := &p.view
	v.Pick(p.court, number, width, height)
	draws := p.shadows(v) + p.surfaces(v)
	p.moonlight(v)
	p.lamps(v)
	p.post()
	return draws + 2*len(v.Lamps) + 8
}

func (p *painter) elements(r scene.Range) {
	gl.DrawElementsWithOffset(gl.TRIANGLES, int32(r.Count), gl.UNSIGNED_INT, uintptr(4*r.First))
}

var still = mgl32.Ident4()

// shadows draws the moon's view.
func (p *painter) shadows(v *scene.View) int {
	p.shadow.use()
	gl.Clear(gl.DEPTH_BUFFER_BIT)
	gl.Enable(gl.DEPTH_TEST)
	gl.Enable(gl.POLYGON_OFFSET_FILL)
	gl.UseProgram(p.shadowDraw.id)
	gl.UniformMatrix4fv(p.shadowDraw.uniforms[0], 1, false, &v.Shadow[0])
	gl.UniformMatrix4fv(p.shadowDraw.uniforms[1], 1, false, &still[0])
	gl.BindVertexArray(p.array)
	for i := range p.court.Parts {
		p.elements(p.court.Parts[i])
	}
	gl.UniformMatrix4fv(p.shadowDraw.uniforms[1], 1, false, &v.Turn[0])
	p.elements(p.court.Knot)
	gl.Disable(gl.POLYGON_OFFSET_FILL)
	return len(p.court.Parts) + 1
}

// surfaces fills the G-buffer.
func (p *painter) surfaces(v *scene.View) int {
	p.surface.use()
	gl.Clear(gl.DEPTH_BUFFER_BIT) // where nothing is drawn the colours are not read
	gl.UseProgram(p.surfaceDraw.id)
	gl.UniformMatrix4fv(p.surfaceDraw.uniforms[0], 1, false, &v.Camera.ViewProj[0])
	gl.UniformMatrix4fv(p.surfaceDraw.uniforms[1], 1, false, &v.Turn[0])
	p.elements(p.court.Knot)
	gl.UniformMatrix4fv(p.surfaceDraw.uniforms[1], 1, false, &still[0])
	for _, i := range v.Parts {
		p.elements(p.court.Parts[i])
	}
	return len(v.Parts) + 1
}

// moonlight lights each pixel with a surface by the moon and the sky, and shows the sky in the others: both draw at the far
// plane, and the depth test tells which is which.
func (p *painter) moonlight(v *scene.View) {
	p.light.use()
	gl.DepthMask(false)
	p.sky.Use(&v.Camera)
	p.sky.Draw()
	for unit, texture := range append(p.surface.colours[:3:3], p.shadow.depth) {
		gl.ActiveTexture(gl.TEXTURE0 + uint32(unit))
		gl.BindTexture(gl.TEXTURE_2D, texture)
	}
	gl.DepthFunc(gl.GREATER)
	p.moon.Use(&v.Camera)
	gl.Uniform3fv(p.moonUniforms[0], 1, &v.Camera.Eye[0])
	gl.UniformMatrix4fv(p.moonUniforms[1], 1, false, &v.Shadow[0])
	p.moon.Draw()
}

// lamps adds the light of each lamp to the pixels that it may reach: those before the back of a ball around it. Then it draws
// the lamps themselves.
func (p *painter) lamps(v *scene.View) {
	c := &v.Camera
	gl.BindVertexArray(p.array)
	gl.Enable(gl.BLEND)
	gl.DepthFunc(gl.GEQUAL)
	gl.CullFace(gl.FRONT)
	gl.UseProgram(p.lampDraw.id)
	u := p.lampDraw.uniforms
	gl.UniformMatrix4fv(u[0], 1, false, &c.ViewProj[0])
	p.rays(c, u[3], u[4], u[5])
	gl.Uniform3fv(u[6], 1, &c.Eye[0])
	for i := range v.Lamps {
		p.lamp(&v.Lamps[i], v.Lamps[i].Reach, u)
	}
	gl.DepthMask(true)
	gl.Disable(gl.BLEND)
	gl.DepthFunc(gl.LEQUAL)
	gl.CullFace(gl.BACK)
	gl.UseProgram(p.glowDraw.id)
	u = p.glowDraw.uniforms
	gl.UniformMatrix4fv(u[0], 1, false, &c.ViewProj[0])
	for i := range v.Lamps {
		p.lamp(&v.Lamps[i], scene.LampRadius, u)
	}
	gl.Disable(gl.DEPTH_TEST)
	gl.ActiveTexture(gl.TEXTURE0)
}

// lamp draws a ball of a radius around a lamp.
func (p *painter) lamp(l *scene.Lamp, radius float32, uniforms []int32) {
	gl.Uniform4f(uniforms[1], l.Pos[0], l.Pos[1], l.Pos[2], radius)
	gl.Uniform3fv(uniforms[2], 1, &l.Colour[0])
	p.elements(p.court.Ball)
}

// rays gives a shader that knows a pixel's place the pixel's ray.
func (p *painter) rays(c *view.Camera, ray, right, up int32) {
	r, w, h := c.Ray, c.RayRight.Mul(1/float32(max(1, p.width))), c.RayUp.Mul(1/float32(max(1, p.height)))
	gl.Uniform3fv(ray, 1, &r[0])
	gl.Uniform3fv(right, 1, &w[0])
	gl.Uniform3fv(up, 1, &h[0])
}

// post makes what is bright bloom, and brings the light onto the screen.
func (p *painter) post() {
	gl.BindVertexArray(p.noArray)
	from := p.bloom[1]
	from.use()
	gl.UseProgram(p.bright.id)
	gl.BindTexture(gl.TEXTURE_2D, p.light.colours[0])
	gl.DrawArrays(gl.TRIANGLES, 0, 3)
	gl.UseProgram(p.blur.id)
	for i, step := range [][2]float32{{1, 0}, {0, 1}, {2, 0}, {0, 2}} {
		to := p.bloom[i%2]
		to.use()
		gl.BindTexture(gl.TEXTURE_2D, from.colours[0])
		gl.Uniform2f(p.blur.uniforms[1], step[0]/float32(to.width), step[1]/float32(to.height))
		gl.DrawArrays(gl.TRIANGLES, 0, 3)
		from = to
	}
	gl.BindFramebuffer(gl.FRAMEBUFFER, 0)
	gl.Viewport(0, 0, int32(p.width), int32(p.height))
	gl.UseProgram(p.final.id)
	gl.BindTexture(gl.TEXTURE_2D, p.light.colours[0])
	gl.ActiveTexture(gl.TEXTURE1)
	gl.BindTexture(gl.TEXTURE_2D, from.colours[0])
	gl.ActiveTexture(gl.TEXTURE0)
	gl.DrawArrays(gl.TRIANGLES, 0, 3)
}

// Scene implements show.Painter.
func (p *painter) Scene() string {
	return fmt.Sprintf("%d lamps, %d triangles", p.court.Lamps, len(p.court.Geometry.Indices)/3)
}

// Release implements show.Painter.
func (p *painter) Release() {
	for _, t := range []*target{p.shadow, p.surface, p.light, p.bloom[0], p.bloom[1]} {
		t.release()
	}
	for _, k := range []program{p.shadowDraw, p.surfaceDraw, p.lampDraw, p.glowDraw, p.bright, p.blur, p.final} {
		gl.DeleteProgram(k.id)
	}
	p.sky.Release()
	p.moon.Release()
	gl.DeleteBuffers(1, &p.vertices)
	gl.DeleteBuffers(1, &p.indices)
	gl.DeleteVertexArrays(1, &p.array)
	gl.DeleteVertexArrays(1, &p.noArray)
}
