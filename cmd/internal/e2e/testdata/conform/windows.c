/* Windows of different configurations: with and without alpha, depth, stencil, multisampling and a back buffer. */
#include "conform.h"

static int attrib(GLXFBConfig c, int a) {
	int v = -1;
	glXGetFBConfigAttrib(dpy, c, a, &v);
	return v;
}

/* The first configuration for windows that is exactly so. */
static bool find(int alpha, int depth, int stencil, int samples, int two, GLXFBConfig *found) {
	int n = 0;
	const int want[] = {GLX_DOUBLEBUFFER, two, GLX_RED_SIZE, 8, GLX_ALPHA_SIZE, alpha, GLX_DEPTH_SIZE, depth, GLX_STENCIL_SIZE, stencil, GLX_SAMPLES, samples, None};
	GLXFBConfig *all = glXChooseFBConfig(dpy, DefaultScreen(dpy), want, &n);
	bool any = false;
	for (int i = 0; i < n && !any; i++) {
		any = attrib(all[i], GLX_ALPHA_SIZE) == alpha && attrib(all[i], GLX_DEPTH_SIZE) == depth && attrib(all[i], GLX_STENCIL_SIZE) == stencil &&
		      attrib(all[i], GLX_SAMPLES) == samples && attrib(all[i], GLX_SAMPLE_BUFFERS) == (samples > 0);
		if (any) *found = all[i];
	}
	XFree(all);
	return any;
}

static void scene(float turn) {
	glClearColor(.2f, .4f, .6f, .25f);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	glLoadIdentity();
	glRotatef(turn, .1f, .2f, 1);
	glBegin(GL_TRIANGLES);
	for (int i = 0; i < 12; i++) {
		glColor4f(i * .08f, 1 - i * .07f, .5f, i * .09f);
		glVertex3f(-.9f + i * .1f, -.8f, i * .05f);
		glVertex3f(.7f, -.6f + i * .11f, -i * .05f);
		glVertex3f(-.3f + i * .07f, .9f, .1f);
	}
	glEnd();
	glDisable(GL_DEPTH_TEST);
	/* what the target's alpha is, is seen */
	glEnable(GL_BLEND);
	glBlendFunc(GL_DST_ALPHA, GL_ONE_MINUS_DST_ALPHA);
	glColor4f(1, .5f, 0, .5f);
	glRectf(-.8f, -.3f, .2f, .3f);
	glDisable(GL_BLEND);
	glEnable(GL_STENCIL_TEST);
	glStencilFunc(GL_ALWAYS, 3, 0xff);
	glStencilOp(GL_KEEP, GL_KEEP, GL_REPLACE);
	glRectf(.1f, .1f, .8f, .5f);
	glStencilFunc(GL_EQUAL, 3, 0xff);
	glStencilOp(GL_KEEP, GL_KEEP, GL_KEEP);
	glColor4f(0, 1, 1, 1);
	glRectf(.4f, -.5f, .6f, .9f);
	glDisable(GL_STENCIL_TEST);
}

/* A multisampled window resolved into an object of one sample, as apps save pictures of it. */
static void resolved(const char *name) {
	GLuint fb, rb;
	glGenFramebuffers(1, &fb);
	glGenRenderbuffers(1, &rb);
	glBindRenderbuffer(GL_RENDERBUFFER, rb);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, W, H);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, fb);
	glFramebufferRenderbuffer(GL_DRAW_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, rb);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	if (name) picture(name);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glDeleteFramebuffers(1, &fb);
	glDeleteRenderbuffers(1, &rb);
}

/* What comes from an object with alpha by a blit, whatever is bound, and by a clear. */
static void blitted(void) {
	GLuint fb, rb;
	glGenFramebuffers(1, &fb);
	glGenRenderbuffers(1, &rb);
	glBindRenderbuffer(GL_RENDERBUFFER, rb);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, W, H);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, rb);
	glClearColor(.8f, .2f, .4f, .5f);
	glClear(GL_COLOR_BUFFER_BIT);
	glBlitNamedFramebuffer(fb, 0, 0, 0, W, H, 20, 10, W - 30, H - 20, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	picture("blitted by name");
	static const GLfloat grey[] = {.5f, .5f, .5f, .5f};
	glEnable(GL_SCISSOR_TEST);
	glScissor(70, 40, 60, 90);
	glClearNamedFramebufferfv(0, GL_COLOR, 0, grey);
	picture("cleared by name");
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fb);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glScissor(90, 60, 80, 80);
	glColorMask(GL_FALSE, GL_TRUE, GL_TRUE, GL_TRUE);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	picture("blitted");
	GETI(GL_COLOR_WRITEMASK, 4);
	glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
	glDisable(GL_SCISSOR_TEST);
	glDeleteFramebuffers(1, &fb);
	glDeleteRenderbuffers(1, &rb);
}

static void one(int alpha, int depth, int stencil, int samples, int two) {
	char name[100];
	snprintf(name, sizeof name, "alpha %d, depth %d, stencil %d, samples %d, buffers %d", alpha, depth, stencil, samples, 1 + two);
	if (!find(alpha, depth, stencil, samples, two, &config)) {
		printf("%s: none\n", name);
		return;
	}
	XVisualInfo *vi = glXGetVisualFromFBConfig(dpy, config);
	win = conform_window(vi, W, H);
	ctx = conform_context(0, CONFORM_LEGACY, NULL);
	if (!ctx || !glXMakeCurrent(dpy, win, ctx)) {
		printf("%s: no context\n", name);
		return;
	}
	puts(name);
	GETI(GL_ALPHA_BITS, 1);
	GETI(GL_DEPTH_BITS, 1);
	GETI(GL_STENCIL_BITS, 1);
	GETI(GL_SAMPLES, 1);
	GETI(GL_SAMPLE_BUFFERS, 1);
	GETI(GL_DOUBLEBUFFER, 1);
	printf("multisampling is on: %d\n", glIsEnabled(GL_MULTISAMPLE));
	/* Nodes that cannot give back samples begin to draw all when they are first asked to. */
	if (samples) {
		scene(0);
		resolved(NULL);
		conform_swap();
	}
	for (int i = 0; i < 3; i++) {
		scene(20 * i);
		picture("as it is read");
		if (samples) resolved("resolved");
		else blitted();
		conform_swap();
	}
	errors("window");
	glXMakeCurrent(dpy, None, NULL);
	glXDestroyContext(dpy, ctx);
	XDestroyWindow(dpy, win);
	XFree(vi);
}

int main(void) {
	dpy = XOpenDisplay(NULL);
	if (!dpy) return 3;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int two = 1; two >= 0; two--)
		for (int samples = 0; samples <= 4; samples += 4)
			for (int alpha = 0; alpha <= 8; alpha += 8) {
				one(alpha, 24, 8, samples, two);
				one(alpha, 0, 0, samples, two);
			}
	XCloseDisplay(dpy);
	return 0;
}
