package spec

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func miniGLX(t *testing.T) *Registry {
	t.Helper()
	f, err := os.Open("testdata/glx.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reg, err := ReadGLXRegistry(f)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func TestBuildGLX(t *testing.T) {
	ov, err := LoadOverlay("testdata/mini")
	if err != nil {
		t.Fatal(err)
	}
	g, err := BuildGLX(miniGLX(t), ov)
	if err != nil {
		t.Fatal(err)
	}
	if g.Version != "1.1" || !slices.IsSorted(g.Extensions) || len(g.Extensions) != 6 {
		t.Errorf("version %s, extensions %v", g.Version, g.Extensions)
	}
	type row struct{ name, from, vendor, by, display, adds, otherwise string }
	want := []row{
		{"glXBindChannelToWindowSGIX", "GLX_SGIX_video_resize", "screen", "screen", "display", "", "-1"},
		{"glXCreateContextAttribsARB", "GLX_ARB_create_context", "fbconfig", "config", "dpy", "context", ""},
		{"glXGetProcAddressARB", "GLX_ARB_get_proc_address", LibGLX, "", "", "", ""},
		{"glXQueryExtensionsString", "GLX_VERSION_1_1", LibGLX, "", "", "", ""},
		{"glXSwapBuffers", "GLX_VERSION_1_0", LibGLX, "", "", "", ""},
		{"glXSwapIntervalEXT", "GLX_EXT_swap_control", "drawable", "drawable", "dpy", "", ""},
		{"glXSwapIntervalSGI", "GLX_SGI_swap_control", "current", "", "", "", "GLX_BAD_CONTEXT"},
	}
	var got []row
	for _, c := range g.Commands {
		got = append(got, row{c.Name, c.From, c.Vendor, c.By, c.Display, c.Adds, c.Otherwise})
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

// TestGLXNeverTravels: the description of GLX changes neither numbers nor the hash that both ends of a stream agree on.
func TestGLXNeverTravels(t *testing.T) {
	with := miniModel(t)
	ov, err := LoadOverlay("testdata/mini")
	if err != nil {
		t.Fatal(err)
	}
	ov.GLX = nil
	lock, err := ParseLock(nil)
	if err != nil {
		t.Fatal(err)
	}
	without, err := Build(miniRegistry(t), ov, lock, miniLens(t))
	if err != nil {
		t.Fatal(err)
	}
	if with.Hash != without.Hash || string(with.Lock.Text()) != string(without.Lock.Text()) {
		t.Error("the overlay's file of family glx changes the hash or the numbers")
	}
	if strings.Contains(string(with.Lock.Text()), " glX") {
		t.Error("a command of GLX has a number")
	}
	if _, err := BuildGLX(miniGLX(t), ov); !errors.Is(err, ErrOverlay) {
		t.Errorf("error %v without a file of family glx, want one of class ErrOverlay", err)
	}
}

func TestGLXOneFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("family: glx\nversion: \"1.4\"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err := LoadOverlay(dir)
	if !errors.Is(err, ErrOverlay) || !strings.Contains(err.Error(), "b.yaml:1: family glx is one file, and a.yaml is it already") {
		t.Errorf("error %v", err)
	}
}
