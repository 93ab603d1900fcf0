package drivertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The C program compares each case with a reference of its own.
func TestPixelStoreAndLengths(t *testing.T) { runC(t, "pixels") }

func TestArraysSent(t *testing.T) { runC(t, "arrays") }

func TestReflectionOfPrograms(t *testing.T) { runC(t, "reflect") }
func TestResourcesOfPrograms(t *testing.T)  { runC(t, "resources") }
func TestSourcesThatWrite(t *testing.T)     { runC(t, "effects") }

// runC builds a C program of testdata as it is and with the sanitizers, and runs both.
func runC(t *testing.T, program string) {
	// read here so that go test's cache knows what the result hangs on
	for _, pattern := range []string{"testdata/" + program + ".c", "testdata/*.h", "../driver/*.[ch]", "../driver/gl/*/*.[ch]", "../driver/include/*.h"} {
		files, _ := filepath.Glob(pattern)
		if len(files) == 0 {
			t.Fatalf("no %s", pattern)
		}
		for _, f := range files {
			if _, err := os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tc := range []struct {
		name  string
		flags []string
	}{
		{"Plain", []string{"-O2"}},
		{"Sanitized", []string{"-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bin := filepath.Join(t.TempDir(), program)
			args := append([]string{"-std=gnu11", "-Wall", "-Wextra", "-I../driver", "-I../driver/include"}, tc.flags...)
			args = append(args, "-o", bin, "testdata/"+program+".c", "-lpthread")
			if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil || len(out) > 0 {
				t.Fatalf("gcc: %v\n%s", err, out)
			}
			out, err := exec.Command(bin).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}
