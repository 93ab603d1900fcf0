package main

import (
	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/deferred/scene"
	"github.com/prismgl/prism/samples/internal/show"
)

func main() {
	var lamps int
	show.Main(show.Sample{
		Name: "deferred",
		Seed: "which lamps, and how they fly",
		Numbers: []show.Number{
			{Value: &lamps, Name: "lamps", Usage: "how many lamps fly about", Default: scene.DefaultLamps, Least: 0, Most: 1000},
		},
		GL: show.API{Init: gl.Init, GetString: gl.GetString, ReadPixels: gl.ReadPixels},
		New: func(o show.Options) (show.Painter, error) {
			return newPainter(scene.New(o.Seed, lamps), o.Width, o.Height)
		},
	})
}
