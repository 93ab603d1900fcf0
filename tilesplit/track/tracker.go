package track

import (
	"encoding/binary"
	"sync"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

var le = binary.LittleEndian

// Tracker follows one session's stream.
type Tracker struct {
	contexts map[uint32]*context
	last     *context // that was asked for, lastCtx's; nil: none
	lastCtx  uint32
	buffers  map[uint32]*buffer
	shaders  map[uint32]*shaderObject
	programs map[uint32]*program
	lists    map[listKey]*Primitives
	deleted  map[uint32]uint64    // by share group: how often textures were
	group    Primitives           // of the glBegin that was read last
	spans    []byte               // records for state that spans in it have set
	latest   []latest             // of the span that was read last
	bound    map[objectKey]uint32 // objects that were bound, and their target
	staged   map[uint32]*staging  // by thread
	flat     []State              // Flattened's
	mirrored int                  // bytes of buffers that are kept
	limit    int
	now      record // the one that is followed; here, so that it is not allocated each time

	analyse   Analyse
	reads     AnalyseReads
	analysing bool      // what fragments read, AnalyseAll
	sampled   Sampled   // what Samples gave last
	handlers  []handler // all of them: what lists call needs them too
	mu        sync.Mutex
	arrived   []func() // brought by other goroutines, to be done by the tracker's own
}

// Limits of what a stream can make a tracker keep. Beyond them draws are not bounded.
const (
	DefaultMirror = 256 << 20 // bytes of buffers
	maxObjects    = 1 << 16   // of each kind
	maxStaging    = 64 << 20
)

// staging is what prismData has brought for a thread's next command.
type staging struct {
	data []byte
	lost bool // more than maxStaging, or of no use
}

type objectKey struct {
	kind   gl.Handle
	serial uint32
}

// New makes a tracker that keeps at most mirror bytes of buffers; analyse may be nil: then draws with programs are not bounded.
func New(mirror int, analyse Analyse) *Tracker {
	return &Tracker{contexts: map[uint32]*context{}, buffers: map[uint32]*buffer{}, shaders: map[uint32]*shaderObject{}, programs: map[uint32]*program{},
		lists: map[listKey]*Primitives{}, deleted: map[uint32]uint64{}, bound: map[objectKey]uint32{}, staged: map[uint32]*staging{}, limit: mirror, analyse: analyse, handlers: handlers}
}

// record is one that is looked at, and the chunk that it stands in.
type record struct {
	gl.Record
	h *wire.ChunkHeader
}

// handler follows one command. c is the context that is current, never nil.
type handler func(t *Tracker, c *context, r *record)

// handlers by command; those that are nil change nothing that is followed.
var handlers = makeHandlers()

// makeHandlers puts together what the files of this package say, and for the rest what commands do to what is followed by their
// description: those that give a buffer contents otherwise, and those that let something write it.
func makeHandlers() []handler {
	table := make([]handler, gl.Ops)
	for _, part := range []map[gl.Op]handler{bufferHandlers, arrayHandlers, programHandlers, matrixHandlers, contextHandlers, listHandlers} {
		for op, h := range part {
			table[op] = h
		}
	}
	for op := range gl.Ops {
		info := gl.At(uint16(op))
		if info == nil || table[op] != nil {
			continue
		}
		switch {
		case info.Slot() == "uniform":
			table[op] = uniformHandler(info)
		case info.Slot() == "buffer_data":
			table[op] = bufferUnknown
		case info.Class == gl.ClassDelete || info.Class == gl.ClassDraw || info.Class == gl.ClassQuery:
		default:
			for i := range info.Fields {
				f := &info.Fields[i]
				if f.Handle == gl.HandleBuffer && f.Kind == gl.KindHandle && !f.Makes {
					at := int(f.Offset)
					table[op] = func(t *Tracker, _ *context, r *record) { t.taint(r.U32(at)) }
				}
				if f.Binds && f.Kind == gl.KindHandle && f.Handle != gl.HandleBuffer {
					table[op] = boundHandler(info, f)
				}
			}
		}
	}
	return table
}

func boundHandler(info *gl.Command, f *gl.Field) handler {
	at, target := int(f.Offset), -1
	if i := info.Field("target"); i >= 0 {
		target = int(info.Fields[i].Offset)
	}
	kind := f.Handle
	return func(t *Tracker, _ *context, r *record) {
		k := objectKey{kind, r.U32(at)}
		if _, ok := t.bound[k]; ok || k.serial == 0 || len(t.bound) >= maxObjects {
			return
		}
		t.bound[k] = 0
		if target >= 0 {
			t.bound[k] = r.U32(target)
		}
	}
}

// Bound implements deal.Objects.
func (t *Tracker) Bound(kind gl.Handle, serial, target uint32) bool {
	was, ok := t.bound[objectKey{kind, serial}]
	if kind == gl.HandleBuffer {
		return ok // buffers are of all targets
	}
	return ok && (target == 0 || was == target)
}

// Context tells which context's records come next, and the size of what it draws to; known: there is such a drawable. A context that is
// current for the first time has its viewport from there.
func (t *Tracker) Context(h *wire.ChunkHeader, width, height int, known bool) {
	t.take()
	c := t.context(h.Ctx)
	if known && !c.placed {
		c.placed = true
		c.viewport = [4]float64{0, 0, float64(width), float64(height)}
		c.viewportKnown = true
	}
}

func (t *Tracker) context(ctx uint32) *context {
	if t.last != nil && t.lastCtx == ctx {
		return t.last
	}
	c := t.contexts[ctx]
	if c == nil {
		if len(t.contexts) >= maxObjects {
			clear(t.contexts)
		}
		c = newContext()
		t.contexts[ctx] = c
	}
	t.last, t.lastCtx = c, ctx
	return c
}

// Objects says whether draws of a context are bounded that go to framebuffer objects: the picture is then the object's.
func (t *Tracker) Objects(h *wire.ChunkHeader, on bool) { t.context(h.Ctx).objects = on }

// take does what other goroutines have brought.
func (t *Tracker) take() {
	t.mu.Lock()
	list := t.arrived
	t.arrived = nil
	t.mu.Unlock()
	for _, f := range list {
		f()
	}
}

// later has f done by the tracker's own goroutine.
func (t *Tracker) later(f func()) {
	t.mu.Lock()
	t.arrived = append(t.arrived, f)
	t.mu.Unlock()
}

// Plain tells whether records of a context are carried out one by one as they come: no display list is made, no glBegin is open, no feedback active.
func (t *Tracker) Plain(h *wire.ChunkHeader) bool {
	c := t.context(h.Ctx)
	return c.compiling == 0 && !c.inBegin && !c.feedback
}

// Follows tells whether Record has anything to do for a command; prismData counts.
func Follows(op uint16) bool { return handlers[op] != nil }

// aside are slots of state that is set at once while a list is made: it does not come into the list.
var aside = map[string]bool{"array": true, "array_enable": true, "client_active_texture": true, "pixel_store": true}

// Record follows a record whose fixed part is whole.
func (t *Tracker) Record(h *wire.ChunkHeader, op uint16, raw []byte) {
	if gl.Op(op) == gl.OpPrismData {
		t.stage(h.Thread, raw)
		return
	}
	c := t.context(h.Ctx)
	f := handlers[op]
	if info := &gl.Info[op]; c.compiling != 0 {
		switch {
		case info.Has(gl.FlagListable):
			t.now = record{gl.RecordOf(op, raw), h}
			c.list.add(t, &t.now, false)
		case info.Class == gl.ClassDraw || info.Class == gl.ClassState && !aside[info.Slot()]: // prism's own, which stand for several
			c.list.odd, c.list.curved = true, true
		}
	}
	if f != nil {
		t.now = record{gl.RecordOf(op, raw), h}
		r := &t.now
		switch {
		case c.compiling == compileOnly && r.Cmd.Has(gl.FlagListable): // not carried out
		case c.inBegin && !r.Cmd.Has(gl.FlagInBegin) && r.Cmd.Class == gl.ClassState: // an error, if glBegin was none
			c.lose("state between glBegin and glEnd")
		default:
			f(t, c, r)
		}
	}
	if t.Staged(h.Thread) { // the next command has taken it
		s := t.staged[h.Thread]
		s.data, s.lost = s.data[:0], false
		if cap(s.data) > 1<<20 {
			s.data = nil
		}
	}
}

// Staged tells whether prismData has brought something for the thread's next command.
func (t *Tracker) Staged(thread uint32) bool {
	s := t.staged[thread]
	return s != nil && (len(s.data) > 0 || s.lost)
}

func (t *Tracker) stage(thread uint32, raw []byte) {
	s := t.staged[thread]
	if s == nil {
		if len(t.staged) >= 1024 {
			clear(t.staged)
		}
		s = &staging{}
		t.staged[thread] = s
	}
	n := int(binary.LittleEndian.Uint32(raw[8:]))
	if n > len(raw)-16 || len(s.data)+n > maxStaging || s.lost {
		s.lost = true
		return
	}
	s.data = append(s.data, raw[16:16+n]...)
}

// blobField is one array of a command.
type blobField struct {
	name string
	at   int // of its length and mode in the fixed part
}

// blobFields by command.
var blobFields = func() [][]blobField {
	table := make([][]blobField, gl.Ops)
	for op := range gl.Ops {
		if info := gl.At(uint16(op)); info != nil {
			for i := range info.Fields {
				if f := &info.Fields[i]; f.Kind == gl.KindBlob {
					table[op] = append(table[op], blobField{f.Name, int(f.Offset)})
				}
			}
		}
	}
	return table
}()

// blob gives the bytes of one of the record's arrays, inline or staged. ok: they are known. Of an offset, they are the offset.
func (t *Tracker) blob(r *record, name string) (data []byte, mode uint32, ok bool) {
	inline, staged := r.Cmd.Fixed, 0
	for _, f := range blobFields[r.Op] {
		n, mode := int(r.U32(f.at)), r.U32(f.at+4)
		var data []byte
		switch mode {
		case wire.BlobNull:
		case wire.BlobInline, wire.BlobOffset:
			if n > len(r.Raw)-inline {
				return nil, mode, false
			}
			data = r.Raw[inline : inline+n]
			inline = min(inline+wire.Pad8(n), len(r.Raw))
		case wire.BlobStaged:
			s := t.staged[r.h.Thread]
			if s == nil || s.lost || n > len(s.data)-staged {
				return nil, mode, false
			}
			data = s.data[staged : staged+n]
			staged += n
		default:
			return nil, mode, false
		}
		if f.name == name {
			return data, mode, true
		}
	}
	return nil, 0, false
}
