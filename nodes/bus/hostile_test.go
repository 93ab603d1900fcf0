package bus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
)

// checkedNet has nobody on it; what an end publishes must be packets.
type checkedNet struct{ t testing.TB }

func (checkedNet) connected() bool             { return true }
func (checkedNet) window() (int, func())       { return 0, func() {} }
func (checkedNet) reconnect()                  {}
func (checkedNet) server() string              { return "nobody" }
func (checkedNet) maxPayload() int             { return 1 << 20 }
func (checkedNet) flush(context.Context) error { return nil }
func (checkedNet) subscribe(chan *nats.Msg, func(), func(error), ...string) (func(), error) {
	return func() {}, nil
}
func (n checkedNet) publish(_ string, data []byte) error {
	if _, err := parseEnvelope(data); err != nil {
		n.t.Errorf("published: %v", err)
	}
	return nil
}

// still are options of an end in which only packets move anything.
func still() Options {
	return Options{Heartbeat: time.Hour, Resend: time.Hour, Silence: time.Hour, Start: time.Hour, Linger: time.Nanosecond, WindowBytes: 2 * leastWindowBytes}
}

// packets reads a script of packets: a byte that says what, then fields. Each body is the packet's number, so that what is delivered tells
// which packets it came from.
type packets struct {
	script []byte
	epoch  uint32
}

func (p *packets) byte() byte {
	if len(p.script) == 0 {
		return 0
	}
	b := p.script[0]
	p.script = p.script[1:]
	return b
}

// number is mostly small.
func (p *packets) number() uint64 {
	switch b := p.byte(); {
	case b < 240:
		return uint64(b)
	case b < 248:
		return 1 << (8 * (b - 240))
	default:
		return 1<<64 - 1 - uint64(b-248)
	}
}

func (p *packets) next() []byte {
	v := envelope{epoch: p.epoch}
	var body []byte
	switch how := p.byte(); how % 8 {
	case 0, 1, 2:
		v.typ, v.kind, v.number, v.follows = packetData, lane.Kind(how>>3), p.number(), p.number()
		c := p.byte()
		v.index, v.count = uint32(c>>4), uint32(c&15)
		each := 1
		if how&8 != 0 {
			each = 16 << 10
		}
		v.total = uint64(v.count) * uint64(each)
		body = bytes.Repeat([]byte{byte(v.number)}, each)
	case 3:
		v.typ, v.number, v.follows, v.flags = packetState, p.number(), p.number(), p.byte()&(flagAnswer|flagHello)
		st := state{received: [streams]uint64{p.number(), p.number()}, taken: p.number(), window: p.number()}
		body = st.append(nil)
	case 4:
		v.typ, v.kind, v.number, v.follows = packetNak, lane.Kind(how>>3&1), p.number(), p.number()
	case 5:
		v.typ, v.kind, v.number, v.follows = packetGap, lane.Kind(how>>3&1), p.number(), p.number()
	case 6:
		n := int(p.byte()) % (len(p.script) + 1)
		b := p.script[:n]
		p.script = p.script[n:]
		return b
	default:
		v.typ, v.number, v.follows, body = packetBye, p.number(), p.number(), []byte("bye\x1b")
	}
	return append(appendEnvelope(nil, &v, 0), body...)
}

// FuzzPeer gives a hub whatever a hostile peer may send, among the messages of an honest one. Nothing is delivered that was not sent,
// memory stays within the window, and the honest one is not disturbed.
func FuzzPeer(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1})
	f.Add([]byte{8, 2, 0, 1, 8, 3, 0, 1, 8, 4, 0, 1, 8, 5, 0, 1, 8, 6, 0, 1, 8, 7, 0, 1, 8, 1, 0, 1})
	f.Add([]byte{0, 1, 0, 0x03, 0, 2, 0, 0x13, 0, 3, 0, 0x23})
	f.Add([]byte{0, 1, 0, 0x03, 0, 2, 0, 0x01})
	f.Add([]byte{3, 9, 250, 1, 250, 250, 250, 250, 5, 1, 255, 4, 1, 255})
	f.Add([]byte{6, 3, 'a', 'b', 'c', 7, 5, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		h, err := newHub(checkedNet{t}, "s", []string{"hostile", "honest"}, still())
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		e := h.end
		p := packets{script: script, epoch: 7}
		honest := uint64(0)
		window := max(e.peers[0].grant, firstWindowBytes)
		now := time.Now()
		for len(p.script) > 0 {
			if p.script[0] == 0xfe { // the consumer takes one
				p.byte()
				checkTaken(t, e)
				continue
			}
			e.handle(&nats.Msg{Subject: subjectUp("s", 0), Data: bytes.Clone(p.next())}, now)
			e.mu.Lock()
			in := &e.peers[0].in
			held := uint64(0)
			for s := range in.waiting {
				for _, a := range in.waiting[s] {
					held += uint64(len(a.body))
				}
			}
			held += uint64(len(in.payload))
			room := cap(in.payload)
			for _, it := range e.queue {
				if it.msg.Peer == 0 {
					held += uint64(len(it.msg.Payload))
				}
			}
			e.mu.Unlock()
			// At most what is in flight, and of a message that is being put together what was given back: 15 packets here.
			if held > window+15*(16<<10) || room > 64*(16<<10) {
				t.Fatalf("%d bytes are held and room for %d, the window is %d", held, room, window)
			}
			if len(p.script)%3 == 0 && honest < 100 {
				honest++
				v := envelope{typ: packetData, epoch: 9, number: honest, count: 1, total: 1}
				e.handle(&nats.Msg{Subject: subjectUp("s", 1), Data: append(appendEnvelope(nil, &v, 0), byte(honest))}, now)
			}
		}
		for checkTaken(t, e) {
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if q := e.peers[1]; q.gone != nil || q.in.next[single] != honest+1 || q.queued != 0 {
			t.Fatalf("the honest peer: %v, %d of %d messages", q.gone, q.in.next[single]-1, honest)
		}
	})
}

// checkTaken takes a message if there is one.
func checkTaken(t *testing.T, e *end) bool {
	e.mu.Lock()
	n := len(e.queue)
	e.mu.Unlock()
	if n == 0 {
		return false
	}
	m, err := e.recv(t.Context())
	switch {
	case errors.Is(err, lane.ErrPeerGone):
		if m.Peer != 0 || strings.Contains(err.Error(), "\x1b") {
			t.Fatalf("peer %d: %q", m.Peer, err)
		}
	case err != nil:
		t.Fatal(err)
	case m.Peer == 0:
		each := 1
		if len(m.Payload) >= 16<<10 {
			each = 16 << 10
		}
		for i, b := range m.Payload {
			if b != m.Payload[0]+byte(i/each) {
				t.Fatalf("a message of packets that were not sent as one: byte %d", i)
			}
		}
	}
	return true
}

// FuzzEvent: what is said to be an agent's word ends at most the peer that it names, in a line fit for a terminal.
func FuzzEvent(f *testing.F) {
	for _, s := range []string{`{"peer":0,"exit":1,"stderr":"a\nb\u001b[2J"}`, `{"peer":1,"exit":-1,"signal":"killed"}`, `{"peer":-1}`, `{"peer":99}`, `{`, `null`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := newHub(checkedNet{t}, "s", []string{"a", "b"}, still())
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		now := time.Now()
		h.end.handle(&nats.Msg{Subject: SubjectEvent("s"), Data: data}, now)
		var ev PeerEvent
		ok := json.Unmarshal(data, &ev) == nil && ev.Peer >= 0 && ev.Peer < 2
		h.end.tick(now.Add(time.Second), 0)
		h.end.mu.Lock()
		defer h.end.mu.Unlock()
		for i, p := range h.end.peers {
			if (p.gone != nil) != (ok && ev.Peer == i) {
				t.Fatalf("peer %d: %v after %q", i, p.gone, data)
			}
			if p.gone != nil && strings.ContainsFunc(p.gone.Error(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
				t.Fatalf("not fit for a terminal: %q", p.gone)
			}
		}
	})
}

// A peer that does not keep to its credit is gone; nothing of the others suffers.
func TestOverdrawn(t *testing.T) {
	h, err := newHub(checkedNet{t}, "s", []string{"w"}, still())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	n := 0
	for number := uint64(2); number < 1000; number++ { // number 1 never comes
		v := envelope{typ: packetData, epoch: 1, number: number, count: 1, total: 100_000}
		h.end.handle(&nats.Msg{Subject: subjectUp("s", 0), Data: append(appendEnvelope(nil, &v, 0), make([]byte, 100_000)...)}, time.Now())
		h.end.mu.Lock()
		if h.end.peers[0].gone == nil {
			n++
		}
		h.end.mu.Unlock()
	}
	if n*100_000 > firstWindowBytes || n < 10 {
		t.Errorf("%d packets of 100 kB were kept, the window is %d", n, firstWindowBytes)
	}
	if _, err := h.Recv(within(t, 5*time.Second)); !errors.Is(err, lane.ErrPeerGone) || !errors.Is(err, ErrEnvelope) || !strings.Contains(err.Error(), "more than its window") {
		t.Errorf("error %v", err)
	}
}

// A window that has become smaller, because little has come for a while, is not held against what was sent by the larger one before.
func TestWindowShrinksUnderway(t *testing.T) {
	h, err := newHub(checkedNet{t}, "s", []string{"w"}, still())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	e := h.end
	now := time.Now()
	send := func(number uint64) (gone error) {
		const size = 1 << 20
		v := envelope{typ: packetData, epoch: 1, number: number, count: 1, total: size}
		e.handle(&nats.Msg{Subject: subjectUp("s", 0), Data: append(appendEnvelope(nil, &v, 0), make([]byte, size)...)}, now)
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.peers[0].gone
	}
	tell := func(grant uint64) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.peers[0].grant = grant
		_ = e.state(e.peers[0], 0, now)
	}
	tell(16 << 20)
	for n := uint64(2); n < 8; n++ {
		if err := send(n); err != nil {
			t.Fatal(err)
		}
	}
	tell(leastPacedBytes)
	for n := uint64(8); n < 15; n++ {
		if err := send(n); err != nil {
			t.Fatalf("packet %d of a window that was granted: %v", n, err)
		}
	}
	for n := uint64(15); n < 20; n++ {
		err = send(n)
	}
	if !errors.Is(err, ErrEnvelope) {
		t.Errorf("more than any window that was granted: %v", err)
	}
}

// A stranger in the same account publishes to all subjects of a session: he is heard once in the log, and everything else goes on.
func TestStranger(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	var log lockedLog
	opt := quick()
	opt.Log = slog.New(slog.NewTextHandler(&log, nil))
	session := NewSession()
	h, err := NewHub(connect(t, s, "hub"), session, []string{"w0", "w1"}, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var spokes []*Spoke
	for i := range 2 {
		sp, err := NewSpoke(connect(t, s, "spoke"), session, i, "w", opt)
		if err != nil {
			t.Fatal(err)
		}
		defer sp.Close()
		spokes = append(spokes, sp)
	}
	ctx := within(t, 30*time.Second)
	stranger := connect(t, s, "stranger")
	other := envelope{typ: packetData, epoch: 2, number: 1, count: 1, total: 4}
	rubbish := [][]byte{nil, []byte("hello"), bytes.Repeat([]byte{0xff}, 1<<20), append(appendEnvelope(nil, &other, 0), "evil"...),
		[]byte(`{"peer":7}`), []byte(`{"peer":"x"}`)}
	shout := func() {
		for _, b := range rubbish {
			for _, subject := range []string{subjectAll(session), subjectTo(session, 0), subjectTo(session, 1), subjectUp(session, 0), subjectUp(session, 1),
				subjectUp(session, 9), "prism.s." + session + ".up.x", SubjectEvent(session)} {
				if err := stranger.Publish(subject, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := stranger.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 20 {
		if err := h.Broadcast(ctx, lane.KindBatch, numbered(n, 30_000)); err != nil {
			t.Fatal(err)
		}
		for i, sp := range spokes {
			m, err := sp.Recv(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := checkNumbered(m.Payload, n, 30_000); err != nil {
				t.Fatal(err)
			}
			if err := sp.Send(ctx, lane.KindPiece, numbered(n+i, 10_000)); err != nil {
				t.Fatal(err)
			}
		}
		for range spokes {
			m, err := h.Recv(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := checkNumbered(m.Payload, n+m.Peer, 10_000); err != nil {
				t.Fatal(err)
			}
		}
		shout()
	}
	// Each end says it once for each peer.
	if got := strings.Count(log.String(), "packet dropped"); got < 1 || got > 4 {
		t.Errorf("%d warnings, want at most one for each end and peer:\n%.2000s", got, log.String())
	}
	if got := strings.Count(log.String(), "event dropped"); got != 1 {
		t.Errorf("%d warnings about events, want one", got)
	}
}

// lockedLog is written by several ends.
type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
