package track

import (
	"github.com/prismgl/prism/stream/gl"
)

// context is what one context has current.
type context struct {
	share        uint32 // the first context of its share group
	core         bool
	es           bool
	placed       bool // viewport has its first value
	fixed             // what glPushAttrib saves
	saved        []saved
	modelview    stack
	projection   stack
	program      uint32
	pipeline     uint32
	buffers      map[uint32]uint32     // bound, by target; not of elements
	uniforms     [uniformBindings]part // GL_UNIFORM_BUFFER
	arrays       map[uint32]*arrays
	arraySerial  uint32
	current      *arrays
	framebuffer  uint32 // drawn to
	objects      bool   // draws to objects are bounded, too
	queries      int    // active ones that count what is not pixels
	feedback     bool   // transform feedback is active
	renderMode   uint32
	lost         string // why nothing is bounded from here on
	inBegin      bool
	restartIndex uint32
	compiling    uint32 // mode of the display list under way, 0: none
	list         *Primitives
	listName     uint32
	listBase     uint32
	nested       int            // lists that are being called
	numbers      [2][16]float32 // matrices, as shaders take them
}

// fixed are the parts of the fixed state that glPushAttrib can save.
type fixed struct {
	viewport      [4]float64
	viewportKnown bool
	matrixMode    uint32
	lineWidth     float64
	pointSize     float64
	front, back   uint32 // polygon mode
	depthClamp    bool
	pointSizes    bool // from the vertex shader, or sprites and distances
	vertexARB     bool // a vertex program of GL_ARB_vertex_program
	restart       bool
	restartFixed  bool
}

type saved struct {
	mask uint32
	fixed
}

const (
	maxSaved    = 16   // all implementations can
	maxViewport = 8192 // likewise
)

func newContext() *context {
	return &context{
		fixed:     fixed{matrixMode: modeModelview, lineWidth: 1, pointSize: 1, front: fill, back: fill},
		modelview: newStack(32), projection: newStack(2),
		buffers: map[uint32]uint32{}, arrays: map[uint32]*arrays{}, renderMode: render,
	}
}

const (
	fill   = 0x1B02 // GL_FILL
	render = 0x1C00 // GL_RENDER
)

// Bits of glPushAttrib.
const (
	bitPoint     = 0x2
	bitLine      = 0x4
	bitPolygon   = 0x8
	bitViewport  = 0x800
	bitTransform = 0x1000
	bitEnable    = 0x2000
)

var contextHandlers = map[gl.Op]handler{
	gl.OpPrismContextCreate: func(t *Tracker, _ *context, r *record) {
		n := newContext()
		ctx, share := r.U32(8), r.U32(12)
		n.share = ctx
		if o := t.contexts[share]; share != 0 && o != nil {
			n.share = o.share
		}
		n.core, n.es = r.U32(20) == 1, r.U32(20) == 4
		if len(t.contexts) < maxObjects {
			t.contexts[ctx], t.last = n, nil
		}
	},
	gl.OpPrismContextDestroy: func(t *Tracker, _ *context, r *record) {
		delete(t.contexts, r.U32(8))
		t.last = nil
	},
	gl.OpGlViewport: func(_ *Tracker, c *context, r *record) {
		x, y, w, h := r.I32(8), r.I32(12), r.I32(16), r.I32(20)
		switch {
		case w < 0 || h < 0: // an error
		case w > maxViewport || h > maxViewport || max(x, -x, y, -y) > maxViewport: // each implementation cuts it to its own limits
			c.viewportKnown = false
		default:
			c.viewport = [4]float64{float64(x), float64(y), float64(w), float64(h)}
			c.viewportKnown, c.placed = true, true
		}
	},
	gl.OpGlViewportArrayv:    loses("several viewports"),
	gl.OpGlViewportIndexedf:  loses("several viewports"),
	gl.OpGlViewportIndexedfv: loses("several viewports"),
	gl.OpGlClipControl:       loses("glClipControl"),
	gl.OpGlLineWidth:         func(_ *Tracker, c *context, r *record) { c.lineWidth = max(c.legal(r.F32(8), c.lineWidth), 0) },
	gl.OpGlPointSize:         func(_ *Tracker, c *context, r *record) { c.pointSize = max(c.legal(r.F32(8), c.pointSize), 0) },
	gl.OpGlPointParameterf:   pointParameter,
	gl.OpGlPointParameteri:   pointParameter,
	gl.OpGlPointParameterfv:  pointParameter,
	gl.OpGlPointParameteriv:  pointParameter,
	gl.OpGlPolygonMode:       polygonMode,
	gl.OpGlEnable:            func(_ *Tracker, c *context, r *record) { c.cap(r.U32(8), true) },
	gl.OpGlDisable:           func(_ *Tracker, c *context, r *record) { c.cap(r.U32(8), false) },
	gl.OpGlBindFramebuffer:   bindFramebuffer,
	gl.OpGlDeleteFramebuffers: func(t *Tracker, c *context, r *record) {
		for _, s := range t.names(r, "framebuffers") {
			if s == c.framebuffer {
				c.framebuffer = 0
			}
		}
	},
	gl.OpGlBeginQuery:             func(_ *Tracker, c *context, r *record) { c.query(r.U32(8), 1) },
	gl.OpGlEndQuery:               func(_ *Tracker, c *context, r *record) { c.query(r.U32(8), -1) },
	gl.OpGlBeginQueryIndexed:      func(_ *Tracker, c *context, r *record) { c.query(r.U32(8), 1) },
	gl.OpGlEndQueryIndexed:        func(_ *Tracker, c *context, r *record) { c.query(r.U32(8), -1) },
	gl.OpPrismRenderMode:          func(_ *Tracker, c *context, r *record) { c.renderMode = r.U32(16) },
	gl.OpGlPrimitiveRestartIndex:  func(_ *Tracker, c *context, r *record) { c.restartIndex = r.U32(8) },
	gl.OpGlBeginTransformFeedback: func(_ *Tracker, c *context, _ *record) { c.feedback = true },
	gl.OpGlEndTransformFeedback:   func(_ *Tracker, c *context, _ *record) { c.feedback = false },
	gl.OpGlBegin:                  func(_ *Tracker, c *context, _ *record) { c.inBegin = true },
	gl.OpGlEnd:                    func(_ *Tracker, c *context, _ *record) { c.inBegin = false },
	gl.OpGlPushAttrib: func(_ *Tracker, c *context, r *record) {
		if len(c.saved) >= maxSaved {
			c.lose("a deep stack of attributes")
			return
		}
		c.saved = append(c.saved, saved{r.U32(8), c.fixed})
	},
	gl.OpGlPopAttrib: func(_ *Tracker, c *context, _ *record) { c.popAttrib() },
}

func loses(why string) handler {
	return func(_ *Tracker, c *context, _ *record) { c.lose(why) }
}

// lose says that draws of the context are not bounded any more.
func (c *context) lose(why string) {
	if c.lost == "" {
		c.lost = why
	}
}

// legal gives the new value of a width; what is none is an error and changes nothing.
func (c *context) legal(v, was float64) float64 {
	if v > 0 {
		return v
	}
	return was
}

func pointParameter(_ *Tracker, c *context, r *record) {
	c.pointSizes = true // limits and distances: the size is not what glPointSize says
	_ = r
}

func polygonMode(_ *Tracker, c *context, r *record) {
	face, mode := r.U32(8), r.U32(12)
	if face == 0x404 || face == 0x408 {
		c.front = mode
	}
	if face == 0x405 || face == 0x408 {
		c.back = mode
	}
}

func (c *context) cap(what uint32, on bool) {
	switch what {
	case 0x864F: // GL_DEPTH_CLAMP
		c.depthClamp = on
	case 0x8642, 0x8861: // GL_PROGRAM_POINT_SIZE, GL_POINT_SPRITE
		c.pointSizes = c.pointSizes || on
	case 0x8620: // GL_VERTEX_PROGRAM_ARB
		c.vertexARB = on
	case 0x8F9D: // GL_PRIMITIVE_RESTART
		c.restart = on
	case 0x8D69: // GL_PRIMITIVE_RESTART_FIXED_INDEX
		c.restartFixed = on
	}
}

func bindFramebuffer(t *Tracker, c *context, r *record) {
	if s := r.U32(12); s != 0 && len(t.bound) < maxObjects {
		t.bound[objectKey{gl.HandleFramebuffer, s}] = 0
	}
	if r.U32(12) != 0 {
		t.AnalyseAll()
	}
	if target := r.U32(8); target == 0x8D40 || target == 0x8CA9 { // GL_FRAMEBUFFER, GL_DRAW_FRAMEBUFFER
		c.framebuffer = r.U32(12)
	}
}

// query counts the active queries that do not count pixels: what they count must not depend on who draws what.
func (c *context) query(target uint32, by int) {
	switch target {
	case 0x8914, 0x8C2F, 0x8D6A, 0x88BF, 0x8E28: // samples passed, any of both kinds, time
		return
	}
	c.queries = max(0, c.queries+by)
}

func (c *context) popAttrib() {
	n := len(c.saved)
	if n == 0 {
		return
	}
	s := &c.saved[n-1]
	if s.mask&bitViewport != 0 {
		c.viewport, c.viewportKnown = s.viewport, s.viewportKnown
	}
	if s.mask&bitTransform != 0 {
		c.matrixMode = s.matrixMode
	}
	if s.mask&bitLine != 0 {
		c.lineWidth = s.lineWidth
	}
	if s.mask&bitPoint != 0 {
		c.pointSize, c.pointSizes = s.pointSize, c.pointSizes || s.pointSizes
	}
	if s.mask&bitPolygon != 0 {
		c.front, c.back = s.front, s.back
	}
	// Which of these two each implementation saves with what is not worth knowing: where it matters, it is what is less certain.
	if s.mask&(bitEnable|bitTransform) != 0 {
		c.depthClamp = c.depthClamp || s.depthClamp
		if c.vertexARB != s.vertexARB || c.restart != s.restart || c.restartFixed != s.restartFixed {
			c.lose("glPopAttrib of what decides on vertices")
		}
	}
	c.saved = c.saved[:n-1]
}
