package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/cmd/internal/explain"
)

// TestExplain: what is said of real recordings is what their nodes count themselves, with the reasons that the apps are known to give.
func TestExplain(t *testing.T) {
	need(t, "glxgears")
	sample := func(name string) []string {
		return []string{filepath.Join(binDir, "samples", name), "--frames", "3", "--size", "320x240", "--fps-free"}
	}
	record := func(t *testing.T, app []string) string {
		rec := filepath.Join(t.TempDir(), "app.prism")
		must(t, prism(t, time.Minute, append([]string{"record", "-o", rec, "--frames", "3", "--"}, app...)...), "record")
		return rec
	}
	cache := t.TempDir()
	last := func(t *testing.T, rec string, args ...string) *explain.Frame {
		t.Helper()
		r := must(t, runEnv(t, time.Minute, []string{"XDG_CACHE_HOME=" + cache}, filepath.Join(binDir, "prism"),
			append([]string{"explain", "--grid", "2x2", "--draws", "--json", rec}, args...)...), "explain")
		var report explain.Report
		if err := json.Unmarshal([]byte(r.out), &report); err != nil {
			t.Fatalf("explain --json: %v\n%s", err, tail(r.out))
		}
		if len(report.Frames) != 1 || report.Frames[0].Frame != 3 || report.Recorded != 3 || len(report.Frames[0].Nodes) != 4 || !report.Culling {
			t.Fatalf("%d frames of %d, culling %v", len(report.Frames), report.Recorded, report.Culling)
		}
		return &report.Frames[0]
	}
	for _, c := range []struct {
		name, reason string
	}{{"city", "gl_VertexID"}, {"terrain", "gl_VertexID"}} { // each draws its sky without an attribute
		t.Run(c.name, func(t *testing.T) {
			f := last(t, record(t, sample(c.name)))
			if kept, err := filepath.Glob(filepath.Join(cache, "prism/shaders/*")); err != nil || len(kept) == 0 {
				t.Errorf("no analysis of a shader is kept for the next run (%v)", err)
			}
			if len(f.Passes) != 1 || f.Passes[0].Width != 320 || f.Passes[0].Height != 240 || f.Passes[0].Division.String() != "tiled" {
				t.Errorf("passes: %+v", f.Passes)
			}
			if f.Draws < 50 || f.Bounded != f.Draws-2 || len(f.ToAll) != 2 || f.Triangles < 10000 || f.Unknown != 0 || f.CostBalance <= 0 {
				t.Errorf("%d draws, %d bounded, %d triangles, %d unknown, to all %+v", f.Draws, f.Bounded, f.Triangles, f.Unknown, f.ToAll)
			}
			if !strings.Contains(f.ToAll[0].Why+f.ToAll[1].Why, c.reason) {
				t.Errorf("reasons %+v, want %s", f.ToAll, c.reason)
			}
			least := f.Draws
			for _, n := range f.Nodes {
				least = min(least, n.Draws)
				if uint64(n.Draws) != n.Drawn || n.Draws < 2 {
					t.Errorf("%s was sent %d draws and drew %d", n.Name, n.Draws, n.Drawn)
				}
			}
			if least*2 > f.Draws {
				t.Errorf("each node got at least %d draws of %d", least, f.Draws)
			}
		})
	}
	t.Run("deferred", func(t *testing.T) {
		f := last(t, record(t, sample("deferred")))
		if len(f.Passes) < 5 {
			t.Fatalf("passes: %+v", f.Passes)
		}
		shadow, window := f.Passes[0], f.Passes[len(f.Passes)-1]
		if shadow.Object == 0 || shadow.Width != 1024 || len(shadow.Attached) != 1 || shadow.Attached[0].Point != "depth" || shadow.Attached[0].Format != "DEPTH_COMPONENT24" || shadow.Why == "" {
			t.Errorf("the shadow's pass: %+v", shadow)
		}
		tiled := 0
		for _, p := range f.Passes {
			if p.Object != 0 && p.Division.String() == "tiled" && p.MarginX > 0 && strings.Contains(p.Why, "pixels that are read of it lie near") {
				tiled++
			}
		}
		if shadow.Division.String() != "replicated" || !strings.Contains(shadow.Why, "depends on a texture") || tiled < 4 {
			t.Errorf("%d passes into objects are tiled, and the shadow's is %v: %s; in all %+v", tiled, shadow.Division, shadow.Why, f.Passes[1:])
		}
		if window.Object != 0 || window.Width != 320 || window.Division.String() != "tiled" || window.Count != 1 {
			t.Errorf("the last pass: %+v", window)
		}
		for _, n := range f.Nodes {
			if uint64(n.Draws) != n.Drawn {
				t.Errorf("%s was sent %d draws and drew %d", n.Name, n.Draws, n.Drawn)
			}
		}
	})
	t.Run("Gears", func(t *testing.T) {
		rec := record(t, []string{"glxgears"})
		f := last(t, rec)
		if f.Triangles != 880 || f.Draws != 4 || f.Bounded != 3 {
			t.Errorf("%d draws, bounded %d, %d triangles", f.Draws, f.Bounded, f.Triangles)
		}
		r := must(t, prism(t, time.Minute, "explain", "--grid", "2x1", "--draws", "--frames", "1-2", rec), "explain")
		for _, want := range []string{"3 frames; 2 nodes, tiling grid 2x1, culling on", "frame 1: ", "frame 2: ", "glCallList(list = 2)", "it clears", "fixed  "} {
			if !strings.Contains(r.out, want) {
				t.Errorf("no %q in\n%s", want, r.out)
			}
		}
		if strings.Contains(r.out, "frame 3: ") {
			t.Errorf("a frame too much in\n%s", r.out)
		}
		if f := last(t, rec, "--culling", "on", "--frame", "3"); f.Number != 3 {
			t.Errorf("frame %d", f.Number)
		}
		for _, c := range []struct {
			args []string
			code int
			want string
		}{
			{[]string{"--frame", "4", rec}, 2, "frame 4: there are frames 1 to 3"},
			{[]string{"--frame", "0", rec}, 2, "frames count from 1"},
			{[]string{"--frames", "3-2", rec}, 2, "the first comes first"},
			{[]string{"--frames", "3", rec}, 2, `--frames "3": two numbers are wanted, as 10-12`},
			{[]string{"--frame", "1", "--frames", "1-2", rec}, 2, "give one of them"},
			{[]string{filepath.Join(binDir, "prism")}, 1, "not a trace of prism"},
			{[]string{rec + ".none"}, 1, "no such file"},
			{nil, 2, "accepts 1 arg"},
		} {
			r := prism(t, time.Minute, append([]string{"explain"}, c.args...)...)
			if r.code != c.code || !strings.Contains(r.errOut, c.want) || r.out != "" {
				t.Errorf("%v: exit %d, %s%s, want %d and %q", c.args, r.code, r.out, r.errOut, c.code, c.want)
			}
		}
	})
}
