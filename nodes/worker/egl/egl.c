#include "device.h"
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct egl {
	prism_device d;
	EGLDisplay dpy;
	EGLint major, minor;
	bool no_config; /* EGL_KHR_no_config_context */
	EGLConfig any;  /* for contexts where no_config is not offered */
	int robust_how; /* 0 not offered, 1 EGL 1.5 attribute, 2 flag of EGL_KHR_create_context */
	char version[256];
} egl;

static const char *egl_error(void) {
	switch (eglGetError()) {
	case EGL_SUCCESS: return "no error";
	case EGL_NOT_INITIALIZED: return "EGL_NOT_INITIALIZED";
	case EGL_BAD_ACCESS: return "EGL_BAD_ACCESS";
	case EGL_BAD_ALLOC: return "EGL_BAD_ALLOC";
	case EGL_BAD_ATTRIBUTE: return "EGL_BAD_ATTRIBUTE";
	case EGL_BAD_CONFIG: return "EGL_BAD_CONFIG";
	case EGL_BAD_CONTEXT: return "EGL_BAD_CONTEXT";
	case EGL_BAD_CURRENT_SURFACE: return "EGL_BAD_CURRENT_SURFACE";
	case EGL_BAD_DISPLAY: return "EGL_BAD_DISPLAY";
	case EGL_BAD_MATCH: return "EGL_BAD_MATCH";
	case EGL_BAD_PARAMETER: return "EGL_BAD_PARAMETER";
	case EGL_BAD_SURFACE: return "EGL_BAD_SURFACE";
	case EGL_CONTEXT_LOST: return "EGL_CONTEXT_LOST";
	default: return "unknown EGL error";
	}
}

static bool has(const char *list, const char *name) {
	size_t n = strlen(name);
	for (const char *p = list; p && (p = strstr(p, name)); p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == 0 || p[n] == ' ')) return true;
	return false;
}

static void *proc(const char *name) { return (void *)eglGetProcAddress(name); }

static EGLConfig choose_for(egl *e, EGLint apis, unsigned alpha, unsigned depth, unsigned stencil, unsigned samples) {
	const EGLint want[] = {
		EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, apis, EGL_COLOR_BUFFER_TYPE, EGL_RGB_BUFFER,
		EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_ALPHA_SIZE, (EGLint)alpha,
		EGL_DEPTH_SIZE, (EGLint)depth, EGL_STENCIL_SIZE, (EGLint)stencil, EGL_SAMPLES, (EGLint)samples, EGL_NONE,
	};
	EGLConfig list[256];
	EGLint n = 0;
	if (!eglChooseConfig(e->dpy, want, list, 256, &n)) n = 0;
	/* The least is asked for, but a picture depends on the exact sizes: without alpha, destination alpha is 1. */
	for (int exact = 2; exact >= 0; exact--) {
		for (EGLint i = 0; i < n; i++) {
			EGLint r = 0, a = 0, z = 0, s = 0, m = 0;
			eglGetConfigAttrib(e->dpy, list[i], EGL_RED_SIZE, &r);
			eglGetConfigAttrib(e->dpy, list[i], EGL_ALPHA_SIZE, &a);
			eglGetConfigAttrib(e->dpy, list[i], EGL_DEPTH_SIZE, &z);
			eglGetConfigAttrib(e->dpy, list[i], EGL_STENCIL_SIZE, &s);
			eglGetConfigAttrib(e->dpy, list[i], EGL_SAMPLES, &m);
			if (r != 8 || a != (EGLint)alpha || m != (EGLint)samples) continue;
			if (exact == 2 && (z != (EGLint)depth || s != (EGLint)stencil)) continue;
			/* Second best: stencil bits nobody uses; but a depth buffer where none is wanted would make depth tests. */
			if (exact == 1 && (z != (EGLint)depth || (stencil == 0) != (s == 0))) continue;
			if (exact == 0 && ((depth == 0) != (z == 0) || (stencil && !s))) continue;
			return list[i];
		}
	}
	return NULL;
}

/* One that contexts of both APIs can draw to, if there is such. */
static EGLConfig choose(egl *e, unsigned alpha, unsigned depth, unsigned stencil, unsigned samples, char *err, size_t err_bytes) {
	EGLConfig c = choose_for(e, EGL_OPENGL_BIT | EGL_OPENGL_ES3_BIT, alpha, depth, stencil, samples);
	if (!c) c = choose_for(e, EGL_OPENGL_BIT, alpha, depth, stencil, samples);
	if (c) return c;
	snprintf(err, err_bytes, "egl: no pbuffer configuration with alpha %u, depth %u, stencil %u, samples %u", alpha, depth, stencil, samples);
	return NULL;
}

static void *context_try(egl *e, void *share, const prism_context_want *w, bool robust) {
	EGLint a[24];
	int n = 0;
	EGLint flags = 0;
	if (w->profile == 1 || (w->profile == 2 && (w->major > 3 || (w->major == 3 && w->minor >= 2)))) {
		a[n++] = EGL_CONTEXT_MAJOR_VERSION, a[n++] = (EGLint)w->major;
		a[n++] = EGL_CONTEXT_MINOR_VERSION, a[n++] = (EGLint)w->minor;
		a[n++] = EGL_CONTEXT_OPENGL_PROFILE_MASK;
		a[n++] = w->profile == 1 ? EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT : EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT;
		if (w->forward) flags |= EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE_BIT_KHR;
	}
	const bool es = w->profile == 4;
	if (es) {
		a[n++] = EGL_CONTEXT_MAJOR_VERSION, a[n++] = (EGLint)(w->major < 2 ? 2 : w->major);
		a[n++] = EGL_CONTEXT_MINOR_VERSION, a[n++] = (EGLint)(w->major < 2 ? 0 : w->minor);
	}
	if (robust && es && e->robust_how == 2) a[n++] = EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT, a[n++] = EGL_TRUE; /* the flag is desktop OpenGL's */
	if (robust && e->robust_how == 1) a[n++] = EGL_CONTEXT_OPENGL_ROBUST_ACCESS, a[n++] = EGL_TRUE;
	if (robust && !es && e->robust_how == 2) flags |= EGL_CONTEXT_OPENGL_ROBUST_ACCESS_BIT_KHR;
	if (flags & EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE_BIT_KHR && e->robust_how == 1) {
		a[n++] = EGL_CONTEXT_OPENGL_FORWARD_COMPATIBLE, a[n++] = EGL_TRUE;
	} else if (flags) {
		a[n++] = EGL_CONTEXT_FLAGS_KHR, a[n++] = flags;
	}
	a[n] = EGL_NONE;
	return eglCreateContext(e->dpy, e->no_config ? EGL_NO_CONFIG_KHR : e->any, share ? share : EGL_NO_CONTEXT, a);
}

static void *context_new(prism_device *d, void *share, const prism_context_want *w, char *err, size_t err_bytes) {
	egl *e = (egl *)d;
	if (w->profile > 2 && w->profile != 4) {
		snprintf(err, err_bytes, "egl: context profile %#x is not supported, want 0 (legacy), 1 (core), 2 (compatibility) or 4 (OpenGL ES)", w->profile);
		return NULL;
	}
	/* The bound API is the thread's, and the thread may have changed since the display was opened. */
	if (!eglBindAPI(w->profile == 4 ? EGL_OPENGL_ES_API : EGL_OPENGL_API)) {
		snprintf(err, err_bytes, "egl: %s is not offered", w->profile == 4 ? "OpenGL ES" : "desktop OpenGL");
		return NULL;
	}
	void *c = context_try(e, share, w, d->robust);
	eglBindAPI(EGL_OPENGL_API);
	if (c == EGL_NO_CONTEXT)
		snprintf(err, err_bytes, "egl: context of version %u.%u, profile %u: %s", w->major, w->minor, w->profile, egl_error());
	return c == EGL_NO_CONTEXT ? NULL : c;
}

static void context_free(prism_device *d, void *c) { eglDestroyContext(((egl *)d)->dpy, c); }

static void *surface_new(prism_device *d, const prism_surface_want *w, char *err, size_t err_bytes) {
	egl *e = (egl *)d;
	EGLConfig c = choose(e, w->alpha, w->depth, w->stencil, w->samples, err, err_bytes);
	if (!c) return NULL;
	const EGLint a[] = {EGL_WIDTH, (EGLint)w->width, EGL_HEIGHT, (EGLint)w->height, EGL_NONE};
	EGLSurface s = eglCreatePbufferSurface(e->dpy, c, a);
	if (s == EGL_NO_SURFACE) {
		snprintf(err, err_bytes, "egl: pbuffer of %u×%u: %s", w->width, w->height, egl_error());
		return NULL;
	}
	EGLint gw = 0, gh = 0;
	eglQuerySurface(e->dpy, s, EGL_WIDTH, &gw);
	eglQuerySurface(e->dpy, s, EGL_HEIGHT, &gh);
	if (gw != (EGLint)w->width || gh != (EGLint)w->height) {
		snprintf(err, err_bytes, "egl: a pbuffer of %u×%u became one of %d×%d", w->width, w->height, gw, gh);
		eglDestroySurface(e->dpy, s);
		return NULL;
	}
	return s;
}

static void surface_free(prism_device *d, void *s) { eglDestroySurface(((egl *)d)->dpy, s); }

static bool make_current(prism_device *d, void *draw, void *read, void *ctx, char *err, size_t err_bytes) {
	egl *e = (egl *)d;
	eglBindAPI(EGL_OPENGL_API);
	if (eglMakeCurrent(e->dpy, draw ? draw : EGL_NO_SURFACE, read ? read : EGL_NO_SURFACE, ctx ? ctx : EGL_NO_CONTEXT)) return true;
	snprintf(err, err_bytes, "egl: make current: %s", egl_error());
	return false;
}

int prism_egl_devices(void) {
	PFNEGLQUERYDEVICESEXTPROC query = (PFNEGLQUERYDEVICESEXTPROC)(void *)eglGetProcAddress("eglQueryDevicesEXT");
	EGLint n = 0;
	const char *ext = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
	if (!(has(ext, "EGL_EXT_device_enumeration") || has(ext, "EGL_EXT_device_base")) || !query || !query(0, NULL, &n)) return -1;
	return n;
}

static EGLDisplay open_display(int index, char *err, size_t err_bytes) {
	const char *ext = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
	PFNEGLGETPLATFORMDISPLAYEXTPROC get = (PFNEGLGETPLATFORMDISPLAYEXTPROC)(void *)eglGetProcAddress("eglGetPlatformDisplayEXT");
	if (!get) {
		snprintf(err, err_bytes, "egl: EGL_EXT_platform_base is not offered");
		return EGL_NO_DISPLAY;
	}
	if (index < 0 && has(ext, "EGL_MESA_platform_surfaceless")) {
		EGLDisplay dpy = get(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
		if (dpy != EGL_NO_DISPLAY && eglInitialize(dpy, NULL, NULL)) return dpy;
	}
	if (index < 0) index = 0;
	PFNEGLQUERYDEVICESEXTPROC query = (PFNEGLQUERYDEVICESEXTPROC)(void *)eglGetProcAddress("eglQueryDevicesEXT");
	EGLDeviceEXT list[64];
	EGLint n = 0;
	if (!query || !has(ext, "EGL_EXT_platform_device") || !query(64, list, &n)) {
		snprintf(err, err_bytes, "egl: neither the surfaceless platform nor EGL_EXT_platform_device is offered");
		return EGL_NO_DISPLAY;
	}
	if (index >= n) {
		snprintf(err, err_bytes, "egl: device %d: there are %d, numbered from 0", index, n);
		return EGL_NO_DISPLAY;
	}
	EGLDisplay dpy = get(EGL_PLATFORM_DEVICE_EXT, list[index], NULL);
	if (dpy == EGL_NO_DISPLAY || !eglInitialize(dpy, NULL, NULL)) {
		snprintf(err, err_bytes, "egl: device %d cannot be opened: %s", index, egl_error());
		return EGL_NO_DISPLAY;
	}
	return dpy;
}

prism_device *prism_egl_open(int index, char *err, size_t err_bytes) {
	EGLDisplay dpy = open_display(index, err, err_bytes);
	if (dpy == EGL_NO_DISPLAY) return NULL;
	egl *e = calloc(1, sizeof *e);
	if (!e) {
		snprintf(err, err_bytes, "egl: out of memory");
		return NULL;
	}
	e->dpy = dpy;
	e->d.proc = proc;
	e->d.context_new = context_new;
	e->d.context_free = context_free;
	e->d.surface_new = surface_new;
	e->d.surface_free = surface_free;
	e->d.make_current = make_current;
	eglInitialize(dpy, &e->major, &e->minor);
	const char *ext = eglQueryString(dpy, EGL_EXTENSIONS);
	bool v15 = e->major > 1 || e->minor >= 5;
	snprintf(e->version, sizeof e->version, "%s, %s", eglQueryString(dpy, EGL_VERSION), eglQueryString(dpy, EGL_VENDOR));
	if (!eglBindAPI(EGL_OPENGL_API)) {
		snprintf(err, err_bytes, "egl: desktop OpenGL is not offered");
		goto fail;
	}
	if (!v15 && !has(ext, "EGL_KHR_create_context")) {
		snprintf(err, err_bytes, "egl: EGL_KHR_create_context is not offered by %s", e->version);
		goto fail;
	}
	e->no_config = has(ext, "EGL_KHR_no_config_context") || has(ext, "EGL_MESA_configless_context");
	e->any = choose(e, 8, 24, 8, 0, err, err_bytes);
	if (!e->any) goto fail;
	/* Whether robust access is really given shows only when a context is made. */
	const prism_context_want legacy = {0, 0, 0, false};
	for (e->robust_how = v15 ? 1 : 2; e->robust_how && !e->d.robust; e->robust_how = e->robust_how == 1 ? 2 : 0) {
		void *c = context_try(e, NULL, &legacy, true);
		if (c == EGL_NO_CONTEXT) continue;
		eglDestroyContext(dpy, c);
		e->d.robust = true;
		break;
	}
	return &e->d;
fail:
	free(e);
	return NULL;
}

/* The display is left initialised: EGL gives every caller in the process the same one. */
void prism_egl_close(prism_device *d) {
	eglReleaseThread();
	free(d);
}

const char *prism_egl_version(prism_device *d) { return ((egl *)d)->version; }
