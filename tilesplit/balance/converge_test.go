package balance

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/kd"
	"github.com/prismgl/prism/tilesplit/queue"
)

var hd = image.Pt(1920, 1080)

// possible is how even an equalizer's tiles can be, if it knows all: strips by trying ends, k-d cuts by halving what is below, a queue by
// LPT.
func possible(t *testing.T, kind string, s *scene, nodes int, c *cluster) float64 {
	t.Helper()
	var tiles []tilesplit.Tile
	b := tilesplit.Borders{Snap: 4, Min: 16}
	whole := image.Rectangle{Max: s.size}
	switch kind {
	case "strips x", "strips y":
		axis := tilesplit.AlongX
		if kind == "strips y" {
			axis = tilesplit.AlongY
		}
		_, extent := axis.Range(whole)
		// upTo puts borders so that no strip but the last costs more than end, each as far on as can be.
		upTo := func(end float64) []tilesplit.Tile {
			rest, at, out := whole, 0, []tilesplit.Tile(nil)
			for n := range nodes {
				tile := tilesplit.Tile{Rect: rest, Node: n}
				if n < nodes-1 {
					last := extent - extent%4 - (nodes-1-n)*16
					for next := at + 16; ; next += 4 {
						low, _ := axis.Cut(rest, next)
						if next > last || next > at+16 && s.cost(low) > end {
							at = next - 4
							break
						}
					}
					tile.Rect, rest = axis.Cut(rest, at)
				}
				out = append(out, tile)
			}
			return out
		}
		slowest := func(tiles []tilesplit.Tile) (most float64) {
			for _, tl := range tiles {
				most = max(most, s.cost(tl.Rect))
			}
			return most
		}
		lo, hi := 0.0, 1.0
		for range 30 {
			if end := (lo + hi) / 2; slowest(upTo(end)) <= end {
				hi = end
			} else {
				lo = end
			}
		}
		tiles = upTo(hi)
	case "kd":
		policy := kd.KD{Borders: b}
		tree, err := policy.Tree(s.size.X, s.size.Y, nodes)
		if err != nil {
			t.Fatal(err)
		}
		tiles = policy.Tiles(tree, whole, func(t *kd.Tree, r image.Rectangle, _ int) float64 {
			lo, hi := t.Axis.Range(r)
			want := s.cost(r) * t.Low.Weight / t.Weight
			for hi-lo > 1 {
				if low, _ := t.Axis.Cut(r, (lo+hi)/2); s.cost(low) < want {
					lo = (lo + hi) / 2
				} else {
					hi = (lo + hi) / 2
				}
			}
			return float64(lo)
		})
	case "queue":
		rects, err := (queue.Queue{TileWidth: 32, TileHeight: 32}).Tiles(s.size.X, s.size.Y)
		if err != nil {
			t.Fatal(err)
		}
		costs := make([]float64, len(rects))
		for i, r := range rects {
			costs[i] = max(s.cost(r), 0)
		}
		owner, err := queue.Assign(nodes, queue.Costs{Tiles: costs})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rects {
			tiles = append(tiles, tilesplit.Tile{Rect: r, Node: owner[i]})
		}
	}
	p, err := tilesplit.Make(s.size.X, s.size.Y, nodes, tiles)
	if err != nil {
		t.Fatal(err)
	}
	times, _ := c.times(s, &p)
	return Imbalance(times)
}

func mean(list []float64) (sum float64) {
	for _, x := range list {
		sum += x / float64(len(list))
	}
	return sum
}

// some are fewer numbers of nodes where tests are to be short.
func some(nodes ...int) []int {
	if testing.Short() {
		return []int{nodes[0], nodes[len(nodes)-2]}
	}
	return nodes
}

var kinds = []string{"strips x", "strips y", "kd", "queue"}

// TestConverges: within 30 frames, on scenes that stay, the slowest node takes at most 1.15 times the mean or 1.1 times what is possible at
// all with such tiles, over the 30 frames that follow; also with frames in flight, fixed costs and noise of ±10 %.
func TestConverges(t *testing.T) {
	for _, name := range []string{"Even", "Corner", "Sky", "Blocks", "Spike"} {
		s := newScene(hd, scenes[name])
		for _, kind := range kinds {
			for _, nodes := range some(2, 3, 8, 16, 32) {
				for _, c := range []struct {
					inFlight     int
					fixed, noise float64
				}{{0, 0, 0}, {2, 0, 0}, {0, 0.1, 0}, {0, 0, 0.1}, {2, 0.1, 0.1}} {
					cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), fixed: c.fixed, noise: c.noise, rng: rand.New(rand.NewPCG(1, 2))}
					best := possible(t, kind, s, nodes, cl)
					e := makeEqualizers(t, DefaultOptions())[kind]
					uneven, _ := run{size: hd, nodes: nodes, frames: 60, inFlight: c.inFlight, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
					limit := max(1.15, 1.1*best)
					if name == "Spike" && nodes >= 16 && c.inFlight > 0 {
						limit = max(limit, 1.3) // seven nodes share 1/400 of the picture, and hear of it two frames late
					}
					if got := mean(uneven[30:]); got > limit {
						t.Errorf("%s, %s, %d nodes, %+v: max/mean went from %.3f to %.3f, more than %.3f; possible %.3f", name, kind, nodes, c, uneven[0], got, limit, best)
					}
				}
			}
		}
	}
}

// TestBecomesStill: without noise nothing moves any more in the end, and nothing goes to and fro before: few moves in all.
func TestBecomesStill(t *testing.T) {
	for _, name := range []string{"Even", "Corner", "Sky", "Blocks", "Spike"} {
		s := newScene(hd, scenes[name])
		for _, kind := range kinds {
			for _, nodes := range some(2, 4, 8, 16, 32) {
				for _, inFlight := range []int{0, 2} {
					cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes)}
					cl.rng = rand.New(rand.NewPCG(1, 2))
					e := makeEqualizers(t, DefaultOptions())[kind]
					_, moves := run{size: hd, nodes: nodes, frames: 200, inFlight: inFlight, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
					most := 30
					if name == "Spike" {
						most = 110 // two fifths of the work in 1/400 of the picture
					}
					if n := len(moves); n > most || n > 0 && moves[n-1] >= 150 {
						t.Errorf("%s, %s, %d nodes, %d in flight: moves at frames %v", name, kind, nodes, inFlight, moves)
					}
					if name == "Even" && len(moves) > 0 && kind != "strips y" {
						t.Errorf("%s, %d nodes: an even scene makes borders move at frames %v", kind, nodes, moves)
					}
				}
			}
		}
	}
}

// TestNoiseMovesLittle: an even scene whose times vary by ±10 % stays nearly even, and borders stay in most frames.
func TestNoiseMovesLittle(t *testing.T) {
	s := newScene(hd, scenes["Even"])
	for _, kind := range kinds {
		for _, nodes := range some(2, 4, 8, 16) {
			cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), noise: 0.1, rng: rand.New(rand.NewPCG(3, 4))}
			e := makeEqualizers(t, DefaultOptions())[kind]
			uneven, moves := run{size: hd, nodes: nodes, frames: 300, inFlight: 2, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
			if most := slices.Max(uneven); most > 1.15 || len(moves) > 75 {
				t.Errorf("%s, %d nodes: max/mean up to %.3f, %d moves in 300 frames", kind, nodes, most, len(moves))
			}
		}
	}
}

// TestFollowsHotSpot: most of the work goes round the picture once in 400 frames, 8 to 14 pixels a frame.
func TestFollowsHotSpot(t *testing.T) {
	var round []*scene
	for i := range 100 {
		a := 2 * math.Pi * float64(i) / 100
		x0, y0 := 0.5+0.3*math.Cos(a), 0.5+0.3*math.Sin(a)
		round = append(round, newScene(hd, func(x, y float64) float64 {
			return 1 + 40*math.Exp(-((x-x0)*(x-x0)+(y-y0)*(y-y0))/(2*0.08*0.08))
		}))
	}
	for _, kind := range kinds {
		for _, nodes := range some(2, 4, 8, 16) {
			for _, inFlight := range []int{0, 2} {
				cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), noise: 0.05, rng: rand.New(rand.NewPCG(5, 6))}
				e := makeEqualizers(t, DefaultOptions())[kind]
				p, err := e.Plan(hd.X, hd.Y, nodes)
				if err != nil {
					t.Fatal(err)
				}
				at := func(i int) *scene { return round[i/4%100] }
				static := 0.0
				for i := range 400 {
					times, _ := cl.times(at(i), &p)
					static += Imbalance(times) / 400
				}
				uneven, _ := run{size: hd, nodes: nodes, frames: 430, inFlight: inFlight, scene: at, cluster: cl}.run(t, e)
				t.Logf("%s, %d nodes, %d in flight: %.3f instead of %.3f", kind, nodes, inFlight, mean(uneven[30:]), static)
				// What is in flight costs the more, the thinner the tiles under the spot are.
				limit := 1.25
				if inFlight > 0 {
					limit = 1.25 + 0.02*float64(nodes)
				}
				if got := mean(uneven[30:]); got > limit || got-1 > (static-1)/2 {
					t.Errorf("%s, %d nodes, %d in flight: max/mean is %.3f following, %.3f without", kind, nodes, inFlight, got, static)
				}
			}
		}
	}
}

// TestOutliers: a node that takes five times as long for one frame is no reason to move far, and one that does so now and then is
// none to move each time.
func TestOutliers(t *testing.T) {
	for _, name := range []string{"Even", "Corner"} {
		s := newScene(hd, scenes[name])
		for _, kind := range kinds {
			for _, nodes := range some(2, 8, 16) {
				for _, inFlight := range []int{0, 2} {
					cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), noise: 0.03, rng: rand.New(rand.NewPCG(11, 12))}
					e := makeEqualizers(t, DefaultOptions())[kind]
					r := run{size: hd, nodes: nodes, frames: 400, inFlight: inFlight, scene: func(int) *scene { return s }, cluster: cl}
					once, often := rand.New(rand.NewPCG(13, 14)), 0
					r.spoil = func(frame int, measured []float64) {
						switch {
						case frame == 100:
							measured[nodes/2] *= 5
						case frame >= 200 && once.IntN(20) == 0:
							measured[once.IntN(nodes)] *= 4
							often++
						}
					}
					uneven, moves := r.run(t, e)
					label := fmt.Sprintf("%s, %s, %d nodes, %d in flight", name, kind, nodes, inFlight)
					before := mean(uneven[60:100])
					if got := slices.Max(uneven[100:130]); got > before+0.25 {
						t.Errorf("%s: max/mean was %.3f, is up to %.3f after a single slow time", label, before, got)
					}
					if got := mean(uneven[130:200]); got > max(before+0.03, 1.1) {
						t.Errorf("%s: max/mean was %.3f, is %.3f long after a single slow time", label, before, got)
					}
					late := 0
					for _, m := range moves {
						if m >= 200 {
							late++
						}
					}
					if got := mean(uneven[200:]); got > max(before+0.08, 1.12) || late > 80 {
						t.Errorf("%s: max/mean was %.3f, is %.3f with %d slow times, %d moves", label, before, got, often, late)
					}
				}
			}
		}
	}
}

// TestStart: the first frames, in which each node compiles shaders and takes what is sent once, are no reason to be slow afterwards: the times that
// are all alike in them say nothing of noise, nor of where the work is. It is what the sample particles does on 8 nodes: next to all of its work
// is in a few places, and two fifths of a node's time are the same whatever it draws.
func TestStart(t *testing.T) {
	s := newScene(hd, func(x, y float64) float64 {
		return 0.1 + 40*math.Exp(-((x-0.53)*(x-0.53)/(2*0.03*0.03)+(y-0.72)*(y-0.72)/(2*0.1*0.1)))
	})
	for _, kind := range []string{"strips x", "kd", "queue"} {
		for _, nodes := range some(2, 4, 8, 16) {
			for _, inFlight := range []int{0, 2} {
				for _, noise := range []float64{0, 0.05} {
					uneven := func(start bool) []float64 {
						cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), fixed: 0.7 / float64(nodes), noise: noise, rng: rand.New(rand.NewPCG(15, 16))}
						r := run{size: hd, nodes: nodes, frames: 30, inFlight: inFlight, scene: func(int) *scene { return s }, cluster: cl}
						r.spoil = func(frame int, measured []float64) {
							for n := range measured {
								switch {
								case !start:
								case frame == 0: // nothing is drawn yet
									measured[n] = 1.8 / float64(nodes)
								case frame == 1:
									measured[n] += 6 / float64(nodes)
								}
							}
						}
						uneven, _ := r.run(t, makeEqualizers(t, DefaultOptions())[kind])
						return uneven
					}
					with, without := uneven(true), uneven(false)
					label := fmt.Sprintf("%s, %d nodes, %d in flight, noise %v", kind, nodes, inFlight, noise)
					from := 10 + 3*inFlight
					t.Logf("%s: %.3f then %.3f %.3f, without %.3f %.3f", label, with[0], mean(with[from:from+5]), mean(with[25:]), mean(without[from:from+5]), mean(without[25:]))
					if got, want := mean(with[from:from+5]), mean(without[from:from+5]); got > 1.2*want {
						t.Errorf("%s: max/mean was %.3f, is %.3f in frames %d to %d, %.3f without a start like that", label, with[0], got, from, from+4, want)
					}
				}
			}
		}
	}
}

// TestAllAlike: what is the same for all nodes, as a clock that slows down, makes no tiles move: for one frame, for good, and now so and now
// so.
func TestAllAlike(t *testing.T) {
	s := newScene(hd, scenes["Corner"])
	for _, kind := range kinds {
		for _, nodes := range some(2, 4, 8, 16) {
			play := func(alike bool) (before, after float64, late int) {
				cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), noise: 0.03, rng: rand.New(rand.NewPCG(17, 18))}
				rng := rand.New(rand.NewPCG(19, 20))
				r := run{size: hd, nodes: nodes, frames: 200, inFlight: 2, scene: func(int) *scene { return s }, cluster: cl, spoil: func(frame int, measured []float64) {
					by := 1.0
					switch {
					case !alike || frame < 60:
					case frame == 60:
						by = 5
					case frame >= 140:
						by = 0.5 + rng.Float64()
					case frame >= 100:
						by = 0.25
					}
					for n := range measured {
						measured[n] *= by
					}
				}}
				uneven, moves := r.run(t, makeEqualizers(t, DefaultOptions())[kind])
				for _, m := range moves {
					if m >= 60 {
						late++
					}
				}
				return mean(uneven[40:60]), mean(uneven[60:]), late
			}
			before, after, late := play(true)
			_, _, usual := play(false)
			if after > before+0.03 || late > usual+10 {
				t.Errorf("%s, %d nodes: max/mean was %.3f and is %.3f when all change alike; %d moves, %d where they do not", kind, nodes, before, after, late, usual)
			}
			t.Logf("%s, %d nodes: %.3f, %.3f; %d moves, else %d", kind, nodes, before, after, late, usual)
		}
	}
}

// TestSlowNode: a node takes twice as long from frame 60 on, and is itself again from frame 160 on.
func TestSlowNode(t *testing.T) {
	for _, name := range []string{"Even", "Corner"} {
		s := newScene(hd, scenes[name])
		for _, kind := range kinds {
			for _, nodes := range some(2, 4, 8, 16) {
				cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), noise: 0.05, rng: rand.New(rand.NewPCG(7, 8))}
				e := makeEqualizers(t, DefaultOptions())[kind]
				uneven, _ := run{size: hd, nodes: nodes, frames: 240, inFlight: 2, scene: func(int) *scene { return s }, cluster: cl, before: func(i int) {
					cl.speeds[nodes/2] = 1
					if i >= 60 && i < 160 {
						cl.speeds[nodes/2] = 0.5
					}
				}}.run(t, e)
				if hit := uneven[60]; hit < 1.2 {
					t.Errorf("%s, %s, %d nodes: slowing a node down makes max/mean %.3f: no test", name, kind, nodes, hit)
				}
				for _, from := range []int{80, 180} {
					limit := 1.15
					if kind == "strips y" && name == "Corner" && nodes == 16 {
						limit = 1.45 // the slow node has a row of 16 pixels, as thin as may be
					}
					if got := mean(uneven[from : from+60]); got > limit {
						t.Errorf("%s, %s, %d nodes: max/mean is %.3f from frame %d on", name, kind, nodes, got, from)
					}
				}
			}
		}
	}
}

// TestWeightsAreSpeeds: what the user says of nodes holds from the first frame on.
func TestWeightsAreSpeeds(t *testing.T) {
	s := newScene(hd, scenes["Even"])
	e, err := NewKD(kd.KD{Weights: tilesplit.Weights{1, 2, 3}}, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	cl := &cluster{speeds: []float64{1, 2, 3}, rng: rand.New(rand.NewPCG(1, 2))}
	uneven, moves := run{size: hd, nodes: 3, frames: 40, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
	if len(moves) > 0 || slices.Max(uneven) > 1.01 {
		t.Errorf("moves at %v, max/mean up to %v", moves, slices.Max(uneven))
	}
}

// TestFixedCost: where half of each node's time is the same whatever it draws, the fixed part is found, and borders go where they should in as
// few frames.
func TestFixedCost(t *testing.T) {
	s := newScene(hd, scenes["Corner"])
	for _, nodes := range []int{2, 4, 8} {
		fixed := 1 / float64(nodes)
		for _, told := range []bool{false, true} {
			e := makeEqualizers(t, DefaultOptions())["kd"].(*KD)
			cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), fixed: fixed, rng: rand.New(rand.NewPCG(1, 2))}
			r := run{size: hd, nodes: nodes, frames: 40, scene: func(int) *scene { return s }, cluster: cl}
			if told {
				r.fixed = slices.Repeat([]float64{fixed}, nodes)
			}
			uneven, _ := r.run(t, e)
			name := fmt.Sprintf("%d nodes, told: %v", nodes, told)
			if got := mean(uneven[30:]); got > 1.06 {
				t.Errorf("%s: max/mean %.3f", name, got)
			}
			for n, a := range e.model.fixed {
				if math.Abs(a/fixed-1) > 0.4 || told && math.Abs(a/fixed-1) > 0.01 {
					t.Errorf("%s: the fixed cost of node %d is thought to be %.3f, is %.3f", name, n, a, fixed)
				}
			}
		}
	}
}
