package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/cmd/internal/doctor"
	"github.com/prismgl/prism/cmd/internal/scratch"
	"github.com/prismgl/prism/nodes/agent"
	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/proto"
)

func (a *app) doctorCmd() *cobra.Command {
	var (
		devices int
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what prism finds on this machine, what is missing, and which package brings it",
		Example: `  prism doctor
  prism doctor --devices 4 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			report := doctor.Run(cmd.Context(), doctor.Env{
				DriverDir: driverDir(), Display: os.Getenv("DISPLAY"), Devices: devices, Probe: a.probe, NATS: a.tryNATS,
			})
			if asJSON {
				if err := writeJSON(a.out, report); err != nil {
					return err
				}
			} else if err := report.Write(a.out); err != nil {
				return failed(err)
			}
			switch {
			case report.NoDevice():
				return &exitError{exitNoDevice, nil}
			case report.Failed():
				return &exitError{exitFailed, nil}
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&devices, "devices", 0, "probe so many EGL devices by index; 0: the platform's default")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	return cmd
}

// probe asks a device in a process of its own.
func (a *app) probe(ctx context.Context, device int) (proto.ProbeResult, error) {
	return agent.Probe(ctx, agent.Config{Name: "doctor", Device: device, Log: a.log})
}

// tryNATS starts an embedded server, connects and asks for the membership.
func (a *app) tryNATS(ctx context.Context) (string, error) {
	dir, err := scratch.New()
	if err != nil {
		return "", err
	}
	defer dir.Close()
	s, err := embedded.Start(embedded.Options{Log: a.log, StoreDir: dir.Path(), MemoryOnly: true})
	if err != nil {
		return "", err
	}
	defer s.Shutdown()
	user, password := s.Credentials()
	began := time.Now()
	c, err := bus.Connect(ctx, bus.Config{URL: s.URL(), Credentials: bus.Credentials{User: user, Password: password}, Name: "prism doctor"})
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := listNodes(ctx, c); err != nil {
		return "", err
	}
	return fmt.Sprintf("version %s, messages up to %d KiB, connected in %v", c.ServerVersion(), c.MaxPayload()>>10, time.Since(began).Round(time.Millisecond)), nil
}
