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
	vendorHead(h, "GLX", g.Version, "const char prism_glx_extensions[]")
	undos := ""
	for _, c := range g.Commands {
		declared, _ := parameters(c.Params, glxParameter)
		h.p("PRISM_GLX_HIDDEN %s(%s);", decl(c.Return.C, "prism_"+c.Name), declared)
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
	procTable(f, "glx", g.Commands, func(c *spec.GLXCommand) string { return c.Name })
	o[glxDir+"/glx_gen.c"] = f.Bytes()
}

// glxDispatch gives the function that an app gets from libGLX: it calls the vendor's own. Locals end in _, parameters do not.
func glxDispatch(c *spec.GLXCommand) string {
	f := &file{}
	declared, passed := parameters(c.Params, glxParameter)
	f.p("static int i_%s = -1;", c.Name)
	f.p("static %s(%s) {", decl(c.Return.C, "d_"+c.Name), declared)
	find := glxVendor[c.Vendor]
	if strings.Contains(find, "%s") {
		find = fmt.Sprintf(find, c.Display, c.By)
	}
	f.p("\t__GLXvendorInfo *v_ = prism_glx_exports->%s;", find)
	f.p("\t%s(%s) = entry(v_, i_%s);", decl(c.Return.C, "(*fn_)"), declared, c.Name)
	if c.Void() {
		f.p("\tif (fn_) fn_(%s);\n}\n", passed)
		return f.String()
	}
	otherwise := c.Otherwise
	if otherwise == "" {
		otherwise = "0"
	}
	a, adds := glxAdds[c.Adds]
	if !adds {
		f.p("\treturn fn_ ? fn_(%s) : %s;\n}\n", passed, otherwise)
		return f.String()
	}
	f.p("\t%s = fn_ ? fn_(%s) : %s;", decl(c.Return.C, "made_"), passed, otherwise)
	f.p("\tif (made_ && prism_glx_exports->%s(%s, made_, v_)) {\n\t\t%s(made_);\n\t\tmade_ = 0;\n\t}\n\treturn made_;\n}\n", a.add, c.Display, a.undo)
	return f.String()
}

func glxParameter(p spec.RegParam) (c, name string) { return p.Type.C, p.Name }
