/* What programs of twenty years do in the middle of a frame, over the whole window and so over each tile's borders: copies out of and into the window with zoom
 * and transfer, images, bitmaps and text, the front buffer, evaluators, feedback, selection, and textures that were drawn to. Over several frames, in which tiles may
 * move; in some most of what was there before stays. */
#include "conform.h"
#include <math.h>

static float wave(int i, float by) { return sinf((float)i * by); }

static void scene(int f) {
	glBegin(GL_TRIANGLES);
	for (int i = 0; i < 12; i++) {
		glColor4f(fabsf(wave(i + f, 1.1f)), fabsf(wave(i, 0.7f)), fabsf(wave(i + 2 * f, 0.3f)), 0.5f);
		for (int k = 0; k < 3; k++) glVertex3f(wave(3 * i + k + f, 2.3f), wave(3 * i + k, 1.7f), wave(i + k, 0.9f));
	}
	glEnd();
}
static bool keeps; /* what was there before stays, but for a part */
static void fresh(int f) {
	glClearColor(0.2f, 0.1f, 0.3f, 0.7f);
	glClearStencil(5);
	glScissor(30 + f, 20, 120, 90);
	(keeps ? glEnable : glDisable)(GL_SCISSOR_TEST);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glDisable(GL_SCISSOR_TEST);
	glEnable(GL_DEPTH_TEST);
	glEnable(GL_STENCIL_TEST);
	glStencilFunc(GL_ALWAYS, 0, ~0u);
	glStencilOp(GL_KEEP, GL_INCR, GL_INVERT);
	scene(f);
	glDisable(GL_DEPTH_TEST);
	glDisable(GL_STENCIL_TEST);
}
static void depths(const char *name) {
	static uint32_t px[W * H];
	glReadPixels(0, 0, W, H, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, px);
	bytes(name, px, sizeof px);
}
static void transfer(bool on) {
	static const float table[] = {0, 0.9f, 0.1f, 0.5f, 1}, whole[] = {3, 1, 2, 0, 7, 6, 5, 4};
	glPixelTransferf(GL_RED_SCALE, on ? 0.7f : 1);
	glPixelTransferf(GL_GREEN_BIAS, on ? 0.2f : 0);
	glPixelTransferf(GL_ALPHA_SCALE, on ? 1.5f : 1);
	glPixelTransferi(GL_INDEX_SHIFT, on ? 1 : 0);
	glPixelTransferi(GL_INDEX_OFFSET, on ? 3 : 0);
	glPixelTransferi(GL_MAP_COLOR, on);
	glPixelTransferi(GL_MAP_STENCIL, on);
	if (!on) return;
	glPixelMapfv(GL_PIXEL_MAP_R_TO_R, 5, table);
	glPixelMapfv(GL_PIXEL_MAP_B_TO_B, 4, table);
	glPixelMapfv(GL_PIXEL_MAP_S_TO_S, 8, whole);
}

static void copies(int f) {
	static const float zooms[][2] = {{1, 1}, {1.7f, 0.6f}, {-1, 1}, {1, -2.2f}, {-0.5f, -0.5f}, {3, 3}};
	static const GLenum kinds[] = {GL_COLOR, GL_COLOR, GL_DEPTH, GL_STENCIL, GL_DEPTH_STENCIL};
	for (int i = 0; i < 10; i++) {
		fresh(f + i);
		if (i & 1) transfer(true);
		glPixelZoom(zooms[i % 6][0], zooms[i % 6][1]);
		glWindowPos2i(W / 2 + (i % 3 - 1) * 30, H / 2 + (i % 4) * 11 - 20);
		if (kinds[i % 5] == GL_DEPTH) glEnable(GL_DEPTH_TEST), glDepthFunc(i & 1 ? GL_GREATER : GL_ALWAYS);
		glCopyPixels(W / 4, H / 4 + i, W / 2, H / 2, kinds[i % 5]);
		glDepthFunc(GL_LESS);
		glDisable(GL_DEPTH_TEST);
		picture("copied");
		depths("copied, depth and stencil");
		transfer(false);
	}
	glPixelZoom(1, 1);
	glRasterPos2f(-3, 0); /* not valid: nothing happens */
	glCopyPixels(0, 0, 50, 50, GL_COLOR);
	GETI(GL_CURRENT_RASTER_POSITION_VALID, 1);
	glWindowPos2i(0, 0);
	glBitmap(0, 0, 0, 0, -20, -20, NULL);
	glCopyPixels(0, 0, 150, 150, GL_COLOR);
	picture("copied from outside");
	geti("raster position", GL_CURRENT_RASTER_POSITION, 4);
}

static void reads(int f) {
	static const struct { GLenum format, type; } of[] = {{GL_LUMINANCE, GL_UNSIGNED_BYTE}, {GL_LUMINANCE_ALPHA, GL_FLOAT}, {GL_RGB, GL_UNSIGNED_SHORT_5_6_5}, {GL_BGRA, GL_UNSIGNED_SHORT},
		{GL_ALPHA, GL_UNSIGNED_BYTE}, {GL_GREEN, GL_INT}, {GL_DEPTH_COMPONENT, GL_FLOAT}, {GL_STENCIL_INDEX, GL_UNSIGNED_BYTE}};
	static uint8_t px[W * H * 16];
	fresh(f);
	for (int i = 0; i < 16; i++) {
		transfer(i > 7);
		glPixelTransferf(GL_DEPTH_SCALE, i > 7 ? 0.75f : 1);
		glPixelTransferf(GL_DEPTH_BIAS, i > 7 ? 0.125f : 0);
		memset(px, 0, sizeof px);
		glReadPixels(W / 4 - i, H / 3 + i, W / 2 + i, H / 2, of[i % 8].format, of[i % 8].type, px);
		bytes("read", px, sizeof px);
	}
	transfer(false);
	glPixelTransferf(GL_DEPTH_SCALE, 1);
	glPixelTransferf(GL_DEPTH_BIAS, 0);
}

/* Text: a list a letter, called by its characters, over all of the window. */
static void text_of(int f) {
	static const uint8_t letters[3][12] = {{0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81, 0xff, 0x01, 0x7f, 3}, {0xf0, 0x0f, 0xf0, 0x0f, 0xaa, 0x55, 0xaa, 0x55, 0xff, 0, 0xff, 0}, {1, 3, 7, 15, 31, 63, 127, 255, 127, 63, 31, 15}};
	static uint8_t image[12 * 9 * 4];
	const GLuint base = glGenLists(256);
	for (size_t i = 0; i < sizeof image; i++) image[i] = (uint8_t)(i * 91);
	for (int i = 0; i < 3; i++) {
		glNewList(base + 'a' + (GLuint)i, GL_COMPILE);
		glBitmap(8, 12, 0.5f, 2, 9, i == 2 ? -0.3f : 0.1f, letters[i]);
		glEndList();
	}
	glNewList(base + 'd', GL_COMPILE);
	glDrawPixels(12, 9, GL_RGBA, GL_UNSIGNED_BYTE, image);
	glBitmap(0, 0, 0, 0, 13, 0, NULL);
	glEndList();
	glNewList(base + 'e', GL_COMPILE);
	glColor4f(0.9f, 0.3f, 0.6f, 1);
	glRasterPos2f(-0.97f, 0.02f);
	glCallLists(12, GL_UNSIGNED_BYTE, "abcdabcabcda");
	glEndList();
	fresh(f);
	glPushAttrib(GL_LIST_BIT | GL_CURRENT_BIT);
	glListBase(base);
	for (int row = 0; row < 12; row++) {
		glColor4f(1, 1 - (float)row / 12, 0, 1);
		glWindowPos2i(3 + 2 * row, 4 + 12 * row);
		glCallLists(18, GL_UNSIGNED_BYTE, "abcabcdabcabbbcdab");
	}
	glCallList(base + 'e');
	glPopAttrib();
	glDeleteLists(base, 256);
	picture("text by lists");
	geti("where it ends", GL_CURRENT_RASTER_POSITION, 4);
}

static void images(int f) {
	static uint8_t px[90 * 70 * 4];
	static uint32_t deep[90 * 70];
	static const struct { GLenum format, type; } of[] = {{GL_RGBA, GL_UNSIGNED_BYTE}, {GL_BGR, GL_UNSIGNED_BYTE}, {GL_LUMINANCE, GL_UNSIGNED_SHORT}, {GL_RGB, GL_UNSIGNED_SHORT_5_6_5},
		{GL_COLOR_INDEX, GL_UNSIGNED_BYTE}, {GL_ALPHA, GL_BYTE}, {GL_STENCIL_INDEX, GL_UNSIGNED_BYTE}, {GL_DEPTH_COMPONENT, GL_UNSIGNED_SHORT}};
	static const float map[] = {0, 0.25f, 0.5f, 1};
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1); /* Mesa knows no other for indices */
	for (size_t i = 0; i < sizeof px; i++) px[i] = (uint8_t)(i * 37 + i / 90 + (size_t)f);
	for (size_t i = 0; i < 90 * 70; i++) deep[i] = (uint32_t)i * 2654435761u;
	glPixelMapfv(GL_PIXEL_MAP_I_TO_R, 4, map);
	glPixelMapfv(GL_PIXEL_MAP_I_TO_G, 2, map + 1);
	for (int i = 0; i < 8; i++) {
		fresh(f + i);
		glPixelZoom(i % 3 ? 1.3f : -1.9f, i % 4 ? 1.6f : 0.7f);
		glRasterPos3f(0.1f * (float)(i - 3), -0.4f + 0.1f * (float)i, 0.2f);
		if (i & 1) glEnable(GL_BLEND), glBlendFunc(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA);
		if (i & 2) transfer(true);
		if (of[i].format == GL_DEPTH_COMPONENT) glEnable(GL_DEPTH_TEST);
		glDrawPixels(90, 35, of[i].format, of[i].type, px);
		transfer(false);
		glDisable(GL_DEPTH_TEST);
		glDisable(GL_BLEND);
		picture("drawn");
		depths("drawn, depth and stencil");
	}
	glDrawPixels(90, 70, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, deep);
	depths("both at once");
	glPixelZoom(1, 1);
	/* A row of bitmaps, as text is. */
	static const uint8_t letter[] = {0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81, 0xff, 0x01, 0x7f};
	fresh(f);
	glColor4f(1, 1, 0, 1);
	for (int row = 0; row < 14; row++) {
		glRasterPos2f(-0.99f + 0.02f * (float)row, 0.95f - 0.14f * (float)row);
		for (int i = 0; i < 24; i++) glBitmap(8, 11, 0.5f, 1.5f, 8.3f, row % 3 ? 0 : -0.4f, letter);
	}
	picture("text");
	geti("where it ends", GL_CURRENT_RASTER_POSITION, 4);
	glColor4f(0, 1, 1, 1);
	glPolygonStipple(px);
	glEnable(GL_POLYGON_STIPPLE);
	glRectf(-0.9f, -0.7f, 0.8f, 0.6f);
	glDisable(GL_POLYGON_STIPPLE);
	glEnable(GL_LINE_STIPPLE);
	glLineStipple(2, 0x3f17);
	glLineWidth(3);
	glBegin(GL_LINE_LOOP);
	for (int i = 0; i < 9; i++) glVertex2f(0.95f * wave(i, 2.1f), 0.95f * wave(i, 1.3f));
	glEnd();
	glLineWidth(1);
	glDisable(GL_LINE_STIPPLE);
	picture("stippled");
}

static void textures(int f) {
	static uint8_t px[256 * 256 * 4];
	GLuint tex[3];
	glGenTextures(3, tex);
	fresh(f);
	for (int i = 0; i < 3; i++) {
		glReadBuffer(i == 1 ? GL_FRONT : GL_BACK);
		const GLenum target = i == 1 ? GL_TEXTURE_1D : GL_TEXTURE_2D;
		glBindTexture(target, tex[i]);
		glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
		if (i == 1) glCopyTexImage1D(target, 0, GL_RGB, 36, H / 2 + f, 128, 0);
		else glCopyTexImage2D(target, 0, i ? GL_RGBA : GL_LUMINANCE_ALPHA, 36, 11, 128, 128, 0); /* with pixel transfer Mesa leaves some texels to chance */
		glReadBuffer(GL_BACK);
		scene(f + 5);
		if (i == 1) glCopyTexSubImage1D(target, 0, 20, 70, 30 + f, 40);
		else glCopyTexSubImage2D(target, 0, 20, 30, 70, 30, 60, 70);
		memset(px, 0, sizeof px);
		glGetTexImage(target, 0, GL_RGBA, GL_UNSIGNED_BYTE, px);
		bytes("copied into a texture", px, sizeof px);
		glBindTexture(target, 0);
	}
	/* Drawn to, read, drawn with. */
	GLuint fbo;
	glGenFramebuffers(1, &fbo);
	glBindTexture(GL_TEXTURE_2D, tex[0]);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glBindFramebuffer(GL_FRAMEBUFFER, fbo);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex[0], 0);
	for (int i = 0; i < 3; i++) {
		glClear(GL_COLOR_BUFFER_BIT);
		scene(f + i);
		memset(px, 0, sizeof px);
		if (i) glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, px);
		bytes("drawn to", px, sizeof px);
		glWindowPos2i(20, 30);
		glCopyPixels(50, 40, 100, 70, GL_COLOR);
	}
	glBindTexture(GL_TEXTURE_2D, tex[2]);
	glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, 10, 10, 128, 128, 0);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glColor4f(1, 1, 1, 1);
	glEnable(GL_TEXTURE_2D);
	glBegin(GL_QUADS);
	for (int i = 0; i < 4; i++) {
		glTexCoord2f((float)(i == 1 || i == 2), (float)(i > 1));
		glVertex2f(i == 1 || i == 2 ? 0.9f : -0.8f, i > 1 ? 0.8f : -0.9f);
	}
	glEnd();
	glDisable(GL_TEXTURE_2D);
	glBindTexture(GL_TEXTURE_2D, 0);
	picture("drawn with");
	glDeleteFramebuffers(1, &fbo);
	glDeleteTextures(3, tex);
}

static void fronts(int f) {
	glDrawBuffer(GL_FRONT);
	glColor4f(1, 0.2f * (float)f, 0, 1);
	glRectf(-0.9f + 0.1f * (float)f, -0.5f, 0.1f, 0.7f);
	glFlush();
	glReadBuffer(GL_FRONT);
	picture("the front");
	glDrawBuffer(GL_BACK);
	glRectf(0, 0, 0.3f, 0.9f);
	picture("the front, as it was");
	glReadBuffer(GL_BACK);
	picture("the back");
	/* From one to the other. */
	glReadBuffer(GL_FRONT);
	glWindowPos2i(30, 20);
	glCopyPixels(80, 50, 90, 80, GL_COLOR);
	glReadBuffer(GL_BACK);
	picture("the front in the back");
	glDrawBuffer(GL_FRONT);
	glWindowPos2i(5, 60);
	glCopyPixels(20, 10, 120, 80, GL_COLOR);
	glFlush();
	glReadBuffer(GL_FRONT);
	picture("the back in the front");
	glReadBuffer(GL_BACK);
	glDrawBuffer(GL_BACK);
	glBlitFramebuffer(W / 2, H / 2, W, H, 20, 30, W / 2, 10, GL_COLOR_BUFFER_BIT, GL_LINEAR);
	picture("blitted in itself");
}

static void evaluators(int f) {
	static const float line[4][3] = {{-0.9f, -0.8f, 0}, {-0.3f, 1.4f, 0}, {0.5f, -1.6f, 0}, {0.9f, 0.7f, 0}}, color[2][4] = {{1, 0, 0, 1}, {0, 1, 1, 1}};
	float sheet[4][4][3];
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 4; k++) sheet[i][k][0] = -0.9f + 0.6f * (float)i, sheet[i][k][1] = -0.9f + 0.6f * (float)k, sheet[i][k][2] = 0.8f * wave(i * 4 + k + f, 1.9f);
	fresh(f);
	glMap1f(GL_MAP1_VERTEX_3, 0, 1, 3, 4, &line[0][0]);
	glMap1f(GL_MAP1_COLOR_4, 0, 1, 4, 2, &color[0][0]);
	glMap2f(GL_MAP2_VERTEX_3, 0, 1, 3, 4, 0, 1, 12, 4, &sheet[0][0][0]);
	glEnable(GL_MAP1_VERTEX_3);
	glEnable(GL_MAP1_COLOR_4);
	glBegin(GL_LINE_STRIP);
	for (int i = 0; i <= 30; i++) glEvalCoord1f((float)i / 30);
	glEnd();
	glMapGrid1f(17, 0, 1);
	glPointSize(4);
	glEvalMesh1(GL_POINT, 2, 15);
	glPointSize(1);
	picture("curves");
	glDisable(GL_MAP1_COLOR_4);
	glEnable(GL_MAP2_VERTEX_3);
	glEnable(GL_AUTO_NORMAL);
	glEnable(GL_LIGHTING);
	glEnable(GL_LIGHT0);
	glMapGrid2f(11, 0, 1, 9, 0, 1);
	glEvalMesh2(GL_FILL, 0, 11, 0, 9);
	glDisable(GL_LIGHTING);
	glColor4f(1, 1, 1, 1);
	glEvalMesh2(GL_LINE, 1, 10, 2, 9);
	glEvalPoint2(5, 5);
	glDisable(GL_AUTO_NORMAL);
	glDisable(GL_MAP2_VERTEX_3);
	glDisable(GL_MAP1_VERTEX_3);
	picture("surfaces");
}

/* A row of things over the whole window, each named; many lie in one tile alone. */
static void named(void) {
	for (int i = 0; i < 20; i++) {
		glLoadName(100 + (GLuint)i);
		glPushName((GLuint)i);
		const float x = -0.95f + 0.1f * (float)(i % 19), y = 0.9f * wave(i, 1.7f);
		glColor4f((float)i / 20, 0.5f, 1, 1);
		glBegin(GL_TRIANGLES);
		glTexCoord2f(0.5f, (float)i);
		glVertex3f(x, y, wave(i, 0.4f));
		glVertex3f(x + 0.08f, y, wave(i, 0.8f));
		glVertex3f(x, y + 0.1f, 0);
		glEnd();
		glPopName();
	}
}
static void numbers(const char *name, const GLuint *v, GLint n) {
	printf("%s: %d:", name, n);
	for (GLint i = 0; i < n && i < 12; i++) printf(" %u", v[i]);
	printf(" %016llx\n", (unsigned long long)hash(v, n > 0 ? (size_t)n * 4 : 0));
}
static void measures(int f) {
	static GLuint hits[4096];
	static GLfloat fed[16384];
	static const GLenum kinds[] = {GL_2D, GL_3D, GL_3D_COLOR, GL_3D_COLOR_TEXTURE, GL_4D_COLOR_TEXTURE};
	static uint8_t bits[8] = {1, 2, 4, 8, 16, 32, 64, 128};
	glSelectBuffer(4096, hits);
	for (int at = 0; at < 5; at++) {
		glRenderMode(GL_SELECT);
		glInitNames();
		glPushName(1);
		glMatrixMode(GL_PROJECTION);
		glPushMatrix();
		glLoadIdentity();
		if (at) { /* as gluPickMatrix does */
			const float x = 50.0f * (float)at - 20 + (float)f, y = 30.0f * (float)at, size = 30;
			glTranslatef((W - 2 * x) / size, (H - 2 * y) / size, 0);
			glScalef(W / size, H / size, 1);
		}
		named();
		glRasterPos2f(0.5f, 0.5f);
		glBitmap(8, 8, 0, 0, 3, 0, bits);
		glPopMatrix();
		glMatrixMode(GL_MODELVIEW);
		const GLint n = glRenderMode(GL_RENDER);
		printf("%d hits\n", n);
		GLint words = 0;
		for (GLint i = 0; i < n; i++) words += 3 + (GLint)hits[words];
		numbers("hits", hits, words);
	}
	for (int k = 0; k < 5; k++) {
		glFeedbackBuffer(k == 4 ? 60 : 16384, kinds[k], fed);
		glRenderMode(GL_FEEDBACK);
		named();
		glPassThrough(7.5f);
		glPolygonMode(GL_FRONT_AND_BACK, GL_LINE);
		named();
		glPolygonMode(GL_FRONT_AND_BACK, GL_FILL);
		glBegin(GL_LINES);
		for (int i = 0; i < 8; i++) glVertex3f(1.4f * wave(i, 1.1f), 1.2f * wave(i, 2.7f), 0.1f);
		glEnd();
		glWindowPos2i(70, 60);
		glBitmap(8, 8, 0, 0, 3, 0, bits);
		glDrawPixels(1, 1, GL_RGBA, GL_UNSIGNED_BYTE, bits);
		glCopyPixels(0, 0, 4, 4, GL_COLOR);
		glRectf(-0.2f, -0.3f, 0.4f, 0.5f);
		glClear(GL_COLOR_BUFFER_BIT);
		const GLint n = glRenderMode(GL_RENDER);
		numbers("fed back", (const GLuint *)(const void *)fed, k == 4 ? n : n);
	}
	picture("nothing was drawn");
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	for (int f = 0; f < 5; f++) {
		printf("frame %d\n", f);
		keeps = false;
		glDrawBuffer(GL_FRONT); /* all of it: Mesa's software renderer does not find there what was swapped last */
		fresh(f + 20);
		glFlush();
		glDrawBuffer(GL_BACK);
		keeps = f == 2 || f == 4;
		if (f != 2) copies(f);
		reads(f);
		if (f == 3) glPushAttrib(GL_ALL_ATTRIB_BITS);
		images(f);
		text_of(f);
		textures(f);
		if (f == 3) glPopAttrib();
		evaluators(f);
		measures(f);
		if (f > 1) fronts(f);
		caught("nothing wrong");
		conform_swap();
		if (f == 3) conform_swap(); /* shown again as it is */
	}
	/* A window of one buffer. */
	int n = 0;
	const int attr[] = {GLX_DOUBLEBUFFER, False, GLX_RED_SIZE, 8, GLX_ALPHA_SIZE, 8, GLX_DEPTH_SIZE, 24, GLX_STENCIL_SIZE, 8, None};
	GLXFBConfig *single = glXChooseFBConfig(dpy, DefaultScreen(dpy), attr, &n);
	if (!single) return 1;
	XVisualInfo *vi = glXGetVisualFromFBConfig(dpy, single[0]);
	Window own = conform_window(vi, W, H);
	glXMakeCurrent(dpy, None, NULL);
	config = single[0];
	GLXContext second = conform_context(33, CONFORM_COMPAT, NULL);
	glXMakeCurrent(dpy, own, second);
	GETI(GL_DOUBLEBUFFER, 1);
	GETI(GL_DRAW_BUFFER, 1);
	for (int f = 0; f < 3; f++) {
		keeps = f == 2;
		fresh(f);
		glFlush();
		copies(f);
		glFlush();
		scene(f + 3);
		glFinish();
		picture("of one buffer");
	}
	caught("the end");
	glXMakeCurrent(dpy, None, NULL);
	glXDestroyContext(dpy, second);
	conform_close();
	return 0;
}
