/* What the programs about EGL share. */
#ifndef CONFORM_EGL_H
#define CONFORM_EGL_H
#include "conform.h"
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <pthread.h>

#define PW 96
#define PH 64

static PFNEGLGETPLATFORMDISPLAYEXTPROC get_display;
static PFNEGLQUERYDEVICESEXTPROC query_devices;
static PFNEGLQUERYDEVICESTRINGEXTPROC device_string;
static PFNEGLQUERYDEVICEATTRIBEXTPROC device_attrib;
static PFNEGLQUERYDISPLAYATTRIBEXTPROC display_attrib;
static PFNEGLCREATESYNCKHRPROC create_sync;
static PFNEGLCLIENTWAITSYNCKHRPROC client_wait;
static PFNEGLGETSYNCATTRIBKHRPROC sync_attrib;
static PFNEGLDESTROYSYNCKHRPROC destroy_sync;
static PFNEGLWAITSYNCKHRPROC wait_sync;
static PFNEGLSWAPBUFFERSWITHDAMAGEEXTPROC swap_damage;

static void say(const char *name, long v) { printf("%s: %ld, error %#x\n", name, v, eglGetError()); }
#define SAY(call) say(#call, (long)(call))
/* A handle: whether there is one. */
static void *told(const char *name, void *v) {
	printf("%s: %s, error %#x\n", name, v ? "made" : "none", eglGetError());
	return v;
}
#define TOLD(call) told(#call, call)

static void has(const char *list, const char *what, const char *name) {
	size_t n = strlen(name);
	const char *p = list;
	while (p && (p = strstr(p, name)) && p[n] && p[n] != ' ') p += n;
	printf("%s %s: %s\n", what, name, p ? "yes" : "no");
}

static void config_told(EGLDisplay d, EGLConfig c) {
	static const struct { EGLint attrib; const char *name; } list[] = {
		{EGL_BUFFER_SIZE, "buffer"}, {EGL_RED_SIZE, "red"}, {EGL_GREEN_SIZE, "green"}, {EGL_BLUE_SIZE, "blue"}, {EGL_ALPHA_SIZE, "alpha"},
		{EGL_DEPTH_SIZE, "depth"}, {EGL_STENCIL_SIZE, "stencil"}, {EGL_SAMPLES, "samples"}, {EGL_SAMPLE_BUFFERS, "sample buffers"}, {EGL_LEVEL, "level"},
		{EGL_LUMINANCE_SIZE, "luminance"}, {EGL_ALPHA_MASK_SIZE, "alpha mask"}, {EGL_COLOR_BUFFER_TYPE, "type"}, {EGL_CONFIG_CAVEAT, "caveat"},
		{EGL_TRANSPARENT_TYPE, "transparent"},
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		EGLint v = -7;
		EGLBoolean ok = eglGetConfigAttrib(d, c, list[i].attrib, &v);
		printf(" %s %d%s", list[i].name, v, ok ? "" : "!");
	}
	puts("");
}

/* The first that fits; how it looks. */
static EGLConfig choose(const char *name, EGLDisplay d, const EGLint *attribs) {
	EGLConfig c = NULL;
	EGLint n = -1;
	EGLBoolean ok = eglChooseConfig(d, attribs, &c, 1, &n);
	printf("%s: %d, %d, error %#x:", name, ok, n, eglGetError());
	if (ok && n == 1) config_told(d, c);
	else puts("");
	return c;
}

static EGLConfig usual(EGLDisplay d, EGLint surface) {
	const EGLint a[] = {EGL_SURFACE_TYPE, surface, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8, EGL_GREEN_SIZE, 8, EGL_BLUE_SIZE, 8, EGL_ALPHA_SIZE, 8,
		EGL_DEPTH_SIZE, 24, EGL_STENCIL_SIZE, 8, EGL_NONE};
	return choose("usual", d, a);
}

static void draw(int n) {
	glClearColor(0.25f * (float)n, 0.5f, 0.75f, 0.5f);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glBegin(GL_TRIANGLES);
	glColor4f(1, 0, 0, 1);
	glVertex2f(-0.9f, -0.8f);
	glColor4f(0, 1, 0, 0.25f);
	glVertex2f(0.9f, -0.7f + 0.1f * (float)n);
	glColor4f(0, 0, 1, 0);
	glVertex2f(0.1f, 0.9f);
	glEnd();
}
static void seen(const char *name, int w, int h) {
	memset(frame, 0, sizeof frame);
	glReadPixels(0, 0, w, h, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	printf("%s: %016llx, GL error %#x\n", name, (unsigned long long)hash(frame, (size_t)w * (size_t)h * 4), glGetError());
}

static EGLContext context(EGLDisplay d, EGLConfig c, EGLContext share, int major, int minor, int profile) {
	const EGLint a[] = {EGL_CONTEXT_MAJOR_VERSION, major, EGL_CONTEXT_MINOR_VERSION, minor, EGL_CONTEXT_OPENGL_PROFILE_MASK, profile, EGL_NONE};
	return eglCreateContext(d, c, share, a);
}

/* What is drawn stays with the surface: contexts that share nothing go on where another has stopped, also one that is gone. */
static void slope(float from, float to) {
	glEnable(GL_DEPTH_TEST);
	glBegin(GL_TRIANGLE_STRIP);
	glColor4f(from, 0.5f, to, 0.5f);
	glVertex3f(-1, -1, from);
	glVertex3f(1, -1, from);
	glColor4f(to, from, 0.25f, 1);
	glVertex3f(-1, 1, to);
	glVertex3f(1, 1, to);
	glEnd();
}
static void strangers(EGLDisplay d, EGLConfig c, EGLSurface s, int w, int h) {
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	EGLContext y = context(d, c, EGL_NO_CONTEXT, 2, 1, 0);
	const EGLint es2[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
	SAY(eglMakeCurrent(d, s, s, x));
	glClearColor(0.2f, 0.4f, 0.6f, 0.8f);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	slope(-0.7f, 0.3f);
	SAY(eglMakeCurrent(d, s, s, y));
	seen("what a stranger drew", w, h);
	slope(0.4f, -0.6f);
	SAY(eglMakeCurrent(d, s, s, x));
	seen("both", w, h);
	slope(-0.2f, -0.1f);
	SAY(eglSwapBuffers(d, s));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	SAY(eglDestroyContext(d, x));
	SAY(eglDestroyContext(d, y));
	SAY(eglBindAPI(EGL_OPENGL_ES_API));
	EGLContext e = eglCreateContext(d, c, EGL_NO_CONTEXT, es2);
	SAY(eglMakeCurrent(d, s, s, e));
	seen("what is left of them, to OpenGL ES", w, h);
	glEnable(GL_SCISSOR_TEST);
	glScissor(w / 3, h / 3, w / 2, h / 2);
	glClearColor(1, 1, 0, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	SAY(eglBindAPI(EGL_OPENGL_API));
	EGLContext z = context(d, c, EGL_NO_CONTEXT, 2, 1, 0);
	SAY(eglMakeCurrent(d, s, s, z));
	slope(0.1f, -0.3f);
	seen("and all", w, h);
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	SAY(eglDestroyContext(d, z));
	SAY(eglDestroyContext(d, e));
}

static void lib(void) {
	const char *client = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
	static const char *const wanted[] = {"EGL_EXT_client_extensions", "EGL_EXT_platform_base", "EGL_KHR_client_get_all_proc_addresses", "EGL_KHR_debug",
		"EGL_EXT_device_base", "EGL_EXT_device_enumeration", "EGL_EXT_device_query", "EGL_EXT_platform_device", "EGL_EXT_platform_x11", "EGL_KHR_platform_x11",
		"EGL_MESA_platform_surfaceless"};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) has(client, "client", wanted[i]);
	get_display = (void *)eglGetProcAddress("eglGetPlatformDisplayEXT");
	query_devices = (void *)eglGetProcAddress("eglQueryDevicesEXT");
	device_string = (void *)eglGetProcAddress("eglQueryDeviceStringEXT");
	device_attrib = (void *)eglGetProcAddress("eglQueryDeviceAttribEXT");
	display_attrib = (void *)eglGetProcAddress("eglQueryDisplayAttribEXT");
	create_sync = (void *)eglGetProcAddress("eglCreateSyncKHR");
	client_wait = (void *)eglGetProcAddress("eglClientWaitSyncKHR");
	sync_attrib = (void *)eglGetProcAddress("eglGetSyncAttribKHR");
	destroy_sync = (void *)eglGetProcAddress("eglDestroySyncKHR");
	wait_sync = (void *)eglGetProcAddress("eglWaitSyncKHR");
	swap_damage = (void *)eglGetProcAddress("eglSwapBuffersWithDamageEXT");
	printf("pointers: %d %d %d %d %d %d %d %d\n", get_display != NULL, query_devices != NULL, device_string != NULL, device_attrib != NULL, display_attrib != NULL,
		create_sync != NULL, client_wait != NULL, eglGetProcAddress("eglNoSuchThing") != NULL);
}
#endif
