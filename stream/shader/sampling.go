package shader

import (
	"context"
	"slices"
	"strings"
)

// Sampling is what a program's two shaders say about where its fragments read textures. It is for whoever asks whether a fragment reads
// only what lies under its own pixel, or near it.
type Sampling struct {
	Reason string // why it is not known; "": it is
	Reads  []Read
	// Discards: the fragment shader may discard, so that a fragment need not write.
	Discards bool
	// Quads: the fragment shader may use derivatives, by which a pixel depends on its neighbours in its square of two by two.
	Quads bool
	// Vertices: what the vertex shader does, for gl_VertexID 0, 1, … up to VertexIDs where it uses that, else one for all vertices.
	Vertices []VertexMap
}

// VertexIDs is for how many vertices a vertex shader is followed that uses gl_VertexID.
const VertexIDs = 6

// VertexMap is gl_Position and what the fragment shader takes, as maps. An Attribute without a name: it depends on none.
type VertexMap struct {
	Position Position
	Varyings []Position // in the order of Read.Varying
}

// From says of what a Read's place is made.
type From uint8

// What places can be made of.
const (
	FromNothing  From = iota // it is not known, Read.Reason says why
	FromFragment             // gl_FragCoord
	FromPixel                // gl_FragCoord rounded down, so of whole numbers
	FromVarying              // an input that is interpolated
)

// Read is one way in which a sampler is read.
type Read struct {
	Sampler string // as Uniform.Name
	Index   int    // of the element where that is an array, else -1
	From    From
	Reason  string
	Varying int // FromVarying: index in VertexMap.Varyings
	// Place is the map from what it is made of to x and y (M's and C's first two rows): texels of level 0 if Fetch, else coordinates.
	Place Position
	Fetch bool
	// Offset is added in texels. Gather: all four texels around are read, whatever the filter.
	Offset [2]int
	Gather bool
}

// Sampling analyses a program of one vertex shader and one fragment shader. Errors are those of Position.
func (a *Analyzer) Sampling(ctx context.Context, vertex, frag Source) (*Sampling, error) {
	not := func(what, why string) (*Sampling, error) { return &Sampling{Reason: what + " shader: " + why}, nil }
	vert, _, why, err := a.trees(ctx, vertex, 0)
	switch {
	case err != nil:
		return nil, err
	case why != "":
		return not("vertex", why)
	}
	frags, text, why, err := a.trees(ctx, frag, kindFragment)
	switch {
	case err != nil:
		return nil, err
	case why != "":
		return not("fragment", why)
	}
	for _, w := range []string{"origin_upper_left", "pixel_center_integer", "##"} {
		if strings.Contains(text, w) {
			return not("fragment", "has "+w)
		}
	}
	s := &Sampling{}
	f := &fragment{out: s}
	for _, t := range frags {
		m := newMachine(t)
		m.frag = f
		f.pixel, f.aliases = nil, map[*symbol]sampled{}
		if _, why := m.main(); why != nil {
			return not("fragment", why.String())
		}
		if f.lost != nil {
			return not("fragment", f.lost.String())
		}
		if m.g.full {
			return not("fragment", "is too long to be followed")
		}
		s.Discards = s.Discards || m.discards()
		s.Quads = s.Quads || derives(t.root)
	}
	for _, t := range vert {
		if m := newMachine(t); m.samples(t.root, 0) {
			return not("vertex", "reads textures")
		}
	}
	if len(vert) == 1 {
		s.Vertices = vertices(vert[0], f.varyings)
	}
	return s, nil
}

// trees are those of each variant of a source.
func (a *Analyzer) trees(ctx context.Context, src Source, stage kind) (list []*tree, source, why string, err error) {
	source = strings.Join(src.Strings, "")
	if source == "" {
		return nil, "", "has no source", nil
	}
	if len(source) > a.cfg.SourceBytes {
		return nil, "", "is too long", nil
	}
	all, _, bad := variants(source)
	if bad != nil {
		return nil, "", bad.String(), nil
	}
	refused := ""
	for _, v := range all {
		t, why, err := a.tree(ctx, v, kindOf(src.ES, stage))
		if err != nil {
			return nil, "", "", err
		}
		if why != "" {
			refused = why
			continue
		}
		list = append(list, t)
	}
	if len(list) != len(all) {
		return nil, "", refused, nil
	}
	return list, source, "", nil
}

// fragment is what a machine notes that runs a fragment shader.
type fragment struct {
	out      *Sampling
	pixel    *symbol // gl_FragCoord, rounded down
	lost     *reason // why nothing is known
	varyings []varying
	aliases  map[*symbol]sampled // parameters that are samplers
}

type varying struct {
	name     string
	location int
	scalars  int
}

// sampled is a sampler; ok: it is known which.
type sampled struct {
	name  string
	index int
	ok    bool
}

func (f *fragment) pixels(a *attribute) bool { return a != nil && f.pixel != nil && a.sym == f.pixel }

// pixel gives the whole part of a component of gl_FragCoord.
func (m *machine) pixel(a scalar) (v scalar, ok bool) {
	if m.frag == nil || a.attr == nil || a.loose || a.c != zero {
		return v, false
	}
	if m.frag.pixels(a.attr) {
		return a, true
	}
	if a.attr.sym.builtIn != "FragCoord" || a.k != [4]expr{one} && a.k != [4]expr{1: one} {
		return v, false
	}
	if m.frag.pixel == nil {
		m.frag.pixel = &symbol{name: "gl_FragCoord", shape: a.attr.shape}
	}
	at := 0
	if a.k[0] != one {
		at = 1
	}
	return m.component(attrKey{m.frag.pixel, 0}, m.frag.pixel.shape, at), true
}

func isSampler(n *node) bool { return n.shape != nil && n.shape.basic == "sampler" }

// samples tells whether n may read a texture or image.
func (m *machine) samples(n *node, calls int) bool {
	if m.steps++; calls > maxCalls || m.steps > maxSteps {
		return true
	}
	if n.kind == kindOp {
		switch {
		case n.op == "FunctionCall":
			if f := m.functions[n.name]; f != nil && m.samples(f, calls+1) {
				return true
			}
		case strings.HasPrefix(n.op, "TextureQuery"):
		case strings.HasPrefix(n.op, "Texture"), strings.HasPrefix(n.op, "Image") && n.op != "ImageQuerySize":
			return true
		case strings.HasPrefix(n.op, "?") && slices.ContainsFunc(n.kids, isSampler):
			return true
		}
	}
	return slices.ContainsFunc(n.kids, func(k *node) bool { return m.samples(k, calls) })
}

// discards tells whether the source has a discard anywhere, or writes what decides on fragments.
func (m *machine) discards() bool {
	for _, s := range m.tree.symbols {
		if s.builtIn == "SampleMask" {
			return true
		}
	}
	var visit func(n *node) bool
	visit = func(n *node) bool {
		return n.kind == kindBranch && n.op != "Return" && n.op != "Break" && n.op != "Continue" && n.op != "Case" && n.op != "Default" ||
			slices.ContainsFunc(n.kids, visit)
	}
	return visit(m.tree.root)
}

// derives tells whether n has derivatives, or operations that are not known by name.
func derives(n *node) bool {
	return n.kind == kindOp && (strings.HasPrefix(n.op, "?") || strings.HasPrefix(n.op, "DPd") || strings.HasPrefix(n.op, "Fwidth")) || slices.ContainsFunc(n.kids, derives)
}

// samplerOf finds which sampler n is.
func (m *machine) samplerOf(st *state, n *node) (s sampled) {
	index := -1
	if n.kind == kindOp && (n.op == "IndexDirect" || n.op == "IndexIndirect") && len(n.kids) == 2 {
		v := m.eval(st, n.kids[1])
		if len(v) != 1 || !v[0].constant() {
			return s
		}
		i, ok := m.g.isConst(v[0].c)
		if !ok || i < 0 || i >= maxScalars {
			return s
		}
		index, n = int(i), n.kids[0]
	}
	if n.kind != kindSym {
		return s
	}
	if n.sym.storage == stUniform {
		if n.sym.shape.basic != "sampler" || len(n.sym.dims) > 1 || (len(n.sym.dims) == 1) != (index >= 0) {
			return s
		}
		return sampled{n.sym.name, index, true}
	}
	if a := m.frag.aliases[n.sym]; index < 0 {
		return a
	}
	return s
}

// pass says which samplers a function's parameters are, until the call is over.
func (m *machine) pass(st *state, params []*symbol, call *node) (over func()) {
	type was struct {
		p *symbol
		s sampled
	}
	var before []was
	var now []sampled
	for i := range params {
		now = append(now, sampled{})
		if isSampler(call.kids[i]) {
			now[i] = m.samplerOf(st, call.kids[i])
		}
	}
	for i, p := range params {
		if isSampler(call.kids[i]) {
			before = append(before, was{p, m.frag.aliases[p]})
			m.frag.aliases[p] = now[i]
		}
	}
	return func() {
		for _, b := range before {
			m.frag.aliases[b.p] = b.s
		}
	}
}

// maxReads bounds what is kept of one shader.
const maxReads = 256

// sample notes a read, where n is one.
func (m *machine) sample(st *state, n *node, args [][]scalar) {
	f := m.frag
	switch {
	case strings.HasPrefix(n.op, "TextureQuery"), n.op == "ImageQuerySize":
		return
	case strings.HasPrefix(n.op, "Texture") && len(n.kids) >= 2:
	case strings.HasPrefix(n.op, "Image"), strings.HasPrefix(n.op, "?") && slices.ContainsFunc(n.kids, isSampler):
		if f.lost == nil {
			f.lost = m.reason("depends on %s", describe(n))
		}
		return
	default:
		return
	}
	s := m.samplerOf(st, n.kids[0])
	if !s.ok {
		if f.lost == nil {
			f.lost = m.reason("reads a sampler that is not followed")
		}
		return
	}
	r := Read{Sampler: s.name, Index: s.index}
	if why := m.placeOf(&r, n, args); why != nil {
		r = Read{Sampler: s.name, Index: s.index, Reason: why.String()}
	}
	for i := range f.out.Reads {
		if o := &f.out.Reads[i]; o.Sampler == r.Sampler && o.Index == r.Index && o.From == r.From && o.Reason == r.Reason && o.Varying == r.Varying &&
			o.Fetch == r.Fetch && o.Offset == r.Offset && o.Gather == r.Gather && o.Place.equal(&r.Place) {
			return
		}
	}
	if len(f.out.Reads) >= maxReads {
		f.lost = m.reason("reads textures in many ways")
		return
	}
	f.out.Reads = append(f.out.Reads, r)
}

// placeOf finds where n reads.
func (m *machine) placeOf(r *Read, n *node, args [][]scalar) *reason {
	offset, level := -1, -1
	switch n.op {
	case "Texture", "TextureLod", "TextureGrad":
	case "TextureGather":
		r.Gather = true
	case "TextureOffset":
		offset = 2
	case "TextureLodOffset":
		offset = 3
	case "TextureGradOffset":
		offset = 4
	case "TextureFetch":
		r.Fetch, level = true, 2
	case "TextureFetchOffset":
		r.Fetch, level, offset = true, 2, 3
	default:
		return m.reason("reads by %s", n.op)
	}
	number := func(s scalar) (int, bool) {
		v, ok := m.g.isConst(s.c)
		return int(v), ok && s.constant()
	}
	if offset >= 0 {
		if offset >= len(args) || len(args[offset]) < 2 {
			return m.reason("has an offset that is not followed")
		}
		for i := range r.Offset {
			v, ok := number(args[offset][i])
			if !ok || v < -1024 || v > 1024 {
				return m.reason("has an offset that is not constant")
			}
			r.Offset[i] = v
		}
	}
	if level >= 0 {
		if level >= len(args) || len(args[level]) != 1 {
			return m.reason("fetches of a level that is not followed")
		}
		if v, ok := number(args[level][0]); !ok || v != 0 {
			return m.reason("fetches of another level than 0")
		}
	}
	at := args[1]
	if len(at) < 2 {
		return m.reason("reads along a line")
	}
	if why := m.finish(&r.Place, at[:2], true); why != nil {
		return why
	}
	attr := at[0].attr
	if attr == nil {
		attr = at[1].attr
	}
	switch {
	case m.frag.pixels(attr):
		r.From = FromPixel
	case attr.sym.builtIn == "FragCoord":
		r.From = FromFragment
	case attr.sym.storage == stInput && attr.sym.builtIn == "-" && attr.column == 0 && !attr.sym.isMatrix():
		r.From = FromVarying
		v := varying{attr.sym.name, attr.sym.location, attr.sym.scalars}
		if r.Varying = slices.Index(m.frag.varyings, v); r.Varying < 0 {
			r.Varying = len(m.frag.varyings)
			m.frag.varyings = append(m.frag.varyings, v)
		}
	default:
		return m.reason("depends on %s", attr.sym.name)
	}
	if r.Fetch && r.From != FromPixel {
		return m.reason("fetches of %s, which is not a pixel's place", attr.sym.name)
	}
	return nil
}

// vertices follows a vertex shader for what is asked of it.
func vertices(t *tree, varyings []varying) (list []VertexMap) {
	uses := slices.ContainsFunc(t.symbols, func(s *symbol) bool { return s.storage == stVertexID })
	for id := range VertexIDs {
		m := newMachine(t)
		if uses {
			m.vertex = id
		}
		v := VertexMap{Varyings: make([]Position, len(varyings))}
		st, why := m.main()
		if why == nil {
			var clip []scalar
			if clip, why = m.position(st); why == nil {
				why = m.finish(&v.Position, clip, false)
			}
		}
		if why == nil && m.g.full {
			why = m.reason("is too long to be followed")
		}
		for i := range varyings {
			w := why
			if w == nil {
				w = m.varying(st, &varyings[i], &v.Varyings[i])
			}
			if w != nil {
				v.Varyings[i].Reason = w.String()
			}
		}
		if why != nil {
			v.Position.Reason = why.String()
		}
		v.Position.note(t)
		list = append(list, v)
		if !uses {
			break
		}
	}
	return list
}

// varying finds the output that the fragment shader takes.
func (m *machine) varying(st *state, want *varying, to *Position) *reason {
	for _, s := range m.tree.symbols {
		if s.storage != stOutput || s.builtIn != "-" {
			continue
		}
		same := s.name == want.name
		if want.location >= 0 && s.location >= 0 {
			same = s.location == want.location && s.component == 0
		}
		if !same {
			continue
		}
		v := st.vars[s.slot]
		if s.basic != "float" || s.isMatrix() || len(s.dims) > 0 || len(v) != want.scalars || len(v) > 4 {
			return m.reason("%s is not followed", s.name)
		}
		return m.finish(to, v, false)
	}
	return m.reason("does not set %s", want.name)
}
