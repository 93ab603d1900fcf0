package e2e

import (
	"encoding/json"
	"testing"
	"time"
)

// Where the kernel does not tell which pages of a mapping were written, they are compared: the same must come out.
func TestMappingsCompared(t *testing.T) {
	need(t)
	app := compiled(t, "testdata/conform/mappings.c", "-lGL", "-lX11", "-lpthread")
	direct := mesaAlone(t, time.Minute, nil, app)
	t.Setenv("PRISM_PAGES", "compare")
	r := prism(t, 2*time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--out", "null", "--", app)
	must(t, r, "under prism")
	sameLines(t, direct.out, r.out)
}

// Pixels that go into a buffer and are looked at a frame later behind a fence: they come by themselves, the app does not wait for an answer.
func TestReadbacksDoNotWait(t *testing.T) {
	need(t)
	app := compiled(t, "testdata/readbacks.c", "-lGL", "-lX11")
	waits := func(frames string) uint64 {
		r := must(t, prism(t, 2*time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--out", "null", "--stats", "--json", "--", app, frames), "run --stats")
		var s struct {
			Sessions []struct {
				Driver uint64 `json:"driver_round_trips"`
			} `json:"sessions"`
		}
		if err := json.Unmarshal([]byte(lastLine(r.out)), &s); err != nil || len(s.Sessions) != 1 {
			t.Fatalf("--stats --json: %v\n%s", err, r.out)
		}
		return s.Sessions[0].Driver
	}
	// A fence may be seen to be passed before the answer before it: now and then the app waits that long.
	if few, many := waits("5"), waits("105"); many > few+20 {
		t.Errorf("%d waits in 5 frames, %d in 105", few, many)
	}
}
