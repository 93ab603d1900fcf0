package drivertest

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestNames(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "names")
	cmd := exec.Command("gcc", "-std=gnu11", "-Wall", "-Wextra", "-g", "-fsanitize=address,undefined", "-I../driver", "-I../driver/include",
		"-o", bin, "testdata/names.c", "-lpthread")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	cmd = exec.Command(bin)
	cmd.Env = append(cmd.Environ(), "ASAN_OPTIONS=detect_leaks=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
