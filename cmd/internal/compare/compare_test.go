package compare

import (
	"math"
	"strings"
	"testing"
	"time"
)

// frames is a run of n+1 entries, the first half of which takes `early` a frame and the rest `late`.
func frames(n int, early, late time.Duration) (r Run) {
	at := time.Unix(0, 0)
	for i := range n + 1 {
		r = append(r, at)
		if i < n/2 {
			at = at.Add(early)
		} else {
			at = at.Add(late)
		}
	}
	return r
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.01*math.Abs(b) }

func TestBuild(t *testing.T) {
	const ms = time.Millisecond
	ways, err := Build([]string{"one", "two"}, [][]Run{
		{frames(100, 10*ms, 10*ms), frames(100, 10*ms, 5*ms)},
		{frames(100, 20*ms, 20*ms), frames(100, 20*ms, 20*ms)}, // somebody else was at work
		{frames(100, 10*ms, 10*ms), frames(100, 10*ms, 2500*time.Microsecond)},
	})
	if err != nil {
		t.Fatal(err)
	}
	one, two := ways[0], ways[1]
	if one.Ratio != (Ratio{1, 1, 1}) || one.SettledRatio != (Ratio{1, 1, 1}) || !near(one.FramesPerSecond, 100) {
		t.Errorf("the first way: %+v", one)
	}
	if !near(two.FramesPerSecond, 100/0.75) || !near(two.Ratio.Median, 1/0.75) || two.Ratio.Least != 1 || !near(two.Ratio.Most, 1/0.625) {
		t.Errorf("the second way: %+v", two)
	}
	if !near(two.Settled, 200) || !near(two.SettledRatio.Median, 2) || !near(two.SettledRatio.Least, 1) || !near(two.SettledRatio.Most, 4) {
		t.Errorf("the second way, settled: %+v", two)
	}
	var b strings.Builder
	r := Report{Scene: "gears", Width: 300, Height: 200, Frames: 100, Rounds: 3, Ways: ways}
	if err := r.Write(&b); err != nil || !strings.Contains(b.String(), "gears, 300×200: 3 rounds of 100 frames") || strings.Count(b.String(), "\n") != 4 {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestTooLittleToCompare(t *testing.T) {
	full := frames(10, time.Millisecond, time.Millisecond)
	for name, rounds := range map[string][][]Run{
		"no rounds":                            nil,
		"round 2 has 1 runs of 2 ways":         {{full, full}, {full}},
		`round 1: "b" has shown too few`:       {{full, full[:2]}},
		`round 1: "a" has shown too few`:       {{nil, full}},
		`round 1: "b" has shown too few frame`: {{full, nil}},
	} {
		if _, err := Build([]string{"a", "b"}, rounds); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
}
