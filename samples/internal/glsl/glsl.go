package glsl

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-gl/gl/v3.3-core/gl"
)

//go:embed shaders
var shared embed.FS

// source reads a shader of the sample's or, where it has none of this name, one that samples share.
func source(files fs.FS, name string) (string, error) {
	b, err := fs.ReadFile(files, "shaders/"+name)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = shared.ReadFile("shaders/" + name)
	}
	return string(b), err
}

// Link builds a program of the files shaders/VERT.vert and shaders/FRAG.frag, both behind shaders/common.glsl, and looks
// its uniforms up: their locations come in the order of the names.
func Link(files fs.FS, vert, frag string, uniforms ...string) (uint32, []int32, error) {
	program := gl.CreateProgram()
	for _, stage := range []struct {
		kind uint32
		file string
	}{{gl.VERTEX_SHADER, vert + ".vert"}, {gl.FRAGMENT_SHADER, frag + ".frag"}} {
		common, err := source(files, "common.glsl")
		if err != nil {
			return 0, nil, err
		}
		own, err := source(files, stage.file)
		if err != nil {
			return 0, nil, err
		}
		id := gl.CreateShader(stage.kind)
		sources, free := gl.Strs(common+"\x00", own+"\x00")
		gl.ShaderSource(id, 2, sources, nil)
		free()
		gl.CompileShader(id)
		var ok int32
		if gl.GetShaderiv(id, gl.COMPILE_STATUS, &ok); ok == 0 {
			return 0, nil, fmt.Errorf("shader %s: %s", stage.file, infoLog(id, gl.GetShaderiv, gl.GetShaderInfoLog))
		}
		gl.AttachShader(program, id)
		gl.DeleteShader(id)
	}
	gl.LinkProgram(program)
	var ok int32
	if gl.GetProgramiv(program, gl.LINK_STATUS, &ok); ok == 0 {
		return 0, nil, fmt.Errorf("program %s + %s: %s", vert, frag, infoLog(program, gl.GetProgramiv, gl.GetProgramInfoLog))
	}
	locations := make([]int32, len(uniforms))
	for i, u := range uniforms {
		locations[i] = gl.GetUniformLocation(program, gl.Str(u+"\x00"))
		if locations[i] < 0 {
			return 0, nil, fmt.Errorf("program %s + %s has no uniform %s", vert, frag, u)
		}
	}
	return program, locations, nil
}

func infoLog(id uint32, get func(uint32, uint32, *int32), read func(uint32, int32, *int32, *uint8)) string {
	var n int32
	get(id, gl.INFO_LOG_LENGTH, &n)
	text := make([]byte, n+1)
	read(id, n+1, nil, &text[0])
	return strings.TrimRight(string(text), "\x00\n ")
}

// Ready tells of an error of OpenGL's while a sample was set up.
func Ready() error {
	if e := gl.GetError(); e != gl.NO_ERROR {
		return fmt.Errorf("OpenGL error %#x while setting up", e)
	}
	return nil
}
