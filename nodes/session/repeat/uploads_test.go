package repeat

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// owner counts who needs it.
type owner struct {
	n    int
	data []byte
}

func (o *owner) Keep() { o.n++ }
func (o *owner) Free() { o.n-- }

// TestContents: what is written at random is the latest of each byte, and memory is let go of when nothing of it is left.
func TestContents(t *testing.T) {
	const size, buffers = 200_000, 3
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var c Contents
		var want, written [buffers][]byte
		for i := range want {
			want[i], written[i] = make([]byte, size), make([]byte, size)
		}
		var owners []*owner
		for range 60 {
			i, n := r.IntN(buffers), 1+r.IntN(20)
			if r.IntN(2) == 0 {
				n = 1 + r.IntN(3*copied)
			}
			at := r.IntN(size - n)
			if r.IntN(3) == 0 { // the same again and again, more or less
				at, n = 1000+r.IntN(2), 100_000
			}
			o := &owner{data: make([]byte, n)}
			for k := range o.data {
				o.data[k] = byte(r.Uint32())
			}
			owners = append(owners, o)
			if r.IntN(20) == 0 {
				c.Drop(uint32(i))
				clear(written[i])
				clear(want[i])
			}
			c.Write(uint32(i), uint64(at), o.data, o)
			copy(want[i][at:], o.data)
			for k := range n {
				written[i][at+k] = 1
			}
			if o.n == 0 {
				clear(o.data) // it may be another's from here on
			}
			for _, o := range owners {
				if o.n < 0 {
					t.Fatal("memory is freed twice")
				}
			}
		}
		var got, there [buffers][]byte
		for i := range got {
			got[i], there[i] = make([]byte, size), make([]byte, size)
		}
		parts, all := 0, 0
		if err := c.Each(func(buffer uint32, at uint64, pieces [][]byte) error {
			if at > 0 && there[buffer][at-1] > 0 {
				t.Fatal("parts touch each other")
			}
			for _, data := range pieces {
				copy(got[buffer][at:], data)
				for k := range data {
					if there[buffer][int(at)+k]++; there[buffer][int(at)+k] > 1 {
						t.Fatal("parts overlap")
					}
				}
				parts, all, at = parts+1, all+len(data), at+uint64(len(data))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) || !bytes.Equal(there[i], written[i]) {
				t.Fatalf("seed %d: buffer %d is another", seed, i)
			}
		}
		if parts != c.segments || all != c.bytes {
			t.Errorf("%d parts of %d bytes, counted %d of %d", parts, all, c.segments, c.bytes)
		}
		c.Reset()
		if slices.ContainsFunc(owners, func(o *owner) bool { return o.n != 0 }) || c.bytes != 0 || c.segments != 0 || c.Full() {
			t.Error("something is left after all")
		}
	}
}

// TestContentsEnd: so much that no more is taken.
func TestContentsEnd(t *testing.T) {
	var c Contents
	o := &owner{data: make([]byte, 1)}
	for i := range uint64(maxSegments) {
		if c.Full() {
			t.Fatalf("%d parts are all", i)
		}
		c.Write(1, 2*i, o.data, o)
	}
	if !c.Full() {
		t.Error("there is no end to parts")
	}
	c.Reset()
	o.data = make([]byte, maxContents)
	if c.Write(1, 0, o.data, o); !c.Full() {
		t.Error("there is no end to bytes")
	}
}

// TestUpload: what uploads write, and those of which it is not known.
func TestUpload(t *testing.T) {
	four := []byte{1, 2, 3, 4}
	const target = 0x8892
	bind := do(gl.OpGlBindBuffer, target, 7)
	for name, c := range map[string]struct {
		before []call
		of     call
		want   Upload
		ok     bool
	}{
		"Part":    {[]call{bind}, do(gl.OpGlBufferSubData, target, 0, int64(8), int64(4), four), Upload{Buffer: 7, Offset: 8, Size: 4, Inline: four}, true},
		"Rebound": {[]call{bind, do(gl.OpGlBindBuffer, target, 9)}, do(gl.OpGlBufferSubData, target, 0, int64(8), int64(4), four), Upload{Buffer: 9, Offset: 8, Size: 4, Inline: four}, true},
		"Base":    {[]call{do(gl.OpGlBindBufferBase, 0x8A11, 1, 5)}, do(gl.OpGlBufferSubData, 0x8A11, 0, int64(0), int64(4), four), Upload{Buffer: 5, Size: 4, Inline: four}, true},
		"None":    {[]call{do(gl.OpGlBindBuffer, target, 0)}, do(gl.OpGlBufferSubData, target, 0, int64(8), int64(4), four), Upload{}, false},
		"Before":  {nil, do(gl.OpGlBufferSubData, target, 0, int64(8), int64(4), four), Upload{}, false},
		"Named":   {nil, do(gl.OpGlNamedBufferSubData, 3, 0, int64(8), int64(4), four), Upload{Buffer: 3, Offset: 8, Size: 4, Inline: four}, true},
		"Written": {nil, do(gl.OpPrismBufferWrite, 3, 0, int64(8), four), Upload{Buffer: 3, Offset: 8, Size: 4, Inline: four}, true},
		"All":     {[]call{bind}, do(gl.OpGlBufferData, target, 0, int64(4), four, 0x88E4), Upload{Buffer: 7, Size: 4, All: true, Inline: four}, true},
		"Short":   {[]call{bind}, do(gl.OpGlBufferData, target, 0, int64(5), four, 0x88E4), Upload{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var f Frames
			f.Learn()
			for w := wire.WalkRecords(records(t, c.before...)); w.Next(); {
				f.Record(w.Op(), w.Raw())
			}
			got, ok := f.Upload(uint16(c.of.op), records(t, c.of))
			if ok != c.ok || ok && (got.Buffer != c.want.Buffer || got.Offset != c.want.Offset || got.Size != c.want.Size || got.All != c.want.All || !bytes.Equal(got.Inline, c.want.Inline)) {
				t.Errorf("%+v, %v", got, ok)
			}
		})
	}
}

// TestStores: contents of the same size and use are as in the frame before; others are not.
func TestStores(t *testing.T) {
	bind := do(gl.OpGlBindBuffer, 0x8892, 7)
	frame := func(size int, usage int) []byte {
		return records(t, bind, do(gl.OpGlBufferData, 0x8892, 0, int64(size), make([]byte, size), usage))
	}
	for name, c := range map[string]struct {
		recs []byte
		n    int
	}{"Same": {frame(4, 0x88E4), 2}, "Size": {frame(8, 0x88E4), 1}, "Usage": {frame(4, 0x88E0), 1}} {
		t.Run(name, func(t *testing.T) {
			var f Frames
			if !learnt(&f, frame(4, 0x88E4), enough) {
				t.Fatal("it is not learnt")
			}
			if n, all := repeats(&f, c.recs); n != c.n || all != (c.n == 2) {
				t.Errorf("%d records match, all: %v", n, all)
			}
		})
	}
}
