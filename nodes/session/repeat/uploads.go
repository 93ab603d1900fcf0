package repeat

import (
	"encoding/binary"
	"slices"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// Upload is what a command writes of a buffer's contents.
type Upload struct {
	Buffer       uint32 // its serial
	Offset, Size uint64 // in bytes; Size 0: nothing
	All          bool   // what was in it is gone
	Inline       []byte // what is written; nil: what was staged before
}

// Uploads tells whether a command writes a buffer's contents.
func Uploads(op uint16) bool { return commands[op].how == upload || commands[op].how == store }

// storage is what a command that gives a buffer new contents says besides these: which one, its size and its use, as a record.
type storage [40]byte

func (s *storage) of(raw []byte) {
	const data = 24
	copy(s[:], raw)
	clear(s[data : data+wire.BlobBytes])
	binary.LittleEndian.PutUint32(s[:], uint32(len(s)))
}

// elements is a target whose binding belongs to the vertex array object.
const elements = 0x8893

// binds follows which buffers are bound, by commands of the frame alone: what comes from before is not known.
func (f *Frames) binds(op gl.Op, raw []byte) {
	switch op {
	case gl.OpGlBindBuffer:
		f.bound[word(raw, 8)] = word(raw, 12)
	case gl.OpGlBindBufferBase, gl.OpGlBindBufferRange:
		f.bound[word(raw, 8)] = word(raw, 16)
	case gl.OpGlBindVertexArray:
		delete(f.bound, elements)
	}
}

// Upload says what a command writes, where it stands; ok: that is known.
func (f *Frames) Upload(op uint16, raw []byte) (u Upload, ok bool) {
	c := &commands[op]
	r := gl.RecordOf(op, raw)
	if i := r.Cmd.Field("buffer"); i >= 0 {
		u.Buffer = r.U32(int(r.Cmd.Fields[i].Offset))
	} else {
		u.Buffer = f.bound[r.U32(r.Where("target"))]
	}
	at := r.Where("data")
	bytes, mode := uint64(r.U32(at)), r.U32(at+4)
	switch {
	case u.Buffer == 0 || mode != wire.BlobNull && mode != wire.BlobInline && mode != wire.BlobStaged:
		return u, false
	case c.how == store:
		u.All, ok = true, mode == wire.BlobNull || bytes == r.U64(16)
	default:
		u.Offset, ok = r.U64(16), mode != wire.BlobNull
	}
	u.Size = bytes
	if mode == wire.BlobInline {
		end := r.Cmd.Fixed + int(bytes)
		if end > len(raw) {
			return u, false
		}
		u.Inline = raw[r.Cmd.Fixed:end:end]
	}
	return u, ok
}

// Owner owns memory that contents lie in.
type Owner interface {
	Keep() // once more
	Free() // once less
}

// Contents are the latest bytes of parts of buffers. The zero value is empty.
type Contents struct {
	buffers  map[uint32][]segment
	bytes    int
	segments int
}

// segment is a part of a buffer; a buffer's are sorted and disjoint.
type segment struct {
	at   uint64
	data []byte
	of   Owner // nil: data is its own
}

func (s *segment) end() uint64 { return s.at + uint64(len(s.data)) }

// Most that is kept, and up to which size it is copied, rather than to keep a whole chunk for it.
const (
	maxContents = 32 << 20
	maxSegments = 1 << 12
	copied      = 16 << 10
)

// Full tells whether no more should be kept.
func (c *Contents) Full() bool { return c.bytes >= maxContents || c.segments >= maxSegments }

// Write takes data at an offset of a buffer in the place of what is there. data is of's, who keeps it at least as long as the call lasts.
func (c *Contents) Write(buffer uint32, at uint64, data []byte, of Owner) {
	if len(data) == 0 {
		return
	}
	list, end := c.buffers[buffer], at+uint64(len(data))
	from, _ := slices.BinarySearchFunc(list, at, func(s segment, at uint64) int {
		if s.end() <= at {
			return -1
		}
		return 1
	})
	if from < len(list) && list[from].at == at && len(list[from].data) == len(data) && list[from].of == nil {
		copy(list[from].data, data)
		return
	}
	to := from
	for to < len(list) && list[to].at < end {
		to++
	}
	add := make([]segment, 0, 3)
	if from < to && list[from].at < at {
		add = append(add, list[from].cut(list[from].at, at))
	}
	if len(data) <= copied {
		add = append(add, segment{at, slices.Clone(data), nil})
	} else {
		of.Keep()
		add = append(add, segment{at, data, of})
	}
	if from < to && list[to-1].end() > end {
		add = append(add, list[to-1].cut(end, list[to-1].end()))
	}
	c.count(list[from:to], -1)
	c.count(add, 1)
	for i := from; i < to; i++ {
		list[i].free()
	}
	if c.buffers == nil {
		c.buffers = map[uint32][]segment{}
	}
	c.buffers[buffer] = slices.Replace(list, from, to, add...)
}

// cut makes a segment of a part of s.
func (s *segment) cut(from, to uint64) segment {
	p := segment{from, s.data[from-s.at : to-s.at : to-s.at], s.of}
	switch {
	case p.of == nil:
		p.data = slices.Clone(p.data)
	case len(p.data) <= copied:
		p.data, p.of = slices.Clone(p.data), nil
	default:
		p.of.Keep()
	}
	return p
}

func (s *segment) free() {
	if s.of != nil {
		s.of.Free()
	}
}

func (c *Contents) count(list []segment, sign int) {
	for i := range list {
		c.bytes += sign * len(list[i].data)
	}
	c.segments += sign * len(list)
}

// Drop forgets a buffer's.
func (c *Contents) Drop(buffer uint32) {
	list := c.buffers[buffer]
	c.count(list, -1)
	for i := range list {
		list[i].free()
	}
	delete(c.buffers, buffer)
}

// Each calls f with each part, in pieces that lie one after the other. Parts of a buffer do not touch each other.
func (c *Contents) Each(f func(buffer uint32, at uint64, pieces [][]byte) error) error {
	var pieces [][]byte
	for buffer, list := range c.buffers {
		for i := 0; i < len(list); {
			at, end := list[i].at, list[i].at
			for pieces = pieces[:0]; i < len(list) && list[i].at == end; i++ {
				pieces, end = append(pieces, list[i].data), list[i].end()
			}
			if err := f(buffer, at, pieces); err != nil {
				return err
			}
		}
	}
	return nil
}

// Reset forgets all.
func (c *Contents) Reset() {
	for buffer := range c.buffers {
		c.Drop(buffer)
	}
}
