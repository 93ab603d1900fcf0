package replay

/*
#cgo CFLAGS: -std=gnu11 -Wall -Wextra -O2 -I${SRCDIR}/../../../stream/driver/include
#cgo LDFLAGS: -lm
#cgo noescape replay_run
#cgo nocallback replay_run
#cgo noescape replay_plan
#cgo nocallback replay_plan
#cgo noescape replay_readback
#cgo nocallback replay_readback
#cgo noescape replay_results
#cgo nocallback replay_results
#cgo noescape replay_replies_take
#cgo nocallback replay_replies_take
#include <stdlib.h>
#include "replay_run.h"
*/
import "C"

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/egl"
	_ "github.com/prismgl/prism/stream/driver/include" // so that this is built anew when a header changes
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

// ErrDevice is the class of errors that the device made, not the stream: no memory, a context that cannot be created.
var ErrDevice = errors.New("replay: device")

// Replay carries out one session's records on one device.
type Replay struct {
	c      *C.struct_replay
	result C.replay_result
	tiles  []int32
}

// Stop is why Run came back before the batch's end.
type Stop struct {
	Op       gl.Op // OpPrismSwap, OpPrismFlushFront or OpPrismFinish; 0: no stop
	Drawable uint32
	Frame    uint64
	Count    uint64 // of OpPrismFinish so far
	// Of the drawable, and since the frame before.
	Width, Height         int
	Records, Draws, Bytes uint64
	GLError               uint32
}

// New opens a replay on dev, on the calling thread, which must stay locked. dev must outlive it.
func New(dev *egl.Device) (*Replay, error) {
	var msg [256]C.char
	c := C.replay_new(dev.Handle(), &msg[0], C.size_t(len(msg)))
	if c == nil {
		return nil, fmt.Errorf("%w: %s", ErrDevice, C.GoString(&msg[0]))
	}
	return &Replay{c: c}, nil
}

// Release gives back all contexts and surfaces.
func (r *Replay) Release() {
	if r.c != nil {
		C.replay_free(r.c)
		r.c = nil
	}
}

// SetLead says whether this node answers questions of class lead.
func (r *Replay) SetLead(lead bool) { C.replay_lead(r.c, C.bool(lead)) }

// SetPeer says which of the session's nodes this is.
func (r *Replay) SetPeer(peer int) { C.replay_peer(r.c, C.uint32_t(peer)) }

// UseFBO chooses the make of the default framebuffer; before the first batch.
func (r *Replay) UseFBO(fbo bool) { C.replay_make(r.c, C.bool(fbo)) }

// ClearTiles has small tiles cleared alone, where that gives the very bits of a whole clear (true); before the first batch. For software drivers,
// whose clears take as long as what they clear is large.
func (r *Replay) ClearTiles() bool { return bool(C.replay_clear_tiles(r.c)) }

// tilesCleared counts the clears of a tile alone; for tests.
func (r *Replay) tilesCleared() int { return int(C.replay_tiles_cleared(r.c)) }

// SetPlan cuts and shifts what is drawn into a drawable's default framebuffer, from the next record on, and says which tiles this node answers for.
func (r *Replay) SetPlan(p *proto.Plan) {
	r.tiles = r.tiles[:0]
	for _, t := range p.Tiles {
		r.tiles = append(r.tiles, int32(t.X), int32(t.Y), int32(t.W), int32(t.H))
	}
	r.tiles = append(r.tiles, 0) // there is a first one to point at
	s, held := p.Scissor, [4]C.int32_t{C.int32_t(p.Target.X), C.int32_t(p.Target.Y), C.int32_t(p.Target.W), C.int32_t(p.Target.H)}
	C.replay_plan(r.c, C.uint32_t(p.Drawable), C.uint32_t(p.Width), C.uint32_t(p.Height), C.int32_t(s.X), C.int32_t(s.Y), C.int32_t(s.W), C.int32_t(s.H),
		C.double(p.Shift.X), C.double(p.Shift.Y), C.bool(p.Shift.Offscreen), &held[0], (*C.int32_t)(unsafe.SliceData(r.tiles)), C.uint32_t(len(p.Tiles)))
	r.SetLead(p.Lead)
}

// Run carries out records of batch up to its end or to a stop; consumed tells how far it came, and after a stop the rest is to be
// given again. Errors wrap wire.ErrCorrupt (the place is in the text; the session cannot go on) or ErrDevice.
func (r *Replay) Run(batch []byte) (consumed int, stop Stop, err error) {
	if len(batch) == 0 {
		return 0, Stop{}, nil
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(batch)))&7 != 0 {
		batch = bytes.Clone(batch) // records are read as they lie; memory of the allocator's is aligned
	}
	res := &r.result
	C.replay_run(r.c, (*C.uint8_t)(unsafe.SliceData(batch)), C.uint64_t(len(batch)), res)
	consumed = int(res.consumed)
	switch res.status {
	case C.REPLAY_DEVICE:
		return consumed, Stop{}, fmt.Errorf("%w: %s", ErrDevice, r.place())
	case 0:
		return consumed, Stop{}, nil
	case 1:
		return consumed, Stop{
			Op: gl.Op(res.op), Drawable: uint32(res.drawable), Frame: uint64(res.frame), Count: uint64(res.count),
			Width: int(res.width), Height: int(res.height), Records: uint64(res.records), Draws: uint64(res.draws), Bytes: uint64(res.bytes),
			GLError: uint32(res.gl_error),
		}, nil
	default:
		return consumed, Stop{}, wire.Corruptf("%s", r.place())
	}
}

// place tells where the last Run failed, and why.
func (r *Replay) place() string {
	text := C.GoString(C.replay_error(r.c))
	if op := C.GoString(C.replay_op_name(C.uint32_t(r.result.op))); op != "" {
		return fmt.Sprintf("replay: chunk %d: record %d: %s: %s", r.result.chunk, r.result.record, op, text)
	}
	return fmt.Sprintf("replay: chunk %d: record %d: %s", r.result.chunk, r.result.record, text)
}

// Replies gives the answers of the last Run to send, in order; the bytes are the caller's.
func (r *Replay) Replies(send func(reply []byte) error) error {
	n := int(r.result.replies)
	if n == 0 {
		return nil
	}
	b := make([]byte, n)
	C.replay_replies_take(r.c, (*C.uint8_t)(unsafe.SliceData(b)))
	r.result.replies = 0
	for len(b) >= 8 {
		n := binary.LittleEndian.Uint32(b)
		if err := send(b[8 : 8+n : 8+n]); err != nil {
			return err
		}
		b = b[8+n:]
	}
	return nil
}

// Results gives what is known of fences and queries since the last call, in the stream's order, as nodes/proto has it (nil: nothing);
// with wait it waits until all that are under way are known. The bytes are the caller's.
func (r *Replay) Results(wait bool) ([]byte, error) {
	var told *C.replay_told
	var n C.uint32_t
	rc := C.replay_results(r.c, C.bool(wait), &told, &n)
	var b []byte
	for _, t := range unsafe.Slice(told, n) {
		b = proto.AppendResult(b, proto.Result{Place: uint32(t.place), Use: uint32(t.use), Value: uint64(t.value)})
	}
	if rc != 0 {
		return b, fmt.Errorf("%w: %s", ErrDevice, C.GoString(C.replay_error(r.c)))
	}
	return b, nil
}

// Pending tells whether some are under way.
func (r *Replay) Pending() bool { return bool(C.replay_pending(r.c)) }

// Said takes what the driver had to say to the app since the last call; nil: nothing.
func (r *Replay) Said() *proto.Debug {
	var at *C.replay_said
	var dropped C.uint32_t
	n := C.replay_said_take(r.c, &at, &dropped)
	if n == 0 && dropped == 0 {
		return nil
	}
	d := &proto.Debug{Dropped: uint32(dropped)}
	for _, m := range unsafe.Slice(at, n) {
		d.Messages = append(d.Messages, proto.DebugMessage{Context: uint32(m.context), Source: uint32(m.source), Type: uint32(m._type), ID: uint32(m.id),
			Severity: uint32(m.severity), Text: strings.ToValidUTF8(C.GoStringN(m.text, C.int(m.length)), "\uFFFD")})
	}
	return d
}

// Time has each frame's time on the GPU taken, from the next frame on.
func (r *Replay) Time(on bool) { C.replay_timing(r.c, C.bool(on)) }

// FrameTime ends a frame and gives the nanoseconds that the GPU took for its records. With wait it waits until they have been carried out, which
// reading back does anyway; else, and where ok is false, the frame's time is not known: only frames of one desktop context have one.
func (r *Replay) FrameTime(wait bool) (ns int64, ok bool) {
	ns = int64(C.replay_frame_time(r.c, C.bool(wait)))
	return ns, ns >= 0
}

// Readback copies a rectangle of the drawable's buffer into pix: BGRA8, tight, bottom first, 4*W*H bytes.
func (r *Replay) Readback(drawable uint32, rect proto.Rect, pix []byte) error {
	if rect.W <= 0 || rect.H <= 0 {
		return nil
	}
	if len(pix) < rect.W*rect.H*4 {
		return fmt.Errorf("replay: readback: %d bytes for %d×%d pixels", len(pix), rect.W, rect.H)
	}
	if C.replay_readback(r.c, C.uint32_t(drawable), C.int32_t(rect.X), C.int32_t(rect.Y), C.int32_t(rect.W), C.int32_t(rect.H),
		(*C.uint8_t)(unsafe.SliceData(pix))) != 0 {
		return fmt.Errorf("%w: %s", ErrDevice, C.GoString(C.replay_error(r.c)))
	}
	return nil
}

// Note takes what the user should know, if anything.
func (r *Replay) Note() string {
	var msg [512]C.char
	C.replay_note(r.c, &msg[0], C.size_t(len(msg)))
	return C.GoString(&msg[0])
}

// SelfTest compares the makes of the default framebuffer.
func (r *Replay) SelfTest() proto.SelfTest {
	var pixels C.int
	var flip C.bool
	var msg [256]C.char
	diff := C.replay_selftest(r.c, &pixels, &flip, &msg[0], C.size_t(len(msg)))
	return proto.SelfTest{FBODiffPixels: int(diff), Pixels: int(pixels), FlipY: bool(flip), Text: C.GoString(&msg[0])}
}

// Info is what a context of the device says of itself.
type Info struct {
	Renderer, Vendor, Version, GLSL string
	Values                          []int
}

// Describe makes a context and asks it: profile 0 legacy, 1 core, 2 compatibility; Values are those of pnames.
func (r *Replay) Describe(profile, major, minor uint, pnames []uint32) (Info, error) {
	const each = 256
	var text [4][each]C.char
	values := make([]C.int32_t, len(pnames)+1)
	names := append([]uint32{}, pnames...)
	names = append(names, 0)
	ok := C.replay_describe(r.c, C.uint(profile), C.uint(major), C.uint(minor), &text[0][0], &text[1][0], &text[2][0], &text[3][0], each,
		(*C.uint32_t)(unsafe.SliceData(names)), unsafe.SliceData(values), C.size_t(len(pnames)))
	if !ok {
		return Info{}, fmt.Errorf("%w: %s", ErrDevice, C.GoString(C.replay_error(r.c)))
	}
	info := Info{Renderer: C.GoString(&text[0][0]), Vendor: C.GoString(&text[1][0]), Version: C.GoString(&text[2][0]), GLSL: C.GoString(&text[3][0])}
	for _, v := range values[:len(pnames)] {
		info.Values = append(info.Values, int(v))
	}
	return info, nil
}

// scissor gives the box and the test as the app sees them, and both as GL has them; for tests.
func (r *Replay) scissor() (box [4]int32, on bool, real [5]int32) {
	var v [9]C.int32_t
	C.replay_scissor(r.c, &v[0])
	for i := range 4 {
		box[i] = int32(v[i])
	}
	for i := range 4 {
		real[i] = int32(v[5+i])
	}
	real[4] = int32(v[4]) >> 1
	return box, v[4]&1 != 0, real
}

// viewport gives viewport 0 as the app sees it and as GL has it; for tests.
func (r *Replay) viewport() (app, real [4]float32) {
	var v [8]C.float
	C.replay_viewport(r.c, &v[0])
	for i := range 4 {
		app[i], real[i] = float32(v[i]), float32(v[4+i])
	}
	return app, real
}

// stub puts functions that do nothing in GL's place: for benchmarks of the unpackers alone.
func (r *Replay) stub() { C.replay_stub(r.c) }
