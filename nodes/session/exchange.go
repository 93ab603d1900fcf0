package session

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// What is split can be read: before a command that reads the default framebuffer on the nodes (a copy into a texture, a blit), the
// session asks each node for what it owns of the rectangle, puts it together and gives it back to all. Then every node's own
// framebuffer holds there what one GPU's would, and the command is carried out as it stands. Drawing goes on by tiles.

// Buffers that a command reads: bits, and the numbers in prismGather and prismExchange.
const (
	bufferColor = uint32(1)
	bufferDepth = uint32(2)     // and stencil
	sampleShift = 8             // of a multisampled window's, there is the sample
	bufferAccum = uint32(4 | 8) // the accumulation buffer's halves, which go each by itself: 4 bytes a pixel
)

// exchanged are the buffers, each as one exchange takes it.
var exchanged = [...]uint32{bufferColor, bufferDepth, 4, 8}

const (
	exchangeThread = ^uint32(0) // no thread of the app's: what is staged for one must not mix with what the session sends
	exchangeReply  = uint64(1) << 63
	// exchangePixels bounds one round, so that no message comes near lane.MaxMessage.
	exchangePixels = 16 << 20
	compileOnly    = uint32(0x1300) // GL_COMPILE
)

// known is a rectangle of a buffer that every node has, as of a version of what was drawn and as one context reads it.
type known struct {
	version uint64
	ctx     uint32
	rect    image.Rectangle
}

// readsWindow tells whether what is split is read from framebuffer, and gives the drawable. Samples are not split: each node reads its own.
func (p *splitter) readsWindow(h *wire.ChunkHeader, framebuffer uint32) *drawable {
	d := p.drawables[h.Read]
	if p.peers == 1 || d == nil || d.whole || d.plan == nil || d.sampled() || framebuffer != 0 {
		return nil
	}
	return d
}

// reads makes what cmd reads whole on all nodes. In a display list it cannot be known what the list will find when it is called, so
// from the first such list on the drawables for which lists are called are drawn whole.
func (p *splitter) reads(ctx context.Context, cmd *command, payload []byte, h *wire.ChunkHeader, emit func()) error {
	if mode, compiling := p.compiling[h.Ctx]; compiling && cmd.listable {
		p.listReads = cmd.name
		if mode == compileOnly {
			return nil
		}
	}
	framebuffer := p.readFramebuffer[h.Ctx]
	if cmd.reading.framebuffer >= 0 {
		framebuffer = word(payload, cmd.reading.framebuffer)
	}
	d := p.readsWindow(h, framebuffer)
	if d == nil {
		return nil
	}
	if cmd.internalFormat >= 0 && depthFormat(word(payload, cmd.internalFormat)) {
		p.depthTextures = true
	}
	buffers := cmd.reading.buffers(payload, p.depthTextures)
	if d.depth == 0 {
		buffers &^= bufferDepth
	}
	rect := cmd.reading.rect(payload).Intersect(image.Rect(0, 0, d.width, d.height))
	return p.exchange(ctx, cmd.name, d, h, buffers, rect, emit)
}

// listCalled sees to lists that may read the window.
func (p *splitter) listCalled(ctx context.Context, h *wire.ChunkHeader, emit func()) error {
	if _, compiling := p.compiling[h.Ctx]; compiling || p.listReads == "" {
		return nil
	}
	d := p.readsWindow(h, p.readFramebuffer[h.Ctx])
	if d == nil {
		return nil
	}
	buffers := bufferColor
	if d.depth > 0 {
		buffers |= bufferDepth
	}
	if err := p.exchange(ctx, p.listReads, d, h, buffers, image.Rect(0, 0, d.width, d.height), emit); err != nil || d.whole {
		return err
	}
	p.Log.Info("session: each node draws all of a drawable, because display lists may read it", "command", p.listReads, "drawable", d.serial)
	d.makeWhole("display lists may read it: " + p.listReads)
	return p.tell(ctx, d)
}

// exchange makes a rectangle of d's buffers whole on all nodes. A multisampled window, each sample of which has to travel, is made whole once and for
// all, for what reads it once does so in each frame. Where nodes cannot give back what they hold (with some drivers samples, or the depth of a
// pbuffer), each draws all from here on.
func (p *splitter) exchange(ctx context.Context, name string, d *drawable, h *wire.ChunkHeader, buffers uint32, rect image.Rectangle, emit func()) error {
	if d.offset() && !rect.Empty() {
		return cannotHold(d, name+" reads the window on the nodes")
	}
	if d.samples > 0 && !rect.Empty() {
		buffers, rect = bufferColor, image.Rect(0, 0, d.width, d.height)
		if d.depth > 0 {
			buffers |= bufferDepth
		}
	}
	err := p.share(ctx, d, h, buffers, rect, emit)
	if errors.Is(err, errCannotGather) {
		return p.drawWhole(ctx, name, d)
	}
	if err != nil || d.samples == 0 || rect.Empty() {
		return err
	}
	p.Log.Info("session: each node draws all of a multisampled drawable, because it is read", "command", name, "drawable", d.serial)
	d.makeWhole(name + " reads a multisampled window")
	return p.tell(ctx, d)
}

// share makes a rectangle of d's buffers whole on all nodes, unless it is; or errCannotGather.
func (p *splitter) share(ctx context.Context, d *drawable, h *wire.ChunkHeader, which uint32, rect image.Rectangle, emit func()) error {
	if rect.Empty() {
		return nil
	}
	sent := false
	for i, buffer := range exchanged {
		k := known{p.version, h.Ctx, rect}
		have := &d.known[i]
		if which&buffer == 0 || have.version == k.version && have.ctx == k.ctx && rect.In(have.rect) {
			continue
		}
		if !sent {
			sent = true
			emit()
			if err := p.flush(ctx); err != nil {
				return err
			}
		}
		for sample := range max(d.samples, 1) {
			for _, band := range bandsOf(rect) {
				of := buffer | uint32(sample)<<sampleShift
				pix, err := p.gather(ctx, d, h, of, band)
				if err == nil {
					err = p.giveBack(ctx, d, h, of, band, pix)
				}
				if err != nil {
					return err
				}
			}
		}
		*have = k
	}
	return nil
}

// bandsOf cuts a rectangle into what one round takes.
func bandsOf(rect image.Rectangle) (bands []image.Rectangle) {
	rows := max(1, exchangePixels/rect.Dx())
	for y := rect.Min.Y; y < rect.Max.Y; y += rows {
		bands = append(bands, image.Rect(rect.Min.X, y, rect.Max.X, min(y+rows, rect.Max.Y)))
	}
	return bands
}

// drawWhole makes nodes draw all of d from the next record on.
func (p *splitter) drawWhole(ctx context.Context, name string, d *drawable) error {
	d.makeWhole(name + " reads what the nodes cannot give back exactly")
	p.once(fmt.Sprintf("session: %s reads what the nodes cannot give back exactly: from here on each node draws all of drawable %d; "+
		"the frame under way may be wrong where it reads", name, d.serial), &p.stats.Notes)
	return p.tell(ctx, d)
}

var errCannotGather = errors.New("session: nodes do not hold all of what was asked for")

// gather asks all nodes for their parts of a rectangle and waits: rows bottom first, 4 bytes a pixel.
func (p *splitter) gather(ctx context.Context, d *drawable, h *wire.ChunkHeader, buffer uint32, r image.Rectangle) ([]byte, error) {
	q, err := p.askParts(ctx, d, h, buffer, r)
	if err != nil {
		return nil, err
	}
	if d.sampled() {
		all, _, err := q.ofSamples(d.told, buffer, p.Lead)
		return all, err
	}
	return q.whole()
}

// whole puts the parts together, or says that they are not all of what was asked for.
func (q *question) whole() ([]byte, error) {
	area := 0
	for _, t := range q.tiles {
		area += t.Rect.W * t.Rect.H
	}
	if area != q.rect.W*q.rect.H {
		return nil, errCannotGather
	}
	return q.image()
}

// askParts asks all nodes for their parts of a rectangle of d and waits for the answers.
func (p *splitter) askParts(ctx context.Context, d *drawable, h *wire.ChunkHeader, buffer uint32, r image.Rectangle) (*question, error) {
	return p.askAll(ctx, h, gl.OpPrismGather, "prismGather", rect(r), func(b *wire.Builder) { p.place(b, d, buffer, r) })
}

// askAll asks all nodes for their parts of a rectangle by a command, whose fields ask writes, and waits for the answers.
func (p *splitter) askAll(ctx context.Context, h *wire.ChunkHeader, op gl.Op, name string, r proto.Rect, ask func(*wire.Builder)) (*question, error) {
	p.gathers++
	id := exchangeReply | p.gathers
	q := &question{id: id, name: name, answer: answerTiles, want: p.peers, from: make([]bool, p.peers), rect: r,
		reply: wire.Reply{ID: id}, done: make(chan struct{})}
	p.mu.Lock()
	p.asked[id] = q
	p.stats.Exchanges++
	p.mu.Unlock()
	b := p.chunkOf(h)
	ask(b.Ask(uint16(op), id))
	if err := p.sendOwn(ctx, b); err != nil {
		return nil, err
	}
	select {
	case <-q.done:
		return q, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *splitter) giveBack(ctx context.Context, d *drawable, h *wire.ChunkHeader, buffer uint32, r image.Rectangle, pix []byte) error {
	p.mu.Lock()
	p.stats.ExchangeBytes += uint64(len(pix))
	p.mu.Unlock()
	b := p.chunkOf(h).Data(uint16(gl.OpPrismData), pix).Record(uint16(gl.OpPrismExchange), 0)
	p.place(b, d, buffer, r).Staged(len(pix))
	return p.sendOwn(ctx, b)
}

// place writes the fields that both records begin with.
func (p *splitter) place(b *wire.Builder, d *drawable, buffer uint32, r image.Rectangle) *wire.Builder {
	return b.I32(int32(r.Min.X)).I32(int32(r.Min.Y)).U32(uint32(r.Dx())).U32(uint32(r.Dy())).U32(d.serial).U32(buffer)
}

// chunkOf begins a chunk of the session's own with the app's context.
func (p *splitter) chunkOf(h *wire.ChunkHeader) *wire.Builder {
	p.own.Reset()
	return p.own.Chunk(wire.ChunkHeader{Thread: exchangeThread, Ctx: h.Ctx, Draw: h.Draw, Read: h.Read, Seq: h.Seq})
}

// sendOwn broadcasts what stands in b, which is p.own.
func (p *splitter) sendOwn(ctx context.Context, b *wire.Builder) error {
	batch, err := b.Bytes()
	if err == nil {
		err = p.Hub.Broadcast(ctx, lane.KindBatch, batch)
	}
	if err != nil && !errors.Is(err, lane.ErrPeerGone) { // which ends the session through the receiver
		return fmt.Errorf("session: exchange: %w", err)
	}
	return nil
}

// reading says where a reads_framebuffer command has what it reads: offsets in the payload, -1 for none.
type reading struct {
	x, y, w, h     int // w, h: or the opposite corner
	corners        bool
	mask           int  // of glBlitFramebuffer
	kind           int  // of glCopyPixels
	internalFormat int  // of glCopyTexImage
	framebuffer    int  // of glBlitNamedFramebuffer; else what is bound is read
	texture        bool // copies into a texture that is there: of a format that only the nodes know
}

func newReading(info *gl.Command) *reading {
	at := func(names ...string) int {
		for _, n := range names {
			if i := info.Field(n); i >= 0 {
				return int(info.Fields[i].Offset) - wire.RecordHeaderBytes
			}
		}
		return -1
	}
	r := &reading{x: at("srcX0", "x"), y: at("srcY0", "y"), w: at("srcX1", "width"), h: at("srcY1", "height"), corners: at("srcX1") >= 0,
		mask: at("mask"), kind: at("type"), internalFormat: at("internalformat"), framebuffer: at("readFramebuffer")}
	r.texture = r.x >= 0 && r.mask < 0 && r.kind < 0 && r.internalFormat < 0
	return r
}

// word gives a u32 of the payload.
func word(payload []byte, at int) uint32 {
	if at < 0 || at+4 > len(payload) {
		return 0
	}
	return binary.LittleEndian.Uint32(payload[at:])
}

// rect bounds what is read: a pixel more on each side, which a filter or a border may reach.
func (r *reading) rect(payload []byte) image.Rectangle {
	if r.x < 0 || r.y < 0 || r.w < 0 {
		return image.Rect(0, 0, 1<<30, 1<<30)
	}
	v := func(at int) int { return int(int32(word(payload, at))) }
	x, y, w, h := v(r.x), v(r.y), v(r.w), 1
	if r.h >= 0 {
		h = v(r.h)
	}
	if r.corners {
		return image.Rect(x, y, w, h).Inset(-1)
	}
	if w < 0 || h < 0 {
		return image.Rectangle{}
	}
	return image.Rect(x-1, y-1, x+w+1, y+h+1)
}

// buffers says what is read. depthTextures: the app has textures of a depth format.
func (r *reading) buffers(payload []byte, depthTextures bool) uint32 {
	const (
		maskDepth, maskStencil, maskColor = 0x100, 0x400, 0x4000
		kindColor                         = 0x1800 // GL_COLOR; else depth, stencil or both
	)
	switch {
	case r.mask >= 0:
		b, m := uint32(0), word(payload, r.mask)
		if m&maskColor != 0 {
			b |= bufferColor
		}
		if m&(maskDepth|maskStencil) != 0 {
			b |= bufferDepth
		}
		return b
	case r.internalFormat >= 0:
		if depthFormat(word(payload, r.internalFormat)) {
			return bufferDepth
		}
	case r.kind >= 0:
		switch word(payload, r.kind) {
		case kindColor:
			return bufferColor
		case 0x1801, 0x1802, 0x84F9: // GL_DEPTH, GL_STENCIL, GL_DEPTH_STENCIL
			return bufferDepth
		}
		return 0
	case r.texture && depthTextures:
		return bufferColor | bufferDepth
	}
	return bufferColor
}

// depthFormat tells whether a texture of this internal format takes depth.
func depthFormat(f uint32) bool {
	switch f {
	case 0x1902, 0x81A5, 0x81A6, 0x81A7, 0x8CAC, 0x84F9, 0x88F0, 0x8CAD: // GL_DEPTH_COMPONENT…, GL_DEPTH_STENCIL, GL_DEPTH…_STENCIL8
		return true
	}
	return false
}
