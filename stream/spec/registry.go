package spec

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// RegistryDirs are the places where distributions put gl.xml and glx.xml, first match wins.
var RegistryDirs = []string{"/usr/share/khronos-api", "/usr/share/opengl-registry/xml", "/usr/local/share/khronos-api"}

// Type of a parameter or return value as C has it.
type Type struct {
	Base  string // GLenum, void, …
	Depth int    // number of stars
	Const bool   // what is pointed to is const
	C     string // the whole as in the registry, blanks normalised
}

// RegParam is a parameter as the registry has it.
type RegParam struct {
	Name  string
	Type  Type
	Group string
	Class string
	Len   string
}

// RegCommand is a command as the registry has it.
type RegCommand struct {
	Name   string
	Return Type
	Class  string // of the returned handle
	Params []RegParam
	Alias  string // the command that this one is another name of
}

// Require is a set of commands that a feature or an extension brings or removes.
type Require struct {
	API, Profile string
	Commands     []string
	Enums        []string
}

// Feature is a version of an API, or an extension (Number is empty then).
type Feature struct {
	API       string // of an extension: alternatives, "gl|glcore"
	Name      string
	Number    string
	Supported []string
	Requires  []Require
	Removes   []Require
}

// EnumValue is one named constant.
type EnumValue struct {
	Name  string
	Value uint64
}

// Registry is what gl.xml or glx.xml says.
type Registry struct {
	Commands   map[string]*RegCommand
	Enums      map[string]uint64
	Groups     map[string][]EnumValue
	Versions   []Feature // of the API, ascending
	ESVersions []Feature // gl.xml: of OpenGL ES from 2.0 on (api gles2), ascending
	Extensions []Feature // those that the API supports (gl: or glcore, or gles2), by name
}

type xmlNode struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []xmlNode  `xml:",any"`
	Text    string     `xml:",chardata"`
	Inner   string     `xml:",innerxml"`
}

func (n *xmlNode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *xmlNode) child(name string) *xmlNode {
	for i := range n.Nodes {
		if n.Nodes[i].XMLName.Local == name {
			return &n.Nodes[i]
		}
	}
	return nil
}

// FindRegistry gives the path of a registry file: in dir if that is not empty, else in the first of RegistryDirs that has it.
func FindRegistry(dir, file string) (string, error) {
	dirs := RegistryDirs
	if dir != "" {
		dirs = []string{dir}
	}
	for _, d := range dirs {
		p := d + "/" + file
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("spec: %s is in none of %s (Debian package khronos-api; or give the folder with --registry)", file, strings.Join(dirs, ", "))
}

// ReadRegistry parses gl.xml.
func ReadRegistry(r io.Reader) (*Registry, error) { return readRegistry(r, "gl", "glcore", "gles2") }

// ReadGLXRegistry parses glx.xml.
func ReadGLXRegistry(r io.Reader) (*Registry, error) { return readRegistry(r, "glx") }

// readRegistry takes the versions of an API, and the extensions that it or one of its other names supports.
func readRegistry(r io.Reader, api string, others ...string) (*Registry, error) {
	var root struct {
		Enums    []xmlNode `xml:"enums"`
		Commands []struct {
			Commands []xmlNode `xml:"command"`
		} `xml:"commands"`
		Features   []xmlNode `xml:"feature"`
		Extensions []struct {
			Extensions []xmlNode `xml:"extension"`
		} `xml:"extensions"`
	}
	if err := xml.NewDecoder(r).Decode(&root); err != nil {
		return nil, fmt.Errorf("spec: registry: %w", err)
	}
	reg := &Registry{Commands: map[string]*RegCommand{}, Enums: map[string]uint64{}, Groups: map[string][]EnumValue{}}
	for i := range root.Enums {
		reg.addEnums(&root.Enums[i], api)
	}
	for _, cs := range root.Commands {
		for i := range cs.Commands {
			c, err := parseCommand(&cs.Commands[i])
			if err != nil {
				return nil, err
			}
			reg.Commands[c.Name] = c
		}
	}
	for i := range root.Features {
		switch f := parseFeature(&root.Features[i]); {
		case f.API == api:
			reg.Versions = append(reg.Versions, f)
		case f.API == "gles2" && slices.Contains(others, f.API):
			reg.ESVersions = append(reg.ESVersions, f)
		}
	}
	sort.SliceStable(reg.ESVersions, func(i, j int) bool { return reg.ESVersions[i].Number < reg.ESVersions[j].Number })
	sort.SliceStable(reg.Versions, func(i, j int) bool { return reg.Versions[i].Number < reg.Versions[j].Number })
	for _, es := range root.Extensions {
		for i := range es.Extensions {
			f := parseFeature(&es.Extensions[i])
			f.Supported = strings.Split(es.Extensions[i].attr("supported"), "|")
			if f.in(api) || slices.ContainsFunc(others, f.in) {
				reg.Extensions = append(reg.Extensions, f)
			}
		}
	}
	sort.Slice(reg.Extensions, func(i, j int) bool { return reg.Extensions[i].Name < reg.Extensions[j].Name })
	if len(reg.Commands) == 0 || len(reg.Versions) == 0 {
		return nil, fmt.Errorf("spec: registry: no commands or no versions of api %s in it", api)
	}
	return reg, nil
}

func (f *Feature) in(api string) bool {
	for _, s := range f.Supported {
		if s == api {
			return true
		}
	}
	return false
}

func (r *Registry) addEnums(n *xmlNode, api string) {
	for i := range n.Nodes {
		e := &n.Nodes[i]
		if e.XMLName.Local != "enum" {
			continue
		}
		if only := e.attr("api"); only != "" && only != api {
			continue
		}
		text := e.attr("value")
		v, err := strconv.ParseUint(text, 0, 64)
		if err != nil {
			s, err := strconv.ParseInt(text, 0, 64)
			if err != nil {
				continue // a float or a cast: no enum of a command's parameter
			}
			v = uint64(s)
		}
		name := e.attr("name")
		r.Enums[name] = v
		for _, g := range append(strings.Split(e.attr("group"), ","), n.attr("group")) {
			if g == "" {
				continue
			}
			vs := r.Groups[g]
			if len(vs) == 0 || vs[len(vs)-1].Name != name {
				r.Groups[g] = append(vs, EnumValue{name, v})
			}
		}
	}
}

func parseFeature(n *xmlNode) Feature {
	f := Feature{API: n.attr("api"), Name: n.attr("name"), Number: n.attr("number")}
	for i := range n.Nodes {
		c := &n.Nodes[i]
		q := Require{API: c.attr("api"), Profile: c.attr("profile")}
		for j := range c.Nodes {
			switch c.Nodes[j].XMLName.Local {
			case "command":
				q.Commands = append(q.Commands, c.Nodes[j].attr("name"))
			case "enum":
				q.Enums = append(q.Enums, c.Nodes[j].attr("name"))
			}
		}
		switch c.XMLName.Local {
		case "require":
			f.Requires = append(f.Requires, q)
		case "remove":
			f.Removes = append(f.Removes, q)
		}
	}
	return f
}

func parseCommand(n *xmlNode) (*RegCommand, error) {
	proto := n.child("proto")
	if proto == nil {
		return nil, fmt.Errorf("spec: registry: a command without proto: %.60s", n.Inner)
	}
	name, typ := parseDecl(proto)
	c := &RegCommand{Name: name, Return: typ, Class: proto.attr("class")}
	for i := range n.Nodes {
		p := &n.Nodes[i]
		switch p.XMLName.Local {
		case "param":
			pn, pt := parseDecl(p)
			c.Params = append(c.Params, RegParam{Name: pn, Type: pt, Group: p.attr("group"), Class: p.attr("class"), Len: p.attr("len")})
		case "alias":
			c.Alias = p.attr("name")
		}
	}
	return c, nil
}

// parseDecl reads `const <ptype>GLfloat</ptype> *<name>v</name>`.
func parseDecl(n *xmlNode) (string, Type) {
	name := strings.TrimSpace(n.child("name").Text)
	before, _, _ := strings.Cut(n.Inner, "<name>")
	before = strings.NewReplacer("<ptype>", " ", "</ptype>", " ").Replace(before)
	stars := strings.Count(before, "*")
	words := strings.Fields(strings.ReplaceAll(before, "*", " * "))
	t := Type{Depth: stars, C: tidyC(words)}
	for i, w := range words {
		switch w {
		case "const":
			if i == 0 {
				t.Const = true
			}
		case "struct", "*":
		default:
			if t.Base == "" {
				t.Base = w
				if i > 0 && words[i-1] == "struct" {
					t.Base = "struct " + w
				}
			}
		}
	}
	return name, t
}

func tidyC(words []string) string {
	s := strings.Join(words, " ")
	return strings.ReplaceAll(s, "* *", "**")
}
