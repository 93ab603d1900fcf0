package e2e

import (
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestGLUT: a program of old with a sub-window, a window of one buffer and menus, which are windows of their own, shows on the screen what it shows on Mesa alone,
// and what it draws is the same on each grid. Menus are opened and chosen from by clicks on an X server that nobody else uses.
func TestGLUT(t *testing.T) {
	need(t)
	alongside(t)
	direct, got, rec := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "glut.prism")
	cmd := command(t, glutProgram("20"))
	mesaAlone(t, time.Minute, nil, cmd[0], append(slices.Clone(cmd[1:]), direct)...)
	args := slices.Concat([]string{"record", "-o", rec, "--grid", "2x2", "--"}, cmd, []string{got, direct})
	must(t, prism(t, 2*time.Minute, args...), "under prism")
	samePictures(t, direct, got, 5)
	for _, w := range onGrids("1x1", "2x2", "3x1") {
		if v := verifyWay(t, rec, keepDir(t), w); !v.Equal || v.Frames < 80 {
			t.Errorf("%s: %d frames are equal: %s", w.name, v.Frames, v.Reason)
		}
	}
}
