package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lanesOf gives each node's lane in the order of the nodes, from run's or replay's --json.
func lanesOf(t *testing.T, out string) (lanes []string) {
	t.Helper()
	type node struct {
		Lane string `json:"lane"`
	}
	var v struct {
		Sessions []struct {
			Nodes []node `json:"nodes"`
		} `json:"sessions"`
	}
	if err := json.Unmarshal([]byte(lastLine(out)), &v); err != nil || len(v.Sessions) != 1 {
		t.Fatalf("--json: %v\n%s", err, tail(out))
	}
	for _, n := range v.Sessions[0].Nodes {
		lanes = append(lanes, n.Lane)
	}
	return lanes
}

// TestVerifyLanes: whatever the bytes take, the pictures are those of one node and of Mesa alone.
func TestVerifyLanes(t *testing.T) {
	need(t, "glxgears", "glmark2", "nats-server")
	o := startOutside(t)
	o.node(t, "left")
	o.node(t, "right", "--lanes", "nats")
	apps := []struct {
		name, frames string
		cmd          []string
	}{
		{"Glxgears", "12", []string{"glxgears"}},
		{"City", "3", []string{filepath.Join(binDir, "samples/city"), "--frames", "3", "--size", "480x270"}},
		{"Glmark2Build", "12", []string{"glmark2", "-s", "320x240", "-b", "build:duration=1"}},
		{"Glmark2Texture", "12", []string{"glmark2", "-s", "320x240", "-b", "texture:duration=1"}},
	}
	direct := t.TempDir()
	mesaAlone(t, time.Minute, nil, glxapp, "plain", "6", direct+"/f")
	recordings := t.TempDir()
	for _, app := range apps {
		must(t, prism(t, 3*time.Minute, append([]string{"record", "-o", filepath.Join(recordings, app.name), "--frames", app.frames, "--"}, app.cmd...)...), "record")
	}
	for _, l := range []struct {
		name  string
		args  []string
		lanes string
	}{
		{"Shm", []string{"--nodes", "2", "--lanes", "shm"}, "[shm shm]"},
		{"NATS", []string{"--nodes", "2", "--lanes", "nats"}, "[nats nats]"},
		{"Mixed", []string{"--nats", o.url, "--nats-secret", o.secret, "--nodes", "2"}, "[shm nats]"},
	} {
		t.Run(l.name, func(t *testing.T) {
			got := t.TempDir()
			r := must(t, prism(t, time.Minute, append(append([]string{"run", "--grid", "2x2", "--out", "null", "--json"}, l.args...), "--", glxapp, "plain", "6", got+"/f")...), "run")
			samePictures(t, direct, got, 6)
			if lanes := fmt.Sprint(lanesOf(t, r.out)); lanes != l.lanes {
				t.Errorf("the lanes are %s, want %s", lanes, l.lanes)
			}
			for _, app := range apps {
				r := must(t, prism(t, 4*time.Minute, append(append([]string{"verify", "--grid", "3x2", "--json"}, l.args...), filepath.Join(recordings, app.name))...), "verify "+app.name)
				var v struct {
					Frames int  `json:"frames"`
					Equal  bool `json:"equal"`
				}
				if err := json.Unmarshal([]byte(r.out), &v); err != nil || v.Frames < 3 || !v.Equal {
					t.Errorf("%s: %d frames, equal %v, %v", app.name, v.Frames, v.Equal, err)
				}
			}
		})
	}
	t.Run("OnlyShm", func(t *testing.T) {
		r := o.prism(t, 30*time.Second, "run", "--nodes", "2", "--lanes", "shm", "--out", "null", "--", glxapp, "plain", "6", "-")
		if r.code != 1 || !strings.Contains(r.errOut, "node right is reached by nats") || !strings.Contains(r.errOut, "lanes: shm") {
			t.Errorf("exit status %d, stderr %q; want 1 and the node without shared memory", r.code, tail(r.errOut))
		}
	})
}
