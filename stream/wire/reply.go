package wire

import (
	"encoding/binary"
)

// ReplyStatus of an answer.
type ReplyStatus uint32

// Statuses. Numbers are for ever.
const (
	ReplyOK          ReplyStatus = 0
	ReplyLost        ReplyStatus = 1 // the session is gone
	ReplyUnsupported ReplyStatus = 2 // nobody can answer this
)

// Reply is the answer to one record with RecReply.
type Reply struct {
	ID     uint64
	Status ReplyStatus
	Error  uint32 // GL error that the command raised, 0: none
	Ret    uint64 // the command's return value
	// Arrays holds the arrays that the command writes, encoded: see AppendArray and Walk.
	Arrays []byte
}

// Append encodes r.
func (r *Reply) Append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint64(b, r.ID)
	b = le.AppendUint32(b, uint32(r.Status))
	b = le.AppendUint32(b, r.Error)
	b = le.AppendUint64(b, r.Ret)
	return append(b, r.Arrays...)
}

// AppendArray encodes one array of an answer.
func AppendArray(b, data []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(uint32(len(data))))
	b = append(b, data...)
	return append(b, make([]byte, Pad8(len(data))-len(data))...)
}

// ParseReply decodes and checks an answer that fills b, its arrays included. Arrays lies in b.
func ParseReply(b []byte) (Reply, error) {
	if len(b) < ReplyHeaderBytes {
		return Reply{}, Corruptf("wire: reply: %d bytes, a header has %d", len(b), ReplyHeaderBytes)
	}
	le := binary.LittleEndian
	r := Reply{
		ID: le.Uint64(b), Status: ReplyStatus(le.Uint32(b[8:])), Error: le.Uint32(b[12:]), Ret: le.Uint64(b[16:]),
		Arrays: b[ReplyHeaderBytes:],
	}
	if r.Status > ReplyUnsupported {
		return r, Corruptf("wire: reply %#x: status %d is not known", r.ID, r.Status)
	}
	it := r.Walk()
	for it.Next() {
	}
	return r, it.Err()
}

// Walk starts before the first array of an answer.
func (r *Reply) Walk() ReplyArrays { return ReplyArrays{rest: r.Arrays, id: r.ID} }

// ReplyArrays walks over the arrays of an answer; slices lie in the answer. It allocates only for an error.
type ReplyArrays struct {
	rest []byte
	data []byte
	id   uint64
	n    int
	err  error
}

// Next goes to the next array; false at the end or at an error, which Err tells.
func (a *ReplyArrays) Next() bool {
	if len(a.rest) == 0 || a.err != nil {
		return false
	}
	if len(a.rest) < 8 {
		a.err = Corruptf("wire: reply %#x: array %d: %d bytes left, a header has 8", a.id, a.n, len(a.rest))
		return false
	}
	h := binary.LittleEndian.Uint64(a.rest)
	if h>>32 != 0 || (h+7)&^7 > uint64(len(a.rest)-8) {
		a.err = Corruptf("wire: reply %#x: array %d: length %d exceeds the %d bytes left", a.id, a.n, h, len(a.rest)-8)
		return false
	}
	n, padded := int(h), Pad8(int(h))
	a.data, a.rest = a.rest[8:8+n:8+n], a.rest[8+padded:]
	a.n++
	return true
}

// Data is the array in hand.
func (a *ReplyArrays) Data() []byte { return a.data }

// Err is what ended the walk, or nil at the answer's end.
func (a *ReplyArrays) Err() error { return a.err }
