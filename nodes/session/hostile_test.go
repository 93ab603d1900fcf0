package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/grid"
)

// What no driver of ours packs is refused with its place before any node sees it.
func TestHostileStream(t *testing.T) {
	const first = 1 // number of the first chunk
	create := func(a *app, serial, w, h uint32) {
		a.b.Record(op(a.t, "prismDrawableCreate"), 0).U32(serial).U32(1).U32(9).U32(w).U32(h).U32(0).U32(0).U32(8).U32(24).U32(8).U32(1)
	}
	for _, c := range []struct {
		name string
		make func(a *app)
		want string
	}{
		{"HugeWindow", func(a *app) { create(a, 2, 65535, 65535) }, "record 1: prismDrawableCreate: drawable 2: 65535×65535 pixels: at most 65536 a side and 268435456 in all"},
		{"NegativeWindow", func(a *app) { create(a, 2, 1<<32-1, 1<<32-1) }, "record 1: prismDrawableCreate: drawable 2: 4294967295×4294967295 pixels"},
		{"HugeResize", func(a *app) { a.resize(1, 1<<31-1, 4) }, "record 1: prismDrawableResize: drawable 1: 2147483647×4 pixels"},
		{"DrawableTwice", func(a *app) { create(a, 1, 8, 8) }, "record 1: prismDrawableCreate: drawable 1 is there already"},
		{"ManyDrawables", func(a *app) {
			for i := range uint32(maxDrawables) {
				create(a, 2+i, 0, 0)
			}
		}, "there are 4096 already"},
		{"ResizeOfNothing", func(a *app) { a.resize(7, 1, 1) }, "record 1: prismDrawableResize: drawable 7 is not known"},
		{"AccumulationOfNothing", func(a *app) { a.b.Record(op(a.t, "prismDrawableAccum"), 0).U32(7) }, "record 1: prismDrawableAccum: drawable 7 is not known"},
		{"ShortSwap", func(a *app) { a.b.Record(op(a.t, "prismSwap"), 0).U32(1) }, "record 1: prismSwap: length 16 and flags 0x0, its fixed part has 32 bytes"},
		{"ShortDraw", func(a *app) { a.b.Record(op(a.t, "glDrawArrays"), 0).U32(4) }, "record 1: glDrawArrays: length 16 and flags 0x0"},
		{"QuestionWithoutID", func(a *app) { a.b.Record(op(a.t, "prismProgramInfo"), 0).U64(1).U64(2) }, "record 1: prismProgramInfo: length 24 and flags 0x0"},
		{"AnswerToAClear", func(a *app) { a.b.Record(op(a.t, "glClear"), wire.RecReply).U64(1) }, "record 1: glClear: length 16 and flags 0x1"},
		{"QuestionTwice", func(a *app) {
			a.b.Ask(op(a.t, "prismProgramInfo"), 5).U32(3)
			a.b.Ask(op(a.t, "prismProgramInfo"), 5).U32(3)
		}, "record 2: prismProgramInfo: reply id 0x5 is in use"},
		{"TheSessionsQuestion", func(a *app) { a.b.Ask(op(a.t, "prismProgramInfo"), exchangeReply|1).U32(3) }, "record 1: prismProgramInfo: reply id 0x8000000000000001 is not an app's"},
		{"Gather", func(a *app) {
			a.b.Ask(op(a.t, "prismGather"), 5).I32(0).I32(0).U32(8).U32(8).U32(1).U32(1)
		}, "record 1: prismGather: not an app's to send"},
		{"Exchange", func(a *app) {
			a.b.Record(op(a.t, "prismExchange"), 0).I32(0).I32(0).U32(8).U32(8).U32(1).U32(1).Staged(256)
		}, "record 1: prismExchange: not an app's to send"},
		{"DataRef", func(a *app) { a.b.Record(op(a.t, "prismDataRef"), 0).U32(1).U32(0).U32(1).U32(0) }, "record 1: prismDataRef: not an app's to send"},
		{"FenceNowhere", func(a *app) { a.fence(4096, 1) }, "record 1: prismFence: place 4096 of 4096"},
		{"ResultNowhere", func(a *app) { a.push(1<<31, 1, mergeSum) }, "record 1: prismQueryPush: place 2147483648 of 4096"},
		{"ResultInNoWay", func(a *app) { a.push(1, 1, 4) }, "record 1: prismQueryPush: place 1 of 4096, put together in way 4 of 4"},
		{"ConditionNowhere", func(a *app) { a.conditional(4096, 1, 0) }, "record 1: prismConditionalOf: place 4096 of 4096"},
		{"ConditionThatNobodyAskedFor", func(a *app) { a.push(1, 1, 0); a.conditional(1, 2, 0) }, "record 2: prismConditionalOf: use 2 of place 1 is not under way"},
		{"StoreOfNothing", func(a *app) { a.store(1, 0xffffffff, 1) }, "record 1: prismResultStore: use 4294967295 of place 1 is not under way"},
		{"UnknownCommand", func(a *app) { a.b.Record(0xfff0, 0) }, "record 1: command 65520 is not known"},
		{"TheSessionsThread", func(a *app) {
			a.b.Chunk(wire.ChunkHeader{Thread: exchangeThread, Seq: 1}).Record(op(a.t, "glClear"), 0).U32(0)
		}, "thread 4294967295 is not an app's"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, 8, 8)
			c.make(a)
			a.chunk(wire.ChunkUrgent)
			// Silent nodes: what is refused must be so without their help.
			pair := lanetest.New(2)
			defer pair.Hub().Close()
			src := &source{chunks: a.chunks, hang: true}
			_, _, err := play(t, src, pair.Hub(), grid.Grid{Columns: 2, Rows: 1}, nil)
			if !errors.Is(err, ErrStream) || !errors.Is(err, wire.ErrCorrupt) {
				t.Fatalf("error %v, want ErrStream and ErrCorrupt", err)
			}
			if want := fmt.Sprintf("chunk %d: ", first); !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v\nwant %s…%s", err, want, c.want)
			}
			if !src.lost {
				t.Error("the app was not told")
			}
		})
	}
}

// liar is a node's end that spoils what the node sends, as its script says.
type liar struct {
	lane.Spoke
	mu     sync.Mutex
	script []byte
	last   []byte
	kind   lane.Kind
	lied   bool
}

func (l *liar) byte() byte {
	if len(l.script) == 0 {
		return 0
	}
	b := l.script[0]
	l.script = l.script[1:]
	return b
}

// values are what numbers become.
var values = []string{"0", "1", "-1", "255", "65536", "2147483648", "4294967295", "-9223372036854775808", "9223372036854775807", "1e30", "null", `"x"`, "[]"}

// Send implements lane.Spoke.
func (l *liar) Send(ctx context.Context, kind lane.Kind, payload []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := append([]byte(nil), payload...)
	how := l.byte()
	l.lied = l.lied || how%10 != 0
	switch how % 10 {
	case 1: // bits
		if len(p) > 0 {
			p[int(l.byte())%len(p)] ^= l.byte() | 1
		}
	case 2: // cut off
		p = p[:len(p)*int(l.byte())/256]
	case 3:
		kind = lane.Kind(l.byte() % 6)
	case 4: // twice
		if err := l.Spoke.Send(ctx, kind, p); err != nil {
			return err
		}
	case 5: // an older one before it
		if l.last != nil {
			if err := l.Spoke.Send(ctx, l.kind, l.last); err != nil {
				return err
			}
		}
	case 6: // a header's u32
		if len(p) >= 8 {
			at := int(l.byte()) % min(len(p)/4, proto.PieceHeaderBytes/4) * 4
			v := []uint32{0, 1, 255, 1 << 16, 1 << 31, 1<<32 - 1}[l.byte()%6]
			p[at], p[at+1], p[at+2], p[at+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
		}
	case 7: // a member of a control message
		var m map[string]map[string]json.RawMessage
		if kind == lane.KindControl && json.Unmarshal(p, &m) == nil {
			n := int(l.byte())
			for _, inner := range m {
				for _, name := range []string{"number", "drawable", "replay_wall", "readback", "count", "draws", "records"} {
					if _, ok := inner[name]; ok {
						if n--; n < 0 {
							inner[name] = json.RawMessage(values[int(l.byte())%len(values)])
							break
						}
					}
				}
			}
			if b, err := json.Marshal(m); err == nil {
				p = b
			}
		}
	case 8: // words of its own
		n := int(l.byte()) % (len(l.script) + 1)
		p, l.script = l.script[:n:n], l.script[n:]
		kind = lane.KindControl
	case 9:
		p = []byte(`{"fault":{"class":"corrupt","text":"a\nb\u001b[31m"}}`)
		kind = lane.KindControl
	}
	l.last, l.kind = p, kind
	return l.Spoke.Send(ctx, kind, p)
}

// fuzzRun plays a short app on two nodes, the second of which lies, and leaves after the last frame if it has lied.
func fuzzRun(t *testing.T, script []byte) (shots int, stats Stats, err error) {
	const frames = 3
	a := newApp(t)
	a.window(1, 8, 6)
	for i := range uint32(frames) {
		a.fill(i)
		a.ask("prismQuerySum", 1)
		a.ask("prismProgramInfo", 3)
		a.ask("glReadPixels", 1, 1, 6, 4, 0x80E1, 0x8367)
		a.push(2, i+1, mergeSum)
		a.conditional(2, i+1, 0)
		a.fence(5, i+1)
		a.finish()
		a.swap(1)
	}
	pair := lanetest.New(2)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for i, sp := range pair.Spokes() {
		w := &worker{spoke: sp, peer: i, count: 1}
		if i == 1 {
			l := &liar{Spoke: sp, script: script}
			w.spoke = l
			w.swapped = func(frame uint64) bool {
				l.mu.Lock()
				defer l.mu.Unlock()
				return frame < frames || !l.lied
			}
		}
		wg.Go(func() { _ = w.run(ctx) })
	}
	stats, err = Run(ctx, Config{Hub: pair.Hub(), Source: &source{chunks: a.chunks}, Policy: grid.Grid{Columns: 2, Rows: 1}, Log: quiet,
		Names: []string{"honest", "liar"}, EndTimeout: 5 * time.Second, DrainTimeout: 15 * time.Second,
		OnFrame: func(f *output.Frame) error {
			shots++
			if len(f.Pix) != 8*6*4 {
				t.Errorf("a frame of %d bytes", len(f.Pix))
			}
			return nil
		}})
	pair.Hub().Close()
	wg.Wait()
	return shots, stats, err
}

// Whatever a node sends, the session ends soon, with an error that names the node if it was not taken.
func FuzzMessages(f *testing.F) {
	f.Add([]byte{})
	for how := byte(1); how < 10; how++ {
		for skip := range 6 {
			f.Add(append(make([]byte, skip), how, 3, 5, 1, 2, 3))
		}
	}
	f.Add([]byte("\x08\x40" + `{"notes":{"texts":["a","b"]}}`))
	f.Add([]byte("\x08\x40" + `{"done":{"count":18446744073709551615}}`))
	f.Add([]byte("\x08\x40" + `{"plan":{},"frame":{}}`))
	f.Fuzz(func(t *testing.T, script []byte) {
		shots, stats, err := fuzzRun(t, script)
		switch {
		case err == nil:
			// A piece of another size drops its frame, which is counted.
			if uint64(shots)+stats.Dropped != 3 {
				t.Errorf("%d frames, %d dropped and no error", shots, stats.Dropped)
			}
		case errors.Is(err, ErrProtocol), errors.Is(err, ErrFault), errors.Is(err, ErrNodeGone):
			if !strings.Contains(err.Error(), "liar") && !strings.Contains(err.Error(), "nobody sent") {
				t.Errorf("the node is not named: %v", err)
			}
		default:
			t.Errorf("error of another class: %v", err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("not fit for a terminal: %q", err)
		}
	})
}

// A node cannot fill the user's screen, nor the session's memory, with notes.
func TestNotesAreBounded(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 8)
	a.fill(1)
	a.swap(1)
	pair, _ := cluster(t, 1, func(w *worker) {
		w.onSwap = func(uint64) bool {
			for i := range maxNotes + 1 {
				_ = w.control(context.Background(), &proto.Control{Notes: &proto.Notes{Texts: []string{fmt.Sprintf("note %d\x1b[2J%s", i, strings.Repeat("x", 5000))}}})
			}
			return true
		}
	})
	_, stats, err := play(t, &source{chunks: a.chunks, hang: true}, pair.Hub(), grid.Grid{Columns: 1, Rows: 1}, nil)
	if !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), "node 0: more than 1000 notes") {
		t.Errorf("error %v", err)
	}
	if len(stats.Notes) != maxNotes || len(stats.Notes[0]) > 3000 || strings.Contains(stats.Notes[0], "\x1b") {
		t.Errorf("%d notes, the first of %d bytes: %.60q", len(stats.Notes), len(stats.Notes[0]), stats.Notes[0])
	}
}

// garbage is what a worker's process sends in whole and valid packets, and what is said of it.
var garbage = map[string]struct {
	kind          lane.Kind
	payload, want string
}{
	"badcontrol": {lane.KindControl, "{\"frame\":\n\x1b[2J", "proto: bad control message"},
	"badpiece":   {lane.KindPiece, strings.Repeat("p", 100), "proto: bad piece: magic"},
	"badreply":   {lane.KindReply, strings.Repeat("r", 30), "wire: reply"},
	"badresult":  {lane.KindResults, strings.Repeat("r", 17), "proto: bad results: 17 bytes"},
	"badkind":    {lane.Kind(77), "x", "a message of kind 77"},
	"badsize":    {lane.KindControl, `{"frame":{"drawable":1,"number":18446744073709551616}}`, "proto: bad control message"},
}

// Whatever a worker sends in its own right ends the session at once with one message that names it, over each kind of lane.
func TestGarbageOverLanes(t *testing.T) {
	for mode, c := range garbage {
		for _, lanes := range []string{"nats", "shm"} {
			t.Run(mode+"/"+lanes, func(t *testing.T) {
				dir := ""
				if lanes == "shm" {
					dir = socketDir(t)
				}
				err := playWith(t, mode, dir)
				if !errors.Is(err, ErrProtocol) {
					t.Fatalf("error %v", err)
				}
				if s := err.Error(); !strings.Contains(s, "node-1-"+mode) || !strings.Contains(s, c.want) || strings.ContainsAny(s, "\n\x1b") {
					t.Errorf("error %q\nwant the node's name and %q", s, c.want)
				}
			})
		}
	}
}

// A stranger in the same account publishes rubbish to all subjects of a session, while it runs: its pictures are right, and it says so few times.
func TestStrangerOverNATS(t *testing.T) {
	conn, nodes := world(t, "ok", "ok")
	var said countingHandler
	cl, err := Start(t.Context(), conn, nodes, StartOptions{Log: quiet, Bus: bus.Options{Log: slog.New(&said)}})
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	a := newApp(t)
	a.window(1, 64, 48)
	const frames = 12
	for i := range uint32(frames) {
		a.fill(i)
		a.ask("prismQuerySum", 1)
		a.swap(1)
	}
	s := "prism.s." + cl.Session
	shout := func() {
		for _, subject := range []string{s + ".all", s + ".to.0", s + ".to.1", s + ".up.0", s + ".up.1", s + ".up.7", s + ".up.x", s + ".event"} {
			for _, rubbish := range []string{"", "hello", strings.Repeat("\xff", 100_000), `{"peer":12}`, "PRLN" + strings.Repeat("\x01", 60)} {
				if err := conn.Publish(subject, []byte(rubbish)); err != nil {
					t.Error(err)
				}
			}
		}
	}
	shout()
	shots, _, err := play(t, &source{chunks: a.chunks}, cl.Hub, grid.Grid{Columns: 2, Rows: 1}, func(cfg *Config) {
		cfg.Names = cl.Names
		keep := cfg.OnFrame
		cfg.OnFrame = func(f *output.Frame) error { shout(); return keep(f) }
	})
	if err != nil || len(shots) != frames {
		t.Fatalf("%d frames, %v", len(shots), err)
	}
	for i, shot := range shots {
		if string(shot.pix) != string(pattern(uint32(i), 64, 48)) {
			t.Errorf("frame %d is wrong", i+1)
		}
	}
	if n := said.n.Load(); n < 1 || n > 3 {
		t.Errorf("%d warnings, want one for each peer and one for the events", n)
	}
}

// countingHandler counts warnings.
type countingHandler struct{ n atomic.Int64 }

func (*countingHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }
func (h *countingHandler) Handle(context.Context, slog.Record) error  { h.n.Add(1); return nil }
func (h *countingHandler) WithAttrs([]slog.Attr) slog.Handler         { return h }
func (h *countingHandler) WithGroup(string) slog.Handler              { return h }
