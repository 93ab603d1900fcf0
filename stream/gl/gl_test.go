package gl

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/wire"
)

// build gives the records of one chunk that put writes.
func build(t testing.TB, put func(b *wire.Builder)) [][]byte {
	t.Helper()
	b := &wire.Builder{}
	b.Chunk(wire.ChunkHeader{Thread: 1})
	put(b)
	batch, err := b.End().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	it := wire.WalkChunks(batch)
	for it.Next() {
		for r := it.Records(); r.Next(); {
			out = append(out, slices.Clone(r.Raw()))
		}
	}
	if it.Err() != nil {
		t.Fatal(it.Err())
	}
	return out
}

func f32s(v ...float32) []byte {
	b := &wire.Builder{}
	b.Chunk(wire.ChunkHeader{Thread: 1}).Record(1, 0)
	for _, f := range v {
		b.F32(f)
	}
	out, err := b.End().Bytes()
	if err != nil {
		panic(err)
	}
	return out[wire.ChunkHeaderBytes+wire.RecordHeaderBytes:][:4*len(v)]
}

var prints = []struct {
	name, want string
	put        func(b *wire.Builder)
}{
	{"bits", "glClear(mask = GL_DEPTH_BUFFER_BIT | GL_COLOR_BUFFER_BIT)",
		func(b *wire.Builder) { b.Record(uint16(OpGlClear), 0).U32(0x4100) }},
	{"unknown bits", "glClear(mask = GL_COLOR_BUFFER_BIT | 0x10000000)",
		func(b *wire.Builder) { b.Record(uint16(OpGlClear), 0).U32(0x10004000) }},
	{"enum", "glEnable(cap = GL_DEPTH_TEST)",
		func(b *wire.Builder) { b.Record(uint16(OpGlEnable), 0).U32(0x0b71) }},
	{"unknown enum", "glEnable(cap = 0xffff)",
		func(b *wire.Builder) { b.Record(uint16(OpGlEnable), 0).U32(0xffff) }},
	{"floats", "glVertex3f(x = 1.5, y = -2, z = 1e+20)",
		func(b *wire.Builder) { b.Record(uint16(OpGlVertex3f), 0).F32(1.5).F32(-2).F32(1e20) }},
	{"array", "glUniform4fv(location = -1, count = 1, value = {0.25, 1, 2, 3})",
		func(b *wire.Builder) {
			b.Record(uint16(OpGlUniform4fv), 0).I32(-1).I32(1).Inline(f32s(0.25, 1, 2, 3))
		}},
	{"offset", "glDrawElements(mode = GL_TRIANGLES, count = 6, type = GL_UNSIGNED_SHORT, indices = offset 0x40)",
		func(b *wire.Builder) { b.Record(uint16(OpGlDrawElements), 0).U32(4).I32(6).U32(0x1403).Offset(64) }},
	{"null", "glBufferData(target = GL_ARRAY_BUFFER, size = 8, data = NULL, usage = GL_STATIC_DRAW)",
		func(b *wire.Builder) { b.Record(uint16(OpGlBufferData), 0).U32(0x8892).U64(8).Null().U32(0x88e4) }},
	{"staged", "glBufferData(target = GL_ARRAY_BUFFER, size = 99999, data = staged(99999 bytes), usage = GL_STATIC_DRAW)",
		func(b *wire.Builder) {
			b.Record(uint16(OpGlBufferData), 0).U32(0x8892).U64(99999).Staged(99999).U32(0x88e4)
		}},
	{"string", `glBindAttribLocation(program = 7, index = 2, name = "pos\"")`,
		func(b *wire.Builder) {
			b.Record(uint16(OpGlBindAttribLocation), 0).U32(7).U32(2).Inline([]byte("pos\"\x00"))
		}},
	{"strings", `glShaderSource(shader = 3, count = 2, string = {"ab", "c\n"})`,
		func(b *wire.Builder) {
			b.Record(uint16(OpGlShaderSource), 0).U32(3).I32(2).Inline([]byte("\x02\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00abc\n"))
		}},
	{"made", "glCreateShader(type = GL_VERTEX_SHADER) = 9",
		func(b *wire.Builder) { b.Record(uint16(OpGlCreateShader), 0).U32(0x8b31).U32(9) }},
	{"asked", "glCheckFramebufferStatus(target = GL_FRAMEBUFFER) ? 0x100000002",
		func(b *wire.Builder) { b.Ask(uint16(OpGlCheckFramebufferStatus), 1<<32|2).U32(0x8d40) }},
	{"doubles", "glDepthRange(n = 0, f = 0.5)",
		func(b *wire.Builder) { b.Record(uint16(OpGlDepthRange), 0).F64(0).F64(0.5) }},
	{"core", "prismSwap(drawable = 1, interval = -1, frame = 7, app_ns = 16000000)",
		func(b *wire.Builder) { b.Record(uint16(OpPrismSwap), 0).U32(1).I32(-1).U64(7).U64(16e6) }},
}

func TestPrint(t *testing.T) {
	for _, c := range prints {
		t.Run(c.name, func(t *testing.T) {
			recs := build(t, c.put)
			if len(recs) != 1 {
				t.Fatalf("%d records", len(recs))
			}
			if got := Print(recs[0]); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestView(t *testing.T) {
	recs := build(t, func(b *wire.Builder) {
		b.Record(uint16(OpGlBufferSubData), 0).U32(0x8892).U64(1 << 40).U64(5).Inline([]byte("hello"))
	})
	v, err := Decode(recs[0])
	if err != nil {
		t.Fatal(err)
	}
	if v.Op != OpGlBufferSubData || v.Op.String() != "glBufferSubData" {
		t.Errorf("op %v", v.Op)
	}
	offset, data := v.Cmd.Field("offset"), v.Cmd.Field("data")
	if got := v.Int(offset); got != 1<<40 {
		t.Errorf("offset %#x", got)
	}
	if a := v.Array(data); string(a.Data) != "hello" || a.Mode != wire.BlobInline || a.Bytes != 5 {
		t.Errorf("data %+v", a)
	}
	if v.Cmd.Field("nothing") != -1 {
		t.Error("a field that is not there is found")
	}
	if got := v.Cmd.Slot(); got != "buffer_data" {
		t.Errorf("slot %q", got)
	}
}

func TestRecord(t *testing.T) {
	recs := build(t, func(b *wire.Builder) {
		b.Record(uint16(OpGlMapGrid1d), 0).I32(-3).F64(0.5).F64(-2)
		b.Record(uint16(OpGlDepthRangef), 0).F32(0.25).F32(1)
		b.Record(uint16(OpGlBufferSubData), 0).U32(0x8892).U64(1 << 40).U64(5).Inline([]byte("hello"))
	})
	r := RecordOf(uint16(OpGlMapGrid1d), recs[0])
	if r.Op != OpGlMapGrid1d || r.Cmd != At(uint16(OpGlMapGrid1d)) || &r.Raw[0] != &recs[0][0] {
		t.Errorf("%v, %v, %d bytes", r.Op, r.Cmd, len(r.Raw))
	}
	if r.I32(r.Where("un")) != -3 || r.U32(r.Where("un")) != 1<<32-3 || r.F64(r.Where("u1")) != 0.5 || r.F64(r.Where("u2")) != -2 {
		t.Errorf("un at %d: %d, u1 at %d: %v", r.Where("un"), r.I32(r.Where("un")), r.Where("u1"), r.F64(r.Where("u1")))
	}
	for i, want := range []float64{-3, 0.5, -2} {
		if got := r.Number(i); got != want {
			t.Errorf("field %d is %v, want %v", i, got, want)
		}
	}
	if r = RecordOf(uint16(OpGlDepthRangef), recs[1]); r.Number(0) != 0.25 || r.F32(r.Where("f")) != 1 {
		t.Errorf("%v, %v", r.Number(0), r.F32(r.Where("f")))
	}
	if r = RecordOf(uint16(OpGlBufferSubData), recs[2]); r.U64(r.Where("offset")) != 1<<40 {
		t.Errorf("offset %#x", r.U64(r.Where("offset")))
	}
}

func TestRecordUints(t *testing.T) {
	for name, c := range map[string]struct {
		array func(b *wire.Builder)
		want  []uint32
		ok    bool
	}{
		"Inline":  {func(b *wire.Builder) { b.Inline([]byte{1, 0, 0, 0, 2, 1, 0, 0}) }, []uint32{1, 258}, true},
		"Empty":   {func(b *wire.Builder) { b.Inline(nil) }, []uint32{}, true},
		"Null":    {func(b *wire.Builder) { b.Null() }, nil, true},
		"Staged":  {func(b *wire.Builder) { b.Staged(8) }, nil, false},
		"OddSize": {func(b *wire.Builder) { b.Inline([]byte{1, 0, 0, 0, 2}) }, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			recs := build(t, func(b *wire.Builder) { c.array(b.Record(uint16(OpGlDeleteTextures), 0).I32(2)) })
			r := RecordOf(uint16(OpGlDeleteTextures), recs[0])
			if got, ok := r.Uints("textures"); ok != c.ok || !slices.Equal(got, c.want) || (got == nil) != (c.want == nil) {
				t.Errorf("got %v, %v", got, ok)
			}
		})
	}
	recs := build(t, func(b *wire.Builder) { b.Record(uint16(OpGlDeleteTextures), 0).I32(2).Inline(make([]byte, 8)) })
	short := RecordOf(uint16(OpGlDeleteTextures), recs[0][:len(recs[0])-4])
	if got, ok := short.Uints("textures"); ok {
		t.Errorf("of an array that is cut off: %v", got)
	}
}

func TestDecodeErrors(t *testing.T) {
	good := build(t, func(b *wire.Builder) {
		b.Record(uint16(OpGlUniform4fv), 0).I32(0).I32(1).Inline(f32s(1, 2, 3, 4))
	})[0]
	asks := build(t, func(b *wire.Builder) { b.Ask(uint16(OpGlCheckFramebufferStatus), 1).U32(0) })[0]
	field := func(name string) int {
		return int(Info[OpGlUniform4fv].Fields[Info[OpGlUniform4fv].Field(name)].Offset)
	}
	value := field("value")
	for _, c := range []struct {
		name, want string
		rec        []byte
		change     func(b []byte) []byte
	}{
		{"short header", "a header has 8", good, func(b []byte) []byte { return b[:7] }},
		{"other size", "says that it has", good, func(b []byte) []byte { return b[:len(b)-8] }},
		{"unknown op", "is not known", good, func(b []byte) []byte { b[4], b[5] = 0xff, 0xff; return b }},
		{"op zero", "command 0 is not known", good, func(b []byte) []byte { b[4], b[5] = 0, 0; return b }},
		{"short", "the fixed part has", good, func(b []byte) []byte { b[0] = 16; return b[:16] }},
		{"array too long", "17 bytes, 16 are left", good, func(b []byte) []byte { b[value] = 17; return b }},
		{"array huge", "4294967295 bytes, 16 are left", good, func(b []byte) []byte { copy(b[value:], "\xff\xff\xff\xff"); return b }},
		{"left over", "8 bytes too many", good, func(b []byte) []byte { b[value] = 8; return b }},
		{"null with bytes", "NULL of 16 bytes", good, func(b []byte) []byte { b[value+4] = 0; return b }},
		{"mode", "mode 9 is not known", good, func(b []byte) []byte { b[value+4] = 9; return b }},
		{"offset of 16", "an offset of 16 bytes", good, func(b []byte) []byte { b[value+4] = 3; return b }},
		{"staged too much", "exceed", good, func(b []byte) []byte { copy(b[value:], "\xff\xff\xff\x7f\x02"); return b }},
		{"reply flag", "flags 0x1", good, func(b []byte) []byte { b[6] = 1; return b }},
		{"no reply flag", "flags 0x0", asks, func(b []byte) []byte { b[6] = 0; return b }},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := c.change(slices.Clone(c.rec))
			_, err := Decode(rec)
			if !errors.Is(err, wire.ErrCorrupt) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if got := Print(rec); !strings.HasPrefix(got, "<gl: ") {
				t.Errorf("prints %s", got)
			}
		})
	}
}

// TestInfo checks the generated table against the rules of the wire layout.
func TestInfo(t *testing.T) {
	if Info[0].Name != "" {
		t.Error("number 0 is used")
	}
	for op := range Info {
		c := &Info[op]
		if c.Name == "" {
			continue
		}
		if got, ok := Lookup(c.Name); !ok || int(got) != op {
			t.Errorf("%s is found as %v", c.Name, got)
		}
		if c.Class == 0 || c.Class.String() == "?" {
			t.Errorf("%s has class %d", c.Name, c.Class)
		}
		if c.Fixed == 0 {
			if c.Class != ClassClient && c.Answer != AnswerClient {
				t.Errorf("%s of class %v has no record", c.Name, c.Class)
			}
			continue
		}
		if c.Fixed%8 != 0 || c.Fixed < 8 {
			t.Errorf("%s: fixed part of %d bytes", c.Name, c.Fixed)
		}
		at, blobs := 8, 0
		for i := range c.Fields {
			f := &c.Fields[i]
			if int(f.Offset) < at || int(f.Offset) > at+4 || f.Kind != KindBlob && int(f.Offset)%f.Bytes() != 0 {
				t.Errorf("%s: %s at %d, behind %d", c.Name, f.Name, f.Offset, at)
			}
			at = int(f.Offset) + f.Bytes()
			if f.Kind == KindBlob {
				blobs++
			}
			if int(f.Group) >= len(groups) || int(f.Handle) >= len(handleNames) {
				t.Errorf("%s: %s: group %d, handle %d", c.Name, f.Name, f.Group, f.Handle)
			}
		}
		if c.Fixed-at >= 8 || blobs > maxBlobs {
			t.Errorf("%s: fields end at %d of %d, %d arrays", c.Name, at, c.Fixed, blobs)
		}
		if c.Asked() != (c.Answer != 0 && c.Answer != AnswerClient) {
			t.Errorf("%s: answer %v, but asked: %v", c.Name, c.Answer, c.Asked())
		}
	}
	if _, ok := Lookup("glNothing"); ok {
		t.Error("glNothing is found")
	}
	for _, g := range groups {
		if !slices.IsSortedFunc(g.constants, func(a, b constant) int { return int(int64(a.value) - int64(b.value)) }) {
			t.Errorf("group %s is not sorted", g.name)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{ClassDraw.String(), "draw"}, {ClassUnsupported.String(), "unsupported"}, {Class(99).String(), "?"},
		{AnswerTiles.String(), "tiles"}, {HandleVertexArray.String(), "vertex_array"},
		{(FlagScissor | FlagUrgent).String(), "scissor|urgent"}, {Op(0xfff0).String(), "op 65520"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range prints {
		f.Add(build(f, c.put)[0])
	}
	f.Fuzz(func(t *testing.T, rec []byte) {
		v, err := Decode(rec)
		if err != nil {
			if !errors.Is(err, wire.ErrCorrupt) {
				t.Fatalf("error of another class: %v", err)
			}
			return
		}
		for i := range v.Cmd.Fields {
			if v.Cmd.Fields[i].Kind == KindBlob {
				if a := v.Array(i); a.Data != nil && uint32(len(a.Data)) != a.Bytes {
					t.Fatalf("field %d has %d bytes, says %d", i, len(a.Data), a.Bytes)
				}
			}
		}
		if line := Append(nil, &v); len(line) == 0 || slices.Contains(line, '\n') {
			t.Fatalf("prints %q", line)
		}
	})
}

func TestNothingAllocated(t *testing.T) {
	rec := build(t, prints[5].put)[0]
	line := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		v, err := Decode(rec)
		if err != nil {
			t.Fatal(err)
		}
		line = Append(line[:0], &v)
	}); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	rec := build(b, prints[5].put)[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(rec); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	rec := build(b, prints[5].put)[0]
	v, err := Decode(rec)
	if err != nil {
		b.Fatal(err)
	}
	line := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		line = Append(line[:0], &v)
	}
}
