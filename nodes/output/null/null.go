package null

import (
	"context"

	"github.com/prismgl/prism/nodes/output"
)

// Output counts frames.
type Output struct{ Frames uint64 }

var _ output.Blind = (*Output)(nil)

// Name is "null".
func (*Output) Name() string { return "null" }

// Blind implements output.Blind.
func (*Output) Blind() {}

// Present counts f.
func (o *Output) Present(_ context.Context, f *output.Frame) error {
	if err := f.Check(); err != nil {
		return err
	}
	o.Frames++
	return nil
}

// Close does nothing.
func (*Output) Close() error { return nil }
