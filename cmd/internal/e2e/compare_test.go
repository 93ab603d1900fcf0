package e2e

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/cmd/internal/compare"
)

// Two policies by turns: all that is said of both is there. How fast they are is no test's matter.
func TestBenchCompare(t *testing.T) {
	need(t)
	gears := []string{"--", "glxgears"}
	args := append([]string{"bench", "compare", "--json", "--rounds", "2", "--frames", "6", "--warm", "2", "--way", "--nodes  1", "--way", "--nodes 2 --tiling auto"}, gears...)
	res := must(t, prism(t, time.Minute, args...), "bench compare")
	var r compare.Report
	if err := json.Unmarshal([]byte(res.out), &r); err != nil {
		t.Fatalf("%v\n%s", err, res.out)
	}
	if r.Scene != "glxgears" || r.Width != 300 || r.Height != 300 || r.Warm != 2 || r.Frames != 6 || r.Rounds != 2 || len(r.Ways) != 2 {
		t.Fatalf("%+v", r)
	}
	one, auto := r.Ways[0], r.Ways[1]
	if one.Name != "--nodes 1" || one.Chosen != "" || one.FramesPerSecond <= 0 || one.Settled <= 0 || one.Ratio != (compare.Ratio{Median: 1, Least: 1, Most: 1}) {
		t.Errorf("the first way: %+v", one)
	}
	if auto.Ratio.Least <= 0 || auto.Ratio.Median < auto.Ratio.Least || auto.Ratio.Most < auto.Ratio.Median || !strings.HasPrefix(auto.Chosen, "auto: ") {
		t.Errorf("the second way: %+v", auto)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"OneWay":   {append([]string{"--way", "--nodes 1"}, gears...), 2, "1 ways; --way is needed at least twice"},
		"NoFlag":   {append([]string{"--way", "--nodes 1", "--way", "auto"}, gears...), 2, `--way "auto": "auto" is not a flag`},
		"BadFlag":  {append([]string{"--way", "--nodes 1", "--way", "--node 2"}, gears...), 2, `--way "--node 2": unknown flag: --node`},
		"BadValue": {append([]string{"--way", "--nodes 1", "--way", "--tiling spiral"}, gears...), 3, `--way "--tiling spiral": `},
		"Frames":   {append([]string{"--way", "--nodes 1", "--way", "--nodes 2", "--frames", "3"}, gears...), 2, "--frames 3: want 4 to"},
		"Rounds":   {append([]string{"--way", "--nodes 1", "--way", "--nodes 2", "--rounds", "0"}, gears...), 2, "--rounds 0: want 1 to"},
		"NoApp":    {[]string{"--way", "--nodes 1", "--way", "--nodes 2"}, 2, "requires at least 1 arg"},
		"NotDrawn": {[]string{"--way", "--nodes 1", "--way", "--nodes 2", "--", "true"}, 1, "round 1 of 5: --nodes 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			res := prism(t, time.Minute, append([]string{"bench", "compare"}, c.args...)...)
			if res.code != c.code || !strings.Contains(res.errOut, c.want) {
				t.Errorf("exit status %d, want %d with %q\nstderr: %s", res.code, c.code, c.want, tail(res.errOut))
			}
		})
	}
}

// BenchmarkAuto compares `tiling auto` of two nodes with one node, on each app of TestApps and each sample: the medians of the rounds' ratios, of
// all frames and of the later half. Apps whose pictures depend on the time have a clock of their own, so that each run draws the same (testdata/apps/clock.c). A run of an app has PRISM_FRAMES frames, or as many as one node draws in three seconds; of samples, which are slow,
// PRISM_SAMPLE_FRAMES (150).
func BenchmarkAuto(b *testing.B) {
	need(b)
	const seconds, least, first = 3, 200, 150
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return otherwise
	}
	ratios := func(b *testing.B, rounds, frames int, cmd []string) *compare.Report {
		res := prism(b, 10*time.Minute, append([]string{"bench", "compare", "--json", "--rounds", strconv.Itoa(rounds), "--frames", strconv.Itoa(frames),
			"--way", "--nodes 1", "--way", "--nodes 2 --tiling auto", "--"}, cmd...)...)
		var r compare.Report
		if err := json.Unmarshal([]byte(res.out), &r); res.code != 0 || err != nil {
			b.Fatalf("exit status %d, %v\n%s", res.code, err, tail(res.errOut))
		}
		return &r
	}
	compared := func(name string, frames int, cmd func() []string) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if frames == 0 {
					frames = max(least, int(seconds*ratios(b, 1, first, cmd()).Ways[0].FramesPerSecond))
				}
				r := ratios(b, number("PRISM_ROUNDS", 3), frames, cmd())
				auto := r.Ways[1]
				b.ReportMetric(0, "ns/op") // of the whole comparison: says nothing
				b.ReportMetric(r.Ways[0].FramesPerSecond, "1-node-frames/s")
				b.ReportMetric(auto.FramesPerSecond, "auto-frames/s")
				b.ReportMetric(auto.Ratio.Median, "auto:1-node")
				b.ReportMetric(auto.SettledRatio.Median, "auto:1-node-settled")
			}
		})
	}
	clock := compiled(b, "-shared", "-fPIC", "testdata/apps/clock.c")
	for _, a := range samples("1280x720") { // something for auto to choose for
		compared(a.name, number("PRISM_SAMPLE_FRAMES", 150), func() []string { return command(b, a.cmd) })
	}
	for _, a := range theApps {
		if a.picture != "" { // it ends after a frame
			continue
		}
		compared(a.name, number("PRISM_FRAMES", 0), func() []string {
			cmd := command(b, a.cmd)
			if a.byTime {
				cmd = append([]string{"env", "LD_PRELOAD=" + clock}, cmd...)
			}
			return cmd
		})
	}
}
