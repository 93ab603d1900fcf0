package main

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

func (o output) packers(m *spec.Model) {
	hooks := map[string]string{}
	var blocks []string
	for _, c := range m.Commands {
		for _, h := range []string{c.Before, c.After} {
			if h != "" && !c.Core {
				hooks[h] = signature(c)
			}
		}
		if c.Record && !c.PackOwn {
			blocks = append(blocks, packer(c))
		}
	}
	head := "#include \"pack.h\"\n"
	var names []string
	for h := range hooks {
		names = append(names, h)
	}
	sort.Strings(names)
	for _, h := range names {
		head += fmt.Sprintf("PRISM_HIDDEN void %s(%s);\n", h, hooks[h])
	}
	o.split(glDir+"/pack_%d_gen.c", head+"\n", blocks)
}

func decl(c, name string) string {
	if strings.HasSuffix(c, "*") {
		return c + name
	}
	return c + " " + name
}

// parameters gives those of a C function as they are declared, and as a call passes them on; of says a parameter's type and name.
func parameters[P any](list []P, of func(P) (c, name string)) (declared, passed string) {
	var d, a []string
	for _, p := range list {
		c, name := of(p)
		d, a = append(d, decl(c, name)), append(a, name)
	}
	if len(d) == 0 {
		return "void", ""
	}
	return strings.Join(d, ", "), strings.Join(a, ", ")
}

func parameter(p spec.Param) (c, name string) { return p.Type.C, p.Name }

func signature(c *spec.Command) string {
	declared, _ := parameters(c.Params, parameter)
	return declared
}

func arguments(c *spec.Command) string {
	_, passed := parameters(c.Params, parameter)
	return passed
}

func local(name string) string { return name }

// bytesOf is the C expression of an array's length in bytes.
func bytesOf(p *spec.Param, ref func(string) string) string {
	if p.Image != nil {
		im := p.Image
		if im.Bytes != "" {
			return "prism_pos(" + ref(im.Bytes) + ")"
		}
		return fmt.Sprintf("prism_len_image(%s, %s, %s, %s, %s)", sizeArg(im.Size[0], ref), sizeArg(im.Size[1], ref), sizeArg(im.Size[2], ref),
			constOr(im.Format, ref), constOr(im.Type, ref))
	}
	if n, ok := p.Len.(spec.Num); ok {
		return strconv.FormatUint(uint64(n)*uint64(p.Elem), 10)
	}
	if p.Elem == 1 {
		return spec.C(p.Len, ref)
	}
	return fmt.Sprintf("prism_mul(%s, %d)", spec.C(p.Len, ref), p.Elem)
}

func constOr(word string, ref func(string) string) string {
	if strings.HasPrefix(word, "GL_") {
		return word
	}
	return ref(word)
}

func sizeArg(e spec.Expr, ref func(string) string) string {
	if r, ok := e.(spec.Ref); ok {
		return constOr(string(r), ref)
	}
	return spec.C(e, ref)
}

// countOf is the C expression of an array's length in elements.
func countOf(p *spec.Param, ref func(string) string) string { return spec.C(p.Len, ref) }

func kind(p *spec.Param) string { return "PRISM_KIND_" + p.Kind }

// packer writes prism_gl_NAME. Locals end in _ so that they never meet a parameter.
func packer(c *spec.Command) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, "\t"+format+"\n", args...) }
	returns := c.Return.Base != "void" || c.Return.Depth > 0
	fail := "return;"
	if returns {
		fail = "return 0;"
	}
	fixed := !c.Answered && fixedArrays(c)
	short := ""
	if !fixed {
		short = packShort(c)
	}
	switch {
	case short != "":
		fmt.Fprintf(&b, "static __attribute__((noinline)) void long_%s(%s) {\n", c.Name, signature(c))
	case c.ItemBytes > 0: // what is called where no span is open, or it is full
		fmt.Fprintf(&b, "PRISM_HIDDEN void APIENTRY prism_gl_%s(%s);\n", c.Short(), signature(c))
		fmt.Fprintf(&b, "static __attribute__((noinline)) void record_%s(%s) {\n", c.Name, signature(c))
		p("if (prism_span(%d)) {\n\t\tprism_gl_%s(%s);\n\t\treturn;\n\t}", c.ItemBytes, c.Short(), arguments(c))
	default:
		fmt.Fprintf(&b, "PRISM_HIDDEN %s prism_gl_%s(%s) {\n", decl(c.Return.C, "APIENTRY"), c.Short(), signature(c))
	}
	if c.Before != "" {
		p("%s(%s);", c.Before, arguments(c))
	}
	packHandles(c, p, fail)
	if c.Made != "" {
		made(c, p, fail)
	}
	item := ""
	if c.ItemBytes > 0 {
		item = packItem(c)
	}
	if fixed {
		packFixed(c, p, fail)
		b.WriteString("}\n\n")
		return b.String() + item
	}
	var blobs []string
	if c.Answered {
		p("prism_ask q_;")
		p("if (!prism_ask_begin(&q_)) %s", fail)
		fail = "{ prism_ask_end(&q_); " + fail + " }"
	}
	for i := range c.Params {
		if q := &c.Params[i]; q.Array && !q.Out && !q.Folded {
			packArray(q, p, fail)
			blobs = append(blobs, q.Name)
		}
	}
	size := "sizeof *rec_"
	for _, n := range blobs {
		size += " + prism_arr_inline(&" + n + "_)"
	}
	if len(blobs) > 0 {
		size = "(uint32_t)(" + size + ")"
	}
	flags := "0"
	if c.Answered {
		flags = "PRISM_REC_REPLY"
	}
	p("struct prism_rec_%s *rec_ = prism_begin(PRISM_OP_%s, %s, %s);", c.Name, c.Name, size, flags)
	p("if (!rec_) %s", fail)
	for _, d := range c.Fields {
		p("rec_->%s = %s;", d.Name, packField(&d))
	}
	if len(blobs) > 0 {
		p("void *at_ = rec_ + 1;")
		for i, n := range blobs {
			if i+1 < len(blobs) {
				p("at_ = prism_arr_copy(at_, &%s_);", n)
			} else {
				p("prism_arr_copy(at_, &%s_);", n)
			}
		}
	}
	finish(c, p, fail)
	b.WriteString("}\n\n")
	return b.String() + short + item
}

// packShort is a way of its own for one short array of varying length (glUniform4fv) that fits into the chunk under way: its size
// stays in a register, where prism_arr goes through memory, and as nothing is called none is saved. All else is left to long_NAME,
// the usual packer. Empty: c has no such array.
func packShort(c *spec.Command) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, "\t"+format+"\n", args...) }
	var q *spec.Param
	for i := range c.Params {
		a := &c.Params[i]
		if !a.Array && a.Kind != "" {
			return "" // the name's look-up costs more
		}
		if a.Array && !a.Folded {
			if q != nil {
				return ""
			}
			q = a
		}
	}
	if q == nil || c.Answered || c.Before != "" || c.After != "" || c.Has("urgent") || c.Has("flushes") || c.Made != "" || q.Out || q.Creates || q.Deletes || q.Kind != "" ||
		q.Image != nil || q.Offset != "" || q.String || q.Strings || q.Elem%4 != 0 {
		return ""
	}
	n := q.Name
	fmt.Fprintf(&b, "PRISM_HIDDEN %s prism_gl_%s(%s) {\n", decl(c.Return.C, "APIENTRY"), c.Short(), signature(c))
	p("const uint64_t short_ = %s;", bytesOf(q, local))
	p("if (PRISM_LIKELY(short_ <= PRISM_SHORT && %s)) {", n)
	p("\tstruct prism_rec_%s *rec_ = prism_begin_here(PRISM_OP_%s, (uint32_t)(%d + PRISM_PAD8(short_)));", c.Name, c.Name, c.Fixed)
	p("\tif (PRISM_UNLIKELY(!rec_)) {\n\t\t\tlong_%s(%s);\n\t\t\treturn;\n\t\t}", c.Name, arguments(c))
	for _, d := range c.Fields {
		if d.Kind == spec.Blob {
			p("\trec_->%s = (prism_blob){(uint32_t)short_, PRISM_BLOB_INLINE};", n)
		} else {
			p("\trec_->%s = %s;", d.Name, packField(&d))
		}
	}
	p("\tprism_put_short(rec_ + 1, %s, (uint32_t)short_);\n\t\treturn;\n\t}", n)
	p("long_%s(%s);", c.Name, arguments(c))
	b.WriteString("}\n\n")
	return b.String()
}

// fixedArrays tells whether c reads arrays and each of them is short and of constant length (glVertex3fv, glLoadMatrixf): then
// the record's size is a constant and no prism_arr is needed.
func fixedArrays(c *spec.Command) bool {
	some := false
	for i := range c.Params {
		q := &c.Params[i]
		if !q.Array || q.Folded {
			continue
		}
		n, ok := q.Len.(spec.Num)
		if !ok || q.Out || q.Creates || q.Deletes || q.Kind != "" || q.Nullable || q.Image != nil || q.Offset != "" || q.String || q.Strings ||
			int(n)*q.Elem > 256 || n == 0 {
			return false
		}
		some = true
	}
	return some
}

func packFixed(c *spec.Command, p func(string, ...any), fail string) {
	size := c.Fixed
	var null, copies []string
	for _, d := range c.Fields {
		if d.Kind != spec.Blob {
			continue
		}
		n := int(d.Param.Len.(spec.Num)) * d.Param.Elem
		null = append(null, "!"+d.Name)
		if n%8 != 0 {
			copies = append(copies, fmt.Sprintf("*(uint64_t *)((uint8_t *)rec_ + %d) = 0;", size+n/8*8))
		}
		copies = append(copies, fmt.Sprintf("memcpy((uint8_t *)rec_ + %d, %s, %d);", size, d.Name, n))
		size += (n + 7) / 8 * 8
	}
	p("if (PRISM_UNLIKELY(%s)) { prism_error(GL_INVALID_VALUE); %s }", strings.Join(null, " || "), fail)
	p("struct prism_rec_%s *rec_ = prism_begin(PRISM_OP_%s, %d, 0);", c.Name, c.Name, size)
	p("if (!rec_) %s", fail)
	for _, d := range c.Fields {
		if d.Kind == spec.Blob {
			p("rec_->%s = (prism_blob){%d, PRISM_BLOB_INLINE};", d.Name, int(d.Param.Len.(spec.Num))*d.Param.Elem)
		} else {
			p("rec_->%s = %s;", d.Name, packField(&d))
		}
	}
	for _, s := range copies {
		p("%s", s)
	}
	finish(c, p, fail)
}

func packHandles(c *spec.Command, p func(string, ...any), fail string) {
	once := false
	for i := range c.Params {
		q := &c.Params[i]
		if q.Array || q.Kind == "" {
			continue
		}
		if !once {
			p("bool ok_ = true;")
			once = true
		}
		switch {
		case q.Deletes && q.Kind == "SYNC":
			p("uint32_t %s_ = prism_sync_serial(%s, &ok_);", q.Name, q.Name)
		case q.Deletes:
			p("uint32_t %s_ = 0;\n\tprism_names_delete(%s, 1, &%s, &%s_);\n\tif (!%s_) %s", q.Name, kind(q), q.Name, q.Name, q.Name, fail)
		case q.Kind == "SYNC":
			p("uint32_t %s_ = prism_sync_serial(%s, &ok_);", q.Name, q.Name)
		case q.Binds:
			p("uint32_t %s_ = prism_serial_bind(%s, %s, &ok_);", q.Name, kind(q), q.Name)
		default:
			p("uint32_t %s_ = prism_serial(%s, %s, &ok_);", q.Name, kind(q), q.Name)
		}
		p("if (!ok_) %s", fail)
	}
}

func made(c *spec.Command, p func(string, ...any), fail string) {
	if c.Made == "SYNC" {
		p("GLsync made_;\n\tuint32_t serial_ = prism_sync_new(&made_);\n\tif (!serial_) %s", fail)
		return
	}
	p("GLuint made_;\n\tuint32_t serial_;\n\tif (!prism_names_new(PRISM_KIND_%s, 1, &made_, &serial_)) %s", c.Made, fail)
}

// packArray fills prism_arr NAME_.
func packArray(q *spec.Param, p func(string, ...any), fail string) {
	n := q.Name
	p("prism_arr %s_;", n)
	null := func(bytes string) {
		if !q.Nullable {
			p("if (PRISM_UNLIKELY(!%s && %s)) { prism_error(GL_INVALID_VALUE); %s }", n, bytes, fail)
		}
	}
	switch {
	case q.Creates, q.Deletes, q.Kind != "":
		count := countOf(q, local)
		if r, ok := q.Len.(spec.Ref); ok && q.Creates {
			p("if (PRISM_UNLIKELY(%s < 0)) { prism_error(GL_INVALID_VALUE); %s }", string(r), fail)
		}
		p("const uint64_t %s_n = %s;", n, count)
		p("uint32_t *%s_s = NULL;", n)
		p("if (%s_n && %s) {", n, n)
		p("\tif (%s_n > PRISM_MAX_STAGED / 4 || !(%s_s = prism_scratch(%s_n * 4))) %s", n, n, n, fail)
		switch {
		case q.Creates:
			p("\tif (!prism_names_new(%s, (GLsizei)%s_n, %s, %s_s)) %s", kind(q), n, n, n, fail)
		case q.Deletes:
			p("\tprism_names_delete(%s, (GLsizei)%s_n, %s, %s_s);", kind(q), n, n, n)
		default:
			p("\tbool ok_a = true;")
			p("\tfor (uint64_t i_ = 0; i_ < %s_n && ok_a; i_++) %s_s[i_] = prism_serial(%s, %s[i_], &ok_a);", n, n, kind(q), n)
			p("\tif (!ok_a) %s", fail)
		}
		p("}")
		p("if (!prism_arr_in(&%s_, %s_s, %s_s ? %s_n * 4 : 0)) %s", n, n, n, n, fail)
	case q.String:
		if !q.Nullable {
			p("if (PRISM_UNLIKELY(!%s)) { prism_error(GL_INVALID_VALUE); %s }", n, fail)
		}
		p("if (!prism_arr_string(&%s_, %s)) %s", n, n, fail)
	case q.Strings:
		lens := q.Lens
		if lens == "" {
			lens = "NULL"
		}
		p("if (!prism_arr_strings(&%s_, %s, (const GLchar *const *)%s, %s)) %s", n, q.Count, n, lens, fail)
	case q.Image != nil && q.Image.Bytes != "":
		im := q.Image
		p("if (!prism_arr_compressed(&%s_, %s, %d, %s, %s, %s, %s, %s)) %s", n, n, im.Dims, signedArg(im.Size[0]), signedArg(im.Size[1]), signedArg(im.Size[2]),
			im.Format, im.Bytes, fail)
		needed(q, p, fail)
	case q.Image != nil:
		im := q.Image
		p("if (!prism_arr_image(&%s_, %s, %d, %s, %s, %s, %s, %s)) %s", n, n, im.Dims, signedArg(im.Size[0]), signedArg(im.Size[1]), signedArg(im.Size[2]),
			im.Format, im.Type, fail)
		needed(q, p, fail)
	case q.Offset != "":
		p("if (!prism_arr_or_offset(&%s_, %s, %s, %s)) %s", n, q.Offset, n, bytesOf(q, local), fail)
		needed(q, p, fail)
	default:
		bytes := bytesOf(q, local)
		if _, ok := q.Len.(spec.Num); ok {
			null("true")
			p("if (!prism_arr_in(&%s_, %s, %s)) %s", n, n, bytes, fail)
			break
		}
		p("const uint64_t %s_n = %s;", n, bytes)
		null(n + "_n")
		p("if (!prism_arr_in(&%s_, %s, %s_n)) %s", n, n, n, fail)
	}
}

// needed refuses NULL where the node would have to read through it.
func needed(q *spec.Param, p func(string, ...any), fail string) {
	if _, sized := asked(q); !q.Nullable && !sized {
		p("if (PRISM_UNLIKELY(%s_.mode == PRISM_BLOB_NULL) && %s) { prism_error(GL_INVALID_VALUE); %s }", q.Name, bytesOf(q, local), fail)
	}
}

// asked gives the parameter by which GL is asked for no pixels where there are none.
func asked(q *spec.Param) (width string, ok bool) {
	if q.Image == nil || q.Image.Bytes != "" {
		return "", false
	}
	r, ok := q.Image.Size[0].(spec.Ref)
	return string(r), ok
}

func signedArg(e spec.Expr) string {
	if r, ok := e.(spec.Ref); ok {
		return string(r)
	}
	return "(GLsizei)(" + spec.C(e, local) + ")"
}

func packField(d *spec.Field) string {
	switch {
	case d.Kind == spec.Pad:
		return "0"
	case d.Name == "reply" && d.Param == nil:
		return "q_.id"
	case d.Name == "made" && d.Param == nil:
		return "serial_"
	case d.Kind == spec.Blob:
		return "prism_arr_blob(&" + d.Name + "_)"
	case d.Kind == spec.Handle || d.Kind == spec.Sync:
		return d.Name + "_"
	}
	return d.Name
}

// finish writes what comes behind the record: the answer, commits, hooks, the return value.
// makesShared tells whether the command makes objects that contexts of a share group have in common.
func makesShared(c *spec.Command) bool {
	shared := func(name string) bool {
		i := slices.IndexFunc(spec.Kinds, func(k spec.Kind) bool { return k.Name == name })
		return i >= 0 && spec.Kinds[i].Shared
	}
	return shared(c.Made) || slices.ContainsFunc(c.Params, func(q spec.Param) bool { return q.Creates && shared(q.Kind) })
}

func finish(c *spec.Command, p func(string, ...any), fail string) {
	if c.Answered {
		p("if (!prism_ask_wait(&q_)) %s", fail)
		for i := range c.Params {
			q := &c.Params[i]
			switch {
			case !q.Out || !q.Array:
			case q.Image != nil:
				im := q.Image
				p("prism_ask_image(&q_, %s, %d, %s, %s, %s, %s, %s);", q.Name, im.Dims, signedArg(im.Size[0]), signedArg(im.Size[1]), signedArg(im.Size[2]), im.Format, im.Type)
			case q.Kind != "":
				p("for (uint32_t i_ = 0, n_ = prism_ask_out(&q_, %s, %s) / 4; %s && i_ < n_; i_++) %s[i_] = prism_name(%s, %s[i_]);",
					q.Name, bytesOf(q, local), q.Name, q.Name, kind(q), q.Name)
			default:
				p("prism_ask_out(&q_, %s, %s);", q.Name, bytesOf(q, local))
			}
		}
		if c.Return.Base != "void" {
			p("%s ret_ = (%s)q_.ret;", c.Return.C, c.Return.C)
		}
		p("prism_ask_end(&q_);")
	} else {
		switch {
		case c.Has("urgent"):
			p("prism_commit(true);")
		case c.Has("flushes"):
			p("prism_commit(false);")
		case makesShared(c):
			p("prism_names_sent();")
		}
	}
	if c.After != "" {
		p("%s(%s);", c.After, arguments(c))
	}
	switch {
	case c.Made != "":
		p("return made_;")
	case c.Return.Base != "void" && c.Answered:
		p("return ret_;")
	case c.Return.Base != "void":
		p("return 0;")
	}
}
