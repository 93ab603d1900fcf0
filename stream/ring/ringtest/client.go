package ringtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"

	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/shm"
	"github.com/prismgl/prism/stream/wire"
	"golang.org/x/sys/unix"
)

// ErrLost comes from what waits when the splitter says that the session is gone.
var ErrLost = errors.New("ringtest: session lost")

// Client is one attached process.
type Client struct {
	DataRefOp uint16 // number of prismDataRef, for PutData

	conn  *net.UnixConn // nil: made by New
	ring  []byte
	arena []byte
	ctl   *layout.Ctl

	mu   sync.Mutex // commits
	seq  uint64
	head uint64

	free  chan int // slots that no thread has taken
	asked atomic.Uint32
}

// New attaches to a ring of this process without a socket.
func New(r *ring.Ring, dataRefOp uint16) (*Client, error) {
	rf, af := r.Files()
	if rf == nil {
		return nil, errors.New("ringtest: the ring's files are closed")
	}
	rn, an := r.MapBytes()
	return mapped(int(rf.Fd()), int(af.Fd()), rn, an, dataRefOp)
}

func mapped(rfd, afd, rn, an int, dataRefOp uint16) (c *Client, err error) {
	c = &Client{DataRefOp: dataRefOp, free: make(chan int, layout.MaxSlots)}
	if c.ring, err = shm.Map(rfd, rn); err != nil {
		return nil, fmt.Errorf("ringtest: %w", err)
	}
	if c.arena, err = shm.Map(afd, an); err != nil {
		_ = shm.Unmap(c.ring)
		return nil, fmt.Errorf("ringtest: %w", err)
	}
	c.ctl = layout.CtlOf(c.ring)
	if c.ctl.Magic != layout.Magic || c.ctl.Version != layout.Version {
		err = fmt.Errorf("ringtest: ring magic %#x version %d", c.ctl.Magic, c.ctl.Version)
		c.Close()
		return nil, err
	}
	for i := range int(c.ctl.Slots) {
		c.free <- i
	}
	return c, nil
}

// Attach connects to a splitter's socket and says h; zero versions and PID are filled in.
func Attach(socket string, h ring.Hello, dataRefOp uint16) (*Client, error) {
	if h.WireVersion == 0 {
		h.WireVersion = wire.Version
	}
	if h.RingVersion == 0 {
		h.RingVersion = ring.Version
	}
	if h.PID == 0 {
		h.PID = int32(os.Getpid())
	}
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("ringtest: %w", err)
	}
	c, err := attach(conn, &h, dataRefOp)
	if err != nil {
		conn.Close()
		return nil, err
	}
	c.conn = conn
	return c, nil
}

func attach(conn *net.UnixConn, h *ring.Hello, dataRefOp uint16) (*Client, error) {
	if _, err := conn.Write(h.Append(nil)); err != nil {
		return nil, fmt.Errorf("ringtest: hello: %w", err)
	}
	msg, oob := make([]byte, ring.WelcomeBytes), make([]byte, unix.CmsgSpace(8))
	n, oobn, _, _, err := conn.ReadMsgUnix(msg, oob)
	if err != nil {
		return nil, fmt.Errorf("ringtest: welcome: %w", err)
	}
	var fds []int
	cms, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err == nil && len(cms) > 0 {
		fds, err = unix.ParseUnixRights(&cms[0])
	}
	defer func() {
		for _, fd := range fds {
			_ = unix.Close(fd)
		}
	}()
	if err != nil {
		return nil, fmt.Errorf("ringtest: welcome: %w", err)
	}
	if _, err := io.ReadFull(conn, msg[n:]); err != nil {
		return nil, fmt.Errorf("ringtest: welcome: %w", err)
	}
	w, err := ring.ParseWelcome(msg)
	switch {
	case err != nil:
		return nil, err
	case w.Status != 0:
		return nil, fmt.Errorf("ringtest: refused with status %d: %s", w.Status, w.Message)
	case len(fds) != 2:
		return nil, fmt.Errorf("ringtest: %d descriptors came with the welcome, must be 2", len(fds))
	}
	return mapped(fds[0], fds[1], int(w.RingMapBytes), int(w.ArenaMapBytes), dataRefOp)
}

// Close leaves: to the splitter the process is gone. Not while another method runs.
func (c *Client) Close() error {
	var err error
	if c.conn != nil {
		err = c.conn.Close()
	}
	return errors.Join(err, shm.Unmap(c.ring), shm.Unmap(c.arena))
}

// until waits until f holds; word is what the splitter changes and wakes on.
func (c *Client) until(ctx context.Context, word *atomic.Uint32, f func() bool) error {
	for {
		v := word.Load()
		if f() {
			return nil
		}
		if c.Lost() {
			return ErrLost
		}
		if ctx.Err() != nil {
			return fmt.Errorf("ringtest: %w", ctx.Err())
		}
		shm.Wait(word, v, shm.Tick)
	}
}

// waitWriter is until for room and blocks, where the splitter wakes only who is counted.
func (c *Client) waitWriter(ctx context.Context, f func() bool) error {
	if f() {
		return nil
	}
	c.ctl.WriterWaits.Add(1)
	defer c.ctl.WriterWaits.Add(^uint32(0))
	return c.until(ctx, &c.ctl.WakeWriter, f)
}

// Put commits one chunk; its Seq is set here. The bytes are not changed and not kept.
func (c *Client) Put(ctx context.Context, chunk []byte) error {
	if len(chunk) < wire.ChunkHeaderBytes {
		return fmt.Errorf("ringtest: a chunk of %d bytes", len(chunk))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	size := uint64(c.ctl.RingBytes)
	at, n := c.head&(size-1), uint64(len(chunk))
	skip := uint64(0)
	if left := size - at; n > left {
		skip = left
	}
	if err := c.waitWriter(ctx, func() bool { return c.head+skip+n-c.ctl.Tail.Load() <= size }); err != nil {
		return err
	}
	data := c.ring[layout.CtlBytes:]
	if skip >= wire.ChunkHeaderBytes {
		clear(data[at : at+wire.ChunkHeaderBytes])
		binary.LittleEndian.PutUint32(data[at:], wire.SkipMagic)
	}
	if skip > 0 {
		at = 0
	}
	copy(data[at:], chunk)
	c.seq++
	binary.LittleEndian.PutUint64(data[at+16:], c.seq)
	c.head += skip + n
	c.ctl.Head.Store(c.head)
	c.ctl.WakeReader.Add(1)
	if c.ctl.ReaderWaits.Load() != 0 {
		shm.Wake(&c.ctl.WakeReader)
	}
	return nil
}

// PutBatch commits all chunks of a batch.
func (c *Client) PutBatch(ctx context.Context, batch []byte) error {
	it := wire.WalkChunks(batch)
	for it.Next() {
		if err := c.Put(ctx, it.Raw()); err != nil {
			return err
		}
	}
	return it.Err()
}

// PutData sends data as prismDataRef records, one chunk for each block: what the next command of h.Thread finds staged.
func (c *Client) PutData(ctx context.Context, h wire.ChunkHeader, data []byte) error {
	var b wire.Builder
	for len(data) > 0 {
		n := min(len(data), wire.PieceBytes)
		block, err := c.Block(ctx, data[:n])
		if err != nil {
			return err
		}
		b.Reset()
		chunk, err := b.Chunk(h).Record(c.DataRefOp, 0).U32(uint32(block)).U32(0).U32(uint32(n)).U32(0).Bytes()
		if err != nil {
			return err
		}
		if err := c.Put(ctx, chunk); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// Ctl is the control page, for what a test writes or reads there by itself.
func (c *Client) Ctl() *layout.Ctl { return c.ctl }

// Block takes a free block of the arena and fills it, for a prismDataRef record made by hand.
func (c *Client) Block(ctx context.Context, data []byte) (block int, err error) {
	if len(data) > int(c.ctl.BlockBytes) {
		return 0, fmt.Errorf("ringtest: %d bytes for a block of %d", len(data), c.ctl.BlockBytes)
	}
	err = c.waitWriter(ctx, func() bool {
		for block = range int(c.ctl.Blocks) {
			if c.ctl.Block[block].CompareAndSwap(0, 1) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return 0, err
	}
	copy(c.arena[block*int(c.ctl.BlockBytes):], data)
	return block, nil
}

// Ask commits a chunk with one record that asks, and waits for the answer; args (may be nil) appends what follows the
// reply id.
func (c *Client) Ask(ctx context.Context, h wire.ChunkHeader, op uint16, args func(b *wire.Builder)) (wire.Reply, error) {
	var n int
	select {
	case n = <-c.free:
	case <-ctx.Done():
		return wire.Reply{}, fmt.Errorf("ringtest: %w", ctx.Err())
	}
	defer func() { c.free <- n }()
	id := uint64(n)<<32 | uint64(c.asked.Add(1))
	at := int(c.ctl.Blocks)*int(c.ctl.BlockBytes) + n*int(c.ctl.SlotBytes)
	s, data := layout.SlotOf(c.arena[at : at+int(c.ctl.SlotBytes)])
	s.State.Store(layout.SlotAsked)
	defer s.State.Store(layout.SlotFree)

	h.Flags |= wire.ChunkUrgent
	var b wire.Builder
	b.Chunk(h).Ask(op, id)
	if args != nil {
		args(&b)
	}
	chunk, err := b.Bytes()
	if err != nil {
		return wire.Reply{}, err
	}
	c.ctl.RoundTrips.Add(1)
	if err := c.Put(ctx, chunk); err != nil {
		return wire.Reply{}, err
	}
	var all []byte
	for {
		if err := c.until(ctx, &s.State, func() bool { return s.State.Load() == layout.SlotFilled }); err != nil {
			return wire.Reply{}, err
		}
		if s.ID != id || s.Offset != uint64(len(all)) || int(s.Bytes) > len(data) || s.Offset+uint64(s.Bytes) > s.Total {
			return wire.Reply{}, fmt.Errorf("ringtest: slot %d: id %#x, bytes %d at %d of %d; asked %#x, have %d",
				n, s.ID, s.Bytes, s.Offset, s.Total, id, len(all))
		}
		all = append(all, data[:s.Bytes]...)
		if uint64(len(all)) == s.Total {
			return wire.ParseReply(all)
		}
		s.State.Store(layout.SlotMore)
		shm.Wake(&s.State)
	}
}

// Lost tells whether the splitter said that the session is gone.
func (c *Client) Lost() bool { return c.ctl.Lost.Load() != 0 }

// GLError fetches the error that a node reported, as glGetError does.
func (c *Client) GLError() uint32 { return c.ctl.GLError.Swap(0) }

// Result gives what stands at a place: the use that it is of, and the value.
func (c *Client) Result(place int) (use uint32, value uint64) {
	at := int(c.ctl.Blocks*c.ctl.BlockBytes+c.ctl.Slots*c.ctl.SlotBytes) + place*int(layout.ResultBytes)
	r := layout.ResultOf(c.arena[at:])
	return r.Use.Load(), r.Value.Load()
}

// WindowGone tells whether presentation failed for good.
func (c *Client) WindowGone() bool { return c.ctl.WindowGone.Load() != 0 }

// FramesDone counts the swaps whose credit came back.
func (c *Client) FramesDone() uint32 { return c.ctl.FramesDone.Load() }

// FramesInFlight is how many swaps may be on their way.
func (c *Client) FramesInFlight() int { return int(c.ctl.FramesInFlight) }

// WaitFrames waits until n swaps have come back.
func (c *Client) WaitFrames(ctx context.Context, n uint32) error {
	return c.until(ctx, &c.ctl.FramesDone, func() bool { return c.ctl.FramesDone.Load() >= n })
}

// WaitFinishes waits until n credits of prismFinish have come back.
func (c *Client) WaitFinishes(ctx context.Context, n uint32) error {
	return c.until(ctx, &c.ctl.FinishesDone, func() bool { return c.ctl.FinishesDone.Load() >= n })
}

// AddUnsupported counts a call outside the overlay.
func (c *Client) AddUnsupported() { c.ctl.Unsupported.Add(1) }

// News takes what nodes had to say.
func (c *Client) News() (all []ring.Message) {
	size := c.ctl.NewsBytes
	at := int(c.ctl.Blocks*c.ctl.BlockBytes+c.ctl.Slots*c.ctl.SlotBytes) + int(c.ctl.Results)*int(layout.ResultBytes)
	mem := c.arena[at : at+int(size)]
	tail := c.ctl.NewsTail.Load()
	word := func(n uint32) uint32 { return binary.LittleEndian.Uint32(mem[(tail+n)%size:]) }
	for tail != c.ctl.NewsHead.Load() {
		m := ring.Message{Context: word(4), Source: word(8), Type: word(12), ID: word(16), Severity: word(20)}
		text := make([]byte, word(24))
		for i := range text {
			text[i] = mem[(tail+uint32(layout.NewsHeaderBytes+i))%size]
		}
		m.Text = string(text)
		all = append(all, m)
		tail += word(0)
	}
	c.ctl.NewsTail.Store(tail)
	return all
}

// SpoilNews says that so many bytes more were read.
func (c *Client) SpoilNews(n uint32) { c.ctl.NewsTail.Add(n) }
