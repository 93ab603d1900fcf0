package launch_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prismgl/prism/stream/launch"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/ringtest"
	"github.com/prismgl/prism/stream/wire"
	"go.uber.org/goleak"
)

const (
	hash  = 0x1234
	opRef = 1
)

func TestMain(m *testing.M) {
	if os.Getenv("LAUNCH_TEST_ATTACH") != "" {
		attachAndDie()
	}
	goleak.VerifyTestMain(m)
}

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func listen(t *testing.T, log *slog.Logger) *launch.Listener {
	t.Helper()
	l, err := launch.Listen(launch.Config{SpecHash: hash, Ring: ring.Config{DataRefOp: opRef, DataOp: 2}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestAttach(t *testing.T) {
	l := listen(t, nil)
	ctx := deadline(t)
	st, err := os.Stat(filepath.Dir(l.Path()))
	if err != nil || st.Mode().Perm() != 0o700 || len(l.Path()) > 107 {
		t.Errorf("socket %s in a directory of mode %v, %v", l.Path(), st.Mode(), err)
	}
	for range 2 { // one after the other, and the second while the first is there
		c, err := ringtest.Attach(l.Path(), ring.Hello{SpecHash: hash, Program: "gears"}, opRef)
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Accept(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		if a.Program != "gears" || a.PID != os.Getpid() {
			t.Errorf("attached: %q, pid %d", a.Program, a.PID)
		}
		var b wire.Builder
		chunk, err := b.Chunk(wire.ChunkHeader{Thread: 1}).Record(9, 0).U32(5).Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Put(ctx, chunk); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case <-a.Gone:
		case <-ctx.Done():
			t.Fatal("the end of the driver was not seen")
		}
		if got, err := a.Ring.Next(ctx); err != nil || len(got) != 40+16 {
			t.Errorf("what was committed before the end: %d bytes, %v", len(got), err)
		}
		if _, err := a.Ring.Next(ctx); !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %v", err)
		}
	}
}

// attachAndDie is another process: it attaches, starts a child that keeps its socket, and dies.
func attachAndDie() {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: os.Getenv("LAUNCH_TEST_ATTACH"), Net: "unix"})
	if err != nil {
		os.Exit(3)
	}
	h := ring.Hello{WireVersion: wire.Version, RingVersion: ring.Version, SpecHash: hash, Program: "parent"}
	if _, err := conn.Write(h.Append(nil)); err != nil {
		os.Exit(4)
	}
	if _, err := io.ReadFull(conn, make([]byte, ring.WelcomeBytes)); err != nil {
		os.Exit(5)
	}
	f, err := conn.File()
	if err != nil {
		os.Exit(6)
	}
	if os.Getenv("LAUNCH_TEST_WAIT") != "" {
		_, _ = io.Copy(io.Discard, os.Stdin) // until a signal ends it
		os.Exit(8)
	}
	child := exec.Command("cat")
	child.Stdin, child.ExtraFiles = os.Stdin, []*os.File{f}
	if child.Start() != nil {
		os.Exit(7)
	}
	os.Exit(0)
}

func TestGivenDirStays(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "launch") // t.TempDir's path is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := launch.Listen(launch.Config{SpecHash: hash, Dir: dir, Ring: ring.Config{DataRefOp: opRef, DataOp: 2}})
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Dir(l.Path()) != dir {
		t.Errorf("the socket is %s, want it in %s", l.Path(), dir)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("after Close: %v, %v; want the empty directory", left, err)
	}
}

// attached starts another process that runs attachAndDie, with env, and takes it in. What it waits for ends with the test.
func attached(t *testing.T, ctx context.Context, env ...string) (*exec.Cmd, *launch.Attached) {
	t.Helper()
	l := listen(t, nil)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() }) // ends the child
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "LAUNCH_TEST_ATTACH="+l.Path()), env...)
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	a, err := l.Accept(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return cmd, a
}

func TestProcessDiesButItsChildKeepsTheSocket(t *testing.T) {
	ctx := deadline(t)
	cmd, a := attached(t, ctx)
	if a.PID != cmd.Process.Pid || a.Program != "parent" {
		t.Errorf("attached: %q, pid %d, want %d", a.Program, a.PID, cmd.Process.Pid)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the process that attached: %v", err)
	}
	select {
	case <-a.Gone:
	case <-ctx.Done():
		t.Error("the end of the process was not seen")
	}
}

func TestSignalToAnAttachedProcess(t *testing.T) {
	ctx := deadline(t)
	cmd, a := attached(t, ctx, "LAUNCH_TEST_WAIT=1")
	if err := a.Signal(syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("the process ended with %v", err)
	}
	select {
	case <-a.Gone:
	case <-ctx.Done():
		t.Error("the end of the process was not seen")
	}
	if err := a.Signal(syscall.SIGTERM); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("a signal to a process that has ended: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := a.Signal(syscall.SIGTERM); err == nil {
		t.Error("a signal after Close was sent")
	}
}

func TestRefused(t *testing.T) {
	var log bytes.Buffer
	l := listen(t, slog.New(slog.NewTextHandler(&log, nil)))
	for _, tc := range []struct {
		name string
		h    ring.Hello
		want string
	}{
		{"SpecHash", ring.Hello{SpecHash: 1, Program: "old"}, "command tables are 0x1, prism's 0x1234: install both from one build"},
		{"WireVersion", ring.Hello{SpecHash: hash, WireVersion: 77}, "wire version 77"},
		{"RingVersion", ring.Hello{SpecHash: hash, RingVersion: 77}, "ring version 77"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ringtest.Attach(l.Path(), tc.h, opRef)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
	t.Run("Garbage", func(t *testing.T) {
		c, err := net.Dial("unix", l.Path())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write(bytes.Repeat([]byte("GET / "), 100)[:ring.HelloBytes]); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		w, err := ring.ParseWelcome(b)
		if err != nil || w.Status == 0 || !strings.Contains(w.Message, "magic") {
			t.Errorf("%+v, %v", w, err)
		}
	})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l.Refused() != 4 || !strings.Contains(log.String(), "(old)") {
		t.Errorf("%d refused, log:\n%s", l.Refused(), log.String())
	}
}

// Closing does not wait for who connected and says nothing, nor for who attached and was not accepted.
func TestCloseEndsHandshakes(t *testing.T) {
	l := listen(t, nil)
	mute, err := net.Dial("unix", l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	c, err := ringtest.Attach(l.Path(), ring.Hello{SpecHash: hash}, opRef)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	start := time.Now()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("closing took %v", d)
	}
	if !c.Lost() {
		t.Error("who attached and was not accepted does not know that the session is lost")
	}
	if _, err := l.Accept(deadline(t)); !errors.Is(err, launch.ErrClosed) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(l.Path())); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's directory is still there: %v", err)
	}
}

func TestAcceptEndsWithContext(t *testing.T) {
	l := listen(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Accept(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
