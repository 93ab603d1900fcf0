package observe

import (
	"fmt"
	"image"
	"slices"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// Observer is told what the splitter does, by its goroutine and in the stream's order. What it is given is valid during the call,
// a record until the next Record.
type Observer interface {
	// Record is told of each record of the app before anything is done with it.
	Record(h *wire.ChunkHeader, op gl.Op, rec []byte)
	// Draw is told who gets the draw that the last Record began.
	Draw(d *Draw)
	// Sent is told of each batch that goes to a peer, or to all (Everyone).
	Sent(peer, bytes int)
	// Frame is told of each swap, once all that belongs to the frame was sent.
	Frame(f *Frame)
}

// Everyone stands for all peers.
const Everyone = -1

// Division says how the pixels of what is drawn to are divided.
type Division uint8

// The divisions.
const (
	Replicated Division = iota // each node draws all pixels
	Tiled                      // each node draws those of its tiles
	Nowhere                    // there is nothing to draw to
)

var divisionNames = [...]string{Replicated: "replicated", Tiled: "tiled", Nowhere: "nowhere"}

func (d Division) String() string {
	if int(d) < len(divisionNames) {
		return divisionNames[d]
	}
	return "?"
}

// MarshalText implements encoding.TextMarshaler.
func (d Division) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Division) UnmarshalText(text []byte) error {
	i := slices.Index(divisionNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("observe: division %q, known are %v", text, divisionNames)
	}
	*d = Division(i)
	return nil
}

// Target is what is drawn to.
type Target struct {
	Drawable      uint32
	Width, Height int    // of the drawable
	Framebuffer   uint32 // 0: the drawable; else a framebuffer object's serial
	Division      Division
	Why           string // Division is what it is
}

// Draw is one draw and who gets it.
type Draw struct {
	// Command is the record that draws, or a glBegin with what follows. Records is how many belong to it: beside it up to its glEnd, or those
	// that bring its data before it.
	Command []byte
	Records int
	Target  Target
	// Program places its vertices; 0: fixed functions, or not known. Position says of what.
	Program  uint32
	Position string
	// Rect are the pixels that it can touch, if Bounded; else Unbounded says why they are not known.
	Bounded   bool
	Rect      image.Rectangle
	Unbounded string
	// Nodes get it. Why says why that is all of them, where Rect does not say it.
	Nodes bounds.Mask
	Why   string
}

// Frame is one frame that was sent.
type Frame struct {
	Drawable uint32
	Number   uint64          // of the drawable's frames, from 1
	Plan     *tilesplit.Plan // nil: no pixels
	// Held and Merged count state records since the session's begin: held back from a node, and of these never sent.
	Held, Merged uint64
}
