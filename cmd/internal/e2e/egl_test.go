package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func eglapp(t *testing.T) string {
	t.Helper()
	return compiled(t, "testdata/eglapp.c", "-lGL", "-lEGL", "-lX11")
}

// EGL needs no X: neither a display nor an X server that could be started.
func TestEGLWithoutX(t *testing.T) {
	need(t)
	app := eglapp(t)
	none := []string{"DISPLAY=", "WAYLAND_DISPLAY=", "PATH=/nowhere"}
	for _, platform := range []string{"surfaceless", "device", "default"} {
		t.Run(platform, func(t *testing.T) {
			alone := platform
			if alone == "default" {
				alone = "surfaceless" // Mesa's default is X11
			}
			direct := mesaAlone(t, time.Minute, none, app, alone, "3")
			if n := strings.Count(direct.out, "frame"); n != 3 {
				t.Fatalf("%d frames drawn directly, want 3:\n%s", n, direct.out)
			}
			dir := filepath.Join(t.TempDir(), "png")
			r := must(t, runEnv(t, time.Minute, none, filepath.Join(binDir, "prism"), "run", "--nodes", "4", "--grid", "2x2", "--out", "png:"+dir, "--", app, platform, "3"), "under prism")
			sameLines(t, direct.out, r.out)
			if !strings.Contains(r.errOut, "no display and no Xvfb") {
				t.Errorf("stderr does not say that windows cannot be opened: %q", r.errOut)
			}
			if n := len(pictures(t, dir)); n != 3 {
				t.Errorf("%d pictures of the pbuffer's frames, want 3", n)
			}
		})
	}
}

// An app whose session has ended gets errors of EGL and goes on.
func TestEGLContextLost(t *testing.T) {
	need(t)
	r := prism(t, time.Minute, "run", "--nodes", "2", "--frames", "5", "--keep-app", "--out", "null", "--", eglapp(t), "surfaceless", "2", "lost")
	must(t, r, "under prism")
	const want = "swap 0x300e\nGL 0x507\ncontext 0 0x300e\nsurface 0 0x3003\nfence 0 0x3003\nswap 0x300e\nlet go 0x3000\nmake current 0x300e\nterminate 0x3000\ninitialize 0x3001\n"
	if _, got, _ := strings.Cut(r.out, "swap"); "swap"+got != want {
		t.Errorf("what the calls got:\n%s\nwant:\n%s", r.out, want)
	}
}

// EGL_EXT_buffer_age says what is so: a back buffer holds the last frame, but for a window's new size. A window that has ended is an error.
func TestEGLBufferAge(t *testing.T) {
	need(t)
	r := must(t, prism(t, time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--out", "null", "--", eglapp(t), "default", "0", "age"), "under prism")
	const want = "at first: age 0, red 0\nafter a frame: age 1, red 255\nafter a frame without drawing: age 1, red 255\n" +
		"after a new size: age 0, red 0\nafter its first frame: age 1, red 255\nwithout its window: error 0x300b\n"
	if r.out != want {
		t.Errorf("it printed\n%s\nwant\n%s", r.out, want)
	}
}

// A fork child has none of its parent's contexts, and begins as a process of its own.
func TestEGLFork(t *testing.T) {
	need(t)
	r := must(t, prism(t, time.Minute, "run", "--nodes", "2", "--grid", "2x1", "--out", "null", "--", eglapp(t), "surfaceless", "3", "fork"), "under prism")
	of := func(who string) (hashes []string) {
		for l := range strings.Lines(r.out) {
			if name, hash, ok := strings.Cut(l, ": "); ok && strings.HasPrefix(name, who+" ") {
				hashes = append(hashes, hash)
			}
		}
		return hashes
	}
	first := of("frame")
	if len(first) != 3 || first[0] == first[1] {
		t.Fatalf("frames %q", first)
	}
	for _, who := range []string{"child", "parent"} {
		if got := strings.Join(of(who), ""); got != strings.Join(first, "") {
			t.Errorf("the %s drew %q, want %q", who, of(who), first)
		}
	}
	for _, line := range []string{"before 0\n", "child 0\n"} {
		if !strings.Contains(r.out, line) {
			t.Errorf("no line %q in %s", line, r.out)
		}
	}
}
