package worker

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/proto"
)

// DefaultAddressSpaceBytes bounds a worker where the configuration does not: far above what drivers map, below what would take the
// machine with it when a session runs wild.
const DefaultAddressSpaceBytes = 1 << 40

// leastDataBytes is what a worker needs for itself: room for answers (over 1 GiB, little of it used), the runtime, a window or two.
const leastDataBytes = 4 << 30

// defaultDataBytes bounds what a session can make its worker fill: three quarters of the machine's memory.
func defaultDataBytes() (uint64, error) {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0, fmt.Errorf("worker: memory of the machine: %w", err)
	}
	return max(leastDataBytes, uint64(info.Totalram)*uint64(info.Unit)/4*3), nil
}

// Limit sets the process's resource limits: no core files; an address space, data and open files as l says. For the worker's own process.
func Limit(l proto.Rlimits) error {
	if l.AddressSpaceBytes == 0 {
		l.AddressSpaceBytes = DefaultAddressSpaceBytes
	}
	if l.DataBytes == 0 {
		var err error
		if l.DataBytes, err = defaultDataBytes(); err != nil {
			return err
		}
	}
	for _, s := range []struct {
		name  string
		what  int
		value uint64
	}{{"core size", unix.RLIMIT_CORE, 0}, {"address space", unix.RLIMIT_AS, l.AddressSpaceBytes}, {"data", unix.RLIMIT_DATA, l.DataBytes}, {"open files", unix.RLIMIT_NOFILE, l.OpenFiles}} {
		if s.value == 0 && s.what != unix.RLIMIT_CORE {
			continue
		}
		var old unix.Rlimit
		if err := unix.Getrlimit(s.what, &old); err != nil {
			return fmt.Errorf("worker: limit of %s: %w", s.name, err)
		}
		v := min(s.value, old.Max)
		if err := unix.Setrlimit(s.what, &unix.Rlimit{Cur: v, Max: v}); err != nil {
			return fmt.Errorf("worker: limit of %s to %d: %w", s.name, v, err)
		}
	}
	return nil
}
