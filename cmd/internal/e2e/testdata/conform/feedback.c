/* Transform feedback: captured vertices, objects, pausing, streams, drawing what was captured. */
#include "conform.h"

static GLuint vbo, captured[4], vao;

/* A program without fragment shader whose outputs are captured. */
static GLuint capturing(const char *vertex, const char *geometry, int n, const char *const *names, GLenum mode) {
	GLuint p = glCreateProgram(), v = shader(GL_VERTEX_SHADER, vertex), f = shader(GL_FRAGMENT_SHADER, "out vec4 c;\nin vec4 tint;\nvoid main() { c = tint; }\n");
	GLint ok = 0;
	glAttachShader(p, v);
	if (geometry) glAttachShader(p, shader(GL_GEOMETRY_SHADER, geometry));
	glAttachShader(p, f);
	glTransformFeedbackVaryings(p, n, names, mode);
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &ok);
	printf("capturing program: %d\n", ok);
	return p;
}
static void show(const char *name, GLuint buffer, int floats) {
	float v[256] = {0};
	glBindBuffer(GL_COPY_READ_BUFFER, buffer);
	glGetBufferSubData(GL_COPY_READ_BUFFER, 0, floats * 4, v);
	printf("%s: %016llx, %g %g %g %g\n", name, (unsigned long long)hash(v, floats * 4), v[0], v[1], v[2], v[floats - 1]);
}
static void wipe(GLuint buffer) {
	static const float zeros[256];
	glBindBuffer(GL_COPY_WRITE_BUFFER, buffer);
	glBufferData(GL_COPY_WRITE_BUFFER, sizeof zeros, zeros, GL_DYNAMIC_COPY);
}
static void state(const char *name) {
	GLint binding = 0, active = 0, paused = 0, buffer = 0;
	glGetIntegerv(GL_TRANSFORM_FEEDBACK_BINDING, &binding);
	glGetIntegerv(GL_TRANSFORM_FEEDBACK_BUFFER_ACTIVE, &active);
	glGetIntegerv(GL_TRANSFORM_FEEDBACK_BUFFER_PAUSED, &paused);
	glGetIntegeri_v(GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, 0, &buffer);
	printf("%s: bound %d active %d paused %d buffer 0 %d\n", name, binding, active, paused, buffer);
}
static void wrong(const char *name) { printf("%s: error %#x\n", name, glGetError()); }

static const char *const vertex =
	"layout(location = 0) in vec2 at;\nout vec4 tint;\nout vec3 twice;\nvoid main() {\n"
	"	gl_Position = vec4(at, 0, 1);\n	tint = vec4(at * .5 + .5, float(gl_VertexID) / 6.0, 1);\n	twice = vec3(at * 2.0, float(gl_VertexID));\n}\n";

static void objects(GLuint p) {
	GLuint x[3], id;
	GLint v = 0;
	GLint64 w = 0;
	glUseProgram(p);
	glGenTransformFeedbacks(2, x);
	printf("made: %d %d\n", glIsTransformFeedback(x[0]), glIsTransformFeedback(0));
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x[0]);
	printf("bound: %d\n", glIsTransformFeedback(x[0]));
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[0]);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x[1]);
	glBindBufferRange(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[1], 64, 512);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 0);
	state("the default object");
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x[0]);
	state("the first object");
	glEnable(GL_RASTERIZER_DISCARD);
	glBeginTransformFeedback(GL_TRIANGLES);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	state("while it captures");
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x[1]);
	wrong("another object while one captures");
	glPauseTransformFeedback();
	state("paused");
	glDrawArrays(GL_TRIANGLES, 0, 3); /* not captured */
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x[1]);
	glBeginTransformFeedback(GL_TRIANGLES);
	glDrawArrays(GL_TRIANGLES, 3, 3);
	glEndTransformFeedback();
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x[0]);
	state("the first again");
	glResumeTransformFeedback();
	glDrawArrays(GL_TRIANGLES, 3, 3);
	glEndTransformFeedback();
	glDisable(GL_RASTERIZER_DISCARD);
	state("ended");
	show("captured in two parts", captured[0], 6 * 7);
	show("captured at an offset", captured[1], 16 + 3 * 7);
	/* what they have, without binding them */
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 0);
	for (int i = 0; i < 2; i++) {
		glGetTransformFeedbackiv(x[i], GL_TRANSFORM_FEEDBACK_ACTIVE, &v);
		printf("object %d: active %d", i, v);
		glGetTransformFeedbackiv(x[i], GL_TRANSFORM_FEEDBACK_PAUSED, &v);
		printf(" paused %d", v);
		glGetTransformFeedbacki_v(x[i], GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, 0, &v);
		printf(" buffer %d", v == (GLint)captured[i]);
		glGetTransformFeedbacki64_v(x[i], GL_TRANSFORM_FEEDBACK_BUFFER_START, 0, &w);
		printf(" start %lld", (long long)w);
		glGetTransformFeedbacki64_v(x[i], GL_TRANSFORM_FEEDBACK_BUFFER_SIZE, 0, &w);
		printf(" size %lld\n", (long long)w);
	}
	glCreateTransformFeedbacks(1, &id);
	printf("created: %d\n", glIsTransformFeedback(id));
	glTransformFeedbackBufferBase(id, 0, captured[2]);
	glTransformFeedbackBufferRange(id, 1, captured[3], 32, 256);
	glGetTransformFeedbacki_v(id, GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, 1, &v);
	glGetTransformFeedbacki64_v(id, GL_TRANSFORM_FEEDBACK_BUFFER_SIZE, 1, &w);
	printf("created has: %d %lld\n", v == (GLint)captured[3], (long long)w);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, id);
	state("created and bound");
	glBeginTransformFeedback(GL_POINTS);
	glDrawArrays(GL_POINTS, 0, 6);
	glEndTransformFeedback();
	show("captured as points", captured[2], 6 * 7);
	wrong("objects");
	/* errors */
	glTransformFeedbackBufferBase(999, 0, captured[0]), wrong("no such object");
	glTransformFeedbackBufferBase(id, 99, captured[0]), wrong("index");
	glTransformFeedbackBufferBase(id, 0, 9999), wrong("no such buffer");
	glTransformFeedbackBufferRange(id, 0, captured[0], 3, 16), wrong("offset");
	glTransformFeedbackBufferRange(id, 0, captured[0], 0, 0), wrong("size");
	glGetTransformFeedbackiv(id, GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, &v), wrong("pname");
	glGetTransformFeedbacki_v(id, GL_TRANSFORM_FEEDBACK_BUFFER_BINDING, 99, &v), wrong("index asked");
	glBindTransformFeedback(GL_ARRAY_BUFFER, id), wrong("target");
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 4711), wrong("a name that was not given");
	glEndTransformFeedback(), wrong("end without begin");
	glPauseTransformFeedback(), wrong("pause without begin");
	glResumeTransformFeedback(), wrong("resume without pause");
	glBeginTransformFeedback(GL_QUADS), wrong("mode");
	glBeginTransformFeedback(GL_POINTS);
	glBeginTransformFeedback(GL_POINTS), wrong("begin twice");
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[1]), wrong("binding while it captures");
	glTransformFeedbackBufferBase(id, 0, captured[1]), wrong("giving a buffer while it captures");
	glDeleteTransformFeedbacks(1, &id), wrong("deleting while it captures");
	glResumeTransformFeedback(), wrong("resume without pause");
	glPauseTransformFeedback();
	glPauseTransformFeedback(), wrong("pause twice");
	glEndTransformFeedback(), wrong("end while paused");
	glDeleteTransformFeedbacks(-1, &id), wrong("minus one");
	glDeleteTransformFeedbacks(1, &id);
	state("deleted while bound");
	glDeleteTransformFeedbacks(2, x);
	printf("deleted: %d\n", glIsTransformFeedback(x[0]));
}

static void drawn(GLuint p, GLuint plain) {
	GLuint x;
	glGenTransformFeedbacks(1, &x);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, x);
	glDrawTransformFeedback(GL_TRIANGLES, x), wrong("nothing captured yet");
	glDrawTransformFeedback(GL_TRIANGLES, 4711), wrong("no such object to draw");
	glDrawTransformFeedback(99, x), wrong("no such mode to draw");
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[0]);
	wipe(captured[0]);
	glUseProgram(p);
	glBeginTransformFeedback(GL_TRIANGLES);
	glDrawArrays(GL_TRIANGLES, 0, 6);
	glEndTransformFeedback();
	glClear(GL_COLOR_BUFFER_BIT);
	/* twice (vec3) and tint (vec4) lie one after the other */
	glUseProgram(plain);
	glBindBuffer(GL_ARRAY_BUFFER, captured[0]);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 28, (void *)0);
	glVertexAttribPointer(1, 4, GL_FLOAT, GL_FALSE, 28, (void *)12);
	glEnableVertexAttribArray(1);
	glUniform2f(glGetUniformLocation(plain, "shift"), 0, 0);
	glDrawTransformFeedback(GL_TRIANGLES, x);
	picture("drawn as captured");
	glClear(GL_COLOR_BUFFER_BIT);
	glUniform2f(glGetUniformLocation(plain, "shift"), .12f, -.2f);
	glDrawTransformFeedbackInstanced(GL_TRIANGLES, x, 4);
	picture("four times");
	glDrawTransformFeedbackStream(GL_LINES, x, 0);
	glDrawTransformFeedbackStreamInstanced(GL_POINTS, x, 0, 2);
	picture("stream 0");
	glDrawTransformFeedbackStream(GL_LINES, x, 99), wrong("stream");
	glDrawTransformFeedbackInstanced(GL_LINES, x, -1), wrong("minus one instances");
	glDrawTransformFeedbackInstanced(GL_LINES, x, 0), wrong("no instances");
	glDisableVertexAttribArray(1);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 8, (void *)0);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, 0);
	glDeleteTransformFeedbacks(1, &x);
}

static void streams(void) {
	static const char *const geometry =
		"#extension GL_ARB_gpu_shader5 : require\nlayout(points) in;\nlayout(points, max_vertices = 3) out;\n"
		"layout(stream = 0) out vec4 tint;\nlayout(stream = 1) out vec2 second;\nin vec3 twice[];\n"
		"void main() {\n	gl_Position = gl_in[0].gl_Position;\n	tint = vec4(twice[0], 1);\n	EmitStreamVertex(0);\n	EndStreamPrimitive(0);\n"
		"	second = twice[0].xy;\n	EmitStreamVertex(1);\n	EndStreamPrimitive(1);\n	second = twice[0].yx + 1.0;\n	EmitStreamVertex(1);\n	EndStreamPrimitive(1);\n}\n";
	static const char *const v = "layout(location = 0) in vec2 at;\nout vec3 twice;\nvoid main() { gl_Position = vec4(at, 0, 1); twice = vec3(at * 2.0, float(gl_VertexID)); }\n";
	static const char *const names[] = {"tint", "gl_NextBuffer", "second"};
	GLuint p = capturing(v, geometry, 3, names, GL_INTERLEAVED_ATTRIBS), q[4], result[4];
	GLint now = -1;
	glUseProgram(p);
	wipe(captured[0]), wipe(captured[1]);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[0]);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 1, captured[1]);
	glGenQueries(4, q);
	glBeginQuery(GL_PRIMITIVES_GENERATED, q[0]);
	glBeginQueryIndexed(GL_PRIMITIVES_GENERATED, 1, q[1]);
	glBeginQueryIndexed(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, 1, q[2]);
	glBeginQueryIndexed(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, 0, q[3]);
	glGetQueryIndexediv(GL_PRIMITIVES_GENERATED, 1, GL_CURRENT_QUERY, &now);
	printf("current query of stream 1: %d\n", now == (GLint)q[1]);
	glBeginTransformFeedback(GL_POINTS);
	glDrawArrays(GL_POINTS, 0, 6);
	glEndTransformFeedback();
	glEndQueryIndexed(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, 1);
	glEndQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN);
	glEndQueryIndexed(GL_PRIMITIVES_GENERATED, 0);
	glEndQueryIndexed(GL_PRIMITIVES_GENERATED, 1);
	for (int i = 0; i < 4; i++) glGetQueryObjectuiv(q[i], GL_QUERY_RESULT, &result[i]);
	printf("primitives by stream: %u %u, written %u %u\n", result[0], result[1], result[3], result[2]);
	show("stream 0", captured[0], 6 * 4);
	show("stream 1", captured[1], 12 * 2);
	glBeginQueryIndexed(GL_PRIMITIVES_GENERATED, 99, q[1]), wrong("a stream that is not there");
	glBeginQueryIndexed(GL_SAMPLES_PASSED, 1, q[1]), wrong("samples have no streams");
	glEndQueryIndexed(GL_PRIMITIVES_GENERATED, 1), wrong("end without begin");
	glGetQueryIndexediv(GL_PRIMITIVES_GENERATED, 99, GL_CURRENT_QUERY, &now), wrong("asked of a stream that is not there");
	glGetQueryIndexediv(GL_PRIMITIVES_GENERATED, 1, GL_QUERY_RESULT, &now), wrong("asked for something else");
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 1, 0);
	glDeleteQueries(4, q);
	glDeleteProgram(p);
	wrong("streams");
}

int main(void) {
	static const float corners[12] = {-.45f, -.4f, .4f, -.45f, -.4f, .45f, .1f, -.1f, .48f, .45f, -.2f, .3f};
	static const char *const interleaved[] = {"twice", "tint"};
	if (!conform_open(33, CONFORM_CORE)) return 1;
	shader_head = "#version 330\n";
	glClearColor(.1f, .1f, .2f, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	glGenBuffers(1, &vbo);
	glGenBuffers(4, captured);
	for (int i = 0; i < 4; i++) wipe(captured[i]);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glBufferData(GL_ARRAY_BUFFER, sizeof corners, corners, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 8, (void *)0);
	glEnableVertexAttribArray(0);
	GLuint p = capturing(vertex, NULL, 2, interleaved, GL_INTERLEAVED_ATTRIBS), separate = capturing(vertex, NULL, 2, interleaved, GL_SEPARATE_ATTRIBS);
	GLuint plain = program("layout(location = 0) in vec2 at;\nlayout(location = 1) in vec4 ink;\nuniform vec2 shift;\nout vec4 tint;\n"
		"void main() { gl_Position = vec4(at + shift * float(gl_InstanceID), 0, 1); tint = ink; }\n", "in vec4 tint;\nout vec4 c;\nvoid main() { c = tint; }\n");
	/* without buffers, without varyings */
	glUseProgram(p);
	glBeginTransformFeedback(GL_POINTS), wrong("no buffer");
	glUseProgram(plain);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[0]);
	glBeginTransformFeedback(GL_POINTS), wrong("no varyings");
	state("before");
	objects(p);
	/* separate, seen on the screen at the same time, read while it is paused */
	glUseProgram(separate);
	glClear(GL_COLOR_BUFFER_BIT);
	wipe(captured[0]), wipe(captured[1]);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[0]);
	glBeginTransformFeedback(GL_TRIANGLES), wrong("the second buffer is missing");
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 1, captured[1]);
	glBeginTransformFeedback(GL_TRIANGLES);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glPauseTransformFeedback();
	show("separate, paused", captured[0], 6 * 3);
	glDrawArrays(GL_TRIANGLES, 3, 3);
	glResumeTransformFeedback();
	glDrawArrays(GL_TRIANGLES, 3, 3);
	glEndTransformFeedback();
	show("separate, first", captured[0], 6 * 3);
	show("separate, second", captured[1], 6 * 4);
	picture("drawn while captured");
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 1, 0);
	drawn(p, plain);
	streams();
	/* all behind an offset */
	PFNGLBINDBUFFEROFFSETEXTPROC behind = (PFNGLBINDBUFFEROFFSETEXTPROC)glXGetProcAddressARB((const GLubyte *)"glBindBufferOffsetEXT");
	wipe(captured[2]);
	behind(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[2], 32);
	glUseProgram(p);
	glBeginTransformFeedback(GL_POINTS);
	glDrawArrays(GL_POINTS, 0, 6);
	glEndTransformFeedback();
	show("behind an offset", captured[2], 8 + 6 * 7);
	behind(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[2], 2), wrong("behind an odd offset");
	behind(GL_ARRAY_BUFFER, 0, captured[2], 4), wrong("behind an offset of something else");
	behind(GL_TRANSFORM_FEEDBACK_BUFFER, 99, captured[2], 4), wrong("behind an offset at no index");
	/* a buffer that is too small */
	GLuint q, written = 0;
	glBindBuffer(GL_COPY_WRITE_BUFFER, captured[3]);
	glBufferData(GL_COPY_WRITE_BUFFER, 3 * 28 + 8, NULL, GL_DYNAMIC_COPY);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, captured[3]);
	glUseProgram(p);
	glGenQueries(1, &q);
	glBeginQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, q);
	glBeginTransformFeedback(GL_TRIANGLES);
	glDrawArrays(GL_TRIANGLES, 0, 6);
	glEndTransformFeedback();
	glEndQuery(GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN);
	glGetQueryObjectuiv(q, GL_QUERY_RESULT, &written);
	printf("room for one triangle: %u written\n", written);
	show("as much as fits", captured[3], 3 * 7);
	wrong("all");
	conform_swap();
	conform_close();
	return 0;
}
