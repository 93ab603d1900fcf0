package main

import "github.com/prismgl/prism/stream/spec"

// states writes which slot of state a command changes, and which one a word of glGet or glIsEnabled tells of: kept.c's tables.
func (o output) states(m *spec.Model) {
	f := newFile()
	f.p("/* Slots of state of which answers are kept (overlay: asked). */")
	f.p("#ifndef PRISM_STATES_GEN_H\n#define PRISM_STATES_GEN_H\n#include <stdint.h>\n#include <GL/gl.h>\n#include <GL/glext.h>\n#include \"ops_gen.h\"")
	f.p("enum prism_state_slot {\n\tPRISM_STATE_none,")
	numbers := map[string]bool{}
	for _, a := range m.Asked {
		numbers[a.Slot] = true
		f.p("\tPRISM_STATE_%s,", a.Slot)
	}
	f.p("\tPRISM_STATES\n};")
	f.p("/* The slot that a command changes, by op. */")
	f.p("static const uint8_t prism_state_of_op[PRISM_OPS] = {")
	for _, c := range m.Commands {
		if numbers[c.Slot()] {
			f.p("\t[PRISM_OP_%s] = PRISM_STATE_%s,", c.Name, c.Slot())
		}
	}
	f.p("};")
	f.p("/* The slot of which a word tells. */")
	f.p("static inline enum prism_state_slot prism_state_of_word(GLenum word) {\n\tswitch (word) {")
	for _, a := range m.Asked {
		for _, w := range a.Names {
			f.p("\tcase %s:", w.Text)
		}
		if len(a.Names) > 0 { // else a command of its own asks
			f.p("\t\treturn PRISM_STATE_%s;", a.Slot)
		}
	}
	f.p("\tdefault: return PRISM_STATE_none;\n\t}\n}\n#endif")
	o[includeDir+"/states_gen.h"] = f.Bytes()
}
