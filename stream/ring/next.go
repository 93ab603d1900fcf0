package ring

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/prismgl/prism/stream/shm"
	"github.com/prismgl/prism/stream/wire"
)

const dataRefBytes = wire.RecordHeaderBytes + 16 // block u32, offset u32, bytes u32, padding

// Next waits for the next chunk and gives it, header included; it is valid until the next call. A chunk that grew beyond
// wire.MaxChunk when its bulk data was put in comes out as several with the same header, sequence number included; only the last
// of them is urgent. Errors: io.EOF after Hangup when all is read, ctx's, ErrClosed, and of class ErrCorrupt; the latter
// stays, since what follows such bytes cannot be found.
func (r *Ring) Next(ctx context.Context) ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	r.life.RLock()
	defer r.life.RUnlock()
	if r.ctl == nil {
		return nil, ErrClosed
	}
	for {
		if r.more {
			b, err := r.expand()
			r.err = err
			return b, err
		}
		b, err := r.take()
		if err != nil {
			r.err = err
			return nil, err
		}
		if b != nil {
			return b, nil
		}
		if r.more {
			continue
		}
		if err := r.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// wait returns nil when head has moved.
func (r *Ring) wait(ctx context.Context) error {
	c := r.ctl
	defer c.ReaderWaits.Store(0)
	for {
		v := c.WakeReader.Load()
		c.ReaderWaits.Store(1)
		gone := r.gone.Load() // before head: what was committed before the end is still read
		if c.Head.Load() != r.tail {
			return nil
		}
		switch {
		case r.closed.Load():
			return ErrClosed
		case ctx.Err() != nil:
			return fmt.Errorf("ring: %w", ctx.Err())
		case gone:
			return io.EOF
		}
		shm.Wait(&c.WakeReader, v, shm.Tick)
	}
}

// take copies the next chunk out of the ring and checks it. nil: the ring is empty, or r.more is set and expand goes on.
func (r *Ring) take() ([]byte, error) {
	c, size := r.ctl, uint64(r.cfg.RingBytes)
	for {
		avail := c.Head.Load() - r.tail
		if avail == 0 {
			return nil, nil
		}
		if avail > size {
			return nil, wire.Corruptf("ring: byte %d: head is %d ahead of tail, the ring has %d", r.tail, avail, size)
		}
		at := r.tail & (size - 1)
		left := size - at
		if left < wire.ChunkHeaderBytes {
			if avail < left {
				return nil, wire.Corruptf("ring: byte %d: %d bytes committed, %d are skipped", r.tail, avail, left)
			}
			r.release(left)
			continue
		}
		if avail < wire.ChunkHeaderBytes {
			return nil, wire.Corruptf("ring: byte %d: %d bytes committed, a header has %d", r.tail, avail, wire.ChunkHeaderBytes)
		}
		copy(r.in[:wire.ChunkHeaderBytes], r.data[at:])
		if binary.LittleEndian.Uint32(r.in) == wire.SkipMagic {
			if avail < left {
				return nil, wire.Corruptf("ring: byte %d: %d bytes committed, %d are skipped", r.tail, avail, left)
			}
			r.release(left)
			continue
		}
		h, err := wire.ParseChunkHeader(r.in[:wire.ChunkHeaderBytes])
		if err != nil {
			return nil, fmt.Errorf("ring: byte %d: %w", r.tail, err)
		}
		n := wire.ChunkHeaderBytes + uint64(h.Bytes)
		if n > left || n > avail {
			return nil, wire.Corruptf("ring: byte %d: chunk %d: %d bytes, %d committed, %d to the ring's end", r.tail, h.Seq, n, avail, left)
		}
		copy(r.in[wire.ChunkHeaderBytes:n], r.data[at+wire.ChunkHeaderBytes:])
		start := r.tail
		r.release(n)
		return r.check(h, start, r.in[:n])
	}
}

// release moves tail.
func (r *Ring) release(n uint64) {
	r.tail += n
	r.ctl.Tail.Store(r.tail)
	wakeWriter(r.ctl)
}

// check looks at a chunk in r.in, and finds whether it refers to the arena.
func (r *Ring) check(h wire.ChunkHeader, start uint64, chunk []byte) ([]byte, error) {
	if h.Seq != r.seq+1 {
		return nil, wire.Corruptf("ring: byte %d: chunk %d follows chunk %d", start, h.Seq, r.seq)
	}
	r.seq = h.Seq
	_, it, err := wire.WalkChunk(chunk)
	if err != nil {
		return nil, fmt.Errorf("ring: byte %d: %w", start, err)
	}
	all := it
	refs := false
	for it.Next() {
		if it.Op() == r.cfg.DataRefOp {
			refs = true
		}
	}
	if err := it.Err(); err != nil {
		return nil, fmt.Errorf("ring: byte %d: chunk %d: %w", start, h.Seq, err)
	}
	if !refs {
		return chunk, nil
	}
	r.rest, r.header, r.more = all, h, true
	return nil, nil
}

// expand gives the next part of the chunk in r.in with its bulk data put in.
func (r *Ring) expand() ([]byte, error) {
	if r.out == nil {
		r.out = make([]byte, wire.ChunkHeaderBytes+wire.MaxChunk)
	}
	h := r.header
	h.Records = 0
	at := wire.ChunkHeaderBytes
	for {
		before := r.rest
		if !r.rest.Next() {
			r.more = false // its error, if any, was seen by check
			break
		}
		need := len(r.rest.Raw())
		ref := r.rest.Op() == r.cfg.DataRefOp
		var block, offset, n uint32
		if ref {
			if need != dataRefBytes || r.rest.Flags() != 0 {
				return nil, r.badRef("%d bytes, must be %d", need, dataRefBytes)
			}
			p := r.rest.Payload()
			block, offset, n = binary.LittleEndian.Uint32(p), binary.LittleEndian.Uint32(p[4:]), binary.LittleEndian.Uint32(p[8:])
			if n > wire.PieceBytes {
				return nil, r.badRef("%d bytes of data exceed %d", n, wire.PieceBytes)
			}
			need = wire.RecordHeaderBytes + wire.BlobBytes + wire.Pad8(int(n))
		}
		if at+need > len(r.out) {
			r.rest = before
			h.Flags &^= wire.ChunkUrgent
			break
		}
		if ref {
			if err := r.inline(r.out[at:at+need], block, offset, n); err != nil {
				return nil, err
			}
		} else {
			copy(r.out[at:], r.rest.Raw())
		}
		at += need
		h.Records++
	}
	h.Bytes = uint32(at - wire.ChunkHeaderBytes)
	h.Put(r.out)
	return r.out[:at], nil
}

// inline writes a prismData record with n bytes of a block into rec and gives them back.
func (r *Ring) inline(rec []byte, block, offset, n uint32) error {
	c := &r.cfg
	if int64(block) >= int64(c.Blocks) {
		return r.badRef("block %d of %d", block, c.Blocks)
	}
	state := &r.ctl.Block[block]
	if state.Load() == 0 {
		return r.badRef("block %d is free", block)
	}
	if int64(offset)+int64(n) > int64(c.BlockBytes) {
		return r.badRef("bytes %d to %d of a block of %d", offset, int64(offset)+int64(n), c.BlockBytes)
	}
	wire.PutRecordHeader(rec, len(rec), c.DataOp, 0)
	binary.LittleEndian.PutUint32(rec[8:], n)
	binary.LittleEndian.PutUint32(rec[12:], wire.BlobInline)
	clear(rec[16+n:])
	copy(rec[16:16+n], r.arena[int(block)*c.BlockBytes+int(offset):])
	if state.Add(^uint32(0)) == 0 {
		wakeWriter(r.ctl)
	}
	return nil
}

func (r *Ring) badRef(format string, args ...any) error {
	return wire.Corruptf("ring: chunk %d: record %d: prismDataRef: %s", r.header.Seq, r.rest.Index(), fmt.Sprintf(format, args...))
}
