package registry

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/bus"
)

// Registration keeps one node's entry alive.
type Registration struct {
	reg     *Registry
	service *bus.Service
	stop    context.CancelFunc
	done    chan struct{}
	kick    chan struct{}

	mu   sync.Mutex
	node Node
	rev  uint64
	err  error
}

// Register makes the node known, with a service whose endpoints are `info` and those given, and renews it until Close or
// until another node has taken its name (Done, Err). Instance is set here. A name whose lease still runs is ErrNameTaken,
// unless its holder was a process of this host that is dead.
func (r *Registry) Register(ctx context.Context, n Node, endpoints ...bus.Endpoint) (*Registration, error) {
	n.Instance = rand.Text()
	if err := n.Validate(); err != nil {
		return nil, err
	}
	g := &Registration{reg: r, node: n, done: make(chan struct{}), kick: make(chan struct{}, 1)}
	if err := g.insist(ctx); err != nil {
		return nil, err
	}
	info := bus.Endpoint{Name: "info", Subject: "prism.agent." + n.Name + ".info", Handle: func(context.Context, []byte) ([]byte, error) {
		return json.Marshal(g.Node())
	}}
	svc, err := r.conn.AddService(bus.ServiceConfig{
		Name: ServiceName, Version: serviceVersion, Description: "a render node of prism",
		Metadata: map[string]string{
			"node": n.Name, "host": n.Host, "device": fmt.Sprint(n.Device), "renderer": n.Renderer, "version": n.Version, "driver": n.Driver,
		},
		Endpoints: append([]bus.Endpoint{info}, endpoints...),
	})
	if err != nil {
		g.leave()
		return nil, fmt.Errorf("registry: %w", err)
	}
	g.service = svc
	run, stop := context.WithCancel(context.Background())
	g.stop = stop
	go g.renew(run)
	return g, nil
}

// serviceVersion is that of the endpoints' requests and answers.
const serviceVersion = "1.0.0"

// A cluster that chooses new leaders takes nothing for some seconds.
const (
	takeAttempt = 3 * time.Second
	takeTotal   = 20 * time.Second
	takePause   = 250 * time.Millisecond
)

// insist is take, again where the server cannot do it just now.
func (g *Registration) insist(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, takeTotal)
	defer cancel()
	for {
		attempt, done := context.WithTimeout(ctx, takeAttempt)
		err := g.take(attempt)
		done()
		if err == nil || ctx.Err() != nil || !bus.Passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(takePause):
		}
	}
}

// take writes the entry for the first time.
func (g *Registration) take(ctx context.Context) error {
	b := g.reg.bucket
	for {
		value, err := json.Marshal(g.Node())
		if err != nil {
			return fmt.Errorf("registry: %w", err)
		}
		rev, err := b.Create(ctx, g.node.Name, value)
		if err == nil {
			g.setRevision(rev)
			return nil
		}
		if !errors.Is(err, bus.ErrKeyExists) {
			return fmt.Errorf("registry: %w", err)
		}
		e, ok, err := b.Get(ctx, g.node.Name)
		if err != nil {
			return fmt.Errorf("registry: %w", err)
		}
		if !ok {
			continue
		}
		old, err := decode(e)
		if err == nil && old.Instance == g.node.Instance { // written, though the answer did not come
			g.setRevision(e.Revision)
			return nil
		}
		if err == nil && !(old.Host == g.node.Host && dead(old.PID)) {
			return fmt.Errorf("%w: %s, on %s, process %d", ErrNameTaken, old.Name, old.Host, old.PID)
		}
		rev, err = b.Update(ctx, g.node.Name, value, e.Revision)
		if err == nil {
			g.setRevision(rev)
			return nil
		}
		if !errors.Is(err, bus.ErrKeyChanged) {
			return fmt.Errorf("registry: %w", err)
		}
	}
}

func dead(pid int) bool {
	return pid > 0 && errors.Is(unix.Kill(pid, 0), unix.ESRCH)
}

func (g *Registration) setRevision(rev uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rev = rev
}

// Node gives the entry as it is now.
func (g *Registration) Node() Node {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.node
}

// Update changes the entry; others see it soon.
func (g *Registration) Update(change func(*Node)) {
	g.mu.Lock()
	change(&g.node)
	g.mu.Unlock()
	select {
	case g.kick <- struct{}{}:
	default:
	}
}

// Done is closed when the node is not registered any more.
func (g *Registration) Done() <-chan struct{} { return g.done }

// Err says why, once Done is closed; nil after Close.
func (g *Registration) Err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

func (g *Registration) renew(ctx context.Context) {
	defer close(g.done)
	tick := time.NewTicker(g.reg.renewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-g.kick:
		}
		if err := g.write(ctx); err != nil && ctx.Err() == nil {
			g.mu.Lock()
			g.err = err
			g.mu.Unlock()
			return
		}
	}
}

// write renews the entry. While the server is away it is tried again at the next tick; only a name that somebody else has
// is an error.
func (g *Registration) write(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, g.reg.renewal)
	defer cancel()
	g.mu.Lock()
	g.node.Load = load()
	value, err := json.Marshal(g.node)
	rev := g.rev
	g.mu.Unlock()
	if err != nil {
		return fmt.Errorf("registry: %w", err)
	}
	rev, err = g.reg.bucket.Update(ctx, g.node.Name, value, rev)
	if err == nil {
		g.setRevision(rev)
		return nil
	}
	if !errors.Is(err, bus.ErrKeyChanged) {
		// A server that was started again may have forgotten the bucket, which is in its memory; the next tick writes.
		_, _ = g.reg.conn.Bucket(ctx, bucketConfig(g.reg.ttl))
		return nil
	}
	// The lease ran out while the server was away, or an update of ours arrived whose answer did not.
	if e, ok, err := g.reg.bucket.Get(ctx, g.node.Name); err == nil && ok {
		old, err := decode(e)
		if err == nil && old.Instance == g.node.Instance {
			g.setRevision(e.Revision)
			return nil
		}
		return fmt.Errorf("%w: %w: %s", ErrLost, ErrNameTaken, g.node.Name)
	}
	if err := g.take(ctx); errors.Is(err, ErrNameTaken) {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return nil
}

// load reads the host's load, 0 where that cannot be read.
func load() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var one float64
	if _, err := fmt.Sscan(string(b), &one); err != nil {
		return 0
	}
	return one
}

// Close ends the service and deletes the entry.
func (g *Registration) Close() {
	g.stop()
	<-g.done
	g.service.Stop()
	g.leave()
}

// leave deletes the entry. The last renewal may have arrived without its answer, as Close cut it off: then the revision known
// here is old, and the entry, if it still is this registration's, tells its own.
func (g *Registration) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	g.mu.Lock()
	rev, name, instance := g.rev, g.node.Name, g.node.Instance
	g.mu.Unlock()
	if g.reg.bucket.Delete(ctx, name, rev) == nil {
		return
	}
	e, ok, err := g.reg.bucket.Get(ctx, name)
	if err != nil || !ok {
		return // an entry that cannot be deleted runs out by itself
	}
	if n, err := decode(e); err == nil && n.Instance == instance {
		_ = g.reg.bucket.Delete(ctx, name, e.Revision)
	}
}
