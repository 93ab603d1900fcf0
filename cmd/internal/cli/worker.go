package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/nodes/agent"
	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/local"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker"
)

// workerCmd is what agents start; people do not, so help does not list it.
func (a *app) workerCmd() *cobra.Command {
	var (
		probe  bool
		device int
	)
	cmd := &cobra.Command{
		Use:    "worker",
		Short:  "One session on one GPU; started by an agent",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if probe {
				p, err := worker.Probe(device)
				if err != nil {
					return &exitError{exitNoDevice, err}
				}
				return writeJSON(a.out, p)
			}
			return failed(a.work(cmd.Context()))
		},
	}
	cmd.Flags().BoolVar(&probe, "probe", false, "print what the device is as JSON and end")
	cmd.Flags().IntVar(&device, "device", -1, "with --probe: EGL device by index; -1: the platform's default")
	return cmd
}

// spoke makes the worker's lane: shared memory where the session's machine is this one, else NATS.
func (a *app) spoke(ctx context.Context, cfg *proto.WorkerConfig) (_ lane.Spoke, closeConn func(), err error) {
	if cfg.Local != nil {
		s, err := local.Dial(ctx, local.Invitation(*cfg.Local), cfg.Session, cfg.Peer)
		if err == nil {
			cfg.Compress = false
			return s, func() {}, nil
		}
		if !errors.Is(err, local.ErrElsewhere) {
			return nil, nil, err
		}
		a.log.Debug("worker: no shared memory with the session", "reason", err)
	}
	conn, err := bus.Connect(ctx, agent.BusConfig(*cfg))
	if err != nil {
		return nil, nil, err
	}
	s, err := bus.NewSpoke(conn, cfg.Session, cfg.Peer, cfg.PeerName, bus.Options{Log: a.log})
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return s, conn.Close, nil
}

func (a *app) work(ctx context.Context) error {
	ctx, cfg, err := agent.Inherited(ctx)
	if err != nil {
		return err
	}
	if err := worker.Limit(cfg.Rlimits); err != nil {
		return err
	}
	spoke, closeConn, err := a.spoke(ctx, &cfg)
	if err != nil {
		return err
	}
	defer closeConn()
	err = worker.Run(ctx, cfg, spoke, worker.Options{Log: a.log, Displays: &displays{}, Exit: func(code int) {
		_ = spoke.Close() // the last word must arrive
		os.Exit(code)
	}})
	if ctx.Err() != nil { // told to end, or the agent is gone: the agent tells, and nobody is waited for
		return &exitError{exitFailed, nil}
	}
	told := errors.Is(err, worker.ErrFault) && !errors.Is(err, worker.ErrUntold)
	switch {
	case told: // the session says why
		err = &exitError{proto.ExitFault, nil}
	case errors.Is(err, lane.ErrPeerGone): // the session has ended without a word, which its user knows
		a.log.Info("worker ends", "session", cfg.Session, "reason", err)
		err = &exitError{exitFailed, nil}
	}
	return errors.Join(err, spoke.Close())
}
