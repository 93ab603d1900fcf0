package drivertest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// run runs app WHAT against s to its end and returns what it said on stderr.
func run(t *testing.T, s *splitter, what string) (stderr string) {
	t.Helper()
	cmd := app(t, listen(t, s), compile(t, "app"), what)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("app %s: %v\n%s%s", what, err, &out, &errs)
	}
	if s.refuse == "" {
		s.finished(t)
	}
	return errs.String()
}

func u32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[4*i:]) }

func TestBasic(t *testing.T) {
	s := &splitter{}
	stderr := run(t, s, "basic")
	if stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	for op, want := range map[gl.Op]int{
		gl.OpPrismContextCreate: 1, gl.OpPrismDrawableCreate: 1, gl.OpPrismMakeCurrent: 2, gl.OpPrismSwap: 10, gl.OpPrismFinish: 1,
		gl.OpPrismContextDestroy: 1, gl.OpGlVertex3f: 3000, gl.OpGlClear: 10,
	} {
		if got := s.counts[op]; got != want {
			t.Errorf("%v: %d records, want %d", op, got, want)
		}
	}
	if n := s.ring.RoundTrips(); n != 0 {
		t.Errorf("%d round trips, want none", n)
	}
	created, frame := false, uint64(0)
	for i, r := range s.seen {
		switch r.op {
		case gl.OpPrismDrawableCreate:
			created = true
			if w, h := u32(r.payload, 3), u32(r.payload, 4); w != 320 || h != 200 {
				t.Errorf("the window is told as %d×%d, want 320×200", w, h)
			}
		case gl.OpPrismMakeCurrent:
			if !created {
				t.Error("prismMakeCurrent before prismDrawableCreate")
			}
			if u32(r.payload, 0) != r.chunk.Ctx || u32(r.payload, 1) != r.chunk.Draw {
				t.Errorf("prismMakeCurrent says context %d, its chunk %d", u32(r.payload, 0), r.chunk.Ctx)
			}
		case gl.OpPrismSwap:
			frame++
			if got := binary.LittleEndian.Uint64(r.payload[8:]); got != frame {
				t.Errorf("frame %d, want %d", got, frame)
			}
			if i+1 < len(s.seen) && s.seen[i+1].chunk.Seq == r.chunk.Seq {
				t.Errorf("frame %d: prismSwap is not the last record of its chunk", frame)
			}
			if r.chunk.Flags&1 == 0 {
				t.Errorf("frame %d: the chunk is not urgent", frame)
			}
		}
	}
}

func TestConfigsAndContexts(t *testing.T) {
	s := &splitter{}
	run(t, s, "config")
	if a, b := s.counts[gl.OpPrismContextCreate], s.counts[gl.OpPrismContextDestroy]; a != 2 || b != 1 {
		t.Errorf("%d contexts made and %d destroyed, want 2 and 1", a, b)
	}
	order := s.ops()
	if i, j := strings.LastIndex(order, "glClear"), strings.Index(order, "prismContextDestroy"); i > j {
		t.Errorf("the context ends before its last command:\n%s", order)
	}
	if s.counts[gl.OpPrismDrawableDestroy] != 1 {
		t.Errorf("the pbuffer was not destroyed")
	}
}

func TestSwapInterval(t *testing.T) {
	s := &splitter{}
	run(t, s, "interval")
	for _, r := range s.seen {
		if r.op == gl.OpPrismSwap && u32(r.payload, 1) != 1 {
			t.Errorf("swap interval %d, want 1", u32(r.payload, 1))
		}
	}
}

func TestForkWithoutExec(t *testing.T) {
	s := &splitter{}
	run(t, s, "fork")
	if got := s.counts[gl.OpPrismSwap]; got != 6 {
		t.Errorf("%d swaps, want the parent's 6", got)
	}
	if got := s.counts[gl.OpGlVertex3f]; got != 6*300 {
		t.Errorf("%d vertices, want the parent's 1800", got)
	}
	if got := s.counts[gl.OpGlColor3f]; got != 1 {
		t.Errorf("glColor3f travelled %d times, want once", got)
	}
}

func TestForkBeforeFirstUse(t *testing.T) {
	s := &splitter{}
	if stderr := run(t, s, "forkfirst"); stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	if got := s.counts[gl.OpPrismSwap]; got != 3 {
		t.Errorf("%d swaps, want the child's 3", got)
	}
}

func TestForkChildWithOwnDisplay(t *testing.T) {
	s, child := &splitter{}, &splitter{}
	cmd := app(t, listen(t, s), compile(t, "app"), "forkown")
	cmd.Env = append(cmd.Env, "OTHER_SOCKET="+listen(t, child))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.finished(t)
	child.finished(t)
	if a, b := s.counts[gl.OpPrismSwap], child.counts[gl.OpPrismSwap]; a != 2 || b != 4 {
		t.Errorf("%d swaps of the parent and %d of the child, want 2 and 4", a, b)
	}
	if a, b := s.counts[gl.OpGlVertex3f], child.counts[gl.OpGlVertex3f]; a != 2*300 || b != 4*300 {
		t.Errorf("%d vertices of the parent and %d of the child, want 600 and 1200", a, b)
	}
	if a, b := s.counts[gl.OpGlColor3f], child.counts[gl.OpGlColor3f]; a != 1 || b != 0 {
		t.Errorf("glColor3f came %d times from the parent and %d times from the child, want once and never", a, b)
	}
}

func TestDisplayClosedWhileCurrent(t *testing.T) {
	s := &splitter{}
	run(t, s, "displays")
	for op, want := range map[gl.Op]int{gl.OpPrismDrawableCreate: 4, gl.OpPrismDrawableDestroy: 3, gl.OpPrismContextCreate: 5, gl.OpPrismContextDestroy: 3} {
		if got := s.counts[op]; got != want {
			t.Errorf("%v: %d records, want %d", op, got, want)
		}
	}
}

func TestSplitterDies(t *testing.T) {
	for _, c := range []struct {
		name, app string
		lines     int // of prism on stderr
		die       func(*splitter)
	}{
		{"SessionEnds", "lost", 0, func(s *splitter) { s.ring.SetLost() }}, // it has told the user itself
		{"Crash", "lost", 1, func(s *splitter) { s.stop(); s.conn.Close() }},
		{"CrashWhileRingIsFull", "flood", 1, func(s *splitter) { s.stop(); s.conn.Close() }},
		{"EndWhileRingIsFull", "flood", 0, func(s *splitter) { s.stop(); s.ring.SetLost() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &splitter{}
			s.cfg.RingBytes = 1 << 20
			if c.app == "flood" {
				s.hold = make(chan struct{}) // nothing is ever read
			}
			cmd := app(t, listen(t, s), compile(t, "app"), c.app)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
				t.Fatalf("%v\n%s", err, &errs)
			}
			c.die(s)
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, &errs)
			}
			if n := strings.Count(errs.String(), "prism:"); n != c.lines {
				t.Errorf("%d lines of prism on stderr, want %d:\n%s", n, c.lines, &errs)
			}
		})
	}
}

// With one credit the app is never more than one frame ahead.
func TestCredits(t *testing.T) {
	s := &splitter{noCredit: true}
	s.cfg.FramesInFlight = 3
	cmd := app(t, listen(t, s), compile(t, "app"), "basic")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	swaps := func() int { return s.counts[gl.OpPrismSwap] }
	for given := 0; given < 7; given++ {
		s.until(t, "swaps up to the credit", func() bool { return swaps() >= 3+given })
		s.mu.Lock()
		// The vertices of the frame after the last that the credit allows have come, its swap has not.
		if got := swaps(); got != 3+given {
			t.Errorf("%d swaps, %d credits given back: want %d", got, given, 3+given)
		}
		s.mu.Unlock()
		s.until(t, "the next frame's commands", func() bool { return s.counts[gl.OpGlClear] == 4+given })
		s.ring.FrameDone()
	}
	s.until(t, "glFinish", func() bool { return s.counts[gl.OpPrismFinish] == 1 })
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestThreads(t *testing.T) {
	s := &splitter{}
	s.cfg.RingBytes = 1 << 20
	run(t, s, "threads")
	if got, want := s.counts[gl.OpGlVertex3f], 4*25*2000+25*300; got != want {
		t.Errorf("%d vertices, want %d", got, want)
	}
	if got := s.counts[gl.OpPrismThreadEnd]; got != 4 {
		t.Errorf("%d threads ended, want 4", got)
	}
	// Each thread's records come in its order, and in its context.
	type at struct{ frame, i float32 }
	last := map[uint32]at{}
	for _, r := range s.seen {
		if r.op != gl.OpGlVertex3f || r.chunk.Thread == 1 {
			continue
		}
		got := at{math.Float32frombits(u32(r.payload, 0)), math.Float32frombits(u32(r.payload, 1))}
		want := at{}
		if was, ok := last[r.chunk.Thread]; ok {
			if want = (at{was.frame, was.i + 1}); want.i == 2000 {
				want = at{was.frame + 1, 0}
			}
		}
		if got != want {
			t.Fatalf("thread %d: vertex %v, want %v", r.chunk.Thread, got, want)
		}
		last[r.chunk.Thread] = got
	}
	if len(last) != 4 {
		t.Errorf("vertices of %d threads, want 4", len(last))
	}
}

// TestSpans: what is called between glBegin and glEnd travels in spans, in its order; what cannot ends them.
func TestSpans(t *testing.T) {
	const many = 20000
	var got []string
	vertices := 0
	s := &splitter{}
	s.onRecord = func(op gl.Op, h wire.ChunkHeader, payload []byte) {
		name := op.String()
		switch {
		case op == gl.OpPrismVertices:
			name = "span:"
			of := vertices
			for it := gl.WalkItems(payload[8 : 8+u32(payload, 0)]); it.Next(); {
				name += " " + it.Op().String()
				if it.Op() == gl.OpGlVertex4d {
					vertices++
				}
			}
			if vertices > of {
				if len(payload) > 8+wire.InlineMax {
					t.Errorf("a span of %d bytes and %d vertices", len(payload), vertices-of)
				}
				return
			}
		case strings.HasPrefix(name, "prism"):
			return
		}
		got = append(got, name)
	}
	run(t, s, "spans")
	want := []string{"glColor3f", "glBegin", "span: glColor4ub glNormal3fv glVertex3f", "glMaterialfv", "span: glTexCoord2d glVertex2s glEdgeFlag", "glEnable", "glEnd",
		"glVertex2f", "glBegin", "glVertex2f", "glEnd", "glBegin", "glEnd",
		"glNewList", "glBegin", "span: glVertex2f", "glCallList", "span: glVertex2f", "glEnd", "glEndList",
		"glBegin", "span: glVertex2f", "glVertex2f", "glBegin", "glEnd"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	i := 0.0
	for _, r := range s.seen {
		if r.op == gl.OpGlVertex4d {
			if x := math.Float64frombits(binary.LittleEndian.Uint64(r.payload)); x != i {
				t.Fatalf("vertex %v, want %v", x, i)
			}
			i++
		}
	}
	if i != many || vertices != many {
		t.Errorf("%v and %d vertices, want %d", i, vertices, many)
	}
}

func TestArenaExhaustedAndRingWraps(t *testing.T) {
	const n = 24 << 20
	b := make([]byte, n)
	x := uint32(12345)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	want := crc32.Update(crc32.ChecksumIEEE(b), crc32.IEEETable, b[7:100007])
	s := &splitter{}
	s.cfg.RingBytes, s.cfg.Blocks = 1<<20, 3
	run(t, s, "data")
	if len(s.data) != 1 {
		t.Fatalf("data of %d threads, want 1", len(s.data))
	}
	for _, got := range s.data {
		if got != want {
			t.Errorf("the bytes arrived as %#x, want %#x", got, want)
		}
	}
}

// A thread that has filled the arena, and then waits for another thread, must not keep that one waiting.
func TestArenaIsSharedByThreads(t *testing.T) {
	const hoarded = 48 // as in app.c
	s := &splitter{}
	s.cfg.Blocks = hoarded
	run(t, s, "hoard")
	if got := s.counts[gl.OpGlBufferData]; got != hoarded+1 {
		t.Errorf("%d glBufferData, want %d", got, hoarded+1)
	}
}

func TestResize(t *testing.T) {
	s := &splitter{}
	run(t, s, "resize")
	var sizes [][2]uint32
	for _, r := range s.seen {
		if r.op == gl.OpPrismDrawableResize {
			sizes = append(sizes, [2]uint32{u32(r.payload, 1), u32(r.payload, 2)})
		}
	}
	if len(sizes) != 2 || sizes[0] != [2]uint32{150, 120} || sizes[1] != [2]uint32{90, 70} {
		t.Errorf("sizes told: %v, want [[150 120] [90 70]]", sizes)
	}
	if got := s.counts[gl.OpPrismSwap]; got != 43 {
		t.Errorf("%d swaps, want 43: a window that is gone ends nothing", got)
	}
}

func TestDialogsComeAndGo(t *testing.T) {
	s := &splitter{}
	run(t, s, "dialogs")
	made, ended := s.counts[gl.OpPrismDrawableCreate], s.counts[gl.OpPrismDrawableDestroy]
	if made != 13 || ended < 9 {
		t.Errorf("%d drawables made, %d ended; want 13 and nearly as many", made, ended)
	}
}

func TestMoreContextsThanThereMayBe(t *testing.T) {
	s := &splitter{}
	cmd := app(t, listen(t, s), compile(t, "app"), "many")
	out, err := cmd.Output()
	if err != nil || string(out) != "1024 contexts, 4095 pbuffers\n" { // a window is the last of 4096 drawables
		t.Errorf("%v, it printed %q", err, out)
	}
	if made, ended := s.counts[gl.OpPrismContextCreate], s.counts[gl.OpPrismContextDestroy]; made != 1025 || ended < 1023 {
		t.Errorf("%d contexts made, %d ended; want 1025 and 1023", made, ended)
	}
}

// Messages of the nodes' drivers find their context. The app reads them out of shared memory: what is nonsense there is left out.
func TestDebugMessagesOfNodes(t *testing.T) {
	s := &splitter{}
	s.onRecord = func(op gl.Op, h wire.ChunkHeader, payload []byte) {
		if op != gl.OpPrismSwap {
			return
		}
		for id, text := range []string{"for nobody", "first", strings.Repeat("long ", 1000), "last"} {
			m := ring.Message{Context: h.Ctx, Source: 0x8246, Type: 0x824C, ID: uint32(id), Severity: 0x9146, Text: text}
			if id == 0 {
				m.Context = 4711
			}
			if !s.ring.Tell(m) {
				t.Error("no room")
			}
		}
	}
	cmd := app(t, listen(t, s), compile(t, "app"), "debug")
	out, err := cmd.Output()
	// One that is longer than a context takes is cut.
	if want := "1: 5 first\n2: 4095 " + strings.Repeat("long ", 819) + "\n3: 4 last\n"; err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("%v, it printed %.200q", err, out)
	}
	if s.counts[gl.OpPrismDebug] != 1 {
		t.Errorf("%d prismDebug, want one", s.counts[gl.OpPrismDebug])
	}
}

func TestAnswersInPieces(t *testing.T) {
	const n = 300 * 300 * 4
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	s := &splitter{answer: func(op gl.Op, _ []byte) wire.Reply {
		if op != gl.OpGlReadPixels {
			return wire.Reply{Arrays: wire.AppendArray(nil, make([]byte, 16))}
		}
		return wire.Reply{Arrays: wire.AppendArray(nil, b)}
	}}
	s.cfg.Slots, s.cfg.SlotBytes = 2, 4096
	run(t, s, "ask")
	if got := s.ring.RoundTrips(); got != 25 {
		t.Errorf("%d round trips, want 25", got)
	}
}

func TestSingleBuffered(t *testing.T) {
	s := &splitter{}
	run(t, s, "single")
	if s.counts[gl.OpPrismFlushFront] < 2 || s.counts[gl.OpPrismSwap] != 0 {
		t.Errorf("%d times shown, %d swaps; want at least 2 and none", s.counts[gl.OpPrismFlushFront], s.counts[gl.OpPrismSwap])
	}
}

func TestXFont(t *testing.T) {
	s := &splitter{}
	cmd := app(t, listen(t, s), compile(t, "app"), "font")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.finished(t)
	if strings.Contains(string(out), "no font") {
		t.Skip("the X server has no font")
	}
	if a, b := s.counts[gl.OpGlNewList], s.counts[gl.OpGlBitmap]; a != 26 || b != 26 {
		t.Errorf("%d lists and %d bitmaps, want 26 each\n%s", a, b, out)
	}
}

func TestRefused(t *testing.T) {
	s := &splitter{refuse: "another build"}
	stderr := run(t, s, "absent")
	if !strings.Contains(stderr, "prism: attach: refused by the session: another build") || strings.Count(stderr, "prism:") != 1 {
		t.Errorf("stderr: %s", stderr)
	}
}

func TestNoSocket(t *testing.T) {
	cmd := app(t, "", compile(t, "app"), "absent")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "prism: PRISM_SOCKET is not set") {
		t.Errorf("said: %s", out)
	}
}

func TestForeignApps(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want gl.Op
	}{
		{"glxinfo", nil, gl.OpPrismContextCreate},
		{"glxgears", []string{"-geometry", "100x100"}, gl.OpPrismSwap},
	} {
		t.Run(c.name, func(t *testing.T) {
			bin, err := exec.LookPath(c.name)
			if err != nil {
				t.Skip(err)
			}
			s := &splitter{}
			cmd := app(t, listen(t, s), bin, c.args...)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if c.name == "glxgears" {
				s.until(t, "30 frames", func() bool { return s.counts[c.want] >= 30 })
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
			} else if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, &out)
			}
			s.finished(t)
			if s.counts[c.want] == 0 {
				t.Errorf("no %v came\n%s", c.want, &out)
			}
		})
	}
}
