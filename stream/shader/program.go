package shader

import (
	"math"
	"slices"
)

// Affine is a map from an attribute to clip space: clip = M·(x, y, z, w) + C. Columns of components that the attribute
// does not have are 0. What an array does not give of a vec4 is z = 0, w = 1, as GL says.
//
// A GPU computes with floats and rounds, so its position differs from this one: in component i by at most
//
//	Rounding · (AbsM[i]·|x| + AbsM[4+i]·|y| + AbsM[8+i]·|z| + AbsM[12+i]·|w| + AbsC[i])
//
// AbsM and AbsC are the sums of the absolute values of the terms that M and C are sums of: what cancels in M has been
// rounded before. Results below 2^-126 may be flushed to 0 besides.
type Affine struct {
	M, AbsM  [16]float64 // column after column
	C, AbsC  [4]float64
	Rounding float64
}

// FoldW gives the one matrix of an attribute whose w is 1: M·(x, y, z, 1) + C = m·(x, y, z, 1), and the same of AbsM and AbsC.
func (a *Affine) FoldW() (m, abs [16]float64) {
	m, abs = a.M, a.AbsM
	for i := range 4 {
		m[12+i] += a.C[i]
		abs[12+i] += a.AbsC[i]
	}
	return m, abs
}

// program computes an Affine: all inputs, then each instruction into the next place.
type program struct {
	loads  []loadAt
	consts []number // the places before the loads
	code   []instruction
	out    [20]int32
	places int
}

type loadAt struct{ uniform, element int32 }

type instruction struct {
	op      operation
	a, b, c int32
	k       float64
}

func (p *program) equal(q *program) bool {
	return slices.Equal(p.loads, q.loads) && slices.Equal(p.consts, q.consts) && slices.Equal(p.code, q.code) && p.out == q.out
}

// compile puts what out depends on into an order in which it can be computed, and gives which uniforms are used, renumbered.
func (g *graph) compile(out [20]expr) (p program, used []int) {
	need := make([]bool, len(g.nodes))
	for _, e := range out {
		need[e] = true
	}
	// Operands come before what uses them.
	for e := len(g.nodes) - 1; e >= 0; e-- {
		if !need[e] {
			continue
		}
		switch n := g.nodes[e]; n.op {
		case opConst, opLoad:
		case opSelect:
			need[n.a], need[n.b], need[n.c] = true, true, true
		case opNeg, opAbs, opSqrt, opSin, opCos, opNot:
			need[n.a] = true
		default:
			need[n.a], need[n.b] = true, true
		}
	}
	at := make([]int32, len(g.nodes))
	for e, n := range g.nodes {
		if need[e] && n.op == opConst {
			at[e] = int32(len(p.consts))
			p.consts = append(p.consts, n.n)
		}
	}
	renumbered := map[expr]int32{}
	for e, n := range g.nodes {
		if !need[e] || n.op != opLoad {
			continue
		}
		u, ok := renumbered[n.a]
		if !ok {
			u = int32(len(used))
			renumbered[n.a] = u
			used = append(used, int(n.a))
		}
		at[e] = int32(len(p.consts) + len(p.loads))
		p.loads = append(p.loads, loadAt{u, int32(n.b)})
	}
	next := int32(len(p.consts) + len(p.loads))
	for e, n := range g.nodes {
		if need[e] && n.op != opConst && n.op != opLoad {
			p.code = append(p.code, instruction{n.op, at[n.a], at[n.b], at[n.c], n.k})
			at[e] = next
			next++
		}
	}
	for i, e := range out {
		p.out[i] = at[e]
	}
	p.places = int(next)
	return p, used
}

// Evaluator computes a Position's map. It is for one goroutine at a time; a Position gives as many as are wanted.
type Evaluator struct {
	p        *program
	rounding float64
	uniforms []Uniform
	values   [][]float32
	places   []number
}

// Evaluator makes one. Position must have no Reason.
func (p *Position) Evaluator() *Evaluator {
	e := &Evaluator{p: &p.program, rounding: p.rounding, uniforms: p.Uniforms, values: make([][]float32, len(p.Uniforms)),
		places: make([]number, p.program.places)}
	copy(e.places, p.program.consts)
	return e
}

// Map computes the map for the uniforms' present values. value gives that of Position.Uniforms[i], of Uniform.Len numbers,
// column after column; integers and truth (1, 0) as numbers, and where the source gives a uniform its first value, that. nil:
// not known, and ok is false. It is also false where a number on the way is not finite or near the end of floats, and where a
// comparison in the shader is so close that rounding may turn it.
func (e *Evaluator) Map(value func(i int) []float32, to *Affine) (ok bool) {
	for i := range e.values {
		v := value(i)
		if len(v) < e.uniforms[i].Len() {
			return false
		}
		e.values[i] = v
	}
	if !e.run() {
		return false
	}
	for i := range to.M {
		n := e.places[e.p.out[i]]
		to.M[i], to.AbsM[i] = n.v, n.abs
	}
	for i := range to.C {
		n := e.places[e.p.out[16+i]]
		to.C[i], to.AbsC[i] = n.v, n.abs
	}
	to.Rounding = e.rounding
	return true
}

// most is what numbers stay below, so that a GPU's floats do not overflow where float64 does not.
const most = 1e37

func (e *Evaluator) run() bool {
	places := e.places
	at := len(e.p.consts)
	for _, l := range e.p.loads {
		x := float64(e.values[l.uniform][l.element])
		if places[at] = (number{x, math.Abs(x)}); !(places[at].abs < most) {
			return false
		}
		at++
	}
	to := places[at:]
	for i := range e.p.code {
		c := &e.p.code[i]
		x, y := places[c.a], places[c.b]
		var r number
		switch c.op {
		case opMul:
			r = number{x.v * y.v, x.abs * y.abs}
		case opAdd:
			r = number{x.v + y.v, x.abs + y.abs}
		case opSub:
			r = number{x.v - y.v, x.abs + y.abs}
		case opNeg:
			r = number{-x.v, x.abs}
		default:
			var ok bool
			if r, ok = compute(c.op, c.k, x, y, places[c.c]); !ok {
				return false
			}
		}
		if !(r.abs < most) { // NaN too
			return false
		}
		to[i] = r
	}
	return true
}
