package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/prismgl/prism/nodes/lane"
)

// TestCluster: on a cluster of three a bucket lies on all of them and lanes run on when a server is killed and started again.
// Each client is told of one server only and finds the others by itself.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("elections of a cluster take seconds; left out with -short")
	}
	servers, urls := newCluster(t, 3)
	ctx := within(t, time.Minute)
	first := strings.Split(urls, ",")[0]
	at := func(name string) *Conn {
		return servers[0].connect(name, func(c *Config) { c.URL = first })
	}
	c := at("bucket")
	b, err := c.Bucket(ctx, BucketConfig{Name: "test", TTL: time.Hour, Replicas: 3})
	if err != nil {
		t.Fatal(err)
	}
	rev, err := b.Create(ctx, "key", []byte("0"))
	if err != nil {
		t.Fatal(err)
	}
	opt := quick()
	opt.Patience, opt.Silence = 20*time.Second, 3*time.Second
	var hubConn *Conn
	h, spokes := lanesOn(t, func(i int) transport {
		c := at(fmt.Sprint("end ", i))
		if i < 0 {
			hubConn = c
		}
		return natsTransport{c}
	}, 1, opt)
	waitReplicas(t, ctx, b)
	for round, p := range servers[:1] {
		echoed := make(chan error, 1)
		go func() {
			for i := range 60 {
				m, err := spokes[0].Recv(ctx)
				if err == nil {
					err = checkNumbered(m.Payload, i, 300_000)
				}
				if err == nil {
					err = spokes[0].Send(ctx, lane.KindPiece, m.Payload)
				}
				if err != nil {
					echoed <- err
					return
				}
			}
			echoed <- nil
		}()
		for i := range 60 {
			if i == 20 {
				p.kill()
			}
			if err := h.Broadcast(ctx, lane.KindBatch, numbered(i, 300_000)); err != nil {
				t.Fatal(err)
			}
			m, err := h.Recv(ctx)
			if err == nil {
				err = checkNumbered(m.Payload, i, 300_000)
			}
			if err != nil {
				t.Fatalf("round %d, message %d: %v", round, i, err)
			}
		}
		if err := <-echoed; err != nil {
			t.Fatal(err)
		}
		// Two of three go on, as soon as they have chosen a leader.
		text := []byte(fmt.Sprint(round + 1))
		for {
			attempt, done := context.WithTimeout(ctx, 2*time.Second)
			next, err := b.Update(attempt, "key", text, rev)
			done()
			if err == nil {
				rev = next
				break
			}
			if errors.Is(err, ErrKeyChanged) { // the answer to an earlier attempt was lost
				e, ok, err := b.Get(ctx, "key")
				if err == nil && ok && string(e.Value) == string(text) {
					rev = e.Revision
					break
				}
				t.Fatalf("round %d: the key is %q, %v, %v", round, e.Value, ok, err)
			}
			if ctx.Err() != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		p.start()
	}
	// A server that stands still, so that its connections do not break, is left as well.
	still := slices.IndexFunc(servers, func(p *program) bool { return strings.HasSuffix(hubConn.Server(), p.addr) })
	if still < 0 {
		t.Fatalf("the hub is connected to %s, none of %s", hubConn.Server(), urls)
	}
	if err := servers[still].cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := h.Broadcast(ctx, lane.KindBatch, numbered(1, 300_000)); err != nil {
		t.Fatal(err)
	}
	if m, err := spokes[0].Recv(ctx); err != nil || checkNumbered(m.Payload, 1, 300_000) != nil {
		t.Fatalf("%d bytes, %v", len(m.Payload), err)
	}
	if err := servers[still].cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if len(c.nc.Servers()) < 2 && len(c.nc.DiscoveredServers()) < 2 {
		t.Errorf("the client knows %v and has found %v", c.nc.Servers(), c.nc.DiscoveredServers())
	}
}

// waitReplicas waits until all three servers have all of the bucket.
func waitReplicas(t *testing.T, ctx context.Context, b *Bucket) {
	t.Helper()
	state := "never told"
	for {
		js, err := b.conn.stream(ctx, "KV_"+b.kv.Bucket())
		if err == nil && js.Cluster != nil {
			current := 0
			for _, r := range js.Cluster.Replicas {
				if r.Current && !r.Offline {
					current++
				}
			}
			if js.Cluster.Leader != "" && js.Config.Replicas == 3 && current == 2 {
				return
			}
			state = fmt.Sprintf("leader %q, %d of %d replicas are current", js.Cluster.Leader, current, js.Config.Replicas-1)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the bucket is not on three servers: %v, %s", err, state)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stream asks for what the cluster knows of a stream.
func (c *Conn) stream(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	js, err := jetstream.New(c.nc)
	if err != nil {
		return nil, err
	}
	ctx, done := context.WithTimeout(ctx, 2*time.Second)
	defer done()
	s, err := js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.Info(ctx)
}
