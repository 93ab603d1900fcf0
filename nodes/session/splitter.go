package session

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session/clears"
	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
)

// splitter turns chunks into batches. It is used by one goroutine.
type splitter struct {
	*session
	batch []byte
	// chunkInHand is whose records are split now; who keeps them sets it to nil.
	chunkInHand []byte
	drawables   map[uint32]*drawable
	busy        time.Duration // spent splitting since the last swap
	splitting   threadClock
	records     uint64 // since the last swap
	bytes       uint64 // of these records
	swapped     uint64 // prismSwaps sent
	// By context: the framebuffer object that is read from, 0: the window. Not known counts as the window, which costs speed
	// and never a pixel.
	readFramebuffer, drawFramebuffer map[uint32]uint32
	compiling                        map[uint32]uint32 // by context: mode of the display list that is being compiled
	listReads                        string            // a command in a display list that reads the framebuffer, "" none
	depthTextures                    bool              // the app has made some
	effects, mayWrite                bool              // programs write buffers or images, or might: see effects.go
	version                          uint64            // counts what may have changed the contents of a default framebuffer
	gathers                          uint64
	own                              wire.Builder // of records that the session itself makes
	clears                           clears.Follower
	counting                         bool    // queries have counted fragments
	moving                           int     // drawables that do
	cull                             *culler // nil: all draws go to all
	told                             bool    // the observer knows who gets the record in hand
	onWall                           uint32  // drawable that the wall shows, 0: none yet
	passes                           *passer // nil: what is drawn to framebuffer objects is drawn whole by all
	holdsPart                        bool    // nodes hold parts of a drawable only
}

// maxDrawables bounds what an app can make the splitter keep.
const maxDrawables = 4096

// drawable is what routing needs to know of a window or pbuffer.
type drawable struct {
	serial, xid   uint32
	width, height int
	policy        tilesplit.Policy
	changed       bool                       // policy may give another plan by now
	base          *tilesplit.Plan            // as policy gave it
	plan          *tilesplit.Plan            // of the frame under way; nil: nothing to draw
	depth         int                        // bits
	frames        uint64                     // swapped so far
	samples       int                        // a pixel's, 0: one
	stencil       int                        // bits
	accum         bool                       // it has an accumulation buffer
	buffered      bool                       // it has a back buffer
	gives         [2]gives                   // colour; depth and stencil
	told          *tilesplit.Plan            // that nodes have been told of last
	next          *tilesplit.Plan            // that is to come into force; nil: none
	lies          [buffersOf]*tilesplit.Plan // by which each buffer's contents lie with the nodes
	moving        bool                       // next, or what lies by another plan than the one in force
	whole         bool                       // nodes draw everything, each sends its tiles
	wholeBecause  string                     // whole
	known         [len(exchanged)]known      // of each of them
}

func (p *splitter) init(s *session) {
	p.session, p.drawables, p.version = s, map[uint32]*drawable{}, 1
	p.readFramebuffer, p.drawFramebuffer, p.compiling = map[uint32]uint32{}, map[uint32]uint32{}, map[uint32]uint32{}
}

// splitAll sends until the source ends or enough frames were sent, and says which it was.
func (s *session) splitAll(ctx context.Context, chunks <-chan []byte) (ended string, err error) {
	p := &s.split
	defer p.splitting.start(s.OnMeasure != nil)()
	for {
		var c []byte
		var ok bool
		select {
		case c, ok = <-chunks:
		default:
			// Nothing more is ready: what was gathered must not wait.
			if err := p.flushDrawing(ctx); err != nil {
				return "", err
			}
			select {
			case c, ok = <-chunks:
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		if !ok {
			if err := p.flush(ctx); err != nil {
				return "", err
			}
			// The reader also stops when the run is over; then there is an error elsewhere.
			return "the app has ended", ctx.Err()
		}
		p.chunkInHand = c
		done, err := p.chunk(ctx, c)
		s.pool.Put(p.chunkInHand)
		p.cull.over()
		if err != nil {
			return "", err
		}
		if done {
			return fmt.Sprintf("%d frames were drawn", s.MaxFrames), p.flush(ctx)
		}
	}
}

// chunk appends the chunk to the batch, cut where plans must be applied, with the records left out that are not for nodes. done:
// MaxFrames is reached.
func (p *splitter) chunk(ctx context.Context, c []byte) (done bool, err error) {
	began := time.Now()
	defer func() { p.busy += time.Since(began) }()
	h, recs, err := wire.WalkChunk(c)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrStream, err)
	}
	if h.Thread == exchangeThread {
		return false, fmt.Errorf("%w: %w", ErrStream, wire.Corruptf("chunk %d: thread %d is not an app's", h.Seq, h.Thread))
	}
	// bad gives the place to what a record has wrong; errors of sending pass.
	bad := func(cmd *command, err error) error {
		if !errors.Is(err, wire.ErrCorrupt) {
			return err
		}
		return fmt.Errorf("%w: chunk %d: record %d: %s: %w", ErrStream, h.Seq, recs.Index(), cmd.name, err)
	}
	swaps := 0
	defer func() {
		if p.Record != nil && err == nil {
			if err = p.Record(c, swaps); err != nil {
				err = fmt.Errorf("session: record: %w", err)
			}
		}
	}()
	// Records [from, at) of the chunk are accepted and not yet in the batch; they are n.
	from, at, n := wire.ChunkHeaderBytes, wire.ChunkHeaderBytes, uint32(0)
	emit := func() {
		if n > 0 {
			h.Records, h.Bytes = n, uint32(at-from)
			if !p.cull.put(ctx, c[from:at], n) {
				p.batch = append(h.Append(p.batch), c[from:at]...)
			}
		}
		from, n = at, 0
	}
	unseen := p.drawsElsewhere(h.Ctx)
	if p.effects || p.counting {
		if err := p.keepWhole(ctx, &h, emit); err != nil {
			return false, err
		}
	}
	if p.cull != nil {
		if err := p.cull.begin(ctx, &h); err != nil {
			return false, err
		}
	}
	first, err := p.cull.sendFirst(ctx, &h, c)
	if err != nil {
		return false, err
	}
	ask := func(cmd *command) error {
		if first { // it has been
			return nil
		}
		if err := p.ask(cmd, &recs); err != nil {
			return bad(cmd, err)
		}
		return nil
	}
	for recs.Next() {
		op, raw := recs.Op(), recs.Raw()
		cmd := p.ops.at(op)
		if cmd == nil {
			return false, fmt.Errorf("%w: %w", ErrStream, wire.Corruptf("chunk %d: record %d: command %d is not known", h.Seq, recs.Index(), op))
		}
		if !cmd.fits(&recs) {
			return false, bad(cmd, wire.Corruptf("length %d and flags %#x, its fixed part has %d bytes, a reply id among them: %v", len(raw), recs.Flags(), cmd.fixed, cmd.asked))
		}
		p.records++
		p.bytes += uint64(len(raw))
		if p.Observer != nil {
			p.told = false
			p.Observer.Record(&h, gl.Op(op), raw)
		}
		if cmd.kind == kindCallsList {
			p.clears.Called(h.Ctx)
		}
		if p.moving > 0 && cmd.touches != 0 {
			if err := p.cull.catchUp(ctx, emit); err != nil {
				return false, err
			}
			if err := p.touch(ctx, cmd, gl.Op(op), raw, &h, emit); err != nil {
				return false, err
			}
		}
		next := staged{}
		if cmd.leads {
			next = p.cull.ahead(recs, &h)
		}
		repeats := false
		if p.cull.repeating() && !p.cull.passed() {
			if repeats, err = p.cull.repeated(ctx, &recs, &next, c[at:], &h, emit); err != nil {
				return false, err
			}
		}
		if p.passes != nil && (cmd.passes || next.n > 0) && !repeats && !p.cull.passed() {
			if err := p.passes.before(ctx, &recs, &next, &h, emit); err != nil {
				return false, err
			}
		}
		if cmd.follows && p.peers > 1 { // of one node nothing moves
			p.follow(gl.Op(op), raw, &h)
		}
		if op == opGet && !repeats && p.cull.asksLead(&h) {
			if err := ask(cmd); err != nil {
				return false, err
			}
			if err := p.cull.question(ctx, raw, emit); err != nil {
				return false, err
			}
			at += len(raw)
			from = at
			continue
		}
		if p.cull != nil && !repeats {
			taken, err := p.cull.record(ctx, cmd, &recs, &next, c[at:], &h, emit)
			if err != nil {
				return false, err
			}
			if taken {
				if cmd.changes > unseen {
					p.version++
				}
				at += len(raw)
				from = at
				continue
			}
		}
		if p.Observer != nil && cmd.draw && !p.told {
			p.observeUncut(&h, gl.Op(op), raw)
		}
		if p.holdsPart {
			p.fragCoord(gl.Op(op), raw)
		}
		switch cmd.kind {
		case kindPlain:
		case kindForeign:
			return false, bad(cmd, wire.Corruptf("not an app's to send"))
		case kindClient:
			emit()
			p.client(op, recs.Payload())
			at += len(raw)
			from = at
			continue
		case kindWhole, kindMayWrite:
			if err := p.writes(ctx, cmd.kind, &h, emit); err != nil {
				return false, err
			}
			emit()
			at += len(raw)
			from = at
			continue
		case kindDrawable:
			if err := p.drawable(ctx, op, recs.Payload(), emit); err != nil {
				return false, bad(cmd, err)
			}
		case kindReadsFramebuffer:
			if err := p.reads(ctx, cmd, recs.Payload(), &h, emit); err != nil {
				return false, err
			}
		case kindCallsList:
			if err := p.listCalled(ctx, &h, emit); err != nil {
				return false, err
			}
		case kindNewList:
			p.newList(h.Ctx, recs.Payload())
		case kindEndList:
			delete(p.compiling, h.Ctx)
		case kindTexture:
			p.depthTextures = p.depthTextures || depthFormat(word(recs.Payload(), cmd.internalFormat))
		case kindQuery:
			p.cull.hurry()
			if p.readsSamples(cmd, &h) {
				lent, err := p.answerSamples(ctx, recs.Payload(), &h, emit)
				if err == nil {
					err = p.ask(cmd, &recs)
				}
				if err == nil {
					at += len(raw)
					n++
					err = p.answered(ctx, lent, &h, emit)
				}
				if err != nil {
					return false, bad(cmd, err)
				}
				continue
			}
			if err := ask(cmd); err != nil {
				return false, err
			}
		case kindBindFramebuffer:
			p.bindFramebuffer(cmd, h.Ctx, recs.Payload())
			unseen = p.drawsElsewhere(h.Ctx)
		case kindResult:
			p.cull.hurry()
			if err := p.expect(ctx, op, recs.Payload(), emit); err != nil {
				return false, bad(cmd, err)
			}
		case kindDecided:
			if err := p.decide(ctx, op, recs.Payload(), emit); err != nil {
				return false, bad(cmd, err)
			}
		case kindCounts:
			if err := p.counts(ctx, word(recs.Payload(), 0), &h, emit); err != nil {
				return false, err
			}
		case kindSync:
			spared := p.cull.spared()
			p.sync(spared)
			if spared != nil { // they have drawn nothing that is to be finished
				emit()
				if err := p.cull.putBut(ctx, raw, spared); err != nil {
					return false, err
				}
				at += len(raw)
				from = at
				continue
			}
			p.cull.hurry()
		case kindSwap:
			if p.moving > 0 {
				if err := p.shown(ctx, recs.Payload(), &h, emit); err != nil {
					return false, err
				}
			}
			if err := p.ontoWall(ctx, recs.Payload(), emit); err != nil {
				return false, err
			}
			if err := p.slot(ctx, emit); err != nil {
				return false, err
			}
			spared := p.cull.spared()
			d, of, err := p.swap(op, recs.Payload(), p.busy+time.Since(began), spared)
			if err != nil {
				return false, bad(cmd, err)
			}
			p.busy, began = 0, time.Now()
			swaps++
			if spared != nil {
				emit()
				if err := p.cull.swap(ctx, raw, of, spared); err != nil {
					return false, err
				}
				at += len(raw)
				from = at
			} else {
				p.cull.swapped()
				at += len(raw)
				n++
				emit()
			}
			p.version++
			if err := p.flushDrawing(ctx); err != nil {
				return false, err
			}
			p.cull.frame()
			if p.Observer != nil {
				p.observeFrame(recs.Payload(), d)
			}
			if d != nil {
				p.nextFrame(d, d.frames)
			}
			if p.MaxFrames > 0 && p.swapped >= p.MaxFrames {
				return true, nil
			}
			continue
		}
		if cmd.changes > unseen {
			p.version++
		}
		at += len(raw)
		n++
	}
	if err := recs.Err(); err != nil {
		return false, fmt.Errorf("%w: chunk %d: %w", ErrStream, h.Seq, err)
	}
	emit()
	if p.cull != nil {
		if err := p.cull.asks(ctx, &h); err != nil {
			return false, err
		}
	}
	if h.Urgent() || len(p.batch) >= batchBytes || p.cull.full() {
		return false, p.flushDrawing(ctx)
	}
	return false, nil
}

// client handles what is not for nodes.
func (p *splitter) client(op uint16, payload []byte) {
	if op != opUnsupported || len(payload) < wire.BlobBytes {
		return
	}
	n := binary.LittleEndian.Uint32(payload)
	name := payload[wire.BlobBytes:]
	if uint64(n) < uint64(len(name)) {
		name = name[:n]
	}
	text := string(name)
	for len(text) > 0 && text[len(text)-1] == 0 {
		text = text[:len(text)-1]
	}
	p.mu.Lock()
	known := p.said["unsupported "+text]
	p.said["unsupported "+text] = true
	if !known {
		p.stats.Unsupported = append(p.stats.Unsupported, text)
	}
	p.mu.Unlock()
	if !known {
		p.Log.Warn("session: the app calls what prism does not cover; the picture may be wrong", "command", text)
	}
}

// words reads the fixed part's first n u32.
func words(payload []byte, n int) ([]uint32, error) {
	if len(payload) < 4*n {
		return nil, wire.Corruptf("a fixed part of %d bytes, want %d", len(payload), 4*n)
	}
	w := make([]uint32, n)
	for i := range w {
		w[i] = binary.LittleEndian.Uint32(payload[4*i:])
	}
	return w, nil
}

// drawable follows windows and pbuffers; a new or resized one gets its plan before the record is sent.
func (p *splitter) drawable(ctx context.Context, op uint16, payload []byte, emit func()) error {
	switch op {
	case opDrawableCreate:
		w, err := words(payload, 11)
		if err != nil {
			return err
		}
		d := &drawable{serial: w[0], xid: w[2], width: int(w[3]), height: int(w[4]), samples: int(w[6]), depth: int(w[8]),
			stencil: int(w[9]), buffered: w[10] != 0}
		if d.samples > 0 {
			d.gives = [2]gives{givesNothing, givesNothing}
		}
		if err := proto.CheckSize(w[3], w[4]); err != nil {
			return wire.Corruptf("drawable %d: %v", d.serial, err)
		}
		if p.drawables[d.serial] != nil {
			return wire.Corruptf("drawable %d is there already", d.serial)
		}
		if len(p.drawables) >= maxDrawables {
			return wire.Corruptf("drawable %d: there are %d already, which is the most", d.serial, maxDrawables)
		}
		if p.effects || p.mayWrite && d.samples > 0 {
			d.makeWhole(writingPrograms)
		}
		p.drawables[d.serial] = d
		return p.plan(ctx, d, emit)
	case opDrawableAccum:
		w, err := words(payload, 1)
		if err != nil {
			return err
		}
		d := p.drawables[w[0]]
		if d == nil {
			return wire.Corruptf("drawable %d is not known", w[0])
		}
		d.accum = true
		p.watch(d)
		return nil
	case opDrawableResize:
		w, err := words(payload, 3)
		if err != nil {
			return err
		}
		d := p.drawables[w[0]]
		if d == nil {
			return wire.Corruptf("drawable %d is not known", w[0])
		}
		if err := proto.CheckSize(w[1], w[2]); err != nil {
			return wire.Corruptf("drawable %d: %v", d.serial, err)
		}
		if d.width == int(w[1]) && d.height == int(w[2]) {
			return nil
		}
		d.width, d.height = int(w[1]), int(w[2])
		return p.plan(ctx, d, emit)
	default:
		w, err := words(payload, 1)
		if err != nil {
			return err
		}
		if d := p.drawables[w[0]]; d != nil {
			d.plan = nil
			p.settle(d)
			p.offWall(d)
		}
		p.cull.destroyed(w[0])
		delete(p.drawables, w[0])
		return nil
	}
}

// plan makes d's plan and sends each peer its part, between what was gathered and what comes.
func (p *splitter) plan(ctx context.Context, d *drawable, emit func()) error {
	d.plan, d.base = nil, nil
	if d.width > 0 && d.height > 0 {
		if err := p.lay(d); err != nil {
			return fmt.Errorf("session: plan for drawable %d: %w", d.serial, err)
		}
		d.plan = d.base.Frame(d.frames)
		if p.holdsPart = p.holdsPart || d.offset(); d.whole && d.offset() {
			return cannotHold(d, "programs write buffers or images")
		}
	}
	p.settle(d) // what it had is gone
	emit()
	if err := p.flush(ctx); err != nil {
		return err
	}
	return p.tell(ctx, d)
}

// tell sends each peer its part of d's plan.
func (p *splitter) tell(ctx context.Context, d *drawable) error {
	d.told = d.plan
	return p.tellEach(ctx, d, func(int, *proto.Plan) {})
}

// tellEach does, as change makes it.
func (p *splitter) tellEach(ctx context.Context, d *drawable, change func(peer int, pl *proto.Plan)) error {
	for peer := range p.peers {
		pl := proto.Plan{Drawable: d.serial, Width: d.width, Height: d.height, Lead: peer == p.Lead, Tiles: []proto.Rect{}}
		if d.told != nil {
			pl.Scissor = rect(d.told.Nodes[peer].Scissor)
			if d.whole {
				pl.Scissor = proto.Rect{W: d.width, H: d.height}
			}
			for _, t := range d.told.Pieces(peer) {
				pl.Tiles = append(pl.Tiles, rect(t))
			}
			if s := d.told.SampleOf(peer); s != nil {
				pl.Shift = proto.Shift{X: s.X, Y: s.Y, Offscreen: d.told.Offscreen}
			}
			if t := d.told.Nodes[peer].Target; !t.Empty() {
				pl.Target = rect(t)
			}
			pl.Views, pl.NoPieces = p.viewsOf(d, peer), p.wall.quietBy(d.told)
		}
		change(peer, &pl)
		b, err := json.Marshal(proto.Control{Plan: &pl})
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
		// A peer that is gone ends the session through the receiver, which knows why it went.
		if err := p.Hub.Send(ctx, peer, lane.KindControl, b); err != nil && !errors.Is(err, lane.ErrPeerGone) {
			return fmt.Errorf("session: plan to %s: %w", p.Names[peer], err)
		}
	}
	return nil
}

// drawsElsewhere gives the largest command.changes that leaves default framebuffers as they are: 1 while ctx draws to an object.
func (p *splitter) drawsElsewhere(ctx uint32) uint8 {
	if p.drawFramebuffer[ctx] != 0 {
		return 1
	}
	return 0
}

// newList notes that a display list is being compiled.
func (p *splitter) newList(ctx uint32, payload []byte) {
	if w, err := words(payload, 2); err == nil && w[0] != 0 {
		if _, nested := p.compiling[ctx]; !nested {
			p.compiling[ctx] = w[1]
		}
	}
}

// bindFramebuffer follows what is read from and drawn to. A command without a framebuffer field deletes some: the binding may be gone.
func (p *splitter) bindFramebuffer(cmd *command, ctx uint32, payload []byte) {
	const readTarget, drawTarget = 0x8CA8, 0x8CA9 // GL_READ_FRAMEBUFFER, GL_DRAW_FRAMEBUFFER; else both
	fb, target := uint32(0), uint32(0)
	if cmd.framebuffer >= 0 {
		if len(payload) < max(cmd.framebuffer, cmd.target)+4 {
			return
		}
		fb = binary.LittleEndian.Uint32(payload[cmd.framebuffer:])
		if cmd.target >= 0 {
			target = binary.LittleEndian.Uint32(payload[cmd.target:])
		}
	}
	if target != drawTarget {
		p.readFramebuffer[ctx] = fb
	}
	if target != readTarget {
		p.drawFramebuffer[ctx] = fb
	}
}

// slot takes a frame's slot; while none is free, what stands before the swap goes out.
func (p *splitter) slot(ctx context.Context, emit func()) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	default:
	}
	emit()
	if err := p.flushDrawing(ctx); err != nil {
		return err
	}
	began := time.Now()
	select {
	case p.slots <- struct{}{}:
		p.busy -= time.Since(began) // the wait is not work
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// swap puts a frame of d in flight, of which the peers in spared, if any, are not sent the swap; d is nil if there is no such drawable.
func (p *splitter) swap(op uint16, payload []byte, busy time.Duration, spared []bool) (d *drawable, of swapOf, err error) {
	f := &frame{began: time.Now(), split: busy, splitCPU: p.splitting.lap(), records: p.records, bytes: p.bytes, parts: make([]part, p.peers)}
	p.records, p.bytes = 0, 0
	need := 16
	if op == opSwap {
		need = 24
		p.swapped++
	}
	if len(payload) < need {
		return nil, of, wire.Corruptf("a fixed part of %d bytes, want %d", len(payload), need)
	}
	le := binary.LittleEndian
	f.drawable, f.number = le.Uint32(payload), le.Uint64(payload[8:])
	if need == 24 {
		f.app = time.Duration(min(le.Uint64(payload[16:]), uint64(time.Hour)))
	}
	if d = p.drawables[f.drawable]; d != nil {
		d.frames++
		f.xid, f.width, f.height, f.plan = d.xid, d.width, d.height, d.plan
		f.quiet = p.wall.quietBy(d.plan)
	}
	for i, is := range spared {
		f.parts[i].spared = is
	}
	err = p.launch(f)
	return d, f.swap(), err
}

// flush sends what was gathered: batches of the nodes' own, or one for all.
func (p *splitter) flush(ctx context.Context) error {
	if err := p.cull.send(ctx, false); err != nil {
		return err
	}
	return p.broadcast(ctx)
}

// flushDrawing sends what was gathered to the nodes that draw; what idle ones get may wait, for nothing follows that goes to them by another way.
func (p *splitter) flushDrawing(ctx context.Context) error {
	if len(p.batch) > 0 {
		return p.flush(ctx)
	}
	return p.cull.send(ctx, true)
}

// findIdle notes which nodes have nothing of any window. The lead node always has to answer.
func (p *splitter) findIdle(idle []bool) {
	for i := range idle {
		idle[i] = i != p.Lead
	}
	for _, d := range p.drawables {
		if d.plan == nil {
			continue
		}
		for i := range idle {
			idle[i] = idle[i] && !d.whole && !draws(d.plan, i)
		}
	}
}

// broadcast sends the batch for all.
func (p *splitter) broadcast(ctx context.Context) error {
	if len(p.batch) == 0 {
		return nil
	}
	p.mu.Lock()
	p.stats.Batches++
	p.stats.BatchBytes += uint64(len(p.batch))
	p.mu.Unlock()
	if p.Observer != nil {
		p.Observer.Sent(observe.Everyone, len(p.batch))
	}
	if err := p.Hub.Broadcast(ctx, lane.KindBatch, p.batch); err != nil && !errors.Is(err, lane.ErrPeerGone) {
		return fmt.Errorf("session: batch: %w", err)
	}
	p.batch = p.batch[:0]
	return nil
}
