package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/nodes/output/open"
	"github.com/prismgl/prism/nodes/session"
)

func (a *app) replayCmd() *cobra.Command {
	var (
		pol      policy
		frames   uint64
		realtime bool
		stats    bool
		asJSON   bool
	)
	cmd := &cobra.Command{
		Use:   "replay [flags] FILE",
		Short: "Draw a recorded command stream",
		Long: `replay draws what record wrote, as fast as it goes, and ends with a table of figures. The app's window is gone, so frames go nowhere
unless --out says where. No app is held up here, so outputs miss no frame (--lossless-out=false: they may).`,
		Example: "  prism replay --grid 2x2 gears.prism\n  prism replay --realtime --out png:frames --frames 50 gears.prism",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			cfg, byDefault, err := pol.resolve(cmd)
			if err != nil {
				return err
			}
			if byDefault["outputs"] {
				cfg.Outputs = []string{"null"}
			}
			for _, o := range cfg.Outputs {
				if o == "x11" {
					return fail(exitUsage, "replay: the app's window is gone; allowed outputs are png:DIR, y4m:FILE, mp4:FILE and null")
				}
			}
			if byDefault["lossless_outputs"] {
				cfg.LosslessOutputs = true
			}
			tables := a.out
			if a.stdoutTaken(cfg.Outputs) {
				if asJSON {
					return fail(exitUsage, "replay: --json and an output to stdout cannot both have it")
				}
				tables = a.errOut
			}
			t, err := openTrace(args[0])
			if err != nil {
				return failed(err)
			}
			defer t.Close()
			outs, err := open.All(cfg.Outputs, open.Environment{Note: a.say})
			if err != nil {
				return &exitError{exitConfig, err}
			}
			defer func() { err = errors.Join(err, failed(outs.Close())) }() // files may be written until then
			nodes, division := a.divide(cfg)
			cl, err := openCluster(cmd.Context(), a.clusterConfig(cfg, &pol, nodes))
			if err != nil {
				return failed(err)
			}
			defer cl.Close()
			got, err := a.playTrace(cmd.Context(), cl, cfg, session.Config{
				Source: session.NewTrace(session.FromTrace(t), realtime), PolicyFor: division.New, Displays: division.Displays, Outputs: outs,
				LosslessOutputs: cfg.LosslessOutputs, MaxFrames: frames, Culling: a.culling(cfg),
			})
			if err != nil {
				return failed(err)
			}
			switch {
			case asJSON:
				err = writeJSON(a.out, got)
			case stats:
				err = got.Write(tables)
			default:
				err = got.WriteNodes(tables)
			}
			if err != nil {
				return err
			}
			return whole(t, got.Frames)
		},
	}
	pol.add(cmd)
	f := cmd.Flags()
	f.Uint64Var(&frames, "frames", 0, "end after so many frames; 0: all")
	f.BoolVar(&realtime, "realtime", false, "no faster than the app was")
	f.BoolVar(&stats, "stats", false, "all figures, not only the nodes'")
	f.BoolVar(&asJSON, "json", false, "all figures as one JSON object on stdout")
	return cmd
}

// clusterConfig is the usual one of a policy.
func (a *app) clusterConfig(cfg config.Config, pol *policy, nodes int) clusterConfig {
	return clusterConfig{nodes: nodes, names: cfg.NodeNames(), nats: pol.bus(cfg), log: a.log, device: -1, alone: cfg.Tiling.Mode == config.TilingAuto}
}

// playTrace runs one session on all of the cluster's nodes to its end; s has what the policy does not say.
func (a *app) playTrace(ctx context.Context, cl *cluster, cfg config.Config, s session.Config) (session.Stats, error) {
	c, err := cl.start(ctx, cl.nodes, cfg, a.log)
	if err != nil {
		return session.Stats{}, err
	}
	defer c.Close()
	s.Hub, s.Names, s.FramesInFlight, s.Log = c.Hub, c.Names, cfg.FramesInFlight, a.log
	return session.Run(ctx, s)
}
