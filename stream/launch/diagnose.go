package launch

import (
	"bufio"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Diagnose gives reasons, as sentences, why a program that was started under prism may never load the driver. An empty list
// means that nothing is suspicious: perhaps the program just draws nothing with GL.
func Diagnose(program string) []string {
	path, err := exec.LookPath(program)
	if err != nil {
		return []string{fmt.Sprintf("%s is not a program that can be started: %v.", program, err)}
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }

	name := filepath.Base(program)
	switch {
	case strings.HasPrefix(path, "/snap/") || strings.HasPrefix(path, "/var/lib/snapd/") || filepath.Base(path) == "snap":
		say("%s is a snap: its sandbox brings its own libGL and drops the environment that names prism's driver.", name)
	case strings.Contains(path, "/flatpak/") || filepath.Base(path) == "flatpak" || filepath.Base(path) == "bwrap":
		say("%s is a flatpak: its sandbox brings its own libGL and drops the environment that names prism's driver.", name)
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err == nil && st.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 {
		say("%s is setuid or setgid: the dynamic linker ignores LD_LIBRARY_PATH there, so libglvnd does not find prism's driver.", path)
	}
	if n, err := unix.Getxattr(path, "security.capability", nil); err == nil && n > 0 {
		say("%s has file capabilities: the dynamic linker ignores LD_LIBRARY_PATH there, so libglvnd does not find prism's driver.", path)
	}
	f, err := os.Open(path)
	if err != nil {
		say("%s cannot be read, so nothing more is known: %v.", path, err)
		return out
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	head = head[:n]
	if err != nil && n == 0 {
		say("%s is empty.", path)
		return out
	}
	if bytes.HasPrefix(head, []byte("#!")) {
		line, _, _ := bufio.NewReader(bytes.NewReader(head)).ReadLine()
		say("%s is a script (%s): look at the program that it starts; it may reset LD_LIBRARY_PATH or the environment.",
			path, strings.TrimSpace(strings.TrimPrefix(string(line), "#!")))
		for _, box := range []string{"flatpak run", "snap run"} {
			if bytes.Contains(head, []byte(box)) {
				say("%s calls `%s`: a sandbox brings its own libGL and drops the environment that names prism's driver.", path, box)
			}
		}
		return out
	}
	e, err := elf.NewFile(f)
	if err != nil {
		say("%s is neither an ELF program nor a script.", path)
		return out
	}
	return append(out, diagnoseELF(path, e)...)
}

// glLibs are what a program links when it draws with GL; any of them leads to libglvnd.
var glLibs = []string{"libGL.so", "libGLX.so", "libOpenGL.so", "libEGL.so", "libGLESv2.so", "libGLESv1_CM.so"}

func isGL(soname string) bool {
	for _, l := range glLibs {
		if strings.HasPrefix(soname, l) {
			return true
		}
	}
	return false
}

func diagnoseELF(path string, e *elf.File) (out []string) {
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	self := hostMachine()
	if self != elf.EM_NONE && e.Machine != self || e.Class != elf.ELFCLASS64 {
		say("%s is made for %v, %v: prism's driver is 64-bit and for %v.", path, e.Machine, e.Class, self)
	}
	dynamic := false
	for _, p := range e.Progs {
		if p.Type == elf.PT_INTERP {
			dynamic = true
		}
	}
	if !dynamic {
		say("%s is linked statically: it loads no libGL, or brings its own.", path)
		return out
	}
	libs, _ := e.ImportedLibraries()
	var gl, toolkit []string
	for _, l := range libs {
		if isGL(l) {
			gl = append(gl, l)
		} else if l != "libc.so.6" && l != "libm.so.6" {
			toolkit = append(toolkit, l)
		}
	}
	if len(gl) == 0 {
		if len(toolkit) == 0 {
			say("%s links no GL library; it draws nothing with GL unless it loads one at run time or starts another program.", path)
		} else {
			say("%s links no GL library itself; it may reach GL through what it links (%s) or loads at run time.", path, strings.Join(toolkit, ", "))
		}
	}
	dir := filepath.Dir(path)
	seen := map[string]bool{}
	look := []string{dir, filepath.Join(dir, "lib"), filepath.Join(dir, "lib64"), filepath.Join(dir, "..", "lib")}
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		v, _ := e.DynString(tag)
		for _, s := range v {
			for p := range strings.SplitSeq(s, ":") {
				p = strings.NewReplacer("$ORIGIN", dir, "${ORIGIN}", dir).Replace(p)
				look = append(look, p)
			}
		}
	}
	for _, d := range look {
		d = filepath.Clean(d)
		if seen[d] || systemLib(d) {
			continue
		}
		seen[d] = true
		files, _ := filepath.Glob(filepath.Join(d, "lib*.so*"))
		for _, f := range files {
			if isGL(filepath.Base(f)) {
				say("%s brings its own %s: that one knows nothing of libglvnd's choice of drivers; move it away to use the system's.", filepath.Base(path), f)
			}
		}
	}
	return out
}

// systemLib tells whether a folder is the system's own for libraries.
func systemLib(dir string) bool {
	for _, p := range []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"} {
		if dir == p || strings.HasPrefix(dir, p+"/") && strings.Contains(dir, "-linux-gnu") {
			return true
		}
	}
	return false
}

// hostMachine reads what this process itself is made for.
func hostMachine() elf.Machine {
	e, err := elf.Open("/proc/self/exe")
	if err != nil {
		return elf.EM_NONE
	}
	defer e.Close()
	return e.Machine
}
