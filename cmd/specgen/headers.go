package main

import (
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

func (o output) headers(m *spec.Model) {
	o[includeDir+"/ops_gen.h"] = opsHeader(m)
	o[includeDir+"/kinds_gen.h"] = kindsHeader()
	o[includeDir+"/records_gen.h"] = recordsHeader(m)
}

func opsHeader(m *spec.Model) []byte {
	f := newFile()
	f.p("/* Numbers of commands (ids.lock), their classes and flags. */")
	f.p("#ifndef PRISM_OPS_GEN_H\n#define PRISM_OPS_GEN_H")
	f.p("#define PRISM_SPEC_HASH 0x%016xull /* of all that both ends of a stream must agree on */", m.Hash)
	f.p("#define PRISM_OPS %du", len(m.Lock.Names))
	f.p("enum prism_op {")
	for _, c := range m.Commands {
		f.p("\tPRISM_OP_%s = %d,", c.Name, c.ID)
	}
	f.p("};")
	f.p("enum prism_class {")
	for i, w := range spec.Classes {
		f.p("\tPRISM_CLASS_%s = %d,", upper(w), i+1)
	}
	f.p("};")
	f.p("enum prism_flag {")
	for i, w := range spec.Flags {
		f.p("\tPRISM_FLAG_%s = %#x,", upper(w), 1<<i)
	}
	f.p("};\n#endif")
	return f.Bytes()
}

func kindsHeader() []byte {
	f := newFile()
	f.p("/* Kinds of objects that have handles. Shader and program names share one kind. */")
	f.p("#ifndef PRISM_KINDS_GEN_H\n#define PRISM_KINDS_GEN_H\n#include <stdint.h>")
	f.p("enum prism_kind {")
	for i, k := range spec.Kinds {
		f.p("\tPRISM_KIND_%s = %d,", k.Name, i)
	}
	f.p("\tPRISM_KINDS = %d\n};", len(spec.Kinds))
	for _, t := range []struct {
		name, what string
		is         func(spec.Kind) bool
	}{
		{"shared", "1: names belong to the share group, 0: to the context.", func(k spec.Kind) bool { return k.Shared }},
		{"binds", "1: in a compatibility context binding an unknown name makes the object.", func(k spec.Kind) bool { return k.Binds }},
	} {
		f.p("/* %s */", t.what)
		f.p("static inline int prism_kind_%s(int kind) {", t.name)
		f.p("\tswitch (kind) {")
		for _, k := range spec.Kinds {
			if t.is(k) {
				f.p("\tcase PRISM_KIND_%s:", k.Name)
			}
		}
		f.p("\t\treturn 1;\n\tdefault:\n\t\treturn 0;\n\t}\n}")
	}
	f.p("/* For messages. */\nstatic inline const char *prism_kind_name(int kind) {\n\tswitch (kind) {")
	for _, k := range spec.Kinds[1:] {
		f.p("\tcase PRISM_KIND_%s: return \"%s\";", k.Name, strings.ToLower(strings.ReplaceAll(k.Name, "_", " ")))
	}
	f.p("\tdefault: return \"object\";\n\t}\n}\n#endif")
	return f.Bytes()
}

const recordsPrelude = `/* Layout of each command's record (prism_wire.h has the rules), and for commands whose entry point is hand-written the function
 * that writes the record: prism_put_NAME(reply id when answered, fields in order). It gives false when the command is dropped. */
#ifndef PRISM_RECORDS_GEN_H
#define PRISM_RECORDS_GEN_H
#include <stdbool.h>
#include <stdint.h>
#include "prism_wire.h"

/* Lengths: unsigned, saturating; a negative count reads nothing (GL reports it). */
static inline uint64_t prism_pos_(int64_t n) { return n > 0 ? (uint64_t)n : 0; }
#define prism_pos(x) _Generic((x), uint32_t: (uint64_t)(x), uint64_t: (uint64_t)(x), default: prism_pos_((int64_t)(x)))
static inline uint64_t prism_mul(uint64_t a, uint64_t b) {
	uint64_t r;
	return __builtin_mul_overflow(a, b, &r) ? UINT64_MAX : r;
}
static inline uint64_t prism_add(uint64_t a, uint64_t b) {
	uint64_t r;
	return __builtin_add_overflow(a, b, &r) ? UINT64_MAX : r;
}
static inline uint64_t prism_sub(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }
`

// arrCopy copies short arrays without a call: most uniforms and materials.
const arrCopy = `/* An array of words of 4 bytes, at most PRISM_SHORT bytes, copied without a call; pads with zero. Gives what is behind it. */
#define PRISM_SHORT 128u
static inline void *prism_put_short(void *to, const void *from, uint32_t n) {
	uint8_t *t = (uint8_t *)to;
	const uint8_t *p = (const uint8_t *)from;
	for (; n >= 16; n -= 16, t += 16, p += 16) {
		memcpy(t, p, 16);
		__asm__("" : "+r"(n)); /* else gcc makes a call of the loop */
	}
	if (n & 8) {
		memcpy(t, p, 8);
		t += 8;
		p += 8;
	}
	if (n & 4) {
		uint32_t last;
		memcpy(&last, p, 4);
		const uint64_t padded = last;
		memcpy(t, &padded, 8);
		t += 8;
	}
	return t;
}
`

func recordsHeader(m *spec.Model) []byte {
	f := newFile()
	f.WriteString(recordsPrelude)
	for _, c := range m.Commands {
		if !c.Record {
			continue
		}
		var b strings.Builder
		for _, d := range c.Fields {
			b.WriteString(" " + d.C + " " + d.Name + ";")
		}
		f.p("struct prism_rec_%s { prism_rec header;%s };", c.Name, b.String())
		f.p("_Static_assert(sizeof(struct prism_rec_%s) == %d, \"%s\");", c.Name, c.Fixed, c.Name)
	}
	f.p("\n#ifdef PRISM_PACK_H\n%s", arrCopy)
	for _, c := range m.Commands {
		if c.Record && c.PackOwn {
			put(f, c)
		}
	}
	f.p("#endif\n#endif")
	return f.Bytes()
}

// put writes prism_put_NAME.
func put(f *file, c *spec.Command) {
	var args, sets, copies []string
	size := "sizeof *rec"
	for _, d := range c.Fields {
		switch d.Kind {
		case spec.Pad:
			sets = append(sets, "rec->"+d.Name+" = 0;")
		case spec.Blob:
			args = append(args, "const prism_arr *"+d.Name)
			sets = append(sets, "rec->"+d.Name+" = prism_arr_blob("+d.Name+");")
			size += " + prism_arr_inline(" + d.Name + ")"
			copies = append(copies, "at = prism_arr_copy(at, "+d.Name+");")
		default:
			args = append(args, d.C+" "+d.Name)
			sets = append(sets, "rec->"+d.Name+" = "+d.Name+";")
		}
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	flags := "0"
	if c.Answered {
		flags = "PRISM_REC_REPLY"
	}
	f.p("static inline bool prism_put_%s(%s) {", c.Name, strings.Join(args, ", "))
	f.p("\tstruct prism_rec_%s *rec = (struct prism_rec_%s *)prism_begin(PRISM_OP_%s, (uint32_t)(%s), %s);", c.Name, c.Name, c.Name, size, flags)
	f.p("\tif (!rec) return false;")
	if len(sets) > 0 {
		f.p("\t%s", strings.Join(sets, " "))
	}
	if len(copies) > 0 {
		f.p("\tvoid *at = rec + 1;\n\t%s\n\t(void)at;", strings.Join(copies, " "))
	}
	f.p("\treturn true;\n}")
}
