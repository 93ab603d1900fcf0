package shader

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gpu is the machine's own GL, which says where vertices really go (testdata/feedback.c).
type gpu struct {
	t   testing.TB
	in  io.WriteCloser
	out *bufio.Reader
	err bytes.Buffer
}

func openGPU(t testing.TB) *gpu {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "feedback")
	if out, err := exec.Command("gcc", "-std=gnu11", "-Wall", "-Wextra", "-O1", "-o", bin, "testdata/feedback.c", "-lEGL", "-lGL").CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	g := &gpu{t: t}
	cmd := exec.Command(bin)
	cmd.Env = append(os.Environ(), "LP_NUM_THREADS=0")
	cmd.Stderr = &g.err
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g.in, g.out = in, bufio.NewReader(out)
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil && !t.Failed() {
			t.Errorf("feedback: %v\n%s", err, g.err.Bytes())
		}
	})
	// Without a GL of any kind the program ends at once.
	if _, err := g.ask(core, "#version 330\nin float a; void main() { gl_Position = vec4(a); }", "a", 1, []float32{1}, nil, nil); err != nil {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
			t.Fatalf("PRISM_REQUIRE has gl: %v", err)
		}
		t.Skipf("no GL: %v", err)
	}
	return g
}

type api int

const (
	core api = iota
	compatibility
	es
)

// ask gives the clip coordinates of vertices. An error says that GL refuses the shader.
func (g *gpu) ask(a api, source, attribute string, components int, vertices []float32, uniforms []Uniform, values [][]float32) ([][4]float32, error) {
	g.t.Helper()
	fragment := ""
	if a == es {
		fragment = "precision mediump float; void main() { gl_FragColor = vec4(1.0); }"
		if strings.HasPrefix(source, "#version 3") {
			fragment = source[:strings.Index(source, "\n")] + "\nprecision mediump float; out vec4 c; void main() { c = vec4(1.0); }"
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "case %d %d %d %s %d %d %d\n%s", a, len(source), len(fragment), attribute, components, len(vertices)/components, len(uniforms), source)
	if fragment != "" {
		fmt.Fprintf(&b, "\n%s", fragment)
	}
	for i := range uniforms {
		u := &uniforms[i]
		block := u.Block
		if block == "" {
			block = "-"
		}
		fmt.Fprintf(&b, "\n%s %s %d %s %d", u, u.Type, u.Len(), block, u.BlockIndex)
		for _, v := range values[i] {
			fmt.Fprintf(&b, " %.9g", v)
		}
	}
	for _, v := range vertices {
		fmt.Fprintf(&b, "\n%.9g", v)
	}
	b.WriteByte('\n')
	go io.Copy(g.in, &b)
	var out [][4]float32
	for {
		line, err := g.out.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("feedback ended: %w\n%s", err, g.err.Bytes())
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "refused":
			return nil, fmt.Errorf("refused: %s", rest)
		case "layout":
			g.layout(rest, uniforms)
		case "position":
			var p [4]float32
			if _, err := fmt.Sscan(strings.ReplaceAll(rest, "-nan", "nan"), &p[0], &p[1], &p[2], &p[3]); err != nil {
				g.t.Fatalf("%q: %v", line, err)
			}
			out = append(out, p)
		case "end":
			return out, nil
		default:
			g.t.Fatalf("feedback says %q", line)
		}
	}
}

// layout compares what the package computes of a block with what GL says.
func (g *gpu) layout(line string, uniforms []Uniform) {
	g.t.Helper()
	var name string
	var offset, stride, row int
	if _, err := fmt.Sscan(line, &name, &offset, &stride, &row); err != nil {
		g.t.Fatalf("%q: %v", line, err)
	}
	for i := range uniforms {
		u := &uniforms[i]
		if u.String() != name || u.Offset < 0 {
			continue
		}
		if u.Offset != offset || u.Columns > 1 && (u.MatrixStride != stride || u.RowMajor != (row != 0)) {
			g.t.Errorf("%s: offset %d, stride %d, row major %v; GL says %d, %d, %d", name, u.Offset, u.MatrixStride, u.RowMajor, offset, stride, row)
		}
	}
}

// compare checks a position against GL's, for random uniforms and vertices. It gives false where there is no map.
func (g *gpu) compare(a api, r *rand.Rand, source string, p *Position) (mapped bool, err error) {
	g.t.Helper()
	values := make([][]float32, len(p.Uniforms))
	for i := range p.Uniforms {
		for range p.Uniforms[i].Len() {
			v := float32(r.Float64()*4 - 2)
			switch p.Uniforms[i].Type[0] {
			case 'i', 'u':
				v = float32(r.IntN(5))
			case 'b':
				v = float32(r.IntN(2))
			}
			values[i] = append(values[i], v)
		}
	}
	n := p.Attribute.Components
	vertices := make([]float32, 16*n)
	for i := range vertices {
		vertices[i] = float32(r.Float64()*6 - 3)
	}
	got, err := g.ask(a, source, p.Attribute.Name, n, vertices, p.Uniforms, values)
	if err != nil {
		return false, err
	}
	var to Affine
	if !p.Evaluator().Map(func(i int) []float32 { return values[i] }, &to) {
		return false, nil
	}
	if len(got) != 16 {
		g.t.Fatalf("%d positions", len(got))
	}
	for v := range got {
		at := [4]float64{0, 0, 0, 1}
		for i := range n {
			at[i] = float64(vertices[v*n+i])
		}
		for i := range 4 {
			want, size := to.C[i], to.AbsC[i]
			for j := range 4 {
				want += to.M[4*j+i] * at[j]
				size += to.AbsM[4*j+i] * math.Abs(at[j])
			}
			if d := math.Abs(float64(got[v][i]) - want); !(d <= to.Rounding*size+1e-35) {
				g.t.Errorf("component %d of vertex %v: GL has %g, Map %g ± %g\n%s\n%s", i, at, got[v][i], want, to.Rounding*size, source, p.print())
				return true, nil
			}
		}
	}
	return true, nil
}

func TestGoldenShadersOnGL(t *testing.T) {
	g := openGPU(t)
	a := analyzer(t, nil)
	r := rand.New(rand.NewPCG(1, 2))
	apis := map[string]api{"ftransform": compatibility, "compat-mvp": compatibility}
	files, err := filepath.Glob("testdata/*.vert")
	if err != nil {
		t.Fatal(err)
	}
	mapped := 0
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".vert")
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		api := apis[name]
		if strings.HasSuffix(name, ".es") {
			api = es
		}
		p := position(t, a, api == es, string(source))
		if p.Reason != "" {
			continue
		}
		for range 5 {
			ok, err := g.compare(api, r, string(source), p)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if ok {
				mapped++
			}
		}
	}
	if mapped < 35 {
		t.Errorf("%d maps compared", mapped)
	}
}

func TestGlmark2ShadersOnGL(t *testing.T) {
	const dir = "/usr/share/glmark2/shaders"
	files, err := filepath.Glob(filepath.Join(dir, "*.vert"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d shaders in %s: %v (package glmark2-data)", len(files), dir, err)
	}
	g := openGPU(t)
	a := analyzer(t, nil)
	r := rand.New(rand.NewPCG(3, 4))
	derived := 0
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p := position(t, a, true, string(source))
		if p.Reason != "" {
			t.Logf("%s: %s", filepath.Base(f), p.Reason)
			continue
		}
		derived++
		if ok, err := g.compare(es, r, string(source), p); !ok {
			t.Errorf("%s: not compared: %v", filepath.Base(f), err)
		}
	}
	t.Logf("%d of %d derived", derived, len(files))
	if derived < 20 {
		t.Errorf("%d of %d derived", derived, len(files))
	}
}
