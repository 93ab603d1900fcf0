package scratch

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// shortDir is a folder whose path is short, unlike t.TempDir's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "scratch")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestCloseRemovesAll(t *testing.T) {
	in := shortDir(t)
	d, err := newIn(in)
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(d.Path()); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(d.Path(), "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if exists(d.Path()) {
		t.Errorf("%s is still there", d.Path())
	}
}

// TestMain: with SCRATCH_HOLD set this is a process that makes a directory and is then killed.
func TestMain(m *testing.M) {
	if in := os.Getenv("SCRATCH_HOLD"); in != "" {
		d, err := newIn(in)
		if err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString(d.Path() + "\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0) // without Close
	}
	os.Exit(m.Run())
}

func TestKilledOwner(t *testing.T) {
	in := shortDir(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SCRATCH_HOLD="+in)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	held := strings.TrimSpace(string(buf[:n]))
	if err := os.MkdirAll(filepath.Join(held, "nats/jetstream"), 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := newIn(in)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if !exists(held) {
		t.Fatal("the directory of a living process was removed")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("killed, it ended with %v", err)
	}
	second, err := newIn(in)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if exists(held) {
		t.Error("the directory of a killed process is still there")
	}
	if !exists(first.Path()) {
		t.Error("the directory of this process is gone")
	}
}

func TestSweepLeavesOthersAlone(t *testing.T) {
	in := shortDir(t)
	keep := []string{"prism-run-file", "prism-run-young", "other", "prism-run-link"}
	old := time.Now().Add(-time.Hour)
	if err := os.WriteFile(filepath.Join(in, keep[0]), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{keep[1], keep[2], "prism-run-old", "prism-run-old-full"} {
		if err := os.Mkdir(filepath.Join(in, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(in, "prism-run-old-full/x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(in, "other"), filepath.Join(in, keep[3])); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"prism-run-old", "prism-run-old-full"} {
		if err := os.Chtimes(filepath.Join(in, d), old, old); err != nil {
			t.Fatal(err)
		}
	}
	sweep(in)
	for _, k := range append(keep, "prism-run-old-full") {
		if !exists(filepath.Join(in, k)) {
			t.Errorf("%s was removed", k)
		}
	}
	if exists(filepath.Join(in, "prism-run-old")) {
		t.Error("an old empty directory without a lock is still there")
	}
}

// TestAtOnce: runs that start together do not remove each other's directories.
func TestAtOnce(t *testing.T) {
	in := shortDir(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 40 {
				d, err := newIn(in)
				if err != nil {
					t.Error(err)
					return
				}
				if !exists(filepath.Join(d.Path(), lockName)) {
					t.Errorf("%s was removed under its owner", d.Path())
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if left, _ := os.ReadDir(in); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLongPathIsPassedOver(t *testing.T) {
	long := filepath.Join(shortDir(t), strings.Repeat("x", 90))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	in := shortDir(t)
	d, err := newIn("", "relative", long, in)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if filepath.Dir(d.Path()) != in {
		t.Errorf("%s, want one in %s", d.Path(), in)
	}
	if _, err := newIn(long); err == nil {
		t.Error("a directory whose path is too long was made")
	}
	if left, _ := os.ReadDir(long); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
