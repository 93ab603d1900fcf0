package shader

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files of testdata again")

const frontEndPath = "../../bin/lib/" + Program

func analyzer(t testing.TB, change func(*Config)) *Analyzer {
	t.Helper()
	cfg := Config{Program: frontEndPath}
	if change != nil {
		change(&cfg)
	}
	a, err := New(cfg)
	if err != nil {
		t.Fatalf("%v (make glsl builds it, make install what that needs)", err)
	}
	return a
}

func position(t testing.TB, a *Analyzer, es bool, strings ...string) *Position {
	t.Helper()
	p, err := a.Position(context.Background(), Source{Strings: strings, ES: es})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// print says all of a position that a reader can check: values are those of the uniforms 1/4, 2/4, 3/4, …, counted through.
func (p *Position) print() string {
	var b strings.Builder
	for _, f := range []struct {
		name string
		set  bool
	}{{"point size", p.PointSize}, {"clip distance", p.ClipDistance}, {"viewport", p.Viewport}, {"effects", p.Effects}, {"invariant", p.Invariant}} {
		if f.set {
			fmt.Fprintln(&b, f.name)
		}
	}
	if p.Reason != "" {
		fmt.Fprintln(&b, "reason:", p.Reason)
		return b.String()
	}
	fmt.Fprintf(&b, "attribute %s %s, location %d, column %d\n", p.Attribute.Type, p.Attribute.Name, p.Attribute.Location, p.Attribute.Column)
	values := make([][]float32, len(p.Uniforms))
	n := 0
	for i := range p.Uniforms {
		u := &p.Uniforms[i]
		fmt.Fprintf(&b, "uniform %s %s, location %d", u.Type, u, u.Location)
		if u.Block != "" {
			fmt.Fprintf(&b, ", block %s[%d] offset %d stride %d row major %v", u.Block, u.BlockIndex, u.Offset, u.MatrixStride, u.RowMajor)
		}
		if u.BuiltIn {
			b.WriteString(", built in")
		}
		b.WriteByte('\n')
		for range u.Len() {
			n++
			values[i] = append(values[i], float32(n)/4)
		}
	}
	var to Affine
	if !p.Evaluator().Map(func(i int) []float32 { return values[i] }, &to) {
		b.WriteString("no map for these values\n")
		return b.String()
	}
	for i := range 4 {
		fmt.Fprintf(&b, "%12g %12g %12g %12g  + %g\n", to.M[i], to.M[4+i], to.M[8+i], to.M[12+i], to.C[i])
	}
	fmt.Fprintf(&b, "rounding %g\n", to.Rounding)
	return b.String()
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.vert")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d sources: %v", len(files), err)
	}
	a := analyzer(t, nil)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".vert")
		t.Run(name, func(t *testing.T) {
			source, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := position(t, a, strings.HasSuffix(name, ".es"), string(source)).print()
			wantFile := strings.TrimSuffix(f, ".vert") + ".txt"
			if *update {
				if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestEveryVersion: each version of the language, in both profiles, as an app would write it.
func TestEveryVersion(t *testing.T) {
	a := analyzer(t, nil)
	const (
		old  = "attribute vec4 a; uniform mat4 m; void main() { gl_Position = m * a; }"
		new  = "in vec4 a; uniform mat4 m; void main() { gl_Position = m * a; }"
		mvp  = "void main() { gl_Position = gl_ModelViewProjectionMatrix * gl_Vertex; }"
		free = "void main() { gl_Position = ftransform(); }"
	)
	type version struct {
		line   string
		es     bool // of the context
		bodies []string
	}
	versions := []version{
		{"", false, []string{old, mvp, free}}, {"", true, []string{old}},
		{"#version 110", false, []string{old, mvp, free}}, {"#version 120", false, []string{old, mvp, free}},
		{"#version 130", false, []string{old, new, mvp, free}}, {"#version 140", false, []string{new}},
		{"#version 100", true, []string{old}}, {"#version 100", false, []string{old}},
	}
	for _, v := range []string{"300", "310", "320"} {
		versions = append(versions, version{"#version " + v + " es", true, []string{new}}, version{"#version " + v + " es", false, []string{new}})
	}
	for _, v := range []string{"150", "330", "400", "410", "420", "430", "440", "450", "460"} {
		versions = append(versions, version{"#version " + v, false, []string{new}}, version{"#version " + v + " core", false, []string{new}},
			version{"#version " + v + " compatibility", false, []string{old, new, mvp, free}})
	}
	for _, v := range versions {
		if testing.Short() {
			v.bodies = v.bodies[len(v.bodies)-1:]
		}
		for _, body := range v.bodies {
			p := position(t, a, v.es, v.line+"\n"+body)
			want, uniforms := "a", 1
			if body == mvp || body == free {
				want, uniforms = "gl_Vertex", 2
			}
			if p.Reason != "" || p.Attribute.Name != want || p.Attribute.Type != "vec4" || len(p.Uniforms) != uniforms {
				t.Errorf("%s (ES %v)\n%s\n%s", v.line, v.es, body, p.print())
			}
		}
	}
}
