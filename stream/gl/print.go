package gl

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/prismgl/prism/stream/wire"
)

type constant struct {
	value uint32
	name  string
}

type group struct {
	name      string
	constants []constant
}

func (g *group) find(value uint32) string {
	lo, hi := 0, len(g.constants)
	for lo < hi {
		mid := (lo + hi) / 2
		switch c := &g.constants[mid]; {
		case c.value == value:
			return c.name
		case c.value < value:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return ""
}

// Word names a value of a group of gl.xml's enums ("GetPName"); one that the group does not have is a number.
func Word(group string, value uint32) string {
	for i := range groups {
		if groups[i].name == group {
			if name := groups[i].find(value); name != "" {
				return name
			}
		}
	}
	return string(appendHex(nil, uint64(value)))
}

func appendUint(b []byte, u uint64) []byte { return strconv.AppendUint(b, u, 10) }

func appendHex(b []byte, u uint64) []byte { return strconv.AppendUint(append(b, "0x"...), u, 16) }

// printedElements is how many elements of an array a line shows, printedText how many bytes of a text.
const (
	printedElements = 16
	printedText     = 200
)

// Append prints a record as one line: `glClear(mask = GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT)`. Handles print as serials. It
// allocates only to make b larger.
func Append(b []byte, v *View) []byte {
	b = append(b, v.Cmd.Name...)
	b = append(b, '(')
	sep := false
	for i := range v.Cmd.Fields {
		f := &v.Cmd.Fields[i]
		if i == 0 && v.Cmd.Asked() || f.Name == "made" {
			continue
		}
		if sep {
			b = append(b, ", "...)
		}
		sep = true
		b = append(append(b, f.Name...), " = "...)
		b = appendField(b, v, i)
	}
	b = append(b, ')')
	if n := len(v.Cmd.Fields); n > 0 && v.Cmd.Fields[n-1].Name == "made" {
		b = appendUint(append(b, " = "...), v.Uint(n-1))
	}
	if id, ok := v.ReplyID(); ok {
		b = appendHex(append(b, " ? "...), id)
	}
	return b
}

// Print is Append for a record that may be broken: then it prints the reason.
func Print(rec []byte) string {
	v, err := Decode(rec)
	if err != nil {
		return "<" + err.Error() + ">"
	}
	return string(Append(nil, &v))
}

func appendField(b []byte, v *View, i int) []byte {
	f := &v.Cmd.Fields[i]
	switch f.Kind {
	case KindI32, KindI64:
		return strconv.AppendInt(b, v.Int(i), 10)
	case KindF32:
		return appendFloat(b, v.Float(i), 32)
	case KindF64:
		return appendFloat(b, v.Float(i), 64)
	case KindBool:
		if u := v.Uint(i); u > 1 {
			return appendUint(b, u)
		} else if u == 1 {
			return append(b, "GL_TRUE"...)
		}
		return append(b, "GL_FALSE"...)
	case KindEnum:
		if name := groups[f.Group].find(uint32(v.Uint(i))); name != "" {
			return append(b, name...)
		}
		return appendHex(b, v.Uint(i))
	case KindBits:
		return appendBits(b, &groups[f.Group], uint32(v.Uint(i)))
	case KindBlob:
		a := v.Array(i)
		return appendArray(b, f, &a)
	}
	return appendUint(b, v.Uint(i))
}

func appendFloat(b []byte, x float64, bits int) []byte {
	return strconv.AppendFloat(b, x, 'g', -1, bits)
}

func appendBits(b []byte, g *group, u uint32) []byte {
	if u == 0 {
		return append(b, '0')
	}
	if name := g.find(u); name != "" {
		return append(b, name...)
	}
	sep := false
	or := func() {
		if sep {
			b = append(b, " | "...)
		}
		sep = true
	}
	for bit := uint32(1); bit != 0; bit <<= 1 {
		if u&bit == 0 {
			continue
		}
		if name := g.find(bit); name != "" {
			or()
			b = append(b, name...)
			u &^= bit
		}
	}
	if u != 0 {
		or()
		b = appendHex(b, uint64(u))
	}
	return b
}

func appendArray(b []byte, f *Field, a *Array) []byte {
	switch a.Mode {
	case wire.BlobNull:
		return append(b, "NULL"...)
	case wire.BlobOffset:
		return appendHex(append(b, "offset "...), a.Offset())
	case wire.BlobStaged:
		return append(appendUint(append(b, "staged("...), uint64(a.Bytes)), " bytes)"...)
	}
	le := binary.LittleEndian
	elem := func(size int, put func(b, e []byte) []byte) []byte {
		b = append(b, '{')
		n := len(a.Data) / size
		for i := 0; i < n && i < printedElements; i++ {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = put(b, a.Data[i*size:])
		}
		if n > printedElements {
			b = append(appendUint(append(b, ", … "...), uint64(n)), " in all"...)
		}
		return append(b, '}')
	}
	switch f.Elem {
	case ElemF32:
		return elem(4, func(b, e []byte) []byte { return appendFloat(b, float64(math.Float32frombits(le.Uint32(e))), 32) })
	case ElemF64:
		return elem(8, func(b, e []byte) []byte { return appendFloat(b, math.Float64frombits(le.Uint64(e)), 64) })
	case ElemI32:
		return elem(4, func(b, e []byte) []byte { return strconv.AppendInt(b, int64(int32(le.Uint32(e))), 10) })
	case ElemU32:
		return elem(4, func(b, e []byte) []byte { return appendUint(b, uint64(le.Uint32(e))) })
	case ElemI16:
		return elem(2, func(b, e []byte) []byte { return strconv.AppendInt(b, int64(int16(le.Uint16(e))), 10) })
	case ElemU16:
		return elem(2, func(b, e []byte) []byte { return appendUint(b, uint64(le.Uint16(e))) })
	case ElemString:
		text := a.Data
		if n := len(text); n > 0 && text[n-1] == 0 {
			text = text[:n-1]
		}
		return appendText(b, text)
	case ElemStrings:
		return appendTexts(b, a.Data)
	case ElemItems:
		return appendItems(b, a.Data)
	}
	return append(appendUint(append(b, "blob("...), uint64(a.Bytes)), " bytes)"...)
}

// appendItems prints the calls of a span; where something else stands among them it says so.
func appendItems(b, data []byte) []byte {
	b = append(b, '{')
	n := 0
	it := WalkItems(data)
	for ; it.Next(); n++ {
		if n >= printedElements {
			continue
		}
		if n > 0 {
			b = append(b, ", "...)
		}
		var room [longestItemRecord]byte
		if v, err := Decode(AppendRecord(room[:0], it.Raw())); err == nil {
			b = Append(b, &v)
		}
	}
	if n > printedElements {
		b = append(appendUint(append(b, ", … "...), uint64(n)), " in all"...)
	}
	if it.Err() != nil {
		b = append(b, " <broken>"...)
	}
	return append(b, '}')
}

func appendText(b, text []byte) []byte {
	if len(text) > printedText {
		return append(strconv.AppendQuote(b, string(text[:printedText])), "…"...)
	}
	return strconv.AppendQuote(b, string(text))
}

// appendTexts prints a list of strings; a list whose lengths do not fit prints as bytes.
func appendTexts(b, data []byte) []byte {
	le := binary.LittleEndian
	if len(data) >= 4 {
		n := uint64(le.Uint32(data))
		if at := 4 + 4*n; at <= uint64(len(data)) {
			b = append(b, '{')
			for i := range n {
				l := uint64(le.Uint32(data[4+4*i:]))
				if at+l > uint64(len(data)) {
					return append(b, "…}"...)
				}
				if i > 0 {
					b = append(b, ", "...)
				}
				if i == printedElements {
					return append(appendUint(append(b, "… "...), n), " in all}"...)
				}
				b = appendText(b, data[at:at+l])
				at += l
			}
			return append(b, '}')
		}
	}
	return append(appendUint(append(b, "blob("...), uint64(len(data))), " bytes)"...)
}
