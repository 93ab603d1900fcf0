package png

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// unnamed is a file that gets its name when it is whole. Until then it has none, where the file system can do that: if this process is
// killed, nothing of it is left. Elsewhere it has a name of its own.
type unnamed struct {
	*os.File
	named bool
}

// fileMode is what others may do with the pictures, less what the umask takes.
const fileMode = 0o644

func create(dir string) (unnamed, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_WRONLY|unix.O_CLOEXEC, fileMode)
	if err == nil {
		return unnamed{File: os.NewFile(uintptr(fd), filepath.Join(dir, "picture"))}, nil
	}
	return createNamed(dir)
}

func createNamed(dir string) (unnamed, error) {
	f, err := os.CreateTemp(dir, ".prism-*.png")
	if err != nil {
		return unnamed{}, err
	}
	if err := f.Chmod(fileMode); err != nil {
		f.Close()
		os.Remove(f.Name())
		return unnamed{}, err
	}
	return unnamed{f, true}, nil
}

// name gives the file its name, in the folder that it was made in, and replaces what has it, and closes it.
func (u unnamed) name(file string) error {
	if !u.named {
		from := fmt.Sprintf("/proc/self/fd/%d", u.Fd())
		to := file
		err := unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW)
		if errors.Is(err, unix.EEXIST) {
			// A link does not replace; so for a moment the picture has a second name.
			to = filepath.Join(filepath.Dir(file), fmt.Sprintf(".prism-%d-%d.png", os.Getpid(), u.Fd()))
			_ = os.Remove(to)
			err = unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW)
		}
		if err == nil && to != file {
			if err = os.Rename(to, file); err != nil {
				_ = os.Remove(to)
			}
		}
		return errors.Join(err, u.Close())
	}
	if err := u.Close(); err != nil {
		return err
	}
	return os.Rename(u.Name(), file)
}

// drop closes a file that shall not be.
func (u unnamed) drop() {
	_ = u.Close()
	if u.named {
		_ = os.Remove(u.Name())
	}
}
