package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/explain"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/stream/trace"
)

func (a *app) explainCmd() *cobra.Command {
	var (
		pol    policy
		frame  uint64
		frames string
		draws  bool
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "explain [flags] FILE",
		Short: "Say how a recording's frames are divided: passes, draws, bounds, who gets what and why",
		Long: `explain draws a recording on the nodes of the policy, as replay does, and tells what the session decided for some frames (the last one unless
--frame or --frames says which): each pass with its target and whether it is tiled or drawn by all nodes; with --draws each draw with the pixels
that it can touch, or why they are not known, and the nodes that got it; which reasons sent draws to all nodes; what each node got.`,
		Example: `  prism explain --nodes 4 city.prism
  prism explain --grid 4x4 --frame 10 --draws city.prism
  prism explain --policy samples/policies/balance.yaml --frames 20-30 --json city.prism`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := pol.load(cmd)
			if err != nil {
				return err
			}
			first, last := frame, frame
			if cmd.Flags().Changed("frame") && frames != "" {
				return fail(exitUsage, "explain: --frame and --frames say both which; give one of them")
			}
			if frames != "" {
				if first, last, err = frameRange(frames); err != nil {
					return err
				}
			}
			r, err := a.explain(cmd.Context(), &pol, cfg, args[0], first, last, cmd.Flags().Changed("frame") || frames != "", draws)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(a.out, r)
			}
			return r.Write(a.out)
		},
	}
	pol.add(cmd, drawingFlags...)
	f := cmd.Flags()
	f.Uint64Var(&frame, "frame", 0, "explain frame `N` of the recording, from 1; without it the last one")
	f.StringVar(&frames, "frames", "", "explain frames `A-B`")
	f.BoolVar(&draws, "draws", false, "each draw")
	f.BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

// frameRange reads A-B.
func frameRange(text string) (first, last uint64, err error) {
	a, b, ok := strings.Cut(text, "-")
	if ok {
		if first, err = strconv.ParseUint(a, 10, 64); err == nil {
			last, err = strconv.ParseUint(b, 10, 64)
		}
	}
	if !ok || err != nil {
		return 0, 0, fail(exitUsage, "explain: --frames %q: two numbers are wanted, as 10-12", text)
	}
	return first, last, nil
}

// explain runs the session; some: frames first to last are wanted, else the last one.
func (a *app) explain(ctx context.Context, pol *policy, cfg config.Config, file string, first, last uint64, some, draws bool) (*explain.Report, error) {
	n, err := a.framesOf(file)
	if err != nil {
		return nil, err
	}
	if !some {
		first, last = max(n, 1), max(n, 1)
	}
	if err := explain.Check(first, last, n); err != nil {
		return nil, fail(exitUsage, "explain: %s: %w", file, err)
	}
	t, err := openTrace(file)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	nodes, division := a.divide(cfg)
	cl, err := openCluster(ctx, a.clusterConfig(cfg, pol, nodes))
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	c := &explain.Collector{First: first, Last: last, Draws: draws}
	for i := range cl.nodes {
		c.Names = append(c.Names, cl.nodes[i].Name)
	}
	c.Begin()
	culling := a.culling(cfg)
	if culling != nil {
		culling.Wait = true // what is said is the same each time
	}
	_, err = a.playTrace(ctx, cl, cfg, session.Config{
		Source: session.NewTrace(session.FromTrace(t), false), PolicyFor: division.New, MaxFrames: last, Culling: culling, Observer: c, OnPass: c.Pass, OnMeasure: c.Measured,
	})
	if err != nil {
		return nil, err
	}
	return &explain.Report{Recording: file, Recorded: n, Tiling: division.Name, Culling: culling != nil, Frames: c.Frames()}, nil
}

// framesOf counts a recording's frames, and says when it breaks off.
func (a *app) framesOf(file string) (n uint64, err error) {
	t, err := openTrace(file)
	if err != nil {
		return 0, err
	}
	defer t.Close()
	if n, known := t.Frames(); known {
		return n, nil
	}
	for {
		var c trace.Chunk
		switch c, err = t.Next(); {
		case errors.Is(err, io.EOF):
			if cut := t.Cut(); cut != nil {
				a.say(fmt.Sprintf("%v; frames that are left: %d", cut, n))
			}
			return n, nil
		case err != nil:
			return 0, err
		}
		n += uint64(c.Swaps)
	}
}
