/* What the programs that time the driver have in common. Include <dlfcn.h> and <glvnd/libglxabi.h> before it to call the driver's own entry points. */
#ifndef BENCH_H
#define BENCH_H
#include <stdlib.h>
#include <time.h>

static inline double now(clockid_t clock) { /* nanoseconds */
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline int by_size(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}
static inline double median(double *v, size_t n) { /* sorts v */
	qsort(v, n, sizeof *v, by_size);
	return v[n / 2];
}

#ifdef RTLD_NOW
static __GLXapiImports driver;
/* Loads the driver as libGLX would: then driver.getProcAddress gives what libglvnd would call. */
static inline int load(void) {
	static const __GLXapiExports none;
	void *lib = dlopen("libGLX_prism.so.0", RTLD_NOW);
	Bool (*start)(uint32_t, const __GLXapiExports *, __GLXvendorInfo *, __GLXapiImports *) = lib ? dlsym(lib, "__glx_Main") : NULL;
	return start && start(GLX_VENDOR_ABI_VERSION, &none, NULL, &driver);
}
#endif
#endif
