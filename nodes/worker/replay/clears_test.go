package replay

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/wire"
)

const (
	glStencil     = 0x0400
	glDepthTest   = 0x0B71
	glStencilTest = 0x0B90
)

// clearing is a program of clears with what may bear on them between, read back after each. steps are its batches, so that plans can come between.
type clearing struct {
	*workertest.Script
	rng                   *rand.Rand
	es                    bool
	alpha, depth, stencil int
	stencilUsed           bool
	reads                 uint64
}

const clearedW, clearedH = 50, 38

func (c *clearing) window() {
	profile, major, minor := 0, 0, 0
	if c.es {
		profile, major, minor = 4, 3, 2
	}
	c.Context(1, 0, profile, major, minor)
	c.Do("prismDrawableCreate", 1, 1, 99, clearedW, clearedH, 1, 0, c.alpha, c.depth, c.stencil, 1).Bind(1, 1, 1)
	if !c.es {
		c.Do("glGenRenderbuffers", 1, []uint32{501}).Do("glBindRenderbuffer", 0x8D41, 501).Do("glRenderbufferStorage", 0x8D41, 0x8058, clearedW, clearedH)
		c.Do("glGenFramebuffers", 1, []uint32{500}).Do("glBindFramebuffer", glFramebuffer, 500).Do("glFramebufferRenderbuffer", glFramebuffer, 0x8CE0, 0x8D41, 501)
		c.Do("glBindFramebuffer", glFramebuffer, 0).Do("glGenQueries", 1, []uint32{7})
	}
}

// value is one that rounds up or down, or anything.
func (c *clearing) value(steps float64) float64 {
	switch c.rng.IntN(6) {
	case 0:
		return float64(c.rng.IntN(2))
	case 1:
		return float64(float32((float64(c.rng.IntN(int(steps))) + 0.5) / steps))
	case 2:
		return float64(math.Nextafter32(float32((float64(c.rng.IntN(int(steps)))+0.5)/steps), float32(c.rng.IntN(2)*2-1)))
	case 3:
		return []float64{0.3, 0.5, -0.25, 1.25, 0.1, 0.999999}[c.rng.IntN(6)]
	default:
		return c.rng.Float64()
	}
}

func (c *clearing) color() []float32 {
	v := make([]float32, 4)
	for i := range v {
		v[i] = float32(c.value(255))
	}
	return v
}

func (c *clearing) read() {
	formats := [][2]int{{glRGBA, glUByte}}
	if c.depth > 0 && !c.es {
		formats = append(formats, [2]int{0x1902, 0x1405}) // depth as GL_UNSIGNED_INT
	}
	if c.stencil > 0 && !c.es {
		formats = append(formats, [2]int{0x1901, glUByte})
	}
	for _, f := range formats {
		c.reads++
		c.Do("glReadPixels", c.reads, 0, 0, clearedW, clearedH, f[0], f[1])
	}
}

// clear is one of all kinds.
func (c *clearing) clear() {
	bits := []int{glColor, glDepth, glStencil, glColor | glDepth, glColor | glDepth, glColor | glDepth | glStencil, glDepth | glStencil}
	depth, stencil := c.value(0xffffff), c.rng.IntN(600)-200
	if !c.stencilUsed {
		stencil &^= 0xff
	}
	c.Do("glClearStencil", stencil)
	v := c.color()
	switch c.rng.IntN(9) {
	case 0:
		c.Do("glClearBufferfv", 0x1800, 0, v)
	case 1:
		c.Do("glClearBufferfv", 0x1801, 0, []float32{float32(depth)})
	case 2:
		c.Do("glClearBufferiv", 0x1802, 0, []int32{int32(stencil)})
	case 3:
		c.Do("glClearBufferfi", 0x84F9, 0, depth, stencil)
	case 4:
		if !c.es {
			c.Do("glClearNamedFramebufferfv", 0, 0x1800, 0, v).Do("glClearNamedFramebufferfi", 0, 0x84F9, 0, depth, stencil)
		}
	default:
		c.Do("glClearColor", float64(v[0]), float64(v[1]), float64(v[2]), float64(v[3]))
		if c.es {
			c.Do("glClearDepthf", depth)
		} else {
			c.Do("glClearDepth", depth)
		}
		c.Do("glClear", bits[c.rng.IntN(len(bits))])
	}
}

// between is something that may bear on clears; undo ends it.
func (c *clearing) between() (undo func()) {
	undo = func() {}
	on := func(cap int) {
		c.Do("glEnable", cap)
		undo = func() { c.Do("glDisable", cap) }
	}
	kinds := 14
	if c.es {
		kinds = 7
	}
	switch c.rng.IntN(kinds) {
	case 0:
		c.Do("glScissor", c.rng.IntN(clearedW), c.rng.IntN(clearedH), 20, 20)
		on(glScissorTest)
	case 1:
		m := c.rng.IntN(16)
		c.Do("glColorMask", m&1, m>>1&1, m>>2&1, m>>3)
		undo = func() { c.Do("glColorMask", 1, 1, 1, 1) }
	case 2:
		c.Do("glDepthMask", 0)
		undo = func() { c.Do("glDepthMask", 1) }
	case 3:
		c.Do("glStencilMaskSeparate", 0x404+c.rng.IntN(2), c.rng.IntN(256))
		undo = func() { c.Do("glStencilMask", 0xff) }
	case 4:
		if c.stencilUsed = c.stencilUsed || c.rng.IntN(3) == 0; c.stencilUsed {
			c.Do("glStencilFunc", 0x207, c.rng.IntN(256), 0xff).Do("glStencilOp", 0x1E00, 0x1E01, 0x1E01) // keep, replace, replace
			on(glStencilTest)
		}
	case 5:
		on(0x8C89) // discard
	case 6:
		c.Do("glViewport", c.rng.IntN(20), 0, clearedW, clearedH)
	case 7:
		c.Do("prismConditional", 1)
		undo = func() { c.Do("prismConditional", 0) }
	case 8:
		c.Do("glDrawBuffer", []int{0, 0x404, 0x405, 0x408}[c.rng.IntN(4)])
		undo = func() { c.Do("glDrawBuffer", 0x405) }
	case 9:
		c.Do("glPushAttrib", 0xFFFFF).Do("glColorMask", 1, 0, 1, 1).Do("glScissor", 3, 4, 5, 6).Do("glEnable", glScissorTest)
		undo = func() { c.Do("glPopAttrib") }
	case 10:
		c.Do("glBindFramebuffer", 0x8CA9, 500)
		undo = func() { c.Do("glBindFramebuffer", 0x8CA9, 0) }
	case 11:
		c.Do("glNewList", 1, glCompile+c.rng.IntN(2))
		undo = func() { c.Do("glEndList").Do("glCallList", 1) }
	case 12:
		c.Do("prismFeedbackBuffer", 16, 0x600).Do("prismRenderMode", uint64(1<<20), 0x1C01)
		undo = func() { c.Do("prismRenderMode", uint64(1<<20), 0x1C00) }
	case 13:
		if c.stencilUsed = c.stencilUsed || c.rng.IntN(3) == 0; c.stencilUsed && c.stencil > 0 {
			c.Do("glRasterPos2f", -0.5, -0.5).Do("glDrawPixels", 8, 4, 0x1901, glUByte, bytes.Repeat([]byte{9}, 32))
		}
	}
	return undo
}

// tilesAlone has tiles cleared alone, which llvmpipe is known to do exactly.
func tilesAlone(t testing.TB, r *Replay) {
	t.Helper()
	if r.ClearTiles() {
		return
	}
	if info, err := r.Describe(0, 0, 0, nil); err != nil || strings.Contains(info.Renderer, "llvmpipe") {
		t.Fatalf("the self-test fails on %q, %v", info.Renderer, err)
	}
	t.Skip("this driver clears a part otherwise than all")
}

// A tile that is cleared alone holds what a clear of the whole window leaves in it: in colour, depth and stencil, whatever is cleared to what,
// also after the tile has moved.
func TestTilesClearedAloneAreAsClearedWhole(t *testing.T) {
	if !hasFBO(t) {
		t.Skip("nodes use the make pbuffer here, whose buffers are no textures")
	}
	plans := [][]proto.Rect{
		{{X: 8, Y: 5, W: 20, H: 11}},
		{{X: 0, Y: 25, W: 25, H: 13}},
		{{X: 3, Y: 3, W: 7, H: 5}, {X: 20, Y: 9, W: 4, H: 8}},
		{{X: 41, Y: 0, W: 9, H: clearedH}},
	}
	alone := 0
	for seed := range uint64(48) {
		c := clearing{rng: rand.New(rand.NewPCG(seed, 11)), es: seed%6 == 5, alpha: int(seed%2) * 8, depth: 24 - int(seed%8/7)*24, stencil: int(seed/2%2) * 8}
		if c.depth == 0 {
			c.stencil = 0
		}
		c.Script = workertest.New(t)
		c.window()
		var batches [][]byte
		for frame := range plans {
			// By the new plan, what has been used is cleared first.
			c.Do("glClear", glColor|glDepth|map[bool]int{true: glStencil}[c.stencilUsed])
			c.read()
			for range 12 {
				undo := c.between()
				if c.rng.IntN(3) == 0 && !c.es {
					c.Do("glEnable", glDepthTest)
					triangle(c.Script, c.rng)
					c.Do("glDisable", glDepthTest)
				}
				c.clear()
				undo()
				c.read()
			}
			batches = append(batches, c.Swap(1, uint64(frame+1)).Batch())
			c.Reset().Bind(1, 1, 1)
		}
		draw := func(tiles bool) (told [][]byte, errors []uint32) {
			on(t, true, func(r *Replay) {
				if tiles {
					tilesAlone(t, r)
				}
				for i, batch := range batches {
					p := &proto.Plan{Drawable: 1, Width: clearedW, Height: clearedH, Scissor: plans[i][0], Tiles: plans[i], Lead: true}
					for _, tile := range plans[i] {
						x0, y0 := min(p.Scissor.X, tile.X), min(p.Scissor.Y, tile.Y)
						p.Scissor = proto.Rect{X: x0, Y: y0, W: max(p.Scissor.X+p.Scissor.W, tile.X+tile.W) - x0, H: max(p.Scissor.Y+p.Scissor.H, tile.Y+tile.H) - y0}
					}
					r.SetPlan(p)
					for len(batch) > 0 {
						n, stop, err := r.Run(batch)
						if err != nil {
							t.Fatal(err)
						}
						errors = append(errors, stop.GLError)
						if err := r.Replies(func(b []byte) error {
							rep, err := wire.ParseReply(b)
							told = append(told, bytes.Clone(rep.Arrays))
							return err
						}); err != nil {
							t.Fatal(err)
						}
						batch = batch[n:]
					}
				}
				for i, b := range readback(t, r, 1, plans[len(plans)-1][0]) {
					if c.alpha == 0 && i%4 == 3 && b != 255 {
						t.Fatalf("seed %d: alpha %d in a window without", seed, b)
					}
				}
				if tiles {
					alone += r.tilesCleared()
				} else if n := r.tilesCleared(); n != 0 {
					t.Errorf("%d tiles cleared alone without being told to", n)
				}
			})
			return told, errors
		}
		want, errs := draw(false)
		got, gotErrs := draw(true)
		if fmt.Sprint(errs) != fmt.Sprint(gotErrs) {
			t.Errorf("seed %d: errors %v, want %v", seed, gotErrs, errs)
		}
		if len(want) != len(got) || len(want) < 52 {
			t.Fatalf("seed %d: %d answers, want %d", seed, len(got), len(want))
		}
		for i := range want {
			if !bytes.Equal(want[i], got[i]) {
				t.Fatalf("seed %d (%+v): answer %d of %d differs", seed, c, i, len(want))
			}
		}
	}
	if alone < 600 {
		t.Errorf("only %d clears were of a tile alone", alone)
	}
	t.Logf("%d clears of a tile alone", alone)
}

// What a node pays for the app's clear of a large window, of which its tile is a sixteenth: whole, and of the tile alone.
func BenchmarkClear(b *testing.B) {
	const w, h = 1920, 1080
	for _, format := range []struct {
		name           string
		alpha, stencil int
	}{{"Alpha", 8, 8}, {"Opaque", 0, 8}} {
		for _, alone := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/Alone=%v", format.name, alone), func(b *testing.B) {
				on(b, true, func(r *Replay) {
					if alone {
						tilesAlone(b, r)
					}
					tile := proto.Rect{X: w / 4, Y: h / 4, W: w / 4, H: h / 4}
					r.SetPlan(&proto.Plan{Drawable: 1, Width: w, Height: h, Scissor: tile, Tiles: []proto.Rect{tile}, Lead: true})
					s := workertest.New(b).Context(1, 0, 0, 0, 0)
					s.Do("prismDrawableCreate", 1, 1, 99, w, h, 1, 0, format.alpha, 24, format.stencil, 1).Bind(1, 1, 1)
					clear(s, 0.1, 0.2, 0.3, 1)
					play(b, r, s.Swap(1, 1).Batch())
					s.Reset().Bind(1, 1, 1)
					clear(s, 0.1, 0.2, 0.3, 1)
					s.Do("glBegin", glTriangles).Do("glVertex2f", 0, 0).Do("glVertex2f", 0.1, 0).Do("glVertex2f", 0, 0.1).Do("glEnd")
					batch := s.Batch()
					for b.Loop() {
						play(b, r, batch)
						readback(b, r, 1, proto.Rect{X: tile.X, Y: tile.Y, W: 1, H: 1}) // waits
					}
				})
			})
		}
	}
}
