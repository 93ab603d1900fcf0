package netlab

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Link says how packets go between a host and the switch; both ways alike and one independent of the other.
type Link struct {
	Delay         time.Duration // of each packet, one way
	BitsPerSecond int           // 0: as fast as it goes
	Loss          float64       // share of packets that vanish, 0 to 1
	Down          bool          // nothing goes through
	// QueueBytes may wait for their turn where there is a rate; what finds no room vanishes, as in a router. 0: 256 KiB.
	QueueBytes int
}

const (
	defaultQueueBytes = 256 << 10
	// maxHeldBytes bounds what a pipe holds, whatever its delay.
	maxHeldBytes = 32 << 20
)

// counts are a pipe's figures.
type counts struct{ packets, bytes, lost uint64 }

// held is a packet on its way.
type held struct {
	data []byte
	due  time.Time
}

// pipe is one way of a link.
type pipe struct {
	out func([]byte) // takes a packet at the end; the packet is not kept

	mu     sync.Mutex
	link   Link
	random *rand.Rand
	free   time.Time // when the last accepted packet has gone out at the link's rate
	queue  []held
	bytes  int // in queue
	counts counts
	more   chan struct{} // a token when queue has become non-empty
}

func newPipe(link Link, seed uint64, out func([]byte)) *pipe {
	return &pipe{out: out, link: link, random: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), more: make(chan struct{}, 1)}
}

func (p *pipe) set(l Link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.link = l
}

func (p *pipe) figures() counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// send takes one packet, which stays the caller's.
func (p *pipe) send(packet []byte, now time.Time) {
	p.mu.Lock()
	l := p.link
	due, ok := now, !l.Down && !(l.Loss > 0 && p.random.Float64() < l.Loss)
	if ok && l.BitsPerSecond > 0 {
		took := time.Duration(float64(len(packet)*8) / float64(l.BitsPerSecond) * float64(time.Second))
		if p.free.Before(now) {
			p.free = now
		}
		room := l.QueueBytes
		if room == 0 {
			room = defaultQueueBytes
		}
		waiting := int(p.free.Sub(now).Seconds() * float64(l.BitsPerSecond) / 8)
		if ok = waiting+len(packet) <= room; ok {
			p.free = p.free.Add(took)
			due = p.free
		}
	}
	if ok = ok && p.bytes+len(packet) <= maxHeldBytes; !ok {
		p.counts.lost++
		p.mu.Unlock()
		return
	}
	p.counts.packets++
	p.counts.bytes += uint64(len(packet))
	due = due.Add(l.Delay)
	if !due.After(now) && len(p.queue) == 0 {
		p.mu.Unlock()
		p.out(packet)
		return
	}
	p.queue = append(p.queue, held{append([]byte(nil), packet...), due})
	p.bytes += len(packet)
	p.mu.Unlock()
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// run lets packets out when they are due, until stop is closed.
func (p *pipe) run(stop <-chan struct{}) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		p.mu.Lock()
		now := time.Now()
		var packet []byte
		wait := time.Hour
		if len(p.queue) > 0 {
			if wait = p.queue[0].due.Sub(now); wait <= 0 {
				packet = p.queue[0].data
				p.queue[0] = held{}
				p.queue = p.queue[1:]
				p.bytes -= len(packet)
			}
		}
		p.mu.Unlock()
		if packet != nil {
			p.out(packet)
			continue
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-p.more:
		case <-stop:
			return
		}
	}
}
