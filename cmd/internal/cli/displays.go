package cli

import (
	"context"
	"image"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/nodes/output/wall"
	"github.com/prismgl/prism/nodes/output/x11"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/worker"
)

// displays shows a worker's part of a wall by output/wall, which knows nothing of prism.
type displays struct{ wall wall.Wall }

var _ worker.Displays = (*displays)(nil)

// Stage implements worker.Displays.
func (d *displays) Stage(ctx context.Context, views []proto.View, pictures [][]byte) ([]proto.LostDisplay, error) {
	vs := make([]wall.View, len(views))
	for i, v := range views {
		vs[i] = wall.View{
			Display: wall.Display{Name: v.Display.Name, X11: v.Display.X11, Place: x11.Place{
				X: v.Display.X, Y: v.Display.Y, Width: v.Display.Width, Height: v.Display.Height, Cover: v.Display.Cover,
			}},
			At:    image.Pt(v.AtX, v.AtY),
			Frame: output.Frame{Width: v.Source.W, Height: v.Source.H, Pix: pictures[i]},
		}
	}
	lost, err := d.wall.Stage(ctx, vs)
	return lostDisplays(lost), err
}

// Flip implements worker.Displays.
func (d *displays) Flip(ctx context.Context) []proto.LostDisplay {
	return lostDisplays(d.wall.Flip(ctx))
}

// Close implements worker.Displays.
func (d *displays) Close() { d.wall.Close() }

func lostDisplays(lost []wall.Lost) (out []proto.LostDisplay) {
	for _, l := range lost {
		out = append(out, proto.LostDisplay{Name: l.Name, Text: l.Err.Error()})
	}
	return out
}
