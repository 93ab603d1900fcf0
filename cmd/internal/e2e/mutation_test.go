package e2e

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/nodes/worker"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/trace"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/grid"
)

// recording gives the chunks of an app's run.
func recording(t *testing.T, app ...string) [][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.prism")
	must(t, prism(t, 2*time.Minute, append([]string{"record", "-o", file, "--"}, app...)...), "record")
	return chunksOf(t, file)
}

// chunksOf reads all of a recording.
func chunksOf(t *testing.T, file string) [][]byte {
	t.Helper()
	r, err := trace.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var chunks [][]byte
	for {
		c, err := r.Next()
		if errors.Is(err, io.EOF) {
			return chunks
		}
		if err != nil {
			t.Fatal(err)
		}
		chunks = append(chunks, append([]byte(nil), c.Data...))
	}
}

// workers runs n real workers in this process, on the lanes of p.
func workers(t *testing.T, p *lanetest.Pair, n int) lane.Hub {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i, spoke := range p.Spokes() {
		wg.Go(func() {
			cfg := proto.WorkerConfig{Session: "test", Peer: i, PeerName: "test", Device: -1, Lead: i == 0}
			_ = worker.Run(ctx, cfg, spoke, worker.Options{Log: slog.New(slog.DiscardHandler), Exit: func(int) {}})
		})
	}
	t.Cleanup(func() { cancel(); wg.Wait() })
	hub := p.Hub()
	for range n { // Ready is for session.Start, which is not in this test
		m, err := hub.Recv(ctx)
		var c proto.Control
		if err != nil || json.Unmarshal(m.Payload, &c) != nil || c.Ready == nil {
			t.Fatalf("a worker's first message: %v %q", err, m.Payload)
		}
	}
	return hub
}

func verify(t *testing.T, chunks, mutated [][]byte, tamper func(m *lane.Message, up bool) bool, kill bool, change ...func(got *session.Config)) (session.Result, error) {
	t.Helper()
	const nodes = 4
	one, all := lanetest.New(1), lanetest.New(nodes)
	config := func(hub lane.Hub, c [][]byte, g grid.Grid) session.Config {
		return session.Config{Hub: hub, Source: session.NewTrace(session.Chunks(c), false), Policy: g, Log: slog.New(slog.DiscardHandler),
			EndTimeout: time.Second, DrainTimeout: 10 * time.Second}
	}
	all.Tamper = tamper
	want := config(workers(t, one, 1), chunks, grid.Grid{Columns: 1, Rows: 1})
	got := config(workers(t, all, nodes), mutated, grid.Grid{Columns: 2, Rows: 2})
	for _, f := range change {
		f(&got)
	}
	if kill {
		all.Kill(1, "it was killed by the test")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := session.Verify(ctx, want, got, "")
	if ctx.Err() != nil {
		t.Fatal("verify did not end")
	}
	return r, err
}

// mutate gives chunks with the n-th record of an op changed by f; nil drops it.
func mutate(t *testing.T, chunks [][]byte, op gl.Op, n int, f func(rec []byte) []byte) [][]byte {
	t.Helper()
	out := make([][]byte, len(chunks))
	copy(out, chunks)
	for i, c := range chunks {
		_, records, err := wire.WalkChunk(c)
		if err != nil {
			t.Fatal(err)
		}
		for at := wire.ChunkHeaderBytes; records.Next(); at += len(records.Raw()) {
			if gl.Op(records.Op()) != op {
				continue
			}
			if n--; n >= 0 {
				continue
			}
			rec := f(append([]byte(nil), records.Raw()...))
			b := append([]byte(nil), c[:at]...)
			b = append(b, rec...)
			b = append(b, c[at+len(records.Raw()):]...)
			binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-wire.ChunkHeaderBytes))
			if rec == nil {
				binary.LittleEndian.PutUint32(b[24:], binary.LittleEndian.Uint32(b[24:])-1)
			}
			out[i] = b
			return out
		}
	}
	t.Fatalf("the recording has too few records of op %d", op)
	return nil
}

func count(t *testing.T, chunks [][]byte, op gl.Op) (n int) {
	t.Helper()
	for _, c := range chunks {
		_, records, err := wire.WalkChunk(c)
		if err != nil {
			t.Fatal(err)
		}
		for records.Next() {
			if gl.Op(records.Op()) == op {
				n++
			}
		}
	}
	return n
}

// TestVerifyCanFail: each of these mistakes of a splitter or a node is found.
func TestVerifyCanFail(t *testing.T) {
	need(t)
	city := filepath.Join(binDir, "samples/city")
	chunks := recording(t, city, "--frames", "3", "--size", "240x160")
	t.Run("NothingWrong", func(t *testing.T) {
		r, err := verify(t, chunks, chunks, nil, false)
		if err != nil || r.Err() != nil || r.Frames < 3 {
			t.Fatalf("%v, %v, %d frames equal; want 3 at least and no error", err, r.Err(), r.Frames)
		}
	})
	t.Run("DroppedRecord", func(t *testing.T) {
		// the last one draws the sky of the last frame
		last := count(t, chunks, gl.OpGlDrawArrays) - 1
		r, err := verify(t, chunks, mutate(t, chunks, gl.OpGlDrawArrays, last, func([]byte) []byte { return nil }), nil, false)
		wantDiff(t, r, err)
	})
	t.Run("SwappedUniform", func(t *testing.T) {
		swap := func(rec []byte) []byte { // the first two floats of the matrix
			n := len(rec)
			m := rec[n-64:]
			for i := range 4 {
				m[i], m[20+i] = m[20+i], m[i]
			}
			return rec
		}
		r, err := verify(t, chunks, mutate(t, chunks, gl.OpGlUniformMatrix4fv, 1, swap), nil, false)
		wantDiff(t, r, err)
	})
	t.Run("ShiftedTile", func(t *testing.T) {
		shift := func(m *lane.Message, up bool) bool {
			var c proto.Control
			if up || m.Peer != 1 || m.Kind != lane.KindControl || json.Unmarshal(m.Payload, &c) != nil || c.Plan == nil {
				return true
			}
			c.Plan.Scissor.X = max(0, c.Plan.Scissor.X-3) // still within the drawable: a plan that is not, the worker refuses
			m.Payload, _ = json.Marshal(c)
			return true
		}
		r, err := verify(t, chunks, chunks, shift, false)
		wantDiff(t, r, err)
	})
	t.Run("MissingNode", func(t *testing.T) {
		r, err := verify(t, chunks, chunks, nil, true)
		if err == nil && r.Err() == nil {
			t.Errorf("%d frames are said to be equal without node 1", r.Frames)
		}
	})
}

func wantDiff(t *testing.T, r session.Result, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if r.FirstDiff == nil || r.FirstDiff.Pixels == 0 {
		t.Fatalf("no difference was found in %d frames: %v", r.Frames, r.Err())
	}
	t.Log("found:", r.FirstDiff)
}
