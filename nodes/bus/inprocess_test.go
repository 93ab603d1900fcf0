package bus

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/prismgl/prism/nodes/bus/embedded"
)

// TestInProcess: a connection through memory talks to one over TCP, asks for no encryption, and ends with its server.
func TestInProcess(t *testing.T) {
	s := startServer(t, embedded.Options{})
	user, password := s.Credentials()
	events := make(chan Event, 16)
	c, err := Connect(t.Context(), Config{
		URL: s.URL(), InProcess: s, Credentials: Credentials{User: user, Password: password}, OnEvent: func(e Event) { events <- e },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	far := connect(t, s, "far")
	got := make(chan string, 1)
	cancel, err := far.Subscribe("greeting", func(_ string, data []byte) { got <- string(data) })
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	if err := far.Flush(within(t, 5*time.Second)); err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("prism", 1<<20)
	if err := c.Publish("greeting", []byte(big)); err != nil {
		t.Fatal(err)
	}
	select {
	case g := <-got:
		if g != big {
			t.Errorf("got %d bytes, want %d", len(g), len(big))
		}
	case <-within(t, 5*time.Second).Done():
		t.Fatal("nothing came")
	}
	if len(events) != 0 {
		t.Errorf("event %v", <-events)
	}
	s.Shutdown()
	select {
	case e := <-events:
		if e.Type != EventDisconnected {
			t.Errorf("event %v, want %v", e, EventDisconnected)
		}
	case <-within(t, 5*time.Second).Done():
		t.Error("the server's end was not told")
	}
}

// TestMemoryOnly: membership works, and nothing goes to the disk.
func TestMemoryOnly(t *testing.T) {
	s := startServer(t, embedded.Options{MemoryOnly: true})
	c := connect(t, s, "c")
	ctx := within(t, 10*time.Second)
	b, err := c.Bucket(ctx, BucketConfig{Name: "kept", TTL: time.Minute, MaxValueBytes: 1 << 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(ctx, "key", []byte("value")); err != nil {
		t.Fatal(err)
	}
	if e, ok, err := b.Get(ctx, "key"); err != nil || !ok || string(e.Value) != "value" {
		t.Errorf("got %q, %v, %v", e.Value, ok, err)
	}
	js, err := jetstream.New(c.nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "disk", Subjects: []string{"d"}, Storage: jetstream.FileStorage, MaxBytes: 1 << 20}); err == nil {
		t.Error("a stream in files was made")
	}
}
