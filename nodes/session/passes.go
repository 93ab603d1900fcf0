package session

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/bounds"
	"github.com/prismgl/prism/tilesplit/passes"
	"github.com/prismgl/prism/tilesplit/track"
)

// Passes into framebuffer objects: tilesplit/passes says which are tiled, and before which record an image must be made whole, because
// something reads it that is not tiled alike. Here the nodes are told (prismPass), and images exchanged (prismImageGather, prismImageExchange).

// PassStats say what became of passes.
type PassStats struct {
	Passes uint64 `json:"passes"`
	Tiled  uint64 `json:"tiled"` // of these
	// Healed: images that were made whole on all nodes; Bytes of them.
	Healed uint64 `json:"healed"`
	Bytes  uint64 `json:"bytes"`
	// Stopped says since what nothing was tiled any more.
	Stopped string `json:"stopped,omitempty"`
	// Reasons says how passes were drawn, and why.
	Reasons []PassReason `json:"reasons"`
}

// PassReason counts passes that were drawn in one way for one reason.
type PassReason struct {
	Choice string `json:"choice"`
	Passes uint64 `json:"passes"`
}

// passer is the splitter's part of it.
type passer struct {
	p       *splitter
	track   *passes.Tracker
	reasons reasons
	indexes map[*passes.Cut]*bounds.Index
	recs    wire.Records    // at the record in hand
	next    staged          // the draw that it leads to
	plan    *tilesplit.Plan // asked about last
	sole    bool            // one node draws all of it
	lone    bool            // the record in hand is for node alone
	node    int
	stats   PassStats
}

// newPasser makes one for p, where there is anything to tile.
func newPasser(p *splitter) *passer {
	if p.cull == nil || p.Culling.Shaders == nil || p.Culling.Passes == passes.ReplicateAll {
		return nil
	}
	s := &passer{p: p, reasons: reasons{}, indexes: map[*passes.Cut]*bounds.Index{}}
	s.track = passes.NewTracker(p.Culling.Passes, s, func(pass *passes.Pass) {
		s.stats.Passes++
		if pass.Choice.Tiled {
			s.stats.Tiled++
		}
		s.reasons.add(pass.Choice.String())
		if p.OnPass != nil {
			p.OnPass(pass)
		}
	})
	s.track.Shrink = p.Culling.Shrink
	return s
}

// end hands over the figures.
func (s *passer) end() {
	if s == nil {
		return
	}
	s.stats.Stopped = s.track.Off()
	for _, why := range s.reasons.sorted() {
		s.stats.Reasons = append(s.stats.Reasons, PassReason{why, s.reasons[why]})
	}
	s.p.mu.Lock()
	s.p.stats.Passes = &s.stats
	s.p.mu.Unlock()
}

// before does what must be done before a record. A draw's data may be dealt together with it, so what the draw needs is done before these: next is
// the draw then.
func (s *passer) before(ctx context.Context, recs *wire.Records, next *staged, h *wire.ChunkHeader, emit func()) error {
	p, op, raw := s.p, recs.Op(), recs.Raw()
	if next.n > 0 {
		op, raw = next.op, next.draw
	}
	var w passes.Window
	if d := p.drawables[h.Draw]; d != nil && !d.whole {
		w.Plan = d.plan
		if d.next != nil && p.drawFramebuffer[h.Ctx] != 0 { // with what the window will be drawn by
			w.Plan = d.next
		}
		if w.Plan != nil && w.Plan.Mode != tilesplit.Tiled { // shifted, or with parts that nobody draws
			w.Plan = nil
		}
	}
	s.recs, s.next = *recs, *next
	w.Sole = w.Plan != nil && s.alone(w.Plan) && p.cull.onlyPixels(h)
	a := s.track.Before(h, op, raw, w)
	if a == nil {
		return nil
	}
	if s.lone, s.node = a.Lone, a.Node; !a.Work() {
		return nil
	}
	p.cull.repeats.frames.Odd()
	emit()
	for i := range a.Heal {
		if err := s.heal(ctx, &a.Heal[i], h); err != nil {
			return err
		}
	}
	if a.Try {
		can, err := s.try(ctx, w.Plan, h)
		if err != nil {
			return err
		}
		if !can {
			for _, heal := range s.track.Refuse(h.Ctx, "nodes cannot exchange what is drawn to") {
				if err := s.heal(ctx, &heal, h); err != nil {
					return err
				}
			}
			a.Change, a.Regions = true, nil
		}
	}
	if !a.Change {
		return nil
	}
	// A chunk of its own, so that what the app's thread has staged stays for what comes next.
	b := p.chunkOf(h).Record(uint16(gl.OpPrismPass), 0).Inline(words32(a.Regions))
	chunk, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("session: pass: %w", err)
	}
	if p.cull.dealing {
		if err := p.cull.settle(ctx); err != nil {
			return err
		}
		p.cull.deal.Whole(chunk)
		return nil
	}
	p.batch = append(p.batch, chunk...)
	return nil
}

// Samples says what the draw in hand reads, of the vertices that lead to it.
func (s *passer) Samples(h *wire.ChunkHeader, op uint16, raw []byte, width, height int) *track.Sampled {
	s.p.cull.tellAhead(h, s.recs, &s.next)
	return s.p.cull.track.Samples(h, op, raw, width, height)
}

// alone tells whether one node draws all of a plan.
func (s *passer) alone(plan *tilesplit.Plan) bool {
	if plan != s.plan {
		s.plan, s.sole = plan, plan.Sole()
	}
	return s.sole
}

// drawnBy gives the node that alone draws what a context draws to an object, and the object's size; ok: there is one.
func (s *passer) drawnBy(ctx uint32) (node int, size image.Point, ok bool) {
	if s == nil || s.p.drawFramebuffer[ctx] == 0 {
		return 0, size, false
	}
	return s.track.Sole(ctx)
}

// takes gives the node that the record in hand is for alone, once; ok: there is one.
func (s *passer) takes() (node int, ok bool) {
	if s == nil || !s.lone {
		return 0, false
	}
	s.lone = false
	return s.node, true
}

// cut gives what drawing to the object is cut to that a context draws to; nil: nothing, or it draws to the window.
func (s *passer) cut(ctx uint32) *passes.Cut {
	if s == nil || s.p.drawFramebuffer[ctx] == 0 {
		return nil
	}
	return s.track.Cut(ctx)
}

// index finds the nodes for rectangles of a pass.
func (s *passer) index(cut *passes.Cut) *bounds.Index {
	x := s.indexes[cut]
	if x == nil {
		const most = 256
		if len(s.indexes) >= most {
			clear(s.indexes)
		}
		plan := tilesplit.Plan{Width: cut.Width, Height: cut.Height}
		for _, r := range cut.Regions {
			plan.Nodes = append(plan.Nodes, tilesplit.Share{Scissor: r})
		}
		x = bounds.NewIndex(&plan)
		s.indexes[cut] = x
	}
	return x
}

// division says how a pass is drawn that is under way.
func (s *passer) division(ctx, framebuffer uint32) (observe.Division, string) {
	if s == nil {
		return observe.Replicated, "passes into framebuffer objects are drawn by all nodes"
	}
	c := s.track.Choice(ctx, framebuffer)
	if c.Tiled {
		return observe.Tiled, c.Why()
	}
	return observe.Replicated, c.Why()
}

func words32(list []image.Rectangle) []byte {
	b := make([]byte, 0, 16*len(list))
	for _, r := range list {
		b = appendWords(b, r.Min.X, r.Min.Y, r.Dx(), r.Dy())
	}
	return b
}

func appendWords(b []byte, words ...int) []byte {
	for _, v := range words {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(v)))
	}
	return b
}

// try finds out whether nodes can give back what is drawn to: they are asked for it once while it is whole.
func (s *passer) try(ctx context.Context, plan *tilesplit.Plan, h *wire.ChunkHeader) (can bool, err error) {
	for _, i := range s.track.Attached(h.Ctx) {
		if n, err := s.exchange(ctx, i, 0, i.PartsBy(plan), h); n == 0 {
			return false, err
		}
	}
	s.track.Tried(h.Ctx)
	return true, nil
}

// heal makes an image whole on all nodes.
func (s *passer) heal(ctx context.Context, heal *passes.Heal, h *wire.ChunkHeader) error {
	i := heal.Image
	n, err := s.exchange(ctx, i, 0, heal.Parts, h)
	if err == nil && n == 0 {
		s.p.once(fmt.Sprintf("session: nodes do not hold all of an image of %d×%d that passes were tiled into: the frame under way may be wrong", i.Width, i.Height), &s.p.stats.Notes)
	}
	if n > 0 {
		s.stats.Healed++
	}
	s.stats.Bytes += uint64(n)
	for level := 1; level <= heal.Smaller && n > 0 && err == nil; level++ { // or as many as there are
		size := i.At(level)
		n, err = s.exchange(ctx, i, level, []passes.Part{{Node: heal.Parts[0].Node, Rect: image.Rectangle{Max: size}}}, h)
		s.stats.Bytes += uint64(n)
	}
	return err
}

// exchange has each node give its parts of an image's level and take all of it, in so many bytes; 0: they cannot.
func (s *passer) exchange(ctx context.Context, i *passes.Image, level int, list []passes.Part, h *wire.ChunkHeader) (bytes int, err error) {
	p, size := s.p, i.At(level)
	if err := p.flush(ctx); err != nil {
		return 0, err
	}
	multisampled := uint32(0)
	if i.Multisampled {
		multisampled = 1
	}
	var parts []byte
	for _, part := range list {
		parts = appendWords(parts, part.Node, part.Rect.Min.X, part.Rect.Min.Y, part.Rect.Dx(), part.Rect.Dy())
	}
	q, err := p.askAll(ctx, h, gl.OpPrismImageGather, "prismImageGather", proto.Rect{W: size.X, H: size.Y}, func(b *wire.Builder) {
		b.U32(i.Texture).U32(i.Renderbuffer).U32(uint32(level)).U32(multisampled).U32(i.Transfer.Format).U32(i.Transfer.Type).Inline(parts)
	})
	if err != nil {
		return 0, err
	}
	pix, err := q.whole()
	if errors.Is(err, errCannotGather) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	p.stats.ExchangeBytes += uint64(len(pix))
	p.mu.Unlock()
	b := p.chunkOf(h).Data(uint16(gl.OpPrismData), pix).Record(uint16(gl.OpPrismImageExchange), 0)
	b.U32(i.Texture).U32(i.Renderbuffer).U32(uint32(level)).U32(multisampled).U32(uint32(size.X)).U32(uint32(size.Y)).U32(i.Transfer.Format).U32(i.Transfer.Type).Staged(len(pix))
	return len(pix), p.sendOwn(ctx, b)
}

func (o *PassStats) write(w io.Writer, frames uint64) {
	fmt.Fprintf(w, "passes into framebuffer objects, a frame: %.1f, of them tiled %.1f; images made whole, in all: %d, %d KiB\n",
		float64(o.Passes)/float64(frames), float64(o.Tiled)/float64(frames), o.Healed, o.Bytes>>10)
	if o.Stopped != "" {
		fmt.Fprintf(w, "  none were tiled any more from here on: %s\n", o.Stopped)
	}
	for _, r := range o.Reasons {
		fmt.Fprintf(w, "  in all %d %s\n", r.Passes, r.Choice)
	}
}
