package auto

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Phase is what an Auto is doing.
type Phase uint8

// Phases; what each means stands at the package.
const (
	Climb Phase = iota
	Refine
	Hold
	Look
)

var phaseNames = [...]string{Climb: "climb", Refine: "refine", Hold: "hold", Look: "look"}

func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return fmt.Sprintf("phase %d", uint8(p))
}

// How trials end early or late.
const (
	// hopeless is how many times the best one's time makes a trial end before it has settled, if the fastest of earlyFrames is as slow, and the climb too.
	hopeless    = 1.5
	earlyFrames = 5
	// poor is how many times the best one's time makes a trial end in the middle of its window.
	poor = 1.1
	// extensions bounds how often a trial goes on because it is still becoming faster.
	extensions = 4
	// patient bounds how many windows a trial may take because times are noisy.
	patient = 4
)

// What looks may cost.
const (
	// large is how many times another's a time must be for a change to be looked at before the looks before it have been paid for in
	// full: one part in urgent does, or urgentWait seconds.
	large      = 1.5
	urgent     = 4
	urgentWait = 5
	// longestWait is for how many seconds holding pays at most: a frame of some seconds (a level that loads) in the middle of a trial is
	// none of its costs. Looks that cost more than that pays are those of slow apps, and there Hold keeps them rare.
	longestWait = 60
	// mostFrames bounds a window of frames that take next to no time.
	mostFrames = 4096
)

// Auto is the state machine. Make it with New. Not for concurrent use.
type Auto struct {
	o     Options
	steps []int // numbers of nodes to choose from: 1, 2, 3, 4, 6, 8, 12, … MaxNodes

	phase Phase
	// choice is in force; best is what others are compared with, and bestTime its time.
	choice, best Choice
	bestTime     float64
	// base is what fewer nodes are compared with: bestTime, or what it was before fewer nodes were taken. A little slower again and
	// again would be much.
	base   float64
	limit  Limit   // of the last window of best
	spread float64 // of best's frames: their median deviation, as part of bestTime

	trials []Choice // to try next
	misses int      // steps of the climb that have gained nothing, in a row
	tiled  bool     // the other tilings have been tried after the climb
	again  bool     // one node alone has been tried again after it
	gained bool     // by the present look
	from   Choice   // best when it began; Nodes 0: has been tried again
	which  int      // neighbour to look at next

	held, hold int     // frames since the last look, and until the next
	heldTime   float64 // seconds since the last look
	odd        int     // windows in a row that are far from the held time
	// owed is what trials had cost, in seconds, and holding had not paid for when it began; excess is what the present one costs, until
	// the best is in force again and has settled.
	owed, excess float64

	// Of the present choice:
	seen     int
	extended int
	least    float64
	times    []float64
	span     float64 // of times, in seconds, where single slow frames count for little
	limits   [Compose + 1]int
	sorted   []float64 // for median

	begun  bool
	number uint64
	tried  []Trial
}

// Trial is what was found about a choice.
type Trial struct {
	Choice  Choice
	Seconds float64 // median time of a frame
	Phase   Phase
	Frame   uint64 // after which it was known
}

// maxTrials bounds what Trials keeps.
const maxTrials = 256

// New begins to climb.
func New(o Options) (*Auto, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o.Tilings = slices.Clone(o.Tilings)
	a := &Auto{o: o, hold: o.Hold, bestTime: math.Inf(1)}
	for k := 1; k < o.MaxNodes; k *= 2 {
		a.steps = append(a.steps, k)
		if m := k + k/2; k > 1 && m < o.MaxNodes {
			a.steps = append(a.steps, m)
		}
	}
	a.steps = append(a.steps, o.MaxNodes)
	a.try(Choice{1, o.Tilings[0]})
	a.best = a.choice
	return a, nil
}

// Choice is what to go on with.
func (a *Auto) Choice() Choice { return a.choice }

// Phase is what is going on.
func (a *Auto) Phase() Phase { return a.phase }

// Best is the choice that others are compared with, and its time; infinite before there is one.
func (a *Auto) Best() (Choice, float64) { return a.best, a.bestTime }

// Trials are the last ones, the newest last.
func (a *Auto) Trials() []Trial { return slices.Clone(a.tried) }

// Observe learns from a frame and says whether Choice has changed. Frames of other choices, which were in flight when it changed, only
// count to what the change costs; frames that come after later ones are left out.
func (a *Auto) Observe(f Frame) (changed bool, err error) {
	if !(f.Seconds > 0) || math.IsInf(f.Seconds, 1) {
		return false, fmt.Errorf("%w: frame %d took %v s", ErrFrame, f.Number, f.Seconds)
	}
	if int(f.Limit) >= len(a.limits) {
		return false, fmt.Errorf("%w: frame %d was limited by %v", ErrFrame, f.Number, f.Limit)
	}
	if a.begun && f.Number <= a.number {
		return false, nil
	}
	a.begun, a.number = true, f.Number
	if !math.IsInf(a.bestTime, 1) && (a.phase != Hold || a.seen < a.o.Settle) {
		a.excess += f.Seconds - a.bestTime
	}
	if f.Choice != a.choice {
		return false, nil
	}
	before := a.choice
	a.take(f)
	return a.choice != before, nil
}

// try goes over to a choice; of one that is in force already the frames need not settle again.
func (a *Auto) try(c Choice) {
	settled := c == a.choice && a.seen >= a.o.Settle
	a.choice, a.seen, a.extended, a.least = c, 0, 0, math.Inf(1)
	if settled {
		a.seen = a.o.Settle
	}
	a.fresh()
}

func (a *Auto) fresh() {
	a.times, a.span = a.times[:0], 0
	clear(a.limits[:])
}

// take adds a frame of the present choice.
func (a *Auto) take(f Frame) {
	trial := a.phase != Hold && !math.IsInf(a.bestTime, 1)
	a.seen++
	if a.seen <= a.o.Settle {
		a.least = min(a.least, f.Seconds)
		if trial && a.seen >= earlyFrames && a.least > hopeless*a.bestTime {
			a.judge(a.least)
		} else if a.phase == Hold && a.seen == a.o.Settle {
			a.settleUp()
		}
		return
	}
	a.times = append(a.times, f.Seconds)
	a.limits[f.Limit]++
	n := len(a.times)
	if a.phase == Hold {
		// Most frames end here: nothing is computed before the window is full.
		a.heldTime += f.Seconds
		a.span += min(f.Seconds, 2*a.o.Span/float64(a.o.Window))
		if n >= a.o.Window && (a.span >= a.o.Span || n >= mostFrames) {
			a.judge(a.median(a.times))
		}
		return
	}
	first, second := a.median(a.times[:(n+1)/2]), a.median(a.times[n/2:])
	falling := second < first*(1-a.o.Knee)
	if trial && n >= max(a.o.Window/2, earlyFrames) && !falling {
		if t := a.median(a.times); t > poor*a.bestTime {
			a.judge(t)
			return
		}
	}
	if n < a.o.Window {
		return
	}
	if falling && a.extended < extensions {
		a.extended++
		a.times = slices.Delete(a.times, 0, n/2)
		return
	}
	t := a.median(a.times)
	if trial && n < patient*a.o.Window {
		// So near that chance decides, and more frames would leave it less.
		if c := a.chance(t); c > a.o.Knee && math.Abs(t/a.bestTime-1) < 2*c {
			return
		}
	}
	a.judge(t)
}

// median of a list, which stays as it is.
func (a *Auto) median(list []float64) float64 {
	a.sorted = append(a.sorted[:0], list...)
	return a.medianSorted()
}

// medianSorted sorts a.sorted.
func (a *Auto) medianSorted() float64 {
	s := a.sorted
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return (s[len(s)/2] + s[(len(s)-1)/2]) / 2
}

// settleUp adds what the present trial has cost to what is owed.
func (a *Auto) settleUp() {
	a.owed = min(a.owed+max(a.excess, 0), a.o.Share*longestWait)
	a.excess = 0
}

// paid says whether holding has paid for the looks before, so that a time t may be looked at: for what has changed much, in part.
func (a *Auto) paid(t float64) bool {
	if t > large*a.bestTime || t < a.bestTime/large {
		return a.heldTime*a.o.Share*urgent >= a.owed || a.heldTime >= urgentWait
	}
	return a.heldTime*a.o.Share >= a.owed
}

// limitNow is what limited most frames of the window.
func (a *Auto) limitNow() Limit {
	most := Unknown
	for l, n := range a.limits {
		if n > a.limits[most] {
			most = Limit(l)
		}
	}
	return most
}

// judge decides what to do now that the present choice's time is known.
func (a *Auto) judge(t float64) {
	if a.phase != Hold {
		a.settleUp()
		if len(a.tried) == maxTrials {
			a.tried = slices.Delete(a.tried, 0, 1)
		}
		a.tried = append(a.tried, Trial{a.choice, t, a.phase, a.number})
	}
	switch a.phase {
	case Climb:
		a.climbed(t)
	case Refine:
		if a.better(t) {
			a.adopt(t)
		}
		a.next()
	case Hold:
		a.heldOn(t)
	case Look:
		a.looked(t)
	}
}

// better says whether the present choice should replace the best.
func (a *Auto) better(t float64) bool {
	switch c := a.choice; {
	case c.Nodes < a.best.Nodes:
		return t <= a.base*(1+a.knee(c.Nodes)/2)
	case c.Nodes > a.best.Nodes:
		return t < a.bestTime*(1-max(a.knee(a.best.Nodes), a.o.Hysteresis, a.chance(t)))
	}
	return t < a.bestTime*(1-max(a.o.Hysteresis, a.chance(t)))
}

// knee is what more nodes than so many must gain.
func (a *Auto) knee(nodes int) float64 {
	if nodes == 1 {
		return max(a.o.Leave, a.o.Knee)
	}
	return a.o.Knee
}

// chance is by how much t, the median of the last frames, and the best one's may differ by chance, as part of them: sure times the
// deviation of their difference, taken from the frames' median deviations as if they were normal.
func (a *Auto) chance(t float64) float64 {
	const normal, ofMedian, sure = 1.48, 1.25, 2.5
	now, n := a.spreadNow(t), float64(max(len(a.times), 1))
	return sure * ofMedian * normal * math.Sqrt(now*now/n+a.spread*a.spread/float64(a.o.Window))
}

// spreadNow is the median deviation of the last frames from t, as part of it.
func (a *Auto) spreadNow(t float64) float64 {
	a.sorted = a.sorted[:0]
	for _, x := range a.times {
		a.sorted = append(a.sorted, math.Abs(x-t))
	}
	return a.medianSorted() / t
}

// adopt makes the present choice the best.
func (a *Auto) adopt(t float64) {
	if a.choice.Nodes >= a.best.Nodes || t < a.base {
		a.base = t
	}
	a.best, a.bestTime, a.limit, a.spread = a.choice, t, a.limitNow(), a.spreadNow(t)
}

// next tries what is to be tried, or holds the best.
func (a *Auto) next() {
	if len(a.trials) == 0 && a.phase == Refine && !a.tiled {
		a.tiled = true
		a.trials = a.otherTilings()
	}
	if len(a.trials) == 0 && a.phase == Refine && !a.again && a.nearOne() {
		a.again = true
		a.trials = append(a.trials, a.of(1))
	}
	if len(a.trials) == 0 {
		a.phase, a.held, a.heldTime, a.odd = Hold, 0, 0, 0
		a.try(a.best)
		return
	}
	c := a.trials[0]
	a.trials = a.trials[1:]
	a.try(c)
}

func (a *Auto) climbed(t float64) {
	limit := a.limitNow()
	switch {
	case math.IsInf(a.bestTime, 1) || t < a.bestTime*(1-max(a.knee(a.best.Nodes), a.chance(t))):
		a.adopt(t)
		a.misses = 0
	case t > hopeless*a.bestTime:
		a.misses = a.o.Patience
	case t < a.bestTime*(1-a.o.Knee): // too little to leave one node for, but still more may gain enough
	default:
		a.misses++
	}
	nodes := a.choice.Nodes
	over := a.misses >= a.o.Patience || nodes == a.o.MaxNodes
	if nodes == a.best.Nodes && limit != Unknown && limit != Nodes && (nodes > 1 || limit == App) {
		// One node alone has neither pieces nor a link: those limits say nothing of it.
		over = true
	}
	if !over {
		a.try(Choice{min(nodes*2, a.o.MaxNodes), a.choice.Tiling})
		return
	}
	a.phase = Refine
	if a.best.Nodes > 1 {
		if k := a.step(a.best.Nodes, -1); !a.known(k) {
			a.trials = append(a.trials, Choice{k, a.best.Tiling})
		}
	}
	if k := a.step(a.best.Nodes, 1); k > 0 && !a.known(k) && a.moreMayHelp() {
		a.trials = append(a.trials, Choice{k, a.best.Tiling})
	}
	a.next()
}

// known says whether the climb has been to so many nodes.
func (a *Auto) known(nodes int) bool {
	return slices.ContainsFunc(a.tried, func(t Trial) bool { return t.Phase == Climb && t.Choice.Nodes == nodes })
}

// nearOne says whether the best, of several nodes, gains so little over one alone that chance may have had its part.
func (a *Auto) nearOne() bool {
	return a.best.Nodes > 1 && a.bestTime > a.tried[0].Seconds*(1-2*a.o.Leave)
}

// moreMayHelp: nodes are what limits the frame, as far as is known.
func (a *Auto) moreMayHelp() bool { return a.limit == Unknown || a.limit == Nodes }

// step is the next number of nodes in a direction, 0: there is none.
func (a *Auto) step(nodes, direction int) int {
	i, found := slices.BinarySearch(a.steps, nodes)
	if direction < 0 || found {
		i += direction
	}
	if i < 0 || i >= len(a.steps) {
		return 0
	}
	return a.steps[i]
}

// otherTilings are those at the best number of nodes; one node has none.
func (a *Auto) otherTilings() (out []Choice) {
	if a.best.Nodes == 1 {
		return nil
	}
	for _, t := range a.o.Tilings {
		if t != a.best.Tiling {
			out = append(out, Choice{a.best.Nodes, t})
		}
	}
	return out
}

// of is a choice of so many nodes with the best one's tiling.
func (a *Auto) of(nodes int) Choice {
	if nodes == 1 {
		return Choice{1, a.o.Tilings[0]}
	}
	return Choice{nodes, a.best.Tiling}
}

// heldOn goes on holding, or looks for something better.
func (a *Auto) heldOn(t float64) {
	a.limit = a.limitNow()
	a.spread += (a.spreadNow(t) - a.spread) / 4
	a.held += len(a.times)
	if math.Abs(t-a.bestTime) > a.o.Change*a.bestTime {
		a.odd++
	} else {
		a.odd = 0
		drift := 1 + (t/a.bestTime-1)/4
		a.bestTime *= drift
		a.base *= drift
	}
	a.fresh()
	lower, higher := a.step(a.best.Nodes, -1), a.step(a.best.Nodes, 1)
	if a.odd >= 2 {
		faster := t < a.bestTime
		if !a.paid(t) && !(faster && lower == 0) {
			return // it looks when that is paid for, if the time has not come back by then
		}
		a.bestTime, a.base, a.odd, a.hold = t, t, 0, a.o.Hold
		if faster {
			a.look(lower, 1)
		} else {
			a.look(higher, lower)
		}
		return
	}
	if a.held < a.hold || !a.paid(a.bestTime) {
		return
	}
	// By turns: fewer, more, one alone, each other tiling.
	tilings := a.otherTilings()
	for range 3 + len(tilings) {
		turn := a.which % (3 + len(tilings))
		a.which++
		switch {
		case turn == 0:
			a.look(lower)
		case turn == 1 && a.moreMayHelp():
			a.look(higher)
		case turn == 2 && lower > 1:
			a.look(1)
		case turn > 2:
			a.trials = append(a.trials, tilings[turn-3])
			a.leave()
		}
		if a.phase == Look {
			return
		}
	}
	a.held = 0 // there is nothing else
}

// look tries numbers of nodes, those that there are; 0 is none.
func (a *Auto) look(nodes ...int) {
	for _, k := range nodes {
		if c := a.of(k); k > 0 && k != a.best.Nodes && !slices.Contains(a.trials, c) {
			a.trials = append(a.trials, c)
		}
	}
	if len(a.trials) > 0 {
		a.leave()
	}
}

// leave begins with the first of trials.
func (a *Auto) leave() {
	a.phase, a.gained, a.from = Look, false, a.best
	a.owed = max(a.owed-a.heldTime*a.o.Share, 0)
	a.next()
}

// looked goes on in a direction that gains, and else to the next trial. In the end what it came from is tried again: if that was slow
// because the machine was busy with something else, it no longer is.
func (a *Auto) looked(t float64) {
	again := a.from.Nodes == 0
	if again && a.better(t) {
		a.adopt(t)
		a.gained = false
	} else if !again && a.better(t) {
		direction := cmp.Compare(a.choice.Nodes, a.best.Nodes)
		// So much no other number of nodes can gain: the app draws something else since the look began.
		another := large*t < a.bestTime*min(1, float64(a.best.Nodes)/float64(a.choice.Nodes))
		a.adopt(t)
		a.gained = true
		// What lies in the other direction has lost by that.
		a.trials = slices.DeleteFunc(a.trials, func(c Choice) bool { return (c.Nodes-a.best.Nodes)*direction <= 0 })
		if k := a.step(a.best.Nodes, direction); direction != 0 && k > 0 && (direction < 0 || a.moreMayHelp()) && !slices.Contains(a.trials, a.of(k)) {
			a.trials = slices.Insert(a.trials, 0, a.of(k))
		}
		if another && a.best.Nodes > 1 && !slices.Contains(a.trials, a.of(1)) {
			a.trials = append(a.trials, a.of(1))
		}
	}
	if len(a.trials) == 0 {
		if a.gained && !again && a.from != a.best {
			a.trials, a.from.Nodes = append(a.trials, a.from), 0
		} else if a.gained {
			// It was worth its price; and whether it was chance that gained is seen soon, where there are fewer.
			a.hold, a.owed, a.which = a.o.Hold, 0, 0
		} else {
			a.hold = min(2*a.hold, a.o.MaxHold)
		}
	}
	a.next()
}
