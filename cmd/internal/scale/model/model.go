package model

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrInput is the class of errors of Predict.
var ErrInput = errors.New("model: bad input")

// Frame is what one frame was measured to cost.
type Frame struct {
	App, Split, Compose time.Duration
	Nodes               []time.Duration // of each: the device's time, reading back and packing pieces included
	Broadcast           uint64          // bytes for all nodes
	Single              []uint64        // for one
	Pieces              []uint64        // from each
}

// Setup says on what the frames are to be drawn.
type Setup struct {
	Link           *Link // between session and nodes; nil: they share memory, which takes no time beside the CPU's in Host
	FramesInFlight int
	// Host is the CPU time that the session's process takes a frame, on a machine of so many Cores, where the app runs too.
	Host  time.Duration
	Cores int
	// NodesHere: nodes are software and share those cores, too.
	NodesHere bool
}

// Stage is one of the stages, or another thing that can limit the frame rate.
type Stage int

// The stages in the order of the pipeline; then the cores that they share, and the waiting for each other with few frames in flight.
const (
	App Stage = iota
	Split
	LinkOut
	Nodes
	LinkIn
	Compose
	Cores
	InFlight
)

var stageNames = [...]string{"app", "split", "link out", "nodes", "link in", "compose", "cores", "frames in flight"}

func (s Stage) String() string { return stageNames[s] }

// MarshalText implements encoding.TextMarshaler.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Result of Predict. Busy times are means over the frames.
type Result struct {
	Frame   time.Duration // from one frame to the next
	Latency time.Duration // from a frame's swap to its being composed, as session.Stats has it
	// Busy is how long each stage works on a frame; Nodes: the node that has most to do over all frames. Cores: what the cores shared by stages
	// take. InFlight is nothing's own time and 0.
	Busy [InFlight + 1]time.Duration
	// Longest is the mean of each frame's slowest node: above Busy[Nodes] where it is now one and now another.
	Longest time.Duration
	// Balance is what the nodes take on average as a part of what the slowest takes, frame by frame: 1 is even.
	Balance float64
	Limit   Stage
}

// slack is how much longer a frame may take than the busiest stage before the waiting is named as what limits it.
const slack = 1.1

// Predict puts the frames through the pipeline.
func Predict(frames []Frame, s Setup) (Result, error) {
	if err := check(frames, s); err != nil {
		return Result{}, err
	}
	var r Result
	n := len(frames[0].Nodes)
	busy := [InFlight + 1]float64{}
	nodeBusy := make([]float64, n)
	var latency, longest float64

	var appEnd, splitEnd, swapped, outEnd, inEnd, composed float64
	nodeEnd := make([]float64, n)
	order := make([]int, n)
	shown := make([]float64, len(frames))
	for i, f := range frames {
		began := appEnd
		if k := i - 1 - s.FramesInFlight; k >= 0 {
			began = max(began, shown[k]) // its swap before had to wait
		}
		appEnd = began + f.App.Seconds()
		splitEnd = max(appEnd, splitEnd) + f.Split.Seconds()
		swapped = splitEnd
		if i >= s.FramesInFlight {
			swapped = max(swapped, shown[i-s.FramesInFlight])
		}
		out := f.Broadcast * uint64(n)
		for _, b := range f.Single {
			out += b
		}
		outEnd = max(outEnd, swapped) + s.Link.port(out)
		most, sum := 0.0, 0.0
		for k, d := range f.Nodes {
			t := d.Seconds()
			nodeEnd[k] = max(nodeEnd[k], outEnd+s.Link.latency()) + t
			nodeBusy[k] += t
			sum += t
			most = max(most, t)
			order[k] = k
		}
		// Whose pieces come first are taken first.
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case nodeEnd[a] < nodeEnd[b]:
				return -1
			case nodeEnd[a] > nodeEnd[b]:
				return 1
			}
			return 0
		})
		in := 0.0
		for _, k := range order {
			t := s.Link.port(f.Pieces[k])
			inEnd = max(inEnd, nodeEnd[k]+s.Link.latency()) + t
			in += t
		}
		composed = max(composed, inEnd) + f.Compose.Seconds()
		shown[i] = composed
		latency += composed - swapped

		longest += most
		if most > 0 {
			r.Balance += sum / float64(n) / most
		} else {
			r.Balance++
		}
		busy[App] += f.App.Seconds()
		busy[Split] += f.Split.Seconds()
		busy[LinkOut] += s.Link.port(out)
		busy[LinkIn] += in
		busy[Compose] += f.Compose.Seconds()
		busy[Cores] += f.App.Seconds() + s.Host.Seconds()
		if s.NodesHere {
			busy[Cores] += sum
		}
	}
	count := float64(len(frames))
	for st := range busy {
		busy[st] /= count
	}
	busy[Nodes] = slices.Max(nodeBusy) / count
	busy[Cores] /= float64(s.Cores)
	frame := shown[0]
	if len(frames) > 1 {
		frame = (shown[len(frames)-1] - shown[0]) / (count - 1)
	}
	limit := App
	for st := range InFlight {
		r.Busy[st] = seconds(busy[st])
		if busy[st] > busy[limit] {
			limit = st
		}
	}
	// Frames that differ can come at another pace than the mean of the busiest stage says, but for the cores' it is a bound.
	frame = max(frame, busy[Cores])
	r.Limit = limit
	if frame > slack*busy[limit] {
		r.Limit = InFlight
	}
	r.Frame, r.Latency, r.Longest = seconds(frame), seconds(latency/count), seconds(longest/count)
	r.Balance /= count
	return r, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func check(frames []Frame, s Setup) error {
	switch {
	case len(frames) == 0:
		return fmt.Errorf("%w: no frames", ErrInput)
	case s.FramesInFlight < 1:
		return fmt.Errorf("%w: %d frames in flight", ErrInput, s.FramesInFlight)
	case s.Cores < 1:
		return fmt.Errorf("%w: %d cores", ErrInput, s.Cores)
	case s.Host < 0:
		return fmt.Errorf("%w: the host takes %v", ErrInput, s.Host)
	case s.Link != nil && !(s.Link.Rate > 0 && s.Link.Latency >= 0):
		return fmt.Errorf("%w: link %+v", ErrInput, *s.Link)
	}
	n := len(frames[0].Nodes)
	for i, f := range frames {
		if n == 0 || len(f.Nodes) != n || len(f.Single) != n || len(f.Pieces) != n {
			return fmt.Errorf("%w: frame %d: times of %d nodes, bytes for %d and pieces of %d, the first has %d", ErrInput, i, len(f.Nodes), len(f.Single), len(f.Pieces), n)
		}
		if f.App < 0 || f.Split < 0 || f.Compose < 0 || slices.Min(f.Nodes) < 0 {
			return fmt.Errorf("%w: frame %d: a time is negative", ErrInput, i)
		}
	}
	return nil
}
