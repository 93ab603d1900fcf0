package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/spec"
)

// TestLibEGLDispatches: what versions bring is exported by libEGL, and all of it that vendors have is described: libEGL gives a vendor up
// that lacks one. What extensions bring it finds by name, in itself first.
func TestLibEGLDispatches(t *testing.T) {
	exported, described := exports(t, "libEGL.so.1"), map[string]bool{}
	for _, c := range realModel(t).EGL.Commands {
		described[c.Name] = true
		version := !strings.HasPrefix(c.From, "EGL_")
		if version != exported[c.Name] || version && c.Dispatched() {
			t.Errorf("%s: from %s, vendor %s, exported by libEGL: %v", c.Name, c.From, c.Vendor, exported[c.Name])
		}
	}
	libEGLs := []string{"eglBindAPI", "eglGetCurrentContext", "eglGetCurrentDisplay", "eglGetCurrentSurface", "eglGetDisplay", "eglGetPlatformDisplay", "eglGetProcAddress", "eglQueryAPI"}
	for name := range exported {
		if strings.HasPrefix(name, "egl") && !described[name] && !slices.Contains(libEGLs, name) {
			t.Errorf("libEGL exports %s, which overlay/egl.yaml does not describe", name)
		}
	}
}

// TestNothingBesideEGL: the driver has no command of EGL that the overlay does not offer.
func TestNothingBesideEGL(t *testing.T) {
	g, described := realModel(t).EGL, map[string]bool{}
	for _, c := range g.Commands {
		described["prism_"+c.Name] = true
	}
	for name := range handWritten(t, eglDir, driverDef) {
		if strings.HasPrefix(name, "prism_egl") && name[len("prism_egl")] >= 'A' && name[len("prism_egl")] <= 'Z' && !described[name] {
			t.Errorf("%s is in the driver, but nobody can call it: overlay/egl.yaml does not offer it", name)
		}
	}
}

// TestMiniEGLCompiles: each way to a vendor gives C that compiles against glvnd's and EGL's own headers.
func TestMiniEGLCompiles(t *testing.T) {
	ov, err := spec.LoadOverlay(root + "/stream/spec/testdata/mini")
	if err != nil {
		t.Fatal(err)
	}
	g, err := spec.BuildEGL(ov)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, params string
		good         bool
	}{{"AsTheHeaderHasIt", "const EGLint *", true}, {"AnotherType", "const EGLAttrib *", false}} {
		t.Run(tc.name, func(t *testing.T) {
			for _, c := range g.Commands {
				if c.Name == "eglCreateSyncKHR" {
					c.Params[2].Text = tc.params
				}
			}
			out, dir := output{}, t.TempDir()
			out.egl(g)
			for path, text := range out {
				if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			msg, err := exec.Command("gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", filepath.Join(dir, "egl_gen.c")).CombinedOutput()
			if (err == nil) != tc.good {
				t.Errorf("%v\n%s", err, msg)
			}
		})
	}
}

// TestEachWayOfEGLHasC: the words that an overlay may use are those that the generator knows.
func TestEachWayOfEGLHasC(t *testing.T) {
	for word := range spec.EGLVendors {
		if eglFinds[word].find == "" && word != spec.LibEGL {
			t.Errorf("vendor: %s has no C", word)
		}
	}
}
