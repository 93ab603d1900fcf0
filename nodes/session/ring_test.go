package session

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/ring/ringtest"
	"github.com/prismgl/prism/stream/wire"
	"github.com/prismgl/prism/tilesplit/grid"
)

var _ Source = (*ring.Ring)(nil)

// A live app on a real ring: throttled by credits, answered, ended by hanging up.
func TestRing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := ring.Create(ring.Config{DataRefOp: uint16(gl.OpPrismDataRef), DataOp: uint16(gl.OpPrismData)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	client, err := ringtest.New(r, uint16(gl.OpPrismDataRef))
	if err != nil {
		t.Fatal(err)
	}
	const frames = 40
	appErr := make(chan error, 1)
	go func() {
		appErr <- func() error {
			defer r.Hangup()
			defer client.Close()
			a := newApp(t)
			a.window(3, 48, 32)
			for i := range uint32(frames) {
				a.fill(i)
				if i == 20 {
					a.resize(3, 64, 40)
					a.fill(i)
				}
				a.swap(3)
				// The driver's rule: at most so many swaps without credit.
				if n := int(i) + 1 - client.FramesInFlight(); n > 0 {
					if err := client.WaitFrames(ctx, uint32(n)); err != nil {
						return err
					}
				}
				for _, c := range a.chunks {
					if err := client.Put(ctx, c); err != nil {
						return err
					}
				}
				a.chunks = nil
			}
			a.fill(77)
			a.finish()
			for _, c := range a.chunks {
				if err := client.Put(ctx, c); err != nil {
					return err
				}
			}
			if err := client.WaitFinishes(ctx, 1); err != nil {
				return err
			}
			rep, err := client.Ask(ctx, wire.ChunkHeader{Thread: 1, Ctx: 1, Draw: 3, Read: 3, Flags: wire.ChunkUrgent}, op(t, "glReadPixels"), func(b *wire.Builder) {
				b.I32(0).I32(0).I32(64).I32(40).U32(0x80E1).U32(0x8367)
			})
			if err != nil {
				return err
			}
			it := rep.Walk()
			if !it.Next() || !bytes.Equal(it.Data(), (&surface{w: 64, h: 40, pix: pattern(77, 64, 40)}).part(proto.Rect{W: 64, H: 40})) {
				t.Error("glReadPixels through the ring is not the picture")
			}
			return nil
		}()
	}()
	pair, _ := cluster(t, 4, nil)
	shots, stats, err := play(t, r, pair.Hub(), grid.Grid{Columns: 2, Rows: 2}, nil)
	if e := <-appErr; e != nil {
		t.Errorf("app: %v", e)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(shots) != frames || stats.RoundTrips != 1 || stats.SteadyRoundTrips != 1 || stats.SteadyFrames != frames-steadyAfter || stats.SteadyBytes < 16*stats.SteadyRecords || stats.Ended != "the app has ended" {
		t.Fatalf("%d frames, figures %+v", len(shots), stats)
	}
	for i, s := range shots {
		w, h := 48, 32
		if i >= 20 {
			w, h = 64, 40
		}
		if !bytes.Equal(s.pix, pattern(uint32(i), w, h)) {
			t.Errorf("frame %d is not the picture", i+1)
		}
	}
}
