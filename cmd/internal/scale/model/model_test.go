package model

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// frames makes n equal frames.
func frames(n int, f Frame) []Frame {
	if f.Single == nil {
		f.Single = make([]uint64, len(f.Nodes))
	}
	if f.Pieces == nil {
		f.Pieces = make([]uint64, len(f.Nodes))
	}
	out := make([]Frame, n)
	for i := range out {
		out[i] = f
	}
	return out
}

func nodes(t ...time.Duration) []time.Duration { return t }

// fast carries a byte in a nanosecond, so that a million bytes take 1 ms.
var fast = &Link{Name: "test", Rate: 1e9, Latency: ms}

func TestPredict(t *testing.T) {
	alternating := frames(40, Frame{Nodes: nodes(10*ms, 2*ms)})
	for i := range alternating {
		if i%2 == 1 {
			alternating[i].Nodes = nodes(2*ms, 10*ms)
		}
	}
	for _, c := range []struct {
		name           string
		frames         []Frame
		setup          Setup
		frame, latency time.Duration
		limit          Stage
		balance        float64
	}{
		{"OneInFlight", frames(9, Frame{App: 2 * ms, Split: ms, Nodes: nodes(8*ms, 6*ms), Compose: 3 * ms}),
			Setup{FramesInFlight: 1, Cores: 4}, 11 * ms, 11 * ms, InFlight, 7.0 / 8}, // app and splitter are a frame ahead
		{"SlowestStage", frames(30, Frame{App: 2 * ms, Split: ms, Nodes: nodes(8*ms, 6*ms), Compose: 3 * ms}),
			Setup{FramesInFlight: 8, Cores: 4}, 8 * ms, 0, Nodes, 7.0 / 8},
		{"App", frames(30, Frame{App: 9 * ms, Split: ms, Nodes: nodes(8 * ms), Compose: 3 * ms}),
			Setup{FramesInFlight: 3, Cores: 4}, 9 * ms, 11 * ms, App, 1},
		{"Split", frames(30, Frame{Split: 5 * ms, Nodes: nodes(4*ms, 4*ms, 4*ms)}), Setup{FramesInFlight: 3, Cores: 4}, 5 * ms, 4 * ms, Split, 1},
		{"Compose", frames(30, Frame{Nodes: nodes(4 * ms), Compose: 6 * ms}), Setup{FramesInFlight: 3, Cores: 4}, 6 * ms, 0, Compose, 1},
		// 2 MB from each of three nodes through one port: 6 ms, and one way each for the commands and for the pieces.
		{"LinkIn", frames(30, Frame{Nodes: nodes(4*ms, 4*ms, 4*ms), Pieces: []uint64{2e6, 2e6, 2e6}}),
			Setup{Link: fast, FramesInFlight: 8, Cores: 4}, 6 * ms, 0, LinkIn, 1},
		{"LinkInAlone", frames(1, Frame{Nodes: nodes(4*ms, 4*ms, 4*ms), Pieces: []uint64{2e6, 2e6, 2e6}}),
			Setup{Link: fast, FramesInFlight: 2, Cores: 4}, 12 * ms, 12 * ms, InFlight, 1},
		// A broadcast goes out once for each node, a single batch once.
		{"LinkOut", frames(30, Frame{Nodes: nodes(4*ms, 4*ms), Broadcast: 4e6, Single: []uint64{1e6, 2e6}}),
			Setup{Link: fast, FramesInFlight: 8, Cores: 4}, 11 * ms, 0, LinkOut, 1},
		// No link, no time for bytes.
		{"SharedMemory", frames(30, Frame{Nodes: nodes(4 * ms), Broadcast: 4e9, Pieces: []uint64{4e9}}), Setup{FramesInFlight: 2, Cores: 4}, 4 * ms, 0, Nodes, 1},
		// Each frame's slowest node takes 10 ms, and each node 6 ms on average.
		{"NodesAhead", alternating, Setup{FramesInFlight: 40, Cores: 4}, 6 * ms, 0, Nodes, 0.6},
		{"NodesInStep", alternating, Setup{FramesInFlight: 1, Cores: 4}, 10 * ms, 0, InFlight, 0.6},
		{"OddNodeCount", frames(30, Frame{Nodes: nodes(ms, 2*ms, 3*ms, 4*ms, 5*ms)}), Setup{FramesInFlight: 3, Cores: 4}, 5 * ms, 0, Nodes, 0.6},
		// Four nodes of 10 ms on two cores, beside 4 ms of the session and 2 ms of the app.
		{"Cores", frames(30, Frame{App: 2 * ms, Nodes: nodes(10*ms, 10*ms, 10*ms, 10*ms)}),
			Setup{FramesInFlight: 2, Host: 4 * ms, Cores: 2, NodesHere: true}, 23 * ms, 0, Cores, 1},
		{"SessionsCores", frames(30, Frame{App: 8 * ms, Nodes: nodes(9 * ms)}), Setup{FramesInFlight: 2, Host: 14 * ms, Cores: 2}, 11 * ms, 0, Cores, 1},
		{"NothingDrawn", frames(5, Frame{Split: ms, Nodes: nodes(0, 0)}), Setup{FramesInFlight: 2, Cores: 1}, ms, 0, Split, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Predict(c.frames, c.setup)
			if err != nil {
				t.Fatal(err)
			}
			near := func(got, want time.Duration) bool { return got > want-want/20 && got < want+want/20 }
			if !near(r.Frame, c.frame) || c.latency != 0 && !near(r.Latency, c.latency) {
				t.Errorf("a frame takes %v, latency %v; want %v, %v", r.Frame, r.Latency, c.frame, c.latency)
			}
			if r.Limit != c.limit {
				t.Errorf("%v limits, want %v (busy %v)", r.Limit, c.limit, r.Busy)
			}
			if d := r.Balance - c.balance; d > 0.001 || d < -0.001 {
				t.Errorf("balance %v, want %v", r.Balance, c.balance)
			}
			if least := max(r.Busy[Nodes], r.Busy[LinkIn]) + r.Busy[Compose]; r.Latency < least {
				t.Errorf("latency %v, but the stages take %v", r.Latency, least)
			}
		})
	}
}

// More in flight never makes it slower, a faster link neither, and no frame is faster than the busiest stage allows.
func TestPredictIsMonotonic(t *testing.T) {
	list := frames(25, Frame{App: ms, Split: ms, Nodes: nodes(5*ms, 3*ms, 4*ms), Compose: 2 * ms, Broadcast: 1e5, Pieces: []uint64{1e6, 3e6, 2e6}})
	for i := range list {
		list[i].Nodes = nodes(time.Duration(1+i*7%11)*ms, time.Duration(1+i*5%13)*ms, time.Duration(1+i*3%7)*ms)
	}
	var before time.Duration
	for flight := 1; flight <= 12; flight++ {
		r, err := Predict(list, Setup{Link: fast, FramesInFlight: flight, Cores: 2})
		if err != nil {
			t.Fatal(err)
		}
		if before != 0 && r.Frame > before+before/10 {
			t.Errorf("%d in flight: %v, with one less %v", flight, r.Frame, before)
		}
		before = r.Frame
	}
	before = time.Hour
	for _, rate := range []float64{1e8, 3e8, 1e9, 1e10, 1e12} {
		r, err := Predict(list, Setup{Link: &Link{Rate: rate}, FramesInFlight: 2, Cores: 2})
		if err != nil {
			t.Fatal(err)
		}
		if r.Frame > before {
			t.Errorf("%g B/s: %v, more than the %v of a slower link", rate, r.Frame, before)
		}
		before = r.Frame
	}
}

func TestPredictRefuses(t *testing.T) {
	good := Setup{FramesInFlight: 2, Cores: 2}
	two := Frame{Nodes: nodes(ms, ms)}
	uneven := frames(2, two)
	uneven[1].Nodes = nodes(ms)
	negative := frames(2, two)
	negative[1].Split = -ms
	for name, c := range map[string]struct {
		frames []Frame
		setup  Setup
	}{
		"NoFrames":  {nil, good},
		"NoNodes":   {frames(2, Frame{}), good},
		"Uneven":    {uneven, good},
		"Negative":  {negative, good},
		"NoCores":   {frames(2, two), Setup{FramesInFlight: 2}},
		"NoFlight":  {frames(2, two), Setup{Cores: 2}},
		"DeadLink":  {frames(2, two), Setup{FramesInFlight: 2, Cores: 2, Link: &Link{}}},
		"HostCosts": {frames(2, two), Setup{FramesInFlight: 2, Cores: 2, Host: -ms}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Predict(c.frames, c.setup); !errors.Is(err, ErrInput) {
				t.Errorf("error %v, want ErrInput", err)
			}
		})
	}
}

func TestParseLink(t *testing.T) {
	for s, want := range map[string]Link{
		"10GbE":            {"10GbE", 10e9 / 8 * payload, 50 * time.Microsecond},
		"1gbe":             {"1GbE", 1e9 / 8 * payload, 100 * time.Microsecond},
		"25Gbit/s,20us":    {"25Gbit/s,20us", 25e9 / 8, 20 * time.Microsecond},
		"400MB/s,0s":       {"400MB/s,0s", 400e6, 0},
		"1.5kB/s,1ms":      {"1.5kB/s,1ms", 1500, ms},
		"100 Mbit/s,0.5ms": {},
	} {
		got, err := ParseLink(s)
		if want == (Link{}) {
			if !errors.Is(err, ErrLink) {
				t.Errorf("%q: %+v, %v; want ErrLink", s, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", s, got, err, want)
		}
	}
	for s, want := range map[string]string{
		"": "not a link's name", "10GB": "not a link's name", "fast": "not a link's name", "10GbE,1us": "no unit", "400,1us": "no unit", "-4MB/s,1us": "not a positive number",
		"NaNMB/s,1us": "not a positive number", "InfMB/s,1us": "not a positive number", "1kbit/s,1us": "out of range", "400MB/s,80": "latency", "400MB/s,-1us": "latency", "400MB/s,2s": "latency",
	} {
		if got, err := ParseLink(s); !errors.Is(err, ErrLink) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want ErrLink with %q", s, got, err, want)
		}
	}
}
