package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/scratch"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/subpixel"
)

// verdict is verify's --json.
type verdict struct {
	Equal  bool   `json:"equal"`
	Nodes  int    `json:"nodes"`
	Tiling string `json:"tiling"`
	session.Result
	Reason string `json:"reason,omitempty"`
}

func (a *app) verifyCmd() *cobra.Command {
	var (
		pol    policy
		frames uint64
		dir    string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "verify [flags] FILE | -- APP ARGS…",
		Short: "Prove that the split picture equals one node's, pixel by pixel",
		Long: `verify draws each frame of a recording twice, by one node and by the policy, and compares all pixels. An app is recorded first. What
sub-pixel frames are compared with is the mean of their samples, each drawn by one node that has nothing else to do. At the first difference it says which frame, where and how large, writes the two pictures and their difference, and exits with 1. It
also fails when a command was called that prism does not cover, or when nothing was drawn.`,
		Example: `  prism verify --grid 2x2 gears.prism
  prism verify --nodes 4 --frames 100 -- glxgears`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := pol.load(cmd)
			if err != nil {
				return err
			}
			file := args[0]
			if cmd.ArgsLenAtDash() == 0 {
				tmp, err := scratch.New()
				if err != nil {
					return failed(err)
				}
				defer tmp.Close()
				file = filepath.Join(tmp.Path(), "app.prism")
				if err := a.recordFor(cmd, file, frames, args, asJSON); err != nil {
					return err
				}
			} else if len(args) != 1 {
				return fail(exitUsage, "verify: one FILE, or -- and an app")
			}
			v, err := a.verify(cmd.Context(), &pol, cfg, file, frames, dir)
			if err != nil {
				return failed(err)
			}
			if asJSON {
				if err := writeJSON(a.out, v); err != nil {
					return err
				}
			} else if v.Equal {
				with := "one node"
				if cfg.Tiling.Mode == config.TilingSubpixel {
					with = "the mean of samples by one node each"
				}
				fmt.Fprintf(a.out, "%d frames are equal: %s, and %d nodes with tiling %s\n", v.Frames, with, v.Nodes, v.Tiling)
			}
			if !v.Equal {
				if d := v.FirstDiff; d != nil && len(d.Files) > 0 {
					fmt.Fprintf(a.errOut, "prism: the pictures: %v\n", d.Files)
				}
				return &exitError{exitFailed, errors.New(v.Reason)}
			}
			return nil
		},
	}
	pol.add(cmd, drawingFlags...)
	f := cmd.Flags()
	f.Uint64Var(&frames, "frames", 0, "compare so many frames; 0: all")
	f.StringVar(&dir, "diff", "verify-diff", "`DIR` for the pictures of the first difference")
	f.BoolVar(&asJSON, "json", false, "the verdict and all figures as one JSON object on stdout")
	return cmd
}

// recordFor records an app on one local node; its own exit status does not matter when it drew something.
func (a *app) recordFor(cmd *cobra.Command, file string, frames uint64, args []string, quiet bool) error {
	one := config.Default()
	one.Nodes, one.Outputs = 1, []string{"null"}
	r := a.newRunner(&runFlags{record: file, frames: frames}, one, args, quiet)
	err := r.run(cmd.Context(), &policy{}, false)
	if _, statErr := os.Stat(file); statErr != nil {
		return errors.Join(fail(exitFailed, "%s: %s could not be recorded", cmd.Name(), quote(args)), err)
	}
	if err != nil && r.failed != nil {
		return err
	}
	return nil
}

// references are the sessions that a policy's frames are compared with: one node that draws all, or, of sub-pixel frames, one for each
// sample, shifted as that. end gives back what they have, also after an error.
func (a *app) references(ctx context.Context, cl *cluster, cfg config.Config, d config.Division, file string, frames uint64) (want []session.Weighted, end func(), err error) {
	var open []func() error
	end = func() {
		for _, f := range slices.Backward(open) {
			_ = f()
		}
	}
	type reference struct {
		policy tilesplit.Policy
		weight int
	}
	list := []reference{{grid.Grid{Columns: 1, Rows: 1}, 1}}
	if plan, err := d.New().Plan(1, 1, len(cl.nodes)); err == nil && plan.Mode == tilesplit.Subpixel {
		list = nil
		for _, s := range plan.Samples {
			list = append(list, reference{subpixel.Alone{X: s.X, Y: s.Y, Offscreen: plan.Offscreen}, s.Weight})
		}
	}
	for _, ref := range list {
		trace, err := openTrace(file)
		if err != nil {
			return nil, end, err
		}
		open = append(open, trace.Close)
		one, err := cl.start(ctx, cl.nodes[:1], cfg, a.log)
		if err != nil {
			return nil, end, err
		}
		open = append(open, one.Close)
		want = append(want, session.Weighted{Weight: ref.weight, Config: session.Config{Hub: one.Hub, Names: one.Names, Watch: one.Watch,
			Source: session.NewTrace(session.FromTrace(trace), false), Policy: ref.policy, MaxFrames: frames, FramesInFlight: cfg.FramesInFlight, Log: a.log}})
	}
	return want, end, nil
}

func (a *app) verify(ctx context.Context, pol *policy, cfg config.Config, file string, frames uint64, dir string) (v verdict, err error) {
	gotTrace, err := openTrace(file)
	if err != nil {
		return v, err
	}
	defer gotTrace.Close()
	nodes, division := a.divide(cfg)
	cl, err := openCluster(ctx, a.clusterConfig(cfg, pol, nodes))
	if err != nil {
		return v, err
	}
	defer cl.Close()
	want, end, err := a.references(ctx, cl, cfg, division, file, frames)
	defer end()
	if err != nil {
		return v, err
	}
	all, err := cl.start(ctx, cl.nodes, cfg, a.log)
	if err != nil {
		return v, err
	}
	defer all.Close()
	v.Nodes, v.Tiling = len(cl.nodes), division.Name
	v.Result, err = session.VerifyMean(ctx, want,
		session.Config{Hub: all.Hub, Names: all.Names, Watch: all.Watch, Source: session.NewTrace(session.FromTrace(gotTrace), false), PolicyFor: division.New, MaxFrames: frames, FramesInFlight: cfg.FramesInFlight, Log: a.log, Culling: a.culling(cfg)},
		dir)
	if err != nil {
		return v, err
	}
	bad := v.Result.Err()
	if cut := whole(gotTrace, v.Frames); cut != nil && v.FirstDiff == nil {
		bad = cut
	}
	if bad != nil {
		v.Reason = bad.Error()
	}
	v.Equal = v.Reason == ""
	return v, nil
}
