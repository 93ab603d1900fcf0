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

// Why gives the reason, and the margin if there is one.
func (c Choice) Why() string {
	if c.MarginX == 0 && c.MarginY == 0 {
		return c.Reason
	}
	return fmt.Sprintf("%s, so that each node draws %d × %d more on each side", c.Reason, c.MarginX, c.MarginY)
}

func (c Choice) String() string {
	if c.Tiled {
		return "tiled: " + c.Why()
	}
	return "replicated: " + c.Why()
}
