package session

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/prismgl/prism/composite"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
)

// Under a Subpixel plan each node has a whole picture of its own, a sample, and what stays on the nodes (copies into textures, blits)
// is each sample's own: a node is where one GPU would be that had drawn everything shifted. What leaves the nodes is of all: frames and
// the colours that an app reads are the mean of the samples, depth and stencil are the first sample's.

// sampled tells whether nodes hold samples of d.
func (d *drawable) sampled() bool {
	return d != nil && d.told != nil && d.told.Mode == tilesplit.Subpixel
}

// alike tells whether all nodes hold the same of d, whatever the plan.
func (d *drawable) alike() bool {
	for _, plan := range d.lies {
		if plan != nil && plan.Mode == tilesplit.Subpixel {
			return false
		}
	}
	return d.whole
}

// ofSamples gives what all hold together of q's rectangle, by plan, and what peer holds of it (nil: nothing).
func (q *question) ofSamples(plan *tilesplit.Plan, buffer uint32, peer int) (all, own []byte, err error) {
	held := map[int][]byte{}
	for i, t := range q.tiles {
		if t.Rect != q.rect || held[q.peers[i]] != nil {
			return nil, nil, errCannotGather
		}
		held[q.peers[i]] = t.Pix
	}
	first := held[plan.Samples[0].Node]
	if first == nil {
		return nil, nil, errCannotGather
	}
	if buffer != bufferColor {
		return first, held[peer], nil
	}
	var m composite.Mean
	if err := m.Reset(q.rect.W, q.rect.H, plan.Weight(), make([]byte, composite.SumBytes(q.rect.W*q.rect.H))); err != nil {
		return nil, nil, err
	}
	for _, s := range plan.Samples {
		if held[s.Node] == nil {
			return nil, nil, errCannotGather
		}
		if err := m.Put(held[s.Node], s.Weight); err != nil {
			return nil, nil, err
		}
	}
	all = make([]byte, len(first))
	return all, held[peer], m.Finish(all)
}

// readsSamples tells whether a question is about pixels of a window of which nodes hold samples.
func (p *splitter) readsSamples(cmd *command, h *wire.ChunkHeader) bool {
	return cmd.answer == answerTiles && p.peers > 1 && p.readFramebuffer[h.Ctx] == 0 && p.drawables[h.Read].sampled()
}

// band is a part of the lead node's own picture.
type band struct {
	rect image.Rectangle
	own  []byte
}

// answerSamples prepares the nodes for a glReadPixels: the lead node alone answers, of colours with the mean in place of its own. What
// it gives is for answered, once the question stands in the batch.
func (p *splitter) answerSamples(ctx context.Context, payload []byte, h *wire.ChunkHeader, emit func()) (lent []band, err error) {
	const format = 24 // reply id, x, y, width, height
	d := p.drawables[h.Read]
	emit()
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	w, err := words(payload[8:], 4)
	if err != nil {
		return nil, err
	}
	r := image.Rect(0, 0, d.told.Width, d.told.Height).Intersect(rectangle(proto.Rect{X: int(int32(w[0])), Y: int(int32(w[1])), W: max(int(int32(w[2])), 0), H: max(int(int32(w[3])), 0)}))
	if !depthFormat(word(payload, format)) && word(payload, format) != glStencilIndex && !r.Empty() {
		for _, b := range bandsOf(r) {
			q, err := p.askParts(ctx, d, h, bufferColor, b)
			if err != nil {
				return nil, err
			}
			mean, own, err := q.ofSamples(d.told, bufferColor, p.Lead)
			if errors.Is(err, errCannotGather) {
				p.once(fmt.Sprintf("session: the app reads drawable %d, whose nodes cannot give their samples: it finds the lead node's picture", d.serial), &p.stats.Notes)
				break
			}
			if err != nil {
				return nil, err
			}
			if err := p.lend(ctx, d, h, b, mean); err != nil {
				return nil, err
			}
			if own != nil {
				lent = append(lent, band{b, own})
			}
		}
	}
	whole := proto.Rect{W: d.told.Width, H: d.told.Height}
	return lent, p.tellEach(ctx, d, func(peer int, pl *proto.Plan) {
		pl.Tiles = []proto.Rect{}
		if peer == p.Lead {
			pl.Tiles = []proto.Rect{whole}
		}
	})
}

// answered puts all back as it was before answerSamples.
func (p *splitter) answered(ctx context.Context, lent []band, h *wire.ChunkHeader, emit func()) error {
	emit()
	if err := p.flush(ctx); err != nil {
		return err
	}
	d := p.drawables[h.Read]
	for _, b := range lent {
		if err := p.lend(ctx, d, h, b.rect, b.own); err != nil {
			return err
		}
	}
	return p.tellEach(ctx, d, func(int, *proto.Plan) {})
}

const glStencilIndex = 0x1901

// lend puts colours into the lead node's picture alone.
func (p *splitter) lend(ctx context.Context, d *drawable, h *wire.ChunkHeader, r image.Rectangle, pix []byte) error {
	b := p.chunkOf(h).Data(uint16(gl.OpPrismData), pix).Record(uint16(gl.OpPrismExchange), 0)
	p.place(b, d, bufferColor, r).Staged(len(pix))
	batch, err := b.Bytes()
	if err == nil {
		err = p.Hub.Send(ctx, p.Lead, lane.KindBatch, batch)
	}
	if err != nil && !errors.Is(err, lane.ErrPeerGone) { // which ends the session through the receiver
		return fmt.Errorf("session: samples: %w", err)
	}
	return nil
}
