package session

import (
	"context"
	"image"

	"github.com/prismgl/prism/stream/wire"
)

// Programs that write buffers or images from fragments must see every fragment on every node, and the right depth and stencil under
// each: from the first such program that draws to a window on (prismWhole, made by the driver), every node draws all of every drawable.
// Each still sends only its own tiles. What was drawn by tiles until then is exchanged; samples cannot be, so multisampled drawables are
// whole as soon as such a program is linked (prismMayWrite).

func (p *splitter) writes(ctx context.Context, k kind, h *wire.ChunkHeader, emit func()) error {
	if k == kindWhole {
		p.effects = true
		return p.keepWhole(ctx, h, emit)
	}
	p.mayWrite = true
	for _, d := range p.drawables {
		if p.peers == 1 || d.whole || d.samples == 0 {
			continue
		}
		emit()
		if err := p.flush(ctx); err != nil {
			return err
		}
		d.whole = true
		if err := p.tell(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

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
