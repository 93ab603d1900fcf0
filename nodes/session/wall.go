package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session/barrier"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit"
)

// A wall's displays are shown to by the nodes themselves: of each frame of one drawable, the first that swaps, and all at once (package barrier).
// A frame is over, and its credit the app's again, when all displays show it.

// ErrDisplays says that a wall cannot be shown any more.
var ErrDisplays = errors.New("session: wall")

// defaultShow is long: nodes give up displays that do not answer much sooner.
const defaultShow = 20 * time.Second

// wallState is the session's part of it. Guarded by session.mu, but for quiet and releases.
type wallState struct {
	barrier  barrier.Barrier
	quiet    bool            // the nodes' displays are all that shows frames
	lost     map[string]bool // displays
	releases chan release    // has room for all frames in flight
}

// release is a frame that peers may show.
type release struct {
	show  proto.Show
	peers []int
}

func (w *wallState) init(c *Config) {
	w.lost = map[string]bool{}
	w.releases = make(chan release, c.FramesInFlight+1)
	w.quiet = c.Displays != nil && c.OnFrame == nil && !slices.ContainsFunc(c.Outputs, func(o output.Output) bool {
		_, blind := o.(output.Blind)
		return !blind
	})
}

// stats gives the barrier's figures, nil if there was none.
func (w *wallState) stats() *BarrierStats {
	b := w.barrier.Stats()
	if b.Frames == 0 {
		return nil
	}
	return &BarrierStats{Frames: b.Frames, Wait: sum(b.Wait, b.WaitMax, b.Frames), Skew: sum(b.Skew, b.SkewMax, b.Frames), Lost: len(w.lost)}
}

// checkWall refuses what cannot be shown.
func (p *splitter) checkWall(plan *tilesplit.Plan) error {
	if plan.Mode != tilesplit.Wall {
		return nil
	}
	if len(plan.Hidden) > 0 {
		return fmt.Errorf("%w: %v is drawn by nobody", tilesplit.ErrPlan, plan.Hidden[0])
	}
	for _, v := range plan.Views {
		if _, ok := p.Displays[v.Display]; !ok && p.Displays != nil {
			return fmt.Errorf("%w: display %q is not known", tilesplit.ErrPlan, v.Display)
		}
	}
	return nil
}

// offset tells whether nodes hold parts of d only.
func (d *drawable) offset() bool {
	if d.plan != nil {
		for i := range d.plan.Nodes {
			if !d.plan.Nodes[i].Target.Empty() {
				return true
			}
		}
	}
	return false
}

// cannotHold is the error of what needs all of a picture on every node, of which each holds a part.
func cannotHold(d *drawable, what string) error {
	return fmt.Errorf("%w: %s, for which each node would have to hold all of drawable %d; with wall::target each holds a part (leave it out, or make it as large as the picture of %d×%d)",
		ErrDisplays, what, d.serial, d.width, d.height)
}

// fragCoord finds programs whose picture depends on where a node's framebuffer begins.
func (p *splitter) fragCoord(op gl.Op, raw []byte) {
	if op != gl.OpGlShaderSource && op != gl.OpPrismData && op != gl.OpGlCreateShaderProgramv && op != gl.OpGlProgramStringARB {
		return
	}
	if bytes.Contains(raw, []byte("gl_FragCoord")) || bytes.Contains(raw, []byte("fragment.position")) {
		p.once("session: a shader uses gl_FragCoord, which counts from the corner of what a node holds (wall::target), not of the picture's: it may draw something else", &p.stats.Notes)
	}
}

// quietBy tells whether nobody wants frames put together that are drawn by plan.
func (w *wallState) quietBy(plan *tilesplit.Plan) bool {
	return w.quiet && plan != nil && plan.Mode == tilesplit.Wall
}

// ontoWall gives the wall to the drawable that is about to swap, if no other has it.
func (p *splitter) ontoWall(ctx context.Context, payload []byte, emit func()) error {
	if p.Displays == nil || p.onWall != 0 {
		return nil
	}
	d := p.drawables[word(payload, 0)]
	if d == nil || d.plan == nil || len(d.plan.Views) == 0 {
		return nil
	}
	p.onWall = d.serial
	emit()
	if err := p.flush(ctx); err != nil {
		return err
	}
	return p.tell(ctx, d)
}

// offWall takes the wall from a drawable that is gone; what was shown last stays until another one swaps.
func (p *splitter) offWall(d *drawable) {
	if p.onWall == d.serial {
		p.onWall = 0
	}
}

// viewsOf is what a peer's displays show of d, by the plan that it is told of.
func (p *splitter) viewsOf(d *drawable, peer int) (views []proto.View) {
	if p.Displays == nil || p.onWall != d.serial {
		return nil
	}
	for _, v := range d.told.Views {
		if v.Node == peer {
			views = append(views, proto.View{Display: p.Displays[v.Display], Source: rect(v.Source), AtX: v.At.X, AtY: v.At.Y})
		}
	}
	return views
}

// expect begins the barrier of a frame. mu held; the splitter's.
func (s *session) expect(f *frame) {
	if s.Displays == nil || f.plan == nil || s.split.onWall != f.drawable {
		return
	}
	var peers []int
	for _, v := range f.plan.Views {
		f.views++
		if !slices.Contains(peers, v.Node) {
			peers = append(peers, v.Node)
		}
	}
	s.wall.barrier.Expect(barrier.Frame{Drawable: f.drawable, Number: f.number}, peers)
}

// staged notes that a peer is ready to show a frame.
func (s *session) staged(peer int, m *proto.Staged) error {
	f := barrier.Frame{Drawable: m.Drawable, Number: m.Number}
	if err := s.displaysLost(peer, f, m.Lost); err != nil {
		return err
	}
	s.mu.Lock()
	peers, err := s.wall.barrier.Staged(peer, f, time.Now())
	s.mu.Unlock()
	if err == nil && peers != nil {
		s.wall.releases <- release{proto.Show{Drawable: m.Drawable, Number: m.Number}, peers} // one for each frame in flight at most
	}
	return err
}

func (s *session) shownBy(peer int, m *proto.Shown) error {
	f := barrier.Frame{Drawable: m.Drawable, Number: m.Number}
	if err := s.displaysLost(peer, f, m.Lost); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wall.barrier.Shown(peer, f, time.Now())
}

// displaysLost tells the user of displays that show nothing any more, and ends a run that nobody sees.
func (s *session) displaysLost(peer int, of barrier.Frame, lost []proto.LostDisplay) error {
	for _, l := range lost {
		s.mu.Lock()
		if _, known := s.Displays[l.Name]; !known || s.wall.lost[l.Name] {
			s.mu.Unlock()
			return fmt.Errorf("display %q is lost, which it does not have", bus.Printable(l.Name))
		}
		s.wall.lost[l.Name] = true
		dark := false
		for _, f := range s.frames {
			if f.drawable == of.Drawable && f.number == of.Number {
				dark = s.wall.quiet && len(s.wall.lost) >= f.views
			}
		}
		s.mu.Unlock()
		text := fmt.Sprintf("%s: display %q of the wall is lost at frame %d: %s", s.Names[peer], l.Name, of.Number, bus.Printable(l.Text))
		if dark {
			return fmt.Errorf("%w: %s; nothing shows the picture any more", ErrDisplays, text)
		}
		s.once(text+"; the others go on", &s.stats.Notes)
	}
	return nil
}

// showAll lets peers show frames, and ends the session when one does not. It sends, which the receiver must not: who waits for the receiver may be who has no
// room.
func (s *session) showAll(ctx context.Context) error {
	ticker := time.NewTicker(s.ShowTimeout / 10)
	defer ticker.Stop()
	for {
		select {
		case r := <-s.wall.releases:
			b, err := json.Marshal(proto.Control{Show: &r.show})
			if err != nil {
				return fmt.Errorf("session: %w", err)
			}
			for _, peer := range r.peers {
				if err := s.Hub.Send(ctx, peer, lane.KindControl, b); err != nil && !errors.Is(err, lane.ErrPeerGone) && ctx.Err() == nil && !s.over() {
					return fmt.Errorf("session: to %s: %w", s.Names[peer], err)
				}
			}
		case now := <-ticker.C:
			s.mu.Lock()
			peer, f, late := s.wall.barrier.Overdue(now, s.ShowTimeout)
			s.mu.Unlock()
			if late {
				return fmt.Errorf("%w: %s has drawn frame %d and has not shown it for %v", ErrDisplays, s.Names[peer], f.Number, s.ShowTimeout)
			}
		case <-ctx.Done():
			return nil
		}
	}
}
