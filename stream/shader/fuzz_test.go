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
		tree, whole, err := a.frontEnd(context.Background(), string(source), kindOf(strings.HasSuffix(file, ".es.vert"), 0))
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
		all, _, why := variants(s)
		if (why == nil) != (len(all) > 0) || len(all) > 1<<maxAsked {
			t.Fatalf("%q: %d variants, %v", s, len(all), why)
		}
		if why != nil && (why.line < 1 || why.line > 1+strings.Count(s, "\n")) {
			t.Errorf("%q: line %d", s, why.line)
		}
		for _, v := range all {
			// A variant asks nothing any more, and has as many lines.
			if again, _, why := variants(v); why != nil || len(again) != 1 || strings.Count(v, "\n") != strings.Count(s, "\n") {
				t.Errorf("%q: variant %q", s, v)
			}
		}
	})
}

func TestUndecided(t *testing.T) {
	const yes = "yes" // answered both ways
	for _, c := range []struct{ name, source, want string }{
		{"Nothing", "#version 330\n#if __VERSION__ > 120 && defined(GL_ES) || __LINE__ > 3\n#endif\n", ""},
		{"Profiles", "#ifdef GL_core_profile\n#elif defined GL_compatibility_profile || defined(GL_es_profile)\n#endif\n", ""},
		{"Extension", "\n#ifdef GL_ARB_x\n", yes},
		{"Elif", "#if 1\n#elif defined(GL_ARB_x)\n", yes},
		{"Vendor", "#ifdef __GLSL_CG_DATA_TYPES\n", "line 1: asks for __GLSL_CG_DATA_TYPES"},
		{"ItsOwn", "#ifndef __MINE\n#define __MINE\n#endif\n", ""},
		{"ThroughAMacro", "#define HAS defined(GL_ARB_x)\n#if HAS\n", yes},
		{"Pasted", "#define HAS(x) defined(GL_##x)\n#if HAS(ARB_x)\n", "line 1: asks for GL_"},
		{"PastedInTwo", "#define HAS(x, y) defined(x##y)\n#if HAS(GL, _ARB_x)\n", "line 2: asks for GL"},
		{"NotPasted", "#define GL 1\n#if GL\n", ""},
		{"NotPastedGL", "#ifdef GL\n", ""},
		{"Continued", "#if \\\n  defined( \\\r\n GL_ARB_x)\n", yes},
		{"Three", "#if defined(GL_ARB_x) && defined(GL_ARB_y)\n#ifdef GL_EXT_z\n#ifdef GL_ARB_x\n", yes},
		{"Four", "#if defined(GL_ARB_x) && defined(GL_ARB_y)\n#ifdef GL_EXT_z\n#ifdef GL_ARB_w\n", "line 3: asks for GL_ARB_w"},
		{"Broken", "#ifdef GL_\\\nARB_x\n", "line 1: asks for GL_ARB_x"},
		{"BrokenEarly", "#ifdef G\\\nL_ARB_x\n", "line 1: asks for GL_ARB_x"},
		{"Enabled", "#extension GL_ARB_x : enable\n", ""},
		{"InAComment", "// #ifdef GL_ARB_x\n/* \n#ifdef GL_ARB_y\n*/\n#if 1 // GL_ARB_z\n#if 2 /* GL_ARB_w */\n// \\\n#ifdef GL_ARB_v\n", ""},
		{"BehindAComment", "/* x\n */ #if GL_ARB_x\n", yes},
		{"NotAtTheStart", "x #if GL_ARB_x\n", ""},
		{"InCode", "float GL_ARB_x;", ""},
		{"PartOfAName", "#if xGL_ARB + 0xGL_ARB\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, _, why := variants(c.source)
			switch c.want {
			case "":
				if why != nil || len(all) != 1 || all[0] != c.source {
					t.Errorf("%d variants, %v", len(all), why)
				}
			case yes:
				if why != nil || len(all) < 2 || !strings.Contains(all[0], answerYes) || strings.Contains(all[len(all)-1], answerYes) {
					t.Errorf("%q, %v", all, why)
				}
			default:
				if why == nil || !strings.HasPrefix(why.String(), c.want) {
					t.Errorf("%v, want %q", why, c.want)
				}
			}
		})
	}
}

// TestAnswersOfDrivers: what a driver says of its extensions makes no difference, or there is no map.
func TestAnswersOfDrivers(t *testing.T) {
	a := analyzer(t, nil)
	const head = "#version 330\n"
	for _, c := range []struct{ name, source, want string }{
		{"Enables", "#ifdef GL_ARB_shader_bit_encoding\n#extension GL_ARB_shader_bit_encoding : enable\n#endif\nuniform mat4 m; in vec4 a;\nvoid main() { gl_Position = m * a; }", ""},
		{"ElsewhereInside", "uniform mat4 m; in vec4 a; out vec4 c;\nvoid main() {\n#if defined(GL_ARB_x) && !defined(GL_ARB_y)\nc = a;\ngl_PointSize = 1.0;\n#else\nc = -a;\n#endif\ngl_Position = m * a; }", ""},
		{"ThePosition", "uniform mat4 m; in vec4 a;\nvoid main() {\n#ifdef GL_ARB_x\ngl_Position = m * a;\n#else\ngl_Position = a * m;\n#endif\n}", "line 4: asks for GL_ARB_x, which"},
		{"OneIsNotAffine", "in vec4 a;\nvoid main() {\n#ifdef GL_ARB_x\ngl_Position = a;\n#else\ngl_Position = a * a;\n#endif\n}", "line 7: is not affine"},
		{"OneDoesNotCompile", "in vec4 a;\nvoid main() {\n#ifndef GL_ARB_x\n#error wants it\n#endif\ngl_Position = a; }", "line 5: glslang refuses it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := position(t, a, false, head+c.source)
			if (p.Reason == "") != (c.want == "") || !strings.HasPrefix(p.Reason, c.want) {
				t.Errorf("reason %q, want %q", p.Reason, c.want)
			}
			if p.PointSize != strings.Contains(c.source, "gl_PointSize") {
				t.Errorf("point size %v", p.PointSize)
			}
		})
	}
}
