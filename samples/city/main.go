package main

import (
	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/city/scene"
	"github.com/prismgl/prism/samples/internal/show"
)

func main() {
	var blocks int
	show.Main(show.Sample{
		Name: "city",
		Seed: "which town",
		Numbers: []show.Number{
			{Value: &blocks, Name: "blocks", Usage: "blocks along a side of the town", Default: scene.DefaultBlocks, Least: 1, Most: 64},
		},
		GL: show.API{Init: gl.Init, GetString: gl.GetString, ReadPixels: gl.ReadPixels},
		New: func(o show.Options) (show.Painter, error) {
			return newPainter(scene.New(scene.Options{Seed: o.Seed, Blocks: blocks}), o.Seed)
		},
	})
}
