package agent

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// driverLibrary is what marks a folder in LD_LIBRARY_PATH as the one of prism's driver.
const driverLibrary = "libGLX_prism.so.0"

// notForWorkers are variables that would give a worker prism's own driver, or a display.
var notForWorkers = []string{
	"__GLX_VENDOR_LIBRARY_NAME", "__EGL_VENDOR_LIBRARY_FILENAMES", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XAUTHORITY",
}

// workerEnv gives a worker's environment: base without what would lead it back to prism. lpThreads sets LP_NUM_THREADS.
//
// llvmpipe draws simple things by blocks of 64 pixels with a rasteriser that rounds otherwise than its general one, if the block is
// wholly inside: with other tiles other pixels would differ by one. LP_PERF switches it off, unless the user has set that.
func workerEnv(base []string, lpThreads *int) []string {
	env := make([]string, 0, len(base)+2)
	lpPerf := false
	for _, kv := range base {
		name, value, _ := strings.Cut(kv, "=")
		lpPerf = lpPerf || name == "LP_PERF"
		switch {
		case strings.HasPrefix(name, "PRISM_"), slices.Contains(notForWorkers, name):
			continue
		case (name == "VK_DRIVER_FILES" || name == "VK_ICD_FILENAMES") && strings.Contains(value, "prism"):
			continue
		case name == "LP_NUM_THREADS" && lpThreads != nil:
			continue
		case name == "LD_LIBRARY_PATH":
			if value = withoutDriver(value); value == "" {
				continue
			}
			kv = name + "=" + value
		}
		env = append(env, kv)
	}
	if lpThreads != nil {
		env = append(env, "LP_NUM_THREADS="+strconv.Itoa(*lpThreads))
	}
	if !lpPerf {
		env = append(env, "LP_PERF=no_rast_linear")
	}
	return env
}

// withoutDriver drops the folders of a search path that hold prism's driver.
func withoutDriver(path string) string {
	var keep []string
	for _, dir := range filepath.SplitList(path) {
		if _, err := os.Stat(filepath.Join(dir, driverLibrary)); err != nil {
			keep = append(keep, dir)
		}
	}
	return strings.Join(keep, string(filepath.ListSeparator))
}
