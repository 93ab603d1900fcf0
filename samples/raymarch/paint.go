package main

import (
	"embed"
	"fmt"

	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/glsl"
	"github.com/prismgl/prism/samples/raymarch/scene"
)

//go:embed shaders
var shaders embed.FS

// painter owns all OpenGL objects. Its methods belong to the thread of the context.
type painter struct {
	scene *scene.Scene
	march glsl.Rays

	eye, orbs, turn, clock int32

	width, height int
}

func newPainter(s *scene.Scene) (*painter, error) {
	p := &painter{scene: s}
	var loc []int32
	var err error
	p.march, loc, err = glsl.NewRays(shaders, "march", "u_eye", "u_orbs", "u_turn", "u_time", "u_carve", "u_stone", "u_inside", "u_metal")
	if err != nil {
		return nil, err
	}
	p.eye, p.orbs, p.turn, p.clock = loc[0], loc[1], loc[2], loc[3]
	gl.UseProgram(p.march.Program)
	gl.Uniform3fv(loc[4], 1, &s.Carve[0])
	gl.Uniform3fv(loc[5], 1, &s.Stone[0])
	gl.Uniform3fv(loc[6], 1, &s.Inside[0])
	gl.Uniform3fv(loc[7], 1, &s.Metal[0])
	gl.ClearColor(0, 0, 0, 1)
	return p, glsl.Ready()
}

// Frame implements show.Painter.
func (p *painter) Frame(number, width, height int) int {
	if width != p.width || height != p.height {
		gl.Viewport(0, 0, int32(width), int32(height))
		p.width, p.height = width, height
	}
	s := p.scene.At(number, width, height)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	p.march.Use(&s.Camera)
	gl.Uniform3fv(p.eye, 1, &s.Camera.Eye[0])
	gl.Uniform3fv(p.orbs, scene.Orbs, &s.Orbs[0][0])
	gl.UniformMatrix3fv(p.turn, 1, false, &s.Turn[0])
	gl.Uniform1f(p.clock, s.Seconds)
	p.march.Draw()
	return 1
}

// Scene implements show.Painter.
func (p *painter) Scene() string { return fmt.Sprintf("a carved sphere and %d orbs", scene.Orbs) }

// Release implements show.Painter.
func (p *painter) Release() { p.march.Release() }
