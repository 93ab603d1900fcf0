/* prism's own records (stream/spec/overlay/core.yaml): bulk data, contexts, drawables, frames. */
#include "state.h"
#include "replay_run.h"
#include <stdio.h>

int x_prismData(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismData *a = (const void *)rec;
	const uint8_t *at = (const uint8_t *)(a + 1);
	const void *p;
	if (a->data.mode != PRISM_BLOB_INLINE) return x_bad(r, "data", "mode %u, want inline", a->data.mode);
	if (x_blob(r, "data", &a->data, 0, false, &at, end, &p)) return REPLAY_CORRUPT;
	return staged_add(r, p, a->data.bytes);
}

int x_prismDataRef(replay *r, const uint8_t *rec, const uint8_t *end) {
	(void)rec, (void)end;
	return x_bad(r, "", "blocks of the arena do not reach a node");
}

int x_prismContextCreate(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismContextCreate *a = (const void *)rec;
	struct replay_private *p = r->priv;
	(void)end;
	if (!a->ctx || replay_context_by(r, a->ctx)) return x_bad(r, "ctx", "%u is known already, or 0", a->ctx);
	if (p->n_ctxs == MAX_CONTEXTS) return x_bad(r, "ctx", "more than %u contexts", MAX_CONTEXTS);
	struct replay_context *share = NULL;
	if (a->share && !(share = replay_context_by(r, a->share))) return x_bad(r, "share", "context %u is not known", a->share);
	struct replay_context *c = calloc(1, sizeof *c);
	share_group *g = share ? share->group : calloc(1, sizeof *g);
	if (!c || !g) {
		free(c);
		if (!share) free(g);
		return x_fail(r, "out of memory for a context");
	}
	char err[256];
	const prism_context_want want = {a->profile, a->major, a->minor, (a->flags & 2) != 0}; /* GLX_CONTEXT_FORWARD_COMPATIBLE_BIT_ARB */
	c->egl = p->dev->context_new(p->dev, share ? share->egl : NULL, &want, err, sizeof err);
	if (!c->egl) {
		free(c);
		if (!share) free(g);
		return x_fail(r, "context %u: %s", a->ctx, err);
	}
	if (!share) g->id = ++p->next_group;
	g->users++;
	c->group = g;
	c->serial = a->ctx;
	c->es = a->profile == 4;
	if (c->es) c->draw_buf[0] = c->read_buf = GL_BACK;
	c->compat = a->profile != 1 && !c->es;
	p->ctxs[p->n_ctxs++] = c;
	return 0;
}

int x_prismContextDestroy(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismContextDestroy *a = (const void *)rec;
	struct replay_private *p = r->priv;
	(void)end;
	struct replay_context *c = replay_context_by(r, a->ctx);
	if (!c) return x_bad(r, "ctx", "context %u is not known", a->ctx);
	if (results_tell(r, true)) return REPLAY_DEVICE;
	results_forget_context(r, a->ctx);
	if (r->ctx == c) {
		replay_collect_error(r);
		r->ctx = NULL;
		if (!replay_util(r)) return REPLAY_DEVICE;
	}
	list_drop(c);
	for (unsigned i = 0; c->group->users == 1 && i < p->n_drawables; i++)
		if (p->drawables[i]->tex.group == c->group && !framebuffer_keep(r, p->drawables[i])) return REPLAY_DEVICE;
	p->dev->context_free(p->dev, c->egl);
	if (--c->group->users == 0) {
		if (p->util_current && !replay_util(r)) return REPLAY_DEVICE; /* not the group's */
		group_free(r, c->group);
	}
	for (unsigned i = 0; i < p->n_ctxs; i++)
		if (p->ctxs[i] == c) p->ctxs[i] = p->ctxs[--p->n_ctxs];
	client_side_free(c);
	timing_free(c);
	free(c);
	return 0;
}

int x_prismMakeCurrent(replay *r, const uint8_t *rec, const uint8_t *end) {
	(void)r, (void)rec, (void)end; /* the chunk's header rules */
	return 0;
}

static int sizes(replay *r, uint32_t w, uint32_t h) {
	if (w > MAX_SIDE || h > MAX_SIDE) return x_bad(r, "width", "%u×%u, the most is %u a side", w, h, MAX_SIDE);
	return 0;
}

int x_prismDrawableCreate(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismDrawableCreate *a = (const void *)rec;
	struct replay_private *p = r->priv;
	(void)end;
	drawable *d = replay_drawable(r, a->drawable);
	if (!a->drawable || (d && d->version)) return x_bad(r, "drawable", "%u is known already, or 0", a->drawable);
	if (sizes(r, a->width, a->height)) return REPLAY_CORRUPT;
	if (p->n_drawables == MAX_DRAWABLES) return x_bad(r, "drawable", "more than %u drawables", MAX_DRAWABLES);
	if (!(d = calloc(1, sizeof *d))) return x_fail(r, "out of memory for a drawable");
	d->serial = a->drawable;
	d->want = (prism_surface_want){a->width ? a->width : 1, a->height ? a->height : 1, a->alpha, a->depth, a->stencil, a->samples};
	d->double_buffer = a->double_buffer != 0;
	d->one_image = a->double_buffer == 2;
	d->version = 1;
	d->full_w = d->want.width;
	d->full_h = d->want.height;
	plan_known(r, d);
	drawable_hold(d);
	p->drawables[p->n_drawables++] = d;
	return 0;
}

int x_prismDrawableAccum(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismDrawableAccum *a = (const void *)rec;
	(void)end;
	drawable *d = replay_drawable(r, a->drawable);
	if (!d) return x_bad(r, "drawable", "%u is not known", a->drawable);
	d->accum = true;
	return 0;
}

int x_prismDrawableResize(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismDrawableResize *a = (const void *)rec;
	struct replay_private *p = r->priv;
	(void)end;
	drawable *d = replay_drawable(r, a->drawable);
	if (!d) return x_bad(r, "drawable", "%u is not known", a->drawable);
	if (sizes(r, a->width, a->height)) return REPLAY_CORRUPT;
	unsigned w = a->width ? a->width : 1, h = a->height ? a->height : 1;
	if (w == d->full_w && h == d->full_h) return 0;
	d->full_w = w;
	d->full_h = h;
	drawable_hold(d);
	d->version++;
	framebuffer_drop(r, d);
	accum_drop(d);
	if (!d->surface) return 0;
	/* EGL keeps a surface that is current until it is no longer; replay_bind sees the new version. */
	void *old = d->surface;
	d->surface = NULL;
	if (!surface_make(r, d)) return REPLAY_DEVICE;
	p->dev->surface_free(p->dev, old);
	return 0;
}

int x_prismDrawableDestroy(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismDrawableDestroy *a = (const void *)rec;
	struct replay_private *p = r->priv;
	(void)end;
	drawable *d = replay_drawable(r, a->drawable);
	if (!d) return x_bad(r, "drawable", "%u is not known", a->drawable);
	framebuffer_drop(r, d);
	accum_drop(d);
	for (unsigned i = 0; i < p->n_ctxs; i++) {
		struct replay_context *c = p->ctxs[i];
		if (c->draw != d && c->read != d) continue;
		if (c == r->ctx) {
			r->ctx = NULL;
			if (!replay_util(r)) return REPLAY_DEVICE;
		}
		c->draw = c->draw == d ? NULL : c->draw;
		c->read = c->read == d ? NULL : c->read;
	}
	if (d->surface) p->dev->surface_free(p->dev, d->surface);
	for (unsigned i = 0; i < p->n_drawables; i++)
		if (p->drawables[i] == d) p->drawables[i] = p->drawables[--p->n_drawables];
	free(d);
	return 0;
}

/* What all that stop at a frame's end do first: all drawing is carried out, its errors are known. */
static int finish(replay *r) {
	struct replay_private *p = r->priv;
	if (p->chunk_ctx && replay_context_by(r, p->chunk_ctx)) {
		int rc = replay_bind(r, p->chunk_ctx, p->chunk_draw, p->chunk_read);
		if (rc) return rc;
	}
	if (!r->ctx || r->ctx->in_begin) return 0;
	bool paused = list_pause(r);
	p->real.Finish();
	replay_collect_error(r);
	if (paused) list_resume(r);
	return 0;
}

int x_prismSwap(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismSwap *a = (const void *)rec;
	(void)end;
	drawable *d = replay_drawable(r, a->drawable);
	if (!d) return x_bad(r, "drawable", "%u is not known", a->drawable);
	int rc = finish(r);
	if (!rc) rc = framebuffer_swap(r, d);
	r->priv->stop.drawable = a->drawable;
	r->priv->stop.frame = a->frame;
	return rc ? rc : REPLAY_STOP;
}

int x_prismFlushFront(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismFlushFront *a = (const void *)rec;
	(void)end;
	if (!replay_drawable(r, a->drawable)) return x_bad(r, "drawable", "%u is not known", a->drawable);
	int rc = finish(r);
	r->priv->stop.drawable = a->drawable;
	r->priv->stop.frame = a->frame;
	return rc ? rc : REPLAY_STOP;
}

/* errors: exact. The answer's header says it. */
int x_prismGetError(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismGetError *a = (const void *)rec;
	(void)end;
	if (!x_answers(r)) return 0;
	x_reply_begin(r, a->reply);
	x_reply_end(r);
	return 0;
}

int x_prismError(replay *r, const uint8_t *rec, const uint8_t *end) {
	const struct prism_rec_prismError *a = (const void *)rec;
	(void)end;
	if (a->error < GL_INVALID_ENUM || a->error > GL_CONTEXT_LOST) return x_bad(r, "error", "%#x is none of GL's", a->error);
	replay_collect_error(r); /* what was before it */
	if (r->ctx && !r->ctx->gl_error) r->ctx->gl_error = a->error;
	return 0;
}

int x_prismFinish(replay *r, const uint8_t *rec, const uint8_t *end) {
	(void)rec, (void)end;
	int rc = finish(r);
	r->priv->stop.count = ++r->priv->finishes;
	return rc ? rc : REPLAY_STOP;
}
