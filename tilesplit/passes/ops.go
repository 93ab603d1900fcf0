package passes

import (
	"strings"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit/track"
)

const (
	texture2D            = 0x0DE1
	texture2DMultisample = 0x9100
)

// handlers by command; nil: it has no say in any of this.
var handlers = makeHandlers()

// makeHandlers takes what is followed exactly, and for the rest of what commands are described to do: whoever names an image, or changes
// one that is bound, makes it whole for ever, and what draws in a way that is not followed reads all that is bound.
func makeHandlers() []handler {
	table := make([]handler, gl.Ops)
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil {
			continue
		}
		if h, ok := followed[gl.Op(op)]; ok {
			table[op] = h
			continue
		}
		table[op] = described(uint16(op), info)
	}
	return table
}

func described(op uint16, info *gl.Command) handler {
	switch {
	case info.Class == gl.ClassCreate, info.Class == gl.ClassClient:
		return nil
	case track.Draws(op):
		return draws
	case strings.HasPrefix(info.Name, "glClear") && info.Class == gl.ClassDraw && info.Field("framebuffer") < 0:
		return clears
	case info.Class == gl.ClassDraw && info.Field("framebuffer") >= 0: // glClearNamedFramebuffer…
		return namedDraws
	case info.Has(gl.FlagInBegin) && info.Class == gl.ClassDraw:
		return nil // glBegin has seen to it
	case info.Has(gl.FlagReadsFramebuffer) || info.Answer == gl.AnswerTiles:
		return readsFramebuffer
	case info.Class == gl.ClassDraw:
		return oddDraws
	}
	if info.Class == gl.ClassQuery && op != uint16(gl.OpPrismGetTexImage) && op != uint16(gl.OpPrismGetTextureImage) {
		return nil // no pixels are asked for
	}
	var named []*gl.Field
	for i := range info.Fields {
		f := &info.Fields[i]
		switch f.Handle {
		case gl.HandleTexture, gl.HandleRenderbuffer, gl.HandleFramebuffer:
			if f.Kind == gl.KindBlob && !f.Makes {
				return func(t *Tracker, _ *context, r *record, _ *Window) { t.stop(r.Cmd.Name) }
			}
			if f.Kind == gl.KindHandle {
				named = append(named, f)
			}
		}
	}
	slot := info.Slot()
	bound := (strings.HasPrefix(slot, "texture_image") || op == uint16(gl.OpPrismGetTexImage)) && info.Field("target") >= 0
	if len(named) == 0 && !bound {
		return nil
	}
	return func(t *Tracker, c *context, r *record, _ *Window) {
		for _, f := range named {
			serial := r.U32(int(f.Offset))
			switch f.Handle {
			case gl.HandleTexture:
				t.retire(t.texture(serial), "it is used by "+r.Cmd.Name)
			case gl.HandleRenderbuffer:
				t.retire(t.renderbuffer(serial), "it is used by "+r.Cmd.Name)
			default:
				t.odd(serial, r.Cmd.Name)
			}
		}
		if bound {
			target := r.U32(r.Where("target"))
			t.retire(t.boundTo(c, target), "it is used by "+r.Cmd.Name)
		}
	}
}

// odd makes what is attached to an object whole for ever.
func (t *Tracker) odd(serial uint32, name string) {
	if f := t.framebuffer(serial); f != nil {
		for _, i := range f.at {
			t.retire(i, "it is used by "+name)
		}
	}
}

// boundTo gives the texture at the active unit.
func (t *Tracker) boundTo(c *context, target uint32) *Image {
	if target == texture2D {
		return t.texture(c.textures[c.unit])
	}
	if target >= 0x8515 && target <= 0x851A { // a cube's face
		target = 0x8513
	}
	return t.texture(c.other[bindKey{c.unit, target}])
}
