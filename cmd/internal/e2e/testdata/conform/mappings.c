/* Maps of buffers: every access bit and what is wrong, small and large ones, explicit flushes, persistent maps that are written between the
 * draws of a frame, from another thread, in another context, and into which GL writes. */
#include "conform.h"
#include <pthread.h>

enum { KIB = 1024, MIB = 1024 * 1024 };

static uint64_t contents(GLenum target, GLintptr from, GLsizeiptr n) {
	uint8_t *p = calloc(1, (size_t)n);
	glGetBufferSubData(target, from, n, p);
	uint64_t h = hash(p, (size_t)n);
	free(p);
	return h;
}
static void told(const char *name, GLenum target, GLsizeiptr n) { printf("%s: contents %016llx\n", name, (unsigned long long)contents(target, 0, n)); }
static void fill(uint8_t *p, size_t n, unsigned seed) {
	for (size_t i = 0; i < n; i++) p[i] = (uint8_t)((i * 2654435761u + seed * 40503u) >> 11);
}
static GLuint buffer(GLenum target, GLsizeiptr n, unsigned seed) {
	GLuint b;
	uint8_t *p = malloc((size_t)n);
	fill(p, (size_t)n, seed);
	glGenBuffers(1, &b);
	glBindBuffer(target, b);
	glBufferData(target, n, p, GL_DYNAMIC_DRAW);
	free(p);
	return b;
}
static void params(const char *name, GLenum target) {
	static const GLenum words[] = {GL_BUFFER_SIZE, GL_BUFFER_USAGE, GL_BUFFER_MAPPED, GL_BUFFER_ACCESS, GL_BUFFER_ACCESS_FLAGS, GL_BUFFER_MAP_OFFSET,
	                               GL_BUFFER_MAP_LENGTH, GL_BUFFER_IMMUTABLE_STORAGE, GL_BUFFER_STORAGE_FLAGS};
	printf("%s:", name);
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
		GLint v = -1;
		GLint64 w = -1;
		glGetBufferParameteriv(target, words[i], &v);
		glGetBufferParameteri64v(target, words[i], &w);
		printf(" %d/%lld", v, (long long)w);
	}
	void *p = NULL;
	glGetBufferPointerv(target, GL_BUFFER_MAP_POINTER, &p);
	printf(" %s\n", p ? "mapped" : "no pointer");
}

/* Maps that end, of one size. */
static void ends(GLenum target, GLsizeiptr n) {
	char name[64];
	GLuint b = buffer(target, n, (unsigned)n);
	GLint64 align = 0;
	glGetInteger64v(GL_MIN_MAP_BUFFER_ALIGNMENT, &align);
	snprintf(name, sizeof name, "%ld bytes", (long)n);
	params(name, target);
	uint8_t *p = glMapBufferRange(target, 100, n - 200, GL_MAP_READ_BIT);
	printf("%s: read %016llx, aligned %d\n", name, (unsigned long long)hash(p, (size_t)n - 200), ((uintptr_t)p - 100) % 64 == 0);
	params("mapped to read", target);
	glBufferSubData(target, 0, 4, "abcd");
	errors("writing beside what is mapped");
	glBufferSubData(target, n / 2, 4, "abcd");
	errors("writing what is mapped");
	printf("unmapped: %d\n", glUnmapBuffer(target));
	p = glMapBufferRange(target, 0, n, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT);
	p[0] ^= 0xff;
	p[n / 2] ^= 0x55;
	p[n - 1] = (uint8_t)(p[1] + p[2]);
	printf("unmapped: %d\n", glUnmapBuffer(target));
	told("read and written", target, n);
	p = glMapBufferRange(target, n / 3, n / 3, GL_MAP_WRITE_BIT);
	for (GLsizeiptr i = 0; i < n / 3; i += 997) p[i] = (uint8_t)i;
	params("mapped to write", target);
	glUnmapBuffer(target);
	told("written", target, n);
	p = glMapBufferRange(target, 64, 512, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT);
	fill(p, 512, 3);
	glUnmapBuffer(target);
	told("a range invalidated", target, n);
	p = glMapBufferRange(target, 0, n, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_BUFFER_BIT | GL_MAP_UNSYNCHRONIZED_BIT);
	fill(p, (size_t)n, 4);
	glUnmapBuffer(target);
	told("all invalidated", target, n);
	p = glMapBufferRange(target, 32, n - 64, GL_MAP_WRITE_BIT | GL_MAP_UNSYNCHRONIZED_BIT | GL_MAP_FLUSH_EXPLICIT_BIT);
	memset(p + 10, 1, 20);
	glFlushMappedBufferRange(target, 10, 20);
	memset(p + 300, 2, 100);
	memset(p + n / 2, 3, 100);
	glFlushMappedBufferRange(target, 300, 100);
	glFlushMappedBufferRange(target, n / 2, 100);
	glFlushMappedBufferRange(target, n, 1);
	errors("flushed behind the end");
	glFlushMappedBufferRange(target, -1, 1);
	errors("flushed before the start");
	glUnmapBuffer(target);
	told("flushed", target, n);
	p = glMapBuffer(target, GL_READ_WRITE);
	p[5] = 5;
	params("glMapBuffer", target);
	glUnmapBuffer(target);
	p = glMapBuffer(target, GL_WRITE_ONLY);
	p[6] = 6;
	glUnmapBuffer(target);
	p = glMapBuffer(target, GL_READ_ONLY);
	printf("%s: read again %016llx\n", name, (unsigned long long)hash(p, (size_t)n));
	glUnmapBuffer(target);
	/* GL writes between two maps. */
	GLuint other = buffer(GL_COPY_READ_BUFFER, 4096, 9);
	glCopyBufferSubData(GL_COPY_READ_BUFFER, target, 5, 1000, 900);
	const uint32_t word = 0x01020304;
	glClearBufferSubData(target, GL_R32UI, 2000, 400, GL_RED_INTEGER, GL_UNSIGNED_INT, &word);
	p = glMapBufferRange(target, 900, 2000, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT);
	printf("%s: copied and cleared %016llx\n", name, (unsigned long long)hash(p, 2000));
	p[0] = 77;
	glUnmapBuffer(target);
	told("after that", target, n);
	glBufferData(target, n, NULL, GL_STREAM_DRAW);
	p = glMapBufferRange(target, 0, n, GL_MAP_WRITE_BIT);
	fill(p, (size_t)n, 8);
	glUnmapBuffer(target);
	told("a new store", target, n);
	p = glMapBufferRange(target, 0, n, GL_MAP_WRITE_BIT);
	p[n - 2] = 1;
	glBufferData(target, 256, NULL, GL_STREAM_DRAW);
	params("a new store ends a map", target);
	glMapBufferRange(target, 0, 256, GL_MAP_WRITE_BIT);
	glDeleteBuffers(1, &b);
	glDeleteBuffers(1, &other);
	errors(name);
}

static void wrong(void) {
	static const struct { GLintptr at; GLsizeiptr n; GLbitfield access; } tries[] = {
		{-1, 10, GL_MAP_READ_BIT}, {0, -1, GL_MAP_READ_BIT}, {0, 0, GL_MAP_READ_BIT}, {0, 10, 0}, {0, 10, GL_MAP_INVALIDATE_RANGE_BIT}, {0, 10, 0x8000 | GL_MAP_READ_BIT},
		{0, 10, GL_MAP_READ_BIT | GL_MAP_INVALIDATE_RANGE_BIT}, {0, 10, GL_MAP_READ_BIT | GL_MAP_INVALIDATE_BUFFER_BIT}, {0, 10, GL_MAP_READ_BIT | GL_MAP_UNSYNCHRONIZED_BIT},
		{0, 10, GL_MAP_READ_BIT | GL_MAP_FLUSH_EXPLICIT_BIT}, {1000, 100, GL_MAP_READ_BIT}, {0, 2000, GL_MAP_WRITE_BIT}, {0, 10, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT},
		{0, 10, GL_MAP_WRITE_BIT | GL_MAP_COHERENT_BIT}, {0, 10, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT},
	};
	GLuint b = buffer(GL_ARRAY_BUFFER, 1024, 1);
	for (unsigned i = 0; i < sizeof tries / sizeof *tries; i++) {
		void *p = glMapBufferRange(GL_ARRAY_BUFFER, tries[i].at, tries[i].n, tries[i].access);
		printf("wrong map %u: %s,", i, p ? "given" : "none");
		errors("");
	}
	printf("unmap what is not mapped: %d\n", glUnmapBuffer(GL_ARRAY_BUFFER));
	errors("unmap");
	glFlushMappedBufferRange(GL_ARRAY_BUFFER, 0, 1);
	errors("flush what is not mapped");
	glMapBuffer(GL_ARRAY_BUFFER, 0x1234);
	errors("an access that is none");
	glMapBufferRange(GL_ARRAY_BUFFER, 0, 10, GL_MAP_WRITE_BIT);
	glFlushMappedBufferRange(GL_ARRAY_BUFFER, 0, 1);
	errors("flush without the bit");
	printf("mapped twice: %d\n", glMapBufferRange(GL_ARRAY_BUFFER, 20, 10, GL_MAP_WRITE_BIT) != NULL);
	errors("mapped twice");
	uint8_t x[4];
	glGetBufferSubData(GL_ARRAY_BUFFER, 0, 4, x);
	errors("read what is mapped");
	glCopyBufferSubData(GL_ARRAY_BUFFER, GL_ARRAY_BUFFER, 0, 512, 4);
	errors("copy what is mapped");
	glClearBufferData(GL_ARRAY_BUFFER, GL_R8, GL_RED, GL_UNSIGNED_BYTE, NULL);
	errors("clear what is mapped");
	glInvalidateBufferData(b);
	errors("invalidate what is mapped");
	glUnmapBuffer(GL_ARRAY_BUFFER);
	void *p = NULL;
	glGetBufferPointerv(GL_ARRAY_BUFFER, GL_BUFFER_SIZE, &p);
	errors("a pointer that is none");
	glBindBuffer(GL_ARRAY_BUFFER, 0);
	glMapBufferRange(GL_ARRAY_BUFFER, 0, 10, GL_MAP_READ_BIT);
	errors("nothing bound");
	glMapBufferRange(0x1234, 0, 10, GL_MAP_READ_BIT);
	errors("no target");
	glUnmapBuffer(GL_ARRAY_BUFFER);
	errors("unmap nothing");
	glDeleteBuffers(1, &b);
	/* Stores that do not change. */
	static const GLbitfield flags[] = {0, GL_MAP_READ_BIT, GL_MAP_WRITE_BIT | GL_DYNAMIC_STORAGE_BIT, GL_MAP_PERSISTENT_BIT, GL_MAP_WRITE_BIT | GL_MAP_COHERENT_BIT,
	                                   GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT, GL_CLIENT_STORAGE_BIT | GL_MAP_READ_BIT | GL_MAP_WRITE_BIT, 0x10000};
	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
		uint8_t data[512];
		fill(data, sizeof data, i);
		glGenBuffers(1, &b);
		glBindBuffer(GL_ARRAY_BUFFER, b);
		glBufferStorage(GL_ARRAY_BUFFER, sizeof data, data, flags[i]);
		errors("a store");
		params("a store", GL_ARRAY_BUFFER);
		glBufferSubData(GL_ARRAY_BUFFER, 4, 4, "abcd");
		errors("written");
		glBufferData(GL_ARRAY_BUFFER, 100, NULL, GL_STATIC_DRAW);
		errors("a store again");
		glBufferStorage(GL_ARRAY_BUFFER, 100, NULL, 0);
		errors("a store again");
		static const GLbitfield access[] = {GL_MAP_READ_BIT, GL_MAP_WRITE_BIT, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT,
		                                    GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT};
		for (unsigned k = 0; k < sizeof access / sizeof *access; k++) {
			uint8_t *m = glMapBufferRange(GL_ARRAY_BUFFER, 0, 512, access[k]);
			printf("store %u, map %u: %d\n", i, k, m != NULL);
			if (m && access[k] & GL_MAP_WRITE_BIT) m[k] = (uint8_t)(200 + k);
			if (m) glUnmapBuffer(GL_ARRAY_BUFFER);
			errors("a map of it");
		}
		GLint size = 0;
		glGetBufferParameteriv(GL_ARRAY_BUFFER, GL_BUFFER_SIZE, &size);
		if (size) told("a store", GL_ARRAY_BUFFER, size);
		glDeleteBuffers(1, &b);
	}
	glGenBuffers(1, &b);
	glBindBuffer(GL_ARRAY_BUFFER, b);
	glBufferStorage(GL_ARRAY_BUFFER, 0, NULL, 0);
	errors("a store of nothing");
	glBufferStorage(GL_ARRAY_BUFFER, -4, NULL, 0);
	errors("less than nothing");
	glDeleteBuffers(1, &b);
}

/* ---- persistent maps ---- */

typedef struct vertex { float x, y; uint8_t rgba[4]; } vertex;
enum { VERTICES = 6, QUADS = 64, STRIDE = VERTICES * sizeof(vertex) };
static void quad(vertex *v, float x, float y, float size, unsigned seed) {
	static const float at[6][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 0}, {1, 1}, {0, 1}};
	for (int i = 0; i < 6; i++)
		v[i] = (vertex){x + at[i][0] * size, y + at[i][1] * size, {(uint8_t)(seed * 37), (uint8_t)(seed * 91 + 40), (uint8_t)(255 - seed * 13), 255}};
}
static const char *const vertex_text = "in vec2 at; in vec4 colour; out vec4 c; void main() { c = colour; gl_Position = vec4(at, 0, 1); }";
static const char *const fragment_text = "in vec4 c; out vec4 o; void main() { o = c; }";
static GLuint draws_program;
static void arrays(void) {
	glEnableVertexAttribArray(0);
	glEnableVertexAttribArray(1);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, sizeof(vertex), (void *)0);
	glVertexAttribPointer(1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof(vertex), (void *)8);
}
static GLuint stored(GLenum target, GLsizeiptr n, GLbitfield flags) {
	GLuint b;
	glGenBuffers(1, &b);
	glBindBuffer(target, b);
	glBufferStorage(target, n, NULL, flags);
	return b;
}
static void wait_fence(void) {
	GLsync s = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	GLenum r;
	do r = glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 1000000000);
	while (r == GL_TIMEOUT_EXPIRED);
	glDeleteSync(s);
}

static void persistent_draws(GLbitfield how, const char *name) {
	const GLbitfield store = GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | (how & GL_MAP_COHERENT_BIT);
	GLuint b = stored(GL_ARRAY_BUFFER, QUADS * STRIDE, store);
	uint8_t *p = glMapBufferRange(GL_ARRAY_BUFFER, 0, QUADS * STRIDE, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | how);
	params(name, GL_ARRAY_BUFFER);
	arrays();
	for (int frame_no = 0; frame_no < 3; frame_no++) {
		glClear(GL_COLOR_BUFFER_BIT);
		for (int i = 0; i < QUADS; i++) { /* each draw reads what was written just before it */
			quad((vertex *)(void *)(p + i * STRIDE), -1 + (float)(i % 8) * 0.25f, -1 + (float)(i / 8) * 0.25f, 0.2f + (float)frame_no * 0.02f, (unsigned)(i + frame_no * 7));
			if (how & GL_MAP_FLUSH_EXPLICIT_BIT) glFlushMappedBufferRange(GL_ARRAY_BUFFER, i * STRIDE, STRIDE);
			else if (!(how & GL_MAP_COHERENT_BIT)) glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
			glDrawArrays(GL_TRIANGLES, i * VERTICES, VERTICES);
		}
		picture(name);
		for (int k = 0; k < 3; k++) { /* the same place again, after all that read it is done */
			wait_fence();
			quad((vertex *)(void *)p, -0.9f + (float)k * 0.5f, -0.3f, 0.6f, (unsigned)(k + 100));
			if (how & GL_MAP_FLUSH_EXPLICIT_BIT) glFlushMappedBufferRange(GL_ARRAY_BUFFER, 0, STRIDE);
			else if (!(how & GL_MAP_COHERENT_BIT)) glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
			glDrawArrays(GL_TRIANGLES, 0, VERTICES);
		}
		picture(name);
		conform_swap();
	}
	/* Written, drawn and unmapped at once. */
	wait_fence();
	glClear(GL_COLOR_BUFFER_BIT);
	quad((vertex *)(void *)p, -0.5f, -0.5f, 1.2f, 77);
	if (how & GL_MAP_FLUSH_EXPLICIT_BIT) glFlushMappedBufferRange(GL_ARRAY_BUFFER, 0, STRIDE);
	else if (!(how & GL_MAP_COHERENT_BIT)) glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
	glDrawArrays(GL_TRIANGLES, 0, VERTICES);
	printf("unmapped: %d\n", glUnmapBuffer(GL_ARRAY_BUFFER));
	picture("unmapped");
	told("unmapped", GL_ARRAY_BUFFER, QUADS * STRIDE);
	/* And deleted while it is mapped. */
	p = glMapBufferRange(GL_ARRAY_BUFFER, STRIDE, STRIDE, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | how);
	quad((vertex *)(void *)p, -0.2f, -0.7f, 0.9f, 5);
	if (how & GL_MAP_FLUSH_EXPLICIT_BIT) glFlushMappedBufferRange(GL_ARRAY_BUFFER, 0, STRIDE);
	else if (!(how & GL_MAP_COHERENT_BIT)) glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
	glDrawArrays(GL_TRIANGLES, VERTICES, VERTICES);
	glDeleteBuffers(1, &b);
	picture("deleted");
	errors(name);
}

/* A large one of which a little changes here and there. */
static void scattered(void) {
	const GLsizeiptr n = 4 * MIB;
	GLuint b = stored(GL_COPY_WRITE_BUFFER, n, GL_MAP_WRITE_BIT | GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT | GL_DYNAMIC_STORAGE_BIT);
	uint8_t *p = glMapBufferRange(GL_COPY_WRITE_BUFFER, 0, n, GL_MAP_WRITE_BIT | GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	memset(p, 0, (size_t)n);
	unsigned r = 1;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 40; i++) {
			r = r * 1664525u + 1013904223u;
			fill(p + r % (unsigned)(n - 6000), 1 + r % 5000, r);
		}
		told("scattered", GL_COPY_WRITE_BUFFER, n);
		/* GL and the app write by turns; what GL wrote is there after a fence. */
		const uint32_t word = r;
		glClearBufferSubData(GL_COPY_WRITE_BUFFER, GL_R32UI, round * 8192, 4096, GL_RED_INTEGER, GL_UNSIGNED_INT, &word);
		glBufferSubData(GL_COPY_WRITE_BUFFER, 100000 + round, 50, p + 200000);
		glCopyBufferSubData(GL_COPY_WRITE_BUFFER, GL_COPY_WRITE_BUFFER, 0, n - 9000, 9000);
		wait_fence();
		printf("scattered: the app sees %016llx\n", (unsigned long long)hash(p, (size_t)n));
	}
	printf("unmapped: %d\n", glUnmapBuffer(GL_COPY_WRITE_BUFFER));
	told("scattered at the end", GL_COPY_WRITE_BUFFER, n);
	uint8_t *again = glMapBufferRange(GL_COPY_WRITE_BUFFER, 1000, 50000, GL_MAP_READ_BIT);
	printf("mapped again: %016llx\n", (unsigned long long)hash(again, 50000));
	glUnmapBuffer(GL_COPY_WRITE_BUFFER);
	glDeleteBuffers(1, &b);
	errors("scattered");
}

/* Pixels and feedback into persistent maps. */
static void written_by_gl(void) {
	GLuint pack = stored(GL_PIXEL_PACK_BUFFER, W * H * 4, GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	const uint8_t *p = glMapBufferRange(GL_PIXEL_PACK_BUFFER, 0, W * H * 4, GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	for (int i = 0; i < 3; i++) {
		glClearColor(0.1f * (float)i, 0.5f, 0.2f, 1);
		glClear(GL_COLOR_BUFFER_BIT);
		glEnable(GL_SCISSOR_TEST);
		glScissor(20 * i, 30, 70, 80);
		glClearColor(0.9f, 0.1f * (float)i, 0, 1);
		glClear(GL_COLOR_BUFFER_BIT);
		glDisable(GL_SCISSOR_TEST);
		glReadPixels(0, 0, W, H, GL_RGBA, GL_UNSIGNED_BYTE, (void *)0);
		if (i == 1) glFinish();
		else wait_fence();
		bytes("pixels in a persistent map", p, W * H * 4);
	}
	glUnmapBuffer(GL_PIXEL_PACK_BUFFER);
	glDeleteBuffers(1, &pack);
	/* Feedback */
	GLuint pr = glCreateProgram(), v = shader(GL_VERTEX_SHADER, "in vec2 at; out vec4 back; void main() { back = vec4(at * 2.0, at.yx); gl_Position = vec4(at, 0, 1); }");
	const char *names[] = {"back"};
	glAttachShader(pr, v);
	glBindAttribLocation(pr, 0, "at");
	glTransformFeedbackVaryings(pr, 1, names, GL_INTERLEAVED_ATTRIBS);
	glLinkProgram(pr);
	glUseProgram(pr);
	GLuint in = stored(GL_ARRAY_BUFFER, QUADS * STRIDE, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT);
	uint8_t *from = glMapBufferRange(GL_ARRAY_BUFFER, 0, QUADS * STRIDE, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT);
	arrays();
	GLuint out = stored(GL_TRANSFORM_FEEDBACK_BUFFER, 4096, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	uint8_t *to = glMapBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, 4096, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	memset(to, 0, 4096);
	glBindBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, out, 256, 2048);
	glEnable(GL_RASTERIZER_DISCARD);
	for (int i = 0; i < 3; i++) {
		quad((vertex *)(void *)from, (float)i, 1, 2, 3);
		to[i] = (uint8_t)(i + 1);
		to[4000 + i] = (uint8_t)(i + 7);
		glMemoryBarrier(GL_CLIENT_MAPPED_BUFFER_BARRIER_BIT);
		glBeginTransformFeedback(GL_TRIANGLES);
		glDrawArrays(GL_TRIANGLES, 0, VERTICES);
		glEndTransformFeedback();
		wait_fence();
		bytes("feedback in a persistent map", to, 4096);
		to[300] = (uint8_t)(i * 3); /* over what GL wrote */
		told("and written over", GL_TRANSFORM_FEEDBACK_BUFFER, 4096);
	}
	glDisable(GL_RASTERIZER_DISCARD);
	glDeleteBuffers(1, &in);
	glDeleteBuffers(1, &out);
	glDeleteProgram(pr);
	glUseProgram(draws_program);
	errors("written by GL");
}

/* ---- a thread that only writes, and one with a context of its own ---- */

static struct { pthread_mutex_t mu; pthread_cond_t cond; int turn; uint8_t *p; GLXContext ctx; GLXPbuffer pb; } shared = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, NULL, NULL, 0};
static void await(int turn) {
	pthread_mutex_lock(&shared.mu);
	while (shared.turn < turn) pthread_cond_wait(&shared.cond, &shared.mu);
	pthread_mutex_unlock(&shared.mu);
}
static void pass(int turn) {
	pthread_mutex_lock(&shared.mu);
	shared.turn = turn;
	pthread_cond_broadcast(&shared.cond);
	pthread_mutex_unlock(&shared.mu);
}
static void *writer(void *arg) {
	(void)arg;
	for (int i = 0; i < 8; i++) {
		await(2 * i + 1);
		quad((vertex *)(void *)(shared.p + i * STRIDE), -0.9f + 0.2f * (float)i, -0.8f + 0.15f * (float)i, 0.3f, (unsigned)i + 3);
		pass(2 * i + 2);
	}
	return NULL;
}
/* Draws to the window's buffer by turns with nothing else: only makes commands of its own group, so that the two commit at once. */
static void *other_context(void *arg) {
	GLuint b = *(GLuint *)arg;
	glXMakeContextCurrent(dpy, shared.pb, shared.pb, shared.ctx);
	uint64_t h[8];
	for (int i = 0; i < 8; i++) {
		await(2 * i + 1);
		uint8_t got[STRIDE];
		glBindBuffer(GL_ARRAY_BUFFER, b);
		glGetBufferSubData(GL_ARRAY_BUFFER, i * STRIDE, STRIDE, got);
		h[i] = hash(got, sizeof got);
		pass(2 * i + 2);
	}
	for (int i = 0; i < 8; i++) printf("seen by the other context: %016llx\n", (unsigned long long)h[i]);
	glXMakeContextCurrent(dpy, None, None, NULL);
	return NULL;
}
static void threads(void) {
	GLuint b = stored(GL_ARRAY_BUFFER, QUADS * STRIDE, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	shared.p = glMapBufferRange(GL_ARRAY_BUFFER, 0, QUADS * STRIDE, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_COHERENT_BIT);
	arrays();
	glClearColor(0, 0, 0, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	pthread_t t;
	pthread_create(&t, NULL, writer, NULL);
	for (int i = 0; i < 8; i++) {
		pass(2 * i + 1);
		await(2 * i + 2);
		glDrawArrays(GL_TRIANGLES, i * VERTICES, VERTICES);
	}
	pthread_join(t, NULL);
	picture("written by a thread");
	const int attr[] = {GLX_PBUFFER_WIDTH, 16, GLX_PBUFFER_HEIGHT, 16, None};
	shared.ctx = conform_context(33, CONFORM_COMPAT, ctx);
	shared.pb = glXCreatePbuffer(dpy, config, attr);
	shared.turn = 0;
	pthread_create(&t, NULL, other_context, &b);
	for (int i = 0; i < 8; i++) {
		quad((vertex *)(void *)(shared.p + i * STRIDE), 0.1f * (float)i, -0.8f, 0.3f, (unsigned)i + 30);
		pass(2 * i + 1);
		await(2 * i + 2);
		glDrawArrays(GL_TRIANGLES, i * VERTICES, VERTICES);
	}
	pthread_join(t, NULL);
	picture("seen by two contexts");
	glXDestroyContext(dpy, shared.ctx);
	glXDestroyPbuffer(dpy, shared.pb);
	glDeleteBuffers(1, &b);
	errors("threads");
}

/* Named maps. */
static void named(void) {
	GLuint b[2];
	glCreateBuffers(2, b);
	glNamedBufferStorage(b[0], 4096, NULL, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT | GL_DYNAMIC_STORAGE_BIT);
	glNamedBufferData(b[1], 3000, NULL, GL_STREAM_READ);
	uint8_t *p = glMapNamedBufferRange(b[0], 128, 1024, GL_MAP_WRITE_BIT | GL_MAP_READ_BIT | GL_MAP_PERSISTENT_BIT | GL_MAP_FLUSH_EXPLICIT_BIT);
	uint8_t *q = glMapNamedBuffer(b[1], GL_WRITE_ONLY);
	fill(p, 1024, 1);
	fill(q, 3000, 2);
	glFlushMappedNamedBufferRange(b[0], 0, 1024);
	glFlushMappedNamedBufferRange(b[1], 0, 100);
	errors("flush without the bit");
	printf("unmapped: %d\n", glUnmapNamedBuffer(b[1]));
	void *pointers[2] = {0};
	for (int i = 0; i < 2; i++) {
		GLint v = -1;
		GLint64 w = -1;
		glGetNamedBufferPointerv(b[i], GL_BUFFER_MAP_POINTER, &pointers[i]);
		glGetNamedBufferParameteriv(b[i], GL_BUFFER_MAPPED, &v);
		glGetNamedBufferParameteri64v(b[i], GL_BUFFER_MAP_LENGTH, &w);
		printf("named %d: %d, %d, %lld\n", i, pointers[i] != NULL, v, (long long)w);
	}
	uint8_t got[3000] = {0};
	glGetNamedBufferSubData(b[0], 128, 1024, got);
	bytes("the first", got, 1024);
	glGetNamedBufferSubData(b[1], 0, 3000, got);
	bytes("the second", got, 3000);
	glCopyNamedBufferSubData(b[1], b[0], 7, 200, 800);
	wait_fence();
	bytes("copied into a map", p, 1024);
	printf("unmapped: %d, again %d\n", glUnmapNamedBuffer(b[0]), glUnmapNamedBuffer(b[0]));
	errors("unmapped twice");
	glMapNamedBuffer(0x7777777, GL_READ_ONLY);
	errors("a name that is none");
	glMapNamedBufferRange(b[0], 0, 5000, GL_MAP_READ_BIT);
	errors("more than there is");
	glUnmapNamedBuffer(0);
	errors("no name");
	glDeleteBuffers(2, b);
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	ends(GL_ARRAY_BUFFER, 4096);
	ends(GL_UNIFORM_BUFFER, 60000);
	ends(GL_COPY_WRITE_BUFFER, 1 * MIB + 12);
	wrong();
	draws_program = program(vertex_text, fragment_text);
	glBindAttribLocation(draws_program, 0, "at");
	glBindAttribLocation(draws_program, 1, "colour");
	glLinkProgram(draws_program);
	glUseProgram(draws_program);
	persistent_draws(GL_MAP_COHERENT_BIT, "coherent");
	persistent_draws(0, "with barriers");
	persistent_draws(GL_MAP_FLUSH_EXPLICIT_BIT, "flushed");
	scattered();
	written_by_gl();
	threads();
	named();
	/* One stays mapped, and a context ends with it. */
	stored(GL_ARRAY_BUFFER, 300000, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT);
	memset(glMapBufferRange(GL_ARRAY_BUFFER, 0, 300000, GL_MAP_WRITE_BIT | GL_MAP_PERSISTENT_BIT), 5, 1000);
	glClear(GL_COLOR_BUFFER_BIT);
	conform_close();
	return 0;
}
