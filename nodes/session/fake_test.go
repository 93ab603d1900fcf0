package session

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"image"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// Constants of GL that the fake and what is played to it know.
const (
	glDepthBufferBit, glStencilBufferBit, glColorBufferBit = 0x100, 0x400, 0x4000
	glLoad, glReturn                                       = 0x101, 0x102
	glScissorBit, glScissorTest                            = 0x80000, 0x0C11
	glDepthTest, glStencilTest                             = 0x0B71, 0x0B90
	glDepthStencil                                         = 0x84F9
)

// op finds a command's number by name.
func op(t testing.TB, name string) uint16 {
	t.Helper()
	for i, c := range newCommandsOnce() {
		if c != nil && c.name == name {
			return uint16(i)
		}
	}
	t.Fatalf("no command %s", name)
	return 0
}

// app builds chunks as an app's driver would.
type app struct {
	t      testing.TB
	b      wire.Builder
	seq    uint64
	reply  uint64
	frames map[uint32]uint64
	chunks [][]byte
	draw   uint32
}

func newApp(t testing.TB) *app { return &app{t: t, frames: map[uint32]uint64{}} }

// chunk ends the chunk under way.
func (a *app) chunk(flags uint32) {
	a.t.Helper()
	b, err := a.b.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	for it := wire.WalkChunks(b); it.Next(); {
		if it.Header().Records == 0 {
			continue
		}
		c := append([]byte(nil), it.Raw()...)
		h := it.Header()
		h.Flags = flags
		copy(c, h.Append(nil))
		a.chunks = append(a.chunks, c)
	}
	a.b.Reset()
	a.begin()
}

func (a *app) begin() {
	a.seq++
	a.b.Chunk(wire.ChunkHeader{Thread: 1, Ctx: 1, Seq: a.seq, Draw: a.draw, Read: a.draw})
}

func (a *app) window(serial uint32, w, h int) { a.smooth(serial, w, h, 0) }

// smooth makes a window whose pixels have several samples, or (0) one.
func (a *app) smooth(serial uint32, w, h int, samples uint32) {
	a.draw = serial
	if a.seq == 0 {
		a.begin()
	}
	a.b.Record(op(a.t, "prismDrawableCreate"), 0).U32(serial).U32(1).U32(1000 + serial).U32(uint32(w)).U32(uint32(h)).U32(0).U32(samples).U32(8).U32(24).U32(8).U32(1)
}

func (a *app) resize(serial uint32, w, h int) {
	a.b.Record(op(a.t, "prismDrawableResize"), 0).U32(serial).U32(uint32(w)).U32(uint32(h))
}

// fill draws a pattern that depends on seed all over the current drawable.
func (a *app) fill(seed uint32) {
	a.b.Record(op(a.t, "glClearColor"), 0).F32(float32(seed)).F32(0).F32(0).F32(1)
	a.b.Record(op(a.t, "glClear"), 0).U32(0x4000)
}

func (a *app) swap(serial uint32) {
	a.frames[serial]++
	a.b.Record(op(a.t, "prismSwap"), 0).U32(serial).I32(1).U64(a.frames[serial]).U64(1e6)
	a.chunk(wire.ChunkUrgent)
}

func (a *app) finish() {
	a.b.Record(op(a.t, "prismFinish"), 0).U32(1)
	a.chunk(wire.ChunkUrgent)
}

func (a *app) ask(name string, args ...uint32) uint64 {
	a.reply++
	r := a.b.Ask(op(a.t, name), a.reply)
	for _, v := range args {
		r.U32(v)
	}
	a.chunk(wire.ChunkUrgent)
	return a.reply
}

func (a *app) fence(place, use uint32) { a.b.Record(op(a.t, "prismFence"), 0).U32(place).U32(use) }
func (a *app) push(place, use, how uint32) {
	a.b.Record(op(a.t, "prismQueryPush"), 0).U32(7).U32(place).U32(use).U32(how)
}
func (a *app) conditional(place, use, inverted uint32) {
	a.b.Record(op(a.t, "prismConditionalOf"), 0).U32(99).U32(place).U32(use).U32(inverted)
}
func (a *app) store(place, use uint32, most uint64) {
	a.b.Record(op(a.t, "prismResultStore"), 0).U32(3).U32(4).U64(0).U64(12345).U64(most).U32(place).U32(use)
}

func (a *app) unsupported(name string) {
	a.b.Record(op(a.t, "prismUnsupported"), 0).Inline([]byte(name + "\x00"))
}

// source plays chunks as a live app: it holds the chunks back that come after a swap without credit, or after a question
// or finish that is open, and notes what comes back.
type source struct {
	mu       sync.Mutex
	chunks   [][]byte
	replies  map[uint64][]byte
	frames   int
	finishes int
	lost     bool
	gone     bool
	glError  uint32
	results  []proto.Result
	told     []ring.Message
	hang     bool // stays alive after the last chunk
}

func (s *source) Next(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.chunks) == 0 {
		if s.hang {
			s.mu.Unlock()
			<-ctx.Done()
			s.mu.Lock()
			return nil, ctx.Err()
		}
		return nil, io.EOF
	}
	c := s.chunks[0]
	s.chunks = s.chunks[1:]
	return c, nil
}

func (s *source) Reply(id uint64, b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.replies == nil {
		s.replies = map[uint64][]byte{}
	}
	s.replies[id] = append([]byte(nil), b...)
	return nil
}
func (s *source) FrameDone()  { s.mu.Lock(); s.frames++; s.mu.Unlock() }
func (s *source) FinishDone() { s.mu.Lock(); s.finishes++; s.mu.Unlock() }
func (s *source) Result(place, use uint32, value uint64) {
	s.mu.Lock()
	s.results = append(s.results, proto.Result{Place: place, Use: use, Value: value})
	s.mu.Unlock()
}
func (s *source) Tell(m ring.Message) bool {
	s.mu.Lock()
	s.told = append(s.told, m)
	s.mu.Unlock()
	return true
}
func (s *source) SetLost()            { s.mu.Lock(); s.lost = true; s.mu.Unlock() }
func (s *source) SetGLError(e uint32) { s.mu.Lock(); s.glError = e; s.mu.Unlock() }
func (s *source) SetWindowGone()      { s.mu.Lock(); s.gone = true; s.mu.Unlock() }

// surface is what a fake worker keeps of a drawable.
type surface struct {
	w, h int
	pix  []byte
	deep []byte    // depth and stencil
	sums [2][]byte // the halves of the accumulation buffer
}

func newSurface(w, h int) *surface {
	some := func() []byte { return make([]byte, w*h*4) }
	return &surface{w, h, some(), some(), [2][]byte{some(), some()}}
}

// of gives a buffer's pixels.
func (s *surface) of(buffer uint32) *surface {
	if buffer == bufferDepth {
		return &surface{w: s.w, h: s.h, pix: s.deep}
	}
	if buffer >= 1<<sampleShift {
		return newSurface(s.w, s.h) // of samples the first alone is kept
	}
	if buffer&bufferAccum != 0 {
		return &surface{w: s.w, h: s.h, pix: s.sums[buffer>>3]}
	}
	return s
}

// pixel is what fill leaves at x, y.
func pixel(seed uint32, x, y int) [4]byte {
	return [4]byte{byte(x), byte(y), byte(seed), byte(uint32(x*31+y*17) ^ seed>>3)}
}

// pattern is a whole picture of fill.
func pattern(seed uint32, w, h int) []byte {
	b := make([]byte, 0, w*h*4)
	for y := range h {
		for x := range w {
			p := pixel(seed, x, y)
			b = append(b, p[:]...)
		}
	}
	return b
}

// worker is a node in Go that understands what app makes. Hooks put faults in.
type worker struct {
	spoke lane.Spoke
	peer  int

	onBatch  func()
	onRecord func(op uint16, payload []byte) bool // false: the record is dropped
	onThread func(thread uint32, op uint16, payload []byte)
	onPiece  func(h *proto.PieceHeader, pix []byte) bool // false: the piece is dropped
	onSwap   func(frame uint64) bool                     // false: die
	swapped  func(frame uint64) bool                     // after its pieces; false: die
	count    uint64                                      // answer to a counted question

	plans    map[uint32]*proto.Plan
	surfaces map[uint32]*surface
	box      image.Rectangle // glScissor
	tests    map[uint32]bool // glEnable
	seed     uint32
	draws    uint64
	syncs    uint64
	staged   []byte
	cannot   uint32 // buffer that it cannot give back
	gathered int
	decided  []uint64                    // what the session filled in
	onTell   func([]proto.Result) []byte // what is sent instead; nil: nothing
	onCopy   func(s *surface, scissor proto.Rect)
	pictures [][][]byte              // by frame: what displays are given
	shown    []uint64                // frames that may be shown
	onShow   func(frame uint64) bool // false: it does not say that it has
	lose     func(frame uint64) []proto.LostDisplay
}

func (w *worker) run(ctx context.Context) error {
	w.plans, w.surfaces = map[uint32]*proto.Plan{}, map[uint32]*surface{}
	w.tests = map[uint32]bool{}
	defer w.spoke.Close()
	for {
		m, err := w.spoke.Recv(ctx)
		if err != nil {
			return err
		}
		if m.Kind == lane.KindControl {
			var c proto.Control
			if err := json.Unmarshal(m.Payload, &c); err != nil {
				return err
			}
			if c.End != nil {
				return nil
			}
			if c.Plan != nil {
				w.plans[c.Plan.Drawable] = c.Plan
			}
			if c.Show != nil {
				w.shown = append(w.shown, c.Show.Number)
				if w.onShow != nil && !w.onShow(c.Show.Number) {
					continue
				}
				if err := w.control(ctx, &proto.Control{Shown: &proto.Shown{Drawable: c.Show.Drawable, Number: c.Show.Number}}); err != nil {
					return err
				}
			}
			continue
		}
		if w.onBatch != nil {
			w.onBatch()
		}
		for it := wire.WalkChunks(m.Payload); it.Next(); {
			h := it.Header()
			r := it.Records()
			for r.Next() {
				if ok, err := w.record(ctx, h, &r); err != nil || !ok {
					return err
				}
			}
			if r.Err() != nil {
				return w.fault(ctx, r.Err())
			}
		}
	}
}

func (w *worker) fault(ctx context.Context, err error) error {
	return w.control(ctx, &proto.Control{Fault: &proto.Fault{Class: "corrupt", Text: err.Error()}})
}

func (w *worker) control(ctx context.Context, c *proto.Control) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return w.spoke.Send(ctx, lane.KindControl, b)
}

func (w *worker) record(ctx context.Context, h wire.ChunkHeader, r *wire.Records) (bool, error) {
	p := r.Payload()
	u := func(i int) uint32 { return binary.LittleEndian.Uint32(p[4*i:]) }
	name := newCommandsOnce()[r.Op()].name
	if w.onThread != nil {
		w.onThread(h.Thread, r.Op(), p)
	}
	if w.onRecord != nil && !w.onRecord(r.Op(), p) {
		return true, nil
	}
	switch name {
	case "prismDrawableCreate":
		w.surfaces[u(0)] = newSurface(int(u(3)), int(u(4)))
	case "prismDrawableResize":
		w.surfaces[u(0)] = newSurface(int(u(1)), int(u(2)))
	case "glClearColor":
		w.seed = uint32(f32(u(0)))
	case "glClear":
		seed := shifted(w.seed, w.plans[h.Draw].Shift)
		w.each(h.Draw, func(s *surface, x, y int) {
			px, at := pixel(seed, x, y), (y*s.w+x)*4
			if u(0)&glColorBufferBit != 0 {
				copy(s.pix[at:], px[:])
			}
			if u(0)&glDepthBufferBit != 0 {
				copy(s.deep[at+1:], px[1:])
			}
			if u(0)&glStencilBufferBit != 0 {
				s.deep[at] = px[0] ^ px[2]
			}
		})
	case "glAccum": // loads and returns, a half of each pixel in each half
		w.each(h.Draw, func(s *surface, x, y int) {
			at := (y*s.w + x) * 4
			for i := range 2 {
				if u(0) == glLoad {
					copy(s.sums[i][at:at+2], s.pix[at+2*i:])
				} else {
					copy(s.pix[at+2*i:at+2*i+2], s.sums[i][at:])
				}
			}
		})
	case "glDrawArrays": // shows what lies in the buffers for which tests are on
		w.each(h.Draw, func(s *surface, x, y int) {
			at := (y*s.w + x) * 4
			if w.tests[glDepthTest] {
				copy(s.pix[at+1:at+4], s.deep[at+1:])
			}
			if w.tests[glStencilTest] {
				s.pix[at] = s.deep[at]
			}
		})
	case "glScissor":
		w.box = image.Rect(int(int32(u(0))), int(int32(u(1))), int(int32(u(0))+int32(u(2))), int(int32(u(1))+int32(u(3))))
	case "glEnable", "glDisable":
		w.tests[u(0)] = name == "glEnable"
	case "prismFinish":
		w.syncs++
		return true, w.control(ctx, &proto.Control{Done: &proto.Done{Record: name, Count: w.syncs}})
	case "prismFence":
		return true, w.tell(ctx, proto.Result{Place: u(0), Use: u(1)})
	case "prismQueryPush":
		return true, w.tell(ctx, proto.Result{Place: u(1), Use: u(2), Value: w.count})
	case "prismConditionalOf":
		w.decided = append(w.decided, uint64(u(0)))
	case "prismResultStore":
		w.decided = append(w.decided, binary.LittleEndian.Uint64(p[16:]))
	case "prismSwap":
		if w.onSwap != nil && !w.onSwap(binary.LittleEndian.Uint64(p[8:])) {
			return false, nil
		}
		frame := binary.LittleEndian.Uint64(p[8:])
		err := w.swap(ctx, u(0), frame)
		return w.swapped == nil || w.swapped(frame), err
	case "glReadPixels":
		return true, w.readPixels(ctx, h, p)
	case "prismGather":
		w.gathered++
		if binary.LittleEndian.Uint32(p[28:]) == w.cannot {
			rep := wire.Reply{ID: binary.LittleEndian.Uint64(p), Arrays: wire.AppendArray(nil, nil)}
			return true, w.spoke.Send(ctx, lane.KindReply, rep.Append(nil))
		}
		return true, w.tilesOf(ctx, p, w.plans[u(6)], w.surfaces[u(6)].of(u(7)))
	case "prismData":
		w.staged = append(w.staged, p[8:8+u(0)]...)
	case "prismExchange":
		s := w.surfaces[u(4)].of(u(5))
		{
			for y := range int(u(3)) {
				copy(s.pix[((int(u(1))+y)*s.w+int(u(0)))*4:], w.staged[y*int(u(2))*4:(y+1)*int(u(2))*4])
			}
		}
		w.staged = nil
	case "glCopyTexImage2D", "glCopyPixels", "glCallList", "glBlitNamedFramebuffer":
		if w.onCopy != nil {
			w.onCopy(w.surfaces[h.Read], w.plans[h.Read].Scissor)
		}
	case "prismQuerySum":
		rep := wire.Reply{ID: binary.LittleEndian.Uint64(p)}
		rep.Arrays = wire.AppendArray(nil, binary.LittleEndian.AppendUint32(nil, uint32(w.count)))
		return true, w.spoke.Send(ctx, lane.KindReply, rep.Append(nil))
	case "prismProgramInfo", "prismGet":
		if !w.plans[h.Draw].Lead {
			return true, nil
		}
		rep := wire.Reply{ID: binary.LittleEndian.Uint64(p), Ret: uint64(100 + w.peer)}
		return true, w.spoke.Send(ctx, lane.KindReply, rep.Append(nil))
	}
	return true, nil
}

// shifted is the seed of what a node draws that shifts: another picture.
func shifted(seed uint32, by proto.Shift) uint32 {
	return seed + uint32(int32(by.X*1000))*7 + uint32(int32(by.Y*1000))*13
}

// each calls f for the pixels of a drawable that a command may change here.
func (w *worker) each(drawable uint32, f func(s *surface, x, y int)) {
	s := w.surfaces[drawable]
	r := rectangle(w.plans[drawable].Scissor).Intersect(image.Rect(0, 0, s.w, s.h))
	if w.tests[glScissorTest] {
		r = r.Intersect(w.box)
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			f(s, x, y)
		}
	}
	w.draws++
}

// tell sends a result.
func (w *worker) tell(ctx context.Context, r proto.Result) error {
	b := proto.AppendResult(nil, r)
	if w.onTell != nil {
		if b = w.onTell([]proto.Result{r}); b == nil {
			return nil
		}
	}
	return w.spoke.Send(ctx, lane.KindResults, b)
}

// part cuts r out of s.
func (s *surface) part(r proto.Rect) []byte {
	var b []byte
	for y := r.Y; y < r.Y+r.H; y++ {
		b = append(b, s.pix[(y*s.w+r.X)*4:(y*s.w+r.X+r.W)*4]...)
	}
	return b
}

func (w *worker) swap(ctx context.Context, d uint32, frame uint64) error {
	s, plan := w.surfaces[d], w.plans[d]
	f := proto.Frame{Drawable: d, Number: frame, ReplayWall: int64(time.Millisecond), Records: 3, Draws: w.draws}
	w.draws = 0
	if err := w.control(ctx, &proto.Control{Frame: &f}); err != nil {
		return err
	}
	if len(plan.Views) > 0 {
		var parts [][]byte
		for _, v := range plan.Views {
			parts = append(parts, s.part(v.Source))
		}
		w.pictures = append(w.pictures, parts)
		ready := proto.Staged{Drawable: d, Number: frame}
		if w.lose != nil {
			ready.Lost = w.lose(frame)
		}
		if err := w.control(ctx, &proto.Control{Staged: &ready}); err != nil {
			return err
		}
	}
	if plan.NoPieces {
		return nil
	}
	for i, t := range plan.Tiles {
		h := proto.PieceHeader{Format: proto.BGRA8, Count: uint8(len(plan.Tiles)), Index: uint8(i), Drawable: d, Frame: frame, Rect: t, FullW: s.w, FullH: s.h, Bytes: t.W * t.H * 4}
		pix := s.part(t)
		if w.onPiece != nil && !w.onPiece(&h, pix) {
			continue
		}
		if err := w.spoke.Send(ctx, lane.KindPiece, append(h.Append(nil), pix...)); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) readPixels(ctx context.Context, h wire.ChunkHeader, p []byte) error {
	return w.tilesOf(ctx, p, w.plans[h.Read], w.surfaces[h.Read])
}

// tilesOf answers with what plan makes this node's of the rectangle in p.
func (w *worker) tilesOf(ctx context.Context, p []byte, plan *proto.Plan, s *surface) error {
	v := func(i int) int { return int(int32(binary.LittleEndian.Uint32(p[8+4*i:]))) }
	want := rectangle(proto.Rect{X: v(0), Y: v(1), W: v(2), H: v(3)})
	rep := wire.Reply{ID: binary.LittleEndian.Uint64(p)}
	var list []byte
	for _, t := range plan.Tiles {
		if r := rectangle(t).Intersect(want); !r.Empty() {
			list = proto.AppendTile(list, proto.Tile{Rect: rect(r), Pix: s.part(rect(r))})
			rep.Ret++
		}
	}
	rep.Arrays = wire.AppendArray(nil, list)
	return w.spoke.Send(ctx, lane.KindReply, rep.Append(nil))
}
