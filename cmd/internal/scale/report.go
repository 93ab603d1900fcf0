package scale

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prismgl/prism/cmd/internal/scale/model"
)

// ErrSample is the class of errors of Build.
var ErrSample = errors.New("scale: samples do not suffice")

// Tolerable is the error of the model above which the report says why.
const Tolerable = 0.15

// Kind of a point.
type Kind string

// The kinds.
const (
	Measured Kind = "measured"
	Modelled Kind = "modelled"
)

// Stages are milliseconds that each stage works on a frame; link is of modelled points only.
type Stages struct {
	App     float64 `json:"app"`
	Split   float64 `json:"split"`
	LinkOut float64 `json:"link_out"`
	Nodes   float64 `json:"nodes"`   // of the node that has most to do
	Longest float64 `json:"longest"` // of each frame's slowest node
	LinkIn  float64 `json:"link_in"`
	Compose float64 `json:"compose"`
	// Session is the CPU time of the session's process, in which splitting, sending, receiving and composing happen.
	Session float64 `json:"session_cpu"`
}

// Point of a curve.
type Point struct {
	Kind       Kind    `json:"kind"`
	Nodes      int     `json:"nodes"`
	FrameMS    float64 `json:"frame_ms"`
	FPS        float64 `json:"frames_per_second"`
	Speedup    float64 `json:"speedup"`    // over one node of the same kind
	Efficiency float64 `json:"efficiency"` // Speedup / Nodes
	Balance    float64 `json:"balance"`    // mean / slowest node, frame by frame
	LatencyMS  float64 `json:"latency_ms"`
	// OutBytes a frame: what is for all nodes once, and what is for single ones; InBytes: pieces.
	OutBytes float64 `json:"out_bytes"`
	InBytes  float64 `json:"in_bytes"`
	Draws    float64 `json:"draws"` // a frame, of a node on average
	Stages   Stages  `json:"stages_ms"`
	Limit    string  `json:"limit"`
}

// Check compares the model with a measurement.
type Check struct {
	Nodes      int      `json:"nodes"`
	MeasuredMS float64  `json:"measured_ms"`
	ModelledMS float64  `json:"modelled_ms"`
	Error      float64  `json:"error"` // (modelled − measured) / measured
	Limit      string   `json:"limit"` // as the model has it
	Reasons    []string `json:"reasons,omitempty"`
}

// Off tells whether the model is off by more than Tolerable.
func (c *Check) Off() bool { return c.Error > Tolerable || c.Error < -Tolerable }

// About says what was run.
type About struct {
	Scene          string `json:"scene"`
	Policy         string `json:"policy"`
	Renderer       string `json:"renderer"`
	Software       bool   `json:"software"` // nodes draw on the CPU, each in one thread
	Width          int    `json:"width"`
	Height         int    `json:"height"`
	Warm           int    `json:"warm_frames"`
	Frames         int    `json:"frames"`
	FramesInFlight int    `json:"frames_in_flight"`
	Cores          int    `json:"cores"` // of the session's machine
	Link           string `json:"link"`
	// Remote: measured points are of nodes on other machines than the session's, over a link that is taken to be Link, too.
	Remote bool `json:"remote"`
	// Replayed: measured points are of a recording, where the app takes no time.
	Replayed bool `json:"replayed"`
}

// Title is short enough for a plot: the program or the recording, and the size.
func (a *About) Title() string {
	name, _, _ := strings.Cut(a.Scene, " ")
	return fmt.Sprintf("%s, %d×%d", name, a.Width, a.Height)
}

// Report is a scaling curve.
type Report struct {
	About
	Measured []Point `json:"measured"`
	Modelled []Point `json:"modelled"`
	Checks   []Check `json:"checks"`
}

// Samples are what a Report is made of. Each list is by rising number of nodes.
type Samples struct {
	Together []Sample // nodes ran at once
	// Here: one after the other, on the lanes of the runs at once; of the same numbers of nodes, and of one.
	Here []Sample
	// Away: one after the other, pieces packed and sent as between machines.
	Away []Sample
	// Session: at once, sent as in Away, and of the same numbers of nodes; what counts is what the session took.
	Session []Sample
}

// Build makes the report. Here must begin with one node.
func Build(a About, link *model.Link, s Samples) (Report, error) {
	r := Report{About: a, Measured: []Point{}, Modelled: []Point{}, Checks: []Check{}}
	if len(s.Here) == 0 || s.Here[0].Nodes != 1 {
		return r, fmt.Errorf("%w: one node alone is missing", ErrSample)
	}
	for _, list := range [][]Sample{s.Together, s.Here, s.Away, s.Session} {
		for _, one := range list {
			if len(one.Frames) == 0 || one.Wall <= 0 {
				return r, fmt.Errorf("%w: no frames of %d nodes", ErrSample, one.Nodes)
			}
		}
	}
	// predict asks the model twice: what the session does between frames depends on how fast they come.
	predict := func(one *Sample, without bool, setup model.Setup) (got model.Result, err error) {
		setup.FramesInFlight, setup.Cores = a.FramesInFlight, a.Cores
		for range 2 {
			setup.Host = one.host(got.Frame)
			if got, err = model.Predict(one.costs(without), setup); err != nil {
				return got, err
			}
		}
		return got, nil
	}
	here := func(one *Sample, without bool) (model.Result, error) {
		if a.Remote {
			return predict(one, without, model.Setup{Link: link})
		}
		return predict(one, without, model.Setup{NodesHere: a.Software})
	}
	base, err := here(&s.Here[0], false)
	if err != nil {
		return r, err
	}
	if len(s.Session) != len(s.Away) {
		return r, fmt.Errorf("%w: what the session takes is known of %d points, want %d", ErrSample, len(s.Session), len(s.Away))
	}
	for i := range s.Away {
		one := s.Away[i].with(&s.Session[i])
		got, err := predict(&one, false, model.Setup{Link: link})
		if err != nil {
			return r, err
		}
		r.Modelled = append(r.Modelled, point(Modelled, &one, got, got.Frame, got.Latency, base.Frame))
	}
	first := time.Duration(0)
	for i := range s.Together {
		one := &s.Together[i]
		// What it would take if all went as the model has it says which stages were busy, and so what limits.
		got, err := here(one, a.Replayed)
		if err != nil {
			return r, err
		}
		var latency time.Duration
		for _, m := range one.Frames {
			latency += m.Latency
		}
		if one.Nodes == 1 {
			first = one.FrameTime()
		}
		r.Measured = append(r.Measured, point(Measured, one, got, one.FrameTime(), latency/time.Duration(len(one.Frames)), first))
		for k := range s.Here {
			alone := &s.Here[k]
			if alone.Nodes != one.Nodes {
				continue
			}
			want, err := here(alone, a.Replayed)
			if err != nil {
				return r, err
			}
			c := Check{Nodes: one.Nodes, MeasuredMS: ms(one.FrameTime()), ModelledMS: ms(want.Frame), Limit: want.Limit.String()}
			c.Error = (c.ModelledMS - c.MeasuredMS) / c.MeasuredMS
			if c.Off() {
				c.Reasons = reasons(a, alone, one, want)
			}
			r.Checks = append(r.Checks, c)
		}
	}
	return r, nil
}

func point(kind Kind, s *Sample, m model.Result, frame, latency, base time.Duration) Point {
	p := Point{Kind: kind, Nodes: s.Nodes, FrameMS: ms(frame), Balance: m.Balance, LatencyMS: ms(latency), Limit: m.Limit.String()}
	if frame > 0 {
		p.FPS = float64(time.Second) / float64(frame)
		p.Speedup = float64(base) / float64(frame)
		p.Efficiency = p.Speedup / float64(s.Nodes)
	}
	for _, m := range s.Frames {
		for _, n := range m.Nodes {
			p.Draws += float64(n.Draws) / float64(len(m.Nodes)*len(s.Frames))
		}
	}
	for _, f := range s.costs(false) {
		p.OutBytes += float64(f.Broadcast)
		for k := range f.Nodes {
			p.OutBytes += float64(f.Single[k])
			p.InBytes += float64(f.Pieces[k])
		}
	}
	p.OutBytes /= float64(len(s.Frames))
	p.InBytes /= float64(len(s.Frames))
	p.Stages = Stages{
		App: ms(m.Busy[model.App]), Split: ms(m.Busy[model.Split]), LinkOut: ms(m.Busy[model.LinkOut]), Nodes: ms(m.Busy[model.Nodes]),
		Longest: ms(m.Longest), LinkIn: ms(m.Busy[model.LinkIn]), Compose: ms(m.Busy[model.Compose]), Session: ms(s.host(frame)),
	}
	return p
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// reasons says what the runs show of why the model is off: alone is what it was made from, together what it should have told.
func reasons(a About, alone, together *Sample, m model.Result) []string {
	var out []string
	nodes := fmt.Sprintf("%d nodes", together.Nodes)
	if together.Nodes == 1 {
		nodes = "1 node"
	}
	costAlone, _, _ := alone.work()
	cost, wall, cpu := together.work()
	perAlone, per := float64(costAlone)/float64(len(alone.Frames)), float64(cost)/float64(len(together.Frames))
	if perAlone > 0 && (per > 1.05*perAlone || per < 0.95*perAlone) {
		out = append(out, fmt.Sprintf("a frame took the nodes %.1f ms together when at once and %.1f ms one after the other (%+.0f %%): they share caches, memory and the cores' threads",
			per/1e6, perAlone/1e6, 100*(per/perAlone-1)))
	}
	if a.Software && !a.Remote && cpu > 0 && float64(wall) > 1.1*float64(cost) {
		out = append(out, fmt.Sprintf("nodes had a core for %.0f %% of the time that they wanted one: %s, the session%s and all else that ran share %d cores",
			100*float64(cost)/float64(wall), nodes, map[bool]string{true: "", false: ", the app"}[a.Replayed], a.Cores))
	}
	if h, w := alone.host(m.Frame), together.host(together.FrameTime()); float64(w) > 1.2*float64(h) || float64(w) < 0.8*float64(h) {
		out = append(out, fmt.Sprintf("the session's process took %.1f ms of the CPU a frame when the nodes ran at once and %.1f ms else", ms(w), ms(h)))
	}
	if m.Limit == model.Cores && !a.Remote {
		out = append(out, fmt.Sprintf("what limits is %d cores for all stages, which the model takes to be shared without loss", a.Cores))
	}
	if len(out) == 0 {
		out = append(out, "costs were the same in both runs: the rest is waiting between the stages, which the model does not know")
	}
	return out
}
