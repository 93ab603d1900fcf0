package spec

// rules checks what must hold of a command as a whole.
func (b *builder) rules(c *Command) {
	fail := func(format string, args ...any) { b.bad.add(c.file, c.line, c.Name+": "+format, args...) }
	switch c.Class {
	case "state", "bind":
		if c.Key == "" && !c.Core {
			fail("class %s needs a key: the state slot that the log keeps it under", c.Class)
		}
	case "update":
		if c.Key == "" && !c.Core {
			fail("class update needs a key")
		}
	case "query":
		if c.Answer == "" {
			fail("class query needs answer (allowed: lead, sum, max, or, tiles, client)")
		}
	}
	if !c.Record {
		if !c.PackOwn {
			fail("nothing travels (answer: client), so pack: custom must make it")
		}
		return
	}
	returns := c.Return.Base != "void" || c.Return.Depth > 0
	if !c.Core && returns && c.Made == "" && !c.Answered && !c.PackOwn {
		fail("it returns %s, so it needs answer, creates: return or pack: custom", c.Return.C)
	}
	if returns && c.Return.Depth > 0 && !(c.PackOwn && c.UnpackOwn) {
		fail("it returns %s: a pointer cannot travel: pack: custom and unpack: custom", c.Return.C)
	}
	for i := range c.Params {
		b.arrayRules(c, &c.Params[i], fail)
	}
	if c.Has("span") {
		spanRules(c, fail)
	}
}

// spanRules checks that an item of prismVertices can stand for a record of the command: both ends are generated, and nothing else has to be done for it.
func spanRules(c *Command, fail func(string, ...any)) {
	if c.Core || c.PackOwn || c.UnpackOwn || c.Before+c.After+c.NodeAfter != "" || c.Answered || c.Made != "" || c.Has("urgent") || c.Has("flushes") || !c.Has("in_begin") ||
		c.Class != "draw" && c.Class != "state" {
		fail("flag span is for generated commands of class draw or state, legal between glBegin and glEnd, without hooks, answers and commits")
	}
	for i := range c.Params {
		p := &c.Params[i]
		n, fixed := p.Len.(Num)
		if p.Kind != "" || p.Out || p.Nullable || p.Image != nil || p.Offset != "" || p.Elem == 0 || p.Array && (!fixed || n == 0 || int(n)*p.Elem > 64) {
			fail("flag span: %s is neither a plain value nor a short array of constant length", p.Name)
		}
	}
}

func (b *builder) arrayRules(c *Command, p *Param, fail func(string, ...any)) {
	if !p.Array || p.Folded || c.Core {
		return
	}
	handWritten := c.PackOwn && c.UnpackOwn
	if p.Type.Depth > 1 && !p.Strings && !handWritten {
		fail("%s is %s: form: strings(…), or hand-written on both sides", p.Name, p.Type.C)
	}
	if p.Out && !c.Answered && !handWritten {
		fail("%s is written by the command: it needs answer", p.Name)
	}
	known := p.Len != nil || p.Image != nil || p.String || p.Strings
	switch {
	case known && p.Elem == 0 && !p.Strings && !handWritten:
		fail("%s: elements of type %s have no known size", p.Name, p.Type.Base)
	case known || handWritten:
	case p.Out && c.PackOwn:
		p.Capacity = true
	default:
		fail("length of %s (%s) is not known: say it under lens", p.Name, p.Type.C)
	}
	if p.String && p.Out && !handWritten {
		fail("%s: form string is for arrays that the command reads", p.Name)
	}
	if p.Kind != "" && p.Elem != 4 && p.Kind != "SYNC" {
		fail("%s: an array of handles has elements of 4 bytes", p.Name)
	}
}

// hooks checks that a hook of the driver, which is called with a command's arguments, serves commands with the same ones.
func (b *builder) hooks(commands []*Command) {
	first := map[string]*Command{}
	for _, c := range commands {
		for _, h := range []string{c.Before, c.After} {
			switch {
			case h == "":
			case first[h] == nil:
				first[h] = c
			case !sameParams(first[h], c):
				b.bad.add(c.file, c.line, "%s: hook %s serves %s, which has other parameters", c.Name, h, first[h].Name)
			}
		}
	}
}

func sameParams(a, c *Command) bool {
	if len(a.Params) != len(c.Params) {
		return false
	}
	for i := range a.Params {
		if a.Params[i].Type.C != c.Params[i].Type.C {
			return false
		}
	}
	return true
}
