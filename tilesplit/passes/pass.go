package passes

import (
	"fmt"
)

// Pass is one that has ended.
type Pass struct {
	Context, Framebuffer uint32 // serials
	Ordinal              int    // which of the frame's passes into this framebuffer object, from 0
	Width, Height        int    // of its attachments; 0: not known
	Draws                int    // commands that may change pixels, clears among them
	Choice               Choice
}

// Choice says how a pass is drawn.
type Choice struct {
	// Tiled: each node draws what its tile needs. Else each draws all.
	Tiled bool
	// MarginX and MarginY are how many pixels around its own part a node of a tiled pass draws, because later passes read neighbours.
	MarginX, MarginY int
	Reason           string // why it is so
}

// Replicate is the choice to have each node draw all, for a reason.
func Replicate(reason string) Choice { return Choice{Reason: reason} }

func (c Choice) String() string {
	switch {
	case !c.Tiled:
		return "replicated: " + c.Reason
	case c.MarginX == 0 && c.MarginY == 0:
		return "tiled: " + c.Reason
	}
	return fmt.Sprintf("tiled, %d × %d pixels more on each side: %s", c.MarginX, c.MarginY, c.Reason)
}
