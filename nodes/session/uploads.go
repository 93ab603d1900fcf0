package session

import (
	"context"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// What frames that repeat write to buffers: the node that draws alone gets it as it comes. Of the rest the latest bytes are kept for the others, in the chunks
// that they came in, and dealt as writes to buffers when something else comes.

// uploaded takes what is written to a buffer, by the last of recs; the others, and what is held, bring the bytes. is: that is known.
func (k *culler) uploaded(held *holding, up *staged, recs []byte) (is bool) {
	f, c := &k.repeats.frames, &k.repeats.contents
	u, ok := f.Upload(up.op, up.draw)
	size, known := k.track.BufferBytes(u.Buffer)
	if !ok || !known || u.Size > size || u.Offset > size-u.Size || c.Full() {
		return false
	}
	type run struct {
		data []byte
		of   *keptChunk
	}
	runs, bytes := []run(nil), uint64(0)
	take := func(recs []byte, n int, of *keptChunk) bool {
		for w := wire.WalkRecords(recs); n > 0 && w.Next(); n-- {
			raw := w.Raw()
			length := word(raw, wire.RecordHeaderBytes)
			at := wire.RecordHeaderBytes + wire.BlobBytes
			if w.Op() != uint16(gl.OpPrismData) || word(raw, wire.RecordHeaderBytes+4) != wire.BlobInline || uint64(at)+uint64(length) > uint64(len(raw)) {
				return false
			}
			runs, bytes = append(runs, run{raw[at : at+int(length)], of}), bytes+uint64(length)
		}
		return true
	}
	of := k.keep()
	defer of.Free()
	if held != nil {
		for i, p := range held.pieces {
			if !take(p.recs, int(p.n), held.chunks[i]) {
				return false
			}
		}
	}
	switch {
	case !take(recs, up.n-1, of):
		return false
	case u.Inline != nil && bytes > 0:
		return false
	case u.Inline != nil:
		runs, bytes = append(runs, run{u.Inline, of}), uint64(len(u.Inline))
	}
	if bytes != u.Size || u.All && !f.Match(up.op, up.draw) {
		return false
	}
	if u.All {
		c.Drop(u.Buffer)
	}
	for _, r := range runs {
		c.Write(u.Buffer, u.Offset, r.data, r.of)
		u.Offset += uint64(len(r.data))
	}
	return true
}

// bringContents deals what was written to buffers.
func (k *culler) bringContents(ctx context.Context) error {
	var b wire.Builder
	err := k.repeats.contents.Each(func(buffer uint32, at uint64, pieces [][]byte) error {
		b.Reset()
		b.Chunk(k.repeats.header)
		bytes := 0
		for _, data := range pieces {
			b.Data(uint16(gl.OpPrismData), data)
			bytes += len(data)
		}
		b.Record(uint16(gl.OpPrismBufferWrite), 0).U32(buffer).U64(at).Staged(bytes)
		batch, err := b.Bytes()
		if err != nil {
			return err
		}
		for chunks := wire.WalkChunks(batch); chunks.Next(); {
			recs := chunks.Raw()[wire.ChunkHeaderBytes:]
			for w := wire.WalkRecords(recs); w.Next(); recs = recs[len(w.Raw()):] {
				if err := k.redo(ctx, &w, recs); err != nil {
					return err
				}
			}
		}
		return nil
	})
	k.repeats.contents.Reset()
	return err
}
