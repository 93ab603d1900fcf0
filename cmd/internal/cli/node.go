package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/nodes/agent"
	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/proto"
)

// connect connects a verb to the running NATS that its policy names.
func (a *app) connect(cmd *cobra.Command, p *policy, name string, daemon bool) (*bus.Conn, error) {
	cfg, err := p.load(cmd)
	if err != nil {
		return nil, err
	}
	if cfg.NATS.URL == "" {
		return nil, fail(exitUsage, "%s: --nats is needed, for example --nats nats://127.0.0.1:4222", cmd.Name())
	}
	bc := p.bus(cfg)
	bc.Name, bc.Log, bc.OnEvent = name, a.log, busEvents(a.log, daemon)
	c, err := bus.Connect(cmd.Context(), bc)
	if err != nil {
		return nil, failed(err)
	}
	return c, nil
}

func (a *app) nodeCmd() *cobra.Command {
	var (
		pol    policy
		name   string
		device int
		labels []string
		lim    limits
	)
	cmd := &cobra.Command{
		Use:   "node --nats URL",
		Short: "Offer this machine's GPU as a render node",
		Long: `node registers a GPU of this machine at a NATS server and starts a worker process for each session that asks for one. It runs
until it is interrupted; the sessions that it serves then end or go on without it. When the NATS server goes away it waits for it to
come back, however long that takes, and registers again. A session cannot take more of the machine than --memory, --batch-deadline and
--sessions allow: its worker ends then, and the session is told why.`,
		Example: `  prism node --nats nats://head:4222
  prism node --nats nats://head:4222 --memory 16G --batch-deadline 10s
  prism node --nats nats://head:4222 --name wall-left --device 1 --label room=cave`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := parseLabels(labels)
			if err != nil {
				return err
			}
			if err := lim.check(); err != nil {
				return err
			}
			if name == "" {
				if name, err = os.Hostname(); err != nil {
					return &exitError{exitFailed, err}
				}
				name = strings.ReplaceAll(name, ".", "-")
				if device > 0 {
					name = fmt.Sprintf("%s-%d", name, device)
				}
			}
			cfg, err := pol.load(cmd)
			if err != nil {
				return err
			}
			if cfg.Lanes == config.LanesShm {
				return fail(exitUsage, "node: --lanes shm is for sessions; a node has auto (shared memory with sessions of its machine) or nats")
			}
			conn, err := a.connect(cmd, &pol, "prism node "+name, true)
			if err != nil {
				return err
			}
			defer conn.Close()
			ag, err := agent.Open(cmd.Context(), conn, agent.Config{
				Name: name, Device: device, Labels: l, Log: a.log, Stderr: a.errOut, Driver: version(), OnlyNATS: cfg.Lanes == config.LanesNATS,
				Rlimits: proto.Rlimits{DataBytes: lim.bytes}, BatchDeadline: lim.deadline, MaxWorkers: lim.workers,
			})
			if errors.Is(err, agent.ErrProbe) {
				return &exitError{exitNoDevice, err}
			}
			if err != nil {
				return failed(err)
			}
			defer ag.Close()
			n := ag.Node()
			fmt.Fprintf(a.errOut, "prism: node %s is ready: %s, OpenGL %s\n", n.Name, n.Renderer, n.Version)
			select {
			case <-cmd.Context().Done():
				return nil
			case <-conn.Done(): // an outage is waited for; this is for good
				return failed(conn.Err())
			case <-ag.Done():
				if err := ag.Err(); err != nil {
					return &exitError{exitFailed, err}
				}
				return nil
			}
		},
	}
	pol.add(cmd, append([]string{"lanes"}, natsFlags...)...)
	cmd.Flags().StringVar(&name, "name", "", "name of the node (default: the host's)")
	cmd.Flags().IntVar(&device, "device", -1, "GPU by its EGL index; -1: the platform's default")
	cmd.Flags().StringArrayVar(&labels, "label", nil, "k=v, may be given several times")
	cmd.Flags().DurationVar(&lim.deadline, "batch-deadline", time.Minute, "longest that the GPU may take for one batch, at least 100ms")
	cmd.Flags().StringVar(&lim.memory, "memory", "", "memory that a session can make its worker fill, as `SIZE` with M, G or T, at least 2G (default: three quarters of the machine's)")
	cmd.Flags().IntVar(&lim.workers, "sessions", 16, "workers at once")
	return cmd
}

// limits are what one session may take of a node.
type limits struct {
	deadline time.Duration
	memory   string
	bytes    uint64 // of memory; 0: the worker's default
	workers  int
}

const (
	leastDeadline = 100 * time.Millisecond
	leastMemory   = 2 << 30
	mostMemory    = 1 << 50
)

func (l *limits) check() (err error) {
	if l.deadline < leastDeadline {
		return fail(exitUsage, "--batch-deadline %v: want at least %v", l.deadline, leastDeadline)
	}
	if l.workers < 1 {
		return fail(exitUsage, "--sessions %d: want at least 1", l.workers)
	}
	if l.memory == "" {
		return nil
	}
	l.bytes, err = parseSize(l.memory)
	if err != nil || l.bytes < leastMemory || l.bytes > mostMemory {
		return fail(exitUsage, "--memory %q: want a size from 2G to 1024T, as 16G", l.memory)
	}
	return nil
}

// parseSize reads a whole number with M, G or T, powers of 1024.
func parseSize(s string) (uint64, error) {
	for i, unit := range []string{"M", "G", "T"} {
		if digits, ok := strings.CutSuffix(s, unit); ok {
			n, err := strconv.ParseUint(digits, 10, 20)
			return n << (20 + 10*i), err
		}
	}
	return 0, strconv.ErrSyntax
}

func parseLabels(list []string) (map[string]string, error) {
	m := map[string]string{}
	for _, s := range list {
		k, v, ok := strings.Cut(s, "=")
		if !ok || k == "" {
			return nil, fail(exitUsage, "--label %q: want k=v, as in room=cave", s)
		}
		m[k] = v
	}
	return m, nil
}

func (a *app) nodesCmd() *cobra.Command {
	var (
		pol    policy
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "nodes --nats URL",
		Short: "List the render nodes that have joined a NATS server",
		Long: `nodes lists the render nodes that are there now. SESSIONS counts the sessions that have workers on the node, LOAD is the load
average of its machine over the last minute and how many processors that has.`,
		Example: "  prism nodes --nats nats://head:4222\n  prism nodes --nats nats://head:4222 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := a.connect(cmd, &pol, "prism nodes", false)
			if err != nil {
				return err
			}
			defer conn.Close()
			list, err := listNodes(cmd.Context(), conn)
			if err != nil {
				return &exitError{exitFailed, err}
			}
			if asJSON {
				return writeJSON(a.out, map[string]any{"nodes": list})
			}
			tw := tabwriter.NewWriter(a.out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(tw, "NAME\tHOST\tDEVICE\tRENDERER\tVERSION\tLABELS\tSESSIONS\tLOAD\tUP")
			for _, n := range list {
				var labels []string
				for _, k := range slices.Sorted(maps.Keys(n.Labels)) {
					labels = append(labels, k+"="+n.Labels[k])
				}
				fmt.Fprintf(tw, "%s\t%s\t%d\t%s\t%s\t%s\t%d\t%.2f of %d\t%s\n", n.Name, n.Host, n.Device, n.Renderer, n.Version,
					strings.Join(labels, ","), n.Sessions, n.Load, n.CPUs, time.Since(n.Started).Round(time.Second))
			}
			return tw.Flush()
		},
	}
	pol.add(cmd, natsFlags...)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

func writeJSON(w interface{ Write([]byte) (int, error) }, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
