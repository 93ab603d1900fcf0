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

// notForWorkers are variables that would give a worker a display.
var notForWorkers = []string{"__GLX_VENDOR_LIBRARY_NAME", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XAUTHORITY"}

// leadToDrivers are those that name drivers' descriptions: without them a worker may find no driver where the system's lie in a place of their own.
var leadToDrivers = []string{"__EGL_VENDOR_LIBRARY_FILENAMES", "VK_DRIVER_FILES", "VK_ICD_FILENAMES"}

// keepsMemory has glibc keep what a driver frees at a frame's end, which it asks for again in the next one: given back to the kernel each time, it costs a
// page fault for each page (300 a frame of glmark2's terrain at 320×240, 5 % of its time). In bytes.
var keepsMemory = []struct{ name, value string }{
	{"MALLOC_TRIM_THRESHOLD_", strconv.Itoa(128 << 20)}, {"MALLOC_MMAP_THRESHOLD_", strconv.Itoa(32 << 20)},
}

// workerEnv gives a worker's environment: base without what would lead it back to prism. lpThreads sets LP_NUM_THREADS.
//
// llvmpipe draws simple things by blocks of 64 pixels with a rasteriser that rounds otherwise than its general one, if the block is
// wholly inside: with other tiles other pixels would differ by one. LP_PERF switches it off, unless the user has set that.
func workerEnv(base []string, lpThreads *int) []string {
	env := make([]string, 0, len(base)+4)
	lpPerf, malloc := false, false
	for _, kv := range base {
		name, value, _ := strings.Cut(kv, "=")
		lpPerf = lpPerf || name == "LP_PERF"
		malloc = malloc || name == "GLIBC_TUNABLES" || strings.HasPrefix(name, "MALLOC_")
		switch {
		case strings.HasPrefix(name, "PRISM_"), slices.Contains(notForWorkers, name):
			continue
		case slices.Contains(leadToDrivers, name) && strings.Contains(filepath.Base(value), "prism"):
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
	if !malloc { // the user has said nothing about it
		for _, v := range keepsMemory {
			env = append(env, v.name+"="+v.value)
		}
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
