package e2e

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// told gives the lines that prism itself wrote: messages and warnings, not what an app printed.
func told(errOut string) (lines []string) {
	for line := range strings.Lines(errOut) {
		if strings.HasPrefix(line, "prism: ") || strings.Contains(line, "level=") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// TestNATSServerKilled: when the server dies a run ends with one message that names it, and its workers end; the nodes wait, and are
// there again when the server is, even if that remembers nothing.
func TestNATSServerKilled(t *testing.T) {
	need(t, "nats-server")
	o := startOutside(t)
	nodes := map[string]*process{"left": o.node(t, "left"), "right": o.node(t, "right")}
	shots := t.TempDir()
	p := start(t, filepath.Join(binDir, "prism"), append(o.flags("run"), "--lanes", "nats", "--nodes", "2", "--out", "png:"+shots, "--", glxapp, "lost", "200", "-")...)
	eventually(t, "pictures come", time.Minute, func() bool {
		got, _ := filepath.Glob(filepath.Join(shots, "frame-*.png"))
		return len(got) >= 3
	})
	if err := o.server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	from := time.Now()
	eventually(t, "prism says so", time.Minute, func() bool { return len(told(p.errOut.String())) > 0 })
	t.Logf("it was said %v after the server's end", time.Since(from).Round(10*time.Millisecond))
	if code := p.ended(t, 2*time.Minute); code != 1 { // the app ends by itself, having drawn the rest for nobody
		t.Errorf("prism run ended with %d, want 1", code)
	}
	if said := told(p.errOut.String()); len(said) != 1 || !strings.HasPrefix(said[0], "prism: ") || !strings.Contains(said[0], "NATS server lost") || !strings.Contains(said[0], o.addr) {
		t.Errorf("want one message that the server %s is lost, got:\n%s", o.addr, tail(p.errOut.String()))
	}
	for name, n := range nodes {
		eventually(t, "the workers of "+name+" end", 30*time.Second, func() bool { return len(started(n.Process.Pid)) == 0 })
		select {
		case <-n.done:
			t.Fatalf("node %s has ended with its server\n%s", name, tail(n.errOut.String()))
		default:
		}
	}
	if err := os.RemoveAll(o.store); err != nil {
		t.Fatal(err)
	}
	o.startServer(t)
	eventually(t, "both nodes are back", time.Minute, func() bool {
		list := o.nodes(t)
		return len(list) == 2 && !slices.ContainsFunc(list, func(n listed) bool { return n.PID != nodes[n.Name].Process.Pid || n.Sessions != 0 })
	})
	direct, got := t.TempDir(), t.TempDir()
	mesaAlone(t, time.Minute, nil, glxapp, "plain", "6", direct+"/f")
	must(t, o.prism(t, time.Minute, "run", "--nodes", "2", "--", glxapp, "plain", "6", got+"/f"), "run after the restart")
	samePictures(t, direct, got, 6)
	for name, n := range nodes {
		if s := n.errOut.String(); strings.Count(s, "nats: disconnected") != 1 || strings.Count(s, "nats: reconnected") != 1 {
			t.Errorf("node %s has not told once that its server went and came:\n%s", name, tail(s))
		}
	}
}

// TestNATSServerRestarted: a restart within the patience is one line, and no picture is wrong.
func TestNATSServerRestarted(t *testing.T) {
	need(t, "nats-server")
	o := startOutside(t)
	o.node(t, "left")
	o.node(t, "right")
	const frames = "300"
	direct, got := t.TempDir(), t.TempDir()
	mesaAlone(t, time.Minute, nil, glxapp, "plain", frames, direct+"/f")
	p := start(t, filepath.Join(binDir, "prism"),
		append(o.flags("run"), "--nats-patience", "60s", "--lanes", "nats", "--nodes", "2", "--grid", "2x2", "--", glxapp, "plain", frames, got+"/f")...)
	for _, wanted := range []int{10, 100} {
		eventually(t, "pictures come", time.Minute, func() bool {
			files, _ := filepath.Glob(got + "/*")
			return len(files) >= wanted
		})
		if err := o.server.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		o.server.ended(t, 10*time.Second)
		select {
		case <-p.done:
			t.Fatalf("the run was over before the server was killed\n%s", tail(p.errOut.String()))
		default:
		}
		o.startServer(t)
	}
	if code := p.ended(t, 2*time.Minute); code != 0 {
		t.Errorf("exit status %d\n%s", code, tail(p.errOut.String()))
	}
	samePictures(t, direct, got, 300)
	if said := told(p.errOut.String()); len(said) != 2 || !strings.Contains(said[0], "nats: reconnected") || !strings.Contains(said[1], "nats: reconnected") {
		t.Errorf("want two lines that it was connected again, got:\n%s", tail(p.errOut.String()))
	}
}

// TestNATSUnencrypted: each verb warns once of a server on another address than loopback without TLS, and works.
func TestNATSUnencrypted(t *testing.T) {
	need(t, "nats-server")
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	host := ""
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			host = n.IP.String()
		}
	}
	if host == "" {
		if strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
			t.Fatal("this machine has no address but loopback")
		}
		t.Skip("this machine has no address but loopback")
	}
	o := startOutsideAt(t, host)
	warned := func(what, errOut string) {
		t.Helper()
		if n := strings.Count(errOut, "connection without TLS"); n != 1 || !strings.Contains(errOut, o.addr) {
			t.Errorf("%s: %d warnings, want one with %s:\n%s", what, n, o.addr, tail(errOut))
		}
	}
	n := o.node(t, "n")
	warned("nodes", must(t, o.prism(t, 30*time.Second, "nodes"), "nodes").errOut)
	warned("run", must(t, o.prism(t, time.Minute, "run", "--", glxapp, "plain", "3", "-"), "run").errOut)
	warned("node", n.errOut.String())
}
