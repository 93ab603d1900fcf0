package balance

import (
	"errors"
	"math"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/strips"
)

func TestOptions(t *testing.T) {
	if err := DefaultOptions().Validate(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{Damping: 1}, "tilesplit: bad plan: balance: damping is 1; at least 0 and below 1"},
		{Options{Smoothing: math.NaN()}, "tilesplit: bad plan: balance: smoothing is NaN; at least 0 and below 1"},
		{Options{Resistance: -0.1}, "tilesplit: bad plan: balance: resistance is -0.1; at least 0 and below 1"},
		{Options{MinMove: -1}, "tilesplit: bad plan: balance: borders move by at least -1 pixels; at least 0"},
	} {
		if err := c.options.Validate(); !errors.Is(err, tilesplit.ErrPlan) || err.Error() != c.want {
			t.Errorf("%+v: %v\nwant %s", c.options, err, c.want)
		}
	}
}

func TestFrameCheck(t *testing.T) {
	p, err := (strips.Strips{}).Plan(8, 8, 2)
	if err != nil {
		t.Fatal(err)
	}
	two := []float64{1, 2}
	for _, f := range []Frame{{Plan: &p, Nodes: two}, {Plan: &p, Nodes: two, Tiles: two, Fixed: two}} {
		if err := f.check(); err != nil {
			t.Error(err)
		}
	}
	turns := tilesplit.Plan{Mode: tilesplit.Interleave}
	for _, c := range []struct {
		frame Frame
		want  string
	}{
		{Frame{Number: 7}, "balance: bad costs: frame 7 was not drawn by a tiled plan"},
		{Frame{Plan: &turns}, "balance: bad costs: frame 0 was not drawn by a tiled plan"},
		{Frame{Plan: &p, Nodes: two[:1]}, "balance: bad costs: frame 0: times of 1 nodes, the plan has 2"},
		{Frame{Plan: &p, Nodes: two, Tiles: two[:1]}, "balance: bad costs: frame 0: times of 1 tiles, the plan has 2"},
		{Frame{Plan: &p, Nodes: two, Fixed: []float64{0, math.Inf(1)}}, "balance: bad costs: frame 0: time 1 of fixed costs is +Inf s; at most 1e+06"},
	} {
		if err := c.frame.check(); !errors.Is(err, ErrCosts) || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

func TestImbalance(t *testing.T) {
	for _, c := range []struct {
		times []float64
		want  float64
	}{{nil, 1}, {[]float64{0, 0}, 1}, {[]float64{2, 2}, 1}, {[]float64{1, 3}, 1.5}, {[]float64{1, -1, 3}, 1.5}} {
		if got := Imbalance(c.times); got != c.want {
			t.Errorf("%v: %v, want %v", c.times, got, c.want)
		}
	}
}
