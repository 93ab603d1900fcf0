package shader

import (
	"strings"
	"testing"
)

// TestReasons: what is not followed says why and where, and is not taken for something else.
func TestReasons(t *testing.T) {
	a := analyzer(t, nil)
	const head = "#version 330\nuniform mat4 m; uniform float u; uniform int n; uniform sampler2D s;\nin vec4 a; in vec4 b;\n"
	for _, c := range []struct{ name, source, want string }{
		{"VertexID", head + "void main() {\n\tgl_Position = m * a * float(gl_VertexID);\n}", "line 5: depends on gl_VertexID"},
		{"InstanceID", head + "void main() { gl_Position = m * a + vec4(gl_InstanceID); }", "line 4: depends on gl_InstanceID"},
		{"SeveralAttributes", head + "void main() { gl_Position = m * (a + b); }", "line 4: depends on several attributes: a and b"},
		{"OneAComponent", head + "void main() { gl_Position = m * vec4(a.xy, b.z, 1.0); }", "line 4: depends on several attributes: a and b"},
		{"Texture", head + "void main() { gl_Position = m * a + texture(s, a.xy); }", "line 4: depends on a texture"},
		{"Product", head + "void main() { gl_Position = a * a.w; }", "line 4: is not affine: a product of values of a and a"},
		{"Division", head + "void main() { gl_Position = vec4(a.xyz / a.w, 1.0); }", "line 4: is not affine: a division by values of a"},
		{"Sine", head + "void main() { gl_Position = m * vec4(sin(a.x), a.yzw); }", "line 4: is not affine: the sine of values of a"},
		{"Normalized", head + "void main() { gl_Position = m * vec4(normalize(a.xyz), 1.0); }", "line 4: is not affine: a product of values of a and a"},
		{"ConditionOnTheAttribute", head + "void main() {\n\tgl_Position = a;\n\tif (a.x > 0.0)\n\t\tgl_Position.y = 1.0;\n}", "line 6: depends on a condition on a"},
		{"ChoiceOnTheAttribute", head + "void main() { gl_Position = a.x > u ? a : m * a; }", "line 4: depends on a condition on a"},
		{"ReturnOnTheAttribute", head + "void main() { gl_Position = a; if (a.x > u) return; gl_Position = m * a; }", "line 4: depends on a condition on a"},
		{"ConditionOnAnID", head + "void main() { gl_Position = gl_VertexID > 2 ? a : m * a; }", "line 4: depends on gl_VertexID"},
		{"LoopByUniform", head + "void main() { vec4 p = a; for (int i = 0; i < n; i++) p *= u; gl_Position = p; }", "line 4: is set in a loop whose length is not constant"},
		{"LoopThatReturns", head + "void main() { gl_Position = a; for (int i = 0; i < n; i++) if (float(i) > u) return; gl_Position = m * a; }", "line 4: is set in a loop whose length is not constant"},
		{"LoopThatCalls", head + "vec4 p;\nvoid f() { p *= u; }\nvoid main() { p = a; for (int i = 0; i < n; i++) f(); gl_Position = p; }", "line 6: is set in a loop whose length is not constant"},
		{"LoopThatGivesOut", head + "void f(out vec4 p) { p = vec4(u); }\nvoid main() { vec4 p = a; int i = 0; while (i < n) { f(p); i++; } gl_Position = p; }", "line 5: is set in a loop whose length is not constant"},
		{"EndlessLoop", head + "void main() { vec4 p = a; for (;;) p += a; gl_Position = p; }", "too long to be followed"},
		{"SwitchOnUniform", head + "void main() { gl_Position = a; switch (n) { case 1: gl_Position = m * a; } }", "line 4: is set in a switch that is not on a constant"},
		{"IndexByUniform", head + "uniform mat4 ms[4];\nvoid main() { gl_Position = ms[n] * a; }", "line 5: depends on ms by an index that is not constant"},
		{"SetByIndex", head + "void main() { vec4 p[2]; p[0] = a; for (int i = 0; i < 2; i++) p[i] = a; gl_Position = p[0]; }", "line 4: depends on p, which is set by an index that is not constant"},
		{"NotSet", head + "void main() { vec4 p; p.x = a.x; gl_Position = p; }", "depends on p, which is not set"},
		{"NotSetOnOneSide", head + "void main() { if (u > 0.5) gl_Position = a; }", "line 4: depends on gl_Position, which is not set"},
		{"NotSetInTheSecondCall", head + "vec4 f(bool first) { vec4 q; if (first) q = a; return q; }\nvoid main() { vec4 p = f(true); gl_Position = f(false); }", "line 4: depends on q, which is not set"},
		{"NoPosition", head + "out vec4 c;\nvoid main() { c = a; }", "does not set gl_Position"},
		{"NoAttribute", head + "void main() { gl_Position = m[0]; }", "depends on no attribute"},
		{"IntegerArithmetic", "#version 330\nin ivec2 a;\nvoid main() { gl_Position = vec4(a / 2, 0, 1); }", "line 3: depends on arithmetic with integers"},
		{"Floor", head + "void main() { gl_Position = floor(u) * a; }", "line 4: depends on floor"},
		{"Inverse", head + "void main() { gl_Position = inverse(m) * a; }", "line 4: depends on matrixinverse"},
		{"StorageBuffer", "#version 450\nlayout(std430) buffer B { mat4 m; };\nin vec4 a;\nvoid main() { gl_Position = m * a; }", "line 4: depends on a storage buffer"},
		{"AttributeArray", "#version 330\nin vec4 a[2];\nvoid main() { gl_Position = a[0]; }", "line 3: depends on a, an array of attributes"},
		{"MatrixAttribute", "#version 330\nin mat4 a; in vec4 b;\nvoid main() { gl_Position = a * b; }", "line 3: is not affine: a product of values of a and b"},
		{"Doubles", "#version 450\nuniform dmat4 m;\nin vec4 a;\nvoid main() { gl_Position = vec4(m * dvec4(a)); }", "line 4: depends on m, which is of doubles"},
		{"NoBody", head + "vec4 f(vec4 p);\nvoid main() { gl_Position = f(a); }", "calls f, which has no body here"},
		{"Subroutine", "#version 400\nin vec4 a;\nsubroutine vec4 move(vec4 p);\nsubroutine(move) vec4 one(vec4 p) { return p; }\nsubroutine uniform move how;\nvoid main() { gl_Position = how(a); }", "line 3: glslang refuses it: 'subroutine' : feature not yet implemented"},
		{"NotCompiled", head + "void main() { gl_Position = c; }", "line 4: glslang refuses it: 'c' : undeclared identifier"},
		{"NoMain", head, "main"},
		{"Recursion", head + "vec4 f(vec4 p) { return f(p); }\nvoid main() { gl_Position = f(a); }", "f"},
		{"VendorMacro", "#version 330\nin vec4 a;\n#ifdef __GLSL_CG_DATA_TYPES\n#endif\nvoid main() { gl_Position = a; }", "line 3: asks for __GLSL_CG_DATA_TYPES, which each driver answers in its own way"},
		{"Modf", head + "void main() { vec4 p = a; modf(u, p.x); gl_Position = p; }", "line 4: is set by modf"},
		{"InvisibleFrexp", "#version 400\nuniform float u; in vec4 a;\nvoid main() { int e = 1; vec4 p = a; frexp(u, e); if (e == 1) p.x = 0.0; gl_Position = p; }", "line 3: is set by frexp"},
		{"UnknownOperation", "#version 450\nuniform uint u; in vec4 a;\nvoid main() { uint e = 1u; vec4 p = a; uint c = uaddCarry(u, u, e); if (e == 1u) p.x = 0.0; gl_Position = p; }", "line 3: is set by glslang's operation"},
		{"Empty", "", "has no source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := position(t, a, false, c.source)
			if !strings.Contains(p.Reason, c.want) {
				t.Errorf("reason %q, want %q\n%s", p.Reason, c.want, p.print())
			}
			if p.Attribute != (Attribute{}) || p.Uniforms != nil {
				t.Errorf("has a reason and yet %+v", p)
			}
		})
	}
}

// TestStringsAreOneText: wherever a source is cut, it is the same shader, and lines are counted through.
func TestStringsAreOneText(t *testing.T) {
	a := analyzer(t, nil)
	p := position(t, a, false, "", "#ver", "sion 330\nin vec4 ", "a;\n", "// one\nvoid main() {\n", "", "\ngl_Position = a * a.x; }")
	if want := "line 6: is not affine"; !strings.HasPrefix(p.Reason, want) {
		t.Errorf("reason %q, want %q", p.Reason, want)
	}
	if position(t, a, false, "#version 330\nin vec4 a;\n// one\nvoid main() {\n\ngl_Position = a * a.x; }") != p {
		t.Error("cut another way it is analysed again")
	}
	if position(t, a, false, "#version 330\nin vec4 a;\n#if def", "ined(__G", "NUC__)\n#endif\nvoid main() { gl_Position = a; }").Reason != "line 3: asks for __GNUC__, which each driver answers in its own way" {
		t.Error("a directive that goes on in the next string is not read")
	}
}

// TestIrrelevant: what does not reach gl_Position does no harm.
func TestIrrelevant(t *testing.T) {
	a := analyzer(t, nil)
	const head = "#version 330\nuniform mat4 m; uniform float u; uniform int n; uniform sampler2D s;\nin vec4 a; in vec4 b; out vec4 c;\n"
	for _, c := range []struct{ name, source string }{
		{"OtherAttributes", "void main() { c = b * a; gl_Position = m * a; }"},
		{"TextureForAnother", "void main() { c = texture(s, b.xy); gl_Position = m * a; }"},
		{"LoopOnAnother", "void main() { c = b; for (int i = 0; i < n; i++) { if (c.x > u) break; c *= b; } gl_Position = m * a; }"},
		{"SwitchOnAnother", "void main() { switch (gl_VertexID) { case 1: c = a; break; default: c = b; } gl_Position = m * a; }"},
		{"SwitchOnAConstant", "void main() { vec4 p = b; switch (2 * 2) { case 4: p = a; case 5: break; default: p = b; } gl_Position = m * p; }"},
		{"BothSidesEqual", "void main() { vec4 p = m * a; if (b.x > 0.0) { c = b; } else { c = a; } gl_Position = p; }"},
		{"ConditionOnAnotherReturns", "vec4 f(vec4 x) { if (x.x > 0.0) return x; return -x; }\nvoid main() { c = f(b); gl_Position = m * a; }"},
		{"EmptyFunction", "void f(vec4 x) {}\nvoid main() { f(b); gl_Position = m * a; }"},
		{"Overwritten", "void main() { gl_Position = b * a; gl_Position = m * a; }"},
		{"ExtensionEnabled", "void main() {\n#if __VERSION__ >= 150 && !defined(GL_ES)\ngl_Position = m * a;\n#endif\n}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := position(t, a, false, head+c.source)
			if p.Reason != "" || p.Attribute.Name != "a" || len(p.Uniforms) != 1 || p.Uniforms[0].Name != "m" {
				t.Errorf("%s", p.print())
			}
		})
	}
}

// TestSame: however it is written, it is the same map.
func TestSame(t *testing.T) {
	a := analyzer(t, nil)
	const head = "#version 330\nuniform mat4 m; uniform vec4 u; uniform bool yes; in vec3 a;\nvec4 g = u;\n"
	for _, c := range []struct{ name, one, other string }{
		{"GlobalSetByAFunction", "void f() { g.x = 2.0; }\nvoid main() { f(); gl_Position = m * vec4(a, 1.0) + g; }", "void main() { gl_Position = m * vec4(a, 1.0) + vec4(2.0, u.yzw); }"},
		{"OutAndInout", "void f(inout vec3 p, out float w) { p += u.xyz; w = 1.0; }\nvoid main() { vec4 p; p.xyz = a; f(p.xyz, p.w); gl_Position = m * p; }", "void main() { gl_Position = m * vec4(a + u.xyz, 1.0); }"},
		{"Choice", "void main() { vec4 p = vec4(a, 1.0); if (yes) p.xy = u.xy; gl_Position = m * p; }", "void main() { gl_Position = m * vec4(yes ? u.xy : a.xy, a.z, 1.0); }"},
		{"EarlyReturn", "vec3 f(vec3 p) { if (yes) return p + u.xyz; return p; }\nvoid main() { gl_Position = m * vec4(f(a), 1.0); }", "void main() { gl_Position = m * vec4(yes ? a + u.xyz : a, 1.0); }"},
		{"Loop", "void main() { vec3 p = a; int i = 0; do { p[i] += u[i]; } while (++i < 0); gl_Position = m * vec4(a.x + u.x, a.yz, 1.0); }", "void main() { gl_Position = m * vec4(a.x + u.x, a.yz, 1.0); }"},
		{"Loops", "void main() { vec3 p = a; for (int i = 0; i < 2; i++) for (int j = 3; j-- > 0;) { if (j == 1) break; p += u.xyz; } gl_Position = m * vec4(p, 1.0); }", "void main() { vec3 p = a + u.xyz; gl_Position = m * vec4(p + u.xyz, 1.0); }"},
		{"Struct", "struct S { vec3 p; mat4 t[2]; };\nvoid main() { S s = S(a, mat4[2](m, mat4(1.0))); S r = s; r.p.x = 0.5; gl_Position = r.t[0] * vec4(r.p, r.t[1][2][2]); }", "void main() { gl_Position = m * vec4(0.5, a.yz, 1.0); }"},
		{"Columns", "void main() { gl_Position = m[0] * a.x + m[1] * a.y + m[2] * a.z + m[3]; }", "void main() { vec4 p = m * vec4(a, 1.0); gl_Position = p; }"},
		{"Transposed", "void main() { gl_Position = vec4(a, 1.0) * transpose(m); }", "void main() { gl_Position = m * vec4(a, 1.0); }"},
		{"Comma", "void main() { vec3 p; gl_Position = (p = a, p.x *= 2.0, m * vec4(p, 1.0)); }", "void main() { gl_Position = m * vec4(a.x * 2.0, a.yz, 1.0); }"},
		{"Logic", "void main() { bool b = yes && !(u.x > 1.0 || u.y > 1.0); gl_Position = b ? m * vec4(a, 1.0) : u; }", "void main() { if (yes) { if (u.x > 1.0) gl_Position = u; else if (u.y > 1.0) gl_Position = u; else gl_Position = m * vec4(a, 1.0); } else gl_Position = u; }"},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, other := position(t, a, false, head+c.one), position(t, a, false, head+c.other)
			if one.Reason != "" || other.Reason != "" {
				t.Fatalf("%s\n%s", one.print(), other.print())
			}
			value := func(p *Position) func(int) []float32 {
				return func(i int) []float32 {
					v := make([]float32, p.Uniforms[i].Len())
					for j := range v {
						v[j] = float32(len(p.Uniforms[i].Name)+j) / 8 // by name, as the order may differ
					}
					return v
				}
			}
			var x, y Affine
			if !one.Evaluator().Map(value(one), &x) || !other.Evaluator().Map(value(other), &y) {
				t.Fatal("no map")
			}
			if x.M != y.M || x.C != y.C || one.Attribute != other.Attribute {
				t.Errorf("%+v\n%+v", x, y)
			}
		})
	}
}

func TestWhatElseIsWritten(t *testing.T) {
	a := analyzer(t, nil)
	for _, c := range []struct {
		name, source string
		want         Position
	}{
		{"Nothing", "#version 330\nin vec4 a; void main() { gl_Position = a; }", Position{}},
		{"PointSize", "#version 330\nin vec4 a; void main() { gl_Position = a; gl_PointSize = 2.0; }", Position{PointSize: true}},
		{"InAFunction", "#version 330\nin vec4 a; void f(out float x) { x = 2.0; } void main() { gl_Position = a; f(gl_PointSize); }", Position{PointSize: true}},
		{"ClipDistance", "#version 330\nin vec4 a; void main() { gl_Position = a; gl_ClipDistance[0] = 2.0; }", Position{ClipDistance: true}},
		{"ClipVertex", "#version 120\nvoid main() { gl_Position = gl_Vertex; gl_ClipVertex = gl_Vertex; }", Position{ClipDistance: true}},
		{"Invariant", "#version 330\nin vec4 a; invariant gl_Position; void main() { gl_Position = a; }", Position{Invariant: true}},
		{"InvariantES", "#version 300 es\nin vec4 a; invariant gl_Position; void main() { gl_Position = a; }", Position{Invariant: true}},
		{"StorageBuffer", "#version 450\nin vec4 a; buffer B { vec4 x; }; void main() { gl_Position = a; x = a; }", Position{Effects: true}},
		{"Atomic", "#version 450\nin vec4 a; buffer B { int x; }; void main() { gl_Position = a; atomicAdd(x, 1); }", Position{Effects: true}},
		{"Image", "#version 450\nin vec4 a; layout(rgba8) uniform image2D i; void main() { gl_Position = a; imageStore(i, ivec2(0), a); }", Position{Effects: true}},
		{"Layer", "#version 450\n#extension GL_ARB_shader_viewport_layer_array : require\nin vec4 a; void main() { gl_Position = a; gl_Layer = 1; }", Position{Viewport: true}},
		{"WithAReason", "#version 330\nin vec4 a; void main() { gl_Position = a * a; gl_PointSize = 2.0; }", Position{PointSize: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := position(t, a, false, c.source)
			if (p.Reason != "") != (c.name == "WithAReason") || p.PointSize != c.want.PointSize || p.ClipDistance != c.want.ClipDistance ||
				p.Viewport != c.want.Viewport || p.Effects != c.want.Effects || p.Invariant != c.want.Invariant {
				t.Errorf("%s", p.print())
			}
		})
	}
}
