package shader

import (
	"math"
	"os"
	"testing"
)

func evaluate(t testing.TB, source string, values [][]float32) (Affine, bool) {
	t.Helper()
	p := position(t, analyzer(t, nil), false, source)
	if p.Reason != "" {
		t.Fatalf("%s\n%s", p.Reason, source)
	}
	var to Affine
	ok := p.Evaluator().Map(func(i int) []float32 { return values[i] }, &to)
	return to, ok
}

func TestMapFails(t *testing.T) {
	const head = "#version 330\nuniform float u; in vec4 a;\nvoid main() { "
	for _, c := range []struct {
		name, source string
		values       [][]float32
		ok           bool
	}{
		{"Known", head + "gl_Position = a * u; }", [][]float32{{2}}, true},
		{"NotKnown", head + "gl_Position = a * u; }", [][]float32{nil}, false},
		{"TooFewValues", "#version 330\nuniform vec4 u; in vec4 a;\nvoid main() { gl_Position = a * u; }", [][]float32{{1, 2, 3}}, false},
		{"Infinite", head + "gl_Position = a * u; }", [][]float32{{float32(math.Inf(1))}}, false},
		{"TooLargeForFloats", head + "gl_Position = a * (u * u / u); }", [][]float32{{1e30}}, false},
		{"NaN", head + "gl_Position = a * u; }", [][]float32{{float32(math.NaN())}}, false},
		{"DividedByZero", head + "gl_Position = a / u; }", [][]float32{{0}}, false},
		{"DividedByWhatCancels", "#version 330\nuniform float u, v; in vec4 a;\nvoid main() { gl_Position = a / (u - v); }", [][]float32{{1}, {1.0000001}}, false},
		{"DividedByADifference", "#version 330\nuniform float u, v; in vec4 a;\nvoid main() { gl_Position = a / (u - v); }", [][]float32{{1}, {1.001}}, true},
		{"RootOfLess", head + "gl_Position = a * sqrt(u); }", [][]float32{{-1}}, false},
		{"ComparedAsGiven", head + "gl_Position = u > 2.0 ? a : -a; }", [][]float32{{2}}, true},
		{"ComparedTooClose", head + "gl_Position = u * 3.0 > 6.0 ? a : -a; }", [][]float32{{2}}, false},
		{"ComparedFarEnough", head + "gl_Position = u * 3.0 > 6.0 ? a : -a; }", [][]float32{{2.001}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if to, ok := evaluate(t, c.source, c.values); ok != c.ok {
				t.Errorf("ok %v: %+v", ok, to)
			}
		})
	}
}

// TestMagnitude: what cancels leaves its size behind.
func TestMagnitude(t *testing.T) {
	to, ok := evaluate(t, "#version 330\nuniform float u, v; in vec4 a;\nvoid main() { gl_Position = a * (u - v) + vec4(u - v, 0.0, 0.0, 0.0); }", [][]float32{{1000}, {1000}})
	if !ok || to.M[0] != 0 || to.AbsM[0] != 2000 || to.C[0] != 0 || to.AbsC[0] != 2000 || to.Rounding <= 0 {
		t.Errorf("ok %v: %+v", ok, to)
	}
}

// TestRounding: what is computed in more steps, or by functions that a GPU computes roughly, is less exact.
func TestRounding(t *testing.T) {
	a := analyzer(t, nil)
	last := 0.0
	for _, s := range []string{"a", "a * u", "a * u * u", "a / u", "a / sqrt(u)", "a * cos(u)"} {
		p := position(t, a, false, "#version 330\nuniform float u; in vec4 a;\nvoid main() { gl_Position = "+s+"; }")
		if p.Reason != "" || p.rounding <= last {
			t.Errorf("%s: %s %g, before %g", s, p.Reason, p.rounding, last)
		}
		last = p.rounding
	}
}

// TestMagnitudeOfConstants: also what cancels before there is any uniform.
func TestMagnitudeOfConstants(t *testing.T) {
	to, ok := evaluate(t, "#version 330\nin vec4 a;\nvoid main() { vec4 p = 5.0 * a; gl_Position = p - a * 5.0 + vec4(a.yyy, 1.0); }", nil)
	if !ok || to.M[0] != 0 || to.AbsM[0] != 10 || to.M[5] != 1 || to.AbsM[5] != 11 {
		t.Errorf("ok %v: %+v", ok, to)
	}
}

func TestFoldW(t *testing.T) {
	to := Affine{C: [4]float64{1, 2, 3, 4}, AbsC: [4]float64{5, 6, 7, 8}}
	to.M[12], to.AbsM[13] = 10, 20
	m, abs := to.FoldW()
	if m[12] != 11 || m[15] != 4 || abs[12] != 5 || abs[13] != 26 {
		t.Errorf("%v\n%v", m, abs)
	}
}

// TestMediump: what an ES shader may compute with half floats is taken to be.
func TestMediump(t *testing.T) {
	a := analyzer(t, nil)
	high := position(t, a, true, "attribute vec4 a; uniform mat4 m; void main() { gl_Position = m * a; }")
	medium := position(t, a, true, "attribute vec4 a; uniform mediump mat4 m; void main() { gl_Position = m * a; }")
	desktop := position(t, a, false, "#version 130\nin vec4 a; uniform mediump mat4 m; void main() { gl_Position = m * a; }")
	variable := position(t, a, true, "attribute vec4 a; uniform mat4 m; void main() { mediump vec4 p = m * a; gl_Position = p; }")
	if variable.rounding < 1000*high.rounding {
		t.Errorf("a mediump variable: %g, highp %g", variable.rounding, high.rounding)
	}
	if high.Reason != "" || medium.rounding < 1000*high.rounding || desktop.rounding != high.rounding {
		t.Errorf("highp %g, mediump %g, mediump on the desktop %g", high.rounding, medium.rounding, desktop.rounding)
	}
}

func TestUniformRead(t *testing.T) {
	block := make([]byte, 256)
	for i := range 64 {
		bits := math.Float32bits(float32(i))
		block[4*i], block[4*i+1], block[4*i+2], block[4*i+3] = byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24)
	}
	for _, c := range []struct {
		name string
		u    Uniform
		want []float32
	}{
		{"Float", Uniform{Block: "B", Type: "float", Columns: 1, Rows: 1, Offset: 8}, []float32{2}},
		{"Vec3", Uniform{Block: "B", Type: "vec3", Columns: 1, Rows: 3, Offset: 16}, []float32{4, 5, 6}},
		{"Columns", Uniform{Block: "B", Type: "mat2", Columns: 2, Rows: 2, Offset: 16, MatrixStride: 16}, []float32{4, 5, 8, 9}},
		{"Rows", Uniform{Block: "B", Type: "mat2", Columns: 2, Rows: 2, Offset: 16, MatrixStride: 16, RowMajor: true}, []float32{4, 8, 5, 9}},
		{"NotInABlock", Uniform{Type: "float", Columns: 1, Rows: 1}, nil},
		{"LayoutNotKnown", Uniform{Block: "B", Type: "float", Columns: 1, Rows: 1, Offset: -1}, nil},
		{"BehindTheEnd", Uniform{Block: "B", Type: "vec4", Columns: 1, Rows: 4, Offset: 244}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.u.Read(nil, block)
			if ok != (c.want != nil) {
				t.Fatalf("%v, ok %v", got, ok)
			}
			for i := range c.want {
				if got[i] != c.want[i] {
					t.Fatalf("%v, want %v", got, c.want)
				}
			}
		})
	}
}

func city(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/city-solid.vert")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func cityValues() [][]float32 {
	m := make([]float32, 16)
	for i := range m {
		m[i] = float32(i) / 7
	}
	return [][]float32{{0.6, 0.8}, {10, 0, 20, 1}, m}
}

func TestMapAllocatesNothing(t *testing.T) {
	e := position(t, analyzer(t, nil), false, city(t)).Evaluator()
	values := cityValues()
	value := func(i int) []float32 { return values[i] }
	var to Affine
	if n := testing.AllocsPerRun(100, func() {
		if !e.Map(value, &to) {
			t.Fatal("no map")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkMap is what each draw of city's buildings costs.
func BenchmarkMap(b *testing.B) {
	e := position(b, analyzer(b, nil), false, city(b)).Evaluator()
	values := cityValues()
	value := func(i int) []float32 { return values[i] }
	var to Affine
	b.ReportAllocs()
	for b.Loop() {
		if !e.Map(value, &to) {
			b.Fatal("no map")
		}
	}
}

// BenchmarkPosition analyses a shader that was never seen, by how it comes by its tree.
func BenchmarkPosition(b *testing.B) {
	source := city(b)
	for _, from := range []string{"front end", "disk"} {
		b.Run(from, func(b *testing.B) {
			dir := b.TempDir()
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				a := analyzer(b, func(c *Config) {
					if from == "disk" {
						c.CacheDir = dir
					}
				})
				b.StartTimer()
				if p := position(b, a, false, source); p.Reason != "" {
					b.Fatal(p.Reason)
				}
			}
		})
	}
	b.Run("memory", func(b *testing.B) {
		a := analyzer(b, nil)
		b.ReportAllocs()
		for b.Loop() {
			if p := position(b, a, false, source); p.Reason != "" {
				b.Fatal(p.Reason)
			}
		}
	})
}
