package trace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/wire"
)

// readWhole reads a file to its end; err is what a user must be told.
func readWhole(file []byte) (chunks int, err error) {
	r, err := NewReader(bytes.NewReader(file), "f")
	if err != nil {
		return 0, err
	}
	for {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			return chunks, r.Cut()
		}
		if err != nil {
			return chunks, err
		}
		chunks++
	}
}

// sample has raw and compressed blocks, and an index.
func sample(t testing.TB) (file []byte, chunks int) {
	in := stream(t, 5, 2, 300)
	var b bytes.Buffer
	w, err := NewWriter(&b, "f", hash, info)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range in {
		if err := w.Append(e.ns, e.data, e.swaps); err != nil {
			t.Fatal(err)
		}
		if i%4 == 3 {
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), len(in)
}

// Cut anywhere, bits turned anywhere: each file is refused with file, offset and reason, and no chunk more than was there comes out.
func TestHostileFile(t *testing.T) {
	file, all := sample(t)
	if n, err := readWhole(file); n != all || err != nil {
		t.Fatalf("%d of %d chunks, %v", n, all, err)
	}
	check := func(what string, at int, b []byte) {
		t.Helper()
		n, err := readWhole(b)
		// A turned bit in the version's number is another version.
		if other := what == "turned" && at >= 8 && at < 12; err == nil || !other && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%s at %d of %d: %d chunks, error %v; want ErrCorrupt", what, at, len(file), n, err)
		}
		if n > all || !strings.HasPrefix(err.Error(), "trace: f: offset ") || strings.Contains(err.Error(), "\n") {
			t.Fatalf("%s at %d: %d chunks of %d, error %v", what, at, n, all, err)
		}
	}
	for at := range len(file) {
		check("cut", at, file[:at])
		b := bytes.Clone(file)
		b[at] ^= 1 << (at % 8)
		check("turned", at, b)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := bytes.Clone(file)
		at := rng.IntN(len(b))
		for range 1 + rng.IntN(8) {
			b[min(at+rng.IntN(64), len(b)-1)] ^= byte(1 + rng.IntN(255))
		}
		if !bytes.Equal(b, file) {
			if _, err := readWhole(b); err == nil {
				t.Fatalf("bytes were changed near %d and nobody saw it", at)
			}
		}
	}
	check("something behind the trailer, which is", len(file), append(bytes.Clone(file), "more"...))
	check("a second trailer", len(file), append(bytes.Clone(file), file[len(file)-trailerBytes:]...))
}

// FuzzRepaired changes a file's structures and makes the checksums right again: what the checksums guard must hold without them.
func FuzzRepaired(f *testing.F) {
	file, all := sample(f)
	var heads []int // offsets of the blocks' headers, the index's among them
	for at := headerBytes + wire.Pad8(int(binary.LittleEndian.Uint32(file[24:]))); at < len(file)-trailerBytes; {
		heads = append(heads, at)
		at += blockBytes + int(binary.LittleEndian.Uint32(file[at+8:]))
	}
	for i := range heads {
		f.Add(byte(i), byte(8), uint64(1<<32-1), uint16(0), byte(0), uint64(1))
		f.Add(byte(i), byte(24), uint64(0), uint16(20), byte(255), uint64(0))
	}
	f.Add(byte(200), byte(8), uint64(1<<63), uint16(0), byte(0), uint64(3))
	f.Add(byte(200), byte(16), uint64(1<<63), uint16(0), byte(0), uint64(1<<40))
	f.Fuzz(func(t *testing.T, which, field byte, value uint64, body uint16, with byte, frame uint64) {
		b := bytes.Clone(file)
		le := binary.LittleEndian
		seal := func(head []byte) { le.PutUint32(head[36:], crcOf(head[:36])) }
		if int(which) < len(heads) {
			at := heads[which]
			end := min(at+blockBytes+int(le.Uint32(file[at+8:])), len(b)-trailerBytes)
			if stored := b[at+blockBytes : end]; len(stored) > 0 {
				stored[int(body)%len(stored)] ^= with
				le.PutUint32(b[at+32:], crcOf(stored))
			}
			le.PutUint32(b[at+int(field%9)*4:], uint32(value))
			seal(b[at : at+blockBytes])
		} else {
			tail := b[len(b)-trailerBytes:]
			le.PutUint64(tail[int(field%4)*8:], value)
			seal(tail)
		}
		n, err := readWhole(b)
		if err != nil && !errors.Is(err, ErrCorrupt) || n > all*64 {
			t.Fatalf("%d chunks, %v", n, err)
		}
		r, err := NewReader(bytes.NewReader(b), "f")
		if err != nil {
			return
		}
		if err := r.SeekFrame(frame); err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, io.EOF) {
				t.Fatalf("seek: %v", err)
			}
			return
		}
		c, err := r.Next()
		if err == nil && c.Frame < frame || err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, io.EOF) {
			t.Fatalf("frame %d after SeekFrame(%d), %v", c.Frame, frame, err)
		}
	})
}
