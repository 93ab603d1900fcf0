package ring_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/ring/ringtest"
	"github.com/prismgl/prism/stream/shm"
	"github.com/prismgl/prism/stream/wire"
	"go.uber.org/goleak"
)

const (
	opRef  = 1
	opData = 2
	opDraw = 100
	opAsk  = 101
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func pair(t testing.TB, cfg ring.Config) (*ring.Ring, *ringtest.Client) {
	t.Helper()
	cfg.DataRefOp, cfg.DataOp = opRef, opData
	r, err := ring.Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := ringtest.New(r, opRef)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	r.CloseFiles()
	return r, c
}

func chunk(t testing.TB, h wire.ChunkHeader, f func(b *wire.Builder)) []byte {
	t.Helper()
	var b wire.Builder
	b.Chunk(h)
	f(&b)
	out, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestConfig(t *testing.T) {
	ok := ring.Config{DataRefOp: 1, DataOp: 2}
	cases := []struct {
		name string
		set  func(c *ring.Config)
		want string
	}{
		{"Defaults", func(c *ring.Config) {}, ""},
		{"RingNoPowerOfTwo", func(c *ring.Config) { c.RingBytes = 3 << 20 }, "RingBytes 3145728"},
		{"RingTooSmall", func(c *ring.Config) { c.RingBytes = 1 << 19 }, "RingBytes 524288"},
		{"Blocks", func(c *ring.Config) { c.Blocks = 1025 }, "Blocks 1025, must be 1 to 1024"},
		{"BlockBytes", func(c *ring.Config) { c.BlockBytes = 4096 }, "BlockBytes 4096"},
		{"Slots", func(c *ring.Config) { c.Slots = 17 }, "Slots 17, must be 1 to 16"},
		{"SlotBytes", func(c *ring.Config) { c.SlotBytes = 100 }, "SlotBytes 100"},
		{"FramesInFlight", func(c *ring.Config) { c.FramesInFlight = -1 }, "FramesInFlight -1"},
		{"Ops", func(c *ring.Config) { c.DataOp = 1 }, "DataRefOp and DataOp are both 1"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := ok
			tc.set(&c)
			err := c.Validate()
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

// A stream much longer than the ring, with chunks of odd sizes and data through the arena, arrives as it was sent.
func TestStream(t *testing.T) {
	r, c := pair(t, ring.Config{RingBytes: 1 << 20, Blocks: 3})
	ctx := deadline(t)
	const n = 400
	data := func(i int) []byte {
		b := make([]byte, i*1237%200000)
		for j := range b {
			b[j] = byte(i + j>>3)
		}
		return b
	}
	sent := make(chan error, 1)
	go func() {
		for i := range n {
			h := wire.ChunkHeader{Thread: uint32(i%3 + 1), Ctx: 7, Draw: 8, Read: 9}
			d := data(i)
			if err := c.PutData(ctx, h, d); err != nil {
				sent <- err
				return
			}
			if err := c.Put(ctx, chunk(t, h, func(b *wire.Builder) {
				b.Record(opDraw, 0).U32(uint32(i)).Staged(len(d))
				for j := range i % 90 {
					b.Record(opDraw+1, 0).Inline(make([]byte, 2048+j%7))
				}
			})); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	var staged []byte
	for i := 0; i < n; {
		b, err := r.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		h, it, err := wire.WalkChunk(b)
		if err != nil {
			t.Fatal(err)
		}
		if h.Thread != uint32(i%3+1) || h.Ctx != 7 || h.Draw != 8 || h.Read != 9 {
			t.Fatalf("command %d: header %+v", i, h)
		}
		for it.Next() {
			switch p := it.Payload(); it.Op() {
			case opData:
				staged = append(staged, p[8:8+binary.LittleEndian.Uint32(p)]...)
			case opDraw:
				if got := binary.LittleEndian.Uint32(p); got != uint32(i) || !bytes.Equal(staged, data(i)) {
					t.Fatalf("command %d, want %d; %d bytes staged, want %d", got, i, len(staged), len(data(i)))
				}
				staged = staged[:0]
				i++
			case opRef:
				t.Fatal("prismDataRef came out")
			}
		}
		if it.Err() != nil {
			t.Fatal(it.Err())
		}
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	r.Hangup()
	if _, err := r.Next(ctx); !errors.Is(err, io.EOF) {
		t.Errorf("after Hangup: %v, want EOF", err)
	}
}

// One chunk whose data is larger than a chunk may be comes out as several, each valid, the last one urgent.
func TestChunkGrows(t *testing.T) {
	r, c := pair(t, ring.Config{Blocks: 10})
	ctx := deadline(t)
	var want []byte
	ck := chunk(t, wire.ChunkHeader{Thread: 4, Flags: wire.ChunkUrgent}, func(b *wire.Builder) {
		b.Record(opDraw, 0).U32(1)
		for i := range 10 {
			d := bytes.Repeat([]byte{byte(i + 1)}, wire.PieceBytes-i)
			want = append(want, d...)
			block, err := c.Block(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			b.Record(opRef, 0).U32(uint32(block)).U32(0).U32(uint32(len(d))).U32(0)
		}
		b.Record(opDraw, 0).U32(2)
	})
	if err := c.Put(ctx, ck); err != nil {
		t.Fatal(err)
	}
	var got []byte
	draws, parts := 0, 0
	for draws < 2 {
		b, err := r.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		parts++
		h, err := wire.CheckChunk(b)
		if err != nil {
			t.Fatal(err)
		}
		_, it, _ := wire.WalkChunk(b)
		for it.Next() {
			p := it.Payload()
			if it.Op() == opDraw {
				draws++
				continue
			}
			got = append(got, p[8:8+binary.LittleEndian.Uint32(p)]...)
		}
		if h.Seq != 1 || h.Thread != 4 || h.Urgent() != (draws == 2) {
			t.Errorf("part %d: header %+v", parts, h)
		}
	}
	if !bytes.Equal(got, want) || parts != 4 {
		t.Errorf("%d bytes of %d in %d parts", len(got), len(want), parts)
	}
	// All blocks are free again.
	for range 10 {
		if _, err := c.Block(ctx, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// Arrays that lie side by side in one block come out each for itself, and the block is free when the last is read and nobody fills it.
func TestBlockIsShared(t *testing.T) {
	r, c := pair(t, ring.Config{Blocks: 1})
	ctx := deadline(t)
	ctl := c.Ctl()
	data := make([]byte, wire.PieceBytes)
	for i := range data {
		data[i] = byte(i * 7)
	}
	block, err := c.Block(ctx, data)
	if err != nil {
		t.Fatal(err)
	}
	ctl.Block[block].Store(layout.BlockOpen)
	var want []byte
	ck := chunk(t, wire.ChunkHeader{Thread: 1}, func(b *wire.Builder) {
		for _, at := range []int{0, 4096, wire.PieceBytes - 100} {
			b.Record(opRef, 0).U32(uint32(block)).U32(uint32(at)).U32(100).U32(0)
			want = append(want, data[at:at+100]...)
		}
	})
	if err := c.Put(ctx, ck); err != nil {
		t.Fatal(err)
	}
	b, err := r.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	_, it, _ := wire.WalkChunk(b)
	for it.Next() {
		p := it.Payload()
		got = append(got, p[8:8+binary.LittleEndian.Uint32(p)]...)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes came out, not the %d that were named", len(got), len(want))
	}
	if s := ctl.Block[block].Load(); s != layout.BlockOpen-3 {
		t.Errorf("the block's word is %d, want %d: three records were read, and it is being filled", s, layout.BlockOpen-3)
	}
	ctl.Block[block].Store(0)
	if _, err := c.Block(ctx, nil); err != nil {
		t.Error(err)
	}
}

func TestReplies(t *testing.T) {
	r, c := pair(t, ring.Config{SlotBytes: 1024, Slots: 2})
	ctx := deadline(t)
	answer := func(n int) []byte { return bytes.Repeat([]byte("answer!"), n)[:n] }
	const threads, each = 5, 40
	var wg sync.WaitGroup
	for th := range threads {
		wg.Go(func() {
			for i := range each {
				n := (th*331 + i*977) % 9000
				got, err := c.Ask(ctx, wire.ChunkHeader{Thread: uint32(th + 1)}, opAsk, func(b *wire.Builder) { b.U32(uint32(n)) })
				if err != nil {
					t.Error(err)
					return
				}
				it := got.Walk()
				if !it.Next() || !bytes.Equal(it.Data(), answer(n)) || got.Ret != uint64(n) {
					t.Errorf("answer of %d bytes: ret %d, %d bytes", n, got.Ret, len(it.Data()))
				}
			}
		})
	}
	for range threads * each {
		b, err := r.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, it, _ := wire.WalkChunk(b)
		it.Next()
		id, ok := it.ReplyID()
		n := binary.LittleEndian.Uint32(it.Payload()[8:])
		if !ok {
			t.Fatal("no reply id")
		}
		rep := wire.Reply{ID: id, Ret: uint64(n), Arrays: wire.AppendArray(nil, answer(int(n)))}
		if err := r.Reply(id, rep.Append(nil)); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if n := r.RoundTrips(); n != threads*each {
		t.Errorf("%d round trips, want %d", n, threads*each)
	}
}

func TestReplyErrors(t *testing.T) {
	r, _ := pair(t, ring.Config{Slots: 2})
	rep := func(id uint64) []byte { return (&wire.Reply{ID: id}).Append(nil) }
	cases := []struct {
		name  string
		id    uint64
		reply []byte
		want  string
		is    error
	}{
		{"Short", 1, []byte("abc"), "ring: reply 0x1: 3 bytes, a header has 24", ring.ErrCorrupt},
		{"OtherID", 1, rep(2), "ring: reply 0x1: its header says 0x2", ring.ErrCorrupt},
		{"Slot", 2<<32 | 5, rep(2<<32 | 5), "ring: reply 0x200000005: slot 2 of 2", ring.ErrCorrupt},
		{"NobodyAsks", 1<<32 | 5, rep(1<<32 | 5), "ring: no thread waits for this reply: 0x100000005: slot 1 is in state 0", ring.ErrNoAsker},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if err := r.Reply(tc.id, tc.reply); !errors.Is(err, tc.is) || err.Error() != tc.want {
				t.Errorf("error %v, want %s", err, tc.want)
			}
		})
	}
}

// A driver that asks for a long answer and then dies does not keep anything of the Ring alive.
func TestLongReplyAbandoned(t *testing.T) {
	for _, end := range []struct {
		name string
		f    func(r *ring.Ring)
	}{
		{"Hangup", (*ring.Ring).Hangup}, {"SetLost", (*ring.Ring).SetLost}, {"Close", func(r *ring.Ring) { r.Close() }},
	} {
		t.Run(end.name, func(t *testing.T) {
			r, c := pair(t, ring.Config{SlotBytes: 128})
			ctx, cancel := context.WithCancel(deadline(t))
			asked := make(chan error, 1)
			go func() {
				_, err := c.Ask(ctx, wire.ChunkHeader{Thread: 1}, opAsk, nil)
				asked <- err
			}()
			b, err := r.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			_, it, _ := wire.WalkChunk(b)
			it.Next()
			id, _ := it.ReplyID()
			// An answer that is never complete for the asker: its last byte is far away, and the end comes first or mid-way.
			rep := wire.Reply{ID: id, Arrays: wire.AppendArray(nil, make([]byte, 64<<20))}
			if err := r.Reply(id, rep.Append(nil)); err != nil {
				t.Fatal(err)
			}
			end.f(r)
			cancel()
			if err := <-asked; err == nil {
				t.Error("the answer arrived")
			}
			if err := r.Reply(id, (&wire.Reply{ID: id}).Append(nil)); !errors.Is(err, ring.ErrNoAsker) && !errors.Is(err, ring.ErrClosed) {
				t.Errorf("reply after the end: %v", err)
			}
		})
	}
}

func TestCredits(t *testing.T) {
	r, c := pair(t, ring.Config{FramesInFlight: 3})
	ctx := deadline(t)
	if c.FramesInFlight() != 3 {
		t.Errorf("%d frames in flight", c.FramesInFlight())
	}
	done := make(chan error, 2)
	go func() { done <- c.WaitFrames(ctx, 2) }()
	go func() { done <- c.WaitFinishes(ctx, 1) }()
	r.FrameDone()
	r.FrameDone()
	r.FinishDone()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	r.SetGLError(0x502)
	r.SetGLError(0x505)
	if e := c.GLError(); e != 0x502 {
		t.Errorf("error %#x, want the first", e)
	}
	if e := c.GLError(); e != 0 {
		t.Errorf("error %#x after it was fetched", e)
	}
	r.Result(7, 3, 1<<40)
	r.Result(ring.Results, 1, 1) // nowhere
	if use, value := c.Result(7); use != 3 || value != 1<<40 {
		t.Errorf("result %d, %#x", use, value)
	}
	c.AddUnsupported()
	if n := r.Unsupported(); n != 1 {
		t.Errorf("%d unsupported", n)
	}
	r.SetWindowGone()
	if !c.WindowGone() {
		t.Error("window is not gone")
	}
	go func() { done <- c.WaitFrames(ctx, 3) }()
	r.SetLost()
	if err := <-done; !errors.Is(err, ringtest.ErrLost) || !c.Lost() {
		t.Errorf("waiting for a frame of a lost session: %v", err)
	}
}

func TestNews(t *testing.T) {
	r, c := pair(t, ring.Config{})
	m := ring.Message{Context: 3, Source: 1, Type: 2, ID: 4, Severity: 5, Text: strings.Repeat("words ", 200)}
	for round := range 5 { // it wraps
		n := 0
		for r.Tell(m) {
			n++
			m.ID++
		}
		if n < 40 || n > 60 {
			t.Fatalf("round %d: room for %d messages", round, n)
		}
		got := c.News()
		if len(got) != n || got[0].Text != m.Text || got[n-1].ID != m.ID-1 || got[0].Context != 3 || got[0].Severity != 5 {
			t.Fatalf("round %d: %d messages of %d", round, len(got), n)
		}
	}
	c.SpoilNews(12345) // says that it has read what was not written
	if r.Tell(m) {
		t.Error("told where there is no room")
	}
	if r.Tell(ring.Message{Text: strings.Repeat("x", ring.NewsBytes)}) {
		t.Error("a message longer than all room was told")
	}
}

func TestNextEnds(t *testing.T) {
	t.Run("Context", func(t *testing.T) {
		r, _ := pair(t, ring.Config{})
		ctx, cancel := context.WithCancel(deadline(t))
		cancel()
		if _, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("Close", func(t *testing.T) {
		r, _ := pair(t, ring.Config{})
		ended := make(chan error, 1)
		go func() {
			_, err := r.Next(deadline(t))
			ended <- err
		}()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, ring.ErrClosed) {
			t.Error(err)
		}
		r.FrameDone() // does nothing, and does not crash
		if n := r.RoundTrips(); n != 0 {
			t.Error(n)
		}
	})
	t.Run("FullRingBlocksWriter", func(t *testing.T) {
		r, c := pair(t, ring.Config{RingBytes: 1 << 20})
		big := chunk(t, wire.ChunkHeader{}, func(b *wire.Builder) {
			b.Record(opDraw, 0).Inline(make([]byte, 100<<10))
			b.Record(opDraw, 0).Inline(make([]byte, 100<<10))
		})
		ctx, cancel := context.WithCancel(deadline(t))
		n := 0
		full := make(chan error, 1)
		go func() {
			for {
				if err := c.Put(ctx, big); err != nil {
					full <- err
					return
				}
				if n++; n == 5 {
					cancel()
				}
			}
		}()
		if err := <-full; !errors.Is(err, context.Canceled) || n != 5 {
			t.Errorf("%d chunks, %v", n, err)
		}
		for i := range 5 {
			if _, err := r.Next(deadline(t)); err != nil {
				t.Fatalf("chunk %d: %v", i, err)
			}
		}
	})
}

// hostile writes straight into the control page and ring, as a broken or evil driver could.
func TestHostile(t *testing.T) {
	good := chunk(t, wire.ChunkHeader{Seq: 1, Thread: 1}, func(b *wire.Builder) { b.Record(opDraw, 0).U32(1) })
	ref := func(block, offset, n uint32) []byte {
		return chunk(t, wire.ChunkHeader{Seq: 1, Thread: 1}, func(b *wire.Builder) { b.Record(opRef, 0).U32(block).U32(offset).U32(n).U32(0) })
	}
	set := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	cases := []struct {
		name string
		ring []byte
		head uint64 // 0: as long as ring
		want string
	}{
		{"HeadFarAhead", good, 5 << 20, "ring: byte 0: head is 5242880 ahead of tail, the ring has 1048576"},
		{"HeadBehind", good, 1<<64 - 8, "ring: byte 0: head is 18446744073709551608 ahead of tail, the ring has 1048576"},
		{"HalfHeader", good, 32, "ring: byte 0: 32 bytes committed, a header has 40"},
		{"HalfChunk", good, 48, "ring: byte 0: chunk 1: 56 bytes, 48 committed, 1048576 to the ring's end"},
		{"NoMagic", set(good, 0, 1), 0, "ring: byte 0: wire: chunk: magic 0x1, want 0x48435250"},
		{"SkipBeyondHead", set(good, 0, wire.SkipMagic), 0, "ring: byte 0: 56 bytes committed, 1048576 are skipped"},
		{"LongChunk", set(good, 4, 0xfffffff8), 0, "ring: byte 0: wire: chunk 1: length 4294967288 exceeds 262144"},
		{"Seq", set(good, 16, 2), 0, "ring: byte 0: chunk 2 follows chunk 0"},
		{"RecordSize", set(good, 40, 7), 0, "ring: byte 0: chunk 1: wire: record 0: length 7 is less than its header"},
		{"BlockNumber", ref(4, 0, 10), 0, "ring: chunk 1: record 0: prismDataRef: block 4 of 4"},
		{"BlockNumberHuge", ref(0xffffffff, 0, 10), 0, "ring: chunk 1: record 0: prismDataRef: block 4294967295 of 4"},
		{"BlockNotTheDrivers", ref(2, 0, 10), 0, "ring: chunk 1: record 0: prismDataRef: block 2 is free"},
		{"BlockEnd", ref(3, 65536-8, 9), 0, "ring: chunk 1: record 0: prismDataRef: bytes 65528 to 65537 of a block of 65536"},
		{"BlockOffsetHuge", ref(3, 0xffffffff, 1), 0, "ring: chunk 1: record 0: prismDataRef: bytes 4294967295 to 4294967296 of a block of 65536"},
		{"BlockBytes", ref(0, 0, wire.PieceBytes+1), 0, "ring: chunk 1: record 0: prismDataRef: 65537 bytes of data exceed 65536"},
		{"RefRecordSize", chunk(t, wire.ChunkHeader{Seq: 1}, func(b *wire.Builder) { b.Record(opRef, 0) }), 0,
			"ring: chunk 1: record 0: prismDataRef: 8 bytes, must be 24"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			r, err := ring.Create(ring.Config{RingBytes: 1 << 20, Blocks: 4, DataRefOp: opRef, DataOp: opData})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			f, _ := r.Files()
			n, _ := r.MapBytes()
			mem, err := shm.Map(int(f.Fd()), n)
			if err != nil {
				t.Fatal(err)
			}
			defer shm.Unmap(mem)
			copy(mem[layout.CtlBytes:], tc.ring)
			head := tc.head
			if head == 0 {
				head = uint64(len(tc.ring))
			}
			ctl := layout.CtlOf(mem)
			ctl.Block[3].Store(layout.BlockOpen)
			ctl.Head.Store(head)
			for range 2 { // the error stays
				_, err = r.Next(deadline(t))
				if !errors.Is(err, ring.ErrCorrupt) || err.Error() != tc.want {
					t.Errorf("error %v, want %s", err, tc.want)
				}
			}
		})
	}
}

func TestSealed(t *testing.T) {
	r, err := ring.Create(ring.Config{DataRefOp: 1, DataOp: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, b := r.Files()
	for _, f := range []interface{ Truncate(int64) error }{a, b} {
		if f.Truncate(0) == nil || f.Truncate(1<<30) == nil {
			t.Error("a file's size could be changed")
		}
	}
}

func TestHelloWelcome(t *testing.T) {
	h := ring.Hello{WireVersion: wire.Version, RingVersion: ring.Version, PID: 5, SpecHash: 77, Program: "glx\x1bgears" + strings.Repeat("x", 200)}
	got, err := ring.ParseHello(h.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if want := ("glx?gears" + strings.Repeat("x", 200))[:111]; got.Program != want || got.PID != 5 {
		t.Errorf("%+v", got)
	}
	for _, tc := range []struct {
		name string
		set  func(h *ring.Hello)
		want string
	}{
		{"Good", func(h *ring.Hello) {}, ""},
		{"Wire", func(h *ring.Hello) { h.WireVersion = 9 }, "ring: the driver speaks wire version 9, prism 1: install both from one build"},
		{"Ring", func(h *ring.Hello) { h.RingVersion = 9 }, "ring: the driver speaks ring version 9, prism 4: install both from one build"},
		{"Hash", func(h *ring.Hello) { h.SpecHash = 9 }, "ring: the driver's command tables are 0x9, prism's 0x4d: install both from one build"},
	} {
		x := h
		tc.set(&x)
		if err := x.Check(77); fmt.Sprint(err) != tc.want && (err != nil || tc.want != "") {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
	w := ring.Welcome{Status: 1, RingMapBytes: 2, ArenaMapBytes: 3, Message: "no"}
	if got, err := ring.ParseWelcome(w.Append(nil)); err != nil || got != w {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := ring.ParseHello(make([]byte, ring.HelloBytes)); !errors.Is(err, ring.ErrCorrupt) {
		t.Error(err)
	}
	if _, err := ring.ParseWelcome(nil); !errors.Is(err, ring.ErrCorrupt) {
		t.Error(err)
	}
}

func BenchmarkNext(b *testing.B) {
	r, c := pair(b, ring.Config{})
	ctx := deadline(b)
	ck := chunk(b, wire.ChunkHeader{Thread: 1}, func(bl *wire.Builder) {
		for range 1000 {
			bl.Record(opDraw, 0).F32(1).F32(2).F32(3).U32(0)
		}
	})
	b.SetBytes(int64(len(ck)))
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Put(ctx, ck); err != nil {
			b.Fatal(err)
		}
		if _, err := r.Next(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
}

// What changes while it is read is read once: a chunk comes out whole or not at all, whatever another thread of the app writes.
func TestChangedWhileRead(t *testing.T) {
	good := chunk(t, wire.ChunkHeader{Seq: 1, Thread: 1}, func(b *wire.Builder) {
		b.Record(opRef, 0).U32(0).U32(0).U32(1000).U32(0)
		for range 200 {
			b.Record(opDraw, 0).U32(1).Inline(make([]byte, 100))
		}
	})
	for round := range 100 {
		r, err := ring.Create(ring.Config{RingBytes: 1 << 20, Blocks: 4, DataRefOp: opRef, DataOp: opData})
		if err != nil {
			t.Fatal(err)
		}
		f, _ := r.Files()
		n, _ := r.MapBytes()
		mem, err := shm.Map(int(f.Fd()), n)
		if err != nil {
			t.Fatal(err)
		}
		copy(mem[layout.CtlBytes:], good)
		ctl := layout.CtlOf(mem)
		ctl.Block[0].Store(1)
		ctl.Head.Store(uint64(len(good)))
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			rng := rand.New(rand.NewPCG(uint64(round), 3))
			for {
				select {
				case <-stop:
					return
				default:
				}
				// Sizes, numbers and flags of records and of the chunk; sometimes the words that both sides share.
				at := layout.CtlBytes + rng.IntN(len(good)/4)*4
				if rng.IntN(8) == 0 {
					ctl.Head.Store(rng.Uint64() >> rng.IntN(64))
					ctl.Tail.Store(rng.Uint64() >> rng.IntN(64))
					ctl.Block[rng.IntN(4)].Store(rng.Uint32() >> rng.IntN(32))
				}
				old := binary.LittleEndian.Uint32(mem[at:])
				binary.LittleEndian.PutUint32(mem[at:], rng.Uint32()>>rng.IntN(32))
				binary.LittleEndian.PutUint32(mem[at:], old)
			}
		}()
		r.Hangup()
		for {
			b, err := r.Next(deadline(t))
			if err != nil {
				if !errors.Is(err, ring.ErrCorrupt) && !errors.Is(err, io.EOF) {
					t.Errorf("round %d: %v", round, err)
				}
				break
			}
			if _, err := wire.CheckChunk(b); err != nil {
				t.Fatalf("round %d: a chunk came out that is none: %v", round, err)
			}
		}
		close(stop)
		<-stopped
		if err := errors.Join(r.Close(), shm.Unmap(mem)); err != nil {
			t.Fatal(err)
		}
	}
}
