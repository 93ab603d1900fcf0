package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
)

// Errors of agents; wrapped with names and reasons.
var (
	ErrProbe   = errors.New("agent: the device cannot be used")
	ErrRequest = errors.New("agent: bad request")
	ErrClosed  = errors.New("agent: closed")
)

// Config describes a node.
type Config struct {
	Name   string
	Device int // index for EGL, -1: the platform's default
	Labels map[string]string
	// WorkerCommand starts a worker; with `--probe --device N` after it, it prints a proto.ProbeResult. nil: this executable with
	// `worker`.
	WorkerCommand []string
	// Env is the environment that workers get a cleaned copy of; nil: this process's.
	Env []string
	// Probed is used instead of a probe, if set.
	Probed *proto.ProbeResult
	// Rlimits of workers; BatchDeadline of one batch, 0: the worker's default.
	Rlimits       proto.Rlimits
	BatchDeadline time.Duration
	MaxWorkers    int    // at once; 0: 16
	OnlyNATS      bool   // workers share no memory with sessions of this machine
	Driver        string // prism's own version
	// Local: the sessions are in this process, whose user they tell how workers end; then the agent does not say it as well.
	Local bool
	// Stderr takes what workers say, line by line behind their names; nil: it goes to Log.
	Stderr io.Writer
	Log    *slog.Logger // nil: nothing is logged

	// StopWait is how long a worker has to end by itself before it is killed; 0: 2 s.
	StopWait time.Duration
	// Registry is for tests.
	Registry registry.Options
}

func (c *Config) fill() error {
	if err := bus.CheckName("node", c.Name); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	if len(c.WorkerCommand) == 0 {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("agent: %w", err)
		}
		c.WorkerCommand = []string{self, "worker"}
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	if c.MaxWorkers <= 0 {
		c.MaxWorkers = 16
	}
	if c.StopWait <= 0 {
		c.StopWait = 2 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Agent is a registered node.
type Agent struct {
	cfg    Config
	conn   *bus.Conn
	probed proto.ProbeResult
	reg    *registry.Registration

	mu      sync.Mutex
	workers map[workerKey]*worker
	closed  bool
	all     sync.WaitGroup // workers
}

type workerKey struct {
	session string
	peer    int
}

// Open probes the device, registers the node and serves requests until Close. The connection stays the caller's; workers
// connect with the same URL and secret.
func Open(ctx context.Context, conn *bus.Conn, cfg Config) (*Agent, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	a := &Agent{cfg: cfg, conn: conn, workers: map[workerKey]*worker{}}
	if cfg.Probed != nil {
		a.probed = *cfg.Probed
	} else {
		p, err := Probe(ctx, cfg)
		if err != nil {
			return nil, err
		}
		a.probed = p
	}
	reg, err := registry.Open(ctx, conn, cfg.Registry)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	node := registry.Node{
		Name: cfg.Name, Host: host, Device: cfg.Device, Renderer: a.probed.Renderer, Vendor: a.probed.Vendor,
		Version: a.probed.Version, Driver: cfg.Driver, Labels: cfg.Labels, PID: os.Getpid(), Started: time.Now().UTC(),
		CPUs: runtime.NumCPU(),
	}
	a.mu.Lock() // requests may come before reg is set
	defer a.mu.Unlock()
	a.reg, err = reg.Register(ctx, node,
		bus.Endpoint{Name: "start", Subject: subject(cfg.Name, "start"), Handle: a.serveStart},
		bus.Endpoint{Name: "stop", Subject: subject(cfg.Name, "stop"), Handle: a.serveStop},
	)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	return a, nil
}

func subject(node, verb string) string { return "prism.agent." + node + "." + verb }

// Probe runs the worker's self-test on a device.
func Probe(ctx context.Context, cfg Config) (proto.ProbeResult, error) {
	var p proto.ProbeResult
	if err := cfg.fill(); err != nil {
		return p, err
	}
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	args := append(cfg.WorkerCommand[1:len(cfg.WorkerCommand):len(cfg.WorkerCommand)], "--probe", "--device", strconv.Itoa(cfg.Device))
	cmd := exec.CommandContext(ctx, cfg.WorkerCommand[0], args...)
	var out bytes.Buffer
	said := tail{max: tailBytes}
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.Env = workerEnv(cfg.Env, nil)
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return p, fmt.Errorf("%w: device %d: %w%s", ErrProbe, cfg.Device, err, said.after("; it said: "))
	}
	if err := json.Unmarshal(out.Bytes(), &p); err != nil {
		return p, fmt.Errorf("%w: device %d: the worker's answer: %w", ErrProbe, cfg.Device, err)
	}
	return p, nil
}

// Probed gives what the device is.
func (a *Agent) Probed() proto.ProbeResult { return a.probed }

// Node gives the node as others see it.
func (a *Agent) Node() registry.Node { return a.reg.Node() }

// Done is closed when the node is not registered any more; Err says why.
func (a *Agent) Done() <-chan struct{} { return a.reg.Done() }

// Err is the reason for which Done was closed, nil after Close.
func (a *Agent) Err() error { return a.reg.Err() }

// Quiet waits until no worker runs here: those that were told to end take a while, and their ends take the CPU.
func (a *Agent) Quiet(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		a.mu.Lock()
		n := len(a.workers)
		a.mu.Unlock()
		if n == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close takes no more requests, ends all workers (TERM, and KILL after Config.StopWait) and deletes the registration.
func (a *Agent) Close() {
	a.mu.Lock()
	a.closed = true
	for _, w := range a.workers {
		w.end()
	}
	a.mu.Unlock()
	a.all.Wait()
	a.reg.Close()
}
