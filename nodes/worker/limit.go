package worker

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/proto"
)

// DefaultAddressSpaceBytes bounds a worker where the configuration does not: far above what drivers map, below what would take the
// machine with it when a session runs wild.
const DefaultAddressSpaceBytes = 1 << 40

// Limit sets the process's resource limits: no core files, an address space and open files as l says. For the worker's own process.
func Limit(l proto.Rlimits) error {
	if l.AddressSpaceBytes == 0 {
		l.AddressSpaceBytes = DefaultAddressSpaceBytes
	}
	for _, s := range []struct {
		name  string
		what  int
		value uint64
	}{{"core size", unix.RLIMIT_CORE, 0}, {"address space", unix.RLIMIT_AS, l.AddressSpaceBytes}, {"open files", unix.RLIMIT_NOFILE, l.OpenFiles}} {
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
