/* Displays: platforms X11, surfaceless and device. One device stands for the session, whatever GPUs its nodes have. */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <X11/Xlibint.h>
#undef max
#undef min
#include "egl.h"

static prism_egl_display *displays; /* prism_egl_mu; only ever grows */
static const char the_device; /* its address is the EGLDeviceEXT */

bool prism_egl_is_device(EGLDeviceEXT dev) { return dev == (EGLDeviceEXT)(uintptr_t)&the_device; }

void prism_egl_fork_child(void) {
	pthread_mutex_init(&prism_egl_mu, NULL);
	prism_egl_t.error = EGL_SUCCESS;
	/* The child's copies belong to the parent's session: it begins with eglInitialize, as it would in a new process. */
	for (prism_egl_display *d = displays; d; d = d->next) d->initialized = false;
	prism_egl_surfaces_forget();
	prism_egl_syncs_forget();
}

void prism_egl_display_closed(void *x) {
	pthread_mutex_lock(&prism_egl_mu);
	for (prism_egl_display *d = displays; d; d = d->next) {
		if (d->x != x) continue;
		/* Not terminated: contexts and pbuffers go on; a later XOpenDisplay may give the same address, and is then another display. */
		d->x = NULL;
		d->native = &d->native;
	}
	pthread_mutex_unlock(&prism_egl_mu);
}

prism_egl_display *prism_egl_display_of(EGLDisplay dpy) {
	prism_egl_display *d;
	pthread_mutex_lock(&prism_egl_mu);
	for (d = displays; d && d != dpy; d = d->next) {}
	pthread_mutex_unlock(&prism_egl_mu);
	return d;
}

void prism_egl_x_sync(prism_egl_display *d) {
	pthread_mutex_lock(&prism_egl_mu);
	Display *x = d->x;
	pthread_mutex_unlock(&prism_egl_mu);
	if (x) {
		XSync(x, False);
	} else if (d->platform == EGL_PLATFORM_XCB_EXT && d->native) {
		xcb_connection_t *c = d->native;
		free(xcb_get_input_focus_reply(c, xcb_get_input_focus(c), NULL));
	}
}

/* Can n bytes at p be read? */
static bool readable(const void *p, size_t n) {
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)p & ~(page - 1);
	unsigned char there[8];
	const uintptr_t pages = ((uintptr_t)p + n - from + page - 1) / page;
	return pages <= sizeof there && !mincore((void *)from, pages * page, there);
}

/* Looks whether p is an Xlib connection, without trusting that it is an address: libEGL does the same before it guesses a platform. */
static bool is_x_display(void *p) {
	if ((uintptr_t)p % _Alignof(struct _XDisplay) || !readable(p, sizeof(struct _XDisplay))) return false;
	const struct _XDisplay *x = p;
	return x->resource_alloc == _XAllocID && x->display_name && x->nscreens > 0;
}

static EGLDisplay get(EGLenum platform, void *native, Display *x, const char *x_name, int screen) {
	prism_egl_display *d, *made = calloc(1, sizeof *made);
	char *name = x_name ? strdup(x_name) : NULL;
	if (!made || (x_name && !name)) {
		free(made);
		free(name);
		return prism_egl_fail(EGL_BAD_ALLOC, "no memory for a display"), EGL_NO_DISPLAY;
	}
	pthread_mutex_lock(&prism_egl_mu);
	for (d = displays; d; d = d->next)
		if (d->platform == platform && d->native == native && d->screen == screen) break;
	if (!d) {
		d = made;
		*d = (prism_egl_display){.next = displays, .platform = platform, .native = native, .screen = screen, .x = x, .x_name = name};
		displays = d;
		made = NULL;
		name = NULL;
	}
	pthread_mutex_unlock(&prism_egl_mu);
	free(made);
	free(name);
	if (x) prism_display_watch(x);
	return d;
}

EGLDisplay prism_egl_get_display(EGLenum platform, void *native, const EGLAttrib *attribs) {
	prism_egl_begin("eglGetPlatformDisplay");
	const char *display = getenv("DISPLAY");
	if (platform == EGL_NONE) {
		/* The default display: what libEGL knows of EGL_PLATFORM has come as a platform. */
		const char *wish = getenv("EGL_PLATFORM");
		platform = (wish && !strcmp(wish, "surfaceless")) || !display || !*display ? EGL_PLATFORM_SURFACELESS_MESA : EGL_PLATFORM_X11_KHR;
	}
	int screen = -1;
	for (const EGLAttrib *a = attribs; a && *a != EGL_NONE; a += 2) {
		const bool known = (platform == EGL_PLATFORM_X11_KHR && a[0] == EGL_PLATFORM_X11_SCREEN_KHR) ||
			(platform == EGL_PLATFORM_XCB_EXT && a[0] == EGL_PLATFORM_XCB_SCREEN_EXT);
		if (!known)
			return prism_egl_fail(EGL_BAD_ATTRIBUTE, "%#lx is no attribute of a display of platform %#x", (long)a[0], platform), EGL_NO_DISPLAY;
		screen = (int)a[1];
	}
	switch (platform) {
	case EGL_PLATFORM_SURFACELESS_MESA:
		if (native) break;
		return get(platform, NULL, NULL, NULL, -1);
	case EGL_PLATFORM_DEVICE_EXT:
		if (native && !prism_egl_is_device(native)) break;
		return get(platform, NULL, NULL, NULL, -1);
	case EGL_PLATFORM_X11_KHR:
		if (!native) return get(platform, NULL, NULL, display && *display ? display : NULL, screen);
		if (!is_x_display(native)) break;
		Display *x = native;
		if (screen >= ScreenCount(x)) return prism_egl_fail(EGL_BAD_ATTRIBUTE, "the X display has no screen %d", screen), EGL_NO_DISPLAY;
		return get(platform, x, x, DisplayString(x), screen < 0 ? DefaultScreen(x) : screen);
	case EGL_PLATFORM_XCB_EXT:
		/* A connection does not know its display's name: it is taken for the one that DISPLAY names. */
		if (native && (!readable(native, 64) || xcb_connection_has_error(native))) break;
		return get(platform, native, NULL, display && *display ? display : NULL, screen);
	default: return prism_egl_fail(EGL_BAD_PARAMETER, "platform %#x is not offered", platform), EGL_NO_DISPLAY;
	}
	return prism_egl_fail(EGL_BAD_PARAMETER, "%p is no native display of platform %#x", native, platform), EGL_NO_DISPLAY;
}

EGLBoolean prism_eglInitialize(EGLDisplay dpy, EGLint *major, EGLint *minor) {
	prism_egl_begin("eglInitialize");
	prism_egl_display *d = prism_egl_display_of(dpy);
	if (!d) return (EGLBoolean)prism_egl_fail(EGL_BAD_DISPLAY, "%p is no display", dpy);
	if (!prism_attach()) return (EGLBoolean)prism_egl_fail(EGL_NOT_INITIALIZED, "no session of prism");
	if (!prism_egl_configs(d)) return (EGLBoolean)prism_egl_fail(EGL_NOT_INITIALIZED, "the X display %s does not answer", d->x_name ? d->x_name : "(DISPLAY is not set)");
	pthread_mutex_lock(&prism_egl_mu);
	d->initialized = true;
	pthread_mutex_unlock(&prism_egl_mu);
	if (major) *major = PRISM_EGL_MAJOR;
	if (minor) *minor = PRISM_EGL_MINOR;
	return EGL_TRUE;
}

EGLBoolean prism_eglTerminate(EGLDisplay dpy) {
	prism_egl_begin("eglTerminate");
	prism_egl_display *d = prism_egl_display_of(dpy);
	if (!d) return (EGLBoolean)prism_egl_fail(EGL_BAD_DISPLAY, "%p is no display", dpy);
	pthread_mutex_lock(&prism_egl_mu);
	bool was = d->initialized;
	d->initialized = false;
	pthread_mutex_unlock(&prism_egl_mu);
	if (!was) return EGL_TRUE;
	/* What a thread has current lives on until the thread lets go. */
	prism_egl_syncs_end(d);
	prism_egl_surfaces_end(d);
	prism_context_display_closed(d);
	return EGL_TRUE;
}

EGLBoolean prism_eglQueryDevicesEXT(EGLint max, EGLDeviceEXT *devices, EGLint *n) {
	prism_egl_begin("eglQueryDevicesEXT");
	if (!n || (devices && max < 1)) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "a place for their number, and room for one device");
	if (devices) devices[0] = (EGLDeviceEXT)(uintptr_t)&the_device;
	*n = 1;
	return EGL_TRUE;
}

EGLBoolean prism_eglQueryDeviceAttribEXT(EGLDeviceEXT dev, EGLint attribute, EGLAttrib *value) {
	(void)value;
	prism_egl_begin("eglQueryDeviceAttribEXT");
	if (!prism_egl_is_device(dev)) return (EGLBoolean)prism_egl_fail(EGL_BAD_DEVICE_EXT, "%p is no device", dev);
	return (EGLBoolean)prism_egl_fail(EGL_BAD_ATTRIBUTE, "a device has no attribute %#x", attribute);
}

const char *prism_eglQueryDeviceStringEXT(EGLDeviceEXT dev, EGLint name) {
	prism_egl_begin("eglQueryDeviceStringEXT");
	if (!prism_egl_is_device(dev)) return prism_egl_fail(EGL_BAD_DEVICE_EXT, "%p is no device", dev), NULL;
	if (name == EGL_EXTENSIONS) return prism_egl_device;
	return prism_egl_fail(EGL_BAD_PARAMETER, "a device has no string %#x", name), NULL;
}

EGLBoolean prism_eglQueryDisplayAttribEXT(EGLDisplay dpy, EGLint attribute, EGLAttrib *value) {
	if (!prism_egl_begin_on("eglQueryDisplayAttribEXT", dpy)) return EGL_FALSE;
	if (attribute != EGL_DEVICE_EXT) return (EGLBoolean)prism_egl_fail(EGL_BAD_ATTRIBUTE, "a display has no attribute %#x", attribute);
	if (!value) return (EGLBoolean)prism_egl_fail(EGL_BAD_PARAMETER, "no place for the value");
	*value = (EGLAttrib)&the_device;
	return EGL_TRUE;
}
