package balance

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/tilesplit"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// brute is the work in r, cell by cell.
func brute(f *field, r image.Rectangle) (sum float64) {
	part := func(cell int, d float64, n, size, lo, hi int) float64 {
		a, b := float64(cell)*d, float64(cell+1)*d
		if cell == n-1 {
			b = float64(size)
		}
		return max(min(b, float64(hi))-max(a, float64(lo)), 0) / (b - a)
	}
	for j := range f.rows {
		for i := range f.columns {
			sum += f.cells[j*f.columns+i] * part(i, f.dx, f.columns, f.size.X, r.Min.X, r.Max.X) * part(j, f.dy, f.rows, f.size.Y, r.Min.Y, r.Max.Y)
		}
	}
	return sum
}

func randomField(rng *rand.Rand) *field {
	size := image.Pt(1+rng.IntN(300), 1+rng.IntN(200))
	f := newField(size, max(float64(size.X)/float64(1+rng.IntN(40)), 1), max(float64(1+rng.IntN(40)), 1))
	for i := range f.cells {
		f.cells[i] = rng.Float64()
	}
	f.sum()
	return f
}

func randomRect(rng *rand.Rand, size image.Point) image.Rectangle {
	x, y := rng.IntN(size.X), rng.IntN(size.Y)
	return image.Rect(x, y, x+1+rng.IntN(size.X-x), y+1+rng.IntN(size.Y-y))
}

func TestFieldSums(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		f := randomField(rng)
		r := randomRect(rng, f.size)
		if got, want := f.in(r), brute(f, r); !near(got, want) {
			t.Fatalf("%d×%d cells of %.2f×%.2f over %v: %v in %v, want %v", f.columns, f.rows, f.dx, f.dy, f.size, got, r, want)
		}
		if whole := f.in(image.Rectangle{Max: f.size}); !near(whole, f.total()) {
			t.Fatalf("%v in all, total is %v", whole, f.total())
		}
	}
}

func TestFieldFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		f := randomField(rng)
		r := randomRect(rng, f.size)
		axis := tilesplit.Axis(rng.IntN(2))
		want := f.in(r) * rng.Float64()
		at := f.find(axis, r, want)
		lo, hi := axis.Range(r)
		if at < float64(lo) || at > float64(hi) {
			t.Fatalf("found %v outside %v along %v", at, r, axis)
		}
		// Between the pixels beside it the work grows evenly at least in one cell.
		below, above := r, r
		if axis == tilesplit.AlongX {
			below.Max.X, above.Max.X = int(math.Floor(at)), int(math.Ceil(at))
		} else {
			below.Max.Y, above.Max.Y = int(math.Floor(at)), int(math.Ceil(at))
		}
		if f.in(below) > want+1e-9 || f.in(above) < want-1e-9 {
			t.Fatalf("%v along %v in %v: %v below, %v above, want %v", at, axis, r, f.in(below), f.in(above), want)
		}
	}
	empty := newField(image.Pt(10, 10), 1, 1)
	if at := empty.find(tilesplit.AlongX, image.Rect(2, 0, 8, 10), 1); at < 2 || at > 8 {
		t.Errorf("without work: %v", at)
	}
}

func TestFieldFits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		f := randomField(rng)
		// Along cells' borders a part's work is met exactly; what lies elsewhere stays.
		i0, j0 := rng.IntN(f.columns), rng.IntN(f.rows)
		r := image.Rect(int(math.Ceil(float64(i0)*f.dx)), int(math.Ceil(float64(j0)*f.dy)), f.size.X, f.size.Y)
		if r.Empty() || float64(r.Min.X) != float64(i0)*f.dx || float64(r.Min.Y) != float64(j0)*f.dy {
			continue
		}
		has, all := f.in(r), f.total()
		want, even := rng.Float64()*3, rng.Float64()
		f.fit([]image.Rectangle{r}, has, want, even)
		f.sum()
		if got := f.in(r); !near(got, want) {
			t.Fatalf("fitted to %v, is %v", want, got)
		}
		if rest := f.total() - want; !near(rest, all-has) {
			t.Fatalf("elsewhere were %v, are %v", all-has, rest)
		}
	}
	f := newField(image.Pt(16, 16), 4, 4)
	f.fit([]image.Rectangle{image.Rect(0, 0, 8, 16), image.Rect(8, 0, 16, 4)}, 0, 5, 0)
	f.sum()
	if got := f.in(image.Rect(0, 0, 16, 4)); !near(got, 2) {
		t.Errorf("what had no work has %v below, want it spread evenly: 2", got)
	}
}

func TestFieldResampled(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		f := randomField(rng)
		size := image.Pt(1+rng.IntN(900), 1+rng.IntN(900))
		g := f.resampled(size, max(float64(size.X)/64, 1), max(float64(size.Y)/64, 1))
		if !near(f.total(), g.total()) {
			t.Fatalf("%v of %v are left", g.total(), f.total())
		}
		half := image.Rect(0, 0, size.X/2, size.Y)
		if size.X%2 == 0 && f.size.X%2 == 0 {
			if a, b := g.in(half), f.in(image.Rect(0, 0, f.size.X/2, f.size.Y)); math.Abs(a-b) > 0.1*f.total() {
				t.Errorf("left half had %v of %v, has %v", b, f.total(), a)
			}
		}
	}
}
