package workertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// Offset stands for an array that lies in a bound buffer.
type Offset uint64

// Script is a batch being written. One chunk a Bind.
type Script struct {
	t  testing.TB
	b  wire.Builder
	h  wire.ChunkHeader
	on bool
}

// New starts an empty script of thread 1, with no context.
func New(t testing.TB) *Script {
	return &Script{t: t, h: wire.ChunkHeader{Thread: 1}}
}

// Thread says that what follows comes from another thread of the app.
func (s *Script) Thread(n uint32) *Script {
	s.h.Thread, s.on = n, false
	return s
}

// Bind says that what follows has ctx current on draw and read.
func (s *Script) Bind(ctx, draw, read uint32) *Script {
	s.h.Ctx, s.h.Draw, s.h.Read, s.on = ctx, draw, read, false
	return s
}

func (s *Script) chunk() {
	if !s.on {
		s.h.Seq = s.b.Seq() + 1
		s.b.Chunk(s.h)
		s.on = true
	}
}

// Window makes context 1 (legacy) and a double-buffered drawable 1 of a size with depth and stencil, and binds both.
func (s *Script) Window(w, h int) *Script {
	s.Context(1, 0, 0, 0, 0)
	s.Drawable(1, w, h)
	return s.Bind(1, 1, 1)
}

// Context makes one: profile 0 legacy, 1 core.
func (s *Script) Context(ctx, share, profile, major, minor int) *Script {
	return s.Do("prismContextCreate", ctx, share, 1, profile, major, minor, 0, 0, 0, 8, 24, 8, 1)
}

// Drawable makes a window.
func (s *Script) Drawable(drawable, w, h int) *Script { return s.Multisampled(drawable, w, h, 0) }

// Multisampled makes a window of so many samples a pixel.
func (s *Script) Multisampled(drawable, w, h, samples int) *Script {
	return s.Do("prismDrawableCreate", drawable, 1, 99, w, h, 1, samples, 8, 24, 8, 1)
}

// Swap ends a frame of a drawable.
func (s *Script) Swap(drawable int, frame uint64) *Script {
	return s.Do("prismSwap", drawable, 1, frame, uint64(0))
}

// Do appends a command. Integers of all sizes, float64 for f32 and f64 alike, bool; for arrays nil, string (NUL is added), Offset, []byte
// or a slice of numbers. Arrays above wire.InlineMax are staged. For a query the first argument is the reply id.
func (s *Script) Do(name string, args ...any) *Script {
	s.t.Helper()
	op, ok := gl.Lookup(name)
	if !ok {
		s.t.Fatalf("workertest: no command %s", name)
	}
	cmd := gl.At(uint16(op))
	if cmd == nil {
		s.t.Fatalf("workertest: %s does not travel", name)
	}
	if len(args) != len(cmd.Fields) {
		s.t.Fatalf("workertest: %s has %d arguments, got %d", name, len(cmd.Fields), len(args))
	}
	s.chunk()
	for i, f := range cmd.Fields {
		if f.Kind == gl.KindBlob {
			if p := s.array(args[i]); len(p) > wire.InlineMax && op != gl.OpPrismData {
				s.b.Data(uint16(gl.OpPrismData), p)
			}
		}
	}
	flags := uint16(0)
	if cmd.Asked() {
		flags = wire.RecReply
	}
	s.b.Record(uint16(op), flags)
	for i, f := range cmd.Fields {
		s.field(name, f, args[i])
	}
	return s
}

func (s *Script) array(v any) []byte {
	switch v := v.(type) {
	case nil, Offset:
		return nil
	case []byte:
		return v
	case string:
		return append([]byte(v), 0)
	}
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		s.t.Fatalf("workertest: array of %T: %v", v, err)
	}
	return b.Bytes()
}

func (s *Script) field(name string, f gl.Field, v any) {
	s.t.Helper()
	switch f.Kind {
	case gl.KindBlob:
		switch o := v.(type) {
		case nil:
			s.b.Null()
			return
		case Offset:
			s.b.Offset(uint64(o))
			return
		}
		if p := s.array(v); len(p) > wire.InlineMax {
			s.b.Staged(len(p))
		} else {
			s.b.Inline(p)
		}
	case gl.KindF32:
		s.b.F32(float32(s.float(name, f, v)))
	case gl.KindF64:
		s.b.F64(s.float(name, f, v))
	default:
		n := s.integer(name, f, v)
		if f.Kind.Bytes() == 8 {
			s.b.U64(n)
		} else {
			s.b.U32(uint32(n))
		}
	}
}

func (s *Script) float(name string, f gl.Field, v any) float64 {
	s.t.Helper()
	switch v := v.(type) {
	case float64:
		return v
	case float32:
		return float64(v)
	case int:
		return float64(v)
	}
	s.t.Fatalf("workertest: %s: %s is a float, got %T", name, f.Name, v)
	return 0
}

func (s *Script) integer(name string, f gl.Field, v any) uint64 {
	s.t.Helper()
	switch v := v.(type) {
	case int:
		return uint64(v)
	case int32:
		return uint64(int64(v))
	case uint32:
		return uint64(v)
	case uint64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	}
	s.t.Fatalf("workertest: %s: %s is an integer, got %T", name, f.Name, v)
	return 0
}

// Strings is the array of a list of strings (glShaderSource).
func Strings(text ...string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	for _, t := range text {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t)))
	}
	for _, t := range text {
		b = append(b, t...)
	}
	return b
}

// Raw appends bytes as a record, for tests of what is wrong.
func (s *Script) Raw(record []byte) *Script {
	s.chunk()
	s.b.Raw(record)
	return s
}

// Batch ends the script; the bytes are the caller's.
func (s *Script) Batch() []byte {
	s.t.Helper()
	s.on = false
	b, err := s.b.Bytes()
	if err != nil {
		s.t.Fatal(fmt.Errorf("workertest: %w", err))
	}
	return bytes.Clone(b)
}

// Reset empties s for the next batch; thread, context and drawables stay, and so does the count of chunks.
func (s *Script) Reset() *Script {
	seq := s.b.Seq()
	s.b.Reset()
	s.h.Seq = seq
	return s
}
