/* Query objects, conditional rendering, syncs. */
#include "glrandom.h"
#include <string.h>

static GLuint queries[2][4];
static int used[2][4];

void setup_queries(void) { glGenQueries(4, queries[context]); }

static void count(void) {
	if (in_list) return;
	int i = pick(4);
	GLuint q = queries[context][i], v = ~0u, ready = 0;
	GLenum kind = i < 2 && !es ? GL_SAMPLES_PASSED : i <= 2 ? GL_ANY_SAMPLES_PASSED : GL_PRIMITIVES_GENERATED;
	note("is query: %d", glIsQuery(q));
	glBeginQuery(kind, q);
	GLint now = -1;
	glGetQueryiv(kind, GL_CURRENT_QUERY, &now);
	for (int k = pick(4); k > 0; k--) draw_steps[0].run();
	if (chance(5)) glBeginQuery(kind, queries[context][(i + 1) % 4]);
	glEndQuery(kind);
	used[context][i] = 1;
	note("query is current: %d", now == (GLint)q);
	if (chance(30))
		do glGetQueryObjectuiv(q, GL_QUERY_RESULT_AVAILABLE, &ready); while (!ready);
	if (chance(80)) glGetQueryObjectuiv(q, GL_QUERY_RESULT, &v);
	GLuint64 wide = ~0ull;
	if (chance(30)) glGetQueryObjectui64v(q, GL_QUERY_RESULT, &wide);
	note("query %#x: %u %llu", kind, v, (unsigned long long)wide);
}
static void conditional(void) {
	int i = pick(3);
	if (in_list || !used[context][i]) return;
	glBeginConditionalRender(queries[context][i], ONE_OF(GL_QUERY_WAIT, GL_QUERY_BY_REGION_WAIT));
	for (int k = between(1, 3); k > 0; k--) draw_steps[0].run();
	if (chance(30)) glClear(GL_DEPTH_BUFFER_BIT);
	if (chance(4)) glEndQuery(GL_SAMPLES_PASSED);
	glEndConditionalRender();
}
static void sync_step(void) {
	GLsync s = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
	GLenum done = glClientWaitSync(s, GL_SYNC_FLUSH_COMMANDS_BIT, 5000000000ull);
	GLint v[2] = {-1, -1};
	GLsizei n = -1;
	glGetSynciv(s, ONE_OF(GL_SYNC_STATUS, GL_OBJECT_TYPE, GL_SYNC_CONDITION, GL_SYNC_FLAGS), 1, &n, v);
	glWaitSync(s, 0, GL_TIMEOUT_IGNORED);
	note("sync %d: %d %#x, is %d", done == GL_ALREADY_SIGNALED || done == GL_CONDITION_SATISFIED, n, v[0], glIsSync(s));
	glDeleteSync(s);
	if (chance(10)) glWaitSync(NULL, 0, GL_TIMEOUT_IGNORED);
}
static void flush(void) { chance(50) ? glFlush() : glFinish(); }
static void mistakes(void) {
	switch (pick(4)) {
	case 0: glEndQuery(GL_SAMPLES_PASSED); break;
	case 1: glBeginQuery(GL_TIMESTAMP, queries[context][0]); break;
	case 2: glBeginConditionalRender(4444, GL_QUERY_WAIT); break;
	default: glEndConditionalRender();
	}
}

const step query_steps[] = {{"query", count, 5}, {"conditional", conditional, 4}, {"sync", sync_step, 1}, {"flush", flush, 2}, {"query mistakes", mistakes, 1}, {0}};
