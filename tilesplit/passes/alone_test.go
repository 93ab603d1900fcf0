package passes

import (
	"math"
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

// use has all nodes do something with the texture that is bound.
func (a *app) use() {
	a.do(gl.OpGlTexSubImage2D, texture2D, 0, 0, 0, 1, 1, 0x1908, 0x1401, nil)
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
		"Used":     {func(a *app) { a.use(); a.frame(anywhere) }, "heal 1/0"},
		"Replicated": {func(a *app) { // it reads what the one node has
			a.do(gl.OpGlBindTexture, texture2D, 2)
			a.use()
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
	a.use()
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
}

// TestRefused: what nodes cannot exchange all of them draw to from then on, and what is drawn to with it; other objects are as before.
func TestRefused(t *testing.T) {
	for name, alone := range map[string]bool{"Alone": true, "Tiled": false} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, Auto)
			if alone {
				a.plan = lonePlan(t)
				a.frame(anywhere)
				a.wants("one node", "")
			} else {
				a.tiled()
			}
			// Framebuffer 12 has a texture of its own, 3, and renderbuffer 5.
			a.do(gl.OpGlBindTexture, texture2D, 3)
			a.do(gl.OpGlTexImage2D, texture2D, 0, 0x8058, 100, 60, 0, 0x1908, 0x1401, nil)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 12)
			a.do(gl.OpGlFramebufferTexture2D, 0x8D40, firstColour, texture2D, 3, 0)
			a.do(gl.OpGlFramebufferRenderbuffer, 0x8D40, bothAttachments, 0x8D41, 5)
			a.do(gl.OpGlBindTexture, texture2D, 0)
			a.do(gl.OpGlEnable, 0x0B71)
			want := "heal 0/5"
			if !alone { // no new pass is cut
				a.draw(track.Sampled{})
				a.wants("a new pass", "heal 0/5; cut []")
				a.swap()
				want = "heal 0/5; " + halves
			}
			a.not = true
			a.draw(track.Sampled{})
			a.not = false
			a.wants("refused", want) // and what is cut is not, by the session
			if _, _, ok := a.tr.Sole(1); ok || a.tr.Cut(1) != nil {
				t.Errorf("one node draws it: %v, cut to %v", ok, a.tr.Cut(1))
			}
			a.do(gl.OpGlDisable, 0x0B71)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
			a.swap()
			a.said()
			tries := a.try
			for range 3 {
				a.frame(fetch(0, 0))
			}
			if got := a.said(); strings.Contains(got, halves) || a.try != tries {
				t.Errorf("later: %s, tried %d times more", got, a.try-tries)
			}
			for range 3 {
				a.do(gl.OpGlBindFramebuffer, 0x8D40, 11)
				a.draw(track.Sampled{})
				a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
				a.do(gl.OpGlBindTexture, texture2D, 2)
				a.draw(track.Sampled{})
				a.swap()
			}
			if pass := a.got[len(a.got)-1]; !strings.HasPrefix(pass, "11 tiled") || a.tr.Off() != "" {
				t.Errorf("another object: %s; %s", pass, a.tr.Off())
			}
		})
	}
}

// TestMultisampled: an object with several samples a pixel is drawn as others are; it is whole for programs that read samples of it.
func TestMultisampled(t *testing.T) {
	const msaa = texture2DMultisample
	for name, c := range map[string]struct {
		before func(a *app) // the first draw
		then   func(a *app) // at the window, with its texture bound
		want   string
	}{
		"Resolved": {nil, func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8CA8, 20)
			a.do(gl.OpGlBlitFramebuffer, 0, 0, 100, 60, 0, 0, 100, 60, 0x4000, 0x2600)
		}, ""},
		"ReadBySamples": {nil, func(a *app) {
			a.draw(track.Sampled{Multisampled: true})
		}, "heal 7/0"},
		"Bound":   {nil, func(a *app) { a.draw(track.Sampled{}) }, ""},
		"Unknown": {nil, func(a *app) { a.draw(track.Sampled{Why: "that is not known"}) }, "heal 7/0"},
		"Deleted": {nil, func(a *app) {
			a.do(gl.OpGlDeleteTextures, 1, []byte{7, 0, 0, 0})
			a.draw(track.Sampled{Multisampled: true})
		}, "heal 7/0"},
		"Cleared": {func(a *app) {
			a.do(gl.OpGlRenderbufferStorageMultisample, 0x8D41, 4, 0x81A7, 100, 60)
		}, func(*app) {}, ""},
		"ClearedBetween": {func(a *app) {
			a.do(gl.OpGlRenderbufferStorageMultisample, 0x8D41, 4, 0x81A7, 100, 60)
			a.do(gl.OpGlClearDepthf, int(math.Float32bits(0.3)))
		}, func(*app) {}, "none"},
		"Layers": {func(a *app) { a.do(gl.OpGlFramebufferTextureLayer, 0x8D40, firstColour, 7, 0, 0) }, func(*app) {}, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, Auto)
			a.do(gl.OpGlBindTexture, msaa, 7)
			a.do(gl.OpGlTexImage2DMultisample, msaa, 4, 0x8058, 100, 60, 1)
			a.do(gl.OpGlBindRenderbuffer, 0x8D41, 8)
			a.do(gl.OpGlRenderbufferStorageMultisample, 0x8D41, 4, 0x81A6, 100, 60)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 20)
			a.do(gl.OpGlFramebufferTexture2D, 0x8D40, firstColour, msaa, 7, 0)
			a.do(gl.OpGlFramebufferRenderbuffer, 0x8D40, depthAttachment, 0x8D41, 8)
			if c.before != nil {
				c.before(a)
			}
			if i := a.tr.textures[7]; !i.Multisampled || i.Transfer != (Transfer{0x1908, 0x1401, 4}) {
				t.Errorf("its colour: %+v", i)
			}
			if i := a.tr.renderbuffers[8]; !i.Multisampled || i.Transfer != (Transfer{0x1902, 0x1406, 4}) {
				t.Errorf("its depth: %+v", i)
			}
			for frame := range 3 {
				a.do(gl.OpGlBindFramebuffer, 0x8D40, 20)
				a.do(gl.OpGlEnable, 0x0B71)
				a.do(gl.OpGlClear, 0x4100)
				a.draw(track.Sampled{})
				a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
				got := a.said()
				if c.want == "none" {
					if got != "" {
						t.Errorf("frame %d: %s", frame, got)
					}
				} else if want := []string{"", halves, ""}[frame]; frame < 2 && got != want {
					t.Errorf("frame %d: got %q, want %q", frame, got, want)
				}
				if frame == 1 {
					c.then(a)
					if got := a.said(); got != c.want && c.want != "none" {
						t.Errorf("then: got %q, want %q", got, c.want)
					}
				}
				a.swap()
			}
		})
	}
}

// TestBlitAlone: what the node that draws alone copies is wanted nowhere else, unless it comes from the window or others draw, too.
func TestBlitAlone(t *testing.T) {
	for name, c := range map[string]struct {
		read, draw int
		before     func(a *app)
		want       string
	}{
		"ToObject":   {10, 11, nil, "for node 0 alone"},
		"ToWindow":   {10, 0, nil, "for node 0 alone"},
		"FromWindow": {0, 11, nil, ""},
		"Effects":    {10, 11, func(a *app) { a.more = true }, "heal 0/5; heal 1/0"},
		"Used":       {10, 11, func(a *app) { a.do(gl.OpGlBindTexture, texture2D, 2); a.use() }, "heal 0/5; heal 1/0"},
		"NotFirst":   {10, 0, func(a *app) { a.plan = plan(t, 2, 1) }, "heal 0/5; heal 1/0"},
	} {
		t.Run(name, func(t *testing.T) {
			a := lonely(t)
			a.frame(anywhere)
			a.wants("one node", "")
			if c.before != nil {
				c.before(a)
			}
			a.do(gl.OpGlBindFramebuffer, 0x8CA8, c.read)
			a.do(gl.OpGlBindFramebuffer, 0x8CA9, c.draw)
			a.do(gl.OpGlBlitFramebuffer, 0, 0, 50, 30, 0, 0, 50, 30, 0x4000, 0x2600)
			got := strings.Split(a.said(), "; ")
			slices.Sort(got)
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// mipped is lonely, and all nodes have made so many smaller levels before anything was drawn.
func mipped(t *testing.T, levels int) *app {
	t.Helper()
	a := newApp(t, Auto)
	a.do(gl.OpGlBindTexture, texture2D, 1)
	a.do(gl.OpGlTexParameteri, texture2D, 0x813D, levels)
	a.do(gl.OpGlGenerateMipmap, texture2D)
	a.do(gl.OpGlTexParameteri, texture2D, 0x813D, 1000)
	a.plan = lonePlan(t)
	a.frame(anywhere)
	a.wants("one node", "")
	return a
}

// TestMipmaps: the node that draws alone makes smaller levels alone, where all nodes have some. What the others lack of them is theirs before anything is done that could need them.
func TestMipmaps(t *testing.T) {
	const healed = "heal 1/0 and 6 smaller levels" // of 100×60
	start := func(t *testing.T) *app {
		a := mipped(t, 6)
		a.do(gl.OpGlGenerateMipmap, texture2D)
		a.wants("one node", "for node 0 alone")
		a.frame(anywhere)
		a.wants("drawn anew, over all of it or not", "")
		if !a.tr.Alone() {
			t.Error("what one node has done alone is taken for others'")
		}
		return a
	}
	tiles := func(a *app) { a.plan = plan(t, 2, 1) }
	for name, c := range map[string]struct {
		then func(a *app)
		want string
	}{
		"Again":       {func(a *app) { a.do(gl.OpGlGenerateMipmap, texture2D) }, "for node 0 alone"},
		"ByName":      {func(a *app) { a.do(gl.OpGlGenerateTextureMipmap, 1) }, "for node 0 alone"},
		"ByAll":       {func(a *app) { tiles(a); a.do(gl.OpGlGenerateMipmap, texture2D) }, healed},
		"Counted":     {func(a *app) { a.more = true; a.do(gl.OpGlGenerateMipmap, texture2D) }, healed},
		"Read":        {func(a *app) { tiles(a); a.draw(anywhere) }, healed},
		"Used":        {func(a *app) { a.use() }, healed},
		"FewerLevels": {func(a *app) { a.do(gl.OpGlTexParameteri, texture2D, 0x813D, 2) }, healed},
		"OtherBase":   {func(a *app) { a.do(gl.OpGlTexParameteri, texture2D, 0x813C, 1) }, healed},
		"NewContents": {func(a *app) { a.do(gl.OpGlTexImage2D, texture2D, 0, 0x8058, 100, 60, 0, 0x1908, 0x1401, nil) }, healed},
		"Filter":      {func(a *app) { a.do(gl.OpGlTexParameteri, texture2D, 0x2801, 0x2703) }, ""},
		"ClearedByAll": {func(a *app) { // levels do not go with the first
			a.more = true
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.do(gl.OpGlClear, 0x4000)
		}, healed},
		"Cleared": {func(a *app) { a.do(gl.OpGlBindFramebuffer, 0x8D40, 10); a.do(gl.OpGlClear, 0x4000) }, ""},
		"ClearedAndRead": {func(a *app) {
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.do(gl.OpGlClear, 0x4000)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
			tiles(a)
			a.draw(anywhere)
		}, healed},
		"CoveredByTiles": {func(a *app) { // the last frame's passes could be tiled, but for the levels
			a.swap()
			tiles(a)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 10)
			a.draw(track.Sampled{Covers: true})
		}, healed},
		"Redrawn": {func(a *app) { a.swap(); a.tr.Redrawn(); tiles(a); a.draw(anywhere) }, healed},
		"Healed":  {func(a *app) { tiles(a); a.draw(anywhere); a.said(); a.draw(anywhere) }, ""},
		"OtherTexture": {func(a *app) { // which nobody draws to
			a.do(gl.OpGlBindTexture, texture2D, 7)
			a.do(gl.OpGlTexImage2D, texture2D, 0, 0x8058, 64, 64, 0, 0x1908, 0x1401, nil)
			a.do(gl.OpGlGenerateMipmap, texture2D)
		}, ""},
		"OtherSides": {func(a *app) { a.do(gl.OpGlBindTexture, 0x8513, 8); a.do(gl.OpGlGenerateMipmap, 0x8513) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t)
			c.then(a)
			if got := a.said(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		made   int
		before func(a *app)
		want   string
	}{
		"Few":  {2, func(a *app) { a.do(gl.OpGlTexParameteri, texture2D, 0x813D, 2) }, "for node 0 alone; heal 1/0 and 2 smaller levels"},
		"None": {6, func(a *app) { a.do(gl.OpGlTexParameteri, texture2D, 0x813D, 0) }, "heal 1/0"},
		"More": {2, func(*app) {}, "heal 1/0"},
		"MoreBefore": {2, func(a *app) { // by all
			a.do(gl.OpGlGenerateMipmap, texture2D)
			a.frame(anywhere)
		}, "heal 1/0; for node 0 alone; heal 1/0 and 6 smaller levels"},
		"MoreByTiles": {2, func(a *app) { // where it is drawn to and read, and not drawn by one from then on
			a.more = true
			a.do(gl.OpGlGenerateMipmap, texture2D)
			a.more = false
			a.frame(anywhere)
		}, "heal 1/0; for node 0 alone; heal 1/0 and 6 smaller levels"},
		"MoreShared": {2, func(a *app) { // framebuffer objects of the other context draw to what it was
			a.do(gl.OpPrismContextCreate, 9, 1, 0, 0, 4, 5, 0, 0, 0, 8, 24, 8, 0)
			a.do(gl.OpGlGenerateMipmap, texture2D)
			a.frame(anywhere)
		}, "heal 1/0"},
		"Unknown": {6, func(a *app) { a.do(gl.OpGlTexParameteriv, texture2D, 0x813D, []byte{2, 0, 0, 0}) }, "heal 1/0"},
		"Based":   {6, func(a *app) { a.do(gl.OpGlTexParameteri, texture2D, 0x813C, 1) }, "heal 1/0"},
		"New": {6, func(a *app) {
			a.do(gl.OpGlTexImage2D, texture2D, 0, 0x8058, 100, 60, 0, 0x1908, 0x1401, nil)
			a.frame(anywhere)
		}, "heal 1/0"},
		"Stored": {6, func(a *app) {
			a.do(gl.OpGlTexStorage2D, texture2D, 3, 0x8058, 100, 60)
			a.do(gl.OpGlGenerateMipmap, texture2D)
			a.frame(anywhere)
		}, "for node 0 alone; heal 1/0 and 2 smaller levels"},
	} {
		t.Run("Levels/"+name, func(t *testing.T) {
			a := mipped(t, c.made)
			c.before(a)
			a.do(gl.OpGlGenerateMipmap, texture2D)
			tiles(a)
			a.draw(anywhere)
			if got := a.said(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
