package passes

import (
	"fmt"
	"slices"

	"github.com/prismgl/prism/tilesplit"
)

// instance is one pass of a frame.
type instance struct {
	key           passKey // framebuffer 0: the window
	ctx           uint32
	width, height int
	images        []*Image // attached
	reads         []footprint
	filled        []*Image // all that was in them before is gone
	draws         int
	whole         string          // why it was drawn whole in this frame, "": it was cut, or might have been
	later         bool            // that need not be so in the next frame
	chosen        bool            // cut to by
	sole          *tilesplit.Plan // chosen, and one node draws all of it: a plan of that; nil: not so
	by            margin
	choice        Choice
}

// instanceOf gives the pass that a draw belongs to.
func (t *Tracker) instanceOf(c *context, ctx uint32, w *Window) *instance {
	if in := c.pass; in != nil && (c.draw != 0 || w.Plan == nil || in.width == w.Plan.Width && in.height == w.Plan.Height) {
		return in
	}
	if len(t.frame) >= maxInstances {
		t.stop("many passes without a swap")
	}
	var in *instance
	if n := len(t.spare); n == 0 {
		in = &instance{}
	} else {
		in = t.spare[n-1]
		t.spare = t.spare[:n-1]
		*in = instance{images: in.images[:0], reads: in.reads[:0], filled: in.filled[:0]}
	}
	in.ctx = ctx
	if c.draw == 0 {
		if w.Plan != nil {
			in.width, in.height = w.Plan.Width, w.Plan.Height
		}
	} else {
		in.key = passKey{c.draw, t.ordinals[c.draw]}
		t.ordinals[c.draw]++
		t.choose(c, in, w)
	}
	c.pass = in
	t.frame = append(t.frame, in)
	return in
}

const (
	moving      = "its tiles have moved often of late"
	windowWhole = "the window is not drawn by tiles"
)

// choose decides how a pass is drawn.
func (t *Tracker) choose(c *context, in *instance, w *Window) {
	f := t.framebuffer(c.draw)
	if f == nil {
		in.choice = Replicate(t.off)
		return
	}
	in.whole = t.check(f)
	in.width, in.height = f.width, f.height
	for _, i := range f.at {
		i.begun = true
		in.images = append(in.images, i)
	}
	if w.Sole && in.whole == "" && !slices.ContainsFunc(in.images, func(i *Image) bool { return i.used }) {
		in.chosen, in.sole, in.choice = true, t.sole(w), Choice{Tiled: true, Reason: "one node draws alone"}
		return
	}
	want, known := t.wants[in.key]
	switch {
	case in.whole != "":
	case w.Plan == nil:
		in.whole, in.later = windowWhole, true
	case !known:
		in.whole, in.later = "it is new, and what is read of it is not known yet", true
	case want.margin.whole():
		in.whole, in.later = want.margin.why, true
	default:
		in.chosen, in.by = true, want.margin
		for _, i := range in.images {
			if i.never != "" {
				in.whole, in.later, in.chosen = i.never, true, false
			} else if i.rests > t.ages {
				in.whole, in.later, in.chosen = moving, true, false
			}
		}
	}
	in.choice = Choice{Tiled: in.chosen, MarginX: in.by.x, MarginY: in.by.y, Reason: in.whole}
	if in.chosen {
		in.choice.Reason = want.reason
	}
}

// isAlone tells whether one node draws what a pass draws now.
func (t *Tracker) isAlone(in *instance, w *Window) bool {
	return w.Sole && (in.key.framebuffer == 0 || in.sole == t.sole(w))
}

// Choice says how a context's pass into a framebuffer object is drawn that is under way.
func (t *Tracker) Choice(ctx, framebuffer uint32) Choice {
	if in := t.context(ctx).pass; in != nil && in.key.framebuffer == framebuffer {
		return in.choice
	}
	if t.off != "" {
		return Replicate("passes are not followed since " + t.off)
	}
	return Replicate("nothing has been drawn to it yet")
}

// end is called when another framebuffer may be bound.
func (c *context) end() { c.pass = nil }

// swap ends a frame: what was read of each pass says how it is to be drawn in the next.
func (t *Tracker) swap() {
	t.ages++
	t.lone, t.alone = t.lone[:0], true
	for _, in := range t.frame {
		for _, i := range in.images {
			t.begin(i)
		}
		for k := range in.reads {
			t.begin(in.reads[k].image)
		}
		if in.key.framebuffer != 0 && in.draws > 0 {
			if in.sole == nil {
				t.alone = false
				continue
			}
			for _, i := range in.images {
				t.lone = append(t.lone, lone{i, in.sole, i.smaller})
			}
		}
	}
	for k := len(t.frame) - 1; k >= 0; k-- {
		in := t.frame[k]
		var m margin
		for _, i := range in.images {
			m.join(i.need)
			if i.never != "" {
				m.join(margin{why: i.never})
			} else if i.rests > t.ages {
				m.join(margin{why: moving, passing: true})
			}
		}
		if in.whole != "" && !in.later {
			m.join(margin{why: in.whole})
		}
		if in.key.framebuffer != 0 && !m.whole() && (m.x > in.width/maxShare || m.y > in.height/maxShare) {
			m.why = fmt.Sprintf("%d × %d pixels around are read", m.x, m.y)
		}
		if in.key.framebuffer != 0 && len(t.wants) < maxObjects {
			t.wants[in.key] = want{m, reason(m)}
		}
		for _, i := range in.images {
			if in.key.framebuffer != 0 {
				i.need = m
			}
		}
		for _, i := range in.filled {
			i.need = i.least
		}
		for k := range in.reads {
			p := &in.reads[k]
			p.image.need.join(p.needs(m, in.width, in.height))
		}
	}
	for _, in := range t.frame {
		for _, i := range in.images {
			i.before = i.need
		}
		for k := range in.reads {
			in.reads[k].image.before = in.reads[k].image.need
		}
		if t.ended != nil && in.key.framebuffer != 0 && in.draws > 0 {
			t.ended(&Pass{Context: in.ctx, Framebuffer: in.key.framebuffer, Ordinal: in.key.ordinal, Width: in.width, Height: in.height, Draws: in.draws, Choice: in.choice})
		}
		t.spare = append(t.spare, in)
	}
	t.frame = t.frame[:0]
	clear(t.ordinals)
	for _, c := range t.contexts {
		c.end()
	}
}

// begin sets what is needed of an image at a frame's end: what the next frame will, if it is like this one.
func (t *Tracker) begin(i *Image) {
	if i.seen == t.ages {
		return
	}
	i.seen = t.ages
	i.need = i.before
	if i.before.passing {
		i.need = margin{}
	}
	i.need.join(i.least)
}

func reason(m margin) string {
	if m.x == 0 && m.y == 0 {
		return "pixels that are read of it are those that are drawn"
	}
	return "pixels that are read of it lie near those that are drawn"
}
