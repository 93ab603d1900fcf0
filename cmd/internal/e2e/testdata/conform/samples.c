/* What reads a multisampled window on the nodes, each time in the first frame of a window of its own: the samples of its colour, depth and stencil must
 * all be there at once, also those that clears, draws with tests and earlier copies have left. */
#define CONFORM_SAMPLES 4
#include "conform.h"

static uint32_t seed;
static float next(void) { return (float)((seed = seed * 1664525u + 1013904223u) >> 16) / 32768.0f - 1; }

static void scene(uint32_t s) {
	seed = s;
	glClearColor(0.1f, 0.2f, 0.3f, 0.4f);
	glClearDepth(0.7654321);
	glClearStencil(0x35);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glEnable(GL_DEPTH_TEST);
	glEnable(GL_STENCIL_TEST);
	glStencilOp(GL_KEEP, GL_INCR, GL_INVERT);
	for (int i = 0; i < 40; i++) {
		glBegin(GL_TRIANGLES);
		for (int k = 0; k < 3; k++) {
			glColor4f(next(), next(), next(), 0.5f);
			glVertex3f(next(), next(), next());
		}
		glEnd();
	}
	glDisable(GL_DEPTH_TEST);
	glDisable(GL_STENCIL_TEST);
}

/* What later tests make of depth and stencil, everywhere. */
static void shows(const char *name) {
	picture(name);
	glEnable(GL_DEPTH_TEST);
	glEnable(GL_STENCIL_TEST);
	glStencilOp(GL_KEEP, GL_KEEP, GL_KEEP);
	for (int i = 0; i < 24; i++) {
		glStencilFunc(GL_EQUAL, i & 1, 1u << (i / 2 % 8));
		if (i / 2 % 8 == 0) glStencilFunc(GL_ALWAYS, 0, 0);
		glColor4f((float)i / 24, 1 - (float)i / 24, i & 1, 1);
		glBegin(GL_TRIANGLE_STRIP);
		glVertex3f(-1, -1, 0.9f - 0.08f * (float)i);
		glVertex3f(1, -1, 0.8f - 0.08f * (float)i);
		glVertex3f(-1, 1, 0.7f - 0.08f * (float)i);
		glVertex3f(1, 1, 1 - 0.08f * (float)i);
		glEnd();
	}
	glDisable(GL_DEPTH_TEST);
	glDisable(GL_STENCIL_TEST);
	picture("… by its depth and stencil");
}

static void texture_of(GLuint tex, const char *name) {
	static uint8_t px[W * H * 4];
	glBindTexture(GL_TEXTURE_2D, tex);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, px);
	bytes(name, px, sizeof px);
	glBindTexture(GL_TEXTURE_2D, 0);
}

static GLuint image(GLenum internal, GLenum format, GLenum type) {
	GLuint tex;
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexImage2D(GL_TEXTURE_2D, 0, (GLint)internal, W, H, 0, format, type, NULL);
	glBindTexture(GL_TEXTURE_2D, 0);
	return tex;
}

static void resolves(void) {
	GLuint fbo, tex = image(GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE);
	glGenFramebuffers(1, &fbo);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, fbo);
	glFramebufferTexture2D(GL_DRAW_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	texture_of(tex, "resolved");
	glDeleteFramebuffers(1, &fbo);
	glDeleteTextures(1, &tex);
}

/* All samples to an object and back, in two parts that change places. */
static void copies(void) {
	GLuint fbo, tex[2];
	glGenFramebuffers(1, &fbo);
	glGenTextures(2, tex);
	glBindFramebuffer(GL_FRAMEBUFFER, fbo);
	for (int i = 0; i < 2; i++) {
		glBindTexture(GL_TEXTURE_2D_MULTISAMPLE, tex[i]);
		glTexImage2DMultisample(GL_TEXTURE_2D_MULTISAMPLE, 4, i ? GL_DEPTH24_STENCIL8 : GL_RGBA8, W, H, GL_TRUE);
		glFramebufferTexture2D(GL_FRAMEBUFFER, i ? GL_DEPTH_STENCIL_ATTACHMENT : GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D_MULTISAMPLE, tex[i], 0);
	}
	const GLbitfield all = GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT;
	glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
	glBlitFramebuffer(0, 0, W, H, 0, 0, W, H, all, GL_NEAREST);
	glBindFramebuffer(GL_READ_FRAMEBUFFER, fbo);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
	glBlitFramebuffer(10, 5, 90, 75, 110, 65, 190, 135, all, GL_NEAREST);
	glBlitFramebuffer(110, 65, 190, 135, 10, 5, 90, 75, all, GL_NEAREST);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glDeleteFramebuffers(1, &fbo);
	glDeleteTextures(2, tex);
	shows("copied there and back");
}

static void copy_texture(void) {
	GLuint tex = image(GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE);
	glBindTexture(GL_TEXTURE_2D, tex);
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 3, 4, 20, 10, 150, 120);
	texture_of(tex, "copied into a texture");
	glDeleteTextures(1, &tex);
	shows("after it");
}

static void copy_pixels(void) {
	glWindowPos2i(60, 50);
	glCopyPixels(10, 20, 90, 70, GL_COLOR);
	shows("copied pixels");
}

static void copy_stencil(void) {
	glWindowPos2i(60, 50);
	glColorMask(0, 0, 0, 0);
	glEnable(GL_DEPTH_TEST);
	glDepthFunc(GL_ALWAYS);
	glCopyPixels(10, 20, 90, 70, GL_DEPTH_STENCIL);
	glDepthFunc(GL_LESS);
	glDisable(GL_DEPTH_TEST);
	glColorMask(1, 1, 1, 1);
	shows("copied depth and stencil");
}

static void lists(void) {
	glNewList(1, GL_COMPILE);
	glWindowPos2i(33, 44);
	glCopyPixels(70, 60, 80, 80, GL_COLOR);
	glEndList();
	scene(7);
	glCallList(1);
	shows("copied by a list");
	glDeleteLists(1, 1);
}

int main(void) {
	static void (*const readers[])(void) = {resolves, copies, copy_texture, copy_pixels, copy_stencil, lists};
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	XVisualInfo *vi = glXGetVisualFromFBConfig(dpy, config);
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		Window own = conform_window(vi, W, H);
		glXMakeCurrent(dpy, own, ctx);
		scene(1 + (uint32_t)i);
		readers[i]();
		glXSwapBuffers(dpy, own);
		scene(11 + (uint32_t)i); /* and afterwards */
		readers[i]();
		caught("nothing wrong");
		glXSwapBuffers(dpy, own);
	}
	conform_close();
	return 0;
}
