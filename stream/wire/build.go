package wire

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Builder makes chunks, one after the other: a batch. It is for tools and tests; the app's side packs in C.
//
//	b.Chunk(wire.ChunkHeader{Thread: 1, Ctx: 1, Seq: 1})
//	b.Record(op, 0).U32(3).F32(0.5).Inline(data)
//	batch, err := b.Bytes()
//
// Bytes and Record's fields are laid out as FORMAT.md says: natural alignment, arrays behind the fixed part. When a
// record does not fit into the chunk under way, the chunk is ended and another begun with the same header and the next
// Seq. The first error sticks and comes out of Bytes. The zero value is ready for use.
type Builder struct {
	buf    []byte
	start  int // of the chunk under way or ended last
	open   bool
	header ChunkHeader
	rec    int // start of the record under way, 0: none (a chunk's header comes before any record)
	arrays []byte
	err    error
}

// Reset empties b and keeps its memory.
func (b *Builder) Reset() { *b = Builder{buf: b.buf[:0], arrays: b.arrays[:0]} }

// Chunk ends the chunk under way and begins one with h; Bytes and Records of h are counted by the Builder.
func (b *Builder) Chunk(h ChunkHeader) *Builder {
	b.End()
	h.Bytes, h.Records = 0, 0
	b.header, b.open, b.start = h, true, len(b.buf)
	b.buf = h.Append(b.buf)
	return b
}

// Seq is the number of the chunk under way or ended last.
func (b *Builder) Seq() uint64 { return b.header.Seq }

// Record begins a record; U32, I32, … and arrays fill it. It ends with the next Record, Chunk, End or Bytes.
func (b *Builder) Record(op, flags uint16) *Builder {
	b.finish()
	if !b.open {
		b.fail("record without a chunk")
		return b
	}
	b.rec = len(b.buf)
	b.buf = append(b.buf, 0, 0, 0, 0, byte(op), byte(op>>8), byte(flags), byte(flags>>8))
	return b
}

// Ask begins a record that asks for an answer: RecReply with its reply id.
func (b *Builder) Ask(op uint16, id uint64) *Builder { return b.Record(op, RecReply).U64(id) }

// Raw appends a record that is already encoded.
func (b *Builder) Raw(record []byte) *Builder {
	b.Record(0, 0)
	if b.rec != 0 {
		if len(record) < RecordHeaderBytes || int(binary.LittleEndian.Uint32(record)) != len(record) {
			b.fail("raw record: length does not match")
			return b
		}
		b.buf = append(b.buf[:b.rec], record...)
	}
	return b
}

func (b *Builder) field(size int) bool {
	if b.rec == 0 {
		b.fail("field without a record")
		return false
	}
	for (len(b.buf)-b.rec)%size != 0 {
		b.buf = append(b.buf, 0)
	}
	return true
}

// U32 appends an integer, enum, boolean or handle of up to 32 bits.
func (b *Builder) U32(v uint32) *Builder {
	if b.field(4) {
		b.buf = binary.LittleEndian.AppendUint32(b.buf, v)
	}
	return b
}

// I32 appends a signed integer.
func (b *Builder) I32(v int32) *Builder { return b.U32(uint32(v)) }

// F32 appends a float.
func (b *Builder) F32(v float32) *Builder { return b.U32(math.Float32bits(v)) }

// U64 appends a 64-bit integer, size, offset or sync.
func (b *Builder) U64(v uint64) *Builder {
	if b.field(8) {
		b.buf = binary.LittleEndian.AppendUint64(b.buf, v)
	}
	return b
}

// F64 appends a double.
func (b *Builder) F64(v float64) *Builder { return b.U64(math.Float64bits(v)) }

func (b *Builder) blob(bytes, mode uint32) *Builder { return b.U32(bytes).U32(mode) }

// Null appends an array parameter that the app passed as NULL.
func (b *Builder) Null() *Builder { return b.blob(0, BlobNull) }

// Inline appends an array parameter; its bytes, which are copied, follow the fixed part.
func (b *Builder) Inline(data []byte) *Builder {
	b.blob(uint32(len(data)), BlobInline)
	b.array(data)
	return b
}

// Staged appends an array parameter whose bytes prismData records brought before.
func (b *Builder) Staged(bytes int) *Builder { return b.blob(uint32(bytes), BlobStaged) }

// Offset appends an array parameter that is an offset into a bound buffer.
func (b *Builder) Offset(offset uint64) *Builder {
	b.blob(8, BlobOffset)
	b.array(binary.LittleEndian.AppendUint64(nil, offset))
	return b
}

func (b *Builder) array(data []byte) {
	b.arrays = append(b.arrays, data...)
	for len(b.arrays)%8 != 0 {
		b.arrays = append(b.arrays, 0)
	}
}

// Data appends data as prismData records of at most PieceBytes each; op is prismData's number.
func (b *Builder) Data(op uint16, data []byte) *Builder {
	for len(data) > 0 {
		n := min(len(data), PieceBytes)
		b.Record(op, 0).Inline(data[:n])
		data = data[n:]
	}
	return b
}

// finish completes the record under way.
func (b *Builder) finish() {
	if b.rec == 0 {
		return
	}
	for (len(b.buf)-b.rec)%8 != 0 {
		b.buf = append(b.buf, 0)
	}
	b.buf = append(b.buf, b.arrays...)
	b.arrays = b.arrays[:0]
	size := len(b.buf) - b.rec
	binary.LittleEndian.PutUint32(b.buf[b.rec:], uint32(size))
	if size > MaxRecord {
		b.fail(fmt.Sprintf("record: length %d exceeds %d", size, MaxRecord))
		b.buf, b.rec = b.buf[:b.rec], 0
		return
	}
	if int(b.header.Bytes)+size > MaxChunk {
		h := b.header
		h.Seq++
		b.buf = append(b.buf, make([]byte, ChunkHeaderBytes)...)
		copy(b.buf[b.rec+ChunkHeaderBytes:], b.buf[b.rec:])
		b.header.Put(b.buf[b.start:])
		b.start = b.rec
		h.Bytes, h.Records = 0, 0
		b.header = h
	}
	b.header.Bytes += uint32(size)
	b.header.Records++
	b.rec = 0
}

// End ends the chunk under way, if any.
func (b *Builder) End() *Builder {
	b.finish()
	if b.open {
		b.header.Put(b.buf[b.start:])
		b.open = false
	}
	return b
}

// Bytes ends the chunk under way and gives all chunks; they belong to b and are valid until the next call of a method.
func (b *Builder) Bytes() ([]byte, error) {
	b.End()
	return b.buf, b.err
}

func (b *Builder) fail(text string) {
	if b.err == nil {
		b.err = fmt.Errorf("wire: builder: %s", text)
	}
}
