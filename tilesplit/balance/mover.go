package balance

import "math"

// mover walks borders towards their best places. As in Rprop (Riedmiller and Braun, "A direct adaptive method for faster backpropagation
// learning", 1993) each has a step of its own, shorter when it turns back and longer when it goes on, so that a border which the model
// sends to and fro between two places comes to rest.
type mover struct {
	options Options
	snap    float64
	step    []float64 // part of the way that is gone at once
	last    []float64 // the last move, in pixels
}

// How steps change, and the shortest.
const (
	shorter   = 0.5
	longer    = 1.15
	shortStep = 0.02
)

func (m *mover) reset(borders int) {
	m.step, m.last = make([]float64, borders), make([]float64, borders)
	for i := range m.step {
		m.step[i] = 1 - m.options.Damping
	}
}

// move is where border i goes from at, when ideal is best. The last step is not damped, or rounding would undo it.
func (m *mover) move(i int, at, ideal float64) float64 {
	way := ideal - at
	if math.Abs(way) < max(float64(m.options.MinMove), m.snap/2) {
		return at
	}
	switch full := 1 - m.options.Damping; {
	case way*m.last[i] < 0:
		m.step[i] = max(m.step[i]*shorter, min(shortStep, full))
	case way*m.last[i] > 0:
		m.step[i] = min(m.step[i]*longer, full)
	}
	m.last[i] = m.step[i] * way
	if math.Abs(way) <= m.snap && m.step[i] == 1-m.options.Damping {
		m.last[i] = way
	}
	return at + m.last[i]
}
