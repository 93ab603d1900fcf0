package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLook(t *testing.T) {
	dir := t.TempDir()
	file, pipe, socket := filepath.Join(dir, "file"), filepath.Join(dir, "pipe"), filepath.Join(dir, "socket")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, tc := range []struct {
		path   string
		stream bool
		bad    string
	}{
		{file, false, ""}, {filepath.Join(dir, "new"), false, ""}, {pipe, true, ""}, {"/dev/null", true, ""},
		{fmt.Sprintf("/proc/self/fd/%d", f.Fd()), true, ""}, {fmt.Sprintf("/dev/fd/%d", f.Fd()), true, ""},
		{dir, false, "is a directory"}, {socket, false, "is a socket"}, {"/dev/ptmx", false, "is a terminal"},
		{filepath.Join(dir, "no", "such"), false, "no such file"}, {"/dev/fd/999", false, "no such file"},
	} {
		got, err := Look(tc.path)
		if tc.bad != "" {
			if !errors.Is(err, ErrTarget) || !strings.Contains(err.Error(), tc.bad) {
				t.Errorf("%s: error %v, want %q", tc.path, err, tc.bad)
			}
			continue
		}
		if err != nil || got.Stream != tc.stream {
			t.Errorf("%s: stream %v, %v; want %v", tc.path, got.Stream, err, tc.stream)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "mine" {
		t.Errorf("the file has %q now, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
}

// What the shell has opened for us is neither emptied nor cut.
func TestDescriptorIsAppendedTo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte("before "), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	target, err := Look(fmt.Sprintf("/dev/fd/%d", f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(t.Context(), []byte("after")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "before after" {
		t.Errorf("%q, %v", b, err)
	}
}

// Open waits for a reader; a slow one gets all, and what it has got is counted meanwhile.
func TestPipeWithASlowReader(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	target, err := Look(pipe)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ended, target); !errors.Is(err, context.Canceled) {
		t.Errorf("without a reader: %v", err)
	}
	const total = 600_000
	read := make(chan int, 1)
	go func() {
		r, err := os.Open(pipe)
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		n, tick := 0, time.NewTicker(time.Millisecond)
		defer tick.Stop()
		b := make([]byte, 5000)
		for {
			<-tick.C
			m, err := r.Read(b)
			n += m
			if errors.Is(err, io.EOF) {
				read <- n
				return
			}
		}
	}()
	w, err := Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- w.Write(t.Context(), make([]byte, total)) }()
	last := uint64(0)
	until := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for done := false; !done && time.Now().Before(until); {
		select {
		case err := <-written:
			if err != nil {
				t.Error(err)
			}
			done = true
		case <-tick.C:
			if n := w.Moved(); n < last {
				t.Errorf("counted %d after %d", n, last)
			} else {
				last = n
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if n := <-read; n != total {
		t.Errorf("%d bytes came of %d", n, total)
	}
}
