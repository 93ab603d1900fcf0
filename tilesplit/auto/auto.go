package auto

import (
	"errors"
	"fmt"

	"github.com/prismgl/prism/tilesplit"
)

// ErrFrame is the class of errors in what is told of frames.
var ErrFrame = errors.New("auto: bad frame")

// Choice is what auto decides.
type Choice struct {
	Nodes  int    // that draw; 1: alone, nothing is split
	Tiling string // one of Options.Tilings; of one node the first
}

func (c Choice) String() string {
	if c.Nodes == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes, %s", c.Nodes, c.Tiling)
}

// Limit is the stage that a frame waited for most.
type Limit uint8

// Stages. Only of Nodes can more nodes do something.
const (
	Unknown Limit = iota
	App           // the application itself, or the display's rate
	Nodes         // what nodes draw
	Split         // the splitter
	Link          // sending batches or pieces
	Compose       // putting pieces together, handing frames over
)

var limitNames = [...]string{Unknown: "unknown", App: "app", Nodes: "nodes", Split: "split", Link: "link", Compose: "compose"}

func (l Limit) String() string {
	if int(l) < len(limitNames) {
		return limitNames[l]
	}
	return fmt.Sprintf("limit %d", uint8(l))
}

// Frame is what was measured of one frame.
type Frame struct {
	Number  uint64
	Choice  Choice  // by which it was drawn
	Seconds float64 // since the frame before it was over
	Limit   Limit
}

// Options tune the search. Numbers of frames are at least 1.
type Options struct {
	MaxNodes   int      // that can be had, at least 1
	Tilings    []string // to choose from, the first one is tried first; at least one
	Settle     int      // frames after a change that are not counted
	Window     int      // frames whose median is a choice's time
	Knee       float64  // gain that more nodes must bring, as part of the time
	Leave      float64  // the same of several nodes over one that draws alone
	Hysteresis float64  // gain for which a held choice is left for others than fewer nodes
	Change     float64  // part by which a held choice's time must change before others are looked at out of turn
	Patience   int      // steps of the climb that may gain nothing before it ends
	Hold       int      // frames until a neighbour is looked at at the earliest; twice as many each time that it was for nothing, up to
	MaxHold    int
	Span       float64 // seconds that a window of a held choice takes at least
	Share      float64 // part of the time held that pays for looks
}

// DefaultOptions for so many nodes. A climb to 8 nodes takes some 150 frames.
func DefaultOptions(nodes int, tilings ...string) Options {
	return Options{
		MaxNodes: nodes, Tilings: tilings, Settle: 10, Window: 15, Knee: 0.05, Leave: 0.1, Hysteresis: 0.05, Change: 0.25, Patience: 2,
		Hold: 1000, MaxHold: 32000, Span: 0.1, Share: 0.005,
	}
}

// Validate checks the options.
func (o Options) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: auto: %s", tilesplit.ErrPlan, fmt.Sprintf(format, args...))
	}
	if o.MaxNodes < 1 {
		return bad("%d nodes to choose from", o.MaxNodes)
	}
	if len(o.Tilings) == 0 {
		return bad("no tilings to choose from")
	}
	for i, t := range o.Tilings {
		for _, u := range o.Tilings[:i] {
			if t == u {
				return bad("tiling %q is named twice", t)
			}
		}
	}
	for _, part := range []struct {
		name  string
		value int
	}{{"settle", o.Settle}, {"window", o.Window}, {"patience", o.Patience}, {"hold", o.Hold}, {"max hold", o.MaxHold}} {
		if part.value < 1 {
			return bad("%s is %d; at least 1", part.name, part.value)
		}
	}
	if o.MaxHold < o.Hold {
		return bad("max hold is %d, less than hold, %d", o.MaxHold, o.Hold)
	}
	for _, part := range []struct {
		name  string
		value float64
	}{{"knee", o.Knee}, {"leave", o.Leave}, {"hysteresis", o.Hysteresis}, {"change", o.Change}, {"share", o.Share}} {
		if !(part.value > 0 && part.value < 1) {
			return bad("%s is %v; above 0 and below 1", part.name, part.value)
		}
	}
	if !(o.Span >= 0 && o.Span <= maxSpan) {
		return bad("span is %v s; 0 to %d", o.Span, maxSpan)
	}
	return nil
}

// maxSpan bounds Options.Span.
const maxSpan = 10

// Slowest is the stage that takes longest, of those in Stages whose times are known (above 0).
func (s Stages) Slowest() Limit {
	most, at := 0.0, Unknown
	for l, t := range [...]float64{App: s.App, Nodes: s.Nodes, Split: s.Split, Link: s.Link, Compose: s.Compose} {
		if t > most {
			most, at = t, Limit(l)
		}
	}
	return at
}

// Stages are the seconds of one frame in each stage, as if it ran alone: stages work on several frames at once, so the longest is what
// a frame waits for. Nodes is the slowest node's.
type Stages struct{ App, Nodes, Split, Link, Compose float64 }
