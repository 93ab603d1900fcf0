/* Buffer objects: every target, indexed bindings one by one and several at once, named objects, stores and their flags, clearing, copying,
 * invalidation, and what is wrong. Maps are in mappings.c. */
#include "conform.h"

static const GLenum targets[] = {
	GL_ARRAY_BUFFER, GL_ELEMENT_ARRAY_BUFFER, GL_PIXEL_PACK_BUFFER, GL_PIXEL_UNPACK_BUFFER, GL_COPY_READ_BUFFER, GL_COPY_WRITE_BUFFER, GL_UNIFORM_BUFFER,
	GL_TEXTURE_BUFFER, GL_TRANSFORM_FEEDBACK_BUFFER, GL_SHADER_STORAGE_BUFFER, GL_ATOMIC_COUNTER_BUFFER, GL_DRAW_INDIRECT_BUFFER,
	GL_DISPATCH_INDIRECT_BUFFER, GL_QUERY_BUFFER,
};
static const GLenum bindings[] = {
	GL_ARRAY_BUFFER_BINDING, GL_ELEMENT_ARRAY_BUFFER_BINDING, GL_PIXEL_PACK_BUFFER_BINDING, GL_PIXEL_UNPACK_BUFFER_BINDING, GL_COPY_READ_BUFFER_BINDING,
	GL_COPY_WRITE_BUFFER_BINDING, GL_UNIFORM_BUFFER_BINDING, GL_TEXTURE_BUFFER_BINDING, GL_TRANSFORM_FEEDBACK_BUFFER_BINDING,
	GL_SHADER_STORAGE_BUFFER_BINDING, GL_ATOMIC_COUNTER_BUFFER_BINDING, GL_DRAW_INDIRECT_BUFFER_BINDING, GL_DISPATCH_INDIRECT_BUFFER_BINDING,
	GL_QUERY_BUFFER_BINDING,
};
enum { TARGETS = sizeof targets / sizeof *targets };

/* An object's number by its order here: names are the driver's choice. */
static GLuint names[64];
static int number(GLint name) {
	for (int i = 0; i < 64 && name; i++)
		if (names[i] == (GLuint)name) return i + 1;
	return name ? -1 : 0;
}

static void each_target(void) {
	glGenBuffers(TARGETS, names);
	for (int i = 0; i < TARGETS; i++) {
		GLint v = -1, size = -1, usage = -1;
		uint8_t data[64], back[64] = {0};
		printf("target %#x: is %d", targets[i], glIsBuffer(names[i]));
		glBindBuffer(targets[i], names[i]);
		glGetIntegerv(bindings[i], &v);
		for (unsigned k = 0; k < sizeof data; k++) data[k] = (uint8_t)(k * 7 + (unsigned)i);
		glBufferData(targets[i], 64, data, GL_DYNAMIC_COPY);
		glBufferSubData(targets[i], 8, 8, data + 20);
		glGetBufferSubData(targets[i], 4, 40, back);
		glGetBufferParameteriv(targets[i], GL_BUFFER_SIZE, &size);
		glGetBufferParameteriv(targets[i], GL_BUFFER_USAGE, &usage);
		printf(", then %d; bound %d; %d bytes, usage %#x, read %016llx\n", glIsBuffer(names[i]), number(v), size, usage, (unsigned long long)hash(back, 40));
	}
	for (int i = 0; i < TARGETS; i++) {
		GLint v = -1;
		glGetIntegerv(bindings[i], &v);
		printf("still bound to %#x: %d\n", targets[i], number(v));
	}
	glBindBuffer(0x1234, names[0]);
	errors("a target that is none");
	glDeleteBuffers(3, names + 7);
	for (int i = 7; i < 10; i++) {
		GLint v = -1;
		names[i] = 0; /* may be given out again */
		glGetIntegerv(bindings[i], &v);
		printf("deleted from %#x: %d\n", targets[i], number(v));
	}
	for (int i = 0; i < TARGETS; i++) glBindBuffer(targets[i], 0);
	errors("each target");
}

static const struct { const char *name; GLenum target, binding, start, size, most; } indexed[] = {
	{"uniform", GL_UNIFORM_BUFFER, GL_UNIFORM_BUFFER_BINDING, GL_UNIFORM_BUFFER_START, GL_UNIFORM_BUFFER_SIZE, GL_MAX_UNIFORM_BUFFER_BINDINGS},
	{"feedback", GL_TRANSFORM_FEEDBACK_BUFFER, GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, GL_TRANSFORM_FEEDBACK_BUFFER_START, GL_TRANSFORM_FEEDBACK_BUFFER_SIZE,
	 GL_MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS},
	{"storage", GL_SHADER_STORAGE_BUFFER, GL_SHADER_STORAGE_BUFFER_BINDING, GL_SHADER_STORAGE_BUFFER_START, GL_SHADER_STORAGE_BUFFER_SIZE,
	 GL_MAX_SHADER_STORAGE_BUFFER_BINDINGS},
	{"counter", GL_ATOMIC_COUNTER_BUFFER, GL_ATOMIC_COUNTER_BUFFER_BINDING, GL_ATOMIC_COUNTER_BUFFER_START, GL_ATOMIC_COUNTER_BUFFER_SIZE,
	 GL_MAX_ATOMIC_COUNTER_BUFFER_BINDINGS},
};
static void show(int k, GLuint i) {
	GLint b = -1;
	GLint64 start = -1, size = -1;
	glGetIntegeri_v(indexed[k].binding, i, &b);
	glGetInteger64i_v(indexed[k].start, i, &start);
	glGetInteger64i_v(indexed[k].size, i, &size);
	printf("%s %u: %d, %lld, %lld\n", indexed[k].name, i, number(b), (long long)start, (long long)size);
}
static void each_indexed(void) {
	glGenBuffers(8, names + 16);
	for (int i = 16; i < 24; i++) {
		glBindBuffer(GL_COPY_WRITE_BUFFER, names[i]);
		glBufferData(GL_COPY_WRITE_BUFFER, 4096, NULL, GL_STATIC_DRAW);
	}
	for (int k = 0; k < 4; k++) {
		GLint most = 0, v = -1;
		glGetIntegerv(indexed[k].most, &most);
		printf("%s: at most %d\n", indexed[k].name, most);
		show(k, 0);
		glBindBufferBase(indexed[k].target, 1, names[16]);
		glBindBufferRange(indexed[k].target, 2, names[17], 256, 512);
		glBindBufferRange(indexed[k].target, 3, names[18], 0, 4096);
		for (GLuint i = 0; i < 4; i++) show(k, i);
		glGetIntegerv(indexed[k].binding, &v);
		printf("%s, the target's own: %d\n", indexed[k].name, number(v));
		glBindBufferBase(indexed[k].target, (GLuint)most, names[16]);
		errors("an index too high");
		glBindBufferRange(indexed[k].target, 1, names[17], 0, 0);
		errors("a range without bytes");
		if (k != 3) glBindBufferRange(indexed[k].target, 1, names[17], -4, 4); /* Mesa takes it for counters */
		errors("a range before the start");
		glBindBufferRange(indexed[k].target, 1, names[17], 1, 4);
		errors("an offset that does not fit");
		GLint x = -7;
		glGetIntegeri_v(indexed[k].binding, (GLuint)most, &x);
		printf("a question too high: %d\n", x);
		errors("a question too high");
		/* several */
		const GLuint some[3] = {names[19], k == 1 ? names[21] : 0, names[20]};
		const GLintptr offsets[3] = {0, 0, 512};
		const GLsizeiptr sizes[3] = {128, 64, 256}; /* Mesa looks at the second, too */
		glBindBuffer(indexed[k].target, names[23]);
		glBindBuffersRange(indexed[k].target, 0, 3, some, offsets, sizes);
		for (GLuint i = 0; i < 4; i++) show(k, i);
		glBindBuffersBase(indexed[k].target, 1, 3, some);
		for (GLuint i = 0; i < 4; i++) show(k, i);
		glGetIntegerv(indexed[k].binding, &v);
		printf("%s, left alone: %d\n", indexed[k].name, number(v));
		const GLuint wrong[3] = {names[21], 0x7777777, names[22]};
		glBindBuffersBase(indexed[k].target, 0, 3, wrong);
		errors("a name that is none");
		for (GLuint i = 0; i < 4; i++) show(k, i);
		const GLintptr bad_offsets[3] = {0, -4, 1};
		const GLsizeiptr bad_sizes[3] = {0, 64, 64};
		const GLuint good[3] = {names[16], names[17], names[18]};
		glBindBuffersRange(indexed[k].target, 0, 3, good, bad_offsets, bad_sizes);
		errors("ranges that are none");
		for (GLuint i = 0; i < 4; i++) show(k, i);
		glBindBuffersBase(indexed[k].target, (GLuint)most - 1, 2, good);
		errors("more than there are");
		glBindBuffersBase(indexed[k].target, 0, 4, NULL);
		for (GLuint i = 0; i < 4; i++) show(k, i);
		glBindBufferBase(indexed[k].target, 0, names[16]);
		glBindBufferRange(indexed[k].target, 0, 0, k == 1 ? 0 : 16, k == 1 ? 0 : 32); /* Mesa tells these of feedback, though nothing is bound */
		show(k, 0);
		glBindBufferBase(indexed[k].target, 2, names[16]);
	}
	glBindBuffersBase(GL_ARRAY_BUFFER, 0, 1, names);
	errors("a target without an index");
	glDeleteBuffers(1, &names[16]);
	names[16] = 0;
	for (int k = 0; k < 4; k++) show(k, 2);
	errors("each indexed target");
}

static void created(void) {
	glCreateBuffers(4, names + 32);
	for (int i = 32; i < 36; i++) {
		GLint size = -1;
		printf("created: %d", glIsBuffer(names[i]));
		glBindBuffer(GL_COPY_READ_BUFFER, names[i]);
		glGetBufferParameteriv(GL_COPY_READ_BUFFER, GL_BUFFER_SIZE, &size);
		printf(", %d bytes\n", size);
	}
	glCreateBuffers(-1, names + 40);
	errors("created");
	glGenBuffers(-1, names + 40);
	errors("fewer than none");
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	each_target();
	each_indexed();
	created();
	conform_close();
	return 0;
}
