/* Arrays in the app's memory in every layout, and every kind of draw that reads them; compatibility. */
#include "conform.h"
#include <math.h>

enum { N = 60 };
static GLuint points, plain;
static float place_of[N][2];

static void fresh(void) { glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT); }

static void all_off(void) {
	for (GLuint i = 0; i < 8; i++) {
		glDisableVertexAttribArray(i);
		glVertexAttribDivisor(i, 0);
	}
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
}

static void setup(void) {
	points = program("in vec2 p; in vec4 a; in vec4 b; out vec4 c; void main() { gl_Position = vec4(p, 0, 1); gl_PointSize = 7.0; c = vec4(fract(a.xyz * 0.37 + 0.5 + b.xyz * 0.11), 1); }",
	                 "in vec4 c; out vec4 o; void main() { o = c; }");
	plain = program("in vec4 p; in vec4 a; out vec4 c; void main() { gl_Position = vec4(p.xy, 0, 1); c = a; }", "in vec4 c; out vec4 o; void main() { o = c; }");
	for (int k = 0; k < 2; k++) {
		GLuint q = k ? plain : points;
		glBindAttribLocation(q, 0, "p");
		glBindAttribLocation(q, 1, "a");
		if (!k) glBindAttribLocation(q, 2, "b");
		glLinkProgram(q);
	}
	for (int i = 0; i < N; i++) place_of[i][0] = (float)(i % 10) / 5.3f - .85f, place_of[i][1] = (float)(i / 10) / 3.2f - .8f;
	glEnable(GL_PROGRAM_POINT_SIZE);
}

static uint32_t seed = 7;
static uint8_t noise(void) { return (uint8_t)((seed = seed * 1664525u + 1013904223u) >> 24); }

/* One attribute of each type and size, tight, strided, unaligned, with a divisor. */
static void types(void) {
	static const struct { GLenum type; int size; const char *name; } all[] = {
		{GL_BYTE, 1, "byte"}, {GL_UNSIGNED_BYTE, 1, "ubyte"}, {GL_SHORT, 2, "short"}, {GL_UNSIGNED_SHORT, 2, "ushort"}, {GL_INT, 4, "int"}, {GL_UNSIGNED_INT, 4, "uint"},
		{GL_HALF_FLOAT, 2, "half"}, {GL_FLOAT, 4, "float"}, {GL_DOUBLE, 8, "double"}, {GL_FIXED, 4, "fixed"},
		{GL_INT_2_10_10_10_REV, 0, "int 2 10"}, {GL_UNSIGNED_INT_2_10_10_10_REV, 0, "uint 2 10"}, {GL_UNSIGNED_INT_10F_11F_11F_REV, -1, "11f"},
	};
	static uint8_t raw[N * 80 + 64];
	glUseProgram(points);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, place_of);
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	for (unsigned t = 0; t < sizeof all / sizeof *all; t++)
		for (int n = 1; n <= 5; n++) {
			const int size = n == 5 ? GL_BGRA : n;
			if ((all[t].size == 0 && n < 4) || (all[t].size < 0 && n != 3) || (n == 5 && all[t].type != GL_UNSIGNED_BYTE && all[t].size)) continue;
			for (unsigned i = 0; i < sizeof raw; i++) raw[i] = noise();
			for (unsigned i = 0; i + 8 <= sizeof raw; i += 8) { /* no NaN: only what is defined */
				if (all[t].type == GL_FLOAT) ((float *)(raw + i))[0] = (float)noise() / 50, ((float *)(raw + i))[1] = (float)noise() / 70;
				if (all[t].type == GL_DOUBLE) *(double *)(raw + i) = (double)noise() / 60;
				if (all[t].type == GL_HALF_FLOAT) for (int k = 0; k < 8; k += 2) raw[i + (unsigned)k + 1] &= 0x43;
				if (all[t].size < 0) raw[i + 3] &= 0x7b, raw[i + 7] &= 0x7b, raw[i + 1] &= 0xdd, raw[i + 5] &= 0xdd;
			}
			const int unit = all[t].size > 0 ? all[t].size : 4, tight = all[t].size > 0 ? unit * (n == 5 ? 4 : n) : 4;
			const struct { int stride, start; GLboolean norm; GLuint div; } how[] = {{0, 0, GL_FALSE, 0}, {0, 16, GL_TRUE, 0}, {tight + unit, 8, GL_TRUE, 0}, {72, 8, GL_FALSE, 0}, {tight, 0, GL_TRUE, 3}};
			char name[64];
			for (unsigned h = 0; h < sizeof how / sizeof *how; h++) {
				if (n == 5 && !how[h].norm) continue;
				if ((all[t].type == GL_FLOAT || all[t].type == GL_DOUBLE || all[t].type == GL_HALF_FLOAT) && how[h].stride % 8 && how[h].stride) continue;
				glVertexAttribPointer(1, size, all[t].type, how[h].norm, how[h].stride, raw + how[h].start);
				glVertexAttribDivisor(1, how[h].div);
				fresh();
				glDrawArraysInstanced(GL_POINTS, 3, N - 5, how[h].div ? 7 : 1);
				snprintf(name, sizeof name, "%s %d stride %d div %u", all[t].name, n, how[h].stride, how[h].div);
				picture(name);
			}
		}
	all_off();
	errors("types");
}

/* Arrays of integers and of doubles; values that GL does not convert. */
static void kinds(void) {
	static int16_t whole[N][3];
	static uint8_t small[N][5];
	static double wide[N][3];
	for (int i = 0; i < N; i++) {
		for (int k = 0; k < 3; k++) whole[i][k] = (int16_t)(noise() * 256 - 30000), wide[i][k] = noise() / 255.0;
		for (int k = 0; k < 5; k++) small[i][k] = noise();
	}
	shader_head = "#version 430 compatibility\n";
	GLuint q = program("layout(location = 0) in vec2 p; layout(location = 1) in ivec3 a; layout(location = 2) in uvec4 b; layout(location = 3) in dvec3 d; out vec4 c;"
	                   " void main() { gl_Position = vec4(p, 0, 1); gl_PointSize = 7.0; c = vec4(float(a.x & 255) / 255.0, float(b.y) / 255.0, float(d.z), 1) * 0.5 + vec4(float(b.w & 15u) / 30.0, float(d.x) * 0.5, float(a.z & 7) / 20.0, 0); }",
	                   "in vec4 c; out vec4 o; void main() { o = c; }");
	shader_head = "#version 150 compatibility\n";
	glUseProgram(q);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, place_of);
	glVertexAttribIPointer(1, 3, GL_SHORT, 0, whole);
	glVertexAttribIPointer(2, 4, GL_UNSIGNED_BYTE, 5, small);
	glVertexAttribLPointer(3, 3, GL_DOUBLE, 0, wide);
	for (GLuint i = 0; i < 4; i++) glEnableVertexAttribArray(i);
	fresh();
	glDrawArrays(GL_POINTS, 0, N);
	picture("kinds");
	fresh();
	glDrawArrays(GL_POINTS, 17, 20);
	picture("kinds from 17");
	glDisableVertexAttribArray(3);
	glVertexAttribL3d(3, .5, .25, .125);
	glDisableVertexAttribArray(1);
	glVertexAttribI3i(1, 200, 3, 5);
	fresh();
	glDrawArrays(GL_POINTS, 1, N - 1);
	picture("kinds, some constant");
	glDeleteProgram(q);
	all_off();
	errors("kinds");
}

typedef struct vert { float p[3], n[3], t[2]; } vert;
typedef struct odd { uint8_t flag; uint8_t c[3]; float p[2]; int16_t t[3]; uint16_t more; double d; uint8_t tail[12]; } odd;

/* Structs: all of one used, a part, in any order, two arrays in one place, elements that overlap. */
static void structs(void) {
	enum { M = 3000 }; /* above what travels within one record */
	static vert v[M];
	static odd o[M];
	static float row[M + 8];
	for (int i = 0; i < M; i++) {
		const float x = (float)(i % 61) / 30 - 1, y = (float)(i / 61) / 25 - 1;
		v[i] = (vert){{x, y, 0}, {(float)noise() / 255, (float)noise() / 255, 0}, {(float)noise() / 99, 1}};
		o[i] = (odd){.c = {noise(), noise(), noise()}, .p = {y, x}, .t = {(int16_t)(noise() * 90), 3000, -2000}, .d = noise() / 33.0};
		row[i] = sinf((float)i) * .9f;
	}
	const struct { const char *name; const void *p[3]; GLint n[3]; GLenum t[3]; GLboolean z[3]; GLsizei s[3]; } all[] = {
		{"whole", {v->p, v->n, v->t}, {3, 3, 2}, {GL_FLOAT, GL_FLOAT, GL_FLOAT}, {0, 0, 0}, {32, 32, 32}},
		{"reversed", {v->p, v->t, v->n}, {3, 2, 3}, {GL_FLOAT, GL_FLOAT, GL_FLOAT}, {0, 0, 0}, {32, 32, 32}},
		{"ends", {v->p, v->t, NULL}, {2, 2, 0}, {GL_FLOAT, GL_FLOAT, 0}, {0, 0, 0}, {32, 32, 0}},
		{"middle", {v->p, v->n, NULL}, {2, 3, 0}, {GL_FLOAT, GL_FLOAT, 0}, {0, 0, 0}, {32, 32, 0}},
		{"one", {v->p, NULL, NULL}, {3, 0, 0}, {GL_FLOAT, 0, 0}, {0, 0, 0}, {32, 0, 0}},
		{"twice", {v->p, v->p, v->p + 1}, {2, 3, 2}, {GL_FLOAT, GL_FLOAT, GL_FLOAT}, {0, 0, 0}, {32, 32, 32}},
		{"odd", {o->p, o->c, o->t}, {2, 3, 3}, {GL_FLOAT, GL_UNSIGNED_BYTE, GL_SHORT}, {0, 1, 1}, {sizeof(odd), sizeof(odd), sizeof(odd)}},
		{"odd double", {o->p, &o->d, &o->c[1]}, {2, 1, 2}, {GL_FLOAT, GL_DOUBLE, GL_UNSIGNED_BYTE}, {0, 0, 1}, {sizeof(odd), sizeof(odd), sizeof(odd)}},
		{"two strides", {v->p, o->c, row}, {2, 3, 1}, {GL_FLOAT, GL_UNSIGNED_BYTE, GL_FLOAT}, {0, 1, 0}, {32, sizeof(odd), 0}},
		{"overlap", {row, row + 1, row + 2}, {2, 3, 4}, {GL_FLOAT, GL_FLOAT, GL_FLOAT}, {0, 0, 0}, {4, 4, 8}},
	};
	static uint32_t idx[900];
	for (int i = 0; i < 900; i++) idx[i] = 100 + (seed = seed * 1664525u + 1013904223u) % 800;
	glUseProgram(points);
	for (unsigned k = 0; k < sizeof all / sizeof *all; k++) {
		char name[64];
		for (GLuint i = 0; i < 3; i++) {
			if (!all[k].n[i]) {
				glDisableVertexAttribArray(i);
				continue;
			}
			glVertexAttribPointer(i, all[k].n[i], all[k].t[i], all[k].z[i], all[k].s[i], all[k].p[i]);
			glEnableVertexAttribArray(i);
		}
		for (int how = 0; how < 4; how++) {
			fresh();
			if (how == 0) glDrawArrays(GL_POINTS, 0, 1400);
			if (how == 1) glDrawArrays(GL_POINTS, 700, 90);
			if (how == 2) glDrawElements(GL_TRIANGLES, 900, GL_UNSIGNED_INT, idx);
			if (how == 3) glDrawRangeElements(GL_LINES, 0, 1399, 60, GL_UNSIGNED_INT, idx + 30);
			snprintf(name, sizeof name, "%s %d", all[k].name, how);
			picture(name);
		}
	}
	all_off();
	errors("structs");
}

static float grid[40][2];
static uint8_t colour[40][4];
static void grid_on(void) {
	for (int i = 0; i < 40; i++) {
		grid[i][0] = (float)(i % 8) / 4 - .9f, grid[i][1] = (float)(i / 8) / 2.4f - .9f;
		colour[i][0] = noise(), colour[i][1] = noise(), colour[i][2] = noise(), colour[i][3] = 255;
	}
	glUseProgram(plain);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, grid);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0, colour);
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
}

/* Indices of each type, with restart, with a base, from memory and from a buffer, in lists of draws. */
static void indices(void) {
	static uint8_t i8[64];
	static uint16_t i16[64];
	static uint32_t i32[64];
	for (int i = 0; i < 64; i++) i32[i] = i16[i] = i8[i] = i % 7 == 6 ? 0xff : (uint8_t)(8 + noise() % 24);
	for (int i = 6; i < 64; i += 14) i16[i] = 0xffff, i32[i] = 0xffffffff;
	for (int i = 13; i < 64; i += 14) i16[i] = i32[i] = i8[i] = 9;
	const struct { GLenum type; const void *p; int n; } all[] = {{GL_UNSIGNED_BYTE, i8, 1}, {GL_UNSIGNED_SHORT, i16, 2}, {GL_UNSIGNED_INT, i32, 4}};
	char name[64];
	grid_on();
	GLuint ibo;
	glGenBuffers(1, &ibo);
	for (int k = 0; k < 3; k++)
		for (int from = 0; from < 2; from++)
			for (int how = 0; how < 3; how++) {
				const GLenum type = all[k].type;
				const uint8_t *p = all[k].p;
				if (how == 1) glEnable(GL_PRIMITIVE_RESTART), glPrimitiveRestartIndex(k == 0 ? 0xff : k == 1 ? 0xffff : 0xffffffff);
				if (how == 2) glEnable(GL_PRIMITIVE_RESTART_FIXED_INDEX), glPrimitiveRestartIndex(9);
				if (from) {
					glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, ibo);
					glBufferData(GL_ELEMENT_ARRAY_BUFFER, 64 * all[k].n, p, GL_STREAM_DRAW);
					p = NULL;
				}
				const int most = how ? 64 : 6; /* without restart there are indices that no array has */
				fresh();
				glDrawElements(GL_TRIANGLE_STRIP, most, type, p);
				snprintf(name, sizeof name, "elements %d from %d how %d", k, from, how);
				picture(name);
				fresh();
				glDrawElementsBaseVertex(GL_LINE_STRIP, most, type, p, how ? -8 : 5);
				glDrawRangeElementsBaseVertex(GL_TRIANGLES, 8, 40, 6, type, p, 7);
				glDrawElementsInstancedBaseVertex(GL_TRIANGLE_FAN, 5, type, p, 2, -3);
				glDrawElementsInstanced(GL_POINTS, 6, type, p, 2);
				picture("with bases");
				const GLsizei n[] = {3, 0, 4, 5};
				const GLint base[] = {1, 500000, 0, -4};
				const void *at[] = {p, p, p + all[k].n * 2, p};
				const void *apart[] = {p + all[k].n * 2, p, p, p + all[k].n};
				fresh();
				glMultiDrawElements(GL_TRIANGLES, n, type, at, 4);
				glMultiDrawElements(GL_LINE_LOOP, n, type, apart, 4);
				picture("several");
				fresh();
				glMultiDrawElementsBaseVertex(GL_TRIANGLES, n, type, at, 4, base);
				picture("several with bases");
				glDisable(GL_PRIMITIVE_RESTART);
				glDisable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
				glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
			}
	glDeleteBuffers(1, &ibo);
	all_off();
	errors("indices");
}

static void many(void) {
	enum { M = 20000 };
	static float far[M][2];
	GLint first[200];
	GLsizei count[200];
	for (int i = 0; i < M; i++) far[i][0] = sinf((float)i * .7f) * .95f, far[i][1] = cosf((float)i * .3f) * .95f;
	grid_on();
	glDisableVertexAttribArray(1);
	glVertexAttrib4f(1, 1, .5f, .25f, 1);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, far);
	for (int k = 0; k < 3; k++) {
		const int n = k == 0 ? 3 : k == 1 ? 40 : 200;
		for (int i = 0; i < n; i++) first[i] = k == 0 ? (2 - i) * 9000 : i * 90, count[i] = k == 1 ? 80 : 3 + i % 5;
		fresh();
		glMultiDrawArrays(GL_LINE_STRIP, first, count, n);
		picture("many");
	}
	all_off();
	errors("many");
}

/* Instances: of arrays with divisors in memory, with a base; commands in memory and in a buffer. */
static void instances(void) {
	static const float shift[12][2] = {{0, 0}, {.1f, .2f}, {.3f, -.3f}, {-.4f, .1f}, {.5f, .5f}, {-.6f, -.2f}, {.1f, .7f}, {.2f, -.7f}, {-.1f, -.5f}, {.6f, 0}, {.7f, .6f}, {-.7f, .6f}};
	static const float shape[5][2] = {{-.2f, -.2f}, {.2f, -.1f}, {0, .3f}, {.3f, .3f}, {-.3f, .1f}};
	static const uint8_t tint[12][4] = {{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}, {9, 99, 255, 255}, {1, 2, 3, 255}, {200, 100, 1, 255}, {0, 255, 255, 255}, {255, 0, 255, 255}, {80, 80, 80, 255}, {90, 1, 90, 255}, {255, 255, 255, 255}};
	GLuint q = program("in vec2 p; in vec2 s; in vec4 t; out vec4 c; void main() { gl_Position = vec4(p * 0.6 + s, 0, 1); c = t; }", "in vec4 c; out vec4 o; void main() { o = c; }");
	static const uint16_t idx[] = {2, 0, 1, 3, 1, 4};
	glBindAttribLocation(q, 0, "p");
	glBindAttribLocation(q, 1, "s");
	glBindAttribLocation(q, 2, "t");
	glLinkProgram(q);
	glUseProgram(q);
	GLuint ibo, dbo, pbo;
	glGenBuffers(1, &ibo);
	glGenBuffers(1, &dbo);
	glGenBuffers(1, &pbo);
	for (GLuint i = 0; i < 3; i++) glEnableVertexAttribArray(i);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, shape);
	glVertexAttribPointer(1, 2, GL_FLOAT, GL_FALSE, 0, shift);
	glVertexAttribPointer(2, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0, tint);
	glVertexAttribDivisor(1, 1);
	glVertexAttribDivisor(2, 2);
	fresh();
	glDrawArraysInstanced(GL_TRIANGLES, 0, 3, 12);
	picture("instances");
	fresh();
	glDrawArraysInstancedBaseInstance(GL_TRIANGLES, 1, 3, 5, 3);
	picture("instances with base");
	fresh();
	glDrawElementsInstancedBaseInstance(GL_TRIANGLES, 6, GL_UNSIGNED_SHORT, idx, 4, 7);
	glDrawElementsInstancedBaseVertexBaseInstance(GL_LINE_STRIP, 3, GL_UNSIGNED_SHORT, idx, 2, 2, 10);
	picture("indexed instances with base");
	const GLuint direct[4][4] = {{3, 2, 0, 0}, {3, 1, 2, 4}, {0, 5, 0, 0}, {4, 2, 1, 9}};
	fresh();
	glDrawArraysIndirect(GL_TRIANGLES, direct[1]);
	picture("command in memory");
	fresh();
	glMultiDrawArraysIndirect(GL_TRIANGLE_FAN, direct, 4, 0);
	picture("commands in memory");
	fresh();
	glMultiDrawArraysIndirect(GL_TRIANGLE_FAN, direct, 2, 32);
	picture("every other command in memory");
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, dbo);
	glBufferData(GL_DRAW_INDIRECT_BUFFER, sizeof direct, direct, GL_STATIC_DRAW);
	fresh();
	glDrawArraysIndirect(GL_TRIANGLES, (void *)16);
	picture("command in a buffer");
	fresh();
	glMultiDrawArraysIndirect(GL_TRIANGLE_FAN, (void *)16, 3, 16);
	picture("commands in a buffer");
	static const GLuint two[] = {77, 2};
	glBindBuffer(GL_PARAMETER_BUFFER, pbo);
	glBufferData(GL_PARAMETER_BUFFER, sizeof two, two, GL_STATIC_DRAW);
	PFNGLMULTIDRAWARRAYSINDIRECTCOUNTPROC counted = (PFNGLMULTIDRAWARRAYSINDIRECTCOUNTPROC)glXGetProcAddress((const GLubyte *)"glMultiDrawArraysIndirectCountARB");
	PFNGLMULTIDRAWELEMENTSINDIRECTCOUNTPROC counted_elements = (PFNGLMULTIDRAWELEMENTSINDIRECTCOUNTPROC)glXGetProcAddress((const GLubyte *)"glMultiDrawElementsIndirectCountARB");
	fresh();
	counted(GL_TRIANGLE_FAN, NULL, 4, 4, 0);
	picture("counted commands");
	const GLuint elements[3][5] = {{3, 2, 0, 0, 0}, {4, 3, 1, 0, 2}, {3, 2, 3, 0, 8}};
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, ibo);
	glBufferData(GL_ELEMENT_ARRAY_BUFFER, sizeof idx, idx, GL_STATIC_DRAW);
	glBufferData(GL_DRAW_INDIRECT_BUFFER, sizeof elements, elements, GL_STATIC_DRAW);
	fresh();
	glDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_SHORT, (void *)40);
	picture("indexed command");
	fresh();
	glMultiDrawElementsIndirect(GL_TRIANGLE_STRIP, GL_UNSIGNED_SHORT, NULL, 3, 0);
	picture("indexed commands");
	fresh();
	counted_elements(GL_TRIANGLE_STRIP, GL_UNSIGNED_SHORT, (void *)20, 4, 1, 20);
	picture("counted indexed commands");
	GLint bound = -1;
	glGetIntegerv(GL_DRAW_INDIRECT_BUFFER_BINDING, &bound);
	printf("indirect buffer %d\n", bound == (GLint)dbo);
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, 0);
	fresh();
	glMultiDrawElementsIndirect(GL_TRIANGLE_STRIP, GL_UNSIGNED_SHORT, elements, 3, 0);
	picture("indexed commands in memory");
	errors("instances");
	/* wrong */
	glDrawArraysIndirect(0x77, direct);
	errors("mode");
	glMultiDrawArraysIndirect(GL_POINTS, direct, -1, 0);
	errors("count");
	glMultiDrawArraysIndirect(GL_POINTS, direct, 1, 6);
	errors("stride");
	counted(GL_POINTS, NULL, 4, 4, 0);
	errors("no buffer");
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, dbo);
	glDrawArraysIndirect(GL_POINTS, (void *)2);
	errors("offset");
	glMultiDrawArraysIndirect(GL_POINTS, (void *)32, 3, 0);
	errors("beyond its end");
	counted(GL_POINTS, NULL, 8, 1, 0);
	errors("count beyond its end");
	counted(GL_POINTS, NULL, 2, 1, 0);
	errors("count's offset");
	glDrawElementsIndirect(GL_POINTS, GL_FLOAT, NULL);
	errors("type");
	glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, 0);
	glDrawElementsIndirect(GL_POINTS, GL_UNSIGNED_SHORT, NULL);
	errors("no elements");
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, 0);
	glBindBuffer(GL_PARAMETER_BUFFER, 0);
	glDeleteBuffers(1, &ibo);
	glDeleteBuffers(1, &dbo);
	glDeleteBuffers(1, &pbo);
	glDeleteProgram(q);
	all_off();
}

/* Draws that are compiled into lists read their arrays then. */
static void lists(void) {
	static float p[6][2] = {{-.9f, -.9f}, {.9f, -.5f}, {0, .9f}, {.5f, .5f}, {-.5f, .6f}, {.8f, .8f}};
	static const uint16_t idx[] = {0, 2, 1, 3, 5, 4};
	static const GLint first[] = {0, 3};
	static const GLsizei count[] = {3, 3};
	static const void *const at[] = {idx, idx + 3};
	static const GLint base[] = {0, 0};
	glUseProgram(0);
	glColor3f(.3f, .9f, .1f);
	glEnableClientState(GL_VERTEX_ARRAY);
	glVertexPointer(2, GL_FLOAT, 0, p);
	GLuint list = glGenLists(6);
	for (GLuint k = 0; k < 5; k++) {
		glNewList(list + k, k == 4 ? GL_COMPILE_AND_EXECUTE : GL_COMPILE);
		if (k == 0) glDrawArrays(GL_TRIANGLES, 0, 6);
		if (k == 1) glMultiDrawArrays(GL_LINE_LOOP, first, count, 2);
		if (k == 2) glMultiDrawElements(GL_TRIANGLES, count, GL_UNSIGNED_SHORT, at, 2);
		if (k == 3) glMultiDrawElementsBaseVertex(GL_LINE_STRIP, count, GL_UNSIGNED_SHORT, at, 2, base);
		if (k == 4) glDrawElements(GL_TRIANGLES, 3, GL_UNSIGNED_SHORT, idx + 2);
		glEndList();
	}
	for (int i = 0; i < 6; i++) p[i][0] = p[i][1] = 0;
	for (GLuint k = 0; k < 5; k++) {
		fresh();
		glCallList(list + k);
		picture("list");
	}
	glDeleteLists(list, 6);
	glDisableClientState(GL_VERTEX_ARRAY);
	errors("lists");
}

static void ask(const char *name, GLuint i) {
	static const GLenum words[] = {GL_VERTEX_ATTRIB_ARRAY_ENABLED, GL_VERTEX_ATTRIB_ARRAY_SIZE, GL_VERTEX_ATTRIB_ARRAY_STRIDE, GL_VERTEX_ATTRIB_ARRAY_TYPE, GL_VERTEX_ATTRIB_ARRAY_NORMALIZED,
		GL_VERTEX_ATTRIB_ARRAY_INTEGER, GL_VERTEX_ATTRIB_ARRAY_LONG, GL_VERTEX_ATTRIB_ARRAY_DIVISOR, GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING, GL_VERTEX_ATTRIB_BINDING, GL_VERTEX_ATTRIB_RELATIVE_OFFSET};
	printf("%s %u:", name, i);
	for (unsigned k = 0; k < sizeof words / sizeof *words; k++) {
		GLint v = -7;
		glGetVertexAttribiv(i, words[k], &v);
		printf(" %d", words[k] == GL_VERTEX_ATTRIB_ARRAY_BUFFER_BINDING ? !!v : v); /* names differ */
	}
	void *p = NULL;
	glGetVertexAttribPointerv(i, GL_VERTEX_ATTRIB_ARRAY_POINTER, &p);
	GLint b[3] = {-7, -7, -7};
	GLint64 o = -7;
	glGetIntegeri_v(GL_VERTEX_BINDING_STRIDE, i, b);
	glGetIntegeri_v(GL_VERTEX_BINDING_DIVISOR, i, b + 1);
	glGetIntegeri_v(GL_VERTEX_BINDING_BUFFER, i, b + 2);
	glGetInteger64i_v(GL_VERTEX_BINDING_OFFSET, i, &o);
	printf(" pointer %d, binding %d %d %d %d\n", p == (void *)grid ? 1 : p == (void *)colour ? 2 : (uintptr_t)p > 4096 ? 3 : (int)(intptr_t)p, b[0], b[1], !!b[2], o > 4096 || o < -4096 ? -1 : (int)o /* Mesa cuts addresses */);
}

/* Formats and bindings beside pointers, in the default object and in one of the app's. */
static void bindings(void) {
	GLuint b[2], vao;
	grid_on();
	glGenBuffers(2, b);
	glBindBuffer(GL_ARRAY_BUFFER, b[0]);
	glBufferData(GL_ARRAY_BUFFER, sizeof grid, grid, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, b[1]);
	glBufferData(GL_ARRAY_BUFFER, sizeof colour, colour, GL_STATIC_DRAW);
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	ask("pointers", 0);
	ask("pointers", 1);
	/* positions from memory, never drawn so far, then the same with a buffer behind the format that the pointer left */
	glBindVertexBuffer(0, b[0], 16, 8);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 30);
	picture("a buffer behind a pointer's format");
	ask("buffer", 0);
	glVertexAttribFormat(1, GL_BGRA, GL_UNSIGNED_BYTE, GL_TRUE, 4);
	glVertexAttribBinding(1, 5);
	glBindVertexBuffer(5, b[1], 8, 4);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 30);
	picture("a binding apart");
	ask("apart", 1);
	ask("apart", 5);
	glVertexBindingDivisor(5, 2);
	fresh();
	glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 30, 3);
	picture("its divisor");
	ask("divisor", 1);
	glPushClientAttrib(GL_CLIENT_VERTEX_ARRAY_BIT);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0, colour);
	glVertexAttribDivisor(1, 0);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 8, grid);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 2, 30);
	picture("pointers again");
	ask("again", 0);
	ask("again", 1);
	glPopClientAttrib();
	fresh();
	glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 30, 3);
	picture("popped");
	ask("popped", 0);
	ask("popped", 1);
	glVertexAttribDivisor(1, 0);
	ask("divisor of an attribute", 1);
	glPrimitiveRestartIndex(4);
	glPushClientAttrib(GL_CLIENT_VERTEX_ARRAY_BIT);
	glEnable(GL_PRIMITIVE_RESTART);
	glEnable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	glPrimitiveRestartIndex(7);
	glPopClientAttrib();
	GETI(GL_PRIMITIVE_RESTART_INDEX, 1);
	printf("restart after a pop: %d %d\n", glIsEnabled(GL_PRIMITIVE_RESTART), glIsEnabled(GL_PRIMITIVE_RESTART_FIXED_INDEX));
	glDisable(GL_PRIMITIVE_RESTART);
	glDisable(GL_PRIMITIVE_RESTART_FIXED_INDEX);
	all_off();
	glCreateVertexArrays(1, &vao);
	printf("is array %d\n", glIsVertexArray(vao));
	glEnableVertexArrayAttrib(vao, 0);
	glEnableVertexArrayAttrib(vao, 1);
	glVertexArrayVertexBuffer(vao, 3, b[0], 0, 8);
	glVertexArrayAttribFormat(vao, 0, 2, GL_FLOAT, GL_FALSE, 8);
	glVertexArrayAttribBinding(vao, 0, 3);
	glVertexArrayAttribFormat(vao, 1, 4, GL_UNSIGNED_BYTE, GL_TRUE, 0);
	glVertexArrayAttribBinding(vao, 1, 4);
	glVertexArrayVertexBuffers(vao, 4, 1, &b[1], (GLintptr[]){4}, (GLsizei[]){4});
	ask("outside", 0);
	glBindVertexArray(vao);
	ask("inside", 0);
	ask("inside", 1);
	fresh();
	glDrawArrays(GL_TRIANGLE_STRIP, 0, 30);
	picture("an object made without binding");
	glBindVertexBuffers(3, 2, NULL, NULL, NULL);
	ask("unbound", 3);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, grid);
	errors("a pointer in an object");
	glBindVertexArray(0);
	glDeleteVertexArrays(1, &vao);
	glDeleteBuffers(2, b);
	ask("deleted", 0);
	all_off();
	errors("bindings");
}

static void wrong(void) {
	const GLsizei n[] = {3, -3};
	const GLint first[] = {0, 0}, negative[] = {-1, 0};
	static const uint16_t idx[] = {0, 1, 2};
	const void *at[] = {idx, idx};
	grid_on();
	glMultiDrawArrays(GL_TRIANGLES, first, n, 2);
	errors("count of a list");
	glMultiDrawArrays(GL_TRIANGLES, negative, n, 1);
	errors("first of a list");
	glMultiDrawArrays(GL_TRIANGLES, first, n, -1);
	errors("length of a list");
	glMultiDrawElements(GL_TRIANGLES, n, GL_UNSIGNED_SHORT, at, 2);
	errors("count of an indexed list");
	glMultiDrawElements(GL_TRIANGLES, n, GL_FLOAT, at, 1);
	errors("type of a list");
	glMultiDrawElements(0x99, n, GL_UNSIGNED_SHORT, at, 1);
	errors("mode of a list");
	glVertexAttribFormat(1, 5, GL_FLOAT, GL_FALSE, 0);
	errors("size");
	glVertexAttribFormat(1, 4, GL_RGBA, GL_FALSE, 0);
	errors("type");
	glVertexAttribFormat(1, GL_BGRA, GL_UNSIGNED_BYTE, GL_FALSE, 0);
	errors("order");
	glVertexAttribFormat(1, 3, GL_INT_2_10_10_10_REV, GL_FALSE, 0);
	errors("packed");
	glVertexAttribFormat(1, 4, GL_FLOAT, GL_FALSE, 100000);
	errors("relative offset");
	glVertexAttribIFormat(1, 4, GL_FLOAT, 0);
	errors("integer type");
	glVertexAttribLFormat(1, 4, GL_FLOAT, 0);
	errors("long type");
	glVertexAttribFormat(99, 4, GL_FLOAT, GL_FALSE, 0);
	errors("attribute");
	glVertexAttribBinding(0, 99);
	errors("binding");
	glVertexAttribBinding(99, 0);
	errors("attribute of a binding");
	glVertexBindingDivisor(99, 1);
	errors("divisor");
	glBindVertexBuffer(99, 0, 0, 16);
	errors("binding of a buffer");
	glBindVertexBuffer(0, 0, -1, 16);
	errors("offset");
	glBindVertexBuffer(0, 0, 0, -1);
	errors("stride");
	glBindVertexBuffers(14, 9, NULL, NULL, NULL);
	errors("bindings");
	const GLuint none[] = {4321, 0};
	glBindVertexBuffers(2, 2, none, (GLintptr[]){0, 4}, (GLsizei[]){4, 12});
	errors("a buffer that is none");
	ask("left alone", 2);
	ask("not left alone", 3);
	glVertexArrayAttribBinding(4321, 0, 0);
	errors("an object that is none");
	GLint v = -1;
	GLint64 w = -1;
	glGetVertexArrayiv(0, GL_ELEMENT_ARRAY_BUFFER_BINDING, &v);
	glGetVertexArrayIndexediv(0, 3, GL_VERTEX_ATTRIB_ARRAY_SIZE, &v);
	glGetVertexArrayIndexed64iv(0, 3, GL_VERTEX_BINDING_OFFSET, &w);
	printf("of the default object: %d %d\n", v, (int)w);
	errors("the default object");
	glBindVertexBuffer(3, 0, 44, 12);
	glGetVertexArrayIndexediv(0, 3, GL_VERTEX_BINDING_OFFSET, &v);
	printf("narrow offset %d\n", v);
	errors("word");
	glGetVertexArrayIndexed64iv(0, 3, GL_VERTEX_ATTRIB_ARRAY_SIZE, &w);
	errors("wide word");
	glEnableVertexAttribArray(99);
	errors("enable");
	glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 2, grid);
	errors("odd stride");
	glVertexAttribPointer(0, 4, GL_FLOAT, GL_FALSE, 1 << 20, grid);
	errors("huge stride");
	all_off();
}

/* Arrays that are pointed into a buffer before it has a store, and far behind the end of one that grows later. */
static void pointed_early(void) {
	static const float data[3][5] = {{-.9f, -.9f, 1, 0, 0}, {.9f, -.9f, 0, 1, 0}, {0, .9f, 0, 0, 1}};
	GLuint b;
	glUseProgram(plain);
	glGenBuffers(1, &b);
	glBindBuffer(GL_ARRAY_BUFFER, b);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof data[0], NULL);
	glVertexAttribPointer(1, 3, GL_FLOAT, GL_FALSE, sizeof data[0], (void *)8);
	for (GLuint i = 0; i < 2; i++) glEnableVertexAttribArray(i);
	glBufferData(GL_ARRAY_BUFFER, sizeof data, data, GL_STATIC_DRAW);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("pointed before there is a store");
	glBufferData(GL_ARRAY_BUFFER, 4, data, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof data[0], (void *)400);
	glVertexAttribPointer(1, 3, GL_FLOAT, GL_FALSE, sizeof data[0], (void *)408);
	glBufferData(GL_ARRAY_BUFFER, 400 + sizeof data, NULL, GL_STATIC_DRAW);
	glBufferSubData(GL_ARRAY_BUFFER, 400, sizeof data, data);
	fresh();
	glDrawArrays(GL_TRIANGLES, 0, 3);
	picture("pointed behind the end");
	caught("pointed early");
	glDeleteBuffers(1, &b);
	all_off();
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 2;
	glViewport(0, 0, W, H);
	glClearColor(0, 0, 0, 1);
	setup();
	types();
	kinds();
	structs();
	indices();
	many();
	instances();
	lists();
	bindings();
	pointed_early();
	wrong();
	conform_swap();
	conform_close();
	return 0;
}
