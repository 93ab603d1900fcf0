package passes

import (
	"slices"

	"github.com/prismgl/prism/stream/gl"
)

// readable are the textures that are bound and passes draw to.
func (t *Tracker) readable(c *context) []*Image {
	if c.stale || c.looked != t.attached {
		c.readable = c.readable[:0]
		add := func(serial uint32) {
			if i := t.textures[serial]; i != nil && i.drawn && !slices.Contains(c.readable, i) {
				c.readable = append(c.readable, i)
			}
		}
		for u := range c.units {
			add(c.textures[u])
		}
		for k, serial := range c.other {
			if k.target == texture2DMultisample {
				add(serial)
			}
		}
		c.stale, c.looked = false, t.attached
	}
	return c.readable
}

// draws follows a draw that track can look into.
func draws(t *Tracker, c *context, r *record, w *Window) {
	readable := t.readable(c)
	if c.draw == 0 && len(readable) == 0 {
		return
	}
	in := t.instanceOf(c, r.h.Ctx, w)
	in.draws++
	s := t.draws.Samples(r.h, uint16(r.Op), r.Raw, in.width, in.height)
	why, later := s.Why, s.Later
	if why == "" && c.queries > 0 {
		why, later = "fragments are counted", true
	}
	if why != "" {
		t.unknown(c, in, w, why, later)
		return
	}
	for k := range s.Reads {
		rd := &s.Reads[k]
		i := t.textures[c.textures[rd.Unit]]
		if i == nil || !i.drawn {
			continue
		}
		f := &i.filters
		if sampler := c.samplers[rd.Unit]; sampler != 0 && !rd.Fetch {
			f = t.sampler(sampler)
			if f == nil {
				f = &initialFilters
			}
		}
		p := newFootprint(rd, i, f)
		p.quads = s.Quads
		if (i.filters.base || f.base) && p.why == "" {
			p.why = "another level of it is read"
		}
		t.read(in, &p, w)
	}
	for _, i := range readable {
		if i.Multisampled && s.Multisampled {
			t.read(in, &footprint{image: i, why: "samples of it are read"}, w)
		}
	}
	if c.draw != 0 {
		covers := s.Covers && c.caps&^(capCull) == 0 && !c.masked && !c.conditional
		if covers && c.caps&capCull != 0 {
			front, back := s.Front, s.Back // by counter-clockwise
			if c.clockwise {
				front, back = back, front
			}
			covers = !(c.cullFront && front) && !(c.cullBack && back)
		}
		t.drawn(c, in, w, covers)
	}
}

// read sees to what one draw reads.
func (t *Tracker) read(in *instance, p *footprint, w *Window) {
	known := false
	for k := range in.reads {
		if in.reads[k] == *p {
			known = true
		}
	}
	for _, a := range in.images {
		if a == p.image && p.why == "" {
			p.why = "it is read while it is drawn to"
		}
	}
	if !known {
		if len(in.reads) >= maxReads {
			p.why = "it is read in many ways"
		} else {
			in.reads = append(in.reads, *p)
		}
	}
	i := p.image
	if i.split == nil {
		return
	}
	if t.isAlone(in, w) {
		t.bring(i, w)
		return
	}
	whole := in.key.framebuffer != 0 && !in.chosen || w.Plan == nil
	need := margin{why: "what reads it is drawn whole", passing: true}
	if !whole {
		need = p.needs(in.by, in.width, in.height)
	}
	switch {
	case need.whole() && !need.passing:
		t.spread(i, need.why)
	case need.whole():
		t.heal(i)
	case i.split != w.Plan:
		t.moved(i)
	case !i.has.holds(need):
		i.least.join(need)
		t.heal(i)
	}
}

const maxReads = 64

// bring makes an image whole for the node that draws alone, unless that node has all of it.
func (t *Tracker) bring(i *Image, w *Window) {
	if i.split != t.sole(w) {
		t.heal(i)
	}
}

// unknown sees to a draw that may read all that is bound and do more than draw.
func (t *Tracker) unknown(c *context, in *instance, w *Window, why string, later bool) {
	for _, i := range t.readable(c) {
		p := footprint{image: i, why: why, passing: later}
		known := false
		for k := range in.reads {
			known = known || in.reads[k] == p
		}
		if !known && len(in.reads) < maxReads {
			in.reads = append(in.reads, p)
		}
		switch {
		case i.split == nil:
		case t.isAlone(in, w):
			t.bring(i, w)
		case later:
			t.heal(i)
		default:
			t.spread(i, why)
		}
	}
	switch {
	case c.draw == 0:
	case t.isAlone(in, w):
		if in.whole == "" {
			in.whole, in.later = why, later
		}
		t.drawn(c, in, w, false)
	default:
		t.drawWhole(c, in, why, later)
	}
}

// drawWhole has a pass drawn whole, with all that it began with.
func (t *Tracker) drawWhole(c *context, in *instance, why string, later bool) {
	for _, i := range in.images {
		t.heal(i)
	}
	if in.whole == "" {
		in.whole, in.later = why, later
	}
	in.chosen, in.sole = false, nil
	in.choice = Replicate(why)
	t.cut(c, region{})
}

// drawn sees to what a draw changes. covers: it leaves nothing of what was in the first colour.
func (t *Tracker) drawn(c *context, in *instance, w *Window, covers bool) {
	f := t.framebuffer(c.draw)
	if f == nil {
		return
	}
	images, colours := f.touched(c, t.images)
	t.images = images
	covers = covers && colours == 1 && len(images) == 1
	if covers {
		in.fill(images[0])
	}
	if !in.chosen {
		t.cut(c, region{})
		for _, i := range images {
			if covers { // whole again
				t.anew(i, nil)
			}
			t.heal(i) // all that it is drawn over
		}
		return
	}
	if w.Plan == nil { // since the pass has begun
		t.drawWhole(c, in, windowWhole, true)
		return
	}
	if in.sole != nil {
		t.drawnAlone(c, in, images, covers, w)
		return
	}
	for _, i := range images {
		if i.split != nil && i.split != w.Plan && (!covers || i.smaller > 0) {
			t.moved(i)
		}
	}
	t.cut(c, region{plan: w.Plan, width: in.width, height: in.height, x: in.by.x, y: in.by.y})
	// What a pixel becomes depends on what is in all of them.
	least := in.by
	for _, i := range images {
		if i.split != nil && !covers {
			least.x, least.y = min(least.x, i.has.x), min(least.y, i.has.y)
		}
	}
	for _, i := range images {
		t.lie(i, w.Plan, least)
	}
}

// drawnAlone sees to what a draw of the one node that draws alone changes: nothing is cut for it.
func (t *Tracker) drawnAlone(c *context, in *instance, images []*Image, covers bool, w *Window) {
	if !w.Sole || in.sole != t.sole(w) { // since the pass has begun
		t.drawWhole(c, in, "one node draws alone no more", true)
		return
	}
	t.cut(c, region{})
	for _, i := range images {
		if i.split != nil && (!covers || i.smaller > 0) {
			t.bring(i, w)
		}
		t.lie(i, in.sole, margin{})
	}
}

func (in *instance) fill(i *Image) {
	for _, k := range in.filled {
		if k == i {
			return
		}
	}
	in.filled = append(in.filled, i)
}

// oddDraws are draws that are not looked into.
func oddDraws(t *Tracker, c *context, r *record, w *Window) {
	if c.draw == 0 && len(t.readable(c)) == 0 {
		return
	}
	in := t.instanceOf(c, r.h.Ctx, w)
	in.draws++
	t.unknown(c, in, w, "drawn by "+r.Cmd.Name, false)
}

// namedDraws clear an object whatever is bound.
func namedDraws(t *Tracker, c *context, r *record, _ *Window) {
	t.cut(c, region{})
	t.odd(r.U32(r.Where("framebuffer")), r.Cmd.Name)
}

// clears follow what clears what is bound.
func clears(t *Tracker, c *context, r *record, w *Window) {
	f := t.framebuffer(c.draw)
	if f == nil {
		return
	}
	in := t.instanceOf(c, r.h.Ctx, w)
	in.draws++
	if w.Plan == nil && in.chosen {
		t.drawWhole(c, in, windowWhole, true)
	}
	colour, depth, stencil, one := false, false, false, -1
	switch r.Op {
	case gl.OpGlClear:
		m := r.U32(8)
		colour, depth, stencil = m&0x4000 != 0, m&0x100 != 0, m&0x400 != 0
	default:
		switch r.U32(8) {
		case 0x1800:
			colour, one = true, r.I32(12)
		case 0x1801:
			depth = true
		case 0x1802:
			stencil = true
		case 0x84F9:
			depth, stencil = true, true
		}
	}
	whole := c.caps&(capScissor|capDiscard) == 0 && !c.conditional
	list := t.images[:0]
	gone := 0 // of list, those of which all goes
	add := func(i *Image, all bool) {
		if i == nil {
			return
		}
		list = append(list, i)
		if all {
			list[gone], list[len(list)-1] = list[len(list)-1], list[gone]
			gone++
		}
	}
	if colour {
		switch {
		case f.unknown:
			for at, i := range f.at {
				if at >= firstColour && at < firstColour+32 {
					add(i, false)
				}
			}
		case f.buffers == nil:
			if one <= 0 {
				add(f.at[firstColour], whole && !c.masked)
			}
		default:
			for k, b := range f.buffers {
				if i := f.at[b]; i != nil && (one < 0 || one == k) && !slices.Contains(list, i) {
					add(i, whole && !c.masked)
				}
			}
		}
	}
	d, s := f.at[depthAttachment], f.at[stencilAttachment]
	if d != nil && d.finer && depth && (c.between || r.Op != gl.OpGlClear) {
		const why = "it is cleared to a depth that cannot be drawn"
		if t.retire(d, why); in.chosen {
			t.drawWhole(c, in, why, false)
		}
	}
	switch {
	case d != nil && d == s: // both in one
		if depth || stencil {
			add(d, whole && depth && stencil && !c.depthOff && !c.stencilOff)
		}
	default:
		if depth && d != nil {
			add(d, whole && !c.depthOff && d.Transfer.Format == 0x1902)
		}
		if stencil {
			add(s, false)
		}
	}
	t.images = list
	for _, i := range list[:gone] {
		in.fill(i)
		t.anew(i, in.sole)
	}
	list = list[gone:]
	if in.sole != nil {
		t.drawnAlone(c, in, list, false, w)
		return
	}
	if !in.chosen {
		t.cut(c, region{})
		for _, i := range list {
			t.heal(i)
		}
		return
	}
	for _, i := range list {
		if i.split != nil && i.split != w.Plan {
			t.moved(i)
		}
	}
	t.cut(c, region{plan: w.Plan, width: in.width, height: in.height, x: in.by.x, y: in.by.y})
	for _, i := range list {
		m := in.by
		if i.split != nil {
			m.x, m.y = min(m.x, i.has.x), min(m.y, i.has.y)
		}
		if whole { // the nodes clear all of it, in the bits that are not masked
			if i.split == nil {
				continue
			}
			m = i.has
		}
		t.lie(i, w.Plan, m)
	}
}

// readsFramebuffer makes what is read from whole.
func readsFramebuffer(t *Tracker, c *context, r *record, w *Window) {
	t.odd(c.read, r.Cmd.Name)
	if r.Cmd.Class == gl.ClassDraw {
		oddDraws(t, c, r, w)
	}
}

// mipmaps makes the smaller levels of a texture. The node that draws alone does so alone, once all nodes have: levels that are new give a texture other memory,
// and framebuffer objects of other contexts than the one that makes them, prism's own among them, go on drawing to what it had (Mesa 22.3).
func (t *Tracker) mipmaps(c *context, i *Image, r *record, w *Window) {
	if i == nil {
		return
	}
	why := "it is used by " + r.Cmd.Name
	levels, known := i.below()
	if known && i.stored > 0 {
		i.made = max(i.made, levels) // they are there from the beginning
	}
	switch {
	case !i.begun:
		if t.spread(i, why); known {
			i.made = max(i.made, levels)
		}
		return
	case !known || i.made < levels && t.shared(c):
		t.retire(i, why)
		return
	case i.made < levels:
		if t.heal(i); !w.Sole {
			t.spread(i, why)
		}
		i.made = levels
		return
	case !w.Sole || !i.tried || levels == 0:
		t.spread(i, why)
		return
	}
	if i.split != nil {
		t.bring(i, w)
	}
	t.lie(i, t.sole(w), margin{})
	i.smaller = max(i.smaller, levels)
	t.act.Lone, t.act.Node = true, i.split.Tiles[0].Node
}

// shared tells whether other contexts share a context's objects.
func (t *Tracker) shared(c *context) bool {
	for _, o := range t.contexts {
		if o != c && o.group == c.group {
			return true
		}
	}
	return false
}

// copies go from what is read into the texture that is bound.
func copies(t *Tracker, c *context, r *record, _ *Window) {
	t.odd(c.read, r.Cmd.Name)
	i := t.boundTo(c, r.U32(8))
	t.retire(i, "it is used by "+r.Cmd.Name)
	if i != nil && (r.Op == gl.OpGlCopyTexImage2D || r.Op == gl.OpGlCopyTexImage1D) {
		i.usable = false
		t.attached++
	}
}

func blit(t *Tracker, c *context, r *record, w *Window) { t.blit(c, r, w, c.read, c.draw, 8) }

// blitNamed goes to an object whatever is bound.
func blitNamed(t *Tracker, c *context, r *record, w *Window) {
	read, draw := r.U32(8), r.U32(12)
	if draw == c.draw {
		t.blit(c, r, w, read, draw, 16)
		return
	}
	t.cut(c, region{})
	t.odd(read, r.Cmd.Name)
	t.odd(draw, r.Cmd.Name)
}

// blit reads as a fetch where the rectangles are the same and the pictures are of the same size.
func (t *Tracker) blit(c *context, r *record, w *Window, read, draw uint32, at int) {
	from := t.framebuffer(read)
	if from == nil && draw == 0 {
		return
	}
	in := t.instanceOf(c, r.h.Ctx, w)
	in.draws++
	if from != nil {
		same := true
		for k := range 4 {
			same = same && r.U32(at+4*k) == r.U32(at+16+4*k)
		}
		for _, i := range from.at {
			p := footprint{image: i, fetch: true}
			if !same || !i.usable || i.Width != in.width || i.Height != in.height {
				p = footprint{image: i, why: "it is copied to another place"}
			}
			t.read(in, &p, w)
		}
	}
	if draw != 0 {
		was := c.caps
		c.caps |= capDepth // whatever is tested
		t.drawn(c, in, w, false)
		c.caps = was
	}
	if from != nil && t.isAlone(in, w) {
		t.act.Lone, t.act.Node = true, w.Plan.Tiles[0].Node
	}
}
