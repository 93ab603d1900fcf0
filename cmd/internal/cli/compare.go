package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/compare"
	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/nodes/session"
)

// way is one policy of `prism bench compare`.
type way struct {
	name   string
	pol    policy
	cfg    config.Config
	chosen string
}

// compareFlags are bench compare's own.
type compareFlags struct {
	ways                 []string
	frames, warm, rounds int
	asJSON               bool
}

// Bounds of what bench compare takes.
const (
	mostWays   = 16
	mostRounds = 1000
)

func (a *app) compareCmd() *cobra.Command {
	var cf compareFlags
	cmd := &cobra.Command{
		Use:   "compare --way FLAGS --way FLAGS [flags] -- APP ARGS…",
		Short: "Compare policies: the same app under each, by turns",
		Long: `compare runs an app under each --way, one after the other, and all of them again for each of --rounds. A way is what stands on the command
line of 'prism run' for it: --policy FILE, --nodes, --tiling and so on, with blanks between them. Frame rates are compared with that of the first
way in the same round, because a machine is not equally fast at all times; the median of the rounds counts. Settled figures are
of the later half of the frames, when a policy that learns has learnt. Software nodes draw in one thread each.`,
		Example: `  prism bench compare --way '--nodes 1' --way '--nodes 2 --tiling auto' -- glxgears
  prism bench compare --rounds 7 --way '--nodes 2 --tiling columns --balance=false' --way '--nodes 2 --tiling columns' -- bin/samples/terrain --fps-free`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ways, err := cf.check()
			if err != nil {
				return err
			}
			report, err := a.compare(cmd.Context(), &cf, ways, args)
			if err != nil {
				return failed(err)
			}
			if cf.asJSON {
				return failed(writeJSON(a.out, report))
			}
			return failed(report.Write(a.out))
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&cf.ways, "way", nil, "`FLAGS` of 'prism run' for one way; twice or more")
	f.IntVar(&cf.frames, "frames", 100, "frames that are measured of each run")
	f.IntVar(&cf.warm, "warm", warmFrames, "frames before these, which are left out")
	f.IntVar(&cf.rounds, "rounds", 5, "how often each way has its turn")
	f.BoolVar(&cf.asJSON, "json", false, "print the report as one JSON object")
	return cmd
}

// check makes the ways that the user wants.
func (cf *compareFlags) check() ([]*way, error) {
	if len(cf.ways) < 2 || len(cf.ways) > mostWays {
		return nil, fail(exitUsage, "compare: %d ways; --way is needed at least twice and at most %d times", len(cf.ways), mostWays)
	}
	for _, n := range []struct {
		flag        string
		value       int
		least, most int
	}{{"frames", cf.frames, 4, mostScaleFrames}, {"warm", cf.warm, 1, mostScaleFrames}, {"rounds", cf.rounds, 1, mostRounds}} {
		if n.value < n.least || n.value > n.most {
			return nil, fail(exitUsage, "--%s %d: want %d to %d", n.flag, n.value, n.least, n.most)
		}
	}
	ways := make([]*way, len(cf.ways))
	for i, text := range cf.ways {
		w := &way{name: strings.Join(strings.Fields(text), " ")}
		cmd := &cobra.Command{Use: "run"}
		w.pol.addBut(cmd, "out", "lossless-out")
		if err := cmd.ParseFlags(strings.Fields(text)); err != nil {
			return nil, fail(exitUsage, "--way %q: %w", text, err)
		}
		if left := cmd.Flags().Args(); len(left) > 0 {
			return nil, fail(exitUsage, "--way %q: %q is not a flag; the app comes once, behind --", text, left[0])
		}
		var err error
		if w.cfg, err = w.pol.load(cmd); err != nil {
			return nil, fail(exitConfig, "--way %q: %w", text, err)
		}
		w.cfg.Outputs = []string{"null"}
		if w.name == "" {
			w.name = "(defaults)"
		}
		ways[i] = w
	}
	return ways, nil
}

// compare makes all runs.
func (a *app) compare(ctx context.Context, cf *compareFlags, ways []*way, args []string) (*compare.Report, error) {
	r := &compare.Report{Scene: quote(append([]string{filepath.Base(args[0])}, args[1:]...)), Warm: cf.warm, Frames: cf.frames, Rounds: cf.rounds}
	p := newProgress(a.errOut)
	var rounds [][]compare.Run
	for n := range cf.rounds {
		round := make([]compare.Run, len(ways))
		for i, w := range ways {
			text := fmt.Sprintf("round %d of %d: %s", n+1, cf.rounds, w.name)
			var err error
			if round[i], err = a.compareRun(ctx, cf, w, args, r, func(frame int) { p.step(text, frame, cf.warm+cf.frames) }); err != nil {
				return nil, fmt.Errorf("%s: %w", text, err)
			}
		}
		rounds = append(rounds, round)
		p.line(fmt.Sprintf("round %d of %d is over", n+1, cf.rounds))
	}
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = w.name
	}
	var err error
	if r.Ways, err = compare.Build(names, rounds); err != nil {
		return nil, err
	}
	for i, w := range ways {
		r.Ways[i].Chosen = w.chosen
	}
	return r, nil
}

// compareRun runs the app once.
func (a *app) compareRun(ctx context.Context, cf *compareFlags, w *way, args []string, about *compare.Report, progress func(frame int)) (compare.Run, error) {
	r := a.newRunner(&runFlags{frames: uint64(cf.warm + cf.frames)}, w.cfg, args, true)
	r.oneThread = true
	var (
		mu   sync.Mutex
		seen int
	)
	best, err := busiest(ctx, r, &w.pol, 4, func(c *session.Config) func() (compare.Run, int) {
		var (
			own   compare.Run
			shown int
		)
		c.OnMeasure = func(m session.Measure) {
			if shown++; shown >= cf.warm {
				own = append(own, time.Now())
			}
			mu.Lock()
			seen = max(seen, shown)
			about.Width, about.Height = m.Width, m.Height
			mu.Unlock()
			progress(shown)
		}
		return func() (compare.Run, int) { return own, len(own) }
	})
	if errors.Is(err, errNoFrames) {
		err = fmt.Errorf("%w after the first %d frames: %d came", err, cf.warm, seen)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range r.reports {
		if s.Policy != "" {
			w.chosen = s.Policy
		}
	}
	return best, nil
}
