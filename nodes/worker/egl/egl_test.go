package egl

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
)

func open(t *testing.T, index int) *Device {
	t.Helper()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	d, err := Open(index)
	if errors.Is(err, ErrNoDevice) && !strings.Contains(os.Getenv("PRISM_REQUIRE"), "gl") {
		t.Skipf("no device: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOpenDefault(t *testing.T) {
	d := open(t, -1)
	if d.Handle() == nil || !strings.HasPrefix(d.Version(), "1.") {
		t.Errorf("handle %v, version %q", d.Handle(), d.Version())
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenByIndex(t *testing.T) {
	n := Count()
	if n == 0 {
		t.Skip("EGL lists no devices")
	}
	d := open(t, 0)
	defer d.Close()
	_, err := Open(n)
	if !errors.Is(err, ErrNoDevice) || !strings.Contains(err.Error(), "numbered from 0") {
		t.Errorf("device %d of %d: %v", n, n, err)
	}
}
