package faults

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prismgl/prism/stream/launch"
)

// TestStubbornAppGoesOn: the threads of an app that does not end for SIGTERM wait for nothing when prism is killed, whatever they
// waited for: a query's result, pixels, room for an upload, a finish, a swap's credit. The app comes to its own end.
func TestStubbornAppGoesOn(t *testing.T) {
	required(t)
	w := newWorld(t)
	x, err := launch.StartXvfb(t.Context(), 640, 480)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	const frames = 60
	for i := range 4 {
		dir := filepath.Join(w.dir, fmt.Sprintf("stubborn-%d", i))
		mark := filepath.Base(dir) + filepath.Base(w.dir)
		run := w.start(t, dir, mark, "env", "DISPLAY="+x.Display, w.bin, "run", "--nodes", "2", "--out", "null", "--", w.app, "stubborn", fmt.Sprint(frames))
		drawn := func() int { return strings.Count(read(run.out), "frame\n") }
		if !poll(time.Minute, func() bool { return drawn() >= 2 || run.ended() }) || run.ended() {
			t.Fatalf("it did not draw\n%s", read(run.errOut))
		}
		until := time.Now().Add(rand.N(40 * time.Millisecond))
		poll(time.Second, func() bool { return time.Now().After(until) })
		before := drawn()
		if err := kill(run.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-run.done
		if before >= frames {
			t.Fatal("it was over before prism was killed")
		}
		if !poll(hangAfter, func() bool { return len(processes(mark)) == 0 }) {
			t.Errorf("%d frames before and %d after the kill, then it hangs", before, drawn()-before)
			for _, p := range processes(mark) {
				_ = kill(p.pid, syscall.SIGKILL)
			}
			continue
		}
		if said := read(run.out); !strings.Contains(said, "over\n") || drawn() != frames {
			t.Errorf("%d frames before the kill, %d in all, want %d and an end of its own\n%s", before, drawn(), frames, read(run.errOut))
		}
		if said := read(run.errOut); strings.Count(said, "contexts of this process are lost") != 1 || strings.Count(said, "\n") != 1 {
			t.Errorf("stderr has not one line that the contexts are lost:\n%s", said)
		}
	}
}
