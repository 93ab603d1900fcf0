/* Query objects, conditional rendering, syncs. */
#include "gl/buffers/buffers.h"
#include "gl/state/lists.h"
#include <stdlib.h>

static int target_of(const prism_client *c, GLenum target) {
	switch (target) {
	case GL_SAMPLES_PASSED: return c->es ? -1 : PRISM_Q_SAMPLES;
	case GL_ANY_SAMPLES_PASSED: return PRISM_Q_ANY;
	case GL_ANY_SAMPLES_PASSED_CONSERVATIVE: return PRISM_Q_ANY_CONSERVATIVE;
	case GL_PRIMITIVES_GENERATED: return PRISM_Q_GENERATED;
	case GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN: return PRISM_Q_WRITTEN;
	case GL_TIME_ELAPSED: return PRISM_Q_ELAPSED;
	}
	if (c->es) return -1;
	switch (target) {
	case GL_TRANSFORM_FEEDBACK_OVERFLOW: return PRISM_Q_OVERFLOW;
	case GL_TRANSFORM_FEEDBACK_STREAM_OVERFLOW: return PRISM_Q_STREAM_OVERFLOW;
	case GL_GEOMETRY_SHADER_INVOCATIONS: return PRISM_Q_STATISTICS + 10;
	default: return target >= GL_VERTICES_SUBMITTED && target <= GL_CLIPPING_OUTPUT_PRIMITIVES ? PRISM_Q_STATISTICS + (int)(target - GL_VERTICES_SUBMITTED) : -1;
	}
}
static bool indexed(int t) { return t == PRISM_Q_GENERATED || t == PRISM_Q_WRITTEN || t == PRISM_Q_STREAM_OVERFLOW; }

/* Where the active query of a target is kept; NULL with the error recorded. */
static prism_bound *active_at(prism_client *c, GLenum target, GLuint index) {
	int t = target_of(c, target);
	GLenum error = t < 0 ? GL_INVALID_ENUM : index >= (indexed(t) ? PRISM_STREAMS : 1) ? GL_INVALID_VALUE : 0;
	if (error) prism_error(error);
	return error ? NULL : &c->query[t][index];
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

void prism_query_free(void *query) {
	prism_query *q = query;
	if (q) prism_fence_drop(&q->at);
	free(q);
}

static bool startable(const prism_query *q, GLenum target) { return !q->active && (!q->target || q->target == target); }

/* The error, or 0. */
static GLenum query_start(prism_client *c, uint32_t serial, GLenum target, GLuint index, bool active) {
	prism_lock(c);
	prism_query *q = query_of(c, serial);
	bool ok = q && startable(q, target);
	if (ok) *q = (prism_query){.target = target, .index = index, .active = active, .at = q->at}; /* a place that it has it may use again */
	prism_unlock(c);
	return ok ? 0 : q ? GL_INVALID_OPERATION : GL_OUT_OF_MEMORY;
}

static uint32_t merged_how(GLenum target) {
	switch (target) {
	case GL_SAMPLES_PASSED: case GL_FRAGMENT_SHADER_INVOCATIONS: return PRISM_MERGE_SUM;
	case GL_ANY_SAMPLES_PASSED: case GL_ANY_SAMPLES_PASSED_CONSERVATIVE: return PRISM_MERGE_OR;
	case GL_TIME_ELAPSED: case GL_TIMESTAMP: return PRISM_MERGE_MAX;
	default: return PRISM_MERGE_LEAD;
	}
}

/* Behind the command that ends it: its result is to come by itself, if there is a place for it. */
static void query_push(prism_client *c, uint32_t serial, GLenum target) {
	prism_lock(c);
	prism_query *q = query_of(c, serial);
	prism_fence at = {0};
	if (q) {
		q->active = false;
		uint32_t place = q->at.use ? q->at.place : prism_result_new();
		if (place != PRISM_NO_RESULT) at = (prism_fence){place, prism_result_use(place)};
		q->at = at;
	}
	prism_unlock(c);
	if (at.use) prism_put_prismQueryPush(serial, at.place, at.use, merged_how(target));
}

/* Of the occlusion queries one at a time. */
static bool busy(const prism_client *c, GLenum target, GLuint index) {
	const int t = target_of(c, target);
	bool is = c->query[t][index].name;
	for (int k = PRISM_Q_SAMPLES; k <= PRISM_Q_ANY_CONSERVATIVE && t <= PRISM_Q_ANY_CONSERVATIVE; k++) is |= c->query[k][0].name != 0;
	return is;
}

/* a: target, index, name. The nodes report what is wrong in a display list. */
static void begin_query(prism_client *c, const GLuint *a) {
	const uint32_t serial = prism_serial_known(PRISM_KIND_QUERY, a[2]);
	if (prism_t->in_begin || !serial || busy(c, a[0], a[1]) || query_start(c, serial, a[0], a[1], true)) return;
	c->query[target_of(c, a[0])][a[1]] = (prism_bound){a[2], serial};
}
static void end_query(prism_client *c, const GLuint *a) {
	prism_bound *at = &c->query[target_of(c, a[0])][a[1]];
	if (prism_t->in_begin || !at->name) return;
	query_push(c, at->serial, a[0]);
	*at = (prism_bound){0, 0};
}

void APIENTRY prism_gl_BeginQueryIndexed(GLenum target, GLuint index, GLuint id) {
	prism_client *c = prism_client_out();
	if (!c || !active_at(c, target, index)) return;
	if (!id || (!prism_compiling(c) && busy(c, target, index))) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_QUERY, id, &ok);
	if (!ok) return;
	if (!prism_compiling(c)) {
		prism_lock(c);
		const prism_query *q = query_of(c, serial);
		const GLenum error = !q ? GL_OUT_OF_MEMORY : !startable(q, target) ? GL_INVALID_OPERATION : 0;
		prism_unlock(c);
		if (error) {
			prism_error(error);
			return;
		}
	}
	prism_listed(c, begin_query, target, index, id);
	if (index) prism_put_glBeginQueryIndexed(target, index, serial);
	else prism_put_glBeginQuery(target, serial);
}
void APIENTRY prism_gl_BeginQuery(GLenum target, GLuint id) { prism_gl_BeginQueryIndexed(target, 0, id); }

void APIENTRY prism_gl_EndQueryIndexed(GLenum target, GLuint index) {
	prism_client *c = prism_client_out();
	const prism_bound *at = c ? active_at(c, target, index) : NULL;
	if (!at) return;
	if (!at->name && !prism_compiling(c)) {
		prism_error(GL_INVALID_OPERATION);
		return;
	}
	if (index) prism_put_glEndQueryIndexed(target, index);
	else prism_put_glEndQuery(target);
	prism_listed(c, end_query, target, index, 0);
}
void APIENTRY prism_gl_EndQuery(GLenum target) { prism_gl_EndQueryIndexed(target, 0); }

void APIENTRY prism_gl_QueryCounter(GLuint id, GLenum target) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if (target != GL_TIMESTAMP) {
		prism_error(GL_INVALID_ENUM);
		return;
	}
	bool ok = true;
	uint32_t serial = prism_serial_bind(PRISM_KIND_QUERY, id, &ok);
	if (!ok || !serial) return;
	const GLenum error = query_start(c, serial, target, 0, false);
	if (error) {
		prism_error(error);
		return;
	}
	prism_put_glQueryCounter(serial, target);
	query_push(c, serial, target);
}

void APIENTRY prism_gl_CreateQueries(GLenum target, GLsizei n, GLuint *ids) {
	prism_client *c = prism_client_out();
	if (!c) return;
	if ((target_of(c, target) < 0 && target != GL_TIMESTAMP) || n < 0) {
		prism_error(n < 0 ? GL_INVALID_VALUE : GL_INVALID_ENUM);
		return;
	}
	for (GLsizei done = 0; ids && done < n;) {
		GLsizei k = n - done < 512 ? n - done : 512;
		uint32_t serials[512];
		if (!prism_names_new(PRISM_KIND_QUERY, k, ids + done, serials)) return;
		prism_names_made(PRISM_KIND_QUERY, k, ids + done);
		for (GLsizei i = 0; i < k; i++) {
			prism_lock(c);
			prism_query *q = query_of(c, serials[i]);
			if (q) { /* its result is there already: 0 */
				q->target = target;
				q->known = true;
			}
			prism_unlock(c);
		}
		prism_arr a;
		if (!prism_arr_in(&a, serials, (uint64_t)k * sizeof *serials)) return;
		prism_put_glCreateQueries(target, k, &a);
		done += k;
	}
}

static void ended(prism_client *c, GLuint name, uint32_t serial) {
	(void)name;
	prism_lock(c);
	prism_query_free(prism_map_ptr(&c->sh->queries, serial));
	prism_map_del(&c->sh->queries, serial);
	for (int t = 0; t < PRISM_Q_TARGETS; t++)
		for (int k = 0; k < PRISM_STREAMS; k++)
			if (c->query[t][k].serial == serial) c->query[t][k] = (prism_bound){0, 0};
	prism_unlock(c);
}
void APIENTRY prism_gl_DeleteQueries(GLsizei n, const GLuint *ids) { prism_delete(PRISM_KIND_QUERY, n, ids, ended, prism_put_glDeleteQueries); }
GLboolean APIENTRY prism_gl_IsQuery(GLuint id) { return prism_client_out() ? prism_name_is(PRISM_KIND_QUERY, id) : GL_FALSE; }

enum { CHECK, LOOK, POLL, WAIT }; /* is there such a query; what is known here; the same, and it is to come some time; what it is */

/* The result: 1, it is *result; 0 it has not come (but for CHECK); -1 an error was recorded, or the context is lost. */
static int result_of(prism_client *c, GLuint id, uint64_t *result, int how, prism_fence *at) {
	bool ok = true;
	uint32_t serial = prism_serial(PRISM_KIND_QUERY, id, &ok);
	if (!ok) return -1;
	prism_lock(c);
	prism_query *q = prism_map_ptr(&c->sh->queries, serial);
	bool usable = q && q->target && !q->active;
	if (usable && !q->known && q->at.use && prism_result_look(q->at.place, q->at.use, &q->result)) {
		q->known = true;
		prism_fence_drop(&q->at);
	}
	bool known = usable && q->known;
	GLenum target = usable ? q->target : 0;
	if (known) *result = q->result;
	*at = usable ? q->at : (prism_fence){0};
	prism_unlock(c);
	if (!usable) prism_error(GL_INVALID_OPERATION);
	if (!usable || known || how == CHECK) return usable ? 1 : -1;
	if (at->use && how != WAIT) {
		if (how == POLL && prism_packed()) prism_commit(true);
		return 0;
	}
	if (at->use) {
		prism_commit(true);
		prism_count_round_trip();
		ok = prism_result_wait(at->place, at->use, UINT64_MAX, result) > 0;
	} else {
		if (how != WAIT) return 0;
		prism_ask a;
		if (!prism_ask_begin(&a)) return -1;
		switch (merged_how(target)) {
		case PRISM_MERGE_SUM: prism_put_prismQuerySum(a.id, serial); break;
		case PRISM_MERGE_OR: prism_put_prismQueryOr(a.id, serial); break;
		case PRISM_MERGE_MAX: prism_put_prismQueryMax(a.id, serial); break;
		default: prism_put_prismQueryLead(a.id, serial); break;
		}
		ok = prism_ask_wait(&a);
		*result = a.ret;
		prism_ask_end(&a);
	}
	if (!ok) return -1;
	prism_lock(c);
	q = prism_map_ptr(&c->sh->queries, serial);
	if (q && !q->active) {
		q->known = true;
		q->result = *result;
		prism_fence_drop(&q->at);
	}
	prism_unlock(c);
	return 1;
}

/* ---- results to the app, or to a buffer ---- */

enum { INT32 = 1, UINT32, INT64, UINT64 }; /* of the call; bit 1 off: signed, INT64 and on: 8 bytes */

/* As GL_INT and so on hold it: what does not fit is the greatest that does. */
static uint64_t clamped(uint64_t v, int form) {
	const uint64_t top = form == INT32 ? INT32_MAX : form == UINT32 ? UINT32_MAX : form == INT64 ? INT64_MAX : UINT64_MAX;
	return v > top ? top : v;
}

/* To memory of the app's. Of a query that must be asked for, GL_QUERY_RESULT_AVAILABLE is true: to poll would only delay it. Where all is
 * lost it is, too, as GL has it: who waits for it must come to an end. */
static bool query_value(prism_client *c, GLuint id, GLenum pname, uint64_t *v) {
	prism_fence at;
	int got;
	switch (pname) {
	case GL_QUERY_TARGET:
		if (result_of(c, id, v, CHECK, &at) < 0) return false;
		prism_lock(c);
		const prism_query *q = prism_map_ptr(&c->sh->queries, prism_serial_known(PRISM_KIND_QUERY, id));
		*v = q ? q->target : 0;
		prism_unlock(c);
		return true;
	case GL_QUERY_RESULT_AVAILABLE:
		got = result_of(c, id, v, POLL, &at);
		*v = got > 0 || !at.use || prism_fence_passed(&at);
		return got >= 0;
	case GL_QUERY_RESULT_NO_WAIT: return result_of(c, id, v, POLL, &at) > 0;
	case GL_QUERY_RESULT: return result_of(c, id, v, WAIT, &at) > 0;
	default: prism_error(GL_INVALID_ENUM); return false;
	}
}

/* To a buffer, as the stream goes: what has not come yet is waited for there and not here. */
static void into_buffer(prism_client *c, GLuint id, GLenum pname, prism_bound to, int64_t offset, int form) {
	uint64_t v;
	prism_fence at;
	if (result_of(c, id, &v, CHECK, &at) < 0) return;
	prism_lock(c);
	const prism_buffer *b = prism_map_ptr(&c->sh->buffers, to.serial);
	int64_t size = b ? b->size : 0;
	prism_unlock(c);
	const int64_t bytes = form >= INT64 ? 8 : 4;
	GLenum error = offset < 0 ? GL_INVALID_VALUE : size < bytes || offset > size - bytes ? GL_INVALID_OPERATION : 0;
	if (error) {
		prism_error(error);
		return;
	}
	int got = 1;
	if (pname == GL_QUERY_RESULT || pname == GL_QUERY_RESULT_NO_WAIT) {
		got = result_of(c, id, &v, LOOK, &at);
		if (!got && !at.use) got = result_of(c, id, &v, WAIT, &at);
	} else if (pname == GL_QUERY_RESULT_AVAILABLE) {
		v = GL_TRUE;
	} else if (!query_value(c, id, pname, &v)) {
		return;
	}
	if (got < 0) return;
	prism_buffer_wrote(c, to.serial, offset, bytes);
	if (got) prism_put_prismQueryStore(to.serial, (uint32_t)bytes, (uint64_t)offset, clamped(v, form));
	else prism_put_prismResultStore(to.serial, (uint32_t)bytes, (uint64_t)offset, 0, clamped(UINT64_MAX, form), at.place, at.use);
}

static void get_object(GLuint id, GLenum pname, void *params, int form) {
	prism_client *c = prism_client_out();
	if (!c) return;
	const prism_bound *to = prism_binding(c, GL_QUERY_BUFFER);
	if (to && to->serial) {
		into_buffer(c, id, pname, *to, (int64_t)(intptr_t)params, form);
		return;
	}
	uint64_t v;
	if (!query_value(c, id, pname, &v) || !params) return;
	v = clamped(v, form);
	memcpy(params, &v, form >= INT64 ? 8 : 4); /* little endian, as all here */
}
void APIENTRY prism_gl_GetQueryObjectiv(GLuint id, GLenum pname, GLint *params) { get_object(id, pname, params, INT32); }
void APIENTRY prism_gl_GetQueryObjectuiv(GLuint id, GLenum pname, GLuint *params) { get_object(id, pname, params, UINT32); }
void APIENTRY prism_gl_GetQueryObjecti64v(GLuint id, GLenum pname, GLint64 *params) { get_object(id, pname, params, INT64); }
void APIENTRY prism_gl_GetQueryObjectui64v(GLuint id, GLenum pname, GLuint64 *params) { get_object(id, pname, params, UINT64); }

static void get_buffer_object(GLuint id, GLuint buffer, GLenum pname, GLintptr offset, int form) {
	prism_client *c = prism_client_out();
	if (!c) return;
	uint32_t serial = prism_serial_known(PRISM_KIND_BUFFER, buffer);
	if (!serial) prism_error(GL_INVALID_OPERATION);
	else into_buffer(c, id, pname, (prism_bound){buffer, serial}, offset, form);
}
void APIENTRY prism_gl_GetQueryBufferObjectiv(GLuint id, GLuint buffer, GLenum pname, GLintptr offset) { get_buffer_object(id, buffer, pname, offset, INT32); }
void APIENTRY prism_gl_GetQueryBufferObjectuiv(GLuint id, GLuint buffer, GLenum pname, GLintptr offset) { get_buffer_object(id, buffer, pname, offset, UINT32); }
void APIENTRY prism_gl_GetQueryBufferObjecti64v(GLuint id, GLuint buffer, GLenum pname, GLintptr offset) { get_buffer_object(id, buffer, pname, offset, INT64); }
void APIENTRY prism_gl_GetQueryBufferObjectui64v(GLuint id, GLuint buffer, GLenum pname, GLintptr offset) { get_buffer_object(id, buffer, pname, offset, UINT64); }

void APIENTRY prism_gl_GetQueryIndexediv(GLenum target, GLuint index, GLenum pname, GLint *params) {
	prism_client *c = prism_client_out();
	if (!c) return;
	const bool timestamp = target == GL_TIMESTAMP;
	const prism_bound *at = timestamp ? NULL : active_at(c, target, index);
	if (!at && !timestamp) return;
	if (timestamp && index) prism_error(GL_INVALID_VALUE);
	else if (pname == GL_CURRENT_QUERY) *params = at ? (GLint)at->name : 0;
	else if (pname == GL_QUERY_COUNTER_BITS) prism_get(c, PRISM_GET_QUERY_BITS, 0, target, 0, params, sizeof *params, true);
	else prism_error(GL_INVALID_ENUM);
}
void APIENTRY prism_gl_GetQueryiv(GLenum target, GLenum pname, GLint *params) { prism_gl_GetQueryIndexediv(target, 0, pname, params); }

/* ---- conditional rendering: by the merged result, which each node alone cannot know. In all modes the stream waits for it, the app in none:
 * pictures do not depend on how fast somebody was. ---- */

static bool decides(const prism_client *c, GLenum target) {
	int t = target_of(c, target);
	return t >= 0 && (t <= PRISM_Q_ANY_CONSERVATIVE || t == PRISM_Q_OVERFLOW || t == PRISM_Q_STREAM_OVERFLOW);
}

void APIENTRY prism_gl_BeginConditionalRender(GLuint id, GLenum mode) {
	prism_client *c = prism_client_out();
	if (!c) return;
	const bool inverted = mode >= GL_QUERY_WAIT_INVERTED && mode <= GL_QUERY_BY_REGION_NO_WAIT_INVERTED;
	if (c->conditional || ((mode < GL_QUERY_WAIT || mode > GL_QUERY_BY_REGION_NO_WAIT) && !inverted)) {
		prism_error(c->conditional ? GL_INVALID_OPERATION : GL_INVALID_ENUM);
		return;
	}
	uint64_t v;
	prism_lock(c);
	const prism_query *q = prism_map_ptr(&c->sh->queries, prism_serial_known(PRISM_KIND_QUERY, id));
	/* No such query is an error of the value; one of another kind or that counts yet, of the operation. */
	GLenum error = !q ? GL_INVALID_VALUE : q->active || !decides(c, q->target) ? GL_INVALID_OPERATION : 0;
	prism_unlock(c);
	if (error) {
		prism_error(error);
		return;
	}
	prism_fence at;
	int got = result_of(c, id, &v, LOOK, &at);
	if (!got && !at.use) got = result_of(c, id, &v, WAIT, &at);
	if (got < 0) return;
	c->conditional = true;
	c->discarding = !got || (inverted ? v != 0 : !v);
	if (!got) prism_put_prismConditionalOf(0, at.place, at.use, inverted);
	else if (c->discarding) prism_put_prismConditional(1);
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

/* ---- syncs: fences with names ---- */

/* The fence of a sync; false: there is none. One that is passed gives its place back. */
static bool sync_get(prism_client *c, GLsync s, prism_fence *f) {
	uint64_t n = (uint64_t)(uintptr_t)s;
	prism_lock(c);
	prism_fence *own = n && n <= UINT32_MAX ? prism_map_ptr(&c->sh->syncs, (uint32_t)n) : NULL;
	if (own && own->use && prism_fence_passed(own)) prism_fence_drop(own);
	*f = own ? *own : (prism_fence){0};
	prism_unlock(c);
	return own;
}
static bool sync_use(prism_client *c, GLsync s, prism_fence *f) {
	bool is = sync_get(c, s, f);
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
	prism_fence *f = malloc(sizeof *f);
	if (f) prism_fence_set(f);
	prism_lock(c);
	uint32_t n = ++c->sh->sync_last;
	bool ok = f && n && prism_map_put(&c->sh->syncs, n, (uint64_t)(uintptr_t)f);
	prism_unlock(c);
	if (ok) return (GLsync)(uintptr_t)n;
	if (f) prism_fence_drop(f);
	free(f);
	prism_error(GL_OUT_OF_MEMORY);
	return NULL;
}
GLboolean APIENTRY prism_gl_IsSync(GLsync s) {
	prism_client *c = prism_client_out();
	prism_fence f;
	return c && sync_get(c, s, &f);
}
void APIENTRY prism_gl_DeleteSync(GLsync s) {
	prism_client *c = prism_client_out();
	prism_fence f;
	if (!c || !s || !sync_use(c, s, &f)) return;
	prism_lock(c);
	prism_fence *own = prism_map_ptr(&c->sh->syncs, (uint32_t)(uintptr_t)s);
	prism_map_del(&c->sh->syncs, (uint32_t)(uintptr_t)s);
	prism_unlock(c);
	if (own) prism_fence_drop(own);
	free(own);
	prism_label_set(PRISM_KIND_SYNC, (uint32_t)(uintptr_t)s, NULL, 0);
}
GLenum APIENTRY prism_gl_ClientWaitSync(GLsync s, GLbitfield flags, GLuint64 timeout) {
	prism_client *c = prism_client_out();
	prism_fence f;
	if (!c || !sync_use(c, s, &f)) return GL_WAIT_FAILED;
	if (flags & ~(GLbitfield)GL_SYNC_FLUSH_COMMANDS_BIT) {
		prism_error(GL_INVALID_VALUE);
		return GL_WAIT_FAILED;
	}
	bool passed = prism_fence_passed(&f);
	GLenum how = passed ? GL_ALREADY_SIGNALED : GL_TIMEOUT_EXPIRED;
	if (!passed && timeout) {
		prism_count_round_trip();
		int got = prism_fence_wait(&f, timeout);
		how = got > 0 ? GL_CONDITION_SATISFIED : got ? GL_WAIT_FAILED : GL_TIMEOUT_EXPIRED;
	}
	if (how == GL_ALREADY_SIGNALED || how == GL_CONDITION_SATISFIED) prism_maps_synced(c);
	return how;
}
/* Chunks are in order and a fence commits its own: what comes after this stands behind what came before the fence. */
void APIENTRY prism_gl_WaitSync(GLsync s, GLbitfield flags, GLuint64 timeout) {
	prism_client *c = prism_client_out();
	prism_fence f;
	if (c && sync_use(c, s, &f) && (flags || timeout != GL_TIMEOUT_IGNORED)) prism_error(GL_INVALID_VALUE);
}
void APIENTRY prism_gl_GetSynciv(GLsync s, GLenum pname, GLsizei count, GLsizei *length, GLint *values) {
	prism_client *c = prism_client_out();
	prism_fence f;
	if (!c || !sync_use(c, s, &f)) return;
	GLint v;
	switch (pname) {
	case GL_OBJECT_TYPE: v = GL_SYNC_FENCE; break;
	case GL_SYNC_STATUS:
		v = prism_fence_passed(&f) ? GL_SIGNALED : GL_UNSIGNALED;
		if (v == GL_SIGNALED) prism_maps_synced(c);
		break;
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
