package bus

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/nats-io/nats.go"
)

// ErrTLS is the class of errors in the files of TLS.
var ErrTLS = errors.New("bus: TLS")

// TLS are the files for an encrypted connection, in PEM; all empty: what the URL says (tls://) or the server wants, with the
// system's roots. They are read again at each connection, so that renewed ones count.
type TLS struct {
	CAFile            string // authorities to trust instead of the system's
	CertFile, KeyFile string // this client's certificate; only its owner may read the key
}

// options checks the files and says to nats.go to use them.
func (t TLS) options() (opts []nats.Option, err error) {
	if t.CAFile != "" {
		b, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("%w: authorities: %w", ErrTLS, err)
		}
		if !x509.NewCertPool().AppendCertsFromPEM(b) {
			return nil, fmt.Errorf("%w: authorities: %s holds no certificate in PEM", ErrTLS, t.CAFile)
		}
		opts = append(opts, nats.RootCAs(t.CAFile))
	}
	switch {
	case t.CertFile == "" && t.KeyFile == "":
		return opts, nil
	case t.CertFile == "":
		return nil, fmt.Errorf("%w: the key %s has no certificate: both are needed", ErrTLS, t.KeyFile)
	case t.KeyFile == "":
		return nil, fmt.Errorf("%w: the certificate %s has no key: both are needed", ErrTLS, t.CertFile)
	}
	f, err := openPrivate(t.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("%w: key: %w", ErrTLS, err)
	}
	f.Close()
	if _, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile); err != nil {
		return nil, fmt.Errorf("%w: certificate %s with key %s: %w", ErrTLS, t.CertFile, t.KeyFile, err)
	}
	return append(opts, nats.ClientCert(t.CertFile, t.KeyFile)), nil
}

// whyRefused puts into words why a first connection failed; "": the error says it.
func (c *Config) whyRefused(err error) string {
	authority := "of this system (an own one is named by nats.tls.ca)"
	if c.TLS.CAFile != "" {
		authority = "in " + c.TLS.CAFile
	}
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked), errors.Is(err, nats.ErrAccountAuthExpired):
		if c.Credentials == (Credentials{}) {
			return "it wants a secret, and none was given"
		}
		return "it does not accept this secret"
	case errors.Is(err, nats.ErrNkeysNotSupported):
		return "it does not know nkeys"
	case errors.Is(err, nats.ErrSecureConnWanted):
		return "it offers no TLS, which is wanted here"
	case errors.Is(err, nats.ErrNoServers):
		return "no server answers there"
	}
	if e, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		by := ""
		if e.Cert != nil {
			by = " (it is from " + e.Cert.Issuer.String() + ")"
		}
		return "its certificate" + by + " is not signed by an authority " + authority
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return fmt.Sprintf("its certificate is valid from %v to %v only", e.Cert.NotBefore, e.Cert.NotAfter)
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("its certificate is not for %s, but for %s", e.Host, strings.Join(certNames(e.Certificate), ", "))
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate") {
		return c.whyClient()
	}
	// With TLS 1.3 the server judges after the handshake is done here; what it says then may be lost with the connection.
	if errors.Is(err, nats.ErrTLS) && strings.Contains(err.Error(), "after TLS handshake") {
		return c.whyClient()
	}
	return ""
}

// whyClient is for a server that does not like what this client shows.
func (c *Config) whyClient() string {
	if c.TLS.CertFile == "" {
		return "it wants a client's certificate (nats.tls.cert and nats.tls.key)"
	}
	return "it does not accept the client's certificate " + c.TLS.CertFile
}

func certNames(c *x509.Certificate) []string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return []string{"no host at all (it has no subjectAltName)"}
	}
	return names
}
