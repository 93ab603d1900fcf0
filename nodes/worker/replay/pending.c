/* What a node tells without being asked (stream/spec/overlay/core_queries.yaml): that it has passed a fence, what a query has counted. In
 * the order of the stream: the first that is not known yet holds up the others. */
#include "state.h"
#include "replay_run.h"
#include "side.h"

#define MOST_PENDING 4096u /* then the node waits for them */

typedef struct pending {
	uint32_t place, use;
	uint32_t ctx;   /* serial; 0: nothing to wait for, value stands */
	uint32_t query; /* serial; 0: a fence */
	GLuint name;
	GLsync sync;
	bool zero;      /* this node's count is another's already */
	uint64_t value;
} pending;

struct results {
	pending *at; /* a ring of cap entries, a power of two */
	unsigned first, n, cap;
	replay_told *told;
	unsigned told_n, told_cap;
};

static struct results *results_of(replay *r) {
	struct replay_private *p = r->priv;
	if (!p->results && !(p->results = calloc(1, sizeof *p->results))) x_fail(r, "out of memory for results");
	return p->results;
}
static pending *nth(struct results *s, unsigned i) { return &s->at[(s->first + i) & (s->cap - 1)]; }

void results_free(replay *r) {
	struct results *s = r->priv->results;
	if (!s) return;
	free(s->at);
	free(s->told);
	free(s);
	r->priv->results = NULL;
}

static int add(replay *r, pending e) {
	struct results *s = results_of(r);
	if (!s) return REPLAY_DEVICE;
	if (s->n >= MOST_PENDING && results_tell(r, true)) return REPLAY_DEVICE;
	if (s->n == s->cap) {
		unsigned cap = s->cap ? s->cap * 2 : 64;
		pending *grown = malloc(cap * sizeof *grown);
		if (!grown) return x_fail(r, "out of memory for results");
		for (unsigned i = 0; i < s->n; i++) grown[i] = *nth(s, i);
		free(s->at);
		s->at = grown;
		s->first = 0;
		s->cap = cap;
	}
	*nth(s, s->n++) = e;
	return 0;
}

int x_prismFence(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismFence *a = (const void *)rec;
	(void)end;
	pending e = {.place = a->place, .use = a->use};
	if (r->gl.FenceSync && r->gl.ClientWaitSync && r->gl.DeleteSync && !r->ctx->in_begin) {
		e.sync = r->gl.FenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
		if (e.sync) e.ctx = r->ctx->serial;
	} else if (!r->ctx->in_begin) {
		r->priv->real.Finish();
	}
	return add(r, e);
}

int x_prismQueryPush(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismQueryPush *a = (const void *)rec;
	(void)end;
	pending e = {.place = a->place, .use = a->use, .query = a->query};
	if (x_handle(r, "query", PRISM_KIND_QUERY, a->query, &e.name)) return REPLAY_CORRUPT;
	const bool lead = x_answers(r), mine = a->how != PRISM_MERGE_LEAD || lead;
	if (mine && e.name) e.ctx = r->ctx->serial;
	e.zero = a->how == PRISM_MERGE_SUM && !lead && query_whole(r, a->query);
	return add(r, e);
}

/* A query that begins again or ends: nobody will read what it had counted. */
void results_forget_query(replay *r, uint32_t serial) {
	struct results *s = r->priv->results;
	for (unsigned i = 0; s && i < s->n; i++)
		if (nth(s, i)->query == serial) nth(s, i)->ctx = 0;
}
int x_after_glBeginQueryIndexed(replay *r, const struct prism_rec_glBeginQueryIndexed *a) {
	results_forget_query(r, a->id);
	return 0;
}
int x_after_glQueryCounter(replay *r, const struct prism_rec_glQueryCounter *a) {
	results_forget_query(r, a->id);
	return 0;
}
int x_after_glDeleteQueries(replay *r, const struct prism_rec_glDeleteQueries *a) {
	const uint32_t *serials = (const void *)(a + 1);
	if (!r->priv->results || !r->priv->results->n || a->ids.mode != PRISM_BLOB_INLINE) return 0;
	for (uint32_t i = 0; i < a->ids.bytes / 4; i++) results_forget_query(r, serials[i]);
	return 0;
}

/* A context ends, and with it what could say that a fence is passed: its commands have been given to GL, which ends with them. */
void results_forget_context(replay *r, uint32_t ctx) {
	struct results *s = r->priv->results;
	for (unsigned i = 0; s && i < s->n; i++)
		if (nth(s, i)->ctx == ctx) nth(s, i)->ctx = 0;
}

/* Does GL know? Its context is current. */
static bool known(replay *r, pending *e, bool wait) {
	const struct prism_glapi *g = &r->gl;
	if (!e->query) {
		GLenum how;
		do how = g->ClientWaitSync(e->sync, GL_SYNC_FLUSH_COMMANDS_BIT, wait ? 1000000000 : 0);
		while (wait && how == GL_TIMEOUT_EXPIRED); /* as long as it takes: the worker's deadline runs */
		if (how == GL_TIMEOUT_EXPIRED) return false;
		g->DeleteSync(e->sync);
		return true;
	}
	GLuint there = GL_TRUE;
	if (!wait) g->GetQueryObjectuiv(e->name, GL_QUERY_RESULT_AVAILABLE, &there);
	if (!there) return false;
	if (g->GetQueryObjectui64v) {
		GLuint64 v = 0;
		g->GetQueryObjectui64v(e->name, GL_QUERY_RESULT, &v);
		e->value = v;
	} else {
		GLuint v = 0;
		g->GetQueryObjectuiv(e->name, GL_QUERY_RESULT, &v);
		e->value = v;
	}
	if (e->zero) e->value = 0;
	return true;
}

static int tell(replay *r, const pending *e) {
	struct results *s = r->priv->results;
	if (s->told_n == s->told_cap) {
		unsigned cap = s->told_cap ? s->told_cap * 2 : 64;
		replay_told *grown = realloc(s->told, cap * sizeof *grown);
		if (!grown) return x_fail(r, "out of memory for results");
		s->told = grown;
		s->told_cap = cap;
	}
	s->told[s->told_n++] = (replay_told){e->place, e->use, e->value};
	return 0;
}

int results_tell(replay *r, bool wait) {
	struct replay_private *p = r->priv;
	struct results *s = p->results;
	if (!s || !s->n) return 0;
	struct replay_context *const was = r->ctx;
	int rc = 0;
	bool errors = false;
	while (s->n && !rc) {
		pending *e = nth(s, 0);
		if (e->ctx) {
			struct replay_context *c = r->ctx && r->ctx->serial == e->ctx ? r->ctx : replay_context_by(r, e->ctx);
			if (!c || c->in_begin) break; /* between glBegin and glEnd nothing can be asked: after it */
			if (c != r->ctx || p->util_current) {
				r->ctx = c;
				if (!replay_current(r)) {
					rc = REPLAY_DEVICE;
					break;
				}
			}
			if (!errors) replay_collect_error(r); /* those of the app's commands; what is asked here makes none of its own */
			errors = true;
			if (!known(r, e, wait)) break;
			while (p->real.GetError() != GL_NO_ERROR) {}
		}
		rc = tell(r, e);
		s->first = (s->first + 1) & (s->cap - 1);
		s->n--;
	}
	if (r->ctx != was) {
		r->ctx = was;
		if (!replay_current(r)) rc = REPLAY_DEVICE;
	}
	return rc;
}

bool replay_pending(const replay *r) { return r->priv->results && (r->priv->results->n || r->priv->results->told_n); }

int replay_results(replay *r, bool wait, const replay_told **told, uint32_t *n) {
	replay_now = r;
	int rc = results_tell(r, wait);
	struct results *s = r->priv->results;
	*told = s ? s->told : NULL;
	*n = s ? s->told_n : 0;
	if (s) s->told_n = 0;
	return rc;
}
