package passes

import (
	"slices"
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/track"
)

// lonePlan is a plan in which the first of two nodes draws all.
func lonePlan(t testing.TB) *tilesplit.Plan {
	p, err := grid.Grid{Columns: 1, Rows: 1}.Plan(100, 60, 2)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

// lonely has the app draw a frame that one node draws alone, whose pass is read anywhere.
func lonely(t *testing.T) *app {
	t.Helper()
	a := newApp(t, Auto)
	a.plan = lonePlan(t)
	a.frame(anywhere)
	a.wants("one node", "")
	return a
}

// TestAlone: one node draws passes alone, whatever they read; what it has drawn is made whole when others need it, and not when they draw it anew.
func TestAlone(t *testing.T) {
	a := lonely(t)
	a.frame(anywhere)
	a.wants("again", "")
	if want := "10 tiled: one node draws alone"; len(a.got) != 2 || a.got[1] != want || !a.tr.Alone() || a.try != 1 {
		t.Errorf("passes %q, alone: %v, tried %d times", a.got, a.tr.Alone(), a.try)
	}
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
	a.draw(track.Sampled{})
	if node, size, ok := a.tr.Sole(1); node != 0 || size.X != 100 || size.Y != 60 || !ok {
		t.Errorf("it is drawn by %d, %v, %v", node, size, ok)
	}
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
	if _, _, ok := a.tr.Sole(1); ok {
		t.Error("the window is taken for an object")
	}
	a.swap()
	for name, c := range map[string]struct {
		then func(a *app)
		want string
	}{
		"Read":        {func(a *app) { a.plan = plan(t, 2, 1); a.draw(anywhere) }, "heal 1/0"},
		"Anew":        {func(a *app) { a.plan = plan(t, 2, 1); a.frame(anywhere) }, ""},
		"SameNode":    {func(a *app) { a.plan = lonePlan(t); a.frame(anywhere) }, ""},
		"Counted":     {func(a *app) { a.more = true; a.frame(anywhere) }, ""},
		"CountedRead": {func(a *app) { a.more = true; a.draw(anywhere) }, "heal 1/0"},
		"CountedLater": {func(a *app) {
			a.surfaces()
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.draw(track.Sampled{})
			a.more = true
			a.draw(track.Sampled{})
		}, "heal 0/5; heal 1/0"},
		"Unknown": {func(a *app) { a.draw(track.Sampled{Why: "fixed functions"}); a.do(gl.OpGlBegin, 4) }, ""},
		"UnknownPass": {func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 11)
			a.draw(track.Sampled{Why: "fixed functions"})
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
			a.do(gl.OpGlBindTexture, texture2D, 2)
			a.draw(anywhere)
		}, ""},
		"Feedback": {func(a *app) { a.do(gl.OpGlBindFramebuffer, 0x8D40, 10); a.draw(anywhere) }, ""},
		"Used":     {func(a *app) { a.do(gl.OpGlGenerateMipmap, texture2D); a.frame(anywhere) }, "heal 1/0"},
		"Replicated": {func(a *app) { // it reads what the one node has
			a.do(gl.OpGlBindTexture, texture2D, 2)
			a.do(gl.OpGlGenerateMipmap, texture2D)
			a.do(gl.OpGlBindTexture, texture2D, 1)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 11)
			a.draw(fetch(0, 0))
		}, "heal 1/0"},
	} {
		t.Run(name, func(t *testing.T) {
			a := lonely(t)
			c.then(a)
			done := strings.Split(a.said(), "; ")
			slices.Sort(done)
			if got := strings.Join(done, "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAloneAfterTiles: what lies by tiles is made whole before one node reads it or adds to it alone.
func TestAloneAfterTiles(t *testing.T) {
	a := newApp(t, Auto)
	a.tiled()
	a.plan = lonePlan(t)
	a.draw(anywhere)
	a.wants("read", "heal 1/0")
	a.plan = plan(t, 2, 1)
	a.swap()
	a.frame(fetch(0, 0))
	a.wants("tiles again", halves)
	a.plan = lonePlan(t)
	a.do(gl.OpGlBindTexture, texture2D, 0)
	a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
	a.draw(track.Sampled{})
	a.wants("added to", "heal 1/0; cut []")
}

// TestRedrawn: what the one node has drawn unseen lies with it, even where the last thing seen was a clear by all.
func TestRedrawn(t *testing.T) {
	for _, unseen := range []bool{false, true} {
		a := lonely(t)
		a.surfaces()
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
		a.do(gl.OpGlClear, 0x4500)
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
		a.swap()
		if unseen {
			a.tr.Redrawn()
		}
		a.plan = plan(t, 2, 1)
		a.draw(anywhere)
		want := ""
		if unseen {
			want = "heal 1/0"
		}
		a.wants("after a clear", want)
	}
}

// TestNotAlone: frames in which others have drawn to objects.
func TestNotAlone(t *testing.T) {
	a := lonely(t)
	a.do(gl.OpGlGenerateMipmap, texture2D)
	a.frame(anywhere)
	if a.tr.Alone() {
		t.Error("a pass that all draw is taken for one node's")
	}
	a.said()
	a.do(gl.OpGlBindTexture, texture2D, 0)
	a.swap()
	if !a.tr.Alone() {
		t.Error("a frame without passes is not one node's")
	}
	a.tr.Redrawn()
	a.plan = plan(t, 2, 1)
	a.frame(anywhere)
	if got := a.said(); strings.Contains(got, "heal") {
		t.Errorf("after that: %s", got)
	}
	a = lonely(t)
	a.tr.Refuse(1, "they cannot")
	a.frame(anywhere)
	if _, _, ok := a.tr.Sole(1); ok || a.tr.Off() == "" {
		t.Error("one node draws alone what cannot be exchanged")
	}
}
