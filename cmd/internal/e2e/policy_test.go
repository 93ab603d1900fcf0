package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/interleave"
	"github.com/prismgl/prism/tilesplit/queue"
	"github.com/prismgl/prism/tilesplit/strips"
	"github.com/prismgl/prism/tilesplit/wall"
	"github.com/prismgl/prism/tilesplit/wander"
)

// TestVerifyWhileThePolicyChanges: real workers in both makes draw what one draws while tiles are dealt anew all the time; an app that
// clears, and one that draws a little more into the same back buffer each frame.
func TestVerifyWhileThePolicyChanges(t *testing.T) {
	need(t)
	policies := []func() tilesplit.Policy{
		func() tilesplit.Policy { return strips.Strips{} },
		func() tilesplit.Policy { return interleave.Interleave{} },
		func() tilesplit.Policy { return wander.New(3, tilesplit.Borders{}) },
		func() tilesplit.Policy { return queue.Queue{TileWidth: 33, TileHeight: 20} },
		func() tilesplit.Policy { return grid.Grid{Columns: 1, Rows: 3} },
		func() tilesplit.Policy { // displays that overlap, and pixels that none shows
			return wall.Wall{Whole: true, Displays: []wall.Display{
				{Node: 0, Name: "a", Rect: image.Rect(0, 0, 90, 150)}, {Node: 1, Name: "b", Rect: image.Rect(71, 20, 150, 100)}, {Node: 2, Name: "c", Rect: image.Rect(160, 3, 260, 150)}}}
		},
	}
	app := readers(t)
	for name, chunks := range map[string][][]byte{
		"City":  recording(t, filepath.Join(binDir, "samples/city"), "--frames", "15", "--size", "200x150"),
		"Keeps": recording(t, app, "keep", "30", filepath.Join(t.TempDir(), "f")),
	} {
		for _, framebuffer := range []string{"fbo", "pbuffer"} {
			t.Run(name+"/"+framebuffer, func(t *testing.T) {
				changes := make(chan func() tilesplit.Policy, 1)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				want, got := drawnBy(t, lanetest.New(1), framebuffer, chunks, grid.Grid{Columns: 1, Rows: 1}), drawnBy(t, lanetest.New(3), framebuffer, chunks, grid.Grid{Columns: 3, Rows: 1})
				got.Changes = changes
				n := 0
				got.Record = func(_ []byte, swaps int) error {
					if swaps > 0 {
						select {
						case changes <- policies[n%len(policies)]:
							n++
						default:
						}
					}
					return nil
				}
				r, err := session.Verify(ctx, want, got, "")
				if err != nil {
					t.Fatal(err)
				}
				moves := uint64(5)
				if name == "Keeps" && framebuffer == "pbuffer" {
					moves = 1 // until depth is used, which a pbuffer cannot give back
				}
				if r.Err() != nil || r.Frames < 10 || r.Got.Moves < moves || len(r.Got.Notes) > 0 {
					t.Errorf("%v; %d frames equal, tiles moved %d times, want %d, notes %q", r.Err(), r.Frames, r.Got.Moves, moves, r.Got.Notes)
				}
			})
		}
	}
}

// TestPolicyOfARunningApp: the policy file is followed while it is edited, and `prism policy apply` does the same from outside; what is wrong
// is said, and the run goes on.
func TestPolicyOfARunningApp(t *testing.T) {
	need(t, "glxgears")
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir) // no other run of this user's is to be found
	t.Setenv("XDG_RUNTIME_DIR", dir)
	file, other := filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "other.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "nodes: 3\ngrid: 3x1\n")
	cmd := exec.Command(filepath.Join(binDir, "prism"), "run", "--policy", file, "--out", "null", "--stats", "--json", "--frames", "3000", "--", "glxgears")
	var out, errOut lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() {
		_ = cmd.Process.Kill()
		<-ended
	}()
	await := func(what string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !strings.Contains(errOut.String(), what); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%q does not come; stderr:\n%s", what, errOut.String())
			}
		}
	}
	var listed string
	for end := time.Now().Add(time.Minute); !strings.Contains(listed, "sessions: 1") && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		listed = prism(t, time.Minute, "policy", "list").out
	}
	if want := fmt.Sprintf("%d\t3 nodes, tiling grid 3x1, sessions: 1\tglxgears\n", cmd.Process.Pid); listed != want {
		t.Errorf("policy list: %q, want %q", listed, want)
	}
	write(file, "nodes: 3\ntiling: {mode: kd}\n")
	await("policy.yaml is in force: tiling kd, balanced")
	write(file, "nodes: 3\ntiling: {mode: kb}\n")
	await(`policy.yaml:2:16: tiling::mode: "kb" is not known`)
	write(other, "nodes: 4\ngrid: 2x2\nfinish: exact\n")
	r := prism(t, time.Minute, "policy", "apply", other)
	for _, want := range []string{"goes on as it was", "other.yaml:3:9: finish: is credit since the start", "3 nodes draw since the start, tiling grid 2x2 is for 4"} {
		if r.code == 0 || !strings.Contains(r.errOut, want) {
			t.Errorf("exit status %d, stderr %q, want %q in it", r.code, r.errOut, want)
		}
	}
	write(other, "nodes: 3\ntiling: {mode: subpixel, samples: 2}\n")
	if r := must(t, prism(t, time.Minute, "policy", "apply", other), "policy apply"); !strings.HasSuffix(r.out, "tiling subpixel of 2 samples from the next frame on\n") {
		t.Errorf("policy apply says %q", r.out)
	}
	write(other, "nodes: 3\ngrid: 1x3\n")
	if r := must(t, prism(t, time.Minute, "policy", "apply", other), "policy apply"); !strings.HasSuffix(r.out, "tiling grid 1x3 from the next frame on\n") {
		t.Errorf("policy apply says %q", r.out)
	}
	if err := <-ended; err != nil {
		t.Fatalf("%v\n%s", err, errOut.String())
	}
	ended <- nil
	var s struct {
		Tiling   string `json:"tiling"`
		Sessions []struct {
			Frames uint64 `json:"frames"`
			Moves  uint64 `json:"moves"`
			Nodes  []struct {
				Tiles []struct{ X, Y, W, H int } `json:"tiles"`
			} `json:"nodes"`
		} `json:"sessions"`
	}
	if err := json.Unmarshal([]byte(lastLine(out.String())), &s); err != nil || len(s.Sessions) != 1 || s.Sessions[0].Frames != 3000 || s.Tiling != "grid 1x3" {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if last := fmt.Sprint(s.Sessions[0].Nodes[2].Tiles); last != "[{0 200 300 100}]" || s.Sessions[0].Moves < 2 {
		t.Errorf("the third node ends with tiles %s; they moved %d times\n%s", last, s.Sessions[0].Moves, out.String())
	}
}
