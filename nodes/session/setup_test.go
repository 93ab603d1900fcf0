package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/agent"
	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/local"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit/grid"
)

// asWorker makes this test binary a worker process with a fake GPU; its value is the way in which it misbehaves.
const asWorker = "SESSION_TEST_WORKER"

func TestMain(m *testing.M) {
	if mode := os.Getenv(asWorker); mode != "" {
		if err := workerMain(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(everyWay{m})
}

func workerMain(mode string) error {
	ctx, cfg, err := agent.Inherited(context.Background())
	if err != nil {
		return err
	}
	var spoke lane.Spoke
	if cfg.Local != nil {
		if spoke, err = local.Dial(ctx, local.Invitation(*cfg.Local), cfg.Session, cfg.Peer); err != nil {
			return err
		}
	} else {
		conn, err := bus.Connect(ctx, agent.BusConfig(cfg))
		if err != nil {
			return err
		}
		defer conn.Close()
		if spoke, err = bus.NewSpoke(conn, cfg.Session, cfg.Peer, cfg.PeerName, bus.Options{}); err != nil {
			return err
		}
	}
	w := &worker{spoke: spoke, peer: cfg.Peer}
	ready := proto.Ready{PID: os.Getpid(), Renderer: "fake", Version: "4.5 fake 1", SpecHash: gl.SpecHash}
	switch mode {
	case "otherdriver":
		ready.Version = "4.5 fake 2"
	case "otherbuild":
		ready.SpecHash++
	case "silent":
		<-ctx.Done()
		return ctx.Err()
	case "fault":
		return w.control(ctx, &proto.Control{Fault: &proto.Fault{Class: "device", Text: "no such device"}})
	case "crash":
		return errors.New("segmentation fault, so to speak")
	case "badcontrol", "badpiece", "badreply", "badresult", "badkind", "badsize":
		w.onSwap = func(f uint64) bool {
			if f == 3 {
				_ = spoke.Send(ctx, garbage[mode].kind, []byte(garbage[mode].payload))
			}
			return true
		}
	case "dies":
		w.onSwap = func(f uint64) bool {
			if f == 3 {
				fmt.Fprintln(os.Stderr, "the GPU fell off the bus")
				os.Exit(9)
			}
			return true
		}
	}
	if err := w.control(ctx, &proto.Control{Ready: &ready}); err != nil {
		return err
	}
	return w.run(ctx)
}

// world is a NATS server with nodes that behave as the modes say.
func world(t *testing.T, modes ...string) (*bus.Conn, []registry.Node) {
	t.Helper()
	s, err := embedded.Start(embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	user, password := s.Credentials()
	conn, err := bus.Connect(t.Context(), bus.Config{URL: s.URL(), Credentials: bus.Credentials{User: user, Password: password}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var nodes []registry.Node
	for i, mode := range modes {
		a, err := agent.Open(t.Context(), conn, agent.Config{
			Name: fmt.Sprintf("node-%d-%s", i, mode), WorkerCommand: []string{self}, Env: append(os.Environ(), asWorker+"="+mode),
			Probed: &proto.ProbeResult{Renderer: "fake"}, StopWait: 200 * time.Millisecond, Log: quiet,
			OnlyNATS: way == overBoth && i%2 == 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(a.Close)
		nodes = append(nodes, a.Node())
	}
	return conn, nodes
}

func TestProcesses(t *testing.T) {
	conn, nodes := world(t, "ok", "ok", "ok")
	nodes = append(nodes, nodes[0]) // two workers on one node
	c, err := Start(t.Context(), conn, nodes, StartOptions{Log: quiet, Dir: socketDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	if c.Names[3] != "node-0-ok#2" || len(c.Ready) != 4 || c.Ready[3].PID == c.Ready[0].PID {
		t.Errorf("names %v, ready %+v", c.Names, c.Ready)
	}
	a := newApp(t)
	a.window(1, 640, 480)
	for i := range uint32(8) {
		a.fill(i)
		a.finish()
		a.swap(1)
	}
	id := a.ask("glReadPixels", 100, 100, 300, 300, 0x80E1, 0x8367)
	src := &source{chunks: a.chunks}
	shots, stats, err := play(t, src, c.Hub, grid.Grid{Columns: 2, Rows: 2}, func(cfg *Config) { cfg.Names = c.Names })
	if err != nil {
		t.Fatal(err)
	}
	if len(shots) != 8 || src.frames != 8 || src.finishes != 8 {
		t.Fatalf("%d frames, %d credits, %d finishes", len(shots), src.frames, src.finishes)
	}
	for i, s := range shots {
		if !bytes.Equal(s.pix, pattern(uint32(i), 640, 480)) {
			t.Errorf("frame %d is not the picture", i+1)
		}
	}
	for i, n := range stats.Nodes {
		want := lane.RouteNATS
		if way == overShm || way == overBoth && i != 1 {
			want = lane.RouteShm
		}
		if n.Lane != want {
			t.Errorf("node %s is reached by %s, want %s", n.Name, n.Lane, want)
		}
	}
	if len(src.replies[id]) < 300*300*4 {
		t.Errorf("glReadPixels: an answer of %d bytes", len(src.replies[id]))
	}
	if stats.RecvBytes < 8*640*480*4 || stats.Nodes[3].Name != "node-0-ok#2" {
		t.Errorf("figures: %+v", stats)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// playWith plays an app on a good node and one that behaves as mode says, over NATS or with dir over shared memory; the source must have been told of its end.
func playWith(t *testing.T, mode, dir string) error {
	t.Helper()
	conn, nodes := world(t, "ok", mode)
	c, err := Start(t.Context(), conn, nodes, StartOptions{Log: quiet, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	a := newApp(t)
	a.window(1, 32, 32)
	for i := range uint32(8) {
		a.fill(i)
		a.swap(1)
	}
	src := &source{chunks: a.chunks, hang: true}
	_, _, err = play(t, src, c.Hub, grid.Grid{Columns: 2, Rows: 1}, func(cfg *Config) { cfg.Names = c.Names })
	if !src.lost {
		t.Error("the source was not told")
	}
	return err
}

func TestProcessDies(t *testing.T) {
	err := playWith(t, "dies", socketDir(t))
	if !errors.Is(err, ErrNodeGone) || !errors.Is(err, lane.ErrPeerGone) {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{"node-1-dies", "status 9", "the GPU fell off the bus"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nlacks %q", err, want)
		}
	}
}

func TestStartRefuses(t *testing.T) {
	for _, c := range []struct{ mode, want string }{
		{"otherdriver", `"4.5 fake 2"; their pixels may differ`},
		{"otherbuild", "is of another build"},
		{"silent", "not ready after"},
		{"fault", "device: no such device"},
		{"crash", "segmentation fault, so to speak"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			conn, nodes := world(t, "ok", c.mode)
			o := StartOptions{Log: quiet, Dir: socketDir(t), Ready: 20 * time.Second}
			if c.mode == "silent" {
				o.Ready = 700 * time.Millisecond
			}
			_, err := Start(t.Context(), conn, nodes, o)
			if !errors.Is(err, ErrSetup) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), nodes[1].Name) {
				t.Fatalf("error %v\nwant %q and the node's name", err, c.want)
			}
			if c.mode == "otherdriver" {
				cl, err := Start(t.Context(), conn, nodes, StartOptions{Log: quiet, Dir: socketDir(t), Mixed: true})
				if err != nil {
					t.Fatalf("mixed: %v", err)
				}
				cl.Close()
			}
		})
	}
	t.Run("OnlyShm", func(t *testing.T) {
		conn, nodes := world(t, "ok", "ok")
		c, err := Start(t.Context(), conn, nodes, StartOptions{Log: quiet, Dir: socketDir(t), OnlyShm: true})
		switch {
		case way == overShm && err != nil:
			t.Error(err)
		case way == overShm:
			c.Close()
		case !errors.Is(err, ErrSetup) || !strings.Contains(err.Error(), nodes[1].Name) && !strings.Contains(err.Error(), nodes[0].Name):
			t.Errorf("%v; want a refusal that names the node", err)
		}
	})
	if _, err := Start(t.Context(), nil, nil, StartOptions{}); !errors.Is(err, ErrSetup) {
		t.Errorf("no nodes: %v", err)
	}
}
