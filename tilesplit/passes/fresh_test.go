package passes

import (
	"testing"

	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/tilesplit/track"
)

// TestFresh: frames that leave in images what they themselves have drawn, and frames that add to what was there or show it.
func TestFresh(t *testing.T) {
	into := func(a *app, object int) {
		a.do(gl.OpGlBindTexture, texture2D, 0)
		a.do(gl.OpGlBindFramebuffer, 0x8D40, object)
	}
	clearAll := func(a *app) { a.do(gl.OpGlClear, 0x4500) }
	back := func(a *app, texture int) {
		a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
		a.do(gl.OpGlBindTexture, texture2D, texture)
		a.draw(anywhere)
	}
	for name, c := range map[string]struct {
		frame func(a *app)
		want  bool
	}{
		"Window":      {func(a *app) { back(a, 0) }, true},
		"ShowsOnly":   {func(a *app) { back(a, 1) }, true}, // nothing of it changes
		"Cleared":     {func(a *app) { into(a, 10); clearAll(a); a.draw(track.Sampled{}); back(a, 1) }, true},
		"ClearedOnly": {func(a *app) { into(a, 10); clearAll(a); back(a, 1) }, true},
		"Added":       {func(a *app) { into(a, 10); a.draw(track.Sampled{}); back(a, 1) }, false},
		"Masked":      {func(a *app) { a.do(gl.OpGlColorMask, 1, 1, 1, 0); into(a, 10); clearAll(a); a.draw(track.Sampled{}) }, false},
		"Scissored":   {func(a *app) { a.do(gl.OpGlEnable, 0x0C11); into(a, 10); clearAll(a); a.draw(track.Sampled{}) }, false},
		"ColourOnly":  {func(a *app) { into(a, 10); a.do(gl.OpGlClear, 0x4000); a.draw(track.Sampled{}) }, false},
		"NoStencil":   {func(a *app) { into(a, 10); a.do(gl.OpGlClear, 0x4100); a.draw(track.Sampled{}) }, false},
		"ClearedLate": {func(a *app) { into(a, 10); a.draw(track.Sampled{}); clearAll(a) }, false},
		"Again": {func(a *app) {
			into(a, 10)
			clearAll(a)
			a.draw(track.Sampled{})
			into(a, 0)
			into(a, 10)
			a.draw(track.Sampled{})
		}, true},
		"ReadBefore": {func(a *app) { back(a, 1); into(a, 10); clearAll(a) }, false},
		"ReadByPass": {func(a *app) {
			into(a, 10)
			clearAll(a)
			into(a, 11)
			a.do(gl.OpGlClear, 0x4000)
			a.do(gl.OpGlBindTexture, texture2D, 1)
			a.draw(anywhere)
		}, true},
		"Feedback": {func(a *app) { into(a, 10); clearAll(a); a.do(gl.OpGlBindTexture, texture2D, 1); a.draw(anywhere) }, false},
		"PingPong": {func(a *app) {
			into(a, 10)
			clearAll(a)
			a.do(gl.OpGlBindTexture, texture2D, 2)
			a.draw(anywhere)
			into(a, 11)
			a.do(gl.OpGlClear, 0x4000)
			a.do(gl.OpGlBindTexture, texture2D, 1)
			a.draw(anywhere)
		}, false},
		"Unfollowed":     {func(a *app) { into(a, 10); clearAll(a); a.do(gl.OpGlBegin, 4); a.do(gl.OpGlEnd) }, true},
		"UnfollowedOnly": {func(a *app) { into(a, 10); a.do(gl.OpGlBegin, 4); a.do(gl.OpGlEnd) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, Auto)
			into(a, 0)
			a.swap()
			for range 2 {
				c.frame(a)
				a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
				a.swap()
				if got := a.tr.Fresh(); got != c.want {
					t.Errorf("fresh: %v", got)
				}
			}
			a.do(gl.OpGlBindTexture, texture2D, 0)
			a.do(gl.OpGlBindFramebuffer, 0x8D40, 0)
			a.swap()
			if !a.tr.Fresh() {
				t.Error("a frame without passes is not fresh")
			}
		})
	}
}
