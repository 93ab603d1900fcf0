package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/stream/shm"
)

const (
	ringMagic   = 0x474c5250 // "PRLG"
	ringVersion = 1
	ctlBytes    = 4096

	packetMagic = 0x4d4c5250 // "PRLM"
	headerBytes = 32
	align       = 64
	// chunkBytes is the most of a message in one packet: little enough that both ends work on what the other has in its cache.
	chunkBytes = 128 << 10

	leastRingBytes = 64 << 10
	mostRingBytes  = 1 << 30
	// atOnce is how much room a message's total, which is only a claim, gets before bytes have come.
	atOnce = 64 << 20
)

// errCorrupt is the class of what breaks the rules of a ring.
var errCorrupt = errors.New("local: corrupt ring")

// ctl is the control page. Each side's words have a cache line of their own.
type ctl struct {
	magic, version, bytes uint32
	_                     [13]uint32
	// written by the writer
	head        atomic.Uint64
	wakeReader  atomic.Uint32 // changed, then woken
	writerWaits atomic.Uint32
	beat        atomic.Uint32 // changes while the writer's process runs
	_           [11]uint32
	// written by the reader
	tail        atomic.Uint64
	wakeWriter  atomic.Uint32
	readerWaits atomic.Uint32
	_           [12]uint32
}

// ring is one direction in memory.
type ring struct {
	mem  []byte
	ctl  *ctl
	data []byte
	mask uint64
}

func newRing(mem []byte) *ring {
	r := &ring{mem: mem, ctl: (*ctl)(unsafe.Pointer(&mem[:ctlBytes][0])), data: mem[ctlBytes:]}
	r.mask = uint64(len(r.data)) - 1
	return r
}

// format writes what does not change.
func (r *ring) format() {
	r.ctl.magic, r.ctl.version, r.ctl.bytes = ringMagic, ringVersion, uint32(len(r.data))
}

// check looks at what format wrote.
func (r *ring) check() error {
	if r.ctl.magic != ringMagic || r.ctl.version != ringVersion || int(r.ctl.bytes) != len(r.data) {
		return fmt.Errorf("%w: magic %#x, version %d, %d bytes", errCorrupt, r.ctl.magic, r.ctl.version, r.ctl.bytes)
	}
	return nil
}

// put copies b to position at, around the ring's end.
func (r *ring) put(at uint64, b []byte) {
	n := copy(r.data[at&r.mask:], b)
	copy(r.data, b[n:])
}

// get copies to b from position at.
func (r *ring) get(at uint64, b []byte) {
	n := copy(b, r.data[at&r.mask:])
	copy(b[n:], r.data)
}

func padded(n int) uint64 { return uint64(n+align-1) &^ (align - 1) }

// writer is the sending end of a ring. It is used by one goroutine at a time.
type writer struct {
	*ring
	at     uint64 // head
	number uint64
	header [headerBytes]byte
}

// room tells how many bytes are free.
func (w *writer) room() (uint64, error) {
	used := w.at - w.ctl.tail.Load()
	if used > uint64(len(w.data)) {
		return 0, fmt.Errorf("%w: the reader is %d bytes behind in a ring of %d", errCorrupt, used, len(w.data))
	}
	return uint64(len(w.data)) - used, nil
}

// chunk is how much of a message one packet takes: a quarter of a small ring, so that writer and reader work at once.
func (w *writer) chunk() int { return min(chunkBytes, len(w.data)/4-align) }

// packet writes one packet, for which there must be room.
func (w *writer) packet(kind lane.Kind, first bool, total int, part []byte) {
	w.number++
	le, h := binary.LittleEndian, w.header[:]
	le.PutUint32(h, packetMagic)
	le.PutUint32(h[4:], uint32(kind))
	if first {
		h[5] = 1
	}
	le.PutUint64(h[8:], w.number)
	le.PutUint64(h[16:], uint64(total))
	le.PutUint32(h[24:], uint32(len(part)))
	w.put(w.at, h)
	w.put(w.at+headerBytes, part)
	w.at += padded(headerBytes + len(part))
	w.ctl.head.Store(w.at)
	if w.ctl.readerWaits.Load() != 0 {
		w.ctl.readerWaits.Store(0)
		w.ctl.wakeReader.Add(1)
		shm.Wake(&w.ctl.wakeReader)
	}
}

// await waits until a packet with n bytes has room, and tells whether it had to. ended is asked for a reason to give up; whoever
// changes its answer rings the bell.
func (w *writer) await(ctx context.Context, n int, b *bell, ended func() error) (waited bool, err error) {
	need := padded(headerBytes + n)
	for spun := 0; ; spun++ {
		rung := b.word()
		if err := ended(); err != nil {
			return waited, err
		}
		free, err := w.room()
		if err != nil || free >= need {
			return waited, err
		}
		if err := ctx.Err(); err != nil {
			return waited, err
		}
		if !waited {
			waited = true
			// What ends ctx shall end the wait at once.
			defer context.AfterFunc(ctx, b.ring)()
		}
		if spun < spins {
			continue
		}
		word := shm.Word{Addr: &w.ctl.wakeWriter, Val: w.ctl.wakeWriter.Load()}
		w.ctl.writerWaits.Store(1)
		if free, err = w.room(); err == nil && free < need {
			shm.WaitAny([]shm.Word{word, rung}, shm.Tick)
		}
		w.ctl.writerWaits.Store(0)
	}
}

// bell wakes who sleeps in this process: a word of its own memory, so that it can be rung after the shared memory is gone.
type bell struct{ n atomic.Uint32 }

func (b *bell) word() shm.Word { return shm.Word{Addr: &b.n, Val: b.n.Load()} }

func (b *bell) ring() { wake(&b.n) }

// spins is how often an end looks again before it sleeps: a few microseconds, in which a peer at work often answers.
const spins = 200

func wake(word *atomic.Uint32) {
	word.Add(1)
	shm.Wake(word)
}

// reader is the receiving end of a ring. It is used by one goroutine at a time.
type reader struct {
	*ring
	at       uint64 // tail
	number   uint64
	limit    *uint64 // of a peer that has ended: what its head was then; nil: it goes on
	building bool
	kind     lane.Kind
	total    uint64
	payload  []byte
	alloc    func(n int) []byte // an empty buffer with room for n bytes
	free     func([]byte)
}

// pending tells whether there is something to take.
func (r *reader) pending() bool { return r.head() != r.at }

// head is how far the writer says it has come; once it has ended, that does not change any more.
func (r *reader) head() uint64 {
	if r.limit != nil {
		return *r.limit
	}
	return r.ctl.head.Load()
}

// stop takes nothing any more that comes after what is there now; nothing at all if the ring is not to be trusted.
func (r *reader) stop(trusted bool) {
	limit := r.at
	if trusted {
		limit = r.head()
	}
	r.limit = &limit
}

// arm asks the writer to wake who waits on the word; disarm takes that back.
func (r *reader) arm() shm.Word {
	w := shm.Word{Addr: &r.ctl.wakeReader, Val: r.ctl.wakeReader.Load()}
	r.ctl.readerWaits.Store(1)
	return w
}

func (r *reader) disarm() { r.ctl.readerWaits.Store(0) }

// next takes packets until a message is whole; ok is false when more is to come first.
func (r *reader) next() (m lane.Message, ok bool, err error) {
	var h [headerBytes]byte
	for {
		ready := r.head() - r.at
		switch {
		case ready == 0:
			return m, false, nil
		case ready > uint64(len(r.data)) || ready < headerBytes:
			return m, false, fmt.Errorf("%w: the writer is %d bytes ahead in a ring of %d", errCorrupt, ready, len(r.data))
		}
		r.get(r.at, h[:])
		le := binary.LittleEndian
		kind, first := lane.Kind(h[4]), h[5]
		number, total, n := le.Uint64(h[8:]), le.Uint64(h[16:]), uint64(le.Uint32(h[24:]))
		bad := func(format string, args ...any) (lane.Message, bool, error) {
			return lane.Message{}, false, fmt.Errorf("%w: packet %d: "+format, append([]any{errCorrupt, r.number + 1}, args...)...)
		}
		switch {
		case le.Uint32(h[:]) != packetMagic:
			return bad("magic %#x, want %#x", le.Uint32(h[:]), uint32(packetMagic))
		case number != r.number+1:
			return m, false, fmt.Errorf("%w: packet %d comes after %d", lane.ErrGap, number, r.number)
		case first > 1 || total > lane.MaxMessage:
			return bad("flag %d, message of %d bytes, at most %d", first, total, lane.MaxMessage)
		case n > uint64(len(r.data)) || padded(headerBytes+int(n)) > ready:
			return bad("%d bytes, %d are there", n, ready)
		}
		if first == 1 {
			r.drop()
			r.building, r.kind, r.total = true, kind, total
			r.payload = r.alloc(int(min(total, atOnce)))
		}
		have := uint64(len(r.payload))
		if !r.building || kind != r.kind || total != r.total || n > total-have || n == 0 && total != 0 {
			return bad("%d bytes at %d of a message of %d do not continue it", n, have, total)
		}
		if uint64(cap(r.payload)) < have+n {
			r.payload = append(r.payload, make([]byte, n)...)
		} else {
			r.payload = r.payload[:have+n]
		}
		r.get(r.at+headerBytes, r.payload[have:])
		r.number++
		r.at += padded(headerBytes + int(n))
		r.ctl.tail.Store(r.at)
		// The writer is let sleep until a good part is free, unless it waits for the last of what is here.
		if r.ctl.writerWaits.Load() != 0 && (ready <= uint64(len(r.data))/2 || !r.pending()) {
			r.ctl.writerWaits.Store(0)
			wake(&r.ctl.wakeWriter)
		}
		if have+n == total {
			m = lane.Message{Kind: kind, Payload: r.payload, Free: r.free}
			r.building, r.payload = false, nil
			return m, true, nil
		}
	}
}

// drop forgets a message that its sender gave up.
func (r *reader) drop() {
	if r.building && r.free != nil {
		r.free(r.payload)
	}
	r.building, r.payload = false, nil
}

// beats follows one word of the other side that changes while it runs.
type beats struct {
	last  uint32
	since time.Time
}

// excuse leaves a time out in which this process could not look. Of who was not looked at yet there is nothing to leave out.
func (b *beats) excuse(d time.Duration) {
	if !b.since.IsZero() {
		b.since = b.since.Add(d)
	}
}

// silent tells for how long the word has not changed.
func (b *beats) silent(word uint32, now time.Time) time.Duration {
	if word != b.last || b.since.IsZero() {
		b.last, b.since = word, now
	}
	return now.Sub(b.since)
}
