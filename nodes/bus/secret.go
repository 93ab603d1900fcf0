package bus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// ErrSecret is the class of errors in reading a secret.
var ErrSecret = errors.New("bus: bad secret")

// Credentials are how to log in: a user and a password, a token, the seed of a user's nkey with or without the JWT that an
// operator's account has signed for it, or nothing. They stay in memory as long as the connection, which may have to log in
// again at any time.
type Credentials struct {
	User, Password, Token string
	Seed, JWT             string
}

// Secret says where the credentials lie; at most one member is set. What lies there is recognised by its form:
//
//	user:password           one line
//	SU…                     one line, the seed of a user's nkey
//	anything else           one line, a token
//	-----BEGIN NATS USER JWT-----…   a credentials file, as nsc writes it: a JWT and a seed
//
// It is never given as an argument or in the environment, which others can read.
type Secret struct {
	File string // a file that only its owner may read
	FD   int    // an open descriptor above 2, read to its end and closed; 0: none
}

const maxSecretBytes = 16 << 10 // a JWT lists what its user may do

// Read gets the credentials.
func (s Secret) Read() (Credentials, error) {
	var f *os.File
	switch {
	case s.File != "":
		var err error
		if f, err = openPrivate(s.File); err != nil {
			return Credentials{}, fmt.Errorf("%w: %w", ErrSecret, err)
		}
	case s.FD > 2:
		if f = os.NewFile(uintptr(s.FD), fmt.Sprintf("descriptor %d", s.FD)); f == nil {
			return Credentials{}, fmt.Errorf("%w: descriptor %d is not open", ErrSecret, s.FD)
		}
	case s.FD != 0:
		return Credentials{}, fmt.Errorf("%w: descriptor %d, want one above 2", ErrSecret, s.FD)
	default:
		return Credentials{}, nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	defer clear(b)
	if err != nil {
		return Credentials{}, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	if len(b) > maxSecretBytes {
		return Credentials{}, fmt.Errorf("%w: %s: longer than %d bytes", ErrSecret, f.Name(), maxSecretBytes)
	}
	cr, err := parseSecret(b)
	if err != nil {
		return Credentials{}, fmt.Errorf("%w: %s: %w", ErrSecret, f.Name(), err)
	}
	return cr, nil
}

// openPrivate opens a file that nobody but its owner may read; a pipe (a shell's <(…)) is as good.
func openPrivate(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && st.Mode().IsRegular() && st.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("%s can be read by others (mode %#o), want 0600", name, st.Mode().Perm())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

var seedLike = regexp.MustCompile(`^S[UAONCX][A-Z2-7]{50,}$`)

// parseSecret recognises what b is. Its errors show nothing of b.
func parseSecret(b []byte) (Credentials, error) {
	if bytes.Contains(b, []byte("-----BEGIN ")) {
		return parseCreds(b)
	}
	text := strings.TrimRight(string(b), "\r\n")
	switch {
	case text == "":
		return Credentials{}, errors.New("it is empty")
	case strings.ContainsAny(text, "\r\n"):
		return Credentials{}, errors.New("more than one line, and no credentials file: want user:password, a token, an nkey seed (SU…) or what `nsc generate creds` writes")
	}
	if kind, _, err := nkeys.DecodeSeed([]byte(text)); err == nil {
		if kind != nkeys.PrefixByteUser {
			return Credentials{}, fmt.Errorf("the seed is of the kind %s, want a user's (SU…)", kind)
		}
		return Credentials{Seed: text}, nil
	}
	if seedLike.MatchString(text) { // sent as a token it would be told to the server, and to whoever listens
		return Credentials{}, errors.New("it looks like an nkey seed, but is none: is it complete?")
	}
	if user, password, ok := strings.Cut(text, ":"); ok {
		return Credentials{User: user, Password: password}, nil
	}
	return Credentials{Token: text}, nil
}

// parseCreds reads a credentials file.
func parseCreds(b []byte) (Credentials, error) {
	kp, err := nkeys.ParseDecoratedUserNKey(b)
	if err != nil {
		return Credentials{}, fmt.Errorf("a credentials file without a user's seed: %w", err)
	}
	defer kp.Wipe()
	seed, err := kp.Seed()
	if err != nil {
		return Credentials{}, fmt.Errorf("a credentials file without a user's seed: %w", err)
	}
	defer clear(seed)
	if !bytes.Contains(b, []byte("-----BEGIN NATS USER JWT-----")) {
		return Credentials{Seed: string(seed)}, nil
	}
	jwt, err := nkeys.ParseDecoratedJWT(b)
	if err != nil || strings.Count(jwt, ".") != 2 {
		return Credentials{}, errors.New("a credentials file without a JWT between its first two marks")
	}
	return Credentials{Seed: string(seed), JWT: jwt}, nil
}

// options says to nats.go how to log in. A key pair is made for each signature and wiped after it.
func (cr Credentials) options() ([]nats.Option, error) {
	switch {
	case cr.User != "":
		return []nats.Option{nats.UserInfo(cr.User, cr.Password)}, nil
	case cr.Token != "":
		return []nats.Option{nats.Token(cr.Token)}, nil
	case cr.Seed == "":
		return nil, nil
	}
	sign := func(nonce []byte) ([]byte, error) {
		kp, err := nkeys.FromSeed([]byte(cr.Seed))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSecret, err)
		}
		defer kp.Wipe()
		return kp.Sign(nonce)
	}
	if cr.JWT != "" {
		return []nats.Option{nats.UserJWT(func() (string, error) { return cr.JWT, nil }, sign)}, nil
	}
	public, err := publicKey(cr.Seed)
	if err != nil {
		return nil, err
	}
	return []nats.Option{nats.Nkey(public, sign)}, nil
}

func publicKey(seed string) (string, error) {
	kp, err := nkeys.FromSeed([]byte(seed))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSecret, err)
	}
	defer kp.Wipe()
	public, err := kp.PublicKey()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return public, nil
}

// PublicKey gives what a server has to know of a secret that is the seed of an nkey.
func (s Secret) PublicKey() (string, error) {
	cr, err := s.Read()
	if err != nil {
		return "", err
	}
	if cr.Seed == "" {
		return "", fmt.Errorf("%w: %s holds no seed of an nkey (SU…)", ErrSecret, s.File)
	}
	return publicKey(cr.Seed)
}

// NewNkey makes a user's nkey. The seed is the caller's to wipe.
func NewNkey() (seed []byte, public string, err error) {
	kp, err := nkeys.CreateUser()
	if err != nil {
		return nil, "", fmt.Errorf("bus: nkey: %w", err)
	}
	defer kp.Wipe()
	own, err := kp.Seed() // lies in kp, so it is wiped with it
	if err != nil {
		return nil, "", fmt.Errorf("bus: nkey: %w", err)
	}
	if public, err = kp.PublicKey(); err != nil {
		return nil, "", fmt.Errorf("bus: nkey: %w", err)
	}
	return bytes.Clone(own), public, nil
}
