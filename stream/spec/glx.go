package spec

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// GLXVendor says how a dispatch function finds the vendor of a call.
type GLXVendor struct {
	Word  string
	Types []string // the parameter that it is found by has one of these types; nil: by no parameter
	Name  string   // of the parameter, where its type alone does not tell
}

// LibGLX is the vendor of commands that libGLX exports and dispatches itself.
const LibGLX = "libglx"

// GLXVendors lists the ways to a vendor.
var GLXVendors = []GLXVendor{
	{Word: "fbconfig", Types: []string{"GLXFBConfig", "GLXFBConfigSGIX"}},
	{Word: "drawable", Types: []string{"GLXDrawable", "GLXWindow", "GLXPixmap", "GLXPbuffer", "GLXPbufferSGIX"}},
	{Word: "screen", Types: []string{"int"}, Name: "screen"},
	{Word: "current"},
	{Word: LibGLX},
}

// GLXAdds are the kinds of results that libGLX is told the vendor of, with the type that such a result has.
var GLXAdds = map[string]string{"context": "GLXContext"}

// GLXOverlay is the overlay's file of family glx.
type GLXOverlay struct {
	File       string
	Version    Value
	Extensions []Value
	Entries    []GLXEntry
}

// GLXEntry describes one command or several alike, as written.
type GLXEntry struct {
	Names                   []Value
	Vendor, Adds, Otherwise Value
}

// GLXCommand is a command of GLX as generators need it.
type GLXCommand struct {
	Name      string
	Return    Type
	Params    []RegParam
	From      string // version or extension of the registry that brings it
	Vendor    string // word of GLXVendors
	By        string // parameter that the vendor is found by, or ""
	Display   string // parameter, or ""
	Adds      string // word of GLXAdds, or ""
	Otherwise string // result where there is no vendor: a constant or a number; "" is 0
}

// Dispatched tells whether libGLX leaves the dispatch of c to the vendors.
func (c *GLXCommand) Dispatched() bool { return c.Vendor != LibGLX }

// Void tells whether c returns nothing.
func (c *GLXCommand) Void() bool { return c.Return.Base == "void" && c.Return.Depth == 0 }

// GLX is what the driver offers of it. Its commands never travel: they have no numbers.
type GLX struct {
	Version    string        // 1.4
	Extensions []string      // by name
	Commands   []*GLXCommand // by name
}

func (o *Overlay) parseGLX(r *reader, n *yaml.Node) {
	if o.GLX != nil {
		r.again(n, "glx", o.GLX.File)
		return
	}
	g := &GLXOverlay{File: r.file}
	r.fields(n, "file of family glx", map[string]func(k, v *yaml.Node){
		"family":     func(_, _ *yaml.Node) {},
		"version":    func(_, v *yaml.Node) { g.Version = r.word(v) },
		"extensions": func(_, v *yaml.Node) { g.Extensions = r.words(v, "") },
		"commands":   each(r, &g.Entries, r.glxEntry),
	})
	r.need(n, "version", g.Version.Text != "")
	o.GLX = g
}

func (r *reader) glxEntry(n *yaml.Node) (e GLXEntry) {
	var vendors []string
	for _, v := range GLXVendors {
		vendors = append(vendors, v.Word)
	}
	r.fields(n, "command of GLX", map[string]func(k, v *yaml.Node){
		"names":     func(_, v *yaml.Node) { e.Names = r.words(v, "") },
		"vendor":    func(_, v *yaml.Node) { e.Vendor = r.oneOf(v, "way to a vendor", vendors) },
		"adds":      func(_, v *yaml.Node) { e.Adds = r.oneOf(v, "kind of mapping", slices.Sorted(maps.Keys(GLXAdds))) },
		"otherwise": func(_, v *yaml.Node) { e.Otherwise = r.word(v) },
	})
	r.need(n, "names", len(e.Names) > 0)
	r.need(n, "vendor", e.Vendor.Text != "")
	return e
}

type glxBuilder struct {
	reg    *Registry
	file   string
	bad    Problems
	out    *GLX
	byName map[string]*GLXCommand
}

// BuildGLX joins glx.xml and the overlay's file of family glx, and checks.
func BuildGLX(reg *Registry, ov *Overlay) (*GLX, error) {
	if ov.GLX == nil {
		return nil, fmt.Errorf("%w: no file is of family glx", ErrOverlay)
	}
	b := &glxBuilder{reg: reg, file: ov.GLX.File, out: &GLX{}, byName: map[string]*GLXCommand{}}
	b.version(ov.GLX.Version)
	of := map[string][]string{} // the commands that each extension brings
	for _, x := range ov.GLX.Extensions {
		of[x.Text] = b.extension(x)
	}
	listed := map[string]int{}
	for i := range ov.GLX.Entries {
		e := &ov.GLX.Entries[i]
		for _, n := range e.Names {
			if line := listed[n.Text]; line != 0 {
				b.fail(n, "%s stands at %s:%d already", n.Text, b.file, line)
				continue
			}
			listed[n.Text] = n.Line
			b.command(e, n)
		}
	}
	for _, x := range ov.GLX.Extensions {
		for _, name := range of[x.Text] {
			if listed[name] == 0 {
				b.fail(x, "%s brings %s: say under commands how its vendor is found", x.Text, name)
			}
		}
	}
	if err := b.bad.Err(); err != nil {
		return nil, err
	}
	slices.Sort(b.out.Extensions)
	slices.SortFunc(b.out.Commands, func(x, y *GLXCommand) int { return strings.Compare(x.Name, y.Name) })
	return b.out, nil
}

func (b *glxBuilder) fail(at Value, format string, args ...any) {
	b.bad.add(b.file, at.Line, format, args...)
}

// version takes the commands of all versions up to the one offered: libGLX dispatches them.
func (b *glxBuilder) version(offered Value) {
	var all []string
	for i := range b.reg.Versions {
		all = append(all, b.reg.Versions[i].Number)
	}
	last := slices.Index(all, offered.Text)
	if last < 0 {
		b.fail(offered, "%s", notOneOf("GLX version of the registry", offered.Text, all))
	}
	b.out.Version = offered.Text
	for i := range b.reg.Versions[:last+1] {
		b.bring(&b.reg.Versions[i], offered, LibGLX)
	}
}

// extension gives the names of the commands that no version or earlier extension has brought.
func (b *glxBuilder) extension(x Value) []string {
	if slices.Contains(b.out.Extensions, x.Text) {
		b.fail(x, "%s is there twice", x.Text)
		return nil
	}
	var all []string
	for i := range b.reg.Extensions {
		all = append(all, b.reg.Extensions[i].Name)
	}
	i := slices.Index(all, x.Text)
	if i < 0 {
		b.fail(x, "%s", notOneOf("GLX extension of the registry", x.Text, all))
		return nil
	}
	b.out.Extensions = append(b.out.Extensions, x.Text)
	return b.bring(&b.reg.Extensions[i], x, "")
}

func (b *glxBuilder) bring(f *Feature, at Value, vendor string) (names []string) {
	for _, q := range f.Requires {
		for _, name := range q.Commands {
			if b.byName[name] != nil {
				continue
			}
			rc := b.reg.Commands[name]
			if rc == nil {
				b.fail(at, "%s brings %s, which the registry does not declare", f.Name, name)
				continue
			}
			c := &GLXCommand{Name: name, Return: rc.Return, Params: rc.Params, From: f.Name, Vendor: vendor}
			b.byName[name] = c
			b.out.Commands = append(b.out.Commands, c)
			names = append(names, name)
		}
	}
	return names
}

func (b *glxBuilder) command(e *GLXEntry, n Value) {
	c := b.byName[n.Text]
	switch {
	case b.reg.Commands[n.Text] == nil:
		var all []string
		for name := range b.reg.Commands {
			all = append(all, name)
		}
		slices.Sort(all)
		b.fail(n, "%s", notOneOf("command of the registry", n.Text, all))
		return
	case c == nil:
		b.fail(n, "%s belongs to no version or extension that is offered", n.Text)
		return
	case c.Vendor == LibGLX:
		b.fail(n, "%s is of %s: libGLX dispatches the commands of versions itself", n.Text, c.From)
		return
	}
	c.Vendor, c.Adds, c.Otherwise = e.Vendor.Text, e.Adds.Text, e.Otherwise.Text
	i := slices.IndexFunc(GLXVendors, func(v GLXVendor) bool { return v.Word == c.Vendor })
	if i < 0 {
		return // reported when it was read
	}
	v := GLXVendors[i]
	for _, p := range c.Params {
		switch {
		case p.Type.Base == "Display" && p.Type.Depth == 1 && c.Display == "":
			c.Display = p.Name
		case p.Type.Depth == 0 && c.By == "" && slices.Contains(v.Types, p.Type.Base) && (v.Name == "" || v.Name == p.Name):
			c.By = p.Name
		}
	}
	if v.Types != nil && c.By == "" {
		b.fail(e.Vendor, "%s: vendor: no parameter is a %s", n.Text, v.Word)
	}
	if c.Dispatched() && (v.Types != nil || c.Adds != "") && c.Display == "" {
		b.fail(e.Vendor, "%s: no parameter is a display", n.Text)
	}
	if !c.Dispatched() && (c.Adds != "" || c.Otherwise != "") {
		b.fail(n, "%s: adds and otherwise are for what the vendors dispatch", n.Text)
	}
	if want, ok := GLXAdds[c.Adds]; ok && (c.Return.Base != want || c.Return.Depth > 0) {
		b.fail(e.Adds, "%s: adds: it returns %s, not %s", n.Text, c.Return.C, want)
	}
	if c.Otherwise != "" {
		b.otherwise(c, e.Otherwise)
	}
}

func (b *glxBuilder) otherwise(c *GLXCommand, v Value) {
	if c.Void() || c.Return.Depth > 0 || slices.Contains(slices.Collect(maps.Values(GLXAdds)), c.Return.Base) {
		b.fail(v, "%s: otherwise: it returns %s, not a number", c.Name, c.Return.C)
		return
	}
	if _, err := strconv.ParseInt(v.Text, 0, 32); err == nil {
		return
	}
	if _, ok := b.reg.Enums[v.Text]; !ok {
		var all []string
		for name := range b.reg.Enums {
			all = append(all, name)
		}
		slices.Sort(all)
		b.fail(v, "%s: otherwise: %s", c.Name, notOneOf("constant of the registry", v.Text, all))
	}
}
