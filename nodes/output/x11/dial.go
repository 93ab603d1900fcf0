package x11

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jezek/xgb"
)

// greetTimeout bounds how long a server may take to take us in: one that has stopped accepts connections and says nothing.
const greetTimeout = 10 * time.Second

// dial connects to a display. xgb would dial itself, but then its connection cannot be cut: its Close waits for the server.
func dial(display string) (*xgb.Conn, net.Conn, error) {
	a, err := parseDisplay(display)
	if err != nil {
		return nil, nil, err
	}
	d := net.Dialer{Timeout: greetTimeout}
	c, err := d.Dial(a.network, a.addr)
	if err != nil {
		return nil, nil, err
	}
	_ = c.SetDeadline(time.Now().Add(greetTimeout))
	x, err := xgb.NewConnNet(&greeter{Conn: c, hello: hello(authority(a.host, a.number))})
	if err != nil {
		c.Close()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("does not answer within %v", greetTimeout)
		}
		return nil, nil, err
	}
	_ = c.SetDeadline(time.Time{})
	x.DefaultScreen = a.screen
	return x, c, nil
}

// greeter sends our greeting instead of xgb's, which knows no display and so no cookie.
type greeter struct {
	net.Conn
	hello []byte
}

// Write implements io.Writer.
func (g *greeter) Write(p []byte) (int, error) {
	if g.hello == nil {
		return g.Conn.Write(p)
	}
	if _, err := g.Conn.Write(g.hello); err != nil {
		return 0, err
	}
	g.hello = nil
	return len(p), nil
}

const cookieProtocol = "MIT-MAGIC-COOKIE-1"

// hello is the setup request of X11: little-endian, version 11.0, and a cookie if there is one.
func hello(cookie []byte) []byte {
	name := ""
	if cookie != nil {
		name = cookieProtocol
	}
	le := binary.LittleEndian
	b := []byte{'l', 0}
	for _, v := range []int{11, 0, len(name), len(cookie), 0} {
		b = le.AppendUint16(b, uint16(v))
	}
	pad := func() { b = append(b, make([]byte, -len(b)&3)...) }
	b = append(b, name...)
	pad()
	b = append(b, cookie...)
	pad()
	return b
}

// address is a display taken apart.
type address struct {
	network, addr string
	host          string // "": this machine
	number        string
	screen        int
}

// parseDisplay reads [PROTOCOL/][HOST]:NUMBER[.SCREEN], unix:NUMBER, or a socket's path with :NUMBER behind it, which is part of its name.
func parseDisplay(display string) (address, error) {
	at := strings.LastIndexByte(display, ':')
	if at < 0 {
		return address{}, errors.New("want [HOST]:NUMBER")
	}
	host, rest := display[:at], display[at+1:]
	number, screen, hasScreen := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 65535-6000 {
		return address{}, fmt.Errorf("%q is no display's number", number)
	}
	a := address{number: number}
	if hasScreen {
		if a.screen, err = strconv.Atoi(screen); err != nil || a.screen < 0 {
			return address{}, fmt.Errorf("%q is no screen's number", screen)
		}
	}
	switch {
	case strings.HasPrefix(host, "/"):
		a.network, a.addr = "unix", host+":"+number
	case host == "" || host == "unix":
		a.network, a.addr = "unix", "/tmp/.X11-unix/X"+number
	default:
		a.network = "tcp"
		if protocol, rest, ok := strings.Cut(host, "/"); ok {
			a.network, host = protocol, rest
		}
		a.host = strings.Trim(host, "[]")
		a.addr = net.JoinHostPort(a.host, strconv.Itoa(6000+n))
	}
	return a, nil
}

// authority finds the cookie for a display in $XAUTHORITY or ~/.Xauthority; nil: none, the server may let us in all the same.
func authority(host, number string) []byte {
	file := os.Getenv("XAUTHORITY")
	if file == "" {
		file = filepath.Join(os.Getenv("HOME"), ".Xauthority")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	if host == "" || host == "localhost" {
		if host, err = os.Hostname(); err != nil {
			return nil
		}
	}
	return findCookie(io.LimitReader(f, 1<<20), host, number)
}

// Families of addresses in an authority file, of Xauth.h.
const (
	familyLocal = 256
	familyWild  = 65535
)

// findCookie reads entries: a family and four counted strings (address, display's number, protocol, cookie), all big-endian.
func findCookie(r io.Reader, host, number string) []byte {
	counted := func() ([]byte, error) {
		var n uint16
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return nil, err
		}
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, err
	}
	for {
		var family uint16
		if binary.Read(r, binary.BigEndian, &family) != nil {
			return nil
		}
		var entry [4][]byte
		for i := range entry {
			var err error
			if entry[i], err = counted(); err != nil {
				return nil
			}
		}
		known := family == familyWild || family == familyLocal && string(entry[0]) == host
		if known && (len(entry[1]) == 0 || string(entry[1]) == number) && string(entry[2]) == cookieProtocol {
			return entry[3]
		}
	}
}
