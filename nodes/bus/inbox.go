package bus

import (
	"fmt"
	"time"

	"github.com/prismgl/prism/nodes/lane"
)

// maxAhead bounds how far ahead of the next number a packet may be to be kept; what is farther is asked for later.
const maxAhead = 1 << 16

// packetCost is what a packet counts against a window: small packets are not free for the receiver.
func packetCost(packetLen int) uint64 { return uint64(packetLen) + 4096 }

// arrived is a data packet that waits for its turn.
type arrived struct {
	envelope
	after uint64 // number in the other stream that must have been delivered
	cost  uint64
}

// inbox puts the packets of one peer in order and its messages together. Not safe for concurrent use.
type inbox struct {
	next    [streams]uint64 // number to be delivered next, from 1
	known   [streams]uint64 // highest number known to have been sent
	waiting [streams]map[uint64]arrived
	got     uint64 // cost of all packets that were taken in, each counted once
	// asking
	asked     [streams]uint64 // highest number asked for while something is missing
	askAgain  time.Time       // zero: nothing is missing
	pause     time.Duration
	stuckFrom time.Time
	progress  bool // something was delivered since the last ask
	flowing   bool // data came, though not what is missing
	// the message that is being put together
	building bool
	stream   int
	kind     lane.Kind
	index    uint32 // next packet
	count    uint32
	total    uint64
	payload  []byte
	cost     uint64
}

func newInbox() inbox {
	in := inbox{}
	for s := range in.next {
		in.next[s] = 1
		in.waiting[s] = map[uint64]arrived{}
	}
	return in
}

// complete is a whole message, with the credit that its taking returns.
type complete struct {
	kind    lane.Kind
	payload []byte
	cost    uint64
}

// overdraws tells whether a packet is more than its sender was allowed, by the rule that it sends by (end.reserve); took is the credit
// that was returned. What is here already, or is not kept, does not count.
func (in *inbox) overdraws(p *arrived, took, window uint64) bool {
	out := in.got - took
	return out != 0 && out+p.cost > window && in.news(p)
}

// news tells whether a packet will be kept and is not here.
func (in *inbox) news(p *arrived) bool {
	s := p.stream()
	_, here := in.waiting[s][p.number]
	return !here && p.number >= in.next[s] && p.number-in.next[s] <= maxAhead
}

// accept takes one data packet and calls deliver for each message that is whole now and give for credit that nobody
// will take. An error means that the sender is not sane.
func (in *inbox) accept(p arrived, deliver func(complete), give func(cost uint64)) error {
	s := p.stream()
	in.flowing = true
	in.known[s] = max(in.known[s], p.number)
	in.known[1-s] = max(in.known[1-s], p.after)
	if !in.news(&p) {
		return nil
	}
	in.got += p.cost
	if p.number != in.next[s] || p.after >= in.next[1-s] {
		in.waiting[s][p.number] = p
		return nil
	}
	if err := in.take(p, deliver, give); err != nil {
		return err
	}
	for {
		moved := false
		for s := range in.next {
			for len(in.waiting[s]) > 0 {
				p, ok := in.waiting[s][in.next[s]]
				if !ok || p.after >= in.next[1-s] {
					break
				}
				delete(in.waiting[s], in.next[s])
				if err := in.take(p, deliver, give); err != nil {
					return err
				}
				moved = true
			}
		}
		if !moved {
			return nil
		}
	}
}

// take is called with packets in order.
func (in *inbox) take(p arrived, deliver func(complete), give func(uint64)) error {
	s := p.stream()
	in.next[s]++
	in.progress = true
	if p.index == 0 && in.building { // its sender gave up in the middle of a message
		give(in.cost)
		in.building, in.payload, in.cost = false, nil, 0
	}
	if p.count == 1 {
		deliver(complete{p.kind, p.body, p.cost})
		return nil
	}
	if p.index == 0 {
		in.building, in.stream, in.kind, in.index, in.count, in.total = true, s, p.kind, 0, p.count, p.total
		// The total is only a claim: room for more packets of this size comes as they arrive.
		const atOnce = 64
		in.payload = make([]byte, 0, min(p.total, atOnce*uint64(len(p.body))))
	}
	if !in.building || s != in.stream || p.kind != in.kind || p.index != in.index || p.count != in.count || p.total != in.total {
		return fmt.Errorf("%w: packet %d of %d does not continue the message", ErrEnvelope, p.index, p.count)
	}
	if uint64(len(in.payload)+len(p.body)) > in.total {
		return fmt.Errorf("%w: more than the %d bytes of the message", ErrEnvelope, in.total)
	}
	in.payload = append(in.payload, p.body...)
	in.cost += p.cost
	in.index++
	if in.index < in.count {
		return nil
	}
	if uint64(len(in.payload)) != in.total {
		return fmt.Errorf("%w: %d bytes of the message's %d", ErrEnvelope, len(in.payload), in.total)
	}
	m := complete{in.kind, in.payload, in.cost}
	in.building, in.payload, in.cost = false, nil, 0
	deliver(m)
	return nil
}

// heard notes the last numbers that the sender says it has sent. What is more than maxAhead away is of no use yet.
func (in *inbox) heard(last [streams]uint64) {
	for s := range last {
		in.known[s] = max(in.known[s], last[s])
	}
}

// missing tells whether something that was sent is not here.
func (in *inbox) missing() bool {
	return in.next[single] <= in.known[single] || in.next[broadcast] <= in.known[broadcast]
}

// fence tells that what was sent again has arrived, or not at all: what is missing now is asked for at once.
func (in *inbox) fence(now time.Time) {
	if !in.askAgain.IsZero() {
		in.askAgain, in.flowing = now, false
	}
}

// span is an inclusive range of numbers of one stream.
type span struct {
	stream      int
	first, last uint64
}

const (
	maxSpans = 16
	// maxFlow is how long arriving data puts off asking again.
	maxFlow = time.Second
)

// ask gives what is to be asked for now: numbers that were not asked for yet, and all that is missing when nothing has moved
// for a while.
func (in *inbox) ask(now time.Time, resend time.Duration) (spans []span) {
	if !in.missing() {
		in.asked, in.askAgain = [streams]uint64{}, time.Time{}
		return nil
	}
	if in.progress || in.askAgain.IsZero() {
		in.progress = false
		in.stuckFrom, in.pause, in.askAgain = now, resend, now.Add(resend)
	}
	if in.flowing {
		// What was asked for may stand behind what is still coming, in the same connection; not for ever, though.
		in.flowing = false
		if soon := now.Add(resend); soon.After(in.askAgain) && now.Sub(in.stuckFrom) < maxFlow {
			in.askAgain = soon
		}
	}
	again := !now.Before(in.askAgain)
	if again {
		in.pause = min(in.pause*2, 16*resend)
		in.askAgain = now.Add(in.pause)
	}
	for s := range in.next {
		n := in.next[s]
		if !again {
			n = max(n, in.asked[s]+1)
		}
		to := min(in.known[s], in.next[s]+maxAhead)
		for n <= to && len(spans) < maxSpans {
			if _, here := in.waiting[s][n]; here {
				n++
				continue
			}
			sp := span{s, n, n}
			for sp.last < to {
				if _, here := in.waiting[s][sp.last+1]; here {
					break
				}
				sp.last++
			}
			spans = append(spans, sp)
			n = sp.last + 1
			in.asked[s] = sp.last
		}
	}
	return spans
}

// stuck tells for how long something has been missing without any progress.
func (in *inbox) stuck(now time.Time) time.Duration {
	if in.askAgain.IsZero() || !in.missing() {
		return 0
	}
	return now.Sub(in.stuckFrom)
}
