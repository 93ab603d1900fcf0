package main

import (
	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/show"
	"github.com/prismgl/prism/samples/particles/scene"
)

func main() {
	var count int
	show.Main(show.Sample{
		Name: "particles",
		Seed: "which volcano",
		Numbers: []show.Number{
			{Value: &count, Name: "particles", Usage: "how many", Default: scene.DefaultCount, Least: 1, Most: 1_000_000},
		},
		GL:  show.API{Init: gl.Init, GetString: gl.GetString, ReadPixels: gl.ReadPixels},
		New: func(o show.Options) (show.Painter, error) { return newPainter(scene.New(o.Seed, count), o.Seed) },
	})
}
