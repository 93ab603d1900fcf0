package gl

import (
	"encoding/binary"

	"github.com/prismgl/prism/stream/wire"
)

// itemHeaderBytes are in front of each item of a span: u16 command, u16 bytes of the item.
const itemHeaderBytes = 4

// longestItemRecord is room for the record of any item.
const longestItemRecord = 128

// Items are the calls in a prismVertices record, one after the other. The zero value has none.
type Items struct {
	rest, raw []byte
	op        Op
	err       error
}

// WalkItems begins with the first item of a span's bytes.
func WalkItems(items []byte) Items { return Items{rest: items} }

// Items walks the calls of a prismVertices record; ok: they are in the record.
func (r *Record) Items() (it Items, ok bool) {
	at := int(r.Cmd.Fields[0].Offset)
	n, mode := int(r.U32(at)), r.U32(at+4)
	if mode != wire.BlobInline || n > len(r.Raw)-r.Cmd.Fixed {
		return it, false
	}
	return WalkItems(r.Raw[r.Cmd.Fixed : r.Cmd.Fixed+n]), true
}

// Next goes to the next item; false: there is none, or what follows is none (Err).
func (it *Items) Next() bool {
	if len(it.rest) == 0 {
		return false
	}
	n := 0
	if len(it.rest) >= itemHeaderBytes {
		h := binary.LittleEndian.Uint32(it.rest)
		it.op, n = Op(h), int(h>>16)
	}
	if n == 0 || n > len(it.rest) || int(it.op) >= len(Info) || Info[it.op].Item != n {
		it.err = wire.Corruptf("gl: prismVertices: an item of %d bytes of command %d, %d bytes are left", n, it.op, len(it.rest))
		it.rest, it.raw = nil, nil
		return false
	}
	it.raw, it.rest = it.rest[:n], it.rest[n:]
	return true
}

// Op is the command that the item calls.
func (it *Items) Op() Op { return it.op }

// Raw is the item, header included; it lies in what is walked.
func (it *Items) Raw() []byte { return it.raw }

// Err says what stood where an item should have been; nil: the end was reached.
func (it *Items) Err() error { return it.err }

// U32 reads 4 bytes of the item.
func (it *Items) U32(at int) uint32 { return binary.LittleEndian.Uint32(it.raw[at:]) }

// AppendRecord appends the record that stands for an item outside of spans. The item is one that Next has given.
func AppendRecord(b, item []byte) []byte {
	le := binary.LittleEndian
	op := le.Uint16(item)
	cmd := &Info[op]
	start := len(b)
	b = append(b, make([]byte, cmd.Fixed)...)
	for i := range cmd.Fields {
		f := &cmd.Fields[i]
		v := item[f.ItemAt : f.ItemAt+f.ItemBytes]
		at := start + int(f.Offset)
		switch {
		case f.Kind == KindBlob:
			le.PutUint32(b[at:], uint32(len(v)))
			le.PutUint32(b[at+4:], wire.BlobInline)
			b = append(b, v...)
			b = append(b, make([]byte, wire.Pad8(len(v))-len(v))...)
		case len(v) == 8:
			copy(b[at:], v)
		default:
			le.PutUint32(b[at:], f.widen(v))
		}
	}
	le.PutUint32(b[start:], uint32(len(b)-start))
	le.PutUint16(b[start+4:], op)
	return b
}

// widen gives a value of 1, 2 or 4 bytes as it travels in a record.
func (f *Field) widen(v []byte) uint32 {
	le, signed := binary.LittleEndian, f.Kind == KindI32
	switch {
	case len(v) == 1 && signed:
		return uint32(int8(v[0]))
	case len(v) == 1:
		return uint32(v[0])
	case len(v) == 2 && signed:
		return uint32(int16(le.Uint16(v)))
	case len(v) == 2:
		return uint32(le.Uint16(v))
	}
	return le.Uint32(v)
}

// AppendItem appends the item that stands for a record in a span; ok: the command may stand there, and its arrays are in the record.
func AppendItem(b, rec []byte) (out []byte, ok bool) {
	v, err := Decode(rec)
	if err != nil || v.Cmd.Item == 0 {
		return b, false
	}
	start := len(b)
	b = append(b, make([]byte, v.Cmd.Item)...)
	item := b[start:]
	binary.LittleEndian.PutUint32(item, uint32(v.Op)|uint32(v.Cmd.Item)<<16)
	for i := range v.Cmd.Fields {
		f := &v.Cmd.Fields[i]
		to := item[f.ItemAt : f.ItemAt+f.ItemBytes]
		if f.Kind != KindBlob {
			copy(to, rec[f.Offset:]) // little endian: the low bytes come first
			continue
		}
		a := v.Array(i)
		if a.Mode != wire.BlobInline || len(a.Data) < len(to) {
			return b[:start], false
		}
		copy(to, a.Data)
	}
	return b, true
}
