package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// Classes, answers, flags and families that an overlay may name. Their order is the numbering in generated code.
var (
	Classes  = []string{"draw", "state", "create", "update", "delete", "bind", "query", "sync", "swap", "client", "unsupported"}
	Answers  = []string{"lead", "sum", "max", "or", "tiles", "client"}
	Flags    = []string{"scissor", "reads_framebuffer", "side_effect", "in_begin", "listable", "urgent", "flushes", "span"}
	families = []string{"core", "gl", "glx", "egl"}
	// CoreTypes are the parameter types of prism's own records.
	CoreTypes = []string{"u32", "i32", "f32", "u64", "i64", "f64", "blob", "items", "out"}
)

// Value is a word of an overlay with its place.
type Value struct {
	Key, Text string
	Line      int
}

// ImageEntry is `{dims: 2, size: [width, height, 1], format: format, type: type}`, or `bytes: imageSize` in place of the type.
type ImageEntry struct {
	Param        string
	Line         int
	Dims         string
	Size         []string
	Format, Type string
	Bytes        string
}

// Entry describes one command or several alike, as written.
type Entry struct {
	File    string
	Line    int
	Core    bool
	Names   []Value
	Class   Value
	Key     Value
	Answer  Value
	Binds   Value
	Handles []Value
	Lens    []Value
	Form    []Value
	Offset  []Value
	Images  []ImageEntry
	Creates []Value
	Deletes []Value
	Null    []Value
	Flags   []Value
	Pack    []Value
	Unpack  []Value
	Note    string
	Params  []Value // core: Key is the name, Text the type
	Kinds   []Value // core: handles of Params
}

// Alias says that Key is another name of the command Text.
type Alias struct {
	File string
	Value
}

// Asked is a slot of which glGet and glIsEnabled tell with the words Names.
type Asked struct {
	File, Slot string
	Line       int
	Names      []Value
}

// Overlay is what all overlay files say, in the order of the files.
type Overlay struct {
	Entries    []Entry
	Extensions []Value // Key is the file
	Unlisted   []Value // extensions of OpenGL ES that the registry does not list there; they have no commands
	LeftOut    []Value // extensions that are not offered: Key, and why
	Aliases    []Alias // where the registry has none
	Asked      []Asked
	GLX        *GLXOverlay
	EGL        *EGLOverlay
}

// LoadOverlay reads core.yaml and then the other *.yaml of dir by name. Its error names every problem found in any of them.
func LoadOverlay(dir string) (*Overlay, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("spec: overlay: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("spec: overlay: no *.yaml in %s", dir)
	}
	sort.Slice(names, func(i, j int) bool {
		ci, cj := filepath.Base(names[i]) == "core.yaml", filepath.Base(names[j]) == "core.yaml"
		if ci != cj {
			return ci
		}
		return names[i] < names[j]
	})
	o := &Overlay{}
	var bad Problems
	for _, n := range names {
		text, err := os.ReadFile(n)
		if err != nil {
			return nil, fmt.Errorf("spec: overlay: %w", err)
		}
		o.parse(filepath.Base(n), text, &bad)
	}
	return o, bad.Err()
}

// ParseOverlay reads one file's text; file is its name in messages.
func ParseOverlay(file string, text []byte) (*Overlay, error) {
	o := &Overlay{}
	var bad Problems
	o.parse(file, text, &bad)
	return o, bad.Err()
}

// reader walks yaml nodes by hand: yaml.v3 forgets KnownFields and the lines inside custom decoding.
type reader struct {
	file string
	bad  *Problems
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	r.bad.add(r.file, n.Line, format, args...)
}

// again reports a second file of a family that is one file.
func (r *reader) again(n *yaml.Node, family, first string) {
	r.fail(n, "family %s is one file, and %s is it already", family, first)
}

// need reports a field that must be there and is not.
func (r *reader) need(n *yaml.Node, field string, there bool) {
	if !there {
		r.fail(n, "%s is missing", field)
	}
}

// each gives what reads a list of members.
func each[M any](r *reader, to *[]M, member func(*yaml.Node) M) func(k, v *yaml.Node) {
	return func(_, v *yaml.Node) {
		for _, n := range r.list(v) {
			*to = append(*to, member(n))
		}
	}
}

func (o *Overlay) parse(file string, text []byte, bad *Problems) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		bad.add(file, 1, "%v", err)
		return
	}
	if len(doc.Content) == 0 {
		bad.add(file, 1, "the file is empty")
		return
	}
	r := &reader{file, bad}
	switch familyOf(doc.Content[0]) {
	case "glx":
		o.parseGLX(r, doc.Content[0])
		return
	case "egl":
		o.parseEGL(r, doc.Content[0])
		return
	}
	family, first := "", len(o.Entries)
	r.fields(doc.Content[0], "file", map[string]func(k, v *yaml.Node){
		"family": func(_, v *yaml.Node) {
			family = v.Value
			if !slices.Contains(families, family) {
				r.fail(v, "%s", notOneOf("family", family, families))
			}
		},
		"extensions": func(_, v *yaml.Node) { o.Extensions = append(o.Extensions, r.words(v, file)...) },
		"unlisted":   func(_, v *yaml.Node) { o.Unlisted = append(o.Unlisted, r.words(v, file)...) },
		"left_out":   func(_, v *yaml.Node) { o.LeftOut = append(o.LeftOut, r.pairs(v)...) },
		"asked": func(_, v *yaml.Node) {
			if v.Kind != yaml.MappingNode {
				r.fail(v, "asked: a mapping from slots to words is needed here")
				return
			}
			for i := 0; i+1 < len(v.Content); i += 2 {
				o.Asked = append(o.Asked, Asked{file, v.Content[i].Value, v.Content[i].Line, r.words(v.Content[i+1], "")})
			}
		},
		"aliases": func(_, v *yaml.Node) {
			for _, p := range r.pairs(v) {
				o.Aliases = append(o.Aliases, Alias{file, p})
			}
		},
		"commands": func(_, v *yaml.Node) {
			for _, n := range r.list(v) {
				o.Entries = append(o.Entries, r.entry(n))
			}
		},
	})
	if family == "" {
		bad.add(file, 1, "family is missing (allowed: %s)", strings.Join(families, ", "))
	}
	for i := first; i < len(o.Entries); i++ {
		o.Entries[i].Core = family == "core"
	}
}

// familyOf looks for the family wherever it stands in a file: it says which keys the others are.
func familyOf(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "family" {
				return n.Content[i+1].Value
			}
		}
	}
	return ""
}

func (r *reader) fields(n *yaml.Node, what string, known map[string]func(k, v *yaml.Node)) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%s: a mapping is needed here", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		f := known[k.Value]
		switch {
		case f == nil:
			var names []string
			for w := range known {
				names = append(names, w)
			}
			r.fail(k, "%s", notOneOf("key of a "+what, k.Value, names))
		case seen[k.Value]:
			r.fail(k, "%s is there twice", k.Value)
		default:
			seen[k.Value] = true
			f(k, v)
		}
	}
}

func (r *reader) list(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.SequenceNode {
		r.fail(n, "a list is needed here")
		return nil
	}
	return n.Content
}

func (r *reader) word(n *yaml.Node) Value {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		r.fail(n, "a word is needed here")
	}
	return Value{Text: n.Value, Line: n.Line}
}

// words reads a word or a list of words.
func (r *reader) words(n *yaml.Node, key string) []Value {
	if n.Kind == yaml.ScalarNode {
		v := r.word(n)
		v.Key = key
		return []Value{v}
	}
	var out []Value
	for _, c := range r.list(n) {
		v := r.word(c)
		v.Key = key
		out = append(out, v)
	}
	return out
}

func (r *reader) pairs(n *yaml.Node) []Value {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "a mapping from parameters is needed here")
		return nil
	}
	var out []Value
	for i := 0; i+1 < len(n.Content); i += 2 {
		v := r.word(n.Content[i+1])
		v.Key = n.Content[i].Value
		v.Line = n.Content[i].Line
		out = append(out, v)
	}
	return out
}

func (r *reader) oneOf(n *yaml.Node, what string, allowed []string) Value {
	v := r.word(n)
	if !slices.Contains(allowed, v.Text) {
		r.fail(n, "%s", notOneOf(what, v.Text, allowed))
	}
	return v
}

func (r *reader) entry(n *yaml.Node) Entry {
	e := Entry{File: r.file, Line: n.Line}
	r.fields(n, "command", map[string]func(k, v *yaml.Node){
		"names":    func(_, v *yaml.Node) { e.Names = r.words(v, "") },
		"class":    func(_, v *yaml.Node) { e.Class = r.oneOf(v, "class", Classes) },
		"key":      func(_, v *yaml.Node) { e.Key = r.word(v) },
		"answer":   func(_, v *yaml.Node) { e.Answer = r.oneOf(v, "answer", Answers) },
		"binds":    func(_, v *yaml.Node) { e.Binds = r.word(v) },
		"handles":  func(_, v *yaml.Node) { e.Handles = r.pairs(v) },
		"lens":     func(_, v *yaml.Node) { e.Lens = r.pairs(v) },
		"form":     func(_, v *yaml.Node) { e.Form = r.pairs(v) },
		"offset":   func(_, v *yaml.Node) { e.Offset = r.pairs(v) },
		"image":    func(_, v *yaml.Node) { e.Images = r.images(v) },
		"creates":  func(_, v *yaml.Node) { e.Creates = r.words(v, "") },
		"deletes":  func(_, v *yaml.Node) { e.Deletes = r.words(v, "") },
		"nullable": func(_, v *yaml.Node) { e.Null = r.words(v, "") },
		"note":     func(_, v *yaml.Node) { e.Note = r.word(v).Text },
		"params":   func(_, v *yaml.Node) { r.params(v, &e) },
		"flags": func(_, v *yaml.Node) {
			for _, c := range r.list(v) {
				e.Flags = append(e.Flags, r.oneOf(c, "flag", Flags))
			}
		},
		"pack":   func(_, v *yaml.Node) { e.Pack = r.hooks(v, "custom", "before", "after") },
		"unpack": func(_, v *yaml.Node) { e.Unpack = r.hooks(v, "custom", "after") },
	})
	if len(e.Names) == 0 {
		r.fail(n, "names is missing")
	}
	if e.Class.Text == "" {
		r.fail(n, "class is missing")
	}
	return e
}

// hooks reads `custom`, `before:FN`, `after:FN` or a list of them: Key is the word before the colon.
func (r *reader) hooks(n *yaml.Node, allowed ...string) []Value {
	var out []Value
	take := func(line int, text string) {
		word, fn, _ := strings.Cut(text, ":")
		word, fn = strings.TrimSpace(word), strings.TrimSpace(fn)
		if !slices.Contains(allowed, word) || (word == "custom") != (fn == "") {
			r.bad.add(r.file, line, "%q is not custom or HOOK:function (allowed: %s)", text, strings.Join(allowed, ", "))
		}
		out = append(out, Value{word, fn, line})
	}
	if n.Kind == yaml.MappingNode { // `after: FN` with a blank
		for _, v := range r.pairs(n) {
			take(v.Line, v.Key+":"+v.Text)
		}
		return out
	}
	for _, v := range r.words(n, "") {
		take(v.Line, v.Text)
	}
	return out
}

func (r *reader) images(n *yaml.Node) []ImageEntry {
	var out []ImageEntry
	if n.Kind != yaml.MappingNode {
		r.fail(n, "a mapping from parameters is needed here")
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		im := ImageEntry{Param: n.Content[i].Value, Line: n.Content[i].Line}
		r.fields(n.Content[i+1], "image", map[string]func(k, v *yaml.Node){
			"dims":   func(_, v *yaml.Node) { im.Dims = r.oneOf(v, "number of dimensions", []string{"1", "2", "3"}).Text },
			"format": func(_, v *yaml.Node) { im.Format = r.word(v).Text },
			"type":   func(_, v *yaml.Node) { im.Type = r.word(v).Text },
			"bytes":  func(_, v *yaml.Node) { im.Bytes = r.word(v).Text },
			"size": func(_, v *yaml.Node) {
				for _, w := range r.words(v, "") {
					im.Size = append(im.Size, w.Text)
				}
			},
		})
		if im.Dims == "" || im.Format == "" || (im.Type == "") == (im.Bytes == "") || len(im.Size) != 3 {
			r.fail(n.Content[i], "an image needs dims, size: [w, h, d], format and type (bytes, if it is compressed)")
		}
		out = append(out, im)
	}
	return out
}

// params reads `[{program: u32, handle: program}, {info: out}]`.
func (r *reader) params(n *yaml.Node, e *Entry) {
	for _, c := range r.list(n) {
		var p Value
		for _, v := range r.pairs(c) {
			switch {
			case v.Key == "handle":
				e.Kinds = append(e.Kinds, Value{p.Key, v.Text, v.Line})
			case p.Key == "":
				p = v
			default:
				r.fail(c, "%q: a parameter is {name: type} or {name: type, handle: kind}", v.Key)
			}
		}
		if !slices.Contains(CoreTypes, p.Text) {
			r.fail(c, "%s", notOneOf("parameter type", p.Text, CoreTypes))
		}
		e.Params = append(e.Params, p)
	}
}
