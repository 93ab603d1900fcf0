package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prismgl/prism/nodes/bus"
)

// Names and times of the registry. All nodes and sessions on one server must agree on them.
const (
	BucketName  = "prism-nodes"
	ServiceName = "prism-node"
	BucketTTL   = 6 * time.Second
	Renewal     = 2 * time.Second
)

// Errors of the registry; wrapped with names and reasons.
var (
	ErrNameTaken = errors.New("registry: a node of this name is there already")
	ErrNode      = errors.New("registry: bad node")
	ErrLost      = errors.New("registry: registration lost")
)

// Node is a render node as others see it.
type Node struct {
	Name     string            `json:"name"`
	Host     string            `json:"host"`
	Device   int               `json:"device"`
	Renderer string            `json:"renderer"` // GL_RENDERER
	Vendor   string            `json:"vendor"`
	Version  string            `json:"version"` // GL_VERSION, the driver's version with it
	Driver   string            `json:"driver"`  // prism's own version
	Labels   map[string]string `json:"labels,omitempty"`
	PID      int               `json:"pid"`
	Instance string            `json:"instance"` // made at random for each registration
	Started  time.Time         `json:"started"`
	Sessions int               `json:"sessions"` // that have workers here now
	Load     float64           `json:"load"`     // of the host: how many processes want a processor, 1 minute's average
	CPUs     int               `json:"cpus"`     // of the host: more load than this makes everything slower
}

// Validate checks what others would stumble over.
func (n *Node) Validate() error {
	if err := bus.CheckName("node", n.Name); err != nil {
		return fmt.Errorf("%w: %w", ErrNode, err)
	}
	if n.Instance == "" {
		return fmt.Errorf("%w: %s has no instance", ErrNode, n.Name)
	}
	return nil
}

func decode(e bus.Entry) (Node, error) {
	var n Node
	if err := json.Unmarshal(e.Value, &n); err != nil {
		return n, fmt.Errorf("%w: entry %s: %w", ErrNode, e.Key, err)
	}
	if err := n.Validate(); err != nil {
		return n, err
	}
	if n.Name != e.Key {
		return n, fmt.Errorf("%w: entry %s holds %s", ErrNode, e.Key, n.Name)
	}
	// What stands there is shown to people.
	for _, text := range []*string{&n.Host, &n.Renderer, &n.Vendor, &n.Version, &n.Driver} {
		*text = bus.Printable(*text)
	}
	for k, v := range n.Labels {
		clean := bus.Printable(k)
		if clean != k {
			delete(n.Labels, k)
		}
		n.Labels[clean] = bus.Printable(v)
	}
	return n, nil
}

// Registry reads and writes membership over one connection.
type Registry struct {
	conn    *bus.Conn
	bucket  *bus.Bucket
	ttl     time.Duration
	renewal time.Duration
}

// Options are for tests; the zero value is right.
type Options struct {
	TTL, Renewal time.Duration
}

// Open opens the registry of the server and makes it if there is none. A server without JetStream is bus.ErrNoJetStream.
func Open(ctx context.Context, c *bus.Conn, o Options) (*Registry, error) {
	if o.TTL == 0 {
		o.TTL = BucketTTL
	}
	b, err := c.Bucket(ctx, bucketConfig(o.TTL))
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	if b.TTL() > 0 {
		o.TTL = b.TTL() // who made the bucket has decided
	}
	if o.Renewal == 0 {
		o.Renewal = min(Renewal, o.TTL/3)
	}
	return &Registry{c, b, o.TTL, o.Renewal}, nil
}

func bucketConfig(ttl time.Duration) bus.BucketConfig {
	return bus.BucketConfig{Name: BucketName, Description: "prism's render nodes, each with a lease", TTL: ttl, MaxValueBytes: 64 << 10, Replicas: 3}
}

// listAttempt bounds one reading of the bucket, listAttempts how often it is begun again, after listPause.
const (
	listAttempt  = 2 * time.Second
	listAttempts = 5
	listPause    = 250 * time.Millisecond
)

// List gives all nodes, by name. The client knows that it has read all by a count that the server gives at the start; when a lease
// runs out between the two, the count is never reached: then it reads again.
func (r *Registry) List(ctx context.Context) ([]Node, error) {
	for attempt := 1; ; attempt++ {
		nodes, err := r.listOnce(ctx)
		if err == nil || ctx.Err() != nil || !bus.Passing(err) || attempt == listAttempts {
			return nodes, err
		}
		select {
		case <-ctx.Done():
			return nodes, err
		case <-time.After(listPause):
		}
	}
}

func (r *Registry) listOnce(ctx context.Context) ([]Node, error) {
	ctx, cancel := context.WithTimeout(ctx, listAttempt)
	defer cancel()
	nodes := map[string]Node{}
	done := false
	err := r.bucket.Watch(ctx, func(e bus.Entry) {
		if e.Value == nil {
			delete(nodes, e.Key)
		} else if n, err := decode(e); err == nil { // an entry of another version of prism is nobody that we can use
			nodes[e.Key] = n
		}
	}, func() { done = true; cancel() })
	if !done {
		return nil, fmt.Errorf("registry: list: %w", err)
	}
	return byName(nodes), nil
}

func byName(nodes map[string]Node) []Node {
	return slices.SortedFunc(maps.Values(nodes), func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
}

// Change is what a watch tells: a node came, or changed, or left.
type Change struct {
	Node Node
	Left bool
	// Present: all that was there at the start has been told; Node is empty.
	Present bool
}

// Watch calls tell for each node that is there, once with Present, and for each change, until ctx ends. A node whose lease
// has run out has left. tell is called from one goroutine at a time.
func (r *Registry) Watch(ctx context.Context, tell func(Change)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type message struct {
		entry   bus.Entry
		present bool
	}
	in := make(chan message)
	ended := make(chan error, 1)
	send := func(m message) {
		select {
		case in <- m:
		case <-ctx.Done():
		}
	}
	go func() {
		ended <- r.bucket.Watch(ctx, func(e bus.Entry) { send(message{entry: e}) }, func() { send(message{present: true}) })
	}()
	type lease struct {
		node  Node
		until time.Time // by our clock, so that the server's may differ
	}
	nodes := map[string]lease{}
	tick := time.NewTicker(max(r.ttl/8, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("registry: watch: %w", err)
		case m := <-in:
			old, known := nodes[m.entry.Key]
			switch {
			case m.present:
				tell(Change{Present: true})
			case m.entry.Value == nil:
				if known {
					delete(nodes, m.entry.Key)
					tell(Change{Node: old.node, Left: true})
				}
			default:
				n, err := decode(m.entry)
				if err != nil {
					continue
				}
				nodes[m.entry.Key] = lease{n, time.Now().Add(r.ttl)}
				if !known || !same(old.node, n) {
					tell(Change{Node: n})
				}
			}
		case now := <-tick.C:
			for name, l := range nodes {
				if now.After(l.until) {
					delete(nodes, name)
					tell(Change{Node: l.node, Left: true})
				}
			}
		}
	}
}

// same tells whether two entries say the same but for the load, which changes with every renewal.
func same(a, b Node) bool {
	a.Load, b.Load = 0, 0
	return a.Instance == b.Instance && a.Sessions == b.Sessions && a.Renderer == b.Renderer && a.Version == b.Version &&
		a.Device == b.Device && maps.Equal(a.Labels, b.Labels)
}
