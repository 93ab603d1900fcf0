package y4m

import (
	"context"
	"fmt"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/video"
)

// Options of an Output.
type Options struct {
	Rate output.Rate       // zero: output.DefaultRate
	Half bool              // C420jpeg instead of C444
	Note func(text string) // see video.Config
}

// New makes an output that writes to path, which may be a named pipe or a device.
func New(path string, o Options) (*video.Output, error) {
	t, err := video.Look(path)
	if err != nil {
		return nil, fmt.Errorf("y4m: %w", err)
	}
	if o.Rate == (output.Rate{}) {
		o.Rate = output.DefaultRate
	}
	tab := newTables()
	return video.New(video.Config{Kind: "y4m", Target: t, Note: o.Note,
		Begin: func(ctx context.Context, t video.Target, width, height int) (video.Encoder, error) {
			w, err := video.Open(ctx, t)
			if err != nil {
				return nil, err
			}
			return &encoder{w: w, tables: tab, half: o.Half, head: header(width, height, o), buf: frameBuffer(width, height, o.Half)}, nil
		}}), nil
}

// header is the line that opens a file.
func header(width, height int, o Options) []byte {
	chroma := "444"
	if o.Half {
		chroma = "420jpeg"
	}
	return fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F%d:%d Ip A1:1 C%s XCOLORRANGE=LIMITED\n", width, height, o.Rate.Num, o.Rate.Den, chroma)
}

const frameLine = "FRAME\n"

// frameBuffer has room for a frame and begins with its line.
func frameBuffer(width, height int, half bool) []byte {
	b := make([]byte, len(frameLine)+sizeBytes(width, height, half))
	copy(b, frameLine)
	return b
}

// encoder writes one file.
type encoder struct {
	w      *video.Writer
	tables *tables
	half   bool
	head   []byte // not written yet
	buf    []byte // of one frame, with its line
}

// Write implements video.Encoder.
func (e *encoder) Write(ctx context.Context, f *output.Frame) error {
	if e.head != nil {
		if err := e.w.Write(ctx, e.head); err != nil {
			return err
		}
		e.head = nil
	}
	e.fill(f)
	if err := e.w.Write(ctx, e.buf); err != nil {
		return err
	}
	e.w.Mark()
	return nil
}

func (e *encoder) fill(f *output.Frame) {
	planes := e.buf[len(frameLine):]
	if e.half {
		e.tables.half(planes, f.Pix, f.Width, f.Height)
	} else {
		e.tables.full(planes, f.Pix, f.Width, f.Height)
	}
}

// Close implements video.Encoder.
func (e *encoder) Close() error { return e.w.Close() }

// Progress implements video.Encoder.
func (e *encoder) Progress() uint64 { return e.w.Moved() }
