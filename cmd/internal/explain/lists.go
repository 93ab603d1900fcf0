package explain

import (
	"encoding/binary"
	"strings"

	"github.com/prismgl/prism/stream/gl"
)

// Triangles of display lists and of glBegin … glEnd are counted where their vertices pass.

// lists are the app's display lists.
type lists struct {
	share     map[uint32]uint32   // by context
	known     map[listKey]content // by share group and name
	compiling map[uint32]*content // by context
	names     map[uint32]uint32   // of these
	begun     map[uint32]*shape   // by context: glBegin without glEnd yet
}

type listKey struct{ share, name uint32 }

// content is what a list draws.
type content struct {
	triangles uint64
	unknown   bool // and more
}

func (l *lists) init() {
	*l = lists{map[uint32]uint32{}, map[listKey]content{}, map[uint32]*content{}, map[uint32]uint32{}, map[uint32]*shape{}}
}

func (l *lists) key(ctx, name uint32) listKey {
	if s, ok := l.share[ctx]; ok {
		return listKey{s, name}
	}
	return listKey{ctx, name}
}

// vertexOps are the commands that make a vertex between glBegin and glEnd.
var vertexOps = func() map[gl.Op]bool {
	out := map[gl.Op]bool{}
	for op := range gl.Ops {
		if info := gl.At(uint16(op)); info != nil && info.Draws() && info.Has(gl.FlagInBegin) && (strings.HasPrefix(info.Name, "glVertex") || op == int(gl.OpGlArrayElement)) {
			out[gl.Op(op)] = true
		}
	}
	return out
}()

// record follows one record; ended: it is the glEnd of a primitive, which has that shape.
func (l *lists) record(ctx uint32, op gl.Op, rec []byte) (ended *shape) {
	u := func(at int) uint32 { return binary.LittleEndian.Uint32(rec[at:]) }
	c := l.compiling[ctx]
	switch {
	case vertexOps[op]:
		if b := l.begun[ctx]; b != nil {
			b.vertices++
		}
	case op == gl.OpPrismVertices:
		if b := l.begun[ctx]; b != nil {
			r := gl.RecordOf(uint16(op), rec)
			for it, _ := r.Items(); it.Next(); {
				if vertexOps[it.Op()] {
					b.vertices++
				}
			}
		}
	case op == gl.OpGlBegin:
		l.begun[ctx] = &shape{u(8), 0, 1}
	case op == gl.OpGlEnd:
		if ended = l.begun[ctx]; ended == nil {
			return nil
		}
		delete(l.begun, ctx)
		if c != nil {
			c.add(ended.triangles())
		}
	case op == gl.OpPrismContextCreate:
		l.share[u(8)] = u(8)
		if s, ok := l.share[u(12)]; ok && u(12) != 0 {
			l.share[u(8)] = s
		}
	case op == gl.OpGlNewList:
		l.compiling[ctx], l.names[ctx] = &content{}, u(8)
	case op == gl.OpGlEndList:
		if c != nil {
			l.known[l.key(ctx, l.names[ctx])] = *c
			delete(l.compiling, ctx)
		}
	case c != nil && op == gl.OpGlCallList:
		n := l.known[l.key(ctx, u(8))]
		c.add(n.triangles, !n.unknown)
	case c != nil && gl.Info[op].Draws():
		if v, err := gl.Decode(rec); err == nil {
			s, ok := shapeOf(&v)
			n, known := s.triangles()
			c.add(n, ok && known)
		}
	}
	return ended
}

func (c *content) add(n uint64, known bool) {
	c.triangles += n
	c.unknown = c.unknown || !known
}
