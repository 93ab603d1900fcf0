package session

import (
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit/grid"
)

// Each frame that is shown is told of, in order, with what each of its nodes took.
func TestMeasure(t *testing.T) {
	const frames, w, h = 6, 64, 32
	a := newApp(t)
	a.window(7, w, h)
	for i := range uint32(frames) {
		a.fill(i)
		a.swap(7)
	}
	var got []Measure
	pair, _ := cluster(t, 3, nil)
	_, stats, err := play(t, &source{chunks: a.chunks}, pair.Hub(), grid.Grid{Columns: 2, Rows: 1}, func(c *Config) {
		c.OnMeasure = func(m Measure) { got = append(got, m) }
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != frames {
		t.Fatalf("told of %d frames, want %d", len(got), frames)
	}
	for i, m := range got {
		if m.Drawable != 7 || m.Number != uint64(i+1) || m.Width != w || m.Height != h || m.App != time.Millisecond || m.Latency <= 0 || len(m.Nodes) != 3 {
			t.Errorf("frame %d: %+v", i, m)
		}
		if m.Split <= 0 || m.Compose <= 0 || m.Split > stats.Wall || m.Compose > stats.Wall {
			t.Errorf("frame %d: split %v and compose %v of the CPU in %v", i, m.Split, m.Compose, stats.Wall)
		}
		for k, n := range m.Nodes {
			pieces := uint64(proto.PieceHeaderBytes + w/2*h*4)
			if k == 2 { // has no tile, and need not have told of the frame yet
				pieces = 0
				n.ReplayWall = time.Millisecond
			}
			if n.ReplayWall != time.Millisecond || n.PieceBytes != pieces {
				t.Errorf("frame %d, node %d: %+v, want %d bytes of pieces", i, k, n, pieces)
			}
		}
	}
}
