package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Programs that say as much in a context of the other profile than that which they ask for (testdata/conform/conform.h).
var conformAlso = map[string][]string{
	"core":   {"attribs", "buffers", "clears", "compute", "contexts", "framebuffers", "kept", "mappings", "packs", "storage", "textures", "viewports", "windows"},
	"compat": {"debug", "feedback", "interface", "pipelines", "programs", "queries", "sideeffects", "sidesamples"},
}

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
			alongside(t)
			app := compiled(t, source, "-lGL", "-lEGL", "-lX11", "-lm", "-lpthread")
			conform(t, source, app, nil, []tiles{{"OneNode", "1", "--grid=1x1"}, {"FourNodes", "4", "--grid=2x2"}, {"TilesMove", "3", "--tiling=wander"}})
			for _, profile := range []string{"core", "compat"} {
				if slices.Contains(conformAlso[profile], strings.TrimSuffix(filepath.Base(source), ".c")) {
					t.Run(profile, func(t *testing.T) {
						conform(t, source, app, []string{"CONFORM_PROFILE=" + profile}, []tiles{{"TilesMove", "2", "--tiling=wander"}})
					})
				}
			}
		})
	}
}

// tiles is one way to divide the picture.
type tiles struct{ name, nodes, flag string }

func conform(t *testing.T, source, app string, env []string, ways []tiles) {
	direct := mesaAlone(t, time.Minute, env, app)
	if n := strings.Count(direct.out, "\n"); n < 20 {
		t.Fatalf("%s told only %d facts", source, n)
	}
	for _, tc := range ways {
		t.Run(tc.name, func(t *testing.T) {
			r := runEnv(t, 2*time.Minute, env, filepath.Join(binDir, "prism"), "run", "--nodes", tc.nodes, tc.flag, "--out", "null", "--", app)
			must(t, r, "under prism")
			sameLines(t, direct.out, r.out)
		})
	}
}

// TestErrorsExact: with errors: exact an app that looks for errors finds what one GPU would have told it, also of draws that the lead node's tile is
// far from (testdata/exact/errors.c).
func TestErrorsExact(t *testing.T) {
	need(t)
	alongside(t)
	const source = "testdata/exact/errors.c"
	app := compiled(t, source, "-lGL", "-lX11")
	conform(t, source, app, []string{"PRISM_ERRORS=exact"}, []tiles{{"OneNode", "1", "--grid=1x1"}, {"FourNodes", "4", "--grid=2x2"}, {"TilesMove", "3", "--tiling=wander"}})
}

// TestSwappedImagesInBuffers: bytes are swapped right where Mesa alone reads beyond them (testdata/swapped.c).
func TestSwappedImagesInBuffers(t *testing.T) {
	need(t)
	app := compiled(t, "testdata/swapped.c", "-lGL", "-lX11")
	r := prism(t, time.Minute, "run", "--nodes", "2", "--grid", "2x1", "--out", "null", "--", app)
	must(t, r, "under prism")
	if want := "0 of 72 differ, error 0\n"; r.out != want {
		t.Errorf("it says %q, want %q", r.out, want)
	}
}
