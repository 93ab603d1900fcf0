package bus

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrSecret is the class of errors in reading a secret.
var ErrSecret = errors.New("bus: bad secret")

// Credentials are how to log in: a user and a password, a token, or nothing.
type Credentials struct {
	User, Password, Token string
}

// Secret says where the credentials lie; at most one member is set. A secret is one line, either `user:password` or a
// token. It is never given as an argument.
type Secret struct {
	File string // a file that only its owner may read
	FD   int    // an open descriptor above 2, read to its end and closed; 0: none
	Env  string // a variable's name
}

const maxSecretBytes = 4096

// Read gets the credentials.
func (s Secret) Read() (Credentials, error) {
	var text string
	switch {
	case s.File != "":
		f, err := os.Open(s.File)
		if err != nil {
			return Credentials{}, fmt.Errorf("%w: %w", ErrSecret, err)
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return Credentials{}, fmt.Errorf("%w: %w", ErrSecret, err)
		}
		if st.Mode().IsRegular() && st.Mode().Perm()&0o077 != 0 {
			return Credentials{}, fmt.Errorf("%w: %s can be read by others (mode %#o), want 0600", ErrSecret, s.File, st.Mode().Perm())
		}
		if text, err = readSecret(f); err != nil {
			return Credentials{}, err
		}
	case s.FD > 2:
		f := os.NewFile(uintptr(s.FD), "secret")
		if f == nil {
			return Credentials{}, fmt.Errorf("%w: descriptor %d is not open", ErrSecret, s.FD)
		}
		defer f.Close()
		var err error
		if text, err = readSecret(f); err != nil {
			return Credentials{}, err
		}
	case s.FD != 0:
		return Credentials{}, fmt.Errorf("%w: descriptor %d, want one above 2", ErrSecret, s.FD)
	case s.Env != "":
		text = os.Getenv(s.Env)
		if text == "" {
			return Credentials{}, fmt.Errorf("%w: variable %s is empty", ErrSecret, s.Env)
		}
	default:
		return Credentials{}, nil
	}
	return parseSecret(text)
}

func readSecret(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxSecretBytes+1))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSecret, err)
	}
	if len(b) > maxSecretBytes {
		return "", fmt.Errorf("%w: longer than %d bytes", ErrSecret, maxSecretBytes)
	}
	return string(b), nil
}

func parseSecret(text string) (Credentials, error) {
	text = strings.TrimRight(text, "\r\n")
	switch {
	case text == "":
		return Credentials{}, fmt.Errorf("%w: it is empty", ErrSecret)
	case strings.ContainsAny(text, "\r\n"):
		return Credentials{}, fmt.Errorf("%w: more than one line", ErrSecret)
	}
	if user, password, ok := strings.Cut(text, ":"); ok {
		return Credentials{User: user, Password: password}, nil
	}
	return Credentials{Token: text}, nil
}
