package session

import "time"

// Measure is what one frame took, for who wants more of it than Stats' sums: Config.OnMeasure.
type Measure struct {
	Drawable      uint32
	Number        uint64
	Width, Height int
	// App, Split, Composite and Latency are as in Stats.
	App, Split, Composite, Latency time.Duration
	Nodes                          []NodeMeasure // one a peer
}

// NodeMeasure is one node's part of a Measure.
type NodeMeasure struct {
	Cost time.Duration // of the device: proto.Frame.Cost
	// Sent is the CPU time of packing and handing over the pieces of this node's frame before, which is known when that is over.
	Sent                  time.Duration
	ReplayWall, ReplayCPU time.Duration
	Readback              time.Duration
	Draws                 uint64
	PieceBytes            uint64 // as sent, headers included
}

// measure tells of a frame that has been shown.
func (s *session) measure(f *frame) {
	m := Measure{Drawable: f.drawable, Number: f.number, Width: f.width, Height: f.height, App: f.app, Split: f.split, Composite: f.composite, Latency: time.Since(f.began)}
	for i := range f.parts {
		t := &f.parts[i].frame
		m.Nodes = append(m.Nodes, NodeMeasure{
			Cost: time.Duration(t.Cost), Sent: time.Duration(t.Sent), ReplayWall: time.Duration(t.ReplayWall), ReplayCPU: time.Duration(t.ReplayCPU),
			Readback: time.Duration(t.Readback), Draws: t.Draws, PieceBytes: f.parts[i].bytes,
		})
	}
	s.OnMeasure(m)
}
