package track

import (
	"image"
	"slices"
	"strings"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// Display lists and what stands between glBegin and glEnd. What is compiled is carried out when the list is called: then the records that
// matter are followed, which are kept. A list of vertices and plain state alone can be bounded.

const compileOnly = 0x1300 // GL_COMPILE

type listKey struct{ share, name uint32 }

// Primitives is what a display list, or glBegin … glEnd, consists of: vertices, and state between them.
type Primitives struct {
	States []State // in their order; what vertices bring aside

	// Of a list: what is to be followed when it is called.
	kept    []State
	short   []State // of these, what does not come to nothing where deep more matrices can be pushed
	deep    int
	tooLong bool
	flat    []State // all but vertices, in order; shortened, too
	under   int     // so many more matrices it pushes
	curved  bool    // that is not all that it does besides drawing
	binds   bool    // it binds textures,
	deleted uint64  // of which none may have been deleted since: Tracker.deleted when it began

	changes       bool // of what is followed
	odd           bool // there is something else in it
	open          bool // a glBegin has no glEnd yet
	lines, points bool
	box           bounds.Box
}

// State is a record that sets state.
type State struct {
	Op  uint16
	Raw []byte
}

// Bounds of what is kept of one list, and of lists that call lists.
const (
	maxStates = 4096
	maxFlat   = 512
	mostFlat  = 8 * maxFlat // before it is shortened
	maxNested = 8
)

var listHandlers = map[gl.Op]handler{
	gl.OpGlNewList: func(t *Tracker, c *context, r *record) {
		if c.compiling == 0 && r.U32(8) != 0 {
			c.compiling, c.list, c.listName = r.U32(12), &Primitives{box: bounds.Empty(), deleted: t.deleted[c.share]}, r.U32(8)
		}
	},
	gl.OpGlEndList: func(t *Tracker, c *context, _ *record) {
		if c.compiling == 0 {
			return
		}
		c.list.odd = c.list.odd || c.list.open
		c.list.curved = c.list.curved || c.list.open
		c.list.short, c.list.deep = shorten(c.list.kept)
		c.list.flat, c.list.under = shorten(c.list.flat)
		c.list.curved = c.list.curved || len(c.list.flat) > maxFlat
		if len(t.lists) < maxObjects {
			t.lists[listKey{c.share, c.listName}] = c.list
		}
		c.compiling, c.list = 0, nil
	},
	gl.OpGlCallList: func(t *Tracker, c *context, r *record) { t.call(c, r.U32(8), r.h) },
	gl.OpGlCallLists: func(t *Tracker, c *context, r *record) {
		data, _, ok := t.blob(r, "lists")
		names, known := listNames(data, r.U32(12))
		if !ok || !known {
			c.lose("glCallLists of lists that are not known")
			return
		}
		h := r.h
		for _, n := range names {
			t.call(c, c.listBase+n, h)
		}
	},
	gl.OpGlListBase:       func(_ *Tracker, c *context, r *record) { c.listBase = r.U32(8) },
	gl.OpGlDeleteTextures: func(t *Tracker, c *context, _ *record) { t.deleted[c.share]++ }, // a list that binds one makes it anew, and a record cannot
	gl.OpGlDeleteLists: func(t *Tracker, c *context, r *record) {
		first, n := r.U32(8), r.I32(12)
		for k := range t.lists {
			if k.share == c.share && n > 0 && k.name-first < uint32(n) {
				delete(t.lists, k)
			}
		}
	},
}

// call follows a list's records.
func (t *Tracker) call(c *context, name uint32, h *wire.ChunkHeader) {
	l := t.lists[listKey{c.share, name}]
	switch {
	case l == nil && len(t.lists) < maxObjects: // there is none, and nothing happens
		return
	case l == nil || l.tooLong || c.nested >= maxNested:
		c.lose("a display list that is not known")
		return
	}
	c.nested++
	states := l.kept
	if c.room() >= l.deep {
		states = l.short
	}
	for i := range states {
		s := &states[i]
		if f := t.handlers[s.Op]; f != nil {
			f(t, c, &record{gl.RecordOf(s.Op, s.Raw), h})
		}
	}
	c.nested--
}

// Called gives the records of a list that may set selectors of state or what is followed, in order; ok: they are all known.
func (t *Tracker) Called(h *wire.ChunkHeader, name uint32) (states []State, ok bool) {
	l := t.lists[listKey{t.context(h.Ctx).share, name}]
	if l == nil || l.tooLong {
		return nil, l == nil && len(t.lists) < maxObjects
	}
	return l.kept, true
}

// Flattened gives the records of a list and of the lists that it calls which a node needs that shows nothing of what the list draws: all but
// vertices. ok: there is nothing else in them.
func (t *Tracker) Flattened(h *wire.ChunkHeader, name uint32) (states []State, ok bool) {
	t.flat = t.flat[:0]
	c := t.context(h.Ctx)
	ok = t.flatten(c.share, name, 0, c.room())
	return t.flat, ok
}

// flatten adds a list's. So many more matrices can be pushed.
func (t *Tracker) flatten(share, name uint32, depth, room int) bool {
	l := t.lists[listKey{share, name}]
	if l == nil {
		return len(t.lists) < maxObjects // there is none, and nothing happens
	}
	if l.curved || depth > maxNested || l.under > room || l.binds && l.deleted != t.deleted[share] || len(t.flat)+len(l.flat) > maxFlat {
		return false
	}
	for i := range l.flat {
		if s := &l.flat[i]; gl.Op(s.Op) != gl.OpGlCallList {
			t.flat = append(t.flat, *s)
		} else if !t.flatten(share, le.Uint32(s.Raw[8:]), depth+1, room-l.under) {
			return false
		}
	}
	return true
}

// flatten notes what a node needs of a record that shows nothing of it.
func (l *Primitives) flatten(r *record, vertex bool, raw []byte) {
	switch {
	case l.curved:
	case r.Op == gl.OpPrismVertices: // span does it
	case vertex || r.Op == gl.OpGlBegin || r.Op == gl.OpGlEnd:
		l.curved = l.open == (r.Op == gl.OpGlBegin)
	case r.Op == gl.OpGlDrawArrays: // leaves what is current as it was: GL does not say so, but Mesa does
		l.curved = l.open
	case len(l.flat) >= mostFlat || len(raw) > 1024 || r.Cmd.Key == "current_attrib(index)" || l.open && !r.Cmd.Has(gl.FlagInBegin) ||
		r.Op != gl.OpGlCallList && r.Op != gl.OpGlBindTexture && r.Cmd.Class != gl.ClassState || l.open && r.Op == gl.OpGlCallList:
		l.curved = true
	default:
		for i := range blobFields[r.Op] {
			if mode := r.U32(blobFields[r.Op][i].at + 4); mode != wire.BlobInline && mode != wire.BlobNull {
				l.curved = true
				return
			}
		}
		l.flat = append(l.flat, State{uint16(r.Op), raw})
		l.binds = l.binds || r.Op == gl.OpGlBindTexture
	}
}

// listNames reads glCallLists' array.
func listNames(data []byte, typ uint32) (names []uint32, ok bool) {
	size := map[uint32]int{bounds.Byte: 1, bounds.UnsignedByte: 1, bounds.Short: 2, bounds.UnsignedShort: 2, bounds.Int: 4, bounds.UnsignedInt: 4}[typ]
	if size == 0 {
		return nil, false
	}
	for ; len(data) >= size; data = data[size:] {
		switch typ {
		case bounds.Byte:
			names = append(names, uint32(int8(data[0])))
		case bounds.UnsignedByte:
			names = append(names, uint32(data[0]))
		case bounds.Short:
			names = append(names, uint32(int16(le.Uint16(data))))
		case bounds.UnsignedShort:
			names = append(names, uint32(le.Uint16(data)))
		default:
			names = append(names, le.Uint32(data))
		}
	}
	return names, true
}

// vertex reads one command's position.
type vertex struct {
	size  int
	array bool // its numbers stand in an array
	kind  byte // s, i, f, d
}

// vertices by command: glVertex{2,3,4}{s,i,f,d}{v}, which the names say.
var vertices = func() map[gl.Op]vertex {
	out := map[gl.Op]vertex{}
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil {
			continue
		}
		rest, ok := strings.CutPrefix(info.Name, "glVertex")
		if !ok || len(rest) < 2 || rest[0] < '2' || rest[0] > '4' || !strings.ContainsRune("sifd", rune(rest[1])) || len(rest) > 2 && rest[2:] != "v" {
			continue
		}
		out[gl.Op(op)] = vertex{int(rest[0] - '0'), len(rest) == 3, rest[1]}
	}
	return out
}()

// add takes a record in. kept: its memory stays; else it is copied.
func (l *Primitives) add(t *Tracker, r *record, kept bool) {
	v, isVertex := vertices[r.Op]
	if !kept { // a list
		raw := r.Raw
		if !isVertex {
			raw = slices.Clone(raw)
		}
		l.flatten(r, isVertex, raw)
	}
	if !kept && (handlers[r.Op] != nil || r.Cmd.Class != gl.ClassDraw && !r.Cmd.Has(gl.FlagInBegin)) {
		if len(l.kept) < maxStates && len(r.Raw) <= 4096 {
			l.kept = append(l.kept, State{uint16(r.Op), slices.Clone(r.Raw)})
		} else {
			l.tooLong = true
		}
	}
	switch {
	case r.Op == gl.OpPrismVertices:
		l.span(t, r, kept)
	case r.Op == gl.OpGlBegin:
		mode := r.U32(8)
		l.odd = l.odd || l.open || mode > polygon
		l.open = true
		l.points = l.points || mode == points
		l.lines = l.lines || mode >= lines && mode <= lineStrip
	case r.Op == gl.OpGlEnd:
		l.odd = l.odd || !l.open
		l.open = false
	case isVertex:
		p, ok := v.read(t, r)
		l.odd = l.odd || !l.open || !ok
		l.box.Add(p)
	case r.Cmd.Key == "current_attrib(index)" && r.U32(8) == 0: // a vertex, in a compatibility context
		l.odd = true
	case r.Cmd.Class == gl.ClassState && handlers[r.Op] == nil && len(l.States) < maxStates && len(r.Raw) <= 1024:
		if l.open && !r.Cmd.Has(gl.FlagInBegin) { // an error
			l.odd = true
		}
		raw := r.Raw
		if !kept {
			raw = slices.Clone(raw)
		}
		l.States = append(l.States, State{uint16(r.Op), raw})
	default:
		l.odd = true
		l.changes = l.changes || handlers[r.Op] != nil
	}
}

// Calls that stand in spans, for span.
type spanned struct {
	vertex
	state   bool // it sets a current value,
	indexed bool // of the index, unit or target that comes first
	attrib  bool // of that generic attribute
}

var inSpan = func() [gl.Ops]spanned {
	var table [gl.Ops]spanned
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil || info.Item == 0 {
			continue
		}
		_, args, _ := strings.Cut(strings.TrimSuffix(info.Key, ")"), "(")
		table[op] = spanned{vertices[gl.Op(op)], info.Class == gl.ClassState, info.Field(args) == 0, info.Slot() == "current_attrib"}
	}
	return table
}()

// latest is the last call in a span that sets one value.
type latest struct {
	op  gl.Op
	of  uint32 // index, unit or target
	at  int    // the how-manieth call it is
	raw []byte
}

// manyLatest are looked through for a value that is set again; beyond them some are kept twice.
const manyLatest = 16

// span takes in what a prismVertices record calls: where its vertices are, and of what they bring the last value of each kind.
func (l *Primitives) span(t *Tracker, r *record, kept bool) {
	it, ok := r.Items()
	odd := !ok || !l.open
	set := t.latest[:0]
	for n := 0; it.Next(); n++ {
		s := &inSpan[it.Op()]
		switch {
		case s.size > 0:
			l.box.Add(s.item(it.Raw()))
		case s.state:
			of := uint32(0)
			if s.indexed {
				of = it.U32(4)
				odd = odd || s.attrib && of == 0 // a vertex, in a compatibility context
			}
			i := 0
			for ; i < min(len(set), manyLatest); i++ {
				if set[i].op == it.Op() && set[i].of == of {
					break
				}
			}
			if i >= manyLatest || i == len(set) {
				i = len(set)
				set = append(set, latest{op: it.Op(), of: of})
			}
			set[i].at, set[i].raw = n, it.Raw()
		default:
			odd = true
		}
	}
	t.latest = set
	odd = odd || it.Err() != nil || len(l.States)+len(set) > maxStates
	l.odd, l.curved = l.odd || odd, l.curved || odd || len(l.flat)+len(set) > mostFlat
	if odd || l.odd && (kept || l.curved) {
		return
	}
	slices.SortFunc(set, func(a, b latest) int { return a.at - b.at })
	for i := range set {
		at := len(t.spans)
		t.spans = gl.AppendRecord(t.spans, set[i].raw)
		raw := t.spans[at:len(t.spans):len(t.spans)]
		if !kept {
			raw = slices.Clone(raw)
			t.spans = t.spans[:at]
		}
		if !l.odd {
			l.States = append(l.States, State{uint16(set[i].op), raw})
		}
		if !kept && !l.curved {
			l.flat = append(l.flat, State{uint16(set[i].op), raw})
		}
	}
}

// item reads the position from an item: numbers one behind the other, in an array or not.
func (v vertex) item(raw []byte) (p [4]float64) {
	p[3] = 1
	raw = raw[4:]
	for i := range v.size {
		switch v.kind {
		case 'f':
			p[i] = float64(f32(le.Uint32(raw[4*i:])))
		case 'd':
			p[i] = f64(le.Uint64(raw[8*i:]))
		case 'i':
			p[i] = float64(int32(le.Uint32(raw[4*i:])))
		default:
			p[i] = float64(int16(le.Uint16(raw[2*i:])))
		}
	}
	return p
}

func (v vertex) read(t *Tracker, r *record) (p [4]float64, ok bool) {
	p[3] = 1
	if !v.array {
		for i := range v.size {
			p[i] = r.Number(i)
		}
		return p, true
	}
	data, mode, ok := t.blob(r, r.Cmd.Fields[0].Name)
	if !ok || mode != wire.BlobInline {
		return p, false
	}
	for i := range v.size {
		switch {
		case v.kind == 's' && len(data) >= 2*v.size:
			p[i] = float64(int16(le.Uint16(data[2*i:])))
		case v.kind == 'i' && len(data) >= 4*v.size:
			p[i] = float64(int32(le.Uint32(data[4*i:])))
		case v.kind == 'f' && len(data) >= 4*v.size:
			p[i] = float64(f32(le.Uint32(data[4*i:])))
		case v.kind == 'd' && len(data) >= 8*v.size:
			p[i] = f64(le.Uint64(data[8*i:]))
		default:
			return p, false
		}
	}
	return p, true
}

// List gives what a list consists of, when it is bounded by it: vertices and state that is not followed, and nothing else.
func (t *Tracker) List(h *wire.ChunkHeader, name uint32) *Primitives {
	if l := t.lists[listKey{t.context(h.Ctx).share, name}]; l != nil && !l.odd && !l.changes {
		return l
	}
	return nil
}

// Group reads from a glBegin to its glEnd. n is how many records that is, glBegin and glEnd included; 0: they are not all there, or there is
// something else between them. The result is valid until the next call.
func (t *Tracker) Group(h *wire.ChunkHeader, begin []byte, rest wire.Records) (l *Primitives, n int, bytes int) {
	l = &t.group
	*l = Primitives{States: l.States[:0], box: bounds.Empty()}
	t.spans = t.spans[:0]
	op, raw := uint16(gl.OpGlBegin), begin
	for {
		info := gl.At(op)
		if info == nil || len(raw) < info.Fixed || gl.Op(op) == gl.OpPrismData {
			return nil, 0, 0
		}
		l.add(t, &record{gl.RecordOf(op, raw), h}, true)
		n++
		bytes += len(raw)
		if l.odd || l.changes {
			return nil, 0, 0
		}
		if !l.open {
			return l, n, bytes
		}
		if !rest.Next() {
			return nil, 0, 0
		}
		op, raw = rest.Op(), rest.Raw()
	}
}

// DrawPrimitives bounds the pixels of picture that primitives touch which are drawn now, as Draw does.
func (t *Tracker) DrawPrimitives(h *wire.ChunkHeader, l *Primitives, picture image.Rectangle) (rect image.Rectangle, why string) {
	c := t.context(h.Ctx)
	if why = c.unbounded(); why != "" {
		return rect, why
	}
	v := c.view(picture)
	mode := uint32(triangles)
	if l.lines {
		mode = lines
	}
	ok := true
	if v.Margin, ok = c.margin(mode); ok && l.points {
		var of float64
		of, ok = c.margin(points)
		v.Margin = max(v.Margin, of)
	}
	if !ok {
		return rect, "points whose size is not known"
	}
	p, why := t.user(c)
	if why != "" {
		return rect, why
	}
	if p != nil && p.array != fixedVertex && p.array != 0 { // attribute 0 is what glVertex gives
		return rect, "positions that are not vertices"
	}
	if l.box.IsEmpty() {
		return image.Rectangle{}, ""
	}
	b := l.box
	return t.place(c, p, &b, &v)
}
