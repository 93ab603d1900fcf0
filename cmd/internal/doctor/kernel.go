package doctor

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

func kernelChecks() []Check {
	var u unix.Utsname
	_ = unix.Uname(&u)
	out := []Check{{groupKernel, "release", OK, unix.ByteSliceToString(u.Release[:]), ""}}
	line := func(name, why string, need Status, err error) {
		if err == nil {
			out = append(out, Check{groupKernel, name, OK, why, ""})
			return
		}
		out = append(out, Check{groupKernel, name, need, fmt.Sprintf("%v: %s", err, why), "a Linux kernel from 5.4 on, without a seccomp profile that forbids it"})
	}
	line("memfd with seals", "the ring between app and splitter", Fail, tryMemfd())
	line("futex", "wake-ups on the ring", Fail, tryFutex())
	line("pidfd", "seeing that an app ended", Warn, tryPidfd())
	// The same questions, and the same choice, as in the driver (stream/driver/gl/buffers/pages.c).
	if os.Getenv("PRISM_PAGES") == "compare" {
		out = append(out, Check{groupKernel, "changed pages of mappings", Warn, "compared with a copy: PRISM_PAGES=compare", "unset PRISM_PAGES"})
	} else if err := tryWriteTracking(); err != nil {
		out = append(out, Check{groupKernel, "changed pages of mappings", Warn, fmt.Sprintf("compared with a copy: %v", err), "Linux 6.7 or newer, and a seccomp profile that allows userfaultfd"})
	} else {
		out = append(out, Check{groupKernel, "changed pages of mappings", OK, "told by the kernel: userfaultfd WP_ASYNC, PAGEMAP_SCAN", ""})
	}
	return out
}

func tryMemfd() error {
	fd, err := unix.MemfdCreate("prism-doctor", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, 4096); err != nil {
		return err
	}
	_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	return err
}

func tryFutex() error {
	const futexWake = 1
	var word uint32
	_, _, e := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&word)), futexWake, 1, 0, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func tryPidfd() error {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

// tryWriteTracking asks for userfaultfd's asynchronous write protection (linux/userfaultfd.h, UFFD_FEATURE_WP_ASYNC) and for PAGEMAP_SCAN
// (linux/fs.h), which reads it.
func tryWriteTracking() error {
	const (
		userModeOnly  = 1          // UFFD_USER_MODE_ONLY
		apiIoctl      = 0xc018aa3f // UFFDIO_API
		apiVersion    = 0xaa
		wpUnpopulated = 1 << 13
		wpAsync       = 1 << 15
		scanIoctl     = 0xc0606610 // PAGEMAP_SCAN
	)
	fd, _, e := unix.Syscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC|unix.O_NONBLOCK|userModeOnly, 0, 0)
	if e != 0 {
		return fmt.Errorf("userfaultfd: %w", e)
	}
	defer unix.Close(int(fd))
	api := struct{ api, features, ioctls uint64 }{apiVersion, wpAsync | wpUnpopulated, 0}
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, fd, apiIoctl, uintptr(unsafe.Pointer(&api))); e != 0 {
		return errors.New("userfaultfd WP_ASYNC is not offered by this kernel")
	}
	pagemap, err := unix.Open("/proc/self/pagemap", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("/proc/self/pagemap: %w", err)
	}
	defer unix.Close(pagemap)
	arg := [12]uint64{12 * 8} // struct pm_scan_arg: its size, and an empty range
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(pagemap), scanIoctl, uintptr(unsafe.Pointer(&arg))); e != 0 {
		return errors.New("PAGEMAP_SCAN is not offered by this kernel")
	}
	return nil
}

func limitChecks() []Check {
	var out []Check
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err == nil {
		c := Check{groupLimit, "open files", OK, fmt.Sprintf("%d (at most %d)", files.Cur, files.Max), ""}
		if files.Cur < 256 {
			c.Status, c.Remedy = Warn, "ulimit -n 1024"
		}
		out = append(out, c)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &fs); err == nil {
		free := fs.Bavail * uint64(fs.Bsize) >> 20
		c := Check{groupLimit, "/dev/shm", OK, fmt.Sprintf("%d MiB free", free), ""}
		if free < 64 {
			c.Status, c.Remedy = Warn, "mount -o remount,size=1G /dev/shm (a container: --shm-size=1g)"
		}
		out = append(out, c)
	}
	if b, err := os.ReadFile("/proc/sys/kernel/shmmax"); err == nil {
		out = append(out, Check{groupLimit, "SysV shmmax", OK, joinNonEmpty(" ", string(trimNL(b)), "bytes a segment (MIT-SHM)"), ""})
	}
	return out
}

func trimNL(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return b
}
