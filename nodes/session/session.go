package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/prismgl/prism/composite"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/passes"
)

// Classes of errors that end a session.
var (
	ErrConfig   = errors.New("session: bad configuration")
	ErrNodeGone = errors.New("session: node gone")
	ErrFault    = errors.New("session: node cannot go on")
	ErrProtocol = errors.New("session: a node breaks the protocol")
	ErrStream   = errors.New("session: bad stream")
)

// Config of a session. Hub and Source stay the caller's: Run does not close them.
type Config struct {
	Hub    lane.Hub
	Source Source
	Policy tilesplit.Policy
	// PolicyFor, if set, makes the policy of each drawable in place of Policy: one that learns serves one drawable.
	PolicyFor func() tilesplit.Policy
	// Changes gives, while the session runs, what is to be in PolicyFor's place from the next frame on.
	Changes <-chan func() tilesplit.Policy
	// Culling, if set, sends draws only to nodes that they can touch.
	Culling *Culling
	// OnPass, if set, is told at each frame's end of its passes into framebuffer objects, where Culling.Passes looks at them.
	OnPass func(*passes.Pass)
	// Outputs take the frames, each at its own pace; none: nobody does. Run does not close them, but waits until they have all frames.
	Outputs []output.Output
	// LosslessOutputs: an output that cannot keep up slows the app instead of missing frames.
	LosslessOutputs bool
	// Displays, if set, are what a wall's plans name in their Views: the nodes show these themselves. Without outputs that look at frames (output.Blind)
	// and without OnFrame no picture is put together then.
	Displays map[string]proto.Display
	// OnFrame, if set, sees each frame before Outputs; its memory is valid until it returns. An error ends the session.
	OnFrame func(*output.Frame) error
	// OnMeasure, if set, is told what each frame took that was shown, after OnFrame and in the same order.
	OnMeasure func(Measure)
	// Observer, if set, is told how the stream is divided.
	Observer observe.Observer
	// Record, if set, is given each chunk of the source that was sent, in order, and how many swaps are in it; valid during
	// the call. RecordTo makes one for a trace.
	Record func(chunk []byte, swaps int) error
	// Watch, if set, returns an error when a node has ended in a way that the lanes cannot see soon, or nil when its context ends;
	// Cluster has one.
	Watch func(context.Context) error
	// Names of the peers, for messages and figures; missing ones are numbered.
	Names          []string
	Lead           int // peer that answers questions of class lead
	FramesInFlight int // 0: 2
	// MaxFrames ends the run after so many swaps; 0: with the source. The source is then left alone: who runs the app ends
	// it, or hangs up.
	MaxFrames  uint64
	Log        *slog.Logger  // nil: slog.Default()
	EndTimeout time.Duration // for the peers to end; 0: 5 s
	// DrainTimeout bounds the wait for frames under way after the app has ended, while nothing gets on; 0: 30 s.
	DrainTimeout time.Duration
	// ShowTimeout is how long a node may take to show a frame of a wall that is drawn, or to be ready for it; 0: 20 s.
	ShowTimeout      time.Duration
	OutputQueueBytes int // frames that may wait for one output; 0: 256 MiB
	// OutputPatience is how long an output may take without progress once the app has ended; 0: 5 s.
	OutputPatience time.Duration
}

const (
	batchBytes     = 256 << 10
	chunksAhead    = 4
	defaultFlight  = 2
	defaultEnd     = 5 * time.Second
	defaultDrain   = 30 * time.Second
	farewellOnFail = time.Second
)

func (c *Config) check() error {
	switch {
	case c.Hub == nil || c.Source == nil || c.Policy == nil && c.PolicyFor == nil:
		return fmt.Errorf("%w: Hub, Source and Policy are needed", ErrConfig)
	case c.Hub.Peers() < 1:
		return fmt.Errorf("%w: no peers", ErrConfig)
	case c.Lead < 0 || c.Lead >= c.Hub.Peers():
		return fmt.Errorf("%w: lead is peer %d of %d", ErrConfig, c.Lead, c.Hub.Peers())
	case c.FramesInFlight < 0:
		return fmt.Errorf("%w: %d frames in flight", ErrConfig, c.FramesInFlight)
	}
	if c.FramesInFlight == 0 {
		c.FramesInFlight = defaultFlight
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.EndTimeout == 0 {
		c.EndTimeout = defaultEnd
	}
	if c.DrainTimeout == 0 {
		c.DrainTimeout = defaultDrain
	}
	if c.ShowTimeout == 0 {
		c.ShowTimeout = defaultShow
	}
	for i := len(c.Names); i < c.Hub.Peers(); i++ {
		c.Names = append(c.Names[:i:i], fmt.Sprintf("node %d", i))
	}
	return nil
}

// session is the state of one Run.
type session struct {
	Config
	ops   commands
	peers int
	pool  composite.Pool
	slots chan struct{} // one token a frame in flight
	ready chan *frame   // whole frames, in order, to the presenter
	said  map[string]bool
	stage *output.Stage

	// Of the splitter alone.
	split splitter
	// Of the receiver alone.
	notes     []int // per peer, how many it has said
	receiving threadClock

	mu      sync.Mutex
	frames  []*frame   // swaps sent and not yet handed to the presenter, oldest first
	first   uint64     // ordinal of frames[0]
	cursor  []uint64   // per peer: ordinal of the frame whose Frame message comes next, if none is behind
	behind  [][]swapOf // per peer: frames that went on without it, for it had no part of them, and that it has not told of
	asked   map[uint64]*question
	results results
	syncs   uint64     // records of class sync sent
	synced  []uint64   // per peer: carried out
	due     [][]uint64 // per peer: ordinals of those that it was sent and has not carried out
	credits uint64     // FinishDone calls made
	shown   uint64     // frames through the presenter or dropped
	swaps   uint64
	gone    []bool
	ending  bool            // End was sent: peers may go
	left    bool            // a node has ended since without a goodbye, or the lanes have
	failing map[string]bool // outputs of which an error was said
	stats   Stats
	costs   []cost               // what frames took, for the splitter
	overAt  map[uint32]time.Time // by drawable: when its last frame was whole
	idle    chan struct{}        // a token whenever something under way has ended
	wall    wallState
}

// errDone ends the goroutines of a run that went well.
var errDone = errors.New("done")

// Run plays the source to its end, to MaxFrames, or to ctx's end, and tells what happened in figures; they are valid also
// with an error. After an error the source is told that the session is lost.
func Run(ctx context.Context, c Config) (Stats, error) {
	if err := c.check(); err != nil {
		return Stats{}, err
	}
	n := c.Hub.Peers()
	s := &session{
		Config: c, ops: newCommands(), peers: n,
		slots: make(chan struct{}, c.FramesInFlight), ready: make(chan *frame, c.FramesInFlight), said: map[string]bool{},
		cursor: make([]uint64, n), behind: make([][]swapOf, n), synced: make([]uint64, n), due: make([][]uint64, n), gone: make([]bool, n), notes: make([]int, n),
		overAt: map[uint32]time.Time{}, asked: map[uint64]*question{}, idle: make(chan struct{}, 1), failing: map[string]bool{},
	}
	s.results.init(n)
	s.wall.init(&s.Config)
	s.split.init(s)
	s.split.cull = newCuller(ctx, &s.split)
	s.split.passes = newPasser(&s.split)
	s.stats.Nodes = make([]NodeStats, n)
	for i := range s.stats.Nodes {
		s.stats.Nodes[i].Name, s.stats.Nodes[i].Lane = c.Names[i], c.Hub.Route(i)
	}
	s.stage = output.NewStage(ctx, c.Outputs, output.StageConfig{
		Lossless: c.LosslessOutputs, QueueBytes: c.OutputQueueBytes, Patience: c.OutputPatience, Free: s.pool.Put, Failed: s.outputFailed,
		Note: func(text string) { s.once(text, &s.stats.Notes) },
	})
	began := time.Now()
	before := c.Hub.Stats()

	g, gctx := errgroup.WithContext(ctx)
	chunks := make(chan []byte, chunksAhead)
	readCtx, stopReading := context.WithCancel(gctx)
	g.Go(func() error { return s.read(readCtx, chunks) })
	g.Go(func() error { return s.receive(gctx) })
	g.Go(func() error { return s.present(gctx) })
	if c.Displays != nil {
		g.Go(func() error { return s.showAll(gctx) })
	}
	if c.Watch != nil {
		g.Go(func() error {
			err := c.Watch(gctx)
			if err == nil || !s.over() {
				return err
			}
			s.noMore()
			return nil
		})
	}
	g.Go(func() error {
		ended, err := s.splitAll(gctx, chunks)
		stopReading()
		s.stage.Ending()
		if err == nil {
			err = s.drain(gctx)
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.stats.Ended = ended
		s.mu.Unlock()
		return s.farewell(gctx)
	})
	err := g.Wait()
	stopReading()
	if errors.Is(err, errDone) {
		err = nil
	}
	if err != nil {
		c.Source.SetLost()
		s.failFarewell(ctx, err)
	}
	s.split.cull.end()
	s.split.passes.end()
	wall := time.Since(began)
	s.stage.Finish(ctx)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Wall = wall
	s.stats.Barrier = s.wall.stats()
	s.stats.outputs(s.stage.Stats())
	s.stats.lane(before, c.Hub.Stats())
	if err != nil {
		s.stats.Ended = err.Error()
	} else if s.stats.OutputError != "" {
		err = fmt.Errorf("session: output: %s", s.stats.OutputError)
	}
	return s.stats, err
}

// read copies chunks from the source, so that the splitter knows when nothing more is ready.
func (s *session) read(ctx context.Context, to chan<- []byte) error {
	defer close(to)
	for {
		c, err := s.Source.Next(ctx)
		switch {
		case errors.Is(err, io.EOF), err != nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("session: source: %w", err)
		}
		b := s.pool.Get(len(c))
		copy(b, c)
		select {
		case to <- b:
		case <-ctx.Done():
			return nil
		}
	}
}

// drain waits until nothing is under way. Outputs that hold frames up may take as long as they get on.
func (s *session) drain(ctx context.Context) error {
	timer := time.NewTimer(s.DrainTimeout)
	defer timer.Stop()
	steps := s.stage.Steps()
	for {
		s.mu.Lock()
		frames, syncs := s.swaps-s.shown, s.syncs-s.credits
		s.mu.Unlock()
		if frames == 0 && syncs == 0 {
			return nil
		}
		select {
		case <-s.idle:
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			if n := s.stage.Steps(); n != steps {
				steps = n
				timer.Reset(s.DrainTimeout)
				continue
			}
			return fmt.Errorf("session: %d frames and %d finishes are still under way %v after the app's end", frames, syncs, s.DrainTimeout)
		}
	}
}

// noMore tells farewell that not all goodbyes will come.
func (s *session) noMore() {
	s.mu.Lock()
	s.left = true
	s.mu.Unlock()
	s.wake()
}

// wake tells drain and farewell to look again.
func (s *session) wake() {
	select {
	case s.idle <- struct{}{}:
	default:
	}
}

// farewell ends the peers and waits for them; a slow one is reported and left to its agent.
func (s *session) farewell(ctx context.Context) error {
	s.mu.Lock()
	s.ending = true
	s.mu.Unlock()
	if err := s.broadcastControl(ctx, &proto.Control{End: &proto.End{Reason: "the app has ended"}}); err != nil && !errors.Is(err, lane.ErrPeerGone) {
		return fmt.Errorf("session: end: %w", err)
	}
	timer := time.NewTimer(s.EndTimeout)
	defer timer.Stop()
	for {
		var slow []string
		s.mu.Lock()
		for i, g := range s.gone {
			if !g {
				slow = append(slow, s.Names[i])
			}
		}
		left := s.left
		s.mu.Unlock()
		if len(slow) == 0 || left {
			return errDone
		}
		select {
		case <-s.idle:
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			s.Log.Warn("session: nodes do not end", "nodes", slow, "waited", s.EndTimeout)
			return errDone
		}
	}
}

// failFarewell tells the peers of a failed session that it is over, as far as that still works.
func (s *session) failFarewell(ctx context.Context, why error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewellOnFail)
	defer cancel()
	_ = s.broadcastControl(ctx, &proto.Control{End: &proto.End{Reason: why.Error()}})
}

func (s *session) broadcastControl(ctx context.Context, c *proto.Control) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return s.Hub.Broadcast(ctx, lane.KindControl, b)
}

// once logs a text the first time it comes and keeps it for the figures.
func (s *session) once(text string, list *[]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.said[text] {
		s.said[text] = true
		*list = append(*list, text)
		s.Log.Warn(text)
	}
}
