package shader

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// errTree is the class of errors in what the front end wrote.
var errTree = errors.New("shader: syntax tree")

// Limits of what is taken from the front end, which wrote it about a source that nobody trusts.
const (
	maxNodes   = 1 << 18
	maxDepth   = 2000
	maxScalars = 1 << 16 // of one value; a larger one is not looked into
)

type storage uint8

const (
	stOther storage = iota
	stTemp
	stGlobal
	stConst
	stInput
	stOutput
	stUniform
	stBuffer
	stShared
	stIn
	stOut
	stInOut
	stConstIn
	stVertexID
	stInstanceID
	stPosition
	stPointSize
	stClipVertex
	stFlat
)

var storages = map[string]storage{
	"other": stOther, "temp": stTemp, "global": stGlobal, "const": stConst, "input": stInput, "output": stOutput, "uniform": stUniform,
	"buffer": stBuffer, "shared": stShared, "in": stIn, "out": stOut, "inout": stInOut, "constin": stConstIn, "vertexid": stVertexID,
	"instanceid": stInstanceID, "position": stPosition, "pointsize": stPointSize, "clipvertex": stClipVertex, "flat": stFlat,
}

// qualifier is what a declaration says beside the shape.
type qualifier struct {
	storage   storage
	builtIn   string // glslang's name of what it is, "-" for none
	half      bool   // mediump or lowp
	packing   string
	rowMajor  bool
	ownMajor  bool // a matrix layout is given
	location  int  // -1: none given
	component int
	offset    int // in its block, bytes; -1: none given
	invariant bool
}

// shape is what kind of value: basic type, vector or matrix, array sizes (outermost first), members.
type shape struct {
	basic      string
	vec        int // components of a vector, 1 for a scalar, 0 for a matrix
	cols, rows int
	dims       []int // 0: size unknown
	members    []member
	scalars    int // in all; -1: not known, or more than maxScalars
	elem       *shape
}

type member struct {
	name string
	*shape
	qualifier
	at int // first scalar
}

type symbol struct {
	id    int64
	name  string
	block string // the block's own name
	*shape
	qualifier
	consts []float64
	slot   int // where the state keeps it
}

type nodeKind uint8

const (
	kindNone nodeKind = iota
	kindSym
	kindConst
	kindOp
	kindIf     // condition, true, false
	kindSwitch // condition, body
	kindLoop   // test, body, terminal
	kindBranch // expression
)

type node struct {
	kind      nodeKind
	testFirst bool
	half      bool
	line      int
	shape     *shape // nil: a statement
	op        string
	name      string // of a function, mangled
	sym       *symbol
	consts    []float64
	kids      []*node
	leaves    jump
}

// jump says how what is below a node may leave it.
type jump uint8

const (
	jumpReturn jump = 1 << iota
	jumpBreak
	jumpContinue
)

// finish notes the jumps out of n, whose children are known.
func (n *node) finish() {
	for _, k := range n.kids {
		n.leaves |= k.leaves
	}
	switch n.kind {
	case kindLoop:
		n.leaves &^= jumpBreak | jumpContinue
	case kindSwitch:
		n.leaves &^= jumpBreak
	case kindBranch:
		switch n.op {
		case "Break":
			n.leaves |= jumpBreak
		case "Continue":
			n.leaves |= jumpContinue
		case "Case", "Default": // a label
		default:
			n.leaves |= jumpReturn
		}
	}
}

// tree is what the front end knows of a shader.
type tree struct {
	version int
	profile string
	root    *node
	symbols []*symbol
}

// treeReader takes the lines that front/FORMAT.md describes.
type treeReader struct {
	rest    []byte
	line    int
	fields  [][]byte
	at      int
	err     error
	nodes   int
	structs [][]member
	shapes  []*shape
	byID    map[int64]*symbol
	tree    tree
}

func parseTree(data []byte) (*tree, error) {
	r := &treeReader{rest: data, byID: map[int64]*symbol{}}
	r.next()
	if r.word() != "prism-glsl" || r.num() != 1 {
		return nil, fmt.Errorf("%w: not one, or of another version", errTree)
	}
	r.tree.version = r.num()
	r.tree.profile = r.word()
	r.tree.root = r.node(0)
	r.next()
	if r.word() != "end" {
		r.fail("is cut off")
	}
	if r.err != nil {
		return nil, r.err
	}
	return &r.tree, nil
}

func (r *treeReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: line %d: %s", errTree, r.line, fmt.Sprintf(format, args...))
	}
}

func (r *treeReader) next() {
	line, rest, ok := bytes.Cut(r.rest, []byte("\n"))
	if !ok {
		r.fail("is cut off")
	}
	r.rest, r.fields, r.at = rest, bytes.Fields(line), 0
	r.line++
}

func (r *treeReader) word() string {
	if r.err != nil || r.at >= len(r.fields) {
		r.fail("has %d words", len(r.fields))
		return ""
	}
	r.at++
	return string(r.fields[r.at-1])
}

func (r *treeReader) num() int { return int(r.num64()) }

func (r *treeReader) num64() int64 {
	v, err := strconv.ParseInt(r.word(), 10, 64)
	if err != nil {
		r.fail("word %d is no number", r.at)
	}
	return v
}

// count is a number of things of which each takes a word or line of what is left.
func (r *treeReader) count() int {
	n := r.num()
	if n < 0 || n > len(r.rest)+len(r.fields) {
		r.fail("%d things cannot follow", n)
		return 0
	}
	return n
}

func (r *treeReader) floats() []float64 {
	n := r.count()
	if n == 0 || r.err != nil {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		v, err := strconv.ParseFloat(r.word(), 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			r.fail("word %d is no number", r.at)
		}
		out[i] = v
	}
	return out
}

func (r *treeReader) shapeAt(i int) *shape {
	if i < 0 || i >= len(r.shapes) {
		r.fail("type %d is not known", i)
		return &shape{basic: "other", scalars: -1}
	}
	return r.shapes[i]
}

func (r *treeReader) qualifier() qualifier {
	var q qualifier
	q.storage = storages[r.word()]
	q.builtIn = r.word()
	p := r.word()
	q.half = p == "low" || p == "medium"
	q.packing = r.word()
	m := r.word()
	q.rowMajor, q.ownMajor = m == "row", m != "none"
	q.location, q.component, q.offset = r.num(), r.num(), r.num()
	q.invariant = r.num() != 0
	return q
}

// declarations takes types, structures and symbols, up to the line of a node.
func (r *treeReader) declarations() string {
	for r.err == nil {
		r.next()
		switch w := r.word(); w {
		case "type":
			r.newType()
		case "struct":
			if r.num() != len(r.structs) {
				r.fail("structures are not in order")
			}
			var members []member
			for range r.count() {
				r.next()
				if r.word() != "member" {
					r.fail("no member")
				}
				m := member{shape: r.shapeAt(r.num()), name: r.word()}
				m.qualifier = r.qualifier()
				if r.err != nil {
					return ""
				}
				members = append(members, m)
			}
			r.structs = append(r.structs, members)
		case "symbol":
			s := &symbol{id: r.num64(), shape: r.shapeAt(r.num()), name: r.word(), block: r.word()}
			s.qualifier = r.qualifier()
			s.consts = r.floats()
			s.slot = len(r.tree.symbols)
			r.byID[s.id] = s
			r.tree.symbols = append(r.tree.symbols, s)
		default:
			return w
		}
	}
	return ""
}

func (r *treeReader) newType() {
	if r.num() != len(r.shapes) {
		r.fail("types are not in order")
	}
	s := &shape{basic: r.word(), vec: r.num(), cols: r.num(), rows: r.num()}
	for range r.count() {
		s.dims = append(s.dims, r.num())
	}
	if n := r.num(); n >= 0 {
		if n >= len(r.structs) {
			r.fail("structure %d is not known", n)
			return
		}
		s.members = r.structs[n]
	}
	if r.err != nil {
		return
	}
	s.finish()
	r.shapes = append(r.shapes, s)
}

// finish counts scalars and makes the shapes of elements.
func (s *shape) finish() {
	if len(s.dims) > 0 {
		s.elem = &shape{basic: s.basic, vec: s.vec, cols: s.cols, rows: s.rows, dims: s.dims[1:], members: s.members}
		s.elem.finish()
		s.scalars = times(s.elem.scalars, s.dims[0])
		return
	}
	switch {
	case s.members != nil:
		members := make([]member, len(s.members))
		copy(members, s.members)
		s.members = members
		n := 0
		for i := range members {
			members[i].at = n
			if n >= 0 && members[i].scalars >= 0 {
				n += members[i].scalars
			} else {
				n = -1
			}
		}
		s.scalars = times(n, 1)
	case s.basic == "float" || s.basic == "double" || s.basic == "int" || s.basic == "uint" || s.basic == "bool":
		switch {
		case s.vec >= 1 && s.vec <= 4 && s.cols == 0:
			s.scalars = s.vec
			if s.vec > 1 {
				s.elem = &shape{basic: s.basic, vec: 1, scalars: 1}
			}
		case s.cols >= 2 && s.cols <= 4 && s.rows >= 2 && s.rows <= 4:
			s.vec = 0
			s.scalars = s.cols * s.rows
			s.elem = &shape{basic: s.basic, vec: s.rows}
			s.elem.finish()
		default:
			s.scalars = -1
		}
	default: // samplers, void: no value that is followed
		s.scalars = 0
	}
}

func times(n, by int) int {
	if n < 0 || by <= 0 || n > maxScalars/by {
		return -1
	}
	return n * by
}

// elements gives how many an index can choose from; 0: nothing to index.
func (s *shape) elements() int {
	switch {
	case len(s.dims) > 0:
		return s.dims[0]
	case s.cols > 0:
		return s.cols
	case s.vec > 1:
		return s.vec
	}
	return 0
}

func (s *shape) isMatrix() bool { return len(s.dims) == 0 && s.cols > 0 }
func (s *shape) isVector() bool { return len(s.dims) == 0 && s.cols == 0 && s.vec > 1 }

func (r *treeReader) node(depth int) *node {
	w := r.declarations()
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		r.fail("the tree is too large")
	}
	n := &node{}
	if r.err != nil || w == "none" {
		return n
	}
	n.line = r.num()
	if t := r.num(); t >= 0 {
		n.shape = r.shapeAt(t)
	}
	p := r.word()
	n.half = p == "low" || p == "medium"
	kids := 0
	switch w {
	case "sym":
		n.kind = kindSym
		if n.sym = r.byID[r.num64()]; n.sym == nil {
			r.fail("a symbol that is not known")
		}
	case "const":
		n.kind = kindConst
		n.consts = r.floats()
	case "op":
		n.kind = kindOp
		n.op, n.name, kids = r.word(), r.word(), r.count()
	case "if":
		n.kind, kids = kindIf, 3
	case "switch":
		n.kind, kids = kindSwitch, 2
	case "loop":
		n.kind, kids = kindLoop, 3
		n.testFirst = r.num() != 0
	case "branch":
		n.kind, kids = kindBranch, 1
		n.op = r.word()
	default:
		r.fail("%q is no node", w)
	}
	for range kids {
		if r.err != nil {
			return n
		}
		n.kids = append(n.kids, r.node(depth+1))
	}
	n.finish()
	return n
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
