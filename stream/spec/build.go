package spec

import (
	"regexp"
	"slices"
	"strings"
)

type builder struct {
	reg  *Registry
	lens map[string]int
	bad  Problems
}

func find(vs []Value, key string) *Value {
	for i := range vs {
		if vs[i].Key == key {
			return &vs[i]
		}
	}
	return nil
}

func contains(vs []Value, text string) bool {
	return slices.ContainsFunc(vs, func(v Value) bool { return v.Text == text })
}

// command makes a command of an entry; nil after adding problems.
func (b *builder) command(e *Entry, n Value) *Command {
	c := &Command{Name: n.Text, Core: e.Core, Class: e.Class.Text, Key: e.Key.Text, Answer: e.Answer.Text, Note: e.Note, file: e.File, line: n.Line}
	for _, f := range e.Flags {
		c.Flags = append(c.Flags, f.Text)
	}
	for _, h := range e.Pack {
		switch h.Key {
		case "custom":
			c.PackOwn = true
		case "before":
			c.Before = h.Text
		case "after":
			c.After = h.Text
		}
	}
	for _, h := range e.Unpack {
		if h.Key == "custom" {
			c.UnpackOwn = true
		} else {
			c.NodeAfter = h.Text
		}
	}
	var rc *RegCommand
	if e.Core {
		if !strings.HasPrefix(c.Name, "prism") {
			b.bad.add(e.File, n.Line, "%s: names of family core begin with prism", c.Name)
			return nil
		}
		rc = &RegCommand{Name: c.Name, Return: Type{Base: "void", C: "void"}}
		c.PackOwn, c.UnpackOwn = true, true
	} else if rc = b.reg.Commands[c.Name]; rc == nil {
		var all []string
		for name := range b.reg.Commands {
			all = append(all, name)
		}
		b.bad.add(e.File, n.Line, "%s", notOneOf("command of the registry", c.Name, all))
		return nil
	}
	c.Return = rc.Return
	c.Record = e.Core || c.Class != "client" && c.Answer != "client" && c.Class != "unsupported"
	if c.Class == "client" {
		c.PackOwn = true
	}
	if c.Class == "unsupported" {
		return c
	}
	before := len(b.bad)
	c.Answered = c.Record && (c.Class == "query" || c.Answer != "")
	if e.Core {
		b.coreParams(c, e)
	} else {
		b.params(c, e, rc)
	}
	b.names(c, e)
	b.rules(c)
	if len(b.bad) > before {
		return nil
	}
	return c
}

func (b *builder) coreParams(c *Command, e *Entry) {
	for _, v := range e.Params {
		p := Param{Name: v.Key, Type: Type{Base: v.Text, C: v.Text}, Elem: 1}
		switch v.Text {
		case "blob", "items":
			p.Array = true
		case "out":
			p.Array, p.Out = true, true
		default:
			p.Wire = WireKind(v.Text)
		}
		if h := find(e.Kinds, v.Key); h != nil {
			p.Kind = b.kind(c, h.Line, h.Text)
			if p.Kind != "" && !p.Array {
				p.Wire = Handle
			}
		}
		c.Params = append(c.Params, p)
	}
}

func (b *builder) kind(c *Command, line int, word string) string {
	k, ok := KindOf(word)
	if !ok {
		b.bad.add(c.file, line, "%s: %s", c.Name, notOneOf("kind of handle", word, kindWords()))
	}
	return k
}

func (b *builder) params(c *Command, e *Entry, rc *RegCommand) {
	for _, rp := range rc.Params {
		p := Param{Name: rp.Name, Type: rp.Type, Group: rp.Group}
		word := rp.Class
		line := c.line
		if h := find(e.Handles, rp.Name); h != nil {
			word, line = h.Text, h.Line
		}
		p.Kind = b.kind(c, line, word)
		if v := find(e.Form, rp.Name); v != nil {
			b.form(c, &p, v)
		}
		p.Nullable = contains(e.Null, rp.Name)
		p.Array = rp.Type.Depth > 0
		p.Out = p.Array && !rp.Type.Const
		p.Elem = elemBytes[rp.Type.Base]
		if !p.Array {
			p.Wire = scalarWire[rp.Type.Base]
			switch {
			case p.Wire == "" && c.Record:
				b.bad.add(c.file, c.line, "%s: %s has type %s, which cannot travel: class client or unsupported", c.Name, p.Name, p.Type.C)
			case p.Wire == Sync:
				p.Kind = "SYNC"
			case p.Kind != "":
				p.Wire = Handle
			}
		}
		for i := range e.Images {
			if im := &e.Images[i]; im.Param == rp.Name {
				p.Image = b.image(c, rc, im)
			}
		}
		if v := find(e.Offset, rp.Name); v != nil {
			p.Offset = v.Text
			if _, ok := b.reg.Enums[v.Text]; !ok {
				b.bad.add(c.file, v.Line, "%s: %s is not a constant of the registry", c.Name, v.Text)
			}
		}
		if p.Array && p.Image == nil && !p.String && !p.Strings {
			b.length(c, e, rc, &p, rp.Len)
		}
		c.Params = append(c.Params, p)
	}
	for i := range c.Params {
		if l := c.Params[i].Lens; l != "" {
			if q := c.Param(l); q != nil {
				q.Folded = true
				q.Len = nil
			}
		}
	}
}

var formCall = regexp.MustCompile(`^strings\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)$`)

func (b *builder) form(c *Command, p *Param, v *Value) {
	if v.Text == "string" {
		p.String = true
		return
	}
	m := formCall.FindStringSubmatch(v.Text)
	if m == nil {
		b.bad.add(c.file, v.Line, "%s: form %q is not one of string, strings(count), strings(count, lengths)", c.Name, v.Text)
		return
	}
	p.Strings, p.Count = true, m[1]
	if m[2] != "0" { // 0: each ends with NUL
		p.Lens = m[2]
	}
}

// length finds the length of an array: the overlay's word first, then the registry's where it is an expression.
func (b *builder) length(c *Command, e *Entry, rc *RegCommand, p *Param, regLen string) {
	if v := find(e.Lens, p.Name); v != nil {
		x, err := ParseExpr(v.Text)
		if err != nil {
			b.bad.add(c.file, v.Line, "%s: length of %s: %v", c.Name, p.Name, err)
			x = Num(0) // so that it is not reported as missing, too
		} else {
			b.checkExpr(c, rc, v.Line, p.Name, x)
		}
		p.Len = x
		return
	}
	if regLen == "" || strings.Contains(regLen, "COMPSIZE") {
		return
	}
	if x, err := ParseExpr(regLen); err == nil && b.exprKnown(rc, x) {
		p.Len = x
	}
}

func regParam(rc *RegCommand, name string) *RegParam {
	for i := range rc.Params {
		if rc.Params[i].Name == name {
			return &rc.Params[i]
		}
	}
	return nil
}

func integer(p *RegParam) bool {
	w := scalarWire[p.Type.Base]
	return p.Type.Depth == 0 && w != "" && w != F32 && w != F64 && w != Sync
}

// exprKnown tells whether every parameter in x is an integer of the command.
func (b *builder) exprKnown(rc *RegCommand, x Expr) bool {
	ok := true
	Walk(x, func(x Expr) {
		if r, is := x.(Ref); is {
			p := regParam(rc, string(r))
			ok = ok && p != nil && integer(p)
		}
	})
	return ok
}

func (b *builder) checkExpr(c *Command, rc *RegCommand, line int, what string, x Expr) {
	Walk(x, func(x Expr) {
		switch x := x.(type) {
		case Ref:
			name := string(x)
			if strings.HasPrefix(name, "GL_") {
				if _, ok := b.reg.Enums[name]; !ok {
					b.bad.add(c.file, line, "%s: %s: %s is not a constant of the registry", c.Name, what, name)
				}
				return
			}
			p := regParam(rc, name)
			if p == nil {
				b.bad.add(c.file, line, "%s: %s: %s", c.Name, what, notOneOf("parameter", name, paramNames(rc)))
			} else if !integer(p) {
				b.bad.add(c.file, line, "%s: %s: %s has type %s, lengths are computed from integers", c.Name, what, name, p.Type.C)
			}
		case Call:
			n, ok := b.lens[x.Func]
			if !ok {
				var all []string
				for f := range b.lens {
					all = append(all, f)
				}
				b.bad.add(c.file, line, "%s: %s: %s", c.Name, what, notOneOf("length function of prism_len.h", x.Func, all))
			} else if n != len(x.Args) {
				b.bad.add(c.file, line, "%s: %s: %s takes %d arguments, not %d", c.Name, what, x.Func, n, len(x.Args))
			}
		}
	})
}

func paramNames(rc *RegCommand) []string {
	var out []string
	for _, p := range rc.Params {
		out = append(out, p.Name)
	}
	return out
}

func (b *builder) image(c *Command, rc *RegCommand, im *ImageEntry) *Image {
	if im.Dims == "" || len(im.Size) != 3 {
		return nil // reported when it was read
	}
	out := &Image{Dims: int(im.Dims[0] - '0'), Format: im.Format, Type: im.Type, Bytes: im.Bytes}
	for i, s := range im.Size {
		x, err := ParseExpr(s)
		if err != nil {
			b.bad.add(c.file, im.Line, "%s: size of %s: %v", c.Name, im.Param, err)
			return nil
		}
		b.checkExpr(c, rc, im.Line, "size of "+im.Param, x)
		out.Size[i] = x
	}
	words := []string{im.Format, im.Type}
	if im.Bytes != "" {
		words = []string{im.Format, im.Bytes}
	}
	for _, w := range words {
		b.checkExpr(c, rc, im.Line, "image "+im.Param, Ref(w))
	}
	if _, ok := b.lens["image"]; !ok {
		b.bad.add(c.file, im.Line, "%s: prism_len.h has no prism_len_image", c.Name)
	}
	return out
}

// names checks that each parameter named in the entry exists, and applies binds, creates and deletes.
func (b *builder) names(c *Command, e *Entry) {
	var all []string
	for _, p := range c.Params {
		all = append(all, p.Name)
	}
	need := func(line int, what, name string) *Param {
		p := c.Param(name)
		if p == nil {
			b.bad.add(c.file, line, "%s: %s: %s", c.Name, what, notOneOf("parameter", name, all))
		}
		return p
	}
	for _, l := range []struct {
		what string
		vs   []Value
	}{{"handles", e.Handles}, {"lens", e.Lens}, {"form", e.Form}, {"offset", e.Offset}} {
		for _, v := range l.vs {
			if l.what == "handles" && v.Key == "return" {
				continue
			}
			need(v.Line, l.what, v.Key)
		}
	}
	for _, v := range e.Null {
		need(v.Line, "nullable", v.Text)
	}
	for _, im := range e.Images {
		need(im.Line, "image", im.Param)
	}
	for i := range c.Params {
		p := &c.Params[i]
		if p.Strings {
			need(c.line, "form", p.Count)
			if p.Lens != "" {
				need(c.line, "form", p.Lens)
			}
		}
	}
	for _, v := range e.Creates {
		if v.Text == "return" {
			if e.Core {
				continue
			}
			c.Made = b.made(c, e, v.Line)
			continue
		}
		if p := need(v.Line, "creates", v.Text); p != nil {
			p.Creates, p.Out = true, false
			b.needKind(c, p, v.Line)
		}
	}
	for _, v := range e.Deletes {
		if p := need(v.Line, "deletes", v.Text); p != nil {
			p.Deletes = true
			b.needKind(c, p, v.Line)
		}
	}
	if v := e.Binds; v.Text != "" {
		kind, _, _ := strings.Cut(v.Text, "@")
		k := b.kind(c, v.Line, strings.TrimSpace(kind))
		i := slices.IndexFunc(c.Params, func(p Param) bool { return p.Kind == k })
		if i < 0 {
			b.bad.add(c.file, v.Line, "%s: binds: no parameter is a handle of kind %s", c.Name, kind)
		} else {
			c.Params[i].Binds = true
		}
	}
	b.key(c, e, all)
}

func (b *builder) needKind(c *Command, p *Param, line int) {
	if p.Kind == "" {
		b.bad.add(c.file, line, "%s: %s has no kind: say it under handles", c.Name, p.Name)
	}
}

// made finds the kind of a returned object: handles: {return: kind}, the registry's class, or the type.
func (b *builder) made(c *Command, e *Entry, line int) string {
	rc := b.reg.Commands[c.Name]
	word := rc.Class
	if h := find(e.Handles, "return"); h != nil {
		word = h.Text
	}
	if rc.Return.Base == "GLsync" {
		word = "sync"
	}
	k := b.kind(c, line, word)
	if k == "" {
		// glCreateShader has no class in the registry; its name says it.
		if s := strings.ToLower(strings.TrimPrefix(c.Name, "glCreate")); s == "shader" || s == "program" || strings.HasPrefix(s, "shaderprogram") {
			return "PROGRAM"
		}
		b.bad.add(c.file, line, "%s: what it returns has no kind: say handles: {return: kind}", c.Name)
	}
	return k
}

var keyForm = regexp.MustCompile(`^(\w+)(?:\((.*)\))?$`)

func (b *builder) key(c *Command, e *Entry, params []string) {
	if e.Key.Text == "" {
		return
	}
	m := keyForm.FindStringSubmatch(e.Key.Text)
	if m == nil {
		b.bad.add(c.file, e.Key.Line, "%s: key %q is not slot(arguments)", c.Name, e.Key.Text)
		return
	}
	for _, a := range strings.Split(m[2], ",") {
		a = strings.TrimSpace(a)
		kind, what, at := strings.Cut(a, "@")
		switch {
		case a == "", a == "append", a[0] >= '0' && a[0] <= '9', at && kind != "" && what != "", slices.Contains(params, a):
		default:
			if _, ok := b.reg.Enums[a]; !ok {
				b.bad.add(c.file, e.Key.Line, "%s: key: %s", c.Name, notOneOf("parameter, kind@target, constant or append", a, params))
			}
		}
	}
}

// aliases checks what the overlay calls another name of a command: both are in the registry, with as many parameters of the same sizes.
func (b *builder) aliases(list []Alias) map[string]string {
	out := map[string]string{}
	for _, a := range list {
		name, of := b.reg.Commands[a.Key], b.reg.Commands[a.Text]
		switch {
		case name == nil || of == nil:
			b.bad.add(a.File, a.Line, "aliases: %s: %s: both must be commands of the registry", a.Key, a.Text)
		case name.Alias != "":
			b.bad.add(a.File, a.Line, "aliases: the registry calls %s another name of %s", a.Key, name.Alias)
		case !alike(name, of):
			b.bad.add(a.File, a.Line, "aliases: %s and %s differ in their parameters", a.Key, a.Text)
		default:
			out[a.Key] = a.Text
		}
	}
	return out
}

func alike(a, b *RegCommand) bool {
	if len(a.Params) != len(b.Params) || scalarWire[a.Return.Base] != scalarWire[b.Return.Base] {
		return false
	}
	for i := range a.Params {
		x, y := &a.Params[i].Type, &b.Params[i].Type
		if x.Depth != y.Depth || elemBytes[x.Base] != elemBytes[y.Base] {
			return false
		}
	}
	return true
}
