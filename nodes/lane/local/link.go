package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/stream/shm"
)

// link is what both ends have: the socket and a ring each way.
type link struct {
	conn *net.UnixConn
	out  writer
	in   reader
	bell *bell // of who sends

	over    atomic.Pointer[ending] // set once; what stands in the ring is delivered all the same
	watched chan struct{}          // closed when watch has ended

	mu       sync.Mutex // of stats
	stats    lane.Stats
	buffers  lane.Buffers
	released bool
}

// ending is how the other side went.
type ending struct {
	bye    bool // it said so
	reason string
}

func newLink(c *net.UnixConn, out, in *ring) *link {
	k := &link{conn: c, bell: new(bell), watched: make(chan struct{})}
	k.out.ring, k.in.ring = out, in
	k.in.alloc, k.in.free = k.get, k.put
	return k
}

func (k *link) get(n int) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.buffers.Get(n)
}

func (k *link) put(b []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.buffers.Put(b)
}

// watch waits for the other side's goodbye or the end of the socket, and calls ended then.
func (k *link) watch(ended func()) {
	defer close(k.watched)
	e := &ending{}
	n, files, err := receive(k.conn)
	closeAll(files)
	switch {
	case err == nil && n.Bye != nil:
		e.bye, e.reason = true, "it said goodbye"
		if *n.Bye != "" {
			e.reason += ": " + lane.Printable([]byte(*n.Bye))
		}
	case err == nil:
		e.reason = "it broke the protocol of the socket"
	default:
		e.reason = "its end of the shared memory is closed: the process has ended"
	}
	k.end(e)
	ended()
}

// end makes the first ending count and wakes who sends.
func (k *link) end(e *ending) {
	k.over.CompareAndSwap(nil, e)
	k.bell.ring()
}

// giveUp ends the link from this side and tells the other why, if it is there after all.
func (k *link) giveUp(e *ending) {
	k.end(e)
	why := "given up: " + e.reason
	_ = k.conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	_ = send(k.conn, note{Bye: &why})
	k.conn.Close()
}

// gone is the error for what is sent to the other side after its end.
func (k *link) gone() error {
	if e := k.over.Load(); e != nil {
		return fmt.Errorf("%w: %s", lane.ErrPeerGone, e.reason)
	}
	return nil
}

// send writes one message. ended is asked for a reason to give up.
func (k *link) send(ctx context.Context, kind lane.Kind, payload []byte, ended func() error) error {
	size := k.out.chunk()
	waited := false
	for at := 0; ; {
		part := payload[at:min(at+size, len(payload))]
		w, err := k.out.await(ctx, len(part), k.bell, ended)
		waited = waited || w
		if err != nil {
			if errors.Is(err, errCorrupt) {
				k.giveUp(&ending{reason: err.Error()})
				err = k.gone()
			}
			return err
		}
		k.out.packet(kind, at == 0, len(payload), part)
		if at += len(part); at >= len(payload) {
			break
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stats.SentMessages++
	k.stats.SentBytes += uint64(len(payload))
	if waited {
		k.stats.CreditWaits++
	}
	return nil
}

// take gives the next whole message; ok is false when there is none yet. A ring that breaks the rules ends the link. over: the other
// side has ended, and what it writes from now on does not count.
func (k *link) take(over bool) (m lane.Message, ok bool) {
	if over && k.in.limit == nil {
		k.in.stop(true)
	}
	m, ok, err := k.in.next()
	if err != nil {
		k.giveUp(&ending{reason: err.Error()})
		k.in.stop(false)
		return m, false
	}
	if ok {
		k.mu.Lock()
		k.stats.ReceivedMessages++
		k.stats.ReceivedBytes += uint64(len(m.Payload))
		k.mu.Unlock()
	}
	return m, ok
}

func (k *link) snapshot() lane.Stats {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stats
}

// linger waits until the other side has taken what was sent, has gone, or the time is over.
func (k *link) linger(until time.Time) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	// Room for all of the ring is there when the reader has taken everything.
	_, _ = k.out.await(ctx, len(k.out.data)-headerBytes, k.bell, k.gone)
}

// close says goodbye and gives everything back. Nobody may use the link any more.
func (k *link) close(why string) {
	if k.released {
		return
	}
	k.released = true
	_ = k.conn.SetWriteDeadline(time.Now().Add(time.Second))
	_ = send(k.conn, note{Bye: &why}) // it may be gone
	k.conn.Close()
	<-k.watched
	unmap(k.out.ring, k.in.ring)
}

// Spoke is a worker's end. It implements lane.Spoke.
type Spoke struct {
	*link
	heard     bell // of who receives
	closing   chan struct{}
	closed    sync.Once
	shutOnce  sync.Once
	sending   sync.Mutex
	receiving sync.Mutex
	beating   chan struct{}
}

var _ lane.Spoke = (*Spoke)(nil)

const (
	// beat is how often an end shows that it runs.
	beat = 250 * time.Millisecond
	// lingerTime bounds how long Close waits until the other side has everything.
	lingerTime = 2 * time.Second
)

func newSpoke(k *link) *Spoke {
	s := &Spoke{link: k, closing: make(chan struct{}), beating: make(chan struct{})}
	go k.watch(s.heard.ring)
	go s.beat()
	return s
}

func (s *Spoke) beat() {
	defer close(s.beating)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-s.closing:
			return
		case <-tick.C:
			s.out.ctl.beat.Add(1)
		}
	}
}

func (s *Spoke) isClosing() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// ended is the reason for which nothing can be sent.
func (s *Spoke) ended() error {
	if s.isClosing() {
		return fmt.Errorf("local: %w", lane.ErrClosed)
	}
	if err := s.gone(); err != nil {
		return fmt.Errorf("local: the session: %w", err)
	}
	return nil
}

// Send sends to the session.
func (s *Spoke) Send(ctx context.Context, kind lane.Kind, payload []byte) error {
	if len(payload) > lane.MaxMessage {
		return fmt.Errorf("local: message of %d bytes, at most %d", len(payload), lane.MaxMessage)
	}
	s.sending.Lock()
	defer s.sending.Unlock()
	if err := s.send(ctx, kind, payload, s.ended); err != nil {
		return fmt.Errorf("local: send: %w", err)
	}
	return nil
}

// Recv gives the session's next message; when the session is gone, each call gives lane.ErrPeerGone.
func (s *Spoke) Recv(ctx context.Context) (lane.Message, error) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	for spun := 0; ; spun++ {
		rung := s.heard.word()
		over := s.over.Load() != nil // before the ring is looked at: what came before the end counts
		if s.isClosing() {
			return lane.Message{}, fmt.Errorf("local: recv: %w", lane.ErrClosed)
		}
		if m, ok := s.take(over); ok {
			return m, nil
		}
		if over {
			return lane.Message{}, s.ended()
		}
		if err := ctx.Err(); err != nil {
			return lane.Message{}, fmt.Errorf("local: recv: %w", err)
		}
		if spun < spins {
			continue
		}
		if spun == spins {
			defer context.AfterFunc(ctx, s.heard.ring)()
		}
		word := s.in.arm()
		if !s.in.pending() {
			shm.WaitAny([]shm.Word{word, rung}, shm.Tick)
		}
		s.in.disarm()
	}
}

// Route is lane.RouteShm.
func (s *Spoke) Route() lane.Route { return lane.RouteShm }

// Stats tells what was moved so far.
func (s *Spoke) Stats() lane.Stats { return s.snapshot() }

// Close waits until the session has what was sent, at most two seconds, says goodbye and ends.
func (s *Spoke) Close() error {
	s.closed.Do(func() {
		until := time.Now().Add(lingerTime)
		late := time.AfterFunc(lingerTime, s.shut) // somebody may be sending, and nobody taking
		s.sending.Lock()
		s.linger(until)
		late.Stop()
		s.shut()
		s.receiving.Lock()
		<-s.beating
		s.close("")
		s.sending.Unlock()
		s.receiving.Unlock()
	})
	return nil
}

// shut makes Send and Recv return.
func (s *Spoke) shut() {
	s.shutOnce.Do(func() {
		close(s.closing)
		s.heard.ring()
		s.bell.ring()
	})
}
