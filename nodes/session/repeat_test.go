package session

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit/grid"
)

// Frames that repeat go to the node that draws alone, and the others get the last one when something else comes; data whose draw comes in a later chunk goes to
// each node once, whatever it was for.
func TestRepeatingFrames(t *testing.T) {
	data, part := op(t, "prismData"), binary.LittleEndian.AppendUint32(nil, 32) // PRISM_ARRAY_VERTEX
	for _, v := range []uint32{3, 0x1406, 0, 0} {
		part = binary.LittleEndian.AppendUint32(part, v)
	}
	const frames = 16
	for name, odd := range map[string]func(a *app, draw func()){
		"Nothing": func(*app, func()) {},
		"Upload": func(a *app, _ func()) { // data that is for no draw
			a.b.Data(data, make([]byte, 40))
			a.chunk(0)
			a.b.Record(uint16(gl.OpGlBufferData), 0).U32(0x88EC).U64(40).Staged(40).U32(0x88E4)
		},
		"Draw":  func(_ *app, draw func()) { draw() }, // where nothing was drawn before
		"State": func(a *app, _ func()) { a.b.Record(uint16(gl.OpGlAccum), 0).U32(0x100).F32(1) },
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			a.scene([2]float32{0, 0})
			draw := func() {
				a.b.Data(data, make([]byte, 24))
				a.chunk(0)
				a.b.Record(uint16(gl.OpPrismClientBlock), 0).U32(0).U32(2).U32(2).U32(12).Inline(part).Staged(24)
				a.chunk(0)
				a.square(0)
			}
			for i := range uint32(frames) {
				if i == 12 {
					odd(a, draw)
				}
				a.fill(i)
				draw()
				a.swap(1)
			}
			var events [2][]string
			hub, workers := cluster(t, 2, func(w *worker) {
				staged, block := 0, 0
				w.onThread = func(_ uint32, op uint16, p []byte) {
					note := func(format string, args ...any) {
						events[w.peer] = append(events[w.peer], fmt.Sprintf(format, args...))
					}
					waiting := staged
					staged = 0
					switch gl.Op(op) {
					case gl.OpPrismData:
						staged = waiting + int(binary.LittleEndian.Uint32(p))
					case gl.OpPrismClientBlock:
						block = waiting
					case gl.OpGlDrawArrays:
						note("draw of %d", block)
						block = 0
					case gl.OpGlBufferData:
						if binary.LittleEndian.Uint32(p) == 0x88EC {
							note("buffer of %d", waiting)
						}
					case gl.OpGlAccum:
						note("accum")
					}
				}
			})
			shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) { c.Culling = &Culling{Eager: true} })
			if err != nil || len(shots) != frames {
				t.Fatalf("%d frames, %v", len(shots), err)
			}
			hub.end()
			want := [2][]string{slices.Repeat([]string{"draw of 24"}, frames), nil}
			for peer := range want {
				switch name {
				case "Upload":
					want[peer] = slices.Insert(want[peer], min(12, len(want[peer])), "buffer of 40")
				case "State":
					want[peer] = slices.Insert(want[peer], min(12, len(want[peer])), "accum")
				case "Draw":
					if peer == 0 {
						want[peer] = append(want[peer], "draw of 24")
					}
				}
				if !slices.Equal(events[peer], want[peer]) {
					t.Errorf("node %d did %q, want %q", peer, events[peer], want[peer])
				}
				if workers[peer].seed != frames-1 {
					t.Errorf("node %d ended at frame %d", peer, workers[peer].seed)
				}
			}
			if n := stats.Culling.Repeated; n < 8 || name != "Nothing" && n >= frames-3 {
				t.Errorf("%d frames repeated", n)
			}
		})
	}
}
