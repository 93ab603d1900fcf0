package track

import (
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// buffer mirrors a buffer object that vertices or indices may be taken from.
type buffer struct {
	data      []byte
	known     bool // data is what every node has
	tainted   bool // GPUs may write it: never known again
	immutable bool
	size      uint64 // in bytes
	sized     bool   // that is known
	version   uint64
	boxes     map[boxKey]box
	// Of data since boxes was made: what was written. dirtyLow ≥ dirtyHigh: nothing.
	dirtyLow, dirtyHigh int
}

// boxKey is what a draw takes from a buffer.
type boxKey struct {
	array        bounds.Array
	first, count int // by elements: offset and count of indices
	elements     uint32
	version      uint64 // of the element buffer
	kind         uint32 // of indices
	base         int
	restart      uint32
	restarts     bool
}

type box struct {
	bounds.Box
	ok        bool
	low, high int // bytes that it was made of
}

const maxBoxes = 1 << 12 // of one buffer

// OpenGL's targets of buffers that nothing writes through.
func readOnly(target uint32) bool {
	switch target {
	case 0x8892, 0x8893, 0x8A11, 0x88EC, 0x8F36, 0x8F37, 0x8F3F, 0x90EE, 0x80EE: // array, element, uniform, unpack, copies, indirect, parameter
		return true
	}
	return false
}

const (
	arrayTarget   = 0x8892
	elementTarget = 0x8893
)

var bufferHandlers = map[gl.Op]handler{
	gl.OpGlBindBuffer:         bindBuffer,
	gl.OpGlBindBufferBase:     func(t *Tracker, c *context, r *record) { t.bindIndexed(c, r, 0, 0) },
	gl.OpGlBindBufferRange:    func(t *Tracker, c *context, r *record) { t.bindIndexed(c, r, r.U64(24), r.U64(32)) },
	gl.OpGlBufferData:         bufferData,
	gl.OpGlBufferStorage:      bufferData,
	gl.OpGlNamedBufferData:    bufferData,
	gl.OpGlNamedBufferStorage: bufferData,
	gl.OpGlBufferSubData:      bufferWrite,
	gl.OpGlNamedBufferSubData: bufferWrite,
	gl.OpPrismBufferWrite:     bufferWrite,
	gl.OpGlDeleteBuffers:      deleteBuffers,
}

// buffer gives what is known of a buffer, making it known; nil: there are too many.
func (t *Tracker) buffer(serial uint32) *buffer {
	b := t.buffers[serial]
	if b == nil && serial != 0 && len(t.buffers) < maxObjects {
		b = &buffer{}
		t.buffers[serial] = b
	}
	return b
}

// taint says that nodes may write a buffer themselves.
func (t *Tracker) taint(serial uint32) {
	if b := t.buffer(serial); b != nil {
		b.tainted = true
		t.drop(b)
	}
}

// drop forgets a buffer's contents.
func (t *Tracker) drop(b *buffer) {
	t.mirrored -= cap(b.data)
	b.data, b.known, b.boxes = nil, false, nil
	b.version++
}

func bindBuffer(t *Tracker, c *context, r *record) {
	target, serial := r.U32(8), r.U32(12)
	if serial != 0 && len(t.bound) < maxObjects {
		t.bound[objectKey{gl.HandleBuffer, serial}] = 0
	}
	switch {
	case target == elementTarget:
		c.array().element = serial
	case readOnly(target):
		c.buffers[target] = serial
	default:
		c.buffers[target] = serial
		t.taint(serial)
	}
}

// part of a buffer, from offset on; size 0: all that is there.
type part struct {
	buffer       uint32
	offset, size uint64
}

const (
	uniformTarget   = 0x8A11 // GL_UNIFORM_BUFFER
	uniformBindings = 36     // all implementations have as many
)

func (t *Tracker) bindIndexed(c *context, r *record, offset, size uint64) {
	target, index, serial := r.U32(8), r.U32(12), r.U32(16)
	switch {
	case target == uniformTarget && index < uniformBindings:
		c.uniforms[index] = part{serial, offset, size}
		c.buffers[target] = serial
	case readOnly(target):
		c.buffers[target] = serial
	default:
		c.buffers[target] = serial
		t.taint(serial)
	}
}

// bufferOf gives the buffer that a command names, or that is bound to the target it names.
func (t *Tracker) bufferOf(c *context, r *record) (b *buffer, target uint32) {
	if i := r.Cmd.Field("buffer"); i >= 0 {
		return t.buffer(r.U32(int(r.Cmd.Fields[i].Offset))), 0
	}
	i := r.Cmd.Field("target")
	if i < 0 {
		return nil, 0
	}
	target = r.U32(int(r.Cmd.Fields[i].Offset))
	if target == elementTarget {
		return t.buffer(c.array().element), target
	}
	return t.buffer(c.buffers[target]), target
}

func bufferData(t *Tracker, c *context, r *record) {
	b, target := t.bufferOf(c, r)
	if b == nil {
		return
	}
	t.drop(b)
	size := r.U64(16)
	data, mode, ok := t.blob(r, "data")
	storage := r.Op == gl.OpGlBufferStorage || r.Op == gl.OpGlNamedBufferStorage
	bad := b.immutable || !storage && !r.Cmd.Fields[r.Cmd.Field("usage")].Names(r.U32(32))
	b.size, b.sized, b.immutable = size, !bad, b.immutable || storage
	switch {
	case b.tainted:
		return
	case bad: // an error of the app's, which changes nothing: what is there now is not worth keeping
		b.tainted = true
		return
	case !ok || size > uint64(t.limit-t.mirrored) || target != 0 && (!readOnly(target) || target == pixelUnpack):
		return
	case mode != wire.BlobNull && uint64(len(data)) != size:
		return
	}
	b.data = make([]byte, size)
	copy(b.data, data)
	t.mirrored += cap(b.data)
	b.known = true
}

// BufferBytes gives the size of a buffer, if it is known.
func (t *Tracker) BufferBytes(serial uint32) (size uint64, known bool) {
	if b := t.buffers[serial]; b != nil {
		return b.size, b.sized
	}
	return 0, false
}

const pixelUnpack = 0x88EC

func bufferWrite(t *Tracker, c *context, r *record) {
	b, _ := t.bufferOf(c, r)
	if b == nil || !b.known {
		return
	}
	offset := r.U64(16)
	data, _, ok := t.blob(r, "data")
	if !ok {
		t.drop(b)
		return
	}
	if len(data) == 0 || offset > uint64(len(b.data)) || uint64(len(data)) > uint64(len(b.data))-offset { // an error, which changes nothing
		return
	}
	copy(b.data[offset:], data)
	b.version++
	low, high := int(offset), int(offset)+len(data)
	if b.dirtyLow < b.dirtyHigh {
		low, high = min(low, b.dirtyLow), max(high, b.dirtyHigh)
	}
	b.dirtyLow, b.dirtyHigh = low, high
}

// bufferUnknown is for commands that give a buffer contents that are not followed.
func bufferUnknown(t *Tracker, c *context, r *record) {
	for i := range r.Cmd.Fields {
		if f := &r.Cmd.Fields[i]; f.Handle == gl.HandleBuffer && f.Kind == gl.KindHandle {
			if b := t.buffer(r.U32(int(f.Offset))); b != nil {
				t.drop(b)
			}
		}
	}
	for _, name := range []string{"target", "writeTarget"} {
		if i := r.Cmd.Field(name); i >= 0 {
			target := r.U32(int(r.Cmd.Fields[i].Offset))
			serial := c.buffers[target]
			if target == elementTarget {
				serial = c.array().element
			}
			if b := t.buffer(serial); b != nil {
				t.drop(b)
			}
		}
	}
}

func deleteBuffers(t *Tracker, c *context, r *record) {
	for _, serial := range t.names(r, "buffers") {
		if b := t.buffers[serial]; b != nil {
			t.drop(b)
			delete(t.buffers, serial)
		}
		delete(t.bound, objectKey{gl.HandleBuffer, serial})
		for target, s := range c.buffers {
			if s == serial {
				delete(c.buffers, target)
			}
		}
		c.array().unbind(serial)
		for i := range c.uniforms {
			if c.uniforms[i].buffer == serial {
				c.uniforms[i] = part{}
			}
		}
	}
}

// names gives the serials in a record's array.
func (t *Tracker) names(r *record, field string) (out []uint32) {
	data, _, ok := t.blob(r, field)
	if !ok {
		return nil
	}
	for ; len(data) >= 4; data = data[4:] {
		out = append(out, le.Uint32(data))
	}
	return out
}

// box bounds what a draw takes from b, by vertex numbers, or by indices in e where k says so.
func (b *buffer) box(k *boxKey, e *buffer) (bounds.Box, bool) {
	if b.dirtyLow < b.dirtyHigh {
		for key, x := range b.boxes {
			if x.low < b.dirtyHigh && x.high > b.dirtyLow {
				delete(b.boxes, key)
			}
		}
		b.dirtyLow, b.dirtyHigh = 0, 0
	}
	if x, ok := b.boxes[*k]; ok {
		return x.Box, x.ok
	}
	x := box{low: 0, high: len(b.data)}
	if e == nil {
		x.Box, x.ok = k.array.Range(b.data, k.first, k.count)
		if x.ok {
			x.low = int(k.array.Offset) + k.first*k.array.Stride
			x.high = x.low + k.count*k.array.Stride
		}
	} else if n := bounds.IndexBytes(k.kind); n != 0 && k.first >= 0 && k.count >= 0 && k.first+k.count*n <= len(e.data) {
		list := bounds.Indices{Data: e.data[k.first:], Type: k.kind, Count: k.count, Base: k.base, Restart: k.restart, Restarts: k.restarts}
		x.Box, x.ok = k.array.Elements(b.data, &list)
	}
	if b.boxes == nil || len(b.boxes) >= maxBoxes {
		b.boxes = map[boxKey]box{}
	}
	b.boxes[*k] = x
	return x.Box, x.ok
}
