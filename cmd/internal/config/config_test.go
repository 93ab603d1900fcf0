package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/prismgl/prism/tilesplit/grid"
)

var update = flag.Bool("update", false, "write the golden files")

// clean takes all PRISM_ choices of the tester out of the environment.
func clean(t *testing.T) {
	t.Helper()
	for _, k := range keys {
		t.Setenv(k.env, "")
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

func TestWrongFiles(t *testing.T) {
	clean(t)
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			err := Check(file)
			if !errors.Is(err, ErrConfig) {
				t.Fatalf("Check: %v, want ErrConfig", err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".golden", err.Error()+"\n")
			if _, lerr := Load(file, nil); lerr == nil || lerr.Error() != err.Error() {
				t.Errorf("Load says %v, Check %v", lerr, err)
			}
		})
	}
}

func TestRightFiles(t *testing.T) {
	clean(t)
	alias := Default()
	alias.Nodes, alias.FramesInFlight, alias.Outputs = 3, 3, []string{"null"}
	matrix, displays := Default(), Default()
	matrix.Tiling.Mode, displays.Tiling.Mode = TilingWall, TilingWall
	matrix.Outputs = []string{"null"}
	matrix.Wall = Wall{Layout: grid.Grid{Columns: 3, Rows: 1}, Size: Size{1024, 768}, Gap: Gap{-64, 0}, X11: []string{":0.0", ":0.1", ":0.2"}, Displays: Displays{}, Target: Size{2048, 1024}}
	displays.Wall.Displays = Displays{
		{Name: "left", Node: "desk", Rect: image.Rect(0, 0, 1920, 1080), X11: ":0"},
		{Name: "the right: one", Node: "beamer", Rect: image.Rect(1960, 180, 3240, 900), X11: ":1.0", Position: &image.Point{X: 100, Y: -20}},
		{Name: "above", Node: "desk", Rect: image.Rect(0, 1100, 800, 1700), X11: "unix:2"},
	}
	for file, want := range map[string]Config{
		"full": {
			Nodes: 4, Grid: grid.Grid{Columns: 2, Rows: 2}, FramesInFlight: 3,
			Outputs: []string{"x11", "png:frames?borders=1&last=1", "y4m:run.y4m?fps=30000/1001&chroma=420", "mp4:run.mp4"}, LosslessOutputs: true,
			NATS: NATS{
				URL: "nats://render-1:4222,nats://render-2:4222", SecretFile: "nats.secret",
				TLS: TLS{CA: "tls/ca.pem", Cert: "tls/me.pem", Key: "tls/me.key"}, Patience: 90 * time.Second,
			},
			Mixed: MixedAllow, Finish: FinishExact, Errors: ErrorsExact, Lanes: LanesNATS, Culling: CullingOff, Passes: PassesTile, Tiling: Default().Tiling, Balance: Default().Balance, Wall: Default().Wall,
		},
		"tiles": {
			FramesInFlight: 2, Outputs: []string{"x11"}, NATS: Default().NATS, Mixed: MixedDeny, Finish: FinishCredit, Errors: ErrorsRelaxed, Lanes: LanesAuto, Culling: CullingOn, Passes: PassesAuto,
			Tiling:  Tiling{Mode: TilingQueue, Weights: []float64{2, 1, 0.5}, Min: 32, Snap: 8, Size: Size{128, 64}},
			Balance: Balance{Damping: 0.25, Smoothing: 0, Resistance: 0.1, MinMove: 8},
			Wall:    Default().Wall,
		},
		"wall":          matrix,
		"wall_displays": displays,
		"empty":         Default(),
		"alias":         alias,
	} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata/right", file+".yaml")
			if err := Check(path); err != nil {
				t.Fatal(err)
			}
			got, err := Load(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			var b bytes.Buffer
			if err := Show(&b, path, nil); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata/right", file+".golden"), b.String())
			// What Show prints is a policy that says the same.
			again := filepath.Join(t.TempDir(), "again.yaml")
			if err := os.WriteFile(again, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			back, err := Load(again, nil)
			if d := cmp.Diff(want, back); err != nil || d != "" {
				t.Errorf("Show's output read again: %v, -want +got:\n%s", err, d)
			}
		})
	}
}

// Each place wins over those before it: default, file, environment, flag.
func TestOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte("nodes: 2\ngrid: 2x1\nframes_in_flight: 5\noutputs: [x11]\nnats: {url: 'nats://a:1'}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	clean(t)
	t.Setenv("PRISM_NODES", "3")
	t.Setenv("PRISM_GRID", "3x1")
	t.Setenv("PRISM_OUTPUTS", "null, png:a")
	t.Setenv("PRISM_NATS_URL", "nats://b:2")
	t.Setenv("PRISM_NATS_TLS_CA", "ca.pem")
	t.Setenv("PRISM_NATS_PATIENCE", "6s")
	t.Setenv("PRISM_LOSSLESS_OUTPUTS", "false")
	fs := pflag.NewFlagSet("run", pflag.ContinueOnError)
	AddFlags(fs)
	if err := fs.Parse([]string{"--nodes=4", "--out=x11", "--out", "png:b?last=1,2", "--finish=exact"}); err == nil {
		_, values, err := Resolve(file, fs)
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "--out") {
			t.Errorf("a wrong --out: %v, %v", values, err)
		}
	}
	fs = pflag.NewFlagSet("run", pflag.ContinueOnError)
	AddFlags(fs)
	if err := fs.Parse([]string{"--nodes=4", "--out=x11", "--out", "png:b,c", "--finish=exact", "--nats-patience=8000ms", "--lossless-out"}); err != nil {
		t.Fatal(err)
	}
	got, values, err := Resolve(file, fs)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Nodes: 4, Grid: grid.Grid{Columns: 3, Rows: 1}, FramesInFlight: 5, Outputs: []string{"x11", "png:b,c"}, LosslessOutputs: true,
		NATS: NATS{URL: "nats://b:2", TLS: TLS{CA: "ca.pem"}, Patience: 8 * time.Second}, Mixed: MixedDeny, Finish: FinishExact, Errors: ErrorsRelaxed,
		Lanes: LanesAuto, Culling: CullingOn, Passes: PassesAuto, Tiling: Default().Tiling, Balance: Default().Balance, Wall: Default().Wall,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	from := map[string]string{}
	for _, v := range values {
		from[v.Key] = v.From
	}
	if d := cmp.Diff(map[string]string{
		"nodes": "--nodes", "grid": "environment PRISM_GRID", "frames_in_flight": file + ":3:19", "outputs": "--out", "lossless_outputs": "--lossless-out",
		"nats::url": "environment PRISM_NATS_URL", "nats::secret_file": "default",
		"nats::tls::ca": "environment PRISM_NATS_TLS_CA", "nats::tls::cert": "default", "nats::tls::key": "default", "nats::patience": "--nats-patience",
		"mixed": "default", "finish": "--finish", "errors": "default", "lanes": "default", "culling": "default", "passes": "default", "tiling::mode": "default", "tiling::weights": "default", "tiling::min": "default",
		"tiling::snap": "default", "tiling::size": "default", "tiling::samples": "default", "tiling::offscreen": "default", "balance::enabled": "default", "balance::damping": "default", "balance::smoothing": "default",
		"balance::resistance": "default", "balance::min_move": "default", "wall::layout": "default", "wall::size": "default", "wall::gap": "default", "wall::x11": "default",
		"wall::displays": "default", "wall::target": "default",
	}, from); d != "" {
		t.Errorf("where from, -want +got:\n%s", d)
	}
	t.Setenv("PRISM_OUTPUTS", "null, png:a")
	t.Setenv("PRISM_LOSSLESS_OUTPUTS", "1")
	if got, err := Load(file, nil); err != nil || !cmp.Equal(got.Outputs, []string{"null", "png:a"}) || got.Nodes != 3 || !got.LosslessOutputs {
		t.Errorf("without flags: %+v, %v", got, err)
	}
}

// TestOffscreenStays: what lies in framebuffer objects is shifted or is not.
func TestOffscreenStays(t *testing.T) {
	clean(t)
	for _, c := range []struct{ now, next, want string }{
		{"mode: subpixel, offscreen: true", "mode: subpixel, samples: 2, offscreen: true", ""},
		{"mode: subpixel, offscreen: true", "mode: kd", "config: tiling::offscreen: is true since the start and cannot become false while apps run; start prism anew for that"},
		{"mode: kd", "mode: subpixel, offscreen: true", "p.yaml:2:37: tiling::offscreen: is false since the start and cannot become true while apps run"},
		{"mode: kd", "mode: subpixel", ""},
	} {
		now, _, err := ResolveBytes("p.yaml", []byte("nodes: 3\ntiling: {"+c.now+"}\n"), nil)
		next, values, err2 := ResolveBytes("p.yaml", []byte("nodes: 3\ntiling: {"+c.next+"}\n"), nil)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if err := CheckChange(now, next, values); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s to %s: %v, want %q", c.now, c.next, err, c.want)
		}
	}
}

// TestWallStays: what a wall shows on is settled when a run starts.
func TestWallStays(t *testing.T) {
	clean(t)
	read := func(text string) (Config, []Value) {
		t.Helper()
		c, values, err := ResolveBytes("p.yaml", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		return c, values
	}
	now, _ := read("tiling: {mode: wall}\nwall: {layout: 2x1, size: 64x48}\n")
	for text, want := range map[string]string{
		"tiling: {mode: wall}\nwall: {layout: 2x1, size: 64x48}\nbalance: {enabled: false}\n": "",
		"tiling: {mode: kd}\nnodes: 2\n":                                        "tiling::mode: is wall since the start and cannot become kd while apps run: a wall is settled when a run starts",
		"tiling: {mode: wall}\nwall: {layout: 2x1, size: 64x48, x11: [':1']}\n": "p.yaml:2:39: wall::x11: is [] since the start and cannot become [\":1\"] while apps run",
	} {
		next, values := read(text)
		if err := CheckChange(now, next, values); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	nodes, d := now.Divide()
	p, err := d.New().Plan(128, 48, nodes)
	if err != nil || nodes != 2 || len(p.Views) != 2 || d.Displays[p.Views[1].Display].X11 != ":0" || !d.Displays["1"].Cover || d.Name != "wall of 2 displays" {
		t.Errorf("%+v, %+v, %v", p, d, err)
	}
	named, _ := read("tiling: {mode: wall}\nwall: {displays: [{name: a, node: x, rect: 8x8+0+0}, {name: b, node: y, rect: 8x8+8+0}, {name: c, node: x, rect: 8x8+16+0}]}\n")
	if got := named.NodeNames(); !cmp.Equal(got, []string{"x", "y"}) {
		t.Errorf("nodes %q", got)
	}
}

func TestWrongElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		env, value string
		args       []string
		want       string
	}{
		"EnvNumber":  {"PRISM_NODES", "four", nil, `config: environment PRISM_NODES: "four" is not a whole number`},
		"EnvRange":   {"PRISM_NODES", "-1", nil, `config: environment PRISM_NODES: nodes: -1 is out of range`},
		"EnvGrid":    {"PRISM_GRID", "2", nil, `config: environment PRISM_GRID: not a grid: "2"`},
		"EnvWord":    {"PRISM_MIXED", "denny", nil, `config: environment PRISM_MIXED: mixed: "denny" is not known; allowed are deny, allow; did you mean "deny"?`},
		"EnvBoolean": {"PRISM_LOSSLESS_OUTPUTS", "maybe", nil, `config: environment PRISM_LOSSLESS_OUTPUTS: "maybe" is not true or false`},
		"FlagGrid":   {"", "", []string{"--grid=x"}, `config: --grid: not a grid: "x"`},
		"FlagRange":  {"", "", []string{"--frames-in-flight=99"}, `config: --frames-in-flight: frames_in_flight: 99 is out of range; want 1 to 16`},
		"EnvTime":    {"PRISM_NATS_PATIENCE", "4", nil, `config: environment PRISM_NATS_PATIENCE: "4" is not a time; want a number with a unit, as 4s or 500ms`},
		"FlagTime":   {"", "", []string{"--nats-patience=10ms"}, `config: --nats-patience: nats::patience: 10ms is out of range; want 1s to 10m0s`},
		"EnvWeights": {"PRISM_WEIGHTS", "1,two", nil, `config: environment PRISM_WEIGHTS: item 2: "two" is not a number`},
		"FlagTiling": {"", "", []string{"--tiling=kb"}, `config: --tiling: tiling::mode: "kb" is not known; allowed are grid, columns, rows, kd, queue, interleave, subpixel, auto, wander, wall; did you mean "kd"?`},
		"FlagSize":   {"", "", []string{"--tile-size=64"}, `config: --tile-size: "64" is not a size; want WIDTHxHEIGHT in pixels, as 64x64`},
		"FlagOut":    {"", "", []string{"--out=vga"}, `config: --out: outputs: not an output: "vga"`},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			if c.env != "" {
				t.Setenv(c.env, c.value)
			}
			fs := pflag.NewFlagSet("run", pflag.ContinueOnError)
			AddFlags(fs)
			if err := fs.Parse(c.args); err != nil {
				t.Fatal(err)
			}
			_, err := Load("", fs)
			if !errors.Is(err, ErrConfig) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s…", err, c.want)
			}
		})
	}
}

func TestNoSuchFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	if !errors.Is(err, ErrConfig) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestSomeFlags(t *testing.T) {
	clean(t)
	fs := pflag.NewFlagSet("node", pflag.ContinueOnError)
	AddFlags(fs, "nats")
	if fs.Lookup("nats") == nil || fs.Lookup("grid") != nil {
		t.Fatal("AddFlags(nats) declares other flags")
	}
	if got, err := Load("", fs); err != nil || !cmp.Equal(got, Default()) {
		t.Errorf("%+v, %v; want the defaults", got, err)
	}
}

func TestLayout(t *testing.T) {
	for name, c := range map[string]struct {
		nodes     int
		grid      grid.Grid
		wantNodes int
		wantGrid  grid.Grid
	}{
		"Nothing":      {0, grid.Grid{}, 1, grid.Grid{Columns: 1, Rows: 1}},
		"NodesOnly":    {6, grid.Grid{}, 6, grid.Grid{Columns: 3, Rows: 2}},
		"OddNodeCount": {5, grid.Grid{}, 5, grid.Grid{Columns: 5, Rows: 1}},
		"GridOnly":     {0, grid.Grid{Columns: 1, Rows: 5}, 5, grid.Grid{Columns: 1, Rows: 5}},
		"Both":         {2, grid.Grid{Columns: 2, Rows: 2}, 2, grid.Grid{Columns: 2, Rows: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			n, g := Config{Nodes: c.nodes, Grid: c.grid, Tiling: Default().Tiling}.Layout()
			if n != c.wantNodes || g != c.wantGrid {
				t.Errorf("%d, %v; want %d, %v", n, g, c.wantNodes, c.wantGrid)
			}
		})
	}
}

// Each kind of tiling makes the policy that it names, from flags too.
func TestDivide(t *testing.T) {
	clean(t)
	for args, want := range map[string]struct {
		nodes  int
		name   string
		policy string
	}{
		"":                                   {1, "grid 1x1", "grid.Weighted"},
		"--grid=2x2":                         {4, "grid 2x2", "grid.Weighted"},
		"--nodes=2 --grid=4x4 --weights=3,1": {2, "grid 4x4, weights [3 1]", "grid.Weighted"},
		"--nodes=3 --tiling=columns":         {3, "columns, balanced", "*balance.Strips"},
		"--nodes=3 --tiling=rows --balance=false": {3, "rows", "strips.Strips"},
		"--tiling=kd --weights=1,2,1":             {3, "kd, weights [1 2 1], balanced", "*balance.KD"},
		"--nodes=2 --tiling=queue":                {2, "queue of 64x64, balanced", "*balance.Queue"},
		"--nodes=4 --tiling=auto":                 {4, "auto", "*auto.Policy"},
		"--nodes=3 --tiling=wander":               {3, "wander", "*wander.Wander"},
		"--nodes=2 --tiling=interleave":           {2, "interleave", "interleave.Interleave"},
		"--nodes=3 --tiling=subpixel":             {3, "subpixel of 3 samples", "subpixel.Subpixel"},
		"--nodes=3 --tiling=subpixel --samples=2": {3, "subpixel of 2 samples", "subpixel.Subpixel"},
		"--nodes=2 --tiling=subpixel --offscreen": {2, "subpixel of 2 samples, offscreen too", "subpixel.Subpixel"},
	} {
		fs := pflag.NewFlagSet("run", pflag.ContinueOnError)
		AddFlags(fs)
		if err := fs.Parse(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		c, err := Load("", fs)
		if err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		nodes, d := c.Divide()
		if p := d.New(); nodes != want.nodes || d.Name != want.name || fmt.Sprintf("%T", p) != want.policy {
			t.Errorf("%s: %d nodes, %q, %T; want %+v", args, nodes, d.Name, p, want)
		} else if plan, err := p.Plan(640, 480, nodes); err != nil || plan.Validate() != nil {
			t.Errorf("%s: %+v, %v", args, plan, err)
		}
	}
}

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
	if err := (Config{}).Validate(); !errors.Is(err, ErrConfig) {
		t.Errorf("the zero Config: %v, want ErrConfig", err)
	}
}

// A file that is taken gives a valid Config; one that is not gives a reason; nothing panics.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? {nodes: 1}\n: 2"))
	f.Add([]byte("<<: {nodes: 3}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		values, ps := parse("f", data)
		if len(ps) > 0 {
			for _, p := range ps {
				if place := strings.Split(p.Where, ":"); place[0] != "f" || len(place) < 2 || place[1] == "" || strings.Trim(place[1], "0123456789") != "" || p.Text == "" {
					t.Fatalf("a problem without file and line, or text: %+v", p)
				}
				if strings.ContainsAny(p.String(), "\n\x1b") {
					t.Fatalf("not fit for a terminal: %q", p.String())
				}
			}
			if check(values, ps) == nil {
				t.Fatal("check forgets problems")
			}
			return
		}
		m, err := merge(values, nil, nil)
		if err != nil {
			if !errors.Is(err, ErrConfig) {
				t.Fatalf("%v is not ErrConfig", err)
			}
			return
		}
		if err := m.config.Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestEveryKeyIsAField: what is shown of a policy that nobody has changed is each key's default, and there is nothing under other names.
func TestEveryKeyIsAField(t *testing.T) {
	c := Default()
	for _, k := range keys {
		if got, want := yamlText(c.value(k.name)), yamlText(k.def); got != want && got != strings.Trim(want, `"`) {
			t.Errorf("%s is %s by default, and shown as %s", k.name, want, got)
		}
	}
	for _, name := range []string{"", "node", "Nodes", "nats", "nats::", "nats::tls::cas", "nodes::x", "wall::displays::x"} {
		if v := c.value(name); v != nil && name != "nats" {
			t.Errorf("%q is %v", name, v)
		}
	}
}
