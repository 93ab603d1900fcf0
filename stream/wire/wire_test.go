package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
)

func record(op, flags uint16, payload ...byte) []byte {
	b := make([]byte, 8, 8+len(payload))
	PutRecordHeader(b, 8+Pad8(len(payload)), op, flags)
	b = append(b, payload...)
	return append(b, make([]byte, Pad8(len(payload))-len(payload))...)
}

func withSize(b []byte, size uint32) []byte {
	b = bytes.Clone(b)
	binary.LittleEndian.PutUint32(b, size)
	return b
}

func TestRecordsErrors(t *testing.T) {
	ok := record(3, 0, 1, 2, 3)
	cases := []struct {
		name string
		in   []byte
		n    int
		want string
	}{
		{"Empty", nil, 0, ""},
		{"One", ok, 1, ""},
		{"LengthBelowHeader", append(bytes.Clone(ok), withSize(ok, 0)...), 1, "wire: record 1: length 0 is less than its header"},
		{"LengthAboveLimit", withSize(ok, MaxRecord+8), 0, "wire: record 0: length 131080 exceeds 131072"},
		{"LengthAllOnes", withSize(ok, 0xffffffff), 0, "wire: record 0: length 4294967295 exceeds 131072"},
		{"OddLength", withSize(ok, 12), 0, "wire: record 0: length 12 is no multiple of 8"},
		{"LengthBeyondEnd", withSize(ok, 24), 0, "wire: record 0: length 24 exceeds the 16 bytes left"},
		{"CutHeader", ok[:4], 0, "wire: record 0: 4 bytes left, a header has 8"},
		{"UnknownFlags", record(3, 2, 1), 0, "wire: record 0: flags 0x2 are not known"},
		{"NoRoomForReplyID", record(3, RecReply), 0, "wire: record 0: length 8 leaves no room for a reply id"},
		{"ReplyID", record(3, RecReply, 9, 0, 0, 0, 0, 0, 0, 0), 1, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			it, n := WalkRecords(c.in), 0
			for it.Next() {
				n++
			}
			if it.Next() {
				t.Error("Next goes on after the end")
			}
			checkErr(t, it.Err(), c.want)
			if n != c.n {
				t.Errorf("%d records, want %d", n, c.n)
			}
		})
	}
}

func checkErr(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%v is not of class ErrCorrupt", err)
		}
	}
	if got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

func TestChunkErrors(t *testing.T) {
	good, err := new(Builder).Chunk(ChunkHeader{Thread: 1, Seq: 7}).Record(1, 0).Record(2, 0).U32(5).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if h, err := CheckChunk(good); err != nil || h.Records != 2 || h.Bytes != 24 || h.Thread != 1 {
		t.Fatalf("header %+v, error %v", h, err)
	}
	set := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	cases := []struct {
		name string
		in   []byte
		want string
	}{
		{"Short", good[:39], "wire: chunk: 39 bytes left, a header has 40"},
		{"Magic", set(0, SkipMagic), "wire: chunk: magic 0x4b535250, want 0x48435250"},
		{"TooLong", set(4, MaxChunk+8), "wire: chunk 7: length 262152 exceeds 262144"},
		{"Odd", set(4, 23), "wire: chunk 7: length 23 is no multiple of 8"},
		{"Cut", good[:len(good)-8], "wire: chunk 7: length 24, 16 bytes are there"},
		{"TooManyRecords", set(24, 4), "wire: chunk 7: 4 records in 24 bytes"},
		{"NoRecords", set(24, 0), "wire: chunk 7: 0 records in 24 bytes"},
		{"RecordsMiscounted", set(24, 3), "wire: chunk 7: wire: 2 records, the chunk's header says 3"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := CheckChunk(c.in)
			checkErr(t, err, c.want)
		})
	}
	_, _, err = CheckBatch(append(bytes.Clone(good), good[:60]...))
	checkErr(t, err, "wire: chunk number 1 of the batch: wire: chunk 7: length 24 exceeds the 20 bytes left")
}

func TestBuilderLayout(t *testing.T) {
	b := new(Builder).Chunk(ChunkHeader{Thread: 2, Ctx: 3, Seq: 1, Draw: 4, Read: 5, Flags: ChunkUrgent})
	b.Ask(9, 77).U32(1).U64(2).Inline([]byte("hello")).F32(1).Offset(64).Null().Staged(100)
	b.Record(10, 0)
	batch, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"PRCH\x60\x00\x00\x00", "\x02\x00\x00\x00\x03\x00\x00\x00", "\x01\x00\x00\x00\x00\x00\x00\x00",
		"\x02\x00\x00\x00\x01\x00\x00\x00", "\x04\x00\x00\x00\x05\x00\x00\x00",
		"\x58\x00\x00\x00\x09\x00\x01\x00", "\x4d\x00\x00\x00\x00\x00\x00\x00", // header, reply id
		"\x01\x00\x00\x00\x00\x00\x00\x00", "\x02\x00\x00\x00\x00\x00\x00\x00", // u32, padding, u64
		"\x05\x00\x00\x00\x01\x00\x00\x00", "\x00\x00\x80\x3f\x08\x00\x00\x00", // blob; f32, blob's length
		"\x03\x00\x00\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x64\x00\x00\x00", // mode, null; null, staged
		"\x02\x00\x00\x00\x00\x00\x00\x00", // mode, padding
		"hello\x00\x00\x00", "\x40\x00\x00\x00\x00\x00\x00\x00",
		"\x08\x00\x00\x00\x0a\x00\x00\x00",
	}, "")
	if string(batch) != want {
		t.Errorf("got\n%x\nwant\n%x", batch, want)
	}
	if c, r, err := CheckBatch(batch); c != 1 || r != 2 || err != nil {
		t.Errorf("%d chunks, %d records, %v", c, r, err)
	}
}

func TestBuilderSplits(t *testing.T) {
	b := new(Builder).Chunk(ChunkHeader{Thread: 1, Seq: 5})
	data := bytes.Repeat([]byte("0123456789abcdef"), 40000)
	b.Data(1, data).Record(2, 0)
	batch, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	seq := uint64(5)
	it := WalkChunks(batch)
	for it.Next() {
		if h := it.Header(); h.Seq != seq || h.Thread != 1 {
			t.Errorf("header %+v, want seq %d", h, seq)
		}
		seq++
		rec := it.Records()
		for rec.Next() {
			if rec.Op() == 1 {
				n := binary.LittleEndian.Uint32(rec.Payload())
				got = append(got, rec.Payload()[8:8+n]...)
			}
		}
		if rec.Err() != nil {
			t.Error(rec.Err())
		}
	}
	if it.Err() != nil || !bytes.Equal(got, data) || seq != 5+3 {
		t.Errorf("%d bytes of %d in %d chunks, %v", len(got), len(data), seq-5, it.Err())
	}
}

func TestBuilderErrors(t *testing.T) {
	chunk := func() *Builder { return new(Builder).Chunk(ChunkHeader{}) }
	cases := []struct {
		name string
		b    *Builder
		want string
	}{
		{"NoChunk", new(Builder).Record(1, 0), "wire: builder: record without a chunk"},
		{"NoRecord", chunk().U32(1), "wire: builder: field without a record"},
		{"TooLong", chunk().Record(1, 0).Inline(make([]byte, MaxRecord)), "wire: builder: record: length 131088 exceeds 131072"},
		{"RawLength", chunk().Raw([]byte{9, 0, 0, 0, 0, 0, 0, 0}), "wire: builder: raw record: length does not match"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.b.Bytes(); err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestReply(t *testing.T) {
	r := Reply{ID: 3<<32 | 9, Status: ReplyOK, Error: 0x500, Ret: 42}
	for _, a := range []string{"", "12345678", "abc"} {
		r.Arrays = AppendArray(r.Arrays, []byte(a))
	}
	enc := r.Append(nil)
	got, err := ParseReply(enc)
	if err != nil || got.ID != r.ID || got.Error != r.Error || got.Ret != r.Ret || !bytes.Equal(got.Arrays, r.Arrays) {
		t.Fatalf("got %+v, %v; want %+v", got, err, r)
	}
	var arrays []string
	it := got.Walk()
	for it.Next() {
		arrays = append(arrays, string(it.Data()))
	}
	if it.Err() != nil || strings.Join(arrays, ",") != ",12345678,abc" {
		t.Errorf("arrays %q, %v", arrays, it.Err())
	}
	bad := bytes.Clone(enc)
	bad[24] = 200
	_, err = ParseReply(bad)
	checkErr(t, err, "wire: reply 0x300000009: array 0: length 200 exceeds the 32 bytes left")
	_, err = ParseReply(enc[:20])
	checkErr(t, err, "wire: reply: 20 bytes, a header has 24")
	_, err = ParseReply(enc[:28])
	checkErr(t, err, "wire: reply 0x300000009: array 0: 4 bytes left, a header has 8")
	bad = bytes.Clone(enc)
	bad[8] = 3
	_, err = ParseReply(bad)
	checkErr(t, err, "wire: reply 0x300000009: status 3 is not known")
}

// The limits stand twice, in C and here.
func TestLimitsMatchHeader(t *testing.T) {
	h, err := os.ReadFile("../driver/include/prism_wire.h")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"#define PRISM_WIRE_VERSION 1u", "#define PRISM_CHUNK_MAGIC 0x48435250u", "#define PRISM_SKIP_MAGIC 0x4b535250u",
		"#define PRISM_CHUNK_URGENT 1u", "#define PRISM_REC_REPLY 1u", "#define PRISM_MAX_RECORD (128u << 10)",
		"#define PRISM_MAX_CHUNK (256u << 10)", "#define PRISM_INLINE_MAX (16u << 10)", "#define PRISM_PIECE_BYTES (64u << 10)",
		"#define PRISM_MAX_STAGED (1u << 30)", "PRISM_BLOB_OFFSET = 3", "PRISM_REPLY_UNSUPPORTED = 2",
	} {
		if !bytes.Contains(h, []byte(line)) {
			t.Errorf("prism_wire.h has no %q: the limits here and there differ", line)
		}
	}
}

func FuzzBatch(f *testing.F) {
	b, err := new(Builder).Chunk(ChunkHeader{Thread: 1, Seq: 1}).Record(1, 0).U32(5).Ask(2, 3).Chunk(ChunkHeader{Seq: 2}).Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:50])
	f.Fuzz(func(t *testing.T, in []byte) {
		chunks, records, err := CheckBatch(in)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("class of %v", err)
			}
			return
		}
		// What is accepted is rebuilt bit by bit.
		var out Builder
		n := 0
		it := WalkChunks(in)
		for it.Next() {
			out.Chunk(it.Header())
			rec := it.Records()
			for rec.Next() {
				out.Raw(rec.Raw())
				if _, ok := rec.ReplyID(); ok != (rec.Flags() == RecReply) {
					t.Fatal("reply id")
				}
				n++
			}
			chunks--
		}
		got, err := out.Bytes()
		if err != nil || n != records || chunks != 0 || !bytes.Equal(got, in) {
			t.Fatalf("%v: %d of %d records\n%x\n%x", err, n, records, in, got)
		}
	})
}

// FuzzChunk: what WalkChunk accepts is one chunk that fills its bytes, the same that a walk over the batch finds.
func FuzzChunk(f *testing.F) {
	b, err := new(Builder).Chunk(ChunkHeader{Thread: 1, Seq: 1}).Record(1, 0).U32(5).Inline([]byte("abc")).Ask(2, 3).Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:ChunkHeaderBytes])
	f.Add(append(bytes.Clone(b), b...))
	f.Fuzz(func(t *testing.T, in []byte) {
		h, it, err := WalkChunk(in)
		at, n := ChunkHeaderBytes, uint32(0)
		for err == nil && it.Next() {
			if raw := it.Raw(); len(raw) < RecordHeaderBytes || len(raw) > MaxRecord || !bytes.Equal(raw, in[at:at+len(raw)]) || it.Index() != int(n) {
				t.Fatalf("record %d at %d: %x", n, at, raw)
			}
			at += len(it.Raw())
			n++
		}
		if err == nil {
			err = it.Err()
		}
		_, checked := CheckChunk(in)
		if (err == nil) != (checked == nil) || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("WalkChunk: %v, CheckChunk: %v", err, checked)
		}
		if err == nil && (at != len(in) || n != h.Records || len(in) > ChunkHeaderBytes+MaxChunk) {
			t.Fatalf("%d records in %d bytes of %d, the header says %d", n, at, len(in), h.Records)
		}
		if chunks, records, all := CheckBatch(in); err == nil && (chunks != 1 || records != int(n) || all != nil) {
			t.Fatalf("as a batch: %d chunks, %d records, %v", chunks, records, all)
		}
	})
}

func FuzzReply(f *testing.F) {
	r := Reply{ID: 1, Arrays: AppendArray(nil, []byte("abc"))}
	f.Add(r.Append(nil))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := ParseReply(in)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("class of %v", err)
			}
			return
		}
		if got := r.Append(nil); !bytes.Equal(got, in) {
			t.Fatalf("%x became %x", in, got)
		}
	})
}

func benchChunk(b testing.TB) []byte {
	var bld Builder
	bld.Chunk(ChunkHeader{Thread: 1, Ctx: 1, Seq: 1})
	for i := range 1000 {
		bld.Record(uint16(i&63), 0).F32(1).F32(2).F32(3).U32(0)
	}
	out, err := bld.Bytes()
	if err != nil {
		b.Fatal(err)
	}
	return out
}

var sink uint64

func walk(batch []byte) (n int) {
	var sum uint64
	it := WalkChunks(batch)
	for it.Next() {
		rec := it.Records()
		for rec.Next() {
			sum += uint64(rec.Op()) + uint64(len(rec.Payload()))
			n++
		}
	}
	sink = sum
	return n
}

func TestWalkAllocatesNothing(t *testing.T) {
	batch := benchChunk(t)
	if n := testing.AllocsPerRun(10, func() {
		if walk(batch) != 1000 {
			t.Fatal("records")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkWalkRecords(b *testing.B) {
	batch := benchChunk(b)
	b.ReportAllocs()
	for b.Loop() {
		walk(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
}

func BenchmarkBuild(b *testing.B) {
	var bld Builder
	b.ReportAllocs()
	for b.Loop() {
		bld.Reset()
		bld.Chunk(ChunkHeader{Thread: 1, Ctx: 1, Seq: 1})
		for range 1000 {
			bld.Record(5, 0).F32(1).F32(2).F32(3)
		}
		if _, err := bld.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
}
