/* An application of many behaviours, for the driver's tests: app WHAT. It knows nothing of prism. Exit status 0: all was as a
 * driver should do it. */
#define _GNU_SOURCE
#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glx.h>
#include <GL/glxext.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { fprintf(stderr, "app: line %d: %s\n", __LINE__, #c); exit(1); } } while (0)

static int x_errors, x_last;
static int on_error(Display *d, XErrorEvent *e) { (void)d; x_errors++; x_last = e->error_code; return 0; }

typedef struct win { Display *dpy; XVisualInfo *vis; Window w; GLXContext ctx; } win;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }

static Window make_window(Display *dpy, XVisualInfo *vis, int w, int h) {
	XSetWindowAttributes a = {.colormap = XCreateColormap(dpy, DefaultRootWindow(dpy), vis->visual, AllocNone)};
	Window win = XCreateWindow(dpy, DefaultRootWindow(dpy), 0, 0, (unsigned)w, (unsigned)h, 0, vis->depth, InputOutput, vis->visual, CWColormap | CWBorderPixel, &a);
	XMapWindow(dpy, win);
	return win;
}

static win open_win(int w, int h) {
	static int attribs[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_RED_SIZE, 1, GLX_DEPTH_SIZE, 1, None};
	win o = {.dpy = XOpenDisplay(NULL)};
	CHECK(o.dpy);
	XSetErrorHandler(on_error);
	o.vis = glXChooseVisual(o.dpy, DefaultScreen(o.dpy), attribs);
	CHECK(o.vis);
	o.w = make_window(o.dpy, o.vis, w, h);
	o.ctx = glXCreateContext(o.dpy, o.vis, NULL, True);
	CHECK(o.ctx);
	CHECK(glXMakeCurrent(o.dpy, o.w, o.ctx));
	return o;
}

static void frame(win *o) {
	glClear(GL_COLOR_BUFFER_BIT);
	glBegin(GL_TRIANGLES);
	for (int i = 0; i < 300; i++) glVertex3f((float)i, 1, 2);
	glEnd();
	glXSwapBuffers(o->dpy, o->w);
}

static void basic(void) {
	win o = open_win(320, 200);
	CHECK(glXGetCurrentContext() == o.ctx && glXGetCurrentDrawable() == o.w);
	CHECK(glXIsDirect(o.dpy, o.ctx));
	for (int i = 0; i < 10; i++) frame(&o);
	glFinish();
	CHECK(glGetError() == GL_NO_ERROR);
	CHECK(glXMakeCurrent(o.dpy, None, NULL));
	glXDestroyContext(o.dpy, o.ctx);
	CHECK(x_errors == 0);
}

static void config(void) {
	Display *dpy = XOpenDisplay(NULL);
	CHECK(dpy);
	XSetErrorHandler(on_error);
	int scr = DefaultScreen(dpy), n = 0, v = 0, major = 0, minor = 0;
	CHECK(glXQueryVersion(dpy, &major, &minor) && major == 1 && minor >= 4);
	CHECK(!strcmp(glXQueryServerString(dpy, scr, GLX_VENDOR), "prism"));
	CHECK(strstr(glXQueryExtensionsString(dpy, scr), "GLX_ARB_create_context_profile"));
	GLXFBConfig *all = glXGetFBConfigs(dpy, scr, &n);
	CHECK(all && n >= 6);
	for (int i = 0; i < n; i++) {
		CHECK(!glXGetFBConfigAttrib(dpy, all[i], GLX_RED_SIZE, &v) && v == 8);
		XVisualInfo *vis = glXGetVisualFromFBConfig(dpy, all[i]);
		CHECK(vis && (vis->depth == 24 || vis->depth == 32));
		XFree(vis);
	}
	/* The smallest stencil that is enough comes first, the largest depth; single-buffered before double. */
	static const int any[] = {GLX_DEPTH_SIZE, 1, None};
	GLXFBConfig *c = glXChooseFBConfig(dpy, scr, any, &n);
	CHECK(c && n > 0);
	CHECK(!glXGetFBConfigAttrib(dpy, c[0], GLX_DOUBLEBUFFER, &v) && v == False);
	CHECK(!glXGetFBConfigAttrib(dpy, c[0], GLX_DEPTH_SIZE, &v) && v == 24);
	CHECK(!glXGetFBConfigAttrib(dpy, c[0], GLX_STENCIL_SIZE, &v) && v == 0);
	for (int i = 0; i < n; i++) CHECK(!glXGetFBConfigAttrib(dpy, c[i], GLX_DEPTH_SIZE, &v) && v == 24);
	static const int smooth[] = {GLX_SAMPLES, 2, GLX_DOUBLEBUFFER, True, None};
	GLXFBConfig *m = glXChooseFBConfig(dpy, scr, smooth, &n);
	CHECK(m && n > 0 && !glXGetFBConfigAttrib(dpy, m[0], GLX_SAMPLES, &v) && v == 4);
	CHECK(!glXGetFBConfigAttrib(dpy, m[0], GLX_ALPHA_SIZE, &v) && v == 0);
	static const int too_much[] = {GLX_SAMPLES, 16, None}, wrong[] = {0x7777, 1, None};
	CHECK(!glXChooseFBConfig(dpy, scr, too_much, &n) && n == 0);
	CHECK(!glXChooseFBConfig(dpy, scr, wrong, &n) && n == 0);
	CHECK(!glXGetFBConfigAttrib(dpy, c[0], GLX_FBCONFIG_ID, &v));
	int by_id[] = {GLX_FBCONFIG_ID, v, GLX_SAMPLES, 16, None};
	GLXFBConfig *same = glXChooseFBConfig(dpy, scr, by_id, &n);
	CHECK(same && n == 1 && same[0] == c[0]);
	CHECK(glXGetFBConfigAttrib(dpy, c[0], 0x7777, &v) == GLX_BAD_ATTRIBUTE);
	static int index_mode[] = {GLX_DOUBLEBUFFER, None}, single[] = {GLX_RGBA, GLX_DEPTH_SIZE, 1, None}, twin[] = {GLX_RGBA, GLX_DOUBLEBUFFER, None};
	CHECK(!glXChooseVisual(dpy, scr, index_mode));
	XVisualInfo *s = glXChooseVisual(dpy, scr, single), *d = glXChooseVisual(dpy, scr, twin);
	CHECK(s && d && d->visualid == XVisualIDFromVisual(DefaultVisual(dpy, scr)));
	CHECK(!glXGetConfig(dpy, d, GLX_DOUBLEBUFFER, &v) && v == True);
	CHECK(!glXGetConfig(dpy, d, GLX_USE_GL, &v) && v == True);
	/* A visual means the configuration that was last found for it. */
	static int some[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_SAMPLES, 4, GLX_ALPHA_SIZE, 8, None};
	XVisualInfo *sv = glXChooseVisual(dpy, scr, some);
	CHECK(sv && !glXGetConfig(dpy, sv, GLX_SAMPLES, &v) && v == 4);
	CHECK(!glXGetConfig(dpy, sv, GLX_ALPHA_SIZE, &v) && v == 8);
	/* Contexts by version. */
	PFNGLXCREATECONTEXTATTRIBSARBPROC create = (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddress((const GLubyte *)"glXCreateContextAttribsARB");
	CHECK(create);
	int ok[] = {GLX_CONTEXT_MAJOR_VERSION_ARB, 3, GLX_CONTEXT_MINOR_VERSION_ARB, 3, GLX_CONTEXT_PROFILE_MASK_ARB, GLX_CONTEXT_CORE_PROFILE_BIT_ARB, None};
	GLXContext core = create(dpy, c[0], NULL, True, ok);
	CHECK(core && x_errors == 0);
	CHECK(!glXQueryContext(dpy, core, GLX_FBCONFIG_ID, &v) && v == by_id[1]);
	struct { int a[7], error; } bad[] = {
		{{GLX_CONTEXT_MAJOR_VERSION_ARB, 3, GLX_CONTEXT_MINOR_VERSION_ARB, 7, None}, BadMatch},
		{{0x7777, 1, None}, BadValue},
		{{GLX_CONTEXT_FLAGS_ARB, 0x4000, None}, BadValue},
		{{GLX_CONTEXT_FLAGS_ARB, GLX_CONTEXT_FORWARD_COMPATIBLE_BIT_ARB, None}, BadMatch},
		{{GLX_CONTEXT_MAJOR_VERSION_ARB, 4, GLX_CONTEXT_MINOR_VERSION_ARB, 6, None}, -1},
		{{GLX_CONTEXT_MAJOR_VERSION_ARB, 3, GLX_CONTEXT_MINOR_VERSION_ARB, 3, GLX_CONTEXT_PROFILE_MASK_ARB, 0, None}, -1},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		x_errors = 0;
		CHECK(!create(dpy, c[0], NULL, True, bad[i].a));
		XSync(dpy, False);
		CHECK(x_errors == 1);
		if (bad[i].error > 0) CHECK(x_last == bad[i].error);
		else CHECK(x_last >= 128); /* one of GLX's own */
	}
	x_errors = 0;
	/* A pbuffer. */
	static const int pb[] = {GLX_PBUFFER_WIDTH, 64, GLX_PBUFFER_HEIGHT, 32, None};
	GLXPbuffer p = glXCreatePbuffer(dpy, c[0], pb);
	unsigned u = 0;
	CHECK(p);
	glXQueryDrawable(dpy, p, GLX_WIDTH, &u);
	CHECK(u == 64);
	CHECK(glXMakeContextCurrent(dpy, p, p, core));
	glClear(GL_COLOR_BUFFER_BIT);
	CHECK(glXMakeContextCurrent(dpy, None, None, NULL));
	/* Destroyed while current: lives until it is let go. */
	CHECK(glXMakeContextCurrent(dpy, p, p, core));
	glXDestroyContext(dpy, core);
	glClear(GL_DEPTH_BUFFER_BIT);
	CHECK(glXMakeContextCurrent(dpy, None, None, NULL));
	glXDestroyPbuffer(dpy, p);
	CHECK(x_errors == 0);
	/* A window that is none. */
	GLXContext ctx = glXCreateNewContext(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	CHECK(ctx);
	CHECK(!glXMakeCurrent(dpy, 0x7ffffff, ctx));
	CHECK(x_errors == 1);
}

static void interval(void) {
	win o = open_win(64, 64);
	PFNGLXSWAPINTERVALEXTPROC ext = (PFNGLXSWAPINTERVALEXTPROC)glXGetProcAddress((const GLubyte *)"glXSwapIntervalEXT");
	PFNGLXSWAPINTERVALSGIPROC sgi = (PFNGLXSWAPINTERVALSGIPROC)glXGetProcAddress((const GLubyte *)"glXSwapIntervalSGI");
	PFNGLXSWAPINTERVALMESAPROC mesa = (PFNGLXSWAPINTERVALMESAPROC)glXGetProcAddress((const GLubyte *)"glXSwapIntervalMESA");
	PFNGLXGETSWAPINTERVALMESAPROC get = (PFNGLXGETSWAPINTERVALMESAPROC)glXGetProcAddress((const GLubyte *)"glXGetSwapIntervalMESA");
	CHECK(ext && sgi && mesa && get);
	ext(o.dpy, o.w, 3);
	CHECK(get() == 3);
	CHECK(sgi(0) == GLX_BAD_VALUE && sgi(2) == 0 && get() == 2);
	CHECK(mesa(0) == 0 && get() == 0);
	ext(o.dpy, o.w, 1);
	frame(&o);
	glXMakeCurrent(o.dpy, None, NULL);
	CHECK(sgi(1) == GLX_BAD_CONTEXT && mesa(1) == GLX_BAD_CONTEXT && get() == 0); /* libGLX knows of no vendor */
}

static void forked(void) {
	win o = open_win(64, 64);
	frame(&o);
	glColor3f(1, 0, 0); /* stays uncommitted over the fork */
	pid_t p = fork();
	if (!p) {
		for (int i = 0; i < 100000; i++) glVertex3f(1, 2, 3);
		glFinish();
		glFlush();
		int lost = 0;
		for (int i = 0; i < 3; i++) lost += glGetError() == 0x0507;
		/* libGLX forgets at the first GLX call of a fork child what was current. */
		glXSwapBuffers(o.dpy, o.w);
		glVertex3f(1, 2, 3);
		glXMakeCurrent(o.dpy, o.w, o.ctx);
		glVertex3f(1, 2, 3);
		_exit(lost == 1 ? 7 : 8);
	}
	int st;
	CHECK(waitpid(p, &st, 0) == p);
	if (!WIFEXITED(st) || WEXITSTATUS(st) != 7) fprintf(stderr, "app: the child ended with %#x\n", st);
	CHECK(WIFEXITED(st) && WEXITSTATUS(st) == 7);
	for (int i = 0; i < 5; i++) frame(&o);
	CHECK(glGetError() == GL_NO_ERROR);
}

/* The parent is linked to libGL and only forks: nothing of it is attached. */
static void forked_first(void) {
	pid_t p = fork();
	if (!p) {
		win o = open_win(64, 64);
		for (int i = 0; i < 3; i++) frame(&o);
		glFinish();
		_exit(glGetError() == GL_NO_ERROR && !x_errors ? 7 : 8);
	}
	int st;
	CHECK(waitpid(p, &st, 0) == p && WIFEXITED(st) && WEXITSTATUS(st) == 7);
}

/* A child that opens a display of its own is a process of its own: the test has it attach elsewhere. */
static void forked_own(void) {
	win o = open_win(64, 64);
	frame(&o);
	glColor3f(1, 0, 0); /* the parent's: stays uncommitted over the fork */
	pid_t p = fork();
	if (!p) {
		setenv("PRISM_SOCKET", getenv("OTHER_SOCKET"), 1);
		glVertex3f(1, 2, 3); /* into the parent's context: goes nowhere */
		win own = open_win(32, 32);
		for (int i = 0; i < 4; i++) frame(&own);
		glFinish();
		CHECK(!glXMakeCurrent(own.dpy, own.w, o.ctx)); /* the parent's */
		_exit(glGetError() == GL_NO_ERROR ? 7 : 8);
	}
	int st;
	CHECK(waitpid(p, &st, 0) == p && WIFEXITED(st) && WEXITSTATUS(st) == 7);
	frame(&o);
	CHECK(glGetError() == GL_NO_ERROR);
}

/* Connections are closed with a context current; the server gives the next one the same numbers. */
static void displays(void) {
	Window first = 0;
	for (int i = 0; i < 3; i++) {
		win o = open_win(64 + i, 64);
		if (!first) first = o.w;
		frame(&o);
		XCloseDisplay(o.dpy);
		glClear(GL_COLOR_BUFFER_BIT); /* into what is left of it */
		glXWaitX();
		glFlush();
	}
	win o = open_win(99, 64);
	if (o.w != first) printf("other numbers\n");
	GLXContext other = glXCreateContext(o.dpy, o.vis, NULL, True);
	CHECK(other);
	glXCopyContext(o.dpy, o.ctx, other, GL_ALL_ATTRIB_BITS);
	CHECK(x_errors == 1 && x_last == BadMatch);
	frame(&o);
	CHECK(glGetError() == GL_NO_ERROR);
}

/* Draws until the context is lost; says so once, and goes on in peace. */
static void *proc(const char *name) {
	void *p = (void *)glXGetProcAddress((const GLubyte *)name);
	CHECK(p);
	return p;
}

static void lost(void) {
	win o = open_win(64, 64);
	double until = now() + 30;
	int told = 0, n;
	/* A context that wants to be told of resets, with a fence and a query that nobody will answer. */
	static const int robust[] = {GLX_CONTEXT_RESET_NOTIFICATION_STRATEGY_ARB, GLX_LOSE_CONTEXT_ON_RESET_ARB, GLX_CONTEXT_FLAGS_ARB, GLX_CONTEXT_ROBUST_ACCESS_BIT_ARB, None};
	PFNGLXCREATECONTEXTATTRIBSARBPROC create = proc("glXCreateContextAttribsARB");
	GLXFBConfig *c = glXGetFBConfigs(o.dpy, DefaultScreen(o.dpy), &n), mine = NULL;
	for (int i = 0; i < n && !mine; i++) {
		XVisualInfo *v = glXGetVisualFromFBConfig(o.dpy, c[i]);
		if (v && v->visualid == o.vis->visualid) mine = c[i];
	}
	glXMakeCurrent(o.dpy, None, NULL);
	glXDestroyContext(o.dpy, o.ctx);
	CHECK(mine && (o.ctx = create(o.dpy, mine, NULL, True, robust)) && glXMakeCurrent(o.dpy, o.w, o.ctx));
	PFNGLGETGRAPHICSRESETSTATUSPROC status = proc("glGetGraphicsResetStatus");
	PFNGLFENCESYNCPROC fence = proc("glFenceSync");
	PFNGLCLIENTWAITSYNCPROC wait = proc("glClientWaitSync");
	PFNGLBEGINQUERYPROC begin = proc("glBeginQuery");
	PFNGLENDQUERYPROC end = proc("glEndQuery");
	PFNGLGETQUERYOBJECTIVPROC ask = proc("glGetQueryObjectiv");
	GLint there = 0;
	begin(GL_SAMPLES_PASSED, 5);
	end(GL_SAMPLES_PASSED);
	GLsync s = fence(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	CHECK(s && wait(s, 0, 1000000) == GL_TIMEOUT_EXPIRED);
	ask(5, GL_QUERY_RESULT_AVAILABLE, &there);
	CHECK(!there && status() == GL_NO_ERROR && glGetError() == GL_NO_ERROR);
	frame(&o);
	printf("drawing\n");
	fflush(stdout);
	while (!told) {
		CHECK(now() < until);
		frame(&o);
		told = glGetError() == 0x0507;
	}
	double t = now();
	CHECK(status() == GL_UNKNOWN_CONTEXT_RESET);
	CHECK(wait(s, 0, 60000000000ull) != GL_TIMEOUT_EXPIRED);
	ask(5, GL_QUERY_RESULT_AVAILABLE, &there);
	CHECK(there);
	for (int i = 0; i < 1000; i++) {
		glClear(GL_COLOR_BUFFER_BIT);
		glFinish();
		CHECK(glGetError() == GL_NO_ERROR);
	}
	CHECK(now() - t < 2);
	t = now();
	for (int i = 0; i < 50; i++) {
		frame(&o);
		CHECK(glGetError() == GL_NO_ERROR);
	}
	CHECK(now() - t >= 0.5); /* a swap still takes the time of a frame */
	glXMakeCurrent(o.dpy, None, NULL);
	glXDestroyContext(o.dpy, o.ctx);
}

/* Draws and never swaps. */
static void flood(void) {
	win o = open_win(64, 64);
	double until = now() + 30;
	printf("drawing\n");
	fflush(stdout);
	int told = 0;
	while (!told) {
		CHECK(now() < until);
		for (int i = 0; i < 10000; i++) glColor4f(1, 2, 3, 4);
		told = glGetError() == 0x0507;
	}
	for (int i = 0; i < 100000; i++) glColor4f(1, 2, 3, 4);
	CHECK(glGetError() == GL_NO_ERROR);
	glXSwapBuffers(o.dpy, o.w);
}

enum { THREADS = 4, FRAMES = 25 };
static void *thread(void *arg) {
	Display *dpy = arg;
	int n;
	static const int attribs[] = {GLX_DOUBLEBUFFER, True, None}, pb[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	GLXFBConfig *c = glXChooseFBConfig(dpy, DefaultScreen(dpy), attribs, &n);
	CHECK(c);
	GLXPbuffer p = glXCreatePbuffer(dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	CHECK(p && ctx && glXMakeContextCurrent(dpy, p, p, ctx));
	for (int f = 0; f < FRAMES; f++) {
		glBegin(GL_POINTS);
		for (int i = 0; i < 2000; i++) glVertex3f((float)f, (float)i, 0);
		glEnd();
		glFlush();
		if (f % 5 == 0) glFinish();
	}
	/* Ends with the context current. */
	return NULL;
}

static void threads(void) {
	XInitThreads();
	win o = open_win(64, 64);
	pthread_t t[THREADS];
	for (int i = 0; i < THREADS; i++) CHECK(!pthread_create(&t[i], NULL, thread, o.dpy));
	for (int i = 0; i < FRAMES; i++) frame(&o);
	for (int i = 0; i < THREADS; i++) CHECK(!pthread_join(t[i], NULL));
	/* One context, two threads: the second is refused. */
	CHECK(glXGetCurrentContext() == o.ctx);
}

/* 24 MiB through an arena that is smaller. */
static void data(void) {
	win o = open_win(64, 64);
	enum { N = 24 << 20 };
	uint8_t *b = malloc(N);
	CHECK(b);
	uint32_t x = 12345;
	for (int i = 0; i < N; i++) b[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
	GLuint buf[3];
	glGenBuffers(3, buf);
	CHECK(buf[0] == 1 && buf[1] == 2 && buf[2] == 3);
	glBindBuffer(GL_ARRAY_BUFFER, buf[0]);
	glBufferData(GL_ARRAY_BUFFER, N, b, GL_STATIC_DRAW);
	glBufferSubData(GL_ARRAY_BUFFER, 8, 100000, b + 7);
	glDeleteBuffers(2, buf);
	GLuint again;
	glGenBuffers(1, &again);
	CHECK(again == 1);
	frame(&o);
	CHECK(glGetError() == GL_NO_ERROR);
}

/* This thread packs bulk data and then waits for another one, which needs blocks of the arena too. */
enum { HOARDED = 48, HOARD_BYTES = 20000 };
static uint8_t hoard_data[HOARD_BYTES];
static void *hoarder(void *arg) {
	win *o = arg;
	static const int attribs[] = {GLX_DOUBLEBUFFER, True, None}, pb[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	int n;
	GLXFBConfig *c = glXChooseFBConfig(o->dpy, DefaultScreen(o->dpy), attribs, &n);
	CHECK(c);
	GLXPbuffer p = glXCreatePbuffer(o->dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext(o->dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	CHECK(p && ctx && glXMakeContextCurrent(o->dpy, p, p, ctx));
	glBindBuffer(GL_ARRAY_BUFFER, 100);
	glBufferData(GL_ARRAY_BUFFER, HOARD_BYTES, hoard_data, GL_STATIC_DRAW);
	glFinish();
	return NULL;
}

static void hoard(void) {
	XInitThreads();
	win o = open_win(64, 64);
	frame(&o);
	for (GLuint i = 1; i <= HOARDED; i++) {
		glBindBuffer(GL_ARRAY_BUFFER, i);
		glBufferData(GL_ARRAY_BUFFER, HOARD_BYTES, hoard_data, GL_STATIC_DRAW);
	}
	pthread_t t;
	CHECK(!pthread_create(&t, NULL, hoarder, &o));
	CHECK(!pthread_join(t, NULL));
	frame(&o);
}

/* The window grows; a few frames later the stream says so. */
static void resize(void) {
	win o = open_win(100, 80);
	frame(&o);
	XResizeWindow(o.dpy, o.w, 150, 120);
	XSync(o.dpy, False);
	glViewport(0, 0, 150, 120);
	frame(&o);
	XUnmapWindow(o.dpy, o.w);
	frame(&o);
	XResizeWindow(o.dpy, o.w, 90, 70);
	XSync(o.dpy, False);
	for (int i = 0; i < 20; i++) {
		frame(&o);
		poll(NULL, 0, 5);
	}
	XDestroyWindow(o.dpy, o.w);
	XSync(o.dpy, False);
	for (int i = 0; i < 20; i++) {
		frame(&o);
		poll(NULL, 0, 2);
	}
	CHECK(x_errors == 0);
	CHECK(glXMakeCurrent(o.dpy, None, NULL));
}

/* Dialogs come and go: their drawables do not stay for ever. */
static void dialogs(void) {
	win o = open_win(64, 64);
	for (int i = 0; i < 12; i++) {
		Window w = make_window(o.dpy, o.vis, 32, 32);
		CHECK(glXMakeCurrent(o.dpy, w, o.ctx));
		glClear(GL_COLOR_BUFFER_BIT);
		glXSwapBuffers(o.dpy, w);
		CHECK(glXMakeCurrent(o.dpy, o.w, o.ctx));
		XDestroyWindow(o.dpy, w);
		XSync(o.dpy, False);
		frame(&o);
	}
	CHECK(x_errors == 0);
}

/* Answers that are longer than a slot, for more threads than there are slots. */
enum { SIDE = 300, ASKERS = 5 };
static void *asker(void *arg) {
	Display *dpy = arg;
	static const int pb[] = {GLX_PBUFFER_WIDTH, SIDE, GLX_PBUFFER_HEIGHT, SIDE, None};
	int n;
	GLXFBConfig *c = glXGetFBConfigs(dpy, DefaultScreen(dpy), &n);
	GLXPbuffer p = glXCreatePbuffer(dpy, c[0], pb);
	GLXContext ctx = glXCreateNewContext(dpy, c[0], GLX_RGBA_TYPE, NULL, True);
	CHECK(p && ctx && glXMakeContextCurrent(dpy, p, p, ctx));
	unsigned char *got = malloc(SIDE * SIDE * 4);
	for (int f = 0; f < 5; f++) {
		memset(got, 0, SIDE * SIDE * 4);
		glReadPixels(0, 0, SIDE, SIDE, GL_RGBA, GL_UNSIGNED_BYTE, got);
		for (int i = 0; i < SIDE * SIDE * 4; i++) CHECK(got[i] == (unsigned char)(i * 7 >> 3));
	}
	free(got);
	return NULL;
}

static void ask(void) {
	XInitThreads();
	win o = open_win(64, 64);
	pthread_t t[ASKERS];
	for (int i = 0; i < ASKERS; i++) CHECK(!pthread_create(&t[i], NULL, asker, o.dpy));
	for (int i = 0; i < ASKERS; i++) CHECK(!pthread_join(t[i], NULL));
}

static void single(void) {
	static int attribs[] = {GLX_RGBA, None};
	Display *dpy = XOpenDisplay(NULL);
	CHECK(dpy);
	XVisualInfo *vis = glXChooseVisual(dpy, DefaultScreen(dpy), attribs);
	CHECK(vis);
	Window w = make_window(dpy, vis, 64, 64);
	GLXContext ctx = glXCreateContext(dpy, vis, NULL, True);
	CHECK(ctx && glXMakeCurrent(dpy, w, ctx));
	glClear(GL_COLOR_BUFFER_BIT);
	glFlush();
	glClear(GL_COLOR_BUFFER_BIT);
	glXWaitGL();
	glXWaitX();
	glXSwapBuffers(dpy, w);
	CHECK(glXMakeCurrent(dpy, None, NULL));
}

static void font(void) {
	win o = open_win(64, 64);
	XFontStruct *f = XLoadQueryFont(o.dpy, "fixed");
	if (!f) { /* a server without fonts */
		printf("no font\n");
		return;
	}
	GLuint base = glGenLists(256);
	CHECK(base);
	glXUseXFont(f->fid, 'A', 26, (int)base + 'A');
	frame(&o);
	printf("26 glyphs\n");
}

/* More contexts and pbuffers than there may be: the app gets an X error for each and goes on; what ended makes room. */
static void many(void) {
	win o = open_win(64, 64);
	int n, made = 1, pbuffers = 0;
	static GLXContext all[1100];
	GLXFBConfig *c = glXGetFBConfigs(o.dpy, DefaultScreen(o.dpy), &n);
	CHECK(c && n);
	for (int i = 0; i < 1100; i++) made += (all[i] = glXCreateContext(o.dpy, o.vis, i % 2 ? o.ctx : NULL, True)) != NULL;
	for (int i = 0; i < 1100; i++)
		if (all[i]) glXDestroyContext(o.dpy, all[i]);
	GLXContext again = glXCreateContext(o.dpy, o.vis, NULL, True);
	CHECK(again);
	for (int i = 0; i < 4200; i++) pbuffers += glXCreatePbuffer(o.dpy, c[0], (const int[]){GLX_PBUFFER_WIDTH, 4, GLX_PBUFFER_HEIGHT, 4, None}) != None;
	frame(&o);
	printf("%d contexts, %d pbuffers\n", made, pbuffers);
}

/* What nodes say reaches the context that it is for, when it looks; nonsense does not reach anybody. */
static int heard;
static void APIENTRY hears(GLenum source, GLenum type, GLuint id, GLenum severity, GLsizei length, const GLchar *text, const void *user) {
	(void)source, (void)type, (void)severity, (void)user;
	heard++;
	printf("%u: %d %s\n", id, length, text);
}
static void debug(void) {
	win o = open_win(64, 64);
	PFNGLDEBUGMESSAGECALLBACKPROC callback = (PFNGLDEBUGMESSAGECALLBACKPROC)glXGetProcAddress((const GLubyte *)"glDebugMessageCallback");
	CHECK(callback);
	callback(hears, NULL);
	glEnable(GL_DEBUG_OUTPUT);
	frame(&o);
	for (int i = 0; i < 500 && heard < 2; i++) {
		usleep(10000);
		glGetError();
	}
	printf("%d heard\n", heard);
}

/* What stands in spans, and what ends them. */
static void spans(void) {
	win o = open_win(64, 64);
	const GLfloat v[4] = {0.5f, 1, 2, 3};
	glColor3f(1, 0, 0); /* outside */
	glBegin(GL_TRIANGLES);
	glColor4ub(1, 2, 3, 255);
	glNormal3fv(v);
	glVertex3f(1, 2, 3);
	glMaterialfv(GL_FRONT, GL_DIFFUSE, v); /* travels by itself */
	glTexCoord2d(0.25, 0.5);
	glVertex2s(-1, 1);
	glVertex3fv(NULL); /* an error of the app's */
	glEdgeFlag(GL_FALSE);
	glEnable(GL_BLEND); /* another, which nodes find */
	glEnd();
	glVertex2f(1, 2); /* outside */
	glBegin(0x99); /* begins nothing */
	glVertex2f(3, 4);
	glEnd();
	glBegin(GL_POINTS);
	glEnd();
	glNewList(1, GL_COMPILE);
	glBegin(GL_LINES);
	glVertex2f(5, 6);
	glCallList(2);
	glVertex2f(7, 8);
	glEnd();
	glEndList();
	glBegin(GL_POINTS);
	glVertex2f(9, 10);
	CHECK(glXMakeCurrent(o.dpy, None, NULL)); /* in the middle */
	CHECK(glXMakeCurrent(o.dpy, o.w, o.ctx));
	glVertex2f(11, 12);
	glFinish();
	glBegin(GL_POINTS);
	for (int i = 0; i < 20000; i++) glVertex4d(i, 1, 2, 3); /* longer than a record, a chunk and the ring's credit */
	glEnd();
	glXSwapBuffers(o.dpy, o.w);
}

static void absent(void) {
	static int attribs[] = {GLX_RGBA, None};
	Display *dpy = XOpenDisplay(NULL);
	CHECK(dpy);
	CHECK(!glXChooseVisual(dpy, DefaultScreen(dpy), attribs) || !glXQueryServerString(dpy, 0, GLX_VENDOR) ||
		strcmp(glXQueryServerString(dpy, 0, GLX_VENDOR), "prism"));
}

int main(int argc, char **argv) {
	static const struct { const char *name; void (*fn)(void); } all[] = {
		{"basic", basic}, {"config", config}, {"interval", interval}, {"fork", forked}, {"forkfirst", forked_first}, {"forkown", forked_own}, {"displays", displays}, {"lost", lost}, {"flood", flood}, {"threads", threads}, {"spans", spans}, {"data", data}, {"hoard", hoard},
		{"resize", resize}, {"single", single}, {"dialogs", dialogs}, {"ask", ask}, {"font", font}, {"absent", absent}, {"many", many}, {"debug", debug},
	};
	for (size_t i = 0; argc == 2 && i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i].name, argv[1])) {
			all[i].fn();
			return 0;
		}
	fprintf(stderr, "app: what?\n");
	return 2;
}
