package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/spec"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

const root = "../.."

func realModel(t *testing.T) *spec.Model {
	t.Helper()
	m, err := spec.Load(spec.Paths{
		Overlay: root + "/stream/spec/overlay",
		Lock:    root + "/" + lockPath,
		Len:     root + "/stream/driver/include/prism_len.h",
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestFresh generates in memory and compares with the tree.
func TestFresh(t *testing.T) {
	out, err := generate(realModel(t))
	if err != nil {
		t.Fatal(err)
	}
	stale, err := out.stale(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(stale) > 0 {
		t.Errorf("not fresh: %v (run: go run ./cmd/specgen)", stale)
	}
	for path, text := range out {
		if strings.Contains(path, "_gen.") && !bytes.HasPrefix(text, []byte(marker)) {
			t.Errorf("%s does not begin with the marker", path)
		}
	}
}

// TestGolden generates from stream/spec's small registry and overlay.
func TestGolden(t *testing.T) {
	dir := root + "/stream/spec/testdata"
	f, err := os.Open(dir + "/registry.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reg, err := spec.ReadRegistry(f)
	if err != nil {
		t.Fatal(err)
	}
	ov, err := spec.LoadOverlay(dir + "/mini")
	if err != nil {
		t.Fatal(err)
	}
	lens, err := os.ReadFile(dir + "/mini/prism_len.h")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := spec.ParseLock(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := spec.Build(reg, ov, lock, spec.LenFuncs(lens))
	if err != nil {
		t.Fatal(err)
	}
	if m.GLX, err = spec.BuildGLX(miniGLX(t), ov); err != nil {
		t.Fatal(err)
	}
	if m.EGL, err = spec.BuildEGL(ov); err != nil {
		t.Fatal(err)
	}
	out, err := generate(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{glDir + "/pack_1_gen.c", glDir + "/pack_none_1_gen.c", glDir + "/proctable_gen.c",
		glDir + "/offer_gen.c", glxDir + "/glx_gen.c", includeDir + "/glx_gen.h", eglDir + "/egl_gen.c", includeDir + "/egl_gen.h",
		includeDir + "/records_gen.h", replayDir + "/unpack_1_gen.c", replayDir + "/unpack_table_gen.c",
		replayDir + "/glapi_gen.h", goDir + "/info_gen.go", goDir + "/groups_gen.go", "SUPPORT.md", lockPath} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			golden := "testdata/" + filepath.Base(path) + ".golden"
			if *update {
				if err := os.WriteFile(golden, out[path], 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out[path], want) {
				t.Errorf("differs from %s (if that is right: go test ./cmd/specgen -update):\n%s", golden, firstDifference(out[path], want))
			}
		})
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			old := ""
			if i < len(w) {
				old = w[i]
			}
			return "got  " + g[i] + "\nwant " + old
		}
	}
	return "it is shorter"
}

var (
	driverDef = regexp.MustCompile(`\b(prism_\w+)\s*\([^;{}]*\)\s*\{`)
	nodeDef   = regexp.MustCompile(`\bint (x_\w+)\s*\([^;{}]*\)\s*\{`)
)

// handWritten gives what the C files of a folder define, generated ones left out.
func handWritten(t *testing.T, dir string, def *regexp.Regexp) map[string]bool {
	t.Helper()
	files := cFiles(t, dir, "*.c")
	if dir == driverDir {
		files = append(cFiles(t, dir, "*/*.c"), append(cFiles(t, glDir, "*/*.c"), files...)...)
	}
	out := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_gen.c") {
			continue
		}
		// Preprocessed, because some are defined by macros.
		text, err := exec.Command("gcc", "-E", "-P", "-I"+root+"/"+dir, "-I"+root+"/"+driverDir, "-I"+root+"/"+includeDir, f).Output()
		if err != nil {
			t.Fatalf("gcc -E %s: %v", f, err)
		}
		for _, m := range def.FindAllSubmatch(text, -1) {
			out[string(m[1])] = true
		}
	}
	return out
}

func cFiles(t *testing.T, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(root + "/" + dir + "/" + pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no ", pattern, " in ", dir, err)
	}
	return files
}

// TestHandWritten: all that the overlay says is hand-written exists. The generated tables refer to it weakly, so the linker
// does not tell.
func TestHandWritten(t *testing.T) {
	m := realModel(t)
	driver, node := handWritten(t, driverDir, driverDef), handWritten(t, replayDir, nodeDef)
	var missing []string
	need := func(have map[string]bool, name string) {
		if name != "" && !have[name] && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	for _, c := range m.Commands {
		if c.PackOwn && !c.Core {
			need(driver, "prism_gl_"+c.Short())
		}
		need(driver, c.Before)
		need(driver, c.After)
		if c.UnpackOwn && replayed(c) {
			need(node, "x_"+c.Name)
		}
		need(node, c.NodeAfter)
	}
	for _, c := range m.GLX.Commands {
		need(driver, "prism_"+c.Name)
	}
	for _, c := range m.EGL.Commands {
		need(driver, "prism_"+c.Name)
	}
	if len(missing) > 0 {
		t.Errorf("the overlay says that these are hand-written, but they are not there: %v", missing)
	}
}

// TestCompiles lets gcc check all generated C.
func TestCompiles(t *testing.T) {
	for _, dir := range []string{glDir, glxDir, eglDir, replayDir, stubDir} {
		files := cFiles(t, dir, "*_gen.c")
		args := []string{"-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I" + root + "/" + includeDir, "-I" + root + "/" + driverDir, "-I" + root + "/" + dir, "-I" + root + "/" + replayDir}
		if out, err := exec.Command("gcc", append(args, files...)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", dir, err, out)
		}
	}
}
