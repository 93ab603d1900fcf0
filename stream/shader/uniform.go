package shader

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Uniform is one that a position needs: a scalar, vector or matrix; of an array, one element.
type Uniform struct {
	// Name as glGetUniformLocation takes it, without the last index of an array: "u_turn", "u_light[1].place", "gl_ModelViewMatrix".
	// Of a block's member, as glGetUniformIndices takes it: "Block.member", or "member" where the block has no instance name.
	Name string
	// Index of the element where the uniform is an array, else -1.
	Index int
	// Type in GLSL: "float", "vec3", "mat4", "mat2x3", "int", "bvec2", …
	Type string
	// Columns and Rows of a matrix; a vector has 1 column.
	Columns, Rows int
	// BuiltIn: a matrix or other state of the compatibility profile.
	BuiltIn bool
	// Location as the source gives it, for an array that of its first element; -1: none given.
	Location int

	// Block is the uniform block's own name, "" for the default block. BlockIndex is the element of an array of blocks.
	Block      string
	BlockIndex int
	// Offset in the block in bytes, std140 or std430; -1: the layout is shared or packed, and GL must be asked.
	Offset int
	// MatrixStride in bytes between columns, or rows where RowMajor; only of blocks with a known layout.
	MatrixStride int
	RowMajor     bool
}

// Len is of how many numbers a value consists, column after column.
func (u *Uniform) Len() int { return u.Columns * u.Rows }

func (u *Uniform) String() string {
	if u.Index >= 0 {
		return u.Name + "[" + strconv.Itoa(u.Index) + "]"
	}
	return u.Name
}

// Read appends the value that a block's bytes hold, column after column, as Evaluator.Map wants it.
// ok is false where the layout is not known or the bytes end before.
func (u *Uniform) Read(to []float32, block []byte) (value []float32, ok bool) {
	if u.Block == "" || u.Offset < 0 {
		return to, false
	}
	for c := range u.Columns {
		for r := range u.Rows {
			at := u.Offset
			switch {
			case u.Columns == 1:
				at += 4 * r
			case u.RowMajor:
				at += r*u.MatrixStride + 4*c
			default:
				at += c*u.MatrixStride + 4*r
			}
			if at < 0 || at+4 > len(block) {
				return to, false
			}
			bits := binary.LittleEndian.Uint32(block[at:])
			switch u.Type[0] {
			case 'i': // int, ivec
				to = append(to, float32(int32(bits)))
			case 'u':
				to = append(to, float32(bits))
			case 'b':
				to = append(to, float32(truth(bits != 0)))
			default:
				to = append(to, math.Float32frombits(bits))
			}
		}
	}
	return to, true
}

// uniformTable gives numbers to the uniforms that a shader's expressions use.
type uniformTable struct {
	list  []Uniform
	known map[uniformKey]int
}

type uniformKey struct {
	sym *symbol
	at  int // first scalar
}

// load is scalar at of a uniform.
func (t *uniformTable) load(m *machine, s *symbol, at int) scalar {
	if v, ok := m.derivedMatrix(s, at); ok {
		return v
	}
	u, first, why := describeUniform(s, at)
	if why != "" {
		return m.bad("%s", why)
	}
	key := uniformKey{s, first}
	i, ok := t.known[key]
	if !ok {
		i = len(t.list)
		t.known[key] = i
		t.list = append(t.list, u)
	}
	v := scalar{c: m.g.node(exprNode{op: opLoad, a: expr(i), b: expr(at - first)})}
	if s.half && m.tree.profile == "es" {
		v.loose, v.rounds = true, 1
	}
	return v
}

// describeUniform finds what scalar at of s is part of, and where that begins.
func describeUniform(s *symbol, at int) (u Uniform, first int, why string) {
	u = Uniform{Name: s.name, Index: -1, Location: s.location, Offset: -1, BuiltIn: len(s.name) > 3 && s.name[:3] == "gl_"}
	of := s.shape
	var l *layout
	rest := at
	prefixed := true
	if of.basic == "block" {
		u.Block, u.Location = s.block, -1
		u.Name = s.block
		prefixed = len(s.name) < 5 || s.name[:5] != "anon@"
		if l = layoutOf(s); l != nil {
			u.Offset = 0
		}
		if len(of.dims) == 1 && of.elem.scalars > 0 {
			u.BlockIndex, rest = rest/of.elem.scalars, rest%of.elem.scalars
			of = of.elem
		} else if len(of.dims) > 0 {
			return u, 0, "depends on an array of arrays of uniform blocks"
		}
	}
	array := false
	for {
		switch {
		case len(of.dims) > 0:
			if of.elem.scalars <= 0 {
				return u, 0, "depends on " + s.name + ", which is too large"
			}
			i := rest / of.elem.scalars
			if i >= of.dims[0] {
				return u, 0, "has an index outside of " + s.name
			}
			if array {
				u.Name = u.String()
			}
			u.Index, array = i, true
			rest %= of.elem.scalars
			if l != nil {
				u.Offset += i * l.stride(of)
			}
			of = of.elem
		case of.members != nil:
			i := slices.IndexFunc(of.members, func(m member) bool { return m.scalars > 0 && rest >= m.at && rest < m.at+m.scalars })
			if i < 0 {
				return u, 0, "depends on a member of " + s.name + " that cannot be found"
			}
			mem := &of.members[i]
			if l != nil {
				u.Offset += l.member(of, i)
			}
			if array {
				u.Name = u.String()
				u.Index, array = -1, false
			}
			if prefixed {
				u.Name += "." + mem.name
			} else {
				u.Name, prefixed = mem.name, true
			}
			if of.basic == "block" && l != nil && mem.ownMajor {
				l.rowMajor = mem.rowMajor
			}
			rest -= mem.at
			of = mem.shape
			u.Location = -1
		default:
			if of.basic == "double" {
				return u, 0, fmt.Sprintf("depends on %s, which is of doubles", s.name)
			}
			u.Type = typeName(of)
			u.Columns, u.Rows = max(of.cols, 1), max(of.rows, of.vec)
			if l != nil && of.isMatrix() {
				u.RowMajor = l.rowMajor
				_, u.MatrixStride = l.matrix(of)
			}
			return u, at - rest, ""
		}
	}
}

func typeName(s *shape) string {
	prefix := map[string]string{"double": "d", "int": "i", "uint": "u", "bool": "b"}[s.basic]
	switch {
	case s.isMatrix() && s.cols == s.rows:
		return prefix + "mat" + strconv.Itoa(s.cols)
	case s.isMatrix():
		return fmt.Sprintf("%smat%dx%d", prefix, s.cols, s.rows)
	case s.vec > 1:
		return prefix + "vec" + strconv.Itoa(s.vec)
	}
	return s.basic
}

// layout computes std140 and std430 (OpenGL 4.6, 7.6.2.2). glslang gives the offsets of a block's members, not of what is in them.
type layout struct {
	std430   bool
	rowMajor bool
}

// layoutOf is nil where GL alone knows.
func layoutOf(s *symbol) *layout {
	if s.packing != "std140" && s.packing != "std430" {
		return nil
	}
	return &layout{s.packing == "std430", s.rowMajor}
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// size gives the bytes that a value takes, and what its offset is a multiple of.
func (l *layout) size(s *shape) (bytes, align int) {
	switch {
	case len(s.dims) > 0:
		_, align = l.size(s.elem)
		if !l.std430 {
			align = roundUp(align, 16)
		}
		return s.dims[0] * l.stride(s), align
	case s.members != nil:
		align = 4
		if !l.std430 {
			align = 16
		}
		for i := range s.members {
			b, a := l.size(s.members[i].shape)
			bytes = roundUp(bytes, a) + b
			align = max(align, a)
		}
		return roundUp(bytes, align), align
	case s.isMatrix():
		vectors, stride := l.matrix(s)
		return vectors * stride, stride
	}
	n := 4
	if s.basic == "double" {
		n = 8
	}
	align = n * s.vec
	if s.vec == 3 {
		align = 4 * n
	}
	return n * s.vec, align
}

// matrix gives of how many vectors a matrix consists in memory, and their distance.
func (l *layout) matrix(s *shape) (vectors, stride int) {
	vectors, n := s.cols, s.rows
	if l.rowMajor {
		vectors, n = n, vectors
	}
	_, stride = l.size(&shape{basic: s.basic, vec: n})
	if !l.std430 {
		stride = roundUp(stride, 16)
	}
	return vectors, stride
}

// stride is the distance of an array's elements.
func (l *layout) stride(s *shape) int {
	b, a := l.size(s.elem)
	if !l.std430 {
		a = roundUp(a, 16)
	}
	return roundUp(b, a)
}

// member is the offset of member i in a structure or block.
func (l *layout) member(s *shape, i int) int {
	if s.basic == "block" && s.members[i].offset >= 0 {
		return s.members[i].offset
	}
	at := 0
	for j := range i + 1 {
		b, a := l.size(s.members[j].shape)
		at = roundUp(at, a)
		if j < i {
			at += b
		}
	}
	return at
}
