package bus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nkeys"
	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/bus/embedded"
)

func TestConnectRefused(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	user, password := s.Credentials()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := "nats://" + l.Addr().String()
	l.Close()
	for _, tt := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"NoURL", Config{}, "no URL"},
		{"NoSecret", Config{URL: s.URL()}, "it wants a secret"},
		{"WrongSecret", Config{URL: s.URL(), Credentials: Credentials{User: user, Password: "x"}}, "does not accept this secret"},
		{"SecretInURL", Config{URL: "nats://me:hidden@127.0.0.1:4222"}, "holds a secret"},
		{"BadURL", Config{URL: "nats://me:hidden@[::1"}, "bad URL"},
		{"NoServer", Config{URL: free}, "no server answers"},
		{"NoSecretFile", Config{URL: s.URL(), Secret: Secret{File: "/nonexistent"}}, "no such file"},
	} {
		c, err := Connect(t.Context(), tt.cfg)
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hidden") || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v, want %q and no secret", tt.name, err, tt.want)
		}
	}
}

func TestSecret(t *testing.T) {
	file := func(text string, mode os.FileMode) Secret {
		name := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return Secret{File: name}
	}
	userSeed, accountSeed := seed(t, nkeys.CreateUser), seed(t, nkeys.CreateAccount)
	creds := "-----BEGIN NATS USER JWT-----\na.b.c\n------END NATS USER JWT------\n\n" +
		"************************* IMPORTANT *************************\nkeep it\n\n" +
		"-----BEGIN USER NKEY SEED-----\n" + userSeed + "\n------END USER NKEY SEED------\n"
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fmt.Fprintln(w, "u:p:q")
	w.Close()
	// Read closes the descriptor, so it gets one of its own.
	fd, err := unix.Dup(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		secret Secret
		want   Credentials
		err    string
	}{
		{"None", Secret{}, Credentials{}, ""},
		{"FileUser", file("me:pw\n", 0o600), Credentials{User: "me", Password: "pw"}, ""},
		{"FileToken", file("tok", 0o400), Credentials{Token: "tok"}, ""},
		{"FileForAll", file("tok", 0o644), Credentials{}, "can be read by others"},
		{"FileEmpty", file("\n", 0o600), Credentials{}, "empty"},
		{"TwoLines", file("a\nb\n", 0o600), Credentials{}, "more than one line"},
		{"TooLong", file(strings.Repeat("a", 17<<10), 0o600), Credentials{}, "longer than"},
		{"Descriptor", Secret{FD: fd}, Credentials{User: "u", Password: "p:q"}, ""},
		{"LowDescriptor", Secret{FD: 1}, Credentials{}, "above 2"},
		{"Seed", file(userSeed+"\n", 0o600), Credentials{Seed: userSeed}, ""},
		{"AccountSeed", file(accountSeed, 0o600), Credentials{}, "of the kind account"},
		{"HalfASeed", file(userSeed[:57], 0o600), Credentials{}, "is it complete"},
		{"Creds", file(creds, 0o600), Credentials{Seed: userSeed, JWT: "a.b.c"}, ""},
		{"CredsCRLF", file(strings.ReplaceAll(creds, "\n", "\r\n"), 0o600), Credentials{Seed: userSeed, JWT: "a.b.c"}, ""},
		{"CredsForAll", file(creds, 0o640), Credentials{}, "can be read by others"},
		{"CredsOfAnAccount", file(strings.ReplaceAll(creds, userSeed, accountSeed), 0o600), Credentials{}, "without a user's seed"},
		{"CredsWithoutSeed", file(creds[:60], 0o600), Credentials{}, "without a user's seed"},
		{"CredsWithoutJWT", file(strings.Replace(creds, "a.b.c", "abc", 1), 0o600), Credentials{}, "without a JWT"},
	} {
		got, err := tt.secret.Read()
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && (!errors.Is(err, ErrSecret) || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %+v, %v; want %+v, %q", tt.name, got, err, tt.want, tt.err)
		}
		if err != nil && strings.Contains(err.Error(), userSeed[:20]) {
			t.Errorf("%s: the error shows the secret: %v", tt.name, err)
		}
	}
}

// TestNkey: a seed that was written is read again as what it is.
func TestNkey(t *testing.T) {
	seed, public, err := NewNkey()
	if err != nil {
		t.Fatal(err)
	}
	s := private(t, string(seed)+"\n")
	if got, err := s.PublicKey(); err != nil || got != public || !strings.HasPrefix(got, "U") {
		t.Errorf("public key %q, %v; want %q", got, err, public)
	}
	if _, err := private(t, "a-token").PublicKey(); !errors.Is(err, ErrSecret) {
		t.Errorf("the public key of a token: %v", err)
	}
}

func seed(t *testing.T, create func() (nkeys.KeyPair, error)) string {
	t.Helper()
	kp, _ := keyPair(t, create)
	s, err := kp.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return string(s)
}

func TestRequest(t *testing.T) {
	s := startServer(t, embedded.Options{NoJetStream: true})
	c, other := connect(t, s, "service"), connect(t, s, "client")
	ctx := within(t, 10*time.Second)
	svc, err := c.AddService(ServiceConfig{Name: "test", Version: "1.2.3", Endpoints: []Endpoint{
		{Name: "echo", Subject: "t.echo", Handle: func(_ context.Context, b []byte) ([]byte, error) { return append([]byte("re: "), b...), nil }},
		{Name: "fail", Subject: "t.fail", Handle: func(context.Context, []byte) ([]byte, error) { return nil, errors.New("broken\nindeed") }},
		{Name: "bad", Subject: "t.bad", Handle: func(context.Context, []byte) ([]byte, error) { return nil, &RemoteError{"400", "your fault"} }},
		{Name: "slow", Subject: "t.slow", Handle: func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ subject, want, code, text string }{
		{"t.echo", "re: hi", "", ""},
		{"t.fail", "", "500", "broken?indeed"},
		{"t.bad", "", "400", "your fault"},
	} {
		b, err := other.Request(ctx, tt.subject, []byte("hi"))
		re, _ := errors.AsType[*RemoteError](err)
		if string(b) != tt.want || (re == nil) != (tt.code == "") || re != nil && (re.Code != tt.code || re.Text != tt.text) {
			t.Errorf("%s: %q, %v", tt.subject, b, err)
		}
	}
	if b, err := other.Request(ctx, "$SRV.INFO.test", nil); err != nil || !strings.Contains(string(b), `"1.2.3"`) {
		t.Errorf("the service does not show: %s, %v", b, err)
	}
	slow := make(chan error, 1)
	go func() {
		_, err := other.Request(ctx, "t.slow", nil)
		slow <- err
	}()
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := other.Request(short, "t.slow", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request without an answer: %v", err)
	}
	svc.Stop() // ends what runs
	if err := <-slow; err == nil {
		t.Error("the slow request was answered")
	}
	if _, err := other.Request(ctx, "t.echo", nil); !errors.Is(err, ErrNoResponder) {
		t.Errorf("after the end: %v", err)
	}
	other.Close()
	if err := other.Publish("t.echo", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("publish on a closed connection: %v", err)
	}
}

// TestEvents: a server that goes away is told, the wanted end is not.
func TestEvents(t *testing.T) {
	s, err := embedded.Start(embedded.Options{NoJetStream: true})
	if err != nil {
		t.Fatal(err)
	}
	user, password := s.Credentials()
	var mu sync.Mutex
	var seen []EventType
	lost := make(chan struct{})
	c, err := Connect(t.Context(), Config{
		URL: s.URL(), Credentials: Credentials{User: user, Password: password},
		OnEvent: func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			if seen = append(seen, e.Type); e.Type == EventDisconnected {
				close(lost)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Shutdown()
	select {
	case <-lost:
	case <-time.After(5 * time.Second):
		t.Error("the lost connection was not told")
	}
	c.Close()
	mu.Lock()
	defer mu.Unlock()
	if len(seen) != 1 {
		t.Errorf("events %v, want one", seen)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"a": true, "gpu-0_B": true, strings.Repeat("x", 64): true,
		"": false, "a.b": false, "a b": false, "*": false, ">": false, "ä": false, strings.Repeat("x", 65): false,
	} {
		if err := CheckName("node", name); (err == nil) != ok || err != nil && !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if a, b := NewSession(), NewSession(); a == b || CheckName("session", a) != nil {
		t.Errorf("sessions %q and %q", a, b)
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{"127.0.0.1:4222": true, "[::1]:4222": true, "localhost:4222": true, "10.0.0.1:4222": false, "gpu7:4222": false} {
		if got := loopback(addr); got != want {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
}
