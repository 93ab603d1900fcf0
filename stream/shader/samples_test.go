package shader

import (
	"os"
	"strings"
	"testing"
)

// The samples' vertex shaders: what can be culled by tile is found, and of the rest it is known that it cannot.
func TestSamples(t *testing.T) {
	a := analyzer(t, nil)
	for file, attribute := range map[string]string{
		"city/shaders/solid.vert":         "a_pos",
		"city/shaders/ground.vert":        "a_corner",
		"terrain/shaders/ground.vert":     "a_pos",
		"terrain/shaders/water.vert":      "a_pos",
		"particles/shaders/mountain.vert": "a_pos",
		"particles/shaders/sea.vert":      "a_pos",
		"particles/shaders/particle.vert": "", // corners by gl_VertexID
		"deferred/shaders/surface.vert":   "a_pos",
		"deferred/shaders/shadow.vert":    "a_pos",
		"deferred/shaders/lamp.vert":      "a_pos",
		"deferred/shaders/screen.vert":    "", // likewise
	} {
		t.Run(strings.ReplaceAll(file, "/", "_"), func(t *testing.T) {
			own, err := os.ReadFile("../../samples/" + file)
			if err != nil {
				t.Fatal(err)
			}
			dir, _, _ := strings.Cut(file, "/")
			common, err := os.ReadFile("../../samples/" + dir + "/shaders/common.glsl")
			if err != nil {
				t.Fatal(err)
			}
			p := position(t, a, false, string(common), string(own))
			if p.Attribute.Name != attribute || (p.Reason == "") != (attribute != "") {
				t.Errorf("positions are made of %q (%s), want %q", p.Attribute.Name, p.Reason, attribute)
			}
		})
	}
}
