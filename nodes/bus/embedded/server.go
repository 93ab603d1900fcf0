package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Defaults of Options.
const (
	// DefaultMaxPayloadBytes takes a quarter of a 4K picture as one packet: what comes in several has to be put together.
	DefaultMaxPayloadBytes = 8 << 20
	DefaultMaxPendingBytes = 256 << 20
	defaultReady           = 10 * time.Second
)

// Options say how the server is to be; the zero value is what `prism run` wants.
type Options struct {
	Name string // shown by monitoring tools; "" makes one
	// MaxPayloadBytes bounds one message; 0: 8 MiB, the most of which NATS does not warn.
	MaxPayloadBytes int
	// MaxPendingBytes is what may wait for one slow client before it is cut off; 0: 256 MiB, four times NATS's own.
	MaxPendingBytes int64
	// NoJetStream leaves JetStream out (tests of what then is said).
	NoJetStream bool
	// StoreDir is the directory for JetStream; "": a temporary one, removed at Shutdown. The server wants one even where nothing
	// is kept in it.
	StoreDir string
	// MemoryOnly refuses whatever would be kept in files.
	MemoryOnly bool
	// ReadyTimeout bounds the wait for the listener; 0: 10 s.
	ReadyTimeout time.Duration
	// Log takes what the server says; nil: nothing is said. Notices become debug lines.
	Log *slog.Logger
}

// ErrStart is the class of errors of Start.
var ErrStart = errors.New("embedded: NATS server did not start")

// Server is a running server. Its methods may be called from any goroutine.
type Server struct {
	srv            *server.Server
	user, password string
	dir            string // to be removed; "" if it is the caller's
}

// Start starts a server and waits until it takes connections.
func Start(o Options) (*Server, error) {
	if o.MaxPayloadBytes == 0 {
		o.MaxPayloadBytes = DefaultMaxPayloadBytes
	}
	if o.MaxPendingBytes == 0 {
		o.MaxPendingBytes = DefaultMaxPendingBytes
	}
	if o.ReadyTimeout == 0 {
		o.ReadyTimeout = defaultReady
	}
	s := &Server{user: "prism", password: rand.Text()}
	so := &server.Options{
		ServerName:             o.Name,
		Host:                   "127.0.0.1",
		Port:                   server.RANDOM_PORT,
		NoSigs:                 true,
		NoLog:                  o.Log == nil,
		Username:               s.user,
		Password:               s.password,
		MaxPayload:             int32(o.MaxPayloadBytes),
		MaxPending:             o.MaxPendingBytes,
		JetStream:              !o.NoJetStream,
		DisableJetStreamBanner: true,
	}
	if !o.NoJetStream {
		so.StoreDir = o.StoreDir
		if so.StoreDir == "" {
			dir, err := os.MkdirTemp("", "prism-nats-")
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrStart, err)
			}
			s.dir, so.StoreDir = dir, dir
		}
		so.JetStreamMaxMemory = 64 << 20
		so.JetStreamMaxStore = 1 << 30
		if o.MemoryOnly {
			so.JetStreamMaxStore = 1 // 0 would be what the disk holds
		}
	}
	srv, err := server.NewServer(so)
	if err != nil {
		s.removeDir()
		return nil, fmt.Errorf("%w: %w", ErrStart, err)
	}
	s.srv = srv
	if o.Log != nil {
		srv.SetLoggerV2(logger{o.Log}, false, false, false)
	}
	srv.Start()
	if !srv.ReadyForConnections(o.ReadyTimeout) {
		s.Shutdown()
		return nil, fmt.Errorf("%w within %v", ErrStart, o.ReadyTimeout)
	}
	return s, nil
}

// URL tells where the server listens, without a secret in it.
func (s *Server) URL() string { return s.srv.ClientURL() }

// Credentials tells how to log in.
func (s *Server) Credentials() (user, password string) { return s.user, s.password }

// InProcessConn makes a connection through memory, for a client in this process.
func (s *Server) InProcessConn() (net.Conn, error) { return s.srv.InProcessConn() }

// Shutdown ends the server, waits until it is down and removes its temporary directory. It may be called twice.
func (s *Server) Shutdown() {
	s.srv.Shutdown()
	s.srv.WaitForShutdown()
	s.removeDir()
}

func (s *Server) removeDir() {
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// logger gives the server's lines to slog. The server's notices are about itself, so they are debug lines here.
type logger struct{ log *slog.Logger }

func line(format string, v []any) string {
	return "nats-server: " + strings.TrimSpace(fmt.Sprintf(format, v...))
}

func (l logger) Noticef(format string, v ...any) { l.log.Debug(line(format, v)) }
func (l logger) Warnf(format string, v ...any) {
	level := slog.LevelWarn
	if strings.HasPrefix(format, "Plaintext passwords") { // ours never leaves this process's memory
		level = slog.LevelDebug
	}
	l.log.Log(context.Background(), level, line(format, v))
}
func (l logger) Fatalf(format string, v ...any) { l.log.Error(line(format, v)) }
func (l logger) Errorf(format string, v ...any) { l.log.Error(line(format, v)) }
func (l logger) Debugf(format string, v ...any) { l.log.Debug(line(format, v)) }
func (l logger) Tracef(format string, v ...any) { l.log.Debug(line(format, v)) }
