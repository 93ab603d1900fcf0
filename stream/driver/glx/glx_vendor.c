/* libglvnd's vendor interface: what libGLX finds in this library. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>
#include <X11/Xlibint.h>
#include <X11/Xmd.h>
#include <GL/glxproto.h>
#include "glx.h"
#undef max
#undef min

const __GLXapiExports *prism_glx_exports;

void prism_glx_error(Display *dpy, int code, XID resource, int minor, bool core) {
	int major = 0, event = 0, first = 0;
	if (!dpy) return;
	if (!XQueryExtension(dpy, "GLX", &major, &event, &first) && !core) {
		code = BadImplementation;
		core = true;
	}
	LockDisplay(dpy);
	xError e = {.type = X_Error, .errorCode = (BYTE)(core ? code : first + code), .sequenceNumber = (CARD16)dpy->request,
		.resourceID = (CARD32)resource, .minorCode = (CARD16)minor, .majorCode = (CARD8)major};
	_XError(dpy, &e);
	UnlockDisplay(dpy);
}

XID prism_glx_xid(Display *dpy) {
	LockDisplay(dpy);
	XID id = XAllocID(dpy);
	UnlockDisplay(dpy);
	SyncHandle(); /* Xlib fetches the next number here */
	return id;
}

Bool prism_glXQueryExtension(Display *dpy, int *error, int *event) {
	int major, ev = 0, er = 0;
	Bool ok = XQueryExtension(dpy, "GLX", &major, &ev, &er);
	if (error) *error = er;
	if (event) *event = ev;
	return ok;
}

Bool prism_glXQueryVersion(Display *dpy, int *major, int *minor) {
	(void)dpy;
	if (major) *major = PRISM_GLX_MAJOR;
	if (minor) *minor = PRISM_GLX_MINOR;
	return True;
}

const char *prism_glXGetClientString(Display *dpy, int name) {
	(void)dpy;
	switch (name) {
	case GLX_VENDOR: return PRISM_GLX_VENDOR;
	case GLX_VERSION: return PRISM_GLX_VERSION;
	case GLX_EXTENSIONS: return prism_glx_extensions;
	}
	return NULL;
}

const char *prism_glXQueryServerString(Display *dpy, int screen, int name) {
	return dpy && screen >= 0 && screen < ScreenCount(dpy) ? prism_glXGetClientString(dpy, name) : NULL;
}

const char *prism_glXQueryExtensionsString(Display *dpy, int screen) { return prism_glXQueryServerString(dpy, screen, GLX_EXTENSIONS); }

void prism_glx_drop_context(GLXContext made) {
	if (prism_context_valid((prism_context *)made)) prism_context_destroy((prism_context *)made);
}

static int glx_by_name(const void *key, const void *proc) { return strcmp(key, ((const prism_glx_proc *)proc)->name); }

static const prism_glx_proc *glx_proc(const char *name) {
	return bsearch(name, prism_glx_procs, prism_glx_procs_n, sizeof *prism_glx_procs, glx_by_name);
}

static int by_name(const void *key, const void *proc) { return strcmp(key, ((const prism_proc *)proc)->name); }

__GLXextFuncPtr prism_glXGetProcAddress(const GLubyte *name) {
	const char *s = (const char *)name;
	if (!strncmp(s, "glX", 3)) {
		const prism_glx_proc *g = glx_proc(s);
		return g ? (__GLXextFuncPtr)g->fn : NULL;
	}
	const prism_proc *p = bsearch(s, prism_procs, prism_procs_n, sizeof *prism_procs, by_name);
	return p ? (__GLXextFuncPtr)p->fn : NULL;
}

__GLXextFuncPtr prism_glXGetProcAddressARB(const GLubyte *name) { return prism_glXGetProcAddress(name); }

static void *get_proc(const GLubyte *name) { return (void *)prism_glXGetProcAddress(name); }

static void *get_dispatch(const GLubyte *name) {
	const prism_glx_proc *g = glx_proc((const char *)name);
	return g ? g->dispatch : NULL;
}

static void set_index(const GLubyte *name, int index) {
	const prism_glx_proc *g = glx_proc((const char *)name);
	if (g && g->index) *g->index = index;
}

static Bool screen_supported(Display *dpy, int screen) {
	const prism_screen *s = prism_glx_screen(dpy, screen);
	if (s && s->n) return True;
	if (s) prism_say("the X screen %d has no TrueColor visual of 24 or 32 bits", screen);
	return False;
}

__attribute__((visibility("default"))) Bool __glx_Main(uint32_t version, const __GLXapiExports *e, __GLXvendorInfo *vendor,
	__GLXapiImports *imports) {
	(void)vendor;
	if (GLX_VENDOR_ABI_GET_MAJOR_VERSION(version) != GLX_VENDOR_ABI_MAJOR_VERSION) {
		prism_say("libGLX speaks version %u of the vendor interface, this driver version %u",
			GLX_VENDOR_ABI_GET_MAJOR_VERSION(version), GLX_VENDOR_ABI_MAJOR_VERSION);
		return False;
	}
	/* libGLX calls this when it is loaded itself, also in a process that never draws or only forks those that do: the process
	 * attaches when it first asks for a screen (prism_glx_screen). Only where there is nothing to attach to, libGLX must know now:
	 * then it takes another vendor. */
	const char *path = secure_getenv("PRISM_SOCKET");
	if ((!path || access(path, F_OK)) && !prism_attach()) return False;
	prism_glx_exports = e;
	imports->isScreenSupported = screen_supported;
	imports->getProcAddress = get_proc;
	imports->getDispatchAddress = get_dispatch;
	imports->setDispatchIndex = set_index;
	return True;
}
