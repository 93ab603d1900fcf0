package spec

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func miniRegistry(t *testing.T) *Registry {
	t.Helper()
	f, err := os.Open("testdata/registry.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reg, err := ReadRegistry(f)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func miniLens(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("testdata/mini/prism_len.h")
	if err != nil {
		t.Fatal(err)
	}
	return LenFuncs(text)
}

func miniModel(t *testing.T) *Model {
	t.Helper()
	ov, err := LoadOverlay("testdata/mini")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := ParseLock(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Build(miniRegistry(t), ov, lock, miniLens(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseExpr(t *testing.T) {
	ref := func(s string) string { return "a->" + s }
	for _, c := range []struct{ in, want, err string }{
		{"12", "12", ""},
		{"0x10", "16", ""},
		{"count", "prism_pos(a->count)", ""},
		{"count*4", "prism_mul(prism_pos(a->count), 4)", ""},
		{"2*3+4", "10", ""},
		{"2+3*4", "14", ""},
		{"(2+3)*4", "20", ""},
		{"3-5", "0", ""},
		{"n - 1 - m", "prism_sub(prism_sub(prism_pos(a->n), 1), prism_pos(a->m))", ""},
		{"bufSize / 4", "(prism_pos(a->bufSize)) / 4", ""},
		{"texparam(pname)", "prism_len_texparam(a->pname)", ""},
		{"image(w, h+1, GL_RGBA)", "prism_len_image(a->w, prism_add(prism_pos(a->h), 1), GL_RGBA)", ""},
		{"none()", "prism_len_none()", ""},
		{"", "", "it ends where a value is needed"},
		{"a +", "", "it ends where a value is needed"},
		{"a b", "", `"b" is too much`},
		{"(a", "", "a ) is missing"},
		{"f(a b)", "", "a , or ) is missing"},
		{"a / 0", "", "division is by a number"},
		{"a / b", "", "division is by a number"},
		{"a & b", "", `"& b" is too much`},
		{"&", "", `"&" is not a value`},
		{"99999999999", "", "not a number of up to 32 bits"},
		{"3x", "", `"3x" is not a number`},
	} {
		t.Run(c.in, func(t *testing.T) {
			e, err := ParseExpr(c.in)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want one with %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := C(e, ref); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzParseExpr(f *testing.F) {
	for _, s := range []string{"count*4", "image(w,h,1,format,type)", "((a)", "1/0", "a-b-c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1000 {
			return
		}
		e, err := ParseExpr(s)
		if (e == nil) != (err != nil) {
			t.Fatalf("expression %v with error %v", e, err)
		}
		if err == nil && C(e, func(s string) string { return s }) == "" {
			t.Fatal("no C text")
		}
	})
}

func TestRegistry(t *testing.T) {
	reg := miniRegistry(t)
	c := reg.Commands["glShaderSource"]
	if got := c.Params[2].Type; got.Base != "GLchar" || got.Depth != 2 || !got.Const {
		t.Errorf("string: %+v", got)
	}
	if got := reg.Commands["glGetString"].Return; got.C != "const GLubyte *" || got.Depth != 1 {
		t.Errorf("glGetString returns %+v", got)
	}
	if reg.Commands["glBindTextureEXT"].Alias != "glBindTexture" {
		t.Error("alias is lost")
	}
	if _, ok := reg.Enums["GL_ES_ONLY"]; ok {
		t.Error("an enum of another API")
	}
	if v := reg.Enums["GL_MINUS"]; v != ^uint64(0) {
		t.Errorf("GL_MINUS is %#x", v)
	}
	if len(reg.Groups["ClearBufferMask"]) != 2 {
		t.Errorf("group: %v", reg.Groups["ClearBufferMask"])
	}
	if len(reg.Versions) != 4 || len(reg.ESVersions) != 2 || len(reg.Extensions) != 3 {
		t.Errorf("%d versions, %d of ES, %d extensions", len(reg.Versions), len(reg.ESVersions), len(reg.Extensions))
	}
	if _, err := ReadRegistry(strings.NewReader("<registry/>")); err == nil {
		t.Error("an empty registry is read without an error")
	}
}

// Each testdata/bad/NAME.yaml has a NAME.want: one line for each problem, which must begin with it.
func TestOverlayErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	reg := miniRegistry(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, "yaml") + "want")
			if err != nil {
				t.Fatal(err)
			}
			ov, got := ParseOverlay(name+".yaml", text)
			if got == nil && ov.GLX != nil {
				_, got = BuildGLX(miniGLX(t), ov)
			} else if got == nil {
				lock, _ := ParseLock(nil)
				_, got = Build(reg, ov, lock, miniLens(t))
			}
			if !errors.Is(got, ErrOverlay) {
				t.Fatalf("error %v, want one of class ErrOverlay", got)
			}
			lines := strings.Split(got.Error(), "\n")[1:]
			slices.Sort(lines)
			wants := strings.Split(strings.TrimSpace(string(want)), "\n")
			slices.Sort(wants)
			if len(lines) != len(wants) {
				t.Fatalf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), want)
			}
			for i := range wants {
				if !strings.HasPrefix(lines[i], wants[i]) {
					t.Errorf("got  %s\nwant %s", lines[i], wants[i])
				}
			}
		})
	}
}

func TestModel(t *testing.T) {
	m := miniModel(t)
	for _, c := range []struct {
		command, fields string
		fixed           int
	}{
		{"glClear", "mask:bits:8 pad012:pad:12", 16},
		{"glUniform4fv", "location:i32:8 count:i32:12 value:blob:16", 24},
		{"glDepthRange", "n:f64:8 f:f64:16", 24},
		{"glColor3b", "red:i32:8 green:i32:12 blue:i32:16 pad020:pad:20", 24},
		{"glBindTexture", "target:enum:8 texture:handle:12", 16},
		{"glGenTextures", "n:i32:8 textures:blob:12 pad020:pad:20", 24},
		{"glCreateShader", "type:enum:8 made:u32:12", 16},
		{"glShaderSource", "shader:handle:8 count:i32:12 string:blob:16", 24},
		{"glBufferSubData", "target:enum:8 pad012:pad:12 offset:i64:16 size:i64:24 data:blob:32", 40},
		{"glGetTexParameterfv", "reply:u64:8 target:enum:16 pname:enum:20", 24},
		{"prismSwap", "drawable:u32:8 interval:i32:12 frame:u64:16 app_ns:u64:24", 32},
		{"prismProgramInfo", "reply:u64:8 program:handle:16 pad020:pad:20", 24},
	} {
		t.Run(c.command, func(t *testing.T) {
			got := m.Command(c.command)
			var fs []string
			for _, f := range got.Fields {
				fs = append(fs, f.Name+":"+string(f.Kind)+":"+strconv.Itoa(f.Offset))
			}
			if s := strings.Join(fs, " "); s != c.fields || got.Fixed != c.fixed {
				t.Errorf("got %s in %d bytes, want %s in %d", s, got.Fixed, c.fields, c.fixed)
			}
		})
	}
	if m.Command("glGetError").Record {
		t.Error("a client command has a record")
	}
	if m.Entry("glBindTextureEXT") != m.Command("glBindTexture") {
		t.Error("an alias is not the same entry point")
	}
	if m.Entry("glMinSampleShading") != nil {
		t.Error("a command that no overlay lists is covered")
	}
	if m.Commands[0].Name != "prismData" || m.Commands[0].ID != 1 {
		t.Errorf("number %d is %s", m.Commands[0].ID, m.Commands[0].Name)
	}
}

func TestCoverage(t *testing.T) {
	m := miniModel(t)
	if got := m.MaxVersion(Core); got != 32 {
		t.Errorf("core %d, want 32", got)
	}
	if got := m.MaxVersion(Compat); got != 32 {
		t.Errorf("compatibility %d, want 32", got)
	}
	if got := m.MaxVersion(ES); got != 20 {
		t.Errorf("ES %d, want 20", got)
	}
	if es := m.Coverage(ES); len(es) != 2 || es[1].Need != 3 || !slices.Equal(es[1].Missing, []string{"glBlendBarrier"}) {
		t.Errorf("ES: %+v", es)
	}
	if c := m.Entry("glClearOES"); c == nil || c.Name != "glClear" {
		t.Errorf("behind glClearOES stands %v", c)
	}
	last := m.Coverage(Core)[3]
	if last.Need != 16 || !slices.Equal(last.Missing, []string{"glMinSampleShading"}) {
		t.Errorf("4.0 core: %+v", last)
	}
	if n := m.Coverage(Compat)[3].Need; n != 17 {
		t.Errorf("4.0 compatibility needs %d commands, glColor3b among them", n)
	}
	offered, lacking := m.OfferedExtensions()
	if want := []Offered{{"GL_EXT_texture_object", Core | Compat}, {"GL_OES_only", ES}, {"GL_OES_unlisted", ES}}; !slices.Equal(offered, want) {
		t.Errorf("offered %v", offered)
	}
	if len(lacking) != 2 {
		t.Errorf("lacking %v", lacking)
	}
}

func TestLock(t *testing.T) {
	for _, c := range []struct{ name, text, err string }{
		{"good", "1 glA\n2 glB\n", ""},
		{"empty", "", ""},
		{"twice", "1 glA\n2 glA\n", "glA has number 1 already"},
		{"gap", "1 glA\n3 glB\n", "number 3 where 2 must stand"},
		{"zero", "0 glA\n", "number 0 where 1 must stand"},
		{"words", "1 glA x\n", "is not `number name`"},
		{"number", "x glA\n", "is not `number name`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := ParseLock([]byte(c.text))
			if c.err == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got := string(l.Text()); got != c.text {
					t.Errorf("text %q, want %q", got, c.text)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want one with %q", err, c.err)
			}
		})
	}
	l, _ := ParseLock([]byte("1 glA\n"))
	old, _ := ParseLock([]byte("1 glA\n"))
	if l.Add("glA") != 1 || l.Add("glB") != 2 || l.ID("glB") != 2 {
		t.Error("Add gives other numbers")
	}
	if err := l.GrowsFrom(old); err != nil {
		t.Error(err)
	}
	if err := old.GrowsFrom(l); err == nil {
		t.Error("a shorter file passes as grown")
	}
}

// TestLockOnlyGrows compares ids.lock with what is committed.
func TestLockOnlyGrows(t *testing.T) {
	text, err := os.ReadFile("ids.lock")
	if err != nil {
		t.Fatal(err)
	}
	now, err := ParseLock(text)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := exec.Command("git", "show", "HEAD:./ids.lock").Output()
	if err != nil {
		t.Skipf("no git history to compare with: %v", err)
	}
	old, err := ParseLock(committed)
	if err != nil {
		t.Fatal(err)
	}
	if err := now.GrowsFrom(old); err != nil {
		t.Error(err)
	}
}

// FuzzOverlay: what an author writes gives an overlay or a list of problems, and building from it a model or such a list.
func FuzzOverlay(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	xml, err := os.Open("testdata/registry.xml")
	if err != nil {
		f.Fatal(err)
	}
	defer xml.Close()
	reg, err := ReadRegistry(xml)
	if err != nil {
		f.Fatal(err)
	}
	glxFile, err := os.Open("testdata/glx.xml")
	if err != nil {
		f.Fatal(err)
	}
	defer glxFile.Close()
	glx, err := ReadGLXRegistry(glxFile)
	if err != nil {
		f.Fatal(err)
	}
	lens := map[string]int{"texparam": 1, "image": 5}
	f.Fuzz(func(t *testing.T, text string) {
		ov, err := ParseOverlay("fuzz.yaml", []byte(text))
		if err == nil && ov.GLX != nil {
			_, err = BuildGLX(glx, ov)
		} else if err == nil && ov.EGL != nil {
			_, err = BuildEGL(ov)
		} else if err == nil {
			var lock *Lock
			if lock, err = ParseLock(nil); err != nil {
				t.Fatal(err)
			}
			_, err = Build(reg, ov, lock, lens)
		}
		if err != nil && !errors.Is(err, ErrOverlay) {
			t.Fatalf("error of another class: %v", err)
		}
	})
}
