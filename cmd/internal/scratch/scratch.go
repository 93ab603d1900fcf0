package scratch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const (
	prefix   = "prism-run-"
	lockName = "lock"
	// maxPath leaves room for a unix socket's name in the directory: its path has at most 107 bytes.
	maxPath = 107 - 20
	// newborn is how old a directory without a lock must be to be nobody's.
	newborn = time.Minute
)

// Dir is a directory of this process alone.
type Dir struct {
	path string
	lock *os.File
}

// New makes a directory in the first of $TMPDIR, $XDG_RUNTIME_DIR and /tmp that is there and whose path is short enough for
// sockets, after it has removed what killed runs left in them.
func New() (*Dir, error) { return newIn(places()...) }

func newIn(places ...string) (*Dir, error) {
	var tried error
	for _, in := range places {
		if !filepath.IsAbs(in) {
			continue
		}
		sweep(in)
		d, err := create(in)
		if err == nil {
			return d, nil
		}
		tried = errors.Join(tried, err)
	}
	return nil, fmt.Errorf("no place for temporary files: %w", tried)
}

// List gives the directories of this user's runs that live, wherever New might have put them.
func List() (dirs []string) { return listIn(places()...) }

func places() []string { return []string{os.TempDir(), os.Getenv("XDG_RUNTIME_DIR"), "/tmp"} }

func listIn(places ...string) (dirs []string) {
	seen := map[string]bool{}
	for _, in := range places {
		if !filepath.IsAbs(in) || seen[filepath.Clean(in)] {
			continue
		}
		seen[filepath.Clean(in)] = true
		each(in, func(path string, lock int) {
			if unix.Flock(lock, unix.LOCK_SH|unix.LOCK_NB) != nil { // its owner has it
				dirs = append(dirs, path)
			}
		}, nil)
	}
	return dirs
}

// Path is the directory.
func (d *Dir) Path() string { return d.path }

// Close removes the directory with all that is in it.
func (d *Dir) Close() error {
	return errors.Join(remove(d.path), d.lock.Close())
}

// remove removes a directory whose lock is held. The lock goes last: what is left when this process is killed meanwhile is known by it.
func remove(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if e.Name() != lockName {
			err = errors.Join(err, os.RemoveAll(filepath.Join(path, e.Name())))
		}
	}
	return errors.Join(err, os.RemoveAll(path))
}

func create(in string) (*Dir, error) {
	for range 10 {
		path, err := os.MkdirTemp(in, prefix) // mode 0700
		if err != nil {
			return nil, err
		}
		if len(path) > maxPath {
			_ = os.Remove(path)
			return nil, fmt.Errorf("%s: its path is too long for a socket", in)
		}
		lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			_ = os.RemoveAll(path)
			return nil, err
		}
		// Another run's sweep may have been quicker; then it removes what is here.
		if unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil && linked(lock) {
			return &Dir{path: path, lock: lock}, nil
		}
		_ = lock.Close()
	}
	return nil, fmt.Errorf("%s: others keep removing what is made there", in)
}

func linked(f *os.File) bool {
	var st unix.Stat_t
	return unix.Fstat(int(f.Fd()), &st) == nil && st.Nlink > 0
}

// sweep removes the directories below in that are this user's and that no living process holds. What cannot be removed stays:
// that is no reason not to run.
func sweep(in string) {
	each(in, func(path string, lock int) {
		if unix.Flock(lock, unix.LOCK_EX|unix.LOCK_NB) == nil {
			_ = remove(path)
		}
	}, func(path string, made time.Time) {
		if time.Since(made) > newborn {
			_ = os.Remove(path) // only if it is empty
		}
	})
}

// each calls f for the runs' directories below in that are this user's, with their lock file open, and without, if not nil, for those that
// have none.
func each(in string, f func(path string, lock int), without func(path string, made time.Time)) {
	found, err := filepath.Glob(filepath.Join(in, prefix+"*"))
	if err != nil {
		return
	}
	for _, path := range found {
		var st unix.Stat_t
		if unix.Lstat(path, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != os.Geteuid() {
			continue
		}
		fd, err := unix.Open(filepath.Join(path, lockName), unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		if err != nil {
			if without != nil && errors.Is(err, unix.ENOENT) {
				without(path, time.Unix(st.Mtim.Unix()))
			}
			continue
		}
		f(path, fd)
		_ = unix.Close(fd)
	}
}
