package wire

import (
	"encoding/binary"
	"fmt"
)

// Chunks walks over the chunks of a batch:
//
//	for it := wire.WalkChunks(batch); it.Next(); {
//		for rec := it.Records(); rec.Next(); { … }
//	}
//
// Slices that it gives lie in the batch. It allocates only for an error.
type Chunks struct {
	rest   []byte
	raw    []byte
	header ChunkHeader
	n      int
	err    error
}

// WalkChunks starts before the first chunk of a batch. An empty batch has none.
func WalkChunks(batch []byte) Chunks { return Chunks{rest: batch} }

// Next goes to the next chunk; false at the end or at an error, which Err tells.
func (c *Chunks) Next() bool {
	if len(c.rest) == 0 || c.err != nil {
		return false
	}
	h, err := ParseChunkHeader(c.rest)
	if err == nil && int(h.Bytes) > len(c.rest)-ChunkHeaderBytes {
		err = Corruptf("wire: chunk %d: length %d exceeds the %d bytes left", h.Seq, h.Bytes, len(c.rest)-ChunkHeaderBytes)
	}
	if err != nil {
		c.err = fmt.Errorf("wire: chunk number %d of the batch: %w", c.n, err)
		return false
	}
	end := ChunkHeaderBytes + int(h.Bytes)
	c.header, c.raw, c.rest = h, c.rest[:end:end], c.rest[end:]
	c.n++
	return true
}

// Header of the chunk in hand.
func (c *Chunks) Header() ChunkHeader { return c.header }

// Raw is the chunk in hand, header included.
func (c *Chunks) Raw() []byte { return c.raw }

// Records walks over the chunk in hand.
func (c *Chunks) Records() Records {
	return Records{rest: c.raw[ChunkHeaderBytes:], want: c.header.Records, counted: true}
}

// Err is what ended the walk, or nil at the batch's end.
func (c *Chunks) Err() error { return c.err }

// Records walks over the records of a chunk. Slices that it gives lie in the chunk. It allocates only for an error.
type Records struct {
	rest    []byte
	raw     []byte
	n       uint32
	want    uint32
	counted bool
	err     error
	op      uint16
	flags   uint16
}

// WalkRecords starts before the first of some records that stand one after the other, without a chunk's header; how
// many there should be is not known.
func WalkRecords(records []byte) Records { return Records{rest: records} }

// WalkChunk checks a chunk's header and starts before its first record. The chunk must fill b.
func WalkChunk(b []byte) (ChunkHeader, Records, error) {
	h, err := ParseChunkHeader(b)
	if err != nil {
		return h, Records{}, err
	}
	if int(h.Bytes) != len(b)-ChunkHeaderBytes {
		return h, Records{}, Corruptf("wire: chunk %d: length %d, %d bytes are there", h.Seq, h.Bytes, len(b)-ChunkHeaderBytes)
	}
	return h, Records{rest: b[ChunkHeaderBytes:], want: h.Records, counted: true}, nil
}

// Next goes to the next record; false at the end or at an error, which Err tells.
func (r *Records) Next() bool {
	b := r.rest
	if len(b) < RecordHeaderBytes {
		return r.stop()
	}
	h := binary.LittleEndian.Uint64(b)
	size := uint32(h)
	flags := uint16(h >> 48)
	if size-RecordHeaderBytes > MaxRecord-RecordHeaderBytes || size&7 != 0 || uint64(size) > uint64(len(b)) ||
		flags > RecReply || flags == RecReply && size < RecordHeaderBytes+8 {
		return r.fail(size, flags)
	}
	r.op, r.flags = uint16(h>>32), flags
	r.raw, r.rest = b[:size:size], b[size:]
	r.n++
	return true
}

func (r *Records) stop() bool {
	switch {
	case r.err != nil:
	case len(r.rest) != 0:
		r.err = Corruptf("wire: record %d: %d bytes left, a header has %d", r.n, len(r.rest), RecordHeaderBytes)
	case r.counted && r.n != r.want:
		r.err = Corruptf("wire: %d records, the chunk's header says %d", r.n, r.want)
	}
	r.rest = nil
	return false
}

func (r *Records) fail(size uint32, flags uint16) bool {
	left := len(r.rest)
	switch {
	case size < RecordHeaderBytes:
		r.err = Corruptf("wire: record %d: length %d is less than its header", r.n, size)
	case size > MaxRecord:
		r.err = Corruptf("wire: record %d: length %d exceeds %d", r.n, size, MaxRecord)
	case size&7 != 0:
		r.err = Corruptf("wire: record %d: length %d is no multiple of 8", r.n, size)
	case uint64(size) > uint64(left):
		r.err = Corruptf("wire: record %d: length %d exceeds the %d bytes left", r.n, size, left)
	case flags > RecReply:
		r.err = Corruptf("wire: record %d: flags %#x are not known", r.n, flags)
	default:
		r.err = Corruptf("wire: record %d: length %d leaves no room for a reply id", r.n, size)
	}
	r.rest = nil
	return false
}

// Op is the number of the record in hand, from ids.lock.
func (r *Records) Op() uint16 { return r.op }

// Flags of the record in hand: Rec….
func (r *Records) Flags() uint16 { return r.flags }

// Raw is the record in hand, header included.
func (r *Records) Raw() []byte { return r.raw }

// Rest are the records behind the one in hand, and are not walked by this.
func (r *Records) Rest() Records { return Records{rest: r.rest} }

// Payload is what follows the header: reply id, fixed part, arrays.
func (r *Records) Payload() []byte { return r.raw[RecordHeaderBytes:] }

// ReplyID of the record in hand; ok is false when it asks for no answer.
func (r *Records) ReplyID() (id uint64, ok bool) {
	if r.flags&RecReply == 0 {
		return 0, false
	}
	return binary.LittleEndian.Uint64(r.raw[RecordHeaderBytes:]), true
}

// Index counts the record in hand, from 0.
func (r *Records) Index() int { return int(r.n) - 1 }

// Err is what ended the walk, or nil at the chunk's end. A number of records other than the chunk's header says is an
// error, seen at the end.
func (r *Records) Err() error { return r.err }

// CheckChunk checks one whole chunk that fills b: header, each record's length, the number of records.
func CheckChunk(b []byte) (ChunkHeader, error) {
	h, rec, err := WalkChunk(b)
	if err != nil {
		return h, err
	}
	for rec.Next() {
	}
	if err := rec.Err(); err != nil {
		return h, fmt.Errorf("wire: chunk %d: %w", h.Seq, err)
	}
	return h, nil
}

// CheckBatch checks all chunks of a batch and counts chunks and records.
func CheckBatch(b []byte) (chunks, records int, err error) {
	it := WalkChunks(b)
	for it.Next() {
		chunks++
		rec := it.Records()
		for rec.Next() {
			records++
		}
		if err := rec.Err(); err != nil {
			return chunks, records, fmt.Errorf("wire: chunk %d: %w", it.header.Seq, err)
		}
	}
	return chunks, records, it.Err()
}
