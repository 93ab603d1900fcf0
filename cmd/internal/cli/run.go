package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/open"
	"github.com/prismgl/prism/nodes/output/x11"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/launch"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/trace"
	"github.com/prismgl/prism/tilesplit"
)

// runFlags are what run and record share beside the policy.
type runFlags struct {
	record  string
	frames  uint64
	stats   bool
	asJSON  bool
	keepApp bool
}

func (r *runFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Uint64Var(&r.frames, "frames", 0, "end after so many frames; 0: when the app ends")
	f.BoolVar(&r.stats, "stats", false, "end with a table of figures")
	f.BoolVar(&r.asJSON, "json", false, "end with all figures as one JSON object on stdout; what the app prints there goes to stderr")
	f.BoolVar(&r.keepApp, "keep-app", false, "after --frames, or when its session has failed, let the app go on without prism instead of ending it")
}

func (a *app) runCmd() *cobra.Command {
	var (
		pol policy
		rf  runFlags
	)
	cmd := &cobra.Command{
		Use:   "run [flags] -- APP ARGS…",
		Short: "Run an application, drawn by several render nodes",
		Long: `run starts an application with prism as its OpenGL driver. Without --nats it starts a NATS server and render nodes of its own on
this machine; without a display it starts an Xvfb. It ends with the application's exit status.

Each --out is one place where the frames go:

  x11          the app's own window
  png:DIR      DIR/frame-000001.png and so on; ?last=1: only the last one, last.png; ?borders=1: with the tiles' edges
  y4m:FILE     uncompressed video, to a file, a named pipe or /dev/stdout; ?fps=30 (default 60); ?chroma=420 (default 444)
  mp4:FILE     video that ffmpeg compresses; ?fps=30 (default 60)
  null         nowhere

In a video each of the app's frames is one frame. Where a window has another size, and for each further window, video goes on in a
file of its own, NAME-2.EXT; pictures of a second process go to DIR/2 or NAME.2.EXT.

An output that is slow or stuck never holds up the app: up to 256 MiB of frames wait for a file, then it misses frames, which is said;
a window shows the newest. With --lossless-out no frame is missed and the slowest output slows the app. At the end each output
may take as long as it gets on; after 5 s without progress it is given up, and the run has failed.`,
		Example: `  prism run --nodes 4 -- glxgears
  prism run --grid 3x2 --out png:frames --frames 100 -- ./viewer model.obj
  prism run --out x11 --out 'mp4:run.mp4?fps=30' --lossless-out -- ./viewer model.obj
  prism run --out y4m:/dev/stdout -- ./viewer model.obj | mpv -
  prism run --nats nats://head:4222 --policy wall.yaml --stats -- ./viewer model.obj`,
		Args: needApp("run"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd, &pol, &rf, args) },
	}
	pol.add(cmd)
	rf.add(cmd)
	cmd.Flags().StringVar(&rf.record, "record", "", "also record the command stream to `FILE`")
	return cmd
}

func (a *app) recordCmd() *cobra.Command {
	var (
		pol policy
		rf  runFlags
	)
	cmd := &cobra.Command{
		Use:   "record -o FILE [flags] -- APP ARGS…",
		Short: "Run an application and record its command stream",
		Long: `record runs an application as run does, by default on one node, and writes its command stream to a file that replay and verify
read. A second process that draws goes to FILE.2, and so on.`,
		Example: "  prism record -o gears.prism --frames 200 -- glxgears\n  prism verify --grid 2x2 gears.prism",
		Args:    needApp("record"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rf.record == "" {
				return fail(exitUsage, "record: -o FILE is needed")
			}
			return a.run(cmd, &pol, &rf, args)
		},
	}
	pol.add(cmd)
	rf.add(cmd)
	cmd.Flags().StringVarP(&rf.record, "output", "o", "", "`FILE` to write")
	return cmd
}

// How long after SIGTERM an app has to end: one that cannot go on, and one of which enough frames were drawn.
const (
	appGrace   = 3 * time.Second
	limitGrace = 5 * time.Second
)

// runner is one `prism run`.
type runner struct {
	*app
	flags    *runFlags
	cfg      config.Config
	inForce  config.Config                         // mu: as cfg, or as it was changed since
	division config.Division                       // mu
	cmdFlags *pflag.FlagSet                        // of the command line, which win over a policy file
	changes  map[chan func() tilesplit.Policy]bool // mu: one a session
	onWall   bool                                  // mu: a session has the displays of the policy's wall
	cluster  *cluster
	display  string
	ownX     bool // the display is of an Xvfb that this run has started
	outputs  []string
	args     []string
	launched *launch.App
	appOut   io.Writer // the app's stdout
	tables   io.Writer // for what --stats prints
	// Of `bench`: oneThread as in clusterConfig; tune, if set, may change what a session is run with, and gives what is called at its end.
	oneThread bool
	tune      func(*session.Config) (ended func())

	mu       sync.Mutex
	attached int // processes so far
	live     int
	idle     *sync.Cond // of mu: a session has ended
	over     bool       // the app is told to end: a session has drawn its --frames, or has failed
	told     bool       // it has been
	reports  []sessionReport
	failed   error // first that failed of the sessions, or the X server
}

// sessionReport is a session's part of --stats --json.
type sessionReport struct {
	Program string `json:"program"`
	PID     int    `json:"pid"`
	session.Stats
	DriverRoundTrips uint32 `json:"driver_round_trips"` // times that a thread of the app waited for an answer
	Error            string `json:"error,omitempty"`
}

func (a *app) run(cmd *cobra.Command, pol *policy, rf *runFlags, args []string) error {
	cfg, byDefault, err := pol.resolve(cmd)
	if err != nil {
		return err
	}
	if rf.asJSON && a.stdoutTaken(cfg.Outputs) {
		return fail(exitUsage, "%s: --json and an output to stdout cannot both have it", cmd.Name())
	}
	r := a.newRunner(rf, cfg, args, rf.asJSON)
	r.cmdFlags = cmd.Flags()
	return r.run(cmd.Context(), pol, byDefault["outputs"])
}

// stdoutTaken tells whether one of the outputs goes there, so that nothing else may.
func (a *app) stdoutTaken(outputs []string) bool {
	f, ok := a.out.(*os.File)
	return ok && open.WritesTo(outputs, f)
}

// say tells the user one thing.
func (a *app) say(text string) { fmt.Fprintln(a.errOut, "prism:", text) }

// newRunner makes a runner; quiet: stdout is for one JSON object, so what the app prints goes to stderr.
func (a *app) newRunner(rf *runFlags, cfg config.Config, args []string, quiet bool) *runner {
	r := &runner{app: a, flags: rf, cfg: cfg, args: args, outputs: cfg.Outputs, appOut: a.out, tables: a.out}
	if quiet {
		r.appOut = a.errOut
	}
	if a.stdoutTaken(cfg.Outputs) {
		r.appOut, r.tables = a.errOut, a.errOut
	}
	r.idle = sync.NewCond(&r.mu)
	return r
}

// run is the whole of a run: display, nodes, socket, app, sessions, figures, exit status.
func (r *runner) run(ctx context.Context, pol *policy, outputsByDefault bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.inForce = r.cfg
	r.cfg.Nodes, r.division = r.divide(r.cfg)
	x, err := r.findDisplay(ctx, outputsByDefault)
	if err != nil {
		return failed(err)
	}
	if x != nil {
		defer x.Close()
	}
	held, err := r.tryOutputs()
	if err != nil {
		return &exitError{exitConfig, err}
	}
	defer held.Close()
	cc := r.clusterConfig(r.cfg, pol, r.cfg.Nodes)
	cc.oneThread = r.oneThread
	if r.cluster, err = openCluster(ctx, cc); err != nil {
		return failed(err)
	}
	defer r.cluster.Close()
	if err := r.control(ctx); err != nil {
		r.log.Warn("the policy cannot be changed while this runs", "error", err)
	}
	if pol.file != "" {
		if err := r.watchPolicy(ctx, pol.file); err != nil {
			r.say(fmt.Sprintf("changes of %s will not be seen: %v", pol.file, err))
		}
	}
	ringConfig := ring.Config{FramesInFlight: r.cfg.FramesInFlight, DataRefOp: uint16(gl.OpPrismDataRef), DataOp: uint16(gl.OpPrismData)}
	if r.cfg.Finish == config.FinishExact {
		ringConfig.FinishesInFlight = 1
	}
	ringConfig.ErrorsExact = r.cfg.Errors == config.ErrorsExact
	ln, err := launch.Listen(launch.Config{SpecHash: gl.SpecHash, Dir: r.cluster.dir.Path(), Log: r.log, Ring: ringConfig})
	if err != nil {
		return failed(err)
	}
	defer ln.Close()
	r.launched, err = launch.Start(ctx, launch.AppConfig{
		Args: r.args, DriverDir: driverDir(), Socket: ln.Path(), Display: r.display, Stdin: r.in, Stdout: r.appOut, Stderr: r.errOut,
		Note: r.say,
	})
	if err != nil {
		return failed(err)
	}
	if x == nil {
		r.serve(ctx, ln)
	} else {
		over := make(chan struct{})
		var watch sync.WaitGroup
		watch.Go(func() { r.watchX(ctx, x, over) })
		r.serve(ctx, ln)
		close(over)
		watch.Wait()
	}
	return r.finish(ctx, ln.Refused())
}

// watchX waits for the end of the X server that this run has started. When that comes before the run's it tells the user, and ends
// the app, which may not have noticed.
func (r *runner) watchX(ctx context.Context, x *launch.Xvfb, over <-chan struct{}) {
	select {
	case <-x.Done():
	case <-over:
		return
	}
	if ctx.Err() != nil {
		return // it ends with ctx
	}
	err := fmt.Errorf("the X server that prism has started (Xvfb, display %s) is gone, and the app cannot go on: %s", x.Display, x.Reason())
	fmt.Fprintln(r.errOut, "prism:", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
	r.over, r.told = true, true
	r.launched.End(appGrace)
}

// withoutX is a window that leaves it to watchX to tell that the X server is gone.
type withoutX struct{ *x11.Output }

func (o withoutX) Present(ctx context.Context, f *output.Frame) error {
	err := o.Output.Present(ctx, f)
	if errors.Is(err, x11.ErrLost) {
		return nil
	}
	return err
}

// divide settles nodes and tiling, and says when they do not go together well.
func (a *app) divide(cfg config.Config) (int, config.Division) {
	nodes, d := cfg.Divide()
	if _, g := cfg.Layout(); cfg.Tiling.Mode == config.TilingGrid && nodes > g.Columns*g.Rows {
		tiles := g.Columns * g.Rows
		fmt.Fprintf(a.errOut, "prism: the grid %v has %d tiles for %d nodes: %d of them draw nothing\n", g, tiles, nodes, nodes-tiles)
	}
	return nodes, d
}

// findDisplay settles where the app draws: the user's display, or an Xvfb of our own that nobody looks at. Where there is no Xvfb the app may still
// draw without windows, by EGL.
func (r *runner) findDisplay(ctx context.Context, outputsByDefault bool) (own *launch.Xvfb, err error) {
	r.display = os.Getenv("DISPLAY")
	if r.display != "" && launch.DisplayAlive(r.display) {
		return nil, nil
	}
	if r.display != "" {
		fmt.Fprintf(r.errOut, "prism: the display %s does not answer: an Xvfb is started instead\n", r.display)
	}
	x, err := launch.StartXvfb(ctx, 1920, 1200)
	if errors.Is(err, launch.ErrNoXvfb) && r.display == "" {
		fmt.Fprintln(r.errOut, "prism: there is no display and no Xvfb to make one: what opens a window will fail (install the package xvfb, or set DISPLAY); EGL without windows works")
	} else if err != nil {
		return nil, err
	} else {
		r.display, r.ownX = x.Display, true
	}
	if outputsByDefault {
		r.outputs = []string{"null"}
	}
	return x, nil
}

// tryOutputs finds out before the app starts whether frames and the recording can go where the user wants them. What it opens stays
// open meanwhile: some X servers begin anew when their last client leaves.
func (r *runner) tryOutputs() (output.Multi, error) {
	if file := r.flags.record; file != "" {
		_, missing := os.Lstat(file)
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666)
		if err != nil {
			return nil, fmt.Errorf("the recording cannot be written: %w", err)
		}
		if missing != nil {
			_ = os.Remove(file)
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("the recording cannot be written: %w", err)
		}
	}
	return open.All(r.outputs, open.Environment{Display: r.display})
}

// serve runs a session for each process that attaches, until the app and all of these have ended.
func (r *runner) serve(ctx context.Context, ln *launch.Listener) {
	acceptCtx, stopAccept := context.WithCancel(ctx)
	defer stopAccept()
	var sessions sync.WaitGroup
	accepting := make(chan struct{})
	go func() {
		defer close(accepting)
		for {
			at, err := ln.Accept(acceptCtx)
			if err != nil {
				return
			}
			r.mu.Lock()
			r.attached++
			r.live++
			number := r.attached
			r.mu.Unlock()
			sessions.Go(func() { r.session(ctx, at, number) })
		}
	}()
	r.awaitApp()
	// a process that the app started may still be about to attach or at work: a session ends when its process does
	r.mu.Lock()
	for r.live > 0 {
		r.idle.Wait()
	}
	r.mu.Unlock()
	stopAccept()
	<-accepting
	sessions.Wait()
}

// attachPatience is how long an app may draw nothing with OpenGL before its user is told so.
const attachPatience = 5 * time.Second

// awaitApp waits for the app's end, and says on the way when it does not use the driver.
func (r *runner) awaitApp() {
	timer := time.NewTimer(attachPatience)
	defer timer.Stop()
	select {
	case <-r.launched.Done():
		return
	case <-timer.C:
	}
	r.mu.Lock()
	none := r.attached == 0
	r.mu.Unlock()
	if none {
		fmt.Fprintf(r.errOut, "prism: after %v no process of %s has attached: what it draws so far, it draws without prism\n", attachPatience, quote(r.args))
	}
	<-r.launched.Done()
}

// session is one attached process from its first record to its end.
func (r *runner) session(ctx context.Context, at *launch.Attached, number int) {
	stats, err := r.play(ctx, at, number)
	report := sessionReport{Program: at.Program, PID: at.PID, Stats: stats, DriverRoundTrips: at.Ring.RoundTrips()}
	limited := err == nil && r.flags.frames > 0 && stats.Frames+stats.Dropped >= r.flags.frames
	if err != nil && ctx.Err() == nil {
		report.Error = err.Error()
		means := "is ended"
		if r.flags.keepApp {
			means = "goes on without prism"
		}
		fmt.Fprintf(r.errOut, "prism: %s (process %d) %s: %v\n", at.Program, at.PID, means, err)
	}
	// Nobody else ends an app that would now draw to nobody for ever.
	over := !r.flags.keepApp && (limited || report.Error != "")
	r.mu.Lock()
	if r.failed == nil && report.Error != "" {
		r.failed = err
	}
	r.over = r.over || over
	r.endScript(1) // first: it would go on to what comes after this process in it
	told := r.told && at.PID == r.launched.PID()
	r.mu.Unlock()
	at.Ring.SetLost()
	if (over || ctx.Err() != nil) && !told {
		_ = at.Signal(unix.SIGTERM)
	}
	if over {
		grace := appGrace
		if limited {
			grace = limitGrace
		}
		timer := time.NewTimer(grace)
		select {
		case <-at.Gone:
		case <-timer.C:
			_ = at.Signal(unix.SIGKILL)
		}
		timer.Stop()
	}
	_ = at.Close() // what the process still draws goes nowhere: its contexts are lost
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live--
	r.idle.Broadcast()
	r.reports = append(r.reports, report)
	r.endScript(0)
}

// endScript tells the process that was started to end, once, when that is due and so many sessions are left. mu held.
func (r *runner) endScript(left int) {
	if r.over && !r.told && r.live <= left {
		r.told = true
		if r.failed != nil {
			r.launched.End(appGrace)
			return
		}
		r.launched.End(limitGrace)
	}
}

func (r *runner) play(ctx context.Context, at *launch.Attached, number int) (_ session.Stats, err error) {
	outs, err := open.All(r.outputs, open.Environment{Display: r.display, Process: number, Note: r.say})
	if err != nil {
		return session.Stats{}, err
	}
	defer func() { err = errors.Join(err, outs.Close()) }() // files may be written until then
	for i := range outs {
		if w, isX := outs[i].(*x11.Output); isX && r.ownX {
			outs[i] = withoutX{w}
		}
	}
	c, err := r.cluster.start(ctx, r.cluster.nodes, r.cfg, r.log)
	if err != nil {
		return session.Stats{}, err
	}
	defer c.Close()
	changes, division, displays, leave := r.join()
	defer leave()
	cfg := session.Config{
		Hub: c.Hub, Source: at.Ring, PolicyFor: division, Changes: changes, Outputs: outs, LosslessOutputs: r.cfg.LosslessOutputs, Names: c.Names, Watch: c.Watch,
		FramesInFlight: r.cfg.FramesInFlight, MaxFrames: r.flags.frames, Log: r.log,
	}
	cfg.Culling = r.culling(r.cfg)
	cfg.Displays = displays
	if r.tune != nil {
		defer r.tune(&cfg)()
	}
	if r.flags.record != "" {
		rec, err := trace.Create(numberedFile(r.flags.record, number), gl.SpecHash, trace.Info{
			Program: at.Program, Args: r.args, Created: time.Now().UTC(),
			GL: map[string]string{"renderer": c.Ready[0].Renderer, "version": c.Ready[0].Version},
		})
		if err != nil {
			return session.Stats{}, err
		}
		cfg.Record = session.RecordTo(rec)
		stats, err := session.Run(ctx, cfg)
		return stats, errors.Join(err, rec.Close())
	}
	return session.Run(ctx, cfg)
}

// numberedFile keeps the recordings of several processes apart.
func numberedFile(path string, number int) string {
	if number == 1 {
		return path
	}
	return fmt.Sprintf("%s.%d", path, number)
}

// finish prints what was asked for and settles the exit status.
func (r *runner) finish(ctx context.Context, refused int) error {
	status, err := r.launched.Wait()
	if err != nil {
		return failed(err)
	}
	if sig := r.launched.Signalled(); sig != 0 && sig != unix.SIGINT && !r.told && ctx.Err() == nil {
		fmt.Fprintf(r.errOut, "prism: %s was ended by a signal: %v\n", quote(r.args), sig)
	} else if r.attached == 0 && r.failed == nil {
		fmt.Fprintf(r.errOut, "prism: %s never loaded prism's driver: what it drew, it drew without prism\n", quote(r.args))
		reasons := launch.Diagnose(r.args[0])
		if refused > 0 {
			reasons = append([]string{fmt.Sprintf("The driver was loaded, but refused %d times: it and prism come from different builds, or it ran as another user (-v says which).", refused)}, reasons...)
		}
		for _, s := range reasons {
			fmt.Fprintln(r.errOut, "prism:  ", s)
		}
	}
	if r.over && (status == 128+int(unix.SIGTERM) || r.failed == nil && r.launched.Signalled() == unix.SIGKILL) {
		status = 0 // it was told to
	}
	if status == 0 && r.failed != nil {
		status = exitFailed // said already
	}
	if r.flags.stats || r.flags.asJSON {
		if err := r.report(status); err != nil {
			return failed(err)
		}
	}
	if status != 0 {
		return &exitError{status, nil}
	}
	return nil
}

func (r *runner) report(status int) error {
	if r.flags.asJSON {
		return writeJSON(r.out, map[string]any{
			"app": r.args, "exit_status": status, "nodes": len(r.cluster.nodes), "tiling": r.division.Name, "sessions": r.reports,
		})
	}
	for i := range r.reports {
		s := &r.reports[i]
		fmt.Fprintf(r.tables, "\n%s (process %d), %d nodes, tiling %s\n", s.Program, s.PID, len(r.cluster.nodes), r.division.Name)
		if err := s.Write(r.tables); err != nil {
			return err
		}
	}
	return nil
}

// driverDir is where prism's drivers are: lib beside the binary, or $PRISM_DRIVER_DIR.
func driverDir() string {
	if d := os.Getenv("PRISM_DRIVER_DIR"); d != "" {
		return d
	}
	self, err := os.Executable()
	if err != nil {
		return "lib"
	}
	return filepath.Join(filepath.Dir(self), "lib")
}
