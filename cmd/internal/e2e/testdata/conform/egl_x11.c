/* EGL on X11: windows, their sizes and frames; GLX and EGL in one process. */
#include "egl.h"
#include <dlfcn.h>

static void on_x11(void) {
	puts("== x11");
	Display *x = XOpenDisplay(NULL);
	EGLDisplay d = TOLD(eglGetDisplay((EGLNativeDisplayType)x));
	const EGLAttrib screen[] = {EGL_PLATFORM_X11_SCREEN_KHR, DefaultScreen(x), EGL_NONE}, odd[] = {0x7777, 0, EGL_NONE};
	EGLDisplay same = TOLD(eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, x, NULL));
	TOLD(eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, x, screen));
	TOLD(eglGetPlatformDisplay(EGL_PLATFORM_X11_KHR, x, odd));
	TOLD(eglGetPlatformDisplay(0x7777, NULL, NULL));
	printf("the same: %d\n", d == same);
	SAY(eglInitialize(d, NULL, NULL));
	SAY(eglBindAPI(EGL_OPENGL_API));
	EGLConfig c = usual(d, EGL_WINDOW_BIT);
	EGLint id = 0, n = 0;
	SAY(eglGetConfigAttrib(d, c, EGL_NATIVE_VISUAL_ID, &id));
	SAY(eglGetConfigAttrib(d, c, EGL_NATIVE_RENDERABLE, &n));
	XVisualInfo want = {.visualid = (VisualID)id}, *vi = XGetVisualInfo(x, VisualIDMask, &want, &n);
	printf("visual: %d, depth %d, class %d\n", n, vi ? vi->depth : 0, vi ? vi->class : 0);
	if (!vi) return;
	dpy = x; /* conform_window's */
	Window w = conform_window(vi, W, H);
	EGLSurface s = TOLD(eglCreateWindowSurface(d, c, w, NULL));
	TOLD(eglCreateWindowSurface(d, c, w, NULL));
	TOLD(eglCreateWindowSurface(d, c, 0, NULL));
	const EGLint wrong[] = {EGL_WIDTH, 5, EGL_NONE}, buffer[] = {EGL_RENDER_BUFFER, 5, EGL_NONE};
	Window w2 = conform_window(vi, 120, 70);
	TOLD(eglCreateWindowSurface(d, c, w2, wrong));
	TOLD(eglCreateWindowSurface(d, c, w2, buffer));
	EGLint v = -7;
	SAY(eglQuerySurface(d, s, EGL_WIDTH, &v));
	printf("%d\n", v);
	SAY(eglQuerySurface(d, s, EGL_HEIGHT, &v));
	printf("%d\n", v);
	SAY(eglQuerySurface(d, s, EGL_RENDER_BUFFER, &v));
	printf("%#x\n", v);
	v = -7;
	SAY(eglQuerySurface(d, s, EGL_LARGEST_PBUFFER, &v));
	printf("%d\n", v);
	EGLContext ctx = context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	SAY(eglMakeCurrent(d, s, s, ctx));
	SAY(eglQueryContext(d, ctx, EGL_RENDER_BUFFER, &v));
	printf("%#x\n", v);
	geti("viewport", GL_VIEWPORT, 4);
	GETI(GL_DRAW_BUFFER, 1);
	GETI(GL_READ_BUFFER, 1);
	GETI(GL_DOUBLEBUFFER, 1);
	SAY(eglSwapInterval(d, 0));
	for (int i = 0; i < 4; i++) {
		draw(i);
		picture("frame");
		SAY(eglSwapBuffers(d, s));
	}
	if (swap_damage) {
		const EGLint rects[] = {3, 4, 50, 60, 100, 20, 30, 30};
		draw(1);
		SAY(swap_damage(d, s, rects, 2));
		SAY(swap_damage(d, s, NULL, 0));
		SAY(swap_damage(d, s, rects, -1));
	}
	SAY(eglWaitNative(EGL_CORE_NATIVE_ENGINE));
	SAY(eglWaitNative(0x7777));
	SAY(eglWaitClient());
	/* A second window under the same context, and the first again. */
	EGLSurface s2 = TOLD(eglCreatePlatformWindowSurface(d, c, &w2, NULL));
	SAY(eglMakeCurrent(d, s2, s2, ctx));
	glViewport(0, 0, 120, 70);
	draw(3);
	picture("second window");
	SAY(eglSwapBuffers(d, s2));
	SAY(eglMakeCurrent(d, s, s, ctx));
	glViewport(0, 0, W, H);
	draw(2);
	picture("first window");
	SAY(eglSwapBuffers(d, s));
	SAY(eglSwapBuffers(d, s2));
	SAY(eglDestroySurface(d, s2));
	/* A new size. */
	XResizeWindow(x, w, 150, 100);
	XSync(x, False);
	draw(1);
	SAY(eglSwapBuffers(d, s));
	glViewport(0, 0, 150, 100);
	draw(2);
	SAY(eglSwapBuffers(d, s));
	SAY(eglQuerySurface(d, s, EGL_WIDTH, &v));
	printf("%d\n", v);
	draw(3);
	seen("smaller", 150, 100);
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	XResizeWindow(x, w, 90, 80);
	XSync(x, False);
	SAY(eglQuerySurface(d, s, EGL_WIDTH, &v));
	printf("not current: %d\n", v);
	SAY(eglDestroySurface(d, s));
	s = TOLD(eglCreateWindowSurface(d, c, w, NULL)); /* the window is free again */
	strangers(d, c, s, 90, 80);
	/* Both images of a window. */
	ctx = context(d, c, EGL_NO_CONTEXT, 2, 1, 0);
	SAY(eglMakeCurrent(d, s, s, ctx));
	glDrawBuffer(GL_FRONT);
	draw(1);
	glFinish();
	glDrawBuffer(GL_BACK);
	draw(2);
	EGLContext other = context(d, c, EGL_NO_CONTEXT, 2, 1, 0);
	SAY(eglMakeCurrent(d, s, s, other));
	glReadBuffer(GL_FRONT);
	seen("front", 90, 80);
	glReadBuffer(GL_BACK);
	seen("back", 90, 80);
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	SAY(eglDestroyContext(d, other));
	SAY(eglDestroyContext(d, ctx));
	SAY(eglTerminate(d));
	XCloseDisplay(x);
}

/* The connection of Xlib as one of xcb. */
static void on_xcb(void) {
	puts("== xcb");
	void *lib = dlopen("libX11-xcb.so.1", RTLD_NOW);
	void *(*connection)(Display *) = lib ? dlsym(lib, "XGetXCBConnection") : NULL;
	dpy = XOpenDisplay(NULL);
	if (!connection || !dpy) return;
	const EGLAttrib screen[] = {EGL_PLATFORM_XCB_SCREEN_EXT, DefaultScreen(dpy), EGL_NONE}, odd[] = {0x7777, 0, EGL_NONE};
	has(eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS), "client", "EGL_EXT_platform_xcb");
	EGLDisplay d = TOLD(eglGetPlatformDisplay(EGL_PLATFORM_XCB_EXT, connection(dpy), screen));
	TOLD(eglGetPlatformDisplay(EGL_PLATFORM_XCB_EXT, connection(dpy), odd));
	SAY(eglInitialize(d, NULL, NULL));
	SAY(eglBindAPI(EGL_OPENGL_API));
	EGLConfig c = usual(d, EGL_WINDOW_BIT);
	EGLint id = 0, n = 0;
	SAY(eglGetConfigAttrib(d, c, EGL_NATIVE_VISUAL_ID, &id));
	XVisualInfo want = {.visualid = (VisualID)id}, *vi = XGetVisualInfo(dpy, VisualIDMask, &want, &n);
	if (!vi) return;
	uint32_t w[2] = {(uint32_t)conform_window(vi, W, H), UINT32_MAX}; /* half of what a Window has */
	EGLSurface s = TOLD(eglCreatePlatformWindowSurface(d, c, w, NULL));
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 2, 1, 0);
	SAY(eglMakeCurrent(d, s, s, x));
	draw(1);
	picture("xcb");
	SAY(eglSwapBuffers(d, s));
	SAY(eglWaitNative(EGL_CORE_NATIVE_ENGINE));
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	SAY(eglTerminate(d));
	XCloseDisplay(dpy);
}

/* GLX and EGL in one process: two windows, each with a context of its own; a thread has one of either. */
static void *by_glx(void *arg) {
	(void)arg;
	glXMakeCurrent(dpy, win, ctx);
	draw(2);
	picture("GLX in another thread");
	conform_swap();
	glXMakeCurrent(dpy, None, NULL);
	return NULL;
}
static void both(void) {
	puts("== GLX and EGL");
	if (!conform_open(33, CONFORM_COMPAT)) return;
	draw(1);
	picture("GLX");
	EGLDisplay d = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
	SAY(eglInitialize(d, NULL, NULL));
	EGLConfig c = usual(d, EGL_PBUFFER_BIT);
	const EGLint size[] = {EGL_WIDTH, PW, EGL_HEIGHT, PH, EGL_NONE};
	SAY(eglBindAPI(EGL_OPENGL_API));
	EGLSurface s = eglCreatePbufferSurface(d, c, size);
	EGLContext x = context(d, c, EGL_NO_CONTEXT, 3, 3, EGL_CONTEXT_OPENGL_COMPATIBILITY_PROFILE_BIT);
	SAY(eglMakeCurrent(d, s, s, x));
	picture("GLX still");
	conform_swap();
	glXMakeCurrent(dpy, None, NULL);
	SAY(eglMakeCurrent(d, s, s, x));
	draw(3);
	seen("EGL", PW, PH);
	pthread_t t;
	pthread_create(&t, NULL, by_glx, NULL);
	pthread_join(t, NULL);
	seen("EGL still", PW, PH);
	SAY(eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT));
	glXMakeCurrent(dpy, win, ctx);
	draw(0);
	picture("GLX again");
	conform_close();
	SAY(eglTerminate(d));
}

int main(void) {
	setvbuf(stdout, NULL, _IOLBF, 0);
	lib();
	on_x11();
	on_xcb();
	both();
	return 0;
}
