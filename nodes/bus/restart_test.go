package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
)

// TestServerRestart: a server that is killed and started again in the middle of traffic in both directions loses nothing.
func TestServerRestart(t *testing.T) {
	p := newProgram(t, "127.0.0.1", "")
	opt := quick()
	opt.Patience = 20 * time.Second
	h, spokes := lanesOn(t, func(i int) transport {
		return natsTransport{p.connect(fmt.Sprint("end ", i))}
	}, 2, opt)
	var restarts atomic.Int32
	ctx, cancel := context.WithCancel(within(t, 2*time.Minute))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for restarts.Load() < 2 {
			before := h.Stats().ReceivedMessages
			for h.Stats().ReceivedMessages < before+20 { // traffic flows
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Millisecond):
				}
			}
			p.kill()
			p.start()
			restarts.Add(1)
		}
	}()
	defer func() { cancel(); <-ended }()
	big := []int{8, 70_000, 1 << 20, 1<<20 + 517_000}
	runOrder(t, ctx, h, spokes, 200, func(i int) int { return big[i%len(big)] })
	if restarts.Load() == 0 {
		t.Error("all traffic was over before the server was killed")
	}
	t.Logf("%d restarts, %d packets sent again", restarts.Load(), h.Stats().Resent)
}

// TestServerGone: a server that does not come back ends the lanes of both ends, with its name, when Patience is over and not before.
func TestServerGone(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*program)
		want string
	}{
		{"Killed", (*program).kill, "no connection to"},
		{"Stopped", func(p *program) { _ = p.cmd.Process.Signal(syscall.SIGSTOP) }, "no connection to"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t, "127.0.0.1", "")
			opt := quick()
			opt.Patience, opt.Silence = 2*time.Second, time.Second
			h, spokes := lanesOn(t, func(i int) transport { return natsTransport{p.connect(fmt.Sprint("end ", i))} }, 2, opt)
			ctx := within(t, 20*time.Second)
			for i, s := range spokes {
				if err := s.Send(ctx, lane.KindControl, []byte("here")); err != nil {
					t.Fatal(err)
				}
				if m, err := h.Recv(ctx); err != nil || string(m.Payload) != "here" {
					t.Fatal(i, m, err)
				}
			}
			from := time.Now()
			tt.end(p)
			check := func(what string, err error) {
				t.Helper()
				if !errors.Is(err, ErrServer) || !errors.Is(err, lane.ErrClosed) || !strings.Contains(err.Error(), p.addr) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: %v, want %q and the server's address", what, err, tt.want)
				}
			}
			_, err := h.Recv(ctx)
			check("hub", err)
			if took := time.Since(from); took < opt.Silence {
				t.Errorf("the lane ended after %v already", took)
			}
			check("send", h.Broadcast(ctx, lane.KindBatch, nil))
			for i, s := range spokes {
				_, err := s.Recv(ctx)
				check(fmt.Sprint("spoke ", i), err)
			}
		})
	}
}

// TestOutageIsNoSilence: an outage much longer than Silence makes no peer gone, neither where it was nor at its other end.
func TestOutageIsNoSilence(t *testing.T) {
	p := newProgram(t, "127.0.0.1", "")
	opt := quick()
	opt.Patience, opt.Silence = 20*time.Second, time.Second
	h, spokes := lanesOn(t, func(i int) transport { return natsTransport{p.connect(fmt.Sprint("end ", i))} }, 1, opt)
	ctx := within(t, 30*time.Second)
	if err := spokes[0].Send(ctx, lane.KindControl, []byte("before")); err != nil {
		t.Fatal(err)
	}
	if m, err := h.Recv(ctx); err != nil || string(m.Payload) != "before" {
		t.Fatal(m, err)
	}
	p.kill()
	outage, done := context.WithTimeout(ctx, 4*opt.Silence)
	defer done()
	if _, err := h.Recv(outage); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("in the outage: %v", err)
	}
	if err := spokes[0].Send(ctx, lane.KindPiece, []byte("meanwhile")); err != nil {
		t.Fatal(err)
	}
	p.start()
	if m, err := h.Recv(ctx); err != nil || string(m.Payload) != "meanwhile" {
		t.Fatal(m, err)
	}
	if err := h.Send(ctx, 0, lane.KindBatch, []byte("after")); err != nil {
		t.Fatal(err)
	}
	if m, err := spokes[0].Recv(ctx); err != nil || string(m.Payload) != "after" {
		t.Fatal(m, err)
	}
}

// TestWindowsOfOneConnection: all ends on one connection together grant less than a server keeps for it, and what one gives back is
// there for others.
func TestWindowsOfOneConnection(t *testing.T) {
	c := newProgram(t, "127.0.0.1", "").connect("many")
	var hubs []*Hub
	open := func() int {
		t.Helper()
		h, err := NewHub(c, NewSession(), []string{"a", "b"}, quick())
		if err != nil {
			t.Fatal(err)
		}
		hubs = append(hubs, h)
		return h.end.opt.WindowBytes
	}
	first := open()
	sum := first
	for range 5 {
		sum += open()
	}
	if first != 30<<20 || sum >= 64<<20 {
		t.Errorf("the first end grants %d bytes, six together %d, want 30 MiB and less than 64 MiB", first, sum)
	}
	for _, h := range hubs {
		h.Close()
	}
	if again := open(); again != first {
		t.Errorf("after all were closed an end grants %d bytes, want %d", again, first)
	}
	hubs[len(hubs)-1].Close()
}

// TestSlowConsumer: a receiver that takes nothing holds back a sender with ten windows to send, and is never cut off; nobody's
// memory grows by what waits.
func TestSlowConsumer(t *testing.T) {
	for _, up := range []bool{false, true} {
		t.Run(map[bool]string{false: "Spoke", true: "Hub"}[up], func(t *testing.T) {
			// With the least that the default window needs: two of them fit, ten do not.
			const window = 8 << 20
			p := newProgram(t, "127.0.0.1", fmt.Sprintf("max_pending: %d", 2*window))
			opt := quick()
			opt.WindowBytes = window
			h, spokes := lanesOn(t, func(i int) transport { return natsTransport{p.connect(fmt.Sprint("end ", i))} }, 1, opt)
			ctx := within(t, 60*time.Second)
			const size = 512 << 10
			const count = 10 * window / size
			sent := make(chan error, 1)
			var done atomic.Int32
			payload := numbered(0, size)
			go func() {
				for i := range count {
					var err error
					if up {
						err = spokes[0].Send(ctx, lane.KindPiece, payload)
					} else {
						err = h.Send(ctx, 0, lane.KindBatch, payload)
					}
					if err != nil {
						sent <- fmt.Errorf("message %d: %w", i, err)
						return
					}
					done.Add(1)
				}
				sent <- nil
			}()
			stats := h.Stats
			if up {
				stats = spokes[0].Stats
			}
			for stats().CreditWaits == 0 { // the window is full
				select {
				case err := <-sent:
					t.Fatalf("%d messages of %d went without anybody taking one: %v", done.Load(), count, err)
				case <-ctx.Done():
					t.Fatal(ctx.Err())
				case <-time.After(time.Millisecond):
				}
			}
			// The first wait may be for the window itself; in the end nothing moves for many heartbeats.
			for held, beats := done.Load(), 0; beats < 10; beats++ {
				<-time.After(opt.Heartbeat)
				if n := done.Load(); n != held {
					held, beats = n, 0
				}
				if held > 2*window/size {
					t.Fatalf("%d messages went into a window of %d", held, window/size)
				}
			}
			runtime.GC()
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			if most := uint64(6 * window); mem.HeapAlloc > most {
				t.Errorf("%d MiB are in use, want less than %d", mem.HeapAlloc>>20, most>>20)
			}
			for i := range count {
				var m lane.Message
				var err error
				if up {
					m, err = h.Recv(ctx)
				} else {
					m, err = spokes[0].Recv(ctx)
				}
				if err == nil {
					err = checkNumbered(m.Payload, 0, size)
				}
				if err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
			if v := p.varz(); v.SlowConsumers != 0 {
				t.Errorf("the server counts %d slow consumers", v.SlowConsumers)
			}
		})
	}
}
