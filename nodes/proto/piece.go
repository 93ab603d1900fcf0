package proto

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Format of a piece's pixels.
type Format uint8

// Pixel formats. Numbers are for ever.
const (
	BGRA8 Format = 1 // 4 bytes a pixel: B G R A; rows bottom first, tight
)

// Codec of a piece's bytes.
type Codec uint8

// Codecs. Numbers are for ever.
const (
	Raw Codec = 0
	S2  Codec = 1 // klauspost/compress/s2 block
)

// PieceHeaderBytes is the encoded size of a PieceHeader.
//
//	+------------------+--------------------------+------------+------------------------+
//	| magic "PRPC" u32 | format codec pieces idx  | drawable   | frame u64              |
//	| x u32  y u32     | w u32  h u32             | full w u32 | full h u32 | bytes u32 |
//	+------------------+--------------------------+------------+------------------------+
const PieceHeaderBytes = 48

const pieceMagic = 0x43505250

// ErrPiece is the class of errors in a received piece.
var ErrPiece = errors.New("proto: bad piece")

// PieceHeader describes one piece: what one node drew of one tile of one frame.
type PieceHeader struct {
	Format Format
	Codec  Codec
	// Count pieces of this frame come from this worker; this is number Index.
	Count, Index uint8
	Drawable     uint32
	Frame        uint64
	Rect         Rect
	// Size of the whole drawable when this was drawn.
	FullW, FullH int
	// Bytes of the pixels when decoded.
	Bytes int
}

// Append encodes h.
func (h *PieceHeader) Append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, pieceMagic)
	b = append(b, byte(h.Format), byte(h.Codec), h.Count, h.Index)
	b = le.AppendUint32(b, h.Drawable)
	b = le.AppendUint64(b, h.Frame)
	for _, v := range []int{h.Rect.X, h.Rect.Y, h.Rect.W, h.Rect.H, h.FullW, h.FullH, h.Bytes} {
		b = le.AppendUint32(b, uint32(v))
	}
	return b
}

// ParsePiece decodes and checks a header; rest is what follows it.
func ParsePiece(b []byte) (h PieceHeader, rest []byte, err error) {
	if len(b) < PieceHeaderBytes {
		return h, nil, fmt.Errorf("%w: %d bytes, a header has %d", ErrPiece, len(b), PieceHeaderBytes)
	}
	le := binary.LittleEndian
	if m := le.Uint32(b); m != pieceMagic {
		return h, nil, fmt.Errorf("%w: magic %#x, want %#x", ErrPiece, m, uint32(pieceMagic))
	}
	h.Format, h.Codec, h.Count, h.Index = Format(b[4]), Codec(b[5]), b[6], b[7]
	h.Drawable, h.Frame = le.Uint32(b[8:]), le.Uint64(b[12:])
	u := func(i int) int { return int(le.Uint32(b[20+4*i:])) }
	h.Rect = Rect{u(0), u(1), u(2), u(3)}
	h.FullW, h.FullH, h.Bytes = u(4), u(5), u(6)
	switch {
	case h.Format != BGRA8:
		err = fmt.Errorf("%w: format %d is not known", ErrPiece, h.Format)
	case h.Codec > S2:
		err = fmt.Errorf("%w: codec %d is not known", ErrPiece, h.Codec)
	case h.Count == 0 || h.Index >= h.Count:
		err = fmt.Errorf("%w: number %d of %d", ErrPiece, h.Index, h.Count)
	case CheckSize(uint32(h.FullW), uint32(h.FullH)) != nil || !h.Rect.within(h.FullW, h.FullH):
		err = fmt.Errorf("%w: rectangle %+v outside %d×%d", ErrPiece, h.Rect, h.FullW, h.FullH)
	case h.Bytes != h.Rect.W*h.Rect.H*4:
		err = fmt.Errorf("%w: %d bytes for %d×%d pixels", ErrPiece, h.Bytes, h.Rect.W, h.Rect.H)
	}
	return h, b[PieceHeaderBytes:], err
}
