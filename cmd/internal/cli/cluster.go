package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/prismgl/prism/cmd/internal/config"
	"github.com/prismgl/prism/cmd/internal/scratch"
	"github.com/prismgl/prism/nodes/agent"
	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
	"github.com/prismgl/prism/nodes/session"
)

// cluster is where sessions get their nodes from: an embedded NATS server with local agents in this process, or a running
// NATS with the agents that have joined it.
type cluster struct {
	dir    *scratch.Dir // for temporary files of the run
	conn   *bus.Conn
	nodes  []registry.Node
	server *embedded.Server
	agents []*agent.Agent
	// lpThreads is LP_NUM_THREADS of local workers, so that several llvmpipes share the cores; nil: the agents' own.
	lpThreads *int
	// remote: pieces cross a network, so they are compressed.
	remote bool
}

type clusterConfig struct {
	nodes  int        // how many are wanted; of an external NATS the first by name
	names  []string   // these, in this order; none: any
	nats   bus.Config // a running NATS; no URL: an embedded one
	log    *slog.Logger
	device int
	// oneThread: a software node draws in its own thread alone, however many cores there are, so that nodes can be compared.
	oneThread bool
	// alone: it may turn out that one of the nodes draws alone, which is then to have all cores.
	alone bool
}

func openCluster(ctx context.Context, c clusterConfig) (_ *cluster, err error) {
	cl := &cluster{}
	defer func() {
		if err != nil {
			cl.Close()
		}
	}()
	if cl.dir, err = scratch.New(); err != nil {
		return nil, err
	}
	if c.oneThread {
		cl.lpThreads = new(int)
	}
	if c.nats.URL != "" {
		return cl, cl.join(ctx, c)
	}
	if cl.server, err = embedded.Start(embedded.Options{Log: c.log, StoreDir: filepath.Join(cl.dir.Path(), "nats"), MemoryOnly: true}); err != nil {
		return nil, err
	}
	user, password := cl.server.Credentials()
	cl.conn, err = bus.Connect(ctx, bus.Config{
		URL: cl.server.URL(), InProcess: cl.server, Credentials: bus.Credentials{User: user, Password: password}, Name: "prism run", Log: c.log,
	})
	if err != nil {
		return nil, err
	}
	if !c.oneThread {
		threads := c.localThreads(runtime.NumCPU())
		cl.lpThreads = &threads
	}
	if err := cl.startAgents(ctx, c); err != nil {
		return nil, err
	}
	return cl, cl.pick(c.names)
}

// localThreads gives each of the llvmpipes on this host that draw at once its share of the cores; below two cores each draws in its own thread.
func (c *clusterConfig) localThreads(cores int) int {
	drawing := max(c.nodes, 1)
	if c.alone {
		drawing = 1
	}
	if share := cores / drawing; share >= 2 {
		return share
	}
	return 0
}

// startAgents starts the local nodes; the device is probed once for all.
func (cl *cluster) startAgents(ctx context.Context, c clusterConfig) error {
	var probed *proto.ProbeResult
	for i := range c.nodes {
		a, err := agent.Open(ctx, cl.conn, agent.Config{
			Name: fmt.Sprintf("local-%d", i), Device: c.device, Probed: probed, Local: true, Log: c.log, Driver: version(),
		})
		if err != nil {
			if errors.Is(err, agent.ErrProbe) {
				return &exitError{exitNoDevice, fmt.Errorf("%w ('prism doctor' says what is missing)", err)}
			}
			return err
		}
		p := a.Probed()
		probed = &p
		cl.agents = append(cl.agents, a)
		cl.nodes = append(cl.nodes, a.Node())
	}
	return nil
}

// nodesFor is how long nodes are looked for where there are fewer than wanted: in it a node that is there has renewed its lease.
const nodesFor = registry.BucketTTL

// join uses a running NATS: its nodes in the order of their names, as many as are wanted, or all.
func (cl *cluster) join(ctx context.Context, c clusterConfig) error {
	var err error
	cl.remote = true
	c.nats.Name, c.nats.Log, c.nats.OnEvent = "prism run", c.log, busEvents(c.log, false)
	cl.conn, err = bus.Connect(ctx, c.nats)
	if err != nil {
		return err
	}
	all, err := listNodes(ctx, cl.conn)
	// A server that has come back a moment ago may not know what the others do, and nodes may only be about to join.
	if err == nil && !c.enough(all) {
		c.log.Info("fewer nodes than wanted, looking for more", "there", len(all), "wanted", max(c.nodes, len(c.names), 1), "at most", nodesFor)
	}
	for end := time.Now().Add(nodesFor); err == nil && !c.enough(all) && time.Now().Before(end); {
		select {
		case <-time.After(nodesFor / 20):
		case <-ctx.Done():
			return ctx.Err()
		}
		all, err = listNodes(ctx, cl.conn)
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fail(exitFailed, "no render nodes at %s: start some with 'prism node --nats %s'", c.nats.URL, c.nats.URL)
	}
	if len(c.names) > 0 {
		cl.nodes = all
		return cl.pick(c.names)
	}
	if c.nodes > len(all) {
		var names []string
		for _, n := range all {
			names = append(names, n.Name)
		}
		return fail(exitFailed, "%d nodes are wanted and %d are at %s: %v", c.nodes, len(all), c.nats.URL, names)
	}
	if c.nodes > 0 {
		all = all[:c.nodes]
	}
	cl.nodes = slices.Clone(all)
	return nil
}

// enough tells whether all nodes that are wanted are among these.
func (c *clusterConfig) enough(all []registry.Node) bool {
	for _, name := range c.names {
		if !slices.ContainsFunc(all, func(n registry.Node) bool { return n.Name == name }) {
			return false
		}
	}
	return len(all) >= max(c.nodes, 1)
}

// pick keeps the nodes that are wanted by name.
func (cl *cluster) pick(names []string) error {
	if len(names) == 0 {
		return nil
	}
	var there []string
	for _, n := range cl.nodes {
		there = append(there, n.Name)
	}
	var picked []registry.Node
	for _, name := range names {
		i := slices.Index(there, name)
		if i < 0 {
			return fail(exitFailed, "the policy's wall has displays of the node %q, which is not there; these are: %v", name, there)
		}
		picked = append(picked, cl.nodes[i])
	}
	cl.nodes = picked
	return nil
}

func listNodes(ctx context.Context, conn *bus.Conn) ([]registry.Node, error) {
	r, err := registry.Open(ctx, conn, registry.Options{})
	if err != nil {
		return nil, err
	}
	return r.List(ctx)
}

// busEvents shows what happens to the connection as log lines that a user sees without asking. A lost connection either comes back,
// which is one line, or ends what the user runs, which then says so; only a daemon, which waits for ever, tells of the loss itself.
func busEvents(log *slog.Logger, daemon bool) func(bus.Event) {
	return func(e bus.Event) {
		level := slog.LevelWarn
		if e.Type == bus.EventClosed || e.Type == bus.EventDisconnected && !daemon {
			level = slog.LevelDebug
		}
		log.Log(context.Background(), level, "nats: "+e.Type.String(), "detail", e.Text)
	}
}

// start makes a session's workers, one on each of the nodes; the first leads.
func (cl *cluster) start(ctx context.Context, nodes []registry.Node, cfg config.Config, log *slog.Logger) (*session.Cluster, error) {
	o := session.StartOptions{
		Mixed: cfg.Mixed == config.MixedAllow, Compress: cl.remote, LPThreads: cl.lpThreads, Log: log,
		Dir: cl.dir.Path(), OnlyShm: cfg.Lanes == config.LanesShm,
	}
	if cfg.Lanes == config.LanesNATS {
		o.Dir = ""
	}
	return session.Start(ctx, cl.conn, nodes, o)
}

// Close ends local agents with their workers, the connection and the embedded server, in this order, and removes temporary files.
func (cl *cluster) Close() {
	for _, a := range cl.agents {
		a.Close()
	}
	if cl.conn != nil {
		cl.conn.Close()
	}
	if cl.server != nil {
		cl.server.Shutdown()
	}
	if cl.dir != nil {
		_ = cl.dir.Close() // what stays, the next run removes
	}
}
