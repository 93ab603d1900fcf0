package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/scale"
	"github.com/prismgl/prism/cmd/internal/scale/chart"
	"github.com/prismgl/prism/cmd/internal/scale/model"
	"github.com/prismgl/prism/cmd/internal/scratch"
	"github.com/prismgl/prism/nodes/session"
)

func (a *app) benchCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure how the frame rate grows with the nodes, or compare policies", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(a.scaleCmd(), a.compareCmd())
	return cmd
}

// scaleFlags are bench scale's own.
type scaleFlags struct {
	nodes  string
	frames int
	warm   int
	link   string
	atOnce int
	dir    string
	asJSON bool
}

// Bounds of what bench scale takes.
const (
	mostScaleFrames = 100000
	// A policy that learns is given time to do so.
	warmFrames, learningFrames = 10, 30
)

func (a *app) scaleCmd() *cobra.Command {
	var (
		pol policy
		sf  scaleFlags
	)
	cmd := &cobra.Command{
		Use:   "scale [flags] FILE | -- APP ARGS…",
		Short: "Make a scaling curve: frame rate over number of nodes, and what limits it",
		Long: `scale draws the same frames with different numbers of nodes and writes a report: tables (Markdown, CSV, JSON) and plots (SVG, PNG).
It knows two kinds of points and never mixes them:

  measured   so many nodes really drew at once, as in 'prism run'. On one machine with software nodes these are as many as it has
             cores, with --nats as many as have joined; --at-once says otherwise.
  modelled   each node's share of the recording was drawn alone, one node after the other; the time that this took of its device,
             the measured cost of splitting, packing, sending and composing, and a link (--link) between session and nodes
             are put together by a model of the pipeline ('go doc ./cmd/internal/scale/model').

Where both exist the model is asked for the machine on which was measured, and its error is printed; above 15 % with the reason. Software
nodes draw in one thread each. The number of nodes of the policy does not count; one node is always drawn, for it is what others are
compared with. An app is recorded first, and run again for each measured point; of a recording FILE (see 'prism record') measured points are
replays, in which the app takes no time.`,
		Example: `  prism bench scale --nodes 1,2,4,8,16,32 -- bin/samples/raymarch --size 1920x1080 --fps-free
  prism bench scale --nodes 1,2,4 --frames 50 --link 1GbE --out curve gears.prism
  prism bench scale --link 25Gbit/s,20us --policy balanced.yaml -- ./viewer model.obj`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.newScale(cmd, &pol, &sf, args)
			if err != nil {
				return err
			}
			tmp, err := scratch.New()
			if err != nil {
				return failed(err)
			}
			defer tmp.Close()
			if s.live {
				s.file = filepath.Join(tmp.Path(), "scene.prism")
				s.say("recording %d frames of %s", s.warm+s.frames, quote(args))
				if err := a.recordFor(cmd, s.file, uint64(s.warm+s.frames), args, true); err != nil {
					return err
				}
			}
			report, err := s.measure(cmd.Context())
			if err != nil {
				return failed(err)
			}
			return failed(s.write(report, &sf))
		},
	}
	pol.addBut(cmd, "nodes", "out", "lossless-out")
	f := cmd.Flags()
	f.StringVar(&sf.nodes, "nodes", "1,2,4,8,16,32", "numbers of nodes, as `LIST`")
	f.IntVar(&sf.frames, "frames", 20, "frames that are measured for each point")
	f.IntVar(&sf.warm, "warm", 0, fmt.Sprintf("frames before these, which are left out (default %d; %d for a policy that learns)", warmFrames, learningFrames))
	f.StringVar(&sf.link, "link", "10GbE", "`LINK` between session and nodes of modelled points: 1GbE, 10GbE, 100GbE, or RATE,LATENCY as 400MB/s,80us")
	f.IntVar(&sf.atOnce, "at-once", 0, "measure up to `N` nodes at once; 0: as many as there are cores for software nodes, or nodes with --nats")
	f.StringVar(&sf.dir, "out", "scaling", "`DIR` for the report")
	f.BoolVar(&sf.asJSON, "json", false, "print the report as one JSON object instead of Markdown")
	return cmd
}

// newScale checks what the user wants.
func (a *app) newScale(cmd *cobra.Command, pol *policy, sf *scaleFlags, args []string) (*scaling, error) {
	s := &scaling{app: a, pol: pol, args: args, frames: sf.frames, atOnce: sf.atOnce, progress: newProgress(a.errOut)}
	var err error
	if s.nodes, err = parseNodes(sf.nodes); err != nil {
		return nil, err
	}
	if s.link, err = model.ParseLink(sf.link); err != nil {
		return nil, fail(exitUsage, "--link: %w", err)
	}
	if s.frames < 1 || s.frames > mostScaleFrames {
		return nil, fail(exitUsage, "--frames %d: want 1 to %d", s.frames, mostScaleFrames)
	}
	if sf.warm < 0 || sf.warm > mostScaleFrames {
		return nil, fail(exitUsage, "--warm %d: want 1 to %d, or 0 for the default", sf.warm, mostScaleFrames)
	}
	if s.atOnce < 0 || s.atOnce > config.MaxNodes {
		return nil, fail(exitUsage, "--at-once %d: want 1 to %d, or 0 for the default", s.atOnce, config.MaxNodes)
	}
	// Instead of the policy's number; a policy must be right for each.
	if err := pol.flags.Set("nodes", strconv.Itoa(s.nodes[len(s.nodes)-1])); err != nil {
		return nil, fail(exitUsage, "--nodes: %w", err)
	}
	if s.cfg, err = pol.load(cmd); err != nil {
		return nil, err
	}
	if s.cfg.Tiling.Mode == config.TilingAuto {
		return nil, fail(exitUsage, "scale: tiling auto chooses by how long frames take, which nodes that draw one after the other cannot show it; name a tiling, as --tiling kd")
	}
	if s.cfg.Tiling.Mode == config.TilingSubpixel {
		return nil, fail(exitUsage, "scale: with tiling subpixel more nodes make smoother edges, not more frames; name another tiling, as --tiling kd")
	}
	s.cfg.Outputs = []string{"null"}
	s.warm = sf.warm
	for _, n := range s.nodes {
		cfg, d := s.divisionOf(n)
		if err := cfg.Validate(); err != nil {
			return nil, fail(exitConfig, "with %d nodes: %w", n, err)
		}
		s.divide(cfg) // says what does not go together well
		if sf.warm == 0 && session.Learns(d.New()) {
			s.warm = learningFrames
		}
	}
	if s.warm == 0 {
		s.warm = warmFrames
	}
	switch {
	case cmd.ArgsLenAtDash() == 0:
		s.live = true
	case cmd.ArgsLenAtDash() > 0 || len(args) != 1:
		return nil, fail(exitUsage, "scale: one FILE, or -- and an app")
	default:
		s.file = args[0]
		if err := s.checkFile(); err != nil {
			return nil, err
		}
	}
	// Before hours of measuring: can the report be written?
	if err := os.MkdirAll(sf.dir, 0o777); err != nil {
		return nil, fail(exitUsage, "--out: %w", err)
	}
	return s, nil
}

// parseNodes reads numbers of nodes; 1 is always among them.
func parseNodes(list string) ([]int, error) {
	nodes := []int{1}
	for part := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > config.MaxNodes {
			return nil, fail(exitUsage, "--nodes %q: %q is not a number of nodes; want numbers from 1 to %d with commas between, as 1,2,4,8", list, part, config.MaxNodes)
		}
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	return slices.Compact(nodes), nil
}

// checkFile finds out whether the recording has enough frames.
func (s *scaling) checkFile() error {
	t, err := openTrace(s.file)
	if err != nil {
		return failed(err)
	}
	defer t.Close()
	if n, known := t.Frames(); known && n < uint64(s.warm+s.frames) {
		return fail(exitUsage, "scale: %s has %d frames, and %d to warm up and %d to measure are wanted: record more, or lower --warm and --frames", s.file, n, s.warm, s.frames)
	}
	return nil
}

// write makes the files and prints the report.
func (s *scaling) write(r scale.Report, sf *scaleFlags) error {
	if err := r.WriteFiles(sf.dir); err != nil {
		return err
	}
	if err := chart.WriteFiles(&r, sf.dir); err != nil {
		return err
	}
	s.say("the report is in %s", sf.dir)
	if sf.asJSON {
		return writeJSON(s.out, r)
	}
	return r.WriteMarkdown(s.out, false)
}

var errNoFrames = errors.New("bench: nothing was drawn")
