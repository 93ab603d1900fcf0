package scale

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/cmd/internal/scale/model"
	"github.com/prismgl/prism/cmd/internal/scale/turns"
	"github.com/prismgl/prism/nodes/session"
)

// Sample is what was heard of one run: Frames of them in a row, after others that were left out.
type Sample struct {
	Nodes   int
	Frames  []session.Measure
	Traffic []turns.Traffic // of the same frames
	Wall    time.Duration   // that the frames took
	Host    time.Duration   // CPU time of this process meanwhile
	// Idle is the part of a core that this process takes while no frame is drawn: heartbeats and the like. Runs in which nodes wait for
	// their turn have much more of it to a frame than others.
	Idle float64
}

// Sampler listens to a session: Take is its Config.OnMeasure.
type Sampler struct {
	warm, want int
	progress   func(frame int)

	mu          sync.Mutex
	seen        int
	frames      []session.Measure
	began, last time.Time
	cpu, cpuEnd time.Duration
}

// NewSampler leaves out the first warm frames, at least 1, and takes the next want ones, at least 1. progress is told of each; nil: nobody is.
func NewSampler(warm, want int, progress func(frame int)) *Sampler {
	return &Sampler{warm: max(warm, 1), want: max(want, 1), progress: progress}
}

// All is how many frames the sampler has to be told of.
func (s *Sampler) All() int { return s.warm + s.want }

// Take notes a frame.
func (s *Sampler) Take(m session.Measure) {
	now, cpu := time.Now(), cpuTime()
	s.mu.Lock()
	s.seen++
	seen := s.seen
	switch {
	case seen == s.warm:
		s.began, s.cpu = now, cpu
	case seen > s.warm && len(s.frames) < s.want:
		s.frames = append(s.frames, m)
		s.last, s.cpuEnd = now, cpu
	}
	s.mu.Unlock()
	if s.progress != nil {
		s.progress(seen)
	}
}

// Seen is how many frames were taken, those left out included.
func (s *Sampler) Seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// Sample is what was heard; traffic that of all frames.
func (s *Sampler) Sample(nodes int, traffic []turns.Traffic) Sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Sample{Nodes: nodes, Frames: s.frames, Wall: s.last.Sub(s.began), Host: s.cpuEnd - s.cpu}
	if len(traffic) > s.warm {
		out.Traffic = traffic[s.warm:min(len(traffic), s.warm+len(s.frames))]
	}
	return out
}

// cpuTime is what this process has used.
func cpuTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// FrameTime is how long a frame took on average.
func (s *Sample) FrameTime() time.Duration {
	if len(s.Frames) == 0 {
		return 0
	}
	return s.Wall / time.Duration(len(s.Frames))
}

// host is what a frame takes of this process's CPU when one comes each frame.
func (s *Sample) host(frame time.Duration) time.Duration {
	idle := func(d time.Duration) time.Duration { return time.Duration(s.Idle * float64(d)) }
	least := time.Duration(0) // what splitting and composing take is not idling
	for _, m := range s.Frames {
		least += m.Split + m.Compose
	}
	return max(s.Host-idle(s.Wall), least)/time.Duration(max(len(s.Frames), 1)) + idle(frame)
}

// IdleShare finds out Idle in so much time.
func IdleShare(ctx context.Context, d time.Duration) float64 {
	began, cpu := time.Now(), cpuTime()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	if wall := time.Since(began); wall > 0 {
		return float64(cpuTime()-cpu) / float64(wall)
	}
	return 0
}

// costs are the frames for the model. without: the app's time is left out, for the run was a recording's.
func (s *Sample) costs(without bool) []model.Frame {
	out := make([]model.Frame, len(s.Frames))
	for i, m := range s.Frames {
		f := model.Frame{Split: m.Split, Compose: m.Compose}
		if !without {
			f.App = m.App
		}
		f.Single = make([]uint64, len(m.Nodes))
		if i < len(s.Traffic) {
			f.Broadcast = s.Traffic[i].Broadcast
			copy(f.Single, s.Traffic[i].Single)
		}
		for k, n := range m.Nodes {
			sent := n.Sent // of the frame before, unless the next one tells
			if i+1 < len(s.Frames) {
				sent = s.Frames[i+1].Nodes[k].Sent
			}
			f.Nodes = append(f.Nodes, n.Cost+sent)
			f.Pieces = append(f.Pieces, n.PieceBytes)
		}
		out[i] = f
	}
	return out
}

// with is s with what the session took in another run of the same frames. Of what the process took of the CPU in all the smaller figure counts:
// nodes that wait for their turn and nodes that starve each other make the session wake up, and send again, in ways that add to it only.
func (s Sample) with(session *Sample) Sample {
	frames := slices.Clone(s.Frames)
	for i := range frames {
		if i < len(session.Frames) {
			frames[i].Split, frames[i].Compose = session.Frames[i].Split, session.Frames[i].Compose
		}
	}
	if s.host(0) > session.host(0) {
		n := time.Duration(len(frames))
		per := time.Duration(len(session.Frames))
		s.Host, s.Wall, s.Idle = session.Host*n/per, session.Wall*n/per, session.Idle
	}
	s.Frames = frames
	return s
}

// work sums over frames and nodes: the device's time, and wall and CPU time of the replay.
func (s *Sample) work() (cost, wall, cpu time.Duration) {
	for _, m := range s.Frames {
		for _, n := range m.Nodes {
			cost += n.Cost
			wall += n.ReplayWall + n.Readback
			cpu += n.ReplayCPU
		}
	}
	return cost, wall, cpu
}
