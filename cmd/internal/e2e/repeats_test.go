package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prismgl/prism/nodes/lane/lanetest"
	"github.com/prismgl/prism/nodes/session"
	"github.com/prismgl/prism/stream/shader"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/passes"
	"github.com/prismgl/prism/tilesplit/wander"
)

// nap is a policy for proofs: one node draws alone for some frames, then tiles are dealt at random for a few.
type nap struct{ frames uint64 }

const (
	napAlone = 11
	napAll   = 4
)

func (n *nap) all() bool { return n.frames%(napAlone+napAll) >= napAlone }

func (n *nap) Observe(balance.Frame) (moved bool, err error) {
	before := n.all()
	n.frames++
	return before != n.all(), nil
}

func (n *nap) Plan(width, height, nodes int) (tilesplit.Plan, error) {
	if n.all() {
		w := wander.New(n.frames, tilesplit.Borders{})
		return w.Plan(width, height, nodes)
	}
	plan, err := grid.Grid{Columns: 1, Rows: 1}.Plan(width, height, 1)
	plan.Nodes = append(plan.Nodes, make([]tilesplit.Share, nodes-1)...)
	return plan, err
}

// verifyNaps compares a recording on one node with three that are idle for most of the time. varies: why a few pixels may differ with culling.
func verifyNaps(t *testing.T, chunks [][]byte, a *shader.Analyzer, varies string) session.Result {
	t.Helper()
	compare := func(c *session.Culling) session.Result {
		want, got := drawnBy(t, lanetest.New(1), "fbo", chunks, grid.Grid{Columns: 1, Rows: 1}), drawnBy(t, lanetest.New(3), "fbo", chunks, &nap{})
		got.Culling = c
		r, err := session.Verify(t.Context(), want, got, "")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const few = 150
	r := compare(&session.Culling{Shaders: a, Passes: passes.Auto, Eager: true})
	if d := r.FirstDiff; varies != "" && d != nil && 0 < d.Pixels && d.Pixels <= few {
		t.Logf("%v; now without culling: %s", r.Err(), varies)
		r = compare(nil)
	}
	if r.Err() != nil || len(r.Got.Notes) > 0 {
		t.Errorf("%v, notes %q", r.Err(), r.Got.Notes)
	}
	return r
}

// TestRepeatingFramesAreEqual: nodes that were idle while frames repeated draw what they must when they are wanted again: programs that a seed makes up, whose
// frames repeat but for values, and real ones: with PRISM_NAPS=1 all of TestApps and the samples. PRISM_SEEDS is COUNT or COUNT,FIRST. Of the first
// hundred 86 differs now and then in up to 4 pixels, also where nothing is taken for a repetition.
func TestRepeatingFramesAreEqual(t *testing.T) {
	need(t, "glxgears", "es2gears_x11", "glmark2")
	app := command(t, []string{"cc:testdata/repeats.c,GL,X11,m"})[0]
	a, err := shader.New(shader.Config{Program: filepath.Join(binDir, "lib", shader.Program), CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	frames, seeds, first := uint64(0), 4, 7
	if s := os.Getenv("PRISM_SEEDS"); s != "" {
		if n, err := fmt.Sscanf(s, "%d,%d", &seeds, &first); n == 0 {
			t.Fatalf("PRISM_SEEDS=%s: %v", s, err)
		}
	}
	for seed := first; seed < first+seeds; seed++ {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			r := verifyNaps(t, recording(t, app, strconv.Itoa(seed), "150"), a, "")
			frames += r.Got.Culling.Repeated
		})
	}
	if frames < uint64(seeds)*10 {
		t.Errorf("%d frames repeated in %d programs", frames, seeds)
	}
	t.Logf("%d frames repeated in %d programs", frames, seeds)
	apps := []anApp{{name: "glxgears", cmd: []string{"glxgears"}}, {name: "es2gears", cmd: []string{"es2gears_x11"}}, glmark2("shadow", "shadow"),
		glmark2("blur", "desktop:effect=blur")}
	least := uint64(10)
	if os.Getenv("PRISM_NAPS") != "" { // all, of which some do not repeat
		apps, least = slices.Concat(samples("320x240"), theApps), 0
	}
	for i := range apps {
		app := &apps[i]
		if app.picture != "" { // it ends after a frame
			continue
		}
		t.Run(app.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.prism")
			must(t, prism(t, 5*time.Minute, append([]string{"record", "-o", file, "--frames", "50", "--"}, command(t, app.cmd)...)...), "record")
			r, repeated := verifyNaps(t, chunksOf(t, file), a, app.varies), uint64(0)
			if c := r.Got.Culling; c != nil {
				repeated = c.Repeated
			}
			if repeated < least {
				t.Errorf("%d of %d frames repeated", repeated, r.Frames)
			}
			t.Logf("%d of %d frames repeated", repeated, r.Frames)
		})
	}
}
