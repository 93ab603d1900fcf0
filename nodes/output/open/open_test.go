package open

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/prismgl/prism/nodes/output"
)

func TestAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "frames")
	m, err := All([]string{"null", "png:" + dir}, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	if m.Name() != "null+png:"+dir {
		t.Errorf("name %q", m.Name())
	}
	f := &output.Frame{Drawable: 1, Number: 1, Width: 1, Height: 2, Pix: make([]byte, 8)}
	if err := m.Present(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	f.Pix = f.Pix[:7]
	if err := m.Present(t.Context(), f); err == nil {
		t.Error("a frame with too few bytes was taken")
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "frame-000001.png")); err != nil {
		t.Error(err)
	}
}

func TestAllRefuses(t *testing.T) {
	for _, texts := range [][]string{{"nul"}, {"null", "png"}, {"null", "x11:1"}} {
		if m, err := All(texts, Environment{}); !errors.Is(err, output.ErrSpec) || m != nil {
			t.Errorf("%q: %v, %v", texts, m, err)
		}
	}
	if _, err := All([]string{"null", "x11"}, Environment{Display: ":9763"}); err == nil {
		t.Error("a display that is not there was opened")
	}
	if _, err := One(output.Spec{Kind: "wall"}, Environment{}); !errors.Is(err, output.ErrSpec) {
		t.Errorf("unknown kind: %v", err)
	}
}
