package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/s2"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/egl"
	"github.com/prismgl/prism/nodes/worker/replay"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// ErrFault is the class of errors after which a worker ends and that it has told the session as a proto.Fault; ErrUntold of those that it
// could not tell.
var (
	ErrFault  = errors.New("worker: fault")
	ErrUntold = errors.New("worker: the session could not be told")
)

const (
	defaultDeadline = 60 * time.Second
	// A busy worker looks so seldom for results within a frame.
	batchesUnasked = 8
)

// Options are what the process around a worker may want otherwise.
type Options struct {
	Log *slog.Logger // nil: slog.Default
	// Timers takes frames' times with the GPU's timers from software drivers too, where they are of little use: for tests.
	Timers bool
	// Exit ends the process when a batch exceeds its deadline, once what was sent has arrived; nil: os.Exit at once.
	Exit func(code int)
	// Displays, if set, show what plans have as Views. Closed with the worker.
	Displays Displays
}

// Run serves one session over spoke, until the session says that it has ended (nil), ctx ends, the lane fails, or a fault (ErrFault).
// It does not close spoke.
func Run(ctx context.Context, cfg proto.WorkerConfig, spoke lane.Spoke, o Options) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Exit == nil {
		o.Exit = os.Exit
	}
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan error, 1)
	w := &worker{cfg: cfg, spoke: spoke, log: o.Log, exit: o.Exit, timers: o.Timers, plans: map[uint32]*proto.Plan{}, fail: cancel}
	if o.Displays != nil {
		w.presenter = &presenter{w: w, displays: o.Displays, jobs: make(chan job, framesStaged), allowed: make(chan proto.Show, framesStaged)}
	}
	defer func() {
		cancel(nil)
		w.presenter.end()
	}()
	go func() {
		// Never unlocked: what a driver keeps by thread goes with the thread.
		runtime.LockOSThread()
		done <- w.serve(ctx)
	}()
	err := <-done
	if cause := context.Cause(ctx); errors.Is(cause, ErrFault) { // the presenter's; what came of it elsewhere says less
		err = cause
	}
	return err
}

type worker struct {
	cfg   proto.WorkerConfig
	spoke lane.Spoke
	log   *slog.Logger
	exit  func(int)
	// sending guards the lane's Send: the presenter and the watchdog have a word to say beside the replay.
	sending   sync.Mutex
	presenter *presenter              // nil: no displays
	showing   atomic.Bool             // a plan has had views
	fail      context.CancelCauseFunc // ends the worker

	r        *replay.Replay
	plans    map[uint32]*proto.Plan
	watchdog *time.Timer
	deadline time.Duration

	asks uint // batches and stops so far

	wall, cpu int64 // of the replay since the frame before
	sent      int64 // CPU time of sending the pieces of the frame before
	// software: the driver draws on the CPU; threads: with threads of its own. spent is the process's time at the end of the frame before.
	software, threads bool
	spent             int64
	timers            bool // a frame's time is the GPU's own
	// pieces holds a frame's pieces as they were read back, room for a header before each; packed one that is compressed.
	pieces, packed []byte
}

func (w *worker) serve(ctx context.Context) error {
	err := w.open(ctx)
	if err == nil {
		err = w.loop(ctx)
	}
	if w.r != nil {
		w.r.Release()
	}
	return err
}

func (w *worker) open(ctx context.Context) error {
	dev, err := egl.Open(w.cfg.Device)
	if err != nil {
		return w.fault(ctx, proto.FaultDevice, err)
	}
	w.r, err = replay.New(dev)
	if err != nil {
		return w.fault(ctx, proto.FaultDevice, err)
	}
	info, err := w.r.Describe(0, 0, 0, nil)
	if err != nil {
		return w.fault(ctx, proto.FaultDevice, err)
	}
	framebuffer, test := chooseMake(w.cfg.Framebuffer, w.r)
	w.r.UseFBO(framebuffer == makeFBO)
	w.r.SetLead(w.cfg.Lead)
	w.r.SetPeer(w.cfg.Peer)
	w.log.Debug("worker ready", "session", w.cfg.Session, "peer", w.cfg.Peer, "renderer", info.Renderer, "version", info.Version,
		"framebuffer", framebuffer, "fbo_diff_pixels", test.FBODiffPixels)

	w.deadline = defaultDeadline
	if w.cfg.BatchDeadlineMS > 0 {
		w.deadline = time.Duration(w.cfg.BatchDeadlineMS) * time.Millisecond
	}
	w.software, w.threads = software(info.Renderer), os.Getenv("LP_NUM_THREADS") != "0"
	if w.software && framebuffer == makeFBO {
		w.log.Debug("tiles cleared alone", "exact", w.r.ClearTiles())
	}
	w.spent = cpuTime(unix.CLOCK_PROCESS_CPUTIME_ID)
	w.timers = w.timers || !w.software
	w.r.Time(w.timers)
	return w.control(ctx, proto.Control{Ready: &proto.Ready{
		PID: os.Getpid(), Renderer: info.Renderer, Version: info.Version, Software: w.software, Framebuffer: framebuffer, SpecHash: gl.SpecHash,
	}})
}

// loop takes messages while the one before is being carried out.
func (w *worker) loop(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	messages := make(chan received, batchesAhead)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.take(ctx, messages)
	}()
	defer func() {
		cancel()
		<-ended
	}()
	for {
		var in received
		select {
		case in = <-messages:
		default:
			// Nothing else to do: what has been asked for is waited for and told.
			if err := w.results(ctx, true); err != nil {
				return err
			}
			select {
			case in = <-messages:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if in.err != nil {
			return fmt.Errorf("worker: %w", in.err)
		}
		switch in.m.Kind {
		case lane.KindBatch:
			if err := w.batch(ctx, in.m.Payload); err != nil {
				return err
			}
			in.m.Release()
		case lane.KindControl:
			end, err := w.told(ctx, in.m.Payload)
			if end || err != nil {
				return err
			}
		default:
			return w.fault(ctx, proto.FaultCorrupt, fmt.Errorf("worker: a message of kind %d is not for workers", in.m.Kind))
		}
	}
}

// told carries out a control message; end: the session is over.
func (w *worker) told(ctx context.Context, payload []byte) (end bool, err error) {
	c, err := proto.ParseControl(payload)
	if err != nil {
		return false, w.fault(ctx, proto.FaultCorrupt, fmt.Errorf("worker: %w", err))
	}
	switch {
	case c.End != nil:
		w.log.Debug("session ended", "session", w.cfg.Session, "peer", w.cfg.Peer, "reason", c.End.Reason)
		return true, nil
	case c.Plan != nil:
		if w.plans[c.Plan.Drawable] == nil && len(w.plans) >= maxPlans {
			return false, w.fault(ctx, proto.FaultCorrupt, fmt.Errorf("worker: plans for more than %d drawables", maxPlans))
		}
		w.plans[c.Plan.Drawable] = c.Plan
		if len(c.Plan.Views) > 0 {
			w.showing.Store(true)
		}
		w.r.SetPlan(c.Plan)
		return false, nil
	}
	return false, w.fault(ctx, proto.FaultCorrupt, errors.New("worker: a control message that is not for workers"))
}

// maxPlans bounds what a session can make a worker keep.
const maxPlans = 1 << 16

// guarded carries out f, which calls the driver, and ends the process when that takes too long.
func (w *worker) guarded(ctx context.Context, f func() error) error {
	if w.watchdog == nil {
		w.watchdog = time.AfterFunc(w.deadline, func() {
			// The replay's thread, which else does all sending, is in the driver and does not come back.
			tell, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			err := fmt.Errorf("worker: a batch takes longer than %v: the driver hangs, or the app draws too much at once", w.deadline)
			if err = w.fault(tell, proto.FaultDevice, err); errors.Is(err, ErrUntold) {
				w.log.Error("worker ends", "session", w.cfg.Session, "peer", w.cfg.Peer, "error", err)
			}
			w.exit(proto.ExitFault)
		})
	} else {
		w.watchdog.Reset(w.deadline)
	}
	defer w.watchdog.Stop()
	return f()
}

func (w *worker) batch(ctx context.Context, batch []byte) error {
	for len(batch) > 0 {
		var n int
		var stop replay.Stop
		err := w.guarded(ctx, func() (err error) {
			wall, cpu := time.Now(), threadTime()
			n, stop, err = w.r.Run(batch)
			w.wall += int64(time.Since(wall))
			w.cpu += threadTime() - cpu
			return err
		})
		class := proto.FaultCorrupt
		if errors.Is(err, replay.ErrDevice) {
			class = proto.FaultDevice
		}
		// First: who waits for an answer finds what was said before it.
		if d := w.r.Said(); d != nil {
			if e := w.control(ctx, proto.Control{Debug: d}); e != nil && err == nil {
				return e
			}
		}
		if e := w.r.Replies(func(b []byte) error { return w.send(ctx, lane.KindReply, b) }); e != nil && err == nil {
			return e
		}
		if err != nil {
			return w.fault(ctx, class, err)
		}
		if n == 0 && stop.Op == 0 {
			return w.fault(ctx, proto.FaultInternal, fmt.Errorf("worker: the replay stands still with %d bytes left", len(batch)))
		}
		// To ask makes a driver draw what it has gathered: not after each of many batches of a frame.
		if w.asks++; stop.Op != 0 || w.asks%batchesUnasked == 0 {
			if err := w.results(ctx, false); err != nil {
				return err
			}
		}
		batch = batch[n:]
		switch stop.Op {
		case 0:
		case gl.OpPrismFinish:
			err = w.control(ctx, proto.Control{Done: &proto.Done{Record: stop.Op.String(), Count: stop.Count, GLError: stop.GLError}})
		default:
			err = w.frame(ctx, stop)
		}
		if err != nil {
			return err
		}
		if note := w.r.Note(); note != "" {
			if err := w.control(ctx, proto.Control{Notes: &proto.Notes{Texts: []string{note}}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// results tells what is known of fences and queries; with wait all that are under way.
func (w *worker) results(ctx context.Context, wait bool) error {
	if !w.r.Pending() {
		return nil
	}
	var b []byte
	err := w.guarded(ctx, func() (err error) {
		b, err = w.r.Results(wait)
		return err
	})
	if err != nil {
		return w.fault(ctx, proto.FaultDevice, err)
	}
	if len(b) == 0 {
		return nil
	}
	return w.send(ctx, lane.KindResults, b)
}

// frame reads back the tiles and sends what was measured and the pieces.
func (w *worker) frame(ctx context.Context, s replay.Stop) error {
	full := proto.Rect{W: s.Width, H: s.Height}
	var tiles []proto.Rect
	plan := w.plans[s.Drawable]
	if plan != nil && !plan.NoPieces {
		tiles = plan.Tiles
	}
	show, err := w.views(plan, s.Width, s.Height)
	if err != nil {
		return w.fault(ctx, proto.FaultCorrupt, err)
	}
	show.drawable, show.number = s.Drawable, s.Frame
	began, cpu := time.Now(), threadTime()
	var drawn int64
	known, read := false, began
	err = w.guarded(ctx, func() error {
		if w.timers { // what reading back waits for
			drawn, known = w.r.FrameTime(len(tiles)+len(show.views) > 0)
			read = time.Now()
		}
		for i, v := range show.views {
			if err := w.r.Readback(s.Drawable, v.Source, show.pictures[i]); err != nil {
				return err
			}
		}
		need := 0
		for _, t := range tiles {
			need += pieceBytes(intersect(t, full))
		}
		if cap(w.pieces) < need {
			w.pieces = make([]byte, need)
		}
		at := 0
		for _, t := range tiles {
			t = intersect(t, full)
			end := at + pieceBytes(t)
			if err := w.r.Readback(s.Drawable, t, w.pieces[at+proto.PieceHeaderBytes:end]); err != nil {
				return err
			}
			at = end
		}
		return nil
	})
	if err != nil {
		return w.fault(ctx, proto.FaultDevice, err)
	}
	cost := w.cost(threadTime()-cpu, time.Since(began))
	if known {
		cost = drawn + int64(time.Since(read))
	}
	f := proto.Frame{
		Cost: cost, Timed: known,
		Drawable: s.Drawable, Number: s.Frame, ReplayWall: w.wall, ReplayCPU: w.cpu, Readback: int64(time.Since(began)),
		Records: s.Records, Bytes: s.Bytes, GLError: s.GLError, Draws: s.Draws, Sent: w.sent,
	}
	w.wall, w.cpu = 0, 0
	if err := w.control(ctx, proto.Control{Frame: &f}); err != nil {
		return err
	}
	if len(show.views) > 0 || show.none {
		if err := w.present(ctx, show); err != nil {
			return err
		}
	}
	cpu = threadTime()
	defer func() { w.sent = threadTime() - cpu }()
	at := 0
	for i, t := range tiles {
		t = intersect(t, full)
		piece := w.pieces[at : at+pieceBytes(t)]
		at += len(piece)
		h := proto.PieceHeader{
			Format: proto.BGRA8, Codec: proto.Raw, Count: uint8(len(tiles)), Index: uint8(i), Drawable: s.Drawable, Frame: s.Frame,
			Rect: t, FullW: s.Width, FullH: s.Height, Bytes: len(piece) - proto.PieceHeaderBytes,
		}
		if err := w.send(ctx, lane.KindPiece, w.encode(&h, piece)); err != nil {
			return err
		}
	}
	return nil
}

// pieceBytes is what a piece takes with its header.
func pieceBytes(t proto.Rect) int { return proto.PieceHeaderBytes + t.W*t.H*4 }

// encode writes the header before the pixels, or both compressed to w.packed, whose bytes are valid until the next call.
func (w *worker) encode(h *proto.PieceHeader, piece []byte) []byte {
	if pix := piece[proto.PieceHeaderBytes:]; w.cfg.Compress && len(pix) > 0 {
		need := proto.PieceHeaderBytes + s2.MaxEncodedLen(len(pix))
		if cap(w.packed) < need {
			w.packed = make([]byte, need)
		}
		packed := s2.Encode(w.packed[proto.PieceHeaderBytes:need], pix)
		if len(packed) < len(pix) {
			h.Codec = proto.S2
			h.Append(w.packed[:0])
			return w.packed[:proto.PieceHeaderBytes+len(packed)]
		}
	}
	h.Append(piece[:0])
	return piece
}

// intersect cuts t to full; what is outside becomes a rectangle of size 0.
func intersect(t, full proto.Rect) proto.Rect {
	x0, y0 := max(t.X, full.X), max(t.Y, full.Y)
	x1, y1 := min(t.X+t.W, full.X+full.W), min(t.Y+t.H, full.Y+full.H)
	if x1 <= x0 || y1 <= y0 {
		return proto.Rect{}
	}
	return proto.Rect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

func (w *worker) control(ctx context.Context, c proto.Control) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("worker: control message: %w", err)
	}
	return w.send(ctx, lane.KindControl, b)
}

// send sends a message; what no lane carries is a fault, for the session waits for it.
func (w *worker) send(ctx context.Context, kind lane.Kind, payload []byte) error {
	if len(payload) > lane.MaxMessage {
		what := "an answer"
		if kind == lane.KindPiece {
			what = "a piece"
		}
		return w.fault(ctx, proto.FaultInternal, fmt.Errorf("worker: %s of %d bytes, a lane carries %d", what, len(payload), lane.MaxMessage))
	}
	w.sending.Lock()
	defer w.sending.Unlock()
	if err := w.spoke.Send(ctx, kind, payload); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

// fault tells the session why this worker ends, and gives the error that Run returns.
func (w *worker) fault(ctx context.Context, class string, err error) error {
	if class == proto.FaultCorrupt && !errors.Is(err, wire.ErrCorrupt) {
		err = fmt.Errorf("%w: %w", wire.ErrCorrupt, err)
	}
	e := w.control(ctx, proto.Control{Fault: &proto.Fault{Class: class, Text: err.Error()}})
	if e != nil && !errors.Is(e, lane.ErrPeerGone) { // a session that has ended, over another's fault maybe, need not be told
		return fmt.Errorf("%w: %w (%w: %w)", ErrFault, err, ErrUntold, e)
	}
	return fmt.Errorf("%w: %w", ErrFault, err)
}

// cost is what the frame under way took of the device, its reading back included: what another node would have to spend that drew it. Of a
// software driver it is CPU time, of this thread if the driver draws in it, else of the process with all its threads: wall time would measure
// the neighbours. Of a GPU whose timers do not tell (frame) it is the wall time, since reading back waits for it.
func (w *worker) cost(readCPU int64, read time.Duration) int64 {
	switch {
	case !w.software:
		return w.wall + int64(read)
	case w.threads:
		now := cpuTime(unix.CLOCK_PROCESS_CPUTIME_ID)
		spent := now - w.spent
		w.spent = now
		return spent
	}
	return w.cpu + readCPU
}

// software tells whether a renderer is a program that draws on the CPU.
func software(renderer string) bool {
	for _, name := range []string{"llvmpipe", "softpipe", "swrast", "SWR", "Software Rasterizer"} {
		if strings.Contains(renderer, name) {
			return true
		}
	}
	return false
}

// threadTime is the CPU time of this thread.
func threadTime() int64 { return cpuTime(unix.CLOCK_THREAD_CPUTIME_ID) }

func cpuTime(clock int32) int64 {
	var t unix.Timespec
	if unix.ClockGettime(clock, &t) != nil {
		return 0
	}
	return t.Nano()
}
