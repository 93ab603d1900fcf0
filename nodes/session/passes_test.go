package session

import (
	"os"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/passes"
)

// A draw whose data comes in records of its own is one draw of its pass, as others are.
func TestPassCountsStagedDrawsOnce(t *testing.T) {
	front, err := os.Executable() // any: nothing is linked
	if err != nil {
		t.Fatal(err)
	}
	shaders, err := shader.New(shader.Config{Program: front})
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(t)
	a.scene([2]float32{-0.5, -0.5}, [2]float32{0.5, 0.5})
	op := func(o gl.Op) uint16 { return uint16(o) }
	a.b.Record(op(gl.OpGlBindTexture), 0).U32(0x0DE1).U32(9)
	a.b.Record(op(gl.OpGlTexImage2D), 0).U32(0x0DE1).I32(0).I32(0x8058).I32(64).I32(64).I32(0).U32(0x1908).U32(0x1401).Null()
	a.b.Record(op(gl.OpGlBindFramebuffer), 0).U32(0x8D40).U32(5)
	a.b.Record(op(gl.OpGlFramebufferTexture2D), 0).U32(0x8D40).U32(0x8CE0).U32(0x0DE1).U32(9).I32(0)
	const frames = 3
	for range frames {
		a.b.Record(op(gl.OpGlBindFramebuffer), 0).U32(0x8D40).U32(5)
		a.b.Data(op(gl.OpPrismData), []byte{0}).Data(op(gl.OpPrismData), []byte{1})
		a.b.Record(op(gl.OpGlDrawElements), 0).U32(4).U32(2).U32(0x1401).Staged(2)
		a.square(1)
		a.b.Record(op(gl.OpGlBindFramebuffer), 0).U32(0x8D40).U32(0)
		a.fill(1)
		a.swap(1)
	}
	var got []passes.Pass
	hub, _ := cluster(t, 4, nil)
	_, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) {
		c.Culling = &Culling{Shaders: shaders, Passes: passes.Auto}
		c.OnPass = func(p *passes.Pass) { got = append(got, *p) }
	})
	if err != nil || len(got) != frames {
		t.Fatalf("%d passes, %v", len(got), err)
	}
	for i, p := range got {
		if p.Framebuffer != 5 || p.Draws != 2 || p.Width != 64 || p.Height != 64 {
			t.Errorf("pass %d: %+v", i, p)
		}
	}
	if stats.Culling.Draws != 2*frames {
		t.Errorf("%d draws were looked at", stats.Culling.Draws)
	}
}
