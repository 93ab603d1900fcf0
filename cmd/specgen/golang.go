package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// goName gives OpGlClear of glClear.
func goName(c *spec.Command) string { return "Op" + strings.ToUpper(c.Name[:1]) + c.Name[1:] }

func goWord(prefix, word string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for _, part := range strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return r == '_' || r == ' ' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// golang writes stream/gl's tables.
func (o output) golang(m *spec.Model) {
	f := newFile()
	f.p("package gl\n\n// SpecHash is of all that both ends of a stream must agree on (PRISM_SPEC_HASH).\nconst SpecHash = 0x%016x\n", m.Hash)
	f.p("// Ops is one more than the highest number of a command.\nconst Ops = %d\n", len(m.Lock.Names))
	f.p("// Numbers of commands, from ids.lock.\nconst (")
	for _, c := range m.Commands {
		f.p("\t%s Op = %d", goName(c), c.ID)
	}
	f.p(")")
	o[goDir+"/ops_gen.go"] = f.Bytes()

	w := newFile()
	w.p("package gl\n")
	words := func(typ, prefix, doc string, list []string, first int, shift bool) {
		w.p("// %s\nconst (", doc)
		for i, s := range list {
			v := i + first
			if shift {
				v = 1 << i
			}
			w.p("\t%s %s = %d", goWord(prefix, s), typ, v)
		}
		w.p(")\n")
	}
	words("Class", "Class", "Classes of commands.", spec.Classes, 1, false)
	words("Answer", "Answer", "Who answers a query; 0: it is none.", spec.Answers, 1, false)
	words("Flags", "Flag", "Flags of commands.", spec.Flags, 0, true)
	var kinds []string
	for _, k := range spec.Kinds {
		kinds = append(kinds, k.Name)
	}
	words("Handle", "Handle", "Kinds of objects (PRISM_KIND_*).", kinds, 0, false)
	w.p("var classNames = [...]string{\"\", %s}\n", quoted(spec.Classes))
	w.p("var answerNames = [...]string{\"\", %s}\n", quoted(spec.Answers))
	w.p("var flagNames = [...]string{%s}\n", quoted(spec.Flags))
	w.p("var handleNames = [...]string{%s}", strings.ToLower(quoted(kinds)))
	o[goDir+"/words_gen.go"] = w.Bytes()

	groups := usedGroups(m)
	t := newFile()
	t.p("package gl\n\n// Info describes each command by its number; an empty Name: no such command.\nvar Info = [Ops]Command{")
	blobs := 0
	for _, c := range m.Commands {
		n := 0
		for _, d := range c.Fields {
			if d.Kind == spec.Blob {
				n++
			}
		}
		blobs = max(blobs, n)
		t.p("\t%s: {%s},", goName(c), goCommand(c, groups))
	}
	t.p("}\n\n// maxBlobs is the largest number of arrays in one record.\nconst maxBlobs = %d", blobs)
	o[goDir+"/info_gen.go"] = t.Bytes()

	g := newFile()
	g.p("package gl\n\n// groups of constants, by their number in Field.Group; ascending by value.\nvar groups = [...]group{\n\t{},")
	for _, name := range sortedGroups(groups) {
		g.p("\t{%q, []constant{%s}},", name, constants(m.Registry.Groups[name]))
	}
	g.p("}")
	o[goDir+"/groups_gen.go"] = g.Bytes()
}

func quoted(list []string) string {
	return `"` + strings.Join(list, `", "`) + `"`
}

// usedGroups numbers, from 1 and by name, the registry's groups that parameters of records have.
func usedGroups(m *spec.Model) map[string]int {
	set := map[string]int{}
	for _, c := range m.Commands {
		for _, d := range c.Fields {
			if p := d.Param; p != nil && (d.Kind == spec.Enum || d.Kind == spec.Bits) && len(m.Registry.Groups[p.Group]) > 0 {
				set[p.Group] = 0
			}
		}
	}
	for i, name := range sortedGroups(set) {
		set[name] = i + 1
	}
	return set
}

func sortedGroups(set map[string]int) []string { return sortedKeys(set) }

// constants gives {value, "name"}, …; of several names for one value the shortest, which has no vendor's suffix.
func constants(values []spec.EnumValue) string {
	best := map[uint64]string{}
	for _, v := range values {
		if old, ok := best[v.Value]; v.Value <= 0xffffffff && (!ok || len(v.Name) < len(old)) {
			best[v.Value] = v.Name
		}
	}
	var order []uint64
	for v := range best {
		order = append(order, v)
	}
	sort.Slice(order, func(i, j int) bool { return order[i] < order[j] })
	var out []string
	for _, v := range order {
		out = append(out, fmt.Sprintf("{%#x, %q}", v, best[v]))
	}
	return strings.Join(out, ", ")
}

func goCommand(c *spec.Command, groups map[string]int) string {
	parts := []string{fmt.Sprintf("Name: %q, Class: %s", c.Name, goWord("Class", c.Class))}
	if c.Answer != "" {
		parts = append(parts, "Answer: "+goWord("Answer", c.Answer))
	}
	if b := flagBits(c); b != 0 {
		parts = append(parts, fmt.Sprintf("Flags: %#x", b))
	}
	if c.Key != "" {
		parts = append(parts, fmt.Sprintf("Key: %q", c.Key))
	}
	if !c.Record {
		return strings.Join(parts, ", ")
	}
	parts = append(parts, fmt.Sprintf("Fixed: %d", c.Fixed))
	if c.ItemBytes > 0 {
		parts = append(parts, fmt.Sprintf("Item: %d", c.ItemBytes))
	}
	var fields []string
	for i := range c.Fields {
		if d := &c.Fields[i]; d.Kind != spec.Pad {
			fields = append(fields, goField(c, d, groups))
		}
	}
	if len(fields) > 0 {
		parts = append(parts, "Fields: []Field{"+strings.Join(fields, ", ")+"}")
	}
	return strings.Join(parts, ", ")
}

func goField(c *spec.Command, d *spec.Field, groups map[string]int) string {
	s := fmt.Sprintf("{Name: %q, Kind: %s, Offset: %d", d.Name, goWord("Kind", string(d.Kind)), d.Offset)
	p := d.Param
	if p == nil {
		if d.Name == "made" {
			s = fmt.Sprintf("{Name: %q, Kind: KindHandle, Offset: %d, Handle: %s, Makes: true", d.Name, d.Offset, goWord("Handle", c.Made))
		}
		return s + "}"
	}
	if p.Kind != "" {
		s += ", Handle: " + goWord("Handle", p.Kind)
	}
	if p.Creates {
		s += ", Makes: true"
	}
	if p.Deletes {
		s += ", Deletes: true"
	}
	if p.Binds {
		s += ", Binds: true"
	}
	if g := groups[p.Group]; g != 0 {
		s += fmt.Sprintf(", Group: %d", g)
	}
	if d.Kind == spec.Blob {
		s += ", Elem: " + goElem(p)
	}
	for _, i := range c.Item {
		if i.Param.Name == d.Name {
			s += fmt.Sprintf(", ItemAt: %d, ItemBytes: %d", i.At, i.Bytes)
		}
	}
	return s + "}"
}

// goElem says how the elements of an array are to be read.
func goElem(p *spec.Param) string {
	switch {
	case p.String:
		return "ElemString"
	case p.Strings:
		return "ElemStrings"
	case p.Kind != "":
		return "ElemU32"
	}
	switch p.Type.Base {
	case "items":
		return "ElemItems"
	case "GLfloat", "GLclampf":
		return "ElemF32"
	case "GLdouble", "GLclampd":
		return "ElemF64"
	case "GLint", "GLsizei":
		return "ElemI32"
	case "GLuint", "GLenum":
		return "ElemU32"
	case "GLshort":
		return "ElemI16"
	case "GLushort":
		return "ElemU16"
	}
	return "ElemBytes"
}
