package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// EGLVendors maps the ways to the vendor of a call of EGL to the type of the parameter that it is found by. LibEGL stands for the commands
// that libEGL dispatches itself.
var EGLVendors = map[string]string{"display": "EGLDisplay", "device": "EGLDeviceEXT", LibEGL: ""}

// LibEGL is the vendor of commands that libEGL dispatches itself.
const LibEGL = "libegl"

// EGLVersions lists the versions of EGL.
var EGLVersions = []string{"1.0", "1.1", "1.2", "1.3", "1.4", "1.5"}

// EGLOverlay is the overlay's file of family egl, as written.
type EGLOverlay struct {
	File                              string
	Version                           Value
	Client, Platform, Device, Display []Value
	Withheld                          []EGLWithheld
	Entries                           []EGLEntry
}

// EGLWithheld is a group of extensions that are not offered, with the reason.
type EGLWithheld struct {
	Names []Value
	Why   string
}

// EGLEntry describes one command or several alike, as written.
type EGLEntry struct {
	Names                            []Value
	From, Vendor, Returns, Otherwise Value
	Params                           []Value // Key is the name, Text the type
}

// EGLCommand is a command of EGL as generators need it.
type EGLCommand struct {
	Name      string
	From      string  // version, or the extension that brings it
	Vendor    string  // word of EGLVendors
	By        string  // parameter that the vendor is found by, or ""
	Returns   string  // C type; "" where libEGL dispatches
	Params    []Value // likewise: Key is the name, Text the C type
	Otherwise string  // result where there is no vendor: a constant or a number; "" is 0
}

// Dispatched tells whether libEGL leaves the dispatch of c to the vendors.
func (c *EGLCommand) Dispatched() bool { return c.Vendor != LibEGL }

// EGL is what the driver offers of it. Its commands never travel: they have no numbers.
type EGL struct {
	Version                           string
	Client, Platform, Device, Display []string // extensions by name, by the string that they stand in
	Withheld                          []EGLWithheld
	Commands                          []*EGLCommand // by name
}

// Extensions gives all that are offered.
func (e *EGL) Extensions() []string { return slices.Concat(e.Client, e.Platform, e.Device, e.Display) }

func (o *Overlay) parseEGL(r *reader, n *yaml.Node) {
	if o.EGL != nil {
		r.again(n, "egl", o.EGL.File)
		return
	}
	g := &EGLOverlay{File: r.file}
	list := func(to *[]Value) func(k, v *yaml.Node) {
		return func(_, v *yaml.Node) { *to = r.words(v, "") }
	}
	r.fields(n, "file of family egl", map[string]func(k, v *yaml.Node){
		"family":   func(_, _ *yaml.Node) {},
		"version":  func(_, v *yaml.Node) { g.Version = r.oneOf(v, "version of EGL", EGLVersions) },
		"client":   list(&g.Client),
		"platform": list(&g.Platform),
		"device":   list(&g.Device),
		"display":  list(&g.Display),
		"withheld": each(r, &g.Withheld, func(c *yaml.Node) (w EGLWithheld) {
			r.fields(c, "group of withheld extensions", map[string]func(k, v *yaml.Node){
				"names": list(&w.Names),
				"why":   func(_, v *yaml.Node) { w.Why = r.word(v).Text },
			})
			if w.Why == "" || len(w.Names) == 0 {
				r.fail(c, "names and why are needed here")
			}
			return w
		}),
		"commands": each(r, &g.Entries, r.eglEntry),
	})
	r.need(n, "version", g.Version.Text != "")
	o.EGL = g
}

func (r *reader) eglEntry(n *yaml.Node) (e EGLEntry) {
	r.fields(n, "command of EGL", map[string]func(k, v *yaml.Node){
		"names":     func(_, v *yaml.Node) { e.Names = r.words(v, "") },
		"from":      func(_, v *yaml.Node) { e.From = r.word(v) },
		"vendor":    func(_, v *yaml.Node) { e.Vendor = r.oneOf(v, "way to a vendor", slices.Sorted(maps.Keys(EGLVendors))) },
		"returns":   func(_, v *yaml.Node) { e.Returns = r.word(v) },
		"otherwise": func(_, v *yaml.Node) { e.Otherwise = r.word(v) },
		"params": func(_, v *yaml.Node) {
			for _, p := range r.list(v) {
				e.Params = append(e.Params, r.pairs(p)...)
			}
		},
	})
	r.need(n, "names", len(e.Names) > 0)
	r.need(n, "from", e.From.Text != "")
	r.need(n, "vendor", e.Vendor.Text != "")
	return e
}

// BuildEGL checks the overlay's file of family egl. What the commands' types are is for the compiler, which has the headers.
func BuildEGL(ov *Overlay) (*EGL, error) {
	o := ov.EGL
	if o == nil {
		return nil, fmt.Errorf("%w: no file is of family egl", ErrOverlay)
	}
	var bad Problems
	out := &EGL{Version: o.Version.Text, Withheld: o.Withheld}
	seen := map[string]bool{}
	take := func(from []Value) (names []string) {
		for _, x := range from {
			switch {
			case !strings.HasPrefix(x.Text, "EGL_"):
				bad.add(o.File, x.Line, "%s: names of extensions of EGL begin with EGL_", x.Text)
			case seen[x.Text]:
				bad.add(o.File, x.Line, "%s is there twice", x.Text)
			}
			seen[x.Text] = true
			names = append(names, x.Text)
		}
		slices.Sort(names)
		return names
	}
	out.Client, out.Platform, out.Device, out.Display = take(o.Client), take(o.Platform), take(o.Device), take(o.Display)
	for _, w := range o.Withheld {
		take(w.Names)
	}
	all := append(slices.Clone(EGLVersions[:slices.Index(EGLVersions, out.Version)+1]), out.Extensions()...)
	listed := map[string]bool{}
	for _, e := range o.Entries {
		if !slices.Contains(all, e.From.Text) {
			bad.add(o.File, e.From.Line, "%s", notOneOf("version or extension that is offered", e.From.Text, all))
		}
		for _, n := range e.Names {
			c := &EGLCommand{Name: n.Text, From: e.From.Text, Vendor: e.Vendor.Text, Returns: e.Returns.Text, Params: e.Params, Otherwise: e.Otherwise.Text}
			switch {
			case !strings.HasPrefix(c.Name, "egl"):
				bad.add(o.File, n.Line, "%s: names of commands of EGL begin with egl", c.Name)
			case listed[c.Name]:
				bad.add(o.File, n.Line, "%s is there twice", c.Name)
			}
			listed[c.Name] = true
			eglVendor(&bad, o.File, c, n.Line)
			out.Commands = append(out.Commands, c)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(out.Commands, func(x, y *EGLCommand) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

// eglVendor finds the parameter by which the vendor of c is found.
func eglVendor(bad *Problems, file string, c *EGLCommand, line int) {
	if !c.Dispatched() {
		if c.Returns != "" || c.Params != nil || c.Otherwise != "" {
			bad.add(file, line, "%s: returns, params and otherwise are for what the vendors dispatch", c.Name)
		}
		return
	}
	for _, p := range c.Params {
		if p.Text == EGLVendors[c.Vendor] && c.By == "" {
			c.By = p.Key
		}
	}
	if c.By == "" {
		bad.add(file, line, "%s: vendor: no parameter is a %s", c.Name, c.Vendor)
	}
	if c.Returns == "" {
		bad.add(file, line, "%s: returns is missing", c.Name)
	}
}
