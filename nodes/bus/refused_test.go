package bus

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane"
)

// TestRefused: what the server does not permit is an error where its effect is waited for, at once and with the subject.
func TestRefused(t *testing.T) {
	p := newProgram(t, "127.0.0.1", `
jetstream { store_dir: "`+t.TempDir()+`" }
authorization { users: [
	{ user: all, password: x }
	{ user: mute, password: x, permissions: { publish: ["ok.>"], subscribe: [">"] } }
	{ user: deaf, password: x, permissions: { publish: [">"], subscribe: ["ok.>"] } }
	{ user: unanswered, password: x, permissions: { publish: [">"], subscribe: ["prism.s.>", "$SRV.>"] } }
	{ user: hidden, password: x, permissions: { publish: [">"], subscribe: ["$SRV.>", "_INBOX.>"] } }
] }`)
	as := func(user string) *Conn {
		return p.connect(user, func(c *Config) { c.Credentials = Credentials{User: user, Password: "x"} })
	}
	all, mute, deaf, unanswered := as("all"), as("mute"), as("deaf"), as("unanswered")
	ctx := within(t, 20*time.Second)
	if _, err := all.AddService(ServiceConfig{Name: "test", Version: "1.0.0", Endpoints: []Endpoint{
		{Name: "echo", Subject: "prism.agent.x.echo", Handle: func(_ context.Context, b []byte) ([]byte, error) { return b, nil }},
	}}); err != nil {
		t.Fatal(err)
	}
	if b, err := all.Request(ctx, "prism.agent.x.echo", []byte("hi")); err != nil || string(b) != "hi" {
		t.Fatalf("%q, %v", b, err)
	}
	lanes := func(c *Conn) error {
		h, err := NewHub(c, NewSession(), []string{"w"}, quick())
		if err != nil {
			return err
		}
		defer h.Close()
		if err := h.Broadcast(ctx, lane.KindBatch, nil); err != nil {
			return err
		}
		_, err = h.Recv(ctx)
		return err
	}
	bucket := func(c *Conn) error {
		_, err := c.Bucket(ctx, BucketConfig{Name: "b", Replicas: 3})
		return err
	}
	request := func(c *Conn) error { _, err := c.Request(ctx, "prism.agent.x.echo", nil); return err }
	service := func(c *Conn) error {
		_, err := c.AddService(ServiceConfig{Name: "test", Version: "1.0.0", Endpoints: []Endpoint{{Name: "echo", Subject: "prism.agent.y.echo"}}})
		return err
	}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"Request", request(mute), "publish to prism.agent.x.echo"},
		{"Answer", request(unanswered), "listen to _INBOX."},
		{"Bucket", bucket(mute), "publish to $JS.API."},
		{"BucketsAnswer", bucket(unanswered), "listen to _INBOX."},
		{"LaneMute", lanes(mute), "publish to prism.s."},
		{"LaneDeaf", lanes(deaf), "listen to prism.s."},
		{"Service", service(deaf), "listen to "},
		{"ServicesEndpoint", service(as("hidden")), "listen to prism.agent.y.echo"},
	} {
		if !errors.Is(tt.err, ErrPermission) || !strings.Contains(tt.err.Error(), "may not "+tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, tt.err, tt.want)
		}
	}
	if err := bucket(all); err != nil {
		t.Errorf("a bucket on a single server: %v", err)
	}
	if ctx.Err() != nil {
		t.Error("a refusal took until the end of the time")
	}
}
