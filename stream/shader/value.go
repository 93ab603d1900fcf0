package shader

import "math"

// A scalar of a shader: an affine form in one attribute, or unknown with the reason.
//
//	k[0]·x + k[1]·y + k[2]·z + k[3]·w + c
type scalar struct {
	bad  *reason
	attr *attribute // nil: the same for all vertices
	k    [4]expr
	c    expr
	// rounds counts how often a term has been rounded on its way here, at most. loose: some of that to less than 24 bits.
	rounds int32
	loose  bool
}

// attribute is a vertex attribute, or one column of it.
type attribute struct {
	sym    *symbol
	column int
	shape  *shape // of the column
}

// reason says why something is not known. It is made where that begins and handed on.
type reason struct {
	line int // of all strings together; 0: no place
	what string
}

func (s *scalar) constant() bool { return s.bad == nil && s.attr == nil }

// followed tells whether two scalars are of the same attribute, or one of none.
func sameAttr(a, b *scalar) (*attribute, bool) {
	switch {
	case a.attr == nil:
		return b.attr, true
	case b.attr == nil || a.attr == b.attr:
		return a.attr, true
	}
	return nil, false
}

// clean drops an attribute of which nothing is left.
func (s scalar) clean() scalar {
	if s.k == [4]expr{} {
		s.attr = nil
	}
	return s
}

func (m *machine) constant(v float64) scalar { return scalar{c: m.g.constant(v)} }

// two hands on what is not known of either.
func two(a, b *scalar) (scalar, bool) {
	if a.bad != nil {
		return *a, false
	}
	if b.bad != nil {
		return *b, false
	}
	return scalar{loose: a.loose || b.loose}, true
}

func (m *machine) add(a, b scalar, sub bool) scalar {
	r, ok := two(&a, &b)
	if !ok {
		return r
	}
	if r.attr, ok = sameAttr(&a, &b); !ok {
		return m.bad("depends on several attributes: %s and %s", a.attr.sym.name, b.attr.sym.name)
	}
	op := opAdd
	if sub {
		op = opSub
	}
	for i := range r.k {
		r.k[i] = m.g.op2(op, a.k[i], b.k[i], 0)
	}
	r.c = m.g.op2(op, a.c, b.c, 0)
	r.rounds = max(a.rounds, b.rounds)
	if a.isZero() || b.isZero() {
		return r
	}
	r.rounds++
	return r.clean()
}

func (s *scalar) isZero() bool { return s.bad == nil && s.attr == nil && s.c == zero }
func (s *scalar) isOne() bool  { return s.bad == nil && s.attr == nil && s.c == one }

func (m *machine) mul(a, b scalar) scalar {
	// What is not known times 0 stays so: it may be infinite.
	r, ok := two(&a, &b)
	if !ok {
		return r
	}
	if a.attr != nil && b.attr != nil {
		return m.bad("is not affine: a product of values of %s and %s", a.attr.sym.name, b.attr.sym.name)
	}
	if a.attr == nil {
		a, b = b, a
	}
	r.attr = a.attr
	for i := range r.k {
		r.k[i] = m.g.op2(opMul, a.k[i], b.c, 0)
	}
	r.c = m.g.op2(opMul, a.c, b.c, 0)
	r.rounds = a.rounds + b.rounds
	if !a.isOne() && !b.isOne() {
		r.rounds++
	}
	return r.clean()
}

// divRounds: GLSL takes 2.5 units in the last place for a division.
const divRounds = 5

func (m *machine) div(a, b scalar) scalar {
	r, ok := two(&a, &b)
	if !ok {
		return r
	}
	if b.attr != nil {
		return m.bad("is not affine: a division by values of %s", b.attr.sym.name)
	}
	r.attr = a.attr
	for i := range r.k {
		r.k[i] = m.g.op2(opDiv, a.k[i], b.c, unit(b.rounds, b.loose))
	}
	r.c = m.g.op2(opDiv, a.c, b.c, unit(b.rounds, b.loose))
	r.rounds = a.rounds + b.rounds + divRounds
	return r.clean()
}

func (m *machine) neg(a scalar) scalar {
	if a.bad != nil {
		return a
	}
	for i := range a.k {
		a.k[i] = m.g.op1(opNeg, a.k[i])
	}
	a.c = m.g.op1(opNeg, a.c)
	return a
}

// choose takes a where cond holds and b else; cond must not be of an attribute.
func (m *machine) choose(cond, a, b scalar) scalar {
	if a == b {
		return a
	}
	if cond.bad != nil {
		return cond
	}
	if cond.attr != nil {
		return m.bad("depends on a condition on %s", cond.attr.sym.name)
	}
	if v, ok := m.g.isConst(cond.c); ok {
		if v != 0 {
			return a
		}
		return b
	}
	r, ok := two(&a, &b)
	if !ok {
		return r
	}
	if r.attr, ok = sameAttr(&a, &b); !ok {
		return m.bad("depends on %s or %s, as a uniform chooses", a.attr.sym.name, b.attr.sym.name)
	}
	for i := range r.k {
		r.k[i] = m.g.choose(cond.c, a.k[i], b.k[i])
	}
	r.c = m.g.choose(cond.c, a.c, b.c)
	r.rounds = max(a.rounds, b.rounds)
	return r.clean()
}

// uniformOnly applies a function that is not affine to what is the same for all vertices.
func (m *machine) uniformOnly(name string, op operation, rounds int32, args ...scalar) scalar {
	var r scalar
	for i := range args {
		switch a := &args[i]; {
		case a.bad != nil:
			return *a
		case a.attr != nil:
			return m.bad("is not affine: %s of values of %s", name, a.attr.sym.name)
		default:
			r.loose = r.loose || a.loose
			r.rounds += a.rounds
		}
	}
	r.rounds += rounds
	if len(args) == 1 {
		r.c = m.g.op1(op, args[0].c)
	} else {
		r.c = m.g.op2(op, args[0].c, args[1].c, 0)
	}
	return r
}

// compare makes a truth value. Numbers that were rounded may compare otherwise on a GPU: the comparison keeps by how much.
func (m *machine) compare(op operation, a, b scalar) scalar {
	r, ok := two(&a, &b)
	if !ok {
		return r
	}
	for _, s := range []*scalar{&a, &b} {
		if s.attr != nil {
			return m.bad("depends on a condition on %s", s.attr.sym.name)
		}
	}
	return scalar{c: m.g.op2(op, a.c, b.c, unit(a.rounds+b.rounds, r.loose))}
}

func (m *machine) not(a scalar) scalar { return m.uniformOnly("!", opNot, 0, a) }

// unit is the relative error of so many roundings to 24 bits, or to the 11 of a half float; twice what they are, for
// compilers that put sums together in another order and for terms of second order.
func unit(rounds int32, loose bool) float64 {
	if loose {
		return math.Ldexp(float64(rounds), -10)
	}
	return math.Ldexp(float64(rounds), -23)
}
