package local

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
)

// childVariable makes this test binary a worker: its value is an Invitation.
const childVariable = "PRISM_LOCAL_TEST_CHILD"

// child sends pieces of the size that it is told, as many as it is told, or answers with the time at which a message came.
func child() int {
	var inv Invitation
	if err := json.Unmarshal([]byte(os.Getenv(childVariable)), &inv); err != nil {
		return 1
	}
	ctx := context.Background()
	s, err := Dial(ctx, inv, "s1", 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.Close()
	piece := make([]byte, 1920*1080*4+48)
	for i := range piece {
		piece[i] = byte(i)
	}
	for {
		m, err := s.Recv(ctx)
		if err != nil {
			return 0
		}
		if m.Kind == lane.KindControl {
			n, err := strconv.Atoi(string(m.Payload))
			if err != nil {
				return 1
			}
			for range n {
				if s.Send(ctx, lane.KindPiece, piece) != nil {
					return 1
				}
			}
			continue
		}
		if s.Send(ctx, lane.KindReply, []byte(strconv.FormatInt(monotonic(), 10))) != nil {
			return 1
		}
	}
}

// monotonic is a clock that processes share, in ns.
func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0
	}
	return t.Nano()
}

// otherProcess is a hub whose only peer is another process.
func otherProcess(b *testing.B) *Hub {
	b.Helper()
	ln, err := Listen(shortDir(b), "s1")
	if err != nil {
		b.Fatal(err)
	}
	h, err := NewHub(ln, &far{Hub: lanetest.New(1).Hub()}, nil, Options{})
	if err != nil {
		b.Fatal(err)
	}
	inv, err := json.Marshal(ln.Invitation())
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(inv))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		h.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	until(b, "the child is here", func() bool { return h.Route(0) == lane.RouteShm })
	return h
}

// BenchmarkPieces1080p: another process sends whole pictures, this one takes them. An operation is 32 of them; the figure is
// the median of the operations.
func BenchmarkPieces1080p(b *testing.B) {
	h := otherProcess(b)
	ctx := within(b)
	const count = 32
	var rates []float64
	take := func() {
		began := time.Now()
		if err := h.Send(ctx, 0, lane.KindControl, []byte(strconv.Itoa(count))); err != nil {
			b.Fatal(err)
		}
		bytes := 0
		for range count {
			m, err := h.Recv(ctx)
			if err != nil {
				b.Fatal(err)
			}
			bytes += len(m.Payload)
			m.Release()
		}
		rates = append(rates, float64(bytes)/1e9/time.Since(began).Seconds())
	}
	take()
	rates = nil
	for b.Loop() {
		take()
	}
	slices.Sort(rates)
	b.ReportMetric(rates[len(rates)/2], "GB/s")
	b.ReportMetric(rates[len(rates)-1], "best-GB/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAnnounce: from the call of Send here to its arrival at a receiver that waits in another process, and the round trip.
func BenchmarkAnnounce(b *testing.B) {
	h := otherProcess(b)
	ctx := within(b)
	var there, round []float64
	tick := time.NewTicker(200 * time.Microsecond) // long enough for the other end to sleep
	defer tick.Stop()
	for b.Loop() {
		<-tick.C
		began := monotonic()
		if err := h.Send(ctx, 0, lane.KindBatch, []byte("announcement")); err != nil {
			b.Fatal(err)
		}
		m, err := h.Recv(ctx)
		if err != nil {
			b.Fatal(err)
		}
		ended := monotonic()
		at, err := strconv.ParseInt(string(m.Payload), 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		m.Release()
		there, round = append(there, float64(at-began)/1e3), append(round, float64(ended-began)/1e3)
	}
	slices.Sort(there)
	slices.Sort(round)
	b.ReportMetric(there[len(there)/2], "µs-there")
	b.ReportMetric(there[len(there)*99/100], "µs-there-p99")
	b.ReportMetric(round[len(round)/2], "µs-round")
	b.ReportMetric(0, "ns/op")
}
