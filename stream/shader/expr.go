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
	k       float64 // of a comparison or division: the relative rounding of both sides, of the divisor
	n       number  // of a constant
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
	if !finite(v) {
		return g.node(exprNode{op: opDiv}) // 0 / 0: no map, should one depend on it
	}
	if v == 0 {
		v = 0 // not -0
	}
	return g.node(exprNode{op: opConst, n: number{v, math.Abs(v)}})
}

func (g *graph) isConst(e expr) (float64, bool) {
	n := &g.nodes[e]
	return n.n.v, n.op == opConst
}

// fold computes with constants. Their magnitude stays: what cancels here is rounded on a GPU.
func (g *graph) fold(op operation, a, b expr, k float64) (expr, bool) {
	x, y := &g.nodes[a], &g.nodes[b]
	if x.op != opConst || y.op != opConst {
		return zero, false
	}
	n, ok := compute(op, k, x.n, y.n, number{})
	if !ok || !finite(n.v) || !finite(n.abs) {
		return zero, false
	}
	if n.v == 0 {
		n.v = 0 // not -0
	}
	return g.node(exprNode{op: opConst, n: n}), true
}

func (g *graph) op1(op operation, a expr) expr {
	if e, ok := g.fold(op, a, zero, 0); ok {
		return e
	}
	if n := &g.nodes[a]; op == opNeg && n.op == opNeg || op == opNot && n.op == opNot {
		return n.a
	}
	return g.node(exprNode{op: op, a: a})
}

// op2 makes an expression of two. It leaves out what adds 0 or multiplies by 0 or 1, and never what cancels only on paper.
func (g *graph) op2(op operation, a, b expr, k float64) expr {
	if e, ok := g.fold(op, a, b, k); ok {
		return e
	}
	x, cx := g.isConst(a)
	y, cy := g.isConst(b)
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
		if cx && x == -1 && g.nodes[a].n.abs == 1 {
			return g.op1(opNeg, b)
		}
		if cy && y == -1 && g.nodes[b].n.abs == 1 {
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

// number is a value, and the sum of the absolute values of its terms.
type number struct{ v, abs float64 }

// compute gives a result and its magnitude; ok is false where rounding on a GPU may make another of it.
func compute(op operation, k float64, x, y, z number) (r number, ok bool) {
	switch op {
	case opAdd:
		return number{x.v + y.v, x.abs + y.abs}, true
	case opSub:
		return number{x.v - y.v, x.abs + y.abs}, true
	case opMul:
		return number{x.v * y.v, x.abs * y.abs}, true
	case opDiv:
		// An error of y counts x/y² times, while it is small against y.
		return number{x.v / y.v, x.abs * y.abs / (y.v * y.v)}, 4*k*y.abs <= math.Abs(y.v)
	case opNeg:
		return number{-x.v, x.abs}, true
	case opAbs:
		return number{math.Abs(x.v), x.abs}, true
	case opMin:
		return number{math.Min(x.v, y.v), max(x.abs, y.abs)}, true
	case opMax:
		return number{math.Max(x.v, y.v), max(x.abs, y.abs)}, true
	case opSqrt:
		v := math.Sqrt(x.v)
		if x.abs == 0 {
			return x, true
		}
		return number{v, x.abs / v}, true
	case opSin:
		return number{math.Sin(x.v), max(x.abs, 1)}, true
	case opCos:
		return number{math.Cos(x.v), max(x.abs, 1)}, true
	case opSelect:
		if x.v != 0 {
			return y, true
		}
		return z, true
	}
	var t bool
	ok = true
	switch op {
	case opLess:
		t, ok = x.v < y.v, k == 0 || math.Abs(x.v-y.v) > k*(x.abs+y.abs)
	case opLessEqual:
		t, ok = x.v <= y.v, k == 0 || math.Abs(x.v-y.v) > k*(x.abs+y.abs)
	case opEqual:
		t, ok = x.v == y.v, k == 0 || math.Abs(x.v-y.v) > k*(x.abs+y.abs)
	case opNot:
		t = x.v == 0
	case opAnd:
		t = x.v != 0 && y.v != 0
	case opOr:
		t = x.v != 0 || y.v != 0
	}
	return number{truth(t), truth(t)}, ok
}
