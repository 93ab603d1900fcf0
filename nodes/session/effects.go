package session

import (
	"context"
	"image"

	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
)

// Programs that write buffers or images from fragments must see every fragment on every node, and the right depth and stencil under
// each: from the first such program that draws to a window on (prismWhole, made by the driver), every node draws all of every drawable.
// Each still sends only its own tiles. What was drawn by tiles until then is exchanged; samples cannot be everywhere, so multisampled drawables
// are whole as soon as such a program is linked (prismMayWrite).

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
		if d.offset() {
			return cannotHold(d, "programs may write buffers or images")
		}
		emit()
		if err := p.flush(ctx); err != nil {
			return err
		}
		d.makeWhole(writingPrograms)
		if err := p.tell(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// counts sees to queries that count fragments: a node with several tiles draws all of the box around them, so that what two such boxes
// share would be counted twice.
func (p *splitter) counts(ctx context.Context, target uint32, h *wire.ChunkHeader, emit func()) error {
	switch target {
	case 0x8914, 0x8C2F, 0x8D6A, 0x82F4: // GL_SAMPLES_PASSED, GL_ANY_SAMPLES_PASSED, GL_ANY_SAMPLES_PASSED_CONSERVATIVE, GL_FRAGMENT_SHADER_INVOCATIONS
		p.counting = true
		return p.keepWhole(ctx, h, emit)
	}
	return nil
}

// boxesOverlap tells whether two nodes draw the same pixel.
func boxesOverlap(p *tilesplit.Plan) bool {
	for i := range p.Nodes {
		for j := range i {
			if p.Nodes[i].Scissor.Overlaps(p.Nodes[j].Scissor) {
				return true
			}
		}
	}
	return false
}

// keepWhole makes the drawable that h's context draws to whole on all nodes, unless it is or need not be.
func (p *splitter) keepWhole(ctx context.Context, h *wire.ChunkHeader, emit func()) error {
	d := p.drawables[h.Draw]
	if p.peers == 1 || d == nil || d.whole || d.plan == nil || !p.effects && (!boxesOverlap(d.plan) || d.sampled()) {
		return nil
	}
	why := writingPrograms
	if !p.effects {
		why = "queries count fragments, and nodes with several tiles draw more than these"
	}
	buffers := bufferColor
	if d.depth > 0 {
		buffers |= bufferDepth
	}
	const name = "what must be whole"
	if d.sampled() { // each node goes on with its own
		emit()
		if err := p.flush(ctx); err != nil {
			return err
		}
	} else if err := p.exchange(ctx, name, d, h, buffers, image.Rect(0, 0, d.width, d.height), emit); err != nil || d.whole {
		return err
	}
	p.Log.Info("session: each node draws all of a drawable, because "+why, "drawable", d.serial)
	d.makeWhole(why)
	return p.tell(ctx, d)
}

// writingPrograms is a reason for makeWhole.
const writingPrograms = "programs write buffers or images"

// makeWhole says that nodes draw all of d from here on; each is to be told.
func (d *drawable) makeWhole(because string) {
	d.whole = true
	if d.wholeBecause == "" {
		d.wholeBecause = because
	}
}
