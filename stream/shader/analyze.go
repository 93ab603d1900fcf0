package shader

import (
	"fmt"
	"strings"
)

// analyze derives the position of a shader whose tree is known.
func analyze(t *tree) *Position {
	m := newMachine(t)
	p := &Position{}
	p.note(t)
	why := m.derive(p)
	if why != nil {
		p.fail(why.String())
	}
	return p
}

func newMachine(t *tree) *machine {
	return &machine{g: newGraph(), tree: t, functions: map[string]*node{}, assigned: map[*node]map[*symbol]bool{}, vertex: -1,
		uniforms: uniformTable{known: map[uniformKey]int{}}, attrs: map[attrKey]*attribute{}, fixed: map[string]*symbol{}}
}

func (r *reason) String() string {
	if r.line <= 0 {
		return r.what
	}
	return fmt.Sprintf("line %d: %s", r.line, r.what)
}

func (m *machine) derive(p *Position) *reason {
	st, why := m.main()
	if why != nil {
		return why
	}
	clip, why := m.position(st)
	if why != nil {
		return why
	}
	if m.g.full {
		return &reason{what: "is too long to be followed"}
	}
	return m.finish(p, clip, true)
}

// main runs the shader and gives what its variables hold at the end.
func (m *machine) main() (*state, *reason) {
	root := m.tree.root
	if root.kind != kindOp {
		return nil, &reason{what: "has no functions"}
	}
	for _, n := range root.kids {
		if n.kind != kindOp || n.op != "Function" {
			continue
		}
		if len(n.kids) == 1 {
			n.kids = append(n.kids, &node{}) // an empty body
		}
		if len(n.kids) == 2 {
			m.functions[n.name] = n
		}
	}
	main := m.functions["main("]
	if main == nil {
		return nil, &reason{what: "has no main"}
	}
	st := &state{vars: map[int][]scalar{}}
	out := m.run(st, &cont{runStmt, root, nil}) // what global variables begin with
	if out.st.lost == nil {
		out = m.run(out.st, &cont{runStmt, main.kids[1], nil})
	}
	if out.st.lost != nil {
		return nil, out.st.lost
	}
	return out.st, nil
}

// position finds gl_Position among the variables.
func (m *machine) position(st *state) ([]scalar, *reason) {
	for _, s := range m.tree.symbols {
		at := -1
		switch {
		case s.storage != stOutput && s.storage != stPosition:
			continue
		case s.builtIn == "Position" || s.storage == stPosition:
			at = 0
		case s.basic == "block":
			for _, mem := range s.members {
				if mem.builtIn == "Position" {
					at = mem.at
				}
			}
		}
		if at < 0 {
			continue
		}
		v := st.vars[s.slot]
		if len(v) < at+4 {
			break
		}
		return v[at : at+4], nil
	}
	return nil, &reason{what: "does not set gl_Position"}
}

// maxPlaces bounds what a position costs at each draw, and the memory that it is kept in.
const maxPlaces = 1 << 13

// finish makes a program of gl_Position's scalars, or of others: at most four. needs: they must depend on an attribute.
func (m *machine) finish(p *Position, clip []scalar, needs bool) *reason {
	var attr *attribute
	var out [20]expr
	var rounds int32
	loose := false
	for i := range clip {
		s := &clip[i]
		if s.bad != nil {
			return s.bad
		}
		if s.attr != nil && attr != nil && s.attr != attr {
			return m.reason("depends on several attributes: %s and %s", attr.sym.name, s.attr.sym.name)
		}
		if s.attr != nil {
			attr = s.attr
		}
		for j := range 4 {
			out[4*j+i] = s.k[j]
		}
		out[16+i] = s.c
		rounds = max(rounds, s.rounds)
		loose = loose || s.loose
	}
	if attr == nil && needs {
		return m.reason("depends on no attribute")
	}
	if attr != nil {
		p.Attribute = Attribute{Name: attr.sym.name, Location: attr.sym.location, Column: attr.column, Type: typeName(attr.shape),
			Components: attr.shape.scalars}
	}
	p.rounding = unit(rounds+1, loose)
	var used []int
	if p.program, used = m.g.compile(out); p.program.places > maxPlaces {
		return &reason{what: "is too long to be computed at each draw"}
	}
	for _, i := range used {
		p.Uniforms = append(p.Uniforms, m.uniforms.list[i])
	}
	return nil
}

// note looks at what a shader writes beside its position; anywhere, whether it gets there or not.
func (p *Position) note(t *tree) {
	for _, s := range t.symbols {
		if s.builtIn == "Position" || s.storage == stPosition {
			p.Invariant = p.Invariant || s.invariant
		}
		for i := range s.members {
			p.Invariant = p.Invariant || s.members[i].builtIn == "Position" && s.members[i].invariant
		}
	}
	functions := map[string]*node{}
	for _, n := range t.root.kids {
		if n.op == "Function" {
			functions[n.name] = n
		}
	}
	var visit func(*node)
	visit = func(n *node) {
		switch {
		case n.kind != kindOp:
		case isAssignment(n.op) && len(n.kids) > 0:
			p.written(n.kids[0])
		case n.op == "FunctionCall":
			if f := functions[n.name]; f != nil {
				for i, s := range parameters(f) {
					if i < len(n.kids) && (s.storage == stOut || s.storage == stInOut) {
						p.written(n.kids[i])
					}
				}
			}
		case strings.HasPrefix(n.op, "Atomic") || n.op == "ImageStore":
			p.Effects = true
		case mayWriteArguments(n.op):
			for _, k := range n.kids {
				if s := rootSymbol(k); s != nil {
					p.written(k)
				}
			}
			// Of what is not known by name some store into images.
			p.Effects = p.Effects || strings.HasPrefix(n.op, "?")
		}
		for _, k := range n.kids {
			visit(k)
		}
	}
	visit(t.root)
}

// written notes an assignment to n.
func (p *Position) written(n *node) {
	s := rootSymbol(n)
	if s == nil {
		return
	}
	if s.storage == stBuffer {
		p.Effects = true
	}
	name := s.builtIn
	for n.kind == kindOp && len(n.kids) == 2 {
		if n.op == "IndexDirectStruct" && n.kids[0].kind == kindSym && n.kids[1].kind == kindConst && len(n.kids[1].consts) == 1 {
			if i := int(n.kids[1].consts[0]); i >= 0 && i < len(s.members) {
				name = s.members[i].builtIn
			}
		}
		n = n.kids[0]
	}
	switch {
	case name == "PointSize" || s.storage == stPointSize:
		p.PointSize = true
	case name == "ClipDistance" || name == "CullDistance" || name == "ClipVertex" || s.storage == stClipVertex:
		p.ClipDistance = true
	case name == "Layer" || name == "ViewportIndex" || strings.HasPrefix(name, "Viewport") || strings.HasPrefix(name, "SecondaryPosition"):
		p.Viewport = true
	}
}
