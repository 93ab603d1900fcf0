/* Draws what a seed makes up: valid and some invalid OpenGL, by one or two contexts of a share group, in a window that changes its
 * size. Prints all that it is answered and writes each frame as a PPM, so that a run under prism can be compared with a run on
 * Mesa alone. Usage: glrandom SEED FRAMES PPM-PREFIX|- core|compat|es
 *
 * Left out, since prism is known to differ there: GL_FRAMEBUFFER_SRGB and the colour encoding of a window, windows without alpha, which
 * of several errors is told first, glBufferSubData into a mapped buffer, glUseProgram while feedback runs, and (of unknown cause)
 * glReadPixels of a window as GL_UNSIGNED_INT_2_10_10_10_REV.
 *
 * To find what is behind a difference: GLRANDOM_CHECK=1 prints errors and the picture's hash after each step,
 * GLRANDOM_SKIP=3,17-29 leaves steps out (the others do the same as before), GLRANDOM_STEPS=1 prints their names. */
#include "glrandom.h"
#include <GL/glx.h>
#include <GL/glxext.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int win_w = 160, win_h = 120, compat, es, context, in_list;
uint8_t scratch[1 << 20], answer[1 << 20];
static int step_no, frame_no, check, names, depth;
static uint64_t seed, rng;
static Display *display;
static Window window;
static GLXContext contexts[2];

uint32_t rnd(void) {
	rng += 0x9e3779b97f4a7c15ull;
	uint64_t z = rng;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (uint32_t)((z ^ z >> 31) >> 16);
}
static void reseed(uint64_t n) {
	rng = seed * 0xd1342543de82ef95ull + n * 0xaf251af3b0f025b5ull;
	rnd();
}
int pick(int n) { return (int)(rnd() % (uint32_t)n); }
int between(int lo, int hi) { return lo + pick(hi - lo + 1); }
int chance(int percent) { return pick(100) < percent; }
float frand(float lo, float hi) { return lo + (hi - lo) * (float)pick(65) / 64; }
void noise(void *p, size_t n) {
	for (uint8_t *b = p; n--;) *b++ = (uint8_t)rnd();
}

void note(const char *format, ...) {
	va_list l;
	va_start(l, format);
	printf("%d.%d ", frame_no, step_no);
	vprintf(format, l);
	putchar('\n');
	va_end(l);
}
void note_bytes(const char *name, const void *p, size_t n) {
	const uint8_t *b = p;
	uint64_t h = 1469598103934665603ull;
	for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 1099511628211ull;
	note("%s: %016llx", name, (unsigned long long)h);
}
void note_floats(const char *name, const float *v, int n) {
	char s[1024];
	int at = 0;
	for (int i = 0; i < n && at < 1000; i++) at += snprintf(s + at, sizeof s - (size_t)at, " %.9g", (double)v[i]);
	note("%s:%s", name, n ? s : "");
}

static int left_out(int n) {
	const char *s = getenv("GLRANDOM_SKIP");
	while (s && *s) {
		char *end;
		long a = strtol(s, &end, 10), b = a;
		if (end == s) return 0;
		if (*end == '-') b = strtol(end + 1, &end, 10);
		if (n >= a && n <= b) return 1;
		s = *end ? end + 1 : end;
	}
	return 0;
}

static const step *choose(void) {
	const step *tables[] = {state_steps, texture_steps, buffer_steps, program_steps, draw_steps, framebuffer_steps, query_steps, fixed_steps, raster_steps};
	int total = 0, n = compat ? 9 : 7;
	for (int i = 0; i < n; i++)
		for (const step *s = tables[i]; s->name; s++) total += s->weight;
	int at = pick(total);
	for (int i = 0; i < n; i++)
		for (const step *s = tables[i]; s->name; s++)
			if ((at -= s->weight) < 0) return s;
	return NULL;
}

void random_step(void) {
	const step *s = choose();
	if (depth > 2) return;
	depth++;
	if (names) printf("%d %*s%s%s\n", step_no, depth * 2, "", s->name, in_list ? " (list)" : "");
	s->run();
	depth--;
}

static size_t read_window(GLenum format, GLenum type, size_t bytes) {
	GLint fb, buf, pbo;
	glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &fb);
	glGetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &pbo);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	glGetIntegerv(GL_READ_BUFFER, &buf);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	glReadBuffer(GL_BACK);
	plain_pack();
	memset(answer, 0x5a, (size_t)win_w * (size_t)win_h * bytes);
	glReadPixels(0, 0, win_w, win_h, format, type, answer);
	glReadBuffer((GLenum)buf);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, (GLuint)fb);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, (GLuint)pbo);
	return (size_t)win_w * (size_t)win_h * bytes;
}

static void check_step(void) {
	size_t n = read_window(GL_RGBA, GL_UNSIGNED_BYTE, 4); /* what the nodes tell of errors comes with their answers */
	GLenum e = glGetError();
	char s[64];
	snprintf(s, sizeof s, "check error %#x picture", e);
	note_bytes(s, answer, n);
}

static void write_frame(const char *prefix) {
	size_t n = read_window(GL_RGBA, GL_UNSIGNED_BYTE, 4);
	note_bytes("picture", answer, n);
	if (strcmp(prefix, "-")) {
		char name[4096];
		snprintf(name, sizeof name, "%s%04d.ppm", prefix, frame_no);
		FILE *f = fopen(name, "wb");
		if (!f) {
			perror(name);
			exit(3);
		}
		fprintf(f, "P6\n%d %d\n255\n", win_w, win_h);
		for (int y = win_h - 1; y >= 0; y--)
			for (int x = 0; x < win_w; x++) fwrite(answer + 4 * (y * win_w + x), 3, 1, f);
		fclose(f);
	}
	if (chance(40)) {
		n = read_window(GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, 4);
		note_bytes("depth", answer, n);
		n = read_window(GL_STENCIL_INDEX, GL_UNSIGNED_BYTE, 1);
		note_bytes("stencil", answer, n);
	}
}

void clear_all(void) {
	window_framebuffer();
	glDrawBuffers(1, (const GLenum[]){GL_BACK});
	glDisable(GL_SCISSOR_TEST);
	glColorMask(1, 1, 1, 1);
	glDepthMask(1);
	glStencilMask(~0u);
	glClearColor(frand(0, 1), frand(0, 1), frand(0, 1), 1);
	glClearDepthf(1);
	glClearStencil(0);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
}

/* A driver may learn of a new size a frame later than another; nothing is looked at until each has. */
static void resize(void) {
	win_w = 8 * between(8, 24), win_h = 8 * between(7, 18); /* Mesa's software renderer counts samples wrongly where a scissor cuts its blocks of 4×4 */
	XResizeWindow(display, window, (unsigned)win_w, (unsigned)win_h);
	XSync(display, False);
	for (int i = 0; i < 4; i++) {
		clear_all();
		glXSwapBuffers(display, window);
		glFinish();
	}
	glViewport(0, 0, win_w, win_h);
	clear_all();
}

static void enter(int which) {
	if (!glXMakeCurrent(display, window, contexts[which])) exit(6);
	context = which;
}

/* Objects that are no part of the share group are made for each context. */
static void setup_context(void) {
	setup_draws();
	setup_framebuffers();
	setup_queries();
	clear_all();
}

static int ignore_x(Display *d, XErrorEvent *e) {
	(void)d, (void)e;
	return 0;
}

int main(int argc, char **argv) {
	if (argc != 5) return 2;
	seed = strtoull(argv[1], NULL, 0);
	int frames = atoi(argv[2]);
	compat = !strcmp(argv[4], "compat");
	es = !strcmp(argv[4], "es");
	check = getenv("GLRANDOM_CHECK") != NULL, names = getenv("GLRANDOM_STEPS") != NULL;
	if (check || names) setvbuf(stdout, NULL, _IOLBF, 0);
	XSetErrorHandler(ignore_x);
	if (!(display = XOpenDisplay(NULL))) return 4;
	static const int attribs[] = {GLX_DOUBLEBUFFER, 1, GLX_RED_SIZE, 8, GLX_GREEN_SIZE, 8, GLX_BLUE_SIZE, 8, GLX_ALPHA_SIZE, 8, GLX_DEPTH_SIZE, 24, GLX_STENCIL_SIZE, 8,
		GLX_X_RENDERABLE, 1, GLX_SAMPLE_BUFFERS, 0, GLX_ACCUM_RED_SIZE, 0, None};
	int n;
	GLXFBConfig *configs = glXChooseFBConfig(display, DefaultScreen(display), attribs, &n);
	if (!configs || !n) return 5;
	XVisualInfo *v = glXGetVisualFromFBConfig(display, configs[0]);
	XSetWindowAttributes a = {.colormap = XCreateColormap(display, RootWindow(display, v->screen), v->visual, AllocNone)};
	window = XCreateWindow(display, RootWindow(display, v->screen), 0, 0, (unsigned)win_w, (unsigned)win_h, 0, v->depth, InputOutput, v->visual, CWColormap, &a);
	XMapWindow(display, window);
	XSync(display, False);
	PFNGLXCREATECONTEXTATTRIBSARBPROC create = (PFNGLXCREATECONTEXTATTRIBSARBPROC)glXGetProcAddressARB((const GLubyte *)"glXCreateContextAttribsARB");
	int want[] = {GLX_CONTEXT_MAJOR_VERSION_ARB, 3, GLX_CONTEXT_MINOR_VERSION_ARB, es ? 0 : 3, GLX_CONTEXT_PROFILE_MASK_ARB,
		es ? GLX_CONTEXT_ES2_PROFILE_BIT_EXT : compat ? GLX_CONTEXT_COMPATIBILITY_PROFILE_BIT_ARB : GLX_CONTEXT_CORE_PROFILE_BIT_ARB, None};
	for (int i = 0; i < 2; i++)
		if (!(contexts[i] = create(display, configs[0], i ? contexts[0] : NULL, 1, want))) return 6;
	enter(0);
	fprintf(stderr, "%s, %s\n", (const char *)glGetString(GL_VERSION), (const char *)glGetString(GL_RENDERER));
	reseed(~0ull);
	noise(scratch, sizeof scratch);
	setup_textures();
	setup_buffers();
	setup_programs();
	setup_context();
	enter(1);
	setup_context();
	enter(0);
	for (frame_no = 0; frame_no < frames; frame_no++) {
		reseed(1000000u + (unsigned)frame_no);
		if (chance(12)) resize();
		if (chance(30)) enter(!context);
		if (chance(40)) clear_all();
		int steps = between(10, 30);
		while (steps--) {
			step_no++;
			reseed((unsigned)step_no);
			if (left_out(step_no)) continue;
			if (chance(4)) enter(!context);
			random_step();
			if (check) check_step();
		}
		reseed(2000000u + (unsigned)frame_no);
		write_frame(argv[3]);
		/* Of several errors prism may tell another first than GL does: what the driver sees itself it knows before the nodes tell theirs. */
		int errors = 0;
		while (errors < 100 && glGetError()) errors++;
		note("errors: %d", errors > 0);
		glXSwapBuffers(display, window);
	}
	glXMakeCurrent(display, None, NULL);
	glXDestroyContext(display, contexts[0]);
	glXDestroyContext(display, contexts[1]);
	XCloseDisplay(display);
	return 0;
}
