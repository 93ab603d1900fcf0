package launch

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestSweepDisplays(t *testing.T) {
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	dead, alive := fmt.Sprintf("%10d\n", ended.Process.Pid), fmt.Sprintf("%10d\n", os.Getpid())
	for _, tc := range []struct {
		name, number, lock     string
		socket, listens, guard bool
		gone                   bool
	}{
		{"Dead", "7", dead, true, false, false, true},
		{"NoSocket", "8", dead, false, false, false, true},
		{"Alive", "9", alive, true, false, false, false},
		{"AnswersAllTheSame", "10", dead, true, true, false, false},
		{"TakenOverNow", "11", dead, true, false, true, false},
		{"NoPID", "12", "x\n", true, false, false, false},
		{"NoNumber", "y", dead, true, false, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "x") // short enough for a socket
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			lock, socket := filepath.Join(dir, ".X"+tc.number+"-lock"), filepath.Join(dir, "X"+tc.number)
			if err := os.WriteFile(lock, []byte(tc.lock), 0o444); err != nil {
				t.Fatal(err)
			}
			if tc.socket {
				ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
				if err != nil {
					t.Fatal(err)
				}
				ln.SetUnlinkOnClose(false)
				if tc.listens {
					defer ln.Close()
				} else if err := ln.Close(); err != nil {
					t.Fatal(err)
				}
			}
			guard := filepath.Join(dir, ".tX"+tc.number+"-lock")
			if tc.guard {
				if err := os.WriteFile(guard, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			sweepDisplays(places{dir, dir})
			for path, there := range map[string]bool{lock: !tc.gone, socket: tc.socket && !tc.gone, guard: tc.guard} {
				if _, err := os.Lstat(path); (err == nil) != there {
					t.Errorf("%s: %v, want it there: %v", path, err, there)
				}
			}
		})
	}
}
