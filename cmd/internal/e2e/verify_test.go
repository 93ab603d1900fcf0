package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var grids = []string{"1x1", "2x1", "2x2", "3x2", "1x5"}

// TestVerify: every frame of these apps is the same on each grid as on one node.
func TestVerify(t *testing.T) {
	const hacks = "/usr/libexec/xscreensaver/" // Debian's place: they are in no PATH
	need(t, "glxgears", "glmark2", hacks+"gears")
	city := filepath.Join(binDir, "samples/city")
	for _, app := range []struct {
		name   string
		frames string
		cmd    []string
	}{
		{"Glxgears", "30", []string{"glxgears"}},
		{"City", "5", []string{city, "--frames", "5", "--size", "480x270"}},
		{"EGLGears", "100", []string{hacks + "gears", "-geometry", "300x200"}}, // desktop GL through EGL
		{"Glmark2Build", "30", []string{"glmark2", "-s", "320x240", "-b", "build:duration=1"}},
		{"Glmark2Texture", "30", []string{"glmark2", "-s", "320x240", "-b", "texture:duration=1"}},
	} {
		t.Run(app.name, func(t *testing.T) {
			// recorded once, so that each grid draws the same frames
			rec := filepath.Join(t.TempDir(), "app.prism")
			must(t, prism(t, 3*time.Minute, append([]string{"record", "-o", rec, "--frames", app.frames, "--"}, app.cmd...)...), "record")
			for _, grid := range grids {
				t.Run(grid, func(t *testing.T) {
					verified(t, rec, "--grid", grid)
				})
			}
			if app.name == "Glxgears" {
				t.Run("Subpixel", func(t *testing.T) {
					verified(t, rec, "--nodes", "3", "--tiling", "subpixel")
				})
			}
		})
	}
}

// verified wants a recording of at least 3 frames to be the same by a policy as on one node.
func verified(t *testing.T, rec string, policy ...string) {
	t.Helper()
	r := must(t, prism(t, 4*time.Minute, append([]string{"verify", "--json", rec}, policy...)...), "verify")
	var v struct {
		Frames int  `json:"frames"`
		Equal  bool `json:"equal"`
	}
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		t.Fatalf("verify --json: %v\n%s", err, r.out)
	}
	if v.Frames < 3 || !v.Equal {
		t.Errorf("%d frames, equal %v, want at least 3 and true", v.Frames, v.Equal)
	}
}

func TestVerifyOfAnAppAndOfARecordingThatIsCutOff(t *testing.T) {
	need(t)
	must(t, prism(t, 2*time.Minute, "verify", "--nodes", "2", "--frames", "5", "--", glxapp, "plain", "8", "-"), "verify -- APP")
	rec := filepath.Join(t.TempDir(), "app.prism")
	must(t, prism(t, time.Minute, "record", "-o", rec, "--", glxapp, "plain", "8", "-"), "record")
	b, err := os.ReadFile(rec)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(rec, b[:20], 0o600); err != nil {
		t.Fatal(err)
	}
	r := prism(t, time.Minute, "verify", "--nodes", "2", rec)
	if r.code != 1 || !strings.Contains(r.errOut, "app.prism") {
		t.Errorf("a recording cut off in its header: exit status %d, stderr %q; want 1 and the file's name", r.code, r.errOut)
	}
}

func TestSteadyFramesMakeNoRoundTrip(t *testing.T) {
	need(t, "glxgears")
	city := filepath.Join(binDir, "samples/city")
	for _, app := range []struct {
		name string
		cmd  []string
	}{
		{"QueriesAndFences", []string{compiled(t, "testdata/polls.c", "-lGL", "-lX11")}},
		{"Programs", []string{compiled(t, "testdata/asks.c", "-lGL", "-lX11")}},
		{"Glxgears", []string{"glxgears"}},
		{"City", []string{city, "--frames", "0", "--size", "320x180"}},
		{"Particles", []string{filepath.Join(binDir, "samples/particles"), "--size", "160x90", "--particles", "1000"}},
		{"Deferred", []string{filepath.Join(binDir, "samples/deferred"), "--size", "160x90"}},
	} {
		t.Run(app.name, func(t *testing.T) {
			trips := func(frames string) (uint64, uint64) {
				r := must(t, prism(t, 2*time.Minute, append([]string{"run", "--nodes", "2", "--frames", frames, "--out", "null", "--stats", "--json", "--"}, app.cmd...)...), "run --stats")
				var s struct {
					Sessions []struct {
						Frames     uint64 `json:"frames"`
						RoundTrips uint64 `json:"round_trips"`
						Driver     uint64 `json:"driver_round_trips"` // also waits for what comes by itself
					} `json:"sessions"`
				}
				if err := json.Unmarshal([]byte(lastLine(r.out)), &s); err != nil || len(s.Sessions) != 1 {
					t.Fatalf("--stats --json: %v\n%s", err, r.out)
				}
				return max(s.Sessions[0].RoundTrips, s.Sessions[0].Driver), s.Sessions[0].Frames
			}
			few, nFew := trips("5")
			many, nMany := trips("25")
			if nMany < 25 || nFew >= nMany {
				t.Fatalf("%d and %d frames, want more in the second run", nFew, nMany)
			}
			if many > few {
				t.Errorf("%d round trips in %d frames, %d in %d: steady frames make some", few, nFew, many, nMany)
			}
		})
	}
}

func lastLine(s string) string {
	s = strings.TrimRight(s, "\n")
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// When the splitter goes, the app gets a lost context once and goes on to its own end.
func TestAppSurvivesPrism(t *testing.T) {
	need(t)
	r := prism(t, time.Minute, "run", "--nodes", "2", "--frames", "4", "--keep-app", "--", glxapp, "lost", "30", "-")
	must(t, r, "lost")
	if !strings.Contains(r.out, "context lost reported 1 times") {
		t.Errorf("the app printed %q, want that the context was lost once", r.out)
	}
}

// An app that does not end when it is asked to, once enough frames were drawn, is ended: with SDL, SIGTERM is but an event.
func TestAppThatStaysIsEnded(t *testing.T) {
	need(t, "glxgears")
	alongside(t)
	r := prism(t, time.Minute, "run", "--frames", "3", "--out", "null", "--", "sh", "-c", `trap "" TERM; exec glxgears`)
	if r.code != 0 || strings.Contains(r.errOut, "signal") {
		t.Errorf("exit status %d, stderr %q; want 0, and no word of a signal that prism has sent", r.code, r.errOut)
	}
}

// An app whose contexts are lost and that never looks must not spin: each swap takes the time of a frame.
func TestLostSwapsTakeTheirTime(t *testing.T) {
	need(t)
	const lost = 200
	began := time.Now()
	must(t, prism(t, time.Minute, "run", "--frames", "4", "--keep-app", "--out", "null", "--", glxapp, "plain", fmt.Sprint(lost+4+8), "-"), "plain")
	if took := time.Since(began); took < lost*10*time.Millisecond {
		t.Errorf("%d lost frames were over in %v", lost, took)
	}
}

func TestNeverAttached(t *testing.T) {
	need(t)
	r := prism(t, time.Minute, "run", "--nodes", "1", "--", "true")
	if r.code != 0 || !strings.Contains(r.errOut, "never") {
		t.Errorf("exit status %d, stderr %q; want the app's own 0 and a word that no driver attached", r.code, r.errOut)
	}
}
