package show

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// asking are the beginnings of functions of OpenGL that wait for an answer, or may.
var asking = []string{"Get", "Is", "Finish", "ReadPixels", "Map", "CheckFramebufferStatus", "ClientWaitSync", "FenceSync", "BeginQuery", "RenderMode"}

// A steady frame of a sample asks OpenGL nothing: what Frame calls, in its own package, in package glsl and from there on,
// is free of such functions. (Package show itself reads pixels only with --png.)
func TestSteadyFrameAsksNothing(t *testing.T) {
	mains, err := filepath.Glob("../../*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no samples found: %v", err)
	}
	for _, m := range mains {
		dir := filepath.Dir(m)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			functions := declared(t, dir)
			for name, f := range declared(t, "../glsl") {
				functions[name] = append(functions[name], f...)
			}
			reached := []string{"Frame"}
			for i := 0; i < len(reached); i++ {
				for _, f := range functions[reached[i]] {
					calls(f, func(name, of string) {
						if of != "gl" {
							if functions[name] != nil && !slices.Contains(reached, name) {
								reached = append(reached, name)
							}
						} else if slices.ContainsFunc(asking, func(p string) bool { return strings.HasPrefix(name, p) }) {
							t.Errorf("%s calls gl.%s", reached[i], name)
						}
					})
				}
			}
			if functions["Frame"] == nil || len(reached) < 2 {
				t.Errorf("a frame's functions were not found: %v", reached)
			}
		})
	}
}

// declared gives a folder's functions and methods by name; methods of several types may share one.
func declared(t *testing.T, dir string) map[string][]*ast.FuncDecl {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]*ast.FuncDecl{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				out[f.Name.Name] = append(out[f.Name.Name], f)
			}
		}
	}
	return out
}

// calls visits what a function calls: its name, and the name before the dot.
func calls(f *ast.FuncDecl, visit func(name, of string)) {
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch fun := c.Fun.(type) {
		case *ast.Ident:
			visit(fun.Name, "")
		case *ast.SelectorExpr:
			x, _ := fun.X.(*ast.Ident)
			if x == nil {
				visit(fun.Sel.Name, "")
			} else {
				visit(fun.Sel.Name, x.Name)
			}
		}
		return true
	})
}
