package doctor

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/shader"
)

// Status of one check.
type Status string

// What a check can say. Warn: prism runs, but slower or without something. Fail: the main job does not run.
const (
	OK   Status = "ok"
	Warn Status = "warn"
	Fail Status = "fail"
)

// Check is one line of the report.
type Check struct {
	Group  string `json:"group"`
	Name   string `json:"name"`
	Status Status `json:"status"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// Report is all of them, in order.
type Report struct {
	Checks []Check `json:"checks"`
}

// Env is what the checks work on.
type Env struct {
	DriverDir string // where libGLX_prism.so.0 is looked for
	Display   string // $DISPLAY, may be empty
	Devices   int    // how many GPUs to probe by index; 0: the platform's default only
	// Probe asks device n, -1 for the default; the CLI gives one that runs `prism worker --probe` so that a driver that crashes takes only that along.
	Probe func(ctx context.Context, device int) (proto.ProbeResult, error)
	// NATS starts an embedded server, makes one round trip and stops it; returns what it found.
	NATS func(ctx context.Context) (string, error)
}

// Run makes all checks.
func Run(ctx context.Context, env Env) Report {
	var r Report
	add := func(c ...Check) { r.Checks = append(r.Checks, c...) }
	add(deviceChecks(ctx, env)...)
	add(driverChecks(env)...)
	add(displayChecks(env)...)
	add(natsCheck(ctx, env))
	add(outputChecks()...)
	add(kernelChecks()...)
	add(limitChecks()...)
	return r
}

// Failed tells whether any check failed.
func (r Report) Failed() bool {
	for _, c := range r.Checks {
		if c.Status == Fail {
			return true
		}
	}
	return false
}

// NoDevice tells whether no device could be used at all.
func (r Report) NoDevice() bool {
	seen := false
	for _, c := range r.Checks {
		if c.Group == groupDevice {
			if c.Status != Fail {
				return false
			}
			seen = true
		}
	}
	return seen
}

// Write prints the report as a table, remedies below the line that they belong to.
func (r Report) Write(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	group := ""
	for _, c := range r.Checks {
		g := c.Group
		if g == group {
			g = ""
		}
		group = c.Group
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", g, c.Name, c.Status, c.Detail)
		if c.Remedy != "" && c.Status != OK {
			fmt.Fprintf(tw, "\t\t\t→ %s\n", c.Remedy)
		}
	}
	return tw.Flush()
}

const (
	groupDevice  = "device"
	groupDriver  = "driver"
	groupDisplay = "display"
	groupNATS    = "nats"
	groupOutput  = "outputs"
	groupKernel  = "kernel"
	groupLimit   = "limits"
)

func deviceChecks(ctx context.Context, env Env) []Check {
	devices := []int{-1}
	if env.Devices > 0 {
		devices = devices[:0]
		for i := range env.Devices {
			devices = append(devices, i)
		}
	}
	var out []Check
	for _, i := range devices {
		name := "default device"
		if i >= 0 {
			name = fmt.Sprintf("device %d", i)
		}
		p, err := env.Probe(ctx, i)
		if err != nil {
			out = append(out, Check{groupDevice, name, Fail, err.Error(),
				"nodes need EGL without a display: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri (Mesa), or the vendor's driver with its EGL"})
			continue
		}
		out = append(out, Check{groupDevice, name, OK, fmt.Sprintf("%s, OpenGL %s", p.Renderer, p.Version), ""})
		out = append(out, framebufferCheck(p), robustCheck(p))
	}
	return out
}

// framebufferCheck says which make of the app's default framebuffer the self-test chose, and why.
func framebufferCheck(p proto.ProbeResult) Check {
	const name = "default framebuffer"
	t := p.SelfTest
	switch {
	case t.FBODiffPixels < 0:
		return Check{groupDevice, name, OK, joinNonEmpty(": ", p.Framebuffer+", fbo was not tried", t.Text), ""}
	case t.FBODiffPixels == 0:
		return Check{groupDevice, name, OK, fmt.Sprintf("%s; an fbo draws the same as a pbuffer (%d pixels compared)", p.Framebuffer, t.Pixels), ""}
	default:
		return Check{groupDevice, name, OK, fmt.Sprintf("%s; an fbo differs from a pbuffer in %d of %d pixels", p.Framebuffer, t.FBODiffPixels, t.Pixels), ""}
	}
}

// robustCheck says who looks where buffers end: the driver, or prism at each draw.
func robustCheck(p proto.ProbeResult) Check {
	const name = "robust access"
	if p.Robust {
		return Check{groupDevice, name, OK, "the driver looks where buffers end", ""}
	}
	return Check{groupDevice, name, Warn, "not offered: prism checks the indices of each draw itself, which is slow", "a driver with EGL 1.5, or with EGL_KHR_create_context and robust buffer access"}
}

func driverChecks(env Env) []Check {
	var out []Check
	lib := filepath.Join(env.DriverDir, "libGLX_prism.so.0")
	if _, err := os.Stat(lib); err != nil {
		out = append(out, Check{groupDriver, "libGLX_prism.so.0", Fail, "not found in " + env.DriverDir,
			"make build puts it into lib beside the prism binary; PRISM_DRIVER_DIR names another folder"})
	} else {
		out = append(out, Check{groupDriver, "libGLX_prism.so.0", OK, lib, ""})
	}
	out = append(out, eglCheck(env.DriverDir), shaderCheck(env.DriverDir))
	for _, l := range libraries {
		out = append(out, libraryCheck(l, findLibrary(l.so)))
	}
	return out
}

// A library that apps or prism load.
type library struct {
	so, pkg, why string
	lacking      Status // where it is missing
}

var libraries = []library{
	{"libGLX.so.0", "libglx0", "apps reach prism's driver through it", Fail},
	{"libGL.so.1", "libgl1", "apps that link OpenGL need it", Fail},
	{"libEGL.so.1", "libegl1", "nodes open their device through it, and apps that use EGL reach prism's driver", Fail},
	{"libGLESv2.so.2", "libgles2", "only apps that link OpenGL ES need it", Warn},
	{"libX11.so.6", "libx11-6", "prism's driver uses it", Fail},
	{"libxcb.so.1", "libxcb1", "prism's driver uses it", Fail},
}

func libraryCheck(l library, path string) Check {
	if path == "" {
		return Check{groupDriver, l.so, l.lacking, "not found: " + l.why, "apt-get install " + l.pkg}
	}
	return Check{groupDriver, l.so, OK, path, ""}
}

// eglCheck says whether apps that use EGL get prism's driver: libEGL reads its name from a file beside it, and takes another driver or none
// where that is missing.
func eglCheck(dir string) Check {
	const file, lib = "prism_egl.json", "libEGL_prism.so.0"
	for _, f := range []string{file, lib} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			return Check{groupDriver, lib, Fail, f + " not found in " + dir + ": apps that use EGL draw without prism",
				"make build puts it into lib beside the prism binary; PRISM_DRIVER_DIR names another folder"}
		}
	}
	return Check{groupDriver, lib, OK, "EGL 1.5 on X11, surfaceless and as a device: " + filepath.Join(dir, file), ""}
}

// shaderCheck says whether vertex shaders can be read.
func shaderCheck(dir string) Check {
	path := filepath.Join(dir, shader.Program)
	if err := exec.Command(path, "--version").Run(); err != nil {
		return Check{groupDriver, shader.Program, Warn, fmt.Sprintf("%v: nothing is culled for programs with shaders", err), "apt-get install g++ glslang-dev, then make build"}
	}
	return Check{groupDriver, shader.Program, OK, path, ""}
}

// findLibrary looks where the dynamic loader does by default, and in LD_LIBRARY_PATH.
func findLibrary(so string) string {
	dirs := filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))
	dirs = append(dirs, "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib/x86_64-linux-gnu",
		"/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib", "/usr/local/lib")
	for _, d := range dirs {
		if d == "" {
			continue
		}
		p := filepath.Join(d, so)
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return ""
}

func natsCheck(ctx context.Context, env Env) Check {
	detail, err := env.NATS(ctx)
	if err != nil {
		return Check{groupNATS, "embedded server", Fail, err.Error(),
			"prism run needs to listen on a loopback port; or use a running server with --nats URL"}
	}
	return Check{groupNATS, "embedded server", OK, detail, ""}
}

// outputChecks asks for what single outputs need; without it the others work.
func outputChecks() []Check {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return []Check{{groupOutput, "ffmpeg", Warn, "not found: --out mp4:FILE needs it", "apt-get install ffmpeg"}}
	}
	return []Check{{groupOutput, "ffmpeg", OK, path, ""}}
}

func joinNonEmpty(sep string, s ...string) string {
	var out []string
	for _, v := range s {
		if v != "" {
			out = append(out, v)
		}
	}
	return strings.Join(out, sep)
}
