package main

import (
	"github.com/go-gl/gl/v3.3-core/gl"

	"github.com/prismgl/prism/samples/internal/show"
	"github.com/prismgl/prism/samples/raymarch/scene"
)

func main() {
	show.Main(show.Sample{
		Name: "raymarch",
		Seed: "which sculpture",
		GL:   show.API{Init: gl.Init, GetString: gl.GetString, ReadPixels: gl.ReadPixels},
		New:  func(o show.Options) (show.Painter, error) { return newPainter(scene.New(o.Seed)) },
	})
}
