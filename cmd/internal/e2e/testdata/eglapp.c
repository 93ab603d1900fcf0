/* A program that draws by EGL: eglapp surfaceless|device|default FRAMES [lost|fork|age]. It prints a hash of each frame's pixels, of a pbuffer.
 * lost: draws on until a swap fails, then tells what each call gets. fork: a child draws the same. age: a window's buffer age, and whether its
 * contents are what the age says. */
#define _GNU_SOURCE
#define GL_GLEXT_PROTOTYPES 1
#include <X11/Xlib.h>
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define W 130
#define H 70

static EGLDisplay dpy;
static EGLSurface surface;
static EGLContext ctx;
static EGLConfig config;

static int fail(const char *what) {
	fprintf(stderr, "%s: error %#x\n", what, eglGetError());
	return 1;
}

static EGLDisplay display(const char *platform) {
	PFNEGLGETPLATFORMDISPLAYEXTPROC get = (PFNEGLGETPLATFORMDISPLAYEXTPROC)eglGetProcAddress("eglGetPlatformDisplayEXT");
	PFNEGLQUERYDEVICESEXTPROC devices = (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");
	EGLDeviceEXT dev;
	EGLint n = 0;
	if (!strcmp(platform, "default")) return eglGetDisplay(EGL_DEFAULT_DISPLAY);
	if (!strcmp(platform, "surfaceless")) return get(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
	return devices(1, &dev, &n) && n ? get(EGL_PLATFORM_DEVICE_EXT, dev, NULL) : EGL_NO_DISPLAY;
}

static int start(const char *platform) {
	const EGLint want[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8, EGL_ALPHA_SIZE, 8, EGL_DEPTH_SIZE, 24, EGL_NONE};
	const EGLint size[] = {EGL_WIDTH, W, EGL_HEIGHT, H, EGL_NONE};
	EGLint n = 0;
	dpy = display(platform);
	if (!eglInitialize(dpy, NULL, NULL)) return fail("eglInitialize");
	if (!eglBindAPI(EGL_OPENGL_API) || !eglChooseConfig(dpy, want, &config, 1, &n) || !n) return fail("eglChooseConfig");
	surface = eglCreatePbufferSurface(dpy, config, size);
	ctx = eglCreateContext(dpy, config, EGL_NO_CONTEXT, NULL);
	return eglMakeCurrent(dpy, surface, surface, ctx) ? 0 : fail("eglMakeCurrent");
}

static void draw(int n) {
	glClearColor(0.1f * (float)(n % 10), 0.4f, 0.6f, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glBegin(GL_TRIANGLES);
	glColor3f(1, 0, 0);
	glVertex2f(-0.9f, -0.9f);
	glColor3f(0, 1, 0);
	glVertex2f(0.9f, -0.5f);
	glColor3f(0, 0, 1);
	glVertex2f(0.1f * (float)(n % 7), 0.9f);
	glEnd();
}

static void frames(const char *who, int n) {
	static uint8_t px[W * H * 4];
	for (int i = 0; i < n; i++) {
		draw(i);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, px);
		uint64_t h = 1469598103934665603ull;
		for (size_t k = 0; k < sizeof px; k++) h = (h ^ px[k]) * 1099511628211ull;
		printf("%s %d: %016llx\n", who, i, (unsigned long long)h);
		eglSwapBuffers(dpy, surface);
	}
	fflush(stdout);
}

static void lost(void) {
	for (int i = 0; i < 100000 && eglSwapBuffers(dpy, surface); i++) draw(i);
	printf("swap %#x\n", eglGetError());
	PFNEGLCREATESYNCKHRPROC sync = (PFNEGLCREATESYNCKHRPROC)eglGetProcAddress("eglCreateSyncKHR");
	const EGLint size[] = {EGL_WIDTH, W, EGL_HEIGHT, H, EGL_NONE};
	printf("GL %#x\n", glGetError());
	draw(1);
	glFinish();
	EGLContext c = eglCreateContext(dpy, config, EGL_NO_CONTEXT, NULL);
	printf("context %d %#x\n", c != EGL_NO_CONTEXT, eglGetError());
	EGLSurface s = eglCreatePbufferSurface(dpy, config, size);
	printf("surface %d %#x\n", s != EGL_NO_SURFACE, eglGetError());
	EGLSyncKHR f = sync(dpy, EGL_SYNC_FENCE_KHR, NULL);
	printf("fence %d %#x\n", f != EGL_NO_SYNC_KHR, eglGetError());
	eglSwapBuffers(dpy, surface);
	printf("swap %#x\n", eglGetError());
	eglWaitClient();
	eglMakeCurrent(dpy, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	printf("let go %#x\n", eglGetError());
	eglMakeCurrent(dpy, surface, surface, ctx);
	printf("make current %#x\n", eglGetError());
	eglDestroyContext(dpy, ctx);
	eglDestroySurface(dpy, surface);
	eglTerminate(dpy);
	printf("terminate %#x\n", eglGetError());
	eglInitialize(dpy, NULL, NULL);
	printf("initialize %#x\n", eglGetError());
}

static void age_told(const char *when) {
	EGLint age = -1;
	uint8_t px[4] = {0};
	if (!eglQuerySurface(dpy, surface, EGL_BUFFER_AGE_EXT, &age)) printf("error %#x ", eglGetError());
	glReadPixels(3, 3, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, px);
	printf("%s: age %d, red %d\n", when, age, px[0]);
}

static int ages(void) {
	Display *x = XOpenDisplay(NULL);
	Window w = XCreateSimpleWindow(x, DefaultRootWindow(x), 0, 0, W, H, 0, 0, 0);
	const EGLint want[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_RED_SIZE, 8, EGL_NONE};
	EGLint n = 0;
	XMapWindow(x, w);
	dpy = eglGetDisplay((EGLNativeDisplayType)x);
	if (!eglInitialize(dpy, NULL, NULL) || !eglChooseConfig(dpy, want, &config, 1, &n) || !n) return fail("eglChooseConfig");
	surface = eglCreateWindowSurface(dpy, config, w, NULL);
	ctx = eglCreateContext(dpy, config, EGL_NO_CONTEXT, NULL);
	if (!eglMakeCurrent(dpy, surface, surface, ctx)) return fail("eglMakeCurrent");
	glClearColor(1, 0, 0, 1);
	age_told("at first");
	glClear(GL_COLOR_BUFFER_BIT);
	eglSwapBuffers(dpy, surface);
	age_told("after a frame");
	eglSwapBuffers(dpy, surface);
	age_told("after a frame without drawing");
	XResizeWindow(x, w, W + 20, H);
	XSync(x, False);
	eglQuerySurface(dpy, surface, EGL_WIDTH, &n);
	age_told("after a new size");
	glClear(GL_COLOR_BUFFER_BIT);
	eglSwapBuffers(dpy, surface);
	age_told("after its first frame");
	XDestroyWindow(x, w);
	XSync(x, False);
	for (int i = 0; i < 100 && eglSwapBuffers(dpy, surface); i++) usleep(10000);
	printf("without its window: error %#x\n", eglGetError());
	eglTerminate(dpy);
	XCloseDisplay(x);
	return 0;
}

int main(int argc, char **argv) {
	if (argc < 3) return 2;
	const char *mode = argc > 3 ? argv[3] : "";
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(mode, "age")) return eglBindAPI(EGL_OPENGL_API) ? ages() : 1;
	if (start(argv[1])) return 1;
	frames("frame", atoi(argv[2]));
	if (!strcmp(mode, "lost")) lost();
	if (!strcmp(mode, "fork")) {
		pid_t child = fork();
		if (!child) {
			/* What is the parent's is not the child's; it begins anew. */
			printf("before %d\n", eglSwapBuffers(dpy, surface));
			if (start(argv[1])) _exit(1);
			frames("child", atoi(argv[2]));
			eglTerminate(dpy);
			_exit(0);
		}
		int status = -1;
		waitpid(child, &status, 0);
		printf("child %d\n", status);
		frames("parent", atoi(argv[2]));
	}
	return 0;
}
