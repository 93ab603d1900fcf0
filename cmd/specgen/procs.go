package main

import (
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// procs writes the table of entry points, the stubs of what is not covered, and what the driver may offer.
func (o output) procs(m *spec.Model) {
	head := "#include \"pack.h\"\n\n" +
		"/* Outside the overlay. The parameters are left out: in the C calling conventions of Linux the caller removes them. */\n" +
		"#define STUB(ret, name) PRISM_HIDDEN ret prism_no_##name(void); ret prism_no_##name(void) { prism_unsupported(\"gl\" #name); return (ret)0; }\n" +
		"#define STUBV(name) PRISM_HIDDEN void prism_no_##name(void); void prism_no_##name(void) { prism_unsupported(\"gl\" #name); }\n\n"
	var stubs []string
	for _, e := range m.Entries {
		short := strings.TrimPrefix(e.Name, "gl")
		switch {
		case e.Command != nil:
		case e.Return.Base == "void" && e.Return.Depth == 0:
			stubs = append(stubs, fmt.Sprintf("STUBV(%s)\n", short))
		case e.Return.Depth > 0 || e.Return.Base == "GLsync" || e.Return.Base == "GLVULKANPROCNV":
			stubs = append(stubs, fmt.Sprintf("STUB(void *, %s)\n", short))
		default:
			stubs = append(stubs, fmt.Sprintf("STUB(%s, %s)\n", e.Return.C, short))
		}
	}
	o.split(glDir+"/pack_none_%d_gen.c", head, stubs)
	guarded := o.compatOnly(m)

	e := newFile()
	e.p("/* Every entry point, declared without its type: only its address is taken here. Not to be included where it is defined. */")
	e.p("#define ENTRY(f) PRISM_HIDDEN void f(void)")
	e.p("/* Hand-written; one that is not there is NULL: an unknown name. cmd/specgen's test names the missing. */")
	e.p("#define OWN(f) PRISM_HIDDEN __attribute__((weak)) void f(void)")
	f := newFile()
	f.p("#include \"pack.h\"\n#include \"include/procs_gen.h\"")
	seen := map[string]bool{}
	f.p("\nconst prism_proc prism_procs[] = {")
	for _, x := range m.Entries {
		t, macro := target(x), "ENTRY"
		switch {
		case x.Command != nil && guarded[x.Command.Name]:
			t = "prism_compat_" + x.Command.Short()
		case x.Command != nil && x.Command.PackOwn:
			macro = "OWN"
		}
		if !seen[t] {
			seen[t] = true
			e.p("%s(%s);", macro, t)
		}
		f.p("\t{\"%s\", (void *)%s},", x.Name, t)
	}
	e.p("#undef ENTRY\n#undef OWN")
	f.p("};\nconst size_t prism_procs_n = sizeof prism_procs / sizeof *prism_procs;")
	o[includeDir+"/procs_gen.h"] = e.Bytes()
	o[glDir+"/proctable_gen.c"] = f.Bytes()

	h := newFile()
	h.p("/* What the driver may offer: computed from what the overlay covers. */")
	h.p("#ifndef PRISM_OFFER_GEN_H\n#define PRISM_OFFER_GEN_H\n#include <stddef.h>\n#include <stdint.h>")
	h.p("#define PRISM_CORE_VERSION_MAX %d /* major * 10 + minor */", m.MaxVersion(spec.Core))
	h.p("#define PRISM_COMPAT_VERSION_MAX %d", m.MaxVersion(spec.Compat))
	h.p("#define PRISM_ES_VERSION_MAX %d", m.MaxVersion(spec.ES))
	h.p("#define PRISM_EXT_CORE 1u\n#define PRISM_EXT_COMPAT 2u\n#define PRISM_EXT_ES 4u")
	h.p("typedef struct prism_extension {\n\tconst char *name;\n\tuint32_t profiles; /* PRISM_EXT_* */\n} prism_extension;")
	h.p("extern __attribute__((visibility(\"hidden\"))) const int prism_core_version_max, prism_compat_version_max, prism_es_version_max;")
	h.p("extern __attribute__((visibility(\"hidden\"))) const prism_extension prism_extensions[]; /* by name; ends with NULL */")
	h.p("extern __attribute__((visibility(\"hidden\"))) const size_t prism_extensions_n;\n#endif")
	o[includeDir+"/offer_gen.h"] = h.Bytes()

	x := newFile()
	x.p("#include \"include/offer_gen.h\"\n\nconst int prism_core_version_max = PRISM_CORE_VERSION_MAX;\nconst int prism_compat_version_max = PRISM_COMPAT_VERSION_MAX;\nconst int prism_es_version_max = PRISM_ES_VERSION_MAX;")
	x.p("const prism_extension prism_extensions[] = {")
	offered, _ := m.OfferedExtensions()
	for _, e := range offered {
		x.p("\t{\"%s\", %d},", e.Name, e.Profiles)
	}
	x.p("\t{NULL, 0},\n};\nconst size_t prism_extensions_n = %d;", len(offered))
	o[glDir+"/offer_gen.c"] = x.Bytes()
}

// compatOnly writes the guards of hand-written commands that are errors in all but compatibility contexts, and gives their names: what is
// packed is refused by the nodes.
func (o output) compatOnly(m *spec.Model) map[string]bool {
	only, guarded := m.CompatOnly(), map[string]bool{}
	f := newFile()
	f.p("#include \"pack.h\"\n#include \"clientstate.h\"\n")
	for _, c := range m.Commands {
		if !c.PackOwn || !only[c.Name] {
			continue
		}
		guarded[c.Name] = true
		declared, passed := parameters(c.Params, parameter)
		call, other := fmt.Sprintf("prism_gl_%s(%s)", c.Short(), passed), ""
		if c.Return.Base != "void" || c.Return.Depth > 0 {
			call, other = "return "+call, fmt.Sprintf("\treturn (%s)0;\n", c.Return.C)
		}
		f.p("PRISM_HIDDEN %s APIENTRY prism_gl_%s(%s);", c.Return.C, c.Short(), declared)
		f.p("PRISM_HIDDEN %s APIENTRY prism_compat_%s(%s);", c.Return.C, c.Short(), declared)
		f.p("%s APIENTRY prism_compat_%s(%s) {\n\tif (prism_compat()) %s;\n%s}\n", c.Return.C, c.Short(), declared, call, other)
	}
	o[glDir+"/pack_compat_gen.c"] = f.Bytes()
	return guarded
}

func target(e spec.EntryPoint) string {
	if e.Command != nil {
		return "prism_gl_" + e.Command.Short()
	}
	return "prism_no_" + strings.TrimPrefix(e.Name, "gl")
}

// glapi writes the node's table of GL functions.
func (o output) glapi(m *spec.Model) {
	h := newFile()
	h.p("/* The node's GL: a typed pointer for each covered command; NULL where the node's driver has none. */")
	h.p("#ifndef PRISM_GLAPI_GEN_H\n#define PRISM_GLAPI_GEN_H\n#include <GL/gl.h>\n#include <GL/glext.h>\n#include \"ops_gen.h\"\n")
	h.p("struct prism_glapi {")
	c := newFile()
	c.p("#include <stddef.h>\n#include <string.h>\n#include \"glapi_gen.h\"\n\nstatic const char *const names[] = {")
	for _, k := range m.Commands {
		if k.Core {
			continue
		}
		h.p("\t%s (APIENTRYP %s)(%s);", k.Return.C, k.Short(), signature(k))
		c.p("\t\"%s\",", k.Name)
	}
	h.p("};")
	h.p("/* Asks get for each; gives how many there were. */\nint prism_glapi_load(struct prism_glapi *gl, void *(*get)(const char *name));\n")
	h.p("/* By op: name, PRISM_CLASS_*, PRISM_FLAG_*; NULL and 0 for no command. */")
	h.p("extern const char *const replay_names[PRISM_OPS];\nextern const unsigned char replay_class[PRISM_OPS];\nextern const unsigned short replay_flags[PRISM_OPS];\n#endif")
	c.p("};\n")
	c.p("_Static_assert(sizeof(struct prism_glapi) == sizeof names / sizeof *names * sizeof(void *), \"a pointer a name\");\n")
	c.p("int prism_glapi_load(struct prism_glapi *gl, void *(*get)(const char *name)) {\n\tint found = 0;")
	c.p("\tfor (size_t i = 0; i < sizeof names / sizeof *names; i++) {\n\t\tvoid *p = get(names[i]);\n\t\tmemcpy((char *)gl + i * sizeof p, &p, sizeof p);\n\t\tfound += p != NULL;\n\t}\n\treturn found;\n}")
	o[replayDir+"/glapi_gen.h"] = h.Bytes()
	o[replayDir+"/glapi_gen.c"] = c.Bytes()
}
