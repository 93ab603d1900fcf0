package main

import (
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// replayed tells whether nodes take a record: prism's own of class client are handled by the session.
func replayed(c *spec.Command) bool { return c.Record && c.Class != "client" }

func (o output) unpackers(m *spec.Model) {
	var blocks []string
	hooks := map[string]bool{}
	head := "#include \"replay.h\"\n"
	t := newFile()
	t.p("#include \"replay.h\"\n")
	t.p("/* Hand-written; one that is not there is NULL: no record that this node takes. cmd/specgen's test names the missing. */")
	t.p("#define WEAK __attribute__((weak))\n")
	for _, c := range m.Commands {
		if !replayed(c) {
			continue
		}
		if c.NodeAfter != "" && !hooks[c.NodeAfter] {
			hooks[c.NodeAfter] = true
			head += fmt.Sprintf("int %s(replay *r, const void *rec);\n", c.NodeAfter)
		}
		if !c.UnpackOwn {
			blocks = append(blocks, unpacker(c))
		}
		weak := ""
		if c.UnpackOwn {
			weak = "WEAK "
		}
		t.p("%sint x_%s(replay *r, const uint8_t *rec, const uint8_t *end);", weak, c.Name)
	}
	o.split(replayDir+"/unpack_%d_gen.c", head+"\n", blocks)

	t.p("\nconst replay_fn replay_table[PRISM_OPS] = {")
	for _, c := range m.Commands {
		if replayed(c) {
			t.p("\t[PRISM_OP_%s] = x_%s,", c.Name, c.Name)
		}
	}
	t.p("};")
	o[replayDir+"/unpack_table_gen.c"] = t.Bytes()

	i := newFile()
	i.p("#include \"replay.h\"\n\nconst uint32_t replay_fixed[PRISM_OPS] = {")
	for _, c := range m.Commands {
		if c.Record {
			i.p("\t[%d] = %d,", c.ID, c.Fixed)
		}
	}
	i.p("};\n\nconst char *const replay_names[PRISM_OPS] = {")
	for _, c := range m.Commands {
		i.p("\t[%d] = \"%s\",", c.ID, c.Name)
	}
	i.p("};\n\nconst unsigned char replay_class[PRISM_OPS] = {")
	for _, c := range m.Commands {
		i.p("\t[%d] = PRISM_CLASS_%s,", c.ID, upper(c.Class))
	}
	i.p("};\n\nconst unsigned short replay_flags[PRISM_OPS] = {")
	for _, c := range m.Commands {
		if f := flagBits(c); f != 0 {
			i.p("\t[%d] = %#x,", c.ID, f)
		}
	}
	i.p("};")
	o[replayDir+"/unpack_info_gen.c"] = i.Bytes()
}

func flagBits(c *spec.Command) (bits int) {
	for i, f := range spec.Flags {
		if c.Has(f) {
			bits |= 1 << i
		}
	}
	return bits
}

func field(name string) string { return "a->" + name }

type unpacking struct {
	b    strings.Builder
	c    *spec.Command
	args map[string]string // parameter → what GL is called with
	post []string          // statements after the call
}

func (u *unpacking) p(format string, args ...any) { fmt.Fprintf(&u.b, "\t"+format+"\n", args...) }

// unpacker writes x_NAME.
func unpacker(c *spec.Command) string {
	u := &unpacking{c: c, args: map[string]string{}}
	fmt.Fprintf(&u.b, "int x_%s(replay *r, const uint8_t *rec, const uint8_t *end) {\n", c.Name)
	u.p("const struct prism_rec_%s *a = (const void *)rec;", c.Name)
	var blobs bool
	for _, d := range c.Fields {
		blobs = blobs || d.Kind == spec.Blob
	}
	if blobs {
		u.p("const uint8_t *at = (const uint8_t *)(a + 1);")
	} else {
		u.p("(void)end;")
	}
	if len(c.Fields) == 0 {
		u.p("(void)a;")
	}
	u.p("if (!r->gl.%s) return x_bad(r, \"\", \"%s is not offered by this node's driver\");", c.Short(), c.Name)
	if c.Answered && c.Answer == "lead" {
		u.p("if (!x_answers(r)) return 0;")
	}
	for i := range c.Params {
		q := &c.Params[i]
		switch {
		case q.Folded:
		case !q.Array:
			u.scalar(q)
		case !q.Out:
			u.arrayIn(q)
		}
	}
	u.outs()
	u.call()
	u.b.WriteString("}\n\n")
	return u.b.String()
}

func (u *unpacking) scalar(q *spec.Param) {
	n := q.Name
	switch {
	case q.Kind == "SYNC":
		u.p("GLsync v_%s;\n\tif (x_sync(r, \"%s\", (uint32_t)a->%s, &v_%s)) return -1;", n, n, n, n)
		u.args[n] = "v_" + n
		if q.Deletes {
			u.post = append(u.post, fmt.Sprintf("x_sync_remove(r, (uint32_t)a->%s);", n))
		}
	case q.Kind != "":
		fn := "x_handle"
		if q.Binds {
			fn = "x_handle_bind"
		}
		u.p("GLuint v_%s;\n\tif (%s(r, \"%s\", %s, a->%s, &v_%s)) return -1;", n, fn, n, kind(q), n, n)
		u.args[n] = "v_" + n
		if q.Deletes {
			u.post = append(u.post, fmt.Sprintf("x_handle_remove(r, %s, a->%s);", kind(q), n))
		}
	default:
		u.args[n] = "(" + q.Type.C + ")a->" + n
	}
}

func (u *unpacking) arrayIn(q *spec.Param) {
	n := q.Name
	u.args[n] = "v_" + n
	null := "false"
	if q.Nullable {
		null = "true"
	}
	switch {
	case q.Creates, q.Deletes, q.Kind != "":
		u.handles(q)
	case q.String:
		u.p("const GLchar *v_%s;\n\tif (x_string(r, \"%s\", &a->%s, &at, end, &v_%s)) return -1;", n, n, n, n)
	case q.Strings:
		u.p("const GLchar *const *v_%s;\n\tconst GLint *l_%s;\n\tif (x_strings(r, \"%s\", &a->%s, a->%s, &at, end, &v_%s, &l_%s)) return -1;", n, n, n, n, q.Count, n, n)
		if q.Lens != "" {
			u.args[q.Lens] = "l_" + n
		} else { // GL finds their ends by NUL, which does not travel
			u.p("const uint64_t n_%s = v_%s ? prism_pos(a->%s) : 0;", n, n, q.Count)
			u.p("char **z_%s = x_scratch(r, prism_mul(n_%s, sizeof *z_%s));\n\tif (!z_%s) return -1;", n, n, n, n)
			u.p("for (uint64_t i = 0; i < n_%s; i++) {", n)
			u.p("\tif (!(z_%s[i] = x_scratch(r, (uint64_t)l_%s[i] + 1))) return -1;", n, n)
			u.p("\tmemcpy(z_%s[i], v_%s[i], (size_t)l_%s[i]);\n\t\tz_%s[i][l_%s[i]] = 0;\n\t}", n, n, n, n, n)
			u.args[n] = "(const GLchar *const *)z_" + n
		}
	case q.Image != nil && q.Image.Bytes != "":
		im := q.Image
		u.p("const void *v_%s;\n\tif (x_compressed(r, \"%s\", &a->%s, %d, %s, %s, %s, %s, %s, %s, &at, end, &v_%s)) return -1;", n, n, n, im.Dims,
			sizeArg(im.Size[0], field), sizeArg(im.Size[1], field), sizeArg(im.Size[2], field), constOr(im.Format, field), bytesOf(q, field), null, n)
	case q.Image != nil:
		// Without pixels GL is asked for none of them, and still says what else is wrong with the call.
		if r, ok := asked(q); ok && !q.Nullable {
			u.args[r] = fmt.Sprintf("x_columns(&a->%s, %s, %s, a->%s)", n, constOr(q.Image.Format, field), constOr(q.Image.Type, field), r)
			null = "true"
		}
		u.p("const void *v_%s;\n\tif (x_image(r, \"%s\", &a->%s, %s, %s, %s, %s, &at, end, &v_%s)) return -1;", n, n, n,
			constOr(q.Image.Format, field), constOr(q.Image.Type, field), bytesOf(q, field), null, n)
	case kept(q):
		u.p("const void *v_%s;\n\tif (x_offset(r, \"%s\", %s, &a->%s, &at, end, &v_%s)) return -1;", n, n, q.Offset, n, n)
	case q.Offset != "":
		u.p("const void *v_%s;\n\tif (x_blob_or_offset(r, \"%s\", %s, &a->%s, %s, %s, &at, end, &v_%s)) return -1;", n, n, q.Offset, n, bytesOf(q, field), null, n)
	default:
		u.p("const void *v_%s;\n\tif (x_blob(r, \"%s\", &a->%s, %s, %s, &at, end, &v_%s)) return -1;", n, n, n, bytesOf(q, field), null, n)
		if u.byEnum(q) {
			u.p("if (v_%s) {", n)
			u.p("\tconst uint64_t n = %s;", bytesOf(q, field))
			u.p("\tuint8_t *s = x_scratch(r, n + %d);\n\t\tif (!s) return -1;", inSlack)
			u.p("\tmemcpy(s, v_%s, n);\n\t\tmemset(s + n, 0, %d);\n\t\tv_%s = s;\n\t}", n, inSlack, n)
		}
	}
}

// kept: the command reads nothing of the array, GL keeps its address and reads later. So it must lie in a buffer: bytes of a record are gone then.
func kept(q *spec.Param) bool {
	n, ok := q.Len.(spec.Num)
	return ok && n == 0 && q.Offset != ""
}

// inSlack is room behind an array whose length an enum decides: GL may know a pname that reads more than prism_len.h says.
const inSlack = 128

func (u *unpacking) byEnum(q *spec.Param) (yes bool) {
	if q.Len == nil || q.Type.Base == "void" {
		return false
	}
	spec.Walk(q.Len, func(e spec.Expr) {
		call, ok := e.(spec.Call)
		for i := 0; ok && i < len(call.Args); i++ {
			if r, is := call.Args[i].(spec.Ref); is {
				p := u.c.Param(string(r))
				yes = yes || p != nil && p.Wire == spec.Enum
			}
		}
	})
	return yes
}

// handles: the record has serials, GL wants names.
func (u *unpacking) handles(q *spec.Param) {
	n := q.Name
	u.p("const uint64_t n_%s = %s;", n, countOf(q, field))
	u.p("const void *s_%s;\n\tif (x_blob(r, \"%s\", &a->%s, prism_mul(n_%s, 4), true, &at, end, &s_%s)) return -1;", n, n, n, n, n)
	u.p("const uint32_t *serials_%s = s_%s;", n, n)
	u.p("GLuint *v_%s = NULL;", n)
	u.p("if (serials_%s && n_%s) {", n, n)
	u.p("\tif (!(v_%s = x_scratch(r, prism_mul(n_%s, 4)))) return -1;", n, n)
	if !q.Creates {
		u.p("\tfor (uint64_t i = 0; i < n_%s; i++)\n\t\t\tif (x_handle(r, \"%s\", %s, serials_%s[i], &v_%s[i])) return -1;", n, n, kind(q), n, n)
	}
	u.p("}")
	switch {
	case q.Creates:
		u.post = append(u.post, fmt.Sprintf("for (uint64_t i = 0; v_%s && i < n_%s; i++)\n\t\tif (x_handle_add(r, \"%s\", %s, serials_%s[i], v_%s[i])) return -1;", n, n, n, kind(q), n, n))
	case q.Deletes:
		u.post = append(u.post, fmt.Sprintf("for (uint64_t i = 0; v_%s && i < n_%s; i++) x_handle_remove(r, %s, serials_%s[i]);", n, n, kind(q), n))
	}
	// NULL with a count: GL would write through it or read from it.
	u.p("if (n_%s && !v_%s) return 0;", n, n)
}

// outSlack is room behind an array whose length comes from a function of prism_len.h: GL may know a pname that writes more.
const outSlack = 512

// outs makes room for what GL writes. One array of certain length goes straight into the reply; others go through scratch:
// a later x_reply_out may move the earlier one, and slack must not travel.
func (u *unpacking) outs() {
	if !u.c.Answered {
		return
	}
	var outs []*spec.Param
	direct := true
	for i := range u.c.Params {
		if q := &u.c.Params[i]; q.Array && q.Out {
			outs = append(outs, q)
			direct = direct && len(outs) == 1 && !fromFunction(q)
		}
	}
	for _, q := range outs {
		n := q.Name
		u.args[n] = "v_" + n
		bytes := ""
		if q.Capacity {
			bytes = "a->" + n + "_capacity"
		} else {
			bytes = bytesOf(q, field)
		}
		u.p("const uint64_t n_%s = %s;", n, bytes)
		u.p("if (n_%s > PRISM_MAX_STAGED) return x_bad(r, \"%s\", \"an answer of %%llu bytes\", (unsigned long long)n_%s);", n, n, n)
		if direct {
			continue
		}
		slack := ""
		if fromFunction(q) {
			slack = fmt.Sprintf(" + %d", outSlack)
		}
		u.p("void *v_%s = x_scratch(r, n_%s%s);\n\tif (!v_%s) return -1;\n\tmemset(v_%s, 0, n_%s);", n, n, slack, n, n, n)
	}
	u.p("x_reply_begin(r, a->reply);")
	for _, q := range outs {
		n := q.Name
		if direct {
			u.p("void *v_%s = x_reply_out(r, n_%s);\n\tif (!v_%s) return -1;", n, n, n)
		}
		if q.Kind != "" {
			u.post = append(u.post, fmt.Sprintf("for (uint64_t i = 0; i < n_%s / 4; i++) ((uint32_t *)v_%s)[i] = x_handle_serial(r, %s, ((uint32_t *)v_%s)[i]);", n, n, kind(q), n))
		}
	}
	if direct {
		return
	}
	for _, q := range outs {
		n := q.Name
		u.post = append(u.post, fmt.Sprintf("void *o_%s = x_reply_out(r, n_%s);\n\tif (!o_%s) return -1;\n\tmemcpy(o_%s, v_%s, n_%s);", n, n, n, n, n, n))
	}
}

func fromFunction(q *spec.Param) (yes bool) {
	if q.Len != nil {
		spec.Walk(q.Len, func(e spec.Expr) {
			if _, ok := e.(spec.Call); ok {
				yes = true
			}
		})
	}
	return yes
}

func (u *unpacking) call() {
	c := u.c
	var args []string
	for _, q := range c.Params {
		args = append(args, u.args[q.Name])
	}
	call := fmt.Sprintf("r->gl.%s(%s)", c.Short(), strings.Join(args, ", "))
	switch {
	case c.Made == "SYNC":
		u.p("if (x_sync_add(r, \"made\", a->made, %s)) return -1;", call)
	case c.Made != "":
		u.p("GLuint made = %s;\n\tif (made && x_handle_add(r, \"made\", PRISM_KIND_%s, a->made, made)) return -1;", call, c.Made)
	case c.Answered && c.Return.Base != "void":
		u.p("const uint64_t ret = (uint64_t)%s;", call)
	default:
		u.p("%s;", call)
	}
	for _, s := range u.post {
		u.p("%s", s)
	}
	if c.Answered {
		if c.Return.Base != "void" {
			u.p("x_reply_ret(r, ret);")
		}
		u.p("x_reply_end(r);")
	}
	if c.NodeAfter != "" {
		u.p("return %s(r, a);", c.NodeAfter)
	} else {
		u.p("return 0;")
	}
}
