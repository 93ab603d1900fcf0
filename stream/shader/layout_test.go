package shader

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// block writes a random uniform block and statements that add all that it holds to s, a vec4.
func block(r *rand.Rand, packing string) (declarations, statements string) {
	types := []string{"float", "vec2", "vec3", "vec4", "mat2", "mat3", "mat4", "mat2x3", "mat4x3", "int", "bool"}
	type member struct{ kind, name string }
	members := func(count int) (out []member, text string) {
		for i := range count {
			m := member{types[r.IntN(len(types))], fmt.Sprintf("x%d", i)}
			if r.IntN(3) == 0 {
				m.name += fmt.Sprintf("[%d]", 1+r.IntN(3))
			}
			major := ""
			if m.kind[0] == 'm' {
				major = []string{"", "layout(row_major) ", "layout(column_major) "}[r.IntN(3)]
			}
			out = append(out, m)
			text += "\t" + major + m.kind + " " + m.name + ";\n"
		}
		return out, text
	}
	add := func(kind, path string) {
		switch n := kind[len(kind)-1:]; {
		case kind == "float":
			statements += "s.x += " + path + ";\n"
		case kind == "int":
			statements += "s.y += float(" + path + ");\n"
		case kind == "bool":
			statements += "if (" + path + ") s.z += 1.0;\n"
		case kind[0] == 'v':
			statements += "s." + "xyzw"[:n[0]-'0'] + " += " + path + ";\n"
		default:
			for c := range int(kind[3] - '0') {
				statements += fmt.Sprintf("s.%s += %s[%d];\n", "xyzw"[:n[0]-'0'], path, c)
			}
		}
	}
	addAll := func(list []member, prefix string) {
		for _, m := range list {
			name, size, array := strings.Cut(m.name, "[")
			if !array {
				add(m.kind, prefix+name)
				continue
			}
			for i := range int(size[0] - '0') {
				add(m.kind, fmt.Sprintf("%s%s[%d]", prefix, name, i))
			}
		}
	}
	inner, text := members(1 + r.IntN(4))
	// Majors are for members of blocks.
	text = strings.NewReplacer("layout(row_major) ", "", "layout(column_major) ", "").Replace(text)
	declarations = "struct St {\n" + text + "};\n"
	outer, text := members(2 + r.IntN(4))
	major := []string{"", ", row_major", ", column_major"}[r.IntN(3)]
	instance, prefix := "", ""
	if r.IntN(2) == 0 {
		instance, prefix = " blk", "blk."
	}
	declarations += fmt.Sprintf("layout(%s%s) uniform Blk {\n%s\tSt st[2];\n\tvec2 last;\n}%s;\n", packing, major, text, instance)
	addAll(outer, prefix)
	addAll(inner, prefix+"st[0].")
	addAll(inner, prefix+"st[1].")
	add("vec2", prefix+"last")
	return declarations, statements
}

// TestLayoutsOnGL: members of blocks lie where GL says, and hold what is put there.
func TestLayoutsOnGL(t *testing.T) {
	g := openGPU(t)
	a := analyzer(t, nil)
	count := 60
	if testing.Short() {
		count = 15
	}
	for seed := range uint64(count) {
		r := rand.New(rand.NewPCG(seed, 5))
		packing := "std140"
		if seed%4 == 3 {
			packing = "shared"
		}
		declarations, statements := block(r, packing)
		source := "#version 330\n" + declarations + "in vec4 a;\nvoid main() {\nvec4 s = vec4(0.5);\n" + statements + "gl_Position = a * s;\n}\n"
		p := position(t, a, false, source)
		if p.Reason != "" {
			t.Fatalf("seed %d: %s\n%s", seed, p.Reason, source)
		}
		for i := range p.Uniforms {
			if u := &p.Uniforms[i]; u.Block != "Blk" || (u.Offset >= 0) != (packing == "std140") {
				t.Errorf("seed %d: %+v", seed, *u)
			}
		}
		if mapped, err := g.compare(core, r, source, p); !mapped || t.Failed() {
			t.Fatalf("seed %d: mapped %v, %v\n%s", seed, mapped, err, source)
		}
	}
}
