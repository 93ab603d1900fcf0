package session

import (
	"context"
	"errors"
	"image"

	"github.com/prismgl/prism/nodes/session/clears"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
)

// A tile changes its owner only where nothing is lost. Each buffer of a drawable has a plan by which its contents lie with the nodes
// (drawable.lies). A new plan comes into force at the first record of a frame that touches the drawable. What that record clears wholly
// lies by the new plan from then on; what else it touches is exchanged before, as for commands that read what is split; and what it does
// not touch stays where it is (the new plan keeps its old owner from drawing there) until something clears or touches it.

// gives says whether nodes can exchange a buffer's contents.
type gives uint8

const (
	givesUnknown gives = iota
	givesAll
	givesNothing // samples, or the depth of a pbuffer: only what is cleared can change its owner
)

// Bits of clears.Buffers, which drawable.lies is indexed by.
const (
	atColor = iota
	atDepth
	atStencil
	atAccum
	buffersOf
)

// alone are the buffers that are exchanged each by itself; depth and stencil lie together.
var alone = [...]struct {
	what   clears.Buffers
	at     int
	buffer uint32
}{{clears.Color, atColor, bufferColor}, {clears.Accum, atAccum, bufferAccum}}

// matters are the buffers of d that the app has used so far: of the others all nodes have the same.
func (p *splitter) matters(d *drawable) clears.Buffers {
	b := clears.Color
	if d.depth > 0 {
		b |= clears.Depth
	}
	if d.stencil > 0 {
		b |= clears.Stencil
	}
	if d.accum {
		b |= clears.Accum
	}
	return b & (p.clears.Used() | clears.Color)
}

// targetFor is what clears must know of a chunk's context.
func (p *splitter) targetFor(h *wire.ChunkHeader) clears.Target {
	mode, compiling := p.compiling[h.Ctx]
	return clears.Target{Drawn: p.drawFramebuffer[h.Ctx] == 0, Read: p.readFramebuffer[h.Ctx] == 0, Same: h.Draw == h.Read,
		Compiling: compiling, Only: mode == compileOnly}
}

// follow has a record followed that has a say in what clears clear. Buffers that the app uses for the first time lie by the plan in force.
func (p *splitter) follow(op gl.Op, raw []byte, h *wire.ChunkHeader) {
	if used := p.clears.Record(op, raw, h.Ctx, p.targetFor(h)); used != 0 {
		for _, d := range p.drawables {
			d.lie(used, d.plan)
		}
	}
}

// lie notes that buffers' contents lie by plan.
func (d *drawable) lie(b clears.Buffers, plan *tilesplit.Plan) {
	for i := range buffersOf {
		if b&(1<<i) != 0 {
			d.lies[i] = plan
		}
	}
}

// stale are the buffers among b whose contents lie by another plan than the one in force.
func (d *drawable) stale(b clears.Buffers) (s clears.Buffers) {
	for i := range buffersOf {
		if d.lies[i] != d.plan {
			s |= b & (1 << i)
		}
	}
	return s
}

// moveTo plans next for d, nil: that it stays as it is.
func (p *splitter) moveTo(d *drawable, next *tilesplit.Plan) {
	d.next = next
	p.watch(d)
}

// watch counts d among the moving while it has something to come.
func (p *splitter) watch(d *drawable) {
	moving := d.plan != nil && (d.next != nil || d.stale(p.matters(d)) != 0)
	if moving != d.moving {
		d.moving = moving
		if moving {
			p.moving++
		} else {
			p.moving--
		}
	}
}

// settle ends what d has to come: its contents are gone, or all nodes draw all of it.
func (p *splitter) settle(d *drawable) {
	d.next = nil
	d.lie(clears.All, d.plan)
	p.watch(d)
}

// touches says what of drawables a command may change or read.
type touches uint8

const (
	touchesDrawn touches = 1 << iota // what is drawn to, if that is the window
	touchesRead                      // what is read from
	touchesNamed                     // the window whatever is bound
	touchesAll                       // whatever tests are on
)

// moved are those that move pixels of any buffer.
var movesPixels = map[gl.Op]bool{gl.OpGlDrawPixels: true, gl.OpGlCopyPixels: true, gl.OpGlBlitFramebuffer: true, gl.OpGlBlitNamedFramebuffer: true}

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
	if movesPixels[op] || t&^touchesDrawn != 0 {
		t |= touchesAll
	}
	return t
}

// touch carries moves on before a record that touches drawables.
func (p *splitter) touch(ctx context.Context, cmd *command, op gl.Op, raw []byte, h *wire.ChunkHeader, emit func()) error {
	if mode, compiling := p.compiling[h.Ctx]; compiling && mode == compileOnly && cmd.listable {
		return nil
	}
	if d := p.drawables[h.Draw]; d != nil && d.moving &&
		(cmd.touches&touchesNamed != 0 || cmd.touches&touchesDrawn != 0 && p.drawFramebuffer[h.Ctx] == 0) {
		cleared, others := clears.Buffers(0), clears.All
		if cmd.touches&touchesAll == 0 {
			cleared, others = p.clears.Clears(op, raw, h.Ctx, p.targetFor(h))
		}
		if err := p.carryOn(ctx, d, cleared, others, h, emit); err != nil {
			return err
		}
	}
	if d := p.drawables[h.Read]; d != nil && d.moving &&
		(cmd.touches&touchesNamed != 0 || cmd.touches&touchesRead != 0 && p.readFramebuffer[h.Ctx] == 0) {
		return p.carryOn(ctx, d, 0, clears.All, h, emit)
	}
	return nil
}

// carryOn is called before a record that clears some of d's buffers wholly and may change or read others.
func (p *splitter) carryOn(ctx context.Context, d *drawable, cleared, others clears.Buffers, h *wire.ChunkHeader, emit func()) error {
	has := p.matters(d)
	cleared &= has
	others &= has
	defer p.watch(d)
	if next := d.next; next != nil {
		alike := d.alike()
		if !alike {
			can, err := p.canGive(ctx, d, h, has&^cleared, emit)
			if err != nil {
				return err
			}
			if !can {
				next = nil // wait for a clear of everything
			} else if err := p.gatherIn(ctx, d, h, others, emit); err != nil {
				return p.cannot(ctx, d, err)
			} else {
				d.lie(others, next)
			}
		}
		if next != nil {
			d.next = nil
			d.plan = next
			if alike {
				d.lie(clears.All, next)
			}
			p.mu.Lock()
			p.stats.Moves++
			p.mu.Unlock()
			if err := p.tellPlan(ctx, d, next, emit); err != nil {
				return err
			}
		}
	}
	if stale := d.stale(others); stale != 0 {
		if err := p.gatherIn(ctx, d, h, stale, emit); err != nil {
			return p.cannot(ctx, d, err)
		}
	}
	d.lie(cleared, d.plan)
	return nil
}

// canGive tells whether all that stays behind when tiles move can be exchanged later. Of what that is not known it is tried.
func (p *splitter) canGive(ctx context.Context, d *drawable, h *wire.ChunkHeader, stays clears.Buffers, emit func()) (bool, error) {
	for i, group := range [...]clears.Buffers{clears.Color, clears.Depth | clears.Stencil} {
		part := stays & group
		if part == 0 || d.gives[i] == givesAll {
			continue
		}
		if d.gives[i] == givesUnknown {
			d.gives[i] = givesAll
			err := p.gatherIn(ctx, d, h, part, emit)
			if err != nil && !errors.Is(err, errCannotGather) {
				return false, err
			}
			if err != nil {
				d.gives[i] = givesNothing
			}
		}
		if d.gives[i] == givesNothing {
			return false, nil
		}
	}
	return true, nil
}

// cannot is for nodes that could give their contents before and cannot now.
func (p *splitter) cannot(ctx context.Context, d *drawable, err error) error {
	if !errors.Is(err, errCannotGather) {
		return err
	}
	p.settle(d)
	return p.drawWhole(ctx, "a tile's new owner", d)
}

// shown is called before a swap: the nodes send the colour that they have by d's plan.
func (p *splitter) shown(ctx context.Context, payload []byte, h *wire.ChunkHeader, emit func()) error {
	d := p.drawables[word(payload, 0)]
	if d == nil || !d.moving || d.stale(clears.Color) == 0 {
		return nil
	}
	defer p.watch(d)
	if err := p.gatherIn(ctx, d, h, clears.Color, emit); err != nil {
		return p.cannot(ctx, d, err)
	}
	return nil
}

// gatherIn makes buffers of d whole on all nodes, wherever their contents lie; they lie by d's plan then, which is in force again.
func (p *splitter) gatherIn(ctx context.Context, d *drawable, h *wire.ChunkHeader, what clears.Buffers, emit func()) error {
	all := image.Rect(0, 0, d.plan.Width, d.plan.Height)
	in := d.plan // force
	under := func(plan *tilesplit.Plan) error {
		if in == plan {
			return nil
		}
		in = plan
		return p.tellPlan(ctx, d, plan, emit)
	}
	err := func() error {
		for _, one := range alone {
			if what&one.what == 0 {
				continue
			}
			if err := under(d.lies[one.at]); err != nil {
				return err
			}
			if err := p.share(ctx, d, h, one.buffer, all, emit); err != nil {
				return err
			}
			d.lie(one.what, d.plan)
		}
		if what&(clears.Depth|clears.Stencil) == 0 {
			return nil
		}
		// The two travel together.
		depth, stencil := d.lies[atDepth], d.lies[atStencil]
		if depth == stencil || d.stencil == 0 {
			if err := under(depth); err != nil {
				return err
			}
			if err := p.share(ctx, d, h, bufferDepth, all, emit); err != nil {
				return err
			}
		} else if err := p.shareApart(ctx, d, h, all, under, emit); err != nil {
			return err
		}
		d.lie(clears.Depth|clears.Stencil, d.plan)
		return nil
	}()
	return errors.Join(err, under(d.plan))
}

// shareApart makes depth and stencil whole that lie by two plans: each is asked for by its own.
func (p *splitter) shareApart(ctx context.Context, d *drawable, h *wire.ChunkHeader, all image.Rectangle, under func(*tilesplit.Plan) error, emit func()) error {
	emit()
	if err := p.flush(ctx); err != nil {
		return err
	}
	const depthBits = 3 // the upper bytes of GL_UNSIGNED_INT_24_8; the lowest is stencil's
	bands := bandsOf(all)
	pixels := make([][]byte, len(bands))
	for _, from := range []*tilesplit.Plan{d.lies[atDepth], d.lies[atStencil]} {
		if err := under(from); err != nil {
			return err
		}
		for i, band := range bands {
			pix, err := p.gather(ctx, d, h, bufferDepth, band)
			switch {
			case err != nil:
				return err
			case pixels[i] == nil:
				pixels[i] = pix
			default:
				for at := 0; at+depthBits < len(pix); at += 4 {
					pixels[i][at] = pix[at]
				}
			}
		}
	}
	if err := under(d.plan); err != nil {
		return err
	}
	for i, band := range bands {
		if err := p.giveBack(ctx, d, h, bufferDepth, band, pixels[i]); err != nil {
			return err
		}
	}
	d.known[1] = known{p.version, h.Ctx, all}
	return nil
}

// tellPlan puts a plan in force between what was gathered and what comes.
func (p *splitter) tellPlan(ctx context.Context, d *drawable, plan *tilesplit.Plan, emit func()) error {
	emit()
	if err := p.flush(ctx); err != nil {
		return err
	}
	was := d.plan
	d.plan = plan
	defer func() { d.plan = was }()
	return p.tell(ctx, d)
}
