package spec

import "strings"

// Kind is a kind of object that has handles.
type Kind struct {
	Name   string // BUFFER
	Shared bool   // belongs to the share group, else to the context
	Binds  bool   // in a compatibility context binding an unknown name makes the object
}

// Kinds lists all kinds; the index is the number in generated code. Shader and program names share one kind.
var Kinds = []Kind{
	{"NONE", false, false},
	{"BUFFER", true, true},
	{"TEXTURE", true, true},
	{"PROGRAM", true, false},
	{"FRAMEBUFFER", false, true},
	{"RENDERBUFFER", true, true},
	{"VERTEX_ARRAY", false, false},
	{"QUERY", false, true},
	{"SAMPLER", true, false},
	{"TRANSFORM_FEEDBACK", false, false},
	{"PROGRAM_PIPELINE", false, false},
	{"SYNC", true, false},
	{"PROGRAM_ARB", true, true},
}

// KindOf turns a registry class ("vertex array") or an overlay word ("vertex_array") into a kind's name; ok is false when
// there is none. "none" and "display list" give "".
func KindOf(word string) (name string, ok bool) {
	switch word {
	case "", "none", "display list", "display_list":
		return "", true
	case "shader":
		return "PROGRAM", true
	}
	up := strings.ToUpper(strings.ReplaceAll(word, " ", "_"))
	for _, k := range Kinds[1:] {
		if k.Name == up {
			return up, true
		}
	}
	return "", false
}

func kindWords() []string {
	out := []string{"none", "shader"}
	for _, k := range Kinds[1:] {
		out = append(out, strings.ToLower(k.Name))
	}
	return out
}
