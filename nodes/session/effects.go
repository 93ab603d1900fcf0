package session

import (
	"context"
	"image"

	"github.com/prismgl/prism/stream/wire"
)

// Programs that write buffers or images from fragments must see every fragment on every node, and the right depth and stencil under
// each: from the first such program that draws to a window on (prismWhole, made by the driver), every node draws all of every drawable.
// Each still sends only its own tiles.

// keepWhole makes the drawable that h's context draws to whole on all nodes, unless it is.
func (p *splitter) keepWhole(ctx context.Context, h *wire.ChunkHeader, emit func()) error {
	d := p.drawables[h.Draw]
	if p.peers == 1 || d == nil || d.whole || d.plan == nil {
		return nil
	}
	buffers := bufferColor
	if d.depth > 0 {
		buffers |= bufferDepth
	}
	const name = "a program with side effects"
	if err := p.exchange(ctx, name, d, h, buffers, image.Rect(0, 0, d.width, d.height), emit); err != nil || d.whole {
		return err
	}
	p.Log.Info("session: each node draws all of a drawable, because programs write buffers or images", "drawable", d.serial)
	d.whole = true
	return p.tell(ctx, d)
}
