/* Clears of the window, whole and scissored: depths that are rounded, each buffer by itself, by name, with masks; of compatibility contexts also in lists. */
#include "conform.h"

static void told(const char *name) {
	static GLuint depth[W * H];
	static GLubyte stencil[W * H];
	picture(name);
	glReadPixels(0, 0, W, H, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT, depth);
	bytes("depth", depth, sizeof depth);
	printf("at corners: %08x %08x\n", depth[0], depth[W * H - 1]);
	glPixelStorei(GL_PACK_ALIGNMENT, 1);
	glReadPixels(0, 0, W, H, GL_STENCIL_INDEX, GL_UNSIGNED_BYTE, stencil);
	store_default();
	bytes("stencil", stencil, sizeof stencil);
}

static void one(int way, int k) {
	const GLfloat colour[] = {(float)k / 23, 1 - (float)k / 31, .3f, .6f}, depth = (float)k * .0371f + .0123f;
	const GLint stencil = k * 7;
	const GLuint whole[] = {1, 2, 3, 4};
	switch (way) {
	case 0:
		glClearColor(colour[0], colour[1], colour[2], colour[3]);
		glClearDepth((double)depth);
		glClearStencil(stencil);
		glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
		break;
	case 1: glClearBufferfv(GL_DEPTH, 0, &depth); break;
	case 2: glClearBufferfv(GL_COLOR, 0, colour), glClearBufferiv(GL_STENCIL, 0, &stencil); break;
	case 3: glClearBufferfi(GL_DEPTH_STENCIL, 0, depth, stencil); break;
	case 4: glClearNamedFramebufferfv(0, GL_DEPTH, 0, &depth); break;
	case 5: glClearNamedFramebufferfi(0, GL_DEPTH_STENCIL, 0, depth, stencil); break;
	case 6: glClearNamedFramebufferfv(0, GL_COLOR, 0, colour), glClearNamedFramebufferiv(0, GL_STENCIL, 0, &stencil); break;
	default: /* errors */
		glClearBufferuiv(GL_DEPTH, 0, whole);
		glClearBufferfi(GL_DEPTH, 0, depth, stencil);
		glClearBufferfv(GL_COLOR, 99, colour);
		glClear(1u << 30);
	}
	node_errors("clear");
}

int main(void) {
	if (!conform_open(45, CONFORM_COMPAT)) return 3;
	for (int k = 0; k < 24; k++) {
		if (k == 8) conform_swap(); /* now the nodes draw only their tiles */
		switch (k % 8) {
		case 3: glEnable(GL_SCISSOR_TEST), glScissor(20 + k, 30, 110, 60 + k); break;
		case 5: glDisable(GL_SCISSOR_TEST), glColorMask(1, 0, 1, k > 12); break;
		case 6: glColorMask(1, 1, 1, 1), glDepthMask(0), glStencilMask(0x55); break;
		case 7: glDepthMask(1), glStencilMask(~0u), glEnablei(GL_SCISSOR_TEST, 1); break;
		case 0: glDisable(GL_SCISSOR_TEST);
		}
		for (int way = 0; way < 8; way++) {
			one(way, k);
			told("cleared");
			printf("scissor: %d %d\n", glIsEnabled(GL_SCISSOR_TEST), glIsEnabledi(GL_SCISSOR_TEST, 1));
		}
		if (conform_core) continue;
		GLuint l = glGenLists(1);
		for (int mode = 0; mode < 2; mode++) {
			glNewList(l, mode ? GL_COMPILE_AND_EXECUTE : GL_COMPILE);
			one(0, k + 3);
			one(1, k + 4);
			one(3, k + 5);
			glEndList();
			told("in a list");
			glCallList(l);
			told("called");
		}
		glDeleteLists(l, 1);
	}
	conform_close();
	return 0;
}
