package launch

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// places are where X servers keep their locks and sockets.
type places struct{ locks, sockets string }

var xPlaces = places{"/tmp", "/tmp/.X11-unix"}

// sweepDisplays removes what X servers of this user that were killed have left: lock and socket of a display whose server is dead.
// The next server to get the number would do so too, but that may be never. What cannot be removed stays.
//
// X servers make /tmp/.tX9-lock, which fails if it is there, before they look at /tmp/.X9-lock and take it over; so does this.
func sweepDisplays(at places) {
	locks, err := filepath.Glob(filepath.Join(at.locks, ".X*-lock"))
	if err != nil {
		return
	}
	for _, lock := range locks {
		number := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(lock), ".X"), "-lock")
		if _, err := strconv.Atoi(number); err != nil || !staleLock(lock) {
			continue
		}
		guard := filepath.Join(at.locks, ".tX"+number+"-lock")
		f, err := os.OpenFile(guard, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			continue // a server is about to take it over
		}
		_ = f.Close()
		socket := filepath.Join(at.sockets, "X"+number)
		if staleLock(lock) && !listens(socket) {
			_ = os.Remove(socket)
			_ = os.Remove(lock)
		}
		_ = os.Remove(guard)
	}
}

// staleLock tells whether a lock is this user's and names a process that is dead.
func staleLock(lock string) bool {
	var st unix.Stat_t
	if unix.Lstat(lock, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || int(st.Uid) != os.Geteuid() {
		return false
	}
	b, err := os.ReadFile(lock)
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	return err == nil && pid > 0 && errors.Is(unix.Kill(pid, 0), unix.ESRCH)
}

func listens(socket string) bool {
	c, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return errors.Is(err, os.ErrDeadlineExceeded)
	}
	_ = c.Close()
	return true
}
