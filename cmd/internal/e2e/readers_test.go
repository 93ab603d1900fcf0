package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/nodes/worker"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
)

// readers compiles the app that reads its own window.
func readers(t *testing.T) string {
	t.Helper()
	return compiled(t, "testdata/readers.c", "-lGL", "-lX11")
}

// A mode of the app that reads its own window, and how it goes.
type readersMode struct {
	mode      string
	exchanges bool
	whole     bool // may be drawn whole by every node, which is said
}

// TestReadersEqualDirectRun: apps that read what is split see what they see on Mesa alone, and the window stays split.
func TestReadersEqualDirectRun(t *testing.T) {
	need(t)
	app := readers(t)
	for _, m := range []readersMode{{"feedback", true, false}, {"zoom", true, false}, {"blit", true, false}, {"keep", true, false}, {"list", true, true},
		{"front", true, false}, {"single", true, false}, {"transfer", true, false}, {"depthtex", true, false}} {
		t.Run(m.mode, func(t *testing.T) {
			alongside(t)
			m.equalDirectRun(t, app, 8)
		})
	}
}

// TestReadersOfPbuffers: softpipe's nodes use pbuffers, as NVIDIA's do, and take depth back exactly, so the window stays split there too.
func TestReadersOfPbuffers(t *testing.T) {
	need(t)
	t.Setenv("GALLIUM_DRIVER", "softpipe")
	readersMode{"zoom", true, false}.equalDirectRun(t, readers(t), 4)
}

func (m readersMode) equalDirectRun(t *testing.T, app string, frames int) {
	direct := t.TempDir()
	mesaAlone(t, time.Minute, nil, app, m.mode, strconv.Itoa(frames), direct+"/f")
	for _, tc := range []struct{ name, nodes, grid string }{{"FourNodes", "4", "2x2"}, {"OddNodeCount", "3", "3x1"}} {
		t.Run(tc.name, func(t *testing.T) {
			got := t.TempDir()
			r := must(t, prism(t, 2*time.Minute, "run", "--nodes", tc.nodes, "--grid", tc.grid, "--out", "null", "--stats", "--json", "--",
				app, m.mode, strconv.Itoa(frames), got+"/f"), "under prism")
			samePictures(t, direct, got, frames)
			var s struct {
				Sessions []struct {
					Exchanges uint64   `json:"exchanges"`
					Notes     []string `json:"notes"`
				} `json:"sessions"`
			}
			if err := json.Unmarshal([]byte(lastLine(r.out)), &s); err != nil || len(s.Sessions) != 1 {
				t.Fatalf("--stats --json: %v\n%s", err, r.out)
			}
			if st := s.Sessions[0]; (st.Exchanges > 0) != m.exchanges || len(st.Notes) > 0 {
				t.Errorf("%d exchanges, notes %q", st.Exchanges, st.Notes)
			}
			if told := strings.Contains(r.errOut, "draws all of"); told && !m.whole {
				t.Errorf("the split was given up: %s", r.errOut)
			}
		})
	}
}

// TestFrontIsWhatWasSwapped: right behind a swap and until it is drawn to. Mesa's software renderer finds nothing there, so the
// app's own pictures of the back are what it is compared with.
func TestFrontIsWhatWasSwapped(t *testing.T) {
	need(t)
	dir := t.TempDir()
	must(t, prism(t, time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--out", "null", "--", readers(t), "swapped", "6", dir+"/f"), "under prism")
	picture := func(frame, shot int) []byte {
		b, err := os.ReadFile(fmt.Sprintf("%s/f%03d-%d.ppm", dir, frame, shot))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	back := picture(0, 0)
	for i := 1; i < 6; i++ {
		if !bytes.Equal(picture(i, 0), back) {
			t.Errorf("frame %d: the front behind the swap is not what was swapped", i)
		}
		if !bytes.Equal(picture(i, 1), back) {
			t.Errorf("frame %d: drawing to the back shows in the front", i)
		}
		if bytes.Equal(picture(i, 2), back) {
			t.Errorf("frame %d: drawing to the front does not show there", i)
		}
		back = picture(i, 3)
	}
}

// crew runs real workers with one make of the default framebuffer.
func crew(t *testing.T, p *lanetest.Pair, framebuffer string) lane.Hub {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i, spoke := range p.Spokes() {
		wg.Go(func() {
			cfg := proto.WorkerConfig{Session: "test", Peer: i, PeerName: "test", Device: -1, Lead: i == 0, Framebuffer: framebuffer}
			_ = worker.Run(ctx, cfg, spoke, worker.Options{Log: slog.New(slog.DiscardHandler), Exit: func(int) {}})
		})
	}
	t.Cleanup(func() { cancel(); wg.Wait() })
	for range p.Spokes() {
		m, err := p.Hub().Recv(ctx)
		var c proto.Control
		if err != nil || json.Unmarshal(m.Payload, &c) != nil || c.Ready == nil {
			t.Fatalf("a worker's first message: %v %q", err, m.Payload)
		}
	}
	return p.Hub()
}

// drawnBy is a session in which p's workers draw a recording.
func drawnBy(t *testing.T, p *lanetest.Pair, framebuffer string, chunks [][]byte, policy tilesplit.Policy) session.Config {
	t.Helper()
	return session.Config{Hub: crew(t, p, framebuffer), Source: session.NewTrace(session.Chunks(chunks), false), Policy: policy,
		Log: slog.New(slog.DiscardHandler), EndTimeout: time.Second, DrainTimeout: 10 * time.Second}
}

func verifyGrid(t *testing.T, chunks [][]byte, g grid.Grid, framebuffer string, tamper func(m *lane.Message, up bool) bool) session.Result {
	t.Helper()
	one, all := lanetest.New(1), lanetest.New(g.Columns*g.Rows)
	all.Tamper = tamper
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := session.Verify(ctx, drawnBy(t, one, framebuffer, chunks, grid.Grid{Columns: 1, Rows: 1}), drawnBy(t, all, framebuffer, chunks, g), "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReadersVerify: real workers in both makes draw on any grid what one draws; and an exchange that is lost is found.
func TestReadersVerify(t *testing.T) {
	need(t)
	app := readers(t)
	for _, mode := range []string{"feedback", "zoom", "blit", "keep"} {
		chunks := recording(t, app, mode, "6", t.TempDir()+"/f")
		for _, framebuffer := range []string{"fbo", "pbuffer"} {
			if framebuffer == "pbuffer" && mode != "feedback" && mode != "keep" {
				continue // a pbuffer's depth cannot be written back bit for bit
			}
			for _, g := range []grid.Grid{{Columns: 2, Rows: 2}, {Columns: 3, Rows: 1}} {
				t.Run(fmt.Sprintf("%s/%s/%dx%d", mode, framebuffer, g.Columns, g.Rows), func(t *testing.T) {
					r := verifyGrid(t, chunks, g, framebuffer, nil)
					if r.Err() != nil || r.Frames != 6 || r.Got.Exchanges == 0 || len(r.Got.Notes) != 0 {
						t.Errorf("%v; %d frames equal, %d exchanges, notes %q", r.Err(), r.Frames, r.Got.Exchanges, r.Got.Notes)
					}
				})
			}
		}
		t.Run(mode+"/LostExchange", func(t *testing.T) {
			r := verifyGrid(t, chunks, grid.Grid{Columns: 2, Rows: 2}, "", func(m *lane.Message, up bool) bool {
				return up || m.Kind != lane.KindBatch || !exchanges(m.Payload)
			})
			wantDiff(t, r, nil)
		})
	}
}

func exchanges(batch []byte) bool {
	for it := wire.WalkChunks(batch); it.Next(); {
		for r := it.Records(); r.Next(); {
			if gl.Op(r.Op()) == gl.OpPrismExchange {
				return true
			}
		}
	}
	return false
}
