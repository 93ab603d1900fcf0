package wander

import (
	"reflect"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
)

// Every plan covers the picture, follows from the seed, and differs from the one before.
func TestPlans(t *testing.T) {
	for _, c := range []struct{ w, h, nodes, snap int }{{640, 480, 3, 4}, {1, 1, 4, 1}, {7, 2, 5, 1}, {1920, 1080, 32, 1}, {333, 301, 6, 8}, {300, 300, 1, 1}} {
		a, b := New(5, tilesplit.Borders{Snap: c.snap}), New(5, tilesplit.Borders{Snap: c.snap})
		same := 0
		for frame := range 50 {
			p, err := a.Plan(c.w, c.h, c.nodes)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Tiles {
				if r.Rect.Min.X%c.snap != 0 || r.Rect.Min.Y%c.snap != 0 {
					t.Fatalf("%+v: tile %v is not at multiples of %d", c, r, c.snap)
				}
			}
			if again, err := b.Plan(c.w, c.h, c.nodes); err != nil || !reflect.DeepEqual(again, p) {
				t.Fatalf("%+v, frame %d: two of one seed differ, %v", c, frame, err)
			}
			for _, w := range []*Wander{a, b} {
				if moved, err := w.Observe(balance.Frame{}); !moved || err != nil {
					t.Fatal(moved, err)
				}
			}
			if next, _ := a.Plan(c.w, c.h, c.nodes); reflect.DeepEqual(next.Nodes, p.Nodes) {
				same++
			}
		}
		if same > 5 && c.w*c.h > 100 && c.nodes > 1 {
			t.Errorf("%+v: %d of 50 plans are like the one before", c, same)
		}
	}
	if _, err := New(0, tilesplit.Borders{}).Plan(0, 5, 2); err == nil {
		t.Error("a picture without pixels has a plan")
	}
}
