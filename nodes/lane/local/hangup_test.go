package local

import (
	"errors"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestHangup: that the other side of a handshake died is told apart from one that does not keep to it.
func TestHangup(t *testing.T) {
	for _, tc := range []struct {
		name string
		says string
		want bool
	}{
		{"Dies", "", true},
		{"Babbles", "nonsense", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			if tc.says != "" {
				if _, err := unix.Write(fds[1], []byte(tc.says)); err != nil {
					t.Fatal(err)
				}
			}
			if err := unix.Close(fds[1]); err != nil {
				t.Fatal(err)
			}
			f := os.NewFile(uintptr(fds[0]), "socket")
			c, err := net.FileConn(f)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, _, err := receive(c.(*net.UnixConn)); err == nil || hungUp(err) != tc.want {
				t.Errorf("error %v: hung up %v, want %v", err, hungUp(err), tc.want)
			}
		})
	}
	if hungUp(errors.New("it is peer 7 of 2")) {
		t.Error("a stranger has not hung up")
	}
}
