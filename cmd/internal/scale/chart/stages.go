package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/prismgl/prism/cmd/internal/scale"
)

// part is one stage of a bar.
type part struct {
	name  string
	color color.NRGBA
	of    func(scale.Stages) float64
}

// parts from below in a bar, as a frame passes them.
var parts = []part{
	{"app", color.NRGBA{0x9a, 0xa0, 0xa8, 0xff}, func(s scale.Stages) float64 { return s.App }},
	{"split", color.NRGBA{0xe6, 0xa1, 0x3c, 0xff}, func(s scale.Stages) float64 { return s.Split }},
	{"link out", color.NRGBA{0x8f, 0xbf, 0xe8, 0xff}, func(s scale.Stages) float64 { return s.LinkOut }},
	{"nodes", color.NRGBA{0x2f, 0x6c, 0xb3, 0xff}, func(s scale.Stages) float64 { return s.Nodes }},
	{"link in", color.NRGBA{0x45, 0xa8, 0x98, 0xff}, func(s scale.Stages) float64 { return s.LinkIn }},
	{"compose", color.NRGBA{0xc4, 0x5a, 0x7c, 0xff}, func(s scale.Stages) float64 { return s.Compose }},
}

// bar is one point's; x counts bars, with one left out between the kinds.
type bar struct {
	scale.Point
	x float64
}

// Stages draws what a frame's time goes into, as parts of the whole: beside one node's, the bars of many would not be seen. Above each bar
// stands how often a frame comes, for stages work at once on several, and what limits that.
func Stages(r *scale.Report) *plot.Plot {
	p := newPlot(r, "What a frame's time goes into: "+r.Title())
	var bars []bar
	var ticks plot.ConstantTicks
	x := 0.0
	var groups []group
	for _, g := range []struct {
		name   string
		points []scale.Point
	}{{"measured", r.Measured}, {"modelled, " + r.Link, r.Modelled}} {
		if len(g.points) == 0 {
			continue
		}
		if len(bars) > 0 {
			x += 0.6
		}
		groups = append(groups, group{g.name, x, x + float64(len(g.points)) - 1})
		for _, q := range g.points {
			bars = append(bars, bar{q, x})
			ticks = append(ticks, plot.Tick{Value: x, Label: fmt.Sprint(q.Nodes)})
			x++
		}
	}
	p.X.Min, p.X.Max = -0.6, x-0.4
	p.Y.Min, p.Y.Max = 0, 1.28
	p.X.Tick.Marker = ticks
	p.X.Label.Text = "nodes"
	p.Y.Label.Text = "a stage's part of all stages' time (ms in the bars)"
	p.Y.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0 %"}, {Value: 0.25, Label: "25 %"}, {Value: 0.5, Label: "50 %"}, {Value: 0.75, Label: "75 %"}, {Value: 1, Label: "100 %"}}
	p.Add(stacked(bars), headings(groups))
	var k key
	for i := len(parts) - 1; i >= 0; i-- {
		k.entries = append(k.entries, entry{parts[i].name, swatch(parts[i].color), 12})
	}
	p.Add(legend{k, x - 0.3})
	p.X.Max += 1 + 0.12*x // room for it
	return p
}

// How far above a bar its two texts stand.
const limitAbove, frameAbove = vg.Length(4), vg.Length(14)

type stacked []bar

func (s stacked) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const half = 0.36
	for _, b := range s {
		sum := 0.0
		for _, part := range parts {
			sum += part.of(b.Stages)
		}
		if sum <= 0 {
			continue
		}
		at := 0.0
		for _, part := range parts {
			v := part.of(b.Stages) / sum
			corners := []vg.Point{{X: x(b.x - half), Y: y(at)}, {X: x(b.x + half), Y: y(at)}, {X: x(b.x + half), Y: y(at + v)}, {X: x(b.x - half), Y: y(at + v)}}
			at += v
			c.FillPolygon(part.color, corners)
			if v > 0.1 {
				c.FillText(text(7.5, color.White, draw.XCenter, draw.YCenter), vg.Point{X: x(b.x), Y: (corners[0].Y + corners[2].Y) / 2}, short(part.of(b.Stages)))
			}
		}
		outline := draw.LineStyle{Color: measured, Width: 1}
		if b.Kind == scale.Modelled {
			outline = draw.LineStyle{Color: modelled, Width: 1, Dashes: []vg.Length{4, 3}}
		}
		c.StrokeLines(outline, []vg.Point{{X: x(b.x - half), Y: y(0)}, {X: x(b.x - half), Y: y(1)}, {X: x(b.x + half), Y: y(1)}, {X: x(b.x + half), Y: y(0)}})
		c.FillText(text(8.5, ink, draw.XCenter, draw.YBottom), vg.Point{X: x(b.x), Y: y(1) + frameAbove}, short(b.FrameMS)+" ms")
		c.FillText(text(7.5, grey, draw.XCenter, draw.YBottom), vg.Point{X: x(b.x), Y: y(1) + limitAbove}, b.Limit)
	}
}

// short is a number with three figures at most.
func short(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// group is one kind's bars.
type group struct {
	name     string
	from, to float64
}

type headings []group

func (h headings) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, g := range h {
		col := measured
		if g.name != "measured" {
			col = modelled
		}
		at := c.Max.Y - 9
		c.FillText(text(9.5, col, draw.XCenter, draw.YBottom), vg.Point{X: x((g.from + g.to) / 2), Y: at}, g.name)
		c.StrokeLine2(draw.LineStyle{Color: col, Width: 0.8}, x(g.from-0.4), at-4, x(g.to+0.4), at-4)
	}
}

// swatch is a stage's colour in the legend.
type swatch color.NRGBA

func (s swatch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(color.NRGBA(s), []vg.Point{{X: c.Min.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Min.X, Y: c.Max.Y}})
}

// legend is a key that begins at a place of the x axis.
type legend struct {
	key
	at float64
}

func (l legend) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	l.right, l.below = x(l.at)-c.Min.X, c.Max.Y-y(1)
	l.key.Plot(c, p)
	left := func(above vg.Length, what string, col color.Color) {
		c.FillText(text(8.5, col, draw.XLeft, draw.YBottom), vg.Point{X: x(l.at), Y: y(1) + above}, what)
	}
	left(frameAbove, "← a frame every", ink)
	left(limitAbove, "← what limits that", grey)
}
