package deal

import (
	"encoding/binary"
	"math"
	"regexp"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// What vertices have at present is held with four components, however many its command names: glColor3f is held as glColor4f with an alpha of
// 1. So all of these commands with one type have one slot. And a node sees no sequence of lengths that the app has not made: where these go up and down with no vertex
// between, Mesa 22.3 leaves a component as it was (4, 3, 4, 3: the alpha of the second stays).

// A widening is what a command is held as.
type widening struct {
	op    uint16
	from  int    // bytes of the components that it has
	start int    // where they stand
	array int    // where the array's length stands, 0: they are arguments
	rest  []byte // components that it lacks
}

// wider by command; nil: it is held as it is.
var wider = makeWider()

func makeWider() []*widening {
	byName := map[string]uint16{}
	for op := range gl.Ops {
		if info := gl.At(uint16(op)); info != nil {
			byName[info.Name] = uint16(op)
		}
	}
	table := make([]*widening, gl.Ops)
	short := regexp.MustCompile(`^(gl\D+)([1-3])(\D+)$`)
	for op := range gl.Ops {
		if rules[op] == nil {
			continue
		}
		slot := rules[op].slot
		if slot != "current_color" && slot != "current_texcoord" && slot != "current_attrib" {
			continue
		}
		info := gl.At(uint16(op))
		m := short.FindStringSubmatch(info.Name)
		if m == nil {
			continue
		}
		to, ok := byName[m[1]+"4"+m[3]]
		if !ok || gl.At(to).Key != info.Key {
			continue
		}
		n := int(m[2][0] - '0')
		w := &widening{op: to}
		var one []byte
		last := &info.Fields[len(info.Fields)-1]
		if last.Kind == gl.KindBlob {
			one = unit(m[3], slot == "current_color", false)
			w.start, w.array = info.Fixed, int(last.Offset)
		} else {
			one = unit(m[3], slot == "current_color", true)
			w.start = int(last.Offset) - (n-1)*last.Bytes()
		}
		w.from = n * len(one)
		w.rest = append(make([]byte, (3-n)*len(one)), one...)
		table[op] = w
	}
	return table
}

// unit is the fourth component's initial value: 1, of a colour the largest number of its type. field: it is an argument and no array's.
func unit(suffix string, colour, field bool) []byte {
	le, value := binary.LittleEndian, map[bool]uint64{false: 1, true: math.MaxUint32}[colour]
	bits := 32
	switch suffix {
	case "f", "fv":
		return le.AppendUint32(nil, math.Float32bits(1))
	case "d", "dv":
		return le.AppendUint64(nil, math.Float64bits(1))
	case "b", "bv":
		bits, value = 8, min(value, math.MaxInt8)
	case "ub", "ubv":
		bits, value = 8, min(value, math.MaxUint8)
	case "s", "sv":
		bits, value = 16, min(value, math.MaxInt16)
	case "us", "usv":
		bits, value = 16, min(value, math.MaxUint16)
	case "i", "iv":
		value = min(value, math.MaxInt32)
	}
	if field {
		bits = 32
	}
	return le.AppendUint64(nil, value)[:bits/8]
}

// widen gives the key and the record with which a record is held. The record is valid until the next call.
func (d *Dealer) widen(key Key, rec []byte) (Key, []byte) {
	w := wider[key.Op]
	if w == nil {
		return key, rec
	}
	to := w.start + w.from
	if w.array > 0 && (to > len(rec) || word(rec, w.array) != uint32(w.from) || word(rec, w.array+4) != wire.BlobInline) {
		return key, rec
	}
	b := append(append(d.wide[:0], rec[:to]...), w.rest...)
	if w.array > 0 {
		binary.LittleEndian.PutUint32(b[w.array:], uint32(w.from+len(w.rest)))
	}
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	wire.PutRecordHeader(b, len(b), w.op, binary.LittleEndian.Uint16(rec[6:]))
	d.wide = b
	key.Op, key.Bytes = w.op, uint16(len(b))
	return key, b
}
