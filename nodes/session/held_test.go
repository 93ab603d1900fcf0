package session

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/grid"
)

// Arrays of the app's memory go where their draw goes, wherever chunks end between them and whatever other threads send meanwhile; what turns out
// to be for another command goes to all nodes.
func TestArraysGoWithTheirDraw(t *testing.T) {
	data := op(t, "prismData")
	for _, c := range []struct {
		name string
		cut  func(a *app, at int) // is called between any two records of a draw
	}{
		{"OneChunk", func(*app, int) {}},
		{"BehindTheBlock", func(a *app, at int) {
			if at == 3 {
				a.chunk(0)
			}
		}},
		{"BehindAll", func(a *app, _ int) { a.chunk(0) }},
		{"OtherThreads", func(a *app, at int) {
			a.chunk(0)
			a.b.Chunk(wire.ChunkHeader{Thread: 2, Ctx: 2, Seq: a.seq})
			a.b.Record(uint16(gl.OpGlDepthFunc), 0).U32(0x200 + uint32(at))
			a.chunk(0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			places := [][2]float32{{-0.5, -0.5}, {0.5, -0.5}, {-0.5, 0.5}, {0.5, 0.5}}
			a := newApp(t)
			a.scene(places...)
			var want [4][]string
			for frame := range 3 {
				a.fill(uint32(frame))
				for i, p := range places {
					var vertices []byte
					for _, d := range []float32{-0.1, 0.1} {
						for _, v := range []float32{p[0] + d, p[1] + d, float32(frame) / 100} {
							vertices = binary.LittleEndian.AppendUint32(vertices, math.Float32bits(v))
						}
					}
					part := binary.LittleEndian.AppendUint32(nil, 32) // PRISM_ARRAY_VERTEX
					for _, v := range []uint32{3, 0x1406, 0, 0} {
						part = binary.LittleEndian.AppendUint32(part, v)
					}
					c.cut(a, 0)
					a.b.Data(data, vertices[:16])
					c.cut(a, 1)
					a.b.Data(data, vertices[16:])
					c.cut(a, 2)
					a.b.Record(uint16(gl.OpPrismClientBlock), 0).U32(0).U32(2).U32(2).U32(12).Inline(part).Staged(len(vertices))
					c.cut(a, 3)
					a.b.Record(uint16(gl.OpGlDrawArrays), 0).U32(4).U32(0).U32(2)
					want[i] = append(want[i], fmt.Sprintf("%d block %x, draw", frame, vertices))
				}
				a.b.Data(data, make([]byte, 100))
				c.cut(a, 4)
				a.b.Record(uint16(gl.OpGlBufferData), 0).U32(0x88EC).U64(100).Staged(100).U32(0x88E4)
				a.swap(1)
			}
			var got [4][]string
			buffers := [4]int{}
			hub, _ := cluster(t, 4, func(w *worker) {
				staged, block, frame := map[uint32][]byte{}, "no block", 0
				w.onThread = func(thread uint32, op uint16, p []byte) {
					waiting := staged[thread]
					staged[thread] = nil
					switch gl.Op(op) {
					case gl.OpPrismData:
						staged[thread] = append(waiting, p[8:8+binary.LittleEndian.Uint32(p)]...)
					case gl.OpPrismClientBlock:
						block = fmt.Sprintf("block %x", waiting)
					case gl.OpGlDrawArrays:
						got[w.peer] = append(got[w.peer], fmt.Sprintf("%d %s, draw", frame, block))
						block = "no block"
					case gl.OpGlBufferData:
						if len(waiting) == 100 {
							buffers[w.peer]++
						}
					case gl.OpPrismSwap:
						frame++
					}
				}
			})
			shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 2, Rows: 2}, func(c *Config) { c.Culling = &Culling{} })
			if err != nil || len(shots) != 3 {
				t.Fatalf("%d frames, %v", len(shots), err)
			}
			hub.end()
			for peer := range 4 {
				if !slices.Equal(got[peer], want[peer]) {
					t.Errorf("node %d drew\n%q, want\n%q", peer, got[peer], want[peer])
				}
				if buffers[peer] != 3 {
					t.Errorf("node %d was sent the bytes of %d buffers, want 3", peer, buffers[peer])
				}
			}
			if c := stats.Culling; c.Draws != 12 || c.Bounded != 12 {
				t.Errorf("figures: %+v", c)
			}
		})
	}
}
