package config

import (
	"fmt"
	"image"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit/grid"
	"github.com/prismgl/prism/tilesplit/wall"
)

// Wall says which displays show the picture of TilingWall: either Layout equal ones, or Displays.
type Wall struct {
	// Layout: columns and rows of displays of Size pixels, from the lower left, one a node.
	Layout grid.Grid `yaml:"layout"`
	Size   Size      `yaml:"size"`
	// Gap: pixels between neighbours, hidden by their frames, or with a minus shown by both.
	Gap Gap `yaml:"gap"`
	// X11 names the X server of each; one for all; none: ":0".
	X11 []string `yaml:"x11"`
	// Displays, each by itself.
	Displays Displays `yaml:"displays"`
	// Target is the largest framebuffer that a node is to have: of a larger picture it holds a part. Zero: all of any picture.
	Target Size `yaml:"target"`
}

// Gap is pixels in each direction, written WIDTHxHEIGHT, with a minus for displays that overlap.
type Gap struct{ X, Y int }

func (g Gap) String() string { return fmt.Sprintf("%dx%d", g.X, g.Y) }

// Display is one screen or projector.
type Display struct {
	Name string
	Node string          // its number or its name
	Rect image.Rectangle // of the picture, from its lower left
	X11  string
	// Position of the window's upper left corner on the X server's screen; nil: the window covers the screen.
	Position *image.Point
}

// Displays are a list of them.
type Displays []Display

const defaultX11 = ":0"

// yaml is the display as the file has it.
func (d Display) yaml() string {
	node := d.Node
	if _, err := strconv.Atoi(node); err != nil {
		node = strconv.Quote(node)
	}
	s := fmt.Sprintf("{name: %q, node: %s, rect: %s, x11: %q", d.Name, node, rectText(d.Rect), d.X11)
	if d.Position != nil {
		s += fmt.Sprintf(", position: %q", positionText(*d.Position))
	}
	return s + "}"
}

func (ds Displays) String() string {
	parts := make([]string, len(ds))
	for i, d := range ds {
		parts[i] = d.yaml()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func rectText(r image.Rectangle) string {
	return fmt.Sprintf("%dx%d%s", r.Dx(), r.Dy(), positionText(r.Min))
}

func positionText(p image.Point) string { return fmt.Sprintf("%+d%+d", p.X, p.Y) }

var (
	rectForm     = regexp.MustCompile(`^([0-9]{1,7})[xX]([0-9]{1,7})\+([0-9]{1,7})\+([0-9]{1,7})$`)
	positionForm = regexp.MustCompile(`^([+-][0-9]{1,5})([+-][0-9]{1,5})$`)
	gapForm      = regexp.MustCompile(`^(-?[0-9]{1,5})[xX](-?[0-9]{1,5})$`)
)

// numbers are a form's groups.
func numbers(form *regexp.Regexp, text string) []int {
	m := form.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return nil
	}
	out := make([]int, len(m)-1)
	for i := range out {
		out[i], _ = strconv.Atoi(m[i+1]) // the form leaves no other
	}
	return out
}

func parseGap(text string) (Gap, string) {
	n := numbers(gapForm, text)
	if n == nil {
		return Gap{}, fmt.Sprintf("%q is not a gap; want WIDTHxHEIGHT in pixels, as 40x30, or with a minus for displays that overlap", text)
	}
	return Gap{n[0], n[1]}, ""
}

func gapValue(s string) (any, string) {
	g, text := parseGap(s)
	return g.String(), text
}

func gapNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" && n.Tag != "!!int" { // YAML takes 0x40 for a number
		return nil, "want WIDTHxHEIGHT, as 40x30; this is " + describe(n)
	}
	return gapValue(n.Value)
}

// none stands for a layout or a size that is not given.
const none = "none"

func layoutText(s string) (any, string) {
	if s == none {
		return none, ""
	}
	g, err := grid.ParseGrid(s)
	if err != nil {
		return nil, reason(err)
	}
	return g.String(), ""
}

func layoutNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		return nil, "want COLUMNSxROWS, as 2x1; this is " + describe(n)
	}
	return layoutText(n.Value)
}

func wallSizeText(s string) (any, string) {
	if s == none {
		return none, ""
	}
	return sizeText(s)
}

func wallSizeNode(n *yaml.Node) (any, string) {
	if n.Kind == yaml.ScalarNode && n.Value == none {
		return none, ""
	}
	return sizeNode(n)
}

func wordList(s string) (any, string) {
	if strings.Trim(s, "[] ") == "" { // as pflag shows a list
		return []string{}, ""
	}
	return list(s)
}

func wordListNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.SequenceNode {
		return nil, "want a list, as [\":0\", \":0.1\"], this is " + describe(n)
	}
	out := []string{}
	for i, c := range n.Content {
		v, text := wordNode(target(c))
		if text != "" {
			return nil, fmt.Sprintf("item %d: %s", i+1, text)
		}
		out = append(out, v.(string))
	}
	return out, ""
}

func displaysSchema() map[string]any {
	return map[string]any{"type": "array", "items": map[string]any{
		"type": "object", "additionalProperties": false, "required": []string{"name", "node", "rect"},
		"properties": map[string]any{
			"name": schemaOf("string"), "node": map[string]any{"type": []string{"integer", "string"}}, "rect": pattern(`^[0-9]+[xX][0-9]+\+[0-9]+\+[0-9]+$`),
			"x11": pattern(`^(unix)?:[0-9]+(\.[0-9]+)?$`), "position": pattern(`^[+-][0-9]+[+-][0-9]+$`),
		},
	}}
}

// readDisplays reads what displaysText has found right.
func readDisplays(s string) (Displays, string) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(s), &doc); err != nil || len(doc.Content) != 1 {
		return nil, fmt.Sprintf("%q is no list; want it as in a file, [{name: left, node: 0, rect: 1920x1080+0+0}, …]", s)
	}
	return parseDisplays(target(doc.Content[0]))
}

// displaysText reads a list of displays as it stands in a file, of a variable or a flag.
func displaysText(s string) (any, string) {
	ds, text := readDisplays(s)
	return ds.String(), text
}

var displayKeys = []string{"name", "node", "position", "rect", "x11"}

func displaysNode(n *yaml.Node) (any, string) {
	ds, text := parseDisplays(n)
	return ds.String(), text
}

func parseDisplays(n *yaml.Node) (Displays, string) {
	if n.Kind != yaml.SequenceNode {
		return nil, "want a list of displays, this is " + describe(n)
	}
	ds := Displays{}
	for i, c := range n.Content {
		d, text := parseDisplay(target(c))
		if text != "" {
			return nil, fmt.Sprintf("display %d (line %d): %s", i+1, c.Line, text)
		}
		ds = append(ds, d)
	}
	return ds, ""
}

func parseDisplay(n *yaml.Node) (Display, string) {
	d := Display{X11: defaultX11}
	if n.Kind != yaml.MappingNode {
		return d, "want {name: …, node: …, rect: …}, this is " + describe(n)
	}
	got := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, v := target(n.Content[i]).Value, target(n.Content[i+1])
		if !slices.Contains(displayKeys, name) {
			return d, fmt.Sprintf("unknown key %q; known here are %s%s", name, strings.Join(displayKeys, ", "), didYouMean(name, displayKeys))
		}
		if got[name] {
			return d, name + " stands twice"
		}
		got[name] = true
		if v.Kind != yaml.ScalarNode || v.Tag != "!!str" && (name != "node" || v.Tag != "!!int") {
			return d, fmt.Sprintf("%s: want %s, this is %s", name, displayForms[name], describe(v))
		}
		switch name {
		case "name":
			d.Name = v.Value
		case "node":
			d.Node = v.Value
			if n, err := strconv.Atoi(v.Value); err == nil {
				d.Node = strconv.Itoa(n)
			} else if v.Tag == "!!int" {
				return d, fmt.Sprintf("node: %s is no node's number", plain(v.Value))
			}
		case "rect":
			r := numbers(rectForm, v.Value)
			if r == nil {
				return d, fmt.Sprintf("rect: %q is not %s", v.Value, displayForms[name])
			}
			d.Rect = image.Rect(r[2], r[3], r[2]+r[0], r[3]+r[1])
		case "x11":
			d.X11 = v.Value
		case "position":
			p := numbers(positionForm, v.Value)
			if p == nil {
				return d, fmt.Sprintf("position: %q is not %s", v.Value, displayForms[name])
			}
			d.Position = &image.Point{X: p[0], Y: p[1]}
		}
	}
	for _, name := range []string{"name", "node", "rect"} {
		if !got[name] {
			return d, name + " is missing"
		}
	}
	return d, ""
}

// displayForms say how a display's values are written.
var displayForms = map[string]string{
	"name": "text", "node": "a node's number or name", "rect": "WIDTHxHEIGHT+X+Y, from the picture's lower left, as 1920x1080+0+0",
	"x11": "text, as \":0\"", "position": "+X+Y, from the screen's upper left, as +1920+0",
}

// displays are all that the wall has, however it is written.
func (w Wall) displays() (Displays, error) {
	if len(w.Displays) > 0 || w.Layout == (grid.Grid{}) {
		return w.Displays, nil
	}
	m, err := wall.Matrix(w.Layout.Columns, w.Layout.Rows, image.Pt(w.Size.Width, w.Size.Height), image.Pt(w.Gap.X, w.Gap.Y))
	if err != nil {
		return nil, err
	}
	ds := make(Displays, len(m.Displays))
	for i, d := range m.Displays {
		ds[i] = Display{Name: d.Name, Node: strconv.Itoa(d.Node), Rect: d.Rect, X11: defaultX11}
		switch {
		case len(w.X11) == 1:
			ds[i].X11 = w.X11[0]
		case i < len(w.X11):
			ds[i].X11 = w.X11[i]
		}
	}
	return ds, nil
}

// nodesOf gives displays' nodes as peers of a session, how many there are, and, where the policy names them, their names.
func (ds Displays) nodesOf() (of []int, nodes int, names []string) {
	for _, d := range ds {
		n, err := strconv.Atoi(d.Node)
		if err != nil {
			if n = slices.Index(names, d.Node); n < 0 {
				n = len(names)
				names = append(names, d.Node)
			}
		}
		of = append(of, n)
		nodes = max(nodes, n+1)
	}
	return of, nodes, names
}

// policy is the wall as tilesplit has it, and its displays as nodes have them.
func (w Wall) policy() (wall.Wall, map[string]proto.Display, error) {
	ds, err := w.displays()
	if err != nil {
		return wall.Wall{}, nil, err
	}
	of, _, _ := ds.nodesOf()
	p, shown := wall.Wall{Whole: true, Target: image.Pt(w.Target.Width, w.Target.Height)}, map[string]proto.Display{}
	for i, d := range ds {
		p.Displays = append(p.Displays, wall.Display{Node: of[i], Name: d.Name, Rect: d.Rect})
		s := proto.Display{Name: d.Name, X11: d.X11, Width: d.Rect.Dx(), Height: d.Rect.Dy(), Cover: d.Position == nil}
		if d.Position != nil {
			s.X, s.Y = d.Position.X, d.Position.Y
		}
		shown[d.Name] = s
	}
	return p, shown, nil
}

const needsDisplays = "wall needs displays; add wall: {layout: 2x1, size: 1920x1080}, for example"

// validateWall checks the displays, beside nodes.
func (c Config) validateWall(bad func(key, format string, args ...any)) {
	w := c.Wall
	if c.Tiling.Mode != TilingWall {
		for _, k := range []string{"layout", "size", "gap", "x11", "displays", "target"} {
			if fmt.Sprint(c.value("wall::"+k)) != fmt.Sprint(Default().value("wall::"+k)) {
				bad("wall::"+k, "is of no use with tiling::mode %s; displays show the picture with mode wall", c.Tiling.Mode)
			}
		}
		return
	}
	short := w.Layout != grid.Grid{}
	if len(c.Tiling.Weights) > 0 {
		bad("tiling::weights", "are of no use with tiling::mode wall: displays say who draws what; leave them out")
	}
	switch {
	case short && len(w.Displays) > 0:
		bad("wall::layout", "and wall::displays both say which displays there are; leave one of them out")
		return
	case !short && len(w.Displays) == 0:
		bad("tiling::mode", needsDisplays)
		return
	case short && w.Size == Size{}:
		bad("wall::layout", "does not tell how large a display is; add wall::size, as 1920x1080")
		return
	case short && len(w.X11) > 1 && len(w.X11) != w.Layout.Columns*w.Layout.Rows:
		bad("wall::x11", "%d X servers for %v = %d displays; name one for each, from the lower left row by row, or one for all", len(w.X11), w.Layout, w.Layout.Columns*w.Layout.Rows)
		return
	}
	if !short {
		for _, k := range []string{"size", "gap", "x11"} {
			if fmt.Sprint(c.value("wall::"+k)) != fmt.Sprint(Default().value("wall::"+k)) {
				bad("wall::"+k, "goes with wall::layout; displays have their own")
			}
		}
	}
	key := "wall::displays"
	if short {
		key = "wall::layout"
	}
	p, shown, err := w.policy()
	if err != nil {
		bad(key, "%s", reason(err))
		return
	}
	ds, _ := w.displays()
	of, nodes, names := ds.nodesOf()
	c.validateNodes(bad, key, ds, nodes, names)
	for _, d := range ds {
		s := shown[d.Name]
		switch {
		case d.Name == "":
			bad(key, "a display without a name")
		case !proto.LocalDisplay(d.X11):
			bad(key, "display %s: x11: %q is no X server of the node's own machine; want \":NUMBER\" or \":NUMBER.SCREEN\"", d.Name, d.X11)
		case s.Width > proto.MaxDisplaySide || s.Height > proto.MaxDisplaySide:
			bad(key, "display %s: a window of %d×%d pixels; X has at most %d a side", d.Name, s.Width, s.Height, proto.MaxDisplaySide)
		}
	}
	if len(shown) != len(ds) {
		for i, d := range ds {
			if slices.ContainsFunc(ds[:i], func(o Display) bool { return o.Name == d.Name }) {
				bad(key, "two displays have the name %q", d.Name)
			}
		}
		return
	}
	if nodes <= MaxNodes && slices.Min(append(of, 0)) >= 0 {
		if err := p.Validate(nodes); err != nil {
			bad(key, "%s", reason(err))
		}
	}
	for n := range nodes {
		has := 0
		for _, o := range of {
			if o == n {
				has++
			}
		}
		if has > proto.MaxViews {
			bad(key, "node %d has %d displays; at most %d", n, has, proto.MaxViews)
		}
	}
}

// validateNodes checks that displays' nodes and the key nodes go together.
func (c Config) validateNodes(bad func(key, format string, args ...any), key string, ds Displays, nodes int, names []string) {
	for _, d := range ds {
		if n, err := strconv.Atoi(d.Node); err == nil && (n < 0 || n >= MaxNodes) {
			bad(key, "display %s: node %d is out of range; want 0 to %d", d.Name, n, MaxNodes-1)
		} else if err == nil && len(names) > 0 {
			bad(key, "display %s has a node's number and others a name (%s); want one or the other for all", d.Name, names[0])
			return
		}
	}
	switch {
	case c.Nodes == 0:
	case len(names) > 0 && c.Nodes != nodes:
		bad("nodes", "%d, but the wall's displays name %d; leave nodes out", c.Nodes, nodes)
	case c.Nodes < nodes:
		bad("nodes", "%d, but the wall's displays are of %d; leave nodes out, or have at least so many", c.Nodes, nodes)
	}
}

// NodeNames are the nodes that a wall asks for by name, in the order in which they are to draw; none: any nodes.
func (c Config) NodeNames() []string {
	if c.Tiling.Mode != TilingWall {
		return nil
	}
	ds, err := c.Wall.displays()
	if err != nil {
		return nil
	}
	_, _, names := ds.nodesOf()
	return names
}
