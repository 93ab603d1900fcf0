package trace

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/klauspost/compress/s2"
	"github.com/prismgl/prism/stream/wire"
)

// ErrCorrupt is the class of errors about a file's bytes; the same as wire.ErrCorrupt.
var ErrCorrupt = wire.ErrCorrupt

// Chunk is one chunk of a trace. Data is valid until the next call of a method of the Reader.
type Chunk struct {
	NS    uint64 // when it came from the app
	Swaps int    // how many frames end in it
	Frame uint64 // swaps before it: the frame that it belongs to, from 0
	Data  []byte // header and records
}

// Reader reads one trace.
type Reader struct {
	name     string
	r        io.ReadSeeker
	file     *os.File // nil: the caller's io.ReadSeeker
	buf      *bufio.Reader
	specHash uint64
	info     Info

	size   uint64 // of the file
	first  uint64 // offset of the first block
	offset uint64 // of what buf gives next
	at     uint64 // of the block in hand
	head   block
	stored []byte
	packed []byte // memory of raw
	raw    []byte // of the block in hand
	rest   []byte // of raw
	left   uint32 // chunks in rest
	swaps  uint32 // left to come in rest
	frame  uint64

	whole bool // it has a trailer
	tail  trailer
	ended bool
	cut   bool
	err   error // sticks
}

// Open opens a trace file.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	r, err := NewReader(f, path)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	r.file = f
	return r, nil
}

// NewReader reads a trace from r; name is for errors. Close does not close r.
func NewReader(r io.ReadSeeker, name string) (*Reader, error) {
	t := &Reader{name: name, r: r, buf: bufio.NewReaderSize(nil, 64<<10)}
	size, err := r.Seek(0, io.SeekEnd)
	if err == nil && size >= headerBytes+trailerBytes {
		var b [trailerBytes]byte
		if _, err = r.Seek(size-trailerBytes, io.SeekStart); err == nil {
			if _, err = io.ReadFull(r, b[:]); err == nil {
				t.tail, t.whole = parseTrailer(b[:])
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("trace: %s: %w", name, err)
	}
	t.size = uint64(size)
	if err := t.seek(0); err != nil {
		return nil, err
	}
	b := make([]byte, headerBytes)
	if _, err := io.ReadFull(t.buf, b); err != nil {
		return nil, t.fail(wire.Corruptf("%d bytes are no trace of prism", size))
	}
	h, err := parseHeader(b)
	if err != nil {
		return nil, t.fail(err)
	}
	js := make([]byte, wire.Pad8(int(h.infoLen)))
	if _, err := io.ReadFull(t.buf, js); err != nil {
		return nil, t.fail(wire.Corruptf("cut off in its header"))
	}
	for _, b := range js[h.infoLen:] {
		if b != 0 {
			return nil, t.fail(wire.Corruptf("info: padding of %#x", b))
		}
	}
	js = js[:h.infoLen]
	if got := crcOf(js); got != h.infoCRC {
		return nil, t.fail(wire.Corruptf("info: checksum %#x, want %#x", got, h.infoCRC))
	}
	if err := json.Unmarshal(js, &t.info); err != nil {
		return nil, t.fail(fmt.Errorf("%w: info: %w", ErrCorrupt, err))
	}
	t.specHash = h.specHash
	t.first = uint64(headerBytes + wire.Pad8(len(js)))
	t.offset = t.first
	return t, nil
}

// fail gives err with file and offset.
func (r *Reader) fail(err error) error {
	return fmt.Errorf("trace: %s: offset %d: %w", r.name, r.at, err)
}

func (r *Reader) seek(offset uint64) error {
	if _, err := r.r.Seek(int64(offset), io.SeekStart); err != nil {
		return fmt.Errorf("trace: %s: offset %d: %w", r.name, offset, err)
	}
	r.buf.Reset(r.r)
	r.offset, r.at = offset, offset
	return nil
}

// SpecHash of the command tables that the trace was recorded with.
func (r *Reader) SpecHash() uint64 { return r.specHash }

// Info that the trace was recorded with.
func (r *Reader) Info() Info { return r.info }

// Frames is how many swaps the trace has; known is false when the file was cut off and they must be counted.
func (r *Reader) Frames() (n uint64, known bool) { return r.tail.frames, r.whole }

// Truncated tells, once Next gave io.EOF, whether the file was cut off: its writer did not close it.
func (r *Reader) Truncated() bool { return r.cut }

// Cut is nil, or, once Next gave io.EOF and the file was cut off, an error of class ErrCorrupt that says where.
func (r *Reader) Cut() error {
	if !r.cut {
		return nil
	}
	return r.fail(wire.Corruptf("the file breaks off here: it was cut, or its writer did not end it"))
}

// Next gives the next chunk, io.EOF after the last whole one, or an error of class ErrCorrupt.
func (r *Reader) Next() (Chunk, error) {
	if r.err != nil {
		return Chunk{}, r.err
	}
	c, err := r.next()
	if err != nil {
		r.err = err
	}
	return c, err
}

func (r *Reader) next() (Chunk, error) {
	if r.left == 0 {
		if err := r.nextBlock(); err != nil {
			return Chunk{}, err
		}
		if err := r.decode(); err != nil {
			return Chunk{}, err
		}
	}
	le := binary.LittleEndian
	if len(r.rest) < entryBytes+wire.ChunkHeaderBytes {
		return Chunk{}, r.fail(wire.Corruptf("block: byte %d: %d bytes left, an entry has %d", len(r.raw)-len(r.rest), len(r.rest), entryBytes+wire.ChunkHeaderBytes))
	}
	ns, swaps := le.Uint64(r.rest), le.Uint32(r.rest[8:])
	it := wire.WalkChunks(r.rest[entryBytes:])
	if !it.Next() {
		return Chunk{}, r.fail(fmt.Errorf("block: byte %d: %w", len(r.raw)-len(r.rest), it.Err()))
	}
	data := it.Raw()
	if _, err := wire.CheckChunk(data); err != nil {
		return Chunk{}, r.fail(fmt.Errorf("block: byte %d: %w", len(r.raw)-len(r.rest), err))
	}
	if swaps > r.swaps || swaps > it.Header().Records {
		return Chunk{}, r.fail(wire.Corruptf("block: byte %d: %d swaps, %d are left in the block", len(r.raw)-len(r.rest), swaps, r.swaps))
	}
	c := Chunk{NS: ns, Swaps: int(swaps), Frame: r.frame, Data: data}
	r.rest = r.rest[entryBytes+len(data):]
	r.left--
	r.swaps -= swaps
	r.frame += uint64(swaps)
	if r.left == 0 && (len(r.rest) != 0 || r.swaps != 0) {
		return Chunk{}, r.fail(wire.Corruptf("block: %d bytes and %d swaps are left behind its %d chunks", len(r.rest), r.swaps, r.head.chunks))
	}
	return c, nil
}

// full reads len(b) bytes; a file that ends before has been cut off.
func (r *Reader) full(b []byte) error {
	n, err := io.ReadFull(r.buf, b)
	r.offset += uint64(n)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		r.ended, r.cut = true, true
		return io.EOF
	case err != nil:
		return r.fail(err)
	}
	return nil
}

// nextBlock reads the next block's header into r.head.
func (r *Reader) nextBlock() error {
	if r.ended {
		return io.EOF
	}
	r.at = r.offset
	var b [blockBytes]byte
	if err := r.full(b[:]); err != nil {
		return err
	}
	h, err := parseBlock(b[:])
	if err != nil {
		return r.fail(err)
	}
	if h.magic == indexMagic {
		return r.end(&h)
	}
	if h.frame != r.frame {
		return r.fail(wire.Corruptf("block: frame %d follows frame %d", h.frame, r.frame))
	}
	r.head = h
	return nil
}

// end looks at the index, whose header is h, and gives io.EOF if the file ends as it should or was cut off.
func (r *Reader) end(h *block) error {
	r.ended = true
	sum := crc32.New(castagnoli)
	n, err := io.CopyN(sum, r.buf, int64(h.raw))
	r.offset += uint64(n)
	switch {
	case errors.Is(err, io.EOF):
		r.cut = true
		return io.EOF
	case err != nil:
		return r.fail(err)
	case sum.Sum32() != h.crc:
		return r.fail(wire.Corruptf("index: checksum %#x, want %#x", sum.Sum32(), h.crc))
	case !r.whole:
		r.cut = true
		return io.EOF
	case r.tail.frames != r.frame:
		return r.fail(wire.Corruptf("%d frames, the trailer says %d", r.frame, r.tail.frames))
	case r.tail.index != r.at || r.offset+trailerBytes != r.size:
		return r.fail(wire.Corruptf("index: %d bytes follow it, the trailer has %d and says that the index begins at %d", r.size-r.offset, trailerBytes, r.tail.index))
	}
	return io.EOF
}

// decode reads what the block in hand stores.
func (r *Reader) decode() error {
	h := &r.head
	if cap(r.stored) < int(h.stored) {
		r.stored = make([]byte, h.stored, blockMax)
	}
	r.stored = r.stored[:h.stored]
	if err := r.full(r.stored); err != nil {
		return err
	}
	if got := crcOf(r.stored); got != h.crc {
		return r.fail(wire.Corruptf("block: checksum %#x, want %#x", got, h.crc))
	}
	r.raw = r.stored
	if h.codec == codecS2 {
		if n, err := s2.DecodedLen(r.stored); err != nil || n != int(h.raw) {
			return r.fail(wire.Corruptf("block: %d bytes when decoded, want %d (%v)", n, h.raw, err))
		}
		if r.packed == nil {
			r.packed = make([]byte, blockMax)
		}
		raw, err := s2.Decode(r.packed, r.stored)
		if err != nil {
			return r.fail(fmt.Errorf("%w: block: %w", ErrCorrupt, err))
		}
		r.raw = raw
	}
	r.rest, r.left, r.swaps = r.raw, h.chunks, h.swaps
	return nil
}

// SeekFrame goes to where frame n (from 0) begins: the chunk after the n-th swap. io.EOF: there are not so many. What frame n needs
// of the frames before it (objects, state) is not there then: that is the caller's to know.
func (r *Reader) SeekFrame(n uint64) error {
	r.ended, r.cut, r.err = false, false, nil
	r.left, r.rest = 0, nil
	offset, ok := r.lookUp(n)
	if !ok {
		offset = r.first
	}
	if err := r.seek(offset); err != nil {
		return err
	}
	r.frame = 0
	if ok { // the block's own header says which frame it begins in
		b, err := r.buf.Peek(blockBytes)
		if err != nil {
			return r.fail(wire.Corruptf("index: frame %d is said to begin there", n))
		}
		h, err := parseBlock(b)
		if err != nil {
			return r.fail(err)
		}
		if h.magic != blockMagic || h.frame > n {
			return r.fail(wire.Corruptf("index: frame %d is said to begin there", n))
		}
		r.frame = h.frame
	}
	err := r.skipTo(n)
	r.err = err
	return err
}

// skipTo goes on to where frame n begins: over whole blocks by their headers, then over chunks.
func (r *Reader) skipTo(n uint64) error {
	for {
		if err := r.nextBlock(); err != nil {
			if errors.Is(err, io.EOF) && r.frame == n {
				return nil // the end: Next says so
			}
			return err
		}
		if r.frame+uint64(r.head.swaps) < n {
			k, err := r.buf.Discard(int(r.head.stored))
			r.offset += uint64(k)
			if err != nil {
				r.ended, r.cut = true, true
				return io.EOF
			}
			r.frame += uint64(r.head.swaps)
			continue
		}
		if err := r.decode(); err != nil {
			return err
		}
		for r.left > 0 && r.frame < n {
			if _, err := r.next(); err != nil {
				return err
			}
		}
		if r.frame >= n {
			return nil
		}
	}
}

// lookUp asks the index for the block that frame n begins in.
func (r *Reader) lookUp(n uint64) (offset uint64, ok bool) {
	if !r.whole || n >= min(r.tail.frames, maxFrames) || r.tail.index > 1<<62 {
		return 0, false
	}
	var b [frameBytes]byte
	if _, err := r.r.Seek(int64(r.tail.index+blockBytes+n*frameBytes), io.SeekStart); err != nil {
		return 0, false
	}
	if _, err := io.ReadFull(r.r, b[:]); err != nil {
		return 0, false
	}
	offset = binary.LittleEndian.Uint64(b[:])
	return offset, offset >= r.first && offset < r.tail.index
}

// Close closes the file.
func (r *Reader) Close() error {
	if r.err == nil {
		r.err = fmt.Errorf("trace: %s: closed", r.name)
	}
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	if err := f.Close(); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

// Trim copies chunks from r to w until frames swaps were copied, or r ends, and tells how many swaps it copied. The
// caller closes both.
func Trim(w *Writer, r *Reader, frames uint64) (copied uint64, err error) {
	for copied < frames {
		c, err := r.Next()
		if errors.Is(err, io.EOF) {
			return copied, nil
		}
		if err != nil {
			return copied, err
		}
		if err := w.Append(c.NS, c.Data, c.Swaps); err != nil {
			return copied, err
		}
		copied += uint64(c.Swaps)
	}
	return copied, nil
}
