package bus

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/prismgl/prism/nodes/bus/embedded"
	"github.com/prismgl/prism/nodes/lane"
)

// BenchmarkThroughput sends the same bytes through lanes and through bare NATS by turns, so that what else the machine does
// meets both. An operation is a round of both; the figures are medians over the rounds, bare:lane-cpu of the CPU time that this
// process (server, sender and receivers) took, which says more than time where the machine is shared.
func BenchmarkThroughput(b *testing.B) {
	for _, peers := range []int{1, 2, 4} {
		for _, size := range []int{256 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("%d/%dKiB", peers, size>>10), func(b *testing.B) {
				s := startServer(b, embedded.Options{NoJetStream: true})
				payload := make([]byte, size)
				count := max(8, (32<<20)/size/peers)
				throughLanes, throughBare := laneRound(b, s, peers), bareRound(b, s, peers)
				throughLanes(payload, count)
				throughBare(payload, count)
				var lanes, bares, ratios, cpus []float64
				for b.Loop() {
					began, cpu := time.Now(), cpuTime(b)
					throughLanes(payload, count)
					half, cpuHalf := time.Now(), cpuTime(b)
					throughBare(payload, count)
					l, r := half.Sub(began).Seconds(), time.Since(half).Seconds()
					bytes := float64(count * size)
					lanes, bares, ratios = append(lanes, bytes/l/1e6), append(bares, bytes/r/1e6), append(ratios, r/l)
					cpus = append(cpus, float64(cpuTime(b)-cpuHalf)/float64(cpuHalf-cpu))
				}
				median := func(v []float64) float64 { slices.Sort(v); return v[len(v)/2] }
				b.ReportMetric(median(lanes), "lane-MB/s")
				b.ReportMetric(median(bares), "bare-MB/s")
				b.ReportMetric(median(ratios), "lane:bare")
				b.ReportMetric(median(cpus), "bare:lane-cpu")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// cpuTime is what this process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// laneRound makes lanes and gives what sends count messages through them and returns when all are taken.
func laneRound(b *testing.B, s *embedded.Server, peers int) func(payload []byte, count int) {
	h, spokes := lanesOn(b, func(i int) transport { return natsTransport{connect(b, s, fmt.Sprint("end ", i))} }, peers, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	done := make(chan error, peers)
	for _, s := range spokes {
		go func() {
			for {
				m, err := s.Recv(ctx)
				if err != nil {
					done <- err
					return
				}
				if len(m.Payload) == 0 { // the last of a round
					done <- nil
				}
			}
		}()
	}
	return func(payload []byte, count int) {
		for i := range count + 1 {
			if i == count {
				payload = nil
			}
			if err := h.Broadcast(ctx, lane.KindBatch, payload); err != nil {
				b.Fatal(err)
			}
		}
		for range peers {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
	}
}

// bareRound is the same without lanes.
func bareRound(b *testing.B, s *embedded.Server, peers int) func(payload []byte, count int) {
	pub := connect(b, s, "pub")
	taken := make(chan struct{}, 1<<16)
	for range peers {
		c := connect(b, s, "sub")
		ch := make(chan *nats.Msg, 1024)
		if _, err := c.nc.ChanSubscribe("bare", ch); err != nil {
			b.Fatal(err)
		}
		ctx := b.Context()
		go func() {
			for {
				select {
				case <-ch:
					taken <- struct{}{}
				case <-ctx.Done():
					return
				}
			}
		}()
		if err := c.nc.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	return func(payload []byte, count int) {
		inFlight := 0
		for range count {
			if err := pub.nc.Publish("bare", payload); err != nil {
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
