/* libglvnd's vendor interface: what libGLX finds in this library. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>
#include <X11/Xlibint.h>
#include <X11/Xmd.h>
#include <GL/glxproto.h>
#include <glvnd/libglxabi.h>
#include "glx.h"
#undef max
#undef min

const char prism_glx_extensions[] =
	"GLX_ARB_context_flush_control GLX_ARB_create_context GLX_ARB_create_context_no_error GLX_ARB_create_context_profile "
	"GLX_ARB_get_proc_address GLX_ARB_multisample GLX_EXT_swap_control GLX_EXT_visual_info GLX_EXT_visual_rating "
	"GLX_MESA_swap_control GLX_SGI_swap_control ";

static const __GLXapiExports *exports;

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
	if (major) *major = 1;
	if (minor) *minor = 4;
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

/* Functions that libGLX does not dispatch by itself. */
enum { D_CREATE_ATTRIBS, D_SWAP_EXT, D_SWAP_SGI, D_SWAP_MESA, D_GET_SWAP_MESA, D_N };
static int dispatch_index[D_N] = {-1, -1, -1, -1, -1};

static void *entry(__GLXvendorInfo *v, int which) {
	return v ? (void *)exports->fetchDispatchEntry(v, dispatch_index[which]) : NULL;
}

static GLXContext d_create_attribs(Display *dpy, GLXFBConfig config, GLXContext share, Bool direct, const int *attribs) {
	__GLXvendorInfo *v = exports->vendorFromFBConfig(dpy, config);
	GLXContext (*fn)(Display *, GLXFBConfig, GLXContext, Bool, const int *) = entry(v, D_CREATE_ATTRIBS);
	GLXContext c = fn ? fn(dpy, config, share, direct, attribs) : NULL;
	if (c && exports->addVendorContextMapping(dpy, c, v)) {
		prism_glXDestroyContext(dpy, c);
		c = NULL;
	}
	return c;
}

static void d_swap_ext(Display *dpy, GLXDrawable d, int interval) {
	void (*fn)(Display *, GLXDrawable, int) = entry(exports->vendorFromDrawable(dpy, d), D_SWAP_EXT);
	if (fn) fn(dpy, d, interval);
}
static int d_swap_sgi(int interval) {
	int (*fn)(int) = entry(exports->getCurrentDynDispatch(), D_SWAP_SGI);
	return fn ? fn(interval) : GLX_BAD_CONTEXT;
}
static int d_swap_mesa(unsigned interval) {
	int (*fn)(unsigned) = entry(exports->getCurrentDynDispatch(), D_SWAP_MESA);
	return fn ? fn(interval) : GLX_BAD_CONTEXT;
}
static int d_get_swap_mesa(void) {
	int (*fn)(void) = entry(exports->getCurrentDynDispatch(), D_GET_SWAP_MESA);
	return fn ? fn() : 0;
}

#define F(name) {"glX" #name, (void *)prism_glX##name, NULL, -1}
static const struct glx_proc { const char *name; void *fn, *dispatch; int index; } glx_procs[] = {
	F(ChooseFBConfig), F(ChooseVisual), F(CopyContext), F(CreateContext), F(CreateGLXPixmap), F(CreateNewContext), F(CreatePbuffer),
	F(CreatePixmap), F(CreateWindow), F(DestroyContext), F(DestroyGLXPixmap), F(DestroyPbuffer), F(DestroyPixmap), F(DestroyWindow),
	F(GetClientString), F(GetConfig), F(GetCurrentContext), F(GetCurrentDisplay), F(GetCurrentDrawable), F(GetCurrentReadDrawable),
	F(GetFBConfigAttrib), F(GetFBConfigs), F(GetProcAddress), {"glXGetProcAddressARB", (void *)prism_glXGetProcAddress, NULL, -1},
	F(GetSelectedEvent), F(GetVisualFromFBConfig), F(IsDirect), F(MakeContextCurrent), F(MakeCurrent), F(QueryContext), F(QueryDrawable),
	F(QueryExtension), F(QueryExtensionsString), F(QueryServerString), F(QueryVersion), F(SelectEvent), F(SwapBuffers), F(UseXFont),
	F(WaitGL), F(WaitX),
	{"glXCreateContextAttribsARB", (void *)prism_glXCreateContextAttribsARB, (void *)d_create_attribs, D_CREATE_ATTRIBS},
	{"glXSwapIntervalEXT", (void *)prism_glXSwapIntervalEXT, (void *)d_swap_ext, D_SWAP_EXT},
	{"glXSwapIntervalSGI", (void *)prism_glXSwapIntervalSGI, (void *)d_swap_sgi, D_SWAP_SGI},
	{"glXSwapIntervalMESA", (void *)prism_glXSwapIntervalMESA, (void *)d_swap_mesa, D_SWAP_MESA},
	{"glXGetSwapIntervalMESA", (void *)prism_glXGetSwapIntervalMESA, (void *)d_get_swap_mesa, D_GET_SWAP_MESA},
};

static const struct glx_proc *glx_proc(const char *name) {
	for (size_t i = 0; i < sizeof glx_procs / sizeof *glx_procs; i++)
		if (!strcmp(glx_procs[i].name, name)) return &glx_procs[i];
	return NULL;
}

static int by_name(const void *key, const void *proc) { return strcmp(key, ((const prism_proc *)proc)->name); }

__GLXextFuncPtr prism_glXGetProcAddress(const GLubyte *name) {
	const char *s = (const char *)name;
	if (!strncmp(s, "glX", 3)) {
		const struct glx_proc *g = glx_proc(s);
		return g ? (__GLXextFuncPtr)g->fn : NULL;
	}
	const prism_proc *p = bsearch(s, prism_procs, prism_procs_n, sizeof *prism_procs, by_name);
	return p ? (__GLXextFuncPtr)p->fn : NULL;
}

static void *get_proc(const GLubyte *name) { return (void *)prism_glXGetProcAddress(name); }

static void *get_dispatch(const GLubyte *name) {
	const struct glx_proc *g = glx_proc((const char *)name);
	return g ? g->dispatch : NULL;
}

static void set_index(const GLubyte *name, int index) {
	const struct glx_proc *g = glx_proc((const char *)name);
	if (g && g->index >= 0) dispatch_index[g->index] = index;
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
	exports = e;
	imports->isScreenSupported = screen_supported;
	imports->getProcAddress = get_proc;
	imports->getDispatchAddress = get_dispatch;
	imports->setDispatchIndex = set_index;
	return True;
}
