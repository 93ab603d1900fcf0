package queue

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/internal/plantest"
)

func TestEachPixelOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, size := range plantest.Sizes {
		for _, nodes := range plantest.NodeCounts {
			q := Queue{TileWidth: 64 << rng.IntN(2), TileHeight: 64, Weights: plantest.Weights(rng, nodes, 4)}
			name := fmt.Sprintf("%+v of %v over %d", q, size, nodes)
			p := plantest.Partition(t, name, q, size, nodes, tilesplit.Borders{})
			sum, busy := 0.0, 0
			for n := range nodes {
				sum += q.Weights.Of(n)
				if q.Weights.Of(n) > 0 {
					busy++
				}
			}
			for n, s := range p.Nodes {
				ideal := float64(len(p.Tiles)) * q.Weights.Of(n) / sum
				if len(p.Tiles) >= busy*4 && math.Abs(float64(len(s.Tiles))-ideal) > 1 {
					t.Errorf("%s: node %d gets %d of %d tiles, want %.1f", name, n, len(s.Tiles), len(p.Tiles), ideal)
				}
				if q.Weights.Of(n) > 0 && len(s.Tiles) == 0 && len(p.Tiles) >= busy {
					t.Errorf("%s: node %d gets nothing", name, n)
				}
			}
		}
	}
}

func TestNeighbours(t *testing.T) {
	tiles, err := (Queue{TileWidth: 10, TileHeight: 20}).Tiles(95, 70)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range tiles[1:] {
		// Grown by a pixel along one axis only they meet.
		if u := tiles[i].Union(r); u.Dx() != max(r.Dx(), tiles[i].Dx()) && u.Dy() != max(r.Dy(), tiles[i].Dy()) {
			t.Errorf("%v follows %v", r, tiles[i])
		}
	}
}

func TestRefuses(t *testing.T) {
	_, err := (Queue{TileWidth: 8, TileHeight: 8}).Plan(1920, 1080, 2)
	want := "tilesplit: bad plan: queue: 1920×1080 pixels make 240×135 tiles of 8×8 pixels; at most 16384, so take larger ones"
	if !errors.Is(err, tilesplit.ErrPlan) || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	for _, q := range []Queue{{TileWidth: -1}, {TileHeight: -64}, {Weights: tilesplit.Weights{1, 2, 3}}} {
		if _, err := q.Plan(640, 480, 2); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	for _, c := range []Costs{
		{Tiles: []float64{-1}}, {Tiles: []float64{math.NaN()}}, {Tiles: []float64{1}, Owner: []int{0, 1}}, {Tiles: []float64{1}, Fixed: []float64{1}},
		{Tiles: []float64{1}, Slack: -1}, {Tiles: []float64{1}, Speeds: tilesplit.Weights{0, 0}},
	} {
		if _, err := Assign(2, c); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// ends is when each node is done.
func ends(nodes int, c Costs, owner []int) []float64 {
	out := make([]float64, nodes)
	copy(out, c.Fixed)
	for i, n := range owner {
		out[n] += c.Tiles[i] / c.Speeds.Of(n)
	}
	return out
}

// TestAssignBound holds LPT to Graham's bound, and to that of any list: at most one tile later than the level.
func TestAssignBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 300 {
		nodes := 1 + rng.IntN(64)
		c := Costs{Tiles: make([]float64, rng.IntN(600))}
		total, most := 0.0, 0.0
		for i := range c.Tiles {
			c.Tiles[i] = math.Pow(rng.Float64(), 4)
			total, most = total+c.Tiles[i], max(most, c.Tiles[i])
		}
		owner, err := Assign(nodes, c)
		if err != nil {
			t.Fatal(err)
		}
		end := slices.Max(ends(nodes, c, owner))
		if limit := total/float64(nodes) + most*float64(nodes-1)/float64(nodes); end > limit*(1+1e-9) {
			t.Errorf("%d tiles over %d nodes end at %v, later than %v", len(c.Tiles), nodes, end, limit)
		}
	}
}

func TestAssignSpeeds(t *testing.T) {
	c := Costs{Tiles: slices.Repeat([]float64{1}, 700), Speeds: tilesplit.Weights{1, 2, 0, 4}, Fixed: []float64{0, 10, 0, 0}}
	owner, err := Assign(4, c)
	if err != nil {
		t.Fatal(err)
	}
	e := ends(4, c, owner)
	level := Level(700, []int{0, 1, 2, 3}, c.Speeds, c.Fixed)
	if e[2] != 0 {
		t.Errorf("node of speed 0 works for %v", e[2])
	}
	for _, n := range []int{0, 1, 3} {
		if math.Abs(e[n]-level) > 1 {
			t.Errorf("node %d ends at %v, level is %v", n, e[n], level)
		}
	}
}

func TestLevel(t *testing.T) {
	for _, c := range []struct {
		name   string
		work   float64
		speeds tilesplit.Weights
		fixed  []float64
		want   float64
	}{
		{"Equal", 12, nil, nil, 4},
		{"Speeds", 12, tilesplit.Weights{1, 2, 3}, nil, 2},
		{"Fixed", 12, nil, []float64{0, 1, 2}, 5},
		{"TooLateForWork", 12, nil, []float64{0, 100, 2}, 7},
		{"NoWork", 0, nil, []float64{1, 2, 3}, 1},
		{"Idle", 12, tilesplit.Weights{0, 1, 0}, []float64{9, 1, 9}, 13},
	} {
		if got := Level(c.work, []int{0, 1, 2}, c.speeds, c.fixed); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestAffinity changes costs by some percent and sees few tiles wander.
func TestAffinity(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	const nodes = 8
	c := Costs{Tiles: make([]float64, 510), Slack: 0.05}
	for i := range c.Tiles {
		c.Tiles[i] = 1 + 9*rng.Float64()
	}
	owner, err := Assign(nodes, c)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		for i := range c.Tiles {
			c.Tiles[i] *= 0.97 + 0.06*rng.Float64()
		}
		c.Owner = owner
		next, err := Assign(nodes, c)
		if err != nil {
			t.Fatal(err)
		}
		moved := 0
		for i := range next {
			if next[i] != owner[i] {
				moved++
			}
		}
		if moved > 10 {
			t.Errorf("%d of 510 tiles change their node", moved)
		}
		owner = next
		e := ends(nodes, c, owner)
		sum := 0.0
		for _, x := range e {
			sum += x
		}
		if r := slices.Max(e) / (sum / nodes); r > 1.06 {
			t.Errorf("imbalance %v", r)
		}
	}
	// Nothing changes: nothing wanders. A node that is no more gives all away.
	c.Owner = owner
	if next, _ := Assign(nodes, c); cmp.Diff(owner, next) != "" {
		t.Error("tiles wander without a reason")
	}
	next, err := Assign(nodes-1, c)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(next, nodes-1) {
		t.Error("a node that is not there gets tiles")
	}
}

// TestDeck lets nodes of different speeds pull until nothing is left, with costs that nobody foresaw.
func TestDeck(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	for range 50 {
		nodes := 1 + rng.IntN(16)
		q := Queue{TileWidth: 32, TileHeight: 32}
		tiles, err := q.Tiles(640, 480)
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDeck(640, 480, nodes, tiles, Runs(len(tiles), nodes, nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Plan(); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("a plan of what nobody has taken: %v", err)
		}
		clock, taken, most, total := make([]float64, nodes), make([]bool, len(tiles)), 0.0, 0.0
		for {
			n := 0 // who is ready first
			for i, c := range clock {
				if c < clock[n] {
					n = i
				}
			}
			tile, ok := d.Next(n)
			if !ok {
				break
			}
			if taken[tile] {
				t.Fatalf("tile %d is handed out twice", tile)
			}
			taken[tile] = true
			cost := 0.5 + rng.Float64()
			if r := d.Rect(tile); r.Min.X < 200 {
				cost *= 10 // the left is dear
			}
			clock[n] += cost
			most, total = max(most, cost), total+cost
		}
		if d.Left() != 0 || slices.Contains(taken, false) {
			t.Errorf("%d tiles are left", d.Left())
		}
		if end := slices.Max(clock); end > total/float64(nodes)+most {
			t.Errorf("%d nodes end at %v, of %v in all", nodes, end, total)
		}
		p, err := d.Plan()
		if err != nil {
			t.Fatal(err)
		}
		if none, several := plantest.Covers(640, 480, plantest.Rects(p)); none+several != 0 {
			t.Errorf("%d pixels by nobody, %d several times", none, several)
		}
	}
}

func TestDeckOrder(t *testing.T) {
	tiles, err := (Queue{TileWidth: 1, TileHeight: 1}).Tiles(6, 1)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDeck(6, 1, 3, tiles, []int{0, 0, 0, 1, 1, 1}, []float64{1, 3, 2, 5, 7, 6})
	if err != nil {
		t.Fatal(err)
	}
	// Node 0 takes its costliest; node 2 has none and takes the cheapest of node 1, which has most left.
	for i, c := range []struct{ node, want int }{{0, 1}, {2, 3}, {1, 4}, {2, 5}, {2, 0}, {9, -1}, {1, 2}, {0, -1}} {
		tile, ok := d.Next(c.node)
		if !ok {
			tile = -1
		}
		if tile != c.want {
			t.Errorf("step %d: node %d takes tile %d, want %d", i, c.node, tile, c.want)
		}
	}
	if d := cmp.Diff([]int{2, 0, 1, 2, 1, 2}, d.Owners()); d != "" {
		t.Errorf("owners (-want +got):\n%s", d)
	}
	for _, bad := range []func() (*Deck, error){
		func() (*Deck, error) { return NewDeck(6, 1, 3, tiles, nil, nil) },
		func() (*Deck, error) { return NewDeck(6, 1, 3, tiles, []int{0, 0, 0, 1, 1, 3}, nil) },
		func() (*Deck, error) { return NewDeck(6, 1, 3, tiles, make([]int, 6), []float64{1, 1, 1, 1, 1, -1}) },
		func() (*Deck, error) { return NewDeck(6, 0, 3, nil, nil, nil) },
	} {
		if _, err := bad(); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("a bad deck: %v", err)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	for _, c := range []struct {
		name string
		q    Queue
	}{{"510Tiles", Queue{}}, {"2040Tiles", Queue{TileWidth: 32, TileHeight: 32}}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.q.Plan(1920, 1080, 32); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAssign(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	c := Costs{Tiles: make([]float64, 510)}
	for i := range c.Tiles {
		c.Tiles[i] = rng.Float64()
	}
	c.Owner, _ = Assign(32, c)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Assign(32, c); err != nil {
			b.Fatal(err)
		}
	}
}
