package repeat

import (
	"github.com/prismgl/prism/stream/gl"
)

// Most that is kept of a frame: bytes and records.
const (
	MaxBytes = 2 << 20
	maxItems = 1 << 14
)

// item is a record that is kept.
type item struct {
	op    uint16
	drawn bool   // something is drawn between the item before and this one
	at    uint32 // in frame.recs
	sets  uint32 // of a span
}

// frame is what a frame leaves.
type frame struct {
	recs  []byte
	items []item
	drawn bool // behind the last item
}

func (f *frame) reset() { f.recs, f.items, f.drawn = f.recs[:0], f.items[:0], false }

// rec is the record of item i.
func (f *frame) rec(i int) []byte {
	end := len(f.recs)
	if i+1 < len(f.items) {
		end = int(f.items[i+1].at)
	}
	return f.recs[f.items[i].at:end]
}

func (f *frame) add(op uint16, raw []byte, sets uint32) {
	f.items = append(f.items, item{op: op, drawn: f.drawn, at: uint32(len(f.recs)), sets: sets})
	f.recs, f.drawn = append(f.recs, raw...), false
}

// Frames follows the frames of one context. At first one is learnt, record by record; the next ones are compared with it. The zero value is ready for
// Learn. Not for concurrent use.
type Frames struct {
	last, now frame
	steps     []step
	odd       bool               // the frame that is learnt does not repeat
	cursor    int                // item of last that comes next
	waits     bool               // last has not been taken
	bound     map[uint32]uint32  // buffers by target, as far as the frame under way has bound them
	stored    map[uint32]storage // buffers that the frame which is learnt has given new contents, and by what
	storing   storage
}

// Learn begins anew with a frame.
func (f *Frames) Learn() {
	f.last.reset()
	f.now.reset()
	f.steps = f.steps[:0]
	f.odd, f.cursor, f.waits = false, 0, false
	if f.bound == nil {
		f.bound, f.stored = map[uint32]uint32{}, map[uint32]storage{}
	}
	clear(f.bound)
	clear(f.stored)
}

// Odd says that the frame which is learnt does something else than what its records say.
func (f *Frames) Odd() { f.odd = true }

// Record learns a record.
func (f *Frames) Record(op uint16, raw []byte) {
	if f.odd {
		return
	}
	c := &commands[op]
	switch {
	case !c.fits(gl.Op(op), raw) || len(f.now.recs)+len(raw) > MaxBytes || len(f.now.items) >= maxItems:
		f.odd = true
	case c.how == drawn:
		f.now.drawn = true
	case c.how == span:
		bits, ok := sets(op, raw)
		f.odd = !ok
		f.now.add(op, raw, bits)
	case c.how == kept:
		f.binds(gl.Op(op), raw)
		f.step(c, raw)
		f.now.add(op, raw, 0)
	case c.how == upload:
		_, ok := f.Upload(op, raw)
		f.odd = !ok
	case c.how == store:
		f.storing.of(raw)
		u, ok := f.Upload(op, raw)
		if before, again := f.stored[u.Buffer]; !ok || again && before != f.storing { // by another size
			f.odd = true
			return
		}
		f.stored[u.Buffer] = f.storing
		f.now.add(op, f.storing[:], 0)
	}
}

// Called learns what the list sets whose call was learnt before it.
func (f *Frames) Called(op uint16, raw []byte) {
	c := &commands[op]
	if c.how != kept || op == uint16(gl.OpGlBegin) || op == uint16(gl.OpGlEnd) || !c.fits(gl.Op(op), raw) {
		f.odd = true
		return
	}
	f.step(c, raw)
}

func (f *Frames) step(c *command, raw []byte) {
	s := step{event: c.event}
	switch c.event {
	case noEvent:
		return
	case setMode:
		s.mode = word(raw, 8)
	case ofLight:
		if pname := word(raw, c.pname); pname != position && pname != spotDirection {
			return
		}
	}
	if len(f.steps) >= maxItems {
		f.odd = true
		return
	}
	f.steps = append(f.steps, s)
}

// Repeats ends the frame that was learnt, and says whether the next ones are to be compared with it: they begin with matrices like these.
func (f *Frames) Repeats(at Matrices) bool {
	if f.odd || !balanced(f.steps, at) {
		return false
	}
	f.end(false)
	return true
}

// Match compares a record with the one in the last frame. If it is as that one it is kept; else the frame does not repeat, and nothing has changed.
func (f *Frames) Match(op uint16, raw []byte) bool {
	c := &commands[op]
	switch c.how {
	case nothing:
		return true
	case drawn:
		if f.cursor < len(f.last.items) && f.last.items[f.cursor].drawn || f.cursor == len(f.last.items) && f.last.drawn {
			f.now.drawn = true
			return true
		}
		return false
	case never, upload:
		return false
	case store:
		f.storing.of(raw)
		raw = f.storing[:]
	}
	if f.cursor >= len(f.last.items) {
		return false
	}
	of := &f.last.items[f.cursor]
	if of.op != op {
		return false
	}
	bits := uint32(0)
	if c.how == span {
		var ok bool
		if bits, ok = sets(op, raw); !ok || bits != of.sets || len(f.now.recs)+len(raw) > MaxBytes {
			return false
		}
	} else if !c.same(f.last.rec(f.cursor), raw) {
		return false
	}
	f.binds(gl.Op(op), raw)
	f.now.add(op, raw, bits)
	// What is drawn may be left out, and so it may come again.
	f.now.items[f.cursor].drawn = of.drawn
	f.cursor++
	return true
}

// Swap ends a frame that was compared; false: it was not all there. Then Take says what waits.
func (f *Frames) Swap() bool {
	if f.cursor != len(f.last.items) {
		return false
	}
	f.now.drawn = f.last.drawn
	f.end(true)
	return true
}

func (f *Frames) end(waits bool) {
	f.last, f.now = f.now, f.last
	f.now.reset()
	f.cursor, f.waits = 0, waits
	clear(f.bound)
}

// Take gives what nodes lack that were not sent the frames that were compared: records, one after the other. It is valid until the next call of another
// method; Learn comes next.
func (f *Frames) Take() (records [2][]byte) {
	if f.waits {
		records[0] = f.last.recs
	}
	records[1] = f.now.recs
	return records
}
