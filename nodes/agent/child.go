package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/proto"
)

// Descriptors that a worker inherits.
const (
	configFD = 3
	lifeFD   = 4
)

// ErrNotStarted: this process was not started by an agent.
var ErrNotStarted = errors.New("agent: a worker is started by an agent, which hands its configuration over on descriptor 3")

const maxConfigBytes = 64 << 10

// Inherited is the worker's side: it reads the configuration from descriptor 3, and cancels the returned context when the life
// pipe on descriptor 4 closes, that is when the agent has gone. Call it once, at the process's start.
func Inherited(ctx context.Context) (context.Context, proto.WorkerConfig, error) {
	for _, fd := range []int{configFD, lifeFD} {
		var st syscall.Stat_t
		if err := syscall.Fstat(fd, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFIFO {
			return nil, proto.WorkerConfig{}, ErrNotStarted
		}
		syscall.CloseOnExec(fd)
	}
	f := os.NewFile(configFD, "configuration")
	defer f.Close()
	cfg, err := readConfig(f)
	if err != nil {
		return nil, cfg, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	life := os.NewFile(lifeFD, "life")
	go func() { // ends with the process, whose whole life this is
		defer life.Close()
		_, _ = io.Copy(io.Discard, life)
		cancel(errors.New("agent: the agent is gone"))
	}()
	return ctx, cfg, nil
}

func readConfig(r io.Reader) (cfg proto.WorkerConfig, err error) {
	b, err := io.ReadAll(io.LimitReader(r, maxConfigBytes))
	if err != nil {
		return cfg, fmt.Errorf("agent: worker's configuration: %w", err)
	}
	if err := json.Unmarshal(b, &cfg); err != nil {
		return cfg, fmt.Errorf("agent: worker's configuration: %w", err)
	}
	return cfg, cfg.Validate()
}

// BusConfig tells a worker how to connect.
func BusConfig(cfg proto.WorkerConfig) bus.Config {
	n := cfg.NATS
	return bus.Config{
		URL:         n.URL,
		Credentials: bus.Credentials{User: n.User, Password: n.Password, Token: n.Token, Seed: n.Seed, JWT: n.JWT},
		TLS:         bus.TLS{CAFile: n.CAFile, CertFile: n.CertFile, KeyFile: n.KeyFile},
		Patience:    time.Duration(n.PatienceMS) * time.Millisecond,
		Name:        fmt.Sprintf("prism worker %s %d", cfg.PeerName, cfg.Peer),
	}
}
