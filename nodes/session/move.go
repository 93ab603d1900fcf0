package session

import (
	"context"
	"errors"
	"image"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
)

// A tile changes its owner only where nothing is lost: the new plan comes into force at the first record of a frame that touches the
// drawable. Is that a clear of all of it, the new owner needs nothing of what was there. Otherwise the pixels are exchanged first,
// as for commands that read what is split. In between lie clears of one buffer after the other: what is not cleared yet is `stale`,
// still lies with its old owner (whom the new plan keeps from drawing there), and is exchanged when something touches it before it
// is cleared.
type move struct {
	old, next *tilesplit.Plan
	begun     bool    // next is in force
	stale     cleared // what new owners have not
}

// gives says whether nodes can exchange a drawable's contents.
type gives uint8

const (
	givesUnknown gives = iota
	givesAll
	givesNothing // samples, or the depth of a pbuffer: only a clear of all at once lets tiles move
)

// buffers are what d has.
func (d *drawable) buffers() cleared {
	b := clearedColor
	if d.depth > 0 {
		b |= clearedDepth
	}
	if d.stencil > 0 {
		b |= clearedStencil
	}
	return b
}

// moveTo plans next for d from the first record on that touches d. While a move is under way the newest goal counts, unless it has begun.
func (p *splitter) moveTo(d *drawable, next *tilesplit.Plan) {
	switch {
	case d.move != nil && !d.move.begun:
		d.move.next = next
	case d.move == nil:
		d.move = &move{old: d.plan, next: next}
		p.moving++
	}
}

// settled ends d's move.
func (p *splitter) settled(d *drawable) {
	if d.move != nil {
		d.move = nil
		p.moving--
	}
}

// touches says what of drawables a command may change or read.
type touches uint8

const (
	touchesDrawn touches = 1 << iota // what is drawn to, if that is the window
	touchesRead                      // what is read from
	touchesNamed                     // the window whatever is bound
)

func touching(info *gl.Command, op gl.Op) (t touches) {
	if info.Draws() {
		t |= touchesDrawn
		if info.Field("framebuffer") >= 0 || info.Field("drawFramebuffer") >= 0 {
			t |= touchesNamed
		}
	}
	if info.Has(gl.FlagReadsFramebuffer) || info.Answer == gl.AnswerTiles {
		t |= touchesRead
		if info.Field("readFramebuffer") >= 0 {
			t |= touchesNamed
		}
	}
	if lists[op] == kindCallsList || op == gl.OpPrismWhole {
		t |= touchesDrawn | touchesRead
	}
	return t
}

// touch carries moves on before a record that touches drawables.
func (p *splitter) touch(ctx context.Context, cmd *command, op gl.Op, raw []byte, h *wire.ChunkHeader, emit func()) error {
	if mode, compiling := p.compiling[h.Ctx]; compiling && mode == compileOnly && cmd.listable {
		return nil
	}
	if d := p.drawables[h.Draw]; d != nil && d.move != nil &&
		(cmd.touches&touchesNamed != 0 || cmd.touches&touchesDrawn != 0 && p.drawFramebuffer[h.Ctx] == 0) {
		clears, others := p.clearing(op, raw, h.Ctx)
		if err := p.carryOn(ctx, d, clears, others, h, emit); err != nil {
			return err
		}
	}
	if d := p.drawables[h.Read]; d != nil && d.move != nil &&
		(cmd.touches&touchesNamed != 0 || cmd.touches&touchesRead != 0 && p.readFramebuffer[h.Ctx] == 0) {
		return p.carryOn(ctx, d, 0, allBuffers, h, emit)
	}
	return nil
}

// carryOn is called before a record that clears some of d's buffers wholly and may change or read others.
func (p *splitter) carryOn(ctx context.Context, d *drawable, clears, others cleared, h *wire.ChunkHeader, emit func()) error {
	m, has := d.move, d.buffers()
	clears &= has
	if m.begun {
		if m.stale &^= clears; m.stale&others != 0 {
			return p.repair(ctx, d, h, emit)
		}
		if m.stale == 0 {
			p.settled(d)
		}
		return nil
	}
	switch {
	case clears == has || d.whole || clears != 0 && others&has == 0 && d.gives == givesAll:
		m.stale = has &^ clears
		if d.whole {
			m.stale = 0
		}
		m.begun = true
		if err := p.adopt(ctx, d, m.next, emit); err != nil {
			return err
		}
		if m.stale == 0 {
			p.settled(d)
		}
		return nil
	case d.gives == givesNothing:
		return nil // wait for a clear
	}
	err := p.exchangeAll(ctx, d, h, m.old, has, emit)
	if errors.Is(err, errCannotGather) {
		d.gives = givesNothing
		return nil
	}
	if err != nil {
		return err
	}
	d.gives = givesAll
	p.settled(d)
	return p.adopt(ctx, d, m.next, emit)
}

// shown is called before a swap: the nodes send the colour that they have by d's plan.
func (p *splitter) shown(ctx context.Context, payload []byte, h *wire.ChunkHeader, emit func()) error {
	d := p.drawables[word(payload, 0)]
	if d == nil || d.move == nil || !d.move.begun || d.move.stale&clearedColor == 0 {
		return nil
	}
	return p.repair(ctx, d, h, emit)
}

// repair exchanges what is stale, of which the old plan says who has it.
func (p *splitter) repair(ctx context.Context, d *drawable, h *wire.ChunkHeader, emit func()) error {
	m := d.move
	if err := p.adopt(ctx, d, m.old, emit); err != nil {
		return err
	}
	err := p.exchangeAll(ctx, d, h, m.old, m.stale, emit)
	if errors.Is(err, errCannotGather) { // it could before
		p.settled(d)
		return p.drawWhole(ctx, "a tile's new owner", d)
	}
	if err != nil {
		return err
	}
	p.settled(d)
	return p.adopt(ctx, d, m.next, emit)
}

// adopt puts a plan in force between what was gathered and what comes.
func (p *splitter) adopt(ctx context.Context, d *drawable, plan *tilesplit.Plan, emit func()) error {
	d.plan = plan
	emit()
	if err := p.flush(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	p.stats.Moves++
	p.mu.Unlock()
	return p.tell(ctx, d)
}

// exchangeAll makes buffers of d whole on all nodes, whoever has drawn them.
func (p *splitter) exchangeAll(ctx context.Context, d *drawable, h *wire.ChunkHeader, plan *tilesplit.Plan, what cleared, emit func()) error {
	buffers := uint32(0)
	if what&clearedColor != 0 {
		buffers |= bufferColor
	}
	if what&(clearedDepth|clearedStencil) != 0 {
		buffers |= bufferDepth
	}
	return p.share(ctx, d, h, buffers, image.Rect(0, 0, plan.Width, plan.Height), emit)
}
