package faults

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// marker is the variable by which processes of a trial are found: prism hands all but its own PRISM_ variables down.
const marker = "FAULT_ID"

// Kinds of processes.
const (
	kindApp    = "app"
	kindWorker = "worker"
	kindAgent  = "agent"
	kindNATS   = "nats"
	kindRun    = "run"
	kindXvfb   = "xvfb"
	kindAll    = "all"
	kindOther  = "other"
)

// process is one that was alive when it was looked for.
type process struct {
	pid  int
	kind string
}

// processes gives those with one of the marks that have not ended.
func processes(marks ...string) []process {
	var list []process
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, d := range dirs {
		env, err := os.ReadFile(filepath.Join(d, "environ"))
		if err != nil || len(env) == 0 {
			continue // ended, or the kernel's own
		}
		for _, m := range marks {
			if bytes.Contains(env, []byte("\x00"+marker+"="+m+"\x00")) || bytes.HasPrefix(env, []byte(marker+"="+m+"\x00")) {
				pid, err := strconv.Atoi(filepath.Base(d))
				if err == nil && alive(pid) {
					list = append(list, process{pid, kindOf(d)})
				}
			}
		}
	}
	return list
}

func kindOf(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, "cmdline"))
	if err != nil {
		return kindOther
	}
	args := strings.Split(string(b), "\x00")
	switch base := filepath.Base(args[0]); {
	case base == "faultapp":
		return kindApp
	case base == "Xvfb":
		return kindXvfb
	case base == "nats-server":
		return kindNATS
	case base == "prism" && len(args) > 1:
		switch args[1] {
		case "run":
			return kindRun
		case "node":
			return kindAgent
		case "worker":
			return kindWorker
		}
	}
	return kindOther
}

// alive tells whether a process is there and no zombie.
func alive(pid int) bool {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	i := bytes.LastIndexByte(b, ')')
	return i > 0 && i+2 < len(b) && b[i+2] != 'Z' && b[i+2] != 'X'
}

func ofKind(list []process, kind string) (out []process) {
	for _, p := range list {
		if p.kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// poll calls ok until it is true; false: not within limit.
func poll(limit time.Duration, ok func() bool) bool {
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(limit); !ok(); <-tick.C {
		if time.Now().After(until) {
			return false
		}
	}
	return true
}

// sharedMemory gives the SysV segments that one of the processes has made.
func sharedMemory(t *testing.T, pids map[int]bool) (found []string) {
	t.Helper()
	b, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		// key shmid perms size cpid lpid nattch …
		if f := strings.Fields(line); len(f) > 6 {
			if pid, err := strconv.Atoi(f[4]); err == nil && pids[pid] {
				found = append(found, "SysV shared memory "+f[1])
			}
		}
	}
	return found
}

// sockets gives the bound unix sockets below a folder.
func sockets(t *testing.T, dir string) (found []string) {
	t.Helper()
	b, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if i := strings.Index(line, dir); i >= 0 {
			found = append(found, "socket "+strings.TrimSpace(line[i:]))
		}
	}
	return found
}

// xFiles gives what an X server of that process has in /tmp.
func xFiles(pid int) (files []string) {
	locks, _ := filepath.Glob("/tmp/.X*-lock")
	for _, l := range locks {
		b, err := os.ReadFile(l)
		if n, e := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && e == nil && n == pid {
			number := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(l), ".X"), "-lock")
			files = append(files, l, "/tmp/.X11-unix/X"+number)
		}
	}
	return files
}

// below lists the files in a folder, not the folder itself.
func below(dir string) (files []string) {
	_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && path != dir {
			files = append(files, path)
		}
		return nil
	})
	return files
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// kill is no error for a process that has ended.
func kill(pid int, s syscall.Signal) error {
	if err := syscall.Kill(pid, s); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
