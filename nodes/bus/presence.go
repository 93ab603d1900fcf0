package bus

import (
	"context"
	"errors"
	"time"
)

const (
	presenceEvery = 400 * time.Millisecond
	// absence is how long the server must know of nobody: who connects again, after a server or a link was away, may be later than we
	// are. It is less than Config.Patience, so that who was killed is missed within 5 s.
	absence = 2 * time.Second
)

// SubjectPresence is what a session's Hub listens on while it is there; what is sent on it is dropped.
func SubjectPresence(session string) string { return "prism.s." + session + ".here" }

// AwaitAbsence waits until nobody listens on a subject any more, and returns true; false: ctx has ended. A process that was killed can
// tell nobody that it is gone, but the server sees its connection end and knows at once. Who is slow, stopped or cut off is not absent in
// this sense, nor is anybody while we ourselves have no connection: that is for the lanes to judge.
func (c *Conn) AwaitAbsence(ctx context.Context, subject string) bool {
	tick := time.NewTicker(presenceEvery)
	defer tick.Stop()
	var since time.Time // nobody listens; zero: somebody does, or it is not known
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		try, cancel := context.WithTimeout(ctx, presenceEvery)
		_, err := c.Request(try, subject, nil)
		cancel()
		switch now := time.Now(); {
		case !errors.Is(err, ErrNoResponder):
			since = time.Time{}
		case since.IsZero():
			since = now
		case now.Sub(since) >= absence:
			return true
		}
	}
}
