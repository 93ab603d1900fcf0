package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/trace"
)

// recorder writes a session's chunks to a trace file.
type recorder struct {
	w     *trace.Writer
	began time.Time
}

func newRecorder(file string, info trace.Info) (*recorder, error) {
	w, err := trace.Create(file, gl.SpecHash, info)
	if err != nil {
		return nil, err
	}
	return &recorder{w: w, began: time.Now()}, nil
}

// chunk is session.Config.Record.
func (r *recorder) chunk(chunk []byte, swaps int) error {
	return r.w.Append(uint64(time.Since(r.began)), chunk, swaps)
}

func (r *recorder) close() error { return r.w.Close() }

// openTrace opens a recording that this build can play.
func openTrace(file string) (*trace.Reader, error) {
	t, err := trace.Open(file)
	if err != nil {
		return nil, err
	}
	if t.SpecHash() != gl.SpecHash {
		err := fmt.Errorf("%s was recorded by another build of prism: its commands have hash %#x, ours %#x; record it again", file, t.SpecHash(), uint64(gl.SpecHash))
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}
