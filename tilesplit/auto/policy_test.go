package auto

import (
	"errors"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/strips"
)

// A policy goes from one node to as many as pay; idle nodes have no tile, and the equalizer in force hears of its own frames only.
func TestPolicy(t *testing.T) {
	const nodes = 4
	heard := 0
	p, err := NewPolicy(nodes, []Tiling{
		{"columns", func() tilesplit.Policy {
			e, err := balance.NewStrips(strips.Strips{}, balance.DefaultOptions())
			if err != nil {
				t.Fatal(err)
			}
			return &counted{e, &heard}
		}},
		{"grid", func() tilesplit.Policy { return grid.Grid{Columns: 4, Rows: 4} }},
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.Plan(640, 480, nodes)
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for frame := uint64(1); frame < 2000; frame++ {
		if err := plan.Validate(); err != nil || len(plan.Nodes) != nodes {
			t.Fatalf("frame %d: %d nodes, %v", frame, len(plan.Nodes), err)
		}
		busy, costs := 0, make([]float64, nodes)
		for n, s := range plan.Nodes {
			if len(s.Tiles) > 0 {
				busy++
				costs[n] = 0.1 * float64(s.Scissor.Dx()*s.Scissor.Dy()) / (640 * 480)
			}
		}
		most = max(most, busy)
		moved, err := p.Observe(balance.Frame{Number: frame, Plan: &plan, Nodes: costs})
		if err != nil {
			t.Fatal(err)
		}
		seconds := 0.1 / float64(min(busy, 3)) // a fourth node gains nothing
		changed, err := p.ObserveTime(Timing{Number: frame, Plan: &plan, Seconds: seconds, Stages: Stages{Nodes: seconds, App: 0.001}})
		if err != nil {
			t.Fatal(err)
		}
		if moved || changed {
			if plan, err = p.Plan(640, 480, nodes); err != nil {
				t.Fatal(err)
			}
		}
	}
	if c, _ := p.Auto().Best(); c.Nodes != 3 || most != nodes {
		t.Errorf("best is %v, it tried up to %d nodes; %v", c, most, p)
	}
	if heard == 0 {
		t.Error("the equalizer heard of no frame")
	}
	other, err := grid.Grid{Columns: 2, Rows: 2}.Plan(640, 480, nodes)
	if err != nil {
		t.Fatal(err)
	}
	was := heard
	if moved, err := p.Observe(balance.Frame{Number: 3000, Plan: &other, Nodes: make([]float64, nodes)}); moved || err != nil || heard != was {
		t.Errorf("a frame that another policy drew: moved %v, %v", moved, err)
	}
	if _, err := p.Plan(640, 480, 5); !errors.Is(err, tilesplit.ErrPlan) {
		t.Errorf("five nodes: %v", err)
	}
	if _, err := NewPolicy(0, nil); !errors.Is(err, tilesplit.ErrPlan) {
		t.Errorf("no nodes: %v", err)
	}
}

type counted struct {
	*balance.Strips
	heard *int
}

func (c *counted) Observe(f balance.Frame) (bool, error) {
	*c.heard++
	return c.Strips.Observe(f)
}
