package shader

import "math"

// An expr is a number that is the same for all vertices of a draw: made of uniforms and constants. It is an index into a
// graph in which equal expressions are one; 0 is the constant 0.
type expr int32

type operation uint8

const (
	opConst operation = iota
	opLoad            // uniform a, element b
	opAdd
	opSub
	opMul
	opDiv
	opNeg
	opAbs
	opMin
	opMax
	opSqrt
	opSin
	opCos
	opSelect // a ? b : c
	// Truth is 1 or 0. The comparisons hold the rounding of what they compare: where that could turn them, the evaluation fails.
	opLess
	opLessEqual
	opEqual
	opNot
	opAnd
	opOr
)

type exprNode struct {
	op      operation
	a, b, c expr
	k       float64 // of a constant; of a comparison or division: the relative rounding of both sides, of the divisor
}

// graph holds expressions. It stops growing at a limit; then full is set and all results are 0.
type graph struct {
	nodes []exprNode
	known map[exprNode]expr
	full  bool
}

const maxExprs = 1 << 16

func newGraph() *graph {
	g := &graph{known: map[exprNode]expr{}}
	g.constant(0)
	g.constant(1)
	return g
}

const (
	zero expr = 0
	one  expr = 1
)

func (g *graph) node(n exprNode) expr {
	if e, ok := g.known[n]; ok {
		return e
	}
	if len(g.nodes) >= maxExprs {
		g.full = true
		return zero
	}
	e := expr(len(g.nodes))
	g.nodes = append(g.nodes, n)
	g.known[n] = e
	return e
}

func (g *graph) constant(v float64) expr {
	if v == 0 {
		v = 0 // not -0
	}
	if math.IsNaN(v) {
		g.full = true // a NaN is no key of a map, and no position
		return zero
	}
	return g.node(exprNode{op: opConst, k: v})
}

func (g *graph) isConst(e expr) (float64, bool) {
	n := &g.nodes[e]
	return n.k, n.op == opConst
}

func (g *graph) op1(op operation, a expr) expr {
	if x, ok := g.isConst(a); ok {
		return g.constant(apply(op, x, 0, 0))
	}
	if n := &g.nodes[a]; op == opNeg && n.op == opNeg || op == opNot && n.op == opNot {
		return n.a
	}
	return g.node(exprNode{op: op, a: a})
}

// op2 makes an expression of two. It leaves out what adds 0 or multiplies by 0 or 1, and never what cancels only on paper.
func (g *graph) op2(op operation, a, b expr, k float64) expr {
	x, cx := g.isConst(a)
	y, cy := g.isConst(b)
	if cx && cy {
		return g.constant(apply(op, x, y, 0))
	}
	switch op {
	case opAdd:
		if a == zero {
			return b
		}
		if b == zero {
			return a
		}
		if a > b {
			a, b = b, a
		}
	case opSub:
		if b == zero {
			return a
		}
		if a == zero {
			return g.op1(opNeg, b)
		}
	case opMul:
		if a == zero || b == zero {
			return zero
		}
		if a == one {
			return b
		}
		if b == one {
			return a
		}
		if cx && x == -1 {
			return g.op1(opNeg, b)
		}
		if cy && y == -1 {
			return g.op1(opNeg, a)
		}
		if a > b {
			a, b = b, a
		}
	case opDiv:
		if a == zero {
			return zero
		}
		if b == one {
			return a
		}
	case opAnd:
		if a == zero || b == zero {
			return zero
		}
		if a == one || a == b {
			return b
		}
		if b == one {
			return a
		}
	case opOr:
		if a == one || b == one {
			return one
		}
		if a == zero || a == b {
			return b
		}
		if b == zero {
			return a
		}
	case opMin, opMax:
		if a == b {
			return a
		}
	}
	return g.node(exprNode{op: op, a: a, b: b, k: k})
}

func (g *graph) choose(cond, a, b expr) expr {
	if v, ok := g.isConst(cond); ok {
		if v != 0 {
			return a
		}
		return b
	}
	if a == b {
		return a
	}
	return g.node(exprNode{op: opSelect, a: cond, b: a, c: b})
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func apply(op operation, x, y, z float64) float64 {
	switch op {
	case opAdd:
		return x + y
	case opSub:
		return x - y
	case opMul:
		return x * y
	case opDiv:
		return x / y
	case opNeg:
		return -x
	case opAbs:
		return math.Abs(x)
	case opMin:
		return math.Min(x, y)
	case opMax:
		return math.Max(x, y)
	case opSqrt:
		return math.Sqrt(x)
	case opSin:
		return math.Sin(x)
	case opCos:
		return math.Cos(x)
	case opSelect:
		if x != 0 {
			return y
		}
		return z
	case opLess:
		return truth(x < y)
	case opLessEqual:
		return truth(x <= y)
	case opEqual:
		return truth(x == y)
	case opNot:
		return truth(x == 0)
	case opAnd:
		return truth(x != 0 && y != 0)
	case opOr:
		return truth(x != 0 || y != 0)
	}
	return math.NaN()
}
