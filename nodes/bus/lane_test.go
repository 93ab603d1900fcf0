package bus

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func startServer(t testing.TB, o embedded.Options) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func connect(t testing.TB, s *embedded.Server, name string) *Conn {
	t.Helper()
	user, password := s.Credentials()
	c, err := Connect(t.Context(), Config{URL: s.URL(), Credentials: Credentials{User: user, Password: password}, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// quick are options for tests: everything happens soon.
func quick() Options {
	return Options{Heartbeat: 40 * time.Millisecond, Silence: 10 * time.Second, Resend: 10 * time.Millisecond, Linger: time.Second}
}

// within is for what takes less than d: on a machine that has other things to do, three times as long.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 3*d)
	t.Cleanup(cancel)
	return ctx
}

func lanesOn(t testing.TB, tr func(i int) transport, n int, opt Options) (*Hub, []*Spoke) {
	t.Helper()
	session := NewSession()
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("w%d", i)
	}
	h, err := newHub(tr(-1), session, names, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	spokes := make([]*Spoke, n)
	for i := range spokes {
		if spokes[i], err = newSpoke(tr(i), session, i, names[i], opt); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { spokes[i].Close() })
	}
	return h, spokes
}

func natsLanes(t testing.TB, n int, opt Options) (*Hub, []*Spoke) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	return lanesOn(t, func(i int) transport { return natsTransport{connect(t, s, fmt.Sprint("end ", i))} }, n, opt)
}

// numbered makes a message of size bytes that can be checked.
func numbered(n, size int) []byte {
	b := make([]byte, max(size, 8))
	for i := range min(len(b), 251) {
		b[i] = byte(n + i*7)
	}
	for done := 251; done < len(b); done *= 2 { // a loop over bytes takes the race detector too long
		copy(b[done:], b[:done])
	}
	binary.LittleEndian.PutUint64(b, uint64(n))
	return b
}

func checkNumbered(b []byte, n, size int) error {
	if !bytes.Equal(b, numbered(n, size)) {
		got := uint64(0)
		if len(b) >= 8 {
			got = binary.LittleEndian.Uint64(b)
		}
		return fmt.Errorf("message %d of %d bytes: got number %d, %d bytes", n, size, got, len(b))
	}
	return nil
}

var sizes = []int{8, 100, 5000, 70_000, 1 << 20, 3<<20 + 17}

// TestOrder sends broadcasts and singles in turn; each spoke must see its part in the order of sending.
func TestOrder(t *testing.T) {
	h, spokes := natsLanes(t, 3, quick())
	ctx := within(t, 20*time.Second)
	runOrder(t, ctx, h, spokes, 36, func(i int) int { return sizes[i%len(sizes)] })
}

// runOrder sends `count` messages, of which two of three are singles, and answers from each spoke.
func runOrder(t *testing.T, ctx context.Context, h *Hub, spokes []*Spoke, count int, size func(int) int) {
	t.Helper()
	n := len(spokes)
	target := func(i int) int { return i%(n+1) - 1 } // -1: broadcast
	errs := make(chan error, 2*n+2)
	go func() {
		for i := range count {
			var err error
			if to := target(i); to < 0 {
				err = h.Broadcast(ctx, lane.KindBatch, numbered(i, size(i)))
			} else {
				err = h.Send(ctx, to, lane.KindControl, numbered(i, size(i)))
			}
			if err != nil {
				errs <- fmt.Errorf("hub send %d: %w", i, err)
				return
			}
		}
		errs <- nil
	}()
	for me, s := range spokes {
		go func() { // receives, and sends back what it got
			for i := range count {
				if to := target(i); to >= 0 && to != me {
					continue
				}
				m, err := s.Recv(ctx)
				if err == nil {
					err = checkNumbered(m.Payload, i, size(i))
				}
				if want := lane.KindBatch; err == nil && target(i) >= 0 {
					want = lane.KindControl
					if m.Kind != want {
						err = fmt.Errorf("message %d has kind %d, want %d", i, m.Kind, want)
					}
				}
				if err == nil {
					err = s.Send(ctx, lane.KindPiece, m.Payload)
				}
				if err != nil {
					errs <- fmt.Errorf("spoke %d: %w", me, err)
					return
				}
			}
			errs <- nil
		}()
	}
	go func() {
		next := make([]int, n)
		for p := range next {
			for ; next[p] < count && target(next[p]) >= 0 && target(next[p]) != p; next[p]++ {
			}
		}
		total := 0
		for i := range count {
			if target(i) < 0 {
				total += n
			} else {
				total++
			}
		}
		for range total {
			m, err := h.Recv(ctx)
			if err == nil {
				err = checkNumbered(m.Payload, next[m.Peer], size(next[m.Peer]))
			}
			if err != nil {
				errs <- fmt.Errorf("hub recv: %w", err)
				return
			}
			for next[m.Peer]++; next[m.Peer] < count && target(next[m.Peer]) >= 0 && target(next[m.Peer]) != m.Peer; next[m.Peer]++ {
			}
		}
		errs <- nil
	}()
	for range n + 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
}

// TestLateSpoke: what was sent before a worker came reaches it.
func TestLateSpoke(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	ctx := within(t, 10*time.Second)
	session := NewSession()
	h, err := NewHub(connect(t, s, "hub"), session, []string{"late"}, quick())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for i := range 5 {
		if err := h.Broadcast(ctx, lane.KindBatch, numbered(i, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	sp, err := NewSpoke(connect(t, s, "spoke"), session, 0, "late", quick())
	if err != nil {
		t.Fatal(err)
	}
	defer sp.Close()
	for i := range 5 {
		m, err := sp.Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkNumbered(m.Payload, i, 1000); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCredit: a sender stops when its receiver does not take, and goes on when it does.
func TestCredit(t *testing.T) {
	opt := quick()
	opt.WindowBytes = 1 << 20
	h, spokes := natsLanes(t, 1, opt)
	ctx := within(t, 20*time.Second)
	if err := h.Send(ctx, 0, lane.KindBatch, numbered(0, 8)); err != nil {
		t.Fatal(err)
	}
	if _, err := spokes[0].Recv(ctx); err != nil { // now the window is known
		t.Fatal(err)
	}
	sent := 1
	for {
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		err := h.Send(short, 0, lane.KindBatch, numbered(sent, 100_000))
		cancel()
		if err != nil {
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			break
		}
		sent++
		if sent > 40 {
			t.Fatalf("%d messages of 100 kB passed a window of 1 MiB", sent)
		}
	}
	if h.Stats().CreditWaits == 0 {
		t.Error("a send that waited was not counted")
	}
	for i := 1; i < sent; i++ {
		m, err := spokes[0].Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkNumbered(m.Payload, i, 100_000); err != nil {
			t.Fatal(err)
		}
	}
	// A message larger than the window passes, and in order.
	done := make(chan error, 1)
	go func() { done <- h.Broadcast(ctx, lane.KindBatch, numbered(sent, 9<<20)) }()
	m, err := spokes[0].Recv(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkNumbered(m.Payload, sent, 9<<20); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestPeerGone(t *testing.T) {
	type ends struct {
		h   *Hub
		sp  []*Spoke
		pub func(subject string, data []byte) error
	}
	tests := []struct {
		name string
		end  func(t *testing.T, e ends, session string)
		want string
	}{
		{"Goodbye", func(t *testing.T, e ends, _ string) { e.sp[1].Close() }, "goodbye"},
		{"Silent", func(t *testing.T, e ends, _ string) { close(e.sp[1].end.stop); <-e.sp[1].end.stopped }, "nothing was heard"},
		{"Exit", func(t *testing.T, e ends, session string) {
			b, _ := json.Marshal(PeerEvent{Peer: 1, Exit: -1, Signal: "segmentation fault", Stderr: "oh no\n"})
			if err := e.pub(SubjectEvent(session), b); err != nil {
				t.Fatal(err)
			}
		}, "segmentation fault; it said: oh no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := startServer(t, embedded.Options{NoJetStream: true})
			opt := quick()
			opt.Silence = time.Second
			ctx := within(t, 10*time.Second)
			session := NewSession()
			hc := connect(t, s, "hub")
			h, err := NewHub(hc, session, []string{"a", "b"}, opt)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { h.Close() })
			e := ends{h: h, pub: hc.Publish}
			for i := range 2 {
				sp, err := NewSpoke(connect(t, s, "spoke"), session, i, "x", opt)
				if err != nil {
					t.Fatal(err)
				}
				e.sp = append(e.sp, sp)
				if err := sp.Send(ctx, lane.KindControl, []byte("last words")); err != nil {
					t.Fatal(err)
				}
			}
			t.Cleanup(func() { e.sp[0].Close() })
			for range 2 {
				if _, err := h.Recv(ctx); err != nil {
					t.Fatal(err)
				}
			}
			tt.end(t, e, session)
			m, err := h.Recv(ctx)
			if !errors.Is(err, lane.ErrPeerGone) || m.Peer != 1 || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("peer %d, error %v; want peer 1 and %q", m.Peer, err, tt.want)
			}
			if err := h.Send(ctx, 1, lane.KindBatch, nil); !errors.Is(err, lane.ErrPeerGone) {
				t.Errorf("send to the gone: %v", err)
			}
			if err := h.Broadcast(ctx, lane.KindBatch, []byte("go on")); err != nil {
				t.Errorf("broadcast to the other: %v", err)
			}
			if m, err := e.sp[0].Recv(ctx); err != nil || string(m.Payload) != "go on" {
				t.Errorf("the other got %q, %v", m.Payload, err)
			}
			if tt.name == "Exit" { // it lives after all, so it is told
				m, err := e.sp[1].Recv(ctx)
				if err == nil && string(m.Payload) == "go on" { // sent before it was told
					_, err = e.sp[1].Recv(ctx)
				}
				if !errors.Is(err, lane.ErrPeerGone) {
					t.Errorf("the given up spoke got %v", err)
				}
				e.sp[1].Close()
			}
			h.Close()
			for range 2 { // each call says it
				if _, err := e.sp[0].Recv(ctx); !errors.Is(err, lane.ErrPeerGone) {
					t.Errorf("spoke of a closed hub: %v", err)
				}
			}
			if _, err := h.Recv(ctx); !errors.Is(err, lane.ErrClosed) {
				t.Errorf("closed hub: %v", err)
			}
		})
	}
}

// TestLastWords: what a spoke sent before it closed arrives before its end does.
func TestLastWords(t *testing.T) {
	h, spokes := natsLanes(t, 1, quick())
	ctx := within(t, 10*time.Second)
	for i := range 20 {
		if err := spokes[0].Send(ctx, lane.KindPiece, numbered(i, 60_000)); err != nil {
			t.Fatal(err)
		}
	}
	spokes[0].Close()
	for i := range 20 {
		m, err := h.Recv(ctx)
		if err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		if err := checkNumbered(m.Payload, i, 60_000); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) {
		t.Fatalf("want its end, got %v", err)
	}
	if _, err := h.Recv(ctx); !errors.Is(err, lane.ErrClosed) {
		t.Fatalf("all gone: %v", err)
	}
}

// breaking breaks its connection at every 50th packet, for some times.
type breaking struct {
	natsTransport
	packets, breaks atomic.Int32
}

func (b *breaking) publish(subject string, data []byte) error {
	if n := b.packets.Add(1); n%50 == 0 && n <= 200 {
		if err := b.c.nc.ForceReconnect(); err != nil {
			return err
		}
		b.breaks.Add(1)
	}
	return b.natsTransport.publish(subject, data)
}

// TestReconnect: connections that break lose packets, not messages.
func TestReconnect(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	var nets []*breaking
	opt := quick()
	opt.Silence, opt.PacketBytes = 10*time.Second, 64<<10
	h, spokes := lanesOn(t, func(i int) transport {
		b := &breaking{natsTransport: natsTransport{connect(t, s, fmt.Sprint("end ", i))}}
		nets = append(nets, b)
		return b
	}, 2, opt)
	runOrder(t, within(t, 20*time.Second), h, spokes, 120, func(i int) int { return []int{8, 5000, 70_000, 150_000}[i%4] })
	for i, b := range nets {
		if b.breaks.Load() == 0 {
			t.Errorf("connection %d was never broken", i)
		}
	}
}

// TestWithout: a peer that another lane serves is not waited for, and only its agent's word about it comes through.
func TestWithout(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	opt := quick()
	opt.Start = 300 * time.Millisecond
	h, spokes := lanesOn(t, func(i int) transport { return natsTransport{connect(t, s, fmt.Sprint("end ", i))} }, 2, opt)
	h.Without(1)
	if err := spokes[1].Close(); err != nil {
		t.Fatal(err)
	}
	ctx := within(t, 20*time.Second)
	for i := range 50 { // far more than the first window
		if err := h.Broadcast(ctx, lane.KindBatch, bytes.Repeat([]byte{byte(i)}, 1<<20)); err != nil {
			t.Fatal(err)
		}
		if m, err := spokes[0].Recv(ctx); err != nil || m.Payload[0] != byte(i) {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	quiet, cancel := context.WithTimeout(ctx, 2*opt.Start)
	defer cancel()
	if m, err := h.Recv(quiet); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("peer %d: %v, want nothing of a peer that another lane serves", m.Peer, err)
	}
	ev, err := json.Marshal(PeerEvent{Peer: 1, Exit: -1, Signal: "killed"})
	if err != nil {
		t.Fatal(err)
	}
	session := strings.TrimPrefix(strings.TrimSuffix(h.end.all, ".all"), "prism.s.")
	if err := connect(t, s, "agent").Publish(SubjectEvent(session), ev); err != nil {
		t.Fatal(err)
	}
	if m, err := h.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) || m.Peer != 1 || !strings.Contains(err.Error(), "killed") {
		t.Errorf("peer %d: %v, want the end of peer 1 and its reason", m.Peer, err)
	}
	spokes[0].Close()
	if m, err := h.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) || m.Peer != 0 {
		t.Errorf("peer %d: %v, want the end of peer 0", m.Peer, err)
	}
	if _, err := h.Recv(ctx); !errors.Is(err, lane.ErrClosed) {
		t.Errorf("%v, want that all are gone", err)
	}
}
