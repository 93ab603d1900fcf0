package open

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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
	for _, o := range m {
		if err := o.Present(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	f.Pix = f.Pix[:7]
	for _, o := range m {
		if err := o.Present(t.Context(), f); err == nil {
			t.Errorf("%s: a frame with too few bytes was taken", o.Name())
		}
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "frame-000001.png")); err != nil {
		t.Error(err)
	}
}

func TestAllRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(dir, filepath.Join(dir, "same")); err != nil {
		t.Fatal(err)
	}
	for _, texts := range [][]string{{"nul"}, {"null", "png"}, {"null", "x11:1"}, {"y4m:" + dir + "/a", "y4m:" + dir + "/../" + filepath.Base(dir) + "/a"},
		{"png:" + dir, "png:" + dir + "/same?last=1"}} {
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

// What several processes of a run draw is kept apart; a stream has room for one.
func TestProcesses(t *testing.T) {
	dir := t.TempDir()
	var notes []string
	e := Environment{Process: 2, Note: func(s string) { notes = append(notes, s) }}
	m, err := All([]string{"png:" + dir + "/d?last=1", "y4m:" + dir + "/a.y4m", "y4m:/dev/null"}, e)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if want := "png:" + dir + "/d/2+y4m:" + dir + "/a.2.y4m+null"; m.Name() != want {
		t.Errorf("name %s, want %s", m.Name(), want)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "y4m:/dev/null") {
		t.Errorf("said %q", notes)
	}
}

func TestWritesTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if !WritesTo([]string{"null", "y4m:" + path}, f) || WritesTo([]string{"y4m:" + path + "2"}, f) || WritesTo([]string{"y4m:/dev/null"}, null) {
		t.Error("the wrong ones")
	}
}
