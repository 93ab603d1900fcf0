package bus

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

func keyPair(t *testing.T, create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
	t.Helper()
	kp, err := create()
	if err != nil {
		t.Fatal(err)
	}
	public, err := kp.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return kp, public
}

func private(t *testing.T, text string) Secret {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Secret{File: name}
}

// TestLogIn: each kind of secret opens a server that wants it, and a wrong one of the same kind does not.
func TestLogIn(t *testing.T) {
	user, public := keyPair(t, nkeys.CreateUser)
	userSeed, _ := user.Seed()
	operator, _ := keyPair(t, nkeys.CreateOperator)
	account, accountKey := keyPair(t, nkeys.CreateAccount)
	oc := jwt.NewOperatorClaims(mustPublic(t, operator))
	operatorJWT, err := oc.Encode(operator)
	if err != nil {
		t.Fatal(err)
	}
	accountJWT, err := jwt.NewAccountClaims(accountKey).Encode(operator)
	if err != nil {
		t.Fatal(err)
	}
	creds := func(signer nkeys.KeyPair) string {
		claims := jwt.NewUserClaims(public)
		for i := range 30 { // long, as with many permissions
			claims.Permissions.Pub.Allow.Add(fmt.Sprintf("some.subject.that.is.long.enough.%d", i))
		}
		claims.Permissions.Pub.Allow.Add(">")
		text, err := claims.Encode(signer)
		if err != nil {
			t.Fatal(err)
		}
		b, err := jwt.FormatUserConfig(text, userSeed)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	stranger, _ := keyPair(t, nkeys.CreateAccount)
	for _, tt := range []struct{ name, conf, right, wrong string }{
		{"Token", `authorization { token: "a-token" }`, "a-token", "b-token"},
		{"User", `authorization { user: me, password: "p:w" }`, "me:p:w", "me:pw"},
		{"Nkey", fmt.Sprintf(`authorization { users: [{nkey: %s}] }`, public), string(userSeed) + "\n", seed(t, nkeys.CreateUser)},
		{"Creds", fmt.Sprintf("operator: %s\nresolver: MEMORY\nresolver_preload: {%s: %s}", operatorJWT, accountKey, accountJWT), creds(account), creds(stranger)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newProgram(t, "127.0.0.1", tt.conf)
			c := p.connect("right", func(c *Config) { c.Secret = private(t, tt.right) })
			if err := c.Flush(within(t, 10*time.Second)); err != nil {
				t.Fatal(err)
			}
			back := make(chan struct{}, 1)
			c.hooks.add(func() { back <- struct{}{} })
			p.kill()
			p.start()
			select { // it logs in again by itself
			case <-back:
			case <-time.After(20 * time.Second):
				t.Error("no connection after the server was started again")
			}
			for what, s := range map[string]Secret{"wants a secret": {}, "does not accept this secret": private(t, tt.wrong)} {
				c, err := Connect(within(t, 10*time.Second), Config{URL: p.url(), Secret: s})
				if err == nil {
					c.Close()
				}
				if !errors.Is(err, ErrConnect) || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("want %q, got %v", what, err)
				}
			}
		})
	}
}

func mustPublic(t *testing.T, kp nkeys.KeyPair) string {
	t.Helper()
	public, err := kp.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// authority signs certificates in a folder.
type authority struct {
	t    *testing.T
	dir  string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string
}

func newAuthority(t *testing.T, name string) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key, a.cert, a.file, _ = a.make("ca", tmpl, nil)
	return a
}

func (a *authority) make(file string, tmpl, parent *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate, string, string) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	signer := a.key
	if parent == nil {
		parent, signer = tmpl, key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(a.dir, file+".pem"), filepath.Join(a.dir, file+".key")
	for name, b := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(b), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return key, cert, certFile, keyFile
}

// sign gives the files of a certificate for an address, or for a client where that is empty.
func (a *authority) sign(file, ip string, until time.Time) (cert, key string) {
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: file}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	if ip != "" {
		tmpl.IPAddresses = []net.IP{net.ParseIP(ip)}
	}
	_, _, cert, key = a.make(file, tmpl, a.cert)
	return cert, key
}

// TestTLS: what is wrong with a certificate, on either side, is said in words; what is right connects.
func TestTLS(t *testing.T) {
	ours, other := newAuthority(t, "ours"), newAuthority(t, "other")
	later, before := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	conf := func(cert, key string) string { return fmt.Sprintf("tls { cert_file: %q, key_file: %q }", cert, key) }
	plain := newProgram(t, "127.0.0.1", "")
	good := newProgram(t, "127.0.0.1", conf(ours.sign("server", "127.0.0.1", later)))
	expired := newProgram(t, "127.0.0.1", conf(ours.sign("expired", "127.0.0.1", before)))
	elsewhere := newProgram(t, "127.0.0.1", conf(ours.sign("elsewhere", "192.0.2.7", later)))
	cert, key := ours.sign("strict", "127.0.0.1", later)
	strict := newProgram(t, "127.0.0.1", fmt.Sprintf("tls { cert_file: %q, key_file: %q, ca_file: %q, verify: true }", cert, key, ours.file))
	client, clientKey := ours.sign("client", "", later)
	alien, alienKey := other.sign("alien", "", later)
	open := filepath.Join(t.TempDir(), "open.key")
	b, err := os.ReadFile(clientKey)
	if err == nil {
		err = os.WriteFile(open, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	ca := ours.file
	for _, tt := range []struct {
		name string
		p    *program
		tls  TLS
		want string // "": it connects
	}{
		{"Good", good, TLS{CAFile: ca}, ""},
		{"Client", strict, TLS{CAFile: ca, CertFile: client, KeyFile: clientKey}, ""},
		{"NoTLS", plain, TLS{CAFile: ca}, "it offers no TLS"},
		{"SystemsRoots", good, TLS{}, "is not signed by an authority of this system"},
		{"OtherAuthority", good, TLS{CAFile: other.file}, "is not signed by an authority in " + other.file},
		{"Expired", expired, TLS{CAFile: ca}, "is valid from"},
		{"Elsewhere", elsewhere, TLS{CAFile: ca}, "is not for 127.0.0.1, but for 192.0.2.7"},
		{"NoClient", strict, TLS{CAFile: ca}, "wants a client's certificate (nats.tls.cert and nats.tls.key)"},
		{"AlienClient", strict, TLS{CAFile: ca, CertFile: alien, KeyFile: alienKey}, "does not accept the client's certificate " + alien},
		{"NoSuchCA", good, TLS{CAFile: "/nonexistent"}, "no such file"},
		{"NoCA", good, TLS{CAFile: clientKey}, "holds no certificate"},
		{"NoKey", strict, TLS{CAFile: ca, CertFile: client}, "has no key"},
		{"NoCert", strict, TLS{CAFile: ca, KeyFile: clientKey}, "has no certificate"},
		{"OpenKey", strict, TLS{CAFile: ca, CertFile: client, KeyFile: open}, "can be read by others"},
		{"WrongKey", strict, TLS{CAFile: ca, CertFile: client, KeyFile: alienKey}, "private key does not match"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Connect(within(t, 20*time.Second), Config{URL: tt.p.url(), TLS: tt.tls})
			if err == nil {
				defer c.Close()
				err = c.Flush(within(t, 10*time.Second))
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// TestUnencrypted: a connection to another address than loopback is warned of once, unless it is encrypted.
func TestUnencrypted(t *testing.T) {
	host := outer(t)
	ca := newAuthority(t, "ca")
	cert, key := ca.sign("server", host, time.Now().Add(time.Hour))
	plain, secure := newProgram(t, host, ""), newProgram(t, host, fmt.Sprintf("tls { cert_file: %q, key_file: %q }", cert, key))
	for _, tt := range []struct {
		p    *program
		tls  TLS
		want int
	}{{plain, TLS{}, 1}, {secure, TLS{CAFile: ca.file}, 0}, {newProgram(t, "127.0.0.1", ""), TLS{}, 0}} {
		var mu sync.Mutex
		warned := 0
		c := tt.p.connect("x", func(c *Config) {
			c.TLS = tt.tls
			c.OnEvent = func(e Event) {
				mu.Lock()
				defer mu.Unlock()
				if e.Type == EventUnencrypted && strings.Contains(e.Text, host) {
					warned++
				}
			}
		})
		if err := c.Flush(within(t, 10*time.Second)); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		if warned != tt.want {
			t.Errorf("%s: %d warnings, want %d", tt.p.addr, warned, tt.want)
		}
		mu.Unlock()
	}
}
