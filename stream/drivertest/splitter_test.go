package drivertest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// splitter plays the session for one attached process: it drains the ring, gives credits and answers questions.
type splitter struct {
	cfg      ring.Config
	refuse   string                                // refuses with this message
	onRecord func(gl.Op, wire.ChunkHeader, []byte) // sees each record before it is credited
	answer   func(gl.Op, []byte) wire.Reply        // of a record that asks; nil: zeros
	hold     chan struct{}                         // not nil: nothing is read before it is closed
	drain    bool                                  // only reads
	noCredit bool                                  // FrameDone is left to the test

	ring *ring.Ring
	conn *net.UnixConn
	stop context.CancelFunc // reads no more

	mu     sync.Mutex
	cond   *sync.Cond
	seen   []record
	counts map[gl.Op]int
	data   map[uint32]uint32 // CRC of all prismData of a thread
	err    error
	done   bool

	framed, frames int64 // drain: bytes of chunks from the first swap to the last, and how many frames these are
	since, swaps   int64
}

type record struct {
	op      gl.Op
	chunk   wire.ChunkHeader
	payload []byte
}

// listen makes the socket that the driver attaches to and serves the first process.
func listen(t testing.TB, s *splitter) (socket string) {
	t.Helper()
	s.cond = sync.NewCond(&s.mu)
	s.counts = map[gl.Op]int{}
	s.data = map[uint32]uint32{}
	s.cfg.DataRefOp, s.cfg.DataOp = uint16(gl.OpPrismDataRef), uint16(gl.OpPrismData)
	dir, err := os.MkdirTemp("", "prism-driver-")
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.serve(ctx, ln)
		s.mu.Lock()
		s.err, s.done = err, true
		s.cond.Broadcast()
		s.mu.Unlock()
	})
	t.Cleanup(func() {
		cancel()
		ln.Close()
		wg.Wait()
		if s.conn != nil {
			s.conn.Close()
		}
		if s.ring != nil {
			s.ring.Close()
		}
		os.RemoveAll(dir)
	})
	return socket
}

func (s *splitter) serve(ctx context.Context, ln *net.UnixListener) error {
	conn, err := ln.AcceptUnix()
	if err != nil {
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		return err
	}
	b := make([]byte, ring.HelloBytes)
	if _, err := io.ReadFull(conn, b); err != nil {
		return err
	}
	hello, err := ring.ParseHello(b)
	if err != nil {
		return err
	}
	if err := hello.Check(gl.SpecHash); err != nil && s.refuse == "" {
		s.refuse = err.Error()
	}
	if s.refuse != "" {
		w := ring.Welcome{Status: 1, Message: s.refuse}
		_, err := conn.Write(w.Append(nil))
		conn.Close()
		return err
	}
	r, err := ring.Create(s.cfg)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.ring, s.conn = r, conn
	s.cond.Broadcast()
	s.mu.Unlock()
	rf, af := r.Files()
	rb, ab := r.MapBytes()
	w := ring.Welcome{RingMapBytes: uint64(rb), ArenaMapBytes: uint64(ab)}
	if _, _, err := conn.WriteMsgUnix(w.Append(nil), unix.UnixRights(int(rf.Fd()), int(af.Fd())), nil); err != nil {
		return err
	}
	r.CloseFiles()
	gone := make(chan struct{})
	go func() { // ends with the connection, which the test's clean-up closes
		defer close(gone)
		_, _ = conn.Read(make([]byte, 1))
		r.Hangup()
	}()
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
		}
	}
	for {
		chunk, err := r.Next(ctx)
		if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) || errors.Is(err, ring.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		take := s.take
		if s.drain {
			take = s.count
		}
		if err := take(chunk); err != nil {
			return err
		}
	}
}

func (s *splitter) take(chunk []byte) error {
	h, it, err := wire.WalkChunk(chunk)
	if err != nil {
		return err
	}
	for it.Next() {
		op := gl.Op(it.Op())
		if _, err := gl.Decode(it.Raw()); err != nil {
			return fmt.Errorf("record of chunk %d: %w", h.Seq, err)
		}
		s.mu.Lock()
		switch s.counts[op]++; op {
		case gl.OpPrismData:
			n := binary.LittleEndian.Uint32(it.Payload())
			s.data[h.Thread] = crc32.Update(s.data[h.Thread], crc32.IEEETable, it.Payload()[8:8+n])
		case gl.OpPrismVertices: // seen as the records that it stands for
			r := gl.RecordOf(it.Op(), it.Raw())
			items, ok := r.Items()
			for items.Next() {
				s.counts[items.Op()]++
				s.note(items.Op(), h, gl.AppendRecord(nil, items.Raw())[wire.RecordHeaderBytes:])
			}
			if !ok || items.Err() != nil {
				err = fmt.Errorf("record of chunk %d: a span: %w", h.Seq, items.Err())
			}
		default:
			s.note(op, h, it.Payload())
		}
		s.cond.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return err
		}
		if s.onRecord != nil {
			s.onRecord(op, h, it.Payload())
		}
		switch op {
		case gl.OpPrismSwap, gl.OpPrismFlushFront:
			if !s.noCredit {
				s.ring.FrameDone()
			}
		case gl.OpPrismFinish:
			s.ring.FinishDone()
		}
		if id, ok := it.ReplyID(); ok {
			r := wire.Reply{Arrays: wire.AppendArray(nil, known(op, it.Payload()))}
			if s.answer != nil {
				r = s.answer(op, it.Payload())
			}
			r.ID = id
			if err := s.ring.Reply(id, r.Append(nil)); err != nil {
				return err
			}
		}
	}
	return it.Err()
}

// note keeps a record. mu held.
func (s *splitter) note(op gl.Op, h wire.ChunkHeader, payload []byte) {
	if len(s.seen) < 1<<19 {
		s.seen = append(s.seen, record{op, h, append([]byte(nil), payload...)})
	}
}

// known answers the questions that each app asks; all else is zeros.
func known(op gl.Op, payload []byte) []byte {
	const getString = 3 // PRISM_GET_STRING
	if op != gl.OpPrismGet || u32(payload, 2) != getString {
		return make([]byte, 256)
	}
	switch u32(payload, 4) {
	case 0x1F02: // GL_VERSION
		return []byte("4.5 test")
	case 0x8B8C: // GL_SHADING_LANGUAGE_VERSION
		return []byte("4.50")
	case 0x1F03: // GL_EXTENSIONS
		return []byte("GL_ARB_multitexture GL_ARB_vertex_array_object GL_ARB_vertex_buffer_object GL_EXT_bgra")
	}
	return []byte("test")
}

// until waits for cond, called with the lock held.
func (s *splitter) until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	late := time.AfterFunc(20*time.Second, func() {
		s.mu.Lock()
		s.err = errors.Join(s.err, fmt.Errorf("waited 20 s for %s", what))
		s.cond.Broadcast()
		s.mu.Unlock()
	})
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !cond() && s.err == nil {
		s.cond.Wait()
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
}

// finished waits until the process is gone and all is read.
func (s *splitter) finished(t testing.TB) {
	t.Helper()
	s.until(t, "the end of the stream", func() bool { return s.done })
}

func (s *splitter) ops() string {
	var b strings.Builder
	for _, r := range s.seen {
		fmt.Fprintln(&b, r.op, r.chunk.Thread, r.chunk.Ctx)
	}
	return b.String()
}

var (
	buildOnce sync.Once
	libDir    string
	buildErr  error
)

// driver builds the driver and gives its folder.
func driver(tb testing.TB) string {
	tb.Helper()
	buildOnce.Do(func() {
		if libDir = os.Getenv("PRISM_DRIVER_LIB"); libDir != "" {
			return
		}
		root, err := filepath.Abs("../..")
		if err != nil {
			buildErr = err
			return
		}
		libDir = filepath.Join(root, "bin", "lib")
		cmd := exec.Command("make", "-s", "-f", "stream/driver/build.mk", "driver")
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			buildErr = fmt.Errorf("make driver: %w\n%s", err, out)
		}
	})
	if buildErr != nil {
		tb.Fatal(buildErr)
	}
	return libDir
}

var (
	binMu  sync.Mutex
	binDir string
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "prism-drivertest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "drivertest:", err)
		os.Exit(1)
	}
	binDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// compile builds testdata/NAME.c as a program, once.
func compile(tb testing.TB, name string) string {
	tb.Helper()
	binMu.Lock()
	defer binMu.Unlock()
	bin := filepath.Join(binDir, name)
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	cmd := exec.Command("gcc", "-std=gnu11", "-Wall", "-Wextra", "-O2", "-o", bin, filepath.Join("testdata", name+".c"), "-lGL", "-lX11", "-lpthread", "-lm")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("gcc %s: %v\n%s", name, err, out)
	}
	return bin
}

var (
	xMu   sync.Mutex
	xConn *xgb.Conn // held to the end: an Xvfb without clients begins anew and refuses connections meanwhile
	xName string
)

// display gives a DISPLAY that answers, or skips; PRISM_REQUIRE=x11 turns the skip into a failure.
func display(tb testing.TB) string {
	tb.Helper()
	xMu.Lock()
	defer xMu.Unlock()
	if xConn != nil {
		return xName
	}
	if d := os.Getenv("DISPLAY"); d != "" {
		if c, err := xgb.NewConnDisplay(d); err == nil {
			xConn, xName = c, d
			return d
		}
	}
	for r := range strings.SplitSeq(os.Getenv("PRISM_REQUIRE"), ",") {
		if r == "x11" {
			tb.Fatal("no X display answers")
		}
	}
	tb.Skip("no X display answers")
	return ""
}

// app prepares a program on the driver.
func app(tb testing.TB, socket, bin string, args ...string) *exec.Cmd {
	tb.Helper()
	lib := driver(tb)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	tb.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display(tb), "LD_LIBRARY_PATH="+lib, "__GLX_VENDOR_LIBRARY_NAME=prism", "PRISM_SOCKET="+socket)
	cmd.WaitDelay = time.Second
	return cmd
}
