package session

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
	"github.com/prismgl/prism/tilesplit/grid"
)

var errWatched = errors.New("a node has ended")

func TestWatchEndsTheSession(t *testing.T) {
	a := newApp(t)
	a.window(1, 8, 8)
	a.fill(1)
	a.swap(1)
	src := &source{chunks: a.chunks, hang: true}
	pair, _ := cluster(t, 2, nil)
	drawn := make(chan struct{})
	_, _, err := play(t, src, pair.Hub(), grid.Grid{Columns: 2, Rows: 1}, func(c *Config) {
		c.OnFrame = func(*output.Frame) error { close(drawn); return nil }
		c.Watch = func(ctx context.Context) error {
			select {
			case <-drawn:
				return errWatched
			case <-ctx.Done():
				return nil
			}
		}
	})
	if !errors.Is(err, errWatched) || !src.lost {
		t.Errorf("error %v, lost %v", err, src.lost)
	}
}

// TestWatchAtTheEnd: a node that ends after the last frame without a goodbye is not waited for, and no failure.
func TestWatchAtTheEnd(t *testing.T) {
	pair := lanetest.New(1)
	defer pair.Hub().Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := Run(ctx, Config{
		Hub: pair.Hub(), Source: &source{}, Policy: grid.Grid{Columns: 1, Rows: 1}, Log: quiet, EndTimeout: time.Hour,
		Watch: func(ctx context.Context) error {
			for {
				m, err := pair.Spokes()[0].Recv(ctx)
				if err != nil {
					return nil
				}
				var c proto.Control
				if json.Unmarshal(m.Payload, &c) == nil && c.End != nil {
					return errWatched
				}
			}
		},
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAgentDiesWithTheRequest: an agent that is killed between a request and its answer is not waited for.
func TestAgentDiesWithTheRequest(t *testing.T) {
	conn, _ := world(t)
	cfg := conn.Config()
	mute, err := bus.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if _, err := mute.Subscribe("prism.agent.mute.info", func(string, []byte) {}); err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 1)
	if _, err := mute.Subscribe("prism.agent.mute.start", func(string, []byte) { asked <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := mute.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	go func() {
		<-asked
		mute.Close()
	}()
	if _, err := Start(ctx, conn, []registry.Node{{Name: "mute"}}, StartOptions{Log: quiet}); !errors.Is(err, ErrSetup) || !errors.Is(err, ErrNodeGone) {
		t.Errorf("error %v, want one of the classes ErrSetup and ErrNodeGone", err)
	}
}

// outage is a hub that loses all lanes, as with the NATS server, after the session has told its end.
type outage struct {
	lane.Hub
	told chan struct{}
}

func (o outage) Broadcast(ctx context.Context, kind lane.Kind, payload []byte) error {
	err := o.Hub.Broadcast(ctx, kind, payload)
	close(o.told)
	return err
}

func (o outage) Recv(ctx context.Context) (lane.Message, error) {
	select {
	case <-o.told:
		return lane.Message{}, lane.ErrClosed
	case <-ctx.Done():
		return lane.Message{}, ctx.Err()
	}
}

// TestOutageAtTheEnd: goodbyes that cannot come are not waited for.
func TestOutageAtTheEnd(t *testing.T) {
	pair := lanetest.New(2)
	defer pair.Hub().Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := Run(ctx, Config{
		Hub: outage{pair.Hub(), make(chan struct{})}, Source: &source{}, Policy: grid.Grid{Columns: 2, Rows: 1}, Log: quiet, EndTimeout: time.Hour,
	}); err != nil {
		t.Error(err)
	}
}
