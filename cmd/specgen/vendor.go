package main

import "strings"

// What the drivers' sides of GLX and EGL have in common: both are libglvnd's vendors.

// vendorHead writes the version that is offered, what extensions declares, and the table of commands.
func vendorHead(h *file, api, version, extensions string) {
	low := strings.ToLower(api)
	major, minor, _ := strings.Cut(version, ".")
	h.p("#define PRISM_%[1]s_VERSION \"%[2]s\"\n#define PRISM_%[1]s_MAJOR %[3]s\n#define PRISM_%[1]s_MINOR %[4]s\n", api, version, major, minor)
	h.p("#define PRISM_%s_HIDDEN __attribute__((visibility(\"hidden\")))", api)
	h.p("typedef struct prism_%s_proc {\n\tconst char *name;\n\tvoid *fn;\n\tvoid *dispatch; /* NULL: lib%s has its own */\n\tint *index; /* of fn in lib%[2]s's table of a vendor; NULL with dispatch */\n} prism_%[1]s_proc;", low, api)
	h.p("extern PRISM_%s_HIDDEN %s;", api, extensions)
	h.p("extern PRISM_%s_HIDDEN const prism_%s_proc prism_%[2]s_procs[]; /* by name */", api, low)
	h.p("extern PRISM_%s_HIDDEN const size_t prism_%s_procs_n;", api, low)
	h.p("/* Given to __%s_Main. */\nextern PRISM_%s_HIDDEN const __%[2]sapiExports *prism_%[1]s_exports;\n", low, api)
}

// procTable writes the table of commands: the driver's own function and, where the vendors dispatch, the one that does.
func procTable[C interface{ Dispatched() bool }](f *file, api string, commands []C, nameOf func(C) string) {
	f.p("const prism_%s_proc prism_%[1]s_procs[] = {", api)
	for _, c := range commands {
		name, dispatch, index := nameOf(c), "NULL", "NULL"
		if c.Dispatched() {
			dispatch, index = "(void *)d_"+name, "&i_"+name
		}
		f.p("\t{\"%[1]s\", (void *)prism_%[1]s, %[2]s, %[3]s},", name, dispatch, index)
	}
	f.p("};\nconst size_t prism_%s_procs_n = sizeof prism_%[1]s_procs / sizeof *prism_%[1]s_procs;", api)
}
