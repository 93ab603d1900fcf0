package shader

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// counting wraps the real front end and notes each run in a file.
func counting(t *testing.T) (path string, runs func() int) {
	t.Helper()
	real, err := filepath.Abs(frontEndPath)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "runs")
	return fake(t, fmt.Sprintf("echo run >>'%s'; exec '%s' \"$@\"", log, real)), func() int {
		b, err := os.ReadFile(log)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return strings.Count(string(b), "run")
	}
}

const simple = "#version 330\nuniform mat4 m; in vec4 a;\nvoid main() { gl_Position = m * a; }\n"

func TestMemoryCache(t *testing.T) {
	path, runs := counting(t)
	a := analyzer(t, func(c *Config) { c.Program, c.Entries = path, 2 })
	first := position(t, a, false, simple)
	if first.Reason != "" || position(t, a, false, simple) != first {
		t.Errorf("asked again: another answer; %s", first.print())
	}
	if n := runs(); n != 1 {
		t.Errorf("%d runs for one shader", n)
	}
	// ES makes another shader of the same text, a refused one is kept too, and the oldest goes.
	position(t, a, true, simple)
	position(t, a, false, "void main() { nonsense }")
	position(t, a, false, "void main() { nonsense }")
	if n := runs(); n != 3 {
		t.Errorf("%d runs for three shaders", n)
	}
	if again := position(t, a, false, simple); again == first || runs() != 4 || again.print() != first.print() {
		t.Errorf("the oldest of three is kept by a cache of two (%d runs), or has changed:\n%s", runs(), again.print())
	}
}

func TestConcurrentCallers(t *testing.T) {
	path, runs := counting(t)
	a := analyzer(t, func(c *Config) { c.Program = path })
	var wg sync.WaitGroup
	var got [16]*Position
	for i := range got {
		wg.Go(func() {
			p, err := a.Position(context.Background(), Source{Strings: []string{simple}})
			if err != nil {
				t.Error(err)
			}
			got[i] = p
		})
	}
	wg.Wait()
	for _, p := range got {
		if p != got[0] {
			t.Fatal("several answers")
		}
	}
	if n := runs(); n != 1 {
		t.Errorf("%d runs for one shader", n)
	}
}

// TestInterruptedCaller: who is interrupted takes nothing from who waits beside it.
func TestInterruptedCaller(t *testing.T) {
	real, err := filepath.Abs(frontEndPath)
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(t.TempDir(), "mark")
	a := analyzer(t, func(c *Config) {
		c.Program = fake(t, fmt.Sprintf("if [ ! -e '%s' ]; then touch '%s'; exec /bin/sleep 60; fi; exec '%s' \"$@\"", mark, mark, real))
		c.Timeout = 10 * time.Second
	})
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error)
	go func() {
		_, err := a.Position(ctx, Source{Strings: []string{simple}})
		failed <- err
	}()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(mark); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the front end is not started")
		}
	}
	waited := make(chan *Position)
	go func() {
		p, err := a.Position(context.Background(), Source{Strings: []string{simple}})
		if err != nil {
			t.Error(err)
		}
		waited <- p
	}()
	cancel()
	if err := <-failed; err == nil {
		t.Error("interrupted, and no error")
	}
	if p := <-waited; p == nil || p.Reason != "" {
		t.Errorf("who waited got %+v", p)
	}
}

func TestDiskCache(t *testing.T) {
	path, runs := counting(t)
	dir := filepath.Join(t.TempDir(), "a", "b")
	open := func() *Analyzer { return analyzer(t, func(c *Config) { c.Program, c.CacheDir = path, dir }) }
	a := open()
	first := position(t, a, false, simple)
	refused := position(t, a, false, "void main() { nonsense }")
	if n := runs(); n != 2 {
		t.Fatalf("%d runs for two shaders", n)
	}
	b := open()
	if p := position(t, b, false, simple); p.print() != first.print() || position(t, b, false, "void main() { nonsense }").Reason != refused.Reason {
		t.Errorf("from disk it is another:\n%s\n%s", p.print(), first.print())
	}
	if n := runs(); n != 2 {
		t.Errorf("%d runs: the disk is not asked", n)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open to others: %v, %v", info.Mode(), err)
	}
	// Files that were changed are not believed.
	files, err := filepath.Glob(filepath.Join(dir, "*"+fileSuffix))
	if err != nil || len(files) != 2 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for i, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			data = data[:len(data)/2]
		} else {
			data[0]++
		}
		if err := os.WriteFile(f, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := open()
	if p := position(t, c, false, simple); p.print() != first.print() {
		t.Errorf("of a damaged file:\n%s", p.print())
	}
	position(t, c, false, "void main() { nonsense }")
	if n := runs(); n != 4 {
		t.Errorf("%d runs: damaged files are believed", n)
	}
	// Another build of the front end does not find them.
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	position(t, open(), false, simple)
	if n := runs(); n != 5 {
		t.Errorf("%d runs: what another build said is believed", n)
	}
}

func TestUserCache(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/nowhere")
	if dir := UserCache(); dir != "/nowhere/prism/shaders" {
		t.Errorf("%q", dir)
	}
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	if dir := UserCache(); dir != "" {
		t.Errorf("without a home: %q", dir)
	}
}

// TestLimitsAreNotKept: what a limit ended may go well another time.
func TestLimitsAreNotKept(t *testing.T) {
	dir := t.TempDir()
	a := analyzer(t, func(c *Config) {
		c.Program, c.CacheDir, c.Timeout = fake(t, "exec /bin/sleep 60"), dir, 50*time.Millisecond
	})
	if p := position(t, a, false, simple); !strings.Contains(p.Reason, "takes longer") {
		t.Errorf("reason %q", p.Reason)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestDiskIsBounded(t *testing.T) {
	dir := t.TempDir()
	const limit = 64 << 10
	d := newDisk(dir, limit)
	text := make([]byte, 4<<10)
	for i := range text {
		text[i] = byte(i*i>>3) ^ byte(i*2654435761>>16)
	}
	if err := os.WriteFile(filepath.Join(dir, "new-left"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "new-left"), old, old); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		d.put(hash{byte(i)}, text)
		when := old.Add(time.Duration(i) * time.Second)
		_ = os.Chtimes(d.path(hash{byte(i)}), when, when) // pruned already, perhaps
	}
	var total int64
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > limit+limit/4 || total < limit/4 {
		t.Errorf("%d bytes in %d files, limit %d", total, len(entries), limit)
	}
	if _, ok := d.get(hash{0}); ok {
		t.Error("the oldest is kept")
	}
	if _, ok := d.get(hash{199}); !ok {
		t.Error("the newest is gone")
	}
	if _, err := os.Stat(filepath.Join(dir, "new-left")); err == nil {
		t.Error("what a killed writer left is kept")
	}
}

// TestNoDisk: a folder that cannot be made costs time, and no more.
func TestNoDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a := analyzer(t, func(c *Config) { c.CacheDir = filepath.Join(file, "below") })
	if p := position(t, a, false, simple); p.Reason != "" {
		t.Error(p.Reason)
	}
}
