package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// Programs of others, as a distribution ships them. make test runs those with `short`, make apps all of them; what is to be learned of
// the figures stands in out/apps.txt.

// anApp is how one is started and what is expected of it.
type anApp struct {
	name string
	api  string // how it gets its context, and of what kind
	// cmd is the program: PACKAGE:SUFFIX is the one that a Debian package has under a path that ends so, cc:FILE,LIBRARY… one that is compiled. In
	// arguments {dir} is an empty folder.
	cmd   []string
	short bool
	// picture is the file in {dir} that it writes after one frame, which it does not show: it must be the one that is written without prism.
	picture string
	// asks: questions of steady frames that wait for an answer, each with the reason why it must.
	asks map[string]string
	// varies: why a driver alone draws a few pixels one way or the other, by what else it was given before: nodes are not given what cannot
	// touch their tiles. A way in which few pixels differ must be exact without culling then.
	varies string
	// byTime: what it draws depends on the time, or on chance.
	byTime bool
}

func glmark2(name, bench string) anApp {
	return anApp{name: "glmark2 " + name, api: "GLX, GL", cmd: []string{"glmark2", "-s", "320x240", "-b", bench + ":duration=600"}, byTime: true}
}

// es2 is the same scene by the ES build of glmark2.
func es2(a anApp) anApp {
	a.name, a.api, a.cmd = strings.Replace(a.name, "glmark2", "glmark2-es2", 1), "EGL, ES 2", append([]string{"glmark2-es2"}, a.cmd[1:]...)
	return a
}

func hack(name string) anApp {
	return anApp{name: "xscreensaver " + name, api: "EGL, GL", cmd: []string{"xscreensaver-gl:/xscreensaver/" + name, "-geometry", "320x240"}, byTime: true}
}

func short(a anApp) anApp {
	a.short = true
	return a
}

// theScenes are run by glmark2 and by glmark2-es2; make test has the named ones of each.
var theScenes = []struct {
	name, bench string
	short       string
}{
	{"build", "build:use-vbo=true", "glmark2"},
	{"build, arrays", "build:use-vbo=false", "glmark2-es2"},
	{"texture", "texture:texture-filter=mipmap", "glmark2"},
	{"shading", "shading:shading=phong", ""},
	{"bump, height", "bump:bump-render=height", ""},
	{"bump, normals", "bump:bump-render=normals", ""},
	{"effect2d", "effect2d:kernel=1,1,1,1,1;1,1,1,1,1;1,1,1,1,1;", ""},
	{"pulsar", "pulsar:quads=5:texture=true:light=true", "glmark2"},
	{"desktop, blur", "desktop:effect=blur:passes=1:separable=true:blur-radius=5:windows=4", "glmark2-es2"},
	{"desktop, shadow", "desktop:effect=shadow:windows=4", "glmark2"},
	{"buffer, map", "buffer:update-method=map:update-fraction=0.5:update-dispersion=0.9:interleave=false:columns=200:rows=20:buffer-usage=static", "glmark2 glmark2-es2"},
	{"buffer, map interleaved", "buffer:update-method=map:update-fraction=1.0:update-dispersion=0.0:interleave=true:columns=50:rows=50:buffer-usage=stream", ""},
	{"buffer, subdata", "buffer:update-method=subdata:update-fraction=0.5:update-dispersion=0.9:interleave=false:columns=100:rows=10:buffer-usage=dynamic", ""},
	{"buffer, subdata interleaved", "buffer:update-method=subdata:update-fraction=0.25:update-dispersion=0.5:interleave=true:columns=60:rows=30:buffer-usage=stream", "glmark2"},
	{"shadow", "shadow", "glmark2"},
	{"function", "function:fragment-complexity=medium:fragment-steps=5", ""},
	{"loop", "loop:vertex-steps=5:fragment-steps=5:fragment-loop=true", ""},
	{"clear", "clear", ""},
	{"ideas", "ideas:speed=20", ""},
	{"jellyfish", "jellyfish", ""},
	{"terrain", "terrain", ""},
	{"refract", "refract", ""},
}

var theApps = append(scenes(), []anApp{
	{name: "glxgears", api: "GLX, GL", cmd: []string{"glxgears"}, short: true},
	{name: "es2gears_x11", api: "EGL, ES 2", cmd: []string{"es2gears_x11"}, short: true},
	short(hack("gears")),
	hack("pipes"),
	hack("glknots"),
	hack("sierpinski3d"),
	short(hack("antspotlight")),
	short(hack("hypertorus")),
	hack("voronoi"),
	hack("superquadrics"),
	varies(hack("maze3d"), halved),
	varies(hack("engine"), halved),
	hack("sonar"),
	asking(hack("gibson"), "what the lists of the houses leave, of which the camera sees others each time",
		"glGet(GL_TEXTURE_BINDING_2D)", "glGet(GL_TEXTURE_MATRIX)", "glIsEnabled(GL_CULL_FACE)", "glIsEnabled(GL_BLEND)", "glIsEnabled(GL_ALPHA_TEST)", "glIsEnabled(GL_LIGHTING)",
		"glIsEnabled(GL_TEXTURE_GEN_S)", "glIsEnabled(GL_TEXTURE_GEN_T)"),
	asking(hack("molecule"), turned, "glGet(GL_MODELVIEW_MATRIX)", "glGet(GL_CURRENT_COLOR)"),
	asking(hack("polyhedra"), coloured, "glGet(GL_CURRENT_COLOR)"),
	asking(hack("unicrud"), coloured, "glGet(GL_CURRENT_COLOR)"),
	asking(hack("glsnake"), turned, "glGet(GL_MODELVIEW_MATRIX)"),
	asking(hack("raverhoop"), turned, "glGet(GL_MODELVIEW_MATRIX)"),
	asking(hack("winduprobot"), turned, "glGet(GL_MODELVIEW_MATRIX)", "glGet(GL_PROJECTION_MATRIX)"),
	asking(hack("discoball"), turned, "glGet(GL_MODELVIEW_MATRIX)"),
	{name: "VTK", api: "GLX, GL 3.2", cmd: []string{"python3-minimal:/bin/python3", "testdata/apps/vtk.py", "1000"}, short: true, asks: map[string]string{
		"prismQueryMax": "the app waits for what its timers have measured (GL_TIME_ELAPSED), which only the nodes know",
	}},
	{name: "GLUT, menus and a sub-window", api: "GLX, GL", cmd: glutProgram("400")},
	{name: "readers keep, which never clears", api: "GLX, GL", cmd: []string{"cc:testdata/readers.c,GL,X11", "keep", "200", "{dir}/f"},
		asks: map[string]string{"glReadPixels": "the app writes each picture to a file"}},
	{name: "neverball", api: "GLX, GL", cmd: []string{"env", "HOME={dir}", "SDL_AUDIODRIVER=dummy", "neverball:/neverball"}},
	{name: "extremetuxracer", api: "GLX, GL", cmd: []string{"env", "HOME={dir}", "SDL_AUDIODRIVER=dummy", "extremetuxracer:/etr"}},
	{name: "openscad", api: "GLX, GL", cmd: []string{"openscad:/bin/openscad", "-o", "{dir}/picture.png", "--imgsize=640,480", "testdata/apps/spheres.scad"}, picture: "picture.png"},
}...)

// Reasons why an app waits in each frame.
const (
	turned   = "it turns in each frame, and prism does no arithmetic of GL's"
	coloured = "it may have come of a vertex, an array or a list"
)

// halved is why a picture varies.
const halved = "it draws quads by glBegin, and llvmpipe halves them one way or the other as the picture's border cuts one that it draws together with them"

func glutProgram(args ...string) []string {
	return append([]string{"cc:testdata/apps/glut.c,glut,GLU,GL,Xtst,X11"}, args...)
}

// asking says that an app's questions of steady frames must wait, and why.
func asking(a anApp, why string, questions ...string) anApp {
	a.asks = map[string]string{}
	for _, q := range questions {
		a.asks[q] = why
	}
	return a
}

func varies(a anApp, why string) anApp {
	a.varies = why
	return a
}

// scenes are those of glmark2, then those of glmark2-es2.
func scenes() (all []anApp) {
	for _, s := range theScenes {
		a := glmark2(s.name, s.bench)
		a.short = slices.Contains(strings.Fields(s.short), "glmark2")
		all = append(all, a)
	}
	for _, s := range theScenes {
		a := es2(glmark2(s.name, s.bench))
		a.short = slices.Contains(strings.Fields(s.short), "glmark2-es2")
		all = append(all, a)
	}
	return all
}

// command settles what stands for a package's file, for what is to be compiled and for a folder.
func command(t testing.TB, cmd []string) []string {
	t.Helper()
	cmd = slices.Clone(cmd)
	dir := ""
	for i, c := range cmd {
		if !strings.Contains(c, "{dir}") {
			continue
		}
		if dir == "" {
			dir = t.TempDir()
		}
		cmd[i] = strings.ReplaceAll(c, "{dir}", dir)
	}
	if cmd[0] == "env" {
		program := slices.IndexFunc(cmd[1:], func(c string) bool { return !strings.Contains(c, "=") }) + 1
		return append(cmd[:program], command(t, cmd[program:])...)
	}
	if source, ok := strings.CutPrefix(cmd[0], "cc:"); ok {
		libraries := strings.Split(source, ",")
		for i := range libraries[1:] {
			libraries[i+1] = "-l" + libraries[i+1]
		}
		cmd[0] = compiled(t, libraries...)
		return cmd
	}
	if pkg, suffix, ok := strings.Cut(cmd[0], ":"); ok {
		need(t, "dpkg")
		list, err := exec.Command("dpkg", "-L", pkg).Output()
		if err != nil {
			t.Fatalf("the package %s is required: %v", pkg, err)
		}
		i := slices.IndexFunc(strings.Fields(string(list)), func(f string) bool { return strings.HasSuffix(f, suffix) })
		if i < 0 {
			t.Fatalf("the package %s has no %s", pkg, suffix)
		}
		cmd[0] = strings.Fields(string(list))[i]
	}
	if strings.HasPrefix(cmd[0], "bin/") {
		cmd[0] = filepath.Join(binDir, strings.TrimPrefix(cmd[0], "bin/"))
	}
	need(t, cmd[0])
	return cmd
}

// samples are prism's own scenes in windows of a size.
func samples(size string) (all []anApp) {
	for _, name := range sampleNames {
		a := anApp{name: "sample " + name, api: "EGL", cmd: []string{filepath.Join("bin/samples", name), "--size", size, "--fps-free"}}
		if name == "gl1" {
			a.varies = "the picture's border cuts its chain, quads by glBegin, which llvmpipe halves one way or the other as its vertex store happens to end"
		}
		all = append(all, a)
	}
	return all
}

// aWay is one division of the picture, by verify's flags.
type aWay struct {
	name, flags string
	frames      int  // 0: all
	moves       bool // tiles move whatever happens
	passes      bool // some app's passes into framebuffer objects are tiled
}

// onGrids is what TestApps is run with; theTilings, all that prism knows, what make tilings is.
func onGrids(names ...string) (ways []aWay) {
	for _, n := range names {
		ways = append(ways, aWay{name: n, flags: "--grid " + n})
	}
	return ways
}

var theTilings = func() []aWay {
	ways := []aWay{
		{name: "grid", flags: "--nodes 3 --grid 3x2"},
		{name: "columns", flags: "--nodes 3 --tiling columns"},
		{name: "rows", flags: "--nodes 3 --tiling rows"},
		{name: "kd", flags: "--nodes 3 --tiling kd"},
		{name: "queue", flags: "--nodes 3 --tiling queue --tile-size 32x32"},
		{name: "interleave", flags: "--nodes 3 --tiling interleave"},
		{name: "subpixel", flags: "--nodes 3 --tiling subpixel"},
		{name: "wall", flags: "--tiling wall --wall 3x1 --wall-size 90x200 --wall-gap 10x0"},
		{name: "wander", flags: "--nodes 3 --tiling wander", moves: true},
		{name: "wander+passes", flags: "--nodes 3 --tiling wander --passes tile", moves: true, passes: true},
	}
	for i := range ways {
		ways[i].frames = 40
	}
	// All frames that there are: it leaves the first node alone for 25, and tries no more than one division in the next 25.
	return append(ways, aWay{name: "auto", flags: "--nodes 3 --tiling auto"})
}()

// appFigures are what the table says of an app.
type appFigures struct {
	app             *anApp
	frames          uint64
	records, bytes  uint64 // a steady frame's
	steady          uint64 // frames
	asked           []anAnswer
	equal           []string // ways
	milliseconds    int64    // a frame of the recording run's
	tiled           uint64   // passes into framebuffer objects
	varied          bool     // a way was exact without culling only
	colours, unlike int      // of the last picture
	pixels          int
}

// anAnswer is a command that waited for one.
type anAnswer struct {
	Command string `json:"command"`
	Times   uint64 `json:"times"`
	Steady  uint64 `json:"steady"`
}

// TestApps: each frame of these apps is the same on each grid as on one node, and a steady frame waits for no answer.
func TestApps(t *testing.T) {
	need(t)
	report := os.Getenv("PRISM_APPS") // a file: all apps, and the table
	frames, ways, apps := 30, onGrids("2x2", "3x1"), theApps
	if report != "" {
		frames, ways = 120, onGrids("1x1", "2x2", "3x1")
	}
	if os.Getenv("PRISM_TILINGS") != "" { // each app and sample by each tiling
		frames, ways = 80, theTilings
		apps = slices.Concat(samples("320x240"), theApps)
	}
	var all []*appFigures
	for i := range apps {
		a := &apps[i]
		if report == "" && !a.short {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			if report == "" {
				alongside(t)
				a.verify(t, frames, ways, report)
				return
			}
			all = append(all, a.verify(t, frames, ways, report)) // one after the other, for it tells times
		})
	}
	if len(all) == len(apps) && slices.ContainsFunc(ways, func(w aWay) bool { return w.passes }) &&
		!slices.ContainsFunc(all, func(f *appFigures) bool { return f.tiled > 0 }) {
		t.Error("no app's passes were tiled")
	}
	if report != "" {
		if err := os.WriteFile(report, []byte(appTable(all)), 0o666); err != nil {
			t.Fatal(err)
		}
		if file := os.Getenv("PRISM_TRIPS"); file != "" {
			if err := os.WriteFile(file, []byte(tripTable(t, all)), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// verify records an app once and plays the recording in each way.
func (a *anApp) verify(t *testing.T, frames int, ways []aWay, report string) *appFigures {
	dir := t.TempDir()
	rec := filepath.Join(dir, "app.prism")
	if a.picture != "" {
		frames = 1
	}
	args := []string{"record", "-o", rec, "--out", "png:" + dir + "?last=1", "--json"}
	if a.picture == "" {
		args = append(args, "--frames", strconv.Itoa(frames))
	}
	cmd := command(t, a.cmd)
	r := must(t, prism(t, 5*time.Minute, slices.Concat(args, []string{"--"}, cmd)...), "record")
	var run struct {
		Sessions []struct {
			Frames        uint64     `json:"frames"`
			SteadyFrames  uint64     `json:"steady_frames"`
			SteadyRecords uint64     `json:"steady_records"`
			SteadyBytes   uint64     `json:"steady_bytes"`
			WallNs        int64      `json:"wall_ns"`
			Unsupported   []string   `json:"unsupported"`
			Notes         []string   `json:"notes"`
			Asked         []anAnswer `json:"asked"`
		} `json:"sessions"`
	}
	if err := json.Unmarshal([]byte(r.out), &run); err != nil || len(run.Sessions) != 1 {
		t.Fatalf("record --json: %v, %d sessions\n%s", err, len(run.Sessions), tail(r.out))
	}
	s := run.Sessions[0]
	if s.Frames < uint64(frames) || s.SteadyFrames == 0 && a.picture == "" {
		t.Fatalf("%d frames, %d of them steady; want %d", s.Frames, s.SteadyFrames, frames)
	}
	if len(s.Unsupported) > 0 || len(s.Notes) > 0 {
		t.Errorf("not covered: %v; notes: %q", s.Unsupported, s.Notes)
	}
	each := max(s.SteadyFrames, 1)
	f := &appFigures{app: a, frames: s.Frames, steady: s.SteadyFrames, records: s.SteadyRecords / each, bytes: s.SteadyBytes / each, asked: s.Asked,
		milliseconds: s.WallNs / 1e6 / int64(s.Frames)}
	for _, q := range s.Asked {
		if q.Steady > 0 && a.asks[q.Command] == "" {
			t.Errorf("%s waits for an answer %d times in %d steady frames", q.Command, q.Steady, s.SteadyFrames)
		}
	}
	if a.picture != "" && os.Getenv("PRISM_TILINGS") == "" {
		a.drawsAsDirectly(t, ways)
	}
	last := filepath.Join(dir, "last.png")
	if i := slices.IndexFunc(cmd, func(c string) bool { return a.picture != "" && strings.HasSuffix(c, a.picture) }); i >= 0 {
		last = cmd[i]
	}
	f.last(t, last, report)
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			want := s.Frames
			if w.frames > 0 {
				want = min(want, uint64(w.frames))
			}
			diff, name := keepDir(t), w.name
			v := verifyWay(t, rec, diff, w)
			if d := v.FirstDiff; a.varies != "" && d != nil && 0 < d.Pixels && d.Pixels <= f.pixels/500 {
				t.Logf("%s; now without culling: %s", v.Reason, a.varies)
				f.varied = true
				w.flags, name = w.flags+" --culling off", name+" (not culled)"
				v = verifyWay(t, rec, diff, w)
			}
			if !v.Equal || v.Frames != want {
				_ = exec.Command("cp", rec, diff).Run()
				t.Errorf("%d frames of %d equal: %s; kept in %s", v.Frames, want, v.Reason, diff)
				return
			}
			_ = os.RemoveAll(diff)
			if w.moves && want > 1 && v.Got.Moves == 0 {
				t.Errorf("no tile moved in %d frames", want)
			}
			if w.passes {
				f.tiled += v.Got.Passes.Tiled
			}
			f.equal = append(f.equal, name)
		})
	}
	return f
}

// drawsAsDirectly compares the picture that an app writes with the one that it writes on Mesa alone.
func (a *anApp) drawsAsDirectly(t *testing.T, ways []aWay) {
	t.Helper()
	drawn := func(prefix ...string) string {
		cmd := command(t, a.cmd)
		cmd = append(prefix, cmd...)
		must(t, run(t, 5*time.Minute, cmd[0], cmd[1:]...), strings.Join(cmd, " "))
		return filepath.Dir(cmd[slices.IndexFunc(cmd, func(c string) bool { return strings.HasSuffix(c, a.picture) })])
	}
	direct := pictures(t, drawn())
	for _, w := range ways {
		flags := strings.Fields(w.flags)
		got := pictures(t, drawn(slices.Concat([]string{filepath.Join(binDir, "prism"), "run", "--out", "null"}, flags, []string{"--"})...))
		if len(direct) != 1 || !maps.Equal(direct, got) {
			t.Errorf("%s: the picture that it writes is another one than on Mesa alone", w.name)
		}
	}
}

// aVerdict is what verify says in JSON.
type aVerdict struct {
	Frames    uint64 `json:"frames"`
	Equal     bool   `json:"equal"`
	Reason    string `json:"reason"`
	FirstDiff *struct {
		Pixels int `json:"pixels"`
	} `json:"first_diff"`
	Got struct {
		Moves  uint64 `json:"moves"`
		Passes struct {
			Tiled uint64 `json:"tiled"`
		} `json:"passes"`
	} `json:"got"`
}

func verifyWay(t *testing.T, rec, diff string, w aWay) (v aVerdict) {
	t.Helper()
	r := prism(t, 10*time.Minute, slices.Concat([]string{"verify", "--json", "--frames", strconv.Itoa(w.frames), "--diff", diff}, strings.Fields(w.flags), []string{rec})...)
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || v.Equal != (r.code == 0) {
		t.Fatalf("verify --json: %v, exit status %d\nstdout: %s\nstderr: %s", err, r.code, tail(r.out), tail(r.errOut))
	}
	return v
}

// last looks at the last picture: something is to be seen on it. With a report it is kept beside that.
func (f *appFigures) last(t *testing.T, file, report string) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	img, _, err := image.Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	r := img.Bounds()
	colours, first := map[[3]uint32]bool{}, [3]uint32{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			cr, cg, cb, _ := img.At(x, y).RGBA()
			c := [3]uint32{cr, cg, cb}
			if len(colours) == 0 {
				first = c
			}
			colours[c] = true
			if c != first {
				f.unlike++
			}
		}
	}
	f.pixels = r.Dx() * r.Dy()
	f.colours, f.unlike = len(colours), f.unlike*100/f.pixels
	if f.colours < 2 && !strings.HasSuffix(f.app.name, " clear") {
		t.Errorf("the last picture has one colour, %v", first)
	}
	if report != "" {
		dir := strings.TrimSuffix(report, ".txt")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := exec.Command("cp", file, filepath.Join(dir, strings.NewReplacer(" ", "-", ",", "").Replace(f.app.name)+".png")).Run(); err != nil {
			t.Fatal(err)
		}
	}
}

// A program that draws the same each time draws under prism what it draws on Mesa alone, also where there is no display: this one needs
// GLX (Debian's VTK has no EGL window), and prism starts an X server of its own.
func TestVTKEqualsDirectRun(t *testing.T) {
	python := []string{"python3-minimal:/bin/python3", "testdata/apps/vtk.py", "4"}
	cmd := command(t, python)
	direct := t.TempDir()
	mesaAlone(t, time.Minute, nil, cmd[0], append(cmd[1:], direct)...)
	for _, tc := range []struct{ name, display, grid string }{{"OneNode", display, "1x1"}, {"WithoutDisplay", "", "2x2"}} {
		t.Run(tc.name, func(t *testing.T) {
			got := t.TempDir()
			args := append([]string{"run", "--grid", tc.grid, "--out", "null", "--"}, append(slices.Clone(cmd), got)...)
			must(t, runEnv(t, 2*time.Minute, []string{"DISPLAY=" + tc.display}, filepath.Join(binDir, "prism"), args...), "under prism")
			samePictures(t, direct, got, 4)
		})
	}
}

// appTable is what make apps prints.
func appTable(all []*appFigures) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "app\tcontext\tframes\trecords/frame\tbytes/frame\tround trips/frame\texact on\tms/frame while recorded\tcolours\tother than the corner's")
	reasons := map[string]string{}
	for _, f := range all {
		asked, trips := []string{}, uint64(0)
		for _, q := range f.asked {
			if trips += q.Steady; q.Steady > 0 {
				asked = append(asked, q.Command)
				reasons[q.Command] = f.app.asks[q.Command]
			}
		}
		waits := "0"
		if trips > 0 {
			waits = fmt.Sprintf("%.2f: %s", float64(trips)/float64(f.steady), strings.Join(asked, ", "))
		}
		equal := "none"
		if len(f.equal) > 0 {
			equal = strings.Join(f.equal, " ")
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\t%s\t%d\t%d\t%d %%\n", f.app.name, f.app.api, f.frames, f.records, f.bytes, waits, equal, f.milliseconds, f.colours, f.unlike)
	}
	w.Flush()
	fmt.Fprintln(&b, "\nrecords, bytes and round trips: of frames after the tenth")
	for _, q := range slices.Sorted(func(yield func(string) bool) {
		for q := range reasons {
			if !yield(q) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, "%s must wait: %s\n", q, reasons[q])
	}
	for _, f := range all {
		if f.varied {
			fmt.Fprintf(&b, "%s, not culled where it then differed in a few pixels: %s\n", f.app.name, f.app.varies)
		}
	}
	return b.String()
}

// whyAsked: what apps ask in their first ten frames, by the beginning of its name, and why it waits. What is asked in steady frames has its reason with the app.
var whyAsked = []struct{ prefix, why string }{
	{"prismGet", "a limit, a format or a text of the nodes' driver: asked once a context, and kept"},
	{"glGetString", "a text of the nodes' driver: asked once, and kept"},
	{"glGet(GL_MAX_", "a limit of the nodes' driver: asked once, and kept"},
	{"glGet(GL_NUM_", "a limit of the nodes' driver: asked once, and kept"},
	{"glGet(GL_ALIASED_", "a limit of the nodes' driver: asked once, and kept"},
	{"glGet(GL_DOUBLEBUFFER)", "of the drawable: asked when it is wanted, which is once"},
	{"glGet(GL_STENCIL_BITS)", "of the framebuffer that is bound: asked when it is wanted"},
	{"glGet(GL_SAMPLE", "of the framebuffer that is bound: asked when it is wanted"},
	{"glGetTexLevelParameter", "what the driver has made of an image, or would make of one"},
	{"glCheckFramebufferStatus", "whether the driver can draw to these images: asked once for each composition"},
	{"glGetUniform", "where the linked program has it: only the driver knows"},
	{"prismBufferRead", "the app maps, to read too, or reads a buffer whose contents are not known in its process"},
	{"prismShaderInfo", "whether a shader compiles, and its log: once a shader"},
	{"prismProgramInfo", "whether a program links, its log, and all that reflection may ask later: once a program"},
	{"prismQuery", "a query's result: the app waits for it"},
	{"glReadPixels", "the app wants pixels"},
	{"glGet(0x", "a limit of the nodes' driver: asked once, and kept"},
	{"glGet(", state},
	{"glIsEnabled(", state},
}

const state = "state, which is followed later"

func why(t *testing.T, command string) string {
	for _, w := range whyAsked {
		if strings.HasPrefix(command, w.prefix) {
			return w.why
		}
	}
	t.Errorf("no reason is known why %s waits for an answer", command)
	return ""
}

// tripTable is docs/round-trips.md.
func tripTable(t *testing.T, all []*appFigures) string {
	var b strings.Builder
	b.WriteString(`# Round trips of real apps

Which calls wait for an answer of a node, how often, and why. ` + "`make apps`" + ` writes this page: apps as Debian ships them, and programs of the tests; recorded on one
node. A frame is steady from the eleventh on. All other calls go one way.

## In steady frames

| app | frames | in a frame | call | why it waits |
|---|---|---|---|---|
`)
	none, starts := []string{}, map[string][]anAnswer{}
	for _, f := range all {
		name, steady := f.app.name, false
		for _, q := range f.asked {
			starts[q.Command] = append(starts[q.Command], anAnswer{f.app.name, q.Times - q.Steady, 0})
			if q.Steady > 0 {
				fmt.Fprintf(&b, "| %s | %d | %.2f | %s | %s |\n", name, f.steady, float64(q.Steady)/float64(f.steady), code(q.Command), f.app.asks[q.Command])
				steady = true
			}
		}
		if !steady && f.steady > 0 {
			none = append(none, fmt.Sprintf("%s (%d)", f.app.name, f.steady))
		}
	}
	fmt.Fprintf(&b, "\nNone, in so many steady frames: %s.\n", strings.Join(none, ", "))
	b.WriteString("\n## In the first ten frames\n\nState is asked each time then: errors that only a node can find come with answers, and apps look for them at their start. Later what was answered is " +
		"followed\nthrough the commands that change it, and what the app has done before is not asked again.\n\n| call | apps | at most | why it waits |\n|---|---|---|---|\n")
	for _, command := range slices.Sorted(maps.Keys(starts)) {
		apps, most := 0, anAnswer{}
		for _, a := range starts[command] {
			if a.Times > 0 {
				apps++
			}
			if a.Times > most.Times {
				most = a
			}
		}
		if apps > 0 {
			fmt.Fprintf(&b, "| %s | %d | %d: %s | %s |\n", code(command), apps, most.Times, most.Command, why(t, command))
		}
	}
	b.WriteString("\n## App by app\n\n| app | context | frames | at the start | in a steady frame |\n|---|---|---|---|---|\n")
	for _, f := range all {
		var start, steady uint64
		for _, q := range f.asked {
			start, steady = start+q.Times-q.Steady, steady+q.Steady
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %.2f |\n", f.app.name, f.app.api, f.frames, start, float64(steady)/float64(max(f.steady, 1)))
	}
	return b.String()
}

func code(s string) string { return "`" + s + "`" }
