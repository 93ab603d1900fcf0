package main

import (
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// eglFinds is the C that finds a vendor by the parameter %s, and the error where there is none, by the word of the overlay.
var eglFinds = map[string]struct{ find, otherwise string }{
	"display": {"getVendorFromDisplay(%s)", "EGL_BAD_DISPLAY"},
	"device":  {"getVendorFromDevice(%s)", "EGL_BAD_DEVICE_EXT"},
}

// egl writes what the driver's EGL offers, as glx does for GLX.
func (o output) egl(g *spec.EGL) {
	h := newFile()
	h.p("/* EGL as the overlay offers it. The commands are hand-written in stream/driver/egl; their types are those of the headers. */")
	h.p("#ifndef PRISM_EGL_GEN_H\n#define PRISM_EGL_GEN_H\n#include <stddef.h>\n#define EGL_EGLEXT_PROTOTYPES 1\n#include <EGL/egl.h>\n#include <EGL/eglext.h>\n#include <glvnd/libeglabi.h>\n")
	major, minor, _ := strings.Cut(g.Version, ".")
	h.p("#define PRISM_EGL_VERSION \"%s\"\n#define PRISM_EGL_MAJOR %s\n#define PRISM_EGL_MINOR %s\n", g.Version, major, minor)
	h.p("#define PRISM_EGL_HIDDEN __attribute__((visibility(\"hidden\")))")
	h.p("typedef struct prism_egl_proc {\n\tconst char *name;\n\tvoid *fn;\n\tvoid *dispatch; /* NULL: libEGL has its own */\n\tint *index; /* of fn in libEGL's table of a vendor; NULL with dispatch */\n} prism_egl_proc;")
	h.p("extern PRISM_EGL_HIDDEN const char prism_egl_client[], prism_egl_platform[], prism_egl_device[], prism_egl_display_extensions[];")
	h.p("extern PRISM_EGL_HIDDEN const prism_egl_proc prism_egl_procs[]; /* by name */")
	h.p("extern PRISM_EGL_HIDDEN const size_t prism_egl_procs_n;")
	h.p("/* Given to __egl_Main. */\nextern PRISM_EGL_HIDDEN const __EGLapiExports *prism_egl_exports;\n")
	f := newFile()
	f.p("#include \"egl_gen.h\"\n")
	for _, s := range []struct {
		name string
		list []string
	}{{"client", g.Client}, {"platform", g.Platform}, {"device", g.Device}, {"display_extensions", g.Display}} {
		f.p("const char prism_egl_%s[] = \"%s\";", s.name, strings.Join(s.list, " \"\n\t\""))
	}
	f.p("")
	for _, c := range g.Commands {
		h.p("PRISM_EGL_HIDDEN __typeof__(%s) prism_%s;", c.Name, c.Name)
		if c.Dispatched() {
			f.WriteString(eglDispatch(c))
		}
	}
	h.p("#endif")
	f.p("const prism_egl_proc prism_egl_procs[] = {")
	for _, c := range g.Commands {
		dispatch, index := "NULL", "NULL"
		if c.Dispatched() {
			dispatch, index = "(void *)d_"+c.Name, "&i_"+c.Name
		}
		f.p("\t{\"%s\", (void *)prism_%s, %s, %s},", c.Name, c.Name, dispatch, index)
	}
	f.p("};\nconst size_t prism_egl_procs_n = sizeof prism_egl_procs / sizeof *prism_egl_procs;")
	o[includeDir+"/egl_gen.h"], o[eglDir+"/egl_gen.c"] = h.Bytes(), f.Bytes()
}

// eglDispatch gives the function that an app gets from libEGL: it calls the vendor's own. Locals end in _, parameters do not.
func eglDispatch(c *spec.EGLCommand) string {
	var signature, arguments []string
	for _, p := range c.Params {
		signature = append(signature, decl(p.Text, p.Key))
		arguments = append(arguments, p.Key)
	}
	way, otherwise := eglFinds[c.Vendor], c.Otherwise
	if otherwise == "" {
		otherwise = "0"
	}
	f := &file{}
	f.p("static int i_%s = -1;", c.Name)
	f.p("static __typeof__(%s) d_%s;", c.Name, c.Name)
	f.p("static %s(%s) {", decl(c.Returns, "d_"+c.Name), strings.Join(signature, ", "))
	f.p("\tprism_egl_exports->threadInit();")
	f.p("\t__EGLvendorInfo *v_ = prism_egl_exports->%s;", fmt.Sprintf(way.find, c.By))
	f.p("\t__typeof__(%s) *fn_ = v_ ? (void *)prism_egl_exports->fetchDispatchEntry(v_, i_%s) : NULL;", c.Name, c.Name)
	f.p("\tif (!fn_) {\n\t\tprism_egl_exports->setEGLError(%s);\n\t\treturn %s;\n\t}", way.otherwise, otherwise)
	f.p("\tprism_egl_exports->setLastVendor(v_);\n\treturn fn_(%s);\n}\n", strings.Join(arguments, ", "))
	return f.String()
}

func supportEGL(p func(string, ...any), g *spec.EGL) {
	p("\n## EGL\n\nEGL %s is offered, through libglvnd, with these extensions. Its commands are hand-written (%s/*.c) and do not travel.", g.Version, eglDir)
	p("libEGL dispatches them itself, except where brackets say how the driver's dispatch function finds the vendor.\n")
	p("| asked from | extensions |\n|---|---|")
	for _, s := range []struct {
		from string
		list []string
	}{{"no display", g.Client}, {"no display: platforms", g.Platform}, {"a device", g.Device}, {"a display", g.Display}} {
		if len(s.list) > 0 {
			p("| %s | %s |", s.from, strings.Join(s.list, ", "))
		}
	}
	p("\n| brought by | commands |\n|---|---|")
	by := map[string][]string{}
	for _, c := range g.Commands {
		name := c.Name
		if c.Dispatched() {
			name += " (" + c.Vendor + ")"
		}
		by[c.From] = append(by[c.From], name)
	}
	for _, from := range sortedKeys(by) {
		p("| %s | %s |", from, strings.Join(by[from], ", "))
	}
	p("\nNot offered, and why:\n")
	for _, w := range g.Withheld {
		var names []string
		for _, n := range w.Names {
			names = append(names, n.Text)
		}
		p("- %s: %s", strings.Join(names, ", "), w.Why)
	}
}
