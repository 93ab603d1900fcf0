package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/s2"
	"github.com/prismgl/prism/stream/wire"
)

// Writer writes one trace.
type Writer struct {
	name string
	w    io.Writer
	file *os.File // nil: the caller's io.Writer

	offset  uint64 // in the file, of the block under way
	raw     []byte // of the block under way
	out     []byte
	pack    []byte
	head    block
	frames  uint64
	chunks  uint64
	index   []byte
	begins  bool   // the next chunk begins a frame
	since   uint64 // time of the first chunk in the block under way
	lastErr error
}

// Create makes a trace file. A file of that name is overwritten.
func Create(path string, specHash uint64, info Info) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	w, err := NewWriter(f, path, specHash, info)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	w.file = f
	return w, nil
}

// NewWriter writes a trace to w; name is for errors. Close does not close w.
func NewWriter(w io.Writer, name string, specHash uint64, info Info) (*Writer, error) {
	b, err := appendHeader(nil, specHash, &info)
	if err != nil {
		return nil, err
	}
	t := &Writer{name: name, w: w, begins: true}
	if err := t.write(b); err != nil {
		return nil, err
	}
	return t, nil
}

func (w *Writer) write(b []byte) error {
	if w.lastErr != nil {
		return w.lastErr
	}
	n, err := w.w.Write(b)
	if err != nil {
		// What follows a torn block could not be read.
		w.lastErr = fmt.Errorf("trace: %s: offset %d: %w", w.name, w.offset+uint64(n), err)
		return w.lastErr
	}
	w.offset += uint64(n)
	return nil
}

// Append writes one chunk, header included; ns is when it came from the app, on any clock that does not go back; swaps is
// how many frames end in it. The bytes are copied.
func (w *Writer) Append(ns uint64, chunk []byte, swaps int) error {
	if w.lastErr != nil {
		return w.lastErr
	}
	h, err := wire.ParseChunkHeader(chunk)
	if err != nil {
		return fmt.Errorf("trace: %s: %w", w.name, err)
	}
	if int(h.Bytes) != len(chunk)-wire.ChunkHeaderBytes || swaps < 0 || swaps > int(h.Records) {
		return fmt.Errorf("trace: %s: chunk %d: %d bytes with %d swaps, its header says %d bytes and %d records",
			w.name, h.Seq, len(chunk), swaps, h.Bytes, h.Records)
	}
	le := binary.LittleEndian
	if w.begins {
		w.begins = false
		w.index = le.AppendUint64(w.index, w.offset)
	}
	if w.head.chunks == 0 {
		w.since = ns
	}
	w.raw = le.AppendUint64(w.raw, ns)
	w.raw = le.AppendUint32(w.raw, uint32(swaps))
	w.raw = le.AppendUint32(w.raw, 0)
	w.raw = append(w.raw, chunk...)
	w.head.chunks++
	w.head.swaps += uint32(swaps)
	w.chunks++
	w.frames += uint64(swaps)
	w.begins = w.begins || swaps > 0
	for range swaps - 1 { // frames that have no chunk of their own: found here too
		w.index = le.AppendUint64(w.index, w.offset)
	}
	if len(w.raw) >= blockSoft || ns-w.since >= blockNS && ns > w.since {
		return w.Flush()
	}
	return nil
}

// Frames counts the swaps so far.
func (w *Writer) Frames() uint64 { return w.frames }

// Flush writes what was appended, so that a reader finds it if this process dies.
func (w *Writer) Flush() error {
	if w.lastErr != nil || w.head.chunks == 0 {
		return w.lastErr
	}
	h := &w.head
	h.magic, h.raw, h.codec = blockMagic, uint32(len(w.raw)), codecS2
	stored := s2.Encode(w.pack[:cap(w.pack)], w.raw)
	w.pack = stored
	if len(stored) >= len(w.raw) {
		h.codec, stored = codecRaw, w.raw
	}
	h.stored, h.crc = uint32(len(stored)), crcOf(stored)
	w.out = append(h.append(w.out[:0]), stored...)
	err := w.write(w.out)
	w.raw = w.raw[:0]
	w.head = block{frame: w.frames}
	return err
}

// Close writes what is left, the index and the trailer.
func (w *Writer) Close() error {
	err := w.Flush()
	if err == nil {
		at := w.offset
		w.index = w.index[:min(len(w.index), maxFrames*frameBytes)]
		n := uint32(len(w.index) / frameBytes)
		h := block{magic: indexMagic, stored: uint32(len(w.index)), raw: uint32(len(w.index)), swaps: n, crc: crcOf(w.index)}
		t := trailer{index: at, frames: w.frames, chunks: w.chunks}
		err = w.write(t.append(append(h.append(w.out[:0]), w.index...)))
	}
	if w.lastErr == nil {
		w.lastErr = fmt.Errorf("trace: %s: closed", w.name)
	}
	if w.file != nil {
		err = errors.Join(err, w.file.Close())
		w.file = nil
	}
	return err
}
