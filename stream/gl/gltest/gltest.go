// Package gltest makes streams for tests.
package gltest

import (
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// InSpans gives records, one behind the other, as the driver would have packed the same calls: what may stand in spans does so from each glBegin to
// its glEnd. n: how many records there are now.
func InSpans(records []byte) (out []byte, n int) {
	var items []byte
	begun := false
	add := func(r []byte) { out, n = append(out, r...), n+1 }
	end := func() {
		if len(items) == 0 {
			return
		}
		b := wire.Builder{}
		b.Chunk(wire.ChunkHeader{}).Record(uint16(gl.OpPrismVertices), 0).Inline(items)
		chunk, err := b.End().Bytes()
		if err != nil {
			panic(err)
		}
		add(chunk[wire.ChunkHeaderBytes:])
		items = items[:0]
	}
	for it := wire.WalkRecords(records); it.Next(); {
		ok := false
		if begun {
			items, ok = gl.AppendItem(items, it.Raw())
		}
		if ok {
			continue
		}
		end()
		switch gl.Op(it.Op()) {
		case gl.OpGlBegin:
			begun = true
		case gl.OpGlEnd:
			begun = false
		}
		add(it.Raw())
	}
	end()
	return out, n
}

// ChunkInSpans does that with a chunk.
func ChunkInSpans(chunk []byte) []byte {
	h, _, err := wire.WalkChunk(chunk)
	if err != nil {
		panic(err)
	}
	records, n := InSpans(chunk[wire.ChunkHeaderBytes:])
	h.Records, h.Bytes = uint32(n), uint32(len(records))
	return append(h.Append(nil), records...)
}
