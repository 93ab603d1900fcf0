package lanetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/prismgl/prism/nodes/lane"
)

func TestOrderAndEnds(t *testing.T) {
	p := New(2)
	h, s := p.Hub(), p.Spokes()
	ctx := t.Context()
	for i := range 3 {
		if err := h.Broadcast(ctx, lane.KindBatch, fmt.Appendf(nil, "all %d", i)); err != nil {
			t.Fatal(err)
		}
		if err := h.Send(ctx, 1, lane.KindControl, fmt.Appendf(nil, "one %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	want := [][]string{{"all 0", "all 1", "all 2"}, {"all 0", "one 0", "all 1", "one 1", "all 2", "one 2"}}
	for peer, texts := range want {
		for _, text := range texts {
			if m, err := s[peer].Recv(ctx); err != nil || string(m.Payload) != text || m.Peer != 0 {
				t.Fatalf("peer %d: %q from %d, %v; want %q", peer, m.Payload, m.Peer, err, text)
			}
		}
	}
	if err := s[1].Send(ctx, lane.KindPiece, []byte("piece")); err != nil {
		t.Fatal(err)
	}
	p.Kill(1, "out of memory")
	if m, err := h.Recv(ctx); err != nil || m.Peer != 1 || string(m.Payload) != "piece" {
		t.Fatalf("%+v, %v", m, err)
	}
	if m, err := h.Recv(ctx); !errors.Is(err, lane.ErrPeerGone) || m.Peer != 1 {
		t.Fatalf("%+v, %v; want ErrPeerGone of peer 1", m, err)
	}
	if err := h.Send(ctx, 1, lane.KindBatch, nil); !errors.Is(err, lane.ErrPeerGone) {
		t.Fatalf("send to a peer that is gone: %v", err)
	}
	if err := h.Broadcast(ctx, lane.KindBatch, nil); err != nil {
		t.Fatalf("broadcast with a peer gone: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := h.Recv(ended); !errors.Is(err, context.Canceled) {
		t.Fatalf("after cancel: %v", err)
	}
	h.Close()
	if m, err := s[0].Recv(ctx); err != nil || m.Kind != lane.KindBatch {
		t.Fatalf("what was sent before the end: %+v, %v", m, err)
	}
	if _, err := s[0].Recv(ctx); !errors.Is(err, lane.ErrPeerGone) {
		t.Fatalf("after the hub's end: %v", err)
	}
}
