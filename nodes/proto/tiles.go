package proto

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The answer to a question of class `tiles` (glReadPixels of the default framebuffer): what one worker owns of the rectangle that
// was asked for. Its prism_reply has ret = number of rectangles and one array:
//
//	repeated: +---------------------------------------------+-------------------------+
//	          | x i32 | y i32 | w i32 | h i32 | bytes u32 | 0 u32 | bytes, padded to 8 |
//	          +---------------------------------------------+-------------------------+
//
// Rectangles have the drawable's coordinates (origin lower left, as glReadPixels' x and y) and do not reach outside of the one
// asked for. Pixels are tight, rows bottom first, in the format and type asked for; bytes / (w*h) is a pixel's size.
// A worker that answers for the whole (the lead, when an application's framebuffer object is read) sends one rectangle.

// TileHeaderBytes is the encoded size of a tile's header.
const TileHeaderBytes = 24

// ErrTiles is the class of errors in a received list of tiles.
var ErrTiles = errors.New("proto: bad tiles")

// Tile is one rectangle of an answer. Pix points into the parsed array.
type Tile struct {
	Rect Rect
	Pix  []byte
}

// AppendTile encodes t.
func AppendTile(b []byte, t Tile) []byte {
	le := binary.LittleEndian
	for _, v := range []int{t.Rect.X, t.Rect.Y, t.Rect.W, t.Rect.H, len(t.Pix), 0} {
		b = le.AppendUint32(b, uint32(int32(v)))
	}
	b = append(b, t.Pix...)
	return append(b, make([]byte, -len(t.Pix)&7)...)
}

// ParseTiles decodes count tiles, which must fill b.
func ParseTiles(b []byte, count uint64) ([]Tile, error) {
	if count > uint64(len(b)/TileHeaderBytes) {
		return nil, fmt.Errorf("%w: %d tiles in %d bytes", ErrTiles, count, len(b))
	}
	le := binary.LittleEndian
	tiles := make([]Tile, 0, count)
	for i := range count {
		if len(b) < TileHeaderBytes {
			return nil, fmt.Errorf("%w: tile %d: %d bytes left, a header has %d", ErrTiles, i, len(b), TileHeaderBytes)
		}
		v := func(i int) int { return int(int32(le.Uint32(b[4*i:]))) }
		r := Rect{v(0), v(1), v(2), v(3)}
		n := uint64(le.Uint32(b[16:]))
		b = b[TileHeaderBytes:]
		padded := (n + 7) &^ 7
		const side = 1 << 16
		switch {
		case r.W < 0 || r.H < 0 || r.W > side || r.H > side:
			return nil, fmt.Errorf("%w: tile %d has size %d×%d", ErrTiles, i, r.W, r.H)
		case padded > uint64(len(b)):
			return nil, fmt.Errorf("%w: tile %d: %d bytes left, want %d", ErrTiles, i, len(b), padded)
		case r.W*r.H == 0 && n != 0, r.W*r.H != 0 && n%uint64(r.W*r.H) != 0:
			return nil, fmt.Errorf("%w: tile %d: %d bytes for %d×%d pixels", ErrTiles, i, n, r.W, r.H)
		}
		tiles = append(tiles, Tile{r, b[:n:n]})
		b = b[padded:]
	}
	if len(b) != 0 {
		return nil, fmt.Errorf("%w: %d bytes behind the last tile", ErrTiles, len(b))
	}
	return tiles, nil
}
