package chart

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/prismgl/prism/cmd/internal/scale"
)

// Speedup draws speed-up over nodes with the ideal line. Both axes are logarithmic, so that the ideal is a straight line and all points
// lie apart.
func Speedup(r *scale.Report) *plot.Plot {
	p := newPlot(r, "Speed-up of "+r.Title())
	p.X.Label.Text = "nodes"
	p.Y.Label.Text = "frame rate as a multiple of one node's"
	most, least, best := 2.0, 1.0, 2.0
	for _, list := range [][]scale.Point{r.Measured, r.Modelled} {
		for _, q := range list {
			most = max(most, float64(q.Nodes))
			if q.Speedup > 0 {
				least, best = min(least, q.Speedup), max(best, q.Speedup)
			}
		}
	}
	bottom := math.Exp2(math.Floor(math.Log2(least)))
	if least < bottom*1.05 && least < 1 {
		bottom /= 2
	}
	// By hand: plot.LogScale places an axis's label as if it were linear.
	p.X.Min, p.X.Max = -0.3, math.Log2(most)+0.4
	p.Y.Min, p.Y.Max = math.Log2(bottom)-0.2, math.Log2(max(most, best))+0.3
	p.X.Tick.Marker, p.Y.Tick.Marker = powers(1, most, "%.0f"), powers(bottom, max(most, best), "%g×")
	p.Add(grid{}, ideal{to: most}, points{r.Modelled, true}, points{r.Measured, false})
	k := key{right: 10, below: 2, entries: []entry{{"ideal: n nodes, n times the frame rate", ideal{}, 26}}}
	if len(r.Modelled) > 0 {
		k.entries = append(k.entries, entry{"modelled: each node drawn alone, put together over " + r.Link, points{nil, true}, 26})
	}
	if len(r.Measured) > 0 {
		where := fmt.Sprintf("on %d cores", r.Cores)
		if r.Remote {
			where = "on machines of their own"
		}
		k.entries = append(k.entries, entry{"measured: so many nodes at once " + where, points{nil, false}, 26})
	}
	p.Add(k)
	return p
}

// powers are ticks at the powers of two.
func powers(from, to float64, format string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for v := from; v <= to*1.01; v *= 2 {
		ticks = append(ticks, plot.Tick{Value: math.Log2(v), Label: fmt.Sprintf(format, v)})
	}
	return ticks
}

// grid draws faint lines at the ticks.
type grid struct{}

func (grid) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := draw.LineStyle{Color: pale, Width: 0.6}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(style, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(style, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}

// ideal is the line on which n nodes are n times as fast.
type ideal struct{ to float64 }

var idealLine = draw.LineStyle{Color: grey, Width: 1}

func (l ideal) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.StrokeLine2(idealLine, x(0), y(0), x(math.Log2(l.to)), y(math.Log2(l.to)))
}

func (ideal) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(idealLine, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
}

// points are one kind's, with a line through them and their values beside them: modelled ones below the line, measured ones above it.
type points struct {
	list   []scale.Point
	hollow bool
}

func (k points) line() draw.LineStyle {
	if k.hollow {
		return draw.LineStyle{Color: modelled, Width: 1.2, Dashes: []vg.Length{4, 3}}
	}
	return draw.LineStyle{Color: measured, Width: 1.2}
}

// mark draws one point.
func (k points) mark(c *draw.Canvas, at vg.Point) {
	const radius = vg.Length(3.6)
	if !k.hollow {
		c.DrawGlyph(draw.GlyphStyle{Color: measured, Radius: radius, Shape: draw.CircleGlyph{}}, at)
		return
	}
	c.DrawGlyph(draw.GlyphStyle{Color: color.White, Radius: radius, Shape: draw.CircleGlyph{}}, at)
	var ring vg.Path
	ring.Move(vg.Point{X: at.X + radius, Y: at.Y})
	ring.Arc(at, radius, 0, 2*math.Pi)
	ring.Close()
	c.SetLineStyle(draw.LineStyle{Color: modelled, Width: 1.4})
	c.Stroke(ring)
}

func (k points) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var line []vg.Point
	for _, q := range k.list {
		if q.Speedup > 0 {
			line = append(line, vg.Point{X: x(math.Log2(float64(q.Nodes))), Y: y(math.Log2(q.Speedup))})
		}
	}
	if len(line) > 1 {
		c.StrokeLines(k.line(), line)
	}
	for _, at := range line {
		k.mark(&c, at)
	}
	for i, q := range k.list {
		if q.Speedup <= 0 || i >= len(line) {
			continue
		}
		value := short(q.Speedup) + "×"
		if k.hollow {
			c.FillText(text(9, modelled, draw.XLeft, draw.YTop), vg.Point{X: line[i].X + 4, Y: line[i].Y - 4}, value)
		} else {
			c.FillText(text(9, measured, draw.XRight, draw.YBottom), vg.Point{X: line[i].X - 4, Y: line[i].Y + 4}, value)
		}
	}
}

func (k points) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(k.line(), c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
	k.mark(c, c.Center())
}
