package deal

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

const (
	arrayBuffer = 0x8892 // GL_ARRAY_BUFFER
	texture2D   = 0x0DE1 // GL_TEXTURE_2D
)

// Objects is what must be known of the app's objects to say that a command is legal.
type Objects interface {
	// Linked tells whether a program can be made current.
	Linked(program uint32) bool
	// Uniform tells whether a command may set count uniforms from a location on.
	Uniform(program uint32, location int32, op gl.Op, count int) bool
	// Bound tells whether an object has been bound to a target before.
	Bound(kind gl.Handle, serial, target uint32) bool
}

// What a rule says of a command.
type rule struct {
	slot    string
	selects int8   // the selector that it sets, -1: none
	value   uint16 // where its value stands
	needs   uint8
	args    []uint16 // offsets of the key's arguments
	enums   []*gl.Field
	binds   *gl.Field // an object that it binds
	target  int       // where the target stands, -1: none
	count   int       // where a uniform's count stands, -1: one
	blob    bool
	legal   func(rec []byte) bool // nil: any arguments are
}

// rules by command; nil: not pure.
var rules = makeRules()

// pure slots: what the latest record leaves is the state, and a legal record is known by what its description and legal say. A slot
// that is missing here is sent to all nodes at once, which is always right.
var pure = map[string]func(rec []byte) bool{
	"enable":                  legalCap,
	"depth_func":              nil,
	"depth_mask":              nil,
	"color_mask":              nil,
	"blend_func":              nil,
	"blend_equation":          nil,
	"blend_color":             nil,
	"cull_face":               nil,
	"front_face":              nil,
	"polygon_offset":          nil,
	"line_width":              positive,
	"point_size":              positive,
	"stencil_func":            nil,
	"stencil_op":              nil,
	"stencil_mask":            nil,
	"logic_op":                nil,
	"alpha_func":              nil,
	"shade_model":             nil,
	"clear_color":             nil,
	"clear_depth":             nil,
	"clear_stencil":           nil,
	"material":                legalMaterial,
	"current_color":           nil,
	"current_secondary_color": nil,
	"current_normal":          nil,
	"current_fog_coord":       nil,
	"current_attrib":          legalAttrib,
	"current_texcoord":        legalCoord,
	"active_texture":          legalUnit,
	"program":                 nil,
	"vertex_array":            nil,
	"buffer_binding":          func(rec []byte) bool { return len(rec) == 16 && word(rec, 8) == arrayBuffer },
	"texture_binding":         nil,
	"uniform":                 nil,
	"attrib_array":            legalPointer,
	"attrib_array_enable":     func(rec []byte) bool { return word(rec, 8) < attribs },
	"attrib_divisor":          func(rec []byte) bool { return word(rec, 8) < attribs },
	"array_enable":            func(rec []byte) bool { a := word(rec, 8); return a >= 0x8074 && a <= 0x8076 }, // vertex, normal, colour
}

// attribs and units that every implementation has.
const (
	attribs = 16
	units   = 8
)

// named selectors, as keys write them behind an @.
var named = map[string]Selector{"program": Program, "active_texture": ActiveTexture, "vertex_array": VertexArray}

func makeRules() []*rule {
	table := make([]*rule, gl.Ops)
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil || info.Asked() || info.Class != gl.ClassState && info.Class != gl.ClassBind {
			continue
		}
		slot := info.Slot()
		legal, ok := pure[slot]
		if !ok {
			continue
		}
		r := &rule{slot: slot, selects: -1, target: -1, count: -1, legal: legal}
		if r.describe(info) {
			table[op] = r
		}
	}
	return table
}

// describe reads a command's key and fields; false: it is not pure.
func (r *rule) describe(info *gl.Command) bool {
	for i := range info.Fields {
		f := &info.Fields[i]
		switch {
		case f.Kind == gl.KindEnum && f.Group != 0:
			r.enums = append(r.enums, f)
		case f.Kind == gl.KindBlob:
			if r.blob {
				return false
			}
			r.blob = true
		case f.Binds:
			r.binds = f
		}
		if f.Name == "count" {
			r.count = int(f.Offset)
		}
	}
	_, args, _ := strings.Cut(strings.TrimSuffix(info.Key, ")"), "(")
	for _, a := range strings.Split(args, ",") {
		a = strings.TrimSpace(a)
		if a == "" {
			continue
		}
		if a == "append" {
			return false
		}
		if _, of, ok := strings.Cut(a, "@"); ok {
			s, ok := named[of]
			if !ok {
				return false
			}
			r.needs |= 1 << s
			continue
		}
		i := info.Field(a)
		if i < 0 { // a constant
			continue
		}
		f := &info.Fields[i]
		if f.Kind.Bytes() != 4 || len(r.args) == 3 {
			return false
		}
		r.args = append(r.args, f.Offset)
		if a == "target" {
			r.target = int(f.Offset)
		}
	}
	set := func(s Selector, field string) bool {
		i := info.Field(field)
		if i < 0 {
			return false
		}
		r.selects, r.value = int8(s), info.Fields[i].Offset
		return true
	}
	switch r.slot {
	case "program":
		return set(Program, "program")
	case "active_texture":
		return set(ActiveTexture, "texture")
	case "vertex_array":
		return set(VertexArray, "array")
	case "buffer_binding":
		return r.target >= 0 && len(r.args) == 1 && set(ArrayBuffer, "buffer")
	case "uniform": // by program and location alone, lest two commands set one in two ways
		return r.needs&(1<<Program) != 0
	case "blend_func", "blend_equation", "color_mask", "enable": // not of one draw buffer
		return len(r.args) == 0 || r.slot == "enable" && len(r.args) == 1
	case "texture_binding":
		return r.needs&(1<<ActiveTexture) != 0
	case "attrib_array":
		r.needs |= 1 << ArrayBuffer
	}
	return true
}

func word(rec []byte, at int) uint32 { return binary.LittleEndian.Uint32(rec[at:]) }

func positive(rec []byte) bool { return math.Float32frombits(word(rec, 8)) > 0 }

func legalUnit(rec []byte) bool {
	u := word(rec, 8)
	return u >= initial[ActiveTexture] && u < initial[ActiveTexture]+units
}

func legalAttrib(rec []byte) bool { a := word(rec, 8); return a > 0 && a < attribs } // 0 may be a vertex

// legalCoord: of a unit that all have, or of the first without naming it.
func legalCoord(rec []byte) bool {
	f := gl.Info[binary.LittleEndian.Uint16(rec[4:])].Fields[0]
	u := word(rec, 8)
	return f.Kind != gl.KindEnum || u >= initial[ActiveTexture] && u < initial[ActiveTexture]+2
}

// legalMaterial: the shininess has limits.
func legalMaterial(rec []byte) bool { return word(rec, 12) != 0x1601 }

// legalCap: those of old that stand for themselves. GL_COLOR_MATERIAL is not among them: what it does depends on the colour.
func legalCap(rec []byte) bool {
	switch c := word(rec, 8); c {
	case 0x0BE2, 0x0B71, 0x0B44, 0x0B90, 0x0C11, 0x0BC0, 0x0B50, texture2D, 0x0B60, 0x0BA1, 0x8037, 0x809D, 0x0B20, 0x0B41, 0x0BD0, 0x0BF2, 0x2A01, 0x2A02:
		// blend, depth, cull, stencil, scissor, alpha, lighting, texture 2D, fog, normalize, offset fill, multisample, line and polygon smooth,
		// dither, logic op, offset point and line
		return true
	default:
		return c >= 0x4000 && c < 0x4008 // lights
	}
}

// legalPointer: of a buffer, in a format that all have. The layout of all three commands begins index, size, type.
func legalPointer(rec []byte) bool {
	size, typ := word(rec, 12), word(rec, 16)
	return word(rec, 8) < attribs && size >= 1 && size <= 4 && typ >= 0x1400 && typ <= 0x1406
}

// Pure tells whether Record may hold records of a command.
func Pure(op uint16) bool { return rules[op] != nil }

// Matters tells whether After has anything to do for a command.
func Matters(op uint16) bool { return matters[op] }

var matters = func() []bool {
	table := make([]bool, gl.Ops)
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil {
			continue
		}
		r := rules[op]
		table[op] = r != nil && r.selects >= 0 || info.Class == gl.ClassDelete || info.Slot() == "attrib_stack" || op == int(gl.OpGlCallList) ||
			op == int(gl.OpGlCallLists) || op == int(gl.OpGlEndList)
	}
	return table
}()

// Record takes a record that is not a draw. held: it is pure state, and was taken; else the caller gives it to all nodes, after
// Sync, and then calls After.
func (d *Dealer) Record(op uint16, rec []byte, o Objects) (held bool) {
	r := rules[op]
	if r == nil || !r.surely(op, rec) {
		return false
	}
	needs := r.needsOf(rec)
	for s := range selectors {
		if (needs>>s&1 != 0 || int(r.selects) == s) && !d.now.known[s] {
			return false
		}
	}
	if f := r.binds; f != nil {
		target := uint32(0)
		if r.target >= 0 {
			target = word(rec, r.target)
		}
		if serial := word(rec, int(f.Offset)); serial != 0 && !o.Bound(f.Handle, serial, target) {
			return false
		}
	}
	uniform := false
	switch {
	case r.selects >= 0:
		value := word(rec, int(r.value))
		if Selector(r.selects) == Program && value != 0 && !o.Linked(value) {
			return false
		}
		d.Select(Selector(r.selects), value, rec)
		return true
	case r.slot == "uniform":
		uniform = true
		count := 1
		if r.count >= 0 {
			count = int(int32(word(rec, r.count)))
		}
		if !o.Uniform(d.now.value[Program], int32(word(rec, 8)), gl.Op(op), count) {
			return false
		}
	case r.slot == "attrib_array" && d.now.value[ArrayBuffer] == 0:
		return false
	}
	k := r.key(op, rec)
	for s := range selectors {
		if needs>>s&1 != 0 && Selector(s) != ArrayBuffer {
			k.Args[3] = d.now.value[s]
		}
	}
	d.Hold(k, rec, needs, uniform)
	return true
}

// Alone gives the slot of a record that depends on no selector and is none, and is surely legal.
func Alone(op uint16, rec []byte) (k Key, ok bool) {
	r := rules[op]
	if r == nil || r.needsOf(rec) != 0 || r.selects >= 0 || r.binds != nil || !r.surely(op, rec) {
		return k, false
	}
	return r.key(op, rec), true
}

// needsOf gives the selectors that a record depends on: of what is enabled, textures are so by unit.
func (r *rule) needsOf(rec []byte) uint8 {
	if r.slot == "enable" && word(rec, 8) == texture2D {
		return r.needs | 1<<ActiveTexture
	}
	return r.needs
}

// surely tells whether a record's arguments are legal, as far as they say it themselves.
func (r *rule) surely(op uint16, rec []byte) bool {
	if len(rec) > maxHeld || r.legal != nil && !r.legal(rec) {
		return false
	}
	for _, f := range r.enums {
		if !f.Names(word(rec, int(f.Offset))) {
			return false
		}
	}
	return !r.blob || inline(op, rec)
}

// key of a record, without what it takes from selectors.
func (r *rule) key(op uint16, rec []byte) Key {
	k := Key{Op: op, Bytes: uint16(len(rec))}
	for i, at := range r.args {
		k.Args[i] = word(rec, int(at))
	}
	return k
}

// inline tells whether the record's array is in it.
func inline(op uint16, rec []byte) bool {
	info := gl.At(op)
	for i := range info.Fields {
		if f := &info.Fields[i]; f.Kind == gl.KindBlob {
			mode := word(rec, int(f.Offset)+4)
			return mode == wire.BlobInline || mode == wire.BlobOffset
		}
	}
	return true
}

// After sees to what a record that went to all nodes may have done to selectors.
func (d *Dealer) After(op uint16, rec []byte, o Objects) {
	info := gl.At(op)
	if r := rules[op]; r != nil && r.selects >= 0 {
		// Certain again only if the record surely did what it says.
		s, value := Selector(r.selects), word(rec, int(r.value))
		legal := r.legal == nil || r.legal(rec)
		if s == ArrayBuffer && word(rec, 8) != arrayBuffer {
			return
		}
		if s == Program {
			legal = value == 0 || o.Linked(value)
		}
		if legal {
			d.Known(s, value)
		} else {
			d.Unknown(s)
		}
		return
	}
	switch {
	case info.Class == gl.ClassDelete:
		for i := range info.Fields {
			switch f := &info.Fields[i]; {
			case f.Deletes && f.Handle == gl.HandleVertexArray:
				d.Unknown(VertexArray)
			case f.Deletes && f.Handle == gl.HandleBuffer:
				d.Unknown(ArrayBuffer)
			} // programs are deleted when they are not current
		}
	case info.Slot() == "attrib_stack":
		d.Unknown(ActiveTexture)
	case op == uint16(gl.OpGlCallList), op == uint16(gl.OpGlCallLists), op == uint16(gl.OpGlEndList):
		for s := range selectors {
			d.Unknown(Selector(s))
		}
	}
}
