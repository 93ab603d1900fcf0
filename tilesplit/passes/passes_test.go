package passes

import (
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

func TestFollowerCutsPasses(t *testing.T) {
	var got []Pass
	f := Follow(func(p *Pass) { got = append(got, *p) })
	b := &wire.Builder{}
	b.Chunk(wire.ChunkHeader{Ctx: 1, Draw: 1, Read: 1})
	bind := func(target, fb uint32) { b.Record(uint16(gl.OpGlBindFramebuffer), 0).U32(target).U32(fb) }
	draw := func() { b.Record(uint16(gl.OpGlClear), 0).U32(0x4000).U32(0) }
	bind(0x8D40, 7)
	draw()
	draw()
	bind(0x8CA8, 9) // what is read from does not end a pass
	draw()
	bind(0x8D40, 8)
	bind(0x8D40, 7)
	draw()
	bind(0x8D40, 0)
	draw()
	bytes, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	h, recs, err := wire.WalkChunk(bytes)
	if err != nil {
		t.Fatal(err)
	}
	for recs.Next() {
		f.Record(&h, recs.Op(), recs.Raw())
	}
	if err := recs.Err(); err != nil {
		t.Fatal(err)
	}
	want := []Pass{
		{Context: 1, Framebuffer: 7, Draws: 3, Choice: Replicate(everywhere)},
		{Context: 1, Framebuffer: 7, Ordinal: 1, Draws: 1, Choice: Replicate(everywhere)},
	}
	if len(got) != len(want) {
		t.Fatalf("%d passes, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("pass %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if s := (Choice{Tiled: true, MarginX: 2, MarginY: 1, Reason: "r"}).String(); s != "tiled, 2 × 1 pixels more on each side: r" {
		t.Error(s)
	}
}
