package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/grid"
)

const delimiter = "::"

const defaultPatience = bus.DefaultPatience

// autoGrid stands for a grid that is to be chosen.
const autoGrid = "auto"

// key is one choice: its name in the file (with delimiter), where else it comes from, and how each form is read. Values are
// what viper gets: int, bool, string or []string.
type key struct {
	name, env, flag string
	usage           string
	def             any
	form
	allowed []string // words; none: any
}

var keys = []key{
	{"nodes", "PRISM_NODES", "nodes", "render nodes; 0: one for each tile of the grid", 0, aNumber, nil},
	{"grid", "PRISM_GRID", "grid", "tiles of the picture, `CxR`, or auto", autoGrid, aGrid, nil},
	{"frames_in_flight", "PRISM_FRAMES_IN_FLIGHT", "frames-in-flight", "frames under way at once", 2, aNumber, nil},
	{"outputs", "PRISM_OUTPUTS", "out", "where frames go, as `OUT`: x11, png:DIR, y4m:FILE, mp4:FILE or null; may be given more than once", []string{"x11"}, aList, nil},
	{"lossless_outputs", "PRISM_LOSSLESS_OUTPUTS", "lossless-out", "no output misses a frame: one that is slow slows the app", false, aBoolean, nil},
	{"nats::url", "PRISM_NATS_URL", "nats", "`URL` of a running NATS server; none: an embedded one", "", aWord, nil},
	{"nats::secret_file", "PRISM_NATS_SECRET_FILE", "nats-secret", "`FILE` with user:password, a token, an nkey seed or credentials for NATS", "", aWord, nil},
	{"nats::tls::ca", "PRISM_NATS_TLS_CA", "nats-tls-ca", "`FILE` with the authorities to trust instead of the system's, in PEM", "", aWord, nil},
	{"nats::tls::cert", "PRISM_NATS_TLS_CERT", "nats-tls-cert", "`FILE` with this client's certificate for NATS", "", aWord, nil},
	{"nats::tls::key", "PRISM_NATS_TLS_KEY", "nats-tls-key", "`FILE` with the key of that certificate", "", aWord, nil},
	{"nats::patience", "PRISM_NATS_PATIENCE", "nats-patience", "end a session that has had no connection to NATS for this `TIME`", defaultPatience.String(), aDuration, nil},
	{"mixed", "PRISM_MIXED", "mixed", "deny or allow nodes with different drivers", MixedDeny, aWord, []string{MixedDeny, MixedAllow}},
	{"finish", "PRISM_FINISH", "finish", "credit: glFinish takes a credit; exact: it waits for the nodes", FinishCredit, aWord, []string{FinishCredit, FinishExact}},
	{"errors", "PRISM_ERRORS", "errors", "relaxed: glGetError tells what is known, and what nodes find later; exact: it asks the lead node, each time", ErrorsRelaxed, aWord, []string{ErrorsRelaxed, ErrorsExact}},
	{"lanes", "PRISM_LANES", "lanes", "auto: shared memory to nodes of this machine, NATS to others; shm or nats: only that", LanesAuto, aWord, []string{LanesAuto, LanesShm, LanesNATS}},
	{"culling", "PRISM_CULLING", "culling", "on: draws go only to nodes whose tiles they can touch; off: to all", CullingOn, aWord, []string{CullingOn, CullingOff}},
	{"passes", "PRISM_PASSES", "passes", "auto: what is drawn to framebuffer objects is tiled where that is found to be of use; replicate: each node draws all; tile: as auto, also where tiles move often", PassesAuto, aWord, []string{PassesAuto, PassesReplicate, PassesTile}},
	{"tiling::mode", "PRISM_TILING", "tiling", "`KIND` of tiles: " + strings.Join(tilings, ", "), TilingGrid, aWord, tilings},
	{"tiling::weights", "PRISM_WEIGHTS", "weights", "how much each node is to do beside the others, as 2,1,1", []float64{}, aFractionList, nil},
	{"tiling::min", "PRISM_TILE_MIN", "tile-min", "least width and height of a tile, in pixels", 16, aNumber, nil},
	{"tiling::snap", "PRISM_TILE_SNAP", "tile-snap", "borders lie at multiples of so many pixels", 4, aNumber, nil},
	{"tiling::size", "PRISM_TILE_SIZE", "tile-size", "`WxH` of the work queue's tiles, in pixels", "64x64", aSize, nil},
	{"tiling::samples", "PRISM_SAMPLES", "samples", "samples of a sub-pixel frame; 0: one of each node", 0, aNumber, nil},
	{"tiling::offscreen", "PRISM_OFFSCREEN", "offscreen", "sub-pixel frames: also shift what is drawn into framebuffer objects of the window's size", false, aBoolean, nil},
	{"balance::enabled", "PRISM_BALANCE", "balance", "borders follow what tiles cost (columns, rows, kd, queue)", true, aBoolean, nil},
	{"balance::damping", "PRISM_BALANCE_DAMPING", "balance-damping", "part of the way to the best place that a border stays behind, 0 to 1", balanced.Damping, aFraction, nil},
	{"balance::smoothing", "PRISM_BALANCE_SMOOTHING", "balance-smoothing", "part of a deviation that is taken for noise, 0 to 1", balanced.Smoothing, aFraction, nil},
	{"balance::resistance", "PRISM_BALANCE_RESISTANCE", "balance-resistance", "gain below which borders stay, as a part of the frame's time", balanced.Resistance, aFraction, nil},
	{"balance::min_move", "PRISM_BALANCE_MIN_MOVE", "balance-min-move", "least number of pixels by which a border moves", balanced.MinMove, aNumber, nil},
	{"wall::layout", "PRISM_WALL", "wall", "displays of a wall, `CxR`, one a node, from the lower left; none: wall::displays", "none", aLayout, nil},
	{"wall::size", "PRISM_WALL_SIZE", "wall-size", "`WxH` of each of these displays, in pixels", "none", aWallSize, nil},
	{"wall::gap", "PRISM_WALL_GAP", "wall-gap", "`WxH` pixels between neighbours, which their frames hide; with a minus both show them", "0x0", aGap, nil},
	{"wall::x11", "PRISM_WALL_X11", "wall-x11", "X `SERVER` of each display on its node's machine, or one for all; none: :0", []string{}, aWordList, nil},
	{"wall::displays", "PRISM_WALL_DISPLAYS", "wall-displays", "`LIST` of displays as in a file, [{name: left, node: 0, rect: 1920x1080+0+0, x11: ':0', position: +0+0}]", "[]", aDisplayList, nil},
	{"wall::target", "PRISM_WALL_TARGET", "wall-target", "`WxH` of the largest framebuffer of a node, which holds a part of a larger picture; none: all of it", "none", aWallSize, nil},
}

var balanced = balance.DefaultOptions()

// AddFlags declares the policy's flags; names limits them to some.
func AddFlags(fs *pflag.FlagSet, names ...string) {
	for _, k := range keys {
		if len(names) > 0 && !contains(names, k.flag) {
			continue
		}
		switch d := k.def.(type) {
		case int:
			fs.Int(k.flag, d, k.usage)
		case float64:
			fs.Float64(k.flag, d, k.usage)
		case []float64:
			fs.Float64Slice(k.flag, d, k.usage)
		case bool:
			fs.Bool(k.flag, d, k.usage)
		case []string:
			fs.StringArray(k.flag, d, k.usage)
		case string:
			fs.String(k.flag, d, k.usage)
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// Forms of values in the environment and in flags.

func number(s string) (any, string) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Sprintf("%q is not a whole number", s)
	}
	return n, ""
}

func boolean(s string) (any, string) {
	on, err := strconv.ParseBool(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Sprintf("%q is not true or false", s)
	}
	return on, ""
}

func gridText(s string) (any, string) {
	if s == autoGrid {
		return autoGrid, ""
	}
	g, err := grid.ParseGrid(s)
	if err != nil {
		return nil, reason(err)
	}
	return g.String(), ""
}

func list(s string) (any, string) {
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts, ""
}

func word(s string) (any, string) { return s, "" }

func duration(s string) (any, string) {
	d, err := time.ParseDuration(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Sprintf("%q is not a time; want a number with a unit, as 4s or 500ms", s)
	}
	return d.String(), ""
}

func durationNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		return nil, "want a time with a unit, as 4s; this is " + describe(n)
	}
	return duration(n.Value)
}

// Forms in the file. A number in quotes is no number there, and a word without them no word if YAML takes it for something else.

func numberNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" {
		return nil, "want a whole number, this is " + describe(n)
	}
	return number(n.Value)
}

func booleanNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		return nil, "want true or false, this is " + describe(n)
	}
	return boolean(n.Value)
}

func wordNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		return nil, "want text, this is " + describe(n)
	}
	return n.Value, ""
}

func listNode(n *yaml.Node) (any, string) {
	if n.Kind != yaml.SequenceNode {
		return nil, "want a list, as [x11, null], this is " + describe(n)
	}
	out := []string{}
	for i, c := range n.Content {
		c = target(c)
		// An unquoted null is the output of that name: there is no other sense in it here.
		if c.Kind == yaml.ScalarNode && c.Tag == "!!null" && c.Value == "null" {
			out = append(out, "null")
			continue
		}
		v, text := wordNode(c)
		if text != "" {
			return nil, fmt.Sprintf("item %d: %s", i+1, text)
		}
		out = append(out, v.(string))
	}
	return out, ""
}

func gridNode(n *yaml.Node) (any, string) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag != "!!str" {
			return nil, "want COLUMNSxROWS, as 2x2, or auto; this is " + describe(n)
		}
		return gridText(n.Value)
	case yaml.MappingNode:
		sides := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := target(n.Content[i]).Value
			if name != "columns" && name != "rows" {
				return nil, fmt.Sprintf("%q is not known here; allowed are columns, rows%s", name, didYouMean(name, []string{"columns", "rows"}))
			}
			if _, twice := sides[name]; twice {
				return nil, name + " stands twice"
			}
			v, text := numberNode(target(n.Content[i+1]))
			if text != "" {
				return nil, name + ": " + text
			}
			sides[name] = v.(int)
		}
		for _, name := range []string{"columns", "rows"} {
			if _, ok := sides[name]; !ok {
				return nil, name + " is missing"
			}
		}
		g, err := grid.New(sides["columns"], sides["rows"])
		if err != nil {
			return nil, reason(err)
		}
		return g.String(), ""
	}
	return nil, "want COLUMNSxROWS, as 2x2, or {columns: 2, rows: 2}; this is " + describe(n)
}

// target follows an alias.
func target(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!int":
		return "the number " + plain(n.Value)
	case "!!float":
		return "the fraction " + plain(n.Value)
	case "!!bool":
		return "the boolean " + plain(n.Value)
	case "!!null":
		return "empty"
	case "!!str":
		return fmt.Sprintf("the text %q", n.Value)
	}
	return fmt.Sprintf("%q (%s)", n.Value, plain(n.Tag))
}

// plain shows a text without quotes where it needs none: a tag makes anything a number.
func plain(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}
