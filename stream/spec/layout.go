package spec

// WireKind is how a field of a record travels.
type WireKind string

// Wire kinds; enum, bits and bool are u32 that print differently; handle is a u32 serial, sync a u64 one.
const (
	U32    WireKind = "u32"
	I32    WireKind = "i32"
	F32    WireKind = "f32"
	U64    WireKind = "u64"
	I64    WireKind = "i64"
	F64    WireKind = "f64"
	Enum   WireKind = "enum"
	Bits   WireKind = "bits"
	Bool   WireKind = "bool"
	Handle WireKind = "handle"
	Sync   WireKind = "sync"
	Blob   WireKind = "blob"
	Pad    WireKind = "pad"
)

// Field is one field of a record behind the header.
type Field struct {
	Name   string
	Kind   WireKind
	Offset int // from the record's start
	Bytes  int
	Align  int
	C      string // type in the C struct
	Param  *Param // nil: the reply id, an object that is returned, padding
}

var wireC = map[WireKind]struct {
	c     string
	bytes int
	align int
}{
	U32: {"uint32_t", 4, 4}, Enum: {"uint32_t", 4, 4}, Bits: {"uint32_t", 4, 4}, Bool: {"uint32_t", 4, 4}, Handle: {"uint32_t", 4, 4},
	I32: {"int32_t", 4, 4}, F32: {"float", 4, 4}, U64: {"uint64_t", 8, 8}, Sync: {"uint64_t", 8, 8}, I64: {"int64_t", 8, 8},
	F64: {"double", 8, 8}, Blob: {"prism_blob", 8, 4}, Pad: {"uint32_t", 4, 4},
}

// scalarWire says how a scalar of a GL type travels.
var scalarWire = map[string]WireKind{
	"GLenum": Enum, "GLbitfield": Bits, "GLboolean": Bool, "GLuint": U32, "GLubyte": U32, "GLushort": U32, "GLhalfNV": U32,
	"GLhandleARB": U32, "GLint": I32, "GLsizei": I32, "GLbyte": I32, "GLshort": I32, "GLclampx": I32, "GLfixed": I32,
	"GLfloat": F32, "GLclampf": F32, "GLdouble": F64, "GLclampd": F64, "GLint64": I64, "GLint64EXT": I64,
	"GLsizeiptr": I64, "GLsizeiptrARB": I64, "GLintptr": I64, "GLintptrARB": I64, "GLuint64": U64, "GLuint64EXT": U64, "GLsync": Sync,
}

// elemBytes is the size of an array's element; void and GLchar count bytes.
var elemBytes = map[string]int{
	"void": 1, "GLvoid": 1, "GLchar": 1, "GLcharARB": 1, "GLubyte": 1, "GLbyte": 1, "GLboolean": 1,
	"GLshort": 2, "GLushort": 2, "GLhalfNV": 2, "GLint": 4, "GLuint": 4, "GLenum": 4, "GLsizei": 4, "GLfloat": 4, "GLclampf": 4,
	"GLbitfield": 4, "GLfixed": 4, "GLhandleARB": 4, "GLdouble": 8, "GLclampd": 8, "GLint64": 8, "GLuint64": 8, "GLintptr": 8,
	"GLsizeiptr": 8, "GLintptrARB": 8, "GLsizeiptrARB": 8, "GLint64EXT": 8, "GLuint64EXT": 8,
}

// layout computes the record: prism_wire.h has the rules.
func (c *Command) layout() {
	at := 8
	add := func(name string, kind WireKind, p *Param) {
		w := wireC[kind]
		if at%w.align != 0 {
			c.Fields = append(c.Fields, Field{Name: padName(at), Kind: Pad, Offset: at, Bytes: 4, Align: 4, C: "uint32_t"})
			at += 4
		}
		c.Fields = append(c.Fields, Field{name, kind, at, w.bytes, w.align, w.c, p})
		at += w.bytes
	}
	if c.Answered {
		add("reply", U64, nil)
	}
	for i := range c.Params {
		p := &c.Params[i]
		switch {
		case p.Folded, !p.Array && p.Wire == "": // the address of a function, in a command that never travels
		case p.Out:
			if p.Capacity {
				add(p.Name+"_capacity", U32, p)
			}
		case p.Array:
			add(p.Name, Blob, p)
		default:
			add(p.Name, p.Wire, p)
		}
	}
	if c.Made != "" {
		add("made", U32, nil)
	}
	if at%8 != 0 {
		c.Fields = append(c.Fields, Field{Name: padName(at), Kind: Pad, Offset: at, Bytes: 4, Align: 4, C: "uint32_t"})
		at += 4
	}
	c.Fixed = at
}

// ItemPart is one parameter of a command in an item of prismVertices: a value in its own type, or an array's bytes.
type ItemPart struct {
	Param *Param
	At    int // from the item's start
	Bytes int
}

// itemHeaderBytes are in front of each: u16 op, u16 bytes.
const itemHeaderBytes = 4

// item computes what stands in a span: values as narrow as their types, at multiples of that, at most of 4.
func (c *Command) item() {
	at := itemHeaderBytes
	for i := range c.Params {
		p := &c.Params[i]
		bytes, align := p.Elem, p.Elem
		if p.Array {
			bytes, align = int(p.Len.(Num))*p.Elem, 4
		}
		if align = min(align, 4); at%align != 0 {
			at += align - at%align
		}
		c.Item = append(c.Item, ItemPart{p, at, bytes})
		at += bytes
	}
	c.ItemBytes = (at + 3) / 4 * 4
}

func padName(at int) string {
	return "pad" + string(rune('0'+at/100%10)) + string(rune('0'+at/10%10)) + string(rune('0'+at%10))
}
