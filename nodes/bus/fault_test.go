package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/prismgl/prism/nodes/lane"
)

// faults say how bad a network is; each is a probability.
type faults struct {
	drop, duplicate, delay float64
	// lose drops a packet for good; nil: none.
	lose func(v envelope) bool
}

// badNet is a network in memory that loses, doubles and reorders.
type badNet struct {
	mu   sync.Mutex
	rng  *rand.Rand
	bad  faults
	subs []*badSub
	held []post // delayed
	max  int
}

type badSub struct {
	subjects []string
	ch       chan *nats.Msg
	gone     bool
}

func newBadNet(seed uint64, bad faults, maxPayload int) *badNet {
	return &badNet{rng: rand.New(rand.NewPCG(seed, 1)), bad: bad, max: maxPayload}
}

func (n *badNet) maxPayload() int             { return n.max }
func (n *badNet) flush(context.Context) error { return nil }
func (n *badNet) window() (int, func())       { return 0, func() {} }
func (n *badNet) connected() bool             { return true }
func (n *badNet) reconnect()                  {}
func (n *badNet) server() string              { return "the bad network" }

func (n *badNet) subscribe(ch chan *nats.Msg, _ func(), _ func(error), subjects ...string) (func(), error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := &badSub{subjects: subjects, ch: ch}
	n.subs = append(n.subs, s)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		s.gone = true
	}, nil
}

func (n *badNet) publish(subject string, data []byte) error {
	if len(data) > n.max {
		return fmt.Errorf("packet of %d bytes, at most %d", len(data), n.max)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	v, err := parseEnvelope(data)
	if err != nil {
		return err
	}
	if n.bad.lose != nil && n.bad.lose(v) {
		return nil
	}
	p := post{subject, slices.Clone(data)}
	switch r := n.rng.Float64(); {
	case r < n.bad.drop:
	case r < n.bad.drop+n.bad.duplicate:
		n.deliver(p)
		n.deliver(p)
	case r < n.bad.drop+n.bad.duplicate+n.bad.delay:
		n.held = append(n.held, p)
	default:
		n.deliver(p)
	}
	for len(n.held) > 0 && (len(n.held) > 8 || n.rng.Float64() < 0.2) {
		i := n.rng.IntN(len(n.held))
		n.deliver(n.held[i])
		n.held = slices.Delete(n.held, i, i+1)
	}
	return nil
}

func (n *badNet) deliver(p post) {
	for _, s := range n.subs {
		for _, subject := range s.subjects {
			if prefix, ok := strings.CutSuffix(subject, "*"); subject == p.subject || ok && strings.HasPrefix(p.subject, prefix) {
				if !s.gone {
					select {
					case s.ch <- &nats.Msg{Subject: p.subject, Data: slices.Clone(p.data)}:
					default: // full: lost, as with NATS
					}
				}
				break
			}
		}
	}
}

// TestBadNetwork: whatever the network does, each peer gets its messages whole, once and in order.
func TestBadNetwork(t *testing.T) {
	tests := []struct {
		name string
		bad  faults
	}{
		{"Good", faults{}},
		{"Reorder", faults{delay: 0.4}},
		{"Duplicate", faults{duplicate: 0.4}},
		{"Drop", faults{drop: 0.2}},
		{"All", faults{drop: 0.1, duplicate: 0.1, delay: 0.2}},
		{"Terrible", faults{drop: 0.4, duplicate: 0.2, delay: 0.2}},
	}
	for _, tt := range tests {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s/%d", tt.name, seed), func(t *testing.T) {
				t.Parallel()
				net := newBadNet(seed, tt.bad, 4096)
				opt := quick()
				opt.Heartbeat, opt.Resend, opt.Silence, opt.WindowBytes = 5*time.Millisecond, 3*time.Millisecond, 10*time.Second, 128<<10
				h, spokes := lanesOn(t, func(int) transport { return net }, 3, opt)
				small := []int{8, 100, 3000, 9000, 40_000}
				runOrder(t, within(t, 20*time.Second), h, spokes, 90, func(i int) int { return small[i%len(small)] })
				resent := h.Stats().Resent
				for _, s := range spokes {
					resent += s.Stats().Resent
				}
				if tt.bad.drop > 0 && resent == 0 {
					t.Error("packets were dropped, none was sent again")
				}
			})
		}
	}
}

// TestGap: what never arrives ends the lane with ErrGap on the side that misses it; nothing behind it is delivered.
func TestGap(t *testing.T) {
	net := newBadNet(1, faults{lose: func(v envelope) bool { return v.typ == packetData && v.flags&flagBroadcast != 0 && v.number == 3 }}, 4096)
	opt := quick()
	opt.Heartbeat, opt.Resend, opt.Silence = 5*time.Millisecond, 3*time.Millisecond, time.Second
	h, spokes := lanesOn(t, func(int) transport { return net }, 1, opt)
	ctx := within(t, 10*time.Second)
	for i := range 5 {
		if err := h.Broadcast(ctx, lane.KindBatch, numbered(i, 100)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		m, err := spokes[0].Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkNumbered(m.Payload, i, 100); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := spokes[0].Recv(ctx); !errors.Is(err, lane.ErrGap) {
		t.Fatalf("spoke: %v, want ErrGap", err)
	}
	if m, err := h.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) || m.Peer != 0 {
		t.Fatalf("hub: %v, want ErrPeerGone", err)
	}
}

// TestReleased: a number that the sender does not have any more is answered with gap, and that ends the lane at once.
func TestReleased(t *testing.T) {
	net := newBadNet(1, faults{}, 4096)
	opt := quick()
	opt.Heartbeat, opt.Silence = time.Minute, time.Minute
	ctx := within(t, 10*time.Second)
	h, err := newHub(net, "s", []string{"w"}, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := h.Broadcast(ctx, lane.KindBatch, []byte("never to be seen")); err != nil {
		t.Fatal(err)
	}
	// Somebody claims to be the spoke and to have it.
	v := envelope{typ: packetState, epoch: 5, flags: flagAnswer}
	st := state{received: [streams]uint64{0, 1}, window: 1 << 20}
	if err := net.publish(subjectUp("s", 0), st.append(appendEnvelope(nil, &v, 0))); err != nil {
		t.Fatal(err)
	}
	for {
		h.end.mu.Lock()
		released := h.end.outAll.get(1) == nil
		h.end.mu.Unlock()
		if released {
			break
		}
		if ctx.Err() != nil {
			t.Fatal("the packet is still there")
		}
	}
	h.end.mu.Lock()
	h.end.peers[0].epoch = 0
	h.end.mu.Unlock()
	sp, err := newSpoke(net, "s", 0, "w", opt)
	if err != nil {
		t.Fatal(err)
	}
	defer sp.Close()
	if _, err := sp.Recv(ctx); !errors.Is(err, lane.ErrGap) {
		t.Fatalf("%v, want ErrGap", err)
	}
}

// TestRestarted: a worker that was started again is not its predecessor.
func TestRestarted(t *testing.T) {
	net := newBadNet(1, faults{}, 4096)
	ctx := within(t, 10*time.Second)
	h, first := lanesOn(t, func(int) transport { return net }, 1, quick())
	if err := first[0].Send(ctx, lane.KindReply, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if m, err := h.Recv(ctx); err != nil || string(m.Payload) != "first" || m.Kind != lane.KindReply {
		t.Fatal(m, err)
	}
	second, err := newSpoke(net, strings.Split(h.end.all, ".")[2], 0, "w", quick())
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := h.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) || !strings.Contains(err.Error(), "started again") {
		t.Fatalf("hub: %v", err)
	}
}

// TestAbandoned: a message whose sending was given up in the middle is not delivered, and does no harm to the next.
func TestAbandoned(t *testing.T) {
	net := newBadNet(1, faults{}, 70_000)
	opt := quick()
	opt.WindowBytes = 1 << 20
	ctx := within(t, 10*time.Second)
	h, spokes := lanesOn(t, func(int) transport { return net }, 1, opt)
	for { // until the spoke has granted its window
		h.end.mu.Lock()
		window := h.end.peers[0].window
		h.end.mu.Unlock()
		if window == 1<<20 {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("the window is %d", window)
		}
	}
	for i := range 5 { // leaves room for some packets of the next
		if err := h.Send(ctx, 0, lane.KindBatch, numbered(i, 150_000)); err != nil {
			t.Fatal(err)
		}
	}
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if err := h.Send(short, 0, lane.KindBatch, numbered(5, 900_000)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("no credit is left, but: %v", err)
	}
	h.end.mu.Lock()
	if h.end.peers[0].out.last <= 15 {
		t.Error("the given up message had not begun")
	}
	h.end.mu.Unlock()
	go h.Send(ctx, 0, lane.KindBatch, numbered(6, 300_000))
	for _, want := range []struct{ n, size int }{{0, 150_000}, {1, 150_000}, {2, 150_000}, {3, 150_000}, {4, 150_000}, {6, 300_000}} {
		m, err := spokes[0].Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkNumbered(m.Payload, want.n, want.size); err != nil {
			t.Fatal(err)
		}
	}
	for {
		p := h.end.peers[0]
		h.end.mu.Lock()
		back := p.cost == p.taken
		h.end.mu.Unlock()
		if back {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("credit was lost: sent %d, returned %d", p.cost, p.taken)
		}
	}
}
