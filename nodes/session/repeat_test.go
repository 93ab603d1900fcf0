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

// What frames that repeat write to buffers, wherever in these and whether chunks end in between, is in every node's when something else comes.
func TestRepeatingUploads(t *testing.T) {
	const frames, buffer, size = 24, 9, 60_000
	le, data := binary.LittleEndian, op(t, "prismData")
	for name, upload := range map[string]func(a *app, i int){
		"Staged": func(a *app, i int) {
			at, n := 100+i%3, 40_000+i%5
			a.b.Data(data, pattern(uint32(i), n, 1)[:n/2])
			a.chunk(0)
			a.b.Data(data, pattern(uint32(i), n, 1)[n/2:n])
			a.b.Record(uint16(gl.OpGlBufferSubData), 0).U32(0x8892).U64(uint64(at)).U64(uint64(n)).Staged(n)
			a.b.Data(data, pattern(uint32(i+50), 20_000, 1)[:20_000])
			a.b.Record(uint16(gl.OpPrismBufferWrite), 0).U32(buffer).U64(uint64(30_000 + i)).Staged(20_000)
		},
		"Inline": func(a *app, i int) {
			a.b.Record(uint16(gl.OpPrismBufferWrite), 0).U32(buffer).U64(uint64(8 * i)).Inline(pattern(uint32(i), 50, 1)[:50])
		},
		"Anew": func(a *app, i int) {
			a.b.Data(data, pattern(uint32(i), size, 1)[:size])
			a.chunk(0)
			a.b.Record(uint16(gl.OpGlBufferData), 0).U32(0x8892).U64(size).Staged(size).U32(0x88E4)
			a.b.Record(uint16(gl.OpGlBufferSubData), 0).U32(0x8892).U64(uint64(i)).U64(8).Inline([]byte("prism GL"))
		},
		"Error": func(a *app, i int) { // over the end: it changes nothing
			a.b.Record(uint16(gl.OpGlBufferSubData), 0).U32(0x8892).U64(size - 4).U64(8).Inline([]byte("prism GL"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			a.scene([2]float32{0, 0})
			a.b.Record(uint16(gl.OpGlBindBuffer), 0).U32(0x8892).U32(buffer)
			a.b.Record(uint16(gl.OpGlBufferData), 0).U32(0x8892).U64(size).Null().U32(0x88E4)
			for i := range frames {
				a.b.Record(uint16(gl.OpGlBindBuffer), 0).U32(0x8892).U32(buffer)
				upload(a, i)
				a.fill(uint32(i))
				a.square(0)
				a.swap(1)
			}
			a.b.Record(uint16(gl.OpGlAccum), 0).U32(0x100).F32(1)
			a.swap(1)
			var contents [2][]byte
			var writes [2]int
			hub, _ := cluster(t, 2, func(w *worker) {
				contents[w.peer] = make([]byte, size)
				var staged []byte
				w.onThread = func(_ uint32, op uint16, p []byte) {
					write := func(at, n uint64, blob []byte) {
						if writes[w.peer]++; at+n > size {
							return
						}
						switch le.Uint32(blob[4:]) {
						case 1:
							copy(contents[w.peer][at:], blob[8:8+n])
						case 2:
							copy(contents[w.peer][at:], staged[:n])
						}
						staged = nil
					}
					switch gl.Op(op) {
					case gl.OpPrismData:
						staged = append(staged, p[8:8+le.Uint32(p)]...)
					case gl.OpGlBufferData:
						if le.Uint64(p[8:]) == size {
							blob := append(append([]byte(nil), p[16:24]...), p[32:]...)
							write(0, size, blob)
						}
					case gl.OpGlBufferSubData:
						write(le.Uint64(p[8:]), le.Uint64(p[16:]), p[24:])
					case gl.OpPrismBufferWrite:
						write(le.Uint64(p[8:]), uint64(le.Uint32(p[16:])), p[16:])
					}
				}
			})
			shots, stats, err := play(t, &source{chunks: a.chunks}, hub.Hub(), grid.Grid{Columns: 1, Rows: 1}, func(c *Config) { c.Culling = &Culling{Eager: true} })
			if err != nil || len(shots) != frames+1 {
				t.Fatalf("%d frames, %v", len(shots), err)
			}
			hub.end()
			if !slices.Equal(contents[0], contents[1]) {
				t.Error("the idle node's buffer is another")
			}
			if repeated := stats.Culling.Repeated; (repeated < frames-6) != (name == "Error") || name != "Error" && writes[1] > writes[0]/2 {
				t.Errorf("%d frames repeated, with %d writes to the idle node's buffer, of %d", repeated, writes[1], writes[0])
			}
		})
	}
}
