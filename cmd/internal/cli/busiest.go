package cli

import (
	"context"
	"sync"

	"github.com/prismgl/prism/nodes/session"
)

// busiest runs an app and gives what was measured of it: of several processes that draw, the one counts that has shown most frames, and
// they are at least enough. listen is told of each process's session, and what it gives is called when that ends. errNoFrames: none has shown so
// many.
func busiest[T any](ctx context.Context, r *runner, pol *policy, enough int, listen func(c *session.Config) (ended func() (one T, frames int))) (best T, err error) {
	var (
		mu   sync.Mutex
		most = -1
	)
	r.tune = func(c *session.Config) func() {
		ended := listen(c)
		return func() {
			one, frames := ended()
			mu.Lock()
			defer mu.Unlock()
			if frames > most {
				best, most = one, frames
			}
		}
	}
	err = r.run(ctx, pol, false)
	switch {
	case r.failed != nil:
		return best, r.failed
	case most >= enough:
		return best, nil // the app's own status does not matter when it has drawn
	case err == nil:
		err = errNoFrames
	}
	return best, err
}
