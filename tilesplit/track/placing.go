package track

import (
	"strings"

	"github.com/prismgl/prism/stream/wire"
)

// Placing says what places the vertices of draws in a context: the program, 0: fixed functions or a pipeline, and of what it makes positions,
// "": that is not known.
func (t *Tracker) Placing(h *wire.ChunkHeader) (program uint32, position string) {
	c := t.context(h.Ctx)
	p, why := t.user(c)
	switch {
	case why != "":
	case p == nil:
		position = "fixed functions"
	default:
		pos := p.position
		names := make([]string, 0, len(pos.Uniforms))
		for i := range pos.Uniforms {
			names = append(names, pos.Uniforms[i].Name)
		}
		position = "attribute " + pos.Attribute.Name
		if len(names) > 0 {
			position += " by " + strings.Join(names, ", ")
		}
	}
	return c.program, position
}
