package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/scale"
	"github.com/prismgl/prism/cmd/internal/scale/model"
	"github.com/prismgl/prism/cmd/internal/scale/turns"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
	"github.com/prismgl/prism/nodes/session"
)

// scaling is one `prism bench scale`.
type scaling struct {
	*app
	pol      *policy
	cfg      config.Config
	args     []string
	live     bool   // args are an app
	file     string // the recording
	nodes    []int
	frames   int
	warm     int
	atOnce   int
	link     model.Link
	progress *progress

	ready  proto.Ready // of the first node
	remote bool        // some nodes are on other machines
	size   [2]int      // of the window that was measured
}

func (s *scaling) say(format string, args ...any) { s.progress.line(fmt.Sprintf(format, args...)) }

// divisionOf settles who draws what of n nodes.
func (s *scaling) divisionOf(n int) (config.Config, config.Division) {
	cfg := s.cfg
	cfg.Nodes = n
	_, d := cfg.Divide()
	return cfg, d
}

// measure makes all runs: those at once first, while nothing else of prism is there.
func (s *scaling) measure(ctx context.Context) (r scale.Report, err error) {
	var samples scale.Samples
	cl, err := s.open(ctx, 1)
	if err != nil {
		return r, err
	}
	// One node by itself tells what the device is.
	first, err := s.sample(ctx, cl, 1, how{alone: true})
	available := len(cl.nodes)
	cl.Close()
	if err != nil {
		return r, err
	}
	samples.Here = append(samples.Here, first)

	most := s.mostAtOnce(available)
	for _, n := range s.nodes {
		if n > most {
			break
		}
		var one scale.Sample
		if s.live {
			one, err = s.run(ctx, n)
		} else {
			one, err = s.replay(ctx, n)
		}
		if err != nil {
			return r, err
		}
		samples.Together = append(samples.Together, one)
	}
	if cl, err = s.open(ctx, s.nodes[len(s.nodes)-1]); err != nil {
		return r, err
	}
	defer cl.Close()
	for _, n := range s.nodes {
		if n > 1 && n <= most {
			one, err := s.sample(ctx, cl, n, how{alone: true})
			if err != nil {
				return r, err
			}
			samples.Here = append(samples.Here, one)
		}
		one, err := s.sample(ctx, cl, n, how{alone: true, away: true})
		if err != nil {
			return r, err
		}
		samples.Away = append(samples.Away, one)
		// What the session itself takes is another matter: it wakes up for each node that has its turn, and less often for many at once.
		if n > 1 {
			if one, err = s.sample(ctx, cl, n, how{away: true}); err != nil {
				return r, err
			}
		}
		samples.Session = append(samples.Session, one)
	}
	return scale.Build(s.about(), &s.link, samples)
}

// mostAtOnce is up to how many nodes are measured together.
func (s *scaling) mostAtOnce(available int) int {
	switch {
	case s.cfg.NATS.URL != "" && s.atOnce > 0:
		return min(s.atOnce, available)
	case s.cfg.NATS.URL != "":
		return available
	case s.atOnce > 0:
		return s.atOnce
	case s.ready.Software:
		return runtime.NumCPU()
	}
	return 1 // several nodes on one GPU are not several GPUs
}

func (s *scaling) about() scale.About {
	cfg, d := s.divisionOf(s.nodes[len(s.nodes)-1])
	a := scale.About{
		Scene: quote(s.args), Policy: d.Name, Renderer: s.ready.Renderer, Software: s.ready.Software, Width: s.size[0], Height: s.size[1],
		Warm: s.warm, Frames: s.frames, FramesInFlight: s.cfg.FramesInFlight, Cores: runtime.NumCPU(), Link: s.link.Name, Replayed: !s.live, Remote: s.remote,
	}
	if cfg.Culling == config.CullingOn {
		a.Policy += ", culling"
	}
	if len(s.args) > 0 {
		a.Scene = quote(append([]string{filepath.Base(s.args[0])}, s.args[1:]...))
	}
	return a
}

// open makes a cluster of n local nodes, or of all that have joined.
func (s *scaling) open(ctx context.Context, n int) (*cluster, error) {
	cc := s.clusterConfig(s.cfg, s.pol, n)
	cc.oneThread = true
	if s.cfg.NATS.URL != "" {
		cc.nodes = 0
	}
	return openCluster(ctx, cc)
}

// how a recording is drawn.
type how struct {
	alone bool // one node after the other
	away  bool // as if the nodes were on other machines
}

func (h how) String() string {
	switch {
	case h.away && h.alone:
		return "one after the other, as on other machines"
	case h.away:
		return "at once, as on other machines, for what the session takes"
	case h.alone:
		return "one after the other"
	}
	return "at once"
}

// replay is a measured point of a recording.
func (s *scaling) replay(ctx context.Context, n int) (scale.Sample, error) {
	cl, err := s.open(ctx, n)
	if err != nil {
		return scale.Sample{}, err
	}
	defer cl.Close()
	return s.sample(ctx, cl, n, how{})
}

// sample draws the recording on n nodes of cl. Where nodes take turns, those of the cluster may stand for several.
func (s *scaling) sample(ctx context.Context, cl *cluster, n int, h how) (_ scale.Sample, err error) {
	t, err := openTrace(s.file)
	if err != nil {
		return scale.Sample{}, err
	}
	defer t.Close()
	cfg, d := s.divisionOf(n)
	nodes := make([]registry.Node, n)
	for i := range nodes {
		nodes[i] = cl.nodes[i%len(cl.nodes)]
	}
	from := *cl
	if h.away {
		from.remote, cfg.Lanes = true, config.LanesNATS
	}
	for _, a := range cl.agents { // the last sample's workers are not to count for this one
		if err := a.Quiet(ctx); err != nil {
			return scale.Sample{}, err
		}
	}
	c, err := from.start(ctx, nodes, cfg, s.log)
	if err != nil {
		return scale.Sample{}, err
	}
	defer c.Close()
	s.ready = c.Ready[0]
	for i := range nodes {
		s.remote = s.remote || s.cfg.NATS.URL != "" && !h.away && c.Hub.Route(i) != lane.RouteShm
	}
	idle := 0.0
	if h.alone || h.away {
		// What starting the workers has left behind comes first.
		_ = scale.IdleShare(ctx, idleTime/2)
		idle = scale.IdleShare(ctx, idleTime)
	}
	l := s.listen(c.Hub, n, h.alone, h.String())
	defer l.hub.Stop()
	_, err = session.Run(ctx, session.Config{
		Hub: l.hub, Names: c.Names, Watch: c.Watch, Source: session.NewTrace(session.FromTrace(t), false), PolicyFor: d.New,
		FramesInFlight: cfg.FramesInFlight, MaxFrames: uint64(l.sampler.All()), OnMeasure: l.sampler.Take, Log: s.log,
		Culling: s.culling(cfg),
	})
	if err != nil {
		return scale.Sample{}, err
	}
	one, err := l.sample()
	one.Idle = idle
	return one, err
}

// idleTime is how long the session is watched before its first frame.
const idleTime = time.Second

// run is a measured point of an app: it runs as under `prism run`.
func (s *scaling) run(ctx context.Context, n int) (scale.Sample, error) {
	cfg, d := s.divisionOf(n)
	r := s.newRunner(&runFlags{frames: uint64(s.warm + s.frames)}, cfg, s.args, true)
	r.oneThread = true
	most, err := busiest(ctx, r, s.pol, 0, func(c *session.Config) func() (*listener, int) {
		l := s.listen(c.Hub, n, false, "at once")
		c.Hub, c.PolicyFor, c.OnMeasure = l.hub, d.New, l.sampler.Take
		return func() (*listener, int) {
			l.hub.Stop()
			return l, l.sampler.Seen()
		}
	})
	if err != nil {
		return scale.Sample{}, err
	}
	return most.sample()
}

// listener hears what one session's frames take.
type listener struct {
	s       *scaling
	nodes   int
	hub     *turns.Hub
	sampler *scale.Sampler
	text    string
}

func (s *scaling) listen(inner lane.Hub, nodes int, alone bool, text string) *listener {
	l := &listener{s: s, nodes: nodes, text: fmt.Sprintf("%d nodes %s", nodes, text)}
	if nodes == 1 {
		l.text = "1 node " + text
	}
	wrap := turns.Count
	if alone {
		wrap = turns.Alone
	}
	l.hub = wrap(inner)
	l.sampler = scale.NewSampler(s.warm, s.frames, func(frame int) {
		s.progress.step(l.text, frame, s.warm+s.frames)
	})
	return l
}

// sample ends the listening.
func (l *listener) sample() (scale.Sample, error) {
	one := l.sampler.Sample(l.nodes, l.hub.Frames())
	if len(one.Frames) == 0 {
		return one, fmt.Errorf("%w after the first %d frames (%s): %d came", errNoFrames, l.s.warm, l.text, l.sampler.Seen())
	}
	last := one.Frames[len(one.Frames)-1]
	l.s.size = [2]int{last.Width, last.Height}
	few := ""
	if len(one.Frames) < l.s.frames {
		few = fmt.Sprintf(", of %d frames only: there are no more", len(one.Frames))
	}
	l.s.say("%s: %.1f frames/s%s", l.text, 1/one.FrameTime().Seconds(), few)
	return one, nil
}

// progress shows on a terminal how far a run is, elsewhere what has been done.
type progress struct {
	w        io.Writer
	terminal bool

	mu   sync.Mutex
	open bool // the line under way is not ended
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
		p.terminal = err == nil
	}
	return p
}

// eraseLine goes to the beginning of a terminal's line and empties it.
const eraseLine = "\r\x1b[K"

func (p *progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open {
		fmt.Fprint(p.w, eraseLine)
		p.open = false
	}
	fmt.Fprintln(p.w, "prism: bench:", text)
}

func (p *progress) step(text string, at, of int) {
	if !p.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = true
	fmt.Fprintf(p.w, "%sprism: bench: %s: frame %d of %d", eraseLine, text, at, of)
}
