package agent

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
)

// asWorker makes this test binary a worker; it does not begin with PRISM_, which workers do not get.
const asWorker = "AGENT_TEST_WORKER"

func TestMain(m *testing.M) {
	if mode := os.Getenv(asWorker); mode != "" {
		os.Exit(workerMain(mode))
	}
	goleak.VerifyTestMain(m)
}

// workerMain answers each message with what it is and where it runs; some messages make it end badly.
func workerMain(mode string) int {
	if slices.Contains(os.Args, "--probe") {
		if mode == "noprobe" {
			fmt.Fprintln(os.Stderr, "no device here")
			return 4
		}
		json.NewEncoder(os.Stdout).Encode(proto.ProbeResult{Renderer: "test", Version: "4.5 " + strings.Join(os.Args[2:], " ")})
		return 0
	}
	if mode == "agent" {
		return agentMain()
	}
	ctx, cfg, err := Inherited(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	conn, err := bus.Connect(ctx, BusConfig(cfg))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := bus.NewSpoke(conn, cfg.Session, cfg.Peer, cfg.PeerName, bus.Options{Linger: time.Second})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		m, err := s.Recv(ctx)
		if err != nil {
			return 0
		}
		switch string(m.Payload) {
		case "crash":
			fmt.Fprintln(os.Stderr, "about to crash")
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "hang":
			signal.Ignore(syscall.SIGTERM)
			if err := s.Send(ctx, lane.KindControl, []byte("{}")); err != nil {
				return 1
			}
			select {}
		case "fail":
			fmt.Fprintln(os.Stderr, "cannot go on")
			return 7
		case "end":
			s.Close()
			conn.Close()
			return 0
		case "hello":
			text, _ := json.Marshal(map[string]any{"env": os.Environ(), "args": os.Args, "pid": os.Getpid(), "lead": cfg.Lead})
			if err := s.Send(ctx, lane.KindControl, text); err != nil {
				return 1
			}
		}
	}
}

// agentMain is a process with an agent in it, which is going to be killed.
func agentMain() int {
	ctx := context.Background()
	conn, err := bus.Connect(ctx, bus.Config{URL: os.Getenv("AGENT_TEST_URL"), Secret: bus.Secret{FD: 3}})
	if err == nil {
		var a *Agent
		if a, err = Open(ctx, conn, testConfig("n")); err == nil {
			fmt.Println("ready")
			<-a.Done()
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

type world struct {
	server *embedded.Server
	cfg    bus.Config
	conn   *bus.Conn
	ctx    context.Context
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := embedded.Start(embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	user, password := s.Credentials()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	w := &world{server: s, ctx: ctx, cfg: bus.Config{URL: s.URL(), Credentials: bus.Credentials{User: user, Password: password}}}
	w.conn = w.connect(t)
	return w
}

func (w *world) connect(t *testing.T) *bus.Conn {
	t.Helper()
	c, err := bus.Connect(w.ctx, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func testConfig(name string) Config {
	return Config{
		Name: name, WorkerCommand: []string{os.Args[0], "worker"}, StopWait: 300 * time.Millisecond,
		Env: []string{
			asWorker + "=1", "PRISM_SOCKET=/x", "DISPLAY=:1", "__GLX_VENDOR_LIBRARY_NAME=prism", "__EGL_VENDOR_LIBRARY_FILENAMES=/x/prism_egl.json",
			"LP_NUM_THREADS=8", "PATH=" + os.Getenv("PATH"), "LD_LIBRARY_PATH=" + os.TempDir(),
		},
	}
}

func (w *world) open(t *testing.T, cfg Config) *Agent {
	t.Helper()
	a, err := Open(w.ctx, w.connect(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func (w *world) hub(t *testing.T, session string, peers ...string) *bus.Hub {
	t.Helper()
	h, err := bus.NewHub(w.conn, session, peers, bus.Options{Linger: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func waitDead(t *testing.T, pid int) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	for alive(pid) {
		select {
		case <-deadline:
			t.Fatalf("process %d lives on", pid)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestSession: two agents in this process, a worker of each in one session.
func TestSession(t *testing.T) {
	w := newWorld(t)
	names := []string{"one", "two"}
	for _, n := range names {
		w.open(t, testConfig(n))
	}
	reg, err := registry.Open(w.ctx, w.conn, registry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := reg.List(w.ctx)
	if err != nil || len(nodes) != 2 || nodes[0].Renderer != "test" || nodes[0].Version != "4.5 --probe --device 0" {
		t.Fatalf("nodes %+v, %v", nodes, err)
	}
	session := bus.NewSession()
	h := w.hub(t, session, names...)
	pids := map[int]int{}
	zero := 0
	for i, n := range names {
		r, err := Start(w.ctx, w.conn, n, StartRequest{Session: session, Peer: i, Lead: i == 0, LPThreads: &zero})
		if err != nil {
			t.Fatal(err)
		}
		pids[i] = r.PID
	}
	if err := h.Broadcast(w.ctx, lane.KindControl, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	_, password := w.server.Credentials()
	for range names {
		m, err := h.Recv(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Env, Args []string
			PID       int
			Lead      bool
		}
		if err := json.Unmarshal(m.Payload, &got); err != nil {
			t.Fatal(err)
		}
		if got.PID != pids[m.Peer] || got.Lead != (m.Peer == 0) {
			t.Errorf("peer %d: %+v", m.Peer, got)
		}
		all := strings.Join(append(got.Env, got.Args...), "\n")
		for _, not := range []string{password, "PRISM_", "DISPLAY", "VENDOR", "LP_NUM_THREADS=8"} {
			if strings.Contains(all, not) {
				t.Errorf("peer %d sees %q", m.Peer, not)
			}
		}
		if !slices.Contains(got.Env, "LP_NUM_THREADS=0") || !slices.Contains(got.Env, "LD_LIBRARY_PATH="+os.TempDir()) {
			t.Errorf("environment %q", got.Env)
		}
	}
	if _, err := Start(w.ctx, w.conn, "one", StartRequest{Session: session}); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a second worker 0: %v", err)
	}
	// A request whose answer got lost is sent again.
	again := StartRequest{ID: "again", Session: session, Peer: 7}
	first, err := Start(w.ctx, w.conn, "one", again)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := Start(w.ctx, w.conn, "one", again); err != nil || second != first || first.PID == 0 {
		t.Errorf("the same request gave %+v, %v after %+v", second, err, first)
	}
	if r, err := Stop(w.ctx, w.conn, "one", StopRequest{Session: session, Peer: 7}); err != nil || r.Stopped != 1 {
		t.Errorf("stop of that one: %+v, %v", r, err)
	}
	if r, err := Stop(w.ctx, w.conn, "two", StopRequest{Session: session, Peer: -1}); err != nil || r.Stopped != 1 {
		t.Errorf("stop: %+v, %v", r, err)
	}
	m, err := h.Recv(w.ctx)
	if !errors.Is(err, lane.ErrPeerGone) || m.Peer != 1 || !strings.Contains(err.Error(), "terminated") {
		t.Errorf("stopped worker: peer %d, %v", m.Peer, err)
	}
	waitDead(t, pids[1])
}

func TestWorkerEnds(t *testing.T) {
	w := newWorld(t)
	w.open(t, testConfig("n"))
	for _, tt := range []struct{ name, message, want string }{
		{"Crash", "crash", "ended by a signal: killed; it said: about to crash"},
		{"Fails", "fail", "ended with status 7; it said: cannot go on"},
		{"Goodbye", "end", "it said goodbye"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			session := bus.NewSession()
			h := w.hub(t, session, "n")
			r, err := Start(w.ctx, w.conn, "n", StartRequest{Session: session})
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Send(w.ctx, 0, lane.KindControl, []byte(tt.message)); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Recv(w.ctx); !errors.Is(err, lane.ErrPeerGone) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			waitDead(t, r.PID)
		})
	}
}

// TestQuiet: it lasts as long as a worker runs.
func TestQuiet(t *testing.T) {
	w := newWorld(t)
	a := w.open(t, testConfig("n"))
	if err := a.Quiet(w.ctx); err != nil {
		t.Fatal(err)
	}
	session := bus.NewSession()
	r, err := Start(w.ctx, w.conn, "n", StartRequest{Session: session})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.ctx, 50*time.Millisecond)
	defer cancel()
	if err := a.Quiet(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a worker: %v", err)
	}
	if _, err := Stop(w.ctx, w.conn, "n", StopRequest{Session: session, Peer: -1}); err != nil {
		t.Fatal(err)
	}
	if err := a.Quiet(w.ctx); err != nil || alive(r.PID) {
		t.Errorf("%v, and the worker lives: %v", err, alive(r.PID))
	}
}

// TestClose: an agent's end is its workers' end, and the registration's.
func TestClose(t *testing.T) {
	w := newWorld(t)
	a := w.open(t, testConfig("n"))
	session := bus.NewSession()
	r, err := Start(w.ctx, w.conn, "n", StartRequest{Session: session})
	if err != nil {
		t.Fatal(err)
	}
	for a.Node().Sessions != 1 {
		t.Fatalf("node %+v", a.Node())
	}
	a.Close()
	if alive(r.PID) {
		t.Error("the worker lives on")
	}
	if _, err := Start(w.ctx, w.conn, "n", StartRequest{Session: session}); !errors.Is(err, bus.ErrNoResponder) {
		t.Errorf("start after close: %v", err)
	}
	reg, err := registry.Open(w.ctx, w.conn, registry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if nodes, err := reg.List(w.ctx); err != nil || len(nodes) != 0 {
		t.Errorf("nodes %+v, %v", nodes, err)
	}
}

// TestAgentKilled: the worker of an agent that was killed ends, too.
func TestAgentKilled(t *testing.T) {
	w := newWorld(t)
	user, password := w.server.Credentials()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asWorker+"=agent", "AGENT_TEST_URL="+w.server.URL())
	secret, give, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(give, "%s:%s", user, password)
	give.Close()
	defer secret.Close()
	cmd.ExtraFiles = []*os.File{secret}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Errorf("agent said %q, %v", line, err)
	}
	session := bus.NewSession()
	h := w.hub(t, session, "n")
	r, err := Start(w.ctx, w.conn, "n", StartRequest{Session: session})
	if err != nil {
		t.Error(err)
	} else if err := h.Send(w.ctx, 0, lane.KindControl, []byte("hello")); err != nil {
		t.Error(err)
	} else if _, err := h.Recv(w.ctx); err != nil {
		t.Error(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if r.PID != 0 {
		waitDead(t, r.PID)
	}
}

// TestSessionKilled: the agent ends a worker whose session was killed, also one that hangs in a driver and looks at nothing.
func TestSessionKilled(t *testing.T) {
	w := newWorld(t)
	a := w.open(t, testConfig("n"))
	session, conn := bus.NewSession(), w.connect(t)
	h, err := bus.NewHub(conn, session, []string{"n"}, bus.Options{Linger: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r, err := Start(w.ctx, w.conn, "n", StartRequest{Session: session})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Send(w.ctx, 0, lane.KindControl, []byte("hang")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Recv(w.ctx); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	waitDead(t, r.PID)
	deadline := time.Now().Add(5 * time.Second)
	for a.Node().Sessions != 0 {
		if time.Now().After(deadline) {
			t.Fatalf("node %+v", a.Node())
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestRefused(t *testing.T) {
	w := newWorld(t)
	cfg := testConfig("n")
	cfg.MaxWorkers = 1
	w.open(t, cfg)
	bad := 1000
	for _, tt := range []struct {
		name string
		r    StartRequest
		want string
	}{
		{"NoSession", StartRequest{}, "session"},
		{"SubjectInSession", StartRequest{Session: "a.b"}, "not allowed"},
		{"Peer", StartRequest{Session: "s", Peer: -2}, "peer is -2"},
		{"Threads", StartRequest{Session: "s", LPThreads: &bad}, "lp_threads is 1000"},
		{"Framebuffer", StartRequest{Session: "s", Framebuffer: "x"}, "want pbuffer or fbo"},
	} {
		_, err := Start(w.ctx, w.conn, "n", tt.r)
		re, ok := errors.AsType[*bus.RemoteError](err)
		if !ok || re.Code != "400" || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := Start(w.ctx, w.conn, "n", StartRequest{Session: "s"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(w.ctx, w.conn, "n", StartRequest{Session: "t"}); err == nil || !strings.Contains(err.Error(), "1 workers already") {
		t.Errorf("above the limit: %v", err)
	}
}

func TestCannotStart(t *testing.T) {
	w := newWorld(t)
	cfg := testConfig("n")
	cfg.Probed = &proto.ProbeResult{}
	cfg.WorkerCommand = []string{"/nonexistent/worker"}
	a := w.open(t, cfg)
	if _, err := Start(w.ctx, w.conn, "n", StartRequest{Session: "s"}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("error %v", err)
	}
	deadline := time.After(5 * time.Second)
	for a.Node().Sessions != 0 {
		select {
		case <-deadline:
			t.Fatal("it is still counted")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestProbeFails(t *testing.T) {
	cfg := testConfig("n")
	cfg.Env = []string{asWorker + "=noprobe"}
	_, err := Probe(t.Context(), cfg)
	if !errors.Is(err, ErrProbe) || !strings.Contains(err.Error(), "exit status 4; it said: no device here") {
		t.Fatalf("error %v", err)
	}
}

func TestWorkerEnv(t *testing.T) {
	with, without := t.TempDir(), t.TempDir()
	if err := os.WriteFile(with+"/"+driverLibrary, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	four := 4
	const rounds = "LP_PERF=no_rast_linear"
	for _, tt := range []struct {
		name    string
		base    []string
		threads *int
		want    []string
	}{
		{"Empty", nil, nil, []string{rounds}},
		{"Malloc", []string{"MALLOC_ARENA_MAX=2"}, nil, []string{"MALLOC_ARENA_MAX=2", rounds}},
		{"Tunables", []string{"GLIBC_TUNABLES=glibc.malloc.check=1"}, nil, []string{"GLIBC_TUNABLES=glibc.malloc.check=1", rounds}},
		{"Rasteriser", []string{"LP_PERF=texmem"}, nil, []string{"LP_PERF=texmem"}},
		{"Kept", []string{"A=b=c", "LP_NUM_THREADS=2", "VK_DRIVER_FILES=/lvp.json"}, nil, []string{"A=b=c", "LP_NUM_THREADS=2", "VK_DRIVER_FILES=/lvp.json", rounds}},
		{"Threads", []string{"LP_NUM_THREADS=2"}, &four, []string{"LP_NUM_THREADS=4", rounds}},
		{"Path", []string{"LD_LIBRARY_PATH=" + with + ":" + without}, nil, []string{"LD_LIBRARY_PATH=" + without, rounds}},
		{"WholePath", []string{"LD_LIBRARY_PATH=" + with}, nil, []string{rounds}},
		{"Vulkan", []string{"VK_ICD_FILENAMES=/opt/prism_icd.json"}, nil, []string{rounds}},
		{"EGL", []string{"__EGL_VENDOR_LIBRARY_FILENAMES=/opt/lib/prism_egl.json"}, nil, []string{rounds}},
		{"EGLOfAnother", []string{"__EGL_VENDOR_LIBRARY_FILENAMES=/prism/10_nvidia.json"}, nil, []string{"__EGL_VENDOR_LIBRARY_FILENAMES=/prism/10_nvidia.json", rounds}},
	} {
		if !slices.ContainsFunc(tt.want, func(kv string) bool { return strings.Contains(kv, "MALLOC_") || strings.Contains(kv, "TUNABLES") }) {
			tt.want = append(tt.want, "MALLOC_TRIM_THRESHOLD_=134217728", "MALLOC_MMAP_THRESHOLD_=33554432")
		}
		if got := workerEnv(tt.base, tt.threads); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNotStarted(t *testing.T) {
	if _, err := readConfig(strings.NewReader("{")); err == nil {
		t.Error("half a configuration was taken")
	}
	if _, err := readConfig(strings.NewReader(`{"peer":1}`)); !errors.Is(err, proto.ErrWorkerConfig) {
		t.Errorf("no session: %v", err)
	}
}
