package gl

import (
	"encoding/binary"
	"math"

	"github.com/prismgl/prism/stream/wire"
)

// View is a record whose lengths have been checked.
type View struct {
	Op     Op
	Flags  uint16 // of the record
	Cmd    *Command
	rec    []byte
	inline [maxBlobs]uint32 // where each array's bytes begin
}

// Array is an array parameter as it travels.
type Array struct {
	Mode  uint32 // wire.Blob…
	Bytes uint32 // of the array; wire.BlobOffset: 8
	Data  []byte // BlobInline: the array, BlobOffset: the offset; else nil. Lies in the record.
}

// Offset of an array of mode wire.BlobOffset.
func (a *Array) Offset() uint64 {
	if len(a.Data) != 8 {
		return 0
	}
	return binary.LittleEndian.Uint64(a.Data)
}

// Decode checks a whole record, header included: the command is known, the fixed part is there, every array is in the record, and
// nothing is left over. Errors are of class wire.ErrCorrupt. It allocates only for an error.
func Decode(rec []byte) (v View, err error) {
	le := binary.LittleEndian
	if len(rec) < wire.RecordHeaderBytes {
		return v, wire.Corruptf("gl: record of %d bytes, a header has %d", len(rec), wire.RecordHeaderBytes)
	}
	size, op := le.Uint32(rec), le.Uint16(rec[4:])
	if uint64(size) != uint64(len(rec)) || size > wire.MaxRecord {
		return v, wire.Corruptf("gl: record of %d bytes says that it has %d", len(rec), size)
	}
	cmd := At(op)
	if cmd == nil {
		return v, wire.Corruptf("gl: command %d is not known", op)
	}
	v = View{Op: Op(op), Flags: le.Uint16(rec[6:]), Cmd: cmd, rec: rec}
	if len(rec) < cmd.Fixed {
		return v, wire.Corruptf("gl: %s: record of %d bytes, the fixed part has %d", cmd.Name, len(rec), cmd.Fixed)
	}
	if cmd.Asked() != (v.Flags&wire.RecReply != 0) {
		return v, wire.Corruptf("gl: %s: flags %#x", cmd.Name, v.Flags)
	}
	at, n := cmd.Fixed, 0
	for i := range cmd.Fields {
		f := &cmd.Fields[i]
		if f.Kind != KindBlob {
			continue
		}
		bytes, mode := le.Uint32(rec[f.Offset:]), le.Uint32(rec[f.Offset+4:])
		v.inline[n] = uint32(at)
		n++
		switch mode {
		case wire.BlobNull:
			if bytes != 0 {
				return v, wire.Corruptf("gl: %s: %s: NULL of %d bytes", cmd.Name, f.Name, bytes)
			}
		case wire.BlobStaged:
			if bytes > wire.MaxStaged {
				return v, wire.Corruptf("gl: %s: %s: %d staged bytes exceed %d", cmd.Name, f.Name, bytes, wire.MaxStaged)
			}
		case wire.BlobInline, wire.BlobOffset:
			if mode == wire.BlobOffset && bytes != 8 {
				return v, wire.Corruptf("gl: %s: %s: an offset of %d bytes", cmd.Name, f.Name, bytes)
			}
			if uint64(bytes) > uint64(len(rec)-at) || wire.Pad8(int(bytes)) > len(rec)-at {
				return v, wire.Corruptf("gl: %s: %s: %d bytes, %d are left", cmd.Name, f.Name, bytes, len(rec)-at)
			}
			at += wire.Pad8(int(bytes))
		default:
			return v, wire.Corruptf("gl: %s: %s: mode %d is not known", cmd.Name, f.Name, mode)
		}
	}
	if at != len(rec) {
		return v, wire.Corruptf("gl: %s: %d bytes too many", cmd.Name, len(rec)-at)
	}
	return v, nil
}

// Raw is the record.
func (v *View) Raw() []byte { return v.rec }

// ReplyID of a record that asks.
func (v *View) ReplyID() (id uint64, ok bool) {
	if !v.Cmd.Asked() {
		return 0, false
	}
	return binary.LittleEndian.Uint64(v.rec[wire.RecordHeaderBytes:]), true
}

// Uint gives field i as it stands, zero-extended; of a float its bits.
func (v *View) Uint(i int) uint64 {
	f := &v.Cmd.Fields[i]
	if f.Kind.Bytes() == 8 {
		return binary.LittleEndian.Uint64(v.rec[f.Offset:])
	}
	return uint64(binary.LittleEndian.Uint32(v.rec[f.Offset:]))
}

// Int gives field i, sign-extended.
func (v *View) Int(i int) int64 {
	if v.Cmd.Fields[i].Kind.Bytes() == 8 {
		return int64(v.Uint(i))
	}
	return int64(int32(v.Uint(i)))
}

// Float gives field i as a number, whatever its kind.
func (v *View) Float(i int) float64 {
	switch v.Cmd.Fields[i].Kind {
	case KindF32:
		return float64(math.Float32frombits(uint32(v.Uint(i))))
	case KindF64:
		return math.Float64frombits(v.Uint(i))
	case KindI32, KindI64:
		return float64(v.Int(i))
	}
	return float64(v.Uint(i))
}

// Array gives field i, which must be of KindBlob.
func (v *View) Array(i int) Array {
	f := &v.Cmd.Fields[i]
	n := 0
	for j := range i {
		if v.Cmd.Fields[j].Kind == KindBlob {
			n++
		}
	}
	a := Array{Bytes: binary.LittleEndian.Uint32(v.rec[f.Offset:]), Mode: binary.LittleEndian.Uint32(v.rec[f.Offset+4:])}
	if a.Mode == wire.BlobInline || a.Mode == wire.BlobOffset {
		at := v.inline[n]
		a.Data = v.rec[at : at+a.Bytes : at+a.Bytes]
	}
	return a
}
