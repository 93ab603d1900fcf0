package shader

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
)

func sampling(t *testing.T, a *Analyzer, vert, frag string) *Sampling {
	t.Helper()
	s, err := a.Sampling(context.Background(), Source{Strings: []string{vert}}, Source{Strings: []string{frag}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var froms = [...]string{FromNothing: "anywhere", FromFragment: "gl_FragCoord", FromPixel: "pixel", FromVarying: "varying"}

// print gives each read on a line; uniforms are 1/4, 2/4, …
func (s *Sampling) print() string {
	if s.Reason != "" {
		return "reason: " + s.Reason
	}
	var b strings.Builder
	for i := range s.Reads {
		r := &s.Reads[i]
		fmt.Fprintf(&b, "%s[%d] %s", r.Sampler, r.Index, froms[r.From])
		if r.From == FromNothing {
			fmt.Fprintf(&b, ": %s\n", r.Reason)
			continue
		}
		if r.Fetch {
			b.WriteString(" fetch")
		}
		if r.Gather {
			b.WriteString(" gather")
		}
		var to Affine
		n := 0
		ok := r.Place.Evaluator().Map(func(i int) (v []float32) {
			for range r.Place.Uniforms[i].Len() {
				n++
				v = append(v, float32(n)/4)
			}
			return v
		}, &to)
		fmt.Fprintf(&b, " x %g %g + %g, y %g %g + %g, offset %v, map %v\n", to.M[0], to.M[4], to.C[0], to.M[1], to.M[5], to.C[1], r.Offset, ok)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestSampling(t *testing.T) {
	a := analyzer(t, nil)
	const vert = "#version 330 core\nin vec2 a; in vec2 b; out vec2 uv; out vec2 other; void main() { uv = a * 0.5 + 0.5; other = b; gl_Position = vec4(a, 0, 1); }\n"
	const head = "#version 430 core\nuniform sampler2D s; uniform sampler2D list[3]; uniform vec2 u; uniform int n; in vec2 uv; flat in vec2 still; out vec4 o;\n"
	for _, c := range []struct{ name, body, want string }{
		{"OwnPixel", "void main() { o = texelFetch(s, ivec2(gl_FragCoord.xy), 0); }", "s[-1] pixel fetch x 1 0 + 0, y 0 1 + 0, offset [0 0], map true"},
		{"Variable", "void main() { ivec2 at = ivec2(gl_FragCoord.xy); o = texelFetch(s, at + ivec2(-2, 3), 0); }", "s[-1] pixel fetch x 1 0 + -2, y 0 1 + 3, offset [0 0], map true"},
		{"Offset", "void main() { o = texelFetchOffset(s, ivec2(gl_FragCoord.xy), 0, ivec2(1, 2)); }", "s[-1] pixel fetch x 1 0 + 0, y 0 1 + 0, offset [1 2], map true"},
		{"FragCoord", "void main() { o = texture(s, gl_FragCoord.xy * u); }", "s[-1] gl_FragCoord x 0.25 0 + 0, y 0 0.5 + 0, offset [0 0], map true"},
		{"Floor", "void main() { o = texture(s, (floor(gl_FragCoord.xy) + 0.5) * 0.25); }", "s[-1] pixel x 0.25 0 + 0.125, y 0 0.25 + 0.125, offset [0 0], map true"},
		{"Blur", "void main() { for (int i = -1; i < 2; i++) o += texture(s, uv + float(i) * u); }",
			"s[-1] varying x 1 0 + -0.25, y 0 1 + -0.5, offset [0 0], map true\ns[-1] varying x 1 0 + 0, y 0 1 + 0, offset [0 0], map true\ns[-1] varying x 1 0 + 0.25, y 0 1 + 0.5, offset [0 0], map true"},
		{"Parameter", "vec4 get(sampler2D t, vec2 p) { return texture(t, p); } void main() { o = get(list[1], uv) + get(s, uv.yx); }",
			"list[1] varying x 1 0 + 0, y 0 1 + 0, offset [0 0], map true\ns[-1] varying x 0 1 + 0, y 1 0 + 0, offset [0 0], map true"},
		{"Gather", "void main() { o = textureGather(s, uv); }", "s[-1] varying gather x 1 0 + 0, y 0 1 + 0, offset [0 0], map true"},
		{"Discard", "void main() { if (uv.x > 0.5) discard; o = texture(s, uv); }", "s[-1] varying x 1 0 + 0, y 0 1 + 0, offset [0 0], map true"},
		{"Dependent", "void main() { o = texture(s, texture(list[0], uv).xy); }",
			"list[0] varying x 1 0 + 0, y 0 1 + 0, offset [0 0], map true\ns[-1] anywhere: line 3: depends on a texture"},
		{"Level", "void main() { o = texelFetch(s, ivec2(gl_FragCoord.xy), n); }", "s[-1] anywhere: line 3: fetches of another level than 0"},
		{"Flat", "void main() { o = texture(s, still); }", "s[-1] anywhere: line 3: depends on still"},
		{"Fixed", "void main() { o = texture(s, u); }", "s[-1] anywhere: line 3: depends on no attribute"},
		{"Product", "void main() { o = texture(s, uv * uv); }", "s[-1] anywhere: line 3: is not affine: a product of values of uv and uv"},
		{"Loop", "void main() { for (int i = 0; i < n; i++) o += texture(s, uv); }", "reason: fragment shader: line 3: is set in a loop whose length is not constant"},
		{"LoopCalls", "vec4 f() { return texture(s, uv); } void main() { for (int i = 0; i < n; i++) o += f(); }", "reason: fragment shader: line 3: is set in a loop whose length is not constant"},
		{"Choice", "void main() { if (n > 1) o = texture(s, uv); else o = texture(s, uv.yx); }",
			"s[-1] varying x 1 0 + 0, y 0 1 + 0, offset [0 0], map true\ns[-1] varying x 0 1 + 0, y 1 0 + 0, offset [0 0], map true"},
		{"Element", "void main() { o = texture(list[n], uv); }", "reason: fragment shader: line 3: reads a sampler that is not followed"},
		{"Image", "layout(rgba8) uniform readonly image2D im; void main() { o = imageLoad(im, ivec2(gl_FragCoord.xy)); }", "reason: fragment shader: line 3: depends on an image"},
		{"Projected", "void main() { o = textureProj(s, vec3(uv, 1)); }", "s[-1] anywhere: line 3: reads by TextureProj"},
		{"Derivative", "void main() { o = dFdx(texture(s, uv)); }", "s[-1] varying x 1 0 + 0, y 0 1 + 0, offset [0 0], map true"},
		{"None", "void main() { o = vec4(uv, textureSize(s, 0)); }", ""},
		{"Origin", "layout(origin_upper_left) in vec4 gl_FragCoord; void main() { o = texelFetch(s, ivec2(gl_FragCoord.xy), 0); }", "reason: fragment shader: has origin_upper_left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sampling(t, a, vert, head+c.body)
			if got := s.print(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if s.Discards != (c.name == "Discard") || s.Quads != (c.name == "Derivative") {
				t.Errorf("discards %v, quads %v", s.Discards, s.Quads)
			}
		})
	}
	s := sampling(t, a, "#version 330 core\nuniform sampler2D v; void main() { gl_Position = textureLod(v, vec2(0), 0.0); }", head+"void main() { o = vec4(1); }")
	if s.Reason != "vertex shader: reads textures" {
		t.Errorf("reason %q", s.Reason)
	}
}

// The deferred sample's full screen triangle is made of gl_VertexID.
func TestSamplingOfVertexID(t *testing.T) {
	a := analyzer(t, nil)
	read := func(name string) string {
		b, err := os.ReadFile("../../samples/deferred/shaders/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	common := read("common.glsl")
	s := sampling(t, a, common+read("screen.vert"), common+read("blur.frag"))
	if s.Reason != "" || len(s.Vertices) != VertexIDs || len(s.Reads) != 5 {
		t.Fatalf("%q, %d vertices, %d reads", s.Reason, len(s.Vertices), len(s.Reads))
	}
	for id, want := range [][4]float64{{0, 0, -1, -1}, {2, 0, 3, -1}, {0, 2, -1, 3}} {
		v := &s.Vertices[id]
		var at, clip Affine
		if v.Position.Reason != "" || v.Varyings[0].Reason != "" || !v.Position.Evaluator().Map(nil, &clip) || !v.Varyings[0].Evaluator().Map(nil, &at) {
			t.Fatalf("vertex %d: %q %q", id, v.Position.Reason, v.Varyings[0].Reason)
		}
		if got := [4]float64{at.C[0], at.C[1], clip.C[0], clip.C[1]}; got != want {
			t.Errorf("vertex %d is at %v, want %v", id, got, want)
		}
	}
}
