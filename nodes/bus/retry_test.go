package bus

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/prismgl/prism/nodes/bus/embedded"
)

// TestInsist: a question whose answer went with the connection is asked again; so is one that nobody hears yet.
func TestInsist(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	asking, answering := connect(t, s, "asking"), connect(t, s, "answering")
	ctx := within(t, 20*time.Second)
	var asked atomic.Int32
	answer := func(m *nats.Msg) {
		if asked.Add(1) == 1 {
			if err := asking.nc.ForceReconnect(); err != nil {
				t.Error(err)
			}
			return
		}
		_ = m.Respond([]byte("answer"))
	}
	failed := make(chan error, 1)
	go func() { // comes late
		_, err := asking.Request(ctx, "question", nil)
		for !errors.Is(err, ErrNoResponder) && ctx.Err() == nil {
			_, err = asking.Request(ctx, "question", nil)
		}
		_, err = answering.nc.Subscribe("question", answer)
		failed <- err
	}()
	got, err := asking.Insist(ctx, "question", nil)
	if err != nil || string(got) != "answer" || asked.Load() < 2 {
		t.Errorf("%q, %v, asked %d times", got, err, asked.Load())
	}
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

func TestInsistGivesUp(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	user, password := s.Credentials()
	c, err := Connect(t.Context(), Config{URL: s.URL(), Credentials: Credentials{User: user, Password: password}, Patience: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Insist(within(t, 20*time.Second), "nobody", nil); !errors.Is(err, ErrNoResponder) {
		t.Errorf("nobody is there: %v", err)
	}
	if _, err := c.nc.Subscribe("refuses", func(m *nats.Msg) {
		_ = m.RespondMsg(&nats.Msg{Header: nats.Header{headerErrorCode: {"400"}, headerError: {"no"}}})
	}); err != nil {
		t.Fatal(err)
	}
	var remote *RemoteError
	if _, err := c.Insist(within(t, 20*time.Second), "refuses", nil); !errors.As(err, &remote) || remote.Code != "400" {
		t.Errorf("refused: %v", err)
	}
}

// TestConnectBrokenOff: a network that breaks the first connections off before the server has said anything, or in mid-word.
func TestConnectBrokenOff(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	to := strings.TrimPrefix(s.URL(), "nats://")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var came atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				n := came.Add(1)
				if n == 1 {
					_ = c.(*net.TCPConn).SetLinger(0) // a reset
					return
				}
				far, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer far.Close()
				if n == 2 {
					_, _ = io.CopyN(c, far, 10)
					return
				}
				go func() { _, _ = io.Copy(far, c) }()
				_, _ = io.Copy(c, far)
			}()
		}
	}()
	user, password := s.Credentials()
	c, err := Connect(within(t, 20*time.Second), Config{URL: "nats://" + l.Addr().String(), ReconnectWait: 10 * time.Millisecond,
		Credentials: Credentials{User: user, Password: password}})
	if err != nil {
		t.Fatalf("after %d connections: %v", came.Load(), err)
	}
	defer c.Close()
	if n := came.Load(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}
