package main

import (
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/spec"
)

// glxVendor is the C that finds a vendor, by the word of the overlay: display and the parameter that it is found by.
var glxVendor = map[string]string{
	"fbconfig": "vendorFromFBConfig(%s, %s)",
	"drawable": "vendorFromDrawable(%s, %s)",
	"screen":   "getDynDispatch(%s, %s)",
	"current":  "getCurrentDynDispatch()",
}

// glxAdds is the C that tells libGLX of a result, and what undoes the result where that fails.
var glxAdds = map[string]struct{ add, undo string }{
	"context": {"addVendorContextMapping", "prism_glx_drop_context"},
}

// glx writes what the driver's GLX offers: version, extensions, the table of commands, and the functions that dispatch those
// which libGLX leaves to the vendors.
func (o output) glx(g *spec.GLX) {
	var dispatched []*spec.GLXCommand
	h := newFile()
	h.p("/* GLX as the overlay offers it. The commands are hand-written in stream/driver/glx. */")
	h.p("#ifndef PRISM_GLX_GEN_H\n#define PRISM_GLX_GEN_H\n#include <stddef.h>\n#include <X11/Xlib.h>\n#include <X11/Xutil.h>\n#include <GL/glx.h>\n#include <GL/glxext.h>\n#include <glvnd/libglxabi.h>\n")
	major, minor, _ := strings.Cut(g.Version, ".")
	h.p("#define PRISM_GLX_VERSION \"%s\"\n#define PRISM_GLX_MAJOR %s\n#define PRISM_GLX_MINOR %s\n", g.Version, major, minor)
	h.p("#define PRISM_GLX_HIDDEN __attribute__((visibility(\"hidden\")))")
	h.p("typedef struct prism_glx_proc {\n\tconst char *name;\n\tvoid *fn;\n\tvoid *dispatch; /* NULL: libGLX has its own */\n\tint *index; /* of fn in libGLX's table of a vendor; NULL with dispatch */\n} prism_glx_proc;")
	h.p("extern PRISM_GLX_HIDDEN const char prism_glx_extensions[];")
	h.p("extern PRISM_GLX_HIDDEN const prism_glx_proc prism_glx_procs[]; /* by name */")
	h.p("extern PRISM_GLX_HIDDEN const size_t prism_glx_procs_n;")
	h.p("/* Given to __glx_Main. */\nextern PRISM_GLX_HIDDEN const __GLXapiExports *prism_glx_exports;\n")
	undos := ""
	for _, c := range g.Commands {
		h.p("PRISM_GLX_HIDDEN %s;", decl(c.Return.C, "prism_"+c.Name)+"("+glxSignature(c)+")")
		if c.Dispatched() {
			dispatched = append(dispatched, c)
			if a, ok := glxAdds[c.Adds]; ok && !strings.Contains(undos, a.undo+"(") {
				undos += fmt.Sprintf("/* Undoes what libGLX could not be told of, if it is of this driver. */\nPRISM_GLX_HIDDEN void %s(%s made);\n", a.undo, c.Return.C)
			}
		}
	}
	h.p("\n%s#endif", undos)
	o[includeDir+"/glx_gen.h"] = h.Bytes()

	f := newFile()
	f.p("#include \"glx_gen.h\"\n")
	f.p("const char prism_glx_extensions[] =")
	for _, x := range g.Extensions { // apps look for a name with the blank behind it
		f.p("\t\"%s \"", x)
	}
	f.p("\t\"\";\n")
	if len(dispatched) > 0 {
		f.p("static void *entry(__GLXvendorInfo *v, int index) {\n\treturn v ? (void *)prism_glx_exports->fetchDispatchEntry(v, index) : NULL;\n}\n")
	}
	for _, c := range dispatched {
		f.WriteString(glxDispatch(c))
	}
	f.p("const prism_glx_proc prism_glx_procs[] = {")
	for _, c := range g.Commands {
		dispatch, index := "NULL", "NULL"
		if c.Dispatched() {
			dispatch, index = "(void *)d_"+c.Name, "&i_"+c.Name
		}
		f.p("\t{\"%s\", (void *)prism_%s, %s, %s},", c.Name, c.Name, dispatch, index)
	}
	f.p("};\nconst size_t prism_glx_procs_n = sizeof prism_glx_procs / sizeof *prism_glx_procs;")
	o[glxDir+"/glx_gen.c"] = f.Bytes()
}

// glxDispatch gives the function that an app gets from libGLX: it calls the vendor's own. Locals end in _, parameters do not.
func glxDispatch(c *spec.GLXCommand) string {
	f := &file{}
	f.p("static int i_%s = -1;", c.Name)
	f.p("static %s(%s) {", decl(c.Return.C, "d_"+c.Name), glxSignature(c))
	find := glxVendor[c.Vendor]
	if strings.Contains(find, "%s") {
		find = fmt.Sprintf(find, c.Display, c.By)
	}
	f.p("\t__GLXvendorInfo *v_ = prism_glx_exports->%s;", find)
	f.p("\t%s(%s) = entry(v_, i_%s);", decl(c.Return.C, "(*fn_)"), glxSignature(c), c.Name)
	if c.Void() {
		f.p("\tif (fn_) fn_(%s);\n}\n", glxArguments(c))
		return f.String()
	}
	otherwise := c.Otherwise
	if otherwise == "" {
		otherwise = "0"
	}
	a, adds := glxAdds[c.Adds]
	if !adds {
		f.p("\treturn fn_ ? fn_(%s) : %s;\n}\n", glxArguments(c), otherwise)
		return f.String()
	}
	f.p("\t%s = fn_ ? fn_(%s) : %s;", decl(c.Return.C, "made_"), glxArguments(c), otherwise)
	f.p("\tif (made_ && prism_glx_exports->%s(%s, made_, v_)) {\n\t\t%s(made_);\n\t\tmade_ = 0;\n\t}\n\treturn made_;\n}\n", a.add, c.Display, a.undo)
	return f.String()
}

func glxSignature(c *spec.GLXCommand) string {
	if len(c.Params) == 0 {
		return "void"
	}
	var out []string
	for _, p := range c.Params {
		out = append(out, decl(p.Type.C, p.Name))
	}
	return strings.Join(out, ", ")
}

func glxArguments(c *spec.GLXCommand) string {
	var out []string
	for _, p := range c.Params {
		out = append(out, p.Name)
	}
	return strings.Join(out, ", ")
}
