/* What a frame's batches take of the GPU: pairs of timestamps around what is carried out of each batch, so that waiting for the next one does
 * not count. Timestamps collide with no query of the app's, which has glBeginQuery(GL_TIME_ELAPSED) for itself.
 *
 * A frame's times are asked for before its tiles are read back, which waits for the same commands; so nothing waits longer. What cannot be told
 * of a frame is told as that: one of several contexts, one that began within glBegin … glEnd or a display list, OpenGL ES. */
#include "state.h"
#include "replay_run.h"

#define MOST_SPANS 512u /* of a frame: a batch has at least some KiB */
#define MORE_NAMES 16u

struct timers {
	bool tried, works;
	unsigned n;                    /* names that are made */
	GLuint names[2 * MOST_SPANS];
};

/* May a timestamp be taken now, in the context that is current? Display lists would take it in. */
static bool quiet(const struct replay_context *c) { return !c->in_begin && !c->build; }

static bool works(replay *r, struct replay_context *c) {
	const struct real_gl *g = &r->priv->real;
	if (!c->timed && !(c->timed = calloc(1, sizeof *c->timed))) return false;
	if (c->timed->tried) return c->timed->works;
	c->timed->tried = true;
	if (c->es || !g->QueryCounter || !g->GetQueryObjectui64v || !g->GetQueryiv || !g->GenQueries) return false;
	replay_collect_error(r); /* the app's */
	GLint bits = 0;
	if (replay_offered(r, "GL_ARB_timer_query")) g->GetQueryiv(GL_TIMESTAMP, GL_QUERY_COUNTER_BITS, &bits);
	while (g->GetError() != GL_NO_ERROR) {} /* of a GL that is too old for these questions */
	return c->timed->works = bits >= 40; /* nanoseconds for a quarter of an hour */
}

static void stamp(replay *r, struct replay_context *c) {
	const struct real_gl *g = &r->priv->real;
	struct timers *t = c->timed;
	if (r->priv->timing.used == t->n) {
		g->GenQueries(MORE_NAMES, t->names + t->n);
		t->n += MORE_NAMES;
	}
	g->QueryCounter(t->names[r->priv->timing.used++], GL_TIMESTAMP);
}

/* Records of r->ctx, which is current, follow. */
void timing_begin(replay *r) {
	struct timing *f = &r->priv->timing;
	struct replay_context *c = r->ctx;
	if (!f->on || f->lost || (f->open && f->ctx == c->serial)) return;
	/* The tests after works() are of this frame: another context's part of it is not told, nor more than there is room for. */
	f->lost = !quiet(c) || !works(r, c) || (f->ctx && f->ctx != c->serial) || f->used + 2 > 2 * MOST_SPANS;
	if (f->lost) return;
	f->ctx = c->serial;
	stamp(r, c);
	f->open = true;
}

/* The batch, or what is carried out of it now, ends. */
void timing_end(replay *r) {
	struct timing *f = &r->priv->timing;
	struct replay_context *c = r->ctx;
	if (!f->open || f->lost) return;
	if (!c || c->serial != f->ctx || (r->priv->util_current && !replay_current(r))) {
		f->lost = true;
		return;
	}
	if (!quiet(c)) return; /* the span goes on with the next batch */
	stamp(r, c);
	r->priv->real.Flush(); /* else it is taken when the next batch comes */
	f->open = false;
}

void timing_free(struct replay_context *c) {
	free(c->timed); /* the names go with the context */
	c->timed = NULL;
}

void replay_timing(replay *r, bool on) { r->priv->timing.on = on; }

int64_t replay_frame_time(replay *r, bool wait) {
	const struct real_gl *g = &r->priv->real;
	struct timing f = r->priv->timing;
	struct replay_context *c = r->ctx;
	r->priv->timing = (struct timing){.on = f.on};
	replay_now = r;
	if (!f.on || f.lost || f.open || !wait) return -1;
	if (!f.used) return 0;
	if (!c || c->serial != f.ctx || (r->priv->util_current && !replay_current(r))) return -1;
	uint64_t sum = 0;
	for (unsigned i = 0; i < f.used; i += 2) {
		GLuint64 from = 0, to = 0;
		g->GetQueryObjectui64v(c->timed->names[i], GL_QUERY_RESULT, &from);
		g->GetQueryObjectui64v(c->timed->names[i + 1], GL_QUERY_RESULT, &to);
		if (to < from) return -1; /* the clock has begun anew */
		sum += to - from;
	}
	return sum < INT64_MAX ? (int64_t)sum : -1;
}
