package interleave

import (
	"image"
	"math"

	"github.com/prismgl/prism/tilesplit"
)

// maxPeriod bounds the turns after which the same order begins again.
const maxPeriod = 240

// Interleave is a policy. Its zero value gives each node the same number of turns.
type Interleave struct{ Weights tilesplit.Weights }

var _ tilesplit.Policy = Interleave{}

// Plan implements tilesplit.Policy.
func (p Interleave) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if err := tilesplit.Check(width, height, nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	if err := p.Weights.Check(nodes); err != nil {
		return tilesplit.Plan{}, err
	}
	plan := tilesplit.Plan{
		Width: width, Height: height, Mode: tilesplit.Interleave,
		Nodes: make([]tilesplit.Share, nodes), Turns: Turns(nodes, p.Weights),
	}
	for _, n := range plan.Turns {
		plan.Nodes[n].Scissor = image.Rect(0, 0, width, height)
	}
	return plan, plan.Validate()
}

// Turns is a period of turns in which each node has as many as its weight says, spread as evenly as can be: always the node's turn that
// is furthest behind its due. Weights without a common measure are met as nearly as 240 turns can, with one turn at
// least for a node of any weight above 0 as far as there are so many.
func Turns(nodes int, w tilesplit.Weights) []int {
	busy := w.Busy(nodes, nodes)
	sum := 0.0
	for _, n := range busy {
		sum += w.Of(n)
	}
	counts := make([]int, len(busy))
	period := len(busy)
	for ; ; period++ {
		exact := true
		for i, n := range busy {
			due := w.Of(n) / sum * float64(period)
			counts[i] = max(int(math.Round(due)), 1)
			exact = exact && math.Abs(due-float64(counts[i])) < 1e-6*float64(period)
		}
		if exact || period >= maxPeriod {
			break
		}
	}
	period = 0
	for _, c := range counts {
		period += c
	}
	turns := make([]int, 0, period)
	due := make([]int, len(busy))
	for range period {
		next := 0
		for i, c := range counts {
			due[i] += c
			if due[i] > due[next] {
				next = i
			}
		}
		due[next] -= period
		turns = append(turns, busy[next])
	}
	return turns
}
