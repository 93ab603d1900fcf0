package e2e

import (
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestSamples: what each sample draws is the same under prism as on Mesa alone, and on each grid as on one node.
// TestVerify and others look at city.
func TestSamples(t *testing.T) {
	need(t)
	const frames = 3
	for _, sample := range []struct {
		name string
		args []string
	}{
		{"raymarch", []string{"--size", "160x90", "--first", "1800"}},
		{"terrain", []string{"--size", "240x160", "--first", "3000", "--levels", "4"}},
		{"gl1", []string{"--size", "240x160", "--first", "899"}},
		{"particles", []string{"--size", "240x160", "--first", "600", "--particles", "3000"}},
		{"deferred", []string{"--size", "240x160", "--first", "300"}},
	} {
		t.Run(sample.name, func(t *testing.T) {
			cmd := append([]string{filepath.Join(binDir, "samples", sample.name), "--frames", strconv.Itoa(frames), "--fps-free"}, sample.args...)
			direct, got := t.TempDir(), t.TempDir()
			mesaAlone(t, time.Minute, nil, cmd[0], append(cmd[1:], "--png", direct)...)
			must(t, prism(t, time.Minute, append(append([]string{"run", "--grid", "2x2", "--"}, cmd...), "--png", got)...), "under prism")
			samePictures(t, direct, got, frames)
			rec := filepath.Join(t.TempDir(), "sample.prism")
			must(t, prism(t, time.Minute, append([]string{"record", "-o", rec, "--"}, cmd...)...), "record")
			for _, grid := range []string{"1x1", "2x2", "3x1"} {
				t.Run(grid, func(t *testing.T) { verified(t, rec, "--grid", grid) })
			}
			if sample.name == "deferred" { // whose scene lies in framebuffer objects
				t.Run("Subpixel", func(t *testing.T) { verified(t, rec, "--nodes", "2", "--tiling", "subpixel", "--offscreen") })
			}
		})
	}
}
