package auto

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// noisy are apps as they are: three frames in flight, times of ±10 % and single ones four times as long, and the first frames of a new
// choice half as long again.
func noisy(seed uint64) sim { return sim{noise: 0.1, spikes: 0.03, inFlight: 3, warm: 0.5, seed: seed} }

// least is the time of the best number of nodes up to most.
func least(c curve, most int) float64 {
	t := math.Inf(1)
	for k := 1; k <= most; k++ {
		t = min(t, c(Choice{k, "kd"}))
	}
	return t
}

// TestFindsTheKnee: on each curve it ends with a right number, and over 20000 frames takes at most 1/0.9 of the least time possible (of
// curves that scale to 32 nodes, 1/0.88, for they begin with one).
func TestFindsTheKnee(t *testing.T) {
	for name, c := range curves {
		sims := []sim{{}, {inFlight: 2}}
		for seed := range uint64(8) {
			sims = append(sims, noisy(seed))
		}
		for _, s := range sims {
			s.frames, s.curve = 20000, always(c.curve)
			r := s.run(t, DefaultOptions(32, "kd", "strips"))
			to := c.to
			if s.noise > 0 && c.curve(Choice{1, ""}) == least(c.curve, 32) && c.curve(Choice{2, ""}) < 1.05*least(c.curve, 32) {
				to = 3 // all the same, or nearly
			}
			if r.last.Nodes < c.from || r.last.Nodes > to {
				t.Errorf("%s, %+v: ends with %v, want %d to %d nodes", name, s.seed, r.last, c.from, to)
			}
			limit := 0.9
			if name == "Scales" {
				limit = 0.88
			}
			spikes := 1 + 3*s.spikes
			if got := least(c.curve, 32) * spikes * float64(s.frames) / r.total; got < limit {
				t.Errorf("%s, seed %d, noise %v: %.3f of the best frame rate, %d changes", name, s.seed, s.noise, got, r.changes)
			}
			if r.changes > 45 {
				t.Errorf("%s, seed %d: %d changes", name, s.seed, r.changes)
			}
		}
	}
}

// TestNeverMuchSlowerThanOne: from the first frame on, for apps that draw but 300 frames and whatever the curve, at least 0.93 of one
// node's frame rate, and 0.98 after 2000.
func TestNeverMuchSlowerThanOne(t *testing.T) {
	for name, c := range curves {
		for seed := range uint64(8) {
			for frames, limit := range map[int]float64{300: 0.93, 2000: 0.98} {
				s := noisy(seed)
				s.frames, s.curve = frames, always(c.curve)
				r := s.run(t, DefaultOptions(16, "kd", "strips"))
				// The same frames by one node.
				one := s
				o := DefaultOptions(1, "kd")
				if got := one.run(t, o).total / r.total; got < limit {
					t.Errorf("%s, seed %d, %d frames: %.3f of one node's frame rate; %v", name, seed, frames, got, r.share)
				}
			}
		}
	}
}

// TestExploresRarely: in the long run one frame in a hundred is not drawn by what it holds.
func TestExploresRarely(t *testing.T) {
	for name, c := range curves {
		s := noisy(3)
		s.frames, s.curve = 200000, always(c.curve)
		r := s.run(t, DefaultOptions(16, "kd", "strips"))
		most := 0
		for _, n := range r.share {
			most = max(most, n)
		}
		if name != "Hump" && name != "Knee" && most < 198000 { // on these two, neighbours are as good
			t.Errorf("%s: %v", name, r.share)
		}
		late := 0
		for _, at := range r.at {
			if at > 100000 {
				late++
			}
		}
		if late > 20 {
			t.Errorf("%s: %d changes in the second half", name, late)
		}
	}
}

// TestTilings: the better tiling is found, and taken only if it is better by more than Hysteresis.
func TestTilings(t *testing.T) {
	for _, c := range []struct {
		name   string
		factor map[string]float64
		want   string
	}{
		{"Second", map[string]float64{"kd": 1, "strips": 0.8, "queue": 0.9}, "strips"},
		{"Third", map[string]float64{"kd": 1, "strips": 1.3, "queue": 0.7}, "queue"},
		{"First", map[string]float64{"kd": 1, "strips": 1.2, "queue": 1.02}, "kd"},
	} {
		for _, s := range []sim{{}, noisy(1), noisy(2)} {
			s.frames = 3000
			s.curve = always(func(ch Choice) float64 {
				x := 10 + 60/float64(ch.Nodes)
				if ch.Nodes > 1 {
					x *= c.factor[ch.Tiling]
				}
				return x
			})
			if r := s.run(t, DefaultOptions(8, "kd", "strips", "queue")); r.last.Tiling != c.want || r.last.Nodes < 6 {
				t.Errorf("%s, noise %v: ends with %v, want %s", c.name, s.noise, r.last, c.want)
			}
		}
	}
}

// TestAnotherScene: an app that becomes heavy after frame 4000 and light again after frame 8000 gets nodes and gives them back within 500
// frames.
func TestAnotherScene(t *testing.T) {
	light := byNodes(func(k float64) float64 {
		if k == 1 {
			return 4
		}
		return 5 + 3/k
	})
	heavy := byNodes(func(k float64) float64 { return 8 + 160/k })
	for _, s := range []sim{{}, noisy(1), noisy(2), noisy(3)} {
		s.curve = func(i int) curve {
			if i >= 4000 && i < 8000 {
				return heavy
			}
			return light
		}
		for _, c := range []struct{ frames, from, to int }{{4000, 1, 1}, {4500, 8, 16}, {8000, 12, 16}, {8500, 1, 1}} {
			s.frames = c.frames
			if r := s.run(t, DefaultOptions(16, "kd")); r.last.Nodes < c.from || r.last.Nodes > c.to {
				t.Errorf("noise %v, seed %d: after %d frames %v, want %d to %d nodes; changes at %v", s.noise, s.seed, c.frames, r.last, c.from, c.to, r.at)
			}
		}
	}
}

// TestRestlessScene: what changes every 60 frames does not make it try all the time.
func TestRestlessScene(t *testing.T) {
	s := sim{frames: 20000, curve: func(i int) curve {
		f := 1 + float64(i/60%2)
		return byNodes(func(k float64) float64 { return f * (4 + 40/k) })
	}}
	r := s.run(t, DefaultOptions(8, "kd"))
	if r.changes > 200 {
		t.Errorf("%d changes", r.changes)
	}
	if n := r.share[Choice{8, "kd"}] + r.share[Choice{6, "kd"}]; n < 14000 {
		t.Errorf("shares %v", r.share)
	}
}

// TestLimits: where the app is what limits, nothing is tried; where the link is, no more nodes are.
func TestLimits(t *testing.T) {
	flat := always(byNodes(func(float64) float64 { return 16.7 }))
	if r := (sim{frames: 5000, curve: flat, limit: App}).run(t, DefaultOptions(8, "kd")); r.changes != 0 {
		t.Errorf("app: %d changes, %v", r.changes, r.share)
	}
	pays := always(byNodes(func(k float64) float64 { return 5 + 50/k }))
	r := (sim{frames: 5000, curve: pays, limit: Link}).run(t, DefaultOptions(8, "kd"))
	if r.last.Nodes != 2 && r.last.Nodes != 1 || r.share[Choice{8, "kd"}] > 0 {
		t.Errorf("link: ends with %v, %v", r.last, r.share)
	}
	if r := (sim{frames: 5000, curve: pays, limit: Nodes}).run(t, DefaultOptions(8, "kd")); r.last.Nodes != 8 {
		t.Errorf("nodes: ends with %v", r.last)
	}
}

func TestOneNode(t *testing.T) {
	r := (sim{frames: 100000, curve: always(byNodes(func(float64) float64 { return 3 }))}).run(t, DefaultOptions(1, "kd", "strips"))
	if r.changes != 0 {
		t.Errorf("%d changes with one node", r.changes)
	}
}

// TestOddNodeCount: any number of nodes is reached where that is worth a Knee.
func TestOddNodeCount(t *testing.T) {
	for _, most := range []int{2, 3, 5, 6, 7, 11, 33, 100} {
		s := sim{frames: 6000, curve: always(byNodes(func(k float64) float64 { return 1000 / k }))}
		if r := s.run(t, DefaultOptions(most, "kd")); float64(r.last.Nodes) < 0.95*float64(most) {
			t.Errorf("%d nodes: ends with %v, %v", most, r.last, r.share)
		}
		a, err := New(DefaultOptions(most, "kd"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(a.steps) || len(slices.Compact(slices.Clone(a.steps))) != len(a.steps) || a.steps[0] != 1 {
			t.Errorf("%d nodes: steps %v", most, a.steps)
		}
	}
}

// TestClimb follows the first trials by hand.
func TestClimb(t *testing.T) {
	o := DefaultOptions(16, "kd", "strips")
	o.Settle, o.Window = 1, 3
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	times := map[int]float64{1: 40, 2: 44, 4: 26, 3: 30, 8: 25.5, 6: 25.9, 16: 27}
	for i := range 45 {
		x := times[a.Choice().Nodes]
		if a.Choice().Tiling == "strips" {
			x *= 0.9
		}
		if _, err := a.Observe(Frame{Number: uint64(i), Choice: a.Choice(), Seconds: x}); err != nil {
			t.Fatal(err)
		}
	}
	var got []Choice
	for _, tr := range a.Trials() {
		got = append(got, tr.Choice)
	}
	// 8 and 16 gain less than the knee over 4; then 3 and 6 beside it, and the other tiling.
	want := []Choice{{1, "kd"}, {2, "kd"}, {4, "kd"}, {8, "kd"}, {16, "kd"}, {3, "kd"}, {6, "kd"}, {4, "strips"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("trials (-want +got):\n%s", d)
	}
	if c, x := a.Best(); c != (Choice{4, "strips"}) || math.Abs(x-26*0.9) > 1e-9 || a.Phase() != Hold || a.Choice() != c {
		t.Errorf("%v of %v s in phase %v", c, x, a.Phase())
	}
}

func TestObserveLeavesOut(t *testing.T) {
	o := DefaultOptions(4, "kd")
	o.Settle, o.Window = 1, 2
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	one := Choice{1, "kd"}
	for _, f := range []Frame{
		{Number: 5, Choice: one, Seconds: 1},
		{Number: 5, Choice: one, Seconds: 1},              // again
		{Number: 4, Choice: one, Seconds: 1},              // late
		{Number: 6, Choice: Choice{2, "kd"}, Seconds: 1},  // of another choice
		{Number: 6, Choice: Choice{1, "old"}, Seconds: 1}, // likewise
		{Number: 7, Choice: one, Seconds: 1},
	} {
		if changed, err := a.Observe(f); changed || err != nil {
			t.Errorf("%+v: changed %v, %v", f, changed, err)
		}
	}
	if changed, err := a.Observe(Frame{Number: 8, Choice: one, Seconds: 1}); !changed || err != nil || a.Choice().Nodes != 2 {
		t.Errorf("after the window: changed %v to %v, %v", changed, a.Choice(), err)
	}
	for _, f := range []Frame{{Seconds: 0}, {Seconds: -1}, {Seconds: math.NaN()}, {Seconds: math.Inf(1)}, {Seconds: 1, Limit: 99}} {
		if _, err := a.Observe(f); !errors.Is(err, ErrFrame) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("options without anything are taken")
	}
}

func BenchmarkObserve(b *testing.B) {
	a, err := New(DefaultOptions(32, "kd", "strips"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		c := a.Choice()
		if _, err := a.Observe(Frame{Number: i, Choice: c, Seconds: 1 / float64(c.Nodes)}); err != nil {
			b.Fatal(err)
		}
	}
}
