package bounds

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/prismgl/prism/tilesplit"
)

// perspective as glFrustum makes it.
func perspective(l, r, b, t, n, f float64) Matrix {
	return Matrix{2 * n / (r - l), 0, 0, 0, 0, 2 * n / (t - b), 0, 0, (r + l) / (r - l), (t + b) / (t - b), -(f + n) / (f - n), -1, 0, 0, -2 * f * n / (f - n), 0}
}

func translate(x, y, z float64) Matrix {
	m := Identity()
	m[12], m[13], m[14] = x, y, z
	return m
}

func turn(axis int, a float64) Matrix {
	m := Identity()
	i, j := (axis+1)%3, (axis+2)%3
	m[4*i+i], m[4*j+j], m[4*i+j], m[4*j+i] = math.Cos(a), math.Cos(a), math.Sin(a), -math.Sin(a)
	return m
}

// mul32 is what a GPU does.
func mul32(m *Matrix, p [4]float64) (c [4]float32) {
	for r := range 4 {
		for k := range 4 {
			c[r] += float32(m[4*k+r]) * float32(p[k])
		}
	}
	return c
}

// scenes gives random products of matrices, with their factors.
func scene(rng *rand.Rand) (factors []Matrix) {
	f := func(s float64) float64 { return (rng.Float64()*2 - 1) * s }
	switch rng.IntN(3) {
	case 0:
		factors = append(factors, perspective(-1+f(0.5), 1+f(0.5), -1+f(0.5), 1+f(0.5), 0.1+rng.Float64(), 10+rng.Float64()*1000))
	case 1:
		m := Identity()
		m[0], m[5], m[10] = f(2), f(2), f(0.2)
		factors = append(factors, m)
	default:
		var m Matrix
		for i := range m {
			m[i] = f(2)
		}
		factors = append(factors, m)
	}
	for range rng.IntN(4) {
		if rng.IntN(2) == 0 {
			s := math.Pow(10, float64(rng.IntN(5))-1)
			factors = append(factors, translate(f(s), f(s), f(s)))
		} else {
			factors = append(factors, turn(rng.IntN(3), f(4)))
		}
	}
	return factors
}

// Each point of a box that lands on a pixel lies in the rectangle, computed in float32 factor by factor as by a GPU.
func TestRectHoldsEachPoint(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	landed, cut, none := 0, 0, 0
	for range 20000 {
		factors := scene(rng)
		m, size := Identity(), Identity()
		for i := range factors {
			a := factors[i].Abs()
			m, size = Mul(&m, &factors[i]), Mul(&size, &a)
		}
		w, h := 1+rng.IntN(700), 1+rng.IntN(500)
		v := View{X: float64(rng.IntN(50) - 25), Y: float64(rng.IntN(50) - 25), Width: float64(w), Height: float64(h),
			DepthClamp: rng.IntN(4) == 0, Margin: float64(rng.IntN(3)) * 2.5, Picture: image.Rect(0, 0, w+rng.IntN(20), h+rng.IntN(20))}
		b := Empty()
		s := math.Pow(10, float64(rng.IntN(5))-2)
		centre := [3]float64{rng.NormFloat64() * 3, rng.NormFloat64() * 3, rng.NormFloat64()*3 - 5}
		for range 2 {
			p := [4]float64{3: 1}
			for i := range 3 {
				p[i] = float64(float32(centre[i] + (rng.Float64()*2-1)*s))
			}
			if rng.IntN(8) == 0 {
				p[3] = rng.Float64() * 2
			}
			b.Add(p)
		}
		r := v.Rect(&b, &m, &size)
		if r.Empty() {
			none++
		} else if r != v.all() {
			cut++
		}
		for range 60 {
			var p [4]float64
			for i := range p {
				p[i] = b.Min[i] + rng.Float64()*(b.Max[i]-b.Min[i])
			}
			c := [4]float32{float32(p[0]), float32(p[1]), float32(p[2]), float32(p[3])}
			for i := len(factors) - 1; i >= 0; i-- {
				c = mul32(&factors[i], [4]float64{float64(c[0]), float64(c[1]), float64(c[2]), float64(c[3])})
			}
			x, y, z, wc := c[0], c[1], c[2], c[3]
			if wc <= 0 || x < -wc || x > wc || y < -wc || y > wc || !v.DepthClamp && (z < -wc || z > wc) {
				continue
			}
			px := (float64(x/wc)+1)/2*v.Width + v.X
			py := (float64(y/wc)+1)/2*v.Height + v.Y
			// The pixels that a primitive of this width reaches from here.
			for _, d := range [][2]float64{{0, 0}, {v.Margin, 0}, {-v.Margin, 0}, {0, v.Margin}, {0, -v.Margin}} {
				q := image.Pt(int(math.Floor(px+d[0])), int(math.Floor(py+d[1])))
				if !q.In(v.Picture) {
					continue
				}
				landed++
				if !q.In(r) {
					t.Fatalf("box %+v, factors %v: point %v lands on %v, rectangle %v of viewport %+v", b, factors, p, q, r, v)
				}
			}
		}
	}
	if landed < 10000 || cut < 2000 || none < 2000 {
		t.Errorf("%d points landed, %d rectangles were smaller than everything, %d empty: the test sees too little", landed, cut, none)
	}
}

func TestRect(t *testing.T) {
	p := perspective(-1, 1, -1, 1, 1, 100)
	at := func(x, y, z, s float64) Box {
		return Box{[4]float64{x - s, y - s, z - s, 1}, [4]float64{x + s, y + s, z + s, 1}}
	}
	v := View{Width: 100, Height: 100, Picture: image.Rect(0, 0, 100, 100)}
	clamp := v
	clamp.DepthClamp = true
	wide := v
	wide.Margin = 20
	nan := at(0, 0, -5, 1)
	nan.Max[1] = math.NaN()
	for _, c := range []struct {
		name string
		view View
		box  Box
		want image.Rectangle
	}{
		{"Middle", v, at(0, 0, -11, 1), image.Rect(43, 43, 57, 57)},
		{"LeftOf", v, at(-30, 0, -11, 1), image.Rectangle{}},
		{"Behind", v, at(0, 0, 11, 1), image.Rectangle{}},
		{"BehindClamped", clamp, at(0, 0, 11, 1), image.Rectangle{}},
		{"BeyondFar", v, at(0, 0, -120, 1), image.Rectangle{}},
		{"BeyondFarClamped", clamp, at(0, 0, -120, 1), image.Rect(48, 48, 52, 52)},
		{"AroundEye", v, at(0, 0, 0, 5), v.Picture},
		{"ThroughNear", v, Box{[4]float64{0, 0, -9, 1}, [4]float64{0.5, 0.5, 9, 1}}, image.Rect(48, 48, 77, 77)},
		{"ThroughNearClamped", clamp, Box{[4]float64{0, 0, -9, 1}, [4]float64{0.5, 0.5, 9, 1}}, v.Picture},
		{"WidthReachesIn", wide, at(-12.5, 0, -11, 1), image.Rect(0, 23, 24, 77)},
		{"NotANumber", v, nan, v.Picture},
		{"Nothing", v, Empty(), image.Rectangle{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := c.view.Rect(&c.box, &p, nil); r != c.want {
				t.Errorf("%v, want %v", r, c.want)
			}
		})
	}
}

func TestIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 300 {
		cols, rows, nodes := 1+rng.IntN(15), 1+rng.IntN(15), 1+rng.IntN(70)
		w, h := cols+rng.IntN(300), rows+rng.IntN(300)
		var tiles []tilesplit.Tile
		for i := range cols * rows {
			c, r := i%cols, i/cols
			tiles = append(tiles, tilesplit.Tile{Rect: image.Rect(c*w/cols, r*h/rows, (c+1)*w/cols, (r+1)*h/rows), Node: rng.IntN(nodes)})
		}
		p, err := tilesplit.Make(w, h, nodes, tiles)
		if err != nil {
			t.Fatal(err)
		}
		wide := rng.IntN(2 * nodes) // this node draws more than its tiles
		if wide < nodes {
			p.Nodes[wide].Scissor = image.Rect(-1, 0, w, h)
		}
		x := NewIndex(&p)
		for range 50 {
			r := image.Rect(rng.IntN(w+20)-10, rng.IntN(h+20)-10, rng.IntN(w+20)-10, rng.IntN(h+20)-10)
			m := x.Nodes(r)
			count := 0
			for n, s := range p.Nodes {
				want := false
				for _, tile := range s.Tiles {
					want = want || tile.Overlaps(r)
				}
				if n == wide {
					want = image.Rect(0, 0, w, h).Overlaps(r)
				}
				if want {
					count++
				}
				if m.Has(n) != want {
					t.Fatalf("%v of %d×%d: node %d %v, want %v", r, w, h, n, m.Has(n), want)
				}
			}
			if m.Count() != count || m.Empty() != (count == 0) {
				t.Fatalf("%v: %d nodes, want %d", m, m.Count(), count)
			}
		}
	}
}

func TestMask(t *testing.T) {
	a, b := All(200), Mask{}
	b.Add(3)
	b.Add(199)
	b.Add(250)
	if m := a.Without(&b); m.Count() != 198 || m.Has(3) || m.Has(199) || !m.Has(0) {
		t.Errorf("without: %v", m)
	}
	if m := a.And(&b); m.Count() != 2 || !m.Has(199) {
		t.Errorf("and: %v", m)
	}
	if m := a.Or(&b); m.Count() != 201 || !m.Has(250) {
		t.Errorf("or: %v", m)
	}
}

func BenchmarkIndex(b *testing.B) {
	var tiles []tilesplit.Tile
	for i := range 255 {
		c, r := i%17, i/17
		tiles = append(tiles, tilesplit.Tile{Rect: image.Rect(c*113, r*72, (c+1)*113, (r+1)*72), Node: i % 32})
	}
	p, err := tilesplit.Make(17*113, 15*72, 32, tiles)
	if err != nil {
		b.Fatal(err)
	}
	x := NewIndex(&p)
	for _, c := range []struct {
		name string
		rect image.Rectangle
	}{{"Small", image.Rect(300, 300, 420, 380)}, {"Quarter", image.Rect(300, 300, 1200, 800)}, {"Whole", image.Rect(0, 0, 17*113, 15*72)}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = x.Nodes(c.rect)
			}
		})
	}
}

func BenchmarkRect(b *testing.B) {
	p := perspective(-1, 1, -1, 1, 1, 100)
	v := View{Width: 1920, Height: 1080, Picture: image.Rect(0, 0, 1920, 1080)}
	for name, box := range map[string]Box{
		"Before": {[4]float64{-1, -1, -12, 1}, [4]float64{1, 1, -10, 1}},
		"Cut":    {[4]float64{0, 0, -9, 1}, [4]float64{0.5, 0.5, 9, 1}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = v.Rect(&box, &p, nil)
			}
		})
	}
}
