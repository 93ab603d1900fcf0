/* Buffer objects: filled, mapped, copied, asked. */
#include "glrandom.h"
#include <string.h>

static buffer list[10];

static const GLenum targets[] = {GL_ARRAY_BUFFER, GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, GL_UNIFORM_BUFFER, GL_TEXTURE_BUFFER};

buffer *any_buffer(void) { return &list[pick(COUNT(list))]; }

GLuint filled_buffer(GLenum target, const void *data, int size) {
	GLuint b;
	glGenBuffers(1, &b);
	glBindBuffer(target, b);
	glBufferData(target, size, data, ONE_OF(GL_STATIC_DRAW, GL_STREAM_READ, GL_DYNAMIC_COPY));
	return b;
}

void setup_buffers(void) {
	for (int i = 0; i < COUNT(list); i++) {
		list[i].size = between(100, i == 9 ? 300000 : 3000);
		list[i].name = filled_buffer(GL_ARRAY_BUFFER, scratch, list[i].size);
	}
	glBindBuffer(GL_ARRAY_BUFFER, 0);
}

static void fill(void) {
	buffer *b = any_buffer();
	GLenum t = targets[pick(COUNT(targets))];
	glBindBuffer(t, b->name);
	if (chance(30)) {
		b->size = between(1, chance(20) ? 100000 : 3000);
		glBufferData(t, b->size, scratch + pick(500), ONE_OF(GL_STATIC_DRAW, GL_STREAM_DRAW, GL_DYNAMIC_READ));
		if (chance(4)) glBufferData(t, -1, scratch, GL_STATIC_DRAW);
	} else {
		int at = pick(b->size), n = between(0, b->size - at);
		if (chance(5)) n = b->size + 1; /* an error */
		glBufferSubData(t, at, n, scratch + pick(500));
	}
}
void get_buffer(GLenum target, GLintptr at, GLsizeiptr n, void *to) {
	if (!es) {
		glGetBufferSubData(target, at, n, to);
		return;
	}
	const void *p = glMapBufferRange(target, at, n, GL_MAP_READ_BIT);
	if (p) memcpy(to, p, (size_t)n), glUnmapBuffer(target);
}
static void read_back(void) {
	buffer *b = any_buffer();
	GLenum t = targets[pick(COUNT(targets))];
	int at = pick(b->size), n = between(0, b->size - at);
	memset(answer, 7, (size_t)b->size + 2);
	glBindBuffer(t, b->name);
	get_buffer(t, at, chance(4) ? b->size + 1 : n, answer);
	note_bytes("buffer", answer, (size_t)b->size);
	GLint v[3] = {-1, -1, -1};
	glGetBufferParameteriv(t, GL_BUFFER_SIZE, v);
	glGetBufferParameteriv(t, GL_BUFFER_USAGE, v + 1);
	glGetBufferParameteriv(t, ONE_OF(GL_BUFFER_MAPPED, GL_BUFFER_ACCESS_FLAGS, GL_BUFFER_MAP_LENGTH, 0x99), v + 2);
	note("buffer of %d, usage %#x, %d", v[0], v[1], v[2]);
}
static void map(void) {
	buffer *b = any_buffer();
	GLenum t = targets[pick(COUNT(targets))];
	glBindBuffer(t, b->name);
	int at = pick(b->size), n = between(1, b->size - at), whole = chance(30), reads = 0;
	uint8_t *p;
	if (chance(4)) n = b->size - at + 1;
	if (whole) {
		GLenum access = ONE_OF(GL_READ_ONLY, GL_WRITE_ONLY, GL_READ_WRITE);
		p = glMapBuffer(t, access);
		at = 0, n = b->size, reads = access != GL_WRITE_ONLY;
		if (p && access == GL_READ_ONLY) n = -n;
	} else {
		GLbitfield access = (GLbitfield)ONE_OF(GL_MAP_READ_BIT, GL_MAP_WRITE_BIT, GL_MAP_READ_BIT | GL_MAP_WRITE_BIT, GL_MAP_WRITE_BIT | GL_MAP_UNSYNCHRONIZED_BIT,
			GL_MAP_WRITE_BIT | GL_MAP_FLUSH_EXPLICIT_BIT, GL_MAP_WRITE_BIT | GL_MAP_INVALIDATE_RANGE_BIT, GL_MAP_READ_BIT | GL_MAP_INVALIDATE_RANGE_BIT, 0);
		p = glMapBufferRange(t, at, n, access);
		reads = access & GL_MAP_READ_BIT;
		if (p && !(access & GL_MAP_WRITE_BIT)) n = -n;
		if (p && access & GL_MAP_FLUSH_EXPLICIT_BIT) {
			int k = pick(n), len = between(0, n - k);
			memcpy(p + k, scratch + pick(1000), (size_t)len);
			glFlushMappedBufferRange(t, k, len);
			if (chance(5)) glFlushMappedBufferRange(t, n, 1);
			note("unmap after flush: %d", glUnmapBuffer(t));
			return;
		}
		if (p && access & GL_MAP_INVALIDATE_RANGE_BIT) memcpy(p, scratch, (size_t)n);
	}
	note("mapped: %d", p != NULL);
	if (p && reads) note_bytes("map", p, (size_t)(n < 0 ? -n : n));
	if (p && n > 0)
		for (int k = between(1, 4); k > 0; k--) {
			int o = pick(n);
			memcpy(p + o, scratch + pick(1000), (size_t)between(0, n - o));
		}
	if (p && chance(20)) {
		GLint v = -1;
		void *q = NULL;
		glGetBufferParameteriv(t, GL_BUFFER_ACCESS_FLAGS, &v);
		glGetBufferPointerv(t, GL_BUFFER_MAP_POINTER, &q);
		note("access flags %#x, pointer %d", v, q == p);
		if (chance(30)) note("mapped again: %d", glMapBuffer(t, GL_READ_ONLY) != NULL);
	}
	if (p || chance(30)) note("unmap: %d", glUnmapBuffer(t));
}
static void copy(void) {
	buffer *a = any_buffer(), *b = any_buffer();
	int n = between(0, (a->size < b->size ? a->size : b->size) / 2);
	int from = pick(a->size - n + 1), to = pick(b->size - n + 1);
	glBindBuffer(GL_COPY_READ_BUFFER, a->name);
	glBindBuffer(GL_COPY_WRITE_BUFFER, b->name);
	glCopyBufferSubData(GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, from, to, chance(4) ? a->size + 1 : n);
}
static void recreate(void) {
	buffer *b = any_buffer();
	glDeleteBuffers(1, &b->name);
	note("is buffer: %d", glIsBuffer(b->name));
	b->size = between(50, 2000);
	b->name = filled_buffer(targets[pick(COUNT(targets))], scratch + pick(4000), b->size);
}
static void bind_ranges(void) {
	buffer *b = any_buffer();
	GLuint at = (GLuint)pick(5);
	if (chance(50)) glBindBufferBase(GL_UNIFORM_BUFFER, at, b->name);
	else glBindBufferRange(GL_UNIFORM_BUFFER, at, b->name, chance(10) ? 3 : 0, between(1, b->size));
	GLint64 v[2] = {-1, -1};
	glGetInteger64i_v(GL_UNIFORM_BUFFER_START, at, v);
	glGetInteger64i_v(GL_UNIFORM_BUFFER_SIZE, at, v + 1);
	note("uniform buffer %u: %lld %lld", at, (long long)v[0], (long long)v[1]);
	glBindBufferBase(GL_UNIFORM_BUFFER, at, 0);
}

const step buffer_steps[] = {{"buffer fill", fill, 6}, {"buffer read", read_back, 4}, {"buffer map", map, 6}, {"buffer copy", copy, 3}, {"buffer new", recreate, 2},
	{"buffer ranges", bind_ranges, 2}, {0}};
