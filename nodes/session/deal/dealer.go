package deal

import (
	"encoding/binary"
	"math/bits"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// Selector is state that the meaning of other state depends on.
type Selector uint8

// The selectors.
const (
	Program Selector = iota
	ActiveTexture
	VertexArray
	ArrayBuffer
	selectors int = iota
)

// initial values of the selectors in a new context.
var initial = [selectors]uint32{ActiveTexture: 0x84C0} // GL_TEXTURE0

// Key names a slot. Records of one Key set the same state, all of it.
type Key struct {
	Op    uint16
	Bytes uint16 // of the record: an array of another length sets other state
	Args  [4]uint32
}

const (
	// maxHeld bounds a record that is held, maxLacked how many slots some node lacks before all are sent: each draw walks over them.
	maxHeld   = 1024
	maxLacked = 192
	maxSlots  = 4096
	none      = int32(-1)
)

// Stats count what a Dealer has saved.
type Stats struct {
	Held   uint64 // records held back, once for each node
	Merged uint64 // of these, replaced by a later one before they were sent
}

// Dealer makes the nodes' batches.
type Dealer struct {
	all   bounds.Mask
	lead  int
	nodes []node
	stats Stats

	header   wire.ChunkHeader
	chunk    uint64 // counts Begin
	now      selected
	contexts map[uint32]selected // the others' selectors

	slots []slot
	byKey map[Key]int32
	// Slots that some node lacks, the one that was set longest ago first.
	first, last int32
	lacked      int
	clean       bool   // all nodes have all
	wide        []byte // memory of widen
}

// selected are the selectors' values in a context, and which of them are certain.
type selected struct {
	value [selectors]uint32
	known [selectors]bool
}

type node struct {
	writer
	at    [selectors]uint32 // selectors' values on the node
	lacks int               // slots
}

type slot struct {
	key        Key
	rec        []byte
	needs      uint8 // selectors, as bits
	uniform    bool  // matters only while its program is current
	value      [selectors]uint32
	lack       bounds.Mask
	prev, next int32
}

// New makes a dealer for so many nodes, at most bounds.MaxNodes.
func New(nodes, lead int) *Dealer {
	d := &Dealer{all: bounds.All(nodes), lead: lead, nodes: make([]node, nodes), contexts: map[uint32]selected{}, byKey: map[Key]int32{}, first: none, last: none, clean: true}
	for i := range d.nodes {
		d.nodes[i].writer.chunk = ^uint64(0)
	}
	return d
}

// Stats since the dealer was made.
func (d *Dealer) Stats() Stats { return d.stats }

// Begin says that the records that follow stand in a chunk with this header.
func (d *Dealer) Begin(h *wire.ChunkHeader) {
	if d.chunk != 0 && h.Thread != d.header.Thread { // what another thread has staged waits for its own next record
		d.Sync()
	}
	if d.chunk == 0 || h.Ctx != d.header.Ctx {
		d.Sync()
		if d.chunk != 0 {
			if len(d.contexts) >= 1024 { // not known is always right
				clear(d.contexts)
			}
			d.contexts[d.header.Ctx] = d.now
		}
		d.forget()
		d.now = d.contexts[h.Ctx]
		d.arrive()
	}
	d.header = *h
	d.chunk++
}

// Leaves tells whether Begin has something to send first.
func (d *Dealer) Leaves(h *wire.ChunkHeader) bool {
	return (h.Ctx != d.header.Ctx || h.Thread != d.header.Thread) && !d.clean
}

// Clean tells whether nothing is held back.
func (d *Dealer) Clean() bool { return d.clean }

// Created says that a context is new: its selectors have their initial values.
func (d *Dealer) Created(ctx uint32) {
	s := selected{value: initial}
	for i := range s.known {
		s.known[i] = true
	}
	if ctx == d.header.Ctx && d.chunk != 0 {
		d.now = s
		d.arrive()
		return
	}
	d.contexts[ctx] = s
}

// arrive takes the nodes' selectors for those of the context, which is so when nothing is held back.
func (d *Dealer) arrive() {
	for i := range d.nodes {
		d.nodes[i].at = d.now.value
	}
}

// forget empties the store of slots, which nobody lacks.
func (d *Dealer) forget() {
	clear(d.byKey)
	d.slots = d.slots[:0]
}

// Selected gives a selector's value; ok: it is certain.
func (d *Dealer) Selected(s Selector) (value uint32, ok bool) {
	return d.now.value[s], d.now.known[s]
}

// Unknown says that a selector may have any value from here on: no slot can be held that depends on it. Nobody lacks anything.
func (d *Dealer) Unknown(s Selector) { d.now.known[s] = false }

// Known says what a selector is after a record that all nodes have got. Nobody lacks anything.
func (d *Dealer) Known(s Selector, value uint32) {
	d.now.value[s], d.now.known[s] = value, true
	for i := range d.nodes {
		d.nodes[i].at[s] = value
	}
}

// Select takes a record that sets a selector and nothing else. The selector must be certain.
func (d *Dealer) Select(s Selector, value uint32, rec []byte) {
	d.now.value[s], d.clean = value, false
	lead := &d.nodes[d.lead]
	lead.put(d, rec, 1)
	lead.at[s] = value
}

// Hold takes a record of pure state: the lead node gets it at once, the others when they need it. It is kept until then. needs are the selectors that
// it depends on, as bits; uniform: it matters only while its program is current.
func (d *Dealer) Hold(key Key, rec []byte, needs uint8, uniform bool) {
	key, rec = d.widen(key, rec)
	if d.nodes[d.lead].lacks > 0 { // of draws that it did not get: what is older comes first
		lead := bounds.Mask{}
		lead.Add(d.lead)
		d.ready(&lead, false)
	}
	d.nodes[d.lead].put(d, rec, 1)
	lack := d.all
	lack[d.lead>>6] &^= 1 << (d.lead & 63)
	d.hold(&lack, key, rec, needs, uniform)
}

// HoldFor says that the nodes in lack, and no others, lack a record of pure state.
func (d *Dealer) HoldFor(lack *bounds.Mask, key Key, rec []byte, needs uint8, uniform bool) {
	key, rec = d.widen(key, rec)
	d.hold(lack, key, rec, needs, uniform)
}

func (d *Dealer) hold(lack *bounds.Mask, key Key, rec []byte, needs uint8, uniform bool) {
	if d.lacked >= maxLacked || len(d.slots) >= maxSlots {
		d.Sync()
		d.forget()
	}
	i, old := d.byKey[key]
	if !old {
		i = int32(len(d.slots))
		if cap(d.slots) > len(d.slots) { // its record's memory is used again
			d.slots = d.slots[:i+1]
		} else {
			d.slots = append(d.slots, slot{})
		}
		d.slots[i].lack = bounds.Mask{}
		d.byKey[key] = i
	}
	s := &d.slots[i]
	if !s.lack.Empty() {
		d.unlink(i)
		d.stats.Merged += uint64(s.lack.Count())
		d.count(&s.lack, -1)
	}
	s.key, s.needs, s.uniform, s.value, s.lack = key, needs, uniform, d.now.value, *lack
	s.rec = append(s.rec[:0], rec...)
	if s.lack.Empty() {
		return
	}
	d.count(lack, 1)
	d.clean = false
	d.stats.Held += uint64(lack.Count())
	s.prev, s.next = d.last, none
	if d.last >= 0 {
		d.slots[d.last].next = i
	} else {
		d.first = i
	}
	d.last = i
	d.lacked++
}

func (d *Dealer) count(m *bounds.Mask, by int) {
	for w, word := range m {
		for ; word != 0; word &= word - 1 {
			d.nodes[w<<6+bits.TrailingZeros64(word)].lacks += by
		}
	}
}

func (d *Dealer) unlink(i int32) {
	s := &d.slots[i]
	if s.prev >= 0 {
		d.slots[s.prev].next = s.next
	} else {
		d.first = s.next
	}
	if s.next >= 0 {
		d.slots[s.next].prev = s.prev
	} else {
		d.last = s.prev
	}
	d.lacked--
}

// ready sends what the nodes in m lack; forDraw: but uniforms of programs that are not current. With no program, a pipeline's may be.
func (d *Dealer) ready(m *bounds.Mask, forDraw bool) {
	lacks := 0
	for w, word := range m {
		for ; word != 0; word &= word - 1 {
			lacks += d.nodes[w<<6+bits.TrailingZeros64(word)].lacks
		}
	}
	program := d.now.value[Program]
	forDraw = forDraw && program != 0 && d.now.known[Program]
	for i := d.first; i >= 0 && lacks > 0; {
		s := &d.slots[i]
		next := s.next
		to := s.lack.And(m)
		if !to.Empty() {
			lacks -= to.Count()
			if !forDraw || !s.uniform || s.value[Program] == program {
				d.give(s, &to)
				if s.lack.Empty() {
					d.unlink(i)
				}
			}
		}
		i = next
	}
	for w, word := range m {
		for ; word != 0; word &= word - 1 {
			n := &d.nodes[w<<6+bits.TrailingZeros64(word)]
			for s := range selectors {
				if n.at[s] != d.now.value[s] {
					n.set(d, Selector(s), d.now.value[s])
				}
			}
		}
	}
}

// give sends a slot's record to nodes that lack it.
func (d *Dealer) give(s *slot, to *bounds.Mask) {
	for w, word := range to {
		for ; word != 0; word &= word - 1 {
			n := &d.nodes[w<<6+bits.TrailingZeros64(word)]
			for sel := range selectors {
				if s.needs>>sel&1 != 0 && n.at[sel] != s.value[sel] {
					n.set(d, Selector(sel), s.value[sel])
				}
			}
			n.put(d, s.rec, 1)
			n.lacks--
		}
	}
	s.lack = s.lack.Without(to)
}

// Sync sends all nodes what they lack.
func (d *Dealer) Sync() {
	if !d.clean {
		d.ready(&d.all, false)
		d.clean = true
	}
}

// Ready sends all nodes what a draw could depend on.
func (d *Dealer) Ready() {
	if !d.clean {
		d.ready(&d.all, true)
	}
}

// Lost says that records went to all nodes that the dealer was not told of: nothing is certain of selectors.
func (d *Dealer) Lost() {
	d.Sync()
	clear(d.contexts)
	d.now.known = [selectors]bool{}
}

// Draw takes n records that change nothing but pixels, for the nodes in m. What state they set besides, HoldFor says afterwards.
func (d *Dealer) Draw(m *bounds.Mask, rec []byte, n uint32) {
	d.ready(m, true)
	d.Only(m, rec, n)
}

// Ask takes n records for the nodes in m, with all that these lack: they may be questions about any state.
func (d *Dealer) Ask(m *bounds.Mask, recs []byte, n uint32) {
	if !d.clean {
		d.ready(m, false)
	}
	d.Only(m, recs, n)
}

// All takes n records for all nodes. What they could depend on was sent before, by Sync or Ready.
func (d *Dealer) All(recs []byte, n uint32) {
	for i := range d.nodes {
		d.nodes[i].put(d, recs, n)
	}
}

// Only takes n records for the nodes in m, which need nothing before them.
func (d *Dealer) Only(m *bounds.Mask, recs []byte, n uint32) {
	for w, word := range m {
		for ; word != 0; word &= word - 1 {
			d.nodes[w<<6+bits.TrailingZeros64(word)].put(d, recs, n)
		}
	}
}

// Whole takes whole chunks for all nodes.
func (d *Dealer) Whole(chunks []byte) {
	for i := range d.nodes {
		n := &d.nodes[i]
		if n.muted {
			continue
		}
		n.end()
		n.batch = append(n.batch, chunks...)
	}
}

// Mute says whether what goes to a node is left out, because it has had it by another way.
func (d *Dealer) Mute(node int, on bool) { d.nodes[node].muted = on }

// BatchBytes of the longest batch.
func (d *Dealer) BatchBytes() (n int) {
	for i := range d.nodes {
		n = max(n, len(d.nodes[i].batch))
	}
	return n
}

// Pending bytes of a node's batch.
func (d *Dealer) Pending(node int) int { return len(d.nodes[node].batch) }

// Batch gives a node's batch, valid until the next call of another method than Batch.
func (d *Dealer) Batch(node int) []byte {
	d.nodes[node].end()
	return d.nodes[node].batch
}

// Clear empties a node's batch, which was sent.
func (d *Dealer) Clear(node int) {
	n := &d.nodes[node]
	n.batch, n.chunk = n.batch[:0], ^uint64(0)
}

// writer is one node's batch.
type writer struct {
	batch   []byte
	chunk   uint64 // Dealer.chunk of the chunk under way, ^0: none
	start   int    // of its header
	records uint32
	muted   bool
}

// put appends records to the chunk with d's header.
func (w *writer) put(d *Dealer, recs []byte, n uint32) {
	if w.muted {
		return
	}
	if w.chunk != d.chunk || len(w.batch)-w.start+len(recs) > wire.ChunkHeaderBytes+wire.MaxChunk {
		w.end()
		w.start, w.chunk, w.records = len(w.batch), d.chunk, 0
		w.batch = d.header.Append(w.batch)
	}
	w.batch = append(w.batch, recs...)
	w.records += n
}

// end completes the header of the chunk under way.
func (w *writer) end() {
	if w.chunk == ^uint64(0) {
		return
	}
	le := binary.LittleEndian
	le.PutUint32(w.batch[w.start+4:], uint32(len(w.batch)-w.start-wire.ChunkHeaderBytes))
	le.PutUint32(w.batch[w.start+24:], w.records)
	w.chunk = ^uint64(0)
}

// set sends what sets a selector.
func (n *node) set(d *Dealer, s Selector, value uint32) {
	var rec [16]byte
	at := 8
	op := gl.OpGlUseProgram
	switch s {
	case ActiveTexture:
		op = gl.OpGlActiveTexture
	case VertexArray:
		op = gl.OpGlBindVertexArray
	case ArrayBuffer:
		op = gl.OpGlBindBuffer
		binary.LittleEndian.PutUint32(rec[at:], arrayBuffer)
		at += 4
	}
	wire.PutRecordHeader(rec[:], len(rec), uint16(op), 0)
	binary.LittleEndian.PutUint32(rec[at:], value)
	n.put(d, rec[:], 1)
	n.at[s] = value
}
