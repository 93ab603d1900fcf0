package compare

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// Run is one run of the app: when its frames were shown, those that warm up left out. The first entry is where the clock starts.
type Run []time.Time

// rate is frames per second between the first entry and the last; 0: there are less than two.
func (r Run) rate() float64 {
	if len(r) < 2 {
		return 0
	}
	return float64(len(r)-1) / r[len(r)-1].Sub(r[0]).Seconds()
}

// settled is the later half of r, in which a policy that learns or chooses has done so.
func (r Run) settled() Run { return r[len(r)/2:] }

// Ratio is of frame rates, one a round.
type Ratio struct {
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

// Way is what a policy came to.
type Way struct {
	Name   string `json:"name"`
	Chosen string `json:"chosen,omitempty"` // by a policy that chooses by itself, at the end of the last round
	// FramesPerSecond are medians of the rounds, of all frames and of the later half.
	FramesPerSecond float64 `json:"frames_per_second"`
	Settled         float64 `json:"settled_frames_per_second"`
	// Of frame rates, to that of the first way in the same round.
	Ratio        Ratio `json:"ratio"`
	SettledRatio Ratio `json:"settled_ratio"`
}

// Report is what all came to.
type Report struct {
	Scene  string `json:"scene"`
	Width  int    `json:"width"` // of the window that was drawn last
	Height int    `json:"height"`
	Warm   int    `json:"warm"` // frames that were left out
	Frames int    `json:"frames"`
	Rounds int    `json:"rounds"`
	Ways   []Way  `json:"ways"`
}

// Build compares rounds of runs, one run a way, all with at least two entries. names are the ways'.
func Build(names []string, rounds [][]Run) ([]Way, error) {
	if len(rounds) == 0 {
		return nil, fmt.Errorf("compare: no rounds")
	}
	ways := make([]Way, len(names))
	for i := range ways {
		var rate, settled, ratio, settledRatio []float64
		for n, round := range rounds {
			if len(round) != len(names) {
				return nil, fmt.Errorf("compare: round %d has %d runs of %d ways", n+1, len(round), len(names))
			}
			first, own := round[0], round[i]
			if first.settled().rate() <= 0 || own.settled().rate() <= 0 {
				return nil, fmt.Errorf("compare: round %d: %q has shown too few frames to compare", n+1, names[i])
			}
			rate, settled = append(rate, own.rate()), append(settled, own.settled().rate())
			ratio, settledRatio = append(ratio, own.rate()/first.rate()), append(settledRatio, own.settled().rate()/first.settled().rate())
		}
		ways[i] = Way{Name: names[i], FramesPerSecond: median(rate), Settled: median(settled), Ratio: summary(ratio), SettledRatio: summary(settledRatio)}
	}
	return ways, nil
}

func summary(v []float64) Ratio { return Ratio{median(v), slices.Min(v), slices.Max(v)} }

// median of at least one value; of an even number the mean of the two in the middle.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}

// Write prints a table for people.
func (r *Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s, %d×%d: %d rounds of %d frames, after %d\n", r.Scene, r.Width, r.Height, r.Rounds, r.Frames, r.Warm)
	fmt.Fprintln(t, "way\tframes/s\tto the first\tfrom … to\tsettled\tto the first\tfrom … to\tchosen")
	for i := range r.Ways {
		x := &r.Ways[i]
		fmt.Fprintf(t, "%s\t%.1f\t%.2f\t%.2f … %.2f\t%.1f\t%.2f\t%.2f … %.2f\t%s\n", x.Name, x.FramesPerSecond, x.Ratio.Median, x.Ratio.Least, x.Ratio.Most,
			x.Settled, x.SettledRatio.Median, x.SettledRatio.Least, x.SettledRatio.Most, x.Chosen)
	}
	return t.Flush()
}
