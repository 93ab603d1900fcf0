package launch

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Variables that make an app's GL prism's.
const (
	SocketVar    = "PRISM_SOCKET"
	driverDirVar = "PRISM_DRIVER_DIR" // lets StripEnv find what was put into LD_LIBRARY_PATH
	glxVar       = "__GLX_VENDOR_LIBRARY_NAME"
	eglVar       = "__EGL_VENDOR_LIBRARY_FILENAMES"
	libVar       = "LD_LIBRARY_PATH"
	glxDriver    = "libGLX_prism.so.0"
	eglDriver    = "libEGL_prism.so"
	eglPlatform  = "EGL_PLATFORM"
)

// eglPlatforms are the platforms of EGL that the driver has, as EGL_PLATFORM names them.
var eglPlatforms = []string{"", "x11", "surfaceless", "device"}

// steer is what makes toolkits that would take Wayland take X11.
var steer = [][2]string{
	{"GDK_BACKEND", "x11"}, {"QT_QPA_PLATFORM", "xcb"}, {"SDL_VIDEODRIVER", "x11"}, {"SDL_VIDEO_DRIVER", "x11"},
	{"XDG_SESSION_TYPE", "x11"},
}

// Environ gives the app's environment: base with libglvnd led to the driver in driverDir (absolute) and the driver led to
// socket. notes are sentences that the user should read. base is not changed.
func Environ(base []string, driverDir, socket string) (env, notes []string) {
	env = StripEnv(base)
	libs := driverDir
	if old := get(env, libVar); old != "" {
		libs += ":" + old
	}
	env = set(env, libVar, libs)
	env = set(env, glxVar, "prism")
	if j := eglJSON(driverDir); j != "" {
		env = set(env, eglVar, j)
	}
	env = set(env, SocketVar, socket)
	env = set(env, driverDirVar, driverDir)
	if get(env, "WAYLAND_DISPLAY") != "" {
		var said []string
		env = unset(env, "WAYLAND_DISPLAY")
		for _, s := range steer {
			env = set(env, s[0], s[1])
			said = append(said, s[0]+"="+s[1])
		}
		notes = append(notes, "A Wayland display is present; prism draws through X11, so the app is started with "+
			strings.Join(said, " ")+" and without WAYLAND_DISPLAY.")
	}
	if p := get(env, eglPlatform); !slices.Contains(eglPlatforms, p) {
		env = unset(env, eglPlatform)
		notes = append(notes, eglPlatform+"="+p+" is a platform that prism does not have, so the app is started without that variable.")
	}
	return env, notes
}

// StripEnv gives env without what Environ put in, for processes that shall have the machine's own GL (workers). What the user
// set for other drivers stays. env is not changed.
func StripEnv(env []string) []string {
	dir := get(env, driverDirVar)
	out := make([]string, 0, len(env)+8)
	for _, kv := range env {
		k, v, _ := strings.Cut(kv, "=")
		switch k {
		case SocketVar, driverDirVar:
			continue
		case glxVar:
			if v == "prism" {
				continue
			}
		case eglVar, "VK_DRIVER_FILES", "VK_ICD_FILENAMES":
			if strings.Contains(filepath.Base(v), "prism") || dir != "" && strings.HasPrefix(v, dir+"/") {
				continue
			}
		case libVar:
			parts := slices.DeleteFunc(strings.Split(v, ":"), func(p string) bool { return p != "" && (p == dir || hasDriver(p)) })
			if v = strings.Join(parts, ":"); v == "" {
				continue
			}
			kv = k + "=" + v
		}
		out = append(out, kv)
	}
	return out
}

func hasDriver(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, glxDriver))
	return err == nil
}

// eglJSON finds the file that names the EGL driver to libglvnd.
func eglJSON(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && bytes.Contains(b, []byte(eglDriver)) {
			return f
		}
	}
	return ""
}

func get(env []string, key string) (v string) {
	for _, kv := range env { // the last one counts, as in exec
		if k, x, ok := strings.Cut(kv, "="); ok && k == key {
			v = x
		}
	}
	return v
}

func unset(env []string, key string) []string {
	return slices.DeleteFunc(env, func(kv string) bool { return strings.HasPrefix(kv, key+"=") })
}

func set(env []string, key, value string) []string { return append(unset(env, key), key+"="+value) }
