package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/prismgl/prism/nodes/output"
	"github.com/prismgl/prism/tilesplit/balance"
	"github.com/prismgl/prism/tilesplit/grid"
)

// Limits.
const (
	MaxNodes          = 256
	MaxFramesInFlight = 16
)

// What may stand for mixed, finish, errors, lanes, culling and passes.
const (
	MixedDeny    = "deny"
	MixedAllow   = "allow"
	FinishCredit = "credit"
	FinishExact  = "exact"

	ErrorsRelaxed = "relaxed"
	ErrorsExact   = "exact"

	LanesAuto  = "auto"
	LanesShm   = "shm"
	LanesNATS  = "nats"
	CullingOn  = "on"
	CullingOff = "off"

	PassesReplicate = "replicate"
	PassesAuto      = "auto"
	PassesTile      = "tile"
)

// Config is a complete policy. Its zero value is not valid; Default is.
type Config struct {
	// Nodes is how many render nodes draw; 0: one for each tile of the grid.
	Nodes int `yaml:"nodes"`
	// Grid of tiles; zero: chosen to suit the number of nodes.
	Grid           grid.Grid `yaml:"grid"`
	FramesInFlight int       `yaml:"frames_in_flight"`
	// Outputs as output.Parse reads them.
	Outputs []string `yaml:"outputs"`
	// LosslessOutputs: an output that cannot keep up slows the app; else it misses frames.
	LosslessOutputs bool `yaml:"lossless_outputs"`
	NATS            NATS `yaml:"nats"`
	// Mixed is MixedAllow when nodes may have different renderers or driver versions.
	Mixed string `yaml:"mixed"`
	// Finish is FinishExact when glFinish waits for the nodes.
	Finish string `yaml:"finish"`
	// Errors is ErrorsExact when glGetError asks the lead node, which then gets all draws.
	Errors string `yaml:"errors"`
	// Lanes is LanesAuto when nodes of this machine are reached by shared memory and all others by NATS; the other two allow but one.
	Lanes   string  `yaml:"lanes"`
	Tiling  Tiling  `yaml:"tiling"`
	Balance Balance `yaml:"balance"`
	Wall    Wall    `yaml:"wall"`
	// Culling is CullingOn when draws go only to nodes whose tiles they can touch.
	Culling string `yaml:"culling"`
	// Passes says how passes into framebuffer objects are drawn: replicate, auto or tile.
	Passes string `yaml:"passes"`
}

// NATS says which servers to use.
type NATS struct {
	// URL of a server, or several with commas between; empty: an embedded one.
	URL string `yaml:"url"`
	// SecretFile holds user:password, a token, the seed of an nkey, or a JWT and its seed as nsc writes them; only its owner may
	// read it.
	SecretFile string `yaml:"secret_file"`
	TLS        TLS    `yaml:"tls"`
	// Patience is how long a session bears to be without a connection before it ends.
	Patience time.Duration `yaml:"patience"`
}

// TLS names the files of an encrypted connection, in PEM. They are this machine's: each node has its own.
type TLS struct {
	CA   string `yaml:"ca"`   // authorities that may have signed the server's certificate; empty: the system's
	Cert string `yaml:"cert"` // this client's certificate; empty: none
	Key  string `yaml:"key"`  // and its key; only its owner may read it
}

// MaxPatience bounds NATS.Patience.
const MaxPatience = 10 * time.Minute

// Default is the policy of a run for which nobody chose anything.
func Default() Config {
	o := balance.DefaultOptions()
	return Config{
		FramesInFlight: 2, Outputs: []string{"x11"}, NATS: NATS{Patience: defaultPatience}, Mixed: MixedDeny, Finish: FinishCredit, Errors: ErrorsRelaxed,
		Lanes: LanesAuto, Tiling: Tiling{Mode: TilingGrid, Weights: []float64{}, Min: 16, Snap: 4, Size: Size{64, 64}},
		Wall: Wall{X11: []string{}, Displays: Displays{}}, Culling: CullingOn, Passes: PassesAuto, Balance: Balance{Enabled: true, Damping: o.Damping, Smoothing: o.Smoothing, Resistance: o.Resistance, MinMove: o.MinMove},
	}
}

// Layout settles what Nodes and Grid leave open: a grid without nodes has a node for each tile, nodes without a grid
// the grid nearest to a square, and neither is one node that draws everything.
func (c Config) Layout() (nodes int, g grid.Grid) {
	nodes, g = c.Nodes, c.Grid
	if c.Tiling.Mode == TilingWall {
		if ds, err := c.Wall.displays(); err == nil && nodes == 0 {
			_, nodes, _ = ds.nodesOf()
		}
	}
	switch {
	case nodes == 0 && len(c.Tiling.Weights) > 0 && (c.Tiling.Mode != TilingGrid || g == (grid.Grid{})):
		nodes = len(c.Tiling.Weights)
		if g == (grid.Grid{}) {
			g = grid.Choose(nodes)
		}
		return nodes, g
	case nodes == 0 && g == (grid.Grid{}):
		return 1, grid.Choose(1)
	case nodes == 0:
		return g.Columns * g.Rows, g
	case g == (grid.Grid{}):
		return nodes, grid.Choose(nodes)
	}
	return nodes, g
}

// ErrConfig is the class of all errors here.
var ErrConfig = errors.New("config: not usable")

// Problem is one thing that is wrong.
type Problem struct {
	Where string // "FILE:LINE:COLUMN", "environment PRISM_X", "--flag" or empty
	Key   string // as "nats::url"; empty where no key is meant
	Text  string

	line int // in the file; 0: not there
}

func (p Problem) String() string {
	s := p.Text
	if p.Key != "" {
		s = p.Key + ": " + s
	}
	if p.Where != "" {
		s = p.Where + ": " + s
	}
	return s
}

// Problems is an error of class ErrConfig that lists all that is wrong, in the order of the file.
type Problems []Problem

func (ps Problems) Error() string {
	if len(ps) == 1 {
		return "config: " + ps[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "config: %d problems:", len(ps))
	for _, p := range ps {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

// Is makes errors.Is(err, ErrConfig) true.
func (Problems) Is(target error) bool { return target == ErrConfig }

func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Validate checks values and how they go together. Its error is of type Problems.
func (c Config) Validate() error {
	var ps Problems
	bad := func(key, format string, args ...any) {
		ps = append(ps, Problem{Key: key, Text: fmt.Sprintf(format, args...)})
	}
	if c.Nodes < 0 || c.Nodes > MaxNodes {
		bad("nodes", "%d is out of range; want 1 to %d, or 0 for one for each tile", c.Nodes, MaxNodes)
	}
	if c.Grid != (grid.Grid{}) {
		if _, err := grid.New(c.Grid.Columns, c.Grid.Rows); err != nil {
			bad("grid", "%s", reason(err))
		}
	}
	if c.FramesInFlight < 1 || c.FramesInFlight > MaxFramesInFlight {
		bad("frames_in_flight", "%d is out of range; want 1 to %d", c.FramesInFlight, MaxFramesInFlight)
	}
	if len(c.Outputs) == 0 {
		bad("outputs", "the list is empty; %q shows nothing on purpose", "null")
	}
	for _, o := range c.Outputs {
		if _, err := output.Parse(o); err != nil {
			bad("outputs", "%s", reason(err))
		}
	}
	if text := checkURLs(c.NATS.URL); text != "" {
		bad("nats::url", "%s", text)
	}
	if c.NATS.SecretFile != "" && c.NATS.URL == "" {
		bad("nats::secret_file", "is of no use without nats::url: the embedded server makes its own secret")
	}
	if (c.NATS.TLS != TLS{}) && c.NATS.URL == "" {
		for _, f := range [][2]string{{"ca", c.NATS.TLS.CA}, {"cert", c.NATS.TLS.Cert}, {"key", c.NATS.TLS.Key}} {
			if f[1] != "" {
				bad("nats::tls::"+f[0], "is of no use without nats::url: the embedded server listens on this machine only")
			}
		}
	}
	switch {
	case c.NATS.TLS.Cert != "" && c.NATS.TLS.Key == "":
		bad("nats::tls::cert", "is of no use without its key; name that in nats::tls::key")
	case c.NATS.TLS.Cert == "" && c.NATS.TLS.Key != "":
		bad("nats::tls::key", "is of no use without its certificate; name that in nats::tls::cert")
	}
	if c.NATS.Patience < time.Second || c.NATS.Patience > MaxPatience {
		bad("nats::patience", "%v is out of range; want 1s to %v", c.NATS.Patience, MaxPatience)
	}
	words := true
	for _, k := range keys {
		if len(k.allowed) == 0 {
			continue
		}
		got, _ := c.value(k.name).(string)
		if text := oneOf(got, k.allowed...); text != "" {
			bad(k.name, "%s", text)
			words = false
		}
	}
	if words {
		c.validateTiling(bad)
		c.validateWall(bad)
	}
	return ps.orNil()
}

// reason is an error's text without its package's name, which says nothing to whoever wrote the policy.
func reason(err error) string {
	text := err.Error()
	for _, p := range []string{"grid: ", "output: ", "tilesplit: bad plan: ", "wall: "} {
		text = strings.TrimPrefix(text, p)
	}
	return text
}

func checkURLs(list string) string {
	if list == "" {
		return ""
	}
	schemes := []string{"nats", "tls", "ws", "wss"}
	for s := range strings.SplitSeq(list, ",") {
		u, err := url.Parse(strings.TrimSpace(s))
		switch {
		case err != nil:
			return fmt.Sprintf("%q is not a URL; want nats://HOST:PORT", s)
		case u.User != nil:
			return "has a secret in it; put user:password or the token into a file and name it in nats::secret_file"
		case u.Scheme == "" || u.Host == "":
			return fmt.Sprintf("%q has no scheme or no host; want nats://HOST:PORT", s)
		}
		if text := oneOf(u.Scheme, schemes...); text != "" {
			return "scheme " + text
		}
	}
	return ""
}

// oneOf says what is wrong with a word of which only some are allowed, or nothing.
func oneOf(got string, allowed ...string) string {
	for _, a := range allowed {
		if got == a {
			return ""
		}
	}
	return fmt.Sprintf("%q is not known; allowed are %s%s", got, strings.Join(allowed, ", "), didYouMean(got, allowed))
}

// didYouMean is "; did you mean …?" when one of words is near, else nothing.
func didYouMean(got string, words []string) string {
	best, bestAt := 3, ""
	for _, w := range words {
		if d := distance(strings.ToLower(got), w); d < best && d < len(w) {
			best, bestAt = d, w
		}
	}
	if bestAt == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", bestAt)
}

// distance counts the letters to add, drop, change or swap with a neighbour to come from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 {
		return len(x)
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
