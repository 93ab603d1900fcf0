package passes

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/track"
)

// A stream may say anything: nothing is kept without bounds, no heal is of an image that is not split, and parts are always whole.
func TestHostileStreams(t *testing.T) {
	enums := []uint32{texture2D, 0x8D40, 0x8CA8, 0x8CA9, firstColour, firstColour + 1, depthAttachment, bothAttachments, 0x84C0, 0x84C1, 0x0B71, 0x0C11, 0x2801, nearest, 0x8058, 0x88F0, 0x1908, 0x1401, 0x4500, 0x1800, 0x84F9}
	var ops []uint16
	for op := range gl.Ops {
		if Follows(uint16(op)) && gl.Op(op) != gl.OpGlNewList { // after that nothing is followed
			ops = append(ops, uint16(op))
		}
	}
	busy := []gl.Op{gl.OpGlBindFramebuffer, gl.OpGlBindTexture, gl.OpGlFramebufferTexture2D, gl.OpGlTexImage2D, gl.OpGlDrawArrays, gl.OpGlClear, gl.OpPrismSwap}
	healed := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		a := newApp(t, Mode(1+seed%2))
		a.tiled()
		plans := []*tilesplit.Plan{plan(t, 2, 1), plan(t, 3, 2), nil, a.plan}
		for range 2000 {
			if a.tr.off != "" { // nothing more is followed
				a = newApp(t, Mode(1+seed%2))
				a.tiled()
			}
			op := ops[r.IntN(len(ops))]
			if r.IntN(3) > 0 {
				op = uint16(busy[r.IntN(len(busy))])
			}
			info := gl.At(op)
			raw := make([]byte, info.Fixed+8*r.IntN(3))
			wire.PutRecordHeader(raw, len(raw), op, 0)
			for at := 8; at+4 <= len(raw); at += 4 {
				v := uint32(r.IntN(13))
				if r.IntN(3) == 0 {
					v = enums[r.IntN(len(enums))]
				} else if r.IntN(20) == 0 {
					v = r.Uint32()
				}
				binary.LittleEndian.PutUint32(raw[at:], v)
			}
			a.next = track.Sampled{Covers: r.IntN(3) == 0, Front: true, Reads: []track.Read{{Unit: r.IntN(3), Fetch: r.IntN(2) == 0}}}
			if r.IntN(30) == 0 {
				a.next = track.Sampled{Why: "x", Later: r.IntN(2) == 0}
			}
			a.h.Ctx = 1 + uint32(r.IntN(8)/7)
			if r.IntN(50) == 0 {
				a.plan = plans[r.IntN(len(plans))]
			}
			act := a.tr.Before(&a.h, op, raw, Window{Plan: a.plan})
			if act == nil {
				continue
			}
			for _, h := range act.Heal {
				healed++
				area := 0
				for _, p := range h.Parts {
					area += p.Rect.Dx() * p.Rect.Dy()
				}
				if area != h.Image.Width*h.Image.Height || h.Image.Transfer.Bytes == 0 {
					t.Fatalf("seed %d: %s: parts of %d pixels, the image has %d×%d of %d bytes", seed, info.Name, area, h.Image.Width, h.Image.Height, h.Image.Transfer.Bytes)
				}
			}
		}
		split := 0
		for _, list := range []map[uint32]*Image{a.tr.textures, a.tr.renderbuffers} {
			for _, i := range list {
				if i.split != nil {
					split++
				}
			}
		}
		if split != a.tr.split && a.tr.split < split {
			t.Errorf("seed %d: %d images are split, counted %d", seed, split, a.tr.split)
		}
	}
	if healed < 60 {
		t.Errorf("only %d images were made whole", healed)
	}
}
