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
