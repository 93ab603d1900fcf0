package track

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// odd are values that break arithmetic and indices.
var odd = []uint32{0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 35, 36, 255, 0x1400, 0x1403, 0x1405, 0x1406, 0x140A, 0x80E1, 0x8892, 0x8893, 0x8A11, 0x8B31, 0x8B30, 0x7fffffff, 0x80000000, 0xffffffff, 0x3f800000, 0x7f800000}

// noise makes one record of a command: its fixed part is whole, as the session has checked; nothing else is sure.
func noise(rng *rand.Rand, op gl.Op) []byte {
	info := gl.At(uint16(op))
	n := info.Fixed
	if rng.IntN(2) == 0 {
		n += 8 * rng.IntN(12)
	}
	rec := make([]byte, n)
	wire.PutRecordHeader(rec, n, uint16(op), 0)
	for at := wire.RecordHeaderBytes; at+4 <= n; at += 4 {
		v := odd[rng.IntN(len(odd))]
		if rng.IntN(3) == 0 {
			v = uint32(rng.IntN(40))
		}
		le.PutUint32(rec[at:], v)
	}
	if rng.IntN(3) > 0 { // arrays that are whole
		at := info.Fixed
		for i := range info.Fields {
			if f := &info.Fields[i]; f.Kind == gl.KindBlob {
				left := n - at
				bytes := 0
				if left > 0 {
					bytes = rng.IntN(left + 1)
				}
				mode := uint32(wire.BlobInline)
				if bytes >= 8 && rng.IntN(3) == 0 {
					bytes, mode = 8, wire.BlobOffset
				}
				le.PutUint32(rec[f.Offset:], uint32(bytes))
				le.PutUint32(rec[int(f.Offset)+4:], mode)
				at = min(at+wire.Pad8(bytes), n)
			}
		}
	}
	return rec
}

// Whatever a stream says, following it ends with rectangles inside the picture, and within what may be kept.
func TestNoiseIsFollowed(t *testing.T) {
	var followed, draws []gl.Op
	for op := range gl.Ops {
		if gl.At(uint16(op)) == nil {
			continue
		}
		if handlers[op] != nil || gl.Op(op) == gl.OpPrismData || vertices[gl.Op(op)] != (vertex{}) {
			followed = append(followed, gl.Op(op))
		}
		if drawings[op] != nil {
			draws = append(draws, gl.Op(op))
		}
	}
	picture := image.Rect(0, 0, 300, 200)
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	bounded := 0
	for seed := range uint64(rounds) {
		rng := rand.New(rand.NewPCG(seed, 8))
		a := newApp(t, []int{1, 2, 4}[rng.IntN(3)], nil)
		a.tr = New(1<<16, a.tr.analyse)
		a.upload(7, arrayTarget, square(0, 0, 0.5))
		a.fixedArray()
		for i := range 4000 {
			if i%40 == 0 {
				a.h.Ctx, a.h.Thread = uint32(rng.IntN(3)), uint32(rng.IntN(2))
				a.tr.Context(&a.h, 300, 200, rng.IntN(2) == 0)
				a.tr.Reflect(uint32(rng.IntN(40)), uint64(rng.IntN(3)), reflect(map[string]int{"a": 1}, []reflectedUniform{{name: "u", kind: 0x8B5C, locations: []int32{1}}, {name: "v[0]", kind: 0x8B56, locations: []int32{2, 3}}}))
				if rng.IntN(2) == 0 { // else the first loss would end the test
					a.do(gl.OpPrismContextDestroy, int(a.h.Ctx))
					a.tr.Context(&a.h, 300, 200, true)
					a.upload(100+i, arrayTarget, square(0, 0, 0.5))
					a.fixedArray()
				}
			}
			if rng.IntN(4) == 0 {
				op := draws[rng.IntN(len(draws))]
				rec := noise(rng, op)
				if rng.IntN(2) == 0 {
					op, rec = gl.OpGlDrawArrays, a.record(gl.OpGlDrawArrays, rng.IntN(14), rng.IntN(2), rng.IntN(3))
				}
				r, why := a.tr.Draw(&a.h, uint16(op), rec, picture)
				if why == "" {
					bounded++
					if !r.In(picture) {
						t.Fatalf("seed %d: %v", seed, r)
					}
				}
				continue
			}
			op := followed[rng.IntN(len(followed))]
			rec := noise(rng, op)
			a.tr.Record(&a.h, uint16(op), rec)
			if op == gl.OpGlBegin {
				var rest []byte
				for range rng.IntN(6) {
					rest = append(rest, noise(rng, followed[rng.IntN(len(followed))])...)
				}
				if l, n, _ := a.tr.Group(&a.h, rec, wire.WalkRecords(rest)); n > 0 {
					a.tr.DrawPrimitives(&a.h, l, picture)
				}
			}
		}
		if a.tr.mirrored > 1<<16 || a.tr.mirrored < 0 {
			t.Fatalf("seed %d: %d bytes are mirrored", seed, a.tr.mirrored)
		}
	}
	if bounded < rounds*10 {
		t.Errorf("%d draws were bounded: the test sees too little", bounded)
	}
}
