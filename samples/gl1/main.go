package main

import (
	"github.com/prismgl/prism/samples/gl1/gl"
	"github.com/prismgl/prism/samples/gl1/scene"
	"github.com/prismgl/prism/samples/internal/show"
)

func main() {
	show.Main(show.Sample{
		Name:   "gl1",
		Seed:   "which metals and woods, and the time",
		Legacy: true,
		GL:     show.API{Init: gl.Init, GetString: gl.GetString, ReadPixels: gl.ReadPixels},
		New:    func(o show.Options) (show.Painter, error) { return newPainter(scene.New(o.Seed)) },
	})
}
