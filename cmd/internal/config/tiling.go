package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit"
	"github.com/prismgl/prism/tilesplit/auto"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/interleave"
	"github.com/prismgl/prism/tilesplit/kd"
	"github.com/prismgl/prism/tilesplit/queue"
	"github.com/prismgl/prism/tilesplit/strips"
	"github.com/prismgl/prism/tilesplit/subpixel"
	"github.com/prismgl/prism/tilesplit/wander"
)

// What may stand for tiling::mode.
const (
	TilingGrid       = "grid"
	TilingColumns    = "columns"
	TilingRows       = "rows"
	TilingKD         = "kd"
	TilingQueue      = "queue"
	TilingInterleave = "interleave"
	TilingSubpixel   = "subpixel"
	TilingAuto       = "auto"
	TilingWander     = "wander" // for proofs
	TilingWall       = "wall"
)

var tilings = []string{TilingGrid, TilingColumns, TilingRows, TilingKD, TilingQueue, TilingInterleave, TilingSubpixel, TilingAuto, TilingWander, TilingWall}

// Tiling says how the picture is divided.
type Tiling struct {
	Mode string `yaml:"mode"` // one of Tiling…
	// Weights: how much each node is to do beside the others; none: all the same.
	Weights []float64 `yaml:"weights"`
	// Min is the least width and height of a tile in pixels; borders lie at multiples of Snap.
	Min  int `yaml:"min"`
	Snap int `yaml:"snap"`
	// Size of the work queue's tiles in pixels.
	Size Size `yaml:"size"`
	// Samples of a sub-pixel frame; 0: one of each node.
	Samples int `yaml:"samples"`
	// Offscreen: sub-pixel frames shift what is drawn into framebuffer objects of the window's size, too.
	Offscreen bool `yaml:"offscreen"`
}

// Balance says how borders follow what tiles cost.
type Balance struct {
	Enabled    bool    `yaml:"enabled"`
	Damping    float64 `yaml:"damping"`
	Smoothing  float64 `yaml:"smoothing"`
	Resistance float64 `yaml:"resistance"`
	MinMove    int     `yaml:"min_move"`
}

// Size is a width and a height in pixels, written WIDTHxHEIGHT.
type Size struct{ Width, Height int }

func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

// parseSize reads "64x64".
func parseSize(text string) (Size, string) {
	w, h, ok := strings.Cut(strings.ToLower(strings.TrimSpace(text)), "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if !ok || errW != nil || errH != nil || width < 1 || height < 1 {
		return Size{}, fmt.Sprintf("%q is not a size; want WIDTHxHEIGHT in pixels, as 64x64", text)
	}
	return Size{width, height}, ""
}

func sizeText(s string) (any, string) {
	size, text := parseSize(s)
	return size.String(), text
}

func sizeNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		return nil, "want WIDTHxHEIGHT, as 64x64; this is " + describe(n)
	}
	return sizeText(n.Value)
}

func fraction(s string) (any, string) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return nil, fmt.Sprintf("%q is not a number", s)
	}
	return f, ""
}

func fractionNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!float" && n.Tag != "!!int" {
		return nil, "want a number, this is " + describe(n)
	}
	return fraction(n.Value)
}

func fractions(s string) (any, string) {
	out := []float64{}
	if strings.Trim(s, "[] ") == "" { // as pflag shows a list
		return out, ""
	}
	for i, part := range strings.Split(strings.Trim(s, "[] "), ",") {
		f, text := fraction(part)
		if text != "" {
			return nil, fmt.Sprintf("item %d: %s", i+1, text)
		}
		out = append(out, f.(float64))
	}
	return out, ""
}

func fractionsNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.SequenceNode {
		return nil, "want a list of numbers, as [2, 1, 1], this is " + describe(n)
	}
	out := []float64{}
	for i, c := range n.Content {
		f, text := fractionNode(target(c))
		if text != "" {
			return nil, fmt.Sprintf("item %d: %s", i+1, text)
		}
		out = append(out, f.(float64))
	}
	return out, ""
}

// validate checks what the tiling says by itself and beside nodes and grid.
func (c Config) validateTiling(bad func(key, format string, args ...any)) {
	t, b := c.Tiling, c.Balance
	switch {
	case t.Mode == TilingGrid:
	case c.Grid != (grid.Grid{}):
		bad("grid", "is of no use with tiling::mode %s; leave one of them out", t.Mode)
	case c.Nodes == 0 && len(t.Weights) == 0 && t.Mode != TilingWall:
		bad("tiling::mode", "%s does not tell how many nodes draw; add nodes: 4, for example", t.Mode)
	}
	nodes, _ := c.Layout()
	if err := tilesplit.Weights(t.Weights).Check(nodes); err != nil && t.Mode != TilingWall {
		bad("tiling::weights", "%s", reason(err))
	}
	if t.Mode == TilingAuto && len(t.Weights) > 0 {
		bad("tiling::weights", "are of no use with tiling::mode auto, which finds out who is faster; leave them out")
	}
	if t.Mode == TilingSubpixel && len(t.Weights) > 0 {
		bad("tiling::weights", "are of no use with tiling::mode subpixel, where each node draws the whole picture; leave them out")
	}
	switch most := min(max(nodes, 1), subpixel.MaxSamples); {
	case t.Mode != TilingSubpixel && t.Samples != 0:
		bad("tiling::samples", "are of no use with tiling::mode %s; leave them out, or choose tiling::mode subpixel", t.Mode)
	case t.Mode != TilingSubpixel && t.Offscreen:
		bad("tiling::offscreen", "is of no use with tiling::mode %s; leave it out, or choose tiling::mode subpixel", t.Mode)
	case t.Samples < 0 || t.Samples > most:
		bad("tiling::samples", "%d is out of range; each of the %d nodes draws one: want 1 to %d, or 0 for as many as there are nodes", t.Samples, nodes, most)
	}
	if t.Min < 0 || t.Min > maxTile {
		bad("tiling::min", "%d is out of range; want 0 to %d pixels", t.Min, maxTile)
	}
	if t.Snap < 1 || t.Snap > maxTile {
		bad("tiling::snap", "%d is out of range; want 1 to %d pixels", t.Snap, maxTile)
	}
	if s := t.Size; s.Width < 1 || s.Height < 1 || s.Width > maxTile || s.Height > maxTile {
		bad("tiling::size", "%v is out of range; want 1 to %d pixels a side", s, maxTile)
	}
	for _, part := range []struct {
		key   string
		value float64
	}{{"damping", b.Damping}, {"smoothing", b.Smoothing}, {"resistance", b.Resistance}} {
		if !(part.value >= 0 && part.value < 1) {
			bad("balance::"+part.key, "%v is out of range; want at least 0 and below 1", part.value)
		}
	}
	if b.MinMove < 0 || b.MinMove > maxTile {
		bad("balance::min_move", "%d is out of range; want 0 to %d pixels", b.MinMove, maxTile)
	}
}

// maxTile bounds sides of tiles in pixels.
const maxTile = 1 << 16

// Division is what a Config says of who draws what.
type Division struct {
	Name string // for people: "grid 2x2", "kd, balanced"
	// New makes the policy of a drawable.
	New func() tilesplit.Policy
	// Displays of a wall, by the names that its plans have for them; nil: no wall.
	Displays map[string]proto.Display
}

// Divide settles nodes and tiling. c is valid.
func (c Config) Divide() (nodes int, d Division) {
	nodes, g := c.Layout()
	t := c.Tiling
	weights := tilesplit.Weights(t.Weights)
	borders := tilesplit.Borders{Snap: t.Snap, Min: t.Min}
	options := balance.Options{Damping: c.Balance.Damping, Smoothing: c.Balance.Smoothing, Resistance: c.Balance.Resistance, MinMove: c.Balance.MinMove}
	d.Name = t.Mode
	if len(weights) > 0 {
		d.Name += fmt.Sprintf(", weights %v", t.Weights)
	}
	// learn takes the equalizer that was asked for; Validate has seen its options.
	learn := func(still tilesplit.Policy, with func() (balance.Equalizer, error)) {
		d.New = func() tilesplit.Policy { return still }
		if !c.Balance.Enabled {
			return
		}
		d.Name += ", balanced"
		d.New = func() tilesplit.Policy {
			if e, err := with(); err == nil {
				return e
			}
			return still
		}
	}
	switch t.Mode {
	case TilingColumns, TilingRows:
		s := strips.Strips{Weights: weights, Borders: borders}
		if t.Mode == TilingRows {
			s.Axis = tilesplit.AlongY
		}
		learn(s, func() (balance.Equalizer, error) { return balance.NewStrips(s, options) })
	case TilingKD:
		k := kd.KD{Weights: weights, Borders: borders}
		learn(k, func() (balance.Equalizer, error) { return balance.NewKD(k, options) })
	case TilingQueue:
		q := queue.Queue{TileWidth: t.Size.Width, TileHeight: t.Size.Height, Weights: weights}
		d.Name += " of " + t.Size.String()
		learn(q, func() (balance.Equalizer, error) { return balance.NewQueue(q, options) })
	case TilingInterleave:
		p := interleave.Interleave{Weights: weights}
		d.New = func() tilesplit.Policy { return p }
	case TilingSubpixel:
		p := subpixel.Subpixel{Offscreen: t.Offscreen, Samples: cmp.Or(t.Samples, min(nodes, subpixel.MaxSamples))}
		d.Name += fmt.Sprintf(" of %d samples", p.Samples)
		if t.Offscreen {
			d.Name += ", offscreen too"
		}
		d.New = func() tilesplit.Policy { return p }
	case TilingAuto:
		d.New = func() tilesplit.Policy {
			var among []auto.Tiling
			for _, mode := range []string{TilingKD, TilingColumns, TilingRows} {
				one := c
				one.Nodes, one.Tiling.Mode, one.Tiling.Weights = nodes, mode, nil
				_, division := one.Divide()
				among = append(among, auto.Tiling{Name: mode, New: division.New})
			}
			p, err := auto.NewPolicy(nodes, among)
			if err != nil { // nodes and names are right
				return among[0].New()
			}
			return p
		}
	case TilingWall:
		w, displays, err := c.Wall.policy()
		d.Name, d.Displays = fmt.Sprintf("wall of %d displays", len(displays)), displays
		if err != nil { // Validate has seen it
			w.Displays = nil
		}
		d.New = func() tilesplit.Policy { return w }
	case TilingWander:
		d.New = func() tilesplit.Policy { return wander.New(1, borders) }
	default:
		d.Name = strings.Replace(d.Name, TilingGrid, TilingGrid+" "+g.String(), 1)
		p := grid.Weighted{Grid: g, Weights: weights}
		d.New = func() tilesplit.Policy { return p }
	}
	return nodes, d
}
