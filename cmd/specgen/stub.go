package main

import (
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// stubs writes a GL that draws nothing, and reads and writes every byte that a real one would: for tests of the unpackers. What the
// description does not know (state, questions, arrays) is strong in its custom_*.c, where all here is weak. What replay has no business
// to call says so and aborts.
func (o output) stubs(m *spec.Model) {
	h := newFile()
	h.p("/* Each covered command as the stub has it, and the records' fields. */")
	h.p("#ifndef PRISM_STUB_GEN_H\n#define PRISM_STUB_GEN_H\n#include \"replay.h\"\n")
	t := newFile()
	t.p("#include \"stub.h\"\n\nconst stub_proc_entry stub_procs[] = {")
	var blocks []string
	var fields strings.Builder
	for _, c := range m.Commands {
		if replayed(c) {
			fields.WriteString("\t" + stubFields(c) + "\n")
		}
		if c.Core {
			continue
		}
		h.p("%s stub_%s(%s);", decl(c.Return.C, "APIENTRY"), c.Short(), signature(c))
		t.p("\t{\"%s\", (void *)stub_%s},", c.Name, c.Short())
		blocks = append(blocks, stub(c))
	}
	h.p("#endif")
	t.p("};\nconst size_t stub_procs_n = sizeof stub_procs / sizeof *stub_procs;\n")
	t.p("const stub_record stub_records[] = {\n%s};\nconst size_t stub_records_n = sizeof stub_records / sizeof *stub_records;", fields.String())
	t.p("\nconst stub_item stub_items[] = {")
	for _, c := range spanned(m) {
		t.p("\t{%d, %d},", c.ID, c.ItemBytes)
	}
	t.p("};\nconst size_t stub_items_n = sizeof stub_items / sizeof *stub_items;")
	o[stubDir+"/stub_gen.h"] = h.Bytes()
	o[stubDir+"/stub_table_gen.c"] = t.Bytes()
	o.split(stubDir+"/stub_%d_gen.c", "#include \"stub.h\"\n#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n\n", blocks)
}

// stubFields is a letter for each 4 bytes of a record's fixed part behind its header; second halves are '.'.
func stubFields(c *spec.Command) string {
	letters := map[spec.WireKind]string{
		spec.U32: "u", spec.I32: "i", spec.F32: "f", spec.U64: "U.", spec.I64: "I.", spec.F64: "F.", spec.Enum: "e", spec.Bits: "m",
		spec.Bool: "t", spec.Handle: "h", spec.Sync: "y.", spec.Blob: "b.", spec.Pad: "0",
	}
	s := ""
	for _, f := range c.Fields {
		if f.Kind == spec.Blob && f.Param.Type.Base == "items" {
			s += "v."
			continue
		}
		s += letters[f.Kind]
	}
	return fmt.Sprintf("{%d, \"%s\"},", c.ID, s)
}

func stub(c *spec.Command) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, "\t"+format+"\n", args...) }
	fmt.Fprintf(&b, "__attribute__((weak)) %s stub_%s(%s) {\n", decl(c.Return.C, "APIENTRY"), c.Short(), signature(c))
	returns := c.Return.Base != "void" || c.Return.Depth > 0
	if c.Class == "client" {
		p("stub_unexpected(\"%s\");", c.Name)
	} else {
		for i := range c.Params {
			if q := &c.Params[i]; q.Array && !q.Folded {
				stubArray(c, q, p)
			}
		}
	}
	switch {
	case c.Made != "" && c.Made != "SYNC":
		p("return stub_name();")
	case returns:
		p("return 0;")
	}
	b.WriteString("}\n\n")
	return b.String()
}

func stubArray(c *spec.Command, q *spec.Param, p func(string, ...any)) {
	n := q.Name
	switch {
	case q.Creates:
		p("stub_names(%s, %s);", countOf(q, local), n)
	case q.Out && q.Image != nil:
		p("stub_pack(%s, %s, %s);", n, stubSizes(q), stubFormat(q))
	case q.Out && q.Capacity:
		p("stub_unexpected(\"%s\");", c.Name)
	case q.Out && fromFunction(q):
		p("stub_out(%s, prism_add(%s, %d));", n, bytesOf(q, local), outSlack)
	case q.Out:
		p("stub_out(%s, %s);", n, bytesOf(q, local))
	case q.String:
		p("stub_string(%s);", n)
	case q.Strings:
		lens := q.Lens
		if lens == "" {
			lens = "NULL"
		}
		p("stub_strings(%s, %s, %s);", q.Count, n, lens)
	case q.Image != nil && q.Image.Bytes != "":
		p("stub_compressed(%s, %d, %s, %s, %s);", n, q.Image.Dims, stubSizes(q), constOr(q.Image.Format, local), q.Image.Bytes)
	case q.Image != nil:
		p("stub_image(%s, %s, %s);", n, stubSizes(q), stubFormat(q))
	case q.Offset != "":
		p("stub_at(%s, %s, %s);", q.Offset, n, bytesOf(q, local))
	case (&unpacking{c: c}).byEnum(q):
		p("stub_in(%s, prism_add(%s, %s ? %d : 0));", n, bytesOf(q, local), n, inSlack)
	case q.Nullable:
		p("if (%s) stub_in(%s, %s);", n, n, bytesOf(q, local))
	default:
		p("stub_in(%s, %s);", n, bytesOf(q, local))
	}
}

func stubSizes(q *spec.Param) string {
	im := q.Image
	return sizeArg(im.Size[0], local) + ", " + sizeArg(im.Size[1], local) + ", " + sizeArg(im.Size[2], local)
}

func stubFormat(q *spec.Param) string {
	return constOr(q.Image.Format, local) + ", " + constOr(q.Image.Type, local)
}
