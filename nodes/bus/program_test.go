package bus

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program is the nats-server program of the distribution: another version than the embedded one, and a process that can be killed.
type program struct {
	t       testing.TB
	addr    string
	monitor string
	conf    string
	log     string
	cmd     *exec.Cmd
}

// freeAddr gives an address of this host where nobody listens just now.
func freeAddr(t testing.TB, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// newProgram starts a server on host with more lines in its configuration, and waits until it listens.
func newProgram(t testing.TB, host, more string) *program {
	t.Helper()
	if _, err := exec.LookPath("nats-server"); err != nil {
		if os.Getenv("PRISM_REQUIRE") != "" {
			t.Fatal(err)
		}
		t.Skip("no nats-server program is installed")
	}
	dir := t.TempDir()
	p := &program{
		t: t, addr: freeAddr(t, host), monitor: freeAddr(t, "127.0.0.1"), conf: filepath.Join(dir, "nats.conf"), log: filepath.Join(dir, "log"),
	}
	text := fmt.Sprintf("listen: %q\nhttp: %q\nlog_file: %q\n%s\n", p.addr, p.monitor, p.log, more)
	if err := os.WriteFile(p.conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p.start()
	t.Cleanup(p.kill)
	return p
}

// newCluster starts n servers that know each other, with JetStream.
func newCluster(t testing.TB, n int) (servers []*program, urls string) {
	t.Helper()
	routes := make([]string, n)
	for i := range routes {
		routes[i] = freeAddr(t, "127.0.0.1")
	}
	var all []string
	for i := range n {
		p := newProgram(t, "127.0.0.1", fmt.Sprintf("server_name: s%d\njetstream { store_dir: %q }\ncluster { name: c, listen: %q, routes: [\"nats://%s\"] }",
			i, t.TempDir(), routes[i], strings.Join(routes, `", "nats://`)))
		servers = append(servers, p)
		all = append(all, p.url())
	}
	return servers, strings.Join(all, ",")
}

func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.Command("nats-server", "-c", p.conf)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for until := time.Now().Add(20 * time.Second); ; {
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(until) {
			b, _ := os.ReadFile(p.log)
			p.t.Fatalf("nats-server does not listen: %v\n%s", err, b)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *program) url() string { return "nats://" + p.addr }

// varz are the server's own figures.
func (p *program) varz() (v struct {
	SlowConsumers int `json:"slow_consumers"`
	Mem           int `json:"mem"`
}) {
	p.t.Helper()
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + p.monitor + "/varz")
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		p.t.Fatal(err)
	}
	return v
}

func (p *program) connect(name string, more ...func(*Config)) *Conn {
	p.t.Helper()
	cfg := Config{URL: p.url(), Name: name, ReconnectWait: 20 * time.Millisecond}
	for _, m := range more {
		m(&cfg)
	}
	c, err := Connect(within(p.t, 20*time.Second), cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c
}

// outer is an address of this machine that is not loopback.
func outer(t *testing.T) string {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	if strings.Contains(os.Getenv("PRISM_REQUIRE"), "net") {
		t.Fatal("this machine has no address but loopback")
	}
	t.Skip("this machine has no address but loopback")
	return ""
}
