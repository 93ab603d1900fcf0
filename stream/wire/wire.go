package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Version of the layout, PRISM_WIRE_VERSION.
const Version = 1

// Magic numbers of what stands where a chunk may stand.
const (
	ChunkMagic = 0x48435250 // "PRCH"
	SkipMagic  = 0x4b535250 // "PRSK", on a ring only: the rest up to the ring's end is unused
)

// Sizes of fixed parts.
const (
	ChunkHeaderBytes  = 40
	RecordHeaderBytes = 8
	BlobBytes         = 8
	ReplyHeaderBytes  = 24
)

// Limits: who packs keeps them, who reads enforces them.
const (
	MaxRecord  = 128 << 10 // one record, with its header and inline arrays
	MaxChunk   = 256 << 10 // one chunk's records
	InlineMax  = 16 << 10  // an array larger than this is staged
	PieceBytes = 64 << 10  // bytes that one prismData or prismDataRef record brings at most
	MaxStaged  = 1 << 30   // bytes staged for one command at most
)

// ChunkUrgent, in ChunkHeader.Flags: somebody waits for an effect, send on without gathering more. Readers ignore flags
// that they do not know.
const ChunkUrgent = 1

// RecReply, in a record's flags: the payload begins with a u64 reply id, and an answer is due.
const RecReply = 1

// Modes of an array parameter (prism_blob).
const (
	BlobNull   = 0 // the app passed NULL
	BlobInline = 1 // the bytes follow the fixed part
	BlobStaged = 2 // the next bytes of what prismData records of this thread brought
	BlobOffset = 3 // u64 offset into the buffer that is bound, inline
)

// ErrCorrupt is the class of all errors about bytes that break the grammar.
var ErrCorrupt = errors.New("wire: corrupt stream")

// corrupt is an error whose text says where and what; errors.Is(err, ErrCorrupt) holds.
type corrupt string

func (e corrupt) Error() string        { return string(e) }
func (e corrupt) Is(target error) bool { return target == ErrCorrupt }

// Corruptf makes an error of class ErrCorrupt with the text alone, for packages that read the same bytes. The text
// begins with their own prefix.
func Corruptf(format string, args ...any) error { return corrupt(fmt.Sprintf(format, args...)) }

// Pad8 rounds up to a multiple of 8.
func Pad8(n int) int { return (n + 7) &^ 7 }

// ChunkHeader says who committed a chunk, and with what current.
type ChunkHeader struct {
	Bytes   uint32 // of records, behind the header
	Thread  uint32 // the app's thread, from 1
	Ctx     uint32 // serial of the current context, 0: none
	Records uint32 // how many
	Seq     uint64 // counts the chunks of one process, from 1
	Flags   uint32 // Chunk…
	Draw    uint32 // serial of the current draw drawable, 0: none
	Read    uint32 // serial of the current read drawable
}

// Urgent tells whether ChunkUrgent is set.
func (h *ChunkHeader) Urgent() bool { return h.Flags&ChunkUrgent != 0 }

// Append encodes h.
func (h *ChunkHeader) Append(b []byte) []byte {
	n := len(b)
	b = append(b, make([]byte, ChunkHeaderBytes)...)
	h.Put(b[n:])
	return b
}

// Put encodes h into the first ChunkHeaderBytes of b.
func (h *ChunkHeader) Put(b []byte) {
	_ = b[ChunkHeaderBytes-1]
	le := binary.LittleEndian
	le.PutUint32(b[0:], ChunkMagic)
	le.PutUint32(b[4:], h.Bytes)
	le.PutUint32(b[8:], h.Thread)
	le.PutUint32(b[12:], h.Ctx)
	le.PutUint64(b[16:], h.Seq)
	le.PutUint32(b[24:], h.Records)
	le.PutUint32(b[28:], h.Flags)
	le.PutUint32(b[32:], h.Draw)
	le.PutUint32(b[36:], h.Read)
}

// ParseChunkHeader decodes and checks a header. It does not look at what follows; see CheckChunk.
func ParseChunkHeader(b []byte) (h ChunkHeader, err error) {
	if len(b) < ChunkHeaderBytes {
		return h, Corruptf("wire: chunk: %d bytes left, a header has %d", len(b), ChunkHeaderBytes)
	}
	le := binary.LittleEndian
	if m := le.Uint32(b); m != ChunkMagic {
		return h, Corruptf("wire: chunk: magic %#x, want %#x", m, uint32(ChunkMagic))
	}
	h = ChunkHeader{
		Bytes: le.Uint32(b[4:]), Thread: le.Uint32(b[8:]), Ctx: le.Uint32(b[12:]), Seq: le.Uint64(b[16:]),
		Records: le.Uint32(b[24:]), Flags: le.Uint32(b[28:]), Draw: le.Uint32(b[32:]), Read: le.Uint32(b[36:]),
	}
	switch {
	case h.Bytes > MaxChunk:
		err = Corruptf("wire: chunk %d: length %d exceeds %d", h.Seq, h.Bytes, MaxChunk)
	case h.Bytes&7 != 0:
		err = Corruptf("wire: chunk %d: length %d is no multiple of 8", h.Seq, h.Bytes)
	case uint64(h.Records)*RecordHeaderBytes > uint64(h.Bytes) || h.Records == 0 && h.Bytes != 0:
		err = Corruptf("wire: chunk %d: %d records in %d bytes", h.Seq, h.Records, h.Bytes)
	}
	return h, err
}

// PutRecordHeader encodes a record's header into the first 8 bytes of b; size counts header and payload.
func PutRecordHeader(b []byte, size int, op, flags uint16) {
	binary.LittleEndian.PutUint64(b, uint64(uint32(size))|uint64(op)<<32|uint64(flags)<<48)
}
