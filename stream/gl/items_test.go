package gl

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/stream/wire"
)

// items gives an item of each command that stands in spans, with random values.
func items(r *rand.Rand) (list [][]byte) {
	for op := range Info {
		if n := Info[op].Item; n > 0 {
			b := make([]byte, n)
			for i := range Info[op].Fields {
				f := &Info[op].Fields[i]
				for k := range b[f.ItemAt : f.ItemAt+f.ItemBytes] {
					b[int(f.ItemAt)+k] = byte(r.Uint32())
				}
			}
			binary.LittleEndian.PutUint32(b, uint32(op)|uint32(n)<<16)
			list = append(list, b)
		}
	}
	return list
}

// TestItems: an item is the record that it stands for, in less room.
func TestItems(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := items(r)
	if len(list) < 250 {
		t.Fatalf("%d commands stand in spans", len(list))
	}
	for _, item := range list {
		it := WalkItems(item)
		if !it.Next() || !bytes.Equal(it.Raw(), item) {
			t.Fatalf("% x: %v", item, it.Err())
		}
		rec := AppendRecord(nil, item)
		v, err := Decode(rec)
		if err != nil || v.Op != it.Op() || len(rec) > longestItemRecord || len(item) >= len(rec) {
			t.Fatalf("%v: an item of %d bytes, a record of %d: %v", it.Op(), len(item), len(rec), err)
		}
		if back, ok := AppendItem(nil, rec); !ok || !bytes.Equal(back, item) {
			t.Errorf("%v: % x became % x", it.Op(), item, back)
		}
		if it.Next() || it.Err() != nil {
			t.Errorf("%v: behind it: %v", it.Op(), it.Err())
		}
		for cut := 1; cut < len(item); cut++ {
			it := WalkItems(item[:cut])
			if it.Next() || !errors.Is(it.Err(), wire.ErrCorrupt) {
				t.Errorf("%v: %d of %d bytes are taken: %v", Op(binary.LittleEndian.Uint16(item)), cut, len(item), it.Err())
			}
		}
	}
}

func TestPrintSpan(t *testing.T) {
	item := func(put func(b *wire.Builder)) (b []byte) {
		b, ok := AppendItem(nil, build(t, put)[0])
		if !ok {
			t.Fatal("no item")
		}
		return b
	}
	colour := item(func(b *wire.Builder) { b.Record(uint16(OpGlColor4ub), 0).U32(1).U32(2).U32(254).U32(255) })
	vertex := item(func(b *wire.Builder) { b.Record(uint16(OpGlVertex2f), 0).F32(1).F32(-2) })
	for _, c := range []struct {
		name  string
		items []byte
		want  string
	}{
		{"none", nil, "prismVertices(items = {})"},
		{"two", append(colour, vertex...), "prismVertices(items = {glColor4ub(red = 1, green = 2, blue = 254, alpha = 255), glVertex2f(x = 1, y = -2)})"},
		{"broken", append(bytes.Clone(vertex), 1, 2), "prismVertices(items = {glVertex2f(x = 1, y = -2) <broken>})"},
	} {
		rec := build(t, func(b *wire.Builder) { b.Record(uint16(OpPrismVertices), 0).Inline(c.items) })[0]
		if got := Print(rec); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzItems(f *testing.F) {
	for _, item := range items(rand.New(rand.NewPCG(3, 4))) {
		f.Add(item)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var again []byte
		it := WalkItems(data)
		for it.Next() {
			rec := AppendRecord(nil, it.Raw())
			if _, err := Decode(rec); err != nil {
				t.Fatal(err)
			}
			again = append(again, it.Raw()...)
		}
		if !bytes.HasPrefix(data, again) || (it.Err() == nil) != (len(again) == len(data)) {
			t.Fatalf("%d of %d bytes: %v", len(again), len(data), it.Err())
		}
	})
}
