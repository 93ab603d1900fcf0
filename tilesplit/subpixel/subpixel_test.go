package subpixel

import (
	"errors"
	"math"
	"testing"

	"github.com/prismgl/prism/tilesplit"
)

func TestPattern(t *testing.T) {
	for n := 1; n <= MaxSamples; n++ {
		seen := map[[2]float64]bool{}
		var mean [2]float64
		for _, s := range Pattern(n) {
			if seen[s] {
				t.Errorf("%d samples: two at %v", n, s)
			}
			seen[s] = true
			for axis, x := range s {
				if x < -reach || x > reach {
					t.Errorf("%d samples: one at %v", n, s)
				}
				mean[axis] += x / float64(n)
			}
		}
		// The picture does not move: Direct3D's pattern of 16 is off by 1/32.
		if len(seen) != n || math.Hypot(mean[0], mean[1]) > 0.045 {
			t.Errorf("%d samples: %d places around %v", n, len(seen), mean)
		}
	}
}

// TestSpread: no column and no row of the pixel stays without samples where there are enough of them.
func TestSpread(t *testing.T) {
	for n := 2; n <= 64; n++ {
		parts := max(n/3, 2)
		for axis := range 2 {
			hit := make([]bool, parts)
			for _, s := range Pattern(n) {
				hit[int((s[axis]+0.5)*float64(parts))] = true
			}
			for i, h := range hit {
				// What the mean was moved by may leave the outermost empty.
				if !h && i > 0 && i < parts-1 {
					t.Errorf("%d samples: none in part %d of %d along axis %d", n, i, parts, axis)
				}
			}
		}
	}
}

func TestPlan(t *testing.T) {
	p, err := (Subpixel{Samples: 4}).Plan(9, 5, 6)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Samples) != 4 || p.Mode != tilesplit.Subpixel || len(p.Nodes) != 6 {
		t.Fatalf("%+v", p)
	}
	for i, s := range p.Samples {
		if s.Node != i || s.Weight != 1 {
			t.Errorf("sample %d is %+v", i, s)
		}
	}
	for n, s := range p.Nodes {
		if whole := s.Scissor.Dx() == 9 && s.Scissor.Dy() == 5; whole != (n < 4) || len(s.Tiles) > 0 {
			t.Errorf("node %d draws %+v", n, s)
		}
	}
	if p, err := (Subpixel{}).Plan(9, 5, 3); err != nil || len(p.Samples) != 3 {
		t.Errorf("a sample of each: %d, %v", len(p.Samples), err)
	}
	for _, n := range []int{-1, 7, 1000} {
		if _, err := (Subpixel{Samples: n}).Plan(9, 5, 6); !errors.Is(err, tilesplit.ErrPlan) {
			t.Errorf("%d samples of 6 nodes: %v", n, err)
		}
	}
}

func TestAlone(t *testing.T) {
	p, err := Alone{X: 0.25, Y: -0.125}.Plan(9, 5, 2)
	if err != nil || len(p.Samples) != 1 || p.Samples[0] != (tilesplit.Sample{Node: 0, X: 0.25, Y: -0.125, Weight: 1}) {
		t.Fatalf("%+v, %v", p, err)
	}
	if len(p.Pieces(0)) != 1 || p.Pieces(0)[0] != p.Nodes[0].Scissor || p.Pieces(1) != nil || p.Weight() != 1 {
		t.Errorf("pieces %v and %v, weight %d", p.Pieces(0), p.Pieces(1), p.Weight())
	}
	if _, err := (Alone{X: 0.75}).Plan(9, 5, 2); !errors.Is(err, tilesplit.ErrPlan) {
		t.Errorf("three quarters of a pixel: %v", err)
	}
}
