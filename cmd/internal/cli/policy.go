package cli

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/nodes/bus"
)

// policy is where a verb's configuration comes from: a file, the environment, its flags.
type policy struct {
	file     string
	secretFD int
	flags    *pflag.FlagSet // nil: the verb's
}

// add declares the flags; names limits the policy's own flags to some.
func (p *policy) add(cmd *cobra.Command, names ...string) {
	config.AddFlags(cmd.Flags(), names...)
	p.addOwn(cmd)
}

// addBut declares all of the policy's flags but some, whose names the verb may use itself.
func (p *policy) addBut(cmd *cobra.Command, names ...string) {
	p.flags = pflag.NewFlagSet(cmd.Name(), pflag.ContinueOnError)
	config.AddFlags(p.flags)
	p.flags.VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(names, f.Name) {
			cmd.Flags().AddFlag(f)
		}
	})
	p.addOwn(cmd)
}

func (p *policy) addOwn(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.file, "policy", "", "policy `FILE` (YAML; see samples/policies)")
	f.IntVar(&p.secretFD, "nats-secret-fd", 0, "open `DESCRIPTOR` to read NATS's secret from instead of a file")
}

func (p *policy) load(cmd *cobra.Command) (config.Config, error) {
	c, _, err := p.resolve(cmd)
	return c, err
}

// resolve also tells which choices nobody made.
func (p *policy) resolve(cmd *cobra.Command) (config.Config, map[string]bool, error) {
	flags := p.flags
	if flags == nil {
		flags = cmd.Flags()
	}
	c, values, err := config.Resolve(p.file, flags)
	if err != nil {
		return c, nil, &exitError{exitConfig, err}
	}
	byDefault := map[string]bool{}
	for _, v := range values {
		byDefault[v.Key] = v.From == "default"
	}
	return c, byDefault, nil
}

// natsFlags are the policy's flags that say how to reach a running NATS.
var natsFlags = []string{"nats", "nats-secret", "nats-tls-ca", "nats-tls-cert", "nats-tls-key", "nats-patience"}

// tilingFlags are those that say how the picture is divided.
var tilingFlags = []string{"tiling", "weights", "tile-min", "tile-snap", "tile-size", "samples", "offscreen", "balance", "balance-damping", "balance-smoothing",
	"balance-resistance", "balance-min-move", "wall", "wall-size", "wall-gap", "wall-x11", "wall-displays", "wall-target"}

// drawingFlags are those that say which nodes draw what: of verbs that have no outputs.
var drawingFlags = slices.Concat([]string{"nodes", "grid", "frames-in-flight", "mixed", "lanes", "culling", "passes"}, tilingFlags, natsFlags)

// bus tells how to connect to the running NATS of c.
func (p *policy) bus(c config.Config) bus.Config {
	secret := bus.Secret{File: c.NATS.SecretFile}
	if p.secretFD != 0 {
		secret = bus.Secret{FD: p.secretFD}
	}
	return bus.Config{
		URL: c.NATS.URL, Secret: secret, Patience: c.NATS.Patience,
		TLS: bus.TLS{CAFile: c.NATS.TLS.CA, CertFile: c.NATS.TLS.Cert, KeyFile: c.NATS.TLS.Key},
	}
}

func (a *app) configCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check a policy file, or show what is in force", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(&cobra.Command{
		Use: "check FILE", Short: "Check a policy file and list all that is wrong in it",
		Example: "  prism config check samples/policies/grid.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := config.Check(args[0]); err != nil {
				return &exitError{exitConfig, err}
			}
			_, err := a.out.Write([]byte(args[0] + ": ok\n"))
			return err
		},
	})
	cmd.AddCommand(&cobra.Command{
		Use: "schema", Short: "Print the JSON schema of policy files, for editors",
		Example: "  prism config schema > policy.schema.json   # and in a policy's first line: # yaml-language-server: $schema=policy.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.out.Write(config.Schema())
			return err
		},
	})
	var (
		pol    policy
		asJSON bool
	)
	show := &cobra.Command{
		Use: "show", Short: "Show each value in force and where it comes from",
		Example: "  prism config show --policy samples/policies/grid.yaml --nodes 3\n  PRISM_NODES=4 prism config show --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, values, err := config.Resolve(pol.file, cmd.Flags())
			if err != nil {
				return &exitError{exitConfig, err}
			}
			if asJSON {
				return writeJSON(a.out, map[string]any{"values": values})
			}
			return config.Print(a.out, values)
		},
	}
	pol.add(show)
	show.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	cmd.AddCommand(show)
	return cmd
}
