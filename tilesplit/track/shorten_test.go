package track

import (
	"strings"
	"testing"

	"github.com/prismgl/prism/stream/gl"
)

func TestShorten(t *testing.T) {
	ops := map[string]gl.Op{"push": gl.OpGlPushMatrix, "pop": gl.OpGlPopMatrix, "turn": gl.OpGlRotatef, "load": gl.OpGlLoadIdentity, "color": gl.OpGlColor4f,
		"light": gl.OpGlLightfv, "call": gl.OpGlCallList, "mode": gl.OpGlMatrixMode, "bind": gl.OpGlBindTexture, "plane": gl.OpGlClipPlane, "gen": gl.OpGlTexGenfv}
	for name, c := range map[string]struct {
		list, want string
		deep       int
	}{
		"Empty":       {"", "", 0},
		"Pair":        {"push turn pop", "", 1},
		"Nested":      {"push turn push load turn pop turn pop", "", 2},
		"Between":     {"color push turn bind color pop color", "color bind color color", 1},
		"Outside":     {"turn push turn pop turn", "turn turn", 1},
		"Light":       {"push turn light pop", "push turn light pop", 1},
		"Plane":       {"push plane pop", "push plane pop", 1},
		"TexGen":      {"push gen pop", "push gen pop", 1},
		"Call":        {"push turn call pop", "push turn call pop", 1},
		"AfterCall":   {"push call push turn pop turn pop", "push call turn pop", 2},
		"BeforeCall":  {"push push turn pop call pop", "push call pop", 2},
		"NoPop":       {"push turn", "push turn", 1},
		"NoPush":      {"pop push turn pop pop", "pop pop", 1},
		"OtherMatrix": {"push mode push turn pop pop", "push mode push turn pop pop", 0},
		"ManyLights":  {"push turn push light pop push turn pop pop", "push turn push light pop pop", 2},
	} {
		t.Run(name, func(t *testing.T) {
			var list []State
			for _, word := range strings.Fields(c.list) {
				list = append(list, State{Op: uint16(ops[word])})
			}
			short, deep := shorten(list)
			var got []string
			for i := range short {
				for word, op := range ops {
					if uint16(op) == short[i].Op {
						got = append(got, word)
					}
				}
			}
			if s := strings.Join(got, " "); s != c.want || deep != c.deep {
				t.Errorf("got %q, deep %d; want %q, deep %d", s, deep, c.want, c.deep)
			}
		})
	}
}
