package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/scratch"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/tilesplit/grid"
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
		Long: `verify draws each frame of a recording twice, by one node and by the policy, and compares all pixels. An app is recorded first. At the
first difference it says which frame, where and how large, writes the two pictures and their difference, and exits with 1. It
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
				fmt.Fprintf(a.out, "%d frames are equal: one node, and %d nodes with tiling %s\n", v.Frames, v.Nodes, v.Tiling)
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

func (a *app) verify(ctx context.Context, pol *policy, cfg config.Config, file string, frames uint64, dir string) (v verdict, err error) {
	wantTrace, err := openTrace(file)
	if err != nil {
		return v, err
	}
	defer wantTrace.Close()
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
	one, err := cl.start(ctx, cl.nodes[:1], cfg, a.log)
	if err != nil {
		return v, err
	}
	defer one.Close()
	all, err := cl.start(ctx, cl.nodes, cfg, a.log)
	if err != nil {
		return v, err
	}
	defer all.Close()
	v.Nodes, v.Tiling = len(cl.nodes), division.Name
	v.Result, err = session.Verify(ctx,
		session.Config{Hub: one.Hub, Names: one.Names, Watch: one.Watch, Source: session.NewTrace(session.FromTrace(wantTrace), false), Policy: grid.Grid{Columns: 1, Rows: 1}, MaxFrames: frames, FramesInFlight: cfg.FramesInFlight, Log: a.log},
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
