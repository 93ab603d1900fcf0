package agent

import (
	"context"
	"errors"
	"fmt"

	"github.com/prismgl/prism/nodes/bus"
)

// ErrGone says that a node's agent has ended.
var ErrGone = errors.New("agent: gone")

// Watch returns ErrGone when the node's agent has ended, and nil when ctx has. An agent that was killed can tell nobody, and its worker
// dies with it.
func Watch(ctx context.Context, c *bus.Conn, node string) error {
	if c.AwaitAbsence(ctx, subject(node, "info")) {
		return fmt.Errorf("%w: node %s: nobody answers for it any more", ErrGone, node)
	}
	return nil
}
