package launch_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/prismgl/prism/stream/launch"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// syncBuffer takes the output of a process while a test looks at it.
type syncBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	until string // closes seen when it was said
	seen  chan struct{}
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b.Write(p)
	if s.seen != nil && strings.Contains(s.b.String(), s.until) {
		close(s.seen)
		s.seen = nil
	}
	return len(p), nil
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A real app with the real driver attaches, sends whole chunks, and goes on by itself when its session is lost.
func TestRealDriver(t *testing.T) {
	dir, err := filepath.Abs("../../bin/lib")
	if err != nil {
		t.Fatal(err)
	}
	missing := func(what string) {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "x11") {
			t.Fatalf("%s is missing", what)
		}
		t.Skipf("%s is missing", what)
	}
	if _, err := os.Stat(filepath.Join(dir, "libGLX_prism.so.0")); err != nil {
		missing("the driver (make driver)")
	}
	gears, err := exec.LookPath("glxgears")
	if err != nil {
		missing("glxgears (package mesa-utils)")
	}
	if why := launch.Diagnose(gears); len(why) != 0 {
		t.Errorf("glxgears is suspicious: %q", why)
	}
	display := os.Getenv("DISPLAY")
	if !launch.DisplayAlive(display) {
		x, err := launch.StartXvfb(deadline(t), 640, 480)
		if err != nil {
			missing(err.Error())
		}
		defer x.Close()
		display = x.Display
	}
	head, err := os.ReadFile("../driver/include/ops_gen.h")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`PRISM_SPEC_HASH\s+(0x[0-9a-f]+)`).FindSubmatch(head)
	if m == nil {
		t.Fatal("ops_gen.h has no PRISM_SPEC_HASH")
	}
	spec, err := strconv.ParseUint(string(m[1]), 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	l, err := launch.Listen(launch.Config{SpecHash: spec, Ring: ring.Config{DataRefOp: 1, DataOp: 2}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx := deadline(t)
	lost := make(chan struct{})
	said := syncBuffer{until: "frames in", seen: lost} // what it says every five seconds: it goes on without its contexts
	app, err := launch.Start(ctx, launch.AppConfig{
		Args: []string{gears}, DriverDir: dir, Socket: l.Path(), Display: display, Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said,
	})
	if err != nil {
		t.Fatal(err)
	}
	at, err := l.Accept(ctx)
	if err != nil {
		t.Fatalf("%v; the app said: %s", err, said.String())
	}
	if at.PID != app.PID() || !strings.HasPrefix(at.Program, "glxgears") {
		t.Errorf("attached: %q, process %d; the app is %d", at.Program, at.PID, app.PID())
	}
	// No swap is ever credited: after some frames the app waits, and is told instead that its contexts are lost.
	for urgent := 0; urgent < 2; {
		b, err := at.Ring.Next(ctx)
		if err != nil {
			t.Fatalf("%v; the app said: %s", err, said.String())
		}
		h, err := wire.CheckChunk(b)
		if err != nil {
			t.Fatal(err)
		}
		if h.Urgent() {
			urgent++
		}
	}
	if err := at.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-lost:
	case <-app.Done():
		t.Errorf("the app ended when its session was lost; it said: %s", said.String())
	case <-ctx.Done():
		t.Errorf("the app hangs since its session is lost; it said: %s", said.String())
	}
	if err := app.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if status, err := app.Wait(); err != nil || status != 130 {
		t.Errorf("status %d, %v", status, err)
	}
}
