package balance

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// maxPieces is how many pieces of a frame a node can send: their number has 8 bits.
const maxPieces = 255

// TestPieces: tiles do not wander so that a node's pieces, put together where they meet, become too many.
func TestPieces(t *testing.T) {
	for _, name := range []string{"Even", "Corner", "Blocks"} {
		s := newScene(hd, scenes[name])
		for _, nodes := range []int{2, 4, 8, 16} {
			e := makeEqualizers(t, DefaultOptions())["queue"]
			cl := &cluster{speeds: slices.Repeat([]float64{1}, nodes), noise: 0.1, rng: rand.New(rand.NewPCG(1, 2))}
			run{size: hd, nodes: nodes, frames: 200, inFlight: 2, scene: func(int) *scene { return s }, cluster: cl}.run(t, e)
			p, err := e.Plan(hd.X, hd.Y, nodes)
			if err != nil {
				t.Fatal(err)
			}
			m, err := p.Merged()
			if err != nil {
				t.Fatal(err)
			}
			for n, share := range m.Nodes {
				if len(share.Tiles) > maxPieces {
					t.Errorf("%s: node %d of %d has %d pieces of %d tiles", name, n, nodes, len(share.Tiles), len(p.Nodes[n].Tiles))
				}
			}
			most := 0
			for _, share := range m.Nodes {
				most = max(most, len(share.Tiles))
			}
			t.Logf("%s, %d nodes: at most %d pieces a node, %d tiles in all", name, nodes, most, len(p.Tiles))
		}
	}
}
