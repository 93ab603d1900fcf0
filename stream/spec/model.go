package spec

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Image says that an array is a pixel rectangle.
type Image struct {
	Dims         int
	Size         [3]Expr
	Format, Type string // a parameter or a GL_ constant; no type of a compressed one
	Bytes        string // of a compressed one: the parameter that says how long it is
}

// Param is a parameter as generators need it.
type Param struct {
	Name     string
	Type     Type
	Group    string
	Kind     string // of the handles that it is or holds: "" or a name of Kinds
	Wire     WireKind
	Array    bool // travels as bytes
	Out      bool // the command writes the array
	Elem     int  // bytes of an element
	Len      Expr // count of elements; nil only where both ends are hand-written, or with Capacity
	Capacity bool // out array of unknown length: the record carries the room for it
	Image    *Image
	Offset   string // binding whose buffer may give the bytes
	Nullable bool
	String   bool   // NUL-terminated
	Strings  bool   // a list; Count and Lens are its parameters
	Count    string // parameter
	Lens     string // parameter that is folded into this one, or ""
	Folded   bool   // is another's Lens
	Binds    bool
	Creates  bool
	Deletes  bool
}

// Command is a command as generators need it.
type Command struct {
	Name          string
	ID            int
	Core          bool // one of prism's own records
	Return        Type
	Params        []Param
	Class         string
	Key           string
	Answer        string
	Answered      bool   // the record carries a reply id
	Record        bool   // travels at all
	Made          string // kind of the object that is returned
	Flags         []string
	PackOwn       bool // hand-written
	UnpackOwn     bool
	Before, After string // hooks in the driver
	NodeAfter     string // hook in the node
	Note          string
	Fields        []Field
	Fixed         int        // bytes of header and fixed part
	Item          []ItemPart // with the flag span: what stands in an item of prismVertices
	ItemBytes     int        // of all of it, its header too; 0: it stands in none

	file string
	line int
}

// Short is the name without its gl.
func (c *Command) Short() string { return strings.TrimPrefix(c.Name, "gl") }

// Has tells whether c has a flag.
func (c *Command) Has(flag string) bool { return slices.Contains(c.Flags, flag) }

// Param finds a parameter.
func (c *Command) Param(name string) *Param {
	for i := range c.Params {
		if c.Params[i].Name == name {
			return &c.Params[i]
		}
	}
	return nil
}

// Model is registry, overlay and lock joined and checked.
type Model struct {
	Registry       *Registry
	Lock           *Lock
	Commands       []*Command // covered, by number
	ExtensionNames []string
	Unlisted       []string          // extensions of OpenGL ES without commands that the registry lacks
	LeftOut        []Value           // extensions that are not offered though one might think so: Key, and why
	Aliases        map[string]string // the overlay's: a command, and that of which it is another name
	Entries        []EntryPoint      // every command of OpenGL and OpenGL ES, by name
	Asked          []Asked           // what is asked of slots, by slot
	Hash           uint64            // of what both ends of a stream must agree on
	GLX            *GLX              // set by Load; nothing of it is in Lock or Hash
	EGL            *EGL              // likewise

	byName map[string]*Command
	entry  map[string]*Command
}

// EntryPoint is a name that an app may ask for.
type EntryPoint struct {
	Name    string
	Return  Type
	Command *Command // nil: not covered
}

// Slot names the state that a command changes: what stands before the arguments of its key. "": it has no key.
func (c *Command) Slot() string {
	slot, _, _ := strings.Cut(c.Key, "(")
	return slot
}

// Command finds a covered command by its own name.
func (m *Model) Command(name string) *Command { return m.byName[name] }

// Entry finds the covered command behind a name, aliases included; nil: not covered.
func (m *Model) Entry(name string) *Command { return m.entry[name] }

var lenDef = regexp.MustCompile(`\bprism_len_(\w+)\(([^)]*)\)\s*\{`)

// LenFuncs scans prism_len.h for the length functions and their number of parameters.
func LenFuncs(header []byte) map[string]int {
	out := map[string]int{}
	for _, m := range lenDef.FindAllSubmatch(header, -1) {
		n := strings.Count(string(m[2]), ",") + 1
		if a := strings.TrimSpace(string(m[2])); a == "" || a == "void" {
			n = 0
		}
		out[string(m[1])] = n
	}
	return out
}

// Paths of what a Model is made from.
type Paths struct {
	Registry string // folder of gl.xml and glx.xml, "": search
	Overlay  string // folder
	Lock     string
	Len      string // prism_len.h
}

// Load reads everything and builds the model. The lock in it has new names added; the file is not written.
func Load(p Paths) (*Model, error) {
	reg, err := readFile(p.Registry, "gl.xml", ReadRegistry)
	if err != nil {
		return nil, err
	}
	glx, err := readFile(p.Registry, "glx.xml", ReadGLXRegistry)
	if err != nil {
		return nil, err
	}
	ov, err := LoadOverlay(p.Overlay)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(p.Lock)
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("spec: %w", err)
	}
	lock, err := ParseLock(text)
	if err != nil {
		return nil, err
	}
	header, err := os.ReadFile(p.Len)
	if err != nil {
		return nil, fmt.Errorf("spec: length functions: %w", err)
	}
	m, err := Build(reg, ov, lock, LenFuncs(header))
	g, errGLX := BuildGLX(glx, ov)
	e, errEGL := BuildEGL(ov)
	if err := errors.Join(err, errGLX, errEGL); err != nil {
		return nil, err
	}
	m.GLX, m.EGL = g, e
	return m, nil
}

func readFile(dir, file string, read func(io.Reader) (*Registry, error)) (*Registry, error) {
	path, err := FindRegistry(dir, file)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("spec: %w", err)
	}
	defer f.Close()
	reg, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return reg, nil
}

// Build joins and checks.
func Build(reg *Registry, ov *Overlay, lock *Lock, lens map[string]int) (*Model, error) {
	b := &builder{reg: reg, lens: lens}
	m := &Model{Registry: reg, Lock: lock, byName: map[string]*Command{}, entry: map[string]*Command{}}
	listed := map[string]*Command{} // also the unsupported ones
	for i := range ov.Entries {
		e := &ov.Entries[i]
		for _, n := range e.Names {
			if old := listed[n.Text]; old != nil {
				b.bad.add(e.File, n.Line, "%s stands at %s:%d already", n.Text, old.file, old.line)
				continue
			}
			c := b.command(e, n)
			if c == nil {
				continue
			}
			listed[n.Text] = c
			if c.Class == "unsupported" {
				continue
			}
			c.ID = lock.Add(c.Name)
			c.layout()
			if c.Has("span") {
				c.item()
			}
			m.Commands = append(m.Commands, c)
			m.byName[c.Name] = c
		}
	}
	for _, x := range ov.Extensions {
		if !slices.ContainsFunc(reg.Extensions, func(f Feature) bool { return f.Name == x.Text }) {
			b.bad.add(x.Key, x.Line, "%s is not an extension of OpenGL or OpenGL ES in the registry", x.Text)
		} else if !slices.Contains(m.ExtensionNames, x.Text) {
			m.ExtensionNames = append(m.ExtensionNames, x.Text)
		}
	}
	m.LeftOut = ov.LeftOut
	m.Asked = b.asked(ov.Asked, m.Commands)
	m.Aliases = b.aliases(ov.Aliases)
	for _, x := range ov.Unlisted {
		if slices.ContainsFunc(reg.Extensions, func(f Feature) bool { return f.Name == x.Text && f.in("gles2") }) {
			b.bad.add(x.Key, x.Line, "%s is in the registry: it belongs to extensions", x.Text)
		}
		m.Unlisted = append(m.Unlisted, x.Text)
	}
	b.hooks(m.Commands)
	if err := b.bad.Err(); err != nil {
		return nil, err
	}
	slices.Sort(m.ExtensionNames)
	slices.SortFunc(m.Commands, func(x, y *Command) int { return x.ID - y.ID })
	m.entries(listed)
	m.hash()
	return m, nil
}

// entries finds for each name what stands behind it: itself if the overlay lists it, else its alias, else one that is
// an alias of the same.
func (m *Model) entries(listed map[string]*Command) {
	root := func(name string) string {
		for i := 0; i < 8; i++ {
			next := m.Aliases[name]
			if c := m.Registry.Commands[name]; c != nil && c.Alias != "" {
				next = c.Alias
			}
			if next == "" {
				break
			}
			name = next
		}
		return name
	}
	behind := map[string]*Command{}
	for _, c := range m.Commands { // by number, so the choice is stable
		if r := root(c.Name); !c.Core && (behind[r] == nil || c.Name == r) {
			behind[r] = c
		}
	}
	for _, name := range m.Registry.entryPoints() {
		rc := m.Registry.Commands[name]
		if rc == nil {
			continue
		}
		c := m.byName[name]
		if c == nil && listed[name] == nil {
			if c = behind[root(name)]; c != nil && len(c.Params) != len(rc.Params) {
				c = nil
			}
		}
		if c != nil {
			m.entry[name] = c
		}
		m.Entries = append(m.Entries, EntryPoint{name, rc.Return, c})
	}
}

func (m *Model) hash() {
	h := sha256.New()
	for _, c := range m.Commands {
		if !c.Record {
			continue
		}
		fmt.Fprintf(h, "%d %s %s %d\n", c.ID, c.Name, c.Answer, c.Fixed)
		for _, f := range c.Fields {
			kind := ""
			if f.Param != nil {
				kind = f.Param.Kind
			}
			fmt.Fprintf(h, " %s %s %d %s\n", f.Name, f.Kind, f.Offset, kind)
		}
		for _, i := range c.Item {
			fmt.Fprintf(h, " item %s %d %d\n", i.Param.Name, i.At, i.Bytes)
		}
	}
	m.Hash = binary.LittleEndian.Uint64(h.Sum(nil))
}
