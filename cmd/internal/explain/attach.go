package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prismgl/prism/stream/gl"
)

// What framebuffer objects consist of is followed only to name it: a pass shows it, and nothing depends on it.

// objects are the app's images and framebuffer objects, by serial.
type objects struct {
	contexts map[uint32]*bindings
	images   map[imageKey]*imageInfo
	attach   map[uint32]map[uint32]imageKey // by framebuffer object and point
}

type imageKey struct {
	kind   gl.Handle
	serial uint32
}

type imageInfo struct {
	format        uint32
	width, height int
}

// bindings of one context.
type bindings struct {
	unit         uint32
	textures     map[[2]uint32]uint32 // by unit and target
	renderbuffer uint32
	draw, read   uint32 // framebuffers
}

const (
	textureUnit0    = 0x84C0
	readFramebuffer = 0x8CA8
	drawFramebuffer = 0x8CA9
	cubeMap         = 0x8513
)

func (o *objects) init() {
	*o = objects{map[uint32]*bindings{}, map[imageKey]*imageInfo{}, map[uint32]map[uint32]imageKey{}}
}

func (o *objects) context(ctx uint32) *bindings {
	b := o.contexts[ctx]
	if b == nil {
		b = &bindings{unit: textureUnit0, textures: map[[2]uint32]uint32{}}
		o.contexts[ctx] = b
	}
	return b
}

// face gives the target that a texture is bound to by the target of one of its images.
func face(target uint32) uint32 {
	if target >= 0x8515 && target <= 0x851A {
		return cubeMap
	}
	return target
}

// storage are the commands that give an image its size, attaches those that put it into a framebuffer object.
var storage, attaches = func() (s, a map[gl.Op]bool) {
	s, a = map[gl.Op]bool{}, map[gl.Op]bool{}
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil {
			continue
		}
		has := func(name string) bool { return info.Field(name) >= 0 }
		image := strings.HasPrefix(info.Name, "glTex") || strings.HasPrefix(info.Name, "glCopyTexImage") || strings.HasPrefix(info.Name, "glCompressedTexImage")
		s[gl.Op(op)] = has("internalformat") && has("width") && (image || strings.Contains(info.Name, "RenderbufferStorage"))
		a[gl.Op(op)] = has("attachment") && (has("texture") || has("renderbuffer")) && !info.Asked()
	}
	return s, a
}()

// record follows one record of a context.
func (o *objects) record(ctx uint32, op gl.Op, rec []byte) {
	switch op {
	case gl.OpGlActiveTexture, gl.OpGlBindTexture, gl.OpGlBindRenderbuffer, gl.OpGlBindFramebuffer:
	default:
		if !storage[op] && !attaches[op] {
			return
		}
	}
	v, err := gl.Decode(rec)
	if err != nil {
		return
	}
	b := o.context(ctx)
	u := func(name string) uint32 {
		if i := v.Cmd.Field(name); i >= 0 {
			return uint32(v.Uint(i))
		}
		return 0
	}
	switch {
	case op == gl.OpGlActiveTexture:
		b.unit = u("texture")
	case op == gl.OpGlBindTexture:
		b.textures[[2]uint32{b.unit, u("target")}] = u("texture")
	case op == gl.OpGlBindRenderbuffer:
		b.renderbuffer = u("renderbuffer")
	case op == gl.OpGlBindFramebuffer:
		if t := u("target"); t != readFramebuffer {
			b.draw = u("framebuffer")
		}
		if t := u("target"); t != drawFramebuffer {
			b.read = u("framebuffer")
		}
	case storage[op]:
		k := imageKey{gl.HandleTexture, u("texture")}
		switch {
		case strings.Contains(v.Cmd.Name, "Renderbuffer"):
			if k = (imageKey{gl.HandleRenderbuffer, u("renderbuffer")}); v.Cmd.Field("renderbuffer") < 0 {
				k.serial = b.renderbuffer
			}
		case v.Cmd.Field("texture") < 0:
			k.serial = b.textures[[2]uint32{b.unit, face(u("target"))}]
		}
		if k.serial == 0 || u("level") != 0 {
			return
		}
		height := 1
		if v.Cmd.Field("height") >= 0 {
			height = int(u("height"))
		}
		o.images[k] = &imageInfo{u("internalformat"), int(u("width")), height}
	case attaches[op]:
		f := u("framebuffer")
		if v.Cmd.Field("framebuffer") < 0 {
			if f = b.draw; u("target") == readFramebuffer {
				f = b.read
			}
		}
		k := imageKey{gl.HandleTexture, u("texture")}
		if v.Cmd.Field("renderbuffer") >= 0 {
			k = imageKey{gl.HandleRenderbuffer, u("renderbuffer")}
		}
		if o.attach[f] == nil {
			o.attach[f] = map[uint32]imageKey{}
		}
		if k.serial == 0 {
			delete(o.attach[f], u("attachment"))
			return
		}
		o.attach[f][u("attachment")] = k
	}
}

// attached lists what a framebuffer object consists of.
func (o *objects) attached(framebuffer uint32) []Attachment {
	var points []uint32
	for p := range o.attach[framebuffer] {
		points = append(points, p)
	}
	slices.Sort(points)
	list := []Attachment{}
	for _, p := range points {
		k := o.attach[framebuffer][p]
		a := Attachment{Point: strings.ToLower(strings.Replace(strings.TrimPrefix(gl.Word("FramebufferAttachment", p), "GL_"), "_ATTACHMENT", "", 1)),
			Object: fmt.Sprintf("%s %d", k.kind, k.serial)}
		if i := o.images[k]; i != nil {
			a.Format, a.Width, a.Height = strings.TrimPrefix(gl.Word("InternalFormat", i.format), "GL_"), i.width, i.height
		}
		list = append(list, a)
	}
	return list
}
