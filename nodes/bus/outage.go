package bus

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrServer: the NATS server was away for longer than is borne.
var ErrServer = errors.New("bus: NATS server lost")

// outage tells a lane's end whose fault a silence is: its peer's, the server's, or its own connection's. Only run uses it.
//
// While there is no connection nobody can be heard, so no silence counts, and afterwards all peers get the full time again;
// when there is none for Options.Patience the lane ends. A connection over which nothing at all comes, not even the server's
// answer to a ping, is none either: it is given up for one to the next server of the cluster. With a connection, a peer that was
// silent for too long may still have spoken: its words can wait in the server behind others'. So nobody is taken for gone
// before the server has answered, which it does after whatever it has for us.
type outage struct {
	from   time.Time  // since when there is no connection; zero: there is one
	heard  time.Time  // when anything came from anybody, the server too
	asked  time.Time  // when the server was asked
	answer chan error // its answer to that; nil: none is awaited
	stop   context.CancelFunc
	sure   time.Time // whatever was sent to us until then is here
}

// away looks at the connection and tells whether there is none.
func (e *end) away(now time.Time) bool {
	o := &e.outage
	if e.tr.connected() {
		if !o.from.IsZero() {
			e.amnesty(now)
			o.from = time.Time{}
		}
		return false
	}
	if o.from.IsZero() {
		o.from = now
	}
	e.forget()
	if away := now.Sub(o.from); away > e.opt.Patience {
		e.fail(fmt.Errorf("%w: no connection to %s for %v", ErrServer, e.tr.server(), e.opt.Patience))
	}
	return true
}

// amnesty gives all peers the full time again.
func (e *end) amnesty(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	away := now.Sub(e.outage.from)
	e.started = e.started.Add(away)
	e.outage.heard = now
	for _, p := range e.peers {
		p.heard = now
		p.in.excuse(away)
		if p.exit != "" {
			p.exitAt = p.exitAt.Add(away)
		}
		if p.bye != nil {
			p.byeUntil = p.byeUntil.Add(away)
		}
	}
}

// silent tells whether a peer that was last heard at that time is to be taken for gone. mu is held.
func (e *end) silent(heard, now time.Time) bool {
	if now.Sub(heard) <= e.opt.Silence {
		return false
	}
	o := &e.outage
	if o.sure.Sub(heard) > e.opt.Silence {
		return true
	}
	e.ask(now)
	return false
}

// ask asks the server, unless it is asked already. It has a third of Silence to answer.
func (e *end) ask(now time.Time) {
	o := &e.outage
	if o.answer != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), e.opt.Silence/3)
	answer := make(chan error, 1)
	o.asked, o.answer, o.stop = now, answer, cancel
	go func() { answer <- e.tr.flush(ctx) }() // ends with ctx, which forget ends
}

// answered takes the server's answer, if there is one by now.
func (e *end) answered(now time.Time) {
	o := &e.outage
	if o.answer == nil {
		return
	}
	select {
	case err := <-o.answer:
		asked := o.asked
		o.answer = nil
		e.forget()
		switch {
		case err == nil:
			o.sure, o.heard = asked, now
		case !e.tr.connected():
		case now.Sub(o.heard) > e.opt.Silence/2: // it could at least have told us that it is there
			o.from = o.heard
			e.log.Debug("bus: the server does not answer", "server", e.tr.server(), "quiet", now.Sub(o.heard))
			e.tr.reconnect()
		}
	default:
	}
}

// forget asks no more.
func (e *end) forget() {
	o := &e.outage
	if o.stop != nil {
		o.stop()
	}
	if o.answer != nil {
		<-o.answer
	}
	o.answer, o.stop = nil, nil
}

// excuse takes the time of an outage out of the asking in vain.
func (in *inbox) excuse(away time.Duration) {
	if !in.askAgain.IsZero() {
		in.stuckFrom = in.stuckFrom.Add(away)
	}
}
