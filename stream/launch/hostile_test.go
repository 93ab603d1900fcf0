package launch_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/prismgl/prism/stream/launch"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/ringtest"
	"github.com/prismgl/prism/stream/wire"
	"golang.org/x/sys/unix"
)

func dial(t *testing.T, l *launch.Listener) *net.UnixConn {
	t.Helper()
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: l.Path(), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// served attaches an honest process and has a chunk of it read.
func served(t *testing.T, ctx context.Context, l *launch.Listener) {
	t.Helper()
	c, err := ringtest.Attach(l.Path(), ring.Hello{SpecHash: hash, Program: "honest"}, opRef)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	a := accept(t, ctx, l, "honest")
	defer a.Close()
	var b wire.Builder
	chunk, err := b.Chunk(wire.ChunkHeader{Thread: 1}).Record(9, 0).U32(5).Bytes()
	if err == nil {
		err = c.Put(ctx, chunk)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Ring.Next(ctx); err != nil || len(got) != len(chunk) {
		t.Errorf("the honest one: %d bytes, %v", len(got), err)
	}
}

func accept(t *testing.T, ctx context.Context, l *launch.Listener, program string) *launch.Attached {
	t.Helper()
	a, err := l.Accept(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if a.Program != program {
		t.Errorf("attached: %q, want %q", a.Program, program)
	}
	return a
}

// Processes that say nothing, half a hello, rubbish, or send descriptors hold nobody up and leave nothing behind.
func TestHostileProcesses(t *testing.T) {
	l := listen(t, nil)
	ctx := deadline(t)
	before := openFiles(t)
	var opened []io.Closer
	hello := ring.Hello{WireVersion: wire.Version, RingVersion: ring.Version, SpecHash: hash, Program: "hostile"}
	for range 100 {
		mute := dial(t, l)
		opened = append(opened, mute)
		if _, err := mute.Write(hello.Append(nil)[:ring.HelloBytes-1]); err != nil {
			t.Fatal(err)
		}
	}
	served(t, ctx, l)
	for _, size := range []int{1, ring.HelloBytes, 100_000} {
		c := dial(t, l)
		opened = append(opened, c)
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := c.Write(bytes.Repeat([]byte{0xee}, size)); err != nil && !errors.Is(err, unix.EPIPE) && !errors.Is(err, unix.ECONNRESET) {
			t.Fatal(err)
		}
		if size >= ring.HelloBytes {
			if _, err := io.ReadAll(c); err != nil && !errors.Is(err, unix.ECONNRESET) {
				t.Errorf("refused with %v", err)
			}
		}
	}
	served(t, ctx, l)

	// Descriptors of all kinds come with a hello that is right, and with what follows.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	fds := unix.UnixRights(int(r.Fd()), int(w.Fd()), int(null.Fd()), int(r.Fd()))
	c := dial(t, l)
	opened = append(opened, r, w, null, c)
	if _, _, err := c.WriteMsgUnix(hello.Append(nil), fds, nil); err != nil {
		t.Fatal(err)
	}
	a := accept(t, ctx, l, "hostile")
	for range 50 {
		if _, _, err := c.WriteMsgUnix([]byte("more"), fds, nil); err != nil {
			t.Fatal(err)
		}
	}
	served(t, ctx, l)
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	for _, o := range opened {
		_ = o.Close()
	}
	// What the listener was sent it does not keep.
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for openFiles(t) > before {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d files are open, %d were before", openFiles(t), before)
		}
	}
}

// A process that has attached rightly and then spoils its ring ends its own session only.
func TestHostileRing(t *testing.T) {
	l := listen(t, nil)
	ctx := deadline(t)
	for _, rubbish := range [][]byte{bytes.Repeat([]byte{0xee}, 64), append([]byte("PRCH\xf8\xff\xff\xff"), make([]byte, 56)...)} {
		c, err := ringtest.Attach(l.Path(), ring.Hello{SpecHash: hash, Program: "hostile"}, opRef)
		if err != nil {
			t.Fatal(err)
		}
		a := accept(t, ctx, l, "hostile")
		if err := c.Put(ctx, rubbish); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Ring.Next(ctx); !errors.Is(err, ring.ErrCorrupt) {
			t.Errorf("error %v, want ErrCorrupt", err)
		}
		served(t, ctx, l)
		a.Ring.SetLost()
		if !c.Lost() {
			t.Error("the process was not told")
		}
		if err := errors.Join(c.Close(), a.Close()); err != nil {
			t.Error(err)
		}
	}
}
