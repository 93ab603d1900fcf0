package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/spec"
)

func miniGLX(t *testing.T) *spec.Registry {
	t.Helper()
	f, err := os.Open(root + "/stream/spec/testdata/glx.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reg, err := spec.ReadGLXRegistry(f)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// exports gives the names of a system library's functions.
func exports(t *testing.T, soname string) map[string]bool {
	t.Helper()
	path, err := exec.Command("gcc", "-print-file-name="+soname).Output()
	if err != nil {
		t.Fatal(err)
	}
	lib, err := elf.Open(strings.TrimSpace(string(path)))
	if err != nil {
		t.Fatal(err)
	}
	defer lib.Close()
	symbols, err := lib.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]bool{}
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF {
			exported[s.Name] = true
		}
	}
	return exported
}

// TestLibGLXDispatches: what the overlay leaves to libGLX is what it exports. With neither its own nor ours libGLX would take the
// command for one of GL.
func TestLibGLXDispatches(t *testing.T) {
	exported := exports(t, "libGLX.so.0")
	for _, c := range realModel(t).GLX.Commands {
		if exported[c.Name] == c.Dispatched() {
			t.Errorf("%s: vendor %s, exported by libGLX: %v", c.Name, c.Vendor, exported[c.Name])
		}
	}
}

// TestNothingBesideGLX: the driver has no command of GLX that the overlay does not offer.
func TestNothingBesideGLX(t *testing.T) {
	described := map[string]bool{}
	for _, c := range realModel(t).GLX.Commands {
		described["prism_"+c.Name] = true
	}
	for name := range handWritten(t, glxDir, driverDef) {
		if strings.HasPrefix(name, "prism_glX") && !described[name] {
			t.Errorf("%s is in the driver, but nobody can call it: overlay/glx.yaml does not offer it", name)
		}
	}
}

// TestMiniGLXCompiles: each way to a vendor gives C that compiles against glvnd's and X11's own headers.
func TestMiniGLXCompiles(t *testing.T) {
	ov, err := spec.LoadOverlay(root + "/stream/spec/testdata/mini")
	if err != nil {
		t.Fatal(err)
	}
	g, err := spec.BuildGLX(miniGLX(t), ov)
	if err != nil {
		t.Fatal(err)
	}
	out, dir := output{}, t.TempDir()
	out.glx(g)
	for path, text := range out {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	msg, err := exec.Command("gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", filepath.Join(dir, "glx_gen.c")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, msg)
	}
}

// TestEachWayHasC: the words that an overlay may use are those that the generator knows.
func TestEachWayHasC(t *testing.T) {
	for _, v := range spec.GLXVendors {
		if glxVendor[v.Word] == "" && v.Word != spec.LibGLX {
			t.Errorf("vendor: %s has no C", v.Word)
		}
	}
	for word := range spec.GLXAdds {
		if glxAdds[word].add == "" {
			t.Errorf("adds: %s has no C", word)
		}
	}
}
