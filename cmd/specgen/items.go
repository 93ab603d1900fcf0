package main

import (
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// Items of prismVertices: calls between glBegin and glEnd without a record each. What both ends do with them is made here.

// packItem writes prism_gl_NAME of a command that may stand in a span; record_NAME is the packer of its record.
func packItem(c *spec.Command) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, "\t"+format+"\n", args...) }
	fmt.Fprintf(&b, "PRISM_HIDDEN void APIENTRY prism_gl_%s(%s) {\n", c.Short(), signature(c))
	for _, q := range c.Item { // before anything is taken
		if q.Param.Array {
			p("if (PRISM_UNLIKELY(!%s)) { prism_error(GL_INVALID_VALUE); return; }", q.Param.Name)
		}
	}
	p("uint8_t *item_ = prism_item(PRISM_OP_%s, %d);", c.Name, c.ItemBytes)
	p("if (PRISM_UNLIKELY(!item_)) {\n\t\trecord_%s(%s);\n\t\treturn;\n\t}", c.Name, arguments(c))
	at := 4
	gap := func(to int) {
		if to > at {
			p("memset(item_ + %d, 0, %d);", at, to-at)
		}
	}
	for _, q := range c.Item {
		gap(q.At)
		from := "&" + q.Param.Name
		if q.Param.Array {
			from = q.Param.Name
		}
		p("memcpy(item_ + %d, %s, %d);", q.At, from, q.Bytes)
		at = q.At + q.Bytes
	}
	gap(c.ItemBytes)
	b.WriteString("}\n\n")
	return b.String()
}

// spanned lists the commands that may stand in a span.
func spanned(m *spec.Model) (list []*spec.Command) {
	for _, c := range m.Commands {
		if c.ItemBytes > 0 {
			list = append(list, c)
		}
	}
	return list
}

// items writes what carries out the items of a span on a node.
func (o output) items(m *spec.Model) {
	f := newFile()
	f.p("#include \"replay.h\"\n")
	f.p("/* Calls what the items of a prismVertices record say. */")
	f.p("int x_items(replay *r, const uint8_t *const items, uint32_t bytes) {")
	f.p("\tconst struct prism_glapi *const g = &r->gl;")
	f.p("\tconst uint8_t *at = items, *const end = items + bytes;")
	f.p("\tuint32_t head = 0;")
	f.p("\twhile (at != end) {")
	f.p("\t\tconst uint32_t left = (uint32_t)(end - at);")
	f.p("\t\tif (left < sizeof head) goto cut;")
	f.p("\t\tmemcpy(&head, at, sizeof head);")
	f.p("\t\tswitch (head & 0xffff) {")
	for _, c := range spanned(m) {
		f.p("\t\tcase PRISM_OP_%s: {", c.Name)
		f.p("\t\t\tif (head >> 16 != %d || left < %d) goto cut;", c.ItemBytes, c.ItemBytes)
		f.p("\t\t\tif (!g->%s) goto lacks;", c.Short())
		var args []string
		for _, q := range c.Item {
			t := q.Param.Type.Base
			if q.Param.Array {
				f.p("\t\t\t%s v_%s[%d];", t, q.Param.Name, q.Bytes/q.Param.Elem)
				f.p("\t\t\tmemcpy(v_%s, at + %d, %d);", q.Param.Name, q.At, q.Bytes)
			} else {
				f.p("\t\t\t%s v_%s;", t, q.Param.Name)
				f.p("\t\t\tmemcpy(&v_%s, at + %d, %d);", q.Param.Name, q.At, q.Bytes)
			}
			args = append(args, "v_"+q.Param.Name)
		}
		f.p("\t\t\tg->%s(%s);", c.Short(), strings.Join(args, ", "))
		f.p("\t\t\tat += %d;", c.ItemBytes)
		f.p("\t\t\tbreak;\n\t\t}")
	}
	f.p("\t\tdefault: return x_bad(r, \"items\", \"byte %%u: op %%u stands in no span\", (uint32_t)(at - items), head & 0xffff);")
	f.p("\t\t}\n\t}\n\treturn 0;")
	f.p("cut:\n\treturn x_bad(r, \"items\", \"byte %%u: an item of op %%u with %%u bytes, %%u are left\", (uint32_t)(at - items), head & 0xffff, head >> 16, (uint32_t)(end - at));")
	f.p("lacks:\n\treturn x_bad(r, \"items\", \"byte %%u: op %%u is not offered by this node's driver\", (uint32_t)(at - items), head & 0xffff);")
	f.p("}")
	o[replayDir+"/unpack_items_gen.c"] = f.Bytes()
}
