package shader

import (
	"math"
	"slices"
	"strings"
)

// componentwise applies an operator to equally many scalars each side, or to one and many.
func (m *machine) componentwise(op, basic string, a, b []scalar) []scalar {
	n := max(len(a), len(b))
	if len(a) == 0 || len(b) == 0 || len(a) != n && len(a) != 1 || len(b) != n && len(b) != 1 {
		return nil
	}
	out := make([]scalar, n)
	for i := range out {
		x, y := a[i%len(a)], b[i%len(b)]
		if basic == "int" || basic == "uint" {
			out[i] = m.integer(op, basic, x, y)
			continue
		}
		switch op {
		case "Add":
			out[i] = m.add(x, y, false)
		case "Sub":
			out[i] = m.add(x, y, true)
		case "Mul":
			out[i] = m.mul(x, y)
		case "Div":
			out[i] = m.div(x, y)
		default:
			return nil
		}
	}
	return out
}

// integer computes with constants only: what wraps around is not affine.
func (m *machine) integer(op, basic string, a, b scalar) scalar {
	r, ok := two(&a, &b)
	if !ok {
		return r
	}
	if m.frag != nil && basic == "int" && (op == "Add" || op == "Sub") && (m.frag.pixels(a.attr) || m.frag.pixels(b.attr)) {
		return m.add(a, b, op == "Sub") // of numbers as small as pictures
	}
	x, cx := m.g.isConst(a.c)
	y, cy := m.g.isConst(b.c)
	if !cx || !cy || a.attr != nil || b.attr != nil {
		return m.bad("depends on arithmetic with integers that are not constant")
	}
	var v float64
	switch op {
	case "Add":
		v = x + y
	case "Sub":
		v = x - y
	case "Mul":
		v = x * y
	case "Div":
		v = math.Trunc(x / y)
	case "Mod":
		v = math.Mod(x, y)
	case "LeftShift", "RightShift":
		if y < 0 || y > 31 {
			return m.bad("depends on a shift by %g", y)
		}
		if v = float64(int64(x) << int64(y)); op == "RightShift" {
			v = float64(int64(x) >> int64(y))
		}
	case "And":
		v = float64(int64(x) & int64(y))
	case "InclusiveOr":
		v = float64(int64(x) | int64(y))
	case "ExclusiveOr":
		v = float64(int64(x) ^ int64(y))
	default:
		return m.bad("depends on %s of integers", strings.ToLower(op))
	}
	if v = wrap(basic, v); !finite(v) || (op == "Div" || op == "Mod") && y == 0 {
		return m.bad("depends on integer arithmetic without a result")
	}
	return m.constant(v)
}

// binary applies an operator that GLSL writes between its operands, or a product of linear algebra.
func (m *machine) binary(op string, result, left, right *shape, a, b []scalar) []scalar {
	if result == nil || left == nil || right == nil {
		return nil
	}
	switch op {
	case "MatrixTimesVector":
		if left.isMatrix() && len(a) == left.cols*left.rows && len(b) == left.cols {
			return m.product(a, left.rows, left.cols, b, 1)
		}
	case "VectorTimesMatrix":
		if right.isMatrix() && len(b) == right.cols*right.rows && len(a) == right.rows {
			return m.product(a, 1, right.rows, b, right.cols)
		}
	case "MatrixTimesMatrix":
		if left.isMatrix() && right.isMatrix() && len(a) == left.cols*left.rows && len(b) == right.cols*right.rows && left.cols == right.rows {
			return m.product(a, left.rows, left.cols, b, right.cols)
		}
	case "VectorTimesScalar", "MatrixTimesScalar":
		return m.componentwise("Mul", result.basic, a, b)
	default:
		return m.componentwise(op, result.basic, a, b)
	}
	return nil
}

// product multiplies matrices that are stored by columns: a has rows × inner, b has inner × cols.
func (m *machine) product(a []scalar, rows, inner int, b []scalar, cols int) []scalar {
	out := make([]scalar, 0, rows*cols)
	for c := range cols {
		for r := range rows {
			sum := m.mul(a[r], b[c*inner])
			for i := 1; i < inner; i++ {
				sum = m.add(sum, m.mul(a[i*rows+r], b[c*inner+i]), false)
			}
			if sum.bad == nil {
				// Terms that are 0 by chance are summed on a GPU too, whatever the order.
				sum.rounds = max(sum.rounds, int32(inner))
			}
			out = append(out, sum)
		}
	}
	return out
}

func (m *machine) dot(a, b []scalar) scalar {
	if len(a) != len(b) || len(a) == 0 {
		return m.bad("has a dot product that is not followed")
	}
	return m.product(a, 1, len(a), b, 1)[0]
}

// sinRounds is the error that Vulkan allows for sine and cosine, 2^-11, in roundings to 24 bits; GLSL says nothing.
const sinRounds = 1 << 13

// builtIn evaluates operators and GLSL's functions. Those that are not affine take only what is the same for all vertices.
func (m *machine) builtIn(n *node, args [][]scalar) ([]scalar, bool) {
	if n.shape == nil {
		return nil, false
	}
	basic := func(i int) string {
		if i < len(n.kids) && n.kids[i].shape != nil {
			return n.kids[i].shape.basic
		}
		return ""
	}
	float := n.shape.basic == "float" || n.shape.basic == "double"
	each := func(f func(x []scalar) scalar) ([]scalar, bool) {
		count := n.shape.scalars
		if count <= 0 {
			return nil, false
		}
		out := make([]scalar, count)
		x := make([]scalar, len(args))
		for i := range out {
			for j, a := range args {
				if len(a) != 1 && len(a) != count {
					return nil, false
				}
				x[j] = a[i%len(a)]
			}
			out[i] = f(x)
		}
		return out, true
	}
	switch len(args) {
	case 1:
		switch n.op {
		case "Negative":
			if !float {
				return m.componentwise("Sub", n.shape.basic, []scalar{m.constant(0)}, args[0]), true
			}
			return each(func(x []scalar) scalar { return m.neg(x[0]) })
		case "LogicalNot", "VectorLogicalNot":
			return each(func(x []scalar) scalar { return m.not(x[0]) })
		case "Any", "All":
			op, sum := opOr, m.constant(0)
			if n.op == "All" {
				op, sum = opAnd, m.constant(1)
			}
			for _, x := range args[0] {
				sum = m.uniformOnly(strings.ToLower(n.op), op, 0, sum, x)
			}
			return []scalar{sum}, true
		case "Transpose":
			return m.transpose(n.kids[0].shape, args[0]), true
		case "Length":
			return []scalar{m.length(args[0])}, true
		case "Normalize":
			l := m.length(args[0])
			return each(func(x []scalar) scalar { return m.div(x[0], l) })
		case "Radians":
			return each(func(x []scalar) scalar { return m.mul(x[0], m.constant(math.Pi/180)) })
		case "Degrees":
			return each(func(x []scalar) scalar { return m.mul(x[0], m.constant(180/math.Pi)) })
		case "CopyObject":
			return args[0], true
		case "Sqrt":
			return each(func(x []scalar) scalar { return m.uniformOnly("the square root", opSqrt, divRounds, x...) })
		case "InverseSqrt":
			return each(func(x []scalar) scalar {
				return m.div(m.constant(1), m.uniformOnly("the square root", opSqrt, divRounds, x...))
			})
		case "Sin":
			return each(func(x []scalar) scalar { return m.uniformOnly("the sine", opSin, sinRounds, x...) })
		case "Cos":
			return each(func(x []scalar) scalar { return m.uniformOnly("the cosine", opCos, sinRounds, x...) })
		case "Abs":
			if float {
				return each(func(x []scalar) scalar { return m.uniformOnly("the absolute value", opAbs, 0, x...) })
			}
		case "Floor", "Ceil", "Trunc", "Fract", "Sign":
			if float {
				return each(func(x []scalar) scalar { return m.step1(n.op, x[0]) })
			}
		}
		if strings.HasPrefix(n.op, "Conv") {
			return each(func(x []scalar) scalar { return m.convert(basic(0), n.shape.basic, x[0]) })
		}
	case 2:
		switch n.op {
		case "Add", "Sub", "Mul", "Div", "Mod", "LeftShift", "RightShift", "And", "InclusiveOr", "ExclusiveOr",
			"MatrixTimesVector", "VectorTimesMatrix", "MatrixTimesMatrix", "VectorTimesScalar", "MatrixTimesScalar":
			v := m.binary(n.op, n.shape, n.kids[0].shape, n.kids[1].shape, args[0], args[1])
			return v, v != nil
		case "LessThan":
			return each(func(x []scalar) scalar { return m.compare(opLess, x[0], x[1]) })
		case "GreaterThan":
			return each(func(x []scalar) scalar { return m.compare(opLess, x[1], x[0]) })
		case "LessThanEqual":
			return each(func(x []scalar) scalar { return m.compare(opLessEqual, x[0], x[1]) })
		case "GreaterThanEqual":
			return each(func(x []scalar) scalar { return m.compare(opLessEqual, x[1], x[0]) })
		case "VectorEqual":
			return each(func(x []scalar) scalar { return m.compare(opEqual, x[0], x[1]) })
		case "VectorNotEqual":
			return each(func(x []scalar) scalar { return m.not(m.compare(opEqual, x[0], x[1])) })
		case "Equal", "NotEqual":
			if len(args[0]) != len(args[1]) || len(args[0]) == 0 {
				return nil, false
			}
			all := m.constant(1)
			for i := range args[0] {
				all = m.uniformOnly("a comparison", opAnd, 0, all, m.compare(opEqual, args[0][i], args[1][i]))
			}
			if n.op == "NotEqual" {
				all = m.not(all)
			}
			return []scalar{all}, true
		case "LogicalXor":
			return each(func(x []scalar) scalar { return m.not(m.compare(opEqual, x[0], x[1])) })
		case "Dot":
			return []scalar{m.dot(args[0], args[1])}, true
		case "Cross":
			return m.cross(args[0], args[1])
		case "Distance":
			return []scalar{m.length(m.componentwise("Sub", "float", args[0], args[1]))}, true
		case "OuterProduct":
			return m.product(args[0], len(args[0]), 1, args[1], len(args[1])), true
		case "Min":
			if float {
				return each(func(x []scalar) scalar { return m.uniformOnly("the minimum", opMin, 0, x...) })
			}
		case "Max":
			if float {
				return each(func(x []scalar) scalar { return m.uniformOnly("the maximum", opMax, 0, x...) })
			}
		}
	case 3:
		switch n.op {
		case "Mix":
			if basic(2) == "bool" {
				return each(func(x []scalar) scalar { return m.choose(x[2], x[1], x[0]) })
			}
			return each(func(x []scalar) scalar {
				rest := m.add(m.constant(1), x[2], true)
				return m.add(m.mul(x[0], rest), m.mul(x[1], x[2]), false)
			})
		case "Clamp":
			if float {
				return each(func(x []scalar) scalar {
					return m.uniformOnly("clamp", opMin, 0, m.uniformOnly("clamp", opMax, 0, x[0], x[1]), x[2])
				})
			}
		case "Fma":
			return each(func(x []scalar) scalar { return m.add(m.mul(x[0], x[1]), x[2], false) })
		}
	}
	if n.op == "Construct" || n.op == "ConstructStruct" {
		v := m.construct(n, args)
		return v, v != nil
	}
	return nil, false
}

func (m *machine) length(v []scalar) scalar {
	return m.uniformOnly("the length", opSqrt, divRounds, m.dot(v, v))
}

func (m *machine) cross(a, b []scalar) ([]scalar, bool) {
	if len(a) != 3 || len(b) != 3 {
		return nil, false
	}
	out := make([]scalar, 3)
	for i := range out {
		j, k := (i+1)%3, (i+2)%3
		out[i] = m.add(m.mul(a[j], b[k]), m.mul(a[k], b[j]), true)
	}
	return out, true
}

func (m *machine) transpose(s *shape, a []scalar) []scalar {
	if s == nil || !s.isMatrix() || len(a) != s.cols*s.rows {
		return nil
	}
	out := make([]scalar, 0, len(a))
	for r := range s.rows {
		for c := range s.cols {
			out = append(out, a[c*s.rows+r])
		}
	}
	return out
}

// step1 is a function with steps: of constants only, as a rounding may turn it.
func (m *machine) step1(op string, a scalar) scalar {
	if a.bad != nil {
		return a
	}
	if p, ok := m.pixel(a); ok && op == "Floor" {
		return p
	}
	v, ok := m.g.isConst(a.c)
	if !ok || a.attr != nil {
		return m.bad("depends on %s", strings.ToLower(op))
	}
	switch op {
	case "Floor":
		v = math.Floor(v)
	case "Ceil":
		v = math.Ceil(v)
	case "Trunc":
		v = math.Trunc(v)
	case "Fract":
		v -= math.Floor(v)
	case "Sign":
		switch {
		case v > 0:
			v = 1
		case v < 0:
			v = -1
		}
	}
	return m.constant(v)
}

func (m *machine) convert(from, to string, a scalar) scalar {
	if a.bad != nil || from == to {
		return a
	}
	if p, ok := m.pixel(a); ok && (to == "int" || to == "uint") {
		return p
	}
	v, fixed := m.g.isConst(a.c)
	fixed = fixed && a.attr == nil
	switch {
	case to == "bool":
		return m.not(m.compare(opEqual, a, m.constant(0)))
	case to == "float" || to == "double":
		if from != "bool" && to == "float" {
			a.rounds++
		}
		return a
	case from == "bool":
		return a
	case fixed:
		if v = wrap(to, math.Trunc(v)); finite(v) {
			return m.constant(v)
		}
	}
	return m.bad("depends on a conversion from %s to %s", from, to)
}

// construct makes vectors, matrices, arrays and structures.
func (m *machine) construct(n *node, args [][]scalar) []scalar {
	s := n.shape
	if s.scalars <= 0 || len(args) == 0 {
		return nil
	}
	var all []scalar
	for i, a := range args {
		from := n.kids[i].shape
		if from == nil || from.scalars != len(a) {
			return nil
		}
		if n.op == "Construct" && from.basic != s.basic && s.members == nil {
			a = slices.Clone(a)
			for j := range a {
				a[j] = m.convert(from.basic, s.basic, a[j])
			}
		}
		all = append(all, a...)
	}
	first := n.kids[0].shape
	switch {
	case len(args) == 1 && s.isVector() && first.scalars == 1:
		return slices.Repeat(all, s.scalars)
	case len(args) == 1 && s.isMatrix() && (first.scalars == 1 || first.isMatrix()):
		out := make([]scalar, 0, s.scalars)
		for c := range s.cols {
			for r := range s.rows {
				switch {
				case first.isMatrix() && c < first.cols && r < first.rows:
					out = append(out, all[c*first.rows+r])
				case c != r:
					out = append(out, m.constant(0))
				case first.isMatrix():
					out = append(out, m.constant(1))
				default:
					out = append(out, all[0])
				}
			}
		}
		return out
	case len(all) >= s.scalars:
		return all[:s.scalars]
	}
	return nil
}
