package bus

import (
	"context"
	"errors"
	"io"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	connectTries  = 5
	insistAttempt = 5 * time.Second
	insistPause   = 100 * time.Millisecond
)

// dial is nats.Connect, again where the network breaks the connection off before it is one.
func (c *Conn) dial(ctx context.Context, opts []nats.Option) (nc *nats.Conn, err error) {
	for try := 1; ; try++ {
		nc, err = nats.Connect(c.cfg.URL, opts...)
		if err == nil || try == connectTries || !brokenOff(err) || !pause(ctx, c.cfg.ReconnectWait) {
			return nc, err
		}
	}
}

// brokenOff tells whether a connection ended by the network's fault.
func brokenOff(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, nats.ErrConnectionClosed)
}

// pause waits and tells whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Insist is Request on a network where connections break: it asks again when no answer has come for 5 s, and when the
// connection breaks, is not there, or nobody answers it does so for Config.Patience. The other side may be asked the same twice.
func (c *Conn) Insist(ctx context.Context, subject string, data []byte) ([]byte, error) {
	var failing time.Time
	for {
		attempt, cancel := context.WithTimeout(ctx, insistAttempt)
		answer, err := c.Request(attempt, subject, data)
		silent := attempt.Err() != nil
		cancel()
		switch {
		case err == nil || ctx.Err() != nil || errors.Is(err, ErrPermission):
			return answer, err
		case silent:
			failing = time.Time{}
		case !errors.Is(err, ErrNoResponder) && !away(err):
			return answer, err
		case failing.IsZero():
			failing = time.Now()
		case time.Since(failing) > c.cfg.Patience:
			return answer, err
		}
		if !pause(ctx, insistPause) {
			return answer, err
		}
	}
}

// away tells whether something could not be sent, or answered, since there is no connection just now.
func away(err error) bool {
	return errors.Is(err, errAnswerLost) || errors.Is(err, nats.ErrReconnectBufExceeded) || errors.Is(err, nats.ErrConnectionReconnecting) || errors.Is(err, nats.ErrDisconnected)
}
