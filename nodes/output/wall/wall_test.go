package wall

import (
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/x11"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is an X server of the test's own.
func server(t *testing.T) (display string, p *os.Process) {
	t.Helper()
	number := filepath.Join(t.TempDir(), "number")
	cmd := exec.Command("sh", "-c", `exec Xvfb -displayfd 3 -screen 0 100x80x24 -nolisten tcp -noreset -ac 3>"$0"`, number)
	if _, err := exec.LookPath("Xvfb"); err != nil {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "x11") {
			t.Fatalf("PRISM_REQUIRE has x11: %v", err)
		}
		t.Skip(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if b, err := os.ReadFile(number); err == nil && strings.HasSuffix(string(b), "\n") {
			return ":" + strings.TrimSpace(string(b)), cmd.Process
		}
	}
	t.Fatal("the X server does not start")
	return "", nil
}

func view(name, display string, w, h int) View {
	return View{
		Display: Display{Name: name, X11: display, Place: x11.Place{Width: 40, Height: 30, Cover: true}},
		Frame:   output.Frame{Width: w, Height: h, Pix: make([]byte, w*h*4)},
	}
}

func step(t *testing.T, w *Wall, views ...View) (lost []Lost) {
	t.Helper()
	lost, err := w.Stage(t.Context(), views)
	if err != nil {
		t.Fatal(err)
	}
	return append(lost, w.Flip(t.Context())...)
}

// TestLost: of two displays one dies and one stops; each is named once, and the wall goes on with what is left.
func TestLost(t *testing.T) {
	first, firstServer := server(t)
	second, secondServer := server(t)
	w := &Wall{Patience: 300 * time.Millisecond}
	defer w.Close()
	a, b := view("a", first, 40, 30), view("b", second, 30, 20)
	b.At = image.Pt(5, 6)
	for range 3 {
		if lost := step(t, w, a, b); lost != nil {
			t.Fatalf("lost %v", lost)
		}
	}
	if err := firstServer.Kill(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		lost := step(t, w, a, b)
		if len(lost) == 1 && lost[0].Name == "a" && errors.Is(lost[0].Err, x11.ErrLost) {
			break
		}
		if lost != nil || time.Now().After(deadline) {
			t.Fatalf("lost %v", lost)
		}
	}
	if lost := step(t, w, a, b); lost != nil {
		t.Errorf("said again: %v", lost)
	}
	if err := secondServer.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if lost := step(t, w, a, b); len(lost) != 1 || lost[0].Name != "b" || lost[0].Err.Error() != "wall: display does not answer: "+second+", for 300ms" {
		t.Errorf("lost %v", lost)
	}
	if lost := step(t, w, a, b); lost != nil {
		t.Errorf("said again: %v", lost)
	}
}

func TestOpenAndClose(t *testing.T) {
	display, _ := server(t)
	w := new(Wall)
	defer w.Close()
	if _, err := w.Stage(t.Context(), []View{view("a", ":9763", 4, 4)}); err == nil || !strings.HasPrefix(err.Error(), `wall: display "a": x11: display :9763`) {
		t.Errorf("error %v", err)
	}
	a, b := view("a", display, 4, 4), view("b", display, 4, 4)
	step(t, w, a, b)
	step(t, w, b)
	if len(w.screens) != 1 || w.screens["b"] == nil {
		t.Errorf("%d windows for one view", len(w.screens))
	}
	before := w.screens["b"]
	b.Display.Place.Cover, b.Display.Place.X = false, 7
	step(t, w, b)
	if w.screens["b"] == before {
		t.Error("a display that has moved keeps its window")
	}
}
