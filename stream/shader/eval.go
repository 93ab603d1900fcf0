package shader

import (
	"math"
	"slices"
	"strings"
)

// place is a part of a variable.
type place struct {
	sym   *symbol
	shape *shape
	at    int   // first scalar
	pick  []int // of a swizzle: its scalars, counted from the variable's first
	bad   *reason
	// indirect: by an index that is known here, and in the source is not a constant.
	indirect bool
}

// place finds the variable that n is a part of. ok is false where n is a value only.
func (m *machine) place(st *state, n *node) (p place, ok bool) {
	if n.kind == kindSym {
		return place{sym: n.sym, shape: n.sym.shape}, true
	}
	if n.kind != kindOp || len(n.kids) != 2 || n.shape == nil {
		return p, false
	}
	switch n.op {
	case "IndexDirect", "IndexIndirect", "IndexDirectStruct", "VectorSwizzle":
	default:
		return p, false
	}
	if p, ok = m.place(st, n.kids[0]); !ok {
		return p, false
	}
	if n.op == "VectorSwizzle" {
		picked, ok := m.swizzle(n)
		if !ok {
			return p, false
		}
		of := p.pick
		p.pick = nil
		for _, i := range picked {
			switch {
			case of != nil && i < len(of):
				p.pick = append(p.pick, of[i])
			case of == nil && i < max(p.shape.scalars, 1):
				p.pick = append(p.pick, p.at+i)
			default:
				return p, false
			}
		}
		p.shape = n.shape
		return p, true
	}
	index := m.eval(st, n.kids[1])
	if len(index) != 1 {
		return p, false
	}
	v, fixed := m.g.isConst(index[0].c)
	i := int(v)
	p.indirect = p.indirect || n.op == "IndexIndirect"
	switch {
	case p.bad != nil:
	case index[0].bad != nil:
		p.bad = index[0].bad
	case !fixed || !index[0].constant():
		p.bad = m.reason("depends on %s by an index that is not constant", p.sym.name)
	case n.op == "IndexDirectStruct":
		if i < 0 || i >= len(p.shape.members) || p.shape.members[i].at < 0 {
			p.bad = m.reason("depends on a member of %s that cannot be found", p.sym.name)
		} else {
			p.at += p.shape.members[i].at
		}
	case p.pick != nil:
		if i < 0 || i >= len(p.pick) {
			p.bad = m.reason("has an index outside of a vector")
		} else {
			p.pick = p.pick[i : i+1]
		}
	default:
		if p.shape.elem == nil || i < 0 || i >= p.shape.elements() || p.shape.elem.scalars < 0 {
			p.bad = m.reason("has an index outside of %s", p.sym.name)
		} else {
			p.at += i * p.shape.elem.scalars
		}
	}
	p.shape = n.shape
	if n.op == "IndexDirectStruct" && p.bad == nil && n.shape.scalars < 0 {
		p.bad = m.reason("depends on %s, which is too large", p.sym.name)
	}
	return p, true
}

func (m *machine) swizzle(n *node) ([]int, bool) {
	var out []int
	for _, k := range n.kids[1].kids {
		if k.kind != kindConst || len(k.consts) != 1 || k.consts[0] < 0 || k.consts[0] > 3 {
			return nil, false
		}
		out = append(out, int(k.consts[0]))
	}
	return out, len(out) >= 1 && len(out) <= 4
}

// load gives the scalars of a place.
func (m *machine) load(st *state, p place) []scalar {
	if p.bad != nil || p.shape.scalars <= 0 {
		why := p.bad
		if why == nil {
			why = m.reason("depends on %s, which is not followed", p.sym.name)
		}
		return unknown(p.shape, why)
	}
	m.steps += p.shape.scalars / 16
	out := make([]scalar, p.shape.scalars)
	for i := range out {
		at := p.at + i
		if p.pick != nil {
			if i >= len(p.pick) {
				return unknown(p.shape, m.reason("has a swizzle that is not followed"))
			}
			at = p.pick[i]
		}
		out[i] = m.loadScalar(st, p.sym, at)
	}
	return out
}

func (m *machine) loadScalar(st *state, s *symbol, at int) scalar {
	switch s.storage {
	case stUniform:
		return m.uniforms.load(m, s, at)
	case stInput:
		return m.input(s, at)
	case stConst, stConstIn, stGlobal, stTemp:
		if s.storage == stConst && at < len(s.consts) {
			return m.constant(s.consts[at])
		}
	case stBuffer:
		return m.bad("depends on a storage buffer")
	case stVertexID, stInstanceID, stOther, stShared, stFlat:
		if s.storage == stVertexID && m.vertex >= 0 {
			return m.constant(float64(m.vertex))
		}
		if m.frag != nil && s.builtIn == "FragCoord" && at < 2 {
			return m.component(attrKey{s, 0}, s.shape, at)
		}
		return m.bad("depends on %s", s.name)
	}
	if values := st.vars[s.slot]; at < len(values) {
		return values[at]
	}
	return m.bad("depends on %s, which is not set", s.name)
}

// input is a scalar of a vertex attribute.
func (m *machine) input(s *symbol, at int) scalar {
	switch b := s.builtIn; {
	case b == "-", b == "Vertex", b == "Normal", b == "Color", b == "SecondaryColor", b == "FogFragCoord", strings.HasPrefix(b, "MultiTexCoord"):
	default:
		return m.bad("depends on %s", s.name)
	}
	column, of := 0, s.shape
	switch {
	case of.isMatrix():
		column, of = at/of.rows, of.elem
		at %= of.scalars
	case len(of.dims) > 0 || of.members != nil || of.scalars < 1 || of.scalars > 4:
		return m.bad("depends on %s, an array of attributes", s.name)
	}
	if of.basic == "bool" || at >= of.scalars {
		return m.bad("depends on %s", s.name)
	}
	return m.component(attrKey{s, column}, of, at)
}

// component is a scalar of an attribute.
func (m *machine) component(key attrKey, of *shape, at int) scalar {
	a := m.attrs[key]
	if a == nil {
		a = &attribute{key.sym, key.column, of}
		m.attrs[key] = a
	}
	v := scalar{attr: a}
	v.k[at] = one
	return v
}

// assign sets a place.
func (m *machine) assign(st *state, to *node, values []scalar) {
	p, ok := m.place(st, to)
	if !ok {
		st.lost = m.reason("an assignment is not followed")
		return
	}
	if p.sym.storage == stUniform || p.sym.storage == stBuffer {
		return // a uniform's first value; a storage buffer, which is never followed
	}
	if p.sym.shape.scalars <= 0 {
		return
	}
	old := st.vars[p.sym.slot]
	if old == nil {
		old = m.unset(p.sym.slot)
	}
	if p.bad == nil && p.indirect {
		// Mesa 22.3 unrolls loops with continue and break so that such elements get a wrong value.
		p.bad = m.reason("depends on %s, which is set by an index that is not constant", p.sym.name)
	}
	if p.bad != nil {
		st.vars[p.sym.slot] = unknown(p.sym.shape, p.bad)
		return
	}
	m.steps += len(old) / 16
	next := slices.Clone(old)
	for i := range max(p.shape.scalars, 0) {
		at := p.at + i
		if p.pick != nil && i < len(p.pick) {
			at = p.pick[i]
		}
		if at >= len(next) {
			st.lost = m.reason("an assignment to %s is not followed", p.sym.name)
			return
		}
		if i < len(values) {
			next[at] = values[i]
		} else {
			next[at] = m.bad("depends on %s, whose value is not followed", p.sym.name)
		}
	}
	st.vars[p.sym.slot] = next
}

// condition is a value of one scalar.
func (m *machine) condition(st *state, n *node) scalar {
	if v := m.eval(st, n); len(v) == 1 {
		return v[0]
	}
	return m.bad("depends on a condition that is not followed")
}

// fork evaluates both where cond is not a constant, and merges what they leave.
func (m *machine) fork(st *state, cond scalar, yes, no func(*state) []scalar) []scalar {
	if v, ok := m.g.isConst(cond.c); ok && cond.constant() {
		if v != 0 {
			return yes(st)
		}
		return no(st)
	}
	line := m.line
	other := st.clone()
	a := outcome{st, nil}
	a.ret = yes(st)
	b := outcome{other, nil}
	b.ret = no(other)
	m.line = line
	out := m.merge(cond, a, b)
	if st.lost != nil {
		return nil
	}
	return out.ret
}

// eval gives the scalars of an expression, column by column; as many as its shape has, or none where it has no value.
func (m *machine) eval(st *state, n *node) []scalar {
	if st.lost != nil {
		return unknown(n.shape, st.lost)
	}
	if !m.step(n) {
		st.lost = m.reason("is too long to be followed")
		return unknown(n.shape, st.lost)
	}
	v := m.value(st, n)
	if n.shape == nil || n.shape.scalars <= 0 {
		return nil
	}
	if len(v) != n.shape.scalars {
		return unknown(n.shape, m.reason("%s is not followed here", describe(n)))
	}
	if n.half && m.tree.profile == "es" && (n.shape.basic == "float") {
		v = m.loosen(v)
	}
	return v
}

func (m *machine) loosen(v []scalar) []scalar {
	if !slices.ContainsFunc(v, func(s scalar) bool { return s.bad == nil && !s.loose }) {
		return v
	}
	v = slices.Clone(v)
	for i := range v {
		if v[i].bad == nil {
			v[i].loose = true
			v[i].rounds = max(v[i].rounds, 1)
		}
	}
	return v
}

func (m *machine) value(st *state, n *node) []scalar {
	switch n.kind {
	case kindConst:
		out := make([]scalar, len(n.consts))
		for i, c := range n.consts {
			if !finite(c) {
				out[i] = m.bad("depends on a constant that is not finite")
				continue
			}
			out[i] = m.constant(c)
		}
		return out
	case kindSym:
		return m.load(st, place{sym: n.sym, shape: n.sym.shape})
	case kindIf:
		cond := m.condition(st, n.kids[0])
		return m.fork(st, cond, func(s *state) []scalar { return m.eval(s, n.kids[1]) }, func(s *state) []scalar { return m.eval(s, n.kids[2]) })
	case kindOp:
		return m.operation(st, n)
	}
	return nil
}

func (m *machine) operation(st *state, n *node) []scalar {
	switch n.op {
	case "IndexDirect", "IndexIndirect", "IndexDirectStruct", "VectorSwizzle":
		if p, ok := m.place(st, n); ok {
			return m.load(st, p)
		}
		return m.part(st, n)
	case "FunctionCall":
		return m.call(st, n)
	case "Sequence", "Comma":
		var v []scalar
		for _, k := range n.kids {
			v = m.eval(st, k)
		}
		return v
	case "LogicalAnd", "LogicalOr":
		if len(n.kids) != 2 {
			return nil
		}
		left := m.condition(st, n.kids[0])
		right := func(s *state) []scalar { return []scalar{m.condition(s, n.kids[1])} }
		if n.op == "LogicalAnd" {
			return m.fork(st, left, right, func(*state) []scalar { return []scalar{m.constant(0)} })
		}
		return m.fork(st, left, func(*state) []scalar { return []scalar{m.constant(1)} }, right)
	case "ArrayLength":
		if len(n.kids) == 1 && n.kids[0].shape != nil && n.kids[0].shape.elements() > 0 {
			return []scalar{m.constant(float64(n.kids[0].shape.elements()))}
		}
		return nil
	case "Ftransform":
		return m.ftransform()
	case "PostIncrement", "PostDecrement", "PreIncrement", "PreDecrement":
		return m.increment(st, n)
	}
	if isAssignment(n.op) {
		return m.assignment(st, n)
	}
	args := make([][]scalar, len(n.kids))
	for i, k := range n.kids {
		args[i] = m.eval(st, k)
	}
	m.line = n.line
	if m.frag != nil {
		m.sample(st, n, args)
	}
	if v, ok := m.builtIn(n, args); ok {
		return v
	}
	if mayWriteArguments(n.op) {
		m.forget(st, n, m.reason("is set by %s", describe(n)))
	}
	return unknown(n.shape, m.reason("depends on %s", describe(n)))
}

// part indexes a value that is no variable's.
func (m *machine) part(st *state, n *node) []scalar {
	if len(n.kids) != 2 || n.kids[0].shape == nil {
		return nil
	}
	of := m.eval(st, n.kids[0])
	if n.op == "VectorSwizzle" {
		picked, ok := m.swizzle(n)
		if !ok {
			return nil
		}
		var out []scalar
		for _, i := range picked {
			if i >= len(of) {
				return nil
			}
			out = append(out, of[i])
		}
		return out
	}
	index := m.condition(st, n.kids[1])
	v, ok := m.g.isConst(index.c)
	if index.bad != nil {
		return unknown(n.shape, index.bad)
	}
	if !ok || !index.constant() {
		return unknown(n.shape, m.reason("depends on an index that is not constant"))
	}
	i, s := int(v), n.kids[0].shape
	at := -1
	if n.op == "IndexDirectStruct" {
		if i >= 0 && i < len(s.members) {
			at = s.members[i].at
		}
	} else if s.elem != nil && i >= 0 && i < s.elements() {
		at = i * s.elem.scalars
	}
	if at < 0 || n.shape == nil || n.shape.scalars < 0 || at+n.shape.scalars > len(of) {
		return nil
	}
	return of[at : at+n.shape.scalars]
}

func (m *machine) increment(st *state, n *node) []scalar {
	if len(n.kids) != 1 || n.kids[0].shape == nil {
		return nil
	}
	old := m.eval(st, n.kids[0])
	by := slices.Repeat([]scalar{m.constant(1)}, len(old))
	op := "Add"
	if strings.HasSuffix(n.op, "Decrement") {
		op = "Sub"
	}
	next := m.componentwise(op, n.kids[0].shape.basic, old, by)
	m.assign(st, n.kids[0], next)
	if strings.HasPrefix(n.op, "Post") {
		return old
	}
	return next
}

// assignment sets the left side. The right side comes first, as what it calls may set the left one too.
func (m *machine) assignment(st *state, n *node) []scalar {
	if len(n.kids) != 2 || n.kids[0].shape == nil {
		return nil
	}
	to, from := n.kids[0], n.kids[1]
	v := m.eval(st, from)
	if n.op != "Assign" {
		old := m.eval(st, to)
		v = m.binary(strings.TrimSuffix(n.op, "Assign"), to.shape, to.shape, from.shape, old, v)
	}
	if st.lost == nil {
		m.assign(st, to, v)
	}
	return v
}

func isAssignment(op string) bool {
	switch op {
	case "PostIncrement", "PostDecrement", "PreIncrement", "PreDecrement":
		return true
	}
	return op == "Assign" || strings.HasSuffix(op, "Assign")
}

// mayWriteArguments tells whether a function of GLSL's may set what it is given; of what is not known by name, any may.
func mayWriteArguments(op string) bool {
	switch op {
	case "Modf", "Frexp":
		return true
	}
	return strings.HasPrefix(op, "?")
}

// describe names an operation in a reason.
func describe(n *node) string {
	switch {
	case n.kind == kindOp && strings.HasPrefix(n.op, "Texture"):
		return "a texture"
	case n.kind == kindOp && strings.HasPrefix(n.op, "Image"):
		return "an image"
	case n.kind == kindOp && strings.HasPrefix(n.op, "Atomic"):
		return "an atomic"
	case n.kind == kindOp && strings.HasPrefix(n.op, "?"):
		return "glslang's operation " + n.op[1:]
	case n.kind == kindOp && n.op != "":
		return strings.ToLower(n.op)
	}
	return "an expression"
}

// wrap is v as a 32-bit integer of GLSL's.
func wrap(basic string, v float64) float64 {
	if math.Abs(v) >= 1<<53 {
		return math.NaN()
	}
	if basic == "uint" {
		return float64(uint32(int64(v)))
	}
	return float64(int32(int64(v)))
}
