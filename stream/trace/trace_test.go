package trace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prismgl/prism/stream/wire"
)

const hash = 0xfeed

var info = Info{
	Program: "gears", Args: []string{"gears", "-x"}, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	GL: map[string]string{"renderer": "llvmpipe"},
}

type entry struct {
	ns    uint64
	swaps int
	data  []byte
}

// stream makes n frames of some chunks each; frame f's chunks carry f.
func stream(t testing.TB, frames, chunks, bytes int) (out []entry) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, bytes)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	seq := uint64(0)
	for f := range frames {
		for c := range chunks {
			seq++
			var b wire.Builder
			b.Chunk(wire.ChunkHeader{Thread: 1, Seq: seq}).Record(5, 0).U32(uint32(f)).Inline(noise)
			e := entry{ns: seq * 1000}
			if c == chunks-1 {
				b.Record(6, 0)
				e.swaps = 1
			}
			data, err := b.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			e.data = data
			out = append(out, e)
		}
	}
	return out
}

func encode(t testing.TB, in []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, "test", hash, info)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range in {
		if err := w.Append(e.ns, e.data, e.swaps); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, file []byte) *Reader {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file), "test")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readAll(r *Reader) (out []entry, err error) {
	for {
		c, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, entry{c.NS, c.Swaps, bytes.Clone(c.Data)})
	}
}

func same(t *testing.T, want, got []entry) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d chunks, want %d", len(got), len(want))
		return
	}
	for i, w := range want {
		if g := got[i]; g.ns != w.ns || g.swaps != w.swaps || !bytes.Equal(g.data, w.data) {
			t.Errorf("chunk %d: time %d, %d swaps, %d bytes; want %d, %d, %d", i, g.ns, g.swaps, len(g.data), w.ns, w.swaps, len(w.data))
			return
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, tc := range []struct {
		name                  string
		frames, chunks, bytes int
	}{
		{"Empty", 0, 0, 0}, {"One", 1, 1, 0}, {"ManyBlocks", 40, 3, 30 << 10}, {"LargeChunks", 10, 2, 120 << 10}, {"SmallFrames", 3000, 1, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := stream(t, tc.frames, tc.chunks, tc.bytes)
			path := filepath.Join(t.TempDir(), "x.trace")
			w, err := Create(path, hash, info)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range in {
				if err := w.Append(e.ns, e.data, e.swaps); err != nil {
					t.Fatal(err)
				}
			}
			if w.Frames() != uint64(tc.frames) {
				t.Errorf("%d frames", w.Frames())
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if d := cmp.Diff(info, r.Info()); d != "" || r.SpecHash() != hash {
				t.Errorf("info, spec hash %#x: %s", r.SpecHash(), d)
			}
			if n, known := r.Frames(); n != uint64(tc.frames) || !known {
				t.Errorf("%d frames, %v", n, known)
			}
			got, err := readAll(r)
			if err != nil || r.Truncated() {
				t.Fatalf("%v, truncated %v", err, r.Truncated())
			}
			same(t, in, got)
			if _, err := r.Next(); !errors.Is(err, io.EOF) {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}

// Cut anywhere, a file gives what its whole blocks hold, and says that it was cut.
func TestCutOff(t *testing.T) {
	in := stream(t, 12, 2, 60<<10)
	file := encode(t, in)
	tail, ok := parseTrailer(file[len(file)-trailerBytes:])
	if !ok {
		t.Fatal("no trailer")
	}
	last := -1
	for cut := len(file) - 1; cut > 0; cut -= 9973 {
		r, err := NewReader(bytes.NewReader(file[:cut]), "test")
		if err != nil {
			if cut > 400 {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			continue
		}
		got, err := readAll(r)
		if err != nil || !r.Truncated() {
			t.Fatalf("cut at %d: %v, truncated %v", cut, err, r.Truncated())
		}
		if last >= 0 && len(got) > last || cut >= int(tail.index) && len(got) != len(in) {
			t.Errorf("cut at %d: %d chunks, cut later %d", cut, len(got), last)
		}
		last = len(got)
		same(t, in[:len(got)], got)
		// Frames are found without the index, too.
		if len(got) >= 10 {
			if err := r.SeekFrame(3); err != nil {
				t.Fatal(err)
			}
			if c, err := r.Next(); err != nil || c.Frame != 3 || !bytes.Equal(c.Data, in[6].data) {
				t.Errorf("frame %d, %v", c.Frame, err)
			}
		}
	}
	if last != 0 {
		t.Errorf("the shortest file has %d chunks", last)
	}
}

func TestSeekFrame(t *testing.T) {
	for _, size := range []int{4, 50 << 10} {
		in := stream(t, 100, 3, size)
		r := open(t, encode(t, in))
		for _, n := range []uint64{0, 99, 50, 1, 98, 98} {
			if err := r.SeekFrame(n); err != nil {
				t.Fatalf("frame %d: %v", n, err)
			}
			c, err := r.Next()
			if err != nil || c.Frame != n || !bytes.Equal(c.Data, in[3*n].data) {
				t.Errorf("frame %d: chunk of frame %d, %v", n, c.Frame, err)
			}
		}
		if err := r.SeekFrame(100); err != nil {
			t.Errorf("the end: %v", err)
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("at the end: %v", err)
		}
		if err := r.SeekFrame(101); !errors.Is(err, io.EOF) {
			t.Errorf("behind the end: %v", err)
		}
		if err := r.SeekFrame(0); err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(r); err != nil || len(got) != 300 {
			t.Errorf("%d chunks after all that, %v", len(got), err)
		}
	}
}

// Several swaps in one chunk: the frames between begin where the next chunk is.
func TestSeveralSwapsInAChunk(t *testing.T) {
	in := stream(t, 6, 1, 8)
	in[1].swaps = 2 // ends frames 1 and 2
	r := open(t, encode(t, in))
	for _, tc := range []struct{ frame, got, chunk int }{{1, 1, 1}, {2, 3, 2}, {3, 3, 2}, {4, 4, 3}, {6, 6, 5}} {
		if err := r.SeekFrame(uint64(tc.frame)); err != nil {
			t.Fatal(err)
		}
		if c, err := r.Next(); err != nil || c.Frame != uint64(tc.got) || !bytes.Equal(c.Data, in[tc.chunk].data) {
			t.Errorf("frame %d: chunk of frame %d, %v", tc.frame, c.Frame, err)
		}
	}
}

func TestTrim(t *testing.T) {
	in := stream(t, 20, 3, 100)
	for _, n := range []uint64{0, 1, 7, 20, 30} {
		var b bytes.Buffer
		w, err := NewWriter(&b, "test", hash, info)
		if err != nil {
			t.Fatal(err)
		}
		copied, err := Trim(w, open(t, encode(t, in)), n)
		if err != nil || copied != min(n, 20) {
			t.Errorf("%d frames of %d, %v", copied, n, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(open(t, b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		same(t, in[:3*min(n, 20)], got)
	}
}

func TestFlush(t *testing.T) {
	in := stream(t, 2, 1, 8)
	var b bytes.Buffer
	w, err := NewWriter(&b, "test", hash, info)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(in[0].ns, in[0].data, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(open(t, b.Bytes())); err != nil || len(got) != 1 {
		t.Errorf("%d chunks, %v", len(got), err)
	}
	if err := w.Append(in[1].ns, in[1].data, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(open(t, b.Bytes())); err != nil || len(got) != 2 {
		t.Errorf("%d chunks, %v", len(got), err)
	}
	if err := w.Append(1, in[0].data, 1); err == nil || err.Error() != "trace: test: closed" {
		t.Errorf("append after close: %v", err)
	}
}

// A slow stream is written each second, though its blocks are small.
func TestBlocksSpanASecond(t *testing.T) {
	in := stream(t, 5, 1, 8)
	var b bytes.Buffer
	w, err := NewWriter(&b, "test", hash, info)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range in {
		if err := w.Append(uint64(i)*600e6, e.data, e.swaps); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := readAll(open(t, b.Bytes())); err != nil || len(got) != 3 {
		t.Errorf("%d chunks are in the file, want 3, %v", len(got), err)
	}
}

func TestErrors(t *testing.T) {
	in := stream(t, 3, 2, 1000)
	file := encode(t, in)
	js := wire.Pad8(int(binary.LittleEndian.Uint32(file[24:])))
	first := headerBytes + js
	change := func(at int, v byte) []byte {
		b := bytes.Clone(file)
		b[at] ^= v
		return b
	}
	for _, tc := range []struct {
		name string
		file []byte
		want string
		is   bool
	}{
		{"Empty", nil, "trace: test: offset 0: 0 bytes are no trace of prism", true},
		{"Text", bytes.Repeat([]byte("hello "), 100), `trace: test: offset 0: not a trace of prism: it begins with "hello he"`, true},
		{"Version", change(8, 3), "trace: test: offset 0: version 2, this prism reads 1", false},
		{"Header", change(16, 1), "trace: test: offset 0: header: checksum", true},
		{"Info", change(headerBytes+3, 1), "trace: test: offset 0: info: checksum", true},
		{"BlockMagic", change(first, 1), fmt.Sprintf("trace: test: offset %d: block: magic 0x4b425451", first), true},
		{"BlockHeader", change(first+8, 1), fmt.Sprintf("trace: test: offset %d: block: header's checksum", first), true},
		{"BlockBytes", change(first+blockBytes+100, 1), fmt.Sprintf("trace: test: offset %d: block: checksum", first), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(tc.file), "test")
			if err == nil {
				_, err = readAll(r)
			}
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) || errors.Is(err, ErrCorrupt) != tc.is {
				t.Errorf("error %v, want %s", err, tc.want)
			}
		})
	}
	w, err := NewWriter(io.Discard, "test", hash, info)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(0, in[0].data[:50], 0); err == nil {
		t.Error("half a chunk was appended")
	}
	if err := w.Append(0, in[0].data, 99); err == nil {
		t.Error("99 swaps in one record")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "trace: ") {
		t.Error(err)
	}
}

type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if n := min(f.room, len(p)); n < len(p) {
		f.room = 0
		return n, errors.New("no space left")
	}
	f.room -= len(p)
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	w, err := NewWriter(&fullDisk{1 << 20}, "test", hash, info)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range stream(t, 100, 1, 100<<10) {
		if err = w.Append(e.ns, e.data, e.swaps); err != nil {
			break
		}
	}
	if err == nil || err.Error() != "trace: test: offset 1048576: no space left" {
		t.Error(err)
	}
	if again := w.Close(); again == nil {
		t.Error("closed as if nothing had been")
	}
}

func FuzzReader(f *testing.F) {
	file := encode(f, stream(f, 3, 2, 40))
	f.Add(file)
	f.Add(file[:len(file)-50])
	f.Add(file[:200])
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := NewReader(bytes.NewReader(in), "fuzz")
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !strings.Contains(err.Error(), ": version ") {
				t.Fatalf("class of %v", err)
			}
			return
		}
		chunks, err := readAll(r)
		for _, c := range chunks {
			if _, err := wire.CheckChunk(c.data); err != nil {
				t.Fatalf("a chunk came out that is none: %v", err)
			}
		}
		if err != nil {
			return
		}
		if err := r.SeekFrame(1); err == nil {
			if c, err := r.Next(); err == nil && c.Frame < 1 {
				t.Fatalf("frame %d after SeekFrame(1)", c.Frame)
			}
		}
	})
}

// The checksums keep a fuzzer out of what they guard; this one makes them right.
func FuzzBlock(f *testing.F) {
	var w Writer
	w.begins = true
	for _, e := range stream(f, 2, 2, 20) {
		if err := w.Append(e.ns, e.data, e.swaps); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(w.raw, w.head.chunks, w.head.swaps, uint32(codecRaw))
	f.Fuzz(func(t *testing.T, raw []byte, chunks, swaps, codec uint32) {
		var b bytes.Buffer
		if _, err := NewWriter(&b, "fuzz", 1, Info{}); err != nil {
			t.Fatal(err)
		}
		h := block{magic: blockMagic, codec: codec, stored: uint32(len(raw)), raw: uint32(len(raw)), chunks: chunks, swaps: swaps, crc: crcOf(raw)}
		file := append(h.append(b.Bytes()), raw...)
		r, err := NewReader(bytes.NewReader(file), "fuzz")
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(r)
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		if err == nil && uint32(len(got)) != chunks {
			t.Fatalf("%d chunks of %d", len(got), chunks)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	in := stream(b, 1, 1, 60<<10)[0]
	w, err := NewWriter(io.Discard, "test", hash, info)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in.data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Append(1, in.data, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNext(b *testing.B) {
	in := stream(b, 30, 1, 60<<10)
	r := open(b, encode(b, in))
	b.SetBytes(int64(len(in[0].data)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			err = r.SeekFrame(0)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// The numbers that FORMAT.md names are those of the code.
func TestFormatNumbers(t *testing.T) {
	doc, err := os.ReadFile("../wire/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("`%#x` (\"PTBK\")", blockMagic), fmt.Sprintf("`%#x` (\"PTIX\")", indexMagic), fmt.Sprintf("`%#x` (\"PTTR\")", trailerMagic),
		fmt.Sprintf("exceeds %d bytes", blockMax), fmt.Sprintf("last %d bytes", trailerBytes), fmt.Sprintf("| trace file | %d |", Version),
		fmt.Sprintf("`%#x` (\"PRCH\")", wire.ChunkMagic), fmt.Sprintf("`%#x` (\"PRSK\")", wire.SkipMagic), fmt.Sprintf("at most %d (`MaxRecord`)", wire.MaxRecord),
		fmt.Sprintf("at most %d (`MaxChunk`)", wire.MaxChunk), fmt.Sprintf("at most %d (`InlineMax`)", wire.InlineMax), fmt.Sprintf("at most %d bytes (`PieceBytes`)", wire.PieceBytes),
		fmt.Sprintf("(`PRISM_WIRE_VERSION`) | %d |", wire.Version),
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("FORMAT.md has no %q", want)
		}
	}
	if string(binary.LittleEndian.AppendUint32(nil, blockMagic)) != "PTBK" || string(binary.LittleEndian.AppendUint32(nil, indexMagic)) != "PTIX" ||
		string(binary.LittleEndian.AppendUint32(nil, trailerMagic)) != "PTTR" {
		t.Error("magics do not read as they should")
	}
}
