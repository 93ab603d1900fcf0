package deal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// model carries records out as GL would, as far as these tests go: errors change nothing.
type model struct {
	contexts map[uint32]*modelContext
	uniforms map[string]string // of programs, which contexts share
}

type modelContext struct {
	program, unit, array, buffer uint32
	slots                        map[string]string
}

func newModel() *model {
	return &model{map[uint32]*modelContext{}, map[string]string{}}
}

func (m *model) context(ctx uint32) *modelContext {
	if m.contexts[ctx] == nil {
		m.contexts[ctx] = &modelContext{unit: 0x84C0, slots: map[string]string{}}
	}
	return m.contexts[ctx]
}

// objects of the tests: programs 1 to 3 are linked, 4 is not; textures and arrays below 20 have been bound.
type objects struct{ bound map[[3]uint32]bool }

func (o *objects) Linked(p uint32) bool { return p >= 1 && p <= 3 }
func (o *objects) Uniform(p uint32, location int32, op gl.Op, count int) bool {
	return o.Linked(p) && location >= 0 && location < 4 && (op == gl.OpGlUniform1f || op == gl.OpGlUniform4fv && count == 1)
}
func (o *objects) Bound(kind gl.Handle, serial, target uint32) bool {
	if kind == gl.HandleBuffer {
		target = 0
	}
	return o.bound[[3]uint32{uint32(kind), serial, target}]
}

// carry is what one record does.
func (m *model) carry(ctx uint32, rec []byte) {
	c := m.context(ctx)
	u := func(at int) uint32 { return binary.LittleEndian.Uint32(rec[at:]) }
	op := gl.Op(binary.LittleEndian.Uint16(rec[4:]))
	put := func(slot string, at int) { c.slots[slot] = fmt.Sprintf("%x", rec[at:]) }
	switch op {
	case gl.OpGlUseProgram:
		if p := u(8); p <= 3 {
			c.program = p
		}
	case gl.OpGlActiveTexture:
		if t := u(8); t >= 0x84C0 && t < 0x84C0+32 {
			c.unit = t
		}
	case gl.OpGlBindVertexArray:
		c.array = u(8)
	case gl.OpGlDeleteVertexArrays:
		c.array = 0
	case gl.OpGlBindBuffer:
		if u(8) == arrayBuffer {
			c.buffer = u(12)
		} else {
			put(fmt.Sprintf("element %d", c.array), 12)
		}
	case gl.OpGlBindTexture:
		put(fmt.Sprintf("texture %d %d", c.unit, u(8)), 12)
	case gl.OpGlUniform1f, gl.OpGlUniform4fv:
		if c.program == 0 || u(8) >= 4 || op == gl.OpGlUniform4fv && u(12) != 1 {
			return
		}
		m.uniforms[fmt.Sprintf("%d %d %d", c.program, u(8), op)] = fmt.Sprintf("%x", rec[12:])
	case gl.OpGlEnable, gl.OpGlDisable:
		slot := fmt.Sprint("cap ", u(8))
		if u(8) == texture2D {
			slot = fmt.Sprint(slot, " of ", c.unit)
		}
		c.slots[slot] = fmt.Sprint(op == gl.OpGlEnable)
	case gl.OpGlBlendFunc:
		if u(8) < 2 {
			put("blend", 8)
		}
	case gl.OpGlLineWidth:
		if math.Float32frombits(u(8)) > 0 {
			put("width", 8)
		}
	case gl.OpGlColor3f, gl.OpGlColor4f, gl.OpGlColor4i:
		if op == gl.OpGlColor3f { // 24 bytes, as the others
			rec = binary.LittleEndian.AppendUint32(append([]byte(nil), rec[:20]...), math.Float32bits(1))
		}
		put("color", 8)
		if c.slots["cap 2903"] == "true" { // GL_COLOR_MATERIAL
			put("material", 8)
		}
	case gl.OpGlVertexAttribPointer:
		if u(12) <= 4 {
			put(fmt.Sprintf("pointer %d %d", c.array, u(8)), 12)
			c.slots[fmt.Sprintf("pointer's buffer %d %d", c.array, u(8))] = fmt.Sprint(c.buffer)
		}
	case gl.OpGlEnableVertexAttribArray, gl.OpGlDisableVertexAttribArray:
		c.slots[fmt.Sprintf("on %d %d", c.array, u(8))] = op.String()
	case gl.OpGlTexParameteri:
		c.slots[fmt.Sprintf("parameter of %s", c.slots[fmt.Sprintf("texture %d %d", c.unit, u(8))])] = fmt.Sprint(u(16))
	case gl.OpGlLightModeli: // stands for what captures all state
		c.slots["seen"] = m.snapshot(ctx, true)
	}
}

// snapshot is all that a draw in ctx can depend on, or everything.
func (m *model) snapshot(ctx uint32, everything bool) string {
	c := m.context(ctx)
	out := fmt.Sprint(c.program, c.unit, c.array, c.buffer)
	slots := maps.Clone(c.slots)
	for k, v := range m.uniforms {
		if everything || k[0] == byte('0'+c.program) {
			slots["uniform "+k] = v
		}
	}
	return out + fmt.Sprint(slots) // maps print sorted
}

type maker struct {
	b   wire.Builder
	rng *rand.Rand
}

func (k *maker) one(op gl.Op, args ...any) []byte {
	k.b.Reset()
	k.b.Chunk(wire.ChunkHeader{}).Record(uint16(op), 0)
	for _, a := range args {
		switch v := a.(type) {
		case int:
			k.b.U32(uint32(v))
		case float64:
			k.b.F32(float32(v))
		case []byte:
			k.b.Inline(v)
		case uint64:
			k.b.Offset(v)
		}
	}
	b, err := k.b.Bytes()
	if err != nil {
		panic(err)
	}
	return append([]byte(nil), b[wire.ChunkHeaderBytes:]...)
}

func (k *maker) random() []byte {
	n := k.rng.IntN
	f := func() float64 { return float64(n(100)) }
	switch n(18) {
	case 0, 1:
		return k.one(gl.OpGlUseProgram, n(5))
	case 2:
		return k.one(gl.OpGlActiveTexture, []int{0x84C0, 0x84C1, 0x84C2, 7, 0x84CF}[n(5)])
	case 3:
		return k.one(gl.OpGlBindVertexArray, n(4))
	case 4:
		return k.one(gl.OpGlBindBuffer, []int{arrayBuffer, arrayBuffer, 0x8893}[n(3)], n(4))
	case 5, 6:
		return k.one(gl.OpGlBindTexture, []int{0x0DE1, 0x806F}[n(2)], n(4))
	case 7, 8:
		return k.one(gl.OpGlUniform1f, n(5), f())
	case 9:
		v := make([]byte, 16)
		v[0] = byte(n(200))
		return k.one(gl.OpGlUniform4fv, n(5), 1+n(8)/7, v)
	case 10:
		return k.one([]gl.Op{gl.OpGlEnable, gl.OpGlDisable}[n(2)], []int{0x0BE2, 0x0B71, 0x0B57, texture2D}[n(4)])
	case 11:
		return k.one(gl.OpGlBlendFunc, n(3), 1)
	case 12:
		return k.one(gl.OpGlLineWidth, f()-30)
	case 13:
		return k.colour()
	case 14:
		return k.one(gl.OpGlVertexAttribPointer, n(3), 1+n(5), 0x1406, 0, 16, uint64(n(99)))
	case 15:
		return k.one([]gl.Op{gl.OpGlEnableVertexAttribArray, gl.OpGlDisableVertexAttribArray}[n(2)], n(3))
	case 16:
		if n(6) == 0 {
			return k.one(gl.OpGlDeleteVertexArrays, 1, []byte{9, 0, 0, 0})
		}
		return k.one(gl.OpGlLightModeli, 0x0B52, n(2))
	default:
		return k.one(gl.OpGlTexParameteri, 0x0DE1, 0x2801, n(9))
	}
}

func (k *maker) colour() []byte {
	f := func() float64 { return float64(k.rng.IntN(100)) }
	switch k.rng.IntN(3) {
	case 0:
		return k.one(gl.OpGlColor3f, f(), f(), f())
	case 1:
		return k.one(gl.OpGlColor4i, k.rng.IntN(100), 0, 0, 0)
	}
	return k.one(gl.OpGlColor4f, f(), f(), f(), f())
}

// Whatever is held back, each node draws and captures with the state that a single one would have.
func TestDealtStateIsTheStreams(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 4))
		k := maker{rng: rng}
		nodes, lead := 1+rng.IntN(5), 0
		if nodes > 1 {
			lead = rng.IntN(nodes)
		}
		d := New(nodes, lead)
		o := &objects{map[[3]uint32]bool{}}
		one := newModel()
		// What each draw must see, by the number that it carries; and for each node the draws that it must get, in order.
		want := map[uint32]string{}
		due := make([][]uint32, nodes)
		seen := make([][]uint32, nodes)
		models := make([]*model, nodes)
		for i := range models {
			models[i] = newModel()
		}
		take := func() {
			for n := range nodes {
				b := d.Batch(n)
				if _, _, err := wire.CheckBatch(b); err != nil {
					t.Fatalf("seed %d: node %d: %v", seed, n, err)
				}
				for it := wire.WalkChunks(b); it.Next(); {
					for r := it.Records(); r.Next(); {
						ctx := it.Header().Ctx
						if gl.Op(r.Op()) != gl.OpGlDrawArrays {
							models[n].carry(ctx, r.Raw())
							continue
						}
						id := word(r.Raw(), 12)
						seen[n] = append(seen[n], id)
						if got := models[n].snapshot(ctx, false); got != want[id] {
							t.Fatalf("seed %d: draw %d on node %d of %d, which lead %d leads:\n%s\nwant\n%s", seed, id, n, nodes, lead, got, want[id])
						}
					}
				}
				d.Clear(n)
			}
		}
		draws := uint32(0)
		for chunk := range 40 {
			h := wire.ChunkHeader{Thread: 1, Ctx: 1 + uint32(rng.IntN(10)/9), Seq: uint64(chunk)}
			d.Begin(&h)
			if chunk == 0 {
				d.Created(1)
				d.Created(2)
			}
			for range rng.IntN(40) {
				if rng.IntN(4) == 0 {
					draws++
					rec := k.one(gl.OpGlDrawArrays, 4, int(draws), 3)
					want[draws] = one.snapshot(h.Ctx, false)
					var m bounds.Mask
					for n := range nodes {
						if rng.IntN(3) == 0 {
							m.Add(n)
							due[n] = append(due[n], draws)
						}
					}
					if rng.IntN(2) == 0 {
						d.Draw(&m, rec, 1)
						continue
					}
					// It sets a colour besides, as glBegin … glEnd does.
					colour := k.colour()
					d.Draw(&m, append(rec, colour...), 2)
					key, ok := Alone(binary.LittleEndian.Uint16(colour[4:]), colour)
					if !ok {
						t.Fatalf("%x cannot be held", colour)
					}
					lack := d.all.Without(&m)
					d.HoldFor(&lack, key, colour, 0, false)
					one.carry(h.Ctx, colour)
					continue
				}
				rec := k.random()
				op := binary.LittleEndian.Uint16(rec[4:])
				if !d.Record(op, rec, o) {
					d.Sync()
					d.All(rec, 1)
					d.After(op, rec, o)
				}
				one.carry(h.Ctx, rec)
				switch gl.Op(op) {
				case gl.OpGlBindTexture:
					o.bound[[3]uint32{uint32(gl.HandleTexture), word(rec, 12), word(rec, 8)}] = true
				case gl.OpGlBindVertexArray:
					o.bound[[3]uint32{uint32(gl.HandleVertexArray), word(rec, 8), 0}] = true
				case gl.OpGlBindBuffer:
					o.bound[[3]uint32{uint32(gl.HandleBuffer), word(rec, 12), 0}] = true
				}
			}
			if rng.IntN(3) == 0 {
				take()
			}
			if rng.IntN(20) == 0 {
				d.Lost()
			}
		}
		d.Sync()
		take()
		for n := range nodes {
			if fmt.Sprint(seen[n]) != fmt.Sprint(due[n]) {
				t.Fatalf("seed %d: node %d drew %v, want %v", seed, n, seen[n], due[n])
			}
			for ctx := uint32(1); ctx <= 2; ctx++ {
				if got, want := models[n].snapshot(ctx, true), one.snapshot(ctx, true); got != want {
					t.Fatalf("seed %d: at the end node %d has\n%s\nwant\n%s", seed, n, got, want)
				}
			}
		}
	}
}

// What is set again and again for draws that a node does not get reaches it once.
func TestHeldStateIsMerged(t *testing.T) {
	k := maker{rng: rand.New(rand.NewPCG(1, 1))}
	d := New(3, 0)
	o := &objects{map[[3]uint32]bool{}}
	d.Begin(&wire.ChunkHeader{Ctx: 1, Seq: 1})
	d.Created(1)
	to := func(nodes ...int) *bounds.Mask {
		var m bounds.Mask
		for _, n := range nodes {
			m.Add(n)
		}
		return &m
	}
	record := func(rec []byte) {
		if !d.Record(binary.LittleEndian.Uint16(rec[4:]), rec, o) {
			t.Fatalf("record %x is not held", rec)
		}
	}
	record(k.one(gl.OpGlUseProgram, 2))
	for i := range 10 {
		record(k.one(gl.OpGlUniform1f, 1, float64(i)))
		d.Draw(to(1), k.one(gl.OpGlDrawArrays, 4, 0, 3), 1)
	}
	d.Draw(to(2), k.one(gl.OpGlDrawArrays, 4, 0, 3), 1)
	for n, want := range []int{11, 21, 3} { // the lead: state; the drawing one: all; the other: program, one uniform, one draw
		if _, got, err := wire.CheckBatch(d.Batch(n)); err != nil || got != want {
			t.Errorf("node %d got %d records, want %d; %v", n, got, want, err)
		}
	}
	if s := d.Stats(); s.Held != 20 || s.Merged != 9 {
		t.Errorf("%+v, want 20 held and 9 merged", s)
	}
}

// What is held has four components, by the rules of each command and type.
func TestHeldWithFourComponents(t *testing.T) {
	k := maker{}
	d := New(2, 0)
	for _, tc := range []struct{ got, want []byte }{
		{k.one(gl.OpGlColor3f, 1.0, 2.0, 3.0), k.one(gl.OpGlColor4f, 1.0, 2.0, 3.0, 1.0)},
		{k.one(gl.OpGlColor3ub, 1, 2, 3), k.one(gl.OpGlColor4ub, 1, 2, 3, 255)},
		{k.one(gl.OpGlColor3b, 1, 2, 3), k.one(gl.OpGlColor4b, 1, 2, 3, 127)},
		{k.one(gl.OpGlColor3us, 1, 2, 3), k.one(gl.OpGlColor4us, 1, 2, 3, 65535)},
		{k.one(gl.OpGlColor3ui, 1, 2, 3), k.one(gl.OpGlColor4ui, 1, 2, 3, math.MaxUint32)},
		{k.one(gl.OpGlColor3i, 1, 2, 3), k.one(gl.OpGlColor4i, 1, 2, 3, math.MaxInt32)},
		{k.one(gl.OpGlColor3ubv, []byte{1, 2, 3}), k.one(gl.OpGlColor4ubv, []byte{1, 2, 3, 255})},
		{k.one(gl.OpGlColor3sv, []byte{1, 0, 2, 0, 3, 0}), k.one(gl.OpGlColor4sv, []byte{1, 0, 2, 0, 3, 0, 255, 127})},
		{k.one(gl.OpGlTexCoord1f, 7.0), k.one(gl.OpGlTexCoord4f, 7.0, 0.0, 0.0, 1.0)},
		{k.one(gl.OpGlTexCoord2i, 7, 8), k.one(gl.OpGlTexCoord4i, 7, 8, 0, 1)},
		{k.one(gl.OpGlMultiTexCoord3s, 0x84C1, 7, 8, 9), k.one(gl.OpGlMultiTexCoord4s, 0x84C1, 7, 8, 9, 1)},
		{k.one(gl.OpGlTexCoord2sv, []byte{7, 0, 8, 0}), k.one(gl.OpGlTexCoord4sv, []byte{7, 0, 8, 0, 0, 0, 1, 0})},
		{k.one(gl.OpGlVertexAttrib2f, 5, 7.0, 8.0), k.one(gl.OpGlVertexAttrib4f, 5, 7.0, 8.0, 0.0, 1.0)},
		{k.one(gl.OpGlVertexAttrib3fv, 5, make([]byte, 12)), k.one(gl.OpGlVertexAttrib4fv, 5, append(make([]byte, 12), 0, 0, 128, 63))},
		{k.one(gl.OpGlColor4f, 1.0, 2.0, 3.0, 4.0), k.one(gl.OpGlColor4f, 1.0, 2.0, 3.0, 4.0)},
		{k.one(gl.OpGlNormal3f, 1.0, 2.0, 3.0), k.one(gl.OpGlNormal3f, 1.0, 2.0, 3.0)},
	} {
		key, ok := Alone(binary.LittleEndian.Uint16(tc.got[4:]), tc.got)
		if !ok {
			t.Errorf("%x is not held", tc.got)
			continue
		}
		got, rec := d.widen(key, tc.got)
		want, ok := Alone(binary.LittleEndian.Uint16(tc.want[4:]), tc.want)
		if !ok || got != want || !bytes.Equal(rec, tc.want) {
			t.Errorf("%x is held as %x, slot %v; want %x, slot %v", tc.got, rec, got, tc.want, want)
		}
	}
}

func BenchmarkDealer(b *testing.B) {
	k := maker{rng: rand.New(rand.NewPCG(1, 1))}
	d := New(4, 0)
	o := &objects{map[[3]uint32]bool{}}
	d.Begin(&wire.ChunkHeader{Ctx: 1, Seq: 1})
	d.Created(1)
	use := k.one(gl.OpGlUseProgram, 2)
	d.Record(binary.LittleEndian.Uint16(use[4:]), use, o)
	var recs [][]byte
	for i := range 4 {
		recs = append(recs, k.one(gl.OpGlUniform1f, i, 1.0))
	}
	draw := k.one(gl.OpGlDrawArrays, 4, 0, 3)
	var to bounds.Mask
	to.Add(1)
	to.Add(3)
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range recs {
			d.Record(uint16(gl.OpGlUniform1f), r, o)
		}
		d.Draw(&to, draw, 1)
		if d.BatchBytes() > 1<<18 {
			for n := range 4 {
				d.Clear(n)
			}
		}
	}
}
