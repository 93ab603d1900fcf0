package ring_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/shm"
	"github.com/prismgl/prism/stream/wire"
)

// Whatever stands in shared memory, Next gives whole chunks without references to the arena, or an error.
func FuzzNext(f *testing.F) {
	good := chunk(f, wire.ChunkHeader{Seq: 1, Thread: 1}, func(b *wire.Builder) {
		b.Record(opRef, 0).U32(1).U32(64).U32(77).U32(0).Record(opRef, 0).U32(2).U32(0).U32(65536).U32(0).Record(opDraw, 0).Staged(77)
	})
	f.Add(good, uint64(len(good)), uint16(0xffff))
	f.Add(good[:40], uint64(1<<20), uint16(0))
	skip := append([]byte("PRSK"), make([]byte, 60)...)
	f.Add(skip, uint64(1<<20), uint16(1))
	f.Fuzz(func(t *testing.T, mem []byte, head uint64, blocks uint16) {
		r, err := ring.Create(ring.Config{RingBytes: 1 << 20, Blocks: 16, DataRefOp: opRef, DataOp: opData})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		file, _ := r.Files()
		n, _ := r.MapBytes()
		shared, err := shm.Map(int(file.Fd()), n)
		if err != nil {
			t.Fatal(err)
		}
		defer shm.Unmap(shared)
		copy(shared[layout.CtlBytes:], mem)
		ctl := layout.CtlOf(shared)
		for i := range 16 {
			ctl.Block[i].Store(uint32(blocks >> i & 1))
		}
		ctl.Head.Store(head)
		r.Hangup()
		for {
			b, err := r.Next(context.Background())
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if !errors.Is(err, ring.ErrCorrupt) {
					t.Fatal(err)
				}
				return
			}
			if _, err := wire.CheckChunk(b); err != nil {
				t.Fatal(err)
			}
			for _, it, _ := wire.WalkChunk(b); it.Next(); {
				if it.Op() == opRef {
					t.Fatal("prismDataRef came out")
				}
			}
		}
	})
}

func FuzzHello(f *testing.F) {
	h := ring.Hello{WireVersion: 1, Program: "gears"}
	f.Add(h.Append(nil))
	w := ring.Welcome{Message: "no"}
	f.Add(w.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := ring.ParseHello(b); err == nil {
			again, err := ring.ParseHello(h.Append(nil))
			if err != nil || again != h {
				t.Fatalf("%+v became %+v, %v", h, again, err)
			}
		}
		if w, err := ring.ParseWelcome(b); err == nil {
			again, err := ring.ParseWelcome(w.Append(nil))
			if err != nil || again != w {
				t.Fatalf("%+v became %+v, %v", w, again, err)
			}
		}
	})
}
