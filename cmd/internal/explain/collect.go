package explain

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"

	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/nodes/session/observe"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/passes"
)

// Collector takes down what a session tells of frames First to Last of a recording (from 1). Frames comes after the session has ended.
type Collector struct {
	First, Last uint64
	Draws       bool // each of them
	Names       []string

	objects objects
	lists   lists
	frame   uint64 // swaps so far
	now     Frame
	reasons map[string]*Reason
	bytes   []uint64
	ctx     uint32 // of the record in hand
	open    *draw  // a glBegin whose glEnd comes
	// Held and merged before the frame under way.
	held, merged uint64

	mu    sync.Mutex // of what is told by different goroutines
	list  []Frame
	costs map[key][]session.NodeMeasure
}

type key struct {
	drawable uint32
	number   uint64
}

// shape is what a draw consists of.
type shape struct {
	mode                uint32
	vertices, instances int
}

// draw is one whose triangles are to be counted.
type draw struct {
	pass  int // of now.Passes
	at    int // of its Draws
	nodes []int
}

var _ observe.Observer = (*Collector)(nil)

// wanted tells whether the frame under way is.
func (c *Collector) wanted() bool { return c.frame+1 >= c.First && c.frame+1 <= c.Last }

// Record implements observe.Observer.
func (c *Collector) Record(h *wire.ChunkHeader, op gl.Op, rec []byte) {
	c.objects.record(h.Ctx, op, rec)
	ended := c.lists.record(h.Ctx, op, rec)
	if !c.wanted() {
		return
	}
	c.now.Records++
	c.ctx = h.Ctx
	if ended != nil && c.open != nil {
		n, known := ended.triangles()
		c.count(c.open, n, known)
		c.open = nil
	}
}

// Draw implements observe.Observer.
func (c *Collector) Draw(d *observe.Draw) {
	if !c.wanted() {
		return
	}
	cmd := d.Command
	if n := binary.LittleEndian.Uint32(cmd); len(cmd) > int(n) { // the first of several records
		cmd = cmd[:n]
	}
	v, err := gl.Decode(cmd)
	if err != nil {
		return // the session has looked at it; nodes will not carry it out
	}
	pass := c.pass(&d.Target)
	p := &c.now.Passes[pass]
	c.now.Draws++
	p.Count++
	n := d.Nodes.Count()
	p.Least, p.Most = min(p.Least, n), max(p.Most, n)
	nodes := make([]int, 0, n)
	for i := range c.Names {
		if d.Nodes.Has(i) {
			nodes = append(nodes, i)
			c.now.Nodes[i].Draws++
		}
	}
	if d.Bounded {
		c.now.Bounded++
	}
	if why := cmp.Or(d.Unbounded, d.Why); why != "" {
		r := c.reasons[why]
		if r == nil {
			r = &Reason{Why: why}
			c.reasons[why] = r
		}
		r.Draws++
		if d.Program != 0 && !slices.Contains(r.Programs, d.Program) {
			r.Programs = append(r.Programs, d.Program)
		}
	}
	if c.Draws {
		out := Draw{Number: c.now.Draws, Command: string(gl.Append(nil, &v)), Records: d.Records, Program: d.Program, Position: d.Position, Nodes: nodes,
			Unbounded: d.Unbounded, Why: d.Why}
		if v.Cmd.Name == "glBegin" && d.Records > 1 {
			out.Command += fmt.Sprintf(" … glEnd(), %d records", d.Records)
		}
		if d.Bounded {
			r := rect(d.Rect)
			out.Bound = &r
		}
		p.Draws = append(p.Draws, out)
	}
	x := &draw{pass: pass, at: len(p.Draws) - 1, nodes: nodes}
	switch gl.Op(binary.LittleEndian.Uint16(cmd[4:])) {
	case gl.OpGlBegin:
		c.open = x
	case gl.OpGlCallList:
		l := c.lists.known[c.lists.key(c.ctx, uint32(v.Uint(0)))]
		c.count(x, l.triangles, !l.unknown)
	default:
		s, ok := shapeOf(&v)
		n, known := s.triangles()
		c.count(x, n, ok && known)
	}
}

// pass gives the pass that goes on with t or begins with it.
func (c *Collector) pass(t *observe.Target) int {
	n := len(c.now.Passes)
	if n > 0 {
		if l := &c.now.Passes[n-1]; l.Drawable == t.Drawable && l.Object == t.Framebuffer && l.Division == t.Division && l.Why == t.Why {
			return n - 1
		}
	}
	p := Pass{Drawable: t.Drawable, Object: t.Framebuffer, Width: t.Width, Height: t.Height, Division: t.Division, Why: t.Why, Least: len(c.Names)}
	switch {
	case t.Framebuffer != 0:
		p.Target = fmt.Sprintf("framebuffer %d", t.Framebuffer)
		p.Attached = c.objects.attached(t.Framebuffer)
		p.Width, p.Height = 0, 0
		for _, a := range p.Attached {
			if a.Width > 0 && (p.Width == 0 || a.Width < p.Width) {
				p.Width = a.Width
			}
			if a.Height > 0 && (p.Height == 0 || a.Height < p.Height) {
				p.Height = a.Height
			}
		}
	case t.Drawable != 0:
		p.Target = fmt.Sprintf("drawable %d", t.Drawable)
	default:
		p.Target = "nothing"
	}
	c.now.Passes = append(c.now.Passes, p)
	return n
}

// Pass takes what was chosen for a pass into a framebuffer object of the frame under way.
func (c *Collector) Pass(p *passes.Pass) {
	if !c.wanted() {
		return
	}
	nth := 0
	for i := range c.now.Passes {
		own := &c.now.Passes[i]
		if own.Object != p.Framebuffer {
			continue
		}
		if nth == p.Ordinal {
			own.Division, own.Why = observe.Replicated, p.Choice.Reason
			if p.Choice.Tiled {
				own.Division, own.MarginX, own.MarginY = observe.Tiled, p.Choice.MarginX, p.Choice.MarginY
			}
			return
		}
		nth++
	}
}

// count adds a draw's triangles where they belong; known: there are no more.
func (c *Collector) count(d *draw, n uint64, known bool) {
	p := &c.now.Passes[d.pass]
	if !known {
		c.now.Unknown++
		p.Unknown++
	}
	c.now.Triangles += n
	p.Triangles += n
	for _, i := range d.nodes {
		c.now.Nodes[i].Triangles += n
	}
	if c.Draws {
		p.Draws[d.at].Triangles, p.Draws[d.at].Known = n, known
	}
}

// Sent implements observe.Observer.
func (c *Collector) Sent(peer, bytes int) {
	for i := range c.bytes {
		if peer == observe.Everyone || peer == i {
			c.bytes[i] += uint64(bytes)
		}
	}
}

// Frame implements observe.Observer.
func (c *Collector) Frame(f *observe.Frame) {
	if c.wanted() {
		c.end(f)
	}
	c.held, c.merged = f.Held, f.Merged
	c.frame++
	clear(c.bytes)
	if c.wanted() {
		c.begin()
	}
}

// Begin prepares for a session; before it Names must be set.
func (c *Collector) Begin() {
	c.bytes, c.costs = make([]uint64, len(c.Names)), map[key][]session.NodeMeasure{}
	c.objects.init()
	c.lists.init()
	if c.wanted() {
		c.begin()
	}
}

func (c *Collector) begin() {
	c.now = Frame{Frame: c.frame + 1, Nodes: make([]Node, len(c.Names))}
	c.reasons = map[string]*Reason{}
}

func (c *Collector) end(f *observe.Frame) {
	n := &c.now
	c.open = nil
	n.Drawable, n.Number, n.Held, n.Merged = f.Drawable, f.Number, f.Held-c.held, f.Merged-c.merged
	if f.Plan != nil {
		n.Width, n.Height = f.Plan.Width, f.Plan.Height
	}
	var draws, tris []float64
	for i := range n.Nodes {
		node := &n.Nodes[i]
		node.Name, node.Bytes, node.Tiles = c.Names[i], c.bytes[i], []Rect{}
		if n.Draws > 0 {
			node.Share = float64(node.Draws) / float64(n.Draws)
		}
		if f.Plan != nil {
			for _, t := range f.Plan.Nodes[i].Tiles {
				node.Tiles = append(node.Tiles, rect(t))
			}
		}
		draws, tris = append(draws, float64(node.Draws)), append(tris, float64(node.Triangles))
	}
	n.DrawBalance, n.TriangleBalance = balance(draws), balance(tris)
	for _, r := range c.reasons {
		slices.Sort(r.Programs)
		n.ToAll = append(n.ToAll, *r)
	}
	slices.SortFunc(n.ToAll, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.Draws, a.Draws), cmp.Compare(a.Why, b.Why)) })
	c.mu.Lock()
	c.list = append(c.list, *n)
	c.mu.Unlock()
}

// Measured takes what a frame took; it is for session.Config.OnMeasure.
func (c *Collector) Measured(m session.Measure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.costs[key{m.Drawable, m.Number}] = m.Nodes
}

// Frames gives what was taken down.
func (c *Collector) Frames() []Frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.list {
		f := &c.list[i]
		nodes := c.costs[key{f.Drawable, f.Number}]
		if len(nodes) != len(f.Nodes) {
			continue
		}
		var s []float64
		for j, n := range nodes {
			s = append(s, n.Cost.Seconds())
			f.Nodes[j].Cost, f.Nodes[j].Drawn = n.Cost.Seconds()*1000, n.Draws
		}
		f.CostBalance = balance(s)
	}
	return c.list
}

// balance is the mean over the largest.
func balance(list []float64) float64 {
	sum, most := 0.0, 0.0
	for _, x := range list {
		sum, most = sum+x, max(most, x)
	}
	if most == 0 {
		return 0
	}
	return sum / float64(len(list)) / most
}

func rect(r image.Rectangle) Rect { return Rect{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} }

// shapeOf reads a draw command, where it says by itself how many vertices it has.
func shapeOf(v *gl.View) (s shape, ok bool) {
	mode, count := v.Cmd.Field("mode"), v.Cmd.Field("count")
	if mode >= 0 && count >= 0 && v.Cmd.Fields[count].Kind == gl.KindI32 {
		s = shape{uint32(v.Uint(mode)), int(v.Int(count)), 1}
		if i := v.Cmd.Field("instancecount"); i >= 0 {
			s.instances = int(v.Int(i))
		}
		return s, true
	}
	for _, without := range []string{"glClear", "glBlit", "glDispatchCompute", "glBitmap", "glDrawPixels", "glCopyPixels", "glAccum"} {
		if strings.HasPrefix(v.Cmd.Name, without) {
			return shape{}, true
		}
	}
	if strings.HasPrefix(v.Cmd.Name, "glRect") {
		return shape{5, 4, 1}, true
	}
	return shape{}, false
}

// triangles tells how many they are, of points and lines 0.
func (s *shape) triangles() (uint64, bool) {
	if s.vertices < 0 || s.instances < 0 {
		return 0, true // an error
	}
	n := s.vertices
	t := 0
	switch s.mode {
	case 0, 1, 2, 3, 10, 11: // points and lines
	case 4: // GL_TRIANGLES
		t = n / 3
	case 5, 6, 9: // strips, fans, polygons
		t = n - 2
	case 7: // GL_QUADS
		t = n / 4 * 2
	case 8: // GL_QUAD_STRIP
		t = n/2*2 - 2
	case 12: // GL_TRIANGLES_ADJACENCY
		t = n / 6
	case 13: // GL_TRIANGLE_STRIP_ADJACENCY
		t = n/2 - 2
	default:
		return 0, false
	}
	return uint64(max(t, 0)) * uint64(s.instances), true
}
