/* An app that reads its own window, for the end-to-end tests; it knows nothing of prism. Usage: readers MODE FRAMES PPM-PREFIX
 * MODE: feedback zoom blit keep list front swapped single transfer depthtex. Each frame's picture is
 * read by glReadPixels and written, of some modes also the front's and the depth. */
#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { W = 203, H = 149 };
static const char *prefix;
static int frame, shot;

static void write_picture(const unsigned char *p) { /* W by H, red, green, blue */
	char name[4096];
	snprintf(name, sizeof name, "%s%03d-%d.ppm", prefix, frame, shot++);
	FILE *f = fopen(name, "wb");
	if (!f) exit(3);
	fprintf(f, "P6\n%d %d\n255\n", W, H);
	fwrite(p, W * H * 3, 1, f);
	fclose(f);
}

static void picture(GLenum from) {
	static unsigned char p[W * H * 3];
	glPixelStorei(GL_PACK_ALIGNMENT, 1);
	glReadBuffer(from);
	glReadPixels(0, 0, W, H, GL_RGB, GL_UNSIGNED_BYTE, p);
	write_picture(p);
}

static void depth_picture(void) {
	static unsigned int d[W * H];
	static unsigned char p[W * H * 3];
	glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, d);
	for (int i = 0; i < W * H; i++) p[3 * i] = (unsigned char)(d[i] >> 24), p[3 * i + 1] = (unsigned char)(d[i] >> 16), p[3 * i + 2] = (unsigned char)(d[i] >> 8);
	write_picture(p);
}

static void shape(float angle, float size) {
	glLoadIdentity();
	glRotatef(angle, 0.2f, 0.4f, 1);
	glBegin(GL_TRIANGLE_FAN);
	for (int i = 0; i < 7; i++) {
		glColor3f((float)((i * 37 + frame * 11) % 64) / 63.f, (float)(i % 3) / 2.f, (float)((frame + i) % 5) / 4.f);
		glVertex3f(size * (i & 1 ? 0.9f : 0.4f) * (i < 3 ? -1 : 1), size * (float)(i - 3) / 3.f, (float)i / 9.f - 0.4f);
	}
	glEnd();
	glLoadIdentity();
}

static void textured(float x0, float y0, float x1, float y1, float t) {
	glEnable(GL_TEXTURE_2D);
	glColor3f(1, 1, 1);
	glBegin(GL_QUADS);
	glTexCoord2f(0, 0), glVertex2f(x0, y0);
	glTexCoord2f(t, 0), glVertex2f(x1, y0);
	glTexCoord2f(t, t), glVertex2f(x1, y1);
	glTexCoord2f(0, t), glVertex2f(x0, y1);
	glEnd();
	glDisable(GL_TEXTURE_2D);
}

static GLuint tex[2], fbo, rb[2], list;

static void filter(GLuint name) {
	glBindTexture(GL_TEXTURE_2D, name);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
}

static void feedback(void) {
	if (frame == 0) {
		glClear(GL_COLOR_BUFFER_BIT);
		filter(tex[0]);
		glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGB, 0, 0, 128, 128, 0);
	}
	shape((float)frame * 17, 0.7f);
	glBindTexture(GL_TEXTURE_2D, tex[0]);
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 40, 10, 128, 128);
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 5, 70, 90, 30, 50, 40);
	textured(-0.95f, -0.9f, 0.85f, 0.8f, 1);
	filter(tex[1]);
	glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 17, 3, 64, 64, 0);
	textured(0.2f, 0.2f, 0.95f, 0.95f, 0.7f);
}

static void zoom(void) {
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	shape((float)frame * 23, 0.8f);
	glDisable(GL_DEPTH_TEST);
	glPixelZoom(1.7f, -0.6f);
	glWindowPos2i(10, H - 5);
	glCopyPixels(20 + frame, 10, 90, 100, GL_COLOR);
	glPixelZoom(1, 1);
	glWindowPos2i(100, 4);
	glCopyPixels(3, 50, 90, 70, GL_COLOR);
	glEnable(GL_DEPTH_TEST);
	glDepthFunc(GL_ALWAYS);
	glColorMask(0, 0, 0, 0);
	glWindowPos2i(70, 60);
	glCopyPixels(60, 20, 80, 80, GL_DEPTH);
	glColorMask(1, 1, 1, 1);
	glDepthFunc(GL_LESS);
	shape((float)frame * 23 + 40, 0.9f);
	glDisable(GL_DEPTH_TEST);
	/* a stencil of one corner is copied to the other, and drawn through */
	glEnable(GL_SCISSOR_TEST);
	glScissor(5, 5, 40, 30);
	glClearStencil(1);
	glClear(GL_STENCIL_BUFFER_BIT);
	glClearStencil(0);
	glDisable(GL_SCISSOR_TEST);
	glWindowPos2i(120, 90);
	glCopyPixels(0, 0, 60, 40, GL_STENCIL);
	glEnable(GL_STENCIL_TEST);
	glStencilFunc(GL_EQUAL, 1, 0xff);
	glColor3f(1, 1, 0);
	glRectf(-1, -1, 1, 1);
	glDisable(GL_STENCIL_TEST);
	depth_picture();
}

static void blit(void) {
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	shape((float)frame * 29, 0.9f);
	if (frame == 0) {
		glGenRenderbuffers(2, rb);
		glBindRenderbuffer(GL_RENDERBUFFER, rb[0]);
		glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, W, H);
		glBindRenderbuffer(GL_RENDERBUFFER, rb[1]);
		glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH24_STENCIL8, W, H);
		glGenFramebuffers(1, &fbo);
		glBindFramebuffer(GL_FRAMEBUFFER, fbo);
		glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, rb[0]);
		glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER, rb[1]);
	}
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, fbo);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT, GL_NEAREST);
	glDepthFunc(GL_LESS);
	shape((float)frame * 29 + 60, 0.8f); /* into the object, against the depth that was copied */
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fbo);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glBlitFramebuffer(0, 0, W, H, 10, 12, W - 30, H - 7, GL_COLOR_BUFFER_BIT, GL_LINEAR);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glReadBuffer(GL_BACK);
	glBlitFramebuffer(0, 0, 60, 50, W - 5, H - 5, W - 95, H - 60, GL_COLOR_BUFFER_BIT, GL_LINEAR);
	glDisable(GL_DEPTH_TEST);
	depth_picture();
}

static void keep(void) {
	if (frame == 0) glClear(GL_COLOR_BUFFER_BIT);
	glEnable(GL_BLEND);
	glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_COLOR);
	shape((float)frame * 31, 0.2f + (float)(frame % 5) / 7.f);
	glDisable(GL_BLEND);
	if (frame % 4 == 3) {
		glWindowPos2i(frame, 3 * frame);
		glCopyPixels(50, 30, 100, 80, GL_COLOR);
	}
}

static void in_list(void) {
	glClear(GL_COLOR_BUFFER_BIT);
	shape((float)frame * 13, 0.6f);
	if (frame == 0) {
		filter(tex[0]);
		glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGB, 0, 0, 128, 128, 0);
		list = glGenLists(1);
		glNewList(list, GL_COMPILE);
		glColor3f(0, 1, 1);
		glRectf(-0.3f, -0.3f, 0.1f, 0.6f);
		glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 30, 8, 128, 128);
		glColor3f(1, 0, 1);
		glRectf(-0.1f, -0.9f, 0.7f, 0.1f);
		glEndList();
	}
	if (frame != 1) glCallList(list);
	textured(-0.8f, -0.2f, 0.9f, 0.95f, 1);
}

static void front(void) {
	glClear(GL_COLOR_BUFFER_BIT);
	shape((float)frame * 19, 0.7f);
	if (frame < 2) return;
	/* All of the front is drawn before it is read: Mesa's software renderer does not find there what was swapped last. */
	glDrawBuffer(GL_FRONT);
	glClearColor(0, 0.5f, 1, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glClearColor(0.1f, 0.2f, 0.3f, 1);
	shape((float)frame * 7, 0.5f);
	glFlush();
	picture(GL_FRONT);
	picture(GL_BACK);
	glReadBuffer(GL_FRONT);
	glDrawBuffer(GL_BACK);
	glWindowPos2i(70, 70);
	glCopyPixels(0, 0, 100, 60, GL_COLOR);
	glDrawBuffer(GL_FRONT_AND_BACK);
	glColor3f(1, 0.5f, 0);
	glRectf(0.5f, 0.6f, 0.9f, 0.9f);
	glFinish();
	picture(GL_FRONT);
	glDrawBuffer(GL_BACK);
	glReadBuffer(GL_BACK);
}

/* The front right behind a swap is what was swapped, whatever the back holds since; drawing to it shows there alone. */
static void swapped(void) {
	if (frame > 0) picture(GL_FRONT);
	glClear(GL_COLOR_BUFFER_BIT);
	shape((float)frame * 19, 0.7f);
	if (frame > 0) {
		picture(GL_FRONT);
		glDrawBuffer(GL_FRONT);
		glColor3f(1, 0.5f, 0);
		glRectf(-0.5f, -0.6f, 0.9f, 0.2f);
		glFlush();
		glDrawBuffer(GL_BACK);
		picture(GL_FRONT);
	}
}

static void single(void) {
	glClear(GL_COLOR_BUFFER_BIT);
	shape((float)frame * 19, 0.7f);
	glWindowPos2i(70, 70);
	glCopyPixels(10, 10, 100, 60, GL_COLOR);
	glFlush();
}

static void transfer(void) {
	glClear(GL_COLOR_BUFFER_BIT);
	shape((float)frame * 19, 0.7f);
	glPixelTransferf(GL_RED_SCALE, 0.5f);
	glPixelTransferf(GL_GREEN_BIAS, 0.25f);
	glWindowPos2i(30, 20);
	glCopyPixels(10, 10, 130, 110, GL_COLOR);
	glPixelTransferf(GL_RED_SCALE, 1);
	glPixelTransferf(GL_GREEN_BIAS, 0);
}

static void depthtex(void) {
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	shape((float)frame * 41, 0.8f);
	glDisable(GL_DEPTH_TEST);
	filter(tex[1]);
	if (frame % 2 == 0) glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_DEPTH_COMPONENT24, 30, 9, 128, 128, 0);
	else glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 60, 15, 128, 128);
	textured(-0.5f, -0.5f, 0.9f, 0.9f, 1);
}

int main(int argc, char **argv) {
	static const struct { const char *name; void (*draw)(void); } modes[] = {
		{"feedback", feedback}, {"zoom", zoom}, {"blit", blit}, {"keep", keep}, {"list", in_list}, {"front", front}, {"swapped", swapped}, {"single", single},
		{"transfer", transfer}, {"depthtex", depthtex},
	};
	void (*draw)(void) = NULL;
	if (argc != 4) return 2;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (!strcmp(argv[1], modes[i].name)) draw = modes[i].draw;
	if (!draw) return 2;
	const int frames = atoi(argv[2]), one = draw == single;
	prefix = argv[3];
	Display *d = XOpenDisplay(NULL);
	if (!d) return 4;
	int attribs[] = {GLX_RGBA, GLX_RED_SIZE, 8, GLX_GREEN_SIZE, 8, GLX_BLUE_SIZE, 8, GLX_DEPTH_SIZE, 24, GLX_STENCIL_SIZE, 8, one ? None : GLX_DOUBLEBUFFER, None};
	XVisualInfo *v = glXChooseVisual(d, DefaultScreen(d), attribs);
	if (!v) return 5;
	XSetWindowAttributes a = {.colormap = XCreateColormap(d, RootWindow(d, v->screen), v->visual, AllocNone), .override_redirect = True};
	Window w = XCreateWindow(d, RootWindow(d, v->screen), 0, 0, W, H, 0, v->depth, InputOutput, v->visual, CWColormap | CWOverrideRedirect, &a);
	XMapRaised(d, w);
	XSync(d, False);
	GLXContext c = glXCreateContext(d, v, NULL, True);
	if (!c || !glXMakeCurrent(d, w, c)) return 6;
	glGenTextures(2, tex);
	glClearColor(0.1f, 0.2f, 0.3f, 1);
	for (frame = 0; frame < frames; frame++) {
		shot = 0;
		draw();
		picture(one ? GL_FRONT : GL_BACK);
		if (!one) glXSwapBuffers(d, w);
		GLenum e = glGetError();
		if (e) {
			fprintf(stderr, "frame %d: GL error %#x\n", frame, e);
			return 7;
		}
	}
	glXMakeCurrent(d, None, NULL);
	glXDestroyContext(d, c);
	XCloseDisplay(d);
	return 0;
}
