package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Where the kernel does not tell which pages of a mapping were written, they are compared: the same must come out.
func TestMappingsCompared(t *testing.T) {
	need(t)
	app := filepath.Join(t.TempDir(), "mappings")
	if b, err := exec.Command("cc", "-std=gnu11", "-O1", "-o", app, "testdata/conform/mappings.c", "-lGL", "-lX11", "-lpthread").CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, b)
	}
	direct := run(t, time.Minute, app)
	must(t, direct, "directly")
	t.Setenv("PRISM_PAGES", "compare")
	r := prism(t, 2*time.Minute, "run", "--nodes", "4", "--grid", "2x2", "--out", "null", "--", app)
	must(t, r, "under prism")
	sameLines(t, direct.out, r.out)
}
