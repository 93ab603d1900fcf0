package ring

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/shm"
	"github.com/prismgl/prism/stream/wire"
)

// ErrCorrupt is the class of errors about what the driver wrote; the same as wire.ErrCorrupt.
var ErrCorrupt = wire.ErrCorrupt

// ErrClosed comes from Next and Reply after Close.
var ErrClosed = errors.New("ring: closed")

// ErrNoAsker comes from Reply when no thread waits for that answer (any more).
var ErrNoAsker = errors.New("ring: no thread waits for this reply")

// Ring is the splitter's end of one process's shared memory.
type Ring struct {
	cfg Config

	// life is held for reading while the mappings are touched and for writing while they go.
	life   sync.RWMutex
	ring   []byte // nil after Close
	arena  []byte
	ctl    *layout.Ctl
	data   []byte // of the ring, behind the control page
	closed atomic.Bool
	gone   atomic.Bool
	lost   atomic.Bool

	muFiles             sync.Mutex // guards the two files
	ringFile, arenaFile *os.File

	// Next's own; the shared tail is only written.
	tail   uint64
	seq    uint64
	err    error  // sticks
	in     []byte // the chunk, copied out
	out    []byte // the chunk with prismData for prismDataRef
	rest   wire.Records
	header wire.ChunkHeader
	more   bool // rest has records to give out yet

	muNews sync.Mutex
	news   uint32 // muNews: bytes of messages ever written

	muReplies sync.Mutex // orders replies.Add and the Wait of Close; held before life
	replies   sync.WaitGroup
	answered  [layout.MaxSlots]atomic.Bool // a reply is being written into the slot
}

// Create makes the shared memory of one process. Files gives what the driver is to map; Close undoes it all.
func Create(cfg Config) (*Ring, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	r := &Ring{cfg: cfg.withDefaults()}
	c := &r.cfg
	var err error
	if r.ringFile, r.ring, err = shm.Memfd("prism-ring", c.ringMapBytes()); err != nil {
		return nil, fmt.Errorf("ring: %w", err)
	}
	if r.arenaFile, r.arena, err = shm.Memfd("prism-arena", c.arenaMapBytes()); err != nil {
		_ = shm.Unmap(r.ring)
		_ = r.ringFile.Close()
		return nil, fmt.Errorf("ring: %w", err)
	}
	r.ctl, r.data = layout.CtlOf(r.ring), r.ring[layout.CtlBytes:]
	r.ctl.Magic, r.ctl.Version = layout.Magic, layout.Version
	r.ctl.RingBytes = uint32(c.RingBytes)
	r.ctl.Blocks, r.ctl.BlockBytes = uint32(c.Blocks), uint32(c.BlockBytes)
	r.ctl.Slots, r.ctl.SlotBytes = uint32(c.Slots), uint32(c.SlotBytes)
	r.ctl.FramesInFlight = uint32(c.FramesInFlight)
	r.ctl.FinishesInFlight = uint32(c.FinishesInFlight)
	if c.ErrorsExact {
		r.ctl.ErrorsExact = 1
	}
	r.ctl.Results, r.ctl.NewsBytes = Results, NewsBytes
	r.in = make([]byte, wire.ChunkHeaderBytes+wire.MaxChunk)
	return r, nil
}

// Files are the descriptors that the driver maps; they belong to r. After CloseFiles they are nil.
func (r *Ring) Files() (ring, arena *os.File) {
	r.muFiles.Lock()
	defer r.muFiles.Unlock()
	return r.ringFile, r.arenaFile
}

// CloseFiles closes the descriptors: the mappings stay. To be called when the driver has got them.
func (r *Ring) CloseFiles() {
	r.muFiles.Lock()
	defer r.muFiles.Unlock()
	for _, f := range []**os.File{&r.ringFile, &r.arenaFile} {
		if *f != nil {
			_ = (*f).Close()
			*f = nil
		}
	}
}

// MapBytes are the sizes of the two memfds, for the welcome.
func (r *Ring) MapBytes() (ring, arena int) { return r.cfg.ringMapBytes(), r.cfg.arenaMapBytes() }

// Hangup says that the process at the other end is gone: Next gives what was committed and then io.EOF; replies under
// way are dropped.
func (r *Ring) Hangup() {
	r.gone.Store(true)
	r.touch(func(c *layout.Ctl) {
		c.WakeReader.Add(1)
		shm.Wake(&c.WakeReader)
		r.wakeSlots()
	})
}

// Close ends Next and all replies and unmaps the memory. The driver keeps its mappings and sees lost = 1.
func (r *Ring) Close() error {
	r.SetLost()
	r.muReplies.Lock()
	was := r.closed.Swap(true)
	r.muReplies.Unlock()
	if was {
		return nil
	}
	r.touch(func(c *layout.Ctl) {
		c.WakeReader.Add(1)
		shm.Wake(&c.WakeReader)
	})
	r.replies.Wait()
	r.life.Lock()
	defer r.life.Unlock()
	err := errors.Join(shm.Unmap(r.ring), shm.Unmap(r.arena))
	r.ring, r.arena, r.data, r.ctl = nil, nil, nil, nil
	r.CloseFiles()
	if err != nil {
		return fmt.Errorf("ring: close: %w", err)
	}
	return nil
}

// touch calls f while the memory is mapped; false when it is not any more.
func (r *Ring) touch(f func(c *layout.Ctl)) bool {
	r.life.RLock()
	defer r.life.RUnlock()
	if r.ctl == nil {
		return false
	}
	f(r.ctl)
	return true
}

// FrameDone gives the credit of one swap back.
func (r *Ring) FrameDone() {
	r.touch(func(c *layout.Ctl) {
		c.FramesDone.Add(1)
		shm.Wake(&c.FramesDone)
	})
}

// FinishDone gives the credit of one prismFinish back.
func (r *Ring) FinishDone() {
	r.touch(func(c *layout.Ctl) {
		c.FinishesDone.Add(1)
		shm.Wake(&c.FinishesDone)
	})
}

// Result writes what a query has counted, or that a fence was passed, to its place: use counts the results there. A place that does not
// exist is an error of the caller's and left out.
func (r *Ring) Result(place, use uint32, value uint64) {
	if place >= Results {
		return
	}
	r.touch(func(c *layout.Ctl) {
		at := r.cfg.resultsAt() + int(place)*int(layout.ResultBytes)
		s := layout.ResultOf(r.arena[at:])
		s.Value.Store(value)
		s.Use.Store(use)
		if c.ResultWaits.Load() != 0 {
			shm.Wake(&s.Use)
		}
	})
}

// SetLost tells the driver that the session is gone, and wakes all its threads that wait.
func (r *Ring) SetLost() {
	r.lost.Store(true)
	r.touch(func(c *layout.Ctl) {
		c.Lost.Store(1)
		c.WakeWriter.Add(1)
		shm.Wake(&c.WakeWriter)
		shm.Wake(&c.FramesDone)
		shm.Wake(&c.FinishesDone)
		r.wakeSlots()
		if c.ResultWaits.Load() != 0 {
			for i := range Results {
				shm.Wake(&layout.ResultOf(r.arena[r.cfg.resultsAt()+i*int(layout.ResultBytes):]).Use)
			}
		}
	})
}

// SetGLError reports a GL error that a node saw, unless one is there that the app did not fetch yet.
func (r *Ring) SetGLError(e uint32) {
	r.touch(func(c *layout.Ctl) { c.GLError.CompareAndSwap(0, e) })
}

// SetWindowGone tells the driver that presenting into the app's window failed for good.
func (r *Ring) SetWindowGone() {
	r.touch(func(c *layout.Ctl) { c.WindowGone.Store(1) })
}

// RoundTrips counts how often a thread of the app waited for an answer.
func (r *Ring) RoundTrips() (n uint32) {
	r.touch(func(c *layout.Ctl) { n = c.RoundTrips.Load() })
	return n
}

// Unsupported counts the app's calls of commands that the overlay does not cover.
func (r *Ring) Unsupported() (n uint32) {
	r.touch(func(c *layout.Ctl) { n = c.Unsupported.Load() })
	return n
}

// wakeWriter wakes threads of the app that wait for room or for a block.
func wakeWriter(c *layout.Ctl) {
	c.WakeWriter.Add(1)
	if c.WriterWaits.Load() != 0 {
		shm.Wake(&c.WakeWriter)
	}
}
