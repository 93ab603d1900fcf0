package session

import (
	"context"
	"io"
	"time"

	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/trace"
)

// Source is where records come from and who gets answers and credits. stream/ring.Ring is one. Next is called by one
// goroutine; the others by any, also after Next has ended, and do not block.
type Source interface {
	// Next waits for a chunk (prism_chunk and its records, checked), valid until the next call. io.EOF: the app is gone.
	Next(ctx context.Context) ([]byte, error)
	// Reply hands an answer (prism_reply) to who asked. ring.ErrNoAsker and ring.ErrClosed mean that nobody waits for it any
	// more; any other error ends the session.
	Reply(id uint64, reply []byte) error
	FrameDone()
	FinishDone()
	// Result writes what a query has counted, or that a fence was passed, to its place; use counts the results there.
	Result(place, use uint32, value uint64)
	// Tell hands over what a node's driver says to the app; false: the app does not look, and it is lost.
	Tell(m ring.Message) bool
	SetLost()
	SetGLError(e uint32)
	SetWindowGone()
}

// Timed is what a trace gives: chunks with the time at which the app committed them, on any clock; io.EOF at the end.
type Timed func() (chunk []byte, at time.Duration, err error)

// Trace is a Source that plays recorded chunks: answers and credits go nowhere, the app's questions are asked all the same.
type Trace struct {
	next     Timed
	realtime bool
	began    time.Time
}

var _ Source = (*Trace)(nil)

// NewTrace plays as fast as it goes, or with realtime not before each chunk's time.
func NewTrace(next Timed, realtime bool) *Trace { return &Trace{next: next, realtime: realtime} }

// Next implements Source.
func (t *Trace) Next(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	chunk, at, err := t.next()
	if err != nil || !t.realtime {
		return chunk, err
	}
	if t.began.IsZero() {
		t.began = time.Now().Add(-at)
	}
	if wait := time.Until(t.began.Add(at)); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return chunk, nil
}

// Reply implements Source.
func (*Trace) Reply(uint64, []byte) error { return nil }

// FrameDone implements Source.
func (*Trace) FrameDone() {}

// FinishDone implements Source.
func (*Trace) FinishDone() {}

// Result implements Source.
func (*Trace) Result(uint32, uint32, uint64) {}

// Tell implements Source.
func (*Trace) Tell(ring.Message) bool { return false }

// SetLost implements Source.
func (*Trace) SetLost() {}

// SetGLError implements Source.
func (*Trace) SetGLError(uint32) {}

// SetWindowGone implements Source.
func (*Trace) SetWindowGone() {}

// Chunks is a Timed over chunks in memory.
func Chunks(chunks [][]byte) Timed {
	return func() ([]byte, time.Duration, error) {
		if len(chunks) == 0 {
			return nil, 0, io.EOF
		}
		c := chunks[0]
		chunks = chunks[1:]
		return c, 0, nil
	}
}

// FromTrace is a Timed over a trace file.
func FromTrace(r *trace.Reader) Timed {
	return func() ([]byte, time.Duration, error) {
		c, err := r.Next()
		return c.Data, time.Duration(c.NS), err
	}
}

// RecordTo is a Config.Record that writes a trace; the caller closes it.
func RecordTo(w *trace.Writer) func(chunk []byte, swaps int) error {
	began := time.Now()
	return func(chunk []byte, swaps int) error { return w.Append(uint64(time.Since(began)), chunk, swaps) }
}
