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

static void told(const char *name, GLuint b, GLsizeiptr n) {
	uint8_t got[4096] = {0};
	glGetNamedBufferSubData(b, 0, n, got);
	bytes(name, got, (size_t)n);
}
static void contents(void) {
	uint8_t data[1024], other[1024];
	for (unsigned i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * 13 >> 2), other[i] = (uint8_t)(255 - i * 7);
	GLuint b[3];
	glCreateBuffers(3, b);
	glNamedBufferData(b[0], 1024, data, GL_STATIC_DRAW);
	glNamedBufferStorage(b[1], 1024, other, GL_DYNAMIC_STORAGE_BIT);
	glNamedBufferStorage(b[2], 600, NULL, GL_MAP_READ_BIT);
	for (int i = 0; i < 3; i++) {
		GLint v[4] = {-1, -1, -1, -1};
		GLint64 w = -1;
		glGetNamedBufferParameteriv(b[i], GL_BUFFER_SIZE, &v[0]);
		glGetNamedBufferParameteriv(b[i], GL_BUFFER_USAGE, &v[1]);
		glGetNamedBufferParameteriv(b[i], GL_BUFFER_IMMUTABLE_STORAGE, &v[2]);
		glGetNamedBufferParameteriv(b[i], GL_BUFFER_STORAGE_FLAGS, &v[3]);
		glGetNamedBufferParameteri64v(b[i], GL_BUFFER_SIZE, &w);
		printf("named: %d %#x %d %#x %lld\n", v[0], v[1], v[2], v[3], (long long)w);
	}
	told("first", b[0], 1024);
	told("second", b[1], 1024);
	glNamedBufferSubData(b[0], 100, 200, other + 3);
	glNamedBufferSubData(b[1], 1000, 24, data);
	glNamedBufferSubData(b[2], 0, 24, data);
	errors("a store that is not to be written");
	told("first", b[0], 1024);
	told("second", b[1], 1024);
	glCopyNamedBufferSubData(b[0], b[1], 50, 300, 400);
	glCopyNamedBufferSubData(b[1], b[1], 0, 512, 512);
	glCopyNamedBufferSubData(b[1], b[2], 0, 0, 600);
	told("copied", b[1], 1024);
	told("copied into what is not to be written", b[2], 600);
	glCopyNamedBufferSubData(b[1], b[1], 0, 511, 512);
	errors("copied over itself");
	glCopyNamedBufferSubData(b[1], b[0], 1000, 0, 25);
	errors("copied from behind the end");
	glCopyNamedBufferSubData(b[1], b[0], 0, 1000, 25);
	errors("copied behind the end");
	glCopyNamedBufferSubData(b[1], b[0], -1, 0, 25);
	errors("copied from before the start");
	glCopyNamedBufferSubData(b[1], 0x7777777, 0, 0, 25);
	errors("copied nowhere");
	/* Clearing: in every format that is taken, by element. */
	static const struct { GLenum internal, format, type; } formats[] = {
		{GL_R8, GL_RED, GL_UNSIGNED_BYTE}, {GL_R8UI, GL_RED_INTEGER, GL_UNSIGNED_BYTE}, {GL_R8I, GL_RED_INTEGER, GL_BYTE}, {GL_R16, GL_RED, GL_UNSIGNED_SHORT},
		{GL_R16F, GL_RED, GL_FLOAT}, {GL_R16UI, GL_RED_INTEGER, GL_UNSIGNED_SHORT}, {GL_R32F, GL_RED, GL_FLOAT}, {GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT},
		{GL_R32I, GL_RED_INTEGER, GL_INT}, {GL_RG8, GL_RG, GL_UNSIGNED_BYTE}, {GL_RG16F, GL_RG, GL_FLOAT}, {GL_RG32UI, GL_RG_INTEGER, GL_UNSIGNED_INT},
		{GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE}, {GL_RGBA8, GL_BGRA, GL_UNSIGNED_BYTE}, {GL_RGBA16, GL_RGBA, GL_UNSIGNED_SHORT}, {GL_RGBA32F, GL_RGBA, GL_FLOAT},
		{GL_RGBA32I, GL_RGBA_INTEGER, GL_INT}, {GL_RGBA8UI, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE},
		{GL_RGBA8, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE}, {GL_R32UI, GL_RED, GL_UNSIGNED_INT}, {GL_R8, 0x1234, GL_UNSIGNED_BYTE}, {GL_R8, GL_RED, 0x1234}, {GL_RGB8, GL_RGB, GL_UNSIGNED_BYTE},
	};
	const float value[4] = {0.25f, -1.5f, 3, 0.75f};
	for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
		char name[64];
		snprintf(name, sizeof name, "cleared with %#x", formats[i].internal);
		glNamedBufferSubData(b[0], 0, 1024, data);
		glClearNamedBufferSubData(b[0], formats[i].internal, 64, 320, formats[i].format, formats[i].type, value);
		told(name, b[0], 1024);
		glClearNamedBufferData(b[0], formats[i].internal, formats[i].format, formats[i].type, i % 2 ? value : NULL);
		told(name, b[0], 1024);
		errors(name);
	}
	glBindBuffer(GL_ARRAY_BUFFER, b[0]);
	glClearBufferData(GL_ARRAY_BUFFER, GL_R32F, GL_RED, GL_FLOAT, value);
	glClearBufferSubData(GL_ARRAY_BUFFER, GL_RGBA32F, 160, 320, GL_RGBA, GL_FLOAT, value);
	told("cleared where it is bound", b[0], 1024);
	glClearBufferSubData(GL_ARRAY_BUFFER, GL_R32F, 2, 8, GL_RED, GL_FLOAT, value);
	errors("an offset of no element");
	glClearBufferSubData(GL_ARRAY_BUFFER, GL_R32F, 0, 6, GL_RED, GL_FLOAT, value);
	errors("a size of no elements");
	glClearBufferSubData(GL_ARRAY_BUFFER, GL_R32F, 1020, 8, GL_RED, GL_FLOAT, value);
	errors("cleared behind the end");
	glClearBufferSubData(GL_ARRAY_BUFFER, GL_R32F, -4, 8, GL_RED, GL_FLOAT, value);
	errors("cleared before the start");
	glClearBufferSubData(0x1234, GL_R32F, 0, 8, GL_RED, GL_FLOAT, value);
	errors("cleared nowhere");
	/* Nothing must be there any more, and then it is there again. */
	glInvalidateBufferSubData(b[0], 0, 512);
	glInvalidateBufferData(b[0]);
	glNamedBufferSubData(b[0], 0, 1024, data);
	told("invalidated and written", b[0], 1024);
	glInvalidateBufferSubData(b[0], 1000, 25);
	errors("invalidated behind the end");
	glInvalidateBufferSubData(b[0], -1, 2);
	errors("invalidated before the start");
	glInvalidateBufferData(0x7777777);
	errors("invalidated nothing");
	/* Wrong stores. */
	glNamedBufferData(b[0], -1, NULL, GL_STATIC_DRAW);
	errors("less than nothing");
	glNamedBufferData(b[0], 16, NULL, 0x1234);
	errors("a usage that is none");
	glNamedBufferData(0, 16, NULL, GL_STATIC_DRAW);
	errors("no buffer");
	glNamedBufferData(b[1], 16, NULL, GL_STATIC_DRAW);
	errors("a store that stays");
	glNamedBufferSubData(b[0], 1000, 25, data);
	errors("written behind the end");
	glNamedBufferSubData(b[0], -1, 2, data);
	errors("written before the start");
	glGetNamedBufferSubData(b[0], 1000, 25, other);
	errors("read behind the end");
	GLint v = -5;
	glGetNamedBufferParameteriv(b[0], 0x1234, &v);
	errors("a parameter that is none");
	glGetNamedBufferParameteriv(0x7777777, GL_BUFFER_SIZE, &v);
	errors("of no buffer");
	GLuint fresh;
	glGenBuffers(1, &fresh);
	glNamedBufferData(fresh, 16, NULL, GL_STATIC_DRAW);
	errors("a name that was never bound");
	told("first", b[0], 1024);
	/* Small elements that are read by a draw after they were cleared and copied. */
	const float corners[12] = {-1, -1, 0.5f, -1, -1, 0.5f, 1, 1, -0.5f, 1, 1, -0.5f};
	glNamedBufferStorage(fresh, 4, NULL, 0);
	GLuint corner;
	glCreateBuffers(1, &corner);
	glNamedBufferStorage(corner, sizeof corners, corners, 0);
	glBindBuffer(GL_ARRAY_BUFFER, corner);
	glEnableClientState(GL_VERTEX_ARRAY);
	glVertexPointer(2, GL_FLOAT, 0, NULL);
	glClear(GL_COLOR_BUFFER_BIT);
	glColor3f(0.2f, 0.9f, 0.5f);
	glDrawArrays(GL_TRIANGLES, 0, 6);
	picture("an immutable store drawn");
	glCopyNamedBufferSubData(corner, corner, 0, 24, 24);
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawArrays(GL_TRIANGLES, 3, 3);
	picture("copied and drawn");
	const float nought = 0;
	glClearNamedBufferSubData(corner, GL_R32F, 8, 8, GL_RED, GL_FLOAT, &nought);
	glClear(GL_COLOR_BUFFER_BIT);
	glDrawArrays(GL_TRIANGLES, 0, 6);
	picture("cleared and drawn");
	glDeleteBuffers(3, b);
	glDeleteBuffers(1, &corner);
	errors("contents");
}

int main(void) {
	if (!conform_open(33, CONFORM_COMPAT)) return 1;
	each_target();
	each_indexed();
	created();
	contents();
	conform_close();
	return 0;
}
