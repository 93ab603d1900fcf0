package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	o, err := parse([]string{"--frames", "3", "--size", "1920x1080", "--seed=7", "--png", "d", "--fps-free"})
	want := options{frames: 3, width: 1920, height: 1080, seed: 7, png: "d", fpsFree: true}
	if err != nil || o != want {
		t.Errorf("%+v, %v; want %+v", o, err, want)
	}
	for name, args := range map[string][]string{
		"Size":     {"--size", "1920"},
		"SizeTail": {"--size", "1920x1080p"},
		"SizeZero": {"--size", "0x10"},
		"Negative": {"--frames", "-1"},
		"Rest":     {"now"},
		"Blocks":   {"--blocks", "1000"},
	} {
		t.Run(name, func(t *testing.T) {
			if o, err := parse(args); err == nil {
				t.Errorf("%q is taken: %+v", args, o)
			}
		})
	}
}

// The steady frame asks OpenGL nothing: no function that a frame runs calls gl.Get…, gl.Is… or gl.Finish.
func TestSteadyFrameAsksNothing(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "paint.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil {
			continue
		}
		switch f.Name.Name {
		case "frame", "solids", "elements", "texture":
		default:
			continue
		}
		looked++
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "gl" {
				for _, p := range []string{"Get", "Is", "Finish", "ReadPixels", "Map"} {
					if strings.HasPrefix(s.Sel.Name, p) {
						t.Errorf("%s calls gl.%s", f.Name.Name, s.Sel.Name)
					}
				}
			}
			return true
		})
	}
	if looked != 4 {
		t.Errorf("%d of 4 functions found", looked)
	}
}
