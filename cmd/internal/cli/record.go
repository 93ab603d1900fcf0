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

// noteTruncated tells the user that a recording breaks off; what is left of it was played.
func (a *app) noteTruncated(t *trace.Reader, file string) {
	if t.Truncated() {
		fmt.Fprintf(a.errOut, "prism: %s breaks off: its recording was not ended properly; what is left of it was played\n", file)
	}
}
