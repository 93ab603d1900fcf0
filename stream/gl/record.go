package gl

import (
	"encoding/binary"
	"math"

	"github.com/prismgl/prism/stream/wire"
)

// Record is one whose fixed part is whole, for who knows where its fields stand: a View without the look at the arrays. at is counted from
// the record's start, header included.
type Record struct {
	Op  Op
	Cmd *Command
	Raw []byte // header included; valid as long as what it was read from
}

// RecordOf reads one. At(op) is not nil, and raw covers its fixed part.
func RecordOf(op uint16, raw []byte) Record { return Record{Op(op), &Info[op], raw} }

// U32 reads 4 bytes.
func (r *Record) U32(at int) uint32 { return binary.LittleEndian.Uint32(r.Raw[at:]) }

// I32 reads 4 bytes, sign-extended.
func (r *Record) I32(at int) int { return int(int32(r.U32(at))) }

// U64 reads 8 bytes.
func (r *Record) U64(at int) uint64 { return binary.LittleEndian.Uint64(r.Raw[at:]) }

// F32 reads a float of 4 bytes.
func (r *Record) F32(at int) float64 { return float64(math.Float32frombits(r.U32(at))) }

// F64 reads a float of 8 bytes.
func (r *Record) F64(at int) float64 { return math.Float64frombits(r.U64(at)) }

// Number gives scalar field i, a float or an integer of 4 bytes.
func (r *Record) Number(i int) float64 {
	f := &r.Cmd.Fields[i]
	switch f.Kind {
	case KindF32:
		return r.F32(int(f.Offset))
	case KindF64:
		return r.F64(int(f.Offset))
	}
	return float64(r.I32(int(f.Offset)))
}

// Where gives a field's offset by its name; the field is there.
func (r *Record) Where(name string) int { return int(r.Cmd.Fields[r.Cmd.Field(name)].Offset) }

// Uints reads an array of u32, the command's only one; ok: it is in the record, or NULL, which gives nil.
func (r *Record) Uints(name string) (list []uint32, ok bool) {
	at := r.Where(name)
	n, mode := int(r.U32(at)), r.U32(at+4)
	if mode == wire.BlobNull {
		return nil, true
	}
	if mode != wire.BlobInline || n > len(r.Raw)-r.Cmd.Fixed || n%4 != 0 {
		return nil, false
	}
	list = make([]uint32, n/4)
	for i := range list {
		list[i] = r.U32(r.Cmd.Fixed + 4*i)
	}
	return list, true
}
