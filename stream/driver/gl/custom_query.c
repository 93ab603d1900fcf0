/* Query objects, conditional rendering, syncs. */
#include "clientstate.h"
#include <stdlib.h>

static int target_of(const prism_client *c, GLenum target) {
	switch (target) {
	case GL_SAMPLES_PASSED: return c->es ? -1 : PRISM_Q_SAMPLES;
	case GL_ANY_SAMPLES_PASSED: return PRISM_Q_ANY;
	case GL_ANY_SAMPLES_PASSED_CONSERVATIVE: return PRISM_Q_ANY_CONSERVATIVE;
	case GL_PRIMITIVES_GENERATED: return PRISM_Q_GENERATED;
	case GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN: return PRISM_Q_WRITTEN;
	case GL_TIME_ELAPSED: return PRISM_Q_ELAPSED;
	default: return -1;
	}
}

/* Queries are a context's own, but the map is the group's: it goes by serial, so nothing is mixed up. sh->mu held. */
static prism_query *query_of(prism_client *c, uint32_t serial) {
	prism_query *q = prism_map_ptr(&c->sh->queries, serial);
	if (q || !serial) return q;
	q = calloc(1, sizeof *q);
	if (q && !prism_map_put(&c->sh->queries, serial, (uint64_t)(uintptr_t)q)) {
		free(q);
		q = NULL;
	}
	return q;
}

static bool query_start(prism_client *c, uint32_t serial, GLenum target, bool active) {
	prism_lock(c);
	prism_query *q = query_of(c, serial);
	bool ok = q && !q->active && (!q->target || q->target == target);
	if (ok) *q = (prism_query){.target = target, .active = active};
	prism_unlock(c);
	if (!ok) prism_error(q ? GL_INVALID_OPERATION : GL_OUT_OF_MEMORY);
	return ok;
}

void APIENTRY prism_gl_BeginQuery(GLenum target, GLuint id) {
	prism_client *c = prism_client_out();
	if (!c) return;
	int t = target_of(c, target);
	/* In OpenGL ES the two kinds of "any" are one. */
	bool other = c->es && (t == PRISM_Q_ANY || t == PRISM_Q_ANY_CONSERVATIVE) && c->query[PRISM_Q_ANY + PRISM_Q_ANY_CONSERVATIVE - t].name;
	if (t < 0 || !id || c->query[t].name || other) {
		prism_error(t < 0 ? GL_INVALID_ENUM : GL_INVALID_OPERATION);
		return;
	}
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_QUERY, id, &ok);
	if (!ok || !query_start(c, serial, target, true)) return;
	c->query[t] = (prism_bound){id, serial};
	prism_put_glBeginQuery(target, serial);
}

void APIENTRY prism_gl_EndQuery(GLenum target) {
	prism_client *c = prism_client_out();
	if (!c) return;
	int t = target_of(c, target);
	if (t < 0 || !c->query[t].name) {
		prism_error(t < 0 ? GL_INVALID_ENUM : GL_INVALID_OPERATION);
		return;
	}
	prism_lock(c);
	prism_query *q = query_of(c, c->query[t].serial);
	if (q) q->active = false;
	prism_unlock(c);
	c->query[t] = (prism_bound){0, 0};
	prism_put_glEndQuery(target);
}

void APIENTRY prism_gl_QueryCounter(GLuint id, GLenum target) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (target != GL_TIMESTAMP) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_QUERY, id, &ok);
	if (ok && serial && query_start(c, serial, target, false)) prism_put_glQueryCounter(serial, target);
}

void APIENTRY prism_gl_DeleteQueries(GLsizei n, const GLuint *ids) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (n < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	for (GLsizei done = 0; done < n;) {
		GLsizei k = n - done < 512 ? n - done : 512;
		uint32_t serials[512];
		prism_names_delete(PRISM_KIND_QUERY, k, ids + done, serials);
		prism_lock(c);
		for (GLsizei i = 0; i < k; i++) {
			if (!serials[i]) continue;
			free(prism_map_ptr(&c->sh->queries, serials[i]));
			prism_map_del(&c->sh->queries, serials[i]);
			for (int t = 0; t < PRISM_Q_TARGETS; t++)
				if (c->query[t].serial == serials[i]) c->query[t] = (prism_bound){0, 0};
		}
		prism_unlock(c);
		prism_arr a;
		if (!prism_arr_in(&a, serials, (uint64_t)k * sizeof *serials)) return;
		prism_put_glDeleteQueries(k, &a);
		done += k;
	}
}
GLboolean APIENTRY prism_gl_IsQuery(GLuint id) { return prism_client_out() ? prism_name_is(PRISM_KIND_QUERY, id) : GL_FALSE; }

/* The result, asked once and from those nodes that it takes. false: an error was recorded or the context is lost. */
static bool result_of(prism_client *c, GLuint id, uint64_t *result, bool only_check) {
	bool ok = true;
	uint32_t serial = prism_serial(PRISM_KIND_QUERY, id, &ok);
	if (!ok) return false;
	prism_lock(c);
	prism_query *q = prism_map_ptr(&c->sh->queries, serial);
	bool usable = q && q->target && !q->active, known = usable && q->known;
	GLenum target = usable ? q->target : 0;
	if (known) *result = q->result;
	prism_unlock(c);
	if (!usable) prism_error(GL_INVALID_OPERATION);
	if (!usable || known || only_check) return usable;
	prism_ask a;
	if (!prism_ask_begin(&a)) return false;
	switch (target) {
	case GL_SAMPLES_PASSED: prism_put_prismQuerySum(a.id, serial); break;
	case GL_ANY_SAMPLES_PASSED: case GL_ANY_SAMPLES_PASSED_CONSERVATIVE: prism_put_prismQueryOr(a.id, serial); break;
	case GL_TIME_ELAPSED: case GL_TIMESTAMP: prism_put_prismQueryMax(a.id, serial); break;
	default: prism_put_prismQueryLead(a.id, serial); break;
	}
	ok = prism_ask_wait(&a);
	*result = a.ret;
	prism_ask_end(&a);
	if (!ok) return false;
	prism_lock(c);
	q = prism_map_ptr(&c->sh->queries, serial);
	if (q && !q->active) {
		q->known = true;
		q->result = *result;
	}
	prism_unlock(c);
	return true;
}

/* GL_QUERY_RESULT_AVAILABLE is always true: the result itself waits for the nodes, and polling would only delay it. */
static bool query_value(GLuint id, GLenum pname, uint64_t *v) {
	prism_client *c = prism_client_out();
	if (!c) return false;
	if (pname != GL_QUERY_RESULT && pname != GL_QUERY_RESULT_AVAILABLE) {
		prism_error(GL_INVALID_ENUM);
		return false;
	}
	bool available = pname == GL_QUERY_RESULT_AVAILABLE;
	if (!result_of(c, id, v, available)) return false;
	if (available) *v = GL_TRUE;
	return true;
}
void APIENTRY prism_gl_GetQueryObjectiv(GLuint id, GLenum pname, GLint *params) {
	uint64_t v;
	if (query_value(id, pname, &v)) *params = v > INT32_MAX ? INT32_MAX : (GLint)v;
}
void APIENTRY prism_gl_GetQueryObjectuiv(GLuint id, GLenum pname, GLuint *params) {
	uint64_t v;
	if (query_value(id, pname, &v)) *params = v > UINT32_MAX ? UINT32_MAX : (GLuint)v;
}
void APIENTRY prism_gl_GetQueryObjecti64v(GLuint id, GLenum pname, GLint64 *params) {
	uint64_t v;
	if (query_value(id, pname, &v)) *params = v > INT64_MAX ? INT64_MAX : (GLint64)v;
}
void APIENTRY prism_gl_GetQueryObjectui64v(GLuint id, GLenum pname, GLuint64 *params) {
	uint64_t v;
	if (query_value(id, pname, &v)) *params = v;
}

void APIENTRY prism_gl_GetQueryiv(GLenum target, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	if (!c) return;
	int t = target_of(c, target);
	if ((t < 0 && target != GL_TIMESTAMP) || (pname != GL_CURRENT_QUERY && pname != GL_QUERY_COUNTER_BITS)) prism_error(GL_INVALID_ENUM);
	else if (pname == GL_CURRENT_QUERY) *params = t < 0 ? 0 : (GLint)c->query[t].name;
	else prism_get(c, PRISM_GET_QUERY_BITS, 0, target, 0, params, sizeof *params, true);
}

/* ---- conditional rendering: by the merged result, which each node alone cannot know. All modes wait. ---- */

void APIENTRY prism_gl_BeginConditionalRender(GLuint id, GLenum mode) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (c->conditional || mode < GL_QUERY_WAIT || mode > GL_QUERY_BY_REGION_NO_WAIT) {
		prism_error(c->conditional ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
		return;
	}
	uint64_t v;
	if (!result_of(c, id, &v, false)) return;
	c->conditional = true;
	c->discarding = !v;
	if (c->discarding) prism_put_prismConditional(1);
}
void APIENTRY prism_gl_EndConditionalRender(void) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (!c->conditional) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	c->conditional = false;
	if (c->discarding) prism_put_prismConditional(0);
	c->discarding = false;
}

/* ---- syncs. Data is copied when a command is packed and chunks are in order, so what is behind a fence sees all before it
 * once the chunk is committed. A sync is a number that says so. ---- */

static bool sync_is(prism_client *c, GLsync s) {
	uint64_t v, n = (uint64_t)(uintptr_t)s;
	prism_lock(c);
	bool is = n && n <= UINT32_MAX && prism_map_get(&c->sh->syncs, (uint32_t)n, &v);
	prism_unlock(c);
	return is;
}
static bool sync_use(prism_client *c, GLsync s) {
	bool is = sync_is(c, s);
	if (!is) prism_error(GL_INVALID_VALUE);
	return is;
}

GLsync APIENTRY prism_gl_FenceSync(GLenum condition, GLbitfield flags) {
	prism_client *c = prism_client_out();
	if (!c) return NULL;
	if (condition != GL_SYNC_GPU_COMMANDS_COMPLETE || flags) {
		prism_error(flags ? GL_INVALID_VALUE : GL_INVALID_ENUM);
		return NULL;
	}
	prism_lock(c);
	uint32_t n = ++c->sh->sync_last;
	bool ok = n && prism_map_put(&c->sh->syncs, n, 1);
	prism_unlock(c);
	prism_commit(false);
	return ok ? (GLsync)(uintptr_t)n : NULL;
}
GLboolean APIENTRY prism_gl_IsSync(GLsync s) {
	prism_client *c = prism_client_out();
	return c && sync_is(c, s);
}
void APIENTRY prism_gl_DeleteSync(GLsync s) {
	prism_client *c = prism_client_out();
	if (!c || !s || !sync_use(c, s)) return;
	prism_lock(c);
	prism_map_del(&c->sh->syncs, (uint32_t)(uintptr_t)s);
	prism_unlock(c);
}
GLenum APIENTRY prism_gl_ClientWaitSync(GLsync s, GLbitfield flags, GLuint64 timeout) {
	(void)timeout;
	prism_client *c = prism_client_out();
	if (!c || !sync_use(c, s)) return GL_WAIT_FAILED;
	if (flags & ~(GLbitfield)GL_SYNC_FLUSH_COMMANDS_BIT) {
		prism_error(GL_INVALID_VALUE);
		return GL_WAIT_FAILED;
	}
	return GL_ALREADY_SIGNALED;
}
void APIENTRY prism_gl_WaitSync(GLsync s, GLbitfield flags, GLuint64 timeout) {
	prism_client *c = prism_client_out();
	if (c && sync_use(c, s) && (flags || timeout != GL_TIMEOUT_IGNORED)) prism_error(GL_INVALID_VALUE);
}
void APIENTRY prism_gl_GetSynciv(GLsync s, GLenum pname, GLsizei count, GLsizei *length, GLint *values) {
	prism_client *c = prism_client_out();
	if (!c || !sync_use(c, s)) return;
	GLint v;
	switch (pname) {
	case GL_OBJECT_TYPE: v = GL_SYNC_FENCE; break;
	case GL_SYNC_STATUS: v = GL_SIGNALED; break;
	case GL_SYNC_CONDITION: v = GL_SYNC_GPU_COMMANDS_COMPLETE; break;
	case GL_SYNC_FLAGS: v = 0; break;
	default: prism_error(GL_INVALID_ENUM); return;
	}
	if (count < 0) {
		prism_error(GL_INVALID_VALUE);
		return;
	}
	if (count) *values = v;
	if (length) *length = count ? 1 : 0;
}
