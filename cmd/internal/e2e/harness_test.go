package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prismgl/prism/stream/launch"
)

// The parts that all tests share: what make build made, one X server, one compiled test app.
var (
	binDir  string
	display string
	glxapp  string
)

// sampleNames are prism's own scenes.
var sampleNames = []string{"city", "raymarch", "terrain", "gl1", "particles", "deferred"}

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		return m.Run()
	}
	tmp, err := os.MkdirTemp("", "prism-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(tmp)
	if err := setUp(tmp); err != nil {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "x11") {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
		fmt.Fprintln(os.Stderr, "e2e: everything is skipped:", err)
		setUpErr = err
	}
	defer stopX()
	return m.Run()
}

var setUpErr error

func setUp(tmp string) error {
	root, err := filepath.Abs("../../..")
	if err != nil {
		return err
	}
	binDir = filepath.Join(root, "bin")
	built := []string{"prism", "lib/libGLX_prism.so.0", "lib/libEGL_prism.so.0", "lib/prism_egl.json"}
	for _, s := range sampleNames {
		built = append(built, filepath.Join("samples", s))
	}
	for _, f := range built {
		if _, err := os.Stat(filepath.Join(binDir, f)); err != nil {
			return fmt.Errorf("bin/%s is missing: run make build first", f)
		}
	}
	glxapp = filepath.Join(tmp, "glxapp")
	if err := cc(glxapp, "testdata/glxapp.c", "-lGL", "-lX11", "-lm", "-lpthread"); err != nil {
		return err
	}
	display, err = startX()
	return err
}

// cc compiles a program of sources and libraries, or what other flags say.
func cc(out string, args ...string) error {
	args = append([]string{"-std=gnu11", "-Wall", "-Wextra", "-O1", "-o", out}, args...)
	if b, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("cc %s: %v\n%s", strings.Join(args, " "), err, b)
	}
	return nil
}

// compiled gives the program that cc makes.
func compiled(t testing.TB, args ...string) string {
	t.Helper()
	app := filepath.Join(t.TempDir(), "app")
	if err := cc(app, args...); err != nil {
		t.Fatal(err)
	}
	return app
}

// startX starts an X server and says how it is reached. It ends with stopX.
func startX() (string, error) {
	ctx, cancel := context.WithCancel(context.Background())
	x, err := launch.StartXvfb(ctx, 1280, 1024)
	if err != nil {
		cancel()
		return "", err
	}
	screens.mu.Lock()
	defer screens.mu.Unlock()
	screens.stop = append(screens.stop, func() {
		_ = x.Close()
		cancel()
	})
	return x.Display, nil
}

func stopX() {
	for _, stop := range screens.stop {
		stop()
	}
}

// screens are the X servers of tests that run beside others.
var screens = struct {
	mu   sync.Mutex
	free []string
	of   map[string]string // by the test's name
	stop []func()          // of all X servers
}{of: map[string]string{}}

// alongside lets a subtest run beside others, on an X server of its own: Mesa alone reads of a window that others cover what these show.
func alongside(t *testing.T) {
	t.Helper()
	t.Parallel()
	screens.mu.Lock()
	var x string
	if n := len(screens.free); n > 0 {
		x, screens.free = screens.free[n-1], screens.free[:n-1]
	}
	screens.mu.Unlock()
	if x == "" {
		var err error
		if x, err = startX(); err != nil {
			t.Fatal(err)
		}
	}
	screens.mu.Lock()
	screens.of[t.Name()] = x
	screens.mu.Unlock()
	t.Cleanup(func() {
		screens.mu.Lock()
		defer screens.mu.Unlock()
		delete(screens.of, t.Name())
		screens.free = append(screens.free, x)
	})
}

// displayOf is where a test's windows go.
func displayOf(t testing.TB) string {
	screens.mu.Lock()
	defer screens.mu.Unlock()
	for name, more := t.Name(), true; more; name, more = parent(name) {
		if x, ok := screens.of[name]; ok {
			return x
		}
	}
	return display
}

// parent of a subtest's name; false: it is none.
func parent(name string) (string, bool) {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)], i >= 0
}

func need(t testing.TB, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("end-to-end tests are left out with -short")
	}
	if setUpErr != nil {
		t.Skip(setUpErr)
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
				t.Fatalf("%s is required: %v", p, err)
			}
			t.Skipf("%s is not installed", p)
		}
	}
}

// result of one command.
type result struct {
	code        int
	out, errOut string
}

// mesaAsWorkers is how the workers' llvmpipe rounds (nodes/agent/environ.go), so that pictures of Mesa alone can be compared.
const mesaAsWorkers = "LP_PERF=no_rast_linear"

// run runs one command to its end; a command that outlasts the limit is killed with its group and fails the test.
func run(t testing.TB, limit time.Duration, name string, args ...string) result {
	t.Helper()
	return runEnv(t, limit, nil, name, args...)
}

func runEnv(t testing.TB, limit time.Duration, env []string, name string, args ...string) result {
	t.Helper()
	return runIn(t, "", limit, env, name, args...)
}

// runIn is runEnv in a folder.
func runIn(t testing.TB, dir string, limit time.Duration, env []string, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "DISPLAY="+displayOf(t), mesaAsWorkers), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var out, errOut lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	r := result{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
	if ctx.Err() != nil {
		t.Fatalf("%s %s did not end in %v\nstdout: %s\nstderr: %s", name, strings.Join(args, " "), limit, tail(r.out), tail(r.errOut))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// mesaAlone is runEnv of a program on Mesa alone, which other runs are compared with. One that dies of a signal is run once more: Mesa 22.3 itself
// lost its heap once in some thousand runs ("free(): corrupted unsorted chunks", with nothing of prism in the process and nothing for valgrind to find).
func mesaAlone(t testing.TB, limit time.Duration, env []string, name string, args ...string) result {
	t.Helper()
	r := runEnv(t, limit, env, name, args...)
	if r.code == -1 {
		t.Logf("%s on Mesa alone died of a signal; once more: %s", name, tail(r.errOut))
		r = runEnv(t, limit, env, name, args...)
	}
	return must(t, r, "directly")
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func tail(s string) string {
	if len(s) > 4000 {
		return "…" + s[len(s)-4000:]
	}
	return s
}

func prism(t testing.TB, limit time.Duration, args ...string) result {
	t.Helper()
	return run(t, limit, filepath.Join(binDir, "prism"), args...)
}

// mustRun is run, and the exit status must be 0.
func must(t testing.TB, r result, what string) result {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("%s: exit status %d\nstdout: %s\nstderr: %s", what, r.code, tail(r.out), tail(r.errOut))
	}
	return r
}

// pictures gives the digest of each image file of a folder by its name. PNGs are decoded so that only pixels count.
func pictures(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, ".png") {
			img, _, err := image.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			b = pixels(img)
		}
		out[filepath.Base(f)] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return out
}

// pixels is the size and the colours; alpha is not shown by a window and does not count.
func pixels(img image.Image) []byte {
	r := img.Bounds()
	b := []byte(fmt.Sprintf("%dx%d:", r.Dx(), r.Dy()))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			cr, cg, cb, _ := img.At(x, y).RGBA()
			b = append(b, byte(cr>>8), byte(cg>>8), byte(cb>>8))
		}
	}
	return b
}

// dropFirst removes the first picture of a folder.
func dropFirst(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pictures in %s: %v", dir, err)
	}
	if err := os.Remove(slices.Min(files)); err != nil {
		t.Fatal(err)
	}
}

// samePictures compares two folders, file by file, and wants at least `atLeast` files that are not all alike.
func samePictures(t *testing.T, wantDir, gotDir string, atLeast int) {
	t.Helper()
	want, got := pictures(t, wantDir), pictures(t, gotDir)
	if len(want) < atLeast {
		t.Fatalf("the direct run gave %d pictures, want at least %d", len(want), atLeast)
	}
	distinct := map[string]bool{}
	var names []string
	for n, d := range want {
		names = append(names, n)
		distinct[d] = true
	}
	if len(distinct) < 2 {
		t.Fatalf("all %d pictures of the direct run are alike: nothing moves", len(want))
	}
	sort.Strings(names)
	bad := 0
	for _, n := range names {
		if got[n] != want[n] {
			bad++
			if bad < 4 {
				t.Errorf("%s differs under prism (or is missing there)", n)
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d pictures under prism, %d directly", len(got), len(want))
	}
	if bad > 0 {
		keep := keepDir(t)
		_ = exec.Command("cp", "-r", wantDir, filepath.Join(keep, "want")).Run()
		_ = exec.Command("cp", "-r", gotDir, filepath.Join(keep, "got")).Run()
		t.Errorf("%d of %d pictures differ; kept in %s", bad, len(want), keep)
	}
}

func keepDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "prism-e2e-diff-")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
