package turns

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// batch holds a record of each command.
func batch(t *testing.T, ops ...gl.Op) []byte {
	t.Helper()
	var b wire.Builder
	b.Chunk(wire.ChunkHeader{Thread: 1, Ctx: 1, Seq: 1})
	for _, op := range ops {
		r := b.Record(uint16(op), 0)
		for range (gl.At(uint16(op)).Fixed - wire.RecordHeaderBytes) / 4 {
			r.U32(1)
		}
	}
	out, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(out)
}

// world notes which nodes work.
type world struct {
	mu   sync.Mutex
	busy map[int]bool
	most int
	told []int // by whom frames were drawn, in order
}

func (w *world) begins(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy[n] = true
	w.most = max(w.most, len(w.busy))
}

func (w *world) ends(n int, drew bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, n)
	if drew {
		w.told = append(w.told, n)
	}
}

// node draws frames: it says what it took, then sends two pieces; finishes are acknowledged. dies: at its first swap.
func (w *world) node(ctx context.Context, n int, s lane.Spoke, dies func()) {
	defer s.Close()
	control := func(c proto.Control) {
		b, _ := json.Marshal(c)
		_ = s.Send(ctx, lane.KindControl, b)
	}
	for {
		m, err := s.Recv(ctx)
		if err != nil {
			return
		}
		if m.Kind != lane.KindBatch {
			continue
		}
		w.begins(n)
		for it := wire.WalkChunks(m.Payload); it.Next(); {
			for r := it.Records(); r.Next(); {
				switch gl.Op(r.Op()) {
				case gl.OpPrismFinish:
					control(proto.Control{Done: &proto.Done{Record: "prismFinish", Count: 1}})
				case gl.OpPrismSwap:
					if dies != nil {
						w.ends(n, false)
						dies()
						return
					}
					drawable := binary.LittleEndian.Uint32(r.Payload())
					control(proto.Control{Frame: &proto.Frame{Drawable: drawable, Number: 1}})
					time.Sleep(time.Millisecond) // the pieces are under way, and the turn is not over
					w.ends(n, true)              // before the last word, after which the next may begin
					for range 2 {
						_ = s.Send(ctx, lane.KindPiece, []byte("piece"))
					}
				}
			}
		}
		w.ends(n, false)
	}
}

// rig is n nodes behind a Hub, and a session that hears what they say.
type rig struct {
	*world
	hub  *Hub
	pair *lanetest.Pair
	got  chan lane.Message
	end  func()
}

func newRig(t *testing.T, n int, wrap func(lane.Hub) *Hub, dies int) *rig {
	t.Helper()
	r := &rig{world: &world{busy: map[int]bool{}}, pair: lanetest.New(n), got: make(chan lane.Message, 1000)}
	r.hub = wrap(r.pair.Hub())
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i, s := range r.pair.Spokes() {
		var die func()
		if i == dies {
			die = func() { r.pair.Kill(i, "it was told to") }
		}
		wg.Go(func() { r.node(ctx, i, s, die) })
	}
	wg.Go(func() {
		for {
			m, err := r.hub.Recv(ctx)
			if err != nil && !errors.Is(err, lane.ErrPeerGone) {
				return
			}
			r.got <- m
		}
	})
	r.end = sync.OnceFunc(func() {
		r.hub.Stop()
		_ = r.hub.Close()
		cancel()
		wg.Wait()
	})
	t.Cleanup(r.end)
	plan, err := json.Marshal(proto.Control{Plan: &proto.Plan{Drawable: 1, Width: 4, Height: 4, Tiles: []proto.Rect{{W: 2, H: 2}, {X: 2, W: 2, H: 2}}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := r.hub.Send(ctx, i, lane.KindControl, plan); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *rig) broadcast(t *testing.T, b []byte) {
	t.Helper()
	if err := r.hub.Broadcast(context.Background(), lane.KindBatch, b); err != nil {
		t.Fatal(err)
	}
}

// await takes n messages of a kind.
func (r *rig) await(t *testing.T, n int, kind lane.Kind) {
	t.Helper()
	late := time.After(20 * time.Second)
	for n > 0 {
		select {
		case m := <-r.got:
			if m.Kind == kind {
				n--
			}
		case <-late:
			t.Fatalf("%d messages of kind %d did not come", n, kind)
		}
	}
}

func TestAlone(t *testing.T) {
	const nodes, frames = 3, 5
	r := newRig(t, nodes, Alone, -1)
	for range frames {
		r.broadcast(t, batch(t, gl.OpGlClear))
		r.broadcast(t, batch(t, gl.OpGlClearStencil, gl.OpPrismSwap))
	}
	r.await(t, 2*nodes*frames, lane.KindPiece)
	r.end()
	if r.most != 1 {
		t.Errorf("%d nodes worked at once", r.most)
	}
	if want := []int{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}; !slices.Equal(r.told, want) {
		t.Errorf("frames were drawn by %v", r.told)
	}
	if s := r.hub.Stats(); s.SentBytes != r.sent() {
		t.Errorf("%d bytes sent, %d counted", s.SentBytes, r.sent())
	}
}

// sent sums the traffic of all frames.
func (r *rig) sent() (n uint64) {
	for _, f := range r.hub.Frames() {
		n += f.Broadcast
		for _, s := range f.Single {
			n += s
		}
	}
	return n
}

// A node's own batches take turns, too, and each frame's bytes are counted as they are for all or for one.
func TestSingleBatches(t *testing.T) {
	r := newRig(t, 2, Alone, -1)
	ctx := context.Background()
	all, one, swap := batch(t, gl.OpGlClear), batch(t, gl.OpGlClearStencil, gl.OpGlClearStencil), batch(t, gl.OpPrismSwap)
	first := r.hub.now.Single[0] // the plan
	for range 2 {
		r.broadcast(t, all)
		if err := r.hub.Send(ctx, 1, lane.KindBatch, one); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if err := r.hub.Send(ctx, i, lane.KindBatch, swap); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.await(t, 8, lane.KindPiece)
	got := r.hub.Frames()
	if len(got) != 2 {
		t.Fatalf("%d frames", len(got))
	}
	for i, f := range got {
		plan := first
		if i > 0 {
			plan = 0
		}
		a, b := uint64(len(swap))+plan, uint64(len(swap)+len(one))+plan
		if f.Broadcast != uint64(len(all)) || f.Single[0] != a || f.Single[1] != b {
			t.Errorf("frame %d: %+v; want %d for all, %d and %d", i, f, len(all), a, b)
		}
	}
	r.end()
	if r.most != 1 {
		t.Errorf("%d nodes worked at once", r.most)
	}
}

// A finish ends a turn; what has no end is handed on all the same, for the session may wait for an answer.
func TestFinishAndQuestions(t *testing.T) {
	r := newRig(t, 3, Alone, -1)
	r.broadcast(t, batch(t, gl.OpGlClear, gl.OpPrismFinish))
	r.await(t, 3, lane.KindControl)
	if r.most != 1 {
		t.Errorf("%d nodes worked at once", r.most)
	}
	before := r.pair.Hub().Stats().SentMessages
	r.broadcast(t, batch(t, gl.OpGlClearStencil))
	deadline := time.Now().Add(20 * time.Second)
	for r.pair.Hub().Stats().SentMessages < before+3 {
		if time.Now().After(deadline) {
			t.Fatal("a batch without an end never arrives")
		}
		time.Sleep(patience / 4)
	}
}

// A node that dies in its turn does not hold up the others.
func TestDeadNode(t *testing.T) {
	r := newRig(t, 3, Alone, 1)
	for range 2 {
		r.broadcast(t, batch(t, gl.OpPrismSwap))
	}
	r.await(t, 8, lane.KindPiece)
	r.end()
	if want := []int{0, 2, 0, 2}; !slices.Equal(r.told, want) {
		t.Errorf("frames were drawn by %v, want %v", r.told, want)
	}
}

// Count lets all nodes work as they like.
func TestCount(t *testing.T) {
	r := newRig(t, 2, Count, -1)
	swap := batch(t, gl.OpPrismSwap)
	r.broadcast(t, swap)
	r.await(t, 4, lane.KindPiece)
	if got := r.hub.Frames(); len(got) != 1 || got[0].Broadcast != uint64(len(swap)) {
		t.Errorf("traffic %+v, want one frame of %d bytes", got, len(swap))
	}
	if got, want := r.hub.Stats(), r.pair.Hub().Stats(); got != want {
		t.Errorf("figures %+v, want the lanes' own %+v", got, want)
	}
}

// After Stop nobody waits.
func TestStop(t *testing.T) {
	r := newRig(t, 2, Alone, -1)
	r.end()
	if err := r.hub.Broadcast(context.Background(), lane.KindBatch, batch(t, gl.OpGlClearStencil)); !errors.Is(err, lane.ErrClosed) {
		t.Errorf("error %v, want ErrClosed", err)
	}
	if err := r.hub.Send(context.Background(), 7, lane.KindBatch, nil); err == nil {
		t.Error("a message to a node that is not there is taken")
	}
}
