package track

import (
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// attribs is how many generic attributes are followed; all implementations have as many.
const attribs = 16

// arrays is a vertex array object.
type arrays struct {
	generic  [attribs]attrib
	bindings [attribs]binding
	vertex   attrib // GL_VERTEX_ARRAY, with its binding
	place    binding
	element  uint32
}

// attrib is one array of a vertex array object, without the place that it is taken from.
type attrib struct {
	on       bool
	array    bounds.Array // Stride and the binding's part of Offset come from the binding
	integer  bool         // not of floats as a shader sees them
	relative uint32
	binding  uint8
	client   *block // its elements are in the app's memory, and these were sent
}

type binding struct {
	buffer  uint32
	offset  uint64
	stride  int
	divisor uint32
}

// block is what a prismClientBlock brought.
type block struct {
	buffer
	first, count int // elements
}

func (a *arrays) reset() {
	*a = arrays{}
	for i := range a.generic {
		a.generic[i].binding = uint8(i)
	}
}

// unbind takes a deleted buffer out.
func (a *arrays) unbind(serial uint32) {
	if a.element == serial {
		a.element = 0
	}
	for i := range a.bindings {
		if a.bindings[i].buffer == serial {
			a.bindings[i].buffer = 0
		}
	}
	if a.place.buffer == serial {
		a.place.buffer = 0
	}
}

// array is the context's current vertex array object.
func (c *context) array() *arrays {
	if c.current == nil {
		c.bindArray(0)
	}
	return c.current
}

func (c *context) bindArray(serial uint32) {
	a := c.arrays[serial]
	if a == nil {
		if len(c.arrays) >= maxObjects {
			clear(c.arrays)
		}
		a = &arrays{}
		a.reset()
		c.arrays[serial] = a
	}
	c.arraySerial, c.current = serial, a
}

var arrayHandlers = map[gl.Op]handler{
	gl.OpGlBindVertexArray: func(t *Tracker, c *context, r *record) {
		if s := r.U32(8); s != 0 && len(t.bound) < maxObjects {
			t.bound[objectKey{gl.HandleVertexArray, s}] = 0
		}
		c.bindArray(r.U32(8))
	},
	gl.OpGlDeleteVertexArrays: func(t *Tracker, c *context, r *record) {
		for _, s := range t.names(r, "arrays") {
			delete(c.arrays, s)
			delete(t.bound, objectKey{gl.HandleVertexArray, s})
			if s == c.arraySerial {
				c.bindArray(0)
			}
		}
	},
	gl.OpGlVertexAttribPointer:  func(t *Tracker, c *context, r *record) { t.pointer(c, r, r.U32(20) != 0, r.I32(24), false) },
	gl.OpGlVertexAttribIPointer: func(t *Tracker, c *context, r *record) { t.pointer(c, r, false, r.I32(20), true) },
	gl.OpGlVertexAttribLPointer: func(t *Tracker, c *context, r *record) { t.pointer(c, r, false, r.I32(20), true) },
	gl.OpGlVertexPointer: func(t *Tracker, c *context, r *record) {
		at, _, ok := t.offset(r)
		a := c.array()
		a.vertex = attrib{on: a.vertex.on, array: bounds.Array{Type: r.U32(12), Size: r.I32(8)}}
		a.place = binding{offset: at, stride: a.vertex.array.StrideOr(r.I32(16))}
		if ok {
			a.place.buffer = c.buffers[arrayTarget]
		}
	},
	gl.OpGlEnableVertexAttribArray:  func(_ *Tracker, c *context, r *record) { c.enable(r.U32(8), true) },
	gl.OpGlDisableVertexAttribArray: func(_ *Tracker, c *context, r *record) { c.enable(r.U32(8), false) },
	gl.OpGlEnableClientState: func(_ *Tracker, c *context, r *record) {
		if r.U32(8) == vertexArray {
			c.array().vertex.on = true
		}
	},
	gl.OpGlDisableClientState: func(_ *Tracker, c *context, r *record) {
		if r.U32(8) == vertexArray {
			c.array().vertex.on = false
		}
	},
	gl.OpGlVertexAttribDivisor: func(_ *Tracker, c *context, r *record) {
		if i := r.U32(8); i < attribs {
			a := c.array()
			a.generic[i].binding = uint8(i)
			a.bindings[i].divisor = r.U32(12)
		}
	},
	gl.OpGlVertexAttribFormat:  func(_ *Tracker, c *context, r *record) { c.format(r, r.U32(20) != 0, r.U32(24), false) },
	gl.OpGlVertexAttribIFormat: func(_ *Tracker, c *context, r *record) { c.format(r, false, r.U32(20), true) },
	gl.OpGlVertexAttribLFormat: func(_ *Tracker, c *context, r *record) { c.format(r, false, r.U32(20), true) },
	gl.OpGlVertexAttribBinding: func(_ *Tracker, c *context, r *record) {
		if i, b := r.U32(8), r.U32(12); i < attribs {
			a := c.array()
			a.generic[i].binding = uint8(min(b, 255))
			a.generic[i].client = nil
		}
	},
	gl.OpGlVertexBindingDivisor: func(_ *Tracker, c *context, r *record) {
		if b := r.U32(8); b < attribs {
			c.array().bindings[b].divisor = r.U32(12)
		}
	},
	gl.OpGlBindVertexBuffer: func(_ *Tracker, c *context, r *record) {
		if b := r.U32(8); b < attribs {
			p := &c.array().bindings[b]
			p.buffer, p.offset, p.stride = r.U32(12), r.U64(16), r.I32(24)
		}
	},
	gl.OpPrismClientBlock: clientBlock,
}

const vertexArray = 0x8074 // GL_VERTEX_ARRAY

func (c *context) enable(i uint32, on bool) {
	if i < attribs {
		c.array().generic[i].on = on
	}
}

// offset gives where an array begins in the buffer that is bound; ok: it is one.
func (t *Tracker) offset(r *record) (at uint64, data []byte, ok bool) {
	data, mode, ok := t.blob(r, "pointer")
	if !ok || mode != wire.BlobOffset || len(data) != 8 {
		return 0, nil, ok && mode == wire.BlobNull
	}
	return le.Uint64(data), data, true
}

func (t *Tracker) pointer(c *context, r *record, normalized bool, stride int, integer bool) {
	i := r.U32(8)
	if i >= attribs {
		return
	}
	at, _, ok := t.offset(r)
	a := c.array()
	g := &a.generic[i]
	*g = attrib{on: g.on, array: bounds.Array{Type: r.U32(16), Size: r.I32(12), Normalized: normalized}, integer: integer, binding: uint8(i)}
	b := &a.bindings[i]
	*b = binding{offset: at, stride: g.array.StrideOr(stride), divisor: b.divisor}
	if ok {
		b.buffer = c.buffers[arrayTarget]
	}
}

func (c *context) format(r *record, normalized bool, relative uint32, integer bool) {
	i := r.U32(8)
	if i >= attribs {
		return
	}
	g := &c.array().generic[i]
	g.array = bounds.Array{Type: r.U32(16), Size: r.I32(12), Normalized: normalized}
	g.integer, g.relative, g.client = integer, relative, nil
}

// prismClientBlock's arrays (stream/driver/include/prism_get.h).
const (
	clientVertex     = 32 // PRISM_ARRAY_VERTEX
	clientNormalized = 1
	clientInteger    = 2
	clientLong       = 4
	clientEntry      = 20 // bytes
)

func clientBlock(t *Tracker, c *context, r *record) {
	list, _, ok := t.blob(r, "arrays")
	if !ok {
		return
	}
	data, _, known := t.blob(r, "data")
	a := c.array()
	var b *block
	for ; len(list) >= clientEntry; list = list[clientEntry:] {
		i, flags := le.Uint32(list), le.Uint32(list[12:])
		var g *attrib
		switch {
		case i < attribs:
			g = &a.generic[i]
		case i == clientVertex:
			g = &a.vertex
		default:
			continue
		}
		if b == nil {
			b = &block{buffer: buffer{data: append([]byte(nil), data...), known: known && len(data) <= maxStaging}, first: r.I32(8), count: r.I32(12)}
		}
		*g = attrib{on: g.on, client: b, integer: flags&(clientInteger|clientLong) != 0, binding: g.binding,
			array: bounds.Array{Type: le.Uint32(list[8:]), Size: int(int32(le.Uint32(list[4:]))), Normalized: flags&clientNormalized != 0,
				Stride: r.I32(20), Offset: uint64(le.Uint32(list[16:]))}}
	}
}

// source resolves an array: where its elements lie. A client block's element 0 is its element first.
func (a *arrays) source(t *Tracker, g *attrib, p *binding) (b *buffer, array bounds.Array, skip int, ok bool) {
	array = g.array
	if g.client != nil {
		return &g.client.buffer, array, g.client.first, g.client.known && p.divisor == 0
	}
	b = t.buffers[p.buffer]
	array.Offset = p.offset + uint64(g.relative)
	array.Stride = p.stride
	return b, array, 0, b != nil && b.known && p.divisor == 0 && p.buffer != 0
}
