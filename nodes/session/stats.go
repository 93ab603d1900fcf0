package session

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
)

// steadyAfter swaps an app is taken to be in its steady state: what it asks from there on are SteadyRoundTrips.
const steadyAfter = 10

// Stage sums what one stage of the way of a frame took; Mean is over frames. JSON gives nanoseconds.
type Stage struct {
	Total time.Duration `json:"total_ns"`
	Max   time.Duration `json:"max_ns"`
	Mean  time.Duration `json:"mean_ns"`
	n     uint64
}

func (s *Stage) add(d time.Duration) {
	s.n++
	s.Total += d
	s.Max = max(s.Max, d)
	s.Mean = s.Total / time.Duration(s.n)
}

// NodeStats says what one node drew in how long.
type NodeStats struct {
	Name       string        `json:"name"`
	Lane       lane.Route    `json:"lane"`  // the way to it
	Tiles      []proto.Rect  `json:"tiles"` // of the last frame
	Frames     uint64        `json:"frames"`
	Records    uint64        `json:"records"`
	Draws      uint64        `json:"draws"`
	ReplayWall time.Duration `json:"replay_wall_ns"`
	ReplayCPU  time.Duration `json:"replay_cpu_ns"`
	Readback   time.Duration `json:"readback_ns"`
	Pieces     uint64        `json:"pieces"`
	PieceBytes uint64        `json:"piece_bytes"` // as sent, headers included
}

// Asked counts how often a command waited for an answer.
type Asked struct {
	Command string `json:"command"`
	Times   uint64 `json:"times"`
	Steady  uint64 `json:"steady"` // of them in steady frames
}

// Stats are a run's figures. Times of the stages are a frame's: App since the swap before, less waiting; Split in the session;
// Node and Readback of the slowest node; Composite in the session; Present of the slowest output; Latency from the swap record to the
// frame's being handed to the outputs.
type Stats struct {
	Frames      uint64        `json:"frames"` // composed
	Dropped     uint64        `json:"dropped"`
	Wall        time.Duration `json:"wall_ns"`
	Ended       string        `json:"ended"`
	App         Stage         `json:"app"`
	Split       Stage         `json:"split"`
	Node        Stage         `json:"node"`
	Readback    Stage         `json:"readback"`
	Composite   Stage         `json:"composite"`
	Present     Stage         `json:"present"`
	Latency     Stage         `json:"latency"`
	Records     uint64        `json:"records"`
	Draws       uint64        `json:"draws"` // draw commands; of each frame the node that had most
	Batches     uint64        `json:"batches"`
	BatchBytes  uint64        `json:"batch_bytes"`
	SentBytes   uint64        `json:"sent_bytes"` // on the lanes; a broadcast counts once
	RecvBytes   uint64        `json:"received_bytes"`
	CreditWaits uint64        `json:"credit_waits"`
	Resent      uint64        `json:"resent"`
	LatePieces  uint64        `json:"late_pieces"`
	RoundTrips  uint64        `json:"round_trips"`
	// SteadyRoundTrips are those after the first 10 frames.
	SteadyRoundTrips uint64 `json:"steady_round_trips"`
	// Of steady frames: how many were drawn, their records, and the bytes of these as the app sent them.
	SteadyFrames  uint64 `json:"steady_frames"`
	SteadyRecords uint64 `json:"steady_records"`
	SteadyBytes   uint64 `json:"steady_bytes"`
	// Results are those of queries and fences that came without being asked.
	Results uint64 `json:"results"`
	// Exchanges of pixels between nodes, for commands that read what is split; the app does not wait for them.
	Exchanges     uint64        `json:"exchanges"`
	Policy        string        `json:"policy,omitempty"` // what a policy that chooses by itself has chosen last
	Tried         []string      `json:"tried,omitempty"`  // what it has found of its choices until then, the last ones
	Moves         uint64        `json:"moves"`            // times that tiles changed their owners
	ExchangeBytes uint64        `json:"exchange_bytes"`   // given back, once for all nodes
	Asked         []Asked       `json:"asked"`
	Passes        *PassStats    `json:"passes,omitempty"`  // nil: all passes are replicated
	Culling       *CullingStats `json:"culling,omitempty"` // nil: off
	Barrier       *BarrierStats `json:"barrier,omitempty"` // of a wall that nodes show
	Unsupported   []string      `json:"unsupported"`
	Notes         []string      `json:"notes"`
	OutputError   string        `json:"output_error,omitempty"`
	Nodes         []NodeStats   `json:"nodes"`
	Outputs       []OutputStats `json:"outputs"`
}

// BarrierStats says how a wall's displays kept together: Wait is from the first node's being ready to show a frame to the last one's, Skew
// from the first node's word that it has shown it to the last one's.
type BarrierStats struct {
	Frames uint64 `json:"frames"`
	Wait   Stage  `json:"wait"`
	Skew   Stage  `json:"skew"`
	Lost   int    `json:"lost"` // displays
}

// reasons counts what happened for each reason; of many different ones the later are not kept.
type reasons map[string]uint64

func (r reasons) add(why string) {
	if r[why] > 0 || len(r) < 64 {
		r[why]++
	}
}

// sorted gives the reasons, the most frequent first.
func (r reasons) sorted() []string {
	return slices.SortedFunc(maps.Keys(r), func(a, b string) int { return cmp.Or(cmp.Compare(r[b], r[a]), cmp.Compare(a, b)) })
}

// OutputStats says what one output made of the frames.
type OutputStats struct {
	Name      string `json:"name"`
	Presented uint64 `json:"presented"`
	// Dropped frames came faster than it could take them, or were left when it failed.
	Dropped uint64 `json:"dropped"`
	Present Stage  `json:"present"`
	// Delay is from a frame's being handed over to its having been presented.
	Delay Stage  `json:"delay"`
	Error string `json:"error,omitempty"`
}

// sum is a stage of which only the sum is known.
func sum(total, most time.Duration, n uint64) Stage {
	return Stage{Total: total, Max: most, Mean: total / time.Duration(max(n, 1)), n: n}
}

func (s *Stats) outputs(all []output.OutputStats) {
	s.Outputs = make([]OutputStats, len(all))
	for i, o := range all {
		s.Outputs[i] = OutputStats{Name: o.Name, Presented: o.Presented, Dropped: o.Dropped,
			Present: sum(o.Present, o.PresentMax, o.Presented), Delay: sum(o.Delay, o.DelayMax, o.Presented)}
		if o.Err != nil {
			s.Outputs[i].Error = o.Err.Error()
		}
		if p := s.Outputs[i].Present; p.Mean > s.Present.Mean {
			s.Present = p
		}
	}
}

func (s *Stats) lane(before, after lane.Stats) {
	s.SentBytes = after.SentBytes - before.SentBytes
	s.RecvBytes = after.ReceivedBytes - before.ReceivedBytes
	s.CreditWaits = after.CreditWaits - before.CreditWaits
	s.Resent = after.Resent - before.Resent
}

func (s *Stats) asked(name string, steady bool) {
	s.RoundTrips++
	i := slices.IndexFunc(s.Asked, func(a Asked) bool { return a.Command == name })
	if i < 0 {
		i = len(s.Asked)
		s.Asked = append(s.Asked, Asked{Command: name})
	}
	s.Asked[i].Times++
	if steady {
		s.SteadyRoundTrips++
		s.Asked[i].Steady++
	}
}

// frame adds a frame that has left.
func (s *Stats) frame(f *frame, shown bool) {
	s.Records += f.records
	if s.Frames+s.Dropped >= steadyAfter {
		s.SteadyFrames++
		s.SteadyRecords += f.records
		s.SteadyBytes += f.bytes
	}
	if !shown {
		s.Dropped++
		return
	}
	s.Frames++
	var node, readback time.Duration
	var draws uint64
	for i := range f.parts {
		node = max(node, time.Duration(f.parts[i].frame.ReplayWall))
		draws = max(draws, f.parts[i].frame.Draws)
		readback = max(readback, time.Duration(f.parts[i].frame.Readback))
		s.Nodes[i].Tiles = s.Nodes[i].Tiles[:0]
		for _, t := range f.plan.Pieces(i) {
			s.Nodes[i].Tiles = append(s.Nodes[i].Tiles, rect(t))
		}
	}
	s.Draws += draws
	s.App.add(f.app)
	s.Split.add(f.split)
	s.Node.add(node)
	s.Readback.add(readback)
	s.Composite.add(f.composite)
	s.Latency.add(time.Since(f.began))
}

// FramesPerSecond over the whole run.
func (s *Stats) FramesPerSecond() float64 {
	if s.Wall <= 0 {
		return 0
	}
	return float64(s.Frames) / s.Wall.Seconds()
}

// Write prints the figures as tables for people.
func (s *Stats) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	per := max(s.Frames, 1)
	fmt.Fprintf(w, "%d frames in %.2f s, %.1f frames/s (%s)\n", s.Frames, s.Wall.Seconds(), s.FramesPerSecond(), s.Ended)
	if s.Dropped > 0 {
		fmt.Fprintf(w, "%d frames dropped: of a size that was old by then, or of a drawable without pixels\n", s.Dropped)
	}
	fmt.Fprintln(t, "ms a frame\tmean\tmax\t")
	for _, r := range []struct {
		name  string
		stage *Stage
	}{{"app", &s.App}, {"split", &s.Split}, {"node", &s.Node}, {"readback", &s.Readback}, {"composite", &s.Composite}, {"present", &s.Present}, {"latency", &s.Latency}} {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t\n", r.name, ms(r.stage.Mean), ms(r.stage.Max))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "a frame: %d records, %d draws, %d bytes sent, %d bytes received\n", s.Records/per, s.Draws/per, s.SentBytes/per, s.RecvBytes/per)
	fmt.Fprintf(w, "round trips: %d, of them %d after frame %d\n", s.RoundTrips, s.SteadyRoundTrips, steadyAfter)
	for _, a := range s.Asked {
		fmt.Fprintf(w, "  %s: %d, %d\n", a.Command, a.Times, a.Steady)
	}
	if s.Exchanges > 0 {
		fmt.Fprintf(w, "exchanged between nodes, because the app reads what is split, or tiles moved: %d times, %d bytes a frame\n", s.Exchanges, s.ExchangeBytes/per)
	}
	if s.Policy != "" {
		fmt.Fprintln(w, s.Policy)
		if len(s.Tried) > 0 {
			fmt.Fprintf(w, "  tried: %s\n", strings.Join(s.Tried, "; "))
		}
	}
	if s.Moves > 0 {
		fmt.Fprintf(w, "tiles moved: %d times\n", s.Moves)
	}
	if s.Culling != nil {
		s.Culling.write(w, per)
	}
	if b := s.Barrier; b != nil {
		fmt.Fprintf(w, "wall: %d frames shown by all displays, the first node ready waits %.3f ms (at most %.3f), the last shows a frame %.3f ms after the first (at most %.3f)",
			b.Frames, ms(b.Wait.Mean), ms(b.Wait.Max), ms(b.Skew.Mean), ms(b.Skew.Max))
		if b.Lost > 0 {
			fmt.Fprintf(w, "; displays lost: %d", b.Lost)
		}
		fmt.Fprintln(w)
	}
	if s.Passes != nil {
		s.Passes.write(w, per)
	}
	for i := range s.Outputs {
		s.Outputs[i].write(w)
	}
	if len(s.Unsupported) > 0 {
		fmt.Fprintf(w, "not covered by prism: %s\n", strings.Join(s.Unsupported, ", "))
	}
	return s.WriteNodes(w)
}

func (o *OutputStats) write(w io.Writer) {
	fmt.Fprintf(w, "output %s: %d frames, %d dropped, %.3f ms each, seen after %.3f ms", o.Name, o.Presented, o.Dropped, ms(o.Present.Mean), ms(o.Delay.Mean))
	if o.Error != "" {
		fmt.Fprintf(w, "; failed: %s", o.Error)
	}
	fmt.Fprintln(w)
}

// WriteNodes prints who drew what in how long.
func (s *Stats) WriteNodes(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "node\tlane\ttiles (x y w h)\tframes\tdraws\treplay ms\tcpu ms\treadback ms\tpiece bytes\t")
	for i := range s.Nodes {
		n := &s.Nodes[i]
		tiles := "none"
		if len(n.Tiles) > 0 {
			var list []string
			for _, r := range n.Tiles {
				list = append(list, fmt.Sprintf("%d %d %d %d", r.X, r.Y, r.W, r.H))
			}
			tiles = strings.Join(list, ", ")
		}
		per := time.Duration(max(n.Frames, 1))
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%.3f\t%.3f\t%.3f\t%d\t\n", n.Name, n.Lane, tiles, n.Frames, n.Draws,
			ms(n.ReplayWall/per), ms(n.ReplayCPU/per), ms(n.Readback/per), n.PieceBytes/uint64(per))
	}
	return t.Flush()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
