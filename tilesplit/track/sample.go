package track

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// AnalyseReads says what the fragments of a program read, as Analyse does of positions.
type AnalyseReads func(vertex, fragment shader.Source, done func(*shader.Sampling))

// Reads says by what programs are analysed for what their fragments read, once somebody has a use for it (AnalyseAll).
func (t *Tracker) Reads(f AnalyseReads) { t.reads = f }

// Sampled says what a draw reads of two-dimensional textures, and whether it covers the picture.
type Sampled struct {
	// Why: it is not known. The draw may read all that is bound, anywhere, and do more than draw.
	Why string
	// Later: that may be known in a later frame.
	Later bool
	Reads []Read
	// Multisampled: it may read multisampled textures, too.
	Multisampled bool
	// Quads: a pixel may depend on what its neighbours read.
	Quads bool
	// Covers: each pixel of the picture gets exactly one fragment that is not discarded by the shader, unless tests or masks keep it away. Front and Back
	// are the sides that its triangles show.
	Covers, Front, Back bool
}

// Read is one way in which a draw reads a texture.
type Read struct {
	Unit int
	Why  string // it may read anywhere
	// Fetch: Low and High are texels as seen from the own pixel's, of a texture as large as the picture. Else they are coordinates, as seen from the
	// own pixel's place in the picture, which goes from 0 to 1.
	Fetch     bool
	Low, High [2]float64
	Offset    [2]int // more, in texels
	Gather    bool   // four texels, whatever the filter
}

// sampled is what a program's fragments read.
type sampled struct {
	fragments []*shaderObject
	sampling  *shader.Sampling
	sampleWhy string
	asked     bool   // what it reads
	begin     func() // the analysis; nil: it has begun, or there is none
	binds     bool   // the source chooses units itself
	units     map[int32]int
	places    []lookup // of Sampling.Reads
	vertices  []vertexLookup
}

// lookup is one map with what it needs.
type lookup struct {
	why      string
	eval     *shader.Evaluator
	inputs   []input
	array    int // location of the attribute, -1: none
	location int32
	kind     uint32
}

type vertexLookup struct {
	position lookup
	varyings []lookup
}

// flat2D tells whether a type is a sampler of two-dimensional textures.
func flat2D(kind uint32) bool {
	switch kind {
	case 0x8B5E, 0x8B62, 0x8DCA, 0x8DD2: // GL_SAMPLER_2D, …_SHADOW, GL_INT_SAMPLER_2D, GL_UNSIGNED_INT_SAMPLER_2D
		return true
	}
	return false
}

// flatMultisampled tells whether a type is a sampler of two-dimensional multisampled textures.
func flatMultisampled(kind uint32) bool { return kind >= 0x9108 && kind <= 0x910A }

// AnalyseAll has the reads of all programs analysed, those that are linked later, too. Who calls it has a use for them: until a framebuffer object is
// bound there is nothing to read that passes have drawn, and many an app binds none.
func (t *Tracker) AnalyseAll() {
	if t.analysing {
		return
	}
	t.analysing = true
	for _, serial := range slices.Sorted(maps.Keys(t.programs)) {
		if p := t.programs[serial]; p.begin != nil {
			p.begin()
			p.begin = nil
		}
	}
}

// sample has a new link analysed, now or by AnalyseAll.
func (p *program) sample(t *Tracker, vertex shader.Source) {
	switch {
	case t.reads == nil:
		p.sampleWhy = "no analysis of shaders"
		return
	case len(p.fragments) != 1:
		p.sampleWhy = "a program without one fragment shader"
		return
	case !p.fragments[0].known:
		p.sampleWhy = "a shader without a text"
		return
	}
	source := shader.Source{Strings: p.fragments[0].source, ES: vertex.ES}
	for _, s := range source.Strings {
		p.binds = p.binds || strings.Contains(s, "binding")
	}
	linked := p.linked
	p.asked = true
	begin := func() {
		t.reads(vertex, source, func(s *shader.Sampling) {
			t.later(func() {
				if p.linked != linked {
					return
				}
				if s == nil {
					p.sampleWhy = "no analysis of shaders"
					return
				}
				p.sampling = s
				p.resolveSampling()
			})
		})
	}
	if t.analysing {
		begin()
	} else {
		p.begin = begin
	}
}

// resolveSampling finds what the reads depend on, once they and the reflection are there.
func (p *program) resolveSampling() {
	s := p.sampling
	if s == nil || !p.reflected || p.sampleWhy != "" || p.places != nil {
		return
	}
	if p.sampleWhy = s.Reason; p.sampleWhy != "" {
		return
	}
	p.places = make([]lookup, len(s.Reads))
	for i := range s.Reads {
		r, l := &s.Reads[i], &p.places[i]
		*l = p.lookup(&r.Place, r.From != shader.FromNothing)
		list := p.locations[r.Sampler]
		l.location = -1
		if at := max(r.Index, 0); at < len(list) {
			l.location = list[at]
			l.kind = p.slots[l.location].kind
		}
		if r.From == shader.FromNothing {
			l.why = r.Reason
		}
	}
	for i := range s.Vertices {
		v := &s.Vertices[i]
		if v.Position.Viewport || v.Position.Effects {
			p.sampleWhy = "the vertex shader chooses a layer or writes buffers"
			return
		}
		w := vertexLookup{position: p.lookup(&v.Position, true)}
		w.position.inAttribute(p, &v.Position)
		for k := range v.Varyings {
			l := p.lookup(&v.Varyings[k], true)
			l.inAttribute(p, &v.Varyings[k])
			w.varyings = append(w.varyings, l)
		}
		p.vertices = append(p.vertices, w)
	}
}

func (p *program) lookup(m *shader.Position, known bool) (l lookup) {
	l.array = -1
	if !known {
		return l
	}
	if l.why = m.Reason; l.why != "" {
		return l
	}
	if l.inputs, l.why = p.resolveUniforms(m.Uniforms); l.why == "" {
		l.eval = m.Evaluator()
	}
	return l
}

func (l *lookup) inAttribute(p *program, m *shader.Position) {
	if l.why != "" || m.Attribute.Name == "" {
		return
	}
	if at, ok := p.attribs[m.Attribute.Name]; ok && at >= 0 && at+m.Attribute.Column < attribs {
		l.array = at + m.Attribute.Column
	} else {
		l.why = "its attribute " + m.Attribute.Name + " is not followed"
	}
}

// at gives the map's values.
func (l *lookup) at(t *Tracker, c *context, p *program, to *shader.Affine) bool {
	return l.why == "" && l.eval.Map(func(i int) []float32 { return p.valueOf(t, c, &l.inputs[i], false) }, to)
}

func (p *program) setUnit(l int32, unit int) {
	if p.units == nil {
		p.units = map[int32]int{}
	}
	p.units[l] = unit
}

// setUnits follows which unit a sampler takes.
func (p *program) setUnits(t *Tracker, r *record, s *setter, u *slot) {
	if !s.signs || s.rows != 1 || s.matrix {
		return // an error
	}
	count, data, list := 1, r.Raw[12:], p.locations[u.name]
	if s.array {
		var ok bool
		count = r.I32(12)
		if data, _, ok = t.blob(r, "value"); !ok || count < 0 || len(data)/4 < count || count > 1 && u.size == 1 {
			count, data = u.size, nil
		}
	}
	for e := range min(count, u.size) {
		unit := -1
		if len(data) >= 4*e+4 {
			unit = int(int32(le.Uint32(data[4*e:])))
		}
		p.setUnit(list[u.index+e], unit)
	}
}

// units that are followed; and a picture's coordinates that are.
const (
	maxUnits  = 192
	maxBeyond = 64 // vertices further out, in pictures, are not followed: what is interpolated far is rounded much
)

// Samples says what a draw reads that goes to a picture of width × height pixels with its origin at 0, 0. The result is valid until the next call.
func (t *Tracker) Samples(h *wire.ChunkHeader, op uint16, raw []byte, width, height int) *Sampled {
	t.AnalyseAll()
	s := &t.sampled
	*s = Sampled{Reads: s.Reads[:0]}
	c := t.context(h.Ctx)
	p := t.programs[c.program]
	switch {
	case c.lost != "":
		s.Why = c.lost
	case c.compiling != 0, c.inBegin:
		s.Why = "in a display list, or between glBegin and glEnd"
	case c.feedback || c.queries > 0:
		s.Why = "what counts primitives"
	case c.renderMode != render:
		s.Why = "selection or feedback"
	case c.program == 0:
		s.Why = "fixed functions, or a pipeline of programs"
	case p == nil:
		s.Why, s.Later = "a program that is not known yet", true
	case p.sampleWhy != "":
		s.Why = p.sampleWhy
	case !p.asked && p.other != "":
		s.Why = p.other
	case !p.asked:
		s.Why = "a program that is not followed"
	case !p.reflected || p.sampling == nil:
		s.Why, s.Later = "a program that is being analysed", true
	case !p.ok:
		s.Why = "a program that is not linked"
	case p.effects:
		s.Why = "a program that writes buffers or images"
	}
	if s.Why != "" {
		return s
	}
	s.Quads, s.Multisampled = p.sampling.Quads, p.multisampled
	t.now = record{gl.RecordOf(op, raw), h}
	var g geometry
	var none string
	looked := false
	screen := func() (*geometry, string) {
		if !looked {
			looked, none = true, t.screen(c, p, &t.now, width, height, &g)
		}
		return &g, none
	}
	for i := range p.sampling.Reads {
		r, l := &p.sampling.Reads[i], &p.places[i]
		if l.location < 0 || !flat2D(l.kind) {
			continue // the program does not use it, or it is of another kind of texture
		}
		unit, set := p.units[l.location]
		if unit < 0 || unit >= maxUnits || !set && p.binds {
			s.Why = "a sampler whose texture unit is not known"
			return s
		}
		out := Read{Unit: unit, Fetch: r.Fetch, Offset: r.Offset, Gather: r.Gather}
		switch r.From {
		case shader.FromNothing:
			out.Why = l.why
		case shader.FromVarying:
			if g, why := screen(); why != "" {
				out.Why = why
			} else {
				out.Why = t.varying(c, p, r, l, g, &out)
			}
		default:
			out.Why = t.fragment(c, p, r, l, [2]float64{float64(width), float64(height)}, &out)
		}
		s.Reads = append(s.Reads, out)
	}
	if !p.sampling.Discards && c.front == fill && c.back == fill {
		if g, why := screen(); why == "" {
			s.Covers = g.covers(width, height)
			s.Front, s.Back = g.front, g.back
		}
	}
	return s
}

// rounding of coordinates on their way to a fragment, as a share of the picture.
const rounding = 4e-6

// fragment bounds a read whose place is made of gl_FragCoord.
func (t *Tracker) fragment(c *context, p *program, r *shader.Read, l *lookup, size [2]float64, out *Read) (why string) {
	a := &p.affine
	if !l.at(t, c, p, a) {
		return "a place made of uniforms that are not known"
	}
	for i := range 2 {
		k, add := a.M[5*i], a.C[i]
		for j := range 4 {
			if j != i && a.M[4*j+i] != 0 {
				return "a place that turns or shears"
			}
		}
		if r.Fetch {
			if k != 1 || add != math.Trunc(add) {
				return "texels at another scale"
			}
			out.Low[i], out.High[i] = add, add
			continue
		}
		if r.From == shader.FromPixel {
			add -= k / 2
		}
		off := math.Abs(k*size[i]-1) + rounding + a.Rounding*(1+math.Abs(add))
		out.Low[i], out.High[i] = add-off, add+off
	}
	return ""
}

// varying bounds a read whose place is interpolated.
func (t *Tracker) varying(c *context, p *program, r *shader.Read, l *lookup, g *geometry, out *Read) (why string) {
	a := &p.affine
	if !l.at(t, c, p, a) {
		return "a place made of uniforms that are not known"
	}
	m := *a
	for v := range g.count {
		in, why := t.vertex(c, p, g, v, r.Varying)
		if why != "" {
			return why
		}
		for i := range 2 {
			x := m.C[i]
			for j := range 4 {
				x += m.M[4*j+i] * in[j]
			}
			x -= g.at[v][i]/2 + 0.5
			off := (rounding + m.Rounding) * max(1, math.Abs(x), math.Abs(g.at[v][i]))
			if v == 0 {
				out.Low[i], out.High[i] = x-off, x+off
			} else {
				out.Low[i], out.High[i] = min(out.Low[i], x-off), max(out.High[i], x+off)
			}
			if math.IsNaN(x) || math.Abs(x) > maxBeyond {
				return "a place that is far away"
			}
		}
	}
	return ""
}

// geometry is one of few triangles, whose vertices are known one by one.
type geometry struct {
	ids         [shader.VertexIDs]int
	count       int // vertices
	triangles   [2][3]int
	n           int // triangles
	at          [shader.VertexIDs][2]float64
	front, back bool // the sides that are seen, by counter-clockwise
}

// screen finds a draw's vertices, in coordinates of -1 to 1 over the picture.
func (t *Tracker) screen(c *context, p *program, r *record, width, height int, g *geometry) (why string) {
	if !c.viewportKnown || c.viewport != [4]float64{0, 0, float64(width), float64(height)} {
		return "a viewport that is not all of the picture"
	}
	if int(r.Op) >= len(drawings) || drawings[r.Op] == nil || len(p.vertices) == 0 {
		return "vertices that are not followed"
	}
	d, ok := drawings[r.Op](r)
	if !ok || d.instances != 1 || d.count < 3 || d.count > len(g.ids) || c.restart || c.restartFixed {
		return "more than a few triangles"
	}
	g.count = d.count
	switch {
	case d.mode == triangles && d.count == 3, (d.mode == 5 || d.mode == 6) && d.count == 3:
		g.triangles[0], g.n = [3]int{0, 1, 2}, 1
	case d.mode == triangles && d.count == 6:
		g.triangles, g.n = [2][3]int{{0, 1, 2}, {3, 4, 5}}, 2
	case d.mode == 5 && d.count == 4: // a strip
		g.triangles, g.n = [2][3]int{{0, 1, 2}, {2, 1, 3}}, 2
	case d.mode == 6 && d.count == 4: // a fan
		g.triangles, g.n = [2][3]int{{0, 1, 2}, {0, 2, 3}}, 2
	default:
		return "more than a few triangles"
	}
	if why = t.ids(c, r, &d, g); why != "" {
		return why
	}
	w := 0.0
	for v := range g.count {
		clip, why := t.vertex(c, p, g, v, -1)
		if why != "" {
			return why
		}
		if v == 0 {
			w = clip[3]
		}
		if clip[3] != w || !(w > 0) || !(math.Abs(clip[2]) <= w) {
			return "triangles that are not flat before the eye"
		}
		for i := range 2 {
			if g.at[v][i] = clip[i] / w; !(math.Abs(g.at[v][i]) <= maxBeyond) {
				return "vertices that are far away"
			}
		}
	}
	for _, tri := range g.triangles[:g.n] {
		switch area := cross(g.at[tri[0]], g.at[tri[1]], g.at[tri[2]]); {
		case area > 0:
			g.front = true
		case area < 0:
			g.back = true
		}
	}
	return ""
}

// ids finds the numbers of a draw's vertices.
func (t *Tracker) ids(c *context, r *record, d *drawing, g *geometry) (why string) {
	for v := range g.count {
		g.ids[v] = d.first + v
	}
	if !d.elements {
		return ""
	}
	data, mode, ok := t.blob(r, "indices")
	size := bounds.IndexBytes(d.kind)
	switch {
	case !ok || size == 0:
		return "indices that are not known"
	case mode == wire.BlobInline, mode == wire.BlobStaged:
	case mode == wire.BlobOffset && len(data) == 8:
		at := le.Uint64(data)
		e := t.buffers[c.array().element]
		if e == nil || !e.known || at > uint64(len(e.data)) {
			return "indices that are not known"
		}
		data = e.data[at:]
	default:
		return "indices that are not known"
	}
	if len(data) < size*g.count {
		return "indices that are not known"
	}
	for v := range g.count {
		i := 0
		for b := range size {
			i |= int(data[v*size+b]) << (8 * b)
		}
		if g.ids[v] = i + d.base; g.ids[v] < 0 {
			return "indices that are not known"
		}
	}
	return ""
}

// vertex gives what the vertex shader makes of a vertex: its position, or a varying.
func (t *Tracker) vertex(c *context, p *program, g *geometry, v, varying int) (out [4]float64, why string) {
	which := &p.vertices[0]
	if len(p.vertices) > 1 {
		if g.ids[v] >= len(p.vertices) {
			return out, "a high gl_VertexID"
		}
		which = &p.vertices[g.ids[v]]
	}
	l := &which.position
	if varying >= 0 {
		l = &which.varyings[varying]
	}
	if l.why != "" {
		return out, "vertex shader: " + l.why
	}
	var in [4]float64
	if l.array >= 0 {
		a := c.array()
		gen := &a.generic[l.array]
		if !gen.on || gen.integer || int(gen.binding) >= attribs {
			return out, "an attribute that is not in an array"
		}
		b, array, skip, ok := a.source(t, gen, &a.bindings[gen.binding])
		if !ok {
			return out, "a buffer that is not known"
		}
		box, ok := array.Range(b.data, g.ids[v]-skip, 1)
		if !ok || box.Min != box.Max {
			return out, "attributes outside of the buffer, or rounded"
		}
		in = box.Min
	}
	m := &p.affine
	if !l.at(t, c, p, m) {
		return out, "uniforms that are not known"
	}
	for i := range out {
		out[i] = m.C[i]
		for j := range 4 {
			out[i] += m.M[4*j+i] * in[j]
		}
	}
	return out, ""
}

func cross(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// covers tells whether each pixel's middle lies in exactly one of the triangles, with room for rounding.
func (g *geometry) covers(width, height int) bool {
	// The middles of the outermost pixels, and a bit more.
	x, y := 1-0.75/float64(max(width, 1)), 1-0.75/float64(max(height, 1))
	if g.n == 1 {
		t := g.triangles[0]
		for _, corner := range [4][2]float64{{-x, -y}, {x, -y}, {-x, y}, {x, y}} {
			in := 0
			for k := range 3 {
				switch s := cross(g.at[t[k]], g.at[t[(k+1)%3]], corner); {
				case s > 0:
					in++
				case s < 0:
					in--
				}
			}
			if in != 3 && in != -3 {
				return false
			}
		}
		return true
	}
	// Two halves of an upright rectangle, cut along the same diagonal.
	low, high := g.at[0], g.at[0]
	for _, p := range g.at[:g.count] {
		for i := range 2 {
			low[i], high[i] = min(low[i], p[i]), max(high[i], p[i])
		}
	}
	if low[0] > -x || low[1] > -y || high[0] < x || high[1] < y {
		return false
	}
	var corners [2]int // bits
	for k := range 2 {
		for _, v := range g.triangles[k] {
			p, bit := g.at[v], 0
			for i := range 2 {
				switch p[i] {
				case low[i]:
				case high[i]:
					bit |= 1 << i
				default:
					return false
				}
			}
			corners[k] |= 1 << bit
		}
	}
	missing := [2]int{corners[0] ^ 15, corners[1] ^ 15}
	return missing == [2]int{1, 8} || missing == [2]int{8, 1} || missing == [2]int{2, 4} || missing == [2]int{4, 2}
}
