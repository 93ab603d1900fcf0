package track

import (
	"image"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// drawing is what one draw command takes.
type drawing struct {
	mode         uint32
	first, count int
	elements     bool
	kind         uint32
	base         int
	instances    int
}

// read gives a command's arguments; ok: they are legal.
type read func(r *record) (d drawing, ok bool)

// drawings are the commands that may be bounded. Where the arguments stand in each is in its description.
var drawings = makeDrawings()

func makeDrawings() []read {
	table := make([]read, gl.Ops)
	for _, op := range []gl.Op{gl.OpGlDrawArrays, gl.OpGlDrawArraysInstanced, gl.OpGlDrawArraysInstancedBaseInstance, gl.OpGlDrawElements, gl.OpGlDrawElementsInstanced,
		gl.OpGlDrawRangeElements, gl.OpGlDrawElementsBaseVertex, gl.OpGlDrawRangeElementsBaseVertex, gl.OpGlDrawElementsInstancedBaseVertex,
		gl.OpGlDrawElementsInstancedBaseInstance, gl.OpGlDrawElementsInstancedBaseVertexBaseInstance} {
		info := gl.At(uint16(op))
		at := func(name string) int {
			if i := info.Field(name); i >= 0 {
				return int(info.Fields[i].Offset)
			}
			return -1
		}
		first, count, kind, base, instances, start, end := at("first"), at("count"), at("type"), at("basevertex"), at("instancecount"), at("start"), at("end")
		table[op] = func(r *record) (d drawing, ok bool) {
			d = drawing{mode: r.U32(8), count: r.I32(count), instances: 1}
			ok = d.count >= 0
			if first >= 0 {
				d.first = r.I32(first)
				ok = ok && d.first >= 0
			}
			if kind >= 0 {
				d.elements, d.kind = true, r.U32(kind)
				ok = ok && bounds.IndexBytes(d.kind) != 0
			}
			if base >= 0 {
				d.base = r.I32(base)
			}
			if instances >= 0 {
				d.instances = r.I32(instances)
				ok = ok && d.instances >= 0
			}
			if start >= 0 {
				ok = ok && r.U32(end) >= r.U32(start)
			}
			return d, ok
		}
	}
	return table
}

// Draws tells whether a command is one that Draw may bound.
func Draws(op uint16) bool { return drawings[op] != nil }

// Modes of primitives.
const (
	points        = 0
	lines         = 1
	lineLoop      = 2
	lineStrip     = 3
	triangles     = 4
	polygon       = 9
	linesAdj      = 10
	lineStripAdj  = 11
	lastPrimitive = 13 // GL_TRIANGLE_STRIP_ADJACENCY; then patches
)

// unbounded says why no draw in the context is bounded; "": some are.
func (c *context) unbounded() (why string) {
	switch {
	case c.lost != "":
		return c.lost
	case c.compiling != 0:
		return "in a display list"
	case c.inBegin:
		return "between glBegin and glEnd"
	case c.framebuffer != 0 && !c.objects:
		return "a framebuffer object"
	case c.feedback || c.queries > 0:
		return "what counts primitives"
	case c.renderMode != render:
		return "selection or feedback"
	case !c.viewportKnown:
		return "a viewport that is not known"
	}
	return ""
}

// Pixels tells whether what is drawn now in h's context is seen nowhere but in pixels: nothing counts it, and no list or feedback takes it.
func (t *Tracker) Pixels(h *wire.ChunkHeader) bool { return t.context(h.Ctx).unbounded() == "" }

// view is how clip coordinates become pixels, without a margin.
func (c *context) view(picture image.Rectangle) bounds.View {
	return bounds.View{X: c.viewport[0], Y: c.viewport[1], Width: c.viewport[2], Height: c.viewport[3], DepthClamp: c.depthClamp, Picture: picture}
}

// user gives the program that places vertices; nil: fixed functions do.
func (t *Tracker) user(c *context) (p *program, why string) {
	if c.program == 0 {
		if c.pipeline != 0 || c.vertexARB || c.core || c.es {
			return nil, "a pipeline of programs"
		}
		return nil, ""
	}
	p = t.programs[c.program]
	switch {
	case p == nil || !p.reflected && p.other == "":
		return nil, "a program that is not known"
	case p.other != "":
		return nil, p.other
	case !p.ok:
		return nil, "a program that is not linked"
	case p.eval == nil:
		return nil, "a shader that is being analysed"
	}
	return p, ""
}

// place bounds the pixels that positions in b come to, by p or by fixed functions. b is changed.
func (t *Tracker) place(c *context, p *program, b *bounds.Box, v *bounds.View) (rect image.Rectangle, why string) {
	var m, size bounds.Matrix
	if p != nil {
		if why := p.matrices(t, c, b, &m, &size); why != "" {
			return rect, why
		}
		return v.Rect(b, &m, &size), ""
	}
	if c.modelview.lost || c.projection.lost {
		return rect, "a matrix that is not known"
	}
	m = bounds.Mul(&c.projection.top().m, &c.modelview.top().m)
	size = bounds.Mul(&c.projection.top().size, &c.modelview.top().size)
	return v.Rect(b, &m, &size), ""
}

// Draw bounds the pixels of picture that the draw touches. why: "" if it is bounded; else the reason, and rect is of no meaning. A draw
// that changes anything but pixels is not bounded.
func (t *Tracker) Draw(h *wire.ChunkHeader, op uint16, raw []byte, picture image.Rectangle) (rect image.Rectangle, why string) {
	c := t.context(h.Ctx)
	t.now = record{gl.RecordOf(op, raw), h}
	r := &t.now
	if why = c.unbounded(); why != "" {
		return rect, why
	}
	if drawings[op] == nil {
		return rect, "a command whose vertices are not followed"
	}
	d, ok := drawings[op](r)
	if !ok || d.mode > lastPrimitive {
		return rect, "arguments or primitives that are not followed"
	}
	v := c.view(picture)
	if v.Margin, ok = c.margin(d.mode); !ok {
		return rect, "points whose size is not known"
	}
	p, why := t.user(c)
	if why != "" {
		return rect, why
	}
	a := c.array()
	g, place := &a.vertex, &a.place
	if p != nil && p.array != fixedVertex {
		if p.array >= attribs {
			return rect, "a high attribute"
		}
		g = &a.generic[p.array]
		if int(g.binding) >= attribs {
			return rect, "a high binding"
		}
		place = &a.bindings[g.binding]
	}
	if g == &a.vertex && a.generic[0].on {
		return rect, "positions by attribute 0"
	}
	if !g.on || g.integer {
		return rect, "positions that are not in an array"
	}
	b, why := t.box(c, a, r, &d, g, place)
	if why != "" {
		return rect, why
	}
	if b.IsEmpty() || d.instances == 0 {
		return image.Rectangle{}, ""
	}
	return t.place(c, p, &b, &v)
}

// margin of what is drawn as lines or points, in pixels.
func (c *context) margin(mode uint32) (margin float64, ok bool) {
	line := mode >= lines && mode <= lineStrip || mode == linesAdj || mode == lineStripAdj
	point := mode == points
	if !line && !point {
		line = c.front != fill || c.back != fill
		point = line
	}
	if line {
		margin = c.lineWidth/2 + 1
	}
	if point {
		if c.pointSizes || c.es {
			return 0, false
		}
		margin = max(margin, c.pointSize/2+1)
	}
	return margin, true
}

// box bounds the positions that a draw takes from g.
func (t *Tracker) box(c *context, a *arrays, r *record, d *drawing, g *attrib, place *binding) (box bounds.Box, why string) {
	b, array, skip, ok := a.source(t, g, place)
	if !ok {
		return box, "a buffer that is not known"
	}
	if d.count == 0 {
		return bounds.Empty(), ""
	}
	k := boxKey{array: array, first: d.first - skip, count: d.count}
	if !d.elements {
		if box, ok = b.box(&k, nil); !ok {
			return box, "positions outside of the buffer, or not finite"
		}
		return box, ""
	}
	k.kind, k.base = d.kind, d.base-skip
	switch {
	case c.restartFixed:
		k.restarts = true
		k.restart = uint32(uint64(1)<<(8*bounds.IndexBytes(d.kind)) - 1)
	case c.restart:
		k.restarts, k.restart = true, c.restartIndex
	}
	data, mode, ok := t.blob(r, "indices")
	switch {
	case !ok:
		return box, "indices that are not known"
	case mode == wire.BlobOffset && len(data) == 8:
		at := le.Uint64(data)
		e := t.buffers[a.element]
		if e == nil || !e.known || at > uint64(len(e.data)) {
			return box, "indices that are not known"
		}
		k.first, k.elements, k.version = int(at), a.element, e.version
		box, ok = b.box(&k, e)
	case mode == wire.BlobInline || mode == wire.BlobStaged:
		x := bounds.Indices{Data: data, Type: d.kind, Count: d.count, Base: k.base, Restart: k.restart, Restarts: k.restarts}
		box, ok = array.Elements(b.data, &x)
	default:
		return box, "indices that are not known"
	}
	if !ok {
		return box, "positions outside of the buffer, or not finite"
	}
	return box, ""
}

// matrices gives a program's map of positions with what its uniforms are now. The map of a shader may add to what it multiplies: b's w is 1,
// or made so, and stands for that.
func (p *program) matrices(t *Tracker, c *context, b *bounds.Box, m, size *bounds.Matrix) (why string) {
	if p.position.Attribute.Components == 4 {
		if b.Min[3] != 1 || b.Max[3] != 1 {
			return "positions with a w"
		}
	} else {
		b.Min[3], b.Max[3] = 1, 1
		for i := p.position.Attribute.Components; i < 3; i++ {
			b.Min[i], b.Max[i] = 0, 0
		}
	}
	fixed := false
	for i := range p.inputs {
		switch p.inputs[i].fixed {
		case fixedModelview:
			if fixed = true; c.modelview.lost {
				return "a matrix that is not known"
			}
		case fixedProjection:
			if fixed = true; c.projection.lost {
				return "a matrix that is not known"
			}
		}
	}
	if !p.eval.Map(func(i int) []float32 { return p.value(t, c, i, false) }, &p.affine) {
		return "uniforms that are not known"
	}
	am, abs := p.affine.FoldW()
	*m, *size = am, abs
	if fixed { // with the magnitudes that were rounded before
		var magnitude shader.Affine
		if !p.eval.Map(func(i int) []float32 { return p.value(t, c, i, true) }, &magnitude) {
			return "uniforms that are not known"
		}
		_, *size = magnitude.FoldW()
	}
	scale := max(1, p.affine.Rounding/bounds.Relative)
	for i := range size {
		size[i] *= scale
	}
	return ""
}

// value gives that of the position's uniform i; magnitude: of the fixed pipeline's matrices what their rounding is relative to.
func (p *program) value(t *Tracker, c *context, i int, magnitude bool) []float32 {
	return p.valueOf(t, c, &p.inputs[i], magnitude)
}

func (p *program) valueOf(t *Tracker, c *context, in *input, magnitude bool) []float32 {
	switch in.fixed {
	case fixedModelview:
		return c.modelview.top().numbers(&c.numbers[0], magnitude)
	case fixedProjection:
		return c.projection.top().numbers(&c.numbers[1], magnitude)
	}
	if in.member != nil {
		at := c.uniforms[p.blocks[in.block].binding]
		b := t.buffers[at.buffer]
		if b == nil || !b.known || at.offset > uint64(len(b.data)) {
			return nil
		}
		data := b.data[at.offset:]
		if at.size > 0 && at.size < uint64(len(data)) {
			data = data[:at.size]
		}
		if in.numbers, _ = in.member.Read(in.numbers[:0], data); len(in.numbers) < in.member.Len() {
			return nil
		}
		return in.numbers
	}
	return p.values[in.location]
}

// numbers gives a matrix as floats; magnitudes with room for that rounding.
func (x *matrix) numbers(to *[16]float32, magnitude bool) []float32 {
	for i := range to {
		if to[i] = float32(x.m[i]); magnitude {
			to[i] = float32(x.size[i] * slack)
		}
	}
	return to[:]
}
