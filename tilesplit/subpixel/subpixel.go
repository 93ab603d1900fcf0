package subpixel

import (
	"fmt"
	"image"

	"github.com/prismgl/prism/tilesplit"
)

// MaxSamples bounds the samples of a frame.
const MaxSamples = tilesplit.MaxWeight

// reach is how far a sample may be from the pixel's centre. At half a pixel an edge of the picture would lie on the centres of its last
// pixels, which are no part of it then; GPUs know places to 1/256 of a pixel.
const reach = 127.0 / 256

// Subpixel is a policy. Its zero value takes a sample from each node.
type Subpixel struct {
	// Samples of a frame, by nodes 0 … Samples-1; 0: one of each node. More samples than nodes cannot be had.
	Samples int
	// Offscreen: as tilesplit.Plan has it.
	Offscreen bool
}

var _ tilesplit.Policy = Subpixel{}

// Plan implements tilesplit.Policy.
func (s Subpixel) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	n := s.Samples
	if n == 0 {
		n = min(nodes, MaxSamples)
	}
	if n < 1 || n > nodes || n > MaxSamples {
		return tilesplit.Plan{}, fmt.Errorf("%w: subpixel: %d samples of %d nodes; each node draws one, and there are at most %d", tilesplit.ErrPlan, n, nodes, MaxSamples)
	}
	plan := tilesplit.Plan{Width: width, Height: height, Mode: tilesplit.Subpixel, Offscreen: s.Offscreen, Nodes: make([]tilesplit.Share, nodes)}
	for i, at := range Pattern(n) {
		plan.Nodes[i].Scissor = image.Rect(0, 0, width, height)
		plan.Samples = append(plan.Samples, tilesplit.Sample{Node: i, X: at[0], Y: at[1], Weight: 1})
	}
	return plan, plan.Validate()
}

// Alone is the policy in which node 0 draws one sample of a frame, which is the whole frame then: what prism verify compares with.
type Alone struct {
	X, Y      float64 // as tilesplit.Sample has them
	Offscreen bool    // as tilesplit.Plan has it
}

var _ tilesplit.Policy = Alone{}

// Plan implements tilesplit.Policy.
func (a Alone) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	plan, err := Subpixel{Samples: 1, Offscreen: a.Offscreen}.Plan(width, height, nodes)
	if err != nil {
		return plan, err
	}
	plan.Samples[0].X, plan.Samples[0].Y = a.X, a.Y
	return plan, plan.Validate()
}

// standard are the places of samples in 1/16 of a pixel from its centre.
var standard = map[int][][2]int{
	1:  {{0, 0}},
	2:  {{4, 4}, {-4, -4}},
	4:  {{-2, -6}, {6, -2}, {-6, 2}, {2, 6}},
	8:  {{1, -3}, {-1, 3}, {5, 1}, {-3, -5}, {-5, 5}, {-7, -1}, {3, 7}, {7, -7}},
	16: {{1, 1}, {-1, -3}, {-3, 2}, {4, -1}, {-5, -2}, {2, 5}, {5, 3}, {3, -5}, {-2, 6}, {0, -7}, {-4, -6}, {-6, 4}, {-8, 0}, {7, -4}, {6, 7}, {-7, -8}},
}

// Pattern gives n shifts in pixels, none of them further than 127/256 along an axis.
func Pattern(n int) [][2]float64 {
	out := make([][2]float64, n)
	if p, ok := standard[n]; ok {
		for i, at := range p {
			out[i] = [2]float64{max(float64(at[0])/16, -reach), max(float64(at[1])/16, -reach)}
		}
		return out
	}
	for axis, base := range []int{2, 3} {
		mean := 0.0
		for i := range out {
			out[i][axis] = radicalInverse(i+1, base)
			mean += out[i][axis] / float64(n)
		}
		for i := range out {
			out[i][axis] = min(max(out[i][axis]-mean, -reach), reach)
		}
	}
	return out
}

// radicalInverse mirrors i's digits at the point: Halton's sequence (Numerische Mathematik 2, 1960).
func radicalInverse(i, base int) (x float64) {
	for unit := 1 / float64(base); i > 0; i /= base {
		x += float64(i%base) * unit
		unit /= float64(base)
	}
	return x
}
