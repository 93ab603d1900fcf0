package shader

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	shaders   = flag.Int("shaders", 120, "random shaders of each kind")
	firstSeed = flag.Uint64("seed", 0, "of the first random shader")
)

// writer makes random vertex shaders. Values carry a degree: 0 is the same for all vertices, 1 affine in the attribute. A wild
// one multiplies and asks what it likes.
type writer struct {
	r        *rand.Rand
	wild     bool
	es       bool
	old      bool // attribute and varying, no matrices but square ones
	b        strings.Builder
	vars     []variable
	uniforms map[string]string
	funcs    []function
	names    int
	indent   string
}

type variable struct {
	name, kind string
	degree     int
	fixed      bool // not to be assigned
}

type function struct {
	name, result string
	params       []variable
}

var kinds = []string{"float", "vec2", "vec3", "vec4", "mat2", "mat3", "mat4"}

func (w *writer) pick(of ...string) string { return of[w.r.IntN(len(of))] }
func (w *writer) vector() string           { return w.pick("float", "vec2", "vec3", "vec4") }
func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.b, "%s%s\n", w.indent, fmt.Sprintf(format, args...))
}

func size(kind string) int {
	if kind == "float" {
		return 1
	}
	return int(kind[3] - '0')
}

func vec(n int) string {
	if n == 1 {
		return "float"
	}
	return fmt.Sprintf("vec%d", n)
}

func (w *writer) uniform(kind string) string {
	name := fmt.Sprintf("u_%s%d", kind, w.r.IntN(3))
	w.uniforms[name] = kind
	if w.r.IntN(3) == 0 {
		name = fmt.Sprintf("arr_%s", kind)
		w.uniforms[name] = kind
		return fmt.Sprintf("%s[%d]", name, w.r.IntN(3))
	}
	if w.r.IntN(4) == 0 && kind[0] != 'm' {
		return "rec[" + w.pick("0", "1") + "]." + kind[:1] + fmt.Sprint(size(kind))
	}
	return name
}

func (w *writer) literal() string { return fmt.Sprintf("(%.3f)", w.r.Float64()*4-2) }

// condition is of uniforms, in a wild shader also of the attribute.
func (w *writer) condition() string {
	left := w.uniform("float")
	if w.wild && w.r.IntN(4) == 0 {
		left = w.expr("float", 1, 2)
	}
	c := fmt.Sprintf("%s %s %s", left, w.pick("<", ">", "<=", ">="), w.literal())
	switch w.r.IntN(4) {
	case 0:
		c = fmt.Sprintf("%s && !(%s > %s)", c, w.uniform("float"), w.literal())
	case 1:
		c = fmt.Sprintf("%s || %s != 2", c, "u_mode")
	}
	return c
}

// expr writes an expression of at most a degree.
func (w *writer) expr(kind string, degree, depth int) string {
	rest := func() string { return w.expr(kind, degree, depth-1) }
	other := 0
	if w.wild {
		other = degree
	}
	n := size(kind)
	if depth <= 0 {
		return w.leaf(kind, degree)
	}
	if kind[0] == 'm' {
		switch w.r.IntN(8) {
		case 0:
			return fmt.Sprintf("(%s + %s)", rest(), rest())
		case 1:
			return fmt.Sprintf("(%s * %s)", w.expr(kind, 0, depth-1), rest())
		case 2:
			return fmt.Sprintf("(%s * %s)", rest(), w.expr("float", other, depth-1))
		case 3:
			columns := make([]string, n)
			for i := range columns {
				columns[i] = w.expr(vec(n), degree, depth-1)
			}
			return fmt.Sprintf("%s(%s)", kind, strings.Join(columns, ", "))
		case 4:
			return fmt.Sprintf("%s(%s)", kind, w.expr("float", degree, depth-1))
		case 5:
			return fmt.Sprintf("matrixCompMult(%s, %s)", w.expr(kind, 0, depth-1), rest())
		case 6:
			if !w.es && !w.old || w.es && !w.old {
				return fmt.Sprintf("transpose(%s)", rest())
			}
		}
		return w.leaf(kind, degree)
	}
	switch w.r.IntN(20) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", rest(), w.pick("+", "-"), rest())
	case 2:
		return fmt.Sprintf("(%s * %s)", w.expr("float", other, depth-1), rest())
	case 3:
		return fmt.Sprintf("(%s * %s)", rest(), w.expr(kind, other, depth-1))
	case 4, 5:
		if n > 1 {
			return fmt.Sprintf("(%s * %s)", w.expr(fmt.Sprintf("mat%d", n), other, depth-1), rest())
		}
	case 6:
		if n > 1 {
			return fmt.Sprintf("(%s * %s)", rest(), w.expr(fmt.Sprintf("mat%d", n), other, depth-1))
		}
	case 7:
		return fmt.Sprintf("(%s / %s)", rest(), w.pick("3.0", "(abs(u_float0) + 1.0)", "0.7"))
	case 8:
		if n >= 3 {
			return fmt.Sprintf("%s(%s, %s)", kind, w.expr(vec(n-1), degree, depth-1), w.expr("float", degree, depth-1))
		}
		if n == 2 {
			return fmt.Sprintf("vec2(%s, %s)", w.expr("float", degree, depth-1), w.expr("float", degree, depth-1))
		}
	case 9:
		if n > 1 {
			return fmt.Sprintf("vec%d(%s)", n, w.expr("float", degree, depth-1))
		}
	case 10, 11:
		from := 2 + w.r.IntN(3)
		letters := w.pick("xyzw", "rgba", "stpq")
		s := ""
		for range n {
			s += letters[w.r.IntN(from):][:1]
		}
		return fmt.Sprintf("%s.%s", w.expr(vec(from), degree, depth-1), s)
	case 12:
		return "(-" + rest() + ")"
	case 13:
		return fmt.Sprintf("(%s ? %s : %s)", w.condition(), rest(), rest())
	case 14:
		if n > 1 {
			return fmt.Sprintf("%s[%d]", w.expr(fmt.Sprintf("mat%d", n), degree, depth-1), w.r.IntN(n))
		}
		return fmt.Sprintf("dot(%s, %s)", w.expr("vec3", degree, depth-1), w.expr("vec3", other, depth-1))
	case 15:
		if n == 3 {
			return fmt.Sprintf("cross(%s, %s)", w.expr("vec3", degree, depth-1), w.expr("vec3", other, depth-1))
		}
		return fmt.Sprintf("mix(%s, %s, %s)", rest(), rest(), w.expr("float", other, depth-1))
	case 16:
		return fmt.Sprintf("%s(%s, %s)", w.pick("min", "max"), w.expr(kind, other, depth-1), w.expr(kind, 0, depth-1))
	case 17:
		if n > 1 {
			return fmt.Sprintf("(%s * length(%s))", w.leaf(kind, degree), w.expr("vec3", other, depth-1))
		}
		return fmt.Sprintf("sqrt(1.0 + abs(%s))", w.expr(kind, other, depth-1))
	case 18:
		for _, f := range w.funcs {
			if f.result == kind {
				args := make([]string, len(f.params))
				for i, p := range f.params {
					args[i] = w.expr(p.kind, min(p.degree, degree), depth-1)
				}
				return fmt.Sprintf("%s(%s)", f.name, strings.Join(args, ", "))
			}
		}
	case 19:
		if n > 1 && w.wild {
			return fmt.Sprintf("normalize(%s)", rest())
		}
		return fmt.Sprintf("clamp(%s, -1.0, 1.5)", w.expr(kind, other, depth-1))
	}
	return w.leaf(kind, degree)
}

func (w *writer) leaf(kind string, degree int) string {
	var found []string
	for _, v := range w.vars {
		if v.kind == kind && (v.degree == degree || v.degree < degree && w.r.IntN(4) == 0) {
			found = append(found, v.name)
		}
		// Of the attribute rather than not.
		if degree == 1 && v.degree == 1 && kind[0] != 'm' && v.kind[0] != 'm' && size(v.kind) > size(kind) {
			found = append(found, v.name+"."+"xyzw"[:size(kind)])
		}
	}
	if len(found) > 0 && (degree == 1 || w.r.IntN(4) > 0) {
		return found[w.r.IntN(len(found))]
	}
	if kind == "float" && w.r.IntN(3) == 0 {
		return w.literal()
	}
	return w.uniform(kind)
}

func (w *writer) name(prefix string) string {
	w.names++
	// Few names, so that they hide each other.
	return fmt.Sprintf("%s%d", prefix, w.r.IntN(3))
}

// block writes statements in a scope of its own.
func (w *writer) block(depth int, header string) {
	w.line("%s {", header)
	vars := append([]variable(nil), w.vars...)
	w.indent += "\t"
	w.statements(1+w.r.IntN(3), depth-1)
	w.indent = w.indent[1:]
	w.vars = vars
	w.line("}")
}

func (w *writer) statements(count, depth int) {
	declared := map[string]bool{} // in this scope
	for range count {
		switch w.r.IntN(8) {
		case 0, 1, 2:
			kind, degree := w.pick(kinds...), w.r.IntN(2)
			name := w.name("v")
			if declared[name] {
				continue
			}
			value := w.expr(kind, degree, 3)
			w.line("%s %s = %s;", kind, name, value)
			declared[name] = true
			// What it hides cannot be named any more.
			kept := w.vars[:0:0]
			for _, v := range w.vars {
				if v.name != name {
					kept = append(kept, v)
				}
			}
			w.vars = append(kept, variable{name, kind, degree, false})
		case 3, 4:
			var can []variable
			for _, v := range w.vars {
				if !v.fixed {
					can = append(can, v)
				}
			}
			if len(can) == 0 {
				continue
			}
			v := can[w.r.IntN(len(can))]
			switch {
			case v.kind[0] == 'v' && w.r.IntN(2) == 0:
				to := w.pick("yx", "x", "xy")
				w.line("%s.%s %s %s;", v.name, to, w.pick("=", "+=", "-="), w.expr(vec(len(to)), v.degree, 2))
			case v.kind[0] == 'm' && w.r.IntN(2) == 0:
				w.line("%s[%d] %s %s;", v.name, w.r.IntN(size(v.kind)), w.pick("=", "+="), w.expr(vec(size(v.kind)), v.degree, 2))
			case w.r.IntN(3) == 0:
				w.line("%s *= %s;", v.name, w.expr("float", 0, 1))
			default:
				w.line("%s %s %s;", v.name, w.pick("=", "+=", "-="), w.expr(v.kind, v.degree, 3))
			}
		case 5:
			if depth > 0 {
				w.block(depth, "if ("+w.condition()+")")
				if w.r.IntN(2) == 0 {
					w.block(depth, "else")
				}
			}
		case 6:
			if depth > 0 {
				w.block(depth, fmt.Sprintf("for (int i = 0; i < %d; i++)", 1+w.r.IntN(3)))
			}
		case 7:
			if depth > 0 {
				w.block(depth, "")
			}
		}
	}
}

func (w *writer) function(i int) {
	f := function{name: fmt.Sprintf("f%d", i), result: w.vector()}
	for j := range 1 + w.r.IntN(2) {
		f.params = append(f.params, variable{fmt.Sprintf("v%d", j), w.vector(), j % 2, false})
	}
	if w.r.IntN(2) == 0 {
		f.params[0].degree = 1
	}
	var params []string
	for _, p := range f.params {
		params = append(params, p.kind+" "+p.name)
	}
	w.line("%s %s(%s) {", f.result, f.name, strings.Join(params, ", "))
	w.indent = "\t"
	outer := w.vars
	w.vars = append([]variable(nil), f.params...)
	if w.r.IntN(3) == 0 {
		w.line("if (%s) return %s;", w.condition(), w.expr(f.result, 1, 2))
	}
	// The body is in a scope of its own: a parameter may not be declared again in the outermost.
	w.block(2, "")
	w.line("return %s;", w.expr(f.result, 1, 3))
	w.indent = ""
	w.line("}")
	w.vars = outer
	w.funcs = append(w.funcs, f)
}

// shader writes one, and its attribute's number of components.
func (w *writer) shader() string {
	w.uniforms = map[string]string{"u_float0": "float"}
	components := 1 + w.r.IntN(4)
	w.vars = []variable{{"a_pos", vec(components), 1, true}}
	for i := range w.r.IntN(3) {
		// A function that is given what is of the attribute returns such: its result is taken where degree 1 is.
		w.function(i)
	}
	w.line("void main() {")
	w.indent = "\t"
	w.statements(2+w.r.IntN(5), 2)
	if w.r.IntN(4) == 0 {
		w.line("if (%s) { gl_Position = %s; return; }", w.condition(), w.expr("vec4", 1, 3))
	}
	w.line("gl_Position = %s + vec4(%s, 1.0);", w.expr("vec4", 1, 5), []string{"a_pos, 0.5, 0.5", "a_pos, 0.25", "a_pos", "a_pos.zyx"}[components-1])
	w.indent = ""
	w.line("}")
	body := w.b.String()
	w.b.Reset()
	switch {
	case w.es && w.old:
	case w.es:
		w.line("#version 300 es")
	case w.old:
		w.line("#version %s", w.pick("110", "120"))
	default:
		w.line("#version %s", w.pick("130", "140", "150", "330", "400", "450"))
	}
	w.line("struct rec_t { float f1; vec2 v2; vec3 v3; vec4 v4; };")
	w.line("uniform rec_t rec[2];")
	w.line("uniform int u_mode;")
	for _, kind := range kinds {
		for i := range 3 {
			w.line("uniform %s u_%s%d;", kind, kind, i)
		}
		w.line("uniform %s arr_%s[3];", kind, kind)
	}
	if w.old {
		w.line("attribute %s a_pos;", vec(components))
	} else {
		w.line("in %s a_pos;", vec(components))
	}
	return w.b.String() + body
}

func newWriter(seed uint64, wild bool) (*writer, api) {
	w := &writer{r: rand.New(rand.NewPCG(seed, 77)), wild: wild}
	w.es, w.old = w.r.IntN(3) == 0, w.r.IntN(3) == 0
	switch {
	case w.es:
		return w, es
	case w.old:
		return w, compatibility
	}
	return w, core
}

// TestRandomAffineShadersOnGL: what is affine by how it was written is derived, and GL computes the same.
func TestRandomAffineShadersOnGL(t *testing.T) { random(t, false, 0.8) }

// TestRandomShadersOnGL: of shaders that do what they like few are derived, and those are right.
func TestRandomShadersOnGL(t *testing.T) { random(t, true, 0.05) }

func random(t *testing.T, wild bool, least float64) {
	g := openGPU(t)
	a := analyzer(t, nil)
	count := *shaders
	if testing.Short() {
		count = min(count, 30)
	}
	derived, refused, unmapped := 0, 0, 0
	for seed := *firstSeed; seed < *firstSeed+uint64(count); seed++ {
		w, api := newWriter(seed, wild)
		source := w.shader()
		p := position(t, a, w.es, source)
		if p.Reason != "" {
			if !wild {
				t.Logf("seed %d: %s", seed, p.Reason)
			}
			continue
		}
		derived++
		for range 3 {
			mapped, err := g.compare(api, w.r, source, p)
			if err != nil {
				refused++
				t.Logf("seed %d: %v", seed, err)
				break
			}
			if !mapped {
				unmapped++
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d shaders, %d derived, %d of them refused by GL, %d maps not given", count, derived, refused, unmapped)
	if float64(derived) < least*float64(count) || refused > count/10 || unmapped > derived/3 {
		t.Errorf("%d shaders, %d derived, %d refused by GL, %d maps not given", count, derived, refused, unmapped)
	}
}
