package session

import (
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/auto"
	"github.com/prismgl/prism/tilesplit/balance"
)

// Plans change at a frame's border: because a policy has learnt from what frames cost, because each frame is another node's
// (tilesplit.Interleave), or because the user has given another policy. move.go says where in the frame a new plan comes into force.

// learner is a policy that is told what frames cost; balance has some.
type learner interface {
	tilesplit.Policy
	Observe(balance.Frame) (moved bool, err error)
}

// Learns tells whether a policy is told what frames cost.
func Learns(p tilesplit.Policy) bool {
	_, ok := p.(learner)
	return ok
}

// timed is a policy that is told how long frames took: auto.Policy.
type timed interface {
	fmt.Stringer // what is in force
	Tried() []string
	ObserveTime(auto.Timing) (changed bool, err error)
}

// cost is what one frame of a drawable took: of the nodes, or, if timing is set, as the user sees it.
type cost struct {
	drawable uint32
	frame    balance.Frame
	timing   *auto.Timing
}

// maxCosts bounds what waits for the splitter, which takes all of it at each swap.
const maxCosts = 64

// learnFrom notes what a frame took that all its nodes have told of, once. mu held.
func (s *session) learnFrom(f *frame) {
	if f.learnt || f.plan == nil || f.plan.Mode != tilesplit.Tiled || f.stale || len(s.costs) >= maxCosts {
		return
	}
	seconds := make([]float64, len(f.parts))
	for i := range f.parts {
		if !f.parts[i].told && draws(f.plan, i) {
			return
		}
		if seconds[i] = float64(f.parts[i].frame.Cost) / 1e9; !f.parts[i].told {
			seconds[i] = -1 // not known, nor of any use
		}
	}
	f.learnt = true
	s.costs = append(s.costs, cost{drawable: f.drawable, frame: balance.Frame{Number: f.number, Plan: f.plan, Nodes: seconds}})
}

// timeOf notes how long a frame took that is over. mu held.
func (s *session) timeOf(f *frame, now time.Time) {
	before, ok := s.overAt[f.drawable]
	s.overAt[f.drawable] = now
	if !ok || f.plan == nil || f.stale || len(s.costs) >= maxCosts || now.Sub(before) <= 0 {
		return
	}
	t := auto.Timing{Number: f.number, Plan: f.plan, Seconds: now.Sub(before).Seconds(),
		Stages: auto.Stages{App: f.app.Seconds(), Split: f.split.Seconds(), Compose: f.composite.Seconds()}}
	for i := range f.parts {
		p := &f.parts[i].frame
		t.Stages.Nodes = max(t.Stages.Nodes, float64(p.ReplayWall+p.Readback)/1e9)
	}
	s.costs = append(s.costs, cost{drawable: f.drawable, timing: &t})
}

// newPolicy makes the policy of one drawable.
func (p *splitter) newPolicy() tilesplit.Policy {
	if p.PolicyFor != nil {
		return p.PolicyFor()
	}
	return p.Policy
}

// nextFrame is called when a frame of d has been sent: what comes now is the next one's.
func (p *splitter) nextFrame(d *drawable, sent uint64) {
	p.takeChange()
	p.mu.Lock()
	costs := p.costs
	p.costs = nil
	p.mu.Unlock()
	for _, c := range costs {
		of := p.drawables[c.drawable]
		if of == nil {
			continue
		}
		var moved bool
		var err error
		if t, ok := of.policy.(timed); ok && c.timing != nil {
			moved, err = t.ObserveTime(*c.timing)
		} else if l, ok := of.policy.(learner); ok && c.timing == nil {
			moved, err = l.Observe(c.frame)
		}
		if err != nil {
			p.once("session: "+err.Error(), &p.stats.Notes)
		}
		of.changed = of.changed || moved
	}
	if d == nil || d.plan == nil {
		return
	}
	if chooses, ok := d.policy.(timed); ok {
		if now := chooses.String(); now != p.stats.Policy { // only this goroutine writes it
			p.mu.Lock()
			p.stats.Policy, p.stats.Tried = now, chooses.Tried()
			p.mu.Unlock()
		}
	}
	if d.changed {
		d.changed = false
		if err := p.lay(d); err != nil {
			p.once("session: tiles stay as they are: "+err.Error(), &p.stats.Notes)
			return
		}
	}
	if d.base != nil {
		p.want(d, d.base.Frame(sent))
	}
}

// takeChange puts another policy in force, if the user has given one.
func (p *splitter) takeChange() {
	select {
	case c := <-p.Changes:
		p.PolicyFor = c
		for _, d := range p.drawables {
			d.policy, d.changed = nil, true
		}
	default:
	}
}

// lay asks d's policy for a plan.
func (p *splitter) lay(d *drawable) error {
	if d.policy == nil {
		d.policy = p.newPolicy()
	}
	plan, err := d.policy.Plan(d.width, d.height, p.peers)
	if err == nil {
		err = plan.Validate()
	}
	if err == nil {
		err = p.checkWall(&plan)
	}
	if err != nil {
		return err
	}
	d.base = &plan
	return nil
}

// want makes plan the one that d is to have.
func (p *splitter) want(d *drawable, plan *tilesplit.Plan) {
	switch {
	case samePlan(plan, d.plan):
		p.moveTo(d, nil)
	case p.counting && plan.Mode != tilesplit.Subpixel && boxesOverlap(plan):
	case p.peers == 1 || p.clears.Front() || !d.buffered: // what the front buffer shows would have to move, too
	default:
		p.moveTo(d, plan)
	}
}

// samePlan tells whether both give all nodes the same.
func samePlan(a, b *tilesplit.Plan) bool {
	if a == b {
		return true
	}
	return a.Width == b.Width && a.Height == b.Height && a.Mode == b.Mode && a.Offscreen == b.Offscreen && slices.Equal(a.Samples, b.Samples) && slices.EqualFunc(a.Nodes, b.Nodes, func(x, y tilesplit.Share) bool {
		return x.Scissor == y.Scissor && slices.Equal[[]image.Rectangle](x.Tiles, y.Tiles)
	})
}
