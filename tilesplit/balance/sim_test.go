package balance

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/kd"
	"github.com/prismgl/prism/tilesplit/queue"
	"github.com/prismgl/prism/tilesplit/strips"
)

// scene is what a picture costs: seconds on a node of speed 1 below and to the left of each corner of a grid much finer than an
// equalizer's.
type scene struct {
	size image.Point
	sums []float64
}

const fine = 256 // cells along each edge

// newScene takes density at relative places in [0, 1), and makes the whole cost one second.
func newScene(size image.Point, density func(x, y float64) float64) *scene {
	s := &scene{size, make([]float64, (fine+1)*(fine+1))}
	for j := range fine {
		row := 0.0
		for i := range fine {
			row += density((float64(i)+0.5)/fine, (float64(j)+0.5)/fine)
			s.sums[(j+1)*(fine+1)+i+1] = s.sums[j*(fine+1)+i+1] + row
		}
	}
	all := s.sums[len(s.sums)-1]
	for i := range s.sums {
		s.sums[i] /= all
	}
	return s
}

func (s *scene) at(x, y int) float64 {
	u, v := float64(x)/float64(s.size.X)*fine, float64(y)/float64(s.size.Y)*fine
	i, j := min(int(u), fine-1), min(int(v), fine-1)
	u, v = u-float64(i), v-float64(j)
	c := func(i, j int) float64 { return s.sums[j*(fine+1)+i] }
	return (c(i, j)*(1-u)+c(i+1, j)*u)*(1-v) + (c(i, j+1)*(1-u)+c(i+1, j+1)*u)*v
}

func (s *scene) cost(r image.Rectangle) float64 {
	return s.at(r.Max.X, r.Max.Y) - s.at(r.Min.X, r.Max.Y) - s.at(r.Max.X, r.Min.Y) + s.at(r.Min.X, r.Min.Y)
}

// cluster draws.
type cluster struct {
	speeds []float64
	fixed  float64
	noise  float64 // ±
	rng    *rand.Rand
}

// times are what the nodes take, without noise, and what is measured of it.
func (c *cluster) times(s *scene, p *tilesplit.Plan) (true, measured []float64) {
	true, measured = make([]float64, len(p.Nodes)), make([]float64, len(p.Nodes))
	for n, share := range p.Nodes {
		if len(share.Tiles) == 0 {
			continue
		}
		true[n] = c.fixed
		for _, r := range share.Tiles {
			true[n] += s.cost(r) / c.speeds[n]
		}
		measured[n] = true[n] * (1 + c.noise*(2*c.rng.Float64()-1))
	}
	return true, measured
}

// run lets an equalizer work for so many frames, of which inFlight are on their way when one is measured. Of each frame it gives how
// uneven it truly was, and how many changes of plans there were.
type run struct {
	size     image.Point
	nodes    int
	frames   int
	from     int // number of the first
	inFlight int
	scene    func(frame int) *scene
	cluster  *cluster
	before   func(frame int) // changes things
	fixed    []float64       // what is told of fixed costs
	spoil    func(frame int, measured []float64)
}

func (r run) run(t *testing.T, e Equalizer) (uneven []float64, moves []int) {
	t.Helper()
	p, err := e.Plan(r.size.X, r.size.Y, r.nodes)
	if err != nil {
		t.Fatal(err)
	}
	plan := &p
	var waiting []Frame
	for i := range r.frames {
		if r.before != nil {
			r.before(i)
		}
		s := r.scene(i)
		times, measured := r.cluster.times(s, plan)
		if r.spoil != nil {
			r.spoil(i, measured)
		}
		uneven = append(uneven, Imbalance(times))
		waiting = append(waiting, Frame{Number: uint64(r.from + i + 1), Plan: plan, Nodes: measured, Fixed: r.fixed})
		if len(waiting) <= r.inFlight {
			continue
		}
		moved, err := e.Observe(waiting[0])
		if err != nil {
			t.Fatal(err)
		}
		waiting = waiting[1:]
		next, err := e.Plan(r.size.X, r.size.Y, r.nodes)
		if err != nil {
			t.Fatal(err)
		}
		if same := slices.Equal(next.Tiles, plan.Tiles); same == moved {
			t.Fatalf("frame %d: moved is %v, the plan is the same: %v", i, moved, same)
		}
		if moved {
			moves = append(moves, i)
			plan = &next
		}
	}
	return uneven, moves
}

var scenes = map[string]func(x, y float64) float64{
	"Even":   func(x, y float64) float64 { return 1 },
	"Corner": func(x, y float64) float64 { return 1 + 40*math.Exp(-((x-0.8)*(x-0.8)+(y-0.25)*(y-0.25))/(2*0.08*0.08)) },
	"Sky": func(x, y float64) float64 {
		if y > 0.55+0.1*math.Sin(9*x) {
			return 0.03
		}
		return 1 + x
	},
	"Blocks": func(x, y float64) float64 {
		return math.Exp(3 * math.Abs(math.Sin(17*math.Floor(x*12)+31*math.Floor(y*8))))
	},
	"Spike": func(x, y float64) float64 {
		if math.Abs(x-0.37) < 0.02 && math.Abs(y-0.61) < 0.03 {
			return 200
		}
		return 1
	},
}

func makeEqualizers(t *testing.T, o Options) map[string]Equalizer {
	t.Helper()
	b := tilesplit.Borders{Snap: 4, Min: 16}
	x, err := NewStrips(strips.Strips{Borders: b}, o)
	if err != nil {
		t.Fatal(err)
	}
	y, err := NewStrips(strips.Strips{Axis: tilesplit.AlongY, Borders: b}, o)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKD(kd.KD{Borders: b}, o)
	if err != nil {
		t.Fatal(err)
	}
	q, err := NewQueue(queue.Queue{TileWidth: 32, TileHeight: 32}, o)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Equalizer{"strips x": x, "strips y": y, "kd": k, "queue": q}
}
