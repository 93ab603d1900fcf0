package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/bus/embedded"
)

func TestAwaitAbsence(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	user, password := s.Credentials()
	connect := func() *Conn {
		c, err := Connect(t.Context(), Config{URL: s.URL(), Credentials: Credentials{User: user, Password: password}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	there, watcher := connect(), connect()
	hub, err := NewHub(there, "s", []string{"peer"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), absence+2*presenceEvery)
	defer cancel()
	if watcher.AwaitAbsence(short, SubjectPresence("s")) {
		t.Error("who is there and says nothing is absent")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	left := make(chan bool, 2)
	go func() { left <- watcher.AwaitAbsence(ctx, SubjectPresence("s")) }()
	if err := hub.Close(); err != nil {
		t.Error(err)
	}
	if !<-left {
		t.Error("who has left is not absent")
	}
	if _, err := there.Subscribe(SubjectPresence("t"), func(string, []byte) {}); err != nil {
		t.Fatal(err)
	}
	go func() { left <- watcher.AwaitAbsence(ctx, SubjectPresence("t")) }()
	there.Close() // as when its process is killed
	if !<-left {
		t.Error("who has no connection any more is not absent")
	}
}

// TestRequestEndsWithTheConnection: an answer that was lost with the server is not waited for.
func TestRequestEndsWithTheConnection(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	user, password := s.Credentials()
	c, err := Connect(t.Context(), Config{URL: s.URL(), Credentials: Credentials{User: user, Password: password}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Subscribe("mute", func(string, []byte) { go s.Shutdown() }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := c.Request(ctx, "mute", nil); !errors.Is(err, errAnswerLost) {
		t.Errorf("error %v, want %v", err, errAnswerLost)
	}
}
