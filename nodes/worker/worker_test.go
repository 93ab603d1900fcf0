package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker/egl"
	"github.com/prismgl/prism/nodes/worker/workertest"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

func TestMain(m *testing.M) {
	if os.Getenv(asLimited) != "" {
		if err := limited(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Setenv("LP_NUM_THREADS", "0")
	goleak.VerifyTestMain(m)
}

type rig struct {
	t    *testing.T
	hub  lane.Hub
	ctx  context.Context
	done chan error
}

// start runs a worker; it must have ended when the test ends.
func start(t *testing.T, change func(*proto.WorkerConfig, *Options)) *rig {
	t.Helper()
	if _, err := Probe(-1); errors.Is(err, egl.ErrNoDevice) && !strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
		t.Skipf("no device: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	hub, spokes := lanetest.Pipe(1)
	cfg := proto.WorkerConfig{Session: "test", PeerName: "n0", Device: -1, Lead: true}
	var o Options
	if change != nil {
		change(&cfg, &o)
	}
	r := &rig{t: t, hub: hub, ctx: ctx, done: make(chan error, 1)}
	go func() { r.done <- Run(ctx, cfg, spokes[0], o) }()
	t.Cleanup(func() {
		cancel()
		hub.Close()
	})
	return r
}

func (r *rig) send(c proto.Control) {
	r.t.Helper()
	b, err := json.Marshal(c)
	if err == nil {
		err = r.hub.Send(r.ctx, 0, lane.KindControl, b)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) batch(b []byte) {
	r.t.Helper()
	if err := r.hub.Broadcast(r.ctx, lane.KindBatch, b); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) recv(kind lane.Kind) []byte {
	r.t.Helper()
	m, err := r.hub.Recv(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	if m.Kind != kind {
		r.t.Fatalf("message of kind %d, want %d: %.200q", m.Kind, kind, m.Payload)
	}
	return m.Payload
}

func (r *rig) control() proto.Control {
	r.t.Helper()
	var c proto.Control
	if err := json.Unmarshal(r.recv(lane.KindControl), &c); err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rig) ended() error {
	r.t.Helper()
	select {
	case err := <-r.done:
		return err
	case <-r.ctx.Done():
		r.t.Fatal("the worker does not end")
		return nil
	}
}

func TestSession(t *testing.T) {
	for _, c := range []struct {
		name     string
		compress bool
		make     string
	}{{"raw", false, "pbuffer"}, {"compressed", true, "fbo"}} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, func(cfg *proto.WorkerConfig, _ *Options) { cfg.Compress, cfg.Framebuffer = c.compress, c.make })
			if ready := r.control().Ready; ready == nil || ready.SpecHash != gl.SpecHash || ready.Framebuffer != c.make || ready.Renderer == "" {
				t.Fatalf("ready: %+v", ready)
			}
			tiles := []proto.Rect{{X: 0, Y: 0, W: 16, H: 24}, {X: 16, Y: 8, W: 16, H: 16}}
			r.send(proto.Control{Plan: &proto.Plan{Drawable: 1, Width: 32, Height: 24, Scissor: proto.Rect{W: 32, H: 24}, Tiles: tiles, Lead: true}})
			s := workertest.New(t).Window(32, 24)
			s.Do("glClearColor", 0, 1, 0, 1).Do("glClear", 0x4000).Do("glBindTexture", 0x0DE1, 0).Do("glEnable", 0xBAD)
			r.batch(s.Swap(1, 1).Do("prismFinish", 1).Batch())
			f := r.control().Frame
			if f == nil || f.Drawable != 1 || f.Number != 1 || f.Draws != 1 || f.GLError != 0x0500 || f.ReplayWall <= 0 || f.ReplayCPU <= 0 || f.Records != 7 || f.Bytes == 0 {
				t.Fatalf("frame: %+v", f)
			}
			for i, tile := range tiles {
				h, pix, err := proto.ParsePiece(r.recv(lane.KindPiece))
				if err != nil {
					t.Fatal(err)
				}
				if h.Rect != tile || h.Count != 2 || int(h.Index) != i || h.Frame != 1 || h.FullW != 32 || h.FullH != 24 || (h.Codec == proto.S2) != c.compress {
					t.Errorf("piece %+v", h)
				}
				if h.Codec == proto.S2 {
					if pix, err = s2.Decode(nil, pix); err != nil {
						t.Fatal(err)
					}
				}
				if len(pix) != h.Bytes || [4]byte(pix) != [4]byte{0, 255, 0, 255} {
					t.Errorf("%d bytes, the first pixel %v", len(pix), pix[:4])
				}
			}
			if d := r.control().Done; d == nil || d.Count != 1 || d.Record != "prismFinish" {
				t.Errorf("done: %+v", d)
			}
			// A question's answer comes before what follows it.
			r.batch(s.Reset().Do("glGetLightfv", uint64(77), 0x4000, 0x1200).Do("prismFinish", 2).Batch())
			if rep, err := wire.ParseReply(r.recv(lane.KindReply)); err != nil || rep.ID != 77 {
				t.Errorf("reply %+v, %v", rep, err)
			}
			if d := r.control().Done; d == nil || d.Count != 2 {
				t.Errorf("done: %+v", d)
			}
			r.send(proto.Control{End: &proto.End{Reason: "test"}})
			if err := r.ended(); err != nil {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

// LatePiece: a plan for a size that the drawable does not have yet, or no longer.
func TestPlanOfAnotherSizeDrawsAll(t *testing.T) {
	r := start(t, nil)
	r.control()
	r.send(proto.Control{Plan: &proto.Plan{Drawable: 1, Width: 64, Height: 64, Scissor: proto.Rect{W: 2, H: 2}, Tiles: []proto.Rect{{X: 8, Y: 8, W: 56, H: 56}, {X: 60, Y: 60, W: 4, H: 4}}}})
	s := workertest.New(t).Window(16, 16)
	r.batch(s.Do("glClearColor", 1, 1, 1, 1).Do("glClear", 0x4000).Swap(1, 1).Batch())
	r.control()
	h, pix, err := proto.ParsePiece(r.recv(lane.KindPiece))
	if err != nil || h.Rect != (proto.Rect{X: 8, Y: 8, W: 8, H: 8}) || h.FullW != 16 || [4]byte(pix[len(pix)-4:]) != [4]byte{255, 255, 255, 255} {
		t.Errorf("%+v, %v", h, err)
	}
	if h, _, err = proto.ParsePiece(r.recv(lane.KindPiece)); err != nil || h.Rect != (proto.Rect{}) || h.Bytes != 0 {
		t.Errorf("%+v, %v", h, err)
	}
	r.send(proto.Control{End: &proto.End{}})
	if err := r.ended(); err != nil {
		t.Error(err)
	}
}

func TestFaults(t *testing.T) {
	window := func(s *workertest.Script) *workertest.Script { return s.Window(8, 8) }
	for _, c := range []struct {
		name  string
		give  func(r *rig, s *workertest.Script)
		class string
		text  string
	}{
		{"corrupt record", func(r *rig, s *workertest.Script) {
			r.batch(window(s).Do("glBindTexture", 0x0DE1, 1).Swap(9, 1).Batch())
		}, "corrupt", "prismSwap: drawable: 9"},
		{"wrong kind", func(r *rig, s *workertest.Script) { _ = r.hub.Send(r.ctx, 0, lane.KindPiece, []byte("x")) }, "corrupt", "kind 3"},
		{"bad control", func(r *rig, s *workertest.Script) { _ = r.hub.Send(r.ctx, 0, lane.KindControl, []byte("{")) }, "corrupt", "control message"},
		{"impossible context", func(r *rig, s *workertest.Script) { r.batch(s.Context(1, 0, 1, 9, 9).Batch()) }, "device", "version 9.9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, nil)
			r.control()
			c.give(r, workertest.New(t))
			f := r.control().Fault
			if f == nil || f.Class != c.class || !strings.Contains(f.Text, c.text) {
				t.Errorf("fault: %+v", f)
			}
			if err := r.ended(); !errors.Is(err, ErrFault) || (c.class == "corrupt") != errors.Is(err, wire.ErrCorrupt) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestDeadlineEndsTheProcess(t *testing.T) {
	exited := make(chan int, 1)
	r := start(t, func(cfg *proto.WorkerConfig, o *Options) {
		cfg.BatchDeadlineMS = 1
		o.Exit = func(code int) { exited <- code }
	})
	r.control()
	s := workertest.New(t).Window(2048, 2048)
	s.Do("glEnable", 0x0BE2).Do("glBlendFunc", 1, 1)
	for range 200 {
		s.Do("glRectf", -1, -1, 1, 1)
	}
	r.batch(s.Do("prismFinish", 1).Batch())
	var f *proto.Fault
	for f == nil {
		f = r.control().Fault
	}
	if f.Class != "device" || !strings.Contains(f.Text, "longer than 1ms") {
		t.Errorf("fault: %+v", f)
	}
	select {
	case code := <-exited:
		if code != proto.ExitFault {
			t.Errorf("exit status %d", code)
		}
	case <-r.ctx.Done():
		t.Fatal("no exit")
	}
	r.send(proto.Control{End: &proto.End{}})
	_ = r.ended() // the process would be gone by now
}

func TestContextEndsTheWorker(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	hub, spokes := lanetest.Pipe(1)
	defer hub.Close()
	done := make(chan error, 1)
	go func() { done <- Run(ctx, proto.WorkerConfig{Session: "s", Device: -1}, spokes[0], Options{}) }()
	if _, err := hub.Recv(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-done:
		if err == nil {
			t.Error("ended without an error")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the worker does not end")
	}
}

func TestProbe(t *testing.T) {
	p, err := Probe(-1)
	if errors.Is(err, egl.ErrNoDevice) && !strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
		t.Skipf("no device: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.Renderer == "" || p.Version == "" || p.CoreVersion == "" || p.Limits["GL_MAX_TEXTURE_SIZE"] < 1024 {
		t.Errorf("%+v", p)
	}
	if want := p.SelfTest.FBODiffPixels == 0; want != (p.Framebuffer == "fbo") {
		t.Errorf("make %s with a self-test of %+v", p.Framebuffer, p.SelfTest)
	}
	if _, err := Probe(1000); !errors.Is(err, egl.ErrNoDevice) {
		t.Errorf("device 1000: %v", err)
	}
}

// With timers a frame's cost is its own time on the device: heavy and light frames by turns, and waiting between batches that is none.
func TestTimers(t *testing.T) {
	const wait = 150 * time.Millisecond
	for _, timers := range []bool{true, false} {
		r := start(t, func(_ *proto.WorkerConfig, o *Options) { o.Timers = timers })
		r.control() // ready
		full := proto.Rect{W: 512, H: 512}
		r.send(proto.Control{Plan: &proto.Plan{Drawable: 1, Width: 512, Height: 512, Scissor: full, Tiles: []proto.Rect{full}, Lead: true}})
		s := workertest.New(t).Window(512, 512)
		var costs []int64
		for frame := range uint64(7) {
			// llvmpipe carries out what stands before a fence, and takes the time then.
			s.Do("glEnable", 0x0BE2).Do("glBlendFunc", 0x0302, 0x0303).Do("glColor4f", 0.5, 0.25, 0.125, 0.5).Do("prismFence", 1, 1)
			for range 1 + frame%2*60 {
				s.Do("glRectf", -1.0, -1.0, 1.0, 1.0)
			}
			r.batch(s.Do("prismFence", 1, 1).Batch())
			timer := time.NewTimer(wait)
			<-timer.C
			r.batch(s.Reset().Bind(1, 1, 1).Do("prismFence", 1, 1).Swap(1, frame+1).Batch())
			for pieces := 0; pieces < 1; {
				m, err := r.hub.Recv(r.ctx)
				if err != nil {
					t.Fatal(err)
				}
				switch m.Kind {
				case lane.KindPiece:
					pieces++
				case lane.KindControl:
					var c proto.Control
					if err := json.Unmarshal(m.Payload, &c); err != nil || c.Frame == nil {
						t.Fatalf("%v: %s", err, m.Payload)
					}
					if f := c.Frame; f.Number != frame+1 || f.Timed != timers || f.Cost <= 0 {
						t.Errorf("frame %d: %+v", frame+1, f)
					}
					costs = append(costs, c.Frame.Cost)
				}
			}
			s.Reset().Bind(1, 1, 1)
		}
		// The first two compile shaders. What else runs here makes times only longer.
		if heavy, light := min(costs[3], costs[5]), min(costs[4], costs[6]); heavy < 3*light || time.Duration(light) > wait {
			t.Errorf("timers %v: light frames and heavy ones by turns: %v, after waiting %v", timers, costs, wait)
		}
		r.send(proto.Control{End: &proto.End{}})
		if err := r.ended(); err != nil {
			t.Error(err)
		}
	}
}
