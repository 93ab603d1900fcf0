package shader

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzTree: whatever is read as a tree, reading and running it end without a panic, and what they derive can be evaluated.
func FuzzTree(f *testing.F) {
	files, err := filepath.Glob("testdata/*.vert")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d seeds: %v", len(files), err)
	}
	if _, err := exec.LookPath(frontEndPath); err != nil {
		f.Fatalf("%v (make glsl builds it)", err)
	}
	a := analyzer(f, nil)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		tree, whole, err := a.frontEnd(context.Background(), string(source), strings.HasSuffix(file, ".es.vert"))
		if err != nil || !whole {
			f.Fatal(err)
		}
		f.Add(tree)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := parseTree(data)
		if err != nil {
			return
		}
		p := analyze(tree)
		if p.Reason != "" {
			return
		}
		values := make([]float32, 16)
		for i := range values {
			values[i] = float32(i) - 3
		}
		var to Affine
		p.Evaluator().Map(func(int) []float32 { return values }, &to)
	})
}

// FuzzDirectives: the scanner ends wherever a source ends.
func FuzzDirectives(f *testing.F) {
	for _, s := range []string{
		"#version 330\n#if defined(GL_ARB_x) // y\n#endif", "/* #if GL_A\n*/ # \\\n ifdef \\\r\n GL_B\n", "#define X __GNUC__ ## GL\n#if X\n", "x #if GL_NO\n#elif GL_YES",
		"#if 0x1GL_NO /* GL_NO */ + GL_YES /", "#", "#\\", "#if \\", "/*", "//\\\n#if GL_NO\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		own := map[string]bool{}
		var asked []asking
		scanDirectives(s, own, &asked)
		for _, a := range asked {
			if a.line < 1 || a.line > 1+strings.Count(s, "\n") || !strings.Contains(s, a.name[:1]) {
				t.Errorf("%q: %+v", s, a)
			}
		}
	})
}

func TestUndecided(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"Nothing", "#version 330\n#if __VERSION__ > 120 && defined(GL_ES) || __LINE__ > 3\n#endif\n", ""},
		{"Profiles", "#ifdef GL_core_profile\n#elif defined GL_compatibility_profile || defined(GL_es_profile)\n#endif\n", ""},
		{"Extension", "\n#ifdef GL_ARB_x\n", "line 2: asks for GL_ARB_x"},
		{"Elif", "#if 1\n#elif defined(GL_ARB_x)\n", "line 2: asks for GL_ARB_x"},
		{"Vendor", "#ifdef __GLSL_CG_DATA_TYPES\n", "line 1: asks for __GLSL_CG_DATA_TYPES"},
		{"ItsOwn", "#ifndef __MINE\n#define __MINE\n#endif\n", ""},
		{"ThroughAMacro", "#define HAS defined(GL_ARB_x)\n#if HAS\n", "line 1: asks for GL_ARB_x"},
		{"Pasted", "#define HAS(x) defined(GL_##x)\n#if HAS(ARB_x)\n", "line 1: asks for GL_"},
		{"PastedInTwo", "#define HAS(x, y) defined(x##y)\n#if HAS(GL, _ARB_x)\n", "line 2: asks for GL"},
		{"NotPasted", "#define GL 1\n#if GL\n", ""},
		{"NotPastedGL", "#ifdef GL\n", ""},
		{"Continued", "#if \\\n  defined( \\\r\n GL_ARB_x)\n", "line 1: asks for GL_ARB_x"},
		{"Enabled", "#extension GL_ARB_x : enable\n", ""},
		{"InAComment", "// #ifdef GL_ARB_x\n/* \n#ifdef GL_ARB_y\n*/\n#if 1 // GL_ARB_z\n#if 2 /* GL_ARB_w */\n// \\\n#ifdef GL_ARB_v\n", ""},
		{"BehindAComment", "/* x\n */ #if GL_ARB_x\n", "line 2: asks for GL_ARB_x"},
		{"NotAtTheStart", "x #if GL_ARB_x\n", ""},
		{"InCode", "float GL_ARB_x;", ""},
		{"PartOfAName", "#if xGL_ARB + 0xGL_ARB\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			why := undecided(c.source)
			if (why == nil) != (c.want == "") || why != nil && !strings.HasPrefix(why.String(), c.want) {
				t.Errorf("%v, want %q", why, c.want)
			}
		})
	}
}
