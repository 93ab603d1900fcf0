package balance

import (
	"image"
	"math"
	"slices"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/queue"
)

// How fast what is known follows what is seen. None of these decides where borders end, only how soon (see the package).
const (
	// forgetField is the part of a tile's work that is spread evenly over it in a frame whose time deviates by forgetFrom or more.
	forgetField = 0.02
	forgetFrom  = 0.1
	// forgetFixed is the part of what is known of fixed costs that is forgotten each time that borders move.
	forgetFixed = 0.1
	// trackRate is how fast the noise that is thought of follows what is seen.
	trackRate = 0.25
	// A deviation is believed by half where its square is noiseBand times the variance of noise, and never by less than leastTrust.
	noiseBand = 8.0
	// suddenly is what a time may deviate, beside noise, without a forerunner; see track.
	suddenly = 0.1
	// startFrames are those after the first in which sudden deviations are believed, for nobody knows yet how times vary.
	startFrames = 5
	// meanOfMedian is the mean of squares of normal numbers over their median.
	meanOfMedian = 2.2
	leastTrust   = 0.1
)

// model explains what nodes take: time = fixed + work in their tiles / speed.
type model struct {
	options Options
	weights tilesplit.Weights // speeds, as the user says
	cell    func(size image.Point) (dx, dy float64)

	size  image.Point
	nodes int
	field *field
	speed tilesplit.Weights
	fixed []float64

	seen   bool   // a frame
	young  int    // frames until noise can be told
	number uint64 // of the last frame
	// plan and times of the last frame, to see how times follow borders.
	plan  *tilesplit.Plan
	times []float64
	// common is the fixed cost that is estimated when none is measured; follow and moved are sums over past moves of borders, of
	// what times did against what they should, and of what they should squared.
	common, follow, moved float64

	// unbound is what each node's last time deviated from what was expected, as a logarithm, and deviation what is taken of it; noise is
	// the variance of what is thought to be only that.
	unbound, deviation []float64
	noise              float64

	work, before, jitter []float64 // per node; scratch
}

// reset prepares for a picture and so many nodes, and says whether there is anything that was learnt: where the work is depends neither on
// the picture's size nor on who does it.
func (m *model) reset(size image.Point, nodes int) (known bool) {
	if m.field != nil && size != m.size {
		dx, dy := m.cell(size)
		m.field = m.field.resampled(size, dx, dy)
	}
	if nodes == m.nodes {
		m.size, m.plan = size, nil
		return m.seen
	}
	m.size, m.nodes, m.plan = size, nodes, nil
	m.speed, m.fixed = make(tilesplit.Weights, nodes), make([]float64, nodes)
	for n := range m.speed {
		m.speed[n] = m.weights.Of(n)
		m.fixed[n] = m.common
	}
	m.work, m.before = make([]float64, nodes), make([]float64, nodes)
	m.times = make([]float64, nodes)
	m.deviation, m.unbound = make([]float64, nodes), make([]float64, nodes)
	return m.seen
}

// workOf sums the work in each node's tiles.
func (m *model) workOf(p *tilesplit.Plan, out []float64) {
	clear(out)
	for _, t := range p.Tiles {
		out[t.Node] += m.field.in(t.Rect)
	}
}

// expect is how long a node takes for so much work.
func (m *model) expect(node int, work float64) float64 { return m.fixed[node] + work/m.speed[node] }

// level is when some nodes would end together with so much work; share is what one of them would do until then.
func (m *model) level(work float64, among []int) float64 {
	return queue.Level(work, among, m.speed, m.fixed)
}

func (m *model) share(node int, level float64) float64 {
	return max(level-m.fixed[node], 0) * m.speed[node]
}

// learn takes a frame in, and says whether it was of use.
func (m *model) learn(f Frame) (bool, error) {
	if err := f.check(); err != nil {
		return false, err
	}
	if f.Plan.Width != m.size.X || f.Plan.Height != m.size.Y || len(f.Plan.Nodes) != m.nodes || m.seen && f.Number <= m.number {
		return false, nil
	}
	// Nothing takes less than a nanosecond, and whose times are all less tells nothing.
	f.Nodes = slices.Clone(f.Nodes)
	total := 0.0
	for n, t := range f.Nodes {
		if m.busy(&f, n) {
			total += t
			f.Nodes[n] = max(t, 1e-9)
		}
	}
	if total < 1e-9 {
		return false, nil
	}
	if m.field == nil {
		dx, dy := m.cell(m.size)
		m.field = newField(m.size, dx, dy)
	}
	first := !m.seen
	if m.seen, m.number = true, f.Number; first {
		m.young = startFrames
	} else if m.young > 0 {
		m.young--
	}
	m.workOf(f.Plan, m.work)
	other := !first && m.scale(f)
	if m.plan != nil {
		m.workOf(m.plan, m.before)
		m.learnFixed(f)
	}
	for n, x := range f.Fixed {
		if x >= 0 {
			m.fixed[n] += (x - m.fixed[n]) * m.trust(n, first)
		}
	}
	m.track(f, first, other)
	m.learnField(f, first)
	m.plan = f.Plan
	copy(m.times, f.Nodes)
	return true, nil
}

// scale takes in what the nodes' times have in common, which the median node has, if that is much, and says whether it was. It says nothing of
// who is to do what, and would pass for noise for many frames to come.
func (m *model) scale(f Frame) bool {
	m.jitter = m.jitter[:0]
	for n := range m.nodes {
		if e := m.expect(n, m.work[n]); m.busy(&f, n) && e > 0 {
			m.jitter = append(m.jitter, f.Nodes[n]/e)
		}
	}
	if len(m.jitter) < 2 {
		return false
	}
	slices.Sort(m.jitter)
	by := m.jitter[(len(m.jitter)-1)/2]
	if len(m.jitter)%2 == 0 {
		by = math.Sqrt(by * m.jitter[len(m.jitter)/2])
	}
	if math.Abs(math.Log(by)) < suddenly {
		return false
	}
	for i := range m.field.cells {
		m.field.cells[i] *= by
	}
	m.field.sum()
	for n := range m.nodes {
		m.fixed[n] *= by
		m.work[n] *= by
		m.times[n] *= by
	}
	m.common *= by
	m.follow, m.moved = m.follow*by*by, m.moved*by*by
	return true
}

// track sees how nodes deviate from what is expected, and, unless the frame is another one altogether, how much of that is noise: what times
// differ from those of the frame before beyond what borders explain, which may have moved a little. Of a deviation that stands out and had no
// forerunner only a part is taken: a single slow frame of a node says nothing of the next.
func (m *model) track(f Frame, first, other bool) {
	m.jitter = m.jitter[:0]
	allowed := suddenly + 3*math.Sqrt(m.noise)
	if m.young > 0 {
		allowed = 1
	}
	for n := range m.nodes {
		e, last := m.expect(n, m.work[n]), m.unbound[n]
		m.deviation[n], m.unbound[n] = 0, 0
		if first || !m.busy(&f, n) || e <= 0 {
			continue
		}
		d := min(max(math.Log(f.Nodes[n]/e), -1), 1)
		m.unbound[n] = d
		if m.plan != nil && m.times[n] > 0 && len(m.plan.Nodes[n].Tiles) > 0 {
			if moved := math.Log(e / m.expect(n, m.before[n])); math.Abs(moved) < 0.05 {
				j := math.Log(f.Nodes[n]/m.times[n]) - moved
				m.jitter = append(m.jitter, j*j/2)
			}
		}
		most := allowed
		if last*d > 0 {
			most = max(most, 2*math.Abs(last))
		}
		m.deviation[n] = min(max(d, -most), most)
	}
	if len(m.jitter) > 0 && !other {
		slices.Sort(m.jitter)
		m.noise += (m.jitter[(len(m.jitter)-1)/2]*meanOfMedian - m.noise) * trackRate
	}
}

// stands says how far a node's deviation stands out: 0 where it may be noise, 1 where it cannot.
func (m *model) stands(n int) float64 {
	d := m.deviation[n] * m.deviation[n]
	return d / (d + noiseBand*m.noise + 1e-12)
}

// trust is the part of a node's deviation that is believed.
func (m *model) trust(n int, first bool) float64 {
	if first {
		return 1
	}
	return (1 - m.options.Smoothing) * max(m.stands(n), leastTrust)
}

// forget is the part of a node's work that is spread evenly: what explains the times well is not forgotten.
func (m *model) forget(n int, first bool) float64 {
	if first {
		return 1
	}
	return forgetField * m.stands(n) * min(math.Abs(m.deviation[n])/forgetFrom, 1)
}

// busy says whether f tells something of a node.
func (m *model) busy(f *Frame, n int) bool {
	return f.Nodes[n] >= 0 && m.speed[n] > 0 && len(f.Plan.Nodes[n].Tiles) > 0
}

// learnFixed looks at nodes whose tiles have changed. If a part of the time that the field explains is fixed, times change less than
// the field says, by that part.
func (m *model) learnFixed(f Frame) {
	if len(f.Fixed) > 0 || m.plan == nil || m.plan == f.Plan {
		return
	}
	follow, moved := 0.0, 0.0
	least, mean, n := math.Inf(1), 0.0, 0.0
	for k := range m.nodes {
		if !m.busy(&f, k) || m.times[k] < 0 || len(m.plan.Nodes[k].Tiles) == 0 {
			continue
		}
		least, mean, n = min(least, f.Nodes[k]), mean+f.Nodes[k], n+1
		should, did := (m.work[k]-m.before[k])/m.speed[k], f.Nodes[k]-m.times[k]
		// Small moves drown in noise.
		if math.Abs(should) < 0.05*f.Nodes[k] {
			continue
		}
		follow += should * did
		moved += should * should
	}
	if moved == 0 {
		return
	}
	m.follow = m.follow*(1-forgetFixed) + follow
	m.moved = m.moved*(1-forgetFixed) + moved
	variable := min(max(m.follow/m.moved, 0.1), 1.5) // of what the field has to explain
	mean /= n
	old := m.common
	m.common = min(max(mean-variable*(mean-m.common), 0), 0.9*least)
	m.common = old + (m.common-old)*0.5
	for k := range m.fixed {
		m.fixed[k] = m.common
	}
	// What is fixed now is no work any more; the sums over past moves speak of the field as it was.
	if rest := mean - old; rest > 1e-6*mean && mean > m.common {
		r := (mean - m.common) / rest
		for i := range m.field.cells {
			m.field.cells[i] *= r
		}
		m.field.sum()
		for k := range m.work {
			m.work[k] *= r
			m.before[k] *= r
		}
		m.follow, m.moved = m.follow*r, m.moved*r*r
	}
}

// learnField fits the work under each node's tiles to what it took.
func (m *model) learnField(f Frame, first bool) {
	if len(f.Tiles) > 0 {
		rects := make([]image.Rectangle, 1)
		for i, t := range f.Plan.Tiles {
			if f.Tiles[i] < 0 || m.speed[t.Node] == 0 {
				continue
			}
			has, took := m.field.in(t.Rect), f.Tiles[i]
			if !first && m.busy(&f, t.Node) {
				took *= math.Exp(m.deviation[t.Node] - m.unbound[t.Node])
			}
			rects[0] = t.Rect
			m.field.fit(rects, has, has+(took*m.speed[t.Node]-has)*m.trust(t.Node, first), m.forget(t.Node, first))
		}
	} else {
		for n, s := range f.Plan.Nodes {
			if !m.busy(&f, n) {
				continue
			}
			has := m.work[n]
			// A node that takes no longer than what is fixed has some work still: what is 0 cannot be scaled up again.
			t := f.Nodes[n]
			if !first {
				t = m.expect(n, has) * math.Exp(m.deviation[n])
			}
			want := max(t-m.fixed[n], 1e-3*t) * m.speed[n]
			m.field.fit(s.Tiles, has, has+(want-has)*m.trust(n, first), m.forget(n, first))
		}
	}
	m.field.sum()
}

// expected is what each node is thought to take with these tiles, nodes without tiles nothing.
func (m *model) expected(tiles []tilesplit.Tile, out []float64) []float64 {
	clear(out)
	for _, t := range tiles {
		if out[t.Node] == 0 {
			out[t.Node] = m.fixed[t.Node]
		}
		out[t.Node] += m.field.in(t.Rect) / m.speed[t.Node]
	}
	return out
}
