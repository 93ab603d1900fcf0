package cli

import (
	"errors"
	"fmt"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/trace"
)

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

// whole fails, after a recording was played, when it broke off: what was drawn is right, and not all.
func whole(t *trace.Reader, frames uint64) error {
	if err := t.Cut(); err != nil {
		return failed(fmt.Errorf("%w; what was left of it, %d frames, was played", err, frames))
	}
	return nil
}
