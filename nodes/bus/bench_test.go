package bus

import (
	"context"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
)

// BenchmarkThroughput compares broadcasts through lanes with what bare NATS brings, in one run: the publisher sends,
// each receiver takes.
func BenchmarkThroughput(b *testing.B) {
	for _, peers := range []int{1, 4} {
		for _, size := range []int{256 << 10, 1 << 20} {
			payload := make([]byte, size)
			b.Run(fmt.Sprintf("lane/%d/%dKiB", peers, size>>10), func(b *testing.B) {
				h, spokes := natsLanes(b, peers, Options{})
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				done := make(chan error, peers)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for _, s := range spokes {
					go func() {
						for {
							m, err := s.Recv(ctx)
							if err != nil || len(m.Payload) == 0 { // the last one is empty
								done <- err
								return
							}
						}
					}()
				}
				for b.Loop() {
					if err := h.Broadcast(ctx, lane.KindBatch, payload); err != nil {
						b.Fatal(err)
					}
				}
				if err := h.Broadcast(ctx, lane.KindBatch, nil); err != nil {
					b.Fatal(err)
				}
				for range peers {
					if err := <-done; err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("bare/%d/%dKiB", peers, size>>10), func(b *testing.B) {
				if size == 1<<20 {
					payload = payload[:1<<20-128] // what a packet of a lane brings
				}
				s := startServer(b, embedded.Options{NoJetStream: true})
				pub := connect(b, s, "pub")
				taken := make(chan struct{}, 1<<16)
				for range peers {
					c := connect(b, s, "sub")
					sub, err := c.nc.Subscribe("x", func(m *nats.Msg) { taken <- struct{}{} })
					if err != nil {
						b.Fatal(err)
					}
					if err := sub.SetPendingLimits(-1, -1); err != nil {
						b.Fatal(err)
					}
					if err := c.nc.Flush(); err != nil {
						b.Fatal(err)
					}
				}
				b.SetBytes(int64(len(payload)))
				b.ReportAllocs()
				inFlight := 0
				for b.Loop() {
					if err := pub.nc.Publish("x", payload); err != nil {
						b.Fatal(err)
					}
					// The same window as a lane's, else NATS cuts the subscriber off.
					for inFlight += peers; inFlight*len(payload) > peers*(32<<20); inFlight-- {
						<-taken
					}
				}
				for ; inFlight > 0; inFlight-- {
					<-taken
				}
			})
		}
	}
}

// BenchmarkPingPong is the round trip of a small message.
func BenchmarkPingPong(b *testing.B) {
	h, spokes := natsLanes(b, 1, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			m, err := spokes[0].Recv(ctx)
			if err != nil || spokes[0].Send(ctx, lane.KindReply, m.Payload) != nil {
				return
			}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		if err := h.Send(ctx, 0, lane.KindBatch, []byte("question")); err != nil {
			b.Fatal(err)
		}
		if _, err := h.Recv(ctx); err != nil {
			b.Fatal(err)
		}
	}
	cancel()
	<-done
}
