package video

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// ErrReaderGone says that nobody reads any more what is written to a pipe.
var ErrReaderGone = errors.New("video: the reader is gone")

const (
	step   = 1 << 20                // bytes at most between two looks at the context
	slice  = 100 * time.Millisecond // a pipe may be full between two looks at the context
	knocks = 20 * time.Millisecond  // between two looks for a named pipe's reader
)

// Writer writes to a file or a pipe. Write and Close are for one goroutine, Moved is for any.
type Writer struct {
	f     *os.File
	pipe  bool // has deadlines
	whole int64
	file  bool // can be cut
	moved atomic.Uint64
}

// NewWriter takes f over.
func NewWriter(f *os.File) *Writer {
	w := &Writer{f: f, pipe: f.SetWriteDeadline(time.Time{}) == nil}
	if info, err := f.Stat(); err == nil {
		w.file = info.Mode().IsRegular()
	}
	return w
}

// Open opens t for writing from the beginning. For a named pipe it waits for a reader until ctx ends.
func Open(ctx context.Context, t Target) (*Writer, error) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	switch {
	case t.descriptor:
		flags = os.O_WRONLY | os.O_APPEND | unix.O_NONBLOCK
	case t.Stream:
		flags = os.O_WRONLY | unix.O_NONBLOCK
	}
	ticker := time.NewTicker(knocks)
	defer ticker.Stop()
	for {
		f, err := os.OpenFile(t.Path, flags, 0o666)
		switch {
		case err == nil:
			w := NewWriter(f)
			w.file = w.file && !t.descriptor
			return w, nil
		case !t.Stream || !errors.Is(err, unix.ENXIO):
			return nil, fmt.Errorf("video: %w", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("video: %s has no reader: %w", t.Path, ctx.Err())
		}
	}
}

// Moved counts the bytes that went out.
func (w *Writer) Moved() uint64 { return w.moved.Load() }

// Write writes all of p, or says why not; then a part may have gone out.
func (w *Writer) Write(ctx context.Context, p []byte) error {
	for len(p) > 0 {
		if w.pipe {
			if err := w.f.SetWriteDeadline(time.Now().Add(slice)); err != nil {
				return fmt.Errorf("video: %w", err)
			}
		}
		n, err := w.f.Write(p[:min(len(p), step)])
		w.moved.Add(uint64(n))
		p = p[n:]
		switch {
		case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, unix.EPIPE):
			return fmt.Errorf("%w: %w", ErrReaderGone, err)
		default:
			return fmt.Errorf("video: %w", err)
		}
		if err := ctx.Err(); err != nil && len(p) > 0 {
			return fmt.Errorf("video: %w", err)
		}
	}
	return nil
}

// Mark says that what has been written so far is whole.
func (w *Writer) Mark() { w.whole = int64(w.moved.Load()) }

// Close closes the file. What came after the last Mark is cut off where that can be done.
func (w *Writer) Close() error {
	var err error
	if w.file && w.whole < int64(w.moved.Load()) {
		err = w.f.Truncate(w.whole)
	}
	if err = errors.Join(err, w.f.Close()); err != nil {
		return fmt.Errorf("video: %w", err)
	}
	return nil
}
