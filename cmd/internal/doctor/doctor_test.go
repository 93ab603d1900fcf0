package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
)

func find(t *testing.T, r Report, name string) Check {
	t.Helper()
	for _, c := range r.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %q in %+v", name, r.Checks)
	return Check{}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"libGLX_prism.so.0", "libEGL_prism.so.0", "prism_egl.json"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := proto.ProbeResult{Renderer: "R", Version: "4.5", Framebuffer: "fbo", Robust: true, SelfTest: proto.SelfTest{Pixels: 9}}
	env := Env{
		DriverDir: dir,
		Probe:     func(context.Context, int) (proto.ProbeResult, error) { return good, nil },
		NATS:      func(context.Context) (string, error) { return "2.15", nil },
	}
	r := Run(context.Background(), env)
	for name, want := range map[string]Status{"default device": OK, "libGLX_prism.so.0": OK, "libEGL_prism.so.0": OK, "embedded server": OK, "memfd with seals": OK,
		"futex": OK, "default framebuffer": OK, "robust access": OK, "DISPLAY": OK, "open files": OK} {
		if c := find(t, r, name); c.Status != want {
			t.Errorf("%s: %+v, want status %s", name, c, want)
		}
	}
	if r.NoDevice() {
		t.Error("NoDevice is true with a device")
	}
	if c := find(t, r, "prism-glsl"); c.Status != Warn || !strings.Contains(c.Detail, "nothing is culled") || !strings.Contains(c.Remedy, "glslang-dev") {
		t.Errorf("without a front end for shaders: %+v", c)
	}
	front := filepath.Join(dir, "prism-glsl")
	if err := os.WriteFile(front, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if c := find(t, Run(context.Background(), env), "prism-glsl"); c.Status != OK || c.Detail != front {
		t.Errorf("with a front end for shaders: %+v", c)
	}
	good.Robust = false
	if c := find(t, Run(context.Background(), env), "robust access"); c.Status != Warn || !strings.Contains(c.Detail, "checks the indices") {
		t.Errorf("without robust access: %+v", c)
	}
}

func TestWhatIsMissingIsNamedWithItsRemedy(t *testing.T) {
	env := Env{
		DriverDir: t.TempDir(),
		Display:   ":65000",
		Probe: func(context.Context, int) (proto.ProbeResult, error) {
			return proto.ProbeResult{}, errors.New("no EGL")
		},
		NATS: func(context.Context) (string, error) { return "", errors.New("port in use") },
	}
	r := Run(context.Background(), env)
	for name, remedy := range map[string]string{
		"default device": "libegl-mesa0", "libGLX_prism.so.0": "make build", "libEGL_prism.so.0": "make build", "embedded server": "--nats", "DISPLAY": "X server",
	} {
		c := find(t, r, name)
		if c.Status != Fail || !strings.Contains(c.Remedy, remedy) {
			t.Errorf("%s: %+v, want a failure with a remedy that names %q", name, c, remedy)
		}
	}
	if !r.Failed() || !r.NoDevice() {
		t.Errorf("Failed %v, NoDevice %v, want both true", r.Failed(), r.NoDevice())
	}
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "→ ") || !strings.Contains(b.String(), "no EGL") {
		t.Errorf("table lacks remedies or details:\n%s", b.String())
	}
}

// What only some apps load is no failure.
func TestMissingLibraries(t *testing.T) {
	want := map[string]Status{"libGLX.so.0": Fail, "libGL.so.1": Fail, "libEGL.so.1": Fail, "libGLESv2.so.2": Warn, "libX11.so.6": Fail, "libxcb.so.1": Fail}
	if len(libraries) != len(want) {
		t.Errorf("%d libraries are looked for, want %d", len(libraries), len(want))
	}
	for _, l := range libraries {
		c := libraryCheck(l, "")
		if c.Status != want[l.so] || !strings.Contains(c.Detail, l.why) || c.Remedy != "apt-get install "+l.pkg {
			t.Errorf("%s is missing: %+v, want status %s with a reason and a remedy", l.so, c, want[l.so])
		}
		if c := libraryCheck(l, "/lib/"+l.so); c.Status != OK || c.Detail != "/lib/"+l.so {
			t.Errorf("%s is there: %+v", l.so, c)
		}
	}
	if (Report{Checks: []Check{libraryCheck(libraries[3], "")}}).Failed() {
		t.Error("prism doctor fails without OpenGL ES")
	}
}

func TestFramebufferCheck(t *testing.T) {
	for _, tc := range []struct {
		name string
		diff int
		want string
	}{
		{"Equal", 0, "draws the same"}, {"Differs", 68, "68 of 100"}, {"NotTried", -1, "not tried"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := framebufferCheck(proto.ProbeResult{Framebuffer: "pbuffer", SelfTest: proto.SelfTest{FBODiffPixels: tc.diff, Pixels: 100}})
			if !strings.Contains(c.Detail, tc.want) {
				t.Errorf("got %q, want it to contain %q", c.Detail, tc.want)
			}
		})
	}
}

func TestFFmpegIsWantedOnly(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	c := outputChecks()
	if len(c) != 1 || c[0].Status != Warn || !strings.Contains(c[0].Remedy, "install ffmpeg") {
		t.Errorf("%+v", c)
	}
}
