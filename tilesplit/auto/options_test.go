package auto

import (
	"errors"
	"math"
	"testing"

	"github.com/prismgl/prism/tilesplit"
)

func TestOptions(t *testing.T) {
	if err := DefaultOptions(8, "kd", "strips").Validate(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.MaxNodes = 0 }, "0 nodes to choose from"},
		{func(o *Options) { o.Tilings = nil }, "no tilings to choose from"},
		{func(o *Options) { o.Tilings = []string{"kd", "kd"} }, `tiling "kd" is named twice`},
		{func(o *Options) { o.Window = 0 }, "window is 0; at least 1"},
		{func(o *Options) { o.MaxHold = 10 }, "max hold is 10, less than hold, 1000"},
		{func(o *Options) { o.Knee = 0 }, "knee is 0; above 0 and below 1"},
		{func(o *Options) { o.Leave = 1 }, "leave is 1; above 0 and below 1"},
		{func(o *Options) { o.Share = 0 }, "share is 0; above 0 and below 1"},
		{func(o *Options) { o.Share = 1 }, "share is 1; above 0 and below 1"},
		{func(o *Options) { o.Span = -0.1 }, "span is -0.1 s; 0 to 10"},
		{func(o *Options) { o.Span = math.NaN() }, "span is NaN s; 0 to 10"},
		{func(o *Options) { o.Span = 11 }, "span is 11 s; 0 to 10"},
		{func(o *Options) { o.Change = math.NaN() }, "change is NaN; above 0 and below 1"},
	} {
		o := DefaultOptions(8, "kd")
		c.change(&o)
		if err := o.Validate(); !errors.Is(err, tilesplit.ErrPlan) || err.Error() != "tilesplit: bad plan: auto: "+c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	if got := (Choice{1, "kd"}).String() + "; " + (Choice{4, "kd"}).String() + "; " + Link.String() + "; " + Limit(77).String(); got != "1 node; 4 nodes, kd; link; limit 77" {
		t.Error(got)
	}
}
