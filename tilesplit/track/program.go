package track

import (
	"bytes"

	"slices"
	"strconv"
	"strings"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/stream/wire"
)

// Analyse says what a vertex shader does to positions. It must not block; it gives the result to done once, from any goroutine. nil: there
// is none.
type Analyse func(source shader.Source, done func(*shader.Position))

type shaderObject struct {
	kind   uint32
	source []string
	known  bool
}

// program is one that was linked, as far as positions depend on it.
type program struct {
	shaders []uint32 // attached
	linked  uint64   // counts links
	other   string   // why nothing is asked about its vertex shader
	// From the reflection.
	reflected bool
	ok        bool // it is linked
	used      bool // before it was known whether it is
	effects   bool

	multisampled bool // it has samplers of multisampled textures
	attribs      map[string]int
	locations    map[string][]int32 // of uniforms, by name without [0]: of each element
	slots        map[int32]slot     // by location
	values       map[int32][]float32
	blocks       []reflectedBlock
	members      map[string]reflectedUniform // of blocks

	pending []pending

	position *shader.Position
	eval     *shader.Evaluator
	array    int     // location of the attribute, gl_Vertex: fixedVertex
	inputs   []input // of the position's uniforms
	affine   shader.Affine

	sampled // what its fragments read
}

// input is where the value of a position's uniform stands.
type input struct {
	location int32
	fixed    uint8           // 0, or a matrix of the fixed pipeline
	block    int             // of a block's member: the block's number
	member   *shader.Uniform // nil: not of a block
	numbers  []float32       // its value
}

const (
	fixedVertex     = -1
	fixedModelview  = 1
	fixedProjection = 2
)

// slot is what stands at a location.
type slot struct {
	name  string
	index int // in an array
	size  int // elements of the array from here on
	kind  uint32
}

const (
	vertexShader   = 0x8B31
	fragmentShader = 0x8B30
)

var programHandlers = map[gl.Op]handler{
	gl.OpGlCreateShader: func(t *Tracker, _ *context, r *record) {
		if len(t.shaders) < maxObjects {
			t.shaders[r.U32(12)] = &shaderObject{kind: r.U32(8)}
		}
	},
	gl.OpGlShaderSource: func(t *Tracker, _ *context, r *record) {
		s := t.shaders[r.U32(8)]
		if s == nil || s.kind != vertexShader && s.kind != fragmentShader {
			return
		}
		data, _, ok := t.blob(r, "string")
		s.source, s.known = texts(data)
		s.known = s.known && ok
	},
	gl.OpGlAttachShader: func(t *Tracker, _ *context, r *record) {
		if p := t.program(r.U32(8)); p != nil && len(p.shaders) < 64 {
			p.shaders = append(p.shaders, r.U32(12))
		}
	},
	gl.OpGlDetachShader: func(t *Tracker, _ *context, r *record) {
		if p := t.program(r.U32(8)); p != nil {
			p.shaders = slices.DeleteFunc(p.shaders, func(s uint32) bool { return s == r.U32(12) })
		}
	},
	gl.OpGlLinkProgram: func(t *Tracker, c *context, r *record) {
		if p := t.program(r.U32(8)); p != nil {
			p.link(t, c.es)
		}
	},
	gl.OpGlProgramBinary: func(t *Tracker, _ *context, r *record) {
		if p := t.program(r.U32(8)); p != nil {
			*p = program{shaders: p.shaders, linked: p.linked + 1, other: "a program from a binary"}
		}
	},
	gl.OpGlCreateShaderProgramv: func(t *Tracker, _ *context, r *record) {
		if p := t.program(r.U32(24)); p != nil {
			p.other = "a separable program"
		}
	},
	gl.OpGlDeleteProgram: func(t *Tracker, _ *context, r *record) { delete(t.programs, r.U32(8)) },
	gl.OpGlDeleteShader:  func(t *Tracker, _ *context, r *record) { delete(t.shaders, r.U32(8)) },
	gl.OpGlUseProgram:    useProgram,
	gl.OpGlUniformBlockBinding: func(t *Tracker, _ *context, r *record) {
		if p := t.programs[r.U32(8)]; p != nil {
			if i := r.U32(12); !p.reflected {
				p.other = "a block bound before the reflection"
			} else if i < uint32(len(p.blocks)) && r.U32(16) < uniformBindings {
				p.blocks[i].binding = r.U32(16)
			}
		}
	},
	gl.OpGlBindProgramPipeline: func(_ *Tracker, c *context, r *record) {
		c.pipeline = r.U32(8)
	},
}

// useProgram follows what is current. A program that cannot be used leaves the one before.
func useProgram(t *Tracker, c *context, r *record) {
	serial := r.U32(8)
	p := t.programs[serial]
	switch {
	case c.feedback:
		c.lose("a program chosen during transform feedback")
	case serial == 0:
	case len(t.programs) >= maxObjects:
		c.lose("many programs")
	case p == nil || p.linked == 0 && p.other == "" || p.reflected && !p.ok:
		return
	case !p.reflected:
		p.used = true
	}
	c.program = serial
}

// texts reads a list of strings (FORMAT.md).
func texts(data []byte) (out []string, ok bool) {
	if len(data) < 4 {
		return nil, false
	}
	n := int(le.Uint32(data))
	if n > 1<<16 || len(data) < 4+4*n {
		return nil, false
	}
	at := 4 + 4*n
	for i := range n {
		length := int(le.Uint32(data[4+4*i:]))
		if length > len(data)-at {
			return nil, false
		}
		out = append(out, string(bytes.TrimRight(data[at:at+length], "\x00")))
		at += length
	}
	return out, true
}

func (t *Tracker) program(serial uint32) *program {
	p := t.programs[serial]
	if p == nil && serial != 0 && len(t.programs) < maxObjects {
		p = &program{}
		t.programs[serial] = p
	}
	return p
}

// link starts anew: locations, values and the analysis are of the new link.
func (p *program) link(t *Tracker, es bool) {
	*p = program{shaders: p.shaders, linked: p.linked + 1}
	source := shader.Source{ES: es}
	vertex := 0
	p.fragments = nil
	for _, serial := range p.shaders {
		s := t.shaders[serial]
		switch {
		case s == nil:
			p.other = "a shader that is not known"
		case s.kind == vertexShader && !s.known:
			p.other = "a shader without a text"
		case s.kind == vertexShader:
			vertex++
			source.Strings = s.source
		case s.kind == fragmentShader:
			p.fragments = append(p.fragments, s)
		default:
			p.other = "a program with other stages than vertices and fragments"
		}
	}
	if p.other == "" && vertex == 1 {
		p.sample(t, source)
	}
	switch {
	case p.other != "":
	case vertex != 1:
		p.other = "a program without one vertex shader"
	case t.analyse == nil:
		p.other = "no analysis of shaders"
	default:
		linked := p.linked
		t.analyse(source, func(pos *shader.Position) {
			t.later(func() {
				if p.linked != linked {
					return
				}
				if pos == nil {
					p.other = "no analysis of shaders"
					return
				}
				p.position = pos
				p.resolve()
			})
		})
	}
}

// resolve finds what the position depends on, once it and the reflection are there.
func (p *program) resolve() {
	if p.position == nil || !p.reflected || p.eval != nil || p.other != "" {
		return
	}
	pos := p.position
	switch {
	case pos.Reason != "":
		p.other = "vertex shader: " + pos.Reason
	case pos.Viewport:
		p.other = "vertex shader: it chooses a viewport or layer"
	case pos.Effects || p.effects:
		p.other = "a program that writes buffers or images"
	}
	if p.other != "" {
		return
	}
	if pos.Attribute.Name == "gl_Vertex" {
		p.array = fixedVertex
	} else if l, ok := p.attribs[pos.Attribute.Name]; ok && l >= 0 {
		p.array = l + pos.Attribute.Column
	} else {
		p.other = "vertex shader: its attribute " + pos.Attribute.Name + " has no location"
		return
	}
	why := ""
	if p.inputs, why = p.resolveUniforms(pos.Uniforms); why != "" {
		p.other = "vertex shader: " + why
		return
	}
	p.eval = pos.Evaluator()
}

// resolveUniforms finds where the values of uniforms stand.
func (p *program) resolveUniforms(uniforms []shader.Uniform) (inputs []input, why string) {
	for i := range uniforms {
		u := &uniforms[i]
		in := input{location: -1}
		list := p.locations[u.Name]
		switch {
		case u.BuiltIn && u.Name == "gl_ModelViewMatrix" && u.Index < 0:
			in.fixed = fixedModelview
		case u.BuiltIn && u.Name == "gl_ProjectionMatrix" && u.Index < 0:
			in.fixed = fixedProjection
		case u.Block != "":
			if !p.member(u, &in) {
				return nil, "the block of " + u.Name + " is not followed"
			}
		case max(u.Index, 0) < len(list) && list[max(u.Index, 0)] >= 0:
			in.location = list[max(u.Index, 0)]
		default:
			return nil, "the value of " + u.Name + " is not followed"
		}
		inputs = append(inputs, in)
	}
	return inputs, ""
}

// member finds the member of a block. Where its place does not follow from the source, GL has told it.
func (p *program) member(u *shader.Uniform, in *input) bool {
	in.block = slices.IndexFunc(p.blocks, func(b reflectedBlock) bool {
		return b.name == u.Block || b.name == u.Block+"["+strconv.Itoa(u.BlockIndex)+"]"
	})
	if in.block < 0 {
		return false
	}
	own := *u
	if own.Offset < 0 {
		m, ok := p.members[u.Name]
		if !ok || u.Index > 0 || m.offset < 0 {
			return false
		}
		own.Offset, own.MatrixStride, own.RowMajor = m.offset, m.matrixStride, m.rowMajor
	}
	in.member = &own
	return true
}

// Links counts how often a program was linked; an answer about it is of the link at which it was asked.
func (t *Tracker) Links(serial uint32) uint64 {
	if p := t.programs[serial]; p != nil {
		return p.linked
	}
	return 0
}

// Reflect brings what a node says of a program of so many links: prismProgramInfo's answer (stream/driver/include/prism_reflect.h), nil:
// none. Any goroutine may bring it.
func (t *Tracker) Reflect(serial uint32, links uint64, answer []byte) {
	info, ok := parseReflection(answer)
	if !ok {
		return
	}
	t.later(func() {
		if p := t.programs[serial]; p != nil && !p.reflected && p.linked == links {
			p.take(info)
			if p.used && !p.ok {
				for _, c := range t.contexts { // since then another one was current in some
					c.lose("a program was chosen that is not linked")
				}
			}
		}
	})
}

func (p *program) take(info *reflection) {
	p.reflected, p.ok, p.effects = true, info.linked, info.effects
	p.attribs, p.locations, p.slots, p.values = info.attribs, map[string][]int32{}, map[int32]slot{}, map[int32][]float32{}
	p.blocks, p.members = info.blocks, map[string]reflectedUniform{}
	for _, u := range info.uniforms {
		name := strings.TrimSuffix(u.name, "[0]")
		p.multisampled = p.multisampled || flatMultisampled(u.kind)
		if len(u.locations) == 0 {
			p.members[name] = u
			continue
		}
		p.locations[name] = u.locations
		for i, l := range u.locations {
			if l >= 0 {
				p.slots[l] = slot{name, i, len(u.locations) - i, u.kind}
			}
		}
	}
	for i := range p.pending {
		o := &p.pending[i]
		u, known := p.slots[o.at]
		s, ok := setters[o.op]
		switch {
		case !known:
		case !ok || o.unsure:
			for i := range u.size {
				p.forget(p.locations[u.name][u.index+i])
			}
		default:
			// What was staged for it is gone: an empty stage says that its values are not known.
			p.set(&Tracker{}, &record{gl.RecordOf(uint16(o.op), o.raw), &wire.ChunkHeader{}}, &s, &u)
		}
	}
	p.pending = nil
	p.resolve()
	p.resolveSampling()
}

// Linked implements deal.Objects.
func (t *Tracker) Linked(serial uint32) bool {
	p := t.programs[serial]
	return p != nil && p.reflected && p.ok
}

// shape of a uniform of a type: columns and rows; integer: not of floats.
func shape(kind uint32) (cols, rows int, floats bool) {
	switch kind {
	case 0x1406: // GL_FLOAT
		return 1, 1, true
	case 0x8B50, 0x8B51, 0x8B52: // GL_FLOAT_VEC2 …
		return 1, int(kind-0x8B50) + 2, true
	case 0x8B5A, 0x8B5B, 0x8B5C: // GL_FLOAT_MAT2 …
		n := int(kind-0x8B5A) + 2
		return n, n, true
	case 0x8B65, 0x8B66: // GL_FLOAT_MAT2x3, 2x4
		return 2, int(kind-0x8B65) + 3, true
	case 0x8B67:
		return 3, 2, true
	case 0x8B68:
		return 3, 4, true
	case 0x8B69:
		return 4, 2, true
	case 0x8B6A:
		return 4, 3, true
	case 0x1404, 0x1405, 0x8B56: // GL_INT, GL_UNSIGNED_INT, GL_BOOL
		return 1, 1, false
	case 0x8B53, 0x8B54, 0x8B55: // GL_INT_VEC2 …
		return 1, int(kind-0x8B53) + 2, false
	case 0x8DC6, 0x8DC7, 0x8DC8: // GL_UNSIGNED_INT_VEC2 …
		return 1, int(kind-0x8DC6) + 2, false
	case 0x8B57, 0x8B58, 0x8B59: // GL_BOOL_VEC2 …
		return 1, int(kind-0x8B57) + 2, false
	}
	return 0, 0, false
}

// setter is what a glUniform command sets.
type setter struct {
	cols, rows    int
	floats, signs bool // of floats; of signed integers
	array         bool // from an array
	matrix        bool
	double        bool
}

// setters by command, read from the names, which say it: glUniform{Matrix}{2x3}{f|i|ui|d}{v}.
var setters = makeSetters()

func makeSetters() map[gl.Op]setter {
	out := map[gl.Op]setter{}
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil || info.Slot() != "uniform" || !strings.HasPrefix(info.Name, "glUniform") {
			continue
		}
		name := strings.TrimPrefix(info.Name, "glUniform")
		var s setter
		name, s.matrix = strings.CutPrefix(name, "Matrix")
		if len(name) < 2 || name[0] < '1' || name[0] > '4' {
			continue
		}
		s.cols, s.rows = 1, int(name[0]-'0')
		if s.matrix {
			s.cols = s.rows
			if name[1] == 'x' && len(name) > 3 {
				s.rows = int(name[2] - '0')
				name = name[2:]
			}
		}
		name = name[1:]
		name, s.array = strings.CutSuffix(name, "v")
		s.floats, s.signs, s.double = name == "f", name == "i", name == "d"
		out[gl.Op(op)] = s
	}
	return out
}

// Uniform implements deal.Objects: whether GL surely takes it.
func (t *Tracker) Uniform(serial uint32, location int32, op gl.Op, count int) bool {
	p := t.programs[serial]
	s, ok := setters[op]
	if !ok || s.double || p == nil || !p.reflected || !p.ok || count < 1 {
		return false
	}
	u, ok := p.slots[location]
	if !ok {
		return false
	}
	if u.size == 1 && u.index == 0 && count != 1 { // not an array, or one of one
		return false
	}
	cols, rows, floats := shape(u.kind)
	switch {
	case cols == 0: // a sampler, an image, a double: set by glUniform1i
		return s.signs && s.rows == 1 && !s.matrix && sampler(u.kind)
	case cols != s.cols || rows != s.rows || s.matrix != (cols > 1):
		return false
	case floats:
		return s.floats
	}
	signed := u.kind == 0x1404 || u.kind >= 0x8B53 && u.kind <= 0x8B55
	unsigned := u.kind == 0x1405 || u.kind >= 0x8DC6 && u.kind <= 0x8DC8
	return signed && s.signs || unsigned && !s.signs && !s.floats || !signed && !unsigned // booleans take all
}

// sampler tells whether a type is one of the samplers of old; the value is not looked at: a unit that is too large is the app's error, on
// each node the same, as is then what it draws.
func sampler(kind uint32) bool {
	return kind >= 0x8B5D && kind <= 0x8B64 || kind >= 0x8DC0 && kind <= 0x8DC5
}

// uniformHandler follows values.
func uniformHandler(info *gl.Command) handler {
	op, _ := gl.Lookup(info.Name)
	s, ok := setters[op]
	named, location := -1, info.Field("location")
	if i := info.Field("program"); i >= 0 {
		named = int(info.Fields[i].Offset)
	}
	if location < 0 {
		return nil
	}
	at := int(info.Fields[location].Offset)
	return func(t *Tracker, c *context, r *record) {
		serial := c.program
		if named >= 0 {
			serial = r.U32(named)
		}
		p := t.programs[serial]
		if p == nil {
			return
		}
		l := int32(r.U32(at))
		// In OpenGL ES 2 it is an error to transpose: whether it counts is not known.
		unsure := !ok || named >= 0 || s.matrix && c.es && r.U32(16) != 0
		if !p.reflected { // what they are is not known yet
			p.wait(r, l, unsure)
			return
		}
		u, known := p.slots[l]
		switch {
		case !known:
		case unsure: // nor is what it sets known from here on
			for i := range u.size {
				p.forget(p.locations[u.name][u.index+i])
			}
		default:
			p.set(t, r, &s, &u)
		}
	}
}

// pending is what sets a uniform of a program of which the reflection has not come.
type pending struct {
	raw    []byte
	unsure bool // what it sets is not known afterwards
	op     gl.Op
	at     int32
}

const maxPending = 1024

// wait keeps a record until the reflection comes.
func (p *program) wait(r *record, location int32, unsure bool) {
	i := slices.IndexFunc(p.pending, func(o pending) bool { return o.op == r.Op && o.at == location && len(o.raw) == len(r.Raw) })
	if i >= 0 {
		p.pending = slices.Delete(p.pending, i, i+1)
	}
	if len(p.pending) >= maxPending || len(r.Raw) > 4096 {
		p.other = "a program with many uniforms before its reflection"
		return
	}
	p.pending = append(p.pending, pending{slices.Clone(r.Raw), unsure, r.Op, location})
}

// forget says that the value at a location is not known.
func (p *program) forget(l int32) {
	delete(p.values, l)
	if flat2D(p.slots[l].kind) {
		p.setUnit(l, -1)
	}
}

func (p *program) set(t *Tracker, r *record, s *setter, u *slot) {
	if flat2D(u.kind) {
		p.setUnits(t, r, s, u)
		return
	}
	cols, rows, floats := shape(u.kind)
	if cols == 0 || s.double { // a sampler, or an error
		return
	}
	boolean := u.kind >= 0x8B56 && u.kind <= 0x8B59
	if cols != s.cols || rows != s.rows || s.floats != floats && !boolean { // an error, which changes nothing
		return
	}
	n, count := cols*rows, 1
	var data []byte
	if s.array {
		var ok bool
		count = r.I32(12)
		data, _, ok = t.blob(r, "value")
		if !ok || count < 0 || len(data)/(4*n) < count {
			count = u.size
			data = nil
		}
		if count > 1 && u.size == 1 { // an error, if it is not an array; else more than there is
			count = 1
			data = nil
		}
	} else {
		data = r.Raw[12:min(len(r.Raw), 12+4*n)]
	}
	transpose := s.matrix && r.U32(16) != 0
	list := p.locations[u.name]
	for e := range min(count, u.size) {
		l := list[u.index+e]
		if data == nil {
			p.forget(l)
			continue
		}
		v := p.values[l]
		if len(v) != n {
			v = make([]float32, n)
			p.values[l] = v
		}
		for i := range n {
			from := i
			if transpose {
				from = i%rows*cols + i/rows
			}
			bits := le.Uint32(data[4*(e*n+from):])
			switch {
			case s.floats:
				v[i] = f32(bits)
			case s.signs:
				v[i] = float32(int32(bits))
			default:
				v[i] = float32(bits)
			}
			if boolean && v[i] != 0 {
				v[i] = 1
			}
		}
	}
}
