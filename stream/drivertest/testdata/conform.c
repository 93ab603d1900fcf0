/* Goes through what the driver does by hand and prints what a GL program can see of it: a line a fact, pictures as hashes. Run with
 * Mesa alone and under prism, the two outputs must be equal. */
#define GL_GLEXT_PROTOTYPES 1
#include <GL/gl.h>
#include <GL/glext.h>
#include <GL/glx.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static void fresh(void) {
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
}
static void geti(const char *name, GLenum pname, int n) {
	GLint v[16] = {0};
	glGetIntegerv(pname, v);
	printf("%s:", name);
	for (int i = 0; i < n; i++) printf(" %d", v[i]);
	puts("");
}
#define GETI(p, n) geti(#p, p, n)

typedef struct vert { float x, y; uint8_t c[4]; } vert;
static const vert fan[] = {{-.8f, -.8f, {255, 0, 0, 255}}, {.8f, -.7f, {0, 255, 0, 255}}, {.7f, .8f, {0, 0, 255, 255}}, {-.7f, .6f, {255, 255, 0, 255}},
                           {0, 0, {9, 9, 9, 255}}, {.2f, .9f, {0, 255, 255, 255}}};

static void arrays(void) {
	fresh();
	glEnableClientState(GL_VERTEX_ARRAY);
	glEnableClientState(GL_COLOR_ARRAY);
	glVertexPointer(2, GL_FLOAT, sizeof(vert), &fan[0].x);
	glColorPointer(4, GL_UNSIGNED_BYTE, sizeof(vert), fan[0].c);
	glDrawArrays(GL_TRIANGLE_FAN, 0, 4);
	picture("client arrays");
	glDrawArrays(GL_TRIANGLES, 3, 3);
	picture("client arrays from 3");
	static const uint16_t idx[] = {0, 2, 5, 1, 4, 3};
	fresh();
	glDrawElements(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, idx);
	picture("client elements");
	fresh();
	glDrawElementsBaseVertex(GL_TRIANGLES, 3, GL_UNSIGNED_SHORT, idx + 3, 1);
	picture("client elements with base");
	GLuint ibo;
	glGenBuffers(1, &ibo);
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, ibo);
	glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof idx, idx, GL_STATIC_DRAW);
	fresh();
	glDrawElements(GL_TRIANGLES, 3, GL_UNSIGNED_SHORT, (void *)4);
	picture("client arrays, element buffer");
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
	glDeleteBuffers(1, &ibo);
	fresh();
	glBegin(GL_TRIANGLES);
	for (int i = 0; i < 3; i++) glArrayElement(i + 1);
	glEnd();
	picture("array elements");
	GLint first[] = {0, 3};
	GLsizei count[] = {3, 3};
	fresh();
	glMultiDrawArrays(GL_TRIANGLES, first, count, 2);
	picture("multi draw");
	/* mixed: positions from a buffer, colours from memory */
	GLuint vbo;
	glGenBuffers(1, &vbo);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glBufferData(GL_ARRAY_BUFFER, sizeof fan, fan, GL_STATIC_DRAW);
	glVertexPointer(2, GL_FLOAT, sizeof(vert), NULL);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	fresh();
	glDrawArrays(GL_TRIANGLE_FAN, 0, 5);
	picture("mixed arrays");
	GLint bound;
	glGetIntegerv(GL_VERTEX_ARRAY_BUFFER_BINDING, &bound);
	printf("array's buffer: %d\n", bound == (GLint)vbo);
	GETI(GL_COLOR_ARRAY_STRIDE, 1);
	glPushClientAttrib(GL_CLIENT_ALL_ATTRIB_BITS);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glDisableClientState(GL_COLOR_ARRAY);
	glVertexPointer(3, GL_SHORT, 8, fan);
	glPopClientAttrib();
	fresh();
	glDrawArrays(GL_TRIANGLE_FAN, 0, 6);
	picture("after pop of client attributes");
	GETI(GL_UNPACK_ALIGNMENT, 1);
	glDisableClientState(GL_VERTEX_ARRAY);
	glDisableClientState(GL_COLOR_ARRAY);
	glDeleteBuffers(1, &vbo);
	static float inter[3][12];
	for (int i = 0; i < 3; i++) {
		inter[i][2] = (float)i / 2, inter[i][3] = 1, inter[i][4] = .5f, inter[i][5] = 1;
		inter[i][8] = 1, inter[i][9] = i == 1 ? .9f : -.9f, inter[i][10] = i ? .8f : -.8f;
	}
	glInterleavedArrays(GL_T2F_C4F_N3F_V3F, 0, inter);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("interleaved arrays");
	void *p;
	glGetPointerv(GL_VERTEX_ARRAY_POINTER, &p);
	printf("pointer: %td\n", (char *)p - (char *)inter);
	printf("enabled: %d %d %d\n", glIsEnabled(GL_NORMAL_ARRAY), glIsEnabled(GL_TEXTURE_COORD_ARRAY), glIsEnabled(GL_EDGE_FLAG_ARRAY));
	glDisableClientState(GL_VERTEX_ARRAY), glDisableClientState(GL_COLOR_ARRAY), glDisableClientState(GL_NORMAL_ARRAY), glDisableClientState(GL_TEXTURE_COORD_ARRAY);
	glColor3f(1, 1, 1);
	errors("arrays");
}

static void quad(void) {
	glBegin(GL_QUADS);
	glTexCoord2f(0, 0), glVertex2f(-.9f, -.9f);
	glTexCoord2f(1, 0), glVertex2f(.9f, -.9f);
	glTexCoord2f(1, 1), glVertex2f(.9f, .9f);
	glTexCoord2f(0, 1), glVertex2f(-.9f, .9f);
	glEnd();
}

static void pixels(void) {
	static uint8_t img[64 * 64 * 8];
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 37 + i / 251);
	GLuint tex;
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
	glEnable(GL_TEXTURE_2D);
	static const struct { GLenum format, type; GLint align, length, rows, pix, swap; } cases[] = {
		{GL_RGB, GL_UNSIGNED_BYTE, 4, 0, 0, 0, 0}, {GL_RGB, GL_UNSIGNED_BYTE, 1, 31, 2, 3, 0}, {GL_RGBA, GL_UNSIGNED_SHORT, 8, 33, 1, 1, 0},
		{GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, 4, 0, 0, 0, 0}, {GL_RGB, GL_UNSIGNED_SHORT_5_6_5, 4, 29, 0, 0, 1}, {GL_LUMINANCE, GL_UNSIGNED_BYTE, 8, 0, 3, 1, 0},
	};
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[64];
		glPixelStorei(GL_UNPACK_ALIGNMENT, cases[i].align);
		glPixelStorei(GL_UNPACK_ROW_LENGTH, cases[i].length);
		glPixelStorei(GL_UNPACK_SKIP_ROWS, cases[i].rows);
		glPixelStorei(GL_UNPACK_SKIP_PIXELS, cases[i].pix);
		glPixelStorei(GL_UNPACK_SWAP_BYTES, cases[i].swap);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 27, 19, 0, cases[i].format, cases[i].type, img);
		fresh();
		quad();
		snprintf(name, sizeof name, "upload %u", i);
		picture(name);
		/* the same from a buffer */
		GLuint pbo;
		glGenBuffers(1, &pbo);
		glBindBuffer(GL_PIXEL_UNPACK_BUFFER, pbo);
		glBufferData(GL_PIXEL_UNPACK_BUFFER, sizeof img, img, GL_STREAM_DRAW);
		glTexSubImage2D(GL_TEXTURE_2D, 0, 1, 1, 20, 10, cases[i].format, cases[i].type, (void *)64);
		glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
		glDeleteBuffers(1, &pbo);
		fresh();
		quad();
		snprintf(name, sizeof name, "upload %u from a buffer", i);
		picture(name);
	}
	glPixelStorei(GL_UNPACK_SWAP_BYTES, 0), glPixelStorei(GL_UNPACK_ROW_LENGTH, 0), glPixelStorei(GL_UNPACK_SKIP_ROWS, 0), glPixelStorei(GL_UNPACK_SKIP_PIXELS, 0);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	static uint8_t back[64 * 64 * 8];
	memset(back, 0xaa, sizeof back);
	glPixelStorei(GL_PACK_ROW_LENGTH, 40), glPixelStorei(GL_PACK_SKIP_PIXELS, 3), glPixelStorei(GL_PACK_SKIP_ROWS, 2), glPixelStorei(GL_PACK_SWAP_BYTES, 1);
	glGetTexImage(GL_TEXTURE_2D, 0, GL_RGB, GL_UNSIGNED_SHORT, back);
	bytes("texture read back", back, sizeof back);
	memset(back, 0xaa, sizeof back);
	glReadPixels(50, 50, 21, 11, GL_BGRA, GL_UNSIGNED_BYTE, back);
	bytes("pixels with a pack state", back, sizeof back);
	GLuint pbo;
	glGenBuffers(1, &pbo);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, pbo);
	memset(back, 0x55, sizeof back);
	glBufferData(GL_PIXEL_PACK_BUFFER, sizeof back, back, GL_STREAM_READ);
	glReadPixels(95, 70, 21, 11, GL_RGB, GL_UNSIGNED_BYTE, (void *)16);
	memset(back, 0, sizeof back);
	glGetBufferSubData(GL_PIXEL_PACK_BUFFER, 0, sizeof back, back);
	bytes("pixels in a buffer", back, sizeof back);
	const uint8_t *m = glMapBuffer(GL_PIXEL_PACK_BUFFER, GL_READ_ONLY);
	if (m) bytes("pixels in a mapped buffer", m, sizeof back);
	glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
	glDeleteBuffers(1, &pbo);
	glPixelStorei(GL_PACK_ROW_LENGTH, 0), glPixelStorei(GL_PACK_SKIP_PIXELS, 0), glPixelStorei(GL_PACK_SKIP_ROWS, 0), glPixelStorei(GL_PACK_SWAP_BYTES, 0);
	store_default();
	GLint w = 0;
	glGetTexLevelParameteriv(GL_TEXTURE_2D, 0, GL_TEXTURE_WIDTH, &w);
	printf("texture width: %d\n", w);
	/* copies */
	fresh();
	quad();
	glCopyTexSubImage2D(GL_TEXTURE_2D, 0, 2, 3, 90, 60, 20, 12);
	fresh();
	quad();
	picture("copied into a texture");
	glCopyTexImage2D(GL_TEXTURE_2D, 0, GL_RGB, 80, 40, 32, 64, 0);
	fresh();
	quad();
	picture("copied as a texture");
	glDisable(GL_TEXTURE_2D);
	/* bitmaps */
	fresh();
	for (int lsb = 0; lsb < 2; lsb++) {
		glPixelStorei(GL_UNPACK_LSB_FIRST, lsb), glPixelStorei(GL_UNPACK_SKIP_PIXELS, 5), glPixelStorei(GL_UNPACK_ROW_LENGTH, 45), glPixelStorei(GL_UNPACK_ALIGNMENT, 2);
		glRasterPos2f(-.5f + (float)lsb * .4f, -.5f);
		glBitmap(37, 30, 0, 0, 0, 0, img);
	}
	picture("bitmaps");
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 32), glPixelStorei(GL_UNPACK_SKIP_PIXELS, 0);
	glPolygonStipple(img + 100);
	glEnable(GL_POLYGON_STIPPLE);
	fresh();
	quad();
	picture("stipple");
	glDisable(GL_POLYGON_STIPPLE);
	GLubyte mask[128];
	glGetPolygonStipple(mask);
	bytes("stipple read back", mask, sizeof mask);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0), glPixelStorei(GL_UNPACK_LSB_FIRST, 0), glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
	fresh();
	glRasterPos2f(-.9f, -.9f);
	glDrawPixels(50, 40, GL_RGBA, GL_UNSIGNED_BYTE, img);
	picture("drawn pixels");
	GLfloat map[4] = {0, .25f, .5f, 1}, got[4] = {0};
	glPixelMapfv(GL_PIXEL_MAP_R_TO_R, 4, map);
	glGetPixelMapfv(GL_PIXEL_MAP_R_TO_R, got);
	printf("pixel map: %g %g %g %g\n", got[0], got[1], got[2], got[3]);
	glDeleteTextures(1, &tex);
	errors("pixels");
}

static void buffers(void) {
	uint8_t data[300], got[300];
	for (int i = 0; i < 300; i++) data[i] = (uint8_t)(i * 7);
	GLuint b;
	glGenBuffers(1, &b);
	printf("is buffer: %d", glIsBuffer(b));
	glBindBuffer(GL_ARRAY_BUFFER, b);
	printf(" %d\n", glIsBuffer(b));
	glBufferData(GL_ARRAY_BUFFER, 300, data, GL_DYNAMIC_DRAW);
	uint8_t *p = glMapBuffer(GL_ARRAY_BUFFER, GL_WRITE_ONLY);
	memset(p + 10, 1, 20); /* the rest stays */
	printf("unmap: %d\n", glUnmapBuffer(GL_ARRAY_BUFFER));
	glGetBufferSubData(GL_ARRAY_BUFFER, 0, 300, got);
	bytes("partly written map", got, 300);
	p = glMapBufferRange(GL_ARRAY_BUFFER, 100, 100, GL_MAP_WRITE_BIT | GL_MAP_FLUSH_EXPLICIT_BIT);
	memset(p, 9, 100);
	glFlushMappedBufferRange(GL_ARRAY_BUFFER, 50, 10);
	GLint v;
	glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_MAPPED, &v);
	printf("mapped: %d\n", v);
	glUnmapBuffer(GL_ARRAY_BUFFER);
	GLuint c;
	glGenBuffers(1, &c);
	glBindBuffer(GL_COPY_WRITE_BUFFER, c);
	glBufferData(GL_COPY_WRITE_BUFFER, 300, NULL, GL_STATIC_COPY);
	glBindBuffer(GL_COPY_READ_BUFFER, b);
	glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, 300);
	glGetBufferSubData(GL_COPY_WRITE_BUFFER, 150, 10, got);
	bytes("flushed range, copied", got, 10);
	glDeleteBuffers(1, &b);
	GETI(GL_ARRAY_BUFFER_BINDING, 1);
	printf("is buffer: %d %d\n", glIsBuffer(b), glIsBuffer(c));
	glBindBuffer(GL_ARRAY_BUFFER, 4711); /* an app's own name */
	GETI(GL_ARRAY_BUFFER_BINDING, 1);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glGetBufferSubData(GL_ARRAY_BUFFER, 0, 1, got);
	glDeleteBuffers(1, &c);
	errors("buffers");
}

static GLuint shader(GLenum type, const char *text) {
	GLuint s = glCreateShader(type);
	GLint ok, n;
	const char *parts[] = {"#version 150 compatibility\n", text};
	glShaderSource(s, 2, parts, NULL);
	glCompileShader(s);
	glGetShaderiv(s, GL_COMPILE_STATUS, &ok);
	glGetShaderiv(s, GL_SHADER_SOURCE_LENGTH, &n);
	printf("shader: %d, %d bytes\n", ok, n);
	return s;
}

static void programs(void) {
	GLuint bad = shader(GL_FRAGMENT_SHADER, "void main() { nonsense }\n");
	char log[4096] = "";
	GLsizei n = 0;
	glGetShaderInfoLog(bad, sizeof log, &n, log);
	printf("log of %d bytes\n", n);
	glDeleteShader(bad);
	printf("is shader: %d\n", glIsShader(bad));
	GLuint v = shader(GL_VERTEX_SHADER,
		"uniform mat4 m; uniform vec3 list[4]; uniform struct { float a; vec2 b[2]; } s[2];\n"
		"layout(std140) uniform Block { vec4 color; mat3 turn; float w[3]; };\n"
		"in vec2 at; in vec4 tint; out vec4 c;\n"
		"void main() { gl_Position = m * vec4(at + s[1].b[1], 0, 1); c = tint * color + vec4(list[3] * w[2] + list[1] + s[0].a * turn[1], 0); }\n");
	GLuint f = shader(GL_FRAGMENT_SHADER, "uniform sampler2D tex; uniform int k; in vec4 c; out vec4 o; void main() { o = c + texture(tex, vec2(0)) * float(k); }\n");
	GLuint p = glCreateProgram();
	glAttachShader(p, v), glAttachShader(p, f);
	glDeleteShader(v);
	glBindAttribLocation(p, 5, "tint");
	glLinkProgram(p);
	GLint ok, count;
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	glGetProgramiv(p, GL_ACTIVE_UNIFORMS, &count);
	printf("linked %d, %d uniforms\n", ok, count);
	for (GLint i = 0; i < count; i++) {
		GLint size, info[6];
		GLenum type;
		GLuint u = (GLuint)i;
		glGetActiveUniform(p, u, sizeof log, &n, &size, &type, log);
		static const GLenum what[] = {GL_UNIFORM_BLOCK_INDEX, GL_UNIFORM_OFFSET, GL_UNIFORM_ARRAY_STRIDE, GL_UNIFORM_MATRIX_STRIDE, GL_UNIFORM_IS_ROW_MAJOR, GL_UNIFORM_NAME_LENGTH};
		for (int k = 0; k < 6; k++) glGetActiveUniformsiv(p, 1, &u, what[k], &info[k]);
		printf(" %s (%d): size %d type %#x location %d; %d %d %d %d %d %d\n", log, n, size, type, glGetUniformLocation(p, log), info[0], info[1], info[2], info[3], info[4], info[5]);
	}
	static const char *names[] = {"list", "list[0]", "list[3]", "list[4]", "list[03]", "s[1].b[1]", "s[0].a", "nothing", "m[0]", "color", "tex", "gl_ModelViewMatrix"};
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) printf(" location of %s: %d\n", names[i], glGetUniformLocation(p, names[i]));
	printf("attributes: %d %d %d\n", glGetAttribLocation(p, "tint"), glGetAttribLocation(p, "at") >= 0, glGetAttribLocation(p, "none"));
	glGetProgramiv(p, GL_ACTIVE_ATTRIBUTES, &count);
	printf("%d attributes, output %d\n", count, glGetFragDataLocation(p, "o"));
	GLuint block = glGetUniformBlockIndex(p, "Block");
	glGetActiveUniformBlockiv(p, block, GL_UNIFORM_BLOCK_DATA_SIZE, &count);
	printf("block %u of %d bytes, none: %u\n", block, count, glGetUniformBlockIndex(p, "Blok"));
	glUniformBlockBinding(p, block, 3);
	glGetActiveUniformBlockiv(p, block, GL_UNIFORM_BLOCK_BINDING, &count);
	printf("binding %d\n", count);
	float data[28];
	for (int i = 0; i < 28; i++) data[i] = (float)i / 40;
	GLuint ubo, vbo;
	glGenBuffers(1, &ubo);
	glBindBufferBase(GL_UNIFORM_BUFFER, 3, ubo);
	glBufferData(GL_UNIFORM_BUFFER, sizeof data, data, GL_STATIC_DRAW);
	glUseProgram(p);
	static const float m[16] = {.9f, 0, 0, 0, 0, .8f, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
	glUniformMatrix4fv(glGetUniformLocation(p, "m"), 1, GL_FALSE, m);
	static const float list[12] = {0, 0, 0, .3f, .1f, 0, 0, 0, 0, .1f, .2f, .9f};
	glUniform3fv(glGetUniformLocation(p, "list"), 4, list);
	glUniform1f(glGetUniformLocation(p, "s[0].a"), .5f);
	float got[16] = {0};
	glGetUniformfv(p, glGetUniformLocation(p, "list[3]"), got);
	printf("uniform: %g %g %g %g\n", got[0], got[1], got[2], got[3]);
	GLuint vao;
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	glGenBuffers(1, &vbo);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glBufferData(GL_ARRAY_BUFFER, sizeof fan, fan, GL_STATIC_DRAW);
	GLuint at = (GLuint)glGetAttribLocation(p, "at");
	glVertexAttribPointer(at, 2, GL_FLOAT, GL_FALSE, sizeof(vert), NULL);
	glEnableVertexAttribArray(at);
	glVertexAttribPointer(5, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), (void *)8);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glVertexAttribPointer(5, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vert), fan[0].c); /* an error in a named array object */
	glEnableVertexAttribArray(5);
	fresh();
	glDrawArrays(GL_TRIANGLE_FAN, 0, 4);
	picture("program");
	glDetachShader(p, v);
	printf("is shader: %d\n", glIsShader(v));
	glDeleteProgram(p);
	printf("is program: %d\n", glIsProgram(p));
	glGetIntegerv(GL_CURRENT_PROGRAM, &count);
	printf("current: %d\n", count == (GLint)p);
	fresh();
	glVertexAttribDivisor(5, 1);
	glDrawArraysInstanced(GL_TRIANGLE_FAN, 0, 4, 2);
	picture("deleted program, instanced");
	glUseProgram(0);
	printf("is program: %d\n", glIsProgram(p));
	glBindVertexArray(0);
	glDeleteVertexArrays(1, &vao);
	GLint e;
	glGetVertexAttribiv(5, GL_VERTEX_ATTRIB_ARRAY_ENABLED, &e);
	printf("attribute 5 of the default object: %d\n", e);
	glDeleteBuffers(1, &vbo), glDeleteBuffers(1, &ubo);
	glDeleteShader(f);
	errors("programs");
	glUseProgram(999);
	glGetUniformLocation(0, "x");
	errors("wrong names");
}

static void queries(void) {
	GLuint q[2], r;
	glGenQueries(2, q);
	fresh();
	glBeginQuery(GL_SAMPLES_PASSED, q[0]);
	quad();
	glEndQuery(GL_SAMPLES_PASSED);
	do glGetQueryObjectuiv(q[0], GL_QUERY_RESULT_AVAILABLE, &r); while (!r);
	glGetQueryObjectuiv(q[0], GL_QUERY_RESULT, &r);
	printf("samples: %u\n", r);
	glEnable(GL_SCISSOR_TEST);
	glScissor(0, 0, 20, 150);
	glBeginQuery(GL_SAMPLES_PASSED, q[1]);
	glScissor(0, 0, 0, 0);
	quad();
	glEndQuery(GL_SAMPLES_PASSED);
	glScissor(3, 4, 90, 80);
	GETI(GL_SCISSOR_BOX, 4);
	printf("scissor: %d\n", glIsEnabled(GL_SCISSOR_TEST));
	glDisable(GL_SCISSOR_TEST);
	fresh();
	glBeginConditionalRender(q[1], GL_QUERY_WAIT);
	quad();
	glEndConditionalRender();
	picture("condition false");
	/* only the right half has samples: nodes on the left must draw all the same */
	glBeginQuery(GL_SAMPLES_PASSED, q[1]);
	glRectf(.5f, .5f, .6f, .6f);
	glEndQuery(GL_SAMPLES_PASSED);
	fresh();
	glBeginConditionalRender(q[1], GL_QUERY_BY_REGION_WAIT);
	quad();
	glEndConditionalRender();
	picture("condition true");
	glDeleteQueries(2, q);
	GLsync s = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	GLenum done = glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 1000000000ull);
	printf("sync: %d %d\n", glIsSync(s), done == GL_ALREADY_SIGNALED || done == GL_CONDITION_SATISFIED);
	glDeleteSync(s);
	errors("queries");
}

static void lists(void) {
	GLuint l = glGenLists(3);
	printf("lists: %u %d %d\n", l, glIsList(l + 2), glIsList(l + 3));
	glNewList(l, GL_COMPILE);
	glColor3f(1, .5f, 0);
	quad();
	glEndList();
	glNewList(l + 1, GL_COMPILE);
	glScissor(60, 30, 50, 90);
	glEnable(GL_SCISSOR_TEST);
	glCallList(l);
	glDisable(GL_SCISSOR_TEST);
	glEndList();
	fresh();
	GLubyte which[] = {1};
	glListBase(l);
	glCallLists(1, GL_UNSIGNED_BYTE, which);
	glListBase(0);
	picture("list with a scissor inside");
	glEnableClientState(GL_VERTEX_ARRAY);
	glVertexPointer(2, GL_FLOAT, sizeof(vert), fan);
	glNewList(l + 2, GL_COMPILE);
	glDrawArrays(GL_TRIANGLE_FAN, 0, 6);
	glEndList();
	static const vert other[6];
	glVertexPointer(2, GL_FLOAT, sizeof(vert), other);
	fresh();
	glCallList(l + 2);
	picture("list of client arrays");
	glDisableClientState(GL_VERTEX_ARRAY);
	glDeleteLists(l, 3);
	printf("list: %d\n", glIsList(l));
	glColor3f(1, 1, 1);
	GLuint sel[64] = {0};
	glSelectBuffer(64, sel);
	glRenderMode(GL_SELECT);
	glInitNames();
	glPushName(7);
	glRectf(0, 0, .5f, .5f);
	glLoadName(8);
	glRectf(2, 2, 3, 3);
	glLoadName(9);
	glPushName(10);
	glRectf(-.5f, 0, .5f, .5f);
	GLint hits = glRenderMode(GL_RENDER);
	printf("hits: %d; %u %u, %u %u %u\n", hits, sel[0], sel[3], sel[4], sel[7], sel[8]);
	GLfloat fb[64] = {0};
	glFeedbackBuffer(64, GL_2D, fb);
	glRenderMode(GL_FEEDBACK);
	glPassThrough(5);
	glRectf(-.5f, -.5f, .5f, .5f);
	GLint n = glRenderMode(GL_RENDER);
	printf("feedback: %d; %g %g %g %g\n", n, fb[0], fb[1], fb[3], fb[4]);
	static const GLfloat points[4][3] = {{-.8f, 0, 0}, {-.3f, .9f, 0}, {.3f, -.9f, 0}, {.8f, 0, 0}};
	glMap1f(GL_MAP1_VERTEX_3, 0, 1, 3, 4, &points[0][0]);
	glEnable(GL_MAP1_VERTEX_3);
	glMapGrid1f(20, 0, 1);
	fresh();
	glEvalMesh1(GL_LINE, 0, 20);
	picture("evaluator");
	GLfloat co[12] = {0};
	glGetMapfv(GL_MAP1_VERTEX_3, GL_COEFF, co);
	printf("map: %g %g\n", co[4], co[9]);
	glDisable(GL_MAP1_VERTEX_3);
	glBegin(GL_POINTS);
	GLint dummy;
	glGetIntegerv(GL_MAX_LIGHTS, &dummy);
	glEnd();
	errors("lists, selection");
}
static void framebuffers(void) {
	GLuint fb, tex, rb;
	glGenFramebuffers(1, &fb), glGenTextures(1, &tex), glGenRenderbuffers(1, &rb);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 64, 64, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
	glBindRenderbuffer(GL_RENDERBUFFER, rb);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH_COMPONENT24, 64, 64);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, tex, 0);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, rb);
	printf("status: %#x\n", glCheckFramebufferStatus(GL_FRAMEBUFFER));
	GLint v;
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &v);
	printf("attachment: %d", v == (GLint)tex);
	glGetFramebufferAttachmentParameteriv(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_FRAMEBUFFER_ATTACHMENT_OBJECT_NAME, &v);
	printf(" %d\n", v == (GLint)rb);
	glGetIntegerv(GL_FRAMEBUFFER_BINDING, &v);
	printf("binding: %d", v == (GLint)fb);
	glGetIntegerv(GL_TEXTURE_BINDING_2D, &v);
	printf(" %d", v == (GLint)tex);
	glGetIntegerv(GL_RENDERBUFFER_BINDING, &v);
	printf(" %d\n", v == (GLint)rb);
	glViewport(0, 0, 64, 64);
	glClearColor(.2f, .4f, .1f, 1);
	fresh();
	glColor3f(1, 0, 1);
	glRectf(-.5f, -.2f, .3f, .9f);
	static uint8_t img[64 * 64 * 4];
	glReadPixels(0, 0, 64, 64, GL_RGBA, GL_UNSIGNED_BYTE, img);
	bytes("framebuffer object", img, sizeof img);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	glViewport(0, 0, W, H);
	glClearColor(0, 0, 0, 0);
	glGenerateMipmap(GL_TEXTURE_2D);
	glColor3f(1, 1, 1);
	glEnable(GL_TEXTURE_2D);
	fresh();
	quad();
	picture("texture drawn to");
	glDisable(GL_TEXTURE_2D);
	glDeleteFramebuffers(1, &fb), glDeleteTextures(1, &tex), glDeleteRenderbuffers(1, &rb);
	glGetIntegerv(GL_TEXTURE_BINDING_2D, &v);
	printf("is framebuffer: %d, texture bound: %d\n", glIsFramebuffer(fb), v);
	glDrawBuffer(GL_BACK);
	GLfloat d[2];
	glGetFloatv(GL_DEPTH_RANGE, d);
	printf("depth range: %g %g\n", d[0], d[1]);
	GLdouble md[16];
	glRotatef(30, 0, 0, 1);
	glGetDoublev(GL_MODELVIEW_MATRIX, md);
	printf("matrix: %.4f %.4f %.4f\n", md[0], md[1], md[4]);
	glLoadIdentity();
	GETI(GL_VIEWPORT, 4);
	GETI(GL_MAX_LIGHTS, 1);
	GETI(GL_MAX_TEXTURE_SIZE, 1);
	GETI(GL_MATRIX_MODE, 1);
	errors("framebuffers");
	glBindBuffer(0x1234, 1);
	errors("wrong words");
}
static void feedback(void) {
	GLuint v = shader(GL_VERTEX_SHADER, "in vec4 at; out vec2 twice; void main() { twice = at.xy * 2.0; gl_Position = at; }\n"), p = glCreateProgram(), b;
	static const char *const names[] = {"twice"};
	glAttachShader(p, v);
	glTransformFeedbackVaryings(p, 1, names, GL_INTERLEAVED_ATTRIBS);
	glLinkProgram(p);
	char name[32];
	GLsizei size = 0;
	GLenum type = 0;
	glGetTransformFeedbackVarying(p, 0, sizeof name, NULL, &size, &type, name);
	printf("varying %s %d %#x\n", name, size, type);
	glUseProgram(p);
	glGenBuffers(1, &b);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, b);
	float got[8] = {0};
	glBufferData(GL_TRANSFORM_FEEDBACK_BUFFER, sizeof got, got, GL_STATIC_READ);
	GLuint at = (GLuint)glGetAttribLocation(p, "at");
	glVertexAttribPointer(at, 2, GL_FLOAT, GL_FALSE, sizeof(vert), fan);
	glEnableVertexAttribArray(at);
	glEnable(GL_RASTERIZER_DISCARD);
	glBeginTransformFeedback(GL_POINTS);
	glDrawArrays(GL_POINTS, 0, 4);
	glEndTransformFeedback();
	glDisable(GL_RASTERIZER_DISCARD);
	glDisableVertexAttribArray(at);
	glGetBufferSubData(GL_TRANSFORM_FEEDBACK_BUFFER, 0, sizeof got, got);
	printf("fed back: %g %g %g %g\n", got[0], got[1], got[6], got[7]);
	glUseProgram(0);
	glDeleteProgram(p), glDeleteShader(v), glDeleteBuffers(1, &b);
	errors("transform feedback");
}
static void more(void) {
	/* attributes pushed and popped around state that tiles care about */
	glEnable(GL_SCISSOR_TEST);
	glScissor(10, 10, 100, 100);
	glPushAttrib(GL_ALL_ATTRIB_BITS);
	glScissor(0, 0, 30, 30);
	glDisable(GL_SCISSOR_TEST);
	glPopAttrib();
	GETI(GL_SCISSOR_BOX, 4);
	fresh();
	quad();
	picture("scissor after pop");
	glDisable(GL_SCISSOR_TEST);
	static const GLfloat pos[] = {.3f, .5f, 1, 0}, amb[] = {.2f, .1f, 0, 1};
	GLfloat got[4] = {0};
	glLightfv(GL_LIGHT0, GL_POSITION, pos);
	glLightfv(GL_LIGHT0, GL_AMBIENT, amb);
	glMaterialfv(GL_FRONT_AND_BACK, GL_AMBIENT_AND_DIFFUSE, pos);
	glEnable(GL_LIGHTING), glEnable(GL_LIGHT0);
	fresh();
	glNormal3f(0, .3f, .9f);
	quad();
	picture("lit");
	glGetLightfv(GL_LIGHT0, GL_AMBIENT, got);
	printf("light: %g %g\n", got[0], got[1]);
	glGetMaterialfv(GL_FRONT, GL_DIFFUSE, got);
	printf("material: %g %g\n", got[0], got[1]);
	glDisable(GL_LIGHTING);
	/* clip plane, fog, texture coordinates made by GL */
	static const GLdouble plane[] = {1, .5, 0, .1};
	GLdouble eq[4];
	glClipPlane(GL_CLIP_PLANE0, plane);
	glEnable(GL_CLIP_PLANE0);
	glEnable(GL_FOG);
	static const GLfloat fog[] = {.5f, .2f, .7f, 1};
	glFogfv(GL_FOG_COLOR, fog);
	glFogi(GL_FOG_MODE, GL_EXP);
	fresh();
	quad();
	picture("clipped, in fog");
	glGetClipPlane(GL_CLIP_PLANE0, eq);
	printf("plane: %g %g\n", eq[0], eq[3]);
	glDisable(GL_CLIP_PLANE0), glDisable(GL_FOG);
	/* a 3D texture with all of the pixel store, and a sampler */
	static uint8_t img[8 * 8 * 8 * 4 + 4096];
	for (size_t i = 0; i < sizeof img; i++) img[i] = (uint8_t)(i * 73 + i / 97);
	GLuint tex, sam;
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_3D, tex);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 9), glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 8), glPixelStorei(GL_UNPACK_SKIP_IMAGES, 1), glPixelStorei(GL_UNPACK_SKIP_ROWS, 1);
	glTexImage3D(GL_TEXTURE_3D, 0, GL_RGBA8, 7, 5, 4, 0, GL_RGB, GL_UNSIGNED_BYTE, img);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0), glPixelStorei(GL_UNPACK_IMAGE_HEIGHT, 0), glPixelStorei(GL_UNPACK_SKIP_IMAGES, 0), glPixelStorei(GL_UNPACK_SKIP_ROWS, 0);
	glTexParameteri(GL_TEXTURE_3D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glEnable(GL_TEXTURE_3D);
	glGenSamplers(1, &sam);
	glBindSampler(0, sam);
	glSamplerParameteri(sam, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glSamplerParameteri(sam, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
	fresh();
	quad();
	picture("3D texture through a sampler");
	GLint v = 0;
	glGetIntegerv(GL_SAMPLER_BINDING, &v);
	printf("sampler: %d %d\n", v == (GLint)sam, glIsSampler(sam));
	static uint8_t back[8 * 8 * 8 * 4];
	glPixelStorei(GL_PACK_ALIGNMENT, 8), glPixelStorei(GL_PACK_IMAGE_HEIGHT, 6);
	glGetTexImage(GL_TEXTURE_3D, 0, GL_BGR, GL_UNSIGNED_BYTE, back);
	bytes("3D texture read back", back, sizeof back);
	glPixelStorei(GL_PACK_ALIGNMENT, 4), glPixelStorei(GL_PACK_IMAGE_HEIGHT, 0);
	glBindSampler(0, 0), glDeleteSamplers(1, &sam);
	glDisable(GL_TEXTURE_3D);
	glDeleteTextures(1, &tex);
	/* a compressed texture */
	glGenTextures(1, &tex);
	glBindTexture(GL_TEXTURE_2D, tex);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
	glCompressedTexImage2D(GL_TEXTURE_2D, 0, GL_COMPRESSED_RGBA_S3TC_DXT5_EXT, 16, 8, 0, 128, img);
	glEnable(GL_TEXTURE_2D);
	fresh();
	quad();
	picture("compressed texture");
	glGetCompressedTexImage(GL_TEXTURE_2D, 0, back);
	bytes("compressed texture read back", back, 128);
	static const GLint swizzle[] = {GL_BLUE, GL_RED, GL_ONE, GL_ALPHA};
	GLint sw[4] = {0};
	glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, swizzle);
	glGetTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, sw);
	printf("swizzle: %d\n", sw[2] == GL_ONE);
	glDisable(GL_TEXTURE_2D);
	glDeleteTextures(1, &tex);
	errors("more state");
	/* copies and blits */
	fresh();
	glColor3f(.3f, .9f, .5f);
	glRectf(-.9f, -.9f, -.2f, .1f);
	glColor3f(1, 1, 1);
	glWindowPos2i(110, 70);
	glCopyPixels(5, 5, 80, 60, GL_COLOR);
	picture("copied pixels");
	glBlitFramebuffer(0, 0, 100, 75, 199, 149, 120, 80, GL_COLOR_BUFFER_BIT, GL_NEAREST);
	picture("blitted");
	static float depth[40 * 30];
	glEnable(GL_DEPTH_TEST);
	glClear(GL_DEPTH_BUFFER_BIT);
	glRotatef(50, 0, 1, 0);
	quad();
	glLoadIdentity();
	glReadPixels(80, 60, 40, 30, GL_DEPTH_COMPONENT, GL_FLOAT, depth);
	printf("depth: %.4f %.4f\n", depth[0], depth[40 * 30 - 1]);
	glDisable(GL_DEPTH_TEST);
	errors("copies");
	/* assembly programs, names of the EXT framebuffers */
	static const char text[] = "!!ARBfp1.0\nPARAM p = program.local[1];\nMUL result.color, fragment.color, p;\nEND\n";
	GLuint prog;
	glGenProgramsARB(1, &prog);
	glBindProgramARB(GL_FRAGMENT_PROGRAM_ARB, prog);
	glProgramStringARB(GL_FRAGMENT_PROGRAM_ARB, GL_PROGRAM_FORMAT_ASCII_ARB, sizeof text - 1, text);
	glProgramLocalParameter4fARB(GL_FRAGMENT_PROGRAM_ARB, 1, .2f, 1, .5f, 1);
	glEnable(GL_FRAGMENT_PROGRAM_ARB);
	fresh();
	quad();
	picture("assembly program");
	glDisable(GL_FRAGMENT_PROGRAM_ARB);
	glGetProgramivARB(GL_FRAGMENT_PROGRAM_ARB, GL_PROGRAM_BINDING_ARB, &v);
	printf("program: %d", v == (GLint)prog);
	glGetProgramivARB(GL_FRAGMENT_PROGRAM_ARB, GL_PROGRAM_LENGTH_ARB, &v);
	char src[256] = "";
	glGetProgramStringARB(GL_FRAGMENT_PROGRAM_ARB, GL_PROGRAM_STRING_ARB, src);
	printf(" %d %d\n", v, !memcmp(src, text, sizeof text - 1));
	glGetProgramLocalParameterfvARB(GL_FRAGMENT_PROGRAM_ARB, 1, got);
	printf("local: %g %g\n", got[0], got[2]);
	glDeleteProgramsARB(1, &prog);
	glBindTexture(GL_TEXTURE_2D, 77);
	glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 32, 32, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glBindFramebufferEXT(GL_FRAMEBUFFER_EXT, 55);
	glFramebufferTexture2DEXT(GL_FRAMEBUFFER_EXT, GL_COLOR_ATTACHMENT0_EXT, GL_TEXTURE_2D, 77, 0);
	printf("status: %#x\n", glCheckFramebufferStatusEXT(GL_FRAMEBUFFER_EXT));
	glClearColor(0, .5f, 1, 1);
	fresh();
	GLuint q, n = 0;
	glGenQueries(1, &q);
	glBeginQuery(GL_SAMPLES_PASSED, q);
	glViewport(0, 0, 32, 32);
	glRectf(-1, -1, 1, 1);
	glEndQuery(GL_SAMPLES_PASSED);
	glGetQueryObjectuiv(q, GL_QUERY_RESULT, &n);
	printf("samples in an object: %u\n", n);
	glDeleteQueries(1, &q);
	glReadPixels(0, 0, 32, 32, GL_RGBA, GL_UNSIGNED_BYTE, back);
	bytes("EXT framebuffer", back, 8 * 8 * 8 * 4);
	glBindFramebufferEXT(GL_FRAMEBUFFER_EXT, 0);
	glViewport(0, 0, W, H);
	glClearColor(0, 0, 0, 0);
	const GLuint fb = 55, t77 = 77;
	glDeleteFramebuffersEXT(1, &fb), glDeleteTextures(1, &t77);
	errors("older extensions");
}
int main(void) {
	Display *dpy = XOpenDisplay(NULL);
	if (!dpy) return 3;
	int attr[] = {GLX_RGBA, GLX_DOUBLEBUFFER, GLX_RED_SIZE, 8, GLX_ALPHA_SIZE, 8, GLX_DEPTH_SIZE, 24, None};
	XVisualInfo *vi = glXChooseVisual(dpy, DefaultScreen(dpy), attr);
	if (!vi) return 3;
	XSetWindowAttributes swa = {.colormap = XCreateColormap(dpy, RootWindow(dpy, vi->screen), vi->visual, AllocNone)};
	Window win = XCreateWindow(dpy, RootWindow(dpy, vi->screen), 0, 0, W, H, 0, vi->depth, InputOutput, vi->visual, CWColormap | CWBorderPixel, &swa);
	XMapWindow(dpy, win);
	XSync(dpy, False);
	GLXContext ctx = glXCreateContext(dpy, vi, NULL, True);
	if (!ctx || !glXMakeCurrent(dpy, win, ctx)) return 3;
	setvbuf(stdout, NULL, _IOLBF, 0);
	fprintf(stderr, "%s\n", glGetString(GL_VERSION));
	arrays();
	pixels();
	buffers();
	programs();
	queries();
	lists();
	framebuffers();
	feedback();
	more();
	glXSwapBuffers(dpy, win);
	more(); /* now the nodes draw only their tiles */
	queries();
	arrays();
	pixels();
	glXSwapBuffers(dpy, win);
	glXMakeCurrent(dpy, None, NULL);
	glXDestroyContext(dpy, ctx);
	XCloseDisplay(dpy);
	return 0;
}
