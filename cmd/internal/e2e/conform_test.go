package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a program can see of GL (pictures, answers, errors) is under prism what it is on Mesa alone.
func TestConformEqualsDirectRun(t *testing.T) {
	need(t)
	app := filepath.Join(t.TempDir(), "conform")
	if b, err := exec.Command("cc", "-O1", "-o", app, "../../../stream/drivertest/testdata/conform.c", "-lGL", "-lX11").CombinedOutput(); err != nil {
		t.Fatalf("compile conform.c: %v\n%s", err, b)
	}
	direct := run(t, time.Minute, app)
	must(t, direct, "directly")
	if n := strings.Count(direct.out, "\n"); n < 100 {
		t.Fatalf("conform told only %d facts", n)
	}
	for _, tc := range []struct{ name, nodes, grid string }{{"OneNode", "1", "1x1"}, {"FourNodes", "4", "2x2"}, {"OddNodeCount", "3", "3x1"}} {
		t.Run(tc.name, func(t *testing.T) {
			r := prism(t, 2*time.Minute, "run", "--nodes", tc.nodes, "--grid", tc.grid, "--out", "null", "--", app)
			must(t, r, "under prism")
			sameLines(t, direct.out, r.out)
		})
	}
}
