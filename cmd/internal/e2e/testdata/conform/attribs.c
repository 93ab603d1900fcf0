/* glPushAttrib and glPopAttrib over what prism keeps itself: the scissor, the buffers of windows and objects, colour masks; in display lists too. */
#include "conform.h"

static GLuint fb;

static void told(const char *name) {
	node_errors(name);
	GETI(GL_SCISSOR_BOX, 4);
	GETI(GL_SCISSOR_TEST, 1);
	GETI(GL_DRAW_BUFFER, 1);
	GETI(GL_DRAW_BUFFER0, 1);
	GETI(GL_DRAW_BUFFER1, 1);
	GETI(GL_READ_BUFFER, 1);
	GETI(GL_COLOR_WRITEMASK, 4);
	GETI(GL_ATTRIB_STACK_DEPTH, 1);
}
static void usual(void) {
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glDrawBuffer(GL_BACK);
	glReadBuffer(GL_BACK);
	glDisable(GL_SCISSOR_TEST);
	glColorMask(1, 1, 1, 1);
}
static void draw(const char *name) {
	glColor3f(.9f, .3f, .1f);
	glRectf(-.9f, -.7f, .8f, .9f);
	picture(name);
	glClear(GL_COLOR_BUFFER_BIT);
}
static void both(void) {
	static const GLenum two[] = {GL_FRONT_LEFT, GL_BACK_LEFT};
	glDrawBuffers(2, two);
}

static void scissors(void) {
	static const GLbitfield masks[] = {GL_SCISSOR_BIT, GL_ENABLE_BIT, GL_VIEWPORT_BIT, GL_ALL_ATTRIB_BITS};
	for (int i = 0; i < 4; i++) {
		glEnable(GL_SCISSOR_TEST);
		glScissor(10, 20, 130, 90);
		glPushAttrib(masks[i]);
		glScissor(0, 0, 30, 30);
		glPushAttrib(GL_SCISSOR_BIT);
		glDisable(GL_SCISSOR_TEST);
		glScissor(1, 1, 1, 1);
		glPopAttrib();
		told("inner");
		glDisable(GL_SCISSOR_TEST);
		glPopAttrib();
		told("outer");
		draw("scissor");
		usual();
	}
	glEnablei(GL_SCISSOR_TEST, 3);
	glScissorIndexed(3, 5, 6, 7, 8);
	glPushAttrib(GL_SCISSOR_BIT);
	glScissor(9, 9, 9, 9);
	glDisable(GL_SCISSOR_TEST);
	glPopAttrib();
	GLint v[4] = {0};
	glGetIntegeri_v(GL_SCISSOR_BOX, 3, v);
	printf("third: %d %d %d %d, %d %d\n", v[0], v[1], v[2], v[3], glIsEnabledi(GL_SCISSOR_TEST, 3), glIsEnabledi(GL_SCISSOR_TEST, 2));
	usual();
}

/* Where it is pushed and where it is popped: a window or an object, with one buffer or two. */
static void buffers(void) {
	static const GLbitfield masks[] = {GL_COLOR_BUFFER_BIT, GL_PIXEL_MODE_BIT, GL_ALL_ATTRIB_BITS};
	for (int k = 0; k < 24; k++) {
		const bool pushed = k & 1, popped = k & 2, many = k & 4;
		printf("pushed on %s, popped on %s\n", pushed ? "an object" : "the window", popped ? "an object" : "the window");
		if (many) both();
		glBindFramebuffer(GL_FRAMEBUFFER, pushed ? fb : 0);
		if (pushed) glDrawBuffer(GL_COLOR_ATTACHMENT1);
		glPushAttrib(masks[k / 8]);
		glBindFramebuffer(GL_FRAMEBUFFER, 0);
		glDrawBuffer(GL_FRONT);
		glReadBuffer(GL_FRONT);
		glPixelTransferf(GL_RED_BIAS, .5f);
		glBindFramebuffer(GL_FRAMEBUFFER, popped ? fb : 0);
		if (popped) glDrawBuffer(GL_COLOR_ATTACHMENT1), glReadBuffer(GL_COLOR_ATTACHMENT1);
		glPopAttrib();
		glPixelTransferf(GL_RED_BIAS, 0);
		told("popped");
		glBindFramebuffer(GL_FRAMEBUFFER, fb);
		GETI(GL_DRAW_BUFFER, 1);
		GETI(GL_READ_BUFFER, 1);
		glDrawBuffer(GL_COLOR_ATTACHMENT0);
		glReadBuffer(GL_COLOR_ATTACHMENT0);
		glBindFramebuffer(GL_FRAMEBUFFER, 0);
		told("the window");
		usual();
	}
	glPushAttrib(GL_PIXEL_MODE_BIT); /* with the window bound all the while */
	glPixelTransferf(GL_GREEN_BIAS, .25f);
	glPopAttrib();
	GETI(GL_GREEN_BIAS, 1);
	told("pixel mode");
	both();
	glPushAttrib(GL_COLOR_BUFFER_BIT);
	glDrawBuffer(GL_NONE);
	draw("no buffer");
	glPopAttrib();
	told("two buffers");
	draw("two buffers");
	usual();
}

static void masks(void) {
	glColorMask(1, 0, 1, 1);
	glPushAttrib(GL_COLOR_BUFFER_BIT);
	glColorMaski(0, 0, 1, 0, 1);
	glColorMaski(1, 0, 0, 0, 1);
	draw("masks");
	glPopAttrib();
	told("masks");
	draw("masks popped");
	usual();
}

static void stack(void) {
	GLint most = 0, k = 0;
	glGetIntegerv(GL_MAX_ATTRIB_STACK_DEPTH, &most);
	for (GLint i = 0; i <= most; i++) {
		glScissor(i, i, i + 1, i + 2);
		glPushAttrib(i % 3 ? GL_SCISSOR_BIT : GL_LIST_BIT);
	}
	told("overflow");
	for (k = 0; k <= most; k++) {
		glPopAttrib();
		GETI(GL_SCISSOR_BOX, 4);
	}
	told("underflow");
}

static void listed(GLenum mode) {
	GLuint l = glGenLists(3);
	printf("lists, %s\n", mode == GL_COMPILE ? "compiled" : "and carried out");
	glEnable(GL_SCISSOR_TEST);
	glScissor(40, 30, 120, 100);
	glNewList(l, mode);
	glPushAttrib(GL_SCISSOR_BIT | GL_COLOR_BUFFER_BIT);
	glScissor(60, 0, 25, 140);
	glDrawBuffer(GL_FRONT);
	glColorMask(0, 1, 0, 1);
	told("in a list");
	glEndList();
	told("after it");
	glNewList(l + 1, mode);
	glCallList(l);
	glScissor(1, 2, 3, 4);
	glPopAttrib();
	glEndList();
	told("with a call");
	glCallList(l);
	told("called");
	glDrawBuffer(GL_BACK);
	draw("called");
	glPopAttrib();
	told("popped");
	glCallList(l + 1);
	told("both");
	draw("both");
	glPushAttrib(GL_LIST_BIT);
	const GLubyte two[] = {0, 1};
	glListBase(l);
	glCallLists(2, GL_UNSIGNED_BYTE, two);
	glPopAttrib();
	GETI(GL_LIST_BASE, 1);
	told("by base");
	while (glGetIntegerv(GL_ATTRIB_STACK_DEPTH, (GLint[]){0}), glPopAttrib(), glGetIntegerv(GL_ATTRIB_STACK_DEPTH, (GLint[]){0}), glGetError() == GL_NO_ERROR) {}
	told("emptied");
	glDeleteLists(l, 3);
	usual();
}

int main(void) {
	if (!conform_open(45, CONFORM_COMPAT)) return 3;
	GLuint tex[2];
	glGenTextures(2, tex);
	glGenFramebuffers(1, &fb);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	for (int i = 0; i < 2; i++) {
		glBindTexture(GL_TEXTURE_2D, tex[i]);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 64, 64, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0 + (GLenum)i, GL_TEXTURE_2D, tex[i], 0);
	}
	usual();
	glClear(GL_COLOR_BUFFER_BIT);
	for (int k = 0; k < 2; k++) {
		scissors();
		buffers();
		masks();
		stack();
		listed(GL_COMPILE);
		listed(GL_COMPILE_AND_EXECUTE);
		conform_swap(); /* now the nodes draw only their tiles */
	}
	conform_close();
	return 0;
}
