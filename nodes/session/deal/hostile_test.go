package deal

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// anything says yes to all, so that nothing is refused before it is looked at.
type anything struct{}

func (anything) Linked(uint32) bool                     { return true }
func (anything) Uniform(uint32, int32, gl.Op, int) bool { return true }
func (anything) Bound(gl.Handle, uint32, uint32) bool   { return true }

// Whatever records hold, batches are well-formed, and a node's gets no longer than what it is due.
func TestNoiseIsDealt(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		nodes := 1 + rng.IntN(6)
		d := New(nodes, 0)
		sent := 0
		for i := range 300 {
			if i%50 == 0 {
				d.Begin(&wire.ChunkHeader{Thread: 1 + uint32(rng.IntN(2)), Ctx: uint32(rng.IntN(3))})
				d.Created(uint32(rng.IntN(3)))
			}
			op := uint16(rng.IntN(gl.Ops))
			info := gl.At(op)
			if info == nil {
				continue
			}
			rec := make([]byte, info.Fixed+8*rng.IntN(200))
			wire.PutRecordHeader(rec, len(rec), op, 0)
			for at := wire.RecordHeaderBytes; at+4 <= len(rec); at += 4 {
				binary.LittleEndian.PutUint32(rec[at:], []uint32{0, 1, 2, 0x0BE2, 0x84C0, 0x8892, 0xffffffff, 0x3f800000}[rng.IntN(8)])
			}
			sent += len(rec) + 64 // and the selectors around it
			if rng.IntN(3) == 0 {
				m := bounds.Mask{rng.Uint64() & (1<<nodes - 1)}
				d.Draw(&m, rec, 1)
				if k, ok := Alone(op, rec); ok {
					lack := d.all.Without(&m)
					d.HoldFor(&lack, k, rec, 0, false)
				}
				continue
			}
			if !d.Record(op, rec, anything{}) {
				d.Sync()
				d.All(rec, 1)
				d.After(op, rec, anything{})
			}
		}
		d.Sync()
		for n := range nodes {
			b := d.Batch(n)
			if _, _, err := wire.CheckBatch(b); err != nil {
				t.Fatalf("seed %d: node %d: %v", seed, n, err)
			}
			if len(b) > 2*sent+4096 {
				t.Errorf("seed %d: node %d got %d bytes of %d", seed, n, len(b), sent)
			}
		}
	}
}
