package x11

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"

	"github.com/jezek/xgb"
	xshm "github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/output"
)

// Errors of this output.
var (
	ErrDepth = errors.New("x11: window has a depth that cannot be presented to")
	ErrLost  = errors.New("x11: connection to the X server is gone")
)

// Config of an Output.
type Config struct {
	Display string // empty: $DISPLAY
	NoShm   bool   // use PutImage even where MIT-SHM works
}

// Output is a connection to one X server.
type Output struct {
	conn    *xgb.Conn
	net     net.Conn // below conn; closing it ends whatever waits there
	display string
	shm     bool
	maxReq  int // bytes of a request at most
	root    xproto.Window
	seg     segment
	buf     []byte // PutImage: rows top first
	windows map[key]*window
	lost    bool
}

var _ output.Live = (*Output)(nil)

// An app may use a window's number again for a new one, which then is another drawable.
type key struct{ drawable, xid uint32 }

type window struct {
	gc    xproto.Gcontext
	depth byte
	dead  bool // reported; frames are dropped
}

// segment is SysV shared memory attached on both sides.
type segment struct {
	mem []byte
	id  xshm.Seg
}

// New connects and finds out whether MIT-SHM works.
func New(c Config) (*Output, error) {
	name := c.Display
	if name == "" {
		name = os.Getenv("DISPLAY")
	}
	if name == "" {
		return nil, errors.New("x11: no display: DISPLAY is not set")
	}
	quiet()
	conn, below, err := dial(name)
	if err != nil {
		return nil, fmt.Errorf("x11: display %s: %w", name, err)
	}
	setup := xproto.Setup(conn)
	if n := len(setup.Roots); conn.DefaultScreen >= n {
		below.Close()
		return nil, fmt.Errorf("x11: display %s: there is no screen %d; the server has %d, from 0", name, conn.DefaultScreen, n)
	}
	o := &Output{conn: conn, net: below, display: name, windows: map[key]*window{}, maxReq: int(setup.MaximumRequestLength) * 4, root: setup.DefaultScreen(conn).Root}
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst {
		below.Close()
		return nil, fmt.Errorf("x11: display %s: images are big-endian there", name)
	}
	if !c.NoShm && xshm.Init(conn) == nil {
		if _, err := xshm.QueryVersion(conn).Reply(); err == nil {
			// A server on another host has the extension too; only attaching tells.
			o.shm = o.seg.resize(conn, 4096) == nil
		}
	}
	return o, nil
}

// quiet stops xgb from writing to stderr: that a display has no authority file is nobody's business, errors come back.
var quiet = sync.OnceFunc(func() { xgb.Logger = log.New(io.Discard, "", 0) })

// Name is "x11" and the way that pictures take.
func (o *Output) Name() string {
	if o.shm {
		return "x11(" + o.display + ", MIT-SHM)"
	}
	return "x11(" + o.display + ", PutImage)"
}

// Shm tells whether frames go through shared memory.
func (o *Output) Shm() bool { return o.shm }

// Live implements output.Live.
func (*Output) Live() {}

// Present puts f into its window. Frames without a window (pbuffers) are none of its business.
func (o *Output) Present(ctx context.Context, f *output.Frame) error {
	if f.XID == 0 {
		return nil
	}
	if err := f.Check(); err != nil {
		return fmt.Errorf("x11: %w", err)
	}
	if o.lost {
		return output.Ended(fmt.Errorf("%w: display %s", ErrLost, o.display))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// A server that hangs must not hang the session: the end of ctx closes the connection under the round trip.
	stop := context.AfterFunc(ctx, func() { _ = o.net.Close() })
	defer stop()

	k := key{f.Drawable, f.XID}
	w := o.windows[k]
	if w == nil {
		w = new(window)
		o.windows[k] = w
		if err := o.prepare(w, f.XID); err != nil {
			return o.failed(ctx, w, f, err)
		}
	}
	if w.dead {
		return nil
	}
	if err := o.put(w, f); err != nil {
		return o.failed(ctx, w, f, err)
	}
	return nil
}

// prepare asks for the window's depth and makes a graphics context. It leaves out children, as GL does: a program's sub-windows have frames of their own.
func (o *Output) prepare(w *window, xid uint32) error {
	g, err := xproto.GetGeometry(o.conn, xproto.Drawable(xid)).Reply()
	if err != nil {
		return err
	}
	w.depth = g.Depth
	if g.Depth != 24 && g.Depth != 32 {
		return fmt.Errorf("%w: %d; 24 and 32 can be", ErrDepth, g.Depth)
	}
	for _, p := range xproto.Setup(o.conn).PixmapFormats {
		if p.Depth == g.Depth && p.BitsPerPixel != 32 {
			return fmt.Errorf("%w: %d bits a pixel at depth %d", ErrDepth, p.BitsPerPixel, g.Depth)
		}
	}
	if w.gc, err = xproto.NewGcontextId(o.conn); err != nil {
		return err
	}
	return xproto.CreateGCChecked(o.conn, w.gc, xproto.Drawable(xid), xproto.GcSubwindowMode|xproto.GcGraphicsExposures,
		[]uint32{xproto.SubwindowModeClipByChildren, 0}).Check()
}

// failed sorts errors: a window that is gone is said once, as is a lost server; the rest is the caller's.
func (o *Output) failed(ctx context.Context, w *window, f *output.Frame, err error) error {
	if ctx.Err() != nil {
		o.lost = true
		return output.Ended(ctx.Err())
	}
	switch err.(type) {
	case xproto.DrawableError, xproto.WindowError, xproto.GContextError:
		o.drop(w)
		return fmt.Errorf("x11: window %#x, frame %d: %w", f.XID, f.Number, output.ErrWindowGone)
	}
	if errors.Is(err, ErrDepth) {
		o.drop(w)
		return fmt.Errorf("window %#x: %w", f.XID, err)
	}
	if _, isX := err.(xgb.Error); isX {
		o.drop(w)
		return fmt.Errorf("x11: window %#x, frame %d: %v", f.XID, f.Number, err)
	}
	o.lost = true
	return output.Ended(fmt.Errorf("%w: display %s: %v", ErrLost, o.display, err))
}

func (o *Output) drop(w *window) {
	w.dead = true
	if w.gc != 0 {
		xproto.FreeGC(o.conn, w.gc)
		w.gc = 0
	}
}

func (o *Output) put(w *window, f *output.Frame) error {
	if f.Width > 32767 || f.Height > 32767 {
		return fmt.Errorf("%w: a frame of %d×%d is larger than X can take", ErrDepth, f.Width, f.Height)
	}
	o.drain()
	if o.shm {
		if err := o.seg.resize(o.conn, len(f.Pix)); err == nil {
			flip(o.seg.mem, f)
			return xshm.PutImageChecked(o.conn, xproto.Drawable(f.XID), w.gc, uint16(f.Width), uint16(f.Height), 0, 0,
				uint16(f.Width), uint16(f.Height), 0, 0, w.depth, xproto.ImageFormatZPixmap, 0, o.seg.id, 0).Check()
		}
		o.shm = false // out of shared memory: the slow way is still right
	}
	if cap(o.buf) < len(f.Pix) {
		o.buf = make([]byte, len(f.Pix))
	}
	o.buf = o.buf[:len(f.Pix)]
	flip(o.buf, f)
	const header = 24
	row := f.Width * 4
	// One request holds whole rows, or a part of one row where even that is too long.
	rows, cols := max(1, (o.maxReq-header)/row), min(f.Width, (o.maxReq-header)/4)
	for y := 0; y < f.Height; y += rows {
		h := min(rows, f.Height-y)
		for x := 0; x < f.Width; x += cols {
			n := min(cols, f.Width-x)
			c := xproto.PutImageChecked(o.conn, xproto.ImageFormatZPixmap, xproto.Drawable(f.XID), w.gc, uint16(n), uint16(h),
				int16(x), int16(y), 0, w.depth, o.buf[y*row+x*4:][:((h-1)*f.Width+n)*4])
			if err := c.Check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// drain throws away events and errors of requests that were not checked; the library would keep them for ever.
func (o *Output) drain() {
	for {
		if e, err := o.conn.PollForEvent(); e == nil && err == nil {
			return
		}
	}
}

// flip copies f's rows top first.
func flip(to []byte, f *output.Frame) {
	row := f.Width * 4
	for y := range f.Height {
		copy(to[y*row:(y+1)*row], f.Pix[(f.Height-1-y)*row:])
	}
}

// resize makes the segment hold n bytes at least.
func (s *segment) resize(conn *xgb.Conn, n int) error {
	if n <= len(s.mem) {
		return nil
	}
	s.release(conn)
	page := os.Getpagesize()
	n = (n + page - 1) / page * page
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, n, unix.IPC_CREAT|0o600)
	if err != nil {
		return fmt.Errorf("x11: shared memory of %d bytes: %w", n, err)
	}
	mem, err := unix.SysvShmAttach(id, 0, 0)
	// Marked for removal at once, so that it goes with the last process whatever happens; until then Linux lets the server attach it.
	unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	if err != nil {
		return fmt.Errorf("x11: attach shared memory: %w", err)
	}
	seg, err := xshm.NewSegId(conn)
	if err == nil {
		err = xshm.AttachChecked(conn, seg, uint32(id), true).Check()
	}
	if err != nil {
		unix.SysvShmDetach(mem)
		return fmt.Errorf("x11: the server cannot attach shared memory: %w", err)
	}
	s.mem, s.id = mem, seg
	return nil
}

func (s *segment) release(conn *xgb.Conn) {
	if s.mem != nil {
		xshm.Detach(conn, s.id)
		unix.SysvShmDetach(s.mem)
		s.mem = nil
	}
}

// Close ends the connection, and the shared memory with it: the server lets go of both when the connection is gone. It asks nothing of
// the server, which may have stopped.
func (o *Output) Close() error {
	if o.seg.mem != nil {
		_ = unix.SysvShmDetach(o.seg.mem)
		o.seg.mem = nil
	}
	_ = o.net.Close()
	return nil
}
