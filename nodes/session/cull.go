package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math/bits"
	"slices"
	"sync"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/session/deal"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/bounds"
	"github.com/prismgl/prism/tilesplit/passes"
	"github.com/prismgl/prism/tilesplit/track"
)

// Culling: a draw goes only to the nodes whose tiles it can touch. tilesplit/track bounds it, tilesplit/bounds finds the nodes, and
// nodes/session/deal makes batches of each node's own in which state is held back until something needs it. What is not bounded goes to
// all. Where little is saved for a while the records go to all by broadcast, as without culling; it is tried again from time to time.

// Culling switches it on in a Config. The zero value of each member is a default.
type Culling struct {
	// Shaders analyses vertex shaders; nil: draws with programs go to all.
	Shaders *shader.Analyzer
	// MirrorBytes bounds what is kept of buffers; 0: track.DefaultMirror.
	MirrorBytes int
	// Passes says whether passes into framebuffer objects are tiled; that needs Shaders.
	Passes passes.Mode
	// Shrink makes bounds smaller by so many pixels on each side: wrong on purpose, for tests of verification.
	Shrink int
	// LeadDraws: the lead node gets all draws, for it is asked for the errors that they make.
	LeadDraws bool
	// Eager looks at once, and each time again, whether frames repeat: for tests.
	Eager bool
	// Wait has the stream wait until what was asked about programs is known, for who wants the same answers each time.
	Wait bool
}

// culler is the splitter's part of it; nil: off.
type culler struct {
	p     *splitter
	track *track.Tracker
	deal  *deal.Dealer
	all   bounds.Mask
	// dealing: records go into the dealer's batches; else to all as they come.
	dealing bool
	plan    *tilesplit.Plan
	index   *bounds.Index
	linked  []uint32            // programs to be asked about at the chunk's end
	held    map[uint32]*holding // by thread
	kept    *keptChunk          // the chunk in hand, if it is kept
	first   bool                // the node that draws alone has the chunk in hand already
	told    int                 // records that lead to the draw in hand and that the tracker has been told of already
	skip    int                 // records that have been taken already
	pass    int                 // records that have been followed already and go to all
	slots   []deal.Key
	err     error // of sending in emit
	// A node that has nothing of any window does not hold up the others: what it is sent waits, and is less by then.
	idle    []bool
	resting bool   // some were at the last frame's end
	alone   bool   // all but one: to hold state back for these costs more than it saves
	behind  int    // flushes that its batch has waited for
	urgent  bool   // it must not
	owed    []owed // by peer: the swap that it was spared last
	repeats repeating

	stop     context.CancelFunc
	analyses sync.WaitGroup

	// Of the frame under way, and of frames in which little was saved.
	draws, sent   uint64
	little, pause int
	pauses        int    // since something was saved
	toAll         uint64 // draws that were not bounded
	stats         CullingStats
	unbounded     reasons
}

const (
	littleFrames = 30  // so many frames without use end the dealing
	pauseFrames  = 240 // for so many, and each time that it was of no use again for twice as many
	mostPauses   = 2
	copyBytes    = 4 << 10  // a batch for all up to this is copied into the nodes' own
	bulkBytes    = 32 << 10 // records from this on are broadcast
	// An idle node's batch waits for so many flushes, and while it is shorter than this.
	behindFlushes = 256
	behindBytes   = 256 << 10
)

// CullingStats say what culling saved.
type CullingStats struct {
	Draws   uint64 `json:"draws"`   // of the app, that could be bounded by their command
	Bounded uint64 `json:"bounded"` // of these
	// Held: state records held back from a node; Merged: of these, never sent, because a later one came in their place.
	Held   uint64 `json:"held"`
	Merged uint64 `json:"merged"`
	// Repeated frames left what the one before had left, so that idle nodes were not sent that one.
	Repeated uint64 `json:"repeated"`
	// Nodes says of each what it got.
	Nodes []NodeDraws `json:"nodes"`
	// Unbounded says why draws went to all nodes.
	Unbounded []Unbounded `json:"unbounded"`
}

// NodeDraws counts draws that were sent to a node, and those of them that are known to touch its tiles.
type NodeDraws struct {
	Sent   uint64 `json:"sent"`
	Needed uint64 `json:"needed"`
}

// Unbounded counts draws that went to all nodes for one reason.
type Unbounded struct {
	Reason string `json:"reason"`
	Draws  uint64 `json:"draws"`
}

// newCuller makes one for p, where there is anything to cull.
func newCuller(ctx context.Context, p *splitter) *culler {
	if p.Culling == nil || p.peers < 2 || p.peers > bounds.MaxNodes {
		return nil
	}
	k := &culler{idle: make([]bool, p.peers), owed: make([]owed, p.peers), held: map[uint32]*holding{}, stats: CullingStats{Nodes: make([]NodeDraws, p.peers)}, p: p, deal: deal.New(p.peers, p.Lead), all: bounds.All(p.peers), dealing: true, unbounded: reasons{}}
	ctx, k.stop = context.WithCancel(ctx)
	var analyse track.Analyse
	if a := p.Culling.Shaders; a != nil {
		analyse = func(src shader.Source, done func(*shader.Position)) {
			k.analyses.Go(func() {
				pos, err := a.Position(ctx, src)
				if err != nil && ctx.Err() == nil {
					p.once("session: draws are not culled: "+err.Error(), &p.stats.Notes)
				}
				done(pos)
			})
		}
	}
	k.repeats.lead.Add(p.Lead)
	k.track = track.New(cmp.Or(p.Culling.MirrorBytes, track.DefaultMirror), analyse)
	if a := p.Culling.Shaders; a != nil && p.Culling.Passes != passes.ReplicateAll {
		k.track.Reads(func(vertex, fragment shader.Source, done func(*shader.Sampling)) {
			k.analyses.Go(func() {
				s, err := a.Sampling(ctx, vertex, fragment)
				if err != nil && ctx.Err() == nil {
					p.once("session: passes are not tiled: "+err.Error(), &p.stats.Notes)
				}
				done(s)
			})
		})
		if p.Culling.Wait { // it is waited for after links
			k.track.AnalyseAll()
		}
	}
	return k
}

// end waits for what k has started and hands over its figures.
func (k *culler) end() {
	if k == nil {
		return
	}
	k.stop()
	k.analyses.Wait()
	for i := range k.stats.Nodes {
		k.stats.Nodes[i].Sent += k.toAll
	}
	d := k.deal.Stats()
	k.stats.Held, k.stats.Merged = d.Held, d.Merged
	for _, why := range k.unbounded.sorted() {
		k.stats.Unbounded = append(k.stats.Unbounded, Unbounded{why, k.unbounded[why]})
	}
	k.p.mu.Lock()
	k.p.stats.Culling = &k.stats
	k.p.mu.Unlock()
}

// begin is called before a chunk's records.
func (k *culler) begin(ctx context.Context, h *wire.ChunkHeader) error {
	width, height, known := 0, 0, false
	if d := k.p.drawables[h.Draw]; d != nil {
		width, height, known = d.width, d.height, true
	}
	k.track.Context(h, width, height, known)
	k.skip, k.pass = 0, 0
	if !k.dealing {
		return nil
	}
	if err := k.repeatsIn(ctx, h); err != nil {
		return err
	}
	if k.p.effects || k.deal.Leaves(h) {
		if err := k.settle(ctx); err != nil {
			return err
		}
	}
	if k.p.effects { // from here on nodes draw all
		if err := k.releaseAll(ctx); err != nil {
			return err
		}
		k.deal.Lost()
		k.dealing = false
		return nil
	}
	k.deal.Begin(h)
	return nil
}

// record follows a record before it goes anywhere. taken: it has gone where it has to. next is what ahead has given for it, rest the chunk from
// the record on.
func (k *culler) record(ctx context.Context, cmd *command, recs *wire.Records, next *staged, rest []byte, h *wire.ChunkHeader, emit func()) (taken bool, err error) {
	op, raw := recs.Op(), recs.Raw()
	if !k.dealing {
		if k.p.Observer != nil && track.Draws(op) {
			k.observe(op, raw, h)
		}
		k.follow(op, raw, h)
		return false, nil
	}
	if k.skip > 0 {
		k.skip--
		return true, nil
	}
	if k.pass > 0 {
		k.pass--
		k.p.told = true
		return false, nil
	}
	taken, err = k.dealOut(ctx, cmd, recs, next, rest, h, emit)
	if k.repeats.learning {
		k.learn(op, raw, next, rest, h, taken)
	}
	return taken, err
}

// dealOut does that, while records are dealt.
func (k *culler) dealOut(ctx context.Context, cmd *command, recs *wire.Records, next *staged, rest []byte, h *wire.ChunkHeader, emit func()) (taken bool, err error) {
	op, raw := recs.Op(), recs.Raw()
	plain, drawn := k.track.Plain(h), track.Draws(op) || next.n > 0
	if taken, err := k.withhold(ctx, op, drawn, next, rest, h, emit); taken || err != nil {
		return taken, err
	}
	if node, lone := k.p.passes.takes(); lone {
		return true, k.give(ctx, node, op, raw, h, emit)
	}
	switch {
	case track.Draws(op):
		return k.draw(ctx, op, raw, raw, 1, h, emit)
	case next.n > 0 && k.together(h):
		if taken, err = k.draw(ctx, next.op, next.draw, rest[:next.bytes], uint32(next.n), h, emit); taken {
			k.skip = next.n - 1
		} else {
			k.pass = next.n - 1
		}
		return taken, err
	case op == uint16(gl.OpGlBegin) && plain:
		if l, n, bytes := k.track.Group(h, raw, recs.Rest()); n > 0 {
			if taken, err := k.primitives(ctx, l, rest[:bytes], uint32(n), h, emit); taken || err != nil {
				k.skip = n - 1
				return taken, err
			}
		}
	case op == uint16(gl.OpGlCallList) && plain:
		if l := k.track.List(h, word(raw, wire.RecordHeaderBytes)); l != nil {
			taken, err := k.primitives(ctx, l, raw, 1, h, emit)
			k.track.Record(h, op, raw)
			return taken, err
		}
		if k.resting && k.p.listReads == "" {
			if taken, err := k.call(ctx, raw, h, emit); taken || err != nil {
				return taken, err
			}
		}
	}
	if deal.Pure(op) && plain && !k.alone {
		emit()
		if err := k.settle(ctx); err != nil {
			return false, err
		}
		if k.deal.Record(op, raw, k.track) {
			k.follow(op, raw, h)
			return true, nil
		}
	}
	if !k.deal.Clean() && cmd.needs != needsNothing {
		if err := k.settle(ctx); err != nil {
			return false, err
		}
		if cmd.needs == needsAll {
			k.deal.Sync()
		} else {
			k.deal.Ready()
		}
	}
	if op == uint16(gl.OpPrismContextCreate) {
		k.deal.Created(word(raw, wire.RecordHeaderBytes))
	}
	k.after(op, raw, h)
	return false, nil
}

// after follows a record that goes to all, and tells the dealer what it leaves.
func (k *culler) after(op uint16, raw []byte, h *wire.ChunkHeader) {
	states, known := []track.State(nil), false
	if op == uint16(gl.OpGlCallList) {
		states, known = k.track.Called(h, word(raw, wire.RecordHeaderBytes))
	}
	k.follow(op, raw, h)
	switch {
	case known:
		for _, s := range states {
			if deal.Matters(s.Op) {
				k.deal.After(s.Op, s.Raw, k.track)
			}
		}
	case deal.Matters(op):
		k.deal.After(op, raw, k.track)
	}
}

// follow tells the tracker of a record.
func (k *culler) follow(op uint16, raw []byte, h *wire.ChunkHeader) {
	if k.told > 0 && leads(op) {
		k.told--
		return
	}
	k.track.Record(h, op, raw)
	if gl.Op(op) == gl.OpGlLinkProgram || gl.Op(op) == gl.OpGlProgramBinary {
		k.linked = append(k.linked, word(raw, wire.RecordHeaderBytes))
	}
}

// target finds the nodes for what n records draw to h's drawable, with the command cmd; all says why each node must have it, if any; bound gives the
// pixels of the picture, or why they are not known: then it goes to all nodes that have tiles.
func (k *culler) target(h *wire.ChunkHeader, n int, cmd []byte, all string, bound func(picture image.Rectangle) (image.Rectangle, string)) bounds.Mask {
	to, rect, why := k.find(h, all, bound)
	if k.p.Observer != nil {
		k.p.observeDraw(h, cmd, n, &to, rect, why, "")
	}
	if k.repeats.learning && to != k.repeats.lead {
		k.repeats.frames.Odd()
	}
	k.draws++
	k.stats.Draws++
	k.sent += uint64(to.Count())
	if why == "" {
		k.stats.Bounded++
	} else {
		k.unbounded.add(why)
	}
	if to == k.all && why != "" {
		k.toAll++
		return to
	}
	for w, word := range to {
		for ; word != 0; word &= word - 1 {
			n := &k.stats.Nodes[w<<6+bits.TrailingZeros64(word)]
			n.Sent++
			if why == "" {
				n.Needed++
			}
		}
	}
	if lead := k.p.Lead; k.p.Culling.LeadDraws && !to.Has(lead) {
		to.Add(lead)
		k.sent++
		k.stats.Nodes[lead].Sent++
	}
	return to
}

// find does that, and counts nothing.
func (k *culler) find(h *wire.ChunkHeader, all string, bound func(picture image.Rectangle) (image.Rectangle, string)) (to bounds.Mask, r image.Rectangle, why string) {
	to = k.all
	d := k.p.drawables[h.Draw]
	cut := k.p.passes.cut(h.Ctx)
	lone, size, alone := k.p.passes.drawnBy(h.Ctx)
	k.track.Objects(h, cut != nil || alone)
	switch {
	case all != "":
		why = all
	case alone:
		to = bounds.Mask{}
		to.Add(lone)
		r.Max = size
	case cut != nil:
		if r, why = bound(image.Rect(0, 0, cut.Width, cut.Height)); why == "" {
			to = k.p.passes.index(cut).Nodes(r.Inset(k.p.Culling.Shrink))
		}
	case d == nil || d.plan == nil:
		why = "no window"
	case d.whole:
		why = "a window that each node draws whole"
	default:
		if d.plan != k.plan {
			k.plan, k.index = d.plan, bounds.NewIndex(d.plan)
		}
		picture := image.Rect(0, 0, d.width, d.height)
		drawing := k.index.All()
		pixels := k.track.Pixels(h)
		if pixels && drawing.Count() == 1 { // wherever it is drawn to
			return drawing, picture, ""
		}
		if r, why = bound(picture); why == "" {
			if s := k.p.Culling.Shrink; s > 0 {
				r = r.Inset(s)
			}
			to = k.index.Nodes(r)
		} else if pixels {
			to = drawing
		}
	}
	return to, r, why
}

// onlyPixels tells whether a draw in h's context, to an object or not, goes only where its pixels are wanted.
func (k *culler) onlyPixels(h *wire.ChunkHeader) bool {
	if !k.dealing || k.p.effects {
		return false
	}
	k.track.Objects(h, true)
	return k.track.Pixels(h)
}

// ready sends all nodes what a draw that goes to all depends on.
func (k *culler) ready(ctx context.Context) error {
	if k.deal.Clean() {
		return nil
	}
	if err := k.settle(ctx); err != nil {
		return err
	}
	k.deal.Ready()
	return nil
}

// staged is a draw of the same chunk with what leads to it: n records of so many bytes, the last of which is the draw. n 0: there is none.
// open: so many records, of so many bytes, are the chunk's last and lead to what comes in the next.
type staged struct {
	n, bytes int
	open     int
	op       uint16
	draw     []byte
}

// ahead looks, where recs stands at a record that leads to a draw, for the draw; where nobody wants to know it does not.
func (k *culler) ahead(recs wire.Records, h *wire.ChunkHeader) staged {
	if k == nil || !k.dealing || k.passed() || k.p.passes == nil && !k.together(h) {
		return staged{}
	}
	return lead(recs, track.Draws)
}

// lead looks, where recs stands at a record that leads to another, for that one, if its command is one of those.
func lead(recs wire.Records, to func(op uint16) bool) staged {
	s := staged{}
	for more := true; more; more = recs.Next() {
		op, raw := recs.Op(), recs.Raw()
		s.n, s.bytes = s.n+1, s.bytes+len(raw)
		switch info := gl.At(op); {
		case info == nil || len(raw) < info.Fixed:
			return staged{}
		case to(op):
			s.op, s.draw = op, raw
			return s
		case !leads(op):
			return staged{}
		}
	}
	if recs.Err() != nil {
		return staged{}
	}
	return staged{open: s.n, bytes: s.bytes}
}

// together tells whether a draw can be dealt with its data: nothing is to come between them, and no data of another chunk waits for the draw.
func (k *culler) together(h *wire.ChunkHeader) bool {
	return k.p.moving == 0 && (k.told > 0 || !k.track.Staged(h.Thread))
}

// passed tells whether the next record has been followed already, with what came before it.
func (k *culler) passed() bool { return k != nil && (k.skip > 0 || k.pass > 0) }

// draw sends recs, n records of which the last is the draw raw and those before bring its data, to the nodes that the draw can touch, with
// what was held back for it; or leaves recs to be sent to all.
func (k *culler) draw(ctx context.Context, op uint16, raw, recs []byte, n uint32, h *wire.ChunkHeader, emit func()) (taken bool, err error) {
	held, all := k.holding(h.Thread), ""
	if n == 1 && k.told == 0 && k.track.Staged(h.Thread) { // it waits on all nodes for the draw
		all = "data of the draw that came in another chunk"
	}
	to := k.target(h, int(held.records()+n), raw, all, func(picture image.Rectangle) (image.Rectangle, string) {
		k.stage(held)
		k.stageRecords(h, recs, n-1)
		return k.track.Draw(h, op, raw, picture)
	})
	k.told = 0
	k.track.Record(h, op, raw)
	if to == k.all {
		if held != nil {
			err = k.release(ctx, held, emit)
		}
		return false, errors.Join(err, k.ready(ctx))
	}
	emit()
	if err := k.settle(ctx); err != nil {
		return false, err
	}
	if held != nil {
		for _, p := range held.pieces {
			lack := to
			if p.led {
				lack = to.Without(&k.repeats.lead)
			}
			k.deal.Draw(&lack, p.recs, p.n)
		}
		k.drop(held)
	}
	k.deal.Draw(&to, recs, n)
	return true, nil
}

// give sends a record to the node that draws alone, and to the one that is asked for errors.
func (k *culler) give(ctx context.Context, node int, op uint16, raw []byte, h *wire.ChunkHeader, emit func()) error {
	emit()
	if err := k.settle(ctx); err != nil {
		return err
	}
	to := bounds.Mask{}
	to.Add(node)
	to.Add(k.p.Lead)
	if k.repeats.learning && to != k.repeats.lead {
		k.repeats.frames.Odd()
	}
	k.deal.Draw(&to, raw, 1)
	k.follow(op, raw, h)
	return nil
}

// primitives does the same with a display list's call or glBegin … glEnd. The state in them is held for the nodes that do not get them.
func (k *culler) primitives(ctx context.Context, l *track.Primitives, recs []byte, n uint32, h *wire.ChunkHeader, emit func()) (taken bool, err error) {
	if !k.reduce(l) {
		return false, k.ready(ctx)
	}
	to := k.target(h, int(n), recs, "", func(picture image.Rectangle) (image.Rectangle, string) { return k.track.DrawPrimitives(h, l, picture) })
	if to == k.all {
		return false, k.ready(ctx)
	}
	emit()
	if err := k.settle(ctx); err != nil {
		return false, err
	}
	k.deal.Draw(&to, recs, n)
	lack := k.all.Without(&to)
	for i, s := range l.States {
		k.deal.HoldFor(&lack, k.slots[len(l.States)-1-i], s.Raw, 0, false)
	}
	return true, nil
}

// reduce leaves of l's state the last record of each slot, and notes the slots in k, the last one first. ok: all of it can be held.
func (k *culler) reduce(l *track.Primitives) (ok bool) {
	const seen = 16 // distinct slots that are looked through; of more some stay double
	k.slots = k.slots[:0]
	to := len(l.States)
	for i := len(l.States) - 1; i >= 0; i-- {
		s := l.States[i]
		key, ok := deal.Alone(s.Op, s.Raw)
		if !ok {
			return false
		}
		if slices.Contains(k.slots[:min(len(k.slots), seen)], key) {
			continue
		}
		k.slots = append(k.slots, key)
		to--
		l.States[to] = s
	}
	l.States = l.States[to:]
	return true
}

// put takes records for all nodes; false: they are to be broadcast.
func (k *culler) put(ctx context.Context, recs []byte, n uint32) bool {
	if k == nil || !k.dealing {
		return false
	}
	if k.repeats.on {
		k.deal.Only(&k.repeats.lead, recs, n)
		return true
	}
	if dealt := k.deal.BatchBytes(); (len(recs) >= bulkBytes || dealt == 0) && !k.resting {
		if dealt > 0 {
			k.err = errors.Join(k.err, k.send(ctx, false))
		}
		return false
	}
	k.deal.All(recs, n)
	return true
}

// settle sees to it that nothing waits to be broadcast before something is dealt: a little is copied to each node's batch.
func (k *culler) settle(ctx context.Context) error {
	p := k.p
	if len(p.batch) == 0 {
		return nil
	}
	if len(p.batch) <= copyBytes {
		k.deal.Whole(p.batch)
		p.batch = p.batch[:0]
		return nil
	}
	return p.broadcast(ctx)
}

// full tells whether a node's batch is to be sent.
func (k *culler) full() bool { return k != nil && k.deal.BatchBytes() >= batchBytes }

// send sends each node its batch. later: the batches of idle nodes may wait.
func (k *culler) send(ctx context.Context, later bool) error {
	if k == nil {
		return nil
	}
	err := k.err
	k.err = nil
	if err == nil && !later {
		err = k.catchUp(ctx, func() {})
	}
	if err != nil || k.deal.BatchBytes() == 0 {
		return err
	}
	if later = later && !k.urgent && k.behind < behindFlushes; later {
		k.p.findIdle(k.idle)
		k.behind++
	} else {
		k.urgent, k.behind = false, 0
	}
	for peer := range k.p.peers {
		if later && k.idle[peer] && k.deal.Pending(peer) < behindBytes {
			continue
		}
		k.pay(peer)
		if err := k.sendBatch(ctx, peer); err != nil {
			return err
		}
	}
	k.p.mu.Lock()
	k.p.stats.Batches++
	k.p.mu.Unlock()
	return nil
}

// sendBatch sends a node its batch, if it has one.
func (k *culler) sendBatch(ctx context.Context, peer int) error {
	b := k.deal.Batch(peer)
	if len(b) == 0 {
		return nil
	}
	if k.p.Observer != nil {
		k.p.Observer.Sent(peer, len(b))
	}
	if err := k.p.Hub.Send(ctx, peer, lane.KindBatch, b); err != nil && !errors.Is(err, lane.ErrPeerGone) {
		return fmt.Errorf("session: batch to %s: %w", k.p.Names[peer], err)
	}
	k.p.mu.Lock()
	k.p.stats.BatchBytes += uint64(len(b))
	k.p.mu.Unlock()
	k.deal.Clear(peer)
	return nil
}

// asks asks the lead node about programs that the chunk has linked. Nobody waits for the answers, unless Culling.Wait says so.
func (k *culler) asks(ctx context.Context, h *wire.ChunkHeader) error {
	if len(k.linked) == 0 {
		return nil
	}
	p := k.p
	if err := p.flush(ctx); err != nil {
		return err
	}
	b := p.chunkOf(h)
	var answered []chan struct{}
	for _, program := range k.linked {
		done := make(chan struct{})
		answered = append(answered, done)
		p.gathers++
		id := exchangeReply | p.gathers
		links := k.track.Links(program)
		p.mu.Lock()
		p.asked[id] = &question{id: id, name: "prismProgramInfo", answer: answerLead, want: 1, from: make([]bool, p.peers), reply: wire.Reply{ID: id},
			got: func(r *wire.Reply) {
				if it := r.Walk(); it.Next() {
					k.track.Reflect(program, links, it.Data())
				}
				close(done)
			}}
		p.mu.Unlock()
		b.Ask(uint16(gl.OpPrismProgramInfo), id).U32(program)
	}
	k.linked = k.linked[:0]
	if err := p.sendOwn(ctx, b); err != nil || !p.Culling.Wait {
		return err
	}
	for _, done := range answered {
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	k.analyses.Wait()
	return nil
}

// frame is called when a frame has been sent: dealing that saves little is left.
func (k *culler) frame() {
	if k == nil || k.p.effects {
		return
	}
	if !k.dealing {
		k.repeats.learning = false
		if k.pause--; k.pause <= 0 {
			k.dealing = true
			k.deal.Lost()
		}
		return
	}
	if k.repeats.on {
		k.goesOn()
		return
	}
	all := k.draws * uint64(k.p.peers)
	drawing := k.drawing()
	k.resting, k.alone = drawing < k.p.peers, drawing == 1
	if saved := all - k.sent; saved*50 >= all && saved > 0 || k.resting { // idle nodes get several frames at once while it lasts
		k.little, k.pauses = 0, 0
	} else if k.little++; k.little >= littleFrames && len(k.held) == 0 {
		k.little, k.pause, k.dealing = 0, pauseFrames<<k.pauses, false
		k.pauses = min(k.pauses+1, mostPauses)
		k.deal.Lost()
	}
	k.draws, k.sent = 0, 0
	k.mayRepeat()
}

// needs says what of the state that is held back a command depends on.
type needs uint8

const (
	needsAll       needs = iota
	needsDrawState       // all but uniforms of programs that are not current
	needsNothing
)

// needed says it. What is staged (prismData) is for the next record of its thread: nothing may come between, so it needs all.
func needed(info *gl.Command, op gl.Op) needs {
	switch op {
	case gl.OpPrismSwap, gl.OpPrismBufferWrite, gl.OpPrismFence, gl.OpPrismFinish, gl.OpPrismGetError, gl.OpPrismError:
		return needsNothing
	case gl.OpGlClear, gl.OpGlClearBufferfi, gl.OpGlClearBufferfv, gl.OpGlClearBufferiv, gl.OpGlClearBufferuiv:
		return needsDrawState
	}
	if info.Class == gl.ClassClient {
		return needsNothing
	}
	return needsAll
}

func (c *CullingStats) write(w io.Writer, frames uint64) {
	fmt.Fprintf(w, "culling, a frame: %d draws, of them bounded %d; state records held back %d, of them never sent %d\n",
		c.Draws/frames, c.Bounded/frames, c.Held/frames, c.Merged/frames)
	if c.Repeated > 0 {
		fmt.Fprintf(w, "  in %d frames idle nodes were sent nothing, for the next one left the same\n", c.Repeated)
	}
	for i, n := range c.Nodes {
		fmt.Fprintf(w, "  node %d: %d draws sent, %d known to be needed\n", i, n.Sent/frames, n.Needed/frames)
	}
	for _, u := range c.Unbounded {
		fmt.Fprintf(w, "  to all nodes: %d draws, because of: %s\n", u.Draws, u.Reason)
	}
}
