package passes

import (
	"image"
	"slices"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/track"
)

// Draws says what draws read; track.Tracker does.
type Draws interface {
	Samples(h *wire.ChunkHeader, op uint16, raw []byte, width, height int) *track.Sampled
}

// Mode of a Tracker.
type Mode uint8

// The modes.
const (
	ReplicateAll Mode = iota // each node draws all of each pass
	Auto                     // a pass is tiled while that is of use
	Tile                     // likewise, also where images are made whole again and again because tiles move
)

var modeNames = [...]string{ReplicateAll: "replicate", Auto: "auto", Tile: "tile"}

// ParseMode reads a mode's name.
func ParseMode(name string) (Mode, bool) {
	i := slices.Index(modeNames[:], name)
	return Mode(max(i, 0)), i >= 0
}

func (m Mode) String() string { return modeNames[m] }

// Follows tells whether Before may have anything to do for a command.
func Follows(op uint16) bool { return int(op) < len(handlers) && handlers[op] != nil }

// Action is what is to be done before a record.
type Action struct {
	// Heal are images that must be made whole on all nodes, in this order.
	Heal []Heal
	// Change: what is drawn to objects by the record's context is cut from here on to Regions, one for each node; nil: to nothing.
	Change  bool
	Regions []image.Rectangle
	// Lone: the record is for Node alone, which draws alone: what it leaves is wanted nowhere else until it is healed.
	Lone bool
	Node int
	// Try: images of the context's pass (Attached) are about to lie with some nodes only for the first time; Refuse if they cannot be exchanged.
	Try bool
}

// Cut is what drawing to objects is cut to: for each node a region of a picture of so many pixels. Equal ones are one.
type Cut struct {
	Width, Height int
	Regions       []image.Rectangle
}

// Heal is one image to be made whole: each of the parts lies with one node. So do Smaller levels below the first, all of them with the same one: then there
// is one part.
type Heal struct {
	Image   *Image
	Parts   []Part
	Smaller int
}

// Work tells whether anything is to be done before the record.
func (a *Action) Work() bool { return len(a.Heal) > 0 || a.Change || a.Try }

// Tracker decides about passes and knows where images lie.
type Tracker struct {
	mode  Mode
	draws Draws
	ended func(*Pass)
	off   string // why nothing is tiled any more
	split int    // images that are
	ages  uint64 // frames so far

	contexts      map[uint32]*context
	last          *context
	lastCtx       uint32
	textures      map[uint32]*Image
	renderbuffers map[uint32]*Image
	framebuffers  map[uint32]*framebuffer
	samplers      map[uint32]*filters
	attached      uint64 // counts what changes which images are attached

	frame    []*instance // passes of the frame under way, in order
	spare    []*instance
	ordinals map[uint32]int
	wants    map[passKey]want
	cuts     map[region]*Cut
	soles    map[int]*tilesplit.Plan // by node: a plan in which it draws all
	lone     []lone                  // what nodes alone have drawn to in the last frame
	alone    bool                    // nothing else was drawn to in it
	act      Action
	images   []*Image // of the draw in hand
	now      record   // the one in hand, here so that it is not allocated each time
	window   Window

	// Shrink makes regions smaller by so many pixels on each side: wrong on purpose, for tests of verification.
	Shrink int
}

// lone is an image that a node has drawn to alone, and a plan in which it draws all.
type lone struct {
	image   *Image
	by      *tilesplit.Plan
	smaller int
}

type passKey struct {
	framebuffer uint32
	ordinal     int
}

// want is what a pass is to be drawn with, as the last frame that had it was found to need.
type want struct {
	margin margin
	reason string
}

const (
	maxObjects   = 1 << 14
	maxInstances = 4096
	maxUnits     = 192
)

// NewTracker makes one. ended, if not nil, is called with each pass of a frame at the frame's end, with the choice that it was drawn by.
func NewTracker(mode Mode, draws Draws, ended func(*Pass)) *Tracker {
	return &Tracker{mode: mode, draws: draws, ended: ended, contexts: map[uint32]*context{}, textures: map[uint32]*Image{},
		renderbuffers: map[uint32]*Image{}, framebuffers: map[uint32]*framebuffer{}, samplers: map[uint32]*filters{},
		ordinals: map[uint32]int{}, wants: map[passKey]want{}, cuts: map[region]*Cut{}, soles: map[int]*tilesplit.Plan{}, alone: true}
}

// context is what one context has bound.
type context struct {
	group               uint32 // the first context of its share group
	quit                bool   // nothing of it is followed any more
	unit                int
	textures            [maxUnits]uint32 // GL_TEXTURE_2D
	other               map[bindKey]uint32
	samplers            [maxUnits]uint32
	units               int // that have been used
	renderbuffer        uint32
	draw, read          uint32
	caps                caps
	masked, depthOff    bool
	stencilOff          bool
	between             bool // 0 and 1 is what depth is cleared to
	cullBack, cullFront bool // which sides GL_CULL_FACE takes away
	clockwise           bool
	queries             int
	conditional         bool
	pass                *instance // what is drawn to now; nil: not begun
	region              region    // in force on the nodes
	cut                 *Cut      // which that is
	looked              uint64    // Tracker.attached when readable was made
	stale               bool
	readable            []*Image // what is bound and passes draw to
}

type bindKey struct {
	unit   int
	target uint32
}

// caps that keep fragments away or change them.
type caps uint32

const (
	capBlend caps = 1 << iota
	capDepth
	capStencil
	capScissor
	capCull
	capDiscard
	capOther // logic op, alpha test, sample coverage, smooth polygons, stipple
)

func capOf(c uint32) caps {
	switch c {
	case 0x0BE2:
		return capBlend
	case 0x0B71:
		return capDepth
	case 0x0B90:
		return capStencil
	case 0x0C11:
		return capScissor
	case 0x0B44:
		return capCull
	case 0x8C89:
		return capDiscard
	case 0x0BF2, 0x0BC0, 0x80A0, 0x809E, 0x8E51, 0x0B41, 0x0B42, 0x3000, 0x3001, 0x3002, 0x3003, 0x3004, 0x3005, 0x3006, 0x3007:
		return capOther
	}
	return 0
}

// region is what cuts drawing to objects in one context.
type region struct {
	plan          *tilesplit.Plan
	width, height int
	x, y          int
}

// framebuffer is an object of the app's.
type framebuffer struct {
	at      map[uint32]*Image // by attachment
	odd     string            // why it is drawn whole
	buffers []uint32          // drawn to, 0: none; nil: the first colour
	unknown bool              // which are not known
	checked uint64
	width   int
	height  int
	why     string
}

func (t *Tracker) context(ctx uint32) *context {
	if t.last != nil && t.lastCtx == ctx {
		return t.last
	}
	c := t.contexts[ctx]
	if c == nil {
		c = &context{group: ctx, other: map[bindKey]uint32{}, cullBack: true, stale: true}
		if len(t.contexts) >= maxObjects {
			t.stop("many contexts")
		} else {
			t.contexts[ctx] = c
		}
	}
	t.last, t.lastCtx = c, ctx
	return c
}

// stop has everything replicated from here on.
func (t *Tracker) stop(why string) {
	if t.off == "" {
		t.off = why
	}
}

func (t *Tracker) texture(serial uint32) *Image {
	if serial == 0 {
		return nil
	}
	i := t.textures[serial]
	if i == nil {
		if len(t.textures) >= maxObjects {
			t.stop("many textures")
			return nil
		}
		i = &Image{Texture: serial, filters: initialFilters, most: initialMost}
		t.textures[serial] = i
	}
	return i
}

func (t *Tracker) renderbuffer(serial uint32) *Image {
	if serial == 0 {
		return nil
	}
	i := t.renderbuffers[serial]
	if i == nil {
		if len(t.renderbuffers) >= maxObjects {
			t.stop("many renderbuffers")
			return nil
		}
		i = &Image{Renderbuffer: serial}
		t.renderbuffers[serial] = i
	}
	return i
}

func (t *Tracker) framebuffer(serial uint32) *framebuffer {
	if serial == 0 {
		return nil
	}
	f := t.framebuffers[serial]
	if f == nil {
		if len(t.framebuffers) >= maxObjects {
			t.stop("many framebuffer objects")
			return nil
		}
		f = &framebuffer{at: map[uint32]*Image{}}
		t.framebuffers[serial] = f
	}
	return f
}

// check looks at what is attached; why is set where the object is not followed.
func (t *Tracker) check(f *framebuffer) (why string) {
	if f.checked == t.attached && f.checked != 0 {
		return f.why
	}
	f.checked, f.why, f.width, f.height = t.attached, f.odd, 0, 0
	for _, i := range f.at {
		switch {
		case f.why != "":
		case !i.usable:
			f.why = "an attachment of a kind, size or format that is not followed"
		case f.width != 0 && (f.width != i.Width || f.height != i.Height):
			f.why = "attachments of several sizes"
		default:
			f.width, f.height = i.Width, i.Height
		}
	}
	if f.why == "" && f.width == 0 {
		f.why = "nothing is attached"
	}
	return f.why
}

// touched are the images that a draw to f may change; colours in the order of draw buffers.
func (f *framebuffer) touched(c *context, to []*Image) (images []*Image, colours int) {
	images = to[:0]
	switch {
	case f.unknown:
		for at, i := range f.at {
			if at >= firstColour && at < firstColour+32 {
				images = append(images, i)
			}
		}
		colours = 2 // whichever
	case f.buffers == nil:
		if i := f.at[firstColour]; i != nil {
			images, colours = append(images, i), 1
		}
	default:
		for _, b := range f.buffers {
			if i := f.at[b]; i != nil && !slices.Contains(images, i) {
				images = append(images, i)
				colours++
			}
		}
	}
	if c == nil || c.caps&(capDepth|capStencil) != 0 {
		for _, at := range []uint32{depthAttachment, stencilAttachment} {
			if i := f.at[at]; i != nil {
				images = append(images, i)
			}
		}
	}
	return images, colours
}

const (
	firstColour       = 0x8CE0 // GL_COLOR_ATTACHMENT0
	depthAttachment   = 0x8D00
	stencilAttachment = 0x8D20
	bothAttachments   = 0x821A // GL_DEPTH_STENCIL_ATTACHMENT
)

// record is one that is looked at, and the chunk that it stands in.
type record struct {
	gl.Record
	h *wire.ChunkHeader
}

// rounded reads a float that stands for a whole number.
func (r *record) rounded(at int) uint32 { return uint32(max(r.F32(at), 0)) }

// handler follows a command. c is the context that is current.
type handler func(t *Tracker, c *context, r *record, w *Window)

// Window is what a record's context draws to where no object is bound.
type Window struct {
	// Plan by which it is drawn; nil: there is none, or each node draws all of it.
	Plan *tilesplit.Plan
	// Sole: one node draws all of it, and what is drawn now is seen in pixels only: it alone has to draw, to objects, too.
	Sole bool
}

// sole gives a plan, the same each time, in which the node draws all that draws all of the window.
func (t *Tracker) sole(w *Window) *tilesplit.Plan {
	node := w.Plan.Tiles[0].Node
	p := t.soles[node]
	if p == nil {
		p = w.Plan
		t.soles[node] = p
	}
	return p
}

// Before is called with each record before it is carried out. nil: nothing is to be done. The Action is valid until the next call; Heals are taken for done.
func (t *Tracker) Before(h *wire.ChunkHeader, op uint16, raw []byte, w Window) *Action {
	f := handlers[op]
	if f == nil {
		return nil
	}
	if t.off != "" {
		if c := t.context(h.Ctx); c.quit {
			return nil
		}
	}
	t.act.Heal, t.act.Change, t.act.Regions, t.act.Try, t.act.Lone = t.act.Heal[:0], false, nil, false, false
	t.now, t.window = record{gl.RecordOf(op, raw), h}, w
	c := t.context(h.Ctx)
	if t.off != "" {
		t.quit(c)
	} else {
		f(t, c, &t.now, &t.window)
		if t.off != "" {
			t.quit(c)
		}
	}
	if !t.act.Work() && !t.act.Lone {
		return nil
	}
	return &t.act
}

// Off says why nothing is tiled any more; "": passes are followed.
func (t *Tracker) Off() string { return t.off }

// quit makes all whole that the context can name, so that nothing need be followed. The rest waits for a context that can.
func (t *Tracker) quit(c *context) {
	if c.quit {
		return
	}
	c.quit = true
	for _, list := range []map[uint32]*Image{t.textures, t.renderbuffers} {
		for _, i := range list {
			if i.group == c.group {
				t.heal(i)
			}
		}
	}
	t.cut(c, region{})
}

// Attached are the images that a context's pass draws to.
func (t *Tracker) Attached(ctx uint32) []*Image {
	if in := t.context(ctx).pass; in != nil {
		return in.images
	}
	return nil
}

// Tried says that nodes can exchange the images of the context's pass.
func (t *Tracker) Tried(ctx uint32) {
	for _, i := range t.Attached(ctx) {
		i.tried = true
	}
}

// Sole gives the node that draws a context's pass into an object alone, and the object's size; ok: there is one.
func (t *Tracker) Sole(ctx uint32) (node int, size image.Point, ok bool) {
	in := t.context(ctx).pass
	if t.off != "" || in == nil || in.sole == nil {
		return 0, size, false
	}
	return in.sole.Tiles[0].Node, image.Pt(in.width, in.height), true
}

// Alone tells whether one node alone has drawn what the last frame drew to objects, if anything.
func (t *Tracker) Alone() bool { return t.off != "" || t.alone }

// Unused tells whether there is no framebuffer object yet, so that nothing has to be done before any draw.
func (t *Tracker) Unused() bool { return t.off != "" || len(t.framebuffers) == 0 }

// Redrawn says that the nodes which have drawn the last frame's passes alone (Alone) have drawn them again, unseen by Before.
func (t *Tracker) Redrawn() {
	if t.off != "" {
		return
	}
	for _, l := range t.lone {
		t.lie(l.image, l.by, margin{})
		l.image.smaller = l.smaller
	}
}

// PartsBy cuts an image as if it lay by plan.
func (i *Image) PartsBy(plan *tilesplit.Plan) []Part {
	j := *i
	j.split = plan
	return j.Parts()
}

// Refuse takes back what Before has said of a context's pass (Try): its images are drawn to by all nodes from here on. Those which lay with some nodes before
// are to be made whole now.
func (t *Tracker) Refuse(ctx uint32, why string) []Heal {
	c := t.context(ctx)
	t.act.Heal = t.act.Heal[:0]
	for _, i := range t.Attached(ctx) {
		if !i.tried {
			t.whole(i)
		}
		t.retire(i, why)
	}
	c.region, c.cut = region{}, nil
	if c.pass != nil {
		c.pass.chosen, c.pass.sole, c.pass.choice = false, nil, Replicate(why)
	}
	return t.act.Heal
}

// heal makes an image whole.
func (t *Tracker) heal(i *Image) {
	if i == nil || i.split == nil {
		return
	}
	t.act.Heal = append(t.act.Heal, Heal{i, i.Parts(), i.smaller})
	t.whole(i)
}

// whole says that an image is.
func (t *Tracker) whole(i *Image) {
	if i.split != nil {
		i.split, i.smaller = nil, 0
		t.split--
	}
}

// anew says that all nodes write all of an image's first level. What others lack of smaller ones stays with the node that draws all of by, if it lies there.
func (t *Tracker) anew(i *Image, by *tilesplit.Plan) {
	switch {
	case i.smaller == 0:
		t.whole(i)
	case i.split != by:
		t.heal(i)
	}
}

// lie says that an image lies by plan.
func (t *Tracker) lie(i *Image, plan *tilesplit.Plan, m margin) {
	if i.split == nil {
		t.split++
	}
	i.split, i.has = plan, m
	t.act.Try = t.act.Try || !i.tried
}

// retire makes an image whole for ever, because all nodes do something with it that is not followed.
func (t *Tracker) retire(i *Image, why string) {
	if i != nil {
		i.used = true
		t.spread(i, why)
	}
}

// spread makes an image whole for ever, because of how it is read.
func (t *Tracker) spread(i *Image, why string) {
	t.heal(i)
	if i.never == "" {
		i.never = why
	}
}

// moved makes an image whole because it lies by another plan. One to which that happens often is left whole for a while.
func (t *Tracker) moved(i *Image) {
	const soon, most, rest = 8, 4, 60 // frames, times, frames
	alone := i.split.Sole()
	if t.heal(i); alone { // others draw, too, and need not do so often
		return
	}
	if t.ages-i.moved > soon {
		i.moves = 0
	}
	i.moves++
	i.moved = t.ages
	if i.moves > most && t.mode != Tile {
		i.moves, i.rests = 0, t.ages+rest
	}
}

// cut puts a region in force.
func (t *Tracker) cut(c *context, to region) {
	if c.region == to {
		return
	}
	c.region, c.cut = to, nil
	t.act.Change, t.act.Regions = true, nil
	if to.plan == nil {
		return
	}
	if c.cut = t.cuts[to]; c.cut == nil {
		const most = 256
		if len(t.cuts) >= most { // of plans that are no more
			clear(t.cuts)
		}
		c.cut = &Cut{to.width, to.height, regions(to.plan, to.width, to.height, margin{x: to.x - t.Shrink, y: to.y - t.Shrink})}
		t.cuts[to] = c.cut
	}
	t.act.Regions = c.cut.Regions
}

// Cut gives what a context's drawing to objects is cut to; nil: nothing.
func (t *Tracker) Cut(ctx uint32) *Cut { return t.context(ctx).cut }
