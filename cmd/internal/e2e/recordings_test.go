package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/trace"
	"github.com/prismgl/prism/stream/wire"
)

// madeUp writes a batch as a recording, each chunk with its swaps.
func madeUp(t *testing.T, batch []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "made-up.prism")
	w, err := trace.Create(file, gl.SpecHash, trace.Info{Program: "made-up"})
	if err != nil {
		t.Fatal(err)
	}
	it := wire.WalkChunks(batch)
	for it.Next() {
		swaps := 0
		for recs := it.Records(); recs.Next(); {
			if recs.Op() == uint16(gl.OpPrismSwap) {
				swaps++
			}
		}
		if err := w.Append(0, it.Raw(), swaps); err != nil {
			t.Fatal(err)
		}
	}
	if it.Err() != nil {
		t.Fatal(it.Err())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// rewrite changes what the first block of a recording holds and makes its checksums right again (stream/wire/FORMAT.md, "Trace files").
func rewrite(t *testing.T, file string, change func(entries []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	at := 40 + wire.Pad8(int(le.Uint32(b[24:])))
	head, stored := bytes.Clone(b[at:at+40]), b[at+40:][:le.Uint32(b[at+8:])]
	if le.Uint32(head[4:]) == 1 {
		if stored, err = s2.Decode(nil, stored); err != nil {
			t.Fatal(err)
		}
	}
	raw := change(bytes.Clone(stored))
	crc := func(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
	le.PutUint32(head[4:], 0)
	le.PutUint32(head[8:], uint32(len(raw)))
	le.PutUint32(head[12:], uint32(len(raw)))
	le.PutUint32(head[32:], crc(raw))
	le.PutUint32(head[36:], crc(head[:36]))
	// Without index and trailer: a reader finds the block first.
	if err := os.WriteFile(file, append(append(bytes.Clone(b[:at]), head...), raw...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// record encodes one record of any command, whether it is right or not.
func record(t *testing.T, name string, flags uint16, fill func(b *wire.Builder)) []byte {
	t.Helper()
	op, ok := gl.Lookup(name)
	if !ok {
		t.Fatalf("no command %s", name)
	}
	b := new(wire.Builder).Chunk(wire.ChunkHeader{}).Record(uint16(op), flags)
	fill(b)
	chunk, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(chunk[wire.ChunkHeaderBytes:])
}

// A recording that nobody has recorded, all checksums right: prism ends with one line that says where and why, or draws it; its
// workers and its files are gone either way.
func TestMadeUpRecordings(t *testing.T) {
	need(t)
	const arrayBuffer, staticDraw, compile = 0x8892, 0x88E4, 0x1300
	clear := func(s *workertest.Script) *workertest.Script { return s.Do("glClear", 0x4000) }
	for _, c := range []struct {
		name string
		make func(t *testing.T, s *workertest.Script)
		want string // "": it is drawn
	}{
		{"Right", func(t *testing.T, s *workertest.Script) { clear(s).Swap(1, 1) }, ""},
		{"UnknownCommand", func(t *testing.T, s *workertest.Script) {
			s.Raw([]byte{8, 0, 0, 0, 0xf0, 0xff, 0, 0}).Swap(1, 1)
		}, "chunk 2: record 0: command 65520 is not known"},
		{"ArrayLongerThanTheRecord", func(t *testing.T, s *workertest.Script) {
			s.Do("glBindBuffer", arrayBuffer, 1)
			s.Raw(record(t, "glBufferData", 0, func(b *wire.Builder) {
				b.U32(arrayBuffer).U64(1000).U32(1000).U32(wire.BlobInline).U32(staticDraw).U64(0)
			})).Swap(1, 1)
		}, "chunk 2: record 1: glBufferData: data: "},
		{"ArrayShorterThanTheCallReads", func(t *testing.T, s *workertest.Script) {
			s.Do("glBindBuffer", arrayBuffer, 1)
			s.Raw(record(t, "glBufferData", 0, func(b *wire.Builder) {
				b.U32(arrayBuffer).U64(1000).Inline(make([]byte, 8)).U32(staticDraw)
			})).Swap(1, 1)
		}, "chunk 2: record 1: glBufferData: data: "},
		{"StagedBytesMissing", func(t *testing.T, s *workertest.Script) {
			s.Do("glBindBuffer", arrayBuffer, 1)
			s.Raw(record(t, "glBufferData", 0, func(b *wire.Builder) {
				b.U32(arrayBuffer).U64(1000).Staged(1000).U32(staticDraw)
			})).Swap(1, 1)
		}, "chunk 2: record 1: glBufferData: data: "},
		{"UnknownHandle", func(t *testing.T, s *workertest.Script) { s.Do("glUseProgram", 77).Swap(1, 1) }, "chunk 2: record 0: glUseProgram: program: serial 77 is not known"},
		{"UnknownContext", func(t *testing.T, s *workertest.Script) { clear(s.Bind(9, 1, 1)).Swap(1, 1) }, "chunk 2: record 0: glClear: ctx: context 9 is not known"},
		{"NoContext", func(t *testing.T, s *workertest.Script) { clear(s.Bind(0, 0, 0)).Swap(1, 1) }, "chunk 2: record 0: glClear: no context is current"},
		{"UnknownDrawable", func(t *testing.T, s *workertest.Script) { clear(s.Bind(1, 9, 9)).Swap(1, 1) }, "chunk 2: record 0: glClear: draw: drawable 9 is not known"},
		{"SwapOfNothing", func(t *testing.T, s *workertest.Script) { clear(s).Swap(9, 1) }, "chunk 2: record 1: prismSwap: drawable: 9"},
		{"HugeWindow", func(t *testing.T, s *workertest.Script) { s.Drawable(2, 65535, 65535).Swap(2, 1) }, "chunk 2: record 0: prismDrawableCreate: drawable 2: 65535×65535 pixels"},
		{"WindowTooWideForTheGPU", func(t *testing.T, s *workertest.Script) {
			clear(s.Drawable(2, 60000, 2).Bind(1, 2, 2)).Swap(2, 1)
		}, "chunk 2: record 0: prismDrawableCreate: width: 60000×2, the most is "},
		{"HugeAnswer", func(t *testing.T, s *workertest.Script) {
			s.Do("glReadPixels", uint64(1), 0, 0, 65535, 65535, 0x1908, 0x1401).Swap(1, 1)
		}, "chunk 2: record 0: glReadPixels: an answer of 65535×65535 pixels"},
		{"WindowWithoutSize", func(t *testing.T, s *workertest.Script) { clear(s.Drawable(2, 0, 0).Bind(1, 2, 2)).Swap(2, 1) }, ""},
		{"SwapTwice", func(t *testing.T, s *workertest.Script) { clear(s).Swap(1, 1).Swap(1, 1) }, ""},
		{"ListCallsItself", func(t *testing.T, s *workertest.Script) {
			s.Do("glNewList", 1, compile).Do("glCallList", 1).Do("glEndList").Do("glCallList", 1).Swap(1, 1)
		}, ""},
		{"DeepLists", func(t *testing.T, s *workertest.Script) {
			for i := 1; i <= 5000; i++ {
				clear(s.Do("glNewList", i, compile).Do("glCallList", i-1)).Do("glEndList")
			}
			s.Do("glCallList", 5000).Swap(1, 1)
		}, ""},
		{"EndWithoutBegin", func(t *testing.T, s *workertest.Script) { s.Do("glEnd").Do("glEndList").Swap(1, 1) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := workertest.New(t).Window(8, 8)
			c.make(t, s)
			ends(t, madeUp(t, s.Batch()), c.want)
		})
	}
	for _, c := range []struct {
		name   string
		change func(b []byte) []byte // entry: 16 bytes and a chunk
		want   string
	}{
		{"RecordTooLong", func(b []byte) []byte { b[16+40] = 0xf8; return b }, "block: byte 0: wire: chunk 1: wire: record 0: length 248 exceeds"},
		{"RecordNotAligned", func(b []byte) []byte { b[16+40]++; return b }, "block: byte 0: wire: chunk 1: wire: record 0: length 65 is no multiple of 8"},
		{"RecordsMiscounted", func(b []byte) []byte { b[16+24]++; return b }, "block: byte 0: wire: chunk 1: wire: 2 records, the chunk's header says 3"},
		{"ChunkTooLong", func(b []byte) []byte { b[16+6] = 0xff; return b }, "block: byte 0: wire: chunk number 0 of the batch: wire: chunk 1: length"},
		{"NoChunk", func(b []byte) []byte { copy(b[16:], "JUNK"); return b }, "block: byte 0: wire: chunk number 0 of the batch: wire: chunk: magic"},
		{"SwapsMiscounted", func(b []byte) []byte { b[8] = 9; return b }, "block: byte 0: 9 swaps, "},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := madeUp(t, clear(workertest.New(t).Window(8, 8)).Swap(1, 1).Batch())
			rewrite(t, file, c.change)
			ends(t, file, c.want)
		})
	}
}

// A recording that was cut off is played as far as it goes, and said to be cut.
func TestCutRecording(t *testing.T) {
	need(t)
	s := workertest.New(t).Window(8, 8)
	s.Do("glClear", 0x4000).Swap(1, 1)
	file := madeUp(t, s.Batch())
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		keep int
		want string
	}{
		{"Nothing", 0, "offset 0: 0 bytes are no trace of prism"},
		{"InItsHeader", 50, "offset 0: cut off in its header"},
		{"InABlock", len(b) - 150, "the file breaks off here: it was cut, or its writer did not end it; what was left of it, 0 frames, was played"},
		{"InTheTrailer", len(b) - 1, "the file breaks off here: it was cut, or its writer did not end it; what was left of it, 1 frames, was played"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(file, b[:c.keep], 0o600); err != nil {
				t.Fatal(err)
			}
			ends(t, file, c.want)
		})
	}
}

// ends replays a file, and verifies it when it is a bad one, and checks how prism ends: well, or with 1 and one line that names what is wanted. Nothing may be left of it.
func ends(t *testing.T, file, want string) {
	t.Helper()
	endsVerb(t, file, want, "replay")
	if want != "" {
		endsVerb(t, file, want, "verify")
	}
}

func endsVerb(t *testing.T, file, want, verb string) {
	t.Helper()
	tmp := t.TempDir()
	r := runEnv(t, 2*time.Minute, []string{"TMPDIR=" + tmp}, filepath.Join(binDir, "prism"), verb, "--nodes", "2", file)
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) != 0 {
		t.Errorf("left in TMPDIR: %v, %v", left, err)
	}
	if n := processesWith("TMPDIR=" + tmp); n != 0 {
		t.Errorf("%d processes are left", n)
	}
	if want == "" {
		must(t, r, verb)
		return
	}
	if r.code != 1 || !strings.Contains(r.errOut, want) || strings.Count(r.errOut, "\n") != 1 {
		t.Errorf("%s: exit status %d\nstderr:\n%swant one line with: %s", verb, r.code, r.errOut, want)
	}
}

// processesWith counts the processes whose environment has an entry.
func processesWith(entry string) (n int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue // has ended, or is another user's
		}
		for _, e := range strings.Split(string(b), "\x00") {
			if e == entry {
				n++
			}
		}
	}
	return n
}

// What a session may take of a node has an end, which the session is told; the node goes on.
func TestLimitsOfANode(t *testing.T) {
	need(t, "nats-server")
	o := startOutside(t)
	hasty := o.node(t, "hasty", "--batch-deadline", "3s")
	write := func(fill func(s *workertest.Script)) string {
		s := workertest.New(t).Window(2048, 2048)
		fill(s)
		return madeUp(t, s.Swap(1, 1).Batch())
	}
	small := write(func(s *workertest.Script) { s.Do("glClear", 0x4000) })
	slow := write(func(s *workertest.Script) {
		s.Do("glEnable", 0x0BE2).Do("glBlendFunc", 1, 1)
		for range 20000 {
			s.Do("glRectf", -1, -1, 1, 1)
		}
		s.Do("prismFinish", 1)
	})
	o.prism(t, time.Minute, "replay", slow).wants(t, "slow", 1, "hasty (peer 0): device: worker: a batch takes longer than 3s")
	must(t, o.prism(t, time.Minute, "replay", small), "replay after the slow one")
	_ = hasty.Process.Signal(syscall.SIGTERM)
	hasty.ended(t, 20*time.Second)
	little := o.node(t, "small", "--memory", "3G")
	busy := start(t, filepath.Join(binDir, "prism"), append(o.flags("replay"), slow)...)
	eventually(t, "the worker has the limit", 30*time.Second, func() bool {
		return slices.ContainsFunc(started(little.Process.Pid), func(pid int) bool {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
			return err == nil && regexp.MustCompile(`(?m)^Max data size +3221225472 +3221225472 `).Match(b)
		})
	})
	_ = busy.Process.Signal(syscall.SIGTERM)
	busy.ended(t, 20*time.Second)

	large := write(func(s *workertest.Script) {
		const arrayBuffer, staticDraw = 0x8892, 0x88E4
		for i := range 64 {
			s.Do("glBindBuffer", arrayBuffer, i+1).Do("glBufferData", arrayBuffer, 256<<20, nil, staticDraw)
		}
		s.Do("glClear", 0x4000)
	})
	// GL itself says that there is no memory, which is the app's to see, unless the worker's own runtime is the first to need some.
	if r := o.prism(t, time.Minute, "replay", large); r.code != 0 {
		r.wants(t, "buffers", 1, "small")
	}
	textures := write(func(s *workertest.Script) {
		const texture2D, rgba8, rgba, ubyte = 0x0DE1, 0x8058, 0x1908, 0x1401
		for i := range 64 {
			s.Do("glBindTexture", texture2D, i+1).Do("glTexImage2D", texture2D, 0, rgba8, 8192, 8192, 0, rgba, ubyte, nil)
		}
		s.Do("glClear", 0x4000)
	})
	if r := o.prism(t, time.Minute, "replay", textures); r.code != 0 {
		r.wants(t, "textures", 1, "small")
	}
	must(t, o.prism(t, time.Minute, "replay", small), "replay after the large ones")
}
