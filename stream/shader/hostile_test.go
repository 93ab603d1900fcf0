package shader

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHostileSources: no source hurts the caller. Each gives an answer in time, and most a reason.
func TestHostileSources(t *testing.T) {
	const timeout = 3 * time.Second
	a := analyzer(t, func(c *Config) { c.Timeout, c.MemoryBytes = timeout, 256<<20 })
	const head = "#version 330\nuniform float u; in vec4 a;\n"
	bomb := "#define A0 1.0+\n"
	for i := 1; i < 40; i++ {
		bomb += fmt.Sprintf("#define A%d A%d A%d A%d A%d\n", i, i-1, i-1, i-1, i-1)
	}
	calls := "vec4 f0(vec4 p) { return p; }\n"
	for i := 1; i < 30; i++ {
		calls += fmt.Sprintf("vec4 f%d(vec4 p) { return f%d(p) + f%d(p); }\n", i, i-1, i-1)
	}
	returns := ""
	for i := range 60 {
		returns += fmt.Sprintf("if (u > %d.0) { if (u < %d.0) return; p *= 2.0; }\n", i, 2*i)
	}
	squares := "float s = u;\n" + strings.Repeat("s = s * s + s * u + cos(s);\n", 20000)
	structs := "struct S0 { vec4 x; };\n"
	for i := 1; i < 3000; i++ {
		structs += fmt.Sprintf("struct S%d { S%d x; };\n", i, i-1)
	}
	wide := "struct S0 { mat4 x[100]; };\n"
	for i := 1; i < 20; i++ {
		wide += fmt.Sprintf("struct S%d { S%d x[100]; S%d y[100]; };\n", i, i-1, i-1)
	}
	body := func(s string) string { return head + "void main() { vec4 p = a;\n" + s + "\ngl_Position = p; }" }
	for _, c := range []struct {
		name   string
		source []string
		want   string // in the reason; "-": any answer will do
	}{
		{"HundredMegabytes", []string{strings.Repeat("// xx\n", 100<<20/6)}, "is too long"},
		{"ManyStrings", append(strings.Split(strings.Repeat(" ", 1<<17), ""), "void main() {}"), "does not set gl_Position"},
		{"Parentheses", []string{body("p = " + strings.Repeat("(", 200000) + "a" + strings.Repeat(")", 200000) + ";")}, "-"},
		{"Blocks", []string{body(strings.Repeat("{", 200000) + strings.Repeat("}", 200000))}, "-"},
		{"BlocksTwoThousand", []string{body(strings.Repeat("{ p += a;", 2000) + strings.Repeat("}", 2000))}, "-"},
		{"Minus", []string{body("p = " + strings.Repeat("- ", 200000) + "a;")}, "-"},
		{"Sums", []string{body("p = a" + strings.Repeat(" + a", 100000) + ";")}, "-"},
		{"Ifs", []string{body(strings.Repeat("if (u > 0.5) ", 20000) + "p = a * 2.0;")}, "-"},
		{"Elses", []string{body(strings.Repeat("if (u > 0.5) p = a; else ", 20000) + "p = a * 2.0;")}, "-"},
		{"MacroBomb", []string{head + bomb + "void main() { gl_Position = a * (A39 1.0); }"}, "-"},
		{"MacroOfItself", []string{head + "#define A A\n#define B C\n#define C B\nvoid main() { gl_Position = a * B; }"}, "line"},
		{"MacroArguments", []string{head + "#define F(x) x x\nvoid main() { gl_Position = a * " + strings.Repeat("F(", 5000) + "1.0" + strings.Repeat(")", 5000) + "; }"}, "-"},
		{"Calls", []string{head + calls + "void main() { gl_Position = f29(a); }"}, "is too long to be followed"},
		{"Returns", []string{head + "vec4 p;\nvoid g() {\n" + returns + "}\nvoid main() { p = a; g(); gl_Position = p; }"}, "is too long to be followed"},
		{"Squares", []string{body(squares + "p *= s;")}, "too long to be followed"},
		{"ManyExpressions", []string{head + "uniform vec4 us[1000];\nvoid main() { vec4 p = a; for (int i = 0; i < 1000; i++) p *= us[i].yxzw + us[i]; gl_Position = p; }"}, "is too long to be computed at each draw"},
		{"Loop", []string{body("for (int i = 0; i < 2000000000; i++) p += a;")}, "is too long to be followed"},
		{"Loops", []string{body(strings.Repeat("for (int i = 0; i < 100; i++) ", 50) + "p += a;")}, "is too long to be followed"},
		{"HugeArray", []string{head + "vec4 h[2147483647];\n" + "void main() { h[1] = a; gl_Position = h[1]; }"}, "-"},
		{"HugeUniform", []string{head + "uniform mat4 h[2000000];\n" + "void main() { gl_Position = h[1999999] * a; }"}, "-"},
		{"ArraysOfArrays", []string{"#version 450\nin vec4 a; vec4 h[1000][1000][1000];\nvoid main() { h[1][2][3] = a; gl_Position = h[1][2][3]; }"}, "-"},
		{"BigCopies", []string{head + "vec4 h[16000], g[16000];\nvoid main() { for (int i = 0; i < 10000; i++) { h = g; g = h; g[0] = a; } gl_Position = g[0]; }"}, "too long to be followed"},
		{"DeepStructs", []string{head + structs + "uniform S2999 s; void main() { gl_Position = a; }"}, "-"},
		{"WideStructs", []string{head + wide + "uniform S19 s; void main() { gl_Position = a * s.x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1].x[1][1][1]; }"}, "-"},
		{"LongName", []string{head + "uniform float " + strings.Repeat("n", 1<<19) + "; void main() { gl_Position = a; }"}, "-"},
		{"UnclosedComment", []string{head + "/* " + strings.Repeat("x\n", 100000)}, "-"},
		{"NotText", []string{string([]byte{0, 1, 2, 255, 254, 0}) + head}, "-"},
		{"NULInside", []string{head + "void main() { gl_Position = a; }\x00garbage"}, "-"},
		{"Include", []string{head + "#extension GL_GOOGLE_include_directive : enable\n#include \"/etc/passwd\"\nvoid main() { gl_Position = a; }"}, "line"},
		{"Lines", []string{head + "#line 2147483647 2147483647\nvoid main() { gl_Position = a * a; }"}, "is not affine"},
		{"Version", []string{"#version 99999999999999999999\nvoid main() {}"}, "-"},
		{"DivideByZero", []string{body("const int z = 0; int q = 5 / z; int r = 5 % z; p *= float(q + r);")}, "-"},
		{"NaN", []string{body("float z = 0.0; p *= z / z; p += vec4(1.0 / 0.0);")}, "-"},
		{"ShiftFar", []string{body("int s = 1; p *= float(s << 31) + float(s << 40) * float(s >> -1);")}, "depends on a shift by 40"},
		{"Names", []string{head + "void main() { vec4 " + strings.Repeat("x,", 50000) + "y; gl_Position = a; }"}, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			p, err := a.Position(context.Background(), Source{Strings: c.source})
			took := time.Since(began)
			if err != nil {
				t.Fatal(err)
			}
			if c.want != "-" && !strings.Contains(p.Reason, c.want) {
				t.Errorf("reason %q, want %q", p.Reason, c.want)
			}
			if len(p.Reason) > 500 || p.program.places > maxPlaces {
				t.Errorf("a reason of %d bytes, a program of %d places", len(p.Reason), p.program.places)
			}
			t.Logf("%v: %.120s", took.Round(time.Millisecond), p.Reason)
			if took > 5*timeout {
				t.Errorf("took %v", took)
			}
		})
	}
}

// fake makes a front end that does something else.
func fake(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), Program)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBadFrontEnds: whatever the program does, the caller gets an answer.
func TestBadFrontEnds(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"Hangs", "exec /bin/sleep 60", "takes longer than"},
		{"HangsWithAChild", "/bin/sleep 60", "takes longer than"},
		{"Crashes", "kill -SEGV $$", "ends the front end"},
		{"Endless", "exec /usr/bin/yes", "is too large"},
		{"Nothing", "exit 0", "cannot be analysed"},
		{"Nonsense", "echo prism-glsl 1 330 core; echo op 0 0 none Sequence - 99999999; echo end", "cannot be analysed"},
		{"OtherFormat", "echo prism-glsl 2 330 core; echo none; echo end", "cannot be analysed"},
		{"Says", "echo error it does not want to; exit 1", "it does not want to"},
		{"SaysNothing", "exit 1", "ends the front end: exit status 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Only one that is to run out of time gets little of it: on a busy
			// machine others may need more.
			limit := time.Minute
			if strings.HasPrefix(c.want, "takes longer") {
				limit = 500 * time.Millisecond
			}
			a := analyzer(t, func(cfg *Config) { cfg.Program, cfg.Timeout = fake(t, c.script), limit })
			began := time.Now()
			p := position(t, a, false, "void main() {}")
			if !strings.Contains(p.Reason, c.want) {
				t.Errorf("reason %q, want %q", p.Reason, c.want)
			}
			if took := time.Since(began); took > 45*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestNoFrontEnd(t *testing.T) {
	for _, path := range []string{"", "testdata", filepath.Join(t.TempDir(), "missing")} {
		if a, err := New(Config{Program: path}); a != nil || !errors.Is(err, ErrFrontEnd) {
			t.Errorf("%q: %v, want ErrFrontEnd", path, err)
		}
	}
	// It goes while the analyzer lives, and comes back.
	path := fake(t, "echo error no; exit 1")
	a := analyzer(t, func(c *Config) { c.Program = path })
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	src := Source{Strings: []string{"void main() {}"}}
	if p, err := a.Position(context.Background(), src); p != nil || !errors.Is(err, ErrFrontEnd) {
		t.Errorf("%v, %v, want ErrFrontEnd", p, err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if p := position(t, a, false, src.Strings...); p.Reason != "no" {
		t.Errorf("reason %q", p.Reason)
	}
}

func TestContextEnds(t *testing.T) {
	a := analyzer(t, func(c *Config) { c.Program = fake(t, "exec /bin/sleep 60") })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if p, err := a.Position(ctx, Source{Strings: []string{"void main() {}"}}); p != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v", p, err)
	}
}
