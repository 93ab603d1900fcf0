/* Array objects and all kinds of draws. */
#include "glrandom.h"
#include <string.h>

enum { VERTICES = 48, ARRAYS = 3 };
static struct {
	GLuint name;
	int restart; /* the index type for which it has primitive restart indices */
} arrays[2][ARRAYS];
static GLuint elements[2][ARRAYS], points[2][ARRAYS];
static GLenum element_type[2][ARRAYS];
static GLuint feedback[2];

static uint16_t half(float f) {
	uint32_t u;
	memcpy(&u, &f, 4);
	int e = (int)(u >> 23 & 255) - 112;
	if (e <= 0) return (uint16_t)(u >> 16 & 0x8000);
	return (uint16_t)((u >> 16 & 0x8000) | (uint32_t)e << 10 | (u >> 13 & 1023));
}
/* One component in a type; returns its size. */
static int encode(uint8_t *p, GLenum type, float f) {
	switch (type) {
	case GL_FLOAT: memcpy(p, &f, 4); return 4;
	case GL_DOUBLE: {
		double d = (double)f;
		memcpy(p, &d, 8);
		return 8;
	}
	case GL_HALF_FLOAT: {
		uint16_t h = half(f);
		memcpy(p, &h, 2);
		return 2;
	}
	case GL_SHORT: {
		int16_t s = (int16_t)(f * 32767);
		memcpy(p, &s, 2);
		return 2;
	}
	case GL_UNSIGNED_SHORT: {
		uint16_t s = (uint16_t)(int)(f * 32767 + 32767);
		memcpy(p, &s, 2);
		return 2;
	}
	case GL_BYTE: *p = (uint8_t)(int8_t)(f * 127); return 1;
	default: *p = (uint8_t)(int)(f * 127 + 127); return 1;
	}
}

static void fill_array(GLuint vao, int slot) {
	static uint8_t data[VERTICES * 128];
	int stride = 0, at[5], n[5];
	GLenum type[5] = {ONE_OF(GL_FLOAT, GL_FLOAT, GL_SHORT, GL_HALF_FLOAT, GL_BYTE, GL_DOUBLE), ONE_OF(GL_UNSIGNED_BYTE, GL_FLOAT, GL_UNSIGNED_SHORT, GL_HALF_FLOAT),
		ONE_OF(GL_FLOAT, GL_UNSIGNED_BYTE, GL_HALF_FLOAT), ONE_OF(GL_BYTE, GL_UNSIGNED_SHORT, GL_SHORT), ONE_OF(GL_FLOAT, GL_UNSIGNED_BYTE)};
	n[0] = between(2, 4), n[1] = type[1] == GL_UNSIGNED_BYTE ? 4 : between(3, 4), n[2] = 2, n[3] = 2, n[4] = 1;
	for (int k = 0; k < 5; k++) {
		uint8_t one[8];
		at[k] = stride, stride += (n[k] * encode(one, type[k], 0) + 7) & ~7;
	}
	memset(data, 0, sizeof data);
	for (int v = 0; v < VERTICES; v++)
		for (int k = 0; k < 5; k++) {
			int o = v * stride + at[k];
			for (int c = 0; c < n[k]; c++) o += encode(data + o, type[k], k == 0 && c == 3 ? frand(0, 1) : frand(-1, 1));
		}
	glBindVertexArray(vao);
	for (GLuint k = 0; k < 8; k++) glDisableVertexAttribArray(k); /* none may stay with the buffer that goes */
	if (points[context][slot]) glDeleteBuffers(1, &points[context][slot]);
	points[context][slot] = filled_buffer(GL_ARRAY_BUFFER, data, VERTICES * stride);
	int normalized[5] = {1, 1, chance(50), 0, 0};
	GLuint where[5] = {0, (GLuint)between(1, 3), 4, 6, 7};
	if (chance(50)) where[2] = 5;
	for (int k = 0; k < 5; k++) {
		const void *offset = (const void *)(uintptr_t)at[k];
		if (k == 3) glVertexAttribIPointer(where[k], n[k], type[k], stride, offset);
		else if (k == 1 && type[k] == GL_UNSIGNED_BYTE && chance(30)) glVertexAttribPointer(where[k], GL_BGRA, type[k], GL_TRUE, stride, offset);
		else glVertexAttribPointer(where[k], n[k], type[k], (GLboolean)normalized[k], stride, offset);
		if (k == 0 || chance(80)) glEnableVertexAttribArray(where[k]);
		else glDisableVertexAttribArray(where[k]);
		glVertexAttribDivisor(where[k], k && chance(20) ? (GLuint)between(1, 3) : 0);
	}
	if (chance(30)) { /* the same said apart: one binding for two of them */
		glBindVertexBuffer(9, points[context][slot], at[0], stride);
		glVertexAttribFormat(0, n[0], type[0], (GLboolean)normalized[0], 0);
		glVertexAttribBinding(0, 9);
		glVertexAttribFormat(where[4], n[4], type[4], (GLboolean)normalized[4], (GLuint)(at[4] - at[0]));
		glVertexAttribBinding(where[4], 9);
		if (chance(30)) glVertexBindingDivisor(9, 0);
	}
	GLenum et = ONE_OF(GL_UNSIGNED_BYTE, GL_UNSIGNED_SHORT, GL_UNSIGNED_INT);
	uint32_t words[96];
	uint16_t shorts[96];
	uint8_t bytes[96];
	int restart = chance(40);
	for (int i = 0; i < 96; i++) words[i] = restart && chance(12) ? 40 : (uint32_t)pick(40), shorts[i] = (uint16_t)words[i], bytes[i] = (uint8_t)words[i];
	if (elements[context][slot]) glDeleteBuffers(1, &elements[context][slot]);
	elements[context][slot] = filled_buffer(GL_ELEMENT_ARRAY_BUFFER, et == GL_UNSIGNED_INT ? (void *)words : et == GL_UNSIGNED_SHORT ? (void *)shorts : bytes,
		et == GL_UNSIGNED_INT ? 384 : et == GL_UNSIGNED_SHORT ? 192 : 96);
	element_type[context][slot] = et;
	arrays[context][slot].restart = restart;
}

void setup_draws(void) {
	for (int i = 0; i < ARRAYS; i++) {
		glGenVertexArrays(1, &arrays[context][i].name);
		fill_array(arrays[context][i].name, i);
	}
	feedback[context] = filled_buffer(GL_TRANSFORM_FEEDBACK_BUFFER, scratch, 20000);
	glPrimitiveRestartIndex(40);
}

static void change(void) {
	int slot = pick(ARRAYS);
	if (chance(30)) {
		glDeleteVertexArrays(1, &arrays[context][slot].name);
		note("is array: %d", glIsVertexArray(arrays[context][slot].name));
		glGenVertexArrays(1, &arrays[context][slot].name);
	}
	fill_array(arrays[context][slot].name, slot);
}

static void current(void) {
	GLuint at = (GLuint)between(1, 7);
	float v[4] = {frand(0, 1), frand(0, 1), frand(0, 1), frand(0, 1)};
	switch (pick(7)) {
	case 0: glVertexAttrib4fv(at, v); break;
	case 1: glVertexAttrib4Nub(at, 10, 200, 100, 255); break;
	case 2: glVertexAttribI4i(6, -3, 7, 5, 1); break;
	case 3: glVertexAttrib2f(at, v[0], v[1]); break;
	case 4: glVertexAttrib3d(at, (double)v[0], (double)v[1], (double)v[2]); break;
	case 5: glVertexAttrib1s(at, 1); break;
	default: glVertexAttribP4ui(at, GL_INT_2_10_10_10_REV, GL_TRUE, rnd());
	}
	float got[4] = {-1, -1, -1, -1};
	at = (GLuint)between(1, 7);
	if (at != 6) {
		glGetVertexAttribfv(at, GL_CURRENT_VERTEX_ATTRIB, got);
		note_floats("current attribute", got, 4);
	}
	GLint w[4] = {-1, -1, -1, -1};
	static const GLenum names[] = {GL_VERTEX_ATTRIB_ARRAY_ENABLED, GL_VERTEX_ATTRIB_ARRAY_SIZE, GL_VERTEX_ATTRIB_ARRAY_STRIDE, GL_VERTEX_ATTRIB_ARRAY_TYPE,
		GL_VERTEX_ATTRIB_ARRAY_NORMALIZED, GL_VERTEX_ATTRIB_ARRAY_INTEGER, GL_VERTEX_ATTRIB_ARRAY_DIVISOR};
	void *p = NULL;
	GLenum name = names[pick(COUNT(names))];
	glGetVertexAttribiv(at, name, w);
	glGetVertexAttribPointerv(at, GL_VERTEX_ATTRIB_ARRAY_POINTER, &p);
	GLint on = 0;
	glGetVertexAttribiv(at, GL_VERTEX_ATTRIB_ARRAY_ENABLED, &on);
	note("attribute %u %#x: %d pointer %td", at, name, w[0], on ? (char *)p - (char *)NULL : 0); /* of no meaning after its buffer is deleted */
}

int program_is_geometry(void);

/* Draws by commands that lie in a buffer. */
static void commands(GLenum mode, GLenum et, int first, int base) {
	GLuint c[3][5];
	const int indexed = chance(50), words = indexed ? 5 : 4, gap = chance(40);
	GLuint all[18] = {0};
	for (int i = 0; i < 3; i++) {
		c[i][0] = (GLuint)between(1, 20), c[i][1] = (GLuint)between(0, 3), c[i][2] = (GLuint)first;
		c[i][3] = indexed ? (GLuint)base : (GLuint)pick(5), c[i][4] = (GLuint)pick(5);
		memcpy(all + i * (words + gap), c[i], (size_t)words * sizeof **c);
	}
	GLuint b = filled_buffer(GL_DRAW_INDIRECT_BUFFER, all, sizeof all);
	const GLsizei n = between(1, 3), stride = gap ? (words + 1) * 4 : chance(50) ? words * 4 : 0;
	if (indexed && chance(30)) glDrawElementsIndirect(mode, et, NULL);
	else if (indexed) glMultiDrawElementsIndirect(mode, et, NULL, n, stride);
	else if (chance(30)) glDrawArraysIndirect(mode, NULL);
	else glMultiDrawArraysIndirect(mode, NULL, n, stride);
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, 0);
	glDeleteBuffers(1, &b);
}

static void submit(GLenum mode, int slot) {
	GLenum et = element_type[context][slot];
	int size = et == GL_UNSIGNED_INT ? 4 : et == GL_UNSIGNED_SHORT ? 2 : 1, n = between(1, 40), first = pick(8);
	if (n + first > VERTICES) n = VERTICES - first;
	int base = pick(8), instances = between(1, 3);
	const void *offset = (const void *)(uintptr_t)(first * size);
	GLint firsts[3] = {0, 5, 20};
	GLsizei counts[3] = {n % 20 + 1, 6, between(0, 20)}; /* Mesa's software renderer draws nothing at all when the first is 0 */
	const void *offsets[3] = {offset, NULL, (const void *)(uintptr_t)(16 * size)};
	GLint bases[3] = {0, base, 3};
	if (chance(2)) n = -1;
	switch (pick(14)) {
	case 0: case 1: glDrawArrays(mode, first, n); break;
	case 2: case 3: glDrawElements(mode, n, et, offset); break;
	case 4: glDrawRangeElements(mode, 0, 40, n, et, offset); break;
	case 5: glDrawArraysInstanced(mode, first, n, instances); break;
	case 6: glDrawElementsInstanced(mode, n, et, offset, instances); break;
	case 7: glMultiDrawArrays(mode, firsts, counts, 3); break;
	case 8: glMultiDrawElements(mode, counts, et, offsets, 3); break;
	case 9:
		if (chance(50)) glDrawElementsBaseVertex(mode, n, et, offset, base);
		else if (chance(50)) glDrawRangeElementsBaseVertex(mode, 0, 40, n, et, offset, base);
		else glMultiDrawElementsBaseVertex(mode, counts, et, offsets, 3, bases);
		break;
	case 10: glDrawArraysInstancedBaseInstance(mode, first, n, instances, (GLuint)base); break;
	case 11:
		if (chance(50)) glDrawElementsInstancedBaseInstance(mode, n, et, offset, instances, (GLuint)base);
		else glDrawElementsInstancedBaseVertexBaseInstance(mode, n, et, offset, instances, base, (GLuint)pick(8));
		break;
	case 12: commands(mode, et, first, base); break;
	default: glDrawElementsInstancedBaseVertex(mode, n, et, offset, instances, base);
	}
}

static void prepare(int slot) {
	use_some_program();
	glBindVertexArray(arrays[context][slot].name);
	glPrimitiveRestartIndex(40);
	if (arrays[context][slot].restart) glEnable(GL_PRIMITIVE_RESTART);
}
static GLenum any_mode(void) {
	if (program_is_geometry()) return ONE_OF(GL_TRIANGLES, GL_TRIANGLE_STRIP, GL_TRIANGLE_FAN);
	return compat ? (GLenum)pick(10) : ONE_OF(GL_TRIANGLES, GL_TRIANGLE_STRIP, GL_TRIANGLE_FAN, GL_TRIANGLES, GL_LINES, GL_LINE_STRIP, GL_LINE_LOOP, GL_POINTS);
}

static void draw(void) {
	if (!drawable_is_float() || in_list) return;
	int slot = pick(ARRAYS);
	prepare(slot);
	for (int i = between(1, 3); i > 0; i--) submit(chance(2) ? 99 : any_mode(), slot);
	if (chance(70)) glDisable(GL_PRIMITIVE_RESTART);
	if (compat) glUseProgram(0), glBindVertexArray(0), glActiveTexture(GL_TEXTURE0);
}

static void capture(void) {
	if (!drawable_is_float() || in_list) return;
	int slot = pick(ARRAYS);
	prepare(slot);
	GLenum mode = program_is_geometry() ? GL_TRIANGLES : ONE_OF(GL_POINTS, GL_LINES, GL_TRIANGLES);
	glBindBuffer(GL_TRANSFORM_FEEDBACK_BUFFER, feedback[context]);
	glBufferSubData(GL_TRANSFORM_FEEDBACK_BUFFER, 0, 20000, scratch);
	if (chance(50)) glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, feedback[context]);
	else glBindBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, feedback[context], 16 * pick(10), between(50, 4000) * 4);
	GLuint q[2], v[2] = {~0u, ~0u};
	glGenQueries(2, q);
	glBeginQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, q[0]);
	glBeginQuery(GL_PRIMITIVES_GENERATED, q[1]);
	int discard = chance(40);
	if (discard) glEnable(GL_RASTERIZER_DISCARD);
	glBeginTransformFeedback(mode);
	if (chance(5)) glBeginTransformFeedback(mode);
	glDisable(GL_PRIMITIVE_RESTART);
	glDrawArrays(mode, pick(5), between(3, 40));
	if (chance(30)) glDrawArraysInstanced(mode, 0, 9, 2);
	if (chance(5)) glDrawArrays(GL_LINE_STRIP, 0, 3); /* an error where mode is another */
	glEndTransformFeedback();
	if (discard) glDisable(GL_RASTERIZER_DISCARD);
	glEndQuery(GL_PRIMITIVES_GENERATED);
	glEndQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN);
	for (int i = 0; i < 2; i++) glGetQueryObjectuiv(q[i], GL_QUERY_RESULT, &v[i]);
	note("feedback: %u written, %u generated", v[0], v[1]);
	glDeleteQueries(2, q);
	get_buffer(GL_TRANSFORM_FEEDBACK_BUFFER, 0, 20000, answer);
	note_bytes("feedback", answer, 20000);
	if (chance(50)) glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, 0);
	if (compat) glUseProgram(0), glBindVertexArray(0), glActiveTexture(GL_TEXTURE0);
}

const step draw_steps[] = {{"draw", draw, 40}, {"array", change, 5}, {"current attributes", current, 4}, {"feedback", capture, 5}, {0}};
