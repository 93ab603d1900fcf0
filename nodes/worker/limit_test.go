package worker

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/proto"
)

// asLimited makes this test binary a process that limits itself and says what became of it: limits are for ever.
const asLimited = "WORKER_TEST_LIMITED"

const limitedBytes, limitedFiles = 4 << 30, 40

func limited() error {
	if err := Limit(proto.Rlimits{AddressSpaceBytes: limitedBytes, OpenFiles: limitedFiles}); err != nil {
		return err
	}
	for _, l := range []struct {
		what int
		want uint64
	}{{unix.RLIMIT_CORE, 0}, {unix.RLIMIT_AS, limitedBytes}, {unix.RLIMIT_NOFILE, limitedFiles}} {
		var got unix.Rlimit
		if err := unix.Getrlimit(l.what, &got); err != nil || got.Cur != l.want || got.Max != l.want {
			return fmt.Errorf("limit %d is %+v, want %d; %v", l.what, got, l.want, err)
		}
	}
	if _, err := unix.Mmap(-1, 0, limitedBytes, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE); !errors.Is(err, unix.ENOMEM) {
		return fmt.Errorf("a mapping above the limit: %v", err)
	}
	if err := Limit(proto.Rlimits{AddressSpaceBytes: limitedBytes * 2}); err != nil {
		return fmt.Errorf("a limit above the system's is taken as that: %w", err)
	}
	var files []*os.File
	for range limitedFiles {
		f, err := os.Open(os.DevNull)
		if err != nil {
			fmt.Println("limited: ok")
			return nil
		}
		files = append(files, f)
	}
	return fmt.Errorf("%d files could be opened", len(files))
}

func TestLimit(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asLimited+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "limited: ok") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLimitOfData: what a worker may fill, in a process of its own, since limits do not go up again.
func TestLimitOfData(t *testing.T) {
	const child = "PRISM_TEST_LIMIT"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLimitOfData$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "memory is refused") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	const room = 6 << 30
	if err := Limit(proto.Rlimits{DataBytes: room}); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[int]uint64{unix.RLIMIT_CORE: 0, unix.RLIMIT_AS: DefaultAddressSpaceBytes, unix.RLIMIT_DATA: room} {
		var l unix.Rlimit
		if err := unix.Getrlimit(what, &l); err != nil || l.Cur > want || l.Max > want {
			t.Errorf("limit %d is %+v, want %d; %v", what, l, want, err)
		}
	}
	if b, err := unix.Mmap(-1, 0, room, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE); err == nil {
		_ = unix.Munmap(b)
		t.Error("memory beyond the limit is given")
	} else {
		t.Log("memory is refused:", err)
	}
	if n, err := defaultDataBytes(); err != nil || n < leastDataBytes {
		t.Errorf("default %d, %v", n, err)
	}
}
