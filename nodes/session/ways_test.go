package session

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/lane/local"
)

// way is the kind of lanes that the tests use now: all of them run once for each.
var way string

const (
	overMemory = "memory"
	overShm    = "shared memory"
	overNATS   = "NATS"
	overBoth   = "shared memory to even peers, NATS to odd ones"
)

// server is of all tests.
var server *embedded.Server

// everyWay runs the tests once for each kind of lanes.
type everyWay struct{ *testing.M }

func (m everyWay) Run() (code int) {
	var err error
	if server, err = embedded.Start(embedded.Options{NoJetStream: true}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Shutdown()
	ways := []string{overMemory, overShm, overNATS, overBoth}
	flag.Parse()
	if set("test.fuzz") || set("test.bench") || set("test.list") {
		ways = ways[:1] // what is fuzzed or measured makes lanes of its own
	}
	for _, way = range ways {
		if c := m.M.Run(); c != 0 {
			fmt.Println("these failures were over", way)
			code = c
		}
	}
	return code
}

// set tells whether a flag of `go test` was given.
func set(name string) bool { return flag.Lookup(name).Value.String() != "" }

// lanes are a hub and its spokes.
type lanes struct {
	hub    lane.Hub
	spokes []lane.Spoke
	// end ends the workers that cluster made. Only then may a test look into them: what they say over shared memory orders nothing
	// that the race detector could see.
	end func()
}

func (l *lanes) Hub() lane.Hub { return l.hub }

// newLanes makes lanes to n peers, of the kind that is on. They end with the test.
func newLanes(t testing.TB, n int) *lanes {
	t.Helper()
	if way == overMemory {
		p := lanetest.New(n)
		t.Cleanup(func() { p.Hub().Close() })
		return &lanes{hub: p.Hub(), spokes: p.Spokes()}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	session := bus.NewSession()
	far, err := bus.NewHub(connectTo(t, server), session, make([]string, n), bus.Options{})
	check(err)
	l := &lanes{hub: far}
	var ln *local.Listener
	if way != overNATS {
		ln, err = local.Listen(socketDir(t), session)
		check(err)
		l.hub, err = local.NewHub(ln, far, nil, local.Options{})
		check(err)
	}
	for i := range n {
		var s lane.Spoke
		if way == overNATS || way == overBoth && i%2 == 1 {
			s, err = bus.NewSpoke(connectTo(t, server), session, i, "", bus.Options{})
		} else {
			s, err = local.Dial(t.Context(), ln.Invitation(), session, i)
		}
		check(err)
		t.Cleanup(func() { check(s.Close()) })
		l.spokes = append(l.spokes, s)
	}
	t.Cleanup(func() { check(l.hub.Close()) }) // before the spokes, which else would wait for a session that takes nothing any more
	return l
}

func connectTo(t testing.TB, s *embedded.Server) *bus.Conn {
	t.Helper()
	user, password := s.Credentials()
	c, err := bus.Connect(t.Context(), bus.Config{URL: s.URL(), Credentials: bus.Credentials{User: user, Password: password}, Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// socketDir is a directory whose path leaves room for a socket's name; "" where workers are not to share memory.
func socketDir(t testing.TB) string {
	t.Helper()
	if way != overShm && way != overBoth {
		return ""
	}
	dir, err := os.MkdirTemp("", "ps")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
