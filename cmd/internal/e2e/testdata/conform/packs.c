/* Pixels into buffers: read back frames later, with every pixel store, and what else becomes of such a buffer: it is written, copied, drawn from,
 * uploaded from, given a new store, deleted, while the pixels may still be on their way. */
#include "conform.h"

static void scene(int i) {
	glClearColor(0.1f + 0.07f * (float)(i % 9), 0.3f, 0.9f - 0.05f * (float)(i % 7), 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glEnable(GL_SCISSOR_TEST);
	for (int k = 0; k < 5; k++) {
		glScissor(13 * k + 7 * (i % 11), 9 * k + 3 * i % 40, 60, 50);
		glClearColor(0.2f * (float)k, (float)(i % 5) * 0.2f, 0.1f * (float)k, 1);
		glClear(GL_COLOR_BUFFER_BIT);
	}
	glDisable(GL_SCISSOR_TEST);
}
static void seen(const char *name, GLenum target, GLsizeiptr n) {
	const void *p = glMapBufferRange(target, 0, n, GL_MAP_READ_BIT);
	if (p) bytes(name, p, (size_t)n);
	else printf("%s: not mapped\n", name);
	glUnmapBuffer(target);
}
static GLuint pack_buffer(GLsizeiptr n) {
	GLuint b;
	glGenBuffers(1, &b);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, b);
	glBufferData(GL_PIXEL_PACK_BUFFER, n, NULL, GL_STREAM_READ);
	return b;
}
enum { ALL = W * H * 4 };

/* As apps do it that do not want to wait: frame n is read in frame n + 1. */
static void by_turns(int buffers) {
	GLuint b[12];
	char name[32];
	for (int i = 0; i < buffers; i++) b[i] = pack_buffer(ALL);
	for (int i = 0; i < 30; i++) {
		scene(i);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, b[i % buffers]);
		if (i >= buffers) {
			snprintf(name, sizeof name, "%d of %d", i, buffers);
			seen(name, GL_PIXEL_PACK_BUFFER, ALL);
		}
		glReadPixels(0, 0, W, H, i % 3 ? GL_BGRA : GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		conform_swap();
	}
	glDeleteBuffers(buffers, b);
	errors("by turns");
}

static void stores(void) {
	static const struct { GLint align, length, rows, pixels, swap; } how[] = {
		{4, 0, 0, 0, 0}, {1, 0, 0, 0, 0}, {8, 0, 3, 5, 0}, {2, 77, 0, 0, 0}, {4, 333, 2, 9, 0}, {1, 61, 1, 1, 1},
	};
	static const struct { GLenum format, type; } what[] = {
		{GL_RGBA, GL_UNSIGNED_BYTE}, {GL_RGB, GL_UNSIGNED_BYTE}, {GL_RED, GL_UNSIGNED_BYTE}, {GL_RGBA, GL_FLOAT}, {GL_RGB, GL_UNSIGNED_SHORT_5_6_5},
		{GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV},
	};
	for (unsigned i = 0; i < sizeof how / sizeof *how; i++)
		for (unsigned k = 0; k < sizeof what / sizeof *what; k++) {
			GLuint b = pack_buffer(1333 * 4 * 70);
			scene((int)(i * 7 + k));
			glPixelStorei(GL_PACK_ALIGNMENT, how[i].align);
			glPixelStorei(GL_PACK_ROW_LENGTH, how[i].length);
			glPixelStorei(GL_PACK_SKIP_ROWS, how[i].rows);
			glPixelStorei(GL_PACK_SKIP_PIXELS, how[i].pixels);
			glPixelStorei(GL_PACK_SWAP_BYTES, how[i].swap);
			glReadPixels(5, 11, 51, 67, what[k].format, what[k].type, (void *)64);
			glReadPixels(0, 0, 20, 30, what[k].format, what[k].type, (void *)16); /* over a part of it */
			glPixelStorei(GL_PACK_ALIGNMENT, 4);
			glPixelStorei(GL_PACK_ROW_LENGTH, 0);
			glPixelStorei(GL_PACK_SKIP_ROWS, 0);
			glPixelStorei(GL_PACK_SKIP_PIXELS, 0);
			glPixelStorei(GL_PACK_SWAP_BYTES, 0);
			char name[32];
			snprintf(name, sizeof name, "store %u, pixels %u", i, k);
			seen(name, GL_PIXEL_PACK_BUFFER, 1333 * 4 * 70);
			glDeleteBuffers(1, &b);
		}
	errors("pixel stores");
}

static GLuint draws;
static void afterwards(void) {
	uint8_t small[64], *got = calloc(1, ALL);
	for (unsigned i = 0; i < sizeof small; i++) small[i] = (uint8_t)(i * 3 + 1);
	for (int round = 0; round < 2; round++) {
		/* written and read in parts */
		GLuint b = pack_buffer(ALL);
		scene(3 + round);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBufferSubData(GL_PIXEL_PACK_BUFFER, 1000, sizeof small, small);
		glGetBufferSubData(GL_PIXEL_PACK_BUFFER, 900, 300, got);
		bytes("written over", got, 300);
		uint8_t *p = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 500, 4000, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT);
		p[7] = 7;
		glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
		seen("written in a map", GL_PIXEL_PACK_BUFFER, ALL);
		/* copied */
		scene(5 + round);
		glReadPixels(10, 10, 100, 100, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		GLuint other;
		glGenBuffers(1, &other);
		glBindBuffer(GL_COPY_WRITE_BUFFER, other);
		glBufferData(GL_COPY_WRITE_BUFFER, ALL, NULL, GL_STATIC_COPY);
		glCopyBufferSubData(GL_PIXEL_PACK_BUFFER, GL_COPY_WRITE_BUFFER, 0, 0, ALL);
		glGetBufferSubData(GL_COPY_WRITE_BUFFER, 0, ALL, got);
		bytes("copied", got, ALL);
		scene(6 + round);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glCopyBufferSubData(GL_COPY_WRITE_BUFFER, GL_PIXEL_PACK_BUFFER, 0, 20000, 5000);
		seen("copied into", GL_PIXEL_PACK_BUFFER, ALL);
		glDeleteBuffers(1, &b);
		/* cleared */
		b = pack_buffer(ALL);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glClearBufferSubData(GL_PIXEL_PACK_BUFFER, GL_R32UI, 4096, 8192, GL_RED_INTEGER, GL_UNSIGNED_INT, small);
		seen("cleared", GL_PIXEL_PACK_BUFFER, ALL);
		glDeleteBuffers(1, &b);
		/* drawn from: the pixels as places and colours */
		b = pack_buffer(ALL);
		scene(8 + round);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
		glBindBuffer(GL_ARRAY_BUFFER, b);
		glEnableVertexAttribArray(0);
		glEnableVertexAttribArray(1);
		glVertexAttribPointer(0, 2, GL_UNSIGNED_BYTE, GL_TRUE, 44, (void *)0);
		glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, 44, (void *)4000);
		glClear(GL_COLOR_BUFFER_BIT);
		glDrawArrays(GL_TRIANGLES, 0, 900);
		picture("drawn from pixels");
		glBindBuffer(GL_PIXEL_PACK_BUFFER, b); /* and read into again, while it is in the arrays */
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
		glClear(GL_COLOR_BUFFER_BIT);
		glDrawArrays(GL_TRIANGLES, 0, 900);
		picture("drawn from later pixels");
		glDisableVertexAttribArray(0);
		glDisableVertexAttribArray(1);
		glDeleteBuffers(1, &b);
		/* uploaded from */
		b = pack_buffer(ALL);
		scene(10 + round);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
		glBindBuffer(GL_PIXEL_UNPACK_BUFFER, b);
		GLuint t;
		glGenTextures(1, &t);
		glBindTexture(GL_TEXTURE_2D, t);
		glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, W, H, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
		glGetTexImage(GL_TEXTURE_2D, 0, GL_RGBA, GL_UNSIGNED_BYTE, got);
		bytes("uploaded", got, ALL);
		glDeleteTextures(1, &t);
		glDeleteBuffers(1, &b);
		/* written by feedback, in a part */
		b = pack_buffer(ALL);
		scene(14 + round);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
		GLuint pr = glCreateProgram(), v = shader(GL_VERTEX_SHADER, "out vec4 back; void main() { back = vec4(gl_VertexID) * 0.5; gl_Position = vec4(0); }");
		const char *varying[] = {"back"};
		glAttachShader(pr, v);
		glTransformFeedbackVaryings(pr, 1, varying, GL_INTERLEAVED_ATTRIBS);
		glLinkProgram(pr);
		glUseProgram(pr);
		glBindBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, b, 4096, 1024);
		glEnable(GL_RASTERIZER_DISCARD);
		glBeginTransformFeedback(GL_POINTS);
		glDrawArrays(GL_POINTS, 0, 30);
		glEndTransformFeedback();
		glDisable(GL_RASTERIZER_DISCARD);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, b);
		seen("fed back into", GL_PIXEL_PACK_BUFFER, ALL);
		glUseProgram(draws);
		glDeleteProgram(pr);
		glDeleteShader(v);
		glDeleteBuffers(1, &b);
		/* a query's result among pixels */
		GLuint q;
		glGenQueries(1, &q);
		b = pack_buffer(ALL);
		scene(15 + round);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBeginQuery(GL_PRIMITIVES_GENERATED, q);
		glDrawArrays(GL_POINTS, 0, 17);
		glEndQuery(GL_PRIMITIVES_GENERATED);
		glGetQueryBufferObjectuiv(q, b, GL_QUERY_RESULT, 2000);
		seen("with a query's result", GL_PIXEL_PACK_BUFFER, ALL);
		glDeleteQueries(1, &q);
		glDeleteBuffers(1, &b);
		/* a new store, and an end, under way */
		b = pack_buffer(ALL);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glBufferData(GL_PIXEL_PACK_BUFFER, sizeof small, small, GL_STREAM_READ);
		seen("a new store", GL_PIXEL_PACK_BUFFER, sizeof small);
		glBufferData(GL_PIXEL_PACK_BUFFER, ALL, NULL, GL_STREAM_READ);
		for (int i = 0; i < 20; i++) glReadPixels(i, i, W - 20, H - 20, GL_RGBA, GL_UNSIGNED_BYTE, (void *)(intptr_t)(4 * i));
		seen("many", GL_PIXEL_PACK_BUFFER, (W - 20) * (H - 20) * 4);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		glDeleteBuffers(1, &b);
		glDeleteBuffers(1, &other);
	}
	free(got);
	errors("afterwards");
}

static void named(void) {
	GLuint b[2];
	glCreateBuffers(2, b);
	glNamedBufferStorage(b[0], ALL, NULL, GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT);
	glNamedBufferData(b[1], ALL, NULL, GL_STREAM_READ);
	const void *p = glMapNamedBufferRange(b[0], 0, ALL, GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT);
	for (int i = 0; i < 6; i++) {
		scene(20 + i);
		glBindBuffer(GL_PIXEL_PACK_BUFFER, b[i % 2]);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
		if (i % 2) {
			seen("named", GL_PIXEL_PACK_BUFFER, ALL);
		} else {
			glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
			GLsync s = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
			while (glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 1000000000) == GL_TIMEOUT_EXPIRED) {}
			glDeleteSync(s);
			bytes("persistent", p, ALL);
		}
	}
	glCopyNamedBufferSubData(b[0], b[1], 0, 100, ALL - 100);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, b[1]);
	seen("copied from a persistent map", GL_PIXEL_PACK_BUFFER, ALL);
	glBindBuffer(GL_PIXEL_PACK_BUFFER, b[0]);
	scene(31);
	glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	glUnmapNamedBuffer(b[0]);
	seen("unmapped", GL_PIXEL_PACK_BUFFER, ALL);
	glDeleteBuffers(2, b);
	/* Wrong. */
	GLuint w = pack_buffer(1000);
	glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	errors("too small");
	glReadPixels(0, 0, 10, 10, GL_RGBA, GL_UNSIGNED_BYTE, (void *)601);
	errors("just too small");
	glReadPixels(0, 0, 10, 10, GL_RGBA, GL_UNSIGNED_BYTE, (void *)600);
	errors("just enough");
	glReadPixels(0, 0, -1, 10, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	errors("a negative width");
	glReadPixels(0, 0, 0, 10, GL_RGBA, GL_UNSIGNED_BYTE, (void *)5000);
	errors("nothing");
	glMapBuffer(GL_PIXEL_PACK_BUFFER, GL_READ_ONLY);
	glReadPixels(0, 0, 10, 10, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
	errors("into what is mapped");
	glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
	seen("what came of it", GL_PIXEL_PACK_BUFFER, 1000);
	glDeleteBuffers(1, &w);
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	GLuint pr = program("in vec2 at; in vec4 colour; out vec4 c; void main() { c = colour; gl_Position = vec4(at * 2.0 - 1.0, 0, 1); }",
	                    "in vec4 c; out vec4 o; void main() { o = c; }");
	glBindAttribLocation(pr, 0, "at");
	glBindAttribLocation(pr, 1, "colour");
	glLinkProgram(pr);
	glUseProgram(draws = pr);
	for (int i = 1; i < 12; i += 5) by_turns(i);
	stores();
	afterwards();
	named();
	conform_close();
	return 0;
}
