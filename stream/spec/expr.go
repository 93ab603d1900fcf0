package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// Expr is an arithmetic expression over a command's parameters: integers, parameters, GL_ constants, + - * / and
// calls of the length functions of prism_len.h (without their prefix).
type Expr interface{ isExpr() }

// The nodes of an Expr.
type (
	Num  uint64   // 12
	Ref  string   // a parameter, or a constant with prefix GL_
	Call struct { // image(width, height, 1, format, type)
		Func string
		Args []Expr
	}
	Bin struct { // count*4
		Op   byte
		A, B Expr
	}
)

func (Num) isExpr()  {}
func (Ref) isExpr()  {}
func (Call) isExpr() {}
func (Bin) isExpr()  {}

type exprParser struct {
	s   string
	pos int
}

// ParseExpr parses `count*size/2 + texparam(pname)`. Division is by a number other than 0 only.
func ParseExpr(s string) (Expr, error) {
	p := &exprParser{s: s}
	e, err := p.sum()
	if err == nil && p.peek() != 0 {
		err = p.fail("%q is too much", p.s[p.pos:])
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (p *exprParser) fail(format string, args ...any) error {
	return fmt.Errorf("spec: expression %q, column %d: %s", p.s, p.pos+1, fmt.Sprintf(format, args...))
}

func (p *exprParser) peek() byte {
	for p.pos < len(p.s) && (p.s[p.pos] == ' ' || p.s[p.pos] == '\t') {
		p.pos++
	}
	if p.pos == len(p.s) {
		return 0
	}
	return p.s[p.pos]
}

func (p *exprParser) sum() (Expr, error) {
	a, err := p.product()
	for err == nil && (p.peek() == '+' || p.peek() == '-') {
		op := p.peek()
		p.pos++
		var b Expr
		if b, err = p.product(); err == nil {
			a = fold(Bin{op, a, b})
		}
	}
	return a, err
}

func (p *exprParser) product() (Expr, error) {
	a, err := p.primary()
	for err == nil && (p.peek() == '*' || p.peek() == '/') {
		op := p.peek()
		p.pos++
		var b Expr
		if b, err = p.primary(); err != nil {
			break
		}
		if n, ok := b.(Num); op == '/' && (!ok || n == 0) {
			return nil, p.fail("division is by a number other than 0 only")
		}
		a = fold(Bin{op, a, b})
	}
	return a, err
}

func fold(b Bin) Expr {
	x, ok1 := b.A.(Num)
	y, ok2 := b.B.(Num)
	if !ok1 || !ok2 {
		return b
	}
	switch b.Op {
	case '+':
		return x + y
	case '-':
		return x - min(x, y)
	case '*':
		return x * y
	}
	return x / y
}

func isWord(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (p *exprParser) primary() (Expr, error) {
	c := p.peek()
	switch {
	case c == '(':
		p.pos++
		e, err := p.sum()
		if err != nil {
			return nil, err
		}
		if p.peek() != ')' {
			return nil, p.fail("a ) is missing")
		}
		p.pos++
		return e, nil
	case isWord(c):
	case c == 0:
		return nil, p.fail("it ends where a value is needed")
	default:
		return nil, p.fail("%q is not a value", string(c))
	}
	start := p.pos
	for p.pos < len(p.s) && isWord(p.s[p.pos]) {
		p.pos++
	}
	word := p.s[start:p.pos]
	if c >= '0' && c <= '9' {
		n, err := strconv.ParseUint(word, 0, 32)
		if err != nil {
			p.pos = start
			return nil, p.fail("%q is not a number of up to 32 bits", word)
		}
		return Num(n), nil
	}
	if p.peek() != '(' {
		return Ref(word), nil
	}
	p.pos++
	call := Call{Func: word}
	for p.peek() != ')' {
		e, err := p.sum()
		if err != nil {
			return nil, err
		}
		call.Args = append(call.Args, e)
		if p.peek() == ',' {
			p.pos++
		} else if p.peek() != ')' {
			return nil, p.fail("a , or ) is missing")
		}
	}
	p.pos++
	return call, nil
}

// Walk calls f for e and all that is in it.
func Walk(e Expr, f func(Expr)) {
	f(e)
	switch e := e.(type) {
	case Call:
		for _, a := range e.Args {
			Walk(a, f)
		}
	case Bin:
		Walk(e.A, f)
		Walk(e.B, f)
	}
}

// C writes e as a C expression of type uint64_t that saturates instead of wrapping, and takes negative values as 0.
// ref gives the C text of a parameter. Arguments of calls are passed as they are.
func C(e Expr, ref func(string) string) string {
	switch e := e.(type) {
	case Num:
		return strconv.FormatUint(uint64(e), 10)
	case Ref:
		if strings.HasPrefix(string(e), "GL_") {
			return string(e)
		}
		return "prism_pos(" + ref(string(e)) + ")"
	case Call:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			if r, ok := a.(Ref); ok && !strings.HasPrefix(string(r), "GL_") {
				args[i] = ref(string(r))
			} else {
				args[i] = C(a, ref)
			}
		}
		return "prism_len_" + e.Func + "(" + strings.Join(args, ", ") + ")"
	case Bin:
		a, b := C(e.A, ref), C(e.B, ref)
		switch e.Op {
		case '+':
			return "prism_add(" + a + ", " + b + ")"
		case '-':
			return "prism_sub(" + a + ", " + b + ")"
		case '*':
			return "prism_mul(" + a + ", " + b + ")"
		}
		return "(" + a + ") / " + b
	}
	return ""
}
