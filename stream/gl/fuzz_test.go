package gl

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/prismgl/prism/stream/wire"
)

// form makes a record of op whose fixed part comes from bytes; modes says of each array how it travels and how long it is.
func form(op uint16, fixed, modes, arrays []byte) []byte {
	cmd := At(op)
	rec := make([]byte, wire.Pad8(cmd.Fixed))
	copy(rec[wire.RecordHeaderBytes:], fixed)
	rec = rec[:cmd.Fixed]
	var tail []byte
	le := binary.LittleEndian
	n := 0
	for i := range cmd.Fields {
		f := &cmd.Fields[i]
		if f.Kind != KindBlob {
			continue
		}
		var m byte
		if n < len(modes) {
			m = modes[n]
		}
		n++
		mode, size := uint32(m&3), int(m>>2)*5
		var data []byte
		switch mode {
		case wire.BlobNull:
			size = 0
		case wire.BlobOffset:
			size = 8
			data = make([]byte, 8)
		case wire.BlobInline:
			data = make([]byte, size)
		}
		arrays = arrays[copy(data, arrays):]
		le.PutUint32(rec[f.Offset:], uint32(size))
		le.PutUint32(rec[f.Offset+4:], mode)
		tail = append(append(tail, data...), make([]byte, wire.Pad8(len(data))-len(data))...)
	}
	rec = append(append(rec, make([]byte, wire.Pad8(cmd.Fixed)-cmd.Fixed)...), tail...)
	flags := uint16(0)
	if cmd.Asked() {
		flags = wire.RecReply
	}
	wire.PutRecordHeader(rec, len(rec), op, flags)
	return rec
}

// ops are the numbers of all commands that travel.
func ops() (list []uint16) {
	for op := range uint16(Ops) {
		if At(op) != nil {
			list = append(list, op)
		}
	}
	return list
}

// checkRecord decodes a record that is right, looks at all of its fields and prints it.
func checkRecord(t *testing.T, rec []byte) {
	t.Helper()
	v, err := Decode(rec)
	if err != nil {
		t.Fatalf("%x: %v", rec, err)
	}
	held := v.Cmd.Fixed
	for i := range v.Cmd.Fields {
		f := &v.Cmd.Fields[i]
		if f.Kind != KindBlob {
			if v.Uint(i) != uint64(v.Int(i)) && f.Kind.Bytes() == 8 {
				t.Fatalf("%s: %s: %d and %d", v.Cmd.Name, f.Name, v.Uint(i), v.Int(i))
			}
			_ = v.Float(i)
			continue
		}
		a := v.Array(i)
		held += len(a.Data)
		if a.Data != nil && uint32(len(a.Data)) != a.Bytes || a.Mode == wire.BlobStaged && a.Data != nil {
			t.Fatalf("%s: %s: %d bytes in mode %d, %d are there", v.Cmd.Name, f.Name, a.Bytes, a.Mode, len(a.Data))
		}
	}
	if held > len(rec) {
		t.Fatalf("%s: fields of %d bytes in a record of %d", v.Cmd.Name, held, len(rec))
	}
	if _, ok := v.ReplyID(); ok != v.Cmd.Asked() {
		t.Fatalf("%s: reply id", v.Cmd.Name)
	}
	line := Append(nil, &v)
	if !bytes.HasPrefix(line, []byte(v.Cmd.Name+"(")) || slices.ContainsFunc(line, func(b byte) bool { return b < ' ' || b == 0x7f }) ||
		!utf8.Valid(line) || len(line) > 64<<10 {
		t.Fatalf("prints %d bytes: %.200q", len(line), line)
	}
}

// FuzzRecord makes right records of every command and spoils them: what decodes is whole, what does not is ErrCorrupt.
func FuzzRecord(f *testing.F) {
	all := ops()
	for i := range all {
		if At(all[i]).Class != ClassState || i%16 == 0 {
			f.Add(uint16(i), []byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{0x11, 0x12, 0x13}, []byte("\x02\x00\x00\x00\x03\x00\x00\x00text\xff\n"), uint16(0), byte(0))
		}
	}
	f.Fuzz(func(t *testing.T, which uint16, fixed, modes, arrays []byte, at uint16, with byte) {
		rec := form(all[int(which)%len(all)], fixed, modes, arrays)
		checkRecord(t, rec)
		rec[int(at)%len(rec)] ^= with
		for _, b := range [][]byte{rec, rec[:int(at)%len(rec)], append(bytes.Clone(rec), 0, 0, 0, 0, 0, 0, 0, 0)} {
			if _, err := Decode(b); err == nil {
				checkRecord(t, b)
			} else if !errors.Is(err, wire.ErrCorrupt) || Print(b) != "<"+err.Error()+">" {
				t.Fatalf("class of %v; printed %s", err, Print(b))
			}
		}
	})
}

// Every command can be decoded and printed, whatever its arrays travel as.
func TestEveryCommand(t *testing.T) {
	ones := bytes.Repeat([]byte{0xff}, 512)
	for _, op := range ops() {
		for _, mode := range []byte{0x00, 0x11, 0xfd, 0x12, 0x13} {
			checkRecord(t, form(op, ones, bytes.Repeat([]byte{mode}, maxBlobs), ones))
			checkRecord(t, form(op, nil, bytes.Repeat([]byte{mode}, maxBlobs), nil))
		}
	}
}
