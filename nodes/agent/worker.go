package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/proto"
)

// handOverTime is how long a new worker may take to read its configuration.
const handOverTime = 10 * time.Second

// tailBytes is how much of what a worker said last goes into the report of its end.
const tailBytes = 2048

// worker is one worker process.
type worker struct {
	agent   *Agent
	key     workerKey
	request string        // whose it is: StartRequest.ID
	ending  chan struct{} // closed: it is to end
	once    sync.Once

	started  chan struct{} // closed: these are set
	pid      int
	startErr error
}

func newWorker(a *Agent, key workerKey, request string) *worker {
	return &worker{agent: a, key: key, request: request, ending: make(chan struct{}), started: make(chan struct{})}
}

// end asks the worker to end; run does it.
func (w *worker) end() { w.once.Do(func() { close(w.ending) }) }

// wanted tells whether the worker was asked to end.
func (w *worker) wanted() bool {
	select {
	case <-w.ending:
		return true
	default:
		return false
	}
}

// run starts the process, closes started, and returns when the process has ended and its session was told.
func (w *worker) run(cfg proto.WorkerConfig, lpThreads *int) {
	// PDEATHSIG is sent when the thread that started the process ends, so this one is kept until then.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	a := w.agent
	said := &tail{max: tailBytes, next: w.say}
	cmd := exec.Command(a.cfg.WorkerCommand[0], a.cfg.WorkerCommand[1:]...)
	cmd.Env = workerEnv(a.cfg.Env, lpThreads)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = time.Second
	// A group of its own: a terminal's interrupt is for prism, which ends its workers in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	life, err := handOver(cmd, cfg)
	if err != nil {
		w.startErr = fmt.Errorf("agent: start worker: %w", err)
		close(w.started)
		return
	}
	defer life.Close()
	w.pid = cmd.Process.Pid
	close(w.started)

	exited := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	var watch sync.WaitGroup
	watch.Go(func() { w.watch(cmd.Process, exited) })
	watch.Go(func() {
		if a.conn.AwaitAbsence(ctx, bus.SubjectPresence(w.key.session)) { // the session was killed
			w.end()
		}
	})
	waitErr := cmd.Wait()
	close(exited)
	cancel()
	defer watch.Wait()
	said.flush()
	w.report(cmd, waitErr, said)
}

// handOver starts cmd with its configuration on descriptor 3 and the life pipe on 4, and gives our end of that.
func handOver(cmd *exec.Cmd, cfg proto.WorkerConfig) (life *os.File, err error) {
	text, err := json.Marshal(cfg)
	if err != nil {
		return nil, err
	}
	if len(text) > maxConfigBytes {
		return nil, fmt.Errorf("configuration of %d bytes, at most %d", len(text), maxConfigBytes)
	}
	cfgRead, cfgWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer cfgRead.Close()
	defer cfgWrite.Close()
	lifeRead, lifeWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer lifeRead.Close()
	cmd.ExtraFiles = []*os.File{cfgRead, lifeRead}
	if err := cmd.Start(); err != nil {
		lifeWrite.Close()
		return nil, err
	}
	// A pipe may hold less than a JWT, so the worker must be there to read. What it does not get, it misses aloud.
	_ = cfgWrite.SetWriteDeadline(time.Now().Add(handOverTime))
	_, _ = cfgWrite.Write(text)
	clear(text)
	return lifeWrite, nil
}

// watch ends the process when it is asked to.
func (w *worker) watch(p *os.Process, exited <-chan struct{}) {
	select {
	case <-exited:
		return
	case <-w.ending:
	}
	_ = p.Signal(syscall.SIGTERM) // fails if it has just ended
	timer := time.NewTimer(w.agent.cfg.StopWait)
	defer timer.Stop()
	select {
	case <-exited:
	case <-timer.C:
		_ = p.Kill()
	}
}

// report tells the session.
func (w *worker) report(cmd *exec.Cmd, waitErr error, said *tail) {
	a := w.agent
	ev := bus.PeerEvent{Peer: w.key.peer, Exit: cmd.ProcessState.ExitCode()}
	if st, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && st.Signaled() {
		ev.Signal = st.Signal().String()
		if st.CoreDump() {
			ev.Signal += " (core dumped)"
		}
	}
	if waitErr != nil {
		ev.Stderr = said.String()
		level := slog.LevelWarn
		switch {
		case w.wanted() || a.cfg.Local:
			level = slog.LevelDebug
		case ev.Exit == proto.ExitFault: // its session knows why
			level = slog.LevelInfo
		}
		a.cfg.Log.Log(context.Background(), level, "agent: worker ended", "session", w.key.session, "peer", w.key.peer, "pid", w.pid, "reason", waitErr)
	} else {
		a.cfg.Log.Debug("agent: worker ended", "session", w.key.session, "peer", w.key.peer, "pid", w.pid)
	}
	b, err := json.Marshal(ev)
	if err == nil {
		err = a.conn.Publish(bus.SubjectEvent(w.key.session), b)
	}
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err = a.conn.Flush(ctx)
	}
	if err != nil { // the session will notice by the silence
		a.cfg.Log.Warn("agent: the end of a worker could not be told", "session", w.key.session, "error", err)
	}
}

// say passes on one line of what the worker says.
func (w *worker) say(line []byte) {
	a := w.agent
	if a.cfg.Stderr != nil {
		fmt.Fprintf(a.cfg.Stderr, "%s: %s\n", a.cfg.Name, line)
		return
	}
	a.cfg.Log.Info("agent: worker says", "node", a.cfg.Name, "session", w.key.session, "text", string(line))
}

// tail keeps the last lines written, about max bytes of them, and passes on whole lines. Of a crash it keeps what stands before the
// stacks, which is the reason. It is used by one goroutine at a time.
type tail struct {
	max    int
	buf    []byte
	part   []byte
	stacks bool
	next   func(line []byte) // nil: nobody
}

func (t *tail) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte{'\n'})
		t.part = append(t.part, line...)
		if whole || len(t.part) > 4096 {
			t.flush()
		}
		b = rest
	}
	return n, nil
}

// flush takes what is left of a line.
func (t *tail) flush() {
	if len(t.part) == 0 {
		return
	}
	if t.next != nil {
		t.next(t.part)
	}
	// As the Go runtime writes them.
	t.stacks = t.stacks || bytes.HasPrefix(t.part, []byte("goroutine ")) || bytes.HasPrefix(t.part, []byte("runtime stack:"))
	if !t.stacks {
		t.buf = append(append(t.buf, t.part...), '\n')
	}
	if over := len(t.buf) - t.max; over > 0 {
		if i := bytes.IndexByte(t.buf[over:], '\n'); over+i+1 < len(t.buf) {
			over += i + 1
		}
		t.buf = t.buf[:copy(t.buf, t.buf[over:])]
	}
	t.part = t.part[:0]
}

func (t *tail) String() string {
	t.flush()
	return strings.ToValidUTF8(strings.TrimSpace(string(t.buf)), "?")
}

func (t *tail) after(prefix string) string {
	if s := t.String(); s != "" {
		return prefix + s
	}
	return ""
}
