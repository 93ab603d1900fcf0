package shm

import (
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestAdopt(t *testing.T) {
	const size = 8192
	f, mem, err := Memfd("prism-test", size)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	defer Unmap(mem)
	other, err := Adopt(int(f.Fd()), size)
	if err != nil {
		t.Fatal(err)
	}
	defer Unmap(other)
	mem[size-1] = 7
	if other[size-1] != 7 {
		t.Error("two mappings of one memfd differ")
	}
	open, err := unix.MemfdCreate("prism-test-open", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(open)
	if err := unix.Ftruncate(open, size); err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, c := range []struct {
		name, say string
		fd, size  int
	}{
		{"NotSealed", "not sealed", open, size},
		{"AnotherSize", "8192 bytes, want 4096", int(f.Fd()), 4096},
		{"NoMemfd", "seals", int(null.Fd()), size},
	} {
		if m, err := Adopt(c.fd, c.size); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %d bytes and %v, want an error with %q", c.name, len(m), err, c.say)
		}
	}
}

// TestWaitAny: a wait on several words ends when any of them is changed and woken, whichever it is.
func TestWaitAny(t *testing.T) {
	for _, n := range []int{1, 2, 5, MaxWords} {
		for _, woken := range []int{0, n - 1} {
			var list [MaxWords]atomic.Uint32
			words := make([]Word, n)
			for i := range words {
				words[i] = Word{&list[i], 0}
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				for list[woken].Load() == 0 {
					WaitAny(words, time.Minute)
				}
			}()
			list[woken].Store(1)
			// The waiter may not sleep yet: then it sees the new value.
			for open := true; open; {
				Wake(&list[woken])
				select {
				case <-done:
					open = false
				case <-time.After(time.Millisecond):
				}
			}
		}
	}
	var w [2]atomic.Uint32
	began := time.Now()
	WaitAny([]Word{{&w[0], 0}, {&w[1], 0}}, 20*time.Millisecond)
	if d := time.Since(began); d > time.Minute {
		t.Errorf("a wait of 20 ms took %v", d)
	}
	WaitAny([]Word{{&w[0], 0}, {&w[1], 1}}, time.Hour) // has another value: returns at once
}
