package bus

import "time"

const (
	// paceWindow is how much time what may be in flight to an end takes at the pace at which data comes. More is of no use, and harm on
	// a slow link: whatever is sent next stands behind it, and a NATS server cuts off whom it cannot give its backlog in 10 s.
	paceWindow      = 2 * time.Second
	paceInterval    = 250 * time.Millisecond
	leastPacedBytes = 4 << 20 // so that a fast link is found to be one
)

// pace measures how fast a peer's data comes, and gives the window that it is granted for that.
type pace struct {
	from time.Time
	cost uint64 // since then
	rate float64
}

// grant gives the window; most bounds it. The best pace of the last few seconds counts.
func (p *pace) grant(now time.Time, most uint64) uint64 {
	if p.from.IsZero() {
		p.from = now
	}
	if since := now.Sub(p.from); since >= paceInterval {
		p.rate = max(float64(p.cost)/since.Seconds(), p.rate*0.9)
		p.from, p.cost = now, 0
	}
	return min(most, max(uint64(p.rate*paceWindow.Seconds()), leastPacedBytes))
}
