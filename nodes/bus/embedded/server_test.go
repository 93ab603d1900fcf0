package embedded

import (
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTwo: several servers live in one process, each with its own secret, port and directory, and leave nothing behind.
func TestTwo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	stores := func() []string {
		m, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "prism-nats-*"))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	var servers []*Server
	for range 2 {
		s, err := Start(Options{})
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	_, a := servers[0].Credentials()
	user, b := servers[1].Credentials()
	if user == "" || len(b) < 20 || a == b || servers[0].URL() == servers[1].URL() {
		t.Errorf("%q with %q and %q with %q", servers[0].URL(), a, servers[1].URL(), b)
	}
	u, err := url.Parse(servers[1].URL())
	if err != nil || !net.ParseIP(u.Hostname()).IsLoopback() || u.User != nil || strings.Contains(servers[1].URL(), b) {
		t.Errorf("URL %q, %v", servers[1].URL(), err)
	}
	if n := len(stores()); n != 2 {
		t.Errorf("%d directories, want 2", n)
	}
	servers[0].Shutdown()
	c, err := net.DialTimeout("tcp", u.Host, 5*time.Second)
	if err != nil {
		t.Errorf("the other server: %v", err)
	} else {
		c.Close()
	}
	servers[1].Shutdown()
	servers[1].Shutdown()
	if left := stores(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestQuiet: a server as `prism run` starts it has nothing to say to a user.
func TestQuiet(t *testing.T) {
	var said strings.Builder
	s, err := Start(Options{Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	s.Shutdown()
	if said.Len() != 0 {
		t.Errorf("it said:\n%s", &said)
	}
}
