package main

import (
	"fmt"

	"github.com/go-gl/gl/v3.3-core/gl"
)

// target is a framebuffer object with its textures.
type target struct {
	id            uint32
	colours       []uint32
	depth         uint32 // 0: none
	width, height int32
}

// Formats of a target's textures.
type format struct {
	internal int32
	layout   uint32
	kind     uint32
}

var (
	formatByte  = format{gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE}
	formatFar   = format{gl.R32F, gl.RED, gl.FLOAT}
	formatLight = format{gl.RGBA16F, gl.RGBA, gl.FLOAT}
	formatDepth = format{gl.DEPTH_COMPONENT24, gl.DEPTH_COMPONENT, gl.UNSIGNED_INT}
)

// newTarget makes a framebuffer object with so many colours and perhaps depth; its textures get their size by size.
func newTarget(colours int, depth bool, filter int32) *target {
	t := &target{}
	gl.GenFramebuffers(1, &t.id)
	gl.BindFramebuffer(gl.FRAMEBUFFER, t.id)
	made := func(attachment uint32) uint32 {
		var id uint32
		gl.GenTextures(1, &id)
		gl.BindTexture(gl.TEXTURE_2D, id)
		gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter)
		gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter)
		gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
		gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
		gl.FramebufferTexture2D(gl.FRAMEBUFFER, attachment, gl.TEXTURE_2D, id, 0)
		return id
	}
	var draws []uint32
	for i := range uint32(colours) {
		t.colours = append(t.colours, made(gl.COLOR_ATTACHMENT0+i))
		draws = append(draws, gl.COLOR_ATTACHMENT0+i)
	}
	if depth {
		t.depth = made(gl.DEPTH_ATTACHMENT)
	}
	if colours == 0 {
		gl.DrawBuffer(gl.NONE)
		gl.ReadBuffer(gl.NONE)
	} else {
		gl.DrawBuffers(int32(colours), &draws[0])
	}
	return t
}

// size gives the textures a size and their formats, the depth's last.
func (t *target) size(width, height int32, formats ...format) {
	t.width, t.height = max(1, width), max(1, height)
	textures := t.colours
	if t.depth != 0 {
		textures = append(textures[:len(textures):len(textures)], t.depth)
	}
	for i, id := range textures {
		f := formats[i]
		gl.BindTexture(gl.TEXTURE_2D, id)
		gl.TexImage2D(gl.TEXTURE_2D, 0, f.internal, t.width, t.height, 0, f.layout, f.kind, nil)
	}
}

// share gives it the depth of another target, which owns it.
func (t *target) share(o *target) {
	gl.BindFramebuffer(gl.FRAMEBUFFER, t.id)
	gl.FramebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, o.depth, 0)
}

// use makes it the one that is drawn to, all of it.
func (t *target) use() {
	gl.BindFramebuffer(gl.FRAMEBUFFER, t.id)
	gl.Viewport(0, 0, t.width, t.height)
}

// complete tells whether OpenGL can draw to it; to be asked once, not in a frame.
func (t *target) complete(what string) error {
	gl.BindFramebuffer(gl.FRAMEBUFFER, t.id)
	if s := gl.CheckFramebufferStatus(gl.FRAMEBUFFER); s != gl.FRAMEBUFFER_COMPLETE {
		return fmt.Errorf("the framebuffer for %s is not complete: %#x", what, s)
	}
	return nil
}

func (t *target) release() {
	gl.DeleteFramebuffers(1, &t.id)
	for i := range t.colours {
		gl.DeleteTextures(1, &t.colours[i])
	}
	if t.depth != 0 {
		gl.DeleteTextures(1, &t.depth)
	}
}
