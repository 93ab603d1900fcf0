package bus

import (
	"log/slog"
	"time"
)

// Options of a lane's end; the zero value of a field means the default.
type Options struct {
	// WindowBytes bounds what may be in flight to this end, shared out among its peers. 0: half of what a NATS server by default
	// keeps for a slow client before it cuts it off, less what other ends on the connection have; at most 32 MiB.
	WindowBytes int
	// PacketBytes bounds a packet; 0: what the server takes.
	PacketBytes int
	// Heartbeat is how often each end tells its state. 0: 500 ms.
	Heartbeat time.Duration
	// Silence is how long a peer may say nothing before it is gone. The time in which we have no connection does not count, and
	// what waits in the server for us is heard first. 0: 4.5 s, so that who watches knows within 5 s.
	Silence time.Duration
	// Patience is how long there may be no connection before the lane ends with ErrServer. 0: what the connection was made with.
	Patience time.Duration
	// Start is how long a peer may take to say its first word. 0: 60 s.
	Start time.Duration
	// Linger bounds how long Close waits until the peers have everything. 0: 2 s.
	Linger time.Duration
	// Resend is the pause before a missing packet is asked for again; it grows sixteenfold. 0: 50 ms.
	Resend time.Duration
	Log    *slog.Logger // nil: nothing is logged; whatever matters is an error of Send or Recv, too
}

const (
	// firstWindowBytes may be sent before the peer has granted anything.
	firstWindowBytes   = 2 << 20
	leastWindowBytes   = 64 << 10
	defaultWindowBytes = 32 << 20
	maxWindowBytes     = 1 << 30
)

// of takes from a connection what was left open.
func (o Options) of(c *Conn) Options {
	if o.Patience <= 0 {
		o.Patience = c.cfg.Patience
	}
	return o
}

func (o *Options) fill(maxPayload int) {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	if o.WindowBytes <= 0 {
		o.WindowBytes = defaultWindowBytes
	}
	o.WindowBytes = min(o.WindowBytes, maxWindowBytes)
	if o.PacketBytes <= 0 || o.PacketBytes > maxPayload {
		o.PacketBytes = maxPayload
	}
	def(&o.Heartbeat, 500*time.Millisecond)
	def(&o.Silence, 4500*time.Millisecond)
	def(&o.Patience, DefaultPatience)
	def(&o.Start, 60*time.Second)
	def(&o.Linger, 2*time.Second)
	def(&o.Resend, 50*time.Millisecond)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// tick is how often an end looks at its clocks.
func (o *Options) tick() time.Duration {
	return max(min(o.Heartbeat/4, o.Resend), time.Millisecond)
}
