package local

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// far is a lane behind a hub, of lanetest, that notes who is served otherwise.
type far struct {
	lane.Hub
	mu      sync.Mutex
	without []int
}

func (f *far) Without(peer int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.without = append(f.without, peer)
}

// rig is a hub with n peers, of which the first `local` have come to the socket.
type rig struct {
	*Hub
	ln     *Listener
	far    *far
	pair   *lanetest.Pair
	spokes []lane.Spoke
}

func newRig(t testing.TB, n, local int, opt Options) *rig {
	t.Helper()
	ln, err := Listen(shortDir(t), "s1")
	if err != nil {
		t.Fatal(err)
	}
	pair := lanetest.New(n)
	r := &rig{ln: ln, far: &far{Hub: pair.Hub()}, pair: pair, spokes: pair.Spokes()}
	if r.Hub, err = NewHub(ln, r.far, nil, opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	for i := range local {
		s, err := Dial(t.Context(), ln.Invitation(), "s1", i)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		r.spokes[i] = s
		until(t, "the hub has the peer", func() bool { return r.Route(i) == lane.RouteShm })
	}
	return r
}

// shortDir is a directory whose path has room for a socket.
func shortDir(t testing.TB) string {
	dir, err := os.MkdirTemp("", "pl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(end) {
			t.Fatalf("%s did not come about", what)
		}
		<-tick.C
	}
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// small rings, so that everything wraps and waits.
var small = Options{RingBytes: leastRingBytes}

// text makes message i of a size that depends on i: empty ones, small ones, and some that are longer than the ring.
func text(i int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	n := []int{0, 1, 63, 64, 65, 4000, leastRingBytes / 4, leastRingBytes - 7, 3*leastRingBytes + 5}[i%9]
	b := make([]byte, 8+n)
	binary.LittleEndian.PutUint64(b, uint64(i))
	for k := 8; k < len(b); k++ {
		b[k] = byte(r.Uint32())
	}
	return b
}

// TestOrder: broadcasts and singles arrive whole and in the order of sending, at peers of both kinds, and upwards too.
func TestOrder(t *testing.T) {
	for _, c := range []struct{ n, local int }{{1, 1}, {3, 3}, {3, 1}, {2, 0}} {
		t.Run(fmt.Sprintf("%dof%d", c.local, c.n), func(t *testing.T) {
			r := newRig(t, c.n, c.local, small)
			ctx := within(t)
			const count = 300
			want := make([][]int, c.n)
			plan := make([]int, count) // -1: to all
			for i := range plan {
				plan[i] = i%(c.n+1) - 1
				for p := range c.n {
					if plan[i] < 0 || plan[i] == p {
						want[p] = append(want[p], i)
					}
				}
			}
			var g sync.WaitGroup
			g.Go(func() {
				for i, to := range plan {
					var err error
					if to < 0 {
						err = r.Broadcast(ctx, lane.KindBatch, text(i))
					} else {
						err = r.Send(ctx, to, lane.KindControl, text(i))
					}
					if err != nil {
						t.Errorf("message %d: %v", i, err)
						return
					}
				}
			})
			for p, s := range r.spokes {
				g.Go(func() {
					for _, i := range want[p] {
						m, err := s.Recv(ctx)
						kind := lane.KindBatch
						if plan[i] >= 0 {
							kind = lane.KindControl
						}
						if err != nil || m.Kind != kind || !bytes.Equal(m.Payload, text(i)) {
							t.Errorf("peer %d: %d bytes of kind %d and %v, want message %d", p, len(m.Payload), m.Kind, err, i)
							return
						}
						m.Release()
						if err := s.Send(ctx, lane.KindPiece, text(i)); err != nil {
							t.Errorf("peer %d: %v", p, err)
							return
						}
					}
				})
			}
			got := make([]int, c.n)
			for range len(want[0])*c.n + 0 {
				m, err := r.Recv(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(m.Payload, text(want[m.Peer][got[m.Peer]])) || m.Kind != lane.KindPiece {
					t.Fatalf("answer %d of peer %d is another", got[m.Peer], m.Peer)
				}
				got[m.Peer]++
				m.Release()
				total := 0
				for p := range want {
					total += len(want[p]) - got[p]
				}
				if total == 0 {
					break
				}
			}
			g.Wait()
			if n := len(r.far.without); n != c.local {
				t.Errorf("the lane behind was told of %d peers, want %d", n, c.local)
			}
			st := r.Stats()
			if st.SentMessages != count {
				t.Errorf("%d messages counted as sent, want %d", st.SentMessages, count)
			}
		})
	}
}

// TestCredit: what nobody takes is bounded by the ring, and whoever waits for room goes on when there is some, or when told to end.
func TestCredit(t *testing.T) {
	r := newRig(t, 1, 1, small)
	sent := make(chan int, 1000)
	ctx, cancel := context.WithCancel(within(t))
	go func() {
		defer close(sent)
		for i := range 1000 {
			if r.Send(ctx, 0, lane.KindBatch, make([]byte, 5000)) != nil {
				return
			}
			sent <- i
		}
	}()
	until(t, "the sender waits", func() bool { return r.links[0].Load().out.ctl.writerWaits.Load() != 0 })
	if n := len(sent); n == 0 || n > leastRingBytes/5000 {
		t.Errorf("%d messages of 5000 bytes are in a ring of %d", n, leastRingBytes)
	}
	taken := 0
	for range 100 {
		m, err := r.spokes[0].Recv(ctx)
		if err != nil || len(m.Payload) != 5000 {
			t.Fatalf("%d bytes, %v", len(m.Payload), err)
		}
		taken++
	}
	until(t, "the sender waits again", func() bool { return r.links[0].Load().out.ctl.writerWaits.Load() != 0 })
	if r.Stats().CreditWaits == 0 {
		t.Error("no wait for credit was counted")
	}
	cancel()
	n := 0
	for range sent {
		n++
	}
	if n < taken {
		t.Errorf("%d messages sent, %d taken", n, taken)
	}
	// The one that was given up in the middle is dropped, the next one comes.
	ctx = within(t)
	go func() {
		if err := r.Send(ctx, 0, lane.KindControl, []byte("next")); err != nil {
			t.Error(err)
		}
	}()
	for {
		m, err := r.spokes[0].Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if m.Kind == lane.KindControl {
			if string(m.Payload) != "next" {
				t.Errorf("got %q", m.Payload)
			}
			return
		}
		if len(m.Payload) != 5000 {
			t.Fatalf("a message of %d bytes", len(m.Payload))
		}
	}
}

// TestGiveUpInAMessage: a message that was given up half-way leaves no trace.
func TestGiveUpInAMessage(t *testing.T) {
	r := newRig(t, 1, 1, small)
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() { failed <- r.Send(ctx, 0, lane.KindBatch, make([]byte, 10*leastRingBytes)) }()
	until(t, "the sender waits", func() bool { return r.links[0].Load().out.ctl.writerWaits.Load() != 0 })
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	go r.Send(within(t), 0, lane.KindControl, text(8))
	m, err := r.spokes[0].Recv(within(t))
	if err != nil || m.Kind != lane.KindControl || !bytes.Equal(m.Payload, text(8)) {
		t.Errorf("%d bytes of kind %d, %v; want the next message whole", len(m.Payload), m.Kind, err)
	}
}

// TestPeerEnds: what a peer sent before its end is delivered, then its end once, with the best reason there is.
func TestPeerEnds(t *testing.T) {
	for _, c := range []struct {
		name, say string
		end       func(r *rig, s *Spoke)
	}{
		{"Goodbye", "goodbye", func(_ *rig, s *Spoke) { s.Close() }},
		{"Died", "process has ended", func(_ *rig, s *Spoke) { s.conn.Close() }},
		{"AgentsWord", "segmentation", func(r *rig, s *Spoke) {
			r.pair.Kill(0, "segmentation fault")
			s.conn.Close()
		}},
		{"SocketKeptOpen", "segmentation", func(r *rig, s *Spoke) { r.pair.Kill(0, "segmentation fault") }},
		{"Protocol", "protocol", func(_ *rig, s *Spoke) { _ = send(s.conn, note{Ready: true}) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 2, 2, Options{})
			s := r.spokes[0].(*Spoke)
			ctx := within(t)
			for i := range 3 {
				if err := s.Send(ctx, lane.KindReply, text(i)); err != nil {
					t.Fatal(err)
				}
			}
			go c.end(r, s)
			for i := range 3 {
				m, err := r.Recv(ctx)
				if err != nil || !bytes.Equal(m.Payload, text(i)) {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			m, err := r.Recv(ctx)
			if !errors.Is(err, lane.ErrPeerGone) || m.Peer != 0 || !strings.Contains(err.Error(), c.say) {
				t.Fatalf("peer %d: %v; want the end of peer 0 with %q", m.Peer, err, c.say)
			}
			if err := r.Send(ctx, 0, lane.KindBatch, nil); !errors.Is(err, lane.ErrPeerGone) {
				t.Errorf("sending to it: %v", err)
			}
			if err := r.Broadcast(ctx, lane.KindBatch, text(7)); err != nil {
				t.Errorf("broadcast: %v", err)
			}
			if m, err := r.spokes[1].Recv(ctx); err != nil || !bytes.Equal(m.Payload, text(7)) {
				t.Errorf("the other peer: %v", err)
			}
			r.spokes[1].Close()
			if m, err := r.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) || m.Peer != 1 {
				t.Errorf("peer %d: %v; want the end of peer 1", m.Peer, err)
			}
			if _, err := r.Recv(ctx); !errors.Is(err, lane.ErrClosed) {
				t.Errorf("%v, want that all are gone", err)
			}
			if err := r.Broadcast(ctx, lane.KindBatch, nil); !errors.Is(err, lane.ErrPeerGone) {
				t.Errorf("broadcast to nobody: %v", err)
			}
		})
	}
}

// TestSessionEnds: a worker has what was sent before, then the end each time; a sender that waits for room is freed.
func TestSessionEnds(t *testing.T) {
	r := newRig(t, 1, 1, small)
	s := r.spokes[0]
	ctx := within(t)
	if err := r.Send(ctx, 0, lane.KindBatch, text(4)); err != nil {
		t.Fatal(err)
	}
	stuck := make(chan error, 1)
	go func() {
		for {
			if err := s.Send(ctx, lane.KindPiece, text(8)); err != nil {
				stuck <- err
				return
			}
		}
	}()
	until(t, "the worker waits", func() bool { return s.(*Spoke).out.ctl.writerWaits.Load() != 0 })
	r.links[0].Load().conn.Close() // as if the process had died
	if err := <-stuck; !errors.Is(err, lane.ErrPeerGone) {
		t.Errorf("sending: %v", err)
	}
	if m, err := s.Recv(ctx); err != nil || !bytes.Equal(m.Payload, text(4)) {
		t.Errorf("what was sent before: %v", err)
	}
	for range 2 {
		if _, err := s.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) {
			t.Errorf("then: %v", err)
		}
	}
}

// TestStopped: a process that is there but does not beat is given up.
func TestStopped(t *testing.T) {
	r := newRig(t, 1, 1, Options{Silence: 400 * time.Millisecond})
	s := r.spokes[0].(*Spoke)
	ctx := within(t)
	if err := s.Send(ctx, lane.KindReply, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Recv(ctx); err != nil {
		t.Fatal(err)
	}
	s.shut() // ends its beat
	_, err := r.Recv(ctx)
	if !errors.Is(err, lane.ErrPeerGone) || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("got %v", err)
	}
}

// TestCloseFreesEverybody: Close ends who sends and who receives, and nothing of a closed end is touched any more.
func TestCloseFreesEverybody(t *testing.T) {
	r := newRig(t, 2, 1, small)
	results := make(chan error, 2)
	go func() {
		_, err := r.Recv(context.Background())
		results <- err
	}()
	go func() {
		for {
			if err := r.Send(context.Background(), 0, lane.KindBatch, text(8)); err != nil {
				results <- err
				return
			}
		}
	}()
	until(t, "the sender waits", func() bool { return r.links[0].Load().out.ctl.writerWaits.Load() != 0 })
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-results; !errors.Is(err, lane.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
	ctx := within(t)
	if _, err := r.Recv(ctx); !errors.Is(err, lane.ErrClosed) {
		t.Errorf("receiving after Close: %v", err)
	}
	if err := r.Broadcast(ctx, lane.KindBatch, nil); !errors.Is(err, lane.ErrClosed) {
		t.Errorf("sending after Close: %v", err)
	}
	s := r.spokes[0]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recv(ctx); !errors.Is(err, lane.ErrClosed) {
		t.Errorf("a worker's receiving after Close: %v", err)
	}
	if err := s.Send(ctx, lane.KindReply, nil); !errors.Is(err, lane.ErrClosed) {
		t.Errorf("a worker's sending after Close: %v", err)
	}
	if _, err := os.Stat(r.ln.Invitation().Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestContextEndsRecv(t *testing.T) {
	r := newRig(t, 2, 1, Options{})
	for name, recv := range map[string]func(context.Context) (lane.Message, error){"Hub": r.Recv, "Spoke": r.spokes[0].Recv} {
		ctx, cancel := context.WithCancel(context.Background())
		got := make(chan error, 1)
		go func() {
			_, err := recv(ctx)
			got <- err
		}()
		cancel()
		if err := <-got; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSteadyTrafficAllocatesNothing, but for what a wait takes.
func TestSteadyTrafficAllocatesNothing(t *testing.T) {
	r := newRig(t, 1, 1, Options{})
	ctx := within(t)
	payload := make([]byte, 20000)
	step := func() {
		if err := r.Send(ctx, 0, lane.KindBatch, payload); err != nil {
			t.Fatal(err)
		}
		m, err := r.spokes[0].Recv(ctx)
		if err != nil || len(m.Payload) != len(payload) {
			t.Fatalf("%d bytes, %v", len(m.Payload), err)
		}
		m.Release()
		if err := r.spokes[0].Send(ctx, lane.KindPiece, payload); err != nil {
			t.Fatal(err)
		}
		if m, err = r.Recv(ctx); err != nil {
			t.Fatal(err)
		}
		m.Release()
	}
	step()
	if n := testing.AllocsPerRun(200, step); n > 0 {
		t.Errorf("%v allocations a round", n)
	}
}
