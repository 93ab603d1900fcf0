package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// natsServer is one of a cluster.
type natsServer struct {
	t                              *testing.T // which it ends with
	name, addr, monitor, dir, conf string
	*process
}

// natsCluster is three servers with the files of samples/nats: TLS, accounts, JetStream on all.
type natsCluster struct {
	dir     string
	url     string
	servers []*natsServer
}

func startNATSCluster(t *testing.T) *natsCluster {
	t.Helper()
	c := &natsCluster{dir: natsFiles(t)}
	text, err := os.ReadFile(filepath.Join(c.dir, "cluster.conf"))
	if err != nil {
		t.Fatal(err)
	}
	routes := []string{}
	for i := range 3 {
		routes = append(routes, fmt.Sprintf("nats-%d:6222", i+1), freeAddr(t, "127.0.0.1"))
	}
	var urls []string
	for i := range 3 {
		s := &natsServer{t: t, name: fmt.Sprintf("nats-%d", i+1), addr: freeAddr(t, "127.0.0.1"), monitor: freeAddr(t, "127.0.0.1"), dir: c.dir}
		s.conf = s.name + ".conf"
		r := strings.NewReplacer(append(routes, "0.0.0.0:4222", s.addr, "0.0.0.0:6222", routes[2*i+1], "./jetstream", "./jetstream-"+s.name)...)
		if err := os.WriteFile(filepath.Join(c.dir, s.conf), []byte(r.Replace(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		s.start()
		c.servers = append(c.servers, s)
		urls = append(urls, "tls://"+s.addr)
	}
	for _, s := range c.servers {
		listening(t, s.addr)
	}
	c.url = strings.Join(urls, ",")
	return c
}

func (s *natsServer) start() {
	s.t.Helper()
	_, port, err := net.SplitHostPort(s.monitor)
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = startIn(s.t, s.dir, "nats-server", "-c", s.conf, "--name", s.name, "-m", port)
}

// figures are what a server tells about itself; false: it does not answer.
func (s *natsServer) figures() (v struct {
	InBytes       int64 `json:"in_bytes"`
	SlowConsumers int   `json:"slow_consumers"`
}, ok bool) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + s.monitor + "/varz")
	if err != nil {
		return v, false
	}
	defer r.Body.Close()
	return v, json.NewDecoder(r.Body).Decode(&v) == nil
}

// moved tells how many bytes have come to each server.
func (c *natsCluster) moved() (bytes []int64) {
	for _, s := range c.servers {
		v, _ := s.figures()
		bytes = append(bytes, v.InBytes)
	}
	return bytes
}

// restartBusiest waits until a process has moved pictures over some server, and kills and restarts that one while the process runs.
func (c *natsCluster) restartBusiest(t *testing.T, p *process, what string) {
	t.Helper()
	const enough = 512 << 10 // far more than listing and starting take
	before, busiest := c.moved(), -1
	eventually(t, what+" moves data", 2*time.Minute, func() bool {
		most := int64(enough)
		for i, n := range c.moved() {
			if n-before[i] > most {
				busiest, most = i, n-before[i]
			}
		}
		select {
		case <-p.done:
			t.Fatalf("%s was over before a server was killed\nstderr: %s", what, tail(p.errOut.String()))
		default:
		}
		return busiest >= 0
	})
	s := c.servers[busiest]
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.ended(t, 10*time.Second)
	select {
	case <-p.done:
		t.Fatalf("%s was over before a server was killed", what)
	default:
	}
	s.start()
	listening(t, s.addr)
}

// settled waits until all servers serve, so that the next kill finds two others.
func (c *natsCluster) settled(t *testing.T, o outside, nodes int) {
	t.Helper()
	eventually(t, "all servers are back", time.Minute, func() bool {
		for _, s := range c.servers {
			r, err := (&http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + s.monitor + "/healthz")
			if err != nil {
				return false
			}
			r.Body.Close()
			if r.StatusCode != http.StatusOK {
				return false
			}
		}
		return len(o.nodes(t)) == nodes
	})
}

// TestNATSCluster: on a cluster of three, with TLS and accounts, one server is killed and started again in the middle of each run, and
// every picture is right.
func TestNATSCluster(t *testing.T) {
	need(t, "nats-server", "openssl", "glxgears", "glmark2")
	c := startNATSCluster(t)
	lab := user(c.url, c.dir, "lab_a_session")
	for _, name := range []string{"left", "right"} {
		user(c.url, c.dir, "lab_a_node").node(t, name)
	}
	city := filepath.Join(binDir, "samples/city")
	slow := func() (n int) {
		for _, s := range c.servers {
			v, _ := s.figures()
			n += v.SlowConsumers
		}
		return n
	}

	for _, app := range []struct {
		name, frames string
		cmd          []string
	}{
		{"Glxgears", "200", []string{"glxgears"}},
		{"City", "30", []string{city, "--frames", "30", "--size", "480x270"}},
		{"Glmark2Build", "60", []string{"glmark2", "-s", "320x240", "-b", "build:duration=2"}},
		{"Glmark2Texture", "60", []string{"glmark2", "-s", "320x240", "-b", "texture:duration=2"}},
	} {
		t.Run("Verify"+app.name, func(t *testing.T) {
			rec := filepath.Join(t.TempDir(), "app.prism")
			must(t, prism(t, 3*time.Minute, append([]string{"record", "-o", rec, "--frames", app.frames, "--"}, app.cmd...)...), "record")
			c.settled(t, lab, 2)
			p := start(t, filepath.Join(binDir, "prism"), append(lab.flags("verify"), "--lanes", "nats", "--nodes", "2", "--grid", "2x2", "--json", rec)...)
			c.restartBusiest(t, p, "verify")
			code := p.ended(t, 4*time.Minute)
			var v struct {
				Frames int  `json:"frames"`
				Equal  bool `json:"equal"`
			}
			if err := json.Unmarshal([]byte(p.out.String()), &v); err != nil || code != 0 || !v.Equal || v.Frames < 20 {
				t.Errorf("exit status %d, %v: %s\nstderr: %s", code, err, tail(p.out.String()), tail(p.errOut.String()))
			}
			if n := slow(); n != 0 {
				t.Errorf("the servers count %d slow consumers", n)
			}
		})
	}
	for _, app := range []struct {
		name string
		n    int
		cmd  func(dir string) []string
	}{
		{"City", 25, func(dir string) []string {
			return []string{city, "--frames", "25", "--size", "400x300", "--seed", "7", "--png", dir}
		}},
		{"Triangles", 300, func(dir string) []string { return []string{glxapp, "plain", "300", dir + "/f"} }},
	} {
		t.Run("Run"+app.name, func(t *testing.T) {
			direct, got := t.TempDir(), t.TempDir()
			cmd := app.cmd(direct)
			mesaAlone(t, time.Minute, nil, cmd[0], cmd[1:]...)
			c.settled(t, lab, 2)
			p := start(t, filepath.Join(binDir, "prism"), append(append(lab.flags("run"), "--lanes", "nats", "--nodes", "2", "--grid", "3x2", "--"), app.cmd(got)...)...)
			c.restartBusiest(t, p, "run")
			if code := p.ended(t, 4*time.Minute); code != 0 {
				t.Errorf("exit status %d\nstderr: %s", code, tail(p.errOut.String()))
			}
			samePictures(t, direct, got, app.n)
		})
	}
}
