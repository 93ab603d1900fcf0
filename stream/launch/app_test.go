package launch_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prismgl/prism/stream/launch"
)

func write(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // WriteFile drops setuid and obeys umask
		t.Fatal(err)
	}
	return path
}

func driverDir(t *testing.T) string {
	t.Helper()
	return filepath.Dir(write(t, filepath.Join(t.TempDir(), "libGLX_prism.so.0"), "", 0o644))
}

func TestEnviron(t *testing.T) {
	dir := driverDir(t)
	egl := driverDir(t)
	write(t, filepath.Join(egl, "icd.json"), `{"ICD": {"library_path": "libvulkan_prism.so"}}`, 0o644)
	write(t, filepath.Join(egl, "vendor.json"), `{"ICD": {"library_path": "libEGL_prism.so.0"}}`, 0o644)
	cases := []struct {
		name  string
		dir   string
		base  []string
		want  []string
		not   []string // keys
		notes int
	}{
		{"Empty", dir, nil,
			[]string{"LD_LIBRARY_PATH=" + dir, "__GLX_VENDOR_LIBRARY_NAME=prism", "PRISM_SOCKET=/s"}, []string{"__EGL_VENDOR_LIBRARY_FILENAMES"}, 0},
		{"KeepsLibraries", dir, []string{"LD_LIBRARY_PATH=/a::/b", "DISPLAY=:3"}, []string{"LD_LIBRARY_PATH=" + dir + ":/a::/b", "DISPLAY=:3"}, nil, 0},
		{"ReplacesVendor", dir, []string{"__GLX_VENDOR_LIBRARY_NAME=mesa"}, []string{"__GLX_VENDOR_LIBRARY_NAME=prism"}, nil, 0},
		{"Nested", egl, []string{"LD_LIBRARY_PATH=" + dir + ":/a", "PRISM_SOCKET=/old"}, []string{"LD_LIBRARY_PATH=" + egl + ":/a", "PRISM_SOCKET=/s"}, nil, 0},
		{"EGL", egl, nil, []string{"__EGL_VENDOR_LIBRARY_FILENAMES=" + egl + "/vendor.json"}, nil, 0},
		{"EGLPlatform", egl, []string{"EGL_PLATFORM=surfaceless"}, []string{"EGL_PLATFORM=surfaceless"}, nil, 0},
		{"EGLPlatformThatIsNotThere", egl, []string{"EGL_PLATFORM=wayland"}, nil, []string{"EGL_PLATFORM"}, 1},
		{"Wayland", dir, []string{"WAYLAND_DISPLAY=wayland-0", "GDK_BACKEND=wayland"},
			[]string{"GDK_BACKEND=x11", "QT_QPA_PLATFORM=xcb", "SDL_VIDEODRIVER=x11"}, []string{"WAYLAND_DISPLAY"}, 1},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			base := slices.Clone(tc.base)
			env, notes := launch.Environ(base, tc.dir, "/s")
			if !slices.Equal(base, tc.base) {
				t.Error("the environment that was given has changed")
			}
			for _, w := range tc.want {
				key, _, _ := strings.Cut(w, "=")
				n := 0
				for _, kv := range env {
					if strings.HasPrefix(kv, key+"=") {
						n++
					}
				}
				if !slices.Contains(env, w) || n != 1 {
					t.Errorf("want %s once in %q", w, env)
				}
			}
			for _, k := range tc.not {
				if slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, k+"=") }) {
					t.Errorf("%s in %q", k, env)
				}
			}
			if len(notes) != tc.notes {
				t.Errorf("notes %q", notes)
			}
			// Whatever was put in goes out again.
			if tc.notes == 0 && tc.name != "ReplacesVendor" && tc.name != "Nested" {
				if got := launch.StripEnv(env); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(tc.base))) {
					t.Errorf("stripped: %q, want %q", got, tc.base)
				}
			}
		})
	}
}

func TestStripEnvKeepsTheUsers(t *testing.T) {
	in := []string{"__GLX_VENDOR_LIBRARY_NAME=mesa", "__EGL_VENDOR_LIBRARY_FILENAMES=/x/50_mesa.json", "LD_LIBRARY_PATH=/a", "PRISM_REQUIRE=gl", "A=b=c", "odd"}
	if got := launch.StripEnv(in); !slices.Equal(got, in) {
		t.Errorf("%q", got)
	}
	in = []string{"VK_DRIVER_FILES=/x/prism_icd.json", "LD_LIBRARY_PATH=" + driverDir(t), "__EGL_VENDOR_LIBRARY_FILENAMES=/x/50_prism.json"}
	if got := launch.StripEnv(in); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func start(t *testing.T, ctx context.Context, script string, set func(c *launch.AppConfig)) (*launch.App, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	c := launch.AppConfig{Args: []string{"sh", "-c", script}, DriverDir: driverDir(t), Socket: "/the/socket", Stdout: &out, Stderr: &out, Stdin: strings.NewReader("input\n")}
	if set != nil {
		set(&c)
	}
	a, err := launch.Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return a, &out
}

func TestAppStatus(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		status       int
		out          string
	}{
		{"Zero", "exit 0", 0, ""},
		{"Code", "exit 41", 41, ""},
		{"Signal", "kill -9 $$", 137, ""},
		{"Environment", "echo $PRISM_SOCKET $__GLX_VENDOR_LIBRARY_NAME $DISPLAY", 0, "/the/socket prism :5\n"},
		{"Stdin", "read x; echo got $x", 0, "got input\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, out := start(t, deadline(t), tc.script, func(c *launch.AppConfig) { c.Display = ":5" })
			status, err := a.Wait()
			if err != nil || status != tc.status || out.String() != tc.out {
				t.Errorf("status %d, %v, output %q; want %d, %q", status, err, out, tc.status, tc.out)
			}
		})
	}
}

func TestAppEndsWithContext(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		status       int
	}{
		{"Term", "echo ready; exec sleep 100", 143},
		{"TermIsIgnored", "trap '' TERM; echo ready; while :; do sleep 0.1; done", 137},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(deadline(t))
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			a, _ := start(t, ctx, tc.script, func(c *launch.AppConfig) { c.Stdout, c.Grace = w, 300*time.Millisecond })
			w.Close()
			if _, err := r.Read(make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			cancel()
			if status, err := a.Wait(); err != nil || status != tc.status {
				t.Errorf("status %d, %v; want %d", status, err, tc.status)
			}
		})
	}
}

func TestSignalsGoOn(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, _ := start(t, deadline(t), "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done", func(c *launch.AppConfig) { c.Stdout = w })
	w.Close()
	if _, err := r.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status, err := a.Wait(); err != nil || status != 7 {
		t.Errorf("status %d, %v", status, err)
	}
}

func TestStartErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		cfg  launch.AppConfig
		want string
	}{
		{"NoProgram", launch.AppConfig{}, "launch: no program to start"},
		{"NoDriver", launch.AppConfig{Args: []string{"true"}, DriverDir: t.TempDir()}, "make build"},
		{"NotFound", launch.AppConfig{Args: []string{"no-such-program-here"}, DriverDir: driverDir(t)}, `launch: exec: "no-such-program-here"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := launch.Start(deadline(t), tc.cfg); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

func TestAppEnd(t *testing.T) {
	for _, tc := range []struct {
		name, script string
		status       int
		signal       syscall.Signal
	}{
		{"Obeys", `echo up; read x`, 128 + 15, syscall.SIGTERM},
		{"ByItself", `trap 'exit 3' TERM; echo up; while :; do read -t 0.05 x <&3; done`, 3, 0},
		{"Ignores", `trap '' TERM; echo up; while :; do read -t 0.05 x <&3; done`, 128 + 9, syscall.SIGKILL},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			idle, never, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer idle.Close()
			defer never.Close()
			a, err := launch.Start(deadline(t), launch.AppConfig{
				Args: []string{"bash", "-c", "exec 3<&0; " + tc.script}, DriverDir: driverDir(t), Stdin: idle, Stdout: w,
			})
			w.Close()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Read(make([]byte, 8)); err != nil {
				t.Fatal(err)
			}
			a.End(300 * time.Millisecond)
			if status, err := a.Wait(); err != nil || status != tc.status || a.Signalled() != tc.signal {
				t.Errorf("status %d, signal %v, %v; want %d and %v", status, a.Signalled(), err, tc.status, tc.signal)
			}
		})
	}
}

func TestXvfb(t *testing.T) {
	if _, err := exec.LookPath("Xvfb"); err != nil {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "x11") {
			t.Fatal(err)
		}
		t.Skip("Xvfb is not installed")
	}
	ctx, cancel := context.WithCancel(deadline(t))
	x, err := launch.StartXvfb(ctx, 640, 480)
	if err != nil {
		t.Fatal(err)
	}
	if !launch.DisplayAlive(x.Display) {
		t.Errorf("%s is not alive", x.Display)
	}
	cancel()
	select {
	case <-x.Done():
	case <-deadline(t).Done():
		t.Fatal("Xvfb goes on")
	}
	if launch.DisplayAlive(x.Display) {
		t.Errorf("%s is alive after its end", x.Display)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}

func TestXvfbMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := launch.StartXvfb(deadline(t), 640, 480); err == nil || !strings.Contains(err.Error(), "install the package xvfb") {
		t.Error(err)
	}
}

// TestXvfbFails: one line says why.
func TestXvfbFails(t *testing.T) {
	for _, tc := range []struct{ name, script, want string }{
		{"Says", "echo no screen >&2; echo no fonts >&2; exit 1", "launch: Xvfb gave no display: no screen | no fonts"},
		{"SaysNothing", "exit 1", "launch: Xvfb gave no display: it has ended"},
		{"Killed", "echo trying >&2; kill -9 $$", "launch: Xvfb gave no display: ended by a signal: killed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "Xvfb"), "#!/bin/sh\n"+tc.script+"\n", 0o755)
			t.Setenv("PATH", dir)
			if _, err := launch.StartXvfb(deadline(t), 640, 480); err == nil || err.Error() != tc.want {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}

func TestDisplayAliveRefuses(t *testing.T) {
	for _, d := range []string{"", "x", ":", ":x", ":-1", ":99999", ":58231", "/nowhere/X:0"} {
		if launch.DisplayAlive(d) {
			t.Errorf("%q is alive", d)
		}
	}
}

func TestDiagnose(t *testing.T) {
	dir := t.TempDir()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	prog, err := os.ReadFile(sh)
	if err != nil {
		t.Fatal(err)
	}
	copyTo := func(path string, mode os.FileMode) string {
		return write(t, filepath.Join(dir, path), string(prog), mode)
	}
	write(t, filepath.Join(dir, "bundle/lib/libGL.so.1"), "", 0o644)
	c := write(t, filepath.Join(dir, "s.c"), "void _start(void) { for (;;) ; }\n", 0o644)
	static := filepath.Join(dir, "static")
	if out, err := exec.Command("cc", "-nostdlib", "-static", "-o", static, c).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, tc := range []struct {
		name, path string
		want       []string // one for each sentence
	}{
		{"NotFound", "no-such-program-here", []string{"is not a program that can be started"}},
		{"NoGL", copyTo("plain/sh", 0o755), []string{"links no GL library"}},
		{"Setuid", copyTo("suid/sh", 0o755|os.ModeSetuid), []string{"is setuid", "links no GL library"}},
		{"Bundled", copyTo("bundle/sh", 0o755), []string{"links no GL library", "brings its own"}},
		{"Static", static, []string{"is linked statically"}},
		{"Script", write(t, filepath.Join(dir, "script"), "#!/bin/sh\nexec flatpak run org.example.App\n", 0o755), []string{"is a script (/bin/sh)", "calls `flatpak run`"}},
		{"Neither", write(t, filepath.Join(dir, "text"), "hello there, this is no program", 0o755), []string{"neither an ELF program nor a script"}},
		{"Empty", write(t, filepath.Join(dir, "empty"), "", 0o755), []string{"is empty"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := launch.Diagnose(tc.path)
			if len(got) != len(tc.want) {
				t.Fatalf("%q, want %q", got, tc.want)
			}
			for i, w := range tc.want {
				if !strings.Contains(got[i], w) || !strings.HasSuffix(got[i], ".") {
					t.Errorf("%q, want %q", got[i], w)
				}
			}
		})
	}
}
