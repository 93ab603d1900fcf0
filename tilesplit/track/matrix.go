package track

import (
	"math"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/bounds"
)

// matrix is one of the fixed pipeline, with the magnitudes that a GPU's rounding of it is relative to.
type matrix struct{ m, size bounds.Matrix }

// slack is what each product adds to the rounding before it; bounds counts on a few.
const slack = 1.25

// stack of matrices. GL's limits are its own: what goes deeper than all implementations can is not known any more.
type stack struct {
	list []matrix
	deep int
	lost bool
}

const (
	modeModelview  = 0x1700
	modeProjection = 0x1701
	modeTexture    = 0x1702
)

func newStack(deep int) stack {
	i := bounds.Identity()
	return stack{list: []matrix{{i, i}}, deep: deep}
}

func (s *stack) top() *matrix { return &s.list[len(s.list)-1] }

func (s *stack) load(m *bounds.Matrix) { *s.top() = matrix{*m, m.Abs()} }

func (s *stack) mul(m *bounds.Matrix) {
	t, abs := s.top(), m.Abs()
	t.m, t.size = bounds.Mul(&t.m, m), bounds.Mul(&t.size, &abs)
	for i := range t.size {
		t.size[i] *= slack
	}
}

func (s *stack) push() {
	if len(s.list) >= s.deep {
		s.lost = true
		return
	}
	s.list = append(s.list, *s.top())
}

func (s *stack) pop() {
	if len(s.list) > 1 {
		s.list = s.list[:len(s.list)-1]
	}
}

// Matrices gives a context's matrix mode, and how many more matrices can be pushed on each stack; 0: it is not known.
func (t *Tracker) Matrices(h *wire.ChunkHeader) (mode uint32, modelview, projection int) {
	c := t.context(h.Ctx)
	return c.fixed.matrixMode, c.modelview.room(), c.projection.room()
}

func (s *stack) room() int {
	if s.lost {
		return 0
	}
	return s.deep - len(s.list)
}

// room is how many more matrices can be pushed on the stack that is selected, as far as is known.
func (c *context) room() int {
	if s := c.stack(); s != nil {
		return s.room()
	}
	return 0
}

// stack that matrix commands go to; nil: one that places nothing.
func (c *context) stack() *stack {
	switch c.fixed.matrixMode {
	case modeModelview:
		return &c.modelview
	case modeProjection:
		return &c.projection
	}
	return nil
}

// change makes a handler of what is done to the current matrix.
func change(f func(t *Tracker, s *stack, r *record)) handler {
	return func(t *Tracker, c *context, r *record) {
		if s := c.stack(); s != nil {
			f(t, s, r)
		}
	}
}

var (
	loadMatrix = change(func(t *Tracker, s *stack, r *record) {
		m, ok := t.matrix(r)
		s.load(&m)
		s.lost = s.lost || !ok
	})
	multMatrix = change(func(t *Tracker, s *stack, r *record) {
		m, ok := t.matrix(r)
		s.mul(&m)
		s.lost = s.lost || !ok
	})
	rotate = change(func(_ *Tracker, s *stack, r *record) {
		a, x, y, z := r.Number(0)*math.Pi/180, r.Number(1), r.Number(2), r.Number(3)
		l := math.Sqrt(x*x + y*y + z*z)
		if l < 1e-4 { // implementations leave out what is too short, each in its own way
			s.lost = s.lost || l > 0
			return
		}
		x, y, z = x/l, y/l, z/l
		n, k := math.Sincos(a)
		o := 1 - k
		s.mul(&bounds.Matrix{x*x*o + k, y*x*o + z*n, x*z*o - y*n, 0, x*y*o - z*n, y*y*o + k, y*z*o + x*n, 0, x*z*o + y*n, y*z*o - x*n, z*z*o + k, 0, 0, 0, 0, 1})
	})
	scale = change(func(_ *Tracker, s *stack, r *record) {
		s.mul(&bounds.Matrix{0: r.Number(0), 5: r.Number(1), 10: r.Number(2), 15: 1})
	})
	translate = change(func(_ *Tracker, s *stack, r *record) {
		m := bounds.Identity()
		m[12], m[13], m[14] = r.Number(0), r.Number(1), r.Number(2)
		s.mul(&m)
	})
)

var matrixHandlers = map[gl.Op]handler{
	gl.OpGlMatrixMode: func(_ *Tracker, c *context, r *record) {
		switch m := r.U32(8); m {
		case modeModelview, modeProjection, modeTexture:
			c.fixed.matrixMode = m
		default: // some implementations have it
			c.lose("a matrix mode that is not followed")
		}
	},
	gl.OpGlLoadIdentity: change(func(_ *Tracker, s *stack, _ *record) { i := bounds.Identity(); s.load(&i) }),
	gl.OpGlPushMatrix:   change(func(_ *Tracker, s *stack, _ *record) { s.push() }),
	gl.OpGlPopMatrix:    change(func(_ *Tracker, s *stack, _ *record) { s.pop() }),
	gl.OpGlLoadMatrixf:  loadMatrix, gl.OpGlLoadMatrixd: loadMatrix, gl.OpGlLoadTransposeMatrixf: loadMatrix, gl.OpGlLoadTransposeMatrixd: loadMatrix,
	gl.OpGlMultMatrixf: multMatrix, gl.OpGlMultMatrixd: multMatrix, gl.OpGlMultTransposeMatrixf: multMatrix, gl.OpGlMultTransposeMatrixd: multMatrix,
	gl.OpGlRotatef: rotate, gl.OpGlRotated: rotate, gl.OpGlScalef: scale, gl.OpGlScaled: scale, gl.OpGlTranslatef: translate, gl.OpGlTranslated: translate,
	gl.OpGlFrustum: change(func(_ *Tracker, s *stack, r *record) {
		a, b, c, d, n, f := r.Number(0), r.Number(1), r.Number(2), r.Number(3), r.Number(4), r.Number(5)
		if n <= 0 || f <= 0 || n == f || a == b || c == d { // an error
			return
		}
		s.mul(&bounds.Matrix{2 * n / (b - a), 0, 0, 0, 0, 2 * n / (d - c), 0, 0, (b + a) / (b - a), (d + c) / (d - c), -(f + n) / (f - n), -1, 0, 0, -2 * f * n / (f - n), 0})
	}),
	gl.OpGlOrtho: change(func(_ *Tracker, s *stack, r *record) {
		a, b, c, d, n, f := r.Number(0), r.Number(1), r.Number(2), r.Number(3), r.Number(4), r.Number(5)
		if a == b || c == d || n == f {
			return
		}
		s.mul(&bounds.Matrix{2 / (b - a), 0, 0, 0, 0, 2 / (d - c), 0, 0, 0, 0, -2 / (f - n), 0, -(b + a) / (b - a), -(d + c) / (d - c), -(f + n) / (f - n), 1})
	}),
}

// matrix reads a command's array of 16.
func (t *Tracker) matrix(r *record) (m bounds.Matrix, ok bool) {
	f := &r.Cmd.Fields[0]
	data, _, ok := t.blob(r, f.Name)
	m = bounds.Identity()
	if !ok {
		return m, false
	}
	double := f.Elem == gl.ElemF64
	if double && len(data) < 128 || len(data) < 64 {
		return m, false
	}
	transposed := r.Op == gl.OpGlLoadTransposeMatrixf || r.Op == gl.OpGlLoadTransposeMatrixd || r.Op == gl.OpGlMultTransposeMatrixf || r.Op == gl.OpGlMultTransposeMatrixd
	for i := range m {
		to := i
		if transposed {
			to = i%4*4 + i/4
		}
		if double {
			m[to] = math.Float64frombits(le.Uint64(data[8*i:]))
		} else {
			m[to] = float64(f32(le.Uint32(data[4*i:])))
		}
	}
	return m, true
}

func f32(bits uint32) float32 { return math.Float32frombits(bits) }

func f64(bits uint64) float64 { return math.Float64frombits(bits) }
