package shm

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Tick is how long a wait lasts at most before its end is asked whether the other side lives.
const Tick = 100 * time.Millisecond

const (
	futexWait = 0
	futexWake = 1
)

// Wait sleeps while *addr is val, for at most d, and may return early.
func Wait(addr *atomic.Uint32, val uint32, d time.Duration) {
	ts := unix.NsecToTimespec(int64(d))
	// All outcomes (woken, another value, a signal, timeout) mean the same to the caller: look again.
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(addr)), futexWait, uintptr(val), uintptr(unsafe.Pointer(&ts)), 0, 0)
}

// Word is one futex for WaitAny: a word and the value for which it is waited on.
type Word struct {
	Addr *atomic.Uint32
	Val  uint32
}

// MaxWords is how many words WaitAny can wait on at once.
const MaxWords = 128

// futexWaitv is struct futex_waitv of linux/futex.h.
type futexWaitv struct {
	val, addr       uint64
	flags, reserved uint32
}

const (
	futex32 = 2 // FUTEX_32: the words are 32 bits wide; not private, so that other processes can wake
	// blind is how long WaitAny sleeps where the kernel (before Linux 5.16, or in a sandbox) cannot wait on several words.
	blind = time.Millisecond
)

// WaitAny sleeps while each word has its value, for at most d, and may return early. Of more than MaxWords words the first
// ones are waited on.
func WaitAny(words []Word, d time.Duration) {
	switch {
	case len(words) == 0:
		return
	case len(words) == 1:
		Wait(words[0].Addr, words[0].Val, d)
		return
	case len(words) > MaxWords:
		words = words[:MaxWords]
	}
	var waiters [MaxWords]futexWaitv
	for i, w := range words {
		waiters[i] = futexWaitv{val: uint64(w.Val), addr: uint64(uintptr(unsafe.Pointer(w.Addr))), flags: futex32}
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return
	}
	until := unix.NsecToTimespec(now.Nano() + int64(d))
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX_WAITV, uintptr(unsafe.Pointer(&waiters)), uintptr(len(words)), 0,
		uintptr(unsafe.Pointer(&until)), unix.CLOCK_MONOTONIC, 0)
	switch errno {
	case 0, unix.EAGAIN, unix.EINTR, unix.ETIMEDOUT:
	default: // the kernel does not know the call, or a sandbox forbids it
		time.Sleep(min(d, blind))
	}
}

// Wake wakes everybody who waits on addr, in all processes.
func Wake(addr *atomic.Uint32) {
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(addr)), futexWake, 1<<30, 0, 0, 0)
}

// Memfd makes a memfd of a fixed size, sealed against another one, and maps it.
func Memfd(name string, size int) (f *os.File, mem []byte, err error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, nil, fmt.Errorf("memfd %s: %w", name, err)
	}
	made := os.NewFile(uintptr(fd), name)
	defer func() {
		if err != nil {
			made.Close()
		}
	}()
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return nil, nil, fmt.Errorf("memfd %s: %d bytes: %w", name, size, err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL); err != nil {
		return nil, nil, fmt.Errorf("memfd %s: seal: %w", name, err)
	}
	mem, err = Map(fd, size)
	return made, mem, err
}

// Adopt maps a memfd that another process made, after it has made sure that its size is as said and cannot change: else
// touching it could raise SIGBUS at any time.
func Adopt(fd, size int) ([]byte, error) {
	seals, err := unix.FcntlInt(uintptr(fd), unix.F_GET_SEALS, 0)
	if err != nil {
		return nil, fmt.Errorf("seals of shared memory: %w", err)
	}
	if want := unix.F_SEAL_SHRINK | unix.F_SEAL_GROW; seals&want != want {
		return nil, fmt.Errorf("shared memory is not sealed against another size (seals %#x)", seals)
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, fmt.Errorf("size of shared memory: %w", err)
	}
	if st.Size != int64(size) {
		return nil, fmt.Errorf("shared memory of %d bytes, want %d", st.Size, size)
	}
	return Map(fd, size)
}

// Map maps size bytes of fd, shared.
func Map(fd, size int) ([]byte, error) {
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes: %w", size, err)
	}
	return mem, nil
}

// Unmap undoes Map.
func Unmap(mem []byte) error { return unix.Munmap(mem) }
