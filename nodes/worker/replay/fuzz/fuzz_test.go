package fuzz

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// build makes the harness that reads files. Once a test binary.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "files")
	if out, err := exec.Command("stub/build.sh", bin, "files.c").CombinedOutput(); err != nil {
		t.Fatalf("build.sh: %v\n%s", err, out)
	}
	return bin
}

// run gives what the harness printed; a report of a sanitizer or of the stub fails the test.
func run(t *testing.T, bin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, args...)
	var out, report bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &report
	if err := cmd.Run(); err != nil {
		r := report.Bytes()
		if i := bytes.LastIndexByte(r, '\r'); i > 0 {
			r = r[i+1:] // the last command is to blame
		}
		t.Fatalf("%v: %v\n%s", args, err, r[:min(len(r), 6000)])
	}
	return out.String()
}

// TestStub: the corpus, and every command with nonsense of every kind, end without a report, and with a reason where they do not go to the end.
func TestStub(t *testing.T) {
	bin := build(t)
	for _, kind := range []string{"items", "raw"} {
		t.Run(kind, func(t *testing.T) {
			files, err := filepath.Glob("testdata/corpus/" + kind + "/*")
			if err != nil || len(files) < 3 {
				t.Fatalf("%d files of corpus: %v", len(files), err)
			}
			out := run(t, bin, append([]string{kind}, files...)...)
			if n := strings.Count(out, "\n"); n != len(files) {
				t.Errorf("%d of %d files were run", n, len(files))
			}
			if strings.Count(out, ", to the end\n") < 3 {
				t.Errorf("hardly one goes to its end:\n%s", out)
			}
		})
	}
	t.Run("every command", func(t *testing.T) {
		rounds := 12
		if testing.Short() {
			rounds = 2
		}
		out := run(t, bin, "every", strconv.Itoa(rounds), "1")
		m := regexp.MustCompile(`(\d+) commands, \d+ rounds: (\d+) carried out, (\d+) refused with a reason, (\d+) arrays`).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("got %q", out)
		}
		n := make([]int, len(m))
		for i := range n[1:] {
			n[i+1], _ = strconv.Atoi(m[i+1])
		}
		if n[1] < 600 || n[2]+n[3] != n[1]*rounds || n[2] < n[1]*rounds/12 || n[3] < n[1]*rounds/12 || n[4] < n[1]*rounds {
			t.Errorf("too few of one kind: %s", out)
		}
	})
}
