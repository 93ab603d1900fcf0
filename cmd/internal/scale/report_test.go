package scale

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/cmd/internal/scale/model"
	"github.com/prismgl/prism/cmd/internal/scale/turns"
	"github.com/prismgl/prism/nodes/session"
)

const milli = time.Millisecond

// sample is count frames of n nodes that take cost together, shared evenly; a frame came each frame.
func sample(n, count int, cost, frame time.Duration) Sample {
	s := Sample{Nodes: n, Wall: time.Duration(count) * frame, Host: time.Duration(count) * 2 * milli}
	for range count {
		m := session.Measure{App: milli, Split: milli / 2, Compose: milli / 2, Latency: 2 * frame}
		for range n {
			m.Nodes = append(m.Nodes, session.NodeMeasure{Draws: 50, Cost: cost / time.Duration(n), ReplayWall: cost / time.Duration(n), ReplayCPU: cost / time.Duration(n), PieceBytes: uint64(8e6 / n)})
		}
		s.Frames = append(s.Frames, m)
		s.Traffic = append(s.Traffic, turns.Traffic{Broadcast: 1000, Single: make([]uint64, n)})
	}
	return s
}

var about = About{Scene: "scene", Policy: "grid 2x2", Renderer: "llvmpipe", Software: true, Width: 1920, Height: 1080, Warm: 5, Frames: 10, FramesInFlight: 2, Cores: 2, Link: "10GbE"}

func build(t *testing.T, a About, s Samples) Report {
	t.Helper()
	link, err := model.ParseLink(a.Link)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Build(a, &link, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBuild(t *testing.T) {
	s := Samples{
		Together: []Sample{sample(1, 10, 200*milli, 202*milli), sample(2, 10, 200*milli, 105*milli)},
		Here:     []Sample{sample(1, 10, 200*milli, 300*milli), sample(2, 10, 200*milli, 300*milli)},
	}
	for _, n := range []int{1, 2, 16, 32, 100} {
		s.Away = append(s.Away, sample(n, 10, 200*milli, 300*milli))
	}
	s.Session = slices.Clone(s.Away)
	s.Session[3] = sample(32, 10, 200*milli, 300*milli)
	for i := range s.Session[3].Frames { // what the session takes comes from there, and nothing else
		s.Session[3].Frames[i].Compose = 3 * milli
		s.Session[3].Frames[i].Nodes = nil
	}
	r := build(t, about, s)
	near := func(what string, got, want float64) {
		t.Helper()
		if got < 0.97*want || got > 1.03*want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("speed-up measured with 1", r.Measured[0].Speedup, 1)
	near("speed-up measured with 2", r.Measured[1].Speedup, 202.0/105)
	near("efficiency measured with 2", r.Measured[1].Efficiency, 101.0/105)
	near("latency measured with 2", r.Measured[1].LatencyMS, 210)
	near("frames/s modelled with 1", r.Modelled[0].FPS, 5)
	near("speed-up modelled with 16", r.Modelled[2].Speedup, 16)
	// 8 MB a frame through a port of 10GbE.
	port := 8e6 / (10e9 / 8 * 1448 / 1538) * 1e3
	near("frame time modelled with 100", r.Modelled[4].FrameMS, port)
	if r.Modelled[4].Limit != "link in" || r.Modelled[2].Limit != "nodes" {
		t.Errorf("%s and %s limit", r.Modelled[4].Limit, r.Modelled[2].Limit)
	}
	near("bytes in", r.Modelled[2].InBytes, 8e6)
	near("bytes out", r.Modelled[2].OutBytes, 1000)
	near("balance", r.Modelled[2].Balance, 1)
	near("composing with 16", r.Modelled[2].Stages.Compose, 0.5)
	near("composing with 32", r.Modelled[3].Stages.Compose, 3)
	near("draws", r.Modelled[2].Draws, 50)
	if len(r.Checks) != 2 || r.Checks[0].Off() || r.Checks[1].Off() {
		t.Errorf("checks %+v; want two, within %v", r.Checks, Tolerable)
	}
}

// What the runs show of why the model is off is said, and nothing where it is not off.
func TestReasons(t *testing.T) {
	slow := sample(2, 10, 260*milli, 200*milli)
	for i := range slow.Frames {
		for k := range slow.Frames[i].Nodes {
			slow.Frames[i].Nodes[k].ReplayWall *= 2
		}
	}
	for name, c := range map[string]struct {
		together Sample
		want     []string
	}{
		"Near":      {sample(2, 10, 200*milli, 105*milli), nil},
		"Contended": {slow, []string{"260.0 ms together when at once and 200.0 ms one after the other (+30 %)", "had a core for 50 %"}},
		"Waiting":   {sample(2, 10, 200*milli, 180*milli), []string{"waiting between the stages"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := about
			a.Cores = 4
			r := build(t, a, Samples{Together: []Sample{c.together}, Here: []Sample{sample(1, 10, 200*milli, 300*milli), sample(2, 10, 200*milli, 300*milli)}})
			if len(r.Checks) != 1 {
				t.Fatalf("checks %+v", r.Checks)
			}
			got := strings.Join(r.Checks[0].Reasons, "\n")
			if (got == "") != (len(c.want) == 0) {
				t.Errorf("error %.2f, reasons %q; want %q", r.Checks[0].Error, got, c.want)
			}
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("reasons %q, want %q", got, w)
				}
			}
		})
	}
}

// A recording's measured points leave the app's time out, and the modelled ones do not.
func TestReplayed(t *testing.T) {
	a := about
	a.Replayed = true
	s := Samples{Together: []Sample{sample(1, 10, 10*milli, 11*milli)}, Here: []Sample{sample(1, 10, 10*milli, 30*milli)}, Away: []Sample{sample(1, 10, 10*milli, 30*milli)}}
	s.Session = s.Away
	r := build(t, a, s)
	if got := r.Measured[0].Stages.App; got != 0 {
		t.Errorf("measured: the app takes %v ms", got)
	}
	if got := r.Modelled[0].Stages.App; got != 1 {
		t.Errorf("modelled: the app takes %v ms, want 1", got)
	}
}

func TestBuildRefuses(t *testing.T) {
	one := []Sample{sample(1, 3, milli, milli)}
	for name, s := range map[string]Samples{
		"Nothing":   {},
		"NoOne":     {Here: []Sample{sample(2, 3, milli, milli)}},
		"NoFrames":  {Here: one, Away: []Sample{{Nodes: 2}}},
		"NoSession": {Here: one, Away: one},
		"NoRunning": {Here: one, Together: []Sample{{Nodes: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Build(about, nil, s); !errors.Is(err, ErrSample) {
				t.Errorf("error %v, want ErrSample", err)
			}
		})
	}
}

// All files say the same, and both kinds of points stand apart in them.
func TestWriteFiles(t *testing.T) {
	r := build(t, about, Samples{
		Together: []Sample{sample(1, 10, 20*milli, 22*milli), sample(2, 10, 20*milli, 21*milli)},
		Here:     []Sample{sample(1, 10, 20*milli, 30*milli), sample(2, 10, 20*milli, 30*milli)},
		Away:     []Sample{sample(1, 10, 20*milli, 30*milli), sample(3, 10, 20*milli, 30*milli)},
		Session:  []Sample{sample(1, 10, 20*milli, 30*milli), sample(3, 10, 20*milli, 30*milli)},
	})
	dir := t.TempDir()
	if err := r.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var back Report
	if err := json.Unmarshal(read(JSONFile), &back); err != nil || len(back.Modelled) != 2 || back.Modelled[1] != r.Modelled[1] {
		t.Errorf("JSON: %v, %+v", err, back)
	}
	rows, err := csv.NewReader(bytes.NewReader(read(CSVFile))).ReadAll()
	if err != nil || len(rows) != 5 || rows[1][0] != "measured" || rows[4][0] != "modelled" || rows[4][1] != "3" {
		t.Errorf("CSV: %v, %v", err, rows)
	}
	text := string(read(MarkdownFile))
	for _, want := range []string{"# Scaling of `scene`", "1920×1080", "## Measured", "## Modelled", "10GbE", "speedup.png", "stages.png", "Why the error with 2 is above 15 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("Markdown without %q:\n%s", want, text)
		}
	}
	if err := r.WriteFiles(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestSampler(t *testing.T) {
	var told int
	s := NewSampler(2, 3, func(int) { told++ })
	for i := range 7 {
		s.Take(session.Measure{Number: uint64(i), Nodes: []session.NodeMeasure{{Cost: milli, Sent: time.Duration(i)}}})
	}
	traffic := make([]turns.Traffic, 7)
	for i := range traffic {
		traffic[i].Broadcast = uint64(i)
	}
	got := s.Sample(1, traffic)
	if len(got.Frames) != 3 || got.Frames[0].Number != 2 || len(got.Traffic) != 3 || got.Traffic[0].Broadcast != 2 || got.Wall <= 0 || told != 7 || s.Seen() != 7 || s.All() != 5 {
		t.Errorf("%+v, told of %d, seen %d of %d", got, told, s.Seen(), s.All())
	}
	// What sending took is told with the next frame.
	costs := got.costs(false)
	for i, want := range []time.Duration{3, 4, 4} {
		if costs[i].Nodes[0] != milli+want {
			t.Errorf("frame %d costs %v, want %v", i, costs[i].Nodes[0], milli+want)
		}
	}
}

// The session's own figures come from its own run, but of the CPU in all the smaller one counts.
func TestWith(t *testing.T) {
	turns, once := sample(4, 10, 40*milli, 100*milli), sample(4, 5, 80*milli, 50*milli)
	for i := range once.Frames {
		once.Frames[i].Split = 3 * milli / 4
	}
	for _, c := range []struct{ turns, once, want time.Duration }{{9 * milli, 4 * milli, 4 * milli}, {5 * milli, 8 * milli, 5 * milli}} {
		turns.Host, once.Host = 10*c.turns, 5*c.once
		got := turns.with(&once)
		if h := got.host(0); h != c.want {
			t.Errorf("%v a frame by turns and %v at once make %v, want %v", c.turns, c.once, h, c.want)
		}
		if len(got.Frames) != 10 || got.Frames[0].Split != 3*milli/4 || got.Frames[0].Nodes[0].Cost != 10*milli || turns.Frames[0].Split != milli/2 {
			t.Errorf("%d frames, the first %+v", len(got.Frames), got.Frames[0])
		}
	}
}

// What the session does while it waits counts by the time that a frame really takes.
func TestIdle(t *testing.T) {
	s := sample(1, 10, 10*milli, 100*milli) // 2 ms of the CPU a frame
	if got := s.host(10 * milli); got != 2*milli {
		t.Errorf("without idling %v, want 2ms", got)
	}
	s.Idle = 0.01 // 1 ms of them in 100
	if got := s.host(10 * milli); got != milli+milli/10 {
		t.Errorf("idling 1 %% of the time %v, want 1.1ms", got)
	}
	s.Idle = 0.5 // cannot be: more than there was
	if got := s.host(0); got != milli {
		t.Errorf("%v, want the 1ms of splitting and composing", got)
	}
	if got := IdleShare(t.Context(), 20*milli); got < 0 || got > 64 {
		t.Errorf("this test takes %v cores", got)
	}
}
