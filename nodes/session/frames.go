package session

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session/barrier"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
)

// frame is one swap on its way.
type frame struct {
	ordinal       uint64 // among all of the session
	drawable, xid uint32
	number        uint64
	width, height int
	plan          *tilesplit.Plan // nil: nothing to show
	began         time.Time
	app, split    time.Duration
	records       uint64
	bytes         uint64 // of its records

	picture   picture
	composite time.Duration
	// For Measure.
	splitCPU, receiveCPU time.Duration
	stale                bool // a piece of another size came: the frame is dropped, its credit is not
	learnt               bool
	parts                []part // per peer
	quiet                bool   // nobody wants the picture put together
	views                int    // displays that show it
}

// swapOf names one swap of a drawable.
type swapOf struct {
	drawable uint32
	number   uint64
	ordinal  uint64 // the frame's
}

func (f *frame) swap() swapOf { return swapOf{f.drawable, f.number, f.ordinal} }

// tiles is how many pieces a peer has to send.
func (f *frame) tiles(peer int) int {
	if f.plan == nil || f.quiet {
		return 0
	}
	return len(f.plan.Pieces(peer))
}

// part is what one peer has said of a frame.
type part struct {
	told   bool // proto.Frame came
	spared bool // the peer is not sent this swap
	pieces int  // that came
	over   bool // all pieces came
	frame  proto.Frame
	bytes  uint64
}

func rect(r image.Rectangle) proto.Rect {
	return proto.Rect{X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy()}
}

func rectangle(r proto.Rect) image.Rectangle { return image.Rect(r.X, r.Y, r.X+r.W, r.Y+r.H) }

// launch queues a frame whose swap is about to be sent.
func (s *session) launch(f *frame) error {
	if f.plan != nil && !f.quiet {
		if err := f.picture.reset(f.plan, f.width, f.height, &s.pool); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.swaps++
	f.ordinal = s.first + uint64(len(s.frames))
	s.frames = append(s.frames, f)
	s.expect(f)
	return nil
}

// owe notes that a peer is sent, later, the swap of a frame that it was spared.
func (s *session) owe(peer int, of swapOf) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of.ordinal < s.first {
		s.behind[peer] = append(s.behind[peer], of)
	} else {
		s.frames[of.ordinal-s.first].parts[peer].spared = false
	}
}

// receive takes what peers send until ctx or the hub ends.
func (s *session) receive(ctx context.Context) error {
	defer s.receiving.start(s.OnMeasure != nil)()
	for {
		m, err := s.Hub.Recv(ctx)
		switch {
		case err == nil:
		case errors.Is(err, lane.ErrPeerGone):
			if err := s.peerGone(m.Peer, err); err != nil {
				return err
			}
			continue
		case ctx.Err() != nil:
			return nil // whoever ended ctx says why
		case errors.Is(err, lane.ErrClosed) && s.over():
			s.noMore() // all peers have gone, as they should, or nothing more can be heard of them
			return nil
		default:
			return fmt.Errorf("session: receive: %w", err)
		}
		if m.Peer < 0 || m.Peer >= s.peers {
			return fmt.Errorf("%w: a message of peer %d of %d", ErrProtocol, m.Peer, s.peers)
		}
		switch m.Kind {
		case lane.KindPiece:
			err = s.piece(m.Peer, m.Payload)
		case lane.KindReply:
			err = s.reply(m.Peer, m.Payload)
		case lane.KindResults:
			err = s.told(m.Peer, m.Payload)
		case lane.KindControl:
			err = s.control(m.Peer, m.Payload)
		default:
			err = fmt.Errorf("a message of kind %d", m.Kind)
		}
		if err != nil {
			if errors.Is(err, ErrFault) || errors.Is(err, ErrStream) || errors.Is(err, ErrDisplays) {
				return err
			}
			return fmt.Errorf("%w: %s: %w", ErrProtocol, s.Names[m.Peer], err)
		}
		if m.Kind == lane.KindPiece { // put into its frame
			m.Release()
		}
		if err := s.handOver(ctx); err != nil {
			return err
		}
	}
}

func (s *session) peerGone(peer int, why error) error {
	if peer < 0 || peer >= s.peers {
		return fmt.Errorf("%w: %w", ErrNodeGone, why)
	}
	s.mu.Lock()
	s.gone[peer] = true
	ending := s.ending
	s.mu.Unlock()
	s.wake()
	if ending {
		return nil
	}
	return fmt.Errorf("%w: %s (peer %d): %w", ErrNodeGone, s.Names[peer], peer, why)
}

// over tells whether the peers were told to end.
func (s *session) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ending
}

func (s *session) control(peer int, payload []byte) error {
	c, err := proto.ParseControl(payload)
	if err != nil {
		return err
	}
	switch {
	case c.Frame != nil:
		return s.frameTold(peer, *c.Frame)
	case c.Done != nil:
		if peer == s.Lead && c.Done.GLError != 0 { // before the credit: who has waited for that finds it
			s.Source.SetGLError(c.Done.GLError)
		}
		return s.done(peer, c.Done.Count)
	case c.Fault != nil:
		return faultError(s.Names[peer], peer, c.Fault)
	case c.Notes != nil:
		for _, t := range c.Notes.Texts {
			if s.notes[peer]++; s.notes[peer] > maxNotes {
				return fmt.Errorf("more than %d notes", maxNotes)
			}
			s.once(s.Names[peer]+": "+bus.Printable(t), &s.stats.Notes)
		}
	case c.Staged != nil:
		return s.staged(peer, c.Staged)
	case c.Shown != nil:
		return s.shownBy(peer, c.Shown)
	case c.Debug != nil:
		if peer != s.Lead {
			return errors.New("debug messages of a node that does not lead")
		}
		for _, m := range c.Debug.Messages {
			s.Source.Tell(ring.Message(m))
		}
	case c.Ready != nil: // said again after the set-up, which has checked it
	default:
		return errors.New("a control message that is not for sessions")
	}
	return nil
}

// maxNotes bounds what a node can make a user read.
const maxNotes = 1000

// faultError is how a session ends when a node says that it cannot go on; of class wire.ErrCorrupt when the stream is to blame.
func faultError(name string, peer int, f *proto.Fault) error {
	err := fmt.Errorf("%s (peer %d): %s: %s", name, peer, bus.Printable(f.Class), bus.Printable(f.Text))
	if f.Class == proto.FaultCorrupt {
		err = wire.Corruptf("%v", err)
	}
	return fmt.Errorf("%w: %w", ErrFault, err)
}

// frameTold notes a peer's figures. Peers tell of every swap in order, so this is the next one of that peer.
func (s *session) frameTold(peer int, t proto.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, late := s.cursor[peer], s.behind[peer]
	for len(late) == 0 && n < s.first+uint64(len(s.frames)) && s.frames[n-s.first].parts[peer].spared {
		n++
	}
	s.cursor[peer] = n
	var f *frame
	var next swapOf
	switch {
	case len(late) > 0:
		next = late[0]
		s.behind[peer] = late[1:]
	case n >= s.first+uint64(len(s.frames)):
		return fmt.Errorf("frame %d of drawable %d, which was not asked for", t.Number, t.Drawable)
	default:
		f = s.frames[n-s.first]
		next = f.swap()
		s.cursor[peer]++
	}
	if next.drawable != t.Drawable || next.number != t.Number {
		return fmt.Errorf("frame %d of drawable %d, but frame %d of drawable %d is next", t.Number, t.Drawable, next.number, next.drawable)
	}
	if f != nil {
		if n > s.first {
			s.frames[n-s.first-1].parts[peer].over = true
		}
		p := &f.parts[peer]
		p.told, p.frame = true, t
		s.wall.barrier.Drawn(peer, barrier.Frame{Drawable: t.Drawable, Number: t.Number}, time.Now())
		p.over = f.tiles(peer) == 0
	}
	st := &s.stats.Nodes[peer]
	st.Frames++
	st.ReplayWall += time.Duration(t.ReplayWall)
	st.ReplayCPU += time.Duration(t.ReplayCPU)
	st.Readback += time.Duration(t.Readback)
	st.Records += t.Records
	st.Draws += t.Draws
	if peer == s.Lead && t.GLError != 0 { // the others say the same, maybe later
		s.Source.SetGLError(t.GLError)
	}
	if f != nil {
		s.learnFrom(f)
	}
	return nil
}

// piece puts a piece to its place, or drops it when the frame has another size by now.
func (s *session) piece(peer int, payload []byte) error {
	began := time.Now()
	h, data, err := proto.ParsePiece(payload)
	if err != nil {
		return err
	}
	s.mu.Lock()
	n := s.cursor[peer]
	var f *frame
	// The frame that the peer told of last; it cannot have left while one of its pieces was due.
	if n > s.first && n-s.first <= uint64(len(s.frames)) {
		f = s.frames[n-s.first-1]
	}
	if f != nil && !f.parts[peer].over && (f.drawable != h.Drawable || f.number != h.Frame) {
		s.mu.Unlock()
		return fmt.Errorf("a piece of frame %d of drawable %d, but pieces of frame %d of drawable %d are due", h.Frame, h.Drawable, f.number, f.drawable)
	}
	if f == nil || f.drawable != h.Drawable || f.number != h.Frame || f.parts[peer].over {
		s.stats.LatePieces++
		s.mu.Unlock()
		return nil
	}
	p := &f.parts[peer]
	p.pieces++
	p.bytes += uint64(len(payload))
	s.stats.Nodes[peer].Pieces++
	s.stats.Nodes[peer].PieceBytes += uint64(len(payload))
	if tiles := f.tiles(peer); int(h.Count) != tiles || p.pieces > tiles {
		s.mu.Unlock()
		return fmt.Errorf("frame %d: piece %d of %d, the plan gave it %d tiles", h.Frame, p.pieces, h.Count, tiles)
	}
	last := p.pieces == int(h.Count)
	stale := f.stale || f.plan == nil || h.FullW != f.width || h.FullH != f.height
	f.stale = stale
	s.mu.Unlock()

	// f is the receiver's until each part is over, so its picture needs no lock.
	if !stale {
		if err := s.owns(f, peer, h.Rect); err != nil {
			return err
		}
		if h.Codec == proto.S2 {
			if n, err := s2.DecodedLen(data); err != nil || n != h.Bytes {
				return fmt.Errorf("%w: decoded length %d, want %d (%v)", proto.ErrPiece, n, h.Bytes, err)
			}
			buf := s.pool.Get(h.Bytes)
			defer s.pool.Put(buf)
			if data, err = s2.Decode(buf, data); err != nil {
				return fmt.Errorf("%w: %w", proto.ErrPiece, err)
			}
		}
		if err := f.picture.put(peer, rectangle(h.Rect), data); err != nil {
			return fmt.Errorf("frame %d: %w", h.Frame, err)
		}
		f.composite += time.Since(began)
	}
	if last {
		s.mu.Lock()
		p.over = true
		s.mu.Unlock()
	}
	return nil
}

// owns checks that a peer sends what the plan gave it: a shifted tile must not pass for the right one.
func (s *session) owns(f *frame, peer int, r proto.Rect) error {
	for _, t := range f.plan.Pieces(peer) {
		if rect(t) == r {
			return nil
		}
	}
	return fmt.Errorf("frame %d: piece %+v is none of its tiles", f.number, r)
}

// sync notes that a sync record goes to all peers but those in spared, if any.
func (s *session) sync(spared []bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.syncs++
	for i := range s.due {
		if spared == nil || !spared[i] {
			s.due[i] = append(s.due[i], s.syncs)
		}
	}
}

// done notes that a peer has carried out so many sync records, and gives the app its credits.
func (s *session) done(peer int, count uint64) error {
	s.mu.Lock()
	n := count - s.synced[peer]
	if count < s.synced[peer] || n > uint64(len(s.due[peer])) {
		s.mu.Unlock()
		return fmt.Errorf("%d sync records are done, of %d", count, s.synced[peer]+uint64(len(s.due[peer])))
	}
	s.synced[peer], s.due[peer] = count, s.due[peer][n:]
	least := s.syncs
	for _, due := range s.due {
		if len(due) > 0 {
			least = min(least, due[0]-1)
		}
	}
	credits := uint64(0)
	if least > s.credits {
		credits = least - s.credits
		s.credits = least
	}
	s.mu.Unlock()
	for range credits {
		s.Source.FinishDone()
	}
	if credits > 0 {
		s.wake()
	}
	return nil
}

// awaits tells whether a frame is not over before a peer has told of it: one that draws a part of it or, of what nobody shows, the lead.
func (s *session) awaits(f *frame, peer int) bool {
	if f.plan == nil {
		return peer == s.Lead
	}
	return draws(f.plan, peer)
}

// draws tells whether a peer has any pixel to draw.
func draws(p *tilesplit.Plan, peer int) bool { return !p.Nodes[peer].Scissor.Empty() }

// handOver gives frames that are whole to the presenter, in order.
func (s *session) handOver(ctx context.Context) error {
	for {
		s.mu.Lock()
		if len(s.frames) == 0 {
			s.mu.Unlock()
			return nil
		}
		f := s.frames[0]
		for i := range f.parts {
			if p := &f.parts[i]; s.awaits(f, i) && (!p.told || !p.over) {
				s.mu.Unlock()
				return nil
			}
		}
		if !s.wall.barrier.Over(barrier.Frame{Drawable: f.drawable, Number: f.number}) {
			s.mu.Unlock()
			return nil
		}
		for i := range f.parts { // who has no part of it may tell of it later
			switch p := &f.parts[i]; {
			case p.spared:
				s.cursor[i] = max(s.cursor[i], f.ordinal+1)
			case !p.told:
				s.behind[i] = append(s.behind[i], f.swap())
				s.cursor[i]++
			}
		}
		f.receiveCPU = s.receiving.lap()
		s.frames[0] = nil
		s.frames = s.frames[1:]
		s.first++
		s.timeOf(f, time.Now())
		s.mu.Unlock()
		if f.plan != nil && !f.stale && !f.quiet {
			if text := f.picture.missing(); text != "" {
				return fmt.Errorf("%w: frame %d of drawable %d: nobody sent %s", ErrProtocol, f.number, f.drawable, text)
			}
		}
		select {
		case s.ready <- f: // has room for all frames in flight
		case <-ctx.Done():
			return nil
		}
	}
}

// present hands whole frames to the outputs and returns the credits.
func (s *session) present(ctx context.Context) error {
	for {
		select {
		case f := <-s.ready:
			if err := s.show(ctx, f); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *session) show(ctx context.Context, f *frame) error {
	pix := f.picture.take(&s.pool)
	shown := f.plan != nil && !f.stale
	if shown && !f.quiet {
		o := &output.Frame{Drawable: f.drawable, XID: f.xid, Number: f.number, Width: f.width, Height: f.height, Pix: pix, Tiles: f.picture.parts()}
		if s.OnFrame != nil {
			if err := s.OnFrame(o); err != nil {
				return err
			}
		}
		pix = nil // the stage's from here on
		if err := s.stage.Take(ctx, o); err != nil {
			return nil // whoever ended ctx says why
		}
	}
	if pix != nil {
		s.pool.Put(pix)
	}
	if shown && s.OnMeasure != nil {
		s.measure(f)
	}
	s.mu.Lock()
	s.stats.frame(f, shown)
	s.shown++
	s.mu.Unlock()
	<-s.slots
	s.Source.FrameDone()
	s.wake()
	return nil
}

// outputFailed sorts what an output says. A window that is gone is the app's affair; other errors are kept: the run goes on for the
// app's sake and fails at its end.
func (s *session) outputFailed(o output.Output, err error) {
	if errors.Is(err, output.ErrWindowGone) {
		s.Log.Info(err.Error())
		s.Source.SetWindowGone()
		return
	}
	s.mu.Lock()
	first := !s.failing[o.Name()]
	if first {
		s.failing[o.Name()] = true
		if s.stats.OutputError != "" {
			s.stats.OutputError += "; "
		}
		s.stats.OutputError += err.Error()
	}
	s.mu.Unlock()
	if first {
		s.Log.Error("session: output", "error", err)
	}
}
