package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/bus/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// within is for what takes less than d: on a machine that has other things to do, three times as long.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 3*d)
	t.Cleanup(cancel)
	return ctx
}

func embeddedConn(t *testing.T, o embedded.Options) func(name string) *bus.Conn {
	t.Helper()
	s, err := embedded.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	user, password := s.Credentials()
	return func(name string) *bus.Conn {
		c, err := bus.Connect(within(t, 10*time.Second), bus.Config{URL: s.URL(), Credentials: bus.Credentials{User: user, Password: password}, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
}

// program is the nats-server program of the distribution, which is years older than the embedded one.
type program struct {
	t          *testing.T
	addr, conf string
	secret     string
	cmd        *exec.Cmd
}

func newProgram(t *testing.T) *program {
	t.Helper()
	if _, err := exec.LookPath("nats-server"); err != nil {
		if os.Getenv("PRISM_REQUIRE") != "" {
			t.Fatal(err)
		}
		t.Skip("no nats-server program is installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	dir := t.TempDir()
	p := &program{t: t, addr: addr.String(), conf: filepath.Join(dir, "nats.conf"), secret: filepath.Join(dir, "secret")}
	text := fmt.Sprintf("listen: \"127.0.0.1:%d\"\njetstream { store_dir: %q }\nauthorization { token: \"a-token\" }\n", addr.Port, dir)
	for file, text := range map[string]string{p.conf: text, p.secret: "a-token\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.start()
	t.Cleanup(func() { p.stop() })
	return p
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.Command("nats-server", "-c", p.conf)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) stop() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

func (p *program) conn(name string) *bus.Conn {
	ctx := within(p.t, 10*time.Second)
	for {
		c, err := bus.Connect(ctx, bus.Config{
			URL: "nats://" + p.addr, Secret: bus.Secret{File: p.secret}, Name: name, ReconnectWait: 20 * time.Millisecond,
		})
		if err == nil {
			p.t.Cleanup(c.Close)
			return c
		}
		select {
		case <-ctx.Done():
			p.t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestServerRestart: a node comes back after its server has, with nothing remembered.
func TestServerRestart(t *testing.T) {
	p := newProgram(t)
	ctx := within(t, 15*time.Second)
	r, err := Open(ctx, p.conn("node"), Options{Renewal: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.Register(ctx, Node{Name: "n", Host: "h", PID: os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	p.stop()
	p.start()
	reader := p.conn("reader")
	for {
		r, err := Open(ctx, reader, Options{})
		var nodes []Node
		if err == nil {
			nodes, err = r.List(ctx)
		}
		if len(nodes) == 1 && nodes[0].Name == "n" {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the node does not come back: %v, %v; registration: %v", nodes, err, g.Err())
		case <-g.Done():
			t.Fatal(g.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func TestMembership(t *testing.T) {
	servers := []struct {
		name  string
		start func(t *testing.T) func(string) *bus.Conn
	}{
		{"Embedded", func(t *testing.T) func(string) *bus.Conn { return embeddedConn(t, embedded.Options{}) }},
		{"Debian", func(t *testing.T) func(string) *bus.Conn { return newProgram(t).conn }},
	}
	for _, sv := range servers {
		t.Run(sv.name, func(t *testing.T) {
			conn := sv.start(t)
			ctx := within(t, 15*time.Second)
			opt := Options{TTL: 900 * time.Millisecond, Renewal: 150 * time.Millisecond}
			r, err := Open(ctx, conn("nodes"), opt)
			if err != nil {
				t.Fatal(err)
			}
			reader, err := Open(ctx, conn("session"), opt)
			if err != nil {
				t.Fatal(err)
			}
			if nodes, err := reader.List(ctx); err != nil || len(nodes) != 0 {
				t.Fatalf("empty registry: %v, %v", nodes, err)
			}
			changes := make(chan Change, 100)
			watchCtx, stopWatch := context.WithCancel(ctx)
			watched := make(chan error, 1)
			go func() { watched <- reader.Watch(watchCtx, func(c Change) { changes <- c }) }()
			expect := func(what string, ok func(Change) bool) {
				t.Helper()
				for {
					select {
					case c := <-changes:
						if ok(c) {
							return
						}
					case <-ctx.Done():
						t.Fatalf("never saw: %s", what)
					}
				}
			}
			expect("present", func(c Change) bool { return c.Present })

			host, _ := os.Hostname()
			node := func(name string) Node {
				return Node{Name: name, Host: host, Renderer: "llvmpipe", Version: "4.5", PID: os.Getpid(), Labels: map[string]string{"rack": "7"}}
			}
			b, err := r.Register(ctx, node("beta"))
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.Register(ctx, node("alpha"))
			if err != nil {
				t.Fatal(err)
			}
			expect("alpha", func(c Change) bool { return c.Node.Name == "alpha" && c.Node.Labels["rack"] == "7" })
			nodes, err := reader.List(ctx)
			if err != nil || len(nodes) != 2 || nodes[0].Name != "alpha" || nodes[1].Name != "beta" {
				t.Fatalf("list: %+v, %v", nodes, err)
			}
			if _, err := r.Register(ctx, node("alpha")); !errors.Is(err, ErrNameTaken) {
				t.Errorf("second alpha: %v", err)
			}
			a.Update(func(n *Node) { n.Sessions = 3 })
			expect("3 sessions", func(c Change) bool { return c.Node.Name == "alpha" && c.Node.Sessions == 3 })

			answer, err := conn("asks").Request(ctx, "prism.agent.alpha.info", nil)
			var info Node
			if err == nil {
				err = json.Unmarshal(answer, &info)
			}
			if err != nil || info.Name != "alpha" || info.Sessions != 3 {
				t.Errorf("info: %+v, %v", info, err)
			}
			// A lease is renewed for longer than it lasts…
			time.AfterFunc(1200*time.Millisecond, func() { changes <- Change{Node: Node{Name: "later"}} })
			expect("later", func(c Change) bool {
				if c.Left {
					t.Errorf("%s left", c.Node.Name)
				}
				return c.Node.Name == "later"
			})
			// … a node that ends says so …
			a.Close()
			expect("alpha gone", func(c Change) bool { return c.Left && c.Node.Name == "alpha" })
			// … and one that just stops runs out.
			b.stop()
			<-b.Done()
			expect("beta gone", func(c Change) bool { return c.Left && c.Node.Name == "beta" })
			for nodes, err = reader.List(ctx); err == nil && len(nodes) != 0; nodes, err = reader.List(ctx) {
			}
			if err != nil {
				t.Fatal(err)
			}
			b.Close()
			stopWatch()
			if err := <-watched; !errors.Is(err, context.Canceled) {
				t.Errorf("watch ended with %v", err)
			}
		})
	}
}

// TestTakeOver: the name of a dead process of this host is free, of another host's is not.
func TestTakeOver(t *testing.T) {
	conn := embeddedConn(t, embedded.Options{})
	ctx := within(t, 10*time.Second)
	r, err := Open(ctx, conn("x"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, host string
		taken      bool
	}{{"DeadHere", "here", false}, {"MaybeThere", "there", true}} {
		t.Run(tt.name, func(t *testing.T) {
			old, _ := json.Marshal(Node{Name: tt.name, Host: tt.host, PID: gone.Process.Pid, Instance: "old"})
			if _, err := r.bucket.Create(ctx, tt.name, old); err != nil {
				t.Fatal(err)
			}
			g, err := r.Register(ctx, Node{Name: tt.name, Host: "here", PID: os.Getpid()})
			if got := errors.Is(err, ErrNameTaken); got != tt.taken {
				t.Fatalf("taken: %v (%v), want %v", got, err, tt.taken)
			}
			if err == nil {
				g.Close()
			}
		})
	}
}

// TestLost: who takes the name while the lease had run out keeps it.
func TestLost(t *testing.T) {
	conn := embeddedConn(t, embedded.Options{})
	ctx := within(t, 10*time.Second)
	r, err := Open(ctx, conn("x"), Options{Renewal: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	g, err := r.Register(ctx, Node{Name: "n", Host: "h", PID: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	other, _ := json.Marshal(Node{Name: "n", Host: "elsewhere", PID: 1, Instance: "other"})
	for {
		e, ok, err := r.bucket.Get(ctx, "n")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if _, err = r.bucket.Update(ctx, "n", other, e.Revision); err == nil {
			break
		} else if !errors.Is(err, bus.ErrKeyChanged) {
			t.Fatal(err)
		}
	}
	select {
	case <-g.Done():
	case <-ctx.Done():
		t.Fatal("it does not notice")
	}
	if err := g.Err(); !errors.Is(err, ErrLost) || !errors.Is(err, ErrNameTaken) {
		t.Errorf("error %v", err)
	}
}

func TestNoJetStream(t *testing.T) {
	conn := embeddedConn(t, embedded.Options{NoJetStream: true})
	if _, err := Open(within(t, 10*time.Second), conn("x"), Options{}); !errors.Is(err, bus.ErrNoJetStream) {
		t.Fatalf("error %v", err)
	}
}

func TestNodeValidate(t *testing.T) {
	for _, tt := range []struct {
		name string
		node Node
		ok   bool
	}{
		{"Good", Node{Name: "gpu-0_a", Instance: "x"}, true},
		{"Empty", Node{Instance: "x"}, false},
		{"Dot", Node{Name: "a.b", Instance: "x"}, false},
		{"Star", Node{Name: "*", Instance: "x"}, false},
		{"NoInstance", Node{Name: "a"}, false},
	} {
		if err := tt.node.Validate(); (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrNode) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
