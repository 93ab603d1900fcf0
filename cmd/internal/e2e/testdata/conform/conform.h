/* What the programs beside it share: a window with a context, and printing. Each program goes through one part of GL and prints what
 * a program can see of it, a line a fact, pictures as hashes: run with Mesa alone and under prism, the outputs must be equal.
 * (TestConformEqualsDirectRun). Everything is static: a program is one file. */
#ifndef CONFORM_H
#define CONFORM_H
#define GL_GLEXT_PROTOTYPES 1
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#pragma GCC diagnostic ignored "-Wunused-function"

#ifndef CONFORM_SAMPLES
#define CONFORM_SAMPLES 0 /* of the window's pixels */
#endif
#ifndef CONFORM_ACCUM
#define CONFORM_ACCUM 0 /* bits of a component of the accumulation buffer */
#endif
#ifndef CONFORM_ALPHA
#define CONFORM_ALPHA 8
#endif
#define W 200
#define H 150
static uint8_t frame[W * H * 4];

static uint64_t hash(const void *p, size_t n) {
	const uint8_t *b = p;
	uint64_t h = 1469598103934665603ull;
	while (n--) h = (h ^ *b++) * 1099511628211ull;
	return h;
}
static void store_default(void) {
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	glPixelStorei(GL_PACK_ALIGNMENT, 4);
}
static void picture(const char *name) {
	memset(frame, 0, sizeof frame);
	glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, frame);
	int lit = 0;
	for (int i = 0; i < W * H; i++) lit += frame[4 * i] || frame[4 * i + 1] || frame[4 * i + 2];
	printf("%s: %016llx, %d pixels\n", name, (unsigned long long)hash(frame, sizeof frame), lit);
}
static void bytes(const char *name, const void *p, size_t n) { printf("%s: %016llx\n", name, (unsigned long long)hash(p, n)); }
static void errors(const char *name) {
	glFinish();
	printf("%s: errors", name);
	for (GLenum e; (e = glGetError());) printf(" %#x", e);
	puts("");
}
/* The same for errors that a node finds, too: they come with an answer. */
static void caught(const char *name) {
	uint8_t pixel[4];
	glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
	errors(name);
}
/* The same, when an answer of the nodes has brought their errors along. */
static void node_errors(const char *name) {
	GLint box[4];
	glGetIntegerv(GL_VIEWPORT, box);
	errors(name);
}
static void geti(const char *name, GLenum pname, int n) {
	GLint v[16] = {0};
	glGetIntegerv(pname, v);
	printf("%s:", name);
	for (int i = 0; i < n; i++) printf(" %d", v[i]);
	puts("");
}
#define GETI(p, n) geti(#p, p, n)

static void text(const char *name, const char *s) { printf("%s: %s\n", name, s); }

static const char compat_head[] = "#version 150 compatibility\n", *shader_head = compat_head; /* before each shader's text */
static GLuint shader(GLenum type, const char *text) {
	GLuint s = glCreateShader(type);
	GLint ok, n;
	const char *parts[] = {shader_head, text};
	glShaderSource(s, 2, parts, NULL);
	glCompileShader(s);
	glGetShaderiv(s, GL_COMPILE_STATUS, &ok);
	glGetShaderiv(s, GL_SHADER_SOURCE_LENGTH, &n);
	printf("shader: %d, %d bytes\n", ok, n);
	return s;
}
/* A program of a vertex, a geometry (or NULL) and a fragment shader; what is wrong is printed. */
static GLuint program3(const char *vertex, const char *geometry, const char *fragment) {
	GLuint p = glCreateProgram(), v = shader(GL_VERTEX_SHADER, vertex), g = geometry ? shader(GL_GEOMETRY_SHADER, geometry) : 0, f = shader(GL_FRAGMENT_SHADER, fragment);
	GLint ok = 0;
	glAttachShader(p, v);
	if (g) glAttachShader(p, g);
	glAttachShader(p, f);
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	if (!ok) puts("a program that does not link");
	glDeleteShader(v);
	if (g) glDeleteShader(g);
	glDeleteShader(f);
	return p;
}
static GLuint program(const char *vertex, const char *fragment) { return program3(vertex, NULL, fragment); }

enum { CONFORM_LEGACY = 0, CONFORM_CORE = GLX_CONTEXT_CORE_PROFILE_BIT_ARB, CONFORM_COMPAT = GLX_CONTEXT_COMPATIBILITY_PROFILE_BIT_ARB,
       CONFORM_ES = GLX_CONTEXT_ES2_PROFILE_BIT_EXT };
static Display *dpy;
static Window win;
static GLXContext ctx;
static GLXFBConfig config;

/* One more context for the window's configuration; version: major * 10 + minor, of no account for CONFORM_LEGACY. */
static GLXContext conform_context(int version, int profile, GLXContext share) {
	const int attr[] = {GLX_CONTEXT_MAJOR_VERSION_ARB, version / 10, GLX_CONTEXT_MINOR_VERSION_ARB, version % 10, GLX_CONTEXT_PROFILE_MASK_ARB, profile, None};
	if (!profile) return glXCreateNewContext(dpy, config, GLX_RGBA_TYPE, share, True);
	PFNGLXCREATECONTEXTATTRIBSARBPROC create = (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddressARB((const GLubyte *)"glXCreateContextAttribsARB");
	return create(dpy, config, share, True, attr);
}

static Window conform_window(XVisualInfo *vi, int w, int h) {
	XSetWindowAttributes swa = {.colormap = XCreateColormap(dpy, RootWindow(dpy, vi->screen), vi->visual, AllocNone)};
	Window made = XCreateWindow(dpy, RootWindow(dpy, vi->screen), 0, 0, w, h, 0, vi->depth, InputOutput, vi->visual, CWColormap | CWBorderPixel, &swa);
	XMapWindow(dpy, made);
	XSync(dpy, False);
	return made;
}

/* Desktop programs run in both profiles, whichever they ask for: CONFORM_PROFILE is `core` or `compat`. What a core context lacks is an error in it. */
static bool conform_core;
static void conform_choose(int *version, int *profile) {
	const char *want = getenv("CONFORM_PROFILE");
	if (*profile == CONFORM_ES) return;
	if (want && !strcmp(want, "core")) *profile = CONFORM_CORE;
	else if (want && *profile == CONFORM_CORE) *profile = CONFORM_COMPAT;
	if (want && *version < 32) *version = 45;
	conform_core = *profile == CONFORM_CORE;
	if (want && conform_core && shader_head == compat_head) shader_head = "#version 150\n";
}

/* What many programs draw, glRectf in glColor: in a core context by a program and an array of its own, unless the app uses a program. */
static __thread GLfloat conform_rgba[4] = {1, 1, 1, 1};
static void conform_color(GLfloat r, GLfloat g, GLfloat b, GLfloat a) {
	if (!conform_core) (glColor4f)(r, g, b, a);
	conform_rgba[0] = r, conform_rgba[1] = g, conform_rgba[2] = b, conform_rgba[3] = a;
}
static GLuint conform_plain(void) {
	static const GLenum types[] = {GL_VERTEX_SHADER, GL_FRAGMENT_SHADER};
	static const char *const text[] = {"#version 150\nin vec2 at;\nvoid main() { gl_Position = vec4(at, 0, 1); }\n", "#version 150\nuniform vec4 c;\nout vec4 o;\nvoid main() { o = c; }\n"};
	GLuint p = glCreateProgram();
	for (int i = 0; i < 2; i++) {
		GLuint s = glCreateShader(types[i]);
		glShaderSource(s, 1, &text[i], NULL);
		glCompileShader(s);
		glAttachShader(p, s);
		glDeleteShader(s);
	}
	glBindAttribLocation(p, 0, "at");
	glLinkProgram(p);
	return p;
}
static void conform_rect(GLfloat x0, GLfloat y0, GLfloat x1, GLfloat y1) {
	if (!conform_core) {
		(glRectf)(x0, y0, x1, y1);
		return;
	}
	const GLfloat at[] = {x0, y0, x1, y0, x0, y1, x1, y1};
	GLint program = 0, vao = 0, buffer = 0;
	GLuint own, plain = 0, b;
	glGetIntegerv(GL_CURRENT_PROGRAM, &program);
	glGetIntegerv(GL_VERTEX_ARRAY_BINDING, &vao);
	glGetIntegerv(GL_ARRAY_BUFFER_BINDING, &buffer);
	glGenVertexArrays(1, &own);
	glGenBuffers(1, &b);
	glBindVertexArray(own);
	glBindBuffer(GL_ARRAY_BUFFER, b);
	glBufferData(GL_ARRAY_BUFFER, sizeof at, at, GL_STREAM_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	if (!program) {
		plain = conform_plain();
		glUseProgram(plain);
		glUniform4fv(glGetUniformLocation(plain, "c"), 1, conform_rgba);
	}
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
	glUseProgram((GLuint)program);
	glDeleteProgram(plain);
	glBindVertexArray((GLuint)vao);
	glDeleteVertexArrays(1, &own);
	glBindBuffer(GL_ARRAY_BUFFER, (GLuint)buffer);
	glDeleteBuffers(1, &b);
}
#define glRectf(x0, y0, x1, y1) conform_rect(x0, y0, x1, y1)
#define glColor3f(r, g, b) conform_color(r, g, b, 1)
#define glColor4f(r, g, b, a) conform_color(r, g, b, a)

/* A window of W by H with alpha, depth and stencil, and a context that is current. */
static bool conform_open(int version, int profile) {
	conform_choose(&version, &profile);
	int n = 0, attr[] = {GLX_DOUBLEBUFFER, True, GLX_RED_SIZE, 8, GLX_ALPHA_SIZE, CONFORM_ALPHA, GLX_DEPTH_SIZE, 24, GLX_STENCIL_SIZE, 8, GLX_SAMPLES, CONFORM_SAMPLES,
		GLX_ACCUM_RED_SIZE, CONFORM_ACCUM, None};
	dpy = XOpenDisplay(NULL);
	if (!dpy) return false;
	GLXFBConfig *all = glXChooseFBConfig(dpy, DefaultScreen(dpy), attr, &n);
	if (!all || !n) return false;
	config = all[0];
	XVisualInfo *vi = glXGetVisualFromFBConfig(dpy, config);
	if (!vi) return false;
	win = conform_window(vi, W, H);
	ctx = conform_context(version, profile, NULL);
	if (!ctx || !glXMakeCurrent(dpy, win, ctx)) return false;
	setvbuf(stdout, NULL, _IOLBF, 0);
	fprintf(stderr, "%s\n", glGetString(GL_VERSION));
	return true;
}
static void conform_swap(void) { glXSwapBuffers(dpy, win); }
static void conform_close(void) {
	glXMakeCurrent(dpy, None, NULL);
	glXDestroyContext(dpy, ctx);
	XCloseDisplay(dpy);
}
#endif
