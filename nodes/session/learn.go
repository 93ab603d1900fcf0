package session

import (
	"image"
	"slices"

	"github.com/prismgl/prism/tilesplit"
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

// cost is what one frame of a drawable took.
type cost struct {
	drawable uint32
	frame    balance.Frame
}

// maxCosts bounds what waits for the splitter, which takes all of it at each swap.
const maxCosts = 64

// learnFrom notes what a frame took that all nodes have told of. mu held.
func (s *session) learnFrom(f *frame) {
	if f.plan == nil || f.plan.Mode != tilesplit.Tiled || f.stale || len(s.costs) >= maxCosts {
		return
	}
	seconds := make([]float64, len(f.parts))
	for i := range f.parts {
		if !f.parts[i].told {
			return
		}
		seconds[i] = float64(f.parts[i].frame.Cost) / 1e9
	}
	s.costs = append(s.costs, cost{f.drawable, balance.Frame{Number: f.number, Plan: f.plan, Nodes: seconds}})
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
		l, ok := of.policy.(learner)
		if !ok {
			continue
		}
		moved, err := l.Observe(c.frame)
		if err != nil {
			p.once("session: "+err.Error(), &p.stats.Notes)
		}
		of.changed = of.changed || moved
	}
	if d == nil || d.plan == nil {
		return
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
	case p.counting && boxesOverlap(plan):
	case p.peers == 1 || p.usesFront || !d.buffered: // what the front buffer shows would have to move, too
	default:
		p.moveTo(d, plan)
	}
}

// samePlan tells whether both give all nodes the same.
func samePlan(a, b *tilesplit.Plan) bool {
	if a == b {
		return true
	}
	return a.Width == b.Width && a.Height == b.Height && slices.EqualFunc(a.Nodes, b.Nodes, func(x, y tilesplit.Share) bool {
		return x.Scissor == y.Scissor && slices.Equal[[]image.Rectangle](x.Tiles, y.Tiles)
	})
}
