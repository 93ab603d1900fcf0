package track

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// readsOf analyses at once.
func readsOf(t testing.TB) AnalyseReads {
	a, err := shader.New(shader.Config{Program: frontEnd})
	if err != nil {
		t.Fatalf("%v (make glsl builds it)", err)
	}
	return func(vertex, fragment shader.Source, done func(*shader.Sampling)) {
		s, err := a.Sampling(t.Context(), vertex, fragment)
		if err != nil {
			t.Error(err)
		}
		done(s)
	}
}

// print gives reads in texels of a picture of 200 × 100, to a tenth.
func (s *Sampled) print() string {
	if s.Why != "" {
		return s.Why
	}
	var out []string
	for _, r := range s.Reads {
		if r.Why != "" {
			out = append(out, fmt.Sprintf("%d %s", r.Unit, r.Why))
			continue
		}
		x, y := 200.0, 100.0
		if r.Fetch {
			x, y = 1, 1
		}
		round := func(v, by float64) float64 { return math.Round(v*by*10)/10 + 0 }
		out = append(out, fmt.Sprintf("%d %g…%g, %g…%g", r.Unit, round(r.Low[0], x), round(r.High[0], x), round(r.Low[1], y), round(r.High[1], y)))
	}
	if s.Covers {
		out = append(out, fmt.Sprintf("covers %v %v", s.Front, s.Back))
	}
	return strings.Join(out, "; ")
}

func TestSamples(t *testing.T) {
	const byID = "#version 330\nout vec2 at; uniform vec2 off; void main() { at = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0; gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0); at += off; }"
	const byArray = "#version 330\nin vec2 pos; in vec2 uv; out vec2 at; void main() { at = uv; gl_Position = vec4(pos, 0.0, 1.0); }"
	const head = "#version 330\nuniform sampler2D s; uniform samplerCube cube; uniform vec2 step; in vec2 at; out vec4 o; "
	square := floats(-1, -1, 0, 0, 1, -1, 1, 0, -1, 1, 0, 1, 1, 1, 1, 1)
	for _, c := range []struct {
		name, vertex, body string
		data               []byte
		draw               []any
		change             func(a *app)
		want               string
	}{
		{name: "Triangle", vertex: byID, body: "o = texture(s, at);", want: "3 0…0, 0…0; covers true false"},
		{name: "Uniforms", vertex: byID, body: "o = texture(s, at + step);", want: "3 0.4…0.4, 0.4…0.4; covers true false"},
		{name: "OfVertices", vertex: byID, body: "o = texture(s, at);", change: func(a *app) { a.do(gl.OpGlUniform2f, 12, float32(0.01), float32(-0.01)) }, want: "3 2…2, -1…-1; covers true false"},
		{name: "Pixel", vertex: byID, body: "o = texelFetch(s, ivec2(gl_FragCoord.xy) - ivec2(3, 0), 0);", want: "3 -3…-3, 0…0; covers true false"},
		{name: "Discard", vertex: byID, body: "if (at.x > 0.5) discard; o = texture(s, at);", want: "3 0…0, 0…0"},
		{name: "FragCoord", vertex: byID, body: "o = texture(s, gl_FragCoord.xy / vec2(200.0, 100.0));", want: "3 0…0, 0…0; covers true false"},
		{name: "OfAnotherSize", vertex: byID, body: "o = texture(s, gl_FragCoord.xy / vec2(220.0, 100.0));", want: "3 -18.2…18.2, 0…0; covers true false"},
		{name: "Sheared", vertex: byID, body: "o = texture(s, gl_FragCoord.yx / 200.0);", want: "3 a place that turns or shears; covers true false"},
		{name: "Array", vertex: byArray, body: "o = texture(s, at);", data: square, draw: []any{5, 0, 4}, want: "3 0…0, 0…0; covers true false"},
		{name: "Fan", vertex: byArray, body: "o = texture(s, at);", data: floats(-1, -1, 0, 0, -1, 1, 0, 1, 1, 1, 1, 1, 1, -1, 1, 0), draw: []any{6, 0, 4}, want: "3 0…0, 0…0; covers false true"},
		{name: "Half", vertex: byArray, body: "o = texture(s, at);", data: floats(-1, -1, 0, 0, 0, -1, 0.5, 0, -1, 1, 0, 1, 0, 1, 0.5, 1), draw: []any{5, 0, 4}, want: "3 0…0, 0…0"},
		{name: "Zoom", vertex: byArray, body: "o = texture(s, at);", data: floats(-1, -1, 0, 0, 1, -1, 0.5, 0, -1, 1, 0, 1, 1, 1, 0.5, 1), draw: []any{5, 0, 4}, want: "3 -100…0, 0…0; covers true false"},
		{name: "Points", vertex: byID, body: "o = texture(s, at);", draw: []any{0, 0, 3}, want: "3 more than a few triangles"},
		{name: "Viewport", vertex: byID, body: "o = texture(s, at);", change: func(a *app) { a.do(gl.OpGlViewport, 0, 0, 100, 100) }, want: "3 a viewport that is not all of the picture"},
		{name: "Unit", vertex: byID, body: "o = texture(s, at);", change: func(a *app) { a.do(gl.OpGlProgramUniform1i, 22, 10, 1) }, want: "a sampler whose texture unit is not known"},
		{name: "Cube", vertex: byID, body: "o = texture(cube, vec3(at, 1.0));", want: "covers true false"},
		{name: "Fixed", vertex: byID, body: "o = texture(s, at);", change: func(a *app) { a.do(gl.OpGlUseProgram, 0) }, want: "fixed functions, or a pipeline of programs"},
		{name: "Feedback", vertex: byID, body: "o = texture(s, at);", change: func(a *app) { a.do(gl.OpGlBeginTransformFeedback, 4) }, want: "what counts primitives"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t, 1, analyser(t))
			a.tr.Reads(readsOf(t))
			a.do(gl.OpGlBindVertexArray, 5)
			if c.data != nil {
				a.upload(7, arrayTarget, c.data)
				for i := range 2 {
					a.do(gl.OpGlVertexAttribPointer, i, 2, bounds.Float, 0, 16, uint64(8*i))
					a.do(gl.OpGlEnableVertexAttribArray, i)
				}
			}
			a.do(gl.OpGlCreateShader, fragmentShader, 21)
			a.do(gl.OpGlShaderSource, 21, 1, oneText(head+"void main() { "+c.body+" }"))
			a.do(gl.OpGlCreateShader, vertexShader, 20)
			a.do(gl.OpGlShaderSource, 20, 1, oneText(c.vertex))
			a.do(gl.OpGlAttachShader, 22, 20)
			a.do(gl.OpGlAttachShader, 22, 21)
			a.do(gl.OpGlLinkProgram, 22)
			draw := c.draw
			if draw == nil {
				draw = []any{4, 0, 3}
			}
			rec := a.record(gl.OpGlDrawArrays, draw...)
			if s := a.tr.Samples(&a.h, uint16(gl.OpGlDrawArrays), rec, 200, 100); s.Why == "" {
				t.Error("known before the reflection")
			}
			a.tr.Reflect(22, a.tr.Links(22), reflect(map[string]int{"pos": 0, "uv": 1}, []reflectedUniform{{name: "s", kind: 0x8B5E, locations: []int32{10}},
				{name: "step", kind: 0x8B50, locations: []int32{11}}, {name: "off", kind: 0x8B50, locations: []int32{12}}, {name: "cube", kind: 0x8B60, locations: []int32{13}}}))
			a.tr.Context(&a.h, 200, 100, true)
			a.do(gl.OpGlUseProgram, 22)
			a.do(gl.OpGlUniform1i, 10, 3)
			a.do(gl.OpGlUniform2f, 11, float32(0.002), float32(0.004))
			a.do(gl.OpGlUniform2f, 12, float32(0), float32(0))
			if c.change != nil {
				c.change(a)
			}
			if got := a.tr.Samples(&a.h, uint16(gl.OpGlDrawArrays), rec, 200, 100).print(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What fragments read is analysed from the first framebuffer object on: nothing else reads what passes have drawn.
func TestReadsAreAnalysedForObjects(t *testing.T) {
	type link struct{ vertex, fragment string }
	var asked []link
	a := newApp(t, 1, analyser(t))
	a.tr.Reads(func(vertex, fragment shader.Source, _ func(*shader.Sampling)) {
		asked = append(asked, link{vertex.Strings[0], fragment.Strings[0]})
	})
	program := func(serial int, fragment string) {
		a.do(gl.OpGlCreateShader, vertexShader, serial+100)
		a.do(gl.OpGlShaderSource, serial+100, 1, oneText("vertex"))
		a.do(gl.OpGlCreateShader, fragmentShader, serial+200)
		a.do(gl.OpGlShaderSource, serial+200, 1, oneText(fragment))
		a.do(gl.OpGlAttachShader, serial, serial+100)
		a.do(gl.OpGlAttachShader, serial, serial+200)
		a.do(gl.OpGlLinkProgram, serial)
	}
	program(2, "second")
	program(1, "first")
	program(3, "deleted")
	program(4, "before")
	a.do(gl.OpGlShaderSource, 204, 1, oneText("linked again"))
	a.do(gl.OpGlLinkProgram, 4)
	a.do(gl.OpGlDeleteProgram, 3)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
	if len(asked) != 0 {
		t.Fatalf("analysed where nothing is drawn to objects: %q", asked)
	}
	for range 2 {
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 5)
	}
	program(6, "later")
	if want := []link{{"vertex", "first"}, {"vertex", "second"}, {"vertex", "linked again"}, {"vertex", "later"}}; !slices.Equal(asked, want) {
		t.Errorf("analysed %q, want %q", asked, want)
	}
}
