package trace

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/prismgl/prism/stream/wire"
)

// Version of the file format.
const Version = 1

const (
	magic        = "PRISMTRC"
	blockMagic   = 0x4b425450 // "PTBK"
	indexMagic   = 0x58495450 // "PTIX"
	trailerMagic = 0x52545450 // "PTTR"

	headerBytes  = 40
	blockBytes   = 40
	trailerBytes = 40
	entryBytes   = 16
	frameBytes   = 8 // of the index: offset of the block in which the frame begins

	codecRaw = 0
	codecS2  = 1

	// A block is written when it has so much, so it is never longer than that and one more entry.
	blockSoft = 512 << 10
	blockNS   = 1e9 // or spans so much time: what a crash may cost
	blockMax  = blockSoft + entryBytes + wire.ChunkHeaderBytes + wire.MaxChunk

	maxInfo   = 1 << 20
	maxFrames = 1 << 26 // in an index
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Info says where a trace comes from. It is kept as JSON; readers ignore members that they do not know.
type Info struct {
	Program string            `json:"program"` // basename, as the driver said
	Args    []string          `json:"args,omitempty"`
	Created time.Time         `json:"created,omitzero"`
	GL      map[string]string `json:"gl,omitempty"`    // what the lead node said: vendor, renderer, version, …
	Notes   []string          `json:"notes,omitempty"` // what a reader of the trace should know
}

// header is the file's: | magic 8 | version u32 | block bytes u32 | spec hash u64 | info bytes u32 | CRC of info u32 | 0 u32 | CRC
// of the header before u32 |, then info padded to 8.
type header struct {
	specHash         uint64
	infoLen, infoCRC uint32
}

func appendHeader(b []byte, specHash uint64, info *Info) ([]byte, error) {
	js, err := json.Marshal(info)
	if err != nil {
		return nil, fmt.Errorf("trace: info: %w", err)
	}
	if len(js) > maxInfo {
		return nil, fmt.Errorf("trace: info: %d bytes exceed %d", len(js), maxInfo)
	}
	le := binary.LittleEndian
	start := len(b)
	b = append(b, magic...)
	b = le.AppendUint32(b, Version)
	b = le.AppendUint32(b, blockMax)
	b = le.AppendUint64(b, specHash)
	b = le.AppendUint32(b, uint32(len(js)))
	b = le.AppendUint32(b, crcOf(js))
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, crcOf(b[start:]))
	b = append(b, js...)
	return append(b, make([]byte, wire.Pad8(len(js))-len(js))...), nil
}

func parseHeader(b []byte) (h header, err error) {
	le := binary.LittleEndian
	if string(b[:8]) != magic {
		return h, wire.Corruptf("not a trace of prism: it begins with %q", b[:8])
	}
	if v := le.Uint32(b[8:]); v != Version {
		return h, fmt.Errorf("version %d, this prism reads %d", v, Version)
	}
	if got, want := crcOf(b[:36]), le.Uint32(b[36:]); got != want {
		return h, wire.Corruptf("header: checksum %#x, want %#x", got, want)
	}
	h = header{le.Uint64(b[16:]), le.Uint32(b[24:]), le.Uint32(b[28:])}
	if h.infoLen > maxInfo {
		return h, wire.Corruptf("header: info of %d bytes exceeds %d", h.infoLen, maxInfo)
	}
	return h, nil
}

// block is a block's header: | magic u32 | codec u32 | stored u32 | raw u32 | frame u64 | chunks u32 | swaps u32 | CRC of what is
// stored u32 | CRC of the header before u32 |. The index has the same header with its own magic, frame = 0, and in swaps
// the number of its entries.
type block struct {
	magic, codec  uint32
	stored, raw   uint32
	frame         uint64 // swaps before this block
	chunks, swaps uint32
	crc           uint32
}

func (h *block) append(b []byte) []byte {
	le := binary.LittleEndian
	start := len(b)
	for _, v := range []uint32{h.magic, h.codec, h.stored, h.raw} {
		b = le.AppendUint32(b, v)
	}
	b = le.AppendUint64(b, h.frame)
	for _, v := range []uint32{h.chunks, h.swaps, h.crc} {
		b = le.AppendUint32(b, v)
	}
	return le.AppendUint32(b, crcOf(b[start:]))
}

func parseBlock(b []byte) (h block, err error) {
	le := binary.LittleEndian
	u := func(at int) uint32 { return le.Uint32(b[at:]) }
	h = block{magic: u(0), codec: u(4), stored: u(8), raw: u(12), frame: le.Uint64(b[16:]), chunks: u(24), swaps: u(28), crc: u(32)}
	switch got := crcOf(b[:36]); {
	case h.magic != blockMagic && h.magic != indexMagic:
		err = wire.Corruptf("block: magic %#x", h.magic)
	case got != u(36):
		err = wire.Corruptf("block: header's checksum %#x, want %#x", got, u(36))
	case h.codec > codecS2 || h.codec == codecRaw && h.stored != h.raw:
		err = wire.Corruptf("block: codec %d, %d bytes stored of %d", h.codec, h.stored, h.raw)
	case h.magic == blockMagic && (h.raw > blockMax || h.stored > blockMax || h.chunks == 0):
		err = wire.Corruptf("block: %d chunks in %d bytes, %d stored; at most %d", h.chunks, h.raw, h.stored, blockMax)
	case h.magic == indexMagic && (h.codec != codecRaw || h.swaps > maxFrames || uint64(h.raw) != uint64(h.swaps)*frameBytes):
		err = wire.Corruptf("index: %d frames in %d bytes", h.swaps, h.raw)
	}
	return h, err
}

// trailer is the file's end: | magic u32 | version u32 | index offset u64 | frames u64 | chunks u64 | 0 u32 | CRC of this u32 |.
type trailer struct{ index, frames, chunks uint64 }

func (t *trailer) append(b []byte) []byte {
	le := binary.LittleEndian
	start := len(b)
	b = le.AppendUint32(b, trailerMagic)
	b = le.AppendUint32(b, Version)
	for _, v := range []uint64{t.index, t.frames, t.chunks} {
		b = le.AppendUint64(b, v)
	}
	b = le.AppendUint32(b, 0)
	return le.AppendUint32(b, crcOf(b[start:]))
}

func parseTrailer(b []byte) (t trailer, ok bool) {
	le := binary.LittleEndian
	if le.Uint32(b) != trailerMagic || le.Uint32(b[4:]) != Version || le.Uint32(b[36:]) != crcOf(b[:36]) {
		return t, false
	}
	return trailer{le.Uint64(b[8:]), le.Uint64(b[16:]), le.Uint64(b[24:])}, true
}

func crcOf(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }
