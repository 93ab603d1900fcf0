package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// Errors of connections; wrapped with the reason.
var (
	ErrConnect     = errors.New("bus: cannot connect")
	ErrClosed      = errors.New("bus: connection closed")
	ErrNoResponder = errors.New("bus: nobody answers")
)

// Config says which server, and as whom.
type Config struct {
	// URL is nats://host:port or tls://host:port, or several of one cluster separated by commas; no secret in it. Other servers of
	// the cluster are found by themselves.
	URL string
	// Credentials, or where they lie.
	Credentials Credentials
	Secret      Secret
	// InProcess is a server in this process (embedded.Server): the connection goes to it through memory. URL is then for others,
	// like workers. nil: a connection to URL.
	InProcess nats.InProcessConnProvider
	Name      string // of this client, shown by monitoring tools
	TLS       TLS
	// ConnectTimeout bounds one attempt; 0: 5 s.
	ConnectTimeout time.Duration
	// ReconnectWait is the pause between attempts once a connection was lost; 0: 200 ms. The connection is never given up.
	ReconnectWait time.Duration
	// Patience is how long lanes of this connection, and those of workers that are told to connect likewise, bear to be without
	// it; 0: DefaultPatience.
	Patience time.Duration
	// OnEvent is called for each Event, one after the other; it must not block. nil: events go to Log, if that is set.
	OnEvent func(Event)
	Log     *slog.Logger
}

// EventType says what happened to a connection.
type EventType uint8

// Types of events.
const (
	EventDisconnected EventType = 1 + iota
	EventReconnected
	EventSlowConsumer // the client lost messages; lanes ask for them again
	EventError        // the server refused something
	EventClosed       // the connection ended for good, though Close was not called
	EventUnencrypted  // no TLS and the server is not on this machine
)

func (t EventType) String() string {
	switch t {
	case EventDisconnected:
		return "disconnected"
	case EventReconnected:
		return "reconnected"
	case EventSlowConsumer:
		return "slow consumer"
	case EventError:
		return "error"
	case EventClosed:
		return "closed"
	case EventUnencrypted:
		return "connection without TLS"
	}
	return fmt.Sprintf("event %d", uint8(t))
}

// Event is something that happened to a connection and that a user may want to see.
type Event struct {
	Type EventType
	Text string
}

// DefaultPatience lets a server be started again, and a run end within 5 s when it is not.
const DefaultPatience = 4 * time.Second

// Conn is a connection to NATS. Its methods may be called from any goroutine.
type Conn struct {
	nc      *nats.Conn
	cfg     Config
	hooks   hooks
	refused refusals
	windows windows
	plain   sync.Once   // EventUnencrypted
	ends    atomic.Bool // Close was called

	closed   chan struct{} // by the server, or by Close
	closing  sync.Once
	closeErr error // set before closed is closed
}

// Connect connects and logs in. A server that does not answer is an error at once; a connection that the network breaks off is tried
// again, a few times.
func Connect(ctx context.Context, cfg Config) (*Conn, error) {
	if cfg.URL == "" {
		return nil, fmt.Errorf("%w: no URL is given", ErrConnect)
	}
	for u := range strings.SplitSeq(cfg.URL, ",") {
		p, err := url.Parse(strings.TrimSpace(u))
		if err != nil {
			return nil, fmt.Errorf("%w: bad URL", ErrConnect) // not %w: the text would show a secret in it
		}
		if p.User != nil {
			return nil, fmt.Errorf("%w: the URL of %s holds a secret; give it by file or descriptor", ErrConnect, p.Host)
		}
	}
	if cfg.Secret != (Secret{}) {
		cr, err := cfg.Secret.Read()
		if err != nil {
			return nil, err
		}
		cfg.Credentials, cfg.Secret = cr, Secret{}
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	if cfg.ReconnectWait == 0 {
		cfg.ReconnectWait = 200 * time.Millisecond
	}
	if d, ok := ctx.Deadline(); ok {
		cfg.ConnectTimeout = min(cfg.ConnectTimeout, time.Until(d))
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConnect, err)
	}
	if cfg.Patience == 0 {
		cfg.Patience = DefaultPatience
	}
	login, err := cfg.Credentials.options()
	if err != nil {
		return nil, err
	}
	secure, err := cfg.TLS.options()
	if err != nil {
		return nil, err
	}
	c := &Conn{cfg: cfg, closed: make(chan struct{})}
	opts := []nats.Option{
		nats.Name(cfg.Name),
		nats.Timeout(cfg.ConnectTimeout),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(cfg.ReconnectWait),
		nats.ReconnectJitter(cfg.ReconnectWait/4, cfg.ReconnectWait/4),
		// What is published without a connection is refused at once; lanes resend it, others see the error.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(4), // answers stand behind data: a whole window takes long on a slow link
		// A server that takes nothing for so long is as good as gone.
		nats.FlusherTimeout(max(cfg.Patience, 10*time.Second)),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.event(EventDisconnected, err.Error())
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			c.event(EventReconnected, nc.ConnectedAddr())
			c.checkSecure(nc)
			c.hooks.run()
		}),
		nats.ClosedHandler(func(nc *nats.Conn) { c.end(nc.LastError()) }),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			where := ""
			if sub != nil {
				where = sub.Subject + ": "
			}
			if errors.Is(err, nats.ErrSlowConsumer) {
				c.event(EventSlowConsumer, where+err.Error())
				return
			}
			if errors.Is(err, nats.ErrPermissionViolation) && c.refused.note(err) {
				return
			}
			c.event(EventError, where+err.Error())
		}),
	}
	opts = append(append(opts, login...), secure...)
	if cfg.InProcess != nil {
		opts = append(opts, nats.InProcessServer(cfg.InProcess))
	}
	nc, err := c.dial(ctx, opts)
	if err != nil {
		if why := cfg.whyRefused(err); why != "" {
			return nil, fmt.Errorf("%w to %s: %s: %w", ErrConnect, cfg.URL, why, err)
		}
		return nil, fmt.Errorf("%w to %s: %w", ErrConnect, cfg.URL, err)
	}
	c.nc = nc
	c.checkSecure(nc)
	return c, nil
}

// checkSecure tells once of a connection that others could listen to; one to another server of the cluster may be the first such.
func (c *Conn) checkSecure(nc *nats.Conn) {
	addr := nc.ConnectedAddr()
	if _, err := nc.TLSConnectionState(); err == nil || c.cfg.InProcess != nil || addr == "" || loopback(addr) {
		return
	}
	c.plain.Do(func() {
		c.event(EventUnencrypted, addr+" is not on loopback: whoever is between can read and change everything, the secret too")
	})
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() || host == "localhost"
}

func (c *Conn) event(t EventType, text string) {
	switch l := c.cfg.Log; {
	case c.ends.Load():
	case c.cfg.OnEvent != nil:
		c.cfg.OnEvent(Event{t, text})
	case l != nil && t == EventReconnected:
		l.Info("bus: "+t.String(), "name", c.cfg.Name, "detail", text)
	case l != nil:
		l.Warn("bus: "+t.String(), "name", c.cfg.Name, "detail", text)
	}
}

// Config gives what the connection was made with, secrets read; agents hand it to their workers.
func (c *Conn) Config() Config { return c.cfg }

// MaxPayload tells the largest message that the server takes, in bytes.
func (c *Conn) MaxPayload() int { return int(c.nc.MaxPayload()) }

// ServerVersion tells the server's version.
func (c *Conn) ServerVersion() string { return c.nc.ConnectedServerVersion() }

// Connected tells whether there is a connection just now.
func (c *Conn) Connected() bool { return c.nc.IsConnected() }

// Server names the server that the connection is to, or the last one that it was to or all that may be tried while there is none.
func (c *Conn) Server() string {
	if addr := c.nc.ConnectedAddr(); addr != "" && addr != "pipe" {
		return addr
	}
	return c.cfg.URL
}

// Done is closed when the connection has ended for good: by Close, or since the server does not let it in any more.
func (c *Conn) Done() <-chan struct{} { return c.closed }

// Err says why, once Done is closed; nil after Close.
func (c *Conn) Err() error { return c.closeErr }

// end is called when nats.go has closed the connection.
func (c *Conn) end(err error) {
	c.closing.Do(func() {
		if !c.ends.Load() {
			if err == nil {
				err = ErrClosed
			} else {
				err = fmt.Errorf("%w by %s: %w", ErrClosed, c.cfg.URL, err)
			}
			c.closeErr = err
			c.event(EventClosed, err.Error())
		}
		close(c.closed)
	})
}

// Publish sends data to whoever listens.
func (c *Conn) Publish(subject string, data []byte) error {
	if err := c.nc.Publish(subject, data); err != nil {
		return fmt.Errorf("bus: publish to %s: %w", subject, classify(err))
	}
	return nil
}

// Flush waits until the server has taken what was published.
func (c *Conn) Flush(ctx context.Context) error {
	if err := c.nc.FlushWithContext(ctx); err != nil {
		return fmt.Errorf("bus: flush: %w", classify(err))
	}
	return nil
}

// Request sends data and waits for one answer until ctx ends, or the connection: nobody would send the answer again. An error that
// the other side gave is a *RemoteError.
func (c *Conn) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	ctx, done := c.refused.watch(ctx, subject)
	defer done()
	ctx, cancel := context.WithCancelCause(ctx)
	away := c.nc.StatusChanged(nats.DISCONNECTED, nats.RECONNECTING, nats.CLOSED)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-away:
			cancel(errAnswerLost)
		case <-ctx.Done():
		}
	})
	defer func() {
		cancel(nil)
		watch.Wait()
		c.nc.RemoveStatusListener(away)
	}()
	m, err := c.nc.RequestWithContext(ctx, subject, data)
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, errAnswerLost) {
			err = cause
		}
		return nil, fmt.Errorf("bus: request to %s: %w", subject, classify(because(ctx, err)))
	}
	if code := m.Header.Get(headerErrorCode); code != "" {
		return nil, fmt.Errorf("bus: request to %s: %w", subject, &RemoteError{Code: code, Text: m.Header.Get(headerError)})
	}
	return m.Data, nil
}

var errAnswerLost = errors.New("the connection to the NATS server was lost before the answer came")

// RemoteError is an error that an endpoint answered with.
type RemoteError struct {
	Code string // like an HTTP status: "400" the request is bad, "500" it could not be done
	Text string
}

func (e *RemoteError) Error() string { return e.Text }

// Subscribe calls handle for each message, one after the other, until the returned function is called or the connection
// closes. data belongs to handle.
func (c *Conn) Subscribe(subject string, handle func(subject string, data []byte)) (cancel func(), err error) {
	sub, err := c.nc.Subscribe(subject, func(m *nats.Msg) { handle(m.Subject, m.Data) })
	if err != nil {
		return nil, fmt.Errorf("bus: subscribe to %s: %w", subject, classify(err))
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

// Close ends the connection after what was published has gone out.
func (c *Conn) Close() {
	c.ends.Store(true)
	if c.nc.IsConnected() {
		_ = c.nc.FlushTimeout(time.Second)
	}
	c.nc.Close()
	c.end(nil)
}

func classify(err error) error {
	switch {
	case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrConnectionDraining):
		return fmt.Errorf("%w: %w", ErrClosed, err)
	case errors.Is(err, nats.ErrNoResponders):
		return fmt.Errorf("%w: %w", ErrNoResponder, err)
	}
	return err
}
