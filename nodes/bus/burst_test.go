package bus

import (
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
)

// slowNet is a network whose packets wait for each other: each takes its time.
type slowNet struct {
	*badNet
	queue chan post
}

func newSlowNet(t *testing.T, bytesPerSecond int, bad faults) *slowNet {
	n := &slowNet{newBadNet(1, bad, 64<<10), make(chan post, 4096)}
	done := t.Context().Done()
	go func() {
		timer := time.NewTimer(0)
		defer timer.Stop()
		for {
			select {
			case p := <-n.queue:
				timer.Reset(time.Duration(len(p.data)) * time.Second / time.Duration(bytesPerSecond))
				select {
				case <-timer.C:
				case <-done:
					return
				}
				n.mu.Lock()
				n.deliver(p)
				n.mu.Unlock()
			case <-done:
				return
			}
		}
	}()
	return n
}

func (n *slowNet) publish(subject string, data []byte) error {
	v, err := parseEnvelope(data)
	if err != nil {
		return err
	}
	n.mu.Lock()
	lost := n.bad.lose(v)
	n.mu.Unlock()
	if !lost {
		n.queue <- post{subject, append([]byte(nil), data...)}
	}
	return nil
}

// TestSlowLink: what is lost on a link on which an answer takes far longer than the pause between asks is sent again about once, not
// once for each ask.
func TestSlowLink(t *testing.T) {
	const packets, size = 24, 60 << 10 // 30 ms each
	lost := 0
	net := newSlowNet(t, 2<<20, faults{lose: func(v envelope) bool {
		if v.typ != packetData || v.number > packets || lost == packets {
			return false
		}
		lost++
		return true
	}})
	opt := quick()
	opt.Resend, opt.Silence = 2*time.Millisecond, 10*time.Second
	h, spokes := lanesOn(t, func(int) transport { return net }, 1, opt)
	ctx := within(t, 60*time.Second)
	go func() {
		for i := range packets {
			_ = h.Send(ctx, 0, lane.KindBatch, numbered(i, size))
		}
	}()
	for i := range packets {
		m, err := spokes[0].Recv(ctx)
		if err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		if err := checkNumbered(m.Payload, i, size); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.Stats().Resent; n < packets || n > 4*packets {
		t.Errorf("%d packets were lost, and %d sent again", packets, n)
	}
}

func TestBurst(t *testing.T) {
	const least = 10 * time.Millisecond
	now := time.Unix(1, 0)
	var b burst
	send := func(bytes int) { // as resend does
		b.begin(now, least)
		b.bytes += bytes
		b.raise(now)
	}
	send(100)
	if b.hold != least || b.limit != firstBurstBytes {
		t.Errorf("at first: %+v", b)
	}
	now = now.Add(least / 2)
	send(100)
	if b.bytes != 200 {
		t.Errorf("asked again before the fence is due: %+v", b)
	}
	now = now.Add(least)
	send(100) // overdue
	if b.bytes != 100 || b.hold != 2*least || b.limit != firstBurstBytes/2 {
		t.Errorf("overdue: %+v", b)
	}
	now = now.Add(50 * least)
	b.back(1, now, least)
	if !b.out || b.hold < 100*least || b.until.Before(now.Add(100*least)) {
		t.Errorf("an early fence has told nothing: %+v", b)
	}
	b.back(4, now, least) // nobody has sent it
	if !b.out {
		t.Errorf("a fence of nobody's was taken: %+v", b)
	}
	b.back(3, now, least)
	if b.out || b.limit != firstBurstBytes {
		t.Errorf("back: %+v", b)
	}
}
