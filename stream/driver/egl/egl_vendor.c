/* libglvnd's vendor interface: what libEGL finds in this library. Errors, and EGL_KHR_debug, which tells of them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "egl.h"

const __EGLapiExports *prism_egl_exports;
pthread_mutex_t prism_egl_mu = PTHREAD_MUTEX_INITIALIZER;
__thread prism_egl_thread prism_egl_t __attribute__((tls_model("initial-exec"))) = {.error = EGL_SUCCESS};

/* EGL_KHR_debug; prism_egl_mu */
static EGLDEBUGPROCKHR debug_fn;
static unsigned debug_on = 3; /* bit: type of message, from EGL_DEBUG_MSG_CRITICAL_KHR */

void prism_egl_begin(const char *command) {
	prism_egl_t.error = EGL_SUCCESS;
	prism_egl_t.command = command;
	prism_egl_t.object = NULL;
}

int prism_egl_fail(EGLint error, const char *fmt, ...) {
	const EGLint type = error == EGL_BAD_ALLOC ? EGL_DEBUG_MSG_CRITICAL_KHR : EGL_DEBUG_MSG_ERROR_KHR;
	prism_egl_t.error = error;
	pthread_mutex_lock(&prism_egl_mu);
	EGLDEBUGPROCKHR fn = debug_on & 1u << (type - EGL_DEBUG_MSG_CRITICAL_KHR) ? debug_fn : NULL;
	pthread_mutex_unlock(&prism_egl_mu);
	if (!fn) return 0;
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	fn((EGLenum)error, prism_egl_t.command, type, prism_egl_t.label, prism_egl_t.object, text);
	return 0;
}

prism_egl_display *prism_egl_begin_on(const char *command, EGLDisplay dpy) {
	prism_egl_begin(command);
	prism_egl_display *d = prism_egl_display_of(dpy);
	if (!d) return prism_egl_fail(EGL_BAD_DISPLAY, "%p is no display", dpy), NULL;
	pthread_mutex_lock(&prism_egl_mu);
	bool ready = d->initialized;
	prism_egl_t.object = d->label;
	pthread_mutex_unlock(&prism_egl_mu);
	if (!ready) return prism_egl_fail(EGL_NOT_INITIALIZED, "the display is not initialized"), NULL;
	return d;
}

EGLint prism_eglGetError(void) {
	EGLint e = prism_egl_t.error;
	prism_egl_t.error = EGL_SUCCESS;
	return e;
}

EGLint prism_eglDebugMessageControlKHR(EGLDEBUGPROCKHR callback, const EGLAttrib *attribs) {
	prism_egl_begin("eglDebugMessageControlKHR");
	unsigned on;
	pthread_mutex_lock(&prism_egl_mu);
	on = debug_on;
	pthread_mutex_unlock(&prism_egl_mu);
	for (const EGLAttrib *a = attribs; a && *a != EGL_NONE; a += 2) {
		if (a[0] < EGL_DEBUG_MSG_CRITICAL_KHR || a[0] > EGL_DEBUG_MSG_INFO_KHR) {
			prism_egl_fail(EGL_BAD_ATTRIBUTE, "%#lx is no kind of message", (long)a[0]);
			return EGL_BAD_ATTRIBUTE;
		}
		unsigned bit = 1u << (a[0] - EGL_DEBUG_MSG_CRITICAL_KHR);
		on = a[1] ? on | bit : on & ~bit;
	}
	pthread_mutex_lock(&prism_egl_mu);
	debug_fn = callback;
	debug_on = callback ? on : 3;
	pthread_mutex_unlock(&prism_egl_mu);
	return EGL_SUCCESS;
}

EGLBoolean prism_eglQueryDebugKHR(EGLint attribute, EGLAttrib *value) {
	prism_egl_begin("eglQueryDebugKHR");
	bool known = attribute == EGL_DEBUG_CALLBACK_KHR || (attribute >= EGL_DEBUG_MSG_CRITICAL_KHR && attribute <= EGL_DEBUG_MSG_INFO_KHR);
	if (!known) return prism_egl_fail(EGL_BAD_ATTRIBUTE, "%#x is no attribute of debugging", attribute);
	pthread_mutex_lock(&prism_egl_mu);
	*value = attribute == EGL_DEBUG_CALLBACK_KHR ? (EGLAttrib)debug_fn : (EGLAttrib)(debug_on >> (attribute - EGL_DEBUG_MSG_CRITICAL_KHR) & 1);
	pthread_mutex_unlock(&prism_egl_mu);
	return EGL_TRUE;
}

EGLint prism_eglLabelObjectKHR(EGLDisplay dpy, EGLenum type, EGLObjectKHR object, EGLLabelKHR label) {
	if (type == EGL_OBJECT_THREAD_KHR) {
		prism_egl_begin("eglLabelObjectKHR");
		prism_egl_t.label = label;
		return EGL_SUCCESS;
	}
	prism_egl_display *d = prism_egl_begin_on("eglLabelObjectKHR", dpy);
	if (!d) {
		if (type != EGL_OBJECT_DISPLAY_KHR || !(d = prism_egl_display_of(dpy))) return prism_egl_t.error;
		prism_egl_t.error = EGL_SUCCESS; /* may be labelled before it is initialised */
	}
	bool good = false;
	prism_egl_t.object = NULL;
	prism_context *c;
	switch (type) {
	case EGL_OBJECT_DISPLAY_KHR:
		if ((good = object == dpy)) {
			pthread_mutex_lock(&prism_egl_mu);
			d->label = label;
			pthread_mutex_unlock(&prism_egl_mu);
		}
		break;
	case EGL_OBJECT_CONTEXT_KHR:
		if ((good = (c = prism_egl_context(d, object)))) c->label = label;
		break;
	case EGL_OBJECT_SURFACE_KHR: good = prism_egl_surface_label(d, object, label); break;
	case EGL_OBJECT_SYNC_KHR: good = prism_egl_sync_label(d, object, label); break;
	}
	if (good) return EGL_SUCCESS;
	prism_egl_fail(EGL_BAD_PARAMETER, "%p is no object of type %#x", object, type);
	return EGL_BAD_PARAMETER;
}

const char *prism_eglQueryString(EGLDisplay dpy, EGLint name) {
	if (dpy == EGL_NO_DISPLAY) {
		prism_egl_begin("eglQueryString");
		if (name == EGL_EXTENSIONS) return prism_egl_client;
		if (name == EGL_VERSION) return PRISM_EGL_VERSION;
		return prism_egl_fail(EGL_BAD_DISPLAY, "a display is needed"), NULL;
	}
	if (!prism_egl_begin_on("eglQueryString", dpy)) return NULL;
	switch (name) {
	case EGL_VENDOR: return PRISM_EGL_VENDOR;
	case EGL_VERSION: return PRISM_EGL_VERSION " " PRISM_EGL_VENDOR;
	case EGL_EXTENSIONS: return prism_egl_display_extensions;
	case EGL_CLIENT_APIS: return prism_egl_renderable() & ~EGL_OPENGL_BIT ? "OpenGL OpenGL_ES" : "OpenGL";
	}
	return prism_egl_fail(EGL_BAD_PARAMETER, "%#x is no string", name), NULL;
}

static int egl_by_name(const void *key, const void *proc) { return strcmp(key, ((const prism_egl_proc *)proc)->name); }
static int gl_by_name(const void *key, const void *proc) { return strcmp(key, ((const prism_proc *)proc)->name); }

static const prism_egl_proc *egl_proc(const char *name) {
	return bsearch(name, prism_egl_procs, prism_egl_procs_n, sizeof *prism_egl_procs, egl_by_name);
}

static void *get_proc(const char *name) {
	if (!strncmp(name, "egl", 3)) {
		const prism_egl_proc *e = egl_proc(name);
		return e ? e->fn : NULL;
	}
	const prism_proc *p = bsearch(name, prism_procs, prism_procs_n, sizeof *prism_procs, gl_by_name);
	return p ? p->fn : NULL;
}

static void *get_dispatch(const char *name) {
	const prism_egl_proc *e = egl_proc(name);
	return e ? e->dispatch : NULL;
}

static void set_index(const char *name, int index) {
	const prism_egl_proc *e = egl_proc(name);
	if (e && e->index) *e->index = index;
}

static EGLBoolean supports(EGLenum api) {
	return api == EGL_OPENGL_API || (api == EGL_OPENGL_ES_API && (prism_egl_renderable() & ~EGL_OPENGL_BIT));
}

static const char *vendor_string(int name) { return name == __EGL_VENDOR_STRING_PLATFORM_EXTENSIONS ? prism_egl_platform : NULL; }

__attribute__((visibility("default"))) EGLBoolean __egl_Main(uint32_t version, const __EGLapiExports *e, __EGLvendorInfo *vendor,
	__EGLapiImports *imports) {
	(void)vendor;
	if (EGL_VENDOR_ABI_GET_MAJOR_VERSION(version) != EGL_VENDOR_ABI_MAJOR_VERSION) {
		prism_say("libEGL speaks version %u of the vendor interface, this driver version %u",
			EGL_VENDOR_ABI_GET_MAJOR_VERSION(version), EGL_VENDOR_ABI_MAJOR_VERSION);
		return EGL_FALSE;
	}
	/* libEGL asks all vendors when the app first calls it, also one that never opens a display: the process attaches with eglInitialize. */
	prism_egl_exports = e;
	imports->getPlatformDisplay = prism_egl_get_display;
	imports->getSupportsAPI = supports;
	imports->getVendorString = vendor_string;
	imports->getProcAddress = get_proc;
	imports->getDispatchAddress = get_dispatch;
	imports->setDispatchIndex = set_index;
	return EGL_TRUE;
}
