/* A device as C code sees it: contexts, surfaces and entry points through function pointers, so that the replay code
 * (nodes/worker/replay) links no EGL itself and can be given a device that draws nothing (its benchmark).
 * Everything is called from the one thread that the device belongs to. */
#ifndef PRISM_EGL_H
#define PRISM_EGL_H
#include <stdbool.h>
#include <stddef.h>

typedef struct prism_device prism_device;

/* profile: 0 as a legacy call gives (highest compatibility version), 1 core, 2 compatibility, 4 OpenGL ES (GLX_CONTEXT_*_PROFILE_BIT). */
typedef struct prism_context_want {
	unsigned profile, major, minor;
	bool forward;
} prism_context_want;

/* Bits a channel; alpha, depth and stencil of 0 mean: without. */
typedef struct prism_surface_want {
	unsigned width, height, alpha, depth, stencil, samples;
} prism_surface_want;

struct prism_device {
	void *(*proc)(const char *name);
	/* NULL: refused, err says why. share: another context or NULL. */
	void *(*context_new)(prism_device *d, void *share, const prism_context_want *want, char *err, size_t err_bytes);
	void (*context_free)(prism_device *d, void *ctx);
	void *(*surface_new)(prism_device *d, const prism_surface_want *want, char *err, size_t err_bytes);
	void (*surface_free)(prism_device *d, void *surface);
	/* ctx NULL: nothing is current; surfaces NULL: a context without default framebuffer. */
	bool (*make_current)(prism_device *d, void *draw, void *read, void *ctx, char *err, size_t err_bytes);
	bool robust; /* contexts are created with robust buffer access */
};

#endif
