package local

import (
	"testing"
	"time"
)

// TestBeats: silence is counted from the last change that was seen, without the time in which nobody could look, also when that was
// before the first look.
func TestBeats(t *testing.T) {
	var b beats
	now := time.Now()
	step := func(what string, word uint32, after, want time.Duration) {
		t.Helper()
		now = now.Add(after)
		if got := b.silent(word, now); got != want {
			t.Errorf("%s: silent for %v, want %v", what, got, want)
		}
	}
	b.excuse(time.Hour)
	step("first look", 0, 0, 0)
	step("no beat", 0, time.Second, time.Second)
	step("a beat", 1, time.Second, 0)
	step("none again", 1, 2*time.Second, 2*time.Second)
	b.excuse(30 * time.Second)
	step("after a pause of ours", 1, 30*time.Second, 2*time.Second)
	step("a beat", 2, time.Second, 0)
}
