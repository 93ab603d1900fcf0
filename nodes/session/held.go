package session

import (
	"context"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// What a draw reads of the app's memory comes before it, and often in chunks before its own: data that is staged, and blocks of arrays. The driver sends
// these again before each draw that reads them, so they need not go where the draw does not. Which nodes those are is known when it comes; what its
// own chunk has of it is found by looking ahead, and what comes in chunks before is held back here, chunks and all, so that no byte is copied for it.

// leads tells whether a record belongs to a draw that follows.
func leads(op uint16) bool {
	return op == uint16(gl.OpPrismData) || op == uint16(gl.OpPrismClientBlock)
}

// maxHolding bounds what is held back for one thread.
const maxHolding = 64 << 20

// piece is records that stand together.
type piece struct {
	recs []byte
	n    uint32
	led  bool // the lead node has had it
}

// holding is what is held back for a thread's next command.
type holding struct {
	header wire.ChunkHeader
	pieces []piece
	chunks []*keptChunk // that they stand in
	bytes  int
}

// keptChunk is one that is kept when its records have been split. It counts who needs it.
type keptChunk struct {
	p    *splitter
	data []byte
	n    int
}

// Keep counts one more.
func (c *keptChunk) Keep() { c.n++ }

// Free counts one less.
func (c *keptChunk) Free() {
	if c.n--; c.n == 0 {
		c.p.pool.Put(c.data)
		c.data = nil
	}
}

// keep gives the chunk in hand to be kept, until it is freed.
func (k *culler) keep() *keptChunk {
	if k.kept == nil {
		k.kept = &keptChunk{k.p, k.p.chunkInHand, 1}
		k.p.chunkInHand = nil // it is ours
	}
	k.kept.Keep()
	return k.kept
}

// over is called when a chunk's records have been split.
func (k *culler) over() {
	if k == nil {
		return
	}
	if k.kept != nil {
		k.kept.Free()
		k.kept = nil
	}
	if k.first {
		k.deal.Mute(k.p.Lead, false)
		k.first = false
	}
}

// holding gives what is held back for a thread, nil: nothing.
func (k *culler) holding(thread uint32) *holding {
	if len(k.held) == 0 { // as nearly always
		return nil
	}
	return k.held[thread]
}

// hold keeps the last records of the chunk in hand, whose draw may come in the thread's next chunk.
func (k *culler) hold(h *wire.ChunkHeader, p piece) {
	held := k.held[h.Thread]
	if held == nil {
		held = &holding{header: *h}
		k.held[h.Thread] = held
	}
	held.pieces = append(held.pieces, p)
	held.chunks = append(held.chunks, k.keep())
	held.bytes += len(p.recs)
}

// records of all pieces; of nil none.
func (held *holding) records() (n uint32) {
	if held != nil {
		for _, p := range held.pieces {
			n += p.n
		}
	}
	return n
}

// stage tells the tracker of what is held back, if anything is.
func (k *culler) stage(held *holding) {
	if held == nil {
		return
	}
	for _, p := range held.pieces {
		k.stageRecords(&held.header, p.recs, p.n)
	}
}

// stageRecords tells the tracker of n records that lead to a draw.
func (k *culler) stageRecords(h *wire.ChunkHeader, recs []byte, n uint32) {
	for w := wire.WalkRecords(recs); n > 0 && w.Next(); n-- {
		k.follow(w.Op(), w.Raw(), h)
	}
}

// tellAhead tells the tracker what leads to a draw, which recs stands at or before, sooner than it comes.
func (k *culler) tellAhead(h *wire.ChunkHeader, recs wire.Records, next *staged) {
	held := k.holding(h.Thread)
	if !k.dealing || k.told > 0 || next.n < 2 && held == nil {
		return
	}
	k.stage(held)
	for i := 1; i < next.n; i++ {
		k.follow(recs.Op(), recs.Raw(), h)
		recs.Next()
	}
	k.told = int(held.records()) + max(next.n-1, 0)
}

// drop ends a holding whose records have gone where they had to.
func (k *culler) drop(held *holding) {
	for _, c := range held.chunks {
		c.Free()
	}
	delete(k.held, held.header.Thread)
}

// release sends what is held back to all nodes: its command is none that only some get. The tracker has been told.
func (k *culler) release(ctx context.Context, held *holding, emit func()) error {
	emit()
	if k.dealing {
		if err := k.settle(ctx); err != nil {
			return err
		}
		k.deal.Sync() // nothing may come between data and its command
	}
	for _, p := range held.pieces {
		if p.led {
			rest := k.all.Without(&k.repeats.lead)
			k.deal.Only(&rest, p.recs, p.n)
			continue
		}
		if k.put(ctx, p.recs, p.n) {
			continue
		}
		h := held.header
		h.Records, h.Bytes = p.n, uint32(len(p.recs))
		k.p.batch = append(h.Append(k.p.batch), p.recs...)
	}
	k.drop(held)
	return nil
}

// releaseAll does, before dealing ends.
func (k *culler) releaseAll(ctx context.Context) error {
	for _, held := range k.held {
		k.stage(held)
		if err := k.release(ctx, held, func() {}); err != nil {
			return err
		}
	}
	return nil
}

// withhold decides about data whose draw comes in a later chunk, and about what is held back when the next record comes. taken: the record is held.
func (k *culler) withhold(ctx context.Context, op uint16, drawn bool, next *staged, rest []byte, h *wire.ChunkHeader, emit func()) (taken bool, err error) {
	held := k.holding(h.Thread)
	if next.open > 0 && k.together(h) && (held == nil || held.bytes < maxHolding) {
		emit()
		k.hold(h, piece{rest[:next.bytes], uint32(next.open), false})
		k.skip = next.open - 1
		return true, nil
	}
	if held == nil || k.together(h) && drawn {
		return false, nil
	}
	k.stage(held)
	return false, k.release(ctx, held, emit)
}
