package shader

import (
	"fmt"
	"maps"
	"slices"
)

// machine runs a shader on affine forms in place of numbers: each scalar of each variable is a form in one attribute, or is
// not known and why. A condition on uniforms runs both sides and chooses between what they leave; a condition on anything
// else leaves what both sides agree on.
type machine struct {
	g         *graph
	tree      *tree
	functions map[string]*node
	assigned  map[*node]map[*symbol]bool // of functions, what they may set
	uniforms  uniformTable
	attrs     map[attrKey]*attribute
	fixed     map[string]*symbol // of GL's own, which the source need not name
	line      int                // where it is
	steps     int
	depth     int
	frag      *fragment // nil: of a vertex shader
	vertex    int       // what gl_VertexID is, -1: not known
}

type attrKey struct {
	sym    *symbol
	column int
}

const (
	maxSteps = 1 << 17 // nodes run, loops unrolled and functions inlined
	maxCalls = 32
)

// state is what the variables hold. The slices are never changed, so that copies share them.
type state struct {
	vars map[int][]scalar
	lost *reason // nothing is known any more
}

func (s *state) clone() *state { return &state{vars: maps.Clone(s.vars), lost: s.lost} }

// outcome is how a function, or a branch that lets control go on, ended.
type outcome struct {
	st  *state
	ret []scalar
}

func (m *machine) reason(format string, args ...any) *reason {
	return &reason{line: m.line, what: fmt.Sprintf(format, args...)}
}

func (m *machine) bad(format string, args ...any) scalar {
	return scalar{bad: m.reason(format, args...)}
}

func unknown(s *shape, r *reason) []scalar {
	if s == nil || s.scalars <= 0 {
		return nil
	}
	return slices.Repeat([]scalar{{bad: r}}, s.scalars)
}

// step counts, so that no source keeps the machine busy for ever.
func (m *machine) step(n *node) bool {
	if n.line > 0 {
		m.line = n.line
	}
	m.steps++
	return m.steps <= maxSteps && !m.g.full
}

// cont is what is to be run next.
type cont struct {
	what contKind
	node *node
	next *cont
}

type contKind uint8

const (
	runStmt     contKind = iota
	runTest              // of a loop
	runTerminal          // of a loop; also where continue goes
	endBreak             // where break goes
)

// run runs k and all that follows it, up to the function's end.
func (m *machine) run(st *state, k *cont) outcome {
	for k != nil {
		n := k.node
		if k.what == endBreak {
			k = k.next
			continue
		}
		if st.lost != nil || !m.step(n) {
			if st.lost == nil {
				st.lost = m.reason("is too long to be followed")
			}
			return outcome{st: st}
		}
		switch k.what {
		case runTest:
			k = m.loopTest(st, k)
			continue
		case runTerminal:
			if n.kids[2].kind != kindNone {
				m.eval(st, n.kids[2])
			}
			k = &cont{runTest, n, k.next}
			continue
		}
		switch {
		case n.kind == kindNone || n.op == "LinkerObjects" || n.op == "Function":
			k = k.next
		case n.kind == kindOp && (n.op == "Sequence" || n.op == "Scope"):
			k = k.next
			for i := len(n.kids) - 1; i >= 0; i-- {
				k = &cont{runStmt, n.kids[i], k}
			}
		case n.kind == kindIf && (n.shape == nil || n.shape.basic == "void"):
			cond := m.condition(st, n.kids[0])
			if v, ok := m.g.isConst(cond.c); ok && cond.constant() {
				k = &cont{runStmt, n.kids[2-int(truth(v != 0))], k.next}
				continue
			}
			after := k.next
			leaves := n.kids[1].leaves|n.kids[2].leaves != 0
			if !leaves {
				after = nil
			}
			other := st.clone()
			yes := m.run(st, &cont{runStmt, n.kids[1], after})
			no := m.run(other, &cont{runStmt, n.kids[2], after})
			m.line = n.line
			out := m.merge(cond, yes, no)
			if leaves {
				return out
			}
			st = out.st
			k = k.next
		case n.kind == kindLoop:
			k = &cont{runTerminal, n, &cont{endBreak, n, k.next}}
			if n.testFirst {
				k = &cont{runTest, n, k.next}
			} else {
				k = &cont{runStmt, n.kids[1], k}
			}
		case n.kind == kindSwitch:
			k = m.switchOn(st, n, k.next)
		case n.kind == kindBranch:
			switch n.op {
			case "Return":
				var ret []scalar
				if n.kids[0].kind != kindNone {
					ret = m.eval(st, n.kids[0])
				}
				return outcome{st, ret}
			case "Break":
				for k != nil && k.what != endBreak {
					k = k.next
				}
			case "Continue":
				for k != nil && k.what != runTerminal {
					k = k.next
				}
			case "Case", "Default":
				k = k.next
			case "Kill":
				if m.frag != nil { // what would follow is followed as if it came: it reads no less
					return outcome{st: st}
				}
				st.lost = m.reason("%s is not followed", n.op)
			default:
				st.lost = m.reason("%s is not followed", n.op)
			}
		default:
			m.eval(st, n)
			k = k.next
		}
	}
	return outcome{st: st}
}

// loopTest goes on with the body, or behind the loop. A loop whose length is not a constant leaves all that it sets unknown.
func (m *machine) loopTest(st *state, k *cont) *cont {
	n := k.node
	again := m.constant(1)
	if n.kids[0].kind != kindNone {
		again = m.condition(st, n.kids[0])
	}
	v, ok := m.g.isConst(again.c)
	if !ok || !again.constant() {
		m.forget(st, n, m.reason("is set in a loop whose length is not constant"))
		return k.next
	}
	if v == 0 {
		return k.next
	}
	end := k.next
	if end == nil || end.what != endBreak || end.node != n {
		end = &cont{endBreak, n, end}
	}
	return &cont{runStmt, n.kids[1], &cont{runTerminal, n, end}}
}

// switchOn goes on at the case that holds.
func (m *machine) switchOn(st *state, n *node, next *cont) *cont {
	on := m.condition(st, n.kids[0])
	v, ok := m.g.isConst(on.c)
	if !ok || !on.constant() {
		m.forget(st, n, m.reason("is set in a switch that is not on a constant"))
		return next
	}
	body := n.kids[1].kids
	from, byDefault := -1, -1
	for i, c := range body {
		if c.kind != kindBranch {
			continue
		}
		switch c.op {
		case "Default":
			byDefault = i
		case "Case":
			label := m.eval(st, c.kids[0])
			if len(label) != 1 {
				continue
			}
			if l, ok := m.g.isConst(label[0].c); ok && label[0].constant() && l == v && from < 0 {
				from = i
			}
		}
	}
	if from < 0 {
		from = byDefault
	}
	if from < 0 {
		return next
	}
	k := &cont{endBreak, n, next}
	for i := len(body) - 1; i >= from; i-- {
		k = &cont{runStmt, body[i], k}
	}
	return k
}

// merge is what two ends have in common, or what cond chooses of them.
func (m *machine) merge(cond scalar, yes, no outcome) outcome {
	out := yes.st
	if out.lost == nil {
		out.lost = no.st.lost
	}
	if out.lost != nil {
		return yes
	}
	for slot, a := range yes.st.vars {
		out.vars[slot] = m.mergeValues(cond, a, no.st.vars[slot], slot)
	}
	for slot, b := range no.st.vars {
		if _, ok := yes.st.vars[slot]; !ok {
			out.vars[slot] = m.mergeValues(cond, nil, b, slot)
		}
	}
	ret := yes.ret
	if len(yes.ret) == len(no.ret) {
		ret = m.mergeValues(cond, yes.ret, no.ret, -1)
	}
	return outcome{out, ret}
}

func (m *machine) mergeValues(cond scalar, a, b []scalar, slot int) []scalar {
	if len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) {
		return a
	}
	if a == nil {
		a = m.unset(slot)
	}
	if b == nil {
		b = m.unset(slot)
	}
	if len(a) != len(b) {
		return nil
	}
	m.steps += len(a) / 16
	out := make([]scalar, len(a))
	for i := range out {
		out[i] = m.choose(cond, a[i], b[i])
	}
	return out
}

func (m *machine) unset(slot int) []scalar {
	if slot < 0 {
		return nil
	}
	s := m.tree.symbols[slot]
	v := unknown(s.shape, m.reason("depends on %s, which is not set", s.name))
	for i := range s.members {
		if mem := &s.members[i]; s.basic == "block" && mem.scalars > 0 && mem.at >= 0 && mem.at+mem.scalars <= len(v) {
			copy(v[mem.at:], unknown(mem.shape, m.reason("depends on %s, which is not set", mem.name)))
		}
	}
	return v
}

// forget makes unknown whatever n may set.
func (m *machine) forget(st *state, n *node, why *reason) {
	if m.frag != nil && m.samples(n, 0) {
		st.lost = why
		return
	}
	set := map[*symbol]bool{}
	m.collect(n, set, 0)
	for s := range set {
		if s == nil {
			st.lost = why
			continue
		}
		st.vars[s.slot] = unknown(s.shape, why)
	}
}

// collect gathers the variables that n may set; nil stands for all of them.
func (m *machine) collect(n *node, set map[*symbol]bool, calls int) {
	if m.steps++; calls > maxCalls || m.steps > maxSteps {
		set[nil] = true
		return
	}
	switch {
	case n.kind == kindBranch && (n.op == "Return" || n.op == "Kill"):
		if calls == 0 {
			set[nil] = true
		}
	case n.kind == kindOp && n.op == "FunctionCall":
		f := m.functions[n.name]
		if f == nil {
			set[nil] = true
			break
		}
		of, ok := m.assigned[f]
		if !ok {
			of = map[*symbol]bool{}
			m.collect(f, of, calls+1)
			m.assigned[f] = of
		}
		maps.Copy(set, of)
		for i, p := range parameters(f) {
			if i < len(n.kids) && (p.storage == stOut || p.storage == stInOut) {
				set[rootSymbol(n.kids[i])] = true
			}
		}
	case n.kind == kindOp && isAssignment(n.op) && len(n.kids) > 0:
		set[rootSymbol(n.kids[0])] = true
	case n.kind == kindOp && mayWriteArguments(n.op):
		for _, kid := range n.kids {
			if s := rootSymbol(kid); s != nil {
				set[s] = true
			}
		}
	}
	for _, kid := range n.kids {
		m.collect(kid, set, calls)
	}
}

// rootSymbol is the variable of which n is a part; nil: it is none.
func rootSymbol(n *node) *symbol {
	for {
		switch {
		case n.kind == kindSym:
			return n.sym
		case n.kind == kindOp && (n.op == "IndexDirect" || n.op == "IndexIndirect" || n.op == "IndexDirectStruct" || n.op == "VectorSwizzle") && len(n.kids) == 2:
			n = n.kids[0]
		default:
			return nil
		}
	}
}

func parameters(f *node) []*symbol {
	if len(f.kids) == 0 || f.kids[0].op != "Parameters" {
		return nil
	}
	var out []*symbol
	for _, p := range f.kids[0].kids {
		if p.kind == kindSym {
			out = append(out, p.sym)
		}
	}
	return out
}

// call runs a function of the shader's own.
func (m *machine) call(st *state, n *node) []scalar {
	f := m.functions[n.name]
	if f == nil {
		st.lost = m.reason("calls %s, which has no body here", plain(n.name))
		return unknown(n.shape, st.lost)
	}
	params := parameters(f)
	if len(params) != len(n.kids) || m.depth >= maxCalls || len(f.kids) != 2 {
		st.lost = m.reason("the call of %s is not followed", plain(n.name))
		return unknown(n.shape, st.lost)
	}
	m.depth++
	defer func() { m.depth-- }()
	line := m.line
	values := make([][]scalar, len(params))
	for i, p := range params {
		if p.storage != stOut {
			values[i] = m.eval(st, n.kids[i])
		}
	}
	before := maps.Clone(st.vars)
	if m.frag != nil {
		defer m.pass(st, params, n)()
	}
	for i, p := range params {
		if values[i] != nil {
			st.vars[p.slot] = values[i]
		}
	}
	out := m.run(st, &cont{runStmt, f.kids[1], nil})
	m.line = line
	if out.st != st {
		*st = *out.st
	}
	results := make([][]scalar, len(params))
	for i, p := range params {
		if p.storage == stOut || p.storage == stInOut {
			if results[i] = st.vars[p.slot]; results[i] == nil {
				results[i] = m.unset(p.slot)
			}
		}
	}
	// The function's own variables end here: what they held is not what they hold in the next call.
	for slot := range st.vars {
		switch m.tree.symbols[slot].storage {
		case stTemp, stConst, stIn, stOut, stInOut, stConstIn:
			if old, ok := before[slot]; ok {
				st.vars[slot] = old
			} else {
				delete(st.vars, slot)
			}
		}
	}
	for i, p := range params {
		if p.storage == stOut || p.storage == stInOut {
			m.assign(st, n.kids[i], results[i])
		}
	}
	if n.shape == nil || n.shape.scalars <= 0 {
		return nil
	}
	if len(out.ret) != n.shape.scalars {
		return unknown(n.shape, m.reason("depends on what %s returns, which is not known", plain(n.name)))
	}
	return out.ret
}

// plain takes glslang's signature off a function's name.
func plain(mangled string) string {
	for i := range len(mangled) {
		if mangled[i] == '(' {
			return mangled[:i]
		}
	}
	return mangled
}
