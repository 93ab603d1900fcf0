package main

import (
	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/show"
	"github.com/prismgl/prism/samples/terrain/scene"
)

func main() {
	var levels int
	show.Main(show.Sample{
		Name: "terrain",
		Seed: "which mountains",
		Numbers: []show.Number{
			{Value: &levels, Name: "levels", Usage: "levels of detail; each makes four times as many triangles", Default: scene.DefaultLevels, Least: 1, Most: 8},
		},
		GL:  show.API{Init: gl.Init, GetString: gl.GetString, ReadPixels: gl.ReadPixels},
		New: func(o show.Options) (show.Painter, error) { return newPainter(scene.New(o.Seed, levels), o.Seed) },
	})
}
