/* What glGet and glIsEnabled say between commands that change it: answers that the driver keeps (stream/driver/gl/state/kept.c) must be the ones that GL
 * gives. Random commands, right and wrong ones, in lists, between glPushAttrib and glPopAttrib, in two contexts; each round some answers. */
#include "conform.h"

#ifndef SCENES /* more by hand */
#define SCENES 150
#endif

static uint32_t seed = 1;
static uint32_t r(uint32_t n) {
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(seed >> 8) * n) >> 24);
}
#define PICK(...) pick((const GLenum[]){__VA_ARGS__}, sizeof((GLenum[]){__VA_ARGS__}) / sizeof(GLenum))
static GLenum pick(const GLenum *of, size_t n) { return of[r((uint32_t)n)]; }

static GLuint tex[4], fbo[3], sampler[2];
static bool in_list, parts;
static GLXContext other;
static GLXPbuffer side;

static GLenum a_cap(void) {
	return PICK(GL_BLEND, GL_DEPTH_TEST, GL_CULL_FACE, GL_SCISSOR_TEST, GL_LIGHTING, GL_LIGHT0, GL_FOG, GL_STENCIL_TEST, GL_DITHER, GL_NORMALIZE,
		GL_CLIP_PLANE1, GL_POLYGON_OFFSET_FILL, GL_PRIMITIVE_RESTART, GL_MULTISAMPLE, GL_TEXTURE_2D, GL_TEXTURE_GEN_S, 0x1234);
}
static GLenum a_factor(void) { return PICK(GL_ZERO, GL_ONE, GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_DST_COLOR, 0x1234); }
static GLenum a_func(void) { return PICK(GL_NEVER, GL_LESS, GL_LEQUAL, GL_ALWAYS, 0x1234); }
static GLenum an_op(void) { return PICK(GL_KEEP, GL_ZERO, GL_REPLACE, GL_INCR, 0x1234); }
static GLfloat a_float(void) { return (GLfloat)r(5) * 0.5f - 0.5f; }

static void matrix(void) {
	const GLfloat m[16] = {1, 2, 0, 0, 0, 1, 0, a_float(), 0, 0, 1, 0, 1, 0, 0, 1};
	switch (r(9)) {
	case 0: glMatrixMode(PICK(GL_MODELVIEW, GL_PROJECTION, GL_TEXTURE, GL_MODELVIEW, 0x1234)); break;
	case 1: glLoadIdentity(); break;
	case 2: glTranslatef(a_float(), 1, 2); break;
	case 3: glRotatef(30, a_float(), 0, 1); break;
	case 4: glScalef(2, a_float(), 1); break;
	case 5: glMultMatrixf(m); break;
	case 6: glLoadMatrixf(m); break;
	case 7: glPushMatrix(); break;
	case 8: glPopMatrix(); break;
	}
}

static void state(void) {
	switch (r(31)) {
	case 0: case 1: glEnable(a_cap()); break;
	case 2: case 3: glDisable(a_cap()); break;
	case 4: glViewport(0, (GLint)r(3), (GLsizei)r(3) * 50 - 10, 100); break;
	case 5: glScissor((GLint)r(3), 2, 30, (GLsizei)r(3) * 50 - 10); break;
	case 6: glClearColor((GLfloat)r(3) * 0.5f, 0.5f, 1, 1); break;
	case 7: glDepthFunc(a_func()); break;
	case 8: glDepthMask((GLboolean)r(2)); break;
	case 9: glColorMask((GLboolean)r(2), 1, (GLboolean)r(2), 1); break;
	case 10: glColorMaski(r(3), 0, (GLboolean)r(2), 1, 1); break;
	case 11: glBlendFunc(a_factor(), a_factor()); break;
	case 12: glBlendFuncSeparate(a_factor(), GL_ONE, GL_ZERO, a_factor()); break;
	case 13: glBlendEquation(PICK(GL_FUNC_ADD, GL_MIN, GL_MAX, 0x1234)); break;
	case 14: glBlendColor((GLfloat)r(3) * 0.5f, 1, 0, 1); break;
	case 15: glCullFace(PICK(GL_FRONT, GL_BACK, 0x1234)); break;
	case 16: glFrontFace(PICK(GL_CW, GL_CCW, 0x1234)); break;
	case 17: glLineWidth(a_float()); break;
	case 18: glPolygonMode(PICK(GL_FRONT, GL_BACK, GL_FRONT_AND_BACK), PICK(GL_LINE, GL_FILL, 0x1234)); break;
	case 19: glPolygonOffset(a_float(), a_float()); break;
	case 20: glStencilFuncSeparate(PICK(GL_FRONT, GL_BACK, GL_FRONT_AND_BACK), a_func(), (GLint)r(4), 255); break;
	case 21: glStencilOp(an_op(), an_op(), GL_KEEP); break;
	case 22: glStencilMaskSeparate(PICK(GL_FRONT, GL_BACK), r(256)); break;
	case 23: glLogicOp(PICK(GL_COPY, GL_XOR, 0x1234)); break;
	case 24: glAlphaFunc(a_func(), a_float()); break;
	case 25: glShadeModel(PICK(GL_FLAT, GL_SMOOTH, 0x1234)); break;
	case 26: glDepthRange(a_float(), 1); break;
	case 27: glEnablei(GL_BLEND, r(3)); break;
	case 28: glDisablei(GL_BLEND, r(3)); break;
	case 29: glHint(PICK(GL_FOG_HINT, GL_LINE_SMOOTH_HINT), PICK(GL_FASTEST, GL_NICEST, 0x1234)); break;
	case 30: glClearDepth(a_float()); break;
	}
}

static void textures(void) {
	const GLenum target = PICK(GL_TEXTURE_2D, GL_TEXTURE_2D, GL_TEXTURE_1D);
	switch (r(7)) {
	case 0: case 1: glActiveTexture(GL_TEXTURE0 + r(3)); break;
	case 2: glActiveTexture(0x1234); break;
	case 3: case 4: case 5: glBindTexture(target, r(4) ? tex[2 * (target == GL_TEXTURE_1D) + r(2)] : 0); break;
	case 6: glBindSampler(r(3), r(3) ? sampler[r(2)] : 0); break;
	}
}

static void framebuffers(void) {
	const GLenum bufs[2] = {PICK(GL_NONE, GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT0), PICK(GL_NONE, GL_COLOR_ATTACHMENT1)};
	switch (r(6)) {
	case 0: case 1: glBindFramebuffer(PICK(GL_FRAMEBUFFER, GL_DRAW_FRAMEBUFFER, GL_READ_FRAMEBUFFER, 0x1234), fbo[r(3)]); break;
	case 2: glDrawBuffer(PICK(GL_BACK, GL_NONE, GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1, 0x1234)); break;
	case 3: glReadBuffer(PICK(GL_BACK, GL_BACK, GL_NONE, GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1, 0x1234)); break;
	case 4: glDrawBuffers(2, bufs); break;
	case 5: glBindRenderbuffer(GL_RENDERBUFFER, 0); break;
	}
}

static void one(void);
static void list(void) {
	if (in_list || r(2)) {
		glCallList(1 + r(4));
		return;
	}
	in_list = true;
	glNewList(1 + r(4), PICK(GL_COMPILE, GL_COMPILE, GL_COMPILE_AND_EXECUTE));
	for (uint32_t n = r(4); n--;) one();
	glEndList();
	in_list = false;
}
/* Lists as modellers write them: matrices of their own around what they draw. */
static void part(void) {
	const GLenum a = PICK(GL_MODELVIEW, GL_PROJECTION, GL_TEXTURE), b = PICK(GL_MODELVIEW, GL_TEXTURE, GL_TEXTURE, 0x1234);
	if (in_list || r(3)) {
		glCallList(5 + r(4));
		return;
	}
	in_list = true;
	glNewList(5 + r(4), GL_COMPILE);
	const bool odd = !r(6), modes = r(2);
	if (modes) glMatrixMode(a);
	glPushMatrix();
	if (modes) glMatrixMode(b);
	if (r(2)) glPushMatrix(), glTranslatef(a_float(), 0, 1), glPopMatrix();
	if (!odd) glScalef(2, a_float(), 1);
	for (uint32_t n = r(3); n--;) state();
	if (r(3) == 0) textures();
	if (modes) glMatrixMode(a);
	if (!odd) glPopMatrix();
	if (r(4) == 0) glCallList(1 + r(4));
	if (modes && r(2)) glMatrixMode(GL_MODELVIEW);
	glEndList();
	in_list = false;
}
static void attribs(void) {
	if (r(2)) glPushAttrib(PICK(GL_ALL_ATTRIB_BITS, GL_ENABLE_BIT, GL_VIEWPORT_BIT, GL_COLOR_BUFFER_BIT, GL_TRANSFORM_BIT, GL_DEPTH_BUFFER_BIT | GL_TEXTURE_BIT, GL_SCISSOR_BIT));
	else glPopAttrib();
}
static void wrong_place(void) {
	glBegin(GL_POINTS);
	state();
	glEnd();
}
static void elsewhere(void) {
	if (in_list) return;
	switch (r(5)) {
	case 0: conform_swap(); break;
	case 1: glXMakeCurrent(dpy, win, other); break;
	case 2: glXMakeCurrent(dpy, win, ctx); break;
	case 3: glXMakeContextCurrent(dpy, side, side, ctx); break;
	case 4: glFlush(); break;
	}
}
static void one(void) {
	switch (r(parts ? 16 : 14)) {
	case 0: case 1: case 2: case 3: case 4: state(); break;
	case 5: case 6: case 7: matrix(); break;
	case 8: case 9: textures(); break;
	case 10: if (!in_list) framebuffers(); break;
	case 11: attribs(); break;
	case 12: list(); break;
	case 13: if (!r(4)) wrong_place(); break;
	case 14: case 15: part(); break;
	}
}

/* Which of ours a name is; names themselves are GL's to choose. */
static int numbered(GLenum binding, GLint name) {
	const bool sampling = binding == GL_SAMPLER_BINDING;
	for (int i = 0; i < (sampling ? 2 : 4); i++)
		if ((sampling ? sampler : tex)[i] == (GLuint)name) return i + 1;
	return name ? -1 : 0;
}

/* Lists that are made once and called each frame. made: which of two contents some have. */
static void fixed_list(int which, int made) {
	glNewList((GLuint)(20 + which), GL_COMPILE);
	switch (which) {
	case 0: (made ? glDisable : glEnable)(GL_BLEND); glFrontFace(made ? GL_CCW : GL_CW); break;
	case 1: glPushMatrix(), glTranslatef(1, 2, 3), glPopMatrix(); break;
	case 2: glTranslatef(made ? 5 : 7, 0, 0); break;
	case 3: glMatrixMode(GL_TEXTURE), glPushMatrix(), glScalef(2, 2, 2), glPopMatrix(), glTranslatef(1, 0, 0), glMatrixMode(GL_PROJECTION); break;
	case 4: glPopMatrix(), glPushMatrix(); break; /* what its caller pushed */
	case 5: glCallList(20), glCallList(22); break;
	case 6: glPushMatrix(), glTranslatef(0, 1, 0); break;
	case 7: glPopMatrix(); break;
	case 8: glActiveTexture(GL_TEXTURE1), glBindTexture(GL_TEXTURE_2D, tex[made]), glTexEnvi(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, made ? GL_ADD : GL_DECAL); break;
	case 9: glPushAttrib(GL_ENABLE_BIT), glDisable(GL_BLEND), glPopAttrib(); break;
	case 10: glBegin(GL_POINTS), glMatrixMode(GL_MODELVIEW), glEnd(); break; /* which it does not */
	case 11: break;
	}
	glEndList();
}
static void told(const char *what) {
	GLfloat m[3][16];
	GLint mode, face, texture;
	GLint env = -1;
	GLfloat colour[4] = {-1, -1, -1, -1}; /* as they stay in a core context */
	glGetTexEnviv(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, &env);
	glGetTexEnvfv(GL_TEXTURE_ENV, GL_TEXTURE_ENV_COLOR, colour);
	glGetFloatv(GL_MODELVIEW_MATRIX, m[0]);
	glGetFloatv(GL_PROJECTION_MATRIX, m[1]);
	glGetFloatv(GL_TEXTURE_MATRIX, m[2]);
	glGetIntegerv(GL_MATRIX_MODE, &mode);
	glGetIntegerv(GL_FRONT_FACE, &face);
	glGetIntegerv(GL_TEXTURE_BINDING_2D, &texture);
	printf("%s: blend %d face %#x mode %#x texture %d env %#x %g", what, glIsEnabled(GL_BLEND), face, mode, numbered(GL_TEXTURE_BINDING_2D, texture),
		env, colour[0]);
	for (int i = 0; i < 3; i++) printf(" %g %g %g %g", m[i][0], m[i][12], m[i][13], m[i][14]);
	puts("");
}
static void lists_again(void) {
	enum { LISTS = 12 };
	for (int i = 0; i < LISTS; i++) fixed_list(i, 0);
	for (int frame = 0; frame < 48; frame++) {
		char s[32];
		if (frame % 12 == 9) fixed_list(frame / 12 % 2 ? 0 : 2, frame / 24 == 0);
		if (frame == 40) fixed_list(8, 1);
		if (frame == 44) glDeleteLists(22, 1);
		glActiveTexture(GL_TEXTURE0);
		glMatrixMode(GL_TEXTURE);
		glLoadIdentity();
		glMatrixMode(GL_PROJECTION);
		glLoadIdentity();
		const GLfloat colour[4] = {(GLfloat)(frame % 2), 0, 0, 1};
		glTexEnvfv(GL_TEXTURE_ENV, GL_TEXTURE_ENV_COLOR, colour);
		if (frame % 5 == 0) glTexEnvi(GL_TEXTURE_ENV, GL_TEXTURE_ENV_MODE, frame % 2 ? GL_REPLACE : 0x1234);
		glMatrixMode(frame % 3 ? GL_MODELVIEW : GL_PROJECTION);
		glLoadIdentity();
		glPushMatrix();
		glTranslatef((GLfloat)(frame % 2), 0, 0);
		glDisable(GL_BLEND);
		for (int i = 0; i < 6; i++) {
			const int which = (frame % 4 * 5 + i * 7) % LISTS;
			glCallList((GLuint)(20 + which));
			glRotatef(90, 0, 0, 1);
			snprintf(s, sizeof s, "lists %d, %d", frame, which);
			told(s);
		}
		glPopMatrix();
		told("popped");
		conform_swap();
	}
}

static void ask(void) {
	static const struct { GLenum word; int n; bool name; } words[] = {
		{GL_VIEWPORT, 4, false}, {GL_SCISSOR_BOX, 4, false}, {GL_COLOR_CLEAR_VALUE, 4, false}, {GL_DEPTH_FUNC, 1, false}, {GL_DEPTH_WRITEMASK, 1, false}, {GL_COLOR_WRITEMASK, 4, false}, {GL_BLEND_SRC, 1, false},
		{GL_BLEND_DST_ALPHA, 1, false}, {GL_BLEND_EQUATION, 1, false}, {GL_BLEND_COLOR, 4, false}, {GL_CULL_FACE_MODE, 1, false}, {GL_FRONT_FACE, 1, false}, {GL_LINE_WIDTH, 1, false}, {GL_POLYGON_MODE, 2, false},
		{GL_POLYGON_OFFSET_UNITS, 1, false}, {GL_STENCIL_FUNC, 1, false}, {GL_STENCIL_BACK_REF, 1, false}, {GL_STENCIL_FAIL, 1, false}, {GL_STENCIL_WRITEMASK, 1, false}, {GL_LOGIC_OP_MODE, 1, false},
		{GL_ALPHA_TEST_REF, 1, false}, {GL_SHADE_MODEL, 1, false}, {GL_DEPTH_RANGE, 2, false}, {GL_FOG_HINT, 1, false}, {GL_MATRIX_MODE, 1, false}, {GL_TEXTURE_MATRIX, 16, false}, {GL_TEXTURE_2D, 1, false}, {GL_TEXTURE_GEN_S, 1, false}, {GL_MODELVIEW_MATRIX, 16, false}, {GL_PROJECTION_MATRIX, 16, false},
		{GL_MODELVIEW_MATRIX, 16, false}, {GL_MODELVIEW_MATRIX, 16, false}, {GL_TRANSPOSE_PROJECTION_MATRIX, 16, false}, {GL_ACTIVE_TEXTURE, 1, false}, {GL_TEXTURE_BINDING_2D, 1, true}, {GL_TEXTURE_BINDING_2D, 1, true},
		{GL_TEXTURE_BINDING_1D, 1, true}, {GL_SAMPLER_BINDING, 1, true}, {GL_DRAW_BUFFER, 1, false}, {GL_READ_BUFFER, 1, false}, {GL_DEPTH_CLEAR_VALUE, 1, false}, {GL_BLEND, 1, false}};
	for (uint32_t n = r(5); n--;) {
		GLfloat f[16] = {0};
		GLint i[16] = {0};
		GLboolean b[16] = {0};
		if (!r(3)) {
			const GLenum cap = a_cap();
			if (cap != 0x1234) printf(" %#x %d", cap, glIsEnabled(cap));
			if (!r(8)) printf(" blend %d %d", glIsEnabledi(GL_BLEND, 0), glIsEnabledi(GL_BLEND, 1));
			continue;
		}
		const uint32_t k = r(sizeof words / sizeof *words);
		printf(" %#x", words[k].word);
		switch (words[k].name ? 0 : r(6)) {
		case 0:
			glGetIntegerv(words[k].word, i);
			for (int j = 0; j < words[k].n; j++) printf(" %d", words[k].name ? numbered(words[k].word, i[j]) : i[j]);
			break;
		case 1:
			glGetBooleanv(words[k].word, b);
			for (int j = 0; j < words[k].n; j++) printf(" %d", b[j]);
			break;
		default:
			glGetFloatv(words[k].word, f);
			for (int j = 0; j < words[k].n; j++) printf(" %.9g", f[j]);
		}
	}
	puts("");
}

static void objects(void) {
	glGenTextures(4, tex);
	glGenFramebuffers(2, fbo + 1);
	glGenSamplers(2, sampler);
	for (int i = 0; i < 4; i++) glBindTexture(i < 2 ? GL_TEXTURE_2D : GL_TEXTURE_1D, tex[i]);
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	const int size[] = {GLX_PBUFFER_WIDTH, W, GLX_PBUFFER_HEIGHT, H, None};
	side = glXCreatePbuffer(dpy, config, size);
	other = conform_context(33, CONFORM_COMPAT, ctx);
	objects();
	fbo[0] = 0;
	for (int i = 1; i < 5; i++) {
		glNewList((GLuint)i, GL_COMPILE);
		if (i == 2) glEnable(GL_FOG);
		glEndList();
	}
	for (int scene = 0; scene < SCENES; scene++) { /* each several times, as frames are: what was learnt is used */
		parts = scene >= 120;
		elsewhere();
		for (int frame = 0; frame < 6; frame++) {
			seed = (uint32_t)scene * 2654435761u;
			if (scene % 4 == 0) conform_swap();
			for (uint32_t part = 1 + r(4); part--;) {
				for (uint32_t n = r(6); n--;) one();
				printf("%d.%d:", scene, frame);
				ask();
			}
		}
	}
	glXMakeCurrent(dpy, win, ctx);
	lists_again();
	/* What is deleted is bound no more, and its name may be another's. */
	glXMakeCurrent(dpy, win, ctx);
	glBindFramebuffer(GL_FRAMEBUFFER, fbo[1]);
	glDrawBuffer(GL_NONE);
	glReadBuffer(GL_NONE);
	glActiveTexture(GL_TEXTURE1);
	glBindTexture(GL_TEXTURE_2D, tex[0]);
	for (int i = 0; i < 6; i++) {
		if (i == 2) glDeleteFramebuffers(1, &fbo[1]);
		if (i == 3) glGenFramebuffers(1, &fbo[1]);
		if (i == 4) glBindFramebuffer(GL_FRAMEBUFFER, fbo[1]);
		if (i == 2) glDeleteTextures(1, &tex[0]);
		geti("draw buffer", GL_DRAW_BUFFER, 1);
		geti("read buffer", GL_READ_BUFFER, 1);
		GLint name;
		glGetIntegerv(GL_TEXTURE_BINDING_2D, &name);
		printf("texture: %d\n", name != 0);
	}
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	/* As deep as stacks go, and deeper. */
	glXMakeCurrent(dpy, win, ctx);
	glMatrixMode(GL_MODELVIEW);
	for (int i = 0; i < 40; i++) {
		GLfloat m[16];
		glPushMatrix();
		glTranslatef(1, 0, 0);
		glGetFloatv(GL_MODELVIEW_MATRIX, m);
		printf("push %d: %g\n", i, m[12]);
	}
	for (int i = 0; i < 45; i++) {
		GLfloat m[16];
		glPopMatrix();
		glGetFloatv(GL_MODELVIEW_MATRIX, m);
		printf("pop %d: %g\n", i, m[12]);
	}
	for (int i = 0; i < 20; i++) {
		glPushAttrib(GL_LINE_BIT);
		glLineWidth((GLfloat)(i % 3 + 1));
	}
	for (int i = 0; i < 22; i++) {
		glPopAttrib();
		geti("line width", GL_LINE_WIDTH, 1);
	}
	conform_close();
	return 0;
}
