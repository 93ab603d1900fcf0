package repeat

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/track"
)

// how a command is taken.
type how uint8

const (
	never   how = iota // a frame with it does not repeat
	nothing            // it leaves nothing; where it stands is of no matter
	drawn              // it leaves nothing but pixels
	kept               // it leaves what the next one of its kind replaces
	span               // the same, of calls between glBegin and glEnd
	upload             // it writes a part of a buffer
	store              // it gives a buffer new contents; of the same size and use that is all
)

// command is what is known of one.
type command struct {
	how
	// values is where in a record values begin, which are not compared; 0: all of it is. Of what sets a named parameter this is so for those in named.
	values int
	named  map[uint32]bool // nil: any, or there is no parameter's name
	pname  int             // where the name stands
	event  event
	item   uint8 // in spans: 1 + number of what it sets; 0: nothing (a vertex)
	spans  bool  // it may stand in a span that repeats
}

// absolute are slots whose latest record is their state, whatever was before, and whose commands do nothing else. The state of objects is among it, for
// the same objects are bound then. What is sent as it is and has effects at once (glColorMaterial takes the colour over) is not, nor what reads or draws to
// another buffer of the window from then on. What is drawn to framebuffer objects is for the caller to see to.
var absolute = map[string]bool{
	"active_texture": true, "alpha_func": true, "array": true, "array_enable": true, "attrib_array": true, "attrib_array_enable": true, "attrib_binding": true,
	"attrib_divisor": true, "attrib_format": true, "blend_color": true, "blend_equation": true, "blend_func": true, "buffer_binding": true,
	"clear_color": true, "clear_depth": true, "clear_stencil": true, "client_active_texture": true, "color_mask": true, "cull_face": true,
	"current_attrib": true, "current_color": true, "current_edge_flag": true, "current_fog_coord": true, "current_normal": true,
	"current_secondary_color": true, "current_texcoord": true, "depth_func": true, "depth_mask": true, "depth_range": true, "enable": true, "fog": true,
	"framebuffer": true, "front_face": true, "hint": true, "light": true, "light_model": true, "line_stipple": true, "line_width": true, "logic_op": true, "material": true,
	"matrix": true, "matrix_mode": true, "point_parameter": true, "point_size": true, "polygon_mode": true, "polygon_offset": true,
	"primitive_restart_index": true, "program": true, "provoking_vertex": true, "sampler_binding": true, "sampler_parameter": true, "scissor": true,
	"shade_model": true, "stencil_func": true, "stencil_mask": true, "stencil_op": true, "texture_binding": true, "texture_env": true,
	"texture_parameter": true, "uniform": true, "uniform_block_binding": true, "vertex_array": true, "vertex_binding": true, "vertex_binding_divisor": true,
	"viewport": true,
}

// valued are slots in which values may differ: any are legal.
var valued = map[string]bool{
	"blend_color": true, "clear_color": true, "clear_depth": true, "current_attrib": true, "current_color": true, "current_fog_coord": true, "current_normal": true,
	"current_secondary_color": true, "current_texcoord": true, "light": true, "material": true, "matrix": true, "uniform": true,
}

// whole are those of them whose commands have nothing but values.
var whole = map[string]bool{"current_color": true, "current_fog_coord": true, "current_normal": true, "current_secondary_color": true}

// Names of parameters.
const (
	colorMaterial = 0x0B57 // GL_COLOR_MATERIAL: enabling it takes the colour over
	ambient       = 0x1200
	diffuse       = 0x1201
	specular      = 0x1202
	position      = 0x1203
	spotDirection = 0x1204
	emission      = 0x1600
	both          = 0x1602 // GL_AMBIENT_AND_DIFFUSE
)

var (
	ofLights    = map[uint32]bool{ambient: true, diffuse: true, specular: true, position: true, spotDirection: true}
	ofMaterials = map[uint32]bool{ambient: true, diffuse: true, specular: true, emission: true, both: true}
)

var events = map[gl.Op]event{
	gl.OpGlMatrixMode:   setMode,
	gl.OpGlLoadIdentity: load, gl.OpGlLoadMatrixf: load, gl.OpGlLoadMatrixd: load, gl.OpGlLoadTransposeMatrixf: load, gl.OpGlLoadTransposeMatrixd: load,
	gl.OpGlMultMatrixf: multiply, gl.OpGlMultMatrixd: multiply, gl.OpGlMultTransposeMatrixf: multiply, gl.OpGlMultTransposeMatrixd: multiply,
	gl.OpGlRotatef: multiply, gl.OpGlRotated: multiply, gl.OpGlScalef: multiply, gl.OpGlScaled: multiply, gl.OpGlTranslatef: multiply, gl.OpGlTranslated: multiply,
	gl.OpGlFrustum: multiply, gl.OpGlOrtho: multiply, gl.OpGlPushMatrix: push, gl.OpGlPopMatrix: pop,
}

// uploads write buffers; their bytes are in them, or come before (prismData).
var uploads = map[gl.Op]how{
	gl.OpGlBufferSubData: upload, gl.OpGlNamedBufferSubData: upload, gl.OpPrismBufferWrite: upload, gl.OpGlBufferData: store, gl.OpGlNamedBufferData: store,
}

// made are those that make pixels of others, and leave nothing else.
var made = map[gl.Op]bool{gl.OpGlGenerateMipmap: true, gl.OpGlGenerateTextureMipmap: true, gl.OpGlBlitFramebuffer: true}

// Makes tells whether a command makes pixels of others. Where all nodes do so that is no repetition.
func Makes(op uint16) bool { return made[gl.Op(op)] }

// Compared tells whether a command is kept only to be compared. Who was not sent it lacks pixels, or what Contents has: storage of the same size is there.
func Compared(op uint16) bool { return Uploads(op) || Makes(op) }

// Follows tells whether a frame with the command may repeat, as far as the command goes, and it is none that uploads or makes pixels of others.
func Follows(op uint16) bool {
	return commands[op].how != never && !Compared(op)
}

// itemSlots are what calls in a span may set: all of it, by each of its commands. Of several units or attributes it is not known which.
var itemSlots = []string{"current_color", "current_secondary_color", "current_normal", "current_fog_coord", "current_edge_flag", "current_texcoord"}

var commands = func() []command {
	table := make([]command, gl.Ops)
	for op := range gl.Ops {
		if info := gl.At(uint16(op)); info != nil && (!info.Asked() || gl.Op(op) == gl.OpPrismGet) {
			table[op] = describe(gl.Op(op), info)
		}
	}
	return table
}()

func describe(op gl.Op, info *gl.Command) (c command) {
	slot := info.Slot()
	switch {
	case op == gl.OpPrismVertices:
		c.how = span
	case op == gl.OpGlBegin, op == gl.OpGlEnd, op == gl.OpGlCallList, made[op]:
		c.how = kept
	case track.Draws(uint16(op)):
		c.how = drawn
	case op == gl.OpGlClear, op == gl.OpGlClearBufferfi, op == gl.OpGlClearBufferfv, op == gl.OpGlClearBufferiv, op == gl.OpGlClearBufferuiv:
		c.how = drawn
	case info.Class == gl.ClassClient, op == gl.OpPrismFinish, op == gl.OpPrismData, op == gl.OpPrismGet:
		c.how = nothing
	case uploads[op] != never:
		c.how = uploads[op]
		return c
	case (info.Class == gl.ClassState || info.Class == gl.ClassBind) && absolute[slot], slot == "framebuffer_attachment":
		c.how = kept
	}
	if slot == "matrix" {
		if c.event = events[op]; c.event == noEvent {
			c.how = never
		}
	}
	if op == gl.OpGlMatrixMode {
		c.event = setMode
	}
	switch {
	case c.how != kept || !valued[slot] || op == gl.OpGlFrustum || op == gl.OpGlOrtho:
	case whole[slot] && len(info.Fields) > 0:
		c.values = int(info.Fields[0].Offset)
		if info.Fields[0].Kind == gl.KindBlob {
			c.values = info.Fixed
		}
	default:
		c.values = valuesOf(info)
	}
	if i := info.Field("pname"); i >= 0 {
		c.pname = int(info.Fields[i].Offset)
		switch slot {
		case "light":
			c.named, c.event = ofLights, ofLight
		case "material":
			c.named = ofMaterials
		}
	}
	c.itemOf(info, slot)
	return c
}

// valuesOf finds where a record's values begin that may be anything: its last fields, numbers of any kind but names and indices.
func valuesOf(info *gl.Command) int {
	from := 0
	for i := len(info.Fields) - 1; i >= 0; i-- {
		f := &info.Fields[i]
		switch f.Kind {
		case gl.KindBlob:
			if f.Elem != gl.ElemF32 && f.Elem != gl.ElemF64 && info.Slot() == "uniform" {
				return 0 // samplers' units, or bounds of arrays
			}
			return info.Fixed // its length and place are compared
		case gl.KindF32, gl.KindF64:
			from = int(f.Offset)
			continue
		}
		break
	}
	return from
}

// itemOf says what a call in a span sets.
func (c *command) itemOf(info *gl.Command, slot string) {
	if info.Item == 0 {
		return
	}
	if strings.HasPrefix(info.Name, "glVertex") && !strings.HasPrefix(info.Name, "glVertexAttrib") {
		c.spans = true
		return
	}
	for i, s := range itemSlots {
		if s == slot && !strings.HasPrefix(info.Name, "glMulti") {
			c.item, c.spans = uint8(i+1), true
		}
	}
}

// sets gives what a span's calls set, as bits; ok: they are known.
func sets(op uint16, raw []byte) (bits uint32, ok bool) {
	r := gl.RecordOf(op, raw)
	it, ok := r.Items()
	for ok && it.Next() {
		c := &commands[it.Op()]
		bits |= 1 << c.item
		ok = c.spans
	}
	return bits &^ 1, ok && it.Err() == nil
}

// same tells whether b sets what a has set, and is legal if a was.
func (c *command) same(a, b []byte) bool {
	if c.values == 0 || c.named != nil && !c.named[word(a, c.pname)] {
		return bytes.Equal(a, b)
	}
	return len(a) == len(b) && bytes.Equal(a[:c.values], b[:c.values])
}

// fits tells whether a frame with the record may repeat.
func (c *command) fits(op gl.Op, raw []byte) bool {
	if mode, ok := array(op, raw); ok && c.how == kept && (mode == wire.BlobStaged || c.values == gl.Info[op].Fixed && mode != wire.BlobInline) {
		return false
	}
	switch op {
	case gl.OpGlEnable, gl.OpGlDisable:
		return word(raw, wire.RecordHeaderBytes) != colorMaterial
	case gl.OpGlMatrixMode:
		m := word(raw, wire.RecordHeaderBytes)
		return m == modelview || m == projection
	}
	return c.how != never
}

// array tells how a record's array is passed; ok: it has one.
func array(op gl.Op, raw []byte) (mode uint32, ok bool) {
	for i := range gl.Info[op].Fields {
		if f := &gl.Info[op].Fields[i]; f.Kind == gl.KindBlob {
			return word(raw, int(f.Offset)+4), true
		}
	}
	return 0, false
}

func word(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
