package auto

import (
	"fmt"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
)

// Tiling is one that a Policy may choose. Its policies give plans of mode Tiled.
type Tiling struct {
	Name string
	New  func() tilesplit.Policy
}

// Timing is how long a frame took as the user sees it.
type Timing struct {
	Number  uint64
	Plan    *tilesplit.Plan // by which it was drawn
	Seconds float64         // since the frame before it was over
	Stages  Stages
}

// Policy is the policy of one drawable that chooses by itself: an Auto, and the policies among which it chooses. What these have learnt is
// kept while others are in force. Make it with NewPolicy.
type Policy struct {
	auto    *Auto
	nodes   int
	tilings []Tiling
	inner   map[Choice]tilesplit.Policy
	recent  [recentPlans]struct {
		tile   *tilesplit.Tile // the first of its tiles, which no other plan has
		choice Choice
	}
	next int
	last int // in recent, of the plan that was found last: most are found again
	// said is what String has said of saidOf and saidIn: it is asked for each frame and changes seldom.
	said   string
	saidOf Choice
	saidIn Phase
}

// recentPlans is how many plans may be under way.
const recentPlans = 64

var _ tilesplit.Policy = (*Policy)(nil)

// NewPolicy chooses among 1 … nodes nodes and the tilings, of which the first is tried first.
func NewPolicy(nodes int, tilings []Tiling) (*Policy, error) {
	names := make([]string, len(tilings))
	for i, t := range tilings {
		names[i] = t.Name
	}
	a, err := New(DefaultOptions(nodes, names...))
	if err != nil {
		return nil, err
	}
	return &Policy{auto: a, nodes: nodes, tilings: tilings, inner: map[Choice]tilesplit.Policy{}}, nil
}

// String says what is in force.
func (p *Policy) String() string {
	if c, phase := p.auto.Choice(), p.auto.Phase(); p.said == "" || c != p.saidOf || phase != p.saidIn {
		p.said, p.saidOf, p.saidIn = fmt.Sprintf("auto: %v (%v)", c, phase), c, phase
	}
	return p.said
}

// Tried says what the last trials have found, the newest last.
func (p *Policy) Tried() (list []string) {
	const most = 16
	trials := p.auto.tried[max(len(p.auto.tried)-most, 0):]
	for _, t := range trials {
		list = append(list, fmt.Sprintf("%v %.2f ms (%v, frame %d)", t.Choice, t.Seconds*1e3, t.Phase, t.Frame))
	}
	return list
}

// Auto is what chooses.
func (p *Policy) Auto() *Auto { return p.auto }

// of is the policy of a choice.
func (p *Policy) of(c Choice) tilesplit.Policy {
	if in := p.inner[c]; in != nil {
		return in
	}
	for _, t := range p.tilings {
		if t.Name == c.Tiling {
			p.inner[c] = t.New()
		}
	}
	return p.inner[c]
}

// Plan implements tilesplit.Policy for as many nodes as NewPolicy was given; those that are not chosen are idle.
func (p *Policy) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if nodes != p.nodes {
		return tilesplit.Plan{}, fmt.Errorf("%w: auto chooses among %d nodes, there are %d", tilesplit.ErrPlan, p.nodes, nodes)
	}
	c := p.auto.Choice()
	plan, err := p.of(c).Plan(width, height, c.Nodes)
	if err != nil {
		return tilesplit.Plan{}, err
	}
	plan.Nodes = append(plan.Nodes[:len(plan.Nodes):len(plan.Nodes)], make([]tilesplit.Share, nodes-len(plan.Nodes))...)
	p.recent[p.next].tile, p.recent[p.next].choice = &plan.Tiles[0], c
	p.next = (p.next + 1) % recentPlans
	return plan, nil
}

// choiceOf finds by which choice a plan was made.
func (p *Policy) choiceOf(plan *tilesplit.Plan) (Choice, bool) {
	if plan == nil || len(plan.Tiles) == 0 {
		return Choice{}, false
	}
	tile := &plan.Tiles[0]
	for i := p.last; i < p.last+recentPlans; i++ {
		if r := &p.recent[i%recentPlans]; r.tile == tile {
			p.last = i % recentPlans
			return r.choice, true
		}
	}
	return Choice{}, false
}

// Observe tells the policy in force what a frame cost, if it is one of its own.
func (p *Policy) Observe(f balance.Frame) (moved bool, err error) {
	c, ok := p.choiceOf(f.Plan)
	if !ok || c != p.auto.Choice() || c.Nodes == 1 { // one node's tiles have nowhere to move
		return false, nil
	}
	l, ok := p.of(c).(interface {
		Observe(balance.Frame) (bool, error)
	})
	if !ok {
		return false, nil
	}
	plan := *f.Plan
	plan.Nodes = plan.Nodes[:c.Nodes]
	f.Plan, f.Nodes = &plan, f.Nodes[:min(c.Nodes, len(f.Nodes))]
	return l.Observe(f)
}

// ObserveTime tells how long a frame took, and whether Plan gives another answer than before.
func (p *Policy) ObserveTime(t Timing) (changed bool, err error) {
	c, ok := p.choiceOf(t.Plan)
	if !ok {
		return false, nil
	}
	return p.auto.Observe(Frame{Number: t.Number, Choice: c, Seconds: t.Seconds, Limit: t.Stages.Slowest()})
}
