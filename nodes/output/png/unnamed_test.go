package png

import (
	"os"
	"path/filepath"
	"testing"
)

func TestUnnamed(t *testing.T) {
	for _, tc := range []struct {
		name         string
		before       string // content of the file that is replaced; "": none
		named, write bool
	}{
		{"New", "", false, true},
		{"Replaces", "old", false, true},
		{"NamedNew", "", true, true},
		{"NamedReplaces", "old", true, true},
		{"Dropped", "old", false, false},
		{"NamedDropped", "", true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "x.png")
			there := 0
			if tc.before != "" {
				if err := os.WriteFile(file, []byte(tc.before), 0o600); err != nil {
					t.Fatal(err)
				}
				there = 1
			}
			u, err := create(dir)
			if tc.named { // as where the file system has no unnamed files
				u.drop()
				u, err = createNamed(dir)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := u.WriteString("new"); err != nil {
				t.Fatal(err)
			}
			if entries, err := os.ReadDir(dir); err != nil || !u.named && len(entries) != there {
				t.Errorf("a kill would leave %v, %v", entries, err)
			}
			want := tc.before
			if tc.write {
				err, want, there = u.name(file), "new", 1
			} else {
				u.drop()
			}
			if err != nil {
				t.Fatal(err)
			}
			if b, err := os.ReadFile(file); string(b) != want || want != "" && err != nil {
				t.Errorf("the file has %q, %v; want %q", b, err, want)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != there {
				t.Errorf("left are %v, %v", entries, err)
			}
		})
	}
}
