package glsl

import (
	"io/fs"

	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/view"
)

// Rays draws over the whole picture, behind everything: each fragment has the ray of its pixel, v_ray.
type Rays struct {
	Program        uint32
	ray, right, up int32
	array          uint32 // without attributes: the corners are made of gl_VertexID
}

// NewRays links shaders/FRAG.frag, which gets v_ray, and looks further uniforms up.
func NewRays(files fs.FS, frag string, uniforms ...string) (Rays, []int32, error) {
	id, loc, err := Link(files, "rays", frag, append([]string{"u_ray", "u_right", "u_up"}, uniforms...)...)
	if err != nil {
		return Rays{}, nil, err
	}
	r := Rays{Program: id, ray: loc[0], right: loc[1], up: loc[2]}
	gl.GenVertexArrays(1, &r.array)
	return r, loc[3:], nil
}

// Use makes the program current for a camera; the caller then sets further uniforms.
func (r *Rays) Use(c *view.Camera) {
	gl.UseProgram(r.Program)
	gl.Uniform3fv(r.ray, 1, &c.Ray[0])
	gl.Uniform3fv(r.right, 1, &c.RayRight[0])
	gl.Uniform3fv(r.up, 1, &c.RayUp[0])
}

// Draw draws with what Use made current.
func (r *Rays) Draw() {
	gl.BindVertexArray(r.array)
	gl.DrawArrays(gl.TRIANGLES, 0, 3)
}

// Release deletes the program.
func (r *Rays) Release() {
	gl.DeleteVertexArrays(1, &r.array)
	gl.DeleteProgram(r.Program)
}
