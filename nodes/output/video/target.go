package video

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrTarget is the class of errors of Look: nothing can be written there.
var ErrTarget = errors.New("video: cannot write")

// Target is a place to write to that was looked at.
type Target struct {
	Path string
	// Stream: it is no file but a named pipe, a device or an open descriptor: written once from its beginning, without seeking.
	Stream bool
	// descriptor: the path names an open descriptor of this process, whose file is not ours to empty.
	descriptor bool
}

// Look finds out whether path can be written to, and leaves all as it was. It opens no named pipe: that would wait for a reader,
// and a reader would see an end of file.
func Look(path string) (Target, error) {
	t := Target{Path: path, descriptor: isDescriptor(path)}
	bad := func(err error) (Target, error) { return Target{}, fmt.Errorf("%w: %w", ErrTarget, err) }
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && !t.descriptor {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return bad(err)
		}
		_ = f.Close()
		if err := os.Remove(path); err != nil {
			return bad(err)
		}
		return t, nil
	}
	if err != nil {
		return bad(err)
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return bad(fmt.Errorf("%s is a directory", path))
	case mode.Type() == fs.ModeSocket:
		return bad(fmt.Errorf("%s is a socket", path))
	case mode.IsRegular():
		t.Stream = t.descriptor
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return bad(err)
		}
		_ = f.Close()
	default:
		t.Stream = true
		if err := unix.Access(path, unix.W_OK); err != nil {
			return bad(&fs.PathError{Op: "open", Path: path, Err: err})
		}
		if mode.Type()&fs.ModeCharDevice != 0 && isTerminal(path) {
			return bad(fmt.Errorf("%s is a terminal", path))
		}
	}
	return t, nil
}

// isDescriptor tells whether path is one of the names for open descriptors.
func isDescriptor(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdout" || path == "/dev/stderr" || strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/")
}

func isTerminal(path string) bool {
	f, err := os.OpenFile(path, os.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	_, err = unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
