package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/prismgl/prism/nodes/agent"
	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/local"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
	"github.com/prismgl/prism/stream/gl"
)

// ErrSetup is the class of errors of Start.
var ErrSetup = errors.New("session: cannot start")

const (
	defaultReady = 60 * time.Second
	// stopTimeout is short: the workers are told over the lanes, too, and a node that does not answer has gone.
	stopTimeout = time.Second
	// Workers are told to end and waited for before the lanes close: what is not taken by then, nobody will take.
	defaultLinger = 500 * time.Millisecond
)

// StartOptions of a session's workers; the zero value is a session on equal nodes with the defaults.
type StartOptions struct {
	Mixed       bool // nodes may have different renderers and driver versions
	Compress    bool // pieces are compressed where that helps
	Framebuffer string
	LPThreads   *int // LP_NUM_THREADS of llvmpipe
	// Dir is a directory of the caller alone, where the socket for workers of this machine is made; "": all use NATS.
	Dir string
	// OnlyShm refuses nodes that do not share memory with the session.
	OnlyShm bool
	Ready   time.Duration // that workers may take to be ready; 0: 60 s
	Bus     bus.Options
	Log     *slog.Logger
}

// Cluster is a session's workers and the lanes to them. Peer i runs on the i-th of the nodes given to Start; peer 0 leads.
type Cluster struct {
	Hub     lane.Hub
	Session string
	Names   []string
	Ready   []proto.Ready

	conn  *bus.Conn
	nodes []string
}

// Start starts a worker on each node (a node may stand in the list several times) and waits until all are ready. The cluster
// must be closed; the connection stays the caller's.
func Start(ctx context.Context, conn *bus.Conn, nodes []registry.Node, o StartOptions) (*Cluster, error) {
	if len(nodes) == 0 {
		return nil, fmt.Errorf("%w: no nodes", ErrSetup)
	}
	if o.Ready == 0 {
		o.Ready = defaultReady
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Cluster{Session: bus.NewSession(), conn: conn}
	seen := map[string]int{}
	for _, n := range nodes {
		name := n.Name
		if seen[n.Name]++; seen[n.Name] > 1 {
			name = fmt.Sprintf("%s#%d", n.Name, seen[n.Name])
		}
		c.Names = append(c.Names, name)
		c.nodes = append(c.nodes, n.Name)
	}
	if o.Bus.Linger == 0 {
		o.Bus.Linger = defaultLinger
	}
	invitation, err := c.openHub(o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Ready, fmt.Errorf("not ready after %v", o.Ready))
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { fail(c.Watch(ctx)) })
	defer func() {
		fail(nil)
		watch.Wait()
	}()
	g, gctx := errgroup.WithContext(ctx)
	for i, n := range nodes {
		g.Go(func() error {
			_, err := agent.Start(gctx, conn, n.Name, agent.StartRequest{
				Session: c.Session, Peer: i, Lead: i == 0, LPThreads: o.LPThreads, Framebuffer: o.Framebuffer, Compress: o.Compress,
				Local: invitation,
			})
			return err
		})
	}
	err = g.Wait()
	if err == nil {
		c.Ready, err = awaitReady(ctx, c.Hub, c.Names, o.Log)
	}
	if err == nil {
		err = checkReady(c.Ready, c.Names, o.Mixed)
	}
	if err == nil && o.OnlyShm {
		err = c.checkRoutes()
	}
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, ErrNodeGone) {
			err = cause // not what it made of a request under way
		}
		c.Close()
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	return c, nil
}

// openHub makes the session's end: NATS, and in front of it shared memory for workers of this machine, who need the invitation.
func (c *Cluster) openHub(o StartOptions) (*proto.LocalLane, error) {
	far, err := bus.NewHub(c.conn, c.Session, c.Names, o.Bus)
	if err != nil {
		return nil, err
	}
	if o.Dir == "" {
		c.Hub = far
		return nil, nil
	}
	ln, err := local.Listen(o.Dir, c.Session)
	if err == nil {
		c.Hub, err = local.NewHub(ln, far, c.Names, local.Options{Linger: o.Bus.Linger, Log: o.Log})
	}
	if err != nil {
		_ = far.Close()
		return nil, err
	}
	inv := proto.LocalLane(ln.Invitation())
	return &inv, nil
}

// checkRoutes refuses nodes that are reached otherwise than by shared memory.
func (c *Cluster) checkRoutes() error {
	for i, name := range c.Names {
		if r := c.Hub.Route(i); r != lane.RouteShm {
			return fmt.Errorf("node %s is reached by %s, and only shared memory is wanted (`lanes: shm`): it is on another machine, or was started with --lanes nats", name, r)
		}
	}
	return nil
}

// Watch waits for the end of an agent of the nodes, which is ErrNodeGone, or of ctx. For Config.Watch.
func (c *Cluster) Watch(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	seen := map[string]bool{}
	for _, n := range c.nodes {
		if !seen[n] {
			seen[n] = true
			g.Go(func() error { return agent.Watch(gctx, c.conn, n) })
		}
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("%w: %w", ErrNodeGone, err)
	}
	return nil
}

// awaitReady takes the first message of each worker.
func awaitReady(ctx context.Context, hub lane.Hub, names []string, log *slog.Logger) ([]proto.Ready, error) {
	ready := make([]proto.Ready, len(names))
	came := make([]bool, len(names))
	notes := 0
	for left := len(names); left > 0; {
		m, err := hub.Recv(ctx)
		if err != nil {
			if errors.Is(err, lane.ErrPeerGone) && m.Peer >= 0 && m.Peer < len(names) {
				return nil, fmt.Errorf("%s: %w", names[m.Peer], err)
			}
			if ctx.Err() != nil {
				var slow []string
				for i, c := range came {
					if !c {
						slow = append(slow, names[i])
					}
				}
				return nil, fmt.Errorf("nodes %v: %w", slow, context.Cause(ctx))
			}
			return nil, err
		}
		if m.Peer < 0 || m.Peer >= len(names) || m.Kind != lane.KindControl {
			return nil, fmt.Errorf("%w: a message of kind %d from peer %d before it was ready", ErrProtocol, m.Kind, m.Peer)
		}
		c, err := proto.ParseControl(m.Payload)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrProtocol, names[m.Peer], err)
		}
		switch {
		case c.Ready != nil && !came[m.Peer]:
			ready[m.Peer], came[m.Peer] = *c.Ready, true
			left--
		case c.Fault != nil:
			return nil, faultError(names[m.Peer], m.Peer, c.Fault)
		case c.Notes != nil:
			if notes += len(c.Notes.Texts); notes > maxNotes {
				return nil, fmt.Errorf("%w: %s: more than %d notes", ErrProtocol, names[m.Peer], maxNotes)
			}
			for _, t := range c.Notes.Texts {
				log.Warn(names[m.Peer] + ": " + bus.Printable(t))
			}
		default:
			return nil, fmt.Errorf("%w: %s said something else before it was ready", ErrProtocol, names[m.Peer])
		}
	}
	return ready, nil
}

// checkReady refuses workers of another build, and different drivers unless that is wanted: they would draw different pixels.
func checkReady(ready []proto.Ready, names []string, mixed bool) error {
	for i, r := range ready {
		if r.SpecHash != gl.SpecHash {
			return fmt.Errorf("%s is of another build: its commands have hash %#x, ours %#x", names[i], r.SpecHash, uint64(gl.SpecHash))
		}
		if a := ready[0]; !mixed && (r.Renderer != a.Renderer || r.Version != a.Version) {
			return fmt.Errorf("%s has %q, %q but %s has %q, %q; their pixels may differ (`mixed: allow` permits it)",
				names[0], bus.Printable(a.Renderer), bus.Printable(a.Version), names[i], bus.Printable(r.Renderer), bus.Printable(r.Version))
		}
	}
	return nil
}

// Close ends what is left of the workers and closes the lanes.
func (c *Cluster) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var g errgroup.Group
	for i, n := range c.nodes {
		g.Go(func() error {
			_, err := agent.Stop(ctx, c.conn, n, agent.StopRequest{Session: c.Session, Peer: i})
			return err
		})
	}
	closed := c.Hub.Close() // meanwhile: a worker that still sends is freed by it
	return errors.Join(g.Wait(), closed)
}
