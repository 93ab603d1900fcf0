/* The accumulation buffer: what each operation leaves, also beyond what it holds, with masks, the scissor and draw buffers; in lists; over frames, in which
 * tiles may move; and what is refused. */
#define CONFORM_ACCUM 16
#include "conform.h"
#include <math.h>

/* All 256 values of each component, none in the place of another's. */
static void ramp(void) {
	static uint8_t px[H][W][4];
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			const int i = y * W + x;
			px[y][x][0] = (uint8_t)i, px[y][x][1] = (uint8_t)(i * 7 + 3), px[y][x][2] = (uint8_t)(i / 5), px[y][x][3] = (uint8_t)(255 - i % 253);
		}
	glWindowPos2i(0, 0);
	glDrawPixels(W, H, GL_RGBA, GL_UNSIGNED_BYTE, px);
}
static void scene(float t) {
	glClearColor(0.1f, 0.2f, 0.3f, 0.4f);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glBegin(GL_TRIANGLES);
	for (int i = 0; i < 9; i++) {
		glColor4f((float)(i % 3) / 2, (float)(i / 3) / 2, 1 - (float)i / 8, 0.5f);
		glVertex2f(0.9f * cosf(t + (float)i * 0.7f), 0.9f * sinf(t * 1.3f + (float)i * 1.1f));
	}
	glEnd();
}
static void shown(const char *name) {
	glAccum(GL_RETURN, 1);
	picture(name);
}

static void operations(void) {
	static const float by[] = {1, 0.5f, 1.0f / 3, 0.1f, 0, -1, -0.3f, 1.5f, 2, 3.7f, 40, -7, 1e9f, 1e30f, INFINITY};
	char name[64];
	for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
		snprintf(name, sizeof name, "load %g", by[i]);
		ramp();
		glAccum(GL_LOAD, by[i]);
		shown(name);
		ramp();
		glAccum(GL_ACCUM, 0.25f);
		snprintf(name, sizeof name, "… and accumulate");
		shown(name);
		glAccum(GL_ACCUM, by[i]);
		shown("… and that again");
		ramp();
		glAccum(GL_LOAD, 0.6f);
		glAccum(GL_ADD, by[i]);
		snprintf(name, sizeof name, "add %g", by[i]);
		shown(name);
		glAccum(GL_MULT, by[i]);
		snprintf(name, sizeof name, "multiply by %g", by[i]);
		shown(name);
		ramp();
		glAccum(GL_LOAD, 0.9f);
		glAccum(GL_RETURN, by[i]);
		snprintf(name, sizeof name, "return %g", by[i]);
		picture(name);
	}
}

static void clears(void) {
	static const float to[][4] = {{0, 0, 0, 0}, {1, 0.5f, 0.25f, 0.75f}, {-1, -0.5f, 3, -9}, {0.1f, 0.2f, 0.3f, 0.4f}};
	for (int i = 0; i < 4; i++) {
		GLfloat v[4];
		glClearAccum(to[i][0], to[i][1], to[i][2], to[i][3]);
		glGetFloatv(GL_ACCUM_CLEAR_VALUE, v);
		printf("clears to %g %g %g %g\n", v[0], v[1], v[2], v[3]);
		glClear(i & 1 ? GL_ACCUM_BUFFER_BIT : GL_ACCUM_BUFFER_BIT | GL_COLOR_BUFFER_BIT);
		shown("cleared");
		glAccum(GL_MULT, -0.5f);
		shown("… and turned");
	}
	glPushAttrib(GL_ACCUM_BUFFER_BIT);
	glClearAccum(1, 1, 1, 1);
	glPopAttrib();
	glClear(GL_ACCUM_BUFFER_BIT);
	shown("what came back");
}

static void parts(void) {
	ramp();
	glAccum(GL_LOAD, 0.8f);
	glEnable(GL_SCISSOR_TEST);
	for (int i = 0; i < 5; i++) {
		glScissor(i * 37 - 10, i * 23, 70, 61);
		if (i == 0) glAccum(GL_MULT, 0.5f);
		if (i == 1) glAccum(GL_ADD, 0.2f);
		if (i == 2) glClear(GL_ACCUM_BUFFER_BIT);
		if (i == 3) glAccum(GL_ACCUM, 0.1f);
		if (i == 4) glAccum(GL_RETURN, 1.1f);
		picture("within a scissor");
	}
	glScissor(20, 20, 0, 0);
	glAccum(GL_LOAD, 0.1f);
	glDisable(GL_SCISSOR_TEST);
	shown("all of it");
	for (int i = 0; i < 16; i++) {
		scene(0.3f * (float)i);
		glColorMask(i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 1);
		glAccum(GL_RETURN, 1);
		glColorMask(1, 1, 1, 1);
		picture("masked");
	}
	glEnable(GL_RASTERIZER_DISCARD);
	glAccum(GL_LOAD, 0);
	glClear(GL_ACCUM_BUFFER_BIT);
	glDisable(GL_RASTERIZER_DISCARD);
	shown("discarded");
	GLfloat none[16];
	glFeedbackBuffer(16, GL_2D, none);
	glRenderMode(GL_FEEDBACK);
	glAccum(GL_LOAD, 0);
	glClear(GL_ACCUM_BUFFER_BIT);
	glRenderMode(GL_RENDER);
	shown("fed back");
	/* Pixel transfer is none of its business, nor is a pixel buffer, nor are tests. */
	GLuint buffer;
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, buffer);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer);
	glPixelTransferf(GL_RED_SCALE, 0.5f);
	glEnable(GL_DEPTH_TEST);
	glDepthFunc(GL_NEVER);
	glEnable(GL_BLEND);
	glBlendFunc(GL_ONE, GL_ONE);
	glAccum(GL_ACCUM, 0.3f);
	glAccum(GL_RETURN, 0.7f);
	glDisable(GL_BLEND);
	glDisable(GL_DEPTH_TEST);
	glPixelTransferf(GL_RED_SCALE, 1);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
	glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
	glDeleteBuffers(1, &buffer);
	picture("whatever is set");
}

static void conditions(void) {
	GLuint q;
	glGenQueries(1, &q);
	glBeginQuery(GL_SAMPLES_PASSED, q);
	glEndQuery(GL_SAMPLES_PASSED);
	ramp();
	glAccum(GL_LOAD, 1);
	glBeginConditionalRender(q, GL_QUERY_WAIT);
	glAccum(GL_MULT, 0);
	glEndConditionalRender();
	shown("a condition");
	glClearAccum(0.5f, 0.5f, 0.5f, 1);
	glBeginConditionalRender(q, GL_QUERY_WAIT);
	glClear(GL_ACCUM_BUFFER_BIT);
	glEndConditionalRender();
	shown("a clear under a condition");
	glDeleteQueries(1, &q);
}

static void buffers(void) {
	glDrawBuffer(GL_FRONT_AND_BACK);
	glClearColor(0.7f, 0.6f, 0.5f, 0.4f);
	glClear(GL_COLOR_BUFFER_BIT);
	ramp();
	glAccum(GL_LOAD, 0.5f);
	glAccum(GL_RETURN, 1.7f);
	glReadBuffer(GL_FRONT);
	picture("both, front"); /* Mesa fills the second of two from behind the end of the accumulation buffer */
	glDrawBuffer(GL_BACK);
	scene(3);
	glReadBuffer(GL_BACK);
	glDrawBuffer(GL_FRONT);
	glAccum(GL_RETURN, 0.6f);
	picture("front, back");
	glReadBuffer(GL_FRONT);
	picture("front, front");
	glAccum(GL_ACCUM, 0.2f);
	glDrawBuffer(GL_BACK);
	glAccum(GL_RETURN, 1);
	picture("from the front, front");
	glReadBuffer(GL_BACK);
	picture("from the front, back");
	glDrawBuffer(GL_NONE);
	glAccum(GL_RETURN, 0);
	glDrawBuffer(GL_BACK);
	picture("nowhere");
	glReadBuffer(GL_NONE);
	glAccum(GL_LOAD, 0);
	glReadBuffer(GL_BACK);
	shown("from nowhere");
}

static void refusals(void) {
	GLuint fbo, tex;
	glAccum(GL_ADD + 100, 1);
	caught("no operation");
	glBegin(GL_POINTS);
	glAccum(GL_LOAD, 1);
	glClearAccum(1, 1, 1, 1);
	glEnd();
	caught("between begin and end");
	glGenFramebuffers(1, &fbo);
	glGenTextures(1, &tex);
	glBindFramebuffer(GL_FRAMEBUFFER, fbo);
	glAccum(GL_LOAD, 1);
	node_errors("an object without images");
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glAccum(GL_LOAD, 1);
	glAccum(77, 1);
	caught("an object");
	glClear(GL_ACCUM_BUFFER_BIT | GL_COLOR_BUFFER_BIT);
	caught("an object's clear");
	geti("an object's red", GL_ACCUM_RED_BITS, 1);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	glAccum(GL_LOAD, 1);
	caught("drawn to an object");
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fbo);
	glAccum(GL_LOAD, 1);
	caught("read from an object");
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glClear(GL_ACCUM_BUFFER_BIT | 0x1);
	caught("a clear of what is not");
	const int size[] = {GLX_PBUFFER_WIDTH, W, GLX_PBUFFER_HEIGHT, H, None};
	GLXPbuffer other = glXCreatePbuffer(dpy, config, size);
	glXMakeContextCurrent(dpy, win, other, ctx);
	glAccum(GL_LOAD, 1);
	caught("two windows");
	glXMakeContextCurrent(dpy, other, other, ctx);
	glClearAccum(0.3f, 0.6f, 0.9f, 1);
	glClear(GL_ACCUM_BUFFER_BIT);
	shown("another window's");
	glXMakeCurrent(dpy, win, ctx); /* Mesa has lost what its own held */
	glClear(GL_ACCUM_BUFFER_BIT);
	shown("its own");
	glXDestroyPbuffer(dpy, other);
	glDeleteFramebuffers(1, &fbo);
	glDeleteTextures(1, &tex);
	caught("nothing else");
}

static void lists(void) {
	glNewList(1, GL_COMPILE);
	glClearAccum(0.1f, 0.3f, 0.2f, 1);
	glClear(GL_ACCUM_BUFFER_BIT);
	glAccum(GL_ACCUM, 0.5f);
	glAccum(GL_RETURN, 1);
	glEndList();
	glNewList(2, GL_COMPILE_AND_EXECUTE);
	scene(0.8f);
	glAccum(GL_LOAD, 0.4f);
	glAccum(GL_ADD, 0.1f);
	glAccum(GL_RETURN, 1);
	glAccum(99, 0);
	glEndList();
	caught("a list");
	picture("executed");
	glCallList(1);
	picture("called");
	for (int i = 0; i < 4; i++) {
		scene((float)i);
		glCallList(1 + (GLuint)i % 2);
		picture("called again");
		conform_swap();
	}
	caught("lists");
}

/* Motion blur: what is accumulated stays from frame to frame. */
static void frames(void) {
	glClear(GL_ACCUM_BUFFER_BIT);
	for (int i = 0; i < 12; i++) {
		scene(0.15f * (float)i);
		if (i) glAccum(GL_MULT, 0.7f);
		glAccum(i ? GL_ACCUM : GL_LOAD, i ? 0.3f : 1);
		glAccum(GL_RETURN, 1);
		if (i % 3 == 0) picture("blurred");
		conform_swap();
	}
	for (int i = 0; i < 4; i++) { /* several scenes a frame */
		glClear(GL_ACCUM_BUFFER_BIT);
		for (int k = 0; k < 6; k++) {
			scene((float)i + 0.01f * (float)k);
			glAccum(GL_ACCUM, 1.0f / 6);
		}
		glAccum(GL_RETURN, 1);
		picture("of six");
		conform_swap();
	}
	scene(0);
	glAccum(GL_LOAD, 1);
	for (int i = 0; i < 6; i++) { /* frames that do not touch it */
		glClear(GL_COLOR_BUFFER_BIT);
		if (i == 3) glAccum(GL_MULT, 0.5f);
		conform_swap();
	}
	shown("kept");
	conform_swap();
	shown("kept once more");
	XResizeWindow(dpy, win, W + 20, H - 12);
	XSync(dpy, False);
	for (int i = 0; i < 3; i++) {
		glViewport(0, 0, W + 20, H - 12);
		scene(2);
		glAccum(GL_LOAD, 0.5f);
		glAccum(GL_RETURN, 2);
		conform_swap();
	}
	picture("of another size");
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	int bits[4];
	for (int i = 0; i < 4; i++) glXGetFBConfigAttrib(dpy, config, GLX_ACCUM_RED_SIZE + i, &bits[i]);
	printf("configuration: %d %d %d %d\n", bits[0], bits[1], bits[2], bits[3]);
	GETI(GL_ACCUM_RED_BITS, 1);
	GETI(GL_ACCUM_GREEN_BITS, 1);
	GETI(GL_ACCUM_BLUE_BITS, 1);
	GETI(GL_ACCUM_ALPHA_BITS, 1);
	operations();
	conform_swap();
	clears();
	parts();
	conform_swap();
	conditions();
	buffers();
	conform_swap();
	lists();
	refusals();
	frames();
	/* Without alpha, and by glXChooseVisual. */
	int want[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_RED_SIZE, 8, GLX_DEPTH_SIZE, 16, GLX_ACCUM_RED_SIZE, 8, GLX_ACCUM_BLUE_SIZE, 16, None};
	XVisualInfo *vi = glXChooseVisual(dpy, DefaultScreen(dpy), want);
	if (!vi) return 1;
	int red = 0, samples = 0, twice = 0;
	glXGetConfig(dpy, vi, GLX_ACCUM_RED_SIZE, &red);
	glXGetConfig(dpy, vi, GLX_SAMPLES, &samples);
	glXGetConfig(dpy, vi, GLX_DOUBLEBUFFER, &twice);
	printf("visual: %d %d %d\n", red, samples, twice);
	Window second = conform_window(vi, W, H);
	GLXContext plain = glXCreateContext(dpy, vi, NULL, True);
	glXMakeCurrent(dpy, second, plain);
	for (int i = 0; i < 3; i++) {
		ramp();
		glAccum(GL_LOAD, 0.7f);
		scene(1);
		glAccum(GL_ACCUM, 0.3f);
		glColorMask(1, i != 1, 1, i != 2);
		glAccum(GL_RETURN, 1);
		glColorMask(1, 1, 1, 1);
		picture("without alpha");
		glXSwapBuffers(dpy, second);
	}
	caught("the end");
	glXMakeCurrent(dpy, None, NULL);
	glXDestroyContext(dpy, plain);
	conform_close();
	return 0;
}
