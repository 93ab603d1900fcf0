package bus

import (
	"time"

	"github.com/prismgl/prism/nodes/lane"
)

const (
	// maxResend bounds what one nak brings, the others what may be on its way again at once: the first of what is missing shall get
	// through even where little does.
	maxResend       = 4096
	leastBurstBytes = 256 << 10
	firstBurstBytes = 1 << 20
	maxBurstBytes   = 4 << 20
	maxHold         = 8 * time.Second
)

// burst is what was sent again to a peer and may still be on its way. Its receiver asks again sooner than a long or slow link can
// answer; if each ask were answered, that would fill the link with what is there already. So behind what was sent again goes a
// fence, a state with a number, and until the receiver gives that number back, nothing is sent twice.
type burst struct {
	fence uint32          // number of the last one
	times [8]time.Time    // when the last ones were sent, by number
	out   bool            // it has not come back
	sent  [streams]uint64 // highest numbers sent again while out
	bytes int             // sent again while out
	until time.Time       // a fence that is not back by then is lost
	hold  time.Duration   // how long to wait for one; 0: nothing is known of the link
	limit int             // of bytes; 0: as hold
}

// begin makes room for an ask at now; least is the shortest time to wait for a fence.
func (b *burst) begin(now time.Time, least time.Duration) {
	if b.limit == 0 {
		b.hold, b.limit = least, firstBurstBytes
	}
	if b.out && now.Before(b.until) {
		return
	}
	if b.out {
		// The fence may be lost, or the link be slow: a little more patience, and less at a time.
		b.hold, b.limit = max(b.hold, min(2*b.hold, 4*least)), max(b.limit/2, leastBurstBytes)
	}
	b.out, b.sent, b.bytes = false, [streams]uint64{}, 0
}

// back takes a fence that has come back. An early one tells how long the others may take.
func (b *burst) back(fence uint32, now time.Time, least time.Duration) {
	if !b.out || fence == 0 || fence > b.fence || b.fence-fence >= uint32(len(b.times)) {
		return
	}
	b.hold = min(max(least, 2*now.Sub(b.times[fence%uint32(len(b.times))])), maxHold)
	if fence < b.fence {
		b.until = now.Add(b.hold)
		return
	}
	b.out = false
	b.limit = min(2*b.limit, maxBurstBytes)
}

// raise makes the next fence.
func (b *burst) raise(now time.Time) uint32 {
	b.fence++
	b.out, b.until = true, now.Add(b.hold)
	b.times[b.fence%uint32(len(b.times))] = now
	return b.fence
}

// leastHold is how long a fence may take at the least.
func (o *Options) leastHold() time.Duration { return 4 * o.Resend }

// resend answers a nak. The packets are published with mu held, since they may be released as soon as it is free.
func (e *end) resend(p *peer, stream int, first, last uint64, posts []post, now time.Time) []post {
	box, sent := &p.out, p.sent
	if stream == broadcast {
		box, sent = &e.outAll, e.sentAll
	}
	b := &p.burst
	b.begin(now, e.opt.leastHold())
	last = min(last, sent, first+maxResend)
	any := false
	for n := max(first, b.sent[stream]+1); n <= last && b.bytes < b.limit; n++ {
		pkt := box.get(n)
		if pkt == nil {
			posts = append(posts, post{p.subject, e.small(&envelope{typ: packetGap, kind: lane.Kind(stream), number: n, follows: n}, nil)})
			break
		}
		if e.tr.publish(p.subject, pkt) != nil {
			break
		}
		any = true
		b.sent[stream] = n
		b.bytes += len(pkt)
		e.stats.Resent++
	}
	if any {
		posts = append(posts, e.fenced(p, flagAnswer, b.raise(now), now))
	}
	return posts
}
