package ring_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/wire"
)

// cc compiles a C file of testdata against the driver's headers.
func cc(t testing.TB, file string) string {
	t.Helper()
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "cc"
	}
	out := filepath.Join(t.TempDir(), file[:len(file)-2])
	cmd := exec.Command(compiler, "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-I", "../driver/include", "-o", out, filepath.Join("testdata", file))
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, msg)
	}
	return out
}

// Each field of what both languages lay out stands at the same place, and each constant has the same value.
func TestLayout(t *testing.T) {
	got, err := exec.Command(cc(t, "layout.c")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var c layout.Ctl
	var s layout.Slot
	var want bytes.Buffer
	f := func(name string, offset, size uintptr) { fmt.Fprintf(&want, "%s %d %d\n", name, offset, size) }
	f("ctl", 0, unsafe.Offsetof(c.Block)+unsafe.Sizeof(c.Block))
	f("ctl.magic", unsafe.Offsetof(c.Magic), unsafe.Sizeof(c.Magic))
	f("ctl.version", unsafe.Offsetof(c.Version), unsafe.Sizeof(c.Version))
	f("ctl.ring_bytes", unsafe.Offsetof(c.RingBytes), unsafe.Sizeof(c.RingBytes))
	f("ctl.blocks", unsafe.Offsetof(c.Blocks), unsafe.Sizeof(c.Blocks))
	f("ctl.block_bytes", unsafe.Offsetof(c.BlockBytes), unsafe.Sizeof(c.BlockBytes))
	f("ctl.slots", unsafe.Offsetof(c.Slots), unsafe.Sizeof(c.Slots))
	f("ctl.slot_bytes", unsafe.Offsetof(c.SlotBytes), unsafe.Sizeof(c.SlotBytes))
	f("ctl.finishes_in_flight", unsafe.Offsetof(c.FinishesInFlight), unsafe.Sizeof(c.FinishesInFlight))
	f("ctl.errors_exact", unsafe.Offsetof(c.ErrorsExact), unsafe.Sizeof(c.ErrorsExact))
	f("ctl.frames_in_flight", unsafe.Offsetof(c.FramesInFlight), unsafe.Sizeof(c.FramesInFlight))
	f("ctl.head", unsafe.Offsetof(c.Head), unsafe.Sizeof(c.Head))
	f("ctl.wake_reader", unsafe.Offsetof(c.WakeReader), unsafe.Sizeof(c.WakeReader))
	f("ctl.writer_waits", unsafe.Offsetof(c.WriterWaits), unsafe.Sizeof(c.WriterWaits))
	f("ctl.unsupported", unsafe.Offsetof(c.Unsupported), unsafe.Sizeof(c.Unsupported))
	f("ctl.round_trips", unsafe.Offsetof(c.RoundTrips), unsafe.Sizeof(c.RoundTrips))
	f("ctl.tail", unsafe.Offsetof(c.Tail), unsafe.Sizeof(c.Tail))
	f("ctl.wake_writer", unsafe.Offsetof(c.WakeWriter), unsafe.Sizeof(c.WakeWriter))
	f("ctl.reader_waits", unsafe.Offsetof(c.ReaderWaits), unsafe.Sizeof(c.ReaderWaits))
	f("ctl.lost", unsafe.Offsetof(c.Lost), unsafe.Sizeof(c.Lost))
	f("ctl.gl_error", unsafe.Offsetof(c.GLError), unsafe.Sizeof(c.GLError))
	f("ctl.frames_done", unsafe.Offsetof(c.FramesDone), unsafe.Sizeof(c.FramesDone))
	f("ctl.finishes_done", unsafe.Offsetof(c.FinishesDone), unsafe.Sizeof(c.FinishesDone))
	f("ctl.window_gone", unsafe.Offsetof(c.WindowGone), unsafe.Sizeof(c.WindowGone))
	f("ctl.block", unsafe.Offsetof(c.Block), unsafe.Sizeof(c.Block))
	f("ctl.results", unsafe.Offsetof(c.Results), unsafe.Sizeof(c.Results))
	f("ctl.result_waits", unsafe.Offsetof(c.ResultWaits), unsafe.Sizeof(c.ResultWaits))
	f("ctl.news_bytes", unsafe.Offsetof(c.NewsBytes), unsafe.Sizeof(c.NewsBytes))
	f("ctl.news_tail", unsafe.Offsetof(c.NewsTail), unsafe.Sizeof(c.NewsTail))
	f("ctl.news_head", unsafe.Offsetof(c.NewsHead), unsafe.Sizeof(c.NewsHead))
	f("news", 0, layout.NewsHeaderBytes)
	f("news.context", 4, 4)
	f("news.length", 24, 4)
	var res layout.Result
	f("result", 0, layout.ResultBytes)
	f("result.use", unsafe.Offsetof(res.Use), unsafe.Sizeof(res.Use))
	f("result.value", unsafe.Offsetof(res.Value), unsafe.Sizeof(res.Value))
	f("slot", 0, uintptr(layout.SlotHeaderBytes))
	f("slot.state", unsafe.Offsetof(s.State), unsafe.Sizeof(s.State))
	f("slot.bytes", unsafe.Offsetof(s.Bytes), unsafe.Sizeof(s.Bytes))
	f("slot.id", unsafe.Offsetof(s.ID), unsafe.Sizeof(s.ID))
	f("slot.offset", unsafe.Offsetof(s.Offset), unsafe.Sizeof(s.Offset))
	f("slot.total", unsafe.Offsetof(s.Total), unsafe.Sizeof(s.Total))
	// What is encoded by hand in Go, with the offsets that its code uses.
	hand := []struct {
		name         string
		offset, size uintptr
	}{
		{"hello", 0, ring.HelloBytes}, {"hello.magic", 0, 4}, {"hello.wire_version", 4, 4}, {"hello.ring_version", 8, 4},
		{"hello.pid", 12, 4}, {"hello.spec_hash", 16, 8}, {"hello.program", 24, 112},
		{"welcome", 0, ring.WelcomeBytes}, {"welcome.magic", 0, 4}, {"welcome.status", 4, 4},
		{"welcome.ring_map_bytes", 8, 8}, {"welcome.arena_map_bytes", 16, 8}, {"welcome.message", 24, 232},
		{"chunk", 0, wire.ChunkHeaderBytes}, {"chunk.magic", 0, 4}, {"chunk.bytes", 4, 4}, {"chunk.thread", 8, 4},
		{"chunk.ctx", 12, 4}, {"chunk.seq", 16, 8}, {"chunk.records", 24, 4}, {"chunk.flags", 28, 4}, {"chunk.draw", 32, 4},
		{"chunk.read", 36, 4},
		{"rec", 0, wire.RecordHeaderBytes}, {"rec.size", 0, 4}, {"rec.op", 4, 2}, {"rec.flags", 6, 2},
		{"blob", 0, wire.BlobBytes}, {"blob.bytes", 0, 4}, {"blob.mode", 4, 4},
		{"reply", 0, wire.ReplyHeaderBytes}, {"reply.id", 0, 8}, {"reply.status", 8, 4}, {"reply.error", 12, 4}, {"reply.ret", 16, 8},
	}
	for _, h := range hand {
		f(h.name, h.offset, h.size)
	}
	for _, k := range []struct {
		name  string
		value uint64
	}{
		{"RING_MAGIC", layout.Magic}, {"RING_VERSION", layout.Version}, {"CTL_BYTES", layout.CtlBytes}, {"MAX_BLOCKS", layout.MaxBlocks},
		{"MAX_SLOTS", layout.MaxSlots}, {"MAX_RESULTS", layout.MaxResults}, {"SLOT_FREE", layout.SlotFree}, {"SLOT_ASKED", layout.SlotAsked}, {"SLOT_FILLED", layout.SlotFilled},
		{"SLOT_MORE", layout.SlotMore}, {"HELLO_MAGIC", ring.HelloMagic},
		{"WIRE_VERSION", wire.Version}, {"CHUNK_MAGIC", wire.ChunkMagic}, {"SKIP_MAGIC", wire.SkipMagic},
		{"CHUNK_URGENT", wire.ChunkUrgent}, {"REC_REPLY", wire.RecReply}, {"MAX_RECORD", wire.MaxRecord},
		{"MAX_CHUNK", wire.MaxChunk}, {"INLINE_MAX", wire.InlineMax}, {"PIECE_BYTES", wire.PieceBytes}, {"MAX_STAGED", wire.MaxStaged},
		{"BLOB_NULL", wire.BlobNull}, {"BLOB_INLINE", wire.BlobInline}, {"BLOB_STAGED", wire.BlobStaged}, {"BLOB_OFFSET", wire.BlobOffset},
		{"REPLY_OK", uint64(wire.ReplyOK)}, {"REPLY_LOST", uint64(wire.ReplyLost)}, {"REPLY_UNSUPPORTED", uint64(wire.ReplyUnsupported)},
	} {
		fmt.Fprintf(&want, "%s %d\n", k.name, k.value)
	}
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want.Bytes(), []byte("\n"))
	if len(g) != len(w) {
		t.Errorf("%d lines of C, %d of Go", len(g), len(w))
	}
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			t.Errorf("C says %q, Go %q", g[i], w[i])
		}
	}
}
