package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a program can see of GL (pictures, answers, errors) is under prism what it is on Mesa alone. Each file of testdata/conform is
// such a program, with what they share in headers.
func TestConformEqualsDirectRun(t *testing.T) {
	need(t)
	sources, err := filepath.Glob("testdata/conform/*.c")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, source := range sources {
		t.Run(strings.TrimSuffix(filepath.Base(source), ".c"), func(t *testing.T) {
			app := filepath.Join(t.TempDir(), "conform")
			if b, err := exec.Command("cc", "-std=gnu11", "-Wall", "-Wextra", "-O1", "-o", app, source, "-lGL", "-lEGL", "-lX11", "-lm", "-lpthread").CombinedOutput(); err != nil {
				t.Fatalf("compile %s: %v\n%s", source, err, b)
			}
			direct := run(t, time.Minute, app)
			must(t, direct, "directly")
			if n := strings.Count(direct.out, "\n"); n < 20 {
				t.Fatalf("%s told only %d facts", source, n)
			}
			for _, tc := range []struct{ name, nodes, tiles string }{
				{"OneNode", "1", "--grid=1x1"}, {"FourNodes", "4", "--grid=2x2"}, {"OddNodeCount", "3", "--grid=3x1"}, {"TilesMove", "3", "--tiling=wander"},
			} {
				t.Run(tc.name, func(t *testing.T) {
					r := prism(t, 2*time.Minute, "run", "--nodes", tc.nodes, tc.tiles, "--out", "null", "--", app)
					must(t, r, "under prism")
					sameLines(t, direct.out, r.out)
				})
			}
		})
	}
}

// TestSwappedImagesInBuffers: bytes are swapped right where Mesa alone reads beyond them (testdata/swapped.c).
func TestSwappedImagesInBuffers(t *testing.T) {
	need(t)
	app := filepath.Join(t.TempDir(), "swapped")
	if b, err := exec.Command("cc", "-std=gnu11", "-Wall", "-Wextra", "-O1", "-o", app, "testdata/swapped.c", "-lGL", "-lX11").CombinedOutput(); err != nil {
		t.Fatalf("compile swapped.c: %v\n%s", err, b)
	}
	r := prism(t, time.Minute, "run", "--nodes", "2", "--grid", "2x1", "--out", "null", "--", app)
	must(t, r, "under prism")
	if want := "0 of 72 differ, error 0\n"; r.out != want {
		t.Errorf("it says %q, want %q", r.out, want)
	}
}
