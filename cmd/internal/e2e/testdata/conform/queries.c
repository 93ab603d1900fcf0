/* Queries: all targets, results in memory and in buffers, conditional rendering, errors. Rectangles keep away from the borders of
 * tiles, or cross them where only "any" is asked: llvmpipe counts samples at a scissor's edge wrongly (ARCHITECTURE.md). */
#include "conform.h"

static GLuint vbo, vao, prog;
static const GLenum statistics[] = {GL_VERTICES_SUBMITTED, GL_PRIMITIVES_SUBMITTED, GL_VERTEX_SHADER_INVOCATIONS, GL_TESS_CONTROL_SHADER_PATCHES,
	GL_TESS_EVALUATION_SHADER_INVOCATIONS, GL_GEOMETRY_SHADER_INVOCATIONS, GL_GEOMETRY_SHADER_PRIMITIVES_EMITTED, GL_CLIPPING_INPUT_PRIMITIVES,
	GL_CLIPPING_OUTPUT_PRIMITIVES, GL_COMPUTE_SHADER_INVOCATIONS};

static void wrong(const char *name) { printf("%s: error %#x\n", name, glGetError()); }
/* A rectangle in pixels, at a depth. */
static void rectangle(int x, int y, int w, int h, float z) {
	const float l = 2.f * x / W - 1, b = 2.f * y / H - 1, r = 2.f * (x + w) / W - 1, t = 2.f * (y + h) / H - 1;
	const float v[] = {l, b, z, r, b, z, r, t, z, l, b, z, r, t, z, l, t, z};
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glBufferData(GL_ARRAY_BUFFER, sizeof v, v, GL_STREAM_DRAW);
	glDrawArrays(GL_TRIANGLES, 0, 6);
}
static uint64_t result(GLuint q) {
	GLuint64 v = 77;
	glGetQueryObjectui64v(q, GL_QUERY_RESULT, &v);
	return v;
}
/* Polls until the result is there, as apps do. */
static uint64_t awaited(GLuint q) {
	GLint there = 0;
	while (!there) glGetQueryObjectiv(q, GL_QUERY_RESULT_AVAILABLE, &there);
	return result(q);
}

static void occlusion(void) {
	GLuint q[3];
	GLint v = -1;
	glGenQueries(3, q);
	printf("made: %d\n", glIsQuery(q[0]));
	glEnable(GL_DEPTH_TEST);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
	glBeginQuery(GL_SAMPLES_PASSED, q[0]);
	printf("begun: %d\n", glIsQuery(q[0]));
	glGetQueryiv(GL_SAMPLES_PASSED, GL_CURRENT_QUERY, &v);
	printf("current: %d\n", v == (GLint)q[0]);
	glGetQueryObjectiv(q[0], GL_QUERY_RESULT, &v), wrong("result while it counts");
	glBeginQuery(GL_SAMPLES_PASSED, q[1]), wrong("two at a time");
	glBeginQuery(GL_ANY_SAMPLES_PASSED, q[1]), wrong("two of a kind");
	rectangle(8, 8, 16, 16, 0); /* whole in the first tile of each grid */
	rectangle(8, 8, 16, 16, .5f); /* hidden */
	rectangle(160, 112, 24, 12, 0); /* whole in the last */
	glEndQuery(GL_SAMPLES_PASSED);
	printf("samples: %llu\n", (unsigned long long)awaited(q[0]));
	glBeginQuery(GL_SAMPLES_PASSED, q[0]), wrong("again");
	glEndQuery(GL_SAMPLES_PASSED);
	printf("none: %llu\n", (unsigned long long)awaited(q[0]));
	glBeginQuery(GL_ANY_SAMPLES_PASSED, q[0]), wrong("as another kind");
	glBeginQuery(GL_ANY_SAMPLES_PASSED, q[1]);
	rectangle(0, 0, W, H, .9f); /* over all tiles */
	glEndQuery(GL_ANY_SAMPLES_PASSED);
	glBeginQuery(GL_ANY_SAMPLES_PASSED_CONSERVATIVE, q[2]);
	rectangle(8, 8, 16, 16, .5f);
	glEndQuery(GL_ANY_SAMPLES_PASSED_CONSERVATIVE);
	printf("any: %llu\n", (unsigned long long)result(q[1]));
	printf("hidden: %llu\n", (unsigned long long)result(q[2]));
	glGetQueryObjectiv(q[1], GL_QUERY_TARGET, &v), printf("target: %#x\n", v);
	v = -5, glGetQueryObjectiv(q[1], GL_QUERY_RESULT_NO_WAIT, &v), printf("without waiting: %d\n", v);
	glGetQueryObjectiv(4711, GL_QUERY_RESULT, &v), wrong("no such query");
	glGetQueryObjectiv(q[1], GL_CURRENT_QUERY, &v), wrong("pname");
	glGetQueryiv(GL_SAMPLES_PASSED, GL_QUERY_RESULT, &v), wrong("pname of a target");
	glGetQueryiv(GL_ARRAY_BUFFER, GL_CURRENT_QUERY, &v), wrong("target");
	glEndQuery(GL_SAMPLES_PASSED), wrong("end without begin");
	glBeginQuery(GL_ARRAY_BUFFER, q[0]), wrong("begin of nothing");
	glBeginQuery(GL_SAMPLES_PASSED, 0), wrong("name 0");
	/* in an object that no node cuts */
	GLuint fb, rb, sum;
	glGenFramebuffers(1, &fb);
	glGenRenderbuffers(1, &rb);
	glBindRenderbuffer(GL_RENDERBUFFER, rb);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, W, H);
	glBindFramebuffer(GL_FRAMEBUFFER, fb);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, rb);
	glGenQueries(1, &sum);
	glBeginQuery(GL_SAMPLES_PASSED, sum);
	rectangle(20, 30, 150, 100, 0);
	glEndQuery(GL_SAMPLES_PASSED);
	glBindFramebuffer(GL_FRAMEBUFFER, 0);
	printf("samples in an object: %llu\n", (unsigned long long)result(sum));
	glDeleteFramebuffers(1, &fb), glDeleteRenderbuffers(1, &rb), glDeleteQueries(1, &sum);
	/* deleted while it counts */
	glBeginQuery(GL_SAMPLES_PASSED, q[0]);
	glDeleteQueries(1, q);
	printf("deleted: %d\n", glIsQuery(q[0]));
	glDeleteQueries(2, q + 1);
	glDeleteQueries(-1, q), wrong("minus one");
	glDisable(GL_DEPTH_TEST);
}

static void primitives(void) {
	GLuint q[16], made[3];
	GLint v;
	glGenQueries(16, q);
	glBeginQuery(GL_PRIMITIVES_GENERATED, q[0]);
	for (unsigned i = 0; i < sizeof statistics / sizeof *statistics; i++) glBeginQuery(statistics[i], q[1 + i]);
	wrong("statistics");
	rectangle(30, 20, 120, 100, 0);
	rectangle(170, 140, 90, 90, 0); /* clipped */
	rectangle(400, 400, 10, 10, 0); /* outside */
	for (unsigned i = 0; i < sizeof statistics / sizeof *statistics; i++) glEndQuery(statistics[i]);
	glEndQuery(GL_PRIMITIVES_GENERATED);
	printf("primitives: %llu\n", (unsigned long long)result(q[0]));
	for (unsigned i = 0; i < sizeof statistics / sizeof *statistics; i++) printf("statistic %#x: %llu\n", statistics[i], (unsigned long long)awaited(q[1 + i]));
	for (unsigned i = 0; i < sizeof statistics / sizeof *statistics; i++) glGetQueryiv(statistics[i], GL_QUERY_COUNTER_BITS, &v), printf("bits %#x: %d\n", statistics[i], v);
	glBeginQuery(GL_FRAGMENT_SHADER_INVOCATIONS, q[11]); /* in two tiles, not over their borders */
	rectangle(8, 8, 16, 16, 0);
	rectangle(160, 112, 24, 12, 0);
	glEndQuery(GL_FRAGMENT_SHADER_INVOCATIONS);
	printf("fragments: %llu\n", (unsigned long long)result(q[11]));
	glBeginQuery(GL_TRANSFORM_FEEDBACK_OVERFLOW, q[12]);
	glBeginQueryIndexed(GL_TRANSFORM_FEEDBACK_STREAM_OVERFLOW, 0, q[13]);
	rectangle(0, 0, 10, 10, 0);
	glEndQuery(GL_TRANSFORM_FEEDBACK_OVERFLOW);
	glEndQuery(GL_TRANSFORM_FEEDBACK_STREAM_OVERFLOW);
	printf("overflow: %llu %llu\n", (unsigned long long)result(q[12]), (unsigned long long)result(q[13]));
	glBeginQueryIndexed(GL_TRANSFORM_FEEDBACK_OVERFLOW, 1, q[12]), wrong("overflow has no streams");
	/* time: only that it is there and goes on */
	GLint64 now = 0;
	glBeginQuery(GL_TIME_ELAPSED, q[14]);
	rectangle(0, 0, W, H, 0);
	glEndQuery(GL_TIME_ELAPSED);
	glQueryCounter(q[15], GL_TIMESTAMP);
	printf("time: %d %d\n", awaited(q[14]) < 60000000000ull, awaited(q[15]) > 0);
	glGetInteger64v(GL_TIMESTAMP, &now);
	printf("timestamp: %d\n", now > 0);
	glGetQueryiv(GL_TIMESTAMP, GL_QUERY_COUNTER_BITS, &v), printf("bits of time: %d\n", v > 30);
	glGetQueryiv(GL_TIMESTAMP, GL_CURRENT_QUERY, &v), printf("current time: %d\n", v);
	glQueryCounter(q[15], GL_TIME_ELAPSED), wrong("counter of elapsed time");
	glQueryCounter(q[0], GL_TIMESTAMP), wrong("counter on another query");
	glBeginQuery(GL_TIMESTAMP, q[15]), wrong("begin of a timestamp");
	glDeleteQueries(16, q);
	glCreateQueries(GL_SAMPLES_PASSED, 3, made);
	printf("created: %d\n", glIsQuery(made[2]));
	glGetQueryObjectiv(made[0], GL_QUERY_TARGET, &v), printf("created for: %#x\n", v);
	printf("never begun: %llu\n", (unsigned long long)result(made[1])), wrong("never begun");
	glBeginQuery(GL_TIME_ELAPSED, made[0]), wrong("created for another target");
	glCreateQueries(GL_ARRAY_BUFFER, 1, made), wrong("created for nothing");
	glCreateQueries(GL_SAMPLES_PASSED, -1, made), wrong("minus one");
	glDeleteQueries(3, made);
}

static void buffers(void) {
	GLuint q[2], buf;
	static const uint64_t sevens[8] = {7, 7, 7, 7, 7, 7, 7, 7};
	uint64_t got[8];
	glGenQueries(2, q);
	glGenBuffers(1, &buf);
	glBindBuffer(GL_COPY_READ_BUFFER, buf);
	glBufferData(GL_COPY_READ_BUFFER, sizeof sevens, sevens, GL_DYNAMIC_READ);
	glClear(GL_COLOR_BUFFER_BIT);
	glBeginQuery(GL_SAMPLES_PASSED, q[0]);
	rectangle(8, 8, 16, 16, 0);
	rectangle(160, 112, 24, 12, 0);
	glEndQuery(GL_SAMPLES_PASSED);
	glGetQueryBufferObjectuiv(q[0], buf, GL_QUERY_RESULT, 4);
	glGetQueryBufferObjectui64v(q[0], buf, GL_QUERY_RESULT, 16);
	glGetQueryBufferObjectiv(q[0], buf, GL_QUERY_RESULT_AVAILABLE, 24);
	glGetQueryBufferObjecti64v(q[0], buf, GL_QUERY_TARGET, 32);
	glGetQueryBufferObjectiv(q[0], buf, GL_QUERY_RESULT_NO_WAIT, 40);
	glGetBufferSubData(GL_COPY_READ_BUFFER, 0, sizeof got, got);
	for (int i = 0; i < 8; i++) printf("in the buffer: %llx\n", (unsigned long long)got[i]);
	glGetQueryBufferObjectuiv(q[0], buf, GL_QUERY_RESULT, 62), wrong("behind its end");
	glGetQueryBufferObjectuiv(q[0], buf, GL_QUERY_RESULT, -4), wrong("before its beginning");
	glGetQueryBufferObjectuiv(q[0], 4711, GL_QUERY_RESULT, 0), wrong("no such buffer");
	glGetQueryBufferObjectuiv(q[1], buf, GL_QUERY_RESULT, 0), wrong("never begun");
	glGetQueryBufferObjectuiv(q[0], buf, GL_BUFFER_SIZE, 0), wrong("pname");
	glDeleteBuffers(1, &buf);
	glDeleteQueries(2, q);
}

/* What is drawn under a condition is drawn or not, whatever tile the query counted in. */
static void conditions(void) {
	static const struct { GLenum mode; const char *name; } modes[] = {{GL_QUERY_WAIT, "wait"}, {GL_QUERY_BY_REGION_WAIT, "by region"},
		{GL_QUERY_WAIT_INVERTED, "inverted"}, {GL_QUERY_BY_REGION_WAIT_INVERTED, "by region, inverted"}};
	GLuint q[3];
	char name[100];
	glGenQueries(3, q);
	for (int m = 0; m < 4; m++) {
		glEnable(GL_DEPTH_TEST);
		glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
		glBeginQuery(GL_ANY_SAMPLES_PASSED, q[0]);
		rectangle(170, 120, 20, 20, 0); /* seen by the last tile alone */
		glEndQuery(GL_ANY_SAMPLES_PASSED);
		glBeginQuery(GL_SAMPLES_PASSED, q[1]);
		rectangle(172, 122, 8, 8, .5f); /* hidden */
		glEndQuery(GL_SAMPLES_PASSED);
		for (int i = 0; i < 2; i++) {
			glBeginConditionalRender(q[i], modes[m].mode);
			rectangle(10 + 90 * i, 10, 60, 100, -.5f);
			glEndConditionalRender();
		}
		snprintf(name, sizeof name, "conditional, %s", modes[m].name);
		picture(name);
		glDisable(GL_DEPTH_TEST);
	}
	/* a clear, a query while a condition discards */
	glBeginConditionalRender(q[1], GL_QUERY_WAIT);
	glClearColor(1, 0, 0, 1);
	glClear(GL_COLOR_BUFFER_BIT);
	glEndConditionalRender();
	glClearColor(.1f, .1f, .2f, 1);
	picture("a clear that was discarded");
	glBeginQuery(GL_ANY_SAMPLES_PASSED, q[2]), wrong("another kind of query");
	glBeginConditionalRender(q[1], GL_QUERY_WAIT);
	glBeginConditionalRender(q[1], GL_QUERY_WAIT), wrong("two conditions");
	glEndConditionalRender();
	glEndConditionalRender(), wrong("no condition");
	glEndQuery(GL_ANY_SAMPLES_PASSED);
	glBeginConditionalRender(4711, GL_QUERY_WAIT), wrong("no such query");
	glBeginConditionalRender(q[1], GL_ALWAYS), wrong("no such mode");
	glDeleteQueries(1, &q[2]);
	glGenQueries(1, &q[2]);
	glBeginQuery(GL_PRIMITIVES_GENERATED, q[2]);
	glBeginConditionalRender(q[2], GL_QUERY_WAIT), wrong("a query that counts something else");
	glEndQuery(GL_PRIMITIVES_GENERATED);
	glBeginQuery(GL_SAMPLES_PASSED, q[1]);
	glBeginConditionalRender(q[1], GL_QUERY_WAIT), wrong("a query that counts yet");
	glEndQuery(GL_SAMPLES_PASSED);
	glDeleteQueries(3, q);
}

int main(void) {
	if (!conform_open(33, CONFORM_CORE)) return 1;
	shader_head = "#version 330\n";
	glClearColor(.1f, .1f, .2f, 1);
	glGenVertexArrays(1, &vao);
	glBindVertexArray(vao);
	glGenBuffers(1, &vbo);
	glBindBuffer(GL_ARRAY_BUFFER, vbo);
	glVertexAttribPointer(0, 3, GL_FLOAT, GL_FALSE, 12, (void *)0);
	glEnableVertexAttribArray(0);
	prog = program("layout(location = 0) in vec3 at;\nvoid main() { gl_Position = vec4(at, 1); }\n", "out vec4 c;\nvoid main() { c = vec4(gl_FragCoord.xy / 200.0, .7, 1); }\n");
	glUseProgram(prog);
	occlusion();
	primitives();
	buffers();
	conditions();
	/* results of a frame read a frame later */
	GLuint q[4];
	glGenQueries(4, q);
	for (int i = 0; i < 12; i++) {
		if (i >= 4) printf("frame %d: %llu\n", i - 4, (unsigned long long)awaited(q[i % 4]));
		glClear(GL_COLOR_BUFFER_BIT);
		glBeginQuery(GL_SAMPLES_PASSED, q[i % 4]);
		rectangle(8, 8, 8 * (i % 3 + 1), 16, 0);
		glEndQuery(GL_SAMPLES_PASSED);
		conform_swap();
	}
	wrong("all");
	conform_close();
	return 0;
}
