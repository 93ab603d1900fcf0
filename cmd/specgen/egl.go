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
	vendorHead(h, "EGL", g.Version, "const char prism_egl_client[], prism_egl_platform[], prism_egl_device[], prism_egl_display_extensions[]")
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
	procTable(f, "egl", g.Commands, func(c *spec.EGLCommand) string { return c.Name })
	o[includeDir+"/egl_gen.h"], o[eglDir+"/egl_gen.c"] = h.Bytes(), f.Bytes()
}

// eglDispatch gives the function that an app gets from libEGL: it calls the vendor's own. Locals end in _, parameters do not.
func eglDispatch(c *spec.EGLCommand) string {
	declared, passed := parameters(c.Params, func(p spec.Value) (string, string) { return p.Text, p.Key })
	way, otherwise := eglFinds[c.Vendor], c.Otherwise
	if otherwise == "" {
		otherwise = "0"
	}
	f := &file{}
	f.p("static int i_%s = -1;", c.Name)
	f.p("static __typeof__(%s) d_%s;", c.Name, c.Name)
	f.p("static %s(%s) {", decl(c.Returns, "d_"+c.Name), declared)
	f.p("\tprism_egl_exports->threadInit();")
	f.p("\t__EGLvendorInfo *v_ = prism_egl_exports->%s;", fmt.Sprintf(way.find, c.By))
	f.p("\t__typeof__(%s) *fn_ = v_ ? (void *)prism_egl_exports->fetchDispatchEntry(v_, i_%s) : NULL;", c.Name, c.Name)
	f.p("\tif (!fn_) {\n\t\tprism_egl_exports->setEGLError(%s);\n\t\treturn %s;\n\t}", way.otherwise, otherwise)
	f.p("\tprism_egl_exports->setLastVendor(v_);\n\treturn fn_(%s);\n}\n", passed)
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
