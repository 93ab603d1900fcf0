package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/bus"
)

// natsFiles copies samples/nats into a folder of its own, runs its script there and puts free addresses into its files.
func natsFiles(t *testing.T, replace ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files, err := filepath.Glob("../../../samples/nats/*")
	if err != nil || len(files) < 5 {
		t.Fatalf("samples/nats: %v, %v", files, err)
	}
	r := strings.NewReplacer(replace...)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(f)), []byte(r.Replace(string(b))), 0o700)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	must(t, runIn(t, dir, time.Minute, []string{"PRISM=" + filepath.Join(binDir, "prism")}, "./make-secrets.sh", "127.0.0.1"), "make-secrets.sh")
	return dir
}

// user is one of the example's users at a server.
func user(url, dir, name string) outside {
	return outside{url: url, secret: filepath.Join(dir, name+".nk"), more: []string{"--nats-tls-ca", filepath.Join(dir, "ca.pem")}}
}

func (o outside) connect(t *testing.T) *bus.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := bus.Connect(ctx, bus.Config{URL: o.url, Secret: bus.Secret{File: o.secret}, TLS: bus.TLS{CAFile: o.more[1]}, Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// listed is what prism nodes --json says.
type listed struct {
	Name     string  `json:"name"`
	PID      int     `json:"pid"`
	Sessions int     `json:"sessions"`
	Load     float64 `json:"load"`
	CPUs     int     `json:"cpus"`
	Device   int     `json:"device"`
	Renderer string  `json:"renderer"`
}

func (o outside) nodes(t *testing.T) []listed {
	t.Helper()
	var list struct{ Nodes []listed }
	if err := json.Unmarshal([]byte(must(t, o.prism(t, 30*time.Second, "nodes", "--json"), "nodes --json").out), &list); err != nil {
		t.Fatal(err)
	}
	return list.Nodes
}

// TestNATSAccounts: with the example's files two labs share a server, work at the same time on nodes of the same names, and neither
// sees nor disturbs the other.
func TestNATSAccounts(t *testing.T) {
	need(t, "nats-server", "openssl")
	addr := freeAddr(t, "127.0.0.1")
	dir := natsFiles(t, "0.0.0.0:4222", addr)
	startIn(t, dir, "nats-server", "-c", "nats.conf")
	listening(t, addr)
	url := "tls://" + addr
	as := func(name string) outside { return user(url, dir, name) }
	labs := []string{"lab_a", "lab_b"}
	pid := map[string]int{}
	for _, lab := range labs {
		pid[lab] = as(lab+"_node").node(t, "gpu-1").Process.Pid
	}

	t.Run("Nodes", func(t *testing.T) {
		for _, lab := range labs {
			if n := as(lab + "_session").nodes(t); len(n) != 1 || n[0].Name != "gpu-1" || n[0].PID != pid[lab] || n[0].Sessions != 0 || n[0].CPUs < 1 || n[0].Renderer == "" {
				t.Errorf("%s has %+v, want gpu-1 of process %d", lab, n, pid[lab])
			}
		}
	})
	t.Run("BothAtOnce", func(t *testing.T) {
		direct := t.TempDir()
		mesaAlone(t, time.Minute, nil, glxapp, "plain", "6", direct+"/f")
		var wait []func()
		for _, lab := range labs {
			got := t.TempDir()
			p := start(t, filepath.Join(binDir, "prism"), append(as(lab+"_session").flags("run"), "--grid", "2x2", "--lanes", "nats", "--nodes", "1", "--", glxapp, "plain", "6", got+"/f")...)
			wait = append(wait, func() {
				if code := p.ended(t, time.Minute); code != 0 {
					t.Errorf("%s: %d\n%s", lab, code, tail(p.errOut.String()))
				}
				samePictures(t, direct, got, 6)
			})
		}
		for _, w := range wait {
			w()
		}
	})
	t.Run("Apart", func(t *testing.T) { apart(t, as) })
	t.Run("Micro", func(t *testing.T) {
		c := as("lab_a_watch").connect(t)
		for subject, want := range map[string][]string{
			"$SRV.PING":             {`"io.nats.micro.v1.ping_response"`, `"prism-node"`},
			"$SRV.PING.prism-node":  {`"io.nats.micro.v1.ping_response"`},
			"$SRV.INFO.prism-node":  {`"io.nats.micro.v1.info_response"`, `"node":"gpu-1"`, `"prism.agent.gpu-1.start"`, `"renderer":`},
			"$SRV.STATS.prism-node": {`"io.nats.micro.v1.stats_response"`, `"num_requests":`, `"name":"start"`},
		} {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			b, err := c.Request(ctx, subject, nil)
			cancel()
			for _, w := range want {
				if err != nil || !strings.Contains(string(b), w) {
					t.Errorf("%s: %s, %v; want %s", subject, b, err, w)
				}
			}
		}
	})
	t.Run("NotPermitted", func(t *testing.T) {
		as("lab_a_watch").prism(t, 30*time.Second, "nodes").wants(t, "nodes by who only watches", 1, "may not publish to $JS.API.")
		as("lab_a_session").prism(t, 30*time.Second, "node", "--name", "x").wants(t, "a session's user as node", 1, "may not publish to $KV.prism-nodes.x")
		r := as("lab_a_node").prism(t, 30*time.Second, "run", "--", glxapp, "plain", "3", "-")
		r.code = min(r.code, 1)                                                 // an app without its nodes may end with a status of its own
		r.errOut = strings.ReplaceAll(r.errOut, "renderer: prism (lost)\n", "") // says the app
		r.wants(t, "a node's user as session", 1, "may not publish to prism.agent.gpu-1.start")
		as("lab_a_watch").prism(t, 30*time.Second, "run", "--", glxapp, "plain", "3", "-").wants(t, "run by who only watches", 1, "may not publish to")
	})
	t.Run("TLS", func(t *testing.T) {
		o := as("lab_a_session")
		o.more = nil
		o.prism(t, 30*time.Second, "nodes").wants(t, "without the authority", 1, "CN=prism's own authority", "not signed by an authority of this system", "nats.tls.ca")
		o.more = []string{"--nats-tls-ca", "/nonexistent"}
		o.prism(t, 30*time.Second, "nodes").wants(t, "without the authority's file", 3, "/nonexistent")
		key := filepath.Join(dir, "server.key")
		if err := os.Chmod(key, 0o640); err != nil {
			t.Fatal(err)
		}
		o.more = []string{"--nats-tls-ca", filepath.Join(dir, "ca.pem"), "--nats-tls-cert", filepath.Join(dir, "server.pem"), "--nats-tls-key", key}
		o.prism(t, 30*time.Second, "nodes").wants(t, "with a key that others can read", 3, key, "0600")
		if err := os.Chmod(key, 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, o.prism(t, 30*time.Second, "nodes"), "nodes with a client's certificate")
	})
}

// apart runs an app in lab-a while somebody of lab-b listens to all sessions and speaks on those of lab-a.
func apart(t *testing.T, as func(string) outside) {
	a, b := as("lab_a_session").connect(t), as("lab_b_session").connect(t)
	var mu sync.Mutex
	seenByB := map[string]int{} // by session: lab-b's own may still have something to say
	subjects := make(chan string, 1)
	listen := func(c *bus.Conn, heard func(string)) {
		t.Helper()
		cancel, err := c.Subscribe("prism.s.>", func(subject string, _ []byte) { heard(subject) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cancel)
		ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
		defer done()
		if err := c.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	listen(a, func(subject string) {
		select {
		case subjects <- subject:
		default:
		}
	})
	listen(b, func(subject string) {
		mu.Lock()
		defer mu.Unlock()
		seenByB[strings.Split(subject, ".")[2]]++
	})

	direct, got := t.TempDir(), t.TempDir()
	mesaAlone(t, time.Minute, nil, glxapp, "plain", "200", direct+"/f")
	p := start(t, filepath.Join(binDir, "prism"), append(as("lab_a_session").flags("run"), "--grid", "2x2", "--lanes", "nats", "--nodes", "1", "--", glxapp, "plain", "200", got+"/f")...)
	var session string
	select {
	case s := <-subjects:
		session = strings.Split(s, ".")[2]
	case <-time.After(time.Minute):
		t.Fatalf("lab-a hears nothing of its own session\n%s", tail(p.errOut.String()))
	}
	eventually(t, "the node shows its session", 20*time.Second, func() bool {
		n := as("lab_a_session").nodes(t)
		return len(n) == 1 && n[0].Sessions == 1
	})
	if n := as("lab_b_session").nodes(t); len(n) != 1 || n[0].Sessions != 0 {
		t.Errorf("lab-b sees %+v while lab-a runs", n)
	}
	said := 0
	for running := true; running; {
		for _, to := range []string{".all", ".to.0", ".up.0", ".event"} {
			text := `{"peer": 0, "exit": -1, "signal": "made up"}`
			if err := b.Publish("prism.s."+session+to, []byte(text)); err != nil {
				t.Fatal(err)
			}
			said++
		}
		ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
		answer, err := b.Request(ctx, "prism.agent.gpu-1.stop", fmt.Appendf(nil, `{"session": %q, "peer": -1}`, session))
		done()
		if err != nil || string(answer) != `{"stopped":0}` {
			t.Errorf("lab-b asked its own gpu-1 to stop lab-a's session: %s, %v", answer, err)
		}
		select {
		case <-p.done:
			running = false
		case <-time.After(20 * time.Millisecond):
		}
	}
	if code := p.ended(t, time.Minute); code != 0 {
		t.Errorf("lab-a's run ended with %d\n%s", code, tail(p.errOut.String()))
	}
	samePictures(t, direct, got, 200)
	ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	if err := b.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	// What it said itself it heard, as a listener of its own account, and nothing else.
	heard := func() int {
		mu.Lock()
		defer mu.Unlock()
		return seenByB[session]
	}
	eventually(t, "lab-b hears itself", 10*time.Second, func() bool { return heard() >= said })
	if n := heard(); n != said {
		t.Errorf("lab-b heard %d messages and had said %d", n, said)
	}
	eventually(t, "the session leaves the list", 20*time.Second, func() bool {
		n := as("lab_a_session").nodes(t)
		return len(n) == 1 && n[0].Sessions == 0
	})
}
