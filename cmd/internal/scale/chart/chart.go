package chart

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/prismgl/prism/cmd/internal/scale"
)

// Size of the plots.
const (
	width  = 17 * vg.Centimeter
	height = 10.5 * vg.Centimeter
	dpi    = 144 // of PNG
)

var (
	ink      = color.NRGBA{0x26, 0x2b, 0x33, 0xff}
	pale     = color.NRGBA{0xe3, 0xe6, 0xea, 0xff}
	grey     = color.NRGBA{0x8a, 0x93, 0x9e, 0xff}
	measured = color.NRGBA{0xc0, 0x39, 0x2b, 0xff}
	modelled = color.NRGBA{0x1f, 0x5f, 0xa8, 0xff}
)

// WriteFiles draws all plots of r into a folder, each as SVG and as PNG.
func WriteFiles(r *scale.Report, dir string) error {
	for name, p := range map[string]*plot.Plot{scale.SpeedupPlot: Speedup(r), scale.StagesPlot: Stages(r)} {
		svg := vgsvg.New(width, height)
		png := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))}
		for _, f := range []struct {
			ending string
			canvas vg.CanvasWriterTo
		}{{".svg", svg}, {".png", png}} {
			p.Draw(draw.Crop(draw.NewCanvas(f.canvas, width, height), 6, -12, 4, -6))
			if err := write(f.canvas, filepath.Join(dir, name+f.ending)); err != nil {
				return fmt.Errorf("chart: %w", err)
			}
		}
	}
	return nil
}

func write(c io.WriterTo, file string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = c.WriteTo(f)
	return errors.Join(err, f.Close())
}

// newPlot has what both plots have in common.
func newPlot(r *scale.Report, title string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text = title
	p.Title.Padding = 10
	p.Title.TextStyle.Font = sans(13)
	p.Title.TextStyle.Color = ink
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font, a.Label.TextStyle.Color = sans(10), ink
		a.Tick.Label.Font, a.Tick.Label.Color = sans(9), ink
		a.LineStyle.Color, a.Tick.LineStyle.Color = grey, grey
		a.LineStyle.Width = 0.6
	}
	return p
}

func sans(size vg.Length) font.Font {
	f := plot.DefaultFont
	f.Variant, f.Size = "Sans", size
	return f
}

// text is how words inside a plot look.
func text(size vg.Length, c color.Color, x draw.XAlignment, y draw.YAlignment) draw.TextStyle {
	return draw.TextStyle{Color: c, Font: sans(size), XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler}
}

// key explains marks, one a line; it stands inside the plot, its upper left corner so far right of and below the plot's.
type key struct {
	right, below vg.Length
	entries      []entry
}

type entry struct {
	text string
	mark plot.Thumbnailer
	wide vg.Length // of the mark
}

func (k key) Plot(c draw.Canvas, _ *plot.Plot) {
	const line = 14
	at := vg.Point{X: c.Min.X + k.right, Y: c.Max.Y - k.below}
	for _, e := range k.entries {
		at.Y -= line
		e.mark.Thumbnail(&draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: at, Max: vg.Point{X: at.X + e.wide, Y: at.Y + line - 4}}})
		c.FillText(text(9, ink, draw.XLeft, draw.YCenter), vg.Point{X: at.X + e.wide + 6, Y: at.Y + line/2 - 2}, e.text)
	}
}
