package bus

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// ErrPermission: the server does not let this user publish or listen there.
var ErrPermission = errors.New("bus: not permitted")

// refusals brings what a server refuses to those who wait for its effect: NATS tells it only later, and beside what was asked.
type refusals struct {
	mu    sync.Mutex
	next  int
	waits map[int]refusable
	// answers: why none can come. The client listens for them once and for all, so that is refused only once.
	answers error
}

type refusable struct {
	prefixes []string // of subjects
	refuse   func(error)
}

// inboxes is where answers come.
const inboxes = "_INBOX."

var refusedSubject = regexp.MustCompile(`(?i)permissions violation for (publish|subscription) to "([^"]*)"`)

// note takes an error of the server's; heeded: somebody waits for what was refused, and will say so.
func (r *refusals) note(err error) (heeded bool) {
	m := refusedSubject.FindStringSubmatch(err.Error())
	if m == nil {
		return false
	}
	verb, subject := "publish to", m[2]
	if strings.EqualFold(m[1], "subscription") {
		verb = "listen to"
	}
	why := fmt.Errorf("%w: this user may not %s %s: %w", ErrPermission, verb, subject, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(subject, inboxes) && verb == "listen to" {
		r.answers = why
	}
	for _, w := range r.waits {
		for _, p := range w.prefixes {
			if strings.HasPrefix(subject, p) {
				w.refuse(why)
				heeded = true
				break
			}
		}
	}
	return heeded
}

// add calls refuse when a subject that begins with one of prefixes is refused, until remove. refuse must not block.
func (r *refusals) add(refuse func(error), prefixes ...string) (remove func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waits == nil {
		r.waits = map[int]refusable{}
	}
	id := r.next
	r.next++
	r.waits[id] = refusable{prefixes, refuse}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waits, id)
	}
}

// watch gives a context that ends with ErrPermission as its cause when such a subject, or the place for answers, is refused.
func (r *refusals) watch(ctx context.Context, prefixes ...string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	remove := r.add(cancel, append([]string{inboxes}, prefixes...)...)
	r.mu.Lock()
	if r.answers != nil {
		cancel(r.answers)
	}
	r.mu.Unlock()
	return ctx, func() {
		remove()
		cancel(nil)
	}
}

// because gives the cause of ctx's end instead of err where the server has refused something.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrPermission) {
		return cause
	}
	return err
}
