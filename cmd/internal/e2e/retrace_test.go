package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A trace that apitrace makes of an app on Mesa alone gives the same pictures when it is played under prism: what the app draws is then
// the same in both runs, whatever clock or random numbers it goes by. make test plays a few frames, make conformance more, with a table.

// aTrace is an app to trace.
type aTrace struct {
	name   string
	api    string // apitrace trace --api
	player string
	cmd    []string
	// record is how long the app may draw: apps that never end are ended. Its first frames are kept.
	record time.Duration
	short  bool // part of make test
}

var theTraces = []aTrace{
	{"glxgears", "gl", "glretrace", []string{"glxgears"}, 2 * time.Second, true},
	{"glmark2 shadow", "gl", "glretrace", []string{"glmark2", "-s", "320x240", "-b", "shadow:duration=2"}, 10 * time.Second, true},
	{"es2gears_x11", "egl", "eglretrace", []string{"es2gears_x11"}, 2 * time.Second, true},
	{"glmark2-es2 desktop", "egl", "eglretrace", []string{"glmark2-es2", "-s", "320x240", "-b", "desktop:windows=2:duration=2"}, 10 * time.Second, false},
	{"xscreensaver gears", "egl", "eglretrace", []string{"xscreensaver-gl:/xscreensaver/gears", "-geometry", "320x240"}, 3 * time.Second, true},
}

// retraced is a line of the table.
type retraced struct {
	trace  *aTrace
	bytes  int64
	calls  int
	frames int
	equal  []string
}

var retraceGrids = []struct{ name, nodes, grid string }{{"OneNode", "1", "1x1"}, {"FourNodes", "4", "2x2"}}

func TestGlxgearsRetraceEqualsDirect(t *testing.T) { theTraces[0].compare(t, 12) }

func TestRetraceEqualsDirect(t *testing.T) {
	need(t)
	report := os.Getenv("PRISM_CONFORMANCE") // a file: more frames, and the table
	frames, from := 8, 1                     // the first trace is the test above
	if report != "" {
		frames, from = 60, 0
	}
	var all []*retraced
	for i := range theTraces[from:] {
		tr := &theTraces[from+i]
		if report == "" && !tr.short {
			continue
		}
		t.Run(tr.name, func(t *testing.T) { all = append(all, tr.compare(t, frames)) })
	}
	if report == "" {
		return
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "trace\tAPI\tcalls\tbytes\tpictures compared\tequal on")
	for _, r := range all {
		equal := "none"
		if len(r.equal) > 0 {
			equal = strings.Join(r.equal, " ")
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\n", r.trace.name, r.trace.api, r.calls, r.bytes, r.frames, equal)
	}
	w.Flush()
	if err := os.WriteFile(report, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// compare traces an app, plays its first frames on Mesa alone and under prism, and compares the pictures and what the player says.
func (a *aTrace) compare(t *testing.T, frames int) *retraced {
	cmd := command(t, a.cmd)
	need(t, "apitrace", a.player)
	dir := t.TempDir()
	full, short := filepath.Join(dir, "full.trace"), filepath.Join(dir, "short.trace")
	// an app that never ends is ended by timeout; apitrace keeps what was written
	args := append([]string{"-s", "INT", strconv.FormatFloat(a.record.Seconds(), 'f', -1, 64), "apitrace", "trace", "--api=" + a.api, "-o", full}, cmd...)
	run(t, a.record+30*time.Second, "timeout", args...)
	must(t, run(t, time.Minute, "apitrace", "trim", fmt.Sprintf("--frames=0-%d", frames-1), "-o", short, full), "apitrace trim")
	// The first picture does not count: the player gives the window its size only after it has made it current, and Mesa alone learns
	// the size after the first frame, whose picture is therefore another one each time (often all black).
	direct := t.TempDir()
	want := must(t, run(t, time.Minute, a.player, "-s", direct+"/", short), a.player+" directly")
	dropFirst(t, direct)
	r := &retraced{trace: a, frames: frames - 1, calls: strings.Count(must(t, run(t, time.Minute, "apitrace", "dump", "--call-nos=no", short), "apitrace dump").out, "\n")}
	if fi, err := os.Stat(short); err == nil {
		r.bytes = fi.Size()
	}
	for _, tc := range retraceGrids {
		t.Run(tc.name, func(t *testing.T) {
			got := t.TempDir()
			have := must(t, prism(t, 2*time.Minute, "run", "--nodes", tc.nodes, "--grid", tc.grid, "--out", "null", "--", a.player, "-s", got+"/", short), a.player+" under prism")
			dropFirst(t, got)
			samePictures(t, direct, got, r.frames)
			if said := newComplaints(want.errOut, have.errOut); len(said) > 0 {
				t.Errorf("%s says this only under prism: %s", a.player, tail(strings.Join(said, "\n")))
			}
			if !t.Failed() {
				r.equal = append(r.equal, tc.grid)
			}
		})
	}
	return r
}

var complaint = regexp.MustCompile(`(?i)error|warning|invalid|unsupported|prism:`)

// newComplaints are lines of a player or of prism that tell of a fault and are not in the direct run's.
func newComplaints(direct, got string) (out []string) {
	known := strings.Split(direct, "\n")
	for line := range strings.Lines(got) {
		if line = strings.TrimSpace(line); complaint.MatchString(line) && !slices.Contains(known, line) {
			out = append(out, line)
		}
	}
	return out
}
