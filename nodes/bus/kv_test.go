package bus

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// TestBucketOfMany: connections that make the same bucket at the same moment, as nodes do that start together, all get it.
func TestBucketOfMany(t *testing.T) {
	server := newProgram(t, "127.0.0.1", fmt.Sprintf("jetstream { store_dir: %q }", t.TempDir()))
	ctx := within(t, time.Minute)
	conns := make([]*Conn, 8)
	for i := range conns {
		conns[i] = server.connect(fmt.Sprint("end ", i))
	}
	for round := range 300 {
		name := fmt.Sprint("round", round)
		start := make(chan struct{})
		var all sync.WaitGroup
		for i, c := range conns {
			all.Go(func() {
				<-start
				b, err := c.Bucket(ctx, BucketConfig{Name: name, TTL: time.Hour, Replicas: 3})
				if err == nil {
					_, err = b.Create(ctx, fmt.Sprint("key", i), []byte("value"))
				}
				if err != nil {
					t.Errorf("%s, connection %d: %v", name, i, err)
				}
			})
		}
		close(start)
		all.Wait()
	}
}
