package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/cmd/internal/scale"
)

// A curve of a recording and one of an app: all points are there, each of its kind, and all files are written.
func TestBenchScale(t *testing.T) {
	need(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "city.prism")
	city := []string{filepath.Join(binDir, "samples/city"), "--size", "160x120", "--blocks", "4", "--fps-free"}
	must(t, prism(t, time.Minute, append([]string{"record", "-o", file, "--frames", "12", "--"}, city...)...), "record")
	for name, c := range map[string]struct {
		what               []string
		tiling             string
		measured, modelled []int
		replayed           bool
	}{
		"Recording": {[]string{"--nodes", "2,3", "--at-once", "2", file}, "columns, balanced, culling", []int{1, 2}, []int{1, 2, 3}, true},
		"App":       {append([]string{"--nodes", "1", "--"}, city...), "columns, balanced, culling", []int{1}, []int{1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, name)
			args := append([]string{"bench", "scale", "--json", "--tiling", "columns", "--balance", "--culling", "on", "--warm", "4", "--frames", "6", "--link", "1GbE", "--out", out}, c.what...)
			res := must(t, prism(t, 2*time.Minute, args...), "bench scale")
			var r scale.Report
			if err := json.Unmarshal([]byte(res.out), &r); err != nil {
				t.Fatalf("%v\n%s", err, res.out)
			}
			if r.Width != 160 || r.Height != 120 || r.Policy != c.tiling || !r.Software || r.Link != "1GbE" || r.Replayed != c.replayed || r.Frames != 6 {
				t.Errorf("about: %+v", r.About)
			}
			for _, list := range []struct {
				kind   scale.Kind
				points []scale.Point
				nodes  []int
			}{{scale.Measured, r.Measured, c.measured}, {scale.Modelled, r.Modelled, c.modelled}} {
				if len(list.points) != len(list.nodes) {
					t.Fatalf("%d points %s, want of %v nodes", len(list.points), list.kind, list.nodes)
				}
				for i, p := range list.points {
					if p.Kind != list.kind || p.Nodes != list.nodes[i] || p.FPS <= 0 || p.Speedup <= 0 || p.Balance <= 0 || p.Balance > 1 || p.Limit == "" ||
						p.Stages.Nodes <= 0 || p.OutBytes <= 0 || p.Draws <= 0 || p.InBytes <= 0 {
						t.Errorf("%s point %d: %+v", list.kind, i, p)
					}
				}
			}
			// On the same lanes pieces are as large as the picture, with headers; between machines they are packed.
			if in := r.Measured[0].InBytes; in < 160*120*4 || in > 160*120*4+1000 {
				t.Errorf("%v bytes of pieces a frame", in)
			}
			if len(r.Checks) != len(c.measured) || r.Measured[0].Speedup != 1 {
				t.Errorf("checks %+v, speed-up of one node %v", r.Checks, r.Measured[0].Speedup)
			}
			for _, f := range []string{scale.MarkdownFile, scale.CSVFile, scale.JSONFile, "speedup.svg", "speedup.png", "stages.svg", "stages.png"} {
				if s, err := os.Stat(filepath.Join(out, f)); err != nil || s.Size() == 0 {
					t.Errorf("%s: %v", f, err)
				}
			}
			if !strings.Contains(res.errOut, "one after the other") || strings.Contains(res.errOut, "\x1b") {
				t.Errorf("progress: %q", res.errOut)
			}
		})
	}

	// Nodes that have joined: two at once, and a third point for which one of them stands twice.
	t.Run("Joined", func(t *testing.T) {
		need(t, "nats-server")
		o := startOutside(t)
		o.node(t, "left")
		o.node(t, "right")
		args := slices.Concat([]string{"bench"}, o.flags("scale"), []string{"--json", "--nodes", "1,2,3", "--warm", "2", "--frames", "3", "--out", filepath.Join(dir, "joined"), file})
		res := must(t, prism(t, 2*time.Minute, args...), "bench scale")
		var r scale.Report
		if err := json.Unmarshal([]byte(res.out), &r); err != nil {
			t.Fatalf("%v\n%s", err, res.out)
		}
		if len(r.Measured) != 2 || len(r.Modelled) != 3 || len(r.Checks) != 2 || r.Remote {
			t.Errorf("%d points measured, %d modelled, %d checks, remote %v; want 2, 3, 2 of nodes on this machine", len(r.Measured), len(r.Modelled), len(r.Checks), r.Remote)
		}
	})

	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"Nodes":     {[]string{"--nodes", "1,two", file}, 2, `--nodes "1,two": "two" is not a number of nodes; want numbers from 1 to`},
		"NoNodes":   {[]string{"--nodes", "0", file}, 2, `--nodes "0": "0" is not a number of nodes`},
		"Link":      {[]string{"--link", "fast", file}, 2, `--link: model: bad link: "fast": not a link's name; want 1GbE, 10GbE, 100GbE, or RATE,LATENCY`},
		"Frames":    {[]string{"--frames", "0", file}, 2, "--frames 0: want 1 to"},
		"Warm":      {[]string{"--warm", "-1", file}, 2, "--warm -1: want 1 to"},
		"AtOnce":    {[]string{"--at-once", "-1", file}, 2, "--at-once -1: want 1 to"},
		"TooShort":  {[]string{"--warm", "8", "--frames", "5", file}, 2, "has 12 frames, and 8 to warm up and 5 to measure are wanted: record more, or lower --warm and --frames"},
		"NoFile":    {[]string{filepath.Join(dir, "none.prism")}, 1, "no such file"},
		"TwoFiles":  {[]string{file, file}, 2, "scale: one FILE, or -- and an app"},
		"FileAndOp": {[]string{file, "--", "true"}, 2, "scale: one FILE, or -- and an app"},
		"Nothing":   {nil, 2, "requires at least 1 arg"},
		"NotDrawn":  {[]string{"--frames", "2", "--", "true"}, 1, "true could not be recorded"},
		"Auto":      {[]string{"--tiling", "auto", "--frames", "2", file}, 2, "tiling auto chooses by how long frames take"},
		"Policy":    {[]string{"--tiling", "spiral", file}, 3, `"spiral" is not known`},
		"Weights":   {[]string{"--nodes", "2", "--tiling", "columns", "--weights", "1,2", "--frames", "2", file}, 3, "with 1 nodes: config: tiling::weights:"},
		"Out":       {[]string{"--frames", "2", "--out", filepath.Join(file, "x"), file}, 2, "--out: "},
	} {
		t.Run(name, func(t *testing.T) {
			res := prism(t, time.Minute, append([]string{"bench", "scale"}, c.args...)...)
			if res.code != c.code || !strings.Contains(res.errOut, c.want) {
				t.Errorf("exit status %d, want %d with %q\nstderr: %s", res.code, c.code, c.want, tail(res.errOut))
			}
		})
	}
}
