package session

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Measure is what one frame took, for who wants more of it than Stats' sums: Config.OnMeasure.
type Measure struct {
	Drawable      uint32
	Number        uint64
	Width, Height int
	// App and Latency are as in Stats. Split and Compose are CPU times, which other programs do not lengthen: of all that the splitter's
	// goroutine did for the frame, sending included, and the receiver's.
	App, Split, Compose, Latency time.Duration
	Nodes                        []NodeMeasure // one a peer
}

// NodeMeasure is one node's part of a Measure. Of a node that had no part of the frame it may be all zero.
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
	m := Measure{Drawable: f.drawable, Number: f.number, Width: f.width, Height: f.height, App: f.app, Split: f.splitCPU, Compose: f.receiveCPU, Latency: time.Since(f.began)}
	for i := range f.parts {
		t := &f.parts[i].frame
		m.Nodes = append(m.Nodes, NodeMeasure{
			Cost: time.Duration(t.Cost), Sent: time.Duration(t.Sent), ReplayWall: time.Duration(t.ReplayWall), ReplayCPU: time.Duration(t.ReplayCPU),
			Readback: time.Duration(t.Readback), Draws: t.Draws, PieceBytes: f.parts[i].bytes,
		})
	}
	s.OnMeasure(m)
}

// threadClock tells what a goroutine has used of the CPU, for which it keeps it on one thread. The zero value tells nothing.
type threadClock struct {
	on   bool
	last time.Duration
}

// start begins with the calling goroutine, if wanted; stop lets it go from thread to thread again.
func (c *threadClock) start(wanted bool) (stop func()) {
	if !wanted {
		return func() {}
	}
	runtime.LockOSThread()
	c.on, c.last = true, threadTime()
	return runtime.UnlockOSThread
}

// lap is what was used since the last one.
func (c *threadClock) lap() time.Duration {
	if !c.on {
		return 0
	}
	now := threadTime()
	d := now - c.last
	c.last = now
	return d
}

func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
